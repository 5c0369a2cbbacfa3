import { type Document, isObject, type Json, type JsonObject, member, type Path } from '../document.ts'

/** A condition by name, and whether it holds. */
export type Assumption = { readonly condition: string; readonly holds: boolean }

/**
 * One walk over a document, which the rules share: every call of a function in it and every name that it refers to.
 * The document may be anybody's: what has not the shape that it should have is walked as far as it goes.
 */
export type Survey = {
  readonly calls: readonly Call[]
  readonly references: readonly Reference[]
  readonly macros: Macros
}

/** Where a call or a reference stands, and what must hold for CloudFormation to come to it. */
export type Place = {
  /** `Resources`, `Outputs`, `Conditions`, … */
  readonly section: string
  /** The logical ID of the entry. */
  readonly id: string
  /** The entry's own condition and each enclosing branch of an `Fn::If`. */
  readonly guards: readonly Assumption[]
  /** In the body of an `Fn::ForEach`, whose names are made when it is unrolled. */
  readonly isGenerated: boolean
}

/** `{ 'Fn::Join': argument }`, `{ Ref: argument }`, or in a condition or rule `{ Condition: argument }`. */
export type Call = {
  readonly fn: string
  readonly argument: Json
  /** Of the argument: its last step is the function. */
  readonly path: Path
  readonly place: Place
  /** The functions around this one, the nearest last. */
  readonly within: readonly string[]
  /** Has the object no other key? */
  readonly isAlone: boolean
}

export type Reference = { readonly name: string; readonly path: Path; readonly place: Place } & (
  | {
      readonly kind: 'attribute'
      /** Nothing if only deployment knows it. */
      readonly attribute: string | undefined
      readonly attributePath: Path
    }
  | {
      readonly kind: 'mapping'
      readonly keys: readonly (readonly [key: Json | undefined, path: Path])[]
    }
  /** By `Ref`, or `${Name}` in an `Fn::Sub`. */
  | { readonly kind: 'value' }
  | { readonly kind: 'condition' }
  | { readonly kind: 'dependency' }
)

/** What may change the template before CloudFormation deploys it. */
export type Macros = {
  readonly names: readonly string[]
  /** Those of them that are not AWS's, of which nothing is known here. */
  readonly unknown: readonly string[]
  /** May what no section declares come to be: by a macro, `Fn::Transform` or `Fn::ForEach`? */
  readonly mayDeclare: boolean
  /** May they read names by ways that the template does not show? */
  readonly mayRefer: boolean
  readonly hasLanguageExtensions: boolean
  readonly hasServerless: boolean
}

const surveys = new WeakMap<Document, Survey>()

export function survey(document: Document): Survey {
  const known = surveys.get(document)
  if (known !== undefined) return known
  const made = new Surveyor(document).survey()
  surveys.set(document, made)
  return made
}

/** The entries of a section; none where it is absent or no object. Generators (`Fn::ForEach::…`) are no entries. */
export function entriesOf(document: Document, name: string): readonly (readonly [string, Json])[] {
  return Object.entries(sectionOf(document, name)).filter(([id]) => !id.startsWith('Fn::'))
}

export function sectionOf(document: Document, name: string): JsonObject {
  const root: JsonObject = document
  const section = Object.hasOwn(root, name) ? root[name] : undefined
  return isObject(section) ? section : {}
}

/** The one function that the value calls. */
export function callOf(value: Json | undefined): readonly [fn: string, argument: Json] | undefined {
  if (!isObject(value)) return undefined
  let fn: string | undefined
  // Reads no more of a large object than its second key.
  for (const key in value) {
    if (fn !== undefined) return undefined
    fn = key
  }
  if (fn === undefined || !(fn === 'Ref' || fn.startsWith('Fn::'))) return undefined
  const argument = value[fn]
  return argument === undefined ? undefined : [fn, argument]
}

/**
 * What stands in the `${…}` of an `Fn::Sub`'s text, without the blanks around it; `${!Literal}` is left out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
export function placeholdersOf(text: string): readonly string[] {
  const placeholders: string[] = []
  for (const [, content = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (!content.startsWith('!')) placeholders.push(content.trim())
  }
  return placeholders
}

/** Can this stand between the braces? CloudFormation takes letters, digits, `_`, `.` and `:` alone. */
export function isPlaceholder(text: string): boolean {
  return /^[A-Za-z0-9_:.]+$/.test(text)
}

/** Sections that CloudFormation resolves no reference in. */
const inert: ReadonlySet<string> = new Set(['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Transform'])

class Surveyor {
  readonly #document: Document
  readonly #calls: Call[] = []
  readonly #references: Reference[] = []
  /** The path of the value at hand. */
  readonly #path: (string | number)[] = []
  readonly #within: string[] = []
  #place: Place = { section: '', id: '', guards: [], isGenerated: false }

  constructor(document: Document) {
    this.#document = document
  }

  survey(): Survey {
    const root: JsonObject = this.#document
    for (const [section, entries] of Object.entries(root)) {
      if (inert.has(section)) continue
      this.#at(section, () => {
        if (isObject(entries)) this.#section(section, entries)
        else this.#value(entries)
      })
    }
    return { calls: this.#calls, references: this.#references, macros: this.#macros(root) }
  }

  #section(section: string, entries: JsonObject): void {
    for (const [id, entry] of Object.entries(entries)) {
      this.#place = { section, id, guards: [], isGenerated: false }
      if (id.startsWith('Fn::')) this.#call(id, entry, Object.keys(entries).length === 1)
      else this.#at(id, () => this.#entry(section, entry))
    }
  }

  #entry(section: string, entry: Json): void {
    const hasAttributes = section === 'Resources' || section === 'Outputs'
    if (!hasAttributes || !isObject(entry)) {
      this.#value(entry)
      return
    }
    const condition = member(entry, 'Condition')
    if (typeof condition === 'string') {
      this.#at('Condition', () => this.#refer({ kind: 'condition', name: condition }))
      this.#place = { ...this.#place, guards: [{ condition, holds: true }] }
    }
    for (const [attribute, value] of Object.entries(entry)) {
      this.#at(attribute, () => {
        if (attribute === 'DependsOn' && section === 'Resources') this.#dependencies(value)
        this.#value(value)
      })
    }
  }

  #dependencies(value: Json): void {
    if (typeof value === 'string') this.#refer({ kind: 'dependency', name: value })
    if (!Array.isArray(value)) return
    value.forEach((name: Json, index) => {
      if (typeof name === 'string') this.#at(index, () => this.#refer({ kind: 'dependency', name }))
    })
  }

  #value(value: Json): void {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        this.#path.push(index)
        this.#value(value[index])
        this.#path.pop()
      }
    } else if (isObject(value)) {
      const keys = Object.keys(value)
      for (const key of keys) {
        const item = value[key]
        if (item === undefined) continue
        const isAlone = keys.length === 1
        if (key === 'Ref' ? isAlone : key.startsWith('Fn::')) this.#call(key, item, isAlone)
        else if (key === 'Condition' && isAlone && typeof item === 'string' && this.#isPredicate()) {
          this.#call(key, item, isAlone)
        } else {
          this.#path.push(key)
          this.#value(item)
          this.#path.pop()
        }
      }
    }
  }

  /** Elsewhere `Condition` is a key like any other. */
  #isPredicate(): boolean {
    return this.#place.section === 'Conditions' || this.#place.section === 'Rules'
  }

  #call(fn: string, argument: Json, isAlone: boolean): void {
    this.#path.push(fn)
    const call: Call = {
      fn,
      argument,
      path: [...this.#path],
      place: this.#place,
      within: [...this.#within],
      isAlone,
    }
    this.#calls.push(call)
    this.#within.push(fn)
    switch (fn) {
      case 'Ref':
        if (typeof argument === 'string') this.#refer({ kind: 'value', name: argument })
        else this.#value(argument)
        break
      case 'Condition':
        if (typeof argument === 'string') this.#refer({ kind: 'condition', name: argument })
        break
      case 'Fn::GetAtt':
        this.#attribute(argument)
        break
      case 'Fn::Sub':
        this.#sub(argument)
        break
      case 'Fn::If':
        this.#branches(argument)
        break
      case 'Fn::FindInMap':
        this.#findInMap(argument)
        break
      case 'Fn::ValueOf':
        this.#valueOf(argument)
        break
      default:
        if (fn.startsWith('Fn::ForEach')) this.#generated(() => this.#value(argument))
        else this.#value(argument)
    }
    this.#within.pop()
    this.#path.pop()
  }

  #attribute(argument: Json): void {
    if (typeof argument === 'string') {
      const [name, attribute] = splitAttribute(argument)
      if (attribute !== undefined) this.#refer({ kind: 'attribute', name, attribute, attributePath: [...this.#path] })
    } else if (Array.isArray(argument)) {
      const [name, attribute]: readonly Json[] = argument
      if (typeof name === 'string') {
        const attributePath = [...this.#path, 1]
        const literal = typeof attribute === 'string' && argument.length === 2 ? attribute : undefined
        this.#at(0, () => this.#refer({ kind: 'attribute', name, attribute: literal, attributePath }))
      }
      this.#value(argument)
    } else this.#value(argument)
  }

  #sub(argument: Json): void {
    const [text, variables] = Array.isArray(argument) ? argument : [argument]
    const own = isObject(variables) ? variables : {}
    if (typeof text === 'string') {
      const names = new Set(placeholdersOf(text))
      for (const placeholder of names) {
        if (Object.hasOwn(own, placeholder) || !isPlaceholder(placeholder)) continue
        const [name, attribute] = splitAttribute(placeholder)
        if (attribute === undefined) this.#refer({ kind: 'value', name })
        else this.#refer({ kind: 'attribute', name, attribute, attributePath: [...this.#path] })
      }
    }
    this.#value(argument)
  }

  #branches(argument: Json): void {
    if (!Array.isArray(argument)) {
      this.#value(argument)
      return
    }
    const [condition, ...branches]: readonly Json[] = argument
    if (typeof condition === 'string') this.#at(0, () => this.#refer({ kind: 'condition', name: condition }))
    else if (condition !== undefined) this.#at(0, () => this.#value(condition))
    branches.forEach((branch, index) => {
      const outside = this.#place
      if (typeof condition === 'string' && index < 2) {
        this.#place = { ...outside, guards: [...outside.guards, { condition, holds: index === 0 }] }
      }
      this.#at(index + 1, () => this.#value(branch))
      this.#place = outside
    })
  }

  #findInMap(argument: Json): void {
    if (Array.isArray(argument)) {
      const [name, first, second]: readonly Json[] = argument
      if (typeof name === 'string') {
        const keys = [
          [first, [...this.#path, 1]],
          [second, [...this.#path, 2]],
        ] as const
        this.#at(0, () => this.#refer({ kind: 'mapping', name, keys }))
      }
    }
    this.#value(argument)
  }

  /** The first operand is the name of a parameter. */
  #valueOf(argument: Json): void {
    const [name]: readonly Json[] = Array.isArray(argument) ? argument : []
    if (typeof name === 'string') this.#at(0, () => this.#refer({ kind: 'value', name }))
    this.#value(argument)
  }

  #generated(visit: () => void): void {
    const outside = this.#place
    this.#place = { ...outside, isGenerated: true }
    visit()
    this.#place = outside
  }

  #refer(
    reference:
      | { kind: 'value' | 'condition' | 'dependency'; name: string }
      | { kind: 'attribute'; name: string; attribute: string | undefined; attributePath: Path }
      | { kind: 'mapping'; name: string; keys: readonly (readonly [Json | undefined, Path])[] },
  ): void {
    this.#references.push({ ...reference, path: [...this.#path], place: this.#place })
  }

  #at(step: string | number, visit: () => void): void {
    this.#path.push(step)
    visit()
    this.#path.pop()
  }

  #macros(root: JsonObject): Macros {
    const transform = member(root, 'Transform')
    const all = transform === undefined ? [] : Array.isArray(transform) ? transform : [transform]
    const names = all.map((it: Json) => {
      const name = isObject(it) ? member(it, 'Name') : it
      return typeof name === 'string' ? name : 'a macro'
    })
    const generators = this.#calls.filter(({ fn }) => fn.startsWith('Fn::ForEach') || fn === 'Fn::Transform')
    const isKnown = (name: string) => name === languageExtensions || name === serverless
    return {
      names,
      unknown: names.filter(name => !name.startsWith('AWS::')),
      mayDeclare: generators.length > 0 || names.some(name => name !== languageExtensions),
      mayRefer: generators.length > 0 || names.some(name => !isKnown(name)),
      hasLanguageExtensions: names.includes(languageExtensions),
      hasServerless: names.includes(serverless),
    }
  }
}

const languageExtensions = 'AWS::LanguageExtensions'
const serverless = 'AWS::Serverless-2016-10-31'

/** `Child.Outputs.Name` is the attribute `Outputs.Name` of `Child`. */
function splitAttribute(text: string): readonly [name: string, attribute: string | undefined] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)]
}
