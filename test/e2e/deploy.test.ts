/** The life of a stack, through the real AWS CLI, as a person deploys it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { DescribeChangeSetCommand } from '@aws-sdk/client-cloudformation'
import { isObject } from '../../src/document.ts'
import { account, aws, awsJson, folder, live, region } from './emulator.ts'
import { readTemplate, templateFile } from './template.ts'
import {
  admin,
  bucket,
  build,
  chapter,
  enter,
  outputs,
  present,
  providerName,
  resources,
  signIn,
  signUp,
  stackEvents,
  standingPool,
  standingRole,
  type World,
} from './world.ts'

const host = 'cognito-identity.amazonaws.com'

/** What a person types after `aws cloudformation deploy`. */
const deployWith = (name: string, parameters: Record<string, string>, ...more: string[]) =>
  deployFile('identity-pool', name, parameters, ...more)

const deployFile = (template: string, name: string, parameters: Record<string, string>, ...more: string[]) => [
  ...['cloudformation', 'deploy', '--stack-name', name, '--template-file', templateFile(template), ...more],
  ...['--parameter-overrides', ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)],
]

const second = () => Math.floor(Date.now() / 1000)
let lastDeployed = 0

const deployed = async (name: string, parameters: Record<string, string>) => {
  // The CLI names its change sets by the second.
  while (second() === lastDeployed) await new Promise(resolve => setTimeout(resolve, 20))
  const { status, stderr } = await aws(...deployWith(name, parameters, '--capabilities', 'CAPABILITY_IAM'))
  lastDeployed = second()
  assert.equal(status, 0, stderr)
  return outputs(name)
}

const trust = (poolId: string, amr: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: host },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Condition: {
        StringEquals: { [`${host}:aud`]: poolId },
        'ForAnyValue:StringLike': { [`${host}:amr`]: amr },
      },
    },
  ],
})

const physical = async (stack: string, logicalId: string) => present((await resources(stack))[logicalId])

/** Ann, who has signed up. */
const ann = async (world: World, poolId: string) => {
  return enter(poolId, { [providerName(world.userPoolId)]: await signIn(world.clientId, 'ann') })
}

live('validate-template reports every parameter of the built file, and CAPABILITY_IAM alone', async () => {
  const reported = await awsJson(
    'cloudformation',
    'validate-template',
    '--template-body',
    `file://${templateFile('identity-pool')}`,
  )
  assert(typeof reported === 'object' && reported !== null)
  assert('Capabilities' in reported && 'Parameters' in reported && Array.isArray(reported.Parameters))
  assert.deepEqual(reported.Capabilities, ['CAPABILITY_IAM'])
  const declared = Object.entries(readTemplate('identity-pool').Parameters ?? {}).map(([name, parameter]) => {
    assert(isObject(parameter))
    return [name, parameter['Default']]
  })
  assert.deepEqual(
    reported.Parameters.map(parameter => [parameter.ParameterKey, parameter.DefaultValue]).sort(),
    declared.sort(),
  )
})

live('deploy without --capabilities is refused, and leaves no stack', async () => {
  const { status, stderr } = await aws(...deployWith('notes', chapter(await build())))
  assert.notEqual(status, 0)
  assert.match(stderr, /InsufficientCapabilities.*CAPABILITY_IAM/)
  await assert.rejects(stackEvents('notes'), { name: 'ValidationError' })
})

live(
  "deploy with the chapter's values makes the pool, one role, its trust and its two policies, and nothing else",
  async () => {
    const world = await build()
    const made = await deployed('notes', chapter(world))
    const poolId = present(made['IdentityPoolId'])
    const role = await physical('notes', 'AuthenticatedRole')
    const roleArn = `arn:aws:iam::${account}:role/${role}`
    assert.deepEqual(await resources('notes'), {
      IdentityPool: poolId,
      AuthenticatedRole: role,
      RoleAttachment: poolId,
    })
    const pool = await standingPool(poolId)
    assert.match(String(pool['IdentityPoolName']), /^notes-IdentityPool-/)
    assert.deepEqual(pool, {
      IdentityPoolId: poolId,
      IdentityPoolName: pool['IdentityPoolName'],
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [
        { ProviderName: providerName(world.userPoolId), ClientId: world.clientId, ServerSideTokenCheck: true },
      ],
      Roles: { authenticated: roleArn },
    })
    assert.deepEqual(await standingRole(role), {
      path: '/',
      boundary: null,
      trust: trust(poolId, 'authenticated'),
      policies: {
        'own-folder': {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'PrivateObjects',
              Effect: 'Allow',
              Action: [
                's3:GetObject',
                's3:PutObject',
                's3:DeleteObject',
                's3:AbortMultipartUpload',
                's3:ListMultipartUploadParts',
              ],
              Resource: `arn:aws:s3:::${bucket}/private/\${${host}:sub}/*`,
            },
            {
              Sid: 'PrivateList',
              Effect: 'Allow',
              Action: 's3:ListBucket',
              Resource: `arn:aws:s3:::${bucket}`,
              Condition: { StringLike: { 's3:prefix': [`private/\${${host}:sub}/`, `private/\${${host}:sub}/*`] } },
            },
          ],
        },
        api: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'InvokeApi',
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: `arn:aws:execute-api:${region}:${account}:${world.apiId}/*/*`,
            },
          ],
        },
      },
      managed: [],
    })
    const { TemplateVersion, ClientConfiguration, ...outputs } = made
    assert.match(present(TemplateVersion), /^\d+\.\d+\.\d+$/)
    assert.deepEqual(outputs, {
      IdentityPoolId: poolId,
      IdentityPoolArn: `arn:aws:cognito-identity:${region}:${account}:identitypool/${poolId}`,
      AuthenticatedRoleArn: roleArn,
      AuthenticatedRoleName: role,
      LoginProviderName: providerName(world.userPoolId),
      TemplateId: 'identity-pool',
    })
    // https://docs.amplify.aws/react/build-a-backend/auth/use-existing-cognito-resources/
    assert.deepEqual(JSON.parse(present(ClientConfiguration)), {
      Auth: {
        Cognito: {
          userPoolId: world.userPoolId,
          userPoolClientId: world.clientId,
          identityPoolId: poolId,
          allowGuestAccess: false,
        },
      },
      Storage: { S3: { bucket, region } },
    })
  },
)

live('deploy again without a change exits 0 and touches nothing', async () => {
  const world = await build()
  await deployed('notes', chapter(world))
  const before = [await resources('notes'), (await stackEvents('notes')).map(event => event.EventId)]
  const { status, stdout } = await aws(
    ...deployWith('notes', chapter(world), '--capabilities', 'CAPABILITY_IAM', '--no-fail-on-empty-changeset'),
  )
  assert.equal(status, 0)
  assert.match(stdout, /No changes to deploy/)
  assert.deepEqual([await resources('notes'), (await stackEvents('notes')).map(event => event.EventId)], before)
})

live("an update of one parameter happens in place: the pool, the role and the users' identities stay", async () => {
  const world = await build()
  const poolId = present((await deployed('notes', chapter(world)))['IdentityPoolId'])
  const before = await resources('notes')
  await signUp(world.clientId, world.userPoolId, 'ann')
  const { identityId } = await ann(world, poolId)
  const poolBefore = await standingPool(poolId)
  // The others keep their values: the CLI sends UsePreviousValue for what is not overridden.
  await deployed('notes', { ApiId: world.otherApiId })
  assert.deepEqual(await resources('notes'), before)
  const { policies } = await standingRole(await physical('notes', 'AuthenticatedRole'))
  assert.match(JSON.stringify(policies['api']), new RegExp(`:${world.otherApiId}/`))
  assert.doesNotMatch(JSON.stringify(policies), new RegExp(`:${world.apiId}/`))
  // MiniStack reports an update of every resource, AWS of those that change: what shows is that they stand as before.
  assert.deepEqual(await standingPool(poolId), poolBefore)
  const again = await ann(world, poolId)
  assert.equal(again.identityId, identityId)
})

live('guests on make a role, an attachment key and an output; guests off take them away without a trace', async () => {
  const world = await build()
  const poolId = present((await deployed('notes', chapter(world)))['IdentityPoolId'])
  const state = async () => ({
    pool: await standingPool(poolId),
    outputs: await outputs('notes'),
    resources: await resources('notes'),
    role: await standingRole(await physical('notes', 'AuthenticatedRole')),
  })
  const before = await state()

  const made = await deployed('notes', { AllowGuests: 'true' })
  const guestRole = await physical('notes', 'UnauthenticatedRole')
  const guestRoleArn = `arn:aws:iam::${account}:role/${guestRole}`
  const during = await state()
  assert.deepEqual(during, {
    pool: {
      ...before.pool,
      AllowUnauthenticatedIdentities: true,
      Roles: { authenticated: made['AuthenticatedRoleArn'], unauthenticated: guestRoleArn },
    },
    outputs: {
      ...before.outputs,
      UnauthenticatedRoleArn: guestRoleArn,
      ClientConfiguration: before.outputs['ClientConfiguration']?.replace(
        '"allowGuestAccess":false',
        '"allowGuestAccess":true',
      ),
    },
    resources: { ...before.resources, UnauthenticatedRole: guestRole },
    role: before.role,
  })
  // There is no public folder: guests get credentials that allow nothing.
  assert.deepEqual(await standingRole(guestRole), {
    path: '/',
    boundary: null,
    trust: trust(poolId, 'unauthenticated'),
    policies: {},
    managed: [],
  })

  await deployed('notes', { AllowGuests: 'false' })
  assert.deepEqual(await state(), before)
  await assert.rejects(standingRole(guestRole), { name: 'NoSuchEntityException' })
})

live("the tutorial's template deploys with the chapter's values, and grants what the chapter grants", async () => {
  const world = await build()
  const parameters = { ...chapter(world), IdentityPoolName: 'notes identity pool' }
  const { status, stderr } = await aws(
    ...deployFile('identity-pool-tutorial', 'notes', parameters, '--capabilities', 'CAPABILITY_IAM'),
  )
  assert.equal(status, 0, stderr)
  const poolId = await physical('notes', 'IdentityPool')
  const role = await physical('notes', 'AuthenticatedRole')
  assert.deepEqual(await resources('notes'), { IdentityPool: poolId, AuthenticatedRole: role, RoleAttachment: poolId })
  assert.deepEqual(await standingPool(poolId), {
    IdentityPoolId: poolId,
    IdentityPoolName: 'notes identity pool',
    AllowUnauthenticatedIdentities: false,
    AllowClassicFlow: false,
    CognitoIdentityProviders: [
      { ProviderName: providerName(world.userPoolId), ClientId: world.clientId, ServerSideTokenCheck: true },
    ],
    Roles: { authenticated: `arn:aws:iam::${account}:role/${role}` },
  })
  const stands = await standingRole(role)
  assert.deepEqual(stands.trust, trust(poolId, 'authenticated'))
  assert.deepEqual(Object.values(stands.policies), [
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['mobileanalytics:PutEvents', 'cognito-sync:*', 'cognito-identity:*'],
          Resource: ['*'],
        },
        { Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${bucket}/private/\${${host}:sub}/*`] },
        {
          Effect: 'Allow',
          Action: ['execute-api:Invoke'],
          Resource: [`arn:aws:execute-api:${region}:*:${world.apiId}/*/*/*`],
        },
      ],
    },
  ])
})

live('a refusal speaks our words: a bad parameter and a bad combination', async () => {
  const world = await build()
  const parameters = readTemplate('identity-pool').Parameters ?? {}
  const bucketName = parameters['UploadsBucketName']
  assert(isObject(bucketName) && typeof bucketName['ConstraintDescription'] === 'string')
  for (const [bad, words] of [
    [{ ...chapter(world), UploadsBucketName: '*' }, bucketName['ConstraintDescription']],
    [{ UserPoolId: world.userPoolId }, 'UserPoolClientId'],
  ] as const) {
    const { status, stderr } = await aws(...deployWith('notes', bad, '--capabilities', 'CAPABILITY_IAM'))
    assert.notEqual(status, 0)
    assert(stderr.includes(words), stderr)
  }
  await assert.rejects(stackEvents('notes'), { name: 'ValidationError' })
})

live('deletion keeps the pool with its signed-in role, and an import brings them into a new stack', async () => {
  const world = await build()
  const parameters = { ...chapter(world), IdentityPoolName: 'notes' }
  const made = await deployed('notes', { ...parameters, AllowGuests: 'true' })
  const poolId = present(made['IdentityPoolId'])
  const role = await physical('notes', 'AuthenticatedRole')
  const guestRole = await physical('notes', 'UnauthenticatedRole')
  await signUp(world.clientId, world.userPoolId, 'ann')
  const { identityId } = await ann(world, poolId)
  const roleBefore = await standingRole(role)
  const poolBefore = await standingPool(poolId)

  assert.equal((await aws('cloudformation', 'delete-stack', '--stack-name', 'notes')).status, 0)
  assert.equal((await aws('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', 'notes')).status, 0)
  // The attachment still names the guest role, which is gone: guests get no credentials.
  assert.deepEqual(await standingPool(poolId), poolBefore)
  assert.deepEqual(await standingRole(role), roleBefore)
  await assert.rejects(standingRole(guestRole), { name: 'NoSuchEntityException' })
  await assert.rejects(enter(poolId), { name: 'InvalidIdentityPoolConfigurationException' })
  const kept = await ann(world, poolId)
  assert.equal(kept.identityId, identityId)

  // An import can't add outputs, and every resource must be imported:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import.html
  const { Outputs: _, ...template } = readTemplate('identity-pool')
  // MiniStack takes resources whose condition is false for new ones that are not imported. AWS does not.
  const unconditional = Object.entries(template.Resources).filter(
    ([, resource]) => isObject(resource) && !('Condition' in resource),
  )
  const file = path.join(folder, 'import.json')
  writeFileSync(file, JSON.stringify({ ...template, Resources: Object.fromEntries(unconditional) }))
  const toImport = [
    {
      ResourceType: 'AWS::Cognito::IdentityPool',
      LogicalResourceId: 'IdentityPool',
      ResourceIdentifier: { Id: poolId },
    },
    {
      ResourceType: 'AWS::IAM::Role',
      LogicalResourceId: 'AuthenticatedRole',
      ResourceIdentifier: { RoleName: role },
    },
    {
      ResourceType: 'AWS::Cognito::IdentityPoolRoleAttachment',
      LogicalResourceId: 'RoleAttachment',
      ResourceIdentifier: { Id: poolId },
    },
  ]
  const changeSet = ['--stack-name', 'notes-again', '--change-set-name', 'kept']
  await awsJson(
    ...['cloudformation', 'create-change-set', ...changeSet, '--change-set-type', 'IMPORT'],
    ...['--template-body', `file://${file}`, '--capabilities', 'CAPABILITY_IAM'],
    ...['--resources-to-import', JSON.stringify(toImport)],
    '--parameters',
    ...Object.entries(parameters).map(([key, value]) => `ParameterKey=${key},ParameterValue=${value}`),
  )
  const { Changes } = await admin.cloudFormation.send(
    new DescribeChangeSetCommand({ StackName: 'notes-again', ChangeSetName: 'kept' }),
  )
  assert.deepEqual(
    Changes?.map(({ ResourceChange }) => [ResourceChange?.Action, ResourceChange?.LogicalResourceId]),
    toImport.map(resource => ['Import', resource.LogicalResourceId]),
  )
  const executed = await aws('cloudformation', 'execute-change-set', ...changeSet)
  assert.equal(executed.status, 0, executed.stderr)
  const waited = await aws('cloudformation', 'wait', 'stack-import-complete', '--stack-name', 'notes-again')
  assert.equal(waited.status, 0, waited.stderr)

  // An import takes what stands as it stands: guests are still on, and their key still names a role that is gone.
  assert.deepEqual(await standingPool(poolId), poolBefore)
  const again = await deployed('notes-again', { ...parameters, AllowGuests: 'true' })
  assert.equal(again['IdentityPoolId'], poolId)
  const newGuestRole = await physical('notes-again', 'UnauthenticatedRole')
  assert.deepEqual(await resources('notes-again'), {
    IdentityPool: poolId,
    AuthenticatedRole: role,
    RoleAttachment: poolId,
    UnauthenticatedRole: newGuestRole,
  })
  await enter(poolId)
  await deployed('notes-again', { AllowGuests: 'false' })
  assert.deepEqual(await standingPool(poolId), {
    ...poolBefore,
    AllowUnauthenticatedIdentities: false,
    Roles: { authenticated: made['AuthenticatedRoleArn'] },
  })
  assert.equal((await ann(world, poolId)).identityId, identityId)
})
