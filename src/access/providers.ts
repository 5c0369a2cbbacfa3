import type { Resolved } from '../resolve/index.ts'
import { concatenate, isValueObject, partsOf, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import type { ContextValue } from './decide/request.ts'
import { hasAction } from './decide/statement.ts'
import { nameOf } from './name-of.ts'
import { documentOf, statementsIn } from './policies.ts'
import type { Token } from './question.ts'
import { claimKeys, hostOfToken } from './session.ts'
import { rolesIn } from './ways.ts'

/** An identity provider whose tokens roles take without an identity pool. */
export type Provider = {
  /** `accounts.google.com`; where roles ask for different tokens of it, with what they say. */
  readonly name: string
  /** A token that says what the roles ask for. */
  readonly token: Token
  /** The same provider's token for somebody else's app, where it has others: only the claim tells them apart. */
  readonly stranger: Token | undefined
}

/**
 * The providers, other than identity pools, that trust policies name, with what these ask of their tokens.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
 */
export function trustedProviders(resolved: Resolved): readonly Provider[] {
  const statements = rolesIn(resolved).flatMap(id => trustStatements(resolved, id))
  const asked = new Map<string, Issuer & { readonly claims: Token['claims'] }>()
  for (const statement of statements) {
    for (const { issuer, isRegistered } of issuersIn(resolved, statement)) {
      const prefix = typeof issuer === 'string' ? `${hostOfToken(issuer)}:` : ''
      const claims = Object.fromEntries(claimsIn(statement['Condition'], prefix))
      asked.set(JSON.stringify([issuer, claims]), { issuer, isRegistered, claims })
    }
  }
  const names = [...asked.values()].map(({ issuer }) => nameOfIssuer(issuer))
  return [...asked.values()].map(({ issuer, isRegistered, claims }, at) => {
    const name = names[at] ?? ''
    const token: Token = { kind: 'token', issuer, claims: { ...usualClaims(issuer), ...claims } }
    const claim = Object.hasOwn(shared, name) ? shared[name] : undefined
    const isTold = claim === undefined || (isRegistered && claim !== 'sub')
    const stranger = isTold ? undefined : { ...token, claims: { ...token.claims, [claim]: 'somebody-else' } }
    const isOneOfSeveral = names.filter(it => it === name).length > 1
    return { name: isOneOfSeveral ? `${name} with ${claimText(claims)}` : name, token, stranger }
  })
}

/** `aud example and sub repo:example/x` */
function claimText(claims: Token['claims']): string {
  const said = Object.entries(claims).map(([claim, value]) => {
    const values = typeof value === 'string' || value instanceof Unknown ? [value] : value
    return `${claim} ${values.map(nameOf).join(' and ')}`
  })
  return said.length === 0 ? 'any claims' : said.join(' and ')
}

/** The token of another user of the same app. */
export function anotherUsers(token: Token): Token {
  const subjects = claimKeys(token).filter(([key]) => key.endsWith(':sub'))
  return subjects.length === 0 ? token : { ...token, claims: { ...token.claims, sub: 'another-user' } }
}

function trustStatements({ Resources }: Resolved, id: string): readonly ValueObject[] {
  const trust = documentOf(Resources[id]?.Properties['AssumeRolePolicyDocument'])
  return statementsIn(trust)
    .filter(isValueObject)
    .filter(statement => {
      const names = ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML']
      const request = { resource: '*', context: new Map() }
      return (
        statement['Effect'] === 'Allow' && names.some(action => hasAction(statement, { action, ...request }) !== false)
      )
    })
}

/** With whether the account has registered it: those that AWS knows by themselves are named by their hosts. */
type Issuer = { readonly issuer: string | Unknown; readonly isRegistered: boolean }

/** Identity pools are none: the people of the table come by them. */
function issuersIn(resolved: Resolved, { Principal }: ValueObject): readonly Issuer[] {
  const named = isValueObject(Principal) ? textsOf(Principal['Federated']) : []
  return named.flatMap(name => {
    const issuer = issuerOf(resolved, name)
    if (issuer === '*' || (typeof issuer === 'string' && /^cognito-identity[.-]/.test(issuer))) return []
    return [{ issuer, isRegistered: issuer !== name || name instanceof Unknown || name.startsWith('arn:') }]
  })
}

/** The ARN of a provider of OpenID Connect ends in its host, also where the account is not known. */
function issuerOf({ Resources }: Resolved, name: string | Unknown): string | Unknown {
  const parts = partsOf(name)
  const end = parts.at(-1)
  const [, host] = /:oidc-provider\/(.+)$/.exec(typeof end === 'string' ? end : '') ?? []
  if (host !== undefined) return host
  if (!(name instanceof Unknown)) return name
  const { origin } = name
  const made = origin.kind === 'resource' || origin.kind === 'attribute' ? Resources[origin.id] : undefined
  const url = made?.Type === 'AWS::IAM::OIDCProvider' ? made.Properties['Url'] : undefined
  return typeof url === 'string' ? hostOfToken(url) : name
}

function nameOfIssuer(issuer: string | Unknown): string {
  const name = nameOf(issuer)
  return /:saml-provider\/(.+)$/.exec(name)?.[1] ?? name
}

function usualClaims(issuer: string | Unknown): Token['claims'] {
  return typeof issuer === 'string' ? { aud: 'example', sub: 'user' } : {}
}

/** What operators of equality want of the token, the first of what they offer; wildcards as letters. */
function claimsIn(
  condition: Value | undefined,
  prefix: string,
): readonly (readonly [claim: string, value: ContextValue])[] {
  const lines = Object.entries(isValueObject(condition) ? condition : {})
  return lines.flatMap(([operator, keys]) => {
    const [, set, isLike] =
      /^(?:(ForAnyValue|ForAllValues):)?String(?:Equals(?:IgnoreCase)?|(Like))(?:IfExists)?$/.exec(operator) ?? []
    if (isLike === undefined && !/String(?:Equals|Like)/.test(operator)) return []
    return Object.entries(isValueObject(keys) ? keys : {}).flatMap(([key, values]) => {
      const [wanted] = textsOf(values)
      const isClaim = prefix === '' ? /[.].*:|^saml:/i.test(key) : key.toLowerCase().startsWith(prefix.toLowerCase())
      if (wanted === undefined || !isClaim || operator.includes('Not')) return []
      const value = isLike === undefined ? wanted : withoutWildcards(wanted)
      return [[key.toLowerCase().slice(prefix.length), set === undefined ? value : [value]] as const]
    })
  })
}

function withoutWildcards(text: string | Unknown): string | Unknown {
  return concatenate(partsOf(text).map(it => (typeof it === 'string' ? it.replaceAll(/[*?]/g, 'x') : it)))
}

/**
 * Providers that sign tokens for the apps of everybody, and the claim that says whose it is. Of a provider that the account
 * has registered, AWS STS takes only the audiences that it is registered with.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
const shared: Readonly<Record<string, string>> = {
  'accounts.google.com': 'aud',
  'agent.buildkite.com': 'sub',
  'app.terraform.io': 'sub',
  'gitlab.com': 'sub',
  'graph.facebook.com': 'app_id',
  'oidc.codefresh.io': 'sub',
  'scalr.io': 'sub',
  'token.actions.githubusercontent.com': 'sub',
  'www.amazon.com': 'app_id',
}
