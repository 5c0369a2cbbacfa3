import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import semver from 'semver'
import { thisEngine } from '../src/build/engine.ts'
import { build } from '../src/build/index.ts'
import { checksums } from '../src/checksums.ts'
import { formatProblems, formatSummary, Progress } from '../src/cli/publish-report.ts'
import { mostVersions, withVersions } from '../src/page/with-versions.ts'
import { isVersion, type PublicationIndex } from '../src/publication.ts'
import { bounded } from '../src/publish/bounded.ts'
import { dryRun } from '../src/publish/dry-run.ts'
import { formatIndex, merge, newestRelease, parseIndex, versionProblem } from '../src/publish/index-file.ts'
import { type Publication, publish } from '../src/publish/publish.ts'
import { makeRelease, objectOf, type Release } from '../src/publish/release.ts'
import type { Surroundings } from '../src/publish/site.ts'
import { type Store, StoreError } from '../src/publish/store.ts'
import { verify } from '../src/publish/verify.ts'
import { MemoryStore, Scheduler } from './support/memory-store.ts'

const prefix = 'a/b'

/** A release as a build makes one; `salt` makes its templates others. */
function release(version: string, salt = '', names: readonly string[] = ['one', 'two']): Release {
  const artifacts = names.map(name => {
    const body = Buffer.from(`# ${name} ${version}\n${salt}\n`)
    const sha256 = createHash('sha256').update(body).digest('hex')
    const file = `${name}.yaml`
    const artifact = {
      ...{ name, version, file, bytes: body.length, sha256, description: '' },
      capabilities: ['CAPABILITY_IAM' as const],
      ...{ parameters: [], outputs: [], resourceTypes: [], resources: [], grants: [] },
    }
    return { artifact, body }
  })
  const manifest = { formatVersion: 1, artifacts: artifacts.map(({ artifact }) => artifact) }
  const page = objectOf(
    'index.html',
    Buffer.from(
      `${JSON.stringify(manifest)}<script type="application/json" id="versions">[]</script><p>poolform of ${version}</p>`,
    ),
  )
  return {
    ...{ version, notes: `What is new in ${version}` },
    templates: artifacts.map(({ artifact, body }) => {
      const { name, file, sha256 } = artifact
      return {
        ...{ name, artifact },
        objects: [
          page,
          objectOf(`${file}.sha256`, Buffer.from(checksums([{ file, sha256 }]))),
          objectOf('manifest.json', Buffer.from(JSON.stringify({ ...manifest, artifacts: [artifact] }))),
          objectOf(file, body),
        ] as const,
      }
    }),
  }
}

const quiet: Surroundings = {
  onObject: () => {},
  onWarning: () => {},
  pause: async () => {},
  probe: false,
}

function publishTo(store: Store, what: Release, surroundings: Partial<Surroundings> = {}): Promise<Publication> {
  return publish(what, { store, prefix }, { ...quiet, ...surroundings })
}

const outcomes = ({ templates }: Publication) => templates.map(({ outcome }) => outcome)

function indexOf(memory: MemoryStore): PublicationIndex {
  const text = memory.get(`${prefix}/index.json`)?.body.toString()
  if (text === undefined) return { formatVersion: 1, templates: {} }
  const index = parseIndex(text)
  assert(!('problem' in index), text)
  return index
}

const hashes = new WeakMap<Buffer, string>()

function hash(body: Buffer): string {
  const known = hashes.get(body) ?? createHash('sha256').update(body).digest('hex')
  hashes.set(body, known)
  return known
}

/** Somebody who reads all that can be read, at each moment, and does not forget. */
class Reader {
  readonly #memory: MemoryStore
  readonly #seen = new Map<string, string>()
  #listed: readonly string[] = []
  readonly #latest = new Map<string, string>()
  looks = 0

  constructor(memory: MemoryStore) {
    this.#memory = memory
  }

  look(): void {
    this.looks++
    const index = indexOf(this.#memory)
    const listed = Object.entries(index.templates).flatMap(([template, { versions }]) =>
      versions.map(entry => {
        const folder = `${prefix}/${template}/${entry.version}`
        const there = this.#memory.get(`${prefix}/${entry.file}`)
        assert(there, `${entry.file} is listed, and missing`)
        assert.equal(hash(there.body), entry.sha256)
        assert.equal(there.bytes, entry.bytes)
        assert.equal(there.lastModified, entry.date)
        assert.equal(there.versionId, entry.versionId)
        assert.equal(this.#text(`${folder}/${template}.yaml.sha256`), `${entry.sha256}  ${template}.yaml\n`)
        assert.equal(JSON.parse(this.#text(`${folder}/manifest.json`)).artifacts[0].sha256, entry.sha256)
        assert.match(this.#text(`${folder}/index.html`), new RegExp(entry.sha256))
        return `${template} ${entry.version} ${entry.sha256}`
      }),
    )
    assert.deepEqual(
      this.#listed.filter(entry => !listed.includes(entry)),
      [],
      'what was listed stays listed',
    )
    this.#listed = listed
    for (const [key, { body }] of this.#memory.objects) {
      if (key.includes('/latest/') || key === `${prefix}/index.json`) continue
      const digest = hash(body)
      assert.equal(this.#seen.get(key) ?? digest, digest, `${key} has changed`)
      this.#seen.set(key, digest)
      // what belongs to a template is there before it
      const [, template, version] = /^a\/b\/(\w+)\/([^/]+)\/\w+\.yaml$/.exec(key) ?? []
      if (template === undefined || version === undefined) continue
      const folder = `${prefix}/${template}/${version}`
      assert.equal(this.#text(`${folder}/${template}.yaml.sha256`), `${digest}  ${template}.yaml\n`)
      assert.equal(JSON.parse(this.#text(`${folder}/manifest.json`)).artifacts[0].sha256, digest)
    }
    for (const template of ['one', 'two', 'three']) this.#lookAtLatest(template, index)
  }

  /** Each object of `latest/` holds by itself, and never goes back. */
  #lookAtLatest(template: string, index: PublicationIndex): void {
    const folder = `${prefix}/${template}/latest`
    const versions = index.templates[template]?.versions ?? []
    const yaml = this.#memory.get(`${folder}/${template}.yaml`)?.body
    if (yaml !== undefined) {
      const entry = versions.find(({ sha256 }) => sha256 === hash(yaml))
      this.#forward(`${template}.yaml`, entry?.version)
    }
    const manifest = this.#memory.get(`${folder}/manifest.json`)?.body
    if (manifest !== undefined) {
      const { file, sha256, version } = JSON.parse(manifest.toString()).artifacts[0]
      const there = this.#memory.get(`${folder}/${file}`.replace('/latest/..', ''))
      assert(there, `${template}/latest/manifest.json leads to ${file}, which is missing`)
      assert.equal(hash(there.body), sha256)
      this.#forward(`${template} manifest`, version)
    }
    const page = this.#memory.get(`${folder}/index.html`)?.body.toString()
    if (page !== undefined) {
      const [, list = ''] = /id="versions">([^<]*)</.exec(page) ?? []
      const shown: PublicationIndex['templates'][string] = JSON.parse(list)
      for (const { version, sha256 } of shown.versions) {
        assert(
          versions.some(it => it.version === version && it.sha256 === sha256),
          `the page offers ${version}, which is not listed`,
        )
      }
      const [, version] = /poolform of ([^<]*)</.exec(page) ?? []
      assert.equal(version, shown.latest)
      this.#forward(`${template} page`, version)
    }
  }

  #forward(what: string, version: string | undefined): void {
    assert(version, `${what} of latest/ is none that is listed`)
    assert.equal(semver.prerelease(version), null)
    const before = this.#latest.get(what) ?? version
    assert(semver.gte(version, before), `${what} of latest/ goes back from ${before} to ${version}`)
    this.#latest.set(what, version)
  }

  #text(key: string): string {
    const there = this.#memory.get(key)
    assert(there, `${key} is missing`)
    return there.body.toString()
  }
}

/** Does `latest/` of each template hold what the index says? */
function assertSettled(memory: MemoryStore): void {
  const { templates } = indexOf(memory)
  for (const [template, { latest, versions }] of Object.entries(templates)) {
    const newest = newestRelease(versions.map(({ version }) => version))
    assert.equal(latest, newest)
    const folder = `${prefix}/${template}/latest`
    if (newest === undefined) {
      assert.equal(memory.get(`${folder}/${template}.yaml`), undefined)
      continue
    }
    const yaml = memory.get(`${folder}/${template}.yaml`)
    assert.equal(yaml?.body.toString(), memory.get(`${prefix}/${template}/${newest}/${template}.yaml`)?.body.toString())
    const manifest = JSON.parse(memory.get(`${folder}/manifest.json`)?.body.toString() ?? '')
    assert.equal(manifest.artifacts[0].file, `../${newest}/${template}.yaml`)
    const page = memory.get(`${folder}/index.html`)?.body.toString() ?? ''
    assert.match(page, new RegExp(`poolform of ${newest.replaceAll('.', '\\.')}<`))
    for (const { version } of versions) assert(page.includes(`"version":"${version}"`), `${version} is on the page`)
  }
}

describe('publishing a release', () => {
  test('writes the versions, the index that lists them, and latest', async () => {
    const memory = new MemoryStore({ tick: 1000 })
    const seen: string[] = []
    const done = await publishTo(memory.store(), release('1.0.0'), {
      onObject: ({ key, outcome }) => seen.push(`${outcome} ${key}`),
    })
    assert.deepEqual(outcomes(done), ['released', 'released'])
    assert.deepEqual(
      done.templates.map(({ isLatest }) => isLatest),
      [true, true],
    )
    const folder = (name: string) => ['index.html', 'manifest.json', `${name}.yaml`]
    assert.deepEqual([...memory.objects.keys()].sort(), [
      'a/b/index.json',
      ...['one', 'two'].flatMap(name => [
        ...folder(name).map(file => `a/b/${name}/1.0.0/${file}`),
        `a/b/${name}/1.0.0/${name}.yaml.sha256`,
        ...folder(name).map(file => `a/b/${name}/latest/${file}`),
      ]),
    ])
    assert.equal(new Set(seen).size, memory.objects.size)
    assert(seen.every(line => line.startsWith('written ')))
    const { one } = indexOf(memory).templates
    const yaml = memory.objects.get('a/b/one/1.0.0/one.yaml')
    assert.deepEqual(one, {
      latest: '1.0.0',
      versions: [
        {
          ...{ version: '1.0.0', date: yaml?.lastModified, file: 'one/1.0.0/one.yaml', bytes: yaml?.bytes },
          objects: Object.fromEntries(
            ['index.html', 'manifest.json', 'one.yaml', 'one.yaml.sha256'].map(file => [
              file,
              memory.objects.get(`a/b/one/1.0.0/${file}`)?.sha256,
            ]),
          ),
          ...{ sha256: yaml?.sha256, versionId: yaml?.versionId, capabilities: ['CAPABILITY_IAM'] },
          notes: 'What is new in 1.0.0',
        },
      ],
    })
    const served = (key: string) => [memory.objects.get(key)?.contentType, memory.objects.get(key)?.cacheControl]
    const immutable = 'public, max-age=31536000, immutable'
    assert.deepEqual(served('a/b/one/1.0.0/one.yaml'), ['application/yaml', immutable])
    assert.deepEqual(served('a/b/one/1.0.0/one.yaml.sha256'), ['text/plain; charset=utf-8', immutable])
    assert.deepEqual(served('a/b/one/1.0.0/manifest.json'), ['application/json', immutable])
    assert.deepEqual(served('a/b/one/latest/index.html'), ['text/html; charset=utf-8', 'no-cache'])
    assert.deepEqual(served('a/b/index.json'), ['application/json', 'no-cache'])
    assertSettled(memory)
  })

  for (const tellsChecksums of [true, false]) {
    const where = tellsChecksums ? '' : ', also where the store tells no checksums'
    test(`a second time writes nothing, and says so${where}`, async () => {
      const memory = new MemoryStore({ tellsChecksums, tick: 1000 })
      await publishTo(memory.store(), release('1.0.0'))
      const written = memory.history.length
      const seen: string[] = []
      const again = await publishTo(memory.store(), release('1.0.0'), { onObject: ({ outcome }) => seen.push(outcome) })
      assert.deepEqual(outcomes(again), ['no-op', 'no-op'])
      assert.equal(memory.history.length, written)
      assert.deepEqual(new Set(seen), new Set(['unchanged']))
    })

    test(`with other bytes is refused with both checksums, and changes nothing${where}`, async () => {
      const memory = new MemoryStore({ tellsChecksums })
      const first = release('1.0.0')
      await publishTo(memory.store(), first)
      const written = memory.history.length
      // one template is as it was, and one is new: neither is touched
      const other = release('1.0.0', 'other', ['three', 'two'])
      const refused = await publishTo(memory.store(), other)
      assert.deepEqual(outcomes(refused), ['withheld', 'conflict'])
      assert.equal(memory.history.length, written)
      const yaml = refused.conflicts.find(({ key }) => key === 'a/b/two/1.0.0/two.yaml')
      assert.deepEqual(yaml, {
        ...{ template: 'two', key: 'a/b/two/1.0.0/two.yaml' },
        isListed: true,
        published: first.templates[1]?.artifact.sha256,
        built: other.templates[1]?.artifact.sha256,
      })
    })
  }

  test('that the index lists with other bytes is refused, though its objects are gone', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.0.0'))
    for (const key of [...memory.objects.keys()]) if (key.includes('/1.0.0/')) memory.objects.delete(key)
    const before = memory.state()
    const refused = await publishTo(memory.store(), release('1.0.0', 'other'))
    assert.deepEqual(outcomes(refused), ['conflict', 'conflict'])
    assert.deepEqual(memory.state(), before)
  })

  test('that is older than what is there is listed, and does not become the latest', async () => {
    const memory = new MemoryStore()
    for (const version of ['2.0.0', '1.9.0', '10.0.0', '9.0.0', '1.10.0']) {
      const done = await publishTo(memory.store(), release(version))
      const isLatest = version === '2.0.0' || version === '10.0.0'
      assert.deepEqual(
        done.templates.map(it => it.isLatest),
        [isLatest, isLatest],
        version,
      )
      assertSettled(memory)
    }
    const { one } = indexOf(memory).templates
    assert.deepEqual(
      one?.versions.map(({ version }) => version),
      ['10.0.0', '9.0.0', '2.0.0', '1.10.0', '1.9.0'],
    )
    assert.equal(one?.latest, '10.0.0')
  })

  test('that is a pre-release is listed, and never the latest', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.0.0-rc.1'))
    assert.equal(indexOf(memory).templates['one']?.latest, undefined)
    assert.deepEqual(
      [...memory.objects.keys()].filter(key => key.includes('/latest/')),
      [],
    )
    await publishTo(memory.store(), release('1.0.0'))
    await publishTo(memory.store(), release('2.0.0-rc.1'))
    const { one } = indexOf(memory).templates
    assert.equal(one?.latest, '1.0.0')
    assert.deepEqual(
      one?.versions.map(({ version }) => version),
      ['2.0.0-rc.1', '1.0.0', '1.0.0-rc.1'],
    )
    assertSettled(memory)
  })

  test('with fewer templates leaves the others where they are, and heals what an earlier run left of them', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.0.0'))
    await publishTo(memory.store(), release('2.0.0'))
    const whole = memory.state()
    const old = memory.get('a/b/two/1.0.0/two.yaml')
    assert(old)
    const latest = memory.objects.get('a/b/two/latest/two.yaml')
    assert(latest)
    memory.objects.set('a/b/two/latest/two.yaml', { ...latest, ...old })
    memory.objects.delete('a/b/two/latest/index.html')
    await publishTo(memory.store(), release('1.5.0', '', ['one']))
    assertSettled(memory)
    assert.equal(memory.state()['a/b/two/latest/index.html'], whole['a/b/two/latest/index.html'])
  })

  test('goes on where another template of the prefix has been tampered with, and warns of it', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.0.0', '', ['two']))
    for (const key of ['a/b/two/1.0.0/two.yaml', 'a/b/two/latest/two.yaml']) {
      const kept = memory.objects.get(key)
      assert(kept)
      const body = Buffer.from('hostile')
      memory.objects.set(key, { ...kept, body, sha256: hash(body), etag: '"hostile"' })
    }
    const warnings: string[] = []
    const done = await publishTo(memory.store(), release('1.0.0', '', ['one']), {
      onWarning: text => warnings.push(text),
    })
    assert.deepEqual(outcomes(done), ['released'])
    assert.match(
      warnings.join(),
      /^two\/latest\/ of memory is left as it is: a\/b\/two\/1\.0\.0\/two\.yaml has the SHA-256/,
    )
  })

  test('whose latest/ cannot be made is published all the same, and says what is left', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.1.0'))
    const source = memory.objects.get('a/b/one/1.1.0/index.html')
    assert(source)
    memory.objects.set(source.key, { ...source, body: Buffer.from('hostile'), sha256: hash(Buffer.from('hostile')) })
    const done = await publishTo(memory.store(), release('1.0.1'))
    assert.deepEqual([outcomes(done), done.conflicts], [['released', 'released'], []])
    assert.match(done.trouble?.message ?? '', /^1\.0\.1 is published, but one\/latest\/ is left as it is: a\/b\/one\/1/)
    assert(memory.get('a/b/two/latest/index.html')?.body.includes('"version":"1.0.1"'), 'the other is moved')

    const shut = new MemoryStore()
    const store: Store = {
      ...shut.store(),
      put: async (object, condition) => {
        if (object.key.includes('/latest/')) throw new StoreError('no-permission', 'denied', 'Allow it')
        return shut.put(object, condition)
      },
    }
    const { trouble, templates } = await publishTo(store, release('1.0.0'))
    assert.match(
      trouble?.message ?? '',
      /^1\.0\.0 is published, but one\/latest\/, two\/latest\/ are left as they are: denied/,
    )
    assert.deepEqual(
      templates.map(({ outcome, isLatest }) => [outcome, isLatest]),
      [
        ['released', false],
        ['released', false],
      ],
    )
  })

  test('tells of its objects in one order, whatever the order of the answers', async () => {
    const orders = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      const choose = random(seed)
      const memory = new MemoryStore()
      await publishTo(memory.store(), release('0.9.0'))
      memory.objects.delete('a/b/two/0.9.0/manifest.json')
      for (const what of [release('0.9.0'), release('1.0.0')]) {
        const scheduler = new Scheduler(memory, () => {})
        const seen: string[] = []
        const onObject = ({ key, outcome }: { key: string; outcome: string }) => seen.push(`${outcome} ${key}`)
        void publishTo(scheduler.store('a'), what, { onObject })
        while (await scheduler.step(undefined, choose)) {}
        orders.add(`${what.version}\n${seen.join('\n')}`)
      }
    }
    assert.equal(orders.size, 2, [...orders].join('\n\n'))
  })

  test('that was begun and never finished refuses other bytes, and says that it is not listed', async () => {
    const memory = new MemoryStore()
    const scheduler = new Scheduler(memory, () => {})
    begin(scheduler, 'first', release('1.0.0'))
    while (memory.get('a/b/one/1.0.0/index.html') === undefined) await scheduler.step('first')
    scheduler.kill('first', () => false)
    const { conflicts, templates } = await publishTo(memory.store(), release('1.0.0', 'other'))
    assert.deepEqual(
      conflicts.map(({ key, isListed }) => [key, isListed]),
      [['a/b/one/1.0.0/index.html', false]],
    )
    const region = {
      ...{ region: 'eu-west-1', bucket: 'b', prefix, baseUrl: '', objects: [], warnings: [], error: undefined },
      ...{ publication: { conflicts, templates }, verification: undefined, isPrivate: false },
    }
    const text = (isListed: boolean) => {
      const publication = { templates, conflicts: conflicts.map(conflict => ({ ...conflict, isListed })) }
      const report = { version: '1.0.0', isDryRun: false, findings: [], regions: [{ ...region, publication }] }
      return formatProblems(report)
    }
    assert.match(
      text(false),
      /1\.0\.0 was begun with other bytes, and never finished[\s\S]*another version, or publish from/,
    )
    assert.match(text(false), /index\.html\n[\s\S]*\(the template is the same; its page holds the checksums/)
    assert.match(text(true), /1\.0\.0 is published already, with other bytes[\s\S]*Give the release another version\n$/)
  })

  const foreign: readonly (readonly [what: string, text: string, said: RegExp])[] = [
    ['is no JSON', '{"formatVersion": 1, "templates": {', /it is no JSON/],
    ['is somebody else’s', '{"name": "index"}', /it has no formatVersion 1/],
    ['is of a later poolform', '{"formatVersion": 2, "templates": {}}', /its format 2 is of a newer poolform/],
    ['says more than is known', '{"formatVersion": 1, "templates": {}, "x": 1}', /it has "x", which is not understood/],
    ['is empty', '', /it is no JSON/],
  ]
  for (const [what, text, said] of foreign) {
    test(`is refused where index.json ${what}, and nothing is written`, async () => {
      const memory = new MemoryStore()
      memory.put(
        { key: 'a/b/index.json', body: Buffer.from(text), contentType: 'x', cacheControl: 'x' },
        { ifAbsent: true },
      )
      await assert.rejects(publishTo(memory.store(), release('1.0.0')), error => {
        assert(error instanceof StoreError)
        assert.match(error.message, said)
        return true
      })
      assert.equal(memory.history.length, 1)
    })
  }

  test('as a dry run says what would be written, and writes nothing', async () => {
    const memory = new MemoryStore()
    await publishTo(memory.store(), release('1.0.0'))
    const before = memory.state()
    const seen: string[] = []
    const surroundings = {
      onObject: ({ key, outcome }: { key: string; outcome: string }) => seen.push(`${outcome} ${key}`),
    }
    const done = await publishTo(dryRun(memory.store()), release('1.1.0', '', ['one', 'three']), surroundings)
    assert.deepEqual(outcomes(done), ['released', 'released'])
    assert.deepEqual(memory.state(), before)
    assert.equal(memory.history.length, Object.keys(before).length)
    const would = seen.filter(line => line.startsWith('written')).sort()
    const real = memory.copy()
    const from = real.history.length
    await publishTo(real.store(), release('1.1.0', '', ['one', 'three']))
    assert.deepEqual(
      would,
      real.history
        .slice(from)
        .map(({ key }) => `written ${key}`)
        .sort(),
    )
    assert.deepEqual(outcomes(await publishTo(dryRun(memory.store()), release('1.0.0', 'other'))), [
      'conflict',
      'conflict',
    ])
  })

  test('warns where a store does not keep to conditions, and only there', async () => {
    for (const ignores of [[], ['ifAbsent'], ['ifMatch'], ['ifAbsent', 'ifMatch']] as const) {
      const memory = new MemoryStore({ ignores })
      const warnings: string[] = []
      await publishTo(memory.store(), release('1.0.0'), { probe: true, onWarning: text => warnings.push(text) })
      const names = { ifAbsent: 'If-None-Match', ifMatch: 'If-Match' }
      const said = ignores.map(it => names[it]).join(' and ')
      assert.equal(warnings.length, ignores.length === 0 ? 0 : 1)
      if (said !== '') assert(warnings[0]?.startsWith(`memory ignores ${said}: `), warnings[0])
      // it compares by itself
      const refused = await publishTo(memory.store(), release('1.0.0', 'other'), { probe: true })
      assert.deepEqual(outcomes(refused), ['conflict', 'conflict'])
      assertSettled(memory)
    }
  })

  test('takes a bucket that lets nobody write over a release for one that keeps to conditions', async () => {
    const memory = new MemoryStore()
    const store: Store = {
      ...memory.store(),
      put: async (object, condition) => {
        const isOver = 'ifMatch' in condition && object.key.includes('/1.0.0/')
        if (isOver) throw new StoreError('no-permission', 'denied by the bucket policy', 'Leave it')
        return memory.put(object, condition)
      },
    }
    const warnings: string[] = []
    const done = await publishTo(store, release('1.0.0'), { probe: true, onWarning: text => warnings.push(text) })
    assert.deepEqual([outcomes(done), warnings], [['released', 'released'], []])
  })

  test('takes a store that fails for the moment before it refuses for one that keeps to conditions', async () => {
    const memory = new MemoryStore()
    const store: Store = {
      ...memory.store(),
      put: async (object, condition) => {
        const outcome = memory.put(object, condition)
        // as who tries again finds its own bytes there
        return outcome === 'taken' ? 'found' : outcome
      },
    }
    const warnings: string[] = []
    await publishTo(store, release('1.0.0'), { probe: true, onWarning: text => warnings.push(text) })
    assert.deepEqual(warnings, [])
  })

  test('fails with what the store refuses, when its other requests have come to an end', async () => {
    const memory = new MemoryStore()
    let underWay = 0
    const store: Store = {
      ...memory.store(),
      put: async (object, condition) => {
        underWay++
        await new Promise(resolve => setTimeout(resolve, object.key.endsWith('manifest.json') ? 20 : 1))
        underWay--
        if (object.key.endsWith('.sha256')) throw new StoreError('no-permission', 'not allowed', 'Allow it')
        return memory.put(object, condition)
      },
    }
    await assert.rejects(publishTo(store, release('1.0.0')), /not allowed/)
    assert.equal(underWay, 0)
    assert.equal(memory.get('a/b/index.json'), undefined)
  })
})

/** Starts publishing with requests that a test lets happen. */
function begin(scheduler: Scheduler, name: string, what: Release) {
  const state: { done?: Publication; error?: unknown } = {}
  publishTo(scheduler.store(name), what).then(
    done => {
      state.done = done
    },
    (error: unknown) => {
      state.error = error
    },
  )
  return state
}

async function run(scheduler: Scheduler, publisher: string, steps = Number.POSITIVE_INFINITY): Promise<number> {
  for (let count = 0; count < steps; count++) if (!(await scheduler.step(publisher))) return count
  await scheduler.settled()
  return steps
}

function random(seed: number): (count: number) => number {
  let state = seed
  return count => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return state % Math.max(1, count)
  }
}

describe('a publisher that is killed', () => {
  const lost = { none: () => false, all: () => true, some: (place: number) => place % 2 === 0 }
  for (const [name, before, what] of [
    ['of the first release', [], release('1.0.0')],
    ['of a further release', [release('1.0.0'), release('0.9.0')], release('1.1.0')],
    ['of a pre-release', [release('1.0.0')], release('2.0.0-rc.1')],
  ] as const) {
    test(`at any moment ${name} leaves all whole, and comes to the same end when run again`, async () => {
      const start = new MemoryStore()
      for (const one of before) await publishTo(start.store(), one)
      const undisturbed = start.copy()
      await publishTo(undisturbed.store(), what)
      let events = Number.POSITIVE_INFINITY
      let kills = 0
      for (let at = 0; at <= events; at++) {
        for (const arrives of Object.values(lost)) {
          const memory = start.copy()
          const reader = new Reader(memory)
          const scheduler = new Scheduler(memory, () => reader.look())
          const state = begin(scheduler, 'first', what)
          const count = await run(scheduler, 'first', at)
          if (count < at) events = count
          scheduler.kill('first', arrives)
          reader.look()
          kills++
          const again = begin(scheduler, 'second', what)
          await run(scheduler, 'second')
          assert.equal(state.error, undefined)
          assert.deepEqual(again.error, undefined)
          assert.deepEqual(again.done?.conflicts, [])
          assert.deepEqual(memory.state(), undisturbed.state(), `killed at event ${at}`)
          assertSettled(memory)
        }
      }
      assert(kills > 150, `${kills} kills`)
    })
  }

  test('before the index was written lists the template with the date on which it was written', async () => {
    const memory = new MemoryStore({ tick: 60_000 })
    const scheduler = new Scheduler(memory, () => {})
    begin(scheduler, 'first', release('1.0.0'))
    while (memory.get('a/b/one/1.0.0/one.yaml') === undefined) await scheduler.step('first')
    scheduler.kill('first', () => false)
    const written = memory.objects.get('a/b/one/1.0.0/one.yaml')
    await publishTo(memory.store(), release('1.0.0'))
    const [entry] = indexOf(memory).templates['one']?.versions ?? []
    assert.equal(entry?.date, written?.lastModified)
    assert.equal(entry?.versionId, written?.versionId)
  })
})

describe('two publishers at once', () => {
  const pairs: readonly (readonly [what: string, first: Release, second: Release])[] = [
    ['of two versions', release('1.1.0', '', ['one']), release('1.2.0', '', ['one'])],
    ['of a release and a pre-release', release('1.1.0', '', ['one']), release('2.0.0-rc.1', '', ['one'])],
    ['of different templates', release('1.1.0', '', ['one']), release('1.1.0', '', ['three'])],
    ['of the same release', release('1.1.0', '', ['one']), release('1.1.0', '', ['one'])],
    ['of one version with other bytes', release('1.1.0', 'mine', ['one']), release('1.1.0', 'theirs', ['one'])],
  ]
  for (const [what, first, second] of pairs) {
    test(`${what}: one is stopped at each event, the other at every third, and nothing is lost`, async () => {
      const start = new MemoryStore()
      await publishTo(start.store(), release('1.0.0', '', ['one']))
      let runs = 0
      let ofFirst = Number.POSITIVE_INFINITY
      for (let i = 0; i <= ofFirst; i++) {
        let ofSecond = Number.POSITIVE_INFINITY
        for (let j = 1 + (i % 3); j <= ofSecond; j += 3) {
          const memory = start.copy()
          const reader = new Reader(memory)
          const scheduler = new Scheduler(memory, () => reader.look())
          const a = begin(scheduler, 'a', first)
          const b = begin(scheduler, 'b', second)
          const before = await run(scheduler, 'a', i)
          if (before < i) ofFirst = before
          const inside = await run(scheduler, 'b', j)
          if (inside < j) ofSecond = inside
          await run(scheduler, 'a')
          await run(scheduler, 'b')
          assertBoth(memory, [first, a], [second, b], `${i}, ${j}`)
          runs++
        }
      }
      assert(runs > 150, `${runs} runs`)
    })
  }

  test('in hundreds of other orders', async () => {
    const start = new MemoryStore()
    await publishTo(start.store(), release('1.0.0'))
    const wins = { first: 0, second: 0 }
    for (let seed = 1; seed <= 300; seed++) {
      const choose = random(seed)
      const kinds = [
        release('1.2.0'),
        release('1.1.0', 'theirs'),
        release('1.1.0'),
        release('1.2.0', '', ['two', 'three']),
      ]
      const first = release('1.1.0')
      const second = kinds[choose(kinds.length)] ?? first
      const memory = start.copy()
      const reader = new Reader(memory)
      const scheduler = new Scheduler(memory, () => reader.look())
      const a = begin(scheduler, 'a', first)
      const b = begin(scheduler, 'b', second)
      while (await scheduler.step(undefined, choose)) {}
      assertBoth(memory, [first, a], [second, b], `seed ${seed}`)
      if (b.done !== undefined && b.done.conflicts.length > 0) wins.first++
      if (a.done !== undefined && a.done.conflicts.length > 0) wins.second++
    }
    assert(wins.first > 5 && wins.second > 5, JSON.stringify(wins))
  })
})

type Side = readonly [what: Release, state: { readonly done?: Publication; readonly error?: unknown }]

/** Has each published its release, or been told that the other has won? */
function assertBoth(memory: MemoryStore, a: Side, b: Side, when: string): void {
  const { templates } = indexOf(memory)
  const hasWon = [a, b].map(([what, { done, error }]) => {
    assert.equal(error, undefined, `${when}: ${error instanceof Error ? error.stack : ''}`)
    assert(done, when)
    const isListed = what.templates.every(({ name, artifact }) =>
      templates[name]?.versions.some(it => it.version === what.version && it.sha256 === artifact.sha256),
    )
    const isRefused = done.conflicts.length > 0
    assert.equal(isListed, !isRefused, when)
    if (isRefused)
      assert(
        outcomes(done).every(outcome => outcome === 'conflict' || outcome === 'withheld'),
        when,
      )
    return isListed
  })
  assert(hasWon.includes(true), `${when}: nobody has won`)
  const isSame =
    a[0].version === b[0].version &&
    a[0].templates.some(({ name, artifact }) =>
      b[0].templates.some(it => it.name === name && it.artifact.sha256 !== artifact.sha256),
    )
  assert.equal(hasWon.includes(false), isSame, when)
  assertSettled(memory)
}

describe('verifying', () => {
  const baseUrl = 'https://b.s3.eu-west-1.amazonaws.com/a/b'

  /** Everybody gets what is there, but for what `isShut` says. */
  const look = (memory: MemoryStore, what?: Release, isShut: (path: string) => boolean = () => false) =>
    verify(
      {
        ...{ baseUrl, prefix, store: memory.store() },
        fetch: async url => {
          const path = url.slice(baseUrl.length + 1)
          const { pathname, search } = new URL(url)
          if (isShut(path)) return { status: 403, body: Buffer.from('') }
          const there = memory.get(decodeURIComponent(pathname.slice(1)))
          if (
            there === undefined ||
            (search !== '' && there.versionId !== new URLSearchParams(search).get('versionId'))
          )
            return { status: 404, body: Buffer.from('') }
          const { body, contentType = '', contentEncoding, contentDisposition } = there
          return {
            ...{ status: 200, body, contentType },
            ...(contentEncoding === undefined ? {} : { contentEncoding }),
            ...(contentDisposition === undefined ? {} : { contentDisposition }),
          }
        },
        validate: async () => ({ kind: 'valid' }),
      },
      what,
    )
  const problemsOf = ({ checks }: Awaited<ReturnType<typeof verify>>) =>
    checks.flatMap(({ url, problems }) => problems.map(problem => `${url.slice(baseUrl.length + 1)} ${problem}`))

  const whole = async () => {
    const memory = new MemoryStore()
    for (const version of ['1.0.0', '1.1.0', '1.2.0-rc.1']) await publishTo(memory.store(), release(version))
    return memory
  }

  test('finds what has been published as it was', async () => {
    const memory = await whole()
    const found = await look(memory)
    assert.deepEqual(problemsOf(found), [])
    // four objects of each version of each template, pinned templates, three of each latest/, and the index
    assert.deepEqual([found.checks.length, found.validated, found.isPrivate], [2 * 3 * 5 + 2 * 3 + 1, 8, false])
    assert.deepEqual(problemsOf(await look(memory, release('1.1.0'))), [])
    assert.deepEqual(problemsOf(await look(memory, release('1.1.0', 'other', ['one']))).length, 4)
    assert.deepEqual(problemsOf(await look(memory, release('3.0.0', '', ['one']))), [
      'index.json does not list one 3.0.0',
    ])
  })

  test('finds a byte that was changed, in whatever object, and where latest/ is made of it', async () => {
    const files = (name: string) => ['index.html', 'manifest.json', `${name}.yaml`]
    const paths = [
      ...['1.0.0', '1.1.0', '1.2.0-rc.1'].flatMap(version => files('one').map(file => `one/${version}/${file}`)),
      ...[...files('two').map(file => `two/latest/${file}`), 'two/1.0.0/two.yaml.sha256'],
    ]
    const memory = await whole()
    for (const path of paths) {
      const kept = memory.objects.get(`${prefix}/${path}`)
      assert(kept, path)
      // what a reader would not see, as a script in the page or a value in the manifest: all that was looked for is there
      const body = Buffer.from(`${kept.body} `)
      memory.objects.set(kept.key, { ...kept, body })
      const found = problemsOf(await look(memory))
      assert(
        found.some(problem =>
          problem.startsWith(`${path} ${path.includes('/latest/') ? 'is not what 1.1.0/' : 'has the SHA-256'}`),
        ),
        `${path}: ${found.join()}`,
      )
      const fromIt = path.replace('one/1.1.0/', 'one/latest/')
      const strange = found.filter(problem => ![path, fromIt].includes(problem.split(/[ ?]/)[0] ?? ''))
      assert.deepEqual(strange, [], path)
      memory.objects.set(kept.key, kept)
    }
    assert.deepEqual(problemsOf(await look(memory)), [])
  })

  test('finds that latest/ does not list what the index does', async () => {
    const memory = await whole()
    const before = memory.objects.get(`${prefix}/one/latest/index.html`)
    assert(before, 'a page')
    await publishTo(memory.store(), release('1.0.1'))
    memory.objects.set(before.key, before)
    assert.deepEqual(problemsOf(await look(memory)), [
      'one/latest/index.html is not what 1.1.0/index.html and index.json make it: publish 1.1.0 again',
    ])
  })

  test('finds an encoding and a disposition that nobody has published, also in a private bucket', async () => {
    for (const isShut of [() => false, () => true]) {
      const memory = await whole()
      const kept = memory.objects.get(`${prefix}/one/1.0.0/one.yaml`)
      assert(kept)
      memory.objects.set(kept.key, { ...kept, contentEncoding: 'gzip', contentDisposition: 'attachment' })
      assert.deepEqual(problemsOf(await look(memory, undefined, isShut)), [
        'one/1.0.0/one.yaml has the Content-Encoding gzip, and is to have none',
        'one/1.0.0/one.yaml has the Content-Disposition attachment, and is to have none',
      ])
    }
  })

  test('finds an index that lists nothing, and a bucket that is none', async () => {
    const memory = await whole()
    const kept = memory.objects.get(`${prefix}/index.json`)
    assert(kept)
    memory.objects.set(kept.key, { ...kept, body: Buffer.from(formatIndex({ formatVersion: 1, templates: {} })) })
    assert.deepEqual(problemsOf(await look(memory)), ['index.json lists nothing'])
    const body = Buffer.from('<Error><Code>NoSuchBucket</Code></Error>')
    const none = await verify({
      ...{ baseUrl, prefix, store: memory.store('b in eu-west-1') },
      fetch: async () => ({ status: 404, body }),
      validate: async () => ({ kind: 'valid' }),
    })
    assert.deepEqual(problemsOf(none), ['index.json is missing, for there is no bucket b in eu-west-1'])
  })

  test('calls private only what is known to be', async () => {
    const verification = await look(await whole(), undefined, () => true)
    const region = {
      ...{ region: 'eu-west-1', bucket: 'b', prefix, baseUrl, objects: [], warnings: [], error: undefined },
      ...{ publication: undefined, verification },
    }
    const said = (isPrivate: boolean) =>
      formatSummary({ version: undefined, isDryRun: false, findings: [], regions: [{ ...region, isPrivate }] })
    assert.match(said(true), /fetched with credentials, for the bucket is private/)
    assert.match(said(false), /fetched with credentials, for they are not readable without/)
  })

  test('takes a bucket that refuses everybody for private, and one that refuses some of it for broken', async () => {
    const memory = await whole()
    const shut = await look(memory, undefined, () => true)
    assert.deepEqual([shut.isPrivate, problemsOf(shut), shut.notes], [true, [], []])
    const partly = await look(memory, undefined, path => path.startsWith('one/latest/'))
    assert.equal(partly.isPrivate, false)
    assert.deepEqual(
      problemsOf(partly),
      ['index.html', 'manifest.json', 'one.yaml'].map(
        file => `one/latest/${file} is refused to the public, though other objects are not`,
      ),
    )
    const pinned = await look(memory, undefined, path => path.includes('?versionId='))
    assert.deepEqual([pinned.isPrivate, problemsOf(pinned)], [false, []])
    assert.match(pinned.notes.join(), /^links that are pinned by versionId/)
  })
})

test('a page of many versions offers the newest, with the newest release, and stays small', () => {
  const page = '<p></p><script type="application/json" id="versions">[]</script>'
  const versions = Array.from({ length: 1000 }, (_, index) => ({
    ...{ version: `2.0.0-rc.${1000 - index}`, date: '2026-01-01T00:00:00.000Z', file: 'x'.repeat(80) },
    ...{ sha256: 'a'.repeat(64), versionId: 'v'.repeat(32) },
  }))
  const last = { ...versions[0], version: '1.0.0', date: '2025-01-01T00:00:00.000Z', file: 'f', sha256: 'b' }
  const html = withVersions(page, { latest: '1.0.0', versions: [...versions, last] })
  const [, list = ''] = /id="versions">([^<]*)</.exec(html) ?? []
  const shown = JSON.parse(list)
  assert.deepEqual([shown.versions.length, shown.more, shown.latest], [mostVersions + 1, 1000 - mostVersions, '1.0.0'])
  assert.deepEqual([shown.versions[0].version, shown.versions.at(-1).version], ['2.0.0-rc.1000', '1.0.0'])
  const built = readFileSync(join(import.meta.dirname, '../dist/index.html'))
  const bytes = built.length + Buffer.byteLength(html) - Buffer.byteLength(page)
  assert.equal(bytes <= 150_000, true, `${bytes} bytes`)
  const few = withVersions(page, { latest: '1.0.0', versions: [last] })
  assert.doesNotMatch(few, /"more"/)
})

test('in a terminal what goes on stands in one line below what is done, which is written anew', () => {
  const told: string[] = []
  const progress = new Progress('terminal', false, text => told.push(text))
  progress.object('eu-west-1', { key: 'one.yaml', bytes: 1234, sha256: '', outcome: 'written' })
  progress.verifying('eu-west-1')
  progress.object('us-east-1', { key: 'two.yaml', bytes: 5, sha256: '', outcome: 'unchanged' })
  for (const region of ['us-west-2', 'ap-southeast-2', 'eu-central-1']) progress.verifying(region)
  progress.end()
  const anew = '\r\u001b[2K'
  assert.deepEqual(told.slice(0, 3), [
    `${anew}eu-west-1  one.yaml  1.2 kB  written\n1 object; eu-west-1: publishing`,
    `${anew}1 object; eu-west-1: verifying`,
    `${anew}us-east-1  two.yaml  0.0 kB  is there already\n2 objects; eu-west-1: verifying, us-east-1: publishing`,
  ])
  assert.equal(told.at(-1), anew)
  for (const text of told) assert.equal((text.slice(anew.length).split('\n').at(-1) ?? '').length < 80, true, text)

  const lines: string[] = []
  const plain = new Progress('lines', true, text => lines.push(text))
  plain.object('eu-west-1', { key: 'one.yaml', bytes: 1234, sha256: '', outcome: 'written' })
  plain.verifying('eu-west-1')
  plain.end()
  assert.equal(lines.join(''), 'eu-west-1  one.yaml  1.2 kB  would be written\n')
  const none = new Progress('none', false, text => lines.push(text))
  none.object('eu-west-1', { key: 'one.yaml', bytes: 1234, sha256: '', outcome: 'written' })
  none.end()
  assert.equal(lines.length, 2)
})

describe('a version', () => {
  test('is a semantic one, without build metadata', () => {
    for (const version of ['0.0.1', '1.2.3', '1.2.3-rc.1', '10.20.30-alpha'])
      assert.equal(versionProblem(version), undefined)
    assert.match(versionProblem('v1.2.3') ?? '', /"v1\.2\.3" is no semantic version .*: write 1\.2\.3$/)
    assert.match(versionProblem('1.2.3+build.5') ?? '', /has build metadata.*: write 1\.2\.3$/)
    for (const version of ['1.2', '', 'latest', '1.2.3-', '01.2.3', '../1.2.3', '1.2.3 ', '1.2.3/x', '=1.2.3']) {
      assert.notEqual(versionProblem(version), undefined, version)
    }
  })

  test('is one to those who have no library for it, too', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '00',
      '01',
      '9007199254740991',
      '9007199254740992',
      'rc',
      'rc-1',
      '0a',
      '-',
      '',
    )
    const written = fc
      .tuple(
        fc.array(part, { minLength: 2, maxLength: 4 }),
        fc.array(part, { maxLength: 3 }),
        fc.constantFrom('', '+b', ' ', '\n'),
      )
      .map(([core, labels, end]) => `${core.join('.')}${labels.length > 0 ? `-${labels.join('.')}` : ''}${end}`)
    const long = `1.0.0-${'a'.repeat(250)}`
    const numbers = '1.2.9007199254740991'
    fc.assert(
      fc.property(fc.oneof(written, fc.string()), text => {
        assert.equal(isVersion(text), versionProblem(text) === undefined, JSON.stringify(text))
      }),
      { examples: [[long], [`${long}a`], [numbers], ['1.2.9007199254740992'], ['1.2.3-01'], ['1.2.3']], numRuns: 2000 },
    )
  })
})

describe('index.json', () => {
  const sha256 = hash(Buffer.from(''))
  const entry = (template: string, version: string) => ({
    ...{ template, version, date: '2026-01-01T00:00:00.000Z', file: `${template}/${version}/${template}.yaml` },
    ...{ bytes: 0, sha256, capabilities: [] },
    objects: Object.fromEntries(
      ['index.html', 'manifest.json', `${template}.yaml`, `${template}.yaml.sha256`].map(file => [file, sha256]),
    ),
  })

  test('is the same to the byte in whatever order versions came', () => {
    const entries = [entry('b', '1.0.0'), entry('a', '1.0.0'), entry('a', '1.10.0'), entry('a', '1.9.0-rc.1')]
    const empty = { formatVersion: 1, templates: {} } as const
    const forth = formatIndex(merge(empty, entries))
    const back = formatIndex([...entries].reverse().reduce((index, one) => merge(index, [one]), merge(empty, [])))
    assert.equal(forth, back)
    const parsed = parseIndex(forth)
    assert(!('problem' in parsed))
    assert.equal(formatIndex(parsed), forth)
  })

  test('takes names that every object has for names of templates', () => {
    const index = merge({ formatVersion: 1, templates: {} }, [entry('constructor', '1.0.0')])
    assert.deepEqual(parseIndex(formatIndex(index)), index)
    assert.deepEqual(Object.keys(index.templates), ['constructor'])
  })

  const good = JSON.parse(
    formatIndex(merge({ formatVersion: 1, templates: {} }, [entry('a', '1.0.0'), entry('a', '0.9.0')])),
  )
  const damages: readonly (readonly [said: RegExp, damage: (index: typeof good) => void])[] = [
    [
      /names no template/,
      index => {
        index.templates['../x'] = index.templates.a
      },
    ],
    [
      /a has no versions/,
      index => {
        index.templates.a.versions = []
      },
    ],
    [
      /do not stand the newest first/,
      index => {
        index.templates.a.versions.reverse()
      },
    ],
    [
      /a version twice/,
      index => {
        index.templates.a.versions.push(index.templates.a.versions[0])
      },
    ],
    [
      /the latest of a is 0\.9\.0, and not 1\.0\.0/,
      index => {
        index.templates.a.latest = '0.9.0'
      },
    ],
    [
      /no semantic version/,
      index => {
        index.templates.a.versions[0].version = '1'
      },
    ],
    [
      /no date/,
      index => {
        index.templates.a.versions[0].date = 'yesterday'
      },
    ],
    [
      /file is not a\/1\.0\.0\/a\.yaml/,
      index => {
        index.templates.a.versions[0].file = 'b.yaml'
      },
    ],
    [
      /no SHA-256/,
      index => {
        index.templates.a.versions[0].sha256 = 'x'
      },
    ],
    [
      /no SHA-256/,
      index => {
        index.templates.a.versions[0].objects['index.html'] = 'x'
      },
    ],
    [
      /objects\.manifest\.json is no text/,
      index => {
        index.templates.a.versions[0].objects['manifest.json'] = undefined
      },
    ],
    [
      /"\.\.\/x", which is not understood/,
      index => {
        index.templates.a.versions[0].objects['../x'] = sha256
      },
    ],
    [
      /gives its template two checksums/,
      index => {
        index.templates.a.versions[0].sha256 = sha256.replace(/^./, 'f').replace(/.$/, '0')
      },
    ],
    [
      /no count/,
      index => {
        index.templates.a.versions[0].bytes = '1'
      },
    ],
    [
      /no list of capabilities/,
      index => {
        index.templates.a.versions[0].capabilities = ['ALL']
      },
    ],
    [
      /notes is no text/,
      index => {
        index.templates.a.versions[0].notes = 1
      },
    ],
    [
      /"more", which is not understood/,
      index => {
        index.templates.a.versions[0].more = 1
      },
    ],
    [
      /templates is no object/,
      index => {
        index.templates = []
      },
    ],
  ]
  for (const [said, damage] of damages) {
    test(`is damaged: ${said.source}`, () => {
      const index = structuredClone(good)
      damage(index)
      const read = parseIndex(JSON.stringify(index))
      assert('problem' in read)
      assert.match(read.problem, said)
    })
  }
})

describe('a release', () => {
  const folders = mkdtempSync(join(tmpdir(), 'poolform-publish-'))
  after(() => rmSync(folders, { recursive: true, force: true }))
  const template = (description: string) => `import { defineTemplate, resource } from 'poolform'
export default defineTemplate({
  Description: '${description}',
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`
  const project = (packageFile: string | undefined, description = 'Waits') => {
    const cwd = mkdtempSync(join(folders, 'p-'))
    mkdirSync(join(cwd, 'templates'))
    for (const name of ['one', 'two']) writeFileSync(join(cwd, `templates/${name}.ts`), template(description))
    if (packageFile !== undefined) writeFileSync(join(cwd, 'package.json'), packageFile)
    return { cwd, cacheFolder: join(folders, 'cache'), engine: thisEngine() }
  }
  const dist = (cwd: string) =>
    readdirSync(join(cwd, 'dist')).map(name => readFileSync(join(cwd, 'dist', name), 'utf8'))
  const request = { lint: false, cache: true }
  const leftovers = () => readdirSync(tmpdir()).filter(name => name.startsWith(`poolform-release-${process.pid}-`))

  test('holds for each template what goes beside it, and says its own version', async () => {
    const world = project('{"version": "1.2.3"}')
    const { release, findings } = await makeRelease(request, world)
    assert.deepEqual(findings, [])
    assert.deepEqual([release?.version, release?.templates.map(({ name }) => name)], ['1.2.3', ['one', 'two']])
    for (const { name, artifact, objects } of release?.templates ?? []) {
      const [page, checksum, manifest, yaml] = objects.map(({ body }) => body.toString())
      assert.deepEqual(
        objects.map(({ file }) => file),
        ['index.html', `${name}.yaml.sha256`, 'manifest.json', `${name}.yaml`],
      )
      assert.equal(
        createHash('sha256')
          .update(yaml ?? '')
          .digest('hex'),
        artifact.sha256,
      )
      assert.equal(checksum, `${artifact.sha256}  ${name}.yaml\n`)
      const { artifacts } = JSON.parse(manifest ?? '')
      assert.deepEqual(artifacts, [artifact])
      for (const { artifact } of release?.templates ?? []) assert(page?.includes(artifact.sha256))
      assert.match(yaml ?? '', new RegExp(`^# ${name} 1\\.2\\.3$`, 'm'))
    }
    assert.deepEqual(leftovers(), [])
  })

  test('of another version leaves dist as it is, and the next build of dist as it was', async () => {
    const world = project('{"version": "1.2.3"}')
    const ofDist = { modules: [], out: 'dist', format: 'yaml', check: false, ...request } as const
    await build(ofDist, world)
    const before = dist(world.cwd)
    const { release } = await makeRelease({ ...request, version: '2.0.0-rc.1' }, world)
    assert.equal(release?.version, '2.0.0-rc.1')
    const [one] = release?.templates ?? []
    assert.match(one?.objects.at(-1)?.body.toString() ?? '', /^# one 2\.0\.0-rc\.1$/m)
    assert.equal(one?.artifact.version, '2.0.0-rc.1')
    assert.deepEqual(dist(world.cwd), before)
    const { artifacts } = await build(ofDist, world)
    assert(artifacts.every(({ isChanged }) => !isChanged))
    assert.deepEqual(dist(world.cwd), before)
  })

  test('is the same to the byte each time', async () => {
    const world = project('{"version": "1.2.3"}')
    const [first, second] = [await makeRelease(request, world), await makeRelease({ ...request, cache: false }, world)]
    assert.deepEqual(first, second)
    assert(first.release)
  })

  test('has on its page who can reach what, as a build has it in access/, the same each time', async () => {
    const world = project('{"version": "1.2.3"}')
    const ours = join(import.meta.dirname, '../templates')
    for (const name of ['identity-pool-tutorial.ts', 'shared'])
      cpSync(join(ours, name), join(world.cwd, 'templates', name), { recursive: true })
    const [first, second] = [await makeRelease(request, world), await makeRelease({ ...request, cache: false }, world)]
    assert.deepEqual(first, second)
    const pages = first.release?.templates.map(({ objects: [page] }) => page.body.toString()) ?? []
    assert.equal(pages.length, 3)
    for (const page of pages) {
      assert.equal(page.match(/<section id=decided-/g)?.length, 1)
      assert.match(page, /<th>cognito-sync:\*, cognito-identity:\*<td><b class=wrong>ALLOW!<\/b> tutorial\[0\]\n/)
    }
  })

  test('warns where CHANGELOG.md has no section of the version, and shows what is not released', async () => {
    const world = project('{"version": "1.2.3"}')
    const warned = async (changelog: string, version: string) => {
      writeFileSync(join(world.cwd, 'CHANGELOG.md'), changelog)
      const { release, findings } = await makeRelease({ ...request, version }, world)
      assert(release)
      return findings.map(({ severity, module, message }) => `${severity} ${module} ${message}`).join()
    }
    const unreleased = '# Changelog\n\n## [Unreleased]\n\n- Waits\n'
    assert.match(
      await warned(unreleased, '1.2.3'),
      /^warning CHANGELOG\.md has no section 1\.2\.3: .* under Unreleased$/,
    )
    assert.equal(await warned(unreleased, '1.2.3-rc.1'), '')
    assert.equal(await warned(`${unreleased}\n## [1.2.3]\n\n- Waits\n`, '1.2.3'), '')
    assert.equal(await warned('# Changelog\n', '1.2.3'), '')
  })

  test('is none where a template has an error, or no version names it', async () => {
    const broken = await makeRelease(
      request,
      project('{"version": "1.2.3"}', "' + (() => { throw new Error('x') })() + '"),
    )
    assert.equal(broken.release, undefined)
    assert.deepEqual(new Set(broken.findings.map(({ code }) => code)), new Set(['invalid-module']))
    const empty = mkdtempSync(join(folders, 'p-'))
    const { findings } = await makeRelease(request, { ...project(undefined), cwd: empty })
    assert.deepEqual(
      findings.map(({ code, module }) => [code, module]),
      [['invalid-module', 'templates/*.ts']],
    )
    for (const [packageFile, said] of [
      [undefined, /^is missing$/],
      ['{}', /^has no version$/],
      ['{"version": "1.2"}', /^can't name a release: "1\.2" is no semantic version/],
      ['{"version": 1}', /^can't name a release: "1" is no semantic version/],
      ['{"version": "1.2.3+4"}', /has build metadata/],
    ] as const) {
      const { release, findings } = await makeRelease(request, project(packageFile))
      assert.equal(release, undefined)
      assert.deepEqual(
        findings.map(({ code, module }) => [code, module]),
        [['bad-version', 'package.json']],
      )
      assert.match(findings[0]?.message ?? '', said)
    }
    assert.deepEqual(leftovers(), [])
  })
})

test('a bounded store has no more requests under way than it may, and answers all', async () => {
  const memory = new MemoryStore()
  let underWay = 0
  let most = 0
  const slow: Store = {
    ...memory.store(),
    head: async key => {
      most = Math.max(most, ++underWay)
      await new Promise(resolve => setTimeout(resolve, 1))
      underWay--
      if (key === '7') throw new StoreError('refused', 'seven', 'Ask for another')
      return undefined
    },
  }
  const store = bounded(slow, 4)
  const answers = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => store.head(`${index}`)))
  assert.equal(most, 4)
  assert.deepEqual(answers.filter(({ status }) => status === 'rejected').length, 1)
})
