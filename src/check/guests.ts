import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import { actionsOf, isWildcard, splitAction, tooWide, wildcardPattern } from './actions.ts'
import { type Case, type Cases, isListCase, type When } from './cases.ts'
import { guestActions } from './guest-session-policy.ts'
import type { Knowledge } from './knowledge.ts'
import { keysOf } from './policy-conditions.ts'
import { casesAt, type Policies, type Policy, policiesOf } from './policy-documents.ts'
import { allows } from './policy-structure.ts'
import { entriesOf, placeholdersOf, sectionOf } from './walk.ts'

/**
 * Actions allowed to a guest role that Cognito's own session policies take away from guests, and policies of AWS's on
 * it that allow whole services: their actions are not told here, but that they are all is in their names.
 */
export function checkGuests(document: Document, knowledge: Knowledge): readonly Diagnostic[] {
  const { cases, policies } = policiesOf(document)
  const roles = guestRoles(document, { cases, policies })
  if (roles.size === 0) return []
  const broad = [...roles].flatMap(([role, ways]) => broadPolicies(cases, document, role, ways))
  const lost = policies.flatMap(policy => {
    const ways = waysToGuests(cases, document, policy, roles)
    if (ways.length === 0) return []
    return policy.statements
      .filter(statement => allows(cases, statement))
      .flatMap(statement => actionsOf(cases, statement, 'Action'))
      .flatMap(action => {
        const loss = lostOf(action.value, knowledge)
        if (loss === undefined || !ways.some(way => cases.canMeet(way, action.when))) return []
        return [takenAway(action, loss)]
      })
  })
  return [...lost, ...broad]
}

/**
 * Names of the managed policies of AWS that allow every action of their services, or nearly.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies
 */
const broadPolicy = /:iam::aws:policy\/(?:.*\/)?([\w+=,.@-]*(?:FullAccess|AdministratorAccess|PowerUser)[\w+=,.@-]*)$/

function broadPolicies(cases: Cases, document: Document, role: string, ways: readonly When[]): readonly Diagnostic[] {
  const declared = sectionOf(document, 'Resources')[role]
  if (!isObject(declared)) return []
  return casesAt(cases, role, declared, 'ManagedPolicyArns')
    .flatMap(it => (isListCase(it) ? cases.ofItems(it) : [it]))
    .flatMap(({ value, path, when }) => {
      const names = cases.texts(value).flatMap(text => broadPolicy.exec(text.join('0'))?.[1] ?? [])
      const [name] = names
      if (name === undefined || !ways.some(way => cases.canMeet(way, when))) return []
      return [
        tooWide(
          path,
          `is ${name}, which allows guests whatever of its services their session policy leaves, now and to come`,
        ),
      ]
    })
}

/** Roles for guests by logical ID, and when they are. */
type GuestRoles = ReadonlyMap<string, readonly When[]>

function guestRoles(document: Document, { cases, policies }: Pick<Policies, 'cases' | 'policies'>): GuestRoles {
  const roles = new Map<string, When[]>()
  const add = (id: string, when: When): void => {
    const declared = sectionOf(document, 'Resources')[id]
    if (isObject(declared) && declared['Type'] === 'AWS::IAM::Role') roles.set(id, [...(roles.get(id) ?? []), when])
  }
  for (const [id, declared] of entriesOf(document, 'Resources')) {
    if (!isObject(declared) || declared['Type'] !== 'AWS::Cognito::IdentityPoolRoleAttachment') continue
    for (const { value, when } of casesAt(cases, id, declared, 'Roles.unauthenticated')) {
      for (const role of referencesOf(value)) add(role, when)
    }
  }
  for (const policy of policies.filter(it => it.kind === 'trust')) {
    for (const statement of policy.statements) {
      for (const { name, value, path, when } of keysOf(cases, statement)) {
        if (!/^cognito-identity.*:amr$/i.test(name)) continue
        for (const method of cases.ofOneOrMore(value, path, when)) {
          if (cases.ofTexts(method).some(it => it.value === 'unauthenticated')) add(policy.logicalId, method.when)
        }
      }
    }
  }
  return roles
}

/** The logical IDs that a value refers to by `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
export function referencesOf(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(referencesOf)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, operand]) => {
    if (key === 'Ref' && typeof operand === 'string') return [operand]
    if (key === 'Fn::GetAtt') {
      const name = isList(operand) ? operand[0] : operand
      return typeof name === 'string' ? [name.split('.')[0] ?? ''] : []
    }
    if (key === 'Fn::Sub') {
      const [text, variables] = isList(operand) ? operand : [operand]
      const names = typeof text === 'string' ? placeholdersOf(text).map(it => it.split('.')[0] ?? '') : []
      return [...names, ...referencesOf(variables ?? null)]
    }
    return referencesOf(operand)
  })
}

/** Which properties of a policy name the roles that it is attached to. */
const attached: Readonly<Record<string, string>> = {
  'AWS::IAM::Policy': 'Roles.*',
  'AWS::IAM::ManagedPolicy': 'Roles.*',
  'AWS::IAM::RolePolicy': 'RoleName',
}

/** When the policy is attached to a role that is for guests. */
function waysToGuests(cases: Cases, document: Document, policy: Policy, roles: GuestRoles): readonly When[] {
  if (policy.kind !== 'identity') return []
  return rolesOf(cases, document, policy).flatMap(({ value, when }) =>
    (roles.get(value) ?? []).flatMap(guest => cases.both(guest, when) ?? []),
  )
}

/** The roles of the template that a policy is attached to. */
function rolesOf(cases: Cases, document: Document, policy: Policy): readonly Pick<Case<string>, 'value' | 'when'>[] {
  const { type, logicalId, when } = policy
  if (type === 'AWS::IAM::Role') return [{ value: logicalId, when }]
  const declared = sectionOf(document, 'Resources')[logicalId]
  const property = Object.hasOwn(attached, type) ? attached[type] : undefined
  if (!isObject(declared) || property === undefined) return []
  return [
    ...casesAt(cases, logicalId, declared, property).flatMap(it =>
      referencesOf(it.value).map(value => ({ value, when: it.when })),
    ),
    ...(type === 'AWS::IAM::ManagedPolicy' ? holdersOf(cases, document, logicalId) : []),
  ]
}

/** The roles that name a managed policy themselves. */
function holdersOf(
  cases: Cases,
  document: Document,
  managedPolicy: string,
): readonly Pick<Case<string>, 'value' | 'when'>[] {
  return entriesOf(document, 'Resources')
    .filter(
      (entry): entry is readonly [string, JsonObject] => isObject(entry[1]) && entry[1]['Type'] === 'AWS::IAM::Role',
    )
    .flatMap(([role, declared]) =>
      casesAt(cases, role, declared, 'ManagedPolicyArns.*')
        .filter(it => referencesOf(it.value).includes(managedPolicy))
        .map(({ when }) => ({ value: role, when })),
    )
}

/** What guests lose of an action: everything, or some of the many that a wildcard takes in. */
type Loss = { readonly lost: readonly string[]; readonly kept: readonly string[] }

function lostOf(action: string, knowledge: Knowledge): Loss | undefined {
  const [service, name] = splitAction(action)
  if (service === '*') return { lost: ['every other service'], kept: guestActions }
  if (guestActions.includes(`${service}:*`)) return undefined
  const patterns = guestActions.map(splitAction).flatMap(it => (it[0] === service ? [wildcardPattern(it[1])] : []))
  const pattern = wildcardPattern(name)
  const all = isWildcard(name) ? (knowledge.actions(service) ?? []).filter(it => pattern.test(it)) : [name]
  const lost = all.filter(it => !patterns.some(session => session.test(it)))
  // A misspelt action is reported as what it is.
  const isKnown = isWildcard(name) || knowledge.actions(service)?.some(it => it.toLowerCase() === name.toLowerCase())
  if (lost.length === 0 || !isKnown) return undefined
  return { lost, kept: all.filter(it => !lost.includes(it)) }
}

function takenAway({ value, path }: Case<string>, { lost, kept }: Loss): Diagnostic {
  return {
    code: 'guest-session-policy',
    severity: 'error',
    path,
    message:
      kept.length === 0
        ? `allows guests nothing: the session policy that Cognito puts on their credentials has no ${value}`
        : `allows guests only ${some(kept)}: the session policy that Cognito puts on their credentials leaves out ${some(lost)}`,
    help:
      kept.length === 0
        ? 'Remove it, or let an API that guests may call do this for them'
        : 'Name only the actions that guests keep',
  }
}

/** At most three by name. */
function some(names: readonly string[]): string {
  const [first = '', second, third, ...others] = names
  const shown = [first, second, third].filter(it => it !== undefined).join(', ')
  return others.length === 0 ? shown : `${shown} and ${others.length} more`
}
