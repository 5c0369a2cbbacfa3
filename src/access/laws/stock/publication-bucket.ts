import type { Value } from '../../../resolve/value.ts'
import type { Deployed } from '../deployed.ts'
import { is } from '../same.ts'
import { any, equals, from, given, isOn, kept, parameter, type Stock } from './stock.ts'

/** Buckets that no ACL opens, and no policy where the public is not asked for. */
export const bucketProperties = {
  OwnershipControls: equals({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] }),
  BucketEncryption: equals({
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  }),
} as const

export function blocked(isPublic: boolean): Value {
  return {
    BlockPublicAcls: true,
    BlockPublicPolicy: !isPublic,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: !isPublic,
  }
}

export const versioned = equals({ Status: 'Enabled' })

export function abandoned(Id: string): Value {
  return { Id, Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }
}

const hasLogs = (deployed: Deployed) => given(deployed, 'AccessLogRetentionDays') !== undefined
const isPublic = isOn('ReadAccess', 'Public')
const isOrganization = isOn('ReadAccess', 'Organization')
const [bucket, logs] = [is.ref('Bucket'), is.ref('AccessLogBucket')]
const inBucket = ({ options }: Deployed, id: string, rest = '') =>
  is.text(`arn:${options.partition}:s3:::`, is.ref(id), rest)

export function tlsOnly(Resource: Value): Value {
  return {
    ...{ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
}

/** As a whole: a denial protects by each word of it. */
function policyOfBucket(deployed: Deployed): Value {
  const prefix = given(deployed, 'Prefix') ?? ''
  const reading = {
    ...{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:GetObjectVersion'] },
    Resource: inBucket(deployed, 'Bucket', `/${prefix}/*`),
  }
  const protects: readonly Value[] = [
    {
      ...{ Sid: 'ReleasesAreWrittenOnce', Effect: 'Deny', Principal: '*', Action: 's3:PutObject' },
      NotResource: [
        inBucket(deployed, 'Bucket', `/${prefix}/index.json`),
        inBucket(deployed, 'Bucket', `/${prefix}/*/latest/*`),
      ],
      Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    },
    {
      ...{ Sid: 'NothingIsDeleted', Effect: 'Deny', Principal: '*' },
      Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
      Resource: inBucket(deployed, 'Bucket', '/*'),
    },
  ]
  const organization = given(deployed, 'OrganizationId') ?? ''
  return {
    Version: '2012-10-17',
    Statement: [
      tlsOnly([inBucket(deployed, 'Bucket'), inBucket(deployed, 'Bucket', '/*')]),
      ...(isOn('ProtectReleases')(deployed) ? protects : []),
      ...(isPublic(deployed) ? [{ Sid: 'PublicRead', ...reading }] : []),
      ...(isOrganization(deployed)
        ? [
            {
              ...{ Sid: 'OrganizationRead', ...reading },
              Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
            },
          ]
        : []),
    ],
  }
}

function policyOfLogs(deployed: Deployed): Value {
  return {
    Version: '2012-10-17',
    Statement: [
      tlsOnly([inBucket(deployed, 'AccessLogBucket'), inBucket(deployed, 'AccessLogBucket', '/*')]),
      {
        ...{ Sid: 'LogDelivery', Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' } },
        ...{ Action: 's3:PutObject', Resource: inBucket(deployed, 'AccessLogBucket', '/*') },
        Condition: {
          StringEquals: { 'aws:SourceAccount': deployed.options.account },
          ArnLike: { 'aws:SourceArn': inBucket(deployed, 'Bucket') },
        },
      },
    ],
  }
}

function loggingOf(deployed: Deployed): Value | undefined {
  const own = hasLogs(deployed) ? logs : undefined
  const DestinationBucketName = own ?? given(deployed, 'AccessLogBucketName')
  const { stackName } = deployed.scenario.env
  return DestinationBucketName === undefined ? undefined : { DestinationBucketName, LogFilePrefix: `${stackName}/` }
}

/** All that `poolform publish` needs. */
function policyOfPublisher(deployed: Deployed): Value {
  const folder = inBucket(deployed, 'Bucket', `/${given(deployed, 'Prefix')}/*`)
  const statement = (Sid: string, Action: string, Resource: ReturnType<typeof inBucket>, more = '') =>
    is.text(
      `    {\n      "Sid": "${Sid}",\n      "Effect": "Allow",\n      "Action": ${Action},\n      "Resource": "`,
      Resource,
      `"${more}\n    }`,
    )
  const prefix = `,\n      "Condition": { "StringLike": { "s3:prefix": "${given(deployed, 'Prefix')}/*" } }`
  return is.text(
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n',
    statement('ReadAndWrite', '["s3:GetObject", "s3:PutObject"]', folder),
    ',\n',
    statement('KnowWhatIsMissing', '"s3:ListBucket"', inBucket(deployed, 'Bucket'), prefix),
    ',\n',
    statement('KnowWhetherReadersAreBlocked', '"s3:GetBucketPolicyStatus"', inBucket(deployed, 'Bucket')),
    ',\n',
    statement('ValidateTemplate', '"cloudformation:ValidateTemplate"', '*'),
    '\n  ]\n}',
  )
}

export const publicationBucket: Stock = {
  parameters: {
    BucketName: { law: 6, default: '' },
    // Folders in folders are what it is for.
    Prefix: { law: 5, default: 'templates', mayBe: /^[\w.-]+(?:\/[\w.-]+)*$/ },
    ReadAccess: { law: 6, default: 'Private' },
    OrganizationId: { law: 6, default: '' },
    ProtectReleases: { law: 6, default: 'true' },
    AccessLogRetentionDays: { law: 6, default: '' },
    AccessLogBucketName: { law: 6, default: '' },
  },
  resources: {
    Bucket: {
      type: 'AWS::S3::Bucket',
      attributes: kept,
      properties: {
        ...bucketProperties,
        BucketName: parameter('BucketName'),
        PublicAccessBlockConfiguration: from(deployed => blocked(isPublic(deployed))),
        VersioningConfiguration: versioned,
        LifecycleConfiguration: equals({ Rules: [abandoned('abandoned-uploads')] }),
        LoggingConfiguration: from(loggingOf),
      },
    },
    BucketPolicy: {
      type: 'AWS::S3::BucketPolicy',
      attributes: kept,
      properties: { Bucket: equals(bucket), PolicyDocument: from(policyOfBucket) },
    },
    AccessLogBucket: {
      type: 'AWS::S3::Bucket',
      isThere: hasLogs,
      attributes: kept,
      properties: {
        ...bucketProperties,
        PublicAccessBlockConfiguration: equals(blocked(false)),
        LifecycleConfiguration: from(deployed => ({
          Rules: [
            {
              ...{ Id: 'old-logs', Status: 'Enabled' },
              ExpirationInDays: given(deployed, 'AccessLogRetentionDays') ?? '',
            },
            abandoned('abandoned-uploads'),
          ],
        })),
      },
    },
    AccessLogBucketPolicy: {
      type: 'AWS::S3::BucketPolicy',
      isThere: hasLogs,
      attributes: kept,
      properties: { Bucket: equals(logs), PolicyDocument: from(policyOfLogs) },
    },
  },
  outputs: {
    BucketName: equals(bucket),
    BucketArn: from(deployed => inBucket(deployed, 'Bucket')),
    Region: from(({ options }) => options.region),
    Prefix: parameter('Prefix'),
    BaseUrl: from(deployed => {
      const { region, urlSuffix } = deployed.options
      return is.text('https://', bucket, `.s3.${region}.${urlSuffix}/${given(deployed, 'Prefix')}`)
    }),
    PublisherPolicy: from(policyOfPublisher),
    AccessLogBucketName: from(deployed => (hasLogs(deployed) ? logs : undefined)),
    TemplateId: equals('publication-bucket'),
    TemplateVersion: any,
  },
}
