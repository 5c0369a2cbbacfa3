import type { JsonObject } from '../document.ts'
import type { Facts, Problem } from './facts.ts'
import type { OAuth, SignIn } from './sign-in.ts'

/** The name that a REST API has in a configuration. */
export const apiName = 'api'

/**
 * `amplify_outputs.json`, version 1, which all libraries of Amplify read: what they do not know of a user pool may be
 * left out, but not the user pool.
 * https://docs.amplify.aws/react/reference/amplify_outputs/
 * https://github.com/aws-amplify/amplify-backend/blob/main/packages/client-config/src/client-config-schema/schema_v1.json
 */
export function amplifyOutputs(facts: Facts, signIn: SignIn, withApi: boolean): JsonObject | undefined {
  const { identityPool, userPool, allowsGuests, uploads, api } = facts
  if (userPool === undefined) return undefined
  const { passwordPolicy, usernameAttributes, verificationTypes, requiredAttributes, mfa, oauth } = signIn
  return {
    version: '1',
    auth: {
      aws_region: userPool.region,
      user_pool_id: userPool.id,
      user_pool_client_id: userPool.clientId,
      identity_pool_id: identityPool.id,
      // what is left out is yes to some of them
      unauthenticated_identities_enabled: allowsGuests,
      ...(usernameAttributes === undefined ? {} : { username_attributes: usernameAttributes }),
      ...(requiredAttributes === undefined ? {} : { standard_required_attributes: requiredAttributes }),
      ...(verificationTypes === undefined ? {} : { user_verification_types: verificationTypes }),
      ...(mfa === undefined ? {} : { mfa_configuration: mfa }),
      ...(passwordPolicy === undefined
        ? {}
        : {
            password_policy: {
              min_length: passwordPolicy.minLength,
              require_lowercase: passwordPolicy.requireLowercase,
              require_numbers: passwordPolicy.requireNumbers,
              require_symbols: passwordPolicy.requireSymbols,
              require_uppercase: passwordPolicy.requireUppercase,
            },
          }),
      ...(oauth === undefined ? {} : { oauth: outputsOAuth(oauth) }),
    },
    ...(uploads === undefined ? {} : { storage: { aws_region: uploads.region, bucket_name: uploads.bucket } }),
    // https://docs.amplify.aws/react/build-a-backend/add-aws-services/rest-api/set-up-rest-api/
    ...(!withApi || api?.url === undefined
      ? {}
      : { custom: { API: { [apiName]: { endpoint: api.url, region: api.region, apiName } } } }),
  }
}

const outputsOAuth = (oauth: OAuth): JsonObject => ({
  identity_providers: oauth.providers,
  domain: oauth.domain,
  scopes: oauth.scopes,
  redirect_sign_in_uri: oauth.signInUris,
  redirect_sign_out_uri: oauth.signOutUris,
  response_type: oauth.responseType,
})

export const withoutUserPool: Problem = {
  code: 'no-user-pool',
  message: 'amplify_outputs.json has no place for an identity pool without a user pool',
  help: 'Give --format amplify-js, which has, or sdk-js',
}

/**
 * What `Amplify.configure` of Amplify JavaScript v6 takes: its `ResourcesConfig`.
 * https://docs.amplify.aws/react/frontend/connect-to-existing-resources/
 */
export function resourcesConfig(facts: Facts, signIn: SignIn): JsonObject {
  const { identityPool, userPool, allowsGuests, uploads, api } = facts
  return {
    Auth: {
      Cognito: {
        ...(userPool === undefined ? {} : { userPoolId: userPool.id, userPoolClientId: userPool.clientId }),
        identityPoolId: identityPool.id,
        allowGuestAccess: allowsGuests,
        ...(userPool === undefined ? {} : signInConfig(signIn)),
      },
    },
    ...(uploads === undefined ? {} : { Storage: { S3: { bucket: uploads.bucket, region: uploads.region } } }),
    ...(api?.url === undefined ? {} : { API: { REST: { [apiName]: { endpoint: api.url, region: api.region } } } }),
  }
}

function signInConfig({ passwordPolicy, usernameAttributes, requiredAttributes, mfa, oauth }: SignIn): JsonObject {
  const loginWith = {
    ...(oauth === undefined ? {} : { oauth: configOAuth(oauth) }),
    ...(usernameAttributes === undefined
      ? {}
      : {
          email: usernameAttributes.includes('email'),
          phone: usernameAttributes.includes('phone_number'),
          username: false,
        }),
  }
  return {
    ...(Object.keys(loginWith).length === 0 ? {} : { loginWith }),
    ...(requiredAttributes === undefined
      ? {}
      : { userAttributes: Object.fromEntries(requiredAttributes.map(name => [name, { required: true }])) }),
    ...(mfa === undefined ? {} : { mfa: { status: mfaStatus[mfa] } }),
    ...(passwordPolicy === undefined
      ? {}
      : {
          passwordFormat: {
            minLength: passwordPolicy.minLength,
            requireLowercase: passwordPolicy.requireLowercase,
            requireNumbers: passwordPolicy.requireNumbers,
            requireSpecialCharacters: passwordPolicy.requireSymbols,
            requireUppercase: passwordPolicy.requireUppercase,
          },
        }),
  }
}

const mfaStatus = { NONE: 'off', OPTIONAL: 'optional', REQUIRED: 'on' } as const

const configOAuth = (oauth: OAuth): JsonObject => ({
  domain: oauth.domain,
  scopes: oauth.scopes,
  redirectSignIn: oauth.signInUris,
  redirectSignOut: oauth.signOutUris,
  responseType: oauth.responseType,
  providers: oauth.providers.map(it => providerNames[it]),
})

const providerNames = {
  GOOGLE: 'Google',
  FACEBOOK: 'Facebook',
  LOGIN_WITH_AMAZON: 'Amazon',
  SIGN_IN_WITH_APPLE: 'Apple',
} as const

/**
 * `amplifyconfiguration.json`, the format of Amplify's first generation, which Amplify Swift and Android v2 read too: it
 * has identity pools without a user pool, and regions of their own for both.
 * https://docs.amplify.aws/gen1/swift/start/project-setup/use-existing-resources/
 * https://docs.amplify.aws/gen1/android/build-a-backend/auth/existing-resources/
 */
export function mobileConfiguration({ identityPool, userPool, uploads }: Facts): JsonObject {
  const auth = {
    CredentialsProvider: { CognitoIdentity: { Default: { PoolId: identityPool.id, Region: identityPool.region } } },
    ...(userPool === undefined
      ? {}
      : {
          CognitoUserPool: {
            Default: { PoolId: userPool.id, AppClientId: userPool.clientId, Region: userPool.region },
          },
          Auth: { Default: { authenticationFlowType: 'USER_SRP_AUTH' } },
        }),
  }
  return {
    auth: { plugins: { awsCognitoAuthPlugin: auth } },
    ...(uploads === undefined
      ? {}
      : { storage: { plugins: { awsS3StoragePlugin: { bucket: uploads.bucket, region: uploads.region } } } }),
  }
}
