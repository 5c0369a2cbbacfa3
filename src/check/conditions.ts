import type { Document } from '../document.ts'
import {
  type Candidate,
  type Formula,
  isTrue,
  type Named,
  problemOf,
  unknownVariable,
  type Value,
  type Variable,
} from './formula.ts'
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

/**
 * A formula over candidates by number. A mask has a bit for each candidate of its variable, 32 to a word.
 * `equal` of `same` has for each candidate of the left variable the mask of those of the right that equal it.
 */
type Node =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'in'; readonly variable: number; readonly mask: Uint32Array }
  | { readonly kind: 'same'; readonly left: number; readonly right: number; readonly equal: readonly Uint32Array[] }
  | { readonly kind: 'not'; readonly node: Node }
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly Node[] }
  | { readonly kind: 'named'; readonly index: number; readonly node: Node }

/** A formula that is to come out as `holds`; `variables` is the mask of those that it depends on. */
type Goal = {
  readonly node: Node
  readonly holds: boolean
  readonly variables: Uint32Array
  /** Does the template demand it, whatever is asked? */
  readonly isRule: boolean
}

export type QueryOptions = {
  /** Ask of the conditions and parameters alone? */
  readonly ignoreRules?: boolean
}

export type AssignmentOptions = {
  readonly given?: readonly Assumption[]
  readonly along?: Iterable<string>
  readonly prefer?: (condition: string) => boolean
}

/** Conditions to find values of: of the first `asked` ones every combination. */
type Query = {
  readonly conditions: readonly Condition[]
  readonly asked: number
  readonly prefer: (condition: string) => boolean
}

/** A condition by name, compiled. */
type Condition = { readonly name: string; readonly node: Node; readonly variables: Uint32Array }

/** The candidates that are left, as masks one after the other. A change gives a new version, by which results are kept. */
type State = { readonly domains: Uint32Array; version: number }

export class Solver {
  readonly #conditions = new Map<string, Condition>()
  readonly #variables: Variable[] = []
  /** By variable, where its mask starts in a state. */
  readonly #offsets: number[] = []
  #initial: Uint32Array = new Uint32Array(0)
  /** What the rules leave of that without any trying. */
  #ruled: Uint32Array = new Uint32Array(0)
  /** Rules that share variables, by way of each other. */
  readonly #rules: readonly { readonly variables: Uint32Array; readonly goals: readonly Goal[] }[]
  readonly #answers = new Map<string, boolean>()
  #lastVersion = 0
  /** The domains of the model that was searched for last. */
  #lastModel: Uint32Array = new Uint32Array(0)
  // What is known of each condition, and the version of the state of which it is known.
  readonly #values: (boolean | undefined)[] = []
  readonly #valuedIn: number[] = []
  readonly #propagatedIn: number[] = []
  /** The mask of the variables that have lost candidates since `#settle` last looked. */
  #changed = new Uint32Array(0)
  /** Can any parameters satisfy all of the template's Rules? If not, the solver takes no notice of them. */
  readonly rulesAreSatisfiable: boolean

  constructor(document: Document) {
    const { conditions, rules, variables } = problemOf(document)
    for (const variable of variables) this.#addVariable(variable)
    const compiled = new Map<Named, Node>()
    for (const [name, named] of conditions) {
      const node = this.#compile(named, compiled)
      this.#conditions.set(name, { name, node, variables: this.#variablesIn(node) })
    }
    const goals = rules.map(formula => {
      const node = this.#compile(formula, compiled)
      return { node, holds: true, variables: this.#variablesIn(node), isRule: true }
    })
    const state = this.#start(true)
    this.rulesAreSatisfiable = this.#settle(state, goals, goals) && this.#model(state, goals) !== undefined
    this.#rules = this.rulesAreSatisfiable ? components(goals) : []
    if (this.rulesAreSatisfiable) this.#ruled = state.domains
  }

  /**
   * Can all of the assumptions come true together?
   * A condition that the template does not declare, or whose shape says nothing, may hold or not.
   */
  isSatisfiable(assumptions: readonly Assumption[], { ignoreRules = false }: QueryOptions = {}): boolean {
    const key = `${ignoreRules ? '!' : ''}${keyOf(assumptions)}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const goals = assumptions.map(it => this.#assumed(it))
    const all = ignoreRules ? goals : [...goals, ...this.#rulesFor(goals)]
    const state = this.#start(ignoreRules)
    const isSettled = this.#settle(state, all, goals)
    // A model has to meet the rules.
    const end = !isSettled ? undefined : ignoreRules ? this.#search(state, all) : this.#model(state, all)
    this.#answers.set(key, end !== undefined)
    return end !== undefined
  }

  /** How all of the assumptions come true together, as generally as the search has it; nothing if they cannot. */
  satisfiable(assumptions: readonly Assumption[]): Witness | undefined {
    if (!this.isSatisfiable(assumptions)) return undefined
    const goals = assumptions.map(it => this.#assumed(it))
    const all = [...goals, ...this.#rulesFor(goals)]
    const state = this.#start(false)
    const end = this.#settle(state, all, goals) ? this.#search(state, all) : undefined
    return end === undefined ? undefined : this.#witness(goals, end)
  }

  /** Does the condition depend on anything that only deployment knows? */
  isVariable(condition: string): boolean {
    return this.#condition(condition).variables.some(word => word !== 0)
  }

  /**
   * Every combination of truth values of the named conditions that can come true while `given` holds. Of two the one
   * comes first that has the preferred value of the first condition in which they differ. With each goes one value of
   * each condition of `along`, such as can come true with it.
   */
  *assignments(names: Iterable<string>, options: AssignmentOptions = {}): Generator<Assignment, undefined> {
    const { given = [], along = [], prefer = () => true } = options
    const asked = [...new Set(names)].map(name => this.#condition(name))
    const others = [...new Set(along)].map(name => this.#condition(name)).filter(it => !asked.includes(it))
    const conditions = [...asked, ...others]
    const assumed = given.map(it => this.#assumed(it))
    const goals = [...assumed, ...this.#rulesFor([...assumed, ...conditions])]
    const state = this.#start(false)
    if (this.#settle(state, goals, assumed)) {
      yield* this.#extend({ conditions, asked: asked.length, prefer }, 0, state, goals)
    }
  }

  *#extend(query: Query, from: number, state: State, goals: readonly Goal[]): Generator<Assignment, undefined> {
    const { conditions, asked, prefer } = query
    const position = this.#nextOpen(query, from, state)
    const condition = conditions[position]
    if (condition === undefined || position >= asked) {
      const model = this.#model(state, goals)
      if (model !== undefined) yield new Map(conditions.map(it => [it.name, this.#evaluate(it.node, model) === true]))
      return
    }
    const { name, node, variables } = condition
    const preferred = prefer(name)
    for (const holds of [preferred, !preferred]) {
      const next = { domains: state.domains.slice(), version: state.version }
      const goal = { node, holds, variables, isRule: false }
      const all = [...goals, goal]
      if (this.#settle(next, all, [goal])) yield* this.#extend(query, position + 1, next, all)
    }
  }

  #nextOpen({ conditions }: Query, from: number, state: State): number {
    let position = from
    for (let it = conditions[position]; it !== undefined; it = conditions[++position]) {
      if (this.#evaluate(it.node, state) === undefined) break
    }
    return position
  }

  #addVariable(variable: Variable): void {
    const all = maskOf(variable.candidates, () => true)
    this.#offsets.push(this.#initial.length)
    this.#initial = Uint32Array.of(...this.#initial, ...all)
    this.#ruled = Uint32Array.of(...this.#ruled, ...all)
    this.#variables.push(variable)
    this.#changed = new Uint32Array(wordsFor(this.#variables.length))
  }

  #condition(name: string): Condition {
    const known = this.#conditions.get(name)
    if (known !== undefined) return known
    const variable = unknownVariable(this.#variables.length)
    this.#addVariable(variable)
    const node = this.#compile(isTrue(variable.index), new Map())
    const made = { name, node, variables: this.#variablesIn(node) }
    this.#conditions.set(name, made)
    return made
  }

  #assumed({ condition, holds }: Assumption): Goal {
    const { node, variables } = this.#condition(condition)
    return { node, holds, variables, isRule: false }
  }

  /** The rules that share variables with any of these. */
  #rulesFor(parts: readonly { readonly variables: Uint32Array }[]): readonly Goal[] {
    const rules = this.#rules.filter(rule => parts.some(({ variables }) => intersects(variables, rule.variables)))
    return rules.flatMap(rule => rule.goals)
  }

  #compile(formula: Formula, compiled: Map<Named, Node>): Node {
    switch (formula.kind) {
      case 'constant':
        return formula
      case 'is': {
        const { variable, facet } = formula.operand
        const candidates = this.#variables[variable]?.candidates ?? []
        return { kind: 'in', variable, mask: maskOf(candidates, it => it[facet] === formula.literal) }
      }
      case 'same': {
        const { left, right } = formula
        const candidates = this.#variables[left.variable]?.candidates ?? []
        if (left.variable === right.variable) {
          const mask = maskOf(candidates, it => it[left.facet] === it[right.facet])
          return { kind: 'in', variable: left.variable, mask }
        }
        const others = this.#variables[right.variable]?.candidates ?? []
        const equal = candidates.map(it => maskOf(others, other => other[right.facet] === it[left.facet]))
        return { kind: 'same', left: left.variable, right: right.variable, equal }
      }
      case 'not':
        return { kind: 'not', node: this.#compile(formula.formula, compiled) }
      case 'all':
      case 'any':
        return { kind: formula.kind, nodes: formula.formulas.map(it => this.#compile(it, compiled)) }
      case 'named': {
        const known = compiled.get(formula)
        if (known !== undefined) return known
        const node = { kind: formula.kind, index: formula.index, node: this.#compile(formula.formula, compiled) }
        compiled.set(formula, node)
        return node
      }
    }
  }

  #variablesIn(node: Node): Uint32Array {
    const variables = new Uint32Array(wordsFor(this.#variables.length))
    const seen = new Set<Node>()
    const visit = (it: Node): void => {
      switch (it.kind) {
        case 'constant':
          return
        case 'in':
          add(variables, it.variable)
          return
        case 'same':
          add(variables, it.left)
          add(variables, it.right)
          return
        case 'not':
          visit(it.node)
          return
        case 'all':
        case 'any':
          it.nodes.forEach(visit)
          return
        case 'named':
          if (seen.has(it)) return
          seen.add(it)
          visit(it.node)
      }
    }
    visit(node)
    return variables
  }

  /** Settled by the rules, if they count. */
  #start(ignoreRules: boolean): State {
    return { domains: (ignoreRules ? this.#initial : this.#ruled).slice(), version: ++this.#lastVersion }
  }

  /**
   * One candidate for each variable, such as meet the goals and all rules; from a settled state. The last model meets
   * all rules: of those only the ones that the new one differs in have to be looked at. Where it does not do, the
   * search finds one.
   */
  #model(state: State, goals: readonly Goal[]): State | undefined {
    const guess = this.#decided(state)
    const differing = this.#differing(guess)
    const isMet = ({ node, holds, variables, isRule }: Goal) =>
      (isRule && !intersects(variables, differing)) || this.#evaluate(node, guess) === holds
    const end = goals.every(isMet) ? guess : this.#search(state, goals)
    if (end === undefined) return undefined
    const model = this.#decided(end)
    this.#lastModel = model.domains
    return model
  }

  /** Takes one of the candidates that are left of each variable: that of the last model if it is there, or the first. */
  #decided({ domains }: State): State {
    const taken = domains.slice()
    for (let variable = 0; variable < this.#offsets.length; variable++) {
      const start = this.#offsets[variable] ?? 0
      const end = this.#offsets[variable + 1] ?? taken.length
      let isTaken = false
      for (let word = start; word < end; word++) {
        if (((taken[word] ?? 0) & (this.#lastModel[word] ?? 0)) !== 0) isTaken = true
      }
      for (let word = start; word < end; word++) {
        const left = taken[word] ?? 0
        const last = this.#lastModel[word] ?? 0
        taken[word] = isTaken ? left & last : left & -left
        if (isTaken || left === 0) continue
        taken.fill(0, word + 1, end)
        break
      }
    }
    return { domains: taken, version: ++this.#lastVersion }
  }

  /** The mask of the variables of which the state, a model, has not what the last one has. */
  #differing({ domains }: State): Uint32Array {
    const differing = new Uint32Array(wordsFor(this.#offsets.length))
    for (let variable = 0; variable < this.#offsets.length; variable++) {
      const end = this.#offsets[variable + 1] ?? domains.length
      for (let word = this.#offsets[variable] ?? 0; word < end; word++) {
        if (domains[word] !== this.#lastModel[word]) add(differing, variable)
      }
    }
    return differing
  }

  /** From a settled state to one in which every goal is met whichever candidates are taken of those that are left. */
  #search(state: State, goals: readonly Goal[], from = 0): State | undefined {
    for (let position = from; position < goals.length; position++) {
      const goal = goals[position]
      if (goal === undefined) break
      const { node, holds } = goal
      const value = this.#evaluate(node, state)
      if (value === holds) continue
      if (value !== undefined) return undefined
      const part = this.#openIn(node, state)
      for (const isInside of [true, false]) {
        const next = { domains: state.domains.slice(), version: state.version }
        const choice = { node: part, holds: isInside, variables: this.#variablesIn(part), isRule: false }
        // What is met stays met, as candidates only ever go.
        const end = this.#settle(next, goals, [choice]) ? this.#search(next, goals, position) : undefined
        if (end !== undefined) return end
      }
      return undefined
    }
    return state
  }

  /** A variable that the node, which is undecided, depends on, and a part of its domain, neither all nor nothing. */
  #openIn(node: Node, state: State): Node {
    switch (node.kind) {
      case 'in':
        return node
      case 'same': {
        const variable = this.#countLeft(node.left, state) > 1 ? node.left : node.right
        return { kind: 'in', variable, mask: this.#firstLeft(variable, state) }
      }
      case 'not':
      case 'named':
        return this.#openIn(node.node, state)
      case 'all':
      case 'any': {
        const open = node.nodes.find(it => this.#evaluate(it, state) === undefined)
        if (open !== undefined) return this.#openIn(open, state)
        break
      }
      case 'constant':
    }
    throw new Error('an undecided formula has an undecided part')
  }

  #countLeft(variable: number, { domains }: State): number {
    let count = 0
    this.#forEachLeft(variable, domains, () => count++)
    return count
  }

  #firstLeft(variable: number, { domains }: State): Uint32Array {
    let first = -1
    this.#forEachLeft(variable, domains, candidate => {
      if (first < 0) first = candidate
    })
    return maskOf(this.#variables[variable]?.candidates ?? [], (_, index) => index === first)
  }

  #forEachLeft(variable: number, domains: Uint32Array, visit: (candidate: number) => void): void {
    const offset = this.#offsets[variable] ?? 0
    const words = wordsFor(this.#variables[variable]?.candidates.length ?? 0)
    for (let word = 0; word < words; word++) {
      for (let bits = domains[offset + word] ?? 0; bits !== 0; bits &= bits - 1) {
        visit(word * 32 + 31 - Math.clz32(bits & -bits))
      }
    }
  }

  /**
   * Draws every conclusion that needs no trying from the goals that are new, and from those whose variables have
   * changed; false if they contradict each other.
   */
  #settle(state: State, goals: readonly Goal[], fresh: readonly Goal[]): boolean {
    this.#changed.fill(0)
    for (const { node, holds } of fresh) if (!this.#propagate(node, holds, state)) return false
    while (this.#changed.some(word => word !== 0)) {
      const changed = this.#changed.slice()
      this.#changed.fill(0)
      for (const { node, holds, variables } of goals) {
        if (intersects(variables, changed) && !this.#propagate(node, holds, state)) return false
      }
    }
    return true
  }

  #propagate(node: Node, holds: boolean, state: State): boolean {
    switch (node.kind) {
      case 'constant':
        return node.value === holds
      case 'in':
        return this.#restrict(node.variable, node.mask, holds, state)
      case 'same':
        return this.#relate(node, holds, state)
      case 'not':
        return this.#propagate(node.node, !holds, state)
      case 'all':
      case 'any': {
        // All of these have to come out as `holds`, or one of them at least.
        if ((node.kind === 'all') === holds) {
          for (const it of node.nodes) if (!this.#propagate(it, holds, state)) return false
          return true
        }
        let open: Node | undefined
        for (const it of node.nodes) {
          const value = this.#evaluate(it, state)
          if (value === holds) return true
          if (value !== undefined) continue
          if (open !== undefined) return true
          open = it
        }
        return open !== undefined && this.#propagate(open, holds, state)
      }
      case 'named': {
        const slot = node.index * 2 + (holds ? 1 : 0)
        const { version } = state
        if (this.#propagatedIn[slot] === version) return true
        if (!this.#propagate(node.node, holds, state)) return false
        this.#propagatedIn[slot] = version
        return true
      }
    }
  }

  /** Leaves the candidates in the mask, or those outside it; false if there are none. */
  #restrict(variable: number, mask: Uint32Array, isInside: boolean, state: State): boolean {
    const offset = this.#offsets[variable] ?? 0
    let left = 0
    let isChanged = false
    for (let word = 0; word < mask.length; word++) {
      const before = state.domains[offset + word] ?? 0
      const keep = mask[word] ?? 0
      const after = before & (isInside ? keep : ~keep)
      left |= after
      if (after >>> 0 === before) continue
      state.domains[offset + word] = after
      isChanged = true
    }
    if (isChanged) {
      state.version = ++this.#lastVersion
      add(this.#changed, variable)
    }
    return left !== 0
  }

  /** Leaves the candidates of two variables that can be equal, or can differ, whatever the other one takes. */
  #relate({ left, right, equal }: Extract<Node, { kind: 'same' }>, holds: boolean, state: State): boolean {
    const offset = this.#offsets[right] ?? 0
    const others = wordsFor(this.#variables[right]?.candidates.length ?? 0)
    const mine = new Uint32Array(wordsFor(equal.length))
    const theirs = new Uint32Array(others)
    this.#forEachLeft(left, state.domains, candidate => {
      const row = equal[candidate]
      for (let word = 0; word < others; word++) {
        const domain = state.domains[offset + word] ?? 0
        const partners = domain & (holds ? (row?.[word] ?? 0) : ~(row?.[word] ?? 0))
        if (partners === 0) continue
        theirs[word] = (theirs[word] ?? 0) | partners
        add(mine, candidate)
      }
    })
    return this.#restrict(left, mine, true, state) && this.#restrict(right, theirs, true, state)
  }

  /** Nothing if it depends on which of the candidates that are left the variables take. */
  #evaluate(node: Node, state: State): boolean | undefined {
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'in': {
        const offset = this.#offsets[node.variable] ?? 0
        let inside = 0
        let outside = 0
        for (let word = 0; word < node.mask.length; word++) {
          const domain = state.domains[offset + word] ?? 0
          const mask = node.mask[word] ?? 0
          inside |= domain & mask
          outside |= domain & ~mask
        }
        return inside === 0 ? false : outside === 0 ? true : undefined
      }
      case 'same': {
        const offset = this.#offsets[node.right] ?? 0
        let alike = 0
        let unlike = 0
        this.#forEachLeft(node.left, state.domains, candidate => {
          const row = node.equal[candidate]
          for (let word = 0; word < (row?.length ?? 0); word++) {
            const domain = state.domains[offset + word] ?? 0
            alike |= domain & (row?.[word] ?? 0)
            unlike |= domain & ~(row?.[word] ?? 0)
          }
        })
        return alike === 0 ? false : unlike === 0 ? true : undefined
      }
      case 'not': {
        const value = this.#evaluate(node.node, state)
        return value === undefined ? undefined : !value
      }
      case 'all':
      case 'any': {
        const deciding = node.kind === 'any'
        let isDecided = true
        for (const it of node.nodes) {
          const value = this.#evaluate(it, state)
          if (value === deciding) return deciding
          if (value === undefined) isDecided = false
        }
        return isDecided ? !deciding : undefined
      }
      case 'named': {
        if (this.#valuedIn[node.index] === state.version) return this.#values[node.index]
        const value = this.#evaluate(node.node, state)
        this.#values[node.index] = value
        this.#valuedIn[node.index] = state.version
        return value
      }
    }
  }

  /** What the goals themselves, and not the rules alone, depend on. */
  #witness(goals: readonly Goal[], { domains }: State): Witness {
    /** Who has a value that no literal is. */
    const holders = new Map<Value, string>()
    return this.#variables.flatMap(variable => {
      if (!goals.some(goal => contains(goal.variables, variable.index))) return []
      const left: Candidate[] = []
      this.#forEachLeft(variable.index, domains, index => left.push(variable.candidates[index] ?? []))
      return left.length === variable.candidates.length ? [] : bindingsOf(variable, left, holders)
    })
  }
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
function components(goals: readonly Goal[]): readonly { readonly variables: Uint32Array; readonly goals: Goal[] }[] {
  const groups: { variables: Uint32Array; goals: Goal[] }[] = []
  for (const goal of goals) {
    const met = groups.filter(group => intersects(group.variables, goal.variables))
    const variables = goal.variables.slice()
    for (const group of met) {
      groups.splice(groups.indexOf(group), 1)
      group.variables.forEach((word, index) => {
        variables[index] = (variables[index] ?? 0) | word
      })
    }
    groups.push({ variables, goals: [...met.flatMap(group => group.goals), goal] })
  }
  return groups
}

function wordsFor(bits: number): number {
  return (bits + 31) >>> 5
}

function maskOf<T>(items: readonly T[], has: (item: T, index: number) => boolean): Uint32Array {
  const mask = new Uint32Array(wordsFor(items.length))
  items.forEach((item, index) => {
    if (has(item, index)) add(mask, index)
  })
  return mask
}

function intersects(one: Uint32Array, other: Uint32Array): boolean {
  const words = Math.min(one.length, other.length)
  for (let word = 0; word < words; word++) if (((one[word] ?? 0) & (other[word] ?? 0)) !== 0) return true
  return false
}

function add(mask: Uint32Array, bit: number): void {
  mask[bit >>> 5] = (mask[bit >>> 5] ?? 0) | (1 << (bit & 31))
}

function contains(mask: Uint32Array, bit: number): boolean {
  return ((mask[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
}

function keyOf(assumptions: readonly Assumption[]): string {
  const keys = assumptions.map(({ condition, holds }) => `${holds ? '+' : '-'}${condition}`)
  return keys.sort().join('\n')
}
