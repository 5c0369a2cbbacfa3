import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { isValueList, isValueObject, partsOf, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import type { Request } from './decide/request.ts'
import { applies } from './decide/statement.ts'
import { targetOf } from './policies.ts'
import { policyPlace } from './resource-policies.ts'

/**
 * The conditions, not decided yet, that may change the answer to requests made with these roles: those on which pools,
 * roles, trust policies and attachments depend, and those around and within statements that may apply. Of what else is
 * under a condition it does not matter whether it is there.
 */
export function relevantConditions(
  { Resources }: Resolved,
  isRole: (id: string) => boolean,
  requests: readonly Request[],
): readonly string[] {
  const isSilent: IsSilent = statement => !requests.some(it => applies(statement, it, true) !== false)
  const found = Object.entries(Resources).flatMap(([id, resource]): readonly string[] => {
    const { Type, Properties } = resource
    if (Type === 'AWS::IAM::Role' ? isRole(id) : deciding.includes(Type)) return conditionsIn(resource, isSilent)
    const place = policyPlace(Type)
    if (place !== undefined) {
      const policy = place.reduce<Value | undefined>((it, key) => (isValueObject(it) ? it[key] : it), Properties)
      // Those of APIs may name their resources in short.
      return Type === 'AWS::ApiGateway::RestApi' || speaks(policy, isSilent) ? conditionsIn(resource, isSilent) : []
    }
    const isPolicy = targetOf(Type) !== undefined && speaks(Properties['PolicyDocument'], isSilent)
    return isPolicy ? conditionsIn(resource, isSilent) : []
  })
  return [...new Set(found)]
}

/** All that are not decided yet, of resources that decide of access. */
export function openConditions({ Resources }: Resolved): readonly string[] {
  const known = open.get(Resources)
  if (known !== undefined) return known
  const decides = (type: string) => /^AWS::(?:IAM|Cognito)::/.test(type) || policyPlace(type) !== undefined
  const resources = Object.values(Resources).filter(({ Type }) => decides(Type))
  const found = [...new Set(resources.flatMap(it => conditionsIn(it, () => false)))]
  open.set(Resources, found)
  return found
}

const open = new WeakMap<Resolved['Resources'], readonly string[]>()

/** Is it without any say in what is asked? */
type IsSilent = (statement: ValueObject) => boolean

const deciding = [
  'AWS::Cognito::IdentityPool',
  'AWS::Cognito::IdentityPoolPrincipalTag',
  'AWS::Cognito::IdentityPoolRoleAttachment',
  'AWS::IAM::OIDCProvider',
]

function conditionsIn({ Properties, condition }: ResolvedResource, isSilent: IsSilent): readonly string[] {
  return [...(condition === undefined ? [] : [condition]), ...choicesIn(Properties, isSilent)]
}

function choicesIn(value: Value | undefined, isSilent: IsSilent): readonly string[] {
  if (isValueList(value)) return value.flatMap(it => choicesIn(it, isSilent))
  if (isValueObject(value)) {
    return isStatement(value) && isSilent(value) ? [] : Object.values(value).flatMap(it => choicesIn(it, isSilent))
  }
  if (!(value instanceof Unknown)) return []
  const { origin } = value
  if (origin.kind === 'text') return partsOf(value).flatMap(it => choicesIn(it, isSilent))
  if (origin.kind !== 'choice' || !speaks(value, isSilent)) return []
  return [origin.condition, ...choicesIn(origin.whenTrue, isSilent), ...choicesIn(origin.whenFalse, isSilent)]
}

/** Is there anything in it but statements that are silent? */
function speaks(value: Value | undefined, isSilent: IsSilent): boolean {
  if (value === undefined) return false
  if (isValueList(value)) return value.some(it => speaks(it, isSilent))
  if (value instanceof Unknown) {
    const { origin } = value
    return origin.kind !== 'choice' || speaks(origin.whenTrue, isSilent) || speaks(origin.whenFalse, isSilent)
  }
  if (!isValueObject(value)) return true
  if (isStatement(value)) return !isSilent(value)
  const inner = value['PolicyDocument'] ?? value['Statement']
  return inner === undefined || speaks(inner, isSilent)
}

function isStatement(value: ValueObject): boolean {
  return value['Effect'] === 'Allow' || value['Effect'] === 'Deny'
}
