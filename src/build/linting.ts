import type { LintInput } from '../lint/cache.ts'
import { type Finding, moduleError } from './finding.ts'
import type { LintDiagnostics } from './recall.ts'
import type { World } from './request.ts'

/** What cfn-lint says of each template; one finding where it can't be asked. */
export async function lintTexts(
  inputs: readonly LintInput[],
  { cacheFolder, engine, python, onProgress }: World,
  useCache: boolean,
): Promise<LintDiagnostics | Finding> {
  if (inputs.length === 0) return []
  if (cacheFolder === undefined) {
    return unavailable('there is no folder to keep cfn-lint in', 'Name one of your own in POOLFORM_CACHE')
  }
  const { lint } = await import('../lint/index.ts')
  const linted = await lint(inputs, { cacheFolder, assets: engine.root, python, onProgress, isFresh: !useCache })
  switch (linted.kind) {
    case 'unavailable':
      return unavailable(linted.reason, linted.help)
    case 'linted':
      return [...linted.diagnostics]
  }
}

function unavailable(reason: string, help: string): Finding {
  return moduleError('lint-unavailable', 'cfn-lint', reason, help)
}
