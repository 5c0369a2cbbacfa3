import { cidrContains } from '../../resolve/cidr.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import { isColon, matches, type Reading, type Token, tokensOf } from './pattern.ts'
import { type ContextValue, contextValue, keyOf, type Request } from './request.ts'
import { all, any, either, not, type Truth } from './truth.ts'

/**
 * Does a request meet the `Condition` of a statement? `variables` says whether the policy has any.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function meetsCondition(condition: Value | undefined, request: Request, variables: boolean): Truth {
  if (condition === undefined) return true
  if (!isValueObject(condition)) return 'unknown'
  return all(
    Object.entries(condition).map(([operator, keys]) =>
      isValueObject(keys)
        ? all(Object.entries(keys).map(([key, values]) => meets(operator, key, values, request, variables)))
        : 'unknown',
    ),
  )
}

/**
 * Does one value of the policy hold of one of the request's? `invalid`: one of them is not what the operator compares.
 */
type Test = (policy: string | Unknown, request: string | Unknown, variables: Request | undefined) => Truth | 'invalid'

type Operator = { readonly test: Test; readonly isNegated: boolean }

/** One line of a condition: does the request meet what the operator asks of the key? */
export function meets(name: string, key: string, values: Value, request: Request, variables: boolean): Truth {
  const actual = contextValue(request, key)
  const wanted = textsOf(values)
  if (name === 'Null') return isNull(wanted, actual)
  const { operator, set, isOptional } = readOperator(name)
  if (operator === undefined) return 'unknown'
  const isAbsent: Truth = isOptional || set === 'ForAllValues' || (set === undefined && operator.isNegated)
  if (actual === undefined) return isAbsent
  // Whatever its value may be.
  const given = actual === 'open' ? new Unknown({ kind: 'pseudo', name: `context ${key.toLowerCase()}` }) : actual
  const isPresent = holds(operator, set, wanted, given, request, variables)
  return actual === 'open' ? either(isAbsent, isPresent) : isPresent
}

type Named = { readonly operator: Operator | undefined; readonly set: string | undefined; readonly isOptional: boolean }

const named = new Map<string, Named>()

/** `ForAnyValue:StringLikeIfExists` */
function readOperator(name: string): Named {
  const known = named.get(name)
  if (known !== undefined) return known
  const [, set, operator = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? []
  const made = { operator: operators.get(operator), set, isOptional: ifExists !== undefined }
  named.set(name, made)
  return made
}

/** A key without any value is as one that is not there. */
function isNull(wanted: readonly (string | Unknown)[], actual: ContextValue | 'open' | undefined): Truth {
  if (actual === 'open') return 'unknown'
  const isNone =
    actual === undefined || (typeof actual === 'object' && !(actual instanceof Unknown) && actual.length === 0)
  return any(
    wanted.map(value => {
      if (value instanceof Unknown) return 'unknown'
      return value.toLowerCase() === String(isNone)
    }),
  )
}

function holds(
  { test, isNegated }: Operator,
  set: string | undefined,
  wanted: readonly (string | Unknown)[],
  actual: ContextValue,
  request: Request,
  variables: boolean,
): Truth {
  const one = (value: string | Unknown): Truth => {
    const others = value instanceof Unknown ? request.differs?.get(keyOf(value)) : undefined
    const found = wanted.map((it): Truth => {
      if (others?.has(keyOf(it)) === true) return false
      const truth = test(it, value, variables ? request : undefined)
      // AWS does not say what a negation makes of it.
      return truth === 'invalid' ? isNegated && 'unknown' : truth
    })
    return isNegated ? not(any(found)) : any(found)
  }
  const isSingle = typeof actual === 'string' || actual instanceof Unknown
  const given = isSingle ? [actual] : actual
  if (set === 'ForAnyValue') return any(given.map(one))
  if (set === 'ForAllValues') return all(given.map(one))
  // AWS says of several values only that they take a set operator.
  return isSingle ? one(actual) : 'unknown'
}

/** What stands for an unknown list is one unknown text. */
export function textsOf(value: Value | undefined): readonly (string | Unknown)[] {
  if (value === undefined) return []
  if (isValueList(value)) return value.flatMap(textsOf)
  if (value instanceof Unknown) return [value]
  return [isValueObject(value) || value === null ? new Unknown({ kind: 'mistake' }) : String(value)]
}

function text(reading: Omit<Reading, 'variables'>): Test {
  const read = compared(reading, matches)
  return (policy, request, variables) => {
    const isPlain = typeof policy === 'string' && typeof request === 'string' && !/[$*?]/.test(policy)
    if (!isPlain) return read(policy, request, variables)
    return reading.ignoreCase === true ? policy.toLowerCase() === request.toLowerCase() : policy === request
  }
}

/** What has a variable of no value equals nothing, and a negation of it holds. */
function compared(
  reading: Omit<Reading, 'variables'>,
  compare: (policy: readonly Token[], request: readonly Token[]) => Truth | 'invalid',
): Test {
  return (policy, request, variables) => {
    const pattern = tokensOf(policy, { ...reading, variables })
    const tokens = tokensOf(request, { ...reading, wildcards: false })
    if (pattern === 'missing' || tokens === 'missing') return false
    return pattern === 'several' || tokens === 'several' ? 'invalid' : compare(pattern, tokens)
  }
}

/** Each of the six parts matches for itself. */
const arn = compared({ wildcards: true }, (pattern, tokens) => {
  const [wanted, given] = [segments(pattern), segments(tokens)]
  if (wanted.length === 6 && given.length === 6) {
    return all(wanted.map((segment, at) => matches(segment, given[at] ?? [])))
  }
  // What is unknown may have the colons.
  return [...pattern, ...tokens].some(({ kind }) => kind === 'symbol') ? 'unknown' : 'invalid'
})

function segments(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const found: Token[][] = [[]]
  for (const token of tokens) {
    if (isColon(token) && found.length < 6) found.push([])
    else found.at(-1)?.push(token)
  }
  return found
}

/** Compares two known texts. Other than in strings and ARNs, there are no variables. */
function known(compare: (policy: string, request: string) => boolean | 'invalid'): Test {
  return (policy, request) =>
    typeof policy === 'string' && typeof request === 'string' ? compare(policy, request) : 'unknown'
}

function ordered(read: (text: string) => number, compare: (request: number, policy: number) => boolean): Test {
  return known((policy, request) => {
    const [wanted, given] = [read(policy), read(request)]
    return Number.isNaN(wanted) || Number.isNaN(given) ? 'invalid' : compare(given, wanted)
  })
}

function numberOf(text: string): number {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}

/** In milliseconds, of ISO 8601 or of seconds since 1970. */
function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

const address = known((policy, request) => cidrContains(policy, request) ?? 'invalid')

const truth = known((policy, request) => {
  const [wanted, given] = [policy.toLowerCase(), request.toLowerCase()]
  return isBoolean(wanted) && isBoolean(given) ? wanted === given : 'invalid'
})

function isBoolean(text: string): boolean {
  return text === 'true' || text === 'false'
}

const bytes = known((policy, request) => policy === request)

function pair(name: string, negated: string, test: Test): readonly (readonly [string, Operator])[] {
  return [
    [name, { test, isNegated: false }],
    [negated, { test, isNegated: true }],
  ]
}

function comparisons(name: string, read: (text: string) => number): readonly (readonly [string, Operator])[] {
  const one = (suffix: string, compare: (request: number, policy: number) => boolean) =>
    [`${name}${suffix}`, { test: ordered(read, compare), isNegated: false }] as const
  return [
    ...pair(
      `${name}Equals`,
      `${name}NotEquals`,
      ordered(read, (request, policy) => request === policy),
    ),
    one('LessThan', (request, policy) => request < policy),
    one('LessThanEquals', (request, policy) => request <= policy),
    one('GreaterThan', (request, policy) => request > policy),
    one('GreaterThanEquals', (request, policy) => request >= policy),
  ]
}

const operators: ReadonlyMap<string, Operator> = new Map([
  ...pair('StringEquals', 'StringNotEquals', text({ wildcards: false })),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', text({ wildcards: false, ignoreCase: true })),
  ...pair('StringLike', 'StringNotLike', text({ wildcards: true })),
  ...pair('ArnEquals', 'ArnNotEquals', arn),
  ...pair('ArnLike', 'ArnNotLike', arn),
  ...pair('IpAddress', 'NotIpAddress', address),
  ...comparisons('Numeric', numberOf),
  ...comparisons('Date', timeOf),
  ['Bool', { test: truth, isNegated: false }],
  ['BinaryEquals', { test: bytes, isNegated: false }],
])
