import { hasErrors } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { bounded } from '../publish/bounded.ts'
import { cloudFormationValidator } from '../publish/cloudformation.ts'
import { dryRun } from '../publish/dry-run.ts'
import { fetchPublic } from '../publish/fetch-public.ts'
import { versionProblem } from '../publish/index-file.ts'
import { type Place, placesOf } from '../publish/places.ts'
import { type Publication, publish } from '../publish/publish.ts'
import { makeRelease, type Release } from '../publish/release.ts'
import { privacyOf, s3Store } from '../publish/s3.ts'
import type { ObjectReport } from '../publish/site.ts'
import { StoreError } from '../publish/store.ts'
import { type Verification, verify } from '../publish/verify.ts'
import { isTerminal, print } from './print.ts'
import { formatProblems, formatReport, formatSummary, isBad, Progress, type RegionReport } from './publish-report.ts'
import { reportFindings } from './report.ts'

/** What `poolform publish` was called with. */
export type PublishArguments = {
  /** May hold `{region}`. */
  readonly bucket: string
  readonly prefix: string
  readonly region: readonly string[]
  readonly version?: string
  readonly endpointUrl?: string
  readonly dryRun: boolean
  readonly verify: boolean
  readonly lint: boolean
  readonly cache: boolean
  readonly json: boolean
}

/** The exit status: 1 where something is wrong with a template, is refused, fails, or is not as it was published. */
export async function runPublish(args: PublishArguments, world: World): Promise<number> {
  const { dryRun: isDryRun, json } = args
  const badVersion = args.version === undefined ? undefined : versionProblem(args.version)
  const places = badVersion === undefined ? placesOf(args, process.env) : { wrong: `--version: ${badVersion}` }
  if ('wrong' in places) {
    print('stderr', `error: ${places.wrong}\n`)
    return 2
  }
  const { release, findings } = args.verify ? { findings: [] } : await makeRelease(args, world)
  if (!json) await reportFindings(findings, false, '; nothing is published')
  const progress = new Progress(json ? 'none' : (await isTerminal('stderr')) ? 'terminal' : 'lines', isDryRun)
  const isToDo = args.verify || release !== undefined
  const regions = isToDo ? await inEach(places, place => workIn(place, release, args, progress)) : []
  progress.end()
  const report = { version: release?.version, isDryRun, findings, regions }
  print('stdout', json ? formatReport(report) : formatSummary(report))
  if (!json) print('stderr', formatProblems(report))
  return hasErrors(findings) || regions.length === 0 || regions.some(isBad) ? 1 : 0
}

/** All at the same time. A mistake of ours in one is thrown when the others have come to their ends. */
async function inEach(
  places: readonly Place[],
  work: (place: Place) => Promise<RegionReport>,
): Promise<readonly RegionReport[]> {
  const works = places.map(work)
  await Promise.allSettled(works)
  return Promise.all(works)
}

/** One region's work: what fails there is told, and does not keep the others from theirs. */
async function workIn(
  place: Place,
  release: Release | undefined,
  { dryRun: isDryRun }: PublishArguments,
  progress: Progress,
): Promise<RegionReport> {
  const { region, bucket, prefix, endpointUrl } = place
  const store = bounded(s3Store({ region, bucket, endpointUrl }), requestsAtOnce)
  const objects: ObjectReport[] = []
  const warnings: string[] = []
  let publication: Publication | undefined
  let verification: Verification | undefined
  let isPrivate = false
  let error: StoreError | undefined
  try {
    if (release !== undefined) {
      publication = await publish(
        release,
        { store: isDryRun ? dryRun(store) : store, prefix },
        {
          onObject: object => {
            objects.push(object)
            progress.object(region, object)
          },
          onWarning: text => warnings.push(text),
          pause: ms => new Promise(resolve => setTimeout(resolve, ms)),
          probe: endpointUrl !== undefined && !isDryRun,
        },
      )
      error = publication.trouble
    }
    if (!isDryRun && (publication?.conflicts.length ?? 0) === 0) {
      progress.verifying(region)
      const validate = cloudFormationValidator({ region, endpointUrl })
      verification = await verify({ baseUrl: place.baseUrl, fetch: fetchPublic, store, prefix, validate }, release)
      const privacy = verification.isPrivate ? await privacyOf({ region, bucket, endpointUrl }, prefix) : undefined
      isPrivate = privacy?.kind === 'meant'
      if (privacy?.kind === 'hindered') error ??= privacy.error
      if (privacy?.kind === 'unknown') {
        const { message, help } = privacy.error
        warnings.push(`whether the bucket is meant to be public could not be asked: ${message} (${help})`)
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown
    error ??= thrown
  }
  objects.sort((a, b) => (a.key < b.key ? -1 : 1))
  return { ...place, objects, warnings, publication, verification, isPrivate, error }
}

/** Of one region. The SDK's agent has 50 connections. */
const requestsAtOnce = 32
