import { partitionOf } from '../launch/partitions.ts'
import { logIn } from './credentials.ts'
import { type Asked, type Failure, objectOf, said, shortened, type Words } from './failure.ts'

const otherPartition =
  'keys of the commercial regions, of AWS GovCloud (US), of China and of the European Sovereign Cloud work in their own alone'

/** What AWS has refused, or could not do. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function serviceWords(failure: Failure, asked: Asked): Words | undefined {
  const { code, message, headers, status } = failure
  const { region, bucket = '' } = asked
  switch (code) {
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'RequestExpired':
    case 'TokenRefreshRequired':
      return [
        'bad-credentials',
        'the AWS credentials have expired',
        `${logIn} again, or fetch new temporary credentials`,
      ]
    case 'InvalidAccessKeyId':
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return [
        'bad-credentials',
        `AWS in ${region} does not know the access key`,
        `Check which key \`aws sts get-caller-identity --region ${region}\` uses: ${otherPartition}, and a region that ` +
          'must be enabled first knows none before that',
      ]
    case 'InvalidToken':
      return [
        'bad-credentials',
        `AWS in ${region} does not take the session token`,
        `Fetch new temporary credentials and set all three of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and ` +
          `AWS_SESSION_TOKEN: ${otherPartition}`,
      ]
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
    case 'AuthFailure':
      return [
        'bad-credentials',
        'the secret access key does not belong to the access key',
        'Copy the pair anew, whole and without blanks; if it is right, a proxy on the way changes the request',
      ]
    case 'RequestTimeTooSkewed':
    case 'RequestInTheFuture':
      return ['clock-skew', skew(failure), 'Set this machine’s clock right, best by NTP, and run it again']
    case 'NoSuchBucket':
      return [
        'no-bucket',
        `there is no bucket ${bucket}`,
        'Deploy the template publication-bucket, which makes one, and give its name: a name that nobody owns could be ' +
          'taken by anyone, so never publish links to one before it is yours',
      ]
    case 'InvalidBucketName':
      return ['no-bucket', `${bucket} is no name of a bucket`, 'Give --bucket the name alone, without s3:// or a path']
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return elsewhere(failure, asked)
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'UnauthorizedOperation':
    case 'AllAccessDisabled':
      return deniedWords(failure, asked)
    case 'AccountProblem':
    case 'NotSignedUp':
    case 'OptInRequired':
      return [
        'refused',
        `AWS has shut the account out: ${shortened(message)}`,
        'Ask AWS Support what the account lacks',
      ]
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
  if (status === 301 || status === 307) return elsewhere(failure, asked)
  if (status === 400 && headers['x-amz-bucket-region'] !== undefined && headers['x-amz-bucket-region'] !== region) {
    return elsewhere(failure, asked)
  }
  if (status === 403) return isSigned(failure) ? deniedWords(failure, asked) : strangerWords(failure, asked)
  if (status === 407) {
    return [
      'no-network',
      'the proxy wants a login',
      'Write user and password into HTTPS_PROXY, as http://user:password@host:port',
    ]
  }
  if (code === 'SlowDown' || /^Throttl|TooManyRequests|RequestLimitExceeded/.test(code) || status === 429) {
    return [
      'refused',
      `AWS asks for fewer requests, ${times(failure)}`,
      'Run it again in some minutes; what is written stays as it is, and is not written twice',
    ]
  }
  if (status !== undefined && status >= 500) {
    return [
      'refused',
      `AWS failed inside, ${times(failure)}: ${said(failure)}`,
      'Run it again in some minutes; what is written stays as it is. https://health.aws.amazon.com tells of outages',
    ]
  }
  return undefined
}

const lockHelp = 'Publish to a bucket, or under a prefix, whose retention lets index.json and latest be replaced'

/**
 * S3 tells a bucket's region in a header of all its answers, in the host that a redirect leads to, and in what it says of
 * a signature that is made for another.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList (PermanentRedirect, AuthorizationHeaderMalformed)
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
 */
function elsewhere({ headers, details, message }: Failure, { bucket = '', region }: Asked): Words {
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

/**
 * From AWS's words: `User: U is not authorized to perform: A on resource: "R" because no … policy allows the A action`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
function deniedWords(failure: Failure, asked: Asked): Words {
  const { message } = failure
  const { operation, bucket = '' } = asked
  const [, user] = /\bUser: (\S+)/.exec(message) ?? []
  const [, action = actions[operation]] = /not authorized to perform: ([\w-]+:\w+)/.exec(message) ?? []
  const [, resource = resourceOf(asked)] = /on resource: "?([^\s"]+)"?/.exec(message) ?? []
  const who = user === undefined ? 'the credentials' : user
  if (/block public access|public access block|BlockPublic(?:Acls|Policy)|RestrictPublicBuckets/i.test(message)) {
    return blockedWords(bucket, action)
  }
  if (/object lock|retention|legal hold/i.test(message)) {
    return ['refused', `Object Lock of ${bucket} stands against it: ${shortened(message)}`, lockHelp]
  }
  const denial = /explicit deny in an? ([a-z -]*?policy|permissions boundary)/i.exec(message)?.[1]
  if (denial !== undefined) {
    return [
      'no-permission',
      `${who} may not do ${action} on ${resource}: a statement of a ${denial} denies it`,
      `Have the ${denial} let ${action} through`,
    ]
  }
  if (action === 's3:ListBucket') {
    return [
      'no-permission',
      `without s3:ListBucket on ${resource}, S3 does not tell ${who} whether ${objectOf(asked)} is there`,
      `Allow s3:ListBucket on ${resource}, as the output PublisherPolicy of publication-bucket does`,
    ]
  }
  const message403 = `${who} may not do ${action} on ${resource}`
  if (/no resource-based policy allows/.test(message)) {
    return [
      'no-permission',
      `${message403}: it is of another account, whose policy does not let them`,
      `Check that ${bucket} is yours, and not somebody’s with a name that you guessed; if it is, allow ${action} in its policy`,
    ]
  }
  if (
    /because no [a-z -]+ allows/.test(message) ||
    operation === 'ValidateTemplate' ||
    operation === 'GetBucketPolicyStatus'
  ) {
    const lacking = /because no ([a-z -]+?) allows/.exec(message)?.[1] ?? 'identity-based policy'
    return ['no-permission', `${message403}: no ${lacking} allows it`, `Allow ${action} on ${resource}`]
  }
  return [
    'no-permission',
    operation === 'PutObject'
      ? message403
      : `${message403}, or it is not there and s3:ListBucket is lacking, without which S3 does not tell`,
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

/** A 403 that S3 has not written. */
const strangerWords = (failure: Failure, asked: Asked): Words => [
  'no-network',
  `something between here and ${asked.endpointUrl ?? 'AWS'} refuses (403): ${said(failure)}`,
  'Have the proxy or firewall let the request through, or correct --endpoint-url',
]

/** Every answer of S3's, and of what speaks as S3 does, has a request ID. */
const isSigned = ({ requestId, headers }: Failure): boolean =>
  [requestId, headers['x-amz-id-2'], headers['x-amzn-requestid']].some(id => id !== undefined && id !== '')

const actions = {
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  GetBucketPolicyStatus: 's3:GetBucketPolicyStatus',
  ValidateTemplate: 'cloudformation:ValidateTemplate',
} as const

function resourceOf(asked: Asked): string {
  return asked.bucket === undefined ? '*' : `arn:${partitionOf(asked.region) ?? 'aws'}:s3:::${objectOf(asked)}`
}

function skew({ details, headers }: Failure): string {
  const theirs = Date.parse(details['ServerTime'] ?? headers['date'] ?? '')
  const ours = Date.parse(
    (details['RequestTime'] ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  const minutes = Math.round((ours - theirs) / 60_000)
  if (Number.isNaN(minutes) || minutes === 0) return 'this machine’s clock differs too much from that of AWS'
  const unit = Math.abs(minutes) === 1 ? 'minute' : 'minutes'
  return `this machine’s clock is ${Math.abs(minutes)} ${unit} ${minutes > 0 ? 'ahead of' : 'behind'} that of AWS`
}

const times = ({ attempts }: Failure): string => (attempts === 1 ? 'once' : `${attempts} times in a row`)
