import { Unknown } from './value.ts'

/** Where and with what a template is deployed. What is not known is an `Unknown` of any origin. */
export type Environment = {
  /** As the deployer gives them, a list as one text with commas; one that is left out has its default. */
  readonly parameters: Readonly<Record<string, string | Unknown>>
  readonly region: string | Unknown
  readonly partition: string | Unknown
  /** `amazonaws.com` */
  readonly urlSuffix: string | Unknown
  readonly accountId: string | Unknown
  readonly stackName: string | Unknown
  readonly stackId: string | Unknown
}

/**
 * The value of a pseudo parameter; undefined if there is none of that name. `AWS::NoValue`, which is no value, is for
 * who evaluates it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function pseudoParameter(name: string, env: Environment): string | Unknown | undefined {
  const unknown = new Unknown({ kind: 'pseudo', name })
  const known = (value: string | Unknown) => (typeof value === 'string' ? value : unknown)
  switch (name) {
    case 'AWS::AccountId':
      return known(env.accountId)
    case 'AWS::NotificationARNs':
      return unknown
    case 'AWS::Partition':
      return known(env.partition)
    case 'AWS::Region':
      return known(env.region)
    case 'AWS::StackId':
      return known(env.stackId)
    case 'AWS::StackName':
      return known(env.stackName)
    case 'AWS::URLSuffix':
      return known(env.urlSuffix)
    default:
      return undefined
  }
}
