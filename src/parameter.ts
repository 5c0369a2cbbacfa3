import { isObject, type Json, type JsonObject, member } from './document.ts'

/**
 * What a parameter takes, by its declaration.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */

/** Types that hold a list, which a deployer writes with commas. */
export function isListType(type: Json | undefined): boolean {
  return typeof type === 'string' && /^(?:AWS::SSM::Parameter::Value<)?(?:CommaDelimitedList|List<)/.test(type)
}

/** Types whose value is the key of a Systems Manager parameter: a `Ref` gives what is stored there. */
export function isStoredType(type: Json | undefined): boolean {
  return typeof type === 'string' && type.startsWith('AWS::SSM::Parameter::Value<')
}

/** Text, as CloudFormation takes a scalar for it; nothing for a list or an object. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** What a declaration has against a value. Lengths count characters. */
export type Violation =
  | { readonly kind: 'allowed-values'; readonly allowed: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'too-short' | 'too-long'; readonly limit: number; readonly length: number }
  | { readonly kind: 'not-a-number' }
  | { readonly kind: 'too-small' | 'too-large'; readonly limit: number }

/** What each item of the value, or the value as a whole, breaks; an empty list if CloudFormation takes it. */
export function violations(
  declaration: JsonObject,
  value: string,
): readonly { readonly item: string; readonly violation: Violation }[] {
  const type = member(declaration, 'Type')
  // Of a list the constraints are about each item.
  const items = isListType(type) ? itemsOf(value) : [value]
  return items.flatMap(item => itemViolations(declaration, type, item).map(violation => ({ item, violation })))
}

/** A clause that says which constraint of the declaration the value breaks first; nothing if CloudFormation takes it. */
export function refusal(declaration: JsonObject, value: string): string | undefined {
  const [first] = violations(declaration, value)
  return first === undefined ? undefined : violationClause(first.violation)
}

/** `is none of AllowedValues` */
export function violationClause(violation: Violation): string {
  switch (violation.kind) {
    case 'allowed-values':
      return 'is none of AllowedValues'
    case 'pattern':
      return 'does not match AllowedPattern'
    case 'too-short':
      return `is shorter than MinLength ${violation.limit}`
    case 'too-long':
      return `is longer than MaxLength ${violation.limit}`
    case 'not-a-number':
      return 'is no number'
    case 'too-small':
      return `is less than MinValue ${violation.limit}`
    case 'too-large':
      return `is more than MaxValue ${violation.limit}`
  }
}

function itemViolations(declaration: JsonObject, type: Json | undefined, value: string): readonly Violation[] {
  const found: Violation[] = []
  const allowed = allowedValuesOf(declaration)
  if (allowed !== undefined && !allowed.includes(value)) found.push({ kind: 'allowed-values', allowed })
  const pattern = patternOf(declaration)
  if (pattern instanceof RegExp && !pattern.test(value)) {
    found.push({ kind: 'pattern', pattern: String(member(declaration, 'AllowedPattern')) })
  }
  // Of a list they bound the text as a whole, if at all.
  if (!isListType(type)) {
    const length = [...value].length
    const [least, most] = [numberOf(declaration, 'MinLength'), numberOf(declaration, 'MaxLength')]
    if (least !== undefined && length < least) found.push({ kind: 'too-short', limit: least, length })
    if (most !== undefined && length > most) found.push({ kind: 'too-long', limit: most, length })
  }
  if (type === 'Number' || type === 'List<Number>') {
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value)) return [...found, { kind: 'not-a-number' }]
    const [least, most] = [numberOf(declaration, 'MinValue'), numberOf(declaration, 'MaxValue')]
    if (least !== undefined && Number(value) < least) found.push({ kind: 'too-small', limit: least })
    if (most !== undefined && Number(value) > most) found.push({ kind: 'too-large', limit: most })
  }
  return found
}

/** The items of a list as a deployer writes it. Blanks around an item are no part of it. */
export function itemsOf(list: string): readonly string[] {
  return list.split(',').map(item => item.trim())
}

/** Does the declaration ask for the value not to be shown? */
export function isSecret(declaration: JsonObject): boolean {
  return textOf(member(declaration, 'NoEcho')) === 'true'
}

/** `AllowedValues` as text; nothing if there are none, or if they are no list of scalars. */
export function allowedValuesOf(declaration: JsonObject): readonly string[] | undefined {
  const allowed = member(declaration, 'AllowedValues')
  if (!Array.isArray(allowed) || allowed.length === 0) return undefined
  const texts = allowed.map(textOf)
  return texts.every(it => it !== undefined) ? texts : undefined
}

/** A constraint that is a number, or text that CloudFormation takes for one. */
export function numberOf(declaration: JsonObject, name: string): number | undefined {
  const text = textOf(member(declaration, name))
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}

export type Pattern = RegExp | 'invalid' | 'unknown'

const patterns = new WeakMap<JsonObject, Pattern>()

/**
 * `AllowedPattern` as an expression that the whole value must match; `unknown` where it is absent or uses
 * what Java's expressions, which CloudFormation reads, have and JavaScript's have not.
 */
export function patternOf(declaration: JsonObject): Pattern {
  const known = patterns.get(declaration)
  if (known !== undefined) return known
  const source = member(declaration, 'AllowedPattern')
  const made = typeof source === 'string' ? compilePattern(source) : 'unknown'
  patterns.set(declaration, made)
  return made
}

/** Inline flags, possessive quantifiers, `\A \z \Z \G \h \H \Q \R \X`, class names of POSIX and Java, `&&` in a class. */
const javaOnly = /\(\?[a-zA-Z-]+[:)]|\(\?>|[*+?}]\+|\\[AzZGhHQERX]|\\[pP]\{|&&|\[[^\]]*\[/

function compilePattern(source: string): Pattern {
  if (javaOnly.test(source)) return 'unknown'
  for (const flags of ['u', '']) {
    try {
      return new RegExp(`^(?:${source})$`, flags)
    } catch {
      // Without `u` JavaScript takes escapes such as `\-`, as Java does.
    }
  }
  return 'invalid'
}

/** The declaration of a parameter, if it has the shape of one. */
export function declarationOf(parameters: JsonObject, name: string): JsonObject | undefined {
  const declaration = member(parameters, name)
  return isObject(declaration) ? declaration : undefined
}
