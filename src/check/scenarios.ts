import type { Json, Path } from '../document.ts'
import type { Assumption, Solver, Values } from './conditions.ts'
import { callOf } from './walk.ts'

/** A value of a template, as a plan by which each scenario makes its own. */
export type Plan = {
  /** The conditions by which it chooses, in the order in which they are met. */
  readonly conditions: readonly string[]
  readonly root: Part
  /** What holds where each branch is. */
  readonly branches: readonly (readonly Assumption[])[]
  readonly groups: readonly Group[]
}

/** A truth value for each condition of a plan, in their order. */
export type Scenario = Values

type Part =
  /** The same in every scenario. */
  | { readonly kind: 'fixed'; readonly value: Json }
  /** `AWS::NoValue` */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'choice'; readonly condition: number; readonly whenTrue: Part; readonly whenFalse: Part }
  | { readonly kind: 'list'; readonly parts: readonly Part[] }
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly parts: readonly Part[] }

/** A list or an object of which direct values are choices. */
type Group = {
  readonly within: readonly Assumption[]
  readonly isList: boolean
  readonly chosenBy: ReadonlySet<string>
  /** The truth value that makes a value be there, of conditions that decide it. */
  readonly isPresentIf: ReadonlyMap<string, boolean>
}

/**
 * How the plan can turn out. A scenario gives a truth value to each of its conditions, as the template's parameters can
 * bring about all at once.
 *
 * Of up to four conditions these are all scenarios that there are. Of more, they are enough for
 * - each branch of each `Fn::If`,
 * - each combination of the choices that the values of one object make, if at most four conditions make them,
 * - the fullest and the emptiest form of each object and list whose values are chosen,
 * - each combination of every two conditions, of up to 40.
 * 256 scenarios at most.
 */
export function scenariosOf(plan: Plan, given: readonly Assumption[], solver: Solver): readonly Scenario[] {
  const { conditions, groups, branches } = plan
  const exploration = solver.explore(conditions, given)
  if (conditions.length <= exhaustive) return [...exploration.combinations(conditions)]
  const scenarios = new Scenarios(conditions)
  const first = (when: readonly Assumption[], of?: Iterable<string>, prefer?: (name: string) => boolean) => {
    const values = scenarios.all.size < most ? exploration.first(when, of, prefer) : undefined
    if (values !== undefined) scenarios.add(values)
  }
  for (const { within, isList, chosenBy, isPresentIf } of groups) {
    for (const isFull of [true, false]) {
      const prefer = (name: string) => (isPresentIf.get(name) ?? true) === isFull
      const wanted = [...chosenBy].map(condition => ({ condition, holds: prefer(condition) }))
      if (!scenarios.have([...within, ...wanted])) first(within, chosenBy, prefer)
    }
    if (isList || chosenBy.size > exhaustive) continue
    for (const values of exploration.combinations(chosenBy, within)) scenarios.add(values)
  }
  for (const branch of branches) if (!scenarios.have(branch)) first(branch)
  for (const pair of scenarios.missingPairs()) first(pair)
  return [...scenarios.all.values()]
}

const exhaustive = 4
const mostPaired = 40
const most = 256

/** Scenarios, each once, and which values of two conditions they have together. */
class Scenarios {
  readonly all = new Map<string, Scenario>()
  readonly #conditions: readonly string[]
  /** By two literals, each the number of a condition doubled and its value: is there a scenario with both? */
  readonly #pairs: Uint8Array

  constructor(conditions: readonly string[]) {
    this.#conditions = conditions
    this.#pairs = new Uint8Array(conditions.length <= mostPaired ? (2 * conditions.length) ** 2 : 0)
  }

  add(scenario: Scenario): void {
    const literals = scenario.map((holds, index) => 2 * index + Number(holds))
    const key = literals.join()
    if (this.all.has(key)) return
    this.all.set(key, scenario)
    if (this.#pairs.length === 0) return
    for (let one = 0; one < literals.length; one++) {
      const row = (literals[one] ?? 0) * 2 * literals.length
      for (let other = one + 1; other < literals.length; other++) this.#pairs[row + (literals[other] ?? 0)] = 1
    }
  }

  have(when: readonly Assumption[]): boolean {
    const wanted = when.map(({ condition, holds }) => [this.#conditions.indexOf(condition), holds] as const)
    for (const scenario of this.all.values()) {
      if (wanted.every(([index, holds]) => scenario[index] === holds)) return true
    }
    return false
  }

  /** Two values of two conditions that no scenario has together; of too many conditions none. */
  *missingPairs(): Generator<readonly Assumption[]> {
    const count = 2 * this.#conditions.length
    for (let index = 0; index < this.#pairs.length; index++) {
      const [one, other] = [Math.floor(index / count), index % count]
      if (one >> 1 < other >> 1 && this.#pairs[index] !== 1) yield [this.#literal(one), this.#literal(other)]
    }
  }

  #literal(number: number): Assumption {
    return { condition: this.#conditions[number >> 1] ?? '', holds: number % 2 === 1 }
  }
}

export function planOf(value: Json): Plan {
  return new Planner().plan(value)
}

class Planner {
  readonly #conditions = new Map<string, number>()
  readonly #branches: (readonly Assumption[])[] = []
  readonly #groups: Group[] = []

  plan(value: Json): Plan {
    const root = this.#part(value, [])
    return { conditions: [...this.#conditions.keys()], root, branches: this.#branches, groups: this.#groups }
  }

  #part(value: Json, within: readonly Assumption[]): Part {
    if (typeof value !== 'object' || value === null) return { kind: 'fixed', value }
    const call = callOf(value)
    if (call !== undefined) {
      const choice = choiceOf(call)
      if (choice !== undefined) return this.#choice(choice, within)
      return isNoValue(call) ? { kind: 'nothing' } : { kind: 'fixed', value }
    }
    const isList = Array.isArray(value)
    const items: readonly Json[] = isList ? value : Object.values(value)
    const chosenBy = new Set<string>()
    const isPresentIf = new Map<string, boolean>()
    for (const item of items) collect(item, chosenBy, isPresentIf)
    if (chosenBy.size > 0) this.#groups.push({ within, isList, chosenBy, isPresentIf })
    const parts = items.map(item => this.#part(item, within))
    if (parts.every(({ kind }) => kind === 'fixed')) return { kind: 'fixed', value }
    return isList ? { kind: 'list', parts } : { kind: 'object', keys: Object.keys(value), parts }
  }

  #choice({ condition, whenTrue, whenFalse }: Choice, within: readonly Assumption[]): Part {
    const index = this.#conditions.get(condition) ?? this.#conditions.size
    this.#conditions.set(condition, index)
    const [isTrue, isFalse] = [true, false].map(holds => [...within, { condition, holds }])
    this.#branches.push(isTrue ?? [], isFalse ?? [])
    return {
      kind: 'choice',
      condition: index,
      whenTrue: this.#part(whenTrue, isTrue ?? []),
      whenFalse: this.#part(whenFalse, isFalse ?? []),
    }
  }
}

/** The conditions that choose this value, by themselves or within a branch that is a choice again. */
function collect(value: Json, chosenBy: Set<string>, isPresentIf: Map<string, boolean>): void {
  const choice = choiceOf(callOf(value))
  if (choice === undefined) return
  const { condition, whenTrue, whenFalse } = choice
  chosenBy.add(condition)
  const isThere = !isNoValue(callOf(whenTrue))
  if (isThere === isNoValue(callOf(whenFalse)) && !isPresentIf.has(condition)) isPresentIf.set(condition, isThere)
  collect(whenTrue, chosenBy, isPresentIf)
  collect(whenFalse, chosenBy, isPresentIf)
}

type Call = ReturnType<typeof callOf>
type Choice = { readonly condition: string; readonly whenTrue: Json; readonly whenFalse: Json }

function choiceOf(call: Call): Choice | undefined {
  if (call === undefined || call[0] !== 'Fn::If' || !Array.isArray(call[1]) || call[1].length !== 3) return undefined
  const [condition, whenTrue, whenFalse]: readonly Json[] = call[1]
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) return undefined
  return { condition, whenTrue, whenFalse }
}

function isNoValue(call: Call): boolean {
  return call !== undefined && call[0] === 'Ref' && call[1] === 'AWS::NoValue'
}

/** What the plan comes to in the scenario; nothing if that is `AWS::NoValue`. Calls but `Fn::If` stay as they are. */
export function resolve({ root }: Plan, scenario: Scenario): Json | undefined {
  return resolvePart(root, scenario)
}

function resolvePart(part: Part, scenario: Scenario): Json | undefined {
  switch (part.kind) {
    case 'fixed':
      return part.value
    case 'nothing':
      return undefined
    case 'choice':
      return resolvePart(scenario[part.condition] === true ? part.whenTrue : part.whenFalse, scenario)
    case 'list': {
      const items: Json[] = []
      for (const it of part.parts) {
        const item = resolvePart(it, scenario)
        if (item !== undefined) items.push(item)
      }
      return items
    }
    case 'object': {
      const object: { [key: string]: Json } = {}
      for (const [index, it] of part.parts.entries()) {
        const item = resolvePart(it, scenario)
        const key = part.keys[index]
        if (item === undefined || key === undefined) continue
        // An assignment would change what the object inherits from.
        if (key === '__proto__') Object.defineProperty(object, key, { value: item, enumerable: true })
        else object[key] = item
      }
      return object
    }
  }
}

/** Where in the template, through the branches of each `Fn::If`, the value at `path` of the resolved one stands. */
export function originOf({ root }: Plan, path: Path, scenario: Scenario): Path {
  const origin: (string | number)[] = []
  let part: Part | undefined = root
  const enter = () => {
    while (part?.kind === 'choice') {
      const holds = scenario[part.condition] === true
      origin.push('Fn::If', holds ? 1 : 2)
      part = holds ? part.whenTrue : part.whenFalse
    }
  }
  enter()
  for (const step of path) {
    switch (part?.kind) {
      case 'list': {
        const parts: readonly Part[] = part.parts
        const kept = parts.flatMap((it, index) => (resolvePart(it, scenario) === undefined ? [] : [index]))
        const index = kept[Number(step)] ?? Number(step)
        origin.push(index)
        part = parts[index]
        break
      }
      case 'object':
        origin.push(step)
        part = part.parts[part.keys.indexOf(String(step))]
        break
      default:
        origin.push(step)
        part = undefined
    }
    enter()
  }
  return origin
}

/** The conditions that decide whether a path of the template is there, and those that choose what is in or beside it. */
export type Deciders = { readonly around: ReadonlySet<string>; readonly beside: ReadonlySet<string> }

export function decidersOf({ root, conditions }: Plan, path: Path): Deciders {
  const around = new Set<string>()
  const beside = new Set<string>()
  const addChoices = (part: Part): void => {
    if (part.kind !== 'choice') return
    beside.add(conditions[part.condition] ?? '')
    addChoices(part.whenTrue)
    addChoices(part.whenFalse)
  }
  const addParts = (part: Part | undefined) => {
    if (part?.kind === 'list' || part?.kind === 'object') part.parts.forEach(addChoices)
  }
  let part: Part | undefined = root
  let holder: Part | undefined
  for (let at = 0; at < path.length; at++) {
    const step = path[at]
    if (part?.kind === 'choice') {
      around.add(conditions[part.condition] ?? '')
      part = path[++at] === 1 ? part.whenTrue : part.whenFalse
      continue
    }
    holder = part
    if (part?.kind === 'list') part = part.parts[Number(step)]
    else part = part?.kind === 'object' ? part.parts[part.keys.indexOf(String(step))] : undefined
  }
  addParts(holder)
  addParts(part)
  for (const name of around) beside.delete(name)
  return { around, beside }
}
