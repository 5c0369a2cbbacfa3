import { AWS, Build, comment, defineTemplate, If, output, Ref, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/s3'

import {
  HasAccessLogs,
  HasBucketName,
  HasOwnLogBucket,
  IsOrganization,
  IsPublic,
  ReleasesProtected,
} from './publication-bucket/conditions.ts'
import {
  AccessLogBucketName,
  AccessLogRetentionDays,
  BucketName,
  OrganizationId,
  Prefix,
  ProtectReleases,
  ReadAccess,
} from './publication-bucket/parameters.ts'
import { policyOfBucket, policyOfLogBucket, publisherPolicy } from './publication-bucket/permissions.ts'
import { LogsHaveOnePlace, OrganizationIsNamed, OrganizationReads } from './publication-bucket/rules.ts'
import { onlyIf } from './shared/predicates.ts'

/** No ACL is of any effect: what may be done is in policies alone. */
const ownedByTheAccount = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } as const

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html */
const encryptedByS3 = {
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
} as const

/** Parts of uploads that nobody completed, which are paid for and seen by nobody. */
const abandonedUploads = {
  Id: 'abandoned-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
} as const

const AccessLogBucket = comment(
  'Kept, as what it records may be asked for later; its logs expire all the same.',
  resource({
    Type: 'AWS::S3::Bucket',
    Condition: HasOwnLogBucket,
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      OwnershipControls: ownedByTheAccount,
      BucketEncryption: encryptedByS3,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [{ Id: 'old-logs', Status: 'Enabled', ExpirationInDays: Ref(AccessLogRetentionDays) }, abandonedUploads],
      },
    },
  }),
)

const Bucket = comment(
  'Kept when the stack is deleted: links to it are in the hands of others, and its name could be taken by anybody.',
  resource({
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: onlyIf(HasBucketName, Ref(BucketName)),
      OwnershipControls: ownedByTheAccount,
      BucketEncryption: comment(
        'With a key of AWS KMS every reader would need kms:Decrypt on it, which the public cannot have.',
        { ...encryptedByS3 },
      ),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: If(IsPublic, false, true),
        IgnorePublicAcls: true,
        RestrictPublicBuckets: If(IsPublic, false, true),
      },
      VersioningConfiguration: comment(
        'What was overwritten or deleted can be had back, and a link can pin a version: none ever expires.',
        { Status: 'Enabled' } as const,
      ),
      LifecycleConfiguration: { Rules: [abandonedUploads] },
      LoggingConfiguration: onlyIf(HasAccessLogs, {
        DestinationBucketName: If(HasOwnLogBucket, Ref(AccessLogBucket), Ref(AccessLogBucketName)),
        LogFilePrefix: Sub`${AWS.StackName}/`,
      }),
    },
  }),
)

const BucketPolicy = comment(
  'Kept with the bucket, which without it would neither serve its readers nor protect its releases.',
  resource({
    Type: 'AWS::S3::BucketPolicy',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { Bucket: Ref(Bucket), PolicyDocument: policyOfBucket(Bucket) },
  }),
)

const AccessLogBucketPolicy = resource({
  Type: 'AWS::S3::BucketPolicy',
  Condition: HasOwnLogBucket,
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: { Bucket: Ref(AccessLogBucket), PolicyDocument: policyOfLogBucket(AccessLogBucket, Bucket) },
})

export default defineTemplate({
  Description:
    'An Amazon S3 bucket to publish CloudFormation templates from: versioned, by TLS only, read by nobody else, by one organization or by everybody, with releases that nobody can overwrite or delete',
  Parameters: {
    BucketName,
    Prefix,
    ReadAccess,
    OrganizationId,
    ProtectReleases,
    AccessLogRetentionDays,
    AccessLogBucketName,
  },
  Rules: { OrganizationIsNamed, OrganizationReads, LogsHaveOnePlace },
  Conditions: { HasBucketName, IsPublic, IsOrganization, ReleasesProtected, HasOwnLogBucket, HasAccessLogs },
  Resources: { Bucket, BucketPolicy, AccessLogBucket, AccessLogBucketPolicy },
  Outputs: {
    BucketName: output({ Description: 'The name of the bucket, for poolform publish --bucket', Value: Ref(Bucket) }),
    BucketArn: output({
      Description: 'The ARN of the bucket',
      Value: Sub`arn:${AWS.Partition}:s3:::${Bucket}`,
    }),
    Region: output({ Description: 'The region of the bucket, for poolform publish --region', Value: Ref(AWS.Region) }),
    Prefix: output({ Description: 'The folder to publish under, for poolform publish --prefix', Value: Ref(Prefix) }),
    BaseUrl: output({
      Description: 'Where the templates are, for poolform launch-url --base-url',
      Value: Sub`https://${Bucket}.s3.${AWS.Region}.${AWS.URLSuffix}/${Prefix}`,
    }),
    PublisherPolicy: output({
      Description:
        'The policy of the role or user that publishes, as aws iam put-role-policy takes it: all that poolform publish needs, and no more',
      Value: publisherPolicy(Bucket),
    }),
    AccessLogBucketName: output({
      Condition: HasOwnLogBucket,
      Description: 'The name of the bucket that the access logs go to',
      Value: Ref(AccessLogBucket),
    }),
    TemplateId: output({ Description: 'The template that this stack was made from', Value: Build.TemplateId }),
    TemplateVersion: output({ Description: 'The version of that template', Value: Build.TemplateVersion }),
  },
})
