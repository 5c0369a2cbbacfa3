import type { Resolved, ResolvedResource } from '../../resolve/index.ts'
import { concatenate, isValueList, isValueObject, partsOf, Unknown, type Value } from '../../resolve/value.ts'
import { nameOf } from '../name-of.ts'

/** A template whose names are spelled out, and the imported values for which their own names stand. */
export type Spelled = { readonly resolved: Resolved; readonly stands: readonly string[] }

const known = new WeakMap<Resolved, Spelled>()

/**
 * A template in which each bucket, table and key of its own has a name, where it is not given the one in braces: a
 * generated name is none that another thing has, and no wildcard. For a value that is imported, too, its name in braces
 * stands where a statement says to what it applies.
 */
export function spelled(resolved: Resolved): Spelled {
  const before = known.get(resolved)
  if (before !== undefined) return before
  const stands = new Set<string>()
  const Resources = Object.fromEntries(
    Object.entries(resolved.Resources).map(([id, resource]) => [id, spelledOut(resource, resolved, stands)]),
  )
  const found = { resolved: { ...resolved, Resources }, stands: [...stands] }
  known.set(resolved, found)
  return found
}

/** As `spelled`, but only with names that the template gives. */
export function withNames(resolved: Resolved): Resolved {
  const Resources = Object.fromEntries(
    Object.entries(resolved.Resources).map(([id, resource]) => [id, spelledOut(resource, resolved, undefined)]),
  )
  return { ...resolved, Resources }
}

/** A thing that a question names, by the name that the template gives it, if it does. */
export function nameGiven(thing: string | Unknown, resolved: Resolved): string | Unknown {
  return concatenate(partsOf(thing).map(it => (it instanceof Unknown ? (ofOwn(it, resolved, false) ?? it) : it)))
}

function spelledOut(resource: ResolvedResource, resolved: Resolved, stands: Set<string> | undefined): ResolvedResource {
  const spell = (value: Value, isPlace: boolean): Value => {
    if (isValueList(value)) return value.map(it => spell(it, isPlace))
    if (isValueObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          key === 'AssumeRolePolicyDocument' ? item : spell(item, isPlace || places.test(key)),
        ]),
      )
    }
    return value instanceof Unknown ? concatenate(partsOf(value).map(part => one(part, isPlace))) : value
  }
  const one = (part: string | Unknown, isPlace: boolean): string | Unknown => {
    if (!(part instanceof Unknown)) return part
    const { origin } = part
    if (stands !== undefined && isPlace && (origin.kind === 'import' || origin.kind === 'dynamic')) {
      stands.add(nameOf(part))
      return nameOf(part)
    }
    return ofOwn(part, resolved, stands !== undefined) ?? part
  }
  const Properties = Object.fromEntries(
    Object.entries(resource.Properties).map(([key, value]) => [
      key,
      key === 'AssumeRolePolicyDocument' ? value : spell(value, false),
    ]),
  )
  return { ...resource, Properties }
}

/** Where a statement says to what it applies. */
const places = /^(?:Not)?Resource$|^s3:prefix$|^dynamodb:LeadingKeys$/i

/** The name or ARN that `Ref` and `Fn::GetAtt` give of what the template itself makes. */
function ofOwn({ origin }: Unknown, { Resources, env }: Resolved, isSpelled: boolean): string | Unknown | undefined {
  if (origin.kind !== 'resource' && origin.kind !== 'attribute') return undefined
  const made = Resources[origin.id]
  const kind = made === undefined ? undefined : kinds[made.Type]
  if (made === undefined || kind === undefined) return undefined
  const given = kind.property === undefined ? undefined : made.Properties[kind.property]
  // a name that is made up is not known, but the same in every ARN
  const generated = new Unknown({ kind: 'resource', id: origin.id })
  const name = typeof given === 'string' ? given : isSpelled ? `{${origin.id}}` : generated
  if (origin.kind === 'resource') return name
  if (origin.attribute !== 'Arn') return undefined
  const [service, place, start] = kind.arn
  const where = place === 'global' ? ['::'] : [':', env.region, ':', env.accountId]
  return concatenate(['arn:', env.partition, ':', service, ...where, ':', start, name])
}

type Kind = {
  readonly property?: string
  readonly arn: readonly [service: string, place: 'global' | 'regional', start: string]
}

/** What `Ref` and `Arn` are: registry schemas in cfn-lint 1.58.0. */
const kinds: Readonly<Record<string, Kind | undefined>> = {
  'AWS::S3::Bucket': { property: 'BucketName', arn: ['s3', 'global', ''] },
  'AWS::DynamoDB::Table': { property: 'TableName', arn: ['dynamodb', 'regional', 'table/'] },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', arn: ['dynamodb', 'regional', 'table/'] },
  'AWS::KMS::Key': { arn: ['kms', 'regional', 'key/'] },
}
