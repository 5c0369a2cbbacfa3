import type { Json, Path } from '../document.ts'

/**
 * What AWS knows of its own resource types and IAM actions, as the rules of `check` ask for it.
 * The rules are pure and get it handed in; `src/knowledge/` reads it from the package's `schemas/`.
 */
export type Knowledge = {
  /** What CloudFormation knows of a resource type; `undefined` if it has no such type. */
  readonly resourceType: (name: string) => ResourceTypeFacts | undefined
  /** Every type of every region, sorted; without `Custom::…`, which are nobody's. */
  readonly resourceTypeNames: () => readonly string[]
  /**
   * The actions of a service prefix (`s3`), without the prefix and spelt as the service authorization reference
   * spells them, sorted; `undefined` if IAM has no such service. IAM compares prefix and action without regard to case.
   */
  readonly actions: (service: string) => readonly string[] | undefined
  /** Every service prefix, in lower case, sorted. */
  readonly services: () => readonly string[]
  /** What need not be asked again. Nothing, where it is absent. */
  readonly settled?: Settled
}

/** Questions to which this same poolform has found the answer to be that nothing is wrong. */
export type Settled = {
  readonly has: (question: string) => boolean
  readonly add: (question: string) => void
}

export type ResourceTypeFacts = {
  /** Does `Fn::GetAtt` take this attribute? */
  readonly hasAttribute: (name: string) => boolean
  /**
   * The attributes that have names of their own, sorted. A type can take more than these: a custom resource any name,
   * `AWS::CloudFormation::Stack` every `Outputs.…`.
   */
  readonly attributes: readonly string[]
  /**
   * What the type's schema finds wrong with its properties, `If` and `AWS::NoValue` resolved: the intrinsics that are
   * left (`{ Ref: … }`, `{ 'Fn::…': … }`) stand for any value. Paths start at the properties.
   */
  readonly complaints: (properties: Json) => readonly Complaint[]
}

export type Complaint = {
  /** Where in the properties; of a missing one the object that lacks it. */
  readonly path: Path
  /** A clause, without a full stop. */
  readonly message: string
  /** The way out: an imperative sentence, without a full stop. */
  readonly help: string
}
