import { isList, isObject, type Json, type JsonObject, type Path } from '../document.ts'
import type { Text } from './texts.ts'

/** What is taken for granted of the template's conditions, by name. */
export type When = ReadonlyMap<string, boolean>

/** One of the values that a place can hold, where it stands, and when the place holds it. */
export type Case<T = Json> = { readonly value: T; readonly path: Path; readonly when: When }

export const always: When = new Map()

/** A text that a place can hold, and whether it holds no other. */
export type TextCase = Case<string> & { readonly isCertain: boolean }

/** Can the template's conditions have these values, all at once? */
export type Satisfiable = (when: When) => boolean

/**
 * What places hold under the conditions of one template: `Fn::If` taken apart, `AWS::NoValue` as nothing at all.
 * Cases are told apart by name alone, which costs nothing; whether one can come about is for the solver to say, and it
 * is asked only where a finding depends on it.
 */
export class Cases {
  readonly #satisfiable: Satisfiable
  readonly #textsOf: (value: Json) => readonly Text[]
  /** Several rules read the same entries. */
  readonly #entries = new WeakMap<Case, Map<string, readonly Case[]>>()

  constructor(satisfiable: Satisfiable, textsOf: (value: Json) => readonly Text[]) {
    this.#satisfiable = satisfiable
    this.#textsOf = textsOf
  }

  canBe(when: When): boolean {
    return when.size === 0 || this.#satisfiable(when)
  }

  /** Can both come about at once? */
  canMeet(one: When, other: When): boolean {
    const together = this.both(one, other)
    return together !== undefined && this.canBe(together)
  }

  /** What is taken for granted when both are; `undefined` if they contradict each other by name. */
  both(one: When, other: When): When | undefined {
    if (other.size === 0) return one
    if (one.size === 0) return other
    const together = new Map(one)
    for (const [name, holds] of other) {
      if ((together.get(name) ?? holds) !== holds) return undefined
      together.set(name, holds)
    }
    return together
  }

  /** A way for `within` to come about and none of the covers; `undefined` if one of them always does. */
  gap(within: When, covers: readonly When[]): When | undefined {
    if (covers.some(it => follows(it, within))) return undefined
    const [likely] = this.#gaps(within, covers, 0, () => true)
    if (likely === undefined || this.canBe(likely)) return likely
    const [found] = this.#gaps(within, covers, 0, when => this.canBe(when))
    return found
  }

  *#gaps(within: When, covers: readonly When[], index: number, isWay: Satisfiable): Generator<When> {
    const cover = covers[index]
    if (cover === undefined) {
      yield within
      return
    }
    if ([...cover].some(([name, holds]) => within.get(name) === !holds)) {
      yield* this.#gaps(within, covers, index + 1, isWay)
      return
    }
    for (const [name, holds] of cover) {
      if (within.has(name)) continue
      const missed = new Map(within).set(name, !holds)
      if (isWay(missed)) yield* this.#gaps(missed, covers, index + 1, isWay)
    }
  }

  /** What the place holds, with no `Fn::If` at its top: nothing where it is `AWS::NoValue`. */
  of(value: Json | undefined, path: Path, when: When): readonly Case[] {
    if (value === undefined) return none
    if (typeof value !== 'object') return [{ value, path, when }]
    if (isNoValue(value)) return none
    const branches = ifOf(value)
    if (branches === undefined) return [{ value, path, when }]
    const [condition, whenTrue, whenFalse] = branches
    const found: Case[] = []
    for (const [index, holds] of [true, false].entries()) {
      const narrowed = this.both(when, new Map([[condition, holds]]))
      if (narrowed === undefined) continue
      found.push(...this.of(holds ? whenTrue : whenFalse, path.concat('Fn::If', index + 1), narrowed))
    }
    return found
  }

  /** The same of an entry of an object. */
  ofEntry(it: Case<JsonObject>, key: string): readonly Case[] {
    const entry = it.value[key]
    if (entry === undefined) return none
    const known = this.#entries.get(it) ?? new Map<string, readonly Case[]>()
    this.#entries.set(it, known)
    const earlier = known.get(key)
    if (earlier !== undefined) return earlier
    const found = this.of(entry, it.path.concat(key), it.when)
    known.set(key, found)
    return found
  }

  /** The same of each item of a list. */
  ofItems({ value, path, when }: Case<readonly Json[]>): readonly Case[] {
    return value.flatMap((item, index) => this.of(item, path.concat(index), when))
  }

  /** What the place holds where a list may stand for its items. */
  ofOneOrMore(value: Json | undefined, path: Path, when: When): readonly Case[] {
    return this.of(value, path, when).flatMap(it => (isListCase(it) ? this.ofItems(it) : [it]))
  }

  /** The texts that a value can be, as far as the template tells them: of a list, each of its items. */
  texts(value: Json): readonly Text[] {
    return typeof value === 'string' ? [[value]] : this.#textsOf(value)
  }

  /** Those of them that it tells whole, where the value stands. */
  ofTexts({ value, path, when }: Case): readonly TextCase[] {
    if (typeof value === 'string') return [{ value, path, when, isCertain: true }]
    if (!isIntrinsic(value)) return []
    const texts = this.#textsOf(value)
    return texts.flatMap(([text, ...others]) =>
      text === undefined || others.length > 0 ? [] : [{ value: text, path, when, isCertain: texts.length === 1 }],
    )
  }
}

const none: readonly Case[] = []

/** Does the one hold wherever the other does, by name? */
function follows(one: When, from: When): boolean {
  if (one === from) return true
  for (const [name, holds] of one) if (from.get(name) !== holds) return false
  return true
}

export function isObjectCase(it: Case): it is Case<JsonObject> {
  return isObject(it.value)
}

export function isListCase(it: Case): it is Case<readonly Json[]> {
  return isList(it.value)
}

export function isTextCase(it: Case): it is Case<string> {
  return typeof it.value === 'string'
}

/** Is it a call of a CloudFormation function, whose value only deployment knows? */
export function isIntrinsic(value: Json): value is JsonObject {
  if (!isObject(value)) return false
  let call = false
  let length = 0
  for (const key in value) {
    if (++length > 1) return false
    call = key === 'Ref' || key.startsWith('Fn::')
  }
  return call
}

export function isNoValue(value: Json): boolean {
  return isObject(value) && value['Ref'] === 'AWS::NoValue'
}

/** The operands of an `Fn::If` that is one; what is wrong with another is not for us to say. */
function ifOf(value: Json): readonly [string, Json, Json] | undefined {
  if (!isIntrinsic(value)) return undefined
  const operands = value['Fn::If']
  if (!isList(operands) || operands.length !== 3) return undefined
  const [condition, whenTrue, whenFalse] = operands
  return typeof condition === 'string' && whenTrue !== undefined && whenFalse !== undefined
    ? [condition, whenTrue, whenFalse]
    : undefined
}

/** ` when GuestsAllowed is false`, for the end of a clause: what is taken for granted beyond what the place says. */
export function formatWhen(when: When, { when: given }: Pick<Case, 'when'>): string {
  const more = [...when].filter(([name]) => !given.has(name))
  return more.length === 0 ? '' : ` when ${more.map(([name, holds]) => `${name} is ${holds}`).join(' and ')}`
}
