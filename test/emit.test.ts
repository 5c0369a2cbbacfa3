import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'

import { type Document, isObject, type Json, type JsonObject, type Path } from '../src/document.ts'
import { type EmitOptions, emit, emitJson } from '../src/emit.ts'
import { environment } from '../src/lint/environment.ts'
import { run } from '../src/lint/run.ts'

const bare: EmitOptions = { header: [], comments: [] }

// --- The text holds the document, whoever reads it -----------------------------------------------------------------

/** Text that some YAML reader takes for something else, or stumbles over. */
const nastyTexts = [
  ...['', ' ', '~', '=', '<<', 'null', 'Null', 'true', 'True', 'yes', 'No', 'y', 'N', 'on', 'OFF', 'Infinity'],
  ...['2012-10-17', '2010-09-09', '012', '0o17', '0x1F', '0b1', '1_000', '1:30:00', '123456789012', '+1', '-', '-1'],
  ...['.5', '5.', '1e3', '1e+3', '1.0e+3', '.inf', '.NaN', '---', '...', '--- a'],
  ...[' a', 'a ', '  ', 'a  b', '\ta', 'a\t', 'a\tb', '#', 'a #b', 'a#b', 'a: b', 'a:', 'a::', 'a:b', ':', '::', ':x'],
  ...[
    '- x',
    '? x',
    '?',
    '!x',
    '&a',
    '*a',
    '*',
    '%',
    '%YAML 1.2',
    '@',
    '`',
    '|',
    '>',
    '[a',
    '{a',
    'a]',
    'a}',
    'a,b',
    ',',
  ],
  ...["'", '"', "it's", 'say "x"', '\\', 'a\\nb', 'é', '日本', '😀', '\u{10ffff}', '\u00a0', '\u00a0a\u3000'],
  ...[
    '\n',
    '\n\n',
    '\na',
    'a\n',
    'a\nb',
    'a\nb\n',
    'a\nb\n\n',
    'a\n\nb',
    'a\n  \nb',
    'a \nb',
    'a\n b',
    ' a\nb',
    'a\n\tb',
  ],
  ...[
    '\ta\nb',
    'a\tb\nc',
    'a\n\ttab\n',
    'a\r\nb',
    'a\rb',
    '\r',
    '#a\n#b',
    '- a\n- b',
    'a\n---\nb',
    'a\n...\nb',
    '%a\nb',
  ],
  ...[
    '\0',
    '\x07',
    '\x1b',
    'a\x7fb',
    '\x80',
    '\x85',
    'a\x85b',
    '\x9f',
    'a\x85\nb',
    '\u00ad',
    '\u061c',
    '\u200b',
    '\u202e',
  ],
  ...[
    '\u2028',
    'a\u2028b',
    'a\u2029\nb',
    '\ufeff',
    'a\ufeffb',
    '\ufff9',
    '\ufffe',
    '\uffff',
    '\ud7ff',
    '\ue000',
    '\u{e0001}',
  ],
  ...['${A}', '${!x:y}', 'arn:${AWS::Partition}:s3:::${B}/private/${!cognito-identity.amazonaws.com:sub}/*'],
  ...['AWS::Region', 'AWS::', 's3:*', 'Ref', '!Ref', 'Condition', 'Fn::Sub', '__proto__', 'constructor', 'toJSON'],
  ...[
    'a b '.repeat(100),
    'x'.repeat(999),
    'x'.repeat(1023),
    'x'.repeat(1024),
    '😀'.repeat(1100),
    `${'x'.repeat(2000)}\ny`,
  ],
]

/** A text wherever a document can hold one: alone, in lists, as a key, on a line with others, behind each kind of tag. */
function everywhere(text: string): Document {
  const Sub = { 'Fn::Sub': text }
  const value: JsonObject = {
    alone: text,
    list: [text, [text, [text]], { [text]: text }],
    key: { [text]: { [text]: [], [`a${text}`]: {} } },
    line: { 'Fn::Equals': [text, { Ref: text }] },
    deeper: { 'Fn::Join': [text, [text, Sub, { 'Fn::Select': [0, { 'Fn::Split': [text, { Ref: 'A' }] }] }]] },
    call: { 'Fn::If': ['A', { [text]: text }, { Ref: text }] },
    tagged: [Sub, { Ref: text }, { 'Fn::ImportValue': text }, { 'Fn::And': [{ Condition: text }, { Condition: 'A' }] }],
    nested: { 'Fn::Base64': Sub },
    variables: { 'Fn::Sub': [text, { [text]: Sub }] },
    attribute: [{ 'Fn::GetAtt': ['A', text] }, { 'Fn::GetAtt': [text, 'B'] }, { 'Fn::GetAtt': [text, text] }],
    [text]: text,
  }
  return { Description: text, Metadata: value, Resources: { [text]: value, A: text, B: [text] } }
}

/** Maps that look like calls and are none, and calls that have no short form. */
const lookalikes: readonly Json[] = [
  { Ref: 5 },
  { Ref: ['A'] },
  { Ref: true },
  { Ref: null },
  { Ref: {} },
  { Ref: 'A', Name: 'B' },
  { Condition: 'A' },
  { Condition: ['A'] },
  { 'Fn::And': [{ Condition: 'A' }, { Condition: 5 }, { Condition: 'A', B: 'C' }, [{ Condition: 'A' }]] },
  { 'Fn::If': ['A', { Condition: 'A' }, { 'Fn::Not': [{ Condition: 'A' }] }] },
  { 'Fn::Sub': { a: 'b' } },
  { 'Fn::Sub': 5 },
  { 'Fn::Sub': null },
  { 'Fn::Sub': [] },
  { 'Fn::Sub': [5] },
  { 'Fn::GetAtt': 'A.B' },
  { 'Fn::GetAtt': [] },
  { 'Fn::GetAtt': ['A'] },
  { 'Fn::GetAtt': ['A', 'B', 'C'] },
  { 'Fn::GetAtt': ['A', 5] },
  { 'Fn::GetAtt': ['A', 'Outputs.B'] },
  { 'Fn::GetAtt': ['A.B', 'C'] },
  { 'Fn::GetAtt': ['', ''] },
  { 'Fn::GetAtt': ['A', { Ref: 'B' }] },
  { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 'x' } } },
  { 'Fn::ForEach::Loop': ['X', ['a', 'b'], { 'Bucket${X}': { Type: 'AWS::S3::Bucket' } }] },
  { 'Fn::Other': ['A'] },
  { Fn: 'A' },
  { 'Fn::Base64': { 'Fn::Base64': { 'Fn::Sub': ['a\nb', { c: { 'Fn::Base64': { Ref: 'A' } } }] } } },
  { 'Fn::GetAZs': { Ref: 'AWS::Region' } },
  { 'Fn::Not': [{ 'Fn::Not': [{ 'Fn::Not': [{ Condition: 'A' }] }] }] },
]

const numbers = [0, -0, 1, -1, 0.1, -0.5, 1e21, -1e21, 1.5e300, 1e-7, 5e-324, 123456789012, Number.MAX_SAFE_INTEGER]

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nastyTexts) },
  fc.array(fc.constantFrom(...nastyTexts), { maxLength: 3 }).map(parts => parts.join('')),
  fc.array(fc.constantFrom(...' a\n\t\r:#-\'"{}[],&*?|>!%@`~=.1\x85\u2028'), { maxLength: 8 }).map(it => it.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }).filter(it => !/\p{Surrogate}/u.test(it)),
)

const functionNames = [
  ...['And', 'Base64', 'Cidr', 'Contains', 'EachMemberIn', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'Join'],
  ...['ImportValue', 'Not', 'Or', 'RefAll', 'Select', 'Split', 'Sub', 'ValueOf', 'ValueOfAll', 'Transform', 'Other'],
].map(name => `Fn::${name}`)

const { json } = fc.letrec<{ json: Json; call: Json }>(tie => ({
  json: fc.oneof(
    { maxDepth: 5 },
    { weight: 3, arbitrary: text },
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(...numbers)),
    fc.constantFrom<Json>(true, false, null, ...lookalikes),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
    tie('call'),
  ),
  call: fc
    .tuple(
      fc.constantFrom('Ref', 'Condition', ...functionNames),
      fc.oneof(
        text,
        fc.array(fc.oneof(tie('json'), tie('call')), { maxLength: 3 }),
        tie('json'),
        text.map(it => ({ 'Fn::Sub': it })),
      ),
    )
    .map(([name, argument]) => ({ [name]: argument })),
}))

const section = fc.dictionary(text, json, { maxKeys: 3 })

const anyDocument: fc.Arbitrary<Document> = fc.record(
  { Description: text, Metadata: section, Conditions: section, Resources: section },
  { requiredKeys: ['Resources'] },
)

/** A document with comments of any text at any of its places. */
const commented: fc.Arbitrary<readonly [Document, EmitOptions]> = anyDocument.chain(document => {
  const places = placesIn({ ...document })
  const comment = fc.record({ path: fc.constantFrom(...places), text })
  return fc.tuple(
    fc.constant(document),
    fc.record({ header: fc.array(text, { maxLength: 2 }), comments: fc.array(comment, { maxLength: 6 }) }),
  )
})

function placesIn(value: Json, path: Path = []): readonly Path[] {
  const children: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item: Json, index: number) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : []
  return children.flatMap(([key, child]) => [[...path, key], ...placesIn(child, [...path, key])])
}

// The seed is fixed, so that what is red stays red until it is mended.
const written: readonly (readonly [Document, string])[] = [
  ...nastyTexts.map(everywhere).map(document => [document, emit(document, bare)] as const),
  ...lookalikes.map((value): readonly [Document, string] => {
    const document = {
      Metadata: { A: value, B: [value, [value]], C: { 'Fn::If': ['A', value, value] } },
      Resources: {},
    }
    return [document, emit(document, bare)]
  }),
  ...fc.sample(commented, { numRuns: 300, seed: 20_260_917 }).map(([document, options]) => {
    return [document, emit(document, options)] as const
  }),
]

test('yaml finds the document in the text, as YAML 1.1 and as YAML 1.2', () => {
  for (const [document, yaml] of written) {
    for (const version of ['1.1', '1.2'] as const) assertHolds(readWithYaml(yaml, version), document, yaml)
  }
})

test('cfn-lint and the AWS CLI find the document in the text', { timeout: 300_000 }, async () => {
  const read = await readWithPython(written.map(([, yaml]) => yaml))
  for (const [index, [document, yaml]] of written.entries()) {
    assertHolds(read[index]?.['cfn-lint'], document, yaml)
    assertHolds(read[index]?.aws, document, yaml)
  }
})

test('no document that a property test thinks of is lost on yaml, whatever comments it has', () => {
  fc.assert(
    fc.property(commented, ([document, options]) => {
      const yaml = emit(document, options)
      assertHolds(readWithYaml(yaml, '1.1'), document, yaml)
      assertHolds(readWithYaml(yaml, '1.2'), document, yaml)
      assert.equal(emit(document, options), yaml)
    }),
    { numRuns: 300 },
  )
})

function assertHolds(read: unknown, document: Document, yaml: string): void {
  assert.deepStrictEqual(read, JSON.parse(emitJson(document)), yaml)
}

function readWithYaml(text: string, version: '1.1' | '1.2'): Json {
  const parsed = parseDocument(text, { version, merge: true, logLevel: 'silent' })
  assert.deepEqual(parsed.errors, [], text)
  return nodeValue(parsed.contents)
}

/** What a node of the `yaml` package stands for: it knows no `!Ref`, but keeps the tag beside the value. */
function nodeValue(node: unknown): Json {
  assert.ok(!isAlias(node), 'CloudFormation takes no aliases')
  const value = plainValue(node)
  const tag = isScalar(node) || isSeq(node) || isMap(node) ? node.tag : undefined
  if (tag === undefined || !tag.startsWith('!')) return value
  if (tag === '!Ref' || tag === '!Condition') return { [tag.slice(1)]: value }
  return { [`Fn::${tag.slice(1)}`]: tag === '!GetAtt' && typeof value === 'string' ? value.split('.') : value }
}

function plainValue(node: unknown): Json {
  if (isSeq(node)) return node.items.map(nodeValue)
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        assert.ok(isScalar(key) && typeof key.value === 'string', 'a key is text')
        return [key.value, nodeValue(value)] as const
      }),
    )
  }
  assert.ok(isScalar(node))
  const { value } = node
  assert.ok(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
  return value
}

async function readWithPython(texts: readonly string[]): Promise<readonly { 'cfn-lint': unknown; aws: unknown }[]> {
  // `environment` installs what a folder's requirements-lint.txt names.
  mkdirSync('.cache/readers', { recursive: true })
  copyFileSync('requirements-readers.txt', '.cache/readers/requirements-lint.txt')
  const python = process.env['POOLFORM_PYTHON']
  const lint = await environment({ cacheFolder: '.cache', assets: '.', python })
  const aws = await environment({ cacheFolder: '.cache/readers', assets: '.cache/readers', python })
  assert.ok(lint.kind === 'environment', `this test needs Python: ${JSON.stringify(lint)}`)
  assert.ok(aws.kind === 'environment', `this test needs Python: ${JSON.stringify(aws)}`)
  const ended = await run(lint.python, ['test/readers.py', aws.folder], { input: JSON.stringify(texts) })
  assert.ok(ended.kind === 'ended' && ended.status === 0, JSON.stringify(ended))
  return JSON.parse(ended.stdout)
}

// --- The text is what a person wants to read -----------------------------------------------------------------------

const role: Document = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'A role: what it grants, and why',
  Metadata: {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: [{ Label: { default: 'Uploads' }, Parameters: ['Bucket', 'Guests'] }],
    },
  },
  Parameters: {
    Bucket: { Type: 'String', Default: '', AllowedPattern: '^[a-z0-9-]*$' },
    Guests: { Type: 'String', Default: 'false', AllowedValues: ['true', 'false'] },
  },
  Conditions: {
    HasBucket: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Bucket' }, ''] }] },
    AllowsGuests: { 'Fn::Equals': [{ Ref: 'Guests' }, 'true'] },
    SharesBucketWithGuestsAsTheyLike: {
      'Fn::And': [{ Condition: 'HasBucket' }, { 'Fn::Not': [{ 'Fn::Not': [{ Condition: 'AllowsGuests' }] }] }],
    },
  },
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      DependsOn: ['Pool', 'Key'],
      Properties: {
        Description: { 'Fn::If': ['HasBucket', { Ref: 'AWS::NoValue' }, 'none'] },
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: 'cognito-identity.amazonaws.com' },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': { Ref: 'Pool' } } },
            },
          ],
        },
        Policies: [
          {
            'Fn::If': [
              'HasBucket',
              {
                PolicyName: 'uploads',
                PolicyDocument: {
                  Version: '2012-10-17',
                  Statement: [
                    {
                      Effect: 'Allow',
                      Action: ['s3:GetObject', 's3:PutObject'],
                      Resource: {
                        'Fn::Sub':
                          'arn:${AWS::Partition}:s3:::${Bucket}/private/${!cognito-identity.amazonaws.com:sub}/*',
                      },
                    },
                    { Effect: 'Deny', Action: '*', Resource: '*' },
                  ],
                },
              },
              { Ref: 'AWS::NoValue' },
            ],
          },
        ],
        ManagedPolicyArns: [],
        Tags: [{ Key: 'note', Value: 'line 1\nline 2\n' }],
      },
    },
    Key: { Type: 'AWS::KMS::Key' },
  },
  Outputs: {
    RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    Url: { Value: { 'Fn::GetAtt': ['Nested', 'Outputs.Url'] } },
    Region: { Value: { 'Fn::Sub': ['${Region}', { Region: { 'Fn::Select': [0, { 'Fn::Split': ['_', 'a_b'] }] } }] } },
  },
}

const policies = ['Resources', 'Role', 'Properties', 'Policies']
const uploads = [...policies, 0, 'Fn::If', 1]

const comments: EmitOptions['comments'] = [
  { path: ['Outputs'], text: 'What other stacks read.' },
  { path: ['Conditions', 'HasBucket'], text: 'Nobody uploads otherwise.' },
  { path: ['Resources', 'Role'], text: 'What a user may do.\nNothing else.' },
  { path: policies, text: 'A policy an option' },
  { path: [...policies, 0], text: 'Uploads' },
  { path: uploads, text: 'Whole, since IAM refuses an empty document.' },
  { path: [...uploads, 'PolicyDocument', 'Statement', 0], text: 'One folder each' },
  { path: [...uploads, 'PolicyDocument', 'Statement', 0, 'Action', 1], text: 'Uploads overwrite\n\nwhat is there.' },
  { path: [...uploads, 'PolicyDocument', 'Statement', 1, 'Effect'], text: 'Deny wins' },
  { path: ['Resources', 'Key'], text: 'The first' },
  { path: ['Resources', 'Key'], text: 'The second' },
]

test('a role with its policies, conditions and comments reads well', () => {
  assert.equal(emit(role, { header: ['identity-pool 1.0.0', '', 'MIT'], comments }), roleYaml)
})

test('a comment stands once above what it is about, wherever that is, and changes nothing else', () => {
  for (const path of placesIn({ ...role })) {
    const yaml = emit(role, { header: [], comments: [{ path, text: 'here' }] })
    assert.equal(yaml.match(/^ *# here$/gm)?.length, 1, yaml)
    assert.doesNotMatch(yaml, /# here\n\s*(?:#|$)/)
    assertHolds(readWithYaml(yaml, '1.1'), role, yaml)
  }
})

test('a comment of several lines has its mark on each, whatever ends them', () => {
  const yaml = emit({ Resources: { A: 'a' } }, { header: [], comments: [{ path: ['Resources', 'A'], text: lines }] })
  assert.equal(yaml, 'Resources:\n  # a\n  # b\n  #\n  # c\n  # d\n  # e f\n  A: a\n')
})

const lines = 'a\nb\r\n\rc\u2028d\x85e\0f'

test('a long comment is cut at blanks', () => {
  const text = `Read https://docs.aws.amazon.com/${'a'.repeat(90)} ${'and so on '.repeat(10)}`
  const path = ['Resources', 'A', 'B']
  assert.equal(
    emit({ Resources: { A: { B: 'b' } } }, { header: [], comments: [{ path, text }] }),
    `Resources:
  A:
    # Read
    # https://docs.aws.amazon.com/${'a'.repeat(90)}
    # and so on and so on and so on and so on and so on and so on and so on and so on and so on and
    # so on
    B: b
`,
  )
})

test('what only looks like a call keeps the long form', () => {
  const Metadata = {
    A: { Condition: 'B' },
    C: [{ Condition: 'B' }],
    D: { Ref: ['B'] },
    E: { Ref: 5 },
    F: { Other: 'x' },
  }
  assert.equal(
    emit({ Metadata, Resources: {} }, bare),
    `Metadata:
  A:
    Condition: B

  C:
    - Condition: B

  D:
    Ref: [B]

  E:
    Ref: 5

  F:
    Other: x
Resources: {}
`,
  )
})

test('text of any length stays on its line', () => {
  const long = `a ${'word '.repeat(400)}end`
  assert.match(
    emit({ Resources: { A: { B: [long, { 'Fn::Sub': long }] } } }, bare),
    new RegExp(`- ${long}\\n.*Sub ${long}\\n`),
  )
})

test('text of several lines is a block, unless a block would hide a part of it', () => {
  const valueText = (text: string) => emit({ Resources: { A: text } }, bare).slice('Resources:\n  A: '.length)
  assert.equal(valueText('a\n\n  b\tc\n'), '|\n    a\n\n      b\tc\n')
  assert.equal(valueText('a\nb'), '|-\n    a\n    b\n')
  const join = emit({ Resources: { A: { 'Fn::Join': ['', ['a\nb']] } } }, bare)
  assert.equal(join, "Resources:\n  A: !Join\n    - ''\n    - - |-\n        a\n        b\n")
  for (const hidden of ['a \nb', ' a\nb', '\na', 'a\nb\n\n', 'a\r\nb', 'a\n\u200bb']) {
    assert.equal(valueText(hidden), `${JSON.stringify(hidden).replace('\u200b', '\\u200b')}\n`)
  }
})

test('characters that nobody would see are written as escapes', () => {
  const text = 'a\u00ad\u061c\u200b\u200f\u2028\u202e\u2066\ufeff\u{e0041}\x7f\x9f'
  const yaml = emit({ Resources: { A: text } }, bare)
  assert.match(yaml, /^Resources:\n {2}A: "[\x20-\x7e]+"\n$/)
})

test('a value in two places is written twice: CloudFormation takes no anchors', () => {
  const shared = { Ref: 'A', Name: ['b'] }
  const yaml = emit({ Resources: { A: shared, B: { C: shared, D: shared.Name } } }, bare)
  assert.equal(yaml.match(/Name:\n/g)?.length, 2)
  assert.doesNotMatch(yaml, /[&*]/)
})

test('entries of one line stand together, longer ones apart', () => {
  const Conditions = { A: 'a', B: 'b', C: { c: 'c' }, D: 'd', E: 'e' }
  assert.equal(
    emit({ Conditions, Resources: {} }, bare),
    'Conditions:\n  A: a\n  B: b\n\n  C:\n    c: c\n\n  D: d\n  E: e\nResources: {}\n',
  )
})

test('JSON has the sections in the same order, and no comments', () => {
  assert.equal(
    emitJson({ Description: 'a', Resources: { A: {} } }),
    '{\n  "Description": "a",\n  "Resources": {\n    "A": {}\n  }\n}\n',
  )
})

const roleYaml = `# identity-pool 1.0.0
#
# MIT

AWSTemplateFormatVersion: '2010-09-09'
Description: 'A role: what it grants, and why'

Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups:
      - Label:
          default: Uploads
        Parameters:
          - Bucket
          - Guests

Parameters:
  Bucket:
    Type: String
    Default: ''
    AllowedPattern: '^[a-z0-9-]*$'

  Guests:
    Type: String
    Default: 'false'
    AllowedValues:
      - 'true'
      - 'false'

Conditions:
  # Nobody uploads otherwise.
  HasBucket: !Not [!Equals [!Ref Bucket, '']]

  AllowsGuests: !Equals [!Ref Guests, 'true']

  SharesBucketWithGuestsAsTheyLike: !And
    - !Condition HasBucket
    - !Not [!Not [!Condition AllowsGuests]]

Resources:
  # What a user may do.
  # Nothing else.
  Role:
    Type: AWS::IAM::Role
    DependsOn:
      - Pool
      - Key
    Properties:
      Description: !If [HasBucket, !Ref AWS::NoValue, none]
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Federated: cognito-identity.amazonaws.com
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                cognito-identity.amazonaws.com:aud: !Ref Pool
      # A policy an option
      Policies:
        # Uploads
        - !If
          - HasBucket
          # Whole, since IAM refuses an empty document.
          - PolicyName: uploads
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                # One folder each
                - Effect: Allow
                  Action:
                    - s3:GetObject
                    # Uploads overwrite
                    #
                    # what is there.
                    - s3:PutObject
                  Resource: !Sub arn:\${AWS::Partition}:s3:::\${Bucket}/private/\${!cognito-identity.amazonaws.com:sub}/*
                -
                  # Deny wins
                  Effect: Deny
                  Action: '*'
                  Resource: '*'
          - !Ref AWS::NoValue
      ManagedPolicyArns: []
      Tags:
        - Key: note
          Value: |
            line 1
            line 2

  # The first
  # The second
  Key:
    Type: AWS::KMS::Key

# What other stacks read.
Outputs:
  RoleArn:
    Value: !GetAtt Role.Arn

  Url:
    Value:
      Fn::GetAtt: [Nested, Outputs.Url]

  Region:
    Value: !Sub
      - '\${Region}'
      - Region: !Select [0, !Split ['_', a_b]]
`
