import type { Diagnostic } from '../diagnostic.ts'
import {
  type Document,
  hasTransform,
  isList,
  isObject,
  type Json,
  type JsonObject,
  member,
  type Path,
} from '../document.ts'
import { findDynamicReferences } from './dynamic-references.ts'
import type { Environment } from './environment.ts'
import {
  evaluate,
  evaluateCondition,
  evaluateObject,
  fail,
  logic,
  type Mistake,
  type Scope,
  type Sections,
} from './evaluate.ts'
import { all } from './functions.ts'
import { parameterProblems } from './parameters.ts'
import { mistakeDiagnostic, parameterDiagnostic, ruleDiagnostic } from './report.ts'
import { failedRules } from './rules.ts'
import { mistake, Unknown, type Value, type ValueObject } from './value.ts'

export type { Environment } from './environment.ts'
export { type Origin, Unknown, type Value, type ValueObject } from './value.ts'

/** What CloudFormation makes of a template in one environment. */
export type Resolved = {
  /** What it is made of. */
  readonly document: Document
  /** Where. */
  readonly env: Environment
  /** Those that exist, and those of which that cannot be known, by logical ID, in the template's order. */
  readonly Resources: Readonly<Record<string, ResolvedResource>>
  readonly Outputs: Readonly<Record<string, ResolvedOutput>>
  readonly conditions: ReadonlyMap<string, boolean | Unknown>
  /** What may change the template before it is deployed, in ways of which nothing is known here. */
  readonly macros: readonly string[]
  /** Everything that CloudFormation would refuse; what is wrong is a mistake among the values. */
  readonly diagnostics: readonly Diagnostic[]
}

export type ResolvedResource = {
  readonly Type: string
  readonly Properties: ValueObject
  /** Of those that exist. */
  readonly DependsOn: readonly string[]
  /** `Metadata`, `DeletionPolicy` and all else. */
  readonly attributes: ValueObject
  /** The name of the unknown condition under which it exists; absent where it does. */
  readonly condition?: string
}

export type ResolvedOutput = {
  readonly Value: Value
  /** `Export` and `Description`. */
  readonly attributes: ValueObject
  readonly condition?: string
}

/**
 * A template, ours or anybody's, as CloudFormation would make it with these parameters in this place.
 * What only deployment knows stands in it as an `Unknown`.
 */
export function resolve(document: Document, env: Environment): Resolved {
  const sections = sectionsOf(document)
  const mistakes = new Map<string, Mistake>()
  const resources = entries(document, 'Resources')
  const outputs = entries(document, 'Outputs')
  const macros = macrosOf(document)
  const exists = new Map<string, boolean | Unknown>()
  const scope: Scope = {
    sections,
    env,
    functions: all,
    predicates: logic,
    conditions: new Map(),
    resource: (id, path, scope) => {
      const unknown = new Unknown({ kind: 'resource', id })
      const isThere = exists.get(id)
      if (isThere === undefined)
        return macros.length > 0 ? unknown : fail(scope, { kind: 'undeclared', path, name: id })
      return isThere === false ? fail(scope, { kind: 'absent', path, name: id }) : unknown
    },
    // Several may meet with the same mistake.
    report: it => mistakes.set(JSON.stringify(it), it),
  }
  for (const name of Object.keys(sections.Conditions ?? {})) {
    if (!name.startsWith('Fn::')) evaluateCondition(name, ['Conditions', name], scope)
  }
  const present = (section: string, [id, declaration]: Entry): boolean | Unknown => {
    const condition = member(declaration, 'Condition')
    return typeof condition !== 'string' || evaluateCondition(condition, [section, id, 'Condition'], scope)
  }
  for (const entry of resources) exists.set(entry[0], present('Resources', entry))
  const Resources = resources
    .filter(([id]) => exists.get(id) !== false)
    .map(([id, declaration]) => [id, resource(id, declaration, exists, scope)] as const)
  const Outputs = outputs
    .filter(entry => present('Outputs', entry) !== false)
    .map(([id, declaration]) => [id, output(id, declaration, scope)] as const)
  const given = Object.fromEntries(Object.entries(env.parameters))
  return {
    document,
    env,
    Resources: Object.fromEntries(Resources),
    Outputs: Object.fromEntries(Outputs),
    conditions: new Map([...scope.conditions].map(([name, truth]) => [name, truth ?? mistake])),
    macros,
    diagnostics: [
      ...parameterProblems(sections.Parameters ?? {}, given).map(parameterDiagnostic),
      ...failedRules(sections, env).map(ruleDiagnostic),
      ...[...mistakes.values()].map(mistakeDiagnostic),
    ],
  }
}

type Entry = readonly [id: string, declaration: JsonObject]

function resource(
  id: string,
  declaration: JsonObject,
  exists: ReadonlyMap<string, boolean | Unknown>,
  scope: Scope,
): ResolvedResource {
  const path: Path = ['Resources', id]
  const { Type = '', Properties = {}, DependsOn = [], Condition, ...others } = declaration
  if (!isObject(Properties)) fail(scope, { kind: 'not-an-object', path: [...path, 'Properties'] })
  const dependencies = (isList(DependsOn) ? DependsOn : [DependsOn]).filter(it => typeof it === 'string')
  return {
    Type: typeof Type === 'string' ? Type : '',
    Properties: isObject(Properties) ? object(Properties, [...path, 'Properties'], scope) : {},
    DependsOn: dependencies.filter(name => exists.get(name) !== false),
    attributes: object(others, path, scope),
    ...conditionOf(Condition, scope),
  }
}

function output(id: string, declaration: JsonObject, scope: Scope): ResolvedOutput {
  const path: Path = ['Outputs', id]
  const { Value: source = '', Condition, ...others } = declaration
  const value = evaluate(source, [...path, 'Value'], scope)
  return {
    Value:
      value === undefined ? fail(scope, { kind: 'no-value', path: [...path, 'Value'] }) : findDynamicReferences(value),
    attributes: object(others, path, scope),
    ...conditionOf(Condition, scope),
  }
}

function object(source: JsonObject, path: Path, scope: Scope): ValueObject {
  const entries = Object.entries(evaluateObject(source, path, scope))
  return Object.fromEntries(entries.map(([key, value]) => [key, findDynamicReferences(value)]))
}

function conditionOf(condition: Json | undefined, scope: Scope): { readonly condition?: string } {
  const isOpen = typeof condition === 'string' && scope.conditions.get(condition) instanceof Unknown
  return isOpen ? { condition } : {}
}

function sectionsOf(document: Document): Sections {
  const names = ['Parameters', 'Mappings', 'Conditions', 'Rules'] as const
  return Object.fromEntries(names.map(name => [name, sectionOf(document, name)]))
}

/** The document may be anybody's: a section that is none has no entries. */
function sectionOf(document: Document, name: string): JsonObject {
  const root: JsonObject = document
  const section = member(root, name)
  return isObject(section) ? section : {}
}

function entries(document: Document, name: string): readonly Entry[] {
  return Object.entries(sectionOf(document, name)).flatMap(([id, declaration]) =>
    isObject(declaration) && !id.startsWith('Fn::') ? [[id, declaration] as const] : [],
  )
}

const knownMacros = new WeakMap<Document, readonly string[]>()

function macrosOf(document: Document): readonly string[] {
  const known = knownMacros.get(document)
  if (known !== undefined) return known
  const root: JsonObject = document
  const transform = member(root, 'Transform') ?? []
  const named = (isList(transform) ? transform : [transform]).map(it => {
    const name = isObject(it) ? member(it, 'Name') : it
    return typeof name === 'string' ? name : 'Fn::Transform'
  })
  const generators = ['Resources', 'Outputs', 'Conditions'].flatMap(name =>
    Object.keys(sectionOf(document, name)).filter(id => id.startsWith('Fn::')),
  )
  // It adds functions, whose outcome is unknown, and generators, which are named here.
  const macros = named.filter(name => name !== 'AWS::LanguageExtensions')
  const found = [...new Set([...macros, ...generators, ...(hasTransform(root) ? ['Fn::Transform'] : [])])]
  knownMacros.set(document, found)
  return found
}
