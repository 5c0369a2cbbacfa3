import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, replaceEntry } from './recall.ts'
import type { World } from './request.ts'

/** What earlier runs have found out, one answer for each subject: the next one takes its place. */
export type KeptAnswers = {
  /** The answer, if it is that to this question. */
  readonly recall: (subject: string, question: string) => string | undefined
  readonly keep: (subject: string, question: string, answer: string) => void
}

/** The answers of one kind, by this build of poolform; without a cache folder there are none, and none is kept. */
export function keptAnswers(kind: string, { cacheFolder, engine }: Pick<World, 'cacheFolder' | 'engine'>): KeptAnswers {
  if (cacheFolder === undefined) return { recall: () => undefined, keep: () => {} }
  const folder = join(cacheFolder, kind)
  const entryOf = (subject: string): string => join(folder, fingerprint(`${engine.digest}\0${subject}`))
  return {
    recall: (subject, question) => recall(entryOf(subject), question),
    keep: (subject, question, answer) => replaceEntry(entryOf(subject), `${question.length}\n${question}${answer}`),
  }
}

/** An entry has the length of the question, the question itself, for fingerprints may collide, and the answer. */
function recall(entry: string, question: string): string | undefined {
  try {
    const content = readFileSync(entry, 'utf8')
    const head = `${question.length}\n`
    const isAbout = content.startsWith(head) && content.startsWith(question, head.length)
    return isAbout ? content.slice(head.length + question.length) : undefined
  } catch {
    // then it is found out again
    return undefined
  }
}
