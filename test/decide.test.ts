import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { atVariables, haveOneInCommon, isLike } from '../src/access/decide/glob.ts'
import { matches, tokensOf } from '../src/access/decide/pattern.ts'
import type { ContextValue, Request } from '../src/access/decide/request.ts'
import { decide } from '../src/access/decide/statement.ts'
import { wildcard } from '../src/access/laws/wildcard.ts'
import { concatenate, Unknown, type Value } from '../src/resolve/value.ts'

const unknown = (id: string) => new Unknown({ kind: 'resource', id })

function request(
  action: string,
  resource: string | Unknown = '*',
  context: Readonly<Record<string, ContextValue>> = {},
  open: readonly string[] = [],
): Request {
  return {
    action,
    resource,
    context: new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value])),
    open: new Set(open),
  }
}

const policy = (...Statement: readonly Value[]): Value => ({ Version: '2012-10-17', Statement })
const allow = (Action: Value, Resource: Value, Condition?: Value): Value => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
})

function decision(statement: Value, asked: Request): string {
  return decide([policy(statement)], asked).decision
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
test('a wildcard in a resource takes in slashes, and leaves out what lacks a letter of the rest', () => {
  const bucket = 'arn:aws:s3:::amzn-s3-demo-bucket'
  const statement = allow('s3:GetObject', `${bucket}/*/test/*`)
  for (const key of [
    ...['1/test/object.jpg', '1/2/test/object.jpg', '1/2/test/3/object.jpg', '1/2/3/test/4/object.jpg'],
    ...['1///test///object.jpg', '1/test/.jpg', '/test/object.jpg', '1/test/'],
  ]) {
    assert.equal(decision(statement, request('s3:GetObject', `${bucket}/${key}`)), 'allow', key)
  }
  for (const key of ['1-test/object.jpg', 'test/object.jpg', '1/2/test.jpg', '1/TEST/object.jpg']) {
    assert.equal(decision(statement, request('s3:GetObject', `${bucket}/${key}`)), 'deny', key)
  }
})

test('a wildcard within a segment of an ARN stays in it, and one at its end goes on', () => {
  const given = 'arn:aws:execute-api:eu-west-1:123456789012:api/prod/GET/a:b'
  for (const [pattern, expected] of [
    ['arn:aws:execute-api:*:123456789012:api/*', 'allow'],
    ['arn:aws:execute-api:eu-*:api/*', 'allow'],
    ['arn:aws:execute-api:eu*1:123456789012:api/*', 'allow'],
    ['arn:aws:execute-api:eu*2:api/*', 'deny'],
    ['arn:aws:execute-api:eu-west-1:123456789012:*b', 'allow'],
    ['arn:aws:execute-api:eu-west-?:123456789012:api/prod/*/a?b', 'allow'],
    ['arn:aws:*', 'allow'],
    ['*', 'allow'],
    ['arn:aws:execute-api:eu-west-1:123456789012:ap', 'deny'],
    ['arn:aws:execute-api:eu-west-1:123456789012:api', 'deny'],
  ] as const) {
    assert.equal(
      decision(allow('execute-api:Invoke', pattern), request('execute-api:Invoke', given)),
      expected,
      pattern,
    )
  }
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
test('an ARN of fewer than six parts takes in whatever the missing ones may be', () => {
  const queue = request('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:123456789012:q')
  for (const whole of ['arn:aws:sqs', 'arn:aws:sqs:eu-west-1', 'arn:aws:sqs:*:123456789012', 'arn:*']) {
    assert.equal(decision(allow('sqs:*', whole), queue), 'allow', whole)
  }
  for (const other of ['arn:aws:sns', 'arn:aws:sqs:eu-west-2', 'arn:aws:sqs:*:123456789013', 'arn']) {
    assert.equal(decision(allow('sqs:*', other), queue), 'deny', other)
  }
})

test('actions match in any case, and NotAction and NotResource turn it round', () => {
  const asked = request('s3:GetObject', 'arn:aws:s3:::a/b')
  assert.equal(decision(allow('S3:getobject', '*'), asked), 'allow')
  assert.equal(decision(allow(['iam:*', 's3:Get*'], '*'), asked), 'allow')
  assert.equal(decision(allow('s3:GetObjectAcl', '*'), asked), 'deny')
  assert.equal(decision({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, asked), 'allow')
  assert.equal(decision({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, asked), 'deny')
  assert.equal(decision({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::a/*' }, asked), 'deny')
  assert.equal(decision({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::c/*' }, asked), 'allow')
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
test('policy variables come from the request, as literals, and without one nothing matches', () => {
  const own = allow('s3:GetObject', 'arn:aws:s3:::b/private/${cognito-identity.amazonaws.com:sub}/*')
  const get = (key: string, context: Readonly<Record<string, ContextValue>> = {}, open: readonly string[] = []) =>
    decision(own, request('s3:GetObject', `arn:aws:s3:::b/private/${key}`, context, open))
  const sub = 'cognito-identity.amazonaws.com:sub'
  assert.equal(get('a/1', { [sub]: 'a' }), 'allow')
  assert.equal(get('ab/1', { [sub]: 'a' }), 'deny')
  assert.equal(get('b/1', { [sub]: '*' }), 'deny')
  assert.equal(get('*/1', { [sub]: '*' }), 'allow')
  assert.equal(get('${cognito-identity.amazonaws.com:sub}/1'), 'deny')
  assert.equal(get('/1', { [sub]: '' }), 'allow')
  assert.equal(get('a/1', { [sub]: ['a'] }), 'deny')
  assert.equal(get('a/1', {}, [sub]), 'unknown')
  assert.equal(get('a', {}, [sub]), 'deny')
  // Before 2012-10-17 they are text.
  const old = { Version: '2008-10-17', Statement: [own] }
  const literal = request('s3:GetObject', 'arn:aws:s3:::b/private/${cognito-identity.amazonaws.com:sub}/x', {
    [sub]: 'a',
  })
  assert.equal(decide([old], literal).decision, 'allow')
  const team = allow('s3:GetObject', "arn:aws:s3:::${aws:PrincipalTag/team, 'company-wide'}/${*}${?}${$}")
  assert.equal(decision(team, request('s3:GetObject', 'arn:aws:s3:::company-wide/*?$')), 'allow')
  assert.equal(
    decision(team, request('s3:GetObject', 'arn:aws:s3:::red/*?$', { 'aws:principaltag/TEAM': 'red' })),
    'allow',
  )
  assert.equal(
    decision(team, request('s3:GetObject', 'arn:aws:s3:::red/xy$', { 'aws:PrincipalTag/team': 'red' })),
    'deny',
  )
})

type Condition = readonly [operator: string, key: string, values: Value, request: ContextValue | undefined, met: string]

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
const conditions: readonly Condition[] = [
  ['StringEquals', 'aws:x', ['a', 'b'], 'b', 'allow'],
  ['StringEquals', 'AWS:X', 'a', 'A', 'deny'],
  ['StringEquals', 'aws:x', 'a*', 'ab', 'deny'],
  ['StringEquals', 'aws:x', '${aws:y}', 'why', 'allow'],
  ['StringEquals', 'aws:x', '${aws:z}', 'why', 'deny'],
  // What has no value equals nothing.
  ['StringNotEquals', 'aws:x', '${aws:z}', 'why', 'allow'],
  ['NumericNotEquals', 's3:max-keys', 'ten', '10', 'unknown'],
  ['NumericLessThan', 's3:max-keys', '${aws:y}', '1', 'deny'],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', 'nowhere', 'unknown'],
  ['Bool', 'aws:x', 'yes', 'yes', 'deny'],
  ['StringEquals', 'aws:x', 'a', undefined, 'deny'],
  ['StringEqualsIfExists', 'aws:x', 'a', undefined, 'allow'],
  ['StringEqualsIfExists', 'aws:x', 'a', 'b', 'deny'],
  ['StringNotEquals', 'aws:x', ['a', 'b'], 'b', 'deny'],
  ['StringNotEquals', 'aws:x', ['a', 'b'], 'c', 'allow'],
  ['StringNotEquals', 'aws:x', 'a', undefined, 'allow'],
  ['StringEqualsIgnoreCase', 'aws:x', 'aB', 'Ab', 'allow'],
  ['StringNotEqualsIgnoreCase', 'aws:x', 'aB', 'Ab', 'deny'],
  ['StringLike', 's3:prefix', ['', 'home/', 'home/${aws:y}/*'], 'home/why/x', 'allow'],
  ['StringLike', 's3:prefix', ['', 'home/', 'home/${aws:y}/*'], 'home/who/x', 'deny'],
  ['StringLike', 's3:prefix', ['', 'home/', 'home/${aws:y}/*'], '', 'allow'],
  ['StringNotLike', 'aws:x', 'a?', 'ab', 'deny'],
  ['NumericLessThanEquals', 's3:max-keys', '10', '10', 'allow'],
  ['NumericLessThanEquals', 's3:max-keys', '10', '11', 'deny'],
  ['NumericEquals', 'aws:x', 10, '10.0', 'allow'],
  ['NumericNotEquals', 'aws:x', '1', '2', 'allow'],
  ['NumericGreaterThan', 'aws:x', '9', '10', 'allow'],
  ['NumericLessThan', 'aws:x', 'ten', '1', 'deny'],
  ['DateGreaterThan', 'aws:TokenIssueTime', '2020-01-01T00:00:01Z', '2020-01-01T00:00:02Z', 'allow'],
  ['DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', '1577836799', 'allow'],
  ['DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', '1577836800', 'deny'],
  ['Bool', 'aws:SecureTransport', 'true', 'TRUE', 'allow'],
  ['Bool', 'aws:SecureTransport', false, 'true', 'deny'],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true', undefined, 'allow'],
  ['BinaryEquals', 'aws:x', 'QmluYXJ5', 'QmluYXJ5', 'allow'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.255', 'allow'],
  ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '2001:db8:1234:5678::/64'], '2001:db8:1234:5678::1', 'allow'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.114.0', 'deny'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.7', '203.0.113.7', 'allow'],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.1', 'deny'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:*:123456789012:t*', 'arn:aws:sns:eu-west-1:123456789012:topic:1', 'allow'],
  ['ArnEquals', 'aws:SourceArn', 'arn:aws:sns:*:123456789012:topic', 'arn:aws:sns:a:b:123456789012:topic', 'deny'],
  ['ArnNotLike', 'aws:SourceArn', 'arn:aws:sns:*:*:topic', 'arn:aws:sqs:::topic', 'allow'],
  ['ArnLike', 'aws:SourceArn', '*', 'arn:aws:sqs:::topic', 'deny'],
  ['Null', 'aws:x', 'true', undefined, 'allow'],
  ['Null', 'aws:x', 'true', 'a', 'deny'],
  ['Null', 'aws:x', false, 'a', 'allow'],
  ['Null', 'aws:x', 'false', undefined, 'deny'],
  ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['a', 'b'], ['a', 'b', 'a'], 'allow'],
  ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['a', 'b'], ['a', 'c'], 'deny'],
  ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', 'a', [], 'allow'],
  ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', 'a', undefined, 'allow'],
  ['ForAnyValue:StringLike', 'amr', 'auth*', ['x', 'authenticated'], 'allow'],
  ['ForAnyValue:StringLike', 'amr', 'auth*', ['x'], 'deny'],
  ['ForAnyValue:StringLike', 'amr', 'auth*', [], 'deny'],
  ['ForAnyValue:StringLike', 'amr', 'auth*', undefined, 'deny'],
  ['ForAnyValue:StringNotEquals', 'amr', 'a', ['a', 'b'], 'allow'],
  ['ForAnyValue:StringNotEquals', 'amr', 'a', ['a'], 'deny'],
  ['ForAnyValue:StringNotEquals', 'amr', 'a', undefined, 'deny'],
  ['ForAllValues:StringNotEquals', 'amr', 'a', ['a', 'b'], 'deny'],
  // A set without an operator for it, and operators that nobody knows.
  ['StringEquals', 'amr', 'a', ['a', 'b'], 'unknown'],
  ['StringResembles', 'aws:x', 'a', 'a', 'unknown'],
]

for (const [operator, key, values, given, met] of conditions) {
  const shown = given === undefined ? 'no value' : JSON.stringify(given)
  test(`${operator} ${key} ${JSON.stringify(values)}: ${met} for ${shown}`, () => {
    const context = { 'aws:y': 'why', ...(given === undefined ? {} : { [key]: given }) }
    assert.equal(decision(allow('*', '*', { [operator]: { [key]: values } }), request('a:B', '*', context)), met)
  })
}

test('every operator, key and statement has its say', () => {
  const both = { StringEquals: { 'aws:x': 'a', 'aws:y': 'b' }, Bool: { 'aws:z': 'true' } }
  const statement = allow('*', '*', both)
  const whole = { 'aws:x': 'a', 'aws:y': 'b', 'aws:z': 'true' }
  assert.equal(decision(statement, request('a:B', '*', whole)), 'allow')
  for (const key of Object.keys(whole)) {
    assert.equal(decision(statement, request('a:B', '*', { ...whole, [key]: 'no' })), 'deny')
  }
  const deny = { Sid: 'No', Effect: 'Deny', Action: 'a:*', Resource: '*' }
  assert.deepEqual(decide([policy(statement), policy(allow('*', '*'), deny)], request('a:B', '*', whole)), {
    decision: 'deny',
    by: [{ policy: 1, statement: 1, sid: 'No' }],
  })
  assert.deepEqual(decide([policy(statement)], request('a:B', '*')), { decision: 'deny', by: [] })
})

test('what is unknown leaves open only what it could change', () => {
  const name = unknown('Bucket')
  const arn = (...parts: readonly (string | Unknown)[]) => concatenate(['arn:aws:s3:::', ...parts])
  const get = (resource: Value, asked: string | Unknown) => decision(allow('s3:*', resource), request('s3:X', asked))
  assert.equal(get(arn(name, '/private/*'), arn(name, '/private/a')), 'allow')
  assert.equal(get(arn(name, '/private/*'), arn(name, '/public/a')), 'deny')
  // A name that is filled in may have wildcards in it, which the policy reads as such.
  const given = new Unknown({ kind: 'parameter', name: 'Bucket' })
  assert.equal(get(arn(given, '/private/*'), arn(given, '/private/a')), 'allow')
  assert.equal(get(arn(given, '/private/*'), arn(given, '/public/a')), 'unknown')
  assert.equal(get(arn(name, '/private/*'), 'arn:aws:s3:::b/private/a'), 'unknown')
  assert.equal(get(arn(name, '/private/'), 'arn:aws:s3:::b/public/'), 'deny')
  assert.equal(get(arn(name), arn(unknown('Other'))), 'unknown')
  assert.equal(get(arn('*'), arn(name, '/x')), 'allow')
  assert.equal(get('arn:aws:sqs:*', arn(name)), 'deny')
  const open = allow('*', '*', { StringEquals: { 'aws:x': name } })
  assert.equal(decision(open, request('a:B', '*', { 'aws:x': 'a' })), 'unknown')
  assert.equal(decision(open, request('a:B')), 'deny')
  const absent = request('a:B', '*', {}, ['aws:x'])
  assert.equal(decision(allow('*', '*', { StringEquals: { 'aws:x': 'a' } }), absent), 'unknown')
  assert.equal(decision(allow('*', '*', { StringLike: { 'aws:x': '*' } }), absent), 'unknown')
  assert.equal(decision(allow('*', '*', { StringLikeIfExists: { 'aws:x': '*' } }), absent), 'allow')
  assert.equal(decision(allow('*', '*', { Null: { 'aws:x': 'true' } }), absent), 'unknown')
  const deny = { Effect: 'Deny', Action: '*', Resource: name }
  assert.equal(decide([policy(allow('*', '*'), deny)], request('a:B', 'x')).decision, 'unknown')
  // Nothing allows it, so that nothing hangs on the deny.
  assert.equal(decide([policy(deny)], request('a:B', 'x')).decision, 'deny')
  assert.equal(decide([policy({ Effect: 'Deny', Action: '*', Resource: '*' }), unknown('P')], absent).decision, 'deny')
  assert.equal(decide([policy(allow('*', '*')), unknown('P')], absent).decision, 'unknown')
  assert.equal(decide([policy(unknown('S'))], absent).decision, 'unknown')
})

test('patterns match as an expression of the same meaning, and whatever an unknown turns out to be', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 6 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 6 })
  const answer = (pattern: string | Unknown, text: string | Unknown) => {
    const [one, other] = [tokensOf(pattern, { wildcards: true }), tokensOf(text, { wildcards: false })]
    assert.ok(typeof one !== 'string' && typeof other !== 'string')
    return matches(one, other)
  }
  const expression = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]').replaceAll('/', '\\/')}$`, 'u')
  fc.assert(
    fc.property(patterns, letters, (pattern, text) => {
      assert.equal(answer(pattern, text), expression(pattern).test(text))
    }),
    { numRuns: 2000 },
  )
  const [x, y] = [unknown('X'), unknown('Y')]
  let decided = 0
  fc.assert(
    fc.property(
      fc.array(fc.oneof(patterns, fc.constantFrom(x, y)), { maxLength: 4 }),
      fc.array(fc.oneof(letters, fc.constantFrom(x, y)), { maxLength: 4 }),
      letters,
      letters,
      (pattern, text, X, Y) => {
        const truth = answer(concatenate(pattern), concatenate(text))
        const known = (parts: readonly (string | Unknown)[]) =>
          parts.map(part => (part === x ? X : part === y ? Y : part)).join('')
        if (truth === 'unknown') return
        decided++
        assert.equal(truth, expression(known(pattern)).test(known(text)))
      },
    ),
    { numRuns: 3000 },
  )
  assert.ok(decided > 500, `${decided}`)
})

test('one matcher reads all patterns of * and ?, says of two whether they have a text in common, and takes apart texts', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 7 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 7 })
  const expression = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  fc.assert(
    fc.property(patterns, letters, patterns, (pattern, text, other) => {
      assert.equal(isLike(pattern, text), expression(pattern).test(text))
      if (isLike(pattern, text) && isLike(other, text))
        assert.ok(haveOneInCommon(pattern, other), `${pattern} ${other}`)
      // A pattern without an asterisk has only texts of its own length.
      if (pattern.includes('*')) return
      const texts = [...pattern].reduce(
        (all, it) => all.flatMap(one => (it === '?' ? ['a', 'b', ':', 'x'] : [it]).map(end => one + end)),
        [''],
      )
      assert.equal(
        haveOneInCommon(pattern, other),
        texts.some(it => isLike(other, it)),
        `${pattern} ${other}`,
      )
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '$', '{', '}', '${'), maxLength: 9 }), text => {
      assert.deepEqual(atVariables(text), text.split(/\$\{([^}]*)\}/))
    }),
    { numRuns: 2000 },
  )
})

test('however a pattern is made, it is read in moments', () => {
  const start = performance.now()
  const stars = (times: number) => '*a'.repeat(times)
  const ask = (Action: string, Resource: string, action: string, resource: string) =>
    decide([{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] }], {
      ...{ action, resource, context: new Map(), open: new Set<string>() },
    }).decision
  assert.equal(ask(`sqs:${stars(400)}b`, '*', `sqs:${'a'.repeat(2000)}`, '*'), 'deny')
  const path = 'arn:aws:s3:::b/'
  assert.equal(ask('*', `${path}${stars(3000)}/x`, 'a:B', `${path}${'a'.repeat(6000)}/x`), 'allow')
  assert.equal(ask('*', `${path}${stars(3000)}b*/x`, 'a:B', `${path}${'a'.repeat(6000)}/x`), 'deny')
  assert.equal(
    ask('*', `arn:aws:s3:*${stars(300)}b:::${'${'.repeat(60000)}`, 'a:B', `${path}${'a'.repeat(600)}`),
    'deny',
  )
  assert.equal(ask('*', `${path}\${aws:x${' '.repeat(60000)}!,}`, 'a:B', `${path}x`), 'deny')
  assert.equal(haveOneInCommon(`kms:${'*?'.repeat(200)}zz`, `kms:${'?*'.repeat(200)}`), true)
  assert.equal(wildcard(`${stars(200)}b`, 'i').test('A'.repeat(2000)), false)
  const elapsed = performance.now() - start
  assert.ok(elapsed < 5000, `${elapsed} ms`)
})

const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide'
const cognito = 'https://docs.aws.amazon.com/cognito/latest/developerguide'
const [me, other] = ['us-east-1:aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa', 'us-east-1:bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb']
const identity = { 'cognito-identity.amazonaws.com:sub': me, 'cognito-identity.amazonaws.com:aud': 'us-east-1:pool' }

type Asked = readonly [
  action: string,
  resource: string,
  context: Readonly<Record<string, ContextValue>>,
  answer: string,
]

/** Examples of AWS's guides, with what the guides say of them. */
const examples: readonly (readonly [page: string, statements: readonly Value[], asked: readonly Asked[]])[] = [
  [
    `${guide}/reference_policies_examples_s3_cognito-bucket.html`,
    [
      allow('s3:ListBucket', 'arn:aws:s3:::bucket', {
        StringLike: { 's3:prefix': ['cognito/app/${cognito-identity.amazonaws.com:sub}/*'] },
      }),
      allow(
        ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
        [
          'arn:aws:s3:::bucket/cognito/app/${cognito-identity.amazonaws.com:sub}',
          'arn:aws:s3:::bucket/cognito/app/${cognito-identity.amazonaws.com:sub}/*',
        ],
      ),
    ],
    [
      ['s3:GetObject', `arn:aws:s3:::bucket/cognito/app/${me}/x`, identity, 'allow'],
      ['s3:DeleteObject', `arn:aws:s3:::bucket/cognito/app/${me}`, identity, 'allow'],
      ['s3:GetObject', `arn:aws:s3:::bucket/cognito/app/${other}/x`, identity, 'deny'],
      ['s3:ListBucket', 'arn:aws:s3:::bucket', { ...identity, 's3:prefix': `cognito/app/${me}/` }, 'allow'],
      ['s3:ListBucket', 'arn:aws:s3:::bucket', { ...identity, 's3:prefix': `cognito/app/${other}/` }, 'deny'],
      ['s3:ListBucket', 'arn:aws:s3:::bucket', identity, 'deny'],
    ],
  ],
  [
    `${cognito}/iam-roles.html#access-policy-examples`,
    [
      allow(
        'cognito-sync:*',
        'arn:aws:cognito-sync:us-east-1:123456789012:identitypool/${cognito-identity.amazonaws.com:aud}/identity/${cognito-identity.amazonaws.com:sub}/*',
      ),
      allow(['dynamodb:GetItem', 'dynamodb:Query'], 'arn:aws:dynamodb:us-west-2:123456789012:table/MyTable', {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] },
      }),
    ],
    [
      [
        'cognito-sync:UpdateRecords',
        `arn:aws:cognito-sync:us-east-1:123456789012:identitypool/us-east-1:pool/identity/${me}/dataset/d`,
        identity,
        'allow',
      ],
      [
        'cognito-sync:UpdateRecords',
        `arn:aws:cognito-sync:us-east-1:123456789012:identitypool/us-east-1:pool/identity/${other}/dataset/d`,
        identity,
        'deny',
      ],
      [
        'dynamodb:Query',
        'arn:aws:dynamodb:us-west-2:123456789012:table/MyTable',
        { ...identity, 'dynamodb:LeadingKeys': [me] },
        'allow',
      ],
      [
        'dynamodb:Query',
        'arn:aws:dynamodb:us-west-2:123456789012:table/MyTable',
        { ...identity, 'dynamodb:LeadingKeys': [me, other] },
        'deny',
      ],
    ],
  ],
  [
    `${guide}/reference_policies_condition-keys.html#condition-keys-sourceip`,
    [
      allow('s3:PutObject', 'arn:aws:s3:::my-service-bucket/*', {
        Bool: { 'aws:ViaAWSService': 'false' },
        IpAddress: { 'aws:SourceIp': '123.45.167.89' },
      }),
      allow('s3:PutObject', 'arn:aws:s3:::my-service-bucket/*', { Bool: { 'aws:ViaAWSService': 'true' } }),
    ],
    [
      [
        's3:PutObject',
        'arn:aws:s3:::my-service-bucket/x',
        { 'aws:ViaAWSService': 'false', 'aws:SourceIp': '123.45.167.89' },
        'allow',
      ],
      [
        's3:PutObject',
        'arn:aws:s3:::my-service-bucket/x',
        { 'aws:ViaAWSService': 'false', 'aws:SourceIp': '123.45.167.90' },
        'deny',
      ],
      ['s3:PutObject', 'arn:aws:s3:::my-service-bucket/x', { 'aws:ViaAWSService': 'true' }, 'allow'],
    ],
  ],
  [
    `${guide}/reference_policies_examples_aws_deny-ip.html`,
    [
      allow('*', '*'),
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: {
          NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
          Bool: { 'aws:ViaAWSService': 'false' },
        },
      },
    ],
    [
      ['s3:GetObject', 'arn:aws:s3:::b/x', { 'aws:ViaAWSService': 'false', 'aws:SourceIp': '192.0.2.9' }, 'allow'],
      ['s3:GetObject', 'arn:aws:s3:::b/x', { 'aws:ViaAWSService': 'false', 'aws:SourceIp': '198.51.100.1' }, 'deny'],
      ['s3:GetObject', 'arn:aws:s3:::b/x', { 'aws:ViaAWSService': 'true', 'aws:SourceIp': '198.51.100.1' }, 'allow'],
    ],
  ],
  [
    `${guide}/reference_policies_examples_aws-dates.html`,
    [
      allow('service:Action', '*', {
        DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
      }),
    ],
    [
      ['service:Action', '*', { 'aws:CurrentTime': '2020-05-01T12:00:00Z' }, 'allow'],
      ['service:Action', '*', { 'aws:CurrentTime': '2020-07-01T00:00:00Z' }, 'deny'],
      ['service:Action', '*', { 'aws:CurrentTime': '2020-04-01T00:00:00Z' }, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_variables.html#policy-vars-no-value`,
    [
      allow('s3:GetObject', '*'),
      {
        Effect: 'Deny',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/*',
        Condition: { StringNotEquals: { 's3:ExistingObjectTag/Team': '${aws:PrincipalTag/Team}' } },
      },
    ],
    [
      [
        's3:GetObject',
        'arn:aws:s3:::amzn-s3-demo-bucket/x',
        { 's3:ExistingObjectTag/Team': 'a', 'aws:PrincipalTag/Team': 'a' },
        'allow',
      ],
      [
        's3:GetObject',
        'arn:aws:s3:::amzn-s3-demo-bucket/x',
        { 's3:ExistingObjectTag/Team': 'a', 'aws:PrincipalTag/Team': 'b' },
        'deny',
      ],
      ['s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/x', { 's3:ExistingObjectTag/Team': 'a' }, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_condition-keys.html#condition-keys-calledvia`,
    [
      allow(
        ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey'],
        'arn:aws:kms:region:111122223333:key/k',
        {
          'ForAnyValue:StringEquals': { 'aws:CalledVia': ['dynamodb.amazonaws.com'] },
        },
      ),
    ],
    [
      [
        'kms:Decrypt',
        'arn:aws:kms:region:111122223333:key/k',
        { 'aws:CalledVia': ['cloudformation.amazonaws.com', 'dynamodb.amazonaws.com'] },
        'allow',
      ],
      [
        'kms:ReEncryptTo',
        'arn:aws:kms:region:111122223333:key/k',
        { 'aws:CalledVia': ['athena.amazonaws.com'] },
        'deny',
      ],
      ['kms:Decrypt', 'arn:aws:kms:region:111122223333:key/k', {}, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_condition-keys.html#condition-keys-principalorgpaths`,
    [
      allow('a:B', '*', {
        'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-jkl0-awsddddd/*'] },
      }),
    ],
    [
      ['a:B', '*', { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-jkl0-awsddddd/'] }, 'allow'],
      ['a:B', '*', { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-jkl0-awsddddd/ou-x/'] }, 'allow'],
      ['a:B', '*', { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-jkl0-awsdddddx/'] }, 'deny'],
      ['a:B', '*', {}, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent`,
    [
      allow('*', '*'),
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      },
    ],
    [
      ['a:B', '*', { 'aws:MultiFactorAuthPresent': 'true' }, 'allow'],
      ['a:B', '*', { 'aws:MultiFactorAuthPresent': 'false' }, 'deny'],
      // With long-term credentials the key is not there.
      ['a:B', '*', {}, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_condition-keys.html#condition-keys-requestedregion`,
    [
      allow('ec2:Describe*', '*'),
      allow(['ec2:Run*', 'ec2:Stop*'], '*', {
        StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2', 'eu-west-3'] },
      }),
    ],
    [
      ['ec2:DescribeInstances', '*', { 'aws:RequestedRegion': 'us-east-1' }, 'allow'],
      ['ec2:RunInstances', '*', { 'aws:RequestedRegion': 'eu-west-2' }, 'allow'],
      ['ec2:RunInstances', '*', { 'aws:RequestedRegion': 'us-east-1' }, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_elements_notresource.html`,
    [
      allow('s3:*', '*'),
      {
        Effect: 'Deny',
        Action: 's3:*',
        NotResource: ['arn:aws:s3:::amzn-s3-demo-bucket/HRPayroll', 'arn:aws:s3:::amzn-s3-demo-bucket/HRPayroll/*'],
      },
    ],
    [
      ['s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/HRPayroll/x', {}, 'allow'],
      ['s3:GetObject', 'arn:aws:s3:::amzn-s3-demo-bucket/other', {}, 'deny'],
    ],
  ],
  [
    `${guide}/reference_policies_elements_notaction.html`,
    [
      allow('*', '*'),
      {
        Effect: 'Deny',
        NotAction: 'iam:*',
        Resource: '*',
        Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      },
    ],
    [
      ['iam:GetUser', 'arn:aws:iam::123456789012:user/ann', { 'aws:MultiFactorAuthPresent': 'false' }, 'allow'],
      ['s3:GetObject', 'arn:aws:s3:::b/x', { 'aws:MultiFactorAuthPresent': 'false' }, 'deny'],
      ['s3:GetObject', 'arn:aws:s3:::b/x', { 'aws:MultiFactorAuthPresent': 'true' }, 'allow'],
    ],
  ],
]

for (const [page, statements, asked] of examples) {
  test(`the example of ${page.slice(page.lastIndexOf('/') + 1)} means what AWS says`, () => {
    for (const [action, resource, context, answer] of asked) {
      const { decision } = decide([policy(...statements)], request(action, resource, context))
      assert.equal(decision, answer, `${action} ${resource} ${JSON.stringify(context)}`)
    }
  })
}
