import {
  AWS,
  Build,
  comment,
  defineTemplate,
  GetAtt,
  If,
  type Intrinsic,
  output,
  type Parameter,
  Ref,
  resource,
  Split,
  Sub,
} from 'poolform'
import type {} from 'poolform/aws/cognito'
import type {} from 'poolform/aws/iam'

import {
  ClassicFlowAllowed,
  DefaultTagsUsed,
  FolderIsUserSub,
  GuestsAllowed,
  GuestsDecrypt,
  HasAdditionalApis,
  HasAmazon,
  HasApi,
  HasApiRegion,
  HasApple,
  HasDeveloperProvider,
  HasFacebook,
  HasGoogle,
  HasIdentityPoolName,
  HasKmsKey,
  HasManagedPolicies,
  HasOpenIdConnect,
  HasPermissionsBoundary,
  HasPrincipalTags,
  HasProtectedFolder,
  HasPublicFolder,
  HasSaml,
  HasSecondClient,
  HasSocialSignIn,
  HasThirdClient,
  HasUploads,
  HasUserPool,
  HasUserTable,
  RoleIsByToken,
} from './identity-pool/conditions.ts'
import {
  AdditionalApiArns,
  AdditionalManagedPolicyArns,
  AllowClassicFlow,
  AllowGuests,
  AllowProtectedFolder,
  AllowPublicFolder,
  AmazonAppId,
  AmbiguousRoleResolution,
  ApiId,
  ApiRegion,
  ApiStage,
  AppleServicesId,
  DeveloperProviderName,
  FacebookAppId,
  GoogleClientId,
  IdentityPoolName,
  OpenIdConnectProviderArns,
  PermissionsBoundaryArn,
  RolePath,
  RoleSelection,
  SamlProviderArns,
  UploadsBucketName,
  UploadsFolderKeyedBy,
  UploadsKmsKeyArn,
  UsePrincipalTags,
  UserPoolClientId,
  UserPoolClientId2,
  UserPoolClientId3,
  UserPoolId,
  UserTableName,
} from './identity-pool/parameters.ts'
import { policiesOfGuests, policiesOfUsers, userSubTag } from './identity-pool/permissions.ts'
import {
  AmbiguityHasToken,
  ApiOptionsHaveApi,
  ClassicFlowIsAlone,
  ClientHasUserPool,
  ClientsDiffer,
  FilesHaveBucket,
  SomebodyCanSignIn,
  UserPoolHasClient,
  UserPoolOptionsHaveUserPool,
} from './identity-pool/rules.ts'
import { byHost, HasRegionalHost, IdentityHosts, IsChina, IsGovCloudWest } from './shared/identity-host.ts'
import { onlyIf } from './shared/predicates.ts'
import { trustPolicy, trustStatement } from './shared/trust.ts'
import { userPoolClientProviderName, userPoolProvider, userPoolProviderName } from './shared/user-pool.ts'

const IdentityPool = comment(
  'Kept when the stack is deleted: a new pool would give every user a new identity, and so another folder.',
  resource({
    Type: 'AWS::Cognito::IdentityPool',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      IdentityPoolName: onlyIf(HasIdentityPoolName, Ref(IdentityPoolName)),
      AllowUnauthenticatedIdentities: If(GuestsAllowed, true, false),
      // Written also when it is off: not set is not the same as false.
      AllowClassicFlow: If(ClassicFlowAllowed, true, false),
      CognitoIdentityProviders: onlyIf(HasUserPool, [
        userPoolProvider(UserPoolId, UserPoolClientId),
        onlyIf(HasSecondClient, userPoolProvider(UserPoolId, UserPoolClientId2)),
        onlyIf(HasThirdClient, userPoolProvider(UserPoolId, UserPoolClientId3)),
      ]),
      SupportedLoginProviders: onlyIf(HasSocialSignIn, {
        'graph.facebook.com': onlyIf(HasFacebook, Ref(FacebookAppId)),
        'accounts.google.com': onlyIf(HasGoogle, Ref(GoogleClientId)),
        'www.amazon.com': onlyIf(HasAmazon, Ref(AmazonAppId)),
        'appleid.apple.com': onlyIf(HasApple, Ref(AppleServicesId)),
      }),
      OpenIdConnectProviderARNs: onlyIf(HasOpenIdConnect, Split(',', Ref(OpenIdConnectProviderArns))),
      SamlProviderARNs: onlyIf(HasSaml, Split(',', Ref(SamlProviderArns))),
      DeveloperProviderName: onlyIf(HasDeveloperProvider, Ref(DeveloperProviderName)),
    },
  }),
)

const AuthenticatedRole = comment(
  'Kept with the pool, which without it would refuse every user.',
  resource({
    Type: 'AWS::IAM::Role',
    DeletionPolicy: 'RetainExceptOnCreate',
    // A role that a change of RolePath has replaced must not go on trusting the pool.
    UpdateReplacePolicy: 'Delete',
    Properties: {
      Description: Sub`Signed-in users of the identity pool of stack ${AWS.StackName}`,
      Path: Ref(RolePath),
      PermissionsBoundary: onlyIf(HasPermissionsBoundary, Ref(PermissionsBoundaryArn)),
      AssumeRolePolicyDocument: trustPolicy(
        'authenticated',
        byHost(host =>
          trustStatement(host, IdentityPool, 'authenticated', [onlyIf(HasPrincipalTags, 'sts:TagSession')]),
        ),
      ),
      ManagedPolicyArns: onlyIf(HasManagedPolicies, Split(',', Ref(AdditionalManagedPolicyArns))),
      Policies: policiesOfUsers,
    },
  }),
)

const UnauthenticatedRole = comment(
  'There only while guests are allowed, and not kept: an option that is off leaves no trace.',
  resource({
    Type: 'AWS::IAM::Role',
    Condition: GuestsAllowed,
    Properties: {
      Description: Sub`Guests of the identity pool of stack ${AWS.StackName}`,
      Path: Ref(RolePath),
      PermissionsBoundary: onlyIf(HasPermissionsBoundary, Ref(PermissionsBoundaryArn)),
      AssumeRolePolicyDocument: trustPolicy(
        'unauthenticated',
        byHost(host => trustStatement(host, IdentityPool, 'unauthenticated')),
      ),
      Policies: policiesOfGuests,
    },
  }),
)

/** Amazon Cognito reads the role from the token: the preferred role of the user's groups. */
function roleByToken(client: Parameter<string>) {
  return {
    IdentityProvider: userPoolClientProviderName(UserPoolId, client),
    Type: 'Token',
    AmbiguousRoleResolution: Ref(AmbiguousRoleResolution),
  } as const
}

const RoleAttachment = comment(
  'A pool has room for one attachment only: two of them, here or elsewhere, overwrite each other or fail with AlreadyExists.',
  resource({
    Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      IdentityPoolId: Ref(IdentityPool),
      Roles: {
        authenticated: GetAtt(AuthenticatedRole, 'Arn'),
        unauthenticated: onlyIf(GuestsAllowed, GetAtt(UnauthenticatedRole, 'Arn')),
      },
      // The keys are only names: CloudFormation computes none, and IdentityProvider says which provider it is.
      RoleMappings: onlyIf(RoleIsByToken, {
        UserPoolClient: roleByToken(UserPoolClientId),
        UserPoolClient2: onlyIf(HasSecondClient, roleByToken(UserPoolClientId2)),
        UserPoolClient3: onlyIf(HasThirdClient, roleByToken(UserPoolClientId3)),
      }),
    },
  }),
)

const PrincipalTag = comment(
  'Claims of the user pool that sessions carry as principal tags. Users must not be able to write a claim that decides access: these two they cannot.',
  resource({
    Type: 'AWS::Cognito::IdentityPoolPrincipalTag',
    Condition: HasPrincipalTags,
    Properties: {
      IdentityPoolId: Ref(IdentityPool),
      IdentityProviderName: userPoolProviderName(UserPoolId),
      UseDefaults: If(FolderIsUserSub, false, true),
      // The default map is username: sub and client: aud; a map of its own replaces it.
      PrincipalTags: onlyIf(FolderIsUserSub, {
        [userSubTag]: 'sub',
        username: onlyIf(DefaultTagsUsed, 'sub'),
        client: onlyIf(DefaultTagsUsed, 'aud'),
      }),
    },
  }),
)

/** What Amplify.configure takes. https://docs.amplify.aws/javascript/build-a-backend/auth/set-up-auth/ */
function clientConfiguration(): Intrinsic<string> {
  const UserPool = If<string>(
    HasUserPool,
    Sub`"userPoolId":"${UserPoolId}","userPoolClientId":"${UserPoolClientId}",`,
    '',
  )
  const Storage = If<string>(
    HasUploads,
    Sub`,"Storage":{"S3":{"bucket":"${UploadsBucketName}","region":"${AWS.Region}"}}`,
    '',
  )
  return Sub`{"Auth":{"Cognito":{${{ UserPool }}"identityPoolId":"${IdentityPool}","allowGuestAccess":${AllowGuests}}}${{ Storage }}}`
}

export default defineTemplate({
  Description:
    'An Amazon Cognito identity pool: signed-in users get temporary AWS credentials for their own folder of an S3 bucket, one API and their own rows of a table, as far as each is asked for, and for nothing else',
  Parameters: {
    IdentityPoolName,
    UserPoolId,
    UserPoolClientId,
    UserPoolClientId2,
    UserPoolClientId3,
    FacebookAppId,
    GoogleClientId,
    AmazonAppId,
    AppleServicesId,
    OpenIdConnectProviderArns,
    SamlProviderArns,
    DeveloperProviderName,
    AllowGuests,
    AllowClassicFlow,
    UploadsBucketName,
    UploadsFolderKeyedBy,
    AllowProtectedFolder,
    AllowPublicFolder,
    UploadsKmsKeyArn,
    ApiId,
    ApiRegion,
    ApiStage,
    AdditionalApiArns,
    UserTableName,
    RoleSelection,
    AmbiguousRoleResolution,
    UsePrincipalTags,
    AdditionalManagedPolicyArns,
    PermissionsBoundaryArn,
    RolePath,
  },
  Rules: {
    UserPoolHasClient,
    ClientHasUserPool,
    SomebodyCanSignIn,
    ClientsDiffer,
    ClassicFlowIsAlone,
    FilesHaveBucket,
    ApiOptionsHaveApi,
    UserPoolOptionsHaveUserPool,
    AmbiguityHasToken,
  },
  Mappings: { IdentityHosts },
  Conditions: {
    IsGovCloudWest,
    IsChina,
    HasRegionalHost,
    HasIdentityPoolName,
    HasUserPool,
    HasSecondClient,
    HasThirdClient,
    HasFacebook,
    HasGoogle,
    HasAmazon,
    HasApple,
    HasSocialSignIn,
    HasOpenIdConnect,
    HasSaml,
    HasDeveloperProvider,
    GuestsAllowed,
    ClassicFlowAllowed,
    HasUploads,
    FolderIsUserSub,
    HasProtectedFolder,
    HasPublicFolder,
    HasKmsKey,
    GuestsDecrypt,
    HasApi,
    HasApiRegion,
    HasAdditionalApis,
    HasUserTable,
    RoleIsByToken,
    DefaultTagsUsed,
    HasPrincipalTags,
    HasManagedPolicies,
    HasPermissionsBoundary,
  },
  Resources: { IdentityPool, AuthenticatedRole, UnauthenticatedRole, RoleAttachment, PrincipalTag },
  Outputs: {
    IdentityPoolId: output({ Description: 'The ID of the identity pool, for your app', Value: Ref(IdentityPool) }),
    IdentityPoolArn: output({
      Description: 'The ARN of the identity pool',
      Value: Sub`arn:${AWS.Partition}:cognito-identity:${AWS.Region}:${AWS.AccountId}:identitypool/${IdentityPool}`,
    }),
    AuthenticatedRoleArn: output({
      Description: 'The ARN of the role that signed-in users get',
      Value: GetAtt(AuthenticatedRole, 'Arn'),
    }),
    AuthenticatedRoleName: output({
      Description: 'The name of the role that signed-in users get, to attach policies of your own to',
      Value: Ref(AuthenticatedRole),
    }),
    UnauthenticatedRoleArn: output({
      Condition: GuestsAllowed,
      Description: 'The ARN of the role that guests get',
      Value: GetAtt(UnauthenticatedRole, 'Arn'),
    }),
    LoginProviderName: output({
      Condition: HasUserPool,
      Description: 'The key under which your app passes the ID token of the user pool in Logins',
      Value: userPoolProviderName(UserPoolId),
    }),
    ClientConfiguration: output({
      Description:
        'What Amplify.configure takes, as JSON. It takes the bucket to be in the region of this stack: mend the region if it is in another.',
      Value: clientConfiguration(),
    }),
    TemplateId: output({ Description: 'The template that this stack was made from', Value: Build.TemplateId }),
    TemplateVersion: output({ Description: 'The version of that template', Value: Build.TemplateVersion }),
  },
})
