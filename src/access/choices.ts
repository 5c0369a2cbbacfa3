import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import { type Decided, fallbackOf, ifOf, isCall, isNoValue } from './branches.ts'
import { textOf } from './text.ts'

/** The conditions, not decided yet, by which what is within a value is chosen, the outermost first; without mere defaults. */
export function openConditions(value: Json, decided: Decided, document: Document): readonly string[] {
  const found = new Set<string>()
  collect(value, decided, document, found)
  return [...found]
}

function collect(value: Json, decided: Decided, document: Document, found: Set<string>): void {
  if (isList(value)) {
    for (const item of value) collect(item, decided, document, found)
    return
  }
  if (!isObject(value)) return
  const choice = ifOf(value)
  if (choice === undefined) {
    for (const item of Object.values(value)) collect(item, decided, document, found)
    return
  }
  const { condition, yes, no } = choice
  const is = decided.get(condition)
  if (is !== undefined) {
    collect(is ? yes : no, decided, document, found)
    return
  }
  const fallback = fallbackOf(value, document)
  if (fallback !== undefined) {
    collect(fallback.otherwise, decided, document, found)
    return
  }
  if (readAlike(yes, no, document)) return
  found.add(condition)
  collect(yes, decided, document, found)
  collect(no, decided, document, found)
}

/** The value as it is where these conditions are as said; undefined for none. */
export function decide(value: Json, decided: Decided, document: Document): Json | undefined {
  if (isList(value)) {
    return value.flatMap(item => {
      const chosen = decide(item, decided, document)
      if (chosen === undefined) return []
      return ifOf(item) !== undefined && isList(chosen) ? chosen : [chosen]
    })
  }
  if (!isObject(value)) return value
  if (isNoValue(value)) return undefined
  const choice = ifOf(value)
  if (choice !== undefined) {
    const { condition, yes, no } = choice
    const is = decided.get(condition)
    if (is !== undefined) return decide(is ? yes : no, decided, document)
    if (fallbackOf(value, document) === undefined && readAlike(yes, no, document)) return decide(no, decided, document)
  }
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const chosen = decide(item, decided, document)
    return chosen === undefined ? [] : [[key, chosen] as const]
  })
  const object: JsonObject = Object.fromEntries(entries)
  return object
}

/** Do both branches of an `If` come to the same words, as two names of one identity do? */
function readAlike(yes: Json, no: Json, document: Document): boolean {
  const [one, other] = [yes, no].map(branch => innermost(branch, document))
  if (one === undefined || other === undefined) return false
  if (isList(one) || isList(other)) {
    if (!isList(one) || !isList(other) || one.length !== other.length) return false
    return one.every((item, index) => readAlike(item, other[index] ?? null, document))
  }
  return isText(one) && isText(other) && textOf(one, document) === textOf(other, document)
}

/** Where it is an `If` itself of which both branches read alike, one of them; undefined for any other `If`. */
function innermost(value: Json, document: Document): Json | undefined {
  const choice = ifOf(value)
  if (choice === undefined) return value
  return readAlike(choice.yes, choice.no, document) ? innermost(choice.no, document) : undefined
}

/** A text, or what makes one. */
function isText(value: Json): boolean {
  return typeof value === 'string' || (isObject(value) && isCall(value) && !isNoValue(value) && !hasChoice(value))
}

function hasChoice(value: Json): boolean {
  if (isList(value)) return value.some(hasChoice)
  return isObject(value) && (ifOf(value) !== undefined || Object.values(value).some(hasChoice))
}
