import { Condition, Mapping, Output, Parameter, Resource, Rule, type Template } from '../authoring/model.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Path } from '../document.ts'
import { nearest } from '../nearest.ts'

const sections = {
  Parameters: { kind: Parameter, make: 'parameter' },
  Rules: { kind: Rule, make: 'rule' },
  Mappings: { kind: Mapping, make: 'mapping' },
  Conditions: { kind: Condition, make: 'condition' },
  Resources: { kind: Resource, make: 'resource' },
  Outputs: { kind: Output, make: 'output' },
}
const keys = ['Description', 'Metadata', ...Object.keys(sections), 'Accept']

/**
 * The template among what a module exports: its default export, or all of it under CommonJS. TypeScript has seen to
 * most of this already; but `build` does not ask it, and a module may be plain JavaScript.
 */
export function templateOf(
  exports: unknown,
): { readonly template: Template } | { readonly diagnostics: readonly Diagnostic[] } {
  const hasDefault = isRecord(exports) && 'default' in exports
  const exported = hasDefault ? exports['default'] : exports
  if (isTemplate(exported)) return { template: exported }
  if (!hasDefault && isRecord(exported) && exported['Resources'] === undefined) {
    const names = Object.keys(exported)
    const found = names.length === 0 ? 'exports nothing' : `exports ${names.join(', ')}, but nothing as its default`
    return { diagnostics: [problem([], found, 'End it with `export default defineTemplate({ … })`')] }
  }
  return { diagnostics: problems(exported) }
}

function isTemplate(value: unknown): value is Template {
  return problems(value).length === 0
}

function problems(exported: unknown): readonly Diagnostic[] {
  if (!isRecord(exported)) {
    return [
      problem(
        [],
        `has ${exported instanceof Promise ? 'a promise' : article(exported)} as its default export, which is no template`,
        'End it with `export default defineTemplate({ … })`',
      ),
    ]
  }
  const found: Diagnostic[] = []
  for (const key of Object.keys(exported)) {
    if (keys.includes(key)) continue
    const near = nearest(key, keys)
    const help = near === undefined ? `Templates have ${keys.join(', ')}` : `Write ${near}`
    found.push(problem([key], 'is no section of a template', help))
  }
  if (typeof exported['Description'] !== 'string') {
    found.push(problem(['Description'], 'is missing', 'Say in a sentence what the template makes, and for whom'))
  }
  if (exported['Resources'] === undefined) {
    found.push(problem(['Resources'], 'is missing', 'List at least one resource(…)'))
  }
  for (const [section, { kind, make }] of Object.entries(sections)) {
    const listed = exported[section]
    if (listed === undefined) continue
    if (!isRecord(listed)) {
      found.push(problem([section], 'is no list of declarations', 'Write { LogicalId: declaration, … }'))
      continue
    }
    for (const [id, declaration] of Object.entries(listed)) {
      if (declaration instanceof kind) continue
      found.push(problem([section, id], `is ${article(declaration)}, and no ${make}`, `Declare it with ${make}(…)`))
    }
  }
  if (exported['Metadata'] !== undefined && !isRecord(exported['Metadata'])) {
    found.push(problem(['Metadata'], `is ${article(exported['Metadata'])}`, 'Write { Key: value, … }'))
  }
  const accepted = exported['Accept'] ?? []
  const isListOfAcceptances = Array.isArray(accepted) && accepted.every(isAcceptance)
  if (!isListOfAcceptances)
    found.push(problem(['Accept'], 'is no list of acceptances', 'Write [{ Code, Path, Reason }]'))
  return found
}

function isAcceptance(value: unknown): boolean {
  return isRecord(value) && ['Code', 'Path', 'Reason'].every(key => typeof value[key] === 'string')
}

function problem(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-module', severity: 'error', path, message, help }
}

function article(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  const kind = isRecord(value) && typeof value['kind'] === 'string' ? value['kind'] : typeof value
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Promise)
}
