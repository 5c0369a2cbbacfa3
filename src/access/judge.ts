import type { Resolved } from '../resolve/index.ts'
import { Unknown } from '../resolve/value.ts'
import { rolesBeyond } from './beyond.ts'
import { byChain } from './by-chain.ts'
import { byResource } from './by-resource.ts'
import { trustingRoles } from './chain.ts'
import type { Request } from './decide/request.ts'
import { type InEachWorld, inEachWorld } from './in-each-world.ts'
import { notesOn } from './notes.ts'
import type { Roles } from './pools.ts'
import type { Question, Verdict } from './question.ts'
import { relevantConditions } from './relevant-conditions.ts'
import { rewriting } from './rewritten.ts'
import { saidOfCaller } from './said.ts'
import { mayAssume } from './trust.ts'
import { type Way, waysOf } from './ways.ts'
import { type Answer, withRole } from './with-role.ts'

/**
 * What a template's own policies say to a request: which role it is made with, or which roles one after another, and
 * whether the role's policies, its permissions boundary and, for guests, the session policies of Amazon Cognito allow it.
 * What cannot be known here, and could change the answer, makes it unknown.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function judge(resolved: Resolved, question: Question): Verdict {
  const found = inEachWorld(
    resolved,
    world => judgeIn(world, question),
    world => conditionsOf(world, question),
  )
  const answer = unlessRewritten(resolved, answerOf(found))
  return { ...answer, notes: notesOn(question, answer) }
}

function unlessRewritten(resolved: Resolved, answer: Answer): Answer {
  const because = rewriting(resolved)
  return because === undefined || answer.decision === 'unknown' ? answer : { ...answer, decision: 'unknown', because }
}

function answerOf(found: InEachWorld<Answer>): Answer {
  switch (found.kind) {
    case 'same':
      return found.answer
    case 'differs':
      return {
        decision: 'unknown',
        by: found.answers.find(({ by }) => by.length > 0)?.by ?? [],
        because: `it depends on ${conditionNames(found.conditions)}, not known here`,
      }
    case 'bounded': {
      const { answer, conditions, ways } = found
      const because = `it depends on ${conditionNames(conditions)}, not known here, in more ways than the ${ways} looked at`
      return { decision: 'unknown', by: answer.by, because }
    }
  }
}

const mostNames = 6

/** `the conditions A and B` */
export function conditionNames(names: readonly string[]): string {
  const more = names.length - mostNames
  const shown = more > 1 ? `${names.slice(0, mostNames).join(', ')} and ${more} others` : names.join(', ')
  return `the condition${names.length === 1 ? '' : 's'} ${shown}`
}

/** The conditions that may change the answer, as far as it is known which roles it is about. */
function conditionsOf(world: Resolved, { who, action, resource }: Question): readonly string[] {
  const { ways } = waysOf(world, who)
  const takers = trustingRoles(world)
  const roles = new Set([...ways.filter(it => it.assumption.truth !== false).map(it => it.role), ...takers])
  const whatever: Pick<Request, 'context' | 'open'> = { context: new Map(), open: { has: () => true } }
  return relevantConditions(world, id => roles.has(id), [
    { ...whatever, action, resource },
    { ...whatever, action: 'sts:AssumeRole', resource: new Unknown({ kind: 'pseudo', name: 'a role' }) },
  ])
}

function judgeIn(resolved: Resolved, question: Question): Answer {
  const { roles, ways: direct } = waysOf(resolved, question.who)
  const ways = direct.map(way => heard(resolved, way, question))
  const answers = ways.map(way => byResource(resolved, question, way, withRole(way, question)))
  const open = (because: string): Answer => ({ decision: 'unknown', by: answers.flatMap(it => it.by), because })
  if (roles.orElse !== undefined && !agree(roles, answers)) return open(roles.orElse)
  const uncertain = question.who.kind === 'identity' ? unsure(resolved) : undefined
  if (uncertain !== undefined) return open(`whether there is ${uncertain} is not known here`)
  const beyond = question.who.kind === 'identity' ? rolesBeyond(resolved) : undefined
  if (beyond !== undefined && ways.every(({ assumption }) => assumption.truth === false)) return open(beyond)
  const allowed = answers.find(it => it.decision === 'allow')
  const chained = allowed === undefined ? byChain(resolved, ways, question) : undefined
  const unknown = answers.find(it => it.decision === 'unknown')
  const found = allowed ?? (chained?.decision === 'allow' ? chained : (unknown ?? chained))
  if (found !== undefined && roles.onlyIf !== undefined) return { ...found, decision: 'unknown', because: roles.onlyIf }
  // Of those that refuse, one that lets them in says more.
  const refusal = answers[ways.findIndex(way => way.assumption.truth !== false)] ?? answers[0]
  const answer = found ?? refusal
  if (answer !== undefined) return answer
  return byResource(resolved, question, undefined, { decision: 'deny', by: [], because: roles.because })
}

/** Is it the same with each of the roles of which it is not known which they have, and with none of them? */
function agree({ isWhole, orNone }: Roles, answers: readonly Answer[]): boolean {
  const decisions = new Set([...answers.map(it => it.decision), ...(orNone === true ? ['deny' as const] : [])])
  return isWhole === true && decisions.size === 1 && !decisions.has('unknown')
}

/** Where it is open whether the role trusts whoever asks, what the question says of them may settle it. */
function heard(resolved: Resolved, way: Way, { who, context }: Question): Way {
  const said = way.assumption.truth === 'unknown' ? saidOfCaller(context) : new Map()
  return said.size === 0 ? way : { ...way, assumption: mayAssume(resolved, way.role, who, said) }
}

/** A pool, or what gives roles to one, of which it is not known whether it is there. */
function unsure({ Resources }: Resolved): string | undefined {
  const kinds = ['AWS::Cognito::IdentityPool', 'AWS::Cognito::IdentityPoolRoleAttachment']
  return Object.keys(Resources).find(id => {
    const { Type = '', condition } = Resources[id] ?? {}
    return condition !== undefined && kinds.includes(Type)
  })
}
