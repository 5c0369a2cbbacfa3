import type { AwsErrorCode } from '../aws/aws-error.ts'

/**
 * A bucket, as publishing sees it. Every method is one request, retried while the store throttles or fails for the
 * moment; what it refuses for good is thrown as a `StoreError`.
 */
export type Store = {
  /** As a person knows it: `bucket in eu-west-1`. */
  readonly name: string
  /** What is said of an object; undefined where there is none. */
  readonly head: (key: string) => Promise<StoredObject | undefined>
  /** The object with its content; undefined where there is none. */
  readonly get: (key: string) => Promise<(StoredObject & { readonly body: Buffer }) | undefined>
  /** Writes an object whole, with a SHA-256 that the store verifies. */
  readonly put: (object: NewObject, condition: PutCondition) => Promise<PutOutcome>
}

/**
 * - `written`: by this request.
 * - `found`: the store has refused to write, but an earlier attempt of the same request had no answer, and the object
 *   stands there with these bytes and this type: so that attempt may have arrived.
 * - `taken`: the condition does not hold, also where another writer has won meanwhile; nothing has changed.
 */
export type PutOutcome = 'written' | 'found' | 'taken'

/** Of an object that must not be there yet (`If-None-Match: *`), or must still be this one (`If-Match`). */
export type PutCondition = { readonly ifAbsent: true } | { readonly ifMatch: string }

export type NewObject = {
  readonly key: string
  readonly body: Buffer
  readonly contentType: string
  readonly cacheControl: string
}

/**
 * An object is read to so many bytes. CloudFormation takes templates of 1 MB, the largest of what is published:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const mostBytes = 8 << 20

export type StoredObject = {
  readonly key: string
  /** With its quotes, as HTTP writes it. */
  readonly etag: string
  /** Absent where the bucket keeps no versions. */
  readonly versionId?: string
  /** ISO 8601, by the store's clock. */
  readonly lastModified: string
  readonly bytes: number
  /** In hexadecimal; absent where the store does not tell. */
  readonly sha256?: string
  readonly contentType?: string
  /** As the headers of the same names have them. */
  readonly contentEncoding?: string
  readonly contentDisposition?: string
}

/** What a store refuses for good: in words, with the way out. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  /** An imperative sentence without a full stop. */
  readonly help: string

  constructor(code: StoreErrorCode, message: string, help: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.help = help
  }
}

export type StoreErrorCode = AwsErrorCode | 'no-bucket' | 'blocked-public-access' | 'not-public'
