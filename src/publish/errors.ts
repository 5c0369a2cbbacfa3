import { credentialsWords } from './credentials.ts'
import { type Asked, type Failure, failureOf, objectOf, said, type Words } from './failure.ts'
import { networkWords } from './outages.ts'
import { blockedWords, serviceWords } from './refusals.ts'
import { StoreError } from './store.ts'
import type { Environment } from './transport.ts'

/**
 * Says in words what an error of the AWS SDK means, with the way out. What is not known here is told with AWS's own
 * code, message and request ID.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function storeError(error: unknown, asked: Asked, environment: Environment = process.env): StoreError {
  if (error instanceof StoreError) return error
  const failure = failureOf(error)
  const [code, message, help] =
    credentialsWords(failure, environment) ??
    networkWords(failure, asked, environment) ??
    serviceWords(failure, asked) ??
    unknownWords(failure, asked)
  return new StoreError(code, message, help, { cause: error })
}

export function blockedPublicAccess(bucket: string, what: string): StoreError {
  const [code, message, help] = blockedWords(bucket, what)
  return new StoreError(code, message, help)
}

function unknownWords(failure: Failure, asked: Asked): Words {
  return [
    'refused',
    `${asked.operation} of ${objectOf(asked)} failed: ${said(failure)}`,
    failure.requestId === undefined
      ? 'Look the code up, and run it again'
      : 'Look the code up at https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, or give AWS Support the request ID',
  ]
}
