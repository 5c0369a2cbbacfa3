import { AwsError } from '../aws/aws-error.ts'
import type { Patience } from '../aws/client.ts'
import type { JsonObject } from '../document.ts'
import { answer } from './answers.ts'
import {
  accountOf,
  groupedPools,
  isStanding,
  ownerIn,
  partitionIn,
  poolType,
  providersOf,
  regionOfPool,
  roleArnsOf,
  roleIn,
  stackTag,
  strangerOf,
  type Target,
  ungrouped,
} from './around.ts'
import { type Calls, callsIn, type OnProgress } from './calls.ts'
import { stackBy, stackRegion } from './read-stack.ts'
import { clientOf, groupsOf, policyOf, poolOf, poolRolesOf, roleOf, tagsOf, userPoolOf } from './shapes.ts'
import {
  type Answer,
  type DescribedPool,
  type LiveStack,
  type PoolRoles,
  type Role,
  type Snapshot,
  told,
  type UserPoolEntry,
} from './snapshot.ts'

export type PoolRequest = Target & {
  /** Absent: that of the ID, else of the environment or the profile. */
  readonly region?: string | undefined
  /** Of what stands for AWS; absent: as the environment says. */
  readonly endpointUrl?: string | undefined
  readonly onProgress?: OnProgress
  readonly patience?: Partial<Patience>
}

/**
 * What stands in an account around an identity pool. Nothing is written. What AWS refuses of the pool itself, or of the
 * stack by which it was asked for, is thrown as an `AwsError`; of all else it is an answer.
 */
export async function readPool(request: PoolRequest): Promise<Snapshot> {
  const { endpointUrl, onProgress, patience } = request
  const region = await regionOf(request)
  const calls = callsIn({ region, endpointUrl }, onProgress, patience)
  const found = 'stackName' in request ? await poolIn(calls, request.stackName) : undefined
  const identityPoolId = found?.id ?? ('identityPoolId' in request ? request.identityPoolId : '')
  const pool = poolOf(await calls.identityPool(identityPoolId))
  if (pool === undefined) {
    throw new AwsError(
      'refused',
      `what Amazon Cognito tells of the identity pool ${identityPoolId} has no ID and no name`,
      'Find out what answers in its place, and correct --endpoint-url',
    )
  }
  const { tagged, clients, userPools } = providersOf(pool)
  const poolRoles = answer<PoolRoles>(async () => poolRolesOf(await calls.poolRoles(identityPoolId)))
  const pools = poolRoles.then(roles => readUserPools(calls, userPools, groupedPools(told(roles))))
  const [principalTags, described, entries, roles, { owner, stack }] = await Promise.all([
    Promise.all(
      tagged.map(async provider => ({
        provider,
        answer: await answer(async () => tagsOf(await calls.principalTags(identityPoolId, provider))),
      })),
    ),
    Promise.all(
      clients.map(async ({ userPoolId, clientId, region: where }) => ({
        ...{ userPoolId, clientId },
        answer: await answer(async () => withoutPool(clientOf(await calls.client(userPoolId, clientId, where)))),
      })),
    ),
    pools,
    pools.then(async entries => readRoles(calls, roleArnsOf(told(await poolRoles), entries))),
    found === undefined ? readOwner(calls, pool) : standing(found.stack, identityPoolId),
  ])
  const around = { poolRoles: await poolRoles, ...(stack === undefined ? {} : { stack }) }
  return {
    ...{ region, partition: partitionIn(region), ...accountOf(around) },
    ...{
      pool: { kind: 'is', value: pool },
      ...around,
      principalTags,
      roles,
      userPools: entries,
      clients: described,
      owner,
    },
  }
}

async function regionOf(request: PoolRequest): Promise<string> {
  if ('stackName' in request) return stackRegion(request)
  const { identityPoolId, region } = request
  const own = regionOfPool(identityPoolId)
  if (own === undefined) {
    throw new AwsError(
      'invalid-request',
      `"${identityPoolId}" is no ID of an identity pool`,
      'Write it as us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE; `aws cognito-identity list-identity-pools --max-results 60` shows those of a region',
    )
  }
  if (region !== undefined && region !== own) {
    throw new AwsError(
      'wrong-region',
      `the identity pool ${identityPoolId} is in ${own}, as its ID says, and not in ${region}`,
      `Give --region ${own}, or leave it out`,
    )
  }
  return own
}

type Found = { readonly id: string; readonly stack: LiveStack }

/** The one identity pool of a stack, or of those nested in it. */
async function poolIn(calls: Calls, stackName: string): Promise<Found> {
  const found: Found[] = []
  const visit = async (name: string): Promise<void> => {
    const stack = await stackBy(calls, name)
    const own = stack.resources.filter(it => it.physicalId !== '' && isStanding(it.status))
    found.push(...own.filter(it => it.type === poolType).map(it => ({ id: it.physicalId, stack })))
    await Promise.all(own.filter(it => it.type === 'AWS::CloudFormation::Stack').map(it => visit(it.physicalId)))
  }
  await visit(stackName)
  const [first, ...others] = found.sort((a, b) => (a.id < b.id ? -1 : 1))
  if (first === undefined) {
    throw new AwsError(
      'not-found',
      `neither the stack ${stackName} nor one nested in it has an identity pool`,
      'Name the stack that has it, or give --identity-pool-id',
    )
  }
  if (others.length > 0) {
    throw new AwsError(
      'invalid-request',
      `the stack ${stackName} has ${found.length} identity pools: ${found.map(it => it.id).join(', ')}`,
      'Say by --identity-pool-id which',
    )
  }
  return first
}

type Owned = Pick<Snapshot, 'owner' | 'stack'>

function standing(stack: LiveStack, identityPoolId: string): Owned {
  const owner = ownerIn(stack, identityPoolId)
  return owner === undefined ? { owner: { kind: 'absent' } } : { owner: { kind: 'is', value: owner }, stack }
}

/** The stack of a pool, by the tag that tells it, if that is still true, or by asking for it. */
async function readOwner(calls: Calls, pool: DescribedPool): Promise<Owned> {
  const { IdentityPoolId, IdentityPoolTags } = pool
  const tagged = IdentityPoolTags?.[stackTag]
  if (tagged !== undefined) {
    const stack = told(await answer(() => stackBy(calls, tagged)))
    const owned = stack === undefined ? undefined : standing(stack, IdentityPoolId)
    if (owned?.stack !== undefined) return owned
  }
  const id = await answer(() => calls.stackOf(IdentityPoolId))
  if (id.kind !== 'is') return { owner: id }
  const stack = await answer(() => stackBy(calls, id.value))
  return stack.kind === 'is' ? standing(stack.value, IdentityPoolId) : { owner: stack }
}

function readUserPools(
  calls: Calls,
  userPools: readonly { readonly id: string; readonly region: string }[],
  grouped: ReadonlySet<string>,
): Promise<readonly UserPoolEntry[]> {
  return Promise.all(
    userPools.map(async ({ id, region }) => {
      const [described, groups] = await Promise.all([
        answer(async () => userPoolOf(await calls.userPool(id, region))),
        grouped.has(id) ? answer(async () => groupsOf(await calls.groups(id, region))) : ungrouped,
      ])
      return { id, answer: described, groups }
    }),
  )
}

function withoutPool(client: ReturnType<typeof clientOf>) {
  if (client === undefined) return undefined
  const { UserPoolId: _, ...own } = client
  return own
}

async function readRoles(calls: Calls, arns: readonly string[]): Promise<Snapshot['roles']> {
  const documents = new Map<string, Promise<Answer<JsonObject>>>()
  const documentOf = (arn: string) => {
    const asked = documents.get(arn) ?? answer(async () => policyOf(await calls.policy(arn)))
    documents.set(arn, asked)
    return asked
  }
  return Promise.all(arns.map(async arn => ({ arn, answer: await readRole(calls, arn, documentOf) })))
}

async function readRole(
  calls: Calls,
  arn: string,
  documentOf: (arn: string) => Promise<Answer<JsonObject>>,
): Promise<Answer<Role>> {
  const named = roleIn(arn)
  if (named === undefined) return { kind: 'unasked', reason: `${arn} is no ARN of a role` }
  const { name } = named
  const role = await answer(async () => roleOf(await calls.role(arn, name)))
  if (role.kind !== 'is') return role
  if (role.value.arn !== arn) return strangerOf(arn, named.account, role.value.arn)
  const [inline, attached, boundary] = await Promise.all([
    answer(async () => {
      const names = [...(await calls.inlineNames(arn, name))].sort()
      return Promise.all(
        names.map(async policy => ({
          name: policy,
          document: await answer(async () => policyOf(await calls.inline(arn, name, policy))),
        })),
      )
    }),
    answer(async () => {
      const policies = [...(await calls.attached(arn, name))].sort((a, b) => (a.arn < b.arn ? -1 : 1))
      return Promise.all(policies.map(async policy => ({ ...policy, document: await documentOf(policy.arn) })))
    }),
    boundaryOf(role.value.boundaryArn, documentOf),
  ])
  const { boundaryArn: _, ...own } = role.value
  return { kind: 'is', value: { ...own, ...boundary, inline, attached } }
}

async function boundaryOf(
  arn: string | undefined,
  documentOf: (arn: string) => Promise<Answer<JsonObject>>,
): Promise<Pick<Role, 'boundary'>> {
  return arn === undefined ? {} : { boundary: { arn, document: await documentOf(arn) } }
}
