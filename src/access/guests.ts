import { guestActions } from '../check/guest-session-policy.ts'
import { haveOneInCommon } from './decide/glob.ts'
import type { Request } from './decide/request.ts'
import { decide } from './decide/statement.ts'
import type { Truth } from './decide/truth.ts'

/**
 * Actions of which AWS documents neither that the session policies of guests have them, nor that they lack them: copies
 * of these are public that do. `sumerian:View*` was on AWS's own list, and is in no copy; those of Amazon Location are in
 * its guide alone.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies-scope-down-services
 */
const undocumented = [
  ...['codewhisperer:*', 'cognito-idp:*', 'execute-api:*', 'geo:ListMaps', 'logs:*', 'sumerian:View*'],
  ...guestActions.filter(action => /^geo-(?:maps|places|routes):/.test(action)),
]

const sure = allowing(guestActions.filter(action => !undocumented.includes(action)))
const doubtful = allowing(undocumented)
const either = [...guestActions, ...undocumented].map(action => action.toLowerCase())

/**
 * Do the session policies that Amazon Cognito puts on the credentials of guests in the enhanced flow let a request pass?
 * Of an action with wildcards, `part`: some of those that it stands for.
 */
export function passesForGuests(request: Request): Truth | 'part' {
  if (decide([sure], request).decision === 'allow') return true
  if (decide([doubtful], request).decision === 'allow') return 'unknown'
  const action = request.action.toLowerCase()
  return /[*?]/.test(action) && either.some(it => haveOneInCommon(action, it)) && 'part'
}

function allowing(Action: readonly string[]) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }
}
