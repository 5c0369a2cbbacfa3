import type { Resolved } from '../resolve/index.ts'
import { type Permissions, permissionsOf } from './policies.ts'
import { type Roles, rolesOf } from './pools.ts'
import type { Who } from './question.ts'
import { type Session, sessionOf } from './session.ts'
import { type Assumption, mayAssume } from './trust.ts'

/** A role that somebody may have, and what is to be known of it whatever is asked. */
export type Way = Permissions & {
  readonly role: string
  readonly assumption: Assumption
  readonly session: Session
  /** Is it under the session policies that Amazon Cognito gives to guests? */
  readonly isGuest: boolean
  /** The roles that are taken before it, each with the credentials of the one before. */
  readonly through: readonly string[]
}

export type Ways = { readonly roles: Roles; readonly ways: readonly Way[] }

/** The same people ask much of the same template. */
const known = new WeakMap<Resolved, WeakMap<Who, Ways>>()

/** The roles that somebody takes, or may take, with nothing but what they are. */
export function waysOf(resolved: Resolved, who: Who): Ways {
  const ofTemplate = known.get(resolved) ?? new WeakMap<Who, Ways>()
  known.set(resolved, ofTemplate)
  const before = ofTemplate.get(who)
  if (before !== undefined) return before
  const roles = who.kind === 'identity' ? rolesOf(resolved, who) : whicheverRole(resolved)
  const ways = roles.roles.map(role => ({
    ...permissionsOf(resolved, role),
    role,
    assumption: mayAssume(resolved, role, who),
    session: sessionOf(resolved, role, who),
    isGuest: who.kind === 'identity' && !who.isSignedIn && who.flow === 'enhanced',
    through: [],
  }))
  ofTemplate.set(who, { roles, ways })
  return { roles, ways }
}

function whicheverRole(resolved: Resolved): Roles {
  return { roles: rolesIn(resolved), byChoice: true, because: 'the template makes no role' }
}

/** Logical IDs. */
export function rolesIn({ Resources }: Resolved): readonly string[] {
  return Object.keys(Resources).filter(id => Resources[id]?.Type === 'AWS::IAM::Role')
}
