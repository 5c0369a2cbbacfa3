import { isValueObject, type Value } from '../resolve/value.ts'
import type { Missing } from './decide/missing.ts'
import { type Decision, decide } from './decide/statement.ts'
import { passesForGuests } from './guests.ts'
import { dependence, missingBy } from './missing-by.ts'
import type { Policy } from './policies.ts'
import type { Question, Source, Verdict } from './question.ts'
import { requestOf } from './session.ts'
import type { Way } from './ways.ts'

export type Answer = Omit<Verdict, 'notes'>

/** What a role's policies, its boundary and guests' session policies say, for somebody who has it, or may have it. */
export function withRole(way: Way, question: Question): Answer {
  const { role, assumption, through } = way
  const own = { role, ...(through.length === 0 ? {} : { through }) }
  if (assumption.truth === false) return { decision: 'deny', ...own, by: assumption.by, because: assumption.because }
  const answer = { ...byPolicies(way, question), ...own }
  if (answer.decision === 'deny' || assumption.truth === true) return answer
  const { because, missing } = assumption
  return { ...answer, decision: 'unknown', because, ...(missing === undefined ? {} : { missing }) }
}

function byPolicies({ role, policies, boundary, session, isGuest }: Way, question: Question): Answer {
  const request = requestOf(session, question)
  const answerOf = (list: readonly Policy[]): Answered => {
    const known = documentsOf(list)
    const decision = decide(known, request, (_, at) => list[at]?.isSure !== false || 'unknown')
    const missing = () => missingBy(known, decision.by, request)
    return { ...decision, sources: sourcesOf(role, list, decision), missing }
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
  const passes = !isGuest || passesForGuests(request)
  if (passes === false) {
    return { decision: 'deny', by: [], because: 'the session policies of Amazon Cognito keep it from guests' }
  }
  if (own.decision === 'unknown') return { decision: 'unknown', by, ...unknown(own, policies) }
  if (passes === 'part') {
    return { decision: 'unknown', by, because: 'the session policies of Amazon Cognito let guests do a part of it' }
  }
  if (limit?.decision === 'unknown' && boundary !== undefined) {
    const missing = limit.missing()
    const because = `whether the permissions boundary ${boundary.name} allows it ${dependence(missing)}`
    return { decision: 'unknown', by: limit.sources, because, missing }
  }
  if (passes === 'unknown') {
    const because = 'whether the session policies of Amazon Cognito let guests do it is not documented'
    return { decision: 'unknown', by, because }
  }
  return { decision: 'allow', by, because: `${named(by)} allows it` }
}

const documents = new WeakMap<readonly Policy[], readonly Value[]>()

/** The same list for the same policies, by which `decide` knows them again. */
function documentsOf(list: readonly Policy[]): readonly Value[] {
  const known = documents.get(list)
  if (known !== undefined) return known
  const made = list.map(it => it.document)
  documents.set(list, made)
  return made
}

type Answered = Decision & { readonly sources: readonly Source[]; readonly missing: () => Missing }

function sourcesOf(role: string, list: readonly Policy[], { by }: Decision): readonly Source[] {
  return by.map(({ policy, statement, sid }) => ({
    role,
    policy: list[policy]?.name ?? '',
    statement,
    ...(sid === undefined ? {} : { sid }),
  }))
}

function unknown({ by, sources, missing }: Answered, policies: readonly Policy[]): Pick<Answer, 'because' | 'missing'> {
  const open = by.flatMap(({ policy }) => policies[policy] ?? [])
  const closed = open.find(it => it.isElsewhere)
  if (closed !== undefined) return { because: `what the managed policy ${closed.name} says is not in the template` }
  const unsure = open.find(it => !it.isSure && isValueObject(it.document))
  if (unsure !== undefined) return { because: `whether the role has the policy ${unsure.name} is not known here` }
  const found = missing()
  return { because: `whether ${named(sources)} applies ${dependence(found)}`, missing: found }
}

function named(by: readonly Source[]): string {
  const [first] = by
  if (first === undefined) return 'a statement'
  return first.sid === undefined ? `statement ${first.statement} of ${first.policy}` : `the statement ${first.sid}`
}
