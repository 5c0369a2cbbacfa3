import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json } from '../document.ts'

/** What the code of a validator calls by `require`: ajv's own helpers under ajv's names, without ajv, and ours. */
export const runtimeModules: { readonly [name: string]: { readonly [member: string]: unknown } } = {
  'ajv/dist/runtime/ucs2length': { default: (text: string) => [...text].length },
  'ajv/dist/runtime/equal': { default: isDeepStrictEqual },
  poolform: { isUnknown, convert },
}

/**
 * Is this known at deployment only? An intrinsic function, an object that a macro completes, or text with a dynamic
 * reference in it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export function isUnknown(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{resolve:')
  if (!isObject(value)) return false
  const [key, second] = Object.keys(value)
  if (key === undefined) return false
  return second === undefined ? key === 'Ref' || key.startsWith('Fn::') : 'Fn::Transform' in value
}

/**
 * A scalar as CloudFormation converts it to a type that a property has: 3 for `'3'`, `'3'` for 3, true for `'true'`.
 * `types` lists them: `integer`, `object,string`. What is not converted comes back as it is.
 * Source: the type check of cfn-lint 1.58.0.
 */
export function convert(value: Json, types: string): Json {
  if (typeof value === 'string') {
    if (types.includes('string')) return value
    if (types.includes('boolean') && /^(?:true|True|TRUE|false|False|FALSE)$/.test(value)) return /^t/i.test(value)
    const isNumeric = types.includes('number') || types.includes('integer')
    return isNumeric && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    const fits = types.includes(typeof value) || (typeof value === 'number' && types.includes('integer'))
    return !fits && types.includes('string') ? String(value) : value
  }
  return value
}
