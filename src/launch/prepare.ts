import type { Diagnostic } from '../diagnostic.ts'
import type { Artifact, Manifest } from '../manifest.ts'
import { nearest } from '../nearest.ts'
import { isVersion, type PublicationIndex } from '../publication.ts'
import { linkProblems } from './launch-url.ts'
import { overrideProblems, type StackSetRequest, targetProblems } from './stack-set.ts'
import { type Place, type Refusal, templateUrl } from './template-url.ts'
import { type Assignment, assignmentProblems, checkValues } from './values.ts'

/** What somebody wants to deploy, or to let others deploy. */
export type LaunchRequest = {
  readonly template: string
  /** Absent: that of the place. */
  readonly region?: string | undefined
  /** Absent: that of the manifest. */
  readonly version?: string | undefined
  /** Of the object in S3: which one the link is pinned to, or by the index; absent: to none. */
  readonly pin?: { readonly versionId: string } | 'by-index' | undefined
  readonly stackName?: string | undefined
  readonly parameters: readonly Assignment[]
  /** Absent: one stack. */
  readonly stackSet?: StackSetRequest | undefined
}

/** What is known of what is published. */
export type Published = {
  readonly manifest: Manifest
  readonly place: Place | Refusal
  /** Absent: nobody has looked. */
  readonly index?: PublicationIndex | undefined
}

/** All that a link, or a command, is made of. */
export type Launch = {
  readonly artifact: Artifact
  readonly templateUrl: string
  readonly region: string
  readonly version: string
  readonly stackName: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

/** What is wrong, and with which: with what was asked for, or with the file that says what there is. */
export type LaunchProblem = Diagnostic & { readonly source: 'request' | 'manifest' | 'index' }

/**
 * What a request comes to. Everything that is wrong with it is told at once; with an error among that there is no launch.
 */
export function prepareLaunch(
  request: LaunchRequest,
  published: Published,
): { readonly launch?: Launch; readonly problems: readonly LaunchProblem[] } {
  const { manifest, place } = published
  const { template, stackName, stackSet } = request
  const isPlace = !('message' in place)
  const region = request.region ?? (isPlace && 'region' in place ? place.region : undefined)
  const problems: LaunchProblem[] = []
  const about = (source: LaunchProblem['source'], found: readonly Diagnostic[]) =>
    problems.push(...found.map(it => ({ ...it, source })))
  if (!isPlace) about('request', [error('unusable-bucket', place.message, place.help)])
  if (region !== undefined) about('request', linkProblems(isPlace ? place : undefined, { region, stackName }))
  else if (isPlace) {
    about('request', [error('invalid-region', 'its base URL does not tell the region', 'Give --region')])
  }
  const artifact = manifest.artifacts.find(({ name }) => name === template)
  if (artifact === undefined) {
    about('manifest', [unknownTemplate(template, manifest)])
    return { problems }
  }
  const parameters = Object.fromEntries(request.parameters.map(({ name, value }) => [name, value]))
  const values = checkValues(artifact, parameters)
  about('request', assignmentProblems(request.parameters))
  // a stack set takes secrets, which a link does not
  about('request', stackSet === undefined ? values : values.filter(({ code }) => code !== 'ignored-parameter'))
  if (stackSet !== undefined && region !== undefined) {
    about('request', [...targetProblems(stackSet, region), ...overrideProblems(artifact, stackSet, region)])
  }
  const version = versionOf(artifact, request, published.index)
  problems.push(...version.problems)
  if (!isPlace || region === undefined || problems.some(({ severity }) => severity === 'error')) return { problems }
  const url = templateUrl(place, { template: artifact.name, version: version.version, versionId: version.versionId })
  return {
    launch: { artifact, templateUrl: url, region, version: version.version, stackName, parameters },
    problems,
  }
}

function unknownTemplate(template: string, manifest: Manifest): Diagnostic {
  const names = manifest.artifacts.map(({ name }) => name)
  const near = nearest(template, names)
  const some = names.length === 0 ? 'Build one first: poolform build' : `Give one of ${names.join(', ')}`
  return error('unknown-template', `has no template "${template}"`, near === undefined ? some : `Write ${near}`)
}

type Version = {
  readonly version: string
  readonly versionId?: string | undefined
  readonly problems: readonly LaunchProblem[]
}

/** The one that is asked for, or that of the manifest; pinned to the object's version, if asked for. */
function versionOf(
  artifact: Artifact,
  { version = artifact.version, pin, parameters }: LaunchRequest,
  index: PublicationIndex | undefined,
): Version {
  const problems: LaunchProblem[] = []
  const say = (
    source: LaunchProblem['source'],
    message: string,
    help: string,
    severity: 'error' | 'warning' = 'error',
  ) => problems.push({ ...error('unknown-version', message, help), severity, source })
  if (version !== 'latest' && !isVersion(version)) {
    say('request', `"${version}" is no version`, 'Give a version such as 1.2.0, or latest')
    return { version, problems }
  }
  if (version !== artifact.version && version !== 'latest' && parameters.length > 0) {
    const message = `the parameters are those of ${artifact.version}, and the link leads to ${version}`
    say('request', message, `Name by --manifest the manifest.json that was published with ${version}`, 'warning')
  }
  if (version === 'latest' && pin !== undefined && pin !== 'by-index') {
    const message = 'latest/ has another object with each release, and the link stays with this one'
    say('request', message, 'Leave out --version-id, or give the version that it is of', 'warning')
  }
  if (index === undefined) return { version, versionId: pin === 'by-index' ? undefined : pin?.versionId, problems }
  const published = Object.hasOwn(index.templates, artifact.name) ? index.templates[artifact.name] : undefined
  // pinned, latest/ would give no more than the version that it is of now
  const wanted = version === 'latest' ? published?.latest : version
  const entry = published?.versions.find(it => it.version === wanted)
  if (entry === undefined) {
    const names = published?.versions.map(it => it.version) ?? []
    const help = names.length === 0 ? 'Publish it first: poolform publish' : `Give one of ${names.join(', ')}`
    say('index', `${artifact.name} ${version} is not published`, help)
    return { version, problems }
  }
  if (pin !== 'by-index') return { version, versionId: pin?.versionId, problems }
  if (entry.versionId === undefined) {
    const message = `tells no version ID of ${artifact.name} ${version}: the bucket keeps no versions`
    say('index', message, 'Leave out --pin, or publish to a bucket with versioning')
  }
  return { version: entry.version, versionId: entry.versionId, problems }
}

function error(code: Diagnostic['code'], message: string, help: string): Diagnostic {
  return { code, severity: 'error', path: [], message, help }
}
