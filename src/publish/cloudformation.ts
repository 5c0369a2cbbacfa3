import { CloudFormationClient, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation'
import { clientSettings, type Endpoint, inTime, type Patience, withoutVersionWarning } from '../aws/client.ts'
import { codeOf, messageOf } from '../aws/failure.ts'
import { storeError } from './errors.ts'
import type { Validator } from './validator.ts'

/** Asks CloudFormation of one region, with the credentials that the AWS CLI would take. */
export function cloudFormationValidator(endpoint: Endpoint, patience?: Partial<Patience>): Validator {
  let client: CloudFormationClient | undefined
  return async templateUrl => {
    try {
      client ??= withoutVersionWarning(() => new CloudFormationClient(clientSettings(endpoint, patience)))
      const asked = client
      await inTime(patience ?? {}, limit =>
        asked.send(new ValidateTemplateCommand({ TemplateURL: templateUrl }), limit),
      )
      return { kind: 'valid' }
    } catch (error) {
      // also of a URL that CloudFormation cannot read, or does not take:
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
      if (codeOf(error) === 'ValidationError') return { kind: 'invalid', message: messageOf(error) }
      const { message, help } = storeError(error, { operation: 'ValidateTemplate', ...endpoint })
      return { kind: 'unasked', reason: `${message} (${help})` }
    }
  }
}
