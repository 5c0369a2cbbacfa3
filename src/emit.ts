import { type Document, isObject, type Json, type JsonObject, type Path } from './document.ts'

export type EmitOptions = {
  /** Lines that stand at the top as comments. */
  readonly header: readonly string[]
  /** Comments, each above what is at its path, in this order where several are. */
  readonly comments: readonly { readonly path: Path; readonly text: string }[]
}

/** What one line holds before a call gets a line for each argument. */
const lineWidth = 100

/** YAML readers look no further than 1,024 characters for the colon behind a key. */
const longestSimpleKey = 1000

const indentation = '  '

/** The functions that YAML may write as a tag, by the key that JSON gives them. */
const tags: ReadonlyMap<string, string> = new Map([
  ['Ref', '!Ref'],
  ['Condition', '!Condition'],
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

/** The functions among whose operands `{ Condition: Name }` calls a condition; elsewhere it is a key like any other. */
const takesConditions: ReadonlySet<string> = new Set(['Fn::And', 'Fn::Not', 'Fn::Or'])

/**
 * The YAML of a document: its keys in their order, the same text for the same document on every machine.
 * YAML 1.1 readers (CloudFormation, PyYAML) and YAML 1.2 readers find the same data in it.
 *
 * It needs no YAML library, since what one takes care of is just what is decided here: which text goes without quotes,
 * which call stands on one line, where a tag may stand.
 */
export function emit(document: Document, { header, comments }: EmitOptions): string {
  const notes = notesOf(comments)
  const top = header.map(line => `${commentLine(line)}\n`).join('')
  const parts = Object.entries<Json>({ ...document }).map(([name, value]) => {
    const note = notes.children.get(name)
    const isSection = isObject(value) && Object.keys(value).length > 0
    return isSection ? `\n${section(name, value, note)}` : entry(name, value, '', note)
  })
  return `${top}${top === '' ? '' : '\n'}${parts.join('\n').replace(/^\n/, '')}\n`
}

/** The same document as JSON, which holds no comments. */
export function emitJson(document: Document): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** The comments at a place, and those below it. */
type Note = { readonly lines: string[]; readonly children: Map<string, Note> }

function notesOf(comments: EmitOptions['comments']): Note {
  const root: Note = { lines: [], children: new Map() }
  for (const { path, text } of comments) {
    let note = root
    for (const key of path.map(String)) {
      const child: Note = note.children.get(key) ?? { lines: [], children: new Map() }
      note.children.set(key, child)
      note = child
    }
    note.lines.push(...text.split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/))
  }
  return root
}

/** Without what a reader may take for the end of the comment, or refuse. */
function commentLine(text: string): string {
  return `# ${text.replace(unprintable, ' ')}`.trimEnd()
}

/** Entries of more than one line stand apart, those of one line together. */
function section(name: string, content: JsonObject, note: Note | undefined): string {
  let text = `${above(note, '')}${keyText(name, '')}`
  let wasLong = false
  for (const [index, [id, value]] of Object.entries(content).entries()) {
    const written = entry(id, value, indentation, note?.children.get(id))
    const isLong = written.includes('\n')
    text += `${index > 0 && (isLong || wasLong) ? '\n' : ''}\n${indentation}${written}`
    wasLong = isLong
  }
  return text
}

/** A key with its value, and its comments above it. Its first line is not indented: it may stand behind a dash. */
function entry(name: string, value: Json, indent: string, note: Note | undefined): string {
  const start = keyText(name, indent)
  // A call that must keep the long form is on one line where its short form would be.
  const flow = tags.has(name) && Array.isArray(value) ? inline(value, roomAfter(indent, start), note) : undefined
  return `${above(note, indent)}${start}${flow === undefined ? after(value, indent, start, note) : ` ${flow}`}`
}

function keyText(name: string, indent: string): string {
  const text = quoted(name, isPlain)
  return text.length > longestSimpleKey ? `? ${text}\n${indent}:` : `${text}:`
}

function above(note: Note | undefined, indent: string): string {
  const lines = note?.lines.flatMap(line => wrapped(line, lineWidth - indent.length - 2)) ?? []
  return lines.map(line => `${commentLine(line)}\n${indent}`).join('')
}

/** Cuts at blanks what is longer than `width`, but never a word. */
function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

function roomAfter(indent: string, start: string): number {
  return lineWidth - indent.length - start.length - 1
}

/** What follows `key:` or `-`, which stands at `indent`: a blank and one line, or lines of its own. */
function after(value: Json, indent: string, start: string, note: Note | undefined, isOperand = false): string {
  const inner = `${indent}${indentation}`
  const call = callOf(value, isOperand)
  const short =
    call === undefined ? undefined : tagged(call, inner, roomAfter(indent, start), note?.children.get(call.name))
  if (short !== undefined) return short
  if (typeof value !== 'object' || value === null) return ` ${scalar(value, inner)}`
  if (!isObject(value)) return value.length === 0 ? ' []' : lines(items(value, inner, note), inner, start, note, '0')
  const [first] = Object.keys(value)
  return first === undefined ? ' {}' : lines(entries(value, inner, note), inner, start, note, first)
}

/** A call in its short form; nothing if a comment on its argument needs the line that only the long form has. */
function tagged({ name, tag, argument }: TaggedCall, inner: string, room: number, note: Note | undefined) {
  if (typeof argument !== 'string' && argument.length > 0) {
    const areOperands = takesConditions.has(name)
    const flow = inline(argument, room - tag.length - 1, note, areOperands)
    if (flow !== undefined) return ` ${tag} ${flow}`
    return ` ${tag}\n${inner}${above(note, inner)}${items(argument, inner, note, areOperands)}`
  }
  if (note !== undefined) return undefined
  return ` ${tag} ${typeof argument === 'string' ? scalar(argument, inner) : '[]'}`
}

/** A list or map within a list starts on the line of its dash, unless a comment comes first. */
function lines(text: string, indent: string, start: string, note: Note | undefined, first: string): string {
  const isCommented = (note?.children.get(first)?.lines.length ?? 0) > 0
  return start === '-' && !isCommented ? ` ${text}` : `\n${indent}${text}`
}

function entries(map: JsonObject, indent: string, note: Note | undefined): string {
  const written = Object.entries(map).map(([name, value]) => entry(name, value, indent, note?.children.get(name)))
  return written.join(`\n${indent}`)
}

function items(list: readonly Json[], indent: string, note: Note | undefined, areOperands = false): string {
  const written = list.map((item, index) => {
    const own = note?.children.get(String(index))
    return `${above(own, indent)}-${after(item, indent, '-', own, areOperands)}`
  })
  return written.join(`\n${indent}`)
}

/** A value on one line; nothing if it is longer than `room`, has a comment in it, or needs lines of its own. */
function inline(value: Json, room: number, note: Note | undefined, areOperands = false): string | undefined {
  if (note !== undefined) return undefined
  const text = inlineText(value, room, areOperands)
  return text === undefined || text.length > room ? undefined : text
}

function inlineText(value: Json, room: number, isOperand: boolean): string | undefined {
  if (typeof value === 'string' && value.includes('\n')) return undefined
  if (typeof value !== 'object' || value === null) return flowScalar(value)
  if (!isObject(value)) return inlineList(value, room, isOperand)
  const call = callOf(value, isOperand)
  if (call === undefined) return Object.keys(value).length === 0 ? '{}' : undefined
  const { name, tag, argument } = call
  const text = inline(argument, room - tag.length - 1, undefined, takesConditions.has(name))
  return text === undefined ? undefined : `${tag} ${text}`
}

function inlineList(list: readonly Json[], room: number, areOperands: boolean): string | undefined {
  let text = '['
  for (const [index, item] of list.entries()) {
    const written = inline(item, room - text.length, undefined, areOperands)
    if (written === undefined) return undefined
    text += `${index === 0 ? '' : ', '}${written}`
  }
  return `${text}]`
}

type TaggedCall = { readonly name: string; readonly tag: string; readonly argument: string | readonly Json[] }

/**
 * `{ Ref: X }` as `!Ref X`; nothing for a map that is no call, or whose argument needs the long form: two tags can't
 * stand side by side, and behind a tag a number would be read as text.
 */
function callOf(value: Json, isOperand: boolean): TaggedCall | undefined {
  if (!isObject(value)) return undefined
  const [only, ...others] = Object.entries(value)
  if (only === undefined || others.length > 0) return undefined
  const [name, argument] = only
  const tag = tags.get(name)
  if (tag === undefined || (name === 'Condition' && !isOperand)) return undefined
  if (name === 'Fn::GetAtt') {
    const attribute = dotted(argument)
    return attribute === undefined ? undefined : { name, tag, argument: attribute }
  }
  if (typeof argument === 'string') return { name, tag, argument }
  return Array.isArray(argument) && name !== 'Ref' && name !== 'Condition' ? { name, tag, argument } : undefined
}

/** Readers cut `A.B.C` in more than one way, so an attribute whose name has a dot keeps the long form. */
function dotted(argument: Json): string | undefined {
  if (!Array.isArray(argument)) return undefined
  const [target, attribute, ...others] = argument
  const isPair = typeof target === 'string' && typeof attribute === 'string' && others.length === 0
  return isPair && !`${target}${attribute}`.includes('.') ? `${target}.${attribute}` : undefined
}

function scalar(value: string | number | boolean | null, indent: string): string {
  if (typeof value !== 'string') return flowScalar(value)
  return value.includes('\n') && isBlock(value) ? literal(value, indent) : quoted(value, isPlain)
}

function flowScalar(value: string | number | boolean | null): string {
  if (typeof value === 'string') return quoted(value, isPlainInFlow)
  // YAML 1.1 takes `1e+21` for text: its numbers with an exponent have a point.
  return JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e')
}

/**
 * What YAML has no place for outside double quotes, and what nobody would see there: control characters, line
 * separators, marks of direction and of no width, halves of surrogate pairs. By code point, since Unicode's own
 * categories grow from one version of Node to the next.
 */
const hidden =
  '\\0-\\x1f\\x7f-\\x9f\\xad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff' +
  '\\u{e0000}-\\u{e007f}\\ud800-\\udfff'
const unprintable = new RegExp(`[${hidden}]`, 'gu')
const unprintableInBlock = new RegExp(`(?![\\n\\t])[${hidden}]`, 'u')

function quoted(text: string, mayBePlain: (text: string) => boolean): string {
  if (mayBePlain(text)) return text
  if (text.search(unprintable) === -1) return `'${text.replaceAll("'", "''")}'`
  return JSON.stringify(text).replace(unprintable, character => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** Does a block literal show all that is in the text? Not where that starts or ends with blanks, or has blank ends. */
function isBlock(text: string): boolean {
  return /^\S/.test(text) && !/[ \t]$/m.test(text) && !text.endsWith('\n\n') && !unprintableInBlock.test(text)
}

function literal(text: string, indent: string): string {
  const [header, content] = text.endsWith('\n') ? ['|', text.slice(0, -1)] : ['|-', text]
  return `${header}\n${content.replace(/^(?=.)/gm, indent)}`
}

/** What YAML 1.1 takes for a boolean or null though it starts with a letter. */
const words = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/**
 * May the text stand without quotes? Only what starts with a letter, and so is no number, date, `~`, `=` or `<<`
 * in either YAML, is no word of YAML 1.1, and has no character that ends a plain scalar.
 */
function isPlain(text: string): boolean {
  return /^[A-Za-z](?:(?! #|: |:$| $)[\x20-\x7e])*$/.test(text) && !words.test(text)
}

/** In a flow list older readers stumble over a colon, unless it is one of AWS's pairs. */
function isPlainInFlow(text: string): boolean {
  return /^[A-Za-z](?:[\w./-]|::(?=\w))*$/.test(text) && !words.test(text)
}
