/**
 * Every option, one at a time, on top of the tutorial's chapter: what it adds as a whole, and that switching it off takes
 * all of that away. And every refusal, in our own words.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ListIdentityPoolsCommand } from '@aws-sdk/client-cognito-identity'
import { ListRolesCommand } from '@aws-sdk/client-iam'
import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import { account, live, region } from './emulator.ts'
import { readTemplate, templateText } from './template.ts'
import {
  admin,
  adminIn,
  bucket,
  build,
  chapter,
  deploy,
  present,
  providerName,
  resources,
  standingPool,
  standingRole,
  standingTags,
  type World,
} from './world.ts'

const host = 'cognito-identity.amazonaws.com'
const identity = `\${${host}:sub}`
const userSub = '${aws:PrincipalTag/userSub}'
const bucketArn = `arn:aws:s3:::${bucket}`

// ---- what stands -------------------------------------------------------------------------------------------------

/** All that a stack made. What AWS makes up is replaced: the pool's ID by POOL, names by logical IDs. */
const standing = async (world: World, stack: string): Promise<JsonObject> => {
  const made = await resources(stack)
  const poolId = present(made['IdentityPool'])
  const roles: Record<string, unknown> = {}
  for (const logicalId of ['AuthenticatedRole', 'UnauthenticatedRole']) {
    const name = made[logicalId]
    if (name !== undefined) roles[logicalId] = await standingRole(name)
  }
  const pool = await standingPool(poolId)
  const all = {
    resources: Object.keys(made).sort(),
    pool: {
      ...pool,
      IdentityPoolName: pool.IdentityPoolName.replace(/^.*-(IdentityPool)-.*$/, '$1'),
      Roles: Object.keys(pool.Roles).sort(),
    },
    roles,
    tags: await standingTags(poolId, providerName(world.userPoolId)),
  }
  return JSON.parse(JSON.stringify(all).replaceAll(poolId, 'POOL'))
}

/** One map laid over another, at every depth. */
const over = (under: JsonObject, upper: JsonObject): JsonObject => {
  const merged = Object.entries(upper).map(([key, value]): [string, Json] => {
    const below = under[key]
    return [key, isObject(below) && isObject(value) ? over(below, value) : value]
  })
  return { ...under, ...Object.fromEntries(merged) }
}

const policy = (...Statement: JsonObject[]) => ({ Version: '2012-10-17', Statement })

const trust = (amr: string, ...actions: string[]) =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: host },
    Action: ['sts:AssumeRoleWithWebIdentity', ...actions],
    Condition: { StringEquals: { [`${host}:aud`]: 'POOL' }, 'ForAnyValue:StringLike': { [`${host}:amr`]: amr } },
  })

const objectActions = [
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
]

/** The two statements about the own folder of a level. */
const own = (level: 'private' | 'protected', user: string): [JsonObject, JsonObject] => {
  const sid = level === 'private' ? 'Private' : 'Protected'
  const folder = `${level}/${user}`
  return [
    { Sid: `${sid}Objects`, Effect: 'Allow', Action: objectActions, Resource: `${bucketArn}/${folder}/*` },
    {
      Sid: `${sid}List`,
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: { StringLike: { 's3:prefix': [`${folder}/`, `${folder}/*`] } },
    },
  ]
}

const getProtected = {
  Sid: 'ProtectedGet',
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: `${bucketArn}/protected/*`,
}

const publicFolder = policy({
  Sid: 'PublicObjects',
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:PutObject'],
  Resource: `${bucketArn}/public/*`,
})

const users = (role: JsonObject): JsonObject => ({ roles: { AuthenticatedRole: role } })

const invokeApi = (resource: string) =>
  policy({ Sid: 'InvokeApi', Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource })

/** A role of guests, who have the policies that are given. */
const guests = (policies: JsonObject = {}): JsonObject => ({
  resources: ['AuthenticatedRole', 'IdentityPool', 'RoleAttachment', 'UnauthenticatedRole'],
  pool: { AllowUnauthenticatedIdentities: true, Roles: ['authenticated', 'unauthenticated'] },
  roles: {
    UnauthenticatedRole: { path: '/', boundary: null, trust: trust('unauthenticated'), policies, managed: [] },
  },
})

const tagged = (tags: JsonObject): JsonObject => ({
  resources: ['AuthenticatedRole', 'IdentityPool', 'PrincipalTag', 'RoleAttachment'],
  roles: { AuthenticatedRole: { trust: trust('authenticated', 'sts:TagSession') } },
  tags,
})

const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } }

const bucketKey = (world: World, Action: Json) =>
  policy({ Sid: 'BucketKey', Effect: 'Allow', Action, Resource: world.keyArn, Condition: viaS3 })

const mapping = { Type: 'Token', AmbiguousRoleResolution: 'Deny' }

const oidcArn = `arn:aws:iam::${account}:oidc-provider/login.example.com`
const samlArn = `arn:aws:iam::${account}:saml-provider/Example`

// ---- the options -------------------------------------------------------------------------------------------------

type Option = (world: World) => readonly [parameters: Record<string, string>, adds: JsonObject]

const pool =
  (parameters: Record<string, string>, adds: JsonObject): Option =>
  () => [parameters, { pool: adds }]

/** What each option is set to, and all that it adds. */
const options: Record<string, Option> = {
  IdentityPoolName: pool({ IdentityPoolName: 'Notes, all users' }, { IdentityPoolName: 'Notes, all users' }),
  FacebookAppId: pool(
    { FacebookAppId: '1234567890' },
    { SupportedLoginProviders: { 'graph.facebook.com': '1234567890' } },
  ),
  GoogleClientId: pool(
    { GoogleClientId: '1-a.apps.googleusercontent.com' },
    { SupportedLoginProviders: { 'accounts.google.com': '1-a.apps.googleusercontent.com' } },
  ),
  AmazonAppId: pool(
    { AmazonAppId: 'amzn1.application-oa2-client.0a' },
    { SupportedLoginProviders: { 'www.amazon.com': 'amzn1.application-oa2-client.0a' } },
  ),
  AppleServicesId: pool(
    { AppleServicesId: 'com.example.notes' },
    { SupportedLoginProviders: { 'appleid.apple.com': 'com.example.notes' } },
  ),
  OpenIdConnectProviderArns: pool(
    { OpenIdConnectProviderArns: `${oidcArn},${oidcArn}/2` },
    { OpenIdConnectProviderARNs: [oidcArn, `${oidcArn}/2`] },
  ),
  SamlProviderArns: pool({ SamlProviderArns: samlArn }, { SamlProviderARNs: [samlArn] }),
  // MiniStack lets the name be taken away again, Cognito does not.
  DeveloperProviderName: pool(
    { DeveloperProviderName: 'login.example.notes' },
    { DeveloperProviderName: 'login.example.notes' },
  ),
  AllowClassicFlow: pool({ AllowClassicFlow: 'true' }, { AllowClassicFlow: true }),
  'UserPoolClientId2, UserPoolClientId3': world => {
    const provider = (ClientId: string) => ({
      ProviderName: providerName(world.userPoolId),
      ClientId,
      ServerSideTokenCheck: true,
    })
    return [
      { UserPoolClientId2: world.clientId2, UserPoolClientId3: world.clientId3 },
      { pool: { CognitoIdentityProviders: [world.clientId, world.clientId2, world.clientId3].map(provider) } },
    ]
  },

  AllowGuests: () => [{ AllowGuests: 'true' }, guests()],
  'AllowGuests, AllowPublicFolder, UploadsKmsKeyArn': world => [
    { AllowGuests: 'true', AllowPublicFolder: 'true', UploadsKmsKeyArn: world.keyArn },
    over(
      guests({
        'public-folder': policy({
          Sid: 'PublicGet',
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: `${bucketArn}/public/*`,
        }),
        'bucket-key': bucketKey(world, 'kms:Decrypt'),
      }),
      users({
        policies: {
          'public-folder': publicFolder,
          'bucket-key': bucketKey(world, ['kms:GenerateDataKey', 'kms:Decrypt']),
        },
      }),
    ),
  ],

  AllowProtectedFolder: () => [
    { AllowProtectedFolder: 'true' },
    users({ policies: { 'protected-folders': policy(...own('protected', identity), getProtected) } }),
  ],
  AllowPublicFolder: () => [{ AllowPublicFolder: 'true' }, users({ policies: { 'public-folder': publicFolder } })],
  UploadsKmsKeyArn: world => [
    { UploadsKmsKeyArn: world.keyArn },
    users({ policies: { 'bucket-key': bucketKey(world, ['kms:GenerateDataKey', 'kms:Decrypt']) } }),
  ],
  'UploadsKmsKeyArn in another region': () => {
    const UploadsKmsKeyArn = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
    const condition = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }
    const statement = { Sid: 'BucketKey', Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'] }
    return [
      { UploadsKmsKeyArn },
      users({ policies: { 'bucket-key': policy({ ...statement, Resource: UploadsKmsKeyArn, Condition: condition }) } }),
    ]
  },
  'UploadsFolderKeyedBy UserSub': () => [
    { UploadsFolderKeyedBy: 'UserSub' },
    over(
      tagged({ UseDefaults: false, PrincipalTags: { userSub: 'sub' } }),
      users({ policies: { 'own-folder': policy(...own('private', userSub)) } }),
    ),
  ],
  'UploadsFolderKeyedBy UserSub, AllowProtectedFolder, UsePrincipalTags': () => [
    { UploadsFolderKeyedBy: 'UserSub', AllowProtectedFolder: 'true', UsePrincipalTags: 'true' },
    over(
      tagged({ UseDefaults: false, PrincipalTags: { userSub: 'sub', username: 'sub', client: 'aud' } }),
      users({
        policies: {
          'own-folder': policy(...own('private', userSub)),
          'protected-folders': policy(...own('protected', userSub), getProtected),
        },
      }),
    ),
  ],

  'ApiRegion, ApiStage': world => [
    { ApiRegion: 'eu-west-1', ApiStage: '$default' },
    users({ policies: { api: invokeApi(`arn:aws:execute-api:eu-west-1:${account}:${world.apiId}/$default/*`) } }),
  ],
  AdditionalApiArns: () => {
    const arns = [
      `arn:aws:execute-api:us-west-2:${account}:f6e5d4c3b2/prod/GET/notes/*`,
      `arn:aws:execute-api:us-west-2:${account}:f6e5d4c3b3/*`,
    ]
    const statement = { Sid: 'InvokeAdditionalApis', Effect: 'Allow', Action: 'execute-api:Invoke', Resource: arns }
    return [{ AdditionalApiArns: arns.join() }, users({ policies: { 'additional-apis': policy(statement) } })]
  },
  UserTableName: () => [
    { UserTableName: 'notes' },
    users({
      policies: {
        'own-rows': policy({
          Sid: 'OwnRows',
          Effect: 'Allow',
          Action: [
            ...['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
            ...['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
          ],
          Resource: `arn:aws:dynamodb:${region}:${account}:table/notes`,
          Condition: {
            'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': identity },
            Null: { 'dynamodb:LeadingKeys': 'false' },
          },
        }),
      },
    }),
  ],

  'RoleSelection Token': world => [
    { RoleSelection: 'Token' },
    { pool: { RoleMappings: { [`${providerName(world.userPoolId)}:${world.clientId}`]: mapping } } },
  ],
  'RoleSelection Token with three clients, AmbiguousRoleResolution': world => {
    const name = providerName(world.userPoolId)
    const clients = [world.clientId, world.clientId2, world.clientId3]
    const lenient = { ...mapping, AmbiguousRoleResolution: 'AuthenticatedRole' }
    return [
      {
        RoleSelection: 'Token',
        AmbiguousRoleResolution: 'AuthenticatedRole',
        UserPoolClientId2: world.clientId2,
        UserPoolClientId3: world.clientId3,
      },
      {
        pool: {
          CognitoIdentityProviders: clients.map(ClientId => ({
            ProviderName: name,
            ClientId,
            ServerSideTokenCheck: true,
          })),
          RoleMappings: Object.fromEntries(clients.map(client => [`${name}:${client}`, lenient])),
        },
      },
    ]
  },
  UsePrincipalTags: () => [{ UsePrincipalTags: 'true' }, tagged({ UseDefaults: true, PrincipalTags: {} })],

  AdditionalManagedPolicyArns: world => [
    { AdditionalManagedPolicyArns: `${world.boundaryArn},arn:aws:iam::aws:policy/ReadOnlyAccess` },
    users({ managed: [world.boundaryArn, 'arn:aws:iam::aws:policy/ReadOnlyAccess'].sort() }),
  ],
  'PermissionsBoundaryArn, AllowGuests': world => [
    { PermissionsBoundaryArn: world.boundaryArn, AllowGuests: 'true' },
    over(guests(), {
      roles: {
        AuthenticatedRole: { boundary: world.boundaryArn },
        UnauthenticatedRole: { boundary: world.boundaryArn },
      },
    }),
  ],
  'RolePath, AllowGuests': () => [
    { RolePath: '/notes/users/', AllowGuests: 'true' },
    over(guests(), {
      roles: { AuthenticatedRole: { path: '/notes/users/' }, UnauthenticatedRole: { path: '/notes/users/' } },
    }),
  ],
}

for (const [name, option] of Object.entries(options)) {
  live(
    `${name}: adds what it says, in a new stack and in one that is there, and taken back leaves nothing`,
    async () => {
      const world = await build()
      await deploy('notes', templateText('identity-pool'), chapter(world))
      const before = await standing(world, 'notes')
      const [parameters, adds] = option(world)
      const expected = over(before, adds)

      await deploy('notes', templateText('identity-pool'), { ...chapter(world), ...parameters })
      assert.deepEqual(await standing(world, 'notes'), expected)
      await deploy('notes', templateText('identity-pool'), chapter(world))
      assert.deepEqual(await standing(world, 'notes'), before)

      await deploy('new', templateText('identity-pool'), { ...chapter(world), ...parameters })
      assert.deepEqual(await standing(world, 'new'), expected)
    },
  )
}

test('there is no parameter that these tests leave at its default', () => {
  const named = [...Object.keys(options), 'UserPoolId UserPoolClientId UploadsBucketName ApiId'].join(' ')
  const untried = Object.keys(readTemplate('identity-pool').Parameters ?? {}).filter(
    parameter => !new RegExp(`\\b${parameter}\\b`).test(named),
  )
  assert.deepEqual(untried, [])
})

const lonely = [
  ...['FacebookAppId', 'GoogleClientId', 'AmazonAppId', 'AppleServicesId', 'OpenIdConnectProviderArns'],
  ...['SamlProviderArns', 'DeveloperProviderName', 'AllowGuests'],
]

live('a pool with one way in and no subject at all deploys: its roles have no policies', async () => {
  const world = await build()
  for (const name of lonely) {
    const [parameters, { pool: added }] = present(options[name])(world)
    assert(isObject(added))
    await deploy(name, templateText('identity-pool'), parameters)
    const stands = await standing(world, name)
    const none = { IdentityPoolId: 'POOL', IdentityPoolName: 'IdentityPool', AllowClassicFlow: false }
    const users = { path: '/', boundary: null, trust: trust('authenticated'), policies: {}, managed: [] }
    assert.deepEqual(
      [stands['pool'], isObject(stands['roles']) && stands['roles']['AuthenticatedRole']],
      [{ ...none, AllowUnauthenticatedIdentities: false, Roles: ['authenticated'], ...added }, users],
      name,
    )
  }
})

live('each region trusts the host that signs its tokens, in the role and in its policies, and no other', async () => {
  const hosts = {
    'eu-central-1': host,
    'us-gov-west-1': 'cognito-identity-us-gov.amazonaws.com',
    'us-gov-east-1': 'cognito-identity.us-gov-east-1.amazonaws.com',
    'cn-north-1': 'cognito-identity.cn-north-1.amazonaws.com.cn',
  }
  for (const [region, expected] of Object.entries(hosts)) {
    const made = await deploy(
      region,
      templateText('identity-pool'),
      { FacebookAppId: '1234567890', UploadsBucketName: bucket, UserTableName: 'notes', AllowGuests: 'true' },
      adminIn(region),
    )
    for (const output of ['AuthenticatedRoleArn', 'UnauthenticatedRoleArn']) {
      const { trust, policies } = await standingRole(present(present(made[output]).split('/').at(-1)))
      const named = JSON.stringify({ trust, policies }).match(/cognito-identity[\w.-]*?(?=[:"])/g)
      assert.deepEqual([...new Set(named)], [expected], `${output} in ${region}`)
    }
  }
})

live('a partition whose host is not known is refused before anything is made', async () => {
  for (const region of ['eusc-de-east-1', 'us-iso-east-1']) {
    await assert.rejects(deploy('notes', templateText('identity-pool'), { AllowGuests: 'true' }, adminIn(region)), {
      name: 'ValidationError',
      message: /Unable to get mapping for \w+::aws-(eusc|iso)::/,
    })
  }
  const { Roles } = await admin.iam.send(new ListRolesCommand({}))
  assert.deepEqual(Roles, [])
})

live('a creation that fails leaves no pool and no role behind', async () => {
  const world = await build()
  const { Resources, ...template } = readTemplate('identity-pool')
  const AssumeRolePolicyDocument = { Version: '2012-10-17', Statement: [] }
  const Broken = { Type: 'AWS::IAM::Role', DependsOn: 'RoleAttachment', Properties: { AssumeRolePolicyDocument } }
  const broken = JSON.stringify({ ...template, Resources: { ...Resources, Broken } })
  await assert.rejects(
    deploy('notes', broken, chapter(world)),
    /^Error: ROLLBACK_COMPLETE[\s\S]*MalformedPolicyDocument/,
  )
  const { IdentityPools } = await admin.identity.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))
  const { Roles } = await admin.iam.send(new ListRolesCommand({}))
  assert.deepEqual([IdentityPools, Roles], [[], []])
})

live('a user pool of another region keeps the region that its ID names', async () => {
  const userPoolId = 'eu-central-1_a1B2c3D4e'
  const made = await deploy('notes', templateText('identity-pool'), {
    UserPoolId: userPoolId,
    UserPoolClientId: '1example23456789',
    RoleSelection: 'Token',
    UsePrincipalTags: 'true',
  })
  const name = `cognito-idp.eu-central-1.amazonaws.com/${userPoolId}`
  assert.equal(made['LoginProviderName'], name)
  const poolId = present(made['IdentityPoolId'])
  const stands = await standingPool(poolId)
  assert.deepEqual(stands['CognitoIdentityProviders'], [
    { ProviderName: name, ClientId: '1example23456789', ServerSideTokenCheck: true },
  ])
  assert.deepEqual(stands['RoleMappings'], { [`${name}:1example23456789`]: mapping })
  assert.deepEqual(await standingTags(poolId, name), { UseDefaults: true, PrincipalTags: {} })
})

// ---- refusals ----------------------------------------------------------------------------------------------------

const signIn = { UserPoolId: 'us-east-1_a1B2c3D4e', UserPoolClientId: '1example23456789' }

/** As JSON, which MiniStack reads ten times as fast: there are hundreds of refusals. */
const json = JSON.stringify(readTemplate('identity-pool'))

/** The message with which CloudFormation refuses the parameters; nothing may be made. */
const refusal = async (parameters: Record<string, string>): Promise<string> => {
  const error: unknown = await deploy('refused', json, parameters).then(
    () => assert.fail(`taken: ${JSON.stringify(parameters)}`),
    (reason: unknown) => reason,
  )
  assert(error instanceof Error && error.name === 'ValidationError', String(error))
  await assert.rejects(resources('refused'), { name: 'ValidationError' })
  return error.message
}

const wide = ['*', 'a*', '?', 'a b', 'a/b', '${aws:username}', 'arn:aws:s3:::notes', 'https://example.com']
const arns = [...wide, `arn:aws:iam::${account}:role/Admin`]

/** Values that a parameter must refuse. */
const bad: Record<string, readonly string[]> = {
  IdentityPoolName: ['a/b', 'a*', 'x'.repeat(129)],
  UserPoolId: [...wide, 'us-east-1', 'us-east-1_', 'a1B2c3D4e', `us-east-1_${'a'.repeat(50)}`],
  UserPoolClientId: [...wide, 'a'.repeat(129)],
  UserPoolClientId2: [...wide, 'a'.repeat(129)],
  UserPoolClientId3: [...wide, 'a'.repeat(129)],
  FacebookAppId: [...wide, 'abc'],
  GoogleClientId: wide,
  AmazonAppId: wide,
  AppleServicesId: wide,
  OpenIdConnectProviderArns: [
    ...arns,
    'arn:aws:iam::*:oidc-provider/login.example.com',
    `${oidcArn}, ${oidcArn}/2`,
    `${oidcArn},`,
    samlArn,
  ],
  SamlProviderArns: [
    ...arns,
    'arn:aws:iam::*:saml-provider/Example',
    `${samlArn}, ${samlArn}2`,
    `,${samlArn}`,
    oidcArn,
  ],
  DeveloperProviderName: [...wide, 'a'.repeat(101)],
  UploadsBucketName: [
    ...wide,
    'Notes',
    'no',
    'n'.repeat(64),
    '-notes',
    'notes-',
    'notes--use1-az4--x-s3',
    'notes-s3alias',
  ],
  UploadsKmsKeyArn: [
    ...arns,
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    `arn:aws:kms:us-east-1:${account}:alias/notes`,
    `arn:aws:kms:us-east-1:${account}:key/*`,
    `arn:aws:kms:*:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  ],
  ApiId: [...wide, 'a1b2c3d4e5/prod', 'A1B2C3D4E5', '$default'],
  ApiRegion: [...wide, 'us-east-*', 'us-east'],
  ApiStage: ['', '**', 'prod*', 'prod/GET', '$other', 'a b', '?'],
  AdditionalApiArns: [
    ...arns,
    `arn:aws:execute-api:*:${account}:a1b2c3d4e5/*`,
    'arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/*',
    `arn:aws:execute-api:us-east-1:${account}:*`,
    `arn:aws:execute-api:us-east-1:${account}:*/prod`,
    `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5*`,
    `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5`,
    `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5/prod/?`,
    `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5/\${aws:username}/*`,
    `arn:aws:execute-api:us-east-1:${account}:a1b2c3d4e5/*, arn:aws:execute-api:us-east-1:${account}:b1b2c3d4e5/*`,
  ],
  UserTableName: [...wide, 'no', 'notes/index/byDate', 'n'.repeat(256)],
  AdditionalManagedPolicyArns: [...arns, 'AdministratorAccess', 'arn:aws:iam::aws:policy/*'],
  PermissionsBoundaryArn: [...arns, 'Boundary', 'arn:aws:iam::aws:policy/*'],
  RolePath: ['', 'notes', '/notes', 'notes/', '/notes*/', '/no tes/', '/${aws:username}/'],
}

live('every value that could widen a policy, or is none, is refused in the words of its parameter', async () => {
  const { Parameters = {} } = readTemplate('identity-pool')
  for (const [name, parameter] of Object.entries(Parameters)) {
    assert(isObject(parameter))
    const { AllowedValues, ConstraintDescription } = parameter
    assert(typeof ConstraintDescription === 'string' && ConstraintDescription !== '', name)
    if (AllowedValues !== undefined) {
      // MiniStack has its own words for a value that is not one of AllowedValues.
      await refusal({ ...signIn, [name]: 'maybe' })
      continue
    }
    for (const value of present(bad[name])) {
      const message = await refusal({ ...signIn, [name]: value })
      assert(message.includes(`'${name}' ${ConstraintDescription}`), `${name} ${value}: ${message}`)
    }
  }
  assert.deepEqual(
    Object.keys(bad).filter(name => !(name in Parameters)),
    [],
  )
})

const facebook = { FacebookAppId: '1234567890' }
const guestsOnly = { AllowGuests: 'true' }

/** For each rule, and each of its assertions in turn, the combinations that only it refuses. */
const combinations: Record<string, readonly (readonly Record<string, string>[])[]> = {
  SomebodyCanSignIn: [[{}, { UploadsBucketName: bucket }]],
  UserPoolHasClient: [[{ UserPoolId: signIn.UserPoolId }]],
  ClientHasUserPool: [
    ['UserPoolClientId', 'UserPoolClientId2', 'UserPoolClientId3'].map(name => ({
      ...facebook,
      [name]: '1example23456789',
    })),
  ],
  ClientsDiffer: [
    [{ ...signIn, UserPoolClientId2: signIn.UserPoolClientId }],
    [
      { ...signIn, UserPoolClientId3: signIn.UserPoolClientId },
      { ...signIn, UserPoolClientId2: '2example', UserPoolClientId3: '2example' },
    ],
  ],
  ClassicFlowIsAlone: [
    [{ ...signIn, AllowClassicFlow: 'true', AllowGuests: 'true' }],
    [{ ...signIn, AllowClassicFlow: 'true', RoleSelection: 'Token' }],
  ],
  FilesHaveBucket: [
    [{ ...signIn, UploadsKmsKeyArn: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab` }],
    [{ ...signIn, AllowProtectedFolder: 'true' }],
    [{ ...signIn, AllowPublicFolder: 'true' }],
    [{ ...signIn, UploadsFolderKeyedBy: 'UserSub' }],
  ],
  ApiOptionsHaveApi: [[{ ...signIn, ApiRegion: 'eu-west-1' }], [{ ...signIn, ApiStage: 'prod' }]],
  UserPoolOptionsHaveUserPool: [
    [{ ...facebook, RoleSelection: 'Token' }],
    [{ ...guestsOnly, UsePrincipalTags: 'true' }],
    [{ ...facebook, UploadsBucketName: bucket, UploadsFolderKeyedBy: 'UserSub' }],
  ],
  AmbiguityHasToken: [[{ ...signIn, AmbiguousRoleResolution: 'AuthenticatedRole' }]],
}

live('every rule refuses a combination that makes no sense, in its own words', async () => {
  const { Rules = {} } = readTemplate('identity-pool')
  assert.deepEqual(Object.keys(combinations).sort(), Object.keys(Rules).sort())
  for (const [name, rule] of Object.entries(Rules)) {
    assert(isObject(rule) && Array.isArray(rule['Assertions']))
    const cases = present(combinations[name])
    assert.equal(cases.length, rule['Assertions'].length, `${name} has an assertion that no combination here tries`)
    for (const [index, assertion] of rule['Assertions'].entries()) {
      for (const parameters of present(cases[index])) {
        const message = await refusal(parameters)
        assert(
          message.includes(`${name} failed: ${assertion.AssertDescription}`),
          `${JSON.stringify(parameters)}: ${message}`,
        )
      }
    }
  }
})
