/**
 * The typed model of a template: what the functions of this folder build and `link` reads.
 *
 * What a template declares is an identity, which `link` looks up by the object itself; hence
 * the classes. Each has a `kind`, or TypeScript would take one for another where their other
 * members happen to agree. Everything else is plain data.
 */

declare const resolvesTo: unique symbol
declare const typeOf: unique symbol
declare const allowedIn: unique symbol
declare const keysOf: unique symbol

/** A `T` written down now, or resolved when the stack is deployed. */
export type Value<T> = T | Intrinsic<T>

/** Where a boolean goes: also a parameter whose only values are `true` and `false`, which CloudFormation converts. */
export type BooleanValue = boolean | Intrinsic<boolean | 'true' | 'false'>

/** Where a number goes: also text that CloudFormation converts. */
export type NumberValue = number | Intrinsic<number | string>

/** Where one of a few words goes: what only deployment knows cannot be held against them. */
export type EnumValue<T extends string> = T | Intrinsic<string>

/** Any JSON, in which an intrinsic function may stand anywhere. */
export type Tree =
  | string
  | number
  | boolean
  | Intrinsic
  | readonly Tree[]
  | { readonly [key: string]: Tree | undefined }

/** Joined to text by other means than `Sub` it would leave `[object Object]` in the template: whoever tries is told. */
class Deferred {
  [Symbol.toPrimitive](): never {
    throw new TypeError('has no text before the stack is deployed: write Sub`…${it}…`')
  }
}

/** A call of a CloudFormation function that resolves to a `T`. */
export class Intrinsic<out T = unknown> extends Deferred {
  readonly kind = 'intrinsic'
  declare readonly [resolvesTo]: T
  readonly call: Call

  constructor(call: Call) {
    super()
    this.call = call
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export type Call =
  | { readonly fn: 'Ref'; readonly target: Target }
  | { readonly fn: 'GetAtt'; readonly target: Resource; readonly attribute: string }
  | { readonly fn: 'Sub'; readonly text: readonly string[]; readonly placeholders: readonly Placeholder[] }
  | { readonly fn: 'If'; readonly condition: Condition; readonly whenTrue: unknown; readonly whenFalse: unknown }
  | { readonly fn: 'FindInMap'; readonly mapping: Mapping; readonly keys: readonly [unknown, unknown] }
  | { readonly fn: 'Literal'; readonly text: string }
  | {
      readonly fn: 'Base64' | 'Cidr' | 'GetAZs' | 'ImportValue' | 'Join' | 'Select' | 'Split'
      readonly operands: unknown
    }

/** An attribute of a resource; unlike other calls it may stand in a `Sub` without a name. */
export class Attribute<out T = unknown> extends Intrinsic<T> {
  declare readonly call: Extract<Call, { fn: 'GetAtt' }>
}

/** The value of a parameter; unlike other calls it may stand in a rule. */
export class ParameterValue<out T = unknown> extends Intrinsic<T> {
  declare readonly call: { readonly fn: 'Ref'; readonly target: Parameter }
}

/** Text that nobody fills in, though it holds what looks like a placeholder. */
export class Literal extends Intrinsic<string> {
  declare readonly call: Extract<Call, { fn: 'Literal' }>
}

/** A function of the Rules section that gives text. Not an `Intrinsic`: no property may hold it. */
export class RuleText {
  readonly kind = 'ruleText'
  readonly call: { readonly fn: 'ValueOf'; readonly target: Parameter; readonly attribute: string }

  constructor(call: RuleText['call']) {
    this.call = call
  }
}

/** A function of the Rules section that gives a list of texts. */
export class RuleList {
  readonly kind = 'ruleList'
  readonly call:
    | { readonly fn: 'RefAll'; readonly operands: string }
    | { readonly fn: 'ValueOfAll'; readonly operands: readonly [string, string] }

  constructor(call: RuleList['call']) {
    this.call = call
  }
}

/** What a `Ref` may refer to. */
export type Target = Parameter | PseudoParameter | Resource

export class Parameter<out T = unknown> extends Deferred {
  readonly kind = 'parameter'
  declare readonly [resolvesTo]: T
  readonly declaration: AnyParameterDeclaration

  constructor(declaration: AnyParameterDeclaration) {
    super()
    this.declaration = declaration
  }
}

export type AnyParameterDeclaration = {
  readonly Type: string
  readonly Description?: string
  readonly Label?: string
  readonly Group?: ParameterGroup
}

/** A heading of the console's form, under which the parameters that name it stand. */
export class ParameterGroup {
  readonly kind = 'parameterGroup'
  readonly label: string

  constructor(label: string) {
    this.label = label
  }
}

/** A parameter that CloudFormation declares itself, such as `AWS::Region`. */
export class PseudoParameter<out T = unknown> extends Deferred {
  readonly kind = 'pseudoParameter'
  declare readonly [resolvesTo]: T
  readonly name: `AWS::${string}`

  constructor(name: `AWS::${string}`) {
    super()
    this.name = name
  }
}

/** What the build knows of a template and the template does not: text, by the time that `link` is done. */
export class BuildValue extends Deferred {
  readonly kind = 'buildValue'
  readonly name: 'TemplateId' | 'TemplateVersion'

  constructor(name: BuildValue['name']) {
    super()
    this.name = name
  }
}

export class Resource<out T extends string = string> extends Deferred {
  readonly kind = 'resource'
  declare readonly [typeOf]: T
  readonly declaration: { readonly Type: string }

  constructor(declaration: Resource['declaration']) {
    super()
    this.declaration = declaration
  }
}

export class Condition extends Deferred {
  readonly kind = 'condition'
  readonly predicate: Predicate<InCondition>

  constructor(predicate: Predicate<InCondition>) {
    super()
    this.predicate = predicate
  }
}

/** A table of two keys; `Top` is the first, and `Row` has what there is under each second. */
export class Mapping<out Top extends string = string, out Row = unknown> extends Deferred {
  readonly kind = 'mapping'
  declare readonly [keysOf]: Top
  declare readonly [resolvesTo]: Row
  readonly table: Readonly<Record<string, Readonly<Record<string, unknown>>>>

  constructor(table: Mapping['table']) {
    super()
    this.table = table
  }
}

/** What must hold of the parameters before anything is made. */
export class Rule {
  readonly kind = 'rule'
  readonly declaration: RuleDeclaration

  constructor(declaration: RuleDeclaration) {
    this.declaration = declaration
  }
}

export type RuleDeclaration = {
  readonly RuleCondition?: Predicate<InRule>
  readonly Assertions: readonly { readonly Assert: Predicate<InRule>; readonly AssertDescription: string }[]
}

export class Output {
  readonly kind = 'output'
  readonly declaration: OutputDeclaration

  constructor(declaration: OutputDeclaration) {
    this.declaration = declaration
  }
}

export type OutputDeclaration = {
  Description?: string
  Condition?: Condition
  Value: Value<string | number> | BuildValue
  Export?: { Name: Value<string> }
}

/** The Conditions section takes this predicate. */
export interface InCondition {
  readonly condition: true
}

/** The Rules section takes this predicate. */
export interface InRule {
  readonly rule: true
}

/** What a condition or a rule is made of. Not an `Intrinsic<boolean>`: no property may hold it. */
export class Predicate<out Place = unknown> {
  readonly kind = 'predicate'
  declare readonly [allowedIn]: Place
  readonly call: PredicateCall

  constructor(call: PredicateCall) {
    this.call = call
  }
}

export type PredicateCall =
  | {
      readonly fn: 'Equals' | 'Contains' | 'EachMemberEquals' | 'EachMemberIn'
      readonly operands: readonly [unknown, unknown]
    }
  | { readonly fn: 'Not' | 'And' | 'Or'; readonly operands: readonly (Condition | Predicate)[] }

/** What CloudFormation fills in when the stack is deployed. */
export type Substitution =
  | Parameter<string | number>
  | PseudoParameter<string>
  | Resource
  | Attribute<string>
  | BuildValue
  | Literal
  | NamedValue

/** A call with the name under which its `Sub` knows it: exactly one entry, as in `{ PoolRegion }`. */
export type NamedValue = { readonly [name: string]: Intrinsic<string | number> }

export type Placeholder = Substitution | PolicyVariable

/** A variable that IAM fills in at each request, such as `${cognito-identity.amazonaws.com:sub}`. */
export class PolicyVariable extends Deferred {
  readonly kind = 'policyVariable'
  readonly key: string

  constructor(key: string) {
    super()
    this.key = key
  }
}

declare const policyText: unique symbol

/** Text with policy variables in it. IAM reads it; CloudFormation must not. */
export interface PolicyText {
  readonly [policyText]: true
}

/** A diagnostic that the author has seen and keeps, with the reason, which the artifact carries. */
export type Acceptance = {
  Code: string
  /** As diagnostics print it: `Resources.AuthenticatedRole.Properties.Policies.0`. */
  Path: string
  Reason: string
}

/** Each key is the logical ID of what it lists, in the order in which it is written. */
export type Template = {
  Description: string
  Metadata?: { readonly [key: string]: Tree }
  Parameters?: Readonly<Record<string, Parameter>>
  Rules?: Readonly<Record<string, Rule>>
  Mappings?: Readonly<Record<string, Mapping>>
  Conditions?: Readonly<Record<string, Condition>>
  Resources: Readonly<Record<string, Resource>>
  Outputs?: Readonly<Record<string, Output>>
  Accept?: readonly Acceptance[]
}

const comments = new WeakMap<object, string>()

/** Keeps `text` for the object, wherever a template holds it: above what it has already, as of two calls the outer is later. */
export function setComment(target: object, text: string): void {
  const earlier = comments.get(target)
  comments.set(target, earlier === undefined ? text : `${text}\n${earlier}`)
}

export function commentOf(target: object): string | undefined {
  return comments.get(target)
}
