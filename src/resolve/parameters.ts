import { allowedValuesOf, isListType, isStoredType, numberOf, patternOf, textOf } from '../check/parameter.ts'
import { isObject, type Json, type JsonObject } from '../document.ts'
import { Unknown, type Value } from './value.ts'

/**
 * What parameters come to, and what is wrong with a value.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */

/** What a declaration has against a value. Lengths count characters. */
export type Violation =
  /** It has no default, and no value is given. */
  | { readonly kind: 'missing' }
  /** A value is given for what the template does not declare. */
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'allowed-values'; readonly allowed: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'too-short' | 'too-long'; readonly limit: number; readonly length: number }
  | { readonly kind: 'not-a-number' }
  | { readonly kind: 'too-small' | 'too-large'; readonly limit: number }

export type ParameterProblem = {
  readonly parameter: string
  readonly violation: Violation
  /** The value, or the first item of a list, that is wrong; absent where there is none, and for `NoEcho`. */
  readonly value?: string
  /** What the template's author says to it. */
  readonly constraint?: string
}

/** All that is wrong with the values of the parameters that a template declares. Unknown values are taken for right. */
export function parameterProblems(
  declarations: JsonObject,
  given: Readonly<Record<string, string | Unknown>>,
): readonly ParameterProblem[] {
  const declared = Object.entries(declarations).flatMap(([parameter, declaration]): readonly ParameterProblem[] => {
    if (!isObject(declaration)) return []
    const value = effectiveText(declaration, member(given, parameter))
    if (value instanceof Unknown) return []
    if (value === undefined) return [{ parameter, violation: { kind: 'missing' } }]
    const constraint = member(declaration, 'ConstraintDescription')
    const isSecret = String(member(declaration, 'NoEcho')) === 'true'
    return violations(declaration, value).map(({ item, violation }) => ({
      parameter,
      violation,
      ...(isSecret ? {} : { value: item }),
      ...(typeof constraint === 'string' ? { constraint } : {}),
    }))
  })
  const undeclared = Object.keys(given)
    .filter(parameter => member(declarations, parameter) === undefined)
    .map(parameter => ({ parameter, violation: { kind: 'undeclared' as const } }))
  return [...declared, ...undeclared]
}

/** What a `Ref` of the parameter gives: text, or a list of it. */
export function parameterValue(name: string, declaration: JsonObject, given: string | Unknown | undefined): Value {
  const text = effectiveText(declaration, given)
  if (typeof text !== 'string' || isStoredType(member(declaration, 'Type'))) {
    return new Unknown({ kind: 'parameter', name })
  }
  return isListType(member(declaration, 'Type')) ? itemsOf(text) : text
}

/** The value that is given, or else the default; undefined if there is neither. */
export function effectiveText(
  declaration: JsonObject,
  given: string | Unknown | undefined,
): string | Unknown | undefined {
  return given ?? textOf(member(declaration, 'Default'))
}

/** What each item of the value, or the value as a whole, breaks; an empty list if CloudFormation takes it. */
export function violations(
  declaration: JsonObject,
  value: string,
): readonly { readonly item: string; readonly violation: Violation }[] {
  const type = member(declaration, 'Type')
  // Of a list the constraints are about each item.
  const items = isListType(type) ? itemsOf(value) : [value]
  return items.flatMap(item => itemViolations(declaration, type, item).map(violation => ({ item, violation })))
}

function itemViolations(declaration: JsonObject, type: Json | undefined, value: string): readonly Violation[] {
  const found: Violation[] = []
  const allowed = allowedValuesOf(declaration)
  if (allowed !== undefined && !allowed.includes(value)) found.push({ kind: 'allowed-values', allowed })
  const pattern = patternOf(declaration)
  if (pattern instanceof RegExp && !pattern.test(value)) {
    found.push({ kind: 'pattern', pattern: String(member(declaration, 'AllowedPattern')) })
  }
  if (!isListType(type)) {
    const length = [...value].length
    const [least, most] = [numberOf(declaration, 'MinLength'), numberOf(declaration, 'MaxLength')]
    if (least !== undefined && length < least) found.push({ kind: 'too-short', limit: least, length })
    if (most !== undefined && length > most) found.push({ kind: 'too-long', limit: most, length })
  }
  if (type === 'Number' || type === 'List<Number>') {
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value)) return [...found, { kind: 'not-a-number' }]
    const [least, most] = [numberOf(declaration, 'MinValue'), numberOf(declaration, 'MaxValue')]
    if (least !== undefined && Number(value) < least) found.push({ kind: 'too-small', limit: least })
    if (most !== undefined && Number(value) > most) found.push({ kind: 'too-large', limit: most })
  }
  return found
}

/** Blanks around an item are no part of it. */
function itemsOf(list: string): readonly string[] {
  return list.split(',').map(item => item.trim())
}

/** The member of that name; nothing for what objects inherit. */
export function member<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
