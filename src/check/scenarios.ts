import { isObject, type Json, type Path } from '../document.ts'
import type { Assignment, Assumption, Solver } from './conditions.ts'
import { callOf } from './walk.ts'

/**
 * How a resource's properties can turn out. A scenario gives a truth value to every condition by which the properties
 * choose, as the template's parameters can bring about all at once.
 *
 * Of up to four conditions these are all scenarios that there are. Of more, they are enough for
 * - each branch of each `Fn::If`,
 * - each combination of the choices that the values of one object make, if at most four conditions make them,
 * - the fullest and the emptiest form of each object and list whose values are chosen,
 * - each combination of every two conditions, of up to 40.
 * 256 scenarios at most.
 */
export function scenariosOf(choices: Choices, given: readonly Assumption[], solver: Solver): readonly Assignment[] {
  const { names, groups, branches } = choices
  if (names.size <= exhaustive) return [...solver.assignments(names, { given })]
  const scenarios = new Scenarios(names)
  const first = (when: readonly Assumption[], asked: Iterable<string>, prefer?: (name: string) => boolean) => {
    if (scenarios.all.size >= most) return
    const options = { given: [...given, ...when], along: names, ...(prefer === undefined ? {} : { prefer }) }
    const { value } = solver.assignments(asked, options).next()
    if (value !== undefined) scenarios.add(value)
  }
  for (const { within, isList, chosenBy, isPresentIf } of groups) {
    for (const isFull of [true, false]) {
      const prefer = (name: string) => (isPresentIf.get(name) ?? true) === isFull
      const wanted = [...chosenBy].map(condition => ({ condition, holds: prefer(condition) }))
      if (!scenarios.have([...within, ...wanted])) first(within, chosenBy, prefer)
    }
    if (isList || chosenBy.size > exhaustive) continue
    for (const combination of solver.assignments(chosenBy, { given: [...given, ...within] })) {
      const when = [...within, ...[...combination].map(([condition, holds]) => ({ condition, holds }))]
      if (!scenarios.have(when)) first(when, [])
    }
  }
  for (const branch of branches) if (!scenarios.have(branch)) first(branch, [])
  if (names.size <= mostPaired) for (const pair of scenarios.missingPairs()) first(pair, [])
  return [...scenarios.all.values()]
}

const exhaustive = 4
const mostPaired = 40
const most = 256

/** Scenarios, each once, and which values of two conditions they have together. */
class Scenarios {
  readonly all = new Map<string, Assignment>()
  readonly #names: readonly string[]
  /** By two literals, each the number of a condition doubled and its value: is there a scenario with both? */
  readonly #pairs: Uint8Array

  constructor(names: ReadonlySet<string>) {
    this.#names = [...names]
    this.#pairs = new Uint8Array((2 * names.size) ** 2)
  }

  add(scenario: Assignment): void {
    const values = this.#names.map(name => Number(scenario.get(name)))
    const key = values.join('')
    if (this.all.has(key)) return
    this.all.set(key, scenario)
    const literals = values.map((value, index) => 2 * index + value)
    for (const one of literals) for (const other of literals) this.#pairs[one * 2 * literals.length + other] = 1
  }

  have(when: readonly Assumption[]): boolean {
    for (const scenario of this.all.values()) {
      if (when.every(({ condition, holds }) => scenario.get(condition) === holds)) return true
    }
    return false
  }

  *missingPairs(): Generator<readonly Assumption[]> {
    const literals = this.#names.flatMap(condition => [false, true].map(holds => ({ condition, holds })))
    for (const [at, one] of literals.entries()) {
      for (const [index, other] of literals.entries()) {
        const isKnown = this.#pairs[at * literals.length + index] === 1
        if (at < index && one.condition !== other.condition && !isKnown) yield [one, other]
      }
    }
  }
}

/** What a value chooses by conditions, and where. */
export type Choices = {
  readonly names: ReadonlySet<string>
  /** The objects and lists that are not the same in every scenario. */
  readonly open: ReadonlySet<Json>
  /** What holds where each branch is. */
  readonly branches: readonly (readonly Assumption[])[]
  readonly groups: readonly Group[]
}

/** A list or an object of which a direct value is an `Fn::If`. */
type Group = {
  readonly within: readonly Assumption[]
  readonly isList: boolean
  readonly chosenBy: ReadonlySet<string>
  /** The truth value that makes a value be there, of conditions that decide it. */
  readonly isPresentIf: ReadonlyMap<string, boolean>
}

export function choicesOf(properties: Json): Choices {
  const names = new Set<string>()
  const open = new Set<Json>()
  const branches: (readonly Assumption[])[] = []
  const groups: Group[] = []
  /** Tells whether the value is open. */
  const visit = (value: Json, within: readonly Assumption[]): boolean => {
    const choice = choiceOf(value)
    if (choice !== undefined) {
      names.add(choice.condition)
      for (const holds of [true, false]) {
        const inside = [...within, { condition: choice.condition, holds }]
        branches.push(inside)
        visit(holds ? choice.whenTrue : choice.whenFalse, inside)
      }
      open.add(value)
      return true
    }
    if (typeof value !== 'object' || value === null) return false
    if (callOf(value) !== undefined) {
      if (isNoValue(value)) open.add(value)
      return open.has(value)
    }
    const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
    const chosenBy = new Set<string>()
    const isPresentIf = new Map<string, boolean>()
    for (const item of items) collect(item, chosenBy, isPresentIf)
    if (chosenBy.size > 0) groups.push({ within, isList: Array.isArray(value), chosenBy, isPresentIf })
    let isOpen = false
    for (const item of items) if (visit(item, within)) isOpen = true
    if (isOpen) open.add(value)
    return isOpen
  }
  visit(properties, [])
  return { names, open, branches, groups }
}

/** The conditions that choose this value, by themselves or within a branch that is a choice again. */
function collect(value: Json, chosenBy: Set<string>, isPresentIf: Map<string, boolean>): void {
  const choice = choiceOf(value)
  if (choice === undefined) return
  const { condition, whenTrue, whenFalse } = choice
  chosenBy.add(condition)
  if (isNoValue(whenTrue) !== isNoValue(whenFalse) && !isPresentIf.has(condition)) {
    isPresentIf.set(condition, isNoValue(whenFalse))
  }
  collect(whenTrue, chosenBy, isPresentIf)
  collect(whenFalse, chosenBy, isPresentIf)
}

type Choice = { readonly condition: string; readonly whenTrue: Json; readonly whenFalse: Json }

function choiceOf(value: Json): Choice | undefined {
  const [fn, argument] = callOf(value) ?? []
  if (fn !== 'Fn::If' || !Array.isArray(argument) || argument.length !== 3) return undefined
  const [condition, whenTrue, whenFalse]: readonly Json[] = argument
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) return undefined
  return { condition, whenTrue, whenFalse }
}

function isNoValue(value: Json): boolean {
  const [fn, argument] = callOf(value) ?? []
  return fn === 'Ref' && argument === 'AWS::NoValue'
}

/**
 * The value, or a part of it, in a scenario: each choice made, and what is `AWS::NoValue` left out. Nothing if that is
 * all of it. Other calls stay as they are.
 */
export function resolve(value: Json, choices: Choices, scenario: Assignment): Json | undefined {
  if (typeof value !== 'object' || value === null || !choices.open.has(value)) return value
  const choice = choiceOf(value)
  if (choice !== undefined) {
    return resolve(scenario.get(choice.condition) === true ? choice.whenTrue : choice.whenFalse, choices, scenario)
  }
  if (isNoValue(value)) return undefined
  if (Array.isArray(value)) {
    return value.map((item: Json) => resolve(item, choices, scenario)).filter(item => item !== undefined)
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const left = resolve(item, choices, scenario)
      return left === undefined ? [] : [[key, left]]
    }),
  )
}

/** Where in the template, through the branches of each `Fn::If`, the value at `path` of the resolved one stands. */
export function originOf(value: Json, path: Path, choices: Choices, scenario: Assignment): Path {
  const origin: (string | number)[] = []
  let here: Json | undefined = value
  const enter = () => {
    for (let choice = here === undefined ? undefined : choiceOf(here); choice !== undefined; ) {
      const holds = scenario.get(choice.condition) === true
      origin.push('Fn::If', holds ? 1 : 2)
      here = holds ? choice.whenTrue : choice.whenFalse
      choice = choiceOf(here)
    }
  }
  enter()
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') {
      const items: readonly Json[] = here
      const kept = items.flatMap((item, index) => (resolve(item, choices, scenario) === undefined ? [] : [index]))
      const index = kept[step] ?? step
      origin.push(index)
      here = items[index]
    } else {
      origin.push(step)
      here = isObject(here) ? here[step] : undefined
    }
    enter()
  }
  return origin
}

/**
 * The conditions that decide whether the path of the template is there (`around` it), and those that choose what is
 * directly in it or beside it.
 */
export function deciders(
  properties: Json,
  path: Path,
): { readonly around: ReadonlySet<string>; readonly beside: ReadonlySet<string> } {
  const around = new Set<string>()
  const beside = new Set<string>()
  let here: Json | undefined = properties
  for (const [at, step] of path.entries()) {
    if (here !== undefined && step === 'Fn::If') {
      const choice = choiceOf(here)
      if (choice !== undefined) around.add(choice.condition)
    }
    here = Array.isArray(here) ? here[Number(step)] : isObject(here) ? here[String(step)] : undefined
    if (at === path.length - 2 && here !== undefined) addDirect(here, beside)
  }
  if (here !== undefined) addDirect(here, beside)
  for (const name of around) beside.delete(name)
  return { around, beside }
}

function addDirect(value: Json, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  for (const item of items) collect(item, names, new Map())
}
