import { type Partition, partitionOf } from '../launch/partitions.ts'
import type {
  Answer,
  DescribedPool,
  LiveStack,
  PoolRoles,
  Role,
  Snapshot,
  StackOwner,
  UserPoolEntry,
} from './snapshot.ts'
import { told } from './snapshot.ts'

/** `us-east-1` of `us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE`; undefined where it is no ID of an identity pool. */
export function regionOfPool(identityPoolId: string): string | undefined {
  // https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_DescribeIdentityPool.html, `IdentityPoolId`
  return /^([\w-]{1,30}):[0-9a-zA-Z-]{1,40}$/.exec(identityPoolId)?.[1]
}

/** By what a pool is asked for; a stack may have it in a nested one. */
export type Target = { readonly identityPoolId: string } | { readonly stackName: string }

/**
 * `us-east-1` of `arn:aws:cloudformation:us-east-1:123456789012:stack/notes/…`; undefined of a name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html#awscloudformation-resources-for-iam-policies
 */
export function regionOfStack(stackId: string): string | undefined {
  return /^arn:[\w-]+:cloudformation:([\w-]+):\d{12}:stack\/[\w/-]+$/.exec(stackId)?.[1]
}

/** Of the iso partitions, which are not known here, that of the commercial regions. */
export const partitionIn = (region: string): Partition => partitionOf(region) ?? 'aws'

export const poolType = 'AWS::Cognito::IdentityPool'

/** `us-east-1_a1B2c3D4e` of `cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e`. */
export function userPoolIn(providerName: string): { readonly id: string; readonly region: string } | undefined {
  const [, id, region] = /^cognito-idp\.[^/]+\/(([\w-]+)_[0-9a-zA-Z]+)$/.exec(providerName) ?? []
  return id === undefined || region === undefined ? undefined : { id, region }
}

/** What is asked of the providers of a pool, each once, in its order. */
export function providersOf(pool: DescribedPool) {
  const clients = new Map<string, { userPoolId: string; clientId: string; region: string; provider: string }>()
  const userPools = new Map<string, { id: string; region: string }>()
  const tagged = new Set<string>()
  for (const { ProviderName, ClientId } of pool.CognitoIdentityProviders ?? []) {
    if (ProviderName === undefined) continue
    tagged.add(ProviderName)
    const userPool = userPoolIn(ProviderName)
    if (userPool === undefined) continue
    userPools.set(userPool.id, userPool)
    if (ClientId === undefined) continue
    clients.set(`${ProviderName}:${ClientId}`, {
      ...{ userPoolId: userPool.id, clientId: ClientId },
      ...{ region: userPool.region, provider: ProviderName },
    })
  }
  for (const name of Object.keys(pool.SupportedLoginProviders ?? {})) tagged.add(name)
  for (const arn of [...(pool.OpenIdConnectProviderARNs ?? []), ...(pool.SamlProviderARNs ?? [])]) tagged.add(arn)
  return { userPools: [...userPools.values()], clients: [...clients.values()], tagged: [...tagged] }
}

/** The user pools whose groups say which role a user gets. */
export function groupedPools(roles: PoolRoles | undefined): ReadonlySet<string> {
  const ids = Object.entries(roles?.RoleMappings ?? {}).flatMap(([key, { Type }]) => {
    const userPool = Type === 'Token' ? userPoolIn(key.replace(/:[^:/]*$/, '')) : undefined
    return userPool === undefined ? [] : [userPool.id]
  })
  return new Set(ids)
}

/** The ARNs of the roles that users and guests can get, each once. */
export function roleArnsOf(roles: PoolRoles | undefined, userPools: readonly UserPoolEntry[]): readonly string[] {
  const rules = Object.values(roles?.RoleMappings ?? {}).flatMap(it => it.RulesConfiguration?.Rules ?? [])
  const groups = userPools.flatMap(it => told(it.groups) ?? []).flatMap(({ RoleArn }) => RoleArn ?? [])
  return [...new Set([...Object.values(roles?.Roles ?? {}), ...rules.map(it => it.RoleARN), ...groups])]
}

/** `arn:aws:iam::123456789012:role/path/name` */
export function roleIn(arn: string): { readonly account: string; readonly name: string } | undefined {
  const [, account, name] = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  return account === undefined || name === undefined ? undefined : { account, name }
}

/** A resource that its stack has, or is to have. */
export const isStanding = (status: string): boolean => !/^DELETE_(?:COMPLETE|SKIPPED)$/.test(status)

/** Undefined where the pool is no resource of the stack, or no longer. */
export function ownerIn(stack: LiveStack, identityPoolId: string): StackOwner | undefined {
  if (stack.status === 'DELETE_COMPLETE') return undefined
  const own = stack.resources.find(it => it.physicalId === identityPoolId && isStanding(it.status))
  return own === undefined ? undefined : { stackName: stack.name, stackId: stack.id, logicalId: own.logicalId }
}

/** The tag that CloudFormation gives what it makes: a hint, for what a stack has let go keeps it. */
export const stackTag = 'aws:cloudformation:stack-id'

/** From the stack, or the roles that the pool names itself, which are in its account. */
export function accountOf({ stack, poolRoles }: Pick<Snapshot, 'stack' | 'poolRoles'>): { account?: string } {
  const account =
    /^arn:[\w-]+:cloudformation:[\w-]+:(\d{12}):/.exec(stack?.id ?? '')?.[1] ??
    Object.values(told(poolRoles)?.Roles ?? {}).flatMap(arn => roleIn(arn)?.account ?? [])[0]
  return account === undefined ? {} : { account }
}

/** IAM is asked for roles by name alone, in the account of the credentials. */
export function strangerOf(arn: string, account: string, found: string): Answer<Role> {
  return roleIn(found)?.account === account
    ? { kind: 'absent' }
    : { kind: 'unasked', reason: `${arn} is of another account than the credentials` }
}

/** Of a user pool that nobody had to ask for its groups. */
export const ungrouped: UserPoolEntry['groups'] = { kind: 'unasked', reason: 'no role is taken from tokens of it' }
