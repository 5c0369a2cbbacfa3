import { rolesOf } from '../access/pools.ts'
import { policyPlace } from '../access/resource-policies.ts'
import { ask } from '../access/show/ask.ts'
import { askerOf } from '../access/show/further.ts'
import { type Column, peopleOf } from '../access/show/people.ts'
import type { Probe, Site } from '../access/show/probes/probe.ts'
import { probesOf } from '../access/show/probes.ts'
import { columnNames } from '../access/show/sheet.ts'
import { spelled } from '../access/show/spelled.ts'
import { cognitoRoles, tableOf } from '../access/show/table.ts'
import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { isValueList, isValueObject, type Value } from '../resolve/value.ts'
import type { Update } from './outcome.ts'
import { shown } from './outputs.ts'
import { type Fate, mappedObject, sameness } from './values.ts'

/** What somebody could do by the old template and cannot by the new one, or the other way round. */
export type AccessOutcome = {
  readonly kind:
    | 'access-lost'
    | 'access-narrowed'
    | 'access-gained'
    | 'access-hazard'
    | 'access-unknown'
    /** Of signing in; `place` is the pool. */
    | 'nobody-signs-in'
    /** Of a managed policy that `place` names. */
    | 'policy-hazard'
  /** `signed-in user`, `guest`, or another as tables of access call them. */
  readonly who: string
  /** `own folder private/{identity}/ of example-uploads` */
  readonly place: string
  readonly action: string
}

export type AccessDifference = {
  readonly outcomes: readonly AccessOutcome[]
  /** Roles of identities on both sides, of which all that was asked is known, and the same. By the new logical IDs. */
  readonly silentRoles: readonly string[]
}

/**
 * What the proof of access says otherwise of the two, of a signed-in user and of a guest: asked is whatever either of
 * them names. Undefined where nothing differs that it rests on.
 */
export function accessOutcomes(
  old: Resolved,
  fresh: Resolved,
  site: Site,
  update: Pick<Update, 'fate' | 'renames' | 'renamed'>,
): AccessDifference | undefined {
  if (!isDecisive(old, fresh, update)) return undefined
  const [before, after] = [sideOf(old, site), sideOf(fresh, site)]
  const probes = new Map([...before.probes, ...after.probes].map(probe => [`${probe.place}\0${probe.action}`, probe]))
  const unclear = new Set<Column>()
  const reached = [...probes.values()].flatMap(probe =>
    columns.flatMap((who): readonly AccessOutcome[] => {
      const [was, is] = [before.answer(probe, who), after.answer(probe, who)]
      if (was.decision === 'unknown' || is.decision === 'unknown') unclear.add(who)
      if (was.decision === is.decision) return []
      const kind = kindOf(was, is)
      if (kind === undefined) return []
      return [{ kind, who: columnNames[who], place: probe.place, action: probe.action }]
    }),
  )
  const hazards = columns.flatMap(who => policyHazards(old, fresh, before.rolesOf(who), after.rolesOf(who), who))
  const isTold = ({ kind, who }: AccessOutcome): boolean =>
    kind === 'access-unknown' && hazards.some(hazard => hazard.who === who)
  const outcomes = [...hazards, ...[...reached, ...roleOutcomes(old, fresh, site)].filter(it => !isTold(it))]
  const known = columns.filter(who => !unclear.has(who) && !outcomes.some(it => it.who === columnNames[who]))
  const silentRoles = after.roles.filter(id => {
    const of = columns.filter(who => after.rolesOf(who).includes(id) || before.rolesOf(who).includes(id))
    return before.roles.includes(id) && of.length > 0 && of.every(who => known.includes(who))
  })
  return { outcomes, silentRoles }
}

const columns = ['user', 'guest'] as const

/** Of AWS's own, which know no user's folder and no account's bucket: what allows nearly all of a service, or of all. */
const broadPolicy =
  /:iam::aws:policy\/(?:.*\/)?(?:\w*(?:FullAccess|AdministratorAccess|PowerUser|ReadOnlyAccess)[\w-]*)$/

/** What one of them gives is written nowhere in the template. */
function policyHazards(
  old: Resolved,
  fresh: Resolved,
  before: readonly string[],
  after: readonly string[],
  who: Column,
): readonly AccessOutcome[] {
  const held = new Set(before.flatMap(id => managedOf(old.Resources[id])))
  return after
    .flatMap(id => managedOf(fresh.Resources[id]))
    .filter(arn => broadPolicy.test(arn) && !held.has(arn))
    .map(arn => ({ kind: 'policy-hazard', who: columnNames[who], place: arn, action: 'iam:AttachRolePolicy' }))
}

function managedOf(role: ResolvedResource | undefined): readonly string[] {
  return texts(role?.Properties['ManagedPolicyArns'])
}

function texts(value: Value | undefined): readonly string[] {
  const items = value !== undefined && isValueList(value) ? value : []
  return items.flatMap(item => {
    const text = item === undefined ? '' : shown(item)
    return text === '' ? [] : [text]
  })
}

/** Of pools that were open to somebody: whether nobody can sign in any more. What is unknown may be a provider. */
export function poolOutcomes(
  old: Resolved,
  fresh: Resolved,
  { renames }: Pick<Update, 'renames'>,
): readonly AccessOutcome[] {
  return Object.entries(old.Resources).flatMap(([id, pool]): readonly AccessOutcome[] => {
    const now = renames.get(id) ?? id
    const other = fresh.Resources[now]
    if (pool.Type !== identityPool || other?.Type !== identityPool) return []
    if (!hasProviders(pool) || hasProviders(other)) return []
    const guests = other.Properties['AllowUnauthenticatedIdentities']
    const who = String(guests) === 'false' || guests === undefined ? 'somebody' : columnNames.user
    return [{ kind: 'nobody-signs-in', who, place: now, action: 'cognito-identity:GetId' }]
  })
}

const identityPool = 'AWS::Cognito::IdentityPool'

function hasProviders({ Properties }: ResolvedResource): boolean {
  const lists = ['CognitoIdentityProviders', 'OpenIdConnectProviderARNs', 'SamlProviderARNs', 'SupportedLoginProviders']
  return [...lists, 'DeveloperProviderName'].some(name => {
    const value = Properties[name]
    if (value === undefined || value === '') return false
    if (isValueList(value)) return value.length > 0
    return !isValueObject(value) || Object.keys(value).length > 0
  })
}

type Decision = 'allow' | 'deny' | 'unknown'

type Answer = { readonly decision: Decision; readonly isWrong: boolean }

/** Of a denial that stands where an answer was open, and the other way round, nothing is lost or gained. */
function kindOf(was: Answer, is: Answer): AccessOutcome['kind'] | undefined {
  switch (is.decision) {
    case 'allow':
      if (is.isWrong) return 'access-hazard'
      return was.decision === 'unknown' ? undefined : 'access-gained'
    case 'unknown':
      return 'access-unknown'
    case 'deny':
      if (was.decision !== 'allow') return undefined
      return was.isWrong ? 'access-narrowed' : 'access-lost'
  }
}

type Side = {
  readonly probes: readonly Probe[]
  readonly answer: (probe: Probe, who: Column) => { readonly decision: Decision; readonly isWrong: boolean }
  /** Those of identities. */
  readonly roles: readonly string[]
  /** Those that the pool gives to one of them. */
  readonly rolesOf: (who: Column) => readonly string[]
}

function sideOf(resolved: Resolved, site: Site): Side {
  const people = peopleOf(resolved, site.region)
  const roles = cognitoRoles(resolved, people)
  const askers = { user: askerOf(resolved, roles, people, 'user'), guest: askerOf(resolved, roles, people, 'guest') }
  const { resolved: named } = spelled(resolved)
  return {
    probes: roles.length === 0 ? [] : probesOf(named, roles, site).probes,
    answer: (probe, who) => ask(named, probe, people[who], askers[who]),
    roles,
    rolesOf: who => rolesOf(resolved, people[who]).roles.filter(id => roles.includes(id)),
  }
}

/** Who can take which role, of those that both have. */
function roleOutcomes(old: Resolved, fresh: Resolved, site: Site): readonly AccessOutcome[] {
  const [before, after] = [old, fresh].map(
    resolved => new Map(roleCells(resolved, site).map(cell => [`${cell.who}\0${cell.role}`, cell])),
  )
  return [...(after ?? [])].flatMap(([key, { who, role, ...is }]): readonly AccessOutcome[] => {
    const was = before?.get(key)
    if (was === undefined || was.decision === is.decision) return []
    const kind = kindOf(was, is)
    return kind === undefined ? [] : [{ kind, who, place: `the role ${role}`, action: 'sts:AssumeRoleWithWebIdentity' }]
  })
}

function roleCells(resolved: Resolved, site: Site) {
  const { roles } = tableOf(resolved, peopleOf(resolved, site.region), site)
  return roles.flatMap(({ who, cells }) => cells.map(cell => ({ ...cell, who })))
}

/** Is anything else that decides who reaches what? Under which logical ID it stands decides nothing. */
function isDecisive(
  old: Resolved,
  fresh: Resolved,
  { fate, renames, renamed }: Pick<Update, 'fate' | 'renames' | 'renamed'>,
): boolean {
  const [before, after] = [decisive(old), decisive(fresh)]
  if (before.length !== after.length) return true
  const names = new Set(renames.values())
  const own: Fate = (id, attribute) => (names.has(id) ? 'same' : fate(id, attribute))
  return before.some(([id, { Type, Properties }]) => {
    const other = fresh.Resources[renames.get(id) ?? id]
    return other?.Type !== Type || sameness(mappedObject(Properties, renamed), other.Properties, own) !== 'same'
  })
}

function decisive({ Resources }: Resolved) {
  return Object.entries(Resources).filter(
    ([, { Type }]) => /^AWS::(?:IAM|Cognito)::/.test(Type) || policyPlace(Type) !== undefined,
  )
}

/** Of two of the same text the proof says the same: what is for people, or says who signs in, is left out. */
export function questionOf(old: Resolved, fresh: Resolved): string {
  const ofPool = ['IdentityPoolName', 'CognitoIdentityProviders', 'SupportedLoginProviders', 'IdentityPoolTags']
  return JSON.stringify(
    [old, fresh].map(resolved =>
      decisive(resolved).map(([id, { Type, Properties, condition }]) => {
        const rest = Object.entries(Properties).filter(
          ([name]) => Type !== 'AWS::Cognito::IdentityPool' || !ofPool.includes(name),
        )
        return [id, Type, condition, rest]
      }),
    ),
  )
}
