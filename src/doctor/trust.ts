import { meets } from '../access/decide/condition.ts'
import type { ContextValue, Request } from '../access/decide/request.ts'
import { decide, hasAction } from '../access/decide/statement.ts'
import { any, not, type Truth } from '../access/decide/truth.ts'
import { isObject, type JsonObject } from '../document.ts'
import type { Role } from '../live/snapshot.ts'
import { nearest } from '../nearest.ts'
import type { Value, ValueObject } from '../resolve/value.ts'
import type { Code } from './causes.ts'
import { type Draft, finding, type Place } from './finding.ts'
import { setRoles, updateTrust, withoutTrust } from './mend.ts'
import type { Remedy } from './remedy.ts'
import { type Kind, rolesRead, type Standing, type Use, whoGets } from './standing.ts'
import { type Line, linesOf, statementsIn, textsOf } from './statements.ts'

const action = 'sts:AssumeRoleWithWebIdentity'
const trustPolicy = 'AssumeRolePolicyDocument'

/** What is to be known of whoever takes a role: with which claims of the pool's token. */
type Caller = { readonly host: string; readonly aud: string; readonly amr: readonly string[] }

const somebody = '11111111-2222-4333-8444-555555555555'

/** Those who may come for a use; each of them has signed in by another provider. */
function callersOf({ pool }: Standing, host: string, { kind, providers }: Use): readonly Caller[] {
  const aud = pool.IdentityPoolId
  if (kind === 'unauthenticated') return [{ host, aud, amr: ['unauthenticated'] }]
  const by = providers.map(it => ['authenticated', it, `${it}:CognitoSignIn:${somebody}`])
  return (by.length === 0 ? [['authenticated']] : by).map(amr => ({ host, aud, amr }))
}

function requestOf({ host, aud, amr }: Caller, region: string, asked = action): Request {
  const context = new Map<string, ContextValue>([
    [`${host}:aud`, aud],
    [`${host}:sub`, `${region}:${somebody}`],
    [`${host}:amr`, amr],
    ['aws:federatedprovider', host],
  ])
  return {
    ...{ action: asked, resource: '*' },
    context,
    // a token has no claims but its own; what else a request has is not known here
    open: { has: key => !key.slice(0, key.indexOf(':')).includes('.') && !key.startsWith('aws:principal') },
  }
}

/** Does the trust policy let them take the role? */
function admits(role: Role, caller: Caller, region: string, asked = action) {
  return decide([role.trust], requestOf(caller, region, asked), statement => isFor(statement, caller.host))
}

function isFor({ Principal, NotPrincipal }: ValueObject, host: string): Truth {
  if (Principal !== undefined) return names(Principal, host)
  return NotPrincipal === undefined ? false : not(names(NotPrincipal, host))
}

function names(principal: Value, host: string): Truth {
  if (principal === '*') return true
  if (!isRecord(principal)) return false
  return any(
    Object.entries(principal).map(([kind, value]) =>
      [value]
        .flat()
        .some(it => (kind === 'Federated' && it === host) || (it === '*' && /^(?:AWS|Federated)$/.test(kind))),
    ),
  )
}

const isRecord = (value: Value): value is ValueObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of roles that do not let in whom they are for, and of those that let in others as well. */
export function trustFindings(standing: Standing): readonly Draft[] {
  const { host } = standing
  if (host === undefined) return []
  const swapped = swappedRoles(standing, host)
  return [
    ...swapped,
    ...rolesRead(standing).flatMap(({ role, uses }) => [
      ...(swapped.length > 0 && uses.every(it => it.isDefault) ? [] : refusals(standing, host, role, uses)),
      ...openings(standing, host, role, uses),
      ...tagging(standing, host, role, uses),
    ]),
  ]
}

/** Roles of which it cannot be known here whether they let in whom they are for: on what it hangs. */
export function openTrust(standing: Standing): readonly { readonly role: string; readonly keys: readonly string[] }[] {
  const { host, snapshot } = standing
  if (host === undefined) return []
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const isOpen = uses.some(use => decisionOf(standing, host, role, use) === 'unknown')
    if (!isOpen || amrOperators(role, host).length > 0) return []
    const keys = statementsIn(role.trust).flatMap(it => linesOf(it['Condition']).map(({ key }) => key))
    const known = requestOf({ host, aud: '', amr: [] }, snapshot.region).context
    return [{ role: role.arn, keys: [...new Set(keys.filter(key => known.get(key.toLowerCase()) === undefined))] }]
  })
}

function decisionOf(standing: Standing, host: string, role: Role, use: Use): 'allow' | 'deny' | 'unknown' {
  const decisions = callersOf(standing, host, use).map(it => admits(role, it, standing.snapshot.region).decision)
  // whoever has signed in by one of the providers may have it
  return decisions.includes('allow') ? 'allow' : decisions.includes('unknown') ? 'unknown' : 'deny'
}

// ---- the wrong way round -------------------------------------------------------------------------------------------

function swappedRoles(standing: Standing, host: string): readonly Draft[] {
  const [signedIn, guests] = (['authenticated', 'unauthenticated'] as const).map(kind =>
    standing.uses.find(it => it.isDefault && it.kind === kind),
  )
  if (signedIn?.answer.kind !== 'is' || guests?.answer.kind !== 'is') return []
  const [first, second] = [signedIn.answer.value, guests.answer.value]
  const isSwapped =
    decisionOf(standing, host, first, signedIn) === 'deny' &&
    decisionOf(standing, host, second, guests) === 'deny' &&
    decisionOf(standing, host, first, guests) === 'allow' &&
    decisionOf(standing, host, second, signedIn) === 'allow'
  if (!isSwapped) return []
  return [
    finding('roles-swapped', {
      what: `The role ${first.roleName}, which is attached for signed-in users, trusts guests alone; ${second.roleName}, which is attached for guests, trusts signed-in users alone.`,
      where: { role: first.roleName },
      mend: [
        setRoles(
          it => ({ ...it, Roles: { authenticated: second.arn, unauthenticated: first.arn } }),
          'Attach them the other way round',
        ),
      ],
    }),
  ]
}

// ---- who is refused ------------------------------------------------------------------------------------------------

function refusals(standing: Standing, host: string, role: Role, uses: readonly Use[]): readonly Draft[] {
  const refused = uses.filter(it => decisionOf(standing, host, role, it) === 'deny')
  const [use] = refused
  if (use === undefined) return []
  const [caller] = callersOf(standing, host, use)
  if (caller === undefined) return []
  const who = whoGets(refused)
  const where = { ...use.where, role: role.roleName, policy: trustPolicy }
  const denials = admits(role, caller, standing.snapshot.region).by
  if (denials.length > 0) return [denied(standing, role, denials, who, where)]
  const statements = statementsIn(role.trust)
  const wrongs = statements
    .map((fields, at) => ({ at, faults: faultsOf(standing, fields, caller, use.kind) }))
    .filter(({ at }) => statements[at]?.['Effect'] === 'Allow')
    .sort((a, b) => weightOf(a.faults) - weightOf(b.faults))
  const [best] = wrongs
  const right = (at?: number) => rightStatement(standing, host, role, uses, at)
  if (best === undefined || best.faults.some(({ code }) => code === 'trust-not-cognito')) {
    return [
      finding('trust-not-cognito', {
        what: `The role ${role.roleName}, which ${who} get, trusts no identity pool.`,
        where,
        mend: [updateTrust(role, undefined, right(), 'Have it trust this pool')],
      }),
    ]
  }
  const others = best.faults.some(it => it.code === 'trust-other-pool') ? poolsIn(statements[best.at]) : []
  const besides = rightStatement(standing, host, role, uses, best.at, others)
  return best.faults.map(({ code, what, words }) =>
    finding(code, {
      what: `The role ${role.roleName}, which ${who} get, ${what}.`,
      where: { ...where, statement: best.at + 1, ...sidOf(statements[best.at]) },
      mend: [
        updateTrust(role, best.at, besides, words),
        ...(code === 'trust-other-pool'
          ? [updateTrust(role, best.at, right(best.at), `Or this one alone, if ${others.join(' and ')} is gone`)]
          : []),
      ],
    }),
  )
}

/** Those that a statement names, as it names them. */
function poolsIn(statement: JsonObject | undefined): readonly string[] {
  const names = claimNames(statement ?? {})
  return linesOf(statement?.['Condition']).flatMap(({ key, values }) => (names.get(key) === 'aud' ? values : []))
}

function sidOf(statement: JsonObject | undefined): Pick<Place, 'sid'> {
  const sid = statement?.['Sid']
  return typeof sid === 'string' && sid !== '' ? { sid } : {}
}

function denied(
  standing: Standing,
  role: Role,
  denials: readonly { readonly statement: number }[],
  who: string,
  where: Place,
): Draft {
  const numbers = denials.map(it => it.statement)
  const statements = statementsIn(role.trust).filter((_, at) => !numbers.includes(at))
  const [first = 0] = numbers
  const isWhole = statements.some(it => it['Effect'] === 'Allow')
  return finding('trust-denied', {
    what: `The role ${role.roleName}, which ${who} get, denies it by statement ${first + 1} of its trust policy.`,
    where: { ...where, statement: first + 1, ...sidOf(statementsIn(role.trust)[first]) },
    mend: isWhole
      ? [withoutTrust(role, numbers, 'Take the denial out, unless it is meant: then hand out another role')]
      : [{ words: `Give the role ${role.roleName} a trust policy that lets ${standing.pool.IdentityPoolId} in` }],
  })
}

type Fault = { readonly code: Code; readonly what: string; readonly words: string }

/** A statement that is not about identity pools is further from right than any that is. */
const weightOf = (faults: readonly Fault[]): number =>
  faults.length + (faults.some(({ code }) => code === 'trust-not-cognito') ? 100 : 0)

/** Why a statement does not let the caller take the role. */
function faultsOf(standing: Standing, fields: JsonObject, caller: Caller, kind: Kind): readonly Fault[] {
  const { region } = standing.snapshot
  const { host } = caller
  const meant = meantHost(fields, host)
  if (meant === undefined) return [{ code: 'trust-not-cognito', what: 'trusts no identity pool', words: '' }]
  const faults: Fault[] = []
  if (meant.kind === 'service') {
    faults.push({
      code: 'trust-service-principal',
      what: `names ${meant.name} as a service, and Cognito asks for it as an identity provider`,
      words: `Name ${host} under Federated`,
    })
  } else if (meant.name !== host || hostsOfKeys(fields).some(it => it !== host)) {
    const wrong = meant.name !== host ? meant.name : (hostsOfKeys(fields).find(it => it !== host) ?? '')
    faults.push({
      code: 'trust-wrong-host',
      what: `trusts ${wrong}, and in ${region} ${host} signs the tokens of identity pools`,
      words: `Write ${host}, also before :aud and :amr`,
    })
  }
  const request = requestOf(caller, region)
  if (hasAction(fields, request) === false) {
    const said = textsOf(fields['Action']).join(', ') || 'no action'
    faults.push({
      code: 'trust-wrong-action',
      what: `allows ${said}, and Cognito calls ${action}`,
      words: `Allow ${action}`,
    })
  }
  const names = claimNames(fields)
  for (const line of linesOf(fields['Condition'])) {
    // the host is told already
    const key = `${host}:${names.get(line.key) ?? ''}`
    const asked = names.has(line.key) ? key : line.key
    if (meets(line.operator, asked, [...line.values], request, true) !== false) continue
    faults.push(conditionFault(line, names.get(line.key), standing, kind))
  }
  return faults
}

function conditionFault(
  { operator, key, values }: Line,
  claim: string | undefined,
  standing: Standing,
  kind: Kind,
): Fault {
  const { IdentityPoolId } = standing.pool
  switch (claim) {
    case 'aud':
      return {
        code: 'trust-other-pool',
        what: `trusts the identity pool ${values.join(' or ')}, and this one is ${IdentityPoolId}`,
        words: 'Name this pool under aud, too',
      }
    case 'amr':
      return {
        code: 'trust-wrong-amr',
        what: `asks for amr ${values.join(' or ')} (${operator}), and they have ${kind}`,
        words: `Ask for ${kind}, by ForAnyValue:StringLike`,
      }
    default:
      return {
        code: 'trust-other-condition',
        what: `asks for ${key} ${values.join(' or ')} (${operator}), which their tokens do not have`,
        words: 'Take the condition out, unless it is meant: then hand out another role',
      }
  }
}

type Meant = { readonly kind: 'host' | 'service'; readonly name: string }

/** By which name the statement means Cognito identity pools; undefined where it means somebody else. */
function meantHost({ Principal }: JsonObject, host: string): Meant | undefined {
  if (Principal === '*') return { kind: 'host', name: host }
  if (!isObject(Principal)) return undefined
  const federated = textsOf(Principal['Federated'])
  if (federated.includes(host) || federated.includes('*') || textsOf(Principal['AWS']).includes('*')) {
    return { kind: 'host', name: host }
  }
  const like = federated.find(isLikeHost)
  if (like !== undefined) return { kind: 'host', name: like }
  const service = textsOf(Principal['Service']).find(isLikeHost)
  return service === undefined ? undefined : { kind: 'service', name: service }
}

/** Of Cognito, as far as somebody may have meant it: not a user pool's own, which is a provider of its own. */
function isLikeHost(name: string): boolean {
  if (name.startsWith('arn:')) return false
  return /cognito/i.test(name) || nearest(name, ['cognito-identity.amazonaws.com']) !== undefined
}

/** The claims that the keys of a statement ask for, whatever the host. */
function claimNames({ Condition }: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    linesOf(Condition).flatMap(({ key }) => {
      const [, host = '', claim = ''] = /^([^:]+):(aud|amr|sub)$/i.exec(key) ?? []
      return host !== '' && isLikeHost(host) ? [[key, claim.toLowerCase()] as const] : []
    }),
  )
}

function hostsOfKeys(fields: JsonObject): readonly string[] {
  return [...claimNames(fields).keys()].map(key => key.slice(0, key.lastIndexOf(':')).toLowerCase())
}

/** What lets in whom the role is for, and nobody else but those of other pools; in the place of a statement it keeps its Sid. */
export function rightStatement(
  standing: Standing,
  host: string,
  role: Pick<Role, 'trust'>,
  uses: readonly Use[],
  at?: number,
  otherPools: readonly string[] = [],
): JsonObject {
  const kinds = [...new Set(uses.map(it => it.kind))]
  const { sid }: Pick<Place, 'sid'> = at === undefined ? {} : sidOf(statementsIn(role.trust)[at])
  const own = standing.pool.IdentityPoolId
  const isTagged = uses.some(it => taggedBy(standing, it).length > 0)
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: 'Allow',
    Principal: { Federated: host },
    Action: isTagged ? [action, 'sts:TagSession'] : action,
    Condition: {
      StringEquals: { [`${host}:aud`]: otherPools.length === 0 ? own : [...otherPools, own] },
      'ForAnyValue:StringLike': { [`${host}:amr`]: kinds.length === 1 ? (kinds[0] ?? '') : kinds },
    },
  }
}

// ---- who else is let in --------------------------------------------------------------------------------------------

const otherPool = '00000000-0000-4000-8000-000000000000'

function openings(standing: Standing, host: string, role: Role, uses: readonly Use[]): readonly Draft[] {
  const { region } = standing.snapshot
  const callers = uses.flatMap(it => callersOf(standing, host, it))
  const admitted = callers.filter(it => admits(role, it, region).decision !== 'deny')
  const [known] = admitted
  if (known === undefined) return []
  const where: Place = { role: role.roleName, policy: trustPolicy }
  const who = whoGets(uses)
  const stranger = { ...known, aud: `${region}:${otherPool}` }
  const anyPool = admits(role, stranger, region)
  const operators = amrOperators(role, host)
  const other: Kind | undefined = uses.every(it => it.kind === 'authenticated')
    ? 'unauthenticated'
    : uses.every(it => it.kind === 'unauthenticated')
      ? 'authenticated'
      : undefined
  const anyAmr = other === undefined ? undefined : admits(role, { ...known, amr: [other] }, region)
  const at = (by: readonly { readonly statement: number }[]) => by[0]?.statement
  const placed = (index: number | undefined): Place =>
    index === undefined ? where : { ...where, statement: index + 1, ...sidOf(statementsIn(role.trust)[index]) }
  const mended = (index: number | undefined, words: string) =>
    updateTrust(role, index, rightStatement(standing, host, role, uses, index), words)
  const [operator] = operators
  return [
    ...(anyPool.decision === 'allow'
      ? [
          finding('trust-any-pool', {
            what: `The role ${role.roleName}, which ${who} get, can be taken by identities of any identity pool, of any AWS account.`,
            where: placed(at(anyPool.by)),
            mend: [mended(at(anyPool.by), `Ask for this pool under ${host}:aud`)],
          }),
        ]
      : []),
    ...(anyAmr?.decision === 'allow'
      ? [
          finding('trust-any-amr', {
            what: `The role ${role.roleName}, which ${who} get, can also be taken by ${other === 'authenticated' ? 'signed-in users' : 'guests'} of the pool.`,
            where: placed(at(anyAmr.by)),
            mend: [mended(at(anyAmr.by), `Ask for ${uses[0]?.kind ?? ''} under ${host}:amr`)],
          }),
        ]
      : []),
    ...(operator === undefined
      ? []
      : [
          finding('trust-amr-operator', {
            what: `The trust policy of the role ${role.roleName} compares ${host}:amr by ${operator.name}; whoever has signed in has several values of it.`,
            where: placed(operator.at),
            mend: [mended(operator.at, 'Compare it by ForAnyValue:StringLike')],
          }),
        ]),
  ]
}

/** Where `amr` is compared as if it had one value, or all of its values had to be it. */
function amrOperators({ trust }: Role, host: string): readonly { readonly at: number; readonly name: string }[] {
  return statementsIn(trust).flatMap(({ Effect, Condition }, at) =>
    linesOf(Condition).flatMap(({ operator, key }) =>
      Effect === 'Allow' && key.toLowerCase() === `${host}:amr` && !/^(?:ForAnyValue:|Null$)/.test(operator)
        ? [{ at, name: operator }]
        : [],
    ),
  )
}

// ---- tags ----------------------------------------------------------------------------------------------------------

/** The providers of a use whose claims become tags of its sessions. */
export function taggedBy({ snapshot }: Standing, { providers, kind }: Use): readonly string[] {
  if (kind === 'unauthenticated') return []
  return snapshot.principalTags.flatMap(({ provider, answer }) =>
    answer.kind === 'is' && providers.includes(provider) ? [provider] : [],
  )
}

/** That the role takes tags, whatever is mapped yet; none where it does, or lets nobody in. */
export function withTagSession(standing: Standing, role: Role, uses: readonly Use[]): readonly Remedy[] {
  const { host, snapshot } = standing
  const [use] = uses
  const [caller] = host === undefined || use === undefined ? [] : callersOf(standing, host, use)
  if (host === undefined || caller === undefined) return []
  const { decision, by } = admits(role, caller, snapshot.region)
  if (decision === 'deny' || admits(role, caller, snapshot.region, 'sts:TagSession').decision !== 'deny') return []
  const at = by[0]?.statement
  const statement = { ...rightStatement(standing, host, role, uses, at), Action: [action, 'sts:TagSession'] }
  return [
    updateTrust(role, at, statement, `Allow sts:TagSession in the trust policy of the role ${role.roleName}, first`),
  ]
}

function tagging(standing: Standing, host: string, role: Role, uses: readonly Use[]): readonly Draft[] {
  const { region } = standing.snapshot
  const found = uses.flatMap(use =>
    taggedBy(standing, use).flatMap(provider => {
      const [caller] = callersOf(standing, host, { ...use, providers: [provider] })
      // who is not let in at all has none
      if (caller === undefined || admits(role, caller, region).decision === 'deny') return []
      return admits(role, caller, region, 'sts:TagSession').decision === 'deny' ? [{ provider, caller }] : []
    }),
  )
  const [first] = found
  if (first === undefined) return []
  const at = admits(role, first.caller, region).by[0]?.statement
  const providers = [...new Set(found.map(it => it.provider))].join(', ')
  return [
    finding('trust-without-tag-session', {
      what: `Claims of ${providers} become principal tags, and the trust policy of the role ${role.roleName}, which ${whoGets(uses)} get, does not allow sts:TagSession.`,
      where: { role: role.roleName, policy: trustPolicy, ...(at === undefined ? {} : { statement: at + 1 }) },
      mend: [updateTrust(role, at, rightStatement(standing, host, role, uses, at), 'Allow sts:TagSession too')],
    }),
  ]
}
