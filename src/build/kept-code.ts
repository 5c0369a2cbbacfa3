import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { makeFolder } from '../make-folder.ts'
import { runsBundled } from './engine.ts'
import { fingerprint } from './recall.ts'
import type { World } from './request.ts'

/** What a bundle exports, and what is to be done when it has run. */
export type Kept<Exports> = Exports & { readonly keep: () => void }

/** So many bundles, builds of poolform or versions of Node may take turns. */
const mostKept = 8

/** The compiler; see `loadKept`. */
export async function loadProducer(world: World, useCache: boolean): Promise<Kept<typeof import('./produce.ts')>> {
  const known = useCache ? loadKept<typeof import('./produce.ts')>('compile', world) : undefined
  return known ?? { ...(await import('./produce.ts')), keep: () => {} }
}

/**
 * Loads a bundle of lib/ with what V8 made of it in an earlier run: half of what a build after an edit takes is V8
 * reading functions that are called once. The file is named by the digest of all of poolform's code and the version of
 * Node, and starts with the fingerprint of the rest: V8 takes what it is given on trust. Undefined where nothing can be kept,
 * or when run from the sources.
 */
export function loadKept<Exports extends object>(
  bundle: string,
  { cacheFolder, engine }: World,
): Kept<Exports> | undefined {
  if (!runsBundled() || cacheFolder === undefined) return undefined
  const file = join(import.meta.dirname, `${bundle}.cjs`)
  const place = join(cacheFolder, 'code', `${bundle}-${engine.digest}-${process.version}-${process.arch}`)
  const cachedData = readVerified(place)
  const code = readFileSync(file, 'utf8')
  const script = new Script(Module.wrap(code), { filename: file, ...(cachedData === undefined ? {} : { cachedData }) })
  const module: { exports: Exports | undefined } = { exports: undefined }
  const exported: object = {}
  const run: (...args: readonly unknown[]) => void = script.runInThisContext()
  run(exported, createRequire(file), module, file, dirname(file))
  if (module.exports === undefined) throw new Error(`${file} exports nothing`)
  const isKept = cachedData !== undefined && script.cachedDataRejected === false
  return { ...module.exports, keep: isKept ? () => {} : () => writeVerified(place, script.createCachedData()) }
}

/** Undefined if the file is not as it was written. */
function readVerified(place: string): Buffer | undefined {
  try {
    const content = readFileSync(place)
    const data = content.subarray(printLength)
    return content.toString('latin1', 0, printLength) === printOf(place, data) ? data : undefined
  } catch {
    return undefined
  }
}

function writeVerified(place: string, data: Buffer): void {
  const folder = dirname(place)
  const temporary = `${place}.${process.pid}.tmp`
  try {
    makeFolder(folder)
    writeFileSync(temporary, Buffer.concat([Buffer.from(printOf(place, data), 'latin1'), data]))
    renameSync(temporary, place)
    const byAge = readdirSync(folder).sort((a, b) => modified(join(folder, b)) - modified(join(folder, a)))
    for (const name of byAge.slice(mostKept)) rmSync(join(folder, name), { force: true })
  } catch {
    // what is not kept is made again
  }
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** A multiple of four, so that the data can be read by words. */
const printLength = 32

/**
 * Of the data and of what the file is called: as much as it takes to see damage. Whoever may write here needs no
 * collision, and cryptography takes Node longer to load than all that is done with it here.
 */
function printOf(place: string, data: Buffer): string {
  const whole = Math.floor(data.length / 4)
  const isAligned = data.byteOffset % 4 === 0
  const words = isAligned
    ? new Int32Array(data.buffer, data.byteOffset, whole)
    : new Int32Array(Uint8Array.from(data).buffer, 0, whole)
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let index = 0; index < whole; index++) {
    const word = words[index] ?? 0
    a = Math.imul(a ^ word, 0x9e3779b1)
    b = Math.imul(b ^ word, 0x5f356495)
  }
  const rest = data.toString('latin1', whole * 4)
  return fingerprint([basename(place), data.length, a, b, rest].join('\0')).padEnd(printLength)
}
