/** What a deployer may say. All of it is optional; `rules.ts` says which combinations make sense. */

import { parameter, parameterGroup } from 'poolform'

import { listOrEmpty, orEmpty, patterns, whole } from '../shared/patterns.ts'

const PoolGroup = parameterGroup('Identity pool')
const UserPoolGroup = parameterGroup('Sign-in with an Amazon Cognito user pool')
const ProvidersGroup = parameterGroup('Sign-in with other identity providers')
const GuestsGroup = parameterGroup('Guests and the classic flow')
const FilesGroup = parameterGroup('Files: a folder of each user in an S3 bucket')
const ApiGroup = parameterGroup('API: one Amazon API Gateway API')
const TableGroup = parameterGroup('Rows: a DynamoDB table')
const RolesGroup = parameterGroup('Roles')

export const IdentityPoolName = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.identityPoolName),
  ConstraintDescription: 'must be up to 128 letters, digits, blanks and any of _ + = , . @ -, or be left empty',
  Description: 'The name of the identity pool, for people. Left empty, CloudFormation makes one up.',
  Label: 'Identity pool name',
  Group: PoolGroup,
})

export const UserPoolId = parameter({
  Type: 'String',
  Default: '',
  MaxLength: 55,
  AllowedPattern: orEmpty(patterns.userPoolId),
  ConstraintDescription:
    'must be the ID of a user pool, which starts with its region, such as us-east-1_a1B2c3D4e, or be left empty',
  Description:
    'The ID of the user pool whose users sign in. It may be in another region than this stack. In China, which has no user pools, leave it empty.',
  Label: 'User pool ID',
  Group: UserPoolGroup,
})

const clientIdConstraint =
  'must be the ID of an app client: letters and digits, such as 1example23456789, or be left empty'

export const UserPoolClientId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.userPoolClientId),
  ConstraintDescription: clientIdConstraint,
  Description: 'The ID of the app client of that user pool with which your app signs users in.',
  Label: 'App client ID',
  Group: UserPoolGroup,
})

export const UserPoolClientId2 = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.userPoolClientId),
  ConstraintDescription: clientIdConstraint,
  Description: 'A second app client of the same user pool, for instance of a native app.',
  Label: 'Second app client ID',
  Group: UserPoolGroup,
})

export const UserPoolClientId3 = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.userPoolClientId),
  ConstraintDescription: clientIdConstraint,
  Description: 'A third app client of the same user pool, for instance of an admin app.',
  Label: 'Third app client ID',
  Group: UserPoolGroup,
})

export const FacebookAppId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.facebookAppId),
  ConstraintDescription: 'must be the digits of a Facebook app ID, or be left empty',
  Description: 'The ID of your Facebook app, for sign-in with Facebook without a user pool. Not in China.',
  Label: 'Facebook app ID',
  Group: ProvidersGroup,
})

export const GoogleClientId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.loginProviderId),
  ConstraintDescription: 'must be a client ID such as 123456789012-abc.apps.googleusercontent.com, or be left empty',
  Description:
    'The OAuth client ID of your Google project, for sign-in with Google without a user pool. For several, make an OpenID Connect provider in IAM.',
  Label: 'Google client ID',
  Group: ProvidersGroup,
})

export const AmazonAppId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.loginProviderId),
  ConstraintDescription:
    'must be an app or client ID such as amzn1.application-oa2-client.0123456789abcdef, or be left empty',
  Description: 'The app ID of Login with Amazon, for sign-in with Amazon without a user pool.',
  Label: 'Login with Amazon app ID',
  Group: ProvidersGroup,
})

export const AppleServicesId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.loginProviderId),
  ConstraintDescription: 'must be a Services ID or bundle ID such as com.example.app, or be left empty',
  Description: 'The Services ID (native apps: the bundle ID) of Sign in with Apple, without a user pool.',
  Label: 'Apple Services ID',
  Group: ProvidersGroup,
})

export const OpenIdConnectProviderArns = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: listOrEmpty(patterns.oidcProviderArn, 50),
  ConstraintDescription:
    'must be ARNs of IAM OpenID Connect providers, such as arn:aws:iam::123456789012:oidc-provider/login.example.com, with commas and no blanks between them, or be left empty',
  Description: 'The ARNs of OpenID Connect providers of this account in IAM, with commas between them.',
  Label: 'OpenID Connect provider ARNs',
  Group: ProvidersGroup,
})

export const SamlProviderArns = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: listOrEmpty(patterns.samlProviderArn, 50),
  ConstraintDescription:
    'must be ARNs of IAM SAML providers, such as arn:aws:iam::123456789012:saml-provider/Example, with commas and no blanks between them, or be left empty',
  Description: 'The ARNs of SAML providers of this account in IAM, with commas between them.',
  Label: 'SAML provider ARNs',
  Group: ProvidersGroup,
})

export const DeveloperProviderName = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.developerProviderName),
  ConstraintDescription:
    'must be up to 100 letters, digits and any of _ . -, such as login.example.app, or be left empty',
  Description:
    'The name under which your own backend signs users in (developer authenticated identities). It cannot be changed once it is set.',
  Label: 'Developer provider name',
  Group: ProvidersGroup,
})

export const AllowGuests = option({
  Description:
    'Whether people who have not signed in get credentials too (unauthenticated identities). They reach the public folder, if there is one, and nothing else.',
  Label: 'Allow guests',
  Group: GuestsGroup,
})

export const AllowClassicFlow = option({
  Description:
    'Whether apps may use the classic (basic) flow, in which they choose the role themselves. Leave it off unless an old app needs it.',
  Label: 'Allow the classic flow',
  Group: GuestsGroup,
})

export const UploadsBucketName = parameter({
  Type: 'String',
  Default: '',
  MaxLength: 63,
  AllowedPattern: orEmpty(patterns.bucketName),
  ConstraintDescription:
    'must be the name of a general purpose bucket (3 to 63 lower-case letters, digits, dots and hyphens; no ARN, no URL, no path), or be left empty',
  Description:
    'The name of an S3 bucket of this account. Each signed-in user reaches the folder private/IDENTITY/ of it.',
  Label: 'Bucket name',
  Group: FilesGroup,
})

export const UploadsFolderKeyedBy = parameter({
  Type: 'String',
  Default: 'IdentityId',
  AllowedValues: ['IdentityId', 'UserSub'],
  ConstraintDescription: 'must be IdentityId or UserSub',
  Description:
    'What names a user\'s folder: the identity ID that this pool gives (region:UUID), or the "sub" of the user in the user pool (users of other providers then have no folder). Changing it leaves the files of the old folders out of reach.',
  Label: 'Folders are named by',
  Group: FilesGroup,
})

export const AllowProtectedFolder = option({
  Description:
    'Whether each user also has a folder protected/IDENTITY/, from which other signed-in users may get objects that they know the names of.',
  Label: 'Protected folders',
  Group: FilesGroup,
})

export const AllowPublicFolder = option({
  Description:
    'Whether there is a folder public/, from which everybody with credentials of this pool may get objects and in which signed-in users may put them, also over those of others.',
  Label: 'Public folder',
  Group: FilesGroup,
})

export const UploadsKmsKeyArn = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.kmsKeyArn),
  ConstraintDescription:
    'must be the ARN of a key (not of an alias), such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab, or be left empty',
  Description:
    'The ARN of the AWS KMS key that encrypts the bucket, if it is a customer managed key. The key policy must let IAM policies of this account use it.',
  Label: 'KMS key ARN of the bucket',
  Group: FilesGroup,
})

export const ApiId = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.apiId),
  ConstraintDescription: 'must be the ID of an API, such as a1b2c3d4e5 (no URL, no ARN, no wildcard), or be left empty',
  Description:
    'The ID of the REST, HTTP or WebSocket API of this account that signed-in users may call. Its methods or routes must use IAM authorization.',
  Label: 'API ID',
  Group: ApiGroup,
})

export const ApiRegion = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.region),
  ConstraintDescription: 'must be a region such as us-east-1, or be left empty',
  Description: 'The region of the API. Left empty, it is the region of this stack.',
  Label: 'API region',
  Group: ApiGroup,
})

export const ApiStage = parameter({
  Type: 'String',
  Default: '*',
  AllowedPattern: whole(patterns.apiStage),
  ConstraintDescription: 'must be the name of one stage (letters, digits, _ and -), $default, or * for all stages',
  Description: 'The stage of the API that signed-in users may call: its name, $default, or * for all stages.',
  Label: 'API stage',
  Group: ApiGroup,
})

export const AdditionalApiArns = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: listOrEmpty(patterns.apiArn, 20),
  ConstraintDescription:
    'must be execute-api ARNs with region, account and API ID spelt out, such as arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/*, with commas and no blanks between them, or be left empty',
  Description:
    'ARNs of further APIs, stages or methods that signed-in users may call, with commas between them. Only what follows the API ID may hold a *.',
  Label: 'ARNs of further APIs',
  Group: ApiGroup,
})

export const UserTableName = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.tableName),
  ConstraintDescription:
    'must be the name of a table (3 to 255 letters, digits and any of _ . -; no ARN), or be left empty',
  Description:
    "The name of a DynamoDB table of this account and region. Each signed-in user reaches the rows whose partition key is the user's identity ID.",
  Label: 'Table name',
  Group: TableGroup,
})

export const RoleSelection = parameter({
  Type: 'String',
  Default: 'Default',
  AllowedValues: ['Default', 'Token'],
  ConstraintDescription: 'must be Default or Token',
  Description:
    "Default: every signed-in user gets this stack's role. Token: users of the user pool get the role of their group, where the group has one that trusts this identity pool.",
  Label: 'Role selection',
  Group: RolesGroup,
})

export const AmbiguousRoleResolution = parameter({
  Type: 'String',
  Default: 'Deny',
  AllowedValues: ['Deny', 'AuthenticatedRole'],
  ConstraintDescription: 'must be Deny or AuthenticatedRole',
  Description:
    'With role selection Token: what a user gets whose groups name no role, or several of the same precedence. Deny: no credentials. AuthenticatedRole: the role of this stack.',
  Label: 'When the role is ambiguous',
  Group: RolesGroup,
})

export const UsePrincipalTags = option({
  Description:
    "Whether sessions of the user pool's users carry Cognito's default principal tags (username and client) for your own policies to use.",
  Label: 'Principal tags',
  Group: RolesGroup,
})

export const AdditionalManagedPolicyArns = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: listOrEmpty(patterns.policyArn, 10),
  ConstraintDescription:
    'must be up to 10 ARNs of managed policies, such as arn:aws:iam::123456789012:policy/Example, with commas and no blanks between them, or be left empty',
  Description:
    'ARNs of managed policies to attach to the role of signed-in users, with commas between them. Every user gets all that they allow.',
  Label: 'ARNs of further managed policies',
  Group: RolesGroup,
})

export const PermissionsBoundaryArn = parameter({
  Type: 'String',
  Default: '',
  AllowedPattern: orEmpty(patterns.policyArn),
  ConstraintDescription:
    'must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/Boundary, or be left empty',
  Description:
    "The ARN of the managed policy that bounds the permissions of this stack's roles, if your account asks for one.",
  Label: 'Permissions boundary ARN',
  Group: RolesGroup,
})

export const RolePath = parameter({
  Type: 'String',
  Default: '/',
  MaxLength: 512,
  AllowedPattern: whole(patterns.rolePath),
  ConstraintDescription: 'must be / or a path that starts and ends with a slash, such as /app/users/',
  Description:
    "The path of this stack's roles. Changing it replaces the roles: credentials that users hold then stop working within the hour.",
  Label: 'Role path',
  Group: RolesGroup,
})

/** An option that is off unless it is switched on. */
function option(form: { Description: string; Label: string; Group: ReturnType<typeof parameterGroup> }) {
  return parameter({
    Type: 'String',
    Default: 'false',
    AllowedValues: ['true', 'false'],
    ConstraintDescription: 'must be true or false',
    ...form,
  })
}
