import { haveOneInCommon, isLike } from '../access/decide/glob.ts'
import { completed } from '../access/decide/pattern.ts'
import type { ServiceRecord } from '../knowledge/schemas.ts'

/** What the service authorization reference says of a prefix, such as `s3`; undefined where it has no such service. */
export type Services = (prefix: string) => ServiceRecord | undefined

/** Of an action, or a pattern of some of one service: on what it can be done. */
export type Need = {
  readonly action: string
  /** ARNs as the reference has them, `arn:${Partition}:s3:::${BucketName}`; none: on `*` alone. */
  readonly arns: readonly string[]
  /** The names of these resource types. */
  readonly types: readonly string[]
}

/**
 * The actions of a statement that none of its resources can ever be the resource of. Nothing is said of actions that the
 * reference does not have.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function misfits(services: Services, actions: readonly string[], resources: readonly string[]): readonly Need[] {
  if (resources.length === 0) return []
  return actions.flatMap(action => {
    const need = needOf(services, action)
    return need === undefined || resources.some(it => fits(need, it)) ? [] : [need]
  })
}

function needOf(services: Services, action: string): Need | undefined {
  const [, prefix = '', pattern = ''] = /^([^*?:]+):(.+)$/.exec(action.toLowerCase()) ?? []
  const service = services(prefix)
  if (service === undefined) return undefined
  const meant = Object.entries(service.actions).filter(([name]) => isLike(pattern, name.toLowerCase()))
  if (meant.length === 0) return undefined
  const types = [...new Set(meant.flatMap(([, it]) => Object.keys(it.resources ?? {})))]
  const arns = types.flatMap(it => service.resources[it]?.arn ?? [])
  // of several, one that asks for no resource is had on all alone
  const isOnAll = meant.some(([, it]) => Object.keys(it.resources ?? {}).length === 0)
  if (isOnAll && types.length > 0) return { action, types, arns: [...arns, '*'] }
  return { action, types, arns: prefix === 'execute-api' ? [...arns, webSocketRoute] : arns }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html */
const webSocketRoute = 'arn:${Partition}:execute-api:${Region}:${Account}:${ApiId}/${Stage}/${RouteKey}'

/** Names in which there is no slash. */
const plain = /\$\{(?:Partition|Region|Account|BucketName|TableName)\}/g
const slashes = (text: string): number => text.split('/').length

/** Can a resource of one of the types be one that the text of a statement means? What a variable stands for is open. */
function fits({ arns }: Need, resource: string): boolean {
  const text = String(completed(resource)).replaceAll(/\$\{[^}]*\}/g, '*')
  if (/^\*+$/.test(text)) return true
  return arns.some(arn => {
    if (arn === '*') return false
    const isPlain = !arn.replaceAll(plain, '').includes('${')
    if (isPlain && slashes(text) > slashes(arn)) return false
    const [wanted, given] = [segmentsOf(arn.replaceAll(/\$\{[^}]*\}/g, '*')), segmentsOf(text)]
    return wanted.every((it, at) => haveOneInCommon(it, given[at] ?? '*'))
  })
}

/** What the first five colons part: a name may have colons of its own. */
function segmentsOf(arn: string): readonly string[] {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
