import type { Diagnostic, DiagnosticCode, Severity } from '../diagnostic.ts'
import type { JsonObject, Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { type Case, type Cases, formatWhen, isIntrinsic, isObjectCase } from './cases.ts'
import { cognitoClaims, cognitoHosts, globalKeys } from './condition-keys.ts'
import type { Policies, Policy } from './policy-documents.ts'
import { allows } from './policy-structure.ts'

/** What an operator takes as its operand; `undefined` for any text. */
type Operand = { readonly pattern: RegExp; readonly help: string }

const number: Operand = { pattern: /^[+-]?\d+(\.\d+)?$/, help: 'Write a number' }
const boolean: Operand = { pattern: /^(true|false)$/i, help: "Write 'true' or 'false'" }
const date: Operand = {
  pattern: /^(\d+|\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)$/,
  help: 'Write a date of ISO 8601, such as 2026-01-31T00:00:00Z, or seconds since 1970',
}
const addressRange: Operand = {
  pattern: /^([\d.]+|[\da-f:.]*:[\da-f:.]*)(\/\d{1,3})?$/i,
  help: 'Write an IP address or a CIDR range, such as 203.0.113.0/24',
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Readonly<Record<string, Operand | undefined>> = {
  StringEquals: undefined,
  StringNotEquals: undefined,
  StringEqualsIgnoreCase: undefined,
  StringNotEqualsIgnoreCase: undefined,
  StringLike: undefined,
  StringNotLike: undefined,
  NumericEquals: number,
  NumericNotEquals: number,
  NumericLessThan: number,
  NumericLessThanEquals: number,
  NumericGreaterThan: number,
  NumericGreaterThanEquals: number,
  DateEquals: date,
  DateNotEquals: date,
  DateLessThan: date,
  DateLessThanEquals: date,
  DateGreaterThan: date,
  DateGreaterThanEquals: date,
  Bool: boolean,
  BinaryEquals: undefined,
  IpAddress: addressRange,
  NotIpAddress: addressRange,
  ArnEquals: undefined,
  ArnLike: undefined,
  ArnNotEquals: undefined,
  ArnNotLike: undefined,
  Null: boolean,
}

const operatorNames = Object.keys(operators)

/** `ForAnyValue:StringLikeIfExists` in its parts. */
export type Operator = { readonly set: string; readonly base: string; readonly ifExists: boolean }

/** A condition key of a statement with what it is held against. */
export type KeyCase = Case & { readonly operator: Operator; readonly name: string }

export function readOperator(name: string): Operator {
  const [, set = '', base = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(name) ?? []
  return { set, base, ifExists: ifExists !== undefined }
}

/** Every condition key of a statement, under each operator, in each way in which it can stand there. */
export function keysOf(cases: Cases, statement: Case<JsonObject>): readonly KeyCase[] {
  const known = keysByStatement.get(statement)
  if (known !== undefined) return known
  const keys = blocksOf(cases, statement).flatMap(({ block, operator }) =>
    Object.keys(block.value).flatMap(name => cases.ofEntry(block, name).map(it => ({ ...it, operator, name }))),
  )
  keysByStatement.set(statement, keys)
  return keys
}

/** Several rules read the keys of one statement. */
const keysByStatement = new WeakMap<Case, readonly KeyCase[]>()

/**
 * Condition operators and keys that IAM does not have, operands that an operator cannot read, and `ForAllValues` where
 * a request without the key would be allowed.
 */
export function checkPolicyConditions({ cases, policies }: Policies): readonly Diagnostic[] {
  return policies.flatMap(policy =>
    policy.statements.flatMap(statement => {
      const blocks = blocksOf(cases, statement)
      const keys = keysOf(cases, statement)
      return [
        ...blocks.flatMap(({ block, name }) => unknownOperator(name, block.path)),
        ...keys.flatMap(key => [...unknownKey(policy, key), ...operands(cases, key)]),
        ...(allows(cases, statement) ? unguarded(cases, policy, keys) : []),
      ]
    }),
  )
}

type Block = { readonly block: Case<JsonObject>; readonly name: string; readonly operator: Operator }

function blocksOf(cases: Cases, statement: Case<JsonObject>): readonly Block[] {
  return cases
    .ofEntry(statement, 'Condition')
    .filter(isObjectCase)
    .filter(it => !isIntrinsic(it.value))
    .flatMap(condition =>
      Object.keys(condition.value).flatMap(name =>
        cases
          .ofEntry(condition, name)
          .filter(isObjectCase)
          .filter(it => !isIntrinsic(it.value))
          .map(block => ({ block, name, operator: readOperator(name) })),
      ),
    )
}

function unknownOperator(name: string, path: Path): readonly Diagnostic[] {
  const { set, base, ifExists } = readOperator(name)
  if (operatorNames.includes(base) && !(base === 'Null' && ifExists)) return []
  const [misspeltSet, ownBase = ''] = base.includes(':') ? base.split(':') : ['', base]
  const nearSet = misspeltSet === '' ? set : (nearest(`${misspeltSet}:`, ['ForAnyValue:', 'ForAllValues:']) ?? '')
  const near = operatorNames.includes(ownBase) ? ownBase : nearest(ownBase, operatorNames)
  const whole = near === 'Null' ? 'Null' : `${nearSet}${near}${ifExists ? 'IfExists' : ''}`
  return [
    {
      code: 'unknown-condition-operator',
      severity: 'error',
      path,
      message: 'is no condition operator that IAM has',
      help: near === undefined ? `Write one of ${operatorNames.join(', ')}` : `Write ${whole}`,
    },
  ]
}

function unknownKey({ kind }: Policy, { name, path }: KeyCase): readonly Diagnostic[] {
  // What a trust policy asks of Cognito's tokens has a rule of its own.
  const problem = kind === 'trust' && isOfCognito(name) ? undefined : misspeltKey(name)
  return problem === undefined ? [] : [found('invalid-policy', 'error', path, problem.message, problem.help)]
}

function isOfCognito(key: string): boolean {
  return /^cognito-identity/i.test(key)
}

/**
 * What is wrong with the name of a condition key, as far as that can be said without asking each service: keys of every
 * service and of Cognito's tokens. Names are compared without regard to case, as IAM does.
 */
export function misspeltKey(key: string): { readonly message: string; readonly help: string } | undefined {
  if (key.includes('${')) return undefined
  const colon = key.lastIndexOf(':')
  if (colon === -1) {
    const near = nearest(`aws:${key}`, globalKeys)
    return {
      message: `is no condition key, which has a prefix: ${JSON.stringify(key)}`,
      help: near === undefined ? 'Write the prefix before it, as in aws:SourceIp' : `Write ${near}`,
    }
  }
  const [prefix, claim] = [key.slice(0, colon), key.slice(colon + 1)]
  if (cognitoHosts.includes(prefix.toLowerCase())) {
    if (cognitoClaims.includes(claim.toLowerCase())) return undefined
    const near = nearest(claim, cognitoClaims)
    return {
      message: `is nothing that a token of Cognito says: ${JSON.stringify(key)}`,
      help:
        near === undefined ? `Write one of ${cognitoClaims.join(', ')} after ${prefix}:` : `Write ${prefix}:${near}`,
    }
  }
  if (prefix.toLowerCase().startsWith('cognito-identity') && prefix.includes('.')) {
    return {
      message: `is of no host that signs Cognito's tokens: ${JSON.stringify(prefix)}`,
      help: `Write ${nearest(prefix, cognitoHosts) ?? cognitoHosts.join(', ')}`,
    }
  }
  if (prefix.toLowerCase() !== 'aws') return undefined
  const lower = key.toLowerCase()
  const isKnown =
    globalKeys.includes(key) ||
    globalKeys.some(it => (it.endsWith('/') ? lower.startsWith(it.toLowerCase()) : lower === it.toLowerCase()))
  if (isKnown) return undefined
  const slash = key.indexOf('/')
  const [stem, tag] = slash === -1 ? [key, ''] : [key.slice(0, slash + 1), key.slice(slash + 1)]
  const near = nearest(stem, globalKeys)
  // AWS adds keys: what is near to none may be a new one.
  return near === undefined
    ? undefined
    : { message: `is no condition key of AWS: ${JSON.stringify(key)}`, help: `Write ${near}${tag}` }
}

function operands(cases: Cases, { operator, value, path, when }: KeyCase): readonly Diagnostic[] {
  const operand = Object.hasOwn(operators, operator.base) ? operators[operator.base] : undefined
  if (operand === undefined) return []
  return cases
    .ofOneOrMore(value, path, when)
    .filter(it => typeof it.value === 'string' || typeof it.value === 'number' || typeof it.value === 'boolean')
    .filter(it => !String(it.value).includes('${') && !operand.pattern.test(String(it.value)))
    .map(it =>
      found(
        'invalid-policy',
        'error',
        it.path,
        `is nothing that ${operator.base} can compare: ${JSON.stringify(it.value)}`,
        operand.help,
      ),
    )
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function unguarded(cases: Cases, { kind }: Policy, keys: readonly KeyCase[]): readonly Diagnostic[] {
  return keys
    .filter(it => it.operator.set === 'ForAllValues:' && !(kind === 'trust' && isOfCognito(it.name)))
    .flatMap(it => {
      const guards = keys.filter(other => other.name.toLowerCase() === it.name.toLowerCase() && demandsKey(other))
      const gap = cases.gap(
        it.when,
        guards.map(guard => guard.when),
      )
      if (gap === undefined) return []
      return [
        found(
          'invalid-policy',
          'warning',
          it.path,
          `also allows every request that does not have ${it.name} at all${formatWhen(gap, it)}, as ForAllValues then holds`,
          `Add Null: { '${it.name}': 'false' } to the conditions`,
        ),
      ]
    })
}

/** Does the condition fail where a request does not have its key? */
function demandsKey({ operator: { set, base, ifExists }, value }: KeyCase): boolean {
  if (base === 'Null') return String(value).toLowerCase() === 'false'
  return set !== 'ForAllValues:' && !ifExists && !base.includes('Not')
}

function found(code: DiagnosticCode, severity: Severity, path: Path, message: string, help: string): Diagnostic {
  return { code, severity, path, message, help }
}
