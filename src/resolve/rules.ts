import { isList, isObject, type JsonObject, member, type Path } from '../document.ts'
import type { Environment } from './environment.ts'
import {
  all,
  any,
  early,
  evaluate,
  evaluatePredicate,
  type Functions,
  logic,
  type Predicates,
  type Scope,
  type Sections,
  type Truth,
} from './evaluate.ts'
import { parameterValue } from './parameters.ts'
import { equal, isValueList, mistake, Unknown, unknownCall, type Value } from './value.ts'

export type FailedRule = {
  /** Its logical ID. */
  readonly rule: string
  /** The position of the assertion, from 0. */
  readonly assertion: number
  /** Its `AssertDescription`. */
  readonly message: string
}

/**
 * The assertions of `Rules` that CloudFormation would refuse these parameters for, before it makes anything. What cannot
 * be known without asking AWS (`Fn::ValueOf`, a parameter without a value) fails no rule.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export function failedRules(sections: Sections, env: Environment): readonly FailedRule[] {
  const scope: Scope = {
    sections,
    env,
    functions: ruleFunctions,
    predicates: rulePredicates,
    conditions: new Map(),
    resource: () => mistake,
    report: () => {},
  }
  return Object.entries(sections.Rules ?? {}).flatMap(([rule, declaration]) => {
    const path: Path = ['Rules', rule]
    const assertions = isObject(declaration) ? member(declaration, 'Assertions') : undefined
    if (!isObject(declaration) || !isList(assertions)) return []
    const when = member(declaration, 'RuleCondition')
    if (when !== undefined && evaluatePredicate(when, path, scope) !== true) return []
    return assertions.flatMap((assertion, index): readonly FailedRule[] => {
      const holds = isObject(assertion) ? member(assertion, 'Assert') : undefined
      if (!isObject(assertion) || holds === undefined || evaluatePredicate(holds, path, scope) !== false) return []
      const message = member(assertion, 'AssertDescription')
      return [{ rule, assertion: index, message: typeof message === 'string' ? message : `${rule} does not hold` }]
    })
  })
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html */
const rulePredicates: Predicates = {
  ...logic,
  'Fn::Contains': ([list = null, text = null], path, scope) =>
    among(evaluate(text, path, scope), evaluate(list, path, scope)),
  'Fn::EachMemberEquals': ([list = null, text = null], path, scope) => {
    const value = evaluate(text, path, scope)
    return each(evaluate(list, path, scope), 'Fn::EachMemberEquals', item => equal(item, value))
  },
  'Fn::EachMemberIn': ([list = null, other = null], path, scope) => {
    const choice = evaluate(other, path, scope)
    return each(evaluate(list, path, scope), 'Fn::EachMemberIn', item => among(item, choice))
  },
  'Fn::If': (operands, path, scope) => {
    const [, whenTrue, whenFalse] = operands
    const holds = evaluatePredicate(operands[0], path, scope)
    return holds instanceof Unknown ? holds : evaluatePredicate(holds ? whenTrue : whenFalse, path, scope)
  },
}

function among(value: Value | undefined, list: Value | undefined): Truth {
  const fn = 'Fn::Contains'
  return isValueList(list)
    ? any(
        list.map(item => equal(item, value)),
        fn,
      )
    : unknownCall(fn, [list ?? null, value ?? null])
}

function each(list: Value | undefined, fn: string, holds: (item: Value) => Truth): Truth {
  return isValueList(list) ? all(list.map(holds), fn) : unknownCall(fn, list ?? null)
}

/** A rule has no other functions; `Fn::ValueOf` and `Fn::ValueOfAll` ask AWS about what a parameter names. */
const ruleFunctions: Functions = {
  Ref: (name, path, scope) => early['Ref']?.(name, path, scope),
  'Fn::RefAll': (type, _path, { sections, env }) =>
    Object.entries(sections.Parameters ?? {}).flatMap(([name, declaration]) => {
      if (!isObject(declaration) || !isOfType(declaration, String(type))) return []
      const value = parameterValue(name, declaration, member(env.parameters, name))
      return isValueList(value) ? value : [value]
    }),
}

/** A list of the type, and what is stored in Systems Manager, are of the type too. */
function isOfType(declaration: JsonObject, type: string): boolean {
  const [declared, asked] = [String(member(declaration, 'Type')), type].map(it => `<${it.replaceAll('>', '')}`)
  return declared?.endsWith(asked ?? '') === true
}
