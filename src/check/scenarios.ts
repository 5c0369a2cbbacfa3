import { isObject, type Json, type Path } from '../document.ts'
import type { Assignment, Assumption, Solver } from './conditions.ts'
import { callOf } from './walk.ts'

/**
 * How a resource's properties can turn out. A scenario gives a truth value to every condition by which the properties
 * choose, as the template's parameters can bring about all at once.
 *
 * Up to five conditions: every scenario that there is. With more, enough of them that
 * - each branch of each `Fn::If` is in one,
 * - of each object whose own values choose, each combination of those choices is in one (of more than 64 the fullest,
 *   the emptiest and each branch alone),
 * - of each list whose own items choose, the longest and the shortest are in one.
 * 256 scenarios at most.
 */
export function scenariosOf(properties: Json, given: readonly Assumption[], solver: Solver): readonly Assignment[] {
  const choices = choicesOf(properties)
  const { names } = choices
  if (names.size <= 5) return [...solver.assignments(names, given)]
  const scenarios = new Map<string, Assignment>()
  const add = (when: readonly Assumption[], prefer?: (name: string) => boolean) => {
    if (scenarios.size >= mostScenarios) return
    const { value } = solver.assignments(names, [...given, ...when], prefer).next()
    if (value !== undefined) scenarios.set([...value.values()].map(Number).join(''), value)
  }
  const isCovered = (when: readonly Assumption[]) => {
    for (const scenario of scenarios.values()) {
      if (when.every(({ condition, holds }) => scenario.get(condition) === holds)) return true
    }
    return false
  }
  for (const { within, isPresentIf } of choices.groups) {
    for (const isFull of [true, false]) {
      add(within, name => (isPresentIf.get(name) ?? true) === isFull)
    }
  }
  for (const { within, isList, chosenBy } of choices.groups) {
    if (isList || chosenBy.size > mostChoices) continue
    let combinations = 0
    for (const combination of solver.assignments(chosenBy, [...given, ...within])) {
      if (combinations++ >= mostCombinations) break
      const when = [...within, ...[...combination].map(([condition, holds]) => ({ condition, holds }))]
      if (!isCovered(when)) add(when)
    }
  }
  for (const branch of choices.branches) if (!isCovered(branch)) add(branch)
  return [...scenarios.values()]
}

const mostScenarios = 256
const mostCombinations = 64
/** With more than these a combination is one of too many to try. */
const mostChoices = 16

type Choices = {
  readonly names: ReadonlySet<string>
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

function choicesOf(properties: Json): Choices {
  const names = new Set<string>()
  const branches: (readonly Assumption[])[] = []
  const groups: Group[] = []
  const visit = (value: Json, within: readonly Assumption[]): void => {
    const choice = choiceOf(value)
    if (choice !== undefined) {
      names.add(choice.condition)
      for (const holds of [true, false]) {
        const inside = [...within, { condition: choice.condition, holds }]
        branches.push(inside)
        visit(holds ? choice.whenTrue : choice.whenFalse, inside)
      }
      return
    }
    if (typeof value !== 'object' || value === null || callOf(value) !== undefined) return
    const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
    const chosenBy = new Set<string>()
    const isPresentIf = new Map<string, boolean>()
    for (const item of items) collect(item, chosenBy, isPresentIf)
    if (chosenBy.size > 0) groups.push({ within, isList: Array.isArray(value), chosenBy, isPresentIf })
    for (const item of items) visit(item, within)
  }
  visit(properties, [])
  return { names, branches, groups }
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
 * The value in a scenario: each choice made, and what is `AWS::NoValue` left out. Nothing if that is all of it.
 * Other calls stay as they are.
 */
export function resolve(value: Json, scenario: Assignment): Json | undefined {
  if (typeof value !== 'object' || value === null) return value
  const choice = choiceOf(value)
  if (choice !== undefined) {
    return resolve(scenario.get(choice.condition) === true ? choice.whenTrue : choice.whenFalse, scenario)
  }
  if (isNoValue(value)) return undefined
  if (callOf(value) !== undefined) return value
  if (Array.isArray(value)) {
    return value.map((item: Json) => resolve(item, scenario)).filter(item => item !== undefined)
  }
  const resolved: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    const left = resolve(item, scenario)
    if (left !== undefined) resolved[key] = left
  }
  return resolved
}

/** Where in the template, through the branches of each `Fn::If`, the value at `path` of the resolved one stands. */
export function originOf(value: Json | undefined, path: Path, scenario: Assignment): Path {
  const origin: (string | number)[] = []
  let here = value
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
      const kept = items.flatMap((item, index) => (resolve(item, scenario) === undefined ? [] : [index]))
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

/** The conditions that decide whether `path` of the template is there, and what is directly in it. */
export function deciders(properties: Json, path: Path): readonly string[] {
  const names = new Set<string>()
  let here: Json | undefined = properties
  for (const [at, step] of path.entries()) {
    if (here !== undefined && step === 'Fn::If') {
      const choice = choiceOf(here)
      if (choice !== undefined) names.add(choice.condition)
    }
    here = Array.isArray(here) ? here[Number(step)] : isObject(here) ? here[String(step)] : undefined
    if (at === path.length - 2 && here !== undefined) addDirect(here, names)
  }
  if (here !== undefined) addDirect(here, names)
  return [...names]
}

function addDirect(value: Json, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  for (const item of items) collect(item, names, new Map())
}
