import { isObject, type Json, type JsonObject, type Path } from '../document.ts'

/** What is taken for granted of the template's conditions, by name. */
export type When = ReadonlyMap<string, boolean>

/** One of the values that a place can hold, where it stands, and when the place holds it. */
export type Case<T = Json> = { readonly value: T; readonly path: Path; readonly when: When }

export const always: When = new Map()

/** Can the template's conditions have these values, all at once? */
export type Satisfiable = (when: When) => boolean

/**
 * What places hold under the conditions of one template: `Fn::If` taken apart, `AWS::NoValue` as nothing at all.
 * Whether two cases can come together is for the solver to say, not for the shape of the template.
 */
export class Cases {
  readonly #satisfiable: Satisfiable

  constructor(satisfiable: Satisfiable) {
    const answers = new Map<string, boolean>()
    this.#satisfiable = when => {
      if (when.size === 0) return true
      const key = [...when]
        .map(([name, holds]) => (holds ? name : `!${name}`))
        .sort()
        .join()
      const known = answers.get(key)
      if (known !== undefined) return known
      const answer = satisfiable(when)
      answers.set(key, answer)
      return answer
    }
  }

  /** What is taken for granted when both are; `undefined` if they cannot come together. */
  both(one: When, other: When): When | undefined {
    if (other.size === 0) return one
    if (one.size === 0) return this.#satisfiable(other) ? other : undefined
    const together = new Map(one)
    for (const [name, holds] of other) {
      if ((together.get(name) ?? holds) !== holds) return undefined
      together.set(name, holds)
    }
    return together.size === one.size || this.#satisfiable(together) ? together : undefined
  }

  /** A way for `within` to hold and none of the covers; `undefined` if one of them always does. */
  gap(within: When, covers: readonly When[]): When | undefined {
    const [cover, ...others] = covers
    if (cover === undefined) return within
    if ([...cover].some(([name, holds]) => within.get(name) === !holds)) return this.gap(within, others)
    for (const [name, holds] of cover) {
      if (within.has(name)) continue
      const missed = this.both(within, new Map([[name, !holds]]))
      const found = missed && this.gap(missed, others)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** What the place holds, with no `Fn::If` at its top: nothing where it is `AWS::NoValue`. */
  of(value: Json | undefined, path: Path, when: When): readonly Case[] {
    if (value === undefined || isNoValue(value)) return []
    const branches = ifOf(value)
    if (branches === undefined) return [{ value, path, when }]
    const [condition, whenTrue, whenFalse] = branches
    const found: Case[] = []
    for (const [index, holds] of [true, false].entries()) {
      const narrowed = this.both(when, new Map([[condition, holds]]))
      if (narrowed === undefined) continue
      found.push(...this.of(holds ? whenTrue : whenFalse, [...path, 'Fn::If', index + 1], narrowed))
    }
    return found
  }

  /** The same of an entry of an object. */
  ofEntry({ value, path, when }: Case<JsonObject>, key: string): readonly Case[] {
    return this.of(value[key], [...path, key], when)
  }

  /** The same of each item of a list. */
  ofItems({ value, path, when }: Case<readonly Json[]>): readonly Case[] {
    return value.flatMap((item, index) => this.of(item, [...path, index], when))
  }

  /** What the place holds where a list may stand for its items. */
  ofOneOrMore(value: Json | undefined, path: Path, when: When): readonly Case[] {
    return this.of(value, path, when).flatMap(it => (isListCase(it) ? this.ofItems(it) : [it]))
  }
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

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Is it a call of a CloudFormation function, whose value only deployment knows? */
export function isIntrinsic(value: Json): value is JsonObject {
  if (!isObject(value)) return false
  const [key, ...others] = Object.keys(value)
  return key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))
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

/** `when GuestsAllowed is false`, for the end of a clause; nothing where nothing is taken for granted. */
export function formatWhen(when: When): string {
  if (when.size === 0) return ''
  return ` when ${[...when].map(([name, holds]) => `${name} is ${holds}`).join(' and ')}`
}
