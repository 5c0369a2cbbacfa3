import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { solverOf } from '../src/check/conditions.ts'
import { type Document, formatPath, isObject, type Json, type JsonObject } from '../src/document.ts'
import { link } from '../src/link.ts'
import { read } from '../src/read.ts'
import { evaluateConditions } from '../src/resolve/conditions.ts'
import { documentOf } from '../src/resolve/document-of.ts'
import { type Environment, type Resolved, resolve, type Value } from '../src/resolve/index.ts'
import { parameterProblems } from '../src/resolve/parameters.ts'
import { failedRules } from '../src/resolve/rules.ts'
import { isValueList, isValueObject, Unknown } from '../src/resolve/value.ts'
import identityPool from '../templates/identity-pool.ts'
import { environmentOf } from './support/resolve.ts'

const { document: pool } = link(identityPool, { id: 'identity-pool', version: '1.2.3' })

const unknown = new Unknown({ kind: 'parameter', name: '' })

function environment(parameters: Readonly<Record<string, string | Unknown>> = {}): Environment {
  return { ...environmentOf({}), parameters }
}

/** A template as somebody wrote it. */
function template(text: string): Document {
  const found = read(text)
  assert.ok(found.kind === 'template', text)
  return found.document
}

/** What is unknown as text, so that expectations can be written down. */
function shown(value: Value | undefined): Json {
  if (value === undefined) return '‹nothing›'
  if (isValueList(value)) return value.map(shown)
  if (isValueObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]))
  }
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  switch (origin.kind) {
    case 'resource':
      return `‹${origin.id}›`
    case 'attribute':
      return `‹${origin.id}.${String(shown(origin.attribute))}›`
    case 'parameter':
    case 'pseudo':
      return `‹${origin.name}›`
    case 'import':
      return `‹import ${String(shown(origin.name))}›`
    case 'dynamic':
      return `‹dynamic ${String(shown(origin.reference))}›`
    case 'text':
      return origin.parts.map(shown).join('')
    case 'call':
      return `‹${origin.fn} ${JSON.stringify(shown(origin.argument))}›`
    case 'choice':
      return `‹${origin.condition} ? ${JSON.stringify(shown(origin.whenTrue))} : ${JSON.stringify(shown(origin.whenFalse))}›`
    case 'mistake':
      return '‹mistake›'
  }
}

function said({ diagnostics }: Resolved): readonly string[] {
  return diagnostics.map(({ code, path, message }) => `${formatPath(path)} ${message} [${code}]`)
}

// ---- what each function gives ------------------------------------------------------------------------------------

/** The property `It` of a resource beside others, with mappings and parameters of every kind. */
const around = (it: string, parameters: Readonly<Record<string, string | Unknown>> = {}) =>
  resolve(
    template(`
Parameters:
  Name: { Type: String, Default: ann }
  Count: { Type: Number, Default: 2 }
  Names: { Type: CommaDelimitedList, Default: 'a, b ,c' }
  Ports: { Type: List<Number>, Default: '80,443' }
  Empty: { Type: CommaDelimitedList, Default: '' }
  Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/key }
  Open: { Type: String, Default: '' }
Mappings:
  ByRegion:
    us-east-1: { Host: one, Zones: [x, y], Size: 3 }
Conditions:
  Holds: !Equals [!Ref Name, ann]
  Fails: !Not [!Condition Holds]
  Maybe: !Equals [!Ref Open, '1']
Resources:
  Bucket: { Type: 'AWS::S3::Bucket' }
  Gone: { Type: 'AWS::S3::Bucket', Condition: Fails }
  Holder:
    Type: 'Custom::Holder'
    Properties:
      It: ${it}
`),
    environment({ Open: unknown, ...parameters }),
  )

for (const [written, expected] of [
  ['!Ref Name', 'ann'],
  ['!Ref Count', '2'],
  ['!Ref Names', ['a', 'b', 'c']],
  ['!Ref Ports', ['80', '443']],
  ['!Ref Empty', ['']],
  ['!Ref Stored', '‹Stored›'],
  ['!Ref Open', '‹Open›'],
  ['!Ref Bucket', '‹Bucket›'],
  ['!Ref AWS::Region', 'us-east-1'],
  ['!Ref AWS::URLSuffix', 'amazonaws.com'],
  ['!Ref AWS::NotificationARNs', '‹AWS::NotificationARNs›'],
  ['!GetAtt Bucket.Arn', '‹Bucket.Arn›'],
  ['!GetAtt Bucket.Outputs.A.B', '‹Bucket.Outputs.A.B›'],
  ['{ "Fn::GetAtt": [Bucket, !Ref Name] }', '‹Bucket.ann›'],
  ['!Sub "${AWS::Partition}:${Name}/${!Name}/${Bucket}/${Bucket.Arn}"', 'aws:ann/${Name}/‹Bucket›/‹Bucket.Arn›'],
  ['!Sub ["${Name}-${Other}", { Name: !Ref Count, Other: "${Name}" }]', '2-${Name}'],
  ['!Sub "${ Name }$"', 'ann$'],
  ['!Join ["-", [!Ref Name, 1, true, !Ref "AWS::NoValue", !Ref Bucket]]', 'ann-1-true-‹Bucket›'],
  ['!Join ["+", !Ref Names]', 'a+b+c'],
  ['!Join ["+", !GetAtt Bucket.List]', '‹Fn::Join ["+","‹Bucket.List›"]›'],
  ['!Split [",", "a,,b"]', ['a', '', 'b']],
  ['!Split [":", !Ref Bucket]', '‹Fn::Split [":","‹Bucket›"]›'],
  ['!Select [1, !Ref Names]', 'b'],
  ['!Select [!Ref Count, !Split [",", "a,b,c"]]', 'c'],
  // What stands before the first unknown is known.
  ['!Select [1, !Split [":", !Sub "arn:${AWS::Partition}:s3:${Bucket}:x"]]', 'aws'],
  [
    '!Select [3, !Split [":", !Sub "arn:aws:s3:${Bucket}:x"]]',
    '‹Fn::Select ["3","‹Fn::Split [\\":\\",\\"arn:aws:s3:‹Bucket›:x\\"]›"]›',
  ],
  ['!Select [0, !GetAZs ""]', '‹Fn::Select ["0","‹Fn::GetAZs \\"us-east-1\\"›"]›'],
  ['!FindInMap [ByRegion, !Ref "AWS::Region", Host]', 'one'],
  ['!FindInMap [ByRegion, !Ref "AWS::Region", Zones]', ['x', 'y']],
  ['!FindInMap [ByRegion, !Ref Open, Host]', '‹Fn::FindInMap ["ByRegion","‹Open›","Host"]›'],
  ['!FindInMap [ByRegion, mars, Host, { DefaultValue: !Ref Name }]', 'ann'],
  ['!If [Holds, a, b]', 'a'],
  ['!If [Fails, a, !Ref Bucket]', '‹Bucket›'],
  ['!If [Maybe, a, !Ref "AWS::NoValue"]', '‹Maybe ? "a" : "‹nothing›"›'],
  ['[1, !If [Fails, 2, !Ref "AWS::NoValue"], [!Ref "AWS::NoValue"]]', [1, []]],
  ['{ a: !Ref "AWS::NoValue", b: { c: !Ref "AWS::NoValue" }, d: null }', { b: {}, d: null }],
  ['!ImportValue { "Fn::Sub": "${Name}-vpc" }', '‹import ann-vpc›'],
  ['!Base64 "Grüße, 世界!"', Buffer.from('Grüße, 世界!').toString('base64')],
  ['!Base64 ""', ''],
  ['!Cidr [192.168.0.0/24, 3, 5]', ['192.168.0.0/27', '192.168.0.32/27', '192.168.0.64/27']],
  ['!Cidr [10.1.2.3/16, !Ref Count, "8"]', ['10.1.0.0/24', '10.1.1.0/24']],
  ['!Cidr ["2001:db8:0:1a00::/56", 2, 64]', ['2001:db8:0:1a00::/64', '2001:db8:0:1a01::/64']],
  ['!Cidr ["::/127", 2, 0]', ['::/128', '::1/128']],
  ['!Cidr ["1:0:0:2:0:0:0:3/120", 1, 8]', ['1:0:0:2::/120']],
  ['!Cidr ["fe80::1:0:0:1/128", 1, 0]', ['fe80::1:0:0:1/128']],
  ['!Cidr [!GetAtt Bucket.CidrBlock, 1, 8]', '‹Fn::Cidr ["‹Bucket.CidrBlock›","1","8"]›'],
  ['{ "Fn::ToJsonString": { a: !Ref Name } }', '‹Fn::ToJsonString {"a":"ann"}›'],
  ['{ "Fn::Length": !Ref Names }', '‹Fn::Length ["a","b","c"]›'],
  ['"{{resolve:ssm:/a/b:1}}"', '‹dynamic ssm:/a/b:1›'],
  [
    '"x{{resolve:ssm-secure:k}}{{resolve:nothing:k}}{{resolve:ssm:open"',
    'x‹dynamic ssm-secure:k›{{resolve:nothing:k}}{{resolve:ssm:open',
  ],
  [
    '!Sub "{{resolve:secretsmanager:${Bucket}:SecretString:pw}}!"',
    '‹dynamic secretsmanager:‹Bucket›:SecretString:pw›!',
  ],
  // They are read when the functions have been.
  ['!Join ["", ["{{resolve:ssm:", !Ref Name, "}}"]]', '‹dynamic ssm:ann›'],
  // In a policy it is a key like any other.
  ['{ Condition: Holds }', { Condition: 'Holds' }],
] as const) {
  test(`${written} gives ${JSON.stringify(expected)}`, () => {
    const resolved = around(written)
    assert.deepEqual(said(resolved), [])
    assert.deepEqual(shown(resolved.Resources['Holder']?.Properties['It']), expected)
  })
}

for (const [written, expected] of [
  ['!Ref Nobody', 'Ref is not declared: Nobody [undefined-reference]'],
  ['!GetAtt Nobody.Arn', 'Fn::GetAtt is not declared: Nobody [undefined-reference]'],
  ['!Ref Gone', 'Ref refers to Gone, which its condition leaves out for these values [conditional-reference]'],
  [
    '!Sub "${Gone.Arn}"',
    'Fn::Sub refers to Gone, which its condition leaves out for these values [conditional-reference]',
  ],
  ['!Sub "${Names}"', 'Fn::Sub is no text [invalid-function]'],
  ['!Sub "${a b}"', 'Fn::Sub has not the arguments that the function takes [invalid-function]'],
  ['!Join ["-", [!Ref Names, a]]', 'Fn::Join is no text [invalid-function]'],
  ['!Select [3, !Ref Names]', 'Fn::Select selects item 3, counted from 0, of a list of 3 [invalid-function]'],
  [
    '!Select [0, [!Ref "AWS::NoValue", a]]',
    'Fn::Select has not the arguments that the function takes [invalid-function]',
  ],
  ['!FindInMap [ByRegion, mars, Host]', 'Fn::FindInMap finds nothing under ByRegion, mars, Host [undefined-reference]'],
  [
    '!FindInMap [ByRegion, constructor, name]',
    'Fn::FindInMap finds nothing under ByRegion, constructor, name [undefined-reference]',
  ],
  ['!If [Nobody, a, b]', 'Fn::If.0 is no condition: Nobody [undefined-reference]'],
  ['!If [Holds, a]', 'Fn::If has not the arguments that the function takes [invalid-function]'],
  ['!Cidr [10.0.0.0/24, 9, 5]', 'Fn::Cidr makes no such blocks of 10.0.0.0/24 [invalid-function]'],
  ['!Cidr [10.0.0/24, 1, 5]', 'Fn::Cidr makes no such blocks of 10.0.0/24 [invalid-function]'],
] as const) {
  test(`${written} is a mistake`, () => {
    const resolved = around(written)
    assert.deepEqual(said(resolved), [`Resources.Holder.Properties.It.${expected}`])
    // Also in the middle of something.
    assert.deepEqual(said(around(`{ x: [!If [Maybe, "", ""], ${written}] }`)).length, 1)
  })
}

test('all mistakes are told at once, each once, and a branch not taken makes none', () => {
  const resolved = resolve(
    template(`
Parameters:
  Name: { Type: String }
  Kind: { Type: String, AllowedValues: [a, b], Default: c }
  Secret: { Type: String, NoEcho: true, AllowedPattern: '[a-z]+', ConstraintDescription: must be lower case }
  Size: { Type: Number, MinValue: 1 }
Rules:
  Fits: { Assertions: [{ Assert: !Equals [!Ref Kind, a], AssertDescription: Kind must be a }] }
Conditions:
  Round: !Not [!Condition Trip]
  Trip: !Or [!Condition Round, !Equals [1, 2]]
  Odd: !Equals [!Select [9, [a]], b]
Resources:
  One:
    Type: Custom::One
    Condition: Odd
    DependsOn: Two
    Properties: { A: !If [Odd, !Ref No1, !Ref No2] }
  Two: { Type: Custom::Two, Properties: { B: [!If [Known, !Ref No3, x], !Ref No4] } }
Outputs:
  Gone: { Value: !Ref 'AWS::NoValue' }
`),
    environment({ Secret: 'GEHEIM', Size: '0', Typo: 'x' }),
  )
  assert.deepEqual(said(resolved), [
    'Parameters.Name has no value and no default [invalid-value]',
    "Parameters.Kind is 'c', which is none of AllowedValues [invalid-value]",
    'Parameters.Secret has a value that does not match AllowedPattern [invalid-value]',
    "Parameters.Size is '0', which is less than MinValue 1 [invalid-value]",
    'Parameters.Typo is given a value, and the template has no such parameter [undefined-reference]',
    'Rules.Fits.Assertions.0 refuses these values: Kind must be a [failed-rule]',
    'Conditions.Trip.Fn::Or.0.Condition depends on itself: Round [circular-reference]',
    'Conditions.Odd.Fn::Equals.0.Fn::Select selects item 9, counted from 0, of a list of 1 [invalid-function]',
    'Resources.Two.Properties.B.0.Fn::If.0 is no condition: Known [undefined-reference]',
    'Resources.Two.Properties.B.1.Ref is not declared: No4 [undefined-reference]',
    'Outputs.Gone.Value comes to no value [invalid-value]',
  ])
  assert.doesNotMatch(JSON.stringify(resolved.diagnostics), /GEHEIM/)
})

test('a resource whose condition is false is gone, and nobody depends on it', () => {
  const { Resources, Outputs, diagnostics, conditions } = resolve(
    template(`
Parameters: { Open: { Type: String } }
Conditions: { Never: !Equals [a, b], Maybe: !Equals [!Ref Open, b] }
Resources:
  Never: { Type: Custom::A, Condition: Never }
  Maybe: { Type: Custom::B, Condition: Maybe }
  Always: { Type: Custom::C, DependsOn: [Never, Maybe], DeletionPolicy: Retain, Metadata: { M: !Ref Maybe } }
  Other: { Type: Custom::D, DependsOn: Never }
Outputs:
  Never: { Condition: Never, Value: !Ref Never }
  Maybe: { Condition: Maybe, Value: !Ref Maybe, Export: { Name: !Sub '\${AWS::StackName}-x' } }
`),
    environment({ Open: unknown }),
  )
  assert.deepEqual(diagnostics, [])
  assert.equal(conditions.get('Never'), false)
  assert.deepEqual(Object.keys(Resources), ['Maybe', 'Always', 'Other'])
  assert.equal(Resources['Maybe']?.condition, 'Maybe')
  assert.deepEqual(Resources['Always']?.DependsOn, ['Maybe'])
  assert.equal(Resources['Always']?.condition, undefined)
  assert.deepEqual(shown(Resources['Always']?.attributes), { DeletionPolicy: 'Retain', Metadata: { M: '‹Maybe›' } })
  assert.deepEqual(Resources['Other']?.DependsOn, [])
  assert.deepEqual(Object.keys(Outputs), ['Maybe'])
  assert.deepEqual(shown(Outputs['Maybe']?.attributes), { Export: { Name: 'stack-x' } })
})

test('what a macro may make is unknown, and said to be', () => {
  const { Resources, macros, diagnostics } = resolve(
    template(`
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Function: { Type: AWS::Serverless::Function, Properties: { Role: !GetAtt FunctionRole.Arn } }
  'Fn::ForEach::Topics': [Name, [a, b], { 'Topic\${Name}': { Type: AWS::SNS::Topic } }]
  Included: { Type: Custom::X, Properties: { A: 1, 'Fn::Transform': { Name: AWS::Include, Parameters: { Location: !Ref 'AWS::Region' } } } }
`),
    environment(),
  )
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(macros, ['AWS::Serverless-2016-10-31', 'Fn::ForEach::Topics', 'Fn::Transform'])
  assert.deepEqual(shown(Resources['Function']?.Properties), { Role: '‹FunctionRole.Arn›' })
  assert.deepEqual(shown(Resources['Included']?.Properties), {
    A: 1,
    'Fn::Transform': '‹Fn::Transform {"Name":"AWS::Include","Parameters":{"Location":"us-east-1"}}›',
  })
})

test('each constraint refuses what it should, of a list each item', () => {
  const problems = (declaration: JsonObject, value: string) =>
    parameterProblems({ P: declaration }, { P: value }).map(({ violation, value: item }) => [violation.kind, item])
  const list = { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]*' }
  assert.deepEqual(problems(list, 'a, b,c'), [])
  assert.deepEqual(problems(list, 'a,B,C'), [
    ['pattern', 'B'],
    ['pattern', 'C'],
  ])
  const bounded = { Type: 'String', MinLength: '2', MaxLength: 3 }
  assert.deepEqual(problems(bounded, '😀'), [['too-short', '😀']])
  assert.deepEqual(problems(bounded, '😀😀😀'), [])
  assert.deepEqual(problems(bounded, 'abcd'), [['too-long', 'abcd']])
  // Lengths are said of texts alone.
  assert.deepEqual(problems({ ...bounded, Type: 'CommaDelimitedList' }, 'a,bcde'), [])
  const number = { Type: 'Number', MinValue: 1, MaxValue: '9' }
  assert.deepEqual(
    ['x', '', '0x1', '0.5', '1e1', '-1', '1', '9.0'].map(value => problems(number, value).map(([kind]) => kind)),
    [['not-a-number'], ['not-a-number'], ['not-a-number'], ['too-small'], ['too-large'], ['too-small'], [], []],
  )
  assert.deepEqual(problems({ Type: 'String', AllowedPattern: 'a|b' }, 'ab'), [['pattern', 'ab']])
  // Of what only Java's expressions have nothing is said.
  assert.deepEqual(problems({ Type: 'String', AllowedPattern: '\\p{Alpha}++' }, '1'), [])
})

test('a comparison with what is unknown is decided where no value could change it', () => {
  const truthOf = (condition: string) => {
    const document = template(`
Parameters: { Open: { Type: String }, Names: { Type: CommaDelimitedList, Default: a } }
Conditions: { It: ${condition} }
Resources: {}
`)
    const truth = evaluateConditions(document, { ...environment({ Open: unknown }), accountId: unknown }).get('It')
    return truth instanceof Unknown ? truth.origin.kind : truth
  }
  for (const [condition, truth] of [
    ['!Equals [!Ref Open, a]', 'call'],
    ['!Equals [!Ref Open, !Ref Open]', true],
    ['!Equals [!Ref "AWS::AccountId", "123456789012"]', 'call'],
    ['!Equals [!Sub "x${Open}", a]', false],
    ['!Equals [a, !Sub "x${Open}"]', false],
    ['!Equals [!Sub "${Open}x", a]', false],
    ['!Equals [!Sub "${Open}x", "x"]', 'call'],
    ['!Equals [!Sub "ab${Open}b", ab]', false],
    ['!Equals [!Sub "ab${Open}b", abb]', 'call'],
    ['!Equals [!Sub "b${Open}a", ab]', false],
    ['!Equals [!Ref Names, a]', 'call'],
    // Two mistakes are not the same value.
    ['!Equals [!Ref No1, !Ref No2]', 'mistake'],
    ['!Equals [!Ref "AWS::NoValue", a]', 'mistake'],
    ['!And [!Equals [!Ref Open, a], !Equals [!Ref No1, a]]', 'mistake'],
    ['!Not [!Equals [!Ref Open, a]]', 'call'],
    ['!Equals [1, "1"]', true],
    ['!Equals [true, "true"]', true],
    ['!Equals [a, A]', false],
    ['!Equals [a]', 'mistake'],
    ['a', 'mistake'],
    ['!Condition It', 'mistake'],
  ] as const) {
    assert.equal(truthOf(condition), truth, condition)
  }
})

// ---- rules -------------------------------------------------------------------------------------------------------

test('rules are decided with their own functions, and what only AWS knows fails none', () => {
  const failed = (assert: string, when?: string) =>
    failedRules(
      template(`
Parameters:
  Kind: { Type: String, Default: a }
  Kinds: { Type: CommaDelimitedList, Default: 'a,b' }
  Vpc: { Type: 'AWS::EC2::VPC::Id', Default: vpc-1 }
  Vpcs: { Type: 'List<AWS::EC2::VPC::Id>', Default: 'vpc-2,vpc-3' }
  Open: { Type: String, Default: '' }
  Stored: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>', Default: /vpc }
Resources: {}
Rules: { R: { ${when === undefined ? '' : `RuleCondition: ${when},`} Assertions: [{ Assert: ${assert}, AssertDescription: no }] } }
`),
      environment({ Open: unknown }),
    ).length > 0
  const never = '!Equals [a, b]'
  assert.equal(failed(never, '!Equals [a, a]'), true)
  assert.equal(failed(never, '!Equals [a, b]'), false)
  assert.equal(failed(never, '!Equals [!Ref Open, b]'), false)
  for (const [assertion, isFailed] of [
    ['!Contains [[a, b], !Ref Kind]', false],
    ['!Contains [[b, c], !Ref Kind]', true],
    ['!Contains [!Ref Kinds, b]', false],
    ['!Contains [[b, !Ref Open], !Ref Kind]', false],
    ['!Contains [[b, c], !Ref Open]', false],
    ['!EachMemberEquals [!Ref Kinds, a]', true],
    ['!EachMemberEquals [[a, a], !Ref Kind]', false],
    ['!EachMemberEquals [[b, !Ref Open], !Ref Kind]', true],
    ['!EachMemberIn [!Ref Kinds, [b, a, c]]', false],
    ['!EachMemberIn [!Ref Kinds, [b, c]]', true],
    ['!EachMemberIn [[vpc-1, vpc-3], !RefAll AWS::EC2::VPC::Id]', false],
    // A stored one may be it.
    ['!EachMemberIn [[vpc-4], !RefAll AWS::EC2::VPC::Id]', false],
    ['!EachMemberEquals [!RefAll AWS::EC2::VPC::Id, vpc-1]', true],
    ['!Contains [!RefAll AWS::EC2::Subnet::Id, vpc-1]', true],
    ['!Equals [{ "Fn::ValueOf": [Vpc, Tags.Department] }, IT]', false],
    ['!Not [!Equals [{ "Fn::ValueOf": [Vpc, Tags.Department] }, IT]]', false],
    ['!EachMemberEquals [{ "Fn::ValueOfAll": [AWS::EC2::VPC::Id, Tags.Department] }, IT]', false],
    ['!And [!Equals [a, b], !Equals [!Ref Open, x]]', true],
    ['!Or [!Equals [a, b], !Equals [!Ref Open, x]]', false],
    ['!Or [!Equals [a, b], !Not [!Equals [a, a]]]', true],
    ['!Equals [!Ref Open, !Ref Open]', false],
    ['!Not [!Equals [!Ref Open, !Ref Open]]', true],
    // CloudFormation takes no such function there, so nothing is said of it.
    ['!Equals [!Sub "${Kind}", b]', false],
    ['!Condition Nobody', false],
  ] as const) {
    assert.equal(failed(assertion), isFailed, assertion)
  }
})

test('the rules of identity-pool fail as their truth tables say', () => {
  const rules = pool.Rules ?? {}
  const defaults = new Map(
    Object.entries(pool.Parameters ?? {}).map(([name, it]) => [name, isObject(it) ? String(it['Default']) : '']),
  )
  let tried = 0
  for (const [name, rule] of Object.entries(rules)) {
    const written = JSON.stringify(rule)
    const names = [...new Set([...written.matchAll(/"Ref":"(\w+)"/g)].map(([, id = '']) => id))]
    const literals = [...new Set([...written.matchAll(/"Fn::Equals":\[[^\]]*?"([^"]*)"\]/g)].map(([, it = '']) => it))]
    const choices = names.map(id => [...new Set([defaults.get(id) ?? '', 'zzz', ...literals])])
    for (const values of product(choices)) {
      const given = Object.fromEntries(names.map((id, at) => [id, values[at] ?? '']))
      const value = (id: string) => given[id] ?? defaults.get(id) ?? ''
      const failed = failedRules(pool, environment(given)).filter(it => it.rule === name)
      assert.deepEqual(
        failed.map(it => it.assertion),
        failures(rule, value),
        `${name} ${JSON.stringify(given)}`,
      )
      tried++
    }
  }
  assert.ok(tried > 100, `${tried}`)
})

function product(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return choices.reduce<readonly (readonly string[])[]>(
    (made, values) => made.flatMap(row => values.map(value => [...row, value])),
    [[]],
  )
}

/** A rule by a naive reading of its JSON: which assertions fail. */
function failures(rule: Json, value: (name: string) => string): readonly number[] {
  const of = (json: Json): string => (isObject(json) ? value(String(json['Ref'])) : String(json))
  const holds = (json: Json): boolean => {
    assert.ok(isObject(json))
    const [[fn, operands] = []] = Object.entries(json)
    assert.ok(Array.isArray(operands))
    const [one = null, other = null]: readonly Json[] = operands
    if (fn === 'Fn::And') return operands.map(holds).every(Boolean)
    if (fn === 'Fn::Or') return operands.map(holds).some(Boolean)
    if (fn === 'Fn::Not') return !holds(one)
    if (fn === 'Fn::Contains') return Array.isArray(one) && one.map(of).includes(of(other))
    assert.equal(fn, 'Fn::Equals')
    return of(one) === of(other)
  }
  assert.ok(isObject(rule) && Array.isArray(rule['Assertions']))
  if (rule['RuleCondition'] !== undefined && !holds(rule['RuleCondition'])) return []
  return rule['Assertions'].flatMap((it: Json, at) => (isObject(it) && !holds(it['Assert'] ?? null) ? [at] : []))
}

// ---- random templates --------------------------------------------------------------------------------------------

/** What a generated expression means, beside what is written: an oracle that never reads the template. */
type Given = { readonly P: string; readonly Q: string; readonly L: string; readonly U: string }
type Truths = Readonly<Record<string, boolean>>
type Part<T> = { readonly written: Json; readonly value: (given: Given, truths: Truths) => T }

const words = ['', 'a', 'b', 'x,y', 'true', '1', '$', '}', '{"Ref":"P"}', '${P}', '${!x}', '{{', 'ä😀']
const conditionNames = ['C0', 'C1', 'C2'] as const

const literal: fc.Arbitrary<Part<string>> = fc
  .constantFrom(...words)
  .map(word => ({ written: word, value: () => word }))

const mapping = { k: { t: 'one', l: ['p', 'q'] }, a: { t: 'two', l: [] }, b: { t: 'three', l: ['r'] } }

const { early, formula } = fc.letrec<{ early: Part<string>; items: Part<readonly string[]>; formula: Part<boolean> }>(
  tie => ({
    early: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      fc.constantFrom('P', 'Q', 'U').map(
        (name): Part<string> => ({
          written: { Ref: name },
          value: given => (name === 'P' ? given.P : name === 'Q' ? given.Q : given.U),
        }),
      ),
      fc.constant<Part<string>>({ written: { Ref: 'AWS::Region' }, value: () => 'us-east-1' }),
      fc.tuple(fc.constantFrom('', ',', '-a'), tie('items')).map(
        ([delimiter, items]): Part<string> => ({
          written: { 'Fn::Join': [delimiter, items.written] },
          value: (...at) => items.value(...at).join(delimiter),
        }),
      ),
      fc
        .array(fc.oneof(fc.constantFrom('', 'a', '$', ' }', '${!P}', '${P}', '${U}', '${V}')), { maxLength: 5 })
        .chain(pieces => tie('early').map(own => ({ pieces, own })))
        .map(
          ({ pieces, own }): Part<string> => ({
            written: { 'Fn::Sub': [pieces.join(''), { V: own.written }] },
            value: (given, truths) =>
              pieces
                .map(piece => {
                  if (piece === '${P}') return given.P
                  if (piece === '${U}') return given.U
                  return piece === '${V}' ? own.value(given, truths) : piece.replace('${!', '${')
                })
                .join(''),
          }),
        ),
      fc.array(tie('early'), { minLength: 1, maxLength: 3 }).chain(items =>
        fc.nat(items.length - 1).map(
          (index): Part<string> => ({
            written: { 'Fn::Select': [String(index), items.map(it => it.written)] },
            value: (...at) => items[index]?.value(...at) ?? '',
          }),
        ),
      ),
      fc.constantFrom('k', 'a', 'b').map(
        (key): Part<string> => ({
          written: { 'Fn::FindInMap': ['M', key, 't'] },
          value: () => (key === 'k' ? 'one' : key === 'a' ? 'two' : 'three'),
        }),
      ),
    ),
    items: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.array(tie('early'), { maxLength: 3 }).map(
        (items): Part<readonly string[]> => ({
          written: items.map(it => it.written),
          value: (...at) => items.map(it => it.value(...at)),
        }),
      ),
      fc.constant<Part<readonly string[]>>({
        written: { Ref: 'L' },
        value: ({ L }) => L.split(',').map(it => it.trim()),
      }),
      fc.constantFrom('P', 'Q').map(
        (name): Part<readonly string[]> => ({
          written: { 'Fn::Split': [',', { Ref: name }] },
          value: given => (name === 'P' ? given.P : given.Q).split(','),
        }),
      ),
      fc.constant<Part<readonly string[]>>({ written: { 'Fn::FindInMap': ['M', 'k', 'l'] }, value: () => ['p', 'q'] }),
    ),
    formula: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(tie('early'), tie('early')).map(
        ([left, right]): Part<boolean> => ({
          written: { 'Fn::Equals': [left.written, right.written] },
          value: (...at) => left.value(...at) === right.value(...at),
        }),
      ),
      tie('formula').map(
        (it): Part<boolean> => ({ written: { 'Fn::Not': [it.written] }, value: (...at) => !it.value(...at) }),
      ),
      fc.array(tie('formula'), { minLength: 2, maxLength: 3 }).map(
        (all): Part<boolean> => ({
          written: { 'Fn::And': all.map(it => it.written) },
          value: (...at) => all.every(it => it.value(...at)),
        }),
      ),
      fc.array(tie('formula'), { minLength: 2, maxLength: 3 }).map(
        (any): Part<boolean> => ({
          written: { 'Fn::Or': any.map(it => it.written) },
          value: (...at) => any.some(it => it.value(...at)),
        }),
      ),
    ),
  }),
)

const nothing = Symbol('nothing')
type Expected = Json | typeof nothing | readonly Expected[] | { readonly [key: string]: Expected }

/** Text of resources, in which an unknown is shown as `shown` does. */
const late: fc.Arbitrary<Part<string>> = fc.oneof(
  early,
  fc.constant<Part<string>>({ written: { Ref: 'A' }, value: () => '‹A›' }),
  fc.constant<Part<string>>({ written: { 'Fn::GetAtt': ['A', 'Arn'] }, value: () => '‹A.Arn›' }),
  early.map(
    (it): Part<string> => ({
      written: { 'Fn::Sub': ['${A}/${V}${A.B.C}', { V: it.written }] },
      value: (...at) => `‹A›/${it.value(...at)}‹A.B.C›`,
    }),
  ),
  early.map(
    (it): Part<string> => ({
      written: { 'Fn::ImportValue': it.written },
      value: (...at) => `‹import ${it.value(...at)}›`,
    }),
  ),
  early.map(
    (it): Part<string> => ({
      written: { 'Fn::Base64': it.written },
      value: (...at) => Buffer.from(it.value(...at)).toString('base64'),
    }),
  ),
)

const { anything } = fc.letrec<{ anything: Part<Expected> }>(tie => ({
  anything: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    late,
    fc.constantFrom<Part<Expected>>(...[1, true, null].map(it => ({ written: it, value: () => it })), {
      written: { Ref: 'AWS::NoValue' },
      value: () => nothing,
    }),
    fc.array(tie('anything'), { maxLength: 4 }).map(
      (items): Part<Expected> => ({
        written: items.map(it => it.written),
        value: (...at) => items.map(it => it.value(...at)).filter(it => it !== nothing),
      }),
    ),
    fc.dictionary(fc.constantFrom('Key', 'Condition', 'ref', 'Fn', ''), tie('anything')).map(
      (object): Part<Expected> => ({
        written: Object.fromEntries(Object.entries(object).map(([key, it]) => [key, it.written])),
        value: (...at) =>
          Object.fromEntries(
            Object.entries(object)
              .map(([key, it]) => [key, it.value(...at)] as const)
              .filter(([, it]) => it !== nothing),
          ),
      }),
    ),
    fc.tuple(fc.constantFrom(...conditionNames), tie('anything'), tie('anything')).map(
      ([name, one, other]): Part<Expected> => ({
        written: { 'Fn::If': [name, one.written, other.written] },
        value: (given, truths) => (truths[name] === true ? one : other).value(given, truths),
      }),
    ),
  ),
}))

type Sample = {
  readonly document: Document
  readonly truths: (given: Given) => Truths
  readonly properties: (given: Given) => Expected
}

const samples: fc.Arbitrary<Sample> = fc
  .record({ first: formula, second: formula, third: formula, property: anything })
  .map(({ first, second, third, property }) => {
    const truths = (given: Given): Truths => {
      const C0 = first.value(given, {})
      const C1 = second.value(given, {}) || C0
      return { C0, C1, C2: !(C1 && third.value(given, {})) }
    }
    return {
      document: {
        Parameters: {
          P: { Type: 'String', Default: 'a' },
          Q: { Type: 'Number', Default: 1 },
          L: { Type: 'CommaDelimitedList', Default: 'a,b' },
          U: { Type: 'String' },
        },
        Mappings: { M: mapping },
        Conditions: {
          // Those that a condition refers to may come after it.
          C2: { 'Fn::Not': [{ 'Fn::And': [{ Condition: 'C1' }, third.written] }] },
          C0: first.written,
          C1: { 'Fn::Or': [second.written, { Condition: 'C0' }] },
        },
        Resources: {
          A: { Type: 'Custom::A' },
          B: { Type: 'Custom::B', Condition: 'C0', DependsOn: ['A'] },
          H: { Type: 'Custom::H', DependsOn: ['A', 'B'], Properties: { It: property.written, End: true } },
        },
        Outputs: { O: { Condition: 'C1', Value: { Ref: 'P' } } },
      },
      truths,
      properties: given => {
        const it = property.value(given, truths(given))
        return { ...(it === nothing ? {} : { It: it }), End: true }
      },
    }
  })

const texts = fc.constantFrom(...words, 'a,b', ' a , b')
const givens: fc.Arbitrary<Given> = fc.record({ P: texts, Q: fc.constantFrom('1', '2.5'), L: texts, U: texts })

/** What it was given with, and no parameters that nothing asks for. */
const known = (document: Document, given: Readonly<Record<string, string | Unknown>>) =>
  environment(Object.fromEntries(Object.entries(given).filter(([name]) => document.Parameters?.[name] !== undefined)))

test('random templates come to what they were made to mean', () => {
  fc.assert(
    fc.property(samples, givens, ({ document, truths, properties }, given) => {
      const resolved = resolve(document, environment(given))
      assert.deepEqual(resolved.diagnostics, [])
      const expected = truths(given)
      assert.deepEqual(
        [...resolved.conditions].sort(),
        Object.entries(expected).sort(([one], [other]) => (one < other ? -1 : 1)),
      )
      assert.deepEqual(Object.fromEntries(evaluateConditions(document, environment(given))), {
        C2: expected['C2'],
        C0: expected['C0'],
        C1: expected['C1'],
      })
      assert.deepEqual(Object.keys(resolved.Resources), expected['C0'] === true ? ['A', 'B', 'H'] : ['A', 'H'])
      assert.deepEqual(resolved.Resources['H']?.DependsOn, expected['C0'] === true ? ['A', 'B'] : ['A'])
      assert.deepEqual(Object.keys(resolved.Outputs), expected['C1'] === true ? ['O'] : [])
      assert.deepEqual(shown(resolved.Resources['H']?.Properties), properties(given))
    }),
    { numRuns: 500 },
  )
})

test('what was resolved resolves to itself, and asks for no more than it needs', () => {
  fc.assert(
    fc.property(samples, givens, fc.boolean(), ({ document }, { U, ...others }, isOpen) => {
      const given = { ...others, U: isOpen ? unknown : U }
      const resolved = resolve(document, environment(given))
      const again = documentOf(resolved, document)
      const { Resources, Outputs, diagnostics } = resolve(again, known(again, given))
      assert.deepEqual(diagnostics, [])
      assert.deepEqual(Resources, resolved.Resources)
      assert.deepEqual(Outputs, resolved.Outputs)
      assert.deepEqual(documentOf(resolve(again, known(again, given)), again), again)
      if (!isOpen)
        assert.deepEqual([again.Parameters, again.Conditions, again.Mappings], [undefined, undefined, undefined])
    }),
    { numRuns: 300 },
  )
})

test('what is known without a parameter is so for each of its values: given later, it comes to the same', () => {
  let open = 0
  fc.assert(
    fc.property(samples, givens, ({ document }, given) => {
      const before = resolve(document, environment({ ...given, U: unknown }))
      const between = documentOf(before, document)
      const whole = resolve(document, environment(given))
      const after = resolve(between, known(between, given))
      assert.deepEqual(after.diagnostics, [])
      assert.deepEqual(after.Resources, whole.Resources)
      assert.deepEqual(after.Outputs, whole.Outputs)
      for (const [name, truth] of before.conditions) {
        if (truth instanceof Unknown) open++
        else assert.equal(truth, whole.conditions.get(name))
      }
    }),
    { numRuns: 500 },
  )
  assert.ok(open > 50, `${open} conditions were unknown`)
})

test('a document without functions comes out as it is', () => {
  const plain = fc
    .jsonValue({ maxDepth: 4 })
    .filter(it => !/"(?:Ref|Fn::[^"]*|[^"]*\{\{resolve:[^"]*)"/.test(JSON.stringify(it)))
  const resources = fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,8}$/),
    fc.record({ Type: fc.constantFrom('AWS::S3::Bucket', 'Custom::X'), Properties: fc.record({ A: plain, b: plain }) }),
    { minKeys: 1 },
  )
  fc.assert(
    fc.property(resources, plain, (Resources, value) => {
      // As a reader of files hands it in: no negative zero.
      const document: Document = JSON.parse(
        JSON.stringify({ Description: 'd', Resources, Outputs: { O: { Value: value, Description: 'o' } } }),
      )
      const resolved = resolve(document, environment())
      assert.deepEqual(resolved.diagnostics, [])
      assert.deepEqual(documentOf(resolved, document), document)
    }),
    { numRuns: 200 },
  )
})

test('a document of any shape is resolved, whatever is wrong with it', () => {
  const whole = JSON.stringify(pool)
  const pieces = [
    ...['null', '[]', '{}', '"text"', '1', 'true', '[[]]', '{"Ref":"X"}', '{"Ref":[]}', '{"Condition":"HasUploads"}'],
    ...[
      '{"Fn::If":["a"]}',
      '{"Fn::If":["HasApi",{}]}',
      '{"Fn::Sub":["${",{}]}',
      '{"Fn::Sub":{}}',
      '{"Fn::GetAtt":"A"}',
    ],
    ...['{"Fn::Select":[{},{}]}', '{"Fn::Split":[]}', '{"Fn::Join":["",{}]}', '{"Fn::FindInMap":[{},{},{}]}'],
    ...['{"Fn::Cidr":[{},{},{}]}', '{"Fn::And":[[]]}', '{"Fn::Transform":1}', '{"__proto__":1}', '{"Fn::Base64":null}'],
  ]
  const change = (json: Json, steps: readonly number[], piece: Json): Json => {
    const [step, ...others] = steps
    if (step === undefined || typeof json !== 'object' || json === null) return piece
    const at = step % Math.max(Object.keys(json).length, 1)
    if (Array.isArray(json)) return json.map((item: Json, index) => (index === at ? change(item, others, piece) : item))
    return Object.fromEntries(
      Object.entries(json).map(([key, item], index) => [key, index === at ? change(item, others, piece) : item]),
    )
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), fc.constantFrom(...pieces)), {
        maxLength: 4,
      }),
      changes => {
        const text = JSON.stringify(
          changes.reduce<Json>((json, [steps, piece]) => change(json, steps, JSON.parse(piece)), JSON.parse(whole)),
        )
        const document: Document = JSON.parse(text)
        const resolved = resolve(document, environment())
        documentOf(resolved, document)
        assert.equal(JSON.stringify(resolve(JSON.parse(text), environment())), JSON.stringify(resolved))
      },
    ),
    { numRuns: 200 },
  )
})

// ---- our own template --------------------------------------------------------------------------------------------

test('each combination of conditions that the solver has for identity-pool comes of some values', () => {
  const solver = solverOf(pool)
  const places: Readonly<Record<string, Environment>> = Object.fromEntries(
    [
      ['us-east-1', 'aws'],
      ['us-gov-west-1', 'aws-us-gov'],
      ['us-gov-east-1', 'aws-us-gov'],
      ['cn-north-1', 'aws-cn'],
    ].map(([region = '', partition = '']) => [region, environmentOf({ region, partition })]),
  )
  // Not HasRegionalHost: to the solver what a mapping has is a variable of its own, whatever the region.
  const groups = [
    ['IsGovCloudWest', 'IsChina', 'GuestsAllowed', 'HasUserPool', 'HasSecondClient'],
    [
      'HasUploads',
      'FolderIsUserSub',
      'HasProtectedFolder',
      'HasPublicFolder',
      'HasKmsKey',
      'GuestsDecrypt',
      'GuestsAllowed',
    ],
    ['HasApi', 'HasApiRegion', 'HasAdditionalApis', 'HasUserTable'],
    ['RoleIsByToken', 'DefaultTagsUsed', 'HasPrincipalTags', 'FolderIsUserSub', 'HasUserPool'],
  ]
  // Values that their parameters take; any other is as good.
  const examples: Readonly<Record<string, string>> = {
    UserPoolId: 'eu-west-1_a1B2c3D4e',
    UserPoolClientId: '1example23456789',
    UserPoolClientId2: '2example23456789',
    UserPoolClientId3: '3example23456789',
    FacebookAppId: '1234567890',
    UploadsBucketName: 'notes-uploads',
    UploadsKmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1234',
    ApiId: 'a1b2c3d4e5',
    ApiRegion: 'eu-west-1',
    AdditionalApiArns: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*',
    UserTableName: 'notes',
  }
  let tried = 0
  for (const group of groups) {
    for (const assignment of solver.assignments(group)) {
      const witness = solver.satisfiable([...assignment].map(([condition, holds]) => ({ condition, holds })))
      assert.ok(witness !== undefined)
      const values = new Map<string, string>()
      for (const it of witness) {
        if ('is' in it) values.set(it.operand, it.is)
        else if ('isNot' in it && !it.isNot.includes(defaultOf(it.operand))) continue
        else if ('isNot' in it) values.set(it.operand, examples[it.operand] ?? '')
      }
      const region =
        values.get('AWS::Region') ?? (values.get('AWS::Partition') === 'aws-cn' ? 'cn-north-1' : 'us-east-1')
      const env = places[region] ?? places['us-east-1']
      assert.ok(env !== undefined)
      const parameters = Object.fromEntries([...values].filter(([name]) => !name.startsWith('AWS::')))
      const truths = evaluateConditions(pool, { ...env, parameters })
      assert.deepEqual(
        group.map(name => [name, truths.get(name)]),
        [...assignment],
        JSON.stringify(witness),
      )
      tried++
    }
  }
  assert.ok(tried > 50, `${tried}`)
})

function defaultOf(name: string): string {
  const declaration = pool.Parameters?.[name]
  return isObject(declaration) ? String(declaration['Default']) : ''
}
