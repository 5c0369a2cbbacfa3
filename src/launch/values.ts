import type { Diagnostic } from '../diagnostic.ts'
import type { Artifact, ManifestParameter } from '../manifest.ts'
import { nearest } from '../nearest.ts'
import { isSecret as isSecretDeclaration, patternOf, violationClause, violations } from '../parameter.ts'
import { asDeclared } from './declaration.ts'

/**
 * Of a parameter's value, in bytes of UTF-8.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, `Parameter values`
 */
const valueLimit = 4096

/**
 * A clause that says what the value must be, in the words of the parameter's own constraint where it has some
 * (`must be the ID of a user pool, …`); undefined if CloudFormation takes the value, as far as can be told from here.
 * Patterns match the whole value, and each item of a list.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function checkValue(parameter: ManifestParameter, value: string): string | undefined {
  if (new TextEncoder().encode(value).length > valueLimit) return 'must be no longer than 4,096 bytes'
  const [first] = violations(asDeclared(parameter), value)
  if (first === undefined) return undefined
  const words = parameter['constraintDescription']
  if (typeof words === 'string' && words !== '') return words
  const { violation } = first
  if (violation.kind === 'allowed-values') return `must be one of ${violation.allowed.join(', ')}`
  if (violation.kind === 'pattern') return `must match the pattern ${violation.pattern}`
  return violationClause(violation)
}

/**
 * Everything that is wrong with the values for a template's parameters, each by itself: unknown names, values that their
 * constraints refuse; and as warnings, patterns that only CloudFormation can match (Java's), and secrets (`NoEcho`), which
 * the console does not take from a link. A required parameter that is missing is none: the console asks for it.
 */
export function checkValues(
  artifact: Pick<Artifact, 'name' | 'parameters'>,
  values: Readonly<Record<string, string>>,
): readonly Diagnostic[] {
  const byName = new Map(artifact.parameters.map(parameter => [parameter.name, parameter]))
  return Object.entries(values).flatMap(([name, value]): readonly Diagnostic[] => {
    const parameter = byName.get(name)
    if (parameter === undefined) return [unknownParameter(artifact.name, name, byName.keys())]
    const path = ['Parameters', name]
    const wrong = checkValue(parameter, value)
    const shown = isSecret(parameter) ? 'its value' : quoted(value)
    const findings: Diagnostic[] = []
    if (wrong !== undefined) {
      const message = `${shown} is refused: ${wrong}`
      findings.push({ code: 'invalid-parameter', severity: 'error', path, message, help: help(parameter, value) })
    } else if (isUnchecked(parameter)) {
      const message = `only CloudFormation can match its pattern, ${String(parameter['allowedPattern'])}`
      const way = 'Look at the value once more: CloudFormation will judge it'
      findings.push({ code: 'unchecked-pattern', severity: 'warning', path, message, help: way })
    }
    if (isSecret(parameter)) {
      const message = 'the console takes no NoEcho parameter from a link, and whoever sees a link can read it'
      const way = 'Leave it out, and fill it in in the console'
      findings.push({ code: 'ignored-parameter', severity: 'warning', path, message, help: way })
    }
    return findings
  })
}

/** A value that somebody gives a parameter. */
export type Assignment = { readonly name: string; readonly value: string }

/** Parameters that are given more than once. */
export function assignmentProblems(assignments: readonly Assignment[]): readonly Diagnostic[] {
  const names = assignments.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return twice.map(name => {
    const path = ['Parameters', name]
    return { code: 'invalid-parameter', severity: 'error', path, message: 'is given twice', help: 'Give it once' }
  })
}

/** The values that may stand in a link: all but secrets, which would only be read on the way. */
export function linkValues(
  artifact: Pick<Artifact, 'parameters'>,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const secrets = new Set(artifact.parameters.filter(isSecret).map(({ name }) => name))
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.has(name)))
}

/** Does the template ask for it not to be shown? */
export function isSecret(parameter: ManifestParameter): boolean {
  return isSecretDeclaration(asDeclared(parameter))
}

function unknownParameter(template: string, name: string, known: Iterable<string>): Diagnostic {
  const names = [...known]
  const near = nearest(name, names)
  const all = names.length === 0 ? `${template} has no parameters` : `Give one of ${names.join(', ')}`
  return {
    code: 'unknown-parameter',
    severity: 'error',
    path: ['Parameters', name],
    message: `${template} has no parameter of this name, and CloudFormation would pass over it`,
    help: near === undefined ? all : `Write ${near}`,
  }
}

function help(parameter: ManifestParameter, value: string): string {
  const allowed = parameter['allowedValues']
  if (Array.isArray(allowed)) {
    const texts = allowed.map(String)
    const near = nearest(value, texts)
    return near === undefined ? `Give one of ${texts.join(', ')}` : `Write ${near}`
  }
  const fallback = parameter['default']
  if (fallback === undefined) return 'Give another value'
  return `Give another value, or leave it out${fallback === '' ? '' : `, which gives ${quoted(fallback)}`}`
}

function isUnchecked(parameter: ManifestParameter): boolean {
  return parameter['allowedPattern'] !== undefined && !(patternOf(asDeclared(parameter)) instanceof RegExp)
}

/** JSON shows what a terminal would swallow. */
function quoted(value: unknown): string {
  return JSON.stringify(value)
}
