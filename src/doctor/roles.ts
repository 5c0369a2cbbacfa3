import { roleIn } from '../live/around.ts'
import type { RoleMapping } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { byParameter, setRoles, updatePool } from './mend.ts'
import type { Remedy } from './remedy.ts'
import { type Kind, type Standing, type Use, whoGets } from './standing.ts'

/** Of the roles that a pool hands out: whether there are any, for whom, and whether they exist. */
export function roleFindings(standing: Standing): readonly Draft[] {
  return [...attached(standing), ...missing(standing)]
}

function attached(standing: Standing): readonly Draft[] {
  const { pool, poolRoles, providers } = standing
  if (poolRoles === undefined) return []
  const { IdentityPoolId, AllowUnauthenticatedIdentities: hasGuests } = pool
  const { Roles, RoleMappings } = poolRoles
  const { authenticated, unauthenticated } = Roles
  const rules = Object.values(RoleMappings)
  if (authenticated === undefined && unauthenticated === undefined && rules.length === 0) {
    return [
      finding('no-roles', {
        what: `The identity pool ${IdentityPoolId} has no roles attached.`,
        where: {},
        mend: [
          attach(standing, [
            ...(providers.length > 0 || !hasGuests ? (['authenticated'] as const) : []),
            ...(hasGuests ? (['unauthenticated'] as const) : []),
          ]),
        ],
      }),
    ]
  }
  // where each provider has a mapping that needs no other role, nobody asks for it
  const isAsked = providers.some(provider => !isMapped(standing, provider))
  const needsRole = isAsked || rules.some(it => it.AmbiguousRoleResolution !== 'Deny')
  return [
    ...(authenticated === undefined && providers.length > 0 && needsRole
      ? [
          finding('no-authenticated-role', {
            what: `The identity pool ${IdentityPoolId} has no role for signed-in users.`,
            where: {},
            mend: [attach(standing, ['authenticated'])],
          }),
        ]
      : []),
    ...(hasGuests && unauthenticated === undefined
      ? [
          finding('guests-without-role', {
            what: `Guests are let into the identity pool ${IdentityPoolId}, and it has no role for them.`,
            where: {},
            mend: [
              ...byParameter(standing, 'AllowGuests', 'false'),
              updatePool(it => ({ ...it, AllowUnauthenticatedIdentities: false }), 'Let no guests in'),
              attach(standing, ['unauthenticated'], 'Or attach'),
            ],
          }),
        ]
      : []),
    ...(!hasGuests && unauthenticated !== undefined
      ? [
          finding('guest-role-without-guests', {
            what: `The role ${roleIn(unauthenticated)?.name ?? unauthenticated} is attached for guests, and the identity pool lets none in.`,
            where: { role: roleIn(unauthenticated)?.name ?? unauthenticated },
            mend: [
              setRoles(({ Roles: { unauthenticated: _, ...left }, ...it }) => ({ ...it, Roles: left }), 'Detach it'),
            ],
          }),
        ]
      : []),
  ]
}

/** Is there a mapping for each app client of the provider? */
function isMapped({ pool, poolRoles }: Standing, provider: string): boolean {
  const keys = Object.keys(poolRoles?.RoleMappings ?? {})
  const clients = (pool.CognitoIdentityProviders ?? []).filter(it => it.ProviderName === provider)
  const named = clients.length === 0 ? [provider] : clients.map(it => `${provider}:${it.ClientId}`)
  return named.every(it => keys.includes(it))
}

const people: Readonly<Record<Kind, string>> = { authenticated: 'signed-in users', unauthenticated: 'guests' }

/** Those that the stack's template attaches, where it has made them; others are to be filled in. */
function attach(standing: Standing, kinds: readonly Kind[], verb = 'Attach'): Remedy {
  const { templateRoles } = standing
  const isOne = kinds.length === 1
  const own = kinds.map(kind => {
    const made = templateRoles[kind]
    const name = isOne ? 'ROLE' : kind === 'authenticated' ? 'USERS_ROLE' : 'GUESTS_ROLE'
    return { kind, isMade: made !== undefined, arn: made ?? anotherRole(standing, name) }
  })
  const roles = Object.fromEntries(own.map(({ kind, arn }) => [kind, arn]))
  const whom = kinds.map(it => people[it]).join(' and ')
  const words = own.every(it => it.isMade)
    ? `${verb} the ${isOne ? 'role that the template of the stack has' : 'roles that the template of the stack has'} for ${whom}`
    : `${verb} ${isOne ? 'a role whose trust policy lets' : 'roles whose trust policies let'} ${whom} of this pool in: fill in ${isOne ? 'its name' : 'their names'}`
  return setRoles(it => ({ ...it, Roles: { ...it.Roles, ...roles } }), words)
}

function anotherRole({ snapshot, account }: Standing, name = 'ROLE', owner = account): string {
  return `arn:${snapshot.partition}:iam::${owner ?? 'ACCOUNT'}:role/${name}`
}

function missing(standing: Standing): readonly Draft[] {
  const arns = [...new Set(standing.uses.map(it => it.arn))]
  return arns.flatMap(arn => {
    const uses = standing.uses.filter(it => it.arn === arn)
    const [use] = uses
    return use === undefined ? [] : gone(standing, use, uses)
  })
}

function gone(standing: Standing, use: Use, uses: readonly Use[]): readonly Draft[] {
  const { account, snapshot } = standing
  const owner = roleIn(use.arn)?.account
  const mend = [replaced(standing, use)]
  if (account !== undefined && owner !== undefined && owner !== account) {
    return [
      finding('role-of-another-account', {
        what: `The role ${use.arn}, which ${whoGets(uses)} get, is of the account ${owner}, and the identity pool is of ${account}.`,
        where: use.where,
        mend,
      }),
    ]
  }
  if (use.answer.kind !== 'absent') return []
  // a stack that made it makes it no second time
  const made = snapshot.stack?.resources.find(it => it.type === 'AWS::IAM::Role' && it.physicalId === use.roleName)
  const remark = made === undefined ? '' : ` The stack ${snapshot.stack?.name} has made it, as ${made.logicalId}.`
  return [
    finding('role-absent', {
      what: `The role ${use.arn}, which ${whoGets(uses)} get, does not exist.${remark}`,
      where: use.where,
      mend,
    }),
  ]
}

/** Another role in its place. */
function replaced(standing: Standing, { arn, where, answer }: Use): Remedy {
  const isAbsent = answer.kind === 'absent'
  if (where.group !== undefined) {
    return { words: `Give the group ${where.group} a role of this account that trusts the pool` }
  }
  // that of a role of another account is not this one's
  const known = standing.account ?? (isAbsent ? roleIn(arn)?.account : undefined)
  const other = anotherRole(standing, 'ROLE', known)
  const right = (it: string) => (it === arn ? other : it)
  return setRoles(
    ({ Roles, RoleMappings }) => ({
      Roles: Object.fromEntries(Object.entries(Roles).map(([kind, it]) => [kind, right(it)])),
      RoleMappings: Object.fromEntries(
        Object.entries(RoleMappings).map(([key, mapping]) => [key, withRules(mapping, right)]),
      ),
    }),
    'Make the role anew, or attach one that is there: fill in its name',
  )
}

function withRules({ RulesConfiguration, ...mapping }: RoleMapping, right: (arn: string) => string): RoleMapping {
  if (RulesConfiguration === undefined) return mapping
  const Rules = RulesConfiguration.Rules.map(rule => ({ ...rule, RoleARN: right(rule.RoleARN) }))
  return { ...mapping, RulesConfiguration: { Rules } }
}
