import { dnsSuffix, type Partition, partitionOf } from './partitions.ts'

/**
 * Where templates are published: under a prefix (without slashes at its ends, perhaps '') of a bucket; or, where the
 * URL does not tell the bucket's region, under a base URL of Amazon S3 without a slash at its end.
 */
export type Place =
  | { readonly bucket: string; readonly prefix: string; readonly region: string }
  | { readonly baseUrl: string }

export type PublishedFile = {
  readonly template: string
  /** `1.2.0`, or `latest`. */
  readonly version: string
  /** Of the template's object in S3: the link then gives these bytes and no others, whatever becomes of the object. */
  readonly versionId?: string | undefined
  /** What the template's file is called, if not `<template>.yaml`. */
  readonly file?: string | undefined
}

/** Why CloudFormation would not take a template from there: in words, with the way out. */
export type Refusal = { readonly message: string; readonly help: string }

/**
 * The https URL of a published template, as CloudFormation takes it: with the bucket as a host name in its region, and
 * the key percent-encoded. The certificate of `*.s3.<region>.<suffix>` holds for one label, so a bucket with dots in
 * its name stands in the path, which CloudFormation documents just as well.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function templateUrl(place: Place, { template, version, versionId, file }: PublishedFile): string {
  const key = `${template}/${version}/${file ?? `${template}.yaml`}`
  const pin = versionId === undefined ? '' : `?versionId=${encode(versionId)}`
  return `${baseUrl(place)}/${encodePath(key)}${pin}`
}

/** The URL under which a place's templates are, without a slash at its end. */
export function baseUrl(place: Place): string {
  if ('baseUrl' in place) return place.baseUrl
  const { bucket, prefix, region } = place
  const host = `s3.${region}.${dnsSuffix(partitionOf(region) ?? 'aws')}`
  const base = bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`
  return prefix === '' ? base : `${base}/${encodePath(prefix)}`
}

/** The partition whose CloudFormation reads from there. Only the commercial one has URLs that tell no region. */
export function partitionOfPlace(place: Place): Partition | undefined {
  return 'baseUrl' in place ? 'aws' : partitionOf(place.region)
}

/** Why no template can be read from a place; undefined if one can. */
export function placeProblem(place: Place): Refusal | undefined {
  if ('baseUrl' in place) {
    const read = readBase(place.baseUrl)
    return 'message' in read ? read : undefined
  }
  const known = partitionOf(place.region) !== undefined
  const region = known ? undefined : refusal(`"${place.region}" is no region`, 'Give a region such as eu-west-1')
  return bucketProblem(place.bucket) ?? prefixProblem(place.prefix) ?? region
}

/**
 * The place that a URL of Amazon S3 names, or why CloudFormation would refuse templates under it.
 * Takes virtual-hosted and path-style URLs, with a region (`s3.<region>`, `s3-<region>`, `s3.dualstack.<region>`) or
 * without one (`s3.amazonaws.com`).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html
 */
export function readBase(text: string): Place | Refusal {
  if (/^s3:\/\//i.test(text)) {
    return refusal('an s3:// URI does not tell the region', 'Give the https URL of the bucket')
  }
  const url = parseUrl(text)
  if (url === undefined) return refusal('it is no URL', 'Give the https URL of the bucket')
  if (url.protocol !== 'https:') {
    return refusal('CloudFormation takes templates by https alone', 'Give the https URL of the bucket')
  }
  if (url.username !== '' || url.password !== '' || url.port !== '') {
    return refusal('CloudFormation takes no URL with a port, user or password', 'Give the https URL of the bucket')
  }
  if (url.search !== '' || url.hash !== '') {
    return refusal('a base URL has no query and no fragment', 'Leave out what follows ? or #')
  }
  const host = readHost(url.hostname)
  if ('message' in host) return host
  const path = decodePath(url.pathname)
  if (path === undefined) return refusal('its path is not rightly percent-encoded', 'Write % as %25')
  if (/\.(ya?ml|json|html|sha256)$/.test(path)) {
    // a file of a release stands two folders below what is asked for, the index beside none
    const folders = path.split('/').slice(0, path.endsWith('/index.json') ? -1 : -3)
    const base = `${url.origin}/${encodePath(folders.join('/'))}`
    return refusal('it is the URL of a file', `Give that of the folder in which all templates are, as ${base}`)
  }
  const [first = '', ...others] = path.split('/')
  const bucket = host.bucket ?? first
  const prefix = host.bucket === undefined ? others.join('/') : path
  if (bucket === '') return refusal('it names no bucket', 'Put the name of the bucket behind the host')
  const bad = bucketProblem(bucket)
  if (bad !== undefined) return bad
  const badPrefix = prefixProblem(prefix)
  if (badPrefix !== undefined) return badPrefix
  if (host.region !== undefined) return { bucket, prefix, region: host.region }
  const base = bucket.includes('.') ? `https://s3.amazonaws.com/${bucket}` : `https://${bucket}.s3.amazonaws.com`
  return { baseUrl: prefix === '' ? base : `${base}/${encodePath(prefix)}` }
}

type S3Object = {
  readonly bucket: string
  readonly key: string
  /** Absent where the URL does not tell. */
  readonly region?: string
  readonly versionId?: string
}

/** The object that a URL of `templateUrl` names; undefined for any other URL. */
export function readObjectUrl(text: string): S3Object | undefined {
  const url = parseUrl(text)
  if (url === undefined) return undefined
  const host = readHost(url.hostname)
  const path = decodePath(url.pathname)
  if (url.protocol !== 'https:' || 'message' in host || path === undefined) return undefined
  const [first = '', ...others] = path.split('/')
  const bucket = host.bucket ?? first
  const key = host.bucket === undefined ? others.join('/') : path
  if (bucketProblem(bucket) !== undefined || key === '') return undefined
  const versionId = url.searchParams.get('versionId')
  return {
    bucket,
    key,
    ...(host.region === undefined ? {} : { region: host.region }),
    ...(versionId === null ? {} : { versionId }),
  }
}

/** The template and version whose page or file a URL such as that of `<template>/<version>/index.html` is. */
export function readPublishedUrl(
  url: string,
): { readonly place: Place; readonly template: string; readonly version: string } | undefined {
  const [bare = ''] = url.split(/[?#]/, 1)
  const [, base, template, version] = /^(https:.*)\/([^/]+)\/([^/]+)\/[^/]*$/.exec(bare) ?? []
  if (base === undefined || template === undefined || version === undefined) return undefined
  const place = readBase(base)
  const names = decodePath(`${template}/${version}`)?.split('/')
  if ('message' in place || names?.length !== 2) return undefined
  const [templateName = '', versionName = ''] = names
  return { place, template: templateName, version: versionName }
}

/**
 * Why a name is not one of a general purpose bucket, by which alone a URL can be made; undefined if it is.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketProblem(bucket: string): Refusal | undefined {
  if (
    /^(?!xn--|sthree-)(?!.*(--x-s3|--table-s3|--ol-s3|-s3alias|\.mrap)$)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(
      bucket,
    )
  ) {
    return undefined
  }
  return refusal(
    `"${bucket}" is not the name of a general purpose bucket`,
    'Give 3 to 63 lower-case letters, digits, dots and hyphens: no ARN, no URL, no path',
  )
}

/** A prefix as people write it, without the slash that may stand at either end. */
export function barePrefix(text: string): string {
  return text.replace(/^\/|\/$/g, '')
}

/** Why templates cannot be published under a prefix; undefined if they can. */
export function prefixProblem(prefix: string): Refusal | undefined {
  if (prefix === '' || prefix.split('/').every(part => part !== '' && part !== '.' && part !== '..')) return undefined
  return refusal(
    `the prefix "${prefix}" has an empty part, or one that URLs take for another folder`,
    'Give names with one slash between them, such as templates/v1',
  )
}

/** A URL, or undefined for what is none. Browsers have `URL.canParse` since 2023 only. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

type Host = { readonly bucket?: string; readonly region?: string }

const endpoint =
  /^(?:(?<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?<region>[a-z]+(?:-[a-z]+)+-\d{1,2}))?\.(?<suffix>amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)$/

function readHost(hostname: string): Host | Refusal {
  const known = elsewhere.find(([pattern]) => pattern.test(hostname))
  const instead = 'Publish to a bucket, and give its URL: https://BUCKET.s3.REGION.amazonaws.com/PREFIX'
  if (known !== undefined) {
    return refusal(`CloudFormation takes templates from Amazon S3 alone, and refuses ${known[1]}`, instead)
  }
  const { bucket, region, suffix } = endpoint.exec(hostname)?.groups ?? {}
  if (suffix === undefined) {
    return refusal(`CloudFormation takes templates from Amazon S3 alone, and refuses ${hostname}`, instead)
  }
  const partition = region === undefined ? 'aws' : partitionOf(region)
  if (partition === undefined || dnsSuffix(partition) !== suffix) {
    return refusal(`${hostname} is no endpoint of Amazon S3 that we know`, instead)
  }
  return { ...(bucket === undefined ? {} : { bucket }), ...(region === undefined ? {} : { region }) }
}

/**
 * What people try. CloudFormation says of them "TemplateURL must be a supported URL", once the link is out: it takes
 * the location of a bucket, and "URLs from S3 static websites are not supported".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, `TemplateURL`
 */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/\.cloudfront\.net$/, 'CloudFront'],
  [/(^|\.)s3-website[.-]/, 'the website endpoints of S3'],
  [/(^|\.)s3-accesspoint[.-]/, 'access points'],
  [/(^|\.)(github\.com|githubusercontent\.com|github\.io)$/, 'GitHub'],
  [/(^|\.)gitlab\.(com|io)$/, 'GitLab'],
]

function refusal(message: string, help: string): Refusal {
  return { message, help }
}

/** Every segment encoded, and nothing left that a sloppy reader of the URL could take for its end. */
function encodePath(path: string): string {
  return path.split('/').map(encode).join('/')
}

/** Without the slashes at its ends; undefined if it is not rightly encoded. */
function decodePath(path: string): string | undefined {
  try {
    return path
      .replace(/^\/|\/+$/g, '')
      .split('/')
      .map(decodeURIComponent)
      .join('/')
  } catch {
    return undefined
  }
}

/**
 * Percent-encodes all but the unreserved characters of RFC 3986; half of a surrogate pair, which no URL can hold, becomes
 * U+FFFD as browsers do it.
 */
export function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
