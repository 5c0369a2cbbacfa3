import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'

/** Conditions of the template that have been decided, by name. */
export type Decided = ReadonlyMap<string, boolean>

export type If = { readonly condition: string; readonly yes: Json; readonly no: Json }

/** The operand of an intrinsic function, if the value is one call of it. */
export function operandOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) && Object.keys(value).length === 1 ? value[name] : undefined
}

/** Is it a call of an intrinsic function, whichever? */
export function isCall(value: JsonObject): boolean {
  const [key = '', ...others] = Object.keys(value)
  return others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))
}

export function ifOf(value: Json | undefined): If | undefined {
  const operand = operandOf(value, 'Fn::If')
  if (!isList(operand) || operand.length !== 3) return undefined
  const [condition, yes = null, no = null] = operand
  return typeof condition === 'string' ? { condition, yes, no } : undefined
}

export function isNoValue(value: Json | undefined): boolean {
  return value === undefined || operandOf(value, 'Ref') === 'AWS::NoValue'
}

/**
 * The parameter that an `If` takes, and what it takes where that is left empty: a default, and no choice between two
 * ways of access. Undefined for any other.
 */
export function fallbackOf(
  value: Json,
  document: Document,
): { readonly given: Json; readonly otherwise: Json } | undefined {
  const choice = ifOf(value)
  if (choice === undefined) return undefined
  const { condition, yes, no } = choice
  const { Conditions } = document
  const definition = isObject(Conditions) && Object.hasOwn(Conditions, condition) ? Conditions[condition] : undefined
  const negated = operandOf(definition, 'Fn::Not')
  const isEmpty = emptyParameter(isList(negated) ? negated[0] : definition)
  const [given, otherwise] = isList(negated) ? [yes, no] : [no, yes]
  if (isEmpty === undefined || operandOf(given, 'Ref') !== isEmpty || isNoValue(otherwise)) return undefined
  return { given, otherwise }
}

/** Of `{ 'Fn::Equals': [{ Ref: P }, ''] }`, either way round: P. */
function emptyParameter(definition: Json | undefined): string | undefined {
  const operands = operandOf(definition, 'Fn::Equals')
  if (!isList(operands) || operands.length !== 2) return undefined
  const other = operands.filter(it => it !== '')
  const name = other.length === 1 ? operandOf(other[0], 'Ref') : undefined
  return typeof name === 'string' ? name : undefined
}

/** By a name that IAM takes in any case; undefined where there is none. */
export function fieldOf(value: Json, name: string): Json | undefined {
  if (!isObject(value)) return undefined
  const key = Object.keys(value).find(it => it.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : value[key]
}

export function fieldsOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
