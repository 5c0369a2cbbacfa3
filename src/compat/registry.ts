import type { TypeRecord } from '../knowledge/schemas.ts'
import type { ResolvedResource } from '../resolve/index.ts'
import { isValueList, isValueObject, type Value } from '../resolve/value.ts'
import { type Fate, own, type Sameness, sameness, samenessAt } from './values.ts'

/** What the CloudFormation registry says of a resource type; undefined for one that it does not know. */
export type Registry = (type: string) => TypeRecord | undefined

/** What an update does to a resource that stays under its logical ID, and which properties make it so. */
export type Effect = {
  readonly kind: 'nothing' | 'in-place' | 'may-be-in-place' | 'replacement' | 'may-be-replacement' | 'refused'
  /** Dotted. Of a replacement those that make it one. */
  readonly properties: readonly string[]
  /** Why it may be, where it may; of what is refused, in whose words: a clause. */
  readonly because?: string
}

/**
 * By the type's `createOnlyProperties` and `conditionalCreateOnlyProperties`; of a type without an update handler every
 * property is one that only creation can set.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */
export function effectOf(old: ResolvedResource, fresh: ResolvedResource, registry: Registry, fate: Fate): Effect {
  const names = [...new Set([...Object.keys(old.Properties), ...Object.keys(fresh.Properties)])]
  const changed = names.flatMap((name): readonly (readonly [string, Sameness])[] => {
    const same = sameness(own(old.Properties, name), own(fresh.Properties, name), fate)
    return same === 'same' ? [] : [[name, same]]
  })
  if (changed.length === 0) return { kind: 'nothing', properties: [] }
  const all = changed.map(([name]) => name)
  const refusal = refusalOf(
    fresh.Type,
    changed.filter(([, same]) => same === 'different').map(([name]) => name),
    old,
    fresh,
    fate,
  )
  if (refusal !== undefined) return refusal
  if (isCustom(fresh.Type)) {
    const because = 'what makes it may give it another ID, and any other attribute'
    return { kind: 'may-be-replacement', properties: all, because }
  }
  const record = registry(fresh.Type)
  if (record === undefined) {
    const because = `the registry does not know ${fresh.Type}`
    return { kind: 'may-be-replacement', properties: all, because }
  }
  if (isWithoutUpdate(record)) {
    const isSure = changed.some(([, same]) => same === 'different')
    return isSure
      ? { kind: 'replacement', properties: all }
      : { kind: 'may-be-replacement', properties: all, because: 'the value is known only when it is updated' }
  }
  const at = (paths: readonly string[] = []) =>
    paths
      .filter(path => all.includes(path.split('.')[0] ?? ''))
      .map(path => [path, samenessAt(old.Properties, fresh.Properties, path, fate)] as const)
      .filter(([, same]) => same !== 'same')
  const fixed = at(record.createOnly)
  const sure = fixed.filter(([, same]) => same === 'different').map(([path]) => path)
  if (sure.length > 0) return { kind: 'replacement', properties: sure }
  if (fixed.length > 0) {
    const because = 'the value is known only when it is updated'
    return { kind: 'may-be-replacement', properties: fixed.map(([path]) => path), because }
  }
  const conditional = at(record.conditionalCreateOnly).map(([path]) => path)
  if (conditional.length > 0) {
    return { kind: 'may-be-replacement', properties: conditional, because: 'it depends on what it is changed to' }
  }
  const isSure = changed.some(([, same]) => same === 'different')
  return { kind: isSure ? 'in-place' : 'may-be-in-place', properties: all }
}

function isWithoutUpdate({ permissions }: TypeRecord): boolean {
  return permissions['create'] !== undefined && permissions['update'] === undefined
}

export function isCustom(type: string): boolean {
  return /^(?:Custom::|AWS::CloudFormation::CustomResource$)/.test(type)
}

/**
 * What the registry takes for an update, and the service refuses.
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802, of `ServiceToken`
 * https://github.com/aws-amplify/amplify-cli/issues/4227, https://github.com/aws-amplify/amplify-js/issues/6459, of user
 * pools
 */
function refusalOf(
  type: string,
  changed: readonly string[],
  old: ResolvedResource,
  fresh: ResolvedResource,
  fate: Fate,
): Effect | undefined {
  if (isCustom(type) && changed.includes('ServiceToken')) {
    const because = 'Modifying service token is not allowed'
    return { kind: 'refused', properties: ['ServiceToken'], because }
  }
  if (type !== 'AWS::Cognito::UserPool') return undefined
  const properties = ['UsernameAttributes', 'AliasAttributes', 'UsernameConfiguration'].filter(it =>
    changed.includes(it),
  )
  if (properties.length > 0) {
    return { kind: 'refused', properties, because: `Updates are not allowed for property - ${properties.join(', ')}` }
  }
  const [before, after] = [attributesIn(old.Properties['Schema']), attributesIn(fresh.Properties['Schema'])]
  const isLost = [...before].some(([name, item]) => sameness(item, after.get(name), fate) === 'different')
  return changed.includes('Schema') && isLost
    ? {
        ...{ kind: 'refused', properties: ['Schema'] },
        because: 'Existing schema attributes cannot be modified or deleted',
      }
    : undefined
}

function attributesIn(schema: Value | undefined): ReadonlyMap<string, Value> {
  const items = schema !== undefined && isValueList(schema) ? schema : []
  return new Map(
    items.flatMap(item => {
      const name = isValueObject(item) ? item['Name'] : undefined
      return typeof name === 'string' ? [[name, item] as const] : []
    }),
  )
}

/** What is made of the ID alone, though the registry does not say so; from the return values on the types' pages. */
const ofIdentity: Readonly<Record<string, readonly string[]>> = {
  'AWS::Cognito::UserPool': ['ProviderName', 'ProviderURL'],
  'AWS::S3::Bucket': ['DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
}

/**
 * May an attribute come out otherwise when the resource is updated in place? What identifies it cannot, nor a property
 * that stays as it is; of the rest the registry says nothing. Outputs of a nested stack are what its template makes them.
 */
export function attributeFate(
  attribute: string,
  type: string,
  record: TypeRecord | undefined,
  changed: readonly string[],
): Sameness {
  if (record === undefined || isCustom(type) || attribute.startsWith('Outputs.')) return 'open'
  const last = type.split('::').at(-1) ?? ''
  const isIdentity =
    record.primaryIdentifier.includes(attribute) ||
    ['Arn', 'Id', `${last}Arn`, `${last}Id`, ...(own(ofIdentity, type) ?? [])].includes(attribute)
  if (isIdentity) return 'same'
  const top = attribute.split('.')[0] ?? ''
  const isReadOnly = (record.readOnly ?? []).some(path => path === attribute || path === top)
  return isReadOnly || changed.includes(top) ? 'open' : 'same'
}

/** The page on which AWS says of each property what a change of it does. */
export function pageOf(type: string): string {
  const [vendor = '', service = '', name = ''] = type.toLowerCase().split('::')
  return vendor === 'aws' && /^[a-z0-9]+$/.test(service + name)
    ? `https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-${service}-${name}.html`
    : 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html'
}
