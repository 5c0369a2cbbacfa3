import { isEndpoint } from '../aws/endpoint.ts'
import type { Environment } from '../aws/transport.ts'
import { partitionOf } from '../launch/partitions.ts'
import { barePrefix, baseUrl, bucketProblem, encode, prefixProblem } from '../launch/template-url.ts'

/** One bucket to publish to. */
export type Place = {
  readonly region: string
  readonly bucket: string
  /** Without slashes at its ends; perhaps ''. */
  readonly prefix: string
  /** Of a store that speaks as S3 does; undefined: AWS. */
  readonly endpointUrl: string | undefined
  /** Of what is published, for everybody; without a slash at its end. */
  readonly baseUrl: string
}

/** Where to, as a person says it. */
export type Destination = {
  /** May hold `{region}`. */
  readonly bucket: string
  readonly prefix: string
  /** None: that of the environment. */
  readonly region: readonly string[]
  readonly endpointUrl?: string
}

/** The places to publish to, one for each region; or what is wrong with what was said, as a clause with the way out. */
export function placesOf(
  destination: Destination,
  environment: Environment,
): readonly Place[] | { readonly wrong: string } {
  const prefix = barePrefix(destination.prefix)
  const badPrefix = prefixProblem(prefix)
  if (badPrefix !== undefined) return { wrong: `--prefix: ${badPrefix.message}. ${badPrefix.help}` }
  const endpointUrl = endpointOf(destination, environment)
  if (endpointUrl !== undefined && !isEndpoint(endpointUrl)) {
    return { wrong: '--endpoint-url: give the http or https URL of a store that speaks as S3 does, without a query' }
  }
  const regions = regionsOf(destination, environment)
  if (regions.length === 0) return { wrong: 'say by --region, or AWS_REGION, in which region the bucket is' }
  if (regions.length > 1 && !destination.bucket.includes('{region}')) {
    return {
      wrong: `a bucket is in one region: write {region} in --bucket, as in ${destination.bucket}-{region}, or give one --region`,
    }
  }
  const places: Place[] = []
  for (const region of regions) {
    const isKnown = partitionOf(region) !== undefined || (endpointUrl !== undefined && /^[a-z0-9-]+$/.test(region))
    if (!isKnown) return { wrong: `--region: "${region}" is no region whose addresses are known, such as eu-west-1` }
    const bucket = destination.bucket.replaceAll('{region}', region)
    const bad = bucketProblem(bucket)
    if (bad !== undefined) return { wrong: `--bucket: ${bad.message}. ${bad.help}` }
    places.push({ region, bucket, prefix, endpointUrl, baseUrl: publicUrl(region, bucket, prefix, endpointUrl) })
  }
  return places
}

/** As the AWS CLI finds it. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf({ endpointUrl }: Destination, environment: Environment): string | undefined {
  const isIgnored = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
  const configured = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || undefined
  return (endpointUrl ?? (isIgnored ? undefined : configured))?.replace(/\/$/, '')
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html */
function regionsOf({ region }: Destination, environment: Environment): readonly string[] {
  const usual = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION']
  return region.length > 0 || !usual ? [...new Set(region)] : [usual]
}

function publicUrl(region: string, bucket: string, prefix: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined) return baseUrl({ region, bucket, prefix })
  return [endpointUrl, bucket, ...(prefix === '' ? [] : prefix.split('/').map(encode))].join('/')
}
