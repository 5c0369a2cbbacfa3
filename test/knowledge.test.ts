import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Json, JsonObject } from '../src/document.ts'
import { ajvVersion, readKnowledge } from '../src/knowledge/index.ts'
import { readService } from '../src/knowledge/schemas.ts'
import { compileValidator } from '../src/knowledge/validator.ts'

const assets = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'poolform-knowledge-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

const knowledge = readKnowledge({
  assets,
  cacheFolder: undefined,
  engine: 'test',
  loadCompiler: () => compileValidator,
})

function factsOf(type: string) {
  const facts = knowledge.resourceType(type)
  assert(facts, type)
  return facts
}

/** As `path: message; help`. */
function complaints(type: string, properties: Json): string[] {
  return factsOf(type)
    .complaints(properties)
    .map(({ path, message, help }) => `${path.join('.')}: ${message}; ${help}`)
}

const pool = { AllowUnauthenticatedIdentities: false }
const poolType = 'AWS::Cognito::IdentityPool'
const attachmentType = 'AWS::Cognito::IdentityPoolRoleAttachment'

// --- Types and attributes ------------------------------------------------------------------------------------------

test('every resource type is known by its name, and no other name is', () => {
  assert.equal(knowledge.resourceTypeNames().length, 1884)
  for (const type of [poolType, 'AWS::IAM::Role', 'AWS::S3::Bucket', 'Alexa::ASK::Skill']) {
    assert(knowledge.resourceTypeNames().includes(type), type)
    factsOf(type)
  }
  for (const type of [
    'AWS::Cognito::IdentityPol',
    'AWS::Cognito',
    'aws::s3::bucket',
    'My::Own::Type',
    '',
    'Custom::',
  ]) {
    assert.equal(knowledge.resourceType(type), undefined, type)
  }
  // the types of a transform are not CloudFormation's
  assert.equal(knowledge.resourceType('AWS::Serverless::Function'), undefined)
})

test('GetAtt takes the attributes that a type has, nested ones by their path', () => {
  assert.deepEqual(factsOf(poolType).attributes, ['Id', 'Name'])
  const takes = (type: string, name: string) => factsOf(type).hasAttribute(name)
  assert(takes(poolType, 'Name'))
  assert(!takes(poolType, 'Arn'))
  assert(!takes(poolType, 'name'))
  assert(takes('AWS::IAM::Role', 'Arn'))
  assert(takes('AWS::RDS::DBInstance', 'Endpoint.Address'))
  assert(!takes('AWS::RDS::DBInstance', 'Endpoint'))
  assert(takes('AWS::Cognito::UserPool', 'ProviderName'))
})

test('GetAtt takes any output of a nested stack and anything of a custom resource', () => {
  const stack = factsOf('AWS::CloudFormation::Stack')
  assert(stack.hasAttribute('Outputs.BucketName'))
  assert(!stack.hasAttribute('Outputs.'))
  assert(!stack.hasAttribute('OutputsXBucketName'))
  assert(!stack.hasAttribute('BucketName'))
  assert.deepEqual(stack.attributes, [])
  for (const type of ['Custom::Certificate', 'AWS::CloudFormation::CustomResource']) {
    assert(factsOf(type).hasAttribute('Whatever'), type)
  }
})

test('what replaces a resource is known: nothing ever replaces an identity pool', () => {
  const types = readService(join(assets, 'schemas'), 'cognito')
  assert.equal(types[poolType]?.createOnly, undefined)
  assert.deepEqual(types[poolType]?.readOnly, ['Id', 'Name'])
  assert.deepEqual(types[poolType]?.writeOnly, ['PushSync', 'CognitoStreams', 'CognitoEvents'])
  assert.equal(types[poolType]?.tags, 'IdentityPoolTags')
  assert.deepEqual(types[attachmentType]?.createOnly, ['IdentityPoolId'])
  assert.deepEqual(types[attachmentType]?.permissions['delete'], [
    'cognito-identity:GetIdentityPoolRoles',
    'cognito-identity:SetIdentityPoolRoles',
  ])
})

// --- Complaints ----------------------------------------------------------------------------------------------------

test('properties that hold draw no complaint', () => {
  assert.deepEqual(complaints(poolType, pool), [])
  const mapping = { Type: 'Token', AmbiguousRoleResolution: 'Deny', IdentityProvider: 'graph.facebook.com' }
  assert.deepEqual(complaints(attachmentType, { IdentityPoolId: 'x', RoleMappings: { facebook: mapping } }), [])
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
  const policy = { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }
  assert.deepEqual(complaints('AWS::IAM::Role', { AssumeRolePolicyDocument: '{}', Policies: [policy] }), [])
  assert.deepEqual(complaints('AWS::IAM::ManagedPolicy', { PolicyDocument: policy.PolicyDocument }), [])
  assert.deepEqual(complaints('Custom::Thing', { ServiceToken: 'arn', Anything: [1, { at: true }] }), [])
})

test('a complaint says where, what, and the way out', () => {
  const given: [type: string, properties: Json, ...complaints: string[]][] = [
    [poolType, {}, ': lacks AllowUnauthenticatedIdentities; Add AllowUnauthenticatedIdentities'],
    [
      poolType,
      { ...pool, AllowClasicFlow: true },
      'AllowClasicFlow: is no property that this takes; Write AllowClassicFlow',
    ],
    [poolType, { ...pool, Id: 'x' }, 'Id: is set by AWS alone; Leave out Id'],
    [
      poolType,
      { ...pool, CognitoIdentityProviders: [{ ClientId: 'a', ProvderName: 'b' }] },
      'CognitoIdentityProviders.0: lacks ProviderName; Add ProviderName',
      'CognitoIdentityProviders.0.ProvderName: is no property that this takes; Write ProviderName',
    ],
    [
      poolType,
      { AllowUnauthenticatedIdentities: 'yes' },
      "AllowUnauthenticatedIdentities: is 'yes', where true or false is expected; Write true or false",
    ],
    [
      poolType,
      { ...pool, IdentityPoolName: 'yes!' },
      "IdentityPoolName: 'yes!' does not match the pattern ^[\\w\\s+=,.@-]+$; Write text that matches the pattern",
    ],
    [
      poolType,
      { ...pool, SamlProviderARNs: ['short', { Ref: 'Arn' }] },
      'SamlProviderARNs.0: has 5 characters; Write 20 characters at least',
    ],
    [
      poolType,
      { ...pool, SamlProviderARNs: 'arn:aws:iam::123456789012:saml-provider/x' },
      "SamlProviderARNs: is 'arn:aws:iam::123456789012:saml-provider/x', where a list is expected; Write a list",
    ],
    [
      attachmentType,
      { IdentityPoolId: 'x', RoleMappings: { a: { Type: 'Tokn' } } },
      "RoleMappings.a.Type: 'Tokn' is not among the values that this takes; Write Token, or else Rules",
    ],
    [
      attachmentType,
      { IdentityPoolId: 'x', Roles: { authenticted: 'arn' } },
      'Roles.authenticted: is no property that this takes; Write authenticated',
    ],
    [
      'AWS::IAM::Role',
      { AssumeRolePolicyDocument: {}, MaxSessionDuration: '60' },
      "MaxSessionDuration: '60' is too small; Write a number of at least 3600",
    ],
    [
      'AWS::Lambda::Function',
      { Code: {}, Role: { Ref: 'Arn' }, Environment: { Variables: { _: 'x' } } },
      'Environment.Variables._: has a name that this does not take; Write a name that matches [a-zA-Z][a-zA-Z0-9_]+',
    ],
    [
      'AWS::EC2::Instance',
      { SubnetId: 'subnet-1', NetworkInterfaces: { Ref: 'X' } },
      ': has NetworkInterfaces and SubnetId, which exclude each other; Leave all but one of them out',
    ],
    ['AWS::Events::Rule', {}, ': has none of EventPattern, ScheduleExpression; Add EventPattern or ScheduleExpression'],
    [
      'AWS::AmazonMQ::Broker',
      { BrokerName: 'b', DeploymentMode: 'SINGLE_INSTANCE', EngineType: 'ACTIVE', HostInstanceType: 'x' },
      ': lacks PubliclyAccessible; Add PubliclyAccessible',
      "EngineType: 'ACTIVE' is not among the values that this takes; Write ACTIVEMQ, or else RABBITMQ",
    ],
  ]
  for (const [type, properties, ...expected] of given) assert.deepEqual(complaints(type, properties), expected)
})

test('of a choice only the branch is reported that was meant', () => {
  const form = (Position: Json) => {
    const rest = { DataType: { DataSourceType: 'Custom', DataTypeName: 'x' }, FormActionType: 'create', Name: 'f' }
    const fields = { Fields: { name: { Position } }, SchemaVersion: '1', SectionalElements: {}, Style: {} }
    return complaints('AWS::AmplifyUIBuilder::Form', { ...rest, ...fields })
  }
  const place = 'Fields.name.Position'
  assert.deepEqual(form({ Below: 'other' }), [])
  assert.deepEqual(form({ Ref: 'Position' }), [])
  assert.deepEqual(form({ Below: ['other'] }), [`${place}.Below: is a list, where text is expected; Write text`])
  assert.deepEqual(form('first'), [`${place}: is 'first', where an object is expected; Write an object`])
})

test('of properties that exclude each other, or of which one is needed, all are named', () => {
  const group = (more: JsonObject) =>
    complaints('AWS::AutoScaling::AutoScalingGroup', { MinSize: '1', MaxSize: '1', ...more })
  assert.deepEqual(group({ LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } }), [])
  assert.deepEqual(group({}), [
    ': has none of InstanceId, LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy; ' +
      'Add InstanceId or LaunchConfigurationName or LaunchTemplate or MixedInstancesPolicy',
  ])
  assert.deepEqual(group({ LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'name', Version: '1' } }), [
    'LaunchTemplate: has LaunchTemplateId and LaunchTemplateName, which exclude each other; ' +
      'Leave all but one of them out',
  ])
})

test('a property that AWS alone sets is told from one that is misspelt, also in a list', () => {
  const subscription = { Frequency: 'DAILY', MonitorArnList: [], SubscriptionName: 's', Threshold: 1 }
  const subscribers = [{ Address: 'a@example.com', Type: 'EMAIL', Status: 'CONFIRMED' }]
  assert.deepEqual(complaints('AWS::CE::AnomalySubscription', { ...subscription, Subscribers: subscribers }), [
    'Subscribers.0.Status: is set by AWS alone; Leave out Status',
  ])
})

test('an intrinsic function may stand for any value, a list, an item, a map, an entry', () => {
  const ref = { Ref: 'X' }
  const properties = [
    { ...pool, AllowUnauthenticatedIdentities: ref, IdentityPoolName: { 'Fn::Sub': 'a!' } },
    { ...pool, SamlProviderARNs: { 'Fn::Split': [',', ref] } },
    { ...pool, SamlProviderARNs: [ref, { 'Fn::GetAtt': ['A', 'B'] }] },
    { ...pool, CognitoIdentityProviders: [ref, { ClientId: ref, ProviderName: { 'Fn::If': ['C', 'a b', ref] } }] },
    { ...pool, SupportedLoginProviders: { 'graph.facebook.com': ref } },
    { ...pool, IdentityPoolName: '{{resolve:ssm:/name}}', SamlProviderARNs: ['{{resolve:ssm:a}}'] },
  ]
  for (const given of properties) assert.deepEqual(complaints(poolType, given), [], JSON.stringify(given))
  assert.deepEqual(complaints(attachmentType, { IdentityPoolId: ref, RoleMappings: ref, Roles: ref }), [])
  assert.deepEqual(complaints(attachmentType, { IdentityPoolId: ref, RoleMappings: { a: { Type: ref } } }), [])
  // what only looks like one may not
  for (const Name of [{ Ref: 'X', Else: 'Y' }, { 'Fn:Sub': 'x' }, { ref: 'X' }]) {
    assert.equal(complaints(poolType, { ...pool, IdentityPoolName: Name }).length, 1, JSON.stringify(Name))
  }
})

test('an intrinsic function decides nothing that depends on a value', () => {
  const role = { Engine: { Ref: 'Engine' }, MasterUsername: 'admin' }
  assert.deepEqual(complaints('AWS::RDS::DBCluster', role), [])
  assert.equal(complaints('AWS::RDS::DBCluster', { ...role, Engine: 'aurora-postgresql' }).length, 1)
})

test('scalars are converted as CloudFormation converts them', () => {
  const role = { AssumeRolePolicyDocument: {} }
  assert.deepEqual(complaints(poolType, { AllowUnauthenticatedIdentities: 'true' }), [])
  assert.deepEqual(complaints('AWS::IAM::Role', { ...role, MaxSessionDuration: '3600', RoleName: 12 }), [])
  assert.equal(complaints('AWS::IAM::Role', { ...role, MaxSessionDuration: '1h' }).length, 1)
  assert.equal(complaints('AWS::IAM::Role', { ...role, MaxSessionDuration: '' }).length, 1)
  assert.equal(complaints('AWS::IAM::Role', { ...role, MaxSessionDuration: true }).length, 1)
  assert.equal(complaints('AWS::IAM::Role', { ...role, RoleName: null }).length, 1)
  assert.equal(complaints(poolType, { AllowUnauthenticatedIdentities: 1 }).length, 1)
})

test('the biggest types, and all of Cognito, IAM, S3 and CloudFormation, have validators that work', () => {
  const services = ['AWS::Cognito::', 'AWS::IAM::', 'AWS::S3::', 'AWS::CloudFormation::']
  const types = knowledge.resourceTypeNames().filter(type => services.some(service => type.startsWith(service)))
  assert(types.length > 60)
  for (const type of [...types, 'AWS::QuickSight::Dashboard', 'AWS::WAFv2::WebACL', 'AWS::DynamoDB::GlobalTable']) {
    const takesAnything = /CustomResource$/.test(type)
    const found = complaints(type, { NoSuchProperty: 1 })
    assert.equal(
      found.some(complaint => complaint.startsWith('NoSuchProperty: is no property')),
      !takesAnything,
      type,
    )
  }
})

// --- Kept validators -----------------------------------------------------------------------------------------------

/** Complains about a pool through a cache, and counts how often ajv was needed. */
function complainThrough(cacheFolder: string | undefined, engine = 'one') {
  let compiled = 0
  const { resourceType } = readKnowledge({
    assets,
    cacheFolder,
    engine,
    loadCompiler: () => {
      compiled += 1
      return compileValidator
    },
  })
  const found = resourceType(poolType)?.complaints({ ...pool, IdentityPoolName: '!' })
  assert.equal(found?.length, 1)
  return compiled
}

function kept(folder: string): string[] {
  return readdirSync(join(folder, 'validators')).map(name => join(folder, 'validators', name))
}

test('a validator is compiled once and kept', () => {
  const folder = join(scratch, 'kept')
  assert.equal(complainThrough(folder), 1)
  assert.equal(complainThrough(folder), 0)
  assert.equal(complainThrough(folder, 'another build'), 1)
  assert.equal(complainThrough(folder), 0)
  assert.equal(kept(folder).length, 2)
})

test('a kept validator that was cut short or changed is made anew', () => {
  const folder = join(scratch, 'spoilt')
  assert.equal(complainThrough(folder), 1)
  const [file = ''] = kept(folder)
  const whole = readFileSync(file, 'utf8')
  const spoilt = [
    '',
    whole.slice(0, 10),
    whole.slice(0, -1),
    whole.slice(whole.indexOf('\n') + 1),
    whole.replace('errors === 0', 'errors !== 0'),
    `${whole} `,
    whole.replace(/^.*\n/, '// sha256 \n'),
  ]
  for (const text of spoilt) {
    writeFileSync(file, text)
    assert.equal(complainThrough(folder), 1)
    assert.equal(readFileSync(file, 'utf8'), whole)
  }
})

test('a kept validator that has changed places, or is none, is made anew', () => {
  const folder = join(scratch, 'swapped')
  assert.equal(complainThrough(folder), 1)
  assert.equal(complainThrough(folder, 'another build'), 1)
  const [one = '', other = ''] = kept(folder)
  writeFileSync(one, readFileSync(other))
  assert.equal(complainThrough(folder) + complainThrough(folder, 'another build'), 1)
  const key = one.replace(/^.*-|\.cjs$/g, '')
  for (const code of ['throw new Error()', 'module.exports = 1', 'syntax error']) {
    const digest = createHash('sha256').update(`${key}\n${code}`).digest('hex')
    writeFileSync(one, `// sha256 ${digest}\n${code}`)
    assert.equal(complainThrough(folder) + complainThrough(folder, 'another build'), 1, code)
  }
})

test('without a folder that can be written to every run compiles', () => {
  assert.equal(complainThrough(undefined), 1)
  const file = join(scratch, 'a file')
  writeFileSync(file, '')
  assert.equal(complainThrough(file), 1)
})

test('the version of ajv in the key is that of the installed ajv', () => {
  const { version } = createRequire(import.meta.url)('ajv/package.json')
  assert.equal(ajvVersion, version)
})

// --- IAM -----------------------------------------------------------------------------------------------------------

test('the actions of a service are known, spelt as its reference spells them', () => {
  const actions = knowledge.actions('s3')
  assert(actions?.includes('GetObject'))
  assert(!actions?.includes('GetObjectz'))
  assert(!actions?.includes('getobject'))
  assert.deepEqual(knowledge.actions('S3'), actions)
  assert(knowledge.actions('execute-api')?.includes('Invoke'))
  assert(knowledge.actions('cognito-identity')?.includes('GetCredentialsForIdentity'))
  for (const service of ['s', 's33', '', 'GetObject']) assert.equal(knowledge.actions(service), undefined, service)
  assert.equal(knowledge.services().length, 456)
  assert(knowledge.services().includes('sts'))
})
