import { AWS, type Intrinsic, type Parameter, Ref, Select, Split, Sub } from 'poolform'

/**
 * The user pool as an identity pool knows it, which is also the key of a client's `Logins`.
 * Its region stands in its ID, and need not be the stack's.
 */
export function userPoolProviderName(UserPoolId: Parameter<string>): Intrinsic<string> {
  return Sub`cognito-idp.${{ PoolRegion: poolRegion(UserPoolId) }}.${AWS.URLSuffix}/${UserPoolId}`
}

/** The provider as a role mapping names it: with the app client. */
export function userPoolClientProviderName(
  UserPoolId: Parameter<string>,
  UserPoolClientId: Parameter<string>,
): Intrinsic<string> {
  const PoolRegion = poolRegion(UserPoolId)
  return Sub`cognito-idp.${{ PoolRegion }}.${AWS.URLSuffix}/${UserPoolId}:${UserPoolClientId}`
}

function poolRegion(UserPoolId: Parameter<string>): Intrinsic<string> {
  return Select(0, Split('_', Ref(UserPoolId)))
}

/** `ServerSideTokenCheck`: a user who was signed out everywhere, or deleted, gets no new credentials. */
export function userPoolProvider(UserPoolId: Parameter<string>, UserPoolClientId: Parameter<string>) {
  return {
    ClientId: Ref(UserPoolClientId),
    ProviderName: userPoolProviderName(UserPoolId),
    ServerSideTokenCheck: true,
  } as const
}
