import {
  type BooleanValue,
  BuildValue,
  Condition,
  type InCondition,
  Mapping,
  type NumberValue,
  Output,
  type OutputDeclaration,
  Parameter,
  ParameterGroup,
  type Predicate,
  Resource,
  Rule,
  type RuleDeclaration,
  setComment,
  type Template,
  type Tree,
  type Value,
} from './model.ts'
import type { Resources } from './resources.ts'

export type ResourceType = keyof Resources & string
/** Not by `infer`, through which TypeScript sees no type for an `If` while it looks for what is wrong beside it. */
type Facts = { Properties: unknown; Attributes: unknown }
export type Properties<T extends ResourceType> = Resources[T] extends Facts ? Resources[T]['Properties'] : never
export type Attributes<T extends ResourceType> = Resources[T] extends Facts ? Resources[T]['Attributes'] : never

/** The types of parameter of which CloudFormation itself knows the values that an account has. */
export type AwsId =
  | 'AWS::EC2::AvailabilityZone::Name'
  | 'AWS::EC2::Image::Id'
  | 'AWS::EC2::Instance::Id'
  | 'AWS::EC2::KeyPair::KeyName'
  | 'AWS::EC2::SecurityGroup::GroupName'
  | 'AWS::EC2::SecurityGroup::Id'
  | 'AWS::EC2::Subnet::Id'
  | 'AWS::EC2::Volume::Id'
  | 'AWS::EC2::VPC::Id'
  | 'AWS::Route53::HostedZone::Id'

type ListType = 'CommaDelimitedList' | `List<${AwsId | 'String' | 'Number'}>`

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
export type ParameterType =
  | 'String'
  | 'Number'
  | AwsId
  | ListType
  | 'AWS::SSM::Parameter::Name'
  | `AWS::SSM::Parameter::Value<${'String' | AwsId | ListType}>`

/** What a `Ref` to a parameter of each type gives. */
type ParameterContent<T extends ParameterType, A extends string> = T extends
  | ListType
  | `AWS::SSM::Parameter::Value<${ListType}>`
  ? readonly string[]
  : T extends 'Number'
    ? number
    : A

export type ParameterDeclaration<T extends ParameterType, A extends string> = {
  Type: T
  /** What the person who deploys must know to fill it in; 4,000 characters at most. */
  Description?: string
  /** One of the allowed values; of a list parameter some of them, between commas. */
  Default?: (T extends ListType | `AWS::SSM::Parameter::Value<${ListType}>` ? string : NoInfer<A>) | number
  AllowedValues?: readonly (A | number)[]
  /** A regular expression that the whole value must match. */
  AllowedPattern?: string
  /** What a right value looks like: CloudFormation shows it when it refuses one. */
  ConstraintDescription?: string
  MinLength?: number
  MaxLength?: number
  MinValue?: number
  MaxValue?: number
  NoEcho?: boolean
  /** Its name in the console's form. */
  Label?: string
  /** The heading under which it stands there. */
  Group?: ParameterGroup
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot'
export type UpdateReplacePolicy = 'Delete' | 'Retain' | 'Snapshot'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html */
export type CreationPolicy = {
  AutoScalingCreationPolicy?: { MinSuccessfulInstancesPercent?: NumberValue }
  ResourceSignal?: { Count?: NumberValue; Timeout?: Value<string> }
  StartFleet?: BooleanValue
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html */
export type UpdatePolicy = {
  AutoScalingReplacingUpdate?: { WillReplace?: BooleanValue }
  AutoScalingRollingUpdate?: {
    MaxBatchSize?: NumberValue
    MinActiveInstancesPercent?: NumberValue
    MinInstancesInService?: NumberValue
    MinSuccessfulInstancesPercent?: NumberValue
    PauseTime?: Value<string>
    SuspendProcesses?: Value<readonly Value<string>[]>
    WaitOnResourceSignals?: BooleanValue
  }
  AutoScalingScheduledAction?: { IgnoreUnmodifiedGroupSizeProperties?: BooleanValue }
  AppStreamFleet?: { StopBeforeUpdate?: BooleanValue; StartAfterUpdate?: BooleanValue }
  CodeDeployLambdaAliasUpdate?: {
    AfterAllowTrafficHook?: Value<string>
    ApplicationName: Value<string>
    BeforeAllowTrafficHook?: Value<string>
    DeploymentGroupName: Value<string>
  }
  EnableVersionUpgrade?: BooleanValue
  UseOnlineResharding?: BooleanValue
}

type ResourceAttributes = {
  Condition?: Condition
  DependsOn?: Resource | readonly Resource[]
  Metadata?: { readonly [key: string]: Tree }
  DeletionPolicy?: DeletionPolicy
  UpdateReplacePolicy?: UpdateReplacePolicy
  CreationPolicy?: Value<CreationPolicy>
  UpdatePolicy?: Value<UpdatePolicy>
}

/** `Properties` may be left out where the type requires none. */
type WithProperties<P> = Record<never, never> extends P ? { Properties?: P } : { Properties: P }

/**
 * Distributive: of the union that it is while `T` is not known yet, TypeScript picks the one that a literal's `Type`
 * names, so that an `If` in it is held against the right property from the start.
 */
export type ResourceDeclaration<T extends ResourceType> = T extends ResourceType
  ? { Type: T } & ResourceAttributes & WithProperties<Properties<T>>
  : never

/** A parameter. Its `AllowedValues` are the type of what a `Ref` to it gives. */
export function parameter<const T extends ParameterType, const A extends string = string>(
  declaration: ParameterDeclaration<T, A>,
): Parameter<ParameterContent<T, A>> {
  return new Parameter(declaration)
}

/** A heading for parameters in the console's form (`AWS::CloudFormation::Interface`). */
export function parameterGroup(label: string): ParameterGroup {
  return new ParameterGroup(label)
}

export function condition(predicate: Predicate<InCondition>): Condition {
  return new Condition(predicate)
}

type Rows = {
  readonly [top: string]: { readonly [second: string]: string | number | boolean | readonly (string | number)[] }
}

type KeyOf<Row> = Row extends unknown ? keyof Row & string : never
type ValueAt<Row, Key> = Row extends unknown ? (Key extends keyof Row ? Row[Key] : never) : never

/** A table of literals. Keys are letters, digits, `.` and `-`; the second key's letters and digits. */
export function mapping<const R extends Rows>(
  table: R,
): Mapping<keyof R & string, { [Key in KeyOf<R[keyof R]>]: ValueAt<R[keyof R], Key> }> {
  return new Mapping(table)
}

export function rule(declaration: RuleDeclaration): Rule {
  return new Rule(declaration)
}

export function resource<T extends ResourceType>(declaration: ResourceDeclaration<T>): Resource<T> {
  return new Resource(declaration)
}

export function output(declaration: OutputDeclaration): Output {
  return new Output(declaration)
}

/** Lists what the template holds: each key is a logical ID, in the order in which it is written. */
export function defineTemplate(template: Template): Template {
  return template
}

/** Puts `text` above `value` in the YAML, for the person who reads the template in the console. */
export function comment<T extends object>(text: string, value: T): T {
  setComment(value, text)
  return value
}

/** The artifact's name (its module's) and version (the project's, or the one that is published). */
export const Build = {
  TemplateId: new BuildValue('TemplateId'),
  TemplateVersion: new BuildValue('TemplateVersion'),
} as const
