import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type Tags,
  type YAMLMap,
  type Document as YamlDocument,
} from 'yaml'
import { type Document, isObject, type Json, type Path } from './document.ts'

/** A template as a file holds it, which anybody may have written. */
export type Read =
  | {
      readonly kind: 'template'
      /** Its root is an object; all else is for `check` to judge. */
      readonly document: Document
      /** Where the file has what is at a path, or the nearest thing around it. */
      readonly positionOf: (path: Path) => Position
    }
  | { readonly kind: 'unreadable'; readonly problems: readonly Problem[] }

/** Line and column count from 1. */
export type Position = { readonly line: number; readonly column: number }

export type Problem = { readonly position: Position; readonly message: string; readonly help: string }

/**
 * Reads a template, YAML or JSON, as CloudFormation does: YAML 1.1 without its dates, short forms as long ones.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
export function read(text: string): Read {
  const lines = new LineCounter()
  const source = parseDocument(text, {
    version: '1.1',
    customTags: tags =>
      tags.filter(tag => typeof tag === 'string' || !tag.tag.endsWith(':timestamp')).map(withoutLetters),
    lineCounter: lines,
    // silent, it would be so of a second document too
    logLevel: 'error',
    prettyErrors: false,
  })
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems = source.errors.slice(0, mostErrors).map(({ code, message, pos }) => ({
    position: positionAt(pos[0]),
    ...(code === 'MULTIPLE_DOCS'
      ? { message: 'has a second document, and a template is one', help: 'Leave one of those that `---` parts' }
      : { message: `is no YAML: ${message}`, help: 'Mend the file at this place' }),
  }))
  if (problems.length > 0) return { kind: 'unreadable', problems }
  const reader = new Reader(source)
  const root = reader.json(source.contents)
  problems.push(
    ...reader.problems.map(({ offset, message }) => ({
      position: positionAt(offset),
      message,
      help: 'Write text, a number, true or false, a list or a map',
    })),
  )
  if (!isDocument(root)) {
    problems.push({
      position: { line: 1, column: 1 },
      message: 'is no template',
      help: 'Name a file that holds a map with Resources and other sections',
    })
  }
  return problems.length > 0 || !isDocument(root)
    ? { kind: 'unreadable', problems }
    : { kind: 'template', document: root, positionOf: path => positionAt(offsetOf(source.contents, path)) }
}

/** YAML 1.1 lists `y` and `n` among its booleans, its readers do not: `N` is the type of a DynamoDB key. */
function withoutLetters(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || tag.collection !== undefined || !tag.tag.endsWith(':bool')) return tag
  return { ...tag, test: new RegExp(`(?!^[yYnN]$)${tag.test?.source}`) }
}

/** As far as those who take a document of anybody's rely on it. */
function isDocument(root: Json): root is Document {
  return isObject(root)
}

// what follows a mistake is seldom another
const mostErrors = 10

// far more than the megabyte that CloudFormation takes can hold
const mostNodes = 1_000_000

class Reader {
  readonly problems: { readonly offset: number; readonly message: string }[] = []
  readonly #source: YamlDocument
  readonly #open = new Set<Node>()
  #nodes = 0

  constructor(source: YamlDocument) {
    this.#source = source
  }

  json(node: unknown): Json {
    if (!isNode(node)) return null
    if (++this.#nodes > mostNodes)
      return this.#nodes > mostNodes + 1 ? null : this.#problem(node, 'expands without end')
    if (isAlias(node)) return this.#alias(node)
    const name = functionName(node)
    const value = this.#untagged(node)
    if (name === undefined) return value
    if (name === 'Fn::GetAtt' && typeof value === 'string') {
      // a logical ID has no dot, an attribute may
      const [id = '', ...attribute] = value.split('.')
      return { [name]: attribute.length === 0 ? value : [id, attribute.join('.')] }
    }
    return { [name]: value }
  }

  #alias(node: Node): Json {
    const target = isAlias(node) ? node.resolve(this.#source) : undefined
    if (target === undefined) return this.#problem(node, 'is an alias of nothing')
    if (this.#open.has(target)) return this.#problem(node, 'contains itself')
    return this.json(target)
  }

  #untagged(node: Node): Json {
    if (isScalar(node)) return this.#scalar(node)
    this.#open.add(node)
    const value = isMap(node) ? this.#map(node) : isSeq(node) ? node.items.map(item => this.json(item)) : null
    this.#open.delete(node)
    return value
  }

  #map(node: YAMLMap): Json {
    const entries = new Map<string, Json>()
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        const merged = this.json(value)
        for (const one of Array.isArray(merged) ? merged : [merged]) {
          for (const [name, item] of isObject(one) ? Object.entries(one) : []) {
            if (!entries.has(name)) entries.set(name, item)
          }
        }
        continue
      }
      const name = this.json(key)
      if (typeof name === 'object' && name !== null)
        this.#problem(isNode(key) ? key : node, 'has a key that is no text')
      else entries.set(String(name), this.json(value))
    }
    return Object.fromEntries(entries)
  }

  #scalar(node: Scalar): Json {
    const { value, source = '' } = node
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
    // an account ID with a zero in front; octal numbers have no 8 and no 9
    if (typeof value === 'number' && /^[-+]?0\d*[89]\d*$/.test(source)) return source
    if (typeof value === 'number') return Number.isFinite(value) ? value : source
    return this.#problem(node, `is ${node.tag ?? 'a value'} that no template can hold`)
  }

  #problem(node: Node, message: string): null {
    this.problems.push({ offset: node.range?.[0] ?? 0, message })
    return null
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN'
}

/** The long form of a tag: `!Sub` is `Fn::Sub`. */
function functionName({ tag }: Node): string | undefined {
  const [, name] = /^!(\w+)$/.exec(tag ?? '') ?? []
  return name === undefined || name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`
}

function offsetOf(root: unknown, path: Path): number {
  let node = root
  let offset = 0
  for (const step of path) {
    // the short form has no key of its own
    if (isNode(node) && functionName(node) === step) continue
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      if (!isNode(item)) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}
