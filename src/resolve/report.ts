import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts'
import type { Path } from '../document.ts'
import { type Violation, violationClause } from '../parameter.ts'
import type { Mistake } from './evaluate.ts'
import type { ParameterProblem } from './parameters.ts'
import type { FailedRule } from './rules.ts'

/** In words: what is wrong with a template for the values that it is given. */
export function mistakeDiagnostic(mistake: Mistake): Diagnostic {
  const { path } = mistake
  switch (mistake.kind) {
    case 'arguments':
      return error(path, 'invalid-function', 'has not the arguments that the function takes', 'Give it what it takes')
    case 'not-text':
      return error(path, 'invalid-function', 'is no text', 'Write text, or a function that gives it')
    case 'not-a-condition':
      return error(path, 'invalid-function', 'is no condition', 'Compare values by Fn::Equals, or combine conditions')
    case 'not-an-object':
      return error(path, 'invalid-value', 'is no object', 'Write it as a map of its attributes')
    case 'no-value':
      return error(path, 'invalid-value', 'comes to no value', 'Put the same condition on the output')
    case 'circular-condition':
      return error(path, 'circular-reference', `depends on itself: ${mistake.name}`, 'Break the circle')
    case 'undeclared-condition':
      return error(path, 'undefined-reference', `is no condition: ${mistake.name}`, 'Declare it under Conditions')
    case 'undeclared':
      return error(path, 'undefined-reference', `is not declared: ${mistake.name}`, 'Declare it, or refer to another')
    case 'absent': {
      const message = `refers to ${mistake.name}, which its condition leaves out for these values`
      return error(path, 'conditional-reference', message, 'Choose by Fn::If of the same condition')
    }
    case 'no-entry': {
      const message = `finds nothing under ${mistake.keys.join(', ')}`
      return error(path, 'undefined-reference', message, 'Give values that the mapping has, or add an entry to it')
    }
    case 'no-item': {
      const message = `selects item ${mistake.position}, counted from 0, of a list of ${mistake.length}`
      return error(path, 'invalid-function', message, 'Give values that make the list longer, or select another item')
    }
    case 'no-blocks': {
      const message = `makes no such blocks of ${mistake.block}`
      return error(path, 'invalid-function', message, 'Ask for at most 256 blocks, of fewer bits, that fit into it')
    }
  }
}

/** In words: what is wrong with the value of a parameter. */
export function parameterDiagnostic({ parameter, violation, value, constraint }: ParameterProblem): Diagnostic {
  const path = ['Parameters', parameter]
  if (violation.kind === 'missing')
    return error(path, 'invalid-value', 'has no value and no default', 'Give it a value')
  if (violation.kind === 'undeclared') {
    const message = 'is given a value, and the template has no such parameter'
    return error(path, 'undefined-reference', message, 'Leave it out')
  }
  const subject = value === undefined ? 'has a value that' : `is '${value}', which`
  const help = constraint === undefined ? wayOut(violation) : `It ${constraint}`
  return error(path, 'invalid-value', `${subject} ${violationClause(violation)}`, help)
}

function wayOut(violation: Violation): string {
  switch (violation.kind) {
    case 'allowed-values':
      return `Give ${violation.allowed.join(' or ')}`
    case 'pattern':
      return `Give a value that matches ${violation.pattern}`
    case 'too-short':
      return 'Give a longer value'
    case 'too-long':
      return 'Give a shorter value'
    case 'not-a-number':
      return 'Give a number'
    case 'too-small':
      return 'Give a larger number'
    case 'too-large':
      return 'Give a smaller number'
  }
}

/** The rule's own words. */
export function ruleDiagnostic({ rule, assertion, message }: FailedRule): Diagnostic {
  const path = ['Rules', rule, 'Assertions', assertion]
  return error(path, 'failed-rule', `refuses these values: ${message}`, 'Give other values')
}

function error(path: Path, code: DiagnosticCode, message: string, help: string): Diagnostic {
  return { code, severity: 'error', path, message, help }
}
