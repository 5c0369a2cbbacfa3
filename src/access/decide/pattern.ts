import { partsOf, Unknown } from '../../resolve/value.ts'
import { atVariables, fits } from './glob.ts'
import { contextValue, keyOf, type Request } from './request.ts'
import type { Truth } from './truth.ts'

/** What a text of a policy, or of a request, is made of. */
export type Token =
  | { readonly kind: 'char'; readonly char: string }
  /** `*`; one that is not the last of a segment of an ARN stays in that segment. */
  | { readonly kind: 'any'; readonly crosses: boolean }
  /** `?` */
  | { readonly kind: 'one' }
  /** A text that is not known, but equal to others of the same key; without one to none, as far as is known. */
  | { readonly kind: 'symbol'; readonly key: string | undefined; readonly isLiteral: boolean }

export type Reading = {
  readonly wildcards: boolean
  /** Where policy variables get their values; absent where there are none. */
  readonly variables?: Request | undefined
  readonly ignoreCase?: boolean
}

/** Why a text is none: the request lacks a policy variable of it, or has several values for one. */
export type NoText = 'missing' | 'several'

/**
 * A text as tokens; without a value for one of its policy variables it matches nothing.
 * What a variable puts in is literal, also its wildcards.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function tokensOf(text: string | Unknown, reading: Reading): readonly Token[] | NoText {
  const tokens: Token[] = []
  for (const part of partsOf(text)) {
    if (part instanceof Unknown) {
      tokens.push(symbol(part))
      continue
    }
    // Every second piece is what stands between the braces.
    for (const [at, piece] of (reading.variables === undefined ? [part] : atVariables(part)).entries()) {
      const read = at % 2 === 0 ? plain(piece, reading) : variable(piece, reading)
      if (typeof read === 'string') return read
      tokens.push(...read)
    }
  }
  return tokens
}

function plain(text: string, { wildcards, ignoreCase }: Reading): readonly Token[] {
  const tokens: Token[] = []
  for (const char of ignoreCase === true ? text.toLowerCase() : text) {
    tokens.push(wildcards && char === '*' ? anyToken : wildcards && char === '?' ? oneToken : charToken(char))
  }
  return tokens
}

const anyToken: Token = { kind: 'any', crosses: true }
const oneToken: Token = { kind: 'one' }
const charTokens = new Map<string, Token>()

/** One for all of the same character: texts have many, and are taken apart again and again. */
function charToken(char: string): Token {
  const known = charTokens.get(char)
  if (known !== undefined) return known
  const made: Token = { kind: 'char', char }
  charTokens.set(char, made)
  return made
}

function variable(content: string, reading: Reading): readonly Token[] | NoText {
  const literal = { ...reading, wildcards: false }
  if (/^[*?$]$/.test(content)) return plain(content, literal)
  const [key, fallback] = variableOf(content)
  const value = reading.variables === undefined ? undefined : contextValue(reading.variables, key)
  if (value === 'open') return [symbol(new Unknown({ kind: 'pseudo', name: `context ${key.toLowerCase()}` }))]
  if (typeof value === 'string') return plain(value, literal)
  if (value instanceof Unknown) {
    return partsOf(value).flatMap(part => (part instanceof Unknown ? symbol(part) : plain(part, literal)))
  }
  if (value !== undefined) return 'several'
  return fallback === undefined ? 'missing' : plain(fallback, literal)
}

/** What stands between the braces of a policy variable: a condition key, and its default. */
export function variableOf(content: string): readonly [key: string, fallback: string | undefined] {
  const comma = content.indexOf(',')
  if (comma < 0) return [content.trim(), undefined]
  const [, fallback] = /^'([^']*)'$/.exec(content.slice(comma + 1).trim()) ?? []
  return fallback === undefined ? ['', undefined] : [content.slice(0, comma).trim(), fallback]
}

/** The condition keys that a text names as policy variables. */
export function variablesIn(text: string | Unknown): readonly string[] {
  return partsOf(text).flatMap(part => {
    const contents = typeof part === 'string' ? atVariables(part).filter((_, at) => at % 2 === 1) : []
    return contents.flatMap(content => (/^[*?$]$/.test(content) ? [] : [variableOf(content)[0]]))
  })
}

function symbol(part: Unknown): Token {
  const { kind } = part.origin
  return {
    kind: 'symbol',
    // two mistakes are not the same text
    key: kind === 'mistake' ? undefined : keyOf(part),
    isLiteral: kind === 'resource' || kind === 'attribute' || kind === 'pseudo',
  }
}

/**
 * An ARN of fewer than six parts, to each of which that is missing a wildcard is added; others as they are.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function completed(arn: string | Unknown): string | Unknown {
  const isArn = typeof arn === 'string' && /^arn:/i.test(arn)
  const missing = isArn ? 6 - arn.split(':').length : 0
  return missing > 0 ? `${arn}${':*'.repeat(missing)}` : arn
}

/**
 * The tokens of an ARN, where a wildcard at the end of one of the first segments goes beyond its colon, and another does
 * not. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function inSegments(tokens: readonly Token[]): readonly Token[] {
  let colons = 0
  let changed: Token[] | undefined
  for (const [at, token] of tokens.entries()) {
    if (isColon(token) && ++colons === 5) break
    if (token.kind !== 'any') continue
    const next = tokens[at + 1]
    if (next === undefined || isColon(next)) continue
    changed ??= [...tokens]
    changed[at] = { kind: 'any', crosses: false }
  }
  return changed ?? tokens
}

export function isColon(token: Token): boolean {
  return token.kind === 'char' && token.char === ':'
}

/** Does the text, in which there are no wildcards, match the pattern? */
export function matches(pattern: readonly Token[], text: readonly Token[]): Truth {
  let start = 0
  let [p, t] = [pattern.length, text.length]
  // What is the same at both ends says nothing.
  while (start < p && start < t && isSame(pattern[start], text[start])) start++
  if (differ(pattern[start], text[start]) && start < p) return false
  while (p > start && t > start && isSame(pattern[p - 1], text[t - 1])) {
    p--
    t--
  }
  if (p > start && differ(pattern[p - 1], text[t - 1])) return false
  const [wanted, given] = [pattern.slice(start, p), text.slice(start, t)]
  const isKnown = [...wanted, ...given].every(({ kind }) => kind !== 'symbol')
  if (isKnown && wanted.every(it => it.kind !== 'any' || it.crosses)) {
    return fits(
      [wanted.length, given.length],
      at => wanted[at]?.kind === 'any',
      (at, other) => isOne(wanted[at], given[other]),
    )
  }
  if (meets(wanted, given, false)) return true
  return !isKnown && meets(wanted, given, true) ? 'unknown' : false
}

/** Is it the same text on both sides? What a deployer fills in may have wildcards in it. */
function isSame(token: Token | undefined, other: Token | undefined): boolean {
  if (token?.kind === 'char') return other?.kind === 'char' && other.char === token.char
  return token?.kind === 'symbol' && token.isLiteral && other?.kind === 'symbol' && other.key === token.key
}

function differ(token: Token | undefined, other: Token | undefined): boolean {
  return token?.kind === 'char' && other?.kind === 'char' && token.char !== other.char
}

/** With what is unknown as any text at all if `mayBe`, or else as nothing but itself. */
function meets(pattern: readonly Token[], text: readonly Token[], mayBe: boolean): boolean {
  const isFree = (token: Token | undefined) => mayBe && token?.kind === 'symbol'
  const end = text.length
  // Of the pattern from a token on, which ends of the text it meets: the last row first.
  let below = new Uint8Array(end + 1)
  for (let t = end; t >= 0 && (t === end || isFree(text[t])); t--) below[t] = 1
  for (let p = pattern.length - 1; p >= 0; p--) {
    const token = pattern[p]
    if (token === undefined) continue
    const row = new Uint8Array(end + 1)
    let isMet = false
    for (let t = end; t >= 0; t--) {
      const other = text[t]
      const skipsText = other !== undefined && row[t + 1] === 1
      let met: boolean
      if (token.kind === 'any' || isFree(token)) {
        const isWithin =
          token.kind !== 'any' || token.crosses || (other !== undefined && !isColon(other) && other.kind === 'char')
        met = below[t] === 1 || (skipsText && (isWithin || isFree(other)))
      } else if (isFree(other)) met = skipsText || below[t] === 1
      else met = below[t + 1] === 1 && isOne(token, other)
      if (met) {
        row[t] = 1
        isMet = true
      }
    }
    // Nothing before it makes up for that.
    if (!isMet) return false
    below = row
  }
  return below[0] === 1
}

function isOne(token: Token | undefined, other: Token | undefined): boolean {
  if (token === undefined) return false
  if (token.kind === 'char') return other?.kind === 'char' && other.char === token.char
  if (token.kind === 'one') return other?.kind === 'char'
  return token.kind === 'symbol' && token.key !== undefined && other?.kind === 'symbol' && other.key === token.key
}
