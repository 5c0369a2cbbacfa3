/**
 * Who reaches what, with the credentials that the deployed pool gives. Each check is also held against spoilt templates:
 * it must find what is wrong with them.
 */
import assert from 'node:assert/strict'
import {
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityPoolCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  GetOpenIdTokenCommand,
  ListIdentitiesCommand,
  ListIdentityPoolsCommand,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AdminGetUserCommand,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Document, isObject, type Json, type JsonObject } from '../../src/document.ts'
import { account, live, region } from './emulator.ts'
import { readTemplate, templateText } from './template.ts'
import {
  admin,
  bucket,
  build,
  type Caller,
  chapter,
  deploy,
  enter,
  invoke,
  kms,
  otherBucket,
  present,
  providerName,
  resources,
  signIn,
  signUp,
  type World,
} from './world.ts'

// ---- what a call may answer --------------------------------------------------------------------------------------

const refusals = ['AccessDenied', 'AccessDeniedException']

/** The call is refused for want of permission, and for no other reason. */
const refused = async (call: Promise<unknown>, what: string): Promise<void> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert(error instanceof Error, `granted: ${what}`)
  assert(refusals.includes(error.name), `${what}: ${error.name} ${error.message}`)
}

const granted = <T>(call: Promise<T>, what: string): Promise<T> =>
  call.catch((error: Error) => assert.fail(`refused: ${what}: ${error.message}`))

// ---- the setting -------------------------------------------------------------------------------------------------

type Setting = {
  readonly world: World
  readonly poolId: string
  readonly authenticatedRole: string
  readonly ann: Caller
  readonly bob: Caller
}

const login = async (world: World, name: string) => ({
  [providerName(world.userPoolId)]: await signIn(world.clientId, name),
})

/** The parameters of a deployment beside the chapter's. */
type Parameters = (world: World) => Record<string, string>

/** Deploys a template and signs Ann and Bob in. */
const settle = async (template: string, parameters: Parameters = () => ({})): Promise<Setting> => {
  const world = await build()
  const { IdentityPoolId } = await deploy('notes', template, { ...chapter(world), ...parameters(world) })
  const poolId = present(IdentityPoolId)
  for (const name of ['ann', 'bob']) await signUp(world.clientId, world.userPoolId, name)
  const entered = async (name: string) => {
    const logins = await login(world, name)
    return enter(poolId, logins).catch((error: Error) => assert.fail(`${name} gets no credentials: ${error.message}`))
  }
  return {
    world,
    poolId,
    authenticatedRole: present((await resources('notes'))['AuthenticatedRole']),
    ann: await entered('ann'),
    bob: await entered('bob'),
  }
}

const good = () => templateText('identity-pool')

const adminPut = (Key: string, Bucket = bucket) => admin.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'secret' }))
const put = (caller: Caller, Key: string, Bucket = bucket) =>
  caller.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
const get = (caller: Caller, Key: string, Bucket = bucket) => caller.s3.send(new GetObjectCommand({ Bucket, Key }))
const remove = (caller: Caller, Key: string) => caller.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
const list = (caller: Caller, Prefix?: string) =>
  caller.s3.send(new ListObjectsV2Command({ Bucket: bucket, ...(Prefix === undefined ? {} : { Prefix }) }))

/** Puts, gets, lists and deletes in a folder, and uploads in parts. */
const ownsFolder = async (user: Caller, own: string) => {
  const Key = `${own}/a/note`
  await granted(put(user, Key), 'put')
  const { Body } = await granted(get(user, Key), 'get')
  assert.equal(await Body?.transformToString(), 'x')
  for (const prefix of [`${own}/`, `${own}/a/`]) {
    const { Contents } = await granted(list(user, prefix), 'list')
    assert.deepEqual(
      Contents?.map(object => object.Key),
      [Key],
    )
  }

  const at = { Bucket: bucket, Key }
  const { UploadId } = await granted(user.s3.send(new CreateMultipartUploadCommand(at)), 'begin an upload')
  const part = { ...at, UploadId, PartNumber: 1 }
  const { ETag } = await granted(user.s3.send(new UploadPartCommand({ ...part, Body: 'x' })), 'upload a part')
  await granted(user.s3.send(new ListPartsCommand({ ...at, UploadId })), 'list parts')
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
  await granted(user.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload })), 'complete it')
  const second = await granted(user.s3.send(new CreateMultipartUploadCommand(at)), 'begin another')
  await granted(user.s3.send(new AbortMultipartUploadCommand({ ...at, UploadId: second.UploadId })), 'abort it')
  await granted(remove(user, Key), 'delete')
}

/** May neither put, get, delete nor list in a folder. */
const shutOut = async (user: Caller, folder: string) => {
  await adminPut(`${folder}/note`)
  await refused(get(user, `${folder}/note`), `get from ${folder}`)
  await refused(put(user, `${folder}/note`), `put into ${folder}`)
  await refused(remove(user, `${folder}/note`), `delete from ${folder}`)
  await refused(list(user, `${folder}/`), `list ${folder}`)
}

/** An API answers 200 to a user who may invoke it, and 403 to one who may not. */
const answers = async (expected: 200 | 403, caller: Caller, apiId: string, stage: string) => {
  const status = await invoke(caller, apiId, stage)
  assert.equal(status, expected, `${status} from ${expected === 403 ? 'another' : 'the'} API, stage ${stage}`)
}

const row = (owner: string) => ({ owner: { S: owner }, note: { S: 'first' } })

const query = (caller: Caller, owner: string) =>
  caller.dynamodb.send(
    new QueryCommand({
      TableName: 'notes',
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: owner } },
    }),
  )

/** Switches the classic flow on behind the template's back, so that a client can ask for any role with its token. */
const openClassicFlow = (IdentityPoolId: string, guests: boolean) =>
  admin.identity.send(
    new UpdateIdentityPoolCommand({
      IdentityPoolId,
      IdentityPoolName: 'opened',
      AllowUnauthenticatedIdentities: guests,
      AllowClassicFlow: true,
    }),
  )

const assume = async (IdentityId: string, RoleArn: string, Logins?: Record<string, string>) => {
  const logins = Logins === undefined ? {} : { Logins }
  const { Token } = await admin.identity.send(new GetOpenIdTokenCommand({ IdentityId, ...logins }))
  return admin.sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'session', WebIdentityToken: present(Token) }),
  )
}

const arnOf = (role: string) => `arn:aws:iam::${account}:role/${role}`

// ---- the checks --------------------------------------------------------------------------------------------------

type Check = { readonly holds: (setting: Setting) => Promise<void>; readonly parameters: Parameters | undefined }

/** Something that is true of a setting, or throws an AssertionError; a test of the built template by itself. */
const check = (name: string, holds: Check['holds'], parameters?: Parameters): Check => {
  live(name, async () => holds(await settle(good(), parameters)))
  return { holds, parameters }
}

const everything = {
  AllowGuests: 'true',
  AllowPublicFolder: 'true',
  AllowProtectedFolder: 'true',
  UserTableName: 'notes',
}

const hasRole = check('a signed-in user has the role of signed-in users', async ({ ann, authenticatedRole }) => {
  const { Arn } = await ann.sts.send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/${authenticatedRole}/CognitoIdentityCredentials`)
})

const ownFolder = check('a user puts, gets, lists and deletes in the own folder', ({ ann }) =>
  ownsFolder(ann, `private/${ann.identityId}`),
)

const othersFolder = check("a user is refused another's folder", ({ ann, bob }) =>
  shutOut(ann, `private/${bob.identityId}`),
)

const restOfBucket = check('a user is refused what is not the own folder', async ({ ann }) => {
  const own = `private/${ann.identityId}`
  for (const folder of [`${own}x`, 'private/x', 'private', 'protected/x', 'public']) await shutOut(ann, folder)
  for (const prefix of [undefined, '', 'private', 'private/', own, 'private/*', `${own}x`]) {
    await refused(list(ann, prefix), `list ${prefix}`)
  }
  await adminPut('top')
  await refused(get(ann, 'top'), 'get from the root')
  await refused(put(ann, 'top'), 'put into the root')
  await adminPut(`${own}/note`, otherBucket)
  await refused(get(ann, `${own}/note`, otherBucket), 'get from another bucket')
  await refused(put(ann, `${own}/note`, otherBucket), 'put into another bucket')
  // AWS answers 200 with an error for each key that it left, MiniStack refuses the whole call: what counts is what is left.
  const Objects = [{ Key: `${own}/note` }, { Key: 'top' }]
  await ann.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } })).catch(() => {})
  await granted(admin.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'top' })), 'a batch delete took it along')
})

const bucketAdministration = check('a user is refused to administer the bucket', async ({ ann }) => {
  const own = { Bucket: bucket, Key: `private/${ann.identityId}/note` }
  await put(ann, own.Key)
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] })
  const { s3 } = ann
  const calls: Record<string, () => Promise<unknown>> = {
    ListBuckets: () => s3.send(new ListBucketsCommand({})),
    CreateBucket: () => s3.send(new CreateBucketCommand({ Bucket: 'anns' })),
    DeleteBucket: () => s3.send(new DeleteBucketCommand({ Bucket: bucket })),
    GetBucketPolicy: () => s3.send(new GetBucketPolicyCommand({ Bucket: bucket })),
    PutBucketPolicy: () => s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy })),
    DeleteBucketPolicy: () => s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
    PutBucketAcl: () => s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read' })),
    ListObjectVersions: () => s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: own.Key })),
    ListMultipartUploads: () => s3.send(new ListMultipartUploadsCommand({ Bucket: bucket })),
    GetObjectAcl: () => s3.send(new GetObjectAclCommand(own)),
    PutObjectAcl: () => s3.send(new PutObjectAclCommand({ ...own, ACL: 'public-read' })),
    PutObjectTagging: () => s3.send(new PutObjectTaggingCommand({ ...own, Tagging: { TagSet: [] } })),
    DeleteObjectVersion: () => s3.send(new DeleteObjectCommand({ ...own, VersionId: 'null' })),
  }
  for (const [action, call] of Object.entries(calls)) await refused(call(), action)
})

const administration = check(
  'a user is refused to administer Cognito, IAM and STS',
  async ({ ann, world, poolId, authenticatedRole }) => {
    const pool = { IdentityPoolId: poolId }
    const open = { ...pool, IdentityPoolName: 'anns', AllowUnauthenticatedIdentities: true }
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    })
    const { iam, identity, userPools, sts } = ann
    const calls: Record<string, () => Promise<unknown>> = {
      CreateIdentityPool: () => identity.send(new CreateIdentityPoolCommand(open)),
      DeleteIdentityPool: () => identity.send(new DeleteIdentityPoolCommand(pool)),
      DescribeIdentityPool: () => identity.send(new DescribeIdentityPoolCommand(pool)),
      GetIdentityPoolRoles: () => identity.send(new GetIdentityPoolRolesCommand(pool)),
      ListIdentities: () => identity.send(new ListIdentitiesCommand({ ...pool, MaxResults: 10 })),
      ListIdentityPools: () => identity.send(new ListIdentityPoolsCommand({ MaxResults: 10 })),
      SetIdentityPoolRoles: () => identity.send(new SetIdentityPoolRolesCommand({ ...pool, Roles: {} })),
      UpdateIdentityPool: () => identity.send(new UpdateIdentityPoolCommand(open)),
      AdminGetUser: () => userPools.send(new AdminGetUserCommand({ UserPoolId: world.userPoolId, Username: 'bob' })),
      DescribeUserPool: () => userPools.send(new DescribeUserPoolCommand({ UserPoolId: world.userPoolId })),
      ListUsers: () => userPools.send(new ListUsersCommand({ UserPoolId: world.userPoolId })),
      GetRole: () => iam.send(new GetRoleCommand({ RoleName: authenticatedRole })),
      ListRoles: () => iam.send(new ListRolesCommand({})),
      CreateRole: () => iam.send(new CreateRoleCommand({ RoleName: 'anns', AssumeRolePolicyDocument: document })),
      PutRolePolicy: () =>
        iam.send(
          new PutRolePolicyCommand({ RoleName: authenticatedRole, PolicyName: 'all', PolicyDocument: document }),
        ),
      AttachRolePolicy: () =>
        iam.send(
          new AttachRolePolicyCommand({
            RoleName: authenticatedRole,
            PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
          }),
        ),
      AssumeRole: () =>
        sts.send(new AssumeRoleCommand({ RoleArn: arnOf(authenticatedRole), RoleSessionName: 'again' })),
    }
    for (const [action, call] of Object.entries(calls)) await refused(call(), action)
  },
)

const oneApi = check('a user invokes the one API at every stage, and no other', async ({ ann, world }) => {
  await answers(200, ann, world.apiId, 'prod')
  await answers(200, ann, world.apiId, 'test')
  await answers(403, ann, world.otherApiId, 'prod')
})

const noTable = check('a user has no rows, unless a table was named', async ({ ann }) => {
  await refused(ann.dynamodb.send(new PutItemCommand({ TableName: 'notes', Item: row(ann.identityId) })), 'put')
})

const ownRows = check(
  'a user has the own rows of the table, and no others',
  async ({ ann, bob }) => {
    const { dynamodb, identityId } = ann
    const TableName = 'notes'
    await granted(dynamodb.send(new PutItemCommand({ TableName, Item: row(identityId) })), 'put')
    await granted(dynamodb.send(new GetItemCommand({ TableName, Key: row(identityId) })), 'get')
    assert.equal((await query(ann, identityId)).Count, 1)
    const update = {
      TableName,
      UpdateExpression: 'SET body = :body',
      ExpressionAttributeValues: { ':body': { S: 'x' } },
    }
    await granted(dynamodb.send(new UpdateItemCommand({ ...update, Key: row(identityId) })), 'update')
    const keysOf = (...owners: string[]) => ({ RequestItems: { notes: { Keys: owners.map(row) } } })
    const putsOf = (...owners: string[]) => ({
      RequestItems: { notes: owners.map(owner => ({ PutRequest: { Item: row(owner) } })) },
    })
    await granted(dynamodb.send(new BatchGetItemCommand(keysOf(identityId))), 'batch get')
    await granted(dynamodb.send(new BatchWriteItemCommand(putsOf(identityId))), 'batch write')
    await granted(dynamodb.send(new DeleteItemCommand({ TableName, Key: row(identityId) })), 'delete')

    const Put = { TableName, Item: row(bob.identityId) }
    const calls: Record<string, () => Promise<unknown>> = {
      PutItem: () => dynamodb.send(new PutItemCommand(Put)),
      GetItem: () => dynamodb.send(new GetItemCommand({ TableName, Key: row(bob.identityId) })),
      UpdateItem: () => dynamodb.send(new UpdateItemCommand({ ...update, Key: row(bob.identityId) })),
      DeleteItem: () => dynamodb.send(new DeleteItemCommand({ TableName, Key: row(bob.identityId) })),
      Query: () => query(ann, bob.identityId),
      BatchGetItem: () => dynamodb.send(new BatchGetItemCommand(keysOf(identityId, bob.identityId))),
      BatchWriteItem: () => dynamodb.send(new BatchWriteItemCommand(putsOf(identityId, bob.identityId))),
      TransactWriteItems: () => dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })),
      Scan: () => dynamodb.send(new ScanCommand({ TableName })),
      PartiQL: () => dynamodb.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM "notes"' })),
      DescribeTable: () => dynamodb.send(new DescribeTableCommand({ TableName })),
      'another table': () => dynamodb.send(new PutItemCommand({ TableName: 'salaries', Item: row(identityId) })),
    }
    for (const [action, call] of Object.entries(calls)) await refused(call(), action)
  },
  () => ({ UserTableName: 'notes' }),
)

const guestsReach = check(
  'a guest gets what is public, and nothing else',
  async ({ poolId, ann, world }) => {
    const guest = await enter(poolId).catch((error: Error) =>
      assert.fail(`a guest gets no credentials: ${error.message}`),
    )
    await adminPut('public/logo')
    await granted(get(guest, 'public/logo'), 'get what is public')
    await refused(put(guest, 'public/logo'), 'put what is public')
    await refused(remove(guest, 'public/logo'), 'delete what is public')
    await refused(list(guest, 'public/'), 'list what is public')
    for (const folder of [`private/${guest.identityId}`, `private/${ann.identityId}`, `protected/${ann.identityId}`]) {
      await shutOut(guest, folder)
    }
    await refused(list(guest), 'list the bucket')
    await answers(403, guest, world.apiId, 'prod')
    const { dynamodb, identityId } = guest
    await refused(dynamodb.send(new GetItemCommand({ TableName: 'notes', Key: row(identityId) })), 'get a row')
  },
  () => everything,
)

const ownPool = check(
  "another pool's token is refused the role of signed-in users",
  async ({ world, authenticatedRole }) => {
    const other = await deploy('other', good(), chapter(world))
    const otherPool = present(other['IdentityPoolId'])
    const otherRole = present((await resources('other'))['AuthenticatedRole'])
    await openClassicFlow(otherPool, false)
    const logins = await login(world, 'ann')
    const { identityId } = await enter(otherPool, logins)
    await granted(assume(identityId, arnOf(otherRole), logins), "the own pool's role")
    await refused(assume(identityId, arnOf(authenticatedRole), logins), "another pool's role")
  },
)

const guestsRole = check(
  "a guest's token is refused the role of signed-in users",
  async ({ world, poolId, ann, authenticatedRole }) => {
    await openClassicFlow(poolId, true)
    const { IdentityId } = await admin.identity.send(new GetIdCommand({ IdentityPoolId: poolId }))
    await granted(assume(ann.identityId, arnOf(authenticatedRole), await login(world, 'ann')), 'a signed-in user')
    await refused(assume(present(IdentityId), arnOf(authenticatedRole)), 'a guest')
  },
)

// ---- each option's own rules -------------------------------------------------------------------------------------

const subOf = (token: string): string => {
  const { sub } = JSON.parse(Buffer.from(present(token.split('.')[1]), 'base64url').toString())
  assert(typeof sub === 'string')
  return sub
}

const protectedFolder = check(
  "a protected folder is its owner's; other users get objects from it, and nobody lists the folder of another",
  async ({ ann, bob }) => {
    await ownsFolder(ann, `protected/${ann.identityId}`)
    await ownsFolder(ann, `private/${ann.identityId}`)
    const others = `protected/${bob.identityId}`
    await adminPut(`${others}/photo`)
    await granted(get(ann, `${others}/photo`), 'get')
    await refused(put(ann, `${others}/photo`), 'put')
    await refused(remove(ann, `${others}/photo`), 'delete')
    for (const prefix of [`${others}/`, 'protected/', undefined]) await refused(list(ann, prefix), `list ${prefix}`)
    await shutOut(ann, `private/${bob.identityId}`)
  },
  () => ({ AllowProtectedFolder: 'true' }),
)

const publicFolder = check(
  'users get and put what is public; nobody deletes or lists it',
  async ({ ann, bob }) => {
    await granted(put(ann, 'public/logo'), 'put')
    await granted(get(bob, 'public/logo'), 'get')
    await refused(remove(ann, 'public/logo'), 'delete')
    await refused(list(ann, 'public/'), 'list')
    await shutOut(ann, `private/${bob.identityId}`)
  },
  () => ({ AllowPublicFolder: 'true' }),
)

const folderBySub = check(
  'folders keyed by UserSub are named by the sub of the user pool, and not by the identity',
  async ({ ann, bob, world }) => {
    const [own, other] = [subOf(await signIn(world.clientId, 'ann')), subOf(await signIn(world.clientId, 'bob'))]
    for (const level of ['private', 'protected']) {
      await ownsFolder(ann, `${level}/${own}`)
      await shutOut(ann, `private/${ann.identityId}`)
    }
    await shutOut(ann, `private/${other}`)
    await adminPut(`protected/${other}/photo`)
    await granted(get(ann, `protected/${other}/photo`), 'get')
    await refused(put(ann, `protected/${other}/photo`), 'put')
    await refused(list(bob, `protected/${own}/`), 'list')
  },
  () => ({ UploadsFolderKeyedBy: 'UserSub', AllowProtectedFolder: 'true' }),
)

const keyThroughS3 = check(
  'a user is refused the key, unless S3 asks for it',
  async ({ ann, world }) => {
    // MiniStack's S3 does not ask KMS on the user's behalf, so that an encrypted upload shows nothing here.
    const key = { KeyId: world.keyArn }
    for (const [action, body] of [
      ['GenerateDataKey', { ...key, KeySpec: 'AES_256' }],
      ['Decrypt', { ...key, CiphertextBlob: 'AAAA' }],
      ['DescribeKey', key],
    ] as const) {
      const status = await kms(ann, action, body)
      assert.equal(status, 403, `${status} from ${action}`)
    }
  },
  world => ({ UploadsKmsKeyArn: world.keyArn }),
)

live('a pool without guests refuses them', async () => {
  const { poolId } = await settle(good())
  await assert.rejects(enter(poolId), { name: 'NotAuthorizedException' })
})

live('an app client that was not named, and the token of another user pool, are refused', async () => {
  const { poolId, world } = await settle(good())
  const provider = providerName(world.userPoolId)
  await assert.rejects(enter(poolId, { [provider]: await signIn(world.clientId2, 'ann') }), {
    name: 'NotAuthorizedException',
  })
  await signUp(world.strangersClientId, world.strangersPoolId, 'eve')
  const strangers = await signIn(world.strangersClientId, 'eve')
  for (const name of [provider, providerName(world.strangersPoolId)]) {
    await assert.rejects(enter(poolId, { [name]: strangers }), { name: 'NotAuthorizedException' })
  }
  const [header, payload, signature] = (await signIn(world.clientId, 'ann')).split('.')
  const forged = JSON.stringify({ ...JSON.parse(Buffer.from(present(payload), 'base64url').toString()), sub: 'eve' })
  const token = [header, Buffer.from(forged).toString('base64url'), signature].join('.')
  await assert.rejects(enter(poolId, { [provider]: token }), { name: 'NotAuthorizedException' })
})

live('the second and third app client let the same user into the same folder', async () => {
  const { poolId, world, ann } = await settle(good())
  await deploy('notes', good(), {
    ...chapter(world),
    UserPoolClientId2: world.clientId2,
    UserPoolClientId3: world.clientId3,
  })
  for (const client of [world.clientId2, world.clientId3]) {
    const again = await enter(poolId, { [providerName(world.userPoolId)]: await signIn(client, 'ann') })
    assert.equal(again.identityId, ann.identityId)
    await ownsFolder(again, `private/${ann.identityId}`)
  }
})

live(
  'ApiStage leaves one stage, ApiRegion moves the permission away, AdditionalApiArns open what they name',
  async () => {
    const { poolId, world, ann } = await settle(good(), () => ({ ApiStage: 'prod' }))
    await answers(200, ann, world.apiId, 'prod')
    await answers(403, ann, world.apiId, 'test')
    await deploy('notes', good(), { ...chapter(world), ApiRegion: 'eu-west-1' })
    await answers(403, ann, world.apiId, 'prod')
    const AdditionalApiArns = `arn:aws:execute-api:${region}:${account}:${world.otherApiId}/prod/GET/`
    await deploy('notes', good(), { ...chapter(world), AdditionalApiArns })
    await answers(200, ann, world.apiId, 'test')
    await answers(200, ann, world.otherApiId, 'prod')
    await answers(403, ann, world.otherApiId, 'test')
    assert.equal((await enter(poolId, await login(world, 'ann'))).identityId, ann.identityId)
  },
)

live('a permissions boundary bounds users and guests', async () => {
  const { world, ann, poolId } = await settle(good(), world => ({
    ...everything,
    PermissionsBoundaryArn: world.boundaryArn,
  }))
  await ownsFolder(ann, `private/${ann.identityId}`)
  await answers(403, ann, world.apiId, 'prod')
  await adminPut('public/logo')
  await granted(get(await enter(poolId), 'public/logo'), 'get what is public')
})

live('every provider lets its users into their own folder, under the key that its Logins have', async () => {
  const world = await build()
  const made = await deploy('notes', good(), {
    ...{ UploadsBucketName: bucket, FacebookAppId: '1234567890', GoogleClientId: '1-a.apps.googleusercontent.com' },
    ...{ AmazonAppId: 'amzn1.application-oa2-client.0a', AppleServicesId: 'com.example.notes' },
    OpenIdConnectProviderArns: `arn:aws:iam::${account}:oidc-provider/login.example.com`,
    SamlProviderArns: `arn:aws:iam::${account}:saml-provider/Example`,
    DeveloperProviderName: 'login.example.notes',
  })
  // MiniStack takes any token of a provider that it doesn't run itself. What shows is the provider's name.
  await signUp(world.clientId, world.userPoolId, 'ann')
  const token = await signIn(world.clientId, 'ann')
  const identities = new Set<string>()
  for (const name of [
    ...['graph.facebook.com', 'accounts.google.com', 'www.amazon.com', 'appleid.apple.com', 'login.example.com'],
    ...[`arn:aws:iam::${account}:saml-provider/Example`, 'cognito-identity.amazonaws.com'],
  ]) {
    const user = await enter(present(made['IdentityPoolId']), { [name]: token })
    await ownsFolder(user, `private/${user.identityId}`)
    identities.add(user.identityId)
  }
  assert.equal(identities.size, 7)
  await assert.rejects(enter(present(made['IdentityPoolId']), { 'api.twitter.com': token }), {
    name: 'NotAuthorizedException',
  })
})

// ---- spoilt templates ---------------------------------------------------------------------------------------------

/** The template with its resources changed as JSON text; something must have changed. */
const reword = (from: string | RegExp, to: string): string => {
  const template = readTemplate('identity-pool')
  const Resources: Document['Resources'] = JSON.parse(JSON.stringify(template.Resources).replaceAll(from, to))
  assert.notDeepEqual(Resources, template.Resources, `the template has no ${from}`)
  return JSON.stringify({ ...template, Resources })
}

/** The template with every object in its resources changed. */
const edit = (change: (part: JsonObject) => JsonObject): string => {
  const walk = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(walk)
    if (!isObject(part)) return part
    return Object.fromEntries(Object.entries(change(part)).map(([key, value]) => [key, walk(value)]))
  }
  const template = readTemplate('identity-pool')
  const Resources = walk(template.Resources)
  assert.notDeepEqual(Resources, template.Resources, 'the template has nothing to change')
  return JSON.stringify({ ...template, Resources })
}

/** The template without the keys that end so, wherever they are. */
const without = (suffix: string) =>
  edit(part => Object.fromEntries(Object.entries(part).filter(([key]) => !key.endsWith(suffix))))

/** The template whose permission to call the API is one to do something else, to anything. */
const instead = (Action: string) =>
  edit(part => (part['Action'] === 'execute-api:Invoke' ? { ...part, Action, Resource: '*' } : part))

const allowing =
  (from: string, ...to: string[]) =>
  () =>
    reword(`"Action":${from}`, `"Action":${JSON.stringify(to)}`)

/** What is spoilt, the check that sees it, and what that check says. */
const mutants: Record<string, readonly [template: () => string, check: Check, says: RegExp]> = {
  'trust without aud': [() => without(':aud'), ownPool, /^granted: another pool's role/],
  'trust without amr': [() => without(':amr'), guestsRole, /^granted: a guest/],
  'trust in guests for the role of signed-in users': [
    () => reword('amr":"authenticated"', 'amr":"unauthenticated"'),
    hasRole,
    /^ann gets no credentials/,
  ],
  'trust for sts:AssumeRole': [
    () => reword('"sts:AssumeRoleWithWebIdentity"', '"sts:AssumeRole"'),
    hasRole,
    /^ann gets no credentials/,
  ],
  'trust without sts:TagSession': [
    () => reword('"sts:TagSession"', '"sts:SetSourceIdentity"'),
    folderBySub,
    /^ann gets no credentials/,
  ],
  "the attachment's key misspelt": [
    () => reword('"authenticated":', '"authenticatd":'),
    hasRole,
    /^ann gets no credentials/,
  ],
  's3:* on the own folder': [() => reword('"s3:GetObject"', '"s3:*"'), bucketAdministration, /^granted: GetObjectAcl/],
  's3:* on the whole bucket': [
    () =>
      edit(part =>
        part['Sid'] === 'PrivateObjects'
          ? { ...part, Action: 's3:*', Resource: ['arn:aws:s3:::notes-uploads', 'arn:aws:s3:::notes-uploads/*'] }
          : part,
      ),
    othersFolder,
    /^granted: get from private\//,
  ],
  'a folder without the identity': [
    () => reword(/private\/\$\{[^}]*\}/g, 'private'),
    othersFolder,
    /^granted: get from/,
  ],
  'a folder pattern without its slash': [
    () => reword(/(private\/\$\{[^}]*\})\/\*/g, '$1*'),
    restOfBucket,
    /^granted: get from private\/.*x$/,
  ],
  'a policy variable misspelt': [() => reword('amazonaws.com:sub}', 'amazonaws.com:subb}'), ownFolder, /^refused: put/],
  'a policy variable that Fn::Sub ate': [
    () => reword('${!cognito-identity.amazonaws.com:sub}', '${AWS::AccountId}'),
    ownFolder,
    /^refused: put/,
  ],
  'listing without a prefix': [() => without('s3:prefix'), restOfBucket, /^granted: list/],
  'every API': [() => reword(':${ApiId}/', ':*/'), oneApi, /^200 from another API/],
  'rows of others': [() => without('dynamodb:LeadingKeys'), ownRows, /^granted: PutItem/],
  'rows without saying whose': [
    () =>
      edit(part =>
        part['Sid'] === 'OwnRows' && isObject(part['Condition'])
          ? { ...part, Action: 'dynamodb:*', Condition: { ...part['Condition'], Null: {} } }
          : part,
      ),
    ownRows,
    /^granted: Scan/,
  ],
  'guests who put': [
    allowing('"s3:GetObject"', 's3:GetObject', 's3:PutObject'),
    guestsReach,
    /^granted: put what is public/,
  ],
  'protected folders of others to put into': [
    allowing('"s3:GetObject"', 's3:GetObject', 's3:PutObject'),
    protectedFolder,
    /^granted: put/,
  ],
  'a public folder to delete from': [
    allowing('["s3:GetObject","s3:PutObject"]', 's3:GetObject', 's3:PutObject', 's3:DeleteObject'),
    publicFolder,
    /^granted: delete/,
  ],
  'a key for every caller': [() => without('kms:ViaService'), keyThroughS3, /^200 from GenerateDataKey/],
  'cognito-identity:* for users': [() => instead('cognito-identity:*'), administration, /^granted: CreateIdentityPool/],
  'iam:* for users': [() => instead('iam:*'), administration, /^granted: GetRole/],
  'dynamodb:* for users': [() => instead('dynamodb:*'), noTable, /^granted: put/],
}

for (const [name, [template, { holds, parameters }, says]] of Object.entries(mutants)) {
  live(`a spoilt template is found out: ${name}`, async () => {
    await assert.rejects(async () => holds(await settle(template(), parameters)), {
      code: 'ERR_ASSERTION',
      message: says,
    })
  })
}

live("the tutorial's template: users stay in their folder, but rule the identity pools", async () => {
  const setting = await settle(templateText('identity-pool-tutorial'))
  for (const { holds } of [hasRole, othersFolder, restOfBucket, oneApi, noTable]) await holds(setting)
  const missing = { code: 'ERR_ASSERTION' }
  await assert.rejects(ownFolder.holds(setting), { ...missing, message: /^refused: list/ })
  await assert.rejects(bucketAdministration.holds(setting), { ...missing, message: /^granted: GetObjectAcl/ })
  await assert.rejects(administration.holds(setting), { ...missing, message: /^granted: CreateIdentityPool/ })
})
