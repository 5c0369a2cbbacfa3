import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import type { AttributeType, TypeRecord } from '../../src/knowledge/schemas.ts'
import { toJavaScript } from './pattern.ts'
import { supplement } from './supplements.ts'

/** What the extraction says of one resource type. */
export type Extracted = {
  readonly schema: JsonObject
  /** Names that `Fn::GetAtt` takes, some as regular expressions, to the JSON pointer of their schema. */
  readonly attributes: JsonObject
}

/** A regular expression of the source that JavaScript does not read as AWS means it. */
export type DroppedPattern = { readonly at: string; readonly pattern: string; readonly why: string }

/** Which keywords say something of values of a type. They say nothing of others, and ajv's strict mode refuses them there. */
const keywordsOf = {
  object: ['additionalProperties', 'dependencies', 'maxProperties', 'minProperties', 'patternProperties', 'properties'],
  array: ['items', 'maxItems', 'minItems', 'uniqueItems'],
  string: ['maxLength', 'minLength', 'pattern'],
  number: ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'],
} as const

const requirements = ['dependentExcluded', 'required', 'requiredOr', 'requiredXor'] as const

const ignoredKeywords = new Set([
  // prose
  ...['$comment', '$schema', 'comment', 'description', 'examples', 'title'],
  // kinds of text ("AWS::IAM::Role.Arn", "json") that cfn-lint checks by rules of its own
  'format',
  // the registry's own, about the order of lists and links between types
  ...['arrayType', 'default', 'insertionOrder', 'relationshipRef'],
  // cfn-lint's own: uniqueness by key, of which intrinsics leave little to compare
  ...['maxUniqueItems', 'uniqueKeys'],
])

/** What a registry schema says of the type as a whole, beside what its properties can be. */
const registryKeywords = new Set([
  ...['additionalIdentifiers', 'conditionalCreateOnlyProperties', 'createOnlyProperties', 'definitions'],
  ...['deprecatedProperties', 'documentationUrl', 'handlers', 'lifecycle', 'primaryIdentifier', 'propertyTransform'],
  ...['readOnlyProperties', 'replacementStrategy', 'resourceLink', 'sourceUrl', 'taggable', 'tagging'],
  ...['typeConfiguration', 'typeName', 'writeOnlyProperties'],
])

/** As keys of `patternProperties` these match every name, and `additionalProperties` says it more plainly. */
const anyName = new Set(['.*', '.+', '.{1,}', '^.*$', '^.+$', '[\\S\\s]*', '^[\\s\\S]*$', '^[\\s\\S]+$', '^[\\S\\s]*$'])

/**
 * Makes of a registry schema what poolform keeps of the type. Properties that only CloudFormation sets are gone, and
 * what is left is JSON Schema (draft 7) that ajv compiles in strict mode, but for four keywords that say in one what takes
 * a nest of `oneOf` and `not`: `requiredXor`, `requiredOr`, `dependentExcluded` and `enumCaseInsensitive`, of
 * cfn-lint, which the validator teaches ajv.
 */
export function toRecord(
  name: string,
  { schema: given, attributes }: Extracted,
): { record: TypeRecord; dropped: DroppedPattern[] } {
  const schema = supplement(name, given)
  const readOnly = pointers(schema['readOnlyProperties'])
  // three types list a property as read-only and as set at creation: their documentation lets a template set it
  const settable = new Set([...pointers(schema['createOnlyProperties']), ...pointers(schema['writeOnlyProperties'])])
  const cleaner = new Cleaner(
    name,
    schema,
    readOnly.filter(pointer => !settable.has(pointer)),
  )
  const tagging = objectOf(schema['tagging'])
  const tagProperty = tagging['taggable'] === false ? undefined : tagging['tagProperty']
  const lists = {
    additionalIdentifiers: listsOf(schema['additionalIdentifiers']),
    createOnly: pointers(schema['createOnlyProperties']).map(dotted),
    conditionalCreateOnly: pointers(schema['conditionalCreateOnlyProperties']).map(dotted),
    readOnly: readOnly.map(dotted),
    writeOnly: pointers(schema['writeOnlyProperties']).map(dotted),
    deprecated: pointers(schema['deprecatedProperties']).map(dotted),
  }
  const record: TypeRecord = {
    schema: cleaner.cleanRoot(),
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .map(([attribute, pointer]): [string, AttributeType] => [
          attributeName(attribute),
          cleaner.attributeType(String(pointer)),
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    primaryIdentifier: pointers(schema['primaryIdentifier']).map(dotted),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(typeof tagProperty === 'string' ? { tags: dotted(tagProperty) } : {}),
    permissions: Object.fromEntries(
      Object.entries(objectOf(schema['handlers'])).map(([handler, of]) => [
        handler,
        [...new Set(pointers(objectOf(of)['permissions']))].sort(),
      ]),
    ),
  }
  return { record, dropped: cleaner.dropped }
}

/** Somewhere in a schema. */
type Place = {
  readonly schema: Json
  /** Its JSON pointer; in a definition that of the definition's own. */
  readonly at: string
  /** The pointer of the reference through which the definition was reached. */
  readonly site: string | undefined
}

class Cleaner {
  readonly dropped: DroppedPattern[] = []
  private readonly name: string
  private readonly root: JsonObject
  /** JSON pointers of schemas that a template may not set. */
  private readonly unsettable: ReadonlySet<string>

  constructor(name: string, root: JsonObject, unsettable: readonly string[]) {
    this.name = name
    this.root = root
    this.unsettable = this.locate(unsettable)
  }

  cleanRoot(): JsonObject {
    const own = Object.fromEntries(Object.entries(this.root).filter(([key]) => !registryKeywords.has(key)))
    const root = this.clean({ type: 'object', ...own }, '')
    const kept = new Map<string, JsonObject>()
    const keep = (schema: Json): void => {
      for (const definition of referencesIn(schema)) {
        if (kept.has(definition)) continue
        const cleaned = this.clean(this.definition(definition), `/definitions/${escapeToken(definition)}`)
        kept.set(definition, cleaned)
        keep(cleaned)
      }
    }
    keep(root)
    if (kept.size === 0) return root
    const sorted = [...kept].sort(([a], [b]) => (a < b ? -1 : 1))
    return { ...root, definitions: Object.fromEntries(sorted) }
  }

  /**
   * The schemas that read-only pointers name. A definition that is used elsewhere too keeps the property: there a
   * template may set it.
   */
  private locate(readOnly: readonly string[]): ReadonlySet<string> {
    const direct = new Set<string>()
    const viaDefinition = new Map<string, Set<string>>()
    for (const pointer of readOnly) {
      for (const { at, site } of this.resolve(pointer)) {
        if (site === undefined) direct.add(at)
        else viaDefinition.set(at, (viaDefinition.get(at) ?? new Set()).add(site))
      }
    }
    const uses = new Map<string, number>()
    countReferences({ ...this.root, properties: withoutDirect(this.root['properties'], direct) }, uses)
    for (const [at, sites] of viaDefinition) {
      const definition = unescapeToken(at.split('/')[2] ?? '')
      if (sites.size >= (uses.get(definition) ?? 0)) direct.add(at)
    }
    return direct
  }

  /** Where a pointer of the registry's own kind leads: `/properties/Tags/` + `*` + `/Key` goes through lists and `$ref`. */
  private resolve(pointer: string): Place[] {
    let places: Place[] = [{ schema: this.root, at: '', site: undefined }]
    for (const token of pointer.split('/').slice(2)) {
      places = places.flatMap(place => this.step(place, unescapeToken(token)))
    }
    return places
  }

  private step(place: Place, token: string): Place[] {
    if (!isObject(place.schema)) return []
    const { schema } = place
    const reference = schema['$ref']
    if (typeof reference === 'string') {
      const definition = definitionOf(reference)
      if (definition === undefined) return []
      const at = `/definitions/${escapeToken(definition)}`
      return this.step({ schema: this.definition(definition), at, site: place.at }, token)
    }
    const member = objectOf(schema['properties'])[token]
    if (member !== undefined) {
      return [{ schema: member, at: `${place.at}/properties/${escapeToken(token)}`, site: place.site }]
    }
    if (token === 'properties') return [place]
    if (token === '*' || token === 'items') {
      const items = schema['items']
      if (items !== undefined) return [{ schema: items, at: `${place.at}/items`, site: place.site }]
      return Object.entries(objectOf(schema['patternProperties'])).map(([pattern, of]) => ({
        schema: of,
        at: `${place.at}/patternProperties/${escapeToken(pattern)}`,
        site: place.site,
      }))
    }
    return (['allOf', 'anyOf', 'oneOf'] as const).flatMap(keyword => {
      const branches = schema[keyword]
      if (!Array.isArray(branches)) return []
      return branches.flatMap((branch: Json, index) =>
        this.step({ schema: branch, at: `${place.at}/${keyword}/${index}`, site: place.site }, token),
      )
    })
  }

  attributeType(pointer: string): AttributeType {
    if (pointer === '/properties/CfnLintStringType') return 'string'
    if (pointer === '/properties/CfnLintAllTypes') return 'json'
    return this.typeOf(this.resolve(pointer)[0]?.schema)
  }

  private typeOf(schema: Json | undefined): AttributeType {
    const target = this.follow(objectOf(schema))
    const type = target['type'] ?? inferType(target)
    if (type === 'string' || type === 'boolean') return type
    if (type === 'integer' || type === 'number') return 'number'
    if (type === 'array') {
      const items = this.typeOf(target['items'])
      return items === 'string' ? 'string[]' : items === 'number' ? 'number[]' : 'json[]'
    }
    return 'json'
  }

  private follow(schema: JsonObject): JsonObject {
    const reference = schema['$ref']
    const definition = typeof reference === 'string' ? definitionOf(reference) : undefined
    return definition === undefined ? schema : this.follow(this.definition(definition))
  }

  private definition(name: string): JsonObject {
    const definition = objectOf(this.root['definitions'])[name]
    if (!isObject(definition)) throw new Error(`${this.name} refers to a definition ${name} that it does not have`)
    return definition
  }

  private clean(given: JsonObject, at: string, inherited?: string): JsonObject {
    const reference = given['$ref']
    if (typeof reference === 'string') return this.cleanReference(reference, given, at)
    const type = typeKeyword(given['type']) ?? (inherited === undefined ? inferType(given) : undefined)
    const own = type ?? inherited
    const cleaned: { [keyword: string]: Json } = type === undefined ? {} : { type }
    for (const [keyword, value] of Object.entries(given)) {
      if (keyword === 'type' || ignoredKeywords.has(keyword) || !applies(keyword, own)) continue
      const entries = this.cleanKeyword(keyword, value, given, `${at}/${keyword}`, own)
      for (const [key, entry] of Object.entries(entries)) cleaned[key] = entry
    }
    return cleaned
  }

  private cleanReference(reference: string, given: JsonObject, at: string): JsonObject {
    const property = /^#\/properties\/(\w+)$/.exec(reference)?.[1]
    if (property !== undefined) return this.clean(objectOf(objectOf(this.root['properties'])[property]), at)
    const definition = definitionOf(reference)
    if (definition === undefined) throw new Error(`${this.name}${at}: ${reference} is not a definition`)
    // siblings count, where they are about such a value at all
    const type = typeKeyword(this.follow(given)['type']) ?? inferType(this.follow(given))
    const { $ref, type: ownType, ...siblings } = given
    const kept = this.clean({ ...siblings, ...(type === undefined ? {} : { type }) }, at)
    const { type: keptType, ...constraints } = kept
    return Object.keys(constraints).length === 0 ? { $ref: reference } : { ...kept, $ref: reference }
  }

  private cleanKeyword(
    keyword: string,
    value: Json,
    whole: JsonObject,
    at: string,
    type: Json | undefined,
  ): JsonObject {
    const single = typeof type === 'string' ? type : undefined
    switch (keyword) {
      case 'properties':
        return { properties: this.cleanProperties(objectOf(value), at) }
      case 'patternProperties':
        return this.cleanPatternProperties(objectOf(value), at)
      case 'additionalProperties':
        // beside `patternProperties` that match every name, which become this keyword themselves
        if (isOpen(Object.keys(objectOf(whole['patternProperties'])))) return {}
        if (value === true) return {}
        return { additionalProperties: isObject(value) ? this.clean(value, at) : value }
      case 'items':
        return isObject(value) ? { items: this.clean(value, at) } : this.unknown(keyword, at)
      case 'prefixItems':
        // draft 7 writes a tuple as `items`, which the list has besides
        if (!Array.isArray(value)) return this.unknown(keyword, at)
        return {
          allOf: [
            { type: 'array', items: value.map((item: Json, index) => this.clean(objectOf(item), `${at}/${index}`)) },
          ],
        }
      case 'required': {
        const names = pointers(value).filter(
          name => !this.unsettable.has(`${at.slice(0, -'/required'.length)}/properties/${escapeToken(name)}`),
        )
        return names.length === 0 ? {} : { required: [...new Set(names)].sort() }
      }
      case 'dependencies':
      case 'dependentRequired':
        return { dependencies: this.cleanDependencies(whole, at, single) }
      case 'dependentExcluded':
      case 'requiredOr':
      case 'requiredXor':
      case 'const':
      case 'multipleOf':
        return { [keyword]: value }
      case 'enumCaseInsensitive':
        return { enumCaseInsensitive: spelling(whole) ?? value }
      case 'enum':
        return { enum: [...new Set(Array.isArray(value) ? value : [])] }
      case 'pattern': {
        const pattern = this.readable(String(value), at)
        return pattern === undefined ? {} : { pattern }
      }
      case 'uniqueItems':
        return value === true ? { uniqueItems: true } : {}
      case 'minLength':
      case 'minItems':
      case 'minProperties':
        return value === 0 ? {} : { [keyword]: toNumber(value) }
      case 'maxLength':
      case 'maxItems':
      case 'maxProperties':
      case 'minimum':
      case 'maximum':
      case 'exclusiveMaximum':
      case 'exclusiveMinimum':
        return { [keyword]: toNumber(value) }
      case 'oneOf':
      case 'anyOf':
      case 'allOf': {
        if (!Array.isArray(value)) return this.unknown(keyword, at)
        if (keyword === 'anyOf' && spelling(whole) !== undefined) return {}
        const branches = value.map((branch: Json, index) => this.clean(objectOf(branch), `${at}/${index}`, single))
        const distinct = [...new Map(branches.map(branch => [JSON.stringify(branch), branch])).values()]
        // a branch that says nothing lets everything through, and of `oneOf` such branches nothing can be held to
        if (distinct.some(branch => Object.keys(branch).length === 0) && keyword !== 'allOf') return {}
        const telling = distinct.filter(branch => Object.keys(branch).length > 0)
        return telling.length === 0 ? {} : { [keyword]: telling }
      }
      case 'if':
        if (!('then' in whole || 'else' in whole)) return {}
        return { if: this.clean(objectOf(value), at, single) }
      case 'not':
      case 'then':
      case 'else':
        return { [keyword]: this.clean(objectOf(value), at, single) }
      default:
        return this.unknown(keyword, at)
    }
  }

  private cleanProperties(properties: JsonObject, at: string): JsonObject {
    const settable = Object.entries(properties).filter(([key]) => !this.unsettable.has(`${at}/${escapeToken(key)}`))
    return Object.fromEntries(settable.map(([key, of]) => [key, this.clean(objectOf(of), `${at}/${escapeToken(key)}`)]))
  }

  /** On each side names, or a schema that holds where the property is there. */
  private cleanDependencies(whole: JsonObject, at: string, type: string | undefined): JsonObject {
    const given = { ...objectOf(whole['dependencies']), ...objectOf(whole['dependentRequired']) }
    return Object.fromEntries(
      Object.entries(given).map(([key, of]) => [key, isObject(of) ? this.clean(of, `${at}/${key}`, type) : of]),
    )
  }

  private cleanPatternProperties(patterns: JsonObject, at: string): JsonObject {
    const entries = Object.entries(patterns).map(([given, of]) => ({
      pattern: this.readable(given, at),
      schema: this.clean(objectOf(of), `${at}/${escapeToken(given)}`),
    }))
    if (isOpen(Object.keys(patterns)))
      return { additionalProperties: entries.length === 1 ? (entries[0]?.schema ?? true) : true }
    return { patternProperties: Object.fromEntries(entries.map(({ pattern, schema }) => [String(pattern), schema])) }
  }

  private readable(given: string, at: string): string | undefined {
    const read = toJavaScript(given)
    if ('pattern' in read) return read.pattern
    if (!this.dropped.some(known => known.at === at)) this.dropped.push({ at, pattern: given, why: read.unreadable })
    return undefined
  }

  private unknown(keyword: string, at: string): never {
    throw new Error(`${this.name}${at}: the generator does not know the keyword ${keyword} in this form`)
  }
}

/** Words of which case does not matter are here and there said twice, as a choice too: there as AWS spells them. */
function spelling(schema: JsonObject): Json | undefined {
  const { enumCaseInsensitive, anyOf } = schema
  if (enumCaseInsensitive === undefined || !Array.isArray(anyOf)) return undefined
  return anyOf.map((branch: Json) => objectOf(branch)['enum']).find(words => words !== undefined)
}

/** Does a map with these patterns of names take any name, as far as can be told? */
function isOpen(patterns: readonly string[]): boolean {
  const [first, second] = patterns
  if (patterns.some(pattern => 'unreadable' in toJavaScript(pattern))) return true
  return first !== undefined && second === undefined && anyName.has(first)
}

function applies(keyword: string, type: Json | undefined): boolean {
  if (type === undefined) return true
  const types = Array.isArray(type) ? type : [type]
  const about = (kind: string) => types.includes(kind) || (kind === 'number' && types.includes('integer'))
  for (const [kind, keywords] of Object.entries(keywordsOf)) {
    if (keywords.some(known => known === keyword)) return about(kind)
  }
  if (keyword === 'prefixItems') return about('array')
  return keyword === 'dependentRequired' || requirements.some(known => known === keyword) ? about('object') : true
}

function inferType(schema: JsonObject): Json | undefined {
  // JSON, written as an object or as its text
  if (schema['format'] === 'json') return ['object', 'string']
  const values = schema['enum'] ?? schema['enumCaseInsensitive']
  if (Array.isArray(values)) return values.every(value => typeof value === 'string') ? 'string' : undefined
  const kinds = Object.entries(keywordsOf).filter(([, keywords]) => keywords.some(keyword => keyword in schema))
  const kind = kinds[0]?.[0]
  if (kind !== undefined || !('required' in schema)) return kind
  return 'object'
}

function typeKeyword(type: Json | undefined): Json | undefined {
  if (!Array.isArray(type)) return type
  return type.length === 1 ? type[0] : [...type].sort()
}

/** `CognitoStreams.RoleArn`, `Tags.*.Key`: as `Fn::GetAtt` and the documentation write a path into the properties. */
function dotted(pointer: string): string {
  return pointer.split('/').slice(2).map(unescapeToken).join('.')
}

/** cfn-lint writes open names as regular expressions: `Outputs\..*` for every output. Here `*` stands for any text. */
function attributeName(attribute: string): string {
  return attribute.replace(/\.\*$/, '*').replaceAll('\\', '')
}

function definitionOf(reference: string): string | undefined {
  const token = /^#\/definitions\/([^/]+)$/.exec(reference)?.[1]
  return token === undefined ? undefined : unescapeToken(token)
}

function referencesIn(schema: Json): string[] {
  if (Array.isArray(schema)) return schema.flatMap(referencesIn)
  if (!isObject(schema)) return []
  const { $ref: reference } = schema
  const own = typeof reference === 'string' ? definitionOf(reference) : undefined
  return [...(own === undefined ? [] : [own]), ...Object.values(schema).flatMap(referencesIn)]
}

function countReferences(schema: Json, uses: Map<string, number>): void {
  for (const definition of referencesIn(schema)) uses.set(definition, (uses.get(definition) ?? 0) + 1)
}

function withoutDirect(properties: Json | undefined, direct: ReadonlySet<string>): JsonObject {
  const kept = Object.entries(objectOf(properties)).filter(([key]) => !direct.has(`/properties/${escapeToken(key)}`))
  return Object.fromEntries(kept)
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function pointers(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function listsOf(value: Json | undefined): string[][] {
  return Array.isArray(value) ? value.map(list => pointers(list).map(dotted)) : []
}

function toNumber(value: Json): number {
  const number = Number(value)
  if (Number.isNaN(number)) throw new Error(`${JSON.stringify(value)} is not a number`)
  return number
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}
