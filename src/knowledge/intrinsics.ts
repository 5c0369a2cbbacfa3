import { isObject, type Json, type JsonObject } from '../document.ts'

/**
 * A resource schema in which every value may also be an intrinsic function, or text that CloudFormation converts.
 *
 * Each schema that is about a value of its own becomes `{ value: schema }`: a keyword that lets intrinsics through and
 * hands on anything else, converted to the type as CloudFormation would. Where a schema decides instead of demanding
 * (`if`, `not`), an intrinsic must decide nothing: there the keyword is `literal`, which no intrinsic satisfies. `oneOf`
 * over contents becomes `anyOf`, as an intrinsic may satisfy several branches.
 */
export function allowIntrinsics(schema: JsonObject): JsonObject {
  const { definitions, ...root } = schema
  const wrapped = wrap(root, 'value')
  return isObject(definitions) ? { ...wrapped, definitions: mapSchemas(definitions, 'value') } : wrapped
}

type Wrapper = 'value' | 'literal'

function wrap(schema: JsonObject, wrapper: Wrapper): JsonObject {
  const inner: { [keyword: string]: Json } = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const isContentChoice = keyword === 'oneOf' && Array.isArray(value) && !value.every(isAboutPresence)
    inner[isContentChoice ? 'anyOf' : keyword] = wrapKeyword(keyword, value, wrapper)
  }
  return 'type' in schema ? { [wrapper]: inner } : inner
}

function wrapKeyword(keyword: string, value: Json, wrapper: Wrapper): Json {
  switch (keyword) {
    case 'properties':
    case 'patternProperties':
    case 'dependencies':
      return isObject(value) ? mapSchemas(value, wrapper) : value
    case 'additionalProperties':
    case 'then':
    case 'else':
      return isObject(value) ? wrap(value, wrapper) : value
    case 'items':
    case 'oneOf':
    case 'anyOf':
    case 'allOf':
      if (Array.isArray(value)) return value.map((branch: Json) => (isObject(branch) ? wrap(branch, wrapper) : branch))
      return isObject(value) ? wrap(value, wrapper) : value
    case 'if':
    case 'not':
      return isObject(value) ? wrap(value, 'literal') : value
    default:
      return value
  }
}

/** Dependencies are schemas, or lists of names, which stay as they are. */
function mapSchemas(schemas: JsonObject, wrapper: Wrapper): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => [key, isObject(schema) ? wrap(schema, wrapper) : schema]),
  )
}

/** Does a branch only say which properties there are? */
function isAboutPresence(branch: Json): boolean {
  return isObject(branch) && Object.keys(branch).every(keyword => keyword === 'required')
}
