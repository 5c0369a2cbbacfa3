import type { Condition, Stated } from './statements.ts'

/** What a statement gives, in terms of what the template can give. */
export type Reading =
  /** A folder of a bucket, with the variable that names it: `cognito-identity.amazonaws.com:sub`. */
  | {
      readonly kind: 'folder'
      readonly bucket: string
      readonly level: Level
      readonly variable?: string
      readonly isWritten: boolean
    }
  | { readonly kind: 'api'; readonly api: Api }
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'key'; readonly arn: string }
  /** Of which users need nothing. */
  | { readonly kind: 'unneeded' }
  /** For what the template takes a name, and the statement names none. */
  | { readonly kind: 'unnamed'; readonly parameter: NamedParameter }
  /** A part of a bucket in which the template has no folder. */
  | { readonly kind: 'elsewhere'; readonly bucket: string; readonly where: string }
  /** What the template could give, but only without the statement's conditions. */
  | { readonly kind: 'conditional'; readonly reading: Reading; readonly keys: readonly string[] }
  | { readonly kind: 'other' }

export type Level = 'private' | 'protected' | 'public'

export type NamedParameter = 'UploadsBucketName' | 'ApiId' | 'UploadsKmsKeyArn' | 'UserTableName'

/** The parts of an ARN of `execute-api`, which may have wildcards. */
export type Api = {
  readonly arn: string
  readonly region: string
  readonly account: string
  readonly id: string
  readonly stage: string
  /** Methods and paths, such as `GET/notes`; all of them: `*`. */
  readonly rest: string
}

export type Place = { readonly region: string; readonly account: string | undefined; readonly host: string | undefined }

/** What a statement that allows gives. It is `other` in all that the template has nothing like. */
export function readingsOf(stated: Stated, place: Place): readonly Reading[] {
  // all but some is nearly all: which of it is meant is for somebody to say
  const all = stated.actions.length === 0 ? ['*'] : stated.actions
  const resources = stated.resources.length === 0 ? ['*'] : stated.resources
  const services = new Set(all.map(serviceIn))
  return [...services].flatMap(service => {
    const own = all.filter(action => serviceIn(action) === service)
    const actions = service === '*' ? ['*'] : own
    if (unneeded.has(service)) return [{ kind: 'unneeded' } as const]
    const found = resources
      .filter(resource => resources.length === 1 || couldBe(service, resource))
      .flatMap(resource => readingsAt({ service, actions, resource, conditions: stated.conditions, place }))
    return found.length === 0 ? [{ kind: 'other' } as const] : found
  })
}

/** In lower case, since IAM takes actions in any; with a wildcard it may be every one. */
function serviceIn(action: string): string {
  const service = action.split(':')[0]?.toLowerCase() ?? ''
  return hasWildcard(service) ? '*' : service
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html: case does not count, wildcards do */
export function means(pattern: string, action: string): boolean {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${text}$`, 'i').test(action)
}

const meansAny = (patterns: readonly string[], actions: readonly string[]): boolean =>
  patterns.some(pattern => actions.some(action => means(pattern, action)))

/** What the wizard of the console and old tutorials allow, though users need no permission for it: these calls are unsigned, or of services that are gone. */
const unneeded: ReadonlySet<string> = new Set(['cognito-identity', 'cognito-sync', 'mobileanalytics'])

const couldBe = (service: string, resource: string): boolean =>
  resource === '*' || service === '*' || (resource.split(':')[2] ?? '*') === service

type At = {
  readonly service: string
  readonly actions: readonly string[]
  readonly resource: string
  readonly conditions: readonly Condition[]
  readonly place: Place
}

function readingsAt(at: At): readonly Reading[] {
  if (at.service === '*' && at.resource === '*') {
    return ['s3', 'execute-api', 'dynamodb', 'kms', 'other'].flatMap(service => readingsAt({ ...at, service }))
  }
  const service = at.service === '*' ? at.resource.split(':')[2] : at.service
  switch (service) {
    case 's3':
      return ofBucket(at)
    case 'execute-api':
      return under(at, [], ofApi(at))
    case 'dynamodb':
      return [ofTable(at)]
    case 'kms':
      return under(at, ['kms:viaservice'], ofKey(at))
    default:
      return [{ kind: 'other' }]
  }
}

/** With the conditions that the template has none of. */
function under({ conditions }: At, own: readonly string[], readings: readonly Reading[]): readonly Reading[] {
  const keys = conditions.map(({ key }) => key).filter(key => !own.includes(key))
  if (keys.length === 0) return readings
  return readings.map(reading => (reading.kind === 'other' ? reading : { kind: 'conditional', reading, keys }))
}

const hasWildcard = (text: string): boolean => /[*?]/.test(text)

// ---- Amazon S3 -------------------------------------------------------------------------------------------------------

function ofBucket(at: At): readonly Reading[] {
  const [, bucket, key] = /^arn:[^:]*:s3:::([^/]*)(?:\/(.*))?$/.exec(at.resource) ?? []
  if (bucket === undefined || hasWildcard(bucket) || bucket.includes('${')) {
    const isOfBuckets = at.actions.some(
      action => meansAny([action], dataActions) || /^s3:(?:Get|Put|Delete|List(?!AllMyBuckets))/i.test(action),
    )
    return under(
      at,
      ['s3:prefix'],
      [isOfBuckets ? { kind: 'unnamed', parameter: 'UploadsBucketName' } : { kind: 'other' }],
    )
  }
  if (key !== undefined) {
    return under(at, [], [folderAt(bucket, key, at.place, meansAny(at.actions, ['s3:PutObject']))])
  }
  const prefixes = at.conditions.filter(isPrefix).flatMap(({ values }) => values)
  const listed = prefixes.filter(prefix => prefix !== '').map(prefix => folderAt(bucket, prefix, at.place, false))
  const whole: readonly Reading[] = [{ kind: 'elsewhere', bucket, where: 'the names of all objects' }]
  const lists = meansAny(at.actions, ['s3:ListBucket'])
  const others = at.conditions.filter(condition => !isPrefix(condition))
  return under(
    { ...at, conditions: others },
    ['s3:delimiter', 's3:max-keys'],
    lists && prefixes.length === 0 ? whole : listed,
  )
}

const dataActions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket']

const isPrefix = ({ operator, key }: Condition): boolean =>
  key === 's3:prefix' && /^(?:For\w+Values:)?String(?:Like|Equals)/.test(operator)

function folderAt(bucket: string, key: string, { host }: Place, isWritten: boolean): Reading {
  const [, level, variable] = /^(private|protected)\/\$\{([^}]+)\}(?:\/|\*|$)/.exec(key) ?? []
  if (variable !== undefined && (level === 'private' || level === 'protected')) {
    const isKnown = variable === `${host}:sub` || variable.startsWith('aws:PrincipalTag/')
    if (isKnown) return { kind: 'folder', bucket, level, variable, isWritten }
  }
  if (/^public\/\*?$/.test(key)) return { kind: 'folder', bucket, level: 'public', isWritten }
  // what the owner of a protected folder shows to others
  if (/^protected\/\*$/.test(key)) return { kind: 'folder', bucket, level: 'protected', isWritten }
  return { kind: 'elsewhere', bucket, where: key === '*' ? 'all objects' : key }
}

// ---- Amazon API Gateway ----------------------------------------------------------------------------------------------

function ofApi({ actions, resource }: At): readonly Reading[] {
  if (!meansAny(actions, ['execute-api:Invoke'])) return [{ kind: 'other' }]
  const [, region, account, path] = /^arn:[^:]*:execute-api:([^:]*):([^:]*):(.*)$/.exec(resource) ?? []
  const [id = '', stage = '*', ...rest] = (path ?? '').split('/')
  if (region === undefined || account === undefined || hasWildcard(id) || id === '') {
    return [{ kind: 'unnamed', parameter: 'ApiId' }]
  }
  const whole = rest.every(part => part === '*')
  return [{ kind: 'api', api: { arn: resource, region, account, id, stage, rest: whole ? '*' : rest.join('/') } }]
}

// ---- Amazon DynamoDB and AWS KMS ---------------------------------------------------------------------------------------

function ofTable({ actions, resource, conditions, place }: At): Reading {
  const [, region, account, table] = /^arn:[^:]*:dynamodb:([^:]*):([^:]*):table\/([^/]*)$/.exec(resource) ?? []
  const keys = conditions.filter(({ key }) => key === 'dynamodb:leadingkeys')
  const isOwn = keys.some(({ values }) => values.length === 1 && values[0] === `\${${place.host}:sub}`)
  if (!isOwn) return { kind: 'other' }
  if (actions.every(action => !/^(?:\*|dynamodb:)/i.test(action))) return { kind: 'other' }
  const isHere = (region === place.region || region === '*') && (account === place.account || account === '*')
  if (table !== undefined && hasWildcard(table)) return { kind: 'unnamed', parameter: 'UserTableName' }
  if (table === undefined || !isHere)
    return resource === '*' ? { kind: 'unnamed', parameter: 'UserTableName' } : { kind: 'other' }
  const others = conditions.map(({ key }) => key).filter(key => key !== 'dynamodb:leadingkeys')
  const reading: Reading = { kind: 'table', table }
  return others.length === 0 ? reading : { kind: 'conditional', reading, keys: others }
}

function ofKey({ actions, resource }: At): readonly Reading[] {
  if (!meansAny(actions, ['kms:Decrypt', 'kms:GenerateDataKey'])) return [{ kind: 'other' }]
  if (/^arn:[^:]*:kms:[^:*?]+:[^:*?]+:key\/[^*?]+$/.test(resource)) return [{ kind: 'key', arn: resource }]
  return [{ kind: 'unnamed', parameter: 'UploadsKmsKeyArn' }]
}
