/**
 * What compat says that an update does is what the emulator does: which resources keep their physical IDs, and which get
 * others, come or go.
 *
 * What this does not prove, since MiniStack does not do it: that a second role attachment of a pool, or a custom-named
 * resource that is to be replaced under its name, fails with AlreadyExists; that another type under a logical ID is
 * refused; that UpdateReplacePolicy keeps what is replaced.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation'
import { capabilities } from '../../src/build/manifest.ts'
import { registryIn } from '../../src/cli/compat.ts'
import { compare } from '../../src/compat/compare.ts'
import type { Template } from '../../src/compat/sides.ts'
import { type Document, isObject, type Json, type JsonObject, member } from '../../src/document.ts'
import { environmentOf, live, run } from './emulator.ts'
import { readTemplate } from './template.ts'
import { admin, deploy, present, resources } from './world.ts'

const registry = registryIn('schemas')

function side(document: Document): Template {
  return { document, text: JSON.stringify(document), capabilities: capabilities(document) }
}

/** What is said of each resource: `kept` where its physical ID stays. */
type Fate = 'kept' | 'replaced' | 'gone' | 'made'

/** As compat says it. */
function foretold(
  old: Document,
  fresh: Document,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, Fate>> {
  const fates = new Map<string, Fate>()
  const stack = {
    place: { region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com' },
    ...{ accountId: '000000000000', stackName: 'a', stackId: 'a', parameters, given: {}, physicalIds: {} },
  }
  const { changes } = compare(side(old), side(fresh), registry, stack)
  for (const { code, subject, message } of changes) {
    if (code === 'resource-replaced') fates.set(subject, 'replaced')
    if (code === 'resource-created') fates.set(subject, 'made')
    if (code === 'resource-deleted' || code === 'resource-orphaned') fates.set(subject, 'gone')
    if (code === 'resource-renamed') {
      fates.set(subject, 'made')
      fates.set(/^is (\w+)/.exec(message)?.[1] ?? '', 'gone')
    }
  }
  return Object.fromEntries(fates)
}

/** As the emulator does it. */
function happened(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, Fate>> {
  return Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(
      (id): readonly (readonly [string, Fate])[] => {
        const [was, is] = [before[id], after[id]]
        if (was === is) return []
        return [[id, was === undefined ? 'made' : is === undefined ? 'gone' : 'replaced']]
      },
    ),
  )
}

const topic = (Properties: JsonObject): JsonObject => ({ Type: 'AWS::SNS::Topic', Properties })
const role = (Properties: JsonObject): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    ...Properties,
  },
})

const plain = (Resources: JsonObject, rest: Omit<Document, 'Resources'> = {}): Document => ({ ...rest, Resources })

const table = (TableName: string, BillingMode: string): JsonObject => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    ...{ TableName, BillingMode },
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
    ...(BillingMode === 'PROVISIONED'
      ? { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }
      : {}),
  },
})

const group = (LogGroupName: string, RetentionInDays: number): JsonObject => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName, RetentionInDays },
})

const chosen = (value: string, text: Json): Document =>
  plain(
    { Topic: { ...topic({ TopicName: text }), Condition: 'On' }, Other: topic({}) },
    {
      Parameters: { Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] } },
      Conditions: { On: { 'Fn::Equals': [{ Ref: 'Stage' }, value] } },
    },
  )

/** A change, the stack's parameters, and what becomes of the physical IDs. */
type Update = readonly [
  name: string,
  old: Document,
  fresh: Document,
  fates: Readonly<Record<string, Fate>>,
  parameters?: Readonly<Record<string, string>>,
]

const updates: readonly Update[] = [
  [
    'another display name',
    plain({ Topic: topic({ TopicName: 'a', DisplayName: 'a' }) }),
    plain({ Topic: topic({ TopicName: 'a', DisplayName: 'b' }) }),
    {},
  ],
  [
    'another name of a topic',
    plain({ Topic: topic({ TopicName: 'a' }) }),
    plain({ Topic: topic({ TopicName: 'b' }) }),
    { Topic: 'replaced' },
  ],
  [
    'another name of a queue',
    plain({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a' } } }),
    plain({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'b' } } }),
    { Queue: 'replaced' },
  ],
  [
    'another timeout of a queue',
    plain({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a', DelaySeconds: 1 } } }),
    plain({ Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a', DelaySeconds: '2' } } }),
    {},
  ],
  [
    'another path of a role',
    plain({ Role: role({ Path: '/a/' }) }),
    plain({ Role: role({ Path: '/b/' }) }),
    { Role: 'replaced' },
  ],
  [
    'another description of a role',
    plain({ Role: role({ Description: 'a' }) }),
    plain({ Role: role({ Description: 'b' }) }),
    {},
  ],
  [
    'another name of a table',
    plain({ Table: table('a', 'PAY_PER_REQUEST') }),
    plain({ Table: table('b', 'PAY_PER_REQUEST') }),
    { Table: 'replaced' },
  ],
  [
    'another name of a log group',
    plain({ Group: group('/a', 1) }),
    plain({ Group: group('/b', 1) }),
    { Group: 'replaced' },
  ],
  ['another retention of a log group', plain({ Group: group('/a', 1) }), plain({ Group: group('/a', 3) }), {}],
  [
    'another name of a bucket',
    plain({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'aaa-1' } } }),
    plain({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bbb-1' } } }),
    { Bucket: 'replaced' },
  ],
  [
    'a resource more',
    plain({ Topic: topic({}) }),
    plain({ Topic: topic({}), Other: topic({ TopicName: 'b' }) }),
    { Other: 'made' },
  ],
  ['a resource less', plain({ Topic: topic({}), Other: topic({}) }), plain({ Topic: topic({}) }), { Other: 'gone' }],
  [
    'another logical ID',
    plain({ Topic: topic({}), Other: topic({ DisplayName: 'x' }) }),
    plain({ Topic: topic({}), Third: topic({ DisplayName: 'x' }) }),
    { Other: 'gone', Third: 'made' },
  ],
  ['a name that only another stage changes', chosen('dev', { 'Fn::Sub': `a-\${Stage}` }), chosen('dev', 'a-dev'), {}],
  ['a condition that holds no more', chosen('prod', 'a'), chosen('dev', 'a'), { Topic: 'gone' }, { Stage: 'prod' }],
  ['a condition that holds from now on', chosen('prod', 'a'), chosen('dev', 'a'), { Topic: 'made' }, { Stage: 'dev' }],
]

for (const [name, old, fresh, fates, parameters = {}] of updates) {
  test(`what ${name} does is foretold`, () => {
    assert.deepEqual(foretold(old, fresh, parameters), fates)
  })
  live(`what ${name} does is what is foretold`, async () => {
    await deploy('stack', JSON.stringify(old), parameters)
    const before = await resources('stack')
    await deploy('stack', JSON.stringify(fresh), parameters)
    assert.deepEqual(happened(before, await resources('stack')), fates)
  })
}

/** With something else at a path of the built identity-pool. */
const spoiled = (change: (resources: JsonObject) => JsonObject): Document => {
  const document = readTemplate('identity-pool')
  return { ...document, Resources: change(document.Resources) }
}

const withProperty = (resources: JsonObject, id: string, name: string, value: Json): JsonObject => {
  const resource = member(resources, id)
  assert.ok(isObject(resource), `${id} is a resource`)
  const properties = isObject(resource['Properties']) ? resource['Properties'] : {}
  return { ...resources, [id]: { ...resource, Properties: { ...properties, [name]: value } } }
}

live('an identity pool keeps its ID through all that is foretold to be in place', async () => {
  const old = readTemplate('identity-pool')
  const parameters = { DeveloperProviderName: 'login.notes.app', AllowGuests: 'false' }
  await deploy('pool', JSON.stringify(old), parameters)
  const before = await resources('pool')
  const fresh = spoiled(resources => {
    const named = withProperty(resources, 'IdentityPool', 'IdentityPoolName', 'another')
    return withProperty(named, 'AuthenticatedRole', 'Description', 'Others')
  })
  assert.deepEqual(foretold(old, fresh, parameters), {})
  await deploy('pool', JSON.stringify(fresh), parameters)
  assert.deepEqual(await resources('pool'), before)
})

live('of a stack that stands is told what becomes of it, by its own IDs', async () => {
  const parameters = { DeveloperProviderName: 'login.notes.app', AllowGuests: 'true' }
  await deploy('pool', JSON.stringify(readTemplate('identity-pool')), parameters)
  const { UnauthenticatedRole } = await resources('pool')
  const compat = (...args: readonly string[]) =>
    run(
      process.execPath,
      ['lib/cli.cjs', 'compat', 'stack:pool', 'dist/identity-pool.yaml', '--region', 'us-east-1', ...args],
      environmentOf({ accessKeyId: 'test', secretAccessKey: 'test' }),
    )
  const same = await compat()
  assert.equal(same.status, 0, same.stderr)
  const without = await compat('--param', 'AllowGuests=false', '--fail-on', 'major')
  assert.equal(without.status, 1, without.stderr)
  assert.match(without.stdout, new RegExp(`UnauthenticatedRole .* is deleted \\(${present(UnauthenticatedRole)}\\)`))
  await deploy('pool', JSON.stringify(readTemplate('identity-pool')), { ...parameters, AllowGuests: 'false' })
  assert.equal((await resources('pool'))['UnauthenticatedRole'], undefined)
  const missing = await run(
    process.execPath,
    ['lib/cli.cjs', 'compat', 'stack:nowhere', 'dist/identity-pool.yaml', '--region', 'us-east-1'],
    environmentOf({ accessKeyId: 'test', secretAccessKey: 'test' }),
  )
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /^error: .*nowhere.*\n {2}\w/m)
})

live('an export that a stack imports cannot be taken away, as is foretold', async () => {
  const exported = (Outputs: JsonObject): Document => plain({ Topic: topic({ TopicName: 'a' }) }, { Outputs })
  const old = exported({ Arn: { Value: { Ref: 'Topic' }, Export: { Name: 'topic' } } })
  const fresh = exported({ Arn: { Value: { Ref: 'Topic' } } })
  const codes = compare(side(old), side(fresh), registry).changes.map(({ code }) => code)
  assert.deepEqual(codes, ['export-lost'])
  await deploy('exporter', JSON.stringify(old))
  await deploy('importer', JSON.stringify(plain({ Other: topic({ DisplayName: { 'Fn::ImportValue': 'topic' } }) })))
  const update = admin.cloudFormation.send(
    new UpdateStackCommand({ StackName: 'exporter', TemplateBody: JSON.stringify(fresh) }),
  )
  await assert.rejects(
    update.then(() => deploy('exporter', JSON.stringify(fresh))),
    /./,
  )
})
