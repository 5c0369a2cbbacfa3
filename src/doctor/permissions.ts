import { passesForGuests } from '../access/guests.ts'
import type { JsonObject } from '../document.ts'
import type { Role } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { addPolicy, updateStatement } from './mend.ts'
import { rolesRead, type Standing } from './standing.ts'
import { nameOf, placeOf, policiesOf, type Statement, statementsOf, textsOf } from './statements.ts'

/** What stands for the names in the words by which AWS refuses. */
export function refusalOf({ snapshot, account }: Standing, role: Role, action: string, resource: string) {
  return {
    ...{ partition: snapshot.partition, role: role.roleName, action, resource },
    ...(account === undefined ? {} : { account }),
  }
}

/** Of what the policies of the roles allow in vain: to guests, on what cannot be, by names that are none. */
export function permissionFindings(standing: Standing): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const statements = policiesOf(role)
      .flatMap(statementsOf)
      .filter(it => it.isAllow)
    const isForGuests = uses.every(it => it.kind === 'unauthenticated')
    return statements.flatMap(statement => [
      ...(isForGuests ? voidForGuests(standing, role, statement) : []),
      ...misnamed(standing, role, statement),
      ...misplaced(standing, role, statement),
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
    return [
      finding('no-such-action', {
        what: `The role ${role.roleName} allows ${action}, which is no action of Amazon S3: the one that counts is ${right}.`,
        where: placeOf(role, statement),
        fill: refusalOf(standing, role, rights[0] ?? right, statement.resources[0] ?? '*'),
        mend: [updateStatement(role, statement, it => renamed(it, action, rights), `Write ${right}`)],
      }),
    ]
  })
}

function renamed(fields: JsonObject, action: string, rights: readonly string[]): JsonObject {
  const actions = textsOf(fields['Action']).flatMap(it => (it === action ? rights : [it]))
  return { ...fields, Action: [...new Set(actions)] }
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, resource types */
const onObjects = new Set(
  [
    ...['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion', 's3:DeleteObjectVersion'],
    ...['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:GetObjectTagging', 's3:PutObjectTagging'],
    ...['s3:DeleteObjectTagging', 's3:GetObjectAcl', 's3:PutObjectAcl', 's3:GetObjectAttributes'],
  ].map(it => it.toLowerCase()),
)
const onBuckets = new Set(
  [
    ...['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketLocation'],
    ...['s3:GetBucketVersioning', 's3:GetBucketAcl', 's3:GetBucketCORS', 's3:GetBucketTagging'],
  ].map(it => it.toLowerCase()),
)

function misplaced(standing: Standing, role: Role, statement: Statement): readonly Draft[] {
  const { actions, resources } = statement
  const buckets = resources.map(it => /^arn:[^:]*:s3:::([^/]*)(\/.*)?$/.exec(it))
  if (resources.length === 0 || buckets.some(it => it === null)) return []
  const isAllBuckets = buckets.every(it => it?.[2] === undefined && !/\*/.test(it?.[1] ?? ''))
  const isAllObjects = buckets.every(it => it?.[2] !== undefined)
  const wrong = actions.filter(
    it => (isAllBuckets && onObjects.has(it.toLowerCase())) || (isAllObjects && onBuckets.has(it.toLowerCase())),
  )
  const [first] = wrong
  const [, name = ''] = buckets[0] ?? []
  if (first === undefined) return []
  const arn = `arn:${standing.snapshot.partition}:s3:::${name}`
  const [where, rest] = isAllBuckets
    ? [
        'on a bucket, and it is an action on objects',
        { words: `And allow it on the objects, of the user’s own folder: ${arn}/…/*` },
      ]
    : [
        'on objects, and it is an action on the bucket',
        listing(
          role,
          arn,
          buckets.map(it => (it?.[2] ?? '').slice(1)),
        ),
      ]
  return [
    finding('s3-wrong-resource', {
      what: `The role ${role.roleName} allows ${wrong.join(', ')} on ${resources[0]}: ${where}.`,
      where: placeOf(role, statement),
      fill: refusalOf(standing, role, first, isAllBuckets ? `${arn}/KEY` : arn),
      mend: [
        updateStatement(role, statement, it => withoutActions(it, wrong), `Take it out of ${nameOf(statement)}`),
        rest,
      ],
    }),
  ]
}

/** What lets list the folders in which the keys are. */
function listing(role: Role, bucket: string, keys: readonly string[]) {
  const folders = keys
    .map(it => it.replace(/\*+$/, ''))
    .filter(it => it !== '' && !/[*?]/.test(it.replaceAll(/\$\{[^}]*\}/g, '')))
  const prefixes = folders.flatMap(it => [it, `${it}*`])
  return addPolicy(
    role,
    'list-own-folder',
    [listStatement(bucket, prefixes.length === 0 ? ['PREFIX/', 'PREFIX/*'] : prefixes)],
    'And allow listing, on the bucket, with the prefix of what users may list',
  )
}

/** `s3:prefix` says of what. https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html */
export function listStatement(bucket: string, prefixes: readonly string[]): JsonObject {
  return {
    Sid: 'ListOwnFolder',
    ...{ Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
    Condition: { StringLike: { 's3:prefix': prefixes } },
  }
}
