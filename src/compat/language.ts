/**
 * Regular expressions as the sets of texts that they match as a whole, so that of two it can be decided whether one
 * takes all that the other does. Expressions are Java's, which CloudFormation reads; what no finite automaton can say
 * (back references), look-around anywhere but at the start, and what is seldom written is not taken.
 * https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
 */
export type Language = { readonly branches: readonly Branch[] }

/** A text is one of a language if it is one of a branch: taken by its automaton, and by the others as they want it. */
type Branch = {
  readonly nfa: Nfa
  /** Of what must, or must not, be ahead at the start. */
  readonly looks: readonly { readonly nfa: Nfa; readonly isWanted: boolean }[]
}

/** From the first to the last code point. */
type Range = readonly [first: number, last: number]

type Edge = { readonly to: number; readonly at: 'anywhere' | 'start' | 'end' }

type Nfa = {
  readonly start: number
  readonly end: number
  readonly free: readonly (readonly Edge[])[]
  readonly moves: readonly (readonly { readonly ranges: readonly Range[]; readonly to: number }[])[]
}

/** Counted in characters. */
export type Lengths = { readonly least: number; readonly most: number }

export type Side = { readonly languages: readonly Language[]; readonly lengths: Lengths }

/** What an expression matches; undefined where it is more than is understood here. */
export function languageOf(pattern: string): Language | undefined {
  try {
    return { branches: branchesOf(new Parser(pattern).parse()).map(built) }
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

/** These texts and no others. */
export function languageOfTexts(texts: readonly string[]): Language {
  const nodes = texts.map((text): Node => ({ kind: 'sequence', nodes: [...text].map(literal) }))
  return { branches: [built({ looks: [], node: { kind: 'either', nodes } })] }
}

/**
 * The shortest text that the first side takes and the second does not. `none`: there is none; `unknown`: none was found
 * in reasonable time. Of a list's items some characters cannot be in one: `without`.
 */
export function witnessOf(one: Side, other: Side, without = ''): { readonly text: string } | 'none' | 'unknown' {
  const automata = [one, other].flatMap(({ languages }) => languages.flatMap(automataOf))
  const letters = lettersOf(automata, without)
  const bounds = [one.lengths, other.lengths].flatMap(({ least, most }) => [least, most])
  const cap = Math.max(0, ...bounds.filter(Number.isFinite)) + 1
  type Sets = ReadonlyMap<Nfa, readonly number[]>
  type Position = { readonly sets: Sets; readonly length: number; readonly text: string }
  const isTaken = ({ languages, lengths }: Side, { sets, length, text }: Position): boolean => {
    const accepts = (nfa: Nfa): boolean => isAccepting(nfa, sets.get(nfa) ?? [], text === '')
    return (
      length >= lengths.least &&
      length <= lengths.most &&
      languages.every(({ branches }) =>
        branches.some(({ nfa, looks }) => accepts(nfa) && looks.every(look => accepts(look.nfa) === look.isWanted)),
      )
    )
  }
  const isOver = (sets: Sets): boolean =>
    one.languages.some(({ branches }) => branches.every(({ nfa }) => sets.get(nfa)?.length === 0))
  const seen = new Set<string>()
  const start = new Map(automata.map(nfa => [nfa, closure(nfa, [nfa.start], true)]))
  let front: readonly Position[] = [{ sets: start, length: 0, text: '' }]
  let visited = 0
  while (front.length > 0) {
    const next: Position[] = []
    for (const position of front) {
      if (++visited > mostVisited) return 'unknown'
      if (isTaken(one, position) && !isTaken(other, position)) return { text: position.text }
      if (position.length >= one.lengths.most) continue
      for (const letter of letters) {
        const sets = new Map([...position.sets].map(([nfa, set]) => [nfa, move(nfa, set, letter)]))
        // what the first side cannot take any more
        if (isOver(sets)) continue
        const length = Math.min(position.length + 1, cap)
        const key = `${length}:${[...sets.values()].join(';')}`
        if (seen.has(key)) continue
        seen.add(key)
        next.push({ sets, length, text: position.text + String.fromCodePoint(letter) })
      }
    }
    front = next
  }
  return 'none'
}

function automataOf({ branches }: Language): readonly Nfa[] {
  return branches.flatMap(({ nfa, looks }) => [nfa, ...looks.map(look => look.nfa)])
}

type Split = {
  readonly looks: readonly { readonly node: Node; readonly isWanted: boolean }[]
  readonly node: Node
}

const empty: Node = { kind: 'sequence', nodes: [] }

function built({ looks, node }: Split): Branch {
  const rest: Node = {
    kind: 'repeat',
    node: { kind: 'one', ranges: [[0, lastPoint]] },
    least: 0,
    most: Number.POSITIVE_INFINITY,
  }
  return {
    nfa: new Builder().build(node),
    looks: looks.map(({ node: ahead, isWanted }) => ({
      nfa: new Builder().build({ kind: 'sequence', nodes: [ahead, rest] }),
      isWanted,
    })),
  }
}

/** What is looked at from the start by itself: of each way to begin one branch. */
function branchesOf(node: Node): readonly Split[] {
  switch (node.kind) {
    case 'look':
      return [{ looks: [{ node: node.node, isWanted: node.isWanted }], node: empty }]
    case 'either':
      return hasLook(node) ? node.nodes.flatMap(branchesOf) : [{ looks: [], node }]
    case 'repeat': {
      if (!hasLook(node)) return [{ looks: [], node }]
      if (node.most !== 1) throw new NotUnderstood()
      return [...branchesOf(node.node), ...(node.least === 0 ? [{ looks: [], node: empty }] : [])]
    }
    case 'sequence': {
      const [first, ...others] = node.nodes
      if (first === undefined || !hasLook(node)) return [{ looks: [], node }]
      const isAtStart = first.kind === 'start' || first.kind === 'look'
      const heads = branchesOf(first)
      // behind anything else one would look from somewhere in the middle
      const tails = isAtStart
        ? branchesOf({ kind: 'sequence', nodes: others })
        : [{ looks: [], node: sequence(others) }]
      return heads.flatMap(head =>
        tails.map(tail => ({ looks: [...head.looks, ...tail.looks], node: sequence([head.node, tail.node]) })),
      )
    }
    case 'one':
    case 'start':
    case 'end':
      return [{ looks: [], node }]
  }
}

function sequence(nodes: readonly Node[]): Node {
  return { kind: 'sequence', nodes }
}

function hasLook(node: Node): boolean {
  switch (node.kind) {
    case 'look':
      return true
    case 'sequence':
    case 'either':
      return node.nodes.some(hasLook)
    case 'repeat':
      return hasLook(node.node)
    case 'one':
    case 'start':
    case 'end':
      return false
  }
}

const mostVisited = 30_000
const mostStates = 20_000

function closure(nfa: Nfa, states: readonly number[], isAtStart: boolean, isAtEnd = false): readonly number[] {
  const found = new Set<number>()
  const open = [...states]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (found.has(state)) continue
    found.add(state)
    for (const { to, at } of nfa.free[state] ?? []) {
      if (at === 'anywhere' || (at === 'start' && isAtStart) || (at === 'end' && isAtEnd)) open.push(to)
    }
  }
  return [...found].sort((a, b) => a - b)
}

function isAccepting(nfa: Nfa, states: readonly number[], isAtStart: boolean): boolean {
  return closure(nfa, states, isAtStart, true).includes(nfa.end)
}

function move(nfa: Nfa, states: readonly number[], letter: number): readonly number[] {
  const reached = states.flatMap(state =>
    (nfa.moves[state] ?? []).flatMap(({ ranges, to }) =>
      ranges.some(([first, last]) => first <= letter && letter <= last) ? [to] : [],
    ),
  )
  return closure(nfa, reached, false)
}

/** One of each kind that no range tells apart, those that a person would type first. */
function lettersOf(automata: readonly Nfa[], without: string): readonly number[] {
  const cuts = new Set([0, lastPoint + 1, 0xd800, 0xe000])
  for (const { moves } of automata) {
    for (const edges of moves) {
      for (const { ranges } of edges) {
        for (const [first, last] of ranges) cuts.add(first).add(last + 1)
      }
    }
  }
  for (const character of without) cuts.add(pointOf(character)).add(pointOf(character) + 1)
  const sorted = [...cuts].sort((a, b) => a - b)
  const letters = sorted.slice(0, -1).flatMap((first, at): readonly number[] => {
    const last = (sorted[at + 1] ?? lastPoint + 1) - 1
    if ((first >= 0xd800 && last < 0xe000) || [...without].some(it => pointOf(it) === first)) return []
    const typed = usual.find(([from, to]) => from <= last && first <= to)
    return [typed === undefined ? first : Math.max(typed[0], first)]
  })
  const rank = (letter: number): number => usual.findIndex(([first, last]) => first <= letter && letter <= last)
  return letters.sort((a, b) => (rank(a) < 0 ? 99 : rank(a)) - (rank(b) < 0 ? 99 : rank(b)) || a - b)
}

const lastPoint = 0x10ffff

const usual: readonly Range[] = [
  [0x61, 0x7a],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x21, 0x7e],
  [0x20, 0x20],
  [0xa1, 0xff],
]

function pointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

type Node =
  | { readonly kind: 'one'; readonly ranges: readonly Range[] }
  | { readonly kind: 'sequence' | 'either'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'look'; readonly node: Node; readonly isWanted: boolean }
  | { readonly kind: 'start' | 'end' }

function literal(character: string): Node {
  return { kind: 'one', ranges: [[pointOf(character), pointOf(character)]] }
}

class NotUnderstood extends Error {}

const digits: readonly Range[] = [[0x30, 0x39]]
const word: readonly Range[] = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]
const blank: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
]
/** A dot takes none of these. */
const lineEnds: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
]
const controls: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, r: 0x0d, f: 0x0c, a: 0x07, e: 0x1b, 0: 0 }

class Parser {
  readonly #characters: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#characters = [...pattern]
  }

  parse(): Node {
    const node = this.#either()
    if (this.#at < this.#characters.length) throw new NotUnderstood()
    return node
  }

  #peek(): string | undefined {
    return this.#characters[this.#at]
  }

  #take(): string {
    const character = this.#characters[this.#at++]
    if (character === undefined) throw new NotUnderstood()
    return character
  }

  #skip(text: string): boolean {
    const isThere = [...text].every((character, offset) => this.#characters[this.#at + offset] === character)
    if (isThere) this.#at += [...text].length
    return isThere
  }

  #either(): Node {
    const nodes = [this.#sequence()]
    while (this.#skip('|')) nodes.push(this.#sequence())
    return { kind: 'either', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      nodes.push(this.#repeated(this.#atom()))
    }
    return { kind: 'sequence', nodes }
  }

  #repeated(node: Node): Node {
    let repeated = node
    for (;;) {
      const counts = this.#counts()
      if (counts === undefined) return repeated
      // a reluctant one matches the same as a whole, a possessive one less
      if (!this.#skip('?') && this.#peek() === '+') throw new NotUnderstood()
      repeated = { kind: 'repeat', node: repeated, ...counts }
    }
  }

  #counts(): { readonly least: number; readonly most: number } | undefined {
    if (this.#skip('*')) return { least: 0, most: Number.POSITIVE_INFINITY }
    if (this.#skip('+')) return { least: 1, most: Number.POSITIVE_INFINITY }
    if (this.#skip('?')) return { least: 0, most: 1 }
    const rest = this.#characters.slice(this.#at, this.#at + 16).join('')
    const [all, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(rest) ?? []
    if (all === undefined || least === undefined) return undefined
    this.#at += all.length
    const limit = comma === '' ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)
    return { least: Number(least), most: limit }
  }

  #atom(): Node {
    const character = this.#take()
    switch (character) {
      case '(': {
        if (this.#skip('?')) {
          const isNamed = /^<[A-Za-z]\w*>/.exec(this.#characters.slice(this.#at, this.#at + 40).join(''))
          if (isNamed !== null) this.#at += isNamed[0].length
          else if (this.#skip('=')) return this.#look(true)
          else if (this.#skip('!')) return this.#look(false)
          else if (!this.#skip(':')) throw new NotUnderstood()
        }
        const node = this.#either()
        if (!this.#skip(')')) throw new NotUnderstood()
        return node
      }
      case '[':
        return { kind: 'one', ranges: this.#class() }
      case '.':
        return { kind: 'one', ranges: allBut(lineEnds) }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '\\': {
        const next = this.#peek()
        if (next === 'A' || next === 'z') {
          this.#at++
          return { kind: next === 'A' ? 'start' : 'end' }
        }
        return { kind: 'one', ranges: this.#escape() }
      }
      case '*':
      case '+':
      case '?':
      case '{':
        throw new NotUnderstood()
      default:
        return literal(character)
    }
  }

  #look(isWanted: boolean): Node {
    const node = this.#either()
    if (!this.#skip(')')) throw new NotUnderstood()
    return { kind: 'look', node, isWanted }
  }

  #escape(): readonly Range[] {
    const character = this.#take()
    switch (character) {
      case 'd':
        return digits
      case 'D':
        return allBut(digits)
      case 'w':
        return word
      case 'W':
        return allBut(word)
      case 's':
        return blank
      case 'S':
        return allBut(blank)
      case 'x':
      case 'u': {
        const length = character === 'x' ? 2 : 4
        const code = Array.from({ length }, () => this.#take()).join('')
        if (!/^[0-9A-Fa-f]+$/.test(code)) throw new NotUnderstood()
        const point = Number.parseInt(code, 16)
        return [[point, point]]
      }
    }
    const control = controls[character]
    const point = control ?? pointOf(character)
    // other letters and digits stand for what is not taken here: boundaries, classes, groups
    if (control === undefined && /[A-Za-z0-9]/.test(character)) throw new NotUnderstood()
    return [[point, point]]
  }

  #class(): readonly Range[] {
    const isNegated = this.#skip('^')
    const ranges: Range[] = []
    for (let isFirst = true; ; isFirst = false) {
      const character = this.#take()
      if (character === ']' && !isFirst) return isNegated ? allBut(ranges) : ranges
      // classes in classes are Java's alone
      if (character === '[' || (character === '&' && this.#peek() === '&') || character === ']')
        throw new NotUnderstood()
      const from = character === '\\' ? this.#escape() : [[pointOf(character), pointOf(character)] as const]
      const [single] = from
      const isPoint = from.length === 1 && single !== undefined && single[0] === single[1]
      if (this.#peek() !== '-' || this.#characters[this.#at + 1] === ']') {
        ranges.push(...from)
        continue
      }
      if (!isPoint || single === undefined) throw new NotUnderstood()
      this.#at++
      const end = this.#take()
      if (end === '[') throw new NotUnderstood()
      const [to] = end === '\\' ? this.#escape() : [[pointOf(end), pointOf(end)] as const]
      if (to === undefined || to[0] !== to[1] || to[0] < single[0]) throw new NotUnderstood()
      ranges.push([single[0], to[0]])
    }
  }
}

function allBut(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  const rest: Range[] = []
  let from = 0
  for (const [first, last] of sorted) {
    if (first > from) rest.push([from, first - 1])
    from = Math.max(from, last + 1)
  }
  if (from <= lastPoint) rest.push([from, lastPoint])
  return rest
}

/** Thompson's construction: a state before and one after each part. */
class Builder {
  readonly #free: Edge[][] = []
  readonly #moves: { readonly ranges: readonly Range[]; readonly to: number }[][] = []

  build(node: Node): Nfa {
    const start = this.#state()
    const end = this.#append(node, start)
    return { start, end, free: this.#free, moves: this.#moves }
  }

  #state(): number {
    if (this.#free.length >= mostStates) throw new NotUnderstood()
    this.#moves.push([])
    return this.#free.push([]) - 1
  }

  #join(from: number, to: number, at: Edge['at'] = 'anywhere'): void {
    this.#free[from]?.push({ to, at })
  }

  /** The state in which it ends. */
  #append(node: Node, from: number): number {
    switch (node.kind) {
      case 'one': {
        const to = this.#state()
        this.#moves[from]?.push({ ranges: node.ranges, to })
        return to
      }
      case 'sequence':
        return node.nodes.reduce((at, part) => this.#append(part, at), from)
      case 'either': {
        const to = this.#state()
        for (const part of node.nodes) this.#join(this.#append(part, from), to)
        return to
      }
      case 'repeat':
        return this.#repeat(node, from)
      // all that could be are at the start, and taken out
      case 'look':
        throw new NotUnderstood()
      case 'start':
      case 'end': {
        const to = this.#state()
        this.#join(from, to, node.kind)
        return to
      }
    }
  }

  #repeat({ node, least, most }: Extract<Node, { kind: 'repeat' }>, from: number): number {
    let at = from
    for (let count = 0; count < least; count++) at = this.#append(node, at)
    const end = this.#state()
    if (most === Number.POSITIVE_INFINITY) {
      // a state of its own, so that what stands before is not entered again
      const loop = this.#state()
      this.#join(at, loop)
      this.#join(this.#append(node, loop), loop)
      this.#join(loop, end)
      return end
    }
    for (let count = least; count < most; count++) {
      this.#join(at, end)
      const next = this.#state()
      this.#join(at, next)
      at = this.#append(node, next)
    }
    this.#join(at, end)
    return end
  }
}
