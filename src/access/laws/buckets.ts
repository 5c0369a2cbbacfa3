import { isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { documentOf } from '../policies.ts'
import type { Deployed } from './deployed.ts'
import { is, isSame } from './same.ts'
import type { Violation } from './violation.ts'

/**
 * Law 5 for buckets that a template makes: their policies let nobody in, but the service that writes logs of one bucket of the account, and those whom
 * `ReadAccess` names, who read what is under the prefix.
 */
export function bucketsAreShut(deployed: Deployed): readonly Violation[] {
  return Object.entries(deployed.resolved.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::S3::BucketPolicy') return []
    const policy = documentOf(Properties['PolicyDocument'])
    const statements = isValueObject(policy) ? [policy['Statement'] ?? []].flat() : [policy]
    return statements.flatMap((statement, at) =>
      complaints(statement, Properties['Bucket'], deployed).map(
        (because): Violation => ({ law: 5, statement: `${id} ${at}`, request: JSON.stringify(statement), because }),
      ),
    )
  })
}

function complaints(
  statement: Value,
  bucket: Value | undefined,
  { scenario: { parameters, env }, options: { partition } }: Deployed,
): readonly string[] {
  if (!isValueObject(statement)) return ['cannot be read']
  const { Effect, Principal, Action, Resource, Condition } = statement
  if (Effect === 'Deny') return []
  const of = (operator: string) => {
    const keys = isValueObject(Condition) ? Condition[operator] : undefined
    return isValueObject(keys) ? keys : {}
  }
  const equal = of('StringEquals')
  const objects = (rest: string): Value =>
    bucket instanceof Unknown || typeof bucket === 'string' ? is.text(`arn:${partition}:s3:::`, bucket, rest) : ''
  const actions = textsOf(Action).map(String)
  if (isValueObject(Principal) && Object.keys(Principal).includes('Service')) {
    const source = of('ArnLike')['aws:SourceArn']
    return [
      ...(isSame(Principal, { Service: 'logging.s3.amazonaws.com' }) ? [] : ['lets a service in that writes no logs']),
      ...(isSame(actions, ['s3:PutObject']) ? [] : ['allows a service more than to write logs']),
      // Or the service would do it for anybody.
      ...(equal['aws:SourceAccount'] === env.accountId ? [] : ['serves other accounts']),
      ...(isOneBucket(source) ? [] : ['takes the logs of any bucket']),
      ...(isSame(Resource, objects('/*')) ? [] : ['is about more than the bucket']),
    ]
  }
  const { ReadAccess, Prefix, OrganizationId } = parameters
  const readers = ReadAccess === 'Public' || ReadAccess === 'Organization'
  const isReading = actions.length > 0 && actions.every(it => it === 's3:GetObject' || it === 's3:GetObjectVersion')
  return [
    ...(readers ? [] : ['lets others in, and no option says so']),
    ...(ReadAccess === 'Organization' && equal['aws:PrincipalOrgID'] !== OrganizationId
      ? ['lets in others than those of the organization']
      : []),
    ...(isReading ? [] : ['allows more than reading']),
    ...(isSame(Resource, objects(`/${Prefix}/*`)) ? [] : ['is about more than what is under the prefix']),
  ]
}

function isOneBucket(arn: Value | undefined): boolean {
  return arn !== undefined && textsOf(arn).every(it => !JSON.stringify(it).includes('*'))
}
