import { readFileSync } from 'node:fs'
import { type Finding, moduleError } from '../build/finding.ts'
import { htmlButton, markdownButton } from '../launch/button.ts'
import { stackSetCommands } from '../launch/commands.ts'
import { launchUrl } from '../launch/launch-url.ts'
import { type Launch, type LaunchProblem, type LaunchRequest, prepareLaunch } from '../launch/prepare.ts'
import type { Shell } from '../launch/quote.ts'
import { type AccountAssignment, stackSets } from '../launch/stack-set.ts'
import { barePrefix, type Place, readBase } from '../launch/template-url.ts'
import type { Assignment } from '../launch/values.ts'
import { linkValues } from '../launch/values.ts'
import { type Manifest, parseManifest } from '../manifest.ts'
import { type PublicationIndex, parsePublication } from '../publication.ts'
import { print } from './print.ts'
import { reportFindings } from './report.ts'

/** What `poolform launch-url` was called with. */
export type LaunchUrlArguments = {
  readonly template: string
  readonly manifest: string
  readonly bucket?: string
  readonly prefix?: string
  readonly bucketRegion?: string
  readonly baseUrl?: string
  readonly region?: string
  readonly version?: string
  readonly stackName?: string
  readonly param: readonly Assignment[]
  readonly versionId?: string
  readonly pin: boolean
  readonly index?: string
  readonly markdown: boolean
  readonly html: boolean
  readonly image?: string
  readonly stackSet: boolean
  readonly ou: readonly string[]
  readonly account: readonly string[]
  readonly targetRegion: readonly string[]
  readonly override: readonly AccountAssignment[]
  readonly shell?: Shell
  readonly json: boolean
}

/** The exit status: 0 where there is a link, 1 where something is wrong with what it shall say, 2 where it is not said. */
export async function runLaunchUrl(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): Promise<number> {
  const wrong = wrongUse(args, environment)
  if (wrong !== undefined) {
    print('stderr', `error: ${wrong}\n`)
    return 2
  }
  const { launch, findings } = prepare(args, environment)
  await reportFindings(findings, args.json)
  if (launch === undefined) return 1
  print('stdout', args.stackSet ? formatStackSet(launch, args) : formatLink(launch, args))
  return 0
}

function wrongUse(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): string | undefined {
  const base = args.baseUrl ?? environment['POOLFORM_BASE_URL']
  if (args.bucket === undefined && base === undefined) {
    return 'say where the templates are published, by --bucket, --base-url or POOLFORM_BASE_URL: there is no default, since a bucket that nobody owns could be made by anybody'
  }
  if (args.bucket !== undefined && args.region === undefined && args.bucketRegion === undefined) {
    return 'say by --region where the stack shall be, and the bucket is (or --bucket-region)'
  }
  if (args.bucket === undefined && (args.prefix !== undefined || args.bucketRegion !== undefined)) {
    return '--prefix and --bucket-region go with --bucket: a base URL says both'
  }
  if (args.pin && args.index === undefined) {
    return '--pin reads the version ID of the object from --index, the index.json beside the published templates; or give it by --version-id'
  }
  if (!args.stackSet && ofStackSets.some(name => isGiven(args[name]))) {
    return '--ou, --account, --target-region, --override and --shell go with --stack-set'
  }
  if (args.image !== undefined && !args.markdown && !args.html) {
    return '--image goes with --markdown or --html: it is the picture of a button'
  }
  return undefined
}

const ofStackSets = ['ou', 'account', 'targetRegion', 'override', 'shell'] as const

function isGiven(option: string | readonly unknown[] | undefined): boolean {
  return option !== undefined && option.length > 0
}

type Prepared = { readonly launch?: Launch | undefined; readonly findings: readonly Finding[] }

function prepare(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): Prepared {
  const manifest = readManifest(args.manifest)
  const index = args.index === undefined ? undefined : readIndex(args.index)
  const unreadable = [manifest, index].filter(isFinding)
  if (isFinding(manifest) || isFinding(index)) return { findings: unreadable }
  const { launch, problems } = prepareLaunch(requestOf(args), { manifest, place: placeOf(args, environment), index })
  return { launch, findings: problems.map(problem => findingOf(problem, args)) }
}

function requestOf(args: LaunchUrlArguments): LaunchRequest {
  const { template, region, version, versionId, stackName, param } = args
  const pin = versionId === undefined ? (args.pin ? ('by-index' as const) : undefined) : { versionId }
  const stackSet = args.stackSet ? stackSetRequest(args) : undefined
  return { template, region, version, pin, stackName, parameters: param, stackSet }
}

function stackSetRequest({ ou, account, targetRegion, override }: LaunchUrlArguments) {
  return { organizationalUnits: ou, accounts: account, regions: targetRegion, overrides: override }
}

function findingOf({ source, ...problem }: LaunchProblem, args: LaunchUrlArguments): Finding {
  switch (source) {
    case 'request':
      return { ...problem, module: args.template }
    case 'manifest':
      return { ...problem, module: args.manifest }
    case 'index':
      return { ...problem, module: args.index ?? 'index.json' }
  }
}

function placeOf(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): ReturnType<typeof readBase> {
  const { bucket, prefix = '', region = '', bucketRegion = region } = args
  if (bucket === undefined) return readBase(args.baseUrl ?? environment['POOLFORM_BASE_URL'] ?? '')
  const place: Place = {
    bucket: bucket.replaceAll('{region}', bucketRegion),
    prefix: barePrefix(prefix),
    region: bucketRegion,
  }
  return place
}

function readManifest(path: string): Manifest | Finding {
  const text = readText(path)
  if (text === undefined) {
    return moduleError('unreadable-file', path, 'is missing', 'Build the templates first: poolform build')
  }
  const help = 'Name the manifest.json that a build has left, or build again: poolform build'
  return parseManifest(text) ?? moduleError('unreadable-file', path, 'is no manifest of poolform, or not whole', help)
}

function readIndex(path: string): PublicationIndex | Finding {
  const help = 'Name the index.json that stands beside the published templates'
  const text = readText(path)
  if (text === undefined) return moduleError('unreadable-file', path, 'is missing', help)
  const index = parsePublication(text)
  if (!('problem' in index)) return index
  return moduleError('unreadable-file', path, `is no index of poolform: ${index.problem}`, help)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function isFinding(read: Finding | Manifest | PublicationIndex | undefined): read is Finding {
  return read !== undefined && 'severity' in read
}

function formatLink(launch: Launch, args: LaunchUrlArguments): string {
  const { artifact, templateUrl, region, stackName, version } = launch
  const parameters = linkValues(artifact, launch.parameters)
  const url = launchUrl({ templateUrl, region, stackName, parameters })
  const { markdown, html, image, json } = args
  if (json) {
    const shown = { launchUrl: url, templateUrl, template: artifact.name, version, region, stackName, parameters }
    return `${JSON.stringify(shown)}\n`
  }
  if (markdown) return `${markdownButton(url, artifact.name, image ?? 'launch-stack.svg')}\n`
  return html ? `${htmlButton(url, artifact.name, image)}\n` : `${url}\n`
}

function formatStackSet(launch: Launch, args: LaunchUrlArguments): string {
  const { shell = 'posix', json } = args
  const sets = stackSets(launch, stackSetRequest(args))
  return sets
    .flatMap(set => {
      const { kind } = set.targets
      const steps = stackSetCommands(set, shell)
      if (json) return steps.map(step => `${JSON.stringify({ ...step, targets: kind })}\n`)
      const title = kind === 'service-managed' ? 'By AWS Organizations' : 'By accounts'
      const heading = sets.length > 1 ? [`# ${title} (take one of the two ways)\n\n`] : []
      return [...heading, ...steps.map(step => `# ${step.title}\n${step.command}\n\n`)]
    })
    .join('')
    .replace(/\n+$/, '\n')
}
