/** What of the template is there, by what the deployer said. */

import { And, condition, Equals, Or, Ref } from 'poolform'

import { isGiven, isOn } from '../shared/predicates.ts'
import {
  AdditionalApiArns,
  AdditionalManagedPolicyArns,
  AllowClassicFlow,
  AllowGuests,
  AllowProtectedFolder,
  AllowPublicFolder,
  AmazonAppId,
  ApiId,
  ApiRegion,
  AppleServicesId,
  DeveloperProviderName,
  FacebookAppId,
  GoogleClientId,
  IdentityPoolName,
  OpenIdConnectProviderArns,
  PermissionsBoundaryArn,
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
} from './parameters.ts'

export const HasIdentityPoolName = condition(isGiven(IdentityPoolName))
export const HasUserPool = condition(And(isGiven(UserPoolId), isGiven(UserPoolClientId)))
export const HasSecondClient = condition(And(isGiven(UserPoolId), isGiven(UserPoolClientId2)))
export const HasThirdClient = condition(And(isGiven(UserPoolId), isGiven(UserPoolClientId3)))
export const HasFacebook = condition(isGiven(FacebookAppId))
export const HasGoogle = condition(isGiven(GoogleClientId))
export const HasAmazon = condition(isGiven(AmazonAppId))
export const HasApple = condition(isGiven(AppleServicesId))
export const HasSocialSignIn = condition(Or(HasFacebook, HasGoogle, HasAmazon, HasApple))
export const HasOpenIdConnect = condition(isGiven(OpenIdConnectProviderArns))
export const HasSaml = condition(isGiven(SamlProviderArns))
export const HasDeveloperProvider = condition(isGiven(DeveloperProviderName))
export const GuestsAllowed = condition(isOn(AllowGuests))
export const ClassicFlowAllowed = condition(isOn(AllowClassicFlow))
export const HasUploads = condition(isGiven(UploadsBucketName))
export const FolderIsUserSub = condition(And(Equals(Ref(UploadsFolderKeyedBy), 'UserSub'), HasUploads, HasUserPool))
export const HasProtectedFolder = condition(And(isOn(AllowProtectedFolder), HasUploads))
export const HasPublicFolder = condition(And(isOn(AllowPublicFolder), HasUploads))
export const HasKmsKey = condition(And(isGiven(UploadsKmsKeyArn), HasUploads))
export const GuestsDecrypt = condition(And(HasPublicFolder, HasKmsKey))
export const HasApi = condition(isGiven(ApiId))
export const HasApiRegion = condition(isGiven(ApiRegion))
export const HasAdditionalApis = condition(isGiven(AdditionalApiArns))
export const HasUserTable = condition(isGiven(UserTableName))
export const RoleIsByToken = condition(And(Equals(Ref(RoleSelection), 'Token'), HasUserPool))
export const DefaultTagsUsed = condition(And(isOn(UsePrincipalTags), HasUserPool))
export const HasPrincipalTags = condition(Or(DefaultTagsUsed, FolderIsUserSub))
export const HasManagedPolicies = condition(isGiven(AdditionalManagedPolicyArns))
export const HasPermissionsBoundary = condition(isGiven(PermissionsBoundaryArn))
