import type { Resolved } from '../../../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../../../resolve/value.ts'
import { isAbsent } from '../../context.ts'
import { textsOf } from '../../decide/condition.ts'
import type { ContextValue } from '../../decide/request.ts'
import { hasAction } from '../../decide/statement.ts'
import { nameOf } from '../../name-of.ts'
import { permissionsOf } from '../../policies.ts'
import { filled, hasVariable, isAll, type Piece, piecesOf, split, textPieces } from '../pieces.ts'
import type { Context, NamedAction, Saying, Variables } from './probe.ts'

/** A statement of a role, as far as it says what is worth asking. */
export type Statement = {
  readonly isAllow: boolean
  /** With a service in lower case; of all actions `*`. What is unknown, and all but some, has no service. */
  readonly actions: readonly (NamedAction & { readonly service: string | undefined; readonly name: string })[]
  readonly resources: readonly Pattern[]
  /** All resources but these. */
  readonly exceptions: readonly Pattern[] | undefined
  readonly lines: readonly Line[]
}

export type Pattern = readonly Piece[]

/** One key of a condition, in lower case, and what it is compared with. */
export type Line = {
  readonly operator: string
  readonly key: string
  /** The key as the statement writes it. */
  readonly name: string
  readonly values: readonly Pattern[]
}

export function statementsOf(resolved: Resolved, roles: readonly string[]): readonly Statement[] {
  return roles.flatMap(role => {
    const found = permissionsOf(resolved, role).policies.flatMap(({ document }) => {
      const hasVariables = isValueObject(document) && document['Version'] === '2012-10-17'
      const statements = isValueObject(document) ? document['Statement'] : undefined
      return (isValueList(statements) ? statements : [statements]).flatMap(it =>
        isValueObject(it) ? [{ value: it, hasVariables, lines: linesOf(it['Condition'], hasVariables) }] : [],
      )
    })
    const denials = found.filter(({ value }) => value['Effect'] === 'Deny')
    const avoiding = denials.flatMap(({ lines }) => lines.flatMap(it => demandsOf(it, false)))
    return found.map(({ value, hasVariables, lines }) => statementOf(value, hasVariables, lines, avoiding))
  })
}

function statementOf(
  { Effect, Action, NotAction, Resource, NotResource }: ValueObject,
  hasVariables: boolean,
  lines: readonly Line[],
  avoiding: readonly Demand[],
): Statement {
  const demands = [...lines.flatMap(it => demandsOf(it, true)), ...avoiding]
  const pieces = (value: Value | undefined): readonly Pattern[] =>
    textsOf(value).map(it => (hasVariables ? piecesOf(it) : textPieces(it)))
  return {
    isAllow: Effect !== 'Deny',
    actions: NotAction === undefined ? textsOf(Action).map(it => named(it, demands)) : [allBut(NotAction, demands)],
    resources: NotResource === undefined ? pieces(Resource) : [[{ kind: 'wildcard', wildcard: '*' }]],
    exceptions: NotResource === undefined ? undefined : pieces(NotResource),
    lines,
  }
}

function sayingFor(demands: readonly Demand[], service: string | undefined): { readonly saying?: Saying } {
  const isAny = service === undefined || /[*?]/.test(service)
  const own = demands.filter(({ key }) => isAny || key.startsWith(`${service}:`) || key.startsWith('aws:'))
  return own.length === 0 ? {} : { saying: variables => contextOf(own, variables) }
}

function named(action: string | Unknown, demands: readonly Demand[]): Statement['actions'][number] {
  if (action instanceof Unknown) {
    return { action: nameOf(action), asked: '*', service: undefined, name: '*', ...sayingFor(demands, undefined) }
  }
  const [service = '*', name = '*'] = action === '*' ? [] : action.split(':')
  return { action, service: service.toLowerCase(), name, ...sayingFor(demands, service.toLowerCase()) }
}

const mostExcepted = 4

function allBut(exceptions: Value, demands: readonly Demand[]): Statement['actions'][number] {
  const names = textsOf(exceptions).map(nameOf)
  const more = names.length - mostExcepted
  const told = more > 1 ? [...names.slice(0, mostExcepted), `${more} more`] : names
  const action = `every action but ${told.join(', ')}`
  return { action, asked: '*', service: undefined, name: '*', ...sayingFor(demands, undefined) }
}

function linesOf(condition: Value | undefined, hasVariables: boolean): readonly Line[] {
  return Object.entries(isValueObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isValueObject(keys) ? keys : {}).map(([key, values]) => ({
      ...{ operator, key: key.toLowerCase(), name: key },
      values: textsOf(values).map(it => (hasVariables ? piecesOf(it) : textPieces(it))),
    })),
  )
}

/** Something that a request must say so that a statement applies, or a denial does not. */
type Demand = { readonly operator: string; readonly key: string; readonly value: Pattern | undefined }

/** Keys that are for whoever asks to say, but those that the places of the table say. */
function isSayable(key: string): boolean {
  if (/^(?:s3:prefix|dynamodb:leadingkeys|kms:viaservice|aws:username|saml:.*)$/.test(key)) return false
  return isAbsent(key) || /^aws:(?:useragent|referer)$/.test(key)
}

function demandsOf({ operator, key, values }: Line, isAllow: boolean): readonly Demand[] {
  if (!isSayable(key)) return []
  if (operator === 'Null') {
    const isAsked = values.some(it => it.some(piece => piece.kind === 'text' && piece.text === String(!isAllow)))
    return isAsked ? [{ operator, key, value: undefined }] : []
  }
  // an absent key meets a negation, and what ends in IfExists
  const isNegated = /Not/.test(operator)
  const isAsked = isAllow ? !isNegated && !/^ForAllValues:|IfExists$/.test(operator) : isNegated
  const [value] = values
  return isAsked && value !== undefined ? [{ operator, key, value }] : []
}

/** The first value that is asked for of each key; any, where none is. */
function contextOf(demands: readonly Demand[], variables: Variables): Context {
  const context: Record<string, ContextValue> = {}
  for (const { operator, key, value } of [...demands].sort(
    (a, b) => Number(b.value !== undefined) - Number(a.value !== undefined),
  )) {
    if (context[key] === undefined) {
      context[key] =
        value === undefined
          ? 'example'
          : valueFor(
              operator,
              filled(value, variables, () => 'x'),
            )
    }
  }
  return context
}

function valueFor(operator: string, value: string | Unknown): string | Unknown {
  if (typeof value !== 'string') return value
  if (/LessThan(?:IfExists)?$/.test(operator)) return String(Number(value) - 1)
  return /GreaterThan(?:IfExists)?$/.test(operator) ? String(Number(value) + 1) : value
}

/** Keys that conditions of statements about an action ask for, and that are for whoever asks to say. */
export function keysAsked(resolved: Resolved, roles: readonly string[], action: string): readonly string[] {
  const request = { action, resource: '*', context: new Map() }
  const lines = roles.flatMap(role =>
    permissionsOf(resolved, role).policies.flatMap(({ document }) => {
      const statements = isValueObject(document) ? document['Statement'] : undefined
      return (isValueList(statements) ? statements : [statements]).flatMap(it =>
        isValueObject(it) && hasAction(it, request) !== false ? linesOf(it['Condition'], true) : [],
      )
    }),
  )
  const keys = new Map(lines.filter(({ key }) => isAbsent(key)).map(({ key, name }) => [key, name]))
  return [...keys.values()]
}

/** The service of an ARN; undefined where it is not known. */
export function serviceOf([first]: Pattern): string | undefined {
  const [, service] = (first?.kind === 'text' ? /^arn:[^:]*:([^:]+):/i.exec(first.text) : undefined) ?? []
  return service
}

/** Patterns of a service, by their ARNs, or else by the actions that a statement names; but what each user has another of. */
export function patternsFor(statement: Statement, service: string): readonly Pattern[] {
  const isNamed = statement.actions.some(it => it.service === service)
  return [...statement.resources, ...(statement.exceptions ?? [])].filter(it => {
    const own = serviceOf(it)
    return !isAll(it) && !isNamedByUser(it, service) && (own === service || (own === undefined && isNamed))
  })
}

/** Is the thing itself, and not what is in it, named by whose it is? */
export function isNamedByUser(pattern: Pattern, service: string): boolean {
  return hasVariable(service === 's3' ? (split(pattern)?.[0] ?? pattern) : pattern)
}

/** Does an action, or one that a pattern means, work on things of the service? */
export function isOf(service: string): (action: Statement['actions'][number]) => boolean {
  return action => action.service === undefined || action.service === service || /[*?]/.test(action.service)
}

/** The values of one key in the conditions of some statements, each once. */
export function valuesOf(statements: readonly Statement[], key: string): readonly Pattern[] {
  const found = statements.flatMap(({ lines }) =>
    lines.flatMap(it => (it.key === key && it.operator !== 'Null' ? it.values : [])),
  )
  return [...new Map(found.map(it => [JSON.stringify(it), it])).values()]
}
