/**
 * Asks every law, and the schemas, of the templates as they would be deployed, in a share of the scenarios of each place:
 *
 *     node --conditions=poolform-source --import tsx bench/laws.ts SHARE
 *
 * Prints `{"scenarios": …, "milliseconds": …, "cpuMilliseconds": …}` of the asking alone.
 */
import { complaintsOf, deploy, type Law, lawsOf } from '../src/access/laws/index.ts'
import { Deployments, places } from '../src/access/scenarios.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { compileValidator } from '../src/knowledge/validator.ts'
import { link } from '../src/link.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { readAwsActions } from '../test/support/aws-actions.ts'
import { samples } from '../test/support/samples.ts'

const share = Number(process.argv[2] ?? 1)
const numbers: readonly Law[] = [1, 2, 3, 4, 5, 6, 7]
const templates = {
  'identity-pool': identityPool,
  'identity-pool-tutorial': tutorial,
  'notes-app': notesApp,
  'publication-bucket': publicationBucket,
}
const { resourceType } = readKnowledge({
  assets: '.',
  cacheFolder: undefined,
  engine: 'source',
  loadCompiler: () => compileValidator,
})
const laws = lawsOf(readAwsActions())

const work = Object.entries(templates).flatMap(([id, template]) => {
  const { document } = link(template, { id, version: '1.2.3' })
  return places.flatMap(place => {
    const scenarios = [...new Deployments(document, place, samples).scenarios()]
    // spread over all of them, for the later ones have more options
    const taken = scenarios.filter((_, at) => Math.floor((at + 1) * share) > Math.floor(at * share))
    return taken.map(scenario => ({ document, scenario }))
  })
})
const start = performance.now()
const before = process.cpuUsage()
for (const { document, scenario } of work) {
  const deployed = deploy(document, scenario)
  // refused where a host is not known, as a deployment would be
  if (deployed.resolved.diagnostics.length > 0) continue
  for (const law of numbers) laws[law](deployed)
  complaintsOf(deployed, resourceType)
}
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    scenarios: work.length,
    milliseconds: Math.round(performance.now() - start),
    cpuMilliseconds: Math.round((user + system) / 1000),
  }),
)
