import type { TypeRecord } from '../knowledge/schemas.ts'
import type { ResolvedResource } from '../resolve/index.ts'
import type { Value } from '../resolve/value.ts'
import { type Fate, sameness, valuesAt } from './values.ts'

/** Something that only one resource of a type can have, by the properties that say what: a name, a pool's one attachment. */
export type Claim = { readonly properties: readonly string[]; readonly values: readonly Value[] }

/**
 * What a resource has for itself alone. By the registry that is each of its identifiers that a template sets, all of it;
 * where AWS makes the identifier, the name that only creation sets: `ManagedPolicyName` of `AWS::IAM::ManagedPolicy`.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html, `primaryIdentifier`,
 * `additionalIdentifiers`
 */
export function claimsOf({ Type, Properties }: ResolvedResource, record: TypeRecord | undefined): readonly Claim[] {
  if (record === undefined) return []
  const { primaryIdentifier, additionalIdentifiers = [], readOnly = [], createOnly = [] } = record
  const identifiers = [primaryIdentifier, ...additionalIdentifiers].filter(
    paths => paths.length > 0 && paths.every(path => !readOnly.includes(path)),
  )
  const last = Type.split('::').at(-1) ?? ''
  const name = identifiers.length > 0 ? undefined : [`${last}Name`, 'Name'].find(it => createOnly.includes(it))
  return [...identifiers, ...(name === undefined ? [] : [[name]])].flatMap((properties): readonly Claim[] => {
    const values = properties.flatMap(path => valuesAt(Properties, path.split('.')))
    return values.length === properties.length ? [{ properties, values }] : []
  })
}

/** What of its own somebody else holds already: the properties; undefined where nothing is known to collide. */
export function collision(held: readonly Claim[], wanted: readonly Claim[], fate: Fate): readonly string[] | undefined {
  return wanted.find(claim =>
    held.some(
      other =>
        other.properties.join() === claim.properties.join() && sameness(other.values, claim.values, fate) === 'same',
    ),
  )?.properties
}
