import type { Resolved } from '../../resolve/index.ts'
import { rolesBeyond } from '../beyond.ts'
import { chainedWays } from '../chain.ts'
import { inEachWorld } from '../in-each-world.ts'
import { conditionNames } from '../judge.ts'
import { poolsOf, rolesOf } from '../pools.ts'
import { trustedProviders } from '../providers.ts'
import type { Identity, Token, Verdict, Who } from '../question.ts'
import { relevantConditions } from '../relevant-conditions.ts'
import { mayAssume } from '../trust.ts'
import { rolesIn, waysOf } from '../ways.ts'
import { type AskedCell, ask, type Cell, cellOf } from './ask.ts'
import { askerOf, classicNames, furtherOf } from './further.ts'
import { type Column, firstProvider, type People, uuid } from './people.ts'
import type { Asker, Kind, Site } from './probes/probe.ts'
import { statementsOf } from './probes/statements.ts'
import { probesOf } from './probes.ts'
import { spelled } from './spelled.ts'
import { type Stranger, strangersOf } from './strangers.ts'

export type { AskedCell, Cell } from './ask.ts'
export { type Column, type People, peopleOf } from './people.ts'

/** Who can reach what, by one template in one deployment. */
export type AccessTable = {
  /** Which roles somebody can take; by whom, then by role. */
  readonly roles: readonly RoleRow[]
  readonly rows: readonly Row[]
  /** Who else reaches anything, or what else somebody reaches in another way: whose `more` of each row is. */
  readonly more?: readonly More[]
  /** How many more actions at places the policies name, for which there is no room. */
  readonly leftOut?: number
  /** Names in braces that stand for imported values. */
  readonly stands?: readonly string[]
  /** Those whose roles allow something, by whatever request, though all that is asked is denied. */
  readonly granted?: readonly Column[]
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
  readonly cells: Readonly<Record<Column, AskedCell>>
  /** Of those whom `more` of the table names, in that order. */
  readonly more?: readonly AskedCell[]
}

/** `of` says whose other way it is; `like`, with whom they are one where nothing chooses among roles. */
export type More = { readonly who: string; readonly of?: Column; readonly like?: Column }

/** Who can reach what. No rows and no roles: the template has no role that identities, or tokens alone, can take. */
export function tableOf(resolved: Resolved, people: People, site: Site): AccessTable {
  const ofPool = cognitoRoles(resolved, people)
  const roles = shownRoles(resolved, people, ofPool)
  if (roles.length === 0) return { roles: [], rows: [], elsewhere: rolesElsewhere(resolved, people) }
  const askers = { user: askerOf(resolved, roles, people, 'user'), guest: askerOf(resolved, roles, people, 'guest') }
  const { resolved: named, stands } = spelled(resolved)
  const { probes, leftOut } = probesOf(named, roles, site)
  const cells = (who: Who, asker: Asker) => probes.map(probe => ask(named, probe, who, asker))
  const [users, guests] = [cells(people.user, askers.user), cells(people.guest, askers.guest)]
  const strangers = strangersOf(resolved, people, site)
  const roleTable = roleRows(resolved, { all: roles, ofPool }, people, strangers, site)
  const isOpen = ({ who }: Stranger) =>
    roleTable.some(row => row.who === who && row.cells.some(({ decision }) => decision !== 'deny'))
  const further = furtherOf(resolved, roles, people, strangers.filter(isOpen))
  const more = further.flatMap(({ caller, asker, within, isStranger, ...whose }) => {
    const own = isStranger ? probes.map(it => ({ ...it, isHazard: true })) : probes
    const found = own.map(probe => ask(within === undefined ? named : spelled(within).resolved, probe, caller, asker))
    const usual = whose.of === 'user' ? users : guests
    return whose.of === undefined || saysMore(found, usual) ? [{ whose, cells: found }] : []
  })
  const rows = probes.flatMap(({ kind, place, action }, at): readonly Row[] => {
    const [user, guest] = [users[at], guests[at]]
    if (user === undefined || guest === undefined) return []
    const others = more.flatMap(it => it.cells[at] ?? [])
    return [{ kind, place, action, cells: { user, guest }, ...(more.length === 0 ? {} : { more: others }) }]
  })
  const isDenied = (all: readonly Cell[]) => all.every(({ decision }) => decision === 'deny')
  const granted = [
    ...(isDenied(users) && isGranted(named, people.user) ? ['user' as const] : []),
    ...(isDenied(guests) && isGranted(named, people.guest) ? ['guest' as const] : []),
  ]
  return {
    roles: roleTable,
    rows,
    ...(more.length === 0 ? {} : { more: more.map(it => it.whose) }),
    ...(leftOut === 0 ? {} : { leftOut }),
    ...(stands.length === 0 ? {} : { stands }),
    ...(granted.length === 0 ? {} : { granted }),
  }
}

/** Is there a statement that allows something, of a role that they may have? */
function isGranted(resolved: Resolved, who: Who): boolean {
  const own = waysOf(resolved, who).ways.filter(({ assumption }) => assumption.truth !== false)
  const ways = [...own, ...takenBy(resolved, who)]
  return ways.some(({ role }) => statementsOf(resolved, [role]).some(({ isAllow }) => isAllow))
}

/** Is anything open to them in another way that is not in the usual one? */
function saysMore(cells: readonly Cell[], usual: readonly Cell[]): boolean {
  const rank = { deny: 0, unknown: 1, allow: 2 } as const
  return cells.some(({ decision }, at) => rank[decision] > rank[usual[at]?.decision ?? 'deny'])
}

/** Those of identities; those that tokens alone can take; and those that are taken with the one or the other. */
function shownRoles(resolved: Resolved, people: People, ofPool: readonly string[]): readonly string[] {
  const tokens = trustedProviders(resolved).map(({ token }) => token)
  const byToken = rolesIn(resolved).filter(id => tokens.some(it => mayAssume(resolved, id, it).truth !== false))
  const chained = [people.user, people.guest, ...tokens].flatMap(who => takenBy(resolved, who).map(({ role }) => role))
  return [...new Set([...ofPool, ...byToken, ...chained])]
}

/** What somebody takes by the roles that they have. */
function takenBy(resolved: Resolved, who: Who) {
  return chainedWays(resolved, waysOf(resolved, who).ways, { who, action: 'sts:AssumeRole', resource: '*' })
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
  const beyond = rolesBeyond(resolved)
  if (beyond !== undefined) return { user: beyond, guest: beyond }
  if (poolsOf(resolved).length === 0) return {}
  const [ofUsers, ofGuests] = [rolesOf(resolved, user).orElse, rolesOf(resolved, guest).orElse]
  return {
    ...(ofUsers === undefined ? {} : { user: ofUsers }),
    ...(ofGuests === undefined ? {} : { guest: ofGuests }),
  }
}

function roleRows(
  resolved: Resolved,
  roles: { readonly all: readonly string[]; readonly ofPool: readonly string[] },
  people: People,
  strangers: readonly Stranger[],
  site: Site,
): readonly RoleRow[] {
  const { user, guest } = people
  const classic = (who: Identity): Identity => ({ ...who, flow: 'classic' })
  const own: readonly (readonly [who: string, identity: Identity])[] = [
    ['signed-in user', user],
    [classicNames.user, classic(user)],
    ['guest', guest],
    [classicNames.guest, classic(guest)],
  ]
  const [otherUser, otherGuest, ...principals] = strangers
  const token = { who: "a provider's own token", caller: tokenOf(resolved, site) }
  const others = [otherUser, otherGuest, token, ...principals].filter(it => it !== undefined)
  const row = (who: string, cell: (role: string) => Cell): RoleRow => ({
    who,
    cells: roles.all.map(role => ({ role, ...cell(role) })),
  })
  return [
    ...own.map(([who, identity]) => {
      const { roles: given, orElse } = rolesOf(resolved, { ...identity, flow: 'enhanced' })
      const isClassic = identity.flow === 'classic'
      // guests are then without the session policies, and others may name a role that is not for them
      const isHazard = (role: string) =>
        isClassic && (!identity.isSignedIn || (orElse === undefined && !given.includes(role)))
      return row(who, role => handedCell(resolved, role, identity, isHazard(role)))
    }),
    ...own.flatMap(([who, identity]) => chainRow(resolved, who, identity, row)),
    ...trustedProviders(resolved).flatMap(({ name, token, stranger }) => [
      // whoever brings a role's own tokens is meant
      row(`a token of ${name}`, role => trustCell(resolved, role, token, roles.ofPool.includes(role))),
      ...chainRow(resolved, `a token of ${name}`, token, row),
      ...(stranger === undefined
        ? []
        : [row(`somebody else's token of ${name}`, role => trustCell(resolved, role, stranger, true))]),
    ]),
    ...others.map(({ who, caller }) => row(who, role => trustCell(resolved, role, caller, true))),
  ]
}

/** Which roles somebody takes with another, if there are any. */
function chainRow(
  resolved: Resolved,
  who: string,
  caller: Who,
  row: (who: string, cell: (role: string) => Cell) => RoleRow,
): readonly RoleRow[] {
  const taken = takenBy(resolved, caller)
  if (taken.length === 0) return []
  const refused = { decision: 'deny', by: [], because: 'no role that they have takes it', notes: [] } as const
  return [
    row(`${who}, by another role`, role => {
      const found = taken.find(it => it.role === role)?.assumption
      return cellOf(found === undefined ? refused : { ...found, decision: decisionOf(found.truth), notes: [] }, false)
    }),
  ]
}

function handedCell(resolved: Resolved, role: string, who: Identity, isHazard: boolean): Cell {
  return roleCell(resolved, role, isHazard, world => {
    const trust = mayAssume(world, role, who)
    const answer = { ...trust, decision: decisionOf(trust.truth) }
    if (answer.decision === 'deny') return answer
    const { orElse, onlyIf, roles, because } = rolesOf(world, who)
    if (orElse !== undefined) return { ...answer, decision: 'unknown', because: orElse }
    if (!roles.includes(role)) return { decision: 'deny', by: [], because }
    return onlyIf === undefined ? answer : { ...answer, decision: 'unknown', because: onlyIf }
  })
}

function trustCell(resolved: Resolved, role: string, who: Who, isHazard: boolean): Cell {
  return roleCell(resolved, role, isHazard, world => {
    const trust = mayAssume(world, role, who)
    return { ...trust, decision: decisionOf(trust.truth) }
  })
}

type Trusting = Pick<Verdict, 'decision' | 'by' | 'because'>

function roleCell(resolved: Resolved, id: string, isHazard: boolean, ask: (world: Resolved) => Trusting): Cell {
  const found = inEachWorld(resolved, ask, world => relevantConditions(world, it => it === id, []))
  const [first] = found.kind === 'differs' ? found.answers : [found.answer]
  if (found.kind === 'same') return cellOf({ ...first, notes: [] }, isHazard)
  const because = `it depends on ${conditionNames(found.conditions)}, not known here`
  return cellOf({ decision: 'unknown', by: first.by, because, notes: [] }, isHazard)
}

function decisionOf(truth: boolean | 'unknown'): Verdict['decision'] {
  return truth === 'unknown' ? truth : truth ? 'allow' : 'deny'
}

/** As an app gets it, and anybody could take it to AWS STS. */
function tokenOf(resolved: Resolved, { region }: Site): Token {
  const issuer = firstProvider(resolved) ?? `cognito-idp.${region}.amazonaws.com/${region}_EXAMPLE`
  return { kind: 'token', issuer, claims: { aud: 'example', sub: uuid('a') } }
}
