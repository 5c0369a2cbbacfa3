import type { Document } from '../../document.ts'
import { type Resolved, resolve } from '../../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { type Policy, permissionsOf } from '../policies.ts'
import { roleIdOf } from '../pools.ts'
import type { Scenario } from '../scenarios.ts'
import { type Options, optionsOf } from './options.ts'
import type { AwsAction } from './violation.ts'
import { wildcard } from './wildcard.ts'

/** A template as it is deployed in one scenario, with what the laws ask of it. */
export type Deployed = {
  readonly document: Document
  readonly scenario: Scenario
  readonly options: Options
  readonly resolved: Resolved
  readonly roles: readonly Role[]
}

export type Role = {
  readonly id: string
  /** To whom the pool's attachment gives it; nobody, if it gives it to none. */
  readonly of: 'users' | 'guests' | 'nobody'
  readonly statements: readonly Statement[]
  /** Those of which the template does not have the text. */
  readonly elsewhere: readonly Policy[]
}

export type Statement = {
  /** `AuthenticatedRole own-folder PrivateObjects` */
  readonly name: string
  readonly effect: 'Allow' | 'Deny' | 'unknown'
  readonly value: ValueObject
  readonly hasVariables: boolean
  /** Two of the same key say the same. */
  readonly key: string
}

export function deploy(document: Document, scenario: Scenario): Deployed {
  const resolved = resolve(document, scenario.env)
  const attached = attachedRoles(resolved)
  const ids = Object.keys(resolved.Resources).filter(id => resolved.Resources[id]?.Type === 'AWS::IAM::Role')
  return {
    document,
    scenario,
    resolved,
    options: optionsOf(scenario),
    roles: ids.map(id => {
      const { policies } = permissionsOf(resolved, id)
      return {
        id,
        of: attached.users.includes(id) ? 'users' : attached.guests.includes(id) ? 'guests' : 'nobody',
        statements: policies.flatMap(policy => statementsOf(id, policy)),
        elsewhere: policies.filter(({ document }) => !isValueObject(document)),
      }
    }),
  }
}

function attachedRoles(resolved: Resolved): { readonly users: readonly string[]; readonly guests: readonly string[] } {
  const attachments = Object.values(resolved.Resources).filter(
    it => it.Type === 'AWS::Cognito::IdentityPoolRoleAttachment',
  )
  const named = (kind: string) =>
    attachments.flatMap(({ Properties: { Roles } }) => {
      const role = isValueObject(Roles) && Roles[kind] !== undefined ? roleIdOf(resolved, Roles[kind]) : undefined
      return role === undefined ? [] : [role]
    })
  return { users: named('authenticated'), guests: named('unauthenticated') }
}

function statementsOf(role: string, { name, document }: Policy): readonly Statement[] {
  if (!isValueObject(document)) return []
  const { Statement = [], Version } = document
  return (isValueList(Statement) ? Statement : [Statement]).flatMap((value, at): readonly Statement[] => {
    if (!isValueObject(value)) return []
    const { Effect, Sid } = value
    return [
      {
        name: `${role} ${name} ${typeof Sid === 'string' ? Sid : at}`,
        effect: Effect === 'Allow' || Effect === 'Deny' ? Effect : 'unknown',
        value,
        hasVariables: Version === '2012-10-17',
        key: JSON.stringify([value, Version]),
      },
    ]
  })
}

/** All actions that AWS has, and which of them a statement names. */
export class AwsActions {
  readonly all: readonly AwsAction[]
  readonly #byName: ReadonlyMap<string, AwsAction>
  readonly #named = new Map<string, ReadonlySet<AwsAction>>()
  readonly #unnamed = new Map<ReadonlySet<AwsAction>, ReadonlySet<AwsAction>>()

  constructor(all: readonly AwsAction[]) {
    this.all = all
    this.#byName = new Map(all.map(action => [action.name.toLowerCase(), action]))
  }

  /** Those that it may name. */
  namedBy({ value: { Action, NotAction } }: Statement): ReadonlySet<AwsAction> {
    if (Action !== undefined) return this.#matching(Action)
    if (NotAction === undefined) return new Set(this.all)
    const excluded = this.#matching(NotAction)
    const others = this.#unnamed.get(excluded) ?? new Set(this.all.filter(it => !excluded.has(it)))
    this.#unnamed.set(excluded, others)
    return others
  }

  isNamedBy(action: string, statement: Statement): boolean {
    const known = this.#byName.get(action.toLowerCase())
    return known !== undefined && this.namedBy(statement).has(known)
  }

  #matching(patterns: Value): ReadonlySet<AwsAction> {
    const key = JSON.stringify(patterns)
    const known = this.#named.get(key)
    if (known !== undefined) return known
    const found = new Set(
      textsOf(patterns).flatMap((pattern): readonly AwsAction[] => {
        // What is not known may be any.
        if (pattern instanceof Unknown) return this.all
        if (/[*?]/.test(pattern)) {
          const isOne = wildcard(pattern, 'i')
          return this.all.filter(({ name }) => isOne.test(name))
        }
        const action = this.#byName.get(pattern.toLowerCase())
        return action === undefined ? [] : [action]
      }),
    )
    this.#named.set(key, found)
    return found
  }
}
