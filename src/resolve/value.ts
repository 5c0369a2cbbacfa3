/** What a template's expressions come to: JSON in which what only deployment knows stands as a symbol. */

export type Value = string | number | boolean | null | readonly Value[] | ValueObject | Unknown

export type ValueObject = { readonly [key: string]: Value }

/** A value, or the truth of a condition, that cannot be known before deployment. */
export class Unknown {
  readonly origin: Origin

  constructor(origin: Origin) {
    this.origin = origin
  }
}

/** What it would be made of. Two unknowns of the same origin are the same value, but for a mistake. */
export type Origin =
  /** `Ref` of a resource: its physical ID, mostly. */
  | { readonly kind: 'resource'; readonly id: string }
  /** `Fn::GetAtt` */
  | { readonly kind: 'attribute'; readonly id: string; readonly attribute: Value }
  /** A parameter that has no value, one whose value is withheld, or one that is stored in Systems Manager. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** `AWS::NotificationARNs`, or another that the environment does not say. */
  | { readonly kind: 'pseudo'; readonly name: string }
  /** `Fn::ImportValue` */
  | { readonly kind: 'import'; readonly name: Value }
  /** `{{resolve:ssm:…}}`, without the braces and `resolve:`. */
  | { readonly kind: 'dynamic'; readonly reference: Value }
  /** A concatenation: at least one unknown, and no two texts beside each other. None of them is a concatenation. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Unknown)[] }
  /** What a function makes of something unknown; or a function, such as a macro, that deployment alone knows. */
  | { readonly kind: 'call'; readonly fn: string; readonly argument: Value }
  /** `Fn::If` of an unknown condition. Undefined is `AWS::NoValue`. */
  | {
      readonly kind: 'choice'
      readonly condition: string
      readonly whenTrue: Value | undefined
      readonly whenFalse: Value | undefined
    }
  /** Something wrong, which has been reported. */
  | { readonly kind: 'mistake' }

export function isValueObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown)
}

export function isValueList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isScalar(value: Value | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

export const mistake = new Unknown({ kind: 'mistake' })

export function unknownCall(fn: string, argument: Value): Unknown {
  return new Unknown({ kind: 'call', fn, argument })
}

/** Parts of a text as one value: text if all are. */
export function concatenate(parts: readonly (string | Unknown)[]): string | Unknown {
  const joined: (string | Unknown)[] = []
  for (const part of parts.flatMap(partsOf)) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  const [only = '', ...others] = joined
  return others.length === 0 ? only : new Unknown({ kind: 'text', parts: joined })
}

export function partsOf(text: string | Unknown): readonly (string | Unknown)[] {
  return text instanceof Unknown && text.origin.kind === 'text' ? text.origin.parts : [text]
}

/**
 * Are two values one, as `Fn::Equals` compares them? Numbers and booleans are text to CloudFormation.
 * Lists are left open: CloudFormation refuses to compare them.
 */
export function equal(left: Value | undefined, right: Value | undefined): boolean | Unknown {
  if (left === undefined || right === undefined) return mistake
  if (isScalar(left) && isScalar(right)) return String(left) === String(right)
  if (left instanceof Unknown || right instanceof Unknown) {
    if (isMistaken(left) || isMistaken(right)) return mistake
    if (JSON.stringify(left) === JSON.stringify(right)) return true
    if (isScalar(left) && !mayBe(right, String(left))) return false
    if (isScalar(right) && !mayBe(left, String(right))) return false
  }
  return unknownCall('Fn::Equals', [left, right])
}

function isMistaken(value: Value): boolean {
  return value instanceof Unknown && value.origin.kind === 'mistake'
}

/** May a text turn out to be the literal, as far as the ends of it are known? */
function mayBe(text: Value, literal: string): boolean {
  if (!(text instanceof Unknown)) return true
  const parts = partsOf(text)
  const [first, last] = [parts[0], parts.at(-1)]
  const prefix = typeof first === 'string' ? first : ''
  const suffix = typeof last === 'string' ? last : ''
  return literal.length >= prefix.length + suffix.length && literal.startsWith(prefix) && literal.endsWith(suffix)
}
