import { type Document, isObject, type Json, type JsonObject } from '../document.ts'
import type { Bound } from '../manifest.ts'
import { type Decided, fieldsOf, isCall, isNoValue } from './branches.ts'
import { choices, dropped, underCondition } from './each-way.ts'
import { identitiesOf } from './identities.ts'
import { RoleReferences } from './role-references.ts'
import { shown, textOf } from './text.ts'

/**
 * What narrows all that a template's policies allow somebody, with its conditions: the permissions boundary of a role;
 * that a role mapping gives another role instead; that an identity pool has no guests.
 */
export function boundsOf(document: Document): readonly Bound[] {
  const { Resources } = document
  if (!isObject(Resources)) return []
  const own = { ...document, Resources }
  const who = identitiesOf(own, new RoleReferences(own))
  const all = Object.entries(Resources).flatMap(([id, resource]): readonly Bound[] => {
    if (!isObject(resource)) return []
    const find = finderOf(id, resource, own, who)
    if (find === undefined) return []
    return underCondition(resource, new Map(), decided => choices(resource['Properties'] ?? null, decided, find))
  })
  return dropped(all)
}

type Who = ReturnType<typeof identitiesOf>

type Finder = (properties: Json, decided: Decided) => readonly Bound[]

function finderOf(id: string, { Type }: JsonObject, document: Document, who: Who): Finder | undefined {
  switch (Type) {
    case 'AWS::Cognito::IdentityPool':
      return (own, now) => noGuests(id, own, now)
    case 'AWS::Cognito::IdentityPoolRoleAttachment':
      return (own, now) =>
        choices(fieldsOf(own)['RoleMappings'] ?? null, now, (all, inner) => instead(id, all, inner, document))
    case 'AWS::IAM::Role':
    case 'AWS::IAM::User':
      return (own, now) =>
        choices(fieldsOf(own)['PermissionsBoundary'] ?? null, now, arn =>
          [...(who.get(id) ?? ['other' as const])].map(one => ({
            ...{ who: one, by: id, kind: 'boundary', of: shown(textOf(arn, document)), when: [] },
          })),
        )
    default:
      return undefined
  }
}

function noGuests(id: string, properties: Json, decided: Decided): readonly Bound[] {
  return choices(fieldsOf(properties)['AllowUnauthenticatedIdentities'] ?? null, decided, is =>
    String(is) === 'false' ? [{ who: 'guest', by: id, kind: 'nobody', when: [] }] : [],
  )
}

/**
 * A mapping chooses among roles, and says what becomes of those for whom it finds none.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
function instead(id: string, all: Json, decided: Decided, document: Document): readonly Bound[] {
  const mappings = isObject(all) && !isCall(all) ? Object.values(all) : [all]
  return mappings.flatMap(mapping =>
    choices(mapping, decided, own => {
      const { Type, AmbiguousRoleResolution: otherwise } = fieldsOf(own)
      // what is no text may be either
      const kind = Type === 'Rules' ? 'by-rules' : 'by-group'
      const of = isNoValue(otherwise) ? {} : { of: shown(textOf(otherwise ?? null, document)) }
      return [{ who: 'signed-in', by: id, kind, ...of, when: [] }]
    }),
  )
}
