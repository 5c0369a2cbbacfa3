/**
 * The only file that knows ajv, and a bundle of its own: a build needs it when a validator is not in the cache.
 */
import { _, Ajv, type Code, type CodeKeywordDefinition, type KeywordCxt, type Name, type Options } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import type { JsonObject } from '../document.ts'
import { allowIntrinsics } from './intrinsics.ts'
import { convert, isUnknown } from './runtime.ts'

/**
 * The validator of a resource schema as CommonJS text that exports a function: it takes properties, gives back whether
 * they hold, and leaves ajv's errors in its `errors`. Its `require` must answer with `runtimeModules`.
 */
export function compileValidator(schema: JsonObject): string {
  const ajv = new Ajv(options)
  return standalone.default(ajv, ajv.compile(allowIntrinsics(schema)))
}

/** Lets through what only deployment knows, and holds anything else to the schema, converted to its type. */
const value: CodeKeywordDefinition = {
  keyword: 'value',
  schemaType: 'object',
  code(cxt) {
    cxt.gen.if(_`!${unknown(cxt)}`, () => {
      cxt.subschema({ keyword: 'value', data: converted(cxt) }, cxt.gen.name('valid'))
    })
  },
}

/** The same in `if` and `not`, where what only deployment knows must decide nothing. */
const literal: CodeKeywordDefinition = {
  keyword: 'literal',
  schemaType: 'object',
  code(cxt) {
    cxt.fail(unknown(cxt))
    const valid = cxt.gen.name('valid')
    cxt.subschema({ keyword: 'literal', data: converted(cxt) }, valid)
    cxt.ok(valid)
  },
}

const requiredXor: CodeKeywordDefinition = {
  keyword: 'requiredXor',
  type: 'object',
  schemaType: 'array',
  code: cxt => cxt.fail(_`(${count(cxt, cxt.schema)}) !== 1`),
}

const requiredOr: CodeKeywordDefinition = {
  keyword: 'requiredOr',
  type: 'object',
  schemaType: 'array',
  code: cxt => cxt.fail(_`(${count(cxt, cxt.schema)}) === 0`),
}

const dependentExcluded: CodeKeywordDefinition = {
  keyword: 'dependentExcluded',
  type: 'object',
  schemaType: 'object',
  error: { message: '', params: ({ params }) => _`{property: ${params['property']}, excluded: ${params['excluded']}}` },
  code(cxt) {
    for (const [property, names] of Object.entries<readonly string[]>(cxt.schema)) {
      for (const excluded of names) {
        cxt.setParams({ property: _`${property}`, excluded: _`${excluded}` })
        cxt.gen.if(_`${has(cxt, property)} && ${has(cxt, excluded)}`, () => cxt.error())
      }
    }
  },
}

const enumCaseInsensitive: CodeKeywordDefinition = {
  keyword: 'enumCaseInsensitive',
  type: 'string',
  schemaType: 'array',
  error: { message: '', params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}` },
  code(cxt) {
    const words: readonly string[] = cxt.schema
    const tests = words.map(word => _`word !== ${word.toLowerCase()}`)
    cxt.fail(_`((word) => ${tests.reduce((all, one) => _`${all} && ${one}`)})(${cxt.data}.toLowerCase())`)
  },
}

/** What registry schemas say, and JSON Schema only in many words. */
export const keywords: readonly CodeKeywordDefinition[] = [
  value,
  literal,
  requiredXor,
  requiredOr,
  dependentExcluded,
  enumCaseInsensitive,
]

/** The schemas are held against their meta-schema when they are generated, not here. */
const options: Options = {
  strict: true,
  strictRequired: false,
  // a list of keys may be shorter than the tuple that says what each is
  strictTuples: false,
  allowUnionTypes: true,
  allowMatchingProperties: true,
  allErrors: true,
  inlineRefs: false,
  messages: false,
  meta: false,
  validateSchema: false,
  code: { source: true, esm: false },
  keywords: [...keywords],
}

function unknown({ gen, data }: KeywordCxt): Code {
  return _`${gen.scopeValue('func', { ref: isUnknown, code: _`require("poolform").isUnknown` })}(${data})`
}

/** The value under a name of its own: ajv's optimizer would put a nameless expression where its parts are not declared. */
function converted({ gen, data, schema }: KeywordCxt): Name {
  const types = String(schema.type)
  if (/^(?:object|array)$/.test(types)) return data
  const call = gen.scopeValue('func', { ref: convert, code: _`require("poolform").convert` })
  return gen.let('plain', _`${call}(${data}, ${types})`)
}

function count({ data }: KeywordCxt, names: readonly string[]): Code {
  return names.map(name => _`(${data}[${name}] !== undefined)`).reduce((sum, one) => _`${sum} + ${one}`)
}

function has({ data }: KeywordCxt, name: string): Code {
  return _`${data}[${name}] !== undefined`
}
