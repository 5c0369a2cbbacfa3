import { isLike } from '../access/decide/glob.ts'
import type { Role } from '../live/snapshot.ts'
import { withoutManaged } from './additional.ts'
import { type Draft, finding } from './finding.ts'
import { listStatement, objectStatement, ownFolder } from './folders.ts'
import { addPolicy, updateStatement } from './mend.ts'
import { refusalOf } from './refusal.ts'
import type { Remedy } from './remedy.ts'
import { rolesRead, type Standing, whoGets } from './standing.ts'
import { isWhole, nameOf, placeOf, policiesOf, type Statement, statementsOf, textsOf } from './statements.ts'

/** Of roles whose policies allow nothing, or deny all that they allow. Of guests it may be meant that they have no policy. */
export function emptyFindings(standing: Standing): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    if (!isWhole(role)) return []
    const denials = denialsOf(role)
    if (denials === undefined) return []
    const isForGuests = uses.every(it => it.kind === 'unauthenticated')
    const [first] = denials
    if (first === undefined) {
      if (isForGuests) return []
      return [
        finding('role-allows-nothing', {
          what: `The role ${role.roleName}, which ${whoGets(uses)} get, allows nothing: it has no policy with an allowance.`,
          where: { role: role.roleName },
          fill: refusalOf(standing, role, 'ACTION', 'RESOURCE'),
          mend: [example(standing, role)],
        }),
      ]
    }
    const mend: readonly Remedy[] = denials.flatMap(it => [
      ...withoutManaged(standing, it),
      updateStatement(role, it, () => undefined, `Take the denial out, ${nameOf(it)}, unless it is meant`),
    ])
    return [
      finding('role-allows-nothing', {
        what: `The role ${role.roleName}, which ${whoGets(uses)} get, allows nothing: ${nameOf(first)} denies all that its policies allow.`,
        where: placeOf(role, first),
        fill: refusalOf(standing, role, 'ACTION', 'RESOURCE'),
        mend: [...mend, ...(allowancesOf(role).length === 0 ? [example(standing, role, 'And allow')] : [])],
      }),
    ]
  })
}

const allowancesOf = (role: Role): readonly Statement[] =>
  policiesOf(role)
    .flatMap(statementsOf)
    .filter(it => it.isAllow)

/** That deny all that is allowed, with no condition; none where nothing is allowed, undefined where something is left. */
export function denialsOf(role: Role): readonly Statement[] | undefined {
  const statements = policiesOf(role).flatMap(statementsOf)
  const denials = statements.filter(
    ({ fields, resources }) =>
      fields['Effect'] === 'Deny' && fields['Condition'] === undefined && resources.some(it => /^\*+$/.test(it)),
  )
  const total = denials.find(it => it.actions.some(action => /^\*+$/.test(action)))
  if (total !== undefined) return [total]
  const found = new Set<Statement>()
  for (const { fields, actions } of allowancesOf(role)) {
    // all but some are more than any list denies
    if (fields['NotAction'] !== undefined && textsOf(fields['Action']).length === 0) return undefined
    for (const action of actions) {
      const by = denials.find(it => it.actions.some(one => isLike(one.toLowerCase(), action.toLowerCase())))
      if (by === undefined) return undefined
      found.add(by)
    }
  }
  return [...found]
}

function example(standing: Standing, role: Role, words = 'Allow') {
  const bucket = `arn:${standing.snapshot.partition}:s3:::BUCKET`
  const folders = [ownFolder(standing)]
  return addPolicy(
    role,
    'own-folder',
    [
      objectStatement(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], bucket, folders),
      listStatement(bucket, folders),
    ],
    `${words} what users need, such as the objects of their own folder: fill in the bucket`,
  )
}
