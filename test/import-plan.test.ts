/** How a pool that stands is taken into a stack: the parameters, what is imported, what the update changes, what is in the way. */
import assert from 'node:assert/strict'
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { deploymentsOf } from '../src/access/show/deployments.ts'
import { check } from '../src/check/index.ts'
import { type ImportPlanArguments, misuse } from '../src/cli/import-plan.ts'
import { type Document, isObject, type Json, type JsonObject } from '../src/document.ts'
import { placeholders } from '../src/import-plan/derive.ts'
import { planImport, type Request } from '../src/import-plan/index.ts'
import { granted } from '../src/import-plan/named.ts'
import { type BlockerCode, blockerCodes, type Plan, type Refusal } from '../src/import-plan/plan.ts'
import { type Leaving, scriptOf, type Target } from '../src/import-plan/script.ts'
import { planText } from '../src/import-plan/words.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { readService, serviceOf } from '../src/knowledge/schemas.ts'
import { compileValidator } from '../src/knowledge/validator.ts'
import type { DescribedPool, PoolRoles, PrincipalTagMap, Role, Snapshot } from '../src/live/snapshot.ts'
import { told } from '../src/live/snapshot.ts'
import { read } from '../src/read.ts'
import { write } from '../src/resolve/document-of.ts'
import { resolve } from '../src/resolve/index.ts'
import { parameterProblems } from '../src/resolve/parameters.ts'
import { environmentOf } from './support/resolve.ts'
import { snapshotOf } from './support/snapshots.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'poolform-import-plan-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const text = readFileSync(join(root, 'dist/identity-pool.yaml'), 'utf8')
const template = { document: documentIn(text), text }

function documentIn(yaml: string): Document {
  const found = read(yaml)
  assert(found.kind === 'template', JSON.stringify(found))
  return found.document
}

const registry = (type: string) => readService(join(root, 'schemas'), serviceOf(type))[type]

const knowledge = readKnowledge({
  ...{ assets: root, cacheFolder: undefined, engine: 'test' },
  loadCompiler: () => compileValidator,
})

// ---- what stands ---------------------------------------------------------------------------------------------------

const account = '123456789012'
const host = 'cognito-identity.amazonaws.com'
const poolId = 'us-east-1:1cf667a2-49a6-454b-9e45-231990000000'
const userPoolId = 'us-east-1_a1B2c3D4e'
const provider = `cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
const sub = `\${${host}:sub}`
const is = <T>(value: T) => ({ kind: 'is', value }) as const
const absent = { kind: 'absent' } as const

const client = (ClientId: string, ProviderName = provider) => ({ ProviderName, ClientId, ServerSideTokenCheck: true })

const trustOf = (amr: string, aud: Json = poolId): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: host },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:aud`]: aud }, 'ForAnyValue:StringLike': { [`${host}:amr`]: amr } },
    },
  ],
})

const policy = (...statements: readonly JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: statements })

const allow = (Action: Json, Resource: Json, Condition?: JsonObject): JsonObject => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
})

function role(roleName: string, statements: readonly JsonObject[], more: Partial<Role> = {}): Role {
  const path = more.path ?? '/'
  return {
    ...{ arn: `arn:aws:iam::${account}:role${path}${roleName}`, roleName, path, trust: trustOf('authenticated') },
    inline: is(statements.length === 0 ? [] : [{ name: 'oneClick', document: is(policy(...statements)) }]),
    ...{ attached: is([]), tags: {} },
    ...more,
  }
}

const managed = (name: string, ...statements: readonly JsonObject[]) => ({
  ...{ name, arn: `arn:aws:iam::${account}:policy/${name}`, document: is(policy(...statements)) },
})

const unneeded = allow(['mobileanalytics:PutEvents', 'cognito-sync:*', 'cognito-identity:*'], '*')
const ownFolder = allow(['s3:*'], [`arn:aws:s3:::notes-app-uploads/private/${sub}/*`])
const ownApi = allow('execute-api:Invoke', 'arn:aws:execute-api:us-east-1:*:a1b2c3d4e5/*/*/*')

type Standing = {
  readonly pool?: Partial<DescribedPool>
  readonly users?: Role
  readonly guests?: Role
  readonly mappings?: PoolRoles['RoleMappings']
  readonly tags?: PrincipalTagMap
  readonly snapshot?: Partial<Snapshot>
}

/** The chapter's pool, but for what is said. */
function standing({ pool, users, guests, mappings = {}, tags, snapshot }: Standing): Snapshot {
  const own = users ?? role('Cognito_notesAuth_Role', [unneeded, ownFolder, ownApi])
  const roles = [own, ...(guests === undefined ? [] : [guests])]
  return {
    ...{ region: 'us-east-1', partition: 'aws', account },
    pool: is({
      ...{ IdentityPoolId: poolId, IdentityPoolName: 'notes', AllowUnauthenticatedIdentities: guests !== undefined },
      CognitoIdentityProviders: [client('1example23456789')],
      ...pool,
    }),
    poolRoles: is({
      Roles: { authenticated: own.arn, ...(guests === undefined ? {} : { unauthenticated: guests.arn }) },
      RoleMappings: mappings,
    }),
    principalTags: [{ provider, answer: tags === undefined ? absent : is(tags) }],
    roles: roles.map(it => ({ arn: it.arn, answer: is(it) })),
    ...{ userPools: [], clients: [], owner: absent },
    ...snapshot,
  }
}

function outcomeOf(snapshot: Snapshot, more: Partial<Request> = {}) {
  return planImport({ snapshot, template, registry, given: {}, accepted: [], ...more })
}

function planOf(snapshot: Snapshot, more: Partial<Request> = {}): Plan {
  const outcome = outcomeOf(snapshot, more)
  assert(outcome.kind === 'plan', JSON.stringify(outcome))
  return outcome.plan
}

function refusalOf(snapshot: Snapshot, more: Partial<Request> = {}): Refusal {
  const outcome = outcomeOf(snapshot, more)
  assert(outcome.kind === 'refused', 'there is a plan')
  const [refusal] = outcome.refusals
  assert(refusal !== undefined, 'it says nothing')
  for (const words of [refusal.message, refusal.help]) assert.doesNotMatch(words, /\.$|undefined|\[object/)
  return refusal
}

/** Without the pool's name, user pool and client, which are always the same here. */
function said({ parameters }: Plan): Readonly<Record<string, string>> {
  const usual = ['IdentityPoolName', 'UserPoolId', 'UserPoolClientId']
  return Object.fromEntries(parameters.filter(it => !usual.includes(it.name)).map(it => [it.name, it.value]))
}

const said1 = (users: Role, more: Standing = {}) => said(planOf(standing({ ...more, users })))

const codes = ({ blockers }: Plan): readonly BlockerCode[] => blockers.map(it => it.code)

/** But for what the tables of access say besides. */
const known = (plan: Plan): readonly BlockerCode[] =>
  codes(plan).filter(it => it !== 'access-lost' && it !== 'access-gained')

const opened = ({ open }: Plan): readonly string[] => open.map(it => it.name)

function file({ files }: Plan, name: string): string {
  const found = files.find(it => it.name === name)
  assert(found !== undefined, name)
  return found.text
}

/** The template of the import, with what its references come to. */
function importedBy(plan: Plan, region = 'us-east-1', partition = 'aws') {
  const { Resources, diagnostics } = resolve(
    documentIn(file(plan, 'import.yaml')),
    environmentOf({ region, partition }),
  )
  assert.deepEqual(diagnostics, [])
  return (id: string): JsonObject => {
    const properties = write(Resources[id]?.Properties ?? {})
    assert(isObject(properties), id)
    return properties
  }
}

// ---- the chapter's -------------------------------------------------------------------------------------------------

test('the chapter’s pool has the parameters that its policies name, and loses what is too much', () => {
  const plan = planOf(standing({ pool: { IdentityPoolName: 'notes identity pool' } }))
  assert.deepEqual(said(plan), { UploadsBucketName: 'notes-app-uploads', ApiId: 'a1b2c3d4e5' })
  assert.equal(plan.stackName, 'notes-identity-pool')
  assert.deepEqual([plan.open, plan.blockers, plan.lost, plan.left], [[], [], [], []])
  const rows = plan.access.flatMap(({ who, section }) =>
    section.groups.flatMap(({ title, lines }) =>
      lines.map(({ label, cells }) => `${who}: ${title}: ${label}: ${cells.map(it => it.tone).join(' → ')}`),
    ),
  )
  assert(
    rows.some(row => /^signed-in users: own folder .*: s3:ListBucket: deny → allow$/.test(row)),
    rows.join('\n'),
  )
  assert(
    rows.some(row => /^signed-in users: .*cognito-identity:.*: (?:wrong|allow) → deny$/.test(row)),
    rows.join('\n'),
  )
  assert(!rows.some(row => /own folder.*s3:GetObject[,:].*deny$/.test(row)), rows.join('\n'))
})

test('a plan in words says what stays, how to go back, and each command', () => {
  const plan = planOf(
    standing({ pool: { CognitoIdentityProviders: [{ ...client('1example23456789'), ServerSideTokenCheck: false }] } }),
  )
  const words = planText(plan, { ...plan, endpointUrl: undefined }, { width: 100, isColoured: false }, undefined)
  for (const part of [
    /The ID of the pool, every identity/,
    /import\.sh undo/,
    /--change-set-type IMPORT --template-body file:\/\/import\.yaml/,
    /describe-change-set/,
    /execute nothing\. What executes it comes after looking, and then the update: --out FOLDER/,
    /without ServerSideTokenCheck → with it; whoever was signed out everywhere/,
  ]) {
    assert.match(words, part)
  }
  assert.doesNotMatch(words, /undefined|\[object|In the way|execute-change-set/)
})

// ---- what is imported ----------------------------------------------------------------------------------------------

test('what is imported is written as it stands: an update changes only what differs from it', () => {
  const users = role('users', [ownFolder], {
    path: '/service-role/',
    attached: is([managed('more', allow('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:notes'))]),
    boundary: { arn: `arn:aws:iam::${account}:policy/Boundary`, document: absent },
    tags: { team: 'notes', 'aws:cloudformation:stack-name': 'gone' },
  })
  const guests = role('guests', [allow('s3:GetObject', 'arn:aws:s3:::notes-app-uploads/public/*')], {
    ...{ path: '/service-role/', trust: trustOf('unauthenticated') },
  })
  const pool = {
    ...{ SupportedLoginProviders: { 'graph.facebook.com': '1234' }, DeveloperProviderName: 'login.example' },
    OpenIdConnectProviderARNs: [`arn:aws:iam::${account}:oidc-provider/login.example.com`],
    SamlProviderARNs: [`arn:aws:iam::${account}:saml-provider/Example`],
    IdentityPoolTags: { stage: 'prod' },
  }
  const mapping = { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } as const
  const snapshot = standing({
    ...{ pool, users, guests, tags: { UseDefaults: true, PrincipalTags: {} } },
    mappings: { [`${provider}:1example23456789`]: mapping },
  })
  const plan = planOf(snapshot)
  const properties = importedBy(plan)
  const { IdentityPoolId: _, IdentityPoolTags: __, ...described } = told(snapshot.pool) ?? assert.fail('it is there')
  assert.deepEqual(properties('IdentityPool'), {
    ...{ ...described, AllowClassicFlow: false },
    IdentityPoolTags: [{ Key: 'stage', Value: 'prod' }],
  })
  const ref = { Ref: 'IdentityPool' }
  const inline = told(users.inline)?.map(it => ({ PolicyName: it.name, PolicyDocument: told(it.document) }))
  assert.deepEqual(properties('AuthenticatedRole'), {
    Path: '/service-role/',
    AssumeRolePolicyDocument: JSON.parse(JSON.stringify(users.trust).replace(`"${poolId}"`, JSON.stringify(ref))),
    PermissionsBoundary: `arn:aws:iam::${account}:policy/Boundary`,
    Policies: inline,
    ManagedPolicyArns: [`arn:aws:iam::${account}:policy/more`],
    Tags: [{ Key: 'team', Value: 'notes' }],
  })
  assert.equal(Object.keys(properties('UnauthenticatedRole')).join(), 'Path,AssumeRolePolicyDocument,Policies')
  assert.deepEqual(properties('RoleAttachment'), {
    IdentityPoolId: ref,
    Roles: {
      authenticated: { 'Fn::GetAtt': ['AuthenticatedRole', 'Arn'] },
      unauthenticated: { 'Fn::GetAtt': ['UnauthenticatedRole', 'Arn'] },
    },
    RoleMappings: { UserPoolClient: { IdentityProvider: `${provider}:1example23456789`, ...mapping } },
  })
  assert.deepEqual(properties('PrincipalTag'), {
    ...{ IdentityPoolId: ref, IdentityProviderName: provider, UseDefaults: true },
  })
  assert.deepEqual(JSON.parse(file(plan, 'resources-to-import.json')), [
    {
      ...{ ResourceType: 'AWS::Cognito::IdentityPool', LogicalResourceId: 'IdentityPool' },
      ResourceIdentifier: { Id: poolId },
    },
    {
      ...{ ResourceType: 'AWS::IAM::Role', LogicalResourceId: 'AuthenticatedRole' },
      ResourceIdentifier: { RoleName: 'users' },
    },
    {
      ...{ ResourceType: 'AWS::IAM::Role', LogicalResourceId: 'UnauthenticatedRole' },
      ResourceIdentifier: { RoleName: 'guests' },
    },
    {
      ...{ ResourceType: 'AWS::Cognito::IdentityPoolRoleAttachment', LogicalResourceId: 'RoleAttachment' },
      ResourceIdentifier: { Id: poolId },
    },
    {
      ...{ ResourceType: 'AWS::Cognito::IdentityPoolPrincipalTag', LogicalResourceId: 'PrincipalTag' },
      ResourceIdentifier: { IdentityPoolId: poolId, IdentityProviderName: provider },
    },
  ])
})

test('a template of an import is one that CloudFormation takes: nothing to report, no output, everything kept', () => {
  const plan = planOf(standing({ guests: role('guests', [], { trust: trustOf('unauthenticated') }) }))
  const yaml = file(plan, 'import.yaml')
  const document = documentIn(yaml)
  assert.equal(document.Outputs, undefined)
  assert.doesNotMatch(yaml, /RoleName/)
  for (const [id, resource] of Object.entries(document.Resources)) {
    assert(isObject(resource) && resource['DeletionPolicy'] === 'Retain', id)
  }
  const faults = check(document, yaml, knowledge).filter(it => it.severity === 'error')
  // what was made by hand may be unwise
  assert.deepEqual(
    faults.filter(it => !/policy|guest|wildcard|action/.test(it.code)),
    [],
  )
})

test('what only a replacement could change is written as the template has it', () => {
  const users = role('users', [], { path: '/service-role/' })
  const plan = planOf(standing({ users, tags: { UseDefaults: true, PrincipalTags: {} } }))
  const { Parameters, Resources } = documentIn(file(plan, 'import.yaml'))
  const of = (id: string, name: string) => {
    const found = [Resources, template.document.Resources].map(resources => {
      const resource = resources[id]
      const properties = isObject(resource) ? resource['Properties'] : undefined
      return isObject(properties) ? properties[name] : undefined
    })
    assert(found[0] !== undefined, name)
    assert.deepEqual(found[0], found[1], `${id}.${name}`)
  }
  of('AuthenticatedRole', 'Path')
  of('RoleAttachment', 'IdentityPoolId')
  of('PrincipalTag', 'IdentityPoolId')
  of('PrincipalTag', 'IdentityProviderName')
  assert.deepEqual(Parameters, {
    RolePath: { Type: 'String', Default: '/service-role/' },
    UserPoolId: { Type: 'String', Default: userPoolId },
  })
})

// ---- back and forth ------------------------------------------------------------------------------------------------

describe('of a pool that the template itself has made', () => {
  const regions = [
    ['us-east-1', 'aws'],
    ['eu-west-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
  ] as const
  for (const [region, partition] of regions) {
    test(`in ${region} the parameters are found again, and nothing is lost or changed`, () => {
      const env = environmentOf({ region, partition })
      let count = 0
      for (const { name, parameters } of deploymentsOf(template.document, { ...env, region, partition })) {
        const deployed = { ...parameters, IdentityPoolName: parameters['IdentityPoolName'] ?? 'notes' }
        const { stack: _, ...snapshot } = snapshotOf(template.document, text, {
          parameters: deployed,
          region,
          partition,
        })
        const plan = planOf({ ...snapshot, owner: absent })
        assert.deepEqual([plan.blockers, plan.open, plan.lost, plan.left], [[], [], [], []], name)
        const strange = plan.changes.filter(it => it.property !== 'Description')
        assert.deepEqual(strange, [], name)
        const made = (values: Readonly<Record<string, string>>) =>
          JSON.stringify(resolve(template.document, environmentOf({ region, partition, parameters: values })).Resources)
        const found = Object.fromEntries(plan.parameters.map(it => [it.name, it.value]))
        assert.equal(made(found), made(deployed), name)
        const reached = plan.access.flatMap(it => it.section.groups)
        assert.deepEqual(reached, [], name)
        count++
      }
      assert(count > 10, `${count} deployments`)
    })
  }
})

// ---- parameters ----------------------------------------------------------------------------------------------------

describe('a value is taken where a policy names it', () => {
  const bucket = 'arn:aws:s3:::notes'
  const cases: Readonly<Record<string, readonly [Role, Readonly<Record<string, string>>, Standing?]>> = {
    'of a protected folder and the public one': [
      role('users', [
        allow('s3:*', [`${bucket}/private/${sub}/*`, `${bucket}/protected/${sub}/*`]),
        allow('s3:GetObject', `${bucket}/protected/*`),
        allow(['S3:getobject', 's3:Put*'], `${bucket}/public/*`),
        allow('s3:ListBucket', bucket, { StringLike: { 's3:prefix': [`private/${sub}/*`, 'public/*'] } }),
      ]),
      { UploadsBucketName: 'notes', AllowProtectedFolder: 'true', AllowPublicFolder: 'true' },
    ],
    'of folders by a principal tag that is the sub': [
      role('users', [allow('s3:GetObject', `${bucket}/private/\${aws:PrincipalTag/me}/*`)]),
      { UploadsBucketName: 'notes', UploadsFolderKeyedBy: 'UserSub' },
      { tags: { UseDefaults: false, PrincipalTags: { me: 'sub' } } },
    ],
    'of a bucket that guests alone reach': [
      role('users', []),
      { UploadsBucketName: 'notes', AllowGuests: 'true' },
      { guests: role('guests', [allow('s3:GetObject', `${bucket}/public/*`)], { trust: trustOf('unauthenticated') }) },
    ],
    'of the own rows of a table': [
      role('users', [
        allow('dynamodb:*', `arn:aws:dynamodb:us-east-1:${account}:table/notes`, {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [sub] },
        }),
      ]),
      { UserTableName: 'notes' },
    ],
    'of the key of the bucket': [
      role('users', [
        ownFolder,
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], `arn:aws:kms:us-east-1:${account}:key/1234abcd`, {
          StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
        }),
      ]),
      { UploadsBucketName: 'notes-app-uploads', UploadsKmsKeyArn: `arn:aws:kms:us-east-1:${account}:key/1234abcd` },
    ],
    'of a stage of an API in another region, and of methods': [
      role('users', [
        allow('execute-api:Invoke', [
          `arn:aws:execute-api:eu-west-1:${account}:a1b2c3d4e5/prod/*`,
          'arn:aws:execute-api:us-east-1:*:b1b2c3d4e5/prod/GET/notes',
        ]),
      ]),
      {
        ...{ ApiId: 'a1b2c3d4e5', ApiRegion: 'eu-west-1', ApiStage: 'prod' },
        AdditionalApiArns: `arn:aws:execute-api:us-east-1:${account}:b1b2c3d4e5/prod/GET/notes`,
      },
    ],
    'of path, boundary, and policies that hold more than the template gives': [
      role('users', [], {
        path: '/app/',
        boundary: { arn: `arn:aws:iam::${account}:policy/Boundary`, document: absent },
        attached: is([
          managed('Folder', unneeded, allow('s3:getObject', `arn:aws:s3:::notes-app-uploads/private/${sub}/*`)),
          managed('Topic', ownFolder, allow('sns:Publish', `arn:aws:sns:us-east-1:${account}:notes`)),
        ]),
      }),
      {
        ...{ RolePath: '/app/', PermissionsBoundaryArn: `arn:aws:iam::${account}:policy/Boundary` },
        ...{
          UploadsBucketName: 'notes-app-uploads',
          AdditionalManagedPolicyArns: `arn:aws:iam::${account}:policy/Topic`,
        },
      },
    ],
    'of roles from tokens, and of tags': [
      role('users', []),
      { RoleSelection: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole', UsePrincipalTags: 'true' },
      {
        mappings: { [`${provider}:1example23456789`]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } },
        tags: { UseDefaults: true, PrincipalTags: {} },
      },
    ],
    'of the classic flow': [role('users', []), { AllowClassicFlow: 'true' }, { pool: { AllowClassicFlow: true } }],
  }
  for (const [name, [users, expected, more]] of Object.entries(cases)) {
    test(name, () => {
      assert.deepEqual(said1(users, more), expected)
    })
  }
})

describe('it is for somebody to say', () => {
  const users = (...statements: readonly JsonObject[]) => standing({ users: role('users', statements) })
  const cases: Readonly<Record<string, readonly [Snapshot, string, RegExp]>> = {
    'which bucket, where all are allowed': [
      users(allow('s3:*', '*')),
      'UploadsBucketName',
      /for all there are, and names none/,
    ],
    'which of two': [
      users(ownFolder, allow('s3:GetObject', `arn:aws:s3:::more/private/${sub}/*`)),
      'UploadsBucketName',
      /name 2, and the template takes one/,
    ],
    'whether a bucket goes without its conditions': [
      users(allow('s3:*', `arn:aws:s3:::notes/private/${sub}/*`, { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })),
      'UploadsBucketName',
      /conditions that the template has none of: aws:sourceip/,
    ],
    'which bucket, where all but some are': [
      users({ Effect: 'Allow', NotAction: ['s3:*Acl'], Resource: 'arn:aws:s3:::*' }),
      'UploadsBucketName',
      /names none/,
    ],
    'which API, in whatever case': [users(allow('Execute-API:invoke', '*')), 'ApiId', /names none/],
    'which API, where all are allowed': [users(allow('execute-api:*', '*')), 'ApiId', /names none/],
    'in which region an API is': [
      users(allow('execute-api:Invoke', `arn:aws:execute-api:*:${account}:a1b2c3d4e5/*`)),
      'ApiRegion',
      /in every region/,
    ],
    'which key': [users(ownFolder, allow('kms:Decrypt', '*')), 'UploadsKmsKeyArn', /names none/],
    'which table': [
      users(allow('dynamodb:GetItem', '*', { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [sub] } })),
      'UserTableName',
      /names none/,
    ],
    'what an ambiguous role is': [
      standing({
        pool: { CognitoIdentityProviders: [client('a'), client('b')] },
        mappings: {
          [`${provider}:a`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
          [`${provider}:b`]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' },
        },
      }),
      'AmbiguousRoleResolution',
      /differ in it/,
    ],
    'a name that the template refuses': [
      standing({ pool: { IdentityPoolName: 'notes\tpool' } }),
      'IdentityPoolName',
      /is refused by the template: it must be up to 128 letters/,
    ],
  }
  for (const [name, [snapshot, parameter, because]] of Object.entries(cases)) {
    test(name, () => {
      const plan = planOf(snapshot)
      assert.deepEqual(opened(plan), [parameter])
      assert.match(plan.open[0]?.because ?? '', because)
      assert(!codes(plan).includes('refused-by-template'), 'reported once')
      const given: Readonly<Record<string, string>> = {
        ...{ UploadsBucketName: 'notes', ApiId: 'a1b2c3d4e5', ApiRegion: 'us-east-1', UserTableName: 'notes' },
        ...{ AmbiguousRoleResolution: 'Deny', IdentityPoolName: 'notes' },
        UploadsKmsKeyArn: `arn:aws:kms:us-east-1:${account}:key/1234abcd`,
      }
      const again = planOf(snapshot, { given: { [parameter]: given[parameter] ?? '' } })
      assert.deepEqual(opened(again), [])
    })
  }

  test('and until somebody has, the template refuses what stands for it', () => {
    for (const [name, value] of Object.entries(placeholders)) {
      const declared = template.document.Parameters?.[name]
      assert(declared !== undefined, name)
      assert.notDeepEqual(parameterProblems({ [name]: declared }, { [name]: value }), [], `${name}=${value}`)
    }
    const plan = planOf(users(allow('s3:*', '*')))
    const parameters: unknown = JSON.parse(file(plan, 'parameters.json'))
    assert(Array.isArray(parameters), 'a list')
    assert(
      parameters.some(it => it.ParameterKey === 'UploadsBucketName' && it.ParameterValue === 'SAY-WHICH-BUCKET'),
      JSON.stringify(parameters),
    )
  })

  test('a value that is given counts more than what stands, but is checked', () => {
    const given = planOf(standing({}), { given: { UploadsBucketName: 'more', ApiId: '' } })
    assert.equal(said(given)['UploadsBucketName'], 'more')
    assert.equal(said(given)['ApiId'], undefined)
    // the folders of today are in another bucket
    assert.deepEqual(codes(given), ['other-folders', 'access-lost'])
    assert.deepEqual(opened(planOf(standing({}), { given: { ApiId: 'https://x' } })), ['ApiId'])
    assert.equal(refusalOf(standing({}), { given: { ApiID: 'a' } }).code, 'unknown-parameter')
  })
})

// ---- in the way ----------------------------------------------------------------------------------------------------

describe('in the way is', () => {
  const other = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_zZzZzZzZz'
  const cases: Readonly<Record<string, readonly [Snapshot, BlockerCode, RegExp, Partial<Request>?]>> = {
    'a second user pool': [
      standing({ pool: { CognitoIdentityProviders: [client('a'), client('b', other)] } }),
      'second-user-pool',
      /users of cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_zZzZzZzZz could not sign in/,
    ],
    'a fourth app client': [
      standing({ pool: { CognitoIdentityProviders: ['a', 'b', 'c', 'd'].map(it => client(it)) } }),
      'too-many-clients',
      /who signs in by d would get no credentials/,
    ],
    'sign-in by Twitter': [
      standing({ pool: { SupportedLoginProviders: { 'api.twitter.com': '****' } } }),
      'lost-provider',
      /no place for api\.twitter\.com/,
    ],
    'sign-in by another provider': [
      standing({ pool: { SupportedLoginProviders: { 'www.digits.com': 'x' } } }),
      'lost-provider',
      /no place for www\.digits\.com/,
    ],
    'a folder elsewhere': [
      standing({ users: role('users', [allow('s3:*', `arn:aws:s3:::notes/${sub}/*`)]) }),
      'other-folders',
      /notes: \$\{cognito-identity\.amazonaws\.com:sub\}\/\*/,
    ],
    'a whole bucket': [
      standing({ users: role('users', [allow('s3:GetObject', 'arn:aws:s3:::notes/*')]) }),
      'other-folders',
      /notes: all objects/,
    ],
    'a folder by a tag that is not the sub': [
      standing({
        users: role('users', [allow('s3:*', `arn:aws:s3:::notes/private/\${aws:PrincipalTag/team}/*`)]),
        tags: { UseDefaults: false, PrincipalTags: { team: 'custom:team' } },
      }),
      'other-folders',
      /notes\/private\/\$\{aws:PrincipalTag\/team\}\//,
      { given: { UsePrincipalTags: 'true' } },
    ],
    'a private folder of guests': [
      standing({ guests: role('guests', [ownFolder], { trust: trustOf('unauthenticated') }) }),
      'other-folders',
      /notes-app-uploads\/private/,
    ],
    'the classic flow where guests are let in': [
      standing({
        pool: { AllowClassicFlow: true },
        guests: role('guests', [], { trust: trustOf('unauthenticated') }),
      }),
      'classic-flow',
      /the template has it neither with guests/,
    ],
    'a client that would get roles from tokens': [
      standing({
        pool: { CognitoIdentityProviders: [client('a'), client('b')] },
        mappings: { [`${provider}:a`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } },
      }),
      'role-rules',
      /Users of .*:b would get roles from their tokens/,
    ],
    'an ambiguous role that would be denied': [
      standing({
        mappings: { [`${provider}:1example23456789`]: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } },
      }),
      'role-rules',
      /or none where a token names none or several/,
      { given: { AmbiguousRoleResolution: 'Deny' } },
    ],
    'a role for any pool': [
      standing({ users: role('users', [], { trust: trustOf('authenticated', 'us-east-1:*') }) }),
      'shared-role',
      /The trust of users names no identity pool/,
    ],
    'a public folder that is only read': [
      standing({ users: role('users', [allow('s3:GetObject', 'arn:aws:s3:::notes/public/*')]) }),
      'other-folders',
      /notes\/public\//,
    ],
    'a part of the public folder': [
      standing({ users: role('users', [allow('s3:*', 'arn:aws:s3:::notes/public/a/*')]) }),
      'other-folders',
      /notes: public\/a\//,
    ],
    'a role by rules': [
      standing({
        mappings: {
          [`${provider}:1example23456789`]: {
            ...{ Type: 'Rules', AmbiguousRoleResolution: 'Deny' },
            RulesConfiguration: {
              Rules: [{ Claim: 'a', MatchType: 'Equals', Value: 'b', RoleARN: `arn:aws:iam::${account}:role/x` }],
            },
          },
        },
      }),
      'role-rules',
      /\(Rules\) would get the role of signed-in users/,
    ],
  }
  for (const [name, [snapshot, code, says, more]] of Object.entries(cases)) {
    test(`${name}, until it is accepted`, () => {
      const plan = planOf(snapshot, more)
      // the tag that names the folders is lost as well
      assert.deepEqual(known(plan), [code, ...(/tag/.test(name) ? ['principal-tags'] : [])])
      assert.match(plan.blockers[0]?.message ?? '', says)
      assert.equal(plan.blockers[0]?.isAccepted, false)
      assert.equal(planOf(snapshot, { ...more, accepted: [code] }).blockers[0]?.isAccepted, true)
    })
  }

  const hard: Readonly<Record<string, readonly [Snapshot, BlockerCode, RegExp, Partial<Request>]>> = {
    'another path of the role': [
      standing({ users: role('users', [], { path: '/service-role/' }) }),
      'replacement',
      /AuthenticatedRole would be replaced: its Path is \/service-role\/, and would be \/\./,
      { given: { RolePath: '/' } },
    ],
    'another name of the developer provider': [
      standing({ pool: { DeveloperProviderName: 'login.example' } }),
      'developer-provider',
      /cannot be changed once it is set/,
      { given: { DeveloperProviderName: 'login.other' } },
    ],
    'principal tags that the role would not take': [
      standing({ tags: { UseDefaults: false, PrincipalTags: { team: 'custom:team' } } }),
      'principal-tags',
      /nobody who signs in by them would get credentials/,
      {},
    ],
    'what the rules of the template refuse': [
      standing({ pool: { CognitoIdentityProviders: [] } }),
      'refused-by-template',
      /There is nothing to sign in with/,
      {},
    ],
  }
  for (const [name, [snapshot, code, says, more]] of Object.entries(hard)) {
    test(`${name}, which nobody can accept`, () => {
      const plan = planOf(snapshot, { ...more, accepted: [code] })
      assert.deepEqual(codes(plan), [code])
      assert.match(plan.blockers[0]?.message ?? '', says)
      assert.equal(plan.blockers[0]?.isAccepted, false)
    })
  }
})

describe('whatever the policies are read to say, in the way is', () => {
  const denial = { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }
  const boundary = { arn: `arn:aws:iam::${account}:policy/Boundary`, document: absent } as const
  const asGuest = { trust: trustOf('unauthenticated') }
  const cases: Readonly<Record<string, readonly [Snapshot, BlockerCode, RegExp, Partial<Request>?]>> = {
    'a folder that is lost': [
      standing({}),
      'access-lost',
      /signed-in users: s3:GetObject, s3:PutObject, s3:DeleteObject on own folder/,
      { given: { UploadsBucketName: '' } },
    ],
    'an API that is lost': [
      standing({}),
      'access-lost',
      /execute-api:Invoke on API a1b2/,
      { given: { ApiId: '', AdditionalApiArns: '' } },
    ],
    'what was allowed everywhere': [
      standing({ users: role('users', [allow('s3:*', '*')]) }),
      'access-lost',
      /s3:\* on any resource/,
      { given: { UploadsBucketName: 'notes' } },
    ],
    'a public folder that is written from now on': [
      standing({}),
      'access-gained',
      /signed-in users: s3:PutObject on objects public\/\*/,
      { given: { AllowPublicFolder: 'true' } },
    ],
    'a boundary of users that is lost': [
      standing({ users: role('users', [], { boundary }) }),
      'bounds-lost',
      /policy\/Boundary of signed-in users/,
      { given: { PermissionsBoundaryArn: '' } },
    ],
    'a boundary of guests that is lost': [
      standing({ guests: role('guests', [], { ...asGuest, boundary }) }),
      'bounds-lost',
      /policy\/Boundary of guests/,
    ],
    'a denial that is lost': [
      standing({ users: role('users', [ownFolder, denial]) }),
      'bounds-lost',
      /denial for signed-in users in statement 2 of the policy oneClick/,
    ],
    'a denial that is attached to guests': [
      standing({ guests: role('guests', [], { ...asGuest, attached: is([managed('Denies', denial)]) }) }),
      'bounds-lost',
      /denial for guests in statement 1 of the policy Denies/,
    ],
  }
  for (const [name, [snapshot, code, says, more]] of Object.entries(cases)) {
    test(`${name}, until it is accepted`, () => {
      const found = planOf(snapshot, more).blockers.find(it => it.code === code)
      assert.match(found?.message ?? '', says)
      assert.equal(found?.isAccepted, false)
      const again = planOf(snapshot, { ...more, accepted: [code] }).blockers.find(it => it.code === code)
      assert.equal(again?.isAccepted, true)
    })
  }
})

test('what the template has no place for is listed: statements, denials, what is attached for guests', () => {
  const users = role('users', [
    allow('sns:Publish', 'arn:x'),
    { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' },
  ])
  const guests = role('guests', [unneeded, allow('polly:SynthesizeSpeech', '*')], {
    trust: trustOf('unauthenticated'),
    attached: is([managed('Kept', allow('geo:*', '*'))]),
  })
  assert.deepEqual(
    planOf(standing({ users, guests })).lost.map(it => `${it.who}: ${it.allows}`),
    [
      'signed-in users: sns:Publish on arn:x',
      'signed-in users: the denial of s3:PutObject on *',
      'guests: polly:SynthesizeSpeech on *',
      `guests: arn:aws:iam::${account}:policy/Kept`,
    ],
  )
})

// ---- roles that stay out -------------------------------------------------------------------------------------------

describe('a role is not imported', () => {
  const cases: Readonly<Record<string, readonly [Snapshot, RegExp]>> = {
    'that another pool has too': [
      standing({ users: role('shared', [], { trust: trustOf('authenticated', [poolId, 'us-east-1:another']) }) }),
      /^the role shared: it also trusts the identity pool us-east-1:another, .*signed-in users get a new role$/,
    ],
    'that others can take': [
      standing({
        users: role('shared', [], {
          trust: policy({ Effect: 'Allow', Principal: { AWS: account, Federated: host }, Action: 'sts:*' }),
        }),
      }),
      /it also trusts 123456789012/,
    ],
    'of another account': [
      standing({
        snapshot: {
          poolRoles: is({ Roles: { authenticated: 'arn:aws:iam::210987654321:role/far' }, RoleMappings: {} }),
          roles: [
            {
              arn: 'arn:aws:iam::210987654321:role/far',
              answer: {
                kind: 'unasked',
                reason: 'arn:aws:iam::210987654321:role/far is of another account than the credentials',
              },
            },
          ],
        },
      }),
      /^the role far: it is of another account/,
    ],
    'that is gone': [
      standing({ snapshot: { roles: [{ arn: role('Cognito_notesAuth_Role', []).arn, answer: absent }] } }),
      /it does not exist any more/,
    ],
    'of guests at another path': [
      standing({ guests: role('guests', [], { path: '/other/', trust: trustOf('unauthenticated') }) }),
      /^the role guests: its path \/other\/ is not that of the other role, \/, .*guests get a new role$/,
    ],
  }
  for (const [name, [snapshot, says]] of Object.entries(cases)) {
    test(name, () => {
      const plan = planOf(snapshot)
      const [left] = plan.left.map(it => `${it.what}: ${it.why}; ${it.so}`)
      assert.match(left ?? '', says)
      const id = /guests/.test(name) ? 'UnauthenticatedRole' : 'AuthenticatedRole'
      assert(!plan.imported.some(it => it.logicalId === id), 'it is imported')
      assert(
        plan.changes.some(it => it.logicalId === id && it.after === 'made'),
        'none is made',
      )
      // the attachment names it until the update
      const kind = id === 'AuthenticatedRole' ? 'authenticated' : 'unauthenticated'
      const { Roles } = importedBy(plan)('RoleAttachment')
      assert(isObject(Roles) && typeof Roles[kind] === 'string', JSON.stringify(Roles))
    })
  }

  test('of a group, which stays as it is', () => {
    const group = role('editors', [])
    const snapshot = standing({})
    const plan = planOf({ ...snapshot, roles: [...snapshot.roles, { arn: group.arn, answer: is(group) }] })
    assert.match(plan.left[0]?.why ?? '', /a group of a user pool or a rule names it/)
    assert.equal(plan.imported.length, 3)
  })
})

test('a policy that denies something stays attached, or nothing would deny it any more', () => {
  const denies = managed('Denies', ownFolder, { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' })
  const plan = planOf(standing({ users: role('users', [], { attached: is([denies]) }) }))
  assert.equal(said(plan)['AdditionalManagedPolicyArns'], `arn:aws:iam::${account}:policy/Denies`)
})

test('an attached policy goes only where the template gives each of its actions', () => {
  const at = `arn:aws:s3:::notes-app-uploads/private/${sub}/*`
  for (const action of ['s3:*', 's3:PutObjectAcl', '*']) {
    const plan = planOf(standing({ users: role('users', [], { attached: is([managed('More', allow(action, at))]) }) }))
    assert.equal(said(plan)['AdditionalManagedPolicyArns'], `arn:aws:iam::${account}:policy/More`, action)
  }
  const { Resources } = template.document
  const given = JSON.stringify(Resources['AuthenticatedRole'])
  for (const action of Object.values(granted).flat()) assert(given.includes(`"${action}"`), action)
})

test('guests without a role stay without, and nobody gets more by being taken over', () => {
  const pool = { AllowUnauthenticatedIdentities: true }
  const plan = planOf(standing({ pool }))
  assert.equal(said(plan)['AllowGuests'], undefined)
  assert.match(plan.notes.join(), /there is no role for them/)
  const given = planOf(standing({ pool }), { given: { AllowGuests: 'true' } })
  assert(
    given.changes.some(it => it.logicalId === 'UnauthenticatedRole' && it.after === 'made'),
    'a role is made',
  )
})

// ---- refusals ------------------------------------------------------------------------------------------------------

test('there is no plan for what a stack has, what could not be read, or another template', () => {
  const owner = is({ stackName: 'app', stackId: 'arn', logicalId: 'Pool' })
  assert.match(refusalOf(standing({ snapshot: { owner } })).message, /is the resource Pool of the stack app/)
  const denied = { kind: 'unasked', reason: 'ann may not do it', help: 'Allow iam:ListRolePolicies on x' } as const
  const unread = refusalOf(standing({ users: role('users', [], { inline: denied }) }))
  assert.deepEqual([unread.code, unread.help], ['unread', 'Allow iam:ListRolePolicies on x'])
  const tags = refusalOf(standing({ snapshot: { principalTags: [{ provider, answer: denied }] } }))
  assert.match(
    tags.message,
    /^the principal tags of cognito-idp.* could not be read, and would be lost unseen: ann may/,
  )
  assert.equal(refusalOf(standing({ snapshot: { pool: absent } })).code, 'not-found')
  const tutorial = readFileSync(join(root, 'dist/identity-pool-tutorial.yaml'), 'utf8')
  const strange = refusalOf(standing({}), { template: { document: documentIn(tutorial), text: tutorial } })
  assert.match(strange.message, /has no UnauthenticatedRole .* it is not identity-pool/)
  const long = { document: template.document, text: `${text}${'#'.repeat(51_200)}\n` }
  assert.equal(refusalOf(standing({}), { template: long }).code, 'too-large')
})

test('a command line that cannot be meant is refused in words', () => {
  const plain: ImportPlanArguments = { identityPoolId: poolId, param: [], accept: [], force: false, json: false }
  assert.equal(misuse(plain), undefined)
  const { identityPoolId: _, ...without } = plain
  const one = { name: 'ApiId', value: 'a' }
  const wrongs: readonly (readonly [ImportPlanArguments, RegExp])[] = [
    [without, /^say which identity pool: by --identity-pool-id or --from$/],
    [{ ...plain, stackName: 'a b' }, /^--stack-name: "a b" is no name of a stack/],
    [{ ...plain, param: [one, one] }, /^--param ApiId is given twice$/],
    [{ ...plain, accept: ['all'] }, /^--accept: there is no all, but second-user-pool, /],
    [{ ...plain, out: '' }, /^--out: name a folder$/],
    [{ ...plain, force: true }, /^--force goes with --out alone$/],
  ]
  for (const [args, words] of wrongs) assert.match(misuse(args) ?? '', words)
})

test('the documentation has each code, and each value that waits for somebody', () => {
  const pages = ['docs/import.md', 'README.md'].map(it => readFileSync(join(root, it), 'utf8'))
  const [codesListed] = [[...(pages[0] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(it => it[1])]
  assert.deepEqual(codesListed.filter(it => !it?.includes('.')).sort(), [...blockerCodes].sort())
  for (const { name } of planOf(standing({})).files) assert(pages[0]?.includes(`| \`${name}\` |`), name)
})

// ---- the script ----------------------------------------------------------------------------------------------------

describe('the script', () => {
  const target: Target = { identityPoolId: poolId, region: 'us-east-1', endpointUrl: undefined, stackName: 'notes' }
  const leaving: Leaving = { update: ['PrincipalTag'], undo: ['UnauthenticatedRole', 'PrincipalTag'] }

  /** Runs it with an `aws` that writes down what it is called with, and answers as `answers` says. */
  function ran(answers: string, stdin: string, args: readonly string[] = [], made = target) {
    const place = mkdtempSync(join(folder, 'run-'))
    writeFileSync(join(place, 'import.sh'), scriptOf(made, leaving))
    const usual = `case "$*" in
*StackStatus*)
  if [ -e "${place}/state" ]; then cat "${place}/state"; else echo 'Stack with id notes does not exist' >&2; exit 254; fi ;;
*describe-stack-resource*) echo ${poolId} ;;
*'--query Status '*) echo CREATE_COMPLETE ;;
*execute-change-set*poolform-import*) echo IMPORT_COMPLETE > "${place}/state" ;;
*execute-change-set*) echo UPDATE_COMPLETE > "${place}/state" ;;
esac`
    const noted = `printf '%s|' "$@" >> "${place}/calls"\necho >> "${place}/calls"`
    writeFileSync(join(place, 'aws'), `#!/bin/sh\n${noted}\n${answers}\n${usual}\n`, { mode: 0o755 })
    const env = { PATH: `${place}:/usr/bin:/bin` }
    const options: ExecFileSyncOptions = { input: stdin, env, stdio: ['pipe', 'pipe', 'pipe'] }
    const run = () => {
      try {
        return { status: 0, output: String(execFileSync('/bin/sh', [join(place, 'import.sh'), ...args], options)) }
      } catch (error) {
        assert(error instanceof Error && 'status' in error && 'stderr' in error, String(error))
        return { status: Number(error.status), output: String(error.stderr) }
      }
    }
    const ended = run()
    const calls = readFileSync(join(place, 'calls'), 'utf8')
    return { ...ended, calls: calls.trim().split('\n') }
  }

  const operations = (calls: readonly string[]) => calls.map(it => it.split('|')[1])

  test('shows each change set before it executes it, in the order of the plan', () => {
    const { status, calls } = ran('', 'yes\nyes\n')
    assert.equal(status, 0)
    const shown = ['describe-change-set', 'describe-change-set', 'describe-change-set']
    const step = ['create-change-set', ...shown, 'execute-change-set', 'describe-stacks']
    assert.deepEqual(operations(calls), ['describe-stacks', ...step, 'describe-stack-resource', ...step])
    assert.match(
      calls[1] ?? '',
      /\|IMPORT\|--capabilities\|CAPABILITY_IAM\|--template-body\|file:\/\/import\.yaml\|--resources-to-import\|/,
    )
    assert.match(
      calls[8] ?? '',
      /\|UPDATE\|.*\|file:\/\/identity-pool\.yaml\|--parameters\|file:\/\/parameters\.json\|/,
    )
  })

  test('executes nothing without a yes, nor at the end of the input', () => {
    for (const answer of ['no\n', 'y\n', '']) {
      const { status, calls, output } = ran('', answer)
      assert.equal(status, 1)
      assert.match(output, /stopped: nothing has been done/)
      assert.equal(operations(calls).at(-1), 'delete-change-set')
      assert(!operations(calls).includes('execute-change-set'), answer)
    }
  })

  test('never executes what would replace something, and says why a change set has failed', () => {
    const replaces = `case "$*" in *Replacement==*) echo AuthenticatedRole ;; esac`
    const replaced = ran(replaces, 'yes\nyes\n', ['update'])
    assert.match(replaced.output, /stopped: it would replace or remove AuthenticatedRole/)
    assert(!operations(replaced.calls).includes('execute-change-set'), 'executed')
    const asked = replaced.calls.find(it => it.includes('Replacement=='))
    assert.match(asked ?? '', /\[\?Replacement=='True'\|\|\(Action=='Remove'&&LogicalResourceId!='PrincipalTag'\)\]/)
    const fails = `case "$*" in *StatusReason*) echo 'because of this'; exit ;; *'--query Status '*) echo FAILED; exit ;; esac`
    const failed = ran(fails, 'yes\nyes\n')
    assert.match(failed.output, /the change set is FAILED, and nothing has been done:\nbecause of this/)
    assert(!operations(failed.calls).includes('execute-change-set'), 'executed')
  })

  test('waits for the end of each step, and says what has failed', () => {
    const back = `case "$*" in *StackStatus*) echo UPDATE_ROLLBACK_COMPLETE; exit ;; *stack-events*) echo 'Role no'; exit ;; esac`
    const { status, output } = ran(back, 'yes\n', ['update'])
    assert.equal(status, 1)
    assert.match(output, /failed: the stack is UPDATE_ROLLBACK_COMPLETE; .*\nRole no/)
    const later = `case "$*" in *StackStatus*) if [ ! -e "$0.once" ]; then : > "$0.once"; echo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS; exit; fi ;; esac`
    const waited = ran(later, 'yes\n', ['update'])
    assert.equal(waited.status, 0, waited.output)
    assert.equal(operations(waited.calls).filter(it => it === 'describe-stacks').length, 2)
  })

  test('goes back to what stood', () => {
    const { calls } = ran('', 'yes\n', ['undo'])
    assert.match(calls[1] ?? '', /\|poolform-undo-\d{14}\|.*\|UPDATE\|.*\|file:\/\/import\.yaml\|$/)
  })

  const writes = (calls: readonly string[]) =>
    operations(calls).filter(it => it !== undefined && !it.startsWith('describe-'))

  /** Answers of a call that fails, the nth time that it is made. */
  const failing = (pattern: string, nth = 1) =>
    `case "$*" in ${pattern}) echo >> "$0.met"; if [ "$(wc -l < "$0.met")" -eq ${nth} ]; then echo denied >&2; exit 254; fi ;; esac`

  const create = 'create-change-set'
  const execute = 'execute-change-set'
  const perStep: readonly (readonly [pattern: string, written: readonly string[]])[] = [
    ['*create-change-set*', [create]],
    [`*'--query Status '*`, [create]],
    ['*--output?table*', [create]],
    ['*Replacement==*', [create]],
    ['*execute-change-set*', [create, execute]],
  ]
  const both = [create, execute]
  const ways: readonly (readonly [args: readonly string[], failures: typeof perStep])[] = [
    [['import'], [['*describe-stacks*', []], ...perStep]],
    [['update'], [['*describe-stack-resource*', []], ...perStep, ['*describe-stacks*', both]]],
    [
      ['undo'],
      [['*describe-stack-resource*', []], ...perStep, [`*Action==?Add*`, [create]], ['*describe-stacks*', both]],
    ],
    [[], [['*describe-stacks*', []], ...perStep, ['*describe-stack-resource*', both]]],
  ]
  for (const [args, failures] of ways) {
    test(`${['sh import.sh', ...args].join(' ')} stops at whichever call fails, and writes nothing after it`, () => {
      for (const [pattern, written] of failures) {
        const { status, calls, output } = ran(failing(pattern), 'yes\nyes\n', args)
        assert.equal(status, 1, `${pattern}: ${output}`)
        assert.match(output, /denied[\s\S]*stopped: |stopped: .*denied/, pattern)
        assert.deepEqual(writes(calls), written, pattern)
      }
    })
  }

  test('stops where the second step fails, or the state after the import cannot be asked', () => {
    for (const args of [[], ['import']]) {
      const waited = ran(failing('*describe-stacks*', 2), 'yes\nyes\n', args)
      assert.equal(waited.status, 1, waited.output)
      assert.deepEqual(writes(waited.calls), both)
    }
    for (const [pattern, written] of perStep) {
      const { status, calls } = ran(failing(pattern, 2), 'yes\nyes\n')
      assert.equal(status, 1, pattern)
      assert.deepEqual(writes(calls), [...both, ...written], pattern)
    }
  })

  test('updates no stack that has another pool, or none', () => {
    for (const other of ['us-east-1:00000000-0000-0000-0000-000000000000', '', 'None']) {
      for (const args of ['update', 'undo']) {
        const it = ran(`case "$*" in *describe-stack-resource*) echo '${other}'; exit ;; esac`, 'yes\n', [args])
        assert.equal(it.status, 1, args)
        assert.match(it.output, /stopped: IdentityPool of the stack notes is .*, not us-east-1:1cf667a2/)
        assert.deepEqual(writes(it.calls), [])
      }
    }
  })

  test('imports into no stack that is there, but into what an unexecuted change set has left', () => {
    const is = (state: string) =>
      `[ -e "$0.asked" ] || case "$*" in *StackStatus*) : > "$0.asked"; echo ${state}; exit ;; esac`
    for (const state of ['CREATE_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE', 'UPDATE_IN_PROGRESS']) {
      for (const args of [[], ['import']]) {
        const it = ran(is(state), 'yes\nyes\n', args)
        assert.equal(it.status, 1, state)
        assert.match(it.output, /stopped: there is a stack notes already \([A-Z_]+\)\. .*sh import\.sh update/)
        assert.deepEqual(writes(it.calls), [])
      }
    }
    const left = ran(is('REVIEW_IN_PROGRESS'), 'yes\n', ['import'])
    assert.equal(left.status, 0, left.output)
  })

  test('lets nothing leave with the import, and back what the update made; adds nothing on the way back', () => {
    const asked = (args: string) => ran('', 'yes\n', [args]).calls.find(it => it.includes('Replacement==')) ?? ''
    assert.match(asked('import'), /\|\|\(Action=='Remove'\)\]/)
    assert.match(
      asked('undo'),
      /\(Action=='Remove'&&LogicalResourceId!='UnauthenticatedRole'&&LogicalResourceId!='PrincipalTag'\)\]/,
    )
    const adds = `case "$*" in *"Action=='Add'"*) echo PrincipalTag ;; esac`
    const { status, calls, output } = ran(adds, 'yes\n', ['undo'])
    assert.equal(status, 1)
    assert.match(output, /stopped: the update has let go of PrincipalTag, which an update cannot take back/)
    assert.deepEqual(writes(calls), [create])
  })

  test('knows from the plan what may leave', () => {
    const script = (plan: Plan) => plan.files.find(it => it.name === 'import.sh')?.text ?? ''
    const plain = script(planOf(standing({})))
    assert.match(plain, /change_set poolform-update UPDATE "" /)
    assert.match(plain, /change_set poolform-undo UPDATE "&&LogicalResourceId!='UnauthenticatedRole'&&/)
    assert.doesNotMatch(plain, /LogicalResourceId!='(IdentityPool|AuthenticatedRole|RoleAttachment)'/)
    const guests = role('guests', [], { trust: trustOf('unauthenticated') })
    const shut = script(planOf(standing({ guests }), { given: { AllowGuests: 'false' } }))
    assert.match(shut, /change_set poolform-update UPDATE "&&LogicalResourceId!='UnauthenticatedRole'" /)
  })

  test('asks the emulator that the plan was made of, whatever its address holds', () => {
    const endpointUrl = "http://127.0.0.1:4566/a'$(touch x)"
    const { calls } = ran('', 'no\n', ['import'], { ...target, endpointUrl })
    assert(
      calls.every(it => it.includes(`|--region|us-east-1|--endpoint-url|${endpointUrl}|`)),
      calls.join('\n'),
    )
  })
})
