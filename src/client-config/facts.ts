import type { Logins, UserPool } from './logins.ts'

/** What an app must know of an identity pool and of what its users reach. IDs and names, no secret. */
export type Facts = {
  /** Empty where it is not known. */
  readonly stackName: string
  readonly identityPool: { readonly id: string; readonly region: string }
  readonly allowsGuests: boolean
  /** The one that the app signs its users in with. */
  readonly userPool?: UserPool & { readonly clientId: string }
  readonly logins: Logins
  /** Absent: no bucket is known. */
  readonly uploads?: Uploads
  readonly api?: Api
  /** Rows whose partition key is the user's identity ID. */
  readonly table?: { readonly name: string; readonly region: string }
}

export type Uploads = {
  readonly bucket: string
  readonly region: string
  /** What names a user's folder under `private/`; absent where the stack does not say. */
  readonly keyedBy?: 'IdentityId' | 'UserSub'
  readonly hasProtected: boolean
  readonly hasPublic: boolean
}

export type Api = {
  /** `a1b2c3d4e5.execute-api.us-east-1.amazonaws.com` */
  readonly host: string
  readonly region: string
  /** Absent where the stack allows every stage, and none was named. */
  readonly url?: string
}

/** What keeps a configuration from being made: a clause, and the way out as an imperative sentence, without full stops. */
export type Problem = { readonly code: ProblemCode; readonly message: string; readonly help: string }

export type ProblemCode =
  | 'no-identity-pool'
  | 'several-identity-pools'
  | 'unusable-value'
  | 'unknown-client'
  | 'wrong-stage'
  | 'no-user-pool'
