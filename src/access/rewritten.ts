import { isList, isObject, type Json, type JsonObject } from '../document.ts'
import type { Resolved } from '../resolve/index.ts'
import { policyPlace } from './resource-policies.ts'

const known = new WeakMap<Resolved['document'], string | undefined>()

/**
 * Why nothing of what a template says about access is known: a macro makes another of it, or generates what decides; a
 * clause. Those of AWS that only add things of their own, or work on others, leave it as it is.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
 */
export function rewriting({ document, macros }: Resolved): string | undefined {
  if (macros.length === 0) return undefined
  if (known.has(document)) return known.get(document)
  const Resources: JsonObject = isObject(document.Resources) ? document.Resources : {}
  const whole = macros.find(it => !it.startsWith('Fn::') && !harmless.test(it))
  const within = Object.entries(Resources).find(([id, resource]) => generates(id, resource))?.[0]
  const name = whole ?? (within === undefined || within.startsWith('Fn::') ? within : `Fn::Transform in ${within}`)
  const because =
    name === undefined
      ? undefined
      : `${name} changes the template before it is deployed, in ways that are not known here`
  known.set(document, because)
  return because
}

const harmless = /^AWS::(?:Serverless|SecretsManager|CodeDeployBlueGreen|LanguageExtensions)(?:-[\d-]+)?$/

/** May an entry of `Resources` be, or make, something that decides of access and that is not told? */
function generates(id: string, resource: Json): boolean {
  if (id.startsWith('Fn::ForEach')) {
    const body = isList(resource) ? resource[2] : undefined
    return !isObject(body) || Object.entries(body).some(([own, it]) => (isCall(own) ? generates(own, it) : decides(it)))
  }
  return isCall(id) || (decides(resource) && isObject(resource) && hasMore(resource))
}

/** Its type, where it is known, has a say in access. */
function decides(resource: Json): boolean {
  const type = isObject(resource) ? resource['Type'] : undefined
  if (typeof type !== 'string' || type.includes('$')) return true
  return (
    /^AWS::(?:IAM|Cognito)::/.test(type) || type === 'AWS::CloudFormation::Stack' || policyPlace(type) !== undefined
  )
}

/** Is there something beside which a macro may put more? A value that it makes as a whole is not known as it is. */
function hasMore(value: Json): boolean {
  if (isList(value)) return value.some(hasMore)
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  const isBeside = keys.length > 1 && keys.some(isCall)
  return (
    isBeside ||
    (isObject(value['Properties']) && Object.keys(value['Properties']).some(isCall)) ||
    Object.values(value).some(hasMore)
  )
}

function isCall(key: string): boolean {
  return key === 'Fn::Transform' || key.startsWith('Fn::ForEach')
}
