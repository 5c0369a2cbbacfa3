import type { Unknown } from '../../resolve/value.ts'

/** What somebody asks AWS for, as IAM sees it. */
export type Request = {
  /** `s3:GetObject` */
  readonly action: string
  /** An ARN, or `*` for an action that has no resources. */
  readonly resource: string | Unknown
  /** The request's context, by condition key in lower case. A key that is not in it is not in the request. */
  readonly context: Pick<ReadonlyMap<string, ContextValue>, 'get'>
  /** Keys, in lower case, of which it is not known whether the request has them, nor with which value. */
  readonly open?: Pick<ReadonlySet<string>, 'has'>
  /** Values in which an unknown of the request is not, though nothing else is known of it: the keys of both. */
  readonly differs?: ReadonlyMap<string, ReadonlySet<string>>
}

/** A list is that of a multivalued key. */
export type ContextValue = string | Unknown | readonly (string | Unknown)[]

/** The value of a context key; `open` if the request may have it or not. */
export function contextValue({ context, open }: Request, key: string): ContextValue | 'open' | undefined {
  const name = key.toLowerCase()
  return context.get(name) ?? (open?.has(name) === true ? 'open' : undefined)
}

/** Two values of the same key are the same. */
export function keyOf(value: string | Unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value.origin)
}
