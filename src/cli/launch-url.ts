import { readFileSync } from 'node:fs'
import { type Finding, hasErrors, moduleError } from '../build/finding.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { htmlButton, markdownButton } from '../launch/button.ts'
import { type Override, type StackSet, stackSetCommands, type Targets } from '../launch/commands.ts'
import { launchUrl, linkProblems, stackNameProblem } from '../launch/launch-url.ts'
import type { Shell } from '../launch/quote.ts'
import { type Place, readBase, templateUrl } from '../launch/template-url.ts'
import { checkValues, linkValues } from '../launch/values.ts'
import type { Artifact, Manifest } from '../manifest.ts'
import { nearest } from '../nearest.ts'
import type { PublicationIndex } from '../publication.ts'
import type { Assignment } from './arguments.ts'
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
  readonly shell: Shell
  readonly json: boolean
}

export type AccountAssignment = Assignment & { readonly account: string; readonly region?: string | undefined }

/** The exit status: 0 where there is a link, 1 where something is wrong with what it shall say, 2 where it is not said. */
export async function runLaunchUrl(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): Promise<number> {
  const missing = wrongUse(args, environment)
  if (missing !== undefined) {
    print('stderr', `error: ${missing}\n`)
    return 2
  }
  const link = readLink(args, environment)
  await reportFindings(link.findings, args.json)
  if (link.made === undefined) return 1
  print('stdout', args.stackSet ? formatStackSet(link.made, args) : formatLink(link.made, args))
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
  if (args.pin && args.index === undefined && args.versionId === undefined) {
    return '--pin reads the version ID of the object from --index, the index.json beside the published templates; or give it by --version-id'
  }
  if (!args.stackSet && (args.ou.length > 0 || args.account.length > 0 || args.override.length > 0)) {
    return '--ou, --account and --override go with --stack-set'
  }
  return undefined
}

type Made = {
  readonly artifact: Artifact
  readonly templateUrl: string
  readonly region: string
  readonly version: string
  readonly stackName: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

function readLink(
  args: LaunchUrlArguments,
  environment: NodeJS.ProcessEnv,
): { readonly made?: Made; readonly findings: readonly Finding[] } {
  const manifest = readManifest(args.manifest)
  if ('code' in manifest) return { findings: [manifest] }
  const artifact = manifest.artifacts.find(({ name }) => name === args.template)
  const place = placeOf(args, environment)
  const region = args.region ?? ('region' in place ? place.region : undefined)
  if (region === undefined && !('message' in place)) {
    const help = 'Give --region'
    return { findings: [moduleError('invalid-region', args.template, 'its base URL does not tell the region', help)] }
  }
  const findings: Finding[] = []
  const about = (found: readonly Diagnostic[]) => findings.push(...found.map(it => ({ ...it, module: args.template })))
  if ('message' in place) {
    about([{ code: 'unusable-bucket', severity: 'error', path: [], message: place.message, help: place.help }])
  }
  const readablePlace = 'message' in place ? undefined : place
  about(linkProblems(readablePlace, { region: region ?? 'us-east-1', stackName: args.stackName }))
  if (artifact === undefined) {
    findings.push(unknownTemplate(args, manifest))
    return { findings }
  }
  const parameters = Object.fromEntries(args.param.map(({ name, value }) => [name, value]))
  about(repeated(args.param))
  about(checkValues(artifact, parameters).filter(({ code }) => !args.stackSet || code !== 'ignored-parameter'))
  if (args.stackSet) about(overrideProblems(artifact, args))
  const version = versionOf(artifact, args)
  findings.push(...version.findings)
  if (readablePlace === undefined || region === undefined || hasErrors(findings)) return { findings }
  const url = templateUrl(readablePlace, { template: artifact.name, ...version })
  const stackName = args.stackName
  return { made: { artifact, templateUrl: url, region, version: version.version, stackName, parameters }, findings }
}

function placeOf(args: LaunchUrlArguments, environment: NodeJS.ProcessEnv): ReturnType<typeof readBase> {
  const { bucket, prefix = '', region = '', bucketRegion = region } = args
  if (bucket === undefined) return readBase(args.baseUrl ?? environment['POOLFORM_BASE_URL'] ?? '')
  const place: Place = {
    bucket: bucket.replaceAll('{region}', bucketRegion),
    prefix: prefix.replace(/^\/|\/$/g, ''),
    region: bucketRegion,
  }
  return place
}

function readManifest(path: string): Manifest | Finding {
  const content = readJson(path)
  if (content === undefined) {
    return moduleError('unreadable-file', path, 'is missing, or no JSON', 'Build the templates first: poolform build')
  }
  return isManifest(content)
    ? content
    : moduleError('unreadable-file', path, 'is no manifest of poolform', 'Name the manifest.json that a build has left')
}

/** The parts that a link is made of are looked at; the rest is as the build has left it. */
function isManifest(content: unknown): content is Manifest {
  if (!isRecord(content) || content['formatVersion'] !== 1 || !Array.isArray(content['artifacts'])) return false
  return content['artifacts'].every(
    artifact =>
      isRecord(artifact) &&
      [artifact['name'], artifact['version'], artifact['file']].every(it => typeof it === 'string') &&
      [artifact['parameters'], artifact['capabilities']].every(Array.isArray),
  )
}

function isIndex(content: unknown): content is PublicationIndex {
  return isRecord(content) && content['formatVersion'] === 1 && isRecord(content['templates'])
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function unknownTemplate({ template, manifest: path }: LaunchUrlArguments, manifest: Manifest): Finding {
  const names = manifest.artifacts.map(({ name }) => name)
  const near = nearest(template, names)
  const help = near === undefined ? `Give one of ${names.join(', ')}` : `Write ${near}`
  return moduleError('unknown-template', path, `has no template "${template}"`, help)
}

function repeated(assignments: readonly Assignment[]): readonly Diagnostic[] {
  const names = assignments.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return twice.map(name => {
    const path = ['Parameters', name]
    return { code: 'invalid-parameter', severity: 'error', path, message: 'is given twice', help: 'Give it once' }
  })
}

function overrideProblems(artifact: Artifact, { override, account, ou, targetRegion }: LaunchUrlArguments) {
  return override.flatMap((it): readonly Diagnostic[] => {
    const path = ['Parameters', it.name]
    const of = (message: string, help: string): Diagnostic => ({
      ...{ code: 'invalid-parameter', severity: 'error', path, message, help },
    })
    const isStranger = ou.length === 0 && account.length > 0 && !account.includes(it.account)
    const isElsewhere = it.region !== undefined && targetRegion.length > 0 && !targetRegion.includes(it.region)
    return [
      ...checkValues(artifact, { [it.name]: it.value }).filter(({ code }) => code !== 'ignored-parameter'),
      ...(isStranger ? [of(`${it.account} is no account of the stack set`, `Add --account ${it.account}`)] : []),
      ...(isElsewhere ? [of(`${it.region} is no region of the stack set`, `Add --target-region ${it.region}`)] : []),
    ]
  })
}

type Version = {
  readonly version: string
  readonly versionId?: string | undefined
  readonly findings: readonly Finding[]
}

/** By `--version`, or that of the manifest; pinned to the object's version, if asked for. */
function versionOf(artifact: Artifact, args: LaunchUrlArguments): Version {
  const { version = artifact.version, versionId, index: path, param } = args
  const isOther = version !== artifact.version && version !== 'latest'
  const findings: Finding[] = []
  if (!/^(latest|\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)$/.test(version)) {
    const help = 'Give a version such as 1.2.0, or latest'
    findings.push(moduleError('unknown-version', args.template, `"${version}" is no version`, help))
  } else if (isOther && param.length > 0) {
    const message = `the parameters are those of ${artifact.version}, and the link leads to ${version}`
    const help = `Name by --manifest the manifest.json that was published with ${version}`
    findings.push({ ...moduleError('unknown-version', args.template, message, help), severity: 'warning' })
  }
  if (path === undefined || versionId !== undefined) return { version, versionId, findings }
  const index = readJson(path)
  if (!isIndex(index)) {
    const help = 'Name the index.json that stands beside the published templates'
    return { version, findings: [...findings, moduleError('unreadable-file', path, 'is no index of poolform', help)] }
  }
  const published = Object.hasOwn(index.templates, artifact.name) ? index.templates[artifact.name] : undefined
  const wanted = version === 'latest' && args.pin ? published?.latest : version
  const entry = published?.versions.find(it => it.version === wanted)
  if (entry === undefined && wanted !== 'latest') {
    const names = published?.versions.map(it => it.version) ?? []
    const help = names.length === 0 ? 'Publish it first: poolform publish' : `Give one of ${names.join(', ')}`
    const message = `${artifact.name} ${version} is not published`
    return { version, findings: [...findings, moduleError('unknown-version', path, message, help)] }
  }
  if (!args.pin) return { version, findings }
  if (entry?.versionId === undefined) {
    const message = `tells no version ID of ${artifact.name} ${version}: the bucket keeps no versions`
    const help = 'Leave out --pin, or publish to a bucket with versioning'
    return { version, findings: [...findings, moduleError('unknown-version', path, message, help)] }
  }
  return { version: entry.version, versionId: entry.versionId, findings }
}

function formatLink(made: Made, args: LaunchUrlArguments): string {
  const { artifact, region, stackName, version } = made
  const parameters = linkValues(artifact, made.parameters)
  const url = launchUrl({ templateUrl: made.templateUrl, region, stackName, parameters })
  const { markdown, html, image, json } = args
  if (json) {
    const { templateUrl } = made
    const shown = { launchUrl: url, templateUrl, template: artifact.name, version, region, stackName, parameters }
    return `${JSON.stringify(shown)}\n`
  }
  if (markdown) return `${markdownButton(url, artifact.name, image ?? 'launch-stack.svg')}\n`
  return html ? `${htmlButton(url, artifact.name, image)}\n` : `${url}\n`
}

function formatStackSet(made: Made, args: LaunchUrlArguments): string {
  const { artifact } = made
  const { ou, account, targetRegion, shell, json } = args
  const regions = targetRegion.length > 0 ? targetRegion : [made.region]
  const stackName = made.stackName ?? (stackNameProblem(artifact.name) === undefined ? artifact.name : 'stack-set')
  const set = (targets: Targets): StackSet => ({ ...made, stackName, targets, regions, overrides: overridesOf(args) })
  const both: readonly (readonly [string, Targets])[] = [
    ['By AWS Organizations', { kind: 'service-managed', organizationalUnits: ou.length > 0 ? ou : ['OU-ID'] }],
    ['By accounts', { kind: 'self-managed', accounts: account.length > 0 ? account : ['ACCOUNT-1', 'ACCOUNT-2'] }],
  ]
  const wanted = ou.length > 0 ? both.slice(0, 1) : account.length > 0 ? both.slice(1) : both
  return wanted
    .flatMap(([title, targets]) => {
      const steps = stackSetCommands(set(targets), shell)
      if (json) return steps.map(step => `${JSON.stringify({ ...step, targets: targets.kind })}\n`)
      const heading = wanted.length > 1 ? [`# ${title}\n\n`] : []
      return [...heading, ...steps.map(step => `# ${step.title}\n${step.command}\n\n`)]
    })
    .join('')
    .replace(/\n+$/, '\n')
}

/** One for each account and region, with all that is different there. */
function overridesOf({ override }: LaunchUrlArguments): readonly Override[] {
  const places = new Map<string, Override>()
  for (const { account, region, name, value } of override) {
    const key = `${account}/${region ?? ''}`
    const parameters = { ...places.get(key)?.parameters, [name]: value }
    places.set(key, { account, region, parameters })
  }
  return [...places.values()]
}
