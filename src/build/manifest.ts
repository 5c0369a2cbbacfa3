import { boundsOf } from '../access/bounds.ts'
import { grantsOf } from '../access/grants.ts'
import { shown, textOf } from '../access/text.ts'
import { sha256Of } from '../checksums.ts'
import { type Document, hasTransform, isObject, type Json, type JsonObject } from '../document.ts'
import type { Artifact, Capability, ManifestParameter, ManifestResource } from '../manifest.ts'

export type Built = {
  readonly name: string
  readonly version: string
  readonly file: string
  readonly text: string
  readonly document: Document
}

export function artifactOf({ name, version, file, text, document }: Built): Artifact {
  return {
    name,
    version,
    file,
    bytes: Buffer.byteLength(text),
    sha256: sha256Of(text),
    description: document.Description ?? '',
    capabilities: capabilities(document),
    parameters: parameters(document),
    outputs: Object.entries(document.Outputs ?? {}).map(([output, declaration]) => ({
      name: output,
      ...pick(declaration, { description: 'Description', condition: 'Condition' }),
    })),
    resourceTypes: [...new Set(Object.values(document.Resources).flatMap(typeOf))].sort(),
    resources: resources(document),
    ...(document.Rules === undefined ? {} : { rules: document.Rules }),
    ...(document.Conditions === undefined ? {} : { conditions: document.Conditions }),
    ...mappings(document),
    grants: grantsOf(document),
    ...bounds(document),
  }
}

function bounds(document: Document): Pick<Artifact, 'bounds'> {
  const found = boundsOf(document)
  return found.length === 0 ? {} : { bounds: found }
}

function resources(document: Document): readonly ManifestResource[] {
  return Object.entries(document.Resources).map(([id, resource]) => {
    const { Condition: condition, Properties: properties } = isObject(resource) ? resource : noResource
    const type = typeOf(resource)[0] ?? ''
    const isNested = type === 'AWS::CloudFormation::Stack' && isObject(properties)
    const url = isNested ? properties['TemplateURL'] : undefined
    return {
      ...{ id, type },
      ...(typeof condition === 'string' ? { condition } : {}),
      ...(url === undefined || url === '' ? {} : { template: shown(textOf(url, document)) }),
    }
  })
}

const noResource: JsonObject = {}

/** Those that conditions and rules look into; all, where that depends. */
function mappings({ Mappings, Conditions = {}, Rules = {} }: Document): { readonly mappings?: JsonObject } {
  if (Mappings === undefined) return {}
  const names = [Conditions, Rules].flatMap(mappingNames)
  const needed = Object.entries(Mappings).filter(([name]) => names.includes(name) || names.includes(undefined))
  return needed.length === 0 ? {} : { mappings: Object.fromEntries(needed) }
}

/** Undefined stands for one whose name is computed. */
function mappingNames(value: Json): readonly (string | undefined)[] {
  if (Array.isArray(value)) return value.flatMap(mappingNames)
  if (!isObject(value)) return []
  const within = Object.values(value).flatMap(mappingNames)
  const argument = value['Fn::FindInMap']
  if (argument === undefined) return within
  const name = Array.isArray(argument) ? argument[0] : undefined
  return [...within, typeof name === 'string' ? name : undefined]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, `Capabilities.member.N` */
const iamTypes: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::IAM::AccessKey', undefined],
  ['AWS::IAM::Group', 'GroupName'],
  ['AWS::IAM::GroupPolicy', undefined],
  ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
  ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
  ['AWS::IAM::Policy', undefined],
  ['AWS::IAM::Role', 'RoleName'],
  ['AWS::IAM::RolePolicy', undefined],
  ['AWS::IAM::User', 'UserName'],
  ['AWS::IAM::UserPolicy', undefined],
  ['AWS::IAM::UserToGroupAddition', undefined],
  // Whatever it nests, the root stack has to acknowledge, and only its URL tells what that is: mostly roles.
  ['AWS::CloudFormation::Stack', undefined],
])

/**
 * What the template itself asks for. One that nests others asks for CAPABILITY_IAM besides, whatever is in them; where
 * they name their IAM resources, or hold macros, what those ask for has to be acknowledged too.
 */
export function capabilities(document: Document): readonly Capability[] {
  const resources = Object.values(document.Resources).filter(isObject)
  const iam = resources.filter(({ Type }) => typeof Type === 'string' && iamTypes.has(Type))
  const isNamed = iam.some(({ Type, Properties }) => {
    const name = typeof Type === 'string' ? iamTypes.get(Type) : undefined
    return name !== undefined && isObject(Properties) && Properties[name] !== undefined
  })
  return [
    ...(iam.length === 0 ? [] : [isNamed ? ('CAPABILITY_NAMED_IAM' as const) : ('CAPABILITY_IAM' as const)]),
    ...(hasTransform(document.Resources) ? ['CAPABILITY_AUTO_EXPAND' as const] : []),
  ]
}

function parameters(document: Document): readonly ManifestParameter[] {
  const form = document.Metadata?.['AWS::CloudFormation::Interface']
  const { ParameterGroups, ParameterLabels } = isObject(form) ? { ...noForm, ...form } : noForm
  const groups = new Map<Json, Json>()
  for (const group of Array.isArray(ParameterGroups) ? ParameterGroups.filter(isObject) : []) {
    const label = isObject(group['Label']) ? group['Label']['default'] : undefined
    const members = group['Parameters']
    if (label !== undefined && Array.isArray(members)) for (const member of members) groups.set(member, label)
  }
  return Object.entries(document.Parameters ?? {}).map(([name, declaration]) => {
    const label = isObject(ParameterLabels) ? ParameterLabels[name] : undefined
    const group = groups.get(name)
    const type = isObject(declaration) ? declaration['Type'] : undefined
    return {
      name,
      type: typeof type === 'string' ? type : 'String',
      ...pick(declaration, {
        default: 'Default',
        description: 'Description',
        allowedValues: 'AllowedValues',
        allowedPattern: 'AllowedPattern',
        constraintDescription: 'ConstraintDescription',
        minLength: 'MinLength',
        maxLength: 'MaxLength',
        minValue: 'MinValue',
        maxValue: 'MaxValue',
        noEcho: 'NoEcho',
      }),
      ...pick(label ?? null, { label: 'default' }),
      ...(group === undefined ? {} : { group }),
    }
  })
}

const noForm: { readonly ParameterGroups?: Json; readonly ParameterLabels?: Json } = {}

/** Some entries of an object under names of ours; those that it lacks are left out. */
function pick(value: Json, names: Readonly<Record<string, string>>): JsonObject {
  if (!isObject(value)) return {}
  const entries = Object.entries(names).flatMap(([ours, theirs]) => {
    const found = value[theirs]
    return found === undefined ? [] : [[ours, found] as const]
  })
  return Object.fromEntries(entries)
}

function typeOf(resource: Json): readonly string[] {
  return isObject(resource) && typeof resource['Type'] === 'string' ? [resource['Type']] : []
}
