import type { AccessTable, Cell, Column, RoleRow, Row } from './table.ts'

/** A table of access as people read it, whatever it is written in. */
export type Sheet = {
  readonly title: string
  /** What it holds for, and what it is about: sentences. */
  readonly remarks: readonly string[]
  readonly sections: readonly Section[]
  /** What others may add to it or take away: sentences. */
  readonly notes: readonly string[]
}

export type Section = {
  readonly heading: string
  readonly columns: readonly string[]
  readonly groups: readonly Group[]
}

/** Lines about one place; without a title they stand by themselves. */
export type Group = { readonly title?: string; readonly lines: readonly Line[] }

export type Line = { readonly label: string; readonly cells: readonly Entry[] }

export type Entry = { readonly tone: Tone; readonly by: string }

/** `wrong`: allowed, and should not be. */
export type Tone = 'allow' | 'deny' | 'unknown' | 'wrong'

/** In words of which none depends on a colour. */
export const toneWords: Readonly<Record<Tone, string>> = {
  allow: 'allow',
  deny: 'deny',
  unknown: 'unknown',
  wrong: 'ALLOW!',
}

/** What a table was made for. */
export type Subject = {
  readonly file: string
  readonly region: string
  /** Values that were given, and those that only stand for some. */
  readonly parameters: Readonly<Record<string, string>>
  readonly placeholders: Readonly<Record<string, string>>
  readonly columns: readonly Column[]
}

export const columnNames: Readonly<Record<Column, string>> = { user: 'signed-in user', guest: 'guest' }

export function sheetOf(table: AccessTable, { file, region, parameters, placeholders, columns }: Subject): Sheet {
  const title = `Who can reach what by ${file} in ${region}`
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  const stand = Object.entries(placeholders).map(([name, value]) => `${name}=${value}`)
  const same = (column: Column) => sameOf(table, column)
  const told = columns.filter(column => same(column) === undefined)
  const whose = (table.more ?? []).map(({ who, of }, at) => ({
    ...{ who, at },
    isAsked: of === undefined ? columns.length > 1 : columns.includes(of),
    same: sameAmong(table.rows.flatMap(({ more }) => more?.[at] ?? [])),
  }))
  const more = alike(
    whose.filter(({ isAsked, same }) => isAsked && same === undefined),
    table.rows,
  )
  const remarks = [
    ...(given.length === 0 ? [] : [`Parameters: ${given.join(', ')}.`]),
    ...(stand.length === 0 ? [] : [`Placeholders, where --param says nothing: ${stand.join(', ')}.`]),
    ...(table.stands === undefined
      ? []
      : [`Imported values are taken for names that nothing else has: ${table.stands.join(', ')}.`]),
    ...columns.flatMap(column => same(column) ?? []),
    ...whose.flatMap(({ who, isAsked, same }) => (isAsked && same !== undefined ? [sameText(capital(who), same)] : [])),
    ...(table.leftOut === undefined
      ? []
      : [`The policies name ${table.leftOut} more actions and places than there is room for: ask with --can.`]),
  ]
  if (table.roles.length === 0) {
    const elsewhere = columns.flatMap(column => {
      const because = table.elsewhere?.[column]
      return because === undefined ? [] : [`A ${columnNames[column]} reaches what cannot be known here: ${because}.`]
    })
    const none =
      'It has no role that identities of Amazon Cognito could take, nor tokens by themselves: nobody reaches anything by it that way.'
    return { title, remarks: [...remarks, ...(elsewhere.length > 0 ? elsewhere : [none])], sections: [], notes: [] }
  }
  return {
    title,
    remarks,
    sections: [
      roleSection(table.roles),
      ...(told.length + more.length === 0 ? [] : [rowSection(table.rows, told, more)]),
    ],
    notes: notesOf(table, columns, more),
  }
}

export const roleHeading = 'Who can take which role'

export function roleSection(rows: readonly RoleRow[]): Section {
  return {
    heading: roleHeading,
    columns: rows[0]?.cells.map(({ role }) => role) ?? [],
    groups: [{ lines: rows.map(({ who, cells }) => ({ label: who, cells: cells.map(withoutSource) })) }],
  }
}

/** `more` are those of whom the rows say more, by their positions there. */
export function rowSection(rows: readonly Row[], columns: readonly Column[], more: readonly Told[] = []): Section {
  const answered = rows.map(({ place, action, cells, more: others = [] }) => ({
    ...{ place, action },
    entries: [...columns.map(column => cells[column]), ...more.map(({ at }) => others[at])].map(cell =>
      cell === undefined ? nobody : entryOf(cell),
    ),
  }))
  return sectionOf('What they reach', [...columns.map(it => columnNames[it]), ...more.map(({ who }) => who)], answered)
}

/** As one those of whom the same is said everywhere. */
function alike(more: readonly Told[], rows: readonly Row[]): readonly Told[] {
  const found = new Map<string, Told>()
  for (const { who, at } of more) {
    const key = JSON.stringify(rows.map(row => (row.more?.[at] === undefined ? nobody : entryOf(row.more[at]))))
    const first = found.get(key)
    found.set(key, first === undefined ? { who, at } : { ...first, who: `${first.who}; ${who}` })
  }
  return [...found.values()]
}

export type Told = { readonly who: string; readonly at: number }

/** Of what a policy names no more. */
const nobody: Entry = { tone: 'deny', by: '' }

/** An action at a place, and what is said of it. */
export type Answered = { readonly place: string; readonly action: string; readonly entries: readonly Entry[] }

/** By place; of actions of which the same is said one line. */
export function sectionOf(heading: string, columns: readonly string[], rows: readonly Answered[]): Section {
  const places = new Map<string, Answered[]>()
  for (const row of rows) {
    const those = places.get(row.place)
    if (those === undefined) places.set(row.place, [row])
    else those.push(row)
  }
  return { heading, columns, groups: [...places].map(([title, those]) => ({ title, lines: linesOf(those) })) }
}

/** A sentence for somebody of whom every row says the same. */
function sameOf({ rows, granted = [] }: AccessTable, column: Column): string | undefined {
  const same = sameCell(rows, column)
  // what is asked is not all there is
  const isMore = same?.decision === 'deny' && same.by.length === 0 && granted.includes(column)
  return same === undefined || isMore ? undefined : sameText(`A ${columnNames[column]}`, same)
}

function sameText(who: string, { decision, because }: Cell): string {
  return `${who} ${decision === 'deny' ? 'reaches nothing' : 'reaches what cannot be known here'}: ${because}.`
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** What is said of somebody everywhere; undefined where that differs, or allows something. */
export function sameCell(rows: readonly Row[], column: Column): Cell | undefined {
  return sameAmong(rows.map(({ cells }) => cells[column]))
}

function sameAmong([first, ...others]: readonly Cell[]): Cell | undefined {
  if (first === undefined || first.decision === 'allow') return undefined
  return others.every(it => it.decision === first.decision && it.because === first.because) ? first : undefined
}

function linesOf(rows: readonly Answered[]): readonly Line[] {
  const lines = new Map<string, { readonly actions: string[]; readonly cells: readonly Entry[] }>()
  for (const { action, entries } of rows) {
    // words stand by themselves
    const key = JSON.stringify(action.includes(' ') ? [action, entries] : entries)
    const line = lines.get(key)
    if (line === undefined) lines.set(key, { actions: [action], cells: entries })
    else line.actions.push(action)
  }
  return [...lines.values()].map(({ actions, cells }) => ({ label: actionsText(actions), cells }))
}

/** `s3:GetObject, PutObject` */
function actionsText(actions: readonly string[]): string {
  let service = ''
  const names = actions.map(action => {
    const at = action.indexOf(':')
    const isSame = at > 0 && action.slice(0, at) === service
    service = action.slice(0, Math.max(at, 0))
    return isSame && !/^\*+$/.test(action.slice(at + 1)) ? action.slice(at + 1) : action
  })
  return names.join(', ')
}

/** What is not known has its reasons among the notes. */
export function entryOf({ decision, by, isWrong, onlyIf }: Cell): Entry {
  const sources = decision === 'unknown' ? [] : [...by, ...(onlyIf === undefined ? [] : [onlyIf])]
  return { tone: isWrong ? 'wrong' : decision, by: sources.join(', ') }
}

function withoutSource(cell: Cell): Entry {
  return { ...entryOf(cell), by: '' }
}

/** Each once, and why something is not known. */
function notesOf({ roles, rows }: AccessTable, columns: readonly Column[], more: readonly Told[]): readonly string[] {
  const told = rows.flatMap(({ action, cells, more: others = [] }) =>
    [...columns.map(column => cells[column]), ...more.flatMap(({ at }) => others[at] ?? [])].map(it => ({
      action,
      ...it,
    })),
  )
  const unknown = [...roles.flatMap(({ cells }) => cells), ...told].filter(({ decision }) => decision === 'unknown')
  const reasons = unknown.map(({ because }) => `${toneWords.unknown}: ${because}.`)
  const others = told.flatMap(({ action, decision, notes }) =>
    notes.map(note => `${toneWords[decision]} ${action.split(':')[0] ?? ''}: ${note}`),
  )
  return [...new Set([...reasons, ...others])]
}
