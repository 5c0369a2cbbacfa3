import type { Complaint } from '../check/knowledge.ts'
import { isObject, type Json, type JsonObject, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import type { TypeRecord } from './schemas.ts'

/** An error as ajv reports it. */
export type SchemaError = {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly params: { readonly [name: string]: unknown }
}

/**
 * ajv's errors in our words. The type's own schema, as `schemas/` has it, tells what else a place could hold. Of a
 * choice that fails (`anyOf`, `oneOf`) only the branch is reported that the value comes closest to.
 */
export function complaintsOf(errors: readonly SchemaError[], properties: Json, type: TypeRecord): Complaint[] {
  const complaints = withoutBranches(errors, properties).map(error => describe(error, properties, type))
  const seen = new Map<string, Complaint>()
  for (const complaint of complaints) seen.set(JSON.stringify([complaint.path, complaint.message]), complaint)
  return [...seen.values()]
}

function describe(error: SchemaError, properties: Json, { schema, readOnly = [] }: TypeRecord): Complaint {
  const path = pathOf(error.instancePath, properties)
  const value = at(properties, path)
  const { params } = error
  const limit = Number(params['limit'])
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownProperty([...path, String(params['additionalProperty'])], schemasAt(schema, path), readOnly)
    case 'required':
      return missing(path, String(params['missingProperty']))
    case 'dependencies':
      return missing(path, String(params['missingProperty']), String(params['property']))
    case 'dependentExcluded':
      return exclusive(path, [String(params['property']), String(params['excluded'])])
    case 'requiredXor':
    case 'requiredOr':
    case 'oneOf':
    case 'anyOf':
      return choice(error, path, value, schema)
    case 'type':
      return wrongType(path, value, String(params['type']).split(','))
    case 'enum':
    case 'enumCaseInsensitive':
      return notAllowed(path, value, texts(params['allowedValues']))
    case 'const':
      return notAllowed(path, value, [String(params['allowedValue'])])
    case 'pattern':
      return {
        path,
        message: `${show(value)} does not match the pattern ${params['pattern']}`,
        help: 'Write text that matches the pattern',
      }
    case 'minLength':
      return {
        path,
        message: `has ${lengthOf(value)} characters`,
        help: `Write ${plural(limit, 'character')} at least`,
      }
    case 'maxLength':
      return { path, message: `has ${lengthOf(value)} characters`, help: `Write ${plural(limit, 'character')} at most` }
    case 'minItems':
      return { path, message: `has ${plural(countOf(value), 'item')}`, help: `List ${plural(limit, 'item')} at least` }
    case 'maxItems':
      return { path, message: `has ${plural(countOf(value), 'item')}`, help: `List ${plural(limit, 'item')} at most` }
    case 'minProperties':
      return {
        path,
        message: `has ${plural(countOf(value), 'entry')}`,
        help: `Write ${plural(limit, 'entry')} at least`,
      }
    case 'maxProperties':
      return {
        path,
        message: `has ${plural(countOf(value), 'entry')}`,
        help: `Write ${plural(limit, 'entry')} at most`,
      }
    case 'minimum':
      return { path, message: `${show(value)} is too small`, help: `Write a number of at least ${limit}` }
    case 'maximum':
      return { path, message: `${show(value)} is too large`, help: `Write a number of at most ${limit}` }
    case 'exclusiveMinimum':
      return { path, message: `${show(value)} is too small`, help: `Write a number above ${limit}` }
    case 'exclusiveMaximum':
      return { path, message: `${show(value)} is too large`, help: `Write a number below ${limit}` }
    case 'multipleOf':
      return {
        path,
        message: `${show(value)} is no multiple of ${params['multipleOf']}`,
        help: `Write a multiple of ${params['multipleOf']}`,
      }
    case 'uniqueItems':
      return {
        path,
        message: `has the same item at ${params['j']} and ${params['i']}`,
        help: 'List each item once',
      }
    default:
      return {
        path,
        message: `${show(value)} is not what this takes`,
        help: 'Compare it with the documentation of the type',
      }
  }
}

function unknownProperty(path: Path, places: readonly JsonObject[], readOnly: readonly string[]): Complaint {
  const name = String(path.at(-1))
  if (readOnly.includes(path.map(key => (typeof key === 'number' ? '*' : key)).join('.'))) {
    return { path, message: 'is set by AWS alone', help: `Leave out ${name}` }
  }
  const patterns = keysIn(places, 'patternProperties')
  if (patterns.length > 0) {
    const help = `Write a name that matches ${patterns.join(' or ')}`
    return { path, message: 'has a name that this does not take', help }
  }
  const known = keysIn(places, 'properties')
  const near = nearest(name, known)
  const others = known.length === 0 ? '' : `, or write one of ${listed(known)}`
  const help = near === undefined ? `Leave out ${name}${others}` : `Write ${near}`
  return { path, message: 'is no property that this takes', help }
}

function missing(path: Path, name: string, dependent?: string): Complaint {
  const message = dependent === undefined ? `lacks ${name}` : `has ${dependent} but lacks ${name}`
  return { path, message, help: dependent === undefined ? `Add ${name}` : `Add ${name}, or leave out ${dependent}` }
}

function choice(error: SchemaError, path: Path, value: Json | undefined, schema: JsonObject): Complaint {
  const alternatives = alternativesAt(error, path, schema)
  if (alternatives.length === 0) {
    return {
      path,
      message: `${show(value)} has none of the forms that this takes`,
      help: 'Compare it with the documentation of the type',
    }
  }
  const present = isObject(value) ? alternatives.filter(names => names.every(name => value[name] !== undefined)) : []
  const list = (sets: readonly (readonly string[])[], word: string) =>
    sets.map(names => names.join(' with ')).join(word)
  return present.length > 1
    ? exclusive(
        path,
        present.map(names => names.join(' with ')),
      )
    : { path, message: `has none of ${list(alternatives, ', ')}`, help: `Add ${list(alternatives, ' or ')}` }
}

function exclusive(path: Path, names: readonly string[]): Complaint {
  const sorted = [...names].sort()
  return {
    path,
    message: `has ${sorted.join(' and ')}, which exclude each other`,
    help: 'Leave all but one of them out',
  }
}

/** The sets of properties of which an object needs one: what `requiredXor`, `requiredOr` or branches of presence list. */
function alternativesAt({ keyword }: SchemaError, path: Path, schema: JsonObject): readonly (readonly string[])[] {
  for (const place of schemasAt(schema, path)) {
    const listed = place[keyword]
    if (!Array.isArray(listed)) continue
    const sets = listed.map((entry: Json) =>
      typeof entry === 'string' ? [entry] : texts(isObject(entry) ? entry['required'] : []),
    )
    if (sets.every(names => names.length > 0)) return sets
  }
  return []
}

function wrongType(path: Path, value: Json | undefined, types: readonly string[]): Complaint {
  const wanted = types.map(type => nouns[type] ?? type).join(' or ')
  return { path, message: `is ${kindOf(value)}, where ${wanted} is expected`, help: `Write ${wanted}` }
}

const nouns: { readonly [type: string]: string } = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'text',
}

function kindOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : show(value)
}

function notAllowed(path: Path, value: Json | undefined, allowed: readonly string[]): Complaint {
  const near = typeof value === 'string' ? closest(value, allowed) : undefined
  const [first, ...others] = near === undefined ? allowed : [near, ...allowed.filter(word => word !== near)]
  const help = others.length === 0 ? `Write ${first}` : `Write ${first}, or else ${listed(others)}`
  return { path, message: `${show(value)} is not among the values that this takes`, help }
}

/** A word that goes on where the given one stops, as `nodejs20.x` does, is closer than one with a letter changed. */
function closest(word: string, allowed: readonly string[]): string | undefined {
  return allowed.find(candidate => word.length > 3 && candidate.startsWith(word)) ?? nearest(word, allowed)
}

/** Leaves out what the branches of a choice report: all of it, or all but the closest branch's, in the choice's place. */
function withoutBranches(errors: readonly SchemaError[], properties: Json): SchemaError[] {
  const choices = errors.filter(({ keyword, params }) => isChoice(keyword) && params['passingSchemas'] === undefined)
  let kept = errors.filter(({ keyword }) => keyword !== 'if' && keyword !== 'value')
  for (const failed of choices) {
    const inBranch = branchErrors(failed, kept)
    const all = new Set([...inBranch.values()].flat())
    const closest = closestBranch(failed, inBranch, properties)
    const verdict = closest.length === 0 ? [failed] : closest
    kept = kept.flatMap(error => (error === failed ? verdict : all.has(error) ? [] : [error]))
  }
  return kept
}

function isChoice(keyword: string): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf'
}

/** The errors that each branch left: ajv puts them before the choice's own. */
function branchErrors(choice: SchemaError, errors: readonly SchemaError[]): Map<string, SchemaError[]> {
  const branches = new Map<string, SchemaError[]>()
  for (const error of errors.slice(0, errors.indexOf(choice))) {
    if (!error.schemaPath.startsWith(`${choice.schemaPath}/`) || !within(error, choice)) continue
    const [branch = ''] = error.schemaPath.slice(choice.schemaPath.length + 1).split('/')
    branches.set(branch, [...(branches.get(branch) ?? []), error])
  }
  return branches
}

function within(error: SchemaError, { instancePath }: SchemaError): boolean {
  return error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`)
}

/**
 * The errors of the branch that the value was meant for, if that can be told: one that it is of the right type for and
 * that knows its properties.
 */
function closestBranch(
  choice: SchemaError,
  branches: ReadonlyMap<string, readonly SchemaError[]>,
  properties: Json,
): readonly SchemaError[] {
  const all = [...branches.values()]
  const mistyped = all.map(errors => errors.find(error => error.keyword === 'type' && isAt(error, choice)))
  if (mistyped.every(error => error !== undefined)) {
    const types = new Set(mistyped.flatMap(({ params }) => String(params['type']).split(',')))
    return mistyped.slice(0, 1).map(error => ({ ...error, params: { type: [...types].join(',') } }))
  }
  const cost = (error: SchemaError) => {
    if (!isAt(error, choice)) return 1
    return { type: 100, additionalProperties: 10, required: 5 }[error.keyword] ?? 2
  }
  const costs = all
    .map(errors => ({ errors, cost: errors.reduce((sum, error) => sum + cost(error), 0) }))
    .sort((a, b) => a.cost - b.cost)
  const [first, second] = costs
  if (first === undefined) return []
  const isOfPresence = all.every(errors => errors.every(error => error.keyword === 'required' && isAt(error, choice)))
  const value = at(properties, pathOf(choice.instancePath, properties))
  if (isOfPresence || (second !== undefined && second.cost === first.cost && !isObject(value))) return []
  return first.errors
}

function isAt(error: SchemaError, { instancePath }: SchemaError): boolean {
  return error.instancePath === instancePath
}

/** The schemas that are about the value at a path: several, where there is a choice on the way. */
function schemasAt(root: JsonObject, path: Path): JsonObject[] {
  const definitions = isObject(root['definitions']) ? root['definitions'] : {}
  const spread = (schema: Json | undefined): JsonObject[] => {
    if (!isObject(schema)) return []
    const reference = schema['$ref']
    const target = typeof reference === 'string' ? definitions[reference.slice('#/definitions/'.length)] : undefined
    const branches = ['allOf', 'anyOf', 'oneOf'].flatMap(keyword => {
      const listed = schema[keyword]
      return Array.isArray(listed) ? listed : []
    })
    return [schema, ...[target, ...branches].flatMap(spread)]
  }
  let places = spread(root)
  for (const key of path) places = places.flatMap(place => step(place, key)).flatMap(spread)
  return places
}

function step(schema: JsonObject, key: string | number): (Json | undefined)[] {
  if (typeof key === 'number') return [schema['items']]
  const properties = schema['properties']
  const member = isObject(properties) ? properties[key] : undefined
  if (member !== undefined) return [member]
  const patterns = isObject(schema['patternProperties']) ? Object.entries(schema['patternProperties']) : []
  const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(key)).map(([, of]) => of)
  return matching.length > 0 ? matching : [schema['additionalProperties']]
}

function keysIn(places: readonly JsonObject[], keyword: 'properties' | 'patternProperties'): string[] {
  const keys = places.flatMap(place => (isObject(place[keyword]) ? Object.keys(place[keyword]) : []))
  return [...new Set(keys)]
}

/** `/CognitoIdentityProviders/1` as a path, with numbers where the properties have a list. */
function pathOf(pointer: string, properties: Json): Path {
  const path: (string | number)[] = []
  let value: Json | undefined = properties
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    const key = Array.isArray(value) ? Number(name) : name
    path.push(key)
    value = at(value, [key])
  }
  return path
}

function at(value: Json | undefined, path: Path): Json | undefined {
  let found = value
  for (const key of path) {
    found =
      typeof key === 'number'
        ? Array.isArray(found)
          ? found[key]
          : undefined
        : isObject(found)
          ? found[key]
          : undefined
  }
  return found
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : []
}

function listed(words: readonly string[]): string {
  return words.length > 15 ? `${words.slice(0, 15).join(', ')}, …` : words.join(', ')
}

function show(value: Json | undefined): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value)
}

function lengthOf(value: Json | undefined): number {
  return [...String(value)].length
}

function countOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun === 'entry' ? 'entries' : `${noun}s`}`
}
