/** Who signs in: the user pool and the app client of the web app. */

import { comment, condition, If, Ref, resource } from 'poolform'
import type {} from 'poolform/aws/cognito'

import { isOn } from '../shared/predicates.ts'
import { AllowSignUp, UserPoolDeletionProtection } from './parameters.ts'

export const SignUpAllowed = condition(isOn(AllowSignUp))

export const UserPool = comment(
  'Kept when the stack is deleted: its users cannot be made again.',
  resource({
    Type: 'AWS::Cognito::UserPool',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      DeletionProtection: Ref(UserPoolDeletionProtection),
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      // The old address stays until the new one is verified.
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: If(SignUpAllowed, false, true) },
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          RequireUppercase: true,
          TemporaryPasswordValidityDays: 3,
        },
      },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    },
  }),
)

export const UserPoolClient = comment(
  'The web app: it keeps no secret, and the password never leaves the browser (SRP). Kept with the pool, since the app and the identity pool know it by its ID.',
  resource({
    Type: 'AWS::Cognito::UserPoolClient',
    DeletionPolicy: 'RetainExceptOnCreate',
    // A client that a change has replaced must not go on signing users in.
    UpdateReplacePolicy: 'Delete',
    Properties: {
      UserPoolId: Ref(UserPool),
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AccessTokenValidity: 60,
      IdTokenValidity: 60,
      RefreshTokenValidity: 30,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
      // Left out, users could write every attribute, also one that decides access some day.
      WriteAttributes: ['email', 'name'],
    },
  }),
)
