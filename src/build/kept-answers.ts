import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import { fingerprint, prune } from './recall.ts'
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
    keep: (subject, question, answer) => keep(folder, entryOf(subject), question, answer),
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

/** Whole, or not at all. */
function keep(folder: string, entry: string, question: string, answer: string): void {
  const temporary = `${entry}.${process.pid}`
  try {
    makeFolder(folder)
    writeFileSync(temporary, `${question.length}\n${question}${answer}`, { mode: 0o600 })
    renameSync(temporary, entry)
    prune(folder)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    discard(temporary)
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // then it is not there to be taken away
  }
}
