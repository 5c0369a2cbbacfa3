import type { Resolved } from '../../resolve/index.ts'
import { judge } from '../judge.ts'
import { askerOf } from './further.ts'
import { type Asker, type Probe, probesOf, type Site } from './probes.ts'
import { type Entry, entryOf, type Section, sectionOf } from './sheet.ts'
import { cellOf, cognitoRoles, type People, peopleOf } from './table.ts'

/** A template in one deployment, and what it is to be called. */
export type Side = { readonly name: string; readonly resolved: Resolved }

/**
 * What a signed-in user can do by one template and not by another, or by another statement: asked is what either of them
 * names. Both are deployed at the same site, with the same names.
 */
export function differenceOf(left: Side, right: Side, site: Site): Section {
  const sides = [left, right].map(({ resolved }) => {
    const people = peopleOf(resolved, site.region)
    const roles = cognitoRoles(resolved, people)
    return { resolved, people, roles, asker: askerOf(resolved, roles, people, 'user') }
  })
  const probes = sides.flatMap(({ resolved, roles }) => probesOf(resolved, roles, site).probes)
  const seen = new Set<string>()
  const rows = probes.flatMap(probe => {
    const key = `${probe.place}\0${probe.action}`
    if (seen.has(key)) return []
    seen.add(key)
    const cells = sides.map(side => answer(probe, side))
    const isSame = cells.every(({ tone }) => tone === cells[0]?.tone)
    return isSame ? [] : [{ place: probe.place, action: probe.action, entries: cells }]
  })
  return sectionOf('What they reach', [left.name, right.name], rows)
}

type Answering = { readonly resolved: Resolved; readonly people: People; readonly asker: Asker }

function answer({ action, target, isHazard }: Probe, { resolved, people, asker }: Answering): Entry {
  const { resource, context } = target(asker)
  const asked = { who: people.user, action, resource, ...(context === undefined ? {} : { context }) }
  return entryOf(cellOf(judge(resolved, asked), isHazard))
}
