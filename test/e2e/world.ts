/** What a deployer has before the template: a user pool, buckets, an API, a table; and the calls that users make. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Parameter,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  GetPrincipalTagAttributeMapCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity'
import {
  AdminConfirmSignUpCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { endpoint, region } from './emulator.ts'

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

/** The clients of one caller in one region. A refusal must show at once: no retries. */
export const clients = (credentials: Credentials, where: string = region) => {
  const config = { endpoint, region: where, credentials, maxAttempts: 1 }
  return {
    cloudFormation: new CloudFormationClient(config),
    dynamodb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    identity: new CognitoIdentityClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sts: new STSClient(config),
    userPools: new CognitoIdentityProviderClient(config),
  }
}

export const administrator = { accessKeyId: 'test', secretAccessKey: 'test' }

export const admin = clients(administrator)

/** The administrator in another region. */
export const adminIn = (where: string) => clients(administrator, where)

/** A value that AWS answers with and the SDK types as optional. */
export const present = <T>(value: T | null | undefined): T => {
  assert(value !== undefined && value !== null)
  return value
}

// ---- stacks ------------------------------------------------------------------------------------------------------

const settled = async (stackName: string, { cloudFormation } = admin): Promise<Stack> => {
  for (;;) {
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))
    if (!present(stack?.StackStatus).endsWith('_IN_PROGRESS')) return present(stack)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The outputs of a stack, by name. */
export const outputs = async (stackName: string): Promise<Record<string, string>> => outputsOf(await settled(stackName))

const outputsOf = (stack: Stack) =>
  Object.fromEntries((stack.Outputs ?? []).map(output => [present(output.OutputKey), present(output.OutputValue)]))

/** Creates or updates a stack, all parameters as given or else by default. Resolves with its outputs; rejects unless it completes. */
export const deploy = async (
  stackName: string,
  template: string,
  parameters: Record<string, string> = {},
  deployer = admin,
): Promise<Record<string, string>> => {
  const input = {
    StackName: stackName,
    TemplateBody: template,
    Capabilities: ['CAPABILITY_IAM' as const],
    Parameters: Object.entries(parameters).map(
      ([ParameterKey, ParameterValue]): Parameter => ({ ParameterKey, ParameterValue }),
    ),
  }
  const known = await deployer.cloudFormation
    .send(new DescribeStacksCommand({}))
    .then(answer => (answer.Stacks ?? []).some(stack => stack.StackName === stackName))
  await deployer.cloudFormation.send(known ? new UpdateStackCommand(input) : new CreateStackCommand(input))
  const stack = await settled(stackName, deployer)
  if (stack.StackStatus !== (known ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE')) {
    const events = await stackEvents(stackName, deployer)
    throw new Error([stack.StackStatus, ...events.map(event => event.ResourceStatusReason ?? '')].join('\n'))
  }
  return outputsOf(stack)
}

export const stackEvents = async (stackName: string, { cloudFormation } = admin) =>
  (await cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName }))).StackEvents ?? []

export const removeStack = async (stackName: string): Promise<void> => {
  const { StackId } = await settled(stackName)
  await admin.cloudFormation.send(new DeleteStackCommand({ StackName: stackName }))
  assert.equal((await settled(present(StackId))).StackStatus, 'DELETE_COMPLETE')
}

/** The resources of a stack: logical ID to physical ID. */
export const resources = async (stackName: string): Promise<Record<string, string>> => {
  const answer = await admin.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: stackName }))
  return Object.fromEntries(
    (answer.StackResources ?? []).map(one => [present(one.LogicalResourceId), present(one.PhysicalResourceId)]),
  )
}

/** The emulator has no TLS itself, and believes the header that whatever ends TLS before it would set. */
export const overTls = (client: S3Client) =>
  client.middlewareStack.add(
    next => args => {
      const { request } = args
      assert(typeof request === 'object' && request !== null && 'headers' in request)
      assert(typeof request.headers === 'object' && request.headers !== null)
      Object.assign(request.headers, { 'x-forwarded-proto': 'https' })
      return next(args)
    },
    { step: 'build', name: 'overTls', override: true },
  )

// ---- what stands -------------------------------------------------------------------------------------------------

export const document = (encoded: string | undefined): unknown => JSON.parse(decodeURIComponent(present(encoded)))

/** A role as IAM has it: path, boundary, trust, inline policies by name, managed policies. */
export const standingRole = async (RoleName: string) => {
  const role = present((await admin.iam.send(new GetRoleCommand({ RoleName }))).Role)
  const names = (await admin.iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames ?? []
  const policies: Record<string, unknown> = {}
  for (const PolicyName of names.sort()) {
    policies[PolicyName] = document(
      (await admin.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
    )
  }
  const managed = (await admin.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies ?? []
  return {
    path: role.Path,
    boundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    trust: document(role.AssumeRolePolicyDocument),
    policies,
    managed: managed.map(policy => policy.PolicyArn).sort(),
  }
}

/** An identity pool as Cognito has it: what was never set left out, and the tags that CloudFormation adds. */
export const standingPool = async (
  IdentityPoolId: string,
  { identity } = admin,
): Promise<Record<string, unknown> & { IdentityPoolName: string; Roles: Record<string, string> }> => {
  const {
    $metadata: _,
    IdentityPoolTags,
    ...pool
  } = await identity.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))
  const { Roles, RoleMappings } = await identity.send(new GetIdentityPoolRolesCommand({ IdentityPoolId }))
  const tags = Object.entries(IdentityPoolTags ?? {}).filter(([key]) => !key.startsWith('aws:cloudformation:'))
  const said = Object.entries({ ...pool, IdentityPoolTags: Object.fromEntries(tags), RoleMappings })
  return {
    ...Object.fromEntries(
      said.filter(([, value]) => value !== undefined && !['""', '[]', '{}'].includes(JSON.stringify(value))),
    ),
    IdentityPoolName: present(pool.IdentityPoolName),
    // MiniStack keeps the word 'true' where a template gives a word for a boolean; CloudFormation makes it one.
    AllowUnauthenticatedIdentities: String(pool.AllowUnauthenticatedIdentities) === 'true',
    AllowClassicFlow: String(pool.AllowClassicFlow) === 'true',
    Roles: Roles ?? {},
  }
}

/** The principal tag map of one provider of a pool, null if it has none. */
export const standingTags = async (IdentityPoolId: string, IdentityProviderName: string, { identity } = admin) => {
  try {
    const provider = { IdentityPoolId, IdentityProviderName }
    const map = await identity.send(new GetPrincipalTagAttributeMapCommand(provider))
    return { UseDefaults: map.UseDefaults, PrincipalTags: map.PrincipalTags ?? {} }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null
    throw error
  }
}

// ---- the surroundings --------------------------------------------------------------------------------------------

const client = (pool: string) => ({
  Type: 'AWS::Cognito::UserPoolClient',
  Properties: { UserPoolId: { Ref: pool }, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
})

/** An API of one method, GET /, that asks for a signature and answers by itself. */
const api = (name: string) => ({
  [name]: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: name } },
  [`${name}Method`]: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: name },
      ResourceId: { 'Fn::GetAtt': [name, 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'AWS_IAM',
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{"statusCode": 200}' },
        IntegrationResponses: [{ StatusCode: '200' }],
      },
      MethodResponses: [{ StatusCode: '200' }],
    },
  },
  ...Object.fromEntries(
    ['prod', 'test'].flatMap(stage => [
      [
        `${name}Deployment${stage}`,
        {
          Type: 'AWS::ApiGateway::Deployment',
          DependsOn: `${name}Method`,
          Properties: { RestApiId: { Ref: name }, StageName: stage },
        },
      ],
    ]),
  ),
})

const table = (name: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'owner', AttributeType: 'S' },
      { AttributeName: 'note', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'owner', KeyType: 'HASH' },
      { AttributeName: 'note', KeyType: 'RANGE' },
    ],
  },
})

const surroundings = {
  Resources: {
    Users: { Type: 'AWS::Cognito::UserPool' },
    Client: client('Users'),
    Client2: client('Users'),
    Client3: client('Users'),
    Strangers: { Type: 'AWS::Cognito::UserPool' },
    StrangersClient: client('Strangers'),
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'notes-uploads' } },
    OtherBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'payroll' } },
    Table: table('notes'),
    OtherTable: table('salaries'),
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      },
    },
    Boundary: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
      },
    },
    ...api('Api'),
    ...api('OtherApi'),
  },
  Outputs: {
    UserPoolId: { Value: { Ref: 'Users' } },
    ClientId: { Value: { Ref: 'Client' } },
    ClientId2: { Value: { Ref: 'Client2' } },
    ClientId3: { Value: { Ref: 'Client3' } },
    StrangersPoolId: { Value: { Ref: 'Strangers' } },
    StrangersClientId: { Value: { Ref: 'StrangersClient' } },
    ApiId: { Value: { Ref: 'Api' } },
    OtherApiId: { Value: { Ref: 'OtherApi' } },
    BoundaryArn: { Value: { Ref: 'Boundary' } },
    KeyArn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
  },
}

export const bucket = 'notes-uploads'
export const otherBucket = 'payroll'

/** The user pool, buckets, APIs, tables and key of an account in which the template is to be deployed. */
export const build = async () => {
  const made = await deploy('surroundings', JSON.stringify(surroundings))
  const one = (name: string) => present(made[name])
  return {
    userPoolId: one('UserPoolId'),
    clientId: one('ClientId'),
    clientId2: one('ClientId2'),
    clientId3: one('ClientId3'),
    strangersPoolId: one('StrangersPoolId'),
    strangersClientId: one('StrangersClientId'),
    apiId: one('ApiId'),
    otherApiId: one('OtherApiId'),
    keyArn: one('KeyArn'),
    boundaryArn: one('BoundaryArn'),
  }
}

export type World = Awaited<ReturnType<typeof build>>

/** The parameters of the tutorial's chapter: its user pool, bucket and API. */
export const chapter = (world: World) => ({
  UserPoolId: world.userPoolId,
  UserPoolClientId: world.clientId,
  UploadsBucketName: bucket,
  ApiId: world.apiId,
})

// ---- users -------------------------------------------------------------------------------------------------------

export const providerName = (userPoolId: string): string => `cognito-idp.${region}.amazonaws.com/${userPoolId}`

/** Of every user. */
export const Password = 'Correct-horse-9'

/** Signs a new user up. */
export const signUp = async (ClientId: string, UserPoolId: string, Username: string): Promise<void> => {
  await admin.userPools.send(new SignUpCommand({ ClientId, Username, Password }))
  await admin.userPools.send(new AdminConfirmSignUpCommand({ UserPoolId, Username }))
}

/** Signs a user in; returns the ID token. */
export const signIn = async (ClientId: string, Username: string): Promise<string> => {
  const AuthParameters = { USERNAME: Username, PASSWORD: Password }
  const answer = await admin.userPools.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
  )
  return present(answer.AuthenticationResult?.IdToken)
}

export type Caller = ReturnType<typeof clients> & { identityId: string; credentials: Required<Credentials> }

/** Exchanges a login (none: a guest) for an identity and its credentials, by the enhanced flow. */
export const enter = async (IdentityPoolId: string, Logins?: Record<string, string>): Promise<Caller> => {
  const logins = Logins === undefined ? {} : { Logins }
  const IdentityId = present((await admin.identity.send(new GetIdCommand({ IdentityPoolId, ...logins }))).IdentityId)
  const answer = await admin.identity.send(new GetCredentialsForIdentityCommand({ IdentityId, ...logins }))
  const credentials = {
    accessKeyId: present(answer.Credentials?.AccessKeyId),
    secretAccessKey: present(answer.Credentials?.SecretKey),
    sessionToken: present(answer.Credentials?.SessionToken),
  }
  return { ...clients(credentials), identityId: IdentityId, credentials }
}

// ---- raw calls ---------------------------------------------------------------------------------------------------

/** Where MiniStack serves a stage of an API. */
export const apiPath = (apiId: string, stage: string): string => `/_aws/execute-api/${apiId}/${stage}`

/** The HTTP status of GET / of an API, signed by Signature Version 4. */
export const invoke = async (caller: Caller, apiId: string, stage: string): Promise<number> =>
  (await signed(caller.credentials, 'execute-api', 'GET', `${apiPath(apiId, stage)}/`, '', {})).status

/** The HTTP status of a KMS call made by the user, not by S3 on the user's behalf. */
export const kms = async (caller: Caller, action: string, body: object): Promise<number> => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` }
  return (await signed(caller.credentials, 'kms', 'POST', '/', JSON.stringify(body), headers)).status
}

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: string }

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export const signed = async (
  { accessKeyId, secretAccessKey, sessionToken }: Required<Credentials>,
  service: string,
  method: string,
  path: string,
  body: string,
  extra: Record<string, string>,
  where: string = region,
): Promise<Answer> => {
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`
  const scope = `${time.slice(0, 8)}/${where}/${service}/aws4_request`
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const headers: Record<string, string> = {
    ...extra,
    host: new URL(endpoint).host,
    'x-amz-date': time,
    'x-amz-security-token': sessionToken,
  }
  const names = Object.keys(headers).sort()
  const canonical = [
    method,
    path,
    '',
    ...names.map(name => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(body),
  ]
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n')
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${secretAccessKey}`,
    )
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const answer = await fetch(`${endpoint}${path}`, {
    method,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
    ...(method === 'GET' ? {} : { body }),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.text() }
}
