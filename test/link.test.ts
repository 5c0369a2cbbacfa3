import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  And,
  AWS,
  Base64,
  Build,
  Cidr,
  Contains,
  comment,
  condition,
  defineTemplate,
  EachMemberEquals,
  EachMemberIn,
  Equals,
  FindInMap,
  GetAtt,
  GetAZs,
  If,
  ImportValue,
  Join,
  literal,
  mapping,
  Not,
  Or,
  output,
  parameter,
  parameterGroup,
  policyVariable,
  Ref,
  RefAll,
  resource,
  rule,
  Select,
  Split,
  Sub,
  type Template,
  type Tree,
  ValueOf,
  ValueOfAll,
} from 'poolform'
import type {} from 'poolform/aws/cloudformation'
import type {} from 'poolform/aws/sqs'

import { formatDiagnostic } from '../src/diagnostic.ts'
import type { Json } from '../src/document.ts'
import { isObject } from '../src/document.ts'
import { emit } from '../src/emit.ts'
import { type Linked, link } from '../src/link.ts'

const Bucket = parameter({ Type: 'String' })
const Clients = parameter({ Type: 'CommaDelimitedList' })
const Count = parameter({ Type: 'Number', Default: 2 })
const AllowGuests = parameter({ Type: 'String', AllowedValues: ['true', 'false'] })
const Guests = condition(Equals(Ref(AllowGuests), 'true'))
const Closed = condition(Not(Guests))
const Hosts = mapping({ aws: { Host: 'a', Ports: [80, 443] }, 'aws-cn': { Host: 'b', Ports: [80] } })
const Queue = resource({ Type: 'AWS::SQS::Queue' })
const Topic = resource({ Type: 'AWS::SQS::Queue' })
const sub = policyVariable('cognito-identity.amazonaws.com:sub')

/** What everything below refers to. */
const listed = {
  Description: 'd',
  Parameters: { Bucket, Clients, Count, AllowGuests },
  Mappings: { Hosts },
  Conditions: { Guests, Closed },
  Resources: { Queue, Topic },
} as const

const identity = { id: 'identity-pool', version: '1.2.3' }

// --- Functions -----------------------------------------------------------------------------------------------------

const functions: readonly (readonly [string, Tree, Json])[] = [
  ['Ref of a parameter', Ref(Bucket), { Ref: 'Bucket' }],
  ['Ref of a resource', Ref(Queue), { Ref: 'Queue' }],
  ['Ref of a pseudo parameter', Ref(AWS.Region), { Ref: 'AWS::Region' }],
  ['Ref of AWS::NoValue', Ref(AWS.NoValue), { Ref: 'AWS::NoValue' }],
  ['GetAtt', GetAtt(Queue, 'Arn'), { 'Fn::GetAtt': ['Queue', 'Arn'] }],
  ['If', If(Guests, 'a', Ref(AWS.NoValue)), { 'Fn::If': ['Guests', 'a', { Ref: 'AWS::NoValue' }] }],
  ['If between trees', If<Tree>(Guests, { a: [1] }, [true]), { 'Fn::If': ['Guests', { a: [1] }, [true]] }],
  ['Join of a list', Join('', ['a', Ref(Count), 5]), { 'Fn::Join': ['', ['a', { Ref: 'Count' }, 5]] }],
  ['Join of a list parameter', Join(',', Ref(Clients)), { 'Fn::Join': [',', { Ref: 'Clients' }] }],
  ['Select', Select(1, ['a', Ref(Bucket)]), { 'Fn::Select': [1, ['a', { Ref: 'Bucket' }]] }],
  ['Select by number', Select(Ref(Count), Ref(Clients)), { 'Fn::Select': [{ Ref: 'Count' }, { Ref: 'Clients' }] }],
  ['Split', Split('_', Ref(Bucket)), { 'Fn::Split': ['_', { Ref: 'Bucket' }] }],
  ['FindInMap', FindInMap(Hosts, 'aws', 'Host'), { 'Fn::FindInMap': ['Hosts', 'aws', 'Host'] }],
  [
    'FindInMap by a key to come',
    FindInMap(Hosts, Ref(AWS.Partition), 'Ports'),
    { 'Fn::FindInMap': ['Hosts', { Ref: 'AWS::Partition' }, 'Ports'] },
  ],
  ['Base64', Base64('a'), { 'Fn::Base64': 'a' }],
  ['Base64 of a call', Base64(Sub`${Bucket}`), { 'Fn::Base64': { 'Fn::Sub': '${Bucket}' } }],
  ['Cidr', Cidr('10.0.0.0/16', 4), { 'Fn::Cidr': ['10.0.0.0/16', 4] }],
  ['Cidr by bits', Cidr(Ref(Bucket), Ref(Count), 8), { 'Fn::Cidr': [{ Ref: 'Bucket' }, { Ref: 'Count' }, 8] }],
  ['GetAZs', GetAZs(''), { 'Fn::GetAZs': '' }],
  ['GetAZs of a region', GetAZs(Ref(AWS.Region)), { 'Fn::GetAZs': { Ref: 'AWS::Region' } }],
  ['ImportValue', ImportValue('a'), { 'Fn::ImportValue': 'a' }],
  [
    'ImportValue of a call',
    ImportValue(Sub`${AWS.StackName}`),
    { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}' } },
  ],

  ['Sub without a placeholder', Sub`a`, 'a'],
  ['Sub of nothing', Sub``, ''],
  ['Sub of a parameter', Sub`a-${Bucket}-b`, { 'Fn::Sub': 'a-${Bucket}-b' }],
  ['Sub of a resource', Sub`${Queue}`, { 'Fn::Sub': '${Queue}' }],
  ['Sub of a pseudo parameter', Sub`${AWS.Partition}`, { 'Fn::Sub': '${AWS::Partition}' }],
  ['Sub of an attribute', Sub`${GetAtt(Queue, 'Arn')}/*`, { 'Fn::Sub': '${Queue.Arn}/*' }],
  ['a policy variable alone', Sub`a/${sub}/*`, 'a/${cognito-identity.amazonaws.com:sub}/*'],
  [
    'a policy variable where CloudFormation substitutes as well',
    Sub`${sub}/${Bucket}/${sub}`,
    { 'Fn::Sub': '${!cognito-identity.amazonaws.com:sub}/${Bucket}/${!cognito-identity.amazonaws.com:sub}' },
  ],
  ['what the build knows', Sub`${Build.TemplateId} ${Build.TemplateVersion}`, 'identity-pool 1.2.3'],
  ['what the build knows, beside others', Sub`${Build.TemplateId}/${Bucket}`, { 'Fn::Sub': 'identity-pool/${Bucket}' }],
  [
    'a call under a name',
    Sub`${{ Region: Select(0, Split('_', Ref(Bucket))) }}.${AWS.URLSuffix}/${Bucket}`,
    {
      'Fn::Sub': [
        '${Region}.${AWS::URLSuffix}/${Bucket}',
        { Region: { 'Fn::Select': [0, { 'Fn::Split': ['_', { Ref: 'Bucket' }] }] } },
      ],
    },
  ],
  [
    'one call under one name twice',
    Sub`${{ Zone: Select(0, GetAZs('')) }}${{ Zone: Select(0, GetAZs('')) }}`,
    { 'Fn::Sub': ['${Zone}${Zone}', { Zone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } }] },
  ],
  [
    'a Sub within a Sub',
    Sub`${{ Inner: Sub`${Bucket}/${literal('${x}')}` }}`,
    { 'Fn::Sub': ['${Inner}', { Inner: { 'Fn::Sub': '${Bucket}/${!x}' } }] },
  ],
  ['literal text', literal('${a} $b ${!c}'), '${a} $b ${!c}'],
  ['literal text in a Sub of nothing else', Sub`a${literal('${HOME}')}`, 'a${HOME}'],
  ['literal text beside what is substituted', Sub`${Bucket}${literal('${HOME}')}`, { 'Fn::Sub': '${Bucket}${!HOME}' }],
  ['a dollar before a placeholder', Sub`$${Bucket}{`, { 'Fn::Sub': '$${Bucket}{' }],
]

for (const [name, value, json] of functions) {
  test(`a value: ${name}`, () => {
    assert.deepEqual(linkValue(value), { json, messages: [] })
  })
}

test('a condition is made of tests, and calls other conditions by their names', () => {
  const Conditions = {
    Guests,
    Closed,
    All: condition(And(Guests, Closed, Not(Guests))),
    Any: condition(Or(Guests, And(Closed, Equals(Ref(AWS.Region), 'eu-west-1')))),
    InMap: condition(Equals(FindInMap(Hosts, Ref(AWS.Partition), 'Host'), Sub`${Bucket}`)),
  }
  assert.deepEqual(linked({ ...listed, Conditions }).document.Conditions, {
    Guests: { 'Fn::Equals': [{ Ref: 'AllowGuests' }, 'true'] },
    Closed: { 'Fn::Not': [{ Condition: 'Guests' }] },
    All: { 'Fn::And': [{ Condition: 'Guests' }, { Condition: 'Closed' }, { 'Fn::Not': [{ Condition: 'Guests' }] }] },
    Any: {
      'Fn::Or': [
        { Condition: 'Guests' },
        { 'Fn::And': [{ Condition: 'Closed' }, { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }] },
      ],
    },
    InMap: {
      'Fn::Equals': [{ 'Fn::FindInMap': ['Hosts', { Ref: 'AWS::Partition' }, 'Host'] }, { 'Fn::Sub': '${Bucket}' }],
    },
  })
})

test('a rule has the functions of its section', () => {
  const Checked = rule({
    RuleCondition: Not(Equals(Ref(Bucket), '')),
    Assertions: [
      { Assert: Contains(['a', Ref(Bucket)], 'b'), AssertDescription: 'One.' },
      { Assert: Contains(Ref(Clients), Ref(Bucket)), AssertDescription: 'Two.' },
      { Assert: EachMemberEquals(Ref(Clients), ValueOf(Bucket, 'VpcId')), AssertDescription: 'Three.' },
      {
        Assert: EachMemberIn(ValueOfAll('AWS::EC2::Subnet::Id', 'VpcId'), RefAll('AWS::EC2::VPC::Id')),
        AssertDescription: 'Four.',
      },
      {
        Assert: Or(Equals(Ref(Bucket), ''), And(Contains(['a'], 'a'), Not(Contains(['a'], 'b')))),
        AssertDescription: '5',
      },
    ],
  })
  assert.deepEqual(linked({ ...listed, Rules: { Checked } }).document.Rules, {
    Checked: {
      RuleCondition: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Bucket' }, ''] }] },
      Assertions: [
        { Assert: { 'Fn::Contains': [['a', { Ref: 'Bucket' }], 'b'] }, AssertDescription: 'One.' },
        { Assert: { 'Fn::Contains': [{ Ref: 'Clients' }, { Ref: 'Bucket' }] }, AssertDescription: 'Two.' },
        {
          Assert: { 'Fn::EachMemberEquals': [{ Ref: 'Clients' }, { 'Fn::ValueOf': ['Bucket', 'VpcId'] }] },
          AssertDescription: 'Three.',
        },
        {
          Assert: {
            'Fn::EachMemberIn': [
              { 'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', 'VpcId'] },
              { 'Fn::RefAll': 'AWS::EC2::VPC::Id' },
            ],
          },
          AssertDescription: 'Four.',
        },
        {
          Assert: {
            'Fn::Or': [
              { 'Fn::Equals': [{ Ref: 'Bucket' }, ''] },
              { 'Fn::And': [{ 'Fn::Contains': [['a'], 'a'] }, { 'Fn::Not': [{ 'Fn::Contains': [['a'], 'b'] }] }] },
            ],
          },
          AssertDescription: '5',
        },
      ],
    },
  })
})

// --- Sections ------------------------------------------------------------------------------------------------------

test('sections come in the order of AWS’s reference, whatever order the template has', () => {
  const { document } = linked({
    Outputs: { Url: output({ Value: Ref(Queue) }) },
    Conditions: { Guests },
    Resources: { Queue },
    Mappings: { Hosts },
    Rules: { Some: rule({ Assertions: [{ Assert: Equals(Ref(Bucket), ''), AssertDescription: 'a' }] }) },
    Parameters: { AllowGuests, Bucket },
    Metadata: { a: 'b' },
    Description: 'd',
  })
  assert.deepEqual(Object.keys(document), [
    'AWSTemplateFormatVersion',
    'Description',
    'Metadata',
    'Parameters',
    'Rules',
    'Mappings',
    'Conditions',
    'Resources',
    'Outputs',
  ])
  assert.equal(document.AWSTemplateFormatVersion, '2010-09-09')
})

test('entries keep the order in which they are listed', () => {
  const { document } = linked({
    ...listed,
    Resources: { Topic, Queue, Another: resource({ Type: 'AWS::SQS::Queue' }) },
  })
  assert.deepEqual(Object.keys(document.Resources), ['Topic', 'Queue', 'Another'])
})

test('a section without entries is left out', () => {
  const empty = { Metadata: {}, Parameters: {}, Rules: {}, Mappings: {}, Conditions: {}, Outputs: {}, Accept: [] }
  assert.deepEqual(linked({ Description: 'd', Resources: { Queue }, ...empty }).document, {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'd',
    Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
  })
})

test('a parameter’s group and label stand in the metadata, groups in the order of their first parameters', () => {
  const [second, first] = [parameterGroup('Second'), parameterGroup('First')]
  const { document } = linked({
    ...listed,
    Metadata: { Note: 'a' },
    Parameters: {
      A: parameter({ Type: 'String', Default: '', Group: first, Label: 'The A' }),
      Bucket,
      B: parameter({ Label: 'The B', Group: second, Type: 'String' }),
      C: parameter({ Type: 'String', Group: first }),
      Clients,
      Count,
      AllowGuests,
    },
  })
  assert.deepEqual(Object.entries(document.Metadata ?? {}), [
    ['Note', 'a'],
    [
      'AWS::CloudFormation::Interface',
      {
        ParameterGroups: [
          { Label: { default: 'First' }, Parameters: ['A', 'C'] },
          { Label: { default: 'Second' }, Parameters: ['B'] },
        ],
        ParameterLabels: { A: { default: 'The A' }, B: { default: 'The B' } },
      },
    ],
  ])
  assert.deepEqual(document.Parameters?.['A'], { Type: 'String', Default: '' })
  assert.deepEqual(document.Parameters?.['B'], { Type: 'String' })
})

test('acceptances stand in the metadata', () => {
  const Accept = [{ Code: 'quota', Path: 'Resources', Reason: 'Because.' }]
  assert.deepEqual(linked({ ...listed, Accept }).document.Metadata, { poolform: { Accept } })
})

test('a resource names its condition and what it depends on', () => {
  const { document } = linked({
    ...listed,
    Resources: {
      Queue,
      Topic,
      One: resource({ Type: 'AWS::SQS::Queue', Condition: Guests, DependsOn: Queue, DeletionPolicy: 'Retain' }),
      Many: resource({ Type: 'AWS::SQS::Queue', DependsOn: [Topic, Queue], Metadata: { Of: Ref(Topic) } }),
    },
  })
  assert.deepEqual(document.Resources['One'], {
    Type: 'AWS::SQS::Queue',
    Condition: 'Guests',
    DependsOn: 'Queue',
    DeletionPolicy: 'Retain',
  })
  assert.deepEqual(document.Resources['Many'], {
    Type: 'AWS::SQS::Queue',
    DependsOn: ['Topic', 'Queue'],
    Metadata: { Of: { Ref: 'Topic' } },
  })
})

test('an output has a value, a condition, an export', () => {
  const Url = output({
    Description: 'd',
    Condition: Guests,
    Value: Ref(Queue),
    Export: { Name: Sub`${AWS.StackName}-u` },
  })
  const Version = output({ Value: Build.TemplateVersion })
  assert.deepEqual(linked({ ...listed, Outputs: { Url, Version } }).document.Outputs, {
    Url: {
      Description: 'd',
      Condition: 'Guests',
      Value: { Ref: 'Queue' },
      Export: { Name: { 'Fn::Sub': '${AWS::StackName}-u' } },
    },
    Version: { Value: '1.2.3' },
  })
})

test('what is undefined is left out, as in JSON', () => {
  assert.deepEqual(linkValue({ a: undefined, b: { c: undefined }, d: 'e' }), { json: { b: {}, d: 'e' }, messages: [] })
})

test('a key that JavaScript has a meaning for is a key like any other', () => {
  const value: Tree = JSON.parse('{"__proto__": {"a": 1}, "constructor": "b", "toJSON": "c", "hasOwnProperty": "d"}')
  const { json } = linkValue(value)
  assert.equal(JSON.stringify(json), JSON.stringify(value))
  const Resources = JSON.parse('{"__proto__": 1}')
  Object.defineProperty(Resources, '__proto__', { value: Queue, enumerable: true })
  assert.deepEqual(Object.keys(linked({ ...listed, Resources }).document.Resources), ['__proto__'])
})

test('there is no -0 in JSON', () => {
  assert.ok(Object.is(linkValue(-0).json, 0))
})

// --- Comments ------------------------------------------------------------------------------------------------------

test('a comment stands at the place to which what it is about has come', () => {
  const statement = comment('statement', { Effect: 'Allow' })
  const Last = comment('last', resource({ Type: 'AWS::SQS::Queue' }))
  const Commented = comment(
    'resource',
    resource({
      Type: 'Custom::R',
      Condition: Guests,
      DependsOn: Last,
      Properties: {
        ServiceToken: comment('call', Sub`${Bucket}`),
        List: [statement, If<Tree>(Guests, comment('branch', { a: 'b' }), statement)],
        Text: Sub`${comment('attribute', GetAtt(Queue, 'Arn'))}${{ Named: comment('named', Select(0, GetAZs(''))) }}`,
      },
    }),
  )
  const { comments, document } = linked({
    ...listed,
    Parameters: comment('parameters', {
      AllowGuests,
      Bucket,
      Own: comment('outer', comment('inner', parameter({ Type: 'String' }))),
    }),
    Conditions: { Guests: comment('condition', Guests), Other: condition(comment('test', Not(Guests))) },
    Mappings: { Map: comment('mapping', mapping({ a: comment('row', { b: 'c' }) })) },
    Resources: { Queue, Commented, Last },
    Outputs: { Out: comment('output', output({ Value: Ref(comment('queue', Queue)) })) },
  })
  const properties = ['Resources', 'Commented', 'Properties']
  assert.deepEqual(
    comments.map(({ path, text }) => `${path.join('.')}: ${text}`),
    [
      'Parameters: parameters',
      'Parameters.Own: outer\ninner',
      'Mappings.Map: mapping',
      'Mappings.Map.a: row',
      'Conditions.Guests: condition',
      'Conditions.Other: test',
      'Resources.Queue: queue',
      'Resources.Commented: resource',
      `${properties.join('.')}.ServiceToken: call`,
      `${properties.join('.')}.List.0: statement`,
      `${properties.join('.')}.List.1.Fn::If.1: branch`,
      `${properties.join('.')}.List.1.Fn::If.2: statement`,
      `${properties.join('.')}.Text: attribute`,
      `${properties.join('.')}.Text.Fn::Sub.1.Named: named`,
      'Resources.Last: last',
      'Outputs.Out: output',
    ],
  )
  const yaml = emit(document, { header: [], comments })
  for (const { text } of comments) assert.ok(yaml.includes(`# ${text.split('\n')[0]}\n`), text)
})

test('a comment that is no text is a mistake', () => {
  const Commented = comment(untyped(5), resource({ Type: 'AWS::SQS::Queue' }))
  assert.deepEqual(messagesOf({ ...listed, Resources: { Commented } }), [
    'Resources.Commented: has 5 as a comment [invalid-value]',
  ])
})

// --- Mistakes ------------------------------------------------------------------------------------------------------

const Unlisted = {
  parameter: parameter({ Type: 'String', Description: 'The bucket.' }),
  labelled: parameter({ Type: 'String', Description: 'The bucket.', Label: 'Bucket' }),
  number: parameter({ Type: 'Number' }),
  resource: resource({ Type: 'AWS::SQS::Queue' }),
  condition: condition(Equals('a', 'b')),
  mapping: mapping({ aws: { a: 'b' }, 'aws-cn': { a: 'c' } }),
}

test('a reference to what the template does not list says where it is and what it wants', () => {
  const refersTo = (what: string) => `refers to ${what}, which defineTemplate does not list [unlisted-reference]`
  const wrong: readonly (readonly [Tree, string])[] = [
    [Ref(Unlisted.parameter), `Ref: ${refersTo('a parameter (The bucket.)')}`],
    [Ref(Unlisted.labelled), `Ref: ${refersTo('a parameter (Bucket)')}`],
    [Ref(Unlisted.number), `Ref: ${refersTo('a parameter (Number)')}`],
    [Ref(Unlisted.resource), `Ref: ${refersTo('a resource (AWS::SQS::Queue)')}`],
    [GetAtt(Unlisted.resource, 'Arn'), `Fn::GetAtt.0: ${refersTo('a resource (AWS::SQS::Queue)')}`],
    [If(Unlisted.condition, 'a', 'b'), `Fn::If.0: ${refersTo('a condition')}`],
    [FindInMap(Unlisted.mapping, 'aws', 'a'), `Fn::FindInMap.0: ${refersTo('a mapping (aws, aws-cn)')}`],
    [[{ deep: Base64(Ref(Unlisted.labelled)) }], `0.deep.Fn::Base64.Ref: ${refersTo('a parameter (Bucket)')}`],
    [
      Sub`${{ A: Select(0, [Ref(Unlisted.number)]) }}`,
      `Fn::Sub.1.A.Fn::Select.1.0.Ref: ${refersTo('a parameter (Number)')}`,
    ],
  ]
  for (const [value, message] of wrong) assert.deepEqual(linkValue(value).messages, [`${place}.${message}`])
  const inSub = linkValue(Sub`${Unlisted.number}${GetAtt(Unlisted.resource, 'Arn')}`)
  assert.deepEqual(inSub.messages, [
    `${place}: ${refersTo('a parameter (Number)')}`,
    `${place}: ${refersTo('a resource (AWS::SQS::Queue)')}`,
  ])
})

test('so do references from every other place', () => {
  const Off = Unlisted.condition
  assert.deepEqual(
    messagesOf({
      ...listed,
      Rules: {
        R: rule({ Assertions: [{ Assert: Equals(ValueOf(Unlisted.number, 'a'), ''), AssertDescription: 'd' }] }),
      },
      Conditions: { Guests, Closed, Other: condition(And(Off, Not(Off))) },
      Resources: {
        Queue,
        Topic,
        Dependent: resource({ Type: 'AWS::SQS::Queue', Condition: Off, DependsOn: [Queue, Unlisted.resource] }),
      },
      Outputs: { O: output({ Condition: Off, Value: 'a' }) },
    }).map(message => message.replace(/: refers to .*/, '')),
    [
      'Rules.R.Assertions.0.Assert.Fn::Equals.0.Fn::ValueOf.0',
      'Conditions.Other.Fn::And.0.Condition',
      'Conditions.Other.Fn::And.1.Fn::Not.0.Condition',
      'Resources.Dependent.Condition',
      'Resources.Dependent.DependsOn.1',
      'Outputs.O.Condition',
    ],
  )
})

test('the way out of an unlisted reference is the section to list it in', () => {
  const { diagnostics } = linked({ ...listed, Outputs: { O: output({ Value: Ref(Unlisted.number) }) } })
  assert.deepEqual(
    diagnostics.map(it => formatDiagnostic('a.ts', it)),
    [
      'a.ts: Outputs.O.Value.Ref: error: refers to a parameter (Number), which defineTemplate does not list [unlisted-reference]\n' +
        '  List it under Parameters',
    ],
  )
})

test('a declaration has one logical ID', () => {
  assert.deepEqual(messagesOf({ ...listed, Resources: { Queue, Topic, Again: Queue, More: Queue } }), [
    'Resources.Again: is listed as Queue already [listed-twice]',
    'Resources.More: is listed as Queue already [listed-twice]',
  ])
})

test('a ${ that nobody fills in is a mistake, wherever it is', () => {
  const text = '${Bucket}'
  const complaint = (path: string) =>
    `${path}: holds "\${Bucket}", whose \${ nothing would fill in [literal-placeholder]`
  assert.deepEqual(
    messagesOf({
      Description: text,
      Metadata: { [text]: text },
      Parameters: { P: parameter({ Type: 'String', Description: text, Label: text, Group: parameterGroup(text) }) },
      Mappings: { M: mapping({ a: { b: text } }) },
      Conditions: { C: condition(Equals(text, 'a')) },
      Resources: {
        Queue,
        R: resource({ Type: 'AWS::SQS::Queue', Properties: { QueueName: Sub`\${Bucket}` } }),
        S: resource({ Type: 'Custom::S', Properties: { ServiceToken: Join('', [text]) } }),
      },
    }).toSorted(),
    [
      complaint('Conditions.C.Fn::Equals.0'),
      complaint('Description'),
      complaint('Mappings.M.a.b'),
      complaint('Metadata.${Bucket}'),
      complaint('Metadata.${Bucket}'),
      complaint('Metadata.AWS::CloudFormation::Interface.ParameterGroups.0.Label.default'),
      complaint('Parameters.P.Description'),
      complaint('Parameters.P.Label'),
      complaint('Resources.R.Properties.QueueName'),
      complaint('Resources.S.Properties.ServiceToken.Fn::Join.1.0'),
    ],
  )
})

test('nor can a ${ come about where literal text meets other text', () => {
  const seam = [`${place}: makes a \${ of a $ and a { [literal-placeholder]`]
  assert.deepEqual(linkValue(Sub`$${literal('{Bucket}')}`).messages, seam)
  assert.deepEqual(linkValue(Sub`${literal('$')}{Bucket}${Bucket}`).messages, seam)
  assert.deepEqual(linkValue(Sub`${literal('$')}${literal('{Bucket}')}`).messages, seam)
  assert.deepEqual(linkValue(Sub`${Bucket}${literal('${Bucket')}}`).messages, [
    `${place}: has a \${ without its } [invalid-value]`,
  ])
  assert.deepEqual(linkValue(Sub`${literal('${Bucket')}`), { json: '${Bucket', messages: [] })
})

class Instance {
  readonly member = 'a'
}

/** What a template cannot hold, and how a message calls it. */
const unfit: readonly (readonly [unknown, string])[] = [
  [null, 'null'],
  [undefined, 'undefined'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [5n, 'a bigint'],
  [Symbol('a'), 'a symbol'],
  [() => 'a', 'a function'],
  [Ref, 'a function'],
  [new Date(0), 'an object of the class Date'],
  [new Map([['a', 'b']]), 'an object of the class Map'],
  [new Set(['a']), 'an object of the class Set'],
  [new Instance(), 'an object of the class Instance'],
  [Promise.resolve('a'), 'an object of the class Promise'],
  [Buffer.from('a'), 'an object of the class Buffer'],
  [/a/, 'an object of the class RegExp'],
  [AWS.Region, 'AWS::Region'],
  [Bucket, 'a parameter'],
  [Queue, 'a resource'],
  [Guests, 'a condition'],
  [Hosts, 'a mapping'],
  [sub, 'a policy variable'],
  [parameterGroup('a'), 'a heading for parameters'],
  [output({ Value: 'a' }), 'an output'],
  [rule({ Assertions: [] }), 'a rule'],
  [Not(Guests), 'a test, which only Conditions and Rules have'],
  [RefAll('AWS::EC2::VPC::Id'), 'a function of the Rules section'],
  [ValueOf(Bucket, 'a'), 'a function of the Rules section'],
]

for (const [value, name] of unfit) {
  test(`a template cannot hold ${name}`, () => {
    const complaint = (path: string) =>
      `${place}.${path}: holds ${name}, which no template can hold there [invalid-value]`
    assert.deepEqual(linkValue([untyped(value)]).messages, [complaint('0')])
    assert.deepEqual(linkValue(Join('', [untyped(value)])).messages, [complaint('Fn::Join.1.0')])
    if (value !== undefined) assert.deepEqual(linkValue({ a: untyped(value) }).messages, [complaint('a')])
  })
}

test('a list with holes has undefined in them', () => {
  // biome-ignore lint/suspicious/noSparseArray: that it is sparse is what this is about
  const sparse = [1, , 2]
  assert.deepEqual(linkValue(untyped(sparse)).messages, [
    `${place}.1: holds undefined, which no template can hold there [invalid-value]`,
  ])
})

test('half a character is no text', () => {
  assert.deepEqual(linkValue({ 'a\ud800': '\udc00b' }).messages, [
    `${place}.a\ud800: holds half a character in "a\\ud800" [invalid-value]`,
    `${place}.a\ud800: holds half a character in "\\udc00b" [invalid-value]`,
  ])
  assert.deepEqual(linkValue([literal('\ud800'), '😀']).messages.length, 1)
})

test('what holds itself, or is nested without end, is a mistake and no crash', () => {
  const cyclic: Record<string, Tree> = { a: 'b' }
  cyclic['list'] = [{ cyclic }]
  assert.deepEqual(linkValue(cyclic).messages, [
    `${place}.list.0.cyclic: holds what it stands in, without end [invalid-value]`,
  ])
  const list: Tree[] = []
  list.push(If<Tree>(Guests, list, 'a'))
  assert.deepEqual(linkValue(list).messages, [
    `${place}.0.Fn::If.1: holds what it stands in, without end [invalid-value]`,
  ])
  let deep: Tree = 'a'
  for (let level = 0; level < 10_000; level++) deep = level % 2 === 0 ? [deep] : If<Tree>(Guests, deep, 'b')
  assert.match(linkValue(deep).messages.join(), /is nested more than 100 levels deep \[invalid-value\]$/)
  const shared = { a: ['b'] }
  assert.deepEqual(linkValue([shared, shared, { shared }]).messages, [])
})

test('a call of what it cannot be called with is a mistake', () => {
  const refers = (to: string) => `refers to ${to} [invalid-value]`
  const wrong: readonly (readonly [Tree, string])[] = [
    [Ref(untyped('Bucket')), `Ref: ${refers('the text "Bucket"')}`],
    [Ref(untyped(undefined)), `Ref: ${refers('undefined')}`],
    [Ref(untyped(Guests)), `Ref: ${refers('a condition')}`],
    [Ref(untyped(sub)), `Ref: ${refers('a policy variable')}`],
    [Ref(untyped(Ref(Bucket))), `Ref: ${refers('a call of Ref')}`],
    [GetAtt<'AWS::SQS::Queue', 'Arn'>(untyped(Bucket), 'Arn'), `Fn::GetAtt.0: ${refers('a parameter')}`],
    [If(untyped('Guests'), 'a', 'b'), `Fn::If.0: ${refers('the text "Guests"')}`],
    [If(untyped(Not(Guests)), 'a', 'b'), `Fn::If.0: ${refers('a test, which only Conditions and Rules have')}`],
    [
      FindInMap<string, { b: string }, 'b'>(untyped('Hosts'), 'a', 'b'),
      `Fn::FindInMap.0: ${refers('the text "Hosts"')}`,
    ],
  ]
  for (const [value, message] of wrong) assert.deepEqual(linkValue(value).messages, [`${place}.${message}`])
  const inPlaceholder = (what: string) => [`${place}: has ${what} in a placeholder [invalid-value]`]
  assert.deepEqual(linkValue(Sub`${untyped('Bucket')}`).messages, inPlaceholder('the text "Bucket"'))
  assert.deepEqual(linkValue(Sub`${untyped(undefined)}`).messages, inPlaceholder('undefined'))
  assert.deepEqual(linkValue(Sub`${untyped(Ref(Bucket))}`).messages, inPlaceholder('a call of Ref'))
  assert.deepEqual(linkValue(Sub`${untyped({ A: 'a' })}`).messages, inPlaceholder('a plain object'))
  assert.deepEqual(linkValue(Sub`${{}}`).messages, inPlaceholder('a plain object'))
  assert.deepEqual(linkValue(Sub`${{ A: Ref(Bucket), B: Ref(Bucket) }}`).messages, inPlaceholder('a plain object'))
  assert.deepEqual(linkValue(Sub`${untyped(Guests)}`).messages, [`${place}: ${refers('a condition')}`])
  const noText = [`${place}: has a Sub of what is no text [invalid-value]`]
  assert.deepEqual(linkValue(Sub(untyped('a'))).messages, noText)
  assert.deepEqual(linkValue(Sub`\unicode`).messages, noText)
})

test('a name in a Sub stands for one thing', () => {
  assert.deepEqual(linkValue(Sub`${{ A: Ref(Bucket) }}${{ A: Ref(Count) }}`).messages, [
    `${place}: gives two values the name A [invalid-value]`,
  ])
  assert.deepEqual(linkValue(Sub`${{ Bucket: Ref(Count) }}${Bucket}`).messages, [
    `${place}: has a variable Bucket, which hides the declaration Bucket that it refers to as well [invalid-value]`,
  ])
  assert.deepEqual(linkValue(Sub`${{ 'AWS::Region': Ref(Count) }}`).messages, [
    `${place}: names a call "AWS::Region" [invalid-value]`,
  ])
  const named = Sub`${{ ['__proto__']: Ref(Count) }}`
  assert.equal(JSON.stringify(linkValue(named).json), '{"Fn::Sub":["${__proto__}",{"__proto__":{"Ref":"Count"}}]}')
})

const declarations: readonly (readonly [Template, readonly string[]])[] = [
  [untyped(undefined), [': is undefined, and no template']],
  [untyped(null), [': is null, and no template']],
  [untyped('a'), [': is the text "a", and no template']],
  [untyped([]), [': is a list, and no template']],
  [untyped(() => listed), [': is a function, and no template']],
  [untyped(Promise.resolve(listed)), [': is an object of the class Promise, and no template']],
  [untyped({}), ['Resources: is missing', 'Description: is missing']],
  [untyped({ ...listed, Resources: undefined }), ['Resources: is missing']],
  [untyped({ ...listed, Resources: null }), ['Resources: is null']],
  [untyped({ Description: 'd', Resources: { Queue }, Parameters: 'Bucket' }), ['Parameters: is the text "Bucket"']],
  [untyped({ Description: 'd', Resources: { Queue }, Parameters: [Bucket] }), ['Parameters: is a list']],
  [untyped({ ...listed, Rules: { R: 'Rule' } }), ['Rules.R: is the text "Rule"']],
  [untyped({ ...listed, Mappings: { Hosts, M: { a: { b: 'c' } } } }), ['Mappings.M: is a plain object']],
  [
    untyped({ ...listed, Conditions: { Guests, Closed, C: Not(Guests) } }),
    [`Conditions.C: is ${'a test, which only Conditions and Rules have'}`],
  ],
  [untyped({ ...listed, Outputs: { O: undefined } }), ['Outputs.O: is undefined']],
  [untyped({ ...listed, Outputs: { O: Queue } }), ['Outputs.O: is a resource']],
  [untyped({ ...listed, Transform: 'AWS::Serverless-2016-10-31' }), ['Transform: is no section of a template']],
  [untyped({ ...listed, Description: 5 }), ['Description: is 5']],
  [untyped({ ...listed, Metadata: 5 }), ['Metadata: holds 5, which no template can hold there']],
  [untyped({ ...listed, Accept: null }), ['Metadata.poolform.Accept: holds null, which no template can hold there']],
  [
    untyped({ ...listed, Metadata: { poolform: {} }, Accept: [{ Code: 'a', Path: 'b', Reason: 'c' }] }),
    ['Metadata.poolform: is also made of what stands elsewhere'],
  ],
  [
    untyped({ ...listed, Parameters: { ...listed.Parameters, P: parameter({ Type: 'String', Group: untyped('G') }) } }),
    ['Parameters.P.Group: is the text "G"'],
  ],
  [
    untyped({ ...listed, Parameters: { ...listed.Parameters, P: parameter({ Type: 'String', Label: untyped(5) }) } }),
    ['Parameters.P.Label: is 5'],
  ],
  [
    untyped({ ...listed, Parameters: { ...listed.Parameters, P: parameter(untyped('String')) } }),
    ['Parameters.P: holds the text "String", which no template can hold there'],
  ],
  [
    untyped({ ...listed, Resources: { Queue, R: resource(untyped(undefined)) } }),
    ['Resources.R: holds undefined, which no template can hold there'],
  ],
  [
    untyped({ ...listed, Resources: { Queue, R: resource({ Type: 'AWS::SQS::Queue', DependsOn: untyped('Queue') }) } }),
    ['Resources.R.DependsOn: refers to the text "Queue"'],
  ],
  [
    untyped({
      ...listed,
      Resources: { Queue, R: resource({ Type: 'AWS::SQS::Queue', Condition: untyped('Guests') }) },
    }),
    ['Resources.R.Condition: refers to the text "Guests"'],
  ],
  [
    untyped({ ...listed, Conditions: { Guests, Closed, C: condition(untyped(Guests)) } }),
    ['Conditions.C: is a condition'],
  ],
]

for (const [template, complaints] of declarations) {
  test(`a template that TypeScript has not seen: ${complaints.join('; ')}`, () => {
    assert.deepEqual(
      messagesOf(template),
      complaints.map(complaint => `${complaint} [invalid-value]`),
    )
  })
}

test('all mistakes are reported, in one run', () => {
  const wrong = resource({
    Type: 'Custom::R',
    Properties: { ServiceToken: '${a}', A: untyped(null), B: Ref(Unlisted.number), C: [untyped(Bucket), Sub`\${b}`] },
  })
  assert.deepEqual(
    messagesOf({ ...listed, Resources: { wrong, again: wrong } }).map(message => message.replace(/.*\[(.*)\]/, '$1')),
    [
      'listed-twice',
      ...['literal-placeholder', 'invalid-value', 'unlisted-reference', 'invalid-value', 'literal-placeholder'],
      ...['literal-placeholder', 'invalid-value', 'unlisted-reference', 'invalid-value', 'literal-placeholder'],
    ],
  )
})

// --- Whatever it is given ------------------------------------------------------------------------------------------

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withNullPrototype: true,
})

test('link throws at nothing that a template may hold, and what it gives is JSON', () => {
  fc.assert(
    fc.property(anything, value => {
      const { json, messages } = linkValue([untyped(value)])
      assert.deepEqual(JSON.parse(JSON.stringify(json)), json)
      for (const message of messages) assert.match(message, /^Resources\.R\.Properties\.V.* \[[a-z-]+\]$/su)
    }),
  )
})

test('nor at anything for a template, a section, a declaration, a placeholder', () => {
  fc.assert(
    fc.property(anything, anything, anything, (template, part, placeholder) => {
      linked(untyped(template))
      for (const section of Object.keys({ ...listed, Metadata: 0, Rules: 0, Outputs: 0, Accept: 0 })) {
        linked(untyped({ ...listed, [section]: part }))
        linked(untyped({ ...listed, [section]: { Part: part } }))
      }
      const Part = resource(untyped(part))
      const Text = output({ Value: Sub`a${untyped(placeholder)}b${Queue}` })
      const P = parameter(untyped(part))
      linked({ ...listed, Parameters: { P }, Resources: { Part }, Outputs: { Text, Of: output(untyped(part)) } })
    }),
  )
})

test('the same template gives the same document, the same comments and the same mistakes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const template = withValue(untyped(value))
      assert.deepEqual(linked(template), linked(template))
    }),
  )
  const template = defineTemplate({ ...listed, Outputs: { O: output({ Value: Sub`${Bucket}` }) } })
  assert.deepEqual(linked(template), linked(template))
})

test('plain data comes through as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
      const text = JSON.stringify(value)
      fc.pre(!/\$\{|null|-0/.test(text))
      assert.deepEqual(linkValue(untyped(value)), { json: JSON.parse(text), messages: [] })
    }),
  )
})

const place = 'Resources.R.Properties.V'

/** What becomes of a property's value, and what is wrong with it. */
function linkValue(value: Tree): { readonly json: Json | undefined; readonly messages: readonly string[] } {
  const { document, diagnostics } = linked(withValue(value))
  const properties = isObject(document.Resources['R']) ? document.Resources['R']['Properties'] : undefined
  return { json: isObject(properties) ? properties['V'] : undefined, messages: messages(diagnostics) }
}

function withValue(value: Tree): Template {
  const R = resource({ Type: 'Custom::R', Properties: { ServiceToken: 'a', V: value } })
  return { ...listed, Resources: { ...listed.Resources, R } }
}

function linked(template: Template): Linked {
  return link(template, identity)
}

function messagesOf(template: Template): readonly string[] {
  return messages(linked(template).diagnostics)
}

function messages(diagnostics: Linked['diagnostics']): readonly string[] {
  return diagnostics.map(({ code, path, message }) => `${path.join('.')}: ${message} [${code}]`)
}

/** A value of which TypeScript knows nothing, as an author of JavaScript gives it. */
function untyped(value: unknown): ReturnType<typeof JSON.parse> {
  return Reflect.get({ value }, 'value')
}

test('a declaration or call that is joined to text without Sub says so, rather than leave [object Object]', () => {
  const Name = parameter({ Type: 'String' })
  for (const join of [
    () => `for ${Name}`,
    () => `for ${Ref(Name)}`,
    () => `${AWS.Region}`,
    () => `x-${Build.TemplateId}`,
  ]) {
    assert.throws(join, { name: 'TypeError', message: /write Sub`/ })
  }
})
