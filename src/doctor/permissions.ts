import { passesForGuests } from '../access/guests.ts'
import type { JsonObject } from '../document.ts'
import type { Role } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { updateStatement } from './mend.ts'
import { refusalOf } from './refusal.ts'
import { rolesRead, type Standing } from './standing.ts'
import { nameOf, placeOf, policiesOf, type Statement, statementsOf, textsOf } from './statements.ts'

/** Of what the policies of the roles allow in vain: to guests, or by names that are none. */
export function permissionFindings(standing: Standing): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const statements = policiesOf(role)
      .flatMap(statementsOf)
      .filter(it => it.isAllow)
    const isForGuests = uses.every(it => it.kind === 'unauthenticated')
    return statements.flatMap(statement => [
      ...(isForGuests ? voidForGuests(standing, role, statement) : []),
      ...misnamed(standing, role, statement),
    ])
  })
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies-scope-down-services */
function voidForGuests(standing: Standing, role: Role, statement: Statement): readonly Draft[] {
  const lost = statement.actions.filter(
    action => passesForGuests({ action, resource: '*', context: new Map() }) === false,
  )
  const [first] = lost
  if (first === undefined) return []
  const action = first.endsWith('*') ? `${first.split(':')[0]}:…` : first
  return [
    finding('guest-permission-void', {
      what: `The role ${role.roleName} allows guests ${lost.join(', ')}, which the session policy takes away that Amazon Cognito puts on the credentials of guests.`,
      where: placeOf(role, statement),
      fill: refusalOf(standing, role, action, statement.resources[0] ?? '*'),
      mend: [
        { words: `Give ${lost.join(', ')} to signed-in users, or do it for guests behind an API` },
        updateStatement(
          role,
          statement,
          it => withoutActions(it, lost),
          `Take ${lost.join(', ')} out of ${nameOf(statement)}`,
        ),
      ],
    }),
  ]
}

/** The statement without these actions; undefined if none is left. */
export function withoutActions(fields: JsonObject, lost: readonly string[]): JsonObject | undefined {
  const left = textsOf(fields['Action']).filter(it => !lost.includes(it))
  return left.length === 0 ? undefined : { ...fields, Action: left }
}

/**
 * Operations of Amazon S3's that have an action of another name, or of none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const meant: Readonly<Record<string, string>> = {
  's3:listobjects': 's3:ListBucket',
  's3:listobjectsv2': 's3:ListBucket',
  's3:headbucket': 's3:ListBucket',
  's3:headobject': 's3:GetObject',
  's3:selectobject': 's3:GetObject',
  's3:copyobject': 's3:GetObject and s3:PutObject',
  's3:createmultipartupload': 's3:PutObject',
  's3:initiatemultipartupload': 's3:PutObject',
  's3:uploadpart': 's3:PutObject',
  's3:completemultipartupload': 's3:PutObject',
  's3:postobject': 's3:PutObject',
  's3:deleteobjects': 's3:DeleteObject',
  's3:listparts': 's3:ListMultipartUploadParts',
  's3:listmultipartuploads': 's3:ListBucketMultipartUploads',
  's3:listobjectversions': 's3:ListBucketVersions',
  's3:getobjects': 's3:GetObject',
  's3:putobjects': 's3:PutObject',
  's3:listbuckets': 's3:ListAllMyBuckets',
}

function misnamed(standing: Standing, role: Role, statement: Statement): readonly Draft[] {
  return statement.actions.flatMap(action => {
    const right = Object.hasOwn(meant, action.toLowerCase()) ? meant[action.toLowerCase()] : undefined
    if (right === undefined) return []
    const rights = right.split(' and ')
    // it has no resources
    const isOnAll = right === 's3:ListAllMyBuckets' && !statement.resources.includes('*')
    const mend = isOnAll
      ? updateStatement(
          role,
          statement,
          it => withoutActions(it, [action]),
          `Write ${right}, on all resources (*), if users are to know of all buckets`,
          [{ Effect: 'Allow', Action: right, Resource: '*' }],
        )
      : updateStatement(role, statement, it => renamed(it, action, rights), `Write ${right}`)
    return [
      finding('no-such-action', {
        what: `The role ${role.roleName} allows ${action}, which is no action of Amazon S3: the one that counts is ${right}.`,
        where: placeOf(role, statement),
        fill: refusalOf(standing, role, rights[0] ?? right, statement.resources[0] ?? '*'),
        mend: [mend],
      }),
    ]
  })
}

function renamed(fields: JsonObject, action: string, rights: readonly string[]): JsonObject {
  const actions = textsOf(fields['Action']).flatMap(it => (it === action ? rights : [it]))
  return { ...fields, Action: [...new Set(actions)] }
}
