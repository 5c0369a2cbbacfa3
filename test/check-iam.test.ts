import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { globalKeys } from '../src/check/condition-keys.ts'
import { checkGuests } from '../src/check/guests.ts'
import { checkIam } from '../src/check/iam.ts'
import { checkQuotas, checkTemplateSize } from '../src/check/quotas.ts'
import { checkRules } from '../src/check/rules.ts'
import type { Diagnostic } from '../src/diagnostic.ts'
import { type Document, formatPath, isObject, type Json, type JsonObject, type Section } from '../src/document.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { link } from '../src/link.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'

const knowledge = readKnowledge({
  assets: '.',
  cacheFolder: undefined,
  engine: 'test',
  loadCompiler: () => assert.fail('these rules read no schema'),
})

function check(document: Document): readonly Diagnostic[] {
  return [
    ...checkIam(document, knowledge),
    ...checkGuests(document, knowledge),
    ...checkRules(document),
    ...checkQuotas(document),
  ]
}

/** Code and place of everything that is found. */
function found(document: Document): readonly string[] {
  return check(document).map(({ code, path }) => `${code} ${formatPath(path)}`)
}

type Rest = Partial<Omit<Document, 'Resources'>>

function template(Resources: Section, rest: Rest = {}): Document {
  return { AWSTemplateFormatVersion: '2010-09-09', ...rest, Resources }
}

function policyOf(...statements: readonly Json[]): JsonObject {
  return { Version: '2012-10-17', Statement: statements }
}

/** A template whose only resource is a managed policy. */
function managed(PolicyDocument: Json, rest: Rest = {}): Document {
  return template({ Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } } }, rest)
}

/** A template whose only resource is a role with a trust policy. */
function trusting(AssumeRolePolicyDocument: Json, rest: Rest = {}): Document {
  return template({ Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument } } }, rest)
}

const conditions: Rest = {
  Parameters: { Stage: { Type: 'String' }, Other: { Type: 'String' } },
  Conditions: {
    A: { 'Fn::Equals': [{ Ref: 'Stage' }, 'a'] },
    B: { 'Fn::Equals': [{ Ref: 'Stage' }, 'b'] },
    NotA: { 'Fn::Not': [{ Condition: 'A' }] },
    C: { 'Fn::Equals': [{ Ref: 'Other' }, 'c'] },
  },
}

function when(condition: string, whenTrue: Json, whenFalse: Json = { Ref: 'AWS::NoValue' }): JsonObject {
  return { 'Fn::If': [condition, whenTrue, whenFalse] }
}

const get = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::notes/*' }
const managedStatement = 'Resources.Policy.Properties.PolicyDocument.Statement'
const trustStatement = 'Resources.Role.Properties.AssumeRolePolicyDocument.Statement'

const host = 'cognito-identity.amazonaws.com'
const govWest = 'cognito-identity-us-gov.amazonaws.com'

function trust(of: string, pool: Json = 'us-east-1:12345678-90ab-cdef-1234-567890abcdef'): JsonObject {
  return {
    Effect: 'Allow',
    Principal: { Federated: of },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${of}:aud`]: pool },
      'ForAnyValue:StringLike': { [`${of}:amr`]: 'authenticated' },
    },
  }
}

test('the templates of this project have nothing but what they accept', () => {
  assert.deepEqual(found(link(identityPool, { id: 'identity-pool', version: '1.0.0' }).document), [])
  const { document } = link(tutorial, { id: 'identity-pool-tutorial', version: '1.0.0' })
  assert.deepEqual(
    found(document),
    tutorial.Accept?.filter(({ Code }) => !Code.startsWith('cfn-lint/')).map(({ Code, Path }) => `${Code} ${Path}`),
  )
})

test('policies that AWS documents have nothing', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_cognito-bucket.html
  const cognitoBucket = policyOf(
    {
      Sid: 'ListYourObjects',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: ['arn:aws:s3:::bucket-name'],
      Condition: { StringLike: { 's3:prefix': ['cognito/application-name/${cognito-identity.amazonaws.com:sub}/*'] } },
    },
    {
      Sid: 'ReadWriteDeleteYourObjects',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Resource: ['arn:aws:s3:::bucket-name/cognito/application-name/${cognito-identity.amazonaws.com:sub}/*'],
    },
  )
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
  const sourceIp = policyOf({
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
      Bool: { 'aws:ViaAWSService': 'false' },
    },
  })
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
  const selfManage = policyOf(
    {
      Sid: 'AllowManageOwnPasswords',
      Effect: 'Allow',
      Action: ['iam:ChangePassword', 'iam:GetUser'],
      Resource: 'arn:aws:iam::*:user/${aws:username}',
    },
    {
      Sid: 'DenyAllExceptListedIfNoMFA',
      Effect: 'Deny',
      NotAction: ['iam:CreateVirtualMFADevice', 'sts:GetSessionToken'],
      Resource: '*',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
  )
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
  const dates = policyOf({
    Effect: 'Allow',
    Action: 'sns:ListTopics',
    Resource: '*',
    Condition: {
      DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
      DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
    },
  })
  for (const policy of [cognitoBucket, sourceIp, selfManage, dates]) assert.deepEqual(found(managed(policy)), [])

  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  const delegated = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
    Action: 'kms:*',
    Resource: '*',
  }
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
  const https = {
    Sid: 'RestrictToTLSRequestsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: ['arn:aws:s3:::notes', 'arn:aws:s3:::notes/*'],
    Condition: { Bool: { 'aws:SecureTransport': false } },
  }
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
  const pull = {
    Sid: 'AllowPull',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  }
  assert.deepEqual(
    found(
      template({
        Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policyOf(delegated) } },
        Bucket: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'notes', PolicyDocument: policyOf(https) } },
        Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryPolicyText: policyOf(pull) } },
      }),
    ),
    [],
  )
})

test('a policy is found wherever a resource type holds one, in JSON text too', () => {
  const wrong = { ...get, Action: 's3:GetObjectz' }
  const action = 'PolicyDocument.Statement.0.Action'
  const resources: Readonly<Record<string, readonly [type: string, properties: JsonObject, path: string]>> = {
    Inline: ['AWS::IAM::Role', { Policies: [{ PolicyDocument: policyOf(wrong) }] }, `Policies.0.${action}`],
    Attached: ['AWS::IAM::Policy', { PolicyDocument: policyOf(wrong) }, action],
    Group: ['AWS::IAM::Group', { Policies: [{ PolicyDocument: policyOf(wrong) }] }, `Policies.0.${action}`],
    Table: [
      'AWS::DynamoDB::Table',
      { ResourcePolicy: { PolicyDocument: policyOf({ ...wrong, Principal: '*' }) } },
      `ResourcePolicy.${action}`,
    ],
    Text: ['AWS::IAM::ManagedPolicy', { PolicyDocument: JSON.stringify(policyOf(wrong)) }, action],
    Sub: ['AWS::IAM::ManagedPolicy', { PolicyDocument: { 'Fn::Sub': JSON.stringify(policyOf(wrong)) } }, action],
    Topic: [
      'AWS::SNS::TopicPolicy',
      { PolicyDocument: policyOf({ ...wrong, Principal: { Service: 's3.amazonaws.com' } }) },
      action,
    ],
  }
  for (const [id, [Type, Properties, path]] of Object.entries(resources)) {
    assert.deepEqual(found(template({ [id]: { Type, Properties } })), [
      `unknown-action Resources.${id}.Properties.${path}`,
    ])
  }
})

test('text that should be a policy and is no JSON is an error', () => {
  assert.deepEqual(found(managed('Allow everything')), ['invalid-policy Resources.Policy.Properties.PolicyDocument'])
})

test('a policy is of the version that has policy variables', () => {
  const path = 'Resources.Policy.Properties.PolicyDocument'
  assert.deepEqual(found(managed({ Version: '2008-10-17', Statement: [get] })), [`policy-version ${path}.Version`])
  assert.deepEqual(found(managed({ Statement: [get] })), [`policy-version ${path}`])
  const severity = (Resource: Json) =>
    check(managed({ Version: '2008-10-17', Statement: [{ ...get, Resource }] })).map(it => it.severity)
  assert.deepEqual(severity('arn:aws:s3:::notes/*'), ['warning'])
  assert.deepEqual(severity({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::notes/*' }), ['warning'])
  assert.deepEqual(severity('arn:aws:s3:::notes/${aws:username}/*'), ['error'])
  assert.deepEqual(severity({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::notes/${!aws:username}/*' }), ['error'])
  assert.deepEqual(found(managed({ Version: '2012-10-18', Statement: [get] })), [`policy-version ${path}.Version`])
  assert.deepEqual(found(managed({ Version: when('A', '2012-10-17'), Statement: [get] }, conditions)), [
    `policy-version ${path}`,
  ])
  assert.deepEqual(
    check(managed({ Version: when('A', '2012-10-17'), Statement: [get] }, conditions)).map(it => it.message),
    ['has no Version when A is false, so that IAM takes its policy variables for plain text'],
  )
})

test('what is no element of a policy is an error with the nearest name', () => {
  const { Effect, ...others } = get
  const [diagnostic, ...more] = check(managed(policyOf({ Efect: 'Allow', ...others })))
  assert.deepEqual(more, [])
  assert.equal(formatPath(diagnostic?.path ?? []), `${managedStatement}.0.Efect`)
  assert.equal(diagnostic?.help, 'Write Effect')
  assert.deepEqual(found(managed({ Version: '2012-10-17', Statment: [get] })), [
    'invalid-policy Resources.Policy.Properties.PolicyDocument.Statment',
  ])
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Principal: { Federatd: host } }))), [
    `invalid-policy ${trustStatement}.0.Principal.Federatd`,
  ])
})

test('a statement has one effect, actions, and the resources or principals that its kind of policy asks for', () => {
  const { Effect, Action, Resource, ...none } = get
  const wrong: Readonly<Record<string, readonly [statement: JsonObject, path: string]>> = {
    'no effect': [{ ...none, Action, Resource }, ''],
    'an effect in lower case': [{ ...get, Effect: 'allow' }, '.Effect'],
    'no action': [{ Effect, Resource }, ''],
    'both kinds of action': [{ ...get, Effect: 'Deny', NotAction: 's3:PutObject' }, '.NotAction'],
    'an empty list of actions': [{ ...get, Action: [] }, '.Action'],
    'all but some actions allowed': [{ Effect, NotAction: 's3:PutObject', Resource }, '.NotAction'],
    'no resource': [{ Effect, Action }, ''],
    'a resource that is no ARN': [{ ...get, Resource: 'notes/*' }, '.Resource'],
    'a principal in an identity’s policy': [{ ...get, Principal: '*' }, '.Principal'],
    'a list of actions in a list': [{ ...get, Action: [['s3:*']] }, '.Action.0'],
    'a number for an action': [{ ...get, Action: 7 }, '.Action'],
    'a list of resources in a list': [{ ...get, Resource: [['*']] }, '.Resource.0'],
    'a Sid with a blank': [{ ...get, Sid: 'Get notes' }, '.Sid'],
  }
  for (const [what, [statement, path]] of Object.entries(wrong)) {
    assert.deepEqual(found(managed(policyOf(statement))), [`invalid-policy ${managedStatement}.0${path}`], what)
  }
  const { Principal, ...withoutPrincipal } = trust(host)
  assert.deepEqual(found(trusting(policyOf(withoutPrincipal))), [`invalid-policy ${trustStatement}.0`])
  assert.deepEqual(found(trusting(policyOf({ ...withoutPrincipal, Principal: 'Federated' }))), [
    `invalid-policy ${trustStatement}.0.Principal`,
  ])
  assert.deepEqual(
    found(trusting(policyOf({ Effect, Action: 'sts:AssumeRole', NotPrincipal: { AWS: '111122223333' } }))),
    [`invalid-policy ${trustStatement}.0.NotPrincipal`],
  )
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Resource: '*' }))), [
    `invalid-policy ${trustStatement}.0.Resource`,
  ])
  const bucketPolicy = (statement: Json) =>
    template({
      Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'notes', PolicyDocument: policyOf(statement) } },
    })
  assert.deepEqual(found(bucketPolicy(get)), [`invalid-policy ${managedStatement}.0`])
  assert.deepEqual(found(bucketPolicy({ Effect, Action, Principal: '*' })), [`invalid-policy ${managedStatement}.0`])
})

test('elements that trade places under a condition are one element', () => {
  const { Resource } = get
  const statement = {
    Effect: 'Deny',
    Action: when('A', 's3:GetObject'),
    NotAction: when('A', { Ref: 'AWS::NoValue' }, 's3:GetObject'),
    Resource,
  }
  assert.deepEqual(found(managed(policyOf(statement), conditions)), [])
  assert.deepEqual(found(managed(policyOf({ ...statement, NotAction: when('NotA', 's3:GetObject') }), conditions)), [])
  assert.deepEqual(found(managed(policyOf({ ...statement, NotAction: when('C', 's3:GetObject') }), conditions)), [
    `invalid-policy ${managedStatement}.0.NotAction.Fn::If.1`,
  ])
  assert.deepEqual(found(managed(policyOf({ ...statement, NotAction: when('B', 's3:GetObject') }), conditions)), [
    `invalid-policy ${managedStatement}.0`,
  ])
})

test('Sids are unique among statements that can stand together', () => {
  const named = { ...get, Sid: 'Notes' }
  assert.deepEqual(found(managed(policyOf(named, named))), [`invalid-policy ${managedStatement}.1.Sid`])
  assert.deepEqual(found(managed(policyOf(when('A', named), when('NotA', named), get), conditions)), [])
  assert.deepEqual(found(managed(policyOf(when('A', named), when('C', named), get), conditions)), [
    `invalid-policy ${managedStatement}.1.Fn::If.1.Sid`,
  ])
})

test('a policy whose statements can all be gone at once is an error that says when', () => {
  const path = `invalid-policy ${managedStatement}`
  assert.deepEqual(found(managed({ Version: '2012-10-17' })), [
    'invalid-policy Resources.Policy.Properties.PolicyDocument',
  ])
  assert.deepEqual(found(managed(policyOf())), [path])
  assert.deepEqual(found(managed(policyOf(when('A', get)), conditions)), [path])
  assert.deepEqual(found(managed(policyOf(when('A', get), when('C', get)), conditions)), [path])
  assert.deepEqual(found(managed(policyOf(when('A', get), when('NotA', get)), conditions)), [])
  assert.deepEqual(found(managed(policyOf(when('A', get), get), conditions)), [])
  assert.deepEqual(found(managed({ Version: '2012-10-17', Statement: when('A', [get]) }, conditions)), [path])
  assert.deepEqual(
    check(managed(policyOf(when('A', get), when('C', get)), conditions)).map(it => it.message),
    ['has no statement when A is false and C is false, and IAM refuses a policy without one'],
  )
  const guarded = template(
    {
      Policy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Condition: 'A',
        Properties: { PolicyDocument: policyOf(when('A', get)) },
      },
    },
    conditions,
  )
  assert.deepEqual(found(guarded), [])
})

test('what a Rule of the template excludes is no way to an empty policy', () => {
  const rest: Rest = {
    ...conditions,
    Rules: {
      Chosen: {
        Assertions: [
          {
            Assert: { 'Fn::Contains': [['a', 'b'], { Ref: 'Stage' }] },
            AssertDescription: 'Stage must be a or b',
          },
        ],
      },
    },
  }
  assert.deepEqual(found(managed(policyOf(when('A', get), when('B', get)), conditions)), [
    `invalid-policy ${managedStatement}`,
  ])
  assert.deepEqual(found(managed(policyOf(when('A', get), when('B', get)), rest)), [])
})

test('an action that IAM does not have is an error with the nearest name', () => {
  const help = (Action: Json) => check(managed(policyOf({ ...get, Action }))).map(it => `${it.code}: ${it.help}`)
  assert.deepEqual(help('s3:GetObjects'), ['unknown-action: Write s3:GetObject'])
  assert.deepEqual(help('s4:GetObject'), ['unknown-action: Look the prefix up in the Service Authorization Reference'])
  assert.deepEqual(help('dynamdb:GetItem'), ['unknown-action: Write dynamodb:GetItem'])
  assert.deepEqual(help(['s3:getobject', 'S3:GetObject', 's3:Get*', 's3:Get?bject']), [])
  assert.deepEqual(help('GetObject'), ['unknown-action: Write the service before it, as in s3:GetObject'])
  assert.deepEqual(help('s3:Fetch*'), ['unknown-action: Name the actions of s3 that are meant'])
  assert.deepEqual(
    found(managed(policyOf({ ...get, Action: ['s3:GetObject', when('A', 's3:GetItem')] }), conditions)),
    [`unknown-action ${managedStatement}.0.Action.1.Fn::If.1`],
  )
  assert.deepEqual(found(managed(policyOf({ ...get, Effect: 'Deny', Action: 's3:GetItem' }))), [
    `unknown-action ${managedStatement}.0.Action`,
  ])
})

test('a wildcard that takes in a service is found at the action’s own place, in an Allow alone', () => {
  const wide = ['s3:*', 's3:GetObject', '*', 'execute-api:*', 's3:Get*', 'rum:????*']
  assert.deepEqual(found(managed(policyOf({ ...get, Action: wide }))), [
    `service-wildcard ${managedStatement}.0.Action.0`,
    `service-wildcard ${managedStatement}.0.Action.2`,
    `service-wildcard ${managedStatement}.0.Action.3`,
    `service-wildcard ${managedStatement}.0.Action.5`,
  ])
  assert.deepEqual(found(managed(policyOf({ ...get, Action: 's3:*' }))), [
    `service-wildcard ${managedStatement}.0.Action`,
  ])
  assert.deepEqual(found(managed(policyOf({ ...get, Effect: 'Deny', Action: wide }))), [])
})

const texts: Rest = {
  Parameters: {
    Wide: { Type: 'String', Default: 's3:*' },
    Chosen: { Type: 'String', AllowedValues: ['s3:GetObject', 's3:*'] },
    Narrow: { Type: 'String', AllowedValues: ['s3:GetObject', 's3:PutObject'] },
    Listed: { Type: 'CommaDelimitedList', Default: 's3:GetObject, s3:*' },
    Service: { Type: 'String', Default: 's3' },
    Sentinel: { Type: 'String', Default: 'none' },
    Any: { Type: 'String' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: 's3:*' },
    Effect: { Type: 'String', Default: 'Allow' },
    Denied: { Type: 'String', Default: 'Deny', AllowedValues: ['Deny'] },
  },
  Mappings: { Actions: { us: { Read: 's3:GetObject', All: ['s3:*', 'sqs:SendMessage'] }, eu: { Read: 's3:*' } } },
  Conditions: { A: { 'Fn::Equals': [{ Ref: 'Any' }, 'a'] } },
}

test('an effect that can be Allow is one, in whatever way it is written', () => {
  const effects = (Effect: Json) => found(managed(policyOf({ ...get, Effect, Action: 's3:*' }), texts))
  const wide = [`service-wildcard ${managedStatement}.0.Action`]
  assert.deepEqual(effects({ 'Fn::Sub': 'Allow' }), wide)
  assert.deepEqual(effects({ 'Fn::Join': ['', ['Al', 'low']] }), wide)
  assert.deepEqual(effects({ 'Fn::Select': ['1', ['Deny', 'Allow']] }), wide)
  assert.deepEqual(effects({ 'Fn::Sub': ['${E}', { E: when('A', 'Deny', 'Allow') }] }), wide)
  assert.deepEqual(effects({ Ref: 'Effect' }), wide)
  assert.deepEqual(effects({ Ref: 'Any' }), wide)
  assert.deepEqual(effects({ 'Fn::ImportValue': 'Effect' }), wide)
  assert.deepEqual(effects({ 'Fn::Sub': 'Deny' }), [])
  assert.deepEqual(effects({ 'Fn::Select': [0, ['Deny', 'Allow']] }), [])
  assert.deepEqual(effects({ Ref: 'Denied' }), [])
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Effect: { Ref: 'Effect' }, Condition: {} }), texts)), [
    `cognito-trust ${trustStatement}.0`,
    `cognito-trust ${trustStatement}.0`,
  ])
})

test('an action is read through what is constant, and through what parameters and mappings can be', () => {
  const path = `service-wildcard ${managedStatement}.0.Action`
  const at = (Action: Json) => found(managed(policyOf({ ...get, Action }), texts))
  const wide: readonly Json[] = [
    { 'Fn::Sub': 's3:*' },
    { 'Fn::Sub': ['${S}:*', { S: 's3' }] },
    { 'Fn::Sub': '${Service}:*' },
    { 'Fn::Join': [':', ['s3', '*']] },
    { 'Fn::Join': [':', [{ Ref: 'Service' }, '*']] },
    { 'Fn::Join': [':', { 'Fn::Split': ['/', 's3/*'] }] },
    { 'Fn::Split': [',', 's3:*,sqs:SendMessage'] },
    { 'Fn::Select': [0, ['s3:*']] },
    { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,s3:*'] }] },
    { 'Fn::FindInMap': ['Actions', { Ref: 'Any' }, 'Read'] },
    { 'Fn::FindInMap': ['Actions', 'us', 'All'] },
    { 'Fn::FindInMap': ['Actions', 'no', 'no', { DefaultValue: 's3:*' }] },
    { Ref: 'Wide' },
    { Ref: 'Chosen' },
    { Ref: 'Listed' },
  ]
  for (const action of wide) assert.deepEqual(at(action), [path], JSON.stringify(action))
  assert.deepEqual(at(['s3:GetObject', { 'Fn::Sub': 's3:*' }]), [`${path}.1`])
  assert.deepEqual(at({ 'Fn::Sub': 's3:GetObjectz' }), [`unknown-action ${managedStatement}.0.Action`])
  const narrow: readonly Json[] = [
    { Ref: 'Narrow' },
    { Ref: 'Sentinel' },
    { Ref: 'Any' },
    { Ref: 'Stored' },
    { 'Fn::Sub': '${Any}:*' },
    { 'Fn::Sub': 's3:${Any}' },
    { 'Fn::FindInMap': ['Actions', 'us', 'Read'] },
    { 'Fn::Select': [0, ['s3:GetObject', 's3:*']] },
    { 'Fn::GetAtt': ['Other', 'Action'] },
  ]
  for (const action of narrow) assert.deepEqual(at(action), [], JSON.stringify(action))
})

test('wildcards that take in a service together are found at the statement that completes it', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map(it => `s3:${it}*`)
  const at = (...actions: readonly Json[]) =>
    found(managed(policyOf(...actions.map(Action => ({ ...get, Action }))), conditions))
  const path = `service-wildcard ${managedStatement}`
  const known = letters.filter(it => knowledge.actions('s3')?.some(action => action.startsWith(it.charAt(3))))
  assert.deepEqual(at(known), [`${path}.0`])
  assert.deepEqual(at('sqs:SendMessage', known.slice(0, 3), known.slice(3)), [`${path}.2`])
  assert.deepEqual(at(known.slice(1)), [])
  assert.deepEqual(at(['execute-api:Inv*', 'execute-api:ManageConnections']), [`${path}.0`])
  assert.deepEqual(at([get.Action, when('A', 'execute-api:Inv*'), when('C', 'execute-api:ManageConnections')]), [
    `${path}.0`,
  ])
  assert.deepEqual(at([when('A', 'execute-api:Inv*'), when('NotA', 'execute-api:ManageConnections')]), [])
  assert.deepEqual(at([get.Action, when('A', 'execute-api:Inv*', 'execute-api:ManageConnections')]), [])
  assert.deepEqual(at(['execute-api:Invoke', 'execute-api:InvalidateCache', 'execute-api:ManageConnections']), [])
})

test('a condition operator that IAM does not have is an error with the nearest name', () => {
  const help = (operator: string) =>
    check(managed(policyOf({ ...get, Condition: { [operator]: { 'aws:username': 'ann' } } }))).map(
      it => `${it.code} ${formatPath(it.path)}: ${it.help}`,
    )
  const path = `unknown-condition-operator ${managedStatement}.0.Condition`
  assert.deepEqual(help('StringEqual'), [`${path}.StringEqual: Write StringEquals`])
  assert.deepEqual(help('ForAnyValues:StringLike'), [`${path}.ForAnyValues:StringLike: Write ForAnyValue:StringLike`])
  assert.deepEqual(help('ForAnyValue:StringLikIfExists'), [
    `${path}.ForAnyValue:StringLikIfExists: Write ForAnyValue:StringLikeIfExists`,
  ])
  assert.deepEqual(help('StringNotLikeIfExists'), [])
  assert.deepEqual(found(managed(policyOf({ ...get, Condition: { NullIfExists: { 'aws:username': 'true' } } }))), [
    `${path}.NullIfExists`,
  ])
})

test('a condition compares what its operator can, by keys that there are', () => {
  const at = (Condition: JsonObject) => found(managed(policyOf({ ...get, Condition })))
  const path = `invalid-policy ${managedStatement}.0.Condition`
  assert.deepEqual(at({ Bool: { 'aws:SecureTransport': 'yes' } }), [`${path}.Bool.aws:SecureTransport`])
  assert.deepEqual(at({ Bool: { 'aws:SecureTransport': [true, 'no'] } }), [`${path}.Bool.aws:SecureTransport.1`])
  assert.deepEqual(at({ NumericLessThan: { 'aws:MultiFactorAuthAge': '1h' } }), [
    `${path}.NumericLessThan.aws:MultiFactorAuthAge`,
  ])
  assert.deepEqual(at({ DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }), [`${path}.DateLessThan.aws:CurrentTime`])
  assert.deepEqual(at({ IpAddress: { 'aws:SourceIp': 'example.com' } }), [`${path}.IpAddress.aws:SourceIp`])
  assert.deepEqual(at({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32', { Ref: 'X' }] } }), [])
  assert.deepEqual(at({ StringEquals: { 'aws:PrincipalTagg/team': 'a' } }), [
    `${path}.StringEquals.aws:PrincipalTagg/team`,
  ])
  assert.deepEqual(at({ StringEquals: { SourceIp: 'a' } }), [`${path}.StringEquals.SourceIp`])
  assert.deepEqual(at({ StringEquals: { [`${host}:subb`]: 'a' } }), [`${path}.StringEquals.${host}:subb`])
  assert.deepEqual(at({ StringEquals: { 'AWS:PrincipalTag/team': 'a', 's3:prefix': 'a', 'saml:aud': 'a' } }), [])
})

test('ForAllValues without the key required is a warning in an Allow', () => {
  const all = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] } }
  const statement = {
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/rows',
  }
  const at = (Condition: JsonObject, Effect = 'Allow') =>
    check(managed(policyOf({ ...statement, Effect, Condition }), conditions)).map(
      it => `${it.severity} ${formatPath(it.path)}`,
    )
  const path = `warning ${managedStatement}.0.Condition.ForAllValues:StringEquals.dynamodb:LeadingKeys`
  assert.deepEqual(at(all), [path])
  assert.deepEqual(at(all, 'Deny'), [])
  assert.deepEqual(at({ ...all, Null: { 'dynamodb:LeadingKeys': 'false' } }), [])
  assert.deepEqual(at({ ...all, Null: { 'DynamoDB:leadingKeys': false } }), [])
  assert.deepEqual(at({ ...all, Null: { 'dynamodb:LeadingKeys': 'true' } }), [path])
  assert.deepEqual(at({ ...all, Null: when('A', { 'dynamodb:LeadingKeys': 'false' }) }), [path])
  assert.deepEqual(at({ ...all, StringNotLike: { 'dynamodb:LeadingKeys': 'x' } }), [path])
})

test('a policy holds Latin-1 alone, and policy variables that there are, where IAM fills them in', () => {
  const at = (statement: JsonObject) => found(managed(policyOf({ ...get, ...statement })))
  const path = `invalid-policy ${managedStatement}.0`
  const on = (text: string) => at({ Resource: `arn:aws:s3:::notes/${text}` })
  assert.deepEqual(on('prés/*'), [])
  assert.deepEqual(on('日本/*'), [`${path}.Resource`])
  assert.deepEqual(at({ Action: 's3:${aws:username}' }), [`${path}.Action`])
  assert.deepEqual(on('${cognito-identity.amazonaws.com:subb}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${cognito-identity.amazonaws.com:amr}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${cognito-identity.amazon.com:sub}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${aws:usernam}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${username}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${ammazon:sub}/*'), [`${path}.Resource`])
  assert.deepEqual(on('${AWS::Region}/*'), [`${path}.Resource`])
  for (const variable of [
    'cognito-identity.amazonaws.com:sub',
    'Cognito-Identity.amazonaws.com:Sub',
    "aws:PrincipalTag/team, 'none'",
    'www.amazon.com:user_id',
    'saml:sub',
    's3:prefix',
    'aws:userid',
    '*',
    '$',
  ]) {
    assert.deepEqual(on(`\${${variable}}/*`), [], variable)
  }
  const sub = (text: string) => at({ Resource: { 'Fn::Sub': `arn:aws:s3:::\${Bucket}/${text}` } })
  assert.deepEqual(sub('${!cognito-identity.amazonaws.com:sub}/*'), [])
  assert.deepEqual(sub('${!cognito-identity.amazonaws.com:subb}/*'), [`${path}.Resource.Fn::Sub`])
  assert.deepEqual(
    found(trusting(policyOf({ ...trust(host), Principal: { AWS: 'arn:aws:iam::111122223333:user/${aws:username}' } }))),
    [`invalid-policy ${trustStatement}.0.Principal.AWS`],
  )
  assert.equal(
    check(managed(policyOf({ ...get, Resource: 'arn:aws:s3:::notes/${cognito-identity.amazonaws.com:subb}/*' })))[0]
      ?.help,
    'Write cognito-identity.amazonaws.com:sub',
  )
})

test('the condition keys of every service are those of the service authorization reference', () => {
  const reference: JsonObject = JSON.parse(readFileSync('schemas/iam-global-keys.json', 'utf8'))
  const names = Object.keys(reference)
    .filter(it => it.startsWith('aws:'))
    .map(it => it.replace(/\/.*/, '/'))
  assert.deepEqual([...globalKeys].sort(), names.sort())
})

test('trust in Cognito that names pool and sign-in has nothing, for every host that there is', () => {
  const hosts = [
    host,
    govWest,
    'cognito-identity.us-gov-east-1.amazonaws.com',
    'cognito-identity.cn-north-1.amazonaws.com.cn',
  ]
  for (const it of hosts) assert.deepEqual(found(trusting(policyOf(trust(it)))), [], it)
  assert.deepEqual(
    found(
      trusting(
        policyOf({
          ...trust(host, [{ Ref: 'Stage' }, 'us-east-1:12345678-90ab-cdef-1234-567890abcdef']),
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        }),
        conditions,
      ),
    ),
    [],
  )
  const providers = { [`${host}:amr`]: ['graph.facebook.com', 'cognito-idp.us-east-1.amazonaws.com/us-east-1_x*'] }
  assert.deepEqual(
    found(
      trusting(
        policyOf({
          ...trust(host),
          Condition: {
            StringEquals: { [`${host}:aud`]: { Ref: 'Pool' }, [`${host}:sub`]: 'us-east-1:1' },
            'ForAnyValue:StringLike': providers,
          },
        }),
      ),
    ),
    [],
  )
  const id = 'us-east-1:12345678-90ab-cdef-1234-567890abcdef'
  for (const [operator, pool] of [
    ['StringLike', { Ref: 'Pool' }],
    ['StringLike', id],
    ['StringEqualsIgnoreCase', id.toUpperCase()],
  ] as const) {
    const Condition = { ...asObject(trust(host)['Condition']), [operator]: { [`${host}:aud`]: pool } }
    const { StringEquals, ...withoutEquals } = Condition
    assert.deepEqual(found(trusting(policyOf({ ...trust(host), Condition: withoutEquals }))), [], operator)
  }
  // Trust in others is not Cognito's.
  const github = { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' }
  assert.deepEqual(
    found(trusting(policyOf({ Effect: 'Allow', Principal: github, Action: 'sts:AssumeRoleWithWebIdentity' }))),
    [],
  )
  const saml = { Federated: 'arn:aws:iam::111122223333:saml-provider/adfs' }
  const audience = { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } }
  assert.deepEqual(
    found(
      trusting(policyOf({ Effect: 'Allow', Principal: saml, Action: 'sts:AssumeRoleWithSAML', Condition: audience })),
    ),
    [],
  )
  const messages = { Effect: 'Allow', Principal: { Service: 'cognito-idp.amazonaws.com' }, Action: 'sts:AssumeRole' }
  assert.deepEqual(found(trusting(policyOf(messages))), [])
  const lambda = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  assert.deepEqual(found(trusting(policyOf(lambda))), [])
})

test('trust in Cognito that lets in others, or nobody, is found where it is wrong', () => {
  const aud = { [`${host}:aud`]: { Ref: 'Pool' } }
  const amr = { [`${host}:amr`]: 'authenticated' }
  const good = { StringEquals: aud, 'ForAnyValue:StringLike': amr }
  const wrong: Readonly<Record<string, readonly [change: JsonObject, path: string]>> = {
    'a host that is none': [{ Principal: { Federated: 'cognito-identity.amazon.com' } }, '.Principal.Federated'],
    'the host of user pools': [{ Principal: { Federated: 'cognito-idp.amazonaws.com' } }, '.Principal.Federated'],
    'a host with its letters swapped': [
      { Principal: { Federated: 'congito-identity.amazonaws.com' } },
      '.Principal.Federated',
    ],
    'a host with a scheme': [{ Principal: { Federated: `https://${host}` } }, '.Principal.Federated'],
    'a host of another region': [
      { Principal: { Federated: 'cognito-identity.eu-west-1.amazonaws.com' } },
      '.Principal.Federated',
    ],
    'a service': [{ Principal: { Service: host } }, '.Principal.Service'],
    'an action that is a role’s': [{ Action: 'sts:AssumeRole' }, '.Action'],
    'an action of SAML beside the right one': [
      { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'] },
      '.Action.1',
    ],
    'a wildcard': [{ Action: 'sts:AssumeRole*' }, '.Action'],
    'no aud': [{ Condition: { 'ForAnyValue:StringLike': amr } }, ''],
    'aud by pattern': [
      { Condition: { StringLike: { [`${host}:aud`]: 'us-east-1:*' }, 'ForAnyValue:StringLike': amr } },
      `.Condition.StringLike.${host}:aud`,
    ],
    'aud by a pattern behind a parameter': [
      { Condition: { StringLike: { [`${host}:aud`]: { Ref: 'Wide' } }, 'ForAnyValue:StringLike': amr } },
      `.Condition.StringLike.${host}:aud`,
    ],
    'aud of an empty list': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: [] } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'the region as aud': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: { Ref: 'AWS::Region' } } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'constant text as aud': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: { 'Fn::Join': ['_', ['us-east-1', 'a1B2']] } } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'aud if it is there': [
      { Condition: { StringEqualsIfExists: aud, 'ForAnyValue:StringLike': amr } },
      `.Condition.StringEqualsIfExists.${host}:aud`,
    ],
    'aud of a user pool': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: 'us-east-1_a1B2c3D4e' } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'a user pool as aud': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: { Ref: 'Users' } } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'any aud': [
      { Condition: { ...good, StringEquals: { [`${host}:aud`]: '*' } } },
      `.Condition.StringEquals.${host}:aud`,
    ],
    'aud of another host': [
      { Condition: { ...good, StringEquals: { [`${govWest}:aud`]: { Ref: 'Pool' } } } },
      `.Condition.StringEquals.${govWest}:aud`,
    ],
    'aud misspelt': [
      { Condition: { ...good, StringEquals: { [`${host}:audd`]: { Ref: 'Pool' } } } },
      `.Condition.StringEquals.${host}:audd`,
    ],
    'no amr': [{ Condition: { StringEquals: aud } }, ''],
    'amr as if it had one value': [
      { Condition: { StringEquals: { ...aud, ...amr } } },
      `.Condition.StringEquals.${host}:amr`,
    ],
    'amr by ForAllValues': [
      { Condition: { StringEquals: aud, 'ForAllValues:StringLike': amr } },
      `.Condition.ForAllValues:StringLike.${host}:amr`,
    ],
    'amr by what it is not': [
      { Condition: { StringEquals: aud, 'ForAnyValue:StringNotEquals': { [`${host}:amr`]: 'unauthenticated' } } },
      `.Condition.ForAnyValue:StringNotEquals.${host}:amr`,
    ],
    'any amr': [
      { Condition: { StringEquals: aud, 'ForAnyValue:StringLike': { [`${host}:amr`]: '*authenticated' } } },
      `.Condition.ForAnyValue:StringLike.${host}:amr`,
    ],
    'amr for both': [
      {
        Condition: {
          ...good,
          'ForAnyValue:StringLike': { [`${host}:amr`]: ['authenticated', { 'Fn::Sub': 'unauthenticated' }] },
        },
      },
      `.Condition.ForAnyValue:StringLike.${host}:amr`,
    ],
    'amr for a provider and guests': [
      {
        Condition: {
          ...good,
          'ForAnyValue:StringEquals': { [`${host}:amr`]: ['graph.facebook.com', 'unauthenticated'] },
        },
      },
      `.Condition.ForAnyValue:StringEquals.${host}:amr`,
    ],
    'amr of an empty list': [
      { Condition: { ...good, 'ForAnyValue:StringLike': { [`${host}:amr`]: [] } } },
      `.Condition.ForAnyValue:StringLike.${host}:amr`,
    ],
    'amr misspelt': [
      { Condition: { StringEquals: aud, 'ForAnyValue:StringLike': { [`${host}:amr`]: 'authentcated' } } },
      `.Condition.ForAnyValue:StringLike.${host}:amr`,
    ],
  }
  for (const [what, [change, path]] of Object.entries(wrong)) {
    const document = template(
      {
        ...trusting(policyOf({ ...trust(host, { Ref: 'Pool' }), ...change })).Resources,
        Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } },
        Users: { Type: 'AWS::Cognito::UserPool' },
      },
      { Parameters: { Wide: { Type: 'String', Default: '*' } } },
    )
    assert.deepEqual(found(document), [`cognito-trust ${trustStatement}.0${path}`], what)
  }
  // That the wildcard is too wide is said once.
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Action: 'sts:*' }))), [
    `service-wildcard ${trustStatement}.0.Action`,
  ])
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Condition: {} }))), [
    `cognito-trust ${trustStatement}.0`,
    `cognito-trust ${trustStatement}.0`,
  ])
  assert.match(
    check(trusting(policyOf({ ...trust(host), Condition: { 'ForAnyValue:StringLike': amr } })))[0]?.message ?? '',
    /any AWS customer could assume the role/,
  )
})

test('trust in everybody is an error, unless a condition says who the caller is', () => {
  const at = (Principal: Json, Condition: JsonObject = {}, Action: Json = 'sts:AssumeRole') =>
    found(trusting(policyOf({ Effect: 'Allow', Principal, Action, Condition }), conditions))
  const path = `open-trust ${trustStatement}.0.Principal`
  assert.deepEqual(at('*'), [path])
  assert.deepEqual(at({ AWS: '*' }), [`${path}.AWS`])
  assert.deepEqual(at({ AWS: ['111122223333', { 'Fn::Sub': '*' }] }), [`${path}.AWS.1`])
  assert.deepEqual(at({ Federated: '*' }, {}, 'sts:AssumeRoleWithWebIdentity'), [`${path}.Federated`])
  assert.deepEqual(at({ AWS: '111122223333' }), [])
  const org = { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' }
  const account = { Ref: 'AWS::AccountId' }
  const role = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/notes-*' }
  const narrow: readonly JsonObject[] = [
    { StringEquals: org },
    { StringEquals: { 'AWS:principalAccount': account } },
    { StringEquals: { 'aws:SourceAccount': account } },
    { ArnLike: { 'aws:PrincipalArn': role } },
    { ArnLike: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Other', 'Arn'] } } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::notes*' } },
    { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' } },
    { StringLike: { 'aws:userid': 'AROAEXAMPLEID1234567:*' } },
    { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:poolform/poolform:*' } },
  ]
  for (const it of narrow) assert.deepEqual(at('*', it), [], JSON.stringify(it))
  const wide: readonly JsonObject[] = [
    { StringEquals: { 'sts:ExternalId': 'notes' } },
    { StringEqualsIfExists: org },
    { StringNotEquals: org },
    { StringLike: { 'aws:PrincipalOrgID': 'o-*' } },
    { StringLike: { 'aws:PrincipalAccount': ['111122223333', '*'] } },
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/notes' } },
    { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { StringEquals: { 'aws:PrincipalTag/team': 'notes' } },
    { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
    { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } },
    { StringEquals: when('A', org) },
  ]
  for (const it of wide) assert.deepEqual(at('*', it), [path], JSON.stringify(it))
  assert.deepEqual(at(when('A', { AWS: '*' }, { AWS: '111122223333' }), { StringEquals: when('A', org) }), [])
  assert.deepEqual(found(trusting(policyOf({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }))), [])
  // Everybody with a token of the pool.
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Principal: '*' }))), [])
  const { StringEquals } = asObject(trust(host)['Condition'])
  assert.deepEqual(
    found(trusting(policyOf({ ...trust(host), Principal: '*', Condition: { StringEquals: StringEquals ?? {} } }))),
    [`cognito-trust ${trustStatement}.0`],
  )
})

test('trust in Cognito is held to this in each branch of each If', () => {
  const at = (statement: Json) => found(trusting(policyOf(statement), conditions))
  const path = `cognito-trust ${trustStatement}.0`
  assert.deepEqual(at(when('A', trust(govWest), trust(host))), [])
  assert.deepEqual(at(when('A', { ...trust(govWest), Action: 'sts:AssumeRole' }, trust(host))), [
    `${path}.Fn::If.1.Action`,
  ])
  const byBlock = {
    ...trust(host),
    Principal: { Federated: when('A', govWest, host) },
    Condition: when('A', trust(govWest)['Condition'] ?? {}, trust(host)['Condition'] ?? {}),
  }
  assert.deepEqual(at(byBlock), [])
  assert.deepEqual(
    at({ ...byBlock, Condition: when('NotA', trust(host)['Condition'] ?? {}, trust(govWest)['Condition'] ?? {}) }),
    [],
  )
  assert.deepEqual(at({ ...byBlock, Condition: trust(host)['Condition'] ?? {} }), [
    `${path}.Condition.StringEquals.${host}:aud`,
    `${path}.Condition.ForAnyValue:StringLike.${host}:amr`,
  ])
  const sometimes = {
    ...trust(host),
    Condition: {
      StringEquals: when('A', { [`${host}:aud`]: { Ref: 'Pool' } }),
      'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
    },
  }
  assert.deepEqual(
    check(trusting(policyOf(sometimes), conditions)).map(it => `${formatPath(it.path)} ${it.message.split(':')[0]}`),
    [`${trustStatement}.0 does not ask for which identity pool a token is when A is false`],
  )
})

test('trust in Cognito is found in JSON text, and behind a mapping', () => {
  const { StringEquals, ...withoutAud } = { ...asObject(trust(host)['Condition']) }
  const statement = { ...trust(host), Condition: withoutAud }
  assert.deepEqual(found(trusting({ 'Fn::Sub': JSON.stringify(policyOf(statement)) })), [
    `cognito-trust ${trustStatement}.0`,
  ])
  const computed = JSON.stringify(policyOf(trust('${Host}', { Ref: 'Pool' })))
  assert.deepEqual(found(trusting({ 'Fn::Sub': [computed, { Host: when('A', govWest, host) }] }, conditions)), [])
  const [before = '', after = ''] = JSON.stringify(policyOf({ ...statement, Sid: 'Split' })).split('Split')
  const joined = { 'Fn::Join': ['', [before, { Ref: 'Stage' }, after]] }
  assert.deepEqual(found(trusting(joined, conditions)), [`cognito-trust ${trustStatement}.0`])
  const parameter: Rest = { Parameters: { Host: { Type: 'String', Default: host } } }
  const behind = { ...statement, Principal: { Federated: { Ref: 'Host' } } }
  assert.deepEqual(found(trusting(policyOf(behind), parameter)), [`cognito-trust ${trustStatement}.0`])
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Principal: behind.Principal }), parameter)), [])
  const mapped = { Federated: { 'Fn::FindInMap': ['Hosts', { Ref: 'AWS::Partition' }, 'Host'] } }
  const rest: Rest = { Mappings: { Hosts: { aws: { Host: host } } } }
  assert.deepEqual(found(trusting(policyOf({ ...trust(host), Principal: mapped }), rest)), [])
  assert.deepEqual(found(trusting(policyOf({ ...statement, Principal: mapped }), rest)), [
    `cognito-trust ${trustStatement}.0`,
  ])
})

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** A statement of about this many characters. */
function large(size: number): JsonObject {
  return { ...get, Resource: `arn:aws:s3:::${'x'.repeat(size)}` }
}

test('a policy larger than IAM takes is an error, by its largest way to be', () => {
  const roleWith = (...documents: readonly Json[]): Section => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: policyOf(trust(host)), Policies: documents },
    },
  })
  const inline = (statement: Json) => ({ PolicyName: 'p', PolicyDocument: policyOf(statement) })
  assert.deepEqual(found(managed(policyOf(large(6_000)))), [])
  assert.deepEqual(found(managed(policyOf(large(6_100)))), ['policy-size Resources.Policy.Properties.PolicyDocument'])
  assert.deepEqual(found(template(roleWith(inline(large(5_000)), inline(large(5_000))))), [])
  assert.deepEqual(found(template(roleWith(inline(large(5_000)), inline(large(5_200))))), [
    'policy-size Resources.Role',
  ])
  const either = (one: string, other: string) =>
    found(template(roleWith(when(one, inline(large(6_000))), when(other, inline(large(6_000)))), conditions))
  assert.deepEqual(either('A', 'NotA'), [])
  assert.deepEqual(either('A', 'B'), [])
  assert.deepEqual(either('A', 'C'), ['policy-size Resources.Role'])
  const besides = {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: policyOf(large(5_200)), Roles: [{ Ref: 'Role' }] },
  }
  assert.deepEqual(found(template({ ...roleWith(inline(large(5_000))), Policy: besides })), [
    'policy-size Resources.Role',
  ])
  const elsewhere = (Roles: Json) =>
    found(
      template({
        Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: policyOf(large(10_300)), Roles } },
      }),
    )
  assert.deepEqual(elsewhere(['notes-app']), ['policy-size Resources.Policy.Properties.PolicyDocument'])
  assert.deepEqual(elsewhere([]), [])
  const { Statement } = policyOf(...Array.from({ length: 7 }, () => trust(host)))
  assert.deepEqual(found(trusting({ Version: '2012-10-17', Statement: Statement ?? [] })), [
    'policy-size Resources.Role.Properties.AssumeRolePolicyDocument',
  ])
  const user = { Type: 'AWS::IAM::User', Properties: { Policies: [inline(large(2_100))] } }
  assert.deepEqual(found(template({ User: user })), ['policy-size Resources.User'])
})

test('white space and what only deployment knows count nothing towards an error', () => {
  const spaced = JSON.stringify(policyOf(large(6_000)), undefined, 200)
  assert.deepEqual(found(managed(spaced)), [])
  assert.deepEqual(found(managed(policyOf({ ...get, Resource: `arn:aws:s3:::a${' '.repeat(7_000)}b` }))), [])
  const resources = Array.from({ length: 300 }, () => ({ Ref: 'Arn' }))
  assert.deepEqual(
    found(managed(policyOf({ ...get, Resource: resources }), { Parameters: { Arn: { Type: 'String' } } })),
    [],
  )
})

test('a policy that its parameters can make too large is a warning', () => {
  const statement = { ...get, Resource: { 'Fn::Sub': `arn:aws:s3:::${'x'.repeat(5_000)}\${Prefix}` } }
  const at = (Prefix: JsonObject) =>
    check(managed(policyOf(statement), { Parameters: { Prefix } })).map(it => `${it.severity} ${it.code}`)
  assert.deepEqual(at({ Type: 'String', MaxLength: 1_100 }), ['warning policy-size'])
  assert.deepEqual(at({ Type: 'String', MaxLength: 1_000 }), [])
  assert.deepEqual(at({ Type: 'String', AllowedValues: ['a', 'b'.repeat(1_100)] }), ['warning policy-size'])
  assert.deepEqual(at({ Type: 'String' }), [])
})

const unauthenticated = {
  ...trust(host),
  Condition: {
    StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } },
    'ForAnyValue:StringLike': { [`${host}:amr`]: 'unauthenticated' },
  },
}

function roleWith(statement: JsonObject, trusted: JsonObject = trust(host)): JsonObject {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: policyOf(trusted),
      Policies: [{ PolicyName: 'p', PolicyDocument: policyOf(statement) }],
    },
  }
}

function attachment(unauthenticated: Json): JsonObject {
  return {
    Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
    Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { unauthenticated } },
  }
}

test('an action that Cognito takes from guests is an error in a guest role', () => {
  const action = 'guest-session-policy Resources.Role.Properties.Policies.0.PolicyDocument.Statement.0.Action'
  const ssm = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' }
  const guests = (Action: Json) => found(template({ Role: roleWith({ ...ssm, Action }, unauthenticated) }))
  assert.deepEqual(guests('ssm:GetParameter'), [action])
  assert.deepEqual(guests(['s3:GetObject', 'bedrock:InvokeModel', 'execute-api:Invoke']), [`${action}.1`])
  assert.deepEqual(guests(['dynamodb:GetItem', 'kms:Decrypt', 'geo:GetMapTile', 'S3:getobject', 'logs:Put*']), [])
  assert.deepEqual(found(template({ Role: roleWith(ssm) })), [])
  assert.deepEqual(found(template({ Role: roleWith({ ...ssm, Effect: 'Deny' }, unauthenticated) })), [])
})

test('of a wildcard guests keep a part, which the diagnostic names', () => {
  const wide = { Effect: 'Allow', Action: 'kms:GenerateDataKey*', Resource: '*' }
  assert.deepEqual(check(template({ Role: roleWith(wide, unauthenticated) })), [])
  const wider = { Effect: 'Allow', Action: 'textract:Detect*', Resource: '*' }
  assert.deepEqual(check(template({ Role: roleWith(wider, unauthenticated) })), [])
  const [diagnostic, ...others] = check(
    template({ Role: roleWith({ Effect: 'Allow', Action: 'textract:Analyze*', Resource: '*' }, unauthenticated) }),
  )
  assert.deepEqual(others, [])
  assert.equal(
    diagnostic?.message,
    'allows guests only AnalyzeDocument: the session policy that Cognito puts on their credentials leaves out AnalyzeExpense, AnalyzeID',
  )
})

test('a role is for guests by its attachment too, and by policies that are attached to it', () => {
  const ssm = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' }
  const open = { ...trust(host), Condition: { ...asObject(unauthenticated.Condition) } }
  const either = {
    ...open,
    Condition: { ...open.Condition, 'ForAnyValue:StringLike': { [`${host}:amr`]: { Ref: 'Other' } } },
  }
  const path = 'Policies.0.PolicyDocument.Statement.0.Action'
  const references: readonly Json[] = [
    { 'Fn::GetAtt': ['Role', 'Arn'] },
    { 'Fn::GetAtt': 'Role.Arn' },
    { 'Fn::Sub': '${Role.Arn}' },
    when('A', { 'Fn::GetAtt': ['Role', 'Arn'] }),
  ]
  for (const reference of references) {
    assert.deepEqual(found(template({ Role: roleWith(ssm, either), Attachment: attachment(reference) }, conditions)), [
      `guest-session-policy Resources.Role.Properties.${path}`,
    ])
  }
  const guest = roleWith(get, open)
  const policy = (Type: string, properties: JsonObject): JsonObject => ({
    Type,
    Properties: { PolicyDocument: policyOf(ssm), ...properties },
  })
  const attached = [
    policy('AWS::IAM::Policy', { PolicyName: 'p', Roles: [{ Ref: 'Role' }] }),
    policy('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }] }),
    policy('AWS::IAM::RolePolicy', { PolicyName: 'p', RoleName: { Ref: 'Role' } }),
  ]
  for (const Policy of attached) {
    assert.deepEqual(found(template({ Role: guest, Policy })), [`guest-session-policy ${managedStatement}.0.Action`])
  }
  const holder = { ...guest, Properties: { ...asObject(guest['Properties']), ManagedPolicyArns: [{ Ref: 'Policy' }] } }
  assert.deepEqual(found(template({ Role: holder, Policy: policy('AWS::IAM::ManagedPolicy', {}) })), [
    `guest-session-policy ${managedStatement}.0.Action`,
  ])
  assert.deepEqual(found(template({ Role: guest, Policy: policy('AWS::IAM::ManagedPolicy', {}) })), [])
  // Never while the role is for guests.
  const apart = {
    Role: roleWith(get, either),
    Attachment: attachment(when('A', { 'Fn::GetAtt': ['Role', 'Arn'] })),
    Policy: { ...policy('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }] }), Condition: 'B' },
  }
  assert.deepEqual(found(template(apart, conditions)), [])
})

test('a role is attached for those whom its trust policy asks for', () => {
  const at = (amr: Json, who: string, role: Json = { 'Fn::GetAtt': ['Role', 'Arn'] }) => {
    const trusted = {
      ...trust(host),
      Condition: {
        ...asObject(trust(host)['Condition']),
        'ForAnyValue:StringLike': { [`${host}:amr`]: amr },
      },
    }
    const attached = {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { [who]: role } },
    }
    return found(template({ Role: roleWith(get, trusted), Attachment: attached }, conditions))
  }
  const path = 'cognito-trust Resources.Attachment.Properties.Roles'
  assert.deepEqual(at('authenticated', 'authenticated'), [])
  assert.deepEqual(at('unauthenticated', 'unauthenticated'), [])
  assert.deepEqual(at('graph.facebook.com', 'authenticated'), [])
  assert.deepEqual(at('authenticated', 'unauthenticated'), [`${path}.unauthenticated`])
  assert.deepEqual(at('unauthenticated', 'authenticated'), [`${path}.authenticated`])
  assert.deepEqual(at({ 'Fn::Sub': 'unauthenticated' }, 'authenticated'), [`${path}.authenticated`])
  assert.deepEqual(at({ Ref: 'Other' }, 'authenticated'), [])
  const reference = when('A', { 'Fn::GetAtt': 'Role.Arn' })
  assert.deepEqual(at('unauthenticated', 'authenticated', reference), [`${path}.authenticated.Fn::If.1`])
  assert.deepEqual(at(when('A', 'authenticated', 'unauthenticated'), 'authenticated', reference), [])
  assert.deepEqual(at([when('NotA', 'authenticated', 'unauthenticated')], 'authenticated', reference), [
    `${path}.authenticated.Fn::If.1`,
  ])
  assert.deepEqual(at(when('A', 'unauthenticated', 'authenticated'), 'authenticated', reference), [
    `${path}.authenticated.Fn::If.1`,
  ])
})

test('a managed policy of AWS that allows whole services is an error on a guest role', () => {
  const at = (ManagedPolicyArns: Json, trusted: JsonObject = unauthenticated) => {
    const { Type, Properties } = roleWith(get, trusted)
    return found(
      template(
        { Role: { Type: Type ?? null, Properties: { ...asObject(Properties), ManagedPolicyArns } } },
        conditions,
      ),
    )
  }
  const path = 'service-wildcard Resources.Role.Properties.ManagedPolicyArns'
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
  assert.deepEqual(at([administrator]), [`${path}.0`])
  assert.deepEqual(at(['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']), [])
  assert.deepEqual(at(['arn:aws:iam::111122223333:policy/NotesFullAccess']), [])
  assert.deepEqual(at([{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess' }]), [`${path}.0`])
  assert.deepEqual(at([{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess' }]), [`${path}.0`])
  assert.deepEqual(at([when('A', administrator)]), [`${path}.0.Fn::If.1`])
  assert.deepEqual(at([administrator], trust(host)), [])
  const sometimes = (condition: string) => {
    const amr = { 'ForAnyValue:StringLike': { [`${host}:amr`]: when('A', 'unauthenticated', 'authenticated') } }
    const Condition = { ...asObject(trust(host)['Condition']), ...amr }
    return at([get.Resource, when(condition, administrator)], { ...trust(host), Condition })
  }
  assert.deepEqual(sometimes('C'), [`${path}.1.Fn::If.1`])
  assert.deepEqual(sometimes('NotA'), [])
})

const parameters = { Stage: { Type: 'String' }, Other: { Type: 'String' } }

function ruled(rule: Json): readonly string[] {
  return found(template({}, { Parameters: parameters, Rules: { Rule: rule } }))
}

const described = { AssertDescription: 'Stage must be a' }

test('a rule of the functions that rules take has nothing', () => {
  const isA = { 'Fn::Equals': [{ Ref: 'Stage' }, 'a'] }
  const subnets = {
    'Fn::EachMemberIn': [
      { 'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', 'VpcId'] },
      { 'Fn::RefAll': 'AWS::EC2::VPC::Id' },
    ],
  }
  const asserts = [
    isA,
    { 'Fn::Not': [isA] },
    { 'Fn::And': [isA, { 'Fn::Or': [isA, { 'Fn::Contains': [['a', 'b'], { Ref: 'Other' }] }] }] },
    subnets,
    { 'Fn::EachMemberEquals': [{ 'Fn::ValueOf': ['Stage', 'Tags.Department'] }, 'IT'] },
  ]
  for (const Assert of asserts) {
    assert.deepEqual(ruled({ RuleCondition: isA, Assertions: [{ Assert, ...described }] }), [])
  }
})

test('a function that rules do not take is an error where it stands', () => {
  const equals = (operand: Json) => ruled({ Assertions: [{ Assert: { 'Fn::Equals': [operand, 'a'] }, ...described }] })
  const path = 'rule-function Rules.Rule.Assertions.0.Assert'
  assert.deepEqual(equals({ 'Fn::Sub': '${Stage}' }), [`${path}.Fn::Equals.0.Fn::Sub`])
  assert.deepEqual(equals({ 'Fn::Join': ['', [{ Ref: 'Stage' }]] }), [`${path}.Fn::Equals.0.Fn::Join`])
  assert.deepEqual(equals({ 'Fn::FindInMap': ['M', 'a', 'b'] }), [`${path}.Fn::Equals.0.Fn::FindInMap`])
  assert.deepEqual(equals({ 'Fn::GetAtt': ['Pool', 'Arn'] }), [`${path}.Fn::Equals.0.Fn::GetAtt`])
  assert.deepEqual(equals({ Ref: 'AWS::Region' }), [`${path}.Fn::Equals.0.Ref`])
  assert.match(
    checkRules(
      template(
        {},
        { Rules: { R: { Assertions: [{ Assert: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'a'] }, ...described }] } } },
      ),
    )[0]?.message ?? '',
    /pseudo parameter/,
  )
  assert.deepEqual(equals({ 'Fn::RefAll': { Ref: 'Stage' } }), [`${path}.Fn::Equals.0.Fn::RefAll`])
  assert.deepEqual(equals({ 'Fn::ValueOf': ['Stage', { Ref: 'Other' }] }), [`${path}.Fn::Equals.0.Fn::ValueOf.1`])
  assert.deepEqual(equals({ 'Fn::ValueOf': ['Stag', 'VpcId'] }), [`${path}.Fn::Equals.0.Fn::ValueOf.0`])
  assert.deepEqual(equals({ Ref: 'Stag' }), [`${path}.Fn::Equals.0.Ref`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: { Condition: 'A' }, ...described }] }), [`${path}.Condition`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: { 'Fn::Equls': ['a', 'a'] }, ...described }] }), [
    `${path}.Fn::Equls`,
  ])
  assert.deepEqual(ruled({ Assertions: [{ Assert: { 'Fn::If': ['A', 'a', 'b'] }, ...described }] }), [
    `${path}.Fn::If.0`,
  ])
  assert.deepEqual(
    ruled({ Assertions: [{ Assert: { 'Fn::Not': [{ 'Fn::RefAll': { Ref: 'Stage' } }] }, ...described }] }),
    [`${path}.Fn::Not.0`],
  )
})

test('a rule has the shape that CloudFormation asks for', () => {
  const isA = { 'Fn::Equals': [{ Ref: 'Stage' }, 'a'] }
  const path = 'rule-function Rules.Rule'
  assert.deepEqual(ruled({}), [path])
  assert.deepEqual(ruled({ Assertions: [] }), [`${path}.Assertions`])
  assert.deepEqual(ruled({ Assertion: [{ Assert: isA, ...described }] }), [`${path}.Assertion`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: isA }] }), [`${path}.Assertions.0`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: isA, AssertDescription: '' }] }), [`${path}.Assertions.0`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: isA, AssertDescripton: 'a' }] }), [
    `${path}.Assertions.0.AssertDescripton`,
  ])
  assert.deepEqual(ruled({ Assertions: [{ Assert: isA, AssertDescription: { Ref: 'Stage' } }] }), [
    `${path}.Assertions.0.AssertDescription`,
  ])
  assert.deepEqual(ruled({ Assertions: [described] }), [`${path}.Assertions.0`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: true, ...described }] }), [`${path}.Assertions.0.Assert`])
  assert.deepEqual(ruled({ Assertions: [{ Assert: { 'Fn::And': [isA] }, ...described }] }), [
    `${path}.Assertions.0.Assert.Fn::And`,
  ])
  assert.deepEqual(ruled({ Assertions: [{ Assert: { 'Fn::Equals': ['a'] }, ...described }] }), [
    `${path}.Assertions.0.Assert.Fn::Equals`,
  ])
  assert.deepEqual(ruled({ RuleCondition: 'A', Assertions: [{ Assert: isA, ...described }] }), [
    `${path}.RuleCondition`,
  ])
  assert.deepEqual(ruled([]), [path])
})

function many(count: number, of: (index: number) => Json): Section {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`E${index}`, of(index)]))
}

test('what CloudFormation counts is held to its quotas', () => {
  const topic = () => ({ Type: 'AWS::SNS::Topic' })
  const counted = (count: number) => ({
    Parameters: many(count, () => ({ Type: 'String' })),
    Mappings: many(count, () => ({ a: { b: 'c' } })),
    Outputs: many(count, () => ({ Value: 'a' })),
  })
  assert.deepEqual(found(template(many(500, topic), counted(200))), [])
  assert.deepEqual(found(template(many(501, topic), counted(201))), [
    'quota Parameters',
    'quota Mappings',
    'quota Resources',
    'quota Outputs',
  ])
  assert.deepEqual(found(template({}, { Mappings: { M: many(200, () => ({ a: 'b' })) } })), [])
  assert.deepEqual(found(template({}, { Mappings: { M: many(201, () => ({ a: 'b' })) } })), ['quota Mappings.M'])
  const long = 'N'.repeat(256)
  assert.deepEqual(found(template({ ['N'.repeat(255)]: topic() })), [])
  assert.deepEqual(found(template({ [long]: topic() })), [`quota Resources.${long}`])
})

test('texts are held to their quotas by bytes', () => {
  const parameter = (Parameter: JsonObject) => found(template({}, { Parameters: { Parameter } }))
  const path = 'quota Parameters.Parameter'
  assert.deepEqual(found(template({}, { Description: 'é'.repeat(512) })), [])
  assert.deepEqual(found(template({}, { Description: 'é'.repeat(513) })), ['quota Description'])
  assert.deepEqual(parameter({ Type: 'String', Description: 'é'.repeat(4_000), Default: 'x'.repeat(4_096) }), [])
  assert.deepEqual(parameter({ Type: 'String', Description: 'é'.repeat(4_001) }), [`${path}.Description`])
  assert.deepEqual(parameter({ Type: 'String', Default: 'é'.repeat(2_049) }), [`${path}.Default`])
  assert.deepEqual(parameter({ Type: 'String', AllowedValues: ['a', 'x'.repeat(4_097)] }), [`${path}.AllowedValues.1`])
  const output = (length: number) =>
    found(template({}, { Outputs: { Output: { Value: 'a', Description: 'x'.repeat(length) } } }))
  assert.deepEqual(output(1_024), [])
  assert.deepEqual(output(1_025), ['quota Outputs.Output.Description'])
})

test('a template has at most 60 dynamic references', () => {
  const secret = '{{resolve:secretsmanager:notes:SecretString:password}}'
  const holding = (count: number) =>
    found(template({ Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: secret.repeat(count) } } }))
  assert.deepEqual(holding(60), [])
  assert.deepEqual(holding(61), ['quota '])
})

test('a template too long for a request is a warning with the way out, too long for Amazon S3 an error', () => {
  const at = (text: string) => checkTemplateSize(text).map(it => `${it.severity} ${it.code}`)
  assert.deepEqual(at('x'.repeat(51_200)), [])
  assert.deepEqual(at('é'.repeat(25_601)), ['warning template-size'])
  assert.deepEqual(at('x'.repeat(1_000_000)), ['warning template-size'])
  assert.deepEqual(at('x'.repeat(1_000_001)), ['error template-size'])
  assert.match(checkTemplateSize('x'.repeat(51_201))[0]?.help ?? '', /--s3-bucket/)
})

test('what a macro or Fn::ForEach makes is not judged', () => {
  assert.deepEqual(
    found(managed({ 'Fn::Transform': { Name: 'AWS::Include', Parameters: {} }, Version: '2012-10-17' })),
    [],
  )
  const each = { 'Fn::ForEach::Action': ['X', ['Get'], { 'Action${X}': 's3:GetObject' }], Effect: 'Allow' }
  assert.deepEqual(found(managed(policyOf(each, get))), [])
})

test('documents of any shape are read without an exception', () => {
  const values: readonly Json[] = [
    null,
    true,
    7,
    'text',
    [],
    ['a'],
    {},
    { a: null },
    { Ref: 7 },
    { 'Fn::If': ['A'] },
    [[]],
  ]
  const keys = ['Version', 'Statement', 'Effect', 'Principal', 'Action', 'Resource', 'Condition', 'StringEquals', 'Sid']
  const nested = (value: Json, depth: number): Json =>
    depth === 0 ? value : Object.fromEntries(keys.map(key => [key, nested(value, depth - 1)]))
  for (const value of values) {
    for (const depth of [0, 1, 2, 3]) {
      const it = nested(value, depth)
      const Properties = { AssumeRolePolicyDocument: it, Policies: [{ PolicyDocument: it }, it], Roles: it }
      const odd = {
        Role: { Type: 'AWS::IAM::Role', Condition: it, Properties },
        Properties: { Type: 'AWS::IAM::Policy', Properties: it },
        Attachment: { Type: 'AWS::Cognito::IdentityPoolRoleAttachment', Properties: { Roles: it } },
        Odd: it,
      }
      const all: Document = JSON.parse(
        JSON.stringify({
          Resources: odd,
          Rules: { R: it },
          Parameters: { P: it },
          Mappings: { M: it },
          Outputs: { O: it },
        }),
      )
      assert.doesNotThrow(() => check(all))
      const bare: Document = JSON.parse(JSON.stringify({ Resources: it, Rules: it, Parameters: it, Mappings: it }))
      assert.doesNotThrow(() => check(bare))
    }
  }
  const none: Document = JSON.parse('{}')
  assert.deepEqual(check(none), [])
})
