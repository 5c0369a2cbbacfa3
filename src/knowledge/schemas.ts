import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../document.ts'

/** What an attribute gives; `json` is an object, or what the source does not type. */
export type AttributeType = 'string' | 'number' | 'boolean' | 'string[]' | 'number[]' | 'json[]' | 'json'

/**
 * One resource type, as `schemas/resources/` keeps it. Paths are dotted, with `*` for the items of a list or the values
 * of a map: `Policies.*.PolicyName`. Source: the registry schemas in cfn-lint, see `schemas/source.json`.
 */
export type TypeRecord = {
  /** JSON Schema (draft 7) of what a template may set, with four keywords of cfn-lint's: see `validator.ts`. */
  readonly schema: JsonObject
  /** What `Fn::GetAtt` takes; `*` in a name stands for any text. */
  readonly attributes: { readonly [name: string]: AttributeType }
  readonly primaryIdentifier: readonly string[]
  readonly additionalIdentifiers?: readonly (readonly string[])[]
  /** A change of these replaces the resource. */
  readonly createOnly?: readonly string[]
  /** A change of these may replace the resource. */
  readonly conditionalCreateOnly?: readonly string[]
  readonly readOnly?: readonly string[]
  readonly writeOnly?: readonly string[]
  readonly deprecated?: readonly string[]
  /** The property that takes the resource's tags. */
  readonly tags?: string
  /** The IAM actions that CloudFormation calls, by handler: create, read, update, delete, list. */
  readonly permissions: { readonly [handler: string]: readonly string[] }
}

/** One IAM service prefix, as `schemas/iam/` keeps it. Source: the service authorization reference. */
export type ServiceRecord = {
  readonly name: string
  readonly actions: {
    readonly [action: string]: {
      /** `Read`, `Write`, `List`, `Tagging`, `Permissions management`. */
      readonly level: string
      /** The resource types that it can be granted on, each with the condition keys that count there; none: only `*`. */
      readonly resources?: { readonly [resourceType: string]: readonly string[] }
      readonly keys?: readonly string[]
      /** Actions that it calls in the same principal's name. */
      readonly alsoNeeds?: readonly string[]
    }
  }
  /** `arn:${Partition}:s3:::${BucketName}`, by resource type. */
  readonly resources: { readonly [resourceType: string]: { readonly arn: string; readonly keys?: readonly string[] } }
  /** Condition keys of the service to their type. */
  readonly keys: { readonly [key: string]: string }
}

/** A type's line in `schemas/resources.txt`: what nearly every build asks, without reading a schema. */
export type IndexEntry = {
  /** Of the type's schema: what is derived from it is good for as long as this is the same. */
  readonly hash: string
  readonly attributes: readonly string[]
}

/** Where the schemas of a type are: `cognito` of `AWS::Cognito::IdentityPool`, a file of `schemas/resources/` and of `aws/`. */
export function serviceOf(type: string): string {
  const [vendor = '', service = ''] = type.toLowerCase().split('::')
  return vendor === 'aws' ? service : `${vendor}-${service}`
}

/** The one line that starts with `key`, of text whose lines each start with a key and a blank. */
export function findLine(text: string, key: string): string | undefined {
  const at = text.startsWith(`${key} `) ? 0 : text.indexOf(`\n${key} `) + 1
  if (at === 0 && !text.startsWith(`${key} `)) return undefined
  return text.slice(at + key.length + 1, text.indexOf('\n', at))
}

/** The first word of every line. */
export function keysOf(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => line.slice(0, line.indexOf(' ')))
}

export function parseIndexEntry(line: string): IndexEntry {
  const [hash = '', ...attributes] = line.split(' ')
  return { hash, attributes }
}

/** What is known of an IAM prefix, such as `s3`; undefined where there is none of that name. */
export function readPrefix(schemasFolder: string, prefix: string): ServiceRecord | undefined {
  const file = join(schemasFolder, 'iam', `${prefix}.json`)
  return /^[a-z0-9-]+$/.test(prefix) && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Every type of a service. Throws if the package lacks the file. */
export function readService(schemasFolder: string, service: string): { readonly [type: string]: TypeRecord } {
  return JSON.parse(readFileSync(join(schemasFolder, 'resources', `${service}.json`), 'utf8'))
}
