import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { documentOf } from '../policies.ts'
import type { Who } from '../question.ts'
import { mayAssume } from '../trust.ts'
import type { Deployed, Role } from './deployed.ts'
import { sessionsOf } from './given.ts'
import type { Violation } from './violation.ts'

/**
 * Law 1: nobody but a signed-in identity of this pool gets the signed-in role, and nobody but its guests the guest role;
 * neither by a plain `AssumeRole`, nor with a provider's token.
 *
 * Asked of all kinds of callers, and read off the statements besides: each trusts the one host of the region, compares
 * `aud` with this pool and nothing else, as equal, and asks `amr` of a value.
 */
export function onlyOwnIdentities(deployed: Deployed): readonly Violation[] {
  const { roles } = deployed
  const missing = roles.length > 0 && !roles.some(({ of }) => of === 'users')
  return [
    ...(missing ? [violation('RoleAttachment', 'a user who has signed in', 'gets no role of the template')] : []),
    ...roles.flatMap(role => [...answers(deployed, role), ...forms(deployed, role)]),
  ]
}

function answers(deployed: Deployed, role: Role): readonly Violation[] {
  return callersOf(deployed, role).flatMap(({ name, who, isOwner }) => {
    const { truth, because } = mayAssume(deployed.resolved, role.id, who)
    if (truth === isOwner) return []
    return [violation(`${role.id} AssumeRolePolicyDocument`, `${name} takes the role ${role.id}`, because)]
  })
}

type Caller = { readonly name: string; readonly who: Who; readonly isOwner: boolean }

function callersOf(deployed: Deployed, role: Role): readonly Caller[] {
  const { options, scenario } = deployed
  const { region, partition, urlSuffix, userPool, account } = options
  const id = `${region}:0a1b2c3d-1111-4aaa-8aaa-aaaaaaaaaaaa`
  const identity = (isSignedIn: boolean, pool: 'own' | 'other', flow: 'enhanced' | 'classic'): Caller => ({
    name: `${isSignedIn ? 'a signed-in identity' : 'a guest'} of ${pool === 'own' ? 'this' : 'another'} pool (${flow})`,
    who: { kind: 'identity', isSignedIn, id, pool, flow, tags: {} },
    isOwner: pool === 'own' && role.of === (isSignedIn ? 'users' : 'guests'),
  })
  const flows = ['enhanced', 'classic'] as const
  const identities = [true, false].flatMap(isSignedIn =>
    (['own', 'other'] as const).flatMap(pool => flows.map(flow => identity(isSignedIn, pool, flow))),
  )
  const owners = sessionsOf(deployed, role)
    .filter(({ who }) => who.id !== '')
    .map(({ name, who }) => ({ name, who, isOwner: true }))
  const userPoolIssuer = `cognito-idp.${userPool?.split('_')[0] ?? region}.${urlSuffix}/${userPool ?? 'pool'}`
  const issuers = [
    ...['accounts.google.com', 'graph.facebook.com', 'www.amazon.com', 'appleid.apple.com', userPoolIssuer],
    ...list(scenario.parameters['OpenIdConnectProviderArns']).map(arn => arn.replace(/^.*oidc-provider\//, '')),
    ...list(scenario.parameters['SamlProviderArns']),
    ...['token.actions.githubusercontent.com', `arn:${partition}:iam::${account}:saml-provider/Example`],
  ]
  const tokens = issuers.map(
    (issuer): Caller => ({
      name: `a token of ${issuer}`,
      who: { kind: 'token', issuer, claims: { aud: 'client', sub: 'user', amr: ['authenticated', 'unauthenticated'] } },
      isOwner: false,
    }),
  )
  const principals = [
    ...[account, '999999999999'].flatMap(it =>
      ['root', 'user/Somebody', 'role/Admin'].map(name => `arn:${partition}:iam::${it}:${name}`),
    ),
    ...['lambda.amazonaws.com', 'ec2.amazonaws.com', 'cognito-idp.amazonaws.com', 'cognito-sync.amazonaws.com'],
  ].map((arn): Caller => ({ name: arn, who: { kind: 'principal', arn }, isOwner: false }))
  return [...identities, ...owners, ...tokens, ...principals]
}

function list(text = ''): readonly string[] {
  return text === '' ? [] : text.split(',')
}

function forms({ resolved, options: { host = 'no host that is known' } }: Deployed, role: Role): readonly Violation[] {
  const trust = documentOf(resolved.Resources[role.id]?.Properties['AssumeRolePolicyDocument'])
  const statements = isValueObject(trust) ? [trust['Statement'] ?? []].flat() : []
  return statements.flatMap((statement, at) => {
    if (!isValueObject(statement)) return [violation(`${role.id} trust ${at}`, 'anybody', 'cannot be read')]
    if (statement['Effect'] === 'Deny') return []
    const wrong = (because: string) => violation(`${role.id} trust ${at}`, `whoever takes the role ${role.id}`, because)
    const { Principal, Condition } = statement
    const trusted = isValueObject(Principal) ? Object.entries(Principal) : []
    const isHost = trusted.length === 1 && trusted.every(([kind, name]) => kind === 'Federated' && name === host)
    const named = [statement['Action'] ?? []].flat()
    const strange = named.filter(it => it !== 'sts:AssumeRoleWithWebIdentity' && it !== 'sts:TagSession')
    return [
      ...(isHost ? [] : [wrong(`trusts ${JSON.stringify(Principal)}, not ${host} alone`)]),
      ...(strange.length === 0 && named.length > 0 ? [] : [wrong(`allows ${JSON.stringify(strange)}`)]),
      ...(hasAudience(Condition, host, resolved) ? [] : [wrong(`does not ask that ${host}:aud is equal to this pool`)]),
      ...(hasMethod(Condition, host, role) ? [] : [wrong(`does not ask for any value of ${host}:amr`)]),
    ]
  })
}

/** Compared as equal: a pattern could take in more than one. */
function hasAudience(condition: Value | undefined, host: string, resolved: Deployed['resolved']): boolean {
  const pools = textsOf(operand(condition, 'StringEquals', `${host}:aud`))
  return pools.length > 0 && pools.every(pool => isPool(pool, resolved))
}

function isPool(value: Value, { Resources }: Deployed['resolved']): boolean {
  const origin = value instanceof Unknown ? value.origin : undefined
  return origin?.kind === 'resource' && Resources[origin.id]?.Type === 'AWS::Cognito::IdentityPool'
}

function hasMethod(condition: Value | undefined, host: string, { of }: Role): boolean {
  const wanted = of === 'guests' ? 'unauthenticated' : 'authenticated'
  return ['ForAnyValue:StringLike', 'ForAnyValue:StringEquals'].some(operator => {
    const values = textsOf(operand(condition, operator, `${host}:amr`))
    return values.length > 0 && values.every(it => it === wanted)
  })
}

function operand(condition: Value | undefined, operator: string, key: string): Value | undefined {
  const keys: Value | undefined = isValueObject(condition) ? condition[operator] : undefined
  const found: ValueObject = isValueObject(keys) ? keys : {}
  const value = found[key]
  return isValueList(value) && value.length === 0 ? undefined : value
}

function violation(statement: string, request: string, because: string): Violation {
  return { law: 1, statement, request, because }
}
