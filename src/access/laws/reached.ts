import { isValueList, isValueObject, type Value } from '../../resolve/value.ts'
import { type Concern, concernOf } from '../concerns.ts'
import type { Deployed, Statement } from './deployed.ts'
import type { Beyond, Given, Mismatch, Strange } from './given.ts'
import type { Kind } from './probes.ts'
import { textsIn } from './texts.ts'
import type { Law, Violation } from './violation.ts'

/** Laws 2 to 5, as far as they are about which requests the roles' statements allow. */

/**
 * Law 2: A never reads, writes, lists or deletes what is B's in `private/` or in the table; of `protected/` and `public/`
 * A has what the options say, and A has all that they promise.
 */
export function nothingOfOthers(deployed: Deployed, { mismatches, strange, beyond }: Given): readonly Violation[] {
  return [
    ...mismatches.filter(it => lawOfMismatch(it) === 2).map(it => mismatched(2, it)),
    ...beyond.filter(it => lawOfExcess(it) === 2).map(it => exceeding(2, it)),
    ...strange.filter(it => lawOf(it) === 2).map(it => stranger(2, it, 'reaches what is of others')),
    ...deployed.roles.flatMap(role =>
      role.statements.flatMap(it => [...comparedAlike(it.name, it.value['Condition']), ...standIns(it)]),
    ),
  ]
}

/**
 * Law 3: no action that changes permissions, ownership, retention, versions or encryption of an object, none on the
 * bucket itself, none on IAM, STS, the administration of Cognito, or the management of KMS keys.
 */
export function nothingOfTheOwners({ strange }: Given): readonly Violation[] {
  return strange.filter(it => lawOf(it) === 3).map(it => stranger(3, it, 'is for those who own it'))
}

/** Law 4: only the API, region, account and stage that are named, or listed. */
export function onlyTheApi({ mismatches, strange, beyond }: Given): readonly Violation[] {
  return [
    ...mismatches.filter(it => lawOfMismatch(it) === 4).map(it => mismatched(4, it)),
    ...beyond.filter(it => lawOfExcess(it) === 4).map(it => exceeding(4, it)),
    ...strange.filter(it => lawOf(it) === 4).map(it => stranger(4, it, 'is no call of an API')),
  ]
}

/** Law 5, as far as statements have a part in it: nothing that the options do not say. */
export function nothingUnsaid({ mismatches, strange, beyond }: Given): readonly Violation[] {
  return [
    ...mismatches.filter(it => lawOfMismatch(it) === 5).map(it => mismatched(5, it)),
    ...beyond.filter(it => lawOfExcess(it) === 5).map(it => exceeding(5, it)),
    ...strange.filter(it => lawOf(it) === 5).map(it => stranger(5, it, 'is what no option says')),
  ]
}

/** Law 6, as far as statements have a part in it: nothing of an option that is off. */
export function nothingOfWhatIsOff({ mismatches }: Given): readonly Violation[] {
  return mismatches.filter(it => lawOfMismatch(it) === 6).map(it => mismatched(6, it))
}

function lawOfExcess({ session, kind, resource }: Beyond): Law {
  if (session.asker.isSignedIn || (kind === 'objects' && !isPublic(resource))) return lawOfKind[kind]
  return 5
}

function isPublic(resource: string): boolean {
  return /:::[^/]+\/public\//.test(resource)
}

function exceeding(law: Law, { session, action, resource, statement, because }: Beyond): Violation {
  return { law, statement, request: `${session.name}: ${action} ${resource}`, because }
}

function mismatched(law: Law, { session, action, probe, truth, statement }: Mismatch): Violation {
  const context = Object.keys(probe.context).length === 0 ? '' : ` with ${JSON.stringify(probe.context)}`
  const is = truth === 'unknown' ? 'cannot be known' : truth ? 'is allowed' : 'is denied'
  const should = probe.allowed.has(action) ? 'must be allowed' : 'must be denied'
  return {
    law,
    statement,
    request: `${session.name}: ${action} ${probe.resource}${context}`,
    because: `${is}, and ${should}`,
  }
}

const lawOfKind: Readonly<Record<Kind, Law>> = { objects: 2, listing: 2, rows: 2, key: 5, api: 4 }

function lawOfMismatch({ session, action, probe, truth }: Mismatch): Law {
  const isTooMuch = truth !== false && !probe.allowed.has(action)
  if (isTooMuch && probe.isOff) return 6
  if (!session.asker.isSignedIn && isTooMuch) return isPublic(probe.resource) || probe.kind !== 'objects' ? 5 : 2
  return lawOfKind[probe.kind]
}

function stranger(law: Law, { role, statement, action }: Strange, because: string): Violation {
  const who = role.of === 'users' ? 'a user' : role.of === 'guests' ? 'a guest' : `whoever has ${role.id}`
  return {
    law,
    statement: statement.name,
    request: `${who}: ${action.name} ${action.arns[0] ?? '*'}`,
    because: `${because} (${action.level})`,
  }
}

const lawOfConcern: Readonly<Record<Concern, Law>> = { owners: 3, people: 2, calls: 4, other: 5 }

/** Of permissions management AWS itself says whose matter it is. */
function lawOf({ action: { name, level } }: Strange): Law {
  return level.includes('Permissions management') ? 3 : lawOfConcern[concernOf(name)]
}

/** A policy variable with a default gives those without an identity one and the same folder. */
function standIns({ name, effect, value }: Statement): readonly Violation[] {
  const found =
    effect === 'Deny' ? [] : textsIn(value).flatMap(text => [...text.matchAll(/\$\{[^}]*,\s*'[^']*'\s*\}/g)])
  return found.map(([variable]) => ({
    law: 2,
    statement: name,
    request: `whoever has no value for ${variable}`,
    because: 'reaches what all such reach together',
  }))
}

/** Operators that find an identity like another, of keys that name whose something is. */
function comparedAlike(name: string, condition: Value | undefined): readonly Violation[] {
  if (!isValueObject(condition)) return []
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!/Like|IgnoreCase|Not/.test(operator) || !isValueObject(keys)) return []
    const found = Object.entries(keys).filter(([key]) => /^dynamodb:leadingkeys$/i.test(key))
    return found.map(([key, values]) => ({
      law: 2 as const,
      statement: name,
      request: `whoever asks with ${key} ${JSON.stringify(isValueList(values) ? values[0] : values)}`,
      because: `${operator} finds keys alike: whose rows they are must be compared as equal`,
    }))
  })
}
