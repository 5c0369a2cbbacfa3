import type { Resolved } from '../resolve/index.ts'
import type { Derived } from './derive.ts'
import { type Facts, nameOf, type PoolRole } from './facts.ts'
import type { Named } from './named.ts'
import { type Access, type Blocker, ids } from './plan.ts'

type Found = Omit<Blocker, 'isAccepted'>

/**
 * What users would lose or gain by the tables of access, and what would limit them no more, whatever was found by
 * reading policies: a last look before anybody is told that all is well.
 */
export function netBlockers(
  facts: Facts,
  derived: Derived,
  { access, fresh, values }: { access: readonly Access[]; fresh: Resolved; values: Readonly<Record<string, string>> },
): readonly Found[] {
  const rows = access.flatMap(({ who, section }) =>
    section.groups.flatMap(({ title = '', lines }) =>
      lines.map(({ label, cells }) => {
        const [now, then] = cells.map(({ tone }) => tone)
        return { who, place: title, actions: actionsIn(label), now, then }
      }),
    ),
  )
  const isAllowed = (tone: string | undefined) => tone === 'allow' || tone === 'wrong'
  const lost = rows.flatMap(({ who, place, actions, now, then }) => {
    // what should not be allowed is meant to go, but where all is allowed, what is needed may be among it
    const isMeant = now === 'wrong' && !/^any resource$|(?:^| of )every /.test(place)
    const gone = isAllowed(now) && !isAllowed(then) && !isMeant && isUsual(place) ? actions.filter(isNeeded) : []
    return gone.length === 0 ? [] : [`${who}: ${gone.join(', ')} on ${place}`]
  })
  const gained = rows.flatMap(({ who, place, actions, now, then }) => {
    const more = !isAllowed(now) && isAllowed(then) && !/^own /.test(place) ? actions.filter(isWrite) : []
    return more.length === 0 ? [] : [`${who}: ${more.join(', ')} on ${place}`]
  })
  const bounds = [
    ...boundsOf('signed-in users', facts.users, derived.users, { fresh, id: ids.users, values }),
    ...boundsOf('guests', facts.guests, derived.guests, { fresh, id: ids.guests, values }),
  ]
  return [
    ...some('access-lost', lost, it => ({
      message: `By the tables of access the update takes away what is allowed today: ${it}.`,
      help: 'Name by --param what these files, rows or APIs are; or put the statement into a managed policy, and give that as --param AdditionalManagedPolicyArns=…',
    })),
    ...some('access-gained', gained, it => ({
      message: `By the tables of access the update lets people write what they cannot write today, outside their own folder: ${it}.`,
      help: 'Leave the parameter out that allows it',
    })),
    ...some('bounds-lost', bounds, it => ({
      message: `Limits of today would be gone: ${it}.`,
      help: 'Give the boundary as --param PermissionsBoundaryArn=…, and put denials into a managed policy that is given as --param AdditionalManagedPolicyArns=…',
    })),
  ]
}

function some(
  code: Blocker['code'],
  found: readonly string[],
  words: (all: string) => Pick<Found, 'message' | 'help'>,
): readonly Found[] {
  return found.length === 0 ? [] : [{ code, ...words([...new Set(found)].join('; ')), isAcceptable: true }]
}

/** Of files, rows and APIs those that an app is made for; not those of other users, other accounts or other regions. */
const isUsual = (place: string): boolean =>
  /^(?:own |objects? |any object |any resource$)/.test(place) ||
  (/^(?:API |every API)/.test(place) && !/, (?:in another|another|connections)/.test(place))

/** A label names a service once, and then actions alone. */
function actionsIn(label: string): readonly string[] {
  let service = ''
  return label.split(', ').map(name => {
    const at = name.indexOf(':')
    if (at < 0) return `${service}${name}`
    service = name.slice(0, at + 1)
    return name
  })
}

const isNeeded = (action: string): boolean =>
  /^(?:s3|dynamodb|execute-api):(?:(?:Get|Put|Delete)Object|ListBucket|(?:Get|Put|Update|Delete)Item|Query|Batch(?:Get|Write)Item|Invoke|\*)$|^\*$/i.test(
    action,
  )

const isWrite = (action: string): boolean =>
  /^(?:s3|dynamodb):(?:Put|Update|Delete|Create|Restore|Replicate|Bypass|BatchWrite|PartiQL(?:Insert|Update|Delete)|\*)/i.test(
    action,
  )

type After = {
  readonly fresh: Resolved
  readonly id: string
  readonly values: Readonly<Record<string, string>>
}

/** What limits them today, and would not by the role that they get; each as a clause. */
function boundsOf(
  who: string,
  now: PoolRole | undefined,
  { statements, kept }: Named,
  { fresh, id, values }: After,
): readonly string[] {
  const role = fresh.Resources[id]
  // whoever gets no role any more gets nothing
  if (now?.role === undefined || role === undefined) return []
  const { boundary } = now.role
  const after = role.Properties['PermissionsBoundary']
  const attached =
    id === ids.users ? (values['AdditionalManagedPolicyArns'] ?? '').split(',').map(arn => arn.trim()) : []
  return [
    ...(boundary === undefined || boundary.arn === after
      ? []
      : [`the permissions boundary ${boundary.arn} of ${who} (${nameOf(now.arn)})`]),
    ...statements.flatMap(({ stated: { isAllow, by } }) => (isAllow ? [] : [`the denial for ${who} in ${by}`])),
    ...kept
      .filter(({ arn }) => !attached.includes(arn))
      .flatMap(({ name, statements: read }) => {
        if (read === undefined) return [`what the policy ${name} of ${who} denies, which could not be read`]
        return read.flatMap(({ isAllow, by }) => (isAllow ? [] : [`the denial for ${who} in ${by}`]))
      }),
  ]
}
