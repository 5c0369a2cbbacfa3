import type { Unknown } from '../../../resolve/value.ts'
import { isForOwners, reachesOthers } from '../../concerns.ts'
import { filled, hasVariable, shown } from '../pieces.ts'
import { besides, type NamedAction, nothing, type Probe, type Target, withSaid } from './probe.ts'
import { isOf, type Pattern, patternsFor, type Statement, valuesOf } from './statements.ts'

const rowActions = [
  ...['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  ...['dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
]
const tableHazards = ['dynamodb:Scan', 'dynamodb:UpdateTable', 'dynamodb:DeleteTable']

type Table = { readonly pieces: Pattern; readonly name: string; readonly statements: Set<Statement> }

/** Rows in Amazon DynamoDB: one's own, others', everybody's, and the tables. */
export function rowProbes(statements: readonly Statement[]): readonly Probe[] {
  const tables = new Map<string, Table>()
  for (const statement of statements) {
    for (const pieces of patternsFor(statement, 'dynamodb')) {
      const name = shown(pieces, key => key).replace(/^arn:.*?:table\//, '')
      const table = tables.get(name) ?? { pieces, name, statements: new Set() }
      tables.set(name, table)
      table.statements.add(statement)
    }
  }
  return [...tables.values()].flatMap(tableProbes)
}

function tableProbes({ pieces, name, statements }: Table): readonly Probe[] {
  const resource = filled(pieces, nothing, () => 'example')
  const isEvery = /^\*+$/.test(name)
  const table = isEvery ? 'every table' : `the table ${name}`
  const whole = isEvery ? 'every whole table' : `the whole table ${name}`
  const all = [...statements]
  const keys = valuesOf(all, 'dynamodb:leadingkeys')
  const named = all.flatMap(({ isAllow, actions }) => (isAllow ? actions.filter(isOf('dynamodb')) : []))
  const inRows = named.filter(
    ({ name: action, asked }) => asked !== undefined || /[*?]/.test(action) || !isManagement(action),
  )
  const probe = (
    place: string,
    { action, asked }: NamedAction,
    isHazard: boolean,
    targets: Probe['targets'],
  ): Probe => ({
    ...{ kind: 'rows', place, action, isHazard, targets },
    ...(asked === undefined ? {} : { asked }),
  })
  const usual = rowActions.map((action): NamedAction => ({ action }))
  const asking = (leading: Key): Target => ({ resource, context: { 'dynamodb:LeadingKeys': leading } })
  const rows = (
    place: string,
    isHazard: (action: string) => boolean,
    leading: (asker: Asker, action: string) => readonly Key[],
  ) =>
    [...usual, ...besides(inRows, rowActions)].map(one =>
      probe(place, one, isHazard(one.asked ?? one.action), asker =>
        leading(asker, one.asked ?? one.action).flatMap(key => withSaid(asking(key), asker.own, one.saying)),
      ),
    )
  const owned = keys.filter(hasVariable)
  const ofNobody = keys.filter(it => !hasVariable(it))
  const word = (key: Pattern) => (owned.length > 1 ? ` ${shown(key, variable)}` : '')
  return [
    ...owned.flatMap(key => [
      ...rows(`own rows${word(key)} of ${table}`, isForOwners, ({ own }) => [filled(key, own, () => 'x')]),
      ...rows(
        `another user's rows${word(key)} of ${table}`,
        () => true,
        ({ own, another }, action) => {
          const [mine, theirs] = [filled(key, own, () => 'x'), filled(key, another, () => 'x')]
          // one request may name rows of several users
          return /Batch|[*?]/.test(action) ? [theirs, [mine, theirs]] : [theirs]
        },
      ),
    ]),
    ...ofNobody.flatMap(key =>
      rows(`rows ${shown(key, variable)} of ${table}`, isForOwners, () => [filled(key, nothing, () => 'x')]),
    ),
    ...(keys.length > 0
      ? []
      : rows(
          `rows of ${table}`,
          action => isForOwners(action) || (isEvery && reachesOthers(action)),
          () => ['example'],
        )),
    ...tableHazards.map(action => probe(whole, { action }, true, () => [{ resource }])),
    ...named
      .filter(({ action }) => !rowActions.includes(action))
      .map(one =>
        probe(whole, one, isWhole(one, keys.length > 0) || (isEvery && reachesOthers(one.asked ?? one.action)), asker =>
          withSaid({ resource }, asker.own, one.saying),
        ),
      ),
  ]
}

type Asker = Parameters<Probe['targets']>[0]
type Key = string | Unknown | readonly (string | Unknown)[]

function variable(key: string): string {
  return `{${key.replace(/^cognito-identity[^:]*:sub$/, 'identity').replace(/^aws:/, '')}}`
}

function isManagement(action: string): boolean {
  return isForOwners(`dynamodb:${action}`) || /^(?:Describe|List)/i.test(action)
}

/** Without a key it reaches the rows of everybody. */
function isWhole({ action, asked }: NamedAction, hasOwners: boolean): boolean {
  return isForOwners(asked ?? action) || /Scan|[*?]/i.test(action) || (hasOwners && /PartiQL/i.test(action))
}
