import type { JsonObject } from '../document.ts'
import type { Partition } from '../launch/partitions.ts'

/**
 * What AWS has told: `absent` where it says that there is no such thing, `unasked` where it was not asked, or has not
 * answered: why, as a clause without a full stop, and perhaps the way out, as an imperative sentence without one:
 * `arn:…:user/ann may not do iam:GetRole on …: …`, `Allow iam:GetRole on …`.
 */
export type Answer<T> =
  | { readonly kind: 'is'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unasked'; readonly reason: string; readonly help?: string }

/** What stands in an account around one identity pool, as far as it could be read. */
export type Snapshot = {
  /** The pool's. */
  readonly region: string
  readonly partition: Partition
  /** Twelve digits, of the stack's ID or the roles' ARNs; absent where neither tells. */
  readonly account?: string
  readonly pool: Answer<DescribedPool>
  /** `absent`: the pool has neither roles nor mappings. */
  readonly poolRoles: Answer<PoolRoles>
  /** One of each provider that could have tags, by the name that mappings of tags have it by: without an app client. */
  readonly principalTags: readonly { readonly provider: string; readonly answer: Answer<PrincipalTagMap> }[]
  /** One of each ARN in `Roles`, in rules, and of the groups of user pools whose roles are taken from tokens. */
  readonly roles: readonly { readonly arn: string; readonly answer: Answer<Role> }[]
  /** One of each user pool among the pool's providers; `absent`: deleted, or another account's. */
  readonly userPools: readonly UserPoolEntry[]
  /** One of each app client among the pool's providers. */
  readonly clients: readonly {
    readonly userPoolId: string
    readonly clientId: string
    readonly answer: Answer<UserPoolClient>
  }[]
  /** Which stack the pool is a resource of, a nested one where that is it; `absent`: none. */
  readonly owner: Answer<StackOwner>
  /** That stack; absent where there is none, or it could not be read. */
  readonly stack?: LiveStack
}

/**
 * `DescribeIdentityPool`, in AWS's own names; what AWS leaves out is absent. The value of `api.twitter.com`, which holds
 * a secret, is `****`.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_DescribeIdentityPool.html
 */
export type DescribedPool = {
  readonly IdentityPoolId: string
  readonly IdentityPoolName: string
  readonly AllowUnauthenticatedIdentities: boolean
  readonly AllowClassicFlow?: boolean
  /** By provider: `graph.facebook.com` → an app's ID. */
  readonly SupportedLoginProviders?: Readonly<Record<string, string>>
  readonly DeveloperProviderName?: string
  readonly OpenIdConnectProviderARNs?: readonly string[]
  readonly CognitoIdentityProviders?: readonly CognitoIdentityProvider[]
  readonly SamlProviderARNs?: readonly string[]
  readonly IdentityPoolTags?: Readonly<Record<string, string>>
}

/** `ProviderName` is `cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e`. */
export type CognitoIdentityProvider = {
  readonly ProviderName?: string
  readonly ClientId?: string
  readonly ServerSideTokenCheck?: boolean
}

/**
 * `GetIdentityPoolRoles`, in AWS's own names; empty where AWS leaves one out.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetIdentityPoolRoles.html
 */
export type PoolRoles = {
  /** ARNs, by `authenticated` and `unauthenticated`. */
  readonly Roles: Readonly<Record<string, string>>
  /** By provider: `cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e:1example23456789`. */
  readonly RoleMappings: Readonly<Record<string, RoleMapping>>
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_RoleMapping.html */
export type RoleMapping = {
  readonly Type: 'Token' | 'Rules'
  readonly AmbiguousRoleResolution?: 'AuthenticatedRole' | 'Deny'
  readonly RulesConfiguration?: { readonly Rules: readonly MappingRule[] }
}

export type MappingRule = {
  readonly Claim: string
  readonly MatchType: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  readonly Value: string
  readonly RoleARN: string
}

/**
 * `GetPrincipalTagAttributeMap`, in AWS's own names. `PrincipalTags` has claims by tags: `{ user: 'sub' }`.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetPrincipalTagAttributeMap.html
 */
export type PrincipalTagMap = {
  readonly UseDefaults: boolean
  readonly PrincipalTags: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export type Role = {
  readonly arn: string
  readonly roleName: string
  /** Begins and ends in `/`. */
  readonly path: string
  readonly trust: JsonObject
  readonly boundary?: { readonly arn: string; readonly document: Answer<JsonObject> }
  /** By name. */
  readonly inline: Answer<readonly { readonly name: string; readonly document: Answer<JsonObject> }[]>
  /** By ARN; the documents are of the default versions. */
  readonly attached: Answer<
    readonly { readonly name: string; readonly arn: string; readonly document: Answer<JsonObject> }[]
  >
  readonly tags: Readonly<Record<string, string>>
}

export type UserPoolEntry = {
  readonly id: string
  readonly answer: Answer<UserPool>
  /** Asked of those whose roles are taken from tokens alone. */
  readonly groups: Answer<readonly UserPoolGroup[]>
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html */
export type UserPool = {
  readonly Id: string
  readonly Name: string
  /** May anybody sign up? What AWS leaves out is yes. */
  readonly allowsSignUp: boolean
  readonly SchemaAttributes: readonly { readonly Name: string; readonly Mutable: boolean }[]
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GroupType.html */
export type UserPoolGroup = { readonly GroupName: string; readonly RoleArn?: string; readonly Precedence?: number }

/**
 * `DescribeUserPoolClient`, in AWS's own names.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html
 */
export type UserPoolClient = {
  readonly ClientId: string
  readonly ClientName: string
  /** Absent: all standard attributes, and no custom one. */
  readonly ReadAttributes?: readonly string[]
  /** Absent: all standard attributes, and no custom one. */
  readonly WriteAttributes?: readonly string[]
  readonly ExplicitAuthFlows: readonly string[]
  /** The secret itself is never kept. */
  readonly hasSecret: boolean
}

export type StackOwner = {
  readonly stackName: string
  readonly stackId: string
  /** The pool's in that stack's template. */
  readonly logicalId: string
}

export type LiveStack = {
  readonly name: string
  /** Its ARN. */
  readonly id: string
  /** `CREATE_COMPLETE` */
  readonly status: string
  /** Values as CloudFormation tells them: of `NoEcho` parameters `****`. */
  readonly parameters: Readonly<Record<string, string>>
  readonly outputs: readonly { readonly key: string; readonly value: string; readonly exportName?: string }[]
  readonly resources: readonly StackResource[]
  /** As submitted, YAML or JSON; JSON that the AWS CLI has printed is formatted anew. */
  readonly template: Answer<string>
  /** The last time that drift was looked for; absent: never. */
  readonly drift?: {
    /** `DRIFTED`, `IN_SYNC`, … */
    readonly status: string
    /** ISO 8601 */
    readonly checked?: string
  }
}

export type StackResource = {
  readonly logicalId: string
  readonly type: string
  /** Empty until it is made. */
  readonly physicalId: string
  readonly status: string
}

/** What AWS has told, if it has. */
export function told<T>(answer: Answer<T>): T | undefined {
  return answer.kind === 'is' ? answer.value : undefined
}
