import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostic.ts'
import { makeFolder } from '../make-folder.ts'
import { ignoredRules } from './ignored.ts'
import { diagnostics, parseReport, type Report } from './report.ts'

// This file is on the path of every unchanged build: it loads no more than it needs, starts nothing, waits for nothing.

/** A template to lint: `text` is YAML or JSON, `module` names it to its author and to the caller. */
export type LintInput = { readonly module: string; readonly text: string }

/**
 * The folder for what lasts from run to run, and the package's own folder, which holds `requirements-lint.txt` and
 * `src/lint/run_cfn_lint.py`.
 */
export type LintFolders = { readonly cacheFolder: string; readonly assets: string }

/** What is known of some templates without running cfn-lint, by module, and the templates that it has to look at. */
export type CachedLint = {
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
  readonly misses: readonly LintInput[]
}

export function requirementsFile(assets: string): string {
  return resolve(assets, 'requirements-lint.txt')
}

export function driverFile(assets: string): string {
  return resolve(assets, 'src', 'lint', 'run_cfn_lint.py')
}

export function cachedLint(inputs: readonly LintInput[], { cacheFolder, assets }: LintFolders): CachedLint {
  const linter = linterDigest(assets)
  const hits = new Map<string, readonly Diagnostic[]>()
  const misses: LintInput[] = []
  for (const input of inputs) {
    const report = readEntry(cacheFolder, keyOf(linter, input.text))
    if (report === undefined) misses.push(input)
    else hits.set(input.module, diagnostics(report))
  }
  return { diagnostics: hits, misses }
}

/** The linter and its configuration: other packages, another driver or other ignored rules are another linter. */
function linterDigest(assets: string): string {
  return createHash('sha256')
    .update(readFileSync(requirementsFile(assets)))
    .update('\0')
    .update(readFileSync(driverFile(assets)))
    .update('\0')
    .update(JSON.stringify(ignoredRules))
    .digest('hex')
}

function entriesFolder(cacheFolder: string): string {
  return join(cacheFolder, 'lint')
}

function keyOf(linter: string, text: string): string {
  return createHash('sha256').update(linter).update('\0').update(text).digest('hex')
}

function entryFile(cacheFolder: string, key: string): string {
  return join(entriesFolder(cacheFolder), `${key}.json`)
}

/** The first line holds the digest of the key and of the rest: an entry is for its template alone. */
function formatEntry(key: string, json: string): string {
  return `${createHash('sha256').update(key).update('\0').update(json).digest('hex')}\n${json}`
}

/** An entry that is missing, damaged, another template's or of a day that is over is none. */
function readEntry(cacheFolder: string, key: string): Report | undefined {
  let text: string
  try {
    text = readFileSync(entryFile(cacheFolder, key), 'utf8')
  } catch {
    return undefined
  }
  const json = text.slice(text.indexOf('\n') + 1)
  const report = text === formatEntry(key, json) ? parseReport(json) : undefined
  return report === undefined || (report.day !== null && report.day !== today()) ? undefined : report
}

/** In UTC, as the driver counts. */
function today(): string {
  return new Date().toISOString().slice(0, 10)
}

/**
 * Keeps what cfn-lint said, unless it stumbled: that may be the machine's fault. A folder that can't be written to
 * only costs time.
 */
export function storeReports(
  reports: readonly { readonly text: string; readonly report: Report }[],
  { cacheFolder, assets }: LintFolders,
): void {
  const linter = linterDigest(assets)
  try {
    makeFolder(entriesFolder(cacheFolder))
    for (const { text, report } of reports) {
      if (report.findings.some(({ rule }) => rule === 'E0002')) continue
      const key = keyOf(linter, text)
      const file = entryFile(cacheFolder, key)
      const temporary = `${file}.${process.pid}`
      writeFileSync(temporary, formatEntry(key, JSON.stringify(report)))
      renameSync(temporary, file)
    }
    prune(entriesFolder(cacheFolder))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
  }
}

const mostEntries = 4000

function prune(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= mostEntries) return
  const files = names.flatMap(name => {
    const file = join(folder, name)
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat === undefined ? [] : [{ file, time: stat.mtimeMs }]
  })
  files.sort((a, b) => b.time - a.time)
  // a quarter more than needed, so that not every write has to look at every file
  for (const { file } of files.slice(mostEntries * 0.75)) rmSync(file, { force: true })
}
