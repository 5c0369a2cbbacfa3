/** Combinations of parameters that make no sense: CloudFormation refuses them, in these words, before it makes anything. */

import { And, Equals, Not, Or, Ref, rule } from 'poolform'

import { isGiven, isOn } from '../shared/predicates.ts'
import {
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
  OpenIdConnectProviderArns,
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
} from './parameters.ts'

export const UserPoolHasClient = rule({
  RuleCondition: isGiven(UserPoolId),
  Assertions: [
    {
      Assert: isGiven(UserPoolClientId),
      AssertDescription: 'UserPoolId needs UserPoolClientId: the app client with which your app signs users in',
    },
  ],
})

export const ClientHasUserPool = rule({
  RuleCondition: Or(isGiven(UserPoolClientId), isGiven(UserPoolClientId2), isGiven(UserPoolClientId3)),
  Assertions: [
    {
      Assert: isGiven(UserPoolId),
      AssertDescription:
        'UserPoolClientId, UserPoolClientId2 and UserPoolClientId3 need UserPoolId: the user pool that the app clients belong to',
    },
  ],
})

export const SomebodyCanSignIn = rule({
  Assertions: [
    {
      Assert: Or(
        isGiven(UserPoolId),
        isGiven(FacebookAppId),
        isGiven(GoogleClientId),
        isGiven(AmazonAppId),
        isGiven(AppleServicesId),
        isGiven(OpenIdConnectProviderArns),
        isGiven(SamlProviderArns),
        isGiven(DeveloperProviderName),
        isOn(AllowGuests),
      ),
      AssertDescription:
        'There is nothing to sign in with: give UserPoolId and UserPoolClientId, or another identity provider, or set AllowGuests to true',
    },
  ],
})

export const ClientsDiffer = rule({
  Assertions: [
    {
      Assert: Or(Equals(Ref(UserPoolClientId2), ''), Not(Equals(Ref(UserPoolClientId2), Ref(UserPoolClientId)))),
      AssertDescription:
        'UserPoolClientId2 is the same app client as UserPoolClientId: give another one, or leave it empty',
    },
    {
      Assert: Or(
        Equals(Ref(UserPoolClientId3), ''),
        And(
          Not(Equals(Ref(UserPoolClientId3), Ref(UserPoolClientId))),
          Not(Equals(Ref(UserPoolClientId3), Ref(UserPoolClientId2))),
        ),
      ),
      AssertDescription: 'UserPoolClientId3 is the same app client as another one: give another one, or leave it empty',
    },
  ],
})

export const ClassicFlowIsAlone = rule({
  RuleCondition: isOn(AllowClassicFlow),
  Assertions: [
    {
      Assert: Equals(Ref(AllowGuests), 'false'),
      AssertDescription:
        'AllowClassicFlow cannot go with AllowGuests: the classic flow takes the limits away that Cognito sets to guests',
    },
    {
      Assert: Equals(Ref(RoleSelection), 'Default'),
      AssertDescription:
        'AllowClassicFlow cannot go with RoleSelection Token: in the classic flow the app chooses the role, and Cognito refuses it where roles are mapped',
    },
  ],
})

export const FilesHaveBucket = rule({
  RuleCondition: Equals(Ref(UploadsBucketName), ''),
  Assertions: [
    {
      Assert: Equals(Ref(UploadsKmsKeyArn), ''),
      AssertDescription: 'UploadsKmsKeyArn needs UploadsBucketName: the bucket that the key encrypts',
    },
    {
      Assert: Equals(Ref(AllowProtectedFolder), 'false'),
      AssertDescription: 'AllowProtectedFolder needs UploadsBucketName: the bucket that holds the folders',
    },
    {
      Assert: Equals(Ref(AllowPublicFolder), 'false'),
      AssertDescription: 'AllowPublicFolder needs UploadsBucketName: the bucket that holds the folder',
    },
    {
      Assert: Equals(Ref(UploadsFolderKeyedBy), 'IdentityId'),
      AssertDescription: 'UploadsFolderKeyedBy UserSub needs UploadsBucketName: the bucket that holds the folders',
    },
  ],
})

export const ApiOptionsHaveApi = rule({
  RuleCondition: Equals(Ref(ApiId), ''),
  Assertions: [
    {
      Assert: Equals(Ref(ApiRegion), ''),
      AssertDescription: 'ApiRegion needs ApiId: the API that is in that region',
    },
    {
      Assert: Equals(Ref(ApiStage), '*'),
      AssertDescription: 'ApiStage needs ApiId: the API that has that stage',
    },
  ],
})

export const UserPoolOptionsHaveUserPool = rule({
  RuleCondition: Equals(Ref(UserPoolId), ''),
  Assertions: [
    {
      Assert: Equals(Ref(RoleSelection), 'Default'),
      AssertDescription: 'RoleSelection Token needs UserPoolId: the user pool whose groups have the roles',
    },
    {
      Assert: Equals(Ref(UsePrincipalTags), 'false'),
      AssertDescription: 'UsePrincipalTags needs UserPoolId: the user pool whose claims become tags',
    },
    {
      Assert: Equals(Ref(UploadsFolderKeyedBy), 'IdentityId'),
      AssertDescription: 'UploadsFolderKeyedBy UserSub needs UserPoolId: the user pool whose users have a sub',
    },
  ],
})

export const AmbiguityHasToken = rule({
  RuleCondition: Equals(Ref(RoleSelection), 'Default'),
  Assertions: [
    {
      Assert: Equals(Ref(AmbiguousRoleResolution), 'Deny'),
      AssertDescription: 'AmbiguousRoleResolution needs RoleSelection Token: with Default no role is ambiguous',
    },
  ],
})
