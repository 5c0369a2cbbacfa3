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
