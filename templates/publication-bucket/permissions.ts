/** Who may do what with the buckets. Without a statement here it is the account's own IAM policies that say it. */

import {
  AWS,
  comment,
  type Intrinsic,
  Ref,
  type Resource,
  type ResourcePolicyDocument,
  type ResourceStatement,
  Sub,
} from 'poolform'

import { onlyIf } from '../shared/predicates.ts'
import { IsOrganization, IsPublic, ReleasesProtected } from './conditions.ts'
import { OrganizationId, Prefix } from './parameters.ts'

type Bucket = Resource<'AWS::S3::Bucket'>

/**
 * Amazon S3 answers no TLS below 1.2 any more, so that there is no version to deny; and denying 1.2 would shut out
 * clients that it does answer. https://repost.aws/knowledge-center/s3-enforce-modern-tls
 */
function tlsOnly(bucket: Bucket): ResourceStatement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [Sub`arn:${AWS.Partition}:s3:::${bucket}`, Sub`arn:${AWS.Partition}:s3:::${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
}

/** Reading objects that one knows the names of. Listing would show everybody what has no link yet. */
function read(bucket: Bucket) {
  return {
    Effect: 'Allow',
    Principal: '*',
    // The version, because a link may pin it by versionId.
    Action: ['s3:GetObject', 's3:GetObjectVersion'],
    Resource: Sub`arn:${AWS.Partition}:s3:::${bucket}/${Prefix}/*`,
  } as const
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
function writtenOnce(bucket: Bucket): ResourceStatement {
  return {
    Sid: 'ReleasesAreWrittenOnce',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    NotResource: [
      Sub`arn:${AWS.Partition}:s3:::${bucket}/${Prefix}/index.json`,
      Sub`arn:${AWS.Partition}:s3:::${bucket}/${Prefix}/*/latest/*`,
    ],
    Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  }
}

function nothingIsDeleted(bucket: Bucket): ResourceStatement {
  return {
    Sid: 'NothingIsDeleted',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
    Resource: Sub`arn:${AWS.Partition}:s3:::${bucket}/*`,
  }
}

export function policyOfBucket(bucket: Bucket): ResourcePolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      tlsOnly(bucket),
      onlyIf<ResourceStatement>(
        ReleasesProtected,
        comment(
          'An object is made, and not written over, but for those that say what is newest. Parts of a large upload carry no If-None-Match; what completes it does.',
          writtenOnce(bucket),
        ),
      ),
      onlyIf<ResourceStatement>(
        ReleasesProtected,
        comment('Administrators too delete nothing by a slip: they update this stack first.', nothingIsDeleted(bucket)),
      ),
      onlyIf<ResourceStatement>(IsPublic, { Sid: 'PublicRead', ...read(bucket) }),
      onlyIf<ResourceStatement>(
        IsOrganization,
        comment('One fixed organization is not the public: Block Public Access stays on.', {
          Sid: 'OrganizationRead',
          ...read(bucket),
          Condition: { StringEquals: { 'aws:PrincipalOrgID': Ref(OrganizationId) } },
        } as const),
      ),
    ],
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
export function policyOfLogBucket(logs: Bucket, bucket: Bucket): ResourcePolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      tlsOnly(logs),
      comment('Amazon S3 delivers the logs of this one bucket, and of nobody else’s.', {
        Sid: 'LogDelivery',
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: Sub`arn:${AWS.Partition}:s3:::${logs}/*`,
        Condition: {
          StringEquals: { 'aws:SourceAccount': Ref(AWS.AccountId) },
          ArnLike: { 'aws:SourceArn': Sub`arn:${AWS.Partition}:s3:::${bucket}` },
        },
      } as const),
    ],
  }
}

/**
 * The smallest set of permissions that `poolform publish` needs, as the JSON of an identity-based policy.
 *
 * Listing, because without it Amazon S3 answers that what is not there is forbidden.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * It then holds the key that is asked for against `s3:prefix`, which AWS does not document: policies of Terraform's S3
 * backend rely on it, and Ceph follows it. https://developer.hashicorp.com/terraform/language/backend/s3
 * https://github.com/ceph/ceph/pull/68577
 * Getting, also because a write with If-Match needs it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * The status of the bucket's policy, because Block Public Access of the account refuses readers of a bucket that is public
 * by its own policy. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
 * ValidateTemplate has no resource that a policy could name; it makes and shows nothing.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
 */
export function publisherPolicy(bucket: Bucket): Intrinsic<string> {
  return Sub`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadAndWrite",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:${AWS.Partition}:s3:::${bucket}/${Prefix}/*"
    },
    {
      "Sid": "KnowWhatIsMissing",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:${AWS.Partition}:s3:::${bucket}",
      "Condition": { "StringLike": { "s3:prefix": "${Prefix}/*" } }
    },
    {
      "Sid": "KnowWhetherReadersAreBlocked",
      "Effect": "Allow",
      "Action": "s3:GetBucketPolicyStatus",
      "Resource": "arn:${AWS.Partition}:s3:::${bucket}"
    },
    {
      "Sid": "ValidateTemplate",
      "Effect": "Allow",
      "Action": "cloudformation:ValidateTemplate",
      "Resource": "*"
    }
  ]
}`
}
