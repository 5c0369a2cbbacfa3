import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Settled } from '../check/knowledge.ts'
import { makeFolder } from '../make-folder.ts'

/** Digests are this long in characters; a line of another length is none, as where a write was cut short. */
const digestLength = 64

/** Some 4,000 digests: then all are forgotten. */
const mostCharacters = 260_000

/**
 * Remembers questions from run to run, each by a digest of itself and of this build of poolform, on a line of a file.
 * Where nothing can be read nothing is settled, and what cannot be written is asked again.
 */
export function settledQuestions(cacheFolder: string | undefined, engine: string): Settled {
  if (cacheFolder === undefined) return { has: () => false, add: () => {} }
  const file = join(cacheFolder, 'settled', engine)
  let known: ReadonlySet<string> | undefined
  const digestOf = (question: string) => createHash('sha256').update(`${engine}\0${question}`).digest('hex')
  return {
    has: question => {
      known ??= linesOf(file)
      return known.has(digestOf(question))
    },
    add: question => append(file, `${digestOf(question)}\n`),
  }
}

function linesOf(file: string): ReadonlySet<string> {
  try {
    const text = readFileSync(file, 'latin1')
    if (text.length > mostCharacters) rmSync(file, { force: true })
    return new Set(text.split('\n').filter(line => line.length === digestLength))
  } catch {
    return new Set()
  }
}

function append(file: string, line: string): void {
  try {
    makeFolder(dirname(file))
    appendFileSync(file, line)
  } catch {
    // asked again by the next run
  }
}
