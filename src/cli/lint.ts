import { hasErrors } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { lintFiles } from '../build/lint-files.ts'
import { defaults } from './arguments.ts'
import type { LintArguments } from './program.ts'
import { reportFindings } from './report.ts'

export async function runLint({ files, json }: LintArguments, world: World): Promise<number> {
  const findings = await lintFiles(files, defaults.out, world)
  await reportFindings(findings, json)
  return hasErrors(findings) ? 1 : 0
}
