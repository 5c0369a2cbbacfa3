import type { Value } from '../../../resolve/value.ts'
import type { Deployed } from '../deployed.ts'
import { is } from '../same.ts'
import { abandoned, blocked, bucketProperties, tlsOnly, versioned } from './publication-bucket.ts'
import { any, equals, from, given, isOn, kept, keptUntilReplaced, parameter, type Stock } from './stock.ts'

const [userPool, client, uploads, api] = [
  is.ref('UserPool'),
  is.ref('UserPoolClient'),
  is.ref('Uploads'),
  is.ref('Api'),
]
const stage = is.ref('ApiStage')
const uploadsArn = is.attribute('Uploads', 'Arn')
const origin = (deployed: Deployed) => given(deployed, 'AppOrigin') ?? ''
const ofIdentity = (name: string) => equals(is.attribute('Identity', `Outputs.${name}`))

/** What the nested template is told: no option of it but these. */
const nested: Value = {
  UserPoolId: userPool,
  UserPoolClientId: client,
  UploadsBucketName: uploads,
  ApiId: api,
  ApiStage: stage,
}

const method = (HttpMethod: string, AuthorizationType: string) => ({
  type: 'AWS::ApiGateway::Method',
  attributes: {},
  properties: {
    RestApiId: equals(api),
    ResourceId: equals(is.ref('NotesResource')),
    HttpMethod: equals(HttpMethod),
    AuthorizationType: equals(AuthorizationType),
    // What it answers is for the app's author.
    Integration: any,
    MethodResponses: any,
  },
})

const errors = (ResponseType: string) => ({
  type: 'AWS::ApiGateway::GatewayResponse',
  attributes: {},
  properties: {
    RestApiId: equals(api),
    ResponseType: equals(ResponseType),
    ResponseParameters: from((deployed: Deployed) => ({
      'gatewayresponse.header.Access-Control-Allow-Origin': `'${origin(deployed)}'`,
    })),
  },
})

export const notesApp: Stock = {
  parameters: {
    // What follows the host is for Amazon S3 to read.
    IdentityPoolTemplateUrl: { law: 6, mayBe: /^https:\/\/[a-z0-9.-]+\.amazonaws\.com\/[^\s?"\\{}]+$/ },
    AppOrigin: { law: 6 },
    AllowSignUp: { law: 6, default: 'true' },
    UserPoolDeletionProtection: { law: 6, default: 'INACTIVE' },
  },
  resources: {
    UserPool: {
      type: 'AWS::Cognito::UserPool',
      attributes: kept,
      properties: {
        DeletionProtection: parameter('UserPoolDeletionProtection'),
        UsernameAttributes: equals(['email']),
        UsernameConfiguration: equals({ CaseSensitive: false }),
        AutoVerifiedAttributes: equals(['email']),
        UserAttributeUpdateSettings: equals({ AttributesRequireVerificationBeforeUpdate: ['email'] }),
        AccountRecoverySetting: equals({ RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] }),
        AdminCreateUserConfig: from(deployed => ({ AllowAdminCreateUserOnly: !isOn('AllowSignUp')(deployed) })),
        Policies: equals({
          PasswordPolicy: {
            MinimumLength: 12,
            RequireLowercase: true,
            RequireNumbers: true,
            RequireSymbols: true,
            RequireUppercase: true,
            TemporaryPasswordValidityDays: 3,
          },
        }),
        MfaConfiguration: equals('OPTIONAL'),
        EnabledMfas: equals(['SOFTWARE_TOKEN_MFA']),
      },
    },
    UserPoolClient: {
      type: 'AWS::Cognito::UserPoolClient',
      attributes: keptUntilReplaced,
      properties: {
        UserPoolId: equals(userPool),
        GenerateSecret: equals(false),
        ExplicitAuthFlows: equals(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']),
        PreventUserExistenceErrors: equals('ENABLED'),
        EnableTokenRevocation: equals(true),
        AccessTokenValidity: equals(60),
        IdTokenValidity: equals(60),
        RefreshTokenValidity: equals(30),
        TokenValidityUnits: equals({ AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' }),
        WriteAttributes: equals(['email', 'name']),
      },
    },
    Uploads: {
      type: 'AWS::S3::Bucket',
      attributes: kept,
      properties: {
        ...bucketProperties,
        PublicAccessBlockConfiguration: equals(blocked(false)),
        VersioningConfiguration: versioned,
        LifecycleConfiguration: equals({
          Rules: [
            {
              ...{ Id: 'old-versions', Status: 'Enabled' },
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
              ExpiredObjectDeleteMarker: true,
            },
            abandoned('incomplete-uploads'),
          ],
        }),
        CorsConfiguration: from(deployed => ({
          CorsRules: [
            {
              Id: 'app',
              AllowedOrigins: [origin(deployed)],
              AllowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
              AllowedHeaders: ['*'],
              ExposedHeaders: ['ETag'],
              MaxAge: 3600,
            },
          ],
        })),
      },
    },
    UploadsPolicy: {
      type: 'AWS::S3::BucketPolicy',
      attributes: kept,
      properties: {
        Bucket: equals(uploads),
        PolicyDocument: equals({
          Version: '2012-10-17',
          Statement: [tlsOnly([uploadsArn, is.text(uploadsArn, '/*')])],
        }),
      },
    },
    Api: {
      type: 'AWS::ApiGateway::RestApi',
      attributes: {},
      properties: { Name: any, EndpointConfiguration: equals({ Types: ['REGIONAL'] }) },
    },
    NotesResource: {
      type: 'AWS::ApiGateway::Resource',
      attributes: {},
      properties: {
        RestApiId: equals(api),
        ParentId: equals(is.attribute('Api', 'RootResourceId')),
        PathPart: equals('notes'),
      },
    },
    NotesGet: method('GET', 'AWS_IAM'),
    // A browser asks it before it may sign anything.
    NotesOptions: method('OPTIONS', 'NONE'),
    ClientErrors: errors('DEFAULT_4XX'),
    ServerErrors: errors('DEFAULT_5XX'),
    Deployment1: {
      type: 'AWS::ApiGateway::Deployment',
      attributes: {},
      dependsOn: ['NotesGet', 'NotesOptions', 'ClientErrors', 'ServerErrors'],
      properties: { RestApiId: equals(api) },
    },
    ApiStage: {
      type: 'AWS::ApiGateway::Stage',
      attributes: {},
      properties: {
        RestApiId: equals(api),
        DeploymentId: equals(is.ref('Deployment1')),
        StageName: equals('prod'),
        Variables: from(deployed => ({ AppOrigin: origin(deployed) })),
      },
    },
    Identity: {
      type: 'AWS::CloudFormation::Stack',
      attributes: kept,
      properties: { TemplateURL: parameter('IdentityPoolTemplateUrl'), Parameters: equals(nested) },
    },
  },
  outputs: {
    ClientConfiguration: ofIdentity('ClientConfiguration'),
    ApiUrl: from(({ options: { region, urlSuffix } }) =>
      is.text('https://', api, `.execute-api.${region}.${urlSuffix}/`, stage),
    ),
    IdentityPoolId: ofIdentity('IdentityPoolId'),
    LoginProviderName: ofIdentity('LoginProviderName'),
    UserPoolId: equals(userPool),
    UserPoolClientId: equals(client),
    UploadsBucketName: equals(uploads),
    AuthenticatedRoleName: ofIdentity('AuthenticatedRoleName'),
    AuthenticatedRoleArn: ofIdentity('AuthenticatedRoleArn'),
    IdentityPoolTemplateVersion: ofIdentity('TemplateVersion'),
    TemplateId: equals('notes-app'),
    TemplateVersion: any,
  },
}
