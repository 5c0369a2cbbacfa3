import { thisEngine } from '../build/engine.ts'
import { hasErrors } from '../build/finding.ts'
import { cacheFolder } from '../build/folders.ts'
import { build, type Outcome, type World } from '../build/index.ts'
import type { BuildArguments } from './arguments.ts'
import { isTerminal, print } from './print.ts'
import { formatCount, formatFinding, formatJson, formatSummary } from './report.ts'

export async function runBuild(args: BuildArguments): Promise<number> {
  const world = thisWorld()
  if (args.watch) return (await import('./watch.ts')).runWatch(args, world)
  return reportBuild(args, await build(args, world))
}

export function thisWorld(): World {
  return {
    cwd: process.cwd(),
    cacheFolder: cacheFolder(process.env, process.platform),
    engine: thisEngine(),
    python: process.env['POOLFORM_PYTHON'],
    onProgress: text => print('stderr', `${text}\n`),
  }
}

/** The exit status. */
export async function reportBuild({ json, check, out }: BuildArguments, outcome: Outcome): Promise<number> {
  const { findings } = outcome
  if (json) {
    print('stdout', findings.map(formatJson).join(''))
  } else {
    const isColoured = findings.length > 0 && !process.env['NO_COLOR'] && (await isTerminal('stderr'))
    const found = findings.map(finding => formatFinding(finding, isColoured)).join('')
    print('stderr', found + formatCount(findings, check ? undefined : out))
    print('stdout', formatSummary(outcome, check))
  }
  return hasErrors(findings) ? 1 : 0
}
