import type { Law } from '../../src/access/laws/index.ts'
import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import { all, at, type Change, each, remove, rewrite, set } from './mutate.ts'

/** A slip in a template, with the law that must see it. */
export type Mutant = readonly [law: Law, name: string, change: Change]

const users = 'Resources.AuthenticatedRole.Properties'
const guests = 'Resources.UnauthenticatedRole.Properties'
const trustOf = (role: string) => `${role}.AssumeRolePolicyDocument`

/** Each trust statement of a role: one for each host. */
function trust(role: string, change: (statement: JsonObject, host: string) => Json): Change {
  return each(
    trustOf(role),
    it => 'Effect' in it,
    it => {
      const { Principal } = it
      return change(it, isObject(Principal) ? String(Principal['Federated']) : '')
    },
  )
}

function condition(role: string, change: (host: string) => JsonObject): Change {
  return trust(role, (it, host) => ({ ...it, Condition: change(host) }))
}

const aud = (host: string): JsonObject => ({ [`${host}:aud`]: { Ref: 'IdentityPool' } })
const amr = (host: string, value: Json = 'authenticated'): JsonObject => ({ [`${host}:amr`]: value })
const isMethod = (host: string, value: Json = 'authenticated') => ({ 'ForAnyValue:StringLike': amr(host, value) })
const isAudience = (host: string) => ({ StringEquals: aud(host) })

/** A statement by its `Sid`; of both roles, if both have it. */
function statement(sid: string, change: (it: JsonObject) => Json | undefined, role = users): Change {
  return each(`${role}.Policies`, it => it['Sid'] === sid, change)
}

const allows = (sid: string, ...actions: readonly string[]) =>
  statement(sid, it => ({ ...it, Action: [it['Action'] ?? []].flat().concat(actions) }))
const names = (sid: string, action: Json) => statement(sid, it => ({ ...it, Action: action }))
const on = (sid: string, resource: Json, role = users) => statement(sid, it => ({ ...it, Resource: resource }), role)
const if_ = (sid: string, value: Json) => statement(sid, it => ({ ...it, Condition: value }))
const free = (sid: string, role = users) => statement(sid, ({ Condition: _, ...it }) => it, role)

const inText = (sid: string, from: string | RegExp, to: string, role = users) =>
  statement(sid, it => JSON.parse(JSON.stringify(it).replaceAll(from, to)), role)

/** A policy of a role without the choice around it. */
function always(role: string, name: string): Change {
  const isOne = (it: JsonObject) => {
    const choice = it['Fn::If']
    const policy: Json | undefined = Array.isArray(choice) ? choice[1] : undefined
    return isObject(policy) && policy['PolicyName'] === name
  }
  return each(`${role}.Policies`, isOne, it => (Array.isArray(it['Fn::If']) ? it['Fn::If'][1] : it))
}

const more = (role: string, ...statements: readonly JsonObject[]): Change =>
  at(`${role}.Policies`, policies => [
    ...(Array.isArray(policies) ? policies : []),
    { PolicyName: 'more', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  ])

const allow = (Action: Json, Resource: Json, others: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...others,
})

const bucket = { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${UploadsBucketName}' }
const objects = (key: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::\${UploadsBucketName}/${key}` })
const api = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:execute-api:${rest}` })
const table = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:dynamodb:${rest}` })

/** Of `identity-pool`. */
export const mutants: readonly Mutant[] = [
  // Who gets the roles.
  [1, 'the users’ role without aud', condition(users, host => isMethod(host))],
  [1, 'the guests’ role without aud', condition(guests, host => isMethod(host, 'unauthenticated'))],
  [
    1,
    'aud of another pool',
    condition(users, host => ({ StringEquals: { [`${host}:aud`]: 'us-east-1:0000' }, ...isMethod(host) })),
  ],
  [
    1,
    'aud of this pool or another',
    condition(users, host => ({
      StringEquals: { [`${host}:aud`]: [{ Ref: 'IdentityPool' }, 'us-east-1:0000'] },
      ...isMethod(host),
    })),
  ],
  [1, 'StringLike for aud', condition(users, host => ({ StringLike: aud(host), ...isMethod(host) }))],
  [
    1,
    'any aud of the region',
    condition(users, host => ({
      StringLike: { [`${host}:aud`]: { 'Fn::Sub': '${AWS::Region}:*' } },
      ...isMethod(host),
    })),
  ],
  [1, 'aud only if there is one', condition(users, host => ({ StringEqualsIfExists: aud(host), ...isMethod(host) }))],
  [1, 'aud that is not this pool', condition(users, host => ({ StringNotEquals: aud(host), ...isMethod(host) }))],
  [1, 'aud in any case', condition(users, host => ({ StringEqualsIgnoreCase: aud(host), ...isMethod(host) }))],
  [1, 'aud of all values', condition(users, host => ({ 'ForAllValues:StringEquals': aud(host), ...isMethod(host) }))],
  [1, 'the users’ role without amr', condition(users, isAudience)],
  [1, 'the guests’ role without amr', condition(guests, isAudience)],
  [
    1,
    'amr of guests for users',
    condition(users, host => ({ ...isAudience(host), ...isMethod(host, 'unauthenticated') })),
  ],
  [1, 'amr of users for guests', condition(guests, host => ({ ...isAudience(host), ...isMethod(host) }))],
  [
    1,
    'amr of both',
    condition(users, host => ({ ...isAudience(host), ...isMethod(host, ['authenticated', 'unauthenticated']) })),
  ],
  [1, 'amr with a wildcard', condition(users, host => ({ ...isAudience(host), ...isMethod(host, '*authenticated') }))],
  [
    1,
    'amr of all values, which is true of none',
    condition(users, host => ({ ...isAudience(host), 'ForAllValues:StringLike': amr(host) })),
  ],
  [
    1,
    'amr only if there is one',
    condition(users, host => ({ ...isAudience(host), 'ForAnyValue:StringLikeIfExists': amr(host) })),
  ],
  [1, 'no condition at all', trust(users, ({ Condition: _, ...it }) => it)],
  [1, 'trust in everybody', trust(users, it => ({ ...it, Principal: '*' }))],
  [
    1,
    'trust in the account',
    trust(users, it => ({
      ...it,
      Principal: {
        ...(isObject(it['Principal']) ? it['Principal'] : {}),
        AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' },
      },
    })),
  ],
  [
    1,
    'trust in the account, by AssumeRole',
    trust(users, ({ Condition: _, ...it }) => ({
      ...it,
      Action: 'sts:AssumeRole',
      Principal: { AWS: { Ref: 'AWS::AccountId' } },
    })),
  ],
  [
    1,
    'trust in a service',
    trust(guests, it => ({ ...it, Action: 'sts:*', Principal: { Service: 'lambda.amazonaws.com' } })),
  ],
  [
    1,
    'AssumeRole beside',
    trust(users, it => ({ ...it, Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'] })),
  ],
  [1, 'every action of STS', trust(users, it => ({ ...it, Action: 'sts:*' }))],
  [1, 'trust in Google’s tokens', trust(users, it => ({ ...it, Principal: { Federated: 'accounts.google.com' } }))],
  [
    1,
    'trust in Google’s tokens beside',
    trust(users, (it, host) => ({ ...it, Principal: { Federated: [host, 'accounts.google.com'] } })),
  ],
  [
    1,
    'a second statement for tokens of the user pool',
    at(`${trustOf(users)}.Statement`, statements => [
      ...(Array.isArray(statements) ? statements : []),
      {
        Effect: 'Allow',
        Principal: { Federated: 'accounts.google.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'accounts.google.com:aud': 'client' } },
      },
    ]),
  ],
  [
    1,
    'trust in all others',
    trust(users, ({ Principal: _, ...it }) => ({ ...it, NotPrincipal: { Federated: 'accounts.google.com' } })),
  ],
  [1, 'a denial of what it should allow', trust(users, it => ({ ...it, Effect: 'Deny' }))],
  [
    1,
    'roles swapped in the attachment',
    all(
      set('Resources.RoleAttachment.Properties.Roles.authenticated', { 'Fn::GetAtt': ['UnauthenticatedRole', 'Arn'] }),
      set('Resources.RoleAttachment.Properties.Roles.unauthenticated', { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] }),
    ),
  ],
  [
    1,
    'the users’ role for guests',
    set('Resources.RoleAttachment.Properties.Roles.unauthenticated', { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] }),
  ],
  [1, 'no role for users', remove('Resources.RoleAttachment.Properties.Roles.authenticated')],
  [1, 'roles of another pool', set('Resources.RoleAttachment.Properties.IdentityPoolId', 'us-east-1:0000')],
  [
    1,
    'a third role that the account may take',
    set('Resources.Third', {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
        },
      },
    }),
  ],

  // Objects.
  [2, 'no slash behind the identity', inText('PrivateObjects', /:sub\}\/\*/g, ':sub}*')],
  [2, 'no slash before the identity', inText('PrivateObjects', 'private/${', 'private${')],
  [2, 'the private folders of all', on('PrivateObjects', objects('private/*'))],
  [2, 'the whole bucket', on('PrivateObjects', objects('*'))],
  [2, 'every bucket', on('PrivateObjects', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::*' })],
  [2, 'every resource', on('PrivateObjects', '*')],
  [2, 'buckets that begin alike', inText('PrivateObjects', '${UploadsBucketName}/', '${UploadsBucketName}*/')],
  [
    2,
    'all resources but one',
    statement('PrivateObjects', ({ Resource: _, ...it }) => ({ ...it, NotResource: bucket })),
  ],
  [2, 'a policy variable that Fn::Sub takes for its own', inText('PrivateObjects', '${!', '${')],
  [2, 'a policy variable that is none', inText('PrivateObjects', '${!cognito', '$!{cognito')],
  [2, 'the folder of the pool, not of the identity', inText('PrivateObjects', ':sub}', ':aud}')],
  [2, 'a tag that nobody sets', inText('PrivateObjects', 'PrincipalTag/userSub', 'PrincipalTag/sub')],
  [
    2,
    'a variable with a default',
    inText('PrivateObjects', '${!aws:PrincipalTag/userSub}', "${!aws:PrincipalTag/userSub, 'x'}"),
  ],
  [2, 'another level', inText('PrivateObjects', '/private/', '/Private/')],
  [2, 'an older policy, which has no variables', rewrite(`${users}.Policies.0`, '2012-10-17', '2008-10-17')],
  [2, 'a denial of the user’s own', statement('PrivateObjects', it => ({ ...it, Effect: 'Deny' }))],
  [2, 'no deleting', names('PrivateObjects', ['s3:GetObject', 's3:PutObject'])],
  [2, 'objects of others’ protected folders written', allows('ProtectedGet', 's3:PutObject')],
  [2, 'protected folders of all', on('ProtectedObjects', objects('protected/*'))],
  [2, 'no reading of others’ protected folders', statement('ProtectedGet', () => undefined)],
  [2, 'deleting in the public folder', allows('PublicObjects', 's3:DeleteObject')],
  [2, 'all folders for the public one', on('PublicObjects', objects('*'))],
  [2, 'levels that begin like the public one', on('PublicObjects', objects('p*'))],
  [2, 'a listing of all', free('PrivateList')],
  [2, 'a listing of those that begin alike', inText('PrivateList', ':sub}/', ':sub}')],
  [2, 'a listing without a prefix', rewrite(`${users}.Policies.0`, '"StringLike"', '"StringLikeIfExists"')],
  [2, 'a listing of any prefix', if_('PrivateList', { StringLike: { 's3:prefix': '*' } })],
  [2, 'a listing of the level', if_('PrivateList', { StringLike: { 's3:prefix': ['private/', 'private/*'] } })],
  [2, 'a listing of prefixes that are none', inText('PrivateList', '"StringLike"', '"ForAllValues:StringLike"')],
  [2, 'a listing of what is not one’s own', inText('PrivateList', '"StringLike"', '"StringNotLike"')],
  [2, 'a listing of every bucket', on('PrivateList', '*')],
  [2, 'a listing of protected folders', if_('ProtectedList', { StringLike: { 's3:prefix': 'protected/*' } })],
  [
    2,
    'a listing of the public folder',
    more(users, allow('s3:ListBucket', bucket, { Condition: { StringLike: { 's3:prefix': 'public/*' } } })),
  ],
  [
    2,
    'a tag of a claim that users write',
    set('Resources.PrincipalTag.Properties.PrincipalTags.Fn::If.1.userSub', 'nickname'),
  ],
  [
    2,
    'a tag of the user name',
    set('Resources.PrincipalTag.Properties.PrincipalTags.Fn::If.1.userSub', 'cognito:username'),
  ],
  [
    2,
    'a tag of a claim of one’s own',
    set('Resources.PrincipalTag.Properties.PrincipalTags.Fn::If.1.userSub', 'custom:sub'),
  ],
  [2, 'the pool’s default tags, where another is needed', set('Resources.PrincipalTag.Properties.UseDefaults', true)],
  [2, 'private folders for guests', more(guests, allow('s3:GetObject', objects('private/*')))],
  [2, 'all folders for guests', on('PublicGet', objects('*'), guests)],
  [2, 'data sets of all identities', more(users, allow('cognito-sync:ListRecords', '*'))],

  // Rows.
  [2, 'no guard against requests without keys', inText('OwnRows', ',"Null":{"dynamodb:LeadingKeys":"false"}', '')],
  [
    2,
    'a guard that is turned round',
    inText('OwnRows', '"Null":{"dynamodb:LeadingKeys":"false"}', '"Null":{"dynamodb:LeadingKeys":"true"}'),
  ],
  [2, 'keys that are alike', inText('OwnRows', 'ForAllValues:StringEquals', 'ForAllValues:StringLike')],
  [2, 'keys of which one is one’s own', inText('OwnRows', 'ForAllValues:StringEquals', 'ForAnyValue:StringEquals')],
  [2, 'keys in any case', inText('OwnRows', 'ForAllValues:StringEquals', 'ForAllValues:StringEqualsIgnoreCase')],
  [2, 'any keys', free('OwnRows')],
  [2, 'keys that name the pool', inText('OwnRows', ':sub}', ':aud}')],
  [2, 'every table', on('OwnRows', table('${AWS::Region}:${AWS::AccountId}:table/*'))],
  [
    2,
    'tables that begin alike, and indexes',
    on('OwnRows', table('${AWS::Region}:${AWS::AccountId}:table/${UserTableName}*')),
  ],
  [2, 'the table in any region', on('OwnRows', table('*:${AWS::AccountId}:table/${UserTableName}'))],
  [2, 'the table of any account', on('OwnRows', table('${AWS::Region}:*:table/${UserTableName}'))],
  [2, 'Scan', allows('OwnRows', 'dynamodb:Scan')],
  [2, 'PartiQL', allows('OwnRows', 'dynamodb:PartiQLSelect')],
  [2, 'every action on the table', names('OwnRows', 'dynamodb:*')],
  [
    2,
    'every action but one on the table',
    statement('OwnRows', ({ Action: _, ...it }) => ({ ...it, NotAction: 'dynamodb:DeleteTable' })),
  ],

  // What is for those who own it.
  [3, 's3:* for the list of actions', names('PrivateObjects', 's3:*')],
  [3, 'every action that gets', names('PrivateObjects', ['s3:Get*', 's3:PutObject'])],
  [3, 'every action that puts', names('PrivateObjects', 's3:Put*')],
  [3, 'every action', names('PrivateObjects', '*')],
  [3, 'an action with a wildcard for one letter', allows('PrivateObjects', 's3:DeleteObjectVersio?')],
  [3, 'ACLs', allows('PrivateObjects', 's3:PutObjectAcl')],
  [3, 'ACLs in the public folder', allows('PublicObjects', 's3:PutObjectAcl')],
  [3, 'versions deleted', allows('PrivateObjects', 's3:DeleteObjectVersion')],
  [3, 'versions read', allows('PrivateObjects', 's3:GetObjectVersion')],
  [3, 'retention', allows('PrivateObjects', 's3:PutObjectRetention')],
  [3, 'legal hold', allows('PrivateObjects', 's3:PutObjectLegalHold')],
  [3, 'governance bypassed', allows('PrivateObjects', 's3:BypassGovernanceRetention')],
  [3, 'tags', allows('PrivateObjects', 's3:PutObjectTagging')],
  [3, 'another encryption', allows('PrivateObjects', 's3:UpdateObjectEncryption')],
  [3, 'another owner', allows('PrivateObjects', 's3:ObjectOwnerOverrideToBucketOwner')],
  [3, 'the bucket’s policy', allows('PrivateList', 's3:PutBucketPolicy')],
  [3, 'versions listed', allows('PrivateList', 's3:ListBucketVersions')],
  [3, 'uploads of others listed', allows('PrivateList', 's3:ListBucketMultipartUploads')],
  [3, 'all but what is of IAM', statement('PrivateObjects', ({ Action: _, ...it }) => ({ ...it, NotAction: 'iam:*' }))],
  [3, 'PassRole', more(users, allow('iam:PassRole', '*'))],
  [3, 'AssumeRole', more(users, allow('sts:AssumeRole', '*'))],
  [3, 'identity pools', more(users, allow('cognito-identity:*', '*'))],
  [3, 'one action on identity pools', more(users, allow('cognito-identity:UpdateIdentityPool', '*'))],
  [3, 'user pools', more(users, allow('cognito-idp:AdminUpdateUserAttributes', '*'))],
  [3, 'every action on the key', names('BucketKey', 'kms:*')],
  [3, 'grants on the key', allows('BucketKey', 'kms:CreateGrant')],
  [3, 'the key’s policy for guests', statement('BucketKey', it => ({ ...it, Action: 'kms:PutKeyPolicy' }), guests)],

  // APIs.
  [4, 'any account', on('InvokeApi', api('${AWS::Region}:*:${ApiId}/${ApiStage}/*'))],
  [4, 'any region', on('InvokeApi', api('*:${AWS::AccountId}:${ApiId}/${ApiStage}/*'))],
  [
    4,
    'the stack’s region, whatever the API’s',
    on('InvokeApi', api('${AWS::Region}:${AWS::AccountId}:${ApiId}/${ApiStage}/*')),
  ],
  [4, 'any stage', inText('InvokeApi', '${ApiStage}', '*')],
  [4, 'stages that begin alike', inText('InvokeApi', '${ApiStage}/*', '${ApiStage}*')],
  [4, 'APIs that begin alike', inText('InvokeApi', '${ApiId}/', '${ApiId}*/')],
  [4, 'any API', inText('InvokeApi', '${ApiId}/${ApiStage}/*', '*')],
  [4, 'every resource', on('InvokeApi', '*')],
  [4, 'no WebSocket', inText('InvokeApi', '${ApiStage}/*', '${ApiStage}/*/*')],
  [4, 'everything of the API', names('InvokeApi', 'execute-api:*')],
  [4, 'connections of others', allows('InvokeApi', 'execute-api:ManageConnections')],
  [4, 'further APIs, and all that begin alike', on('InvokeAdditionalApis', { 'Fn::Sub': '${AdditionalApiArns}*' })],
  [4, 'further APIs, and all others', on('InvokeAdditionalApis', [{ Ref: 'AdditionalApiArns' }, api('*')])],

  // What no option says, and guests.
  [5, 'an action of another service', more(users, allow('polly:SynthesizeSpeech', '*'))],
  [
    5,
    'a policy that stands by itself',
    set('Resources.More', {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'more',
        Roles: [{ Ref: 'AuthenticatedRole' }],
        PolicyDocument: { Version: '2012-10-17', Statement: [allow('sns:Publish', '*')] },
      },
    }),
  ],
  [5, 'a managed policy of AWS', set(`${users}.ManagedPolicyArns`, ['arn:aws:iam::aws:policy/AdministratorAccess'])],
  [
    5,
    'the users’ managed policies for guests',
    at('Resources.UnauthenticatedRole.Properties', it => ({
      ...(isObject(it) ? it : {}),
      ManagedPolicyArns: {
        'Fn::If': [
          'HasManagedPolicies',
          { 'Fn::Split': [',', { Ref: 'AdditionalManagedPolicyArns' }] },
          { Ref: 'AWS::NoValue' },
        ],
      },
    })),
  ],
  [5, 'guests without the boundary', remove(`${guests}.PermissionsBoundary`)],
  [5, 'the key without Amazon S3', free('BucketKey')],
  [5, 'the key without Amazon S3 for guests', free('BucketKey', guests)],
  [5, 'the key by way of any service', if_('BucketKey', { StringLike: { 'kms:ViaService': '*' } })],
  [5, 'the key by way of Amazon S3 anywhere', if_('BucketKey', { StringLike: { 'kms:ViaService': 's3.*' } })],
  [
    5,
    'the key by way of a service that need not be said',
    inText('BucketKey', '"StringEquals"', '"StringEqualsIfExists"'),
  ],
  [5, 'every key', on('BucketKey', '*')],
  [5, 'guests put', statement('PublicGet', it => ({ ...it, Action: ['s3:GetObject', 's3:PutObject'] }), guests)],
  [
    5,
    'guests encrypt',
    statement('BucketKey', it => ({ ...it, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }), guests),
  ],
  [
    5,
    'guests call the API',
    more(guests, allow('execute-api:Invoke', api('${AWS::Region}:${AWS::AccountId}:${ApiId}/*'))),
  ],
  [
    5,
    'guests list the public folder',
    more(guests, allow('s3:ListBucket', bucket, { Condition: { StringLike: { 's3:prefix': 'public/*' } } })),
  ],
  [5, 'guests read what users cannot', names('PublicObjects', 's3:PutObject')],
  [5, 'guests are given what Cognito refuses them', more(guests, allow('ssm:GetParameter', '*'))],
  [
    5,
    'guests decrypt without a public folder',
    set('Conditions.GuestsDecrypt', { 'Fn::And': [{ Condition: 'HasKmsKey' }, { Condition: 'HasUploads' }] }),
  ],
  [
    5,
    'tags of guests’ sessions',
    trust(guests, it => ({ ...it, Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })),
  ],
  [5, 'guests in the classic flow', remove('Rules.ClassicFlowIsAlone')],

  // Options that are off.
  [6, 'rows without a table', always(users, 'own-rows')],
  [6, 'a folder without a bucket', always(users, 'own-folder')],
  [6, 'a key that nobody named', always(users, 'bucket-key')],
  [6, 'an API that nobody named', always(users, 'api')],
  [6, 'further APIs that nobody named', always(users, 'additional-apis')],
  [6, 'protected folders that are off', always(users, 'protected-folders')],
  [6, 'a public folder that is off', always(users, 'public-folder')],
  [6, 'a public folder that is off, for guests', always(guests, 'public-folder')],
  [6, 'protected folders where there is a bucket', rewrite(`${users}.Policies.1`, 'HasProtectedFolder', 'HasUploads')],
  [6, 'the guests’ role without guests', remove('Resources.UnauthenticatedRole.Condition')],
  [6, 'the guests’ output without guests', remove('Outputs.UnauthenticatedRoleArn.Condition')],
  [6, 'a name of the login provider without a user pool', remove('Outputs.LoginProviderName.Condition')],
  [
    6,
    'guests attached without guests',
    at('Resources.RoleAttachment.Properties.Roles.unauthenticated', it =>
      isObject(it) && Array.isArray(it['Fn::If']) ? it['Fn::If'][1] : it,
    ),
  ],
  [6, 'guests always', set('Resources.IdentityPool.Properties.AllowUnauthenticatedIdentities', true)],
  [6, 'guests turned round', set('Conditions.GuestsAllowed', { 'Fn::Equals': [{ Ref: 'AllowGuests' }, 'false'] })],
  [6, 'the classic flow always', set('Resources.IdentityPool.Properties.AllowClassicFlow', true)],
  [6, 'tagged sessions without tags', rewrite(trustOf(users), 'HasPrincipalTags', 'HasUserPool')],
  [6, 'a map of tags without tags', set('Resources.PrincipalTag.Condition', 'HasUserPool')],
  [
    6,
    'roles by token always',
    rewrite('Resources.RoleAttachment.Properties.RoleMappings', 'RoleIsByToken', 'HasUserPool'),
  ],
  [
    6,
    'a second client that nobody named',
    rewrite('Resources.RoleAttachment.Properties.RoleMappings', 'HasSecondClient', 'HasUserPool'),
  ],
  [
    6,
    'sign-in with Google that nobody asked for',
    rewrite('Resources.IdentityPool.Properties.SupportedLoginProviders', 'HasGoogle', 'HasSocialSignIn'),
  ],
  [6, 'a boundary that nobody named', set(`${users}.PermissionsBoundary`, { Ref: 'PermissionsBoundaryArn' })],
  [6, 'no boundary though it is named', remove(`${users}.PermissionsBoundary`)],
  [6, 'no tags though they are asked for', remove('Resources.PrincipalTag')],

  // Partitions.
  [7, 'ARNs of the commercial partition', inText('PrivateObjects', 'arn:${AWS::Partition}:', 'arn:aws:')],
  [
    7,
    'the commercial host in GovCloud',
    rewrite(trustOf(users), 'cognito-identity-us-gov.amazonaws.com', 'cognito-identity.amazonaws.com'),
  ],
  [
    7,
    'the host of GovCloud (US-West) in GovCloud (US-East)',
    rewrite(trustOf(guests), 'cognito-identity.us-gov-east-1.amazonaws.com', 'cognito-identity-us-gov.amazonaws.com'),
  ],
  [
    7,
    'the commercial variable in China',
    inText('PrivateObjects', 'cognito-identity.cn-north-1.amazonaws.com.cn', 'cognito-identity.amazonaws.com'),
  ],
  [
    7,
    'the commercial variable in keys of rows',
    inText('OwnRows', 'cognito-identity-us-gov.amazonaws.com', 'cognito-identity.amazonaws.com'),
  ],
  [
    7,
    'GovCloud (US-West) not told from US-East',
    set('Conditions.IsGovCloudWest', { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'] }),
  ],
  [7, 'China forgotten', set('Conditions.IsChina', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'cn-northwest-1'] })],
  [
    7,
    'the global host wherever none is known',
    set('Conditions.HasRegionalHost', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-gov-west-2'] }),
  ],
  [
    7,
    'the commercial suffix',
    rewrite('Resources.IdentityPool.Properties.CognitoIdentityProviders', '${AWS::URLSuffix}', 'amazonaws.com'),
  ],
  [7, 'the commercial suffix in the use of the key', inText('BucketKey', '${AWS::URLSuffix}', 'amazonaws.com')],
  [7, 'a region that is written down', inText('OwnRows', '${AWS::Region}', 'us-east-1')],
]

/** One more policy of a role, there when a condition of the template holds. */
const while_ = (condition: string, role: string, ...statements: readonly JsonObject[]): Change =>
  at(`${role}.Policies`, policies => [
    ...(Array.isArray(policies) ? policies : []),
    {
      'Fn::If': [
        condition,
        { PolicyName: 'more', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
        { Ref: 'AWS::NoValue' },
      ],
    },
  ])

const files = (...statements: readonly JsonObject[]) => while_('HasUploads', users, ...statements)
const arn = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` })
const prefixes = (...values: readonly string[]) => ({ Condition: { StringLike: { 's3:prefix': values } } })
const isAdmin = { Condition: { StringEquals: { 'aws:PrincipalTag/username': 'admin' } } }
const rows = (Condition: JsonObject, TableName = '${UserTableName}') =>
  while_(
    'HasUserTable',
    users,
    allow(['dynamodb:GetItem', 'dynamodb:DeleteItem'], table(`\${AWS::Region}:\${AWS::AccountId}:table/${TableName}`), {
      Condition,
    }),
  )
const leading = (keys: Json): JsonObject => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys },
  Null: { 'dynamodb:LeadingKeys': 'false' },
})
const viaS3 = { StringEquals: { 'kms:ViaService': { 'Fn::Sub': 's3.${AWS::Region}.${AWS::URLSuffix}' } } }
const keyArn = (id: string) => arn(`kms:\${AWS::Region}:\${AWS::AccountId}:${id}`)
const calls = (rest: string, others: JsonObject = {}) =>
  while_('HasApi', users, allow('execute-api:Invoke', api(rest), others))

/** What a grant reaches that no option names, though it stands under the right one. */
const grants: readonly Mutant[] = [
  [
    2,
    'another bucket, where there are uploads',
    files(allow(['s3:GetObject', 's3:DeleteObject'], arn('s3:::company-payroll/*'))),
  ],
  [2, 'one object of another bucket', files(allow('s3:GetObject', arn('s3:::company-payroll/2026.csv')))],
  [2, 'another bucket’s private folders', files(allow('s3:GetObject', arn('s3:::company-payroll/private/*')))],
  [2, 'a listing of another bucket', files(allow('s3:ListBucket', arn('s3:::company-payroll')))],
  [
    2,
    'a listing of a folder of another bucket',
    files(allow('s3:ListBucket', arn('s3:::company-payroll'), prefixes('payroll/*'))),
  ],
  [
    2,
    'another folder of the bucket',
    files(allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], objects('invoices/*'))),
  ],
  [2, 'another folder of the bucket, to read', files(allow('s3:GetObject', objects('invoices/*')))],
  [2, 'another folder of the bucket, to put into', files(allow('s3:PutObject', objects('inbox/*')))],
  [2, 'one object of the bucket', files(allow('s3:GetObject', objects('config.json')))],
  [2, 'objects that end alike', files(allow('s3:GetObject', objects('*.pdf')))],
  [2, 'private folders of IDs that begin with 9', files(allow('s3:GetObject', objects('private/${AWS::Region}:9*/*')))],
  [
    2,
    'the private folder of one whose ID is written down',
    files(allow('s3:GetObject', objects('private/${AWS::Region}:4c5d6e7f-3333-4ccc-8ccc-cccccccccccc/*'))),
  ],
  [2, 'one folder in all private folders', files(allow('s3:GetObject', objects('private/*/shared/*')))],
  [
    2,
    'private folders of names of so many letters',
    files(allow('s3:GetObject', objects(`private/${'?'.repeat(40)}/*`))),
  ],
  [2, 'a folder for whoever has a tag', files(allow('s3:GetObject', objects('admin/*'), isAdmin))],
  [2, 'a folder by a tag', files(allow('s3:GetObject', objects('${!aws:PrincipalTag/team}/*')))],
  [
    2,
    'a folder by a tag that has a default',
    files(allow('s3:GetObject', objects("teams/${!aws:PrincipalTag/team, 'all'}/*"))),
  ],
  [2, 'a folder by the session’s ID', files(allow('s3:GetObject', objects('sessions/${!aws:userid}/*')))],
  [
    2,
    'the whole bucket from one network',
    files(allow('s3:GetObject', objects('*'), { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })),
  ],
  [
    2,
    'the whole bucket from some day on',
    files(
      allow('s3:GetObject', objects('*'), {
        Condition: { DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
      }),
    ),
  ],
  [
    2,
    'the whole bucket for one program',
    files(allow('s3:GetObject', objects('*'), { Condition: { StringEquals: { 'aws:UserAgent': 'backup' } } })),
  ],
  [
    2,
    'whatever has a tag',
    files(
      allow('s3:GetObject', arn('s3:::*/*'), { Condition: { StringEquals: { 's3:ExistingObjectTag/shared': 'yes' } } }),
    ),
  ],
  [
    2,
    'an access point',
    files(allow('s3:GetObject', arn('s3:${AWS::Region}:${AWS::AccountId}:accesspoint/payroll/object/*'))),
  ],
  [2, 'all but one folder', files({ Effect: 'Allow', Action: 's3:GetObject', NotResource: objects('private/*') })],
  [2, 'a second listing', files(allow('s3:ListBucket', bucket, prefixes('invoices/*')))],
  [2, 'a second listing, of one folder', files(allow('s3:ListBucket', bucket, prefixes('invoices/')))],
  [
    2,
    'a second listing, of IDs that begin with 9',
    files(allow('s3:ListBucket', bucket, prefixes('private/${AWS::Region}:9*'))),
  ],
  [2, 'one more prefix beside one’s own', inText('PrivateList', /("private\/[^"]*\/\*")/g, '$1,"invoices/*"')],
  [
    2,
    'one more prefix of a listing',
    statement('PrivateList', it => ({
      ...it,
      Condition: { StringLike: { 's3:prefix': ['private/${!cognito-identity.amazonaws.com:sub}/*', 'invoices/*'] } },
    })),
  ],
  [2, 'a listing for whoever has a tag', files(allow('s3:ListBucket', bucket, isAdmin))],
  [
    2,
    'a listing by another key',
    files(allow('s3:ListBucket', bucket, { Condition: { StringEquals: { 's3:delimiter': '|' } } })),
  ],
  [
    2,
    'a listing of so few',
    files(allow('s3:ListBucket', bucket, { Condition: { NumericLessThanEquals: { 's3:max-keys': '7' } } })),
  ],
  [
    2,
    'a part of the public folder deleted',
    while_('HasPublicFolder', users, allow('s3:DeleteObject', objects('public/shared/*'))),
  ],
  [
    2,
    'uploads to the public folder given up',
    while_('HasPublicFolder', users, allow('s3:AbortMultipartUpload', objects('public/big/*'))),
  ],
  [
    2,
    'a part of protected folders written',
    while_('HasProtectedFolder', users, allow('s3:PutObject', objects('protected/*/inbox/*'))),
  ],
  [2, 'guests read another folder', while_('HasPublicFolder', guests, allow('s3:GetObject', objects('invoices/*')))],
  [
    2,
    'guests read another bucket',
    while_('HasPublicFolder', guests, allow('s3:GetObject', arn('s3:::company-payroll/*'))),
  ],
  [
    2,
    'guests read protected folders',
    while_('HasProtectedFolder', guests, allow('s3:GetObject', objects('protected/*/avatar.png'))),
  ],
  [
    5,
    'guests put into a part of the public folder',
    while_('HasPublicFolder', guests, allow('s3:PutObject', objects('public/inbox/*'))),
  ],
  [2, 'another table', rows(leading({ 'Fn::Sub': '${!cognito-identity.amazonaws.com:sub}' }), 'payroll')],
  [2, 'another table, whatever the keys', rows({ StringEquals: { 'dynamodb:Select': 'COUNT' } }, 'payroll')],
  [2, 'rows of a key that all share', rows(leading('ADMIN'))],
  [2, 'rows of one’s own key or of another', rows(leading(['${cognito-identity.amazonaws.com:sub}', 'ADMIN']))],
  [2, 'rows of a key by a tag', rows(leading('${aws:PrincipalTag/team}'))],
  [2, 'rows of a key that is nearly one’s own', rows(leading('${cognito-identity.amazonaws.com:sub}#shared'))],
  [2, 'rows for whoever has a tag', rows(isAdmin.Condition)],
  [2, 'rows of an index', rows(leading('${cognito-identity.amazonaws.com:sub}'), '${UserTableName}/index/by-mail')],
  [
    2,
    'rows, with no guard but one of another key',
    rows({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${cognito-identity.amazonaws.com:sub}' },
      Null: { 'dynamodb:Attributes': 'false' },
    }),
  ],
  [
    2,
    'the table of one account more',
    while_(
      'HasUserTable',
      users,
      allow('dynamodb:GetItem', table('${AWS::Region}:210987654321:table/${UserTableName}'), {
        Condition: leading('${cognito-identity.amazonaws.com:sub}'),
      }),
    ),
  ],
  [4, 'another API', calls('${AWS::Region}:${AWS::AccountId}:zzzzzzzzzz/*')],
  [4, 'one method of another API', calls('${AWS::Region}:${AWS::AccountId}:zzzzzzzzzz/prod/GET/pay')],
  [4, 'another API for whoever has a tag', calls('${AWS::Region}:${AWS::AccountId}:*/*', isAdmin)],
  [4, 'the API of one account more', calls('${AWS::Region}:210987654321:${ApiId}/${ApiStage}/*')],
  [4, 'another stage', calls('${AWS::Region}:${AWS::AccountId}:${ApiId}/admin/*')],
  [4, 'one method of every stage', calls('${AWS::Region}:${AWS::AccountId}:${ApiId}/*/DELETE/*')],
  [4, 'the API in one region more', calls('sa-east-1:${AWS::AccountId}:${ApiId}/${ApiStage}/*')],
  [
    4,
    'further APIs, and one more',
    on('InvokeAdditionalApis', [
      { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'AdditionalApiArns' }] }] },
      api('${AWS::Region}:${AWS::AccountId}:zzzzzzzzzz/*'),
    ]),
  ],
  [5, 'another key', while_('HasKmsKey', users, allow('kms:Decrypt', keyArn('key/other'), { Condition: viaS3 }))],
  [5, 'another key without Amazon S3', while_('HasKmsKey', users, allow('kms:Decrypt', keyArn('key/other')))],
  [
    5,
    'every key by way of Amazon S3, for whoever has a tag',
    while_(
      'HasKmsKey',
      users,
      allow('kms:Decrypt', '*', {
        Condition: { StringEquals: { ...viaS3.StringEquals, ...isAdmin.Condition.StringEquals } },
      }),
    ),
  ],
  [
    5,
    'the key for whoever has a tag',
    while_('HasKmsKey', users, allow('kms:Decrypt', { Ref: 'UploadsKmsKeyArn' }, isAdmin)),
  ],
  [
    5,
    'the key by way of one more service',
    while_(
      'HasKmsKey',
      users,
      allow(
        'kms:Decrypt',
        { Ref: 'UploadsKmsKeyArn' },
        {
          Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'sqs.${AWS::Region}.${AWS::URLSuffix}' } } },
        },
      ),
    ),
  ],
  [
    5,
    'another key for guests',
    while_('GuestsDecrypt', guests, allow('kms:Decrypt', keyArn('key/other'), { Condition: viaS3 })),
  ],
]

const poolOf = 'Resources.IdentityPool.Properties'
const attachment = 'Resources.RoleAttachment.Properties'
const clients = `${poolOf}.CognitoIdentityProviders.Fn::If.1`
const social = `${poolOf}.SupportedLoginProviders.Fn::If.1`
const mappings = `${attachment}.RoleMappings.Fn::If.1`
const admin = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Admin' }
const stranger = { 'Fn::Sub': 'cognito-idp.${AWS::Region}.${AWS::URLSuffix}/us-east-1_attacker' }

const entry = (path: string, key: string, value: Json): Change =>
  at(path, it => ({ ...(isObject(it) ? it : {}), [key]: value }))
const also = (path: string, value: Json): Change => at(path, it => [...(Array.isArray(it) ? it : []), value])
const ofMapping = (key: string, value: Json) => set(`${mappings}.UserPoolClient.${key}`, value)
const rules = (RoleARN: Json): Change =>
  at(`${mappings}.UserPoolClient`, it => ({
    ...(isObject(it) ? it : {}),
    Type: 'Rules',
    RulesConfiguration: { Rules: [{ Claim: 'nickname', MatchType: 'NotEqual', Value: 'x', RoleARN }] },
  }))

/** Who signs in, and who gets which role of the pool. */
const signIns: readonly Mutant[] = [
  [
    1,
    'one more user pool',
    also(clients, { ClientId: 'attacker', ProviderName: stranger, ServerSideTokenCheck: true }),
  ],
  [
    1,
    'one more app client',
    also(clients, {
      ClientId: 'attacker',
      ProviderName: { 'Fn::Sub': 'cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}' },
      ServerSideTokenCheck: true,
    }),
  ],
  [1, 'another app client', set(`${clients}.0.ClientId`, 'attacker')],
  [1, 'the second app client for the first', set(`${clients}.0.ClientId`, { Ref: 'UserPoolClientId2' })],
  [1, 'another user pool', set(`${clients}.0.ProviderName`, stranger)],
  [
    1,
    'the user pool in the stack’s region',
    set(`${clients}.0.ProviderName`, { 'Fn::Sub': 'cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}' }),
  ],
  [1, 'tokens that are not checked', set(`${clients}.0.ServerSideTokenCheck`, false)],
  [1, 'tokens of the second client that are not checked', set(`${clients}.1.Fn::If.1.ServerSideTokenCheck`, false)],
  [1, 'tokens of which nothing is said', remove(`${clients}.0.ServerSideTokenCheck`)],
  [1, 'a provider that is like Google', entry(social, 'accounts.google.com.example', 'attacker')],
  [1, 'Google’s client for Apple’s', rewrite(social, '"AppleServicesId"', '"GoogleClientId"')],
  [1, 'a provider that nobody named', entry(social, 'api.twitter.com', 'key;secret')],
  [
    1,
    'a Google client of somebody else',
    rewrite(social, '{"Ref":"GoogleClientId"}', '"attacker.apps.googleusercontent.com"'),
  ],
  [1, 'a Facebook app of somebody else', rewrite(social, '{"Ref":"FacebookAppId"}', '"1234567890"')],
  [1, 'an app of Amazon of somebody else', rewrite(social, '{"Ref":"AmazonAppId"}', '"amzn1.application.attacker"')],
  [
    1,
    'one more OpenID Connect provider',
    set(`${poolOf}.OpenIdConnectProviderARNs.Fn::If.1`, [
      { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'OpenIdConnectProviderArns' }] }] },
      arn('iam::${AWS::AccountId}:oidc-provider/login.attacker.example'),
    ]),
  ],
  [
    1,
    'an OpenID Connect provider where SAML is asked for',
    set(`${poolOf}.SamlProviderARNs.Fn::If.1`, [arn('iam::${AWS::AccountId}:saml-provider/Attacker')]),
  ],
  [1, 'a developer provider that is written down', set(`${poolOf}.DeveloperProviderName.Fn::If.1`, 'login.attacker')],
  [1, 'roles by rules', rules(admin)],
  [1, 'roles by rules, to the role of guests', rules({ 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] })],
  [
    1,
    'roles by rules, which are given beside the token',
    entry(`${mappings}.UserPoolClient`, 'RulesConfiguration', {
      Rules: [{ Claim: 'nickname', MatchType: 'Equals', Value: 'x', RoleARN: admin }],
    }),
  ],
  [1, 'the users’ role wherever it is ambiguous', ofMapping('AmbiguousRoleResolution', 'AuthenticatedRole')],
  [
    1,
    'the users’ role wherever it is ambiguous, of the third client',
    set(`${mappings}.UserPoolClient3.Fn::If.1.AmbiguousRoleResolution`, 'AuthenticatedRole'),
  ],
  [1, 'roles by the token of another provider', ofMapping('IdentityProvider', stranger)],
  [1, 'roles by the token of another client', rewrite(mappings, '${UserPoolClientId2}', '${UserPoolClientId}')],
  [
    1,
    'one more mapping',
    entry(mappings, 'More', {
      IdentityProvider: 'accounts.google.com',
      Type: 'Token',
      AmbiguousRoleResolution: 'AuthenticatedRole',
    }),
  ],
  [1, 'a mapping under the wrong provider', set(`${mappings}.UserPoolClient.IdentityProvider`, 'accounts.google.com')],
  [
    1,
    'an outside role for users of a third client',
    set(`${attachment}.Roles.authenticated`, {
      'Fn::If': ['HasThirdClient', admin, { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] }],
    }),
  ],
  [
    1,
    'an outside role for guests',
    set(`${attachment}.Roles.unauthenticated`, { 'Fn::If': ['GuestsAllowed', admin, { Ref: 'AWS::NoValue' }] }),
  ],
  [1, 'a third kind of roles', entry(`${attachment}.Roles`, 'admin', admin)],
  [
    1,
    'a second attachment',
    set('Resources.More', {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: { Ref: 'IdentityPool' }, Roles: { authenticated: admin } },
    }),
  ],
  [1, 'no attachment', remove('Resources.RoleAttachment')],
]

const ofTags = 'Resources.PrincipalTag.Properties.PrincipalTags.Fn::If.1'

/** Claims that sessions carry as tags. */
const tagged: readonly Mutant[] = [
  [
    2,
    'a user name of a claim that users write',
    rewrite(ofTags, '["DefaultTagsUsed","sub"', '["DefaultTagsUsed","preferred_username"'),
  ],
  [2, 'a client of a claim that users write', rewrite(ofTags, '"aud"', '"nickname"')],
  [2, 'one more tag', entry(ofTags, 'role', 'custom:role')],
  [2, 'one more tag, of a claim that users do not write', entry(ofTags, 'groups', 'cognito:groups')],
  [
    2,
    'a map where the defaults are asked for',
    set('Resources.PrincipalTag.Properties', {
      IdentityPoolId: { Ref: 'IdentityPool' },
      IdentityProviderName: {
        'Fn::Sub': [
          'cognito-idp.${R}.${AWS::URLSuffix}/${UserPoolId}',
          { R: { 'Fn::Select': [0, { 'Fn::Split': ['_', { Ref: 'UserPoolId' }] }] } },
        ],
      },
      UseDefaults: false,
      PrincipalTags: { userSub: 'sub', username: 'email', client: 'aud' },
    }),
  ],
  [2, 'tags of another provider', set('Resources.PrincipalTag.Properties.IdentityProviderName', 'accounts.google.com')],
  [2, 'tags of another pool', set('Resources.PrincipalTag.Properties.IdentityPoolId', 'us-east-1:0000')],
]

const resource_ = (id: string, Type: string, Properties: JsonObject = {}, others: JsonObject = {}) =>
  set(`Resources.${id}`, { Type, Properties, ...others })
const output_ = (id: string, Value: Json, others: JsonObject = {}) => set(`Outputs.${id}`, { Value, ...others })
const defaultOf = (parameter: string, value: string) => set(`Parameters.${parameter}.Default`, value)
const attribute = (id: string, name: string, value: string) => set(`Resources.${id}.${name}`, value)
const patternOf = (parameter: string, from: string | RegExp, to: string) =>
  at(`Parameters.${parameter}.AllowedPattern`, it => String(it).replaceAll(from, to))
const openPattern = (law: Law, parameter: string): Mutant => [
  law,
  `${parameter} without a pattern`,
  remove(`Parameters.${parameter}.AllowedPattern`),
]
const openDefault = (parameter: string, value: string): Mutant => [
  6,
  `${parameter} ${value} by default`,
  defaultOf(parameter, value),
]

/** What a template makes beside what it says, keeps otherwise, or takes of a deployer. */
const stocks: readonly Mutant[] = [
  [
    6,
    'a user of IAM with a key',
    all(
      resource_('U', 'AWS::IAM::User', {
        Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [allow('*', '*')] } }],
      }),
      resource_('K', 'AWS::IAM::AccessKey', { UserName: { Ref: 'U' } }),
      output_('Secret', { 'Fn::GetAtt': ['K', 'SecretAccessKey'] }),
    ),
  ],
  [
    6,
    'a user of IAM',
    resource_('U', 'AWS::IAM::User', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
  ],
  [6, 'a group of IAM', resource_('G', 'AWS::IAM::Group')],
  [
    6,
    'an access point for all',
    resource_(
      'Point',
      'AWS::S3::AccessPoint',
      {
        Bucket: { Ref: 'UploadsBucketName' },
        Policy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }],
        },
      },
      { Condition: 'HasUploads' },
    ),
  ],
  [
    6,
    'a policy of the bucket',
    resource_(
      'Open',
      'AWS::S3::BucketPolicy',
      {
        Bucket: { Ref: 'UploadsBucketName' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:Nothing', Resource: '*' }],
        },
      },
      { Condition: 'HasUploads' },
    ),
  ],
  [
    6,
    'a nested stack',
    resource_('Nested', 'AWS::CloudFormation::Stack', {
      TemplateURL: 'https://x.s3.amazonaws.com/t',
      Parameters: { Role: { Ref: 'AuthenticatedRole' } },
    }),
  ],
  [
    6,
    'a custom resource',
    resource_('Custom', 'Custom::Thing', { ServiceToken: 'arn:aws:lambda:us-east-1:999999999999:function:x' }),
  ],
  [
    6,
    'a policy whose role cannot be read',
    resource_('P', 'AWS::IAM::Policy', {
      PolicyName: 'x',
      Roles: [{ 'Fn::Select': [1, { 'Fn::Split': ['role', { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] }] }] }],
      PolicyDocument: { Version: '2012-10-17', Statement: [allow('iam:*', '*')] },
    }),
  ],
  [
    6,
    'a second identity pool',
    resource_('Pool2', 'AWS::Cognito::IdentityPool', { AllowUnauthenticatedIdentities: false }),
  ],
  [
    6,
    'a function',
    resource_('F', 'AWS::Lambda::Function', {
      Role: { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] },
      Code: { ZipFile: '' },
    }),
  ],
  [
    6,
    'a resource of its own under a condition',
    resource_('Topic', 'AWS::SNS::Topic', {}, { Condition: 'HasThirdClient' }),
  ],
  [
    6,
    'events of the pool to another account',
    entry(poolOf, 'CognitoEvents', { SyncTrigger: arn('lambda:${AWS::Region}:999999999999:function:x') }),
  ],
  [
    6,
    'a stream of the pool',
    entry(poolOf, 'CognitoStreams', { StreamName: 's', StreamingStatus: 'ENABLED', RoleArn: admin }),
  ],
  [6, 'messages of the pool', entry(poolOf, 'PushSync', { ApplicationArns: ['x'], RoleArn: admin })],
  [6, 'a name of the pool that is written down', set(`${poolOf}.IdentityPoolName`, 'pool')],
  [6, 'sessions of twelve hours', entry(users, 'MaxSessionDuration', 43_200)],
  [6, 'sessions of twelve hours for guests', entry(guests, 'MaxSessionDuration', 43_200)],
  [6, 'a name of the role', entry(users, 'RoleName', 'Admin')],
  [6, 'tags of the role', entry(users, 'Tags', [{ Key: 'userSub', Value: 'x' }])],
  [6, 'another path of the role', set(`${users}.Path`, '/')],
  [6, 'another path of the guests’ role', remove(`${guests}.Path`)],
  ...(
    [
      ['IdentityPool', 'DeletionPolicy', 'Delete'],
      ['IdentityPool', 'UpdateReplacePolicy', 'Delete'],
      ['AuthenticatedRole', 'DeletionPolicy', 'Delete'],
      ['AuthenticatedRole', 'UpdateReplacePolicy', 'Retain'],
      ['UnauthenticatedRole', 'DeletionPolicy', 'Retain'],
      ['UnauthenticatedRole', 'UpdateReplacePolicy', 'Retain'],
      ['RoleAttachment', 'DeletionPolicy', 'Delete'],
      ['RoleAttachment', 'UpdateReplacePolicy', 'Delete'],
      ['PrincipalTag', 'DeletionPolicy', 'Retain'],
      ['IdentityPool', 'DependsOn', 'RoleAttachment'],
      ['IdentityPool', 'Metadata', 'x'],
    ] as const
  ).map(([id, name, value]): Mutant => [6, `${id} with ${name} ${value}`, attribute(id, name, value)]),
  [6, 'the pool lost with the stack', remove('Resources.IdentityPool.DeletionPolicy')],
  [6, 'the pool lost with an update', remove('Resources.IdentityPool.UpdateReplacePolicy')],
  [6, 'the users’ role lost with the stack', remove('Resources.AuthenticatedRole.DeletionPolicy')],
  [6, 'one more output', output_('More', { Ref: 'UploadsKmsKeyArn' })],
  [6, 'an output that others import', output_('IdentityPoolId', { Ref: 'IdentityPool' }, { Export: { Name: 'pool' } })],
  [
    6,
    'the guests’ role for the users’',
    set('Outputs.AuthenticatedRoleArn.Value', {
      'Fn::If': [
        'GuestsAllowed',
        { 'Fn::GetAtt': ['UnauthenticatedRole', 'Arn'] },
        { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] },
      ],
    }),
  ],
  [6, 'another login provider', set('Outputs.LoginProviderName.Value', stranger)],
  [6, 'another pool for the app', set('Outputs.IdentityPoolId.Value', 'us-east-1:0000')],
  [
    6,
    'a configuration that names another pool',
    rewrite('Outputs.ClientConfiguration', '"${IdentityPool}', '"us-east-1:0000'),
  ],
  [6, 'an output that is missing', remove('Outputs.AuthenticatedRoleName')],
  [6, 'no name of the template', remove('Outputs.TemplateId')],
  [6, 'the name of another template', set('Outputs.TemplateId.Value', 'identity-pool-tutorial')],
  [6, 'one more parameter', set('Parameters.More', { Type: 'String', Default: '', AllowedPattern: '^$' })],
  [
    6,
    'a macro',
    rewrite(
      'Resources.PrincipalTag.Properties.IdentityPoolId',
      '{"Ref":"IdentityPool"}',
      '{"Fn::Transform":{"Name":"Macro"}}',
    ),
  ],
  [
    6,
    'a secret in a name',
    set(`${poolOf}.IdentityPoolName`, {
      'Fn::If': ['HasIdentityPoolName', '{{resolve:secretsmanager:key}}', { Ref: 'AWS::NoValue' }],
    }),
  ],

  openDefault('AllowGuests', 'true'),
  openDefault('AllowClassicFlow', 'true'),
  openDefault('AllowProtectedFolder', 'true'),
  openDefault('AllowPublicFolder', 'true'),
  openDefault('UsePrincipalTags', 'true'),
  openDefault('RoleSelection', 'Token'),
  openDefault('AmbiguousRoleResolution', 'AuthenticatedRole'),
  openDefault('UploadsFolderKeyedBy', 'UserSub'),
  openDefault('UploadsBucketName', 'company-payroll'),
  openDefault('UserTableName', 'payroll'),
  openDefault('ApiId', 'a1b2c3d4e5'),
  openDefault('AdditionalApiArns', 'arn:aws:execute-api:us-east-1:999999999999:a1b2c3d4e5/*'),
  openDefault('AdditionalManagedPolicyArns', 'arn:aws:iam::aws:policy/AdministratorAccess'),
  openDefault('UserPoolId', 'us-east-1_attacker'),
  openDefault('GoogleClientId', 'attacker'),
  openDefault('DeveloperProviderName', 'attacker'),
  openDefault('RolePath', '/admin/'),

  ...['UserPoolId', 'UserPoolClientId', 'UserPoolClientId2', 'UserPoolClientId3'].map(it => openPattern(1, it)),
  ...['FacebookAppId', 'GoogleClientId', 'AmazonAppId', 'AppleServicesId'].map(it => openPattern(1, it)),
  ...['OpenIdConnectProviderArns', 'SamlProviderArns', 'DeveloperProviderName'].map(it => openPattern(1, it)),
  ...['UploadsBucketName', 'UserTableName'].map(it => openPattern(2, it)),
  ...['ApiId', 'ApiRegion', 'ApiStage', 'AdditionalApiArns'].map(it => openPattern(4, it)),
  ...['UploadsKmsKeyArn', 'AdditionalManagedPolicyArns', 'PermissionsBoundaryArn'].map(it => openPattern(5, it)),
  ...['IdentityPoolName', 'RolePath'].map(it => openPattern(6, it)),
  [2, 'buckets by wildcards', patternOf('UploadsBucketName', '[a-z0-9.-]{1,61}', '[a-z0-9.*-]{1,61}')],
  [2, 'buckets by a wildcard at the end', patternOf('UploadsBucketName', '[a-z0-9])?$', '[a-z0-9*])?$')],
  [2, 'buckets by a wildcard for one letter', patternOf('UploadsBucketName', '[a-z0-9.-]{1,61}', '[a-z0-9.?-]{1,61}')],
  [2, 'buckets with a folder', patternOf('UploadsBucketName', '[a-z0-9.-]{1,61}', '[a-z0-9./-]{1,61}')],
  [2, 'buckets with anything behind', patternOf('UploadsBucketName', '[a-z0-9])?$', '[a-z0-9].*)?$')],
  [2, 'tables by wildcards', patternOf('UserTableName', '_.-]', '_.*-]')],
  [2, 'tables with an index', patternOf('UserTableName', '_.-]', '_./-]')],
  [2, 'tables by variables', patternOf('UserTableName', '_.-]', '_.${}:-]')],
  [
    2,
    'buckets that Systems Manager names',
    set('Parameters.UploadsBucketName.Type', 'AWS::SSM::Parameter::Value<String>'),
  ],
  [4, 'APIs by wildcards', patternOf('ApiId', '[a-z0-9]', '[a-z0-9*]')],
  [4, 'APIs with a method', patternOf('ApiId', '[a-z0-9]', '[a-z0-9/]')],
  [4, 'every region', patternOf('ApiRegion', '^(', '^(\\*|')],
  [4, 'stages by wildcards', patternOf('ApiStage', '[A-Za-z0-9_-]', '[A-Za-z0-9_*-]')],
  [4, 'stages with a method', patternOf('ApiStage', '[A-Za-z0-9_-]', '[A-Za-z0-9_/-]')],
  [4, 'further APIs of any ID', patternOf('AdditionalApiArns', '[a-z0-9]{8,32}', '[a-z0-9*]{1,32}')],
  [4, 'further APIs of any account', patternOf('AdditionalApiArns', '[0-9]{12}', '([0-9]{12}|\\*)')],
  [4, 'further APIs of no account', patternOf('AdditionalApiArns', '[0-9]{12}', '([0-9]{12})?')],
  [4, 'further APIs in any region', patternOf('AdditionalApiArns', '[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}', '[a-z0-9*-]+')],
  [4, 'further APIs, after the first of any kind', patternOf('AdditionalApiArns', '{0,19})?$', '{0,19}(,[^,]*)?)?$')],
  [4, 'further APIs by variables', patternOf('AdditionalApiArns', '[A-Za-z0-9_.~%@+=:*-]', '[A-Za-z0-9_.~%@+=:*${}-]')],
  [5, 'every key of the account', patternOf('UploadsKmsKeyArn', '[A-Za-z0-9-]{1,128}', '[A-Za-z0-9*-]{1,128}')],
  [5, 'keys of any account', patternOf('UploadsKmsKeyArn', '[0-9]{12}', '[0-9*]+')],
  [5, 'managed policies by wildcards', patternOf('AdditionalManagedPolicyArns', '[\\w+=.@/-]', '[\\w+=.@/*-]')],
  [1, 'providers by wildcards', patternOf('SamlProviderArns', '[\\w._-]', '[\\w._*-]')],
  [1, 'clients with a user pool', patternOf('UserPoolClientId', '[\\w+]', '[\\w+/:]')],
  [1, 'user pools with more behind', patternOf('UserPoolId', '[0-9A-Za-z]+', '[0-9A-Za-z/:.]+')],
  [6, 'guests by more words than true and false', remove('Parameters.AllowGuests.AllowedValues')],
]

/** More for users where a condition holds that none of the template's is. */
const where = (condition: Json): Change =>
  all(
    at('Conditions', it => ({ ...(isObject(it) ? it : {}), IsElsewhere: condition })),
    while_('IsElsewhere', users, allow('s3:GetObject', '*')),
  )

/** What shows only in places at which nobody looks. */
const elsewhere: readonly Mutant[] = [
  [6, 'more in one region', where({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] })],
  [6, 'more in one account', where({ 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '210987654321'] })],
  [6, 'more in a stack of one name', where({ 'Fn::Equals': [{ Ref: 'AWS::StackName' }, 'prod'] })],
  [
    6,
    'more in a stack whose ID says so',
    where({
      'Fn::Equals': [{ 'Fn::Sub': '${AWS::StackId}' }, 'arn:aws:cloudformation:us-east-1:210987654321:stack/x/y'],
    }),
  ],
  [2, 'more for a bucket of one name', where({ 'Fn::Equals': [{ Ref: 'UploadsBucketName' }, 'company-payroll'] })],
  [2, 'more for users of one user pool', where({ 'Fn::Equals': [{ Ref: 'UserPoolId' }, 'us-east-1_attacker'] })],
]

/** Of `identity-pool` too: under the right option, and yet too much; and all that no statement says. */
export const deeper: readonly Mutant[] = [...grants, ...signIns, ...tagged, ...stocks, ...elsewhere]

const bucketPolicy = 'Resources.BucketPolicy.Properties.PolicyDocument'

const readers = (sid: string, change: (it: JsonObject) => Json | undefined) =>
  each(bucketPolicy, it => it['Sid'] === sid, change)

/** Of `publication-bucket`. */
export const bucketMutants: readonly Mutant[] = [
  [
    5,
    'the whole bucket read',
    readers('PublicRead', it => ({ ...it, Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*' } })),
  ],
  [
    5,
    'folders that begin alike read',
    readers('PublicRead', it => ({
      ...it,
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/${Prefix}*' },
    })),
  ],
  [5, 'written by the public', readers('PublicRead', it => ({ ...it, Action: ['s3:GetObject', 's3:PutObject'] }))],
  [5, 'read by any organization', readers('OrganizationRead', ({ Condition: _, ...it }) => it)],
  [
    5,
    'read by organizations that begin alike',
    rewrite(bucketPolicy, '"StringEquals":{"aws:PrincipalOrgID"', '"StringLike":{"aws:PrincipalOrgID"'),
  ],
  [5, 'read by the organization where it is private', rewrite(bucketPolicy, '"IsOrganization"', '"HasBucketName"')],
  [
    5,
    'logs of other accounts',
    remove('Resources.AccessLogBucketPolicy.Properties.PolicyDocument.Statement.1.Condition'),
  ],
  [6, 'read by the public where it is private', rewrite(bucketPolicy, '"IsPublic"', '"HasBucketName"')],
  [
    6,
    'public policies not blocked',
    set('Resources.Bucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy', false),
  ],
  [6, 'releases not protected', rewrite(bucketPolicy, '"ReleasesProtected"', '"IsPublic"')],
  [6, 'a bucket for logs that nobody asked for', remove('Resources.AccessLogBucket.Condition')],
  [6, 'an output without its bucket', remove('Outputs.AccessLogBucketName.Condition')],
  [7, 'ARNs of the commercial partition', rewrite(bucketPolicy, 'arn:${AWS::Partition}:', 'arn:aws:')],
]

const fixed = (id: string, path: string, value: Json) => set(`Resources.${id}.Properties.${path}`, value)
const anybody = (resource: string): JsonObject => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: { 'Fn::Sub': `\${${resource}.Arn}/*` },
})
const toBucketPolicy = (value: JsonObject) => also(`${bucketPolicy}.Statement`, value)

/** Of `publication-bucket` too. */
export const deeperBucketMutants: readonly Mutant[] = [
  [
    5,
    'a folder in every folder read',
    readers('PublicRead', it => ({
      ...it,
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*/${Prefix}/*' },
    })),
  ],
  [
    5,
    'another bucket read',
    readers('PublicRead', it => ({ ...it, Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::payroll/${Prefix}/*' } })),
  ],
  [
    5,
    'read in an organization that is written down',
    readers('OrganizationRead', it => ({
      ...it,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-aaaaaaaaaa', { Ref: 'OrganizationId' }] } },
    })),
  ],
  [5, 'read by one account more', toBucketPolicy({ ...anybody('Bucket'), Principal: { AWS: '210987654321' } })],
  [
    5,
    'logs by any service',
    fixed('AccessLogBucketPolicy', 'PolicyDocument.Statement.1.Principal.Service', 'lambda.amazonaws.com'),
  ],
  [5, 'logs deleted by the service', fixed('AccessLogBucketPolicy', 'PolicyDocument.Statement.1.Action', 's3:*')],
  [
    5,
    'logs of any bucket',
    remove('Resources.AccessLogBucketPolicy.Properties.PolicyDocument.Statement.1.Condition.ArnLike'),
  ],
  [
    5,
    'another service in the bucket',
    toBucketPolicy({
      ...anybody('Bucket'),
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  ],
  [6, 'no TLS', readers('TlsOnly', () => undefined)],
  [
    6,
    'a denial that never holds',
    readers('NothingIsDeleted', it => ({ ...it, Condition: { StringEquals: { 'aws:username': 'nobody' } } })),
  ],
  [6, 'a denial of something else', readers('NothingIsDeleted', it => ({ ...it, Action: 's3:DeleteObjectTagging' }))],
  [6, 'versions deleted after all', readers('NothingIsDeleted', it => ({ ...it, Action: 's3:DeleteObject' }))],
  [
    6,
    'releases written over',
    readers('ReleasesAreWrittenOnce', it => ({
      ...it,
      NotResource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*' }],
    })),
  ],
  [6, 'no versions', fixed('Bucket', 'VersioningConfiguration.Status', 'Suspended')],
  [
    6,
    'releases that expire',
    fixed('Bucket', 'LifecycleConfiguration.Rules.0', { Id: 'all', Status: 'Enabled', ExpirationInDays: 30 }),
  ],
  [
    6,
    'versions that expire',
    fixed('Bucket', 'LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration', { NoncurrentDays: 1 }),
  ],
  [6, 'ACLs of others', fixed('Bucket', 'OwnershipControls.Rules.0.ObjectOwnership', 'ObjectWriter')],
  [6, 'public ACLs', fixed('Bucket', 'PublicAccessBlockConfiguration.IgnorePublicAcls', false)],
  [
    6,
    'public policies of the logs',
    fixed('AccessLogBucket', 'PublicAccessBlockConfiguration.BlockPublicPolicy', false),
  ],
  [
    6,
    'another encryption',
    fixed('Bucket', 'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault', {
      SSEAlgorithm: 'aws:kms',
    }),
  ],
  [6, 'copies elsewhere', entry('Resources.Bucket.Properties', 'ReplicationConfiguration', { Role: admin, Rules: [] })],
  [6, 'a website', entry('Resources.Bucket.Properties', 'WebsiteConfiguration', { IndexDocument: 'index.html' })],
  [6, 'events', entry('Resources.Bucket.Properties', 'NotificationConfiguration', { EventBridgeConfiguration: {} })],
  [6, 'the bucket lost with the stack', remove('Resources.Bucket.DeletionPolicy')],
  [6, 'the bucket lost with an update', remove('Resources.Bucket.UpdateReplacePolicy')],
  [6, 'the policy lost with the stack', attribute('BucketPolicy', 'DeletionPolicy', 'Delete')],
  [6, 'the logs lost with the stack', attribute('AccessLogBucket', 'DeletionPolicy', 'Delete')],
  [6, 'the policy of another bucket', fixed('BucketPolicy', 'Bucket', 'payroll')],
  [6, 'an access point for all', resource_('Point', 'AWS::S3::AccessPoint', { Bucket: { Ref: 'Bucket' } })],
  [6, 'a role that publishes', resource_('Publisher', 'AWS::IAM::Role', { AssumeRolePolicyDocument: {} })],
  [6, 'public by default', defaultOf('ReadAccess', 'Public')],
  [6, 'releases not protected by default', defaultOf('ProtectReleases', 'false')],
  [6, 'an output that others import', output_('BucketArn', { Ref: 'Bucket' }, { Export: { Name: 'bucket' } })],
  [6, 'a publisher who may do all', rewrite('Outputs.PublisherPolicy', 's3:GetBucketPolicyStatus', 's3:*')],
  [6, 'a publisher of every bucket', rewrite('Outputs.PublisherPolicy', '${Bucket}/${Prefix}/*', '*')],
  ...['BucketName', 'AccessLogBucketName', 'OrganizationId', 'AccessLogRetentionDays'].map(it => openPattern(6, it)),
  openPattern(5, 'Prefix'),
  [5, 'a folder by wildcards', patternOf('Prefix', '._-', '._*-')],
  [5, 'a folder by variables', patternOf('Prefix', '._-', '._${}:-')],
]

const nested = 'Resources.Identity.Properties'

/** Of `notes-app`. */
export const appMutants: readonly Mutant[] = [
  [
    5,
    'uploads read by anybody',
    also('Resources.UploadsPolicy.Properties.PolicyDocument.Statement', anybody('Uploads')),
  ],
  [
    5,
    'uploads read by another account',
    also('Resources.UploadsPolicy.Properties.PolicyDocument.Statement', {
      ...anybody('Uploads'),
      Principal: { AWS: '210987654321' },
    }),
  ],
  [6, 'uploads without TLS', remove('Resources.UploadsPolicy.Properties.PolicyDocument.Statement.0.Condition')],
  [6, 'no policy of the uploads', remove('Resources.UploadsPolicy')],
  [6, 'guests', entry(`${nested}.Parameters`, 'AllowGuests', 'true')],
  [6, 'a folder that all share', entry(`${nested}.Parameters`, 'AllowPublicFolder', 'true')],
  [
    6,
    'a managed policy',
    entry(`${nested}.Parameters`, 'AdditionalManagedPolicyArns', 'arn:aws:iam::aws:policy/AdministratorAccess'),
  ],
  [6, 'another bucket', set(`${nested}.Parameters.UploadsBucketName`, 'company-payroll')],
  [6, 'every stage', remove(`${nested}.Parameters.ApiStage`)],
  [6, 'another template', set(`${nested}.TemplateURL`, 'https://attacker.s3.amazonaws.com/t')],
  [6, 'the API without IAM', fixed('NotesGet', 'AuthorizationType', 'NONE')],
  [6, 'a key for the API', fixed('NotesGet', 'ApiKeyRequired', true)],
  [
    6,
    'a method for anybody',
    resource_('NotesPut', 'AWS::ApiGateway::Method', {
      RestApiId: { Ref: 'Api' },
      ResourceId: { Ref: 'NotesResource' },
      HttpMethod: 'PUT',
      AuthorizationType: 'NONE',
    }),
  ],
  [6, 'OPTIONS that does something', fixed('NotesOptions', 'HttpMethod', 'ANY')],
  [
    6,
    'a policy of the API',
    entry('Resources.Api.Properties', 'Policy', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }],
    }),
  ],
  [6, 'pages of anybody', fixed('Uploads', 'CorsConfiguration.CorsRules.0.AllowedOrigins', ['*'])],
  [6, 'no versions of uploads', fixed('Uploads', 'VersioningConfiguration.Status', 'Suspended')],
  [6, 'uploads that expire', fixed('Uploads', 'LifecycleConfiguration.Rules.0.ExpirationInDays', 1)],
  [6, 'public uploads', fixed('Uploads', 'PublicAccessBlockConfiguration.RestrictPublicBuckets', false)],
  [6, 'uploads lost with the stack', attribute('Uploads', 'DeletionPolicy', 'Delete')],
  [6, 'users lost with the stack', attribute('UserPool', 'DeletionPolicy', 'Delete')],
  [6, 'users lost with an update', attribute('UserPool', 'UpdateReplacePolicy', 'Delete')],
  [6, 'the app client lost with the stack', remove('Resources.UserPoolClient.DeletionPolicy')],
  [6, 'identities lost with the stack', remove('Resources.Identity.DeletionPolicy')],
  [6, 'short passwords', fixed('UserPool', 'Policies.PasswordPolicy.MinimumLength', 6)],
  [6, 'addresses that nobody has verified', remove('Resources.UserPool.Properties.AutoVerifiedAttributes')],
  [
    6,
    'a trigger of the user pool',
    entry('Resources.UserPool.Properties', 'LambdaConfig', {
      PreTokenGeneration: 'arn:aws:lambda:us-east-1:999999999999:function:x',
    }),
  ],
  [
    6,
    'passwords that go over the wire',
    also('Resources.UserPoolClient.Properties.ExplicitAuthFlows', 'ALLOW_USER_PASSWORD_AUTH'),
  ],
  [6, 'a client that anybody may ask for users', fixed('UserPoolClient', 'PreventUserExistenceErrors', 'LEGACY')],
  [6, 'claims that users write', also('Resources.UserPoolClient.Properties.WriteAttributes', 'custom:role')],
  [
    6,
    'an administrator',
    resource_('Admin', 'AWS::Cognito::UserPoolUser', {
      UserPoolId: { Ref: 'UserPool' },
      Username: 'admin@example.com',
    }),
  ],
  [6, 'an output that is a secret', output_('Secret', { 'Fn::GetAtt': ['UserPoolClient', 'ClientSecret'] })],
  [6, 'AppOrigin without a pattern', remove('Parameters.AppOrigin.AllowedPattern')],
  [6, 'origins by wildcards', patternOf('AppOrigin', '[a-z0-9.-]*', '[a-z0-9.*-]*')],
  [6, 'IdentityPoolTemplateUrl without a pattern', remove('Parameters.IdentityPoolTemplateUrl.AllowedPattern')],
  [
    6,
    'templates of hosts that end in anything',
    patternOf('IdentityPoolTemplateUrl', '\\.amazonaws\\.com', '\\.amazonaws\\.com[a-z.]*'),
  ],
  [6, 'templates of any scheme', patternOf('IdentityPoolTemplateUrl', 'https://', 'https?://')],
  [6, 'templates of any host', patternOf('IdentityPoolTemplateUrl', '\\.amazonaws\\.com', '\\.[a-z.]+')],
  [7, 'the suffix of China', rewrite('Outputs.ApiUrl', '${AWS::URLSuffix}', 'amazonaws.com.cn')],
  [7, 'a region that is written down', rewrite('Outputs.ApiUrl', '${AWS::Region}', 'cn-north-1')],
  [
    6,
    'a template by default',
    entry('Parameters.IdentityPoolTemplateUrl', 'Default', 'https://attacker.s3.amazonaws.com/identity-pool.yaml'),
  ],
]

/** Of `identity-pool-tutorial`, which keeps laws 1, 6 and 7. */
export const tutorialMutants: readonly Mutant[] = [
  [1, 'no aud', remove(`${trustOf(users)}.Statement.0.Condition.StringEquals`)],
  [1, 'no amr', remove(`${trustOf(users)}.Statement.0.Condition.ForAnyValue:StringLike`)],
  [1, 'trust in the account', set(`${trustOf(users)}.Statement.0.Principal`, { AWS: { Ref: 'AWS::AccountId' } })],
  [1, 'tokens that are not checked', set(`${poolOf}.CognitoIdentityProviders.0.ServerSideTokenCheck`, false)],
  [1, 'one more user pool', also(`${poolOf}.CognitoIdentityProviders`, { ClientId: 'x', ProviderName: stranger })],
  [1, 'sign-in with Google', entry(poolOf, 'SupportedLoginProviders', { 'accounts.google.com': 'attacker' })],
  [1, 'a role for guests', entry(`${attachment}.Roles`, 'unauthenticated', admin)],
  [6, 'guests', set(`${poolOf}.AllowUnauthenticatedIdentities`, true)],
  [6, 'the classic flow', set(`${poolOf}.AllowClassicFlow`, true)],
  [6, 'the pool lost with the stack', remove('Resources.IdentityPool.DeletionPolicy')],
  [6, 'a user pool by default', entry('Parameters.UserPoolId', 'Default', 'us-east-1_attacker')],
  [
    7,
    'the host of China',
    rewrite(trustOf(users), 'cognito-identity.amazonaws.com', 'cognito-identity.cn-north-1.amazonaws.com.cn'),
  ],
  ...['UserPoolId', 'UserPoolClientId'].map(it => openPattern(1, it)),
]
