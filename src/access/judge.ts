import { guestActions } from '../check/guest-session-policy.ts'
import type { Resolved } from '../resolve/index.ts'
import { type Decision, decide } from './decide/statement.ts'
import { type Policy, permissionsOf } from './policies.ts'
import { rolesOf } from './pools.ts'
import type { Question, Source, Verdict } from './question.ts'
import { requestOf } from './session.ts'
import { mayAssume } from './trust.ts'

/**
 * What a template's own policies say to a request: with which role it is made, and whether the role's policies, its
 * permissions boundary and, for guests, the session policies of Amazon Cognito allow it.
 */
export function judge(resolved: Resolved, question: Question): Verdict {
  const { who } = question
  const notes: readonly string[] = []
  const verdict = (
    decision: Verdict['decision'],
    because: string,
    by: readonly Source[] = [],
    role?: string,
  ): Verdict => ({
    decision,
    ...(role === undefined ? {} : { role }),
    by,
    because,
    notes,
  })
  const roles =
    who.kind === 'identity'
      ? rolesOf(resolved, who)
      : { roles: rolesIn(resolved), byChoice: true, because: 'the template makes no role' }
  const verdicts = roles.roles.map(role => {
    const assumption = mayAssume(resolved, role, who)
    if (assumption.truth === false) return verdict('deny', assumption.because, assumption.by, role)
    const found = withRole(resolved, role, question)
    const own = verdict(found.decision, found.because, found.by, role)
    return found.decision !== 'deny' && assumption.truth === 'unknown'
      ? { ...own, decision: 'unknown' as const, because: assumption.because }
      : own
  })
  if (roles.orElse !== undefined)
    return verdict(
      'unknown',
      roles.orElse,
      verdicts.flatMap(it => it.by),
    )
  const [first] = verdicts
  if (first === undefined) return verdict('deny', roles.because)
  return verdicts.find(it => it.decision === 'allow') ?? verdicts.find(it => it.decision === 'unknown') ?? first
}

function rolesIn({ Resources }: Resolved): readonly string[] {
  return Object.keys(Resources).filter(id => Resources[id]?.Type === 'AWS::IAM::Role')
}

type Answer = Pick<Verdict, 'decision' | 'by' | 'because'>

function withRole(resolved: Resolved, role: string, question: Question): Answer {
  const request = requestOf(resolved, role, question)
  const { policies, boundary } = permissionsOf(resolved, role)
  const answerOf = (list: readonly Policy[]): Decision =>
    decide(
      list.map(it => it.document),
      request,
      (_, at) => list[at]?.isSure !== false || 'unknown',
    )
  const sources = (list: readonly Policy[], { by }: Decision): readonly Source[] =>
    by.map(({ policy, statement, sid }) => ({
      role,
      policy: list[policy]?.name ?? '',
      statement,
      ...(sid === undefined ? {} : { sid }),
    }))
  const own = answerOf(policies)
  const by = sources(policies, own)
  if (own.decision === 'deny') {
    return {
      decision: 'deny',
      by,
      because: by.length > 0 ? `${named(by)} denies it` : `no statement of ${role} allows it`,
    }
  }
  const { who } = question
  if (who.kind === 'identity' && !who.isSignedIn && who.flow === 'enhanced') {
    const session = decide(
      [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: guestActions, Resource: '*' } }],
      request,
    )
    if (session.decision === 'deny')
      return { decision: 'deny', by: [], because: 'the session policies of Amazon Cognito keep it from guests' }
  }
  if (boundary !== undefined) {
    const limit = answerOf([boundary])
    const its = sources([boundary], limit)
    if (limit.decision === 'deny')
      return { decision: 'deny', by: its, because: `the permissions boundary ${boundary.name} does not allow it` }
    if (limit.decision === 'unknown')
      return {
        decision: 'unknown',
        by: its,
        because: `what the permissions boundary ${boundary.name} allows is not known here`,
      }
  }
  return own.decision === 'allow'
    ? { decision: 'allow', by, because: `${named(by)} allows it` }
    : { decision: 'unknown', by, because: `what ${named(by)} says is not known here` }
}

function named(by: readonly Source[]): string {
  const [first] = by
  return first === undefined ? 'a policy' : `the statement ${first.sid ?? `${first.statement} of ${first.policy}`}`
}
