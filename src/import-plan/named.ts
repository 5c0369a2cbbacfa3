import type { Api, NamedParameter, Place, Reading } from './readings.ts'
import { readingsOf } from './readings.ts'
import type { ManagedPolicy, Stated } from './statements.ts'

/** What the statements of a role name, of all that the template can give. */
export type Named = {
  readonly folders: readonly (Extract<Reading, { kind: 'folder' }> & Source)[]
  readonly elsewhere: readonly (Extract<Reading, { kind: 'elsewhere' }> & Source)[]
  readonly apis: readonly (Api & Source)[]
  readonly tables: readonly ({ readonly table: string } & Source)[]
  readonly keys: readonly ({ readonly arn: string } & Source)[]
  /** What is allowed where nothing is named. */
  readonly unnamed: readonly ({ readonly parameter: NamedParameter } & Source)[]
  /** What is named, but allowed under conditions that the template has none of. */
  readonly conditional: readonly ({
    readonly parameter: NamedParameter
    readonly value: string
    readonly keys: readonly string[]
  } & Source)[]
  /** All that nothing is attached for, with what it gives; what it denies is `other`. */
  readonly statements: readonly { readonly stated: Stated; readonly readings: readonly Reading[] }[]
  /** Attached policies that hold nothing but what the template gives by itself. */
  readonly replaced: readonly ManagedPolicy[]
  /** Those that hold anything else. */
  readonly kept: readonly ManagedPolicy[]
}

type Source = { readonly by: string }

export const nothingNamed: Named = {
  ...{ folders: [], elsewhere: [], apis: [], tables: [], keys: [], unnamed: [], conditional: [], statements: [] },
  ...{ replaced: [], kept: [] },
}

/** Of a policy that stays attached, nothing is taken: all that it allows stays allowed. */
export function namedBy(own: readonly Stated[], attached: readonly ManagedPolicy[], place: Place): Named {
  const isReplaced = ({ statements }: ManagedPolicy) =>
    statements?.every(it => it.isAllow && readingsOf(it, place).every(reading => isCovered(reading, it))) === true
  const replaced = attached.filter(isReplaced)
  const statements = [...own, ...replaced.flatMap(it => it.statements ?? [])]
  const read = statements.map(stated => ({
    stated,
    readings: stated.isAllow ? readingsOf(stated, place) : [{ kind: 'other' } as const],
  }))
  const all = read.flatMap(({ stated, readings }) => readings.map(reading => ({ reading, by: stated.by })))
  return {
    folders: all.flatMap(({ reading, by }) => (reading.kind === 'folder' ? [{ ...reading, by }] : [])),
    elsewhere: all.flatMap(({ reading, by }) => (reading.kind === 'elsewhere' ? [{ ...reading, by }] : [])),
    apis: all.flatMap(({ reading, by }) => (reading.kind === 'api' ? [{ ...reading.api, by }] : [])),
    tables: all.flatMap(({ reading, by }) => (reading.kind === 'table' ? [{ table: reading.table, by }] : [])),
    keys: all.flatMap(({ reading, by }) => (reading.kind === 'key' ? [{ arn: reading.arn, by }] : [])),
    unnamed: all.flatMap(({ reading, by }) =>
      reading.kind === 'unnamed' ? [{ parameter: reading.parameter, by }] : [],
    ),
    conditional: all.flatMap(({ reading, by }) => {
      if (reading.kind !== 'conditional') return []
      const meant = meantBy(reading.reading)
      return meant === undefined ? [] : [{ ...meant, keys: reading.keys, by }]
    }),
    statements: read,
    replaced,
    kept: attached.filter(policy => !replaced.includes(policy)),
  }
}

/** Has the template a place for it, under a name that the statement gives, and each of the actions there? */
function isCovered(reading: Reading, { actions, isPlain }: Stated): boolean {
  const within = (service: string, own: readonly string[]) =>
    isPlain &&
    actions.every(action => {
      const name = action.toLowerCase()
      if (/^[^:]*[*?]/.test(name)) return false
      return !name.startsWith(`${service}:`) || own.some(it => it.toLowerCase() === name)
    })
  switch (reading.kind) {
    case 'folder':
      if (reading.level === 'public') return within('s3', granted.public)
      return within('s3', reading.variable === undefined ? granted.shown : granted.own)
    case 'api':
      return within('execute-api', granted.api)
    case 'table':
      return within('dynamodb', granted.rows)
    case 'key':
      return within('kms', granted.key)
    case 'unneeded':
      return true
    case 'unnamed':
    case 'elsewhere':
    case 'conditional':
    case 'other':
      return false
  }
}

/** What `identity-pool` allows signed-in users at each of its places. */
export const granted = {
  own: [
    ...['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    's3:ListBucket',
  ],
  shown: ['s3:GetObject'],
  public: ['s3:GetObject', 's3:PutObject'],
  api: ['execute-api:Invoke'],
  key: ['kms:GenerateDataKey', 'kms:Decrypt'],
  rows: [
    ...['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    ...['dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
  ],
} as const

function meantBy(reading: Reading): { readonly parameter: NamedParameter; readonly value: string } | undefined {
  switch (reading.kind) {
    case 'folder':
    case 'elsewhere':
      return { parameter: 'UploadsBucketName', value: reading.bucket }
    case 'api':
      return { parameter: 'ApiId', value: reading.api.id }
    case 'table':
      return { parameter: 'UserTableName', value: reading.table }
    case 'key':
      return { parameter: 'UploadsKmsKeyArn', value: reading.arn }
    case 'unnamed':
      return { parameter: reading.parameter, value: '' }
    case 'unneeded':
    case 'conditional':
    case 'other':
      return undefined
  }
}
