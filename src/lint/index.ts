import type { Diagnostic } from '../diagnostic.ts'
import { type CachedLint, cachedLint, driverFile, type LintInput, storeReports } from './cache.ts'
import { discard, type Environment, type EnvironmentOptions, environment, type Unavailable } from './environment.ts'
import { ignoredRules } from './ignored.ts'
import { diagnostics, parseReport, type Report } from './report.ts'
import { run, tellingLine } from './run.ts'

export { type CachedLint, cachedLint, type LintFolders, type LintInput } from './cache.ts'
export type { EnvironmentOptions as LintTools, Unavailable } from './environment.ts'
export { withoutTwins } from './twins.ts'

export type LintOptions = EnvironmentOptions & {
  /** Asks cfn-lint also where the cache knows what it said. */
  readonly isFresh?: boolean
}

/** What cfn-lint says of each template, by module; `started` tells whether its process had to be started. */
export type Linted = {
  readonly kind: 'linted'
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
  readonly started: boolean
}

/**
 * Lints templates, YAML or JSON text, with the cfn-lint that `requirements-lint.txt` pins, each for all regions where
 * all its resource types exist. What it said before of the same text comes from the cache; for the rest one process is
 * started, in a virtual environment that is made at the first need and made again if it is damaged. Text that
 * cfn-lint can't read has the diagnostic `cfn-lint/E0000`.
 *
 * @throws Error with its standard error if cfn-lint crashes
 */
export async function lint(inputs: readonly LintInput[], tools: LintOptions): Promise<Linted | Unavailable> {
  const nothing: CachedLint = { diagnostics: new Map(), misses: inputs }
  const cached = tools.isFresh ? nothing : cachedLint(inputs, tools)
  if (cached.misses.length === 0) return { kind: 'linted', diagnostics: cached.diagnostics, started: false }
  const texts = [...new Set(cached.misses.map(({ text }) => text))]
  const reports = await reportsOn(texts, tools)
  if ('kind' in reports) return reports
  storeReports(reports, tools)
  const byText = new Map(reports.map(({ text, report }) => [text, diagnostics(report)]))
  const found = new Map<string, readonly Diagnostic[]>()
  for (const { module, text } of inputs) found.set(module, cached.diagnostics.get(module) ?? byText.get(text) ?? [])
  return { kind: 'linted', diagnostics: found, started: true }
}

type Reports = readonly { readonly text: string; readonly report: Report }[]

async function reportsOn(texts: readonly string[], tools: EnvironmentOptions): Promise<Reports | Unavailable> {
  const first = await environment(tools)
  if (first.kind === 'unavailable') return first
  const reports = await runCfnLint(first, texts, tools)
  if (!('damage' in reports)) return reports
  if (first.fresh) return broken(reports.damage)
  tools.onProgress?.(`Replacing the cfn-lint in ${first.folder}, which is damaged: ${reports.damage}`)
  await discard(first)
  const second = await environment(tools)
  if (second.kind === 'unavailable') return second
  const again = await runCfnLint(second, texts, tools)
  return 'damage' in again ? broken(again.damage) : again
}

function broken(damage: string): Unavailable {
  return {
    kind: 'unavailable',
    reason: `cfn-lint is installed but does not start: ${damage}`,
    help: 'Name another Python in POOLFORM_PYTHON',
  }
}

/** One process for all templates; `damage` says in a line why it did not get as far as to look at them. */
async function runCfnLint(
  { python, home }: Environment,
  texts: readonly string[],
  { assets }: EnvironmentOptions,
): Promise<Reports | { readonly damage: string }> {
  // An empty home, for cfn-lint reads .cfnlintrc from the home and the working folder, and prefers newer schemas from
  // the user's cache folder to its own: neither is in the cache's key.
  const ended = await run(python, [driverFile(assets)], {
    cwd: home,
    env: environmentVariables(home),
    input: JSON.stringify({ ignored: ignoredRules.flatMap(({ rules }) => rules), templates: texts }),
  })
  if (ended.kind === 'failed') return { damage: ended.reason }
  const [ready, ...lines] = ended.stdout.split('\n')
  if (ready !== '{"ready": true}') return { damage: tellingLine(ended.stderr) }
  const reports = texts.flatMap((text, index) => {
    const report = parseReport(lines[index] ?? '')
    return report === undefined ? [] : [{ text, report }]
  })
  if (ended.status !== 0 || reports.length < texts.length)
    throw new Error(`cfn-lint ended with ${ended.status}\n${ended.stderr}`)
  return reports
}

function environmentVariables(home: string): NodeJS.ProcessEnv {
  const { SystemRoot, LD_LIBRARY_PATH } = process.env
  return {
    HOME: home,
    USERPROFILE: home,
    LOCALAPPDATA: home,
    XDG_CACHE_HOME: home,
    // without these some Pythons do not start
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    PYTHONHASHSEED: '0',
    PYTHONUTF8: '1',
    // the driver's day is the cache's day
    TZ: 'UTC',
  }
}
