import { type Document, isList, isObject, type Json, type JsonObject, member } from '../../document.ts'
import { declarationOf, isListType, textOf } from '../../parameter.ts'
import { otherPlaceholder, type Place } from './placeholders.ts'

/** A stack that a template nests: its logical ID, and whether a template of this name is the one that it is made from. */
export type NestedStack = { readonly id: string; readonly isCalled: (template: string) => boolean }

/**
 * The stacks that a template nests. One is told by the file that its `TemplateURL` ends with, be it given or the default
 * of a parameter, or by the parameter's name: `IdentityPoolTemplateUrl` is that of `identity-pool`.
 */
export function nestedIn(document: Document, given: Readonly<Record<string, string>> = {}): readonly NestedStack[] {
  return entriesOf(document.Resources).flatMap(([id, resource]) => {
    if (!isStack(resource)) return []
    const names = templateNames(fieldsOf(resource['Properties'])['TemplateURL'], document, given)
    return [{ id, isCalled: (template: string) => names.includes(plain(template)) }]
  })
}

function templateNames(
  url: Json | undefined,
  { Parameters }: Document,
  given: Readonly<Record<string, string>>,
): readonly string[] {
  const name = isObject(url) ? url['Ref'] : undefined
  const declaration = typeof name === 'string' && isObject(Parameters) ? declarationOf(Parameters, name) : undefined
  const preset = declaration && textOf(member(declaration, 'Default'))
  const address = typeof url === 'string' ? url : typeof name === 'string' ? (given[name] ?? preset ?? '') : ''
  const [, file] = /([^/?#]+?)(?:\.(?:ya?ml|json|template))*(?:[?#].*)?$/.exec(address) ?? []
  const [, called] = typeof name === 'string' ? (/^(.+?)_?template_?url$/i.exec(name) ?? []) : []
  return [file, called].flatMap(it => (it === undefined ? [] : [plain(it)]))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/**
 * One template of a parent and its nested stacks, as if the parent made itself what they make: what the children are
 * given stands where they refer to their parameters. With a place, what the parent makes has, where a child is given it,
 * a name that the child's parameter takes; without, it stays what only deployment knows. IDs stay as they are, but for those that another has already. The children's rules are
 * left out: they can only refuse.
 */
export function withNested(parent: Document, children: ReadonlyMap<string, Document>, place?: Place): Document {
  let whole = parent
  for (const [id, child] of children) whole = inlined(whole, id, child, place)
  return whole
}

function inlined(parent: Document, id: string, child: Document, place: Place | undefined): Document {
  const stack = fieldsOf(fieldsOf(parent.Resources)[id])
  if (!isStack(stack)) return parent
  const { given, named } = givenTo(child, fieldsOf(fieldsOf(stack['Properties'])['Parameters']), parent, place)
  const renaming = (section: 'Resources' | 'Conditions' | 'Mappings'): ReadonlyMap<string, string> => {
    const taken = fieldsOf(parent[section])
    return new Map(
      entriesOf(child[section]).map(([name]) => [name, Object.hasOwn(taken, name) ? `${id}${name}` : name]),
    )
  }
  const [resources, conditions, mappings] = (['Resources', 'Conditions', 'Mappings'] as const).map(renaming)
  const ofChild: Scope = {
    prefix: id,
    refer: (name, attribute) => {
      if (attribute === undefined && Object.hasOwn(given, name)) return given[name]
      const own = resources?.get(name)
      return own === undefined ? undefined : reference(own, attribute)
    },
    condition: name => conditions?.get(name) ?? name,
    mapping: name => mappings?.get(name) ?? name,
    isThere: value => isMade(value, fieldsOf(parent.Resources)),
  }
  const ofParent: Scope = {
    prefix: id,
    refer: (name, attribute) => {
      if (name === id && attribute === undefined) return { Ref: 'AWS::StackId' }
      const output = name === id ? /^Outputs\.(.+)$/.exec(attribute ?? '')?.[1] : undefined
      const value = output === undefined ? undefined : fieldsOf(fieldsOf(child.Outputs)[output])['Value']
      return value === undefined ? undefined : rewritten(value, ofChild)
    },
    condition: name => name,
    mapping: name => name,
    isThere: () => false,
  }
  const outer = stack['Condition']
  const made = entriesOf(child.Resources).map(([name, resource]): readonly [string, Json, JsonObject] => {
    const { Condition: own, DependsOn: _, ...rest } = fieldsOf(resource)
    const key = resources?.get(name) ?? name
    const inner = typeof own === 'string' ? ofChild.condition(own) : undefined
    const both = [outer, inner].filter(it => typeof it === 'string')
    const [first = ''] = both
    const Condition = both.length > 1 ? `${id}Has${key}` : first
    const body = fieldsOf(rewritten(rest, ofChild))
    const extra = both.length > 1 ? { [Condition]: { 'Fn::And': both.map(it => ({ Condition: it })) } } : {}
    return [key, both.length === 0 ? body : { ...body, Condition }, extra]
  })
  const section = (name: 'Conditions' | 'Mappings', renamed: ReadonlyMap<string, string> | undefined): JsonObject =>
    Object.fromEntries(
      entriesOf(child[name]).map(([key, value]) => [renamed?.get(key) ?? key, rewritten(value, ofChild)]),
    )
  const { [id]: __, ...others } = fieldsOf(parent.Resources)
  const kept = Object.entries(others).map(([name, resource]) => {
    const own = fieldsOf(rewritten(resource, ofParent))
    const properties = { ...fieldsOf(own['Properties']), ...named[name] }
    return [name, Object.hasOwn(named, name) ? { ...own, Properties: properties } : own] as const
  })
  return {
    ...parent,
    Mappings: { ...fieldsOf(parent.Mappings), ...section('Mappings', mappings) },
    Conditions: Object.assign(
      { ...fieldsOf(parent.Conditions), ...section('Conditions', conditions) },
      ...made.map(([, , extra]) => extra),
    ),
    ...(parent.Outputs === undefined ? {} : { Outputs: fieldsOf(rewritten(parent.Outputs, ofParent)) }),
    Resources: Object.fromEntries([...kept, ...made.map(([key, resource]) => [key, resource] as const)]),
  }
}

/** What stands for each parameter of the child, and what the parent's own things are called for it. */
function givenTo(child: Document, passed: JsonObject, parent: Document, place?: Place) {
  const parameters = fieldsOf(child.Parameters)
  const given: Record<string, Json> = {}
  const named: Record<string, JsonObject> = {}
  const standing = new Map<string, string>()
  for (const name of Object.keys(parameters)) {
    const declaration = declarationOf(parameters, name)
    if (declaration === undefined) continue
    const value = passed[name] ?? member(declaration, 'Default')
    const key = JSON.stringify(value ?? name)
    const isOpen = value === undefined || isMade(value, fieldsOf(parent.Resources))
    const placed = () =>
      place === undefined ? undefined : (standing.get(key) ?? otherPlaceholder(child, name, place) ?? 'example')
    const text = isOpen ? (nameGiven(value, parent) ?? placed()) : undefined
    if (text !== undefined) {
      standing.set(key, text)
      const id = isObject(value) ? value['Ref'] : undefined
      const property = typeof id === 'string' ? nameProperty(id, parent) : undefined
      if (typeof id === 'string' && property !== undefined) named[id] = { [property]: text }
    }
    const known = isObject(value) || isList(value) ? value : String(value)
    // what must be given, and is not, is as little known as what others export
    const own = text ?? (value === undefined ? { 'Fn::ImportValue': name } : known)
    const isListed = isListType(String(member(declaration, 'Type'))) && !isList(own)
    given[name] = isListed ? { 'Fn::Split': [',', own] } : own
  }
  return { given, named }
}

/** Does it come of a resource, so that only deployment knows it? */
function isMade(value: Json, resources: JsonObject): boolean {
  if (isList(value)) return value.some(item => isMade(item, resources))
  if (!isObject(value)) return false
  return Object.entries(value).some(([key, operand]) => {
    if (key === 'Fn::GetAtt' || key === 'Fn::ImportValue') return true
    if (key === 'Ref') return typeof operand === 'string' && Object.hasOwn(resources, operand)
    if (key === 'Fn::Sub') {
      const text = isList(operand) ? operand[0] : operand
      const names = typeof text === 'string' ? [...text.matchAll(/\$\{([^!}][^}]*)\}/g)] : []
      if (names.some(([, name = '']) => Object.hasOwn(resources, name.split('.')[0] ?? ''))) return true
    }
    return isMade(operand, resources)
  })
}

function nameGiven(value: Json | undefined, parent: Document): string | undefined {
  const id = isObject(value) ? value['Ref'] : undefined
  const property = typeof id === 'string' ? nameProperty(id, parent) : undefined
  if (typeof id !== 'string' || property === undefined) return undefined
  const name = fieldsOf(fieldsOf(fieldsOf(parent.Resources)[id])['Properties'])[property]
  return typeof name === 'string' ? name : undefined
}

function nameProperty(id: string, parent: Document): string | undefined {
  const type = fieldsOf(fieldsOf(parent.Resources)[id])['Type']
  return typeof type === 'string' && Object.hasOwn(nameProperties, type) ? nameProperties[type] : undefined
}

/** Of types that `Ref` gives the name of: what sets it. Registry schemas in cfn-lint 1.58.0. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
}

type Scope = {
  /** Before names that are made up. */
  readonly prefix: string
  /** What stands for a reference; undefined where it stays. */
  readonly refer: (name: string, attribute?: string) => Json | undefined
  readonly condition: (name: string) => string
  readonly mapping: (name: string) => string
  /** Does it come of a resource? Then it is not empty. */
  readonly isThere: (value: Json) => boolean
}

function rewritten(value: Json, scope: Scope): Json {
  if (isList(value)) return value.map(item => rewritten(item, scope))
  if (!isObject(value)) return value
  const [[key, operand] = ['', null], ...others] = Object.entries(value)
  const all = (): Json =>
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rewritten(item, scope)]))
  if (others.length > 0) return all()
  const parts = isList(operand) ? operand : []
  const [first] = parts
  switch (key) {
    case 'Ref':
      return (typeof operand === 'string' ? scope.refer(operand) : undefined) ?? value
    case 'Fn::GetAtt': {
      const [name = '', ...path] = typeof operand === 'string' ? operand.split('.') : parts.map(String)
      return scope.refer(name, path.join('.')) ?? value
    }
    case 'Fn::Sub':
      return substituted(operand, scope)
    case 'Condition':
      return typeof operand === 'string' ? { Condition: scope.condition(operand) } : all()
    case 'Fn::If':
      return typeof first === 'string'
        ? { [key]: [scope.condition(first), ...parts.slice(1).map(it => rewritten(it, scope))] }
        : all()
    case 'Fn::FindInMap':
      return typeof first === 'string'
        ? { [key]: [scope.mapping(first), ...parts.slice(1).map(it => rewritten(it, scope))] }
        : all()
    case 'Fn::Equals': {
      const both = parts.map(it => rewritten(it, scope))
      const isEmpty = both.some(it => it === '') && both.some(it => isObject(it) && scope.isThere(it))
      return { [key]: isEmpty ? ['', 'not empty'] : both }
    }
    default:
      return all()
  }
}

/** What stands for a name has a variable of its own, where it is no name itself. */
function substituted(operand: Json, scope: Scope): Json {
  const [text, own = {}] = isList(operand) ? operand : [operand]
  if (typeof text !== 'string' || !isObject(own)) return { 'Fn::Sub': operand }
  const variables: Record<string, Json> = { ...fieldsOf(rewritten({ ...own, '': '' }, scope)) }
  delete variables['']
  const replaced = text.replace(/\$\{([^!{}][^{}]*)\}/g, (all, inner: string) => {
    const [name = '', ...path] = inner.trim().split('.')
    if (Object.hasOwn(own, inner.trim())) return all
    const stands = scope.refer(name, path.length === 0 ? undefined : path.join('.'))
    if (stands === undefined) return all
    const { Ref: ref, 'Fn::GetAtt': attribute } = fieldsOf(stands)
    if (typeof ref === 'string') return `\${${ref}}`
    if (isList(attribute)) return `\${${attribute.join('.')}}`
    const variable = `${scope.prefix}${[name, ...path].join('')}`
    variables[variable] = stands
    return `\${${variable}}`
  })
  return { 'Fn::Sub': Object.keys(variables).length === 0 ? replaced : [replaced, variables] }
}

function reference(id: string, attribute: string | undefined): Json {
  return attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] }
}

function isStack(resource: Json): resource is JsonObject {
  return isObject(resource) && resource['Type'] === 'AWS::CloudFormation::Stack'
}

function entriesOf(section: Json | undefined): readonly (readonly [string, Json])[] {
  return Object.entries(fieldsOf(section))
}

function fieldsOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
