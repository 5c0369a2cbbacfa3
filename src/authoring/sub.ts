import { Intrinsic, Literal, type Placeholder, type PolicyText, PolicyVariable, type Substitution } from './model.ts'

/** The hosts by which Amazon Cognito signs an identity's token, and so the prefixes of its condition keys. */
type CognitoHost =
  | 'cognito-identity.amazonaws.com'
  | 'cognito-identity-us-gov.amazonaws.com'
  | 'cognito-identity.us-gov-east-1.amazonaws.com'
  | 'cognito-identity.cn-north-1.amazonaws.com.cn'

/**
 * Condition keys that IAM fills in as policy variables.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export type PolicyVariableKey =
  | `${CognitoHost}:${'aud' | 'sub'}`
  | `accounts.google.com:${'aud' | 'sub'}`
  | `graph.facebook.com:${'app_id' | 'id'}`
  | `www.amazon.com:${'app_id' | 'user_id'}`
  | `aws:${'PrincipalTag' | 'RequestTag' | 'ResourceTag'}/${string}`
  | `saml:${'aud' | 'iss' | 'namequalifier' | 'sub' | 'sub_type'}`
  | 'aws:CurrentTime'
  | 'aws:EpochTime'
  | 'aws:FederatedProvider'
  | 'aws:PrincipalAccount'
  | 'aws:PrincipalArn'
  | 'aws:PrincipalIsAWSService'
  | 'aws:PrincipalOrgID'
  | 'aws:PrincipalType'
  | 'aws:SourceIp'
  | 'aws:SourceVpc'
  | 'aws:SourceVpce'
  | 'aws:TokenIssueTime'
  | 'aws:userid'
  | 'aws:username'
  | 'aws:UserAgent'
  | 'ec2:SourceInstanceARN'
  | 's3:prefix'
  | '*'
  | '?'
  | '$'
  | 's3:max-keys'
  | 'sns:Endpoint'
  | 'sns:Protocol'

/** A variable for a policy's text; `*`, `?` and `$` are the characters themselves, where IAM would see a wildcard or a variable. */
export function policyVariable(key: PolicyVariableKey): PolicyVariable {
  return new PolicyVariable(key)
}

/**
 * Text as it stands, for what has placeholders of its own: a script, `${stageVariables.host}`. In a `Sub` each `${x}` in
 * it becomes `${!x}`, which CloudFormation gives back as `${x}`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
export function literal(text: string): Literal {
  return new Literal({ fn: 'Literal', text })
}

/**
 * `Fn::Sub` as a tagged template.
 *
 * A placeholder is a declaration, a call under a name (`${{ PoolRegion }}`) or a policy variable, never text:
 * the first two become `${UserPoolId}` and `${PoolRegion}`, the last `${!cognito-identity.amazonaws.com:sub}`.
 * Text with a policy variable in it has a type of its own, which only the fields of a policy accept.
 * A `${` that is just written there is a diagnostic of `link`; `literal` is the way to mean it.
 */
export function Sub(text: TemplateStringsArray, ...placeholders: readonly Substitution[]): Intrinsic<string>
export function Sub(text: TemplateStringsArray, ...placeholders: readonly Placeholder[]): Intrinsic<PolicyText>
export function Sub(text: TemplateStringsArray, ...placeholders: readonly Placeholder[]): Intrinsic {
  return new Intrinsic({ fn: 'Sub', text, placeholders })
}
