import type { Resolved } from '../resolve/index.ts'
import { decided } from './decided.ts'
import { type Assumption, isPossible } from './possible.ts'
import { openConditions } from './relevant-conditions.ts'

type Decided = { readonly decision: 'allow' | 'deny' | 'unknown' }

/** What a question comes to, however the conditions come out that only deployment knows. */
export type InEachWorld<Answer extends Decided> =
  /** The same in each way; where nothing is known in one, that one. */
  | { readonly kind: 'same'; readonly answer: Answer }
  | { readonly kind: 'differs'; readonly answers: readonly [Answer, Answer]; readonly conditions: readonly string[] }
  /** The same as far as was looked: so many ways, of more. */
  | { readonly kind: 'bounded'; readonly answer: Answer; readonly conditions: readonly string[]; readonly ways: number }

/** So many ways are looked at for one question. */
export const mostWays = 64

/**
 * Asks in the template as it stands, and, while the answer is open, with one condition more decided, each way: of the
 * conditions that are relevant to the question, and only in combinations that can be.
 */
export function inEachWorld<Answer extends Decided>(
  resolved: Resolved,
  ask: (world: Resolved) => Answer,
  relevant: (world: Resolved) => readonly string[],
): InEachWorld<Answer> {
  const all = openConditions(resolved)
  if (all.length === 0) return { kind: 'same', answer: ask(resolved) }
  let ways = 0
  let left: readonly string[] = []
  let first: { readonly answer: Answer; readonly choices: readonly string[] } | undefined
  // Of what is decided, `choices` are those that could be otherwise.
  const visit = (when: readonly Assumption[], choices: readonly string[]): InEachWorld<Answer> | undefined => {
    const known = new Map(when.map(({ condition, holds }) => [condition, holds]))
    const names = relevant(worldOf(resolved, known)).filter(it => !known.has(it))
    if (when.length === 0) left = names
    // What does not matter need not be there.
    const world = worldOf(
      resolved,
      new Map([...all.filter(it => !names.includes(it)).map(it => [it, false] as const), ...known]),
    )
    const answer = ask(world)
    ways++
    const [next] = names
    if (answer.decision !== 'unknown' || next === undefined) {
      if (first === undefined) first = { answer, choices }
      if (first.answer.decision === answer.decision)
        return answer.decision === 'unknown' ? { kind: 'same', answer } : undefined
      const conditions = [...new Set([...first.choices, ...choices])]
      return { kind: 'differs', answers: [first.answer, answer], conditions }
    }
    const both = [true, false].map(holds => [...when, { condition: next, holds }])
    const possible = both.filter(it => isPossible(resolved, it))
    for (const further of possible) {
      if (ways >= mostWays) return { kind: 'bounded', answer: first?.answer ?? answer, conditions: left, ways }
      const found = visit(further, possible.length > 1 ? [...choices, next] : choices)
      if (found !== undefined) return found
    }
    return undefined
  }
  return visit([], []) ?? { kind: 'same', answer: first?.answer ?? ask(resolved) }
}

/** Questions about one template mostly hang on the same conditions. */
const worlds = new WeakMap<Resolved, Map<string, Resolved>>()

const mostWorlds = 256

function worldOf(resolved: Resolved, known: ReadonlyMap<string, boolean>): Resolved {
  if (known.size === 0) return resolved
  const made = worlds.get(resolved) ?? new Map<string, Resolved>()
  worlds.set(resolved, made)
  const key = [...known]
    .map(([name, holds]) => `${holds ? '+' : '-'}${name}`)
    .sort()
    .join()
  const before = made.get(key)
  if (before !== undefined) return before
  if (made.size >= mostWorlds) made.clear()
  const world = decided(resolved, known)
  made.set(key, world)
  return world
}
