import { AWS, comment, condition, Equals, FindInMap, If, type Intrinsic, mapping, Or, Ref, type Value } from 'poolform'

/**
 * The hosts that sign the tokens of identity pools: the principal that a role trusts, and the prefix of its condition keys.
 * Commercial and GovCloud: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 * China: https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html names the host; that keys and the policy
 * variable are spelt with it follows from IAM's rule (host and claim), which nobody has shown there.
 */
const hosts = {
  global: 'cognito-identity.amazonaws.com',
  govCloudWest: 'cognito-identity-us-gov.amazonaws.com',
  govCloudEast: 'cognito-identity.us-gov-east-1.amazonaws.com',
  china: 'cognito-identity.cn-north-1.amazonaws.com.cn',
} as const

export type IdentityHost = (typeof hosts)[keyof typeof hosts]

/** In a partition that this lacks nobody gets the commercial host, under which nobody there could sign in. */
export const IdentityHosts = comment(
  'Partitions whose identity hosts are known: in any other CloudFormation refuses the template before it makes anything.',
  mapping({
    aws: { Scope: 'global' },
    'aws-us-gov': { Scope: 'regional' },
    'aws-cn': { Scope: 'regional' },
  }),
)

export const IsGovCloudWest = comment(
  'Each of these regions signs the tokens of identity pools under a host of its own: whom the roles trust, and how IAM names the identity, starts with it.',
  condition(Equals(Ref(AWS.Region), 'us-gov-west-1')),
)

export const IsChina = comment(
  'AWS documents the host. That condition keys and policy variables start with it follows from the rule of IAM and was not seen at work: where it is wrong, access is refused, not given.',
  condition(Equals(Ref(AWS.Region), 'cn-north-1')),
)

export const HasRegionalHost = comment(
  'us-gov-east-1, and any region to come in these partitions: one that nobody named must not get the global host.',
  condition(
    Or(
      Equals(Ref(AWS.Region), 'us-gov-east-1'),
      Equals(FindInMap(IdentityHosts, Ref(AWS.Partition), 'Scope'), 'regional'),
    ),
  ),
)

/** One whole value per host, chosen by region: CloudFormation computes no key of a map, and renders nothing foreign. */
export function byHost<T>(make: (host: IdentityHost) => Value<T>): Intrinsic<T> {
  return If<T>(
    IsGovCloudWest,
    make(hosts.govCloudWest),
    If<T>(IsChina, make(hosts.china), If<T>(HasRegionalHost, make(hosts.govCloudEast), make(hosts.global))),
  )
}
