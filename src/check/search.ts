import type { Candidate, Formula, Named, Problem, Variable } from './formula.ts'

/**
 * A search for what makes formulas true: it draws every conclusion that needs no trying, then tries.
 */

/** A set of variables or candidates, a bit for each. Words of 30 bits are what V8 keeps in an array as they are. */
export type Mask = readonly number[]

const bitsInWord = 30

/** A formula over candidates by number. There is no negation: what is negated is compiled so. */
export type Node =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'in'; readonly variable: number; readonly mask: Mask }
  /** `pairs` has for each candidate of `left` those of `right` that it may come with. */
  | { readonly kind: 'pair'; readonly left: number; readonly right: number; readonly pairs: readonly Mask[] }
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly Node[] }
  /** A formula that others share. */
  | { readonly kind: 'shared'; readonly index: number; readonly node: Node }

/** A formula that is to come true. */
export type Goal = {
  readonly node: Node
  /** The mask of the variables that it depends on. */
  readonly variables: Mask
  /** Does it have to be met whatever is asked? A model meets all rules, also those that nobody asks about. */
  readonly isRule: boolean
}

/** The candidates that are left of each variable. A change gives it a new version, by which results are kept. */
export type State = { readonly domains: number[]; version: number }

export class Search {
  readonly #variables: readonly Variable[]
  /** Where the mask of each variable starts in a state, and behind the last one where that ends. */
  readonly #starts: readonly number[]
  /** By condition, that it holds and that it does not. */
  readonly #nodes: readonly [whenFalse: Map<Named, Node>, whenTrue: Map<Named, Node>] = [new Map(), new Map()]
  #lastVersion = 0
  /** A state with one candidate of each variable, which meets all rules: what most likely meets them again. */
  #lastModel: Mask
  // What is known of each shared formula, and the version of the state of which it is known.
  readonly #values: (boolean | undefined)[] = []
  readonly #valuedIn: number[] = []
  readonly #propagatedIn: number[] = []
  /** The mask of the variables that have lost candidates since `settle` last looked. */
  readonly #changed: number[]

  constructor(variables: Problem['variables']) {
    this.#variables = variables
    const starts = [0]
    for (const { candidates } of variables) starts.push((starts.at(-1) ?? 0) + wordsFor(candidates.length))
    this.#starts = starts
    this.#lastModel = emptyMask(starts.at(-1) ?? 0)
    this.#changed = emptyMask(wordsFor(variables.length))
  }

  /** The state in which everything is open. */
  start(): State {
    const domains = this.#variables.flatMap(({ candidates }) => maskOf(candidates, () => true))
    return { domains, version: ++this.#lastVersion }
  }

  copy({ domains, version }: State): State {
    return { domains: domains.slice(), version }
  }

  /** That the formula comes out as `holds`. */
  goal(formula: Formula, holds: boolean, isRule = false): Goal {
    const node = this.#compile(formula, holds)
    return { node, variables: this.#variablesIn(node), isRule }
  }

  /** The candidates of a variable that are left. */
  left(variable: number, { domains }: State): readonly Candidate[] {
    const left: Candidate[] = []
    this.#forEachLeft(variable, domains, index => left.push(this.#variables[variable]?.candidates[index] ?? []))
    return left
  }

  /**
   * Draws every conclusion that needs no trying from the goals that are new, and from those whose variables have
   * changed; false if they contradict each other.
   */
  settle(state: State, goals: readonly Goal[], fresh: readonly Goal[]): boolean {
    this.#changed.fill(0)
    for (const { node } of fresh) if (!this.#propagate(node, state)) return false
    while (!isEmpty(this.#changed)) {
      const changed = this.#changed.slice()
      this.#changed.fill(0)
      for (const { node, variables } of goals) {
        if (intersects(variables, changed) && !this.#propagate(node, state)) return false
      }
    }
    return true
  }

  /**
   * From a settled state to one with a single candidate of each variable, which meets the goals and all rules.
   * The last model meets the rules already: only those have to be looked at that depend on where the new one differs.
   */
  model(state: State, goals: readonly Goal[]): State | undefined {
    const guess = this.#decide(state)
    const differing = this.#differing(guess)
    let isMet = true
    for (const { node, variables, isRule } of goals) {
      if (isRule && !intersects(variables, differing)) continue
      isMet = this.evaluate(node, guess) === true
      if (!isMet) break
    }
    if (!isMet) {
      const end = this.search(state, goals)
      if (end === undefined) return undefined
      const model = this.#decide(end)
      this.#lastModel = model.domains
      return model
    }
    this.#lastModel = guess.domains
    return guess
  }

  /** From a settled state to one in which every goal is met whichever candidates are taken of those that are left. */
  search(state: State, goals: readonly Goal[], from = 0): State | undefined {
    for (let position = from; position < goals.length; position++) {
      const goal = goals[position]
      if (goal === undefined) break
      // Settled, none is false.
      if (this.evaluate(goal.node, state) === true) continue
      for (const node of this.#partsOf(goal.node, state)) {
        const next = this.copy(state)
        const choice = { node, variables: this.#variablesIn(node), isRule: false }
        // What is met stays met, as candidates only ever go.
        const end = this.settle(next, goals, [choice]) ? this.search(next, goals, position) : undefined
        if (end !== undefined) return end
      }
      return undefined
    }
    return state
  }

  /** Nothing if it depends on which of the candidates that are left the variables take. */
  evaluate(node: Node, state: State): boolean | undefined {
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'in': {
        const { variable, mask } = node
        const start = this.#starts[variable] ?? 0
        let inside = 0
        let outside = 0
        for (let word = 0; word < mask.length; word++) {
          const domain = state.domains[start + word] ?? 0
          const bits = mask[word] ?? 0
          inside |= domain & bits
          outside |= domain & ~bits
        }
        return inside === 0 ? false : outside === 0 ? true : undefined
      }
      case 'pair': {
        const start = this.#starts[node.right] ?? 0
        let inside = 0
        let outside = 0
        this.#forEachLeft(node.left, state.domains, candidate => {
          const row = node.pairs[candidate]
          for (let word = 0; word < (row?.length ?? 0); word++) {
            const domain = state.domains[start + word] ?? 0
            inside |= domain & (row?.[word] ?? 0)
            outside |= domain & ~(row?.[word] ?? 0)
          }
        })
        return inside === 0 ? false : outside === 0 ? true : undefined
      }
      case 'all':
      case 'any': {
        const deciding = node.kind === 'any'
        let isDecided = true
        for (const it of node.nodes) {
          const value = this.evaluate(it, state)
          if (value === deciding) return deciding
          if (value === undefined) isDecided = false
        }
        return isDecided ? !deciding : undefined
      }
      case 'shared': {
        if (this.#valuedIn[node.index] === state.version) return this.#values[node.index]
        const value = this.evaluate(node.node, state)
        this.#values[node.index] = value
        this.#valuedIn[node.index] = state.version
        return value
      }
    }
  }

  #compile(formula: Formula, holds: boolean): Node {
    switch (formula.kind) {
      case 'constant':
        return { kind: 'constant', value: formula.value === holds }
      case 'is': {
        const { variable, facet } = formula.operand
        const candidates = this.#candidatesOf(variable)
        return this.#inMask(
          variable,
          maskOf(candidates, it => (it[facet] === formula.literal) === holds),
        )
      }
      case 'same': {
        const { left, right } = formula
        const candidates = this.#candidatesOf(left.variable)
        if (left.variable === right.variable) {
          const mask = maskOf(candidates, it => (it[left.facet] === it[right.facet]) === holds)
          return this.#inMask(left.variable, mask)
        }
        const others = this.#candidatesOf(right.variable)
        const pairs = candidates.map(it => maskOf(others, other => (other[right.facet] === it[left.facet]) === holds))
        return { kind: 'pair', left: left.variable, right: right.variable, pairs }
      }
      case 'not':
        return this.#compile(formula.formula, !holds)
      case 'all':
      case 'any': {
        const nodes = formula.formulas.map(it => this.#compile(it, holds))
        return this.#combine((formula.kind === 'all') === holds ? 'all' : 'any', nodes)
      }
      case 'named': {
        const nodes = this.#nodes[holds ? 1 : 0]
        const known = nodes.get(formula)
        if (known !== undefined) return known
        const compiled = this.#compile(formula.formula, holds)
        const isLarge = compiled.kind === 'all' || compiled.kind === 'any'
        const node: Node = isLarge
          ? { kind: 'shared', index: formula.index * 2 + (holds ? 1 : 0), node: compiled }
          : compiled
        nodes.set(formula, node)
        return node
      }
    }
  }

  /** All or any of the nodes in as few as they can be: what is said of one variable is said once. */
  #combine(kind: 'all' | 'any', nodes: readonly Node[]): Node {
    const masks = new Map<number, Mask>()
    const others: Node[] = []
    const isDecided = kind === 'any'
    for (const node of nodes.flatMap(it => (it.kind === kind ? it.nodes : [it]))) {
      if (node.kind === 'constant') {
        if (node.value === isDecided) return node
      } else if (node.kind === 'in') {
        const mask = masks.get(node.variable)
        const both = kind === 'any' ? union : intersection
        masks.set(node.variable, mask === undefined ? node.mask : both(mask, node.mask))
      } else others.push(node)
    }
    const merged = [...masks].map(([variable, mask]) => this.#inMask(variable, mask))
    if (merged.some(it => it.kind === 'constant' && it.value === isDecided))
      return { kind: 'constant', value: isDecided }
    const [first, ...rest] = [...merged.filter(it => it.kind !== 'constant'), ...others]
    if (first === undefined) return { kind: 'constant', value: !isDecided }
    return rest.length === 0 ? first : { kind, nodes: [first, ...rest] }
  }

  #inMask(variable: number, mask: Mask): Node {
    if (isEmpty(mask)) return { kind: 'constant', value: false }
    const all = maskOf(this.#candidatesOf(variable), () => true)
    return all.every((word, index) => word === mask[index])
      ? { kind: 'constant', value: true }
      : { kind: 'in', variable, mask }
  }

  #candidatesOf(variable: number): readonly Candidate[] {
    return this.#variables[variable]?.candidates ?? []
  }

  #variablesIn(node: Node): Mask {
    const variables = emptyMask(this.#changed.length)
    const seen = new Set<Node>()
    const visit = (it: Node): void => {
      switch (it.kind) {
        case 'constant':
          return
        case 'in':
          add(variables, it.variable)
          return
        case 'pair':
          add(variables, it.left)
          add(variables, it.right)
          return
        case 'all':
        case 'any':
          it.nodes.forEach(visit)
          return
        case 'shared':
          if (seen.has(it)) return
          seen.add(it)
          visit(it.node)
      }
    }
    visit(node)
    return variables
  }

  /** Takes one of the candidates that are left of each variable: that of the last model if it is there, or the first. */
  #decide({ domains }: State): State {
    const taken = domains.slice()
    for (let variable = 0; variable < this.#variables.length; variable++) {
      const start = this.#starts[variable] ?? 0
      const end = this.#starts[variable + 1] ?? start
      let isTaken = false
      for (let word = start; word < end; word++) {
        const last = (taken[word] ?? 0) & (this.#lastModel[word] ?? 0)
        if (last === 0) continue
        taken.fill(0, start, end)
        taken[word] = last
        isTaken = true
        break
      }
      for (let word = start; word < end && !isTaken; word++) {
        const left = taken[word] ?? 0
        if (left === 0) continue
        taken.fill(0, start, end)
        taken[word] = left & -left
        isTaken = true
      }
    }
    return { domains: taken, version: ++this.#lastVersion }
  }

  /** The mask of the variables of which the state, a model, has not what the last one has. */
  #differing({ domains }: State): Mask {
    const differing = emptyMask(this.#changed.length)
    let variable = 0
    for (let word = 0; word < domains.length; word++) {
      while (word >= (this.#starts[variable + 1] ?? domains.length)) variable++
      if (domains[word] !== this.#lastModel[word]) add(differing, variable)
    }
    return differing
  }

  /** Two cases, of which one is, that the node, which is undecided, depends on. */
  #partsOf(node: Node, state: State): readonly Node[] {
    switch (node.kind) {
      case 'in':
        return [node, { ...node, mask: node.mask.map(word => ~word) }]
      case 'pair': {
        const variable = this.left(node.left, state).length > 1 ? node.left : node.right
        const [first] = this.left(variable, state)
        const mask = maskOf(this.#candidatesOf(variable), it => it === first)
        return this.#partsOf({ kind: 'in', variable, mask }, state)
      }
      case 'shared':
        return this.#partsOf(node.node, state)
      case 'all':
      case 'any': {
        const open = node.nodes.find(it => this.evaluate(it, state) === undefined)
        if (open !== undefined) return this.#partsOf(open, state)
        break
      }
      case 'constant':
    }
    throw new Error('an undecided formula has an undecided part')
  }

  #forEachLeft(variable: number, domains: Mask, visit: (candidate: number) => void): void {
    const start = this.#starts[variable] ?? 0
    const end = this.#starts[variable + 1] ?? start
    for (let word = start; word < end; word++) {
      for (let bits = domains[word] ?? 0; bits !== 0; bits &= bits - 1) {
        visit((word - start) * bitsInWord + 31 - Math.clz32(bits & -bits))
      }
    }
  }

  #propagate(node: Node, state: State): boolean {
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'in':
        return this.#restrict(node.variable, node.mask, state)
      case 'pair':
        return this.#relate(node, state)
      case 'all':
        for (const it of node.nodes) if (!this.#propagate(it, state)) return false
        return true
      case 'any': {
        let open: Node | undefined
        for (const it of node.nodes) {
          const value = this.evaluate(it, state)
          if (value === true) return true
          if (value === false) continue
          // Two that are open leave it open.
          if (open !== undefined) return true
          open = it
        }
        return open !== undefined && this.#propagate(open, state)
      }
      case 'shared': {
        const { version } = state
        if (this.#propagatedIn[node.index] === version) return true
        if (!this.#propagate(node.node, state)) return false
        this.#propagatedIn[node.index] = version
        return true
      }
    }
  }

  /** Leaves the candidates in the mask; false if there are none. */
  #restrict(variable: number, mask: Mask, state: State): boolean {
    const start = this.#starts[variable] ?? 0
    let left = 0
    let isChanged = false
    for (let word = 0; word < mask.length; word++) {
      const before = state.domains[start + word] ?? 0
      const after = before & (mask[word] ?? 0)
      left |= after
      if (after === before) continue
      state.domains[start + word] = after
      isChanged = true
    }
    if (isChanged) {
      state.version = ++this.#lastVersion
      add(this.#changed, variable)
    }
    return left !== 0
  }

  /** Leaves the candidates of two variables that can come together, whatever the other one takes. */
  #relate({ left, right, pairs }: Extract<Node, { kind: 'pair' }>, state: State): boolean {
    const start = this.#starts[right] ?? 0
    const mine = emptyMask(wordsFor(pairs.length))
    const theirs = emptyMask(pairs[0]?.length ?? 0)
    this.#forEachLeft(left, state.domains, candidate => {
      const row = pairs[candidate]
      for (let word = 0; word < theirs.length; word++) {
        const partners = (state.domains[start + word] ?? 0) & (row?.[word] ?? 0)
        if (partners === 0) continue
        theirs[word] = (theirs[word] ?? 0) | partners
        add(mine, candidate)
      }
    })
    return this.#restrict(left, mine, state) && this.#restrict(right, theirs, state)
  }
}

function wordsFor(bits: number): number {
  return Math.ceil(bits / bitsInWord)
}

function emptyMask(words: number): number[] {
  return Array.from({ length: words }, () => 0)
}

function maskOf<T>(items: readonly T[], has: (item: T) => boolean): number[] {
  const mask = emptyMask(wordsFor(items.length))
  for (const [index, item] of items.entries()) if (has(item)) add(mask, index)
  return mask
}

function add(mask: number[], bit: number): void {
  const word = Math.floor(bit / bitsInWord)
  mask[word] = (mask[word] ?? 0) | (1 << (bit % bitsInWord))
}

export function contains(mask: Mask, bit: number): boolean {
  return ((mask[Math.floor(bit / bitsInWord)] ?? 0) & (1 << (bit % bitsInWord))) !== 0
}

function isEmpty(mask: Mask): boolean {
  for (let word = 0; word < mask.length; word++) if (mask[word] !== 0) return false
  return true
}

export function intersects(one: Mask, other: Mask): boolean {
  for (let word = 0; word < one.length; word++) if (((one[word] ?? 0) & (other[word] ?? 0)) !== 0) return true
  return false
}

export function union(one: Mask, other: Mask): Mask {
  return one.map((word, index) => word | (other[index] ?? 0))
}

function intersection(one: Mask, other: Mask): Mask {
  return one.map((word, index) => word & (other[index] ?? 0))
}
