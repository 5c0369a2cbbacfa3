import { type Code, causes, type Seen, type Severity } from './causes.ts'
import type { Mend, Remedy } from './remedy.ts'

/** Something that is wrong with an identity pool. */
export type Finding = {
  readonly code: Code
  readonly severity: Severity
  /** What is wrong: a sentence. */
  readonly what: string
  /** What is seen because of it. */
  readonly seen: readonly Seen[]
  readonly where: Place
  /** Ways to mend it, the best first; one that begins with "And" goes with the one before. */
  readonly mend: readonly Mend[]
  readonly reference: string
}

export type Place = {
  /** The role's name, or its ARN where it has none here. */
  readonly role?: string
  /** The name of a policy of the role, or its ARN; `AssumeRolePolicyDocument`. */
  readonly policy?: string
  /** Of the policy, counted from 1. */
  readonly statement?: number
  readonly sid?: string
  /** Of the pool: a provider's name, or the key of a mapping. */
  readonly provider?: string
  /** Of the mapping, counted from 1. */
  readonly rule?: number
  /** Of the user pool. */
  readonly group?: string
  /** What of the stack's template: `IdentityPool.AllowClassicFlow`. */
  readonly property?: string
}

/** Before commands are made of what is to be changed. */
export type Draft = Omit<Finding, 'mend'> & { readonly mend: readonly Remedy[] }

type Found = Pick<Draft, 'what' | 'where' | 'mend'> & {
  /** What stands for the names in braces of what is seen; what is not said stays as a name in capitals. */
  readonly fill?: Readonly<Record<string, string>>
}

export function finding(code: Code, { fill = {}, ...own }: Found): Draft {
  const { severity, seen, reference } = causes[code]
  const filled = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      Object.hasOwn(fill, name) ? (fill[name] ?? '') : name.toUpperCase(),
    )
  return { code, severity, ...own, seen: seen.map(it => ({ ...it, text: filled(it.text) })), reference }
}
