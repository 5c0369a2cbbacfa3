import { byParameter } from './mend.ts'
import type { Remedy } from './remedy.ts'
import type { Standing } from './standing.ts'
import type { Statement } from './statements.ts'

/** Where the stack of `identity-pool` was given the policy as one of the additional ones. */
export function withoutManaged(standing: Standing, statement: Statement | undefined): readonly Remedy[] {
  const name = 'AdditionalManagedPolicyArns'
  const given = (standing.snapshot.stack?.parameters[name] ?? '').split(',')
  const arn = statement?.policy.name ?? ''
  return given.includes(arn) ? byParameter(standing, name, given.filter(it => it !== arn).join('\\,')) : []
}
