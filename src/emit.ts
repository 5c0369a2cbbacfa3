import { isMap, Pair, Scalar, Document as YamlDocument, YAMLMap, YAMLSeq } from 'yaml'

import { type Document, isObject, type Json, type Path } from './document.ts'

export type EmitOptions = {
  /** Lines that stand at the top as comments. */
  readonly header: readonly string[]
  /** Comments, each above what is at its path. */
  readonly comments: readonly { readonly path: Path; readonly text: string }[]
}

/** The functions that YAML may write as a tag, by the key that JSON gives them. */
const tags: ReadonlyMap<string, string> = new Map([
  ['Ref', '!Ref'],
  ...[
    'And',
    'Base64',
    'Cidr',
    'Contains',
    'EachMemberEquals',
    'EachMemberIn',
    'Equals',
    'FindInMap',
    'GetAtt',
    'GetAZs',
    'If',
    'ImportValue',
    'Join',
    'Not',
    'Or',
    'RefAll',
    'Select',
    'Split',
    'Sub',
    'ValueOf',
    'ValueOfAll',
  ].map(name => [`Fn::${name}`, `!${name}`] as const),
])

/** A call that fits here stands on one line. */
const lineWidth = 100

/**
 * The YAML of a document: its keys in their order, the same text for the same document on every machine.
 * YAML 1.1 readers (CloudFormation, PyYAML) and YAML 1.2 readers find the same data in it.
 */
export function emit(document: Document, { header, comments }: EmitOptions): string {
  const root = new Emitter(comments).node(document, [], false)
  spaceOut(root)
  const yaml = new YamlDocument(root, { version: '1.1' })
  yaml.commentBefore = header.map(line => ` ${line}`.trimEnd()).join('\n')
  return yaml.toString({ directives: false, lineWidth: 0, flowCollectionPadding: false })
}

/** The same document as JSON, which holds no comments. */
export function emitJson(document: Document): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

type Node = Scalar | YAMLMap | YAMLSeq

class Emitter {
  readonly #comments: ReadonlyMap<string, string>

  constructor(comments: EmitOptions['comments']) {
    this.#comments = new Map(comments.map(({ path, text }) => [keyOf(path), text]))
  }

  node(value: Json | Document, path: Path, inFlow: boolean): Node {
    if (Array.isArray(value)) return this.#list(value, path, inFlow)
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries<Json>({ ...value })
      return this.#call(entries, path, inFlow) ?? this.#map(entries, path, inFlow)
    }
    return scalar(value, inFlow)
  }

  #list(items: readonly Json[], path: Path, inFlow: boolean): YAMLSeq {
    const list = new YAMLSeq()
    list.flow = inFlow || items.length === 0
    list.items = items.map((item, index) => this.#commented(this.node(item, [...path, index], inFlow), [...path, index]))
    return list
  }

  #map(entries: readonly (readonly [string, Json])[], path: Path, inFlow: boolean): YAMLMap {
    const map = new YAMLMap()
    map.flow = inFlow || entries.length === 0
    map.items = entries.map(([key, value]) => {
      const place = [...path, key]
      return new Pair(this.#commented(scalar(key, inFlow), place), this.node(value, place, inFlow))
    })
    return map
  }

  /** `{ Ref: X }` as `!Ref X`; nothing for a map that is no function call, or whose argument needs the long form. */
  #call(entries: readonly (readonly [string, Json])[], path: Path, inFlow: boolean): Node | undefined {
    const [entry, ...others] = entries
    if (entry === undefined || others.length > 0) return undefined
    const [name, argument] = entry
    const tag = name === 'Condition' && isOperand(path) ? '!Condition' : tags.get(name)
    if (tag === undefined || isObject(argument) || typeof argument === 'boolean' || argument === null) return undefined
    if (tag === '!GetAtt') return attribute(argument, inFlow)
    const isOnOneLine = !inFlow && Array.isArray(argument) && isFlat(argument) && this.#fits(argument, [...path, name])
    const node = this.node(argument, [...path, name], inFlow || isOnOneLine)
    node.tag = tag
    return node
  }

  #fits(argument: readonly Json[], path: Path): boolean {
    const line = argument.map(item => new YamlDocument(this.node(item, path, true)).toString({ lineWidth: 0 }).trim())
    return line.join(', ').length <= lineWidth
  }

  #commented<T extends Node>(node: T, path: Path): T {
    const text = this.#comments.get(keyOf(path))
    if (text !== undefined) node.commentBefore = text.replace(/^/gm, ' ')
    return node
  }
}

/** Only an operand of `Fn::And`, `Fn::Or` or `Fn::Not` calls a condition by `{ Condition: Name }`. */
function isOperand(path: Path): boolean {
  return ['Fn::And', 'Fn::Or', 'Fn::Not'].includes(String(path.at(-2)))
}

/**
 * Readers cut `A.B.C` in more than one way, so an attribute that has a dot keeps the long form.
 * The call is a scalar in the short form, and nothing that a flow list could not hold.
 */
function attribute(argument: Json, inFlow: boolean): Node | undefined {
  if (!Array.isArray(argument)) return undefined
  const [target, name, ...others] = argument
  if (typeof target !== 'string' || typeof name !== 'string' || name.includes('.') || others.length > 0) return undefined
  const node = scalar(`${target}.${name}`, inFlow)
  node.tag = '!GetAtt'
  return node
}

/** Are these all scalars, or calls of such? Only they may share a line. */
function isFlat(items: readonly Json[]): boolean {
  return items.every(item => {
    if (!isObject(item)) return Array.isArray(item) ? isFlat(item) : !String(item).includes('\n')
    const [entry, ...others] = Object.entries(item)
    if (entry === undefined || others.length > 0) return false
    const [name, argument] = entry
    if (name === 'Fn::GetAtt') return attribute(argument, true) !== undefined
    return (tags.has(name) || name === 'Condition') && !isObject(argument) && isFlat([argument])
  })
}

function scalar(value: string | number | boolean | null, inFlow: boolean): Scalar {
  const node = new Scalar<unknown>(value)
  if (typeof value !== 'string') return node
  if (isPlain(value, inFlow)) node.type = Scalar.PLAIN
  else if (/[^\P{C}\n]|[\u0085\u2028\u2029\ufeff]/u.test(value)) node.type = Scalar.QUOTE_DOUBLE
  else if (value.includes('\n')) {
    const isBlock = !inFlow && /^\S/.test(value) && !/[ \t]$/m.test(value) && !/\n\n$/.test(value)
    node.type = isBlock ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE
  } else node.type = Scalar.QUOTE_SINGLE
  return node
}

/** What YAML 1.1 takes for a boolean or null though it starts with a letter. */
const words = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/**
 * May the text stand without quotes? Only what starts with a letter, and so is no number, date, `~`, `=` or `<<`
 * in either YAML, is no word of YAML 1.1, and has no character that ends a plain scalar.
 */
function isPlain(text: string, inFlow: boolean): boolean {
  if (words.test(text)) return false
  return inFlow ? /^[A-Za-z](?:[\w./-]|:(?=[\w./:-]))*$/.test(text) : /^[A-Za-z](?:(?! #|: |:$| $)[\x20-\x7e])*$/.test(text)
}

function keyOf(path: Path): string {
  return path.join('\0')
}

/** A blank line before each section, and before each of its entries but the first. */
function spaceOut(root: Node): void {
  if (!isMap(root)) return
  for (const section of root.items) {
    if (!isMap(section.value) || section.value.items.length === 0) continue
    const [, ...entries] = section.value.items
    for (const { key } of [section, ...entries]) if (key instanceof Scalar) key.spaceBefore = true
  }
}
