import type { Resolved } from '../resolve/index.ts'
import { concatenate, isValueList, isValueObject, Unknown, type Value } from '../resolve/value.ts'

/** What a template comes to where conditions come out so that only deployment knows. */
export function decided(resolved: Resolved, conditions: ReadonlyMap<string, boolean>): Resolved {
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
  if (origin.kind !== 'choice') return value
  const { condition, whenTrue, whenFalse } = origin
  const holds = conditions.get(condition)
  const [yes, no] = [whenTrue, whenFalse].map(it => (it === undefined ? undefined : chosen(it, conditions)))
  if (holds !== undefined) return holds ? yes : no
  return new Unknown({ kind: 'choice', condition, whenTrue: yes, whenFalse: no })
}
