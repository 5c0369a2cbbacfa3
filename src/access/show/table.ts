import type { Resolved } from '../../resolve/index.ts'
import { isValueList, isValueObject, Unknown } from '../../resolve/value.ts'
import { contextValue } from '../decide/request.ts'
import { judge } from '../judge.ts'
import { nameOf } from '../name-of.ts'
import { nestedRoles, poolsOf, type Roles, rolesOf } from '../pools.ts'
import type { Identity, Source, Token, Verdict, Who } from '../question.ts'
import { requestOf, sessionOf } from '../session.ts'
import { mayAssume } from '../trust.ts'
import { type Asker, type Kind, probesOf, type Site, type Variables } from './probes.ts'

/** Who can reach what, by one template in one deployment. */
export type AccessTable = {
  /** Which roles somebody can take; by whom, then by role. */
  readonly roles: readonly RoleRow[]
  readonly rows: readonly Row[]
  /** How many more actions at places the policies name, for which there is no room. */
  readonly leftOut?: number
  /** Why it is not known what somebody reaches, where the template has no such role; clauses. */
  readonly elsewhere?: Readonly<Partial<Record<Column, string>>>
}

export type RoleRow = {
  readonly who: string
  readonly cells: readonly (Cell & { readonly role: string })[]
}

export type Row = {
  readonly kind: Kind
  readonly place: string
  readonly action: string
  readonly cells: Readonly<Record<Column, Cell & { readonly resource: string; readonly context?: Context }>>
}

export type Column = 'user' | 'guest'

type Context = Readonly<Record<string, string>>

export type Cell = {
  readonly decision: Verdict['decision']
  /** The statements that made it so: `PrivateObjects`, or `tutorial[0]` for one without a Sid: the first of that policy. */
  readonly by: readonly string[]
  readonly because: string
  readonly notes: readonly string[]
  /** Allowed, and should not be. */
  readonly isWrong: boolean
}

/** Those whom the table is about. */
export type People = {
  readonly user: Identity
  readonly another: Identity
  readonly guest: Identity
  readonly anotherGuest: Identity
}

/**
 * The people of a template's tables. The user has signed in by the pool's first provider, with an ID of the identity that
 * may be given.
 */
export function peopleOf(resolved: Resolved, region: string, identity?: string): People {
  const provider = firstProvider(resolved)
  const one = (isSignedIn: boolean, id: string, number: string): Identity => ({
    ...{ kind: 'identity', isSignedIn, id, pool: 'own', flow: 'enhanced' },
    ...(isSignedIn && provider !== undefined ? { provider } : {}),
    ...(isSignedIn
      ? { claims: { sub: uuid(number), 'cognito:username': `user-${number}`, username: `user-${number}` } }
      : {}),
  })
  return {
    user: one(true, identity ?? `${region}:${uuid('a')}`, 'a'),
    another: one(true, `${region}:${uuid('b')}`, 'b'),
    guest: one(false, identity ?? `${region}:${uuid('c')}`, 'c'),
    anotherGuest: one(false, `${region}:${uuid('d')}`, 'd'),
  }
}

function uuid(digit: string): string {
  return '11111111-1111-4111-8111-111111111111'.replaceAll('1', digit)
}

/** The first user pool's, if it has one, else that of another provider; undefined where none is known. */
function firstProvider(resolved: Resolved): string | undefined {
  const [pool] = poolsOf(resolved)
  const { CognitoIdentityProviders, SupportedLoginProviders } = pool?.made?.Properties ?? {}
  const [first] = isValueList(CognitoIdentityProviders) ? CognitoIdentityProviders : []
  const name = isValueObject(first) ? first['ProviderName'] : undefined
  if (typeof name === 'string') return name
  return isValueObject(SupportedLoginProviders) ? Object.keys(SupportedLoginProviders)[0] : undefined
}

/** Who can reach what. No rows and no roles: the template has no role that identities of Amazon Cognito can take. */
export function tableOf(resolved: Resolved, people: People, site: Site): AccessTable {
  const roles = cognitoRoles(resolved, people)
  if (roles.length === 0) return { roles: [], rows: [], elsewhere: rolesElsewhere(resolved, people) }
  const askers = { user: askerOf(resolved, roles, people, 'user'), guest: askerOf(resolved, roles, people, 'guest') }
  const { probes, leftOut } = probesOf(resolved, roles, site)
  const rows = probes.map(({ kind, place, action, isHazard, target }): Row => {
    const cell = (column: Column) => {
      const { resource, context } = target(askers[column])
      const question = { who: people[column], action, resource, ...(context === undefined ? {} : { context }) }
      const asked = { resource: nameOf(resource), ...(context === undefined ? {} : { context }) }
      return { ...cellOf(judge(resolved, question), isHazard), ...asked }
    }
    return { kind, place, action, cells: { user: cell('user'), guest: cell('guest') } }
  })
  return { roles: roleRows(resolved, roles, people, site), rows, ...(leftOut === 0 ? {} : { leftOut }) }
}

/** The roles that the identity pools hand out, and those whose trust policies let identities in. */
export function cognitoRoles(resolved: Resolved, people: People): readonly string[] {
  const ids = Object.keys(resolved.Resources).filter(id => resolved.Resources[id]?.Type === 'AWS::IAM::Role')
  const isAttached = poolsOf(resolved).length > 0
  const handedOut = isAttached ? [people.user, people.guest].flatMap(who => rolesOf(resolved, who).roles) : []
  return ids.filter(
    id =>
      handedOut.includes(id) || [people.user, people.guest].some(who => mayAssume(resolved, id, who).truth !== false),
  )
}

/** A pool may give roles that others make, or get them from somebody else. */
function rolesElsewhere(resolved: Resolved, { user, guest }: People): Readonly<Partial<Record<Column, string>>> {
  const nested = nestedRoles(resolved)
  if (nested !== undefined) return { user: nested, guest: nested }
  if (poolsOf(resolved).length === 0) return {}
  const [ofUsers, ofGuests] = [rolesOf(resolved, user).orElse, rolesOf(resolved, guest).orElse]
  return {
    ...(ofUsers === undefined ? {} : { user: ofUsers }),
    ...(ofGuests === undefined ? {} : { guest: ofGuests }),
  }
}

/** By the context of a request that is made with the first of the roles that they have. */
export function askerOf(resolved: Resolved, roles: readonly string[], people: People, column: Column): Asker {
  const [role = ''] = roles
  const variables = (who: Identity): Variables => {
    const request = requestOf(sessionOf(resolved, role, who), { who, action: '', resource: '*' })
    return key => {
      const value = contextValue(request, key)
      if (value === 'open') return new Unknown({ kind: 'pseudo', name: key })
      return typeof value === 'string' || value instanceof Unknown ? value : undefined
    }
  }
  const [own, another] = column === 'user' ? [people.user, people.another] : [people.guest, people.anotherGuest]
  return { own: variables(own), another: variables(another) }
}

export function cellOf({ decision, by, because, notes }: Omit<Verdict, 'role'>, isHazard: boolean): Cell {
  return { decision, by: [...new Set(by.map(sourceName))], because, notes, isWrong: isHazard && decision === 'allow' }
}

function sourceName({ sid, policy, statement }: Source): string {
  return sid ?? `${policy}[${statement}]`
}

function roleRows(resolved: Resolved, roles: readonly string[], people: People, site: Site): readonly RoleRow[] {
  const { user, guest } = people
  const classic = (who: Identity): Identity => ({ ...who, flow: 'classic' })
  const stranger = (who: Identity): Identity => ({ ...who, pool: 'other', flow: 'classic' })
  const own: readonly (readonly [who: string, identity: Identity])[] = [
    ['signed-in user', user],
    ['signed-in user, classic flow', classic(user)],
    ['guest', guest],
    ['guest, classic flow', classic(guest)],
  ]
  const others: readonly (readonly [who: string, caller: Who])[] = [
    ["another pool's user", stranger(user)],
    ["another pool's guest", stranger(guest)],
    ["a provider's own token", tokenOf(resolved, site)],
    [
      'somebody with credentials of AWS',
      { kind: 'principal', arn: `arn:${site.partition}:iam::999999999999:user/somebody` },
    ],
  ]
  return [
    ...own.map(([who, identity]): RoleRow => {
      const handed = rolesOf(resolved, identity)
      const isClassic = identity.flow === 'classic'
      return {
        who,
        cells: roles.map(role => ({
          role,
          ...handedCell(resolved, role, identity, handed, !identity.isSignedIn && isClassic),
        })),
      }
    }),
    ...others.map(
      ([who, caller]): RoleRow => ({
        who,
        cells: roles.map(role => ({ role, ...trustCell(resolved, role, caller, true) })),
      }),
    ),
  ]
}

function handedCell(resolved: Resolved, role: string, who: Identity, handed: Roles, isHazard: boolean): Cell {
  const trust = trustCell(resolved, role, who, isHazard)
  if (trust.decision === 'deny') return trust
  if (handed.orElse !== undefined) return { ...trust, decision: 'unknown', because: handed.orElse, isWrong: false }
  return handed.roles.includes(role)
    ? trust
    : { ...trust, decision: 'deny', by: [], because: handed.because, isWrong: false }
}

function trustCell(resolved: Resolved, role: string, who: Who, isHazard: boolean): Cell {
  const { truth, by, because } = mayAssume(resolved, role, who)
  const decision = truth === 'unknown' ? truth : truth ? 'allow' : 'deny'
  return cellOf({ decision, by, because, notes: [] }, isHazard)
}

/** As an app gets it, and anybody could take it to AWS STS. */
function tokenOf(resolved: Resolved, { region }: Site): Token {
  const issuer = firstProvider(resolved) ?? `cognito-idp.${region}.amazonaws.com/${region}_EXAMPLE`
  return { kind: 'token', issuer, claims: { aud: 'example', sub: uuid('a') } }
}
