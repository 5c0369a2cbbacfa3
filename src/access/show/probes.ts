import type { Resolved } from '../../resolve/index.ts'
import { accountProbes } from './probes/account.ts'
import { apiProbes } from './probes/apis.ts'
import { fileProbes } from './probes/files.ts'
import { keyProbes } from './probes/keys.ts'
import { otherProbes } from './probes/others.ts'
import type { Probe, Site } from './probes/probe.ts'
import { rowProbes } from './probes/rows.ts'
import { statementsOf } from './probes/statements.ts'

export type { Asker, Kind, Probe, Site } from './probes/probe.ts'

/** So many actions are asked for at places of the services that are told apart, and of all other services. */
const mostPlaced = 2000
const mostOthers = 500

/**
 * What is worth asking of a template: about each place that the policies of these roles name, the own and another's
 * where they say whose, what is usual there and what is dangerous; each action that they name, wherever they name it; and
 * what no user should be able to do in any account. `leftOut` counts those for which there is no room.
 */
export function probesOf(
  resolved: Resolved,
  roles: readonly string[],
  site: Site,
): { readonly probes: readonly Probe[]; readonly leftOut: number } {
  const statements = statementsOf(resolved, roles)
  const found = merged([
    ...fileProbes(statements, site),
    ...rowProbes(statements),
    ...apiProbes(statements, site),
    ...keyProbes(statements),
    ...otherProbes(statements),
    ...accountProbes(site),
  ])
  let [placed, others] = [mostPlaced, mostOthers]
  const probes = found.filter(({ kind }) => {
    if (kind === 'account') return true
    return kind === 'others' ? others-- > 0 : placed-- > 0
  })
  return { probes, leftOut: Math.max(0, -others) + Math.max(0, -placed) }
}

/** One for each action at each place, by all the requests that come to it. */
function merged(probes: readonly Probe[]): readonly Probe[] {
  const found = new Map<string, Probe[]>()
  for (const probe of probes) {
    const key = `${probe.place}\0${probe.action}`
    const known = found.get(key)
    if (known === undefined) found.set(key, [probe])
    else known.push(probe)
  }
  return [...found.values()].flatMap(same => {
    const [first, ...others] = same
    if (first === undefined || others.length === 0) return same
    const isHazard = same.some(it => it.isHazard)
    return [{ ...first, isHazard, targets: asker => same.flatMap(it => it.targets(asker)) }]
  })
}
