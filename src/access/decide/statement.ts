import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../../resolve/value.ts'
import { meetsCondition, textsOf } from './condition.ts'
import { isLike } from './glob.ts'
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
  const judged = applying(policies, request, also)
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

/** The statements that apply to a request, and those that may. */
export function applying(
  policies: readonly Value[],
  request: Request,
  also: (statement: ValueObject, policy: number) => Truth,
): readonly Judged[] {
  const judged: Judged[] = []
  for (const { source, effect, statement, hasVariables, isAsked } of statementsFor(policies, request)) {
    const isMeant = statement === undefined ? 'unknown' : meant(statement, isAsked, request, hasVariables)
    if (isMeant === false) continue
    const truth = statement === undefined ? isMeant : all([isMeant, also(statement, source.policy)])
    if (truth !== false) judged.push({ source, effect, truth })
  }
  return judged
}

function sourcesOf(judged: readonly Judged[]): readonly Source[] {
  return judged.map(({ source }) => source)
}

export type Judged = {
  readonly source: Source
  /** Unknown where it is not known that it is a statement, or of which kind. */
  readonly effect: 'Allow' | 'Deny' | 'unknown'
  readonly truth: true | 'unknown'
}

/** A statement that is about the action, or may be; without one, something in its place of which nothing is known. */
type Speaking = {
  readonly source: Source
  readonly effect: Judged['effect']
  readonly statement: ValueObject | undefined
  readonly hasVariables: boolean
  readonly isAsked: Truth
}

/** By action: of the same policies much is asked, and most statements are about something else. */
const speaking = new WeakMap<readonly Value[], Map<string, readonly Speaking[]>>()

function statementsFor(policies: readonly Value[], request: Request): readonly Speaking[] {
  const byAction = speaking.get(policies) ?? new Map<string, readonly Speaking[]>()
  speaking.set(policies, byAction)
  const known = byAction.get(request.action)
  if (known !== undefined) return known
  const found = policies.flatMap((policy, at) => speakingIn(policy, at, request))
  byAction.set(request.action, found)
  return found
}

function speakingIn(policy: Value, at: number, request: Request): readonly Speaking[] {
  const nothing = { effect: 'unknown', statement: undefined, hasVariables: false, isAsked: 'unknown' } as const
  const statements = isValueObject(policy) ? policy['Statement'] : undefined
  if (!isValueObject(policy) || statements === undefined) return [{ source: { policy: at, statement: 0 }, ...nothing }]
  // An older policy has none.
  const hasVariables = policy['Version'] === '2012-10-17'
  return (isValueList(statements) ? statements : [statements]).flatMap((statement, index): readonly Speaking[] => {
    const source = { policy: at, statement: index }
    if (!isValueObject(statement)) return [{ source, ...nothing }]
    const isAsked = hasAction(statement, request)
    if (isAsked === false) return []
    const { Effect, Sid } = statement
    const effect = Effect === 'Allow' || Effect === 'Deny' ? Effect : 'unknown'
    return [
      { source: typeof Sid === 'string' ? { ...source, sid: Sid } : source, effect, statement, hasVariables, isAsked },
    ]
  })
}

/** Does a statement apply to a request, by its action, resource and condition? Who makes it is for others to say. */
export function applies(statement: ValueObject, request: Request, hasVariables: boolean): Truth {
  const isAsked = hasAction(statement, request)
  return isAsked !== false && meant(statement, isAsked, request, hasVariables)
}

function meant(statement: ValueObject, isAsked: Truth, request: Request, hasVariables: boolean): Truth {
  const isThere = hasResource(statement, request, hasVariables)
  if (isThere === false) return false
  return all([isAsked, isThere, meetsCondition(statement['Condition'], request, hasVariables)])
}

/** A resource that a statement names. */
type Target = {
  readonly text: string | Unknown
  /** What it begins with, before the first wildcard or variable. */
  readonly start: string
  /** What comes then: nothing, a wildcard at the very end, or more to be read. */
  readonly rest: 'nothing' | 'anything' | 'more'
}

const targets = new WeakMap<ValueObject, readonly Target[]>()

/** Of `Resource`, or of `NotResource`. */
function targetsOf(statement: ValueObject): readonly Target[] {
  const known = targets.get(statement)
  if (known !== undefined) return known
  const made = textsOf(statement['Resource'] ?? statement['NotResource']).map((one): Target => {
    const text = completed(one)
    if (text instanceof Unknown) return { text, start: '', rest: 'more' }
    const end = text.search(/[*?]|\$\{/)
    if (end < 0) return { text, start: text, rest: 'nothing' }
    const isLast = end === text.length - 1 && text.endsWith('*')
    return { text, start: text.slice(0, end), rest: isLast ? 'anything' : 'more' }
  })
  targets.set(statement, made)
  return made
}

/** What is plain without taking the texts apart; undefined where that has to be done. */
function plainly({ start, rest }: Target, text: string | Unknown): boolean | undefined {
  if (text instanceof Unknown) return undefined
  if (rest === 'nothing') return text === start
  return text.startsWith(start) ? rest === 'anything' || undefined : false
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
  return action => {
    if (whole.has(action)) return true
    const service = action.slice(0, Math.max(0, action.indexOf(':')))
    return [service, ''].some(it => byService.get(it)?.some(pattern => isLike(pattern, action)) === true)
  }
}

/** Is it about the resource? */
export function hasResource(statement: ValueObject, request: Request, hasVariables: boolean): Truth {
  const { Resource, NotResource } = statement
  const variables = hasVariables ? request : undefined
  const meets = (target: Target, missing: Truth): Truth => {
    const isPlain = plainly(target, request.resource)
    if (isPlain !== undefined) return isPlain
    const given = askedTokens(request)
    const pattern = tokensOf(target.text, { wildcards: true, variables })
    return typeof pattern === 'string' || typeof given === 'string' ? missing : matches(inSegments(pattern), given)
  }
  const among = (missing: Truth) => any(targetsOf(statement).map(it => meets(it, missing)))
  if (Resource !== undefined) return among(false)
  // Trust policies have neither.
  return NotResource === undefined || not(among('unknown'))
}
