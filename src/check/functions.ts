import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, member, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { textOf } from '../parameter.ts'
import { type Call, callOf, entriesOf, isPlaceholder, type Macros, placeholdersOf, survey } from './walk.ts'

/**
 * Calls of functions: is there such a function, may it stand where it stands, and has it the arguments that it takes?
 * The Rules section has functions and a rule of its own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function checkFunctions(document: Document): readonly Diagnostic[] {
  const { calls, macros } = survey(document)
  const diagnostics: Diagnostic[] = []
  for (const call of calls) {
    // The body of an Fn::ForEach is a text from which calls are made, not yet a call.
    if (call.place.section === 'Rules' || call.place.isGenerated) continue
    // What stands in the place of a condition's name is judged with the choice.
    if (call.path.at(-3) === 'Fn::If' && call.path.at(-2) === 0) continue
    const misplaced = placeOf(call, macros)
    if (misplaced === undefined) diagnostics.push(...shapeOf(call, macros))
    else diagnostics.push(misplaced)
  }
  for (const [id, condition] of entriesOf(document, 'Conditions')) {
    if (!isPredicate(condition)) diagnostics.push(notPredicate(['Conditions', id]))
  }
  return diagnostics
}

const predicates: readonly string[] = ['Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Equals']

/** What an operand of `Fn::Equals` may be computed from before there are resources. */
const early: readonly string[] = ['Ref', 'Fn::FindInMap', 'Fn::Join', 'Fn::Select', 'Fn::Split', 'Fn::Sub']

const inValues: readonly string[] = [
  ...early,
  'Fn::Base64',
  'Fn::Cidr',
  'Fn::GetAZs',
  'Fn::GetAtt',
  'Fn::GetStackOutput',
  'Fn::If',
  'Fn::ImportValue',
]

const inRules: readonly string[] = [
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
  'Fn::RefAll',
  'Fn::ValueOf',
  'Fn::ValueOfAll',
]

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html */
const extensions: readonly string[] = ['Fn::Length', 'Fn::ToJsonString']

const all: readonly string[] = ['Condition', 'Fn::Transform', ...predicates, ...inValues, ...inRules, ...extensions]

/** Attributes of resources and outputs that CloudFormation reads as they are written. */
const literals: Readonly<Record<string, readonly string[]>> = {
  Resources: ['Type', 'Condition', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'],
  Outputs: ['Condition', 'Description'],
}

function placeOf({ fn, path, place, within, isAlone }: Call, macros: Macros): Diagnostic | undefined {
  if (fn === 'Fn::Transform') return undefined
  if (fn.startsWith('Fn::ForEach') || extensions.includes(fn)) {
    if (macros.hasLanguageExtensions) return undefined
    return invalid(path, 'needs the transform AWS::LanguageExtensions', 'Add that Transform, or write the result')
  }
  if (!all.includes(fn)) {
    if (macros.mayRefer) return undefined
    const near = nearest(fn, all)
    return invalid(path, 'is no function', near === undefined ? 'Remove it' : `Write ${near}`)
  }
  if (!isAlone) return invalid(path, 'has other keys beside it', 'A function stands alone in its object: indent it')
  const [section, , attribute] = path
  const isLiteral = typeof attribute === 'string' && literals[place.section]?.includes(attribute) === true
  if (isLiteral && !(macros.hasLanguageExtensions && attribute.endsWith('Policy'))) {
    return invalid(path, `stands in ${attribute}, which takes no function`, 'Write the value itself')
  }
  switch (section) {
    case 'Parameters':
    case 'Mappings':
      return invalid(path, `stands under ${section}, which holds no functions`, 'Write the value itself')
    case 'Conditions': {
      const outer = within.at(-1)
      const wantsPredicate =
        outer === undefined ? path.length === 3 : outer !== 'Fn::Equals' && predicates.includes(outer)
      // What should be a predicate is judged with the call around it.
      if (wantsPredicate) return undefined
      if (early.includes(fn)) return undefined
      return invalid(
        path,
        'stands under Conditions, where it has no value yet',
        `Compare parameters there, by ${list(early)}`,
      )
    }
    case 'Resources':
    case 'Outputs': {
      const depth = section === 'Resources' && attribute === 'Properties' ? 4 : 3
      if (path.length <= depth) {
        return invalid(path, 'stands where only an object may', 'Move it into the values of the object')
      }
      if (inValues.includes(fn)) return undefined
      const home = inRules.includes(fn) ? 'Rules' : 'Conditions'
      const help =
        home === 'Rules' ? 'Move it to Rules' : 'Declare a condition under Conditions, and choose by Fn::If of its name'
      return invalid(path, `stands outside ${home}`, help)
    }
  }
  return undefined
}

type Item = 'any' | 'condition' | 'index' | 'list' | 'literal' | 'number' | 'predicate' | 'text'

/** What takes a list: how many items at least and at most, and what they are, the last for all that follow. */
const lists: Readonly<Record<string, readonly [least: number, most: number, ...items: Item[]]>> = {
  'Fn::And': [2, 10, 'predicate'],
  'Fn::Cidr': [2, 3, 'text', 'number'],
  'Fn::Equals': [2, 2, 'text'],
  'Fn::FindInMap': [3, 3, 'text'],
  'Fn::If': [3, 3, 'condition', 'any'],
  'Fn::Join': [2, 2, 'literal', 'list'],
  'Fn::Not': [1, 1, 'predicate'],
  'Fn::Or': [2, 10, 'predicate'],
  'Fn::Select': [2, 2, 'index', 'list'],
  'Fn::Split': [2, 2, 'literal', 'text'],
}

const wanted: Readonly<Record<Item, string>> = {
  any: 'a value',
  condition: 'the name of a condition',
  index: 'a number from 0, or a function',
  list: 'a list, or a function that gives one',
  literal: 'text',
  number: 'a number, or a function',
  predicate: 'Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition',
  text: 'text, or a function',
}

function shapeOf(call: Call, macros: Macros): readonly Diagnostic[] {
  const { fn, argument, path } = call
  switch (fn) {
    case 'Ref':
      return textOf(argument) === undefined && !macros.hasLanguageExtensions
        ? [invalid(path, 'takes a name', 'Write the logical ID of a parameter or resource')]
        : []
    case 'Condition':
      return []
    case 'Fn::Base64':
    case 'Fn::GetAZs':
    case 'Fn::ImportValue':
      return isItem(argument, 'text') ? [] : [invalid(path, `takes ${wanted.text}`, `Write ${wanted.text}`)]
    case 'Fn::GetAtt':
      return attribute(argument, path, macros)
    case 'Fn::Sub':
      return sub(argument, path)
  }
  const [least, most, ...items] = lists[fn] ?? []
  if (least === undefined || most === undefined) return []
  const limit = fn === 'Fn::FindInMap' && macros.hasLanguageExtensions ? 4 : most
  const count = least === most ? String(least) : `${least} to ${most}`
  if (!Array.isArray(argument)) return [invalid(path, `takes a list of ${count}`, `Write the arguments as a list`)]
  if (argument.length < least || argument.length > limit) {
    const help = helpOn(fn) ?? `Give it ${count}`
    return [invalid(path, `takes ${count} arguments and has ${argument.length}`, help)]
  }
  const wrong = argument.flatMap((value: Json, index): readonly Diagnostic[] => {
    const item = items[Math.min(index, items.length - 1)] ?? 'any'
    if (index === 3 || isItem(value, item)) return []
    if (item === 'predicate') return [notPredicate([...path, index])]
    const help =
      item === 'condition' ? 'Declare the condition under Conditions, and write its name here' : `Write ${wanted[item]}`
    return [invalid([...path, index], `is no ${wanted[item].replace(/^(?:an?|the) /, '')}`, help)]
  })
  return wrong.length > 0 || fn !== 'Fn::Select' ? wrong : outOfRange(argument, path)
}

function helpOn(fn: string): string | undefined {
  switch (fn) {
    case 'Fn::If':
      return 'Write the condition, then what stands here if it holds, then what else (AWS::NoValue for nothing)'
    case 'Fn::And':
    case 'Fn::Or':
      return `Nest another ${fn} for more than ten, and leave it out for one`
    default:
      return undefined
  }
}

function isItem(value: Json, item: Item): boolean {
  const isCall = callOf(value) !== undefined
  switch (item) {
    case 'any':
      return true
    case 'condition':
    case 'literal':
      return typeof value === 'string'
    case 'index':
    case 'number':
      return isCall || /^\d+$/.test(textOf(value) ?? '')
    case 'list':
      return isCall || Array.isArray(value)
    case 'predicate':
      return isPredicate(value)
    case 'text':
      return isCall || textOf(value) !== undefined
  }
}

function isPredicate(value: Json): boolean {
  const [fn] = callOf(value) ?? []
  if (fn !== undefined) return predicates.includes(fn) || fn === 'Fn::Transform' || fn.startsWith('Fn::ForEach')
  return isObject(value) && Object.keys(value).length === 1 && typeof member(value, 'Condition') === 'string'
}

function outOfRange(argument: readonly Json[], path: Path): readonly Diagnostic[] {
  const [index, values] = argument
  const position = textOf(index)
  if (position === undefined || !Array.isArray(values) || Number(position) < values.length) return []
  const message = `is ${position}, and the list has ${values.length} items, counted from 0`
  return [invalid([...path, 0], message, 'Write the position of an item')]
}

function attribute(argument: Json, path: Path, { hasLanguageExtensions }: Macros): readonly Diagnostic[] {
  const help = 'Write the logical ID of a resource and the name of one of its attributes'
  if (typeof argument === 'string') {
    return /^[^.]+\..+$/.test(argument) ? [] : [invalid(path, `names no attribute: '${argument}'`, help)]
  }
  if (!Array.isArray(argument) || argument.length !== 2)
    return [invalid(path, 'takes a resource and an attribute', help)]
  const [name, second]: readonly Json[] = argument
  if (hasLanguageExtensions) return []
  const isName = typeof second === 'string' || callOf(second)?.[0] === 'Ref'
  return [
    ...(typeof name === 'string' ? [] : [invalid([...path, 0], 'is no logical ID', help)]),
    ...(isName ? [] : [invalid([...path, 1], 'is no name of an attribute, and no Ref of a parameter', help)]),
  ]
}

function sub(argument: Json, path: Path): readonly Diagnostic[] {
  if (typeof argument === 'string') return placeholders(argument, path)
  const help = 'Write text, or a list of text and an object of its variables'
  if (!Array.isArray(argument) || argument.length !== 2) {
    return [invalid(path, 'takes text, or text and its variables', help)]
  }
  const [text, variables]: readonly Json[] = argument
  if (typeof text !== 'string') return [invalid([...path, 0], 'is no text', help)]
  if (!isObject(variables)) return [invalid([...path, 1], 'is no object of variables', help)]
  const used = new Set(placeholdersOf(text))
  return [
    ...placeholders(text, [...path, 0]),
    ...Object.keys(variables)
      .filter(name => !used.has(name) && !name.startsWith('Fn::'))
      .map(
        (name): Diagnostic => ({
          code: 'unused-variable',
          severity: 'warning',
          path: [...path, 1, name],
          message: 'is a variable that the text does not use',
          help: `Remove it, or write \${${name}} in the text`,
        }),
      ),
  ]
}

function placeholders(text: string, path: Path): readonly Diagnostic[] {
  return [...new Set(placeholdersOf(text))]
    .filter(name => !isPlaceholder(name))
    .map(name =>
      invalid(
        path,
        `holds \${${name}}, which is no name: only letters, digits, _, . and : make one`,
        `Write \${!${name}} if it is to stay in the text for IAM or another reader`,
      ),
    )
}

function notPredicate(path: Path): Diagnostic {
  const help = 'Compare two values by Fn::Equals, or combine conditions by Fn::And, Fn::Or, Fn::Not and Condition'
  return invalid(path, 'is no condition', help)
}

function invalid(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-function', severity: 'error', path, message, help }
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
