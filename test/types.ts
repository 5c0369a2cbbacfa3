/**
 * What the compiler must refuse, and what it must take. Nothing here runs: `tsc` fails if a line under
 * `@ts-expect-error` compiles, and if any other line does not.
 */
import {
  And,
  AWS,
  Base64,
  Build,
  Cidr,
  Contains,
  comment,
  condition,
  defineTemplate,
  EachMemberEquals,
  EachMemberIn,
  Equals,
  FindInMap,
  GetAtt,
  GetAZs,
  If,
  ImportValue,
  Join,
  literal,
  mapping,
  Not,
  Or,
  output,
  type PolicyDocument,
  type PolicyValue,
  parameter,
  parameterGroup,
  policyVariable,
  Ref,
  RefAll,
  type ResourcePolicyDocument,
  resource,
  rule,
  Select,
  Split,
  Sub,
  type TrustPolicyDocument,
  type Value,
  ValueOf,
  ValueOfAll,
} from 'poolform'
import type {} from 'poolform/aws/cloudformation'
import type {} from 'poolform/aws/cognito'
import type {} from 'poolform/aws/iam'
import type {} from 'poolform/aws/s3'
import type {} from 'poolform/aws/sqs'

const UserPoolId = parameter({ Type: 'String' })
const SessionSeconds = parameter({ Type: 'Number' })
const SamlProviderArns = parameter({ Type: 'CommaDelimitedList' })
const Subnets = parameter({ Type: 'List<AWS::EC2::Subnet::Id>' })
const AllowGuests = parameter({ Type: 'String', AllowedValues: ['true', 'false'], Default: 'false' })
const Selection = parameter({ Type: 'String', AllowedValues: ['Default', 'Token'] })
const Guests = condition(Equals(Ref(AllowGuests), 'true'))
const Hosts = mapping({ aws: { Host: 'a', Ports: [80], Scope: 'global' }, 'aws-cn': { Host: 'b', Ports: [80, 443] } })
const Pool = resource({ Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } })
const Checked = rule({ Assertions: [{ Assert: Equals(Ref(UserPoolId), ''), AssertDescription: '' }] })
const PoolId = output({ Value: Ref(Pool) })
const identityId = policyVariable('cognito-identity.amazonaws.com:sub')

// --- References name something that exists -------------------------------------------------------------------------

// @ts-expect-error an undeclared parameter
Ref(UserPolId)
// @ts-expect-error a name instead of a declaration
Ref('UserPoolId')
// @ts-expect-error a condition has no value
Ref(Guests)
// @ts-expect-error a mapping has no value
Ref(Hosts)
// @ts-expect-error a policy variable is IAM's to fill in
Ref(identityId)
// @ts-expect-error AWS::Regoin
Ref(AWS.Regoin)
// @ts-expect-error an attribute that another resource type has
GetAtt(Pool, 'Arn')
// @ts-expect-error an attribute of a parameter
GetAtt(UserPoolId, 'Arn')
// @ts-expect-error a parameter where a condition goes
If(UserPoolId, true, false)
// @ts-expect-error a test where a condition goes: it has no name
If(Equals(Ref(UserPoolId), ''), true, false)
// @ts-expect-error a key that the mapping lacks
FindInMap(Hosts, 'aws-us-gov', 'Host')
// @ts-expect-error a list where a text goes
FindInMap(Hosts, 'aws', 'Ports') satisfies Value<string>
// @ts-expect-error a text or a list, where nobody knows which
FindInMap(Hosts, 'aws', Ref(UserPoolId)) satisfies Value<string>
// @ts-expect-error a second key that the mapping lacks
FindInMap(Hosts, 'aws', 'Hots')
// @ts-expect-error a parameter where a mapping goes
FindInMap(UserPoolId, 'aws', 'Host')
FindInMap(Hosts, Ref(AWS.Partition), 'Host') satisfies Value<string>
FindInMap(Hosts, 'aws', 'Ports') satisfies Value<readonly number[]>
// @ts-expect-error a resource by name
resource({ Type: 'AWS::SQS::Queue', DependsOn: 'Pool' })
// @ts-expect-error a parameter is there before every resource
resource({ Type: 'AWS::SQS::Queue', DependsOn: UserPoolId })
resource({ Type: 'AWS::SQS::Queue', DependsOn: Pool })
resource({ Type: 'AWS::SQS::Queue', DependsOn: [Pool, resource({ Type: 'AWS::SQS::Queue' })] })
// @ts-expect-error a condition by name
resource({ Type: 'AWS::SQS::Queue', Condition: 'Guests' })
// @ts-expect-error a test instead of a condition
resource({ Type: 'AWS::SQS::Queue', Condition: Not(Guests) })
resource({ Type: 'AWS::SQS::Queue', Condition: Guests })

// --- Conditions ----------------------------------------------------------------------------------------------------

// @ts-expect-error And takes two tests or more
And(Guests)
// @ts-expect-error a parameter where a test goes
Or(Guests, UserPoolId)
// @ts-expect-error a value where a test goes
Not(Ref(AllowGuests))
// @ts-expect-error a list is equal to nothing
Equals(Ref(SamlProviderArns), '')
// @ts-expect-error a value is no condition
condition(Ref(AllowGuests))
// @ts-expect-error Contains is a function of the Rules section
condition(Contains(['true'], Ref(AllowGuests)))
// @ts-expect-error and stays one within Not
condition(Not(Contains(['true'], Ref(AllowGuests))))
// @ts-expect-error and beside a condition
And(Guests, Contains(['true'], Ref(AllowGuests)))
condition(And(Guests, Not(Guests), Or(Guests, Equals(Ref(SessionSeconds), 5)), Equals(Sub`${AWS.Region}`, 'x')))
condition(Equals(FindInMap(Hosts, Ref(AWS.Partition), 'Scope'), 'global'))
condition(Equals(Select(0, Split('_', Ref(UserPoolId))), Join('', ['a', Ref(AWS.Region)])))

// --- Rules ---------------------------------------------------------------------------------------------------------

const because = { AssertDescription: 'Because.' }
// @ts-expect-error a condition in a rule
rule({ Assertions: [{ Assert: Not(Guests), ...because }] })
// @ts-expect-error a condition by itself
rule({ Assertions: [{ Assert: Guests, ...because }] })
// @ts-expect-error a condition as a rule's own
rule({ RuleCondition: Guests, Assertions: [{ Assert: Equals(Ref(UserPoolId), ''), ...because }] })
// @ts-expect-error And with a condition
rule({ Assertions: [{ Assert: And(Guests, Equals(Ref(UserPoolId), '')), ...because }] })
// @ts-expect-error Join in a rule
rule({ Assertions: [{ Assert: Equals(Join('', [Ref(UserPoolId)]), ''), ...because }] })
// @ts-expect-error Sub in a rule
rule({ Assertions: [{ Assert: Equals(Sub`${UserPoolId}`, ''), ...because }] })
// @ts-expect-error FindInMap in a rule
rule({ Assertions: [{ Assert: Equals(FindInMap(Hosts, 'aws', 'Host'), ''), ...because }] })
// @ts-expect-error If in a rule
rule({ Assertions: [{ Assert: Equals(If(Guests, 'a', 'b'), ''), ...because }] })
// @ts-expect-error a pseudo parameter in a rule
rule({ Assertions: [{ Assert: Equals(Ref(AWS.Region), 'us-east-1'), ...because }] })
// @ts-expect-error nor in a list of values
rule({ Assertions: [{ Assert: Contains([Ref(AWS.Region)], 'us-east-1'), ...because }] })
// @ts-expect-error a resource in a rule: there is none yet
rule({ Assertions: [{ Assert: Equals(Ref(Pool), ''), ...because }] })
// @ts-expect-error an assertion without words for whom it refuses
rule({ Assertions: [{ Assert: Equals(Ref(UserPoolId), '') }] })
// @ts-expect-error a type of parameter that AWS does not have
RefAll('AWS::EC2::VPC::Ids')
// @ts-expect-error an attribute of a resource: it is not there yet
ValueOf(Pool, 'Name')
rule({
  RuleCondition: Or(Equals(Ref(AllowGuests), 'true'), Not(Equals(Ref(UserPoolId), ''))),
  Assertions: [
    { Assert: And(Contains(['a', 'b'], Ref(UserPoolId)), Equals(Ref(Selection), 'Token')), ...because },
    { Assert: EachMemberIn(ValueOfAll('AWS::EC2::Subnet::Id', 'VpcId'), RefAll('AWS::EC2::VPC::Id')), ...because },
    { Assert: EachMemberEquals(Ref(Subnets), ValueOf(UserPoolId, 'VpcId')), ...because },
    { Assert: EachMemberIn(Ref(Subnets), ['a']), ...because },
  ],
})

// --- Values fit where they go --------------------------------------------------------------------------------------

resource({
  Type: 'AWS::Cognito::IdentityPool',
  Properties: {
    // @ts-expect-error any text where a boolean goes
    AllowUnauthenticatedIdentities: Ref(UserPoolId),
    // @ts-expect-error a list where a text goes
    IdentityPoolName: Ref(SamlProviderArns),
    SamlProviderARNs: Ref(SamlProviderArns),
    // @ts-expect-error a branch that is no boolean
    AllowClassicFlow: If(Guests, true, 'no'),
    // @ts-expect-error a branch that is no boolean, further in
    DeveloperProviderName: If(Guests, If(Guests, 5, Ref(AWS.NoValue)), Ref(AWS.NoValue)),
  },
})
resource({
  Type: 'AWS::Cognito::IdentityPool',
  Properties: {
    // @ts-expect-error Fn::Not in a property: CloudFormation takes it in a condition only
    AllowUnauthenticatedIdentities: Not(Guests),
    // @ts-expect-error a condition in a property
    AllowClassicFlow: Guests,
    // @ts-expect-error a declaration instead of its value
    IdentityPoolName: UserPoolId,
    // @ts-expect-error a text where a list goes
    SamlProviderARNs: Ref(UserPoolId),
    // @ts-expect-error ValueOf is a function of the Rules section
    DeveloperProviderName: ValueOf(UserPoolId, 'VpcId'),
  },
})
resource({
  Type: 'AWS::Cognito::IdentityPool',
  Properties: {
    // a parameter that takes only these two words: CloudFormation converts them
    AllowUnauthenticatedIdentities: Ref(AllowGuests),
    IdentityPoolName: If(Guests, Ref(UserPoolId), Ref(AWS.NoValue)),
    SamlProviderARNs: [Ref(UserPoolId), If(Guests, 'a', Ref(AWS.NoValue)), GetAtt(Pool, 'Name')],
    OpenIdConnectProviderARNs: If(Guests, Split(',', Ref(UserPoolId)), ['a', Ref(UserPoolId)]),
    AllowClassicFlow: If(Guests, true, Ref(AWS.NoValue)),
    CognitoIdentityProviders: [
      If(Guests, { ClientId: 'a', ProviderName: Join('.', ['a', Ref(AWS.Region)]) }, Ref(AWS.NoValue)),
      // @ts-expect-error a misspelt key
      { ClientID: 'a' },
      // @ts-expect-error a misspelt key in a branch
      If(Guests, { ClientID: 'a' }, Ref(AWS.NoValue)),
      // @ts-expect-error a misspelt key in a branch of a branch
      If(Guests, Ref(AWS.NoValue), If(Guests, { ClientId: 'a', ServerSideTokenCheckk: true }, Ref(AWS.NoValue))),
      // @ts-expect-error a text where a boolean goes, in a branch
      If(Guests, { ServerSideTokenCheck: Ref(UserPoolId) }, { ServerSideTokenCheck: true }),
    ],
    DeveloperProviderName: ImportValue(Sub`${AWS.StackName}-name`),
    CognitoStreams: { StreamingStatus: 'ENABLED', StreamName: Base64(FindInMap(Hosts, Ref(AWS.Partition), 'Host')) },
  },
})
resource({
  Type: 'AWS::Cognito::IdentityPool',
  Properties: {
    AllowUnauthenticatedIdentities: If(Guests, true, false),
    // @ts-expect-error a misspelt property
    AllowClassicFlows: true,
  },
})
// @ts-expect-error a property that must be there
resource({ Type: 'AWS::Cognito::IdentityPool', Properties: {} })
// @ts-expect-error all of them
resource({ Type: 'AWS::Cognito::IdentityPool' })
resource({ Type: 'AWS::SQS::Queue' })
resource({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: Ref(SessionSeconds), FifoQueue: true } })
resource({ Type: 'Custom::Thing', Properties: { ServiceToken: 'x', Anything: [If(Guests, 'a', Ref(AWS.NoValue))] } })
// @ts-expect-error a custom resource that nothing serves
resource({ Type: 'Custom::Thing', Properties: { Anything: 5 } })
// @ts-expect-error an unknown resource type
resource({ Type: 'AWS::Cognito::IdentityPol', Properties: { AllowUnauthenticatedIdentities: false } })
// @ts-expect-error a resource type that no import has brought in
resource({ Type: 'AWS::SNS::Topic' })
const attachment = 'AWS::Cognito::IdentityPoolRoleAttachment'
const Rules = [{ Claim: 'a', MatchType: 'Equals', RoleARN: 'b', Value: 'c' }] as const
resource({
  Type: attachment,
  Properties: {
    IdentityPoolId: Ref(Pool),
    RoleMappings: {
      a: { Type: Ref(Selection), AmbiguousRoleResolution: If(Guests, 'Deny', 'AuthenticatedRole') },
      b: If(Guests, { Type: 'Rules', RulesConfiguration: { Rules } }, Ref(AWS.NoValue)),
    },
  },
})
// @ts-expect-error a word that the property does not take
resource({ Type: attachment, Properties: { IdentityPoolId: 'x', RoleMappings: { a: { Type: 'Tokens' } } } })
// @ts-expect-error a property that must be there, further in
resource({ Type: attachment, Properties: { IdentityPoolId: 'x', RoleMappings: { a: {} } } })
resource({
  Type: attachment,
  Properties: {
    IdentityPoolId: Ref(Pool),
    RoleMappings: {
      a: {
        Type: 'Rules',
        // @ts-expect-error a misspelt key, further in
        RulesConfiguration: { Rules: [{ Claim: 'a', MatchTyp: 'Equals', RoleARN: 'b', Value: 'c' }] },
      },
    },
  },
})
resource({
  Type: 'AWS::SQS::Queue',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  CreationPolicy: { ResourceSignal: { Count: Ref(SessionSeconds), Timeout: 'PT5M' } },
  UpdatePolicy: If(Guests, { AutoScalingReplacingUpdate: { WillReplace: true } }, Ref(AWS.NoValue)),
  Metadata: { Note: Sub`${AWS.Region}`, Deep: [{ Number: 5, Left: undefined }] },
})
// @ts-expect-error a policy that CloudFormation does not have
resource({ Type: 'AWS::SQS::Queue', DeletionPolicy: 'Keep' })
// @ts-expect-error a replaced resource is not one of a creation that failed
resource({ Type: 'AWS::SQS::Queue', UpdateReplacePolicy: 'RetainExceptOnCreate' })
// @ts-expect-error CloudFormation takes no function here
resource({ Type: 'AWS::SQS::Queue', DeletionPolicy: If(Guests, 'Delete', 'Retain') })
// @ts-expect-error a misspelt attribute of the resource
resource({ Type: 'AWS::SQS::Queue', DeletionPolicies: 'Retain' })
// @ts-expect-error a default that is not among the allowed values
parameter({ Type: 'String', AllowedValues: ['true', 'false'], Default: 'flase' })
// @ts-expect-error a type that a parameter cannot have
parameter({ Type: 'Boolean' })
// @ts-expect-error a misspelt key
parameter({ Type: 'String', AllowedPatern: '.*' })
parameter({ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'], Default: 'a,b' })
parameter({ Type: 'Number', AllowedValues: [1, 2], Default: 1, Label: 'One or two', Group: parameterGroup('Numbers') })
parameter({ Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Image::Id>>', NoEcho: true })
// @ts-expect-error a heading by its text: two spellings would be two headings
parameter({ Type: 'String', Group: 'Numbers' })
// @ts-expect-error a list has no place in a text
Split(',', Ref(SamlProviderArns))
Select(1, Ref(SamlProviderArns)) satisfies Value<string>
Select(1, GetAZs('')) satisfies Value<string>
Cidr(Ref(UserPoolId), 4, 8) satisfies Value<readonly string[]>
comment('Why.', Pool) satisfies typeof Pool
// @ts-expect-error text has no identity to keep a comment by
comment('Why.', 'a')

// --- Sub -----------------------------------------------------------------------------------------------------------

Sub`${AWS.Region}-${UserPoolId}-${SessionSeconds}-${Pool}-${GetAtt(Pool, 'Name')}-${Build.TemplateVersion}`
Sub`${{ PoolRegion: Select(0, Split('_', Ref(UserPoolId))) }}-${{ Count: FindInMap(mapping({ a: { b: 5 } }), 'a', 'b') }}`
// @ts-expect-error a list has no place in a text
Sub`${SamlProviderArns}`
// @ts-expect-error nor has one that a call gives
Sub`${{ Parts: Split('_', Ref(UserPoolId)) }}`
// @ts-expect-error nor that of AWS
Sub`${AWS.NotificationARNs}`
Sub`${literal('${HOME}')}-${AWS.Region}` satisfies Value<string>
// @ts-expect-error a bare string: text belongs outside the placeholder
Sub`${'UserPoolId'}`
// @ts-expect-error a string under a name
Sub`${{ PoolRegion: 'us-east-1' }}`
// @ts-expect-error a call without a name
Sub`${Select(0, Split('_', Ref(UserPoolId)))}`
// @ts-expect-error Ref is what Sub itself does
Sub`${Ref(UserPoolId)}`
// @ts-expect-error a condition has no value
Sub`${Guests}`
// @ts-expect-error a variable that IAM does not know
policyVariable('cognito-identity.amazonaws.com:subject')

// --- Policy variables fit where IAM reads them ---------------------------------------------------------------------

const folder = Sub`private/${identityId}/*`
resource({
  Type: 'AWS::Cognito::IdentityPool',
  Properties: {
    AllowUnauthenticatedIdentities: false,
    // @ts-expect-error a policy variable outside a policy
    IdentityPoolName: Sub`pool-${identityId}`,
    // @ts-expect-error and in a branch
    DeveloperProviderName: If(Guests, Sub`pool-${identityId}`, 'pool'),
  },
})
// @ts-expect-error an output is read by people and stacks, not by IAM
output({ Value: folder })
// @ts-expect-error not within another text either
Join('/', [folder])
// @ts-expect-error nor as a variable of it
Sub`${{ Folder: folder }}`
// @ts-expect-error nor in a test
Equals(folder, '')
// @ts-expect-error nor by itself, which would be no text
folder satisfies Value<string>
identityId satisfies typeof identityId

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: folder } as const
const granted: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    statement,
    If(Guests, statement, Ref(AWS.NoValue)),
    { Effect: 'Deny', NotAction: ['s3:*'], NotResource: ['*'], Sid: 'Rest' },
    { ...statement, Effect: If(Guests, 'Allow', 'Deny'), Action: If(Guests, ['s3:GetObject', 's3:*'], 's3:Get*') },
    {
      ...statement,
      Resource: [folder, Sub`arn:${AWS.Partition}:s3:::x`, If(Guests, folder, 'x'), If(Guests, 'a', Ref(AWS.NoValue))],
      Condition: {
        StringLike: { 's3:prefix': [folder, 'public/*'] },
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [Sub`${identityId}`] },
        'ForAnyValue:StringNotEqualsIgnoreCaseIfExists': { 'aws:PrincipalTag/x': Ref(UserPoolId) },
        Null: { 'aws:PrincipalTag/x': 'false' },
        Bool: If(Guests, { 'aws:SecureTransport': 'true' }, Ref(AWS.NoValue)),
      },
    },
    // @ts-expect-error an effect that IAM does not have
    { ...statement, Effect: 'Permit' },
    // @ts-expect-error in a branch
    { ...statement, Effect: If(Guests, 'Allow', 'Denied') },
    // @ts-expect-error an action without a service
    { ...statement, Action: 'GetObject' },
    // @ts-expect-error in a list
    { ...statement, Action: ['s3:GetObject', 'PutObject'] },
    // @ts-expect-error an action and what it is not
    { ...statement, NotAction: 's3:GetObject' },
    // @ts-expect-error what of
    { Effect: 'Allow', Action: 's3:GetObject' },
    // @ts-expect-error nothing allowed
    { Effect: 'Allow', Resource: '*' },
    // @ts-expect-error whose it is says where it is attached
    { ...statement, Principal: '*' },
    // @ts-expect-error an operator that IAM does not have
    { ...statement, Condition: { StringEqual: { 'aws:SourceIp': 'x' } } },
    // @ts-expect-error Null compares one value
    { ...statement, Condition: { 'ForAnyValue:Null': { 'aws:SourceIp': 'true' } } },
    // @ts-expect-error a condition of the template's where IAM's goes
    { ...statement, Condition: Guests },
    // @ts-expect-error a misspelt key
    { ...statement, Conditions: {} },
    // @ts-expect-error a misspelt key in a branch
    If(Guests, { ...statement, Conditions: {} }, Ref(AWS.NoValue)),
  ],
}
granted satisfies PolicyDocument
// @ts-expect-error the older version takes a policy variable for plain text
const older: PolicyDocument = { Version: '2008-10-17', Statement: [] }
// @ts-expect-error as does a document without a version
const unversioned: PolicyDocument = { Statement: [] }

const trusted: TrustPolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Federated: 'accounts.google.com' }, Action: 'sts:AssumeRoleWithWebIdentity' },
    { Effect: 'Allow', Principal: { AWS: Ref(SamlProviderArns) }, Action: 'sts:AssumeRole' },
    { Effect: 'Allow', Principal: { Service: ['a', Ref(UserPoolId)] }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
    // @ts-expect-error trust in whom
    { Effect: 'Allow', Action: 'sts:AssumeRole' },
    // @ts-expect-error a trust policy is about the role itself
    { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' },
    // @ts-expect-error a kind of principal that IAM does not have
    { Effect: 'Allow', Principal: { Services: 'a' }, Action: 'sts:AssumeRole' },
  ],
}
const held: ResourcePolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { ...statement, Principal: '*' },
    // @ts-expect-error a bucket's policy says for whom
    statement,
  ],
}
resource({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trusted,
    Policies: [
      { PolicyName: 'a', PolicyDocument: granted },
      If(Guests, { PolicyName: 'a', PolicyDocument: granted }, Ref(AWS.NoValue)),
      // @ts-expect-error a misspelt key in a branch
      If(Guests, { PolicyName: 'a', PolicyDocument: { Version: '2012-10-17', Statment: [] } }, Ref(AWS.NoValue)),
      // @ts-expect-error a role's policy names no principal
      { PolicyName: 'a', PolicyDocument: { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] } },
    ],
  },
})
// @ts-expect-error permissions where trust goes
resource({ Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: granted } })
resource({ Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'x', PolicyDocument: held } })
const either: PolicyValue = If(Guests, folder, Sub`${UserPoolId}`)

// --- Sections hold their own kind ----------------------------------------------------------------------------------

const Resources = { Pool }
defineTemplate({
  Description: '',
  Metadata: { Note: ['a', 5, { b: true }] },
  Parameters: { UserPoolId, AllowGuests, SamlProviderArns, SessionSeconds },
  Rules: { Checked },
  Mappings: { Hosts },
  Conditions: { Guests },
  Resources,
  Outputs: { PoolId, Version: output({ Value: Build.TemplateVersion, Export: { Name: Sub`${AWS.StackName}-v` } }) },
  Accept: [{ Code: 'service-wildcard', Path: 'Resources.Pool', Reason: 'Because.' }],
})
// @ts-expect-error no resources
defineTemplate({ Description: '' })
// @ts-expect-error a section that CloudFormation does not have
defineTemplate({ Description: '', Resources, Parameter: { UserPoolId } })
// @ts-expect-error a rule among the parameters
defineTemplate({ Description: '', Resources, Parameters: { Checked } })
// @ts-expect-error a mapping among the parameters
defineTemplate({ Description: '', Resources, Parameters: { Hosts } })
// @ts-expect-error a condition among the parameters
defineTemplate({ Description: '', Resources, Parameters: { Guests } })
// @ts-expect-error a resource among the parameters
defineTemplate({ Description: '', Resources, Parameters: { Pool } })
// @ts-expect-error an output among the parameters
defineTemplate({ Description: '', Resources, Parameters: { PoolId } })
// @ts-expect-error a parameter among the rules
defineTemplate({ Description: '', Resources, Rules: { UserPoolId } })
// @ts-expect-error a mapping among the rules
defineTemplate({ Description: '', Resources, Rules: { Hosts } })
// @ts-expect-error a condition among the rules
defineTemplate({ Description: '', Resources, Rules: { Guests } })
// @ts-expect-error a resource among the rules
defineTemplate({ Description: '', Resources, Rules: { Pool } })
// @ts-expect-error an output among the rules
defineTemplate({ Description: '', Resources, Rules: { PoolId } })
// @ts-expect-error a parameter among the mappings
defineTemplate({ Description: '', Resources, Mappings: { UserPoolId } })
// @ts-expect-error a rule among the mappings
defineTemplate({ Description: '', Resources, Mappings: { Checked } })
// @ts-expect-error a condition among the mappings
defineTemplate({ Description: '', Resources, Mappings: { Guests } })
// @ts-expect-error a resource among the mappings
defineTemplate({ Description: '', Resources, Mappings: { Pool } })
// @ts-expect-error an output among the mappings
defineTemplate({ Description: '', Resources, Mappings: { PoolId } })
// @ts-expect-error a parameter among the conditions
defineTemplate({ Description: '', Resources, Conditions: { UserPoolId } })
// @ts-expect-error a rule among the conditions
defineTemplate({ Description: '', Resources, Conditions: { Checked } })
// @ts-expect-error a mapping among the conditions
defineTemplate({ Description: '', Resources, Conditions: { Hosts } })
// @ts-expect-error a resource among the conditions
defineTemplate({ Description: '', Resources, Conditions: { Pool } })
// @ts-expect-error an output among the conditions
defineTemplate({ Description: '', Resources, Conditions: { PoolId } })
// @ts-expect-error a test without a name among the conditions
defineTemplate({ Description: '', Resources, Conditions: { IsGuest: Equals(Ref(AllowGuests), 'true') } })
// @ts-expect-error a parameter among the resources
defineTemplate({ Description: '', Resources: { UserPoolId } })
// @ts-expect-error a rule among the resources
defineTemplate({ Description: '', Resources: { Checked } })
// @ts-expect-error a mapping among the resources
defineTemplate({ Description: '', Resources: { Hosts } })
// @ts-expect-error a condition among the resources
defineTemplate({ Description: '', Resources: { Guests } })
// @ts-expect-error an output among the resources
defineTemplate({ Description: '', Resources: { PoolId } })
// @ts-expect-error a parameter among the outputs
defineTemplate({ Description: '', Resources, Outputs: { UserPoolId } })
// @ts-expect-error a rule among the outputs
defineTemplate({ Description: '', Resources, Outputs: { Checked } })
// @ts-expect-error a mapping among the outputs
defineTemplate({ Description: '', Resources, Outputs: { Hosts } })
// @ts-expect-error a condition among the outputs
defineTemplate({ Description: '', Resources, Outputs: { Guests } })
// @ts-expect-error a resource among the outputs
defineTemplate({ Description: '', Resources, Outputs: { Pool } })
// @ts-expect-error an output that output(…) has not made
defineTemplate({ Description: '', Resources, Outputs: { PoolId: { Value: Ref(Pool) } } })
// @ts-expect-error a list: CloudFormation's outputs are text
output({ Value: Ref(SamlProviderArns) })
// @ts-expect-error a declaration instead of its value
output({ Value: Pool })
// @ts-expect-error a condition by name
output({ Value: 'a', Condition: 'Guests' })
// @ts-expect-error a policy variable is no output
output({ Value: identityId })
output({ Value: Ref(SessionSeconds), Condition: Guests })

export const unused = [older, unversioned, either]
