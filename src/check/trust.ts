import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, type JsonObject, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { actionsOf, wildcardPattern } from './actions.ts'
import { type Case, type Cases, formatWhen, isIntrinsic, isList, isObjectCase, isTextCase, type When } from './cases.ts'
import { cognitoClaims, cognitoHosts, isLikeCognitoHost } from './condition-keys.ts'
import { type KeyCase, keysOf } from './policy-conditions.ts'
import type { Policies } from './policy-documents.ts'
import { allows } from './policy-structure.ts'
import { member, sectionOf } from './walk.ts'

/**
 * Who may assume a role through an identity pool. Cognito's hosts are the same for every AWS customer: it takes `aud`
 * to say which pool, and `amr` to say whether its guests or those who have signed in.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function checkTrust({ cases, policies }: Policies, document: Document): readonly Diagnostic[] {
  return policies
    .filter(it => it.kind === 'trust')
    .flatMap(it => it.statements)
    .filter(it => allows(cases, it))
    .flatMap(statement => {
      const principals = cases.ofEntry(statement, 'Principal').filter(isObjectCase)
      const hosts = principals.flatMap(it => hostsOf(cases, document, it, 'Federated'))
      return unique([
        ...principals
          .flatMap(it => hostsOf(cases, document, it, 'Service'))
          .flatMap(it => service(cases, statement, it)),
        ...hosts.flatMap(host => (isWrong(host) ? [wrongHost(host)] : statementOf(cases, document, statement, host))),
      ])
    })
}

/** A host by which Cognito may be meant; without a name where only deployment knows the rest of it. */
type Host = { readonly name: string | undefined; readonly path: Path; readonly when: When }

function hostsOf(
  cases: Cases,
  document: Document,
  { value, path, when }: Case<JsonObject>,
  key: string,
): readonly Host[] {
  return cases.ofOneOrMore(value[key], [...path, key], when).flatMap(it => {
    const [text, ...others] = isTextCase(it) ? [it.value] : mapped(it.value, document)
    const start = text ?? startOf(it.value)
    if (!isLikeCognitoHost(start)) return []
    return [{ name: others.length === 0 ? text : undefined, path: it.path, when: it.when }]
  })
}

/** The texts that an `Fn::FindInMap` can give, whatever its first key is. */
function mapped(value: Json, document: Document): readonly string[] {
  const operands = isObject(value) ? value['Fn::FindInMap'] : undefined
  if (!isList(operands)) return []
  const [name, , second] = operands
  if (typeof name !== 'string' || typeof second !== 'string') return []
  const table = member(sectionOf(document, 'Mappings'), name)
  const texts = Object.values(isObject(table) ? table : {}).map(it => (isObject(it) ? member(it, second) : undefined))
  return [...new Set(texts.filter(it => typeof it === 'string'))]
}

/** The literal text that a value begins with. */
function startOf(value: Json): string {
  if (typeof value === 'string') return value
  if (!isObject(value)) return ''
  const { 'Fn::Sub': sub, 'Fn::Join': join } = value
  const text = isList(sub) ? sub[0] : sub
  if (typeof text === 'string') return text.split('${')[0] ?? ''
  const parts = isList(join) ? join[1] : undefined
  return isList(parts) ? startOf(parts[0] ?? '') : ''
}

function isWrong({ name }: Host): boolean {
  return name !== undefined && !cognitoHosts.includes(name)
}

function wrongHost({ name = '', path }: Host): Diagnostic {
  return wrong(
    path,
    `is no host that signs Cognito's tokens: ${JSON.stringify(name)}, so that nobody can assume the role`,
    `Write ${nearest(name, cognitoHosts) ?? `one of ${cognitoHosts.join(', ')}`}`,
  )
}

function service(cases: Cases, statement: Case<JsonObject>, { path, when }: Host): readonly Diagnostic[] {
  const isForTokens = actionsOf(cases, statement, 'Action').some(
    it => it.value.toLowerCase() === tokenAction && cases.canMeet(when, it.when),
  )
  return isForTokens
    ? [
        wrong(
          path,
          'names Cognito as a service, which assumes no role of an identity pool, so that nobody can assume the role',
          'Write the host under Federated',
        ),
      ]
    : []
}

function statementOf(cases: Cases, document: Document, statement: Case<JsonObject>, host: Host): readonly Diagnostic[] {
  const keys = keysOf(cases, statement).flatMap(key => {
    const when = cases.both(host.when, key.when)
    return when === undefined ? [] : [readKey({ ...key, when })]
  })
  return [
    ...grants(cases, statement, host),
    ...possible(cases, keys, key => foreignKey(key, host)),
    ...audience(cases, document, statement, host, keys),
    ...methods(cases, statement, host, keys),
  ]
}

const tokenAction = 'sts:assumerolewithwebidentity'

/** `sts:TagSession` is what a pool with principal tags needs besides. */
function grants(cases: Cases, statement: Case<JsonObject>, host: Host): readonly Diagnostic[] {
  return actionsOf(cases, statement, 'Action').flatMap(({ value, path, when }) => {
    const action = value.toLowerCase()
    if (action === tokenAction || action === 'sts:tagsession') return []
    // That a wildcard takes in all of STS is said already.
    if (wildcardPattern(value).test('sts:GetCallerIdentity') || !cases.canMeet(host.when, when)) return []
    return [
      wrong(
        path,
        action === 'sts:assumerole'
          ? 'is not what Cognito calls with a token, so that nobody can assume the role'
          : `is nothing that Cognito calls with a token: ${value}`,
        'Write sts:AssumeRoleWithWebIdentity',
      ),
    ]
  })
}

/** A condition key as one of Cognito's: its host and its claim, both in lower case, as IAM compares them. */
type CognitoKey = KeyCase & { readonly host: string; readonly claim: string }

function readKey(key: KeyCase): CognitoKey {
  const name = key.name.toLowerCase()
  const colon = name.lastIndexOf(':')
  return { ...key, host: name.slice(0, Math.max(colon, 0)), claim: name.slice(colon + 1) }
}

/** Is it a key of the host's tokens? A host that only deployment knows may be any. */
function isOf({ host }: CognitoKey, { name }: Host): boolean {
  return name === undefined || host.includes('${') ? isLikeCognitoHost(host) || host.includes('${') : host === name
}

function foreignKey(key: CognitoKey, host: Host): readonly Diagnostic[] {
  if (isOf(key, host)) {
    if (cognitoClaims.includes(key.claim)) return []
    const near = nearest(key.claim, cognitoClaims)
    return [
      wrong(
        key.path,
        'is nothing that a token of Cognito says, so that the condition never holds',
        near === undefined ? `Ask for one of ${cognitoClaims.join(', ')}` : `Write ${key.host}:${near}`,
      ),
    ]
  }
  if (!isLikeCognitoHost(key.host)) return []
  return [
    wrong(
      key.path,
      `is a key that tokens of ${host.name} do not have, so that nobody can assume the role`,
      `Write ${host.name}:${key.claim}`,
    ),
  ]
}

/**
 * The key's own host is wrong, or its claim nearly the one that is asked for: that is reported where the key stands,
 * and that the right key is missing follows from it.
 */
function standsFor(key: CognitoKey, claim: string): boolean {
  return key.claim === claim
    ? isLikeCognitoHost(key.host) || key.host.includes('${')
    : !cognitoClaims.includes(key.claim) && isLikeCognitoHost(key.host) && nearest(key.claim, cognitoClaims) === claim
}

function audience(
  cases: Cases,
  document: Document,
  statement: Case<JsonObject>,
  host: Host,
  keys: readonly CognitoKey[],
): readonly Diagnostic[] {
  const asked = keys.filter(it => standsFor(it, 'aud'))
  const gap = gapOf(cases, statement, host, asked)
  return [
    ...(gap === undefined
      ? []
      : [
          wrong(
            statement.path,
            `does not ask for which identity pool a token is${formatWhen(gap, statement)}: with an identity pool of their own, ` +
              'any AWS customer could assume the role',
            `Add StringEquals: { '${host.name ?? '<host>'}:aud': <ID of the identity pool> } to its Condition`,
          ),
        ]),
    ...possible(
      cases,
      asked.filter(it => it.claim === 'aud' && isOf(it, host)),
      key => {
        const { operator, path } = key
        if (operator.base !== 'StringEquals' || operator.ifExists || operator.set === 'ForAllValues:') {
          return [
            wrong(
              path,
              'does not hold the pool of the token against one ID, so that tokens of other pools may pass',
              'Put it under StringEquals',
            ),
          ]
        }
        return cases.ofOneOrMore(key.value, path, key.when).flatMap(it => poolId(it, document))
      },
    ),
  ]
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_IdentityPool.html */
function poolId({ value, path }: Case, document: Document): readonly Diagnostic[] {
  const referred = isObject(value) && typeof value['Ref'] === 'string' ? value['Ref'] : undefined
  const resource = referred === undefined ? undefined : member(sectionOf(document, 'Resources'), referred)
  const type = isObject(resource) ? String(resource['Type']) : ''
  if (type === 'AWS::Cognito::UserPool' || type === 'AWS::Cognito::UserPoolClient') {
    return [
      wrong(
        path,
        `is no identity pool but a resource of type ${type}, so that nobody can assume the role`,
        'Write a Ref to the identity pool',
      ),
    ]
  }
  if (isIntrinsic(value) || (typeof value === 'string' && /^[\w-]+:[0-9a-f-]+$/.test(value))) return []
  return [
    wrong(
      path,
      `is no ID of an identity pool: ${JSON.stringify(value)}, so that nobody can assume the role`,
      'Write a Ref to the identity pool, or an ID such as us-east-1:12345678-90ab-cdef-1234-567890abcdef',
    ),
  ]
}

const words = ['authenticated', 'unauthenticated']

function methods(
  cases: Cases,
  statement: Case<JsonObject>,
  host: Host,
  keys: readonly CognitoKey[],
): readonly Diagnostic[] {
  const asked = keys.filter(it => standsFor(it, 'amr'))
  const gap = gapOf(cases, statement, host, asked)
  return [
    ...(gap === undefined
      ? []
      : [
          wrong(
            statement.path,
            `does not ask whether an identity has signed in${formatWhen(gap, statement)}: guests could assume a role for users`,
            `Add 'ForAnyValue:StringLike': { '${host.name ?? '<host>'}:amr': authenticated } (or unauthenticated) to its Condition`,
          ),
        ]),
    ...possible(
      cases,
      asked.filter(it => it.claim === 'amr' && isOf(it, host)),
      key => {
        const { operator, path } = key
        const isLike = operator.base === 'StringLike' || operator.base === 'StringEquals'
        if (operator.set === 'ForAllValues:' || operator.ifExists || !isLike) {
          return [
            wrong(
              path,
              'also holds for a token that says nothing of how its identity signed in, or not what was asked for',
              "Put it under 'ForAnyValue:StringLike'",
            ),
          ]
        }
        if (operator.set === '') {
          return [
            wrong(
              path,
              'holds one value against the several that a token has, so that nobody can assume the role',
              `Put it under 'ForAnyValue:${operator.base}'`,
            ),
          ]
        }
        return cases.ofOneOrMore(key.value, path, key.when).flatMap(it => method(it, operator.base))
      },
    ),
  ]
}

function method({ value, path }: Case, base: string): readonly Diagnostic[] {
  if (isIntrinsic(value)) return []
  if (typeof value !== 'string') return [wrong(path, 'is no text', 'Write authenticated or unauthenticated')]
  if (words.includes(value)) return []
  if (/[*?]/.test(value)) {
    const pattern = wildcardPattern(value)
    if (base === 'StringEquals' || !words.every(it => pattern.test(it))) return []
    return [wrong(path, 'takes in guests and those who have signed in alike', 'Write authenticated or unauthenticated')]
  }
  const near = nearest(value, words)
  return near === undefined
    ? []
    : [
        wrong(
          path,
          `is no way to sign in: ${JSON.stringify(value)}, so that nobody can assume the role`,
          `Write ${near}`,
        ),
      ]
}

/** What is found of keys, but for those that never stand beside this host. */
function possible(
  cases: Cases,
  keys: readonly CognitoKey[],
  find: (key: CognitoKey) => readonly Diagnostic[],
): readonly Diagnostic[] {
  return keys.flatMap(key => {
    const diagnostics = find(key)
    return diagnostics.length > 0 && cases.canBe(key.when) ? diagnostics : []
  })
}

/** How the statement comes to trust the host without a key that is asked for. */
function gapOf(cases: Cases, statement: Case, host: Host, asked: readonly CognitoKey[]): When | undefined {
  const when = cases.both(statement.when, host.when)
  return (
    when &&
    cases.gap(
      when,
      asked.map(it => it.when),
    )
  )
}

/** Two hosts of one statement can be missing the same. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map(it => [`${it.path.join('\0')}\0${it.message}`, it]))
  return [...seen.values()]
}

function wrong(path: Path, message: string, help: string): Diagnostic {
  return { code: 'cognito-trust', severity: 'error', path, message, help }
}
