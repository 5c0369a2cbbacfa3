import { isList, isObject, type Json, type JsonObject } from '../document.ts'
import { type Role, told } from '../live/snapshot.ts'

/** A policy of a role that could be read. */
export type Policy = {
  /** The name of an inline one, the ARN of a managed one. */
  readonly name: string
  readonly kind: 'inline' | 'managed'
  readonly document: JsonObject
}

export type Statement = {
  readonly policy: Policy
  /** Counted from 1. */
  readonly number: number
  readonly sid?: string
  readonly isAllow: boolean
  readonly fields: JsonObject
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** Inline, then managed ones. */
export function policiesOf(role: Role): readonly Policy[] {
  const inline = (told(role.inline) ?? []).flatMap(({ name, document }): readonly Policy[] => {
    const read = told(document)
    return read === undefined ? [] : [{ name, kind: 'inline', document: read }]
  })
  const managed = (told(role.attached) ?? []).flatMap(({ arn, document }): readonly Policy[] => {
    const read = told(document)
    return read === undefined ? [] : [{ name: arn, kind: 'managed', document: read }]
  })
  return [...inline, ...managed]
}

/** Is all that the role allows known? */
export function isWhole({ inline, attached }: Role): boolean {
  return [inline, attached].every(
    answer => answer.kind === 'is' && answer.value.every(({ document }) => document.kind === 'is'),
  )
}

export function statementsOf(policy: Policy): readonly Statement[] {
  return statementsIn(policy.document).map((fields, at) => {
    const { Sid, Effect, Action, Resource } = fields
    return {
      ...{ policy, number: at + 1, isAllow: Effect === 'Allow', fields },
      ...(typeof Sid === 'string' && Sid !== '' ? { sid: Sid } : {}),
      ...{ actions: textsOf(Action), resources: textsOf(Resource) },
    }
  })
}

/** One alone is as good as a list. */
export function statementsIn(document: JsonObject): readonly JsonObject[] {
  const { Statement } = document
  return (isList(Statement) ? Statement : [Statement]).flatMap(it => (isObject(it) ? [it] : []))
}

export function textsOf(value: Json | undefined): readonly string[] {
  const items = value === undefined ? [] : isList(value) ? value : [value]
  return items.flatMap(it => (typeof it === 'string' ? [it] : typeof it === 'object' ? [] : [String(it)]))
}

export type Line = { readonly operator: string; readonly key: string; readonly values: readonly string[] }

/** What a `Condition` says, one key a line. */
export function linesOf(condition: Json | undefined): readonly Line[] {
  return Object.entries(isObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({ operator, key, values: textsOf(values) })),
  )
}

/** Where a statement is, of a role. */
export function placeOf(role: Role, { policy, number, sid }: Statement) {
  return { role: role.roleName, policy: policy.name, statement: number, ...(sid === undefined ? {} : { sid }) }
}

/** `statement 2 (PrivateList) of own-folder` */
export function nameOf({ policy, number, sid }: Statement): string {
  return `statement ${number}${sid === undefined ? '' : ` (${sid})`} of ${policy.name}`
}
