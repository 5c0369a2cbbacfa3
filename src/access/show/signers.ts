import type { Resolved } from '../../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import { nameOf } from '../name-of.ts'
import { poolsOf } from '../pools.ts'

/** By what people can sign in to the identity pools of a template: providers, and app clients of user pools. */
export function signersOf(resolved: Resolved): readonly string[] {
  return poolsOf(resolved).flatMap(({ made }): readonly string[] => {
    const {
      CognitoIdentityProviders: userPools,
      SupportedLoginProviders: logins,
      OpenIdConnectProviderARNs: connect,
      SamlProviderARNs: saml,
      DeveloperProviderName: developer,
    } = made?.Properties ?? {}
    const texts = (value: Value | undefined) => (isValueList(value) ? value : []).flatMap(it => textOf(it) ?? [])
    const backend = textOf(developer)
    return [
      ...(isValueList(userPools) ? userPools : []).flatMap(it => {
        const { ClientId, ProviderName } = isValueObject(it) ? it : {}
        return `the app client ${textOf(ClientId) ?? ''} of ${textOf(ProviderName) ?? ''}`
      }),
      ...(isValueObject(logins) ? Object.keys(logins) : []),
      ...texts(connect),
      ...texts(saml),
      ...(backend === undefined ? [] : [`your own backend as ${backend}`]),
    ]
  })
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' || value instanceof Unknown ? nameOf(value) : undefined
}
