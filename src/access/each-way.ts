import { type Document, isList, type Json, type JsonObject } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { type Decided, ifOf, isNoValue } from './branches.ts'
import { piecesOf } from './text.ts'

type Conditional = Pick<Grant, 'when'>

/** Of a resource, as far as its condition holds. */
export function underCondition<Own extends Conditional>(
  resource: JsonObject,
  decided: Decided,
  then: (decided: Decided) => readonly Own[],
): readonly Own[] {
  const condition = resource['Condition']
  if (typeof condition !== 'string' || decided.get(condition) === true) return then(decided)
  // if it must not hold, there is no such resource
  if (decided.get(condition) === false) return []
  return under(condition, true, then(new Map(decided).set(condition, true)))
}

/** The value itself in each way in which it may be chosen. */
export function choices<Own extends Conditional>(
  value: Json,
  decided: Decided,
  then: (value: Json, decided: Decided) => readonly Own[],
): readonly Own[] {
  if (isNoValue(value) || value === null) return []
  const choice = ifOf(value)
  if (choice === undefined) return then(value, decided)
  const { condition, yes, no } = choice
  const is = decided.get(condition)
  if (is !== undefined) return choices(is ? yes : no, decided, then)
  return branch(condition, holds => choices(holds ? yes : no, new Map(decided).set(condition, holds), then))
}

/** Each of one or more values. */
export function items<Own extends Conditional>(
  value: Json | undefined,
  decided: Decided,
  document: Document,
  then: (item: Json, decided: Decided) => readonly Own[],
): readonly Own[] {
  return choices(value ?? null, decided, (own, now) => {
    const pieces = isList(own) ? own : piecesOf(own, document)
    return pieces === undefined ? then(own, now) : pieces.flatMap(item => items(item, now, document, then))
  })
}

/** What comes of either, with the condition where it makes a difference. */
export function branch<Own extends Conditional>(
  condition: string,
  of: (is: boolean) => readonly Own[],
): readonly Own[] {
  const [yes, no] = [of(true), of(false)]
  const others = no.map(rule => JSON.stringify(rule))
  const isCommon = yes.map(rule => {
    const at = others.indexOf(JSON.stringify(rule))
    if (at >= 0) others[at] = ''
    return at >= 0
  })
  return [
    ...yes.flatMap((rule, index) => (isCommon[index] === true ? [rule] : under(condition, true, [rule]))),
    ...under(
      condition,
      false,
      no.filter((_, index) => others[index] !== ''),
    ),
  ]
}

function under<Own extends Conditional>(condition: string, is: boolean, rules: readonly Own[]): readonly Own[] {
  return rules.map(rule => ({ ...rule, when: [{ condition, is }, ...rule.when] }))
}

/** Without those that another says already, on fewer conditions. */
export function dropped<Own extends Conditional>(all: readonly Own[]): readonly Own[] {
  const said = ({ when: _, ...rest }: Own): string => JSON.stringify(rest)
  const isWithin = (one: Own, other: Own): boolean =>
    said(one) === said(other) &&
    other.when.every(it => one.when.some(({ condition, is }) => condition === it.condition && is === it.is))
  return all.filter(
    (one, index) =>
      !all.some((other, at) => at !== index && isWithin(one, other) && (at < index || !isWithin(other, one))),
  )
}
