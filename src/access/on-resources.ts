import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { concatenate, isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import { isLike } from './decide/glob.ts'
import type { Truth } from './decide/truth.ts'
import { documentOf } from './policies.ts'
import { policyPlace, standsOn } from './resource-policies.ts'

/** A policy of the template on a bucket, queue, key or the like. */
export type ResourcePolicy = {
  readonly id: string
  readonly document: Value
  /** Whether it is there, as far as is known here. */
  readonly isSure: boolean
  /** Patterns of ARNs, of what it stands on; undefined where its statements say it, as those of buckets do. */
  readonly things: readonly (string | Unknown)[] | undefined
  /** Whether what it stands on keeps from everybody what is granted to them, as far as is known here. */
  readonly isBlocked: Truth
  readonly isOfKey: boolean
}

export type ResourcePolicies = { readonly policies: readonly ResourcePolicy[]; readonly documents: readonly Value[] }

const known = new WeakMap<Resolved, Map<string, ResourcePolicies>>()

/** Those on things of the service that an action is of. */
export function policiesFor(resolved: Resolved, action: string): ResourcePolicies {
  const service = action.slice(0, Math.max(0, action.indexOf(':'))).toLowerCase()
  const ofTemplate = known.get(resolved) ?? new Map<string, ResourcePolicies>()
  known.set(resolved, ofTemplate)
  const before = ofTemplate.get(service)
  if (before !== undefined) return before
  const policies = Object.entries(resolved.Resources).flatMap(([id, resource]) => {
    const own = serviceOf(resource.Type)
    return own !== undefined && isLike(service, own) ? policyOf(resolved, id, resource) : []
  })
  const found = { policies, documents: policies.map(it => it.document) }
  ofTemplate.set(service, found)
  return found
}

/** The prefix of actions on what a type's policy stands on. */
function serviceOf(type: string): string | undefined {
  if (policyPlace(type) === undefined) return undefined
  const service = type.split('::')[1] ?? ''
  if (service === 'ApiGateway') return 'execute-api'
  return service === 'EFS' ? 'elasticfilesystem' : service.toLowerCase()
}

function policyOf(resolved: Resolved, id: string, resource: ResolvedResource): readonly ResourcePolicy[] {
  const { Type, Properties, condition } = resource
  const place = policyPlace(Type) ?? []
  const value = place.reduce<Value | undefined>((it, key) => (isValueObject(it) ? it[key] : it), Properties)
  if (value === undefined) return []
  const isPermission = Type === 'AWS::Lambda::Permission'
  const document = isPermission ? { Statement: [permission(Properties)] } : documentOf(value)
  const target = isPermission ? 'FunctionName' : standsOn(Type)
  const isOfBucket = Type === 'AWS::S3::BucketPolicy'
  return [
    {
      ...{ id, document: Type === 'AWS::ApiGateway::RestApi' ? ofApi(document, apiArn(resolved, id)) : document },
      isSure: condition === undefined,
      things: isOfBucket
        ? undefined
        : thingsOf(resolved, id, Type, target === undefined ? undefined : Properties[target]),
      isBlocked: isOfBucket && isBlocked(resolved, Properties['Bucket']),
      isOfKey: Type.startsWith('AWS::KMS::'),
    },
  ]
}

/**
 * The statement that a permission adds to a function's policy.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
function permission({
  Action = '*',
  FunctionUrlAuthType,
  Principal,
  PrincipalOrgID,
  SourceAccount,
  SourceArn,
}: ValueObject): ValueObject {
  const isService = typeof Principal === 'string' && /\.[a-z]/.test(Principal)
  const equal = {
    ...(FunctionUrlAuthType === undefined ? {} : { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
    ...(PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': PrincipalOrgID }),
    ...(SourceAccount === undefined ? {} : { 'aws:SourceAccount': SourceAccount }),
  }
  return {
    ...{ Effect: 'Allow', Action, Resource: '*' },
    Principal: isService ? { Service: Principal } : { AWS: Principal ?? '' },
    Condition: { StringEquals: equal, ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }) },
  }
}

/**
 * `execute-api:/stage/GET/path` is short for an ARN of the API on which the policy is.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
 */
function ofApi(document: Value, api: string | Unknown): Value {
  const statements = isValueObject(document) ? document['Statement'] : undefined
  if (!isValueObject(document) || statements === undefined) return document
  const whole = (text: string | Unknown) => {
    const [, path] = typeof text === 'string' ? (/^execute-api:(\/.*)$/s.exec(text) ?? []) : []
    return path === undefined ? text : concatenate([api, path])
  }
  const Statement = (isValueList(statements) ? statements : [statements]).map(statement => {
    if (!isValueObject(statement)) return statement
    const entries = Object.entries(statement).map(
      ([key, item]) => [key, /^(?:Not)?Resource$/.test(key) ? textsOf(item).map(whole) : item] as const,
    )
    return Object.fromEntries(entries)
  })
  return { ...document, Statement }
}

function apiArn({ env }: Resolved, id: string): string | Unknown {
  const api = new Unknown({ kind: 'resource', id })
  return concatenate(['arn:', env.partition, ':execute-api:', env.region, ':', env.accountId, ':', api])
}

/** By type of what is named: the property that gives it its name, and the end of its ARN up to that. */
const names: Readonly<Record<string, readonly [service: string, property: string, start: string]>> = {
  'AWS::DynamoDB::Table': ['dynamodb', 'TableName', 'table/'],
  'AWS::Lambda::Function': ['lambda', 'FunctionName', 'function:'],
  'AWS::SNS::Topic': ['sns', 'TopicName', ''],
  'AWS::SQS::Queue': ['sqs', 'QueueName', ''],
}

/** Of what is made here the ARN, with its name where that is given; of what is named otherwise that. */
function thingsOf(
  resolved: Resolved,
  id: string,
  type: string,
  target: Value | undefined,
): readonly (string | Unknown)[] {
  const { env, Resources } = resolved
  const arn = (service: string, end: readonly (string | Unknown)[]) =>
    concatenate(['arn:', env.partition, `:${service}:`, env.region, ':', env.accountId, ':', ...end])
  const made = (own: string): readonly (string | Unknown)[] => {
    const resource = Resources[own]
    const reference = new Unknown({ kind: 'resource', id: own })
    if (resource?.Type === 'AWS::ApiGateway::RestApi') return [apiArn(resolved, own)]
    const [service, property = '', start = ''] = names[resource?.Type ?? ''] ?? []
    const name = resource?.Properties[property]
    const attribute = new Unknown({ kind: 'attribute', id: own, attribute: 'Arn' })
    // Ref of a topic or a secret is its ARN.
    return service !== undefined && typeof name === 'string' ? [arn(service, [start, name])] : [attribute, reference]
  }
  const targets =
    target === undefined
      ? made(id)
      : textsOf(target).flatMap(text => {
          if (text instanceof Unknown) {
            const { origin } = text
            return (origin.kind === 'resource' || origin.kind === 'attribute') && Resources[origin.id] !== undefined
              ? made(origin.id)
              : [text]
          }
          if (text.startsWith('arn:')) return [text]
          // The URL of a queue ends in its account and name.
          const [, account, queue] = /^https?:\/\/[^/]+\/(\d{12})\/([^/]+)$/.exec(text) ?? []
          if (account !== undefined && queue !== undefined)
            return [concatenate(['arn:', env.partition, ':sqs:', env.region, `:${account}:${queue}`])]
          return type === 'AWS::Lambda::Permission'
            ? [arn('lambda', ['function:', text])]
            : [new Unknown({ kind: 'mistake' })]
        })
  // With what is in it: indexes, versions.
  return targets.flatMap(it => [it, concatenate([it, '/*']), concatenate([it, ':*'])])
}

/**
 * Does the bucket keep from everybody what its policy grants to them? Not if it says so; of one that says nothing, it
 * hangs on when it was made.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
function isBlocked({ Resources }: Resolved, bucket: Value | undefined): Truth {
  const own = Object.entries(Resources).find(([id, { Type, Properties }]) => {
    const isIt =
      bucket instanceof Unknown
        ? bucket.origin.kind === 'resource' && bucket.origin.id === id
        : Properties['BucketName'] === bucket || bucket === `{${id}}`
    return Type === 'AWS::S3::Bucket' && isIt
  })
  const block = own?.[1].Properties['PublicAccessBlockConfiguration']
  if (!isValueObject(block)) return 'unknown'
  const isOff = ['BlockPublicPolicy', 'RestrictPublicBuckets'].every(key => String(block[key]) === 'false')
  return isOff ? false : 'unknown'
}
