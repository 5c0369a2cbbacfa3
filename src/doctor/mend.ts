import type { JsonObject } from '../document.ts'
import type { DescribedPool, PoolRoles, Role } from '../live/snapshot.ts'
import { json, mendBy } from './change.ts'
import type { Mend, Remedy } from './remedy.ts'
import type { Standing } from './standing.ts'
import type { Statement } from './statements.ts'

export { json, mendBy } from './change.ts'

/** The statement of a trust policy at this position, counted from 0, or one more. */
export function updateTrust(role: Role, at: number | undefined, statement: JsonObject, words: string): Remedy {
  const positions = at === undefined ? [] : [at]
  return { words, change: { target: 'trust', role, at: positions, edit: () => statement } }
}

export function withoutTrust(role: Role, at: readonly number[], words: string): Remedy {
  return { words, change: { target: 'trust', role, at, edit: () => undefined } }
}

export function setRoles(edit: (roles: PoolRoles) => PoolRoles, words: string): Remedy {
  return { words, change: { target: 'roles', edit } }
}

export function updatePool(edit: (pool: DescribedPool) => DescribedPool, words: string): Remedy {
  return { words, change: { target: 'pool', edit } }
}

/** A statement of a policy of the role; undefined: it goes. `more`: what the policy gets besides. */
export function updateStatement(
  role: Role,
  { policy, number }: Statement,
  edit: (statement: JsonObject) => JsonObject | undefined,
  words: string,
  more: readonly JsonObject[] = [],
): Remedy {
  return { words, change: { target: 'policy', role, policy, at: [number - 1], edit, more } }
}

/** By a parameter of the stack that made it, if it has one of that name. */
export function byParameter(standing: Standing, name: string, value: string): readonly Mend[] {
  const { stack, region } = standing.snapshot
  if (stack === undefined || !Object.hasOwn(stack.parameters, name)) return []
  return [
    mendBy(`Set the parameter ${name} of the stack ${stack.name} to ${value === '' ? 'nothing' : value}`, [
      ['aws', 'cloudformation', 'update-stack', '--region', region],
      ['--stack-name', stack.name],
      ['--use-previous-template', '--capabilities', 'CAPABILITY_IAM'],
      ['--parameters', `ParameterKey=${name},ParameterValue=${value}`],
      ...previousValues(standing, name),
    ]),
  ]
}

/** By the parameter of the stack that has this value, if one has. */
export function byValue(standing: Standing, value: string, other: string): readonly Mend[] {
  const [name] = Object.entries(standing.snapshot.stack?.parameters ?? {}).find(([, it]) => it === value) ?? []
  return name === undefined ? [] : byParameter(standing, name, other)
}

/** The stack's other parameters as they are; one that is not said gets its default, and so need not be if it has that. */
export function previousValues({ snapshot, defaults }: Standing, except?: string): readonly (readonly string[])[] {
  return Object.entries(snapshot.stack?.parameters ?? {}).flatMap(([name, value]) =>
    name === except || defaults[name] === value ? [] : [[`ParameterKey=${name},UsePreviousValue=true`]],
  )
}

/** An inline policy more. */
export function addPolicy(role: Role, name: string, statements: readonly JsonObject[], words: string): Mend {
  return mendBy(words, [
    ['aws', 'iam', 'put-role-policy'],
    ['--role-name', role.roleName],
    ['--policy-name', name],
    ['--policy-document', json({ Version: '2012-10-17', Statement: statements })],
  ])
}
