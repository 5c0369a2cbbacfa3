import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, member, type Path } from '../document.ts'
import { type Assumption, type Solver, solverOf } from './conditions.ts'
import { entriesOf, sectionOf, survey } from './walk.ts'

/**
 * Resources that wait for each other, by references and `DependsOn`, and conditions that are made of each other.
 * Each group of them is reported once, with a whole cycle.
 */
export function checkCycles(document: Document): readonly Diagnostic[] {
  return [...cyclesOf(document, 'Resources'), ...cyclesOf(document, 'Conditions')]
}

type Edge = { readonly to: string; readonly path: Path; readonly when: readonly Assumption[] }

function cyclesOf(document: Document, section: 'Resources' | 'Conditions'): readonly Diagnostic[] {
  const entries = sectionOf(document, section)
  const edges = new Map<string, Edge[]>()
  for (const { kind, name, path, place } of survey(document).references) {
    const isEdge = section === 'Conditions' ? kind === 'condition' : kind !== 'condition' && kind !== 'mapping'
    if (!isEdge || place.section !== section || !Object.hasOwn(entries, name)) continue
    // SAM takes a resource of its own apart into several.
    if (isServerless(entries[name]) || isServerless(entries[place.id])) continue
    const edge = { to: name, path, when: place.guards }
    if (edges.get(place.id)?.push(edge) === undefined) edges.set(place.id, [edge])
  }
  const names = entriesOf(document, section).map(([id]) => id)
  return knotsOf(names, edges).flatMap(knot => {
    const cycle = cycleIn(new Set(knot), edges, solverOf(document))
    const [first] = cycle ?? []
    if (cycle === undefined || first === undefined) return []
    const round = [...cycle.map(({ from }) => from), first.from].join(' → ')
    return [
      {
        code: 'circular-reference',
        severity: 'error',
        path: first.edge.path,
        message: `closes a circle: ${round}`,
        help:
          section === 'Conditions'
            ? 'Take one of these references out: no condition can be made of itself'
            : 'Take one of these references out, or move what needs it to a resource of its own',
      } as const,
    ]
  })
}

function isServerless(entry: Json | undefined): boolean {
  return isObject(entry) && String(member(entry, 'Type')).startsWith('AWS::Serverless::')
}

/**
 * The groups of names that reach each other, and names that reach themselves, in order: Tarjan's algorithm, without
 * recursion, as a chain of references may be as long as a template.
 */
function knotsOf(
  names: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const knots: string[][] = []
  for (const root of names) {
    if (order.has(root)) continue
    const trail: { readonly name: string; next: number }[] = []
    const enter = (name: string) => {
      order.set(name, order.size)
      lowest.set(name, order.size - 1)
      open.push(name)
      isOpen.add(name)
      trail.push({ name, next: 0 })
    }
    const lower = (name: string, other: number | undefined) =>
      lowest.set(name, Math.min(lowest.get(name) ?? 0, other ?? 0))
    enter(root)
    for (let step = trail.at(-1); step !== undefined; step = trail.at(-1)) {
      const edge = edges.get(step.name)?.[step.next++]
      if (edge !== undefined) {
        if (!order.has(edge.to)) enter(edge.to)
        else if (isOpen.has(edge.to)) lower(step.name, order.get(edge.to))
        continue
      }
      trail.pop()
      const before = trail.at(-1)
      if (before !== undefined) lower(before.name, lowest.get(step.name))
      if (lowest.get(step.name) !== order.get(step.name)) continue
      const knot = open.splice(open.lastIndexOf(step.name))
      for (const name of knot) isOpen.delete(name)
      const reachesItself = edges.get(step.name)?.some(({ to }) => to === step.name) === true
      if (knot.length > 1 || reachesItself) knots.push(knot)
    }
  }
  return knots
}

type Step = { readonly from: string; readonly edge: Edge }

/** How many references the search for a cycle follows before it takes the shortest, whatever its conditions. */
const patience = 2_000

/**
 * A cycle whose references can all be there at the same time: CloudFormation resolves conditions first, so branches
 * that exclude each other close no circle. Short ones come first.
 */
function cycleIn(
  knot: ReadonlySet<string>,
  edges: ReadonlyMap<string, readonly Edge[]>,
  solver: Solver,
): readonly Step[] | undefined {
  const isPossible = (path: readonly Step[]) => {
    const when = path.flatMap(({ edge }) => edge.when)
    return when.length === 0 || solver.isSatisfiable(when)
  }
  const [any = ''] = knot
  const shortest = shortestFrom(any, knot, edges)
  if (isPossible(shortest)) return shortest
  let steps = 0
  for (const start of knot) {
    // Breadth first over the paths that can exist, on which a name is met once.
    let paths: (readonly Step[])[] = [[]]
    while (paths.length > 0) {
      const longer: (readonly Step[])[] = []
      for (const path of paths) {
        const from = path.at(-1)?.edge.to ?? start
        for (const edge of edges.get(from) ?? []) {
          const isClosed = edge.to === start
          if (!knot.has(edge.to) || (!isClosed && path.some(step => step.edge.to === edge.to))) continue
          if (steps++ >= patience) return shortest
          const next = [...path, { from, edge }]
          if (!isPossible(next)) continue
          if (isClosed) return next
          longer.push(next)
        }
      }
      paths = longer
    }
  }
  return undefined
}

/** The shortest way from a name back to it, through the names of its knot. */
function shortestFrom(
  start: string,
  knot: ReadonlySet<string>,
  edges: ReadonlyMap<string, readonly Edge[]>,
): readonly Step[] {
  const into = new Map<string, Step>()
  const pending = [start]
  for (const from of pending) {
    for (const edge of edges.get(from) ?? []) {
      if (!knot.has(edge.to) || into.has(edge.to)) continue
      into.set(edge.to, { from, edge })
      pending.push(edge.to)
    }
    if (into.has(start)) break
  }
  const path: Step[] = []
  for (let step = into.get(start); step !== undefined; step = step.from === start ? undefined : into.get(step.from)) {
    path.unshift(step)
  }
  return path
}
