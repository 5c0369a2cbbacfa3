import type { Diagnostic, Severity } from '../diagnostic.ts'
import { isList, isObject, type Json, type JsonObject, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import {
  type Case,
  type Cases,
  formatWhen,
  isIntrinsic,
  isListCase,
  isObjectCase,
  isTextCase,
  type When,
} from './cases.ts'
import type { Policies, Policy } from './policy-documents.ts'

const documentElements = ['Version', 'Id', 'Statement']

const statementElements = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
const principalTypes = ['AWS', 'CanonicalUser', 'Federated', 'Service']

/**
 * The grammar of policy documents: what IAM refuses when the stack is deployed, what it takes and reads otherwise than
 * it was meant (an older version), and an `Allow` that says who or what it is not about.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function checkPolicyStructure({ cases, policies, unreadable }: Policies): readonly Diagnostic[] {
  return [
    ...unreadable.map(({ path, reason }) => invalid(path, reason, 'Write the policy document as an object')),
    ...policies.flatMap(policy => [
      ...version(cases, policy),
      ...names(policy, documentElements, 'policy document'),
      ...statements(cases, policy),
      ...sids(cases, policy),
      ...policy.statements.flatMap(statement => [
        ...names(statement, statementElements, 'statement'),
        ...effect(cases, statement),
        ...actions(cases, statement),
        ...principals(cases, policy, statement),
        ...resources(cases, policy, statement),
      ]),
    ]),
  ]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
function version(cases: Cases, policy: Policy): readonly Diagnostic[] {
  const found = cases.ofEntry(policy, 'Version')
  const absent = isMeant(policy, documentElements, 'Version') ? undefined : gapOf(cases, policy, found)
  // The versions differ in policy variables alone.
  const harm = (): Severity => (hasVariables(policy.value) ? 'error' : 'warning')
  const wrong = (severity: Severity, path: Path, message: string): Diagnostic => ({
    code: 'policy-version',
    severity,
    path,
    message,
    help: "Write Version: '2012-10-17'",
  })
  return [
    ...(absent === undefined
      ? []
      : [
          wrong(
            harm(),
            policy.path,
            `has no Version${formatWhen(absent, policy)}, so that IAM takes its policy variables for plain text`,
          ),
        ]),
    ...found
      .filter(it => !isIntrinsic(it.value) && it.value !== '2012-10-17')
      .map(it =>
        it.value === '2008-10-17'
          ? wrong(harm(), it.path, 'is the older version, in which IAM takes policy variables for plain text')
          : wrong('error', it.path, `is no version of IAM's policy language: ${JSON.stringify(it.value)}`),
      ),
  ]
}

function hasVariables(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${')
  if (isList(value)) return value.some(hasVariables)
  if (!isObject(value)) return false
  const { 'Fn::Sub': sub, ...others } = value
  const [text, variables = null] = isList(sub) ? sub : [sub]
  return (typeof text === 'string' && text.includes('${!')) || [variables, ...Object.values(others)].some(hasVariables)
}

function names({ value, path }: Case<JsonObject>, known: readonly string[], what: string): readonly Diagnostic[] {
  return Object.keys(value)
    .filter(key => !known.includes(key))
    .map(key => {
      const near = nearest(key, known)
      return invalid(
        [...path, key],
        `is no element of a ${what}`,
        near === undefined ? `Write one of ${known.join(', ')}` : `Write ${near}`,
      )
    })
}

function statements(cases: Cases, policy: Policy): readonly Diagnostic[] {
  const path = [...policy.path, 'Statement']
  const places = cases.ofEntry(policy, 'Statement')
  const missing = isMeant(policy, documentElements, 'Statement') ? undefined : gapOf(cases, policy, places)
  if (places.length === 0 && missing !== undefined) {
    return [invalid(policy.path, 'has no Statement', 'Write a Statement with at least one statement in it')]
  }
  const items = places.flatMap(it => (isListCase(it) ? cases.ofItems(it) : [it]))
  const empty = isMeant(policy, documentElements, 'Statement') ? undefined : gapOf(cases, policy, items)
  return [
    ...(empty === undefined
      ? []
      : [
          invalid(
            path,
            `has no statement${formatWhen(empty, policy)}, and IAM refuses a policy without one`,
            empty.size === 0
              ? 'Write a statement'
              : 'Put the whole policy under one If that is false when all of its statements are, or keep one statement',
          ),
        ]),
    ...items
      .filter(it => !isObjectCase(it))
      .map(it => invalid(it.path, 'is no statement', 'Write an object with Effect, Action and what else it takes')),
  ]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html */
function sids(cases: Cases, policy: Policy): readonly Diagnostic[] {
  // What a Sid may hold in a resource's policy is the service's to say.
  if (policy.kind === 'resource') return []
  const earlier: Case<string>[] = []
  const found: Diagnostic[] = []
  for (const statement of policy.statements) {
    for (const sid of cases.ofEntry(statement, 'Sid').filter(isTextCase)) {
      if (!/^[A-Za-z0-9]*$/.test(sid.value)) {
        found.push(invalid(sid.path, 'has characters that IAM takes in no Sid', 'Write letters and digits alone'))
      }
      const same = earlier.some(it => it.value === sid.value && cases.canMeet(it.when, sid.when))
      if (same && sid.value !== '') {
        found.push(
          invalid(sid.path, `is the Sid of an earlier statement too: ${sid.value}`, 'Give it a Sid of its own'),
        )
      }
      earlier.push(sid)
    }
  }
  return found
}

function effect(cases: Cases, statement: Case<JsonObject>): readonly Diagnostic[] {
  const found = cases.ofEntry(statement, 'Effect')
  const absent = isMeant(statement, statementElements, 'Effect') ? undefined : gapOf(cases, statement, found)
  return [
    ...(absent === undefined
      ? []
      : [
          invalid(
            statement.path,
            `has no Effect${formatWhen(absent, statement)}`,
            'Write Effect: Allow or Effect: Deny',
          ),
        ]),
    ...found
      .filter(it => !isIntrinsic(it.value) && it.value !== 'Allow' && it.value !== 'Deny')
      .map(it => invalid(it.path, `is no effect: ${JSON.stringify(it.value)}`, 'Write Allow or Deny')),
  ]
}

function actions(cases: Cases, statement: Case<JsonObject>): readonly Diagnostic[] {
  const except = cases.ofEntry(statement, 'NotAction')
  return [
    ...exactlyOne(cases, statement, 'Action'),
    ...noEmptyList(cases, statement, 'Action'),
    ...onlyTexts(cases, statement, 'Action'),
    ...(allows(cases, statement) && except[0] !== undefined
      ? [
          invalid(
            except[0].path,
            'allows every action of every service but those that it names, also actions to come',
            'Name the allowed actions under Action',
          ),
        ]
      : []),
  ]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function principals(cases: Cases, { kind }: Policy, statement: Case<JsonObject>): readonly Diagnostic[] {
  const found = cases.ofEntry(statement, 'Principal')
  const except = cases.ofEntry(statement, 'NotPrincipal')
  if (kind === 'identity') {
    return [...found, ...except].map(it =>
      invalid(
        it.path,
        'stands in the policy of an identity, which is about that identity alone',
        'Remove it, or move the statement to the policy of the resource or to the trust policy of a role',
      ),
    )
  }
  return [
    ...exactlyOne(cases, statement, 'Principal'),
    ...(allows(cases, statement) && except[0] !== undefined
      ? [
          invalid(
            except[0].path,
            'allows everybody but those that it names, also users of other accounts and nobody in particular',
            'Name those whom it is for under Principal, or turn the statement into a Deny',
          ),
        ]
      : []),
    ...[...found, ...except].flatMap(it => {
      if (isIntrinsic(it.value) || it.value === '*') return []
      if (!isObjectCase(it)) {
        return [
          invalid(
            it.path,
            `is no principal: ${JSON.stringify(it.value)}`,
            `Write an object with ${principalTypes.join(', ')}, or '*'`,
          ),
        ]
      }
      return names(it, principalTypes, 'principal')
    }),
  ]
}

function resources(cases: Cases, policy: Policy, statement: Case<JsonObject>): readonly Diagnostic[] {
  const found = ['Resource', 'NotResource'].flatMap(key => cases.ofEntry(statement, key))
  if (policy.resource === 'forbidden') {
    return found.map(it =>
      invalid(
        it.path,
        `stands in ${policy.kind === 'trust' ? 'a trust policy' : 'a policy'} that is about its holder alone`,
        'Remove it',
      ),
    )
  }
  return [
    ...(policy.resource === 'required' ? exactlyOne(cases, statement, 'Resource') : []),
    ...noEmptyList(cases, statement, 'Resource'),
    ...onlyTexts(cases, statement, 'Resource'),
    ...(policy.kind === 'identity'
      ? found
          .flatMap(it => (isListCase(it) ? cases.ofItems(it) : [it]))
          .filter(isTextCase)
          .filter(({ value }) => value !== '*' && !/^(arn:|\$\{)/.test(value))
          .map(it => invalid(it.path, `is no ARN: ${JSON.stringify(it.value)}`, "Write an ARN, or '*'"))
      : []),
  ]
}

type Positive = 'Action' | 'Principal' | 'Resource'

/** Of an element and its `Not…`, IAM takes one, and not both. */
function exactlyOne(cases: Cases, statement: Case<JsonObject>, key: Positive): readonly Diagnostic[] {
  const positive = cases.ofEntry(statement, key)
  const negative = cases.ofEntry(statement, `Not${key}`)
  if ((positive.length === 0) !== (negative.length === 0) && [...positive, ...negative][0]?.when === statement.when)
    return []
  const clash = negative.find(no => positive.some(yes => cases.canMeet(yes.when, no.when)))
  if (clash !== undefined) {
    return [invalid(clash.path, `stands beside ${key}, and IAM takes one of the two`, `Keep ${key} alone`)]
  }
  if ([key, `Not${key}`].some(it => isMeant(statement, statementElements, it))) return []
  const absent = gapOf(cases, statement, [...positive, ...negative])
  return absent === undefined
    ? []
    : [invalid(statement.path, `has neither ${key} nor Not${key}${formatWhen(absent, statement)}`, `Write ${key}`)]
}

function noEmptyList(cases: Cases, statement: Case<JsonObject>, key: Positive): readonly Diagnostic[] {
  return [key, `Not${key}`]
    .flatMap(it => cases.ofEntry(statement, it))
    .filter(isListCase)
    .flatMap(it => {
      // What is written out is there, whatever else is not.
      if (it.value.some(item => typeof item === 'string')) return []
      const empty = gapOf(cases, it, cases.ofItems(it))
      return empty === undefined
        ? []
        : [
            invalid(
              it.path,
              `is empty${formatWhen(empty, it)}`,
              'Write at least one, or put the whole statement under the If',
            ),
          ]
    })
}

/** IAM takes text, or a list of texts, and no list in a list. */
function onlyTexts(cases: Cases, statement: Case<JsonObject>, key: Positive): readonly Diagnostic[] {
  return [key, `Not${key}`]
    .flatMap(it => cases.ofEntry(statement, it))
    .filter(it => typeof it.value !== 'string')
    .flatMap(it => (!isListCase(it) ? [it] : it.value.every(item => typeof item === 'string') ? [] : cases.ofItems(it)))
    .filter(it => typeof it.value !== 'string' && !isIntrinsic(it.value) && !isMade(it.value))
    .map(it =>
      isList(it.value)
        ? invalid(it.path, 'is a list in a list, which IAM refuses', 'Write its items into the outer list')
        : invalid(it.path, `is no text: ${JSON.stringify(it.value)}`, 'Write it as text'),
    )
}

/** Is it made, in part, by a macro or `Fn::ForEach`? */
function isMade(value: Json): boolean {
  return isObject(value) && Object.keys(value).some(key => key.startsWith('Fn::'))
}

/** Does the statement allow something, whatever else it may do? An effect that only deployment knows may be `Allow`. */
export function allows(cases: Cases, statement: Case<JsonObject>): boolean {
  return cases
    .ofEntry(statement, 'Effect')
    .some(it =>
      isIntrinsic(it.value)
        ? cases.texts(it.value).some(text => text.length > 1 || text[0] === 'Allow')
        : it.value === 'Allow',
    )
}

/** How a place comes to be there with none of what is found in it. */
function gapOf(cases: Cases, { when }: Case, found: readonly Case[]): When | undefined {
  return cases.gap(
    when,
    found.map(it => it.when),
  )
}

/** Is the element there under a name that is nearly its own, which is reported already? */
function isMeant({ value }: Case<JsonObject>, known: readonly string[], key: string): boolean {
  return Object.keys(value).some(it => !known.includes(it) && nearest(it, known) === key)
}

function invalid(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-policy', severity: 'error', path, message, help }
}
