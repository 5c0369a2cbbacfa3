import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isList, isObject, type Json, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { entriesOf, sectionOf } from './walk.ts'

/**
 * What the functions of the Rules section take.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
 * `Fn::If` is in the list of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 * and described nowhere: it is let through as long as it does not ask for a condition, which rules cannot.
 */
const operands: Readonly<Record<string, { readonly least: number; readonly most: number; readonly isLiteral?: true }>> =
  {
    'Fn::And': { least: 2, most: 10 },
    'Fn::Contains': { least: 2, most: 2 },
    'Fn::EachMemberEquals': { least: 2, most: 2 },
    'Fn::EachMemberIn': { least: 2, most: 2 },
    'Fn::Equals': { least: 2, most: 2 },
    'Fn::If': { least: 3, most: 3 },
    'Fn::Not': { least: 1, most: 1 },
    'Fn::Or': { least: 2, most: 10 },
    'Fn::RefAll': { least: 1, most: 1, isLiteral: true },
    'Fn::ValueOf': { least: 2, most: 2, isLiteral: true },
    'Fn::ValueOfAll': { least: 2, most: 2, isLiteral: true },
  }

/** Of these a rule is made, since they are true or false. */
const predicates: ReadonlySet<string> = new Set([
  'Fn::And',
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
  'Fn::Equals',
  'Fn::If',
  'Fn::Not',
  'Fn::Or',
])

/** Functions whose operands are true or false. */
const ofPredicates: ReadonlySet<string> = new Set(['Fn::And', 'Fn::Not', 'Fn::Or'])

const waysOut: Readonly<Record<string, string>> = {
  Condition: 'Write out what the condition compares, by Fn::Equals, Fn::And, Fn::Or and Fn::Not',
  'Fn::FindInMap': 'Compare the parameter with the keys themselves, by Fn::Contains',
  'Fn::GetAtt': 'Compare parameters: rules are held against them before any resource is there',
  'Fn::Join': "Compare each part for itself, or put the check into the parameter's AllowedPattern",
  'Fn::Select': "Compare the whole list, by Fn::Contains or Fn::EachMemberIn, or use the parameter's AllowedPattern",
  'Fn::Split': "Put the check into the parameter's AllowedPattern",
  'Fn::Sub': "Compare each part for itself, or put the check into the parameter's AllowedPattern",
}

/**
 * The Rules section, which CloudFormation reads before anything else and cfn-lint hardly: its shape, the functions that
 * it takes, and the parameters that it asks for. A pseudo parameter is refused as well: AWS documents none there, and
 * were it refused on deployment, nobody could deploy.
 */
export function checkRules(document: Document): readonly Diagnostic[] {
  const parameters = sectionOf(document, 'Parameters')
  const diagnostics: Diagnostic[] = []
  const report = (path: Path, message: string, help: string): void => {
    diagnostics.push({ code: 'rule-function', severity: 'error', path, message, help })
  }

  function rule(value: Json, path: Path): void {
    if (!isObject(value)) {
      report(path, 'is no rule', 'Write an object with Assertions, and a RuleCondition if it does not always apply')
      return
    }
    keys(value, path, ['RuleCondition', 'Assertions'], 'a rule')
    if (value['RuleCondition'] !== undefined) predicate(value['RuleCondition'], [...path, 'RuleCondition'])
    const { Assertions } = value
    if (!isList(Assertions) || Assertions.length === 0) {
      if (Object.keys(value).some(it => nearest(it, ['Assertions']) !== undefined)) return
      report(
        Assertions === undefined ? path : [...path, 'Assertions'],
        Assertions === undefined ? 'has no Assertions' : 'is no list of assertions',
        'Write a list of at least one { Assert, AssertDescription }',
      )
      return
    }
    for (const [index, item] of Assertions.entries()) assertion(item, [...path, 'Assertions', index])
  }

  function assertion(value: Json, path: Path): void {
    if (!isObject(value)) {
      report(path, 'is no assertion', 'Write { Assert, AssertDescription }')
      return
    }
    const known = ['Assert', 'AssertDescription']
    keys(value, path, known, 'an assertion')
    const isMeant = (key: string) =>
      value[key] !== undefined || Object.keys(value).some(it => !known.includes(it) && nearest(it, known) === key)
    const { Assert, AssertDescription } = value
    if (Assert !== undefined) predicate(Assert, [...path, 'Assert'])
    else if (!isMeant('Assert'))
      report(path, 'has no Assert', 'Write what must hold, as a function of the Rules section')
    if (!isMeant('AssertDescription') || AssertDescription === '') {
      report(
        path,
        'has no AssertDescription, which is all that a deployer sees of it',
        'Write one that says what to enter instead',
      )
    } else if (AssertDescription !== undefined && typeof AssertDescription !== 'string') {
      report([...path, 'AssertDescription'], 'is no text', 'Write it out, as nothing is filled in there')
    }
  }

  function keys(value: { readonly [key: string]: Json }, path: Path, known: readonly string[], what: string): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue
      report([...path, key], `is nothing that ${what} has`, `Write ${nearest(key, known) ?? known.join(' or ')}`)
    }
  }

  /** A place for what is true or false. */
  function predicate(value: Json, path: Path): void {
    const fn = isObject(value) ? Object.keys(value)[0] : undefined
    if (fn === 'Ref' || fn === undefined || (fn in operands && !predicates.has(fn))) {
      report(path, 'is neither true nor false', 'Compare it, by Fn::Equals or Fn::Contains')
      return
    }
    operand(value, path)
  }

  function operand(value: Json, path: Path): void {
    if (isList(value)) {
      for (const [index, item] of value.entries()) operand(item, [...path, index])
      return
    }
    if (!isObject(value)) return
    const [entry, ...others] = Object.entries(value)
    if (entry === undefined || others.length > 0) {
      report(
        path,
        'is no function of the Rules section',
        'Write an object with the name of one function as its only key',
      )
      return
    }
    const [fn, argument] = entry
    if (fn === 'Ref') reference(argument, [...path, fn])
    else call(fn, argument, [...path, fn])
  }

  function reference(name: Json, path: Path): void {
    if (typeof name !== 'string') {
      report(path, 'is no name of a parameter', 'Write the logical ID of a parameter')
    } else if (name.startsWith('AWS::')) {
      report(
        path,
        `is a pseudo parameter, which AWS documents nowhere in a rule: ${name}`,
        'Check it where it is used, by a mapping that lacks what is not supported, or ask for it by a parameter',
      )
    } else if (!Object.hasOwn(parameters, name)) {
      const near = nearest(name, Object.keys(parameters))
      report(
        path,
        `is no parameter: ${name}`,
        near === undefined ? 'Refer to a parameter, as nothing else is there when rules are read' : `Write ${near}`,
      )
    }
  }

  function call(fn: string, argument: Json, path: Path): void {
    const shape = Object.hasOwn(operands, fn) ? operands[fn] : undefined
    if (shape === undefined) {
      const near = nearest(fn, [...Object.keys(operands), 'Ref'])
      report(
        path,
        'is no function of the Rules section',
        waysOut[fn] ?? (near === undefined ? `Use ${Object.keys(operands).join(', ')} or Ref` : `Write ${near}`),
      )
      return
    }
    const given = isList(argument) ? argument : fn === 'Fn::RefAll' ? [argument] : undefined
    if (given === undefined || given.length < shape.least || given.length > shape.most) {
      const count = shape.least === shape.most ? `${shape.least}` : `${shape.least} to ${shape.most}`
      report(path, `takes ${count} operands`, `Write a list of ${count}`)
      return
    }
    if (shape.isLiteral) literals(fn, given, path)
    else if (ofPredicates.has(fn)) for (const [index, item] of given.entries()) predicate(item, [...path, index])
    else if (fn === 'Fn::If') {
      const [condition, ...values] = given
      predicate(condition ?? null, [...path, 0])
      for (const [index, item] of values.entries()) operand(item, [...path, index + 1])
    } else for (const [index, item] of given.entries()) operand(item, [...path, index])
  }

  function literals(fn: string, given: readonly Json[], path: Path): void {
    const wrong = given.findIndex(it => typeof it !== 'string')
    if (wrong !== -1) {
      report(
        [...path, ...(fn === 'Fn::RefAll' ? [] : [wrong])],
        `is no literal, which ${fn} takes alone`,
        'Write it out',
      )
      return
    }
    const [name] = given
    if (fn === 'Fn::ValueOf' && typeof name === 'string') reference(name, [...path, 0])
  }

  for (const [id, value] of entriesOf(document, 'Rules')) rule(value, ['Rules', id])
  return diagnostics
}
