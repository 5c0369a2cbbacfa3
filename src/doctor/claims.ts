import { userPoolIn } from '../live/around.ts'
import { told, type UserPool } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { mendBy } from './mend.ts'
import { providerIn, type Standing } from './standing.ts'

/**
 * The attributes that an app client lets users write where it does not say which: all of OpenID Connect's, no custom one.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
const standard = [
  ...['address', 'birthdate', 'email', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name'],
  ...['nickname', 'phone_number', 'picture', 'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo'],
]

/** Of the claims that decide: by rules about roles, or as tags of sessions. */
export function claimFindings(standing: Standing): readonly Draft[] {
  return [...inRules(standing), ...asTags(standing)]
}

function inRules(standing: Standing): readonly Draft[] {
  return Object.entries(standing.poolRoles?.RoleMappings ?? {}).flatMap(([key, { RulesConfiguration }]) => {
    const claims = [...new Set((RulesConfiguration?.Rules ?? []).map(it => it.Claim))]
    return claims.flatMap(claim =>
      writersOf(standing, providerIn(key), claim).map(writer => {
        const rule = (RulesConfiguration?.Rules ?? []).findIndex(it => it.Claim === claim) + 1
        return finding('claim-written-by-user', {
          what: `Rule ${rule} of ${key} chooses the role by the claim ${claim}, which users can write ${writer.how} by the app client ${writer.clientId}.`,
          where: { provider: key, rule },
          mend: mendOf(writer, claim, 'Map roles by cognito:groups instead, which no user can write'),
        })
      }),
    )
  })
}

function asTags(standing: Standing): readonly Draft[] {
  return standing.snapshot.principalTags.flatMap(({ provider, answer }) => {
    const tags = Object.entries(told(answer)?.PrincipalTags ?? {})
    return tags.flatMap(([tag, claim]) =>
      writersOf(standing, provider, claim).map(writer =>
        finding('claim-written-by-user', {
          what: `The claim ${claim} becomes the principal tag ${tag}, and users can write it ${writer.how} by the app client ${writer.clientId}.`,
          where: { provider },
          mend: mendOf(writer, claim, 'Make the tag of a claim that users cannot write, such as sub'),
        }),
      ),
    )
  })
}

type Writer = {
  readonly userPoolId: string
  readonly clientId: string
  readonly region: string
  readonly writable: readonly string[]
  /** `at any time`; of what cannot be changed, once. */
  readonly how: 'at any time' | 'when they sign up'
}

/** The first of the app clients that let users write the attribute that the claim is made of. */
function writersOf({ snapshot }: Standing, provider: string, claim: string): readonly Writer[] {
  const userPool = userPoolIn(provider)
  if (userPool === undefined) return []
  const pool = snapshot.userPools.find(it => it.id === userPool.id)
  const how = pool === undefined ? 'at any time' : writing(told(pool.answer), claim)
  if (how === 'never') return []
  const writers = snapshot.clients.flatMap(({ userPoolId, clientId, answer }): readonly Writer[] => {
    const client = told(answer)
    if (userPoolId !== userPool.id || client === undefined) return []
    const writable = client.WriteAttributes ?? standard
    return writable.includes(claim) ? [{ userPoolId, clientId, region: userPool.region, writable, how }] : []
  })
  return writers.slice(0, 1)
}

/** What nobody could say of a user pool is taken to be as it is by default: that attributes can be changed. */
function writing(pool: UserPool | undefined, claim: string): Writer['how'] | 'never' {
  const isMutable = pool?.SchemaAttributes.find(it => it.Name === claim)?.Mutable ?? true
  if (isMutable) return 'at any time'
  return (pool?.allowsSignUp ?? true) ? 'when they sign up' : 'never'
}

/**
 * `UpdateUserPoolClient` sets what it is not given to its default, so the command that would take the attribute out has
 * to begin with all that the app client is.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
function mendOf({ userPoolId, clientId, region, writable }: Writer, claim: string, words: string) {
  const left = writable.filter(it => it !== claim)
  return [
    { words },
    mendBy(
      `Or take ${claim} from what the app client lets users write (WriteAttributes: ${left.join(', ') || 'none'}); say again all else that this shows`,
      [
        ['aws', 'cognito-idp', 'describe-user-pool-client', '--region', region],
        ['--user-pool-id', userPoolId, '--client-id', clientId],
      ],
    ),
  ]
}
