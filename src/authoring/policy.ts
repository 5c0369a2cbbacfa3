import type { PolicyText, Value } from './model.ts'

/**
 * IAM policy documents.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

/** What IAM reads. Nothing else in a template may hold a policy variable. */
export type PolicyValue = Value<string> | Value<PolicyText> | Value<string | PolicyText>

type OneOrMore<T> = T | readonly T[]

/** `s3:GetObject`, with wildcards after the colon; whether the service has it is `check`'s to say. */
export type Action = `${string}:${string}` | '*'

type Actions =
  | { Action: Value<OneOrMore<Value<Action>>>; NotAction?: never }
  | { NotAction: Value<OneOrMore<Value<Action>>>; Action?: never }

type Subjects =
  | { Resource: Value<OneOrMore<PolicyValue>>; NotResource?: never }
  | { NotResource: Value<OneOrMore<PolicyValue>>; Resource?: never }

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export type Principal =
  | '*'
  | {
      AWS?: Value<OneOrMore<Value<string>>>
      CanonicalUser?: Value<OneOrMore<Value<string>>>
      Federated?: Value<OneOrMore<Value<string>>>
      Service?: Value<OneOrMore<Value<string>>>
    }

type Principals =
  | { Principal: Value<Principal>; NotPrincipal?: never }
  | { NotPrincipal: Value<Principal>; Principal?: never }

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
type BaseOperator =
  | `String${'' | 'Not'}${'Equals' | 'EqualsIgnoreCase' | 'Like'}`
  | `Numeric${'Equals' | 'NotEquals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals'}`
  | `Date${'Equals' | 'NotEquals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals'}`
  | 'Bool'
  | 'BinaryEquals'
  | `${'' | 'Not'}IpAddress`
  | `Arn${'' | 'Not'}${'Equals' | 'Like'}`

export type ConditionOperator = `${'' | 'ForAllValues:' | 'ForAnyValue:'}${BaseOperator}${'' | 'IfExists'}` | 'Null'

/** Condition keys to the values that they are held against; a key is literal, as CloudFormation computes none. */
export type ConditionBlock = {
  readonly [operator in ConditionOperator]?: Value<{ readonly [key: string]: Value<OneOrMore<PolicyValue>> }>
}

type Common = {
  Sid?: Value<string>
  Effect: Value<'Allow' | 'Deny'>
  Condition?: Value<ConditionBlock>
}

/** A statement of an identity-based policy: whose it is says where it is attached. */
export type Statement = Common & Actions & Subjects & { Principal?: never; NotPrincipal?: never }

/** A statement of a role's trust policy: what it is about is the role itself. */
export type TrustStatement = Common & Actions & Principals & { Resource?: never; NotResource?: never }

/** A statement of a policy that a resource holds, such as a bucket policy. */
export type ResourceStatement = Common & Actions & Subjects & Principals

type DocumentOf<S> = {
  /** The older version takes a policy variable for plain text. */
  Version: '2012-10-17'
  Id?: Value<string>
  Statement: Value<readonly Value<S>[]>
}

export type PolicyDocument = DocumentOf<Statement>
export type TrustPolicyDocument = DocumentOf<TrustStatement>
export type ResourcePolicyDocument = DocumentOf<ResourceStatement>
