import { userPoolIn } from '../live/around.ts'
import { type PoolRoles, type RoleMapping, told, type UserPoolGroup } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { byParameter, mendBy, setRoles, updatePool } from './mend.ts'
import { providerIn, type Standing } from './standing.ts'

/** Of how roles are chosen: for providers that are there, by groups that have roles; and in which flow. */
export function mappingFindings(standing: Standing): readonly Draft[] {
  const mappings = Object.entries(standing.poolRoles?.RoleMappings ?? {})
  return [
    ...mappings.flatMap(([key, mapping]) =>
      isConfigured(standing, key) ? byGroups(standing, key, mapping) : [unconfigured(standing, key)],
    ),
    ...flow(standing, mappings.length > 0),
  ]
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html, `RoleMappings` */
function isConfigured({ pool, providers }: Standing, key: string): boolean {
  const clients = (pool.CognitoIdentityProviders ?? []).map(it => `${it.ProviderName}:${it.ClientId}`)
  const hosts = (pool.OpenIdConnectProviderARNs ?? []).map(arn => arn.slice(arn.indexOf('/') + 1))
  const others = providers.filter(it => !(pool.CognitoIdentityProviders ?? []).some(one => one.ProviderName === it))
  return [...clients, ...others, ...hosts].includes(key)
}

function unconfigured(standing: Standing, key: string): Draft {
  const { [key]: mapping, ...others } = standing.poolRoles?.RoleMappings ?? {}
  const clients = (standing.pool.CognitoIdentityProviders ?? []).filter(it => it.ProviderName === providerIn(key))
  const [same] = clients.map(it => `${it.ProviderName}:${it.ClientId}`).filter(it => !Object.hasOwn(others, it))
  return finding('mapping-provider', {
    what: `Roles are mapped for ${key}, which is not among the providers of the pool.`,
    where: { provider: key },
    fill: { provider: key },
    mend: [
      ...(same === undefined || mapping === undefined
        ? []
        : [setRoles(it => remapped(it, key, { [same]: mapping }), `Map them for ${same}`)]),
      setRoles(it => remapped(it, key, {}), 'Take the mapping out'),
    ],
  })
}

/** With others in the place of a mapping. */
function remapped({ Roles, RoleMappings }: PoolRoles, key: string, others: PoolRoles['RoleMappings']): PoolRoles {
  const { [key]: _, ...left } = RoleMappings
  return { Roles, RoleMappings: { ...left, ...others } }
}

function byGroups(standing: Standing, key: string, mapping: RoleMapping): readonly Draft[] {
  const id = userPoolIn(providerIn(key))?.id
  const entry = standing.snapshot.userPools.find(it => it.id === id)
  const groups = entry === undefined ? undefined : told(entry.groups)
  if (mapping.Type !== 'Token' || groups === undefined || id === undefined) return []
  const withRole = groups.filter(it => it.RoleArn !== undefined)
  if (withRole.length === 0 && mapping.AmbiguousRoleResolution !== 'AuthenticatedRole') {
    const resolved: RoleMapping = { ...mapping, AmbiguousRoleResolution: 'AuthenticatedRole' }
    return [
      finding('no-group-role', {
        what: `Users of ${key} get the role of their group, and no group of the user pool ${id} has one.`,
        where: { provider: key },
        fill: { provider: key },
        mend: [
          mendBy('Give a group a role that trusts the pool', [
            ['aws', 'cognito-idp', 'create-group', '--region', userPoolIn(providerIn(key))?.region ?? 'REGION'],
            ['--user-pool-id', id, '--group-name', 'GROUP', '--role-arn', 'ROLE_ARN', '--precedence', '0'],
          ]),
          ...byParameter(standing, 'AmbiguousRoleResolution', 'AuthenticatedRole'),
          setRoles(
            it => remapped(it, key, { [key]: resolved }),
            'Or let who has no role by a group have that of signed-in users',
          ),
        ],
      }),
    ]
  }
  return equals(withRole).map(([first, second]) =>
    finding('groups-of-equal-precedence', {
      what: `The groups ${first.GroupName} and ${second.GroupName} of ${id} have different roles and ${first.Precedence === undefined ? 'no precedence' : `the precedence ${first.Precedence}`}: for who is in both neither role is preferred.`,
      where: { provider: key, group: second.GroupName },
      fill: { provider: key },
      mend: [
        mendBy('Give each group a precedence of its own: the lowest is preferred', [
          ['aws', 'cognito-idp', 'update-group', '--region', userPoolIn(providerIn(key))?.region ?? 'REGION'],
          ['--user-pool-id', id, '--group-name', second.GroupName],
          ['--role-arn', second.RoleArn ?? '', '--precedence', String(unused(withRole))],
        ]),
      ],
    }),
  )
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html, precedence */
function equals(groups: readonly UserPoolGroup[]): readonly (readonly [UserPoolGroup, UserPoolGroup])[] {
  return groups.flatMap((second, at) => {
    const first = groups.slice(0, at).find(it => it.Precedence === second.Precedence && it.RoleArn !== second.RoleArn)
    return first === undefined ? [] : [[first, second] as const]
  })
}

const unused = (groups: readonly UserPoolGroup[]): number => 1 + Math.max(-1, ...groups.map(it => it.Precedence ?? -1))

/**
 * Where it was never set, AWS has let the classic flow through: https://github.com/aws/aws-cli/issues/7652. Where roles
 * are mapped, it refuses it: https://github.com/aws-observability/aws-rum-web/issues/172.
 */
function flow(standing: Standing, hasMappings: boolean): readonly Draft[] {
  const { AllowClassicFlow, AllowUnauthenticatedIdentities, IdentityPoolId } = standing.pool
  const isOn = AllowClassicFlow === true
  if (AllowClassicFlow === false || (hasMappings && !isOn)) return []
  const mend = [
    ...byParameter(standing, 'AllowClassicFlow', 'false'),
    updatePool(it => ({ ...it, AllowClassicFlow: false }), 'Switch it off, unless an old app needs it'),
  ]
  if (hasMappings) {
    const what = `The classic flow of ${IdentityPoolId} is on, and its roles are mapped, with which it does not work.`
    return [finding('classic-with-mapping', { what, where: {}, mend })]
  }
  const guests = AllowUnauthenticatedIdentities ? ' Guests are let in, who have no session policy there.' : ''
  const how = isOn ? 'is on' : 'was never switched off, which AWS has taken for on'
  const what = `The classic flow of ${IdentityPoolId} ${how}.${guests}`
  return [finding('classic-flow', { what, where: {}, mend })]
}
