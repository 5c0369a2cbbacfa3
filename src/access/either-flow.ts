import type { Resolved } from '../resolve/index.ts'
import { judge } from './judge.ts'
import { poolsOf, rolesOf } from './pools.ts'
import type { Identity, Question, Verdict } from './question.ts'

/**
 * What an identity can do that takes whichever flow gives it more: where a pool allows the classic one, it is for the
 * identity to choose.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
 */
export function judgeEitherFlow(
  resolved: Resolved,
  question: Omit<Question, 'who'> & { readonly who: Identity },
): Verdict & { readonly flow: Identity['flow'] } {
  const usual = { ...judge(resolved, question), flow: question.who.flow }
  const who: Identity = { ...question.who, flow: 'classic' }
  const isThere = poolsOf(resolved).length > 0 && rolesOf(resolved, who).roles.length > 0
  if (usual.decision === 'allow' || !isThere) return usual
  const classic = judge(resolved, { ...question, who })
  const isMore = classic.decision === 'allow' || (classic.decision === 'unknown' && usual.decision === 'deny')
  return isMore ? { ...classic, because: `in the classic flow ${classic.because}`, flow: 'classic' } : usual
}
