import type { Resolved } from '../../resolve/index.ts'
import { concatenate, isValueList, isValueObject, type Unknown, type Value } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { permissionsOf } from '../policies.ts'
import { filled, type Piece, piecesOf, shown, split } from './pieces.ts'

/** Something that might be done, of which the table says who can. */
export type Probe = {
  /** The heading that it stands under. */
  readonly kind: Kind
  /** What it is done to: `their own folder private/… of example-uploads`. */
  readonly place: string
  /** `s3:GetObject`; with a `*`, all actions that a policy means by it. */
  readonly action: string
  readonly target: (asker: Asker) => Target
  /** Should nobody be able to, by whatever template: somebody who can is shown in red. */
  readonly isHazard: boolean
}

export type Kind = 'files' | 'rows' | 'api' | 'keys' | 'others' | 'account'

export type Target = {
  readonly resource: string | Unknown
  readonly context?: Readonly<Record<string, string>>
}

/** The values of policy variables for who asks, and for another user of the same pool. */
export type Asker = { readonly own: Variables; readonly another: Variables }

export type Variables = (key: string) => string | Unknown | undefined

export type Site = { readonly region: string; readonly partition: string; readonly accountId: string | Unknown }

/**
 * What is worth asking of a template: about each place that the policies of these roles name, the own and another's
 * where they say whose, what is usual there and what is dangerous; each other action that they name; and what no user
 * should be able to do in any account. `leftOut` counts the other actions for which there is no room.
 */
export function probesOf(
  resolved: Resolved,
  roles: readonly string[],
  site: Site,
): { readonly probes: readonly Probe[]; readonly leftOut: number } {
  const statements = roles.flatMap(role => statementsOf(resolved, role))
  const found = [
    ...fileProbes(statements, site),
    ...rowProbes(statements),
    ...apiProbes(statements, site),
    ...keyProbes(statements),
    ...otherProbes(statements),
    ...accountProbes(site),
  ]
  const seen = new Set<string>()
  let room = mostOthers
  const probes = found.filter(({ kind, place, action }) => {
    const key = `${place}\0${action}`
    if (seen.has(key)) return false
    seen.add(key)
    return kind !== 'others' || room-- > 0
  })
  return { probes, leftOut: Math.max(0, -room) }
}

type Statement = {
  readonly actions: readonly string[]
  readonly resources: readonly (readonly Piece[])[]
  readonly condition: Value | undefined
}

function statementsOf(resolved: Resolved, role: string): readonly Statement[] {
  return permissionsOf(resolved, role).policies.flatMap(({ document }) => {
    const statements = isValueObject(document) ? document['Statement'] : undefined
    return (isValueList(statements) ? statements : [statements]).flatMap((statement): readonly Statement[] => {
      if (!isValueObject(statement)) return []
      const { Action, Resource, Condition } = statement
      const actions = textsOf(Action).filter(it => typeof it === 'string')
      return [{ actions, resources: textsOf(Resource).map(piecesOf), condition: Condition }]
    })
  })
}

/** Of the statements that name an action of the service, or all actions, the resources. */
function resourcesFor(statements: readonly Statement[], service: string): readonly (readonly Piece[])[] {
  const of = statements.filter(({ actions }) => actions.some(it => it.toLowerCase().startsWith(`${service}:`)))
  return of.flatMap(({ resources }) => resources)
}

function isAll(pieces: readonly Piece[]): boolean {
  return pieces.every(({ kind }) => kind === 'wildcard')
}

function hasVariable(pieces: readonly Piece[]): boolean {
  return pieces.some(({ kind }) => kind === 'variable')
}

// Files: Amazon S3

const objectActions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']
/** Of large uploads. */
const partActions = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
/** Permissions, versions, locks and tags of an object. */
const objectHazards = [
  ...['s3:PutObjectAcl', 's3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:PutObjectTagging'],
  ...['s3:PutObjectRetention', 's3:BypassGovernanceRetention'],
]
const bucketHazards = ['s3:ListBucketVersions', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:DeleteBucket']

function fileProbes(statements: readonly Statement[], { partition }: Site): readonly Probe[] {
  const patterns = resourcesFor(statements, 's3').filter(it => !isAll(it))
  const parts = patterns.map(it => split(it) ?? ([it, undefined] as const))
  const buckets = new Map(parts.map(([bucket]) => [shown(bucket, key => key), bucket]))
  return [...buckets].flatMap(([name, bucketPieces]): readonly Probe[] => {
    const bucketText = filled(
      bucketPieces,
      () => undefined,
      () => 'example',
    )
    const bucket = name.replace(/^arn:[^:]*:s3:::/, '')
    const object = (key: string | Unknown): Target => ({ resource: concatenate([bucketText, '/', key]) })
    const listed = (prefix: string | Unknown): Target => ({
      resource: bucketText,
      ...(typeof prefix === 'string' ? { context: { 's3:prefix': prefix } } : {}),
    })
    const keys = parts.flatMap(([own, key]) => (key !== undefined && shown(own, it => it) === name ? [key] : []))
    const folders = new Map(keys.filter(hasVariable).map(key => [shown(folderOf(key), variableName), folderOf(key)]))
    const levels = new Set([...folders.values()].map(folder => levelOf(folder)))
    const shared = keys.filter(key => !hasVariable(key) && !levels.has(levelOf(key)))
    const probe = (place: string, action: string, isHazard: boolean, target: Probe['target']): Probe => ({
      ...{ kind: 'files', place: `${place} of ${bucket}`, action, isHazard, target },
    })
    const at = (folder: readonly Piece[], variables: Variables, rest: string) =>
      concatenate([filled(folder, variables, () => 'x'), rest])
    return [
      ...[...folders].flatMap(([label, folder]) => {
        const own = `own folder ${label}`
        const another = `another user's folder ${label}`
        // https://docs.amplify.aws/gen1/javascript/build-a-backend/storage/configure-access/, `protected`
        const isReadable = levelOf(folder) === 'protected/'
        return [
          ...[...objectActions, ...partActions, ...objectHazards].map(action =>
            probe(own, action, objectHazards.includes(action), asker => object(at(folder, asker.own, 'photo.jpg'))),
          ),
          probe(own, 's3:ListBucket', false, asker => listed(at(folder, asker.own, ''))),
          ...objectActions.map(action =>
            probe(another, action, !(isReadable && action === 's3:GetObject'), asker =>
              object(at(folder, asker.another, 'photo.jpg')),
            ),
          ),
          probe(another, 's3:ListBucket', true, asker => listed(at(folder, asker.another, ''))),
        ]
      }),
      ...shared.flatMap(key => {
        const label = shown(key, variableName)
        const place = label === '*' ? 'any object' : /[*?]/.test(label) ? `objects ${label}` : `object ${label}`
        const folder = levelOf(key)
        return [
          ...[...objectActions, ...objectHazards].map(action =>
            probe(place, action, objectHazards.includes(action) || label === '*', () =>
              object(
                filled(
                  key,
                  () => undefined,
                  () => 'photo.jpg',
                ),
              ),
            ),
          ),
          probe(place, 's3:ListBucket', label === '*', () => listed(folder)),
        ]
      }),
      probe('the whole', 's3:ListBucket', true, () => listed('')),
      ...bucketHazards.map(action => probe('the whole', action, true, () => ({ resource: bucketText }))),
      {
        ...{ kind: 'files', place: 'another bucket', action: 's3:GetObject', isHazard: true },
        target: () => ({ resource: `arn:${partition}:s3:::another-bucket/photo.jpg` }),
      },
    ]
  })
}

/** What comes before a wildcard at the end, as far as its last slash. */
function folderOf(key: readonly Piece[]): readonly Piece[] {
  const end = key.findLastIndex(({ kind }) => kind === 'variable')
  const rest = key.slice(end + 1)
  const at = rest.findIndex(({ kind }) => kind === 'wildcard')
  const literal = at < 0 ? rest : rest.slice(0, at)
  return [...key.slice(0, end + 1), ...literal]
}

/** The ID of the identity is what most folders are named by. */
function variableName(key: string): string {
  return /^cognito-identity[^:]*:sub$/.test(key) ? '{identity}' : `{${key.replace(/^aws:/, '')}}`
}

/** `private/`: the text that a key starts with. */
function levelOf(key: readonly Piece[]): string {
  const [first] = key
  return first?.kind === 'text' ? first.text.slice(0, first.text.lastIndexOf('/') + 1) : ''
}

// Rows: Amazon DynamoDB

const rowActions = [
  ...['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  ...['dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
]
const tableHazards = ['dynamodb:Scan', 'dynamodb:UpdateTable', 'dynamodb:DeleteTable']

function rowProbes(statements: readonly Statement[]): readonly Probe[] {
  const of = statements.filter(({ actions }) => actions.some(it => /^dynamodb:/i.test(it)))
  return of.flatMap(({ resources, condition }) => {
    const keys = leadingKeys(condition).filter(hasVariable)
    return resources.flatMap((pieces): readonly Probe[] => {
      if (isAll(pieces)) return []
      const table = filled(
        pieces,
        () => undefined,
        () => 'example',
      )
      const name = shown(pieces, key => key).replace(/^arn:.*:table\//, '')
      const probe = (
        place: string,
        action: string,
        isHazard: boolean,
        key?: (asker: Asker) => string | Unknown,
      ): Probe => ({
        ...{ kind: 'rows', place, action, isHazard },
        target: asker => {
          const leading = key?.(asker)
          return {
            resource: table,
            ...(typeof leading === 'string' ? { context: { 'dynamodb:LeadingKeys': leading } } : {}),
          }
        },
      })
      const [key] = keys
      const rows =
        key === undefined
          ? rowActions.map(it => probe(`rows of the table ${name}`, it, false, () => 'example'))
          : [
              ...rowActions.map(it =>
                probe(`own rows of the table ${name}`, it, false, asker => filled(key, asker.own, () => 'x')),
              ),
              ...rowActions.map(it =>
                probe(`another user's rows of the table ${name}`, it, true, asker =>
                  filled(key, asker.another, () => 'x'),
                ),
              ),
            ]
      return [...rows, ...tableHazards.map(it => probe(`the whole table ${name}`, it, true))]
    })
  })
}

function leadingKeys(condition: Value | undefined): readonly (readonly Piece[])[] {
  if (!isValueObject(condition)) return []
  return Object.values(condition).flatMap(keys =>
    isValueObject(keys)
      ? Object.entries(keys).flatMap(([key, value]) =>
          key.toLowerCase() === 'dynamodb:leadingkeys' ? textsOf(value).map(piecesOf) : [],
        )
      : [],
  )
}

// APIs: Amazon API Gateway

function apiProbes(statements: readonly Statement[], site: Site): readonly Probe[] {
  return resourcesFor(statements, 'execute-api').flatMap((pieces): readonly Probe[] => {
    const parts = split(pieces)
    if (isAll(pieces)) return []
    const [arn, path] = parts ?? [pieces, []]
    const stage = split(path)?.[0] ?? path
    const rest = split(path)?.[1] ?? []
    const isAnyStage = stage.some(({ kind }) => kind === 'wildcard')
    const stageName = filled(
      stage,
      () => undefined,
      () => 'prod',
    )
    const account = site.accountId
    const api = (change: (fields: readonly (readonly Piece[])[]) => readonly (string | Unknown)[]): string | Unknown =>
      concatenate(change(fieldsOf(arn)).flatMap((field, at) => (at === 0 ? [field] : [':', field])))
    const plain = (field: readonly Piece[], at: number): string | Unknown =>
      filled(
        field,
        () => undefined,
        () => (at === 4 ? '' : 'any'),
      )
    const own = (fields: readonly (readonly Piece[])[]) =>
      fields.map((field, at) =>
        at === 4 && isAll(field) ? account : at === 3 && isAll(field) ? site.region : plain(field, at),
      )
    const changed = (position: number, value: string) =>
      api(fields => own(fields).map((field, at) => (at === position ? value : field)))
    const name = shown(fieldsOf(arn)[5] ?? [], key => key)
    const label = `API ${name}`
    // What is fixed behind the stage is asked for as it stands.
    const route = filled(
      rest,
      () => undefined,
      following => (following.length > 0 ? 'GET' : 'GET/items'),
    )
    const call = (place: string, action: string, isHazard: boolean, resource: string | Unknown): Probe => ({
      ...{ kind: 'api', place, action, isHazard, target: () => ({ resource }) },
    })
    const invoke = 'execute-api:Invoke'
    const here = api(own)
    return [
      call(
        isAnyStage ? `${label}, any stage` : `${label}, stage ${shown(stage, key => key)}`,
        invoke,
        false,
        concatenate([here, '/', stageName, '/', route]),
      ),
      ...(isAnyStage
        ? []
        : [call(`${label}, another stage`, invoke, true, concatenate([here, '/another-stage/', route]))]),
      call(`${label}, if it is a WebSocket API`, invoke, false, concatenate([here, '/', stageName, '/$connect'])),
      call(
        `${label}, in another account`,
        invoke,
        true,
        concatenate([changed(4, '999999999999'), '/', stageName, '/', route]),
      ),
      call(
        `${label}, in another region`,
        invoke,
        true,
        concatenate([changed(3, otherRegion(site)), '/', stageName, '/', route]),
      ),
      call('another API', invoke, true, concatenate([changed(5, 'z9y8x7w6v5'), '/', stageName, '/', route])),
      call(
        `${label}, connections of others`,
        'execute-api:ManageConnections',
        true,
        concatenate([here, '/', stageName, '/POST/@connections/example']),
      ),
    ]
  })
}

function otherRegion({ region, partition }: Site): string {
  const [first, second] =
    partition === 'aws-us-gov'
      ? ['us-gov-west-1', 'us-gov-east-1']
      : partition === 'aws-cn'
        ? ['cn-north-1', 'cn-northwest-1']
        : ['eu-west-3', 'sa-east-1']
  return (region === first ? second : first) ?? region
}

/** The parts of an ARN between its colons; of what is unknown nothing is told apart. */
function fieldsOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const fields: Piece[][] = [[]]
  for (const piece of pieces) {
    if (piece.kind !== 'text') {
      fields.at(-1)?.push(piece)
      continue
    }
    for (const [at, text] of piece.text.split(':').entries()) {
      if (at > 0) fields.push([])
      if (text !== '') fields.at(-1)?.push({ kind: 'text', text })
    }
  }
  return fields
}

// Keys: AWS KMS

const keyActions = ['kms:GenerateDataKey', 'kms:Decrypt']
const keyHazards = ['kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion']

function keyProbes(statements: readonly Statement[]): readonly Probe[] {
  return resourcesFor(statements, 'kms').flatMap((pieces): readonly Probe[] => {
    if (isAll(pieces)) return []
    const resource = filled(
      pieces,
      () => undefined,
      () => 'example',
    )
    const [, , , region = ''] = typeof resource === 'string' ? resource.split(':') : []
    const partition = typeof resource === 'string' ? resource.split(':')[1] : 'aws'
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
    const label = shown(pieces, key => key).replace(/^arn:.*:key\//, '')
    const call = (
      place: string,
      action: string,
      isHazard: boolean,
      context?: Readonly<Record<string, string>>,
    ): Probe => ({
      ...{ kind: 'keys', place, action, isHazard },
      target: () => ({ resource, ...(context === undefined ? {} : { context }) }),
    })
    const through = region === '' ? undefined : { 'kms:ViaService': `s3.${region}.${suffix}` }
    return [
      ...(through === undefined
        ? []
        : keyActions.map(it => call(`key ${label}, through Amazon S3`, it, false, through))),
      ...keyActions.map(it => call(`key ${label}, by itself`, it, false)),
      ...keyHazards.map(it => call(`key ${label}, by itself`, it, true)),
    ]
  })
}

// Whatever else a policy names

/** Told by the places above, unless a policy gives a whole service. */
const told = ['s3', 'dynamodb', 'execute-api', 'kms']

const mostOthers = 500

/** What is given everywhere comes first. */
function otherProbes(statements: readonly Statement[]): readonly Probe[] {
  const probes = statements.flatMap(({ actions, resources }) =>
    actions.flatMap(action => {
      const [service = '', name = ''] = action === '*' ? ['*', '*'] : action.split(':')
      const isWhole = /^\*+$/.test(name)
      const isKnown = told.includes(service.toLowerCase()) && !isWhole
      return ofService(service, resources).flatMap((pieces): readonly (Probe & { readonly isAll: boolean })[] => {
        if (isKnown && !isAll(pieces)) return []
        const ask = (place: string, whose: (asker: Asker) => Variables, isHazard: boolean) => ({
          ...{ kind: 'others' as const, place, action, isHazard, isAll: isAll(pieces) },
          target: (asker: Asker) => ({ resource: filled(pieces, whose(asker), () => '*') }),
        })
        const label = (whose: string) => (isAll(pieces) ? 'any resource' : shown(pieces, () => whose))
        const own = ask(label('{own}'), asker => asker.own, isWhole)
        return hasVariable(pieces) ? [own, ask(label("{another's}"), asker => asker.another, true)] : [own]
      })
    }),
  )
  return [...probes.filter(it => it.isAll), ...probes.filter(it => !it.isAll)]
}

/** Where a statement names resources of several services, those of the action's own, if there are such. */
function ofService(service: string, resources: readonly (readonly Piece[])[]): readonly (readonly Piece[])[] {
  const serviceOf = ([first]: readonly Piece[]) =>
    first?.kind === 'text' ? /^arn:[^:]*:([^:]+):/.exec(first.text)?.[1] : undefined
  const isOwn = (pieces: readonly Piece[]) => serviceOf(pieces) === service.toLowerCase()
  return resources.some(isOwn) ? resources.filter(it => isOwn(it) || serviceOf(it) === undefined) : resources
}

// What no user of an app should be able to do

function accountProbes({ region, partition, accountId }: Site): readonly Probe[] {
  const arn = (service: string, rest: string, isGlobal = false): string | Unknown =>
    concatenate([`arn:${partition}:${service}:${isGlobal ? '' : region}:`, accountId, `:${rest}`])
  const pool = arn('cognito-identity', `identitypool/${region}:another`)
  const userPool = arn('cognito-idp', `userpool/${region}_another`)
  const role = arn('iam', 'role/another', true)
  const all: readonly (readonly [place: string, resource: string | Unknown, actions: readonly string[]])[] = [
    [
      'identity pools',
      pool,
      [
        'UpdateIdentityPool',
        'SetIdentityPoolRoles',
        'DeleteIdentityPool',
        'ListIdentities',
        'GetOpenIdTokenForDeveloperIdentity',
      ].map(it => `cognito-identity:${it}`),
    ],
    [
      'user pools',
      userPool,
      ['ListUsers', 'AdminCreateUser', 'AdminSetUserPassword', 'AdminAddUserToGroup'].map(it => `cognito-idp:${it}`),
    ],
    ['other roles', role, ['sts:AssumeRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy']],
    ['users of IAM', arn('iam', 'user/another', true), ['iam:CreateUser', 'iam:CreateAccessKey']],
    ['all buckets', '*', ['s3:ListAllMyBuckets']],
  ]
  return all.flatMap(([place, resource, actions]) =>
    actions.map((action): Probe => ({ kind: 'account', place, action, isHazard: true, target: () => ({ resource }) })),
  )
}
