/** What publishing makes of the answers of an S3 and a CloudFormation that are not made for the test. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3'
import { cloudFormationValidator } from '../../src/publish/cloudformation.ts'
import { fetchPublic } from '../../src/publish/fetch-public.ts'
import { s3Store } from '../../src/publish/s3.ts'
import { type NewObject, StoreError, type StoreErrorCode } from '../../src/publish/store.ts'
import { endpoint, live, region } from './emulator.ts'
import { templateText } from './template.ts'
import { admin, type Credentials, present } from './world.ts'

const bucket = 'our-templates'

const object = (key: string, text: string): NewObject => ({
  ...{ key, body: Buffer.from(text), contentType: 'application/yaml', cacheControl: 'no-cache' },
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const makeBucket = async () => {
  await admin.s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const VersioningConfiguration = { Status: 'Enabled' as const }
  await admin.s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
}

const user = async (UserName: string, ...actions: readonly string[]): Promise<Credentials> => {
  await admin.iam.send(new CreateUserCommand({ UserName }))
  if (actions.length > 0) {
    const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await admin.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'policy', PolicyDocument }))
  }
  const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: present(AccessKey?.AccessKeyId), secretAccessKey: present(AccessKey?.SecretAccessKey) }
}

const place = { region, endpointUrl: endpoint }

/** With the keys in the environment, where publishing finds them. */
const as = async <T>({ accessKeyId, secretAccessKey }: Credentials, run: () => Promise<T>): Promise<T> => {
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey
  return run()
}

const root: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

const refused = async (promise: Promise<unknown>, code: StoreErrorCode, message: RegExp) => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert(error instanceof StoreError, String(error))
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
}

live('an object is written once, replaced only from what it was, and told as it is', () =>
  as(root, async () => {
    await makeBucket()
    const store = s3Store({ ...place, bucket })
    const key = `pools/1.0.0+build.1/ü (1)'%.yaml`
    assert.equal(await store.head(key), undefined)
    assert.equal(await store.get(key), undefined)

    assert.equal(await store.put(object(key, 'one'), { ifAbsent: true }), 'written')
    const first = present(await store.head(key))
    assert.equal(first.sha256, sha256('one'))
    present(first.versionId)
    const age = Date.now() - Date.parse(first.lastModified)
    assert.equal(age > -5000 && age < 60_000, true, `written ${age} ms ago`)
    assert.equal(await store.put(object(key, 'two'), { ifAbsent: true }), 'taken')

    assert.equal(await store.put(object(key, 'two'), { ifMatch: first.etag }), 'written')
    assert.equal(await store.put(object(key, 'three'), { ifMatch: first.etag }), 'taken')
    assert.equal(await store.put(object('none', 'three'), { ifMatch: first.etag }), 'taken')
    const got = present(await store.get(key))
    assert.equal(got.body.toString(), 'two')
    assert.notEqual(got.versionId, first.versionId)
    assert.equal(got.contentType, 'application/yaml')
  }),
)

live('of two who write at once one wins, and the other is told', () =>
  as(root, async () => {
    await makeBucket()
    const stores = Array.from({ length: 8 }, () => s3Store({ ...place, bucket }))
    const written = await Promise.all(stores.map((store, i) => store.put(object('k', `text ${i}`), { ifAbsent: true })))
    assert.equal(written.filter(one => one !== 'taken').length, 1)
    const won = written.findIndex(one => one !== 'taken')
    assert.equal((await stores[0]?.get('k'))?.body.toString(), `text ${won}`)
  }),
)

live('a bucket that is not there is told from a key that is not', () =>
  as(root, async () => {
    const store = s3Store({ ...place, bucket: 'nobodys' })
    await refused(store.head('k'), 'no-bucket', /no bucket nobodys/)
    await refused(store.get('k'), 'no-bucket', /no bucket nobodys/)
    await refused(store.put(object('k', 'one'), { ifAbsent: true }), 'no-bucket', /no bucket nobodys/)
  }),
)

live('who may not is told what', async () => {
  await makeBucket()
  const reader = await user('reader', 's3:GetObject', 's3:ListBucket')
  const nobody = await user('nobody')
  await as(reader, async () => {
    const store = s3Store({ ...place, bucket })
    assert.equal(await store.head('k'), undefined)
    const put = store.put(object('k', 'one'), { ifAbsent: true })
    await refused(put, 'no-permission', /may not do s3:PutObject on arn:aws:s3:::our-templates\/k/)
    const said = await cloudFormationValidator(place)(`${endpoint}/${bucket}/k`)
    assert(said.kind === 'unasked', said.kind)
    assert.match(said.reason, /cloudformation:ValidateTemplate/)
  })
  await as(nobody, async () => {
    await refused(s3Store({ ...place, bucket }).head('k'), 'no-permission', /s3:(?:GetObject|ListBucket)/)
    await refused(s3Store({ ...place, bucket }).get('k'), 'no-permission', /s3:(?:GetObject|ListBucket)/)
  })
  await as({ ...reader, accessKeyId: 'AKIAUNKNOWNTOALL0000' }, async () => {
    await refused(s3Store({ ...place, bucket }).get('k'), 'bad-credentials', /does not know the access key/)
  })
})

live('CloudFormation reads what is published, and says what is wrong with it', () =>
  as(root, async () => {
    await makeBucket()
    const store = s3Store({ ...place, bucket })
    await store.put(object('good.yaml', templateText('identity-pool')), { ifAbsent: true })
    await store.put(object('bad.yaml', 'Resources: ['), { ifAbsent: true })
    const ask = cloudFormationValidator(place)
    assert.deepEqual(await ask(`${endpoint}/${bucket}/good.yaml`), { kind: 'valid' })
    assert.equal((await ask(`${endpoint}/${bucket}/bad.yaml`)).kind, 'invalid')
  }),
)

live('anybody gets what the bucket lets anybody get, and nothing else', () =>
  as(root, async () => {
    await makeBucket()
    const store = s3Store({ ...place, bucket })
    await store.put(object('open/a b.yaml', 'one'), { ifAbsent: true })
    await store.put(object('shut/k.yaml', 'one'), { ifAbsent: true })
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/open/*` },
    ]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await admin.s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }))
    await admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
    const fetched = await fetchPublic(`${endpoint}/${bucket}/open/a%20b.yaml`)
    const { status, contentType, body } = fetched
    assert.deepEqual([status, contentType, body.toString()], [200, 'application/yaml', 'one'])
    assert.equal((await fetchPublic(`${endpoint}/${bucket}/shut/k.yaml`)).status, 403)
  }),
)
