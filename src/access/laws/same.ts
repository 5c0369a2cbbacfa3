import { concatenate, isValueList, isValueObject, Unknown, type Value } from '../../resolve/value.ts'

/** Values that only deployment knows. */
export const is = {
  ref: (id: string): Unknown => new Unknown({ kind: 'resource', id }),
  attribute: (id: string, attribute: string): Unknown => new Unknown({ kind: 'attribute', id, attribute }),
  text: (...parts: readonly (string | Unknown)[]): string | Unknown => concatenate(parts),
} as const

/** Are two values one, whatever the order of an object's keys? Numbers and booleans are text to CloudFormation. */
export function isSame(left: Value | undefined, right: Value | undefined): boolean {
  return left === undefined || right === undefined ? left === right : written(left) === written(right)
}

function written(value: Value): string {
  if (value instanceof Unknown) return JSON.stringify(value)
  if (isValueList(value)) return `[${value.map(written).join()}]`
  if (!isValueObject(value)) return JSON.stringify(String(value))
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`)
  return `{${entries.sort().join()}}`
}
