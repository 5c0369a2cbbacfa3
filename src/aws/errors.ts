import { AwsError } from './aws-error.ts'
import { credentialsWords } from './credentials.ts'
import { type Asked, type Failure, failureOf, type Service, said, type Words } from './failure.ts'
import { networkWords } from './outages.ts'
import { serviceWords } from './refusals.ts'
import type { Environment } from './transport.ts'

/**
 * Says in words what an error of the AWS SDK means, with the way out. What is not known here is told with AWS's own
 * code, message and request ID.
 */
export function awsError(error: unknown, asked: Asked, environment: Environment = process.env): AwsError {
  if (error instanceof AwsError) return error
  const [code, message, help] = wordsOf(failureOf(error), asked, environment)
  return new AwsError(code, message, help, { cause: error })
}

export function wordsOf(failure: Failure, asked: Asked, environment: Environment): Words {
  return (
    credentialsWords(failure, environment) ??
    networkWords(failure, asked, environment) ??
    serviceWords(failure, asked) ??
    unreadableWords(failure, asked) ??
    unknownWords(failure, asked)
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
    `${asked.operation}${asked.object === '' ? '' : ` of ${asked.object}`} failed: ${said(failure)}`,
    failure.requestId === undefined
      ? 'Look the code up, and run it again'
      : `Look the code up at ${errorPages[asked.service]}, or give AWS Support the request ID`,
  ]
}

const errorPages: Readonly<Record<Service, string>> = {
  S3: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
  CloudFormation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html',
  'Amazon Cognito identity pools': 'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/CommonErrors.html',
  'Amazon Cognito user pools':
    'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html',
  IAM: 'https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html',
}
