import { isObject, type JsonObject, member } from '../document.ts'
import { isListType, isSecret, isStoredType, itemsOf, textOf, type Violation, violations } from '../parameter.ts'
import { Unknown, type Value } from './value.ts'

/**
 * What parameters come to, and what is wrong with a value.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */

export type ParameterProblem = {
  readonly parameter: string
  readonly violation:
    | Violation
    /** It has no default, and no value is given. */
    | { readonly kind: 'missing' }
    /** A value is given for what the template does not declare. */
    | { readonly kind: 'undeclared' }
  /** The value, or the first item of a list, that is wrong; absent where there is none, and for `NoEcho`. */
  readonly value?: string
  /** What the template's author says to it. */
  readonly constraint?: string
}

/** All that is wrong with the values of the parameters that a template declares. Unknown values are taken for right. */
export function parameterProblems(
  declarations: JsonObject,
  given: Readonly<Record<string, string | Unknown>>,
): readonly ParameterProblem[] {
  const declared = Object.entries(declarations).flatMap(([parameter, declaration]): readonly ParameterProblem[] => {
    if (!isObject(declaration)) return []
    const value = effectiveText(declaration, member(given, parameter))
    if (value instanceof Unknown) return []
    if (value === undefined) return [{ parameter, violation: { kind: 'missing' } }]
    const constraint = member(declaration, 'ConstraintDescription')
    return violations(declaration, value).map(({ item, violation }) => ({
      parameter,
      violation,
      ...(isSecret(declaration) ? {} : { value: item }),
      ...(typeof constraint === 'string' ? { constraint } : {}),
    }))
  })
  const undeclared = Object.keys(given)
    .filter(parameter => member(declarations, parameter) === undefined)
    .map(parameter => ({ parameter, violation: { kind: 'undeclared' as const } }))
  return [...declared, ...undeclared]
}

/** What a `Ref` of the parameter gives: text, or a list of it. */
export function parameterValue(name: string, declaration: JsonObject, given: string | Unknown | undefined): Value {
  const text = effectiveText(declaration, given)
  if (typeof text !== 'string' || isStoredType(member(declaration, 'Type'))) {
    return new Unknown({ kind: 'parameter', name })
  }
  return isListType(member(declaration, 'Type')) ? itemsOf(text) : text
}

/** The value that is given, or else the default; undefined if there is neither. */
function effectiveText(declaration: JsonObject, given: string | Unknown | undefined): string | Unknown | undefined {
  return given ?? textOf(member(declaration, 'Default'))
}
