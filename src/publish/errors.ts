import { partitionOf } from '../launch/partitions.ts'
import { StoreError, type StoreErrorCode } from './store.ts'
import type { Environment } from './transport.ts'

/** What was asked of AWS when it failed. */
export type Asked = {
  readonly operation: 'HeadObject' | 'GetObject' | 'PutObject' | 'ValidateTemplate'
  readonly region: string
  readonly bucket?: string
  readonly key?: string
  readonly endpointUrl?: string | undefined
}

type Words = readonly [code: StoreErrorCode, message: string, help: string]

/**
 * Says in words what an error of the AWS SDK means, with the way out. What is not known here is told with AWS's own
 * code, message and request ID.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function storeError(error: unknown, asked: Asked, environment: Environment = process.env): StoreError {
  if (error instanceof StoreError) return error
  const failure = failureOf(error)
  const [code, message, help] =
    credentialsWords(failure, environment) ??
    networkWords(failure, asked, environment) ??
    serviceWords(failure, asked) ??
    unknownWords(failure, asked)
  return new StoreError(code, message, help, { cause: error })
}

/** The HTTP status with which AWS refused; undefined where no answer came. */
export const statusOf = (error: unknown): number | undefined => failureOf(error).status

/** AWS's code for an error, or Node's for the network: `NoSuchBucket`, `ECONNRESET`. */
export const codeOf = (error: unknown): string => failureOf(error).code

/** AWS's own words, on one line. */
export const messageOf = (error: unknown): string => shortened(failureOf(error).message)

/** How often the SDK has sent the request. */
export const attemptsOf = (error: unknown): number => failureOf(error).attempts

/** Of an answer as the SDK has it, by their names in lower case. */
export const headersOf = (response: unknown): Readonly<Record<string, string>> => textsOf(fieldsOf(response)['headers'])

/** What an error of the SDK's holds, whatever its class. */
type Failure = {
  readonly code: string
  readonly message: string
  readonly status: number | undefined
  readonly attempts: number
  readonly requestId: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Of S3's XML, or of Node's error. */
  readonly details: Readonly<Record<string, string>>
}

function failureOf(error: unknown, depth = 0): Failure {
  const fields = fieldsOf(error)
  const metadata = fieldsOf(fields['$metadata'])
  const name = text(fields['name']) ?? ''
  const own = text(fields['code']) ?? text(fields['Code'])
  // Node gives all addresses that it tried at once
  const inner = fields['cause'] ?? (Array.isArray(fields['errors']) ? fields['errors'][0] : undefined)
  if (own === undefined && metadata['httpStatusCode'] === undefined && inner !== undefined && depth < 5) {
    const found = failureOf(inner, depth + 1)
    if (found.code !== '' && found.code !== 'Error') return found
  }
  return {
    code: own ?? (name === 'Unknown' ? '' : name),
    message: text(fields['message']) ?? String(error),
    status: typeof metadata['httpStatusCode'] === 'number' ? metadata['httpStatusCode'] : undefined,
    attempts: typeof metadata['attempts'] === 'number' ? metadata['attempts'] : 1,
    requestId: text(metadata['requestId']),
    headers: headersOf(fields['$response']),
    details: textsOf(fields),
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {}
  // an Error's own are not enumerable, and its name may be its class's
  const names = [...Object.getOwnPropertyNames(value), 'name', 'message']
  return Object.fromEntries(names.map(name => [name, Reflect.get(value, name)]))
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  )

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

// ---- credentials -------------------------------------------------------------------------------------------------

const logIn = 'Log in with `aws sso login` or `aws configure`'

function credentialsWords({ code, message }: Failure, environment: Environment): Words | undefined {
  const profile = environment['AWS_PROFILE']
  const named = profile === undefined ? 'the default profile' : `the profile ${profile}`
  const option = profile === undefined ? '' : ` --profile ${profile}`
  if (!['CredentialsProviderError', 'TokenProviderError', 'ProviderError'].includes(code)) return undefined
  if (/\bSSO\b|Token is expired/i.test(message) && /expired|invalid|not found|refresh/i.test(message)) {
    return [
      'bad-credentials',
      `the IAM Identity Center session of ${named} has expired or was never begun`,
      `Run \`aws sso login${option}\`, then this again`,
    ]
  }
  if (/^Failed to load token|re-?authenticate|aws login/i.test(message)) {
    return [
      'bad-credentials',
      `the login session of ${named} has expired or was never begun`,
      `Run \`aws login${option}\`, then this again`,
    ]
  }
  if (/multi-factor/.test(message)) {
    return [
      'no-credentials',
      `${named} wants a code of a second factor, for which poolform does not ask`,
      `Run \`eval "$(aws configure export-credentials${option} --format env)"\`, which does, and unset AWS_PROFILE`,
    ]
  }
  if (profile !== undefined) {
    return [
      'no-credentials',
      `the profile ${profile}, which AWS_PROFILE names, gives no credentials: ${shortened(message)}`,
      `Run \`aws sts get-caller-identity${option}\`, which shows why`,
    ]
  }
  if (!/^Could not load credentials/.test(message) && !/EC2 Instance Metadata|instance metadata/i.test(message)) {
    return ['no-credentials', `AWS credentials could not be had: ${shortened(message)}`, `${logIn}, and try again`]
  }
  const files = [
    environment['AWS_CONFIG_FILE'] ?? '~/.aws/config',
    environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials',
  ]
  return [
    'no-credentials',
    'no AWS credentials were found: not in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not in the default profile of ' +
      `${files.join(' and ')}, and no web identity, container or instance gives any`,
    `${logIn}, or set AWS_PROFILE to a profile with which \`aws sts get-caller-identity\` works`,
  ]
}

const otherPartition =
  'keys of the commercial regions, of AWS GovCloud (US), of China and of the European Sovereign Cloud work in their own alone'

// ---- the network -------------------------------------------------------------------------------------------------

const certificateCodes = [
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNTRUSTED'],
]

const silenceCodes = ['TimeoutError', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']

const breakCodes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT']

function networkWords(failure: Failure, asked: Asked, environment: Environment): Words | undefined {
  if (failure.status !== undefined) return undefined
  const { code, message } = failure
  const { region, endpointUrl } = asked
  const host = failure.details['hostname'] ?? endpointUrl ?? `AWS in ${region}`
  // credentials come from AWS, whatever the store
  const isOfAws = endpointUrl === undefined || (failure.details['hostname'] ?? '').includes('.amazonaws.')
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy']
  const byProxy = proxy === undefined ? '' : ', and that HTTPS_PROXY names a proxy that lets it through'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return [
      'no-network',
      `the name ${host} is not known`,
      isOfAws
        ? `Check the network${byProxy}, and that ${region} is a region of AWS`
        : `Check the network${byProxy}, and the address that --endpoint-url gives`,
    ]
  }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EACCES') {
    const at = failure.details['address'] ?? host
    return [
      'no-network',
      `no connection could be made to ${at} (${code})`,
      isOfAws
        ? `Check the network${byProxy}, and that a firewall lets HTTPS to AWS through`
        : 'Start what should listen there, or correct --endpoint-url',
    ]
  }
  if (silenceCodes.includes(code)) {
    return ['no-network', `no answer came from ${host} in time`, `Check the network${byProxy}, and run it again`]
  }
  if (breakCodes.includes(code) || /socket hang up/.test(message)) {
    return [
      'no-network',
      `the connection to ${host} broke each time before the answer was there (${code})`,
      `Check the network${byProxy}, and run it again; what is written stays as it is`,
    ]
  }
  if (certificateCodes.includes(code)) {
    return [
      'no-network',
      `the TLS certificate of ${host} is signed by nobody that Node trusts (${code})`,
      'Where a proxy opens TLS, set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to a file with its certificate',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'no longer valid' : 'not yet valid'
    return ['no-network', `the TLS certificate of ${host} is ${when}`, 'Set this machine’s clock right, and try again']
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      'no-network',
      `the TLS certificate that came is not of ${host}`,
      'Find out who answers in its place: a proxy, a login page of the network, or a wrong --endpoint-url',
    ]
  }
  if (code === 'EndpointError' || /^(?:Invalid region|Region not accepted)/i.test(message)) {
    return [
      'wrong-region',
      `there is no endpoint for ${region}: ${shortened(message)}`,
      'Name a region of AWS, as us-east-1',
    ]
  }
  if (code === 'InvalidBucketName' || /^Bucket name shouldn't contain/.test(message)) {
    return [
      'no-bucket',
      `${asked.bucket ?? ''} is no name of a bucket`,
      'Give --bucket the name alone, without s3:// or a path',
    ]
  }
  if (/^Checksum mismatch/.test(message)) {
    return [
      'refused',
      `what came of ${objectOf(asked)} has another checksum than S3 keeps of it`,
      'Run it again; if it stays so, something on the way changes what it carries',
    ]
  }
  return undefined
}

// ---- the service -------------------------------------------------------------------------------------------------

function serviceWords(failure: Failure, asked: Asked): Words | undefined {
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

/** From AWS's words: `User: U is not authorized to perform: A on resource: "R" because no … policy allows the A action`. */
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
  if (/because no [a-z -]+ allows/.test(message) || operation === 'ValidateTemplate') {
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

const blockedWords = (bucket: string, what: string): Words => [
  'blocked-public-access',
  `S3 Block Public Access of ${bucket} or of its account stands against ${what}`,
  'Switch off BlockPublicPolicy and RestrictPublicBuckets, and leave the two about ACLs on: for the bucket by the ' +
    'parameters of publication-bucket, for the account by `aws s3control put-public-access-block`',
]

export function blockedPublicAccess(bucket: string, what: string): StoreError {
  const [code, message, help] = blockedWords(bucket, what)
  return new StoreError(code, message, help)
}

/** A 403 that S3 has not written. */
const strangerWords = (failure: Failure, asked: Asked): Words => [
  'no-network',
  `something between here and ${asked.endpointUrl ?? 'AWS'} refuses (403): ${said(failure)}`,
  'Have the proxy or firewall let the request through, or correct --endpoint-url',
]

/** Every answer of S3's, and of what speaks as S3 does, has a request ID. */
const isSigned = ({ requestId, headers }: Failure): boolean =>
  [requestId, headers['x-amz-id-2'], headers['x-amzn-requestid']].some(id => id !== undefined && id !== '')

function unknownWords(failure: Failure, asked: Asked): Words {
  return [
    'refused',
    `${asked.operation} of ${objectOf(asked)} failed: ${said(failure)}`,
    failure.requestId === undefined
      ? 'Look the code up, and run it again'
      : 'Look the code up at https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, or give AWS Support the request ID',
  ]
}

const actions = {
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  ValidateTemplate: 'cloudformation:ValidateTemplate',
} as const

function objectOf({ bucket = '', key }: Asked): string {
  return key === undefined ? bucket : `${bucket}/${key}`
}

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

/** AWS's own code and words, with what AWS Support asks for. */
function said({ code, message, status, requestId }: Failure): string {
  const words = message === 'UnknownError' || message === '' ? undefined : shortened(message)
  const parts = [[code, words].filter(part => part !== undefined && part !== '').join(': '), `HTTP ${status ?? 'none'}`]
  return [...parts, ...(requestId === undefined ? [] : [`request ${requestId}`])].filter(part => part !== '').join(', ')
}

/** One line of a terminal or two. */
function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
