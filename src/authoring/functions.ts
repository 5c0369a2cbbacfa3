import type { Attributes, AwsId, ResourceType } from './declarations.ts'
import {
  Attribute,
  type Condition,
  type InCondition,
  type InRule,
  Intrinsic,
  type Mapping,
  type NumberValue,
  Parameter,
  ParameterValue,
  Predicate,
  PseudoParameter,
  type Resource,
  RuleList,
  RuleText,
  type Target,
  type Value,
} from './model.ts'

/** A parameter's value; a resource's is what its reference page says, mostly its physical ID. */
export function Ref<T>(target: Parameter<T>): ParameterValue<T>
export function Ref<T>(target: PseudoParameter<T>): Intrinsic<T>
export function Ref(target: Resource): Intrinsic<string>
export function Ref(target: Target): Intrinsic {
  return target instanceof Parameter ? new ParameterValue({ fn: 'Ref', target }) : new Intrinsic({ fn: 'Ref', target })
}

export function GetAtt<T extends ResourceType, A extends keyof Attributes<T> & string>(
  target: Resource<T>,
  attribute: A,
): Attribute<Attributes<T>[A]> {
  return new Attribute({ fn: 'GetAtt', target, attribute })
}

/**
 * What `If` takes for a `T`, where the place that the value goes to says what `T` is: a misspelt key in a branch would
 * otherwise be a `T` of its own. It is `Value<NoInfer<T>>`, under which TypeScript 7.0 loses an index signature beside
 * text.
 */
export type Branch<T> = Value<[T][T extends unknown ? 0 : never]>

export function If<T>(condition: Condition, whenTrue: Branch<T>, whenFalse: Branch<T>): Intrinsic<T> {
  return new Intrinsic({ fn: 'If', condition, whenTrue, whenFalse })
}

export function Join(delimiter: string, values: Value<readonly Value<string | number>[]>): Intrinsic<string> {
  return new Intrinsic({ fn: 'Join', operands: [delimiter, values] })
}

/** The item at `index`, from 0. */
export function Select<T = string>(index: NumberValue, values: Value<readonly Value<NoInfer<T>>[]>): Intrinsic<T> {
  return new Intrinsic({ fn: 'Select', operands: [index, values] })
}

export function Split(delimiter: string, text: Value<string>): Intrinsic<readonly string[]> {
  return new Intrinsic({ fn: 'Split', operands: [delimiter, text] })
}

export function FindInMap<Top extends string, Row, Key extends keyof Row & string>(
  mapping: Mapping<Top, Row>,
  topLevelKey: NoInfer<Top> | Intrinsic<string>,
  secondLevelKey: Key | Intrinsic<string>,
): Intrinsic<Row[Key]> {
  return new Intrinsic({ fn: 'FindInMap', mapping, keys: [topLevelKey, secondLevelKey] })
}

export function Base64(text: Value<string>): Intrinsic<string> {
  return new Intrinsic({ fn: 'Base64', operands: text })
}

/** `count` CIDR blocks of `2 ** cidrBits` addresses each. */
export function Cidr(ipBlock: Value<string>, count: NumberValue, cidrBits?: NumberValue): Intrinsic<readonly string[]> {
  return new Intrinsic({ fn: 'Cidr', operands: cidrBits === undefined ? [ipBlock, count] : [ipBlock, count, cidrBits] })
}

/** The Availability Zones of a region; of the stack's own if it is `''`. */
export function GetAZs(region: Value<string>): Intrinsic<readonly string[]> {
  return new Intrinsic({ fn: 'GetAZs', operands: region })
}

export function ImportValue<T = string>(name: Value<string>): Intrinsic<T> {
  return new Intrinsic({ fn: 'ImportValue', operands: name })
}

/** What the Rules section can compare: a parameter's value, text, or what `ValueOf` reads. */
export type RuleValue = ParameterValue<string | number> | RuleText | string

export type RuleValues = RuleList | readonly RuleValue[] | ParameterValue<readonly string[]>

export function Equals(left: RuleValue, right: RuleValue): Predicate<InCondition & InRule>
export function Equals(left: Value<string | number>, right: Value<string | number>): Predicate<InCondition>
export function Equals(
  left: RuleValue | Value<string | number>,
  right: RuleValue | Value<string | number>,
): Predicate<InCondition & InRule> {
  return new Predicate({ fn: 'Equals', operands: [left, right] })
}

export function Not<P>(operand: Predicate<P>): Predicate<P>
export function Not(operand: Condition): Predicate<InCondition>
export function Not(operand: Condition | Predicate): Predicate {
  return new Predicate({ fn: 'Not', operands: [operand] })
}

type AtLeastTwo<T> = readonly [T, T, ...T[]]

/** Two to ten operands: CloudFormation takes no more. */
export function And<P>(...operands: AtLeastTwo<Predicate<P>>): Predicate<P>
export function And(...operands: AtLeastTwo<Condition | Predicate<InCondition>>): Predicate<InCondition>
export function And(...operands: AtLeastTwo<Condition | Predicate>): Predicate {
  return new Predicate({ fn: 'And', operands })
}

/** Two to ten operands: CloudFormation takes no more. */
export function Or<P>(...operands: AtLeastTwo<Predicate<P>>): Predicate<P>
export function Or(...operands: AtLeastTwo<Condition | Predicate<InCondition>>): Predicate<InCondition>
export function Or(...operands: AtLeastTwo<Condition | Predicate>): Predicate {
  return new Predicate({ fn: 'Or', operands })
}

// The functions that only the Rules section has.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html

/** Is `value` one of `values`? */
export function Contains(values: RuleValues, value: RuleValue): Predicate<InRule> {
  return new Predicate({ fn: 'Contains', operands: [values, value] })
}

/** Is each of `values` equal to `value`? */
export function EachMemberEquals(values: RuleValues, value: RuleValue): Predicate<InRule> {
  return new Predicate({ fn: 'EachMemberEquals', operands: [values, value] })
}

/** Is each of `values` one of `allowed`? */
export function EachMemberIn(values: RuleValues, allowed: RuleValues): Predicate<InRule> {
  return new Predicate({ fn: 'EachMemberIn', operands: [values, allowed] })
}

/** All values of the parameters of one AWS-specific type, such as `AWS::EC2::VPC::Id`. */
export function RefAll(parameterType: AwsId): RuleList {
  return new RuleList({ fn: 'RefAll', operands: parameterType })
}

/** An attribute of the resource that a parameter names, such as `VpcId` of a subnet. */
export function ValueOf(target: Parameter, attribute: string): RuleText {
  return new RuleText({ fn: 'ValueOf', target, attribute })
}

/** An attribute of every resource that parameters of one AWS-specific type name. */
export function ValueOfAll(parameterType: AwsId, attribute: string): RuleList {
  return new RuleList({ fn: 'ValueOfAll', operands: [parameterType, attribute] })
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
export const AWS = {
  AccountId: new PseudoParameter<string>('AWS::AccountId'),
  NoValue: new PseudoParameter<never>('AWS::NoValue'),
  NotificationARNs: new PseudoParameter<readonly string[]>('AWS::NotificationARNs'),
  Partition: new PseudoParameter<string>('AWS::Partition'),
  Region: new PseudoParameter<string>('AWS::Region'),
  StackId: new PseudoParameter<string>('AWS::StackId'),
  StackName: new PseudoParameter<string>('AWS::StackName'),
  URLSuffix: new PseudoParameter<string>('AWS::URLSuffix'),
} as const
