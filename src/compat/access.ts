import { ask } from '../access/show/ask.ts'
import { askerOf } from '../access/show/further.ts'
import { type Column, peopleOf } from '../access/show/people.ts'
import type { Probe, Site } from '../access/show/probes/probe.ts'
import { probesOf } from '../access/show/probes.ts'
import { columnNames } from '../access/show/sheet.ts'
import { spelled } from '../access/show/spelled.ts'
import { cognitoRoles, tableOf } from '../access/show/table.ts'
import type { Resolved } from '../resolve/index.ts'
import { type Fate, sameness } from './values.ts'

/** What somebody could do by the old template and cannot by the new one, or the other way round. */
export type AccessOutcome = {
  readonly kind: 'access-lost' | 'access-gained' | 'access-hazard' | 'access-unknown'
  /** `signed-in user`, `guest`, or another as tables of access call them. */
  readonly who: string
  /** `own folder private/{identity}/ of example-uploads` */
  readonly place: string
  readonly action: string
}

/**
 * What the proof of access says otherwise of the two, of a signed-in user and of a guest: asked is whatever either of
 * them names. Undefined where nothing differs that it rests on.
 */
export function accessOutcomes(
  old: Resolved,
  fresh: Resolved,
  site: Site,
  fate: Fate,
): readonly AccessOutcome[] | undefined {
  if (!isDecisive(old, fresh, fate)) return undefined
  const [before, after] = [sideOf(old, site), sideOf(fresh, site)]
  const probes = new Map([...before.probes, ...after.probes].map(probe => [`${probe.place}\0${probe.action}`, probe]))
  const reached = [...probes.values()].flatMap(probe =>
    (['user', 'guest'] as const).flatMap((who): readonly AccessOutcome[] => {
      const [was, is] = [before.answer(probe, who), after.answer(probe, who)]
      if (was.decision === is.decision) return []
      const kind = kindOf(was.decision, is.decision, is.isWrong)
      if (kind === undefined) return []
      return [{ kind, who: columnNames[who], place: probe.place, action: probe.action }]
    }),
  )
  return [...reached, ...roleOutcomes(old, fresh, site)]
}

type Decision = 'allow' | 'deny' | 'unknown'

function kindOf(was: Decision, is: Decision, isWrong: boolean): AccessOutcome['kind'] | undefined {
  if (is === 'allow' && isWrong) return 'access-hazard'
  if (is === 'unknown') return 'access-unknown'
  if (is === 'allow') return was === 'unknown' ? undefined : 'access-gained'
  return was === 'allow' ? 'access-lost' : undefined
}

type Side = {
  readonly probes: readonly Probe[]
  readonly answer: (probe: Probe, who: Column) => { readonly decision: Decision; readonly isWrong: boolean }
}

function sideOf(resolved: Resolved, site: Site): Side {
  const people = peopleOf(resolved, site.region)
  const roles = cognitoRoles(resolved, people)
  const askers = { user: askerOf(resolved, roles, people, 'user'), guest: askerOf(resolved, roles, people, 'guest') }
  const { resolved: named } = spelled(resolved)
  return {
    probes: roles.length === 0 ? [] : probesOf(named, roles, site).probes,
    answer: (probe, who) => ask(named, probe, people[who], askers[who]),
  }
}

/** Who can take which role, of those that both have. */
function roleOutcomes(old: Resolved, fresh: Resolved, site: Site): readonly AccessOutcome[] {
  const [before, after] = [old, fresh].map(
    resolved => new Map(roleCells(resolved, site).map(cell => [`${cell.who}\0${cell.role}`, cell])),
  )
  return [...(after ?? [])].flatMap(([key, { who, role, decision, isWrong }]): readonly AccessOutcome[] => {
    const was = before?.get(key)?.decision
    if (was === undefined || was === decision) return []
    const kind = kindOf(was, decision, isWrong)
    return kind === undefined ? [] : [{ kind, who, place: `the role ${role}`, action: 'sts:AssumeRoleWithWebIdentity' }]
  })
}

function roleCells(resolved: Resolved, site: Site) {
  const { roles } = tableOf(resolved, peopleOf(resolved, site.region), site)
  return roles.flatMap(({ who, cells }) => cells.map(cell => ({ ...cell, who })))
}

/** Is anything else that decides who reaches what? */
function isDecisive(old: Resolved, fresh: Resolved, fate: Fate): boolean {
  const [before, after] = [old, fresh].map(({ Resources }) =>
    Object.entries(Resources).filter(([, { Type }]) => /^AWS::(?:IAM|Cognito)::/.test(Type)),
  )
  if (before === undefined || after === undefined || before.length !== after.length) return true
  return before.some(([id, resource]) => {
    const other = fresh.Resources[id]
    return other === undefined || sameness(resource.Properties, other.Properties, fate) !== 'same'
  })
}
