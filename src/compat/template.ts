import { checkQuotas } from '../check/quotas.ts'
import { type Document, isList, isObject, type Json, type JsonObject, member } from '../document.ts'
import type { Change } from './report.ts'
import type { Template } from './sides.ts'

/** What changes about the template as a whole: what has to be acknowledged, how large it is, what a deletion leaves. */
export function templateChanges(old: Template, fresh: Template): readonly Change[] {
  return [
    ...capabilityChanges(withMacros(old), withMacros(fresh)),
    ...sizeChanges(old.text, fresh.text),
    ...quotaChanges(old.document, fresh.document),
    ...policyChanges(old.document, fresh.document),
  ]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html, `Capabilities.member.N` */
function withMacros({ document, capabilities }: Template): readonly string[] {
  const root: JsonObject = document
  const macro = 'CAPABILITY_AUTO_EXPAND'
  return member(root, 'Transform') === undefined || capabilities.includes(macro)
    ? capabilities
    : [...capabilities, macro]
}

function capabilityChanges(old: readonly string[], fresh: readonly string[]): readonly Change[] {
  // who has acknowledged names has acknowledged IAM
  const covers = (all: readonly string[], one: string) =>
    all.includes(one) || (one === 'CAPABILITY_IAM' && all.includes('CAPABILITY_NAMED_IAM'))
  const found = { section: 'Template', subject: '' } as const
  const added = fresh.filter(it => !covers(old, it))
  const dropped = old.filter(it => !covers(fresh, it))
  return [
    ...added.map(
      (it): Change => ({
        ...{ ...found, code: 'capability-added', level: 'major' },
        message: `asks for ${it}: an update that does not acknowledge it is refused, InsufficientCapabilities`,
        help: `Give --capabilities ${it} with the update`,
        source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html',
      }),
    ),
    ...dropped.map(
      (it): Change => ({
        ...{ ...found, code: 'capability-dropped', level: 'patch' },
        message: `asks for ${it} no more`,
        help: 'Nothing has to be done',
      }),
    ),
  ]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size */
function sizeChanges(old: string, fresh: string): readonly Change[] {
  const [before, after] = [old, fresh].map(text => new TextEncoder().encode(text).length)
  const crossed = [1_000_000, 51_200].find(limit => (before ?? 0) <= limit && (after ?? 0) > limit)
  if (crossed === undefined) return []
  const found = { code: 'too-large', level: 'major', section: 'Template', subject: '' } as const
  const source = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html'
  const size = `has ${(after ?? 0).toLocaleString('en')} bytes`
  return crossed > 51_200
    ? [
        {
          ...found,
          message: `${size}: CloudFormation takes no more than 1,000,000`,
          help: 'Split it into nested stacks',
          source,
        },
      ]
    : [
        {
          ...found,
          message: `${size}: more than the 51,200 that a request may have, so that who deploys it from a file has to upload it first`,
          help: 'Make it smaller, or deploy it from Amazon S3: aws cloudformation deploy --s3-bucket',
          source,
        },
      ]
}

function quotaChanges(old: Document, fresh: Document): readonly Change[] {
  const known = new Set(checkQuotas(old).map(({ path }) => path.join('.')))
  return checkQuotas(fresh)
    .filter(({ path }) => !known.has(path.join('.')))
    .map(({ path, message, help }) => ({
      ...{ code: 'too-large', level: 'major', section: 'Template', subject: path.join('.'), message, help },
      source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html',
    }))
}

/** Which keeps more, where something goes. */
const keeps: Readonly<Record<string, number>> = { Delete: 0, Snapshot: 1, RetainExceptOnCreate: 2, Retain: 2 }

/** What is deleted with the stack, or kept: of a later day, but changed by this update. */
function policyChanges(old: Document, fresh: Document): readonly Change[] {
  return resourcesOf(fresh).flatMap(([id, resource]): readonly Change[] => {
    const before = resourcesOf(old).find(([other]) => other === id)?.[1]
    if (before === undefined || before['Type'] !== resource['Type']) return []
    return (['DeletionPolicy', 'UpdateReplacePolicy'] as const).flatMap((name): readonly Change[] => {
      const [was, is] = [policyOf(before, name), policyOf(resource, name)]
      // what is chosen when it is deployed is compared with what chooses
      if (was === undefined || is === undefined) return []
      const [kept, keeping] = [keeps[was], keeps[is]]
      if (kept === undefined || keeping === undefined || kept === keeping) return []
      const occasion = name === 'DeletionPolicy' ? 'the stack is deleted, or it leaves the template' : 'it is replaced'
      const page = name.toLowerCase()
      const type = String(resource['Type'])
      const found = { code: 'deletion-policy', section: 'Resources', subject: id, type } as const
      const source = `https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-${page}.html`
      return keeping < kept
        ? [
            {
              ...{ ...found, level: 'major', source, help: `Keep ${name}: ${was}` },
              message: `is lost when ${occasion}: its ${name} is ${is}, and was ${was}`,
            },
          ]
        : [
            {
              ...{ ...found, level: 'minor', source, help: 'Delete by hand what is not wanted any more' },
              message: `is kept when ${occasion}: its ${name} is ${is}, and was ${was}`,
            },
          ]
    })
  })
}

export function policyOf(resource: JsonObject, name: PolicyName): string | undefined {
  const { [name]: policy, Type, Properties = {} } = resource
  if (policy !== undefined) return typeof policy === 'string' ? policy : undefined
  return isObject(Properties) ? defaultPolicy(name, String(Type), Object.keys(Properties)) : 'Delete'
}

type PolicyName = 'DeletionPolicy' | 'UpdateReplacePolicy'

/** How much a policy keeps, as a number: more is more. Undefined where the name is that of none. */
export function keptBy(
  policy: string | undefined,
  name: PolicyName,
  type: string,
  properties: Readonly<Record<string, unknown>>,
): number | undefined {
  return keeps[policy ?? defaultPolicy(name, type, Object.keys(properties))]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
function defaultPolicy(name: PolicyName, type: string, properties: readonly string[]): string {
  const isOwn = type === 'AWS::RDS::DBInstance' && !properties.includes('DBClusterIdentifier')
  return name === 'DeletionPolicy' && (isOwn || type === 'AWS::RDS::DBCluster') ? 'Snapshot' : 'Delete'
}

function resourcesOf({ Resources }: Document): readonly (readonly [string, JsonObject])[] {
  const entries: readonly (readonly [string, Json])[] = isObject(Resources) ? Object.entries(Resources) : []
  return entries.flatMap(([id, it]) => (isObject(it) && !isList(it) ? [[id, it] as const] : []))
}
