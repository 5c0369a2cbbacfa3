import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { isCall } from './branches.ts'
import { shown, stack, textOf } from './text.ts'

/** Where a type of resource has its policy, and by which property it names what that stands on; itself, where by none. */
type Place = { readonly at: readonly string[]; readonly of?: string }

/** By resource type: the properties' names are those of the registry schemas in cfn-lint 1.58.0. */
const places: Readonly<Record<string, Place>> = {
  'AWS::ApiGateway::RestApi': { at: ['Policy'] },
  'AWS::DynamoDB::Table': { at: ['ResourcePolicy', 'PolicyDocument'] },
  'AWS::ECR::Repository': { at: ['RepositoryPolicyText'] },
  'AWS::EFS::FileSystem': { at: ['FileSystemPolicy'] },
  'AWS::KMS::Key': { at: ['KeyPolicy'] },
  'AWS::KMS::ReplicaKey': { at: ['KeyPolicy'] },
  'AWS::S3::AccessPoint': { at: ['Policy'] },
  'AWS::S3::BucketPolicy': { at: ['PolicyDocument'], of: 'Bucket' },
  'AWS::SNS::TopicInlinePolicy': { at: ['PolicyDocument'], of: 'TopicArn' },
  'AWS::SNS::TopicPolicy': { at: ['PolicyDocument'], of: 'Topics' },
  'AWS::SQS::QueueInlinePolicy': { at: ['PolicyDocument'], of: 'Queue' },
  'AWS::SQS::QueuePolicy': { at: ['PolicyDocument'], of: 'Queues' },
  'AWS::SecretsManager::ResourcePolicy': { at: ['ResourcePolicy'], of: 'SecretId' },
}

export function policyPlace(type: string): readonly string[] | undefined {
  if (type === 'AWS::Lambda::Permission') return []
  return Object.hasOwn(places, type) ? places[type]?.at : undefined
}

/** The property by which it names what that stands on; undefined where that is the resource itself. */
export function standsOn(type: string): string | undefined {
  return Object.hasOwn(places, type) ? places[type]?.of : undefined
}

/** What a policy stands on, as a statement would name it as a resource. */
export function thingOf(id: string, type: string, properties: JsonObject, document: Document): string {
  const property = standsOn(type)
  if (property === undefined) return textOf({ 'Fn::GetAtt': [id, 'Arn'] }, document)
  const text = textOf(properties[property] ?? null, document)
  return type === 'AWS::S3::BucketPolicy' ? `arn:${stack.partition}:s3:::${text}/*` : text
}

/**
 * The statement that a permission adds to a function's policy.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function permissionOf(properties: JsonObject): Json {
  const { Action, FunctionName, Principal, PrincipalOrgID, SourceAccount, SourceArn } = properties
  const isService = typeof Principal === 'string' && /\.[a-z]/.test(Principal)
  const equal = {
    ...(PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': PrincipalOrgID }),
    ...(SourceAccount === undefined ? {} : { 'aws:SourceAccount': SourceAccount }),
  }
  return {
    Effect: 'Allow',
    Principal: isService ? { Service: Principal } : { AWS: Principal ?? null },
    Action: Action ?? null,
    Resource: FunctionName ?? null,
    Condition: { StringEquals: equal, ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }) },
  }
}

/** Whom a statement of such a policy names; a role of the template's own by its logical ID. */
export type Named = { readonly who: Grant['who']; readonly principal?: string } | { readonly role: string }

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function namedBy(principal: Json, document: Document): readonly Named[] {
  if (isList(principal)) return principal.flatMap(one => namedBy(one, document))
  if (!isObject(principal) || isCall(principal)) return [ofAws(textOf(principal, document), document)]
  return Object.entries(principal).flatMap(([kind, value]) =>
    (isList(value) ? value : [value]).map((one): Named => {
      const text = textOf(one, document)
      if (kind === 'Service') return { who: 'service', principal: shown(text) }
      if (kind === 'AWS') return ofAws(text, document)
      if (kind === 'CanonicalUser') return { who: 'account', principal: `the canonical user ${shown(text)}` }
      return { who: 'other', principal: `whoever signs in by ${shown(text)}` }
    }),
  )
}

function ofAws(text: string, { Resources }: Document): Named {
  if (text === '*') return { who: 'everybody' }
  const [, id = ''] = /^\{([^{}.]+)\.Arn\}$/.exec(text) ?? []
  const own = Object.hasOwn(Resources, id) ? Resources[id] : undefined
  if (isObject(own) && own['Type'] === 'AWS::IAM::Role') return { role: id }
  const [, root] = /^arn:[^:]*:iam::([^:]+):root$/.exec(text) ?? []
  const account = root ?? (/^\d{12}$/.test(text) || text === stack.account ? text : undefined)
  if (account === undefined) return { who: 'account', principal: shown(text) }
  return {
    who: 'account',
    principal: account === stack.account ? 'the stack’s account' : `the account ${shown(account)}`,
  }
}

/**
 * Whom the condition of a statement for everybody leaves, and what else it asks for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
 */
export function narrowed(
  condition: Json | undefined,
  document: Document,
): { readonly named: Named; readonly rest: Json } | undefined {
  const equal = isObject(condition) ? condition['StringEquals'] : undefined
  if (!isObject(condition) || !isObject(equal) || isCall(equal)) return undefined
  for (const [key, value] of Object.entries(equal)) {
    const kind = key.toLowerCase()
    if (kind !== 'aws:principalorgid' && kind !== 'aws:principalaccount') continue
    const { [key]: _, ...others } = equal
    const text = (isList(value) ? value : [value]).map(it => shown(textOf(it, document))).join(' or ')
    return {
      named:
        kind === 'aws:principalorgid'
          ? { who: 'organization', principal: text }
          : { who: 'account', principal: `the account ${text}` },
      rest: { ...condition, StringEquals: others },
    }
  }
  return undefined
}
