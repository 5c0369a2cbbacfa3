import type { Resolved } from '../resolve/index.ts'
import { type Decision, decide } from './decide/statement.ts'
import { passesForGuests } from './guests.ts'
import { notesOn } from './notes.ts'
import { type Permissions, type Policy, permissionsOf } from './policies.ts'
import { nestedRoles, type Roles, rolesOf } from './pools.ts'
import type { Question, Source, Verdict, Who } from './question.ts'
import { requestOf, type Session, sessionOf } from './session.ts'
import { type Assumption, mayAssume } from './trust.ts'
import { worldsOf } from './worlds.ts'

/**
 * What a template's own policies say to a request: which role it is made with, and whether the role's policies, its
 * permissions boundary and, for guests, the session policies of Amazon Cognito allow it. What cannot be known here, and
 * could change the answer, makes it unknown.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function judge(resolved: Resolved, question: Question): Verdict {
  const worlds = worldsOf(resolved)
  const verdicts = worlds.map(world => judgeIn(world.resolved, question))
  const [first] = verdicts
  if (first === undefined) return verdict(question, { decision: 'deny', by: [], because: 'there is nothing to ask' })
  if (verdicts.every(({ decision }) => decision === first.decision)) return first
  const names = [...(worlds[0]?.conditions.keys() ?? [])]
  return verdict(question, {
    decision: 'unknown',
    by: verdicts.find(({ by }) => by.length > 0)?.by ?? [],
    because: `it depends on the condition${names.length === 1 ? '' : 's'} ${names.join(', ')}, not known here`,
  })
}

type Answer = Pick<Verdict, 'decision' | 'by' | 'because' | 'role'>

function verdict(question: Question, answer: Answer): Verdict {
  return { ...answer, notes: notesOn(question, answer.decision) }
}

function judgeIn(resolved: Resolved, question: Question): Verdict {
  const { roles, ways } = waysOf(resolved, question.who)
  const answers = ways.map(way => withRole(way, question))
  const [first] = answers
  if (roles.orElse !== undefined) {
    return verdict(question, { decision: 'unknown', by: answers.flatMap(it => it.by), because: roles.orElse })
  }
  const nested = question.who.kind === 'identity' ? nestedRoles(resolved) : undefined
  if (nested !== undefined && ways.every(({ assumption }) => assumption.truth === false)) {
    return verdict(question, { decision: 'unknown', by: [], because: nested })
  }
  if (first === undefined) return verdict(question, { decision: 'deny', by: [], because: roles.because })
  const best = ['allow', 'unknown'].flatMap(decision => answers.find(it => it.decision === decision) ?? [])[0]
  // Of those that refuse, one that lets them in says more.
  return verdict(question, best ?? answers[ways.findIndex(way => way.assumption.truth !== false)] ?? first)
}

/** A role that somebody may have, and what is to be known of it whatever is asked. */
type Way = Permissions & {
  readonly role: string
  readonly assumption: Assumption
  readonly session: Session
}

type Ways = { readonly roles: Roles; readonly ways: readonly Way[] }

/** The same people ask much of the same template. */
const known = new WeakMap<Resolved, WeakMap<Who, Ways>>()

function waysOf(resolved: Resolved, who: Who): Ways {
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
  }))
  ofTemplate.set(who, { roles, ways })
  return { roles, ways }
}

function whicheverRole({ Resources }: Resolved): Roles {
  const roles = Object.keys(Resources).filter(id => Resources[id]?.Type === 'AWS::IAM::Role')
  return { roles, byChoice: true, because: 'the template makes no role' }
}

function withRole(way: Way, question: Question): Answer {
  const { role, assumption } = way
  if (assumption.truth === false) return { decision: 'deny', role, by: assumption.by, because: assumption.because }
  const answer = { ...byPolicies(way, question), role }
  return answer.decision !== 'deny' && assumption.truth === 'unknown'
    ? { ...answer, decision: 'unknown', because: assumption.because }
    : answer
}

function byPolicies({ role, policies, boundary, session }: Way, question: Question): Answer {
  const request = requestOf(session, question)
  const answerOf = (list: readonly Policy[]): Decision & { readonly sources: readonly Source[] } => {
    const decision = decide(
      list.map(it => it.document),
      request,
      (_, at) => list[at]?.isSure !== false || 'unknown',
    )
    return { ...decision, sources: sourcesOf(role, list, decision) }
  }
  const own = answerOf(policies)
  const by = own.sources
  if (own.decision === 'deny') {
    const because = by.length > 0 ? `${named(by)} denies it` : `no statement of ${role} allows it`
    return { decision: 'deny', by, because }
  }
  const limit = boundary === undefined ? undefined : answerOf([boundary])
  if (limit?.decision === 'deny') {
    const how = limit.by.length > 0 ? 'denies it' : 'does not allow it'
    return { decision: 'deny', by: limit.sources, because: `the permissions boundary ${boundary?.name} ${how}` }
  }
  const isGuest = question.who.kind === 'identity' && !question.who.isSignedIn && question.who.flow === 'enhanced'
  const passes = !isGuest || passesForGuests(request)
  if (passes === false) {
    return { decision: 'deny', by: [], because: 'the session policies of Amazon Cognito keep it from guests' }
  }
  if (own.decision === 'unknown') return { decision: 'unknown', by, because: unknownBecause(by, policies) }
  if (passes === 'part') {
    return { decision: 'unknown', by, because: 'the session policies of Amazon Cognito let guests do a part of it' }
  }
  if (limit?.decision === 'unknown') {
    const because = `whether the permissions boundary ${boundary?.name} allows it is not known here`
    return { decision: 'unknown', by: limit.sources, because }
  }
  if (passes === 'unknown') {
    const because = 'whether the session policies of Amazon Cognito let guests do it is not documented'
    return { decision: 'unknown', by, because }
  }
  return { decision: 'allow', by, because: `${named(by)} allows it` }
}

function sourcesOf(role: string, list: readonly Policy[], { by }: Decision): readonly Source[] {
  return by.map(({ policy, statement, sid }) => ({
    role,
    policy: list[policy]?.name ?? '',
    statement,
    ...(sid === undefined ? {} : { sid }),
  }))
}

function unknownBecause(by: readonly Source[], policies: readonly Policy[]): string {
  const closed = by.find(({ policy }) => policies.some(it => it.name === policy && it.isElsewhere))
  if (closed !== undefined) return `what the managed policy ${closed.policy} says is not in the template`
  return `whether ${named(by)} applies is not known here`
}

function named(by: readonly Source[]): string {
  const [first] = by
  if (first === undefined) return 'a statement'
  return first.sid === undefined ? `statement ${first.statement} of ${first.policy}` : `the statement ${first.sid}`
}
