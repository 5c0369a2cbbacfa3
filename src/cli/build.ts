import { thisEngine } from '../build/engine.ts'
import { hasErrors } from '../build/finding.ts'
import { cachePlace, openCacheFolder } from '../build/folders.ts'
import { build, type Outcome, type World } from '../build/index.ts'
import type { BuildArguments } from './arguments.ts'
import { print } from './print.ts'
import { formatSummary, reportFindings } from './report.ts'

export async function runBuild(args: BuildArguments): Promise<number> {
  const world = thisWorld()
  if (args.watch) {
    const { runWatch } = await import('./watch.ts')
    return runWatch(args, world, outcome => reportBuild(args, outcome))
  }
  return reportBuild(args, await build(args, world))
}

export function thisWorld(): World {
  const place = cachePlace(process.env, process.platform)
  return {
    cwd: process.cwd(),
    cacheFolder: place === undefined ? undefined : openCacheFolder(place),
    engine: thisEngine(),
    python: process.env['POOLFORM_PYTHON'],
    onProgress: text => print('stderr', `${text}\n`),
  }
}

/** The exit status. */
async function reportBuild({ json, check, out }: BuildArguments, outcome: Outcome): Promise<number> {
  await reportFindings(outcome.findings, json, check ? '' : `; ${out} is as it was`)
  if (!json) print('stdout', formatSummary(outcome, check))
  return hasErrors(outcome.findings) ? 1 : 0
}
