import { type Code, classicRefusal, codes } from './causes.ts'
import { commandFor, targetOf } from './change.ts'
import type { Draft, Finding } from './finding.ts'
import type { Mend, Remedy } from './remedy.ts'
import { isClassic, type Standing } from './standing.ts'

/**
 * Findings with commands, each once, the worst first. What the same command writes over is mended for all of them at
 * once: run one after another, each would take back what the one before has mended.
 */
export function settled(standing: Standing, drafts: readonly Draft[]): readonly Finding[] {
  const each = new Map(drafts.map(it => [JSON.stringify([it.code, it.what, it.where]), it]))
  const ordered = [...each.values()].sort((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code))
  const best = ordered.flatMap(({ code, mend: [first] }) =>
    first !== undefined && 'change' in first ? [{ code, change: first.change }] : [],
  )
  const made = (code: Code, remedy: Remedy): Mend => {
    if (!('change' in remedy)) return remedy
    const { words, change } = remedy
    const same = best.filter(it => targetOf(it.change) === targetOf(change))
    const changes = same.map(it => it.change)
    const others = [...new Set(same.map(it => it.code))].filter(it => it !== code)
    const also = others.length === 0 ? '' : `; the command mends ${others.join(', ')} as well`
    return commandFor(standing, `${words}${also}`, changes.includes(change) ? changes : [...changes, change])
  }
  return ordered.map(({ mend, seen, ...draft }) => ({
    ...draft,
    seen: isClassic(standing) ? seen : seen.filter(it => it.text !== classicRefusal),
    mend: mend.map(it => made(draft.code, it)),
  }))
}
