import type { Document } from '../document.ts'
import {
  type Candidate,
  type Formula,
  isTrue,
  type Named,
  type Operand,
  problemOf,
  unknownVariable,
  type Value,
  type Variable,
} from './formula.ts'

/**
 * Which conditions of a template can hold together: a complete search over what its parameters can be, as far as
 * their constraints and the template's Rules let them.
 */

/** A condition by name, and whether it holds. */
export type Assumption = { readonly condition: string; readonly holds: boolean }

/** What a parameter, pseudo parameter or expression is, or is not, so that assumptions come true. */
export type Binding =
  | { readonly operand: string; readonly is: string }
  | { readonly operand: string; readonly isNot: readonly string[] }

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
      const values = binding.isNot.map(value => `'${value}'`)
      return `${binding.operand} is ${values.length > 1 ? 'none of' : 'not'} ${values.join(', ')}`
    })
    .join(' and ')
}

/** A formula that is to come out as `holds`. */
type Goal = { readonly formula: Formula; readonly holds: boolean }

/** The candidates that are left, by variable. A change gives it a new version, by which results are kept. */
type State = { readonly domains: (readonly Candidate[])[]; version: number }

type Rule = { readonly goal: Goal; readonly variables: ReadonlySet<number> }

export class Solver {
  readonly #conditions: Map<string, Named>
  readonly #variables: Variable[]
  readonly #rules: readonly Rule[]
  readonly #witnesses = new Map<string, Witness | undefined>()
  readonly #variablesOf: ReadonlySet<number>[] = []
  #lastVersion = 0
  // What is known of each condition, and the state of which it is known.
  readonly #values: (boolean | undefined)[] = []
  readonly #valuedIn: number[] = []
  readonly #propagatedIn: number[] = []
  /** Can any parameters satisfy all of the template's Rules? If not, the solver takes no notice of them. */
  readonly rulesAreSatisfiable: boolean

  constructor(document: Document) {
    const { conditions, rules, variables } = problemOf(document)
    this.#conditions = new Map(conditions)
    this.#variables = [...variables]
    const goals = rules.map(formula => ({ formula, holds: true }))
    this.rulesAreSatisfiable = this.#solve(goals) !== undefined
    this.#rules = this.rulesAreSatisfiable
      ? goals.map(goal => ({ goal, variables: this.#variablesIn(goal.formula) }))
      : []
  }

  /**
   * How all of the assumptions come true together; nothing if they cannot.
   * A condition that the template does not declare, or whose shape says nothing, may hold or not.
   */
  satisfiable(
    assumptions: readonly Assumption[],
    { ignoreRules = false }: { readonly ignoreRules?: boolean } = {},
  ): Witness | undefined {
    const key = keyOf(assumptions, ignoreRules)
    if (this.#witnesses.has(key)) return this.#witnesses.get(key)
    const goals = assumptions.map(it => this.#goal(it))
    const state = this.#solve([...goals, ...(ignoreRules ? [] : this.#rulesFor(goals))])
    const witness = state === undefined ? undefined : this.#witness(goals, state)
    this.#witnesses.set(key, witness)
    return witness
  }

  /** Does the condition depend on anything that only deployment knows? */
  isVariable(condition: string): boolean {
    return this.#variablesIn(this.#condition(condition)).size > 0
  }

  /**
   * Every combination of truth values of the named conditions that can come true while `given` holds. Of two the one
   * comes first that has the preferred value of the first condition in which they differ.
   */
  *assignments(
    names: Iterable<string>,
    given: readonly Assumption[] = [],
    prefer: (condition: string) => boolean = () => true,
  ): Generator<Assignment, undefined> {
    const conditions = [...new Set(names)].map(name => this.#condition(name))
    const goals = given.map(it => this.#goal(it))
    const asked = conditions.map(formula => ({ formula, holds: true }))
    const all = [...goals, ...this.#rulesFor([...goals, ...asked])]
    const state = this.#initial()
    if (this.#settle(state, all)) yield* this.#extend(conditions, 0, state, all, prefer)
  }

  *#extend(
    conditions: readonly Named[],
    position: number,
    state: State,
    goals: readonly Goal[],
    prefer: (condition: string) => boolean,
  ): Generator<Assignment, undefined> {
    const condition = conditions[position]
    if (condition === undefined) {
      const end = this.#search(state, goals)
      if (end !== undefined) yield new Map(conditions.map(it => [it.name, this.#evaluate(it, end) === true]))
    } else if (this.#evaluate(condition, state) !== undefined) {
      yield* this.#extend(conditions, position + 1, state, goals, prefer)
    } else {
      const preferred = prefer(condition.name)
      for (const holds of [preferred, !preferred]) {
        const next = this.#copy(state)
        const all = [...goals, { formula: condition, holds }]
        if (this.#settle(next, all)) yield* this.#extend(conditions, position + 1, next, all, prefer)
      }
    }
  }

  #condition(name: string): Named {
    const known = this.#conditions.get(name)
    if (known !== undefined) return known
    const variable = unknownVariable(this.#variables.length)
    this.#variables.push(variable)
    const made: Named = { kind: 'named', name, index: this.#conditions.size, formula: isTrue(variable.index) }
    this.#conditions.set(name, made)
    return made
  }

  #goal({ condition, holds }: Assumption): Goal {
    return { formula: this.#condition(condition), holds }
  }

  /** The rules that share variables with the goals, or with rules that do. */
  #rulesFor(goals: readonly Goal[]): readonly Goal[] {
    if (this.#rules.length === 0) return []
    const variables = new Set(goals.flatMap(({ formula }) => [...this.#variablesIn(formula)]))
    const chosen = new Set<Rule>()
    for (let before = -1; before < chosen.size; ) {
      before = chosen.size
      for (const rule of this.#rules) {
        if (chosen.has(rule) || ![...rule.variables].some(it => variables.has(it))) continue
        chosen.add(rule)
        for (const it of rule.variables) variables.add(it)
      }
    }
    return [...chosen].map(({ goal }) => goal)
  }

  #variablesIn(formula: Formula): ReadonlySet<number> {
    switch (formula.kind) {
      case 'constant':
        return new Set()
      case 'is':
        return new Set([formula.operand.variable])
      case 'same':
        return new Set([formula.left.variable, formula.right.variable])
      case 'not':
        return this.#variablesIn(formula.formula)
      case 'all':
      case 'any':
        return new Set(formula.formulas.flatMap(it => [...this.#variablesIn(it)]))
      case 'named': {
        const known = this.#variablesOf[formula.index] ?? this.#variablesIn(formula.formula)
        this.#variablesOf[formula.index] = known
        return known
      }
    }
  }

  #solve(goals: readonly Goal[]): State | undefined {
    const state = this.#initial()
    return this.#settle(state, goals) ? this.#search(state, goals) : undefined
  }

  /** From a settled state to one in which every goal is met whatever the remaining candidates. */
  #search(state: State, goals: readonly Goal[]): State | undefined {
    for (const { formula, holds } of goals) {
      const value = this.#evaluate(formula, state)
      if (value === !holds) return undefined
      if (value !== undefined) continue
      for (const domain of this.#split(formula, state)) {
        const next = this.#copy(state)
        next.domains[domain.variable] = domain.candidates
        const end = this.#settle(next, goals) ? this.#search(next, goals) : undefined
        if (end !== undefined) return end
      }
      return undefined
    }
    return state
  }

  /** Two parts of the domain of a variable that the formula, which is undecided, depends on. */
  #split(formula: Formula, state: State): readonly { variable: number; candidates: readonly Candidate[] }[] {
    switch (formula.kind) {
      case 'constant':
        return []
      case 'is': {
        const { operand, literal } = formula
        const domain = state.domains[operand.variable] ?? []
        return [
          { variable: operand.variable, candidates: domain.filter(it => it[operand.facet] === literal) },
          { variable: operand.variable, candidates: domain.filter(it => it[operand.facet] !== literal) },
        ]
      }
      case 'same': {
        const isOpen = ({ variable }: Operand) => (state.domains[variable]?.length ?? 0) > 1
        const { variable } = isOpen(formula.left) ? formula.left : formula.right
        const domain = state.domains[variable] ?? []
        return [
          { variable, candidates: domain.slice(0, 1) },
          { variable, candidates: domain.slice(1) },
        ]
      }
      case 'not':
      case 'named':
        return this.#split(formula.formula, state)
      case 'all':
      case 'any': {
        const open = formula.formulas.find(it => this.#evaluate(it, state) === undefined)
        return open === undefined ? [] : this.#split(open, state)
      }
    }
  }

  /** Draws every conclusion that needs no trying; false if the goals contradict each other. */
  #settle(state: State, goals: readonly Goal[]): boolean {
    state.version = ++this.#lastVersion
    for (let before = -1; before !== state.version; ) {
      before = state.version
      for (const { formula, holds } of goals) if (!this.#propagate(formula, holds, state)) return false
    }
    return true
  }

  #propagate(formula: Formula, holds: boolean, state: State): boolean {
    switch (formula.kind) {
      case 'constant':
        return formula.value === holds
      case 'is': {
        const { operand, literal } = formula
        return this.#restrict(operand, value => (value === literal) === holds, state)
      }
      case 'same': {
        const [left, right] = [this.#valuesOf(formula.left, state), this.#valuesOf(formula.right, state)]
        if (holds) {
          return (
            this.#restrict(formula.left, value => right.has(value), state) &&
            this.#restrict(formula.right, value => left.has(value), state)
          )
        }
        return (
          (right.size > 1 || this.#restrict(formula.left, value => !right.has(value), state)) &&
          (left.size > 1 || this.#restrict(formula.right, value => !left.has(value), state))
        )
      }
      case 'not':
        return this.#propagate(formula.formula, !holds, state)
      case 'all':
      case 'any': {
        // All of these have to come out as `holds`, or one of them at least.
        if ((formula.kind === 'all') === holds) {
          return formula.formulas.every(it => this.#propagate(it, holds, state))
        }
        let open: Formula | undefined
        for (const it of formula.formulas) {
          const value = this.#evaluate(it, state)
          if (value === holds) return true
          if (value !== undefined) continue
          if (open !== undefined) return true
          open = it
        }
        return open !== undefined && this.#propagate(open, holds, state)
      }
      case 'named': {
        const slot = formula.index * 2 + (holds ? 1 : 0)
        const { version } = state
        if (this.#propagatedIn[slot] === version) return true
        if (!this.#propagate(formula.formula, holds, state)) return false
        this.#propagatedIn[slot] = version
        return true
      }
    }
  }

  #restrict({ variable, facet }: Operand, keeps: (value: Value) => boolean, state: State): boolean {
    const domain = state.domains[variable] ?? []
    const left = domain.filter(candidate => {
      const value = candidate[facet]
      return value !== undefined && keeps(value)
    })
    if (left.length < domain.length) {
      state.domains[variable] = left
      state.version = ++this.#lastVersion
    }
    return left.length > 0
  }

  /** Nothing if it depends on which of the remaining candidates the variables take. */
  #evaluate(formula: Formula, state: State): boolean | undefined {
    switch (formula.kind) {
      case 'constant':
        return formula.value
      case 'is': {
        const domain = state.domains[formula.operand.variable] ?? []
        let matches = 0
        for (const candidate of domain) if (candidate[formula.operand.facet] === formula.literal) matches++
        return matches === 0 ? false : matches === domain.length ? true : undefined
      }
      case 'same': {
        const [left, right] = [this.#valuesOf(formula.left, state), this.#valuesOf(formula.right, state)]
        const isShared = [...left].some(value => right.has(value))
        return !isShared ? false : left.size === 1 && right.size === 1 ? true : undefined
      }
      case 'not': {
        const value = this.#evaluate(formula.formula, state)
        return value === undefined ? undefined : !value
      }
      case 'all':
      case 'any': {
        const deciding = formula.kind === 'any'
        let isDecided = true
        for (const it of formula.formulas) {
          const value = this.#evaluate(it, state)
          if (value === deciding) return deciding
          if (value === undefined) isDecided = false
        }
        return isDecided ? !deciding : undefined
      }
      case 'named': {
        if (this.#valuedIn[formula.index] === state.version) return this.#values[formula.index]
        const value = this.#evaluate(formula.formula, state)
        this.#values[formula.index] = value
        this.#valuedIn[formula.index] = state.version
        return value
      }
    }
  }

  #valuesOf({ variable, facet }: Operand, state: State): ReadonlySet<Value> {
    const values = new Set<Value>()
    for (const candidate of state.domains[variable] ?? []) {
      const value = candidate[facet]
      if (value !== undefined) values.add(value)
    }
    return values
  }

  #initial(): State {
    return { domains: this.#variables.map(({ candidates }) => candidates), version: ++this.#lastVersion }
  }

  /** Still the same state, so what is known of it stays known. */
  #copy({ domains, version }: State): State {
    return { domains: [...domains], version }
  }

  /** What the goals themselves, and not the rules alone, depend on. */
  #witness(goals: readonly Goal[], state: State): Witness {
    const variables = new Set(goals.flatMap(({ formula }) => [...this.#variablesIn(formula)]))
    return [...variables].sort((a, b) => a - b).flatMap(index => this.#bindings(index, state))
  }

  #bindings(index: number, state: State): readonly Binding[] {
    const variable = this.#variables[index]
    const left = state.domains[index]
    if (variable === undefined || left === undefined || left.length === variable.candidates.length) return []
    const bindings: Binding[] = []
    for (const [facet, operand] of variable.operands.entries()) {
      if (operand === undefined) continue
      const values = new Set(left.map(it => it[facet]))
      const [only] = values
      if (values.size === 1 && typeof only === 'string') {
        bindings.push({ operand, is: only })
        // A region says the rest.
        if (facet === 0) break
      } else {
        const all = new Set(variable.candidates.map(it => it[facet]))
        const isNot = [...all].filter(it => typeof it === 'string' && !values.has(it)).map(String)
        if (isNot.length > 0) bindings.push({ operand, isNot })
      }
    }
    return bindings
  }
}

function keyOf(assumptions: readonly Assumption[], ignoreRules: boolean): string {
  const keys = new Set(assumptions.map(({ condition, holds }) => `${holds ? '+' : '-'}${condition}`))
  return [ignoreRules ? 'without rules' : '', ...[...keys].sort()].join('\n')
}
