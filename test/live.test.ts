/** What stands in an account: how AWS is asked, what it refuses in words, files of saved answers. A stub answers as AWS does. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { judge } from '../src/access/judge.ts'
import { AwsError, type AwsErrorCode } from '../src/aws/aws-error.ts'
import { awsError } from '../src/aws/errors.ts'
import type { Asked } from '../src/aws/failure.ts'
import { type AccountArguments, look, sourceOf } from '../src/cli/account.ts'
import { progressIn } from '../src/cli/progress.ts'
import type { Document } from '../src/document.ts'
import { documentOf } from '../src/live/document-of.ts'
import { parseSaved } from '../src/live/parse-saved.ts'
import { readPool } from '../src/live/read-pool.ts'
import { readStack } from '../src/live/read-stack.ts'
import { saveCommands } from '../src/live/save-commands.ts'
import { type Snapshot, told } from '../src/live/snapshot.ts'
import { type Environment, resolve } from '../src/resolve/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'poolform-live-'))
after(() => rmSync(folder, { recursive: true, force: true }))

// nothing of the person's own AWS set-up gets in
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_') || /^(?:https?|no)_proxy$/i.test(name)) delete process.env[name]
}
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
  HOME: folder,
})

// before the first client: the SDK reads it once
writeFileSync(join(folder, 'config'), '[default]\nregion = ap-south-1\n')

// ---- the stub ------------------------------------------------------------------------------------------------------

const account = '123456789012'
const poolId = 'eu-west-1:1cf667a2-49a6-454b-9e45-231990000000'
const userPoolId = 'us-east-1_a1B2c3D4e'
const provider = `cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
const stackId = `arn:aws:cloudformation:eu-west-1:${account}:stack/notes/1e2d3c4b`
const roleArn = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`
const ann = `arn:aws:iam::${account}:user/ann`

type Fields = Readonly<Record<string, unknown>>
type Refused = { readonly status: number; readonly code: string; readonly message: string }
/** An answer of Cognito's is JSON, of IAM and CloudFormation the XML within their `…Result`. */
type Reply = Fields | string | Refused
type Answers = Readonly<Record<string, (input: Fields) => Reply>>

const refused = (status: number, code: string, message: string): Refused => ({ status, code, message })
const isRefused = (reply: Reply): reply is Refused => typeof reply === 'object' && 'status' in reply && 'code' in reply

const missing = (what: string) => refused(400, 'ResourceNotFoundException', `${what} not found.`)
const mayNot = (action: string, resource: string) =>
  refused(
    403,
    'AccessDenied',
    `User: ${ann} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  )

const servers = new Set<Server>()
after(() => {
  for (const server of servers) server.closeAllConnections()
})

/** Answers by the name of the operation; `asked` has each with the region that it was signed for. */
async function stub(answers: Answers) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString()
      const target = request.headers['x-amz-target']
      const form = new URLSearchParams(body)
      const operation = typeof target === 'string' ? (target.split('.')[1] ?? '') : (form.get('Action') ?? '')
      const input: Fields = typeof target === 'string' ? JSON.parse(body) : Object.fromEntries(form)
      const region = /\/\d{8}\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
      asked.push(`${operation} ${region}`)
      const answer = Object.hasOwn(answers, operation) ? answers[operation] : undefined
      const reply = answer?.(input) ?? refused(400, 'Unforeseen', `nobody has foreseen ${operation}`)
      const status = isRefused(reply) ? reply.status : 200
      response.writeHead(status, { 'x-amzn-requestid': 'REQUEST1', 'content-type': 'application/x-amz-json-1.1' })
      response.end(written(operation, reply, typeof target === 'string'))
    })
  })
  servers.add(server)
  server.unref()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  assert(typeof address === 'object' && address !== null)
  return { endpointUrl: `http://127.0.0.1:${address.port}`, asked }
}

function written(operation: string, reply: Reply, isJson: boolean): string {
  if (isJson) return JSON.stringify(isRefused(reply) ? { __type: reply.code, message: reply.message } : reply)
  if (isRefused(reply)) {
    return `<ErrorResponse><Error><Type>Sender</Type><Code>${reply.code}</Code><Message>${reply.message}</Message></Error><RequestId>REQUEST1</RequestId></ErrorResponse>`
  }
  const body = typeof reply === 'string' ? reply : ''
  return `<${operation}Response><${operation}Result>${body}</${operation}Result></${operation}Response>`
}

const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': poolId } },
    },
  ],
}
const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::notes/100%/ä+b/*' }],
}
const encoded = (document: object) => encodeURIComponent(JSON.stringify(document))

const role = (name: string, more = '', arn = roleArn(name)) =>
  `<Role><Path>/</Path><RoleName>${name}</RoleName><RoleId>R</RoleId><Arn>${arn}</Arn><CreateDate>2026-11-23T04:00:00Z</CreateDate><AssumeRolePolicyDocument>${encoded(trust)}</AssumeRolePolicyDocument>${more}</Role>`

const resource = (logicalId: string, type: string, physicalId: string) =>
  `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-23T04:00:00Z</LastUpdatedTimestamp></member>`

/** An account in which all is well. */
const healthy: Answers = {
  DescribeIdentityPool: () => ({
    IdentityPoolId: poolId,
    IdentityPoolName: 'notes',
    AllowUnauthenticatedIdentities: false,
    CognitoIdentityProviders: [{ ProviderName: provider, ClientId: '1example23456789', ServerSideTokenCheck: true }],
  }),
  GetIdentityPoolRoles: () => ({ IdentityPoolId: poolId, Roles: { authenticated: roleArn('users') } }),
  GetPrincipalTagAttributeMap: () => ({ IdentityPoolId: poolId, IdentityProviderName: provider, UseDefaults: false }),
  DescribeUserPool: () => ({
    UserPool: {
      Id: userPoolId,
      Name: 'people',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      SchemaAttributes: [{ Name: 'custom:tenant', Mutable: true, AttributeDataType: 'String' }],
    },
  }),
  DescribeUserPoolClient: () => ({
    UserPoolClient: { UserPoolId: userPoolId, ClientId: '1example23456789', ClientName: 'web', ClientSecret: 'hush' },
  }),
  GetRole: ({ RoleName }) => role(String(RoleName)),
  ListRolePolicies: ({ Marker }) =>
    Marker === undefined
      ? '<PolicyNames><member>b</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>more</Marker>'
      : '<PolicyNames><member>a</member></PolicyNames><IsTruncated>false</IsTruncated>',
  GetRolePolicy: ({ PolicyName }) =>
    `<RoleName>users</RoleName><PolicyName>${PolicyName}</PolicyName><PolicyDocument>${encoded(policy)}</PolicyDocument>`,
  ListAttachedRolePolicies: ({ Marker }) =>
    Marker === undefined
      ? '<AttachedPolicies><member><PolicyName>two</PolicyName><PolicyArn>arn:aws:iam::aws:policy/two</PolicyArn></member></AttachedPolicies><IsTruncated>true</IsTruncated><Marker>more</Marker>'
      : '<AttachedPolicies><member><PolicyName>one</PolicyName><PolicyArn>arn:aws:iam::aws:policy/one</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>',
  GetPolicy: ({ PolicyArn }) => `<Policy><Arn>${PolicyArn}</Arn><DefaultVersionId>v7</DefaultVersionId></Policy>`,
  GetPolicyVersion: ({ VersionId }) =>
    `<PolicyVersion><VersionId>${VersionId}</VersionId><Document>${encoded({ ...policy, Id: VersionId })}</Document></PolicyVersion>`,
  DescribeStackResources: ({ PhysicalResourceId }) =>
    `<StackResources><member><StackId>${stackId}</StackId><StackName>notes</StackName><PhysicalResourceId>${PhysicalResourceId}</PhysicalResourceId></member></StackResources>`,
  DescribeStacks: () =>
    `<Stacks><member><StackId>${stackId}</StackId><StackName>notes</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Parameters><member><ParameterKey>Secret</ParameterKey><ParameterValue>****</ParameterValue></member></Parameters><Outputs><member><OutputKey>IdentityPoolId</OutputKey><OutputValue>${poolId}</OutputValue><ExportName>notes-pool</ExportName></member></Outputs><DriftInformation><StackDriftStatus>DRIFTED</StackDriftStatus><LastCheckTimestamp>2026-11-20T01:02:03Z</LastCheckTimestamp></DriftInformation></member></Stacks>`,
  ListStackResources: ({ NextToken }) =>
    NextToken === undefined
      ? `<StackResourceSummaries>${resource('Users', 'AWS::IAM::Role', 'users')}</StackResourceSummaries><NextToken>more</NextToken>`
      : `<StackResourceSummaries>${resource('Pool', 'AWS::Cognito::IdentityPool', poolId)}</StackResourceSummaries>`,
  GetTemplate: () => '<TemplateBody>Resources: {}</TemplateBody>',
}

const patience = { attempts: 1, silence: 2_000 }

async function reading(answers: Answers): Promise<{ snapshot: Snapshot; asked: readonly string[] }> {
  const { endpointUrl, asked } = await stub({ ...healthy, ...answers })
  return { snapshot: await readPool({ identityPoolId: poolId, endpointUrl, patience }), asked }
}

async function refusal(answers: Answers): Promise<AwsError> {
  const { endpointUrl } = await stub({ ...healthy, ...answers })
  return thrown(readPool({ identityPoolId: poolId, endpointUrl, patience }))
}

async function thrown(work: Promise<unknown>): Promise<AwsError> {
  const error = await work.then(
    () => assert.fail('nothing was refused'),
    (reason: unknown) => reason,
  )
  assert(error instanceof AwsError, String(error))
  for (const text of [error.message, error.help]) assert.doesNotMatch(text, /\.$|\n|undefined|UnknownError|\[object/)
  assert.match(error.help, /^[A-Z]/)
  return error
}

/** The one of a list. */
function only<T>(list: readonly T[]): T {
  const [first] = list
  assert(first !== undefined && list.length === 1, `${list.length} instead of one`)
  return first
}

// ---- reading -------------------------------------------------------------------------------------------------------

describe('a pool', () => {
  test('is read with all pages of what AWS tells, in the regions of each, and policies decoded', async () => {
    const progress: string[] = []
    const { endpointUrl, asked } = await stub(healthy)
    const onProgress = (words: string) => void progress.push(words)
    const snapshot = await readPool({ identityPoolId: poolId, endpointUrl, patience, onProgress })
    const users = told(only(snapshot.roles).answer)
    assert.deepEqual(users?.trust, trust)
    assert.deepEqual(users?.inline, {
      kind: 'is',
      value: ['a', 'b'].map(name => ({ name, document: { kind: 'is', value: policy } })),
    })
    assert.deepEqual(users?.attached, {
      kind: 'is',
      value: ['one', 'two'].map(name => ({
        name,
        arn: `arn:aws:iam::aws:policy/${name}`,
        document: { kind: 'is', value: { ...policy, Id: 'v7' } },
      })),
    })
    assert.deepEqual(told(snapshot.owner), { stackName: 'notes', stackId, logicalId: 'Pool' })
    assert.deepEqual(snapshot.stack, {
      ...{ name: 'notes', id: stackId, status: 'UPDATE_COMPLETE', parameters: { Secret: '****' } },
      outputs: [{ key: 'IdentityPoolId', value: poolId, exportName: 'notes-pool' }],
      resources: [
        { logicalId: 'Users', type: 'AWS::IAM::Role', physicalId: 'users', status: 'CREATE_COMPLETE' },
        { logicalId: 'Pool', type: 'AWS::Cognito::IdentityPool', physicalId: poolId, status: 'CREATE_COMPLETE' },
      ],
      template: { kind: 'is', value: 'Resources: {}' },
      drift: { status: 'DRIFTED', checked: '2026-11-20T01:02:03.000Z' },
    })
    assert.deepEqual(told(only(snapshot.clients).answer), {
      ...{ ClientId: '1example23456789', ClientName: 'web', ExplicitAuthFlows: [], hasSecret: true },
    })
    assert.deepEqual(told(only(snapshot.userPools).answer), {
      ...{ Id: userPoolId, Name: 'people', allowsSignUp: false },
      SchemaAttributes: [{ Name: 'custom:tenant', Mutable: true }],
    })
    assert.equal(only(snapshot.principalTags).answer.kind, 'absent')
    assert.equal(`${snapshot.region} ${snapshot.partition} ${snapshot.account}`, `eu-west-1 aws ${account}`)
    assert(asked.includes('DescribeUserPool us-east-1'), asked.join())
    assert(asked.includes('DescribeIdentityPool eu-west-1'), asked.join())
    assert(!asked.some(it => it.startsWith('ListGroups')), 'no role is taken from tokens')
    assert.equal(progress.length, asked.length - 3)
    assert(progress.includes(`GetRole of the role ${roleArn('users')}`), progress.join())
  })

  test('sends nothing but requests that read', async () => {
    const { asked } = await reading({})
    assert.deepEqual(
      asked.filter(it => !/^(Describe|Get|List)/.test(it)),
      [],
    )
  })

  test('is of no stack where CloudFormation knows none, also where a tag tells of one that has let go of it', async () => {
    const gone = refused(400, 'ValidationError', `Stack for ${poolId} does not exist`)
    const { snapshot } = await reading({ DescribeStackResources: () => gone })
    assert.equal(snapshot.owner.kind, 'absent')
    assert.equal(snapshot.stack, undefined)
    const kept = await reading({
      DescribeIdentityPool: () => ({
        ...{ IdentityPoolId: poolId, IdentityPoolName: 'notes', AllowUnauthenticatedIdentities: false },
        IdentityPoolTags: { 'aws:cloudformation:stack-id': stackId },
      }),
      ListStackResources: () =>
        `<StackResourceSummaries>${resource('Pool', 'AWS::Cognito::IdentityPool', poolId).replace('CREATE_COMPLETE', 'DELETE_SKIPPED')}</StackResourceSummaries>`,
      DescribeStackResources: () => gone,
    })
    assert.equal(kept.snapshot.owner.kind, 'absent')
    assert(
      kept.asked.some(it => it.startsWith('DescribeStackResources')),
      kept.asked.join(),
    )
  })

  test('has the roles of groups where roles are taken from tokens, and of rules, each once', async () => {
    const { snapshot } = await reading({
      GetIdentityPoolRoles: () => ({
        IdentityPoolId: poolId,
        Roles: { authenticated: roleArn('users') },
        RoleMappings: {
          [`${provider}:1example23456789`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
          'graph.facebook.com': {
            Type: 'Rules',
            AmbiguousRoleResolution: 'Deny',
            RulesConfiguration: {
              Rules: [{ Claim: 'a', MatchType: 'Equals', Value: 'b', RoleARN: roleArn('ruled') }],
            },
          },
        },
      }),
      ListGroups: ({ NextToken }) =>
        NextToken === undefined
          ? { Groups: [{ GroupName: 'one', RoleArn: roleArn('ruled') }], NextToken: 'more' }
          : { Groups: [{ GroupName: 'two', RoleArn: roleArn('grouped'), Precedence: 0 }] },
    })
    assert.deepEqual(
      snapshot.roles.map(it => it.arn),
      ['users', 'ruled', 'grouped'].map(name => roleArn(name)),
    )
    assert.deepEqual(only(snapshot.userPools).groups, {
      kind: 'is',
      value: [
        { GroupName: 'one', RoleArn: roleArn('ruled') },
        { GroupName: 'two', RoleArn: roleArn('grouped'), Precedence: 0 },
      ],
    })
  })

  test('may name a role that is gone, one of another account, and one that has moved to another path', async () => {
    const other = roleArn('elsewhere', '999999999999')
    const { snapshot } = await reading({
      GetIdentityPoolRoles: () => ({
        IdentityPoolId: poolId,
        Roles: { authenticated: roleArn('gone'), unauthenticated: other },
        RoleMappings: {
          x: {
            Type: 'Rules',
            RulesConfiguration: {
              Rules: [{ Claim: 'a', MatchType: 'Equals', Value: 'b', RoleARN: roleArn('old/moved') }],
            },
          },
        },
      }),
      GetRole: ({ RoleName }) =>
        RoleName === 'gone'
          ? refused(404, 'NoSuchEntity', 'The role with name gone cannot be found.')
          : role(String(RoleName)),
    })
    assert.deepEqual(
      snapshot.roles.map(it => it.answer.kind),
      ['absent', 'unasked', 'absent'],
    )
    const { answer } = snapshot.roles[1] ?? assert.fail('three roles')
    assert.equal(answer.kind === 'unasked' && answer.reason, `${other} is of another account than the credentials`)
  })

  test('is read though all else is refused, each with the action that is lacking', async () => {
    const { snapshot } = await reading({
      GetPrincipalTagAttributeMap: () => mayNot('cognito-identity:GetPrincipalTagAttributeMap', 'arn:p'),
      DescribeUserPool: () => mayNot('cognito-idp:DescribeUserPool', 'arn:u'),
      DescribeUserPoolClient: () => missing('The app client'),
      ListRolePolicies: () => mayNot('iam:ListRolePolicies', roleArn('users')),
      GetPolicyVersion: () => mayNot('iam:GetPolicyVersion', 'policy one'),
      DescribeStackResources: () => mayNot('cloudformation:DescribeStackResources', '*'),
    })
    const users = told(only(snapshot.roles).answer) ?? assert.fail('the role was read')
    const attached = told(users.attached) ?? assert.fail('its managed policies were listed')
    const refusals = [
      only(snapshot.principalTags).answer,
      only(snapshot.userPools).answer,
      users.inline,
      ...attached.map(it => it.document),
      snapshot.owner,
    ]
    assert.deepEqual(
      refusals.map(it => it.kind === 'unasked' && it.help?.split(' on ')[0]),
      [
        ...['cognito-identity:GetPrincipalTagAttributeMap', 'cognito-idp:DescribeUserPool', 'iam:ListRolePolicies'],
        ...['iam:GetPolicyVersion', 'iam:GetPolicyVersion', 'cloudformation:DescribeStackResources'],
      ].map(action => `Allow ${action}`),
    )
    assert.equal(only(snapshot.clients).answer.kind, 'absent')
    const { document, env } = documentOf(snapshot)
    const resolved = resolve(document, env)
    assert.deepEqual(resolved.diagnostics, [])
    // what was not read is not known, and nothing that is granted or not
    assert.equal(JSON.stringify(document).split('"Ref":"Unread"').length, 2)
  })

  test('whose role has a policy that may not be read has one of which nothing is known', async () => {
    const { snapshot } = await reading({
      GetRolePolicy: ({ PolicyName }) =>
        PolicyName === 'a'
          ? mayNot('iam:GetRolePolicy', roleArn('users'))
          : `<PolicyDocument>${encoded(policy)}</PolicyDocument>`,
    })
    const { Resources } = documentOf(snapshot).document
    assert.match(JSON.stringify(Resources), /"PolicyName":"a","PolicyDocument":\{"Ref":"Unread"\}/)
  })

  test('is asked for where AWS_ENDPOINT_URL says, which is then told', async () => {
    const { endpointUrl, asked } = await stub(healthy)
    process.env['AWS_ENDPOINT_URL'] = endpointUrl
    try {
      await readPool({ identityPoolId: poolId, patience })
      assert(asked.length > 10, asked.join())
      process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9'
      const error = await thrown(readPool({ identityPoolId: poolId, patience }))
      assert.equal(error.help, 'Start what should listen there, or correct --endpoint-url')
    } finally {
      delete process.env['AWS_ENDPOINT_URL']
    }
  })

  test('is asked for with an ID, in its own region', async () => {
    const wrong = await thrown(readPool({ identityPoolId: 'notes' }))
    assert.equal(wrong.code, 'invalid-request')
    assert.match(wrong.message, /^"notes" is no ID of an identity pool$/)
    assert.match(wrong.help, /list-identity-pools/)
    const elsewhere = await thrown(readPool({ identityPoolId: poolId, region: 'us-east-1' }))
    assert.equal(elsewhere.code, 'wrong-region')
    assert.match(elsewhere.help, /--region eu-west-1/)
  })
})

describe('a stack', () => {
  test('is read in the region of its ARN, else of the environment, else of the profile', async () => {
    const { endpointUrl, asked } = await stub(healthy)
    const regionsOf = async (stackName: string, environment: Readonly<Record<string, string>>) => {
      asked.length = 0
      Object.assign(process.env, environment)
      try {
        await readStack({ stackName, endpointUrl, patience })
      } finally {
        for (const name of Object.keys(environment)) delete process.env[name]
      }
      return [...new Set(asked.map(it => it.split(' ')[1]))].join()
    }
    assert.equal(await regionsOf(stackId, { AWS_REGION: 'us-west-2' }), 'eu-west-1')
    assert.equal(await regionsOf('notes', { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'sa-east-1' }), 'us-west-2')
    assert.equal(await regionsOf('notes', { AWS_DEFAULT_REGION: 'sa-east-1' }), 'sa-east-1')
    assert.equal(await regionsOf('notes', {}), 'ap-south-1')
  })

  test('is not looked for where no region is named', async () => {
    const file = process.env['AWS_CONFIG_FILE']
    process.env['AWS_CONFIG_FILE'] = join(folder, 'none')
    try {
      const error = await thrown(readStack({ stackName: 'notes', patience }))
      assert.equal(error.code, 'wrong-region')
      assert.match(error.message, /^no region is named: not by --region, not by AWS_REGION/)
    } finally {
      process.env['AWS_CONFIG_FILE'] = file
    }
  })

  test('without a pool, and one that is not there, are told', async () => {
    const { endpointUrl } = await stub({
      ...healthy,
      ListStackResources: () => '<StackResourceSummaries></StackResourceSummaries>',
    })
    const none = await thrown(readPool({ stackName: 'notes', region: 'eu-west-1', endpointUrl, patience }))
    assert.match(none.message, /^neither the stack notes nor one nested in it has an identity pool$/)
    const gone = () => refused(400, 'ValidationError', 'Stack with id notes does not exist')
    const nowhere = await stub({ ...healthy, DescribeStacks: gone, ListStackResources: gone })
    const error = await thrown(readStack({ stackName: 'notes', region: 'eu-west-1', ...nowhere, patience }))
    assert.equal(error.code, 'not-found')
    assert.match(error.message, /^the stack notes is not in eu-west-1 of the account that the credentials are of$/)
    assert.match(error.help, /the region and the account, which `aws sts get-caller-identity` tells/)
  })

  test('is read without its template where that may not be had', async () => {
    const { endpointUrl } = await stub({
      ...healthy,
      GetTemplate: () => mayNot('cloudformation:GetTemplate', stackId),
    })
    const { template, name } = await readStack({ stackName: stackId, endpointUrl, patience })
    assert.equal(name, 'notes')
    assert(template.kind === 'unasked', template.kind)
    assert.equal(template.help, `Allow cloudformation:GetTemplate on ${stackId}`)
  })
})

// ---- refusals ------------------------------------------------------------------------------------------------------

describe('AWS refuses the pool', () => {
  const cases: Readonly<Record<string, [Refused, AwsErrorCode, message: RegExp, help: RegExp]>> = {
    'for want of an action': [
      refused(400, 'AccessDeniedException', mayNot('cognito-identity:DescribeIdentityPool', 'arn:x').message),
      'no-permission',
      new RegExp(
        `^${ann} may not do cognito-identity:DescribeIdentityPool on arn:x: no identity-based policy allows it$`,
      ),
      /^Allow cognito-identity:DescribeIdentityPool on arn:x$/,
    ],
    'in few words': [
      refused(400, 'NotAuthorizedException', 'no'),
      'no-permission',
      /may not do cognito-identity:DescribeIdentityPool on arn:aws:cognito-identity:eu-west-1:\*:identitypool\/eu-west-1:/,
      /^Allow cognito-identity:DescribeIdentityPool on arn:aws:cognito-identity/,
    ],
    'by a service control policy': [
      refused(
        400,
        'AccessDeniedException',
        `User: ${ann} is not authorized to perform: cognito-identity:DescribeIdentityPool on resource: arn:x with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1`,
      ),
      'no-permission',
      /a statement of the service control policy arn:aws:organizations::111122223333:policy\/o-1\/service_control_policy\/p-1 denies it$/,
      /^Have the service control policy let cognito-identity:DescribeIdentityPool through$/,
    ],
    'by a permissions boundary': [
      refused(
        400,
        'AccessDeniedException',
        `User: ${ann} is not authorized to perform: cognito-identity:DescribeIdentityPool on resource: arn:x because no permissions boundary allows the cognito-identity:DescribeIdentityPool action`,
      ),
      'no-permission',
      /no permissions boundary allows it$/,
      /^Allow cognito-identity:DescribeIdentityPool on arn:x in the permissions boundary too$/,
    ],
    'as not there': [
      missing('IdentityPool'),
      'not-found',
      /^the identity pool eu-west-1:\S+ is not in eu-west-1 of the account that the credentials are of$/,
      /the region and the account/,
    ],
    'for an expired token': [
      refused(400, 'ExpiredTokenException', 'The security token included in the request is expired'),
      'bad-credentials',
      /have expired/,
      /aws sso login/,
    ],
    'for keys of another partition': [
      refused(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
      'bad-credentials',
      /^AWS in eu-west-1 does not know the access key$/,
      /GovCloud \(US\), of China .* region that must be enabled first/,
    ],
    'for a clock that is wrong': [
      refused(
        400,
        'InvalidSignatureException',
        'Signature expired: 20261123T040000Z is now earlier than 20261123T041000Z',
      ),
      'clock-skew',
      /clock/,
      /NTP/,
    ],
    'for a wrong secret': [
      refused(400, 'InvalidSignatureException', 'The request signature we calculated does not match'),
      'bad-credentials',
      /secret access key/,
      /Copy the pair/,
    ],
    'because it is asked too much': [
      refused(400, 'TooManyRequestsException', 'Rate exceeded'),
      'refused',
      /^AWS asks for fewer requests, once$/,
      /^Run it again in some minutes$/,
    ],
    'because it has failed': [
      refused(500, 'InternalErrorException', 'x'),
      'refused',
      /^AWS failed inside, once: InternalErrorException: x, HTTP 500, request REQUEST1$/,
      /health\.aws/,
    ],
    'for what was given': [
      refused(400, 'ValidationException', '1 validation error detected: Value at identityPoolId is bad'),
      'invalid-request',
      /^Amazon Cognito identity pools does not take the identity pool eu-west-1:\S+: 1 validation error/,
      /Correct/,
    ],
    'for what nobody has foreseen': [
      refused(400, 'SomethingNew', 'Something new is the matter.'),
      'refused',
      /^DescribeIdentityPool of the identity pool \S+ failed: SomethingNew: Something new is the matter, HTTP 400, request REQUEST1$/,
      /cognitoidentity\/latest\/APIReference\/CommonErrors/,
    ],
  }
  for (const [name, [reply, code, message, help]] of Object.entries(cases)) {
    test(name, async () => {
      const error = await refusal({ DescribeIdentityPool: () => reply })
      assert.equal(error.code, code, error.message)
      assert.match(error.message, message)
      assert.match(error.help, help)
    })
  }

  test('or nobody is there who would', async () => {
    const error = await thrown(readPool({ identityPoolId: poolId, endpointUrl: 'http://127.0.0.1:9', patience }))
    assert.equal(error.code, 'no-network')
    assert.match(error.message, /127\.0\.0\.1/)
    assert.match(error.help, /correct --endpoint-url$/)
  })

  test('or there are no credentials', async () => {
    const before = { ...process.env }
    delete process.env['AWS_ACCESS_KEY_ID']
    delete process.env['AWS_SECRET_ACCESS_KEY']
    try {
      const error = await refusal({})
      assert.equal(error.code, 'no-credentials')
      assert.match(error.message, /AWS_ACCESS_KEY_ID/)
    } finally {
      Object.assign(process.env, before)
    }
  })

  test('with a 403 of a code that nobody has foreseen, which is told as it is', () => {
    const asked: Asked = {
      ...{ service: 'IAM', operation: 'GetRole', action: 'iam:GetRole', object: 'the role r', resource: roleArn('r') },
      region: 'eu-west-1',
    }
    const of = (requestId: string | undefined) =>
      awsError(
        Object.assign(new Error('Odd.'), { name: 'Odd', $metadata: { httpStatusCode: 403, requestId } }),
        asked,
        {},
      )
    assert.match(
      of('R1').message,
      /may not do iam:GetRole on arn:aws:iam::\d+:role\/r: Odd: Odd, HTTP 403, request R1$/,
    )
    assert.equal(of(undefined).code, 'no-network')
  })
})

// ---- files ---------------------------------------------------------------------------------------------------------

const pool = { IdentityPoolId: poolId, IdentityPoolName: 'notes', AllowUnauthenticatedIdentities: false }

function parsed(...documents: readonly unknown[]) {
  const saved = parseSaved(documents.map(it => `${JSON.stringify(it, undefined, 4)}\n`).join(''))
  assert(saved.kind === 'snapshot', JSON.stringify(saved))
  return saved
}

function problemOf(text: string) {
  const saved = parseSaved(text)
  assert(saved.kind === 'problems', saved.kind)
  return only(saved.problems)
}

describe('a file of saved answers', () => {
  test('gives what it has, in any order, and says what is not in it', () => {
    const { snapshot } = parsed({ RoleName: 'users', PolicyNames: [] }, pool, {
      IdentityPoolId: poolId,
      Roles: { authenticated: roleArn('users') },
    })
    assert.equal(snapshot.pool.kind, 'is')
    const { answer } = only(snapshot.roles)
    assert.deepEqual(answer, {
      kind: 'unasked',
      reason: `the answer to GetRole of ${roleArn('users')} is not in what was saved`,
    })
    assert.equal(snapshot.owner.kind, 'unasked')
    assert.equal(snapshot.account, account)
  })

  test('has policies as the AWS CLI prints them, or percent-encoded as the API gives them', () => {
    const bare = { RoleName: 'users', Arn: roleArn('users'), Path: '/' }
    for (const document of [trust, JSON.stringify(trust), encoded(trust)]) {
      const { snapshot } = parsed(
        pool,
        { IdentityPoolId: poolId, Roles: { authenticated: roleArn('users') } },
        { Role: { ...bare, AssumeRolePolicyDocument: document } },
        { RoleName: 'users', PolicyNames: ['p'] },
        { RoleName: 'users', PolicyName: 'p', PolicyDocument: document },
      )
      const users = told(only(snapshot.roles).answer) ?? assert.fail('the role is in it')
      assert.deepEqual(users.trust, trust)
      assert.deepEqual(told(users.inline), [{ name: 'p', document: { kind: 'is', value: trust } }])
      // no answer is not the same as none
      assert.equal(users.attached.kind, 'unasked')
    }
  })

  test('says what AWS has refused, and what there is not', () => {
    const refusedOf = (Operation: string, Of: string, Code: string) => ({ NotAnswered: { Operation, Of, Code } })
    const { snapshot } = parsed(
      pool,
      refusedOf('GetIdentityPoolRoles', poolId, 'AccessDeniedException'),
      refusedOf('DescribeStackResources', poolId, 'ValidationError'),
    )
    assert.deepEqual(snapshot.poolRoles, {
      kind: 'unasked',
      reason: 'AWS refused GetIdentityPoolRoles: AccessDeniedException',
      help: 'Allow cognito-identity:GetIdentityPoolRoles, and save it anew',
    })
    assert.equal(snapshot.owner.kind, 'absent')
  })

  test('keeps no secret, however it was saved', () => {
    const { snapshot } = parsed(
      {
        ...pool,
        SupportedLoginProviders: { 'api.twitter.com': 'key;hush' },
        CognitoIdentityProviders: [{ ProviderName: provider, ClientId: 'c' }],
      },
      { UserPoolClient: { UserPoolId: userPoolId, ClientId: 'c', ClientSecret: 'hush' } },
    )
    assert.equal(told(only(snapshot.clients).answer)?.hasSecret, true)
    assert(!JSON.stringify(snapshot).includes('hush'), 'a secret is kept')
  })

  test('is not taken where it is cut off, no JSON, of no pool or of several', () => {
    const text = JSON.stringify(pool, undefined, 2)
    assert.deepEqual(problemOf(`${text}\n${text.slice(0, 40)}`).line, 6)
    assert.match(problemOf(`${text}\n${text.slice(0, 40)}`).message, /cut off, or no JSON/)
    assert.match(problemOf(`aws: error\n${text}`).message, /^here is no JSON$/)
    assert.match(problemOf('').message, /the answer to DescribeIdentityPool is not in it$/)
    const other = { ...pool, IdentityPoolId: poolId.replace('1cf', '2cf') }
    assert.match(
      problemOf(`${text}${JSON.stringify(other)}`).message,
      /^there are 2 identity pools in it: eu-west-1:1cf/,
    )
    const none = { NotAnswered: { Operation: 'DescribeIdentityPool', Of: poolId, Code: 'AccessDenied' } }
    assert.match(problemOf(JSON.stringify(none)).message, /not in it: AWS refused DescribeIdentityPool: AccessDenied$/)
  })

  test('may hold what nobody asked for, which is noted; brackets in texts end nothing; a list is its members', () => {
    const { notes, snapshot } = parsed([{ ...pool, IdentityPoolName: 'a } ] " \\ b' }], { Buckets: [] })
    assert.deepEqual(notes, ["line 8: it is not known which answer of AWS's this is; nothing was taken of it"])
    assert.equal(told(snapshot.pool)?.IdentityPoolName, 'a } ] " \\ b')
  })

  test('may have a template of a megabyte', () => {
    const body = `Description: "${'\\n"{'.repeat(250_000)}"`
    const { snapshot } = parsed(
      pool,
      { Stacks: [{ StackId: stackId, StackName: 'notes', StackStatus: 'CREATE_COMPLETE' }] },
      {
        StackId: stackId,
        StackResourceSummaries: [
          { LogicalResourceId: 'P', ResourceType: 'T', PhysicalResourceId: poolId, ResourceStatus: 'CREATE_COMPLETE' },
        ],
      },
      { StackId: stackId, TemplateBody: body },
    )
    assert.equal(told(snapshot.stack?.template ?? assert.fail('the stack has the pool')), body)
    assert.equal(told(snapshot.owner)?.logicalId, 'P')
  })
})

test('the script is one for every POSIX shell, and nothing that is asked for can become a command of it', () => {
  const nasty = `x'; touch ${join(folder, 'touched')}; $(touch ${join(folder, 'touched')})`
  const targets = [{ stackName: nasty }, { identityPoolId: nasty }, { stackName: 'notes' }, { identityPoolId: poolId }]
  for (const target of targets) {
    const script = saveCommands({ ...target, region: 'eu-west-1', endpointUrl: "http://x/'$(id)'" })
    execFileSync('/bin/sh', ['-n'], { input: script })
    // `aws` that refuses all: what was given reaches it whole
    writeFileSync(join(folder, 'aws'), '#!/bin/sh\nprintf "%s\\n" "$@" >&2\nexit 254\n', { mode: 0o755 })
    const { status, stderr } = ran(script)
    assert.equal(status, 1, stderr)
    const name = 'stackName' in target ? target.stackName : target.identityPoolId
    assert(stderr.split('\n').includes(name), stderr)
    assert(stderr.split('\n').includes("http://x/'$(id)'"), stderr)
  }
  assert.throws(() => execFileSync('ls', [join(folder, 'touched')], { stdio: 'ignore' }), 'a name was carried out')
})

function ran(script: string): { status: number; stderr: string } {
  try {
    execFileSync('/bin/sh', { input: script, env: { PATH: folder }, stdio: ['pipe', 'ignore', 'pipe'] })
    return { status: 0, stderr: '' }
  } catch (error) {
    assert(error instanceof Error && 'status' in error && 'stderr' in error, String(error))
    return { status: Number(error.status), stderr: String(error.stderr) }
  }
}

// ---- as a template -------------------------------------------------------------------------------------------------

test('what stands is written as a template with its values alone, which comes to the same when it is resolved', async () => {
  const { snapshot } = await reading({})
  const { document, env } = documentOf(snapshot)
  const { Resources, diagnostics } = resolve(document, env)
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(Object.keys(Resources), ['IdentityPool', 'one', 'two', 'AuthenticatedRole', 'RoleAttachment'])
  assert.equal(Resources['IdentityPool']?.Properties['Id'], poolId)
  assert.equal(Resources['IdentityPool']?.Properties['AllowClassicFlow'], false)
  const role = Resources['AuthenticatedRole']?.Properties ?? assert.fail('the role is there')
  assert.deepEqual(role['AssumeRolePolicyDocument'], trust)
  assert.deepEqual(
    role['Policies'],
    ['a', 'b'].map(PolicyName => ({ PolicyName, PolicyDocument: policy })),
  )
  assert.deepEqual(Resources['RoleAttachment']?.Properties['Roles'], { authenticated: roleArn('users') })
  assert.equal(env.accountId, account)
})

test('of what stands it can be judged who reaches what: the pool is the one that its roles trust, and no other', async () => {
  const decided = (document: Document, env: Environment, isSignedIn: boolean) =>
    judge(resolve(document, env), {
      who: {
        kind: 'identity',
        isSignedIn,
        id: 'eu-west-1:11111111-1111-4111-8111-111111111111',
        pool: 'own',
        flow: 'enhanced',
      },
      ...{ action: 's3:GetObject', resource: 'arn:aws:s3:::notes/a.txt' },
    }).decision
  const allows = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }
  const { snapshot } = await reading({
    GetRolePolicy: () => `<PolicyDocument>${encoded(allows)}</PolicyDocument>`,
  })
  const { document, env } = documentOf(snapshot)
  assert.equal(decided(document, env, true), 'allow')
  assert.equal(decided(document, env, false), 'deny')
  const strange = JSON.stringify(document).replaceAll(`:aud":"${poolId}`, ':aud":"eu-west-1:another')
  assert.equal(decided(JSON.parse(strange), env, true), 'deny')
})

// ---- the command line ----------------------------------------------------------------------------------------------

describe('of an account', () => {
  const wrongs: Readonly<Record<string, [AccountArguments, RegExp]>> = {
    'nothing is named': [{}, /^say what to look at: by --stack-name, --identity-pool-id or --from$/],
    'two things are': [{ stackName: 'a', from: 'f' }, /^--stack-name and --from each say what to look at/],
    'a file is, and a region': [{ from: 'f', region: 'eu-west-1' }, /^--region does not go with --from/],
    'a pool is by no ID': [{ identityPoolId: 'notes' }, /^--identity-pool-id: "notes" is no ID of an identity pool/],
    'a stack is by no name': [{ stackName: 'a b' }, /^--stack-name: "a b" is no name of a stack/],
    'a region is that there cannot be': [{ stackName: 'a', region: 'Ireland' }, /^--region: "Ireland" is no region/],
    'another region is than the pool’s': [
      { identityPoolId: poolId, region: 'us-east-1' },
      /^--region: the identity pool is in eu-west-1, as its ID says, and not in us-east-1$/,
    ],
    'an endpoint is no URL': [{ stackName: 'a', endpointUrl: 'localhost:4566' }, /^--endpoint-url: give the http/],
    'no region is, for commands': [{ stackName: 'a', commands: true }, /^say by --region, or AWS_REGION/],
  }
  for (const [name, [args, words]] of Object.entries(wrongs)) {
    test(`it is told where ${name}`, () => {
      const source = sourceOf(args, {})
      assert('wrong' in source, 'it is taken')
      assert.match(source.wrong, words)
    })
  }

  test('a stack, a pool, a file, or the commands that make it are named', () => {
    assert.deepEqual(sourceOf({ stackName: 'a', endpointUrl: 'http://127.0.0.1:4566/' }, {}), {
      ...{ kind: 'account', stackName: 'a', region: undefined, endpointUrl: 'http://127.0.0.1:4566' },
    })
    assert.deepEqual(sourceOf({ from: '-', commands: false }, {}), { kind: 'file', file: '-' })
    const source = sourceOf({ identityPoolId: poolId, commands: true }, {})
    assert('kind' in source && source.kind === 'commands', JSON.stringify(source))
    assert.match(source.script, /^#!\/bin\/sh\n[\s\S]*\nregion=eu-west-1\n/)
    const ofStack = sourceOf({ stackName: 'a', commands: true }, { AWS_DEFAULT_REGION: 'sa-east-1' })
    assert(
      'kind' in ofStack && ofStack.kind === 'commands' && /\nregion=sa-east-1\n/.test(ofStack.script),
      'the region',
    )
  })

  test('a file is looked into, in UTF-16 too, and refused in words', async () => {
    const file = join(folder, 'saved.json')
    const text = `${JSON.stringify(pool)}\n`
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      writeFileSync(file, bytes)
      const found = await look({ kind: 'file', file }, true)
      assert('snapshot' in found, JSON.stringify(found))
      assert.equal(told(found.snapshot.pool)?.IdentityPoolId, poolId)
    }
    writeFileSync(file, '\n\n{')
    const broken = await look({ kind: 'file', file }, true)
    assert('refusal' in broken, 'it is taken')
    assert.match(broken.refusal.message, /saved\.json:3: the document that begins here is cut off/)
    const none = await look({ kind: 'file', file: join(folder, 'none.json') }, true)
    assert('refusal' in none, 'it is taken')
    assert.match(none.refusal.message, /none\.json does not exist$/)
  })

  test('what AWS refuses is a refusal, and a mistake of ours none', async () => {
    const { endpointUrl } = await stub({ ...healthy, DescribeIdentityPool: () => missing('IdentityPool') })
    const found = await look({ kind: 'account', identityPoolId: poolId, region: undefined, endpointUrl }, true)
    assert('refusal' in found, 'it is there')
    assert.equal(found.refusal.code, 'not-found')
  })

  test('progress is one line, which is written anew and taken away in the end', () => {
    const shown: string[] = []
    const progress = progressIn(true, text => shown.push(text))
    progress.say(`GetRole\u001bof ${'x'.repeat(100)}`)
    progress.end()
    assert.deepEqual(shown, [`\r\u001b[2K1  GetRole?of ${'x'.repeat(65)}`, '\r\u001b[2K'])
    const quiet = progressIn(false, text => shown.push(text))
    quiet.say('GetRole')
    quiet.end()
    assert.equal(shown.length, 2)
  })
})
