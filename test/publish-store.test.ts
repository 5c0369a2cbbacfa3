/** What publishing says to S3 and CloudFormation over the network, and makes of the answers: a stub answers as AWS does. */
import assert from 'node:assert/strict'
import { createHash, createSign, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Patience } from '../src/aws/client.ts'
import { agents, isDirect } from '../src/aws/transport.ts'
import { cloudFormationValidator } from '../src/publish/cloudformation.ts'
import { storeError } from '../src/publish/errors.ts'
import { fetchPublic } from '../src/publish/fetch-public.ts'
import { privacyOf, s3Store } from '../src/publish/s3.ts'
import { type NewObject, StoreError, type StoreErrorCode } from '../src/publish/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'poolform-store-'))
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

// from the first client of the SDK's on: it warns once
const warnings: string[] = []
process.on('warning', warning => warnings.push(warning.message))

// ---- the stub ----------------------------------------------------------------------------------------------------

type Asked = { method: string; url: string; headers: Readonly<Record<string, string>>; body: Buffer }
type Answer = { status?: number; headers?: Readonly<Record<string, string>>; body?: string | Buffer }
/** `hang`: no answer ever comes; `break`: the connection does, `cut`: when half of the body is sent. */
type Reply = (Answer & { cut?: true }) | 'hang' | 'break'

const servers = new Set<Server>()
after(() => {
  for (const server of servers) server.closeAllConnections()
})

async function listen(server: Server): Promise<number> {
  servers.add(server)
  server.unref()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return portOf(server)
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  assert(typeof address === 'object' && address !== null)
  return address.port
}

async function stub(reply: (asked: Asked, count: number) => Reply) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then(body => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: flat(request.headers), body })
      give(response, reply({ ...last(asked) }, asked.length))
    })
  })
  return { endpointUrl: `http://127.0.0.1:${await listen(server)}`, asked }
}

function give(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'break') return void response.socket?.destroy()
  const { status = 200, headers = {}, body = '' } = reply
  response.writeHead(status, { 'x-amz-request-id': 'REQUEST1', 'x-amz-id-2': 'HOST1', ...headers })
  if (reply.cut) response.write(body.slice(0, body.length / 2), () => response.socket?.destroy())
  else response.end(body)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

const flat = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

function last<T>(list: readonly T[]): T {
  const found = list.at(-1)
  assert(found !== undefined)
  return found
}

/** As S3 writes it: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const refusal = (status: number, code: string, message: string, details = '', headers = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', ...headers },
  body:
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${details}` +
    '<RequestId>REQUEST1</RequestId><HostId>HOST1</HostId></Error>',
})

const region = 'eu-west-1'
const brief: Partial<Patience> = { attempts: 3, silence: 500, connection: 500 }

const store = (endpointUrl: string, patience = brief) => s3Store({ bucket: 'templates', region, endpointUrl }, patience)

const body = Buffer.from('AWSTemplateFormatVersion: "2010-09-09"\n')
const sha256 = createHash('sha256').update(body).digest('hex')
const checksum = Buffer.from(sha256, 'hex').toString('base64')

const object: NewObject = {
  key: 'pools/identity-pool/1.2.0/identity-pool.yaml',
  body,
  contentType: 'application/yaml',
  cacheControl: 'public, max-age=31536000, immutable',
}

const written: Answer = {
  headers: { etag: '"e1"', 'x-amz-version-id': 'v1', date: 'Mon, 23 Nov 2026 04:00:07 GMT' },
}

const standing = (content = body): Answer => ({
  headers: {
    etag: '"e1"',
    'x-amz-version-id': 'v1',
    'content-type': 'application/yaml',
    'content-length': String(content.length),
    'last-modified': 'Mon, 23 Nov 2026 04:00:06 GMT',
    'x-amz-checksum-sha256': createHash('sha256').update(content).digest('base64'),
  },
  body: content,
})

const taken = refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
const conflict = refusal(409, 'ConditionalRequestConflict', 'The conditional request cannot succeed due to a conflict')
const noKey = refusal(404, 'NoSuchKey', 'The specified key does not exist.', `<Key>${object.key}</Key>`)

async function failure(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert(error instanceof StoreError, `a StoreError, not ${error}`)
  return error
}

// ---- what is sent, what comes back -------------------------------------------------------------------------------

describe('a put', () => {
  test('sends the bytes, their SHA-256 and the condition, and nothing that was not asked for', async () => {
    const { endpointUrl, asked } = await stub(() => written)
    const put = await store(endpointUrl).put(object, { ifAbsent: true })
    assert.equal(asked.length, 1)
    const { method, url, headers, body: sent } = last(asked)
    assert.equal(`${method} ${url}`, `PUT /templates/${object.key}?x-id=PutObject`)
    assert.deepEqual(sent, body)
    const own = Object.entries(headers).filter(([name]) => !/^(?:host|connection|user-agent|amz-sdk-.*)$/.test(name))
    const signing = ['authorization', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-user-agent']
    assert.deepEqual(Object.fromEntries(own.filter(([name]) => !signing.includes(name))), {
      'content-type': 'application/yaml',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': String(body.length),
      'x-amz-checksum-sha256': checksum,
      'if-none-match': '*',
    })
    // the signature covers what matters, the bytes too
    assert.equal(headers['x-amz-content-sha256'], sha256)
    assert.match(headers['authorization'] ?? '', /\/eu-west-1\/s3\/aws4_request, SignedHeaders=[^,]*if-none-match;/)
    assert.match(headers['user-agent'] ?? '', / poolform\b/)
    assert.equal(put, 'written')
  })

  test('of what must still be the same sends its ETag', async () => {
    const { endpointUrl, asked } = await stub(() => written)
    await store(endpointUrl).put(object, { ifMatch: '"e0"' })
    assert.equal(last(asked).headers['if-match'], '"e0"')
    assert.equal(last(asked).headers['if-none-match'], undefined)
  })

  test('percent-encodes the key', async () => {
    const { endpointUrl, asked } = await stub(() => written)
    await store(endpointUrl).put({ ...object, key: `my pools/ü+(1)'%?#&=.yaml` }, { ifAbsent: true })
    assert.equal(last(asked).url, '/templates/my%20pools/%C3%BC%2B%281%29%27%25%3F%23%26%3D.yaml?x-id=PutObject')
  })

  test('whose condition does not hold is taken, after one request', async () => {
    for (const reply of [taken, noKey]) {
      const { endpointUrl, asked } = await stub(() => reply)
      assert.equal(await store(endpointUrl).put(object, { ifMatch: '"e0"' }), 'taken')
      assert.equal(asked.length, 1)
    }
  })

  test('whose answer is lost is found to stand there, though the store then says 412', async () => {
    const { endpointUrl, asked } = await stub(({ method }, count) =>
      method === 'GET' ? standing() : count === 1 ? 'break' : taken,
    )
    const put = await store(endpointUrl).put(object, { ifAbsent: true })
    assert.deepEqual(
      asked.map(({ method }) => method),
      ['PUT', 'PUT', 'GET'],
    )
    assert.equal(put, 'found')
  })

  test('whose answer is lost is taken where somebody else’s bytes stand', async () => {
    const { endpointUrl } = await stub(({ method }, count) =>
      method === 'GET' ? standing(Buffer.from('another')) : count === 1 ? 'break' : taken,
    )
    assert.equal(await store(endpointUrl).put(object, { ifAbsent: true }), 'taken')
  })

  test('that is refused after the store has failed for the moment is none that it has ignored the condition of', async () => {
    const failing = refusal(503, 'ServiceUnavailable', 'Service is unable to handle request.')
    const { endpointUrl } = await stub(({ method }, count) =>
      method === 'GET' ? standing() : count === 1 ? failing : taken,
    )
    assert.equal(await store(endpointUrl).put(object, { ifMatch: '"0"' }), 'found')
  })

  test('that meets another writer tries again, and is taken if that goes on', async () => {
    const short = await stub((_, count) => (count < 3 ? conflict : written))
    assert.equal(await store(short.endpointUrl).put(object, { ifAbsent: true }), 'written')
    assert.equal(short.asked.length, 3)
    const long = await stub(() => conflict)
    assert.equal(await store(long.endpointUrl).put(object, { ifAbsent: true }), 'taken')
    assert.equal(long.asked.length, 5)
  })
})

describe('a head and a get', () => {
  test('ask for the checksum and tell what there is', async () => {
    const { endpointUrl, asked } = await stub(({ method }) => ({
      ...standing(),
      ...(method === 'HEAD' ? { body: '' } : {}),
    }))
    const expected = {
      ...{ key: object.key, etag: '"e1"', versionId: 'v1', lastModified: '2026-11-23T04:00:06.000Z' },
      ...{ bytes: body.length, sha256, contentType: 'application/yaml' },
    }
    assert.deepEqual(await store(endpointUrl).head(object.key), expected)
    assert.deepEqual(await store(endpointUrl).get(object.key), { ...expected, body })
    assert.deepEqual(
      asked.map(({ method, headers }) => [method, headers['x-amz-checksum-mode']]),
      [
        ['HEAD', 'ENABLED'],
        ['GET', 'ENABLED'],
      ],
    )
  })

  test('of a bucket without versions tell none', async () => {
    for (const version of [undefined, 'null']) {
      const { 'x-amz-version-id': _, ...headers } = { 'x-amz-version-id': '', ...standing().headers }
      const more = version === undefined ? {} : { 'x-amz-version-id': version }
      const { endpointUrl } = await stub(() => ({ headers: { ...headers, ...more } }))
      const there = await store(endpointUrl).head(object.key)
      assert.equal(there !== undefined && 'versionId' in there, false)
    }
  })

  test('make up nothing that the store does not tell', async () => {
    for (const [name, said] of [
      ['etag', /does not tell an ETag of pools\//],
      ['last-modified', /does not tell a date of pools\//],
    ] as const) {
      const headers = Object.fromEntries(Object.entries(standing().headers ?? {}).filter(([it]) => it !== name))
      for (const method of ['head', 'get'] as const) {
        const { endpointUrl, asked } = await stub(({ method }) => ({ headers, body: method === 'HEAD' ? '' : body }))
        wellSaid(await failure(store(endpointUrl)[method](object.key)), {
          ...{ code: 'refused', message: said, help: /answers as S3 does/ },
        })
        assert.equal(asked.length, 1)
      }
    }
  })

  test('ask again for a body that breaks off', async () => {
    const { endpointUrl, asked } = await stub((_, count) => (count < 3 ? { ...standing(), cut: true } : standing()))
    assert.deepEqual((await store(endpointUrl).get(object.key))?.body, body)
    assert.equal(asked.length, 3)
    const broken = await stub(() => ({ ...standing(), cut: true }))
    const error = await failure(store(broken.endpointUrl).get(object.key))
    wellSaid(error, { code: 'no-network', message: /broke each time/, help: /run it again/ })
    assert.equal(broken.asked.length, 4)
  })

  test('do not read on what is larger than anything published, nor what comes by drops', async () => {
    const most = 8 << 20
    for (const tells of [true, false]) {
      let sent = 0
      const server = createServer((_request, response) => {
        const { 'content-length': _, ...headers } = { 'content-length': '', ...standing().headers }
        response.writeHead(200, { ...headers, ...(tells ? { 'content-length': String(40 * most) } : {}) })
        const chunk = Buffer.alloc(1 << 20)
        const more = (): void => {
          while (sent < 40 * most && !response.destroyed) {
            sent += chunk.length
            if (!response.write(chunk)) return
          }
          if (sent >= 40 * most) response.end()
        }
        response.on('drain', more)
        more()
      })
      const error = await failure(store(`http://127.0.0.1:${await listen(server)}`).get(object.key))
      wellSaid(error, { code: 'refused', message: /larger than the 8388608 bytes/, help: /restore it/ })
      assert(sent < 8 * most, `${sent} bytes sent`)
    }

    const dripping = createServer((_, response) => {
      response.writeHead(200, standing(Buffer.alloc(1000)).headers)
      const drip = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(drip))
    })
    const slow = store(`http://127.0.0.1:${await listen(dripping)}`, { ...brief, whole: 400 })
    const before = Date.now()
    const error = await failure(slow.get(object.key))
    wellSaid(error, { code: 'no-network', message: /no answer came from .* in time/, help: /run it again/ })
    assert(Date.now() - before < 3000, `${Date.now() - before} ms`)
  })

  test('refuse bytes that are not those of the checksum', async () => {
    const { endpointUrl } = await stub(() => ({ ...standing(), body: Buffer.from(body).fill('x') }))
    const { code, message } = await failure(store(endpointUrl).get(object.key))
    assert.equal(code, 'refused')
    assert.match(message, /another checksum/)
  })

  test('give nothing of what is not there, and ask for the bucket once only', async () => {
    const { endpointUrl, asked } = await stub(() => noKey)
    const bucket = store(endpointUrl)
    assert.equal(await bucket.head('a'), undefined)
    assert.equal(await bucket.head('b'), undefined)
    assert.equal(await bucket.get('c'), undefined)
    assert.deepEqual(
      asked.map(({ method }) => method),
      ['HEAD', 'GET', 'HEAD', 'GET'],
    )
  })

  test('find what comes while they ask', async () => {
    const { endpointUrl } = await stub(({ method }, count) =>
      count === 1 ? { status: 404 } : { ...standing(), ...(method === 'HEAD' ? { body: '' } : {}) },
    )
    assert.equal((await store(endpointUrl).head(object.key))?.sha256, sha256)
  })

  test('tell a bucket that is missing from a key that is', async () => {
    const { endpointUrl } = await stub(() => refusal(404, 'NoSuchBucket', 'The specified bucket does not exist'))
    assert.equal((await failure(store(endpointUrl).head('a'))).code, 'no-bucket')
    assert.equal((await failure(store(endpointUrl).get('a'))).code, 'no-bucket')
  })
})

// ---- again ---------------------------------------------------------------------------------------------------------

describe('a request is sent again', () => {
  const unavailable = refusal(503, 'ServiceUnavailable', 'Service is unable to handle request.')
  const cases: Readonly<Record<string, Reply>> = {
    'after 503': unavailable,
    'after 500': refusal(500, 'InternalError', 'We encountered an internal error. Please try again.'),
    'after a broken connection': 'break',
    'after an answer that does not come in time': 'hang',
  }
  for (const [name, reply] of Object.entries(cases)) {
    test(`${name}, twice`, async () => {
      const { endpointUrl, asked } = await stub((_, count) => (count < 3 ? reply : written))
      const put = await store(endpointUrl, { ...brief, silence: 300 }).put(object, { ifAbsent: true })
      assert.equal(put, 'written')
      assert.equal(asked.length, 3)
      for (const { body: sent, headers } of asked) {
        assert.deepEqual(sent, body)
        assert.equal(headers['x-amz-checksum-sha256'], checksum)
      }
    })
  }

  test('when it is asked to slow down, later', async () => {
    const { endpointUrl, asked } = await stub((_, count) =>
      count < 2 ? refusal(503, 'SlowDown', 'Please reduce your request rate.') : written,
    )
    await store(endpointUrl).put(object, { ifAbsent: true })
    assert.equal(asked.length, 2)
  })

  test('with the clock set right where this machine’s is wrong', async () => {
    const now = new Date(Date.now() + 3 * 3_600_000)
    const skewed = refusal(
      ...([
        403,
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      ] as const),
      `<ServerTime>${now.toISOString()}</ServerTime>`,
      { date: now.toUTCString() },
    )
    const { endpointUrl, asked } = await stub(({ headers }) =>
      Math.abs(Date.parse(dashed(headers['x-amz-date'] ?? '')) - now.getTime()) < 60_000 ? written : skewed,
    )
    assert.notEqual(await store(endpointUrl).put(object, { ifAbsent: true }), 'taken')
    assert.equal(asked.length, 2)
  })

  const dashed = (date: string) => date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')

  test('but not after what is refused for good', async () => {
    const { endpointUrl, asked } = await stub(() => refusal(403, 'AccessDenied', 'Access Denied'))
    await failure(store(endpointUrl).put(object, { ifAbsent: true }))
    assert.equal(asked.length, 1)
  })
})

// ---- refusals ------------------------------------------------------------------------------------------------------

type Refusal = {
  reply: Reply
  operation?: 'put' | 'get' | 'head'
  code: StoreErrorCode
  message: RegExp
  help: RegExp
}

const user = 'arn:aws:iam::123456789012:user/ci'
const denied = (why: string) => refusal(403, 'AccessDenied', why)
const arn = `arn:aws:s3:::templates/${object.key}`

const refusals: Readonly<Record<string, Refusal>> = {
  'expired credentials': {
    reply: refusal(400, 'ExpiredToken', 'The provided token has expired.'),
    ...{ code: 'bad-credentials', message: /have expired/, help: /aws sso login/ },
  },
  'a key of another partition': {
    reply: refusal(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'),
    ...{
      code: 'bad-credentials',
      message: /eu-west-1 does not know/,
      help: /GovCloud \(US\), of China .* their own alone/,
    },
  },
  'a session token that does not fit': {
    reply: refusal(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'),
    ...{ code: 'bad-credentials', message: /session token/, help: /AWS_SESSION_TOKEN/ },
  },
  'a wrong secret': {
    reply: refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'),
    ...{ code: 'bad-credentials', message: /secret access key does not belong/, help: /Copy the pair anew/ },
  },
  'a bucket elsewhere, by the header': {
    reply: refusal(301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', '', {
      'x-amz-bucket-region': 'eu-central-1',
    }),
    ...{
      code: 'wrong-region',
      message: /templates is in eu-central-1, not in eu-west-1/,
      help: /--region eu-central-1/,
    },
  },
  'a bucket elsewhere, by the endpoint': {
    reply: refusal(301, 'PermanentRedirect', 'x', '<Endpoint>templates.s3.ap-southeast-2.amazonaws.com</Endpoint>'),
    ...{ code: 'wrong-region', message: /is in ap-southeast-2/, help: /--region ap-southeast-2/ },
  },
  'a bucket elsewhere, by the signature': {
    reply: refusal(
      ...([400, 'AuthorizationHeaderMalformed', `the region 'eu-west-1' is wrong; expecting 'us-gov-west-1'`] as const),
      '<Region>us-gov-west-1</Region>',
    ),
    ...{ code: 'wrong-region', message: /is in us-gov-west-1/, help: /--region us-gov-west-1/ },
  },
  'a bucket elsewhere, that nobody says where': {
    reply: refusal(400, 'IllegalLocationConstraintException', 'The unspecified location constraint is incompatible'),
    ...{ code: 'wrong-region', message: /is not in eu-west-1/, help: /get-bucket-location/ },
  },
  'a bucket elsewhere, to a HEAD': {
    operation: 'head',
    reply: { status: 301, headers: { 'x-amz-bucket-region': 'eu-central-1' } },
    ...{ code: 'wrong-region', message: /is in eu-central-1/, help: /--region eu-central-1/ },
  },
  'no bucket': {
    reply: refusal(404, 'NoSuchBucket', 'The specified bucket does not exist', '<BucketName>templates</BucketName>'),
    ...{ code: 'no-bucket', message: /no bucket templates/, help: /publication-bucket.*could be taken by anyone/ },
  },
  'Block Public Access': {
    reply: denied(
      `User: ${user} is not authorized to perform: s3:PutObject on resource: "${arn}" because public access is blocked by the RestrictPublicBuckets setting in S3 Block Public Access.`,
    ),
    ...{
      code: 'blocked-public-access',
      message: /Block Public Access/,
      help: /BlockPublicPolicy and RestrictPublicBuckets/,
    },
  },
  'no policy that allows a put': {
    reply: denied(
      `User: ${user} is not authorized to perform: s3:PutObject on resource: "${arn}" because no identity-based policy allows the s3:PutObject action`,
    ),
    code: 'no-permission',
    message: new RegExp(`${user} may not do s3:PutObject on ${arn}: no identity-based policy allows it`),
    help: /Allow s3:PutObject on arn:aws:s3:::templates\/pools/,
  },
  'a service control policy': {
    reply: denied(
      `User: ${user} is not authorized to perform: s3:PutObject on resource: "${arn}" with an explicit deny in a service control policy`,
    ),
    ...{
      code: 'no-permission',
      message: /a statement of a service control policy denies it/,
      help: /service control policy let s3:PutObject/,
    },
  },
  'somebody else’s bucket': {
    reply: denied(
      `User: ${user} is not authorized to perform: s3:PutObject on resource: "${arn}" because no resource-based policy allows the s3:PutObject action`,
    ),
    ...{ code: 'no-permission', message: /of another account/, help: /name that you guessed/ },
  },
  'a key that S3 does not speak about': {
    operation: 'get',
    reply: denied(
      `User: ${user} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::templates" because no identity-based policy allows the s3:ListBucket action`,
    ),
    ...{
      code: 'no-permission',
      message: /without s3:ListBucket .* S3 does not tell/,
      help: /Allow s3:ListBucket on arn:aws:s3:::templates,/,
    },
  },
  'the same, to a HEAD, which says nothing': {
    operation: 'head',
    reply: denied(
      `User: ${user} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::templates" because no identity-based policy allows the s3:ListBucket action`,
    ),
    ...{ code: 'no-permission', message: /without s3:ListBucket/, help: /Allow s3:ListBucket/ },
  },
  'a put, in few words': {
    reply: denied('Access Denied'),
    ...{ code: 'no-permission', message: /may not do s3:PutObject on arn:aws:s3:::templates\//, help: /is yours/ },
  },
  'a get, in few words': {
    operation: 'get',
    reply: denied('Access Denied'),
    ...{
      code: 'no-permission',
      message: /or it is not there and s3:ListBucket is lacking/,
      help: /s3:GetObject and s3:ListBucket/,
    },
  },
  'a KMS key that may not be used': {
    reply: denied(
      `User: ${user} is not authorized to perform: kms:GenerateDataKey on resource: "arn:aws:kms:eu-west-1:123456789012:key/k" because no identity-based policy allows the kms:GenerateDataKey action`,
    ),
    ...{ code: 'no-permission', message: /kms:GenerateDataKey on arn:aws:kms:/, help: /Allow kms:GenerateDataKey/ },
  },
  'a KMS key that is off': {
    reply: refusal(400, 'KMS.DisabledException', 'arn:aws:kms:eu-west-1:123456789012:key/k is disabled.'),
    ...{ code: 'refused', message: /KMS key of templates cannot be used: arn.* is disabled/, help: /SSE-S3/ },
  },
  'Object Lock': {
    reply: denied('Access Denied because object protected by object lock.'),
    ...{ code: 'refused', message: /Object Lock/, help: /retention/ },
  },
  'a clock that is wrong for good': {
    reply: refusal(
      ...([
        403,
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      ] as const),
      '<RequestTime>20261123T041500Z</RequestTime><ServerTime>2026-11-23T04:00:00Z</ServerTime>',
    ),
    ...{ code: 'clock-skew', message: /15 minutes ahead of/, help: /NTP/ },
  },
  'bytes that changed on the way': {
    reply: refusal(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.'),
    ...{ code: 'refused', message: /another checksum than what was sent, and was not kept/, help: /Run it again/ },
  },
  'no room': {
    reply: refusal(507, 'XMinioStorageFull', 'Storage backend has reached its minimum free drive threshold.'),
    ...{ code: 'refused', message: /no room for templates\/pools/, help: /quota/ },
  },
  'a store that knows no conditions': {
    reply: refusal(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented'),
    ...{ code: 'refused', message: /lacks something that publishing needs: A header/, help: /conditional writes/ },
  },
  'failures without an end': {
    reply: refusal(500, 'InternalError', 'We encountered an internal error. Please try again.'),
    ...{
      code: 'refused',
      message: /failed inside, 3 times in a row: InternalError: .*request REQUEST1/,
      help: /health\.aws/,
    },
  },
  'no answer without an end': {
    reply: 'hang',
    ...{
      code: 'no-network',
      message: /no answer came from http:\/\/127\.0\.0\.1:\d+ in time/,
      help: /Check the network/,
    },
  },
  'connections that break without an end': {
    reply: 'break',
    ...{ code: 'no-network', message: /broke each time/, help: /stays as it is/ },
  },
  'a stranger who answers': {
    reply: {
      status: 403,
      headers: { 'x-amz-request-id': '', 'x-amz-id-2': '' },
      body: '<html>Blocked by Example Gateway</html>',
    },
    ...{ code: 'no-network', message: /something between here and http:.* refuses \(403\)/, help: /proxy or firewall/ },
  },
  'an answer that is none of S3’s': {
    operation: 'get',
    reply: { status: 400, headers: { 'content-type': 'text/html' }, body: '<html><p>Log in</html>' },
    code: 'refused',
    message: /^what http:.* answers to GetObject is not in the form of AWS \(HTTP 400\)$/,
    help: /login page of the network/,
  },
  'a failure that is none of S3’s': {
    operation: 'get',
    reply: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html><p>Bad gateway</html>' },
    ...{ code: 'refused', message: /^AWS failed inside, 3 times in a row: ((?!Deserialization).)*$/, help: /health/ },
  },
  'what nobody has foreseen': {
    reply: refusal(400, 'SomethingNew', 'Something new is the matter.'),
    code: 'refused',
    message:
      /^PutObject of templates\/pools\/.* failed: SomethingNew: Something new is the matter, HTTP 400, request REQUEST1$/,
    help: /AWS Support the request ID/,
  },
}

describe('in words, with the way out:', () => {
  for (const [name, { reply, operation = 'put', code, message, help }] of Object.entries(refusals)) {
    test(name, async () => {
      const { endpointUrl } = await stub(() => reply)
      const bucket = store(endpointUrl, { ...brief, silence: 200 })
      const ask = {
        put: () => bucket.put(object, { ifAbsent: true }),
        get: () => bucket.get(object.key),
        head: () => bucket.head(object.key),
      }
      wellSaid(await failure(ask[operation]()), { code, message, help })
    })
  }

  const network: Readonly<Record<string, [code: string, expected: Omit<Refusal, 'reply'>]>> = {
    'a name that nobody knows': [
      'ENOTFOUND',
      { code: 'no-network', message: /host\.example is not known/, help: /eu-west-1 is a region of AWS/ },
    ],
    'nobody who listens': ['ECONNREFUSED', { code: 'no-network', message: /ECONNREFUSED/, help: /firewall/ }],
    'a certificate of a proxy': [
      'SELF_SIGNED_CERT_IN_CHAIN',
      { code: 'no-network', message: /nobody that Node trusts/, help: /AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS/ },
    ],
    'a certificate of tomorrow': [
      'CERT_NOT_YET_VALID',
      { code: 'no-network', message: /not yet valid/, help: /clock/ },
    ],
    'somebody else’s certificate': [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      { code: 'no-network', message: /not of host\.example/, help: /Find out who answers/ },
    ],
  }
  for (const [name, [code, expected]] of Object.entries(network)) {
    test(name, () => {
      const cause = Object.assign(new Error('as Node says it'), { code, hostname: 'host.example' })
      const asked = { operation: 'PutObject', region, bucket: 'templates', key: 'k' } as const
      for (const error of [cause, new Error('wrapped', { cause }), new AggregateError([cause, cause])]) {
        wellSaid(storeError(error, asked, {}), expected)
      }
      assert.match(storeError(cause, asked, { HTTPS_PROXY: 'http://u:secret@p' }).help, /^((?!secret).)*$/)
    })
  }

  test('nobody who listens where --endpoint-url leads', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise(resolve => server.close(resolve))
    const error = await failure(store(`http://127.0.0.1:${port}`).get('k'))
    wellSaid(error, { code: 'no-network', message: /127\.0\.0\.1.*ECONNREFUSED/, help: /--endpoint-url/ })
  })

  test('a region that there cannot be', async () => {
    const error = await failure(s3Store({ bucket: 'templates', region: 'eu west' }, brief).get('k'))
    wellSaid(error, { code: 'wrong-region', message: /eu west/, help: /us-east-1/ })
  })

  test('a bucket with a path', async () => {
    const error = await failure(s3Store({ bucket: 'templates/pools', region }, brief).get('k'))
    wellSaid(error, { code: 'no-bucket', message: /templates\/pools is no name/, help: /without s3:\/\// })
  })
})

function wellSaid(error: StoreError, { code, message, help }: Omit<Refusal, 'reply'>): void {
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
  assert.match(error.help, help)
  for (const text of [error.message, error.help]) assert.doesNotMatch(text, /\.$|\n|undefined|UnknownError|\[object/)
  assert.match(error.help, /^[A-Z]/)
}

test('a public policy that does not let anybody read here is told from a bucket that is private on purpose, and from not knowing', async () => {
  const status = (isPublic: boolean): Answer => ({
    body: `<PolicyStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsPublic>${isPublic}</IsPublic></PolicyStatus>`,
  })
  const ask = async (reply: Reply) => {
    const { endpointUrl, asked } = await stub(() => reply)
    const privacy = await privacyOf({ bucket: 'templates', region, endpointUrl }, 'pools', brief)
    assert.equal(`${last(asked).method} ${last(asked).url}`, 'GET /templates/?policyStatus=')
    return privacy
  }
  const hindered = await ask(status(true))
  assert(hindered.kind === 'hindered', hindered.kind)
  wellSaid(hindered.error, {
    code: 'not-public',
    message: /may not read pools\/ of templates, though its policy is public/,
    help: /^Publish under the --prefix that the policy opens.* output Prefix .*Block Public Access.*RestrictPublicBuckets/,
  })
  assert.equal((await ask(status(false))).kind, 'meant')
  assert.equal((await ask(refusal(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist'))).kind, 'meant')
  const unknown = await ask(denied('Access Denied'))
  assert(unknown.kind === 'unknown', unknown.kind)
  wellSaid(unknown.error, {
    code: 'no-permission',
    message: /may not do s3:GetBucketPolicyStatus on arn:aws:s3:::templates: no identity-based policy allows it/,
    help: /^Allow s3:GetBucketPolicyStatus on arn:aws:s3:::templates$/,
  })
})

// ---- credentials ---------------------------------------------------------------------------------------------------

describe('credentials', () => {
  const environment = (more: Readonly<Record<string, string>>, run: () => Promise<void>) => async () => {
    const before = { ...process.env }
    delete process.env['AWS_ACCESS_KEY_ID']
    delete process.env['AWS_SECRET_ACCESS_KEY']
    Object.assign(process.env, more)
    try {
      await run()
    } finally {
      for (const name of Object.keys(process.env)) delete process.env[name]
      Object.assign(process.env, before)
    }
  }
  const refused = async () => failure(store((await stub(() => written)).endpointUrl).get('k'))

  test(
    'that there are none of is told with where they were looked for',
    environment({}, async () => {
      wellSaid(await refused(), {
        code: 'no-credentials',
        message: /AWS_ACCESS_KEY_ID.*default profile of .*config and .*credentials.*instance/,
        help: /aws sso login.*AWS_PROFILE/,
      })
    }),
  )
  writeFileSync(
    join(folder, 'config'),
    [
      ...['[profile sso]', 'sso_session = corp', 'sso_account_id = 123456789012', 'sso_role_name = Publisher'],
      ...['[sso-session corp]', 'sso_start_url = https://corp.awsapps.com/start', 'sso_region = us-east-1'],
      ...['[profile login]', 'login_session = arn:aws:iam::123456789012:user/ci'],
      ...['[profile broken]', 'credential_process = node -e process.exit(3)'],
      ...[
        '[profile base]',
        `credential_process = node -p "'{\\"Version\\":1,\\"AccessKeyId\\":\\"A\\",\\"SecretAccessKey\\":\\"S\\"}'"`,
      ],
      ...[
        '[profile mfa]',
        'role_arn = arn:aws:iam::123456789012:role/p',
        'source_profile = base',
        'mfa_serial = arn:aws:iam::123456789012:mfa/x',
      ],
      '',
    ].join('\n'),
  )
  const profiles: Readonly<Record<string, Omit<Refusal, 'reply'>>> = {
    sso: {
      code: 'bad-credentials',
      message: /Identity Center session of the profile sso/,
      help: /`aws sso login --profile sso`/,
    },
    login: {
      code: 'bad-credentials',
      message: /login session of the profile login/,
      help: /`aws login --profile login`/,
    },
    mfa: { code: 'no-credentials', message: /second factor/, help: /export-credentials --profile mfa/ },
    broken: {
      code: 'no-credentials',
      message: /profile broken/,
      help: /`aws sts get-caller-identity --profile broken`/,
    },
    missing: {
      code: 'no-credentials',
      message: /^there is no profile missing in .*config and .*credentials/,
      help: /list-profiles/,
    },
  }
  for (const [name, expected] of Object.entries(profiles)) {
    test(
      `of the profile ${name} are told of with the way out`,
      environment({ AWS_PROFILE: name }, async () => wellSaid(await refused(), expected)),
    )
  }
  test(
    'come from a process that a profile names',
    environment({ AWS_PROFILE: 'base' }, async () => {
      const { endpointUrl, asked } = await stub(() => noKey)
      await store(endpointUrl).get('k')
      assert.match(last(asked).headers['authorization'] ?? '', /Credential=A\//)
    }),
  )
})

test('the SDK has said nothing of Node’s versions, and its switch for that is as it was', async () => {
  const { endpointUrl, asked } = await stub(() => noKey)
  await store(endpointUrl).get('k')
  assert.equal(asked.length, 1)
  assert.deepEqual(warnings, [])
  assert.equal(process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'], undefined)
})

// ---- CloudFormation ------------------------------------------------------------------------------------------------

describe('CloudFormation', () => {
  const answer = (status: number, xml: string): Answer => ({
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'REQUEST1' },
    body: xml,
  })
  const error = (status: number, code: string, message: string) =>
    answer(
      status,
      `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>REQUEST1</RequestId></ErrorResponse>`,
    )
  const url = 'https://templates.s3.eu-west-1.amazonaws.com/a%20b.yaml?versionId=v1'
  const ask = async (reply: Reply) => {
    const { endpointUrl, asked } = await stub(() => reply)
    return { said: await cloudFormationValidator({ region, endpointUrl }, brief)(url), asked }
  }

  test('is asked by the URL, and finds the template valid', async () => {
    const { said, asked } = await ask(
      answer(
        200,
        '<ValidateTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ValidateTemplateResult><Parameters/></ValidateTemplateResult></ValidateTemplateResponse>',
      ),
    )
    assert.deepEqual(said, { kind: 'valid' })
    const form = new URLSearchParams(last(asked).body.toString())
    assert.deepEqual([form.get('Action'), form.get('TemplateURL')], ['ValidateTemplate', url])
  })

  test('says what is wrong with it', async () => {
    const { said } = await ask(
      error(400, 'ValidationError', 'Template format error: Unresolved resource dependencies [X]'),
    )
    assert.deepEqual(said, {
      kind: 'invalid',
      message: 'Template format error: Unresolved resource dependencies [X]',
    })
  })

  test('is not asked where it may not be, and that says which action lacks', async () => {
    const { said } = await ask(
      error(
        ...([403, 'AccessDenied'] as const),
        `User: ${user} is not authorized to perform: cloudformation:ValidateTemplate because no identity-based policy allows the cloudformation:ValidateTemplate action`,
      ),
    )
    assert(said.kind === 'unasked')
    assert.match(said.reason, /user\/ci may not do cloudformation:ValidateTemplate/)
  })

  test('is not asked with keys that it does not know, nor when nothing answers', async () => {
    const unknown = await ask(
      error(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
    )
    assert(unknown.said.kind === 'unasked')
    assert.match(unknown.said.reason, /does not know the access key/)
    const silent = await ask('break')
    assert(silent.said.kind === 'unasked')
    assert.match(silent.said.reason, /broke each time/)
    assert.equal(silent.asked.length, 3)
  })
})

// ---- anybody's fetch -----------------------------------------------------------------------------------------------

describe('who has no credentials', () => {
  const type = { 'content-type': 'application/yaml' }
  const limits = { timeout: 300, attempts: 3, bytes: 1000 }

  test('gets what is public, and sends nothing that tells who asks', async () => {
    const { endpointUrl, asked } = await stub(() => ({ headers: type, body }))
    const fetched = await fetchPublic(`${endpointUrl}/a%20b.yaml?versionId=v1`, limits)
    assert.deepEqual(fetched, { status: 200, contentType: 'application/yaml', body })
    const { url, headers } = last(asked)
    assert.equal(url, '/a%20b.yaml?versionId=v1')
    assert.deepEqual(Object.keys(headers).sort(), ['connection', 'host', 'user-agent'])
  })

  test('is told what is refused', async () => {
    const { endpointUrl, asked } = await stub(() => refusal(403, 'AccessDenied', 'Access Denied'))
    assert.equal((await fetchPublic(`${endpointUrl}/k`, limits)).status, 403)
    assert.equal(asked.length, 1)
  })

  test('asks again where the store fails for the moment, or does not answer', async () => {
    const ills: readonly Reply[] = [{ status: 503 }, { status: 429 }, 'break', 'hang']
    for (const ill of ills) {
      const { endpointUrl, asked } = await stub((_, count) => (count < 2 ? ill : { headers: type, body }))
      assert.deepEqual((await fetchPublic(`${endpointUrl}/k`, limits)).body, body)
      assert.equal(asked.length, 2)
    }
  })

  test('hears in the end that nothing answers, or what it says', async () => {
    const silent = await stub(() => 'hang')
    const error = await failure(fetchPublic(`${silent.endpointUrl}/k`, { ...limits, timeout: 100, attempts: 2 }))
    wellSaid(error, { code: 'no-network', message: /no answer came/, help: /Check the network/ })
    const failing = await stub(() => ({ status: 500 }))
    assert.equal((await fetchPublic(`${failing.endpointUrl}/k`, limits)).status, 500)
    assert.equal(failing.asked.length, 3)
  })

  test('follows a redirect within the host, not to another, and not for ever', async () => {
    const to = (location: string): Answer => ({ status: 307, headers: { location } })
    const { endpointUrl } = await stub(({ url }) => (url === '/old' ? to('/new') : { headers: type, body }))
    assert.deepEqual((await fetchPublic(`${endpointUrl}/old`, limits)).body, body)
    const other = await stub(() => to(`${endpointUrl}/new`))
    assert.equal((await fetchPublic(`${other.endpointUrl}/old`, limits)).status, 307)
    const round = await stub(() => to('/old'))
    assert.match((await failure(fetchPublic(`${round.endpointUrl}/old`, limits))).message, /without an end/)
    assert.equal(round.asked.length, 5)
  })

  test('does not read on without an end', async () => {
    const { endpointUrl } = await stub(() => ({ body: Buffer.alloc(2000) }))
    const { code, message } = await failure(fetchPublic(`${endpointUrl}/k`, limits))
    assert.equal(code, 'refused')
    assert.match(message, /more than 1000 bytes/)
  })
})

// ---- proxies and certificates ----------------------------------------------------------------------------------------

describe('behind a proxy', () => {
  /** Lets through to a port of this machine, whatever the host, or answers with a status. */
  async function proxy(through: number | { status: number }) {
    const asked: { target: string; login: string | undefined }[] = []
    const server = createServer()
    server.on('connect', (request, socket) => {
      asked.push({ target: request.url ?? '', login: request.headers['proxy-authorization'] })
      if (typeof through !== 'number') return void socket.end(`HTTP/1.1 ${through.status} No\r\n\r\n`)
      const far = connect(through, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        far.pipe(socket).pipe(far)
      })
      far.on('error', () => socket.destroy())
      socket.on('error', () => far.destroy())
    })
    return { address: `127.0.0.1:${await listen(server)}`, asked }
  }

  const regions: Readonly<Record<string, string>> = {
    'us-east-1': 'templates.s3.us-east-1.amazonaws.com:443',
    'us-gov-west-1': 'templates.s3.us-gov-west-1.amazonaws.com:443',
    'cn-north-1': 'templates.s3.cn-north-1.amazonaws.com.cn:443',
    'eusc-de-east-1': 'templates.s3.eusc-de-east-1.amazonaws.eu:443',
  }
  for (const [where, host] of Object.entries(regions)) {
    test(`the bucket of ${where} is asked for at ${host}, and the proxy’s refusal told`, async () => {
      const { address, asked } = await proxy({ status: 403 })
      process.env['HTTPS_PROXY'] = `http://me:p%40ss@${address}`
      try {
        const error = await failure(s3Store({ bucket: 'templates', region: where }, brief).get('k'))
        wellSaid(error, {
          code: 'no-network',
          message: /does not let templates\.s3\..* through \(403\)/,
          help: /NO_PROXY/,
        })
      } finally {
        delete process.env['HTTPS_PROXY']
      }
      assert.deepEqual(asked, [{ target: host, login: `Basic ${Buffer.from('me:p@ss').toString('base64')}` }])
    })
  }

  test('TLS is spoken with the host itself, whose certificate AWS_CA_BUNDLE vouches for', async () => {
    const host = 'templates.s3.eu-west-1.amazonaws.com'
    const { key, certificate } = selfSigned(host)
    const server = createTlsServer({ key, cert: certificate }, (_, response) => response.end(body))
    servers.add(server)
    server.unref()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { address, asked } = await proxy(portOf(server))
    const bundle = join(folder, 'bundle.pem')
    writeFileSync(bundle, certificate)

    const trusting = agents({ HTTPS_PROXY: `http://${address}`, AWS_CA_BUNDLE: bundle })
    assert.deepEqual((await fetchPublic(`https://${host}/k`, { attempts: 1 }, trusting)).body, body)
    assert.deepEqual(asked, [{ target: `${host}:443`, login: undefined }])

    const wary = agents({ https_proxy: `http://${address}` })
    const error = await failure(fetchPublic(`https://${host}/k`, { attempts: 1 }, wary))
    wellSaid(error, { code: 'no-network', message: /nobody that Node trusts/, help: /AWS_CA_BUNDLE/ })
    for (const each of [trusting, wary]) each.https.destroy()
  })

  test('what NO_PROXY names is asked straight', () => {
    const names = ['localhost', '.amazonaws.com', '*.corp.example', '10.0.0.1:8080']
    for (const host of ['localhost', 'b.s3.amazonaws.com', 'amazonaws.com', 'x.corp.example', '10.0.0.1']) {
      assert.equal(isDirect(host, names), true, host)
    }
    for (const host of ['notamazonaws.com', 'b.s3.amazonaws.com.cn', '10.0.0.2']) {
      assert.equal(isDirect(host, names), false, host)
    }
    assert.equal(isDirect('anything', ['*']), true)
    assert.equal(isDirect('anything', []), false)
  })

  test('what cannot be used of the environment is told by the first request, and no password', async () => {
    process.env['HTTPS_PROXY'] = 'socks5://me:hush@proxy'
    try {
      const expected = { code: 'no-network', message: /^((?!hush).)*$/, help: /SOCKS/ } as const
      wellSaid(await failure(s3Store({ bucket: 'templates', region }).get('k')), expected)
      assert.match(JSON.stringify(await cloudFormationValidator({ region })('https://x')), /"unasked".*HTTPS_PROXY/)
    } finally {
      delete process.env['HTTPS_PROXY']
    }
    for (const address of ['proxy:3128', 'socks5://me:hush@proxy', 'nonsense']) {
      assert.throws(() => agents({ HTTPS_PROXY: address }), /^AwsError: HTTPS_PROXY is no address of an HTTP proxy$/)
    }
    assert.throws(() => agents({ AWS_CA_BUNDLE: join(folder, 'none.pem') }), /none\.pem, which AWS_CA_BUNDLE names/)
  })
})

/** A certificate of a host for an hour, in X.509: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function selfSigned(host: string): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
    const content = Buffer.concat(parts)
    const { length } = content
    const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
    return Buffer.concat([Buffer.from([tag, ...size]), content])
  }
  const bytes = (hex: string) => Buffer.from(hex, 'hex')
  const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
  const time = (at: number) => der(0x18, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')}`))
  const ecdsaWithSha256 = sequence(der(0x06, bytes('2a8648ce3d040302')))
  const name = sequence(der(0x31, sequence(der(0x06, bytes('550403')), der(0x0c, Buffer.from('test')))))
  const alternativeName = sequence(der(0x06, bytes('551d11')), der(0x04, sequence(der(0x82, Buffer.from(host)))))
  const content = sequence(
    der(0xa0, der(0x02, bytes('02'))),
    der(0x02, bytes('01')),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - 3_600_000), time(Date.now() + 3_600_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeName)),
  )
  const signature = createSign('sha256').update(content).sign(privateKey)
  const certificate = sequence(content, ecdsaWithSha256, der(0x03, bytes('00'), signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}
