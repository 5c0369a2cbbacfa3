import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, type JsonObject, member, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { textOf } from '../parameter.ts'
import { callOf, entriesOf, survey } from './walk.ts'

/**
 * The shape of a template but for its resources and the calls in it: which sections there are, and what an entry of
 * each is made of.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export function checkSections(document: Document): readonly Diagnostic[] {
  const { macros } = survey(document)
  return [
    ...checkRoot(document, macros.names.length > 0),
    ...entriesOf(document, 'Parameters').flatMap(([id, entry]) => shape(entry, ['Parameters', id], parameter)),
    ...entriesOf(document, 'Outputs').flatMap(([id, entry]) => output(entry, ['Outputs', id])),
    ...entriesOf(document, 'Mappings').flatMap(([id, entry]) => mapping(entry, ['Mappings', id])),
  ]
}

const objects: ReadonlySet<string> = new Set([
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Hooks',
])
const sections: readonly string[] = ['AWSTemplateFormatVersion', 'Description', 'Transform', ...objects]

function checkRoot(root: JsonObject, mayHaveMore: boolean): readonly Diagnostic[] {
  const diagnostics = Object.entries(root).flatMap(([name, section]): readonly Diagnostic[] => {
    if (objects.has(name)) {
      return isObject(section)
        ? []
        : [wrong([name], section, 'an object by logical ID', 'Write an entry for each name')]
    }
    if (name === 'AWSTemplateFormatVersion' && section !== '2010-09-09') {
      return [invalid([name], `is ${brief(section)}; the only version is '2010-09-09'`, `Write '2010-09-09'`)]
    }
    if (name === 'Description' && typeof section !== 'string') {
      return [wrong([name], section, 'text', 'Write text; no function may stand here')]
    }
    if (sections.includes(name) || mayHaveMore) return []
    const near = nearest(name, sections)
    const help = near === undefined ? `Remove it, or move it under Metadata` : `Write ${near}`
    return [invalid([name], 'is no section of a template', help)]
  })
  const resources = member(root, 'Resources')
  if (resources !== undefined && !(isObject(resources) && Object.keys(resources).length === 0)) return diagnostics
  return [...diagnostics, invalid(['Resources'], 'has no resource', 'Declare one: a template needs at least one')]
}

type Members = {
  readonly required: readonly string[]
  readonly known: Readonly<Record<string, 'text' | 'number' | 'boolean' | 'scalars' | 'any'>>
}

const parameter: Members = {
  required: ['Type'],
  known: {
    Type: 'text',
    Description: 'text',
    Default: 'any',
    AllowedValues: 'scalars',
    AllowedPattern: 'text',
    ConstraintDescription: 'text',
    MinLength: 'number',
    MaxLength: 'number',
    MinValue: 'number',
    MaxValue: 'number',
    NoEcho: 'boolean',
  },
}

const outputMembers: Members = {
  required: ['Value'],
  known: { Description: 'text', Condition: 'text', Value: 'any', Export: 'any' },
}

const exportMembers: Members = { required: ['Name'], known: { Name: 'any' } }

function shape(entry: Json, path: Path, { required, known }: Members): readonly Diagnostic[] {
  if (!isObject(entry)) return [wrong(path, entry, 'an object', `Write ${list(required)} under it`)]
  return [
    ...required.filter(name => !Object.hasOwn(entry, name)).map(name => invalid(path, `has no ${name}`, `Add ${name}`)),
    ...Object.entries(entry).flatMap(([name, value]): readonly Diagnostic[] => {
      const kind = Object.hasOwn(known, name) ? known[name] : undefined
      if (kind === undefined) {
        const near = nearest(name, Object.keys(known))
        const help = near === undefined ? `Remove it; there are ${list(Object.keys(known))}` : `Write ${near}`
        return [invalid([...path, name], 'is unknown here', help)]
      }
      const wanted = {
        text: 'text',
        number: 'a number',
        boolean: 'true or false',
        scalars: 'a list of text',
        any: 'a value',
      }
      // A call is judged with the functions.
      return isKind(value, kind) || callOf(value) !== undefined
        ? []
        : [wrong([...path, name], value, wanted[kind], `Write ${wanted[kind]}`)]
    }),
  ]
}

function isKind(value: Json, kind: 'text' | 'number' | 'boolean' | 'scalars' | 'any'): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value))
    case 'boolean':
      return typeof value === 'boolean' || (typeof value === 'string' && /^(?:true|false)$/i.test(value))
    case 'scalars':
      return Array.isArray(value) && value.length > 0 && value.every((it: Json) => textOf(it) !== undefined)
    case 'any':
      return value !== null
  }
}

function output(entry: Json, path: Path): readonly Diagnostic[] {
  const exported = isObject(entry) ? member(entry, 'Export') : undefined
  return [
    ...shape(entry, path, outputMembers),
    ...(exported === undefined ? [] : shape(exported, [...path, 'Export'], exportMembers)),
  ]
}

/** Two keys deep, with text, numbers and lists of them below. */
function mapping(table: Json, path: Path): readonly Diagnostic[] {
  // What a macro puts in is its own to say.
  if (isObject(table) && Object.hasOwn(table, 'Fn::Transform')) return []
  if (!isObject(table)) return [wrong(path, table, 'an object of objects', 'Write the values under two keys')]
  return Object.entries(table).flatMap(([first, row]) => {
    if (first.startsWith('Fn::')) return []
    if (!isObject(row)) return [wrong([...path, first], row, 'an object', 'Write the values under two keys')]
    return Object.entries(row).flatMap(([second, value]) => {
      const items: readonly Json[] = Array.isArray(value) ? value : [value]
      const isLiteral = items.every(item => textOf(item) !== undefined)
      return isLiteral || second.startsWith('Fn::') || callOf(value) !== undefined
        ? []
        : [
            wrong(
              [...path, first, second],
              value,
              'text, or a list of text',
              'Write literals; no function may stand here',
            ),
          ]
    })
  })
}

function wrong(path: Path, value: Json, wanted: string, help: string): Diagnostic {
  return invalid(path, `is ${brief(value)} where ${wanted} has to stand`, help)
}

function invalid(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-value', severity: 'error', path, message, help }
}

function brief(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? `'${value.slice(0, 60)}'` : String(value)
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
