import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { isValueList, isValueObject, partsOf, Unknown, type Value } from '../resolve/value.ts'
import { keyOf } from './decide/request.ts'
import { any, type Truth } from './decide/truth.ts'
import { identityHost } from './identity-host.ts'
import type { Identity } from './question.ts'

/** An identity pool that a template makes, or gives roles to. */
export type Pool = {
  readonly id: string | Unknown
  /** Its resource, if the template makes it. */
  readonly made: ResolvedResource | undefined
  /** What gives it roles. There is room for one. */
  readonly attachments: readonly ResolvedResource[]
}

export function poolsOf({ Resources }: Resolved): readonly Pool[] {
  const resources = Object.entries(Resources)
  const pools = new Map<string, Pool>()
  for (const [id, made] of resources) {
    if (made.Type !== 'AWS::Cognito::IdentityPool') continue
    // of a pool that stands already, which no template can say
    const stands = made.Properties['Id']
    const own = typeof stands === 'string' ? stands : new Unknown({ kind: 'resource', id })
    pools.set(keyOf(own), { id: own, made, attachments: [] })
  }
  for (const [, attachment] of resources) {
    if (attachment.Type !== 'AWS::Cognito::IdentityPoolRoleAttachment') continue
    const id = poolIdOf(attachment.Properties['IdentityPoolId'])
    const pool = pools.get(keyOf(id)) ?? { id, made: undefined, attachments: [] }
    pools.set(keyOf(id), { ...pool, attachments: [...pool.attachments, attachment] })
  }
  return [...pools.values()]
}

/** The stacks that a template nests: what they make is in other templates. */
export function nestedStacks({ Resources }: Resolved): readonly string[] {
  return Object.keys(Resources).filter(id => Resources[id]?.Type === 'AWS::CloudFormation::Stack')
}

/** Why somebody to whom a template without a pool gives no role may have one all the same; a clause. */
export function nestedRoles(resolved: Resolved): string | undefined {
  const [nested] = nestedStacks(resolved)
  return nested === undefined || poolsOf(resolved).length > 0
    ? undefined
    : `the nested stack ${nested} may have the identity pool, and is not looked into`
}

/** `Fn::GetAtt` of `Id` gives what `Ref` does. */
function poolIdOf(value: Value | undefined): string | Unknown {
  if (typeof value === 'string') return value
  if (!(value instanceof Unknown)) return new Unknown({ kind: 'mistake' })
  const { origin } = value
  return origin.kind === 'attribute' && origin.attribute === 'Id'
    ? new Unknown({ kind: 'resource', id: origin.id })
    : value
}

/** The roles that a pool hands out to an identity. */
export type Roles = {
  /** Logical IDs. With `byChoice` the identity chooses; otherwise it has one of them, and more than one may be it. */
  readonly roles: readonly string[]
  readonly byChoice: boolean
  /** Why it is not known which of them it has, or whether it has another, of which nothing is known here; a clause. */
  readonly orElse?: string
  /** Whether it has no role but these, where it is not known which. */
  readonly isWhole?: true
  /** Whether it may have none of these, but be refused. */
  readonly orNone?: true
  /** Why it may have none of them after all; a clause. */
  readonly onlyIf?: string
  /** Why there is none, or what there is; a clause. */
  readonly because: string
}

/**
 * Which roles the identity pools of a template hand out: in the enhanced flow the pool chooses, by its attachment; in the
 * classic flow the identity does, among those whose trust policy lets it in.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
 */
export function rolesOf(resolved: Resolved, who: Identity): Roles {
  const all = Object.keys(resolved.Resources).filter(id => resolved.Resources[id]?.Type === 'AWS::IAM::Role')
  if (who.pool === 'other') return { roles: all, byChoice: true, because: 'another pool may ask for any role' }
  const pools = poolsOf(resolved)
  const [pool, ...others] = pools
  // What stands alone is taken to be given to those whom it trusts.
  if (pool === undefined) return { roles: all, byChoice: true, because: 'the template attaches no role to a pool' }
  if (others.length > 0) {
    const each = pools.map(it => ofPool(resolved, it, who, all))
    const [first] = each
    const isSame = each.every(it => JSON.stringify(it) === JSON.stringify(first))
    if (first !== undefined && isSame) return first
    return {
      roles: [...new Set(each.flatMap(it => it.roles))],
      byChoice: each.every(it => it.byChoice),
      orElse: 'the template has several identity pools',
      because: 'the template has several identity pools',
    }
  }
  return ofPool(resolved, pool, who, all)
}

function ofPool(resolved: Resolved, pool: Pool, who: Identity, all: readonly string[]): Roles {
  const none = (because: string): Roles => ({ roles: [], byChoice: false, because })
  const guests = who.isSignedIn || settingOf(pool, 'AllowUnauthenticatedIdentities')
  if (guests === false) return none('the identity pool has no guests')
  const classic = who.flow === 'enhanced' || settingOf(pool, 'AllowClassicFlow')
  if (classic === false) return none('the classic flow is off')
  const mapped = who.flow === 'classic' && isMapped(pool)
  if (mapped === true) return none('the identity pool has role mappings, with which there is no classic flow')
  const roles: Roles =
    who.flow === 'enhanced'
      ? given(resolved, pool, who)
      : { roles: all, byChoice: true, because: 'in the classic flow the identity names the role' }
  if (classic === 'unknown')
    return { ...roles, onlyIf: 'whether the classic flow is on is not known before deployment' }
  if (mapped === 'unknown')
    return {
      ...roles,
      onlyIf: 'whether the pool has role mappings, with which there is no classic flow, is not known here',
    }
  // What only gives roles to a pool says by that for whom they are.
  if (guests === true || pool.made === undefined) return roles
  return { ...roles, onlyIf: 'whether the pool has guests is not known before deployment' }
}

/**
 * Not set is off. https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CreateIdentityPool.html
 * What CloudFormation makes of texts such as `True` is not documented.
 */
function settingOf({ made }: Pool, name: string): Truth {
  if (made === undefined) return 'unknown'
  const value = made.Properties[name]
  if (value === undefined) return false
  return value === true || value === 'true' || (value !== false && value !== 'false' && 'unknown')
}

/**
 * Has it role mappings? Of a pool with some, `GetOpenIdToken`, the first step of the classic flow, is refused.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
 */
function isMapped({ attachments }: Pool): Truth {
  return any(
    attachments.map(({ Properties: { RoleMappings } }): Truth => {
      if (RoleMappings === undefined) return false
      return isValueObject(RoleMappings) ? Object.keys(RoleMappings).length > 0 : 'unknown'
    }),
  )
}

function given(resolved: Resolved, { attachments }: Pool, who: Identity): Roles {
  const [attachment, ...others] = attachments
  const unknown = (why: string, roles: readonly string[] = []): Roles => ({
    roles,
    byChoice: false,
    orElse: why,
    because: why,
  })
  if (attachment === undefined) return unknown('the template attaches no role to the identity pool')
  if (others.length > 0) return unknown('several attachments give roles to the identity pool')
  const { Roles: attached, RoleMappings } = attachment.Properties
  const kind = who.isSignedIn ? 'authenticated' : 'unauthenticated'
  const byDefault = (): Roles => {
    if (attached !== undefined && !isValueObject(attached)) {
      return unknown('which roles the identity pool has is not known before deployment')
    }
    return named(resolved, attached?.[kind], `the ${who.isSignedIn ? 'signed-in' : 'guest'} role`)
  }
  if (!who.isSignedIn || RoleMappings === undefined) return byDefault()
  if (!isValueObject(RoleMappings)) return unknown('how roles are chosen is not known before deployment')
  const mappings = Object.entries(RoleMappings).flatMap(([key, mapping]): readonly Roles[] => {
    if (!isValueObject(mapping)) return [unknown('how roles are chosen is not known before deployment')]
    const provider = mapping['IdentityProvider'] ?? key
    const isOf = who.provider === undefined ? 'unknown' : isProvider(provider, who.provider)
    if (isOf === false) return []
    const mapped = mappedRole(resolved, mapping, who, byDefault)
    return [isOf === true ? mapped : either(mapped, byDefault())]
  })
  const [first, ...more] = mappings
  if (first === undefined) return byDefault()
  return more.reduce(either, first)
}

/** The app client follows the provider's name. */
function isProvider(value: Value, provider: string): boolean | 'unknown' {
  if (value instanceof Unknown) return 'unknown'
  return value === provider || String(value).startsWith(`${provider}:`)
}

function either(one: Roles, other: Roles): Roles {
  if (JSON.stringify(one) === JSON.stringify(other)) return one
  const both = [one, other]
  const orElse = one.orElse ?? other.orElse ?? `${one.because}, or else ${other.because}`
  return {
    ...{ roles: [...new Set([...one.roles, ...other.roles])], byChoice: false, orElse, because: orElse },
    ...(both.every(it => it.orElse === undefined || it.isWhole === true) ? { isWhole: true } : {}),
    ...(both.some(it => it.roles.length === 0 || it.orNone === true) ? { orNone: true } : {}),
  }
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_RoleMapping.html */
function mappedRole(
  resolved: Resolved,
  mapping: Readonly<Record<string, Value>>,
  who: Identity,
  byDefault: () => Roles,
): Roles {
  const why = 'the role is chosen by the token, and a group’s role is not known here'
  const unknown: Roles = { roles: [], byChoice: false, orElse: why, because: why }
  const ambiguous = (): Roles => {
    switch (mapping['AmbiguousRoleResolution']) {
      case 'AuthenticatedRole':
        return byDefault()
      case 'Deny':
        return {
          roles: [],
          byChoice: false,
          because: 'no role is chosen for the identity, and AmbiguousRoleResolution is Deny',
        }
      default:
        return unknown
    }
  }
  if (mapping['Type'] === 'Token') {
    if (who.groupRole === undefined) return unknown
    if (who.groupRole === 'none') return ambiguous()
    return { roles: [who.groupRole], byChoice: false, because: `the group has the role ${who.groupRole}` }
  }
  const byRules = 'the role is chosen by rules, for claims that are not known here'
  const configuration = mapping['RulesConfiguration']
  const rules = isValueObject(configuration) ? configuration['Rules'] : undefined
  if (mapping['Type'] !== 'Rules' || !isValueList(rules)) return { ...unknown, orElse: byRules, because: byRules }
  const outcomes: Roles[] = []
  let isOpen = true
  for (const rule of rules) {
    const isMet = isValueObject(rule) ? meetsRule(rule, who.claims ?? {}) : 'unknown'
    if (isMet === false) continue
    outcomes.push(isValueObject(rule) ? named(resolved, rule['RoleARN'], 'the role of a rule') : unknown)
    isOpen = isMet === 'unknown'
    if (!isOpen) break
  }
  const found = (isOpen ? [...outcomes, ambiguous()] : outcomes).reduce(either)
  return outcomes.length > 0 && found.orElse !== undefined && found.isWhole === true
    ? { ...found, orElse: byRules, because: byRules }
    : found
}

/** Of a claim that is not told nothing is known. */
function meetsRule(
  rule: Readonly<Record<string, Value>>,
  claims: Readonly<Record<string, string | readonly string[]>>,
): Truth {
  const { Claim, MatchType, Value: wanted } = rule
  if (typeof Claim !== 'string' || typeof wanted !== 'string') return 'unknown'
  const claim = Object.hasOwn(claims, Claim) ? claims[Claim] : undefined
  if (typeof claim !== 'string') return 'unknown'
  switch (MatchType) {
    case 'Equals':
      return claim === wanted
    case 'NotEqual':
      return claim !== wanted
    case 'StartsWith':
      return claim.startsWith(wanted)
    case 'Contains':
      return claim.includes(wanted)
    default:
      return 'unknown'
  }
}

function named(resolved: Resolved, value: Value | undefined, what: string): Roles {
  if (value === undefined) return { roles: [], byChoice: false, because: `the identity pool lacks ${what}` }
  const role = roleIdOf(resolved, value)
  if (role !== undefined) return { roles: [role], byChoice: false, because: `the identity pool gives ${role}` }
  const why = `${what} is not in the template`
  return { roles: [], byChoice: false, orElse: why, because: why }
}

/** The logical ID of the role that an ARN, or a name, is that of; undefined if it is not known to be the template's. */
export function roleIdOf({ Resources, env }: Resolved, value: Value): string | undefined {
  if (typeof value === 'string') {
    const [, , , , account = env.accountId] = value.split(':')
    if (account !== env.accountId) return undefined
    const name = value.slice(value.lastIndexOf('/') + 1)
    return Object.keys(Resources).find(
      id => Resources[id]?.Type === 'AWS::IAM::Role' && Resources[id]?.Properties['RoleName'] === name,
    )
  }
  if (!(value instanceof Unknown)) return undefined
  // The ARN that is put together ends in the name.
  const last = partsOf(value).at(-1)
  const origin = last instanceof Unknown ? last.origin : undefined
  const isName = origin?.kind === 'resource'
  const isArn = origin?.kind === 'attribute' && origin.attribute === 'Arn'
  return origin !== undefined && (isName || isArn) && Resources[origin.id]?.Type === 'AWS::IAM::Role'
    ? origin.id
    : undefined
}

/** Whose tokens the pools of a place are; see `identityHost`. */
export function hostOf(resolved: Resolved): string | undefined {
  return identityHost(resolved.env)
}
