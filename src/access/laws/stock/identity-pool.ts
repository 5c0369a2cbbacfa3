import type { Deployed } from '../deployed.ts'
import { userPoolOf } from '../providers.ts'
import { is } from '../same.ts'
import { any, equals, from, given, isOn, kept, keptUntilReplaced, parameter, type Stock } from './stock.ts'

const off = (law: 1 | 2 | 4 | 5 | 6) => ({ law, default: 'false' }) as const
const none = (law: 1 | 2 | 4 | 5 | 6) => ({ law, default: '' }) as const

const pool = is.ref('IdentityPool')
const guestArn = is.attribute('UnauthenticatedRole', 'Arn')

const role = {
  Description: any,
  Path: parameter('RolePath'),
  PermissionsBoundary: any,
  AssumeRolePolicyDocument: any,
  Policies: any,
}

/** Which providers, laws 1 and 6 say. */
const poolProperties = {
  IdentityPoolName: parameter('IdentityPoolName'),
  AllowUnauthenticatedIdentities: from(({ options }) => options.guests),
  AllowClassicFlow: from(({ options }) => options.classicFlow),
  CognitoIdentityProviders: any,
  SupportedLoginProviders: any,
  OpenIdConnectProviderARNs: any,
  SamlProviderARNs: any,
  DeveloperProviderName: any,
}

const attachment = {
  type: 'AWS::Cognito::IdentityPoolRoleAttachment',
  attributes: kept,
  properties: { IdentityPoolId: equals(pool), Roles: any, RoleMappings: any },
} as const

const hasTags = (deployed: Deployed) => deployed.options.isKeyedBySub || deployed.options.defaultTags

const outputs = {
  IdentityPoolId: equals(pool),
  AuthenticatedRoleArn: equals(is.attribute('AuthenticatedRole', 'Arn')),
  AuthenticatedRoleName: equals(is.ref('AuthenticatedRole')),
  LoginProviderName: from(({ options }) => userPoolOf(options)),
}

const hosts = '[a-z0-9-]+'

export const identityPool: Stock = {
  parameters: {
    IdentityPoolName: { law: 6, default: '', mayBe: /^[\w +=,.@-]+$/ },
    UserPoolId: none(1),
    UserPoolClientId: none(1),
    UserPoolClientId2: none(1),
    UserPoolClientId3: none(1),
    FacebookAppId: none(1),
    GoogleClientId: none(1),
    AmazonAppId: none(1),
    AppleServicesId: none(1),
    OpenIdConnectProviderArns: none(1),
    SamlProviderArns: none(1),
    DeveloperProviderName: none(1),
    AllowGuests: off(6),
    AllowClassicFlow: off(6),
    UploadsBucketName: none(2),
    UploadsFolderKeyedBy: { law: 6, default: 'IdentityId' },
    AllowProtectedFolder: off(6),
    AllowPublicFolder: off(6),
    UploadsKmsKeyArn: none(5),
    ApiId: none(4),
    ApiRegion: none(4),
    // Of the one API that is named.
    ApiStage: { law: 4, default: '*', mayBe: /^(?:\*|\$default)$/ },
    AdditionalApiArns: {
      ...none(4),
      // Behind the API's ID.
      mayBe: new RegExp(
        `^(?:(?:^|,)arn:[a-z-]+:execute-api:${hosts}:\\d{12}:[a-z0-9]{8,}/(?:\\$default|[A-Za-z0-9_*-]+)(?:/[^\\s,?$"'\\\\{}]*)*)+$`,
      ),
    },
    UserTableName: none(2),
    RoleSelection: { law: 6, default: 'Default' },
    AmbiguousRoleResolution: { law: 6, default: 'Deny' },
    UsePrincipalTags: off(6),
    AdditionalManagedPolicyArns: none(5),
    PermissionsBoundaryArn: none(5),
    RolePath: { law: 6, default: '/', mayBe: /^\/(?:[\w+=,.@-]+\/)*$/ },
  },
  resources: {
    IdentityPool: { type: 'AWS::Cognito::IdentityPool', attributes: kept, properties: poolProperties },
    AuthenticatedRole: {
      type: 'AWS::IAM::Role',
      attributes: keptUntilReplaced,
      properties: { ...role, ManagedPolicyArns: any },
    },
    UnauthenticatedRole: {
      type: 'AWS::IAM::Role',
      isThere: ({ options }) => options.guests,
      attributes: {},
      properties: role,
    },
    RoleAttachment: attachment,
    PrincipalTag: {
      type: 'AWS::Cognito::IdentityPoolPrincipalTag',
      isThere: hasTags,
      attributes: {},
      properties: { IdentityPoolId: any, IdentityProviderName: any, UseDefaults: any, PrincipalTags: any },
    },
  },
  outputs: {
    ...outputs,
    IdentityPoolArn: from(({ options: { partition, region, account } }) =>
      is.text(`arn:${partition}:cognito-identity:${region}:${account}:identitypool/`, pool),
    ),
    UnauthenticatedRoleArn: from(deployed => (isOn('AllowGuests')(deployed) ? guestArn : undefined)),
    ClientConfiguration: from(clientConfiguration),
    TemplateId: equals('identity-pool'),
    TemplateVersion: any,
  },
}

function clientConfiguration(deployed: Deployed) {
  const { options } = deployed
  const client = given(deployed, 'UserPoolClientId')
  const userPool =
    options.userPool === undefined ? '' : `"userPoolId":"${options.userPool}","userPoolClientId":"${client}",`
  const bucket = options.bucket
  const storage = bucket === undefined ? '' : `,"Storage":{"S3":{"bucket":"${bucket}","region":"${options.region}"}}`
  return is.text(
    `{"Auth":{"Cognito":{${userPool}"identityPoolId":"`,
    pool,
    `","allowGuestAccess":${options.guests}}}${storage}}`,
  )
}

/** It gives more than the laws allow, but makes nothing more. */
export const tutorial: Stock = {
  parameters: {
    IdentityPoolName: { law: 6, default: '', mayBe: /^[\w +=,.@-]+$/ },
    UserPoolId: { law: 1 },
    UserPoolClientId: { law: 1 },
    UploadsBucketName: { law: 2 },
    ApiId: { law: 4 },
    ApiRegion: none(4),
  },
  resources: {
    IdentityPool: { type: 'AWS::Cognito::IdentityPool', attributes: kept, properties: poolProperties },
    AuthenticatedRole: {
      type: 'AWS::IAM::Role',
      attributes: keptUntilReplaced,
      properties: { Description: any, AssumeRolePolicyDocument: any, Policies: any },
    },
    RoleAttachment: attachment,
  },
  outputs: {
    ...outputs,
    TemplateId: equals('identity-pool-tutorial'),
    TemplateVersion: any,
  },
}
