import { hasErrors } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { partitionOf } from '../launch/partitions.ts'
import { baseUrl, bucketProblem } from '../launch/template-url.ts'
import { bounded } from '../publish/bounded.ts'
import { cloudFormationValidator } from '../publish/cloudformation.ts'
import { dryRun } from '../publish/dry-run.ts'
import { fetchPublic } from '../publish/fetch-public.ts'
import { versionProblem } from '../publish/index-file.ts'
import { type ObjectReport, type Publication, publish } from '../publish/publish.ts'
import { makeRelease, type Release } from '../publish/release.ts'
import { s3Store, whyNotPublic } from '../publish/s3.ts'
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
  const places = placesOf(args, process.env)
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
    }
    if (!isDryRun && (publication?.conflicts.length ?? 0) === 0) {
      progress.verifying(region)
      const validate = cloudFormationValidator({ region, endpointUrl })
      verification = await verify({ baseUrl: place.baseUrl, fetch: fetchPublic, store, prefix, validate }, release)
      if (verification.isPrivate) error = await whyNotPublic({ region, bucket, endpointUrl })
    }
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown
    error = thrown
  }
  objects.sort((a, b) => (a.key < b.key ? -1 : 1))
  return { ...place, objects, warnings, publication, verification, error }
}

/** Of one region. The SDK's agent has 50 connections. */
const requestsAtOnce = 32

type Place = {
  readonly region: string
  readonly bucket: string
  /** Without slashes at its ends; perhaps ''. */
  readonly prefix: string
  readonly endpointUrl: string | undefined
  /** Of what is published, for everybody; without a slash at its end. */
  readonly baseUrl: string
}

/** Where to publish; or what is wrong with the arguments, as a clause with the way out. */
function placesOf(
  args: PublishArguments,
  environment: NodeJS.ProcessEnv,
): readonly Place[] | { readonly wrong: string } {
  const { version } = args
  const problem = version === undefined ? undefined : versionProblem(version)
  if (problem !== undefined) return { wrong: `--version: ${problem}` }
  const prefix = args.prefix.replace(/^\/|\/$/g, '')
  if (!/^(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/(?=.)|$))*$/.test(prefix)) {
    return {
      wrong: '--prefix: give names of letters, digits, dots, hyphens and underscores with one slash between them',
    }
  }
  const endpointUrl = endpointOf(args, environment)
  if (endpointUrl !== undefined && !isEndpoint(endpointUrl)) {
    return { wrong: '--endpoint-url: give the http or https URL of a store that speaks as S3 does, without a query' }
  }
  const regions = regionsOf(args, environment)
  if (regions.length === 0) return { wrong: 'say by --region, or AWS_REGION, in which region the bucket is' }
  if (regions.length > 1 && !args.bucket.includes('{region}')) {
    return {
      wrong: `a bucket is in one region: write {region} in --bucket, as in ${args.bucket}-{region}, or give one --region`,
    }
  }
  const places: Place[] = []
  for (const region of regions) {
    const isKnown = partitionOf(region) !== undefined || (endpointUrl !== undefined && /^[a-z0-9-]+$/.test(region))
    if (!isKnown) return { wrong: `--region: "${region}" is no region whose addresses are known, such as eu-west-1` }
    const bucket = args.bucket.replaceAll('{region}', region)
    const bad = bucketProblem(bucket)
    if (bad !== undefined) return { wrong: `--bucket: ${bad.message}. ${bad.help}` }
    places.push({ region, bucket, prefix, endpointUrl, baseUrl: publicUrl(region, bucket, prefix, endpointUrl) })
  }
  return places
}

/** As the AWS CLI finds it. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf({ endpointUrl }: PublishArguments, environment: NodeJS.ProcessEnv): string | undefined {
  const isIgnored = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = isIgnored ? {} : environment
  return (endpointUrl ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined))?.replace(/\/$/, '')
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && search === '' && hash === ''
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html */
function regionsOf({ region }: PublishArguments, environment: NodeJS.ProcessEnv): readonly string[] {
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment
  const usual = AWS_REGION || AWS_DEFAULT_REGION
  return region.length > 0 || !usual ? [...new Set(region)] : [usual]
}

function publicUrl(region: string, bucket: string, prefix: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined) return baseUrl({ region, bucket, prefix })
  return prefix === '' ? `${endpointUrl}/${bucket}` : `${endpointUrl}/${bucket}/${prefix}`
}
