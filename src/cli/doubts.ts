import { meantAction } from '../access/meant-action.ts'
import { regions } from '../launch/partitions.ts'
import { nearest } from '../nearest.ts'
import type { Resolved } from '../resolve/index.ts'
import type { Asked } from './arguments.ts'

/**
 * Why nobody can ask AWS that: an end of a sentence; undefined where somebody can. A request is for one thing, and
 * patterns are for policies.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-resources-for-iam-policies
 */
export function wrongResource({ action, resource }: Asked): string | undefined {
  if (resource === '*' || resource.startsWith('{')) return undefined
  if (/[*?]/.test(resource))
    return 'a request is for one resource, without * or ?: name one, such as private/x for private/*'
  const [, , service = '', region = '', account = '', ...rest] = resource.split(':')
  if (rest.length === 0) return 'an ARN has six parts, as arn:aws:s3:::bucket/key has'
  const isOfBucket =
    service === 's3' &&
    !/^(?:accesspoint|access-grants|job|storage-lens|storage-lens-group|async-request)[/:]/.test(rest.join(':'))
  if (isOfBucket && (region !== '' || account !== '') && /^s3:/i.test(action)) {
    return `the ARN of a bucket has no region and no account: arn:aws:s3:::${rest.join(':')}`
  }
  return undefined
}

/** Why nobody has such an identity: an end of a sentence. */
export function wrongIdentity(identity: string): string | undefined {
  return /^[\w-]+:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-z]{12}$/i.test(identity)
    ? undefined
    : 'is no identity ID, such as us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE'
}

/** What may not be meant, though it can be asked: sentences. */
export function doubts(
  resolved: Resolved,
  {
    region,
    identity,
    action,
  }: { readonly region: string; readonly identity?: string | undefined; readonly action?: string },
): readonly string[] {
  const isKnown = regions.some(({ id }) => id === region)
  const meant = isKnown
    ? undefined
    : nearest(
        region,
        regions.map(({ id }) => id),
      )
  const [home = region] = identity?.split(':') ?? []
  const named = action === undefined ? undefined : meantAction(action, resolved)
  return [
    ...(meant === undefined ? [] : [`AWS's list has no region ${region}: is it ${meant}?`]),
    ...(home === region ? [] : [`The identity is of ${home}, and the pool is asked about in ${region}.`]),
    ...(named === undefined ? [] : [`The template has the action ${named}, and no ${action}: is it that?`]),
  ]
}
