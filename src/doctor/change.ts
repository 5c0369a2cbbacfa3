import type { Json, JsonObject } from '../document.ts'
import { canPass, command } from '../launch/quote.ts'
import type { DescribedPool, PoolRoles, Role } from '../live/snapshot.ts'
import type { Change, Edit, Mend } from './remedy.ts'
import type { Standing } from './standing.ts'
import { type Policy, statementsIn } from './statements.ts'

/** What is written over by the same command. */
export function targetOf(change: Change): string {
  switch (change.target) {
    case 'trust':
      return `trust ${change.role.arn}`
    case 'policy':
      return change.policy.kind === 'inline' ? `policy ${change.role.arn} ${change.policy.name}` : change.policy.name
    case 'pool':
    case 'roles':
      return change.target
  }
}

/** The command that makes all of these changes, which are of the same target. */
export function commandFor(standing: Standing, words: string, changes: readonly Change[]): Mend {
  const [first] = changes
  switch (first?.target) {
    case undefined:
      return { words }
    case 'trust': {
      const { role } = first
      return mendBy(words, [
        ['aws', 'iam', 'update-assume-role-policy'],
        ['--role-name', role.roleName],
        ['--policy-document', json(edited(role.trust, changes))],
      ])
    }
    case 'policy':
      return ofPolicy(words, first.role, first.policy, edited(first.policy.document, changes))
    case 'pool':
      return ofPool(
        standing,
        words,
        changes.reduce((pool, it) => (it.target === 'pool' ? it.edit(pool) : pool), standing.pool),
      )
    case 'roles': {
      const none: PoolRoles = { Roles: {}, RoleMappings: {} }
      const before = { ...none, ...standing.poolRoles }
      const roles = changes.reduce((own, it) => (it.target === 'roles' ? it.edit(own) : own), before)
      return ofRoles(standing, words, roles)
    }
  }
}

/** A policy with its statements changed. */
function edited(document: JsonObject, changes: readonly Change[]): JsonObject {
  const own = changes.flatMap(it => (it.target === 'trust' || it.target === 'policy' ? [it] : []))
  const apply = (statement: JsonObject, edits: readonly Edit[]): JsonObject | undefined =>
    edits.reduce((now: JsonObject | undefined, edit) => (now === undefined ? now : edit(now)), statement)
  const kept = statementsIn(document).flatMap((statement, at) => {
    const found = apply(
      statement,
      own.filter(it => it.at.includes(at)).map(it => it.edit),
    )
    return found === undefined ? [] : [found]
  })
  const more = own.flatMap(it => [
    ...(it.at.length === 0 ? [it.edit({}) ?? []].flat() : []),
    ...(it.target === 'policy' ? (it.more ?? []) : []),
  ])
  const unlike = more.filter((it, at) => more.findIndex(one => JSON.stringify(one) === JSON.stringify(it)) === at)
  return { ...document, Version: '2012-10-17', Statement: namedApart([...kept, ...unlike]) }
}

/** A policy has no `Sid` twice. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html */
function namedApart(statements: readonly JsonObject[]): readonly JsonObject[] {
  const taken = new Set<Json>()
  return statements.map(statement => {
    const { Sid } = statement
    if (typeof Sid !== 'string' || !taken.has(Sid)) {
      if (Sid !== undefined) taken.add(Sid)
      return statement
    }
    let number = 2
    while (taken.has(`${Sid}${number}`)) number++
    taken.add(`${Sid}${number}`)
    return { ...statement, Sid: `${Sid}${number}` }
  })
}

/** An inline policy is written over; nobody but AWS writes its own. */
function ofPolicy(words: string, { roleName }: Role, policy: Policy, document: JsonObject): Mend {
  const isEmpty = statementsIn(document).length === 0
  if (policy.kind === 'inline') {
    const of = [
      ['--role-name', roleName],
      ['--policy-name', policy.name],
    ]
    return isEmpty
      ? mendBy(words, [['aws', 'iam', 'delete-role-policy'], ...of])
      : mendBy(words, [['aws', 'iam', 'put-role-policy'], ...of, ['--policy-document', json(document)]])
  }
  const isOfAws = /^arn:[\w-]+:iam::aws:/.test(policy.name)
  if (isEmpty || isOfAws) {
    const instead = isOfAws ? '; nobody changes the policies of AWS: give the role one of your own instead' : ''
    return mendBy(`${words}${instead}`, [
      ['aws', 'iam', 'detach-role-policy'],
      ['--role-name', roleName],
      ['--policy-arn', policy.name],
    ])
  }
  return mendBy(`${words}; it is then so for all who have this policy`, [
    ['aws', 'iam', 'create-policy-version', '--set-as-default'],
    ['--policy-arn', policy.name],
    ['--policy-document', json(document)],
  ])
}

/**
 * `UpdateIdentityPool` sets what it is not given to its default, so all is said again: where that is not known, since
 * it holds a secret, there is no command.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html
 */
function ofPool({ snapshot }: Standing, words: string, pool: DescribedPool): Mend {
  const { IdentityPoolTags = {}, ...own } = pool
  if (Object.values(own.SupportedLoginProviders ?? {}).includes('****')) return { words }
  const tags = Object.entries(IdentityPoolTags).filter(([key]) => !key.startsWith('aws:'))
  const input = { ...own, ...(tags.length === 0 ? {} : { IdentityPoolTags: Object.fromEntries(tags) }) }
  return mendBy(words, [
    ['aws', 'cognito-identity', 'update-identity-pool', '--region', snapshot.region],
    ['--cli-input-json', json(input)],
  ])
}

/** `SetIdentityPoolRoles` replaces all that was there. */
function ofRoles({ pool, snapshot }: Standing, words: string, { Roles, RoleMappings }: PoolRoles): Mend {
  return mendBy(words, [
    ['aws', 'cognito-identity', 'set-identity-pool-roles', '--region', snapshot.region],
    ['--identity-pool-id', pool.IdentityPoolId],
    ['--roles', json(Roles)],
    ...(Object.keys(RoleMappings).length === 0 ? [] : [['--role-mappings', json(RoleMappings)]]),
  ])
}

/** No command where one of the names could not be pasted. */
export function mendBy(words: string, lines: readonly (readonly string[])[]): Mend {
  const isSafe = lines.flat().every(it => canPass('posix', it.replaceAll('\n', ' ')))
  return isSafe ? { words, command: command('posix', lines) } : { words }
}

const room = 72

/** JSON in printable ASCII and without a single quote, so that it stands in single quotes as it is; in lines that can be read. */
export function json(value: unknown, indent = '', before = 0): string {
  const whole = plain(value)
  if (typeof value !== 'object' || value === null || indent.length + before + whole.length <= room) return whole
  const deeper = `${indent}  `
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const items = Array.isArray(value)
    ? value.map(it => json(it, deeper))
    : Object.entries(value).flatMap(([key, it]) =>
        it === undefined ? [] : [`${plain(key)}: ${json(it, deeper, plain(key).length + 2)}`],
      )
  return `${open}\n${items.map(it => `${deeper}${it}`).join(',\n')}\n${indent}${close}`
}

function plain(value: unknown): string {
  const spaced = JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ')
  return spaced.replaceAll(/[^\x20-\x7e]|'/g, it => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
