/**
 * What the modules of `aws/` must refuse, and what they must take. Nothing here runs: `tsc` fails if a line under
 * `@ts-expect-error` compiles, and if any other line does not.
 */
import {
  type Attributes,
  AWS,
  condition,
  Equals,
  GetAtt,
  If,
  Join,
  output,
  parameter,
  Ref,
  resource,
  Sub,
} from 'poolform'
import type {} from 'poolform/aws/cloudformation'
import type {} from 'poolform/aws/ec2'
import type {} from 'poolform/aws/iam'
import type {} from 'poolform/aws/lambda'
import type {} from 'poolform/aws/s3'

const Switch = parameter({ Type: 'String', AllowedValues: ['true', 'false'] })
const Count = parameter({ Type: 'Number' })
const Name = parameter({ Type: 'String' })
const Names = parameter({ Type: 'CommaDelimitedList' })
const On = condition(Equals(Ref(Switch), 'true'))

// --- What fits -----------------------------------------------------------------------------------------------------

const Bucket = resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    BucketName: Sub`${AWS.StackName}-files`,
    VersioningConfiguration: { Status: If(On, 'Enabled', 'Suspended') },
    ObjectLockEnabled: Ref(Switch),
    PublicAccessBlockConfiguration: If(On, { BlockPublicAcls: true, BlockPublicPolicy: Ref(Switch) }, Ref(AWS.NoValue)),
    CorsConfiguration: {
      CorsRules: [
        { AllowedMethods: ['GET', 'PUT'], AllowedOrigins: Ref(Names), MaxAge: Ref(Count) },
        If(On, { AllowedMethods: Ref(Names), AllowedOrigins: ['*'] }, Ref(AWS.NoValue)),
      ],
    },
    Tags: [{ Key: 'a', Value: Join('-', Ref(Names)) }],
  },
})
resource({ Type: 'AWS::S3::Bucket' })
const Handler = resource({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { ZipFile: '0' },
    Role: 'arn',
    Runtime: 'nodejs24.x',
    Environment: { Variables: { BUCKET: Ref(Bucket), SWITCH: Ref(Switch) } },
  },
})
resource({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'read',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: Sub`${GetAtt(Bucket, 'Arn')}/*` }],
        },
      },
    ],
  },
})
const Nested = resource({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { TemplateURL: 'https://…', Parameters: { Name: Ref(Name), Names: Join(',', Ref(Names)) } },
})
const Thing = resource({
  Type: 'Custom::Thing',
  Properties: { ServiceToken: GetAtt(Handler, 'Arn'), Any: [{ at: 1 }] },
})

output({ Value: GetAtt(Nested, 'Outputs.BucketName') })
output({ Value: GetAtt(Thing, 'WhatItSays') })
const numbers: Attributes<'AWS::EC2::LaunchTemplate'>['LatestVersionNumber'] = '1'
output({ Value: numbers })

// --- What does not -------------------------------------------------------------------------------------------------

resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a misspelt property
    BucketNames: 'a',
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a misspelt property, further in
    CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAges: 1 }] },
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a property that must be there, further in
    CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET'] }] },
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a word that the property does not take
    VersioningConfiguration: { Status: 'On' },
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a property that AWS alone sets
    Arn: 'arn:aws:s3:::a',
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error text where a list goes
    Tags: 'a',
  },
})
resource({
  Type: 'AWS::S3::Bucket',
  Properties: {
    // @ts-expect-error a number as text
    CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAge: '1' }] },
  },
})
// @ts-expect-error properties that must be there
resource({ Type: 'AWS::Lambda::Function' })
// @ts-expect-error one that must be there
resource({ Type: 'AWS::Lambda::Function', Properties: { Role: 'arn' } })
resource({
  Type: 'AWS::CloudFormation::Stack',
  Properties: {
    TemplateURL: 'https://…',
    // @ts-expect-error what the API takes and a template does not
    Capabilities: ['CAPABILITY_IAM'],
  },
})
resource({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      // @ts-expect-error the older version of policies
      Version: '2008-10-17',
      Statement: [],
    },
  },
})
resource({
  Type: 'AWS::S3::BucketPolicy',
  Properties: {
    Bucket: Ref(Bucket),
    PolicyDocument: {
      Version: '2012-10-17',
      // @ts-expect-error a bucket's policy that does not say whom it is about
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    },
  },
})
// @ts-expect-error an attribute that the type lacks
GetAtt(Bucket, 'BucketName')
// @ts-expect-error an attribute that the type lacks
GetAtt(Nested, 'BucketName')
// @ts-expect-error a type of a service that is brought in, misspelt
resource({ Type: 'AWS::S3::Buckets' })
