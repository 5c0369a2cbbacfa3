/** `poolform publish`, as a person runs it, against the emulator's S3 and CloudFormation. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { before } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { endpoint, folder, live, region } from './emulator.ts'
import { admin, adminIn, present } from './world.ts'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const bucket = 'poolform-releases'
const prefix = 'templates/v1'

before(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts/bundle.mjs')])
})

type Ended = { status: number | null; stdout: string; stderr: string }

const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

/** Runs the CLI; `onStart` is handed what kills it. */
const poolform = (
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = credentials,
  onStart: (kill: () => void) => void = () => {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { PATH, HOME, TMPDIR } = process.env
    const own = { PATH, HOME: folder, TMPDIR: TMPDIR ?? folder, AWS_EC2_METADATA_DISABLED: 'true' }
    const kept = { POOLFORM_CACHE: path.join(root, '.cache'), POOLFORM_HOME: HOME }
    const child = spawn(process.execPath, [path.join(root, 'lib/cli.cjs'), ...args], {
      cwd,
      env: { ...own, ...kept, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.stderr += text
    })
    child.on('error', reject)
    child.on('close', status => resolve({ status, ...ended }))
    onStart(() => child.kill('SIGKILL'))
  })

const publish = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  poolform(cwd, ['publish', '--bucket', bucket, '--prefix', prefix, '--no-lint', ...args], {
    ...credentials,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
  })

/** A project with two templates; `salt` makes them others. */
const project = (version: string, salt = ''): string => {
  const cwd = mkdtempSync(path.join(folder, 'project-'))
  writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ name: 'p', version, license: 'MIT' }))
  writeFileSync(path.join(cwd, 'CHANGELOG.md'), `# Changelog\n\n## ${version}\n\nNew in ${version}${salt}\n`)
  mkdirSync(path.join(cwd, 'templates'))
  for (const name of ['one', 'two']) {
    writeFileSync(
      path.join(cwd, 'templates', `${name}.ts`),
      `import { defineTemplate, resource } from 'poolform'
export default defineTemplate({
  Description: 'Waits, as ${name}${salt}',
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`,
    )
  }
  return cwd
}

/** A bucket with versions, as the template publication-bucket makes one, which everybody may read. */
const makeBucket = async (isPublic = true): Promise<void> => {
  await admin.s3.send(new CreateBucketCommand({ Bucket: bucket }))
  await admin.s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  if (!isPublic) return
  await admin.s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }))
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:GetObjectVersion'] },
        Resource: `arn:aws:s3:::${bucket}/${prefix}/*`,
      },
    ],
  }
  await admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }))
}

/** Every object of the bucket, by key. */
const contents = async (
  from = bucket,
  { s3 }: Pick<typeof admin, 's3'> = admin,
): Promise<Readonly<Record<string, string>>> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: from }))
  const keys = Contents.map(({ Key }) => present(Key)).sort()
  return Object.fromEntries(await Promise.all(keys.map(async key => [key, await text(key, from, { s3 })] as const)))
}

const text = async (key: string, from = bucket, { s3 }: Pick<typeof admin, 's3'> = admin): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: from, Key: key }))
  return present(Body).transformToString()
}

const replace = async (key: string, body: string, type?: string): Promise<void> => {
  const { ContentType } = await admin.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
  const contentType = type ?? ContentType
  await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }))
}

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex')

const key = (name: string): string => `${prefix}/${name}`

live('a release is published, fetched as everybody would, and dist stays as it is', async () => {
  await makeBucket()
  const cwd = project('1.0.0')
  const plan = await publish(cwd, '--dry-run')
  assert.equal(plan.status, 0, plan.stderr)
  assert.match(plan.stdout, /one 1\.0\.0 would be released, and is the latest: http/)
  assert.match(plan.stderr, /templates\/v1\/one\/1\.0\.0\/one\.yaml {2}\d\.\d kB {2}would be written\n/)
  assert.deepEqual(await contents(), {})

  const done = await publish(cwd)
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /^us-east-1: one 1\.0\.0 is released, and is the latest: .*\n.*two 1\.0\.0/)
  assert.match(done.stdout, /us-east-1: 17 objects as published, fetched by their public URLs; 4 templates judged/)
  assert(!done.stderr.includes('warning'), done.stderr)
  assert.deepEqual(readdirSync(cwd).sort(), ['CHANGELOG.md', 'package.json', 'templates'])
  const files = (name: string) => ['index.html', 'manifest.json', `${name}.yaml`]
  const there = await contents()
  assert.deepEqual(Object.keys(there), [
    key('index.json'),
    ...['one', 'two'].flatMap(name => [
      ...[...files(name), `${name}.yaml.sha256`].map(file => key(`${name}/1.0.0/${file}`)),
      ...files(name).map(file => key(`${name}/latest/${file}`)),
    ]),
  ])
  const { templates } = JSON.parse(there[key('index.json')] ?? '')
  const [entry] = templates.one.versions
  assert.equal(entry.sha256, sha256(there[key('one/1.0.0/one.yaml')] ?? ''))
  assert.equal(entry.notes, 'New in 1.0.0')
  const head = await admin.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key('one/1.0.0/one.yaml') }))
  assert.deepEqual([entry.versionId, entry.date], [head.VersionId, present(head.LastModified).toISOString()])
  assert.equal(head.ContentType, 'application/yaml')
  assert.equal(head.CacheControl, 'public, max-age=31536000, immutable')

  const again = await publish(cwd)
  assert.equal(again.status, 0, again.stderr)
  assert.match(again.stdout, /one 1\.0\.0 was published already, with the same bytes, and is the latest/)
  assert.deepEqual(await contents(), there)

  // another version by option alone
  const other = await publish(cwd, '--version', '1.1.0-rc.1', '--json')
  assert.equal(other.stderr, '')
  assert.equal(other.status, 0)
  const report = JSON.parse(other.stdout)
  assert.equal(report.version, '1.1.0-rc.1')
  assert.deepEqual(
    report.regions[0].templates.map((it: { outcome: string; isLatest: boolean }) => [it.outcome, it.isLatest]),
    [
      ['released', false],
      ['released', false],
    ],
  )
  const stamped = await text(key('one/1.1.0-rc.1/one.yaml'))
  assert.match(stamped, /^# one 1\.1\.0-rc\.1$/m)
  assert.equal(await text(key('one/latest/one.yaml')), there[key('one/1.0.0/one.yaml')])
  assert(!existsSync(path.join(cwd, 'dist')))
})

live('other bytes under a version are refused with both checksums, and nothing changes', async () => {
  await makeBucket()
  assert.equal((await publish(project('1.0.0'))).status, 0)
  const before = await contents()
  const other = project('1.0.0', ', but otherwise')
  const refused = await publish(other)
  assert.equal(refused.status, 1)
  assert.equal(refused.stdout, '')
  const published = sha256(before[key('one/1.0.0/one.yaml')] ?? '')
  assert.match(refused.stderr, /error: 1\.0\.0 is published already, with other bytes/)
  assert.match(
    refused.stderr,
    new RegExp(
      ` {2}${key('one/1.0.0/one.yaml')}\n {4}published: sha256 ${published}\n {4}built: {5}sha256 [0-9a-f]{64}\n`,
    ),
  )
  assert.deepEqual(await contents(), before)
  const { regions } = JSON.parse((await publish(other, '--json')).stdout)
  assert(regions[0].conflicts.some((it: { published: string }) => it.published === published))
})

live('killed by force at any request, and run again, it ends as if nothing had been', async () => {
  const cwd = project('1.1.0')
  /** Runs it through a proxy that kills it at a request: before that arrives, or before its answer does. */
  const runKilled = async (at: number, when: 'before' | 'after'): Promise<number> => {
    let seen = 0
    let kill = (): void => {}
    const proxy = createServer((asked, answer) => {
      const isLast = ++seen === at
      if (isLast && when === 'before') return kill()
      const onward = httpRequest(new URL(asked.url ?? '', endpoint), { method: asked.method, headers: asked.headers })
      asked.pipe(onward)
      onward.on('response', got => {
        if (isLast) kill()
        else {
          answer.writeHead(got.statusCode ?? 0, got.headers)
          got.pipe(answer)
        }
      })
      onward.on('error', () => answer.destroy())
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    const address: AddressInfo | string | null = proxy.address()
    assert(typeof address === 'object' && address !== null)
    const args = ['publish', '--bucket', bucket, '--prefix', prefix, '--no-lint', '--region', region]
    await poolform(cwd, [...args, '--endpoint-url', `http://127.0.0.1:${address.port}`], credentials, stop => {
      kill = stop
    })
    proxy.closeAllConnections()
    proxy.close()
    return seen
  }
  /** What was published, but for what the store's clock and its versions say. */
  const plain = (there: Readonly<Record<string, string>>) =>
    Object.entries(there).map(
      ([name, body]) => `${name} ${sha256(body.replaceAll(/"(?:date|versionId)": ?"[^"]*"/g, ''))}`,
    )
  await makeBucket()
  const requests = await runKilled(Number.POSITIVE_INFINITY, 'after')
  const undisturbed = plain(await contents())
  let stopped = 0
  for (let at = 3; at < requests; at += 7) {
    await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' })
    await makeBucket()
    const when = at % 2 === 0 ? 'before' : 'after'
    await runKilled(at, when)
    const there = await contents()
    if (Object.keys(there).length < undisturbed.length) stopped++
    const index = JSON.parse(there[key('index.json')] ?? '{"templates": {}}')
    for (const { versions } of Object.values<{ versions: { file: string; sha256: string }[] }>(index.templates)) {
      for (const { file, sha256: digest } of versions) assert.equal(sha256(there[key(file)] ?? ''), digest)
    }
    const again = await publish(cwd)
    assert.equal(again.status, 0, again.stderr)
    assert.deepEqual(plain(await contents()), undisturbed, `killed ${when} request ${at}`)
  }
  assert(stopped >= 3, `${stopped} runs were stopped before they had published all`)
})

live('--verify finds what has been tampered with, without a project and without credentials', async () => {
  await makeBucket()
  for (const version of ['1.0.0', '1.1.0', '1.2.0-rc.1']) assert.equal((await publish(project(version))).status, 0)
  const nowhere = mkdtempSync(path.join(folder, 'nowhere-'))
  const verify = (...args: readonly string[]) => {
    const place = ['--bucket', bucket, '--prefix', prefix, '--region', region, '--endpoint-url', endpoint]
    return poolform(nowhere, ['publish', '--verify', ...place, ...args], {})
  }
  const whole = await verify()
  assert.equal(whole.status, 0, whole.stderr)
  assert.match(whole.stdout, /^us-east-1: 37 objects as published, fetched by their public URLs\n$/)
  assert.match(whole.stderr, /CloudFormation was not asked to validate: no AWS credentials were found/)
  assert.deepEqual(readdirSync(nowhere), [])

  const yaml = key('one/1.0.0/one.yaml')
  const original = await text(yaml)
  const page = key('two/latest/index.html')
  const latest = key('one/latest/index.html')
  const release = { page: key('one/1.0.0/index.html'), manifest: key('one/1.0.0/manifest.json') }
  const [pageText, manifestText] = [await text(release.page), await text(release.manifest)]
  assert.match(manifestText, /"Waits, as one/)
  const damages: readonly (readonly [said: RegExp, damage: () => Promise<unknown>, repair: () => Promise<unknown>])[] =
    [
      [
        new RegExp(`/${yaml} has the SHA-256 ${sha256('hostile: true\n')}, not ${sha256(original)}`),
        () => replace(yaml, 'hostile: true\n'),
        () => replace(yaml, original),
      ],
      [
        new RegExp(`/${yaml} has the content type text/html, not application/yaml`),
        () => replace(yaml, original, 'text/html'),
        () => replace(yaml, original, 'application/yaml'),
      ],
      [
        /two\/latest\/index\.html is not what 1\.1\.0\/index\.html and index\.json make it/,
        async () => replace(page, (await text(page)).replace(/"version":"1\.0\.0"/, '"version":"0.9.0"')),
        () => publish(project('1.1.0')),
      ],
      [
        /one\/1\.1\.0\/one\.yaml\.sha256 has the SHA-256/,
        () => replace(key('one/1.1.0/one.yaml.sha256'), `${sha256('')}  one.yaml\n`),
        async () =>
          replace(key('one/1.1.0/one.yaml.sha256'), `${sha256(await text(key('one/1.1.0/one.yaml')))}  one.yaml\n`),
      ],
      // the page and the manifest of a release say all that they said, and something more
      [
        /one\/1\.0\.0\/index\.html has the SHA-256/,
        () => replace(release.page, `${pageText}<script>alert(1)</script>`),
        () => replace(release.page, pageText),
      ],
      [
        /one\/1\.0\.0\/manifest\.json has the SHA-256/,
        () => replace(release.manifest, manifestText.replace('"Waits, as one', '"Waits for you, as one')),
        () => replace(release.manifest, manifestText),
      ],
      [
        /one\/latest\/index\.html is not what/,
        async () => replace(latest, `${await text(latest)}<script>alert(1)</script>`),
        () => publish(project('1.1.0')),
      ],
      [
        /two\/latest\/manifest\.json is missing/,
        () => admin.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key('two/latest/manifest.json') })),
        () => publish(project('1.1.0')),
      ],
      [
        /index\.json is not as poolform writes it: it is no JSON/,
        async () => replace(key('index.json'), `${await text(key('index.json'))}}`),
        async () => replace(key('index.json'), (await text(key('index.json'))).slice(0, -1)),
      ],
    ]
  for (const [said, damage, repair] of damages) {
    await damage()
    const found = await verify()
    assert.equal(found.status, 1, `${said}: ${found.stdout}`)
    assert.match(found.stderr, said)
    const { regions } = JSON.parse((await verify('--json')).stdout)
    assert.equal(regions[0].isWhole, false)
    await repair()
    const repaired = await verify()
    assert.equal(repaired.status, 0, repaired.stderr)
  }
})

live('a private bucket is verified with credentials, and that is said', async () => {
  await makeBucket(false)
  const done = await publish(project('1.0.0'))
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /15 objects as published, fetched with credentials, for the bucket is private; 4 templates/)
})

live('two regions hold the same release to the end, each with its own dates and versions', async () => {
  const buckets = [region, 'eu-west-1'].map(each => ({ name: `${bucket}-${each}`, region: each }))
  for (const { name, region: where } of buckets) {
    const { s3 } = adminIn(where)
    await s3.send(new CreateBucketCommand({ Bucket: name }))
    await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }))
  }
  const args = ['publish', '--bucket', `${bucket}-{region}`, '--no-lint', '--endpoint-url', endpoint, '--json']
  const regions = buckets.flatMap(it => ['--region', it.region])
  for (const [version, outcome] of [
    ['1.0.0', 'released'],
    ['1.1.0', 'released'],
    ['1.1.0', 'no-op'],
  ] as const) {
    const done = await poolform(project(version), [...args, ...regions])
    assert.equal(done.status, 0, `${done.stdout}${done.stderr}`)
    const report: unknown = JSON.parse(done.stdout)
    assert(
      typeof report === 'object' && report !== null && 'regions' in report && Array.isArray(report.regions),
      'a report',
    )
    assert.deepEqual(
      report.regions.map(it => [it.region, it.isWhole, it.templates.map((one: { outcome: string }) => one.outcome)]),
      buckets.map(it => [it.region, true, [outcome, outcome]]),
    )
  }
  const [here, there] = await Promise.all(buckets.map(it => contents(it.name, adminIn(it.region))))
  assert(here !== undefined && there !== undefined, 'both have contents')
  assert.equal(Object.keys(here).length, 1 + 2 * (2 * 4 + 3))
  const own = /"(?:date|versionId)": ?"[^"]*"/g
  const plain = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).map(([name, body]) => [name, body.replaceAll(own, '')]))
  assert.deepEqual(plain(there), plain(here))
  const differing = Object.keys(here).filter(name => here[name] !== there[name])
  assert.deepEqual(differing, ['index.json', 'one/latest/index.html', 'two/latest/index.html'])
})

live('a region that fails leaves the others whole, and is told', async () => {
  await makeBucket()
  const args = ['publish', '--bucket', `${bucket}-{region}`, '--no-lint', '--endpoint-url', endpoint]
  const regions = ['--region', region, '--region', 'eu-west-1']
  await admin.s3.send(new CreateBucketCommand({ Bucket: `${bucket}-${region}` }))
  const done = await poolform(project('1.0.0'), [...args, ...regions])
  assert.equal(done.status, 1)
  assert.match(
    done.stdout,
    /^us-east-1: one 1\.0\.0 is released.*\n.*two 1\.0\.0.*\nus-east-1: 15 objects as published/,
  )
  assert.match(done.stderr, new RegExp(`eu-west-1: error: there is no bucket ${bucket}-eu-west-1 \\[no-bucket\\]`))
  const again = await poolform(project('1.0.0'), [...args, ...regions, '--json'])
  const report = JSON.parse(again.stdout)
  assert.deepEqual(
    report.regions.map((it: { region: string; isWhole: boolean; error?: { code: string } }) => [
      ...[it.region, it.isWhole, it.error?.code],
    ]),
    [
      ['us-east-1', true, undefined],
      ['eu-west-1', false, 'no-bucket'],
    ],
  )
})
