import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  clientSettings,
  type Endpoint,
  inTime,
  type Patience,
  wholeTimeIsOver,
  withoutVersionWarning,
} from '../aws/client.ts'
import { attemptsOf, codeOf, statusOf } from '../aws/failure.ts'
import type { StoreAsked } from './bucket-refusals.ts'
import { hindered, storeError } from './errors.ts'
import { mostBytes, type NewObject, type PutCondition, type Store, type StoredObject, StoreError } from './store.ts'

export type S3Place = Endpoint & { readonly bucket: string }

/**
 * A bucket of S3, or of a store that speaks as S3 does. Requests are signed by whom the AWS CLI would sign with:
 * environment, profile (also of IAM Identity Center, a process, a web identity), container, instance. Every request is
 * tried again by the SDK's standard retry, for about two seconds on failures and half a minute on throttling.
 */
export function s3Store(place: S3Place, patience: Partial<Patience> = {}): Store {
  const { bucket, region, endpointUrl } = place
  let made: S3Client | undefined
  // what is wrong with the surroundings is told by the first request
  const client = () => {
    made ??= clientOf(place, patience)
    return made
  }
  const explain = (error: unknown, asked: Pick<StoreAsked, 'operation' | 'key'>) =>
    storeError(error, { ...asked, bucket, region, endpointUrl })
  let isThere = false

  const head: Store['head'] = async key => {
    try {
      const said = await inTime(patience, limit =>
        client().send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }), limit),
      )
      isThere = true
      return stored(key, said)
    } catch (error) {
      const status = statusOf(error)
      if (status === 404 && isThere) return undefined
      if (status !== undefined && status < 500) {
        // an answer to HEAD has no body that would tell more: whether the bucket is missing, who refused what and why
        const told = await reasonOf(key)
        if (told.kind === 'missing') return undefined
        if (told.kind === 'refused') throw told.error
        // it has come meanwhile
        if (status === 404) return head(key)
      }
      throw explain(error, { operation: 'HeadObject', key })
    }
  }

  /** What S3 says of an object that a HEAD did not get. */
  async function reasonOf(key: string) {
    try {
      await inTime(patience, async limit => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: 'bytes=0-0' })
        await bodyOf(key, await client().send(command, limit))
      })
      isThere = true
      return { kind: 'there' } as const
    } catch (error) {
      if (isMissingKey(error)) {
        isThere = true
        return { kind: 'missing' } as const
      }
      return { kind: 'refused', error: explain(error, { operation: 'GetObject', key }) } as const
    }
  }

  const get: Store['get'] = async key => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTime(patience, async limit => {
          const said = await answerOf(key, limit)
          if (said === undefined) return undefined
          // the SDK compares the checksum that S3 tells; what breaks while the body comes it does not ask for again
          const body = await bodyOf(key, said)
          return { ...stored(key, { ...said, ContentLength: body.length }), body }
        })
      } catch (error) {
        if (attempt === bodyAttempts || error instanceof StoreError || codeOf(error) === wholeTimeIsOver)
          throw explain(error, { operation: 'GetObject', key })
        await pause(Math.random() * 50 * 2 ** attempt)
      }
    }
  }

  async function answerOf(key: string, limit: Limit): Promise<GetObjectCommandOutput | undefined> {
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
      const said = await client().send(command, limit)
      isThere = true
      return said
    } catch (error) {
      if (limit.abortSignal.aborted) throw error
      if (!isMissingKey(error)) throw explain(error, { operation: 'GetObject', key })
      isThere = true
      return undefined
    }
  }

  const put: Store['put'] = async (object, condition) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await putOnce(object, condition)
        return 'written'
      } catch (error) {
        const status = statusOf(error)
        if (status === 412) {
          // the answer to an earlier attempt may be lost, and what stands there be ours
          return (attemptsOf(error) > 1 || attempt > 1) && (await isStanding(object)) ? 'found' : 'taken'
        }
        // If-Match, and there is nothing
        if (isMissingKey(error)) return 'taken'
        // another writer of the key is at work: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        if (status === 409 && codeOf(error) === 'ConditionalRequestConflict') {
          if (attempt === conflictAttempts) return 'taken'
          await pause(Math.random() * 50 * 2 ** attempt)
          continue
        }
        throw explain(error, { operation: 'PutObject', key: object.key })
      }
    }
  }

  async function putOnce({ key, body, contentType, cacheControl }: NewObject, condition: PutCondition): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      CacheControl: cacheControl,
      ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
      ...('ifAbsent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.ifMatch }),
    })
    await inTime(patience, limit => client().send(command, limit))
    isThere = true
  }

  /** Does the object stand there with these bytes and this type? */
  async function isStanding({ key, body, contentType }: NewObject): Promise<boolean> {
    const found = await get(key)
    return found?.contentType === contentType && found.body.equals(body)
  }

  return { name: `${bucket} in ${region}`, head, get, put }
}

/** Why who has no credentials is refused. */
export type Privacy =
  /** No policy lets everybody in. */
  | { readonly kind: 'meant' }
  /** The bucket's policy lets everybody in, but not to what was asked for, or something stands against it. */
  | { readonly kind: 'hindered'; readonly error: StoreError }
  /** The bucket's policy could not be asked about. */
  | { readonly kind: 'unknown'; readonly error: StoreError }

/**
 * Finds out whether a bucket is private on purpose; needs `s3:GetBucketPolicyStatus`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export async function privacyOf(place: S3Place, prefix: string, patience: Partial<Patience> = {}): Promise<Privacy> {
  try {
    const client = clientOf(place, patience)
    const command = new GetBucketPolicyStatusCommand({ Bucket: place.bucket })
    const { PolicyStatus } = await inTime(patience, limit => client.send(command, limit))
    if (PolicyStatus?.IsPublic !== true) return { kind: 'meant' }
    return { kind: 'hindered', error: hindered(place.bucket, prefix) }
  } catch (error) {
    if (codeOf(error) === 'NoSuchBucketPolicy') return { kind: 'meant' }
    return { kind: 'unknown', error: storeError(error, { operation: 'GetBucketPolicyStatus', ...place }) }
  }
}

type Limit = { readonly abortSignal: AbortSignal }

/** The content of an answer, which is not read on without an end. */
async function bodyOf(key: string, { Body, ContentLength = 0 }: GetObjectCommandOutput): Promise<Buffer> {
  if (Body === undefined) return Buffer.alloc(0)
  if (!(Body instanceof Readable)) throw new Error('in Node a body is a stream')
  const chunks: Buffer[] = []
  let bytes = ContentLength
  if (bytes <= mostBytes) {
    bytes = 0
    for await (const chunk of Body) {
      const part = Buffer.from(chunk)
      bytes += part.length
      if (bytes > mostBytes) break
      chunks.push(part)
    }
  }
  if (bytes <= mostBytes) return Buffer.concat(chunks)
  Body.destroy()
  throw new StoreError(
    'refused',
    `${key} is larger than the ${mostBytes} bytes that anything published has at most`,
    'Find out who has put it there, and restore it from an earlier version of the object',
  )
}

function clientOf(place: S3Place, patience: Partial<Patience>): S3Client {
  const settings = { ...clientSettings(place, patience), forcePathStyle: place.endpointUrl !== undefined }
  return withoutVersionWarning(() => new S3Client(settings))
}

const conflictAttempts = 5
const bodyAttempts = 4

/** Throws a `StoreError` where the store does not tell what could not be made up: the date stays in the index for ever. */
function stored(key: string, said: HeadObjectCommandOutput | GetObjectCommandOutput): StoredObject {
  return {
    key,
    etag: told('an ETag', said.ETag, key),
    ...versionOf(said.VersionId),
    lastModified: told('a date', said.LastModified, key).toISOString(),
    bytes: told('a size', said.ContentLength, key),
    // one of a multipart upload is of its parts' checksums
    ...(said.ChecksumSHA256 === undefined || said.ChecksumSHA256.includes('-')
      ? {}
      : { sha256: Buffer.from(said.ChecksumSHA256, 'base64').toString('hex') }),
    ...(said.ContentType === undefined ? {} : { contentType: said.ContentType }),
    ...(said.ContentEncoding === undefined ? {} : { contentEncoding: said.ContentEncoding }),
    ...(said.ContentDisposition === undefined ? {} : { contentDisposition: said.ContentDisposition }),
  }
}

function told<Value>(what: string, value: Value | undefined, key: string): Value {
  if (value !== undefined) return value
  throw new StoreError(
    'refused',
    `the store does not tell ${what} of ${key}`,
    'Use S3, or a store that answers as S3 does: with ETag, Last-Modified and Content-Length',
  )
}

const versionOf = (versionId: string | undefined) =>
  // 'null' is the version of what was written before the bucket kept any
  versionId === undefined || versionId === 'null' ? {} : { versionId }

const isMissingKey = (error: unknown): boolean => codeOf(error) === 'NoSuchKey'

const pause = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds))
