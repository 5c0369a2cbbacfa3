import type { Section } from '../access/show/sheet.ts'
import type { TypeRecord } from '../knowledge/schemas.ts'

/** How a pool that stands is taken into a stack of `identity-pool`. All texts are sentences, but where it says clauses. */
export type Plan = {
  readonly identityPoolId: string
  readonly identityPoolName: string
  readonly region: string
  readonly stackName: string
  /** What the template is given; what is not here has its default. */
  readonly parameters: readonly Told[]
  /** What the plan cannot say: the placeholders are refused by the template. */
  readonly open: readonly Open[]
  readonly imported: readonly Imported[]
  /** What stays as it is, in no stack. */
  readonly left: readonly Left[]
  /** What the first update changes of what is imported. */
  readonly changes: readonly Change[]
  /** What the roles allow today and the template has no place for. */
  readonly lost: readonly Lost[]
  /** Who reaches what, before and after the first update; only where that differs. */
  readonly access: readonly Access[]
  readonly blockers: readonly Blocker[]
  readonly notes: readonly string[]
  /** By name: the template of the import, the identifiers, the parameters, the template of the update, the commands. */
  readonly files: readonly PlanFile[]
}

/** A parameter's value, and where it is from, as a clause. */
export type Told = { readonly name: string; readonly value: string; readonly from: string }

/** `because` is a clause; `candidates` are values of which one may be meant. */
export type Open = {
  readonly name: string
  readonly placeholder: string
  readonly because: string
  readonly candidates: readonly string[]
}

export type Imported = {
  readonly logicalId: string
  readonly type: string
  /** By the type's primary identifier. */
  readonly identifier: Readonly<Record<string, string>>
}

/** `why` and `so` are clauses. */
export type Left = { readonly what: string; readonly why: string; readonly so: string }

export type Change = {
  readonly logicalId: string
  readonly property: string
  /** Clauses. */
  readonly before: string
  readonly after: string
  readonly means: string
}

export type Lost = { readonly who: 'signed-in users' | 'guests'; readonly by: string; readonly allows: string }

export type Access = { readonly who: string; readonly section: Section }

/** Why users would be worse off, or the update fail. */
export type Blocker = {
  readonly code: BlockerCode
  readonly message: string
  readonly help: string
  /** Whoever plans may take it on themselves; of others there is only the way out. */
  readonly isAcceptable: boolean
  readonly isAccepted: boolean
}

export const blockerCodes = [
  'second-user-pool',
  'too-many-clients',
  'lost-provider',
  'other-folders',
  'classic-flow',
  'role-rules',
  'principal-tags',
  'developer-provider',
  'replacement',
  'refused-by-template',
  'access-lost',
  'access-gained',
  'bounds-lost',
  'shared-role',
] as const

export type BlockerCode = (typeof blockerCodes)[number]

export type PlanFile = { readonly name: string; readonly text: string; readonly isProgram?: true }

/** Why there is no plan: a clause, and an imperative sentence without a full stop. */
export type Refusal = { readonly code: RefusalCode; readonly message: string; readonly help: string }

export type RefusalCode =
  | 'owned-by-stack'
  | 'not-found'
  | 'unread'
  | 'other-template'
  | 'unknown-parameter'
  | 'too-large'

/** What the CloudFormation registry says of a type. */
export type Registry = (type: string) => TypeRecord | undefined

export const ids = {
  pool: 'IdentityPool',
  users: 'AuthenticatedRole',
  guests: 'UnauthenticatedRole',
  attachment: 'RoleAttachment',
  tags: 'PrincipalTag',
} as const

export const types: Readonly<Record<string, string>> = {
  [ids.pool]: 'AWS::Cognito::IdentityPool',
  [ids.users]: 'AWS::IAM::Role',
  [ids.guests]: 'AWS::IAM::Role',
  [ids.attachment]: 'AWS::Cognito::IdentityPoolRoleAttachment',
  [ids.tags]: 'AWS::Cognito::IdentityPoolPrincipalTag',
}
