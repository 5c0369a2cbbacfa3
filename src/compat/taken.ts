import { type JsonObject, member } from '../document.ts'
import { allowedValuesOf, isListType, numberOf, textOf, violations } from '../parameter.ts'
import { type Language, languageOf, languageOfTexts, type Side, witnessOf } from './language.ts'

/** Does one declaration of a parameter take all values that another takes? */
export type Inclusion =
  | { readonly kind: 'all' }
  /** A value, or an item of a list, that it takes no more. */
  | { readonly kind: 'not'; readonly value: string }
  /** It takes all that were tried, and its constraints are more than can be decided. */
  | { readonly kind: 'unknown' }

/**
 * Decided, not tried, wherever the constraints let it: values that are listed one by one, patterns and lengths as
 * automata, numbers by their bounds.
 */
export function inclusionOf(old: JsonObject, fresh: JsonObject): Inclusion {
  const isTaken = (declaration: JsonObject, value: string): boolean => violations(declaration, value).length === 0
  const witness = (value: string): boolean => isTaken(old, value) && !isTaken(fresh, value)
  const allowed = allowedValuesOf(old)
  if (allowed !== undefined) {
    const refused = allowed.find(witness)
    return refused === undefined ? { kind: 'all' } : { kind: 'not', value: refused }
  }
  if (constraints.every(name => !isPresent(fresh, name) || text(fresh, name) === text(old, name))) {
    if (kindOf(old) === kindOf(fresh)) return { kind: 'all' }
  }
  const tried = [...candidates(old), ...candidates(fresh)].find(witness)
  if (tried !== undefined) return { kind: 'not', value: tried }
  if (kindOf(old) === 'Number' && kindOf(fresh) === 'Number') {
    // all bounds of the new one have been tried from both sides
    return isPresent(old, 'AllowedPattern') || isPresent(fresh, 'AllowedPattern')
      ? { kind: 'unknown' }
      : { kind: 'all' }
  }
  const sides = [sideOf(old), sideOf(fresh)]
  const [one, other] = sides
  if (one === undefined || other === undefined) return { kind: 'unknown' }
  const found = witnessOf(one, other, isListType(member(old, 'Type')) ? ', \t' : '')
  if (found === 'none') return { kind: 'all' }
  return found === 'unknown' ? { kind: 'unknown' } : { kind: 'not', value: found.text }
}

const constraints = ['AllowedValues', 'AllowedPattern', 'MinLength', 'MaxLength', 'MinValue', 'MaxValue'] as const

function isPresent(declaration: JsonObject, name: string): boolean {
  return member(declaration, name) !== undefined
}

function text(declaration: JsonObject, name: string): string {
  return JSON.stringify(member(declaration, name)) ?? ''
}

/** `Number`, or text: as what a value is judged. */
function kindOf(declaration: JsonObject): 'Number' | 'text' {
  return /^(?:List<)?Number>?$/.test(String(member(declaration, 'Type'))) ? 'Number' : 'text'
}

/** Values at the edges of what is taken. */
function candidates(declaration: JsonObject): readonly string[] {
  const preset = textOf(member(declaration, 'Default'))
  const numbers = ['MinValue', 'MaxValue'].flatMap(name => {
    const bound = numberOf(declaration, name)
    return bound === undefined ? [] : [bound - 1, bound, bound + 1].map(String)
  })
  const lengths = ['MinLength', 'MaxLength'].flatMap(name => {
    const bound = numberOf(declaration, name)
    if (bound === undefined || bound > 5000) return []
    return [bound - 1, bound, bound + 1].filter(length => length >= 0).map(length => 'a'.repeat(length))
  })
  return [
    ...(preset === undefined ? [] : [preset]),
    ...(allowedValuesOf(declaration) ?? []),
    ...numbers,
    ...['', 'a', '0', '1', '-1', '0.5', '1e9', '-1e9'],
    ...lengths,
  ]
}

function sideOf(declaration: JsonObject): Side | undefined {
  const isList = isListType(member(declaration, 'Type'))
  const pattern = member(declaration, 'AllowedPattern')
  const language = typeof pattern === 'string' ? languageOf(pattern) : undefined
  if (typeof pattern === 'string' && language === undefined) return undefined
  const allowed = allowedValuesOf(declaration)
  const number = kindOf(declaration) === 'Number' ? languageOf(numbers) : undefined
  const languages: readonly (Language | undefined)[] = [
    language,
    allowed === undefined ? undefined : languageOfTexts(allowed),
    number,
    anything,
  ]
  const most = isList ? undefined : numberOf(declaration, 'MaxLength')
  return {
    languages: languages.filter(it => it !== undefined),
    lengths: {
      least: isList ? 0 : (numberOf(declaration, 'MinLength') ?? 0),
      most: most ?? Number.POSITIVE_INFINITY,
    },
  }
}

const anything = languageOf('[\\s\\S]*')
const numbers = '[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?'
