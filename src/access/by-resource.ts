import type { Resolved } from '../resolve/index.ts'
import { isValueObject, partsOf, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import { isAbsent } from './context.ts'
import { textsOf } from './decide/condition.ts'
import { matches, tokensOf } from './decide/pattern.ts'
import { keyOf, type Request } from './decide/request.ts'
import { applying, decide, type Source } from './decide/statement.ts'
import { all, any, type Truth } from './decide/truth.ts'
import { policiesFor, type ResourcePolicy } from './on-resources.ts'
import type { Question } from './question.ts'
import { requestOf, type Session } from './session.ts'
import { isRoleSession } from './trust.ts'
import type { Way } from './ways.ts'
import type { Answer } from './with-role.ts'

/**
 * What an answer comes to with the policies that the template itself puts on what is asked for: they may deny it, and
 * they may allow what the role's policies say nothing of, to everybody or to the role by name. What they allow to an
 * account is for the policies of its roles to say. Without a role, what everybody may is left.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-identity-resource.html
 */
export function byResource(resolved: Resolved, question: Question, way: Way | undefined, answer: Answer): Answer {
  const { policies, documents } = policiesFor(resolved, question.action)
  // An explicit denial stands.
  if (policies.length === 0 || (answer.decision === 'deny' && answer.by.length > 0)) return answer
  const request = requestOf(way?.session ?? nobody, question)
  const role = way?.assumption.truth === false ? undefined : way?.role
  const ask = (effect: 'Allow' | 'Deny', who: (statement: ValueObject) => Truth): Asked => {
    const found = applying(documents, request, (statement, at) => {
      const policy = policies[at]
      if (policy === undefined || statement['Effect'] !== effect) return false
      return all([policy.isSure || 'unknown', isOn(policy, request), who(statement)])
    })
    const sure = found.filter(it => it.truth === true && it.effect === effect)
    const by = sure.length > 0 ? sure : found
    return {
      truth: sure.length > 0 || (found.length > 0 && 'unknown'),
      by: by.map(it => it.source),
      policies: by.flatMap(it => policies[it.source.policy] ?? []),
    }
  }
  const told = ({ by, policies }: Asked, rest: string): Pick<Answer, 'by' | 'because'> => {
    const [id, sid] = [policies[0]?.id ?? '', by[0]?.sid]
    return {
      by: by.map(({ statement, sid }, at) => ({
        ...{ role: answer.role ?? '', policy: policies[at]?.id ?? '', statement },
        ...(sid === undefined ? {} : { sid }),
      })),
      because: `${sid === undefined ? '' : `the statement ${sid} of `}the policy ${id} ${rest}`,
    }
  }
  const open = (asked: Asked, verb: string): Answer => {
    const because = `whether the policy ${asked.policies[0]?.id} ${verb} it is not known here`
    return { ...answer, ...told(asked, ''), decision: 'unknown', because }
  }
  const denial = role === undefined ? nothing : ask('Deny', it => isAbout(resolved, it, role))
  if (denial.truth === true) return { ...answer, ...told(denial, 'denies it'), decision: 'deny' }
  if (answer.decision !== 'deny') {
    const refusal = role === undefined ? undefined : byKey(resolved, policies, request, role)
    if (refusal !== undefined) return { ...answer, ...refusal }
    return answer.decision === 'allow' && denial.truth === 'unknown' ? open(denial, 'denies') : answer
  }
  const toAll = ask('Allow', isForEverybody)
  const toRole = role === undefined ? nothing : ask('Allow', it => isFor(resolved, it, role))
  const isFree = denial.truth === false
  if (toAll.truth === true && isFree && toAll.policies.some(it => it.isBlocked === false)) {
    return { ...answer, ...told(toAll, 'allows it to everybody'), decision: 'allow' }
  }
  // What a boundary or the session policies of guests leave of it is not in the answer.
  const isLimited = way === undefined || way.boundary !== undefined || way.isGuest || way.assumption.truth !== true
  if (toRole.truth === true && isFree && !isLimited) {
    return { ...answer, ...told(toRole, 'allows it to the role'), decision: 'allow' }
  }
  const left = [toAll, toRole].find(it => it.truth !== false)
  return left === undefined ? answer : open(left, 'allows')
}

/** The statements of a kind that apply, or else those that may. */
type Asked = { readonly truth: Truth; readonly by: readonly Source[]; readonly policies: readonly ResourcePolicy[] }

const nothing: Asked = { truth: false, by: [], policies: [] }

/** Whoever has no credentials: of what a request says besides nothing is known. */
const nobody: Session = { context: new Map(), isOpen: key => !isAbsent(key), differs: new Map() }

/**
 * Of a key the policies of roles say nothing that its own policy does not leave to the account, or to them.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function byKey(
  resolved: Resolved,
  policies: readonly ResourcePolicy[],
  request: Request,
  role: string,
): Pick<Answer, 'decision' | 'by' | 'because'> | undefined {
  for (const policy of policies) {
    if (!policy.isOfKey || isOn(policy, request) !== true) continue
    const { decision } = decide(
      [policy.document],
      request,
      it => it['Effect'] === 'Allow' && isAbout(resolved, it, role),
    )
    if (decision === 'allow') continue
    const isSure = decision === 'deny' && policy.isSure
    const because = isSure
      ? `the key policy of ${policy.id} leaves it to no policy of a role`
      : `whether the key policy of ${policy.id} leaves it to policies of roles is not known here`
    return { decision: isSure ? 'deny' : 'unknown', by: [], because }
  }
  return undefined
}

/** Does it stand on what the request is for? */
function isOn({ things }: ResourcePolicy, { resource }: Request): Truth {
  if (things === undefined) return true
  const asked = tokensOf(resource, { wildcards: false })
  return any(
    things.map((thing): Truth => {
      const pattern = tokensOf(thing, { wildcards: true })
      return typeof pattern === 'string' || typeof asked === 'string' ? 'unknown' : matches(pattern, asked)
    }),
  )
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function isForEverybody({ Principal }: ValueObject): Truth {
  return Principal === '*' || (isValueObject(Principal) && textsOf(Principal['AWS']).includes('*'))
}

/** The role itself, by name. An account is not its roles: to them it leaves what their own policies say. */
function isFor(resolved: Resolved, { Principal, NotPrincipal }: ValueObject, role: string): Truth {
  if (NotPrincipal !== undefined) return 'unknown'
  if (!isValueObject(Principal)) return Principal instanceof Unknown && 'unknown'
  return any(namesIn(Principal).map(name => !isAccount(resolved, name) && isRole(resolved, name, role)))
}

/** The role in any way: as one of everybody, by name, or as one of its account. */
function isAbout(resolved: Resolved, { Principal, NotPrincipal }: ValueObject, role: string): Truth {
  const among = (names: Value | undefined): Truth => {
    if (names === '*') return true
    if (!isValueObject(names)) return names instanceof Unknown && 'unknown'
    return any(namesIn(names).map(name => name === '*' || isRole(resolved, name, role)))
  }
  if (Principal !== undefined) return among(Principal)
  // Of a session, its role and account must be named, too.
  return NotPrincipal !== undefined && (among(NotPrincipal) === false || 'unknown')
}

/** Those that a role's session may be: services, and users of Amazon CloudFront, are none. */
function namesIn(principal: ValueObject): readonly (string | Unknown)[] {
  const federated = textsOf(principal['Federated'])
  return [...textsOf(principal['AWS']), ...federated.filter(it => it instanceof Unknown || isOfCognito.test(it))]
}

const isOfCognito = /^cognito-identity[.-]/

function isAccount({ env }: Resolved, name: string | Unknown): boolean {
  const last = partsOf(name).at(-1)
  const isOwn = typeof env.accountId !== 'string' && keyOf(name) === keyOf(env.accountId)
  return isOwn || name === '*' || (typeof last === 'string' && /^(?:\d{12}|.*:root)$/.test(last))
}

/** Sessions have names of their own: of what names one, or whom it comes from, it is not known whether it is this one. */
function isRole(resolved: Resolved, name: string | Unknown, role: string): Truth {
  const [first] = partsOf(name)
  if (typeof first === 'string' && (/^arn:[^:]*:sts:/.test(first) || isOfCognito.test(first))) return 'unknown'
  return isRoleSession(resolved, name, role)
}
