import { identityHost } from '../access/identity-host.ts'
import { type Document, isObject } from '../document.ts'
import { dnsSuffix } from '../launch/partitions.ts'
import { isStanding, roleIn, userPoolIn } from '../live/around.ts'
import {
  type Answer,
  type DescribedPool,
  type LiveStack,
  type PoolRoles,
  type Role,
  type Snapshot,
  told,
} from '../live/snapshot.ts'
import { resolve, Unknown, type Value } from '../resolve/index.ts'
import { isValueObject } from '../resolve/value.ts'
import type { Place } from './finding.ts'

/** An identity pool with whom it hands which roles to: what all questions are about. */
export type Standing = {
  readonly snapshot: Snapshot
  readonly pool: DescribedPool
  /** Undefined where it could not be read. */
  readonly poolRoles: PoolRoles | undefined
  /** What signs the tokens of the region's pools; undefined where AWS does not say. */
  readonly host: string | undefined
  /** The names that `Logins` has for them, without app clients; empty: nobody can sign in. */
  readonly providers: readonly string[]
  readonly uses: readonly Use[]
  /** The account of the credentials, as far as the roles or the stack tell. */
  readonly account: string | undefined
  /** ARNs of the roles that the stack has made, and that its template attaches to the pool. */
  readonly templateRoles: Readonly<Partial<Record<Kind, string>>>
  /** Of the parameters of the stack's template, as far as that is known. */
  readonly defaults: Readonly<Record<string, string>>
}

export type Kind = 'authenticated' | 'unauthenticated'

/** That the pool hands out a role. */
export type Use = {
  readonly arn: string
  /** Or the ARN, where it is none of a role. */
  readonly roleName: string
  readonly kind: Kind
  /** `signed-in users`, `users for whom rule 2 of PROVIDER holds` */
  readonly who: string
  /** By which they have signed in. */
  readonly providers: readonly string[]
  readonly where: Place
  readonly answer: Answer<Role>
  /** Is it one of the two that the pool hands out where no mapping says otherwise? */
  readonly isDefault: boolean
}

export function standingOf(snapshot: Snapshot, pool: DescribedPool, template: Document | undefined): Standing {
  // no roles at all are an answer, too
  const none: PoolRoles = { Roles: {}, RoleMappings: {} }
  const poolRoles = snapshot.poolRoles.kind === 'absent' ? none : told(snapshot.poolRoles)
  const providers = providersOf(pool)
  const uses = poolRoles === undefined ? [] : usesOf(snapshot, pool, poolRoles, providers)
  const found = uses.flatMap(({ answer }) => roleIn(told(answer)?.arn ?? '')?.account ?? [])[0]
  const ofStack = /^arn:[\w-]+:cloudformation:[\w-]+:(\d{12}):/.exec(snapshot.stack?.id ?? '')?.[1]
  return {
    ...{ snapshot, pool, poolRoles, providers, uses },
    ...{ host: identityHost(snapshot), account: ofStack ?? found, defaults: defaultsOf(template) },
    templateRoles: template === undefined ? {} : templateRolesOf(snapshot, template),
  }
}

function templateRolesOf(snapshot: Snapshot, template: Document): Standing['templateRoles'] {
  const { stack, partition } = snapshot
  if (stack === undefined) return {}
  const env = environmentOf(snapshot, stack)
  const { Resources } = resolve(template, env)
  const arnOf = (value: Value | undefined): string | undefined => {
    if (!(value instanceof Unknown) || value.origin.kind !== 'attribute') return undefined
    const { id } = value.origin
    const made = stack.resources.find(
      it => it.logicalId === id && it.type === 'AWS::IAM::Role' && isStanding(it.status),
    )
    const path = Resources[id]?.Properties['Path'] ?? '/'
    if (made === undefined || made.physicalId === '' || typeof path !== 'string') return undefined
    return `arn:${partition}:iam::${env.accountId}:role${path}${made.physicalId}`
  }
  const attached = Object.values(Resources).flatMap(({ Type, Properties, condition }) => {
    const roles = Properties['Roles']
    const isOne = Type === 'AWS::Cognito::IdentityPoolRoleAttachment' && condition === undefined
    return isOne && isValueObject(roles) ? [roles] : []
  })
  const found = kinds.flatMap(kind => attached.flatMap(it => [[kind, arnOf(it[kind])] as const]))
  return Object.fromEntries(found.filter(([, arn]) => arn !== undefined))
}

const kinds = ['authenticated', 'unauthenticated'] as const

/** The stack's template is resolved with the parameters that the stack has. */
export function environmentOf({ region, partition }: Snapshot, { id, name, parameters }: LiveStack) {
  const account = id.split(':')[4] ?? ''
  const given = Object.entries(parameters).map(([key, value]) => [
    key,
    value === '****' ? new Unknown({ kind: 'parameter', name: key }) : value,
  ])
  return {
    parameters: Object.fromEntries(given),
    ...{ region, partition, urlSuffix: dnsSuffix(partition), accountId: account, stackName: name, stackId: id },
  }
}

function defaultsOf(template: Document | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(template?.Parameters ?? {}).flatMap(([name, declaration]) => {
      const value = isObject(declaration) ? declaration['Default'] : undefined
      return value === undefined || typeof value === 'object' ? [] : [[name, String(value)]]
    }),
  )
}

function providersOf(pool: DescribedPool): readonly string[] {
  const userPools = (pool.CognitoIdentityProviders ?? []).flatMap(({ ProviderName }) => ProviderName ?? [])
  return [
    ...new Set([
      ...userPools,
      ...Object.keys(pool.SupportedLoginProviders ?? {}),
      ...(pool.OpenIdConnectProviderARNs ?? []),
      ...(pool.SamlProviderARNs ?? []),
      ...(pool.DeveloperProviderName === undefined ? [] : [pool.DeveloperProviderName]),
    ]),
  ]
}

function usesOf(
  snapshot: Snapshot,
  pool: DescribedPool,
  { Roles, RoleMappings }: PoolRoles,
  providers: readonly string[],
): readonly Use[] {
  const use = (arn: string, kind: Kind, who: string, by: readonly string[], place: Place, isDefault: boolean): Use => {
    const roleName = roleIn(arn)?.name ?? arn
    const answer = snapshot.roles.find(it => it.arn === arn)?.answer ?? {
      kind: 'unasked',
      reason: `nothing was asked of ${arn}`,
    }
    return { arn, roleName, kind, who, providers: by, where: { role: roleName, ...place }, answer, isDefault }
  }
  const { authenticated, unauthenticated } = Roles
  const mapped = Object.entries(RoleMappings).flatMap(([key, { Type, RulesConfiguration }]) => {
    const provider = providerIn(key)
    if (Type === 'Rules') {
      return (RulesConfiguration?.Rules ?? []).map(({ RoleARN }, at) => {
        const who = `users of ${key} for whom rule ${at + 1} holds`
        return use(RoleARN, 'authenticated', who, [provider], { provider: key, rule: at + 1 }, false)
      })
    }
    const id = userPoolIn(provider)?.id
    const groups = snapshot.userPools.filter(it => it.id === id).flatMap(it => told(it.groups) ?? [])
    return groups.flatMap(({ GroupName, RoleArn }) =>
      RoleArn === undefined
        ? []
        : [use(RoleArn, 'authenticated', `the group ${GroupName} of ${id}`, [provider], { group: GroupName }, false)],
    )
  })
  return [
    ...(authenticated === undefined
      ? []
      : [use(authenticated, 'authenticated', 'signed-in users', providers, {}, true)]),
    // those of others are said to be there, and no more
    ...(unauthenticated === undefined || !pool.AllowUnauthenticatedIdentities
      ? []
      : [use(unauthenticated, 'unauthenticated', 'guests', [], {}, true)]),
    ...mapped,
  ]
}

/** Without the app client: of a user pool the name, of others the key itself. */
export function providerIn(key: string): string {
  return /^(cognito-idp\.[^:]*|https?:\/\/[^:]*):[^:/]*$/.exec(key)?.[1] ?? key
}

/** Each role that could be read, once, with all that it is handed out for. */
export function rolesRead({ uses }: Standing): readonly { readonly role: Role; readonly uses: readonly Use[] }[] {
  const found = new Map<string, { readonly role: Role; readonly uses: Use[] }>()
  for (const use of uses) {
    const role = told(use.answer)
    if (role === undefined) continue
    const known = found.get(role.arn)
    if (known === undefined) found.set(role.arn, { role, uses: [use] })
    else known.uses.push(use)
  }
  return [...found.values()]
}

/** `signed-in users and the group admins of …` */
export function whoGets(uses: readonly Use[]): string {
  const [first = '', ...others] = [...new Set(uses.map(it => it.who))]
  return others.length === 0 ? first : `${[first, ...others.slice(0, -1)].join(', ')} and ${others.at(-1)}`
}

/**
 * Does the pool let the classic flow through? Where it was never set, AWS has: https://github.com/aws/aws-cli/issues/7652.
 * Where roles are mapped, it refuses it: https://github.com/aws-observability/aws-rum-web/issues/172.
 */
export function isClassic({ pool, poolRoles }: Standing): boolean {
  return pool.AllowClassicFlow !== false && Object.keys(poolRoles?.RoleMappings ?? {}).length === 0
}
