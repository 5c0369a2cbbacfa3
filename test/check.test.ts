import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { type Assumption, formatWitness, solverOf, type Witness } from '../src/check/conditions.ts'
import { check } from '../src/check/index.ts'
import type { Knowledge } from '../src/check/knowledge.ts'
import { type Diagnostic, type DiagnosticCode, formatDiagnostic, type Severity } from '../src/diagnostic.ts'
import { type Document, formatPath, isObject, type Json } from '../src/document.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { compileValidator } from '../src/knowledge/validator.ts'
import { link } from '../src/link.ts'
import { nearest } from '../src/nearest.ts'
import identityPool from '../templates/identity-pool.ts'

const knowledge = readKnowledge({
  assets: join(import.meta.dirname, '..'),
  cacheFolder: undefined,
  engine: 'test',
  loadCompiler: () => compileValidator,
})

/** A document of any shape, as a reader of files would hand it in. */
function read(value: object): Document {
  return JSON.parse(JSON.stringify(value))
}

function find(value: object): readonly Diagnostic[] {
  return check(read(value), '', knowledge)
}

function show(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(it => formatDiagnostic('it', it)).join('\n')
}

type Expected = {
  readonly code: DiagnosticCode
  readonly path: string
  readonly says: RegExp
  readonly help: RegExp
  readonly severity?: Severity
}

/** The template has these diagnostics and no other. */
function finds(value: object, ...expected: readonly Expected[]): void {
  const found = find(value)
  assert.deepEqual(
    found.map(({ code, path }) => `${code} ${formatPath(path)}`).sort(),
    expected.map(({ code, path }) => `${code} ${path}`).sort(),
    show(found),
  )
  for (const { code, path, says, help, severity = 'error' } of expected) {
    const diagnostic = found.find(it => it.code === code && formatPath(it.path) === path)
    assert.match(diagnostic?.message ?? '', says)
    assert.match(diagnostic?.help ?? '', help)
    assert.equal(diagnostic?.severity, severity)
  }
}

function isClean(value: object): void {
  assert.equal(show(find(value)), '')
}

const topic = { Type: 'AWS::SNS::Topic' }
const ref = (name: string) => ({ Ref: name })
const noValue = ref('AWS::NoValue')
const equals = (left: Json | object, right: Json | object) => ({ 'Fn::Equals': [left, right] })
const not = (it: object) => ({ 'Fn::Not': [it] })
const choose = (condition: string, whenTrue: Json | object, whenFalse: Json | object) => ({
  'Fn::If': [condition, whenTrue, whenFalse],
})
const text = { Type: 'String' }
const yesNo = { Type: 'String', AllowedValues: ['true', 'false'], Default: 'false' }

/** A template with a switch, by which `Extra` exists. */
const switched = {
  Parameters: { Switch: yesNo },
  Conditions: { IsOn: equals(ref('Switch'), 'true') },
  Resources: { Main: topic, Extra: { ...topic, Condition: 'IsOn' } },
}

/** A topic whose name is made by this call. */
const named = (name: Json | object) => ({ ...topic, Properties: { TopicName: name } })

test('the identity pool passes', () => {
  isClean(link(identityPool, { id: 'identity-pool', version: '1.0.0' }).document)
})

const everything = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'All of it',
  Metadata: { Note: { Ref: 'NotRead' } },
  Parameters: {
    Switch: yesNo,
    Name: { Type: 'String', Default: 'a', AllowedPattern: '^[a-z]*$', MaxLength: 20 },
    Count: { Type: 'Number', Default: 3, MinValue: 1, MaxValue: 10 },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b', AllowedPattern: '[a-z]+' },
    Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/aws/image' },
    Confirm: { Type: 'String', Default: '' },
  },
  Rules: { Confirmed: { Assertions: [{ Assert: equals(ref('Confirm'), 'yes'), AssertDescription: 'Say yes' }] } },
  Mappings: { ByRegion: { 'eu-west-1': { Name: 'x', List: ['a', 'b'] }, 'us-east-1': { Name: 'y', List: ['c'] } } },
  Conditions: {
    IsOn: equals(ref('Switch'), 'true'),
    'Is_Named&On': { 'Fn::And': [not(equals(ref('Name'), '')), { Condition: 'IsOn' }] },
    IsEurope: equals({ 'Fn::Select': [0, { 'Fn::Split': ['-', ref('AWS::Region')] }] }, 'eu'),
  },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Condition: 'IsOn', DeletionPolicy: 'RetainExceptOnCreate' },
    Topic: {
      Type: 'AWS::SNS::Topic',
      DependsOn: ['Queue'],
      Metadata: { Name: ref('Name') },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TopicName: {
          'Fn::Sub': ['${Name}-${AWS::Region}-${Item}-${!Literal}', { Item: { 'Fn::Select': [1, ref('Names')] } }],
        },
        DisplayName: choose('Is_Named&On', { 'Fn::GetAtt': ['Queue', 'Arn'] }, { 'Fn::Join': [',', ref('Names')] }),
        FifoTopic: choose('IsEurope', true, noValue),
        Tags: [
          { Key: 'a', Value: { 'Fn::FindInMap': ['ByRegion', ref('AWS::Region'), 'Name'] } },
          choose('IsOn', { Key: 'b', Value: { 'Fn::Base64': { 'Fn::Sub': '${Queue.Arn}${Count}' } } }, noValue),
          { Key: 'c', Value: '{{resolve:ssm:/a/b:1}}' },
        ],
      },
    },
    Instance: { Type: 'AWS::EC2::Instance', Properties: { ImageId: ref('Image') } },
    Custom: { Type: 'Custom::Thing', Version: '1.0', Properties: { ServiceToken: ref('Topic'), Any: 1 } },
  },
  Outputs: {
    Queue: {
      Condition: 'IsOn',
      Value: { 'Fn::GetAtt': 'Queue.Arn' },
      Export: { Name: { 'Fn::Sub': '${AWS::StackName}-q' } },
    },
    Custom: { Value: { 'Fn::GetAtt': ['Custom', 'Anything'] }, Description: 'What it gave' },
    Zone: { Value: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] } },
  },
}

test('a template that uses everything there is passes', () => isClean(everything))

// Sections

test('a section that is no object is refused', () => {
  finds(
    { Parameters: [], Resources: { Main: topic } },
    { code: 'invalid-value', path: 'Parameters', says: /is a list where an object/, help: /entry/ },
  )
  finds(
    { Resources: 'none' },
    { code: 'invalid-value', path: 'Resources', says: /is 'none' where an object/, help: /entry/ },
  )
})

test('a template has a resource at least', () => {
  finds({ Resources: {} }, { code: 'invalid-value', path: 'Resources', says: /no resource/, help: /Declare one/ })
  finds({}, { code: 'invalid-value', path: 'Resources', says: /no resource/, help: /Declare one/ })
})

test('an unknown section is refused by the nearest name', () => {
  finds(
    { Resources: { Main: topic }, Resource: {} },
    { code: 'invalid-value', path: 'Resource', says: /no section/, help: /^Write Resources$/ },
  )
  finds(
    { Resources: { Main: topic }, Stage: {} },
    { code: 'invalid-value', path: 'Stage', says: /no section/, help: /Remove it/ },
  )
})

test('the format version is the one that there is', () => {
  finds(
    { AWSTemplateFormatVersion: '2012-10-17', Resources: { Main: topic } },
    { code: 'invalid-value', path: 'AWSTemplateFormatVersion', says: /2012-10-17/, help: /2010-09-09/ },
  )
})

test('a description is text', () => {
  finds(
    { Description: { 'Fn::Sub': 'x' }, Resources: { Main: topic } },
    { code: 'invalid-value', path: 'Description', says: /an object where text/, help: /no function/ },
  )
})

test('a parameter, an output and a mapping have the shape that is theirs', () => {
  const base = { Resources: { Main: topic } }
  finds(
    { ...base, Parameters: { P: 'String' }, Outputs: { O: { Value: ref('P') } } },
    { code: 'invalid-value', path: 'Parameters.P', says: /'String' where an object/, help: /Type/ },
  )
  finds(
    { ...base, Parameters: { P: { Default: 'x', AllowedValue: ['x'] } }, Outputs: { O: { Value: ref('P') } } },
    { code: 'invalid-value', path: 'Parameters.P', says: /has no Type/, help: /Add Type/ },
    { code: 'invalid-value', path: 'Parameters.P.AllowedValue', says: /unknown/, help: /AllowedValues/ },
  )
  finds(
    { ...base, Outputs: { O: { Description: 1, Valu: 'x' } } },
    { code: 'invalid-value', path: 'Outputs.O', says: /has no Value/, help: /Add Value/ },
    { code: 'invalid-value', path: 'Outputs.O.Valu', says: /unknown/, help: /Write Value/ },
    { code: 'invalid-value', path: 'Outputs.O.Description', says: /is 1 where text/, help: /text/ },
  )
  finds(
    { ...base, Outputs: { O: { Value: 'x', Export: 'name' } } },
    { code: 'invalid-value', path: 'Outputs.O.Export', says: /'name' where an object/, help: /Name/ },
  )
  const used = { O: { Value: { 'Fn::FindInMap': ['M', 'a', 'b'] } } }
  finds(
    { ...base, Mappings: { M: { a: { b: 'x', c: { d: 1 } }, e: 'f' } }, Outputs: used },
    { code: 'invalid-value', path: 'Mappings.M.a.c', says: /an object where text/, help: /literals/ },
    { code: 'invalid-value', path: 'Mappings.M.e', says: /'f' where an object/, help: /two keys/ },
  )
})

// Names

test('logical IDs are letters and digits, names of conditions a little more', () => {
  finds(
    { Resources: { 'Main-Topic': topic } },
    { code: 'bad-logical-id', path: 'Resources.Main-Topic', says: /letters and digits/, help: /name/ },
  )
  finds(
    { ...switched, Outputs: { Main_Arn: { Value: ref('Main') } } },
    { code: 'bad-logical-id', path: 'Outputs.Main_Arn', says: /letters and digits/, help: /name/ },
  )
  finds(
    {
      ...switched,
      Conditions: { ...switched.Conditions, 'Is-On': { Condition: 'IsOn' } },
      Outputs: { O: { Condition: 'Is-On', Value: '1' } },
    },
    { code: 'bad-logical-id', path: 'Conditions.Is-On', says: /& and _/, help: /name/ },
  )
})

test('keys of a mapping are letters and digits, the first with dots and hyphens', () => {
  const Outputs = { O: { Value: { 'Fn::FindInMap': ['M', ref('AWS::Region'), ref('AWS::Partition')] } } }
  finds(
    { Resources: { Main: topic }, Mappings: { M: { us_1: { a: 1 }, 'eu-west-1': { 'b-c': 1 } } }, Outputs },
    { code: 'bad-logical-id', path: 'Mappings.M.us_1', says: /\. and -/, help: /name/ },
    { code: 'bad-logical-id', path: 'Mappings.M.eu-west-1.b-c', says: /letters and digits/, help: /name/ },
  )
})

test('a resource with the name of a parameter is ambiguous', () => {
  finds(
    { Parameters: { Main: text }, Resources: { Main: topic }, Outputs: { O: { Value: ref('Main') } } },
    { code: 'bad-logical-id', path: 'Resources.Main', says: /parameter/, help: /another name/ },
  )
})

test('what nothing uses is named, and what only that uses too', () => {
  finds(
    {
      Metadata: { Interface: ref('Unused') },
      Parameters: { Unused: text, Read: text },
      Mappings: { M: { a: { b: 1 } } },
      Conditions: { Idle: equals(ref('Read'), 'x') },
      Resources: { Main: topic },
    },
    { code: 'unused-parameter', path: 'Parameters.Unused', says: /never used/, help: /Remove/, severity: 'warning' },
    {
      code: 'unused-parameter',
      path: 'Parameters.Read',
      says: /only by conditions/,
      help: /Remove/,
      severity: 'warning',
    },
    { code: 'unused-mapping', path: 'Mappings.M', says: /never used/, help: /Remove/, severity: 'warning' },
    { code: 'unused-condition', path: 'Conditions.Idle', says: /never used/, help: /Remove/, severity: 'warning' },
  )
})

test('a condition that only an unused condition is made of is unused', () => {
  finds(
    {
      ...switched,
      Conditions: { ...switched.Conditions, Part: equals(ref('Switch'), 'false'), Whole: not({ Condition: 'Part' }) },
    },
    {
      code: 'unused-condition',
      path: 'Conditions.Part',
      says: /only by conditions/,
      help: /Remove/,
      severity: 'warning',
    },
    { code: 'unused-condition', path: 'Conditions.Whole', says: /never used/, help: /Remove/, severity: 'warning' },
  )
})

test('a mapping whose name is computed may be any', () => {
  const base = { Resources: { Main: topic }, Mappings: { M: { a: { b: 1 } } }, Transform: 'AWS::LanguageExtensions' }
  isClean({ ...base, Outputs: { O: { Value: { 'Fn::FindInMap': [{ 'Fn::Sub': '${AWS::Region}' }, 'a', 'b'] } } } })
})

// Parameters

test('a default keeps the constraints of its parameter', () => {
  const Outputs = { O: { Value: { 'Fn::Sub': '${P}' } } }
  const withDefault = (parameter: object) => ({ Parameters: { P: parameter }, Resources: { Main: topic }, Outputs })
  const path = 'Parameters.P.Default'
  const code = 'invalid-value'
  finds(withDefault({ Type: 'String', AllowedValues: ['a', 'b'], Default: 'c' }), {
    code,
    path,
    says: /'c'.*AllowedValues/,
    help: /'a' or 'b'/,
  })
  finds(withDefault({ Type: 'String', AllowedPattern: '[a-z]+', Default: '' }), {
    code,
    path,
    says: /AllowedPattern/,
    help: /default/,
  })
  finds(withDefault({ Type: 'String', AllowedPattern: 'a|b', Default: 'ab' }), {
    code,
    path,
    says: /AllowedPattern/,
    help: /default/,
  })
  finds(withDefault({ Type: 'String', MinLength: 2, Default: 'a' }), {
    code,
    path,
    says: /shorter than MinLength 2/,
    help: /default/,
  })
  finds(withDefault({ Type: 'String', MaxLength: '2', Default: 'abc' }), {
    code,
    path,
    says: /longer than MaxLength 2/,
    help: /default/,
  })
  finds(withDefault({ Type: 'Number', Default: 'many' }), { code, path, says: /no number/, help: /default/ })
  finds(withDefault({ Type: 'Number', MinValue: 2, Default: 1 }), {
    code,
    path,
    says: /less than MinValue 2/,
    help: /default/,
  })
  finds(withDefault({ Type: 'Number', MaxValue: 2, Default: 3 }), {
    code,
    path,
    says: /more than MaxValue 2/,
    help: /default/,
  })
  finds(withDefault({ Type: 'String', Default: ['a'] }), { code, path, says: /no text/, help: /text/ })
  finds(
    {
      ...withDefault({ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'], Default: 'a,c' }),
      Outputs: { O: { Value: { 'Fn::Join': ['', ref('P')] } } },
    },
    { code, path, says: /AllowedValues/, help: /'a' or 'b'/ },
  )
})

test('a constraint that nothing can keep, or that is no pattern, is refused', () => {
  const Outputs = { O: { Value: ref('P') } }
  const declared = (parameter: object) => ({
    Parameters: { P: { Type: 'String', ...parameter } },
    Resources: { Main: topic },
    Outputs,
  })
  finds(declared({ MinLength: 3, MaxLength: 2 }), {
    code: 'invalid-value',
    path: 'Parameters.P.MinLength',
    says: /more than MaxLength/,
    help: /Lower/,
  })
  finds(declared({ AllowedPattern: '[a-z' }), {
    code: 'invalid-value',
    path: 'Parameters.P.AllowedPattern',
    says: /no regular expression/,
    help: /brackets/,
  })
  // Java's expressions have more than JavaScript's.
  isClean(declared({ AllowedPattern: '(?i)[a-z]++\\z', Default: 'A' }))
})

test('a type that no parameter has is refused by the nearest', () => {
  finds(
    {
      Parameters: { P: { Type: 'AWS::EC2::Vpc::Id' } },
      Resources: { Main: topic },
      Outputs: { O: { Value: ref('P') } },
    },
    { code: 'invalid-value', path: 'Parameters.P.Type', says: /no parameter can be/, help: /AWS::EC2::VPC::Id/ },
  )
})

// Functions

test('functions have the arguments that they take', () => {
  const code = 'invalid-function'
  const path = 'Resources.Main.Properties.TopicName'
  const wrong = (call: object, at: string, says: RegExp, help: RegExp) =>
    finds(
      { ...switched, Resources: { ...switched.Resources, Main: named(call) } },
      { code, path: `${path}.${at}`, says, help },
    )
  wrong({ 'Fn::If': ['IsOn', 'a'] }, 'Fn::If', /3 arguments and has 2/, /AWS::NoValue/)
  wrong({ 'Fn::If': 'IsOn' }, 'Fn::If', /a list of 3/, /list/)
  wrong({ 'Fn::If': [equals('a', ref('Switch')), 'a', 'b'] }, 'Fn::If.0', /no name of a condition/, /Conditions/)
  wrong({ 'Fn::Join': ['-', 'a'] }, 'Fn::Join.1', /no list/, /list/)
  wrong({ 'Fn::Join': [['-'], ['a']] }, 'Fn::Join.0', /no text/, /text/)
  wrong({ 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select.0', /is 2, and the list has 2/, /position/)
  wrong({ 'Fn::Select': ['one', ['a', 'b']] }, 'Fn::Select.0', /number from 0/, /number/)
  wrong({ 'Fn::Select': [0] }, 'Fn::Select', /2 arguments and has 1/, /Give it 2/)
  wrong({ 'Fn::Split': [',', ['a']] }, 'Fn::Split.1', /no text/, /text/)
  wrong({ 'Fn::FindInMap': [] }, 'Fn::FindInMap', /3 arguments and has 0/, /Give it 3/)
  wrong({ 'Fn::GetAtt': [] }, 'Fn::GetAtt', /a resource and an attribute/, /attribute/)
  wrong({ 'Fn::GetAtt': 'Main' }, 'Fn::GetAtt', /names no attribute/, /attribute/)
  wrong({ 'Fn::GetAtt': [['Extra'], 'TopicName'] }, 'Fn::GetAtt.0', /no logical ID/, /attribute/)
  wrong({ 'Fn::Sub': ['a'] }, 'Fn::Sub', /text and its variables/, /variables/)
  wrong({ 'Fn::Sub': ['a', []] }, 'Fn::Sub.1', /no object/, /variables/)
  wrong({ 'Fn::Sub': '${cognito-identity.amazonaws.com:sub}' }, 'Fn::Sub', /no name/, /\$\{!cognito-identity/)
  wrong({ 'Fn::Base64': ['a'] }, 'Fn::Base64', /takes text/, /text/)
  wrong({ 'Fn::ImportValue': {} }, 'Fn::ImportValue', /takes text/, /text/)
  wrong({ 'Fn::Cidr': ['10.0.0.0/16'] }, 'Fn::Cidr', /2 to 3 arguments and has 1/, /2 to 3/)
  wrong({ Ref: ['Main'] }, 'Ref', /takes a name/, /logical ID/)
  wrong({ 'Fn::Joint': ['-', ['a']] }, 'Fn::Joint', /no function/, /Fn::Join/)
})

test('a function has its object for itself', () => {
  finds(
    { Resources: { Main: { ...topic, Metadata: { A: { 'Fn::Sub': '${AWS::Region}', More: 'b' } } } } },
    { code: 'invalid-function', path: 'Resources.Main.Metadata.A.Fn::Sub', says: /other keys/, help: /alone/ },
  )
})

test('a variable of a Sub that its text does not use is named', () => {
  finds(
    { Resources: { Main: named({ 'Fn::Sub': ['${AWS::Region}', { Region: 'x' }] }) } },
    {
      code: 'unused-variable',
      path: 'Resources.Main.Properties.TopicName.Fn::Sub.1.Region',
      says: /does not use/,
      help: /Remove/,
      severity: 'warning',
    },
  )
})

test('functions stand only where CloudFormation resolves them', () => {
  const code = 'invalid-function'
  const wrong = (value: object, path: string, says: RegExp, help: RegExp) =>
    finds({ ...switched, ...value }, { code, path, says, help })
  const { Resources } = switched
  wrong(
    { Resources: { ...Resources, Main: { ...topic, DeletionPolicy: choose('IsOn', 'Retain', 'Delete') } } },
    'Resources.Main.DeletionPolicy.Fn::If',
    /takes no function/,
    /value itself/,
  )
  wrong(
    { Resources: { ...Resources, Main: { ...topic, Properties: choose('IsOn', {}, {}) } } },
    'Resources.Main.Properties.Fn::If',
    /only an object/,
    /into the values/,
  )
  wrong(
    { Resources: { ...Resources, Main: named(equals(ref('Switch'), 'a')) } },
    'Resources.Main.Properties.TopicName.Fn::Equals',
    /outside Conditions/,
    /Fn::If/,
  )
  wrong(
    { Resources: { ...Resources, Main: named({ 'Fn::RefAll': 'AWS::EC2::VPC::Id' }) } },
    'Resources.Main.Properties.TopicName.Fn::RefAll',
    /outside Rules/,
    /Rules/,
  )
  wrong(
    {
      Parameters: { Switch: { ...yesNo, Description: { 'Fn::Sub': '${AWS::Region}' } } },
      Conditions: switched.Conditions,
    },
    'Parameters.Switch.Description.Fn::Sub',
    /holds no functions/,
    /itself/,
  )
  wrong(
    { Outputs: { O: { Value: 'x', Description: ref('Switch') } } },
    'Outputs.O.Description.Ref',
    /takes no function/,
    /itself/,
  )
  wrong(
    { Conditions: { IsOn: equals({ 'Fn::ImportValue': 'a' }, ref('Switch')) } },
    'Conditions.IsOn.Fn::Equals.0.Fn::ImportValue',
    /no value yet/,
    /Fn::FindInMap/,
  )
  wrong(
    { Conditions: { IsOn: { 'Fn::And': [equals(ref('Switch'), 'true')] } } },
    'Conditions.IsOn.Fn::And',
    /2 to 10 arguments and has 1/,
    /Nest/,
  )
  wrong({ Conditions: { IsOn: not(ref('Switch')) } }, 'Conditions.IsOn.Fn::Not.0', /no condition/, /Fn::Equals/)
})

test('a condition is made of predicates', () => {
  finds(
    { ...switched, Conditions: { IsOn: true }, Parameters: {} },
    { code: 'invalid-function', path: 'Conditions.IsOn', says: /no condition/, help: /Fn::Equals/ },
  )
})

// References

test('what is referred to exists, or the nearest name is given', () => {
  const code = 'undefined-reference'
  const at = 'Resources.Main.Properties.TopicName'
  const wrong = (call: Json | object, path: string, says: RegExp, help: RegExp) =>
    finds({ ...switched, Resources: { ...switched.Resources, Main: named(call) } }, { code, path, says, help })
  wrong(ref('Swich'), `${at}.Ref`, /Swich, and there is no such parameter or resource/, /^Write Switch$/)
  wrong(ref('Elsewhere'), `${at}.Ref`, /Elsewhere/, /Declare Elsewhere/)
  wrong(ref('IsOn'), `${at}.Ref`, /IsOn, which is a condition and no parameter or resource/, /Declare/)
  wrong(ref('AWS::Reigon'), `${at}.Ref`, /no such pseudo parameter/, /^Write AWS::Region$/)
  wrong({ 'Fn::GetAtt': ['Mian', 'Arn'] }, `${at}.Fn::GetAtt.0`, /Mian/, /^Write Main$/)
  wrong({ 'Fn::GetAtt': 'Mian.TopicName' }, `${at}.Fn::GetAtt`, /Mian/, /^Write Main$/)
  wrong(
    { 'Fn::GetAtt': ['Switch', 'Arn'] },
    `${at}.Fn::GetAtt.0`,
    /Switch, which is a parameter and no resource/,
    /Declare/,
  )
  wrong({ 'Fn::Sub': 'a-${Swich}' }, `${at}.Fn::Sub`, /Swich/, /^Write Switch$/)
  wrong({ 'Fn::Sub': '${aws:username}' }, `${at}.Fn::Sub`, /aws:username/, /\$\{!aws:username\}/)
  wrong({ 'Fn::Sub': ['${Swich}', {}] }, `${at}.Fn::Sub`, /Swich/, /^Write Switch$/)
  wrong({ 'Fn::Sub': ['${A}', { A: ref('Swich') }] }, `${at}.Fn::Sub.1.A.Ref`, /Swich/, /^Write Switch$/)
  wrong(
    { 'Fn::FindInMap': ['Map', 'a', 'b'] },
    `${at}.Fn::FindInMap.0`,
    /Map, and there is no such mapping/,
    /Mappings/,
  )
  wrong(choose('IsOnn', 'a', 'b'), `${at}.Fn::If.0`, /IsOnn, and there is no such condition/, /^Write IsOn$/)
})

test('conditions of resources and outputs, and dependencies, exist', () => {
  const code = 'undefined-reference'
  finds(
    { ...switched, Resources: { ...switched.Resources, Main: { ...topic, Condition: 'IsOne' } } },
    { code, path: 'Resources.Main.Condition', says: /IsOne/, help: /^Write IsOn$/ },
  )
  finds(
    { ...switched, Outputs: { O: { Condition: 'Extra', Value: 'x' } } },
    { code, path: 'Outputs.O.Condition', says: /a resource and no condition/, help: /Conditions/ },
  )
  finds(
    { ...switched, Resources: { ...switched.Resources, Main: { ...topic, DependsOn: ['Extra', 'Exta'] } } },
    { code, path: 'Resources.Main.DependsOn.1', says: /Exta/, help: /^Write Extra$/ },
  )
  finds(
    { ...switched, Resources: { ...switched.Resources, Main: { ...topic, DependsOn: 'Switch' } } },
    { code, path: 'Resources.Main.DependsOn', says: /a parameter and no resource/, help: /Remove/ },
  )
  finds(
    { ...switched, Conditions: { IsOn: not({ Condition: 'IsOf' }) } },
    { code, path: 'Conditions.IsOn.Fn::Not.0.Condition', says: /IsOf/, help: /^Write IsOn$/ },
    { code: 'unused-parameter', path: 'Parameters.Switch', says: /never/, help: /Remove/, severity: 'warning' },
  )
})

test('a condition refers to no resource', () => {
  finds(
    { ...switched, Conditions: { IsOn: equals(ref('Main'), ref('Switch')) } },
    {
      code: 'undefined-reference',
      path: 'Conditions.IsOn.Fn::Equals.0.Ref',
      says: /a resource, and Conditions are evaluated before/,
      help: /parameter/,
    },
  )
})

test('neither does it read an attribute, however that is written', () => {
  const named = (operand: object) => ({ ...switched, Conditions: { IsOn: equals(operand, ref('Switch')) } })
  const at = 'Conditions.IsOn.Fn::Equals.0'
  finds(named({ 'Fn::GetAtt': ['Main', 'TopicName'] }), {
    code: 'invalid-function',
    path: `${at}.Fn::GetAtt`,
    says: /no value yet/,
    help: /Compare/,
  })
  finds(named({ 'Fn::Sub': '${Main.TopicName}' }), {
    code: 'undefined-reference',
    path: `${at}.Fn::Sub`,
    says: /Main, a resource/,
    help: /parameter/,
  })
})

test('the name of an export depends on no resource', () => {
  finds(
    { Resources: { Main: topic }, Outputs: { O: { Value: 'x', Export: { Name: ref('Main') } } } },
    { code: 'undefined-reference', path: 'Outputs.O.Export.Name.Ref', says: /export/, help: /StackName/ },
  )
})

test('an attribute is one that the type has', () => {
  finds(
    {
      Resources: { Main: topic },
      Outputs: {
        O: { Value: { 'Fn::GetAtt': ['Main', 'TopicNam'] } },
        P: { Value: { 'Fn::Sub': '${Main.Topicname}' } },
      },
    },
    {
      code: 'unknown-attribute',
      path: 'Outputs.O.Value.Fn::GetAtt.1',
      says: /TopicNam, an attribute that AWS::SNS::Topic \(Main\)/,
      help: /^Write TopicName$/,
    },
    { code: 'unknown-attribute', path: 'Outputs.P.Value.Fn::Sub', says: /Topicname/, help: /^Write TopicName$/ },
  )
})

test('literal keys are in the mapping, through both branches of a choice', () => {
  const code = 'undefined-reference'
  const Mappings = { M: { alpha: { name: 1, size: 2 }, beta: { name: 3 } } }
  const wrong = (
    keys: readonly (Json | object)[],
    ...expected: readonly (readonly [path: string, says: RegExp, help: RegExp])[]
  ) =>
    finds(
      { ...switched, Mappings, Outputs: { O: { Value: { 'Fn::FindInMap': ['M', ...keys] } } } },
      ...expected.map(
        ([path, says, help]) => ({ code, path: `Outputs.O.Value.Fn::FindInMap.${path}`, says, help }) as const,
      ),
    )
  wrong(['alpha', 'size'])
  wrong([ref('AWS::Region'), 'size'])
  wrong(['alpa', 'name'], ['1', /is alpa, and M has no such key/, /^Write alpha$/])
  wrong(['beta', 'size'], ['2', /is size, and M has no such key/, /Add size to M/])
  wrong([ref('AWS::Region'), 'nane'], ['2', /is nane/, /^Write name$/])
  const chosen = { 'Fn::FindInMap': ['M', choose('IsOn', 'alpa', 'beta'), 'size'] }
  finds(
    { ...switched, Transform: 'AWS::LanguageExtensions', Mappings, Outputs: { O: { Value: chosen } } },
    { code, path: 'Outputs.O.Value.Fn::FindInMap.1.Fn::If.1', says: /is alpa/, help: /^Write alpha$/ },
  )
  const either = { 'Fn::FindInMap': ['M', choose('IsOn', 'alpha', 'beta'), 'size'] }
  finds(
    { ...switched, Transform: 'AWS::LanguageExtensions', Mappings, Outputs: { O: { Value: either } } },
    { code, path: 'Outputs.O.Value.Fn::FindInMap.2', says: /is size/, help: /Add size/ },
  )
})

test('a reference to a conditional resource stands only where the resource exists', () => {
  const code = 'conditional-reference'
  const extra = { 'Fn::GetAtt': ['Extra', 'TopicName'] }
  const says = /^refers to Extra, which does not exist when Switch is 'false'$/
  const help = /Fn::If of IsOn/
  finds({ ...switched, Outputs: { O: { Value: ref('Extra') } } }, { code, path: 'Outputs.O.Value.Ref', says, help })
  finds({ ...switched, Outputs: { O: { Value: extra } } }, { code, path: 'Outputs.O.Value.Fn::GetAtt.0', says, help })
  finds(
    { ...switched, Outputs: { O: { Value: { 'Fn::Sub': 'a-${Extra}' } } } },
    { code, path: 'Outputs.O.Value.Fn::Sub', says, help },
  )
  finds(
    { ...switched, Outputs: { O: { Value: choose('IsOn', 'x', ref('Extra')) } } },
    { code, path: 'Outputs.O.Value.Fn::If.2.Ref', says, help },
  )
  finds(
    { ...switched, Resources: { ...switched.Resources, Main: { ...topic, Metadata: { Of: ref('Extra') } } } },
    { code, path: 'Resources.Main.Metadata.Of.Ref', says, help },
  )
  isClean({ ...switched, Outputs: { O: { Condition: 'IsOn', Value: ref('Extra') } } })
  isClean({ ...switched, Outputs: { O: { Value: choose('IsOn', ref('Extra'), '') } } })
  isClean({ ...switched, Resources: { ...switched.Resources, Main: { ...topic, DependsOn: 'Extra' } } })
})

test('whether a place can be there without the resource follows from what the parameters can be', () => {
  const Parameters = { Size: { Type: 'String', AllowedValues: ['small', 'large', 'huge'] }, Name: text }
  const Conditions = {
    IsLarge: equals(ref('Size'), 'large'),
    IsSmall: equals(ref('Size'), 'small'),
    IsHuge: not({ 'Fn::Or': [{ Condition: 'IsLarge' }, { Condition: 'IsSmall' }] }),
    IsBig: not({ Condition: 'IsSmall' }),
    IsNamed: not(equals({ 'Fn::Join': ['', [ref('Name'), '']] }, '')),
    IsNamedBig: { 'Fn::And': [{ Condition: 'IsNamed' }, { Condition: 'IsBig' }] },
  }
  const output = (place: string, target: string) => ({
    Parameters,
    Conditions,
    Resources: {
      Main: { ...topic, Condition: target },
      Others: {
        Type: 'AWS::SNS::Topic',
        Metadata: Object.fromEntries(Object.keys(Conditions).map(it => [it, choose(it, 1, 2)])),
      },
    },
    Outputs: { O: { Condition: place, Value: ref('Main') } },
  })
  isClean(output('IsLarge', 'IsBig'))
  isClean(output('IsHuge', 'IsBig'))
  isClean(output('IsNamedBig', 'IsNamed'))
  const path = 'Outputs.O.Value.Ref'
  const code = 'conditional-reference'
  finds(output('IsBig', 'IsLarge'), { code, path, says: /when Size is 'huge'$/, help: /IsLarge/ })
  finds(output('IsNamed', 'IsNamedBig'), {
    code,
    path,
    says: /when Size is 'small' and Name is not ''$/,
    help: /IsNamedBig/,
  })
  finds(output('IsBig', 'IsNamed'), { code, path, says: /Name is ''/, help: /IsNamed/ })
})

test('the Rules say what the parameters can be, too', () => {
  const guarded = (Rules: object) => ({
    Parameters: { PoolId: text, ClientId: text },
    Rules,
    Conditions: { HasPool: not(equals(ref('PoolId'), '')), HasClient: not(equals(ref('ClientId'), '')) },
    Resources: { Main: { ...topic, Condition: 'HasPool' } },
    Outputs: { O: { Condition: 'HasClient', Value: ref('Main') } },
  })
  const rule = {
    RuleCondition: not(equals(ref('ClientId'), '')),
    Assertions: [{ Assert: not(equals(ref('PoolId'), '')), AssertDescription: 'A client needs its pool' }],
  }
  isClean(guarded({ Pair: rule }))
  finds(
    guarded({
      Pair: { Assertions: [{ Assert: { 'Fn::Contains': [['a', ''], ref('ClientId')] }, AssertDescription: 'a' }] },
    }),
    {
      code: 'conditional-reference',
      path: 'Outputs.O.Value.Ref',
      says: /when PoolId is '' and ClientId is 'a'$/,
      help: /HasPool/,
    },
  )
})

test('a region belongs to one partition', () => {
  const place = (condition: string) => ({
    Conditions: {
      IsGov: equals(ref('AWS::Partition'), 'aws-us-gov'),
      IsGovWest: equals(ref('AWS::Region'), 'us-gov-west-1'),
      IsChina: equals(ref('AWS::URLSuffix'), 'amazonaws.com.cn'),
      IsBeijing: equals(ref('AWS::Region'), 'cn-north-1'),
    },
    Resources: {
      Main: { ...topic, Condition: condition },
      Others: {
        Type: 'AWS::SNS::Topic',
        Metadata: {
          A: choose('IsGov', 1, 2),
          B: choose('IsGovWest', 1, 2),
          C: choose('IsChina', 1, 2),
          D: choose('IsBeijing', 1, 2),
        },
      },
    },
  })
  isClean({ ...place('IsGov'), Outputs: { O: { Condition: 'IsGovWest', Value: ref('Main') } } })
  isClean({ ...place('IsChina'), Outputs: { O: { Condition: 'IsBeijing', Value: ref('Main') } } })
  finds(
    { ...place('IsGovWest'), Outputs: { O: { Condition: 'IsGov', Value: ref('Main') } } },
    {
      code: 'conditional-reference',
      path: 'Outputs.O.Value.Ref',
      says: /when AWS::Region is not 'us-gov-west-1' and AWS::Partition is 'aws-us-gov'$/,
      help: /IsGovWest/,
    },
  )
})

// Cycles

test('resources that wait for each other are named once, with the whole circle', () => {
  const waits = (name: string) => ({ ...topic, DependsOn: name })
  finds(
    { Resources: { A: named(ref('B')), B: named({ 'Fn::Sub': '${C.TopicName}' }), C: waits('A'), D: waits('A') } },
    {
      code: 'circular-reference',
      path: 'Resources.A.Properties.TopicName.Ref',
      says: /A → B → C → A/,
      help: /Take one/,
    },
  )
  finds(
    { Resources: { A: named({ 'Fn::GetAtt': ['A', 'TopicName'] }) } },
    {
      code: 'circular-reference',
      path: 'Resources.A.Properties.TopicName.Fn::GetAtt.0',
      says: /A → A/,
      help: /Take one/,
    },
  )
})

test('branches that exclude each other close no circle', () => {
  isClean({
    ...switched,
    Resources: { A: named(choose('IsOn', ref('B'), 'a')), B: named(choose('IsOn', 'b', ref('A'))) },
  })
  finds(
    { ...switched, Resources: { A: named(choose('IsOn', ref('B'), 'a')), B: named(choose('IsOn', ref('A'), 'b')) } },
    {
      code: 'circular-reference',
      path: 'Resources.A.Properties.TopicName.Fn::If.1.Ref',
      says: /A → B → A/,
      help: /Take one/,
    },
  )
})

test('a condition is not made of itself', () => {
  finds(
    {
      Conditions: { A: not({ Condition: 'B' }), B: { Condition: 'A' } },
      Resources: { Main: { ...topic, Condition: 'A' } },
    },
    { code: 'circular-reference', path: 'Conditions.A.Fn::Not.0.Condition', says: /A → B → A/, help: /itself/ },
  )
})

// Attachments

test('an identity pool has one attachment of roles at a time', () => {
  const attach = (pool: Json | object, Condition?: string) => ({
    Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
    ...(Condition === undefined ? {} : { Condition }),
    Properties: { IdentityPoolId: pool },
  })
  const pool = { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } }
  const Conditions = { IsOn: equals(ref('Switch'), 'true'), IsOff: not({ Condition: 'IsOn' }) }
  const base = { Parameters: { Switch: yesNo }, Conditions }
  const code = 'duplicate-role-attachment'
  const path = 'Resources.Second'
  finds(
    { Resources: { Pool: pool, First: attach(ref('Pool')), Second: attach({ 'Fn::GetAtt': ['Pool', 'Id'] }) } },
    { code, path, says: /First has claimed: Cognito keeps one .*AlreadyExists/, help: /Merge it into First/ },
  )
  isClean({
    ...base,
    Resources: { Pool: pool, First: attach(ref('Pool'), 'IsOn'), Second: attach(ref('Pool'), 'IsOff') },
  })
  isClean({ Resources: { Pool: pool, Other: pool, First: attach(ref('Pool')), Second: attach(ref('Other')) } })
  isClean({
    ...base,
    Resources: {
      Pool: pool,
      Other: pool,
      First: attach(choose('IsOn', ref('Pool'), ref('Other'))),
      Second: attach(choose('IsOff', ref('Pool'), ref('Other'))),
    },
  })
  finds(
    {
      ...base,
      Resources: {
        Pool: pool,
        Other: pool,
        First: attach(choose('IsOn', ref('Pool'), ref('Other'))),
        Second: attach({ 'Fn::Sub': '${Pool}' }, 'IsOn'),
      },
    },
    { code, path, says: /when Switch is 'true': Cognito/, help: /Merge/ },
    { code: 'unused-condition', path: 'Conditions.IsOff', says: /never/, help: /Remove/, severity: 'warning' },
  )
})

// Branches

test('a comparison with what the parameter refuses is never true', () => {
  finds(
    { ...switched, Conditions: { IsOn: equals(ref('Switch'), 'yes') } },
    {
      code: 'constant-condition',
      path: 'Conditions.IsOn.Fn::Equals',
      says: /never true: Switch cannot be 'yes', which is none of AllowedValues/,
      help: /Compare/,
      severity: 'warning',
    },
  )
})

test('a condition that is always the same is named where it begins', () => {
  finds(
    {
      ...switched,
      Conditions: {
        IsOn: { 'Fn::And': [equals(ref('Switch'), 'true'), equals(ref('Switch'), 'false')] },
        IsOff: not({ Condition: 'IsOn' }),
      },
      Outputs: { O: { Condition: 'IsOff', Value: 'x' } },
    },
    {
      code: 'constant-condition',
      path: 'Conditions.IsOn',
      says: /always false/,
      help: /excludes/,
      severity: 'warning',
    },
  )
  // Two literals say so themselves, and a rule is a second lock.
  isClean({
    Conditions: { Never: equals('a', 'b') },
    Resources: { Main: topic, Extra: { ...topic, Condition: 'Never' } },
  })
  isClean({
    ...switched,
    Rules: { On: { Assertions: [{ Assert: equals(ref('Switch'), 'true'), AssertDescription: 'On' }] } },
  })
})

test('rules that no parameters satisfy are an error', () => {
  const assert = (...values: readonly string[]) => ({
    Assertions: values.map(it => ({ Assert: equals(ref('Switch'), it), AssertDescription: it })),
  })
  isClean({
    ...switched,
    Rules: { A: assert('true'), B: { ...assert('false'), RuleCondition: equals(ref('Switch'), 'false') } },
  })
  // All else is judged as if there were none.
  finds(
    { ...switched, Rules: { A: assert('true', 'false') }, Outputs: { O: { Value: ref('Extra') } } },
    { code: 'constant-condition', path: 'Rules', says: /refuse whatever/, help: /exclude each other/ },
    { code: 'conditional-reference', path: 'Outputs.O.Value.Ref', says: /when Switch is 'false'$/, help: /IsOn/ },
  )
})

test('a branch that nothing leads to is named', () => {
  const code = 'unreachable-branch'
  const severity = 'warning'
  finds(
    { ...switched, Outputs: { O: { Value: choose('IsOn', choose('IsOn', 'a', 'b'), 'c') } } },
    {
      code,
      path: 'Outputs.O.Value.Fn::If.1.Fn::If.2',
      says: /IsOn is always true here/,
      help: /other branch/,
      severity,
    },
  )
  finds(
    { ...switched, Outputs: { O: { Condition: 'IsOn', Value: choose('IsOn', 'a', 'b') } } },
    { code, path: 'Outputs.O.Value.Fn::If.2', says: /IsOn is always true here/, help: /other branch/, severity },
  )
})

// Resources

test('a resource is an object with a type that there is', () => {
  const code = 'unknown-resource-type'
  const path = 'Resources.Main.Type'
  const typed = (Type: Json) => ({ Resources: { Main: { Type } } })
  finds(
    { Resources: { Main: 'AWS::SNS::Topic' } },
    { code: 'invalid-value', path: 'Resources.Main', says: /no object/, help: /Type/ },
  )
  finds(
    { Resources: { Main: { Properties: {} } } },
    { code: 'invalid-value', path: 'Resources.Main', says: /no Type/, help: /type/ },
  )
  finds(typed(1), { code: 'invalid-value', path, says: /no text/, help: /type/ })
  finds(typed('AWS::SNS::Topik'), {
    code,
    path,
    says: /AWS::SNS::Topik, and there is no such type/,
    help: /^Write AWS::SNS::Topic$/,
  })
  finds(typed('aws::sns::topic'), { code, path, says: /no such type/, help: /^Write AWS::SNS::Topic$/ })
  finds(typed('SNS::Topic'), { code, path, says: /no such type/, help: /Look it up|Write/ })
  finds(typed('AWS::Serverless::Function'), { code, path, says: /transform/, help: /AWS::Serverless-2016-10-31/ })
  finds(typed('Datadog::Monitors::Monitor'), {
    code,
    path,
    says: /not AWS's own/,
    help: /activated/,
    severity: 'warning',
  })
  finds(typed('My::Own::Bucket::MODULE'), { code, path, says: /module/, help: /registry/, severity: 'warning' })
})

test('attributes of a resource are known and have values that CloudFormation takes', () => {
  const code = 'invalid-value'
  const wrong = (attributes: object, name: string, says: RegExp, help: RegExp) =>
    finds({ Resources: { Main: { ...topic, ...attributes } } }, { code, path: `Resources.Main.${name}`, says, help })
  wrong({ DeletePolicy: 'Retain' }, 'DeletePolicy', /no attribute/, /^Write DeletionPolicy$/)
  wrong({ TopicName: 'a' }, 'TopicName', /no attribute/, /under Properties/)
  wrong({ Version: '1' }, 'Version', /no attribute/, /Version/)
  wrong({ DeletionPolicy: 'Keep' }, 'DeletionPolicy', /is Keep/, /Delete, Retain or RetainExceptOnCreate/)
  wrong({ DeletionPolicy: 'retain' }, 'DeletionPolicy', /is retain/, /^Write Retain$/)
  wrong({ DeletionPolicy: 'Snapshot' }, 'DeletionPolicy', /AWS::SNS::Topic has none to take/, /Delete/)
  wrong(
    { UpdateReplacePolicy: 'RetainExceptOnCreate' },
    'UpdateReplacePolicy',
    /is RetainExceptOnCreate/,
    /Delete or Retain/,
  )
  wrong({ Properties: [] }, 'Properties', /no object/, /leave Properties out/)
  wrong({ Properties: null }, 'Properties', /no object/, /leave Properties out/)
  wrong({ Metadata: 'x' }, 'Metadata', /no object/, /leave Metadata out/)
  wrong({ DependsOn: { A: 1 } }, 'DependsOn', /neither a logical ID/, /logical IDs/)
  wrong({ Condition: true }, 'Condition', /no text/, /condition/)
  isClean({
    Resources: {
      Main: {
        Type: 'AWS::EC2::Volume',
        DeletionPolicy: 'Snapshot',
        UpdateReplacePolicy: 'Snapshot',
        Properties: { AvailabilityZone: 'a', Size: 1 },
      },
    },
  })
})

test('null stands nowhere in properties', () => {
  finds(
    { Resources: { Main: { ...topic, Properties: { TopicName: null } } } },
    { code: 'invalid-value', path: 'Resources.Main.Properties.TopicName', says: /is null/, help: /AWS::NoValue/ },
  )
})

const pool = (Properties: object) => ({
  ...switched,
  Resources: { ...switched.Resources, Pool: { Type: 'AWS::Cognito::IdentityPool', Properties } },
})

test('properties are held against the schema of the type', () => {
  const code = 'invalid-property'
  const path = 'Resources.Pool.Properties'
  finds(pool({ AllowUnauthenticatedIdentities: false, IdentityPoolNam: 'a' }), {
    code,
    path: `${path}.IdentityPoolNam`,
    says: /no property/,
    help: /IdentityPoolName/,
  })
  finds(pool({}), { code, path, says: /AllowUnauthenticatedIdentities/, help: /./ })
  finds(
    { Resources: { Main: { Type: 'AWS::Cognito::IdentityPool' } } },
    { code, path: 'Resources.Main', says: /AllowUnauthenticatedIdentities/, help: /./ },
  )
  finds(pool({ AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: 'x' }), {
    code,
    path: `${path}.CognitoIdentityProviders`,
    says: /./,
    help: /./,
  })
})

test('both branches of a choice are held against the schema, and the place is the one in the template', () => {
  const code = 'invalid-property'
  const path = 'Resources.Pool.Properties'
  const provider = { ClientId: 'a', ProviderName: 'b' }
  const providers = (...items: readonly object[]) =>
    pool({ AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: items })
  isClean(providers(provider, choose('IsOn', provider, noValue)))
  finds(providers(provider, choose('IsOn', { ...provider, ClientID: 'c' }, noValue)), {
    code,
    path: `${path}.CognitoIdentityProviders.1.Fn::If.1.ClientID`,
    says: /no property.* when IsOn is true$/,
    help: /ClientId/,
  })
  // The index counts what is left out, too.
  finds(providers(choose('IsOn', noValue, provider), choose('IsOn', { ...provider, Clientid: 'c' }, noValue)), {
    code,
    path: `${path}.CognitoIdentityProviders.1.Fn::If.1.Clientid`,
    says: /when IsOn is true$/,
    help: /ClientId/,
  })
})

test('what is wrong in the branch for false is found there', () => {
  finds(pool({ AllowUnauthenticatedIdentities: choose('IsOn', true, 'perhaps') }), {
    code: 'invalid-property',
    path: 'Resources.Pool.Properties.AllowUnauthenticatedIdentities.Fn::If.2',
    says: /when IsOn is false$/,
    help: /./,
  })
})

test('a property that a choice leaves out is missing when it does', () => {
  const code = 'invalid-property'
  finds(pool({ AllowUnauthenticatedIdentities: choose('IsOn', true, noValue) }), {
    code,
    path: 'Resources.Pool.Properties',
    says: /AllowUnauthenticatedIdentities.* when IsOn is false$/,
    help: /./,
  })
  finds(pool({ AllowUnauthenticatedIdentities: noValue }), {
    code,
    path: 'Resources.Pool.Properties',
    says: /AllowUnauthenticatedIdentities(?!.* when )/,
    help: /./,
  })
  // It exists only when the choice does not leave it out.
  finds(
    {
      ...switched,
      Resources: {
        Main: topic,
        Pool: {
          Type: 'AWS::Cognito::IdentityPool',
          Condition: 'IsOn',
          Properties: { AllowUnauthenticatedIdentities: choose('IsOn', true, noValue) },
        },
      },
    },
    {
      code: 'unreachable-branch',
      path: 'Resources.Pool.Properties.AllowUnauthenticatedIdentities.Fn::If.2',
      says: /always true/,
      help: /other/,
      severity: 'warning',
    },
  )
})

/** A parameter and a condition for each letter. */
function switches(letters: string) {
  return {
    Parameters: Object.fromEntries([...letters].map(it => [`P${it}`, yesNo])),
    Conditions: Object.fromEntries([...letters].map(it => [it, equals(ref(`P${it}`), 'true')])),
  }
}

test('with more conditions than all their combinations could be tried, every branch and every two choices are', () => {
  const letters = 'ABCDEFGHIJ'
  const tags = [...letters].map(it => choose(it, { Key: it, Value: 'x' }, noValue))
  const base = switches(letters)
  const bucket = (Properties: object) => ({ ...base, Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties } } })
  isClean(bucket({ Tags: tags }))
  finds(
    bucket({
      Tags: [...tags.slice(0, 9), choose('J', choose('A', { Key: 'a', Val: 'x' }, { Key: 'b', Value: 'y' }), noValue)],
    }),
    {
      code: 'invalid-property',
      path: 'Resources.Bucket.Properties.Tags.9.Fn::If.1.Fn::If.1.Val',
      says: /no property.* when A is true and J is true$/,
      help: /Value/,
    },
    {
      code: 'invalid-property',
      path: 'Resources.Bucket.Properties.Tags.9.Fn::If.1.Fn::If.1',
      says: /Value.* when A is true and J is true$/,
      help: /./,
    },
  )
  // Of two properties that one object may not have at once only their being there together is wrong.
  const alias = (it: string, value: Json) => choose(it, value, noValue)
  const instance = {
    ...base,
    Resources: {
      Instance: {
        Type: 'AWS::EC2::Instance',
        Properties: {
          ImageId: alias('A', 'ami-0a1b2c3d'),
          KeyName: alias('B', 'k'),
          UserData: alias('C', 'eA=='),
          Monitoring: alias('D', true),
          EbsOptimized: alias('E', true),
          KernelId: alias('F', 'aki-1'),
          SourceDestCheck: alias('G', true),
          Tenancy: alias('H', 'default'),
          SubnetId: alias('I', 'subnet-1'),
          NetworkInterfaces: choose('J', [{ DeviceIndex: '0' }], noValue),
        },
      },
    },
  }
  const found = find(instance)
  assert.deepEqual(
    found.map(({ code }) => code),
    ['invalid-property'],
    show(found),
  )
  assert.match(show(found), /SubnetId.* when I is true and J is true/)
})

/** Knows one type, of which it complains whenever the properties are like this. */
function complainsIf(isWrong: (properties: Json) => boolean): Knowledge {
  const complaints = (properties: Json) =>
    isWrong(properties) ? [{ path: [], message: 'is wrong', help: 'Mend it' }] : []
  const facts = { hasAttribute: () => true, attributes: [], complaints }
  return { resourceType: () => facts, resourceTypeNames: () => [], actions: () => undefined, services: () => [] }
}

test('of more conditions than four those scenarios are tried that are told', () => {
  const letters = 'ABCDEFGHIJ'
  const tried = (Properties: object, isWrong: (properties: Json) => boolean) => {
    const document = read({ ...switches(letters), Resources: { Main: { Type: 'AWS::SNS::Topic', Properties } } })
    return check(document, '', complainsIf(isWrong)).some(({ code }) => code === 'invalid-property')
  }
  const has = (properties: Json, ...keys: readonly string[]) =>
    keys.every(key => isObject(properties) && key in properties)
  const all = Object.fromEntries([...letters].map(it => [it, choose(it, 1, noValue)]))
  const list = { List: [...letters].map(it => choose(it, it, noValue)) }
  // The fullest, and the emptiest.
  assert.ok(tried(all, it => has(it, ...letters)))
  assert.ok(tried(all, it => isObject(it) && Object.keys(it).length === 0))
  assert.ok(tried(list, it => isObject(it) && isDeepStrictEqual(it['List'], [...letters])))
  assert.ok(tried(list, it => isObject(it) && isDeepStrictEqual(it['List'], [])))
  // Every two, in any two places.
  for (const [at, one] of [...letters].entries()) {
    for (const other of letters.slice(at + 1)) {
      assert.ok(
        tried({ [one]: all[one], Deep: all }, it => isObject(it) && has(it, one) && !has(it['Deep'] ?? '', other)),
      )
      assert.ok(
        tried({ [one]: all[one], Deep: all }, it => isObject(it) && !has(it, one) && has(it['Deep'] ?? '', other)),
      )
    }
  }
  // Every combination of the four that choose in one object.
  const four = { One: { A: all['A'], B: all['B'], C: all['C'], D: all['D'] }, Others: all }
  for (const present of ['', 'A', 'BC', 'ACD', 'BD', 'ABCD', 'CD', 'ABD']) {
    assert.ok(
      tried(four, it => isObject(it) && Object.keys(it['One'] ?? {}).join('') === present),
      present,
    )
  }
  // Every branch, however deep.
  const ways = ['10101', '01010', '11011', '00100', '10011', '01101']
  for (const way of ways) {
    const deep = [...way].reduceRight<Json | object>((inner, holds, at) => {
      const name = letters[at] ?? ''
      return holds === '1' ? choose(name, inner, noValue) : choose(name, noValue, inner)
    }, 'deep')
    assert.ok(
      tried({ Deep: deep, Others: all }, it => isObject(it) && it['Deep'] === 'deep'),
      way,
    )
  }
})

test('what a complaint says of conditions is all that it takes, and no more', () => {
  const base = switches('ABCDEF')
  const partition = { AttributeName: 'a', KeyType: 'HASH' }
  const sort = { AttributeName: 'b', KeyType: 'RANGE' }
  const table = (more: object) => ({
    ...base,
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [
            { AttributeName: 'a', AttributeType: 'S' },
            { AttributeName: 'b', AttributeType: choose('E', 'S', choose('F', 'N', 'B')) },
          ],
          BillingMode: choose('C', 'PAY_PER_REQUEST', noValue),
          TableName: choose('D', 'a', noValue),
          ...more,
        },
      },
    },
  })
  const index = { IndexName: 'byB', KeySchema: [partition, sort], Projection: { ProjectionType: 'ALL' } }
  const two = [partition, choose('A', sort, noValue)]
  // Indexes beside the table's own key need a sort key in that.
  finds(table({ KeySchema: two, LocalSecondaryIndexes: choose('B', [index], noValue) }), {
    code: 'invalid-property',
    path: 'Resources.Table.Properties.KeySchema',
    says: /has 1 item when A is false and B is true$/,
    help: /2 items/,
  })
})

test('what rules exclude is no way for properties to turn out', () => {
  const one = { AllowUnauthenticatedIdentities: choose('IsOn', true, noValue) }
  isClean({
    ...pool(one),
    Rules: { On: { Assertions: [{ Assert: equals(ref('Switch'), 'true'), AssertDescription: 'On' }] } },
  })
})

// Anybody's templates

test('what a macro may add is not held against the template, and it is said', () => {
  const serverless = {
    Transform: 'AWS::Serverless-2016-10-31',
    Globals: { Function: { Runtime: 'nodejs20.x' } },
    Resources: { Main: { Type: 'AWS::Serverless::Function', Properties: { Anything: 1 }, Connectors: {} } },
  }
  isClean(serverless)
  finds(
    { ...serverless, Outputs: { O: { Value: { 'Fn::GetAtt': ['MainRole', 'Arn'] } }, P: { Value: ref('MainRole') } } },
    {
      code: 'undefined-reference',
      path: 'Transform',
      says: /may declare MainRole, which/,
      help: /macro/,
      severity: 'warning',
    },
  )
  isClean({
    Transform: [{ Name: 'Mine', Parameters: {} }],
    Parameters: { ForTheMacro: text },
    Custom: [],
    Resources: { Main: { ...topic, Properties: { TopicName: { 'Fn::Mine': 1 } }, Mine: 1 } },
  })
  isClean({
    Parameters: { P: text },
    Resources: {
      Main: {
        ...topic,
        Properties: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } },
      },
    },
  })
})

test('what a macro of one’s own may change is no error', () => {
  finds(
    {
      Transform: ['AWS::Serverless-2016-10-31', 'Mine'],
      Resources: { Main: { ...topic, Properties: { TopicNam: 'a' } } },
    },
    {
      code: 'invalid-property',
      path: 'Resources.Main.Properties.TopicNam',
      says: /no property.*, unless the macro Mine changes it$/,
      help: /TopicName/,
      severity: 'warning',
    },
  )
  finds(
    { Transform: 'AWS::Serverless-2016-10-31', Resources: { Main: { ...topic, Properties: { TopicNam: 'a' } } } },
    { code: 'invalid-property', path: 'Resources.Main.Properties.TopicNam', says: /takes$/, help: /TopicName/ },
  )
})

test('the language extensions are known, where they are on', () => {
  const loop = {
    Resources: {
      'Fn::ForEach::Topics': [
        'Name',
        ['A', 'B'],
        {
          'Topic${Name}': {
            ...topic,
            Properties: { TopicName: ref('Name'), DisplayName: { 'Fn::Select': ['${Name}', ['a']] } },
          },
        },
      ],
      Main: {
        ...topic,
        DeletionPolicy: { 'Fn::FindInMap': ['M', 'a', 'b', { DefaultValue: 'Retain' }] },
        Properties: { DisplayName: { 'Fn::ToJsonString': { A: { 'Fn::Length': ['a'] } } } },
      },
    },
    Mappings: { M: { a: { b: 'Delete' } } },
  }
  isClean({ ...loop, Transform: 'AWS::LanguageExtensions' })
  const codes = find(loop).map(({ code, path }) => `${code} ${formatPath(path)}`)
  assert.deepEqual(
    codes.filter(it => it.startsWith('invalid-function')),
    [
      'invalid-function Resources.Fn::ForEach::Topics',
      'invalid-function Resources.Main.DeletionPolicy.Fn::FindInMap',
      'invalid-function Resources.Main.Properties.DisplayName.Fn::ToJsonString',
      'invalid-function Resources.Main.Properties.DisplayName.Fn::ToJsonString.A.Fn::Length',
    ],
  )
})

// The solver

type Parameters = Readonly<Record<string, string>>

/** What parameters can be tried: every literal that the templates below have, and more. */
const universe = ['', 'a', 'b', 'c', 'x-a', 'u', 'v', 'w']
const places = [
  { 'AWS::Region': 'us-east-1', 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' },
  { 'AWS::Region': 'eu-west-1', 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' },
  { 'AWS::Region': 'us-gov-west-1', 'AWS::Partition': 'aws-us-gov', 'AWS::URLSuffix': 'amazonaws.com' },
  { 'AWS::Region': 'us-gov-east-1', 'AWS::Partition': 'aws-us-gov', 'AWS::URLSuffix': 'amazonaws.com' },
  { 'AWS::Region': 'cn-north-1', 'AWS::Partition': 'aws-cn', 'AWS::URLSuffix': 'amazonaws.com.cn' },
  { 'AWS::Region': 'cn-south-9', 'AWS::Partition': 'aws-cn', 'AWS::URLSuffix': 'amazonaws.com.cn' },
  { 'AWS::Region': 'mars-1', 'AWS::Partition': 'aws-mars', 'AWS::URLSuffix': 'mars' },
]

/** The formulas of a template, as they are written and as what they come to for given parameters. */
type Formula = { readonly written: object; readonly value: (parameters: Parameters) => boolean }
type Operand = { readonly written: Json; readonly value: (parameters: Parameters) => string }

const parameterNames = ['P', 'Q', 'R']
const literal: fc.Arbitrary<Operand> = fc
  .constantFrom('', 'a', 'b', 'c', 'x-a')
  .map(it => ({ written: it, value: () => it }))
const parameterOperand: fc.Arbitrary<Operand> = fc
  .constantFrom(...parameterNames)
  .map(name => ({ written: ref(name), value: parameters => parameters[name] ?? '' }))
/** Text around one parameter. */
const joined: fc.Arbitrary<Operand> = fc.constantFrom(...parameterNames).map(name => ({
  written: { 'Fn::Sub': `x-\${${name}}` },
  value: parameters => `x-${parameters[name]}`,
}))
const placeOf: fc.Arbitrary<readonly [Operand, Operand]> = fc
  .constantFrom(
    ['AWS::Region', 'us-east-1'],
    ['AWS::Region', 'us-gov-west-1'],
    ['AWS::Region', 'cn-north-1'],
    ['AWS::Partition', 'aws'],
    ['AWS::Partition', 'aws-cn'],
    ['AWS::URLSuffix', 'amazonaws.com'],
  )
  .map(([name, text]) => [
    { written: ref(String(name)), value: parameters => parameters[String(name)] ?? '' },
    { written: String(text), value: () => String(text) },
  ])

function comparison([left, right]: readonly [Operand, Operand]): Formula {
  return { written: equals(left.written, right.written), value: it => left.value(it) === right.value(it) }
}

/** `||` of all three: two literals, a parameter and a literal, two parameters. */
const comparisons = (mayRelate: boolean): fc.Arbitrary<Formula> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.tuple(parameterOperand, literal) },
      { weight: 1, arbitrary: fc.tuple(literal, joined) },
      { weight: 2, arbitrary: placeOf },
      { weight: mayRelate ? 2 : 0, arbitrary: fc.tuple(parameterOperand, parameterOperand) },
    )
    .map(comparison)

const formulas = (mayRelate: boolean): fc.Arbitrary<Formula> =>
  fc.letrec<{ formula: Formula }>(tie => ({
    formula: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      comparisons(mayRelate),
      fc.array(tie('formula'), { minLength: 2, maxLength: 3 }).map(parts => ({
        written: { 'Fn::And': parts.map(({ written }) => written) },
        value: (it: Parameters) => parts.every(({ value }) => value(it)),
      })),
      fc.array(tie('formula'), { minLength: 2, maxLength: 3 }).map(parts => ({
        written: { 'Fn::Or': parts.map(({ written }) => written) },
        value: (it: Parameters) => parts.some(({ value }) => value(it)),
      })),
      tie('formula').map(part => ({ written: not(part.written), value: (it: Parameters) => !part.value(it) })),
    ),
  })).formula

type Declared = { readonly written: object; readonly takes: (value: string) => boolean }

const declared: fc.Arbitrary<Declared> = fc.constantFrom<Declared>(
  { written: text, takes: () => true },
  { written: { ...text, AllowedValues: ['a', 'b'] }, takes: it => ['a', 'b'].includes(it) },
  { written: { ...text, AllowedValues: ['', 'c', 'u'] }, takes: it => ['', 'c', 'u'].includes(it) },
  { written: { ...text, AllowedPattern: '[a-b]?|[u-w]' }, takes: it => /^(?:[a-b]?|[u-w])$/.test(it) },
  { written: { ...text, MinLength: 1 }, takes: it => it.length >= 1 },
  { written: { ...text, AllowedValues: ['a', 'b'], AllowedPattern: 'b|c' }, takes: it => it === 'b' },
)

const names = ['A', 'B', 'C']

type Problem = {
  readonly template: object
  /** A call, so that a counterexample shows the template alone. */
  readonly truths: () => readonly (readonly [parameters: Parameters, values: readonly boolean[]])[]
}

/** Three conditions and a rule, and all that they come to for parameters that the template takes. */
const problems = (mayRelate: boolean): fc.Arbitrary<Problem> =>
  fc
    .record({
      parameters: fc.tuple(declared, declared, declared),
      conditions: fc.tuple(formulas(mayRelate), formulas(mayRelate), formulas(mayRelate)),
      when: fc.option(formulas(mayRelate)),
      rule: fc.option(formulas(mayRelate)),
    })
    .map(({ parameters, conditions, when, rule }) => {
      const [first, ...others] = conditions
      const template = {
        Parameters: Object.fromEntries(parameters.map((it, at) => [parameterNames[at], it.written])),
        Conditions: {
          A: first.written,
          // A condition that is made of another.
          ...Object.fromEntries(
            others.map((it, at) => [names[at + 1], { 'Fn::Or': [it.written, { Condition: 'A' }] }]),
          ),
        },
        ...(rule === null
          ? {}
          : {
              Rules: {
                Rule: {
                  ...(when === null ? {} : { RuleCondition: when.written }),
                  Assertions: [{ Assert: rule.written }],
                },
              },
            }),
        Resources: {},
      }
      const truths = () => {
        const found: [Parameters, boolean[]][] = []
        const values = parameters.map(it => universe.filter(it.takes))
        for (const P of values[0] ?? [])
          for (const Q of values[1] ?? [])
            for (const R of values[2] ?? [])
              for (const place of places) {
                const all = { P, Q, R, ...place }
                if (rule !== null && (when === null || when.value(all)) && !rule.value(all)) continue
                const isFirst = first.value(all)
                found.push([all, [isFirst, ...others.map(({ value }) => isFirst || value(all))]])
              }
        return found
      }
      return { template, truths }
    })

const holdsIn = (values: readonly boolean[]) => values.map(Number).join('')

const assumptions = fc.array(fc.record({ condition: fc.constantFrom(...names), holds: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
})

test('the solver finds every combination of conditions that trying all parameters finds, and no other', () => {
  fc.assert(
    fc.property(problems(true), fc.array(assumptions, { maxLength: 6 }), (problem, queries) => {
      const { template } = problem
      const truths = problem.truths()
      // Rules that nothing can satisfy are left out of account.
      fc.pre(truths.length > 0)
      const solver = solverOf(read(template))
      // Asked in between, in any order: an answer may not depend on what was asked before.
      for (const query of queries) {
        const isMet = (values: readonly boolean[]) =>
          query.every(it => values[names.indexOf(it.condition)] === it.holds)
        const isPossible = truths.some(([, values]) => isMet(values))
        assert.equal(solver.isSatisfiable(query), isPossible)
        assert.equal(solver.satisfiable(query) !== undefined, isPossible)
      }
      const all = [...new Set(truths.map(([, values]) => holdsIn(values)))].sort()
      const combinations = [...solver.assignments(names)].map(it => holdsIn(names.map(name => it.get(name) === true)))
      assert.deepEqual(combinations.sort(), all)
      const withOthers = [...solver.explore(names).combinations(['B'])]
      for (const it of withOthers) assert.ok(all.includes(holdsIn(it)))
      assert.deepEqual(withOthers.map(([, B]) => B).sort(), [...new Set(truths.map(([, [, B]]) => B))].sort())
    }),
    { numRuns: 200 },
  )
})

test('whatever agrees with a witness brings the assumptions about', () => {
  const agrees = (witness: Witness, parameters: Parameters) =>
    witness.every(it => {
      const value = parameters[it.operand] ?? ''
      if ('is' in it) return value === it.is
      return 'isNot' in it ? !it.isNot.includes(value) : value === parameters[it.sameAs]
    })
  fc.assert(
    fc.property(problems(false), assumptions, (problem, query: readonly Assumption[]) => {
      const { template } = problem
      const truths = problem.truths()
      const witness = solverOf(read(template)).satisfiable(query)
      fc.pre(truths.length > 0 && witness !== undefined)
      const agreeing = truths.filter(([parameters]) => witness !== undefined && agrees(witness, parameters))
      assert.ok(agreeing.length > 0)
      for (const [, values] of agreeing) {
        assert.ok(
          query.every(it => values[names.indexOf(it.condition)] === it.holds),
          formatWitness(witness ?? []),
        )
      }
    }),
    { numRuns: 100 },
  )
})

/** Is each of these equal to `yes`, as a condition of the same name? And the rules, each as one assertion. */
function withRules(parameters: string, ...assertions: readonly object[]) {
  return read({
    Parameters: Object.fromEntries([...parameters].map(it => [it, text])),
    Conditions: Object.fromEntries([...parameters].map(it => [it, equals(ref(it), 'yes')])),
    Rules: Object.fromEntries(assertions.map((it, at) => [`R${at}`, { Assertions: [{ Assert: it }] }])),
    Resources: {},
  })
}

test('rules bear on each other by what they have in common', () => {
  const isYes = (name: string) => equals(ref(name), 'yes')
  const follows = (one: string, other: string) => ({ 'Fn::Or': [not(isYes(one)), isYes(other)] })
  const solver = solverOf(withRules('PQRS', follows('P', 'Q'), follows('Q', 'R'), not(isYes('R'))))
  assert.equal(solver.isSatisfiable([{ condition: 'P', holds: true }]), false)
  assert.equal(solver.isSatisfiable([{ condition: 'P', holds: false }]), true)
  assert.equal(solver.isSatisfiable([{ condition: 'P', holds: true }], { ignoreRules: true }), true)
  assert.deepEqual(
    [...solver.explore(['P', 'S']).combinations(['S'])],
    [
      [false, true],
      [false, false],
    ],
  )
})

test('what met the rules last time is not taken to meet them again', () => {
  const isYes = (name: string) => equals(ref(name), 'yes')
  const solver = solverOf(withRules('PQR', { 'Fn::Or': [isYes('P'), isYes('Q'), isYes('R')] }))
  for (const one of ['P', 'Q', 'R', 'Q', 'P']) {
    for (const [P, Q, R] of solver.explore(['P', 'Q', 'R']).combinations([one])) assert.ok(P || Q || R)
  }
  assert.equal([...solver.assignments('PQR')].length, 7)
})

test('a variable of more values than a word has bits is searched as well', () => {
  const regions = Array.from({ length: 70 }, (_, at) => `eu-west-${at}`)
  const Conditions = Object.fromEntries(regions.map((it, at) => [`In${at}`, equals(ref('AWS::Region'), it)]))
  const solver = solverOf(read({ Conditions, Resources: {} }))
  assert.equal(
    solver.isSatisfiable([
      { condition: 'In3', holds: true },
      { condition: 'In69', holds: true },
    ]),
    false,
  )
  const all = [...solver.assignments(Object.keys(Conditions))]
  assert.deepEqual(all.map(it => [...it.values()].filter(holds => holds).length).sort(), [0, ...regions.map(() => 1)])
  assert.equal(
    formatWitness(solver.satisfiable([{ condition: 'In68', holds: true }]) ?? []),
    "AWS::Region is 'eu-west-68'",
  )
})

test('conditions that say nothing may be either, and are the same wherever they are asked for', () => {
  const solver = solverOf(
    read({
      Conditions: { Odd: 'text', Loop: not({ Condition: 'Loop' }), Other: { Condition: 'Missing' } },
      Resources: {},
    }),
  )
  for (const condition of ['Odd', 'Loop', 'Missing', 'Unheard']) {
    assert.ok(solver.isSatisfiable([{ condition, holds: true }]))
    assert.ok(solver.isSatisfiable([{ condition, holds: false }]))
    assert.ok(
      !solver.isSatisfiable([
        { condition, holds: true },
        { condition, holds: false },
      ]),
    )
  }
})

test('a witness says which parameters have to be the same', () => {
  const solver = solverOf(
    read({
      Parameters: { P: text, Q: text },
      Conditions: { A: equals(ref('P'), ref('Q')), B: equals(ref('P'), '') },
      Resources: {},
    }),
  )
  const witness = solver.satisfiable([
    { condition: 'A', holds: true },
    { condition: 'B', holds: false },
  ])
  assert.equal(formatWitness(witness ?? []), "P is not '' and Q is P and Q is not ''")
})

// What is common to all

test('the nearest name is found, and none that is far', () => {
  assert.equal(nearest('UserPoolID', ['UserPoolId', 'UserPool']), 'UserPoolId')
  assert.equal(nearest('Usre', ['User', 'Use']), 'User')
  assert.equal(nearest('abc', ['xyz']), undefined)
  assert.equal(nearest('', ['ab']), undefined)
  assert.equal(nearest('ab', ['ac', 'AB']), 'AB')
  assert.equal(nearest('same', ['same']), undefined)
  fc.assert(
    fc.property(
      fc.string({ minLength: 6, maxLength: 12 }),
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      (name, at, put) => {
        const changed = name.slice(0, at % name.length) + put + name.slice((at % name.length) + 1)
        fc.pre(changed !== name)
        assert.equal(nearest(changed, [name]), name)
      },
    ),
  )
})

test('a document of any shape is answered by diagnostics', () => {
  const whole = JSON.stringify(everything)
  const pieces = [
    'null',
    '[]',
    '{}',
    '"text"',
    '1',
    'true',
    '{"Ref":"X"}',
    '{"Fn::If":["a"]}',
    '{"Fn::Sub":["${",{}]}',
    '[[]]',
    '{"Condition":"A"}',
  ]
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 5 }), changes => {
      const changed = JSON.parse(whole)
      for (const [at, piece] of changes) replaceAt(changed, at, JSON.parse(piece))
      assert.ok(Array.isArray(find(changed)))
    }),
    { numRuns: 200 },
  )
  for (const section of [
    'Parameters',
    'Rules',
    'Mappings',
    'Conditions',
    'Resources',
    'Outputs',
    'Metadata',
    'Transform',
  ]) {
    for (const piece of pieces) {
      find({ ...everything, [section]: JSON.parse(piece) })
      find({ ...everything, [section]: { A: JSON.parse(piece), constructor: JSON.parse(piece) } })
    }
  }
})

/** Puts the value in the place of the `at`th of all values in the document. */
function replaceAt(document: Record<string, unknown>, at: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = []
  const visit = (it: unknown): void => {
    if (typeof it !== 'object' || it === null) return
    const record: Record<string, unknown> = Object(it)
    for (const key of Object.keys(record)) {
      places.push([record, key])
      visit(record[key])
    }
  }
  visit(document)
  const [holder, key] = places[at % places.length] ?? []
  if (holder !== undefined && key !== undefined) holder[key] = value
}

test('the work grows with the template, not with its square', () => {
  const chain = (count: number) => ({
    Parameters: { Switch: yesNo },
    Conditions: { IsOn: equals(ref('Switch'), 'true') },
    Resources: Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `T${at}`,
        {
          ...topic,
          Condition: 'IsOn',
          Properties: { TopicName: at === 0 ? 'a' : { 'Fn::Sub': `\${T${at - 1}.TopicName}-x` } },
        },
      ]),
    ),
  })
  /** How often the rules look into the document: unlike time, the same in every run. */
  const looks = (count: number) => {
    let seen = 0
    const watched = new WeakMap<object, object>()
    const watch = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value
      const known = watched.get(value)
      if (known !== undefined) return known
      const made = new Proxy(value, {
        get: (target, key) => {
          seen++
          return watch(Reflect.get(target, key))
        },
        ownKeys: target => {
          const keys = Reflect.ownKeys(target)
          seen += keys.length
          return keys
        },
      })
      watched.set(value, made)
      return made
    }
    const document = read(chain(count))
    const Resources = watch(document.Resources)
    assert.equal(show(check(Object.assign({}, document, { Resources }), '', knowledge)), '')
    return seen
  }
  const [few, many] = [looks(50), looks(400)]
  assert.ok(many < few * 8.5, `${many / few} times the looks at 8 times the resources`)
})
