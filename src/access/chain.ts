import type { Resolved } from '../resolve/index.ts'
import { concatenate, isValueObject, partsOf, Unknown, type Value } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import { hasAction } from './decide/statement.ts'
import { all, any, type Truth } from './decide/truth.ts'
import { documentOf, permissionsOf, statementsIn } from './policies.ts'
import { roleIdOf } from './pools.ts'
import type { Question, Source } from './question.ts'
import { saidOfCaller } from './said.ts'
import { sessionOf } from './session.ts'
import { mayAssume } from './trust.ts'
import { rolesIn, type Way } from './ways.ts'
import { withRole } from './with-role.ts'

/**
 * The roles of the template that somebody may take with the credentials of others, one after another: the role that is
 * taken must trust the one that asks, and that one's policies must allow `sts:AssumeRole`, unless it is trusted by name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function chainedWays(resolved: Resolved, ways: readonly Way[], question: Question): readonly Way[] {
  const takers = trustingRoles(resolved)
  if (takers.length === 0) return []
  const asked = ofTaking(question)
  const found = new Map<string, Way>()
  const queue = ways.filter(it => it.assumption.truth !== false)
  // One that is surely taken is not taken again; of others a surer way may be found.
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    for (const role of takers) {
      const before = found.get(role)
      if (before?.assumption.truth === true || way.role === role || way.through.includes(role)) continue
      const taken = takenBy(resolved, way, role, asked)
      if (taken === undefined || (before !== undefined && taken.assumption.truth !== true)) continue
      found.set(role, taken)
      queue.push(taken)
    }
  }
  return [...found.values()]
}

/** The request by which somebody takes a role, but for which it is. */
function ofTaking({ who, context }: Question): Omit<Question, 'resource'> {
  return { who, action: takeRole, context: Object.fromEntries(saidOfCaller(context)) }
}

function takenBy(resolved: Resolved, way: Way, role: string, asked: Omit<Question, 'resource'>): Way | undefined {
  const taker = { kind: 'role', id: way.role } as const
  const trust = mayAssume(resolved, role, taker, saidOfCaller(asked.context))
  if (trust.truth === false) return undefined
  const { truth, by } = isAllowedTo(resolved, way, role, asked)
  const whole = all([way.assumption.truth, trust.truth, truth])
  if (whole === false) return undefined
  const because =
    whole === true
      ? `${way.role} takes the role ${role}`
      : `whether ${way.role} takes the role ${role} is not known here`
  const missing = trust.truth === 'unknown' ? trust.missing : way.assumption.missing
  return {
    ...permissionsOf(resolved, role),
    role,
    assumption: { truth: whole, by: [...trust.by, ...by], because, ...(missing === undefined ? {} : { missing }) },
    session: sessionOf(resolved, role, taker),
    isGuest: false,
    through: [...way.through, way.role],
  }
}

/** Do the policies of the role that asks let it take the other, or does that name it? */
function isAllowedTo(
  resolved: Resolved,
  way: Way,
  role: string,
  asked: Omit<Question, 'resource'>,
): { readonly truth: Truth; readonly by: readonly Source[] } {
  const surely: Way = { ...way, assumption: { ...way.assumption, truth: true } }
  const answers = arnsOf(resolved, role).map(resource => withRole(surely, { ...asked, resource }))
  const denial = answers.find(it => it.decision === 'deny' && it.by.length > 0)
  if (denial !== undefined) return { truth: false, by: denial.by }
  const allowed = answers.find(it => it.decision === 'allow')
  if (allowed !== undefined) return { truth: true, by: allowed.by }
  // A name that is known says more than that there is one.
  const open = answers.at(-1)?.decision === 'unknown'
  const isNamed = namedBy(resolved, role, way.role)
  if (isNamed !== false && !way.isGuest)
    return { truth: way.boundary === undefined && !open ? isNamed : 'unknown', by: [] }
  return { truth: open ? 'unknown' : false, by: [] }
}

const takeRole = 'sts:AssumeRole'

function arnsOf({ Resources, env }: Resolved, id: string): readonly (string | Unknown)[] {
  const { RoleName, Path = '/' } = Resources[id]?.Properties ?? {}
  const made = new Unknown({ kind: 'attribute', id, attribute: 'Arn' })
  const isText = (value: Value | undefined) => typeof value === 'string' || value instanceof Unknown
  if (!isText(RoleName) || !isText(Path)) return [made]
  return [made, concatenate(['arn:', env.partition, ':iam::', env.accountId, ':role', Path, RoleName])]
}

/** The roles whose trust policies name something of AWS, so that a role may be it. */
export function trustingRoles(resolved: Resolved): readonly string[] {
  const before = trusting.get(resolved)
  if (before !== undefined) return before
  const roles = rolesIn(resolved).filter(id => principalsOf(resolved, id).length > 0)
  trusting.set(resolved, roles)
  return roles
}

const trusting = new WeakMap<Resolved, readonly string[]>()

/** What a trust policy names as principals of AWS; an unknown one where it is not known what it names. */
function principalsOf(resolved: Resolved, id: string): readonly (string | Unknown)[] {
  const trust = documentOf(resolved.Resources[id]?.Properties['AssumeRolePolicyDocument'])
  return statementsIn(trust).flatMap(statement => {
    if (!isValueObject(statement)) return statement instanceof Unknown ? [statement] : []
    const { Effect, Principal, NotPrincipal } = statement
    if (Effect === 'Deny' || hasAction(statement, { action: takeRole, resource: '*', context: new Map() }) === false)
      return []
    if (NotPrincipal !== undefined) return ['*']
    return isValueObject(Principal) ? textsOf(Principal['AWS']) : textsOf(Principal)
  })
}

/** Does the role's trust policy name the other itself, and not only its account? Of everybody AWS does not say it. */
function namedBy(resolved: Resolved, role: string, other: string): Truth {
  return any(
    principalsOf(resolved, role).map((name): Truth => {
      if (name === '*') return 'unknown'
      const named = roleIdOf(resolved, name)
      if (named !== undefined) return named === other
      return name instanceof Unknown && partsOf(name).length === 1 && name.origin.kind !== 'pseudo' && 'unknown'
    }),
  )
}

/** Roles that are not the template's and that somebody may take with a role of it. */
export type Elsewhere = {
  readonly role: string
  readonly by: readonly Source[]
  readonly arns: readonly (string | Unknown)[]
}

/** Of what such a role allows nothing is known here, nor whom it trusts. */
export function rolesElsewhere(resolved: Resolved, ways: readonly Way[], question: Question): readonly Elsewhere[] {
  const asked = ofTaking(question)
  return ways.flatMap(way => {
    if (way.assumption.truth === false) return []
    const arns = targetsIn(way.policies).filter(text => roleIdOf(resolved, text) === undefined && mayBeRole(text))
    const answers = arns.map(arn => {
      const resource = typeof arn === 'string' ? arn.replaceAll(/[*?]/g, 'x') : arn
      return { arn, answer: withRole(way, { ...asked, resource }) }
    })
    const open = answers.filter(({ answer }) => answer.decision !== 'deny')
    if (open.length === 0) return []
    return [{ role: way.role, by: open.flatMap(({ answer }) => answer.by), arns: open.map(({ arn }) => arn) }]
  })
}

const targets = new WeakMap<Way['policies'], readonly (string | Unknown)[]>()

/** The same policies are asked about again and again. */
function targetsIn(policies: Way['policies']): readonly (string | Unknown)[] {
  const known = targets.get(policies)
  if (known !== undefined) return known
  const found = policies.flatMap(({ document }) => statementsIn(document).flatMap(targetsOf))
  targets.set(policies, found)
  return found
}

/** The resources for which a statement allows taking roles. */
function targetsOf(statement: Value): readonly (string | Unknown)[] {
  if (!isValueObject(statement) || statement['Effect'] !== 'Allow') return []
  if (hasAction(statement, { action: takeRole, resource: '*', context: new Map() }) === false) return []
  return statement['Resource'] === undefined ? ['*'] : textsOf(statement['Resource'])
}

/** Of an action such as `*`, resources of other services are no roles. */
function mayBeRole(text: string | Unknown): boolean {
  const [start] = partsOf(text)
  const service = typeof start === 'string' ? /^arn:[^:]*:([^:]*):/.exec(start)?.[1] : undefined
  if (service !== undefined) return /[*?]/.test(service) || service === 'iam'
  return !(text instanceof Unknown) || text.origin.kind === 'parameter' || text.origin.kind === 'import'
}
