import {
  AWS,
  Build,
  comment,
  condition,
  defineTemplate,
  FindInMap,
  GetAtt,
  If,
  mapping,
  output,
  parameter,
  policyVariable,
  Ref,
  resource,
  Sub,
} from 'poolform'
import type {} from 'poolform/aws/cognito'
import type {} from 'poolform/aws/iam'

import { orEmpty, patterns, whole } from './shared/patterns.ts'
import { isGiven, onlyIf } from './shared/predicates.ts'
import { trustPolicy, trustStatement } from './shared/trust.ts'
import { userPoolProvider, userPoolProviderName } from './shared/user-pool.ts'

const IdentityPoolName = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.identityPoolName),
  ConstraintDescription: 'must be up to 128 letters, digits, blanks and any of _ + = , . @ -, or be left empty',
  Description: 'The name of the identity pool, for people. Left empty, CloudFormation makes one up.',
  Label: 'Identity pool name',
})

const UserPoolId = parameter({
  Type: 'String',
  MaxLength: 55,
  AllowedPattern: whole(patterns.userPoolId),
  ConstraintDescription: 'must be the ID of a user pool, which starts with its region, such as us-east-1_a1B2c3D4e',
  Description: 'The ID of the user pool whose users sign in.',
  Label: 'User pool ID',
})

const UserPoolClientId = parameter({
  Type: 'String',
  AllowedPattern: whole(patterns.userPoolClientId),
  ConstraintDescription: 'must be the ID of an app client: letters and digits, such as 1example23456789',
  Description: 'The ID of the app client of that user pool.',
  Label: 'App client ID',
})

const UploadsBucketName = parameter({
  Type: 'String',
  MaxLength: 63,
  AllowedPattern: whole(patterns.bucketName),
  ConstraintDescription: 'must be the name of a general purpose bucket: no ARN, no URL, no path',
  Description: 'The name of the S3 bucket for uploads.',
  Label: 'Bucket name',
})

const ApiId = parameter({
  Type: 'String',
  AllowedPattern: whole(patterns.apiId),
  ConstraintDescription: 'must be the ID of an API, such as a1b2c3d4e5 (no URL, no ARN, no wildcard)',
  Description: 'The ID of the API that signed-in users may call.',
  Label: 'API ID',
})

const ApiRegion = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.region),
  ConstraintDescription: 'must be a region such as us-east-1, or be left empty',
  Description: 'The region of the API. Left empty, it is the region of this stack.',
  Label: 'API region',
})

const IdentityHosts = comment(
  'The chapter knows the commercial partition only, and spells it in its ARNs: in any other CloudFormation refuses the template before it makes anything.',
  mapping({ aws: { Host: 'cognito-identity.amazonaws.com' } }),
)

const HasIdentityPoolName = condition(isGiven(IdentityPoolName))
const HasApiRegion = condition(isGiven(ApiRegion))

const IdentityPool = comment(
  'Kept when the stack is deleted: a new pool would give every user a new identity, and so another folder.',
  resource({
    Type: 'AWS::Cognito::IdentityPool',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      IdentityPoolName: onlyIf(HasIdentityPoolName, Ref(IdentityPoolName)),
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [userPoolProvider(UserPoolId, UserPoolClientId)],
    },
  }),
)

const AuthenticatedRole = resource({
  Type: 'AWS::IAM::Role',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Delete',
  Properties: {
    Description: Sub`Signed-in users of the identity pool of stack ${AWS.StackName}`,
    AssumeRolePolicyDocument: trustPolicy(
      'authenticated',
      trustStatement(
        'cognito-identity.amazonaws.com',
        IdentityPool,
        'authenticated',
        [],
        FindInMap(IdentityHosts, Ref(AWS.Partition), 'Host'),
      ),
    ),
    Policies: [
      {
        PolicyName: 'tutorial',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            comment(
              'What the console gave every identity pool in 2017. With cognito-identity:* a signed-in user can take over every identity pool of the account.',
              {
                Effect: 'Allow',
                Action: ['mobileanalytics:PutEvents', 'cognito-sync:*', 'cognito-identity:*'] as const,
                Resource: ['*'],
              } as const,
            ),
            comment(
              'No listing, which is an action on the bucket; but versions, ACLs, locks and whatever Amazon S3 adds.',
              {
                Effect: 'Allow',
                Action: ['s3:*'] as const,
                Resource: [
                  Sub`arn:aws:s3:::${UploadsBucketName}/private/${policyVariable('cognito-identity.amazonaws.com:sub')}/*`,
                ],
              } as const,
            ),
            comment(
              'Every stage, and an account that is not said; WebSocket APIs, whose ARNs are shorter, are left out.',
              {
                Effect: 'Allow',
                Action: ['execute-api:Invoke'] as const,
                Resource: [
                  Sub`arn:aws:execute-api:${{ Region: If(HasApiRegion, Ref(ApiRegion), Ref(AWS.Region)) }}:*:${ApiId}/*/*/*`,
                ],
              } as const,
            ),
          ],
        },
      },
    ],
  },
})

const RoleAttachment = resource({
  Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: { IdentityPoolId: Ref(IdentityPool), Roles: { authenticated: GetAtt(AuthenticatedRole, 'Arn') } },
})

const statements = 'Resources.AuthenticatedRole.Properties.Policies.0.PolicyDocument.Statement'

export default defineTemplate({
  Description:
    'The identity pool of the 2017 tutorial chapter, with its policies word for word, for those who follow it. They let a signed-in user take over every identity pool of the account: use the template identity-pool, which is the safe one.',
  Parameters: { IdentityPoolName, UserPoolId, UserPoolClientId, UploadsBucketName, ApiId, ApiRegion },
  Mappings: { IdentityHosts },
  Conditions: { HasIdentityPoolName, HasApiRegion },
  Resources: { IdentityPool, AuthenticatedRole, RoleAttachment },
  Outputs: {
    IdentityPoolId: output({ Description: 'The ID of the identity pool, for your app', Value: Ref(IdentityPool) }),
    AuthenticatedRoleArn: output({
      Description: 'The ARN of the role that signed-in users get',
      Value: GetAtt(AuthenticatedRole, 'Arn'),
    }),
    AuthenticatedRoleName: output({
      Description: 'The name of the role that signed-in users get',
      Value: Ref(AuthenticatedRole),
    }),
    LoginProviderName: output({
      Description: 'The key under which your app passes the ID token of the user pool in Logins',
      Value: userPoolProviderName(UserPoolId),
    }),
    TemplateId: output({ Description: 'The template that this stack was made from', Value: Build.TemplateId }),
    TemplateVersion: output({ Description: 'The version of that template', Value: Build.TemplateVersion }),
  },
  Accept: [
    {
      Code: 'service-wildcard',
      Path: `${statements}.0.Action.1`,
      Reason: 'The chapter grants cognito-sync:*, and this template shows what the chapter grants.',
    },
    {
      Code: 'service-wildcard',
      Path: `${statements}.0.Action.2`,
      Reason: 'The chapter grants cognito-identity:*, and this template shows what the chapter grants.',
    },
    {
      Code: 'service-wildcard',
      Path: `${statements}.1.Action.0`,
      Reason: 'The chapter grants s3:* in the folder, and this template shows what the chapter grants.',
    },
    {
      Code: 'cfn-lint/I3042',
      Path: `${statements}.1.Resource.0.Fn::Sub`,
      Reason: 'The chapter spells the partition out, and the template is refused in any other partition.',
    },
    {
      Code: 'cfn-lint/I3042',
      Path: `${statements}.2.Resource.0.Fn::Sub.0`,
      Reason: 'The chapter spells the partition out, and the template is refused in any other partition.',
    },
  ],
})
