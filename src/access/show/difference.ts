import type { Resolved } from '../../resolve/index.ts'
import { ask } from './ask.ts'
import { askerOf } from './further.ts'
import type { Asker, Probe, Site } from './probes/probe.ts'
import { probesOf } from './probes.ts'
import { type Entry, entryOf, type Section, sectionOf } from './sheet.ts'
import { spelled } from './spelled.ts'
import { type Column, cognitoRoles, type People, peopleOf } from './table.ts'

/** A template in one deployment, and what it is to be called. */
export type Side = { readonly name: string; readonly resolved: Resolved }

/**
 * What a signed-in user, or a guest, can do by one template and not by another, or by another statement: asked is what
 * either of them names. Both are deployed at the same site, with the same names.
 */
export function differenceOf(left: Side, right: Side, site: Site, column: Column = 'user'): Section {
  const sides = [left, right].map(({ resolved }) => {
    const people = peopleOf(resolved, site.region)
    const roles = cognitoRoles(resolved, people)
    return { resolved: spelled(resolved).resolved, people, roles, asker: askerOf(resolved, roles, people, column) }
  })
  const probes = sides.flatMap(({ resolved, roles }) => probesOf(resolved, roles, site).probes)
  const seen = new Set<string>()
  const rows = probes.flatMap(probe => {
    const key = `${probe.place}\0${probe.action}`
    if (seen.has(key)) return []
    seen.add(key)
    const cells = sides.map(side => answer(probe, side, column))
    const isSame = cells.every(({ tone }) => tone === cells[0]?.tone)
    return isSame ? [] : [{ place: probe.place, action: probe.action, entries: cells }]
  })
  return sectionOf('What they reach', [left.name, right.name], rows)
}

type Answering = { readonly resolved: Resolved; readonly people: People; readonly asker: Asker }

function answer(probe: Probe, { resolved, people, asker }: Answering, column: Column): Entry {
  return entryOf(ask(resolved, probe, people[column], asker))
}
