import type { Resolved } from '../resolve/index.ts'
import { isValueObject, Unknown } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import { keyOf } from './decide/request.ts'
import { documentOf, statementsIn } from './policies.ts'
import { hostOf, poolsOf } from './pools.ts'

/** Another identity pool: any but those of the template. */
export const otherPool = new Unknown({ kind: 'pseudo', name: 'another identity pool' })

/**
 * The IDs of the pools whose identities are a template's own: those that it makes or gives roles to, or else those that its
 * roles trust by name; it may name none.
 */
export function ownPools(resolved: Resolved): readonly (string | Unknown)[] {
  const known = own.get(resolved)
  if (known !== undefined) return known
  const pools = poolsOf(resolved).map(it => it.id)
  const named = pools.length > 0 ? pools : trustedPools(resolved)
  const found = named.length > 0 ? named : [new Unknown({ kind: 'pseudo', name: 'the identity pool' })]
  own.set(resolved, found)
  return found
}

const own = new WeakMap<Resolved, readonly (string | Unknown)[]>()

/** https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html */
function trustedPools(resolved: Resolved): readonly (string | Unknown)[] {
  const key = `${hostOf(resolved)}:aud`
  const found = Object.values(resolved.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::IAM::Role') return []
    const trust = documentOf(Properties['AssumeRolePolicyDocument'])
    return statementsIn(trust).flatMap(statement => {
      if (!isValueObject(statement) || statement['Effect'] !== 'Allow') return []
      const condition = statement['Condition']
      return Object.entries(isValueObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
        /^(?:ForAnyValue:)?String(?:Equals|Like)(?:IfExists)?$/.test(operator) && isValueObject(keys)
          ? Object.entries(keys).flatMap(([name, values]) => (name.toLowerCase() === key ? textsOf(values) : []))
          : [],
      )
    })
  })
  const names = found.filter(it => it instanceof Unknown || !/[*?]/.test(it))
  return [...new Map(names.map(it => [keyOf(it), it])).values()]
}
