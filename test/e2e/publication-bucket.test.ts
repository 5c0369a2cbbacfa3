/**
 * The bucket to publish from: who reads, writes and deletes in it, by each parameter. The checks are also held against
 * spoilt templates, in which they must find what is wrong.
 *
 * What MiniStack does not show: its administrator is an account's root and above bucket policies, so that another
 * administrator, a user who may do everything, stands for all; its CloudFormation puts a public policy on a bucket that
 * blocks public policies, which S3 refuses; it keeps no access logs, lifecycle or encryption settings from a stack; and
 * each of its accounts is alone in an organization of its own.
 */
import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { after } from 'node:test'
import { CloudFormationClient, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation'
import { CreateAccessKeyCommand, CreateUserCommand, ListUsersCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { isObject, type Json } from '../../src/document.ts'
import { account, aws, awsAs, awsJson, endpoint, environmentOf, live, region, run } from './emulator.ts'
import { readTemplate, templateFile, templateText } from './template.ts'
import { admin, type Credentials, deploy, outputs, present, removeStack, resources } from './world.ts'

// ---- the road to the bucket --------------------------------------------------------------------------------------

/** What comes by this way has come by HTTPS, as far as MiniStack knows: a load balancer that ends TLS. */
const front = createServer((incoming, answer) => {
  const { method, url: path } = incoming
  const headers = { ...incoming.headers, 'x-forwarded-proto': 'https' }
  const onward = request(endpoint, { method, path, headers }, response => {
    answer.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(answer)
  })
  onward.on('error', error => answer.destroy(error))
  incoming.pipe(onward)
})
await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
after(() => {
  front.close()
  front.closeAllConnections()
})
const address = front.address()
assert(typeof address === 'object' && address !== null)
const https = `http://127.0.0.1:${address.port}`

const s3 = (credentials: Credentials, way = https) =>
  new S3Client({ endpoint: way, region, credentials, forcePathStyle: true, maxAttempts: 1 })

// ---- who comes ---------------------------------------------------------------------------------------------------

const stranger: Credentials = { accessKeyId: '111111111111', secretAccessKey: 'test' }
const colleague: Credentials = { accessKeyId: '222222222222', secretAccessKey: 'test' }

/** A user of the bucket's account, with one policy. */
const user = async (UserName: string, PolicyDocument: string): Promise<Credentials> => {
  await admin.iam.send(new CreateUserCommand({ UserName }))
  await admin.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'policy', PolicyDocument }))
  const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: present(AccessKey?.AccessKeyId), secretAccessKey: present(AccessKey?.SecretAccessKey) }
}

const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

type Setting = {
  readonly bucket: string
  readonly publisher: S3Client
  /** May do everything that IAM can allow. */
  readonly administrator: S3Client
  readonly publisherKeys: Credentials
}

const released = 'templates/notes/1.0.0/notes.yaml'

/** Deploys a template, and makes those who work with its bucket; there are objects in it and beside its prefix. */
const settle = async (template: string, parameters: Record<string, string> = {}): Promise<Setting> => {
  const made = await deploy('templates', template, parameters)
  const bucket = present(made['BucketName'])
  const publisherKeys = await user('publisher', present(made['PublisherPolicy']))
  for (const Key of [released, 'drafts/notes.yaml', 'top', 'templatesx/notes.yaml']) {
    await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'one' }))
  }
  return {
    bucket,
    publisher: s3(publisherKeys),
    publisherKeys,
    administrator: s3(await user('administrator', everything)),
  }
}

const good = () => templateText('publication-bucket')

// ---- what a call may answer --------------------------------------------------------------------------------------

const outcome = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'granted',
    (error: unknown) => {
      assert(error instanceof Error)
      // A HEAD has no body to name its error.
      return error.name === 'Forbidden' || error.name === '403' ? 'AccessDenied' : error.name
    },
  )

/** A call that is refused for want of permission, and for no other reason. */
const refused = async (call: Promise<unknown>, what: string) => assert.equal(await outcome(call), 'AccessDenied', what)
const granted = async (call: Promise<unknown>, what: string) => assert.equal(await outcome(call), 'granted', what)

const get = (client: S3Client, Bucket: string, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }))
const list = (client: S3Client, Bucket: string, Prefix?: string) =>
  client.send(new ListObjectsV2Command({ Bucket, ...(Prefix === undefined ? {} : { Prefix }) }))
const put = (client: S3Client, Bucket: string, Key: string, condition: { IfNoneMatch?: string; IfMatch?: string }) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: 'two', ...condition }))
const content = async (Bucket: string, Key: string) =>
  (await admin.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

/** The HTTP status of a request without credentials. */
const anonymous = async (way: string, bucket: string, path: string, init?: RequestInit) => {
  const answer = await fetch(`${way}/${bucket}${path}`, init)
  await answer.text()
  return answer.status
}

// ---- the checks --------------------------------------------------------------------------------------------------

type Check = (setting: Setting) => Promise<void>

const shutsOut =
  (credentials: Credentials): Check =>
  async ({ bucket }) => {
    const other = s3(credentials)
    for (const key of [released, 'drafts/notes.yaml', 'templates/missing']) {
      await refused(get(other, bucket, key), `get ${key}`)
    }
    await changesNothing(credentials)({ bucket })
  }

/** Neither lists, writes nor deletes. */
const changesNothing =
  (credentials: Credentials) =>
  async ({ bucket }: { bucket: string }) => {
    const other = s3(credentials)
    await refused(list(other, bucket, 'templates/'), 'list')
    await refused(put(other, bucket, 'templates/notes/1.0.1/notes.yaml', { IfNoneMatch: '*' }), 'put')
    await refused(other.send(new DeleteObjectCommand({ Bucket: bucket, Key: released })), 'delete')
  }

/** Gets what is under the prefix by its name, also by version, and nothing else. */
const reads =
  (credentials: Credentials): Check =>
  async ({ bucket }) => {
    const other = s3(credentials)
    await granted(get(other, bucket, released), 'get a release')
    const { Versions } = await admin.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: released }))
    const VersionId = present(Versions?.[0]?.VersionId)
    await granted(other.send(new GetObjectCommand({ Bucket: bucket, Key: released, VersionId })), 'get a version')
    for (const key of ['drafts/notes.yaml', 'top', 'templatesx/notes.yaml', 'templates/missing']) {
      await refused(get(other, bucket, key), `get ${key}`)
    }
    await changesNothing(credentials)({ bucket })
  }

const everybodyReads: Check = async ({ bucket }) => {
  assert.equal(await anonymous(https, bucket, `/${released}`), 200, 'anonymous')
  for (const path of ['/drafts/notes.yaml', '/top', '/templatesx/notes.yaml', '/templates/missing', '/', '/?policy']) {
    assert.equal(await anonymous(https, bucket, path), 403, `anonymous: ${path}`)
  }
  assert.equal(await anonymous(https, bucket, '/?list-type=2&prefix=templates/'), 403, 'anonymous: list')
  for (const method of ['PUT', 'DELETE']) {
    assert.equal(await anonymous(https, bucket, `/${released}`, { method }), 403, `anonymous: ${method}`)
  }
}

const nobodyReads: Check = async ({ bucket }) => {
  for (const path of [`/${released}`, '/top', '/', '/?list-type=2&prefix=templates/']) {
    assert.equal(await anonymous(https, bucket, path), 403, `anonymous: ${path}`)
  }
}

/** By plain HTTP nobody gets anything, whatever IAM allows. */
const tlsOnly: Check = async ({ bucket, publisherKeys }) => {
  const plain = s3(publisherKeys, endpoint)
  await refused(get(plain, bucket, released), 'get by HTTP')
  await refused(put(plain, bucket, 'templates/notes/1.0.1/notes.yaml', { IfNoneMatch: '*' }), 'put by HTTP')
  await refused(list(plain, bucket, 'templates/'), 'list by HTTP')
  assert.equal(await anonymous(endpoint, bucket, `/${released}`), 403, 'anonymous by HTTP')
}

/** An upload in parts, completed with a condition or without one. */
const upload = async (client: S3Client, Bucket: string, Key: string, condition: { IfNoneMatch?: string }) => {
  const at = { Bucket, Key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
  const part = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'two' }))
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] }
  return client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload, ...condition }))
}

const releasesStay: Check = async ({ bucket, publisher, administrator }) => {
  for (const client of [publisher, administrator]) {
    await refused(put(client, bucket, released, {}), 'write over a release')
    await refused(put(client, bucket, 'templates/notes/9.9.9/notes.yaml', {}), 'write without a condition')
    await refused(upload(client, bucket, released, {}), 'write over a release in parts')
    assert.equal(await outcome(put(client, bucket, released, { IfNoneMatch: '*' })), 'PreconditionFailed')
    assert.equal(await outcome(upload(client, bucket, released, { IfNoneMatch: '*' })), 'PreconditionFailed')
    await refused(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: released })), 'delete a release')
  }
  const CopySource = `${bucket}/top`
  await refused(administrator.send(new CopyObjectCommand({ Bucket: bucket, Key: released, CopySource })), 'copy over')
  const { Versions } = await admin.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: released }))
  assert.equal(Versions?.length, 1)
  const version = { Bucket: bucket, Key: released, VersionId: Versions?.[0]?.VersionId }
  await refused(administrator.send(new DeleteObjectCommand(version)), 'delete a version')
  assert.equal(await content(bucket, released), 'one')
}

/** Makes a release once, and what says what is newest as often as need be. */
const publishes: Check = async ({ bucket, publisher, publisherKeys }) => {
  const status = new GetBucketPolicyStatusCommand({ Bucket: bucket })
  await granted(publisher.send(status), 'ask for the status of the policy')
  await granted(put(publisher, bucket, 'templates/notes/1.0.1/notes.yaml', { IfNoneMatch: '*' }), 'make a release')
  await granted(
    upload(publisher, bucket, 'templates/notes/1.0.2/notes.yaml', { IfNoneMatch: '*' }),
    'make one in parts',
  )
  for (const Key of ['templates/index.json', 'templates/notes/latest/notes.yaml']) {
    const head = () => publisher.send(new HeadObjectCommand({ Bucket: bucket, Key }))
    assert.equal(await outcome(head()), 'NotFound', `${Key} is missing, not forbidden`)
    await granted(put(publisher, bucket, Key, { IfNoneMatch: '*' }), `make ${Key}`)
    const { ETag } = await head()
    await granted(put(publisher, bucket, Key, { IfMatch: present(ETag) }), `write over ${Key}`)
    assert.equal(await outcome(put(publisher, bucket, Key, { IfMatch: '"0"' })), 'PreconditionFailed')
    await granted(get(publisher, bucket, Key), `get ${Key}`)
  }
  const cloudFormation = new CloudFormationClient({
    endpoint: https,
    region,
    credentials: publisherKeys,
    maxAttempts: 1,
  })
  await granted(cloudFormation.send(new ValidateTemplateCommand({ TemplateBody: good() })), 'validate')
}

const publisherStaysInside: Check = async ({ bucket, publisher, publisherKeys }) => {
  for (const key of ['drafts/notes.yaml', 'top', 'templatesx/notes.yaml']) {
    await refused(get(publisher, bucket, key), `get ${key}`)
    await refused(put(publisher, bucket, `${key}.new`, { IfNoneMatch: '*' }), `put ${key}`)
  }
  for (const prefix of [undefined, '', 'templates', 'drafts/']) await refused(list(publisher, bucket, prefix), 'list')
  await refused(publisher.send(new DeleteObjectCommand({ Bucket: bucket, Key: released })), 'delete')
  await refused(publisher.send(new GetBucketPolicyCommand({ Bucket: bucket })), 'read the policy')
  await refused(publisher.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: everything })), 'put a policy')
  await admin.s3.send(new PutObjectCommand({ Bucket: await otherBucket(), Key: released, Body: 'x' }))
  await refused(get(publisher, 'payroll', released), 'get from another bucket')
  const { status, stderr } = await awsAs(publisherKeys, 'iam', 'list-users')
  assert.notEqual(status, 0)
  assert.match(stderr, /AccessDenied/)
}

const otherBucket = async () => {
  const template = { Resources: { Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'payroll' } } } }
  await deploy('other', JSON.stringify(template))
  return 'payroll'
}

/** Block Public Access as it stands: ACLs blocked, policies blocked, ACLs ignored, public buckets restricted. */
const blocked = async (Bucket: string) => {
  const { PublicAccessBlockConfiguration: it } = await admin.s3.send(new GetPublicAccessBlockCommand({ Bucket }))
  return [it?.BlockPublicAcls, it?.BlockPublicPolicy, it?.IgnorePublicAcls, it?.RestrictPublicBuckets]
}

/** The ID of the organization of the colleague's account. */
const organization = async (): Promise<string> => {
  const { status, stdout, stderr } = await awsAs(
    colleague,
    'organizations',
    'describe-organization',
    '--output',
    'json',
  )
  assert.equal(status, 0, stderr)
  const id = /"Id": "(o-[a-z0-9]+)"/.exec(stdout)?.[1]
  return present(id)
}

// ---- the template ------------------------------------------------------------------------------------------------

const second = () => Math.floor(Date.now() / 1000)
let lastDeployed = 0

/** As a person deploys it, without any capability. */
const deployed = async (parameters: Record<string, string>) => {
  // The CLI names its change sets by the second.
  while (second() === lastDeployed) await new Promise(resolve => setTimeout(resolve, 20))
  const overrides = Object.entries(parameters).map(([key, value]) => `${key}=${value}`)
  const { status, stderr } = await aws(
    ...['cloudformation', 'deploy', '--stack-name', 'templates'],
    ...['--template-file', templateFile('publication-bucket')],
    ...(overrides.length === 0 ? [] : ['--parameter-overrides', ...overrides]),
  )
  lastDeployed = second()
  assert.equal(status, 0, stderr)
  return outputs('templates')
}

live('the AWS CLI deploys it without a capability, and changes who reads it in place', async () => {
  const made = await deployed({})
  const bucket = present(made['BucketName'])
  assert.deepEqual(await resources('templates'), { Bucket: bucket, BucketPolicy: `${bucket}-policy` })
  assert.deepEqual(await blocked(bucket), [true, true, true, true])
  const { Status } = await admin.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))
  assert.equal(Status, 'Enabled')
  const { TemplateVersion, PublisherPolicy, ...rest } = made
  assert.match(present(TemplateVersion), /^\d+\.\d+\.\d+$/)
  assert.deepEqual(rest, {
    BucketName: bucket,
    BucketArn: `arn:aws:s3:::${bucket}`,
    Region: region,
    Prefix: 'templates',
    BaseUrl: `https://${bucket}.s3.${region}.amazonaws.com/templates`,
    TemplateId: 'publication-bucket',
  })
  assert.match(present(PublisherPolicy), /^\{\n {2}"Version": "2012-10-17",\n/)
  await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key: released, Body: 'one' }))
  assert.equal(await anonymous(https, bucket, `/${released}`), 403)

  await deployed({ ReadAccess: 'Public' })
  assert.deepEqual(await blocked(bucket), [true, false, true, false])
  assert.equal(await anonymous(https, bucket, `/${released}`), 200)

  await deployed({ ReadAccess: 'Organization', OrganizationId: await organization() })
  assert.deepEqual(await blocked(bucket), [true, true, true, true])
  assert.equal(await anonymous(https, bucket, `/${released}`), 403)
  assert.equal(await outcome(get(s3(colleague), bucket, released)), 'granted')
  assert.equal(present((await resources('templates'))['Bucket']), bucket)
})

live('an organization without its ID is refused before anything is made', async () => {
  const { status, stderr } = await aws(
    ...['cloudformation', 'deploy', '--stack-name', 'templates', '--template-file', templateFile('publication-bucket')],
    ...['--parameter-overrides', 'ReadAccess=Organization'],
  )
  assert.notEqual(status, 0)
  assert.match(stderr, /OrganizationId/)
})

live('the bucket, its policy and its releases outlive the stack', async () => {
  const { bucket } = await settle(good(), { ReadAccess: 'Public' })
  const policy = async () => (await admin.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy
  const before = await policy()
  await removeStack('templates')
  assert.equal(await policy(), before)
  assert.equal(await anonymous(https, bucket, `/${released}`), 200)
})

live('the policy of the output is taken by the AWS CLI as it is', async () => {
  const { PublisherPolicy } = await deploy('templates', good())
  await awsJson('iam', 'create-user', '--user-name', 'publisher')
  const { status, stderr } = await aws(
    ...['iam', 'put-user-policy', '--user-name', 'publisher', '--policy-name', 'publish'],
    ...['--policy-document', present(PublisherPolicy)],
  )
  assert.equal(status, 0, stderr)
  const { Users } = await admin.iam.send(new ListUsersCommand({}))
  assert.deepEqual(
    Users?.map(it => it.Arn),
    [`arn:aws:iam::${account}:user/publisher`],
  )
})

live('a log bucket of its own takes the logs, and outlives the stack too', async () => {
  const made = await deploy('templates', good(), { AccessLogRetentionDays: '30' })
  const logs = present(made['AccessLogBucketName'])
  assert.deepEqual(await blocked(logs), [true, true, true, true])
  await removeStack('templates')
  const { Policy } = await admin.s3.send(new GetBucketPolicyCommand({ Bucket: logs }))
  assert.match(present(Policy), /logging\.s3\.amazonaws\.com/)
})

live('what is private is for the account alone', async () => {
  const setting = await settle(good())
  await nobodyReads(setting)
  await shutsOut(stranger)(setting)
  await granted(get(setting.administrator, setting.bucket, released), 'the account')
})

live('what is public everybody reads, and nobody lists or changes', async () => {
  const setting = await settle(good(), { ReadAccess: 'Public' })
  await everybodyReads(setting)
  await reads(stranger)(setting)
})

live('what is an organization’s its accounts read, and nobody else', async () => {
  const setting = await settle(good(), { ReadAccess: 'Organization', OrganizationId: await organization() })
  await reads(colleague)(setting)
  await shutsOut(stranger)(setting)
  await nobodyReads(setting)
})

live('nothing goes by plain HTTP', async () => tlsOnly(await settle(good(), { ReadAccess: 'Public' })))

live('releases stay as they were published, for administrators too', async () => releasesStay(await settle(good())))

live('a publisher makes releases once, and says again and again what is newest', async () =>
  publishes(await settle(good())),
)

live('a publisher reaches nothing but the prefix', async () => publisherStaysInside(await settle(good())))

live('who updates the stack can take a release back, and nothing is lost of it', async () => {
  const { bucket, administrator } = await settle(good())
  await deploy('templates', good(), { ProtectReleases: 'false' })
  await granted(administrator.send(new DeleteObjectCommand({ Bucket: bucket, Key: released })), 'delete')
  const { Versions, DeleteMarkers } = await admin.s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: released }),
  )
  assert.deepEqual([Versions?.length, DeleteMarkers?.length], [1, 1])
})

// ---- poolform publish ---------------------------------------------------------------------------------------------

/** Publishes this project's own templates, as the caller. */
const poolformPublish = (caller: Credentials, bucket: string, ...more: string[]) => {
  const at = ['--bucket', bucket, '--prefix', 'templates', '--region', region, '--endpoint-url', https]
  // Linting is for the build's tests.
  return run(process.execPath, ['lib/cli.cjs', 'publish', '--no-lint', ...at, ...more], environmentOf(caller))
}

const names = ['identity-pool', 'identity-pool-tutorial', 'notes-app', 'publication-bucket']

for (const ReadAccess of ['Public', 'Private']) {
  live(`poolform publish publishes into a ${ReadAccess} bucket with the output’s policy alone`, async () => {
    const { bucket, publisherKeys } = await settle(good(), { ReadAccess })
    const first = await poolformPublish(publisherKeys, bucket)
    assert.equal(first.status, 0, `${first.stdout}${first.stderr}`)
    assert.match(first.stdout, /objects as published, fetched .*; 8 templates judged by CloudFormation/)
    // that this version has no section of the changelog yet is no matter of the bucket
    assert.doesNotMatch(first.stderr, /^(?!CHANGELOG\.md: ).*: warning: /m)
    const index: Json = JSON.parse(present(await content(bucket, 'templates/index.json')))
    assert(isObject(index) && isObject(index['templates']))
    assert.deepEqual(Object.keys(index['templates']), names)
    for (const name of names) {
      assert.equal(await content(bucket, `templates/${name}/latest/${name}.yaml`), templateText(name))
    }
    const page = await anonymous(https, bucket, '/templates/identity-pool/latest/index.html')
    assert.equal(page, ReadAccess === 'Public' ? 200 : 403)

    const versions = async () => {
      const { Versions } = await admin.s3.send(new ListObjectVersionsCommand({ Bucket: bucket }))
      return Versions?.map(it => `${it.Key} ${it.VersionId}`)
    }
    const before = await versions()
    const again = await poolformPublish(publisherKeys, bucket)
    assert.equal(again.status, 0, `${again.stdout}${again.stderr}`)
    assert.deepEqual(await versions(), before)

    const whole = await poolformPublish(publisherKeys, bucket, '--verify')
    assert.equal(whole.status, 0, `${whole.stdout}${whole.stderr}`)
    const [broken = ''] = before?.filter(it => /identity-pool\/\d.*\.yaml /.test(it)) ?? []
    const Key = present(broken.split(' ')[0])
    // As only the emulator's root can.
    await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'two', ContentType: 'application/yaml' }))
    const bad = await poolformPublish(publisherKeys, bucket, '--verify')
    assert.equal(bad.status, 1)
    assert.match(bad.stderr, new RegExp(`${Key} has the SHA-256`))
  })
}

live('poolform publish by who has no permission writes nothing, and says which is lacking', async () => {
  const { bucket } = await settle(good())
  const other = present((await deploy('elsewhere', good()))['PublisherPolicy'])
  const { status, stderr } = await poolformPublish(await user('guest', other), bucket)
  assert.equal(status, 1)
  assert.match(stderr, /may not do s3:GetObject on .*\/templates\/index\.json/)
  const { Contents } = await list(admin.s3, bucket, 'templates/')
  assert.deepEqual(
    Contents?.map(it => it.Key),
    [released],
  )
})

// ---- spoilt templates --------------------------------------------------------------------------------------------

/** The template with the statements of its bucket's policy changed, or its output. */
const spoilt = (change: (statements: readonly Json[]) => readonly Json[], publisher = (text: string) => text) => {
  const document = readTemplate('publication-bucket')
  const policy = document.Resources['BucketPolicy']
  assert(isObject(policy) && isObject(policy['Properties']) && isObject(policy['Properties']['PolicyDocument']))
  const { Statement } = policy['Properties']['PolicyDocument']
  const output = document.Outputs?.['PublisherPolicy']
  assert(Array.isArray(Statement) && isObject(output) && isObject(output['Value']))
  const text = output['Value']['Fn::Sub']
  assert(typeof text === 'string')
  const changed = {
    ...document,
    Resources: {
      ...document.Resources,
      BucketPolicy: {
        ...policy,
        Properties: {
          ...policy['Properties'],
          PolicyDocument: { Version: '2012-10-17', Statement: change(Statement) },
        },
      },
    },
    Outputs: { ...document.Outputs, PublisherPolicy: { Value: { 'Fn::Sub': publisher(text) } } },
  }
  const after = JSON.stringify(changed)
  assert.notEqual(after, JSON.stringify(document))
  return after
}

const without = (sid: string) =>
  spoilt(statements => statements.filter(statement => !JSON.stringify(statement).includes(`"${sid}"`)))

const replaced = (from: string, to: string) =>
  spoilt(statements => {
    const changed: Json = JSON.parse(JSON.stringify(statements).replaceAll(from, to))
    assert(Array.isArray(changed))
    return changed
  })

const mistakes: readonly (readonly [string, () => string, Record<string, string>, Check, RegExp])[] = [
  ['without the TLS statement', () => without('TlsOnly'), {}, tlsOnly, /by HTTP/],
  [
    'with the whole bucket for everybody',
    () => replaced('${Bucket}/${Prefix}/*"', '${Bucket}/*"'),
    { ReadAccess: 'Public' },
    everybodyReads,
    /drafts/,
  ],
  [
    'with a prefix that is no folder',
    () => replaced('${Bucket}/${Prefix}/*"', '${Bucket}/${Prefix}*"'),
    { ReadAccess: 'Public' },
    everybodyReads,
    /templatesx/,
  ],
  [
    'with listing for everybody',
    () =>
      spoilt(statements => [
        ...statements,
        { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } },
      ]),
    { ReadAccess: 'Public' },
    everybodyReads,
    /anonymous: /,
  ],
  ['without the statement of single writes', () => without('ReleasesAreWrittenOnce'), {}, releasesStay, /write over/],
  ['without the statement of deletions', () => without('NothingIsDeleted'), {}, releasesStay, /delete a/],
  [
    'where what is newest is written once too',
    () => replaced('${Prefix}/*/latest/*', '${Prefix}/newest'),
    {},
    publishes,
    /write over .*latest/,
  ],
  [
    'where a publisher lists nothing',
    () =>
      spoilt(
        it => it,
        text => text.replace('s3:ListBucket', 's3:ListBucketVersions'),
      ),
    {},
    publishes,
    /missing, not forbidden/,
  ],
  [
    'where a publisher does not know whether readers are blocked',
    () =>
      spoilt(
        it => it,
        text => text.replace('s3:GetBucketPolicyStatus', 's3:GetBucketTagging'),
      ),
    {},
    publishes,
    /status of the policy/,
  ],
  [
    'where a publisher has the bucket',
    () =>
      spoilt(
        it => it,
        text => text.replace('${Bucket}/${Prefix}/*', '${Bucket}/*'),
      ),
    {},
    publisherStaysInside,
    /get drafts/,
  ],
]

for (const [name, template, parameters, check, message] of mistakes) {
  live(`a template ${name} is found out`, async () => {
    const setting = await settle(template(), parameters)
    await assert.rejects(check(setting), error => error instanceof assert.AssertionError && message.test(error.message))
  })
}
