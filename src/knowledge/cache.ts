import { createHash } from 'node:crypto'
import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/**
 * The code of validators, kept from run to run: compiling one takes up to a second, loading one a millisecond.
 *
 * A file is named by everything that its code depends on, and its first line holds the digest of that and of
 * the rest, so that a file that is cut short, changed or moved counts as none. What cannot be written is made anew by the next run.
 */
export type ValidatorCache = {
  readonly read: (type: string, key: string) => string | undefined
  readonly write: (type: string, key: string, code: string) => void
}

export function validatorCache(folder: string | undefined): ValidatorCache {
  if (folder === undefined) return { read: () => undefined, write: () => {} }
  const fileOf = (type: string, key: string) => join(folder, 'validators', `${type.replaceAll('::', '-')}-${key}.cjs`)
  return {
    read: (type, key) => readVerified(fileOf(type, key), key),
    write: (type, key, code) => writeVerified(join(folder, 'validators'), fileOf(type, key), key, code),
  }
}

/** Names what a validator's code depends on; short, since it is part of a file's name. */
export function keyOf(parts: readonly string[]): string {
  return digest(JSON.stringify(parts)).slice(0, 16)
}

function readVerified(file: string, key: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const end = text.indexOf('\n')
  const code = text.slice(end + 1)
  return text.slice(0, end) === firstLine(key, code) ? code : undefined
}

function writeVerified(folder: string, file: string, key: string, code: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    makeFolder(folder)
    writeFileSync(temporary, `${firstLine(key, code)}\n${code}`)
    renameSync(temporary, file)
  } catch {
    remove(temporary)
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // it was never made
  }
}

function firstLine(key: string, code: string): string {
  return `// sha256 ${digest(`${key}\n${code}`)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
