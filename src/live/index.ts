/** What reads an account: all that needs the AWS SDK. It is a bundle of its own, so `AwsError` must come from here, too. */
export { AwsError } from '../aws/aws-error.ts'
export { readApp, readUserPool } from './read-app.ts'
export { readPool } from './read-pool.ts'
export { readStack } from './read-stack.ts'
