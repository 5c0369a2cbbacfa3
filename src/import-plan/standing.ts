import { type Document, isObject, type Json, type JsonObject, member } from '../document.ts'
import { userPoolIn } from '../live/around.ts'
import type { PoolRoles, Role } from '../live/snapshot.ts'
import { told } from '../live/snapshot.ts'
import { write } from '../resolve/document-of.ts'
import type { Resolved } from '../resolve/index.ts'
import type { Facts, PoolRole } from './facts.ts'
import { type Imported, ids, type Registry, types } from './plan.ts'

/** What is imported, as it stands. */
export type Standing = { readonly document: Document; readonly imported: readonly Imported[] }

/**
 * A template of what stands, under the logical IDs of `identity-pool`. CloudFormation imports without a look at the
 * properties, and updates what differs from the template that it had before: so what is not in here as it is, no update
 * changes, not even by the template that says otherwise.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
 * What an update could only change by a replacement is written as the template has it, where that comes to the same, so
 * that nobody can take it for a change. `fresh`: the template with the parameters that it is going to have.
 */
export function standingOf(facts: Facts, registry: Registry, fresh: Resolved): Standing {
  const { pool, roles, users, guests, tags } = facts
  const isIn = (it: PoolRole | undefined): it is PoolRole & { readonly role: Role } =>
    it?.role !== undefined && it.staysOut === undefined && it.role.path === pathOf(facts)
  const names = new Map<string, Json>([[pool.IdentityPoolId, { Ref: ids.pool }]])
  if (isIn(users)) names.set(users.arn, { 'Fn::GetAtt': [ids.users, 'Arn'] })
  if (isIn(guests) && guests.arn !== users?.arn) names.set(guests.arn, { 'Fn::GetAtt': [ids.guests, 'Arn'] })
  const resources: Record<string, JsonObject> = {}
  const parameters: Record<string, JsonObject> = {}
  const tagged = write(fresh.Resources[ids.tags]?.Properties['IdentityProviderName'])
  const imported: Imported[] = []
  const add = (logicalId: string, identity: Readonly<Record<string, string>>, properties: JsonObject) => {
    const type = types[logicalId] ?? ''
    const identifier = (registry(type)?.primaryIdentifier ?? Object.keys(identity)).map(name => [
      name,
      identity[name] ?? '',
    ])
    imported.push({ logicalId, type, identifier: Object.fromEntries(identifier) })
    const fixed: Record<string, Json> = {}
    for (const name of registry(type)?.createOnly ?? []) {
      const written = writtenIn(fresh, logicalId, name)
      if (written === undefined || properties[name] === undefined) continue
      if (JSON.stringify(written.value) !== JSON.stringify(properties[name])) continue
      fixed[name] = written.expression
      for (const [parameter, value] of Object.entries(written.parameters)) {
        parameters[parameter] = { Type: 'String', Default: value }
      }
    }
    resources[logicalId] = {
      Type: type,
      // an import asks for it; and whoever deletes this stack, or goes back to this template, loses nothing
      ...{ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
      Properties: { ...properties, ...fixed },
    }
  }
  const Id = pool.IdentityPoolId
  add(ids.pool, { Id }, poolProperties(facts))
  if (isIn(users)) add(ids.users, { RoleName: users.role.roleName }, roleProperties(users.role, names))
  if (isIn(guests) && guests.arn !== users?.arn) {
    add(ids.guests, { RoleName: guests.role.roleName }, roleProperties(guests.role, names))
  }
  if (roles !== undefined) add(ids.attachment, { Id }, attachmentProperties(roles, names))
  const map = tags.find(({ provider }) => provider === tagged)
  if (map !== undefined) {
    const { PrincipalTags, UseDefaults } = map.map
    add(
      ids.tags,
      { IdentityPoolId: Id, IdentityProviderName: map.provider },
      {
        ...{ IdentityPoolId: { Ref: ids.pool }, IdentityProviderName: map.provider, UseDefaults },
        ...(Object.keys(PrincipalTags).length === 0 ? {} : { PrincipalTags }),
      },
    )
  }
  return {
    document: {
      AWSTemplateFormatVersion: '2010-09-09',
      ...(Object.keys(parameters).length === 0 ? {} : { Parameters: parameters }),
      Resources: resources,
    },
    imported,
  }
}

type Written = {
  readonly expression: Json
  readonly value: Json
  /** The values of those that it refers to. */
  readonly parameters: Readonly<Record<string, string>>
}

/** A property as the template has it; undefined where it is made of anything but parameters and the pool. */
function writtenIn({ document, env, Resources }: Resolved, logicalId: string, name: string): Written | undefined {
  const resource = member(document.Resources, logicalId)
  const properties = isObject(resource) ? member(resource, 'Properties') : undefined
  const expression = isObject(properties) ? member(properties, name) : undefined
  const value = Resources[logicalId]?.Properties[name]
  if (expression === undefined || value === undefined) return undefined
  const found = referencesIn(expression)
  if (found === undefined) return undefined
  const declared = document.Parameters ?? {}
  const parameters = [...found].flatMap((reference): readonly (readonly [string, string])[] => {
    const declaration = member(declared, reference)
    if (!isObject(declaration)) return []
    const given = member(env.parameters, reference)
    return [[reference, typeof given === 'string' ? given : String(declaration['Default'] ?? '')]]
  })
  const isKnown = [...found].every(
    it => it === ids.pool || it.startsWith('AWS::') || member(declared, it) !== undefined,
  )
  return isKnown ? { expression, value: write(value), parameters: Object.fromEntries(parameters) } : undefined
}

/** What an expression refers to; undefined where it has a function that asks for more than values. */
function referencesIn(expression: Json): ReadonlySet<string> | undefined {
  const found = new Set<string>()
  const own = new Set<string>()
  let isPlain = true
  const visit = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    if (!isObject(value)) return
    for (const [key, operand] of Object.entries(value)) {
      const isCall = key === 'Ref' || key.startsWith('Fn::')
      if (isCall && !['Ref', 'Fn::Sub', 'Fn::Select', 'Fn::Split', 'Fn::Join'].includes(key)) isPlain = false
      if (key === 'Ref') found.add(String(operand))
      const text = key !== 'Fn::Sub' ? undefined : Array.isArray(operand) ? operand[0] : operand
      if (Array.isArray(operand) && isObject(operand[1])) for (const name of Object.keys(operand[1])) own.add(name)
      for (const [, name = ''] of String(text ?? '').matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name)
      visit(operand)
    }
  }
  visit(expression)
  return isPlain ? new Set([...found].filter(name => !own.has(name))) : undefined
}

/** Of the stack's roles: a role at another path would be replaced. */
export function pathOf({ users, guests }: Pick<Facts, 'users' | 'guests'>): string {
  const first = [users, guests].find(it => it?.role !== undefined && it.staysOut === undefined)
  return first?.role?.path ?? '/'
}

function poolProperties({ pool }: Facts): JsonObject {
  const { IdentityPoolId: _, IdentityPoolTags, CognitoIdentityProviders, SupportedLoginProviders, ...own } = pool
  const tags = tagList(IdentityPoolTags ?? {})
  // of Twitter's, which is a secret, the value is not known
  const logins = Object.entries(SupportedLoginProviders ?? {}).filter(([, id]) => id !== '****')
  return {
    AllowClassicFlow: false,
    ...own,
    ...(CognitoIdentityProviders === undefined
      ? {}
      : { CognitoIdentityProviders: CognitoIdentityProviders.map((it): JsonObject => ({ ...it })) }),
    ...(logins.length === 0 ? {} : { SupportedLoginProviders: Object.fromEntries(logins) }),
    ...(tags.length === 0 ? {} : { IdentityPoolTags: tags }),
  }
}

function roleProperties(role: Role, names: ReadonlyMap<string, Json>): JsonObject {
  const tags = tagList(role.tags)
  const policies = (told(role.inline) ?? []).map(
    ({ name, document }): JsonObject => ({ PolicyName: name, PolicyDocument: told(document) ?? {} }),
  )
  const attached = (told(role.attached) ?? []).map(({ arn }) => arn)
  return {
    // no RoleName: the template has none, and to take it away would replace the role
    Path: role.path,
    AssumeRolePolicyDocument: named(role.trust, names),
    ...(role.boundary === undefined ? {} : { PermissionsBoundary: role.boundary.arn }),
    ...(policies.length === 0 ? {} : { Policies: policies }),
    ...(attached.length === 0 ? {} : { ManagedPolicyArns: attached }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
  }
}

/** The template's own names of mappings, where it has one for the same: what is written alike, an update leaves alone. */
function attachmentProperties({ Roles, RoleMappings }: PoolRoles, names: ReadonlyMap<string, Json>): JsonObject {
  const mappings = Object.entries(RoleMappings).map(([provider, { RulesConfiguration, ...mapping }], at) => [
    userPoolIn(provider.replace(/:[^:/]*$/, '')) === undefined
      ? `Provider${at + 1}`
      : `UserPoolClient${at === 0 ? '' : at + 1}`,
    {
      ...{ IdentityProvider: provider, ...mapping },
      ...(RulesConfiguration === undefined
        ? {}
        : { RulesConfiguration: { Rules: RulesConfiguration.Rules.map((rule): JsonObject => ({ ...rule })) } }),
    },
  ])
  return {
    IdentityPoolId: { Ref: ids.pool },
    Roles: named(Roles, names),
    ...(mappings.length === 0 ? {} : { RoleMappings: Object.fromEntries(mappings) }),
  }
}

/** With references, where the template has them, in place of the names that they come to. */
function named(value: Json, names: ReadonlyMap<string, Json>): Json {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) return value.map((item: Json) => named(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item, names)]))
}

/** Without those that CloudFormation gives, which nobody else may. */
function tagList(tags: Readonly<Record<string, string>>): readonly JsonObject[] {
  return Object.entries(tags).flatMap(([Key, Value]) => (Key.startsWith('aws:') ? [] : [{ Key, Value }]))
}
