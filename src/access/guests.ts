import { guestActions } from '../check/guest-session-policy.ts'
import type { Request } from './decide/request.ts'
import { decide } from './decide/statement.ts'
import type { Truth } from './decide/truth.ts'

/**
 * Actions of which AWS documents neither that the session policies of guests have them, nor that they lack them: copies
 * of these are public that do. `sumerian:View*` was on AWS's own list, and is in no copy.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies-scope-down-services
 */
const undocumented = ['codewhisperer:*', 'cognito-idp:*', 'execute-api:*', 'geo:ListMaps', 'logs:*', 'sumerian:View*']

const sure = allowing(guestActions.filter(action => !undocumented.includes(action)))
const doubtful = allowing(undocumented)

/** Do the session policies that Amazon Cognito puts on the credentials of guests in the enhanced flow let a request pass? */
export function passesForGuests(request: Request): Truth {
  if (decide([sure], request).decision === 'allow') return true
  return decide([doubtful], request).decision === 'allow' && 'unknown'
}

function allowing(Action: readonly string[]) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }
}
