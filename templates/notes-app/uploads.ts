/** Where files go: a bucket of which each user reaches one folder, through the role that identity-pool makes. */

import { comment, GetAtt, Ref, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/s3'

import { AppOrigin } from './parameters.ts'

export const Uploads = comment(
  'Kept when the stack is deleted. What a user overwrites or deletes can be brought back for 30 days.',
  resource({
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'old-versions',
            Status: 'Enabled',
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            ExpiredObjectDeleteMarker: true,
          },
          {
            Id: 'incomplete-uploads',
            Status: 'Enabled',
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
        ],
      },
      CorsConfiguration: {
        CorsRules: [
          {
            Id: 'app',
            AllowedOrigins: [Ref(AppOrigin)],
            AllowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
            // Which headers a page sends guards nothing: the signature does.
            AllowedHeaders: ['*'],
            // The parts of a large upload are put together by their ETags.
            ExposedHeaders: ['ETag'],
            MaxAge: 3600,
          },
        ],
      },
    },
  }),
)

export const UploadsPolicy = comment(
  'Kept with the bucket.',
  resource({
    Type: 'AWS::S3::BucketPolicy',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Bucket: Ref(Uploads),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [GetAtt(Uploads, 'Arn'), Sub`${GetAtt(Uploads, 'Arn')}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  }),
)
