import { identityHost } from '../access/identity-host.ts'
import { isObject, type Json, type JsonObject } from '../document.ts'
import { roleIn } from '../live/around.ts'
import {
  type Answer,
  type DescribedPool,
  type PoolRoles,
  type PrincipalTagMap,
  type Role,
  type Snapshot,
  told,
} from '../live/snapshot.ts'
import type { Refusal } from './plan.ts'
import { texts } from './statements.ts'

/** What of a snapshot a plan rests on: all of it was read. */
export type Facts = {
  readonly snapshot: Snapshot
  readonly pool: DescribedPool
  readonly account: string | undefined
  readonly host: string | undefined
  /** Undefined where the pool has neither roles nor mappings. */
  readonly roles: PoolRoles | undefined
  readonly users: PoolRole | undefined
  readonly guests: PoolRole | undefined
  readonly tags: readonly { readonly provider: string; readonly map: PrincipalTagMap }[]
}

/** A role that the pool names for signed-in users, or for guests. */
export type PoolRole = {
  readonly arn: string
  /** Undefined where it is gone, or another account's. */
  readonly role: Role | undefined
  /** Why it cannot be the stack's, as a clause; undefined where it can. */
  readonly staysOut: string | undefined
  /** Does its trust name no pool, or pools by a wildcard? */
  readonly isForAnyPool: boolean
}

/**
 * What was read, or why that is not enough: what a plan does not know of, the first update could take from users
 * without a word.
 */
export function factsOf(snapshot: Snapshot): Facts | { readonly refusals: readonly Refusal[] } {
  const { pool: answer, owner, poolRoles, principalTags, region } = snapshot
  const pool = told(answer)
  if (pool === undefined) return { refusals: [unread('the identity pool', answer)] }
  if (owner.kind === 'is') {
    const { stackName, logicalId } = owner.value
    return {
      refusals: [
        {
          code: 'owned-by-stack',
          message: `the identity pool is the resource ${logicalId} of the stack ${stackName}, and a resource can be of one stack only`,
          help: `Update that stack instead; or give its resource a DeletionPolicy of Retain, take it out of the stack's template, update the stack, and plan again`,
        },
      ],
    }
  }
  const host = identityHost({ region })
  const roles = told(poolRoles)
  const named = (kind: string): PoolRole | undefined => {
    const arn = roles?.Roles[kind]
    const answer = snapshot.roles.find(it => it.arn === arn)?.answer
    if (arn === undefined || answer === undefined) return undefined
    const role = told(answer)
    return {
      ...{ arn, role, staysOut: staysOut(answer, pool.IdentityPoolId, host) },
      isForAnyPool: role !== undefined && isForAnyPool(role.trust, host),
    }
  }
  const [users, guests] = [named('authenticated'), named('unauthenticated')]
  const own = [users, guests].flatMap(it => it?.role ?? [])
  const gaps: readonly (readonly [string, Answer<unknown>])[] = [
    ['the roles of the identity pool', poolRoles],
    ...principalTags.map(({ provider, answer }) => [`the principal tags of ${provider}`, answer] as const),
    ...[users, guests].flatMap(it => {
      const answer = snapshot.roles.find(({ arn }) => arn === it?.arn)?.answer
      return answer === undefined || it === undefined || isStranger(answer) ? [] : [[it.arn, answer] as const]
    }),
    ...own.flatMap(({ arn, inline, attached }) => [
      [`the policies of ${arn}`, inline] as const,
      [`the policies attached to ${arn}`, attached] as const,
      ...(told(inline) ?? []).map(it => [`the policy ${it.name} of ${arn}`, it.document] as const),
    ]),
  ]
  const refusals = gaps.flatMap(([what, gap]) => (gap.kind === 'unasked' ? [unread(what, gap)] : []))
  if (refusals.length > 0) return { refusals }
  return {
    ...{ snapshot, pool, host, roles, users, guests },
    // a role of another account tells another one
    account: own.map(({ arn }) => arn.split(':')[4])[0] ?? (own.length === 0 ? snapshot.account : undefined),
    tags: principalTags.flatMap(({ provider, answer }) => {
      const map = told(answer)
      return map === undefined ? [] : [{ provider, map }]
    }),
  }
}

function unread(what: string, answer: Answer<unknown>): Refusal {
  if (answer.kind !== 'unasked') {
    return { code: 'not-found', message: `${what} is not there`, help: 'Look at which there are in the region' }
  }
  return {
    code: 'unread',
    message: `${what} could not be read, and would be lost unseen: ${answer.reason}`,
    help: answer.help ?? 'Save it anew with what is missing',
  }
}

const isStranger = (answer: Answer<Role>): boolean =>
  answer.kind === 'unasked' && / is of another account than the credentials$/.test(answer.reason)

/** Why a role that a pool names cannot be taken into the stack of the pool. */
function staysOut(answer: Answer<Role>, identityPoolId: string, host: string | undefined): string | undefined {
  if (isStranger(answer)) return 'it is of another account'
  const role = told(answer)
  if (role === undefined) return 'it does not exist any more'
  const others = trustedBeside(role.trust, identityPoolId, host)
  return others.length === 0 ? undefined : `it also trusts ${others.join(' and ')}, which the template's role does not`
}

function isForAnyPool({ Statement = [] }: JsonObject, host: string | undefined): boolean {
  const statements: readonly Json[] = Array.isArray(Statement) ? Statement : [Statement]
  return statements.filter(isObject).some(({ Effect, Principal, Condition }) => {
    const isHere = isObject(Principal) && texts(Principal['Federated']).some(it => it === host)
    if (Effect !== 'Allow' || !isHere) return false
    const audiences = Object.entries(isObject(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
      isObject(keys) && /^(?:For\w+Values:)?String(?:Equals|Like)$/i.test(operator)
        ? Object.entries(keys).flatMap(([key, value]) => (key.toLowerCase() === `${host}:aud` ? texts(value) : []))
        : [],
    )
    return audiences.length === 0 || audiences.some(it => /[*?]/.test(it))
  })
}

/** Whom a role trusts besides identities of the pool; each as words. */
function trustedBeside(
  { Statement = [] }: JsonObject,
  identityPoolId: string,
  host: string | undefined,
): readonly string[] {
  const statements: readonly Json[] = Array.isArray(Statement) ? Statement : [Statement]
  const found = statements.flatMap((statement): readonly string[] => {
    if (!isObject(statement) || statement['Effect'] !== 'Allow') return []
    const { Principal } = statement
    if (!isObject(Principal)) return [Principal === '*' ? 'everybody' : 'others']
    const strangers = Object.entries(Principal).flatMap(([kind, names]) =>
      texts(names).filter(name => kind !== 'Federated' || name !== host),
    )
    const audiences = Object.values(isObject(statement['Condition']) ? statement['Condition'] : {})
      .filter(isObject)
      .flatMap(keys => texts(keys[`${host}:aud`]))
      // without any, or with a wildcard, it trusts every pool and is meant for none besides: the template mends that
      .filter(audience => audience !== identityPoolId && !audience.includes('*'))
    return [...strangers, ...audiences.map(it => `the identity pool ${it}`)]
  })
  return [...new Set(found)]
}

/** The last part of the ARN of a role. */
export const nameOf = (arn: string): string => roleIn(arn)?.name ?? arn
