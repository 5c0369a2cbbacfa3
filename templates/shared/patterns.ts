/**
 * Patterns of the values that deployers fill in: CloudFormation holds them against the whole value.
 * None lets through a `*`, `?`, `$`, blank, or an ARN or URL where a name goes, which could widen a policy.
 */

const account = '[0-9]{12}'
const region = '[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}'
const partition = 'aws(-[a-z]+)*'

/** Observed, not documented: ten lower-case letters and digits. Others of that kind pass, so that no new length shuts anybody out. */
const apiId = '[a-z0-9]{8,32}'

/** A segment of an execute-api ARN after the API's ID: `*`, a method, a resource; `$default` is an HTTP API's stage. */
const apiSegments = '/(\\$default|[A-Za-z0-9_*-]+)(/[A-Za-z0-9_.~%@+=:*-]*)*'

export const patterns = {
  /** The region stands before the underscore. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html */
  userPoolId: `${region}_[0-9A-Za-z]+`,
  /** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
  userPoolClientId: '[\\w+]{1,128}',
  /** The registry's own, from AWS::Cognito::IdentityPool, but of blanks the plain one alone: `\s` is not the same everywhere. */
  identityPoolName: '[\\w +=,.@-]{1,128}',
  facebookAppId: '[0-9]{1,128}',
  /** Values of SupportedLoginProviders: https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CreateIdentityPool.html */
  loginProviderId: '[\\w.-]{1,128}',
  /** The registry allows 128 characters, the API reference 100. */
  developerProviderName: '[\\w._-]{1,100}',
  oidcProviderArn: `arn:${partition}:iam::${account}:oidc-provider/[\\w.:/%@+=~-]+`,
  samlProviderArn: `arn:${partition}:iam::${account}:saml-provider/[\\w._-]{1,128}`,
  /**
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   * A directory bucket (`--x-s3`) cannot be divided by prefix with S3 actions, an access point's alias is no bucket in an ARN.
   */
  bucketName: '(?!.*(--x-s3|--table-s3|--ol-s3|-s3alias)$)(?!.*\\.\\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]',
  /** The name of a bucket to make. No dot: Amazon S3's certificate covers one label before `s3.REGION`, and links need HTTPS. */
  newBucketName:
    '(?!xn--|sthree-|amzn-s3-demo-)(?!.*(--x-s3|--table-s3|--ol-s3|-s3alias)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]',
  /** Folders of a bucket, without slashes at the ends: what stays itself in a URL, in a policy and in JSON. */
  keyPrefix: '[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*',
  /** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
  organizationId: 'o-[a-z0-9]{10,32}',
  /** A key's own ARN: an alias's says nothing to IAM. */
  kmsKeyArn: `arn:${partition}:kms:${region}:${account}:key/[A-Za-z0-9-]{1,128}`,
  apiId,
  region,
  apiStage: '(\\*|\\$default|[A-Za-z0-9_-]{1,128})',
  apiArn: `arn:${partition}:execute-api:${region}:${account}:${apiId}${apiSegments}`,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
  tableName: '[A-Za-z0-9_.-]{3,255}',
  policyArn: `arn:${partition}:iam::(aws|${account}):policy/[\\w+=.@/-]+`,
  rolePath: '/([\\w+=,.@-]+/)*',
} as const

export function whole(pattern: string): string {
  return `^${pattern}$`
}

export function orEmpty(pattern: string): string {
  return `^(${pattern})?$`
}

/** Up to `most` of them between commas: list parameters are strings, since an empty CommaDelimitedList is `['']`. */
export function listOrEmpty(pattern: string, most: number): string {
  return `^(${pattern}(,${pattern}){0,${most - 1}})?$`
}
