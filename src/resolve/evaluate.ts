import { isList, isObject, type Json, type JsonObject, member, type Path } from '../document.ts'
import { type Environment, pseudoParameter } from './environment.ts'
import { parameterValue } from './parameters.ts'
import {
  concatenate,
  equal,
  isScalar,
  isValueList,
  mistake,
  partsOf,
  Unknown,
  unknownCall,
  type Value,
} from './value.ts'

/**
 * Evaluation of values and predicates, and the functions that CloudFormation evaluates before there are resources.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */

/** The sections of a template that can be evaluated without its resources. */
export type Sections = {
  readonly Parameters?: JsonObject
  readonly Mappings?: JsonObject
  readonly Conditions?: JsonObject
  readonly Rules?: JsonObject
}

/** Everything that an expression can see. */
export type Scope = {
  readonly sections: Sections
  readonly env: Environment
  readonly functions: Functions
  readonly predicates: Predicates
  /** What conditions come to, as far as they have been asked for; nothing of one that is being evaluated. */
  readonly conditions: Map<string, boolean | Unknown | undefined>
  /** What has neither a parameter nor a pseudo parameter of that name. */
  readonly resource: (name: string, path: Path, scope: Scope) => Value
  readonly report: (mistake: Mistake) => void
}

/** What is wrong with a template, or with the values that it is given; its path is that of what is wrong. */
export type Mistake = { readonly path: Path } & (
  | { readonly kind: 'arguments' | 'not-text' | 'not-a-condition' | 'not-an-object' | 'no-value' }
  | { readonly kind: 'circular-condition' | 'undeclared-condition' | 'undeclared' | 'absent'; readonly name: string }
  | { readonly kind: 'no-entry'; readonly keys: readonly string[] }
  | { readonly kind: 'no-item'; readonly position: string; readonly length: number }
  | { readonly kind: 'no-blocks'; readonly block: string }
)

/** By name. `path` is that of the argument. Undefined is `AWS::NoValue`. */
export type Functions = Readonly<Record<string, (argument: Json, path: Path, scope: Scope) => Value | undefined>>
export type Predicates = Readonly<Record<string, (operands: readonly Json[], path: Path, scope: Scope) => Truth>>

export type Truth = boolean | Unknown

/** Undefined is `AWS::NoValue`, which leaves no item and no key behind. */
export function evaluate(json: Json, path: Path, scope: Scope): Value | undefined {
  if (isList(json)) return evaluateItems(json, path, scope)
  if (!isObject(json)) return json
  const call = callOf(json)
  return call === undefined ? evaluateObject(json, path, scope) : evaluateCall(...call, path, scope)
}

function evaluateItems(items: readonly Json[], path: Path, scope: Scope): readonly Value[] {
  return items.map((item, index) => evaluate(item, [...path, index], scope)).filter(it => it !== undefined)
}

/** An object as one, even if its only key is the name of a function. */
export function evaluateObject(json: JsonObject, path: Path, scope: Scope): { readonly [key: string]: Value } {
  const entries = Object.entries(json).flatMap(([key, item]) => {
    const value = isFunction(key) ? evaluateCall(key, item, path, scope) : evaluate(item, [...path, key], scope)
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

function evaluateCall(fn: string, argument: Json, path: Path, scope: Scope): Value | undefined {
  const inner = [...path, fn]
  const known = member(scope.functions, fn)
  if (known !== undefined) return known(argument, inner, scope)
  // The body of a generator is a text from which calls are made, not yet a call.
  return unknownCall(fn, fn.startsWith('Fn::ForEach') ? argument : (evaluate(argument, inner, scope) ?? null))
}

/** Text, where a function takes nothing else. */
export function evaluateText(json: Json | undefined, path: Path, scope: Scope): string | Unknown {
  const value = json === undefined ? undefined : evaluate(json, path, scope)
  if (value instanceof Unknown) return value
  return isScalar(value) ? String(value) : fail(scope, { kind: 'not-text', path })
}

/** The truth of what stands where a condition may. */
export function evaluatePredicate(json: Json | undefined, path: Path, scope: Scope): Truth {
  const [entry, ...others] = isObject(json) ? Object.entries(json) : []
  if (entry !== undefined && others.length === 0) {
    const [fn, argument] = entry
    const inner = [...path, fn]
    if (fn === 'Condition' && typeof argument === 'string') return evaluateCondition(argument, inner, scope)
    const known = member(scope.predicates, fn)
    if (known !== undefined && isList(argument)) return known(argument, inner, scope)
    // a macro may make one of it
    if (fn.startsWith('Fn::') && known === undefined) return unknownCall(fn, evaluate(argument, inner, scope) ?? null)
  }
  return fail(scope, { kind: 'not-a-condition', path })
}

/** The truth of a declared condition; `path` is where its name stands. */
export function evaluateCondition(name: string, path: Path, scope: Scope): Truth {
  if (scope.conditions.has(name)) {
    return scope.conditions.get(name) ?? fail(scope, { kind: 'circular-condition', path, name })
  }
  const declared = member(scope.sections.Conditions ?? {}, name)
  if (declared === undefined) return fail(scope, { kind: 'undeclared-condition', path, name })
  scope.conditions.set(name, undefined)
  const truth = evaluatePredicate(declared, ['Conditions', name], scope)
  scope.conditions.set(name, truth)
  return truth
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html */
export const logic: Predicates = {
  'Fn::And': (operands, path, scope) => all(truths(operands, path, scope), 'Fn::And'),
  'Fn::Or': (operands, path, scope) => any(truths(operands, path, scope), 'Fn::Or'),
  'Fn::Not': ([operand], path, scope) => not(evaluatePredicate(operand, [...path, 0], scope)),
  'Fn::Equals': ([left, right], path, scope) =>
    left === undefined || right === undefined
      ? mistaken(path, scope)
      : equal(evaluate(left, [...path, 0], scope), evaluate(right, [...path, 1], scope)),
}

function truths(operands: readonly Json[], path: Path, scope: Scope): readonly Truth[] {
  return operands.map((operand, index) => evaluatePredicate(operand, [...path, index], scope))
}

export function all(truths: readonly Truth[], fn: string): Truth {
  if (truths.includes(false)) return false
  const open = truths.filter(it => it instanceof Unknown)
  return open.length === 0 || combine(fn, open)
}

export function any(truths: readonly Truth[], fn: string): Truth {
  if (truths.includes(true)) return true
  const open = truths.filter(it => it instanceof Unknown)
  return open.length > 0 && combine(fn, open)
}

function not(truth: Truth): Truth {
  return truth instanceof Unknown ? combine('Fn::Not', [truth]) : !truth
}

function combine(fn: string, open: readonly Unknown[]): Unknown {
  return open.includes(mistake) ? mistake : unknownCall(fn, open)
}

/** What `Fn::Equals` and other functions may compute before there are resources. */
export const early: Functions = {
  Ref: (name, path, scope) => (typeof name === 'string' ? reference(name, path, scope) : mistaken(path, scope)),
  'Fn::FindInMap': findInMap,
  'Fn::Join': (argument, path, scope) => {
    const [delimiter, items] = isList(argument) ? argument : []
    if (typeof delimiter !== 'string' || items === undefined) return mistaken(path, scope)
    const values = evaluate(items, [...path, 1], scope)
    if (values instanceof Unknown) return lost([values]) ?? unknownCall('Fn::Join', [delimiter, values])
    if (!isValueList(values)) return mistaken(path, scope)
    return textFrom(
      values.flatMap((value, at) => (at > 0 ? [delimiter, value] : [value])),
      path,
      scope,
    )
  },
  'Fn::Select': select,
  'Fn::Split': (argument, path, scope) => {
    const [delimiter, text] = isList(argument) ? argument : []
    if (typeof delimiter !== 'string' || delimiter === '') return mistaken(path, scope)
    const value = evaluateText(text, [...path, 1], scope)
    if (typeof value === 'string') return value.split(delimiter)
    return lost([value]) ?? unknownCall('Fn::Split', [delimiter, value])
  },
  'Fn::Sub': substitute,
}

function reference(name: string, path: Path, scope: Scope): Value | undefined {
  if (name === 'AWS::NoValue') return undefined
  const declaration = member(scope.sections.Parameters ?? {}, name)
  if (isObject(declaration)) return parameterValue(name, declaration, member(scope.env.parameters, name))
  return pseudoParameter(name, scope.env) ?? scope.resource(name, path, scope)
}

function findInMap(argument: Json, path: Path, scope: Scope): Value | undefined {
  if (!isList(argument) || argument.length < 3) return mistaken(path, scope)
  const keys = argument.slice(0, 3).map((key, index) => evaluateText(key, [...path, index], scope))
  const fallback = argument[3]
  if (keys.some(key => key instanceof Unknown)) return lost(keys) ?? unknownCall('Fn::FindInMap', keys)
  let found: Json | undefined = scope.sections.Mappings ?? {}
  for (const key of keys) found = isObject(found) ? member(found, String(key)) : undefined
  if (found !== undefined) return found
  // Of AWS::LanguageExtensions.
  const otherwise = isObject(fallback) ? member(fallback, 'DefaultValue') : undefined
  if (otherwise !== undefined) return evaluate(otherwise, [...path, 3, 'DefaultValue'], scope)
  return fail(scope, { kind: 'no-entry', path, keys: keys.map(String) })
}

function select(argument: Json, path: Path, scope: Scope): Value | undefined {
  const [index, items] = isList(argument) ? argument : []
  if (index === undefined || items === undefined) return mistaken(path, scope)
  const position = evaluateText(index, [...path, 0], scope)
  const values = evaluate(items, [...path, 1], scope)
  if (values instanceof Unknown) return selectUnknown(position, values)
  if (!isValueList(values) || (isList(items) && values.length < items.length)) return mistaken(path, scope)
  if (position instanceof Unknown) return lost([position]) ?? unknownCall('Fn::Select', [position, values])
  const item = /^\d+$/.test(position) ? values[Number(position)] : undefined
  if (item !== undefined) return item
  return fail(scope, { kind: 'no-item', path, position, length: values.length })
}

/** Items that a text begins with are known, whatever follows. */
function selectUnknown(position: string | Unknown, values: Unknown): Value {
  const { origin } = values
  if (typeof position === 'string' && origin.kind === 'call' && origin.fn === 'Fn::Split') {
    const [delimiter, text] = isValueList(origin.argument) ? origin.argument : []
    const [start] = text instanceof Unknown ? partsOf(text) : []
    if (typeof start === 'string' && typeof delimiter === 'string') {
      const item = start.split(delimiter).slice(0, -1)[Number(position)]
      if (item !== undefined) return item
    }
  }
  return lost([position, values]) ?? unknownCall('Fn::Select', [position, values])
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html */
function substitute(argument: Json, path: Path, scope: Scope): Value {
  const [text, given] = isList(argument) ? argument : [argument]
  if (typeof text !== 'string') return mistaken(path, scope)
  const variables = isObject(given)
    ? Object.entries(given).map(([name, value]) => [name, evaluate(value, [...path, 1, name], scope)] as const)
    : []
  const known = new Map(variables)
  // Every second piece is what stands between braces.
  const pieces = text.split(/\$\{([^}]*)\}/)
  const parts = pieces.map((piece, at): Value | undefined => {
    if (at % 2 === 0) return piece
    if (piece.startsWith('!')) return `\${${piece.slice(1)}}`
    const name = piece.trim()
    if (known.has(name)) return known.get(name)
    if (!/^[\w.:]+$/.test(name)) return mistaken(path, scope)
    const get = name.includes('.') ? member(scope.functions, 'Fn::GetAtt') : undefined
    return get === undefined ? reference(name, path, scope) : get(name, path, scope)
  })
  return textFrom(parts, path, scope)
}

function textFrom(values: readonly (Value | undefined)[], path: Path, scope: Scope): string | Unknown {
  const parts = values.map(value => {
    if (value instanceof Unknown) return value
    return isScalar(value) ? String(value) : fail(scope, { kind: 'not-text', path })
  })
  return lost(parts) ?? concatenate(parts)
}

/** A mistake makes a mistake of all that is made of it. */
export function lost(values: readonly (string | Unknown)[]): Unknown | undefined {
  return values.includes(mistake) ? mistake : undefined
}

export function mistaken(path: Path, scope: Scope): Unknown {
  return fail(scope, { kind: 'arguments', path })
}

/** Reports what is wrong, and stands for the value that is not there. */
export function fail(scope: Scope, what: Mistake): Unknown {
  scope.report(what)
  return mistake
}

function isFunction(key: string): boolean {
  return key.startsWith('Fn::')
}

/** The one function that the object calls. */
function callOf(json: JsonObject): readonly [fn: string, argument: Json] | undefined {
  const [entry, ...others] = Object.entries(json)
  return entry !== undefined && others.length === 0 && (entry[0] === 'Ref' || isFunction(entry[0])) ? entry : undefined
}
