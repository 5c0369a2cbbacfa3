import { isValueObject, partsOf, Unknown, type Value, type ValueObject } from '../../resolve/value.ts'
import { meets, textsOf } from './condition.ts'
import { variablesIn } from './pattern.ts'
import { contextValue, type Request } from './request.ts'
import { hasAction, hasResource } from './statement.ts'

/** What somebody could say so that it is known whether a statement applies. */
export type Missing = {
  /** Condition keys, as the statements write them, that the request may have or not, or with any value. */
  readonly keys: readonly string[]
  /** Parameters and pseudo parameters of the template. */
  readonly parameters: readonly string[]
  /** What only deployment knows, and nobody can say here: imported values, generated names. */
  readonly values?: readonly string[]
}

/** Of a statement of which it is not known whether it applies to the request, what its open parts hang on. */
export function missingOf(
  statement: ValueObject,
  request: Request,
  hasVariables: boolean,
  nameOf: (value: Unknown) => string,
): Missing {
  const { Action, NotAction, Resource, NotResource, Condition } = statement
  const variables = (values: Value) =>
    hasVariables
      ? textsOf(values)
          .flatMap(variablesIn)
          .filter(key => isOpen(request, key))
      : []
  const names = hasAction(statement, request) === 'unknown' ? [Action, NotAction] : []
  const things = [Resource, NotResource].flatMap(textsOf).filter(text => {
    const own: ValueObject = { Resource: text }
    return hasResource(own, request, hasVariables) === 'unknown'
  })
  const lines = linesOf(Condition).filter(
    ([operator, key, values]) => meets(operator, key, values, request, hasVariables) === 'unknown',
  )
  return merged([
    { keys: [], parameters: names.flatMap(parametersIn) },
    {
      keys: things.flatMap(variables),
      parameters: [...things, request.resource].flatMap(parametersIn),
      values: things.flatMap(it => valuesIn(it, nameOf)),
    },
    ...lines.map(([, key, values]) => ({
      keys: [...(isOpen(request, key) ? [key] : []), ...variables(values)],
      parameters: parametersIn(values),
      values: valuesIn(values, nameOf),
    })),
  ])
}

/** Each once; keys are the same in whichever case. */
export function merged(all: readonly Missing[]): Missing {
  const values = [...new Set(all.flatMap(it => it.values ?? []))]
  const keys = new Map(all.flatMap(it => it.keys.map(key => [key.toLowerCase(), key] as const)).reverse())
  return {
    keys: [...keys.values()].reverse(),
    parameters: [...new Set(all.flatMap(it => it.parameters))],
    ...(values.length === 0 ? {} : { values }),
  }
}

function linesOf(condition: Value | undefined): readonly (readonly [operator: string, key: string, values: Value])[] {
  return Object.entries(isValueObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isValueObject(keys) ? keys : {}).map(([key, values]) => [operator, key, values] as const),
  )
}

/** Would it be another value if the question gave one? */
function isOpen(request: Request, key: string): boolean {
  const value = contextValue(request, key)
  if (value === undefined) return false
  if (value === 'open' || value instanceof Unknown) return true
  return typeof value !== 'string' && value.some(it => it instanceof Unknown)
}

function valuesIn(value: Value, nameOf: (value: Unknown) => string): readonly string[] {
  const kinds: readonly string[] = ['import', 'dynamic', 'resource', 'attribute', 'call']
  return textsOf(value)
    .flatMap(partsOf)
    .flatMap(part => (part instanceof Unknown && kinds.includes(part.origin.kind) ? [nameOf(part)] : []))
}

function parametersIn(value: Value | undefined): readonly string[] {
  return textsOf(value)
    .flatMap(partsOf)
    .flatMap(part => {
      const origin = part instanceof Unknown ? part.origin : undefined
      const isNamed = origin?.kind === 'parameter' || (origin?.kind === 'pseudo' && origin.name.startsWith('AWS::'))
      return isNamed ? [origin.name] : []
    })
}
