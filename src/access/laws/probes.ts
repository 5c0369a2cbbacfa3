import type { Options } from './options.ts'
import { wildcard } from './wildcard.ts'

/**
 * Requests in which what a policy says shows: those that it must allow, and beside them all that are like them and must
 * not be allowed. What a probe says of actions holds for those of its kind; every other action is none that the
 * templates give (`given.ts`).
 */
export type Probe = {
  readonly kind: Kind
  readonly resource: string
  readonly context: Readonly<Record<string, string | readonly string[]>>
  /** Which of the kind's actions must be allowed, and no others. */
  readonly allowed: ReadonlySet<string>
  /** Is it about a folder that an option gives and that is off? */
  readonly isOff: boolean
}

export type Kind = 'objects' | 'listing' | 'rows' | 'key' | 'api'

/** The actions that there are for each kind: all that a template of ours gives to anybody. */
export const actionsOf: Readonly<Record<Kind, readonly string[]>> = {
  objects: [
    's3:GetObject',
    's3:PutObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
  ],
  listing: ['s3:ListBucket'],
  rows: [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:BatchWriteItem',
  ],
  key: ['kms:GenerateDataKey', 'kms:Decrypt'],
  api: ['execute-api:Invoke'],
}

/** One who asks: what the identity and the folder are called, and those of another user. */
export type Asker = {
  readonly isSignedIn: boolean
  readonly identity: string
  /** Absent where the session says nothing by which a folder is named. */
  readonly folder: string | undefined
  readonly otherIdentity: string
  readonly otherFolder: string
}

const none: ReadonlySet<string> = new Set()

const made = new Map<string, Probes>()

/** The same probes for whatever they depend on alike. */
export function probesOf(kind: Kind, asker: Asker, options: Options): Probes {
  const { make, reads } = makers[kind]
  const key = JSON.stringify([kind, asker, reads(options)])
  const known = made.get(key)
  if (known !== undefined) return known
  const probes = { key, all: make(asker, options) }
  made.set(key, probes)
  return probes
}

export type Probes = { readonly key: string; readonly all: readonly Probe[] }

type Maker = {
  readonly make: (asker: Asker, options: Options) => readonly Probe[]
  /** The options that it depends on. */
  readonly reads: (options: Options) => unknown
}

const makers: Readonly<Record<Kind, Maker>> = {
  objects: { make: objectProbes, reads: readsFiles },
  listing: { make: listingProbes, reads: readsFiles },
  rows: { make: rowProbes, reads: options => [readsPlace(options), options.table] },
  key: { make: keyProbes, reads: options => [readsPlace(options), options.key, options.publicFolder] },
  api: { make: apiProbes, reads: options => [readsPlace(options), options.api, options.furtherApis] },
}

function readsPlace({ partition, region, account, urlSuffix, host }: Options): unknown {
  return [partition, region, account, urlSuffix, host]
}

function readsFiles(options: Options): unknown {
  return [readsPlace(options), options.bucket, options.protectedFolder, options.publicFolder]
}

const levels = ['private', 'protected', 'public'] as const

type Level = (typeof levels)[number]

function isOn(level: Level, options: Options): boolean {
  if (level === 'protected') return options.protectedFolder
  return level === 'private' || options.publicFolder
}

/** What the owner has of `private/` and `protected/`, others of `protected/`, and everybody of `public/`. */
function objectProbes(asker: Asker, options: Options): readonly Probe[] {
  const { bucket = 'bucket', partition, region, account } = options
  const object = (name: string, key: string) => `arn:${partition}:s3:::${name}/${key}`
  const owned = asker.folder ?? asker.otherFolder
  const keys = keysOf(owned, asker, options)
  const allowed = (key: string): ReadonlySet<string> => {
    if (options.bucket === undefined) return none
    const level = levels.find(it => key.startsWith(`${it}/`))
    if (level === undefined || !isOn(level, options)) return none
    if (!asker.isSignedIn) return level === 'public' ? new Set(['s3:GetObject']) : none
    if (level === 'public') return new Set(['s3:GetObject', 's3:PutObject'])
    if (asker.folder !== undefined && key.startsWith(`${level}/${asker.folder}/`)) return new Set(actionsOf.objects)
    return level === 'protected' ? new Set(['s3:GetObject']) : none
  }
  const isOff = (key: string) => {
    const level = levels.find(it => key.startsWith(`${it}/`))
    return level !== undefined && level !== 'private' && !isOn(level, options)
  }
  const others = [
    ...[`${bucket}x`, `x${bucket}`, bucket.slice(0, -1), 'someone', `${bucket}/private`].map(it =>
      object(it, `private/${owned}/x`),
    ),
    ...(bucket.toUpperCase() === bucket ? [] : [object(bucket.toUpperCase(), `private/${owned}/x`)]),
    `arn:${partition === 'aws' ? 'aws-cn' : 'aws'}:s3:::${bucket}/private/${owned}/x`,
    ...levels.flatMap(level =>
      [owned, asker.otherFolder].map(
        it => `arn:${partition}:s3:${region}:${account}:accesspoint/point/object/${level}/${it}/x`,
      ),
    ),
    `arn:${partition}:s3:::${bucket}`,
    '*',
  ]
  return [
    ...keys.map(key => probe('objects', object(bucket, key), allowed(key), {}, isOff(key))),
    ...others.map(resource => probe('objects', resource, none)),
  ]
}

/** Names of objects: in folders of one's own and of others, and those that only look like it. */
function keysOf(own: string, { otherFolder }: Asker, { host = '' }: Options): readonly string[] {
  const inLevels = [...levels, 'Private', 'privat', 'privatex', 'xprivate'].flatMap(level =>
    [
      ...[`${own}/x`, `${own}/a/b`, `${own}/`, `${own}/../${otherFolder}/x`, `${own}/%2e%2e/x`, `${own}//x`],
      ...[`${otherFolder}/x`, `${otherFolder}/`, otherFolder, `${otherFolder}/../${own}/x`],
      // Longer and shorter IDs, and no slash behind it.
      ...[own, `${own}x/x`, `${own}-x/x`, `x${own}/x`, `${own.slice(0, -1)}/x`, `${own.slice(1)}/x`],
      ...[`${own.slice(0, own.indexOf(':') + 1)}/x`, `${own}.x`, `${own}?/x`, `${own}*/x`],
      // Slashes that are none.
      ...[`${own}%2Fx`, `${own}%2f..%2f${otherFolder}%2fx`, `${own}\\x`, `${own}%252Fx`, `${own}\u2215x`],
      // Letters of the other case.
      ...[`${swapped(own)}/x`, `${own.toUpperCase()}/x`],
      // The empty identity, a variable that was never put in, and wildcards.
      ...['', '/x', 'x', '*/x', '?/x', `../private/${otherFolder}/x`, `./${own}/x`],
      ...[`\${${host}:sub}/x`, `\${cognito-identity.amazonaws.com:sub}/x`, `\${aws:PrincipalTag/userSub}/x`, '${*}/x'],
    ].map(rest => `${level}/${rest}`),
  )
  const elsewhere = ['x', '', '/', '*', `${own}/x`, `${otherFolder}/x`, 'uploads/x', `/private/${own}/x`, ...levels]
  return [...new Set([...inLevels, ...elsewhere])]
}

function swapped(text: string): string {
  return [...text].map(char => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('')
}

function listingProbes(asker: Asker, options: Options): readonly Probe[] {
  const { bucket = 'bucket', partition } = options
  const arn = `arn:${partition}:s3:::${bucket}`
  const own = asker.folder ?? asker.otherFolder
  const allowed = (prefix: string): ReadonlySet<string> => {
    const isOwn = (level: Level) =>
      isOn(level, options) && asker.folder !== undefined && prefix.startsWith(`${level}/${asker.folder}/`)
    const isAllowed = options.bucket !== undefined && asker.isSignedIn && (isOwn('private') || isOwn('protected'))
    return isAllowed ? new Set(actionsOf.listing) : none
  }
  const isOff = (prefix: string) => prefix.startsWith('protected/') && !options.protectedFolder
  return [
    ...[...keysOf(own, asker, options), 'p'].map(prefix =>
      probe('listing', arn, allowed(prefix), { 's3:prefix': prefix }, isOff(prefix)),
    ),
    probe('listing', arn, none),
    ...[`${arn}x`, `arn:${partition}:s3:::someone`, '*'].map(resource =>
      probe('listing', resource, none, { 's3:prefix': `private/${own}/` }),
    ),
  ]
}

/** Rows whose partition key is the identity, of the one table, and never without saying which rows. */
function rowProbes(asker: Asker, options: Options): readonly Probe[] {
  const { partition, region, account, table = 'table' } = options
  const { identity: own, otherIdentity: other } = asker
  const arn = `arn:${partition}:dynamodb:${region}:${account}:table/${table}`
  const keys = 'dynamodb:LeadingKeys'
  const hasRows = options.table !== undefined && asker.isSignedIn && own !== ''
  const allowed = new Set(hasRows ? actionsOf.rows : [])
  const wrong: readonly (readonly string[])[] = [
    ...[[other], [own, other], [other, own], [`${own}x`], [own.slice(0, -1)], [own.toUpperCase()], [swapped(own)]],
    ...[[''], ['*'], ['?'], [`${own}*`], [own, ''], [`\${${options.host ?? ''}:sub}`], [asker.otherFolder]],
  ]
  const elsewhere = [
    ...[`${arn}x`, `${arn}/index/i`, `${arn}/stream/2026`, arn.replace(/table\/.*/, 'table/x'), '*', `${arn}/`],
    arn.replace(region, region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1'),
    arn.replace(account, '999999999999'),
    arn.replace(`arn:${partition}:`, `arn:${partition === 'aws' ? 'aws-cn' : 'aws'}:`),
  ]
  return [
    probe('rows', arn, allowed, { [keys]: [own] }),
    probe('rows', arn, allowed, { [keys]: [own, own] }),
    ...wrong.map(values => probe('rows', arn, none, { [keys]: values })),
    probe('rows', arn, none),
    ...elsewhere.map(resource => probe('rows', resource, none, { [keys]: [own] })),
  ]
}

/** The key of the bucket, only by way of Amazon S3 in the key's region. */
function keyProbes(asker: Asker, options: Options): readonly Probe[] {
  const { partition, region, account, urlSuffix } = options
  const key = options.key ?? `arn:${partition}:kms:${region}:${account}:key/1234abcd`
  const home = key.split(':')[3] ?? region
  const via = 'kms:ViaService'
  const mayUse = (): readonly string[] => {
    if (options.key === undefined) return []
    if (asker.isSignedIn) return actionsOf.key
    return options.publicFolder ? ['kms:Decrypt'] : []
  }
  const services = [
    ...[`s3.eu-south-1.${urlSuffix}`, `dynamodb.${home}.${urlSuffix}`, `s3.${home}.example.com`, 's3', ''],
    ...[`xs3.${home}.${urlSuffix}`, `s3.${home}.${urlSuffix}x`, `s3-outposts.${home}.${urlSuffix}`],
  ]
  const elsewhere = [
    ...[`${key}x`, key.slice(0, -1), key.replace(/key\/.*/, 'key/x'), key.replace(/key\/.*/, 'alias/x'), '*'],
    key.replace(`:${home}:`, ':eu-south-1:'),
    key.replace(/:\d{12}:/, ':999999999999:'),
  ]
  const s3 = `s3.${home}.${urlSuffix}`
  return [
    probe('key', key, new Set(mayUse()), { [via]: s3 }),
    ...services.map(service => probe('key', key, none, { [via]: service })),
    probe('key', key, none),
    ...elsewhere.map(resource => probe('key', resource, none, { [via]: s3 })),
  ]
}

/** The API, region, account and stage that are named, and the ARNs that are listed. */
function apiProbes(asker: Asker, options: Options): readonly Probe[] {
  const { partition, region, account, api, furtherApis } = options
  const named = api ?? { id: 'a1b2c3d4e5', region, stage: '*' }
  const home = `arn:${partition}:execute-api:${named.region}:${account}:`
  const calls = ['GET/notes', 'GET/', 'POST/a/b', '$connect', 'GET/notes/%2F', '*']
  const stages = [...new Set(['prod', 'prod2', 'test', '$default', named.stage.replace('*', 'x'), 'x'])]
  const otherRegion = named.region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1'
  const listed = furtherApis.map(it => it.replaceAll('*', 'x'))
  const resources = [
    ...stages.flatMap(stage => calls.map(call => `${home}${named.id}/${stage}/${call}`)),
    ...[`${home}${named.id}/${named.stage}`, `${home}${named.id}`, `${home}${named.id}x/prod/GET/notes`],
    ...[`${home}x${named.id}/prod/GET/notes`, `${home}other12345/prod/GET/notes`, `${home}${named.id}x`, '*'],
    ...[otherRegion, 'us-gov-west-1', 'cn-north-1', ''].flatMap(other =>
      other === named.region ? [] : [`arn:${partition}:execute-api:${other}:${account}:${named.id}/prod/GET/notes`],
    ),
    ...['999999999999', '', '*'].map(
      other => `arn:${partition}:execute-api:${named.region}:${other}:${named.id}/prod/GET/notes`,
    ),
    `arn:${partition === 'aws' ? 'aws-cn' : 'aws'}:execute-api:${named.region}:${account}:${named.id}/prod/GET/notes`,
    ...listed.flatMap(it => [
      it,
      `${it}x`,
      it.replace(/:\d{12}:/, ':999999999999:'),
      it.replace(/:([a-z0-9]+)\//, ':x$1/'),
    ]),
  ]
  const isNamed = (resource: string) => {
    if (api === undefined) return false
    const rest = resource.startsWith(`${home}${api.id}/`) ? resource.slice(`${home}${api.id}/`.length) : undefined
    return rest !== undefined && (api.stage === '*' ? rest.includes('/') : rest.startsWith(`${api.stage}/`))
  }
  const isListed = (resource: string) => furtherApis.some(it => wildcard(it).test(resource))
  return [...new Set(resources)].map(resource =>
    probe(
      'api',
      resource,
      asker.isSignedIn && (isNamed(resource) || isListed(resource)) ? new Set(actionsOf.api) : none,
    ),
  )
}

function probe(
  kind: Kind,
  resource: string,
  allowed: ReadonlySet<string>,
  context: Probe['context'] = {},
  isOff = false,
): Probe {
  return { kind, resource, context, allowed, isOff }
}
