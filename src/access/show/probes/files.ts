import { concatenate, type Unknown } from '../../../resolve/value.ts'
import { isForOwners, isOnObjects, reachesOthers } from '../../concerns.ts'
import { filled, hasVariable, isAll, shown, split } from '../pieces.ts'
import {
  besides,
  type NamedAction,
  nothing,
  type Probe,
  type Site,
  type Target,
  type Variables,
  withSaid,
} from './probe.ts'
import { isOf, type Pattern, patternsFor, type Statement, serviceOf, valuesOf } from './statements.ts'

const objectActions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']
/** Of large uploads. */
const partActions = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
/** Permissions, versions, locks and tags of an object. */
const objectHazards = [
  ...['s3:PutObjectAcl', 's3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:PutObjectTagging'],
  ...['s3:PutObjectRetention', 's3:BypassGovernanceRetention'],
]
/** Of a folder of one's own. */
const usualActions = [...objectActions, ...partActions, ...objectHazards]
/** Of objects that are nobody's. */
const sharedActions = [...objectActions, ...objectHazards]

const bucketHazards = ['s3:ListBucketVersions', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:DeleteBucket']

/** Is it a bucket, or what is in one? Access points are not. */
export function isOfFiles(pattern: Pattern): boolean {
  const [first] = pattern
  const service = serviceOf(pattern)
  return service === undefined || (first?.kind === 'text' && /^arn:[^:]*:s3:::/i.test(first.text))
}

/** A bucket with what statements name of it, and of its objects. */
type Bucket = {
  readonly pieces: Pattern
  readonly name: string
  readonly isEvery: boolean
  /** On the bucket itself. */
  readonly own: Set<Statement>
  /** By the pattern of the objects' keys. */
  readonly keys: Map<string, Key>
}

type Key = { readonly pattern: Pattern; readonly statements: Set<Statement> }

/** Files in Amazon S3: those of users, of others, of everybody, and the buckets. */
export function fileProbes(statements: readonly Statement[], site: Site): readonly Probe[] {
  const buckets = bucketsOf(statements)
  return [...buckets].flatMap(bucket => [
    ...folderProbes(bucket),
    ...sharedProbes(bucket),
    ...wholeProbes(bucket),
    ...(bucket.isEvery ? [] : [anotherBucket(site)]),
  ])
}

function bucketsOf(statements: readonly Statement[]): readonly Bucket[] {
  const buckets = new Map<string, Bucket>()
  const bucketOf = (pieces: Pattern): Bucket => {
    const name = shown(pieces, key => key).replace(/^arn:[^:]*:s3:::/, '')
    const isEvery = /^\*+$/.test(name)
    const made = buckets.get(name) ?? { pieces, name, isEvery, own: new Set(), keys: new Map() }
    buckets.set(name, made)
    return made
  }
  const add = ({ keys }: Bucket, pattern: Pattern, statement: Statement) => {
    const name = JSON.stringify(pattern)
    const known = keys.get(name) ?? { pattern, statements: new Set() }
    keys.set(name, known)
    known.statements.add(statement)
  }
  for (const statement of statements) {
    for (const pattern of patternsFor(statement, 's3').filter(isOfFiles)) {
      const [pieces, key] = split(pattern) ?? [pattern, undefined]
      const bucket = bucketOf(pieces)
      if (key === undefined) bucket.own.add(statement)
      // an asterisk knows no slash: it stands for objects too
      const isWithin = key === undefined && pattern.at(-1)?.kind === 'wildcard'
      if (key !== undefined || isWithin) add(bucket, key ?? anything, statement)
    }
  }
  return [...buckets.values()]
}

const anything: Pattern = [{ kind: 'wildcard', wildcard: '*' }]

function isPattern(name: string): boolean {
  return /[*?]/.test(name)
}

/** The actions by which a statement may be about objects, or about buckets. */
function namedBy(statements: Iterable<Statement>, what: 'objects' | 'buckets'): readonly NamedAction[] {
  return [...statements].flatMap(({ isAllow, actions }) =>
    isAllow
      ? actions.filter(isOf('s3')).filter(({ name }) => isPattern(name) || isOnObjects(name) === (what === 'objects'))
      : [],
  )
}

function probe(
  { name }: Bucket,
  place: string,
  action: string,
  isHazard: boolean,
  targets: Probe['targets'],
  asked?: string,
): Probe {
  const of = name === '' || /^\*+$/.test(name) ? 'every bucket' : name
  return {
    ...{ kind: 'files', place: `${place} of ${of}`, action, isHazard, targets },
    ...(asked === undefined ? {} : { asked }),
  }
}

function bucketText({ pieces }: Bucket): string | Unknown {
  return filled(pieces, nothing, () => 'example')
}

function object(bucket: Bucket, key: string | Unknown): Target {
  return { resource: concatenate([bucketText(bucket), '/', key]) }
}

function listed(bucket: Bucket, prefix: string | Unknown): Target {
  return { resource: bucketText(bucket), context: { 's3:prefix': prefix } }
}

// Folders of users

/** A folder that is named by whose it is; what is no whole folder is asked for as it stands. */
type Folder = {
  readonly label: string
  readonly path: Pattern
  readonly isWhole: boolean
  readonly statements: Set<Statement>
  /** What lists it: patterns of `s3:prefix`. */
  readonly prefixes: Pattern[]
}

function foldersOf(bucket: Bucket): readonly Folder[] {
  const folders = new Map<string, Folder>()
  const folderFor = (path: Pattern, isWhole: boolean): Folder => {
    const label = shown(path, variableName)
    const key = `${isWhole}${label}`
    const made = folders.get(key) ?? { label, path, isWhole, statements: new Set(), prefixes: [] }
    folders.set(key, made)
    return made
  }
  for (const { pattern, statements } of bucket.keys.values()) {
    if (!hasVariable(pattern)) continue
    const { statements: own } = isFolder(pattern) ? folderFor(folderOf(pattern), true) : folderFor(pattern, false)
    for (const it of statements) own.add(it)
  }
  for (const prefix of prefixesOf(bucket)) {
    if (hasVariable(prefix)) folderFor(folderOf(prefix), true).prefixes.push(prefix)
  }
  return [...folders.values()]
}

function folderProbes(bucket: Bucket): readonly Probe[] {
  const shared = [...bucket.keys.values()].filter(({ pattern }) => !hasVariable(pattern))
  return foldersOf(bucket).flatMap(folder => {
    const { label, path, isWhole, statements, prefixes } = folder
    const [own, another] = isWhole
      ? [`own folder ${label}`, `another user's folder ${label}`]
      : [`own ${objectsWord(label)} ${label}`, `another user's ${objectsWord(label)} ${label}`]
    const key = (variables: Variables) => concatenate([at(path, variables), isWhole ? 'photo.jpg' : ''])
    // https://docs.amplify.aws/gen1/javascript/build-a-backend/storage/configure-access/, `protected`
    const isReadable = levelOf(path) === 'protected/'
    const others = shared.filter(({ pattern }) => isWhole && isLevelOf(pattern, path))
    const named = namedBy([...statements, ...others.flatMap(it => [...it.statements])], 'objects')
    const listing = listingActions(bucket)
    const usual = statements.size > 0 || prefixes.length === 0
    const isOthers = (action: string) => isForOwners(action) || !(isReadable && action === 's3:GetObject')
    const lists = (variables: Variables, saying?: NamedAction['saying']): readonly Target[] =>
      [listed(bucket, at(path, variables)), ...prefixes.map(it => listed(bucket, at(it, variables)))].flatMap(it =>
        withSaid(it, variables, saying),
      )
    return [
      ...(usual ? usualActions : []).map(action =>
        probe(bucket, own, action, isForOwners(action), asker => [object(bucket, key(asker.own))]),
      ),
      ...named.map(({ action, asked, saying }) =>
        probe(
          ...([bucket, own, action, isForOwners(asked ?? action)] as const),
          asker => withSaid(object(bucket, key(asker.own)), asker.own, saying),
          asked,
        ),
      ),
      ...(isWhole
        ? listing.map(({ action, asked, saying }) =>
            probe(bucket, own, action, false, asker => lists(asker.own, saying), asked),
          )
        : []),
      ...(usual ? objectActions : []).map(action =>
        probe(bucket, another, action, isOthers(action), asker => [object(bucket, key(asker.another))]),
      ),
      ...named.map(({ action, asked, saying }) =>
        probe(
          ...([bucket, another, action, isOthers(action)] as const),
          asker => withSaid(object(bucket, key(asker.another)), asker.own, saying),
          asked,
        ),
      ),
      ...(isWhole
        ? listing.map(({ action, asked, saying }) =>
            probe(bucket, another, action, true, asker => lists(asker.another, saying), asked),
          )
        : []),
    ]
  })
}

function objectsWord(label: string): string {
  return isPattern(label) ? 'objects' : 'object'
}

function at(path: Pattern, variables: Variables): string | Unknown {
  return filled(path, variables, () => 'x')
}

/** Is it all that begins with some text, and not with something behind a wildcard? */
function isFolder(key: Pattern): boolean {
  const end = key.findLastIndex(({ kind }) => kind === 'variable')
  const rest = key.slice(end + 1)
  const first = rest.findIndex(({ kind }) => kind === 'wildcard')
  return first >= 0 && rest.slice(first).every(it => it.kind === 'wildcard' && it.wildcard === '*')
}

/** What comes before a wildcard behind the last variable. */
function folderOf(key: Pattern): Pattern {
  const end = key.findLastIndex(({ kind }) => kind === 'variable')
  const rest = key.slice(end + 1)
  const first = rest.findIndex(({ kind }) => kind === 'wildcard')
  return [...key.slice(0, end + 1), ...(first < 0 ? rest : rest.slice(0, first))]
}

/** The ID of the identity is what most folders are named by. */
function variableName(key: string): string {
  return /^cognito-identity[^:]*:sub$/.test(key) ? '{identity}' : `{${key.replace(/^aws:/, '')}}`
}

/** `private/`: the text that a key starts with. */
function levelOf([first]: Pattern): string {
  return first?.kind === 'text' ? first.text.slice(0, first.text.lastIndexOf('/') + 1) : ''
}

/** Does it mean all of the level that the folder is in, so that another user's folder shows what it gives? */
function isLevelOf([text, end, ...others]: Pattern, folder: Pattern): boolean {
  const level = levelOf(folder)
  return level !== '' && text?.kind === 'text' && text.text === level && end?.kind === 'wildcard' && others.length === 0
}

// What is nobody's in particular

function sharedProbes(bucket: Bucket): readonly Probe[] {
  const folders = foldersOf(bucket).filter(({ isWhole }) => isWhole)
  const shared = [...bucket.keys.values()].filter(
    ({ pattern }) => !hasVariable(pattern) && !folders.some(({ path }) => isLevelOf(pattern, path)),
  )
  const prefixes = prefixesOf(bucket).filter(it => !hasVariable(it) && !isAll(it))
  return [
    ...shared.flatMap(({ pattern, statements }) => {
      const label = shown(pattern, variableName)
      const place = placeOf(label)
      const isAny = isAll(pattern)
      const target = object(
        bucket,
        filled(pattern, nothing, () => 'photo.jpg'),
      )
      const isHazard = (action: string) => ((isAny || bucket.isEvery) && reachesOthers(action)) || isForOwners(action)
      return [
        ...sharedActions.map(action => probe(bucket, place, action, isHazard(action), () => [target])),
        ...besides(namedBy(statements, 'objects'), sharedActions).map(({ action, asked, saying }) =>
          probe(bucket, place, action, isHazard(asked ?? action), asker => withSaid(target, asker.own, saying), asked),
        ),
        ...(isAny ? [] : [probe(bucket, place, 's3:ListBucket', false, () => [listed(bucket, levelOf(pattern))])]),
      ]
    }),
    ...prefixes.flatMap(pattern => {
      const text = shown(pattern, variableName)
      const place = placeOf(/\*$/.test(text) ? text : `${text}*`)
      const prefix = filled(pattern, nothing, () => 'x')
      return listingActions(bucket).map(({ action, asked, saying }) =>
        probe(bucket, place, action, text === '', asker => withSaid(listed(bucket, prefix), asker.own, saying), asked),
      )
    }),
  ]
}

function placeOf(label: string): string {
  // the policy is of a version without variables
  const literal = label.includes('${') ? ' (not a variable)' : ''
  return /^\*+$/.test(label) ? 'any object' : `${objectsWord(label)} ${label}${literal}`
}

// Buckets

function wholeProbes(bucket: Bucket): readonly Probe[] {
  const { own, keys } = bucket
  const text = bucketText(bucket)
  const within = [...keys.values()].flatMap(({ statements }) => [...statements])
  // nobody is asked for an object by the ARN of its bucket, nor for a bucket by that of an object
  const misplaced = namedBy(
    [...own].filter(it => !within.includes(it)),
    'objects',
  ).filter(({ action }) => !isPattern(action))
  const prefixes = prefixesOf(bucket).filter(isAll)
  const place = 'the whole'
  return [
    probe(bucket, place, 's3:ListBucket', true, () => [
      { resource: text },
      listed(bucket, ''),
      ...prefixes.map(() => listed(bucket, 'x')),
    ]),
    ...bucketHazards.map(action => probe(bucket, place, action, true, () => [{ resource: text }])),
    ...besides(namedBy([...own, ...within], 'buckets'), ['s3:ListBucket', ...bucketHazards]).map(
      ({ action, asked, saying }) =>
        probe(
          bucket,
          place,
          action,
          isForOwners(asked ?? action) || listings.test(action) || (bucket.isEvery && reachesOthers(asked ?? action)),
          asker => [{ resource: text }, listed(bucket, '')].flatMap(it => withSaid(it, asker.own, saying)),
          asked,
        ),
    ),
    ...misplaced.map(({ action, asked, saying }) =>
      probe(
        bucket,
        'any object',
        action,
        true,
        asker => withSaid(object(bucket, 'photo.jpg'), asker.own, saying),
        asked,
      ),
    ),
  ]
}

function anotherBucket({ partition }: Site): Probe {
  return {
    ...{ kind: 'files', place: 'another bucket', action: 's3:GetObject', isHazard: true },
    targets: () => [{ resource: `arn:${partition}:s3:::another-bucket/photo.jpg` }],
  }
}

// Listings

/** Actions that are told apart by the prefix they ask for. */
const listings = /^s3:ListBucket(?:Versions|MultipartUploads)?$/i

function listingActions(bucket: Bucket): readonly NamedAction[] {
  const named = namedBy(bucket.own, 'buckets').filter(
    ({ action, asked }) => asked !== undefined || isPattern(action) || listings.test(action),
  )
  return [{ action: 's3:ListBucket' }, ...besides(named, ['s3:ListBucket'])]
}

/** What the conditions of statements about the bucket say of prefixes. */
function prefixesOf({ own, keys }: Bucket): readonly Pattern[] {
  const within = [...keys.values()].flatMap(({ statements }) => [...statements])
  return valuesOf([...new Set([...own, ...within])], 's3:prefix')
}
