import type { TypeRecord } from '../knowledge/schemas.ts'
import type { ResolvedResource } from '../resolve/index.ts'
import type { Value } from '../resolve/value.ts'
import { type Fate, own, sameness, valuesAt } from './values.ts'

/** Something that only one resource of a type can have, by the properties that say what: a name, a pool's one attachment. */
export type Claim = { readonly properties: readonly string[]; readonly values: readonly Value[] }

/**
 * What a resource has for itself alone. By the registry that is each of its identifiers that a template sets, all of it;
 * where AWS makes the identifier, the name that only creation sets: `ManagedPolicyName` of `AWS::IAM::ManagedPolicy`.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html, `primaryIdentifier`,
 * `additionalIdentifiers`
 */
export function claimsOf({ Type, Properties }: ResolvedResource, record: TypeRecord | undefined): readonly Claim[] {
  if (record === undefined) return []
  const { primaryIdentifier, additionalIdentifiers = [], readOnly = [], createOnly = [] } = record
  const identifiers = [primaryIdentifier, ...additionalIdentifiers].filter(
    paths => paths.length > 0 && paths.every(path => !readOnly.includes(path)),
  )
  const last = Type.split('::').at(-1) ?? ''
  const name = identifiers.length > 0 ? undefined : [`${last}Name`, 'Name'].find(it => createOnly.includes(it))
  const known = [...identifiers, ...(name === undefined ? [] : [[name]]), ...(own(unregistered, Type) ?? [])]
  return known.flatMap((paths): readonly Claim[] => {
    const parts = paths.map(path => valuesAt(Properties, path.replace('?', '').split('.')))
    if (parts.some((found, at) => found.length === 0 && !paths[at]?.endsWith('?'))) return []
    const properties = paths.filter((_, at) => parts[at]?.length !== 0).map(path => path.replace('?', ''))
    return [{ properties, values: parts.flat() }]
  })
}

/**
 * What is unique by its service's rules, and has no identifier in the registry that a template sets; `?`: it counts where
 * it is given. Each is what the API operation that makes it refuses to make again (CreateRoute, ChangeResourceRecordSets,
 * CreateSecurityGroup, CreateOpenIDConnectProvider, CreateResource, CreateRoute of HTTP APIs, CreateFunctionUrlConfig,
 * AssociateRouteTable, CreateEventSourceMapping, CreateDistribution, CreateOriginAccessControl).
 */
const unregistered: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'AWS::ApiGateway::Resource': [['RestApiId', 'ParentId', 'PathPart']],
  'AWS::ApiGatewayV2::Route': [['ApiId', 'RouteKey']],
  'AWS::CloudFront::Distribution': [['DistributionConfig.Aliases']],
  'AWS::CloudFront::OriginAccessControl': [['OriginAccessControlConfig.Name']],
  'AWS::EC2::Route': ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'].map(to => [
    ...['RouteTableId', to],
  ]),
  'AWS::EC2::SecurityGroup': [['GroupName', 'VpcId?']],
  'AWS::EC2::SubnetRouteTableAssociation': [['SubnetId']],
  'AWS::IAM::OIDCProvider': [['Url']],
  'AWS::Lambda::EventSourceMapping': [['FunctionName', 'EventSourceArn']],
  'AWS::Lambda::Url': [['TargetFunctionArn', 'Qualifier?']],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'HostedZoneName'].map(zone => [zone, 'Name', 'Type', 'SetIdentifier?']),
}

/** What of its own somebody else holds already: the properties; undefined where nothing is known to collide. */
export function collision(held: readonly Claim[], wanted: readonly Claim[], fate: Fate): readonly string[] | undefined {
  return wanted.find(claim =>
    held.some(
      other =>
        other.properties.join() === claim.properties.join() && sameness(other.values, claim.values, fate) === 'same',
    ),
  )?.properties
}
