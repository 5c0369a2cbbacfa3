import { type Document, isList, isObject, type Json, type JsonObject, type Path } from '../document.ts'
import { type Case, Cases, isIntrinsic, isListCase, isObjectCase, type When } from './cases.ts'
import { solverOf } from './conditions.ts'
import { textsOf } from './texts.ts'
import { entriesOf } from './walk.ts'

/**
 * Whose a policy is: an identity's (what it may do), a role's trust policy (who may assume it), or a resource's
 * (who may do what with it).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
 */
export type PolicyKind = 'identity' | 'trust' | 'resource'

/** A policy document of a template, for one way in which the template's conditions can be. */
export type Policy = Case<JsonObject> & {
  readonly kind: PolicyKind
  /** Does a statement name what it is about? Where the policy's holder is that, it may not. */
  readonly resource: 'required' | 'optional' | 'forbidden'
  readonly type: string
  readonly logicalId: string
  readonly statements: readonly Case<JsonObject>[]
}

/** A place that should hold a policy document and does not. */
export type Unreadable = { readonly path: Path; readonly reason: string }

export type Policies = {
  readonly cases: Cases
  readonly policies: readonly Policy[]
  readonly unreadable: readonly Unreadable[]
}

type Holder = Pick<Policy, 'kind' | 'resource'> & { readonly properties: readonly string[] }

const inline: Holder = { kind: 'identity', resource: 'required', properties: ['Policies.*.PolicyDocument'] }

function identity(property: string): Holder {
  return { kind: 'identity', resource: 'required', properties: [property] }
}

function resource(property: string, needs: Policy['resource'] = 'optional'): Holder {
  return { kind: 'resource', resource: needs, properties: property.split(' ') }
}

/**
 * Where resource types hold policy documents, by the property paths of the registry schemas in cfn-lint 1.58.0;
 * left out are documents of another grammar, such as a lifecycle policy, Cedar, or a queue's redrive policy.
 * A resource is required or forbidden where the service's own page on its policies says so.
 */
const holders: Readonly<Record<string, readonly Holder[]>> = {
  'AWS::IAM::Role': [{ kind: 'trust', resource: 'forbidden', properties: ['AssumeRolePolicyDocument'] }, inline],
  'AWS::IAM::User': [inline],
  'AWS::IAM::Group': [inline],
  'AWS::IAM::Policy': [identity('PolicyDocument')],
  'AWS::IAM::ManagedPolicy': [identity('PolicyDocument')],
  'AWS::IAM::RolePolicy': [identity('PolicyDocument')],
  'AWS::IAM::UserPolicy': [identity('PolicyDocument')],
  'AWS::IAM::GroupPolicy': [identity('PolicyDocument')],
  'AWS::SSO::PermissionSet': [identity('InlinePolicy')],
  'AWS::EKS::PodIdentityAssociation': [identity('Policy')],
  'AWS::IoT::Policy': [identity('PolicyDocument')],
  'AWS::RolesAnywhere::Profile': [identity('SessionPolicy')],
  'AWS::Transfer::User': [identity('Policy')],

  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
  'AWS::ECR::Repository': [resource('RepositoryPolicyText', 'forbidden')],
  'AWS::ECR::PublicRepository': [resource('RepositoryPolicyText', 'forbidden')],
  'AWS::ECR::RepositoryCreationTemplate': [resource('RepositoryPolicy', 'forbidden')],

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
  'AWS::S3::AccessPoint': [resource('Policy', 'required')],
  'AWS::S3::BucketPolicy': [resource('PolicyDocument', 'required')],
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
  'AWS::KMS::Key': [resource('KeyPolicy', 'required')],
  'AWS::KMS::ReplicaKey': [resource('KeyPolicy', 'required')],
  // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-key-concepts.html
  'AWS::SNS::TopicInlinePolicy': [resource('PolicyDocument', 'required')],
  'AWS::SNS::TopicPolicy': [resource('PolicyDocument', 'required')],

  'AWS::ApiGateway::DomainNameV2': [resource('Policy')],
  'AWS::ApiGateway::RestApi': [resource('Policy')],
  'AWS::APS::ResourcePolicy': [resource('PolicyDocument')],
  'AWS::Backup::BackupVault': [resource('AccessPolicy')],
  'AWS::Backup::LogicallyAirGappedBackupVault': [resource('AccessPolicy')],
  'AWS::Bedrock::KnowledgeBasePolicy': [resource('PolicyDocument')],
  'AWS::Bedrock::ResourcePolicy': [resource('PolicyDocument')],
  'AWS::BedrockAgentCore::ResourcePolicy': [resource('Policy')],
  'AWS::CloudTrail::ResourcePolicy': [resource('ResourcePolicy')],
  'AWS::CodeArtifact::Domain': [resource('PermissionsPolicyDocument')],
  'AWS::CodeArtifact::Repository': [resource('PermissionsPolicyDocument')],
  'AWS::Comprehend::DocumentClassifier': [resource('ModelPolicy')],
  'AWS::Comprehend::EntityRecognizer': [resource('ModelPolicy')],
  'AWS::DSQL::Cluster': [resource('PolicyDocument')],
  'AWS::DynamoDB::GlobalTable': [
    resource(
      'Replicas.*.ResourcePolicy.PolicyDocument Replicas.*.ReplicaStreamSpecification.ResourcePolicy.PolicyDocument',
    ),
  ],
  'AWS::DynamoDB::Table': [resource('ResourcePolicy.PolicyDocument StreamSpecification.ResourcePolicy.PolicyDocument')],
  'AWS::EC2::VPCEndpoint': [resource('PolicyDocument')],
  'AWS::ECR::RegistryPolicy': [resource('PolicyText')],
  'AWS::EFS::FileSystem': [resource('FileSystemPolicy')],
  'AWS::Elasticsearch::Domain': [resource('AccessPolicies')],
  'AWS::EventSchemas::RegistryPolicy': [resource('Policy')],
  'AWS::Events::EventBus': [resource('Policy')],
  'AWS::FSx::S3AccessPointAttachment': [resource('S3AccessPoint.Policy')],
  'AWS::Kinesis::ResourcePolicy': [resource('ResourcePolicy')],
  'AWS::Lambda::ResourcePolicy': [resource('PolicyDocument')],
  'AWS::Lex::ResourcePolicy': [resource('Policy')],
  'AWS::Logs::Destination': [resource('DestinationPolicy')],
  'AWS::Logs::LogGroup': [resource('ResourcePolicyDocument')],
  'AWS::Logs::ResourcePolicy': [resource('PolicyDocument')],
  'AWS::MSK::ClusterPolicy': [resource('Policy')],
  'AWS::MediaPackageV2::ChannelPolicy': [resource('Policy')],
  'AWS::MediaPackageV2::OriginEndpointPolicy': [resource('Policy')],
  'AWS::MediaStore::Container': [resource('Policy')],
  'AWS::MediaTailor::ChannelPolicy': [resource('Policy')],
  'AWS::OSIS::Pipeline': [resource('ResourcePolicy.Policy')],
  'AWS::Oam::Sink': [resource('Policy')],
  'AWS::Omics::SequenceStore': [resource('S3AccessPolicy')],
  'AWS::OpenSearchService::Domain': [resource('AccessPolicies')],
  'AWS::PaymentCryptography::Key': [resource('Policy')],
  'AWS::RUM::AppMonitor': [resource('ResourcePolicy.PolicyDocument')],
  'AWS::Redshift::Cluster': [resource('NamespaceResourcePolicy')],
  'AWS::RedshiftServerless::Namespace': [resource('NamespaceResourcePolicy')],
  'AWS::S3::MultiRegionAccessPointPolicy': [resource('Policy')],
  'AWS::S3Express::AccessPoint': [resource('Policy')],
  'AWS::S3Express::BucketPolicy': [resource('PolicyDocument')],
  'AWS::S3Files::FileSystemPolicy': [resource('Policy')],
  'AWS::S3ObjectLambda::AccessPointPolicy': [resource('PolicyDocument')],
  'AWS::S3Outposts::AccessPoint': [resource('Policy')],
  'AWS::S3Outposts::BucketPolicy': [resource('PolicyDocument')],
  'AWS::S3Tables::TableBucketPolicy': [resource('ResourcePolicy')],
  'AWS::S3Tables::TablePolicy': [resource('ResourcePolicy')],
  'AWS::S3Vectors::VectorBucketPolicy': [resource('Policy')],
  'AWS::SMSVOICE::ResourcePolicy': [resource('PolicyDocument')],
  'AWS::SQS::QueueInlinePolicy': [resource('PolicyDocument')],
  'AWS::SQS::QueuePolicy': [resource('PolicyDocument')],
  'AWS::SSM::ResourcePolicy': [resource('Policy')],
  'AWS::SageMaker::ModelPackageGroup': [resource('ModelPackageGroupPolicy')],
  'AWS::SecretsManager::ResourcePolicy': [resource('ResourcePolicy')],
  'AWS::VpcLattice::AuthPolicy': [resource('Policy')],
  'AWS::VpcLattice::ResourcePolicy': [resource('Policy')],
  'AWS::XRay::ResourcePolicy': [resource('PolicyDocument')],
}

const known = new WeakMap<Document, Policies>()

/** Every policy document of the template, with its statements, each in every way in which it can stand there. */
export function policiesOf(document: Document): Policies {
  const earlier = known.get(document)
  if (earlier !== undefined) return earlier
  const found = findPolicies(document, casesIn(document))
  known.set(document, found)
  return found
}

/** The template's conditions are its own: what can be, its solver says. */
function casesIn(document: Document): Cases {
  return new Cases(
    when => {
      const assumptions = [...when].map(([condition, holds]) => ({ condition, holds }))
      return solverOf(document).isSatisfiable(assumptions)
    },
    value => textsOf(document, value),
  )
}

function findPolicies(document: Document, cases: Cases): Policies {
  const policies: Policy[] = []
  const unreadable: Unreadable[] = []
  for (const [logicalId, declared] of entriesOf(document, 'Resources')) {
    if (!isObject(declared) || typeof declared['Type'] !== 'string') continue
    const type = declared['Type']
    for (const { kind, resource, properties } of Object.hasOwn(holders, type) ? (holders[type] ?? []) : []) {
      for (const property of properties) {
        for (const found of casesAt(cases, logicalId, declared, property)) {
          const read = readDocument(found)
          if (read === undefined) continue
          if (!('value' in read)) {
            unreadable.push(read)
            continue
          }
          policies.push({ ...read, kind, resource, type, logicalId, statements: statementsOf(cases, read) })
        }
      }
    }
  }
  return { cases, policies, unreadable }
}

/** What a property of a resource holds, by its path: `Policies.*.PolicyDocument`, where `*` is each item. */
export function casesAt(cases: Cases, logicalId: string, declared: JsonObject, property: string): readonly Case[] {
  const { Properties, Condition } = declared
  if (Properties === undefined) return []
  const when: When = typeof Condition === 'string' ? new Map([[Condition, true]]) : new Map()
  return property.split('.').reduce<readonly Case[]>(
    (places, key) =>
      places.flatMap(place => {
        if (key === '*') return isListCase(place) ? cases.ofItems(place) : []
        return isObjectCase(place) && !isIntrinsic(place.value) ? cases.ofEntry(place, key) : []
      }),
    cases.of(Properties, ['Resources', logicalId, 'Properties'], when),
  )
}

function statementsOf(cases: Cases, { value, path, when }: Case<JsonObject>): readonly Case<JsonObject>[] {
  return cases
    .ofOneOrMore(value['Statement'], [...path, 'Statement'], when)
    .filter(isObjectCase)
    .filter(it => !isComputed(it.value))
}

/** Is it a call, or has it parts that a macro or `Fn::ForEach` makes? */
function isComputed(value: JsonObject): boolean {
  return isIntrinsic(value) || Object.keys(value).some(key => key.startsWith('Fn::'))
}

/**
 * A document as an object, also where it is JSON in text; `undefined` where only deployment knows it.
 * Within `Fn::Sub` each text of the JSON is one of its own. A path into text goes on as if the text were what it says.
 */
function readDocument({ value, path, when }: Case): Case<JsonObject> | Unreadable | undefined {
  if (typeof value === 'string') {
    const parsed = parse(value)
    return isObject(parsed) ? { value: parsed, path, when } : { path, reason: 'is text that is no JSON object' }
  }
  if (!isObject(value)) return undefined
  if (!isComputed(value)) return { value, path, when }
  const { 'Fn::Sub': sub, 'Fn::ToJsonString': content, 'Fn::Join': join } = value
  if (isObject(content)) return { value: content, path: [...path, 'Fn::ToJsonString'], when }
  const [text, variables] = join === undefined ? (isList(sub) ? sub : [sub]) : subOfJoin(join)
  const parsed = typeof text === 'string' ? parse(text) : undefined
  if (!isObject(parsed)) return undefined
  const substituted = withSub(parsed, variables)
  return isObject(substituted) ? { value: substituted, path, when } : undefined
}

/** The operands of the `Fn::Sub` that gives what an `Fn::Join` gives. */
function subOfJoin(operands: Json): readonly Json[] {
  const [delimiter, parts] = isList(operands) ? operands : []
  if (typeof delimiter !== 'string' || !isList(parts)) return []
  const literal = (text: string): string => text.replaceAll('${', '${!')
  const texts = parts.map((part, index) => (typeof part === 'string' ? literal(part) : `\${Part${index}}`))
  const variables = parts.flatMap((part, index): readonly (readonly [string, Json])[] =>
    typeof part === 'string' ? [] : [[`Part${index}`, part]],
  )
  return [texts.join(literal(delimiter)), Object.fromEntries(variables)]
}

function parse(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text)
    return parsed
  } catch {
    return undefined
  }
}

function withSub(value: Json, variables: Json | undefined): Json {
  if (typeof value === 'string') {
    if (!value.includes('${')) return value
    return { 'Fn::Sub': variables === undefined ? value : [value, variables] }
  }
  if (isList(value)) return value.map(item => withSub(item, variables))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSub(item, variables)]))
}
