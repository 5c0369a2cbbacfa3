import {
  Attribute,
  BuildValue,
  type Call,
  Condition,
  commentOf,
  Intrinsic,
  Literal,
  Mapping,
  Output,
  Parameter,
  ParameterGroup,
  PolicyVariable,
  Predicate,
  type PredicateCall,
  PseudoParameter,
  Resource,
  Rule,
  RuleList,
  RuleText,
  type Template,
} from './authoring/model.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Document, Json, JsonObject, Path, Section } from './document.ts'

/** What the build knows of a template: the name of its module, and the version of the project. */
export type Identity = { readonly id: string; readonly version: string }

/** A comment and the place that it stands above. */
export type Comment = { readonly path: Path; readonly text: string }

export type Linked = {
  readonly document: Document
  readonly comments: readonly Comment[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Swaps each reference in a template for the logical ID under which the template lists its target.
 * Sections come in the order of AWS's own reference; one with nothing in it is left out, but for `Resources`.
 * A template that TypeScript has not seen may hold anything: what no template can hold is a diagnostic.
 */
export function link(template: Template, identity: Identity): Linked {
  const linker = new Linker(identity)
  const document = linker.document(template)
  return { document, comments: linker.comments, diagnostics: linker.diagnostics }
}

type Declaration = Parameter | Rule | Mapping | Condition | Resource | Output
type Kind<T> = abstract new (...args: never) => T
type Entries<T> = readonly (readonly [string, T])[]
type RecordOfUnknown = Readonly<Record<string, unknown>>

/** How an entry of a declaration is written, where it is not as it stands; `undefined` leaves it out. */
type Entry = (value: unknown, path: Path) => Json | undefined

const sections = ['Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Resources', 'Outputs']
const formPath = ['Metadata', 'AWS::CloudFormation::Interface']
const templateKeys = ['Description', ...sections, 'Accept']

/** Deeper than any template needs, and not deeper than those who read it can go. */
const deepest = 100

class Linker {
  readonly diagnostics: Diagnostic[] = []
  readonly comments: Comment[] = []
  readonly #logicalIds = new Map<object, string>()
  readonly #ancestors = new Set<object>()
  readonly #identity: Identity

  constructor(identity: Identity) {
    this.#identity = identity
  }

  document(template: unknown): Document {
    if (!isRecord(template)) {
      this.#report(
        'invalid-value',
        [],
        `is ${describe(template)}, and no template`,
        'Make it with defineTemplate({ … })',
      )
      return { AWSTemplateFormatVersion: '2010-09-09', Resources: {} }
    }
    for (const key of Object.keys(template)) {
      if (templateKeys.includes(key) || template[key] === undefined) continue
      this.#report('invalid-value', [key], 'is no section of a template', `Templates have ${templateKeys.join(', ')}`)
    }
    // Every logical ID before the first reference, which may be to what stands further down.
    const parameters = this.#listed(template, 'Parameters', Parameter)
    const rules = this.#listed(template, 'Rules', Rule)
    const mappings = this.#listed(template, 'Mappings', Mapping)
    const conditions = this.#listed(template, 'Conditions', Condition)
    const resources = this.#listed(template, 'Resources', Resource)
    const outputs = this.#listed(template, 'Outputs', Output)
    if (template['Resources'] === undefined) {
      this.#report('invalid-value', ['Resources'], 'is missing', 'List at least one resource(…)')
    }
    const withCondition = { Condition: this.#conditionName }
    return {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: this.#description(template['Description']),
      ...optional('Metadata', this.#metadata(template, parameters)),
      ...optional(
        'Parameters',
        this.#section('Parameters', parameters, (it, path) =>
          // What the console's form shows of it stands in the metadata.
          this.#object(it.declaration, path, { Label: () => undefined, Group: () => undefined }),
        ),
      ),
      ...optional(
        'Rules',
        this.#section('Rules', rules, (it, path) => this.#object(it.declaration, path)),
      ),
      ...optional(
        'Mappings',
        this.#section('Mappings', mappings, (it, path) => this.#object(it.table, path)),
      ),
      ...optional(
        'Conditions',
        this.#section('Conditions', conditions, (it, path) => this.#test(it.predicate, path)),
      ),
      Resources: this.#section('Resources', resources, (it, path) =>
        this.#object(it.declaration, path, { ...withCondition, DependsOn: this.#dependencies }),
      ),
      ...optional(
        'Outputs',
        this.#section('Outputs', outputs, (it, path) => this.#object(it.declaration, path, withCondition)),
      ),
    }
  }

  #listed<T extends Declaration>(template: RecordOfUnknown, section: string, kind: Kind<T>): Entries<T> {
    const given = template[section] === undefined ? {} : template[section]
    if (!isRecord(given)) {
      this.#report('invalid-value', [section], `is ${describe(given)}`, 'Write { LogicalId: declaration, … }')
      return []
    }
    this.#comment(given, [section])
    return Object.entries(given).flatMap(([id, declaration]) => {
      if (!(declaration instanceof kind)) {
        const what = section.slice(0, -1).toLowerCase()
        this.#report('invalid-value', [section, id], `is ${describe(declaration)}`, `Declare it with ${what}(…)`)
        return []
      }
      const earlier = this.#logicalIds.get(declaration)
      if (earlier === undefined) this.#logicalIds.set(declaration, id)
      else {
        this.#report(
          'listed-twice',
          [section, id],
          `is listed as ${earlier} already`,
          `List each declaration once: remove ${id}, or declare it anew`,
        )
      }
      return [[id, declaration] as const]
    })
  }

  #section<T extends Declaration>(name: string, entries: Entries<T>, content: (it: T, path: Path) => Json): Section {
    return Object.fromEntries(
      entries.map(([id, declaration]) => {
        this.#comment(declaration, [name, id])
        return [id, content(declaration, [name, id])] as const
      }),
    )
  }

  #description(text: unknown): string {
    if (typeof text === 'string') return this.#text(text, ['Description'])
    const message = text === undefined ? 'is missing' : `is ${describe(text)}`
    this.#report('invalid-value', ['Description'], message, 'Say in a sentence what the template makes, and for whom')
    return ''
  }

  /** The template's own metadata, then the console's form, then the accepted diagnostics. */
  #metadata(template: RecordOfUnknown, parameters: Entries<Parameter>): Section {
    const written = template['Metadata'] === undefined ? {} : this.#object(template['Metadata'], ['Metadata'])
    const accepted = template['Accept'] === undefined ? [] : template['Accept']
    const added = {
      ...optional('AWS::CloudFormation::Interface', this.#form(parameters)),
      ...(Array.isArray(accepted) && accepted.length === 0
        ? {}
        : { poolform: { Accept: this.#json(accepted, ['Metadata', 'poolform', 'Accept']) } }),
    }
    for (const key of Object.keys(added)) {
      if (!Object.hasOwn(written, key)) continue
      this.#report('invalid-value', ['Metadata', key], 'is also made of what stands elsewhere', 'Write it in one place')
    }
    return { ...written, ...added }
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html */
  #form(parameters: Entries<Parameter>): JsonObject {
    const groups = new Map<ParameterGroup, string[]>()
    const labels: [string, Json][] = []
    for (const [id, { declaration }] of parameters) {
      if (!isRecord(declaration)) continue
      const { Group, Label }: RecordOfUnknown = declaration
      const path = ['Parameters', id]
      if (Group instanceof ParameterGroup) groups.set(Group, [...(groups.get(Group) ?? []), id])
      else if (Group !== undefined) {
        this.#report('invalid-value', [...path, 'Group'], `is ${describe(Group)}`, 'Make it with parameterGroup(…)')
      }
      if (Label !== undefined) labels.push([id, { default: this.#title(Label, [...path, 'Label']) }])
    }
    const parameterGroups = [...groups].map(([{ label }, ids], index) => ({
      Label: { default: this.#title(label, [...formPath, 'ParameterGroups', index, 'Label', 'default']) },
      Parameters: ids,
    }))
    return {
      ...(parameterGroups.length > 0 ? { ParameterGroups: parameterGroups } : {}),
      ...optional('ParameterLabels', Object.fromEntries(labels)),
    }
  }

  #title(text: unknown, path: Path): string {
    return typeof text === 'string' ? this.#text(text, path) : this.#invalid(path, `is ${describe(text)}`, 'Write text')
  }

  readonly #conditionName: Entry = (value, path) =>
    value === undefined ? undefined : this.#logicalId(value, path, 'condition')

  readonly #dependencies: Entry = (value, path) => {
    if (!Array.isArray(value)) return value === undefined ? undefined : this.#logicalId(value, path, 'resource')
    return Array.from(value, (item: unknown, index) => this.#logicalId(item, [...path, index], 'resource'))
  }

  #json(value: unknown, path: Path): Json {
    if (typeof value === 'string') return this.#text(value, path)
    if (typeof value === 'boolean') return value
    // There is no -0 in JSON.
    if (typeof value === 'number' && Number.isFinite(value)) return value + 0
    if (typeof value === 'object' && value !== null) return this.#nested(value, path)
    return this.#refuse(value, path)
  }

  #nested(value: object, path: Path): Json {
    if (this.#ancestors.has(value)) {
      return this.#invalid(path, 'holds what it stands in, without end', 'Write the inner one down as it is meant')
    }
    if (this.#ancestors.size > deepest) {
      return this.#invalid(path, `is nested more than ${deepest} levels deep`, 'Write it flatter')
    }
    this.#ancestors.add(value)
    const json = this.#content(value, path)
    this.#ancestors.delete(value)
    return json
  }

  #content(value: object, path: Path): Json {
    if (Array.isArray(value)) {
      this.#comment(value, path)
      return Array.from(value, (item: unknown, index) => this.#json(item, [...path, index]))
    }
    if (isRecord(value)) return this.#object(value, path)
    if (value instanceof Intrinsic) {
      this.#comment(value, path)
      return this.#call(value.call, path)
    }
    if (value instanceof BuildValue) return this.#buildValue(value)
    const [section] = path
    if (value instanceof Predicate && (section === 'Conditions' || section === 'Rules')) return this.#test(value, path)
    if ((value instanceof RuleText || value instanceof RuleList) && section === 'Rules')
      return this.#ofRules(value, path)
    return this.#refuse(value, path)
  }

  #ofRules({ call }: RuleText | RuleList, path: Path): Json {
    const name = `Fn::${call.fn}`
    if (call.fn !== 'ValueOf') return { [name]: this.#json(call.operands, [...path, name]) }
    const target = this.#logicalId(call.target, [...path, name, 0], 'parameter')
    return { [name]: [target, this.#json(call.attribute, [...path, name, 1])] }
  }

  /** Leaves out what is `undefined`, as JSON does. */
  #object(value: unknown, path: Path, special: Readonly<Record<string, Entry>> = {}): JsonObject {
    if (!isRecord(value)) {
      this.#refuse(value, path)
      return {}
    }
    this.#comment(value, path)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const place = [...path, key]
        this.#text(key, place)
        const entry = Object.hasOwn(special, key) ? special[key] : undefined
        const json =
          entry === undefined ? (item === undefined ? undefined : this.#json(item, place)) : entry(item, place)
        return json === undefined ? [] : [[key, json] as const]
      }),
    )
  }

  /** A test of the Conditions or the Rules section. */
  #test(value: unknown, path: Path): Json {
    if (!(value instanceof Predicate)) return this.#invalid(path, `is ${describe(value)}`, 'Write Equals(…), Not(…), …')
    this.#comment(value, path)
    const { fn, operands }: PredicateCall = value.call
    const name = `Fn::${fn}`
    return { [name]: operands.map((operand, index) => this.#operand(operand, [...path, name, index])) }
  }

  #operand(operand: unknown, path: Path): Json {
    return operand instanceof Condition
      ? { Condition: this.#logicalId(operand, [...path, 'Condition'], 'condition') }
      : this.#json(operand, path)
  }

  #call(call: Call, path: Path): Json {
    switch (call.fn) {
      case 'Ref':
        return { Ref: this.#logicalId(call.target, [...path, 'Ref'], 'parameter', 'pseudoParameter', 'resource') }
      case 'GetAtt': {
        const place = [...path, 'Fn::GetAtt']
        const target = this.#logicalId(call.target, [...place, 0], 'resource')
        return { 'Fn::GetAtt': [target, this.#json(call.attribute, [...place, 1])] }
      }
      case 'Sub':
        return this.#sub(call, path)
      case 'If':
        return {
          'Fn::If': [
            this.#logicalId(call.condition, [...path, 'Fn::If', 0], 'condition'),
            this.#json(call.whenTrue, [...path, 'Fn::If', 1]),
            this.#json(call.whenFalse, [...path, 'Fn::If', 2]),
          ],
        }
      case 'FindInMap': {
        const keys = call.keys.map((key, index) => this.#json(key, [...path, 'Fn::FindInMap', index + 1]))
        return { 'Fn::FindInMap': [this.#logicalId(call.mapping, [...path, 'Fn::FindInMap', 0], 'mapping'), ...keys] }
      }
      case 'Literal':
        return this.#wellFormed(call.text, path)
      case 'Base64':
      case 'Cidr':
      case 'GetAZs':
      case 'ImportValue':
      case 'Join':
      case 'Select':
      case 'Split':
        return { [`Fn::${call.fn}`]: this.#json(call.operands, [...path, `Fn::${call.fn}`]) }
    }
  }

  /** Plain text where only IAM substitutes; `Fn::Sub` with its own variables where a call has a name. */
  #sub({ text, placeholders }: Extract<Call, { fn: 'Sub' }>, path: Path): Json {
    if (!isListOfText(text)) {
      return this.#invalid(path, 'has a Sub of what is no text', 'Write Sub`…`, and a backslash as \\\\')
    }
    for (const part of text) this.#text(part, path)
    const isSubstituted = placeholders.some(
      it => !(it instanceof PolicyVariable || it instanceof BuildValue || it instanceof Literal),
    )
    const variables = new Map<string, Json>()
    const parts = placeholders.map(placeholder => {
      // In Fn::Sub `${!x}` stands for a literal `${x}`, which is what IAM must find.
      if (placeholder instanceof PolicyVariable) return `\${${isSubstituted ? '!' : ''}${placeholder.key}}`
      if (placeholder instanceof BuildValue) return this.#buildValue(placeholder)
      if (placeholder instanceof Literal) {
        this.#comment(placeholder, path)
        return this.#literal(placeholder.call.text, isSubstituted, path)
      }
      if (placeholder instanceof Attribute) {
        this.#comment(placeholder, path)
        const { target, attribute } = placeholder.call
        return `\${${this.#logicalId(target, path, 'resource')}.${attribute}}`
      }
      if (isReferable(placeholder)) {
        return `\${${this.#logicalId(placeholder, path, 'parameter', 'pseudoParameter', 'resource')}}`
      }
      return `\${${this.#variable(placeholder, variables, path)}}`
    })
    const whole = text.reduce((before, part, index) => `${before}${parts[index - 1] ?? ''}${part}`)
    const openings = parts.reduce((sum, part) => sum + count(part, '${'), 0)
    if (count(whole, '${') > openings + text.reduce((sum, part) => sum + count(part, '${'), 0)) {
      this.#report('literal-placeholder', path, 'makes a ${ of a $ and a {', 'Write the two in one literal(…)')
    }
    if (!isSubstituted) return whole
    for (const name of variables.keys()) this.#refuseShadowing(name, placeholders, path)
    return { 'Fn::Sub': variables.size === 0 ? whole : [whole, Object.fromEntries(variables)] }
  }

  /** In Fn::Sub only a whole `${x}` can be written so that CloudFormation gives it back. */
  #literal(text: string, isSubstituted: boolean, path: Path): string {
    if (!isSubstituted) return this.#wellFormed(text, path)
    if (/\$\{[^}]*$/.test(text))
      this.#invalid(path, 'has a ${ without its }', 'Write the whole of it in one literal(…)')
    return this.#wellFormed(text, path).replaceAll('${', '${!')
  }

  #variable(placeholder: unknown, variables: Map<string, Json>, path: Path): string {
    const [entry, ...others] = Object.entries(isRecord(placeholder) ? placeholder : {})
    if (entry === undefined || others.length > 0 || !(entry[1] instanceof Intrinsic)) {
      this.#report(
        'invalid-value',
        path,
        `has ${describe(placeholder)} in a placeholder`,
        'Put a declaration there, or name a call in braces of its own: ${{ Name: Select(0, …) }}',
      )
      return 'Unnamed'
    }
    const [name, call] = entry
    if (!/^[A-Za-z0-9_]+$/.test(name)) {
      this.#report('invalid-value', path, `names a call ${JSON.stringify(name)}`, 'Name it in letters and digits')
    }
    const value = this.#json(call, [...path, 'Fn::Sub', 1, name])
    const earlier = variables.get(name)
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(value)) {
      this.#report('invalid-value', path, `gives two values the name ${name}`, 'Give one of the two another name')
    }
    variables.set(name, value)
    return name
  }

  /** Within its Sub a variable hides a declaration of that name. */
  #refuseShadowing(name: string, placeholders: readonly unknown[], path: Path): void {
    if (!placeholders.some(it => isReferable(it) && this.#logicalIds.get(it) === name)) return
    this.#report(
      'invalid-value',
      path,
      `has a variable ${name}, which hides the declaration ${name} that it refers to as well`,
      'Give the variable another name',
    )
  }

  #buildValue({ name }: BuildValue): string {
    switch (name) {
      case 'TemplateId':
        return this.#identity.id
      case 'TemplateVersion':
        return this.#identity.version
    }
  }

  #text(text: string, path: Path): string {
    if (text.includes('${')) {
      this.#report(
        'literal-placeholder',
        path,
        `holds ${shortened(text)}, whose \${ nothing would fill in`,
        'Write Sub`…` with a declaration or policyVariable(…) in the place of the name, or literal(…) to mean it',
      )
    }
    return this.#wellFormed(text, path)
  }

  /** UTF-8, which templates are written in, has no place for half of a surrogate pair. */
  #wellFormed(text: string, path: Path): string {
    if (!/\p{Surrogate}/u.test(text)) return text
    this.#invalid(path, `holds half a character in ${shortened(text)}`, 'Cut text between whole characters')
    return text
  }

  #comment(target: object, path: Path): void {
    const text: unknown = commentOf(target)
    if (typeof text === 'string') this.comments.push({ path, text })
    else if (text !== undefined) this.#invalid(path, `has ${describe(text)} as a comment`, 'Write the comment as text')
  }

  #logicalId(target: unknown, path: Path, ...kinds: readonly Referable['kind'][]): string {
    if (!isReferable(target) || !kinds.includes(target.kind)) {
      const wanted = kinds.map(kind => nouns[kind]).join(', ')
      this.#report('invalid-value', path, `refers to ${describe(target)}`, `What goes here is ${wanted}`)
      return 'Unlisted'
    }
    if (target instanceof PseudoParameter) return target.name
    const id = this.#logicalIds.get(target)
    if (id !== undefined) return id
    this.#report(
      'unlisted-reference',
      path,
      `refers to ${introduce(target)}, which defineTemplate does not list`,
      `List it under ${sectionOf(target)}`,
    )
    return 'Unlisted'
  }

  #refuse(value: unknown, path: Path): Json {
    const help =
      value instanceof Parameter || value instanceof Resource || value instanceof PseudoParameter
        ? 'Write Ref(…) for its value'
        : value instanceof PolicyVariable
          ? 'Write it in the text that it is a part of: Sub`…`'
          : 'Write text, a number, true or false, a list, a plain object or an intrinsic function'
    return this.#invalid(path, `holds ${describe(value)}, which no template can hold there`, help)
  }

  #invalid(path: Path, message: string, help: string): string {
    this.#report('invalid-value', path, message, help)
    return ''
  }

  #report(code: Diagnostic['code'], path: Path, message: string, help: string): void {
    this.diagnostics.push({ code, severity: 'error', path, message, help })
  }
}

function optional(key: string, value: JsonObject): JsonObject {
  return Object.keys(value).length > 0 ? { [key]: value } : {}
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(part => typeof part === 'string')
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

type Referable = Parameter | PseudoParameter | Resource | Condition | Mapping

function isReferable(value: unknown): value is Referable {
  return (
    value instanceof Parameter ||
    value instanceof PseudoParameter ||
    value instanceof Resource ||
    value instanceof Condition ||
    value instanceof Mapping
  )
}

function sectionOf({ kind }: Exclude<Referable, PseudoParameter>): string {
  switch (kind) {
    case 'parameter':
      return 'Parameters'
    case 'resource':
      return 'Resources'
    case 'condition':
      return 'Conditions'
    case 'mapping':
      return 'Mappings'
  }
}

/** A declaration that has no logical ID to be known by. */
function introduce(target: Exclude<Referable, PseudoParameter>): string {
  switch (target.kind) {
    case 'parameter': {
      const { Label, Description, Type } = target.declaration
      return `a parameter (${Label ?? Description ?? Type})`
    }
    case 'resource':
      return `a resource (${target.declaration.Type})`
    case 'condition':
      return 'a condition'
    case 'mapping':
      return `a mapping (${Object.keys(target.table).join(', ')})`
  }
}

const nouns = {
  condition: 'a condition',
  mapping: 'a mapping',
  output: 'an output',
  parameter: 'a parameter',
  parameterGroup: 'a heading for parameters',
  policyVariable: 'a policy variable',
  predicate: 'a test, which only Conditions and Rules have',
  pseudoParameter: 'a pseudo parameter',
  resource: 'a resource',
  rule: 'a rule',
  ruleList: 'a function of the Rules section',
  ruleText: 'a function of the Rules section',
} as const

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value)
  }
  if (typeof value === 'string') return `the text ${shortened(value)}`
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'a plain object'
  if (value instanceof PseudoParameter) return value.name
  if (value instanceof Intrinsic) return `a call of ${value.call.fn}`
  if (value instanceof BuildValue) return `Build.${value.name}`
  if (isReferable(value) || value instanceof Rule || value instanceof Output || value instanceof ParameterGroup) {
    return nouns[value.kind]
  }
  if (value instanceof PolicyVariable || value instanceof Predicate) return nouns[value.kind]
  if (value instanceof RuleText || value instanceof RuleList) return nouns[value.kind]
  const kind: unknown = value.constructor
  return typeof kind === 'function' ? `an object of the class ${kind.name}` : 'an object of no class'
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** A plain object, of whatever realm: its prototype is `Object.prototype`, or none. */
function isRecord(value: unknown): value is RecordOfUnknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
