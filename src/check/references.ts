import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, type JsonObject, member } from '../document.ts'
import { nearest } from '../nearest.ts'
import { type Assumption, formatWitness, type Solver, solverOf } from './conditions.ts'
import type { Knowledge } from './knowledge.ts'
import { callOf, entriesOf, type Reference, sectionOf, survey } from './walk.ts'

/**
 * What refers to nothing, or to something that is not there when the reference is resolved: names, attributes of
 * resources, keys of mappings, and resources whose condition can be false while CloudFormation comes to the reference.
 */
export function checkReferences(document: Document, knowledge: Knowledge): readonly Diagnostic[] {
  const { references, macros } = survey(document)
  const checker = new Checker(document, knowledge)
  // What a rule may refer to is for checkRules to say.
  const judged = references.filter(({ place }) => !place.isGenerated && place.section !== 'Rules')
  const diagnostics = judged.flatMap(it => checker.check(it))
  const unknown = [...checker.unknown].sort()
  return unknown.length === 0
    ? diagnostics
    : [
        ...diagnostics,
        {
          code: 'undefined-reference',
          severity: 'warning',
          path: macros.names.length === 0 ? [] : ['Transform'],
          message: `may declare ${unknown.join(', ')}, which the template refers to and does not declare`,
          help: 'Compare these names with what the macro makes: nothing here can',
        },
      ]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
const pseudoParameters: readonly string[] = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]

class Checker {
  /** Names that only a macro can have declared. */
  readonly unknown = new Set<string>()
  readonly #knowledge: Knowledge
  readonly #solver: Solver
  readonly #sections: Readonly<Record<'Parameters' | 'Resources' | 'Conditions' | 'Mappings' | 'Outputs', JsonObject>>
  readonly #mayDeclare: boolean
  /** Logical IDs of resources that a registered module turns into others. */
  readonly #modules: readonly string[]

  constructor(document: Document, knowledge: Knowledge) {
    this.#knowledge = knowledge
    this.#solver = solverOf(document)
    this.#mayDeclare = survey(document).macros.mayDeclare
    this.#sections = {
      Parameters: sectionOf(document, 'Parameters'),
      Resources: sectionOf(document, 'Resources'),
      Conditions: sectionOf(document, 'Conditions'),
      Mappings: sectionOf(document, 'Mappings'),
      Outputs: sectionOf(document, 'Outputs'),
    }
    this.#modules = entriesOf(document, 'Resources')
      .filter(([, resource]) => isObject(resource) && String(member(resource, 'Type')).endsWith('::MODULE'))
      .map(([id]) => id)
  }

  check(reference: Reference): readonly Diagnostic[] {
    switch (reference.kind) {
      case 'value':
        return this.#value(reference)
      case 'attribute':
        return this.#attribute(reference)
      case 'condition':
        return Object.hasOwn(this.#sections.Conditions, reference.name)
          ? []
          : this.#undefined(
              reference,
              'condition',
              Object.keys(this.#sections.Conditions),
              'Declare it under Conditions',
            )
      case 'mapping':
        return this.#mapping(reference)
      case 'dependency':
        return this.#dependency(reference)
    }
  }

  #value(reference: Reference): readonly Diagnostic[] {
    const { name, place } = reference
    const { Parameters, Resources } = this.#sections
    const isPseudo = pseudoParameters.includes(name)
    if (isPseudo || Object.hasOwn(Parameters, name)) return []
    const isEarly = place.section === 'Conditions'
    if (Object.hasOwn(Resources, name)) {
      return isEarly ? [tooEarly(reference)] : [...exported(reference), ...this.#conditional(reference)]
    }
    if (this.#isOfModule(name)) return []
    const candidates = [...Object.keys(Parameters), ...(isEarly ? [] : Object.keys(Resources)), ...pseudoParameters]
    if (name.startsWith('AWS::')) return this.#undefined(reference, 'pseudo parameter', pseudoParameters, 'Remove it')
    // A policy variable that has lost its !
    const isSub = reference.path.includes('Fn::Sub')
    const help = isSub && name.includes(':') ? `Write \${!${name}} if IAM is to fill it in` : `Declare ${name}`
    return this.#undefined(reference, isEarly ? 'parameter' : 'parameter or resource', candidates, help)
  }

  #attribute(reference: Extract<Reference, { kind: 'attribute' }>): readonly Diagnostic[] {
    const { name, attribute, attributePath, place } = reference
    const { Resources } = this.#sections
    // Nested in a module, as in `Module.Resource.Attribute`.
    if (this.#modules.includes(name)) return []
    if (!Object.hasOwn(Resources, name)) {
      if (this.#isOfModule(name)) return []
      return this.#undefined(reference, 'resource', Object.keys(Resources), `Declare ${name} under Resources`)
    }
    // A call of Fn::GetAtt is out of place there by itself.
    if (place.section === 'Conditions') return reference.path.includes('Fn::GetAtt') ? [] : [tooEarly(reference)]
    const found = [...exported(reference), ...this.#conditional(reference)]
    const resource = Resources[name]
    const type = isObject(resource) ? member(resource, 'Type') : undefined
    if (typeof type !== 'string' || attribute === undefined) return found
    const facts = this.#knowledge.resourceType(type)
    if (facts === undefined || facts.hasAttribute(attribute)) return found
    const near = nearest(attribute, facts.attributes)
    const known = facts.attributes.length === 0 ? 'It has none; use Ref' : `Write one of ${facts.attributes.join(', ')}`
    return [
      ...found,
      {
        code: 'unknown-attribute',
        severity: 'error',
        path: attributePath,
        message: `is ${attribute}, an attribute that ${type} (${name}) does not have`,
        help: near === undefined ? known : `Write ${near}`,
      },
    ]
  }

  #mapping(reference: Extract<Reference, { kind: 'mapping' }>): readonly Diagnostic[] {
    const { name, keys } = reference
    const table = member(this.#sections.Mappings, name)
    if (table === undefined) {
      return this.#undefined(reference, 'mapping', Object.keys(this.#sections.Mappings), 'Declare it under Mappings')
    }
    if (!isObject(table) || Object.hasOwn(table, 'Fn::Transform')) return []
    const [first, second] = keys.map(([key, path]) => literalsOf(key, path))
    const unknownFirst = (first ?? []).filter(({ key }) => !Object.hasOwn(table, key))
    const missing = unknownFirst.map(({ key, path }) => noKey(key, path, name, Object.keys(table)))
    if (unknownFirst.length > 0) return missing
    // The second key has to be under each first key that is written, or under one at least.
    const isKnown = first !== undefined && first.length > 0 && !first.some(it => it.isPartial)
    const rows = (isKnown ? first.map(({ key }) => table[key]) : Object.values(table)).filter(isObject)
    if (rows.some(row => Object.hasOwn(row, 'Fn::Transform'))) return []
    return (second ?? [])
      .filter(({ key }) => {
        const has = (row: JsonObject) => Object.hasOwn(row, key)
        return isKnown ? !rows.every(has) : !rows.some(has)
      })
      .map(({ key, path }) => noKey(key, path, name, new Set(rows.flatMap(row => Object.keys(row)))))
  }

  #dependency(reference: Reference): readonly Diagnostic[] {
    const { name, place } = reference
    // CloudFormation passes over a dependency whose condition is false.
    if (Object.hasOwn(this.#sections.Resources, name)) return []
    if (place.section !== 'Resources' || this.#isOfModule(name)) return []
    return this.#undefined(reference, 'resource', Object.keys(this.#sections.Resources), 'Remove it')
  }

  #undefined(
    { name, path }: Reference,
    wanted: string,
    candidates: readonly string[],
    help: string,
  ): readonly Diagnostic[] {
    if (this.#mayDeclare && !name.startsWith('AWS::')) {
      this.unknown.add(name)
      return []
    }
    const section = Object.entries(this.#sections).find(([, entries]) => Object.hasOwn(entries, name))?.[0]
    const message =
      section === undefined
        ? `refers to ${name}, and there is no such ${wanted}`
        : `refers to ${name}, which is ${kindOf(section)} and no ${wanted}`
    const near = nearest(name, candidates)
    return [
      {
        code: 'undefined-reference',
        severity: 'error',
        path,
        message,
        help: near === undefined ? help : `Write ${near}`,
      },
    ]
  }

  /** A registered module's resources have names that start with its own. */
  #isOfModule(name: string): boolean {
    return this.#modules.some(id => name.startsWith(id))
  }

  #conditional({ name, path, place }: Reference): readonly Diagnostic[] {
    const target = this.#sections.Resources[name]
    const condition = isObject(target) ? member(target, 'Condition') : undefined
    if (typeof condition !== 'string') return []
    if (place.guards.some(it => it.condition === condition && it.holds)) return []
    const assumptions: readonly Assumption[] = [...place.guards, { condition, holds: false }]
    const witness = this.#solver.satisfiable(assumptions)
    if (witness === undefined) return []
    const when = witness.length === 0 ? `${condition} is false` : formatWitness(witness)
    return [
      {
        code: 'conditional-reference',
        severity: 'error',
        path,
        message: `refers to ${name}, which does not exist when ${when}`,
        help: `Write it under Fn::If of ${condition}, or let ${place.id} exist under ${condition} only`,
      },
    ]
  }
}

function tooEarly({ name, path, place }: Reference): Diagnostic {
  return {
    code: 'undefined-reference',
    severity: 'error',
    path,
    message: `refers to ${name}, a resource, and ${place.section} are evaluated before there is one`,
    help: 'Refer to a parameter or a pseudo parameter',
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html */
function exported({ name, path, place }: Reference): readonly Diagnostic[] {
  if (place.section !== 'Outputs' || path[2] !== 'Export') return []
  return [
    {
      code: 'undefined-reference',
      severity: 'error',
      path,
      message: `refers to ${name}, a resource, and the name of an export may depend on none`,
      help: 'Make the name of parameters, AWS::StackName and text',
    },
  ]
}

type Key = { readonly key: string; readonly path: readonly (string | number)[]; readonly isPartial: boolean }

/** The literals that a key can be, through both branches of each `Fn::If`; partial if it can be something else too. */
function literalsOf(value: Json | undefined, path: readonly (string | number)[]): readonly Key[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ key: String(value), path, isPartial: false }]
  const [fn, argument] = callOf(value) ?? []
  if (fn !== 'Fn::If' || !Array.isArray(argument)) return []
  const branches = [1, 2].map(index => literalsOf(argument[index], [...path, fn, index]))
  const isPartial = branches.some(it => it.length === 0 || it.some(key => key.isPartial))
  return branches.flat().map(it => ({ ...it, isPartial }))
}

function noKey(key: string, path: readonly (string | number)[], mapping: string, keys: Iterable<string>): Diagnostic {
  const near = nearest(key, keys)
  return {
    code: 'undefined-reference',
    severity: 'error',
    path,
    message: `is ${key}, and ${mapping} has no such key`,
    help: near === undefined ? `Add ${key} to ${mapping}` : `Write ${near}`,
  }
}

function kindOf(section: string): string {
  return `${section === 'Outputs' ? 'an' : 'a'} ${section.slice(0, -1).toLowerCase()}`
}
