import type { Resolved, ResolvedOutput } from '../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../resolve/value.ts'
import type { Update } from './outcome.ts'
import { bare, type Fate, mapped, sameness } from './values.ts'

/** What an update does to one output, in one deployment. */
export type OutputOutcome = {
  readonly kind:
    | 'output-lost'
    | 'output-renamed'
    | 'output-new'
    | 'output-changed'
    | 'output-grown'
    | 'output-follows'
    | 'export-lost'
    | 'export-changed'
    | 'export-may-change'
    | 'export-new'
    /** `other` is the output that has the same name. */
    | 'export-twice'
  readonly id: string
  /** Of a renamed one what it is called now; of an export its name, as far as it is known. */
  readonly other?: string
}

/** `version` says what texts are nothing but the versions of the two templates. */
export function outputOutcomes(
  before: Resolved,
  after: Resolved,
  { fate, renamed }: Pick<Update, 'fate' | 'renamed'>,
  isVersion: (old: Value, fresh: Value) => boolean,
): readonly OutputOutcome[] {
  const [old, fresh] = [bare(Object.entries(before.Outputs)), bare(Object.entries(after.Outputs))]
  // apart from what becomes of what it refers to
  const isAlike = (one: Value, other: Value): boolean => sameness(mapped(one, renamed), other, () => 'same') === 'same'
  const lost = Object.entries(old).filter(([id]) => fresh[id] === undefined)
  const come = Object.entries(fresh).filter(([id]) => old[id] === undefined)
  const taken = new Set<string>()
  const gone = lost.map(([id, { Value: value }]): OutputOutcome => {
    const heir = come.find(([other, it]) => !taken.has(other) && isAlike(value, it.Value))
    if (heir === undefined) return { kind: 'output-lost', id }
    taken.add(heir[0])
    return { kind: 'output-renamed', id, other: heir[0] }
  })
  const changed = Object.entries(old).flatMap(([id, output]): readonly OutputOutcome[] => {
    const other = fresh[id]
    if (other === undefined || isVersion(output.Value, other.Value)) return []
    if (sameness(output.Value, other.Value, fate) === 'same') return []
    if (isAlike(output.Value, other.Value)) return [{ kind: 'output-follows', id }]
    return [{ kind: isGrown(output.Value, other.Value) ? 'output-grown' : 'output-changed', id }]
  })
  return [
    ...gone,
    ...come.filter(([id]) => !taken.has(id)).map(([id]): OutputOutcome => ({ kind: 'output-new', id })),
    ...changed,
    ...exportOutcomes(old, fresh, fate),
  ]
}

type Outputs = Readonly<Record<string, ResolvedOutput>>

function exportOutcomes(old: Outputs, fresh: Outputs, fate: Fate): readonly OutputOutcome[] {
  const [before, after] = [exportsOf(old, old), exportsOf(fresh, old)]
  const lost = [...before].flatMap(([name, { id, value }]): readonly OutputOutcome[] => {
    const other = after.get(name)
    if (other === undefined) return [{ kind: 'export-lost', id, other: name }]
    const same = sameness(value, other.value, fate)
    if (same === 'same') return []
    return [{ kind: same === 'open' ? 'export-may-change' : 'export-changed', id, other: name }]
  })
  const come = [...after].flatMap(([name, { id }]): readonly OutputOutcome[] =>
    before.has(name) ? [] : [{ kind: 'export-new', id, other: name }],
  )
  return [...lost, ...come, ...twice(old, fresh)]
}

/** Of two that export one name the update makes neither. */
function twice(old: Outputs, fresh: Outputs): readonly OutputOutcome[] {
  const first = exportsOf(fresh, old)
  return exportNames(fresh).flatMap(([id, name]): readonly OutputOutcome[] => {
    const other = first.get(name)?.id
    return other === undefined || other === id ? [] : [{ kind: 'export-twice', id, other }]
  })
}

function exportNames(outputs: Outputs): readonly (readonly [id: string, name: string])[] {
  return Object.entries(outputs).flatMap(([id, { attributes }]) => {
    const { Export } = attributes
    const name = isValueObject(Export) ? Export['Name'] : undefined
    return name === undefined ? [] : [[id, shown(name)] as const]
  })
}

/** By their names, in which what is known only when it is deployed stands as `${AWS::StackName}`. */
function exportsOf(
  outputs: Outputs,
  before: Outputs,
): ReadonlyMap<string, { readonly id: string; readonly value: Value }> {
  const named = exportNames(outputs).flatMap(([id, name]) => {
    const value = outputs[id]?.Value
    return value === undefined ? [] : [[name, { id, value }] as const]
  })
  // of two of one name that which has been there
  const isOld = ([, { id }]: (typeof named)[number]): boolean => before[id] !== undefined
  return new Map([...named.filter(it => !isOld(it)), ...named.filter(isOld)])
}

/** Is it JSON, or a list, that has all that it had, and more? */
function isGrown(old: Value, fresh: Value): boolean {
  const [before, after] = [parsed(old), parsed(fresh)]
  return before !== undefined && after !== undefined && has(after, before)
}

function has(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole) !== Array.isArray(part)) return false
  const entries = new Map(Object.entries(whole))
  return Object.entries(part).every(([key, item]) => entries.has(key) && has(entries.get(key), item))
}

function parsed(value: Value): unknown {
  const text = shown(value)
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As text, in which what is unknown stands by its name. */
export function shown(value: Value): string {
  if (isValueList(value)) return value.map(shown).join(',')
  if (isValueObject(value)) return JSON.stringify(mapped(value, it => it))
  if (!(value instanceof Unknown)) return String(value)
  const { origin } = value
  switch (origin.kind) {
    case 'text':
      return origin.parts.map(shown).join('')
    case 'resource':
      return `\${${origin.id}}`
    case 'attribute':
      return `\${${origin.id}.${shown(origin.attribute)}}`
    case 'parameter':
    case 'pseudo':
      return `\${${origin.name}}`
    case 'import':
      return `\${import ${shown(origin.name)}}`
    case 'dynamic':
      return `{{resolve:${shown(origin.reference)}}}`
    case 'call':
      return `\${${origin.fn}}`
    case 'choice':
      return `\${if ${origin.condition}}`
    case 'mistake':
      return '${?}'
  }
}
