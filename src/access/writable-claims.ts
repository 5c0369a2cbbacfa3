import type { Resolved } from '../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import { poolsOf } from './pools.ts'

/**
 * What hangs on claims that users may write themselves: sentences. A user pool puts the attributes of a user into the
 * token, and lets an app's users write those that its client names under `WriteAttributes`.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function writableClaims(resolved: Resolved): readonly string[] {
  const uses = [...tagged(resolved), ...ruled(resolved)]
  const found = uses.filter(
    it => mayBeOfUserPool(it.provider) && !isOfPool.test(it.claim) && mayWrite(resolved, it.claim),
  )
  return [
    ...new Set(
      found.map(
        ({ claim, what }) =>
          `${what} the claim ${claim}, which users write themselves unless the app client's WriteAttributes leave it out.`,
      ),
    ),
  ]
}

type Use = { readonly claim: string; readonly what: string; readonly provider: Value | undefined }

/** Claims that a user pool, and no user, writes. */
const isOfPool =
  /^(?:sub|aud|iss|iat|exp|jti|origin_jti|auth_time|event_id|token_use|client_id|scope|username|identities|cognito:.*|.*_verified)$/

function tagged({ Resources }: Resolved): readonly Use[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) => {
    const { IdentityProviderName: provider, PrincipalTags } = Properties
    if (Type !== 'AWS::Cognito::IdentityPoolPrincipalTag' || !isValueObject(PrincipalTags)) return []
    return Object.entries(PrincipalTags).flatMap(([tag, claim]) =>
      typeof claim === 'string' ? [{ claim, what: `The tag ${tag} of a session is`, provider }] : [],
    )
  })
}

function ruled(resolved: Resolved): readonly Use[] {
  return poolsOf(resolved).flatMap(({ attachments }) =>
    attachments.flatMap(({ Properties: { RoleMappings } }) =>
      Object.entries(isValueObject(RoleMappings) ? RoleMappings : {}).flatMap(([key, mapping]) => {
        if (!isValueObject(mapping)) return []
        const { IdentityProvider: provider = key, RulesConfiguration } = mapping
        const rules = isValueObject(RulesConfiguration) ? RulesConfiguration['Rules'] : undefined
        return (isValueList(rules) ? rules : []).flatMap((rule): readonly Use[] => {
          const claim = isValueObject(rule) ? rule['Claim'] : undefined
          return typeof claim === 'string' ? [{ claim, what: 'Which role a user gets hangs on', provider }] : []
        })
      }),
    ),
  )
}

function mayBeOfUserPool(provider: Value | undefined): boolean {
  return typeof provider !== 'string' || provider.startsWith('cognito-idp.')
}

/** Is there an app client of the pool of which it is not known that its users cannot? */
function mayWrite(resolved: Resolved, claim: string): boolean {
  const providers = poolsOf(resolved).flatMap(({ made }) => {
    const list = made?.Properties['CognitoIdentityProviders']
    return isValueList(list) ? list : []
  })
  if (providers.length === 0) return true
  return providers.some(provider => {
    const client = isValueObject(provider) ? provider['ClientId'] : undefined
    const origin = client instanceof Unknown ? client.origin : undefined
    const made = origin?.kind === 'resource' ? resolved.Resources[origin.id] : undefined
    const written = made?.Type === 'AWS::Cognito::UserPoolClient' ? made.Properties['WriteAttributes'] : undefined
    const names = isValueList(written) ? textsOf(written) : undefined
    return names === undefined || names.some(it => it instanceof Unknown || it === claim)
  })
}
