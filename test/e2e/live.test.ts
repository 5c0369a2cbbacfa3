/**
 * What stands in an account, read by the SDK and by the script that asks the same with the AWS CLI: both must come to
 * the same. MiniStack tells the stack of a resource by the tag alone, not by `DescribeStackResources`, and knows no
 * account but its own: test/live.test.ts has what AWS answers there.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  CreateIdentityPoolCommand,
  SetIdentityPoolRolesCommand,
  SetPrincipalTagAttributeMapCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AwsError } from '../../src/aws/aws-error.ts'
import type { Target } from '../../src/live/around.ts'
import { documentOf } from '../../src/live/document-of.ts'
import { parseSaved } from '../../src/live/parse-saved.ts'
import { readPool } from '../../src/live/read-pool.ts'
import { saveCommands } from '../../src/live/save-commands.ts'
import { type Snapshot, told } from '../../src/live/snapshot.ts'
import { resolve } from '../../src/resolve/index.ts'
import { account, environmentOf, folder, live, region, run } from './emulator.ts'
import { templateText } from './template.ts'
import { cli, type KeyPair } from './tools.ts'
import { admin, build, chapter, deploy, present, providerName } from './world.ts'

const administrator: KeyPair = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Reads as a caller would whose environment names the emulator. */
async function reading(target: Target, caller = administrator): Promise<Snapshot> {
  const before = { ...process.env }
  Object.assign(process.env, environmentOf(caller))
  try {
    return await readPool({ ...target, patience: { attempts: 1 } })
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

/** Runs the script with nothing in reach but the AWS CLI. */
async function saving(target: Target, caller = administrator) {
  const file = path.join(folder, 'save.sh')
  writeFileSync(file, saveCommands({ ...target, region }))
  return run('/bin/sh', [file], { ...environmentOf(caller), PATH: path.dirname(cli) })
}

async function saved(target: Target, caller = administrator): Promise<{ snapshot: Snapshot; text: string }> {
  const { status, stdout, stderr } = await saving(target, caller)
  assert.equal(status, 0, stderr)
  const parsed = parseSaved(stdout)
  assert(parsed.kind === 'snapshot', JSON.stringify(parsed))
  assert.deepEqual(parsed.notes, [])
  return { snapshot: parsed.snapshot, text: stdout }
}

live('a stack of identity-pool is read whole, by its name and by its pool, and the script says the same', async () => {
  const world = await build()
  const { IdentityPoolId: identityPoolId = '' } = await deploy('notes', templateText('identity-pool'), {
    ...chapter(world),
    ...{ AllowGuests: 'true', UsePrincipalTags: 'true', RoleSelection: 'Token' },
    ...{ PermissionsBoundaryArn: world.boundaryArn, RolePath: '/notes/' },
    AdditionalManagedPolicyArns: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  })
  const snapshot = await reading({ identityPoolId })
  assert.deepEqual(await reading({ stackName: 'notes' }), snapshot)
  assert.deepEqual((await saved({ identityPoolId })).snapshot, snapshot)

  assert.equal(`${snapshot.region} ${snapshot.partition} ${snapshot.account}`, `${region} aws ${account}`)
  assert.equal(told(snapshot.pool)?.AllowUnauthenticatedIdentities, true)
  assert.equal(told(snapshot.owner)?.logicalId, 'IdentityPool')
  assert.equal(snapshot.stack?.name, 'notes')
  assert.equal(told(snapshot.stack?.template ?? { kind: 'absent' }), templateText('identity-pool'))
  assert.equal(snapshot.stack?.parameters['AllowGuests'], 'true')
  assert.deepEqual(
    snapshot.clients.map(it => [it.clientId, told(it.answer)?.hasSecret]),
    [[world.clientId, false]],
  )
  assert.deepEqual(
    snapshot.userPools.map(it => [it.id, it.answer.kind, it.groups]),
    [[world.userPoolId, 'is', { kind: 'is', value: [] }]],
  )
  assert.deepEqual(
    snapshot.principalTags.map(it => [it.provider, told(it.answer)?.UseDefaults]),
    [[providerName(world.userPoolId), true]],
  )
  assert.equal(snapshot.roles.length, 2)
  for (const { answer } of snapshot.roles) {
    const role = told(answer)
    assert.equal(role?.path, '/notes/')
    assert.equal(role.boundary?.arn, world.boundaryArn)
    assert.equal(role.boundary.document.kind, 'is')
    assert.match(JSON.stringify(role.trust), new RegExp(`"cognito-identity.amazonaws.com:aud":"${identityPoolId}"`))
  }
  const [signedIn] = snapshot.roles.flatMap(it => told(it.answer) ?? [])
  assert.match(
    JSON.stringify(told(present(signedIn).inline)),
    /private\/\$\{cognito-identity\.amazonaws\.com:sub\}\/\*/,
  )
  assert.deepEqual(
    told(present(signedIn).attached)?.map(it => it.arn),
    ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  )
  const { document, env } = documentOf(snapshot)
  assert.deepEqual(resolve(document, env).diagnostics, [])
})

/** A pool as somebody makes it in the console, with all that the API can say. */
async function madeByHand() {
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:some-other-pool' } },
      },
    ],
  })
  const role = async (RoleName: string) =>
    present((await admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))).Role?.Arn)
  const [users, editors, admins] = [await role('users'), await role('editors'), await role('admins')]
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::notes/ä%41/*' }],
  })
  for (const PolicyName of ['second', 'first']) {
    await admin.iam.send(new PutRolePolicyCommand({ RoleName: 'users', PolicyName, PolicyDocument: policy }))
  }
  const own = await admin.iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: policy }))
  for (const RoleName of ['users', 'editors']) {
    await admin.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: own.Policy?.Arn }))
  }
  const UserPoolId = present((await admin.userPools.send(new CreateUserPoolCommand({ PoolName: 'p' }))).UserPool?.Id)
  const client = async (ClientName: string, more: object) =>
    present(
      (await admin.userPools.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName, ...more }))).UserPoolClient,
    )
  const web = await client('web', { GenerateSecret: true, WriteAttributes: ['custom:tenant', 'email'] })
  const native = await client('native', {})
  await admin.userPools.send(
    new CreateGroupCommand({ UserPoolId, GroupName: 'admins', RoleArn: admins, Precedence: 0 }),
  )
  await admin.userPools.send(new CreateGroupCommand({ UserPoolId, GroupName: 'readers' }))
  const ProviderName = providerName(UserPoolId)
  const made = await admin.identity.send(
    new CreateIdentityPoolCommand({
      IdentityPoolName: 'by hand',
      AllowUnauthenticatedIdentities: false,
      CognitoIdentityProviders: [
        { ProviderName, ClientId: present(web.ClientId), ServerSideTokenCheck: true },
        { ProviderName, ClientId: present(native.ClientId) },
      ],
      SupportedLoginProviders: { 'graph.facebook.com': '1234567', 'api.twitter.com': 'key;hush-hush' },
    }),
  )
  const identityPoolId = present(made.IdentityPoolId)
  await admin.identity.send(
    new SetIdentityPoolRolesCommand({
      IdentityPoolId: identityPoolId,
      Roles: { authenticated: users, unauthenticated: `arn:aws:iam::${account}:role/gone` },
      RoleMappings: {
        [`${ProviderName}:${web.ClientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
        [`${ProviderName}:${native.ClientId}`]: {
          Type: 'Rules',
          AmbiguousRoleResolution: 'AuthenticatedRole',
          RulesConfiguration: {
            Rules: [{ Claim: 'custom:tenant', MatchType: 'Equals', Value: 'x y', RoleARN: editors }],
          },
        },
      },
    }),
  )
  await admin.identity.send(
    new SetPrincipalTagAttributeMapCommand({
      IdentityPoolId: identityPoolId,
      IdentityProviderName: ProviderName,
      PrincipalTags: { tenant: 'custom:tenant' },
    }),
  )
  return { identityPoolId, users, editors, admins, UserPoolId, ProviderName, secret: present(web.ClientSecret) }
}

live('a pool made by hand is read with all roles that it can give, and without a secret', async () => {
  const { identityPoolId, users, editors, admins, ProviderName, secret } = await madeByHand()
  const snapshot = await reading({ identityPoolId })
  const { snapshot: again, text } = await saved({ identityPoolId })
  assert.deepEqual(again, { ...snapshot, owner: again.owner })
  for (const { owner } of [snapshot, again]) assert.equal(owner.kind, 'absent')
  for (const said of [JSON.stringify(snapshot), text]) {
    assert(!said.includes(secret), 'the secret of the app client is in it')
    assert(!said.includes('hush'), 'the secret of Twitter is in it')
  }
  assert.deepEqual(told(snapshot.pool)?.SupportedLoginProviders, {
    'graph.facebook.com': '1234567',
    'api.twitter.com': '****',
  })
  assert.deepEqual(
    snapshot.clients.map(it => [told(it.answer)?.ClientName, told(it.answer)?.hasSecret]),
    [
      ['web', true],
      ['native', false],
    ],
  )
  assert.deepEqual(told(present(snapshot.clients[0]).answer)?.WriteAttributes, ['custom:tenant', 'email'])
  assert.deepEqual(
    snapshot.roles.map(it => [it.arn, it.answer.kind]),
    [
      [users, 'is'],
      [`arn:aws:iam::${account}:role/gone`, 'absent'],
      [editors, 'is'],
      [admins, 'is'],
    ],
  )
  const usersRole = told(present(snapshot.roles[0]).answer)
  assert.deepEqual(
    told(present(usersRole).inline)?.map(it => [it.name, JSON.stringify(told(it.document)).includes('notes/ä%41/*')]),
    [
      ['first', true],
      ['second', true],
    ],
  )
  assert.deepEqual(
    snapshot.principalTags.map(it => [it.provider, it.answer.kind]),
    [
      [ProviderName, 'is'],
      ['graph.facebook.com', 'absent'],
      ['api.twitter.com', 'absent'],
    ],
  )
})

live(
  'what a caller may not ask is said to be unasked, with the action that is lacking, and the pool is there',
  async () => {
    const { identityPoolId } = await madeByHand()
    await admin.iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const statement = { Effect: 'Allow', Action: 'cognito-identity:Describe*', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await admin.iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'few', PolicyDocument }))
    const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
    const ann = {
      accessKeyId: present(AccessKey?.AccessKeyId),
      secretAccessKey: present(AccessKey?.SecretAccessKey),
    }
    const snapshot = await reading({ identityPoolId }, ann)
    assert.equal(snapshot.pool.kind, 'is')
    assert.deepEqual(snapshot.roles, [])
    assert(snapshot.poolRoles.kind === 'unasked', snapshot.poolRoles.kind)
    assert.match(snapshot.poolRoles.reason, /user\/ann may not do cognito-identity:GetIdentityPoolRoles on /)
    assert.match(snapshot.poolRoles.help ?? '', /^Allow cognito-identity:GetIdentityPoolRoles on /)
    const { snapshot: again } = await saved({ identityPoolId }, ann)
    assert(again.poolRoles.kind === 'unasked', again.poolRoles.kind)
    assert.match(again.poolRoles.help ?? '', /^Allow cognito-identity:GetIdentityPoolRoles/)
    assert.deepEqual(
      again.clients.map(it => it.answer.kind),
      snapshot.clients.map(it => it.answer.kind),
    )
  },
)

live('a pool, or a stack, that is not there is told in words', async () => {
  const identityPoolId = `${region}:1cf667a2-49a6-454b-9e45-231990000000`
  const missing: readonly (readonly [Target, RegExp])[] = [
    [{ identityPoolId }, /^the identity pool us-east-1:1cf667a2\S+ is not in us-east-1 of the account that/],
    [{ stackName: 'nowhere' }, /^the stack nowhere is not in us-east-1 of the account that/],
  ]
  for (const [target, words] of missing) {
    const error = await reading(target).then(
      () => assert.fail('it was read'),
      (thrown: unknown) => thrown,
    )
    assert(error instanceof AwsError, String(error))
    assert.equal(error.code, 'not-found')
    assert.match(error.message, words)
    const { status, stderr } = await saving(target)
    assert.equal(status, 1, stderr)
    assert.match(stderr, /An error occurred \((ResourceNotFoundException|ValidationError)\)/)
  }
})

live('the pool of a stack is found in one that is nested in it, and with it the nested stack', async () => {
  await admin.s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
  const Pool = { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } }
  const inner = { Resources: { Pool } }
  await admin.s3.send(
    new PutObjectCommand({ Bucket: 'templates', Key: 'inner.json', Body: JSON.stringify(inner, undefined, 2) }),
  )
  const TemplateURL = `https://s3.${region}.amazonaws.com/templates/inner.json`
  const Nested = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } }
  await deploy('one', JSON.stringify({ Resources: { Nested } }))
  const snapshot = await reading({ stackName: 'one' })
  assert.equal(told(snapshot.owner)?.logicalId, 'Pool')
  assert.match(told(snapshot.owner)?.stackName ?? '', /^one-Nested-/)
  // the AWS CLI prints a template of JSON as JSON, which comes out as this one was written
  assert.deepEqual((await saved({ stackName: 'one' })).snapshot, snapshot)

  await deploy('two', JSON.stringify({ Resources: { Pool, Nested } }))
  await assert.rejects(reading({ stackName: 'two' }), /^AwsError: the stack two has 2 identity pools: us-east-1:/)
  const { status, stderr } = await saving({ stackName: 'two' })
  assert.equal(status, 1)
  assert.match(stderr, /several identity pools: us-east-1:\S+, us-east-1:/)
})
