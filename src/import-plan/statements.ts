import { isList, isObject, type Json, type JsonObject } from '../document.ts'
import { type Role, told } from '../live/snapshot.ts'

/** One statement of a role's policies, as far as it is written in the usual way. */
export type Stated = {
  /** `statement 2 of the policy uploads` */
  readonly by: string
  readonly isAllow: boolean
  /** Neither `NotAction` nor `NotResource`. */
  readonly isPlain: boolean
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly conditions: readonly Condition[]
}

/** The key in lower case. */
export type Condition = { readonly operator: string; readonly key: string; readonly values: readonly string[] }

export type ManagedPolicy = {
  readonly arn: string
  readonly name: string
  /** Undefined where its document could not be read. */
  readonly statements: readonly Stated[] | undefined
}

/** The role's own policies, then those that are attached to it. */
export function policiesOf(role: Role): {
  readonly own: readonly Stated[]
  readonly attached: readonly ManagedPolicy[]
} {
  const own = (told(role.inline) ?? []).flatMap(({ name, document }) => statementsOf(name, told(document) ?? {}))
  const attached = (told(role.attached) ?? []).map(({ name, arn, document }) => {
    const read = told(document)
    return { name, arn, statements: read === undefined ? undefined : statementsOf(name, read) }
  })
  return { own, attached }
}

function statementsOf(policy: string, { Statement = [] }: JsonObject): readonly Stated[] {
  const all = (isList(Statement) ? Statement : [Statement]).filter(isObject)
  return all.map((statement, at) => {
    const { Sid, Effect, Action, Resource, Condition } = statement
    return {
      by: `${typeof Sid === 'string' && Sid !== '' ? Sid : `statement ${at + 1}`} of the policy ${policy}`,
      isAllow: Effect === 'Allow',
      isPlain: Action !== undefined && Resource !== undefined,
      actions: texts(Action),
      resources: texts(Resource),
      conditions: conditionsOf(Condition),
    }
  })
}

function conditionsOf(condition: Json | undefined): readonly Condition[] {
  if (!isObject(condition)) return []
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key: key.toLowerCase(), values: texts(values) }))
      : [],
  )
}

/** Of a text, or a list of them. */
export function texts(value: Json | undefined): readonly string[] {
  const all = value === undefined ? [] : isList(value) ? value : [value]
  return all.map(String)
}
