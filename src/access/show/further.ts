import type { Resolved } from '../../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import { contextValue } from '../decide/request.ts'
import { poolsOf, roleIdOf, rolesOf } from '../pools.ts'
import { anotherUsers, trustedProviders } from '../providers.ts'
import type { Identity, Who } from '../question.ts'
import { requestOf, sessionOf } from '../session.ts'
import { mayAssume } from '../trust.ts'
import { rolesIn } from '../ways.ts'
import type { Column, People } from './people.ts'
import type { Asker, Variables } from './probes/probe.ts'
import type { Stranger } from './strangers.ts'

/** Somebody besides the user and the guest of the enhanced flow. */
export type Further = {
  readonly who: string
  /** Whose other way it is. */
  readonly of?: Column
  /** With whom they are one where nothing chooses among roles. */
  readonly like?: Column
  readonly caller: Who
  readonly asker: Asker
  /** The template as it is for them, if that is not as for others. */
  readonly within?: Resolved
  /** Is it somebody who should reach nothing at all? */
  readonly isStranger?: true
}

/**
 * Those who get roles in another way than from the pool: by the classic flow, if that may be on, or by a token alone; a
 * user with each role that a group or a rule may give; and strangers, whom a role lets in.
 */
export function furtherOf(
  resolved: Resolved,
  roles: readonly string[],
  people: People,
  strangers: readonly Stranger[],
): readonly Further[] {
  const classic = (['user', 'guest'] as const).flatMap((column): readonly Further[] => {
    const caller = { ...people[column], flow: 'classic' } as const
    if (poolsOf(resolved).length === 0 || rolesOf(resolved, caller).roles.length === 0) return []
    return [{ who: classicNames[column], of: column, caller, asker: askerOf(resolved, roles, people, column) }]
  })
  const byToken = trustedProviders(resolved).map(({ name, token }): Further => {
    const role = rolesIn(resolved).find(id => mayAssume(resolved, id, token).truth !== false) ?? ''
    const asker = { own: variables(resolved, role, token), another: variables(resolved, role, anotherUsers(token)) }
    return { who: `a token of ${name}`, caller: token, asker }
  })
  const asker = askerOf(resolved, roles, people, 'user')
  const byChoice = chosenRoles(resolved, people.user).map((role): Further => {
    const within = withRole(resolved, role)
    return { who: `signed-in user with ${role}`, of: 'user', like: 'user', caller: people.user, asker, within }
  })
  const others = strangers.map(({ who, caller }): Further => ({ who, caller, asker, isStranger: true }))
  return [...classic, ...byToken, ...byChoice, ...others]
}

/** The roles of the template that a group, a rule, or the lack of them may give, where it is not known which. */
function chosenRoles(resolved: Resolved, user: Identity): readonly string[] {
  if (rolesOf(resolved, user).orElse === undefined) return []
  const { Resources } = resolved
  const arns = Object.values(Resources).flatMap(({ Type, Properties }): readonly Value[] => {
    if (Type === 'AWS::Cognito::UserPoolGroup') return [Properties['RoleArn'] ?? null]
    const { RoleMappings } = Type === attachmentType ? Properties : {}
    return Object.values(isValueObject(RoleMappings) ? RoleMappings : {}).flatMap(rulesOf)
  })
  const byDefault = rolesOf(resolved, { ...user, groupRole: 'none' }).roles
  const chosen = new Set([...byDefault, ...arns.flatMap(arn => roleIdOf(resolved, arn) ?? [])])
  return [...chosen].filter(id => mayAssume(resolved, id, user).truth !== false)
}

const attachmentType = 'AWS::Cognito::IdentityPoolRoleAttachment'

function rulesOf(mapping: Value): readonly Value[] {
  const configuration = isValueObject(mapping) ? mapping['RulesConfiguration'] : undefined
  const rules = isValueObject(configuration) ? configuration['Rules'] : undefined
  return isValueList(rules) ? rules.flatMap(it => (isValueObject(it) ? [it['RoleARN'] ?? null] : [])) : []
}

/** The template in which users get that role, whoever they are. */
function withRole(resolved: Resolved, role: string): Resolved {
  const Resources = Object.entries(resolved.Resources).map(([id, resource]) => {
    if (resource.Type !== attachmentType) return [id, resource] as const
    const { RoleMappings: _, ...rest } = resource.Properties
    const authenticated = new Unknown({ kind: 'attribute', id: role, attribute: 'Arn' })
    const others = isValueObject(rest['Roles']) ? rest['Roles'] : {}
    return [id, { ...resource, Properties: { ...rest, Roles: { ...others, authenticated } } }] as const
  })
  return { ...resolved, Resources: Object.fromEntries(Resources) }
}

export const classicNames: Readonly<Record<Column, string>> = {
  user: 'signed-in user, classic flow',
  guest: 'guest, classic flow',
}

/** By the context of a request that is made with the first of the roles that they have. */
export function askerOf(resolved: Resolved, roles: readonly string[], people: People, column: Column): Asker {
  const [role = ''] = roles
  const [own, another] = column === 'user' ? [people.user, people.another] : [people.guest, people.anotherGuest]
  return { own: variables(resolved, role, own), another: variables(resolved, role, another) }
}

function variables(resolved: Resolved, role: string, who: Who): Variables {
  const request = requestOf(sessionOf(resolved, role, who), { who, action: '', resource: '*' })
  return key => {
    const value = contextValue(request, key)
    if (value === 'open') return new Unknown({ kind: 'pseudo', name: key })
    return typeof value === 'string' || value instanceof Unknown ? value : undefined
  }
}
