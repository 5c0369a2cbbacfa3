import { AwsError } from '../aws/aws-error.ts'
import { wordsOf } from '../aws/errors.ts'
import { failureOf } from '../aws/failure.ts'
import type { Environment } from '../aws/transport.ts'
import { blockedWords, bucketWords, type StoreAsked, serviceAsked } from './bucket-refusals.ts'
import { StoreError } from './store.ts'

/**
 * Says in words what an error of the AWS SDK means to who publishes, with the way out.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function storeError(error: unknown, asked: StoreAsked, environment: Environment = process.env): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof AwsError) {
    return new StoreError(error.code, error.message, error.help, { cause: error })
  }
  const failure = failureOf(error)
  const [code, message, help] = bucketWords(failure, asked) ?? wordsOf(failure, serviceAsked(asked), environment)
  return new StoreError(code, message, help, { cause: error })
}

/** Where a bucket's policy is public, and yet who has no credentials is refused what stands under a prefix. */
export function hindered(bucket: string, prefix: string): StoreError {
  const [, , help] = blockedWords(bucket, '')
  return new StoreError(
    'not-public',
    `who has no credentials may not read ${prefix === '' ? 'what is at the top' : `${prefix}/`} of ${bucket}, though its policy is public`,
    `Publish under the --prefix that the policy opens, which the output Prefix of publication-bucket tells; if it is this ` +
      `one, S3 Block Public Access of the bucket or of its account stands against it: ${help.replace(/^S/, 's')}`,
  )
}
