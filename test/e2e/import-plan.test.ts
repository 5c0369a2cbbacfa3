/**
 * Identity pools that stand, made by the calls that the console makes or left by a deleted stack, planned by the real
 * command and taken into a stack by the script that it writes, with the real AWS CLI.
 *
 * MiniStack updates every resource of a stack, AWS those whose properties differ from the template before. That a plan's
 * import.yaml has all that stands, so that these differ, is what test/import-plan.test.ts holds; of roles MiniStack, as
 * AWS, takes away only the policies that the template before had.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  CreateIdentityPoolCommand,
  type CreateIdentityPoolCommandInput,
  ListIdentityPoolsCommand,
  SetIdentityPoolRolesCommand,
  type SetIdentityPoolRolesCommandInput,
  SetPrincipalTagAttributeMapCommand,
} from '@aws-sdk/client-cognito-identity'
import { AdminAddUserToGroupCommand, CreateGroupCommand } from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3'
import { account, aws, environmentOf, folder, live, region, run } from './emulator.ts'
import { templateText } from './template.ts'
import { cli, root } from './tools.ts'
import {
  admin,
  bucket,
  build,
  type Caller,
  chapter,
  deploy,
  enter,
  outputs,
  present,
  providerName,
  removeStack,
  resources,
  signIn,
  signUp,
  standingPool,
  standingRole,
  standingTags,
  type World,
} from './world.ts'

const host = 'cognito-identity.amazonaws.com'
const administrator = { accessKeyId: 'test', secretAccessKey: 'test' }

const poolform = (...args: readonly string[]) =>
  run(process.execPath, [path.join(root, 'lib/cli.cjs'), ...args], environmentOf(administrator))

const importPlan = (...args: readonly string[]) => poolform('import-plan', ...args)

const newFolder = () => path.join(mkdtempSync(path.join(folder, 'plan-')), 'import')

/** Plans, and gives the folder with the files. */
async function planned(identityPoolId: string, ...more: readonly string[]): Promise<{ out: string; text: string }> {
  const out = newFolder()
  const { status, stdout, stderr } = await importPlan('--identity-pool-id', identityPoolId, '--out', out, ...more)
  assert.equal(status, 0, stdout + stderr)
  return { out, text: stdout }
}

/** Runs the script as a person would who answers its questions. */
function carryOut(out: string, answers: string, ...args: readonly string[]) {
  const PATH = `${path.dirname(cli)}:/usr/bin:/bin`
  return new Promise<{ status: number | null; output: string }>((resolve, reject) => {
    const script = spawn('/bin/sh', [path.join(out, 'import.sh'), ...args], {
      env: { ...environmentOf(administrator), PATH },
    })
    let output = ''
    for (const stream of [script.stdout, script.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    script.on('error', reject)
    script.on('close', status => resolve({ status, output }))
    script.stdin.end(answers)
  })
}

async function imported(out: string, ...args: readonly string[]): Promise<string> {
  const { status, output } = await carryOut(out, 'yes\nyes\n', ...args)
  assert.equal(status, 0, output)
  return output
}

/** The state of a stack; undefined where there is none. */
async function stateOf(stackName: string): Promise<string | undefined> {
  const query = ['--query', 'Stacks[0].StackStatus', '--output', 'text']
  const { status, stdout } = await aws('cloudformation', 'describe-stacks', '--stack-name', stackName, ...query)
  return status === 0 ? stdout.trim() : undefined
}

type Statement = { readonly Effect: string; readonly Action: unknown; readonly Resource: unknown }

/** The chapter's, word for word. */
const chapterPolicy = (apiId: string): readonly Statement[] => [
  {
    Effect: 'Allow',
    Action: ['mobileanalytics:PutEvents', 'cognito-sync:*', 'cognito-identity:*'],
    Resource: ['*'],
  },
  { Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${bucket}/private/\${${host}:sub}/*`] },
  {
    Effect: 'Allow',
    Action: ['execute-api:Invoke'],
    Resource: [`arn:aws:execute-api:${region}:*:${apiId}/*/*/*`],
  },
]

type ByHand = {
  readonly path?: string
  readonly statements: readonly Statement[]
  readonly pool?: Partial<CreateIdentityPoolCommandInput>
  readonly guests?: readonly Statement[]
  readonly mappings?: SetIdentityPoolRolesCommandInput['RoleMappings']
}

/** A pool as the console makes one, and what it was told to allow. */
async function madeByHand(world: World, { path: Path = '/', statements, pool, guests, mappings }: ByHand) {
  const made = await admin.identity.send(
    new CreateIdentityPoolCommand({
      ...{ IdentityPoolName: 'notes identity pool', AllowUnauthenticatedIdentities: guests !== undefined },
      CognitoIdentityProviders: [
        { ProviderName: providerName(world.userPoolId), ClientId: world.clientId, ServerSideTokenCheck: false },
      ],
      ...pool,
    }),
  )
  const poolId = present(made.IdentityPoolId)
  const role = async (RoleName: string, amr: string, allowed: readonly Statement[]): Promise<string> => {
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: host },
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
          Condition: {
            StringEquals: { [`${host}:aud`]: poolId },
            'ForAnyValue:StringLike': { [`${host}:amr`]: amr },
          },
        },
      ],
    }
    const answer = await admin.iam.send(
      new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    )
    const document = { Version: '2012-10-17', Statement: allowed }
    const PolicyName = `oneClick_${RoleName}_1700000000000`
    await admin.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }))
    return present(answer.Role?.Arn)
  }
  const roles = {
    authenticated: await role('Cognito_notesAuth_Role', 'authenticated', statements),
    ...(guests === undefined
      ? {}
      : { unauthenticated: await role('Cognito_notesUnauth_Role', 'unauthenticated', guests) }),
  }
  await admin.identity.send(
    new SetIdentityPoolRolesCommand({
      ...{ IdentityPoolId: poolId, Roles: roles },
      ...(mappings === undefined ? {} : { RoleMappings: mappings }),
    }),
  )
  return { poolId, roles }
}

async function person(world: World, poolId: string, name: string): Promise<Caller> {
  return enter(poolId, { [providerName(world.userPoolId)]: await signIn(world.clientId, name) })
}

const ownKey = ({ identityId }: Caller, name = 'note.txt') => `private/${identityId}/${name}`

const put = (caller: Caller, Key: string) => caller.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'a' }))

const get = async (caller: Caller, Key: string): Promise<string> => {
  const { Body } = await caller.s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
  return present(await Body?.transformToString())
}

const refused = (call: Promise<unknown>) => assert.rejects(call, { name: 'AccessDenied' })

for (const rolePath of ['/', '/service-role/']) {
  live(
    `the chapter's pool, its role at ${rolePath}, is taken into a stack: its ID and identities stay, and what it allows is hardened`,
    async () => {
      const world = await build()
      const { poolId } = await madeByHand(world, { path: rolePath, statements: chapterPolicy(world.apiId) })
      await signUp(world.clientId, world.userPoolId, 'ann')
      await signUp(world.clientId, world.userPoolId, 'bob')
      const [ann, bob] = [await person(world, poolId, 'ann'), await person(world, poolId, 'bob')]
      await put(ann, ownKey(ann))
      // what the chapter allows, and nobody needs
      await ann.identity.send(new ListIdentityPoolsCommand({ MaxResults: 1 }))
      await ann.s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: ownKey(ann), Tagging: { TagSet: [] } }))

      const { out, text } = await planned(poolId)
      assert.match(text, /into the new stack notes-identity-pool/)
      assert.match(text, /s3:PutObjectTagging|PutObjectTagging/)
      const parameters: unknown = JSON.parse(readFileSync(path.join(out, 'parameters.json'), 'utf8'))
      assert(Array.isArray(parameters), String(parameters))
      assert.deepEqual(Object.fromEntries(parameters.map(it => [it.ParameterKey, it.ParameterValue])), {
        IdentityPoolName: 'notes identity pool',
        ...chapter(world),
        ...(rolePath === '/' ? {} : { RolePath: rolePath }),
      })
      const poolBefore = await standingPool(poolId)
      const roleBefore = await standingRole('Cognito_notesAuth_Role')

      const first = await imported(out, 'import')
      assert.match(first, /Import[^\n]*AuthenticatedRole[^\n]*Cognito_notesAuth_Role/)
      assert.equal(await stateOf('notes-identity-pool'), 'IMPORT_COMPLETE')
      assert.deepEqual(await standingPool(poolId), poolBefore)
      assert.deepEqual(await standingRole('Cognito_notesAuth_Role'), roleBefore)

      await imported(out, 'update')
      assert.equal(await stateOf('notes-identity-pool'), 'UPDATE_COMPLETE')
      assert.equal((await outputs('notes-identity-pool'))['IdentityPoolId'], poolId)
      assert.deepEqual(await resources('notes-identity-pool'), {
        IdentityPool: poolId,
        AuthenticatedRole: 'Cognito_notesAuth_Role',
        RoleAttachment: poolId,
      })
      const role = await standingRole('Cognito_notesAuth_Role')
      assert.equal(role.path, rolePath)
      assert.deepEqual(Object.keys(role.policies), ['api', 'own-folder'])
      const after = await standingPool(poolId)
      assert.deepEqual(after['Roles'], poolBefore['Roles'])
      assert.equal(after.IdentityPoolName, 'notes identity pool')
      assert.match(JSON.stringify(after['CognitoIdentityProviders']), /"ServerSideTokenCheck":true/)

      const again = await person(world, poolId, 'ann')
      assert.equal(again.identityId, ann.identityId)
      assert.equal(await get(again, ownKey(ann)), 'a')
      await put(again, ownKey(ann))
      await refused(get(again, ownKey(bob)))
      await refused(put(again, ownKey(bob)))
      await refused(
        again.s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: ownKey(ann), Tagging: { TagSet: [] } })),
      )
      await assert.rejects(again.identity.send(new ListIdentityPoolsCommand({ MaxResults: 1 })), /not authorized/)
      // the folder can be listed now, which the chapter forgot
      const Prefix = `private/${ann.identityId}/`
      const listed = await again.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))
      assert.deepEqual(
        listed.Contents?.map(it => it.Key),
        [ownKey(ann)],
      )

      const doctor = await poolform('doctor', '--stack-name', 'notes-identity-pool')
      assert.equal(doctor.status, 0, doctor.stdout)

      // and back, as the plan says
      await imported(out, 'undo')
      assert.deepEqual((await standingRole('Cognito_notesAuth_Role')).policies, roleBefore.policies)
      const back = await person(world, poolId, 'ann')
      assert.equal(back.identityId, ann.identityId)
      await back.identity.send(new ListIdentityPoolsCommand({ MaxResults: 1 }))
    },
  )
}

live('a pool whose users reach everybody’s files waits for a word, and is shut by the update', async () => {
  const world = await build()
  const statements = [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${bucket}/*` }]
  const { poolId } = await madeByHand(world, { statements })
  await signUp(world.clientId, world.userPoolId, 'ann')
  await signUp(world.clientId, world.userPoolId, 'bob')
  const [ann, bob] = [await person(world, poolId, 'ann'), await person(world, poolId, 'bob')]
  await put(bob, ownKey(bob))
  await put(ann, ownKey(ann))
  assert.equal(await get(ann, ownKey(bob)), 'a')

  const out = newFolder()
  const blocked = await importPlan('--identity-pool-id', poolId, '--out', out)
  assert.equal(blocked.status, 1, blocked.stderr)
  assert.match(blocked.stdout, /all objects[\s\S]*or --accept other-folders\. \[other-folders\]/)
  assert.equal(existsSync(out), false)

  const { out: accepted } = await planned(poolId, '--accept', 'other-folders', '--stack-name', 'notes')
  await imported(accepted)
  const again = await person(world, poolId, 'ann')
  assert.equal(again.identityId, ann.identityId)
  assert.equal(await get(again, ownKey(ann)), 'a')
  await refused(get(again, ownKey(bob)))
  await refused(put(again, ownKey(bob)))
})

live('a pool with guests keeps them, and their role', async () => {
  const world = await build()
  const shared = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/public/*` }
  const { poolId, roles } = await madeByHand(world, { statements: chapterPolicy(world.apiId), guests: [shared] })
  const guest = await enter(poolId)
  // with the folder of the template signed-in users may put objects there, too: somebody must want that
  const wanted = ['--param', 'AllowPublicFolder=true', '--accept', 'access-gained']
  const { out, text } = await planned(poolId, '--stack-name', 'notes', ...wanted)
  assert.match(text, /AllowGuests +true/)
  assert.match(text, /AllowPublicFolder +true/)
  await imported(out)
  assert.deepEqual(await resources('notes'), {
    IdentityPool: poolId,
    AuthenticatedRole: 'Cognito_notesAuth_Role',
    UnauthenticatedRole: 'Cognito_notesUnauth_Role',
    RoleAttachment: poolId,
  })
  assert.deepEqual((await standingPool(poolId)).Roles, roles)
  assert.deepEqual(Object.keys((await standingRole('Cognito_notesUnauth_Role')).policies), ['public-folder'])
  await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'public/a.txt', Body: 'a' }))
  const again = await enter(poolId)
  assert.notEqual(again.identityId, guest.identityId)
  assert.equal(await get(again, 'public/a.txt'), 'a')
  await refused(put(again, 'public/a.txt'))
})

live('a pool whose users get the role of their group goes on so, and its principal tags stay', async () => {
  const world = await build()
  const provider = providerName(world.userPoolId)
  const { poolId, roles } = await madeByHand(world, {
    statements: chapterPolicy(world.apiId),
    mappings: { [`${provider}:${world.clientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } },
  })
  await admin.identity.send(
    new SetPrincipalTagAttributeMapCommand({
      IdentityPoolId: poolId,
      IdentityProviderName: provider,
      UseDefaults: true,
    }),
  )
  const before = await standingPool(poolId)
  const trust = present((await standingRole('Cognito_notesAuth_Role')).trust)
  await admin.iam.send(new CreateRoleCommand({ RoleName: 'editors', AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await admin.userPools.send(
    new CreateGroupCommand({
      ...{ UserPoolId: world.userPoolId, GroupName: 'editors' },
      RoleArn: `arn:aws:iam::${account}:role/editors`,
    }),
  )
  await signUp(world.clientId, world.userPoolId, 'eve')
  await admin.userPools.send(
    new AdminAddUserToGroupCommand({ UserPoolId: world.userPoolId, GroupName: 'editors', Username: 'eve' }),
  )
  const { out, text } = await planned(poolId, '--stack-name', 'notes')
  assert.match(text, /RoleSelection +Token/)
  assert.match(text, /the role editors: a group of a user pool or a rule names it/)
  await imported(out)
  const after = await standingPool(poolId)
  assert.deepEqual([after['RoleMappings'], after.Roles], [before['RoleMappings'], roles])
  assert.deepEqual(await standingTags(poolId, provider), { UseDefaults: true, PrincipalTags: {} })
  assert.equal((await resources('notes'))['PrincipalTag'], `${poolId}|${provider}`)
  await person(world, poolId, 'eve')
})

live(
  'a pool that a deleted stack has kept is taken into a new one, and guests stay out until somebody says so',
  async () => {
    const world = await build()
    const { IdentityPoolId: poolId = '' } = await deploy('notes', templateText('identity-pool'), {
      ...chapter(world),
      ...{ IdentityPoolName: 'notes', AllowGuests: 'true' },
    })
    const role = present((await resources('notes'))['AuthenticatedRole'])
    await signUp(world.clientId, world.userPoolId, 'ann')
    const ann = await person(world, poolId, 'ann')
    await put(ann, ownKey(ann))
    const owned = await importPlan('--identity-pool-id', poolId)
    assert.equal(owned.status, 1)
    assert.match(owned.stderr, /is the resource IdentityPool of the stack notes[\s\S]*\[owned-by-stack\]/)
    await removeStack('notes')

    const { out, text } = await planned(poolId, '--stack-name', 'notes-again')
    assert.match(text, /there is no role for them, so that they get nothing: they stay without/)
    await imported(out)
    assert.deepEqual(await resources('notes-again'), {
      IdentityPool: poolId,
      AuthenticatedRole: role,
      RoleAttachment: poolId,
    })
    const after = await standingPool(poolId)
    assert.deepEqual([after['AllowUnauthenticatedIdentities'], Object.keys(after.Roles)], [false, ['authenticated']])
    const again = await person(world, poolId, 'ann')
    assert.equal(again.identityId, ann.identityId)
    assert.equal(await get(again, ownKey(ann)), 'a')
  },
)

live('who says no changes nothing, and files that are there stay', async () => {
  const world = await build()
  const { poolId } = await madeByHand(world, { statements: chapterPolicy(world.apiId) })
  const { out } = await planned(poolId)
  const before = [await standingPool(poolId), await standingRole('Cognito_notesAuth_Role')]
  const { status, output } = await carryOut(out, 'no\n')
  assert.equal(status, 1, output)
  assert.match(output, /stopped: nothing has been done/)
  assert.deepEqual([await standingPool(poolId), await standingRole('Cognito_notesAuth_Role')], before)
  const names = ['identity-pool.yaml', 'import.sh', 'import.yaml', 'parameters.json', 'resources-to-import.json']
  assert.deepEqual(readdirSync(out).sort(), names)
  const twice = await importPlan('--identity-pool-id', poolId, '--out', out)
  assert.equal(twice.status, 1)
  assert.match(twice.stderr, /are there already \[file-exists\]/)
  // and another time yes
  await imported(out)
  assert.equal(await stateOf('notes-identity-pool'), 'UPDATE_COMPLETE')
})

live('what somebody else has saved gives the same plan', async () => {
  const world = await build()
  const { poolId } = await madeByHand(world, { statements: chapterPolicy(world.apiId) })
  const { stdout: script } = await importPlan('--identity-pool-id', poolId, '--commands')
  const place = mkdtempSync(path.join(folder, 'saved-'))
  writeFileSync(path.join(place, 'save.sh'), script)
  const env = { ...environmentOf(administrator), PATH: `${path.dirname(cli)}:/usr/bin:/bin` }
  const saved = await run('/bin/sh', [path.join(place, 'save.sh')], env)
  assert.equal(saved.status, 0, saved.stderr)
  writeFileSync(path.join(place, 'saved.json'), saved.stdout)
  const [live, read] = [
    await importPlan('--identity-pool-id', poolId, '--json'),
    await importPlan('--from', path.join(place, 'saved.json'), '--json'),
  ]
  assert.deepEqual([live.status, read.status], [0, 0], read.stdout + read.stderr)
  assert.deepEqual(JSON.parse(read.stdout), JSON.parse(live.stdout))
})

live('a second user pool is in the way', async () => {
  const world = await build()
  const providers = [
    { ProviderName: providerName(world.userPoolId), ClientId: world.clientId },
    { ProviderName: providerName(world.strangersPoolId), ClientId: world.strangersClientId },
  ]
  const { poolId } = await madeByHand(world, {
    statements: chapterPolicy(world.apiId),
    pool: { CognitoIdentityProviders: providers },
  })
  const { status, stdout } = await importPlan('--identity-pool-id', poolId)
  assert.equal(status, 1)
  assert(stdout.includes(`users of ${providerName(world.strangersPoolId)} could not sign in any more`), stdout)
})
