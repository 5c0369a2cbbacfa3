import { findModules } from './modules.ts'
import { readProject } from './project.ts'
import { questionOf, recall } from './recall.ts'
import type { BuildRequest, Outcome, World } from './request.ts'

export type { ArtifactSummary, BuildRequest, Outcome, World } from './request.ts'

/**
 * From modules to files in the output folder: all of them, or, where there is an error, none. What the same build came
 * to before is recalled if nothing has changed since.
 */
export async function build(request: BuildRequest, world: World): Promise<Outcome> {
  const found = readProject(world.cwd)
  if ('code' in found) return { findings: [found], artifacts: [], removed: [], inputs: [] }
  const project = request.version === undefined ? found : { ...found, version: request.version }
  const { modules, findings } = findModules(request.modules, world.cwd)
  const question = questionOf(request, modules, project, world)
  const known = request.cache && findings.length === 0 ? await recall(question, world) : undefined
  if (known !== undefined) return known
  const { buildAnew } = await import('./anew.ts')
  return buildAnew({ request, world, project, question, findings, modules })
}
