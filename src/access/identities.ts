import { type Document, isList, isObject, type Json } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { fieldOf, ifOf, isNoValue } from './branches.ts'
import type { RoleReferences } from './role-references.ts'

type Who = Grant['who']

/** Who may get which role: by the attachments to identity pools, by user pool groups, and by whom the roles trust. */
export function identitiesOf(document: Document, roles: RoleReferences): ReadonlyMap<string, ReadonlySet<Who>> {
  const who = new Map<string, Set<Who>>()
  const add = (role: string, one: Who): void => {
    who.set(role, (who.get(role) ?? new Set()).add(one))
  }
  const addAll = (value: Json, name: string, one: Who): void => {
    for (const leaf of within(value, name)) add(roles.of(leaf).by, one)
  }
  for (const [id, resource] of Object.entries(document.Resources)) {
    if (!isObject(resource)) continue
    const properties = resource['Properties'] ?? null
    if (resource['Type'] === 'AWS::Cognito::IdentityPoolRoleAttachment') {
      addAll(properties, 'authenticated', 'signed-in')
      addAll(properties, 'unauthenticated', 'guest')
      addAll(properties, 'RoleARN', 'signed-in')
    }
    if (resource['Type'] === 'AWS::Cognito::UserPoolGroup') addAll(properties, 'RoleArn', 'signed-in')
    if (resource['Type'] === 'AWS::IAM::Role')
      for (const one of trusted(fieldOf(properties, 'AssumeRolePolicyDocument') ?? null)) add(id, one)
  }
  return who
}

/** What may be chosen for a field of this name. */
function within(value: Json, name: string): readonly Json[] {
  if (isList(value)) return value.flatMap(item => within(item, name))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => (key === name ? branchesOf(item) : within(item, name)))
}

export function branchesOf(value: Json): readonly Json[] {
  const choice = ifOf(value)
  if (choice !== undefined) return [choice.yes, choice.no].flatMap(branchesOf)
  return isNoValue(value) ? [] : [value]
}

export function references(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(references)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, operand]) => {
    if (key === 'Ref') return typeof operand === 'string' ? [operand] : []
    if (key === 'Fn::GetAtt') {
      const name = isList(operand) ? operand[0] : operand
      return typeof name === 'string' ? [name.split('.')[0] ?? ''] : []
    }
    const text = isList(operand) ? operand[0] : operand
    const names = key === 'Fn::Sub' && typeof text === 'string' ? [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)] : []
    return [...names.map(([, name = '']) => name), ...references(operand)]
  })
}

/** By the `amr` for which a trust policy asks. https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html */
function trusted(value: Json, isNegated = false): readonly Who[] {
  if (isList(value)) return value.flatMap(item => trusted(item, isNegated))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    if (!/^cognito-identity.*:amr$/i.test(key)) return trusted(item, isNegated || /Not/.test(key))
    if (isNegated) return []
    const asked = JSON.stringify(item)
    return [
      ...(asked.includes('"authenticated') ? ['signed-in' as const] : []),
      ...(asked.includes('"unauthenticated') ? ['guest' as const] : []),
    ]
  })
}
