import type { Diagnostic, Severity } from '../diagnostic.ts'
import { type Document, isList, isObject, type Json, type JsonObject, type Path } from '../document.ts'
import { entriesOf, sectionOf } from './walk.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const entries = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const

const waysOut: Readonly<Record<keyof typeof entries, string>> = {
  Parameters: 'Join values that belong together in a CommaDelimitedList, or split the template',
  Mappings: 'Join mappings that have the same keys, or split the template',
  Resources: 'Split the template into nested stacks',
  Outputs: 'Split the template into nested stacks, or join outputs',
}

const attributesOfMapping = 200
const nameLength = 255
const templateDescription = 1_024
const parameterDescription = 4_000
const outputDescription = 1_024
const parameterValue = 4_096
const dynamicReferences = 60

/** What CloudFormation counts in a template: entries, names, texts in UTF-8 bytes. */
export function checkQuotas(document: Document): readonly Diagnostic[] {
  return [...counts(document), ...nameLengths(document), ...texts(document), ...references(document)]
}

/**
 * The size of the whole template as it is handed in.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (51,200 bytes in a request,
 * 1 MB in Amazon S3, of which CloudFormation counts 1,000,000 bytes)
 */
export function checkTemplateSize(text: string): readonly Diagnostic[] {
  const size = bytes(text)
  const report = (severity: Severity, limit: string, help: string): readonly Diagnostic[] => [
    {
      code: 'template-size',
      severity,
      path: [],
      message: `is ${size.toLocaleString('en')} bytes long, and CloudFormation takes ${limit}`,
      help,
    },
  ]
  if (size > 1_000_000) return report('error', '1,000,000', 'Split the template into nested stacks')
  if (size > 51_200) {
    return report(
      'warning',
      '51,200 in a request',
      'Deploy it from Amazon S3: aws cloudformation deploy --s3-bucket, or a TemplateURL',
    )
  }
  return []
}

function counts(document: Document): readonly Diagnostic[] {
  const sections = (['Parameters', 'Mappings', 'Resources', 'Outputs'] as const).flatMap(section => {
    const { length } = entriesOf(document, section)
    return length > entries[section]
      ? [quota([section], `has ${length} entries, and CloudFormation takes ${entries[section]}`, waysOut[section])]
      : []
  })
  const mappings = entriesOf(document, 'Mappings').flatMap(([name, table]) => {
    const length = isObject(table) ? Object.keys(table).length : 0
    return length > attributesOfMapping
      ? [
          quota(
            ['Mappings', name],
            `has ${length} attributes, and CloudFormation takes ${attributesOfMapping}`,
            'Split the mapping in two',
          ),
        ]
      : []
  })
  return [...sections, ...mappings]
}

function nameLengths(document: Document): readonly Diagnostic[] {
  const paths: readonly Path[] = [
    ...(['Parameters', 'Mappings', 'Resources', 'Outputs'] as const).flatMap(section =>
      entriesOf(document, section).map(([name]) => [section, name]),
    ),
    ...entriesOf(document, 'Mappings').flatMap(([name, table]) =>
      Object.keys(isObject(table) ? table : {}).map(key => ['Mappings', name, key]),
    ),
  ]
  return paths
    .filter(path => String(path.at(-1)).length > nameLength)
    .map(path => quota(path, `has a name of more than ${nameLength} characters`, 'Shorten the name'))
}

function texts(document: Document): readonly Diagnostic[] {
  const { Description } = document
  return [
    ...tooLong(Description, ['Description'], templateDescription),
    ...entriesOf(document, 'Parameters').flatMap(([name, declared]) =>
      isObject(declared) ? parameterTexts(declared, ['Parameters', name]) : [],
    ),
    ...entriesOf(document, 'Outputs').flatMap(([name, declared]) =>
      isObject(declared) ? tooLong(declared['Description'], ['Outputs', name, 'Description'], outputDescription) : [],
    ),
  ]
}

function parameterTexts({ Description, Default, AllowedValues }: JsonObject, path: Path): readonly Diagnostic[] {
  const isLong = typeof Description === 'string' && Description.length > parameterDescription
  return [
    ...(isLong
      ? [
          quota(
            [...path, 'Description'],
            `has more than ${parameterDescription.toLocaleString('en')} characters`,
            'Say it in fewer words',
          ),
        ]
      : []),
    ...tooLong(Default, [...path, 'Default'], parameterValue),
    ...(isList(AllowedValues)
      ? AllowedValues.flatMap((value, index) => tooLong(value, [...path, 'AllowedValues', index], parameterValue))
      : []),
  ]
}

function tooLong(value: Json | undefined, path: Path, limit: number): readonly Diagnostic[] {
  // A character of a string is three bytes at most.
  if (typeof value !== 'string' || value.length * 3 <= limit || bytes(value) <= limit) return []
  return [
    quota(
      path,
      `is ${bytes(value).toLocaleString('en')} bytes long, and CloudFormation takes ${limit.toLocaleString('en')}`,
      'Say it in fewer words',
    ),
  ]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
function references(document: Document): readonly Diagnostic[] {
  let count = 0
  const walk = (value: Json): void => {
    if (typeof value === 'string') {
      if (value.includes('{{resolve:')) count += value.split('{{resolve:').length - 1
    } else if (isList(value)) value.forEach(walk)
    else if (isObject(value)) Object.values(value).forEach(walk)
  }
  walk(sectionOf(document, 'Resources'))
  walk(sectionOf(document, 'Outputs'))
  return count > dynamicReferences
    ? [
        quota(
          [],
          `has ${count} dynamic references, and CloudFormation takes ${dynamicReferences}`,
          'Hand the values in as parameters, or split the template',
        ),
      ]
    : []
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}

function quota(path: Path, message: string, help: string): Diagnostic {
  return { code: 'quota', severity: 'error', path, message, help }
}
