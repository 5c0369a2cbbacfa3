import {
  type Acceptance,
  Attribute,
  BuildValue,
  type Call,
  Condition,
  commentOf,
  Intrinsic,
  Mapping,
  Output,
  Parameter,
  ParameterGroup,
  type Placeholder,
  PolicyVariable,
  Predicate,
  type PredicateCall,
  PseudoParameter,
  Resource,
  Rule,
  type Target,
  type Template,
} from './authoring/model.ts'
import type { Diagnostic } from './diagnostic.ts'
import { type Document, isObject, type Json, type JsonObject, type Path, type Section } from './document.ts'

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
 * Sections come in the order of AWS's own reference; a section with nothing in it is left out.
 */
export function link(template: Template, identity: Identity): Linked {
  const linker = new Linker(template, identity)
  const sections: readonly (readonly [string, Section])[] = [
    ['Metadata', metadata(template, linker)],
    ['Parameters', linker.section('Parameters', template.Parameters, ({ declaration }) => withoutForm(declaration))],
    ['Rules', linker.section('Rules', template.Rules, ({ declaration }) => declaration)],
    ['Mappings', linker.section('Mappings', template.Mappings, ({ table }) => table)],
    ['Conditions', linker.section('Conditions', template.Conditions, ({ predicate }) => predicate)],
  ]
  const document: Document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: linker.description(template.Description),
    ...Object.fromEntries(sections.filter(([, section]) => Object.keys(section).length > 0)),
    Resources: linker.section('Resources', template.Resources, ({ declaration }) => declaration),
    ...optional(
      'Outputs',
      linker.section('Outputs', template.Outputs, ({ declaration }) => declaration),
    ),
  }
  return { document, comments: linker.comments, diagnostics: linker.diagnostics }
}

/** The template's own metadata, then the console's form, then the accepted diagnostics. */
function metadata(template: Template, linker: Linker): Section {
  const written = linker.json(template.Metadata ?? {}, ['Metadata'])
  return {
    ...(isObject(written) ? written : {}),
    ...optional('AWS::CloudFormation::Interface', form(template)),
    ...optional('poolform', accepted(template.Accept ?? [])),
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html */
function form({ Parameters = {} }: Template): JsonObject {
  const groups = new Map<ParameterGroup, string[]>()
  const labels: Record<string, Json> = {}
  for (const [id, { declaration }] of Object.entries(Parameters)) {
    const { Group, Label } = declaration
    if (Group !== undefined) groups.set(Group, [...(groups.get(Group) ?? []), id])
    if (Label !== undefined) labels[id] = { default: Label }
  }
  const parameterGroups = [...groups].map(([{ label }, ids]) => ({ Label: { default: label }, Parameters: ids }))
  return {
    ...(parameterGroups.length > 0 ? { ParameterGroups: parameterGroups } : {}),
    ...optional('ParameterLabels', labels),
  }
}

function accepted(acceptances: readonly Acceptance[]): JsonObject {
  return acceptances.length === 0
    ? {}
    : { Accept: acceptances.map(({ Code, Path, Reason }) => ({ Code, Path, Reason })) }
}

function optional(key: string, value: JsonObject): JsonObject {
  return Object.keys(value).length > 0 ? { [key]: value } : {}
}

/** A parameter as CloudFormation declares it: what the form shows of it stands in the metadata. */
function withoutForm({ Label, Group, ...declaration }: Parameter['declaration']) {
  return declaration
}

type Listed = Parameter | Rule | Mapping | Condition | Resource | Output

class Linker {
  readonly diagnostics: Diagnostic[] = []
  readonly comments: Comment[] = []
  readonly #logicalIds = new Map<object, string>()
  readonly #identity: Identity

  constructor(template: Template, identity: Identity) {
    this.#identity = identity
    const { Parameters, Rules, Mappings, Conditions, Resources, Outputs } = template
    for (const [section, listed] of Object.entries({
      Parameters,
      Rules,
      Mappings,
      Conditions,
      Resources,
      Outputs,
    })) {
      for (const [id, declaration] of Object.entries(listed ?? {})) this.#list(section, id, declaration)
    }
  }

  #list(section: string, id: string, declaration: Listed): void {
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
  }

  section<T extends Listed>(
    name: string,
    listed: Readonly<Record<string, T>> | undefined,
    content: (declaration: T) => unknown,
  ): Section {
    return Object.fromEntries(
      Object.entries(listed ?? {}).map(([id, declaration]) => {
        this.#comment(declaration, [name, id])
        return [id, this.json(content(declaration), [name, id])]
      }),
    )
  }

  description(text: string): string {
    return this.#text(text, ['Description'])
  }

  json(value: unknown, path: Path): Json {
    if (typeof value === 'object' && value !== null) this.#comment(value, path)
    if (value instanceof Intrinsic) return this.#call(value.call, path)
    if (value instanceof Predicate) return this.#predicate(value.call, path)
    if (value instanceof BuildValue) return this.#buildValue(value)
    if (value instanceof Parameter || value instanceof Condition || value instanceof Resource) {
      return this.#logicalId(value, path)
    }
    if (Array.isArray(value)) return value.map((item: unknown, index) => this.json(item, [...path, index]))
    if (isRecord(value)) return this.#object(value, path)
    if (typeof value === 'string') return this.#text(value, path)
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
    this.#report(
      'invalid-value',
      path,
      `holds ${describeValue(value)}, which no template can hold`,
      'Write text, a number, true or false, a list, a plain object or an intrinsic function',
    )
    return ''
  }

  /** Leaves out what is `undefined`, as JSON does. */
  #object(value: Readonly<Record<string, unknown>>, path: Path): JsonObject {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return Object.fromEntries(entries.map(([key, item]) => [key, this.json(item, [...path, key])]))
  }

  #predicate(call: PredicateCall, path: Path): Json {
    const fn = `Fn::${call.fn}`
    return { [fn]: call.operands.map((operand, index) => this.#operand(operand, [...path, fn, index])) }
  }

  #operand(operand: unknown, path: Path): Json {
    return operand instanceof Condition
      ? { Condition: this.#logicalId(operand, [...path, 'Condition']) }
      : this.json(operand, path)
  }

  #call(call: Call, path: Path): Json {
    switch (call.fn) {
      case 'Ref':
        return { Ref: this.#logicalId(call.target, [...path, 'Ref']) }
      case 'GetAtt':
        return { 'Fn::GetAtt': [this.#logicalId(call.target, [...path, 'Fn::GetAtt', 0]), call.attribute] }
      case 'Sub':
        return this.#sub(call.text, call.placeholders, path)
      case 'If':
        return {
          'Fn::If': [
            this.#logicalId(call.condition, [...path, 'Fn::If', 0]),
            this.json(call.whenTrue, [...path, 'Fn::If', 1]),
            this.json(call.whenFalse, [...path, 'Fn::If', 2]),
          ],
        }
      case 'FindInMap': {
        const keys = call.keys.map((key, index) => this.json(key, [...path, 'Fn::FindInMap', index + 1]))
        return { 'Fn::FindInMap': [this.#logicalId(call.mapping, [...path, 'Fn::FindInMap', 0]), ...keys] }
      }
      case 'Base64':
      case 'Cidr':
      case 'GetAZs':
      case 'ImportValue':
      case 'Join':
      case 'RefAll':
      case 'Select':
      case 'Split':
      case 'ValueOf':
      case 'ValueOfAll':
        return { [`Fn::${call.fn}`]: this.json(call.operands, [...path, `Fn::${call.fn}`]) }
    }
  }

  /** Plain text where only IAM substitutes; `Fn::Sub` with its own variables where a call has a name. */
  #sub(text: readonly string[], placeholders: readonly Placeholder[], path: Path): Json {
    for (const part of text) this.#text(part, path)
    const variables: Record<string, Json> = {}
    const isSubstituted = placeholders.some(it => !(it instanceof PolicyVariable || it instanceof BuildValue))
    const parts = placeholders.map(placeholder => {
      if (placeholder instanceof BuildValue) return this.#buildValue(placeholder)
      // In Fn::Sub `${!x}` stands for a literal `${x}`, which is what IAM must find.
      if (placeholder instanceof PolicyVariable) return `\${${isSubstituted ? '!' : ''}${placeholder.key}}`
      if (placeholder instanceof Attribute) {
        const { target, attribute } = placeholder.call
        return `\${${this.#logicalId(target, path)}.${attribute}}`
      }
      if (isTarget(placeholder)) return `\${${this.#logicalId(placeholder, path)}}`
      return `\${${this.#variable(placeholder, variables, path)}}`
    })
    const whole = text.reduce((before, part, index) => `${before}${parts[index - 1] ?? ''}${part}`)
    if (!isSubstituted) return whole
    for (const name of Object.keys(variables)) this.#refuseShadowing(name, placeholders, path)
    return { 'Fn::Sub': Object.keys(variables).length === 0 ? whole : [whole, variables] }
  }

  #variable(placeholder: unknown, variables: Record<string, Json>, path: Path): string {
    const [entry, ...others] = Object.entries<unknown>(isRecord(placeholder) ? placeholder : {})
    if (entry === undefined || others.length > 0 || !(entry[1] instanceof Intrinsic)) {
      this.#report(
        'invalid-value',
        path,
        'has a placeholder that is neither a declaration nor one call under one name',
        'Name a call in braces of its own: ${{ Name: Select(0, …) }}',
      )
      return 'Unnamed'
    }
    const [name, call] = entry
    const value = this.json(call, [...path, 'Fn::Sub', 1, name])
    const earlier = variables[name]
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(value)) {
      this.#report('invalid-value', path, `gives two values the name ${name}`, `Give one of the two another name`)
    }
    variables[name] = value
    return name
  }

  /** Within its Sub a variable hides a declaration of that name. */
  #refuseShadowing(name: string, placeholders: readonly Placeholder[], path: Path): void {
    const hidden = placeholders.find(it => isTarget(it) && this.#logicalIds.get(it) === name)
    if (hidden === undefined) return
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
        `holds ${JSON.stringify(text)}, whose \${ nothing would fill in`,
        'Write Sub`…` with a declaration or policyVariable(…) in the place of the name',
      )
    }
    return text
  }

  #comment(target: object, path: Path): void {
    const text = commentOf(target)
    if (text === undefined) return
    const earlier = this.comments.at(-1)
    // A declaration and the object that it declares are at one place.
    if (earlier?.text !== text || earlier.path.join('\0') !== path.join('\0')) this.comments.push({ path, text })
  }

  #logicalId(target: Target | Condition | Mapping, path: Path): string {
    if (target instanceof PseudoParameter) return target.name
    const id = this.#logicalIds.get(target)
    if (id !== undefined) return id
    this.#report(
      'unlisted-reference',
      path,
      `refers to ${describe(target)}, which defineTemplate does not list`,
      `List it under ${sectionOf(target)}`,
    )
    return 'Unlisted'
  }

  #report(code: Diagnostic['code'], path: Path, message: string, help: string): void {
    this.diagnostics.push({ code, severity: 'error', path, message, help })
  }
}

function isTarget(value: object): value is Target {
  return value instanceof Parameter || value instanceof PseudoParameter || value instanceof Resource
}

function sectionOf({ kind }: Parameter | Resource | Condition | Mapping): string {
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

function describe(target: Parameter | Resource | Condition | Mapping): string {
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

function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value instanceof PolicyVariable) return 'a policy variable outside Sub`…`'
  if (value instanceof PseudoParameter) return `${value.name} without Ref`
  if (value instanceof Mapping || value instanceof Rule || value instanceof Output || value instanceof ParameterGroup) {
    return `a declaration (${value.kind})`
  }
  return `an object of the class ${Object.getPrototypeOf(value)?.constructor?.name ?? 'that has none'}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
