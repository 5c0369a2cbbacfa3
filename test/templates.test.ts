import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { isObject, type Json } from '../src/document.ts'
import { emit } from '../src/emit.ts'
import { link } from '../src/link.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { type Deployment, refusals, resolve } from './support/resolve.ts'

const linked = link(identityPool, { id: 'identity-pool', version: '1.2.3' })
const { document } = linked
const { document: tutorialDocument } = link(tutorial, { id: 'identity-pool-tutorial', version: '1.2.3' })

const { document: bucketDocument } = link(publicationBucket, { id: 'publication-bucket', version: '1.2.3' })

const UserPoolId = 'eu-west-1_a1B2c3D4e'
const UserPoolClientId = '1example23456789'
const signIn = { UserPoolId, UserPoolClientId }
const chapter = { ...signIn, UploadsBucketName: 'notes-uploads', ApiId: 'a1b2c3d4e5' }

test('names that stacks depend on are the ones of the golden file', () => {
  const contract = Object.fromEntries(
    Object.entries({
      'identity-pool': document,
      'identity-pool-tutorial': tutorialDocument,
      'publication-bucket': bucketDocument,
      'notes-app': link(notesApp, { id: 'notes-app', version: '1.2.3' }).document,
    }).map(([name, it]) => [
      name,
      {
        Parameters: entriesOf(it.Parameters, declaration => [declaration['Type'], declaration['Default'] ?? null]),
        Resources: entriesOf(it.Resources, declaration => [declaration['Type'], declaration['Condition'] ?? null]),
        Outputs: entriesOf(it.Outputs, declaration => declaration['Condition'] ?? null),
      },
    ]),
  )
  assert.deepEqual(contract, JSON.parse(readFileSync('test/golden/contract.json', 'utf8')))
})

test('with the chapter’s values the signed-in role allows the own folder and the one API', () => {
  assert.deepEqual(policiesOf('AuthenticatedRole', { parameters: chapter }), {
    'own-folder': [
      {
        Sid: 'PrivateObjects',
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        Resource: 'arn:aws:s3:::notes-uploads/private/${cognito-identity.amazonaws.com:sub}/*',
      },
      {
        Sid: 'PrivateList',
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::notes-uploads',
        Condition: {
          StringLike: {
            's3:prefix': [
              'private/${cognito-identity.amazonaws.com:sub}/',
              'private/${cognito-identity.amazonaws.com:sub}/*',
            ],
          },
        },
      },
    ],
    api: [
      {
        Sid: 'InvokeApi',
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*/*',
      },
    ],
  })
})

test('with the chapter’s values there are the pool, one role and the attachment, and nothing else', () => {
  const { Resources, Outputs } = resolve(document, { parameters: chapter })
  assert.deepEqual(Resources['IdentityPool']?.Properties, {
    AllowUnauthenticatedIdentities: false,
    AllowClassicFlow: false,
    CognitoIdentityProviders: [
      {
        ClientId: UserPoolClientId,
        ProviderName: `cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`,
        ServerSideTokenCheck: true,
      },
    ],
  })
  assert.deepEqual(Resources['RoleAttachment']?.Properties, {
    IdentityPoolId: '<IdentityPool>',
    Roles: { authenticated: 'AuthenticatedRole.Arn' },
  })
  assert.deepEqual(Object.keys(Resources), ['IdentityPool', 'AuthenticatedRole', 'RoleAttachment'])
  assert.deepEqual(Outputs, {
    IdentityPoolId: '<IdentityPool>',
    IdentityPoolArn: 'arn:aws:cognito-identity:us-east-1:123456789012:identitypool/<IdentityPool>',
    AuthenticatedRoleArn: 'AuthenticatedRole.Arn',
    AuthenticatedRoleName: '<AuthenticatedRole>',
    LoginProviderName: `cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`,
    ClientConfiguration: JSON.stringify({
      Auth: {
        Cognito: {
          userPoolId: UserPoolId,
          userPoolClientId: UserPoolClientId,
          identityPoolId: '<IdentityPool>',
          allowGuestAccess: false,
        },
      },
      Storage: { S3: { bucket: 'notes-uploads', region: 'us-east-1' } },
    }),
    TemplateId: 'identity-pool',
    TemplateVersion: '1.2.3',
  })
})

const hosts = [
  ['us-east-1', 'aws', 'cognito-identity.amazonaws.com'],
  ['us-gov-west-1', 'aws-us-gov', 'cognito-identity-us-gov.amazonaws.com'],
  ['us-gov-east-1', 'aws-us-gov', 'cognito-identity.us-gov-east-1.amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'cognito-identity.cn-north-1.amazonaws.com.cn'],
] as const

for (const [region, partition, host] of hosts) {
  test(`in ${region} the roles trust ${host}, the pool and those who signed in or guests, and name no other host`, () => {
    const parameters = {
      OpenIdConnectProviderArns: 'arn:aws:iam::123456789012:oidc-provider/login.example.com',
      UploadsBucketName: 'notes-uploads',
      AllowProtectedFolder: 'true',
      UserTableName: 'notes',
      AllowGuests: 'true',
    }
    const deployment = { parameters, region, partition }
    const trust = (audience: string) => ({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: host },
          Action: ['sts:AssumeRoleWithWebIdentity'],
          Condition: {
            StringEquals: { [`${host}:aud`]: '<IdentityPool>' },
            'ForAnyValue:StringLike': { [`${host}:amr`]: audience },
          },
        },
      ],
    })
    const { Resources } = resolve(document, deployment)
    assert.deepEqual(Resources['AuthenticatedRole']?.Properties['AssumeRolePolicyDocument'], trust('authenticated'))
    assert.deepEqual(Resources['UnauthenticatedRole']?.Properties['AssumeRolePolicyDocument'], trust('unauthenticated'))
    const named = JSON.stringify(Resources).match(/cognito-identity[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?/g) ?? []
    assert.ok(named.length > 8)
    assert.deepEqual([...new Set(named)], [host])
  })
}

for (const [region, partition] of [
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
] as const) {
  test(`in ${partition}, whose identity host nobody knows, nothing is made`, () => {
    assert.throws(
      () => resolve(document, { parameters: chapter, region, partition }),
      /finds nothing under IdentityHosts/,
    )
  })
}

test('a region to come in GovCloud does not get the commercial host', () => {
  const { Resources } = resolve(document, { parameters: chapter, region: 'us-gov-north-1', partition: 'aws-us-gov' })
  assert.doesNotMatch(JSON.stringify(Resources), /cognito-identity\.amazonaws\.com/)
})

const providers: readonly (readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, Json>>])[] = [
  ['Facebook', { FacebookAppId: '1234567890' }, { SupportedLoginProviders: { 'graph.facebook.com': '1234567890' } }],
  [
    'Google',
    { GoogleClientId: '123-abc.apps.googleusercontent.com' },
    { SupportedLoginProviders: { 'accounts.google.com': '123-abc.apps.googleusercontent.com' } },
  ],
  [
    'Amazon',
    { AmazonAppId: 'amzn1.application-oa2-client.0a' },
    { SupportedLoginProviders: { 'www.amazon.com': 'amzn1.application-oa2-client.0a' } },
  ],
  [
    'Apple',
    { AppleServicesId: 'com.example.app' },
    { SupportedLoginProviders: { 'appleid.apple.com': 'com.example.app' } },
  ],
  [
    'OpenID Connect',
    {
      OpenIdConnectProviderArns:
        'arn:aws:iam::123456789012:oidc-provider/a.example.com,arn:aws:iam::123456789012:oidc-provider/b.example.com/x',
    },
    {
      OpenIdConnectProviderARNs: [
        'arn:aws:iam::123456789012:oidc-provider/a.example.com',
        'arn:aws:iam::123456789012:oidc-provider/b.example.com/x',
      ],
    },
  ],
  [
    'SAML',
    { SamlProviderArns: 'arn:aws:iam::123456789012:saml-provider/Corp' },
    { SamlProviderARNs: ['arn:aws:iam::123456789012:saml-provider/Corp'] },
  ],
  [
    'a developer provider',
    { DeveloperProviderName: 'login.example.app' },
    { DeveloperProviderName: 'login.example.app' },
  ],
]

for (const [name, parameters, expected] of providers) {
  test(`${name} alone signs in, with no subject at all, and the roles have no policies`, () => {
    const { Resources, Outputs } = resolve(document, { parameters })
    assert.deepEqual(Resources['IdentityPool']?.Properties, {
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      ...expected,
    })
    assert.deepEqual(Resources['AuthenticatedRole']?.Properties['Policies'], [])
    assert.equal(Outputs['LoginProviderName'], undefined)
    assert.deepEqual(JSON.parse(String(Outputs['ClientConfiguration'])), {
      Auth: { Cognito: { identityPoolId: '<IdentityPool>', allowGuestAccess: false } },
    })
  })
}

test('guests get a role of their own, which reaches the public folder and nothing else', () => {
  const parameters = { AllowGuests: 'true', UploadsBucketName: 'notes-uploads', AllowPublicFolder: 'true' }
  const { Resources, Outputs } = resolve(document, { parameters })
  assert.equal(Resources['IdentityPool']?.Properties['AllowUnauthenticatedIdentities'], true)
  assert.deepEqual(Resources['RoleAttachment']?.Properties['Roles'], {
    authenticated: 'AuthenticatedRole.Arn',
    unauthenticated: 'UnauthenticatedRole.Arn',
  })
  assert.equal(Outputs['UnauthenticatedRoleArn'], 'UnauthenticatedRole.Arn')
  assert.deepEqual(policiesOf('UnauthenticatedRole', { parameters }), {
    'public-folder': [
      { Sid: 'PublicGet', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::notes-uploads/public/*' },
    ],
  })
})

test('guests with an encrypted bucket may decrypt what they get, and encrypt nothing', () => {
  const UploadsKmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1234'
  const parameters = {
    AllowGuests: 'true',
    UploadsBucketName: 'notes-uploads',
    AllowPublicFolder: 'true',
    UploadsKmsKeyArn,
  }
  assert.deepEqual(policiesOf('UnauthenticatedRole', { parameters })['bucket-key'], [
    {
      Sid: 'BucketKey',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: UploadsKmsKeyArn,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
    },
  ])
})

test('a KMS key is of use through Amazon S3 in its own region only', () => {
  const UploadsKmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1234'
  assert.deepEqual(policiesOf('AuthenticatedRole', { parameters: { ...chapter, UploadsKmsKeyArn } })['bucket-key'], [
    {
      Sid: 'BucketKey',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: UploadsKmsKeyArn,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
    },
  ])
})

test('the protected level adds the own folder, and only getting objects of others', () => {
  const parameters = { ...chapter, AllowProtectedFolder: 'true' }
  const own = 'protected/${cognito-identity.amazonaws.com:sub}/'
  assert.deepEqual(policiesOf('AuthenticatedRole', { parameters })['protected-folders'], [
    {
      Sid: 'ProtectedObjects',
      Effect: 'Allow',
      Action: [
        's3:GetObject',
        's3:PutObject',
        's3:DeleteObject',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts',
      ],
      Resource: `arn:aws:s3:::notes-uploads/${own}*`,
    },
    {
      Sid: 'ProtectedList',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::notes-uploads',
      Condition: { StringLike: { 's3:prefix': [own, `${own}*`] } },
    },
    {
      Sid: 'ProtectedGet',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::notes-uploads/protected/*',
    },
  ])
})

test('the public level lets signed-in users get and put, and nobody delete or list', () => {
  assert.deepEqual(
    policiesOf('AuthenticatedRole', { parameters: { ...chapter, AllowPublicFolder: 'true' } })['public-folder'],
    [
      {
        Sid: 'PublicObjects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject'],
        Resource: 'arn:aws:s3:::notes-uploads/public/*',
      },
    ],
  )
})

test('a folder named by the user’s sub follows a principal tag, which the trust and the pool then set', () => {
  const parameters = { ...chapter, UploadsFolderKeyedBy: 'UserSub', AllowProtectedFolder: 'true' }
  const { Resources } = resolve(document, { parameters })
  const policies = JSON.stringify(Resources['AuthenticatedRole']?.Properties['Policies'])
  assert.doesNotMatch(policies, /cognito-identity/)
  assert.match(policies, /"arn:aws:s3:::notes-uploads\/private\/\$\{aws:PrincipalTag\/userSub\}\/\*"/)
  assert.match(policies, /"arn:aws:s3:::notes-uploads\/protected\/\$\{aws:PrincipalTag\/userSub\}\/\*"/)
  assert.deepEqual(Resources['PrincipalTag']?.Properties, {
    IdentityPoolId: '<IdentityPool>',
    IdentityProviderName: `cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`,
    UseDefaults: false,
    PrincipalTags: { userSub: 'sub' },
  })
  assert.deepEqual(trustActions(parameters), ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'])
})

test('default principal tags come as Cognito’s own map, and as one explicit map beside the user’s sub', () => {
  const tags = (parameters: Record<string, string>) => {
    const { Resources } = resolve(document, { parameters: { ...chapter, ...parameters } })
    const { UseDefaults, PrincipalTags } = Resources['PrincipalTag']?.Properties ?? {}
    return { UseDefaults, PrincipalTags }
  }
  assert.deepEqual(tags({ UsePrincipalTags: 'true' }), { UseDefaults: true, PrincipalTags: undefined })
  assert.deepEqual(tags({ UsePrincipalTags: 'true', UploadsFolderKeyedBy: 'UserSub' }), {
    UseDefaults: false,
    PrincipalTags: { userSub: 'sub', username: 'sub', client: 'aud' },
  })
  assert.deepEqual(trustActions({ ...chapter, UsePrincipalTags: 'true' }), [
    'sts:AssumeRoleWithWebIdentity',
    'sts:TagSession',
  ])
  assert.deepEqual(trustActions(chapter), ['sts:AssumeRoleWithWebIdentity'])
})

test('a guest’s trust never tags sessions', () => {
  const { Resources } = resolve(document, {
    parameters: { ...chapter, AllowGuests: 'true', UsePrincipalTags: 'true' },
  })
  assert.doesNotMatch(JSON.stringify(Resources['UnauthenticatedRole']), /TagSession/)
})

test('an API may have a region, a stage and companions', () => {
  const AdditionalApiArns =
    'arn:aws:execute-api:us-west-2:123456789012:f6g7h8i9j0/prod/GET/notes,arn:aws:execute-api:us-west-2:123456789012:f6g7h8i9j0/$default/*'
  const policies = policiesOf('AuthenticatedRole', {
    parameters: { ...chapter, ApiRegion: 'ap-southeast-2', ApiStage: '$default', AdditionalApiArns },
  })
  assert.deepEqual(resourcesOf(policies['api']), [
    'arn:aws:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/$default/*',
  ])
  assert.deepEqual(resourcesOf(policies['additional-apis']), [AdditionalApiArns.split(',')])
})

test('rows of a table are the identity’s own, and the key must be in the request', () => {
  assert.deepEqual(
    policiesOf('AuthenticatedRole', { parameters: { ...chapter, UserTableName: 'notes' } })['own-rows'],
    [
      {
        Sid: 'OwnRows',
        Effect: 'Allow',
        Action: [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:BatchWriteItem',
        ],
        Resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/notes',
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${cognito-identity.amazonaws.com:sub}' },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ],
  )
})

test('roles by token map every configured client, under the provider’s own name', () => {
  const parameters = {
    ...chapter,
    UserPoolClientId2: 'client2',
    UserPoolClientId3: 'client3',
    RoleSelection: 'Token',
    AmbiguousRoleResolution: 'AuthenticatedRole',
  }
  const { Resources } = resolve(document, { parameters })
  const provider = `cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`
  const mapping = (client: string) => ({
    IdentityProvider: `${provider}:${client}`,
    Type: 'Token',
    AmbiguousRoleResolution: 'AuthenticatedRole',
  })
  assert.deepEqual(Resources['RoleAttachment']?.Properties['RoleMappings'], {
    UserPoolClient: mapping(UserPoolClientId),
    UserPoolClient2: mapping('client2'),
    UserPoolClient3: mapping('client3'),
  })
  const configured = Resources['IdentityPool']?.Properties['CognitoIdentityProviders']
  assert.deepEqual(
    Array.isArray(configured)
      ? configured.map(it => (isObject(it) ? `${it['ProviderName']}:${it['ClientId']}` : it))
      : [],
    [UserPoolClientId, 'client2', 'client3'].map(client => `${provider}:${client}`),
  )
})

test('boundary, path and further policies reach the roles as given', () => {
  const PermissionsBoundaryArn = 'arn:aws:iam::123456789012:policy/Boundary'
  const parameters = {
    ...chapter,
    AllowGuests: 'true',
    PermissionsBoundaryArn,
    RolePath: '/app/users/',
    AdditionalManagedPolicyArns: 'arn:aws:iam::123456789012:policy/A,arn:aws:iam::aws:policy/B',
  }
  const { Resources } = resolve(document, { parameters })
  for (const id of ['AuthenticatedRole', 'UnauthenticatedRole']) {
    assert.equal(Resources[id]?.Properties['PermissionsBoundary'], PermissionsBoundaryArn)
    assert.equal(Resources[id]?.Properties['Path'], '/app/users/')
  }
  assert.deepEqual(Resources['AuthenticatedRole']?.Properties['ManagedPolicyArns'], [
    'arn:aws:iam::123456789012:policy/A',
    'arn:aws:iam::aws:policy/B',
  ])
  assert.equal(Resources['UnauthenticatedRole']?.Properties['ManagedPolicyArns'], undefined)
})

test('the pool, its role and its attachment outlive the stack; what an option made does not', () => {
  const policies = entriesOf(document.Resources, it => [
    it['DeletionPolicy'] ?? null,
    it['UpdateReplacePolicy'] ?? null,
  ])
  assert.deepEqual(policies, {
    IdentityPool: ['RetainExceptOnCreate', 'Retain'],
    AuthenticatedRole: ['RetainExceptOnCreate', 'Delete'],
    UnauthenticatedRole: [null, null],
    RoleAttachment: ['RetainExceptOnCreate', 'Retain'],
    PrincipalTag: [null, null],
  })
})

/** Per parameter: values that deploy, and values that could widen a policy or mean nothing. */
const values: Readonly<Record<string, readonly [accepted: readonly string[], refused: readonly string[]]>> = {
  IdentityPoolName: [
    ['Notes app, v2 (a+b=c)'.replace(/[()]/g, ''), 'a@b'],
    ['a*b', 'a/b', '${x}', 'x'.repeat(129)],
  ],
  UserPoolId: [
    ['us-east-1_a1B2c3', 'us-gov-west-1_X', 'eusc-de-east-1_Y', 'ap-southeast-2_z'],
    [
      'us-east-1',
      'eu-west2_abc',
      '*',
      'us-east-1_a/b',
      'us-east-1_*',
      ' us-east-1_a',
      'arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_a',
    ],
  ],
  UserPoolClientId: [['1example23456789'], ['a b', '*', 'a/b', 'a:b', 'x'.repeat(129)]],
  FacebookAppId: [['1234567890'], ['abc', '12*']],
  GoogleClientId: [['123-a.apps.googleusercontent.com'], ['a b', '*', 'https://x']],
  AppleServicesId: [['com.example.app'], ['com.example.*', 'a/b']],
  AmazonAppId: [['amzn1.application-oa2-client.0a'], ['a*']],
  OpenIdConnectProviderArns: [
    ['arn:aws:iam::123456789012:oidc-provider/a.example.com/path'],
    [
      '*',
      'arn:aws:iam::123456789012:oidc-provider/a, arn:aws:iam::123456789012:oidc-provider/b',
      'arn:aws:iam::*:oidc-provider/a',
      'https://a.example.com',
      'arn:aws:iam::123456789012:oidc-provider/a,',
    ],
  ],
  SamlProviderArns: [
    ['arn:aws-us-gov:iam::123456789012:saml-provider/Corp'],
    ['arn:aws:iam::123456789012:saml-provider/*', 'arn:aws:iam::123456789012:oidc-provider/a', 'Corp'],
  ],
  DeveloperProviderName: [['login.example.app'], ['a b', 'a*', 'x'.repeat(101)]],
  AllowGuests: [
    ['true', 'false'],
    ['maybe', 'True', ''],
  ],
  AllowClassicFlow: [['true', 'false'], ['yes']],
  UploadsBucketName: [
    ['notes-uploads', 'a.b.c', '012', 'x'.repeat(63)],
    [
      '*',
      'a*',
      'a?b',
      'a/b',
      'notes/private',
      'arn:aws:s3:::notes',
      's3://notes',
      'https://notes.s3.amazonaws.com',
      '${x}',
      'a b',
      'Notes',
      'ab',
      '-ab',
      'ab-',
      'a..b',
      'notes--usw2-az1--x-s3',
      'notes-s3alias',
      'x'.repeat(64),
    ],
  ],
  UploadsFolderKeyedBy: [
    ['IdentityId', 'UserSub'],
    ['usersub', '*'],
  ],
  UploadsKmsKeyArn: [
    [
      'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1',
    ],
    [
      '*',
      'arn:aws:kms:us-east-1:123456789012:alias/notes',
      'arn:aws:kms:us-east-1:123456789012:key/*',
      'arn:aws:kms:*:123456789012:key/a',
      'alias/notes',
      '1234abcd',
    ],
  ],
  ApiId: [
    ['a1b2c3d4e5'],
    [
      '*',
      'a1b2c3d4e*',
      'a1b2c3d4e5/prod',
      'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
      'A1B2C3D4E5',
      'a1b2c3d4e5 ',
      'a1b2?3d4e5',
      '$default',
    ],
  ],
  ApiRegion: [
    ['us-east-1', 'us-gov-west-1'],
    ['*', 'us-east-*', 'us-east-1a', 'us east 1'],
  ],
  ApiStage: [
    ['*', '$default', 'prod', 'v1_b-2'],
    ['', 'prod*', '*/GET', '$x', 'a/b', '?', '**'],
  ],
  AdditionalApiArns: [
    [
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$default/GET/notes/*',
    ],
    [
      '*',
      'arn:aws:execute-api:us-east-1:123456789012:*',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2*/x',
      'arn:aws:execute-api:*:123456789012:a1b2c3d4e5/*',
      'arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/*',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/?',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/${aws:username}/*',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$defaul/*',
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*, arn:aws:execute-api:us-east-1:123456789012:b1b2c3d4e5/*',
      'arn:aws:s3:::notes/*',
    ],
  ],
  UserTableName: [
    ['notes', 'My.Table_1-2'],
    ['*', 'no', 'a/index/b', 'arn:aws:dynamodb:us-east-1:123456789012:table/a', 'a b', 'x*'],
  ],
  RoleSelection: [
    ['Default', 'Token'],
    ['Rules', ''],
  ],
  AmbiguousRoleResolution: [['Deny', 'AuthenticatedRole'], ['Allow']],
  AdditionalManagedPolicyArns: [
    ['arn:aws:iam::aws:policy/service-role/X', 'arn:aws:iam::123456789012:policy/a,arn:aws:iam::123456789012:policy/b'],
    [
      '*',
      'arn:aws:iam::aws:policy/*',
      'AdministratorAccess',
      'arn:aws:iam::123456789012:role/x',
      Array(11).fill('arn:aws:iam::aws:policy/x').join(','),
    ],
  ],
  PermissionsBoundaryArn: [['arn:aws:iam::123456789012:policy/b'], ['*', 'arn:aws:iam::123456789012:policy/*', 'b']],
  RolePath: [
    ['/', '/a/', '/a/b/'],
    ['', 'a', '/a', 'a/', '/*/', '/a b/'],
  ],
}

for (const [id, [accepted, refused]] of Object.entries(values)) {
  const declaration = document.Parameters?.[id]
  const constraint = isObject(declaration) ? declaration['ConstraintDescription'] : undefined
  test(`${id} takes what it should and refuses the rest in words`, () => {
    assert.ok(typeof constraint === 'string')
    for (const value of accepted) {
      assert.deepEqual(
        refusals(document, { parameters: withSubjects(id, value) }).filter(it => it.startsWith(`${id}:`)),
        [],
        value,
      )
    }
    for (const value of refused) {
      assert.deepEqual(refusals(document, { parameters: withSubjects(id, value) }), [`${id}: ${constraint}`], value)
    }
  })
}

test('no pattern asks for blanks by a class that means others to CloudFormation than to a browser', () => {
  const patterns = [identityPool, tutorial, notesApp, publicationBucket].flatMap(template =>
    Object.values(link(template, { id: 'template', version: '1.0.0' }).document.Parameters ?? {}).map(declaration =>
      isObject(declaration) ? String(declaration['AllowedPattern'] ?? '') : '',
    ),
  )
  assert.ok(patterns.some(it => new RegExp(it).test('a name')) && patterns.length > 30)
  for (const pattern of patterns) assert.doesNotMatch(pattern, /\\[sSvhR]/)
})

test('every parameter of identity-pool has a description, a label, a group, a constraint in words and a default', () => {
  const form = JSON.stringify(document.Metadata)
  for (const [id, declaration] of Object.entries(document.Parameters ?? {})) {
    assert.ok(isObject(declaration))
    for (const key of ['Description', 'ConstraintDescription', 'Default'])
      assert.equal(typeof declaration[key], 'string', `${id}.${key}`)
    assert.ok(declaration['AllowedValues'] !== undefined || declaration['AllowedPattern'] !== undefined, id)
    assert.match(form, new RegExp(`"ParameterLabels":.*"${id}":`))
    assert.match(form, new RegExp(`"Parameters":\\[[^\\]]*"${id}"`))
  }
})

/** One combination for each assertion, which it alone refuses. */
const senseless: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ['nothing to sign in with', {}, /nothing to sign in with/],
  ['a user pool without a client', { UserPoolId }, /UserPoolId needs UserPoolClientId/],
  ['a client without a user pool', { FacebookAppId: '1', UserPoolClientId }, /need UserPoolId/],
  ['a second client without a user pool', { FacebookAppId: '1', UserPoolClientId2: 'b' }, /need UserPoolId/],
  ['a third client without a user pool', { FacebookAppId: '1', UserPoolClientId3: 'c' }, /need UserPoolId/],
  ['the first client twice', { ...signIn, UserPoolClientId2: UserPoolClientId }, /UserPoolClientId2 is the same/],
  [
    'the first client a third time',
    { ...signIn, UserPoolClientId3: UserPoolClientId },
    /UserPoolClientId3 is the same/,
  ],
  [
    'the second client twice',
    { ...signIn, UserPoolClientId2: 'b', UserPoolClientId3: 'b' },
    /UserPoolClientId3 is the same/,
  ],
  [
    'guests with the classic flow',
    { ...signIn, AllowGuests: 'true', AllowClassicFlow: 'true' },
    /cannot go with AllowGuests/,
  ],
  [
    'the classic flow with roles by token',
    { ...signIn, AllowClassicFlow: 'true', RoleSelection: 'Token' },
    /cannot go with RoleSelection/,
  ],
  [
    'a key without a bucket',
    { ...signIn, UploadsKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/a' },
    /UploadsKmsKeyArn needs UploadsBucketName/,
  ],
  ['protected folders without a bucket', { ...signIn, AllowProtectedFolder: 'true' }, /AllowProtectedFolder needs/],
  ['a public folder without a bucket', { ...signIn, AllowPublicFolder: 'true' }, /AllowPublicFolder needs/],
  [
    'folders by sub without a bucket',
    { ...signIn, UploadsFolderKeyedBy: 'UserSub' },
    /UserSub needs UploadsBucketName/,
  ],
  [
    'folders by sub without a user pool',
    { FacebookAppId: '1', UploadsBucketName: 'notes', UploadsFolderKeyedBy: 'UserSub' },
    /UserSub needs UserPoolId/,
  ],
  ['an API’s region without an API', { ...signIn, ApiRegion: 'us-east-1' }, /ApiRegion needs ApiId/],
  ['an API’s stage without an API', { ...signIn, ApiStage: 'prod' }, /ApiStage needs ApiId/],
  ['roles by token without a user pool', { FacebookAppId: '1', RoleSelection: 'Token' }, /Token needs UserPoolId/],
  [
    'principal tags without a user pool',
    { FacebookAppId: '1', UsePrincipalTags: 'true' },
    /UsePrincipalTags needs UserPoolId/,
  ],
  [
    'an ambiguity that cannot be',
    { ...signIn, AmbiguousRoleResolution: 'AuthenticatedRole' },
    /needs RoleSelection Token/,
  ],
]

for (const [name, parameters, message] of senseless) {
  test(`${name} is refused before anything is made, in words`, () => {
    const [refusal, ...others] = refusals(document, { parameters })
    assert.match(refusal ?? '', message)
    assert.deepEqual(others, [])
  })
}

test('every assertion of the Rules has a combination above', () => {
  const assertions = JSON.stringify(document.Rules).match(/"AssertDescription":"[^"]+"/g) ?? []
  const untested = assertions.filter(it => !senseless.some(([, , message]) => message.test(it)))
  assert.deepEqual(untested, [])
})

test('identity-pool deploys as it is, without a bucket to upload it to', () => {
  const text = emit(document, { header: ['identity-pool 1.2.3'], comments: linked.comments })
  assert.ok(Buffer.byteLength(text) < 51_200, `${Buffer.byteLength(text)} bytes`)
})

test('neither template names a role, so that CAPABILITY_IAM is enough', () => {
  for (const it of [document, tutorialDocument])
    assert.doesNotMatch(JSON.stringify(it), /"RoleName"|"Transform"|Custom::/)
})

test('the tutorial’s role has the chapter’s three statements word for word', () => {
  const deployment = { parameters: { ...chapter, ApiRegion: 'us-west-2' } }
  assert.deepEqual(policiesOf('AuthenticatedRole', deployment, 'tutorial'), {
    tutorial: [
      {
        Effect: 'Allow',
        Action: ['mobileanalytics:PutEvents', 'cognito-sync:*', 'cognito-identity:*'],
        Resource: ['*'],
      },
      {
        Effect: 'Allow',
        Action: ['s3:*'],
        Resource: ['arn:aws:s3:::notes-uploads/private/${cognito-identity.amazonaws.com:sub}/*'],
      },
      {
        Effect: 'Allow',
        Action: ['execute-api:Invoke'],
        Resource: ['arn:aws:execute-api:us-west-2:*:a1b2c3d4e5/*/*/*'],
      },
    ],
  })
  const { Resources } = resolve(tutorialDocument, deployment)
  assert.deepEqual(Object.keys(Resources), ['IdentityPool', 'AuthenticatedRole', 'RoleAttachment'])
  assert.deepEqual(Resources['AuthenticatedRole']?.Properties['AssumeRolePolicyDocument'], {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': '<IdentityPool>' },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
        },
      },
    ],
  })
  assert.match(String(tutorialDocument.Description), /identity-pool, which is the safe one/)
})

/** Subjects that other options want, so that only the value in question can be refused. */
function withSubjects(id: string, value: string): Readonly<Record<string, string>> {
  return { ...chapter, [id]: value }
}

function trustActions(parameters: Readonly<Record<string, string>>): Json | undefined {
  const trust = resolve(document, { parameters }).Resources['AuthenticatedRole']?.Properties['AssumeRolePolicyDocument']
  const statements = isObject(trust) ? trust['Statement'] : undefined
  const [statement] = Array.isArray(statements) ? statements : []
  return isObject(statement) ? statement['Action'] : undefined
}

/** The statements of a role's inline policies, by policy name. */
function policiesOf(role: string, deployment: Deployment, template: 'identity-pool' | 'tutorial' = 'identity-pool') {
  const source = template === 'tutorial' ? tutorialDocument : document
  const policies = resolve(source, deployment).Resources[role]?.Properties['Policies']
  return Object.fromEntries(
    (Array.isArray(policies) ? policies.filter(isObject) : []).map(({ PolicyName, PolicyDocument }) => {
      assert.ok(isObject(PolicyDocument))
      assert.equal(PolicyDocument['Version'], '2012-10-17')
      return [String(PolicyName), PolicyDocument['Statement']]
    }),
  )
}

function resourcesOf(statements: Json | undefined): readonly (Json | undefined)[] {
  return (Array.isArray(statements) ? statements : []).map(it => (isObject(it) ? it['Resource'] : undefined))
}

function entriesOf<T>(
  section: Readonly<Record<string, Json>> | undefined,
  of: (entry: Readonly<Record<string, Json>>) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(section ?? {}).map(([id, entry]) => {
      assert.ok(isObject(entry))
      return [id, of(entry)]
    }),
  )
}
