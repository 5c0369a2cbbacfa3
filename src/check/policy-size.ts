import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isList, isObject, type Json, member, type Path } from '../document.ts'
import { always, type Case, type Cases, formatWhen, isIntrinsic, isNoValue, type When } from './cases.ts'
import { casesAt, type Policies } from './policy-documents.ts'
import { sectionOf } from './walk.ts'

/**
 * Characters that IAM takes, white space not counted.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
const limits = { role: 10_240, user: 2_048, group: 5_120, managed: 6_144, trust: 2_048 } as const

type Limit = keyof typeof limits

/** Values that count towards one limit. */
type Bill = { readonly limit: Limit; readonly path: Path; readonly items: readonly Case[] }

/**
 * Policies that IAM refuses for their size, in the largest way in which the template's conditions let them be.
 *
 * An error counts what is written out, and nothing for what only deployment knows: so large a policy is never taken.
 * A warning counts parameters at their longest too, as far as `MaxLength` or `AllowedValues` say how long that is: with
 * such values the deployment fails. A parameter without either may be so long that a warning would say nothing.
 */
export function checkPolicySize({ cases, policies }: Policies, document: Document): readonly Diagnostic[] {
  const bills = [...ownBills(cases, policies, document), ...policiesAlone(policies)]
  return bills.flatMap(bill => {
    const limit = limits[bill.limit]
    const most = largest(cases, bill.items, limit, name => longest(document, name))
    if (most === undefined) return []
    const least = largest(cases, bill.items, limit, () => 0)
    return [least === undefined ? tooLarge(bill, 'warning', most) : tooLarge(bill, 'error', least)]
  })
}

function tooLarge({ limit, path }: Bill, severity: Diagnostic['severity'], { size, when }: Largest): Diagnostic {
  const characters = limits[limit].toLocaleString('en')
  const how = severity === 'error' ? 'has at least' : 'can grow to'
  const values = severity === 'error' ? '' : ' with the longest values that its parameters take'
  return {
    code: 'policy-size',
    severity,
    path,
    message: `${how} ${size.toLocaleString('en')} characters${formatWhen(when, { when: always })}${values}, and IAM takes ${characters}`,
    help: ways[limit],
  }
}

const ways: Readonly<Record<Limit, string>> = {
  role: 'Move statements to an AWS::IAM::ManagedPolicy, or say more with fewer',
  user: 'Move statements to an AWS::IAM::ManagedPolicy, or to a group',
  group: 'Move statements to an AWS::IAM::ManagedPolicy, or say more with fewer',
  managed: 'Split it into two managed policies',
  trust: 'Say more with fewer statements, or ask AWS for a quota of 4,096',
}

function policiesAlone(policies: Policies['policies']): readonly Bill[] {
  return policies.flatMap((it): readonly Bill[] => {
    if (it.kind === 'trust') return [{ limit: 'trust', path: it.path, items: [it] }]
    return it.type === 'AWS::IAM::ManagedPolicy' ? [{ limit: 'managed', path: it.path, items: [it] }] : []
  })
}

/** In whom a policy of the type is embedded, and which properties name them. */
const embedded: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  'AWS::IAM::Role': { '': 'role' },
  'AWS::IAM::User': { '': 'user' },
  'AWS::IAM::Group': { '': 'group' },
  'AWS::IAM::Policy': { 'Roles.*': 'role', 'Users.*': 'user', 'Groups.*': 'group' },
  'AWS::IAM::RolePolicy': { RoleName: 'role' },
  'AWS::IAM::UserPolicy': { UserName: 'user' },
  'AWS::IAM::GroupPolicy': { GroupName: 'group' },
}

/** What each role, user and group of the template has embedded in it: there IAM counts the sum. */
function ownBills(cases: Cases, policies: Policies['policies'], document: Document): readonly Bill[] {
  const resources = sectionOf(document, 'Resources')
  const bills = new Map<string, { readonly limit: Limit; readonly path: Path; readonly items: Case[] }>()
  const charge = (owner: string, limit: Limit, path: Path, item: Case): void => {
    const bill = bills.get(owner)
    if (bill === undefined) bills.set(owner, { limit, path, items: [item] })
    else bill.items.push(item)
  }
  for (const policy of policies) {
    const { type, logicalId, kind } = policy
    if (kind !== 'identity' || !Object.hasOwn(embedded, type)) continue
    for (const [property, limit] of Object.entries(embedded[type] ?? {})) {
      if (property === '') charge(logicalId, limit, ['Resources', logicalId], policy)
      const declared = resources[logicalId]
      for (const target of isObject(declared) ? casesAt(cases, logicalId, declared, property) : []) {
        const when = cases.both(policy.when, target.when)
        if (when === undefined) continue
        const owner = isObject(target.value) ? target.value['Ref'] : undefined
        const isOwn = typeof owner === 'string' && isObject(resources[owner])
        // Of one that is not in the template only what the template adds to it is known.
        if (isOwn) charge(owner, limit, ['Resources', owner], { ...policy, when })
        else charge(`${property} ${JSON.stringify(target.value)}`, limit, policy.path, { ...policy, when })
      }
    }
  }
  return [...bills.values()]
}

type Largest = { readonly size: number; readonly when: When }

/** How many characters stand for what a reference brings. */
type LengthOf = (name: string) => number

/**
 * The size in a way that the conditions can be which is over the limit; `undefined` if there is none.
 * First each `If` by itself counts its larger branch; only if that is too much are conditions settled one by one.
 */
function largest(cases: Cases, items: readonly Case[], limit: number, lengthOf: LengthOf): Largest | undefined {
  let steps = 4_096
  const search = (when: When): Largest | undefined => {
    const measured = new Measure(when, lengthOf)
    const size = items.reduce((sum, item) => sum + measured.item(item), 0)
    if (size <= limit) return undefined
    const condition = measured.open
    if (condition === undefined) return { size, when }
    // Beyond that many ways, no finding is better than a guess.
    if (steps-- === 0) return undefined
    for (const holds of [true, false]) {
      const narrowed = new Map(when).set(condition, holds)
      const found = cases.canBe(narrowed) ? search(narrowed) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(always)
}

/** Counts characters as JSON without white space. */
class Measure {
  readonly #when: When
  readonly #lengthOf: LengthOf
  /** A condition that matters and that nothing is said of. */
  open: string | undefined

  constructor(when: When, lengthOf: LengthOf) {
    this.#when = when
    this.#lengthOf = lengthOf
  }

  /** An item whose conditions fail counts nothing. */
  item({ value, when }: Case): number {
    for (const [condition, holds] of when) {
      const known = this.#when.get(condition)
      if (known === undefined) this.open ??= condition
      else if (known !== holds) return 0
    }
    return this.#value(value) ?? 0
  }

  /** `undefined` where there is nothing at all. */
  #value(value: Json): number | undefined {
    if (typeof value === 'string') return 2 + count(value)
    if (isList(value)) return this.#list(value)
    if (!isObject(value)) return String(value).length
    if (isNoValue(value)) return undefined
    if (isIntrinsic(value)) return this.#call(value)
    const entries = Object.entries<Json>(value).flatMap(([key, item]) => {
      const size = this.#value(item)
      return size === undefined ? [] : [3 + count(key) + size]
    })
    return sumWithCommas(entries)
  }

  #list(value: readonly Json[]): number {
    return sumWithCommas(value.map(it => this.#value(it)).filter(it => it !== undefined))
  }

  #call(value: { readonly [key: string]: Json }): number | undefined {
    const { 'Fn::If': branches, 'Fn::Sub': sub, 'Fn::Join': join, Ref: ref } = value
    if (isList(branches)) return this.#branch(branches)
    if (sub !== undefined) return 2 + this.#sub(sub)
    if (isList(join)) return 2 + this.#join(join)
    return 2 + (typeof ref === 'string' ? this.#lengthOf(ref) : 0)
  }

  #branch([condition, whenTrue, whenFalse]: readonly Json[]): number | undefined {
    if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) return 0
    const known = this.#when.get(condition)
    if (known !== undefined) return this.#value(known ? whenTrue : whenFalse)
    const [one, other] = [this.#value(whenTrue), this.#value(whenFalse)]
    if (one !== other) this.open ??= condition
    return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other)
  }

  #sub(operands: Json): number {
    const [text, variables] = isList(operands) ? operands : [operands]
    if (typeof text !== 'string') return 0
    const own = isObject(variables) ? variables : {}
    let size = 0
    for (const [, name = ''] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) size += this.#placeholder(name.trim(), own)
    const literal = text.replace(/\$\{[^!}][^}]*\}/g, '').replaceAll('${!', '${')
    return size + count(literal)
  }

  #placeholder(name: string, own: { readonly [key: string]: Json }): number {
    const value = Object.hasOwn(own, name) ? own[name] : undefined
    return value === undefined ? this.#lengthOf(name) : Math.max(0, (this.#value(value) ?? 0) - 2)
  }

  #join([delimiter, parts]: readonly Json[]): number {
    if (typeof delimiter !== 'string' || !isList(parts)) return 0
    const sizes = parts.map(it => this.#value(it)).filter(it => it !== undefined)
    const between = Math.max(0, sizes.length - 1) * count(delimiter)
    return sizes.reduce((sum, size) => sum + Math.max(0, size - 2), between)
  }
}

function sumWithCommas(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 2 + Math.max(0, sizes.length - 1))
}

/** Characters of a text within JSON, without its quotes. */
function count(text: string): number {
  // What JSON escapes and what is white space stands outside these ranges.
  return /[^!#-[\]-~\u00a1-\u167f]/.test(text) ? JSON.stringify(text).replace(/\s/g, '').length - 2 : text.length
}

/** The longest that pseudo parameters are in any Region where stacks are deployed. */
const pseudoParameters: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Partition': 10,
  'AWS::Region': 14,
  'AWS::StackName': 128,
  'AWS::URLSuffix': 16,
}

/** How long what a name stands for can be, as far as the template says; 0 if it does not. */
function longest(document: Document, name: string): number {
  if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name] ?? 0
  const declared = member(sectionOf(document, 'Parameters'), name)
  if (!isObject(declared)) return 0
  const { AllowedValues, MaxLength } = declared
  if (isList(AllowedValues)) return Math.max(0, ...AllowedValues.map(it => count(String(it))))
  const length = Number(MaxLength)
  return Number.isInteger(length) && length > 0 ? length : 0
}
