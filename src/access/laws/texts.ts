import { isValueList, isValueObject, Unknown, type Value } from '../../resolve/value.ts'

/** The texts in a value, also in unknowns and keys. */
export function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value]
  if (isValueList(value)) return value.flatMap(textsIn)
  if (isValueObject(value)) return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)])
  if (!(value instanceof Unknown)) return []
  return value.origin.kind === 'text' ? value.origin.parts.flatMap(textsIn) : []
}
