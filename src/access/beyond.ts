import type { Resolved } from '../resolve/index.ts'
import { isValueObject, Unknown, type Value } from '../resolve/value.ts'
import { nameOf } from './name-of.ts'
import { policiesElsewhere } from './policies.ts'
import { nestedRoles, poolsOf } from './pools.ts'

/** Why somebody to whom a template without a pool gives no role may have one of another template all the same; a clause. */
export function rolesBeyond(resolved: Resolved): string | undefined {
  const nested = nestedRoles(resolved)
  if (nested !== undefined || poolsOf(resolved).length > 0) return nested
  const [first] = policiesElsewhere(resolved)
  return first === undefined
    ? undefined
    : `the policy ${first.id} is for the role ${roleText(first.role)}, which is not in the template: who has it, and what else it allows, is not known here`
}

function roleText(role: Value): string {
  if (typeof role === 'string' || role instanceof Unknown) return nameOf(role)
  return isValueObject(role) ? '{?}' : String(role)
}
