import { isValueObject, type Value } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { documentOf } from '../policies.ts'
import type { Deployed } from './deployed.ts'
import type { Violation } from './violation.ts'

/**
 * Law 5 for buckets that a template makes: their policies let nobody in, but services in their own name, and those whom
 * `ReadAccess` names, who read what is under the prefix.
 */
export function bucketsAreShut(deployed: Deployed): readonly Violation[] {
  return Object.entries(deployed.resolved.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::S3::BucketPolicy') return []
    const policy = documentOf(Properties['PolicyDocument'])
    const statements = isValueObject(policy) ? [policy['Statement'] ?? []].flat() : [policy]
    return statements.flatMap((statement, at) =>
      complaints(statement, deployed).map(
        (because): Violation => ({ law: 5, statement: `${id} ${at}`, request: JSON.stringify(statement), because }),
      ),
    )
  })
}

function complaints(statement: Value, { scenario: { parameters, env } }: Deployed): readonly string[] {
  if (!isValueObject(statement)) return ['cannot be read']
  const { Effect, Principal, Action, Resource, Condition } = statement
  if (Effect === 'Deny') return []
  const equal = isValueObject(Condition) && isValueObject(Condition['StringEquals']) ? Condition['StringEquals'] : {}
  if (isValueObject(Principal) && Object.keys(Principal).every(kind => kind === 'Service')) {
    // Or the service would do it for anybody.
    return equal['aws:SourceAccount'] === env.accountId ? [] : ['serves other accounts']
  }
  const { ReadAccess, Prefix, OrganizationId } = parameters
  const ends = `/${Prefix}/*`
  const readers = ReadAccess === 'Public' || ReadAccess === 'Organization'
  const actions = textsOf(Action).map(String)
  const places = textsOf(Resource).map(it => JSON.stringify(it))
  const isInside = places.length > 0 && places.every(it => it.includes(`${ends}"`))
  const isReading = actions.length > 0 && actions.every(it => it === 's3:GetObject' || it === 's3:GetObjectVersion')
  return [
    ...(readers ? [] : ['lets others in, and no option says so']),
    ...(ReadAccess === 'Organization' && equal['aws:PrincipalOrgID'] !== OrganizationId
      ? ['lets in others than those of the organization']
      : []),
    ...(isReading ? [] : ['allows more than reading']),
    ...(isInside ? [] : ['is about more than what is under the prefix']),
  ]
}
