import type { Document } from '../document.ts'
import { type Candidate, isVariable, problemOf, type Value, type Variable } from './formula.ts'
import { contains, type Goal, intersects, type Mask, Search, type State, union } from './search.ts'
import type { Assumption } from './walk.ts'

export type { Assumption } from './walk.ts'

/**
 * Which conditions of a template can hold together: a complete search over what its parameters can be, as far as
 * their constraints and the template's Rules let them.
 */

/** What a parameter, pseudo parameter or expression is, or is not, so that assumptions come true. */
export type Binding =
  | { readonly operand: string; readonly is: string }
  | { readonly operand: string; readonly isNot: readonly string[] }
  | { readonly operand: string; readonly sameAs: string }

/** An example of how assumptions come true; what it leaves out may be anything that is allowed. */
export type Witness = readonly Binding[]

/** Truth values of conditions, by name. */
export type Assignment = ReadonlyMap<string, boolean>

const solvers = new WeakMap<Document, Solver>()

export function solverOf(document: Document): Solver {
  const known = solvers.get(document)
  if (known !== undefined) return known
  const made = new Solver(document)
  solvers.set(document, made)
  return made
}

/** `AllowGuests is 'true' and UserPoolId is not ''`. */
export function formatWitness(witness: Witness): string {
  return witness
    .map(binding => {
      if ('is' in binding) return `${binding.operand} is '${binding.is}'`
      if ('sameAs' in binding) return `${binding.operand} is ${binding.sameAs}`
      const values = binding.isNot.map(value => `'${value}'`)
      return `${binding.operand} is ${values.length > 1 ? 'none of' : 'not'} ${values.join(', ')}`
    })
    .join(' and ')
}

/** What is asked of the conditions and their parameters alone. */
export type QueryOptions = { readonly ignoreRules?: boolean }

/** That a condition holds, and that it does not. */
type Condition = { readonly whenTrue: Goal; readonly whenFalse: Goal }

/** Rules that share variables, by way of each other. */
type Component = { readonly variables: Mask; readonly goals: readonly Goal[] }

export class Solver {
  readonly #search: Search
  readonly #variables: readonly Variable[]
  readonly #conditions: ReadonlyMap<string, Condition>
  /** Names of conditions that do not compare literals alone. */
  readonly #variable: ReadonlySet<string>
  readonly #open: State
  /** What the rules leave of that without any trying. */
  readonly #ruled: State
  readonly #rules: readonly Component[]
  readonly #answers = new Map<string, boolean>()
  /** Can any parameters satisfy all of the template's Rules? If not, the solver takes no notice of them. */
  readonly rulesAreSatisfiable: boolean

  constructor(document: Document) {
    const { conditions, rules, variables } = problemOf(document)
    const search = new Search(variables)
    const goals = rules.map(rule => search.goal(rule, true, true))
    const open = search.start()
    const ruled = search.copy(open)
    this.#search = search
    this.#variables = variables
    this.#conditions = new Map(
      [...conditions].map(([name, condition]) => [
        name,
        { whenTrue: search.goal(condition, true), whenFalse: search.goal(condition, false) },
      ]),
    )
    this.#variable = new Set([...conditions].filter(([, condition]) => isVariable(condition)).map(([name]) => name))
    this.rulesAreSatisfiable = search.settle(ruled, goals, goals) && search.model(ruled, goals) !== undefined
    this.#open = open
    this.#ruled = this.rulesAreSatisfiable ? ruled : open
    this.#rules = this.rulesAreSatisfiable ? components(goals) : []
  }

  /**
   * Can all of the assumptions come true together?
   * A condition whose shape says nothing, or that the template does not declare, may hold or not.
   */
  isSatisfiable(assumptions: readonly Assumption[], { ignoreRules = false }: QueryOptions = {}): boolean {
    const key = `${ignoreRules ? '!' : ''}${keyOf(assumptions)}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = this.#isSatisfiable(assumptions, ignoreRules)
    this.#answers.set(key, answer)
    return answer
  }

  #isSatisfiable(assumptions: readonly Assumption[], ignoreRules: boolean): boolean {
    const goals = this.#goals(assumptions)
    if (goals === undefined) return false
    const all = ignoreRules ? goals : [...goals, ...this.#rulesFor(goals)]
    const state = this.#search.copy(ignoreRules ? this.#open : this.#ruled)
    if (!this.#search.settle(state, all, goals)) return false
    // A model has to meet the rules.
    return (ignoreRules ? this.#search.search(state, all) : this.#search.model(state, all)) !== undefined
  }

  /** How all of the assumptions come true together, as generally as the search has it; nothing if they cannot. */
  satisfiable(assumptions: readonly Assumption[]): Witness | undefined {
    const goals = this.isSatisfiable(assumptions) ? this.#goals(assumptions) : undefined
    if (goals === undefined) return undefined
    const all = [...goals, ...this.#rulesFor(goals)]
    const state = this.#search.copy(this.#ruled)
    const end = this.#search.settle(state, all, goals) ? this.#search.search(state, all) : undefined
    return end === undefined ? undefined : this.#witness(goals, end)
  }

  /** Does the condition depend on anything that only deployment knows? */
  isVariable(condition: string): boolean {
    return this.#variable.has(condition)
  }

  /** Every combination of truth values of the conditions that can come true while `given` holds, true ones first. */
  *assignments(names: Iterable<string>, given: readonly Assumption[] = []): Generator<Assignment, undefined> {
    const all = [...new Set(names)]
    for (const values of this.explore(all, given).combinations(all)) {
      yield new Map(all.map((name, index) => [name, values[index] === true]))
    }
  }

  /** For many questions about the same conditions while `given` holds. */
  explore(names: readonly string[], given: readonly Assumption[] = []): Exploration {
    const conditions = names.map(name => [name, this.#conditions.get(name)] as const)
    const assumed = this.#goals(given) ?? []
    const rules = this.#rulesFor([...assumed, ...conditions.flatMap(([, condition]) => condition?.whenTrue ?? [])])
    const goals = [...assumed, ...rules]
    const state = this.#search.copy(this.#ruled)
    const isPossible = this.#goals(given) !== undefined && this.#search.settle(state, goals, assumed)
    return new Exploration(this.#search, conditions, goals, isPossible ? state : undefined)
  }

  /** Nothing if they contradict each other by what they say of conditions of which nothing is known. */
  #goals(assumptions: readonly Assumption[]): readonly Goal[] | undefined {
    const goals: Goal[] = []
    for (const { condition, holds } of assumptions) {
      const known = this.#conditions.get(condition)
      if (known !== undefined) goals.push(holds ? known.whenTrue : known.whenFalse)
      else if (assumptions.some(it => it.condition === condition && it.holds !== holds)) return undefined
    }
    return goals
  }

  /** The rules that share variables with any of these. */
  #rulesFor(goals: readonly Goal[]): readonly Goal[] {
    return this.#rules
      .filter(rule => goals.some(({ variables }) => intersects(variables, rule.variables)))
      .flatMap(rule => rule.goals)
  }

  /** What the goals themselves, and not the rules alone, depend on. */
  #witness(goals: readonly Goal[], state: State): Witness {
    /** Who has a value that no literal is. */
    const holders = new Map<Value, string>()
    return this.#variables.flatMap(variable => {
      if (!goals.some(goal => contains(goal.variables, variable.index))) return []
      const left = this.#search.left(variable.index, state)
      if (left.length === variable.candidates.length) return []
      return bindingsOf(variable, isSaid(variable, left) ? left : left.slice(0, 1), holders)
    })
  }
}

/** Truth values of the conditions of an exploration, in their order. */
export type Values = readonly boolean[]

/** Questions about one list of conditions. One that the template does not even refer to counts as true. */
export class Exploration {
  readonly #search: Search
  readonly #names: readonly string[]
  readonly #conditions: readonly (Condition | undefined)[]
  /** Where it starts; nothing if what is given cannot be. */
  readonly #state: State | undefined
  readonly #goals: readonly Goal[]

  constructor(
    search: Search,
    conditions: readonly (readonly [name: string, Condition | undefined])[],
    goals: readonly Goal[],
    state: State | undefined,
  ) {
    this.#search = search
    this.#names = conditions.map(([name]) => name)
    this.#conditions = conditions.map(([, condition]) => condition)
    this.#goals = goals
    this.#state = state
  }

  /** Every combination of the conditions in `of` that can come true with `when`; the others as they then can be. */
  *combinations(of: Iterable<string>, when: readonly Assumption[] = []): Generator<Values, undefined> {
    const start = this.#start(when)
    if (start !== undefined) yield* this.#extend(this.#positionsOf(of), 0, ...start, () => true)
  }

  /**
   * One way in which all can be with `when`: of two the one that has the preferred value of the first condition in `of`
   * in which they differ.
   */
  first(
    when: readonly Assumption[],
    of: Iterable<string> = [],
    prefer: (condition: string) => boolean = () => true,
  ): Values | undefined {
    const start = this.#start(when)
    return start && this.#extend(this.#positionsOf(of), 0, ...start, prefer).next().value
  }

  #start(when: readonly Assumption[]): [State, readonly Goal[]] | undefined {
    if (this.#state === undefined) return undefined
    const fresh = when.flatMap(({ condition, holds }) => {
      const known = this.#conditions[this.#names.indexOf(condition)]
      return known === undefined ? [] : [holds ? known.whenTrue : known.whenFalse]
    })
    const state = this.#search.copy(this.#state)
    const goals = [...this.#goals, ...fresh]
    return this.#search.settle(state, goals, fresh) ? [state, goals] : undefined
  }

  #positionsOf(names: Iterable<string>): readonly number[] {
    return [...names].map(name => this.#names.indexOf(name))
  }

  *#extend(
    positions: readonly number[],
    from: number,
    state: State,
    goals: readonly Goal[],
    prefer: (condition: string) => boolean,
  ): Generator<Values, undefined> {
    for (let at = from; at < positions.length; at++) {
      const position = positions[at] ?? 0
      const condition = this.#conditions[position]
      if (condition === undefined || this.#search.evaluate(condition.whenTrue.node, state) !== undefined) continue
      const preferred = prefer(this.#names[position] ?? '')
      for (const holds of [preferred, !preferred]) {
        const next = this.#search.copy(state)
        const goal = holds ? condition.whenTrue : condition.whenFalse
        const all = [...goals, goal]
        if (this.#search.settle(next, all, [goal])) yield* this.#extend(positions, at + 1, next, all, prefer)
      }
      return
    }
    const model = this.#search.model(state, goals)
    if (model === undefined) return
    yield this.#conditions.map(it => it === undefined || this.#search.evaluate(it.whenTrue.node, model) === true)
  }
}

/** Can these candidates, and no others, be told by what each facet is, or which texts it is not? */
function isSaid({ operands, candidates }: Variable, left: readonly Candidate[]): boolean {
  const facets = operands.flatMap((operand, facet) => {
    const values = new Set(left.map(it => it[facet]))
    return operand === undefined ? [] : [{ facet, values }]
  })
  const isLike = (candidate: Candidate) =>
    facets.every(({ facet, values }) => {
      return values.has(candidate[facet]) || (values.size > 1 && typeof candidate[facet] !== 'string')
    })
  return candidates.every(candidate => left.includes(candidate) || !isLike(candidate))
}

function bindingsOf(
  { operands, candidates }: Variable,
  left: readonly Candidate[],
  holders: Map<Value, string>,
): readonly Binding[] {
  const facets = operands.map((operand, facet) => {
    const values = new Set(left.map(it => it[facet]))
    const [only] = values
    return { operand, values, only: values.size === 1 ? only : undefined }
  })
  const bindings: Binding[] = []
  for (const [facet, { operand, values, only }] of facets.entries()) {
    if (operand === undefined) continue
    if (typeof only === 'string') {
      bindings.push({ operand, is: only })
      // A region says which partition, and a partition which URL suffix.
      break
    }
    if (only !== undefined) {
      const sameAs = holders.get(only)
      if (sameAs !== undefined) bindings.push({ operand, sameAs })
      else holders.set(only, operand)
    }
    // Of what the other facets leave: no region of another partition has to be ruled out.
    const peers = candidates.filter(it =>
      facets.every(({ only: said }, at) => typeof said !== 'string' || it[at] === said),
    )
    const all = new Set(peers.map(it => it[facet]))
    const isNot = [...all].filter(it => typeof it === 'string').filter(it => !values.has(it))
    if (isNot.length > 0) bindings.push({ operand, isNot })
  }
  return bindings
}

/** Goals together with those that they share variables with, by way of others too. */
function components(goals: readonly Goal[]): readonly Component[] {
  let groups: readonly Component[] = []
  for (const goal of goals) {
    const met = groups.filter(group => intersects(group.variables, goal.variables))
    const joined = {
      variables: met.reduce((variables, group) => union(variables, group.variables), goal.variables),
      goals: [...met.flatMap(group => group.goals), goal],
    }
    groups = [...groups.filter(group => !met.includes(group)), joined]
  }
  return groups
}

function keyOf(assumptions: readonly Assumption[]): string {
  const keys = assumptions.map(({ condition, holds }) => `${holds ? '+' : '-'}${condition}`)
  return keys.sort().join('\n')
}
