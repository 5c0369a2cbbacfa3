import { differenceOf } from '../access/show/difference.ts'
import type { Site } from '../access/show/probes/probe.ts'
import type { Resolved } from '../resolve/index.ts'
import type { Access } from './plan.ts'

/** Who reaches what by what stands, and by the template after the first update; whoever reaches the same is not among them. */
export function accessOf(live: Resolved, fresh: Resolved, site: Site): readonly Access[] {
  const [left, right] = [
    { name: 'now', resolved: live },
    { name: 'after the update', resolved: fresh },
  ]
  return (['user', 'guest'] as const).flatMap((column): readonly Access[] => {
    const section = differenceOf(left, right, site, column)
    const who = column === 'user' ? 'signed-in users' : 'guests'
    return section.groups.length === 0 ? [] : [{ who, section: { ...section, heading: `What ${who} reach` } }]
  })
}
