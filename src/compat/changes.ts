import { type Document, isObject, type JsonObject, member } from '../document.ts'
import type { AccessOutcome } from './access.ts'
import type { Outcome } from './outcome.ts'
import type { OutputOutcome } from './outputs.ts'
import { isCustom, pageOf, type Registry } from './registry.ts'
import type { Change, Level, Witness } from './report.ts'
import type { Template } from './sides.ts'
import { policyOf } from './template.ts'
import { own } from './values.ts'

/** In words: what an update does, and the way out. */

export type Told = {
  readonly found:
    | { readonly kind: 'resource'; readonly outcome: Outcome }
    | { readonly kind: 'output'; readonly outcome: OutputOutcome }
    | { readonly kind: 'rule'; readonly rule: string; readonly message: string }
  readonly properties: readonly string[]
  readonly when: Witness | undefined
}

type Context = {
  readonly old: Template
  readonly fresh: Template
  readonly registry: Registry
  readonly physicalIds: Readonly<Record<string, string>>
}

const guide = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide'
const behaviours = `${guide}/using-cfn-updating-stacks-update-behaviors.html`

/** What goes with a resource of a type; a clause. */
const losses: Readonly<Record<string, string>> = {
  'AWS::Cognito::IdentityPool': 'every user gets a new identity, and loses their folder and their rows',
  'AWS::Cognito::IdentityPoolRoleAttachment': 'meanwhile nobody gets a role',
  'AWS::Cognito::UserPool': 'its users and their passwords are gone, and whoever comes back is another user',
  'AWS::Cognito::UserPoolClient': 'apps that name it cannot sign anybody in',
  'AWS::DynamoDB::Table': 'its items are gone',
  'AWS::IAM::Role': 'policies that name it by its ARN, and what was attached to it by others, hold no more',
  'AWS::KMS::Key': 'what it has encrypted can be read by nobody',
  'AWS::Logs::LogGroup': 'its logs are gone',
  'AWS::S3::Bucket': 'its objects are left behind or lost, and its name may be taken by others',
  'AWS::S3::BucketPolicy': 'meanwhile the bucket has no policy',
}

/** One line, or none where another says it. */
export function resourceChange(
  outcome: Outcome,
  context: Context,
  properties: readonly string[],
  when: Witness | undefined,
  silentRoles: ReadonlySet<string>,
): readonly Change[] {
  const { kind, id, type, other = '', causes, because } = outcome
  const named = properties.join(', ')
  const page = pageOf(type)
  const found: Pick<Change, 'section' | 'subject' | 'type' | 'properties' | 'when'> = {
    ...{ section: 'Resources', subject: id, type },
    ...(properties.length === 0 ? {} : { properties }),
    ...(when === undefined ? {} : { when }),
  }
  const by = causes.length === 0 ? `for ${named}` : `for ${named} refers to ${causes.join(', ')}`
  const lost = own(losses, type)
  const loss = lost === undefined ? '' : `; ${lost}`
  const physicalOf = (name: string): string => {
    const physicalId = own(context.physicalIds, name)
    return physicalId === undefined ? '' : ` (${physicalId})`
  }
  const physical = physicalOf(id)
  switch (kind) {
    case 'type-changed':
      return [
        {
          ...{
            ...found,
            code: 'type-changed',
            level: 'major',
            source: `${guide}/using-cfn-updating-stacks-get-template.html`,
          },
          message: `is of another type, and was ${typeOf(context.old.document, id)}: the update is refused, "Update of resource type is not permitted"`,
          help: `Give the new resource a logical ID of its own`,
        },
      ]
    case 'refused':
      return [
        {
          ...{ ...found, code: 'update-refused', level: 'major', source: page },
          message: `cannot be updated, ${by}: the update fails, "${because}", and is rolled back`,
          help: `Leave ${named} as it was, or give what is new a logical ID of its own`,
        },
      ]
    case 'rivals':
      return [
        {
          ...{ ...found, code: 'already-exists', level: 'major', source: behaviours },
          message: `wants the same ${named} as ${other}, which is made by the same update: it fails with AlreadyExists, and is rolled back`,
          help: `Give one of them another ${named}`,
        },
      ]
    case 'collides': {
      const claim = `${named} of ${other}`
      return [
        {
          ...{ ...found, code: 'already-exists', level: 'major', source: behaviours },
          message: `${because === undefined ? `is made while ${other}` : `is ${other} under another logical ID, and made while that`} still has the same ${named}: the update fails with AlreadyExists, and is rolled back`,
          help: isGone(context.fresh.document, other)
            ? `Keep the logical ID ${other}; or take ${other} out in one update, and put ${id} in by the next`
            : `Leave ${claim} to ${other}`,
        },
      ]
    }
    case 'custom-name':
      return [
        {
          ...{ ...found, code: 'custom-name', level: 'major', source: `${guide}/aws-properties-name.html` },
          message: `would have to be replaced under the same ${named}: the update is refused, "cannot update a stack when a custom-named resource requires replacing"`,
          help: `Give it another ${named} in the same update, or leave as it was what makes it new`,
        },
      ]
    case 'renamed': {
      return [
        {
          ...{
            ...found,
            code: 'resource-renamed',
            level: 'major',
            source: `${guide}/using-cfn-updating-stacks-get-template.html`,
          },
          message: `is ${other}${physicalOf(other)} under another logical ID: it is made anew, and then the old one is ${goneWords(context.old.document, other)}${loss}; where two of it cannot stand side by side, the update fails`,
          help: `Keep the logical ID ${other}; who must rename it in a stack does it by stack refactoring, without an update`,
        },
      ]
    }
    case 'replaced':
    case 'may-be-replaced': {
      const keeps = isKeptWhenReplaced(context, id)
      const isSure = kind === 'replaced'
      const isKnown = context.registry(type) !== undefined && !isCustom(type)
      const level: Level = isSure || isKnown ? 'major' : 'minor'
      const isCopied = updateReplaceOf(context, id).every(it => it === 'Snapshot')
      const fate = keeps
        ? 'the old one is kept, and belongs to no stack'
        : `the old one is deleted${isCopied ? ', and a snapshot of it is kept' : ''}`
      const refusal =
        outcome.name === undefined
          ? ''
          : `; under the same ${outcome.name.join(', ')} a replacement is refused, "cannot update a stack when a custom-named resource requires replacing"`
      return [
        {
          ...{ ...found, code: isSure ? 'resource-replaced' : 'resource-may-be-replaced', level, source: page },
          message: isSure
            ? `is replaced${physical}, ${by}: ${fate}${loss}`
            : `may be replaced${physical}, ${by}: ${because ?? 'it depends on the change'}; then ${fate}${loss}${refusal}`,
          help:
            causes.length > 0
              ? `Leave ${causes.join(', ')} as it was`
              : isSure
                ? `Leave ${named} as it was, or say in the release notes how to carry over what is in it`
                : `Look up ${named} on its page, and try it on a change set of a stack`,
        },
      ]
    }
    case 'deleted': {
      const kept = isKept(context.old.document, id)
      const isCondition = !isGone(context.fresh.document, id)
      const source = `${guide}/aws-attribute-deletionpolicy.html`
      return [
        {
          ...{ ...found, code: kept ? 'resource-orphaned' : 'resource-deleted', level: 'major', source },
          message: kept
            ? `leaves the stack${physical}, but is kept: it belongs to no stack any more${loss}`
            : `is ${goneWords(context.old.document, id, physical)}${loss}`,
          help: isCondition
            ? `Keep the condition of ${id} true where it was`
            : `Keep ${id}${kept ? '' : ', or release it with DeletionPolicy: Retain before'}`,
        },
      ]
    }
    case 'created':
      return [
        {
          ...{ ...found, code: 'resource-created', level: 'minor', source: behaviours },
          message: 'is made',
          help: 'Let who deploys have the permissions for it',
        },
      ]
    case 'in-place': {
      const isTrust = properties.includes('AssumeRolePolicyDocument')
      if (isTrust) {
        return [
          {
            ...{ ...found, code: 'trust-changed', level: 'minor', source: page },
            message: `is updated in place, ${by}: the update calls iam:UpdateAssumeRolePolicy, and ends in UPDATE_ROLLBACK_FAILED if the deployer may not`,
            help: 'Let who deploys have iam:UpdateAssumeRolePolicy, and say it in the release notes',
          },
        ]
      }
      const level: Level = isCosmetic(type, properties, context, silentRoles.has(id)) ? 'patch' : 'minor'
      const isPower = level === 'minor' && type.startsWith('AWS::IAM::') && properties.some(it => powers.includes(it))
      return [
        {
          ...{ ...found, code: 'resource-updated', level, source: page },
          message: `is updated in place, ${by}${isPower ? ', which can change what it allows' : ''}`,
          help:
            type === 'AWS::CloudFormation::Stack'
              ? 'Compare the templates that it nests, too'
              : 'Nothing has to be done',
        },
      ]
    }
    case 'may-be-in-place':
      return [
        {
          ...{ ...found, code: 'resource-may-be-updated', level: 'patch', source: page },
          message: `is updated in place if it comes out otherwise, ${by}`,
          help: 'Nothing has to be done',
        },
      ]
  }
}

/** What stands beside the properties, and decides how a resource is made or updated. */
export function attributeChanges(old: Document, fresh: Document): readonly Change[] {
  const ids = isObject(fresh.Resources) ? Object.keys(fresh.Resources) : []
  return ids.flatMap((id): readonly Change[] => {
    const [before, after] = [resourceOf(old, id), resourceOf(fresh, id)]
    if (before === undefined || after === undefined || before['Type'] !== after['Type']) return []
    const found = { section: 'Resources', subject: id, type: String(after['Type']) } as const
    return Object.entries(attributes).flatMap(([name, words]): readonly Change[] => {
      const [one, other] = [textAt(before, name), textAt(after, name)]
      if (one === other) return []
      return [
        {
          ...{ ...found, code: 'resource-updated', level: 'minor', message: `has another ${name}: ${words}` },
          ...{ help: 'Nothing has to be done', source: `${guide}/aws-product-attribute-reference.html` },
        },
      ]
    })
  })
}

const attributes: Readonly<Record<string, string>> = {
  CreationPolicy: 'when it counts as made is another question',
  UpdatePolicy: 'later updates replace its instances, or move its traffic, in another way',
  'AWS::CloudFormation::Init': 'cfn-init and cfn-hup act on it',
}

function textAt(resource: JsonObject, name: string): string | undefined {
  const of = name.startsWith('AWS::') ? member(resource, 'Metadata') : resource
  return JSON.stringify(isObject(of) ? member(of, name) : undefined)
}

/** What people read, tags, and policies of which the proof of access says the same as before. */
function isCosmetic(type: string, properties: readonly string[], context: Context, isSilent: boolean): boolean {
  const tags = decidesByTags(context) ? undefined : context.registry(type)?.tags
  return properties.every(
    name =>
      name === 'Description' || name === tags || (isSilent && type.startsWith('AWS::IAM::') && powers.includes(name)),
  )
}

/** Of types of IAM, what says what somebody may do. */
const powers: readonly string[] = ['Policies', 'PolicyDocument', 'ManagedPolicyArns', 'PermissionsBoundary']

/**
 * Does a policy ask for tags, of whoever calls or of what is called?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
 */
function decidesByTags({ old, fresh }: Context): boolean {
  return [old, fresh].some(({ text }) => /(?:Principal|Resource|ExistingObject)Tag\//i.test(text))
}

function resourceOf(document: Document, id: string) {
  const resource = isObject(document.Resources) ? member(document.Resources, id) : undefined
  return isObject(resource) ? resource : undefined
}

function typeOf(document: Document, id: string): string {
  return String(resourceOf(document, id)?.['Type'] ?? '')
}

function isGone(document: Document, id: string): boolean {
  return resourceOf(document, id) === undefined
}

/** By the policy that the stack knows when the resource leaves: that of the old template. */
function isKept(document: Document, id: string): boolean {
  const policy = deletionOf(document, id)
  return policy === 'Retain' || policy === 'RetainExceptOnCreate'
}

function deletionOf(document: Document, id: string): string | undefined {
  const resource = resourceOf(document, id)
  return resource === undefined ? 'Delete' : policyOf(resource, 'DeletionPolicy')
}

function goneWords(document: Document, id: string, physical = ''): string {
  if (isKept(document, id)) return 'kept, and belongs to no stack'
  return `deleted${physical}${deletionOf(document, id) === 'Snapshot' ? ', and a snapshot of it is kept' : ''}`
}

function isKeptWhenReplaced(context: Context, id: string): boolean {
  return updateReplaceOf(context, id).every(it => it === 'Retain')
}

function updateReplaceOf({ old, fresh }: Context, id: string): readonly unknown[] {
  return [old, fresh].map(({ document }) => resourceOf(document, id)?.['UpdateReplacePolicy'])
}

export function outputChange({ kind, id, other = '' }: OutputOutcome, when: Witness | undefined): readonly Change[] {
  const found = { section: 'Outputs', subject: id, ...(when === undefined ? {} : { when }) } as const
  const exports = `${guide}/using-cfn-stack-exports.html`
  const nested = 'a parent stack or a script that reads it fails'
  switch (kind) {
    case 'output-lost':
      return [{ ...found, code: 'output-lost', level: 'major', message: `is gone: ${nested}`, help: `Keep ${id}` }]
    case 'output-renamed':
      return [
        {
          ...{ ...found, code: 'output-renamed', level: 'major' },
          message: `is called ${other} now: ${nested}`,
          help: `Keep ${id} beside ${other}`,
        },
      ]
    case 'output-new':
      return [{ ...found, code: 'output-new', level: 'minor', message: 'is new', help: 'Nothing has to be done' }]
    case 'output-changed':
      return [
        {
          ...{ ...found, code: 'output-changed', level: 'major' },
          message: 'gives something else: who reads it gets what they do not expect',
          help: `Keep what ${id} gives, and add an output for what is new`,
        },
      ]
    case 'output-grown':
      return [
        {
          ...{ ...found, code: 'output-changed', level: 'minor' },
          message: 'gives all that it gave, and more',
          help: 'Nothing has to be done',
        },
      ]
    // the resource says it
    case 'output-follows':
      return []
    case 'export-lost':
      return [
        {
          ...{ ...found, code: 'export-lost', level: 'major', source: exports },
          message: `exports ${other} no more: the update fails as long as a stack imports it`,
          help: `Keep the export ${other}`,
        },
      ]
    case 'export-changed':
      return [
        {
          ...{ ...found, code: 'export-changed', level: 'major', source: exports },
          message: `exports another value as ${other}: the update fails as long as a stack imports it`,
          help: `Keep the value of ${other}, and export what is new by another name`,
        },
      ]
    case 'export-may-change':
      return [
        {
          ...{ ...found, code: 'export-changed', level: 'major', source: exports },
          message: `may export another value as ${other}, which is known only when it is updated: then the update fails as long as a stack imports it`,
          help: `Leave as it was what ${other} is made of, or try it on a change set`,
        },
      ]
    case 'export-twice':
      return [
        {
          ...{ ...found, code: 'export-twice', level: 'major', source: exports },
          message: `exports the same name as the output ${other}: the update fails`,
          help: 'Give one of them another name',
        },
      ]
    case 'export-new':
      return [
        {
          ...{ ...found, code: 'export-new', level: 'minor', source: exports },
          message: `exports ${other}: the name must be free in the account and region`,
          help: 'Have the name hold AWS::StackName',
        },
      ]
  }
}

type AccessTold = { readonly outcome: AccessOutcome; readonly when: Witness | undefined }

/** One line for each who, where and when, with the actions in it. */
export function accessChanges(told: readonly AccessTold[]): readonly Change[] {
  const lines = new Map<
    string,
    { readonly outcome: AccessOutcome; readonly when: Witness | undefined; readonly actions: string[] }
  >()
  for (const { outcome, when } of told) {
    const { kind, who } = outcome
    const like = told.filter(it => it.outcome.kind === kind && it.outcome.who === who)
    const places = new Set(like.map(it => it.outcome.place))
    // what nobody knows needs no list
    const place = kind === 'access-unknown' && places.size > 3 ? manyPlaces : outcome.place
    const key = JSON.stringify([kind, who, place, when])
    const line = lines.get(key)
    if (line === undefined) lines.set(key, { outcome: { ...outcome, place }, when, actions: [outcome.action] })
    else line.actions.push(outcome.action)
  }
  return [...lines.values()].map(accessChange)
}

const manyPlaces = 'nearly everything'

type AccessLine = AccessTold & { readonly actions: readonly string[] }

function accessChange({ outcome: { kind, who, place }, when, actions }: AccessLine): Change {
  const found = { section: 'Access', subject: who, ...(when === undefined ? {} : { when }) } as const
  const what =
    place === manyPlaces ? `access to ${place} that the proof asks about` : `${actionsText(actions)} on ${place}`
  switch (kind) {
    case 'access-lost':
      return {
        ...found,
        code: kind,
        level: 'major',
        message: `loses ${what}`,
        help: 'Keep the statement that allows it',
      }
    case 'access-narrowed':
      return {
        ...{ ...found, code: kind, level: 'minor' },
        message: `loses ${what}, which nobody should have`,
        help: 'Say it in the release notes',
      }
    case 'access-gained':
      return { ...found, code: kind, level: 'minor', message: `gains ${what}`, help: 'Say it in the release notes' }
    case 'access-hazard':
      return {
        ...{ ...found, code: kind, level: 'major' },
        message: `gains ${what}, which nobody should have`,
        help: 'Narrow the statement that allows it',
      }
    case 'nobody-signs-in': {
      const message =
        who === 'somebody'
          ? `cannot sign in to ${place} any more: it has no identity provider left, and no guests`
          : `cannot be one of ${place} any more: it has no identity provider left`
      return {
        ...{ ...found, code: 'access-lost', level: 'major', message, help: `Keep an identity provider of ${place}` },
        source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/external-identity-providers.html',
      }
    }
    case 'policy-hazard':
      return {
        ...{ ...found, code: 'access-hazard', level: 'major' },
        message: `gains all of ${place}, which nobody should have who signs in from outside`,
        help: 'Allow what users need in a policy of your own, with their own folder or rows in it',
      }
    case 'access-unknown':
      return {
        ...{ ...found, code: kind, level: 'minor' },
        message: `may gain or lose ${what}: that cannot be known from the template any more`,
        help: 'Ask poolform access about both templates',
      }
  }
}

/** `s3:GetObject, PutObject` */
function actionsText(actions: readonly string[]): string {
  let service = ''
  return [...new Set(actions)]
    .map(action => {
      const [prefix = '', name = action] = action.split(':')
      const text = prefix === service ? name : action
      service = prefix
      return text
    })
    .join(', ')
}
