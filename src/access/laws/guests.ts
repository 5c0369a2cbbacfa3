import { guestActions } from '../../check/guest-session-policy.ts'
import { isValueObject } from '../../resolve/value.ts'
import { documentOf } from '../policies.ts'
import { bucketsAreShut } from './buckets.ts'
import type { AwsActions, Deployed, Role } from './deployed.ts'
import type { Cell, Given, Reach } from './given.ts'
import { nothingUnsaid } from './reached.ts'
import type { Violation } from './violation.ts'
import { wildcard } from './wildcard.ts'

/**
 * Law 5: a guest can do nothing that a signed-in user cannot, and nobody anything that the options do not say: no policy
 * by ARN that they do not name, no tags of guests' sessions, no classic flow for guests, in which Cognito's limits to
 * them do not hold.
 */
export function guestsHaveLess(
  deployed: Deployed,
  given: Given,
  reach: Reach,
  actions: AwsActions,
): readonly Violation[] {
  return [
    ...nothingUnsaid(given),
    ...moreThanUsers(deployed, given, reach, actions),
    ...deployed.roles.flatMap(role => [...policiesElsewhere(deployed, role), ...tagsOfGuests(deployed, role)]),
    ...bucketsAreShut(deployed),
    ...classicGuests(deployed),
    ...outsideTheirLimits(deployed, actions),
  ]
}

function moreThanUsers(
  deployed: Deployed,
  { sessions }: Given,
  reach: Reach,
  actions: AwsActions,
): readonly Violation[] {
  const guests = sessions.filter(({ role }) => role.of === 'guests')
  const [user] = sessions.filter(({ role }) => role.of === 'users')
  const ofUsers = deployed.roles.filter(({ of }) => of === 'users').flatMap(it => allowing(it, actions))
  const named = deployed.roles
    .filter(({ of }) => of === 'guests')
    .flatMap(it => allowing(it, actions))
    .filter(it => !ofUsers.includes(it))
    .map(action => violation('UnauthenticatedRole', `a guest: ${action}`, 'is allowed to guests, and not to users'))
  if (user === undefined) return named
  const reached = guests.flatMap(guest => {
    const allowed = reach.cells(deployed, guest).filter(({ truth }) => truth !== false)
    const asked = new Set(allowed.map(({ probe }) => probe.resource))
    const refused = new Set(
      reach
        .cells(deployed, user)
        .filter(({ truth, probe }) => truth === false && asked.has(probe.resource))
        .map(cellName),
    )
    return allowed
      .filter(cell => refused.has(cellName(cell)))
      .map(({ action, probe }) =>
        violation(guest.role.id, `a guest: ${action} ${probe.resource}`, 'is allowed to guests, and not to users'),
      )
  })
  return [...named, ...reached]
}

function cellName({ action, probe }: Cell): string {
  return `${action} ${probe.resource} ${JSON.stringify(probe.context)}`
}

function allowing({ statements }: Role, actions: AwsActions): readonly string[] {
  return statements.filter(it => it.effect !== 'Deny').flatMap(it => [...actions.namedBy(it)].map(({ name }) => name))
}

/** Managed policies are what the deployer lists, for users; a boundary is that which the deployer names. */
function policiesElsewhere({ options, resolved }: Deployed, role: Role): readonly Violation[] {
  const listed = role.of === 'users' ? options.managedPolicies : []
  const wrong = role.elsewhere.filter(({ name }) => !listed.includes(name))
  const lost = listed.filter(name => !role.elsewhere.some(it => it.name === name))
  const boundary = resolved.Resources[role.id]?.Properties['PermissionsBoundary']
  return [
    ...wrong.map(({ name }) =>
      violation(`${role.id} ${name}`, `whoever has ${role.id}`, 'has a policy that nobody lists'),
    ),
    ...lost.map(name => violation(`${role.id} ${name}`, `whoever has ${role.id}`, 'lacks a policy that is listed')),
    ...(boundary === options.boundary
      ? []
      : [violation(`${role.id} PermissionsBoundary`, `whoever has ${role.id}`, 'is not bounded as the option says')]),
  ]
}

function tagsOfGuests({ resolved }: Deployed, role: Role): readonly Violation[] {
  if (role.of !== 'guests') return []
  const trust = documentOf(resolved.Resources[role.id]?.Properties['AssumeRolePolicyDocument'])
  const statements = isValueObject(trust) ? [trust['Statement'] ?? []].flat() : []
  const isTagged = statements.some(it => isValueObject(it) && [it['Action'] ?? []].flat().includes('sts:TagSession'))
  return isTagged ? [violation(role.id, 'a guest: sts:TagSession', 'guests have no claims that tags are made of')] : []
}

function classicGuests({ resolved: { Resources } }: Deployed): readonly Violation[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    const isOn = (name: string) => String(Properties[name] ?? 'false') !== 'false'
    const areBoth = isOn('AllowUnauthenticatedIdentities') && isOn('AllowClassicFlow')
    return Type === 'AWS::Cognito::IdentityPool' && areBoth
      ? [violation(id, 'a guest of the classic flow', 'has no session policy that limits it')]
      : []
  })
}

/** What a guest is given must be among what Cognito leaves guests. */
function outsideTheirLimits({ roles }: Deployed, actions: AwsActions): readonly Violation[] {
  return roles
    .filter(({ of }) => of === 'guests')
    .flatMap(role => allowing(role, actions).map(action => ({ role, action })))
    .filter(({ action }) => !guestActions.some(pattern => wildcard(pattern, 'i').test(action)))
    .map(({ role, action }) => violation(role.id, `a guest: ${action}`, 'is given and yet refused by Amazon Cognito'))
}

function violation(statement: string, request: string, because: string): Violation {
  return { law: 5, statement, request, because }
}
