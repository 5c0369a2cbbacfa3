import { isRecord } from '../../document.ts'
import {
  type Answered,
  columnNames,
  type Entry,
  roleHeading,
  type Section,
  type Sheet,
  sectionOf,
  type Tone,
  toneWords,
} from './sheet.ts'
import type { Column } from './table.ts'

/** What `dist/access/<template>.json` says, as far as it is shown. */
export type Golden = {
  readonly template: string
  readonly region: string
  /** Templates that it nests, and as what, that were looked into: `identity-pool, which it nests as Identity`. */
  readonly nested: readonly string[]
  /** `least` first, then `everything` where that says anything else, then the options that change something. */
  readonly deployments: readonly Decided[]
  /** Options that change nothing of who can reach what: `UsePrincipalTags=true`. */
  readonly silent: readonly string[]
  /** Of others, by which people can sign in who then reach the same. */
  readonly opening: readonly string[]
  /** Those of which it is not known what they change. */
  readonly notKnown: readonly string[]
}

/** A deployment and what was decided for it: all of it, or what an option changes. */
export type Decided = {
  readonly name: string
  /** What an option is given, or all that a whole one is; by the name of the option where it is one. */
  readonly given: readonly string[]
  /** What an option is given besides; undefined for a whole one. */
  readonly beside: readonly string[] | undefined
  /** The name of the deployment that it is compared with; undefined where that is not here. */
  readonly on: string | undefined
  /** Of whom the same is said everywhere, and nothing is allowed. */
  readonly same: readonly { readonly column: Column; readonly tone: Tone; readonly because: string }[]
  /** Why something else is not known; clauses. */
  readonly reasons: readonly string[]
  readonly roles: Section | undefined
  readonly reached: Section | undefined
}

/** Reads the text of such a file. Throws where it is none: whoever writes it reads it too. */
export function goldenOf(text: string): Golden {
  const file: unknown = JSON.parse(text)
  if (!isRecord(file)) throw unreadable()
  const { template, region, deployments, nested } = file
  if (typeof template !== 'string' || typeof region !== 'string' || !Array.isArray(deployments)) throw unreadable()
  const all = deployments.map(deploymentOf)
  const names = new Set(all.map(({ name }) => name))
  const isSilent = ({ beside, roles, rows }: Deployment) =>
    beside !== undefined && roles.length === 0 && rows.length === 0
  // all options at once may be no more than the least
  const isAgain = (one: Deployment) => one.beside === undefined && one !== all[0] && says(one) === says(all[0])
  const isShown = (one: Deployment) => !isSilent(one) && !isAgain(one)
  const baseOf = (one: Deployment): Deployment | undefined =>
    one.beside === undefined ? undefined : all.find(other => other !== one && other.key === sorted(one.beside ?? []))
  const shownFor = (one: Deployment | undefined): Deployment | undefined => {
    if (one === undefined || isShown(one)) return one
    return isAgain(one) ? all[0] : shownFor(baseOf(one))
  }
  const decided = all.filter(isShown).map((one): Decided => {
    const { name, given, beside } = one
    const before = (row: Row, column: Column): Cell => {
      for (let at = baseOf(one); at !== undefined; at = baseOf(at)) {
        const found = at.rows.find(({ place, action }) => place === row.place && action === row.action)
        if (found !== undefined) return found.cells[column]
      }
      return nobody
    }
    const isTold = (row: Row, column: Column) =>
      beside === undefined || JSON.stringify(before(row, column)) !== JSON.stringify(row.cells[column])
    const told = columns.filter(column => one.rows.some(row => isTold(row, column)))
    const same = told.flatMap(column => sameOf(one.rows, column))
    const listed = told.filter(column => !same.some(it => it.column === column))
    const rows = one.rows.filter(row => listed.some(column => isTold(row, column)))
    const cells = [
      ...one.roles.flatMap(it => it.cells),
      ...rows.flatMap(row => listed.map(column => row.cells[column])),
    ]
    const reasons = new Set(cells.map(({ because }) => because))
    for (const because of ['', ...same.map(it => it.because)]) reasons.delete(because)
    return {
      ...{ name, beside, same, reasons: [...reasons] },
      given: [...given].map(([key, value]) => (names.has(`${key}=${value}`) ? `${key}=${value}` : key)),
      on: shownFor(baseOf(one))?.name,
      roles: rolesSection(one.roles),
      reached: rows.length === 0 ? undefined : rowsSection(rows, listed),
    }
  })
  const silent = (kind: Deployment['kind']) =>
    all.filter(it => isSilent(it) && it.kind === kind).map(({ name }) => name)
  return {
    ...{ template, region, deployments: decided },
    nested: [...textsOf(nested)].map(([id, child]) => `${child}, which it nests as ${id}`),
    ...{ silent: silent('usual'), opening: silent('opening'), notKnown: silent('not-known') },
  }
}

/** All options at once, or else the least, as it is drawn. */
export function goldenSheet({ template, region, deployments }: Golden): Sheet {
  const whole = deployments.filter(({ beside }) => beside === undefined)
  const decided = whole.at(-1)
  const title = `Who reaches what by ${template}`
  const remark = `Decided in ${region} from the template’s own policies, ${decided === undefined ? '' : titleOf(decided).toLowerCase()}; names are placeholders.`
  const same = decided === undefined ? [] : sentencesOf(decided)
  const sections = [decided?.roles, decided?.reached].filter(it => it !== undefined)
  return { title, remarks: [...same, remark], sections, notes: [] }
}

export function titleOf({ name }: { readonly name: string }): string {
  switch (name) {
    case 'least':
      return 'With the least that must be given'
    case 'everything':
      return 'With all options at once'
    default:
      return name
  }
}

/** `A guest reaches nothing.` And what tables have no room for: why something is not known. */
export function sentencesOf({ same, reasons }: Decided): readonly string[] {
  return [
    ...same.map(({ column, tone, because }) =>
      tone === 'deny'
        ? `A ${columnNames[column]} reaches nothing.`
        : `What a ${columnNames[column]} reaches cannot be known here: ${because}.`,
    ),
    ...reasons.map(because => `${toneWords.unknown}: ${because}.`),
  ]
}

const columns: readonly Column[] = ['user', 'guest']

type Cell = Entry & { readonly because: string }

const nobody: Cell = { tone: 'deny', by: '', because: '' }

type Row = { readonly place: string; readonly action: string; readonly cells: Readonly<Record<Column, Cell>> }

type RoleRow = { readonly who: string; readonly cells: readonly (Cell & { readonly role: string })[] }

type Deployment = {
  readonly name: string
  readonly given: ReadonlyMap<string, string>
  readonly beside: readonly string[] | undefined
  /** All of its parameters, to be compared. */
  readonly key: string
  /** Of an option that changes no cell. */
  readonly kind: 'usual' | 'opening' | 'not-known'
  readonly roles: readonly RoleRow[]
  readonly rows: readonly Row[]
}

function deploymentOf(value: unknown): Deployment {
  if (!isRecord(value)) throw unreadable()
  const { name, parameters, given, beside, changes, letsIn, notKnown } = value
  if (typeof name !== 'string') throw unreadable()
  const own = textsOf(parameters ?? given)
  const besides = typeof beside === 'string' ? beside.split(', ').filter(it => it !== '') : undefined
  const { roles, access } = isRecord(changes) ? changes : value
  if (!isRecord(access)) throw unreadable()
  return {
    ...{ name, given: own, beside: besides },
    key: sorted([...(besides ?? []), ...own.keys()]),
    kind: letsIn !== undefined ? 'opening' : notKnown === undefined ? 'usual' : 'not-known',
    roles: [...textsOf(roles)].map(([who, text]) => ({ who, cells: text.split(' | ').map(roleCellOf) })),
    rows: Object.entries(access).flatMap(([place, actions]) =>
      [...textsOf(actions)].map(([action, text]) => ({ place, action, cells: cellsOf(text) })),
    ),
  }
}

/** `AuthenticatedRole: allow Trust` */
function roleCellOf(text: string): RoleRow['cells'][number] {
  const at = text.indexOf(': ')
  return { role: text.slice(0, at), ...cellOf(text.slice(at + 2)) }
}

/** `user allow PrivateObjects | guest deny` */
function cellsOf(text: string): Row['cells'] {
  const [user = '', guest = '', ...others] = text.split(' | ')
  if (!user.startsWith('user ') || !guest.startsWith('guest ') || others.length > 0) throw unreadable()
  return { user: cellOf(user.slice('user '.length)), guest: cellOf(guest.slice('guest '.length)) }
}

/** `allow PrivateObjects`, `deny`, `unknown: why` */
function cellOf(text: string): Cell {
  const tones: readonly Tone[] = ['allow', 'deny', 'unknown', 'wrong']
  const tone = tones.find(it => text.startsWith(toneWords[it]))
  if (tone === undefined) throw unreadable()
  const rest = text.slice(toneWords[tone].length)
  return tone === 'unknown'
    ? { tone, by: '', because: rest.replace(/^: /, '') }
    : { tone, by: rest.trim(), because: '' }
}

function sameOf(rows: readonly Row[], column: Column): Decided['same'] {
  const [first, ...others] = rows.map(({ cells }) => cells[column])
  if (first === undefined || (first.tone !== 'deny' && first.tone !== 'unknown')) return []
  const { tone, because } = first
  return others.every(it => it.tone === tone && it.because === because) ? [{ column, tone, because }] : []
}

function rolesSection(rows: readonly RoleRow[]): Section | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  const lines = rows.map(({ who, cells }) => ({ label: who, cells: cells.map(({ tone }) => ({ tone, by: '' })) }))
  return { heading: roleHeading, columns: first.cells.map(({ role }) => role), groups: [{ lines }] }
}

function rowsSection(rows: readonly Row[], told: readonly Column[]): Section {
  const answered = rows.map(
    ({ place, action, cells }): Answered => ({
      ...{ place, action },
      entries: told.map(column => ({ tone: cells[column].tone, by: cells[column].by })),
    }),
  )
  return sectionOf(
    'What they reach',
    told.map(it => columnNames[it]),
    answered,
  )
}

function says(one: Deployment | undefined): string {
  return JSON.stringify([one?.roles, one?.rows])
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = isRecord(value) ? Object.entries(value) : []
  return new Map(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])))
}

function sorted(names: readonly string[]): string {
  return [...names].sort().join()
}

function unreadable(): Error {
  return new Error('the file about access is not one that poolform writes')
}
