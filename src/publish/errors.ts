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
    unreadableWords(failure, asked) ??
    unknownWords(failure, asked)
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

function unreadableWords({ isUnreadable, status }: Failure, asked: Asked): Words | undefined {
  if (!isUnreadable) return undefined
  return [
    'refused',
    `what ${asked.endpointUrl ?? `AWS in ${asked.region}`} answers to ${asked.operation} is not in the form of AWS (HTTP ${status ?? 'unknown'})`,
    'Find out what answers there: a proxy, a login page of the network, or another service than --endpoint-url is to name',
  ]
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
