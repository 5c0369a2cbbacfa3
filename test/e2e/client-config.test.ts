/**
 * What client-config prints of deployed stacks, used: the module for the AWS SDK runs, with nothing but a user's token,
 * and amplify_outputs.json has the type that AWS publishes for it.
 *
 * What this does not prove: that Amplify's libraries sign in with it, which MiniStack's user pools have no managed
 * login for; test/client-config.test.ts has what they make of the configuration.
 */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CreateIdentityPoolCommand } from '@aws-sdk/client-cognito-identity'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { aws, endpoint, environmentOf, folder, live, run } from './emulator.ts'
import { templateText } from './template.ts'
import { amplifyTypes, environment, root } from './tools.ts'
import {
  admin,
  bucket,
  build,
  chapter,
  deploy,
  outputs,
  present,
  providerName,
  resources,
  signIn,
  signUp,
} from './world.ts'

const administrator = { accessKeyId: 'test', secretAccessKey: 'test' }

const clientConfig = (args: readonly string[], caller = administrator) =>
  run(process.execPath, [path.join(root, 'lib/cli.cjs'), 'client-config', ...args], environmentOf(caller))

/** What it prints of a stack, in a form. */
const printed = async (stackName: string, format: string, ...more: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await clientConfig(['--stack-name', stackName, '--format', format, ...more])
  assert.equal(status, 0, stderr)
  return stdout
}

/** The folder of an app that has the project's packages. */
const app = (files: Readonly<Record<string, string>>): string => {
  mkdirSync(path.join(folder, 'apps'), { recursive: true })
  const made = mkdtempSync(path.join(folder, 'apps', 'app-'))
  for (const [name, text] of Object.entries({ ...files, 'package.json': '{"type": "module"}' })) {
    writeFileSync(path.join(made, name), text)
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(made, 'node_modules'), 'junction')
  return made
}

/** Runs `main.ts` of an app in an environment without credentials; gives what it printed as JSON. */
const running = async (files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<unknown> => {
  const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs')
  const main = path.join(app(files), 'main.ts')
  const env = { ...environment, AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true', AWS_MAX_ATTEMPTS: '1' }
  const { status, stdout, stderr } = await run(process.execPath, ['--import', tsx, main, ...args], env)
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout)
}

/** Of the user whose token is first, in the own folder and in that of the second. */
const main = `
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { guest, ownFolder, s3, signedIn, uploads } from './cognito.ts'

const [mine = '', others = ''] = process.argv.slice(2)
const bySub = process.argv[4] === 'by-sub'
const subOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub

const use = async (token: string) => {
  const credentials = signedIn('userPool', async () => token)
  const folder = await ownFolder(bySub ? subOf(token) : credentials)
  return { client: s3(credentials), key: folder + 'note.txt' }
}
const [me, other, anybody] = [await use(mine), await use(others), s3(guest())]
const put = async (client: typeof anybody, Key: string) => {
  try {
    await client.send(new PutObjectCommand({ Bucket: uploads.bucket, Key, Body: 'buy milk' }))
    return 'put'
  } catch (error) {
    return error.name
  }
}
const own = await put(me.client, me.key)
const read = await me.client.send(new GetObjectCommand({ Bucket: uploads.bucket, Key: me.key }))
console.log(JSON.stringify({
  key: me.key,
  own,
  text: await read.Body?.transformToString(),
  other: await put(me.client, other.key),
  guest: await put(anybody, me.key),
}))
`

live('with the module for the AWS SDK a user puts and gets files in the own folder, and in no other', async () => {
  const world = await build()
  for (const keyedBy of ['IdentityId', 'UserSub']) {
    const more = { AllowGuests: 'true', AllowPublicFolder: 'true', UploadsFolderKeyedBy: keyedBy }
    const { IdentityPoolId = '' } = await deploy('notes', templateText('identity-pool'), { ...chapter(world), ...more })
    const cognito = await printed('notes', 'sdk-js')
    assert.match(cognito, new RegExp(`id: '${IdentityPoolId}'`))
    const tokens: string[] = []
    for (const name of ['ann', 'bob']) {
      await signUp(world.clientId, world.userPoolId, `${name}-${keyedBy}`)
      tokens.push(await signIn(world.clientId, `${name}-${keyedBy}`))
    }
    // a key in a union that only one of the two modules takes
    const source = keyedBy === 'UserSub' ? main : main.replace('bySub ? subOf(token) : credentials', 'credentials')
    const files = { 'cognito.ts': cognito, 'main.ts': source }
    const said = Object(await running(files, ...tokens, keyedBy === 'UserSub' ? 'by-sub' : 'by-identity'))
    assert.match(said.key, keyedBy === 'UserSub' ? /^private\/[0-9a-f-]{36}\// : /^private\/us-east-1:[0-9a-f-]{36}\//)
    assert.deepEqual(
      [said.own, said.text, said.other, said.guest],
      ['put', 'buy milk', 'AccessDenied', 'AccessDenied'],
      JSON.stringify(said),
    )
  }
})

const tsc = (project: string) =>
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], environment)

live('amplify_outputs.json has the published type, and says of the user pool what that says', async () => {
  const world = await build()
  await deploy('plain', templateText('identity-pool'), chapter(world))
  await admin.s3.send(new CreateBucketCommand({ Bucket: 'releases' }))
  await admin.s3.send(new PutObjectCommand({ Bucket: 'releases', Key: 'x.yaml', Body: templateText('identity-pool') }))
  const whole = await deploy('notes', templateText('notes-app'), {
    IdentityPoolTemplateUrl: 'https://s3.us-east-1.amazonaws.com/releases/x.yaml',
    AppOrigin: 'https://notes.example.com',
  })

  const files = {
    'plain.ts': await printed('plain', 'amplify'),
    'notes.ts': await printed('notes', 'amplify'),
    'ios.ts': await printed('notes', 'ios'),
    'android.ts': await printed('plain', 'android'),
  }
  const lead =
    "import type { AWSAmplifyBackendOutputs } from './client_config_v1.d.ts'\nexport const it: AWSAmplifyBackendOutputs = "
  const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: [] }
  const check = async (changed: typeof files) => {
    const config = { compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true }, include: ['*.ts'] }
    const typed = Object.entries(changed).map(([name, text]) => [name, `${lead}${text}`] as const)
    const made = app({ ...Object.fromEntries(typed), 'tsconfig.json': JSON.stringify(config) })
    copyFileSync(amplifyTypes, path.join(made, 'client_config_v1.d.ts'))
    return tsc(made)
  }
  const { status, stdout } = await check(files)
  assert.equal(status, 0, stdout)
  const wrong = await check({
    ...files,
    'notes.ts': files['notes.ts'].replace('"min_length": 12', '"min_length": "12"'),
  })
  assert.match(wrong.stdout, /notes\.ts.*Type 'string' is not assignable to type 'number'/)

  const { auth, storage, custom } = JSON.parse(files['notes.ts'])
  assert.deepEqual(
    [auth.user_pool_id, auth.user_pool_client_id, auth.identity_pool_id, auth.unauthenticated_identities_enabled],
    [whole['UserPoolId'], whole['UserPoolClientId'], whole['IdentityPoolId'], false],
  )
  assert.deepEqual(auth.password_policy, {
    ...{ min_length: 12, require_lowercase: true, require_numbers: true, require_symbols: true },
    require_uppercase: true,
  })
  assert.deepEqual([auth.username_attributes, auth.user_verification_types], [['email'], ['email']])
  assert.deepEqual(storage, { aws_region: 'us-east-1', bucket_name: whole['UploadsBucketName'] })
  assert.equal(custom.API.api.endpoint, whole['ApiUrl'])
  const { Auth, Storage } = JSON.parse(present(whole['ClientConfiguration']))
  assert.deepEqual(Storage, { S3: { bucket: storage.bucket_name, region: storage.aws_region } })
  assert.equal(Auth.Cognito.identityPoolId, auth.identity_pool_id)

  // the nested stack's parameters are known by looking into it
  assert.match(await printed('notes', 'sdk-js'), /export async function ownFolder/)
  const { Identity } = await resources('notes')
  assert.equal(
    JSON.parse(await printed(present(Identity), 'amplify')).auth.identity_pool_id,
    (await outputs('notes'))['IdentityPoolId'],
  )
})

live('the same comes of what the AWS CLI has saved, and of anybody’s stack with an identity pool', async () => {
  const world = await build()
  await deploy('notes', templateText('identity-pool'), { ...chapter(world), ApiStage: 'prod' })
  const described = await aws('cloudformation', 'describe-stacks', '--output', 'json')
  const file = path.join(folder, 'stacks.json')
  writeFileSync(file, described.stdout)
  for (const format of ['sdk-js', 'env', 'amplify']) {
    const saved = await clientConfig(['--outputs', file, '--format', format])
    assert.equal(saved.status, 0, saved.stderr)
    const lived = await printed('notes', format)
    if (format !== 'amplify') assert.equal(saved.stdout, lived)
    else assert.deepEqual({ ...JSON.parse(lived), auth: {} }, { ...JSON.parse(saved.stdout), auth: {} })
  }

  const theirs = {
    Resources: {
      Theirs: {
        Type: 'AWS::Cognito::IdentityPool',
        Properties: {
          AllowUnauthenticatedIdentities: false,
          CognitoIdentityProviders: [{ ProviderName: providerName(world.userPoolId), ClientId: world.clientId2 }],
          SupportedLoginProviders: { 'accounts.google.com': '1.apps.googleusercontent.com' },
        },
      },
    },
  }
  await deploy('theirs', JSON.stringify(theirs))
  const { Theirs = '' } = await resources('theirs')
  assert.equal(
    await printed('theirs', 'env', '--prefix', 'VITE_'),
    `VITE_IDENTITY_POOL_ID=${Theirs}
VITE_IDENTITY_POOL_REGION=us-east-1
VITE_ALLOW_GUESTS=false
VITE_USER_POOL_ID=${world.userPoolId}
VITE_USER_POOL_REGION=us-east-1
VITE_USER_POOL_CLIENT_ID=${world.clientId2}
VITE_LOGIN_PROVIDER_NAME=${providerName(world.userPoolId)}
VITE_GOOGLE_APP_ID=1.apps.googleusercontent.com
`,
  )
})

live('what AWS refuses, or a stack does not have, is told in words with the way out', async () => {
  const world = await build()
  await deploy('notes', templateText('identity-pool'), chapter(world))
  const without = await clientConfig(['--stack-name', 'surroundings'])
  assert.deepEqual([without.status, without.stdout], [1, ''])
  assert.match(
    without.stderr,
    /the stack surroundings has no output IdentityPoolId: its outputs are UserPoolId, ClientId,/,
  )
  const missing = await clientConfig(['--stack-name', 'nowhere', '--json'])
  assert.deepEqual([missing.status, JSON.parse(missing.stdout).error.code], [1, 'not-found'])

  // who may look at the stack alone
  await admin.iam.send(new CreateUserCommand({ UserName: 'front' }))
  const Action = ['cloudformation:DescribeStacks']
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  })
  await admin.iam.send(new PutUserPolicyCommand({ UserName: 'front', PolicyName: 'p', PolicyDocument }))
  const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName: 'front' }))
  const front = { accessKeyId: present(AccessKey?.AccessKeyId), secretAccessKey: present(AccessKey?.SecretAccessKey) }
  const less = await clientConfig(['--stack-name', 'notes'], front)
  assert.equal(less.status, 0, less.stderr)
  assert.equal(JSON.parse(less.stdout).auth.user_pool_id, world.userPoolId)
  assert.match(less.stderr, /note: .*cognito-idp:DescribeUserPool.*; what that would tell of sign-in is left out/)
  await admin.iam.send(
    new PutUserPolicyCommand({
      UserName: 'front',
      PolicyName: 'p',
      PolicyDocument: PolicyDocument.replace('Describe', 'List'),
    }),
  )
  const none = await clientConfig(['--stack-name', 'notes'], front)
  assert.equal(none.status, 1)
  assert.match(none.stderr, /cloudformation:DescribeStacks.*\[no-permission\]\n {2}Allow cloudformation:DescribeStacks/)

  // a second pool, which the stack's own outputs do not mention, changes nothing
  await admin.identity.send(
    new CreateIdentityPoolCommand({ IdentityPoolName: 'other', AllowUnauthenticatedIdentities: true }),
  )
  assert.match(await printed('notes', 'env'), new RegExp(`^USER_POOL_ID=${world.userPoolId}$`, 'm'))
  assert.match(await printed('notes', 'env'), new RegExp(`^UPLOADS_BUCKET=${bucket}$`, 'm'))
})
