import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type JsonObject, member, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { allowedValuesOf, isListType, numberOf, patternOf, refusal, textOf } from '../parameter.ts'
import { entriesOf } from './walk.ts'

/** Types that no parameter has, and constraints that shut out the default, or everything. */
export function checkParameters(document: Document): readonly Diagnostic[] {
  return entriesOf(document, 'Parameters').flatMap(([id, declaration]) =>
    isObject(declaration)
      ? [
          ...checkType(declaration, ['Parameters', id]),
          ...checkConstraints(declaration, ['Parameters', id]),
          ...checkDefault(declaration, ['Parameters', id]),
        ]
      : [],
  )
}

const awsIds: readonly string[] = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
]

const lists: readonly string[] = ['CommaDelimitedList', ...['String', 'Number', ...awsIds].map(it => `List<${it}>`)]
const stored: readonly string[] = ['AWS::SSM::Parameter::Name', 'Number', 'String', ...awsIds, ...lists]

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
 * and the lists of cfn-lint 1.58.0.
 */
const types: ReadonlySet<string> = new Set([...stored, ...stored.map(it => `AWS::SSM::Parameter::Value<${it}>`)])

function checkType(declaration: JsonObject, path: Path): readonly Diagnostic[] {
  const type = member(declaration, 'Type')
  if (typeof type !== 'string' || types.has(type)) return []
  const near = nearest(type, types)
  const help = near === undefined ? 'Write String, and check the value by AllowedPattern' : `Write ${near}`
  return [invalid([...path, 'Type'], `is '${type}', which no parameter can be`, help)]
}

function checkConstraints(declaration: JsonObject, path: Path): readonly Diagnostic[] {
  const isEmpty = (least: string, most: string): readonly Diagnostic[] => {
    const [low, high] = [numberOf(declaration, least), numberOf(declaration, most)]
    return low === undefined || high === undefined || low <= high
      ? []
      : [invalid([...path, least], `is ${low}, more than ${most} ${high}`, `Lower ${least}, or raise ${most}`)]
  }
  const pattern: readonly Diagnostic[] =
    patternOf(declaration) === 'invalid'
      ? [invalid([...path, 'AllowedPattern'], 'is no regular expression', 'Close its brackets and quantify something')]
      : []
  return [...isEmpty('MinLength', 'MaxLength'), ...isEmpty('MinValue', 'MaxValue'), ...pattern]
}

function checkDefault(declaration: JsonObject, path: Path): readonly Diagnostic[] {
  const value = member(declaration, 'Default')
  if (value === undefined) return []
  const text = textOf(value)
  const place = [...path, 'Default']
  if (text === undefined) {
    const type = member(declaration, 'Type')
    const help = isListType(type) ? 'Write one text with commas between the items' : 'Write text'
    return [invalid(place, 'is no text', help)]
  }
  const refused = refusal(declaration, text)
  if (refused === undefined) return []
  const allowed = allowedValuesOf(declaration)
  const help = allowed?.includes(text) === false ? `Write ${oneOf(allowed)}` : 'Write a default that it takes, or none'
  return [invalid(place, `is '${text}', which the parameter itself refuses: it ${refused}`, help)]
}

function oneOf(values: readonly string[]): string {
  const some = values.slice(0, 5).map(value => `'${value}'`)
  if (values.length > some.length) return `one of ${some.join(', ')}, …`
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} or ${some.at(-1)}`
}

function invalid(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-value', severity: 'error', path, message, help }
}
