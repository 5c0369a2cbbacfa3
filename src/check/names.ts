import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Path } from '../document.ts'
import { entriesOf, type Reference, sectionOf, survey } from './walk.ts'

/** Logical IDs that CloudFormation refuses, and what is declared and never referred to. */
export function checkNames(document: Document): readonly Diagnostic[] {
  return [...checkLogicalIds(document), ...checkMappingKeys(document), ...checkUnused(document)]
}

/** What names are made of, by section; how long they are is a quota. Patterns as in the schemas of cfn-lint 1.58.0. */
const letters = { pattern: /^[A-Za-z0-9]+$/, rule: 'letters and digits' }
const alphabets: Readonly<Record<string, { readonly pattern: RegExp; readonly rule: string }>> = {
  Parameters: letters,
  Rules: letters,
  Mappings: letters,
  Conditions: { pattern: /^[A-Za-z0-9&_]{1,255}$/, rule: 'letters, digits, & and _, 255 at most' },
  Resources: letters,
  Outputs: letters,
}

function checkLogicalIds(document: Document): readonly Diagnostic[] {
  const parameters = sectionOf(document, 'Parameters')
  return [
    ...Object.entries(alphabets).flatMap(([section, { pattern, rule }]) =>
      entriesOf(document, section)
        .filter(([id]) => !pattern.test(id))
        .map(([id]) => badName([section, id], rule)),
    ),
    ...entriesOf(document, 'Resources')
      .filter(([id]) => Object.hasOwn(parameters, id))
      .map(
        ([id]): Diagnostic => ({
          code: 'bad-logical-id',
          severity: 'error',
          path: ['Resources', id],
          message: `has the logical ID of a parameter, so that a Ref to ${id} could mean either`,
          help: 'Give one of the two another name',
        }),
      ),
  ]
}

function badName(path: Path, rule: string): Diagnostic {
  const message = `may be made of ${rule} only`
  return { code: 'bad-logical-id', severity: 'error', path, message, help: 'Give it a name of these' }
}

function checkMappingKeys(document: Document): readonly Diagnostic[] {
  return entriesOf(document, 'Mappings').flatMap(([id, table]) =>
    Object.entries(isObject(table) ? table : {}).flatMap(([first, row]) => {
      if (first.startsWith('Fn::')) return []
      const seconds = Object.keys(isObject(row) ? row : {}).filter(key => !key.startsWith('Fn::'))
      return [
        ...(/^[A-Za-z0-9.-]+$/.test(first) ? [] : [badName(['Mappings', id, first], 'letters, digits, . and -')]),
        ...seconds
          .filter(key => !letters.pattern.test(key))
          .map(key => badName(['Mappings', id, first, key], letters.rule)),
      ]
    }),
  )
}

/**
 * What nothing that CloudFormation deploys refers to. A condition counts as referred to only if what refers to it is
 * deployed, or is such a condition. A parameter that only a rule reads is used: the rule may be what it is for, as
 * with one that asks the deployer to confirm something. Metadata refers to nothing.
 */
function checkUnused(document: Document): readonly Diagnostic[] {
  const { references, calls, macros } = survey(document)
  if (macros.mayRefer) return []
  const used = { value: new Set<string>(), mapping: new Set<string>(), condition: new Set<string>() }
  const byCondition = new Map<string, Reference[]>()
  const pending: Reference[] = []
  for (const reference of references) {
    const { section, id } = reference.place
    if (section !== 'Conditions') pending.push(reference)
    else if (byCondition.get(id)?.push(reference) === undefined) byCondition.set(id, [reference])
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'dependency' || next.kind === 'attribute') continue
    const names = used[next.kind]
    if (names.has(next.name)) continue
    names.add(next.name)
    if (next.kind === 'condition') pending.push(...(byCondition.get(next.name) ?? []))
  }
  // Where the name of a mapping is computed it can be any.
  for (const { fn, argument } of calls) {
    if (fn !== 'Fn::FindInMap' || !Array.isArray(argument) || typeof argument[0] === 'string') continue
    for (const [id] of entriesOf(document, 'Mappings')) used.mapping.add(id)
  }
  const idle = [...byCondition].flatMap(([id, inIt]) => (used.condition.has(id) ? [] : inIt))
  return kinds.flatMap(({ section, kind, code }) => {
    const readInIdle = new Set(idle.filter(it => it.kind === kind).map(({ name }) => name))
    return entriesOf(document, section)
      .filter(([id]) => !used[kind].has(id))
      .map(([id]): Diagnostic => {
        const message = readInIdle.has(id) ? 'is read only by conditions that nothing uses' : 'is never used'
        return { code, severity: 'warning', path: [section, id], message, help: 'Remove it, or use it' }
      })
  })
}

const kinds = [
  { section: 'Parameters', kind: 'value', code: 'unused-parameter' },
  { section: 'Mappings', kind: 'mapping', code: 'unused-mapping' },
  { section: 'Conditions', kind: 'condition', code: 'unused-condition' },
] as const
