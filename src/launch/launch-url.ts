import type { Diagnostic } from '../diagnostic.ts'
import { consoleHost, partitionOf, regions } from './partitions.ts'
import { encode, type Place, parseUrl, partitionOfPlace, placeProblem } from './template-url.ts'

/** What a quick-create link says. */
export type LaunchLink = {
  /** https, of Amazon S3; see `templateUrl`. */
  readonly templateUrl: string
  /** Where the stack is made. */
  readonly region: string
  readonly stackName?: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

const page = '#/stacks/create/review?'

/**
 * The link that opens the console at the review of a new stack, with template, name and parameters filled in. Every
 * value is percent-encoded, as its query stands in the fragment; so `versionId` in the template's URL is encoded twice.
 * Throws a RangeError for a region whose console is not known: `linkProblems` tells it before.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 */
export function launchUrl({ templateUrl, region, stackName, parameters }: LaunchLink): string {
  const host = consoleHost(region)
  if (host === undefined) throw new RangeError(`${region} is no region whose console is known`)
  const query = [
    ['templateURL', templateUrl],
    ...(stackName === undefined ? [] : [['stackName', stackName]]),
    ...Object.entries(parameters).map(([name, value]) => [`param_${name}`, value]),
  ]
  const text = query.map(pair => pair.map(encode).join('=')).join('&')
  return `https://${host}/cloudformation/home?region=${region}${page}${text}`
}

/** What went into a link that `launchUrl` made; undefined for any other URL. */
export function parseLaunchUrl(text: string): LaunchLink | undefined {
  const url = parseUrl(text)
  if (url === undefined) return undefined
  const { protocol, host, pathname, search, hash } = url
  const region = new URLSearchParams(search).get('region') ?? ''
  if (protocol !== 'https:' || host !== consoleHost(region)) return undefined
  if (pathname !== '/cloudformation/home' || !hash.startsWith(page)) return undefined
  const pairs = [...new URLSearchParams(hash.slice(page.length))]
  const one = new Map(pairs)
  const templateUrl = one.get('templateURL')
  const stackName = one.get('stackName')
  if (templateUrl === undefined) return undefined
  const prefix = 'param_'
  const parameters = pairs.filter(([name]) => name.startsWith(prefix))
  return {
    templateUrl,
    region,
    ...(stackName === undefined ? {} : { stackName }),
    parameters: Object.fromEntries(parameters.map(([name, value]) => [name.slice(prefix.length), value])),
  }
}

/** What keeps a link from working, whatever the template: where it is published, where the stack shall be, its name. */
export function linkProblems(
  place: Place | undefined,
  { region, stackName }: Pick<LaunchLink, 'region' | 'stackName'>,
): readonly Diagnostic[] {
  const name = stackName === undefined ? undefined : stackNameProblem(stackName)
  return [
    ...(place === undefined ? [] : placeProblems(place)),
    ...regionProblems(region),
    ...(place === undefined ? [] : partitionProblems(place, region)),
    ...(name === undefined ? [] : [error('invalid-stack-name', `the name of a stack ${name}`, 'Give another name')]),
  ]
}

/**
 * What is wrong with the name of a stack, or of a stack set; undefined if nothing is.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, `StackName`
 */
export function stackNameProblem(name: string): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) return undefined
  return 'must be up to 128 letters, digits and hyphens, a letter first'
}

function placeProblems(place: Place): readonly Diagnostic[] {
  const problem = placeProblem(place)
  return problem === undefined ? [] : [error('unusable-bucket', problem.message, problem.help)]
}

/** What keeps stacks from being made in a region, or may. */
export function regionProblems(region: string): readonly Diagnostic[] {
  const partition = partitionOf(region)
  if (partition === undefined) {
    const iso = /^[a-z]{2}-iso[a-z]?-/.test(region)
      ? ', as those of the iso partitions cannot be seen from outside'
      : ''
    const message = `"${region}" is no region whose console is known${iso}`
    return [error('invalid-region', message, 'Give a region such as eu-west-1')]
  }
  if (partition === 'aws-eusc') {
    const message = `no public page says that links reach the console of ${region} at ${consoleHost(region)}`
    return [warning('invalid-region', message, 'Try the link before you publish it')]
  }
  if (!regions.some(({ id }) => id === region)) {
    const message = `${region} has the form of a region, but is none that was known when this was written`
    return [warning('invalid-region', message, 'Look whether there is such a region')]
  }
  return []
}

function partitionProblems(place: Place, region: string): readonly Diagnostic[] {
  const [ours, theirs] = [partitionOfPlace(place), partitionOf(region)]
  if (ours === undefined || theirs === undefined || ours === theirs) return []
  const message = `the templates are in the partition ${ours}, and ${region} is in ${theirs}`
  return [error('unusable-bucket', message, `Publish a replica to a bucket in ${theirs}, and give that`)]
}

function error(code: Diagnostic['code'], message: string, help: string): Diagnostic {
  return { code, severity: 'error', path: [], message, help }
}

function warning(code: Diagnostic['code'], message: string, help: string): Diagnostic {
  return { code, severity: 'warning', path: [], message, help }
}
