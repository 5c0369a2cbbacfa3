import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../../resolve/value.ts'
import { meetsCondition, textsOf } from './condition.ts'
import { completed, inSegments, matches, tokensOf } from './pattern.ts'
import type { Request } from './request.ts'
import { all, any, not, type Truth } from './truth.ts'

/** What policies say to a request. */
export type Decision = {
  readonly decision: 'allow' | 'deny' | 'unknown'
  /** Those that made it so, in the policies' order; none for a request that no statement allows. */
  readonly by: readonly Source[]
}

/** A statement, by the positions of its policy and of itself, from 0. */
export type Source = { readonly policy: number; readonly statement: number; readonly sid?: string }

/**
 * What identity-based policies, resolved as `resolve` gives them, say to a request: an explicit deny wins, then an
 * allow, and what nobody allows is denied. A boundary, a session policy and the resource's own policy are not in it.
 * `also` says what else a statement asks for, by the position of its policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function decide(
  policies: readonly Value[],
  request: Request,
  also: (statement: ValueObject, policy: number) => Truth = () => true,
): Decision {
  const judged = policies.flatMap((policy, at) => judge(policy, at, request, also))
  const sure = judged.filter(it => it.truth === true)
  const denied = sure.filter(it => it.effect === 'Deny')
  if (denied.length > 0) return { decision: 'deny', by: sourcesOf(denied) }
  const allowed = sure.filter(it => it.effect === 'Allow')
  const open = judged.filter(it => it.truth === 'unknown' || (it.truth && it.effect === 'unknown'))
  // With an allow, only a deny can change the answer; without one, only an allow.
  const decisive = open.filter(it => it.effect !== (allowed.length > 0 ? 'Allow' : 'Deny'))
  if (decisive.length > 0) return { decision: 'unknown', by: sourcesOf(decisive) }
  return { decision: allowed.length > 0 ? 'allow' : 'deny', by: sourcesOf(allowed) }
}

function sourcesOf(judged: readonly Judged[]): readonly Source[] {
  return judged.map(({ source }) => source)
}

type Judged = { readonly source: Source; readonly effect: 'Allow' | 'Deny' | 'unknown'; readonly truth: Truth }

function judge(
  policy: Value,
  at: number,
  request: Request,
  also: (statement: ValueObject, policy: number) => Truth,
): readonly Judged[] {
  const statements = isValueObject(policy) ? policy['Statement'] : undefined
  if (!isValueObject(policy) || statements === undefined) {
    return [{ source: { policy: at, statement: 0 }, effect: 'unknown', truth: 'unknown' }]
  }
  // An older policy has none.
  const hasVariables = policy['Version'] === '2012-10-17'
  return (isValueList(statements) ? statements : [statements]).map((statement, index): Judged => {
    const source = { policy: at, statement: index }
    if (!isValueObject(statement)) return { source, effect: 'unknown', truth: 'unknown' }
    const { Effect, Sid } = statement
    return {
      source: typeof Sid === 'string' ? { ...source, sid: Sid } : source,
      effect: Effect === 'Allow' || Effect === 'Deny' ? Effect : 'unknown',
      truth: all([applies(statement, request, hasVariables), also(statement, at)]),
    }
  })
}

/** Does a statement apply to a request, by its action, resource and condition? Who makes it is for others to say. */
export function applies(statement: ValueObject, request: Request, hasVariables: boolean): Truth {
  const isAsked = hasAction(statement, request)
  // Most statements are about something else.
  const isThere = isAsked !== false && hasResource(statement, request, hasVariables)
  if (isThere === false) return false
  return all([isAsked, isThere, meetsCondition(statement['Condition'], request, hasVariables)])
}

/** Is a text, in which there are no wildcards, certainly none that the pattern matches, by what they begin with? */
function differs(pattern: string | Unknown, text: string | Unknown): boolean {
  if (pattern instanceof Unknown || text instanceof Unknown) return false
  const end = pattern.search(/[*?]|\$\{/)
  return end < 0 ? pattern !== text : !text.startsWith(pattern.slice(0, end))
}

const asked = new WeakMap<Request, ReturnType<typeof tokensOf>>()

/** Of the resource that is asked for, which is held against many. */
function askedTokens(request: Request): ReturnType<typeof tokensOf> {
  const known = asked.get(request)
  if (known !== undefined) return known
  const tokens = tokensOf(request.resource, { wildcards: false })
  asked.set(request, tokens)
  return tokens
}

type Matcher = (action: string) => Truth

const matchers = new WeakMap<ValueObject, Matcher>()

/** Is it about the action? */
export function hasAction(statement: ValueObject, { action }: Request): Truth {
  const known = matchers.get(statement)
  const matcher = known ?? actionMatcher(statement)
  if (known === undefined) matchers.set(statement, matcher)
  return matcher(action)
}

function actionMatcher({ Action, NotAction }: ValueObject): Matcher {
  const among = (list: Value): Matcher => {
    const texts = textsOf(list)
    const known = texts.filter(text => typeof text === 'string')
    const isNamed = namer(known.map(text => text.toLowerCase()))
    const isKnown = known.length === texts.length
    return action => isNamed(action.toLowerCase()) || (isKnown ? false : 'unknown')
  }
  if (Action !== undefined) return among(Action)
  if (NotAction === undefined) return () => 'unknown'
  const excepted = among(NotAction)
  return action => not(excepted(action))
}

/** Tells whether one of the patterns matches an action, all in lower case; those of other services are not even read. */
function namer(patterns: readonly string[]): (action: string) => boolean {
  const whole = new Set(patterns)
  const byService = new Map<string, string[]>()
  for (const pattern of patterns) {
    if (!/[*?]/.test(pattern)) continue
    const [, service = ''] = /^([^*?:]*):/.exec(pattern) ?? []
    byService.set(service, [...(byService.get(service) ?? []), pattern])
  }
  const expressions = new Map<string, readonly RegExp[]>()
  const expressionsOf = (service: string): readonly RegExp[] => {
    const known = expressions.get(service)
    if (known !== undefined) return known
    const made = (byService.get(service) ?? []).map(expressionOf)
    expressions.set(service, made)
    return made
  }
  return action => {
    if (whole.has(action)) return true
    const service = action.slice(0, Math.max(0, action.indexOf(':')))
    return [service, ''].some(it => byService.has(it) && expressionsOf(it).some(expression => expression.test(action)))
  }
}

function expressionOf(pattern: string): RegExp {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  return new RegExp(`^${expression}$`)
}

/** Is it about the resource? */
export function hasResource({ Resource, NotResource }: ValueObject, request: Request, hasVariables: boolean): Truth {
  const variables = hasVariables ? request : undefined
  const meets = (text: string | Unknown, missing: Truth): Truth => {
    if (differs(text, request.resource)) return false
    const given = askedTokens(request)
    const pattern = tokensOf(text, { wildcards: true, variables })
    return typeof pattern === 'string' || typeof given === 'string' ? missing : matches(inSegments(pattern), given)
  }
  const among = (list: Value, missing: Truth) => any(textsOf(list).map(text => meets(completed(text), missing)))
  if (Resource !== undefined) return among(Resource, false)
  // Trust policies have neither.
  return NotResource === undefined || not(among(NotResource, 'unknown'))
}
