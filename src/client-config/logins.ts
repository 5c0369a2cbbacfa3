import { identityHost } from '../access/identity-host.ts'
import type { DescribedPool } from '../live/snapshot.ts'

/** Who can vouch for a user, and under which key a client has the token of each in `Logins`. */
export type Logins = {
  readonly userPools: readonly UserPool[]
  readonly others: readonly OtherProvider[]
  readonly developer?: { readonly name: string; readonly key: string }
}

export type UserPool = {
  readonly id: string
  readonly region: string
  /** Its key: `cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e`. */
  readonly key: string
  readonly clientIds: readonly string[]
}

export type OtherProvider = {
  /** For people and for names in code: `facebook`, `login.example.com`. */
  readonly name: string
  readonly key: string
  readonly token: 'access token' | 'ID token' | 'SAML response'
  /** Of the app, at the provider. */
  readonly appId?: string
}

/**
 * The keys of providers that identity pools know by a host of their own.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetId.html, `Logins`
 * https://docs.aws.amazon.com/cognito/latest/developerguide/external-identity-providers.html, which token each takes
 */
export const social = {
  'graph.facebook.com': { name: 'facebook', parameter: 'FacebookAppId', token: 'access token' },
  'accounts.google.com': { name: 'google', parameter: 'GoogleClientId', token: 'ID token' },
  'www.amazon.com': { name: 'amazon', parameter: 'AmazonAppId', token: 'access token' },
  'appleid.apple.com': { name: 'apple', parameter: 'AppleServicesId', token: 'ID token' },
} as const

/** From the template's parameters; `said` gives the value of one, undefined where it is empty. */
export function loginsSaid(said: (name: string) => string | undefined, region: string, dnsSuffix: string): Logins {
  const userPoolId = said('UserPoolId')
  const clients = [said('UserPoolClientId'), said('UserPoolClientId2'), said('UserPoolClientId3')]
  const clientIds = clients.filter(it => it !== undefined)
  const poolRegion = userPoolId?.split('_')[0] ?? ''
  const userPools =
    userPoolId === undefined
      ? []
      : [
          {
            ...{ id: userPoolId, region: poolRegion, clientIds },
            key: said('LoginProviderName') ?? `cognito-idp.${poolRegion}.${dnsSuffix}/${userPoolId}`,
          },
        ]
  const socials = Object.entries(social).flatMap(([key, { name, parameter, token }]) => {
    const appId = said(parameter)
    return appId === undefined ? [] : [{ name, key, token, appId }]
  })
  const arns = (name: string) => said(name)?.split(',') ?? []
  return {
    userPools,
    others: [...socials, ...federated(arns('OpenIdConnectProviderArns'), arns('SamlProviderArns'))],
    ...developer(said('DeveloperProviderName'), region),
  }
}

/** From the pool itself. */
export function loginsOf(pool: DescribedPool, region: string): Logins {
  const userPools = new Map<string, UserPool>()
  for (const { ProviderName, ClientId } of pool.CognitoIdentityProviders ?? []) {
    const [, id, poolRegion] = /^cognito-idp\.[^/]+\/(([^_/]+)_[^/]+)$/.exec(ProviderName ?? '') ?? []
    if (ProviderName === undefined || id === undefined || poolRegion === undefined) continue
    const clientIds = [...(userPools.get(id)?.clientIds ?? []), ...(ClientId === undefined ? [] : [ClientId])]
    userPools.set(id, { id, region: poolRegion, key: ProviderName, clientIds })
  }
  const socials = Object.entries(pool.SupportedLoginProviders ?? {}).flatMap(([key, appId]): OtherProvider[] => {
    const known = Object.entries(social).find(([host]) => host === key)?.[1]
    // what there was of Twitter and Digits has a secret for its app's ID
    return known === undefined ? [] : [{ name: known.name, key, token: known.token, appId }]
  })
  return {
    userPools: [...userPools.values()],
    others: [...socials, ...federated(pool.OpenIdConnectProviderARNs ?? [], pool.SamlProviderARNs ?? [])],
    ...developer(pool.DeveloperProviderName, region),
  }
}

/** Of OpenID Connect the key is the issuer without its scheme, which the ARN ends in; of SAML the ARN itself. */
function federated(oidc: readonly string[], saml: readonly string[]): readonly OtherProvider[] {
  return [
    ...oidc.map(arn => {
      const key = arn.slice(arn.indexOf(':oidc-provider/') + ':oidc-provider/'.length)
      return { name: key, key, token: 'ID token' } as const
    }),
    ...saml.map(arn => ({ name: arn.slice(arn.indexOf('/') + 1), key: arn, token: 'SAML response' }) as const),
  ]
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/developer-authenticated-identities.html */
function developer(name: string | undefined, region: string): Pick<Logins, 'developer'> {
  const key = identityHost({ region })
  return name === undefined || key === undefined ? {} : { developer: { name, key } }
}
