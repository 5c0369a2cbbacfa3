import type { Resolved } from '../resolve/index.ts'
import { concatenate, isValueObject, partsOf, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import type { Missing } from './decide/missing.ts'
import { type ContextValue, keyOf, type Request } from './decide/request.ts'
import { decide } from './decide/statement.ts'
import { all, any, not, type Truth } from './decide/truth.ts'
import { otherSpellings } from './identity-host.ts'
import { dependence, missingBy } from './missing-by.ts'
import { otherPool, ownPools } from './own-pools.ts'
import { documentOf } from './policies.ts'
import { hostOf } from './pools.ts'
import type { Identity, Source, Who } from './question.ts'
import type { Said } from './said.ts'
import { claimKeys, hostOfToken } from './session.ts'
import { tagsOf } from './tags.ts'

/** Whether a role's trust policy lets somebody take the role, with the statements that make it so. */
export type Assumption = {
  readonly truth: Truth
  readonly by: readonly Source[]
  /** A clause. */
  readonly because: string
  readonly missing?: Missing
}

/**
 * Whether a role's trust policy lets somebody take the role who asks AWS STS for it: what it takes of the pool, of the
 * role's own policies and of the caller's account is not in it. `said` is what the question says of the caller.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function mayAssume(resolved: Resolved, roleId: string, who: Who, said: Said = new Map()): Assumption {
  const role = resolved.Resources[roleId]
  if (role?.Type !== 'AWS::IAM::Role') return { truth: false, by: [], because: `the template makes no role ${roleId}` }
  const trust = documentOf(role.Properties['AssumeRolePolicyDocument'])
  const calls = callsOf(resolved, who)
  const [first] = calls
  if (first === undefined) {
    return { truth: 'unknown', by: [], because: 'under which host identity pools sign tokens there is not documented' }
  }
  const answers = calls.map(call => admits(resolved, roleId, trust, heard(call, said)))
  const [answer = { truth: false, by: [], because: '' }] = answers
  const isSame = answers.every(({ truth }) => truth === answer.truth)
  if (!isSame) return { ...answer, truth: 'unknown', because: 'it depends on which of the identity pools it is' }
  if (answer.truth !== true || role.condition === undefined) return answer
  return { ...answer, truth: 'unknown', because: `whether there is a role ${roleId} is not known here` }
}

/** What somebody asks AWS STS for. */
type Call = {
  readonly action: string
  readonly caller: Caller
  readonly context: Said
  readonly differs?: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether the session is to have tags. */
  readonly tagging: 'none' | 'some' | 'unknown'
  /** Hosts whose claims it may have besides its own. */
  readonly spellings?: readonly string[]
}

type Caller =
  | { readonly kind: 'Federated'; readonly name: string | Unknown }
  | { readonly kind: 'AWS'; readonly arn: string }
  /** With credentials of a role of the template. */
  | { readonly kind: 'AWS'; readonly role: string }
  | { readonly kind: 'Service'; readonly name: string }

/** One for each pool that it may be. */
function callsOf(resolved: Resolved, who: Who): readonly Call[] {
  switch (who.kind) {
    case 'identity': {
      const host = hostOf(resolved)
      if (host === undefined) return []
      const own = ownPools(resolved)
      return who.pool === 'own'
        ? own.map(pool => ofIdentity(resolved, host, pool, who, []))
        : [ofIdentity(resolved, host, otherPool, who, own)]
    }
    case 'token': {
      const prefix = typeof who.issuer === 'string' ? hostOfToken(who.issuer) : undefined
      const isSaml = prefix === 'saml' || (prefix === undefined && isOfSaml(resolved, who.issuer))
      return [
        {
          action: isSaml ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRoleWithWebIdentity',
          caller: { kind: 'Federated', name: isSaml ? who.issuer : (prefix ?? who.issuer) },
          context: contextOf(claimKeys(who)),
          tagging: 'none',
        },
      ]
    }
    case 'role':
      return [
        {
          action: 'sts:AssumeRole',
          caller: { kind: 'AWS', role: who.id },
          context: contextOf([
            ['aws:PrincipalArn', arnOf(who.id)],
            ['aws:PrincipalAccount', resolved.env.accountId],
          ]),
          tagging: 'none',
        },
      ]
    case 'principal':
      return [
        {
          action: 'sts:AssumeRole',
          caller: who.arn.startsWith('arn:') ? { kind: 'AWS', arn: who.arn } : { kind: 'Service', name: who.arn },
          context: contextOf([
            ['aws:PrincipalArn', who.arn],
            ['aws:PrincipalAccount', who.arn.split(':')[4] ?? ''],
          ]),
          tagging: 'none',
        },
      ]
  }
}

function arnOf(id: string): Unknown {
  return new Unknown({ kind: 'attribute', id, attribute: 'Arn' })
}

function isOfSaml({ Resources }: Resolved, issuer: string | Unknown): boolean {
  const origin = issuer instanceof Unknown ? issuer.origin : undefined
  return origin?.kind === 'resource' && Resources[origin.id]?.Type === 'AWS::IAM::SAMLProvider'
}

/** The call with what is said of it, where nothing else is known. */
function heard(call: Call, said: Said): Call {
  const get = (key: string): ContextValue | undefined => {
    const own = call.context.get(key)
    const isOpenList = typeof own === 'object' && !(own instanceof Unknown) && own.some(it => it instanceof Unknown)
    return isOpenList || (own === undefined && isOpen(key, call)) ? (said.get(key) ?? own) : own
  }
  return { ...call, context: { get } }
}

function ofIdentity(
  resolved: Resolved,
  host: string,
  pool: string | Unknown,
  who: Identity,
  others: readonly (string | Unknown)[],
): Call {
  const tags = tagsOf(resolved, who)
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    caller: { kind: 'Federated', name: host },
    context: contextOf([
      [`${host}:aud`, pool],
      [`${host}:sub`, who.id],
      [`${host}:amr`, methodsOf(who)],
      ...[...tags.known].map(([tag, value]) => [`aws:RequestTag/${tag}`, value] as const),
      ...(tags.known.size > 0 && tags.open.size === 0 ? [['aws:TagKeys', [...tags.known.keys()]] as const] : []),
    ]),
    differs: new Map([[keyOf(pool), new Set(others.map(keyOf))]]),
    tagging: tags.known.size > 0 ? 'some' : tags.open.size > 0 ? 'unknown' : 'none',
    spellings: otherSpellings(resolved.env),
  }
}

/**
 * How it has signed in, and by which provider; the names of providers have dots in them.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
function methodsOf({ isSignedIn, provider }: Identity): readonly (string | Unknown)[] {
  if (!isSignedIn) return ['unauthenticated']
  const part = (name: string) => new Unknown({ kind: 'pseudo', name })
  const user = concatenate([provider ?? concatenate([part('provider'), '.', part('of providers')]), part('user')])
  return ['authenticated', provider ?? user, user]
}

function contextOf(entries: readonly (readonly [string, ContextValue])[]): ReadonlyMap<string, ContextValue> {
  return new Map(entries.map(([key, value]) => [key.toLowerCase(), value]))
}

function admits(resolved: Resolved, roleId: string, trust: Value, call: Call): Assumption {
  const requestFor = (action: string): Request => ({
    action,
    resource: arnOf(roleId),
    context: call.context,
    open: { has: key => isOpen(key, call) },
    ...(call.differs === undefined ? {} : { differs: call.differs }),
  })
  const ask = (action: string) =>
    decide([trust], requestFor(action), statement => hasPrincipal(resolved, statement, call.caller))
  const answer = ask(call.action)
  const by = answer.by.map(
    ({ statement, sid }): Source => ({
      role: roleId,
      policy: 'AssumeRolePolicyDocument',
      statement,
      ...(sid === undefined ? {} : { sid }),
    }),
  )
  const truth = truthOf(answer.decision)
  if (truth === false) {
    const because =
      by.length > 0 ? `the trust policy of ${roleId} denies it` : `the role ${roleId} does not trust whoever asks`
    return { truth, by, because }
  }
  const tagged = call.tagging === 'none' ? true : truthOf(ask('sts:TagSession').decision)
  if (tagged !== true) {
    const because = `the trust policy of ${roleId} does not allow sts:TagSession, which tags of the session take`
    return { truth: call.tagging === 'unknown' ? 'unknown' : all([truth, tagged]), by, because }
  }
  if (truth === true) return { truth, by, because: `the role ${roleId} trusts whoever asks` }
  const missing = missingBy([trust], answer.by, requestFor(call.action))
  return { truth, by, because: `whether the role ${roleId} trusts whoever asks ${dependence(missing)}`, missing }
}

function truthOf(decision: 'allow' | 'deny' | 'unknown'): Truth {
  return decision === 'unknown' ? decision : decision === 'allow'
}

/**
 * What the request may have besides. A token has no claims but its own; only a plain AssumeRole has an external ID.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
function isOpen(key: string, { action, tagging, spellings = [] }: Call): boolean {
  const prefix = key.slice(0, key.indexOf(':'))
  if (spellings.includes(prefix)) return true
  if (prefix.includes('.') || prefix === 'saml') return false
  if (key === 'sts:externalid') return action === 'sts:AssumeRole'
  if (key === 'aws:tagkeys' || key.startsWith('aws:requesttag/')) return tagging === 'unknown'
  // Whoever brings a token has no credentials yet.
  return action === 'sts:AssumeRole' || !key.startsWith('aws:principal')
}

/** Does the statement's principal take in the caller? */
function hasPrincipal(resolved: Resolved, { Principal, NotPrincipal }: ValueObject, caller: Caller): Truth {
  if (Principal !== undefined) return isAmong(resolved, Principal, caller)
  return NotPrincipal === undefined ? false : not(isAmong(resolved, NotPrincipal, caller))
}

function isAmong(resolved: Resolved, principal: Value, caller: Caller): Truth {
  if (principal === '*') return true
  if (!isValueObject(principal)) return 'unknown'
  return any(
    Object.entries(principal).flatMap(([kind, names]) =>
      textsOf(names).map((name): Truth => {
        // Everybody, as a bare `*` is.
        if (name === '*' && (kind === 'AWS' || kind === caller.kind)) return true
        return kind === caller.kind && isPrincipal(resolved, name, caller)
      }),
    ),
  )
}

function isPrincipal(resolved: Resolved, name: string | Unknown, caller: Caller): Truth {
  switch (caller.kind) {
    case 'Federated':
      return isProvider(resolved, name, caller.name)
    case 'Service':
      return name instanceof Unknown ? 'unknown' : name === caller.name
    case 'AWS': {
      if ('role' in caller) return isRoleSession(resolved, name, caller.role)
      if (name instanceof Unknown) return isUnknownPrincipal(resolved, name, caller.arn)
      if (name === caller.arn) return true
      const [, , service, , account, rest = ''] = caller.arn.split(':')
      if (name === account || new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(name)) return true
      // A session is also its role.
      const role = service === 'sts' ? /^assumed-role\/([^/]+)\//.exec(rest)?.[1] : undefined
      const named = /^arn:[^:]+:iam::(\d*):role\/(?:.*\/)?([^/]+)$/.exec(name)
      return role !== undefined && named?.[1] === account && named?.[2] === role
    }
  }
}

/** A role of the template is a role of its account, and no user. */
function isUnknownPrincipal({ Resources, env }: Resolved, { origin }: Unknown, arn: string): Truth {
  const made = origin.kind === 'attribute' ? Resources[origin.id] : undefined
  if (made?.Type !== 'AWS::IAM::Role') return 'unknown'
  const [, , , , account, rest = ''] = arn.split(':')
  const isRole = /^(?:assumed-)?role\//.test(rest)
  return isRole && (typeof env.accountId !== 'string' || env.accountId === account) && 'unknown'
}

/**
 * Is it the role of the template, or its account? A name that deployment makes is that of the stack and of the role, and
 * ends in characters that nobody knows.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
 */
export function isRoleSession({ Resources, env }: Resolved, name: string | Unknown, id: string): Truth {
  const account = env.accountId
  if (name instanceof Unknown) {
    const { origin } = name
    if (origin.kind === 'attribute' && origin.attribute === 'Arn') return origin.id === id
    if (typeof account !== 'string' && keyOf(name) === keyOf(account)) return true
    const [start, middle, end, ...others] = partsOf(name)
    const isOfAccount = typeof account !== 'string' && middle !== undefined && keyOf(middle) === keyOf(account)
    if (isOfAccount && /^arn:[^:]+:iam::$/.test(String(start)) && others.length === 0) {
      if (end === ':root') return true
      return typeof end === 'string' && isNamed(Resources[id]?.Properties['RoleName'], end)
    }
    return 'unknown'
  }
  if (name === account) return true
  const [, owner, rest = ''] = /^arn:[^:]+:iam::(\d*)(:.*)$/.exec(name) ?? []
  if (owner === undefined || (typeof account === 'string' && owner !== account)) return false
  const isIt = rest === ':root' || isNamed(Resources[id]?.Properties['RoleName'], rest)
  return isIt === true && typeof account !== 'string' ? 'unknown' : isIt
}

/** Does `:role/path/name` end in the role's name? */
function isNamed(own: Value | undefined, rest: string): Truth {
  const [, name] = /^:role\/(?:.*\/)?([^/]+)$/.exec(rest) ?? []
  if (name === undefined) return false
  if (typeof own === 'string') return own === name
  return own === undefined ? /-[A-Za-z0-9]{12,13}$/.test(name) && 'unknown' : 'unknown'
}

function isProvider({ Resources }: Resolved, name: string | Unknown, caller: string | Unknown): Truth {
  if (caller instanceof Unknown) {
    if (name === '*') return true
    return name instanceof Unknown && (keyOf(name) === keyOf(caller) || 'unknown')
  }
  const isArn = caller.startsWith('arn:')
  if (typeof name === 'string') {
    if (name === '*' || name === caller) return true
    const [, host] = /^arn:[^:]*:iam::[^:]*:oidc-provider\/(.+)$/.exec(name) ?? []
    return host !== undefined && host === caller
  }
  const { origin } = name
  // An ARN is that of another provider than Amazon Cognito.
  const [start] = partsOf(name)
  if (typeof start === 'string' && start.startsWith('arn:') && isCognito(caller)) return false
  const made = origin.kind === 'resource' || origin.kind === 'attribute' ? Resources[origin.id] : undefined
  if (made?.Type === 'AWS::IAM::SAMLProvider') return isArn ? 'unknown' : false
  if (made?.Type === 'AWS::IAM::OIDCProvider') {
    const { Url } = made.Properties
    return typeof Url === 'string' ? hostOfToken(Url) === caller : isArn || isCognito(caller) ? false : 'unknown'
  }
  return 'unknown'
}

function isCognito(host: string): boolean {
  return /^cognito-identity[.-]/.test(host)
}
