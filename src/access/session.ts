import type { Resolved } from '../resolve/index.ts'
import { Unknown } from '../resolve/value.ts'
import { derived, isAbsent } from './context.ts'
import { type ContextValue, keyOf, type Request } from './decide/request.ts'
import { otherSpellings } from './identity-host.ts'
import { otherPool, ownPools } from './own-pools.ts'
import { hostOf } from './pools.ts'
import type { Question, Token, Who } from './question.ts'
import { roleTags, tagsOf } from './tags.ts'

/** What IAM knows of a session, whatever it asks for. */
export type Session = {
  readonly context: ReadonlyMap<string, ContextValue>
  /** Is it unknown whether the session has a key that it is not told to have? */
  readonly isOpen: (key: string) => boolean
  readonly differs: ReadonlyMap<string, ReadonlySet<string>>
}

/** A request as IAM sees it: what the question says, what the session says, and what follows of them. */
export function requestOf(session: Session, { action, resource, context }: Question): Request {
  const given = new Map(Object.entries(context ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    action,
    resource,
    context: { get: key => given.get(key) ?? session.context.get(key) ?? derived(key, resource) },
    open: { has: session.isOpen },
    differs: session.differs,
  }
}

/**
 * The session of somebody who has taken a role. Of a token, AWS STS hands on the audience and the subject.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function sessionOf(resolved: Resolved, roleId: string, who: Who): Session {
  const { accountId } = resolved.env
  const context = new Map<string, ContextValue>([
    ['aws:principalarn', new Unknown({ kind: 'attribute', id: roleId, attribute: 'Arn' })],
    ['aws:principalaccount', accountId],
  ])
  for (const [tag, value] of roleTags(resolved.Resources[roleId])) context.set(tagKey(tag), value)
  switch (who.kind) {
    case 'identity': {
      const host = hostOf(resolved)
      const spellings = otherSpellings(resolved.env)
      const pools = ownPools(resolved)
      const [pool] = pools
      if (host !== undefined) {
        context.set(`${host}:sub`, who.id)
        if (who.pool === 'other') context.set(`${host}:aud`, otherPool)
        else if (pool !== undefined && pools.length === 1) context.set(`${host}:aud`, pool)
        context.set('aws:federatedprovider', host)
      }
      const tags = tagsOf(resolved, who)
      for (const [tag, value] of tags.known) context.set(tagKey(tag), value)
      const open = new Set([...tags.open].map(tagKey))
      for (const key of open) context.delete(key)
      return {
        context,
        differs: new Map([[keyOf(otherPool), new Set(pools.map(keyOf))]]),
        isOpen: key => {
          if (key.startsWith('aws:principaltag/')) return tags.mayHaveOthers || open.has(key)
          // Another provider's token is no part of it; of its own, how it has signed in may be.
          if (host !== undefined && isClaim(key)) return [host, ...spellings].some(it => key.startsWith(`${it}:`))
          return !isAbsent(key)
        },
      }
    }
    case 'token': {
      for (const [key, value] of claimKeys(who)) {
        if (handedOn.includes(key.slice(key.lastIndexOf(':') + 1))) context.set(key, value)
      }
      return { context, differs: new Map(), isOpen: key => !isAbsent(key) || key.startsWith('saml:') }
    }
    case 'principal':
    case 'role':
      return { context, differs: new Map(), isOpen: key => !isClaim(key) && !isAbsent(key) }
  }
}

const handedOn: readonly string[] = ['aud', 'sub', 'app_id', 'user_id', 'id']

/** What a token says, by condition key in lower case. */
export function claimKeys({ issuer, claims }: Token): readonly (readonly [key: string, value: ContextValue])[] {
  const prefix = typeof issuer === 'string' ? `${hostOfToken(issuer)}:` : ''
  return Object.entries(claims).map(([claim, value]) => [`${prefix}${claim}`.toLowerCase(), value])
}

export function hostOfToken(issuer: string): string {
  if (/^arn:[^:]*:iam::[^:]*:saml-provider\//.test(issuer)) return 'saml'
  return issuer
    .replace(/^https?:\/\//, '')
    .replace(/^arn:[^:]*:iam::[^:]*:oidc-provider\//, '')
    .replace(/\/$/, '')
}

/** Does the key begin with the host of an identity provider? The prefixes of services have no dots. */
function isClaim(key: string): boolean {
  return key.slice(0, key.indexOf(':')).includes('.')
}

function tagKey(tag: string): string {
  return `aws:principaltag/${tag.toLowerCase()}`
}
