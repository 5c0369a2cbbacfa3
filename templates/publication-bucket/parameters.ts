/** What a deployer may say. All of it is optional; `rules.ts` says which combinations make sense. */

import { parameter, parameterGroup } from 'poolform'

import { orEmpty, patterns, whole } from '../shared/patterns.ts'

const BucketGroup = parameterGroup('Bucket')
const ReadersGroup = parameterGroup('Who may read what is published')
const ReleasesGroup = parameterGroup('Releases')
const LogsGroup = parameterGroup('Access logs')

export const BucketName = parameter({
  Type: 'String',
  Default: '',
  MaxLength: 63,
  AllowedPattern: orEmpty(patterns.newBucketName),
  ConstraintDescription:
    'must be 3 to 63 lower-case letters, digits and hyphens, as Amazon S3 allows for a bucket name (no dots), or be left empty',
  Description:
    'The name of the bucket, which nobody else in the world may have. Left empty, CloudFormation makes one up. Never change it: you would get a new, empty bucket, and every link that you gave away would go on to lead to the old one.',
  Label: 'Bucket name',
  Group: BucketGroup,
})

export const Prefix = parameter({
  Type: 'String',
  Default: 'templates',
  MaxLength: 128,
  AllowedPattern: whole(patterns.keyPrefix),
  ConstraintDescription:
    'must be one or more folder names of letters, digits and any of . _ - with / between them and none at the ends, such as templates',
  Description:
    'The folder of the bucket that you publish under: give the same to poolform publish as --prefix. Nothing else in the bucket can be read from outside. If you change it, what was published under the old one is no longer read by others.',
  Label: 'Folder',
  Group: BucketGroup,
})

export const ReadAccess = parameter({
  Type: 'String',
  Default: 'Private',
  AllowedValues: ['Private', 'Organization', 'Public'],
  ConstraintDescription: 'must be Private, Organization or Public',
  Description:
    'Who may read what is published. Private: whom IAM policies of this account allow it. Organization: every account of your organization in AWS Organizations too. Public: everybody; the account must not block public access for all its buckets.',
  Label: 'Read access',
  Group: ReadersGroup,
})

export const OrganizationId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.organizationId),
  ConstraintDescription: 'must be the ID of an organization, such as o-a1b2c3d4e5, or be left empty',
  Description: 'With read access Organization: the ID of your organization in AWS Organizations.',
  Label: 'Organization ID',
  Group: ReadersGroup,
})

export const ProtectReleases = parameter({
  Type: 'String',
  Default: 'true',
  AllowedValues: ['true', 'false'],
  ConstraintDescription: 'must be true or false',
  Description:
    'Whether the bucket itself sees to it that a release stays as it was published: nobody may delete anything, and only index.json and the folders latest/ may be overwritten. Tools that upload without If-None-Match, such as aws s3 cp, are then refused. Switch it off to take back a release, and on again afterwards: links to its version ID can be read until you delete that version of the object.',
  Label: 'Protect releases',
  Group: ReleasesGroup,
})

export const AccessLogRetentionDays = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty('[1-9][0-9]{0,3}'),
  ConstraintDescription: 'must be a number of days from 1 to 9999, or be left empty',
  Description:
    'Makes a second bucket for access logs, and says for how many days they are kept: they hold the IP addresses of readers. Left empty, there is none.',
  Label: 'Days to keep access logs in a bucket of their own',
  Group: LogsGroup,
})

export const AccessLogBucketName = parameter({
  Type: 'String',
  Default: '',
  MaxLength: 63,
  AllowedPattern: orEmpty(patterns.bucketName),
  ConstraintDescription: 'must be the name of a general purpose bucket (no ARN, no URL, no path), or be left empty',
  Description:
    'The name of a bucket of this account and region that takes access logs already: its policy must let logging.s3.amazonaws.com put objects. Left empty, no logs go there.',
  Label: 'Bucket that takes access logs already',
  Group: LogsGroup,
})
