/**
 * Writes `aws/`, a module of types for each service, from `schemas/`:
 *
 *     node --import tsx scripts/generate/types.ts aws
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import { type AttributeType, readService, type TypeRecord } from '../../src/knowledge/schemas.ts'

/** Empties `folder` and writes `SERVICE.d.ts` for every service of `schemasFolder`. */
export function writeTypes(schemasFolder: string, folder: string): void {
  const source = JSON.parse(readFileSync(join(schemasFolder, 'source.json'), 'utf8')).resources
  const heading = `// Resource types of CloudFormation, from ${source.package} ${source.version} (${source.date}): see schemas/NOTICE.`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(join(schemasFolder, 'resources'))) {
    const service = file.replace(/\.json$/, '')
    const text = typesOf(readService(schemasFolder, service))
    writeFileSync(join(folder, `${service}.d.ts`), `${heading}\n\n${text}`)
  }
}

/** The module of one service: it adds its types to `Resources`, and has a namespace for what each of them is made of. */
export function typesOf(types: { readonly [type: string]: TypeRecord }): string {
  const writers = Object.entries(types).map(([type, record]) => new TypeWriter(type, record))
  const shared = sharedDefinitions(writers.map(writer => writer.definitions()))
  const body = [
    ...[...shared].map(([name, text]) => declaration(name, text)),
    ...writers.map(writer => writer.namespace(shared)),
  ].join('\n\n')
  const names = importable.filter(name => new RegExp(`\\b${name}\\b`).test(body))
  return `import type { ${names.join(', ')} } from 'poolform'

declare module 'poolform/resources' {
  interface Resources {
${writers.map(writer => writer.entry()).join('\n')}
  }
}

${body}
`
}

const importable = [
  'BooleanValue',
  'EnumValue',
  'Intrinsic',
  'NumberValue',
  'PolicyDocument',
  'ResourcePolicyDocument',
  'Tree',
  'TrustPolicyDocument',
  'Value',
]

/** Names that a definition cannot have here, since they mean something in every module. */
const taken = new Set([...importable, 'Attributes', 'Properties', 'boolean', 'number', 'object', 'string', 'unknown'])

/**
 * Which properties hold IAM policies, by the pointer of their schema. Source: the rules E3510, E3512, E3513 and E3530
 * of cfn-lint 1.58.0. A repository's policy names no resource, as a trust policy does not.
 */
const policies: { readonly [type: string]: { readonly [pointer: string]: string } } = {
  'AWS::ECR::Repository': { 'properties/RepositoryPolicyText': 'TrustPolicyDocument' },
  'AWS::IAM::Group': { 'definitions/Policy/properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::GroupPolicy': { 'properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::ManagedPolicy': { 'properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::Policy': { 'properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::Role': {
    'definitions/Policy/properties/PolicyDocument': 'PolicyDocument',
    'properties/AssumeRolePolicyDocument': 'TrustPolicyDocument',
  },
  'AWS::IAM::RolePolicy': { 'properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::User': { 'definitions/Policy/properties/PolicyDocument': 'PolicyDocument' },
  'AWS::IAM::UserPolicy': { 'properties/PolicyDocument': 'PolicyDocument' },
  'AWS::KMS::Key': { 'properties/KeyPolicy': 'ResourcePolicyDocument' },
  'AWS::OpenSearchService::Domain': { 'properties/AccessPolicies': 'ResourcePolicyDocument' },
  'AWS::S3::BucketPolicy': { 'properties/PolicyDocument': 'ResourcePolicyDocument' },
  'AWS::SNS::TopicPolicy': { 'properties/PolicyDocument': 'ResourcePolicyDocument' },
  'AWS::SQS::QueuePolicy': { 'properties/PolicyDocument': 'ResourcePolicyDocument' },
  'AWS::SSO::PermissionSet': { 'properties/InlinePolicy': 'PolicyDocument' },
}

const openObject = '{ [key: string]: Tree }'

class TypeWriter {
  private readonly type: string
  private readonly record: TypeRecord
  private readonly schemas: JsonObject
  private readonly policies: { readonly [pointer: string]: string }

  constructor(type: string, record: TypeRecord) {
    this.type = type
    this.record = record
    this.schemas = objectOf(record.schema['definitions'])
    this.policies = policies[type] ?? {}
    for (const pointer of Object.keys(this.policies)) {
      if (!hasPointer(record.schema, pointer.split('/'))) throw new Error(`${type} has no ${pointer}, a policy`)
    }
  }

  entry(): string {
    const name = this.namespaceName()
    const types = `{ Properties: ${name}.Properties; Attributes: ${name}.Attributes }`
    const own = `    /** ${documentation(this.type)} */\n    '${this.type}': ${types}`
    return this.type === customResource ? `${own}\n    [type: \`Custom::\${string}\`]: ${types}` : own
  }

  namespace(shared: ReadonlyMap<string, string>): string {
    const own = [...this.definitions()].filter(([name, text]) => shared.get(name) !== text)
    const deprecated = new Set(this.record.deprecated)
    const { definitions, ...root } = this.record.schema
    const lines = [
      declaration('Properties', this.object(root, '', deprecated)),
      declaration('Attributes', attributesType(this.record.attributes)),
      ...own.map(([name, text]) => declaration(name, text)),
    ]
    return `declare namespace ${this.namespaceName()} ${block(lines, '{}')}`
  }

  /** What is worth a name: objects, lists and enums; the name to the type. */
  definitions(): ReadonlyMap<string, string> {
    const named = Object.entries(this.schemas).flatMap(([name, schema]): [string, string][] => {
      const at = `definitions/${name}`
      return this.isNamed(objectOf(schema)) ? [[identifier(name), this.raw(objectOf(schema), at)]] : []
    })
    return new Map(named)
  }

  private namespaceName(): string {
    return identifier(this.type.split('::')[2] ?? '')
  }

  /** A value that a template writes: itself or an intrinsic function. */
  private value(schema: JsonObject, at: string): string {
    const policy = this.policies[at]
    if (policy !== undefined) return `Value<${policy}>`
    const target = this.follow(schema)
    const raw = this.reference(schema) ?? this.raw(target, at)
    if (raw === 'Tree') return raw
    if (raw === 'boolean') return 'BooleanValue'
    if (raw === 'number') return 'NumberValue'
    if (isEnum(target)) return `EnumValue<${raw}>`
    // a list parameter gives texts, also where each is to be a number or one of a few words
    const items = target['type'] === 'array' ? this.follow(objectOf(target['items'])) : {}
    const takesTexts = isEnum(items) || items['type'] === 'integer' || items['type'] === 'number'
    return takesTexts ? `Value<${raw}> | Intrinsic<readonly string[]>` : `Value<${raw}>`
  }

  /** The name of what a schema refers to, if that has one. */
  private reference(schema: JsonObject): string | undefined {
    const name = definitionOf(schema)
    if (name === undefined) return undefined
    const target = objectOf(this.schemas[name])
    return this.isNamed(target) ? identifier(name) : this.reference(target)
  }

  private isNamed(schema: JsonObject): boolean {
    if (definitionOf(schema) !== undefined) return false
    const raw =
      schema['type'] === 'object' || schema['type'] === 'array' || isEnum(schema) || choices(schema).length > 0
    return raw && !isOpen(schema)
  }

  /** The type without intrinsics at its own level. */
  private raw(schema: JsonObject, at: string): string {
    const reference = this.reference(schema)
    if (reference !== undefined) return reference
    const target = this.follow(schema)
    if (isOpen(target)) return openObject
    const words = enumOf(target)
    if (words !== undefined) return words
    const type = target['type']
    const branches = choices(target)
    if (branches.length > 0 && (type === undefined || !('properties' in target)))
      return this.union(target, branches, at)
    switch (type) {
      case 'string':
      case 'boolean':
        return type
      case 'integer':
      case 'number':
        return 'number'
      case 'array':
        return this.list(target, at)
      case 'object':
        return this.object(target, at)
      default:
        return Array.isArray(type) ? scalars(type) : 'Tree'
    }
  }

  private list(schema: JsonObject, at: string): string {
    const item = this.value(objectOf(schema['items']), `${at}/items`)
    return /^[\w<>'.]+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`
  }

  private union(schema: JsonObject, branches: readonly JsonObject[], at: string): string {
    const type = schema['type']
    const types = branches.map(branch => this.raw(type === undefined ? branch : { type, ...branch }, at))
    const distinct = [...new Set(types)]
    if (distinct.includes('Tree')) return 'Tree'
    // words beside any text stay words to choose from
    const open = distinct.includes('string') && distinct.some(word => word.includes("'"))
    return distinct.map(text => (open && text === 'string' ? '(string & {})' : text)).join(' | ')
  }

  private object(schema: JsonObject, at: string, deprecated: ReadonlySet<string> = new Set()): string {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
    const prefix = at === '' ? '' : `${at}/`
    const members = new Map<string, string>()
    // what a branch of a choice adds may be there, as far as an editor can tell
    for (const branch of choices(schema)) this.members(branch, prefix, members)
    this.members(schema, prefix, members)
    const lines = [...members].map(([name, type]) => {
      const note = deprecated.has(name) ? '/** @deprecated */ ' : ''
      return `${note}${propertyName(name)}${required.has(name) ? '' : '?'}: ${type}`
    })
    const others = this.others(schema, prefix)
    if (others !== undefined) lines.push(`[key: string]: ${lines.length > 0 ? 'Tree | undefined' : others}`)
    return block(lines, '{ [key: string]: never }')
  }

  private members(schema: JsonObject, prefix: string, members: Map<string, string>): void {
    for (const [name, of] of Object.entries(objectOf(schema['properties']))) {
      members.set(name, this.value(objectOf(of), `${prefix}properties/${name}`))
    }
  }

  /** What properties of any name hold, where such are taken. */
  private others(schema: JsonObject, prefix: string): string | undefined {
    const open = schema['additionalProperties']
    const of = [...Object.values(objectOf(schema['patternProperties'])), ...(isObject(open) ? [open] : [])]
    if (of.length > 0) return [...new Set(of.map(other => this.value(objectOf(other), `${prefix}*`)))].join(' | ')
    // a schema that lists properties and does not say whether that is all of them means that it is
    return open === false || 'properties' in schema || choices(schema).length > 0 ? undefined : 'Tree'
  }

  private follow(schema: JsonObject): JsonObject {
    const name = definitionOf(schema)
    if (name !== undefined) return this.follow(objectOf(this.schemas[name]))
    const all = schema['allOf']
    // a single reference under `allOf` is the way to give a reference keywords of its own
    const only = Array.isArray(all) && all.length === 1 && isObject(all[0]) ? all[0] : undefined
    return only !== undefined && definitionOf(only) !== undefined && !('type' in schema) ? this.follow(only) : schema
  }
}

const customResource = 'AWS::CloudFormation::CustomResource'

/** Definitions that several types have alike, and that refer to no other: a tag, above all. */
function sharedDefinitions(all: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const names = new Set(all.flatMap(definitions => [...definitions.keys()]))
  const counts = new Map<string, Map<string, number>>()
  for (const [name, text] of all.flatMap(definitions => [...definitions])) {
    const refers = (text.match(/\b[A-Z]\w*/g) ?? []).some(word => names.has(word))
    if (refers && !text.startsWith("'")) continue
    const versions = counts.get(name) ?? new Map<string, number>()
    counts.set(name, versions.set(text, (versions.get(text) ?? 0) + 1))
  }
  const shared = new Map<string, string>()
  for (const [name, versions] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [text, count] = [...versions].reduce((best, next) => (next[1] > best[1] ? next : best))
    if (count > 1) shared.set(name, text)
  }
  return shared
}

function declaration(name: string, text: string): string {
  return /^\{[\s\S]*\}$/.test(text) && !/^\}./m.test(text) ? `interface ${name} ${text}` : `type ${name} = ${text}`
}

/** A type of members, one a line. */
function block(members: readonly string[], empty: string): string {
  return members.length === 0 ? empty : `{${indent(['', ...members].join('\n'))}\n}`
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n  ')
}

function attributesType(attributes: { readonly [name: string]: AttributeType }): string {
  const lines = Object.entries(attributes).flatMap(([name, type]) => {
    const [before, after] = name.split('*')
    if (after === undefined) return [`${propertyName(name)}: ${attributeTypes[type]}`]
    // inside a list, where `Fn::GetAtt` is not documented to reach
    if (after !== '') return []
    return [before === '' ? '[name: string]: string' : `[name: \`${before}\${string}\`]: string`]
  })
  return block(lines, '{}')
}

const attributeTypes: { readonly [type in AttributeType]: string } = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  'string[]': 'readonly string[]',
  'number[]': 'readonly number[]',
  'json[]': 'readonly unknown[]',
  json: 'unknown',
}

function scalars(types: readonly Json[]): string {
  // JSON, or its text
  if (types.length === 2 && types.includes('object') && types.includes('string')) return `string | ${openObject}`
  if (types.includes('object') || types.includes('array')) return 'Tree'
  const kinds = types.filter(type => type !== 'null').map(type => (type === 'integer' ? 'number' : String(type)))
  return [...new Set(kinds)].sort().join(' | ')
}

function enumOf(schema: JsonObject): string | undefined {
  if (schema['type'] !== 'string') return undefined
  const word = schema['const'] === undefined ? undefined : [schema['const']]
  const words = schema['enum'] ?? word ?? schema['enumCaseInsensitive']
  if (!Array.isArray(words)) return undefined
  const literals = words.map((word: Json) => quote(String(word))).join(' | ')
  return 'enumCaseInsensitive' in schema ? `${literals} | (string & {})` : literals
}

function isEnum(schema: JsonObject): boolean {
  return enumOf(schema) !== undefined
}

/** The branches of a choice that say more than which properties there are. */
function choices(schema: JsonObject): JsonObject[] {
  return (['oneOf', 'anyOf'] as const).flatMap(keyword => {
    const branches = schema[keyword]
    if (!Array.isArray(branches)) return []
    const objects = branches.flatMap((branch: Json) => (isObject(branch) ? [branch] : []))
    const tell = (branch: JsonObject) =>
      ['$ref', 'enum', 'properties', 'type', 'oneOf', 'anyOf', 'patternProperties'].some(keyword => keyword in branch)
    return objects.every(tell) ? objects : []
  })
}

/** An object of which the schema says nothing else. */
function isOpen(schema: JsonObject): boolean {
  const says = ['additionalProperties', 'anyOf', 'oneOf', 'patternProperties', 'properties']
  return schema['type'] === 'object' && !says.some(keyword => keyword in schema)
}

function definitionOf(schema: JsonObject): string | undefined {
  const reference = schema['$ref']
  return typeof reference === 'string' ? reference.slice('#/definitions/'.length) : undefined
}

function documentation(type: string): string {
  const [vendor = '', service = '', name = ''] = type.toLowerCase().split('::')
  const reference = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference'
  return `${reference}/${vendor}-resource-${service}-${name}.html`
}

function identifier(name: string): string {
  const word = name.replace(/\W/g, '_').replace(/^(?=\d)/, '_')
  return taken.has(word) ? `${word}_` : word
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

function hasPointer(schema: Json | undefined, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return schema !== undefined
  return isObject(schema) && hasPointer(schema[key], rest)
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

const [, script, folder] = process.argv
if (script !== undefined && folder !== undefined && import.meta.url === pathToFileURL(script).href) {
  writeTypes(join(import.meta.dirname, '..', '..', 'schemas'), resolve(folder))
}
