import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostic.ts'
import { makeFolder } from '../make-folder.ts'
import type { Finding } from './finding.ts'
import type { Module } from './modules.ts'
import type { Project } from './project.ts'
import { isAtWork } from './replace.ts'
import type { ArtifactSummary, BuildRequest, Outcome, World } from './request.ts'

// This file is all that an unchanged build runs: it compares files with what they held, and loads as little as it can.

/** What a build depends on that is not in a file. */
export type Question = {
  readonly cwd: string
  readonly modules: readonly string[]
  readonly isWhole: boolean
  readonly packageFile: string | null
  readonly changelogFile: string | null
  readonly out: string
  readonly format: BuildRequest['format']
  readonly lint: boolean
  readonly version: string | null
}

/** What came of a build, and all that it holds for; the content of the files follows it, in their order. */
type Entry = {
  readonly question: Question
  readonly engine: string
  readonly node: string
  /** What it was made of, and what was written. */
  readonly files: readonly StoredFile[]
  readonly inputs: readonly string[]
  /** What cfn-lint said of each artifact, if it was asked. */
  readonly lint: LintDiagnostics | null
  readonly findings: readonly Finding[]
  readonly artifacts: readonly ArtifactSummary[]
}

type StoredFile = { readonly file: string; readonly bytes: number }

/** By module. */
export type LintDiagnostics = readonly (readonly [module: string, diagnostics: readonly Diagnostic[]])[]

export function questionOf(
  { modules: named, out, format, lint, version }: BuildRequest,
  modules: readonly Module[],
  { packageFile, changelogFile }: Project,
  { cwd }: World,
): Question {
  return {
    cwd,
    modules: modules.map(({ path }) => path),
    isWhole: named.length === 0,
    packageFile: packageFile?.file ?? null,
    changelogFile: changelogFile?.file ?? null,
    out,
    format,
    lint,
    version: version ?? null,
  }
}

/**
 * What the same build came to before, if each file that it read and each file that it wrote holds, to the byte, what it
 * held then. Times and sizes are not trusted, for both can stay as they were.
 */
export async function recall(question: Question, world: World): Promise<Outcome | undefined> {
  const { cacheFolder, engine } = world
  if (cacheFolder === undefined) return undefined
  try {
    const content = readFileSync(entryFile(cacheFolder, question))
    const start = endOfLine(content, endOfLine(content, 0))
    const entry = parseEntry(content.toString('utf8', 0, start))
    if (entry?.engine !== engine.digest || entry.node !== process.version) return undefined
    if (JSON.stringify(entry.question) !== JSON.stringify(question)) return undefined
    const texts = unchangedTexts(entry.files, content.subarray(start))
    if (texts === undefined || isAtWork(resolve(question.cwd, question.out))) return undefined
    if (entry.lint !== null && !(await isStillSaid(entry, texts, world, cacheFolder))) return undefined
    return { findings: entry.findings, artifacts: entry.artifacts, removed: [], inputs: entry.inputs }
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

/** Undefined if a file does not hold what is stored of it. */
function unchangedTexts(files: readonly StoredFile[], stored: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const texts = new Map<string, Buffer>()
  let position = 0
  for (const { file, bytes } of files) {
    const text = stored.subarray(position, position + bytes)
    if (!readFileSync(file).equals(text)) return undefined
    texts.set(file, text)
    position += bytes
  }
  return position === stored.length ? texts : undefined
}

/** Some findings hold for a day: the linter's own cache knows. */
async function isStillSaid(
  { question, artifacts, lint }: Entry,
  texts: ReadonlyMap<string, Buffer>,
  { engine }: World,
  cacheFolder: string,
): Promise<boolean> {
  const { cachedLint } = await import('../lint/cache.ts')
  const inputs = artifacts.map(({ module, path }) => ({
    module,
    text: texts.get(resolve(question.cwd, path))?.toString() ?? '',
  }))
  const { misses, diagnostics } = cachedLint(inputs, { cacheFolder, assets: engine.root })
  return misses.length === 0 && JSON.stringify([...diagnostics]) === JSON.stringify(lint)
}

export type Answer = Omit<Entry, 'question' | 'engine' | 'node' | 'files' | 'inputs'> & {
  /** What esbuild read, and the project's package.json and changelog, by absolute path. */
  readonly inputs: ReadonlyMap<string, string>
  /** By absolute path. */
  readonly outputs: ReadonlyMap<string, string>
}

/**
 * Keeps what came of a build that depends on nothing but its question, the engine, Node and the inputs. The entry takes
 * the place of the last one whole; where none can be kept, the next build is made anew.
 */
export function remember(question: Question, answer: Answer, { cacheFolder, engine }: World): void {
  if (cacheFolder === undefined) return
  const { inputs, outputs, lint, findings, artifacts } = answer
  const contents = [...inputs, ...outputs].map(([file, text]) => ({ file, content: Buffer.from(text) }))
  const entry: Entry = {
    question,
    engine: engine.digest,
    node: process.version,
    files: contents.map(({ file, content }) => ({ file, bytes: content.length })),
    inputs: [...inputs.keys()],
    lint,
    findings,
    artifacts: artifacts.map(artifact => ({ ...artifact, isChanged: false })),
  }
  const head = Buffer.from(formatEntry(entry))
  replaceEntry(entryFile(cacheFolder, question), Buffer.concat([head, ...contents.map(({ content }) => content)]))
}

/** Whole, or not at all. Of many entries in its folder the oldest go. */
export function replaceEntry(file: string, content: string | Buffer): void {
  const folder = dirname(file)
  const temporary = `${file}.${process.pid}`
  try {
    makeFolder(folder)
    writeFileSync(temporary, content, { mode: 0o600 })
    renameSync(temporary, file)
    prune(folder)
  } catch (error) {
    if (!isSystemError(error)) throw error
    discard(temporary)
  }
}

function entriesFolder(cacheFolder: string): string {
  return join(cacheFolder, 'builds')
}

/** One entry for each question: the next answer takes its place. */
function entryFile(cacheFolder: string, question: Question): string {
  return join(entriesFolder(cacheFolder), fingerprint(JSON.stringify(question)))
}

/** Two lines. */
function formatEntry(entry: Entry): string {
  const json = JSON.stringify(entry)
  return `${fingerprint(json)}\n${json}\n`
}

function parseEntry(head: string): Entry | undefined {
  const [print, json = ''] = head.split('\n')
  if (print !== fingerprint(json)) return undefined
  const entry: Entry = JSON.parse(json)
  return entry
}

function endOfLine(content: Buffer, start: number): number {
  return content.indexOf('\n', start) + 1
}

/**
 * 53 bits that tell texts apart which nobody has chosen to collide (cyrb53). Node takes four milliseconds to load its
 * cryptography, a tenth of an unchanged build.
 */
export function fingerprint(text: string): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
}

const mostEntries = 200

function prune(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= mostEntries) return
  const files = names
    .map(name => ({ name, time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
  // more than needed, so that not each build has to look at all of them
  for (const { name } of files.slice(mostEntries / 2)) rmSync(join(folder, name), { force: true })
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // then it is not there to be taken away
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
