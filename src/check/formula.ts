import { type Document, isObject, type Json, type JsonObject, member } from '../document.ts'
import { allowedValuesOf, declarationOf, isListType, isStoredType, refusal, textOf } from '../parameter.ts'
import { callOf, entriesOf, placeholdersOf, sectionOf, survey } from './walk.ts'

/**
 * The conditions and rules of a template as formulas over variables with finite domains.
 *
 * A variable is whatever is compared and is no literal: a parameter, a pseudo parameter, or any other expression, by
 * its JSON. Its domain is the literals that it is compared with and "anything else", as far as the parameter's
 * constraints allow them. An expression that computes from a parameter is a variable of its own, so that more may be
 * held possible than is, never less.
 */
export type Problem = {
  readonly conditions: ReadonlyMap<string, Named>
  readonly rules: readonly Formula[]
  readonly variables: readonly Variable[]
}

/** A value that no literal of the template is; two of them are equal only if they are one. */
export class Other {
  readonly kind = 'other'
}

export type Value = string | Other

/** What a variable can be: a value for each of its facets. */
export type Candidate = readonly Value[]

export type Variable = {
  readonly index: number
  /** What each facet is called; nothing where a person would not know it, or the template does not ask for it. */
  readonly operands: readonly (string | undefined)[]
  readonly candidates: readonly Candidate[]
}

export type Operand = { readonly variable: number; readonly facet: number }

export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'is'; readonly operand: Operand; readonly literal: string }
  | { readonly kind: 'same'; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'not'; readonly formula: Formula }
  | { readonly kind: 'all' | 'any'; readonly formulas: readonly Formula[] }
  | Named

/** A condition, which many formulas may share. */
export type Named = {
  readonly kind: 'named'
  readonly name: string
  /** Of the conditions of this problem, from 0. */
  readonly index: number
  readonly formula: Formula
}

export function problemOf(document: Document): Problem {
  return new Parser(document).problem()
}

/** Does the formula compare anything that is no literal? */
export function isVariable(formula: Formula, seen: Set<Formula> = new Set()): boolean {
  switch (formula.kind) {
    case 'constant':
      return false
    case 'is':
    case 'same':
      return true
    case 'not':
      return isVariable(formula.formula, seen)
    case 'all':
    case 'any':
      return formula.formulas.some(it => isVariable(it, seen))
    case 'named':
      if (seen.has(formula)) return false
      seen.add(formula)
      return isVariable(formula.formula, seen)
  }
}

/** A variable whose candidates are not known before all formulas are read. */
type Draft = {
  readonly index: number
  readonly operands: readonly (string | undefined)[]
  /** By facet, what it is compared with. */
  readonly literals: readonly Set<string>[]
  /** By facet, whether it is compared at all. */
  readonly isCompared: boolean[]
  readonly constraint: Constraint
}

type Constraint =
  | { readonly kind: 'none' | 'place' | 'boolean' }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'parameter'; readonly declaration: JsonObject }

/** Text with operands in it. */
type Text = readonly (string | Operand)[]

const constant = (value: boolean): Formula => ({ kind: 'constant', value })

class Parser {
  readonly #parameters: JsonObject
  readonly #mappings: JsonObject
  readonly #sources: ReadonlyMap<string, Json>
  /** Also of conditions that are only referred to. */
  readonly #names: ReadonlySet<string>
  readonly #rules: readonly Json[]
  readonly #drafts: Draft[] = []
  readonly #operands = new Map<string, Operand>()
  readonly #conditions = new Map<string, Named>()
  readonly #inProgress = new Set<string>()
  /** Variables that are compared with each other, by the one that stands for all. */
  readonly #groups: number[] = []

  constructor(document: Document) {
    this.#parameters = sectionOf(document, 'Parameters')
    this.#mappings = sectionOf(document, 'Mappings')
    this.#sources = new Map(entriesOf(document, 'Conditions'))
    this.#rules = entriesOf(document, 'Rules').map(([, rule]) => rule)
    const references = survey(document).references.filter(({ kind }) => kind === 'condition')
    this.#names = new Set([...this.#sources.keys(), ...references.map(({ name }) => name)])
  }

  problem(): Problem {
    for (const name of this.#names) this.#condition(name)
    const rules = this.#rules.flatMap(rule => this.#rule(rule))
    return { conditions: this.#conditions, rules, variables: this.#variables() }
  }

  #condition(name: string): Formula {
    const known = this.#conditions.get(name)
    if (known !== undefined) return known
    const source = this.#sources.get(name)
    // A condition that is made of itself says nothing.
    if (this.#inProgress.has(name)) return this.#unknown(`Condition ${name}`)
    this.#inProgress.add(name)
    const formula = source === undefined ? this.#unknown(`Condition ${name}`) : this.#formula(source)
    this.#inProgress.delete(name)
    const named: Named = { kind: 'named', name, index: this.#conditions.size, formula }
    this.#conditions.set(name, named)
    return named
  }

  #formula(source: Json | undefined): Formula {
    const condition = isObject(source) && Object.keys(source).length === 1 ? member(source, 'Condition') : undefined
    if (typeof condition === 'string') return this.#condition(condition)
    const [fn, argument] = callOf(source) ?? []
    if (!Array.isArray(argument)) return this.#unknown(JSON.stringify(source))
    const operands: readonly Json[] = argument
    switch (fn) {
      case 'Fn::And':
        return { kind: 'all', formulas: operands.map(it => this.#formula(it)) }
      case 'Fn::Or':
        return { kind: 'any', formulas: operands.map(it => this.#formula(it)) }
      case 'Fn::Not':
        return { kind: 'not', formula: this.#formula(operands[0]) }
      case 'Fn::Equals':
        return this.#equals(operands[0], operands[1])
      case 'Fn::Contains': {
        const [items, value] = operands
        if (!Array.isArray(items)) break
        return { kind: 'any', formulas: items.map((item: Json) => this.#equals(item, value)) }
      }
    }
    return this.#unknown(JSON.stringify(source))
  }

  /** `RuleCondition` implies every assertion. */
  #rule(rule: Json): readonly Formula[] {
    if (!isObject(rule)) return []
    const assertions = member(rule, 'Assertions')
    if (!Array.isArray(assertions)) return []
    const when = member(rule, 'RuleCondition')
    const isLeft: Formula = when === undefined ? constant(false) : { kind: 'not', formula: this.#formula(when) }
    return assertions.flatMap((assertion: Json): readonly Formula[] => {
      const holds = isObject(assertion) ? member(assertion, 'Assert') : undefined
      return holds === undefined ? [] : [{ kind: 'any', formulas: [isLeft, this.#formula(holds)] }]
    })
  }

  #equals(left: Json | undefined, right: Json | undefined): Formula {
    if (left === undefined || right === undefined) return this.#unknown(JSON.stringify([left ?? null, right ?? null]))
    const a = this.#text(left)
    const b = this.#text(right)
    const literalA = literalOf(a)
    const literalB = literalOf(b)
    if (literalA !== undefined && literalB !== undefined) return constant(literalA === literalB)
    if (literalA !== undefined) return this.#textIs(b, right, literalA)
    if (literalB !== undefined) return this.#textIs(a, left, literalB)
    const [one, other] = [this.#whole(a, left), this.#whole(b, right)]
    if (one.variable === other.variable && one.facet === other.facet) return constant(true)
    this.#compared(one)
    this.#compared(other)
    this.#unite(one.variable, other.variable)
    return { kind: 'same', left: one, right: other }
  }

  #textIs(text: Text, source: Json, literal: string): Formula {
    const operands = text.filter(part => typeof part !== 'string')
    const [operand, ...others] = operands
    if (operand !== undefined && others.length === 0) {
      const at = text.indexOf(operand)
      const [prefix, suffix] = [text.slice(0, at).join(''), text.slice(at + 1).join('')]
      const rest = literal.length - prefix.length - suffix.length
      if (rest < 0 || !literal.startsWith(prefix) || !literal.endsWith(suffix)) return constant(false)
      return this.#is(operand, literal.slice(prefix.length, prefix.length + rest))
    }
    if (literal === '') {
      if (text.some(part => typeof part === 'string' && part !== '')) return constant(false)
      return { kind: 'all', formulas: operands.map(it => this.#is(it, '')) }
    }
    return this.#is(this.#whole(text, source), literal)
  }

  #is(operand: Operand, literal: string): Formula {
    this.#compared(operand)?.literals[operand.facet]?.add(literal)
    return { kind: 'is', operand, literal }
  }

  #compared({ variable, facet }: Operand): Draft | undefined {
    const draft = this.#drafts[variable]
    if (draft !== undefined) draft.isCompared[facet] = true
    return draft
  }

  /** The text as one operand: its only part, or a variable for the whole expression. */
  #whole(text: Text, source: Json): Operand {
    const [part, ...others] = text
    if (part !== undefined && typeof part !== 'string' && others.length === 0) return part
    return this.#operand(JSON.stringify(source), JSON.stringify(source), { kind: 'none' })
  }

  #text(source: Json): Text {
    const literal = textOf(source)
    if (literal !== undefined) return [literal]
    const [fn, argument] = callOf(source) ?? []
    switch (fn) {
      case 'Ref':
        if (typeof argument === 'string') return [this.#ref(argument)]
        break
      case 'Fn::Sub':
        if (typeof argument === 'string') return this.#sub(argument, {})
        if (Array.isArray(argument)) {
          const [text, variables]: readonly Json[] = argument
          if (typeof text === 'string' && isObject(variables)) return this.#sub(text, variables)
        }
        break
      case 'Fn::Join':
        if (Array.isArray(argument)) {
          const [delimiter, items]: readonly Json[] = argument
          if (typeof delimiter === 'string' && Array.isArray(items)) {
            return merged(items.flatMap((item: Json, at) => [at > 0 ? delimiter : '', ...this.#text(item)]))
          }
        }
        break
      case 'Fn::FindInMap':
        if (Array.isArray(argument)) return [this.#findInMap(source, argument)]
        break
    }
    const json = JSON.stringify(source)
    return [this.#operand(json, json, { kind: 'none' })]
  }

  #sub(text: string, variables: JsonObject): Text {
    const names = placeholdersOf(text)
    const pieces = text.split(/\$\{(?!!)[^}]*\}/)
    const parts = pieces.flatMap((piece, at): Text => {
      const plain = piece.replaceAll('${!', '${')
      const name = names[at]
      if (name === undefined) return [plain]
      const own = member(variables, name)
      return [plain, ...(own === undefined ? [this.#ref(name)] : this.#text(own))]
    })
    return merged(parts)
  }

  #ref(name: string): Operand {
    switch (name) {
      case 'AWS::Region':
        return this.#place(0)
      case 'AWS::Partition':
        return this.#place(1)
      case 'AWS::URLSuffix':
        return this.#place(2)
    }
    const declaration = declarationOf(this.#parameters, name)
    const type = declaration === undefined ? undefined : member(declaration, 'Type')
    const constraint: Constraint =
      declaration === undefined || isListType(type) || isStoredType(type)
        ? { kind: 'none' }
        : { kind: 'parameter', declaration }
    return this.#operand(`Ref ${name}`, name, constraint)
  }

  /** A literal where all keys are; or else what the mapping has under a second key that is. */
  #findInMap(source: Json, argument: readonly Json[]): string | Operand {
    const [name, first, second, fallback] = argument
    const json = JSON.stringify(source)
    const table = typeof name === 'string' ? member(this.#mappings, name) : undefined
    if (isObject(table) && typeof second === 'string' && fallback === undefined) {
      const rows = typeof first === 'string' ? [member(table, first)] : Object.values(table)
      const cells = rows.flatMap(row => (isObject(row) ? [textOf(member(row, second))] : []))
      const values = cells.filter(it => it !== undefined)
      const [only] = values
      if (typeof first === 'string' && only !== undefined) return only
      if (values.length > 0) return this.#operand(json, json, { kind: 'oneOf', values })
    }
    return this.#operand(json, json, { kind: 'none' })
  }

  #operand(key: string, name: string | undefined, constraint: Constraint): Operand {
    const known = this.#operands.get(key)
    if (known !== undefined) return known
    const operand = { variable: this.#draft([name], constraint), facet: 0 }
    this.#operands.set(key, operand)
    return operand
  }

  #place(facet: number): Operand {
    const first = this.#operands.get('place')?.variable
    const variable = first ?? this.#draft(['AWS::Region', 'AWS::Partition', 'AWS::URLSuffix'], { kind: 'place' })
    if (first === undefined) this.#operands.set('place', { variable, facet: 0 })
    return { variable, facet }
  }

  #draft(operands: readonly (string | undefined)[], constraint: Constraint): number {
    const index = this.#drafts.length
    this.#drafts.push({ index, operands, literals: operands.map(() => new Set()), isCompared: [], constraint })
    this.#groups.push(index)
    return index
  }

  #unknown(key: string): Formula {
    return this.#is(this.#operand(`? ${key}`, undefined, { kind: 'boolean' }), 'true')
  }

  #unite(one: number, other: number): void {
    this.#groups[this.#group(one)] = this.#group(other)
  }

  #group(variable: number): number {
    const parent = this.#groups[variable] ?? variable
    return parent === variable ? variable : this.#group(parent)
  }

  #variables(): readonly Variable[] {
    const members = new Map<number, Draft[]>()
    for (const draft of this.#drafts) {
      const group = this.#group(draft.index)
      members.set(group, [...(members.get(group) ?? []), draft])
    }
    const variables: Variable[] = []
    for (const group of members.values()) {
      const pool = group.length > 1 ? poolOf(group) : undefined
      const place = group.find(({ constraint }) => constraint.kind === 'place')
      const places = place === undefined ? [] : placesOf(place, pool)
      for (const values of places) for (const value of values) pool?.add(value)
      for (const draft of group) {
        const candidates = draft === place ? places : candidatesOf(draft, pool)
        const operands = draft.operands.map((name, facet) => (draft.isCompared[facet] === true ? name : undefined))
        variables[draft.index] = { index: draft.index, operands, candidates }
      }
    }
    return variables
  }
}

/**
 * Values enough for every pattern of equality among variables that are compared with each other: all that is written
 * of any of them, and a value of its own for each.
 */
function poolOf(group: readonly Draft[]): Set<Value> {
  const pool = new Set<Value>()
  for (const { literals, constraint } of group) {
    for (const facet of literals) for (const literal of facet) pool.add(literal)
    for (const value of valuesOf(constraint) ?? []) pool.add(value)
    pool.add(new Other())
  }
  return pool
}

/** All that it can be, where that is written down. */
function valuesOf(constraint: Constraint): readonly string[] | undefined {
  switch (constraint.kind) {
    case 'oneOf':
      return constraint.values
    case 'parameter':
      return allowedValuesOf(constraint.declaration)
    case 'boolean':
      return ['true', 'false']
    case 'none':
    case 'place':
      return undefined
  }
}

function candidatesOf(draft: Draft, pool: ReadonlySet<Value> | undefined): readonly Candidate[] {
  const { constraint, literals } = draft
  const compared = pool ?? literals[0] ?? new Set<Value>()
  const values = valuesOf(constraint)
  if (values !== undefined) {
    const accepted = values.filter(value => accepts(constraint, value))
    // Those that nothing tells apart are one.
    const others = pool === undefined ? accepted.filter(value => !compared.has(value)).slice(0, 1) : []
    const candidates = [...new Set(accepted.filter(value => compared.has(value))), ...others]
    // A parameter that can be nothing at all is a mistake of its own, and must not make all else impossible.
    if (candidates.length > 0) return candidates.map(value => [value])
  }
  const candidates: Value[] = [...compared].filter(value => typeof value !== 'string' || accepts(constraint, value))
  if (pool === undefined) candidates.push(new Other())
  return candidates.map(value => [value])
}

function accepts(constraint: Constraint, value: string): boolean {
  return constraint.kind !== 'parameter' || refusal(constraint.declaration, value) === undefined
}

/**
 * Partitions by the start of their regions' names, the longest first, with what `AWS::URLSuffix` is there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html and the AWS SDKs' partitions.json
 */
const partitions: readonly (readonly [regions: string, partition: string, suffix: string])[] = [
  ['us-isob-', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['us-isof-', 'aws-iso-f', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'aws-iso-e', 'cloud.adc-e.uk'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com'],
  ['us-iso-', 'aws-iso', 'c2s.ic.gov'],
  ['eusc-', 'aws-eusc', 'amazonaws.eu'],
  ['cn-', 'aws-cn', 'amazonaws.com.cn'],
  ['', 'aws', 'amazonaws.com'],
]

/** Where the stack can be: region, partition and URL suffix that belong together, known or not. */
function placesOf({ literals }: Draft, pool: ReadonlySet<Value> | undefined): readonly Candidate[] {
  const written = (facet: number) => [...(pool ?? literals[facet] ?? [])].filter(it => typeof it === 'string')
  const places: Candidate[] = []
  for (const region of written(0).filter(it => /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(it))) {
    const [, partition, suffix] = partitions.find(([start]) => region.startsWith(start)) ?? ['', '', '']
    places.push([region, partition, suffix])
  }
  for (const [, partition, suffix] of partitions) places.push([new Other(), partition, suffix])
  // Partitions that are yet to come.
  const suffixes: Value[] = [...written(2).filter(it => !partitions.some(([, , suffix]) => suffix === it)), new Other()]
  const names = written(1).filter(it => /^aws-[a-z-]+$/.test(it) && !partitions.some(([, name]) => name === it))
  for (const suffix of suffixes) for (const name of [...names, new Other()]) places.push([new Other(), name, suffix])
  return places
}

function literalOf(text: Text): string | undefined {
  return text.every(part => typeof part === 'string') ? text.join('') : undefined
}

/** The text without parts that are empty, if it has others. */
function merged(text: Text): Text {
  const parts = text.filter(part => part !== '')
  return parts.length > 0 ? parts : ['']
}
