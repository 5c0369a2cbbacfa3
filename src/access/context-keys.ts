import { globalKeys } from '../check/condition-keys.ts'
import { nearest } from '../nearest.ts'
import { cidrContains } from '../resolve/cidr.ts'
import type { Resolved } from '../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../resolve/value.ts'
import { variablesIn } from './decide/pattern.ts'
import { documentOf } from './policies.ts'
import { hostOf } from './pools.ts'

/** What a person says of a request: condition keys and their values. */

type Kind = { readonly what: string; readonly example: string; readonly isIt: (value: string) => boolean }

const kinds = {
  address: {
    ...{ what: 'an IP address', example: '203.0.113.7' },
    isIt: value => cidrContains(value, value) !== undefined,
  },
  time: {
    ...{ what: 'a time in ISO 8601', example: '2030-01-31T12:00:00Z' },
    isIt: value => /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)),
  },
  number: { ...{ what: 'a number', example: '3600' }, isIt: value => /^\d+$/.test(value) },
  truth: { ...{ what: 'true or false', example: 'true' }, isIt: value => /^(?:true|false)$/i.test(value) },
  arn: { ...{ what: 'an ARN', example: 'arn:aws:iam::123456789012:role/x' }, isIt: value => /^arn:/.test(value) },
} as const satisfies Record<string, Kind>

/**
 * Keys that have not any text for a value, in lower case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
const kindOf: ReadonlyMap<string, Kind> = new Map([
  ...['aws:sourceip', 'aws:vpcsourceip', 'aws:ec2instancesourceprivateipv4'].map(key => [key, kinds.address] as const),
  ...['aws:currenttime', 'aws:tokenissuetime'].map(key => [key, kinds.time] as const),
  ...['aws:epochtime', 'aws:multifactorauthage', 's3:max-keys', 's3:signatureage'].map(
    key => [key, kinds.number] as const,
  ),
  ...['aws:securetransport', 'aws:multifactorauthpresent', 'aws:viaawsservice', 'aws:principalisawsservice'].map(
    key => [key, kinds.truth] as const,
  ),
  ...['aws:principalarn', 'aws:sourcearn', 'aws:sourcevpcarn'].map(key => [key, kinds.arn] as const),
])

/** Keys of all services that may have several values, in lower case. */
const lists =
  /^aws:(?:calledvia|tagkeys|principalorgpaths|resourceorgpaths|sourceorgpaths|vpceorgpaths|principalservicenameslist)$/

/** Keys of services that requests are often asked about with. */
const usual = [
  ...['s3:prefix', 's3:delimiter', 's3:max-keys', 's3:VersionId', 's3:x-amz-acl', 's3:x-amz-server-side-encryption'],
  ...['dynamodb:LeadingKeys', 'dynamodb:Attributes', 'dynamodb:Select', 'kms:ViaService', 'kms:EncryptionContextKeys'],
  ...['sts:ExternalId', 'sts:RoleSessionName', 'sts:SourceIdentity', 'iam:PassedToService'],
]

/** Why a key can't have such values: a sentence's end; undefined if it can. */
export function wrongValue(key: string, values: readonly string[]): string | undefined {
  const name = key.toLowerCase()
  const kind = kindOf.get(name)
  if (kind !== undefined && !values.every(kind.isIt)) return `${key} is ${kind.what}, such as ${kind.example}`
  const isGlobal = globalKeys.some(it => it.toLowerCase() === name || (it.endsWith('/') && isWithin(name, it)))
  return isGlobal && values.length > 1 && !lists.test(name) ? `${key} has one value, and no list` : undefined
}

/** A value that the key may have, for somebody to replace. */
export function exampleFor(key: string): string {
  return kindOf.get(key.toLowerCase())?.example ?? 'VALUE'
}

/**
 * What is likely meant by a key that neither AWS's list of keys for all services nor the template has; undefined for one
 * that they have, and where nothing is near.
 */
export function meantBy(key: string, resolved: Resolved): string | undefined {
  const known = [...globalKeys, ...usual, ...keysIn(resolved)]
  const name = key.toLowerCase()
  if (known.some(it => it.toLowerCase() === name || (it.endsWith('/') && isWithin(name, it)))) return undefined
  if (!key.includes(':')) return known.find(it => it.toLowerCase().endsWith(`:${name}`))
  const slash = key.indexOf('/')
  if (slash < 0) return nearest(key, known)
  const family = nearest(
    key.slice(0, slash + 1),
    known.filter(it => it.endsWith('/')),
  )
  return family === undefined ? nearest(key, known) : `${family}${key.slice(slash + 1)}`
}

function isWithin(name: string, family: string): boolean {
  return name.startsWith(family.toLowerCase())
}

/** The keys of the template's policies, and of its identity pools. */
function keysIn(resolved: Resolved): readonly string[] {
  const host = hostOf(resolved)
  const keys = new Set(host === undefined ? [] : ['aud', 'amr', 'sub'].map(claim => `${host}:${claim}`))
  const visit = (value: Value): void => {
    if (typeof value === 'string' || value instanceof Unknown) for (const key of variablesIn(value)) keys.add(key)
    else if (isValueList(value)) value.forEach(visit)
    else if (isValueObject(value)) {
      const condition = value['Condition']
      const lines = isValueObject(condition) ? Object.values(condition).filter(isValueObject) : []
      for (const key of lines.flatMap(Object.keys)) keys.add(key)
      for (const [name, item] of Object.entries(value)) visit(name === 'PolicyDocument' ? documentOf(item) : item)
    }
  }
  for (const { Type, Properties } of Object.values(resolved.Resources)) {
    if (Type.startsWith('AWS::IAM::')) visit(Properties)
  }
  return [...keys]
}
