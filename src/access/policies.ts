import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { concatenate, isValueList, isValueObject, partsOf, Unknown, type Value } from '../resolve/value.ts'
import { roleIdOf } from './pools.ts'

/** A policy of a role, as resolved. */
export type Policy = {
  /** The `PolicyName`, the logical ID of one that stands by itself, or its ARN. */
  readonly name: string
  /** Unknown where the template does not have it. */
  readonly document: Value
  /** Whether the role has it, as far as is known here. */
  readonly isSure: boolean
  /** Whether it stands outside the template. */
  readonly isElsewhere: boolean
}

export type Permissions = {
  readonly policies: readonly Policy[]
  readonly boundary: Policy | undefined
}

/**
 * The identity-based policies of a role and its permissions boundary: inline, of `AWS::IAM::Policy` and
 * `AWS::IAM::RolePolicy`, and managed ones, of which nothing but the ARN is known where the template does not make them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
 */
export function permissionsOf(resolved: Resolved, roleId: string): Permissions {
  const role = resolved.Resources[roleId]
  if (role === undefined) return { policies: [], boundary: undefined }
  const { Policies, ManagedPolicyArns, PermissionsBoundary } = role.Properties
  const attached = Object.entries(resolved.Resources).flatMap(([id, resource]) =>
    attachedTo(resolved, roleId, id, resource),
  )
  const managed = itemsOf(ManagedPolicyArns).map(arn => managedPolicy(resolved, arn))
  return {
    policies: [
      ...itemsOf(Policies).map(inline),
      ...attached,
      // One that names the role as well is told already.
      ...managed.filter(it => !attached.some(other => other.name === it.name)),
    ],
    boundary: PermissionsBoundary === undefined ? undefined : managedPolicy(resolved, PermissionsBoundary),
  }
}

function inline(policy: Value): Policy {
  if (!isValueObject(policy)) return { name: 'Policies', document: policy, isSure: true, isElsewhere: false }
  const { PolicyName, PolicyDocument } = policy
  return {
    name: typeof PolicyName === 'string' ? PolicyName : 'Policies',
    document: documentOf(PolicyDocument),
    isSure: true,
    isElsewhere: false,
  }
}

/** By which property a policy that stands by itself names its roles. */
export function targetOf(type: string): string | undefined {
  return Object.hasOwn(targets, type) ? targets[type] : undefined
}

const targets: Readonly<Record<string, string>> = {
  'AWS::IAM::Policy': 'Roles',
  'AWS::IAM::ManagedPolicy': 'Roles',
  'AWS::IAM::RolePolicy': 'RoleName',
}

function attachedTo(
  resolved: Resolved,
  roleId: string,
  id: string,
  { Type, Properties, condition }: ResolvedResource,
): readonly Policy[] {
  const property = targetOf(Type)
  if (property === undefined) return []
  const isOf = itemsOf(Properties[property]).map(it => isRole(resolved, roleId, it))
  if (!isOf.some(it => it !== false)) return []
  const isSure = isOf.includes(true) && condition === undefined
  return [{ name: id, document: documentOf(Properties['PolicyDocument']), isSure, isElsewhere: false }]
}

function isRole(resolved: Resolved, roleId: string, name: Value): boolean | 'unknown' {
  const role = roleIdOf(resolved, name)
  if (role !== undefined) return role === roleId
  // A name that the template gives is another's, unless the role's own is not known.
  const own = resolved.Resources[roleId]?.Properties['RoleName']
  if (name instanceof Unknown) return 'unknown'
  return own instanceof Unknown && 'unknown'
}

/** A policy that the template attaches to a role that it does not make. */
export type PolicyElsewhere = { readonly id: string; readonly role: Value }

export function policiesElsewhere(resolved: Resolved): readonly PolicyElsewhere[] {
  return Object.entries(resolved.Resources).flatMap(([id, { Type, Properties }]) => {
    const property = targetOf(Type)
    if (property === undefined) return []
    const others = itemsOf(Properties[property]).filter(it => roleIdOf(resolved, it) === undefined)
    return others.map(role => ({ id, role }))
  })
}

function managedPolicy({ Resources }: Resolved, arn: Value): Policy {
  const origin = arn instanceof Unknown ? arn.origin : undefined
  // Ref and Fn::GetAtt of PolicyArn are the ARN.
  const id = origin?.kind === 'resource' || origin?.kind === 'attribute' ? origin.id : undefined
  const made = id === undefined ? undefined : Resources[id]
  if (id !== undefined && made?.Type === 'AWS::IAM::ManagedPolicy') {
    const isSure = made.condition === undefined
    return { name: id, document: documentOf(made.Properties['PolicyDocument']), isSure, isElsewhere: false }
  }
  const name =
    typeof arn === 'string' ? arn : (id ?? (origin?.kind === 'parameter' ? origin.name : 'ManagedPolicyArns'))
  return {
    name,
    document: arn instanceof Unknown ? arn : new Unknown({ kind: 'call', fn: 'policy', argument: arn }),
    isSure: true,
    isElsewhere: true,
  }
}

/** One is as good as a list of it; a list that only deployment knows is one unknown. */
function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return []
  return isValueList(value) ? value : [value]
}

/** A policy may also be written as JSON, in which what is unknown stands within texts. */
export function documentOf(value: Value | undefined): Value {
  if (value === undefined) return new Unknown({ kind: 'mistake' })
  if (typeof value !== 'string' && !(value instanceof Unknown && value.origin.kind === 'text')) return value
  const parts = partsOf(value)
  const text = parts.map((part, at) => (typeof part === 'string' ? part : `\u{e000}${at}\u{e001}`)).join('')
  const restore = (json: unknown): Value => {
    if (typeof json === 'string') {
      return concatenate(
        json.split(/\u{e000}(\d+)\u{e001}/u).map((it, at) => (at % 2 === 0 ? it : (parts[Number(it)] ?? ''))),
      )
    }
    if (typeof json === 'number' || typeof json === 'boolean' || json === null) return json
    if (Array.isArray(json)) return json.map(restore)
    if (typeof json !== 'object') return new Unknown({ kind: 'mistake' })
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, restore(item)]))
  }
  try {
    return restore(JSON.parse(text))
  } catch {
    return new Unknown({ kind: 'mistake' })
  }
}

/** The statements of a policy: one that is no list is one, and of what is not known it is one that is not known. */
export function statementsIn(document: Value): readonly Value[] {
  if (document instanceof Unknown) return [document]
  return itemsOf(isValueObject(document) ? document['Statement'] : undefined)
}
