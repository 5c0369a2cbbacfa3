import { dnsSuffix, regions } from '../launch/partitions.ts'
import { partitionIn, userPoolIn } from '../live/around.ts'
import type { CognitoIdentityProvider } from '../live/snapshot.ts'
import { nearest } from '../nearest.ts'
import { type Draft, finding } from './finding.ts'
import { byValue, updatePool } from './mend.ts'
import type { Remedy } from './remedy.ts'
import type { Standing } from './standing.ts'

/** Of what users sign in with: whether there is anything, and whether it exists. */
export function providerFindings(standing: Standing): readonly Draft[] {
  const { pool, providers } = standing
  if (providers.length === 0 && !pool.AllowUnauthenticatedIdentities) {
    const words = 'Name a user pool and an app client, or another provider'
    return [
      finding('no-provider', {
        what: `The identity pool ${pool.IdentityPoolId} has no identity provider, and lets no guests in.`,
        where: {},
        mend: [updatePool(it => ({ ...it, CognitoIdentityProviders: [example(standing)] }), words)],
      }),
    ]
  }
  return [
    ...[...new Set((pool.CognitoIdentityProviders ?? []).flatMap(it => it.ProviderName ?? []))].flatMap(it =>
      ofName(standing, it),
    ),
    ...unchecked(standing),
  ]
}

function example({ snapshot: { region, partition } }: Standing): CognitoIdentityProvider {
  return {
    ProviderName: `cognito-idp.${region}.${dnsSuffix(partition)}/${region}_EXAMPLE`,
    ClientId: 'CLIENT',
    ServerSideTokenCheck: true,
  }
}

function ofName(standing: Standing, name: string): readonly Draft[] {
  const right = rightName(name)
  if (right !== name) {
    const words = right === undefined ? 'Write cognito-idp.REGION.amazonaws.com/USER_POOL_ID' : `Write ${right}`
    return [
      finding('provider-name', {
        what: `The provider ${name} is named as no user pool is.`,
        where: { provider: name },
        fill: { provider: name },
        mend: [
          right === undefined
            ? { words }
            : changed(it => (it.ProviderName === name ? [{ ...it, ProviderName: right }] : [it]), words),
        ],
      }),
    ]
  }
  const id = userPoolIn(name)?.id ?? ''
  const entry = standing.snapshot.userPools.find(it => it.id === id)
  if (entry?.answer.kind === 'absent') {
    return [
      finding('user-pool-absent', {
        what: `There is no user pool ${id} in this account: it is deleted, or another account’s, and then all may be well with it.`,
        where: { provider: name },
        mend: [{ words: 'If it is deleted, name the user pool that is there now, with its app client, as provider' }],
      }),
    ]
  }
  return standing.snapshot.clients
    .filter(it => it.userPoolId === id && it.answer.kind === 'absent')
    .map(({ clientId }) =>
      finding('client-absent', {
        what: `The user pool ${id} has no app client ${clientId}.`,
        where: { provider: `${name}:${clientId}` },
        mend: [
          ...byValue(standing, clientId, 'CLIENT').map(it => ({ ...it, words: `${it.words}: ${fillIn}` })),
          changed(
            it => [it.ProviderName === name && it.ClientId === clientId ? { ...it, ClientId: 'CLIENT' } : it],
            `Name the app client that the app uses: ${fillIn}`,
          ),
          ...(isOnly(standing, name, clientId)
            ? []
            : [
                changed(
                  it => (it.ProviderName === name && it.ClientId === clientId ? [] : [it]),
                  'Or take it out, as there is another one to sign in with',
                ),
              ]),
        ],
      }),
    )
}

type Provider = CognitoIdentityProvider

const fillIn = 'fill in its ID'

/** Can nobody sign in by anything else? */
function isOnly({ pool, providers }: Standing, name: string, clientId: string): boolean {
  const others = (pool.CognitoIdentityProviders ?? []).filter(
    it => it.ProviderName !== name || it.ClientId !== clientId,
  )
  return others.length === 0 && providers.every(it => it === name)
}

function changed(edit: (provider: Provider) => readonly Provider[], words: string): Remedy {
  return updatePool(
    it => ({ ...it, CognitoIdentityProviders: (it.CognitoIdentityProviders ?? []).flatMap(one => edit(one)) }),
    words,
  )
}

const known = regions.map(it => it.id)

/**
 * The name as a user pool has it; undefined where it cannot be made out which is meant. The region of a user pool stands
 * in its ID, too.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CognitoIdentityProvider.html
 */
export function rightName(name: string): string | undefined {
  const [, region = '', id = ''] = /(?:^|\/)([a-z0-9-]+)_([0-9A-Za-z]+)\/?$/.exec(name) ?? []
  // of a region that is newer than the list, its host says the same
  const isRegion = known.includes(region) || name.startsWith(`cognito-idp.${region}.`)
  const meant = isRegion && /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/.test(region) ? region : nearest(region, known)
  if (meant === undefined || id === '') return undefined
  return `cognito-idp.${meant}.${dnsSuffix(partitionIn(meant))}/${meant}_${id}`
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CognitoIdentityProvider.html, `ServerSideTokenCheck` */
function unchecked(standing: Standing): readonly Draft[] {
  const providers = standing.pool.CognitoIdentityProviders ?? []
  const off = providers.filter(it => it.ServerSideTokenCheck !== true)
  if (off.length === 0) return []
  const names = off.map(it => `${it.ProviderName}:${it.ClientId}`)
  return [
    finding('token-check-off', {
      what: `The token check is off for ${names.join(' and ')}.`,
      where: { provider: names[0] ?? '' },
      mend: [changed(it => [{ ...it, ServerSideTokenCheck: true }], 'Switch it on')],
    }),
  ]
}
