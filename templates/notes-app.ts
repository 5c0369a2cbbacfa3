import { AWS, Build, comment, defineTemplate, GetAtt, output, Ref, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/cloudformation'

import {
  Api,
  ApiEndpoints,
  ApiStage,
  ClientErrors,
  Deployment1,
  NotesGet,
  NotesOptions,
  NotesResource,
  ServerErrors,
} from './notes-app/api.ts'
import { AllowSignUp, AppOrigin, IdentityPoolTemplateUrl, UserPoolDeletionProtection } from './notes-app/parameters.ts'
import { Uploads, UploadsPolicy } from './notes-app/uploads.ts'
import { SignUpAllowed, UserPool, UserPoolClient } from './notes-app/users.ts'

const Identity = comment(
  'The template identity-pool. Kept when this stack is deleted, as a stack of its own with all that it made: users keep their identities, and so their folders.',
  resource({
    Type: 'AWS::CloudFormation::Stack',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TemplateURL: Ref(IdentityPoolTemplateUrl),
      Parameters: {
        UserPoolId: Ref(UserPool),
        UserPoolClientId: Ref(UserPoolClient),
        UploadsBucketName: Ref(Uploads),
        ApiId: Ref(Api),
        ApiStage: Ref(ApiStage),
      },
    },
  }),
)

export default defineTemplate({
  Description:
    'A whole app to start from: a user pool with its app client, a bucket for uploads, an API that asks for a signature, and, nested, the identity pool that lets each user reach the own folder and the API',
  Parameters: { IdentityPoolTemplateUrl, AppOrigin, AllowSignUp, UserPoolDeletionProtection },
  Mappings: { ApiEndpoints },
  Conditions: { SignUpAllowed },
  Resources: {
    UserPool,
    UserPoolClient,
    Uploads,
    UploadsPolicy,
    Api,
    NotesResource,
    NotesGet,
    NotesOptions,
    ClientErrors,
    ServerErrors,
    Deployment1,
    ApiStage,
    Identity,
  },
  Outputs: {
    ClientConfiguration: output({
      Description: 'What Amplify.configure takes, as JSON, but for the API: see ApiUrl',
      Value: GetAtt(Identity, 'Outputs.ClientConfiguration'),
    }),
    ApiUrl: output({
      Description: 'The URL of the API, to which requests are signed for execute-api; /notes is there',
      Value: Sub`https://${Api}.execute-api.${AWS.Region}.${AWS.URLSuffix}/${ApiStage}`,
    }),
    IdentityPoolId: output({
      Description: 'The ID of the identity pool',
      Value: GetAtt(Identity, 'Outputs.IdentityPoolId'),
    }),
    LoginProviderName: output({
      Description: 'The key under which your app passes the ID token of the user pool in Logins',
      Value: GetAtt(Identity, 'Outputs.LoginProviderName'),
    }),
    UserPoolId: output({ Description: 'The ID of the user pool', Value: Ref(UserPool) }),
    UserPoolClientId: output({ Description: 'The ID of the app client', Value: Ref(UserPoolClient) }),
    UploadsBucketName: output({
      Description: 'The name of the bucket, in which each user has the folder private/IDENTITY/',
      Value: Ref(Uploads),
    }),
    AuthenticatedRoleName: output({
      Description: 'The name of the role that signed-in users get, to attach policies of your own to',
      Value: GetAtt(Identity, 'Outputs.AuthenticatedRoleName'),
    }),
    AuthenticatedRoleArn: output({
      Description: 'The ARN of the role that signed-in users get',
      Value: GetAtt(Identity, 'Outputs.AuthenticatedRoleArn'),
    }),
    IdentityPoolTemplateVersion: output({
      Description: 'The version of the template identity-pool that is nested',
      Value: GetAtt(Identity, 'Outputs.TemplateVersion'),
    }),
    TemplateId: output({ Description: 'The template that this stack was made from', Value: Build.TemplateId }),
    TemplateVersion: output({ Description: 'The version of that template', Value: Build.TemplateVersion }),
  },
})
