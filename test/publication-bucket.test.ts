import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import { check } from '../src/check/index.ts'
import { type Document, isObject, type Json, type JsonObject } from '../src/document.ts'
import { emit } from '../src/emit.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { compileValidator } from '../src/knowledge/validator.ts'
import { link } from '../src/link.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { type Deployment, refusals, resolve } from './support/resolve.ts'

const linked = link(publicationBucket, { id: 'publication-bucket', version: '1.2.3' })
const { document } = linked

const OrganizationId = 'o-a1b2c3d4e5'

const tlsOnly = (bucket: string) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [bucket, `${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
})

const protection = (bucket: string, prefix = 'templates') => [
  {
    Sid: 'ReleasesAreWrittenOnce',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    NotResource: [`${bucket}/${prefix}/index.json`, `${bucket}/${prefix}/*/latest/*`],
    Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  },
  {
    Sid: 'NothingIsDeleted',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
    Resource: `${bucket}/*`,
  },
]

const read = (bucket: string, prefix = 'templates') => ({
  Effect: 'Allow',
  Principal: '*',
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: `${bucket}/${prefix}/*`,
})

const partitions = [
  ['us-east-1', 'aws', 'amazonaws.com'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
] as const

for (const [region, partition, suffix] of partitions) {
  const place = { region, partition }
  const bucket = `arn:${partition}:s3:::<Bucket>`

  test(`in ${partition} the private bucket refuses what is not TLS, protects its releases, and lets nobody in`, () => {
    const deployment = { ...place }
    assert.deepEqual(statements('BucketPolicy', deployment), [tlsOnly(bucket), ...protection(bucket)])
    assert.deepEqual(blockedPublicAccess(deployment), [true, true, true, true])
  })

  test(`in ${partition} one organization reads what is under the prefix, and public access stays blocked`, () => {
    const deployment = { ...place, parameters: { ReadAccess: 'Organization', OrganizationId } }
    assert.deepEqual(statements('BucketPolicy', deployment), [
      tlsOnly(bucket),
      ...protection(bucket),
      {
        Sid: 'OrganizationRead',
        ...read(bucket),
        Condition: { StringEquals: { 'aws:PrincipalOrgID': OrganizationId } },
      },
    ])
    assert.deepEqual(blockedPublicAccess(deployment), [true, true, true, true])
  })

  test(`in ${partition} everybody reads what is under the prefix and lists nothing, and ACLs stay blocked`, () => {
    const deployment = { ...place, parameters: { ReadAccess: 'Public', Prefix: 'a/b' } }
    assert.deepEqual(statements('BucketPolicy', deployment), [
      tlsOnly(bucket),
      ...protection(bucket, 'a/b'),
      { Sid: 'PublicRead', ...read(bucket, 'a/b') },
    ])
    assert.deepEqual(blockedPublicAccess(deployment), [true, false, true, false])
  })

  test(`in ${partition} the log bucket takes the logs of the bucket beside it, and nothing from anybody else`, () => {
    const logs = `arn:${partition}:s3:::<AccessLogBucket>`
    assert.deepEqual(statements('AccessLogBucketPolicy', { ...place, parameters: { AccessLogRetentionDays: '30' } }), [
      tlsOnly(logs),
      {
        Sid: 'LogDelivery',
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `${logs}/*`,
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': bucket },
        },
      },
    ])
  })

  test(`in ${partition} the outputs say where to publish, with what permissions, and where it is read`, () => {
    const { PublisherPolicy, ...outputs } = resolve(document, { ...place, parameters: { Prefix: 'a/b' } }).Outputs
    assert.deepEqual(outputs, {
      BucketName: '<Bucket>',
      BucketArn: bucket,
      Region: region,
      Prefix: 'a/b',
      BaseUrl: `https://<Bucket>.s3.${region}.${suffix}/a/b`,
      TemplateId: 'publication-bucket',
      TemplateVersion: '1.2.3',
    })
    assert.deepEqual(JSON.parse(String(PublisherPolicy)), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ReadAndWrite',
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:PutObject'],
          Resource: `${bucket}/a/b/*`,
        },
        {
          Sid: 'KnowWhatIsMissing',
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: bucket,
          Condition: { StringLike: { 's3:prefix': 'a/b/*' } },
        },
        {
          Sid: 'KnowWhetherReadersAreBlocked',
          Effect: 'Allow',
          Action: 's3:GetBucketPolicyStatus',
          Resource: bucket,
        },
        { Sid: 'ValidateTemplate', Effect: 'Allow', Action: 'cloudformation:ValidateTemplate', Resource: '*' },
      ],
    })
  })
}

test('the publisher’s policy is one that our own checks find nothing wrong with, and fits a user’s inline policies', () => {
  const { PublisherPolicy } = resolve(document, { parameters: { Prefix: 'x'.repeat(128) } }).Outputs
  const text = String(PublisherPolicy).replaceAll('<Bucket>', 'x'.repeat(63))
  const PolicyDocument: Json = JSON.parse(text)
  const managed: Document = {
    Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } } },
  }
  const knowledge = readKnowledge({
    assets: join(import.meta.dirname, '..'),
    cacheFolder: undefined,
    engine: 'test',
    loadCompiler: () => compileValidator,
  })
  assert.deepEqual(check(managed, JSON.stringify(managed), knowledge), [])
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: 2,048 characters without white space.
  assert.ok(text.replaceAll(/\s/g, '').length < 2_048)
})

test('unprotected, releases can be written over and deleted by those whom IAM allows it', () => {
  assert.deepEqual(statements('BucketPolicy', { parameters: { ProtectReleases: 'false' } }), [
    tlsOnly('arn:aws:s3:::<Bucket>'),
  ])
})

test('the bucket keeps every version, encrypts with keys of Amazon S3 and gives up only what nobody completed', () => {
  const { Resources } = resolve(document)
  assert.deepEqual(Object.keys(Resources), ['Bucket', 'BucketPolicy'])
  assert.deepEqual(Resources['Bucket']?.Properties, {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: [
        { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      ],
    },
  })
  assert.equal(Resources['BucketPolicy']?.Properties['Bucket'], '<Bucket>')
})

test('access logs go to a bucket of their own that nobody reads and that forgets, or to one that is there', () => {
  const own = resolve(document, { parameters: { AccessLogRetentionDays: '30' } })
  assert.deepEqual(own.Resources['Bucket']?.Properties['LoggingConfiguration'], {
    DestinationBucketName: '<AccessLogBucket>',
    LogFilePrefix: 'stack/',
  })
  assert.deepEqual(own.Resources['AccessLogBucket']?.Properties, {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: {
      Rules: [
        { Id: 'old-logs', Status: 'Enabled', ExpirationInDays: '30' },
        { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      ],
    },
  })
  assert.equal(own.Outputs['AccessLogBucketName'], '<AccessLogBucket>')

  const there = resolve(document, { parameters: { AccessLogBucketName: 'company.logs' } })
  assert.deepEqual(Object.keys(there.Resources), ['Bucket', 'BucketPolicy'])
  assert.deepEqual(there.Resources['Bucket']?.Properties['LoggingConfiguration'], {
    DestinationBucketName: 'company.logs',
    LogFilePrefix: 'stack/',
  })
})

test('everything outlives the stack, and only the bucket’s name replaces the bucket', () => {
  for (const [id, declaration] of Object.entries(document.Resources)) {
    assert.ok(isObject(declaration))
    const { DeletionPolicy, UpdateReplacePolicy } = declaration
    assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['RetainExceptOnCreate', 'Retain'], id)
  }
  // createOnly in the registry schema: BucketName, BucketNamePrefix and BucketNamespace; of a policy, Bucket.
  const names = new Set(JSON.stringify(document.Resources).match(/"BucketName\w*":|"BucketNamespace":/g))
  assert.deepEqual([...names], ['"BucketName":'])
  const named = resolve(document, { parameters: { BucketName: 'acme-templates' } }).Resources['Bucket']
  assert.equal(named?.Properties['BucketName'], 'acme-templates')
})

test('it asks for no capability, and deploys as it is, without a bucket to upload it to', () => {
  assert.doesNotMatch(JSON.stringify(document), /AWS::IAM::|"Transform"|Custom::|AWS::Lambda/)
  const text = emit(document, { header: ['publication-bucket 1.2.3'], comments: linked.comments })
  assert.ok(Buffer.byteLength(text) < 51_200, `${Buffer.byteLength(text)} bytes`)
})

/** Per parameter: values that deploy, and values that could widen a policy, break a link or mean nothing. */
const values: Readonly<Record<string, readonly [accepted: readonly string[], refused: readonly string[]]>> = {
  BucketName: [
    ['', 'acme-templates', '012', 'x'.repeat(63)],
    [
      ...['*', 'a*', 'a.b', 'ab', '-ab', 'ab-', 'Acme', 'a b', 'a/b', '${x}', 'x'.repeat(64)],
      ...['xn--acme', 'sthree-acme', 'amzn-s3-demo-acme', 'acme-s3alias', 'acme--ol-s3', 'a--usw2-az1--x-s3'],
    ],
  ],
  Prefix: [
    ['templates', 'a/b/c', 'v1.0_x-y', 'x'.repeat(128)],
    [
      ...['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a b', 'a%20b', 'é', 'x'.repeat(129)],
      ...['*', 'a*', 'a/*', 'a?', '${aws:username}', '$x', '"a', 'a\\b', 'a\n'],
    ],
  ],
  ReadAccess: [
    ['Private', 'Public'],
    ['', 'public', '*'],
  ],
  OrganizationId: [
    ['o-a1b2c3d4e5', `o-${'x'.repeat(32)}`],
    ['*', 'o-*', 'o-short', 'ou-ab12-a1b2c3d4', 'O-A1B2C3D4E5', `o-${'x'.repeat(33)}`, 'o-a1b2c3d4e5,o-a1b2c3d4e6'],
  ],
  ProtectReleases: [
    ['true', 'false'],
    ['', 'yes', 'True'],
  ],
  AccessLogRetentionDays: [
    ['', '1', '365', '9999'],
    ['0', '007', '-1', '1.5', '10000', 'ever'],
  ],
  AccessLogBucketName: [
    ['', 'logs', 'company.logs'],
    ['*', 'a/b', 'arn:aws:s3:::logs', 'Logs', 'a..b', 'x'.repeat(64)],
  ],
}

for (const [id, [accepted, refused]] of Object.entries(values)) {
  test(`${id} of publication-bucket takes what it should and refuses the rest in words`, () => {
    const declaration = document.Parameters?.[id]
    const constraint = isObject(declaration) ? declaration['ConstraintDescription'] : undefined
    assert.ok(typeof constraint === 'string')
    const said = (value: string) =>
      refusals(document, { parameters: { [id]: value } }).filter(it => it.startsWith(`${id}:`))
    for (const value of accepted) assert.deepEqual(said(value), [], value)
    for (const value of refused) assert.deepEqual(said(value), [`${id}: ${constraint}`], value)
  })
}

test('every parameter of publication-bucket is tried above, and has words for its form', () => {
  const form = JSON.stringify(document.Metadata)
  assert.deepEqual(Object.keys(document.Parameters ?? {}), Object.keys(values))
  for (const [id, declaration] of Object.entries(document.Parameters ?? {})) {
    assert.ok(isObject(declaration))
    for (const key of ['Description', 'ConstraintDescription', 'Default'])
      assert.equal(typeof declaration[key], 'string', `${id}.${key}`)
    assert.match(form, new RegExp(`"ParameterLabels":.*"${id}":`))
    assert.match(form, new RegExp(`"Parameters":\\[[^\\]]*"${id}"`))
  }
})

/** One combination for each assertion, which it alone refuses. */
const senseless: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ['an organization without its ID', { ReadAccess: 'Organization' }, /Organization needs OrganizationId/],
  ['an organization that does not read', { OrganizationId }, /OrganizationId needs ReadAccess Organization/],
  [
    'an organization that reads what everybody reads',
    { OrganizationId, ReadAccess: 'Public' },
    /OrganizationId needs ReadAccess Organization/,
  ],
  ['access logs in two places', { AccessLogRetentionDays: '1', AccessLogBucketName: 'logs' }, /exclude each other/],
]

for (const [name, parameters, message] of senseless) {
  test(`${name} is refused before anything is made, in words`, () => {
    const [refusal, ...others] = refusals(document, { parameters })
    assert.match(refusal ?? '', message)
    assert.deepEqual(others, [])
  })
}

test('every assertion of the Rules of publication-bucket has a combination above', () => {
  const assertions = JSON.stringify(document.Rules).match(/"AssertDescription":"[^"]+"/g) ?? []
  assert.equal(assertions.length, 3)
  assert.deepEqual(
    assertions.filter(it => !senseless.some(([, , message]) => message.test(it))),
    [],
  )
})

function statements(policy: string, deployment: Deployment): Json | undefined {
  const found = resolve(document, deployment).Resources[policy]?.Properties['PolicyDocument']
  assert.ok(isObject(found))
  assert.equal(found['Version'], '2012-10-17')
  return found['Statement']
}

/** Whether ACLs are blocked, policies are blocked, ACLs are ignored and public buckets are restricted. */
function blockedPublicAccess(deployment: Deployment): readonly (Json | undefined)[] {
  const block: Json | undefined = resolve(document, deployment).Resources['Bucket']?.Properties[
    'PublicAccessBlockConfiguration'
  ]
  const settings: JsonObject = isObject(block) ? block : {}
  return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].map(it => settings[it])
}
