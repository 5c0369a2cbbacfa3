import type { ContextValue } from './decide/request.ts'
import type { Question } from './question.ts'

/** By condition key in lower case. */
export type Said = Pick<ReadonlyMap<string, ContextValue>, 'get'>

/**
 * What a question's context says of who asks, from where and when: it holds for the request by which they take a role as
 * well. What it says of the thing that is asked for is about another request.
 */
export function saidOfCaller(context: Question['context'] = {}): ReadonlyMap<string, ContextValue> {
  const said = Object.entries(context).map(([key, value]) => [key.toLowerCase(), value] as const)
  return new Map(said.filter(([key]) => isOfCaller.test(key)))
}

const isOfCaller = /^(?:aws:(?!resource|request|tagkeys|calledvia|principaltag)|sts:|saml:|[^:]*\.)/
