import type { TypeRecord } from '../knowledge/schemas.ts'
import type { ResolvedResource } from '../resolve/index.ts'
import { type Fate, type Sameness, sameness, samenessAt } from './values.ts'

/** What the CloudFormation registry says of a resource type; undefined for one that it does not know. */
export type Registry = (type: string) => TypeRecord | undefined

/** What an update does to a resource that stays under its logical ID, and which properties make it so. */
export type Effect = {
  readonly kind: 'nothing' | 'in-place' | 'may-be-in-place' | 'replacement' | 'may-be-replacement'
  /** Dotted. Of a replacement those that make it one. */
  readonly properties: readonly string[]
  /** Why it may be, where it may: a clause. */
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
    const same = sameness(old.Properties[name], fresh.Properties[name], fate)
    return same === 'same' ? [] : [[name, same]]
  })
  if (changed.length === 0) return { kind: 'nothing', properties: [] }
  const all = changed.map(([name]) => name)
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

/**
 * May an attribute come out otherwise when the resource is updated in place? What identifies it cannot, nor a property
 * that stays as it is; of the rest the registry says nothing.
 */
export function attributeFate(attribute: string, record: TypeRecord | undefined, changed: readonly string[]): Sameness {
  if (record === undefined) return 'open'
  const isIdentity = record.primaryIdentifier.includes(attribute) || /(?:^|\.)\w*(?:Arn|Id)$/.test(attribute)
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
