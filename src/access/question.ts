import type { Unknown } from '../resolve/value.ts'
import type { Missing } from './decide/missing.ts'
import type { ContextValue } from './decide/request.ts'

/** Who asks. */
export type Who = Identity | Token | Principal | RoleSession

/** An identity of an identity pool, with the credentials that it gets there. */
export type Identity = {
  readonly kind: 'identity'
  /** Has signed in; otherwise a guest. */
  readonly isSignedIn: boolean
  /** Its ID, `us-east-1:…`. */
  readonly id: string
  /** A pool of the template, or of anybody else. */
  readonly pool: 'own' | 'other'
  /** Classic: takes a token from the pool to AWS STS by itself, and chooses the role. */
  readonly flow: 'enhanced' | 'classic'
  /** The provider by which it has signed in, as a key of `Logins`; without one it may be any. */
  readonly provider?: string
  /** What the provider's token says, by claim. Where it is not given, what follows from it is not known. */
  readonly claims?: Claims
  /** The session's tags, and no others; without them, those that the template maps from the claims. */
  readonly tags?: Readonly<Record<string, string>>
  /** The logical ID of the role of its user pool group, or that no group of it has one. */
  readonly groupRole?: string | 'none'
}

/** A token of an identity provider, taken to AWS STS. */
export type Token = {
  readonly kind: 'token'
  /**
   * The host that signed it, such as `accounts.google.com` or that of a user pool; or the ARN of a SAML provider. What
   * only deployment knows is an ARN, too.
   */
  readonly issuer: string | Unknown
  /** By the name of the claim, or of the whole condition key where the host is not known. */
  readonly claims: Readonly<Record<string, ContextValue>>
}

/** Whoever has credentials of AWS, and asks AWS STS for the role: an ARN, or the name of a service. */
export type Principal = { readonly kind: 'principal'; readonly arn: string }

/** Whoever has credentials of a role of the template, and asks AWS STS for another. */
export type RoleSession = { readonly kind: 'role'; readonly id: string }

export type Claims = Readonly<Record<string, string | readonly string[]>>

export type Question = {
  readonly who: Who
  /** `s3:GetObject` */
  readonly action: string
  /** An ARN, or `*` for an action that has no resources. */
  readonly resource: string | Unknown
  /** Condition keys of the request, such as `s3:prefix`. What it leaves out is as `context.ts` has it. */
  readonly context?: Readonly<Record<string, ContextValue>>
}

export type Verdict = {
  readonly decision: 'allow' | 'deny' | 'unknown'
  /** The logical ID of the role that it is about. */
  readonly role?: string
  /** The statements that made it so; none where nothing allows it. */
  readonly by: readonly Source[]
  /** A clause, without a full stop: `the statement PrivateObjects allows it`. */
  readonly because: string
  /** Of what is not known: what could be said, and might settle it. */
  readonly missing?: Missing
  /** The roles of the template that are taken first, one with the other's credentials, if it is not by the first alone. */
  readonly through?: readonly string[]
  /** What others may add to it or take away: policies of buckets, keys, APIs. Sentences. */
  readonly notes: readonly string[]
}

/** A statement. */
export type Source = {
  readonly role: string
  /** The `PolicyName`, the logical ID of a policy that stands by itself, or `AssumeRolePolicyDocument`. */
  readonly policy: string
  /** Its position, from 0. */
  readonly statement: number
  readonly sid?: string
}
