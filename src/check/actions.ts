import type { Diagnostic } from '../diagnostic.ts'
import { isList, isObject, type JsonObject, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { always, type Case, type Cases, type TextCase, type When } from './cases.ts'
import type { Knowledge } from './knowledge.ts'
import type { Policies, Policy } from './policy-documents.ts'
import { allows } from './policy-structure.ts'

/**
 * Actions that IAM does not have, which it takes without a word, and wildcards that take in a whole service.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function checkActions({ cases, policies }: Policies, knowledge: Knowledge): readonly Diagnostic[] {
  const known = new Map<string, readonly string[] | undefined>()
  const lookUp: LookUp = service => {
    if (!known.has(service)) known.set(service, knowledge.actions(service))
    return known.get(service)
  }
  return policies.flatMap(policy => {
    const granted: Grant[] = []
    const diagnostics = policy.statements.flatMap(statement =>
      ['Action', 'NotAction'].flatMap(key => {
        const isGrant = key === 'Action' && allows(cases, statement) && !isKeyDelegation(cases, policy, statement)
        return actionsOf(cases, statement, key).flatMap(it => {
          const wide = isGrant ? wildcard(it, lookUp) : []
          if (isGrant && wide.length === 0) granted.push({ action: it, statement })
          // What one deployment among several would be refused for may be kept out of it by a condition.
          return [...(it.isCertain ? unknown(it, lookUp, knowledge) : []), ...wide]
        })
      }),
    )
    return [...diagnostics, ...wildcardsInSum(cases, granted, lookUp)]
  })
}

/** An action that a statement allows, which does not take in a whole service by itself. */
type Grant = { readonly action: Case<string>; readonly statement: Case<JsonObject> }

/** Wildcards that each take in a part of a service, and together, with what is named beside them, all of it. */
function wildcardsInSum(cases: Cases, granted: readonly Grant[], lookUp: LookUp): readonly Diagnostic[] {
  if (!granted.some(it => isWildcard(it.action.value))) return []
  const byService = new Map<string, Grant[]>()
  for (const grant of granted) {
    const [service] = splitAction(grant.action.value)
    const others = byService.get(service)
    if (others === undefined) byService.set(service, [grant])
    else others.push(grant)
  }
  return [...byService].flatMap(([service, grants]) => {
    if (grants.length < 2 || !grants.some(it => isWildcard(it.action.value))) return []
    const known = lookUp(service)
    if (known === undefined || known.length === 0) return []
    let when: When = always
    let left = known
    for (const grant of grants) {
      const together = cases.both(when, grant.action.when)
      if (together === undefined) continue
      const pattern = wildcardPattern(splitAction(grant.action.value)[1])
      const rest = left.filter(it => !pattern.test(it))
      if (rest.length === left.length) continue
      when = together
      left = rest
      if (left.length > 0) continue
      if (!cases.canBe(when)) return []
      return [
        tooWide(
          grant.statement.path,
          `allows, with its wildcards and those before it taken together, every action of ${service} (${known.length} today)`,
        ),
      ]
    }
    return []
  })
}

/** The actions that a statement can have, as far as the template tells them, each at its own place. */
export function actionsOf(cases: Cases, { value, path, when }: Case<JsonObject>, key: string): readonly TextCase[] {
  return cases
    .ofOneOrMore(value[key], [...path, key], when)
    .flatMap(it => cases.ofTexts(it))
    .filter(it => !it.value.includes('${'))
}

/** The service and the name, or the names, that an action is made of: `s3:Get*`, or `*` for `*:*`. */
export function splitAction(action: string): readonly [service: string, name: string] {
  const colon = action.indexOf(':')
  if (action === '*') return ['*', '*']
  return colon === -1 ? ['', action] : [action.slice(0, colon).toLowerCase(), action.slice(colon + 1)]
}

/** What an IAM wildcard takes in: `*` any text, `?` one character, without regard to case. */
export function wildcardPattern(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
}

export function isWildcard(text: string): boolean {
  return /[*?]/.test(text)
}

/** The actions of a service, looked up once. */
type LookUp = Knowledge['actions']

function unknown({ value, path }: Case<string>, lookUp: LookUp, knowledge: Knowledge): readonly Diagnostic[] {
  const report = (message: string, help: string): readonly Diagnostic[] => [
    { code: 'unknown-action', severity: 'error', path, message, help },
  ]
  const [service, name] = splitAction(value)
  if (service === '*' && name === '*') return []
  if (service === '') {
    return report(`names no service: ${JSON.stringify(value)}`, 'Write the service before it, as in s3:GetObject')
  }
  const known = lookUp(service)
  if (known === undefined) {
    const near = nearest(service, knowledge.services())
    return report(
      `is of no service that IAM has: ${JSON.stringify(service)}`,
      near === undefined ? 'Look the prefix up in the Service Authorization Reference' : `Write ${near}:${name}`,
    )
  }
  if (isWildcard(name)) {
    const pattern = wildcardPattern(name)
    if (known.some(it => pattern.test(it))) return []
    const near = nearest(name.replace(/[*?]/g, ''), known)
    return report(
      `takes in no action of ${service}: ${JSON.stringify(name)}`,
      near === undefined
        ? `Name the actions of ${service} that are meant`
        : `Write ${service}:${near}, or what else is meant`,
    )
  }
  if (known.includes(name) || known.some(it => it.toLowerCase() === name.toLowerCase())) return []
  const near = nearest(name, known)
  return report(
    `is no action of ${service}: ${JSON.stringify(name)}`,
    near === undefined
      ? `Look up the actions of ${service} in the Service Authorization Reference`
      : `Write ${service}:${near}`,
  )
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege */
function wildcard({ value, path }: Case<string>, lookUp: LookUp): readonly Diagnostic[] {
  const [service, name] = splitAction(value)
  if (!isWildcard(name)) return []
  if (service === '*') return [tooWide(path, 'allows every action of every service, also those to come')]
  const known = lookUp(service)
  const pattern = wildcardPattern(name)
  return known?.every(it => pattern.test(it))
    ? [tooWide(path, `allows every action of ${service} (${known.length} today), also those to come`)]
    : []
}

/** What allows a whole service. */
export function tooWide(path: Path, message: string): Diagnostic {
  return {
    code: 'service-wildcard',
    severity: 'error',
    path,
    message,
    help: 'Name the actions that are needed, or accept this with the reason (Accept in a module, Metadata.poolform.Accept in a template)',
  }
}

/**
 * A key policy that gives the account its key says `kms:*`, and then the account's own policies say who may do what.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function isKeyDelegation(cases: Cases, { type }: Policy, statement: Case<JsonObject>): boolean {
  if (type !== 'AWS::KMS::Key' && type !== 'AWS::KMS::ReplicaKey') return false
  const principals = cases.ofEntry(statement, 'Principal')
  return principals.length > 0 && principals.every(it => isObject(it.value) && isAccount(cases, it.value))
}

function isAccount(cases: Cases, { AWS, ...others }: JsonObject): boolean {
  if (AWS === undefined || isList(AWS) || Object.keys(others).length > 0) return false
  if (isObject(AWS) && AWS['Ref'] === 'AWS::AccountId') return true
  return cases
    .texts(AWS)
    .every(it => /:root$/.test(it.at(-1) ?? '') || (it.length === 1 && /^\d{12}$/.test(it[0] ?? '')))
}
