/**
 * The whole app: notes-app deployed with identity-pool nested from a bucket, and a user who signs up and uses it.
 *
 * What this does not prove, since MiniStack has none of it: that CloudFormation takes the template's URL from other
 * hosts or refuses it, and that a nested stack's Rules are read; that browsers keep to the CORS headers; that the mock
 * integration fills in the caller's identity ID; that mails are sent; that nobody signs up where that is off; that old
 * versions expire.
 */
import assert from 'node:assert/strict'
import {
  AdminConfirmSignUpCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { aws, awsJson, endpoint, live } from './emulator.ts'
import { signInBySrp } from './srp.ts'
import { templateFile, templateText } from './template.ts'
import {
  type Answer,
  admin,
  apiPath,
  type Caller,
  deploy,
  enter,
  outputs,
  overTls,
  Password,
  present,
  providerName,
  removeStack,
  resources,
  signed,
  stackEvents,
  standingPool,
  standingRole,
} from './world.ts'

const origin = 'https://notes.example.com'
const key = 'templates/identity-pool/1.0.0/identity-pool.yaml'
const templateUrl = `https://releases.s3.us-east-1.amazonaws.com/${key}`
const pathStyleUrl = `https://s3.us-east-1.amazonaws.com/releases/${key}`

/** Where the template identity-pool is published. */
const publish = async () => {
  await admin.s3.send(new CreateBucketCommand({ Bucket: 'releases' }))
  await admin.s3.send(new PutObjectCommand({ Bucket: 'releases', Key: key, Body: templateText('identity-pool') }))
}

const deployApp = (parameters: Record<string, string> = {}) =>
  deploy('notes', templateText('notes-app'), {
    IdentityPoolTemplateUrl: templateUrl,
    AppOrigin: origin,
    ...parameters,
  })

type Outputs = Readonly<Record<string, string>>

const one = (made: Outputs, name: string): string => present(made[name])

/** Somebody new, who signs up and in with the app client as it is, and gets credentials. */
const newcomer = async (made: Outputs, name: string): Promise<Caller> => {
  const [UserPoolId, ClientId] = [one(made, 'UserPoolId'), one(made, 'UserPoolClientId')]
  const Username = `${name}@example.com`
  await admin.userPools.send(new SignUpCommand({ ClientId, Username, Password }))
  // The code is in a mail that nobody gets here.
  await admin.userPools.send(new AdminConfirmSignUpCommand({ UserPoolId, Username }))
  const token = await signInBySrp(UserPoolId, ClientId, Username, Password)
  const caller = await enter(one(made, 'IdentityPoolId'), { [one(made, 'LoginProviderName')]: token })
  overTls(caller.s3)
  return caller
}

const api = (made: Outputs) => present(/^https:\/\/([a-z0-9]+)\.execute-api\./.exec(one(made, 'ApiUrl'))?.[1])

const call = (caller: Caller, path: string): Promise<Answer> =>
  signed(caller.credentials, 'execute-api', 'GET', path, '', {})

const text = async (client: S3Client, Bucket: string, Key: string) =>
  present((await client.send(new GetObjectCommand({ Bucket, Key }))).Body).transformToString()

const denied = { name: 'AccessDenied' }

live('deployed with the AWS CLI, the app serves who signs up: the own folder, the API, and nothing else', async () => {
  await publish()
  // Not `deploy`, which looks after half a minute whether the stack stands.
  const command = [
    ...['cloudformation', 'create-stack', '--stack-name', 'notes'],
    ...['--template-body', `file://${templateFile('notes-app')}`, '--parameters'],
    ...[`ParameterKey=IdentityPoolTemplateUrl,ParameterValue=${templateUrl}`],
    ...[`ParameterKey=AppOrigin,ParameterValue=${origin}`],
  ]
  // Without it the stack inside is refused, and the stack around it with it.
  assert.equal((await aws(...command)).status, 0)
  assert.deepEqual(await outputs('notes'), {})
  assert.match(JSON.stringify(await stackEvents('notes')), /Requires capabilities : \[CAPABILITY_IAM\]/)
  await removeStack('notes')

  const { status, stderr } = await aws(...command, '--capabilities', 'CAPABILITY_IAM')
  assert.equal(status, 0, stderr)
  const made = await outputs('notes')
  const Bucket = one(made, 'UploadsBucketName')
  const ann = await newcomer(made, 'ann')
  const bob = await newcomer(made, 'bob')
  assert.notEqual(ann.identityId, bob.identityId)

  const note = `private/${ann.identityId}/notes/first.txt`
  await ann.s3.send(new PutObjectCommand({ Bucket, Key: note, Body: 'buy milk' }))
  assert.equal(await text(ann.s3, Bucket, note), 'buy milk')
  const listed = await ann.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `private/${ann.identityId}/` }))
  assert.deepEqual(
    (listed.Contents ?? []).map(it => it.Key),
    [note],
  )
  await assert.rejects(text(bob.s3, Bucket, note), denied)
  await assert.rejects(bob.s3.send(new PutObjectCommand({ Bucket, Key: note, Body: 'x' })), denied)
  await assert.rejects(bob.s3.send(new DeleteObjectCommand({ Bucket, Key: note })), denied)
  await assert.rejects(ann.s3.send(new ListObjectsV2Command({ Bucket })), denied)
  await assert.rejects(ann.s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })), denied)
  await assert.rejects(text(ann.s3, 'releases', key), denied)

  const path = apiPath(api(made), 'prod')
  const answer = await call(ann, `${path}/notes`)
  assert.equal(answer.status, 200, answer.body)
  assert.equal(answer.headers.get('access-control-allow-origin'), origin)
  const other = await deploy('other', templateText('notes-app'), {
    IdentityPoolTemplateUrl: pathStyleUrl,
    AppOrigin: origin,
  })
  const elsewhere = `${apiPath(api(other), 'prod')}/notes`
  assert.equal((await call(ann, elsewhere)).status, 403)
  assert.equal((await call(await newcomer(other, 'ann'), elsewhere)).status, 200)
  await assert.rejects(
    ann.s3.send(new PutObjectCommand({ Bucket: one(other, 'UploadsBucketName'), Key: note, Body: 'x' })),
    denied,
  )
})

live('what is deployed is what the template says, also of the nested stack', async () => {
  await publish()
  const made = await deployApp()
  const { Identity, UserPool, UserPoolClient, Uploads, Api } = await resources('notes')
  const child = await outputs(present(Identity))
  assert.equal(child['TemplateId'], 'identity-pool')
  assert.deepEqual(
    {
      IdentityPoolId: made['IdentityPoolId'],
      ClientConfiguration: made['ClientConfiguration'],
      LoginProviderName: made['LoginProviderName'],
      AuthenticatedRoleArn: made['AuthenticatedRoleArn'],
      AuthenticatedRoleName: made['AuthenticatedRoleName'],
      TemplateVersion: made['IdentityPoolTemplateVersion'],
    },
    {
      IdentityPoolId: child['IdentityPoolId'],
      ClientConfiguration: child['ClientConfiguration'],
      LoginProviderName: child['LoginProviderName'],
      AuthenticatedRoleArn: child['AuthenticatedRoleArn'],
      AuthenticatedRoleName: child['AuthenticatedRoleName'],
      TemplateVersion: child['TemplateVersion'],
    },
  )
  assert.deepEqual(
    [made['UserPoolId'], made['UserPoolClientId'], made['UploadsBucketName'], api(made)],
    [UserPool, UserPoolClient, Uploads, Api],
  )
  const pool = await standingPool(one(made, 'IdentityPoolId'))
  assert.deepEqual(pool['CognitoIdentityProviders'], [
    { ProviderName: providerName(present(UserPool)), ClientId: UserPoolClient, ServerSideTokenCheck: true },
  ])
  const { policies } = await standingRole(one(made, 'AuthenticatedRoleName'))
  assert.deepEqual(Object.keys(policies).sort(), ['api', 'own-folder'])
  assert.match(JSON.stringify(policies['api']), new RegExp(`:${Api}/prod/\\*"`))
  assert.match(JSON.stringify(policies['own-folder']), new RegExp(`:::${Uploads}/private/`))

  const users = present(
    (await admin.userPools.send(new DescribeUserPoolCommand({ UserPoolId: present(UserPool) }))).UserPool,
  )
  assert.deepEqual(
    [users.UsernameAttributes, users.AutoVerifiedAttributes, users.MfaConfiguration, users.DeletionProtection],
    [['email'], ['email'], 'OPTIONAL', 'INACTIVE'],
  )
  assert.equal(users.Policies?.PasswordPolicy?.MinimumLength, 12)
  const client = present(
    (
      await admin.userPools.send(
        new DescribeUserPoolClientCommand({ UserPoolId: present(UserPool), ClientId: present(UserPoolClient) }),
      )
    ).UserPoolClient,
  )
  assert.deepEqual(
    [client.ClientSecret, client.PreventUserExistenceErrors, client.ExplicitAuthFlows?.sort(), client.WriteAttributes],
    [undefined, 'ENABLED', ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'], ['email', 'name']],
  )

  const Bucket = present(Uploads)
  overTls(admin.s3)
  assert.deepEqual((await admin.s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules, [
    {
      ID: 'app',
      AllowedOrigins: [origin],
      AllowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 3600,
    },
  ])
  assert.equal((await admin.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled')
  const block = await admin.s3.send(new GetPublicAccessBlockCommand({ Bucket }))
  assert.deepEqual(block.PublicAccessBlockConfiguration, {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  })
  const encryption = await admin.s3.send(new GetBucketEncryptionCommand({ Bucket }))
  assert.equal(
    encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    'AES256',
  )
})

live(
  'the bucket takes nothing without TLS, the client no password in the clear, the API no call without a signature',
  async () => {
    await publish()
    const made = await deployApp()
    const ann = await newcomer(made, 'ann')
    const Bucket = one(made, 'UploadsBucketName')
    const Key = `private/${ann.identityId}/x`
    await ann.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    ann.s3.middlewareStack.remove('overTls')
    await assert.rejects(text(ann.s3, Bucket, Key), denied)
    await assert.rejects(ann.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'y' })), denied)

    const AuthParameters = { USERNAME: 'ann@example.com', PASSWORD: Password }
    await assert.rejects(
      admin.userPools.send(
        new InitiateAuthCommand({
          ClientId: one(made, 'UserPoolClientId'),
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters,
        }),
      ),
      /USER_PASSWORD_AUTH flow not enabled/,
    )
    await assert.rejects(
      signInBySrp(one(made, 'UserPoolId'), one(made, 'UserPoolClientId'), 'ann@example.com', 'Wrong-horse-9'),
      { name: 'NotAuthorizedException' },
    )

    const url = `${endpoint}${apiPath(api(made), 'prod')}/notes`
    const unsigned = await fetch(url, { headers: { origin } })
    assert.equal(unsigned.status, 403)
    // Without it the app would not see the 403, only that something went wrong.
    assert.equal(unsigned.headers.get('access-control-allow-origin'), origin)
    await unsigned.text()
    const asked = await fetch(url, { method: 'OPTIONS', headers: { origin } })
    assert.equal(asked.status, 204)
    assert.equal(asked.headers.get('access-control-allow-origin'), origin)
    assert.equal(asked.headers.get('access-control-allow-methods'), 'GET,OPTIONS')
    assert.match(
      present(asked.headers.get('access-control-allow-headers')),
      /Authorization.*X-Amz-Date.*X-Amz-Security/,
    )
    await asked.text()
  },
)

live('another origin reaches the bucket and the API by an update, without another deployment of the API', async () => {
  await publish()
  const made = await deployApp()
  const before = await resources('notes')
  const next = 'http://localhost:5173'
  await deployApp({ AppOrigin: next })
  assert.deepEqual(await resources('notes'), before)
  const cors = await admin.s3.send(new GetBucketCorsCommand({ Bucket: one(made, 'UploadsBucketName') }))
  assert.deepEqual(cors.CORSRules?.[0]?.AllowedOrigins, [next])
  const asked = await fetch(`${endpoint}${apiPath(api(made), 'prod')}/notes`, { method: 'OPTIONS' })
  assert.equal(asked.headers.get('access-control-allow-origin'), next)
  await asked.text()
})

live('where people may not sign up, the user pool says so', async () => {
  await publish()
  const { UserPoolId } = await deployApp({ AllowSignUp: 'false' })
  // MiniStack lets them all the same.
  const { UserPool } = await admin.userPools.send(new DescribeUserPoolCommand({ UserPoolId }))
  assert.equal(UserPool?.AdminCreateUserConfig?.AllowAdminCreateUserOnly, true)
})

live('deleted, the app leaves users, files and identities as they were', async () => {
  await publish()
  const made = await deployApp()
  const ann = await newcomer(made, 'ann')
  const Bucket = one(made, 'UploadsBucketName')
  const Key = `private/${ann.identityId}/x`
  await ann.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  const { Identity, Api } = await resources('notes')
  await removeStack('notes')
  const [UserPoolId, ClientId] = [one(made, 'UserPoolId'), one(made, 'UserPoolClientId')]
  const token = await signInBySrp(UserPoolId, ClientId, 'ann@example.com', Password)
  const again = await enter(one(made, 'IdentityPoolId'), { [one(made, 'LoginProviderName')]: token })
  assert.equal(again.identityId, ann.identityId)
  // The policy that asks for TLS is there still.
  await assert.rejects(text(again.s3, Bucket, Key), denied)
  overTls(again.s3)
  assert.equal(await text(again.s3, Bucket, Key), 'x')
  assert.equal((await outputs(present(Identity)))['IdentityPoolId'], made['IdentityPoolId'])
  assert.equal((await call(again, `${apiPath(present(Api), 'prod')}/notes`)).status >= 400, true)
})

live('a URL at which there is no template makes nothing that stays', async () => {
  await publish()
  const nowhere = templateUrl.replace('1.0.0', '9.9.9')
  await assert.rejects(deployApp({ IdentityPoolTemplateUrl: nowhere }), /ROLLBACK_COMPLETE/)
  assert.deepEqual(await awsJson('cognito-idp', 'list-user-pools', '--max-results', '9'), { UserPools: [] })
  const { Buckets } = Object(await awsJson('s3api', 'list-buckets'))
  assert.deepEqual(
    Array.from(Buckets, it => Object(it).Name),
    ['releases'],
  )
})
