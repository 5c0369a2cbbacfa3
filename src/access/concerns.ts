import { matches, tokensOf } from './decide/pattern.ts'

/**
 * Whose matter an action is. `owners`: of those who own a thing, or the account, and of nobody who uses an app: its
 * permissions, ownership, retention, versions, encryption, its being there at all. `people`: of those whose data it is.
 * `calls`: a call of an API. One classification, for the laws and for what a table shows in red.
 *
 * What an action does is said at https://docs.aws.amazon.com/service-authorization/latest/reference/ under its service.
 */
export type Concern = 'owners' | 'people' | 'calls' | 'other'

/** By the name of the action. */
export function concernOf(name: string): Concern {
  const [service = '', action = ''] = name.split(':')
  switch (service.toLowerCase()) {
    case 'iam':
    case 'sts':
    case 'cognito-identity':
    case 'cognito-idp':
    case 'organizations':
      return 'owners'
    case 'kms':
      return cryptography.test(action) ? 'other' : 'owners'
    case 's3':
      return ofObjects.test(action) || !isOnObjects(action) ? 'owners' : 'other'
    case 'dynamodb':
      return permissions.test(action) || /^UpdateAbacStatus$/i.test(action) ? 'owners' : 'people'
    case 'cognito-sync':
      return 'people'
    case 'execute-api':
      return 'calls'
    default:
      return permissions.test(action) || further.has(name.toLowerCase()) ? 'owners' : 'other'
  }
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#cryptographic-operations */
const cryptography =
  /^(?:Decrypt|Encrypt|ReEncrypt\w+|GenerateDataKey\w*|GenerateMac|GenerateRandom|Sign|Verify\w*|DeriveSharedSecret)$/i

/** Of an object: permissions, ownership, retention, versions, tags that policies look at, encryption, copies of it. */
const ofObjects = /Acl|Version|Retention|LegalHold|Governance|Owner|Tag|Encryption|Replic|Restore/i

/** Is it an action of Amazon S3, by its name alone, on objects, and not on a bucket, an access point or the account? */
export function isOnObjects(action: string): boolean {
  return (
    /object|multipartuploadparts|abortmultipart|bypassgovernance|replicate(?:delete|tags)|initiatereplication/i.test(
      action,
    ) && !/objectlockconfiguration|objectlambda/i.test(action)
  )
}

/** Who may do what. */
const permissions =
  /^(?:Put|Delete|Add|Remove|Create|Update|Set|Attach|Detach|Modify|Revoke|Grant|Retire|BatchGrant|BatchRevoke|Authorize|Deauthorize)\w*(?:Polic(?:y|ies)|Permissions?|PermissionSet|Acl|WebACL|Grant|Grants|Ownership\w*|AccessBlock)(?:$|[A-Z])/

/** Others that AWS has under permissions management, of services that apps are made of. */
const further: ReadonlySet<string> = new Set([
  ...['iot:setdefaultauthorizer', 'iot:attachprincipalpolicy', 'lambda:disablereplication', 'lambda:enablereplication'],
  ...['sns:settopicattributes', 'sqs:setqueueattributes', 'events:putpermission', 'apigateway:setwebacl'],
])

/**
 * What those who use a thing do with it, in services whose other actions, but for looking, are for those who own it.
 * What is named by a pattern is by the lists below.
 */
const uses: Readonly<Record<string, RegExp>> = {
  dynamodb:
    /^(?:(?:Batch)?(?:Get|Write)Item|(?:Put|Update|Delete|ConditionCheck)Item|Query|Scan|PartiQL\w+|SearchVectors)$/i,
  's3-object-lambda': /^(?:Get|Put|Delete|List|Head)\w+$/i,
  lambda: /^Invoke\w+$/i,
  sqs: /^(?:SendMessage|ReceiveMessage|DeleteMessage|ChangeMessageVisibility)(?:Batch)?$/i,
  sns: /^(?:Publish|Subscribe|Unsubscribe|ConfirmSubscription|CreatePlatformEndpoint|DeleteEndpoint|SetEndpointAttributes)$/i,
  secretsmanager: /^(?:Batch)?GetSecretValue$/i,
  ssm: /^$/,
  states: /^(?:StartExecution|StartSyncExecution|StopExecution|SendTask\w+)$/i,
  appsync: /^(?:GraphQL|SourceGraphQL|Event(?:Connect|Publish|Subscribe))$/i,
  'execute-api': /^(?:Invoke|ManageConnections|InvalidateCache)$/i,
}

const looks = /^(?:Get|List|Describe|Lookup|Search|Check)/i

/** What takes no permission of a role: whoever has the service's address may call it, by a token of its own. */
const open: ReadonlySet<string> = new Set(
  [
    ...['sts:GetCallerIdentity', 'sts:GetSessionToken', 's3:GetBucketLocation'],
    ...['GetId', 'GetCredentialsForIdentity', 'GetOpenIdToken', 'UnlinkIdentity'].map(it => `cognito-identity:${it}`),
    ...[
      ...['AssociateSoftwareToken', 'ChangePassword', 'ConfirmDevice', 'ConfirmForgotPassword', 'ConfirmSignUp'],
      ...['DeleteUser', 'DeleteUserAttributes', 'ForgetDevice', 'ForgotPassword', 'GetDevice', 'GetUser', 'SignUp'],
      ...['GetTokensFromRefreshToken', 'GetUserAttributeVerificationCode', 'GlobalSignOut', 'InitiateAuth'],
      ...['ListDevices', 'ResendConfirmationCode', 'RespondToAuthChallenge', 'RevokeToken', 'SetUserMFAPreference'],
      ...[
        'SetUserSettings',
        'UpdateDeviceStatus',
        'UpdateUserAttributes',
        'VerifySoftwareToken',
        'VerifyUserAttribute',
      ],
    ].map(it => `cognito-idp:${it}`),
  ].map(it => it.toLowerCase()),
)

/** Actions that a pattern may mean, of services whose actions are not all for their owners. */
const meant: Readonly<Record<string, readonly string[]>> = {
  s3: [
    ...['PutObjectAcl', 'GetObjectAcl', 'GetObjectVersion', 'DeleteObjectVersion', 'PutObjectTagging'],
    ...['GetObjectTagging', 'DeleteObjectTagging', 'PutObjectRetention', 'GetObjectRetention', 'PutObjectLegalHold'],
    ...['BypassGovernanceRetention', 'RestoreObject', 'ReplicateObject', 'ListBucketVersions', 'PutBucketPolicy'],
    ...['PutBucketAcl', 'GetBucketPolicy', 'DeleteBucket', 'CreateBucket', 'PutLifecycleConfiguration'],
    ...['PutEncryptionConfiguration', 'ListAllMyBuckets', 'PutBucketVersioning', 'PutReplicationConfiguration'],
  ],
  kms: [
    ...['CreateGrant', 'PutKeyPolicy', 'ScheduleKeyDeletion', 'DisableKey', 'DescribeKey', 'ListKeys', 'GetKeyPolicy'],
    ...['UpdateAlias', 'RevokeGrant', 'TagResource', 'EnableKey', 'ReplicateKey', 'ImportKeyMaterial'],
  ],
  dynamodb: [
    'CreateTable',
    'UpdateTable',
    'DeleteTable',
    'CreateBackup',
    'PutResourcePolicy',
    'ExportTableToPointInTime',
  ],
  lambda: ['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'AddPermission', 'CreateFunction', 'DeleteFunction'],
  sqs: ['AddPermission', 'SetQueueAttributes', 'DeleteQueue', 'PurgeQueue', 'CreateQueue', 'TagQueue'],
  sns: ['AddPermission', 'SetTopicAttributes', 'DeleteTopic', 'CreateTopic', 'RemovePermission', 'TagResource'],
  secretsmanager: ['PutSecretValue', 'UpdateSecret', 'DeleteSecret', 'PutResourcePolicy', 'CreateSecret'],
  ssm: ['PutParameter', 'SendCommand', 'StartSession', 'DeleteParameter', 'PutResourcePolicy', 'CreateDocument'],
  iot: ['AttachPolicy', 'CreatePolicy', 'DetachPolicy', 'UpdateThing', 'DeleteThing', 'AttachPrincipalPolicy'],
  appsync: ['UpdateGraphqlApi', 'DeleteGraphqlApi', 'CreateApiKey', 'PutResourcePolicy'],
  states: ['UpdateStateMachine', 'CreateStateMachine', 'DeleteStateMachine'],
  events: ['PutPermission', 'PutRule', 'PutTargets', 'DeleteRule'],
  logs: ['PutResourcePolicy', 'DeleteLogGroup', 'PutRetentionPolicy'],
}

/** Is an action, or one that a pattern of actions means, none that those who use an app should have, on whatever? */
export function isForOwners(action: string): boolean {
  const known = forOwners.get(action)
  if (known !== undefined) return known
  const found = findForOwners(action)
  forOwners.set(action, found)
  return found
}

const forOwners = new Map<string, boolean>()

function findForOwners(action: string): boolean {
  const [service = '', name = '*'] = action.toLowerCase().split(':')
  if (/^\*+$/.test(name) || /[*?]/.test(service)) return true
  if (/[*?]/.test(name)) {
    if (!Object.hasOwn(meant, service)) return concernOf(`${service}:`) === 'owners'
    return (meant[service] ?? []).some(it => isLike(name, it))
  }
  if (open.has(action.toLowerCase())) return false
  if (concernOf(action) === 'owners') return true
  const [, exact = ''] = action.split(':')
  const use = Object.hasOwn(uses, service) ? uses[service] : undefined
  return use !== undefined && !use.test(exact) && !looks.test(exact)
}

/** Services, and actions, that work on what the request brings and on nothing of the account. */
const onNothing =
  /^(?:polly|translate|comprehend|comprehendmedical|textract|transcribe|mobileanalytics|geo-maps|geo-places|geo-routes|lex|xray|rum|sts|personalize-events|cognito-identity|cognito-idp):(?!\*)|^(?:rekognition:(?:Detect|Compare|Recognize)\w*|cloudwatch:PutMetricData|logs:(?:CreateLogGroup|CreateLogStream|PutLogEvents)|kms:GenerateRandom|cloudformation:ValidateTemplate|mobiletargeting:(?:PutEvents|UpdateEndpoint)|ec2:DescribeRegions)$/i

/** Does an action that is given on every resource of an account give what is others'? */
export function reachesOthers(action: string): boolean {
  return isForOwners(action) || !(onNothing.test(action) || open.has(action.toLowerCase()))
}

function isLike(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern, name].map((text, at) => tokensOf(text, { wildcards: at === 0, ignoreCase: true }))
  return Array.isArray(wanted) && Array.isArray(given) && matches(wanted, given) === true
}
