/**
 * What is decided here and what another evaluator decides, which knows nothing of this one: @cloud-copilot/iam-simulate.
 * Generated policies and requests; where the two differ, an explanation below says why, with AWS's page.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import type { ContextValue } from '../src/access/decide/request.ts'
import { decide } from '../src/access/decide/statement.ts'
import type { Identity } from '../src/access/question.ts'
import { mayAssume } from '../src/access/trust.ts'
import type { Way } from '../src/access/ways.ts'
import { withRole } from '../src/access/with-role.ts'
import type { Json } from '../src/document.ts'
import { resolve } from '../src/resolve/index.ts'

type Texts = string | readonly string[]
type Statement = {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: Texts
  readonly NotAction?: Texts
  readonly Resource?: Texts
  readonly NotResource?: Texts
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>
}
type Policy = { readonly Version: '2008-10-17' | '2012-10-17'; readonly Statement: readonly Statement[] }
type Asked = {
  readonly action: string
  readonly resource: string
  readonly context: Readonly<Record<string, string | readonly string[]>>
}
type Answer = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied' | 'unknown'

const account = '123456789012'
const place = {
  ...{ region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com', accountId: account },
  ...{ stackName: 'stack', stackId: 'id' },
}

/** A generator of numbers that gives the same ones on every machine (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

class Chance {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = chanceOf(seed)
  }

  is(likelihood: number): boolean {
    return this.#next() < likelihood
  }

  upTo(most: number): number {
    return Math.floor(this.#next() * (most + 1))
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.upTo(items.length - 1)]
    assert(item !== undefined)
    return item
  }

  some<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: 1 + this.upTo(most - 1) }, make)
  }
}

const identity = 'us-east-1:11111111-2222-3333-4444-555555555555'

/** Actions, with what they are asked of. */
const world = [
  ['s3:GetObject', ['arn:aws:s3:::notes/private/a/x', 'arn:aws:s3:::notes/private/ab/x', 'arn:aws:s3:::notes/a+b']],
  [
    's3:PutObject',
    [`arn:aws:s3:::notes/private/${identity}/x.txt`, 'arn:aws:s3:::notes/private//x', 'arn:aws:s3:::a.b/c?d'],
  ],
  ['s3:ListBucket', ['arn:aws:s3:::notes', 'arn:aws:s3:::notes-2']],
  ['s3:DeleteObject', ['arn:aws:s3:::notes/private/${aws:username}/x', 'arn:aws:s3:::notes/private/../b/x']],
  [
    'dynamodb:GetItem',
    [`arn:aws:dynamodb:eu-west-1:${account}:table/rows`, `arn:aws:dynamodb:us-east-1:${account}:table/rows/index/i`],
  ],
  [
    'execute-api:Invoke',
    [
      `arn:aws:execute-api:eu-west-1:${account}:a1b2c3/prod/GET/x:y`,
      `arn:aws:execute-api:eu-west-1:${account}:a1b2c3/$default/`,
    ],
  ],
  ['sns:Publish', [`arn:aws:sns:eu-west-1:${account}:topic`, 'arn:aws:sns:eu-west-1:210987654321:topic']],
  ['sqs:SendMessage', [`arn:aws:sqs:eu-west-1:${account}:queue`]],
  ['s3:ListAllMyBuckets', ['*']],
] as const

/** What the policies and the requests of a round are mostly about. */
type Topic = (typeof world)[number]

/** Keys, with what a request may have and a policy may ask for. */
const keys = {
  'aws:username': ['a', 'ab', 'A', '', '*', 'a?b', '${aws:userid}'],
  'aws:PrincipalTag/team': ['red', 'Red', 'blue', 'red team', 'r.d', ''],
  'cognito-identity.amazonaws.com:sub': [identity, `${identity}0`, 'us-east-1:1'],
  's3:prefix': ['', 'private/', 'private/a/', 'private/ab', 'private/a/b/c', '*'],
  's3:max-keys': ['10', '9', '100', '10.0', '1e1', '-1', '0x0a', 'ten', '10a', ''],
  'aws:CurrentTime': [
    '2026-01-01T00:00:00Z',
    '2025-12-31T23:59:59Z',
    '2026-01-01',
    '2026-01-01T01:00:00+01:00',
    '1767225600',
    '1767225599',
    '1767225600000',
    'now',
  ],
  'aws:SourceIp': [
    '203.0.113.7',
    '203.0.113.0',
    '203.0.114.1',
    '10.0.0.1',
    '2001:db8::1',
    '2001:DB8:0:0:0:0:0:1',
    '::1',
    '256.1.1.1',
    'x',
  ],
  'aws:SourceArn': [
    `arn:aws:sns:eu-west-1:${account}:topic`,
    `arn:aws:sns:eu-west-1:${account}:topic:1`,
    'arn:aws:s3:::notes',
    'arn:aws:sns',
    'topic',
  ],
  'aws:SecureTransport': ['true', 'false', 'True', 'yes'],
  'aws:TokenBinary': ['QmluYXJ5', 'qmluYXJ5', 'QmluYXJ5=='],
  'dynamodb:LeadingKeys': ['a', 'b', identity, 'ab', ''],
  'aws:TagKeys': ['team', 'Team', 'cost', 'red'],
} as const

type Key = keyof typeof keys

const isKey = (name: string): name is Key => Object.hasOwn(keys, name)
const names = Object.keys(keys).filter(isKey)
const multivalued: readonly Key[] = ['dynamodb:LeadingKeys', 'aws:TagKeys']

const operators: Readonly<Record<string, readonly Key[]>> = {
  ...group(
    [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    [
      'aws:username',
      'aws:PrincipalTag/team',
      'cognito-identity.amazonaws.com:sub',
      's3:prefix',
      'dynamodb:LeadingKeys',
      'aws:TagKeys',
    ],
  ),
  ...group(
    [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    ['s3:max-keys'],
  ),
  ...group(
    ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
    ['aws:CurrentTime'],
  ),
  ...group(['IpAddress', 'NotIpAddress'], ['aws:SourceIp']),
  ...group(['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'], ['aws:SourceArn']),
  Bool: ['aws:SecureTransport'],
  BinaryEquals: ['aws:TokenBinary'],
  Null: names,
}

function group(operators: readonly string[], of: readonly Key[]): Readonly<Record<string, readonly Key[]>> {
  return Object.fromEntries(operators.map(name => [name, of]))
}

const variables = [
  '${aws:username}',
  '${AWS:UserName}',
  '${aws:PrincipalTag/team}',
  '${cognito-identity.amazonaws.com:sub}',
  '${aws:nobody}',
  "${aws:PrincipalTag/team, 'red'}",
  "${aws:nobody, 'a'}",
  '${*}',
  '${?}',
  '${$}',
  '${dynamodb:LeadingKeys}',
  '${',
  '$',
  '${aws:username',
]

/** A text with wildcards and variables put into it. */
function blurred(text: string, chance: Chance, from = 0): string {
  let blurred = text
  for (let times = chance.upTo(2); times > 0; times--) {
    const start = from + chance.upTo(Math.max(blurred.length - from, 0))
    const end = Math.min(start + chance.upTo(6), blurred.length)
    const piece = chance.of(['*', '*', '?', '', 'a', '/', chance.of(variables)])
    blurred = blurred.slice(0, start) + piece + blurred.slice(piece === '?' ? Math.min(start + 1, blurred.length) : end)
  }
  return blurred
}

function actionOf(chance: Chance, topic: Topic): string {
  const [action] = chance.is(0.6) ? topic : chance.of(world)
  const [service = ''] = action.split(':')
  return chance.of([
    action,
    action,
    action.toLowerCase(),
    `${service}:*`,
    `${service}:Get*`,
    `${service}:?etObject`,
    '*',
    `${service}:*Object*`,
    `${service}:Put?bject`,
  ])
}

function resourceOf(chance: Chance, topic: Topic): string {
  const [, resources] = chance.is(0.6) ? topic : chance.of(world)
  const resource = chance.of<string>(resources)
  if (resource === '*' || chance.is(0.15)) return '*'
  const parts = resource.split(':')
  const [partition = '', service = '', region = '', owner = '', ...rest] = parts.slice(1)
  const segment = (text: string) =>
    chance.is(0.2) ? chance.of(['*', `${text.slice(0, 3)}*`, text.replace(/.$/, '?'), `*${text.slice(1)}`]) : text
  if (chance.is(0.05))
    return parts
      .slice(0, 2 + chance.upTo(3))
      .map(part => (part === 'arn' || part === service ? part : segment(part)))
      .join(':')
  return ['arn', segment(partition), service, segment(region), segment(owner), blurred(rest.join(':'), chance)].join(
    ':',
  )
}

function wantedOf(operator: string, key: Key, chance: Chance): string {
  if (operator.endsWith('Null')) return chance.of(['true', 'false', 'False'])
  const value = chance.of<string>(keys[key])
  if (operator.includes('IpAddress'))
    return chance.of([value, value, `${value}/24`, `${value}/0`, `${value}/64`, `${value}/32`, '${aws:username}'])
  if (operator.includes('Arn')) {
    return chance.is(0.5)
      ? value
      : value
          .split(':')
          .map(part => (chance.is(0.25) ? chance.of(['*', `${part.slice(0, 2)}*`, '?', '']) : part))
          .join(':')
  }
  if (/^(?:For\w+:)?(?:Numeric|Date|Bool|Binary)/.test(operator)) return chance.is(0.95) ? value : chance.of(variables)
  return chance.is(0.4) ? value : blurred(value, chance)
}

function conditionOf(chance: Chance): NonNullable<Statement['Condition']> {
  return Object.fromEntries(
    chance.some(chance.is(0.6) ? 2 : 1, () => {
      const base = chance.of(Object.keys(operators))
      const of = operators[base] ?? names
      const isNull = base === 'Null'
      const set = isNull ? '' : chance.of(['', '', 'ForAnyValue:', 'ForAllValues:'])
      const operator = `${set}${base}${!isNull && chance.is(0.2) ? 'IfExists' : ''}`
      const fitting = set === '' && !isNull && chance.is(0.9) ? of.filter(key => !multivalued.includes(key)) : of
      const entries = chance.some(chance.is(0.3) ? 2 : 1, () => {
        const key = chance.is(0.03) ? chance.of(names) : chance.of(fitting)
        const wanted = chance.some(3, () => wantedOf(operator, key, chance))
        return [
          chance.is(0.1) ? key.toUpperCase() : key,
          wanted.length === 1 && chance.is(0.7) ? (wanted[0] ?? '') : wanted,
        ] as const
      })
      return [operator, Object.fromEntries(entries)] as const
    }),
  )
}

function statementOf(chance: Chance, topic: Topic): Statement {
  const actions = chance.some(2, () => actionOf(chance, topic))
  const resources = chance.some(2, () => resourceOf(chance, topic))
  return {
    Effect: chance.is(0.7) ? 'Allow' : 'Deny',
    ...(chance.is(0.85) ? { Action: actions } : { NotAction: actions }),
    ...(chance.is(0.85) ? { Resource: resources } : { NotResource: resources }),
    ...(chance.is(0.6) ? { Condition: conditionOf(chance) } : {}),
  }
}

function policyOf(chance: Chance, topic: Topic): Policy {
  return {
    Version: chance.is(0.97) ? '2012-10-17' : '2008-10-17',
    Statement: chance.some(2, () => statementOf(chance, topic)),
  }
}

function askedOf(chance: Chance, topic: Topic): Asked {
  const [action, resources] = chance.is(0.8) ? topic : chance.of(world)
  const context = names
    .filter(() => chance.is(0.6))
    .map(key => {
      const isList = multivalued.includes(key) ? chance.is(0.9) : chance.is(0.01)
      const values = chance.some(3, () => chance.of<string>(keys[key]))
      return [key, isList ? values : (values[0] ?? '')] as const
    })
  return { action, resource: chance.of<string>(resources), context: Object.fromEntries(context) }
}

function ours(policies: readonly Policy[], { action, resource, context }: Asked): Answer {
  const request = new Map(
    Object.entries(context).map(([key, value]): [string, ContextValue] => [key.toLowerCase(), value]),
  )
  const { decision, by } = decide(policies, { action, resource, context: request })
  switch (decision) {
    case 'allow':
      return 'Allowed'
    case 'deny':
      return by.length > 0 ? 'ExplicitlyDenied' : 'ImplicitlyDenied'
    case 'unknown':
      return 'unknown'
  }
}

function theirs(
  policies: readonly Policy[],
  { action, resource, context }: Asked,
  boundaries: readonly Policy[] = [],
): Answer {
  return runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/users`,
        action,
        resource: { resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
        ),
      },
      identityPolicies: policies.map((policy, at) => ({ name: `p${at}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundaries.length === 0
        ? {}
        : { permissionBoundaryPolicies: boundaries.map((policy, at) => ({ name: `b${at}`, policy })) }),
    },
    {},
  )
}

type Case = { readonly policies: readonly Policy[]; readonly asked: Asked }

/** The same policies and request in words that say what AWS makes of them, by the page that says it. */
type Explanation = { readonly page: string; readonly mend: (it: Case) => Case }

const iam = 'https://docs.aws.amazon.com/IAM/latest/UserGuide'

const listOf = (texts: Texts | undefined): readonly string[] => (typeof texts === 'string' ? [texts] : (texts ?? []))

function withStatements(
  { policies, asked }: Case,
  mend: (statement: Statement, policy: Policy) => Statement | undefined,
): Case {
  return {
    asked,
    policies: policies.map(policy => ({
      ...policy,
      Statement: policy.Statement.flatMap(it => mend(it, policy) ?? []),
    })),
  }
}

/** With every entry of a condition mended; undefined leaves it out. */
function withConditions(
  it: Case,
  mend: (operator: string, key: string, values: readonly string[]) => readonly string[] | undefined,
): Case {
  return withStatements(it, statement => {
    if (statement.Condition === undefined) return statement
    const entries = Object.entries(statement.Condition).map(
      ([operator, entries]) =>
        [
          operator,
          Object.fromEntries(
            Object.entries(entries).flatMap(([key, values]) => {
              const mended = mend(operator, key, listOf(values))
              return mended === undefined ? [] : [[key, mended] as const]
            }),
          ),
        ] as const,
    )
    return {
      ...statement,
      Condition: Object.fromEntries(entries.filter(([, entries]) => Object.keys(entries).length > 0)),
    }
  })
}

function withResources(it: Case, mend: (pattern: string, policy: Policy) => string): Case {
  return withStatements(it, (statement, policy) => ({
    ...statement,
    ...(statement.Resource === undefined
      ? {}
      : { Resource: listOf(statement.Resource).map(text => mend(text, policy)) }),
    ...(statement.NotResource === undefined
      ? {}
      : { NotResource: listOf(statement.NotResource).map(text => mend(text, policy)) }),
  }))
}

function given({ context }: Asked, key: string): string | readonly string[] | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
}

const baseOf = (operator: string) => operator.replace(/^For\w+:/, '').replace(/IfExists$/, '')
const isNegated = (operator: string) => baseOf(operator).includes('Not')
const variable = /\$\{([^}]*)\}/g

/** The variable's name, and its default. */
function readVariable(content: string): readonly [name: string, fallback: string | undefined] {
  const [, name = '', fallback] = /^([^,]*?)(?:, '([^']*)')?$/.exec(content) ?? []
  return [name, fallback]
}

/** Does a text have a variable that the request has no value for? */
function lacks(
  text: string,
  asked: Asked,
  of: (value: string | readonly string[] | undefined) => boolean = it => it === undefined,
): boolean {
  return [...text.matchAll(variable)].some(([, content = '']) => {
    const [name, fallback] = readVariable(content)
    if (/^[*?$]$/.test(content)) return false
    const value = given(asked, name)
    return of(value) && (value !== undefined || fallback === undefined)
  })
}

/** Does it have one with no value, or with several? */
function isOpen(text: string, asked: Asked): boolean {
  return lacks(text, asked) || lacks(text, asked, value => typeof value === 'object')
}

/** An ARN that nobody asks for. */
const nothing = 'arn:aws:no:::thing'

const quoted = (text: string) => text.replaceAll(/[$*?]/g, '${$&}')

const explanations: Readonly<Record<string, Explanation>> = {
  'a date in seconds since 1970': {
    page: `${iam}/reference_policies_elements_condition_operators.html#Conditions_Date`,
    mend: it => {
      const iso = (text: string) => (/^\d+$/.test(text) ? new Date(Number(text) * 1000).toISOString() : text)
      const { policies, asked } = withConditions(it, (operator, _, values) =>
        baseOf(operator).startsWith('Date') ? values.map(iso) : values,
      )
      const context = Object.entries(asked.context).map(([key, value]) => [
        key,
        key === 'aws:CurrentTime' ? (typeof value === 'string' ? iso(value) : value.map(iso)) : value,
      ])
      return { policies, asked: { ...asked, context: Object.fromEntries(context) } }
    },
  },
  'what is no number': {
    page: `${iam}/reference_policies_elements_condition_operators.html#Conditions_Numeric`,
    mend: it => {
      const isNumber = (text: string) => /^[-+]?\d+(\.\d+)?$/.test(text)
      return withConditions(it, (operator, key, values) => {
        if (!baseOf(operator).startsWith('Numeric')) return values
        const asks = listOf(given(it.asked, key)).every(isNumber)
        return values.map(text => (asks && isNumber(text) ? text : 'no number'))
      })
    },
  },
  'an address without a prefix, any address, and addresses of the other family': {
    page: `${iam}/reference_policies_elements_condition_operators.html#Conditions_IPAddress`,
    mend: it =>
      withConditions(it, (operator, _, values) => {
        if (!baseOf(operator).endsWith('IpAddress')) return values
        return values.flatMap(text => {
          const [address = '', length] = text.split('/')
          if (address.includes(':'))
            return length === '0' ? ['::/1', '8000::/1'] : [length === undefined ? `${text}/128` : text]
          return length === '0' && /^(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\./.test(address) && address !== '256.1.1.1'
            ? ['0.0.0.0/1', '128.0.0.0/1']
            : [length === undefined && /^\d/.test(address) ? `${text}/32` : text]
        })
      }),
  },
  'variables in a policy of before 2012-10-17': {
    page: `${iam}/reference_policies_elements_version.html`,
    mend: it => {
      const literal = (text: string) => text.replaceAll('${', '${$}{')
      const old = it.policies.map(({ Version }) => Version === '2008-10-17')
      const mend = (one: Case): Policy | undefined =>
        withConditions(withResources(one, literal), (_, __, values) => values.map(literal)).policies[0]
      return {
        ...it,
        policies: it.policies.map((policy, at) => {
          const mended = old[at] === true ? mend({ asked: it.asked, policies: [policy] }) : policy
          return { ...(mended ?? policy), Version: '2012-10-17' }
        }),
      }
    },
  },
  'a variable whose value is empty': {
    page: `${iam}/reference_policies_variables.html`,
    mend: it => {
      const emptied = (text: string) =>
        text.replaceAll(variable, (whole, content: string) =>
          given(it.asked, readVariable(content)[0]) === '' ? '' : whole,
        )
      return withConditions(withResources(it, emptied), (operator, _, values) =>
        /String|Arn/.test(operator) ? values.map(emptied) : values,
      )
    },
  },
  'a variable without a value under a negation': {
    page: `${iam}/reference_policies_variables.html#policy-vars-no-value`,
    mend: it =>
      withConditions(it, (operator, _, values) => {
        if (!isNegated(operator) || !/String|Arn/.test(operator)) return values
        return values.map(text => (!lacks(text, it.asked) ? text : operator.includes('Arn') ? nothing : 'nothing'))
      }),
  },
  'IfExists with ForAnyValue': {
    page: `${iam}/reference_policies_elements_condition_operators.html#Conditions_IfExists`,
    mend: it =>
      withConditions(it, (operator, key, values) =>
        /^ForAnyValue:.*IfExists$/.test(operator) && given(it.asked, key) === undefined ? undefined : values,
      ),
  },
  'a wildcard at the end of a part of an ARN, or in the type of a resource': {
    page: `${iam}/reference_policies_elements_resource.html`,
    mend: it => withResources(it, pattern => (isPlain(pattern) ? pattern : rewritten(pattern, it.asked))),
  },
  'a variable without a value in what could not match anyway': {
    page: `${iam}/reference_policies_variables.html#policy-vars-no-value`,
    mend: it =>
      withStatements(it, statement => {
        if (statement.NotResource === undefined) return statement
        const isOther = (text: string) => {
          const start = text.slice(0, text.search(/[*?]|\$\{/))
          return isOpen(text, it.asked) && !it.asked.resource.startsWith(start)
        }
        return {
          ...statement,
          NotResource: listOf(statement.NotResource).map(text => (isOther(text) ? nothing : text)),
        }
      }),
  },
  'an ARN that does not begin as one': {
    page: `${iam}/reference_policies_elements_condition_operators.html#Conditions_ARN`,
    mend: it =>
      withConditions(it, (operator, _, values) =>
        baseOf(operator).startsWith('Arn')
          ? values.map(text => (/^(?:arn|\*|ar?\*):/.test(text) || text.split(':').length < 6 ? text : nothing))
          : values,
      ),
  },
  'an ARN of fewer than six parts': {
    page: `${iam}/reference-arns.html`,
    mend: it =>
      withResources(it, pattern => {
        const missing = pattern === '*' ? 0 : 6 - pattern.split(':').length
        return missing > 0 ? rewritten(`${pattern}${':*'.repeat(missing)}`, it.asked) : pattern
      }),
  },
  'ARNs for an action that has no resources': {
    page: `${iam}/reference_policies_elements_resource.html`,
    mend: it =>
      it.asked.resource !== '*'
        ? it
        : withStatements(it, ({ Resource, NotResource, ...statement }) => {
            const isAll = (texts: Texts | undefined) => listOf(texts).includes('*')
            if (NotResource !== undefined) return isAll(NotResource) ? undefined : { ...statement, Resource: '*' }
            return isAll(Resource) ? { ...statement, Resource: '*' } : undefined
          }),
  },
}

/** Wildcards only where all agree: within a part of the ARN, or after what says of which type the resource is. */
function isPlain(pattern: string): boolean {
  // Of one with fewer parts, the other explanation tells.
  if (pattern === '*' || pattern.split(':').length < 6) return true
  const [, ...parts] = pattern.split(':')
  const type = /^[^:/]*/.exec(parts.slice(4).join(':'))?.[0] ?? ''
  return (
    parts.slice(0, 4).every(part => !part.endsWith('*')) && (pattern.startsWith('arn:aws:s3:::') || !/[*?$]/.test(type))
  )
}

/** The asked resource itself if the pattern means it, and another if not. */
function rewritten(pattern: string, asked: Asked): string {
  if (isOpen(pattern, asked)) return pattern
  return means(pattern, asked) ? quoted(asked.resource) : nothing
}

/** As AWS's page has it: of the first parts, a wildcard at the end goes on behind the colon. */
function means(pattern: string, asked: Asked): boolean {
  const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  let isRest = false
  let colons = 0
  const pieces = pattern.split(/(\$\{[^}]*\}|[*?:])/)
  const expression = pieces.map((piece, at) => {
    if (piece === ':') colons++
    isRest = colons >= 5
    if (piece === '*') return isRest || (pieces[at + 1] === '' && (pieces[at + 2] ?? ':') === ':') ? '.*' : '[^:]*'
    if (piece === '?') return '.'
    const [, content] = /^\$\{([^}]*)\}$/.exec(piece) ?? []
    if (content === undefined) return escaped(piece)
    if (/^[*?$]$/.test(content)) return escaped(content)
    const [name, fallback = ''] = readVariable(content)
    const value = given(asked, name)
    return escaped(typeof value === 'string' ? value : fallback)
  })
  return new RegExp(`^${expression.join('')}$`).test(asked.resource)
}

/** What AWS's pages do not decide, so that the answer here is that it is not known, if it hangs on that. */
const doubts: Readonly<
  Record<
    string,
    {
      readonly page: string
      readonly isIn: (operator: string, key: string, values: readonly string[], asked: Asked) => boolean
    }
  >
> = {
  'several values without a set operator': {
    page: `${iam}/reference_policies_condition-single-vs-multi-valued-context-keys.html`,
    isIn: (operator, key, _, asked) => !/^For|^Null/.test(operator) && typeof given(asked, key) === 'object',
  },
  'a negation of what cannot be compared': {
    page: `${iam}/reference_policies_elements_condition_operators.html`,
    isIn: (operator, key, values, asked) =>
      isNegated(operator) &&
      [...values, ...listOf(given(asked, key))].some(text => !isComparable(baseOf(operator), text)),
  },
  'a variable of several values under a negation': {
    page: `${iam}/reference_policies_variables.html`,
    isIn: (operator, _, values, asked) =>
      isNegated(operator) &&
      /String|Arn/.test(operator) &&
      values.some(text => lacks(text, asked, it => typeof it === 'object')),
  },
}

function isComparable(operator: string, text: string): boolean {
  if (operator.startsWith('Numeric')) return /^[-+]?\d+(\.\d+)?$/.test(text)
  if (operator.startsWith('Date')) return /^\d+$|^\d{4}-/.test(text)
  if (operator.startsWith('Arn')) return text.split(':').length >= 6
  if (!operator.includes('Ip')) return true
  return (
    /^[\da-f:]*:[\da-f:]*(\/\d+)?$/i.test(text) ||
    (/^\d+(\.\d+){3}(\/([0-9]|[12]\d|3[0-2]))?$/.test(text) && !text.startsWith('256'))
  )
}

/** Every way in which what is in doubt may come out: its statements with what is left, or without them. */
function resolutions(it: Case): readonly Case[] {
  let cases: readonly Case[] = [{ ...it, policies: it.policies.map(policy => ({ ...policy, Statement: [] })) }]
  for (const [at, policy] of it.policies.entries()) {
    for (const statement of policy.Statement) {
      const left = withoutDoubt(statement, it.asked)
      const ways = left === statement ? [statement] : [left, undefined]
      cases = cases.flatMap(one =>
        ways.map(way => ({
          ...one,
          policies: one.policies.map((own, index) =>
            index === at && way !== undefined ? { ...own, Statement: [...own.Statement, way] } : own,
          ),
        })),
      )
    }
  }
  return cases
}

/** The statement itself if nothing in it is in doubt. */
function withoutDoubt(statement: Statement, asked: Asked): Statement {
  let isDoubtful = false
  const [settled = statement] = withConditions(
    { asked, policies: [{ Version: '2012-10-17', Statement: [statement] }] },
    (operator, key, values) => {
      const isHere = Object.values(doubts).some(({ isIn }) => isIn(operator, key, values, asked))
      isDoubtful ||= isHere
      return isHere ? undefined : values
    },
  ).policies.flatMap(policy => policy.Statement)
  // That a resource with a variable of no value matches nothing is said, not what NotResource makes of it.
  const { NotResource, ...others } = settled
  const closed = listOf(NotResource).filter(text => !isOpen(text, asked))
  if (closed.length === listOf(NotResource).length) return isDoubtful ? settled : statement
  return { ...others, ...(closed.length > 0 ? { NotResource: closed } : { Resource: '*' }) }
}

/** Why the two differ; undefined if nothing explains it. */
function explain(it: Case, one: Answer): string | undefined {
  const explains = (mended: Case) =>
    theirs(mended.policies, mended.asked) === one && ours(mended.policies, mended.asked) === one
  const all = Object.values(explanations).reduce((so, { mend }) => mend(so), it)
  if (one !== 'unknown') {
    const [name] = Object.entries(explanations).find(([, { mend }]) => explains(mend(it))) ?? []
    if (name !== undefined) return name
    if (explains(all)) return 'several of these'
  }
  const ways = new Set(resolutions(all).map(way => ours(way.policies, way.asked)))
  if (ways.has('unknown') || !ways.has(theirs(all.policies, all.asked))) return undefined
  if (one === 'unknown') return ways.has('Allowed') && ways.size > 1 ? 'what AWS leaves open' : undefined
  return ways.has('Allowed') ? undefined : 'what AWS leaves open, and is denied either way'
}

test('each explanation has its page', () => {
  for (const { page } of [...Object.values(explanations), ...Object.values(doubts)]) {
    assert.ok(page.startsWith('https://docs.aws.amazon.com/'), page)
  }
})

test('of a hundred thousand requests all are decided alike, but for what a page explains', () => {
  const chance = new Chance(20121017)
  const counts: Record<string, number> = {}
  for (let asks = 0; asks < 100_000; asks += 4) {
    const topic = chance.of(world)
    const policies = Array.from({ length: chance.is(0.8) ? 1 : 2 }, () => policyOf(chance, topic))
    for (let times = 0; times < 4; times++) {
      const asked = askedOf(chance, topic)
      const [one, other] = [ours(policies, asked), theirs(policies, asked)]
      const label = one === other ? one : explain({ policies, asked }, one)
      assert(label !== undefined, `${one} here, ${other} there: ${JSON.stringify({ policies, asked })}`)
      counts[label] = (counts[label] ?? 0) + 1
    }
  }
  assert.deepEqual(counts, {
    Allowed: 16571,
    ExplicitlyDenied: 7933,
    ImplicitlyDenied: 71390,
    'ARNs for an action that has no resources': 691,
    'IfExists with ForAnyValue': 360,
    'a date in seconds since 1970': 454,
    'a variable whose value is empty': 11,
    'a variable without a value in what could not match anyway': 30,
    'a variable without a value under a negation': 98,
    'a wildcard at the end of a part of an ARN, or in the type of a resource': 313,
    'an ARN of fewer than six parts': 110,
    'an ARN that does not begin as one': 7,
    'an address without a prefix, any address, and addresses of the other family': 69,
    'several of these': 36,
    'variables in a policy of before 2012-10-17': 26,
    'what AWS leaves open': 1366,
    'what AWS leaves open, and is denied either way': 14,
    'what is no number': 521,
  })
  assert.equal(
    Object.values(counts).reduce((sum, count) => sum + count),
    100_000,
  )
})

/** Keys that a request has by itself where nobody says otherwise: both are told the same. */
const direct = { 'aws:SecureTransport': 'true', 'aws:PrincipalType': 'AssumedRole', 'aws:ViaAWSService': 'false' }

test('of a role with a boundary the other evaluator says the same, where it does of each policy by itself', () => {
  const chance = new Chance(20170926)
  const counts: Record<string, number> = { allow: 0, deny: 0 }
  for (let times = 0; times < 4000; times++) {
    const topic = chance.of(world)
    const [own, boundary] = [policyOf(chance, topic), policyOf(chance, topic)]
    const asked = askedOf(chance, topic)
    const { action, resource, context } = { ...asked, context: { ...direct, ...asked.context } }
    const each = [own, boundary].map(policy => [
      ours([policy], { action, resource, context }),
      theirs([policy], { action, resource, context }),
    ])
    // That they differ by themselves is explained above.
    if (each.some(([one, other]) => one !== other)) continue
    const policies = (policy: Policy) => ({ name: 'p', document: policy, isSure: true, isElsewhere: false })
    const way: Way = {
      ...{ role: 'Role', policies: [policies(own)], boundary: policies(boundary), isGuest: false, through: [] },
      assumption: { truth: true, by: [], because: '' },
      session: { context: new Map(), isOpen: () => false, differs: new Map() },
    }
    const who = { kind: 'role', id: 'Role' } as const
    const { decision } = withRole(way, { who, action, resource, context })
    if (decision === 'unknown') continue
    const result = theirs([own], { action, resource, context }, [boundary])
    assert.equal(
      decision === 'allow',
      result === 'Allowed',
      JSON.stringify({ own, boundary, action, resource, context }),
    )
    counts[decision] = (counts[decision] ?? 0) + 1
  }
  assert.ok((counts['allow'] ?? 0) > 50 && (counts['deny'] ?? 0) > 2000, JSON.stringify(counts))
})

/**
 * Who is let in by a trust policy is for the test to say, since the other evaluator takes no policies of resources that have
 * no names; what is asked of them then is decided by both.
 */
test('of a trust policy the other evaluator says the same of its conditions', () => {
  const chance = new Chance(20110504)
  const host = 'cognito-identity.amazonaws.com'
  const values: Readonly<Record<string, readonly string[]>> = {
    [`${host}:aud`]: ['us-east-1:pool', 'us-east-1:other', 'us-east-1:p*', '*'],
    [`${host}:sub`]: [identity, 'us-east-1:somebody', 'us-east-1:*'],
    [`${host}:amr`]: ['unauthenticated', 'authenticated', 'un*', '*'],
  }
  const principals: readonly Json[] = [
    '*',
    { Federated: host },
    { Federated: host },
    { Federated: ['accounts.google.com', host] },
    { Federated: 'accounts.google.com' },
    { Service: host },
    { AWS: account },
  ]
  const isLetIn = (principal: Json) =>
    principal === '*' ||
    JSON.stringify(principal).includes(`"Federated":"${host}"`) ||
    JSON.stringify(principal).includes(`,"${host}"]`)
  const asked: Asked = {
    ...{ action: 'sts:AssumeRoleWithWebIdentity', resource: `arn:aws:iam::${account}:role/Role` },
    context: { [`${host}:aud`]: 'us-east-1:pool', [`${host}:sub`]: identity, [`${host}:amr`]: ['unauthenticated'] },
  }
  const guest: Identity = { kind: 'identity', isSignedIn: false, id: identity, pool: 'own', flow: 'enhanced' }
  const counts: Record<string, number> = {}
  for (let times = 0; times < 2000; times++) {
    const statements = chance.some(3, () => {
      const condition = chance.some(3, () => {
        const key = chance.of(Object.keys(values))
        const set = key.endsWith(':amr')
          ? chance.of(['ForAnyValue:', 'ForAllValues:'])
          : chance.of(['', '', 'ForAllValues:'])
        const operator = `${set}${chance.of(['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike', 'StringEqualsIgnoreCase'])}`
        return [operator, { [key]: chance.some(2, () => chance.of(values[key] ?? [])) }] as const
      })
      return {
        Effect: chance.is(0.8) ? ('Allow' as const) : ('Deny' as const),
        Principal: chance.of(principals),
        Action: chance.of(['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole*', 'sts:AssumeRole', 'sts:*']),
        Condition: Object.fromEntries(condition),
      }
    })
    const trust = { Version: '2012-10-17' as const, Statement: statements }
    const resolved = resolve(
      {
        Resources: {
          Pool: {
            Type: 'AWS::Cognito::IdentityPool',
            Properties: { Id: 'us-east-1:pool', AllowUnauthenticatedIdentities: true },
          },
          Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
        },
      },
      { ...place, parameters: {} },
    )
    const { truth } = mayAssume(resolved, 'Role', guest)
    const meant = statements
      .filter(it => isLetIn(it.Principal))
      .map(({ Principal: _, ...rest }) => ({ ...rest, Resource: '*' }))
    const result = meant.length === 0 ? 'ImplicitlyDenied' : theirs([{ ...trust, Statement: meant }], asked)
    assert.equal(truth, result === 'Allowed', JSON.stringify(trust))
    counts[result] = (counts[result] ?? 0) + 1
  }
  assert.deepEqual(Object.keys(counts).sort(), ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied'])
})
