import type { Diagnostic } from '../diagnostic.ts'
import { type Document, formatPath, isObject, type JsonObject, member, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { actionsOf, isWildcard, wildcardPattern } from './actions.ts'
import { type Case, type Cases, formatWhen, isIntrinsic, isObjectCase, type When } from './cases.ts'
import { cognitoClaims, cognitoHosts, isLikeCognitoHost } from './condition-keys.ts'
import { type KeyCase, keysOf, type Operator } from './policy-conditions.ts'
import type { Policies } from './policy-documents.ts'
import { allows } from './policy-structure.ts'
import { onlyText } from './texts.ts'
import { sectionOf } from './walk.ts'

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
      const anybody = everybody(cases, statement)
      const hosts = [
        ...principals.flatMap(it => hostsOf(cases, it, 'Federated')),
        ...hostsOfEverybody(cases, statement, anybody),
      ]
      return unique([
        ...principals.flatMap(it => hostsOf(cases, it, 'Service')).flatMap(it => service(cases, statement, it)),
        ...open(cases, statement, anybody),
        ...hosts.flatMap(host => (isWrong(host) ? [wrongHost(host)] : statementOf(cases, document, statement, host))),
      ])
    })
}

/**
 * Trust in everybody: any AWS customer, or the users of any identity provider, unless a condition says who.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
 */
function open(cases: Cases, statement: Case<JsonObject>, places: readonly Case[]): readonly Diagnostic[] {
  if (places.length === 0 || cases.ofEntry(statement, 'Condition').some(it => isIntrinsic(it.value))) return []
  const narrowing = keysOf(cases, statement).filter(it => narrows(cases, it))
  return places.flatMap(({ path, when: given }) => {
    const when = cases.both(statement.when, given)
    const gap =
      when &&
      cases.gap(
        when,
        narrowing.map(it => it.when),
      )
    if (gap === undefined || !cases.canBe(gap)) return []
    return [
      {
        code: 'open-trust',
        severity: 'error',
        path,
        message: `is everybody${formatWhen(gap, { when: given })}, so that anybody could assume the role`,
        help: 'Name who may assume it, or ask for aws:PrincipalOrgID or aws:PrincipalArn under StringEquals or ArnLike in its Condition',
      },
    ]
  })
}

/** Where a statement can have everybody as its principal. */
function everybody(cases: Cases, statement: Case<JsonObject>): readonly Case[] {
  const isAnybody = (it: Case) => cases.ofTexts(it).some(({ value }) => value === '*')
  return cases
    .ofEntry(statement, 'Principal')
    .flatMap(it =>
      isObjectCase(it) && !isIntrinsic(it.value)
        ? Object.keys(it.value).flatMap(key => cases.ofOneOrMore(it.value[key], [...it.path, key], it.when))
        : [it],
    )
    .filter(isAnybody)
}

/** Everybody whose token is Cognito's, where a condition asks for one of its claims. */
function hostsOfEverybody(cases: Cases, statement: Case<JsonObject>, places: readonly Case[]): readonly Host[] {
  if (places.length === 0 || !keysOf(cases, statement).some(it => isLikeCognitoHost(readKey(it).host))) return []
  return places.map(({ path, when }) => ({ name: undefined, path, when }))
}

/**
 * Keys that say who the caller is and that the caller cannot choose. `sts:ExternalId` is a word that AWS does not hold
 * to be a secret; tags and names of sessions everybody gives themselves in an account of their own; an address or a VPC
 * says where a request comes from, not whose it is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
const callers: Readonly<Record<string, RegExp | undefined>> = {
  'aws:principalaccount': undefined,
  'aws:principalarn': /^arn:[^:]*:[^:]*:[^:]*:[^:*?]+:/,
  'aws:principalorgid': undefined,
  'aws:principalorgpaths': /^[^*?]+\//,
  'aws:principalservicename': undefined,
  'aws:sourceaccount': undefined,
  // The name of a bucket is nobody else's, and its ARN has no account.
  'aws:sourcearn': /^arn:[^:]*:([^:]*:[^:]*:[^:*?]+:|s3:::[^*?]{3,})/,
  'aws:sourceorgid': undefined,
  'aws:sourceorgpaths': /^[^*?]+\//,
  'aws:userid': /^[^*?:]{4,}:/,
}

/** What a token of an identity provider says: for which application, or of whom, it is. */
const claims: Readonly<Record<string, RegExp | undefined>> = { app_id: undefined, aud: undefined, sub: /^[^*?]*\// }

/** Does the condition hold only for somebody? Of a pattern the beginning says so, as far as it has no wildcard. */
function narrows(cases: Cases, key: KeyCase): boolean {
  const { host: prefix, claim } = readKey(key)
  // The hosts of identity providers have dots, the prefixes of services none.
  const [known, name] = prefix.includes('.') ? [claims, claim] : [callers, `${prefix}:${claim}`]
  if (!Object.hasOwn(known, name) || !isPositive(key.operator)) return false
  const isByPattern = /Like$|^Arn/.test(key.operator.base)
  const texts = cases.ofOneOrMore(key.value, key.path, key.when).flatMap(it => cases.texts(it.value))
  return texts.every(pieces => {
    // What only deployment knows is taken to be without wildcards.
    const text = pieces.join('0')
    // Every provider that is set up for AWS has this audience.
    if (text === 'sts.amazonaws.com') return false
    return !isByPattern || !isWildcard(text) || known[name]?.test(text) === true
  })
}

/** A host by which Cognito may be meant; without a name where only deployment knows the rest of it. */
type Host = { readonly name: string | undefined; readonly path: Path; readonly when: When }

function hostsOf(cases: Cases, { value, path, when }: Case<JsonObject>, key: string): readonly Host[] {
  return cases.ofOneOrMore(value[key], [...path, key], when).flatMap(it => {
    const hosts = cases.texts(it.value).filter(([start = '']) => isLikeCognitoHost(start))
    const [host, ...others] = hosts
    if (host === undefined) return []
    const isWhole = others.length === 0 && host.length === 1
    return [{ name: isWhole ? host[0] : undefined, path: it.path, when: it.when }]
  })
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
        const values = cases.ofOneOrMore(key.value, path, key.when)
        if (!isPositive(operator) || (operator.base.endsWith('Like') && values.some(it => hasWildcard(cases, it)))) {
          return [
            wrong(
              path,
              'does not hold the pool of the token against one ID, so that tokens of other pools may pass',
              'Put it under StringEquals',
            ),
          ]
        }
        return values.length === 0 ? [noValue(path)] : values.flatMap(it => poolId(cases, it, document))
      },
    ),
  ]
}

/** A list with nothing in it, which no token meets. */
function noValue(path: Path): Diagnostic {
  return wrong(path, 'is held against nothing, so that nobody can assume the role', 'Write what it is held against')
}

/** Does the operator ask for the key, and for one of the values that stand under it? */
function isPositive({ set, base, ifExists }: Operator): boolean {
  return set !== 'ForAllValues:' && !ifExists && /^(String(Equals(IgnoreCase)?|Like)|Arn(Equals|Like))$/.test(base)
}

/** Can the value have a wildcard in it, as far as the template tells it? */
function hasWildcard(cases: Cases, { value }: Case): boolean {
  return cases.texts(value).some(text => text.some(isWildcard))
}

/** https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_IdentityPool.html */
function poolId(cases: Cases, { value, path }: Case, document: Document): readonly Diagnostic[] {
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
  const text = onlyText(cases.texts(value))
  const isComputed = isIntrinsic(value) && text === undefined && !referred?.startsWith('AWS::')
  if (isComputed || (text !== undefined && /^[\w-]+:[0-9a-f-]+$/i.test(text))) return []
  return [
    wrong(
      path,
      `is no ID of an identity pool: ${JSON.stringify(text ?? referred ?? value)}, so that nobody can assume the role`,
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
        const values = cases.ofOneOrMore(key.value, path, key.when)
        if (values.length === 0) return [noValue(path)]
        const found = values.flatMap(it => method(cases, it, operator.base))
        return found.length > 0 ? found : mixed(cases, values, path)
      },
    ),
  ]
}

function method(cases: Cases, it: Case, base: string): readonly Diagnostic[] {
  const { value, path } = it
  if (!isIntrinsic(value) && typeof value !== 'string') {
    return [wrong(path, 'is no text', 'Write authenticated or unauthenticated')]
  }
  return cases.ofTexts(it).flatMap(text => {
    if (words.includes(text.value)) return []
    if (isWildcard(text.value)) {
      if (base === 'StringEquals' || admitted(text.value).length < 2) return []
      return [forBoth(path)]
    }
    const near = text.isCertain ? nearest(text.value, words) : undefined
    return near === undefined
      ? []
      : [
          wrong(
            path,
            `is no way to sign in: ${JSON.stringify(text.value)}, so that nobody can assume the role`,
            `Write ${near}`,
          ),
        ]
  })
}

/** Values that can stand together and take in guests the one, those who have signed in the other. */
function mixed(cases: Cases, values: readonly Case[], path: Path): readonly Diagnostic[] {
  if (values.length < 2) return []
  const asked = values.flatMap(it => cases.ofTexts(it)).map(it => ({ ...it, who: admitted(it.value) }))
  const [guests, users] = ['unauthenticated', 'authenticated'].map(who => asked.filter(it => it.who.includes(who)))
  const areBoth = guests?.some(guest =>
    // What one place can be by choice is not both at once.
    users?.some(user => formatPath(guest.path) !== formatPath(user.path) && cases.canMeet(guest.when, user.when)),
  )
  return areBoth ? [forBoth(path)] : []
}

/** Whom a value of `amr` takes in: who signs in with a provider, by its name too, is authenticated. */
export function admitted(value: string): readonly string[] {
  if (words.includes(value)) return [value]
  const pattern = wildcardPattern(value)
  const named = words.filter(it => pattern.test(it))
  return named.length > 0 ? named : ['authenticated']
}

function forBoth(path: Path): Diagnostic {
  return wrong(path, 'takes in guests and those who have signed in alike', 'Write authenticated or unauthenticated')
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
