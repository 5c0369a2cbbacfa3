import type { Resolved } from '../resolve/index.ts'
import { byResource } from './by-resource.ts'
import { chainedWays, rolesElsewhere } from './chain.ts'
import { nameOf } from './name-of.ts'
import type { Question } from './question.ts'
import type { Way } from './ways.ts'
import { type Answer, withRole } from './with-role.ts'

/**
 * What somebody who may have these roles can do with others that they take by them; unknown if they may take any that the
 * template does not make. Undefined if that is nothing.
 */
export function byChain(resolved: Resolved, ways: readonly Way[], question: Question): Answer | undefined {
  const further = chainedWays(resolved, ways, question)
  const answers = further.map(way => {
    const answer = byResource(resolved, question, way, withRole(way, question))
    const { truth } = way.assumption
    return truth === 'unknown' ? answer : { ...answer, because: `with ${route(way)} ${answer.because}` }
  })
  const found = answers.find(it => it.decision === 'allow') ?? answers.find(it => it.decision === 'unknown')
  if (found?.decision === 'allow') return found
  const [elsewhere] = rolesElsewhere(resolved, [...ways, ...further], question)
  if (found !== undefined || elsewhere === undefined) return found
  const { role, by, arns } = elsewhere
  const because = `${role} may take roles that are not in the template (${arns.map(nameOf).join(', ')}), of which nothing is known here`
  return { decision: 'unknown', role, by, because }
}

/** `the role Admin, taken by Users,` */
function route({ role, through }: Way): string {
  return `the role ${role}, taken by ${through.join(', then by ')},`
}
