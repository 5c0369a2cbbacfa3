import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { concatenate, isValueList, isValueObject, partsOf, Unknown, type Value } from '../resolve/value.ts'

/** What a template comes to for certain values of conditions that only deployment knows. */
export type World = { readonly resolved: Resolved; readonly conditions: ReadonlyMap<string, boolean> }

/** More conditions than these are left open. */
const most = 6

const known = new WeakMap<Resolved, readonly World[]>()

/**
 * One for each way in which the conditions may come out that decide of access and are not known here; with none of them,
 * or with more than can be gone through, the template as it stands. Whether a combination can be is not asked.
 */
export function worldsOf(resolved: Resolved): readonly World[] {
  const before = known.get(resolved)
  if (before !== undefined) return before
  const resources = Object.entries(resolved.Resources).filter(([, { Type }]) => decides(Type))
  const names = [...new Set(resources.flatMap(([, it]) => conditionsIn(it)))]
  const worlds =
    names.length === 0 || names.length > most
      ? [{ resolved, conditions: new Map<string, boolean>() }]
      : combinations(names).map(conditions => ({ resolved: assigned(resolved, conditions), conditions }))
  known.set(resolved, worlds)
  return worlds
}

function decides(type: string): boolean {
  return type.startsWith('AWS::IAM::') || type.startsWith('AWS::Cognito::')
}

function conditionsIn({ Properties, condition }: ResolvedResource): readonly string[] {
  return [...(condition === undefined ? [] : [condition]), ...choicesIn(Properties)]
}

function choicesIn(value: Value | undefined): readonly string[] {
  if (isValueList(value)) return value.flatMap(choicesIn)
  if (isValueObject(value)) return Object.values(value).flatMap(choicesIn)
  if (!(value instanceof Unknown)) return []
  const { origin } = value
  if (origin.kind === 'text') return partsOf(value).flatMap(choicesIn)
  if (origin.kind !== 'choice') return []
  return [origin.condition, ...choicesIn(origin.whenTrue), ...choicesIn(origin.whenFalse)]
}

function combinations(names: readonly string[]): readonly ReadonlyMap<string, boolean>[] {
  return Array.from(
    { length: 2 ** names.length },
    (_, bits) => new Map(names.map((name, at) => [name, (bits & (1 << at)) !== 0])),
  )
}

function assigned(resolved: Resolved, conditions: ReadonlyMap<string, boolean>): Resolved {
  const Resources = Object.entries(resolved.Resources).flatMap(([id, resource]) => {
    const { condition, ...others } = resource
    const exists = condition === undefined ? undefined : conditions.get(condition)
    if (exists === false) return []
    const Properties = Object.fromEntries(entriesOf(resource.Properties, conditions))
    return [[id, { ...(exists === true ? others : resource), Properties }] as const]
  })
  return { ...resolved, Resources: Object.fromEntries(Resources) }
}

function entriesOf(
  object: Readonly<Record<string, Value>>,
  conditions: ReadonlyMap<string, boolean>,
): readonly (readonly [string, Value])[] {
  return Object.entries(object).flatMap(([key, item]) => {
    const value = chosen(item, conditions)
    return value === undefined ? [] : [[key, value] as const]
  })
}

/** Undefined is `AWS::NoValue`. */
function chosen(value: Value, conditions: ReadonlyMap<string, boolean>): Value | undefined {
  if (isValueList(value)) return value.map(item => chosen(item, conditions)).filter(it => it !== undefined)
  if (isValueObject(value)) return Object.fromEntries(entriesOf(value, conditions))
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  if (origin.kind === 'text') {
    return concatenate(
      origin.parts.map(part => {
        const own = chosen(part, conditions)
        return typeof own === 'string' || own instanceof Unknown ? own : part
      }),
    )
  }
  const holds = origin.kind === 'choice' ? conditions.get(origin.condition) : undefined
  if (origin.kind !== 'choice' || holds === undefined) return value
  const branch = holds ? origin.whenTrue : origin.whenFalse
  return branch === undefined ? undefined : chosen(branch, conditions)
}
