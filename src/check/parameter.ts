import { isObject, type Json, type JsonObject } from '../document.ts'
import { member } from './walk.ts'

/**
 * What a parameter takes.
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

/** A clause that says which constraint of the declaration the value breaks; nothing if CloudFormation takes it. */
export function refusal(declaration: JsonObject, value: string): string | undefined {
  const type = member(declaration, 'Type')
  if (!isListType(type)) return itemRefusal(declaration, type, value)
  for (const item of value.split(',')) {
    const refused = itemRefusal(declaration, type, item.trim())
    if (refused !== undefined) return refused
  }
  return undefined
}

function itemRefusal(declaration: JsonObject, type: Json | undefined, value: string): string | undefined {
  const allowed = allowedValuesOf(declaration)
  if (allowed !== undefined && !allowed.includes(value)) return 'is none of AllowedValues'
  const pattern = patternOf(declaration)
  if (pattern instanceof RegExp && !pattern.test(value)) return 'does not match AllowedPattern'
  // Of a list they bound the text as a whole, if at all.
  if (!isListType(type)) {
    const length = [...value].length
    const [least, most] = [numberOf(declaration, 'MinLength'), numberOf(declaration, 'MaxLength')]
    if (least !== undefined && length < least) return `is shorter than MinLength ${least}`
    if (most !== undefined && length > most) return `is longer than MaxLength ${most}`
  }
  if (type === 'Number' || type === 'List<Number>') {
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value)) return 'is no number'
    const [least, most] = [numberOf(declaration, 'MinValue'), numberOf(declaration, 'MaxValue')]
    if (least !== undefined && Number(value) < least) return `is less than MinValue ${least}`
    if (most !== undefined && Number(value) > most) return `is more than MaxValue ${most}`
  }
  return undefined
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
