import { logIn } from './credentials.ts'
import { type Asked, type Failure, said, shortened, type Words } from './failure.ts'

const otherPartition =
  'keys of the commercial regions, of AWS GovCloud (US), of China and of the European Sovereign Cloud work in their own alone'

/**
 * What AWS has refused, or could not do, whatever the service.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/CommonErrors.html
 */
export function serviceWords(failure: Failure, asked: Asked): Words | undefined {
  const { code, message, status } = failure
  const { region } = asked
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
      // how all but S3 say that a clock is wrong
      if (/^Signature (?:expired|not yet current)/i.test(message)) return skewWords(failure)
      return [
        'bad-credentials',
        'the secret access key does not belong to the access key',
        'Copy the pair anew, whole and without blanks; if it is right, a proxy on the way changes the request',
      ]
    case 'RequestTimeTooSkewed':
    case 'RequestInTheFuture':
      return skewWords(failure)
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'UnauthorizedOperation':
    case 'UnauthorizedException':
    case 'NotAuthorizedException':
      return deniedWords(failure, asked)
    case 'AccountProblem':
    case 'NotSignedUp':
    case 'OptInRequired':
      return [
        'refused',
        `AWS has shut the account out: ${shortened(message)}`,
        'Ask AWS Support what the account lacks',
      ]
    case 'ResourceNotFoundException':
    case 'NoSuchEntity':
    case 'NoSuchEntityException':
      return missingWords(asked)
    case 'ValidationError':
    case 'ValidationException':
    case 'InvalidParameterException':
    case 'InvalidParameterValue':
    case 'InvalidParameterValueException':
      // CloudFormation of stacks: `Stack with id notes does not exist`
      if (/does not exist$/.test(shortened(message))) return missingWords(asked)
      return [
        'invalid-request',
        `${asked.service} does not take ${asked.object === '' ? `the ${asked.operation}` : asked.object}: ${shortened(message)}`,
        'Correct what was given',
      ]
  }
  if (status === 403) return isSigned(failure) ? forbiddenWords(failure, asked) : strangerWords(failure, asked)
  if (status === 407) {
    return [
      'no-network',
      'the proxy wants a login',
      'Write user and password into HTTPS_PROXY, as http://user:password@host:port',
    ]
  }
  if (isThrottling(failure)) {
    return [
      'refused',
      `AWS asks for fewer requests, ${times(failure)}`,
      `Run it again in some minutes${asked.writes ? '; what is written stays as it is, and is not written twice' : ''}`,
    ]
  }
  if (status !== undefined && status >= 500) {
    return [
      'refused',
      `AWS failed inside, ${times(failure)}: ${said(failure)}`,
      `Run it again in some minutes${asked.writes ? '; what is written stays as it is' : ''}. https://health.aws.amazon.com tells of outages`,
    ]
  }
  return undefined
}

/** Does AWS say that there is no such thing, of an account that the credentials are of? */
export function isMissing({ code, message }: Failure): boolean {
  if (['ResourceNotFoundException', 'NoSuchEntity', 'NoSuchEntityException'].includes(code)) return true
  return code === 'ValidationError' && /does not exist$/.test(shortened(message))
}

const isThrottling = ({ code, status }: Failure): boolean =>
  code === 'SlowDown' || /^Throttl|TooManyRequests|RequestLimitExceeded/.test(code) || status === 429

function missingWords({ object, operation, region, service }: Asked): Words {
  const what = object === '' ? `what ${operation} asks for` : object
  // IAM is the same in all regions
  const where = service === 'IAM' ? 'the account' : `${region} of the account`
  return [
    'not-found',
    `${what} is not in ${where} that the credentials are of`,
    `Check it${service === 'IAM' ? '' : ', the region'} and the account, which \`aws sts get-caller-identity\` tells`,
  ]
}

/**
 * From AWS's words: `User: U is not authorized to perform: A on resource: "R" because no … policy allows the A action`,
 * or `… with an explicit deny in a service control policy: P`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialOf({ message }: Failure, asked: Pick<Asked, 'action' | 'resource'>) {
  const [, user] = /\bUser: (\S+)/.exec(message) ?? []
  const [, action = asked.action] = /not authorized to perform: ([\w-]+:\w+)/.exec(message) ?? []
  const [, resource = asked.resource] = /on resource: "?([^\s"]+)"?/.exec(message) ?? []
  const [, denial, policy] =
    /explicit deny in an? ([a-z -]*?policy|permissions boundary)(?:: (arn:[^\s"]*[^\s",.]))?/i.exec(message) ?? []
  const who = user ?? 'the credentials'
  return {
    ...{ who, action, resource, may: `${who} may not do ${action} on ${resource}` },
    /** The kind of the policy that denies it by a statement: `service control policy`. */
    denial,
    /** Its ARN. */
    policy,
    /** The kind of the policy that should allow it, and does not. */
    lacking: /because no ([a-z -]+?) allows/.exec(message)?.[1],
  }
}

/** Refused for want of a permission. */
export function deniedWords(failure: Failure, asked: Asked): Words {
  const { action, resource, may, denial, policy, lacking } = denialOf(failure, asked)
  if (denial !== undefined) {
    const named = policy === undefined ? `a ${denial}` : `the ${denial} ${policy}`
    return ['no-permission', `${may}: a statement of ${named} denies it`, `Have the ${denial} let ${action} through`]
  }
  return [
    'no-permission',
    `${may}: no ${lacking ?? 'identity-based policy'} allows it`,
    lacking === undefined || lacking === 'identity-based policy'
      ? `Allow ${action} on ${resource}`
      : `Allow ${action} on ${resource} in the ${lacking} too`,
  ]
}

/** A 403 of which nobody has foreseen the code. */
const forbiddenWords = (failure: Failure, { action, resource }: Asked): Words => [
  'no-permission',
  `the credentials may not do ${action} on ${resource}: ${said(failure)}`,
  `Allow ${action} on ${resource}, and have no policy deny it`,
]

/** A 403 that AWS has not written. */
const strangerWords = (failure: Failure, asked: Asked): Words => [
  'no-network',
  `something between here and ${asked.endpointUrl ?? 'AWS'} refuses (403): ${said(failure)}`,
  'Have the proxy or firewall let the request through, or correct --endpoint-url',
]

/** Every answer of AWS's, and of what speaks as it does, has a request ID. */
export const isSigned = ({ requestId, headers }: Failure): boolean =>
  [requestId, headers['x-amz-id-2'], headers['x-amzn-requestid']].some(id => id !== undefined && id !== '')

const skewWords = (failure: Failure): Words => [
  'clock-skew',
  skew(failure),
  'Set this machine’s clock right, best by NTP, and run it again',
]

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
