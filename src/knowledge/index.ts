import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import type { Complaint, Knowledge, ResourceTypeFacts } from '../check/knowledge.ts'
import type { Json, JsonObject } from '../document.ts'
import { keyOf, validatorCache } from './cache.ts'
import { complaintsOf, type SchemaError } from './complaints.ts'
import { runtimeModules } from './runtime.ts'
import {
  findLine,
  type IndexEntry,
  keysOf,
  parseIndexEntry,
  readService,
  serviceOf,
  type TypeRecord,
} from './schemas.ts'
import { settledQuestions } from './settled.ts'

// This file is on the path of every build: of a type whose validator is kept it reads one line and one file.

export type KnowledgeOptions = {
  /** The package's own folder, which holds `schemas/`. */
  readonly assets: string
  /** Where validators are kept; none: they are compiled anew. */
  readonly cacheFolder: string | undefined
  /** Names this build of poolform: a validator that another one has kept is not used. */
  readonly engine: string
  /** Gives `compileValidator` of `validator.ts`, and is called only if a validator is not kept. */
  readonly loadCompiler: () => (schema: JsonObject) => string
}

/** Part of the key of a kept validator; a test holds it against the installed package. */
export const ajvVersion = '8.20.0'

type Validate = { (properties: Json): boolean; errors?: readonly SchemaError[] | null }

/** Reads `schemas/`, as far as it is asked. Throws where the package lacks a file. */
export function readKnowledge({ assets, cacheFolder, engine, loadCompiler }: KnowledgeOptions): Knowledge {
  const schemas = join(assets, 'schemas')
  const read = (name: string) => readFileSync(join(schemas, name), 'latin1')
  const resources = once(() => read('resources.txt'))
  const iam = once(() => read('iam.txt'))
  const cache = validatorCache(cacheFolder)
  const known = new Map<string, ResourceTypeFacts | undefined>()

  const recordOf = (type: string): TypeRecord => {
    const record = readService(schemas, serviceOf(type))[type]
    if (record === undefined) throw new Error(`schemas/resources.txt lists ${type}, which its service's file lacks`)
    return record
  }

  const validatorOf = (type: string, hash: string): Validate => {
    const key = keyOf([type, hash, ajvVersion, engine])
    const kept = cache.read(type, key)
    const validator = kept === undefined ? undefined : load(kept, type)
    if (validator !== undefined) return validator
    const code = loadCompiler()(recordOf(type).schema)
    cache.write(type, key, code)
    const made = load(code, type)
    if (made === undefined) throw new Error(`the validator of ${type} exports no function`)
    return made
  }

  const factsOf = (type: string): ResourceTypeFacts | undefined => {
    const line = findLine(resources(), type)
    if (line === undefined) return undefined
    const entry = parseIndexEntry(line)
    const validate = once(() => validatorOf(type, entry.hash))
    return {
      hasAttribute: name => hasAttribute(entry, name),
      attributes: entry.attributes.filter(attribute => !attribute.includes('*')),
      complaints: (properties): readonly Complaint[] => {
        const validator = validate()
        return validator(properties) ? [] : complaintsOf(validator.errors ?? [], properties, recordOf(type))
      },
    }
  }

  return {
    resourceType: name => {
      const type = /^Custom::./.test(name) ? 'AWS::CloudFormation::CustomResource' : name
      if (!known.has(type)) known.set(type, factsOf(type))
      return known.get(type)
    },
    resourceTypeNames: once(() => keysOf(resources())),
    actions: service => findLine(iam(), service.toLowerCase())?.split(' '),
    services: once(() => keysOf(iam())),
    // the sources, which tests run, change under one name
    settled: settledQuestions(engine === 'source' ? undefined : cacheFolder, engine),
  }
}

/** Undefined where the code is no validator. */
function load(code: string, type: string): Validate | undefined {
  const loaded: { exports?: unknown } = {}
  try {
    const run = compileFunction(code, ['module', 'require'], { filename: `validator of ${type}` })
    run(loaded, (name: string) => runtimeModules[name])
  } catch {
    return undefined
  }
  return isValidate(loaded.exports) ? loaded.exports : undefined
}

function isValidate(exported: unknown): exported is Validate {
  return typeof exported === 'function'
}

function hasAttribute({ attributes }: IndexEntry, name: string): boolean {
  if (attributes.includes(name)) return true
  return attributes.some(attribute => attribute.includes('*') && patternOf(attribute).test(name))
}

function patternOf(attribute: string): RegExp {
  const parts = attribute.split('*').map(part => part.replaceAll('.', '\\.'))
  return new RegExp(`^${parts.join('.+')}$`)
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
