import type { Resolved } from '../../resolve/index.ts'
import { Unknown } from '../../resolve/value.ts'
import { contextValue } from '../decide/request.ts'
import { poolsOf, rolesOf } from '../pools.ts'
import { anotherUsers, trustedProviders } from '../providers.ts'
import type { Who } from '../question.ts'
import { requestOf, sessionOf } from '../session.ts'
import { mayAssume } from '../trust.ts'
import { rolesIn } from '../ways.ts'
import type { Column, People } from './people.ts'
import type { Asker, Variables } from './probes.ts'

/** Somebody besides the user and the guest of the enhanced flow. */
export type Further = {
  readonly who: string
  /** Whose other way it is. */
  readonly of?: Column
  readonly caller: Who
  readonly asker: Asker
}

/** Those who get roles in another way than from the pool: by the classic flow, if that may be on, or by a token alone. */
export function furtherOf(resolved: Resolved, roles: readonly string[], people: People): readonly Further[] {
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
  return [...classic, ...byToken]
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
