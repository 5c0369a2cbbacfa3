import { type Asked, type Failure, shortened, type Words as WordsOf } from '../aws/failure.ts'
import { denialOf, deniedWords, isSigned } from '../aws/refusals.ts'
import { partitionOf } from '../launch/partitions.ts'
import type { StoreErrorCode } from './store.ts'

/** What publishing asked of S3 or CloudFormation when it failed. */
export type StoreAsked = {
  readonly operation: 'HeadObject' | 'GetObject' | 'PutObject' | 'GetBucketPolicyStatus' | 'ValidateTemplate'
  readonly region: string
  readonly bucket?: string
  readonly key?: string
  readonly endpointUrl?: string | undefined
}

type Words = WordsOf<StoreErrorCode>

/** The same, for what all services have in common. */
export function serviceAsked(asked: StoreAsked): Asked {
  const { operation, region, endpointUrl } = asked
  const service = operation === 'ValidateTemplate' ? 'CloudFormation' : 'S3'
  const action = actions[operation]
  return {
    service,
    operation,
    action,
    object: objectOf(asked),
    resource: resourceOf(asked),
    region,
    endpointUrl,
    writes: true,
  }
}

/**
 * What S3 has refused, or could not do, for the sake of a bucket or an object.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function bucketWords(failure: Failure, asked: StoreAsked): Words | undefined {
  const { code, message, headers, status } = failure
  const { region, bucket = '' } = asked
  switch (code) {
    case 'NoSuchBucket':
      return [
        'no-bucket',
        `there is no bucket ${bucket}`,
        'Deploy the template publication-bucket, which makes one, and give its name: a name that nobody owns could be ' +
          'taken by anyone, so never publish links to one before it is yours',
      ]
    case 'InvalidBucketName':
      return unnamed(bucket)
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return elsewhere(failure, asked)
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'UnauthorizedOperation':
    case 'AllAccessDisabled':
      return deniedObjectWords(failure, asked)
    case 'BadDigest':
    case 'InvalidDigest':
    case 'XAmzContentSHA256Mismatch':
    case 'XAmzContentChecksumMismatch':
      return [
        'refused',
        `what arrived for ${objectOf(asked)} has another checksum than what was sent, and was not kept`,
        'Run it again; if it stays so, something on the way changes what it carries',
      ]
    case 'EntityTooLarge':
    case 'QuotaExceeded':
    case 'ServiceQuotaExceeded':
    case 'XMinioStorageFull':
    case 'InsufficientStorage':
      return [
        'refused',
        `the store has no room for ${objectOf(asked)}: ${shortened(message)}`,
        'Raise the quota of the store',
      ]
    case 'NotImplemented':
      return [
        'refused',
        `the store lacks something that publishing needs: ${shortened(message)}`,
        'Use S3, or a newer version of the store: conditional writes and SHA-256 checksums are needed',
      ]
    case 'InvalidRequest':
    case 'InvalidRetentionPeriod':
    case 'ObjectLockConfigurationNotFoundError':
      if (!/object lock|retention/i.test(message)) break
      return ['refused', `Object Lock of ${bucket} stands against it: ${shortened(message)}`, lockHelp]
  }
  if (code.startsWith('KMS.') || /\bKMS\b.*key/.test(message)) {
    return [
      'refused',
      `the KMS key of ${bucket} cannot be used: ${shortened(message)}`,
      'Enable the key, or encrypt the bucket with SSE-S3: readers of other accounts could not read under a KMS key either',
    ]
  }
  if (status === undefined) return brokenWords(failure, asked)
  if (status === 301 || status === 307) return elsewhere(failure, asked)
  if (status === 400 && headers['x-amz-bucket-region'] !== undefined && headers['x-amz-bucket-region'] !== region) {
    return elsewhere(failure, asked)
  }
  return isBareRefusal(failure) ? deniedObjectWords(failure, asked) : undefined
}

/** A HEAD's has no body that would name the code. */
const isBareRefusal = (failure: Failure): boolean =>
  failure.status === 403 && isSigned(failure) && /^(?:403|Forbidden|)$/.test(failure.code)

/** What the SDK itself has found. */
function brokenWords({ message }: Failure, asked: StoreAsked): Words | undefined {
  if (/^Bucket name shouldn't contain/.test(message)) return unnamed(asked.bucket ?? '')
  if (/^Checksum mismatch/.test(message)) {
    return [
      'refused',
      `what came of ${objectOf(asked)} has another checksum than S3 keeps of it`,
      'Run it again; if it stays so, something on the way changes what it carries',
    ]
  }
  return undefined
}

const unnamed = (bucket: string): Words => [
  'no-bucket',
  `${bucket} is no name of a bucket`,
  'Give --bucket the name alone, without s3:// or a path',
]

const lockHelp = 'Publish to a bucket, or under a prefix, whose retention lets index.json and latest be replaced'

/**
 * S3 tells a bucket's region in a header of all its answers, in the host that a redirect leads to, and in what it says of
 * a signature that is made for another.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList (PermanentRedirect, AuthorizationHeaderMalformed)
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
 */
function elsewhere({ headers, details, message }: Failure, { bucket = '', region }: StoreAsked): Words {
  const said =
    headers['x-amz-bucket-region'] ??
    details['Region'] ??
    /expecting '([^']+)'/.exec(message)?.[1] ??
    /\.s3[.-]([a-z]{2,4}(?:-[a-z]+)+-\d+)\.amazonaws/.exec(details['Endpoint'] ?? '')?.[1]
  return said === undefined || said === region
    ? [
        'wrong-region',
        `the bucket ${bucket} is not in ${region}`,
        'Give --region its own, as `aws s3api get-bucket-location` tells it',
      ]
    : [
        'wrong-region',
        `the bucket ${bucket} is in ${said}, not in ${region}`,
        `Give --region ${said}, if the bucket is yours`,
      ]
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html */
function deniedObjectWords(failure: Failure, asked: StoreAsked): Words {
  const { message } = failure
  const { operation, bucket = '' } = asked
  const { who, action, resource, may, denial, lacking } = denialOf(failure, serviceAsked(asked))
  if (/block public access|public access block|BlockPublic(?:Acls|Policy)|RestrictPublicBuckets/i.test(message)) {
    return blockedWords(bucket, action)
  }
  if (/object lock|retention|legal hold/i.test(message)) {
    return ['refused', `Object Lock of ${bucket} stands against it: ${shortened(message)}`, lockHelp]
  }
  if (denial !== undefined) return deniedWords(failure, serviceAsked(asked))
  if (action === 's3:ListBucket') {
    return [
      'no-permission',
      `without s3:ListBucket on ${resource}, S3 does not tell ${who} whether ${objectOf(asked)} is there`,
      `Allow s3:ListBucket on ${resource}, as the output PublisherPolicy of publication-bucket does`,
    ]
  }
  if (lacking === 'resource-based policy') {
    return [
      'no-permission',
      `${may}: it is of another account, whose policy does not let them`,
      `Check that ${bucket} is yours, and not somebody’s with a name that you guessed; if it is, allow ${action} in its policy`,
    ]
  }
  if (lacking !== undefined || operation === 'ValidateTemplate' || operation === 'GetBucketPolicyStatus') {
    return deniedWords(failure, serviceAsked(asked))
  }
  return [
    'no-permission',
    operation === 'PutObject'
      ? may
      : `${may}, or it is not there and s3:ListBucket is lacking, without which S3 does not tell`,
    `Allow ${[action, ...(operation === 'PutObject' ? [] : ['s3:ListBucket'])].join(' and ')} as the output PublisherPolicy of ` +
      `publication-bucket does; and check that ${bucket} is yours, and not somebody’s with a name that you guessed`,
  ]
}

export const blockedWords = (bucket: string, what: string): Words => [
  'blocked-public-access',
  `S3 Block Public Access of ${bucket} or of its account stands against ${what}`,
  'Switch off BlockPublicPolicy and RestrictPublicBuckets, and leave the two about ACLs on: for the bucket by the ' +
    'parameters of publication-bucket, for the account by `aws s3control put-public-access-block`',
]

const actions = {
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  GetBucketPolicyStatus: 's3:GetBucketPolicyStatus',
  ValidateTemplate: 'cloudformation:ValidateTemplate',
} as const

/** As a person knows it. */
function objectOf({ bucket = '', key }: StoreAsked): string {
  return key === undefined ? bucket : `${bucket}/${key}`
}

function resourceOf(asked: StoreAsked): string {
  return asked.bucket === undefined ? '*' : `arn:${partitionOf(asked.region) ?? 'aws'}:s3:::${objectOf(asked)}`
}
