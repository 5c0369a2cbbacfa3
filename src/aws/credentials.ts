import { type Failure, shortened, type Words } from './failure.ts'
import type { Environment } from './transport.ts'

export const logIn = 'Log in with `aws sso login` or `aws configure`'

/** Where the SDK has found no credentials, or none that it can use. */
export function credentialsWords({ code, message }: Failure, environment: Environment): Words | undefined {
  const profile = environment['AWS_PROFILE']
  const named = profile === undefined ? 'the default profile' : `the profile ${profile}`
  const option = profile === undefined ? '' : ` --profile ${profile}`
  if (!['CredentialsProviderError', 'TokenProviderError', 'ProviderError'].includes(code)) return undefined
  const files = [
    environment['AWS_CONFIG_FILE'] ?? '~/.aws/config',
    environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials',
  ].join(' and ')
  if (/\bSSO\b|Token is expired/i.test(message) && /expired|invalid|not found|refresh/i.test(message)) {
    return [
      'bad-credentials',
      `the IAM Identity Center session of ${named} has expired or was never begun`,
      `Run \`aws sso login${option}\`, then this again`,
    ]
  }
  if (/^Failed to load token|re-?authenticate|aws login/i.test(message)) {
    return [
      'bad-credentials',
      `the login session of ${named} has expired or was never begun`,
      `Run \`aws login${option}\`, then this again`,
    ]
  }
  // the former of another one that the profile leads to
  const [, source] = /^Could not resolve credentials using profile: \[([^\]]*)\]/.exec(message) ?? []
  const missing = source ?? (/^Could not load credentials from any providers/.test(message) ? profile : undefined)
  if (missing !== undefined) {
    return [
      'no-credentials',
      `there is no profile ${missing} in ${files}, or nothing in it that gives credentials`,
      `Name one of those that \`aws configure list-profiles\` shows; if it is one, run \`aws sts get-caller-identity --profile ${missing}\`, which shows why`,
    ]
  }
  if (/multi-factor/.test(message)) {
    return [
      'no-credentials',
      `${named} wants a code of a second factor, for which poolform does not ask`,
      `Run \`eval "$(aws configure export-credentials${option} --format env)"\`, which does, and unset AWS_PROFILE`,
    ]
  }
  if (profile !== undefined) {
    return [
      'no-credentials',
      `the profile ${profile}, which AWS_PROFILE names, gives no credentials: ${shortened(message)}`,
      `Run \`aws sts get-caller-identity${option}\`, which shows why`,
    ]
  }
  if (!/^Could not load credentials/.test(message) && !/EC2 Instance Metadata|instance metadata/i.test(message)) {
    return ['no-credentials', `AWS credentials could not be had: ${shortened(message)}`, `${logIn}, and try again`]
  }
  return [
    'no-credentials',
    'no AWS credentials were found: not in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not in the default profile of ' +
      `${files}, and no web identity, container or instance gives any`,
    `${logIn}, or set AWS_PROFILE to a profile with which \`aws sts get-caller-identity\` works`,
  ]
}
