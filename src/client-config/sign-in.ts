import { isRecord } from '../document.ts'

/** What a user pool and an app client of it ask of sign-up and sign-in. What AWS has not told is absent. */
export type SignIn = {
  readonly passwordPolicy?: {
    readonly minLength: number
    readonly requireLowercase: boolean
    readonly requireNumbers: boolean
    readonly requireSymbols: boolean
    readonly requireUppercase: boolean
  }
  /** Absent: users sign in with a username. */
  readonly usernameAttributes?: readonly Contact[]
  readonly verificationTypes?: readonly Contact[]
  readonly requiredAttributes?: readonly StandardAttribute[]
  readonly mfa?: 'NONE' | 'OPTIONAL' | 'REQUIRED'
  readonly oauth?: OAuth
  /** Clauses about the app client, for who wants to use it. */
  readonly warnings: readonly string[]
}

export type Contact = 'email' | 'phone_number'

export type OAuth = {
  readonly providers: readonly ('GOOGLE' | 'FACEBOOK' | 'LOGIN_WITH_AMAZON' | 'SIGN_IN_WITH_APPLE')[]
  readonly domain: string
  readonly scopes: readonly string[]
  readonly signInUris: readonly string[]
  readonly signOutUris: readonly string[]
  readonly responseType: 'code' | 'token'
}

const contacts = ['email', 'phone_number'] as const

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
const standardAttributes = [
  ...(['address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name'] as const),
  ...(['name', 'nickname', 'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at'] as const),
  ...(['website', 'zoneinfo'] as const),
] as const

export type StandardAttribute = (typeof standardAttributes)[number]

/**
 * From the members `UserPool` of `DescribeUserPool` and `UserPoolClient` of `DescribeUserPoolClient`, which nobody has
 * looked at yet; undefined: not known.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
export function signInOf(userPool: unknown, client: unknown): SignIn {
  const pool = fields(userPool)
  const usernames = known(pool['UsernameAttributes'], contacts)
  const verified = known(pool['AutoVerifiedAttributes'], contacts)
  const required = list(pool['SchemaAttributes']).flatMap(one => {
    const { Name, Required } = fields(one)
    return Required === true ? standardAttributes.filter(it => it === Name) : []
  })
  const mfa = typeof pool['MfaConfiguration'] === 'string' ? pool['MfaConfiguration'] : ''
  return {
    ...passwordPolicyOf(fields(fields(pool['Policies'])['PasswordPolicy'])),
    ...(usernames.length === 0 ? {} : { usernameAttributes: usernames }),
    ...(verified.length === 0 ? {} : { verificationTypes: verified }),
    ...(required.length === 0 ? {} : { requiredAttributes: required }),
    ...(mfa === 'OFF' ? { mfa: 'NONE' } : mfa === 'ON' ? { mfa: 'REQUIRED' } : mfa === 'OPTIONAL' ? { mfa } : {}),
    ...oauthOf(pool, fields(client)),
    warnings: [...warningsOf(fields(client)), ...managedLoginWarnings(pool, fields(client))],
  }
}

function passwordPolicyOf(policy: Fields): Pick<SignIn, 'passwordPolicy'> {
  const minLength = policy['MinimumLength']
  const rules = ['RequireLowercase', 'RequireNumbers', 'RequireSymbols', 'RequireUppercase'].map(name => policy[name])
  const [requireLowercase, requireNumbers, requireSymbols, requireUppercase] = rules
  if (
    typeof minLength !== 'number' ||
    typeof requireLowercase !== 'boolean' ||
    typeof requireNumbers !== 'boolean' ||
    typeof requireSymbols !== 'boolean' ||
    typeof requireUppercase !== 'boolean'
  ) {
    return {}
  }
  return { passwordPolicy: { minLength, requireLowercase, requireNumbers, requireSymbols, requireUppercase } }
}

/** By the names that clients have identity providers by. */
const providers = {
  Google: 'GOOGLE',
  Facebook: 'FACEBOOK',
  LoginWithAmazon: 'LOGIN_WITH_AMAZON',
  SignInWithApple: 'SIGN_IN_WITH_APPLE',
} as const

/** Whole or not at all: libraries take no half of it. */
function oauthOf(pool: Fields, client: Fields): Pick<SignIn, 'oauth'> {
  const domain = domainOf(pool)
  const signInUris = texts(client['CallbackURLs'])
  const signOutUris = texts(client['LogoutURLs'])
  const flows = texts(client['AllowedOAuthFlows'])
  const responseType = flows.includes('code') ? 'code' : flows.includes('implicit') ? 'token' : undefined
  const isOn = client['AllowedOAuthFlowsUserPoolClient'] === true
  if (!isOn || domain === undefined || responseType === undefined) return {}
  if (signInUris.length === 0 || signOutUris.length === 0) return {}
  const named = texts(client['SupportedIdentityProviders'])
  return {
    oauth: {
      providers: Object.entries(providers).flatMap(([name, it]) => (named.includes(name) ? [it] : [])),
      ...{ domain, scopes: texts(client['AllowedOAuthScopes']), signInUris, signOutUris, responseType },
    },
  }
}

/** Why managed login is left out, where there is one. */
function managedLoginWarnings(pool: Fields, client: Fields): readonly string[] {
  const { Domain, CustomDomain, Id } = pool
  const hasDomain = [Domain, CustomDomain].some(it => typeof it === 'string' && it !== '')
  const isOn = client['AllowedOAuthFlowsUserPoolClient'] === true
  if (!isOn || !hasDomain || oauthOf(pool, client).oauth !== undefined) return []
  const lacking = ['CallbackURLs', 'LogoutURLs', 'AllowedOAuthFlows'].filter(it => texts(client[it]).length === 0)
  const why =
    domainOf(pool) === undefined
      ? `the host of its domain ${Domain} is not known where ${Id} is: give it a domain of your own`
      : lacking.length > 0
        ? `the app client ${client['ClientId']} has no ${lacking.join(', ')}`
        : 'the app client allows neither the flow code nor implicit'
  return [`managed login is left out: ${why}`]
}

/**
 * A prefix domain's host is known in the commercial regions; elsewhere only a domain of one's own is whole.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
 */
function domainOf(pool: Fields): string | undefined {
  const { CustomDomain, Domain, Id } = pool
  if (typeof CustomDomain === 'string' && CustomDomain !== '') return CustomDomain
  const region = typeof Id === 'string' ? (Id.split('_')[0] ?? '') : ''
  if (typeof Domain !== 'string' || Domain === '' || !/^[a-z]{2}-[a-z]+-\d+$/.test(region)) return undefined
  return region.startsWith('cn-') ? undefined : `${Domain}.auth.${region}.amazoncognito.com`
}

/** https://repost.aws/knowledge-center/cognito-unable-to-verify-secret-hash, of what sign-in without its hash comes to */
function warningsOf(client: Fields): readonly string[] {
  const { ClientId, ClientSecret, HasSecret, ExplicitAuthFlows } = client
  const hasSecret = HasSecret === true || (typeof ClientSecret === 'string' && ClientSecret !== '')
  const flows = texts(ExplicitAuthFlows)
  const isWithoutSrp = flows.length > 0 && !flows.some(it => /USER_SRP_AUTH|USER_AUTH$/.test(it))
  return [
    ...(hasSecret
      ? [
          `the app client ${ClientId} has a secret, which an app cannot keep, and Amplify does not send: make one without`,
        ]
      : []),
    ...(isWithoutSrp
      ? [
          `the app client ${ClientId} does not allow ALLOW_USER_SRP_AUTH, by which Amplify signs users in unless told otherwise`,
        ]
      : []),
  ]
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (isRecord(value) ? value : {})

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const texts = (value: unknown): readonly string[] => list(value).filter(it => typeof it === 'string')

/** In the order of `all`. */
const known = <T extends string>(value: unknown, all: readonly T[]): readonly T[] =>
  all.filter(one => list(value).includes(one))
