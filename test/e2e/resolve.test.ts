/** What `resolve` says of a template, before anything is deployed, is what a deployment then makes. */
import assert from 'node:assert/strict'
import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import { read } from '../../src/read.ts'
import { type Resolved, resolve, Unknown, type Value } from '../../src/resolve/index.ts'
import { isValueList, isValueObject } from '../../src/resolve/value.ts'
import { account, live, region } from './emulator.ts'
import { templateText } from './template.ts'
import {
  bucket,
  build,
  chapter,
  deploy,
  present,
  resources,
  standingPool,
  standingRole,
  standingTags,
  type World,
} from './world.ts'

/** Parameters that between them switch on every option. */
const scenarios: Readonly<Record<string, (world: World) => Record<string, string>>> = {
  chapter,
  nothing: () => ({ GoogleClientId: '1-a.apps.googleusercontent.com' }),
  classic: () => ({ AllowClassicFlow: 'true', AmazonAppId: 'amzn1.application-oa2-client.0a' }),
  guests: world => ({
    ...chapter(world),
    AllowGuests: 'true',
    AllowPublicFolder: 'true',
    AllowProtectedFolder: 'true',
    UploadsKmsKeyArn: world.keyArn,
    PermissionsBoundaryArn: world.boundaryArn,
  }),
  guestsAlone: () => ({ AllowGuests: 'true', UploadsBucketName: bucket, AllowPublicFolder: 'true' }),
  bySub: world => ({
    ...chapter(world),
    UploadsFolderKeyedBy: 'UserSub',
    AllowProtectedFolder: 'true',
    UsePrincipalTags: 'true',
    UserTableName: 'notes',
  }),
  elsewhere: world => ({
    ...chapter(world),
    ApiRegion: 'eu-west-1',
    ApiStage: '$default',
    AdditionalApiArns: `arn:aws:execute-api:us-west-2:${account}:f6e5d4c3b2/prod/GET/*,arn:aws:execute-api:us-west-2:${account}:f6e5d4c3b3/*`,
    UploadsKmsKeyArn: `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    AdditionalManagedPolicyArns: `${world.boundaryArn},arn:aws:iam::aws:policy/ReadOnlyAccess`,
    RolePath: '/apps/',
  }),
  byToken: world => ({
    UserPoolId: world.userPoolId,
    UserPoolClientId: world.clientId,
    UserPoolClientId2: world.clientId2,
    UserPoolClientId3: world.clientId3,
    RoleSelection: 'Token',
    AmbiguousRoleResolution: 'AuthenticatedRole',
    IdentityPoolName: 'Notes, all users',
    UsePrincipalTags: 'true',
  }),
}

const local = {
  region,
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  accountId: account,
  stackId: new Unknown({ kind: 'pseudo', name: 'AWS::StackId' }),
}

const resolved = (template: string, stackName: string, parameters: Record<string, string>): Resolved => {
  const file = read(templateText(template))
  assert(file.kind === 'template')
  return resolve(file.document, { ...local, parameters, stackName })
}

/** A value with the IDs that a deployment gave to its resources. */
const withIds = (
  value: Value,
  ids: Readonly<Record<string, string>>,
  paths: Readonly<Record<string, string>>,
): Json => {
  const inner = (it: Value) => withIds(it, ids, paths)
  if (isValueList(value)) return value.map(inner)
  if (isValueObject(value)) return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, inner(it)]))
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  if (origin.kind === 'resource') return present(ids[origin.id])
  if (origin.kind === 'text') return origin.parts.map(inner).join('')
  assert(origin.kind === 'attribute' && origin.attribute === 'Arn', `${origin.kind} is not in these templates`)
  return `arn:aws:iam::${account}:role${present(paths[origin.id])}${present(ids[origin.id])}`
}

/** The role that the properties describe, as IAM has it. */
const roleOf = ({ Path, PermissionsBoundary, AssumeRolePolicyDocument, Policies, ManagedPolicyArns }: JsonObject) => ({
  path: Path ?? '/',
  boundary: PermissionsBoundary ?? null,
  trust: AssumeRolePolicyDocument,
  policies: Object.fromEntries(
    (Array.isArray(Policies) ? Policies : []).map((policy: Json) => {
      assert(isObject(policy))
      return [String(policy['PolicyName']), policy['PolicyDocument']]
    }),
  ),
  managed: (Array.isArray(ManagedPolicyArns) ? ManagedPolicyArns.map(String) : []).sort(),
})

const agrees = async (template: string, stack: string, parameters: Record<string, string>): Promise<void> => {
  const outputs = await deploy(stack, templateText(template), parameters)
  const answer = resolved(template, stack, parameters)
  assert.deepEqual(answer.diagnostics, [])
  const ids = await resources(stack)
  assert.deepEqual(Object.keys(answer.Resources).sort(), Object.keys(ids).sort(), stack)
  const roles = Object.entries(answer.Resources).filter(([, it]) => it.Type === 'AWS::IAM::Role')
  const paths = Object.fromEntries(roles.map(([id, it]) => [id, String(it.Properties['Path'] ?? '/')]))
  const made = (value: Value) => withIds(value, ids, paths)
  assert(roles.length > 0)
  for (const [id, role] of roles) {
    const properties = made(role.Properties)
    assert(isObject(properties))
    assert.deepEqual(
      JSON.parse(JSON.stringify(await standingRole(present(ids[id])))),
      roleOf(properties),
      `${stack} ${id}`,
    )
  }
  assert.deepEqual(
    Object.fromEntries(Object.entries(answer.Outputs).map(([name, { Value }]) => [name, made(Value)])),
    outputs,
    stack,
  )
  const pool = made(present(answer.Resources['IdentityPool']).Properties)
  assert(isObject(pool))
  const standing = await standingPool(present(ids['IdentityPool']))
  for (const [name, value] of Object.entries(pool)) {
    // CloudFormation makes booleans of these words.
    const plain = (it: unknown) => JSON.parse(JSON.stringify(it).replaceAll(/"(true|false)"/g, '$1'))
    assert.deepEqual(plain(standing[name]), plain(value), `${stack} ${name}`)
  }
  const attachment = made(present(answer.Resources['RoleAttachment']).Properties)
  assert(isObject(attachment))
  assert.deepEqual(standing.Roles, attachment['Roles'], stack)
  const tags = answer.Resources['PrincipalTag']?.Properties
  if (tags !== undefined) {
    const {
      IdentityPoolId,
      IdentityProviderName,
      UseDefaults,
      PrincipalTags = {},
    } = Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, made(value)]))
    const standingMap = present(await standingTags(String(IdentityPoolId), String(IdentityProviderName)))
    assert.deepEqual(
      { ...standingMap, UseDefaults: String(standingMap.UseDefaults) },
      { UseDefaults: String(UseDefaults), PrincipalTags },
    )
  }
}

for (const [name, parametersOf] of Object.entries(scenarios)) {
  live(`identity-pool with the parameters of ${name} is deployed as it was resolved`, async () => {
    await agrees('identity-pool', name, parametersOf(await build()))
  })
}

live('what resolving refuses, a deployment refuses in the same words', async () => {
  for (const parameters of [
    { AllowGuests: 'true', AllowClassicFlow: 'true', RoleSelection: 'Token' },
    { UserPoolId: 'us-east-1_a1B2c3D4e' },
    { AllowGuests: 'true', ApiStage: 'prod' },
  ]) {
    const { diagnostics } = resolved('identity-pool', 'no', parameters)
    const rules = diagnostics.map(({ path, message }) => [path[1], message.replace(/^.*?: /, '')])
    assert(rules.length > 0)
    await assert.rejects(deploy('no', templateText('identity-pool'), parameters), (error: Error) => {
      return rules.some(([rule, message]) => error.message.includes(`rule ${rule} failed: ${message}`))
    })
  }
})

live('identity-pool-tutorial is deployed as it was resolved', async () => {
  await agrees('identity-pool-tutorial', 'tutorial', chapter(await build()))
})
