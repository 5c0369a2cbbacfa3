import type { Document, Json, JsonObject } from '../../document.ts'
import { type Resolved, resolve } from '../../resolve/index.ts'
import { identityHost } from '../identity-host.ts'
import { type Deployment, deploymentsOf, type Site } from './deployments.ts'
import { elsewhereOf, exchange } from './elsewhere.ts'
import { titleOf } from './golden.ts'
import { escaped, markdownText, sectionTable } from './markdown.ts'
import { changedMore, moreOf } from './more.ts'
import { withNested } from './nested.ts'
import { columnNames, roleSection, rowSection, type Sheet, sameCell, sheetOf } from './sheet.ts'
import { signersOf } from './signers.ts'
import { type AccessTable, type Cell, type Column, peopleOf, type Row, tableOf } from './table.ts'

/** What is written about a template beside it. */
export type AccessReport = { readonly json: string; readonly markdown: string }

/**
 * Who can reach what by a template in the deployments that show what its options give: whole tables of the least and of
 * everything, and of each option what it changes. Undefined where identities of Amazon Cognito reach nothing by it that
 * way.
 */
export function accessReport(
  document: Document,
  name: string,
  site: UsualSite = usualSite,
  nested: ReadonlyMap<string, Nested> = new Map(),
): AccessReport | undefined {
  return reportOf(withNested(document, documentsOf(nested), site), { name, site, nested: namesOf(nested) })
}

export { nestedIn } from './nested.ts'

/** The template of a nested stack, and what it is called. */
export type Nested = { readonly name: string; readonly document: Document }

type Subject = {
  readonly name: string
  readonly site: UsualSite
  /** By the IDs of nested stacks: what their templates are called. */
  readonly nested: Readonly<Record<string, string>>
}

function documentsOf(nested: ReadonlyMap<string, Nested>): ReadonlyMap<string, Document> {
  return new Map([...nested].map(([id, { document }]) => [id, document]))
}

function namesOf(nested: ReadonlyMap<string, Nested>): Subject['nested'] {
  return Object.fromEntries([...nested].map(([id, { name }]) => [id, name]))
}

function reportOf(document: Document, subject: Subject): AccessReport | undefined {
  const { site } = subject
  const tables = new Map<string, AccessTable>()
  const shownAt = (there: UsualSite): readonly Shown[] => {
    const renamed = exchange(there, site)
    const decided = (parameters: Deployment['parameters']): Answer => {
      const resolved = resolve(document, { ...there, parameters })
      const people = peopleOf(resolved, there.region)
      const isRefused = resolved.diagnostics.length > 0
      const signers = signersOf(resolved)
      if (there.region !== site.region && identityHost(there) === undefined)
        return { table: nobody, isRefused, signers }
      // The same but for the names of the place comes to the same.
      const key = renamed(JSON.stringify([people, resolved.macros, decisive(resolved)]))
      const known = tables.get(key)
      const table: AccessTable = known ?? JSON.parse(renamed(JSON.stringify(tableOf(resolved, people, there))))
      tables.set(key, table)
      return { table, isRefused, signers }
    }
    return deploymentsOf(document, there).map(deployment => {
      const { signers, ...answer } = decided(deployment.parameters)
      const shown = { ...deployment, ...answer, newSigners: [] }
      if (deployment.without === undefined) return shown
      const before = decided(deployment.without)
      return { ...shown, before: before.table, newSigners: signers.filter(it => !before.signers.includes(it)) }
    })
  }
  const deployments = shownAt(site).map(
    (shown): Decided =>
      shown.before === undefined
        ? shown
        : { ...shown, changes: changesOf(shown.before, shown.table, shown.newSigners) },
  )
  const elsewhere = elsewhereOf(document, site, there =>
    shownAt({ ...site, ...there, stackId: exchange(site, there)(site.stackId) }).map(
      ({ name: deployment, isRefused, table, before }) => ({
        ...{ name: deployment, isRefused, said: usualJson(table) },
        ...(before === undefined ? {} : { before: usualJson(before) }),
      }),
    ),
  )
  const isSilent = Object.values(elsewhere).every(answer => typeof answer === 'string')
  if (isSilent && deployments.every(({ table }) => table.roles.length === 0)) return undefined
  return {
    json: jsonText(subject, deployments, elsewhere),
    markdown: documentText(subject, deployments, elsewhere),
  }
}

const nobody: AccessTable = { roles: [], rows: [] }

/** What decides who can reach what: most options change nothing of it. */
function decisive({ Resources }: Resolved): readonly unknown[] {
  return Object.entries(Resources).flatMap(([id, resource]): readonly unknown[] => {
    if (!/^AWS::(?:IAM|Cognito)::/.test(resource.Type)) return []
    if (resource.Type !== 'AWS::Cognito::IdentityPool') return [id, resource]
    const {
      IdentityPoolName: _,
      CognitoIdentityProviders: __,
      SupportedLoginProviders: ___,
      ...rest
    } = resource.Properties
    return [id, { ...resource, Properties: rest }]
  })
}

type UsualSite = Site & { readonly urlSuffix: string; readonly stackId: string }

const usualSite: UsualSite = {
  ...{ parameters: {}, region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com', accountId: '123456789012' },
  ...{ stackName: 'example', stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/example/example' },
}

const columns: readonly Column[] = ['user', 'guest']

type Answer = {
  readonly table: AccessTable
  readonly isRefused: boolean
  /** By what people can sign in. */
  readonly signers: readonly string[]
}

type Shown = Deployment &
  Omit<Answer, 'signers'> & { readonly before?: AccessTable; readonly newSigners: readonly string[] }

type Decided = Shown & { readonly changes?: Changes }

type Changes = AccessTable & {
  /** Of whom something else is said: the rows that say so. */
  readonly changed: Readonly<Record<Column, readonly Row[]>>
  readonly others: readonly string[]
  readonly changedForOthers: readonly Row[]
  /** Who can sign in that could not before: by what. */
  readonly people: readonly string[]
}

/** What the second says and the first does not; of what the first does not have, that somebody can. */
function changesOf(before: AccessTable, after: AccessTable, people: readonly string[]): Changes {
  const known = new Map(before.rows.map(row => [rowKey(row), row]))
  const there = new Set(after.rows.map(rowKey))
  const roles = new Map(before.roles.flatMap(({ who, cells }) => cells.map(it => [`${who}\0${it.role}`, cellText(it)])))
  const textBefore = (row: Row, column: Column): string => {
    const cell = known.get(rowKey(row))?.cells[column]
    return cell === undefined ? 'deny' : changeText(cell)
  }
  const isChanged = (row: Row) => columns.some(column => textBefore(row, column) !== changeText(row.cells[column]))
  const othersIn = changedMore(before, after, changeText)
  const rows = [
    ...after.rows.filter(row => isChanged(row) || othersIn(row).length > 0),
    // what is named no more is nobody's
    ...before.rows.filter(row => !there.has(rowKey(row)) && !isDenied(row)).map(gone),
  ]
  const changedFor = (column: Column) => rows.filter(row => textBefore(row, column) !== changeText(row.cells[column]))
  return {
    roles: after.roles.filter(({ who, cells }) =>
      cells.some(cell => (roles.get(`${who}\0${cell.role}`) ?? 'deny') !== cellText(cell)),
    ),
    rows,
    changed: { user: changedFor('user'), guest: changedFor('guest') },
    people,
    ...(after.more === undefined ? {} : { more: after.more }),
    others: [...new Set(rows.flatMap(othersIn))],
    changedForOthers: rows.filter(row => othersIn(row).length > 0),
  }
}

function rowKey({ place, action }: Row): string {
  return `${place}\0${action}`
}

function isDenied({ cells }: Row): boolean {
  return cells.user.decision === 'deny' && cells.guest.decision === 'deny'
}

function gone(row: Row): Row {
  const denied = { decision: 'deny', by: [], because: 'nothing names it', notes: [], isWrong: false } as const
  const { more: _, ...usual } = row
  const { user, guest } = row.cells
  return { ...usual, cells: { user: { ...user, ...denied }, guest: { ...guest, ...denied } } }
}

/** That others may deny what stays allowed follows of all that is not known. */
function changeText({ onlyIf, ...cell }: Cell): string {
  return cellText(onlyIf === undefined || onlyIf.startsWith('unless') ? cell : { ...cell, onlyIf })
}

/** `allow PrivateObjects`, `deny`, `unknown: why`; without the bar that stands between cells. */
function cellText({ decision, by, because, isWrong, onlyIf }: Cell): string {
  const sources = [...by, ...(onlyIf === undefined ? [] : [onlyIf])]
  const source = sources.length === 0 ? '' : ` ${sources.join(', ')}`
  const text = decision === 'unknown' ? `unknown: ${because}` : `${isWrong ? 'ALLOW!' : decision}${source}`
  return text.replaceAll(' | ', ' / ')
}

// As JSON: one line for each answer, so that a difference is a line of a review

function jsonText({ name, site, nested }: Subject, deployments: readonly Decided[], elsewhere: JsonObject): string {
  const document: JsonObject = {
    formatVersion: 1,
    generator: 'poolform',
    template: name,
    ...(Object.keys(nested).length === 0 ? {} : { nested }),
    region: site.region,
    deployments: deployments.map((decided): JsonObject => {
      const { name: deployment, parameters, without, table, changes } = decided
      const why = notKnown(decided)
      if (changes === undefined || without === undefined) return { name: deployment, parameters, ...tableJson(table) }
      const given = Object.entries(parameters).filter(([key, value]) => without[key] !== value)
      return {
        name: deployment,
        given: Object.fromEntries(given),
        beside: Object.keys(without).join(', '),
        ...(changes.people.length === 0 ? {} : { letsIn: changes.people }),
        ...(isSilent(decided) && why !== undefined ? { notKnown: why } : {}),
        changes: tableJson(changes),
      }
    }),
    elsewhere,
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** Those who are no column of every table stand by themselves: `{<who>: {<place>: {<action>: text}}}`. */
function tableJson(table: AccessTable): JsonObject {
  const whose = (table.more ?? []).map(({ who }) => who)
  if (whose.length === 0) return usualJson(table)
  const more = whose.map(who => {
    const access: Record<string, Record<string, Json>> = {}
    for (const row of table.rows) {
      const cell = moreOf(table, row).get(who)
      if (cell !== undefined) access[row.place] = { ...access[row.place], [row.action]: cellText(cell) }
    }
    return [who, access] as const
  })
  return { ...usualJson(table), more: Object.fromEntries(more) }
}

function usualJson({ roles, rows }: AccessTable): JsonObject {
  const access: Record<string, Record<string, Json>> = {}
  for (const { place, action, cells } of rows) {
    access[place] = { ...access[place], [action]: `user ${cellText(cells.user)} | guest ${cellText(cells.guest)}` }
  }
  return {
    roles: Object.fromEntries(
      roles.map(({ who, cells }) => [who, cells.map(cell => `${cell.role}: ${cellText(cell)}`).join(' | ')]),
    ),
    access,
  }
}

// As Markdown

function documentText(
  { name, site: { region }, nested }: Subject,
  deployments: readonly Decided[],
  elsewhere: JsonObject,
): string {
  const file = `${name}, deployed with`
  const sheet = (table: AccessTable, deployment: Decided): Sheet => {
    const made = sheetOf(table, { file, region, parameters: deployment.parameters, placeholders: {}, columns })
    return { ...made, title: titleOf(deployment) }
  }
  const whole = deployments.filter(({ changes }) => changes === undefined)
  const options = deployments.filter(({ changes }) => changes !== undefined)
  const isOpening = ({ changes }: Decided) => changes !== undefined && changes.people.length > 0
  const opening = options.filter(it => isSilent(it) && isOpening(it))
  const silent = options.filter(it => isSilent(it) && !isOpening(it))
  const parts = [
    `<!-- Made by poolform build. Edit the template, not this file. -->\n# Who can reach what by ${escaped(name)}`,
    `In ${region}, by the template's own policies, for identities of its own identity pool; the values of parameters are placeholders. ${nestedText(nested)}${legend}`,
    ...whole.map(it => markdownText(sheet(it.table, it), 2).trimEnd()),
    ...options.filter(it => !isSilent(it)).map(optionText),
    ...(opening.length === 0 ? [] : [openingText(opening)]),
    ...silentTexts(silent),
    ['## Elsewhere', elsewhereText(elsewhere)].join('\n\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

function nestedText(nested: Subject['nested']): string {
  return Object.entries(nested)
    .map(
      ([id, child]) =>
        `Its nested stack ${escaped(id)} is looked into, as the template ${escaped(child)} of the same build makes it; what the one gives the other of its own has names that are placeholders, too. `,
    )
    .join('')
}

/** Options by which people can sign in who could not before. */
function openingText(options: readonly Decided[]): string {
  const lines = options.map(({ name, changes }) => `- \`${name}\`: ${changes?.people.map(escaped).join(', ') ?? ''}`)
  return `## More people\n\nEach lets in whoever signs in by what it names, and makes them signed-in users like any other, who reach what signed-in users reach:\n\n${lines.join('\n')}`
}

/** What stays unknown may change all the same. */
function silentTexts(options: readonly Decided[]): readonly string[] {
  const same = options.filter(it => notKnown(it) === undefined).map(({ name }) => `\`${name}\``)
  return [
    ...(same.length === 0 ? [] : [`## No difference\n\n${same.join(', ')}: who can reach what stays as it is.`]),
    ...options.flatMap(it => {
      const because = notKnown(it)
      const beside = besideText(it.without ?? {})
      return because === undefined
        ? []
        : [`## ${escaped(it.name)}\n\nWhat it changes beside ${beside} is not known here: ${escaped(because)}.`]
    }),
  ]
}

/** By what is said of them: the regions. What differs is in the JSON, in full. */
function elsewhereText(elsewhere: JsonObject): string {
  const regions = new Map<string, string[]>()
  for (const [region, answer] of Object.entries(elsewhere)) {
    const said = typeof answer === 'string' ? answer : 'something else, which the file beside this one lists as JSON'
    regions.set(said, [...(regions.get(said) ?? []), region])
  }
  return [...regions].map(([said, those]) => `- In ${those.join(', ')}: ${said}.`).join('\n')
}

const legend = '**ALLOW!** is allowed, and should be nobody’s.'

const nothing: Changes = {
  roles: [],
  rows: [],
  changed: { user: [], guest: [] },
  others: [],
  changedForOthers: [],
  people: [],
}

/** What an option changes. */
function optionText({ name, parameters, without = {}, changes = nothing }: Decided): string {
  const given = Object.entries(parameters).filter(([key, value]) => without[key] !== value)
  const { roles, rows, others } = changes
  const more = (changes.more ?? []).flatMap(({ who }, at) => (others.includes(who) ? [{ who, at }] : []))
  const sameFor = (column: Column) => sameCell(changes.changed[column], column)
  const same = columns.flatMap(column => {
    const cell = sameFor(column)
    return cell === undefined
      ? []
      : [`For a ${columnNames[column]} what changes becomes ${cell.decision}: ${cell.because}.`]
  })
  const told = columns.filter(column => changes.changed[column].length > 0 && sameFor(column) === undefined)
  const isTold = (row: Row) =>
    told.some(column => changes.changed[column].includes(row)) || changes.changedForOthers.includes(row)
  return [
    `## ${escaped(name)}`,
    `Given ${given.map(([key, value]) => `\`${key}=${value}\``).join(', ')}, beside ${besideText(without)}:`,
    ...(roles.length === 0 ? [] : [sectionTable(roleSection(roles))]),
    ...same.map(escaped),
    ...(told.length + more.length === 0 ? [] : [sectionTable(rowSection(rows.filter(isTold), told, more))]),
  ].join('\n\n')
}

const mostNamed = 6

/** An option that changes nothing of what is said. */
function isSilent({ changes }: Decided): boolean {
  return changes?.roles.length === 0 && changes.rows.length === 0
}

/** Why nothing of what a signed-in user reaches is known, whatever an option changes; a clause. */
function notKnown({ table }: Decided): string | undefined {
  const same = table.rows.length === 0 ? undefined : sameCell(table.rows, 'user')
  return same?.decision === 'unknown' ? same.because : undefined
}

function besideText(parameters: Deployment['parameters']): string {
  const names = Object.keys(parameters)
  if (names.length === 0) return 'nothing'
  return names.length > mostNamed ? 'all options at once' : names.map(it => `\`${it}\``).join(', ')
}
