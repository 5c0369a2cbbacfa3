import type { Environment } from '../resolve/index.ts'

/**
 * The host that signs the tokens of identity pools in a region: the principal that roles trust, and the prefix of its
 * condition keys and policy variables. Undefined where nobody has documented one.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
 */
export function identityHost({ region }: Pick<Environment, 'region'>): string | undefined {
  if (typeof region !== 'string') return undefined
  const own = Object.hasOwn(regional, region) ? regional[region] : undefined
  if (own !== undefined) return own
  return /^(?:cn|us-gov|us-iso\w*|eu-iso\w*|eusc)-/.test(region) ? undefined : 'cognito-identity.amazonaws.com'
}

const regional: Readonly<Record<string, string>> = {
  'us-gov-west-1': 'cognito-identity-us-gov.amazonaws.com',
  'us-gov-east-1': 'cognito-identity.us-gov-east-1.amazonaws.com',
  'cn-north-1': 'cognito-identity.cn-north-1.amazonaws.com.cn',
}

/**
 * Hosts whose condition keys identities may have as well: AWS's page on Cognito in China spells the keys of one example
 * otherwise than the host that it tells to trust, and older copies have the keys of other partitions.
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
 */
export function otherSpellings({ region }: Pick<Environment, 'region'>): readonly string[] {
  return typeof region === 'string' && region.startsWith('cn-')
    ? ['cognito-identity.amazonaws.com.cn', 'cognito-identity.amazonaws.com']
    : []
}
