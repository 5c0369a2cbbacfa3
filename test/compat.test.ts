import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { withRelease } from '../scripts/release.ts'
import { capabilities } from '../src/build/manifest.ts'
import { registryIn } from '../src/cli/compat.ts'
import { type Compared, formatMarkdown, formatText } from '../src/cli/compat-report.ts'
import { compare } from '../src/compat/compare.ts'
import { languageOf, witnessOf } from '../src/compat/language.ts'
import type { Change, Code, Comparison, Level } from '../src/compat/report.ts'
import type { Stack, Template } from '../src/compat/sides.ts'
import { inclusionOf } from '../src/compat/taken.ts'
import { isEnough, nextVersion, stepBetween, versionOf } from '../src/compat/versions.ts'
import { type Document, isObject, type Json, type JsonObject } from '../src/document.ts'
import { link } from '../src/link.ts'
import { Unknown } from '../src/resolve/value.ts'
import identityPool from '../templates/identity-pool.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { at, type Change as Mutation, remove, rewrite, set } from './support/mutate.ts'
import { folders, write } from './support/projects.ts'

const registry = registryIn('schemas')

function side(document: Document, version?: string): Template {
  const text = JSON.stringify(document)
  return { document, text, version: version ?? versionOf(document), capabilities: capabilities(document) }
}

function compared(old: Document, fresh: Document, stack?: Stack): Comparison {
  return compare(side(old), side(fresh), registry, stack)
}

const pool = link(identityPool, { id: 'identity-pool', version: '1.2.3' }).document
const bucket = link(publicationBucket, { id: 'publication-bucket', version: '1.2.3' }).document
const app = link(notesApp, { id: 'notes-app', version: '1.2.3' }).document

/** A document of these resources, for what is easier seen in a small one. */
function template(Resources: JsonObject, rest: Omit<Document, 'Resources'> = {}): Document {
  return { AWSTemplateFormatVersion: '2010-09-09', ...rest, Resources }
}

/** `major resource-replaced Role` of each change. */
function told(comparison: Comparison): readonly string[] {
  return comparison.changes.map(({ level, code, subject }) => `${level} ${code}${subject === '' ? '' : ` ${subject}`}`)
}

function changeOf(comparison: Comparison, code: Code, subject?: string): Change {
  const found = comparison.changes.find(it => it.code === code && (subject === undefined || it.subject === subject))
  assert.ok(found !== undefined, `there is no ${code}: ${told(comparison).join('; ')}`)
  return found
}

/** Under another logical ID, wherever it is named. */
function renamed(from: string, to: string): Mutation {
  return document => {
    const text = JSON.stringify(document)
      .replaceAll(`"${from}":{"Type"`, `"${to}":{"Type"`)
      .replaceAll(`{"Ref":"${from}"}`, `{"Ref":"${to}"}`)
      .replaceAll(`{"Fn::GetAtt":["${from}"`, `{"Fn::GetAtt":["${to}"`)
      .replaceAll(`\${${from}}`, `\${${to}}`)
    const mutant: Document = JSON.parse(text)
    assert.notEqual(text, JSON.stringify(document), `${from} is nowhere`)
    return mutant
  }
}

/** Another text, wherever it stands. */
function everywhere(from: string, to: string): Mutation {
  return document => {
    const mutant: Document = JSON.parse(JSON.stringify(document).replaceAll(from, to))
    return mutant
  }
}

// ---- nothing -----------------------------------------------------------------------------------------------------

for (const [name, document] of Object.entries({ pool, bucket, app })) {
  test(`a stack of ${name} stays as it is if the template does, whatever the order of keys and the texts for people`, () => {
    assert.deepEqual(compared(document, document), {
      ...{ changes: [], verdict: 'none', permissions: [], deployments: 0, remarks: [] },
    })
    assert.deepEqual(told(compared(document, { ...document, Description: 'Otherwise' })), ['patch text'])
    assert.deepEqual(told(compared(document, shuffled(document))), ['patch text'])
  })
}

function shuffled(document: Document): Document {
  const turn = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(turn)
    if (typeof json !== 'object' || json === null) return json
    return Object.fromEntries(
      Object.entries(json)
        .reverse()
        .map(([key, item]) => [key, turn(item)]),
    )
  }
  const sections = Object.entries(document).map(([key, section]) => [key, turn(section)] as const)
  const other: Document = JSON.parse(JSON.stringify(Object.fromEntries(sections)))
  return other
}

test('the version in an output, numbers in quotes, another spelling of a reference: nothing of it changes a stack', () => {
  const next = link(identityPool, { id: 'identity-pool', version: '1.3.0' }).document
  assert.deepEqual(told(compared(pool, next)), ['patch text'])
  const queue = (Properties: JsonObject, topic: Json) =>
    template({
      Queue: { Type: 'AWS::SQS::Queue', Properties },
      Users: { Type: 'AWS::Cognito::UserPool' },
      Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: topic, ClientName: 'a' } },
    })
  const one = queue({ DelaySeconds: 5, FifoQueue: true }, { Ref: 'Users' })
  const other = queue({ DelaySeconds: '5', FifoQueue: 'true' }, { 'Fn::GetAtt': ['Users', 'UserPoolId'] })
  assert.deepEqual(told(compared(one, other)), ['patch text'])
  const third = queue({ DelaySeconds: '5', FifoQueue: 'true' }, { 'Fn::Sub': `\${Users}` })
  assert.deepEqual(told(compared(one, third)), ['patch text'])
})

const names = fc.constantFrom('A', 'B', 'C')
const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom('x', 'y', '', 5, true),
  fc.constantFrom('P', 'Q', 'AWS::Region').map(Ref => ({ Ref })),
  fc.constantFrom('${P}-x', '${AWS::Region}').map(text => ({ 'Fn::Sub': text })),
)
const value: fc.Arbitrary<Json> = fc.oneof(
  leaf,
  fc.tuple(fc.constantFrom('IsP', 'IsQ'), leaf, leaf).map(parts => ({ 'Fn::If': parts })),
)
const documents: fc.Arbitrary<Document> = fc
  .dictionary(names, fc.record({ TopicName: value, DisplayName: value }), { minKeys: 1 })
  .map(resources =>
    template(
      Object.fromEntries(
        Object.entries(resources).map(([id, Properties]) => [id, { Type: 'AWS::SNS::Topic', Properties }]),
      ),
      {
        Parameters: {
          P: { Type: 'String', Default: 'p', AllowedValues: ['p', 'q', 'r'] },
          Q: { Type: 'String', Default: '' },
        },
        Conditions: {
          IsP: { 'Fn::Equals': [{ Ref: 'P' }, 'p'] },
          IsQ: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Q' }, ''] }] },
        },
      },
    ),
  )

test('of any template: to itself nothing; conditions under other names, and turned round, change no stack', () => {
  fc.assert(
    fc.property(documents, document => {
      assert.equal(compared(document, document).verdict, 'none')
      const turned: Document = JSON.parse(
        JSON.stringify(document).replaceAll(
          /\{"Fn::If":\["IsP",(.*?),(\{[^{}]*\}|"[^"]*"|\d+|true)\]\}/g,
          (all, one, two) =>
            /^(?:\{[^{}]*\}|"[^"]*"|\d+|true)$/.test(String(one)) ? `{"Fn::If":["NotP",${two},${one}]}` : all,
        ),
      )
      const { IsP, ...conditions } = document.Conditions ?? {}
      const other = {
        ...turned,
        Conditions: {
          ...conditions,
          ...(IsP === undefined ? {} : { IsP, NotP: { 'Fn::Not': [{ Condition: 'IsP' }] } }),
        },
      }
      assert.deepEqual(told(compared(document, other)), ['patch text'])
    }),
    { numRuns: 60 },
  )
})

test('of any two templates a topic is replaced if and only if its name comes out otherwise in some deployment', () => {
  fc.assert(
    fc.property(documents, documents, (one, other) => {
      const comparison = compared(one, other)
      for (const { code, subject, properties } of comparison.changes) {
        if (code === 'resource-replaced') assert.deepEqual(properties, ['TopicName'], subject)
      }
      const differs = (id: string) =>
        ['p', 'q'].some(P =>
          ['', 'given'].some(Q => {
            const [a, b] = [nameOf(one, id, P, Q), nameOf(other, id, P, Q)]
            return a !== undefined && b !== undefined && a !== b
          }),
        )
      const replaced = comparison.changes.filter(it => it.code === 'resource-replaced').map(it => it.subject)
      for (const id of ['A', 'B', 'C']) assert.equal(replaced.includes(id), differs(id), id)
    }),
    { numRuns: 100 },
  )
})

/** The name of a topic, in us-east-1. */
function nameOf(document: Document, id: string, P: string, Q: string): string | undefined {
  const known: Readonly<Record<string, string>> = { P, Q, 'AWS::Region': 'us-east-1' }
  const text = (json: Json): string => {
    if (!isObject(json)) return String(json)
    const { Ref, 'Fn::Sub': sub, 'Fn::If': choice } = json
    if (typeof Ref === 'string') return known[Ref] ?? ''
    if (typeof sub === 'string') return sub.replaceAll(/\$\{([^}]+)\}/g, (_, name) => known[String(name)] ?? '')
    const [condition, whenTrue = null, whenFalse = null]: readonly Json[] = Array.isArray(choice) ? choice : []
    return text((condition === 'IsP' ? P === 'p' : Q !== '') ? whenTrue : whenFalse)
  }
  const resource = document.Resources[id]
  const properties = isObject(resource) ? resource['Properties'] : undefined
  return isObject(properties) ? text(properties['TopicName'] ?? null) : undefined
}

// ---- slips in identity-pool ---------------------------------------------------------------------------------------

type Expected = readonly [level: Level, code: Code, subject: string, said: RegExp]

/** What the author did, and the line that must be among those that are told. */
const slips: readonly (readonly [slip: string, change: Mutation, expected: Expected])[] = [
  [
    'the attachment under another logical ID',
    renamed('RoleAttachment', 'PoolRoles'),
    [
      'major',
      'already-exists',
      'PoolRoles',
      /is RoleAttachment under another logical ID.*same IdentityPoolId.*AlreadyExists/,
    ],
  ],
  [
    'the principal tags under another logical ID',
    renamed('PrincipalTag', 'Tags'),
    ['major', 'already-exists', 'Tags', /same IdentityPoolId, IdentityProviderName/],
  ],
  [
    'the pool under another logical ID',
    renamed('IdentityPool', 'Pool'),
    [
      'major',
      'resource-renamed',
      'Pool',
      /kept, and belongs to no stack; every user gets a new identity, and loses their folder/,
    ],
  ],
  [
    'the pool under another logical ID: what hangs on it',
    renamed('IdentityPool', 'Pool'),
    ['major', 'resource-replaced', 'RoleAttachment', /for IdentityPoolId refers to Pool/],
  ],
  [
    'a role under another logical ID',
    renamed('AuthenticatedRole', 'UserRole'),
    ['major', 'resource-renamed', 'UserRole', /the old one is (?:kept|deleted)/],
  ],
  [
    'the pool left out',
    document => remove('Resources.IdentityPool')(remove('Resources.RoleAttachment')(document)),
    ['major', 'resource-orphaned', 'IdentityPool', /every user gets a new identity/],
  ],
  [
    'the pool another type',
    set('Resources.IdentityPool.Type', 'AWS::Cognito::UserPool'),
    ['major', 'type-changed', 'IdentityPool', /was AWS::Cognito::IdentityPool: the update is refused/],
  ],
  [
    'a pool that is not kept',
    set('Resources.IdentityPool.DeletionPolicy', 'Delete'),
    ['major', 'deletion-policy', 'IdentityPool', /is lost when the stack is deleted/],
  ],
  [
    'another path of a role',
    set('Resources.AuthenticatedRole.Properties.Path', '/users/'),
    ['major', 'resource-replaced', 'AuthenticatedRole', /for Path/],
  ],
  [
    'a name for a role',
    set('Resources.AuthenticatedRole.Properties.RoleName', 'users'),
    ['major', 'capability-added', '', /CAPABILITY_NAMED_IAM/],
  ],
  [
    'a parameter less',
    document => everywhere('{"Ref":"UserPoolClientId3"}', '""')(remove('Parameters.UserPoolClientId3')(document)),
    ['major', 'parameter-lost', 'UserPoolClientId3', /is refused/],
  ],
  [
    'a parameter under another name',
    everywhere('UserPoolClientId3', 'ThirdClientId'),
    ['major', 'parameter-renamed', 'UserPoolClientId3', /is called ThirdClientId now/],
  ],
  [
    'a parameter that must be given',
    set('Parameters.Owner', { Type: 'String' }),
    ['major', 'parameter-required', 'Owner', /has no default/],
  ],
  [
    'a parameter that may be given',
    set('Parameters.Owner', { Type: 'String', Default: '' }),
    ['minor', 'parameter-new', 'Owner', /left out, it is ''/],
  ],
  [
    'a default less',
    remove('Parameters.AllowGuests.Default'),
    ['major', 'parameter-required', 'AllowGuests', /no default any more/],
  ],
  [
    'an allowed value less',
    set('Parameters.RoleSelection.AllowedValues', ['Default']),
    ['major', 'parameter-narrowed', 'RoleSelection', /'Token' is refused/],
  ],
  [
    'an allowed value more',
    at('Parameters.RoleSelection.AllowedValues', it => [...(Array.isArray(it) ? it : []), 'Rules']),
    ['minor', 'parameter-widened', 'RoleSelection', /'Rules', too/],
  ],
  [
    'a narrower pattern',
    set('Parameters.UserPoolClientId.AllowedPattern', '^([a-z0-9]{1,128})?$'),
    ['major', 'parameter-narrowed', 'UserPoolClientId', /'[A-Z_+]' is refused/],
  ],
  [
    'a wider pattern',
    set('Parameters.UserPoolClientId.AllowedPattern', '^([\\w+-]{1,128})?$'),
    ['minor', 'parameter-widened', 'UserPoolClientId', /'-1', too/],
  ],
  [
    'a shorter value',
    set('Parameters.UserPoolId.MaxLength', 50),
    ['major', 'parameter-narrowed', 'UserPoolId', /'aaaa-a+-0_a' is refused/],
  ],
  [
    'another type of a parameter',
    set('Parameters.OpenIdConnectProviderArns.Type', 'CommaDelimitedList'),
    ['major', 'parameter-type', 'OpenIdConnectProviderArns', /is of type CommaDelimitedList, and was of String/],
  ],
  [
    'guests by default',
    set('Parameters.AllowGuests.Default', 'true'),
    ['minor', 'default-changed', 'AllowGuests', /is 'true' by default, and was 'false'/],
  ],
  [
    'guests by default: what a parent stack gets',
    set('Parameters.AllowGuests.Default', 'true'),
    ['minor', 'resource-created', 'UnauthenticatedRole', /is made/],
  ],
  [
    'a rule more',
    set('Rules.NoGuests', {
      Assertions: [{ Assert: { 'Fn::Equals': [{ Ref: 'AllowGuests' }, 'false'] }, AssertDescription: 'No guests' }],
    }),
    ['major', 'rule-refuses', 'NoGuests', /refuses deployments that stand.*No guests/],
  ],
  [
    'an output less',
    remove('Outputs.AuthenticatedRoleArn'),
    ['major', 'output-lost', 'AuthenticatedRoleArn', /is gone/],
  ],
  [
    'an output under another name',
    document => ({
      ...document,
      Outputs: Object.fromEntries(
        Object.entries(document.Outputs ?? {}).map(([name, it]) => [name === 'IdentityPoolId' ? 'PoolId' : name, it]),
      ),
    }),
    ['major', 'output-renamed', 'IdentityPoolId', /is called PoolId now/],
  ],
  [
    'an output that gives something else',
    set('Outputs.AuthenticatedRoleArn.Value', { Ref: 'AuthenticatedRole' }),
    ['major', 'output-changed', 'AuthenticatedRoleArn', /gives something else/],
  ],
  [
    'an export',
    set('Outputs.IdentityPoolId.Export', { Name: 'pool' }),
    ['minor', 'export-new', 'IdentityPoolId', /exports pool/],
  ],
  [
    'another condition of an output',
    set('Outputs.IdentityPoolArn.Condition', 'GuestsAllowed'),
    ['major', 'output-lost', 'IdentityPoolArn', /is gone/],
  ],
  [
    'an action less',
    rewrite('Resources.AuthenticatedRole.Properties.Policies', '"s3:DeleteObject"', '"s3:GetObject"'),
    ['major', 'access-lost', 'signed-in user', /loses s3:DeleteObject on own folder private/],
  ],
  [
    'an action more',
    rewrite('Resources.AuthenticatedRole.Properties.Policies', '"dynamodb:Query"', '"dynamodb:*"'),
    ['major', 'access-hazard', 'signed-in user', /gains dynamodb:.*which nobody should have/],
  ],
  [
    'a guest who writes',
    rewrite('Resources.UnauthenticatedRole.Properties.Policies', '"s3:GetObject"', '"s3:*"'),
    ['minor', 'resource-updated', 'UnauthenticatedRole', /is updated in place, for Policies/],
  ],
  [
    'the classic flow',
    set('Resources.IdentityPool.Properties.AllowClassicFlow', true),
    ['minor', 'resource-updated', 'IdentityPool', /for AllowClassicFlow/],
  ],
  [
    'another description of a role',
    set('Resources.AuthenticatedRole.Properties.Description', 'Users'),
    ['patch', 'resource-updated', 'AuthenticatedRole', /for Description/],
  ],
  [
    'a principal more in the trust policy',
    rewrite(
      'Resources.AuthenticatedRole.Properties.AssumeRolePolicyDocument',
      '"sts:AssumeRoleWithWebIdentity"',
      '"sts:AssumeRoleWithWebIdentity","sts:SetSourceIdentity"',
    ),
    ['minor', 'trust-changed', 'AuthenticatedRole', /iam:UpdateAssumeRolePolicy.*UPDATE_ROLLBACK_FAILED/],
  ],
  [
    'a resource more',
    set('Resources.Topic', { Type: 'AWS::SNS::Topic' }),
    ['minor', 'resource-created', 'Topic', /is made/],
  ],
  [
    'too much of it',
    set('Metadata.Notes', { text: 'x'.repeat(60_000) }),
    ['major', 'too-large', '', /more than the 51,200 that a request may have/],
  ],
]

for (const [slip, change, [level, code, subject, said]] of slips) {
  test(`of identity-pool is told: ${slip}`, () => {
    const comparison = compared(pool, change(pool))
    const found = changeOf(comparison, code, subject)
    assert.equal(found.level, level)
    assert.match(found.message, said)
    assert.ok(found.help !== '', 'there is no way out')
  })
}

test('each slip is told with the least deployment in which it happens', () => {
  const witness = (change: Mutation, code: Code) => changeOf(compared(pool, change(pool)), code).when
  const guests = witness(
    rewrite('Resources.UnauthenticatedRole.Properties.Policies', '"s3:GetObject"', '"s3:*"'),
    'resource-updated',
  )
  assert.deepEqual(guests?.parameters, {
    AllowGuests: 'true',
    AllowPublicFolder: 'true',
    UploadsBucketName: guests?.parameters['UploadsBucketName'],
  })
  assert.equal(guests?.region, undefined)
  const govCloud = witness(
    rewrite(
      'Resources.AuthenticatedRole.Properties.AssumeRolePolicyDocument',
      'cognito-identity-us-gov.amazonaws.com',
      'cognito-identity.us-gov.amazonaws.com',
    ),
    'trust-changed',
  )
  assert.equal(govCloud?.region, 'us-gov-west-1')
  const nested = changeOf(compared(pool, set('Parameters.AllowGuests.Default', 'true')(pool)), 'resource-created').when
  assert.deepEqual(nested?.leftOut, ['AllowGuests'])
  assert.equal(witness(renamed('RoleAttachment', 'PoolRoles'), 'already-exists'), undefined)
})

// ---- what only small templates show -------------------------------------------------------------------------------

const role = (Properties: JsonObject): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, ...Properties },
})

test('a replacement is followed through all that refers to it, to the end', () => {
  const chain = (TopicName: string) =>
    template(
      {
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName } },
        Subscription: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs' } },
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: 'f',
            Principal: 'sns.amazonaws.com',
            SourceArn: { 'Fn::Sub': `\${Subscription}` },
          },
        },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedrivePolicy: { note: { 'Fn::GetAtt': ['Topic', 'TopicArn'] } } },
        },
        Other: { Type: 'AWS::SQS::Queue' },
      },
      { Outputs: { Arn: { Value: { Ref: 'Topic' }, Export: { Name: 'topic' } } } },
    )
  const comparison = compared(chain('one'), chain('two'))
  assert.deepEqual(told(comparison), [
    'major resource-replaced Topic',
    'major resource-replaced Subscription',
    'major resource-replaced Permission',
    'major export-changed Arn',
    'minor resource-updated Queue',
  ])
  assert.match(changeOf(comparison, 'resource-replaced', 'Permission').message, /for SourceArn refers to Subscription/)
  assert.ok(comparison.permissions.includes('lambda:AddPermission'), 'whoever deploys it makes a permission')
})

test('a resource with a fixed name cannot be replaced under it, and another cannot take it over', () => {
  const named = (Path: string) => template({ Role: role({ RoleName: 'users', Path }) })
  assert.match(changeOf(compared(named('/a/'), named('/b/')), 'custom-name').message, /same RoleName.*custom-named/)
  const policy = (id: string) =>
    template({
      [id]: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'all', PolicyDocument: {} } },
    })
  assert.match(
    changeOf(compared(policy('One'), policy('Two')), 'already-exists', 'Two').message,
    /same ManagedPolicyName/,
  )
  const free = (id: string) =>
    template({ [id]: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: {} } } })
  assert.deepEqual(told(compared(free('One'), free('Two'))), ['major resource-renamed Two'])
  const policies = (id: string) =>
    template({
      Bucket: { Type: 'AWS::S3::Bucket' },
      [id]: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: {} } },
    })
  assert.match(changeOf(compared(policies('One'), policies('Two')), 'already-exists').message, /same Bucket/)
})

test('what the schema says may be replaced, is not known, or cannot be updated, is said so', () => {
  const one = (Type: string, Properties: JsonObject) => template({ One: { Type, Properties } })
  const told = (Type: string, a: JsonObject, b: JsonObject) => compared(one(Type, a), one(Type, b)).changes[0]
  const key = (AttributeName: string) => ({ KeySchema: [{ AttributeName, KeyType: 'HASH' }] })
  const table = told('AWS::DynamoDB::Table', key('a'), key('b'))
  assert.deepEqual([table?.code, table?.level], ['resource-may-be-replaced', 'major'])
  assert.match(table?.source ?? '', /aws-resource-dynamodb-table\.html$/)
  const unknown = told('Acme::Some::Thing', { A: 1 }, { A: 2 })
  assert.deepEqual([unknown?.code, unknown?.level], ['resource-may-be-replaced', 'minor'])
  const custom = told('Custom::Thing', { ServiceToken: 'a', A: 1 }, { ServiceToken: 'a', A: 2 })
  assert.deepEqual([custom?.code, custom?.level], ['resource-may-be-replaced', 'minor'])
  const token = told('Custom::Thing', { ServiceToken: 'a' }, { ServiceToken: 'b' })
  assert.deepEqual([token?.code, token?.level], ['update-refused', 'major'])
  const permission = told(
    'AWS::Lambda::Permission',
    { FunctionName: 'f', Action: 'a' },
    { FunctionName: 'f', Action: 'b' },
  )
  assert.equal(permission?.code, 'resource-replaced')
})

test('what Amazon Cognito refuses to change of a user pool is told as refused', () => {
  const users = (Properties: JsonObject) => template({ Users: { Type: 'AWS::Cognito::UserPool', Properties } })
  const refused = (old: JsonObject, fresh: JsonObject) => told(compared(users(old), users(fresh)))
  const no = ['major update-refused Users']
  assert.deepEqual(refused({ UsernameAttributes: ['email'] }, { UsernameAttributes: ['phone_number'] }), no)
  assert.deepEqual(refused({}, { AliasAttributes: ['email'] }), no)
  assert.deepEqual(refused({}, { UsernameConfiguration: { CaseSensitive: false } }), no)
  const email = (Required: boolean) => ({ Name: 'email', Required, Mutable: true })
  assert.deepEqual(refused({ Schema: [email(true)] }, { Schema: [email(false)] }), no)
  assert.deepEqual(refused({ Schema: [email(true)] }, {}), no)
  const more = { Schema: [{ Name: 'team', AttributeDataType: 'String' }, email(true)] }
  assert.deepEqual(refused({ Schema: [email(true)] }, more), ['minor resource-updated Users'])
})

test('outputs of a nested stack, and attributes that identify nothing, may be others after an update', () => {
  const nested = (TemplateURL: string) =>
    template(
      {
        Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } },
        Attachment: {
          Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
          Properties: { IdentityPoolId: { 'Fn::GetAtt': ['Nested', 'Outputs.IdentityPoolId'] } },
        },
      },
      { Outputs: { Id: { Value: { 'Fn::GetAtt': ['Nested', 'Outputs.IdentityPoolId'] }, Export: { Name: 'id' } } } },
    )
  const comparison = compared(nested('https://a.example/1'), nested('https://a.example/2'))
  assert.deepEqual(told(comparison), [
    'major resource-may-be-replaced Attachment',
    'major export-changed Id',
    'minor resource-updated Nested',
  ])
  assert.match(changeOf(comparison, 'export-changed').message, /may export another value/)
  const stream = (StreamViewType: string) =>
    template({
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't', StreamSpecification: { StreamViewType } } },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: 'f', EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] } },
      },
      Worker: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: 'f', Action: 'a', SourceArn: { 'Fn::GetAtt': ['Table', 'Arn'] } },
      },
    })
  assert.deepEqual(told(compared(stream('KEYS_ONLY'), stream('NEW_IMAGE'))), [
    'major resource-may-be-replaced Mapping',
    'minor resource-updated Table',
  ])
})

test('names that every JavaScript object has are names like any other', () => {
  const Type = 'AWS::S3::Bucket'
  const bucketsOf = (...ids: readonly string[]) => template(Object.fromEntries(ids.map(id => [id, { Type }])))
  const one = bucketsOf('A')
  assert.deepEqual(told(compared(one, bucketsOf('A', 'constructor'))), ['minor resource-created constructor'])
  assert.deepEqual(told(compared(bucketsOf('A', 'toString'), one)), ['major resource-deleted toString'])
  const output = { ...one, Outputs: { valueOf: { Value: 'x' } } }
  assert.deepEqual(told(compared(one, output)), ['minor output-new valueOf'])
  assert.deepEqual(told(compared(output, one)), ['major output-lost valueOf'])
  const given = { ...one, Parameters: { hasOwnProperty: { Type: 'String', Default: '' } } }
  assert.deepEqual(told(compared(one, given)), ['minor parameter-new hasOwnProperty'])
  const queue = (Properties: JsonObject) => template({ Queue: { Type: 'AWS::SQS::Queue', Properties } })
  assert.deepEqual(told(compared(queue({ RedrivePolicy: { toString: 'a' } }), queue({ RedrivePolicy: {} }))), [
    'minor resource-updated Queue',
  ])
})

test('two new ones that want one thing, or hold it by no identifier of the registry, cannot stand side by side', () => {
  const bucketsOf = (...ids: readonly string[]) =>
    template(
      Object.fromEntries(ids.map(id => [id, { Type: 'AWS::S3::Bucket', Properties: { BucketName: id[0] ?? '' } }])),
    )
  assert.deepEqual(told(compared(bucketsOf('x'), bucketsOf('x', 'a1', 'a2'))), [
    'major already-exists a2',
    'minor resource-created a1',
    'minor resource-created a2',
  ])
  const unique: Readonly<Record<string, JsonObject>> = {
    'AWS::EC2::Route': { RouteTableId: 'r', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'i' },
    'AWS::Route53::RecordSet': { HostedZoneId: 'z', Name: 'a.b.', Type: 'A' },
    'AWS::EC2::SecurityGroup': { GroupName: 'g', GroupDescription: 'd', VpcId: 'v' },
    'AWS::IAM::OIDCProvider': { Url: 'https://a.example' },
    'AWS::ApiGateway::Resource': { RestApiId: 'r', ParentId: 'p', PathPart: 'x' },
    'AWS::ApiGatewayV2::Route': { ApiId: 'a', RouteKey: 'GET /' },
    'AWS::Lambda::Url': { TargetFunctionArn: 'f', AuthType: 'NONE' },
  }
  for (const [Type, Properties] of Object.entries(unique)) {
    const under = (id: string) => template({ [id]: { Type, Properties } })
    assert.deepEqual(told(compared(under('One'), under('Two'))), ['major already-exists Two'], Type)
  }
  const weighted = (id: string, SetIdentifier: string) =>
    template({
      [id]: {
        Type: 'AWS::Route53::RecordSet',
        Properties: { HostedZoneId: 'z', Name: 'a.b.', Type: 'A', Weight: 1, SetIdentifier },
      },
    })
  assert.deepEqual(told(compared(weighted('One', 'a'), weighted('Two', 'b'))), ['major resource-renamed Two'])
})

test('what may be replaced under a fixed name is told to be refused then; an export is exported once', () => {
  const table = (AttributeName: string) =>
    template({
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { TableName: 'rows', KeySchema: [{ AttributeName, KeyType: 'HASH' }] },
      },
    })
  const change = changeOf(compared(table('a'), table('b')), 'resource-may-be-replaced')
  assert.match(change.message, /under the same TableName a replacement is refused/)
  const exporting = (...ids: readonly string[]) =>
    template(
      { A: { Type: 'AWS::SNS::Topic' } },
      { Outputs: Object.fromEntries(ids.map(id => [id, { Value: id, Export: { Name: 'e' } }])) },
    )
  assert.deepEqual(told(compared(exporting('One'), exporting('Other', 'One'))), [
    'major export-twice Other',
    'minor output-new Other',
  ])
})

test('a database leaves a snapshot unless the template says otherwise', () => {
  const database = (Type: string, more: JsonObject, Properties: JsonObject = {}) =>
    template({ A: { Type: 'AWS::SNS::Topic' }, Data: { Type, Properties, ...more } })
  const cluster = database('AWS::RDS::DBCluster', {})
  assert.match(
    changeOf(compared(cluster, template({ A: { Type: 'AWS::SNS::Topic' } })), 'resource-deleted').message,
    /is deleted, and a snapshot of it is kept/,
  )
  const deleted = { DeletionPolicy: 'Delete' }
  assert.deepEqual(told(compared(cluster, database('AWS::RDS::DBCluster', deleted))), ['major deletion-policy Data'])
  const own = database('AWS::RDS::DBInstance', {})
  assert.deepEqual(told(compared(own, database('AWS::RDS::DBInstance', deleted))), ['major deletion-policy Data'])
  const member = { DBClusterIdentifier: 'c' }
  const ofCluster = database('AWS::RDS::DBInstance', {}, member)
  assert.deepEqual(told(compared(ofCluster, database('AWS::RDS::DBInstance', deleted, member))), ['patch text'])
})

test('a value that is known only when it is updated may replace what it stands in', () => {
  const bucketOf = (name: Json) =>
    template({ Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: name, PolicyDocument: {} } } })
  const change = changeOf(
    compared(bucketOf({ 'Fn::ImportValue': 'a' }), bucketOf({ 'Fn::ImportValue': 'b' })),
    'resource-may-be-replaced',
  )
  assert.match(change.message, /known only when it is updated/)
})

test('a resource whose condition no longer holds is deleted where it held', () => {
  const conditional = (allowed: string) =>
    template(
      { Topic: { Type: 'AWS::SNS::Topic', Condition: 'On' } },
      {
        Parameters: { Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'test', 'prod'] } },
        Conditions: { On: { 'Fn::Equals': [{ Ref: 'Stage' }, allowed] } },
      },
    )
  const comparison = compared(conditional('prod'), conditional('test'))
  assert.deepEqual(changeOf(comparison, 'resource-deleted', 'Topic').when?.parameters, { Stage: 'prod' })
  assert.deepEqual(changeOf(comparison, 'resource-created', 'Topic').when?.parameters, { Stage: 'test' })
})

test('an export that goes, or is called otherwise, is told with its name', () => {
  const exported = (Name: Json) =>
    template({ A: { Type: 'AWS::SNS::Topic' } }, { Outputs: { Arn: { Value: { Ref: 'A' }, Export: { Name } } } })
  const change = changeOf(compared(exported({ 'Fn::Sub': '${AWS::StackName}-arn' }), exported('arn')), 'export-lost')
  assert.match(change.message, /exports \$\{AWS::StackName\}-arn no more/)
})

test('a stack is compared with its own values, and named by its own IDs', () => {
  const stack = (parameters: Stack['parameters'], given: Stack['given'] = {}): Stack => ({
    place: { region: 'eu-west-1', partition: 'aws', urlSuffix: 'amazonaws.com' },
    ...{ accountId: '111122223333', stackName: 'notes', parameters, given },
    stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/notes/1',
    physicalIds: { UnauthenticatedRole: 'notes-guests', AuthenticatedRole: 'notes-users' },
  })
  const own = { DeveloperProviderName: 'login.notes.app', AllowGuests: 'false' }
  const path = set('Resources.UnauthenticatedRole.Properties.Path', '/guests/')(pool)
  assert.deepEqual(told(compared(pool, path, stack(own))), ['patch text'])
  const guests = compared(pool, path, stack({ ...own, AllowGuests: 'true' }))
  assert.match(changeOf(guests, 'resource-replaced', 'UnauthenticatedRole').message, /\(notes-guests\)/)
  assert.equal(changeOf(guests, 'resource-replaced').when, undefined)
  const given = compared(pool, pool, stack({ ...own, AllowGuests: 'true' }, { AllowGuests: 'false' }))
  assert.equal(changeOf(given, 'resource-deleted', 'UnauthenticatedRole').level, 'major')
  const secret = compared(
    pool,
    pool,
    stack({ ...own, UserPoolId: new Unknown({ kind: 'parameter', name: 'UserPoolId' }) }),
  )
  assert.deepEqual(told(secret), [])
})

// ---- who reaches what ---------------------------------------------------------------------------------------------

/** A pool whose signed-in users have one role. */
function poolOf(users: JsonObject, rest: JsonObject = {}, pool: JsonObject = {}): Document {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': { Ref: 'Pool' } },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
        },
      },
    ],
  }
  const userPool = { ClientId: 'c', ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_abc' }
  return template({
    Pool: {
      Type: 'AWS::Cognito::IdentityPool',
      Properties: { AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: [userPool], ...pool },
    },
    Attachment: {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } } },
    },
    Users: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...users } },
    ...rest,
  })
}

function policyOf(...statements: readonly JsonObject[]): JsonObject {
  const document = { Version: '2012-10-17', Statement: statements.map(it => ({ Effect: 'Allow', ...it })) }
  return { Policies: [{ PolicyName: 'own', PolicyDocument: document }] }
}

const ownFolder = 'arn:aws:s3:::uploads/private/${cognito-identity.amazonaws.com:sub}/*'

test('a policy changes nothing only where the proof has asked about its role, and knows every answer', () => {
  const users = policyOf({ Action: 's3:GetObject', Resource: ownFolder })
  const inOtherWords = policyOf({ Sid: 'Own', Action: ['s3:GetObject'], Resource: [ownFolder] })
  assert.deepEqual(told(compared(poolOf(users), poolOf(inOtherWords))), ['patch resource-updated Users'])
  const worker = (Action: Json) =>
    poolOf(users, {
      Worker: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
          ...policyOf({ Action, Resource: '*' }),
        },
      },
    })
  const wider = compared(worker('s3:GetObject'), worker('*'))
  assert.deepEqual(told(wider), ['minor resource-updated Worker'])
  assert.match(wider.changes[0]?.message ?? '', /can change what it allows/)
  const from = (range: string) =>
    poolOf(
      policyOf({ Action: 's3:GetObject', Resource: ownFolder, Condition: { IpAddress: { 'aws:SourceIp': range } } }),
    )
  assert.deepEqual(told(compared(from('10.0.0.0/8'), from('0.0.0.0/0'))), ['minor resource-updated Users'])
})

test('tags of a role are more than a label where a policy asks for them', () => {
  const tagged = (Value: string, Resource: string) =>
    poolOf({ ...policyOf({ Action: 's3:GetObject', Resource }), Tags: [{ Key: 'team', Value }] })
  const team = 'arn:aws:s3:::uploads/${aws:PrincipalTag/team}/*'
  assert.deepEqual(told(compared(tagged('a', team), tagged('b', team))), ['minor resource-updated Users'])
  assert.deepEqual(told(compared(tagged('a', ownFolder), tagged('b', ownFolder))), ['patch resource-updated Users'])
})

test('what AWS’s own broad policies give users is told at once, and as what nobody should have', () => {
  const users = policyOf({ Action: 's3:GetObject', Resource: ownFolder })
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
  const wide = compared(poolOf(users), poolOf({ ...users, ManagedPolicyArns: [admin] }))
  assert.deepEqual(told(wide), ['major access-hazard signed-in user', 'minor resource-updated Users'])
  assert.match(changeOf(wide, 'access-hazard').message, /gains all of arn:aws:iam::aws:policy\/AdministratorAccess/)
  const unknown = compared(poolOf(users), poolOf({ ...users, ManagedPolicyArns: ['arn:aws:iam::1:policy/own'] }))
  assert.equal(unknown.changes.filter(it => it.code === 'access-unknown').length, 1, told(unknown).join())
})

test('a pool into which nobody can sign in any more is told', () => {
  const users = policyOf({ Action: 's3:GetObject', Resource: ownFolder })
  const closed = compared(poolOf(users), poolOf(users, {}, { CognitoIdentityProviders: [] }))
  assert.deepEqual(told(closed), ['major access-lost somebody', 'minor resource-updated Pool'])
  assert.match(changeOf(closed, 'access-lost').message, /cannot sign in to Pool any more/)
  const other = compared(
    poolOf(users),
    poolOf(users, {}, { CognitoIdentityProviders: [], DeveloperProviderName: 'login.app' }),
  )
  assert.deepEqual(told(other), ['minor resource-updated Pool'])
})

test('a policy of a bucket that denies users what they had takes it from them', () => {
  const users = policyOf({ Action: 's3:GetObject', Resource: ownFolder })
  const bucketPolicy = (Statement: Json) => ({
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: 'uploads', PolicyDocument: { Version: '2012-10-17', Statement } },
    },
  })
  const denied = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }
  const comparison = compared(poolOf(users, bucketPolicy([])), poolOf(users, bucketPolicy([denied])))
  assert.match(changeOf(comparison, 'access-lost').message, /loses s3:GetObject on own folder/)
})

// ---- what a parameter takes ---------------------------------------------------------------------------------------

const pieces = fc.constantFrom('a', 'b', '[ab]', '[^a]', '\\d', '.', '(a|bb)', '(?:ab)', '[a-c-]')
const patterns = fc
  .array(fc.tuple(pieces, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}')), { minLength: 1, maxLength: 4 })
  .map(parts => parts.map(part => part.join('')).join(''))

test('of two patterns it is decided which takes more: what it names is taken by the one and not by the other', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '-', 'é'), maxLength: 6 })
  const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'u')
  fc.assert(
    fc.property(patterns, patterns, fc.array(texts, { maxLength: 20 }), (one, other, tried) => {
      const found = inclusionOf({ Type: 'String', AllowedPattern: one }, { Type: 'String', AllowedPattern: other })
      if (found.kind === 'not') {
        assert.ok(whole(one).test(found.value), `${one} takes ${found.value}`)
        assert.ok(!whole(other).test(found.value), `${other} does not take ${found.value}`)
      } else {
        assert.equal(found.kind, 'all')
        for (const text of tried) assert.ok(!whole(one).test(text) || whole(other).test(text), text)
      }
    }),
    { numRuns: 400 },
  )
})

test('look-around at the start, lengths and numbers are decided; what no automaton can say is not', () => {
  const string = (constraints: JsonObject) => ({ Type: 'String', ...constraints })
  const number = (constraints: JsonObject) => ({ Type: 'Number', ...constraints })
  const kind = (one: JsonObject, other: JsonObject) => inclusionOf(one, other).kind
  const noDots = '(?!.*\\.\\.)[a-z.]+'
  assert.deepEqual(inclusionOf(string({ AllowedPattern: '[a-z.]+' }), string({ AllowedPattern: noDots })), {
    kind: 'not',
    value: '..',
  })
  assert.equal(kind(string({ AllowedPattern: noDots }), string({ AllowedPattern: '[a-z.]+' })), 'all')
  assert.equal(kind(string({ AllowedPattern: '(a)\\1' }), string({ AllowedPattern: '(b)\\1' })), 'unknown')
  assert.equal(kind(string({ AllowedPattern: 'a{3}' }), string({ MinLength: 3, MaxLength: 3 })), 'all')
  assert.deepEqual(inclusionOf(string({}), string({ MinLength: 1 })), { kind: 'not', value: '' })
  assert.equal(kind(number({ MinValue: 2, MaxValue: 4 }), number({ MinValue: 1, MaxValue: 4 })), 'all')
  assert.equal(kind(number({ MinValue: 1 }), number({ MinValue: 2 })), 'not')
  assert.equal(kind(string({ AllowedValues: ['1', '2'] }), number({})), 'all')
  const language = languageOf('a|b')
  assert.ok(language !== undefined, 'an alternative is understood')
  const lengths = { least: 0, most: Number.POSITIVE_INFINITY }
  assert.equal(witnessOf({ languages: [language], lengths }, { languages: [language], lengths }), 'none')
})

// ---- versions -----------------------------------------------------------------------------------------------------

test('a step of the version holds what semantic versions let it hold, below 1.0.0 as the caret of npm has it', () => {
  const steps: readonly (readonly [from: string, to: string, step: string])[] = [
    ['1.2.3', '1.2.3', 'none'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.2.2', 'back'],
    ['0.1.2', '0.1.3', 'minor'],
    ['0.1.2', '0.2.0', 'major'],
    ['0.0.2', '0.0.3', 'major'],
    ['0.9.0', '1.0.0', 'major'],
    ['1.0.0-rc.1', '1.0.0', 'major'],
    ['1.0.0', '1.0.0-rc.1', 'back'],
    ['1.0.0-rc.2', '1.0.0-rc.10', 'major'],
    ['2.0.0-rc.1', '2.0.1', 'major'],
    ['9007199254740993.0.0', '9007199254740992.0.0', 'back'],
  ]
  for (const [from, to, step] of steps) assert.equal(stepBetween(from, to), step, `${from} to ${to}`)
  assert.equal(stepBetween('1.2', '1.3.0'), undefined)
  assert.ok(isEnough('none', 'none') && isEnough('back', 'none'), 'where nothing changes, any version will do')
  assert.ok(
    !isEnough('none', 'patch') && !isEnough('minor', 'major') && isEnough('major', 'major'),
    'steps hold their own size',
  )
  assert.deepEqual(
    ['patch', 'minor', 'major'].map(level => nextVersion('0.1.2', level === 'major' ? 'major' : 'minor')),
    ['0.1.3', '0.1.3', '0.2.0'],
  )
  assert.equal(nextVersion('1.2.3', 'major'), '2.0.0')
  assert.equal(nextVersion('1.2.3', 'none'), '1.2.3')
})

// ---- the command, and the last release ----------------------------------------------------------------------------

type Run = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

function run(...args: readonly string[]): Run {
  return spawnSync(process.execPath, ['lib/cli.cjs', 'compat', ...args], { encoding: 'utf8', timeout: 120_000 })
}

/** The last release with a slip in one of its templates, and the version that it claims. */
function spoiled(name: string, version: string, spoil: (text: string) => string): string {
  const folder = join(folders, `spoiled-${version}-${name}`)
  const files = readdirSync('release').map(file => {
    const text = readFileSync(join('release', file), 'utf8')
    const last: { readonly project: { readonly version: string } } = JSON.parse(
      readFileSync('release/manifest.json', 'utf8'),
    )
    const own = file === `${name}.yaml` ? spoil(text) : text
    return [file, own.replaceAll(`"${last.project.version}"`, `"${version}"`)] as const
  })
  write(folder, Object.fromEntries(files))
  return folder
}

test('what a template calls things is shown, and neither obeyed by a terminal nor read as Markdown', () => {
  const evil = 'A\u001b[31m\n# `B`` *c* \u202e'
  const one = template({ A: { Type: 'AWS::SNS::Topic' } })
  const other = template({ A: { Type: 'AWS::SNS::Topic' }, [evil]: { Type: 'X::<b>`::*Y*' } })
  const shown: Compared = {
    ...{ ...compared(one, other), name: 'a', oldName: 'a', versions: { old: undefined, fresh: undefined } },
    ...{ step: undefined, next: undefined, isEnough: true },
  }
  const text = formatText([shown], false)
  assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}]|\n#/u)
  const markdown = formatMarkdown([shown])
  assert.doesNotMatch(markdown, /(?!\n)[\p{Cc}\p{Cf}]|\n#/u)
  assert.match(markdown, /```A\ufffd\[31m # `B`` \*c\* \ufffd``` \(X::\\<b\\>\\`::\\\*Y\\\*\) is made/)
})

test('hundreds of logical IDs that change at once are compared in seconds', () => {
  const queues = (prefix: string) =>
    template(
      Object.fromEntries(
        Array.from({ length: 400 }, (_, at) => [
          `${prefix}${at}`,
          {
            Type: 'AWS::SQS::Queue',
            Properties: { DelaySeconds: at, VisibilityTimeout: at, MaximumMessageSize: 1024 },
          },
        ]),
      ),
    )
  const start = performance.now()
  const { changes } = compared(queues('A'), queues('B'))
  assert.ok(performance.now() - start < 12_000, `${performance.now() - start} ms`)
  assert.match(changes.find(it => it.subject === 'B7')?.message ?? '', /is A7 under another logical ID/)
})

test('a stack is judged by the values that it has and those that the update gives, not by those of others', () => {
  const parameterOf = (declaration: JsonObject) =>
    template({ A: { Type: 'AWS::SNS::Topic' } }, { Parameters: { N: { Type: 'String', ...declaration } } })
  const stack = (given: Stack['given']): Stack => ({
    place: { region: 'eu-west-1', partition: 'aws', urlSuffix: 'amazonaws.com' },
    ...{ accountId: '111122223333', stackName: 'notes', parameters: { N: 'zzz' }, given, physicalIds: {} },
    stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/notes/1',
  })
  const [any, zs] = [parameterOf({}), parameterOf({ AllowedPattern: 'z+' })]
  assert.deepEqual(told(compared(any, zs, stack({}))), ['patch text'])
  assert.match(changeOf(compared(any, zs, stack({ N: 'q' })), 'parameter-narrowed').message, /'q', which --param gives/)
  const qs = parameterOf({ AllowedValues: ['q'] })
  assert.match(changeOf(compared(any, qs, stack({})), 'parameter-narrowed').message, /'zzz', which the stack has/)
  assert.deepEqual(told(compared(any, qs, stack({ N: 'q' }))), ['patch text'])
  const more = template(
    { A: { Type: 'AWS::SNS::Topic' } },
    { Parameters: { N: { Type: 'String' }, R: { Type: 'String' } } },
  )
  assert.deepEqual(told(compared(any, more, stack({}))), ['major parameter-required R'])
  assert.deepEqual(told(compared(any, more, stack({ R: '1' }))), ['patch text'])
})

test('how a resource is made and updated is more than words', () => {
  const group = (more: JsonObject) => template({ Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', ...more } })
  const rolling = { UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: 1 } } }
  assert.deepEqual(told(compared(group(rolling), group({}))), ['minor resource-updated Group'])
  const init = (command: string) => ({ Metadata: { 'AWS::CloudFormation::Init': { command } } })
  assert.deepEqual(told(compared(group(init('a')), group(init('b')))), ['minor resource-updated Group'])
  assert.deepEqual(told(compared(group({ Metadata: { a: 1 } }), group({}))), ['patch text'])
})

test('npm run compatible is red where a logical ID is renamed without the version for it, and green with it', () => {
  const slip = (text: string): string => text.replace(/^ {2}RoleAttachment:$/m, '  PoolRoles:')
  const red = run('release', spoiled('identity-pool', '0.1.1', slip))
  assert.equal(red.status, 1, red.stdout)
  assert.match(
    red.stdout,
    /^identity-pool 0\.1\.0 → 0\.1\.1: major changes, and 0\.1\.1 is too small a step: give it 0\.2\.0/m,
  )
  assert.match(red.stdout, /^major {2}PoolRoles .*AlreadyExists/m)
  assert.match(red.stdout, /^ {7}Keep the logical ID RoleAttachment/m)
  const green = run('release', spoiled('identity-pool', '0.2.0', slip))
  assert.equal(green.status, 0, green.stdout + green.stderr)
  assert.equal(run('release', spoiled('identity-pool', '0.1.0', slip)).status, 1)
})

test('a template that is gone is a major change, one that is new a minor one; a folder is asked by the name of a file', () => {
  const folder = spoiled('identity-pool', '0.1.1', text => text)
  const manifest: { artifacts: { name: string; file: string }[] } = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  )
  manifest.artifacts = manifest.artifacts.filter(it => it.name !== 'notes-app')
  write(folder, { 'manifest.json': JSON.stringify(manifest) })
  assert.match(run('release', folder).stdout, /^notes-app.*\nmajor {2}the template is gone/m)
  assert.match(run(folder, 'release').stdout, /^notes-app.*\nminor {2}the template is new/m)
  const single = run('release', join(folder, 'publication-bucket.yaml'), '--json')
  const { templates } = JSON.parse(single.stdout)
  assert.deepEqual(
    templates.map((it: { name: string; verdict: string }) => [it.name, it.verdict]),
    [['publication-bucket', 'none']],
  )
})

test('without versions the changes are told, and --fail-on says what of them is a failure', () => {
  const [old, fresh] = ['old.json', 'new.json'].map(name => join(folders, name))
  const topic = (TopicName: string) =>
    JSON.stringify(template({ Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName } } }))
  write(folders, { 'old.json': topic('a'), 'new.json': topic('b') })
  const plain = run(old ?? '', fresh ?? '')
  assert.equal(plain.status, 0)
  assert.match(
    plain.stdout,
    /^old → new: major changes\nmajor {2}Topic \(AWS::SNS::Topic\) is replaced, for TopicName: the old one is deleted/,
  )
  assert.equal(run(old ?? '', fresh ?? '', '--fail-on', 'major').status, 1)
  assert.equal(run(old ?? '', fresh ?? '', '--old-version', '1.0.0', '--new-version', '1.1.0').status, 1)
  assert.equal(run(old ?? '', fresh ?? '', '--old-version', '1.0.0', '--new-version', '2.0.0').status, 0)
  assert.match(
    run(old ?? '', fresh ?? '', '--markdown').stdout,
    /^- \*\*major\*\*: `Topic` \(AWS::SNS::Topic\) is replaced/m,
  )
})

test('wrong use is 2, and what cannot be read is 1, each with the way out', () => {
  assert.equal(run('release').status, 2)
  assert.match(run('release', 'stack:notes').stderr, /only OLD can be a stack/)
  assert.match(run('release', 'dist', '--param', 'A=b').stderr, /--param goes with a stack/)
  assert.match(run('release', 'dist', '--new-version', 'one').stderr, /no semantic version/)
  const missing = run('nowhere.yaml', 'dist')
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /^error: nowhere\.yaml does not exist \[unreadable-file\]\n {2}\w/)
  assert.match(run('http://example.com/a.yaml', 'dist').stderr, /is no https URL/)
  if (existsSync('/dev/zero')) assert.match(run('/dev/zero', 'dist/identity-pool.yaml').stderr, /has more than/)
  assert.equal(
    JSON.parse(run('package.json', 'dist/identity-pool.yaml', '--json').stdout).error.code,
    'unreadable-file',
  )
})

test('published templates are compared by their URL, or that of their folder; what is not there is said', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/elsewhere.yaml') {
      response.writeHead(302, { location: 'https://elsewhere.example/a.yaml' })
      response.end()
      return
    }
    const name = (request.url ?? '').replace('/pool/latest/', '')
    const isThere = readdirSync('release').includes(name)
    response.writeHead(isThere ? 200 : 404)
    response.end(isThere ? readFileSync(join('release', name)) : 'none')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null, 'it listens')
  const base = `http://127.0.0.1:${address.port}/pool/latest/`
  const compat = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['lib/cli.cjs', 'compat', ...args]).then(
      ({ stdout }) => ({ stdout, stderr: '' }),
      (error: { stdout: string; stderr: string }) => error,
    )
  try {
    assert.match((await compat(base, 'release/identity-pool.yaml')).stdout, /^identity-pool \d+\.\d+\.\d+: no change/)
    assert.match((await compat(`${base}identity-pool.yaml`, 'release')).stdout, /^identity-pool .*: no change/)
    const missing = await compat(`${base}nothing.yaml`, 'release')
    const away = await compat(new URL('/elsewhere.yaml', base).href, 'release')
    assert.match(away.stderr, /redirects to https:\/\/elsewhere\.example\/a\.yaml, another host/)
    assert.match(missing.stderr, /nothing\.yaml is answered by 404 \[unreadable-file\]\n {2}Check the URL/)
  } finally {
    server.close()
  }
})

test('release notes take the place of what was not released, under the version and its day', () => {
  const changelog = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-02\n\n- All.\n'
  assert.equal(
    withRelease(changelog, '0.2.0', '2026-02-03', '**pool**: an update is safe.\n'),
    '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing.\n\n' +
      '### What an update does\n\n**pool**: an update is safe.\n\n## [0.1.0] - 2026-01-02\n\n- All.\n',
  )
  const only = '# Changelog\n\n## [Unreleased]\n\n- A thing.\n'
  assert.equal(
    withRelease(only, '0.2.0', '2026-02-03', 'None.'),
    '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n- A thing.\n\n### What an update does\n\nNone.\n',
  )
  assert.throws(() => withRelease(changelog, '0.1.0', '2026-02-03', ''), /0\.1\.0 already/)
  assert.throws(() => withRelease('# Changelog\n\n## [Unreleased]\n', '0.2.0', '2026-02-03', ''), /nothing stands/)
  assert.throws(() => withRelease('# Changelog\n', '0.2.0', '2026-02-03', ''), /no section/)
})

// ---- where no deployment was tried --------------------------------------------------------------------------------

const fixed = (Properties: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  ...{ Type: 'AWS::S3::Bucket', Properties },
  ...rest,
})

const chosen = (condition: Json, rest: Omit<Document, 'Resources'> = {}): Document =>
  template(
    { Bucket: fixed(), Other: fixed({}, { Condition: 'E' }) },
    {
      Parameters: { A: { Type: 'String', Default: 'dev' }, List: { Type: 'CommaDelimitedList', Default: 'p' } },
      Conditions: { E: condition },
      ...rest,
    },
  )

const is = (Ref: string, text: string): Json => ({ 'Fn::Equals': [{ Ref }, text] })

const always = { 'Fn::Equals': ['1', '1'] }

test('a condition of another definition is met where the two say otherwise, whoever chooses by it', () => {
  const wide = { 'Fn::Or': [is('A', 'staging'), is('A', 'prod')] }
  const narrowed = compared(chosen(wide), chosen(is('A', 'staging')))
  assert.deepEqual(changeOf(narrowed, 'resource-deleted', 'Other').when?.parameters, { A: 'prod' })
  const broadened = compared(chosen(is('A', 'staging')), chosen(wide))
  assert.deepEqual(told(broadened), ['minor resource-created Other'])
  const output = (condition: Json): Document => ({
    ...chosen(condition),
    Resources: { Bucket: fixed() },
    Outputs: { Name: { Condition: 'E', Value: { Ref: 'Bucket' }, Export: { Name: 'name' } } },
  })
  const lost = compared(output(wide), output(is('A', 'staging')))
  assert.deepEqual(told(lost), ['major output-lost Name', 'major export-lost Name'])
})

test('a parameter is given what is not its default wherever a part that differs names it', () => {
  const named = (BucketName: Json, Mappings: JsonObject = {}): Document =>
    template({ Bucket: fixed({ BucketName }) }, { Parameters: { Stage: { Type: 'String', Default: 'dev' } }, Mappings })
  const literal = compared(named({ 'Fn::Sub': `users-\${Stage}` }), named('users-dev'))
  assert.deepEqual(Object.keys(changeOf(literal, 'resource-replaced').when?.parameters ?? {}), ['Stage'])
  const looked = { 'Fn::FindInMap': ['Names', { Ref: 'Stage' }, 'name'] }
  const map = (name: string) => ({ Names: { dev: { name: 'a' }, prod: { name } } })
  const mapped = compared(named(looked, map('b')), named(looked, map('c')))
  assert.deepEqual(changeOf(mapped, 'resource-replaced').when?.parameters, { Stage: 'prod' })
  const more = { Names: { ...map('b').Names, qa: { name: 'q' } } }
  assert.deepEqual(told(compared(named(looked, map('b')), named(looked, more))), ['patch text'])
})

test('each region that is named is looked at, one that is not, and accounts and stacks of any name', () => {
  const only = compared(chosen(always), chosen({ 'Fn::Not': [is('AWS::Region', 'ap-southeast-2')] }))
  assert.equal(changeOf(only, 'resource-deleted', 'Other').when?.region, 'ap-southeast-2')
  const usual = compared(chosen(always), chosen({ 'Fn::Not': [is('AWS::Region', 'us-east-1')] }))
  assert.equal(changeOf(usual, 'resource-deleted', 'Other').when?.region, 'us-east-1')
  const others = compared(chosen(always), chosen(is('AWS::Region', 'us-east-1')))
  assert.match(changeOf(others, 'resource-deleted', 'Other').when?.region ?? '', /^us-east-2$/)
  const image = (eu: string): Document =>
    template(
      { Bucket: fixed({ BucketName: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'name'] } }) },
      { Mappings: { M: { 'us-east-1': { name: 'a' }, 'eu-west-1': { name: eu } } } },
    )
  assert.equal(changeOf(compared(image('b'), image('c')), 'resource-replaced').when?.region, 'eu-west-1')
  const account = compared(chosen(always), chosen({ 'Fn::Not': [is('AWS::AccountId', '999999999999')] }))
  assert.match(changeOf(account, 'resource-deleted', 'Other').message, /AWS::AccountId is '999999999999'/)
  const bucket = (BucketName: Json) => template({ Bucket: fixed({ BucketName }) })
  const inAccount = compared(bucket('x-123456789012'), bucket({ 'Fn::Sub': `x-\${AWS::AccountId}` }))
  assert.deepEqual(told(inAccount), ['major resource-may-be-replaced Bucket'])
})

test('a condition for which no values are found may hold or not', () => {
  for (const condition of [
    { 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'List' }] }, 'xy'] },
    { 'Fn::Equals': [{ 'Fn::Select': ['0', { Ref: 'List' }] }, 'x'] },
  ]) {
    assert.deepEqual(told(compared(chosen(condition), chosen({ 'Fn::Not': [always] }))), [
      'major resource-deleted Other',
    ])
    assert.deepEqual(told(compared(chosen(always), chosen(condition)))[0], 'major resource-deleted Other')
    const twice = { 'Fn::And': [condition, condition] }
    assert.deepEqual(told(compared(chosen(condition), chosen(twice))), ['patch text'])
  }
})

test('what chooses by values says the same as the value, and nothing is told of it', () => {
  const stages = { Parameters: { Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] } } }
  const Conditions = { IsProd: is('Stage', 'prod') }
  const named = (BucketName: Json) => template({ Bucket: fixed({ BucketName }) }, { ...stages, Conditions })
  const choice = named({ 'Fn::If': ['IsProd', 'x-prod', 'x-dev'] })
  assert.deepEqual(told(compared(choice, named({ 'Fn::Sub': `x-\${Stage}` }))), ['patch text'])
})

test('what a macro makes something of, and differs, is never the same in other words', () => {
  const extended = (document: Document): Document => {
    const text = JSON.stringify({ Transform: 'AWS::LanguageExtensions', ...document })
    const other: Document = JSON.parse(text)
    return other
  }
  const loop = (items: readonly string[]) =>
    extended(template({ Bucket: fixed(), 'Fn::ForEach::All': ['Item', items, { [`B\${Item}`]: fixed() }] }))
  assert.deepEqual(told(compared(loop(['a', 'b']), loop(['a']))), ['major not-compared Fn::ForEach::All'])
  const included = (Location: string) =>
    template({
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location } } },
      },
    })
  const changed = told(compared(included('s3://a/b'), included('s3://a/c')))
  assert.equal(changed[0], 'major resource-may-be-replaced Bucket')
  const policy = (document: Document, DeletionPolicy: Json): Document =>
    extended({ ...document, Resources: { Bucket: fixed({}, { DeletionPolicy }) } })
  const base = chosen(is('A', 'dev'))
  const less = compared(policy(base, { 'Fn::If': ['E', 'Retain', 'Delete'] }), policy(base, 'Delete'))
  assert.match(changeOf(less, 'deletion-policy', 'Bucket').message, /keep less.*A is 'dev'/)
  assert.equal(less.verdict, 'major')
})

test('a rule that cannot be decided may refuse what stands', () => {
  const subnets = { Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' } }
  const ruled = (Rules: JsonObject) => template({ Bucket: fixed() }, { Parameters: subnets, Rules })
  const Assert = { 'Fn::EachMemberEquals': [{ 'Fn::ValueOf': ['Subnets', 'VpcId'] }, 'vpc-1'] }
  const added = compared(ruled({}), ruled({ One: { Assertions: [{ Assert }] } }))
  assert.match(changeOf(added, 'rule-refuses', 'One').message, /may refuse/)
  const again = ruled({ One: { Assertions: [{ Assert, AssertDescription: 'Otherwise' }] } })
  assert.deepEqual(told(compared(ruled({ One: { Assertions: [{ Assert }] } }), again)), ['patch text'])
})

test('a value that must be given in any case is told where it decides', () => {
  const required = (text: string) => ({ ...chosen(is('A', text)), Parameters: { A: { Type: 'String' } } })
  const comparison = compared(required('zeta'), required('eta'))
  assert.deepEqual(changeOf(comparison, 'resource-deleted', 'Other').when?.parameters, { A: 'zeta' })
  assert.deepEqual(changeOf(comparison, 'resource-created', 'Other').when?.parameters, { A: 'eta' })
})

test('all conditions of identity-pool under other names change no stack, and that is soon known', () => {
  const text = JSON.stringify(pool)
    .replaceAll(/"Fn::If":\["(\w+)"/g, '"Fn::If":["$1Too"')
    .replaceAll(/"Condition":"(\w+)"/g, '"Condition":"$1Too"')
  const Conditions = Object.fromEntries(
    Object.entries(JSON.parse(text).Conditions).map(([name, condition]) => [`${name}Too`, condition]),
  )
  const other: Document = { ...JSON.parse(text), Conditions }
  const start = performance.now()
  assert.deepEqual(told(compared(pool, other)), ['patch text'])
  assert.ok(performance.now() - start < 10_000, 'it takes more than ten seconds')
})
