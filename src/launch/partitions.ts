/** The partitions of AWS in which links are made. The iso partitions have consoles that nobody outside can see. */
export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn' | 'aws-eusc'

export type DnsSuffix = 'amazonaws.com' | 'amazonaws.com.cn' | 'amazonaws.eu'

export type Region = { readonly id: string; readonly name: string; readonly partition: Partition }

/**
 * By partition, then as AWS's own list has them.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html; botocore 1.43.106, partitions.json
 */
export const regions: readonly Region[] = [
  ...named('aws', {
    'us-east-1': 'US East (N. Virginia)',
    'us-east-2': 'US East (Ohio)',
    'us-west-1': 'US West (N. California)',
    'us-west-2': 'US West (Oregon)',
    'af-south-1': 'Africa (Cape Town)',
    'ap-east-1': 'Asia Pacific (Hong Kong)',
    'ap-east-2': 'Asia Pacific (Taipei)',
    'ap-northeast-1': 'Asia Pacific (Tokyo)',
    'ap-northeast-2': 'Asia Pacific (Seoul)',
    'ap-northeast-3': 'Asia Pacific (Osaka)',
    'ap-south-1': 'Asia Pacific (Mumbai)',
    'ap-south-2': 'Asia Pacific (Hyderabad)',
    'ap-southeast-1': 'Asia Pacific (Singapore)',
    'ap-southeast-2': 'Asia Pacific (Sydney)',
    'ap-southeast-3': 'Asia Pacific (Jakarta)',
    'ap-southeast-4': 'Asia Pacific (Melbourne)',
    'ap-southeast-5': 'Asia Pacific (Malaysia)',
    'ap-southeast-6': 'Asia Pacific (New Zealand)',
    'ap-southeast-7': 'Asia Pacific (Thailand)',
    'ca-central-1': 'Canada (Central)',
    'ca-west-1': 'Canada West (Calgary)',
    'eu-central-1': 'Europe (Frankfurt)',
    'eu-central-2': 'Europe (Zurich)',
    'eu-north-1': 'Europe (Stockholm)',
    'eu-south-1': 'Europe (Milan)',
    'eu-south-2': 'Europe (Spain)',
    'eu-west-1': 'Europe (Ireland)',
    'eu-west-2': 'Europe (London)',
    'eu-west-3': 'Europe (Paris)',
    'il-central-1': 'Israel (Tel Aviv)',
    'me-central-1': 'Middle East (UAE)',
    'me-south-1': 'Middle East (Bahrain)',
    'mx-central-1': 'Mexico (Central)',
    'sa-east-1': 'South America (São Paulo)',
  }),
  ...named('aws-us-gov', {
    'us-gov-east-1': 'AWS GovCloud (US-East)',
    'us-gov-west-1': 'AWS GovCloud (US-West)',
  }),
  ...named('aws-cn', { 'cn-north-1': 'China (Beijing)', 'cn-northwest-1': 'China (Ningxia)' }),
  ...named('aws-eusc', { 'eusc-de-east-1': 'AWS European Sovereign Cloud (Germany)' }),
]

function named(partition: Partition, names: Readonly<Record<string, string>>): readonly Region[] {
  return Object.entries(names).map(([id, name]) => ({ id, name, partition }))
}

/** Also of regions that are newer than this list. botocore 1.43.106, partitions.json, `regionRegex` */
const patterns: readonly (readonly [Partition, RegExp])[] = [
  ['aws', /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d{1,2}$/],
  ['aws-us-gov', /^us-gov-[a-z]+-\d{1,2}$/],
  ['aws-cn', /^cn-[a-z]+-\d{1,2}$/],
  ['aws-eusc', /^eusc-de-[a-z]+-\d{1,2}$/],
]

/** The partition of a region such as `eu-west-1`; undefined for the iso partitions and for what is no region. */
export function partitionOf(region: string): Partition | undefined {
  return patterns.find(([, pattern]) => pattern.test(region))?.[0]
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html; botocore 1.43.106, partitions.json, `dnsSuffix` */
export function dnsSuffix(partition: Partition): DnsSuffix {
  switch (partition) {
    case 'aws':
    case 'aws-us-gov':
      return 'amazonaws.com'
    case 'aws-cn':
      return 'amazonaws.com.cn'
    case 'aws-eusc':
      return 'amazonaws.eu'
  }
}

/**
 * The host of the region's own console: `us-east-1.console.aws.amazon.com`; undefined where there is none that we know.
 * https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/what-is.html (and the GovCloud and China guides). That of
 * aws-eusc is what AWS's own tools use; no page that could be read here says so of links to CloudFormation.
 */
export function consoleHost(region: string): string | undefined {
  const domain = consoleDomain(region)
  return domain === undefined ? undefined : `${region}.${domain}`
}

function consoleDomain(region: string): string | undefined {
  const partition = partitionOf(region)
  switch (partition) {
    case undefined:
      return undefined
    case 'aws':
      return 'console.aws.amazon.com'
    case 'aws-us-gov':
      return 'console.amazonaws-us-gov.com'
    case 'aws-cn':
      return 'console.amazonaws.cn'
    case 'aws-eusc':
      return 'console.amazonaws-eusc.eu'
  }
}
