/**
 * `poolform doctor`, as a person runs it: pools are broken by the calls of AWS's APIs, each in one way; it must find
 * that and nothing else, in the account and in what its script has saved; and what it says to run must mend it. What the
 * emulator cannot be brought to, such as the regions of other partitions, is in test/doctor.test.ts.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  CreateIdentityPoolCommand,
  type CreateIdentityPoolCommandInput,
  type RoleMapping,
  SetIdentityPoolRolesCommand,
  SetPrincipalTagAttributeMapCommand,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { type Code, causes } from '../../src/doctor/causes.ts'
import { type CliResult, environmentOf, folder, live, region, run } from './emulator.ts'
import { templateText } from './template.ts'
import { cli, type KeyPair, root } from './tools.ts'
import { admin, administrator, build, chapter, deploy, present, providerName } from './world.ts'

const keys: KeyPair = administrator

const doctor = (args: readonly string[], caller: KeyPair = keys): Promise<CliResult> =>
  run(process.execPath, [path.join(root, 'lib/cli.cjs'), 'doctor', ...args], environmentOf(caller))

type Told = {
  readonly findings: readonly {
    readonly code: Code
    readonly what: string
    readonly mend: readonly { readonly words: string; readonly command?: string }[]
  }[]
  readonly unseen: readonly { readonly what: string; readonly reason: string; readonly help?: string }[]
}

async function diagnosed(args: readonly string[], caller: KeyPair = keys): Promise<Told & { status: number }> {
  const { status, stdout, stderr } = await doctor([...args, '--json'], caller)
  assert.equal(stderr, '')
  const told: Told = JSON.parse(stdout)
  return { ...told, status }
}

const codesOf = ({ findings }: Told): readonly Code[] => [...new Set(findings.map(it => it.code))]

// ---- pools ---------------------------------------------------------------------------------------------------------

const host = 'cognito-identity.amazonaws.com'

type Statement = Readonly<Record<string, unknown>>

const letting = (aud: string, kind = 'authenticated', change: Statement = {}): Statement => ({
  ...{ Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity' },
  Condition: { StringEquals: { [`${host}:aud`]: aud }, 'ForAnyValue:StringLike': { [`${host}:amr`]: kind } },
  ...change,
})

const folderOf = (name: string) => `arn:aws:s3:::${name}/private/\${${host}:sub}/*`

const granted = (name: string): readonly Statement[] => [
  { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: folderOf(name) },
  {
    ...{ Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${name}` },
    Condition: { StringLike: { 's3:prefix': [`private/\${${host}:sub}/*`] } },
  },
]

/** What is made, by a name of its own. */
type Made = {
  readonly name: string
  readonly poolId: string
  readonly userPoolId: string
  readonly clientId: string
  readonly provider: string
}

type Plan = {
  readonly finds: readonly Code[]
  readonly guests?: boolean
  readonly pool?: (made: Omit<Made, 'poolId'>) => Partial<CreateIdentityPoolCommandInput>
  readonly trust?: (made: Made) => readonly Statement[]
  readonly guestTrust?: (made: Made) => readonly Statement[]
  readonly policy?: (made: Made) => readonly Statement[]
  readonly guestPolicy?: (made: Made) => readonly Statement[]
  readonly version?: string
  readonly roles?: (arns: Readonly<Record<'users' | 'guests', string>>, made: Made) => Readonly<Record<string, string>>
  readonly mappings?: (made: Made, users: string) => Record<string, RoleMapping>
  readonly client?: { readonly WriteAttributes: string[] }
  readonly after?: (made: Made) => Promise<unknown>
  /** What is still found once what it says has run; absent: it is not run here, test/doctor.test.ts does that. */
  readonly mended?: readonly Code[]
  /** Is it looked at in what the script has saved, too? Each takes a dozen calls of the AWS CLI. */
  readonly isSaved?: boolean
  /** Is there nothing that AWS refuses while it is saved? */
  readonly isQuiet?: boolean
}

const trusted = (Statement: readonly Statement[], Version = '2012-10-17') => JSON.stringify({ Version, Statement })

async function make(name: string, plan: Plan): Promise<Made> {
  const { guests = false, version } = plan
  const attributes = [{ Name: 'tenant', AttributeDataType: 'String', Mutable: true } as const]
  const pool = await admin.userPools.send(new CreateUserPoolCommand({ PoolName: name, Schema: attributes }))
  const userPoolId = present(pool.UserPool?.Id)
  const client = await admin.userPools.send(
    new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: name, ...plan.client }),
  )
  const clientId = present(client.UserPoolClient?.ClientId)
  const provider = providerName(userPoolId)
  const own = { name, userPoolId, clientId, provider }
  const identityPool = await admin.identity.send(
    new CreateIdentityPoolCommand({
      IdentityPoolName: name,
      AllowUnauthenticatedIdentities: guests,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: clientId, ServerSideTokenCheck: true }],
      ...plan.pool?.(own),
    }),
  )
  const made: Made = { ...own, poolId: present(identityPool.IdentityPoolId) }
  const role = async (RoleName: string, trust: readonly Statement[], statements: readonly Statement[]) => {
    const created = await admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusted(trust) }))
    const PolicyDocument = trusted(statements, version)
    await admin.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
    return present(created.Role?.Arn)
  }
  const users = await role(
    `${name}-users`,
    plan.trust?.(made) ?? [letting(made.poolId)],
    plan.policy?.(made) ?? granted(name),
  )
  const others = guests
    ? await role(
        `${name}-guests`,
        plan.guestTrust?.(made) ?? [letting(made.poolId, 'unauthenticated')],
        plan.guestPolicy?.(made) ?? [
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/public/*` },
        ],
      )
    : ''
  const Roles = plan.roles?.({ users, guests: others }, made) ?? {
    authenticated: users,
    ...(guests ? { unauthenticated: others } : {}),
  }
  if (Object.keys(Roles).length > 0) {
    const RoleMappings = plan.mappings?.(made, users)
    await admin.identity.send(
      new SetIdentityPoolRolesCommand({
        ...{ IdentityPoolId: made.poolId, Roles },
        ...(RoleMappings === undefined ? {} : { RoleMappings }),
      }),
    )
  }
  await plan.after?.(made)
  return made
}

const other = `${region}:99999999-aaaa-4bbb-8ccc-dddddddddddd`
const tag = ({ poolId, provider }: Made) =>
  admin.identity.send(
    new SetPrincipalTagAttributeMapCommand({
      ...{ IdentityPoolId: poolId, IdentityProviderName: provider, PrincipalTags: { tenant: 'custom:tenant' } },
    }),
  )
const tagging = { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }

const plans: Readonly<Record<string, Plan>> = {
  healthy: { finds: [], guests: true },
  'other-pool': { finds: ['trust-other-pool'], trust: () => [letting(other)], mended: [] },
  'no-aud': {
    finds: ['trust-any-pool'],
    trust: ({ poolId }) => [
      letting(poolId, '', { Condition: { 'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' } } }),
    ],
  },
  'no-amr': {
    finds: ['trust-any-amr'],
    trust: ({ poolId }) => [letting(poolId, '', { Condition: { StringEquals: { [`${host}:aud`]: poolId } } })],
  },
  'wrong-amr': { finds: ['trust-wrong-amr'], trust: ({ poolId }) => [letting(poolId, 'authentic')] },
  'assume-role': {
    finds: ['trust-wrong-action'],
    trust: ({ poolId }) => [letting(poolId, 'authenticated', { Action: 'sts:AssumeRole' })],
  },
  service: {
    finds: ['trust-service-principal'],
    trust: ({ poolId }) => [letting(poolId, 'authenticated', { Principal: { Service: host } })],
  },
  typo: {
    finds: ['trust-wrong-host'],
    trust: ({ poolId }) => [
      letting(poolId, 'authenticated', { Principal: { Federated: 'cognito-identity.amazon.com' } }),
    ],
  },
  denied: {
    finds: ['trust-denied'],
    trust: ({ poolId }) => [letting(poolId), { Effect: 'Deny', Principal: '*', Action: 'sts:*' }],
  },
  'of-lambda': {
    finds: ['trust-not-cognito'],
    trust: () => [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  },
  'role-gone': {
    finds: ['role-absent'],
    roles: () => ({ authenticated: 'arn:aws:iam::000000000000:role/gone' }),
  },
  'role-elsewhere': {
    finds: ['role-of-another-account'],
    guests: true,
    roles: ({ guests }) => ({ authenticated: 'arn:aws:iam::999999999999:role/theirs', unauthenticated: guests }),
  },
  swapped: {
    finds: ['roles-swapped'],
    guests: true,
    roles: ({ users, guests }) => ({ authenticated: guests, unauthenticated: users }),
    mended: [],
  },
  'no-roles': { finds: ['no-roles'], roles: () => ({}) },
  'no-guest-role': {
    finds: ['guests-without-role'],
    guests: true,
    roles: ({ users }) => ({ authenticated: users }),
    mended: [],
  },
  'idle-guest-role': {
    finds: ['guest-role-without-guests'],
    guests: true,
    pool: () => ({ AllowUnauthenticatedIdentities: false }),
  },
  'no-provider': { finds: ['no-provider'], pool: () => ({ CognitoIdentityProviders: [] }) },
  url: {
    finds: ['provider-name'],
    pool: ({ provider, clientId }) => ({
      CognitoIdentityProviders: [
        { ProviderName: `https://${provider}`, ClientId: clientId, ServerSideTokenCheck: true },
      ],
    }),
  },
  'user-pool-gone': {
    finds: ['user-pool-absent'],
    after: ({ userPoolId }) => admin.userPools.send(new DeleteUserPoolCommand({ UserPoolId: userPoolId })),
  },
  'client-gone': {
    finds: ['client-absent'],
    after: ({ userPoolId, clientId }) =>
      admin.userPools.send(new DeleteUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId })),
  },
  unchecked: {
    finds: ['token-check-off'],
    pool: ({ provider, clientId }) => ({
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: clientId, ServerSideTokenCheck: false }],
    }),
    mended: [],
  },
  'stale-mapping': {
    finds: ['mapping-provider'],
    mappings: ({ provider, clientId }, users) => ({
      [`${provider}:${clientId}`]: {
        ...{ Type: 'Rules', AmbiguousRoleResolution: 'Deny' },
        RulesConfiguration: {
          Rules: [{ Claim: 'cognito:groups', MatchType: 'Contains', Value: 'a', RoleARN: users }],
        },
      },
    }),
    after: async ({ name, poolId, userPoolId, provider }) => {
      const client = await admin.userPools.send(
        new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: 'another' }),
      )
      const ClientId = present(client.UserPoolClient?.ClientId)
      await admin.identity.send(
        new UpdateIdentityPoolCommand({
          ...{ IdentityPoolId: poolId, IdentityPoolName: name, AllowUnauthenticatedIdentities: false },
          AllowClassicFlow: false,
          CognitoIdentityProviders: [{ ProviderName: provider, ClientId, ServerSideTokenCheck: true }],
        }),
      )
    },
    mended: [],
  },
  'no-group-role': {
    finds: ['no-group-role'],
    mappings: ({ provider, clientId }) => ({
      [`${provider}:${clientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
    }),
    after: ({ userPoolId }) =>
      admin.userPools.send(new CreateGroupCommand({ UserPoolId: userPoolId, GroupName: 'readers' })),
  },
  'group-role-gone': {
    finds: ['role-absent'],
    mappings: ({ provider, clientId }) => ({
      [`${provider}:${clientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
    }),
    after: async ({ name, userPoolId }) => {
      const RoleName = `${name}-admins`
      const AssumeRolePolicyDocument = trusted([letting(other)])
      const { Role } = await admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
      await admin.userPools.send(
        new CreateGroupCommand({ UserPoolId: userPoolId, GroupName: 'admins', RoleArn: present(Role?.Arn) }),
      )
      await admin.iam.send(new DeleteRoleCommand({ RoleName }))
    },
    isSaved: true,
  },
  classic: { finds: ['classic-flow'], pool: () => ({ AllowClassicFlow: true }) },
  'classic-mapped': {
    finds: ['classic-with-mapping'],
    pool: () => ({ AllowClassicFlow: true }),
    mappings: ({ provider, clientId }, users) => ({
      [`${provider}:${clientId}`]: {
        ...{ Type: 'Rules', AmbiguousRoleResolution: 'Deny' },
        RulesConfiguration: {
          Rules: [{ Claim: 'cognito:groups', MatchType: 'Contains', Value: 'a', RoleARN: users }],
        },
      },
    }),
  },
  'own-claim': {
    finds: ['claim-written-by-user'],
    client: { WriteAttributes: ['custom:tenant'] },
    trust: ({ poolId }) => [letting(poolId, 'authenticated', tagging)],
    after: tag,
  },
  'no-tag-session': {
    finds: ['trust-without-tag-session'],
    client: { WriteAttributes: ['email'] },
    after: tag,
    mended: [],
  },
  'no-tag': {
    finds: ['tag-without-map'],
    policy: ({ name }) => [
      ...granted(name),
      {
        ...{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:000000000000:q' },
        Condition: { StringEquals: { 'aws:PrincipalTag/tenant': 'a' } },
      },
    ],
    mended: [],
  },
  'void-for-guests': {
    finds: ['guest-permission-void'],
    guests: true,
    guestPolicy: () => [
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:us-east-1:000000000000:parameter/a' },
    ],
  },
  braces: {
    finds: ['variable-broken'],
    policy: ({ name }) => [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/private/${host}:sub/*` },
      ...granted(name),
    ],
    mended: [],
  },
  'old-version': { finds: ['variables-off'], version: '2008-10-17' },
  'no-listing': {
    finds: ['no-listing'],
    policy: ({ name }) => granted(name).slice(0, 1),
    mended: [],
  },
  'wrong-listing': {
    finds: ['s3-wrong-resource'],
    policy: ({ name }) => [
      ...granted(name).slice(0, 1),
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: folderOf(name) },
    ],
    mended: [],
  },
  'no-action': {
    finds: ['no-such-action'],
    policy: ({ name }) => [
      ...granted(name),
      { Effect: 'Allow', Action: 's3:CreateMultipartUpload', Resource: folderOf(name) },
    ],
  },
  'too-wide': {
    finds: ['too-wide'],
    policy: ({ name }) => [...granted(name), { Effect: 'Allow', Action: 'cognito-identity:*', Resource: '*' }],
  },
  'no-policy': { finds: ['role-allows-nothing'], policy: () => [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
  'no-stage': {
    finds: ['resource-never-fits'],
    policy: () => [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: 'arn:aws:execute-api:us-east-1:000000000000:abcdefgh12',
      },
    ],
    mended: [],
  },
  'no-objects': {
    finds: ['folder-without-objects'],
    policy: ({ name }) => [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: folderOf(name).slice(0, -2) },
      ...granted(name).slice(1),
    ],
    mended: [],
  },
  'much-at-once': {
    finds: ['trust-other-pool', 'classic-flow', 'token-check-off', 'too-wide'],
    trust: () => [letting(other)],
    pool: ({ provider, clientId }) => ({
      AllowClassicFlow: true,
      CognitoIdentityProviders: [{ ProviderName: provider, ClientId: clientId, ServerSideTokenCheck: false }],
    }),
    policy: ({ name }) => [
      ...granted(name),
      { Effect: 'Allow', Action: 'cognito-identity:*', Resource: '*' },
      { Effect: 'Allow', Action: ['s3:*'], Resource: [folderOf(name)] },
    ],
    mended: [],
    isSaved: true,
    isQuiet: true,
  },
}

const pathOf = { PATH: `${path.dirname(cli)}:${process.env['PATH'] ?? ''}` }

/** All that is said first, and what goes with it; each command once. */
function commandsOf({ findings }: Told): readonly string[] {
  const own = findings.flatMap(({ mend }) => mend.filter((it, at) => at === 0 || it.words.startsWith('And ')))
  return [...new Set(own.flatMap(({ command }) => command ?? []))]
}

async function check(name: string, plan: Plan): Promise<void> {
  const { poolId } = await make(name, plan)
  const by = ['--identity-pool-id', poolId]
  const told = await diagnosed(by)
  const words = `${name}: ${told.findings.map(it => it.what).join('\n')}`
  assert.deepEqual(codesOf(told), plan.finds, words)
  assert.deepEqual(told.unseen, [], name)
  assert.equal(told.status, plan.finds.some(it => causes[it].severity === 'error') ? 1 : 0, name)
  if (plan.isSaved) {
    const script = await doctor([...by, '--commands'])
    const [file, saved] = [path.join(folder, `${name}.sh`), path.join(folder, `${name}.json`)]
    writeFileSync(file, script.stdout)
    const { status, stdout, stderr } = await run('/bin/sh', [file], { ...environmentOf(keys), ...pathOf })
    assert.equal(status, 0, stderr)
    if (plan.isQuiet) assert.equal(stderr, '', name)
    writeFileSync(saved, stdout)
    const again = await diagnosed(['--from', saved])
    assert.deepEqual({ ...again, pool: undefined }, { ...told, pool: undefined }, name)
  }
  if (plan.mended === undefined) return
  const script = commandsOf(told).join('\n')
  const { status, stderr } = await run('/bin/sh', ['-ec', script], { ...environmentOf(keys), ...pathOf })
  assert.equal(status, 0, `${name}: ${script}\n${stderr}`)
  const after = await diagnosed(by)
  assert.deepEqual(codesOf(after), plan.mended, `${name}: ${after.findings.map(it => it.what).join('\n')}`)
}

live('each broken pool has what is wrong with it found, and nothing else; what is said mends it', async () => {
  const left = Object.entries(plans)
  const failures: unknown[] = []
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      await check(...next).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all([work(), work(), work(), work()])
  assert.equal(failures.length, 0, failures.map(it => (it instanceof Error ? it.message : String(it))).join('\n\n'))
})

live('a stack is well; what is changed beside it is found, as drift too', async () => {
  const world = await build()
  const { IdentityPoolId: poolId = '' } = await deploy('notes', templateText('identity-pool'), {
    ...chapter(world),
    ...{ AllowGuests: 'true', AllowPublicFolder: 'true', UploadsFolderKeyedBy: 'UserSub', RolePath: '/notes/' },
  })
  const well = await doctor(['--stack-name', 'notes'])
  assert.equal(`${well.status} ${well.stderr}`, '0 ')
  assert.match(well.stdout, /^Identity pool .*\(us-east-1:\S+\), of\sthe stack notes\n\nNothing is wrong with it\.\n$/)

  await admin.identity.send(
    new UpdateIdentityPoolCommand({
      ...{ IdentityPoolId: poolId, IdentityPoolName: 'notes', AllowUnauthenticatedIdentities: true },
      AllowClassicFlow: true,
      CognitoIdentityProviders: [
        { ProviderName: providerName(world.userPoolId), ClientId: world.clientId, ServerSideTokenCheck: true },
      ],
    }),
  )
  const told = await diagnosed(['--stack-name', 'notes'])
  assert.deepEqual(codesOf(told), ['classic-flow', 'drift'])
  assert.match(told.findings[0]?.mend[0]?.command ?? '', /ParameterKey=AllowClassicFlow,ParameterValue=false/)
  assert.deepEqual(
    told.findings.slice(1).map(it => it.what),
    ['IdentityPool has AllowClassicFlow true, and the template says false.'],
  )
  assert.deepEqual(codesOf(await diagnosed(['--identity-pool-id', poolId])), ['classic-flow', 'drift'])
})

live('the tutorial’s pool has what is too wide about it found', async () => {
  const world = await build()
  await deploy('tutorial', templateText('identity-pool-tutorial'), chapter(world))
  const told = await diagnosed(['--stack-name', 'tutorial'])
  assert.deepEqual(codesOf(told), ['no-listing', 'too-wide'])
  const { status, stdout } = await doctor(['--stack-name', 'tutorial'])
  assert.equal(status, 0)
  assert.equal((await doctor(['--stack-name', 'tutorial', '--fail-on', 'warning'])).status, 1)
  assert.match(stdout, /cognito-identity:\* on any/)
})

live(
  'what may not be looked at is told, and is not taken for health; a pool that is not there is refused',
  async () => {
    const { poolId } = await make('notes', { finds: [] })
    await admin.iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const statement = {
      ...{ Effect: 'Allow', Resource: '*' },
      Action: ['cognito-identity:*', 'cognito-idp:*', 'cloudformation:*', 'iam:ListRole*', 'iam:ListAttached*'],
    }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await admin.iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'few', PolicyDocument }))
    const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
    const ann = { accessKeyId: present(AccessKey?.AccessKeyId), secretAccessKey: present(AccessKey?.SecretAccessKey) }
    const told = await diagnosed(['--identity-pool-id', poolId], ann)
    assert.equal(told.status, 2)
    assert.deepEqual(told.findings, [])
    assert.match(told.unseen[0]?.reason ?? '', /user\/ann may not do iam:GetRole on /)
    assert.match(told.unseen[0]?.help ?? '', /^Allow iam:GetRole on /)

    const missing = await doctor(['--identity-pool-id', `${region}:1cf667a2-49a6-454b-9e45-231990000000`])
    assert.equal(`${missing.status} ${missing.stdout}`, '2 ')
    assert.match(missing.stderr, /^error: the identity pool us-east-1:\S+ is not in us-east-1 of the account/)
    const wrong = await doctor([])
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /^error: say what to look at: by --stack-name, --identity-pool-id or --from\n$/)
  },
)
