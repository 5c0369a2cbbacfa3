import type { Value } from '../../../resolve/value.ts'
import type { Deployed } from '../deployed.ts'
import { isSame } from '../same.ts'
import type { Law } from '../violation.ts'

/** All that one of the templates is made of, by the options: what is not in it must not be there. */
export type Stock = {
  readonly parameters: Readonly<Record<string, Taken>>
  readonly resources: Readonly<Record<string, Made>>
  readonly outputs: Readonly<Record<string, Expectation>>
}

/** What a deployer may say. */
export type Taken = {
  /** The law that a value breaks which says more than it seems to. */
  readonly law: Law
  /** That which opens the least; absent where the deployer must say something. */
  readonly default?: string
  /** What it may be, though it has signs in it that mean something to those who read it. */
  readonly mayBe?: RegExp
}

export type Made = {
  readonly type: string
  /** Only where an option asks for it; else always. */
  readonly isThere?: (deployed: Deployed) => boolean
  /** `DeletionPolicy`, `UpdateReplacePolicy`: what becomes of it, and of the data in it. */
  readonly attributes: Readonly<Record<string, string>>
  readonly dependsOn?: readonly string[]
  readonly properties: Readonly<Record<string, Expectation>>
}

/** Is a property, or an output, as it should be? Absent is undefined. */
export type Expectation = (value: Value | undefined, deployed: Deployed) => boolean

/** Something that other laws look at, or that is for people. */
export const any: Expectation = () => true

export function equals(expected: Value): Expectation {
  return value => isSame(value, expected)
}

export function from(expected: (deployed: Deployed) => Value | undefined): Expectation {
  return (value, deployed) => isSame(value, expected(deployed))
}

/** The value of a parameter; absent where it is empty. */
export function parameter(name: string): Expectation {
  return from(deployed => given(deployed, name))
}

export function given({ scenario: { parameters } }: Deployed, name: string): string | undefined {
  const value = parameters[name]
  return value === '' ? undefined : value
}

export function isOn(name: string, value = 'true'): (deployed: Deployed) => boolean {
  return ({ scenario: { parameters } }) => parameters[name] === value
}

/** It goes with the stack's creation if that fails, and stays when the stack is deleted or it is replaced. */
export const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' } as const

/** One that takes its place takes its permissions too. */
export const keptUntilReplaced = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Delete' } as const
