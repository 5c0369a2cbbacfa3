import { nearest } from '../nearest.ts'

/**
 * Hosts that sign the tokens of an Amazon Cognito identity pool, which its roles trust: all commercial Regions,
 * AWS GovCloud (US-West), AWS GovCloud (US-East), China (Beijing). In no other Region is one documented.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
 */
export const cognitoHosts: readonly string[] = [
  'cognito-identity.amazonaws.com',
  'cognito-identity-us-gov.amazonaws.com',
  'cognito-identity.us-gov-east-1.amazonaws.com',
  'cognito-identity.cn-north-1.amazonaws.com.cn',
]

/** Is the host one of Cognito's identity hosts, or meant to be one? */
export function isLikeCognitoHost(host: string): boolean {
  if (/^(https?:\/\/)?cognito-?identit/i.test(host)) return true
  return !host.startsWith('arn:') && nearest(host, cognitoHosts) !== undefined
}

/**
 * What a token of an identity pool says: the pool, how its identity signed in, the identity.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export const cognitoClaims: readonly string[] = ['aud', 'amr', 'sub']

/**
 * Condition keys of every service. Those that end in a slash go on with the key of a tag.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, as of September 2026
 */
export const globalKeys: readonly string[] = [
  'aws:AssumedRoot',
  'aws:CalledVia',
  'aws:CalledViaAWSMCP',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:ChatbotSourceArn',
  'aws:CurrentTime',
  'aws:Ec2InstanceSourcePrivateIPv4',
  'aws:Ec2InstanceSourceVpc',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:IsMcpServiceAction',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:PrincipalTag/',
  'aws:PrincipalType',
  'aws:referer',
  'aws:RequestedRegion',
  'aws:RequestTag/',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:ResourceTag/',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceOwner',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:TagKeys',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:userid',
  'aws:username',
  'aws:ViaAWSMCPService',
  'aws:ViaAWSService',
  'aws:VpceAccount',
  'aws:VpceOrgID',
  'aws:VpceOrgPaths',
  'aws:VpcSourceIp',
]

/**
 * Prefixes of condition keys that are no service's: of identity federation and of AWS IoT's credentials.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 * https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
 */
export const otherPrefixes: readonly string[] = ['aws', 'credentials-iot', 'saml']
