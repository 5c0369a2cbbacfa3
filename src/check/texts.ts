import { type Document, isObject, type Json, member } from '../document.ts'
import { allowedValuesOf, declarationOf, isListType, isStoredType, textOf } from '../parameter.ts'
import { callOf, isPlaceholder, sectionOf } from './walk.ts'

/**
 * A text as far as the template tells it: its literal pieces, between each two of which stands what only deployment
 * knows. One piece is the whole text.
 */
export type Text = readonly string[]

const unknown: Text = ['', '']

/** As many texts are told apart; what can be more is unknown. */
const most = 64

/**
 * The texts that a value can be: of a list, or a call that gives one, each of its items. A parameter can be its
 * Default and its AllowedValues, and without these anything else too.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function textsOf(document: Document, value: Json): readonly Text[] {
  const text = textOf(value)
  if (text !== undefined) return [[text]]
  if (Array.isArray(value)) return distinct(value.flatMap((it: Json) => textsOf(document, it)))
  const [fn, argument] = callOf(value) ?? []
  if (fn === undefined || argument === undefined) return [unknown]
  const operands: readonly Json[] = Array.isArray(argument) ? argument : [argument]
  const [first = null, second = null, third = null] = operands
  switch (fn) {
    case 'Ref':
      return typeof argument === 'string' ? referred(document, argument) : [unknown]
    case 'Fn::If':
      return distinct([second, third].filter(it => !isNothing(it)).flatMap(it => textsOf(document, it)))
    case 'Fn::Sub':
      return typeof first === 'string' ? substituted(document, first, second) : [unknown]
    case 'Fn::Join':
      return typeof first === 'string'
        ? distinct(listsOf(document, second).flatMap(it => joined(first, it)))
        : [unknown]
    case 'Fn::Split':
    case 'Fn::FindInMap':
    case 'Fn::Select': {
      const lists = fn === 'Fn::Select' ? selected(document, first, second) : listsOf(document, value)
      return distinct(lists.flatMap(list => list.flat()))
    }
    default:
      return [unknown]
  }
}

/** Is it this text, and nothing else? */
export function onlyText(texts: readonly Text[]): string | undefined {
  const [only, ...others] = texts
  return others.length === 0 && only?.length === 1 ? only[0] : undefined
}

/** The items of a list, each with the texts that it can be. */
type List = readonly (readonly Text[])[]

/** The lists that a value can be. */
function listsOf(document: Document, value: Json): readonly List[] {
  if (Array.isArray(value)) {
    return [value.filter((it: Json) => !isNothing(it)).flatMap((it: Json): List => [textsOf(document, it)])]
  }
  const [fn, argument] = callOf(value) ?? []
  const operands: readonly Json[] = Array.isArray(argument) ? argument : []
  const [first = null, second = null, third = null] = operands
  switch (fn) {
    case 'Ref':
      return [[textsOf(document, value)]]
    case 'Fn::If':
      return [second, third].filter(it => !isNothing(it)).flatMap(it => listsOf(document, it))
    case 'Fn::Split':
      if (typeof first !== 'string' || first === '') return [[[unknown]]]
      return textsOf(document, second).map(text =>
        text.length === 1 ? (text[0] ?? '').split(first).map(it => [[it]]) : [[unknown]],
      )
    case 'Fn::FindInMap':
      return mapped(document, operands).flatMap(it => listsOf(document, Array.isArray(it) ? it : [it]))
    default:
      return [[value === null ? [unknown] : textsOf(document, value)]]
  }
}

function isNothing(value: Json): boolean {
  const [fn, argument] = callOf(value) ?? []
  return fn === 'Ref' && argument === 'AWS::NoValue'
}

function referred(document: Document, name: string): readonly Text[] {
  const declaration = declarationOf(sectionOf(document, 'Parameters'), name)
  if (declaration === undefined) return [unknown]
  const type = member(declaration, 'Type')
  if (isStoredType(type)) return [unknown]
  const byDefault = textOf(member(declaration, 'Default'))
  const values = byDefault === undefined ? [] : isListType(type) ? byDefault.split(',') : [byDefault]
  const allowed = allowedValuesOf(declaration)
  return distinct([...values.map((it): Text => [it.trim()]), ...(allowed?.map((it): Text => [it]) ?? [unknown])])
}

function substituted(document: Document, text: string, variables: Json): readonly Text[] {
  let made: readonly Text[] = [['']]
  let end = 0
  for (const { 0: whole, 1: content = '', index } of text.matchAll(/\$\{([^}]*)\}/g)) {
    made = times(made, [[text.slice(end, index)]])
    end = index + whole.length
    made = times(made, placed(document, content, variables))
  }
  return times(made, [[text.slice(end)]])
}

function placed(document: Document, content: string, variables: Json): readonly Text[] {
  if (content.startsWith('!')) return [[`\${${content.slice(1)}}`]]
  const name = content.trim()
  const own = isObject(variables) ? member(variables, name) : undefined
  if (own !== undefined) return textsOf(document, own)
  // A policy variable that nobody has escaped.
  if (!isPlaceholder(name) || (name.includes(':') && !name.startsWith('AWS::'))) return [[`\${${name}}`]]
  return referred(document, name)
}

function joined(delimiter: string, list: List): readonly Text[] {
  return list.reduce<readonly Text[]>(
    (made, item, index) => times(made, index === 0 ? item : times([[delimiter]], item)),
    [['']],
  )
}

/** The items at the index, as lists of one; those at every index where only deployment knows which. */
function selected(document: Document, index: Json, from: Json): readonly List[] {
  const at = onlyText(textsOf(document, index))
  return listsOf(document, from).map(list => {
    const item = at === undefined ? undefined : list[Number(at)]
    return item === undefined ? list : [item]
  })
}

/** What a mapping can give; the keys that only deployment knows may be any. */
function mapped(document: Document, [name, first, second, otherwise]: readonly Json[]): readonly Json[] {
  const valuesAt = (table: Json, key: Json | undefined): readonly Json[] => {
    if (!isObject(table) || key === undefined) return []
    const texts = textsOf(document, key)
    const values = texts.every(it => it.length === 1)
      ? texts.map(([it = '']) => member(table, it))
      : Object.values(table)
    return values.filter(it => it !== undefined)
  }
  const tables = valuesAt(sectionOf(document, 'Mappings'), name)
  const found = tables.flatMap(table => valuesAt(table, first)).flatMap(row => valuesAt(row, second))
  const byDefault = isObject(otherwise) ? member(otherwise, 'DefaultValue') : undefined
  return byDefault === undefined ? found : [...found, byDefault]
}

/** Each of the ones with each of the others behind it. */
function times(ones: readonly Text[], others: readonly Text[]): readonly Text[] {
  if (ones.length * others.length > most) return [unknown]
  return ones.flatMap(one =>
    others.map(other => [...one.slice(0, -1), (one.at(-1) ?? '') + (other[0] ?? ''), ...other.slice(1)]),
  )
}

function distinct(texts: readonly Text[]): readonly Text[] {
  if (texts.length < 2) return texts
  return [...new Map(texts.map(it => [it.join('\0'), it])).values()]
}
