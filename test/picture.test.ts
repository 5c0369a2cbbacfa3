import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'

import { goldenOf } from '../src/access/show/golden.ts'
import { accessReport } from '../src/access/show/report.ts'
import { artifactOf } from '../src/build/manifest.ts'
import { link } from '../src/link.ts'
import type { Artifact, Grant } from '../src/manifest.ts'
import { packed, unpacked } from '../src/page/data.ts'
import { decidedSection } from '../src/page/decided.ts'
import { inlinePicture, pictureStyles } from '../src/page/inline-picture.ts'
import { launchPage } from '../src/page/launch-page.ts'
import { pictureOf } from '../src/page/picture.ts'
import { type PictureElement, pictureData } from '../src/page/picture-data.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'

const templates = { 'identity-pool': identityPool, 'notes-app': notesApp, 'publication-bucket': publicationBucket }
const [pool, app, bucket] = Object.entries(templates).map(([name, template]) => {
  const { document } = link(template, { id: name, version: '1.0.0' })
  return artifactOf({ name, version: '1.0.0', file: `${name}.yaml`, text: '', document })
})

const plain: Artifact = {
  ...{ name: 'plain', version: '1.0.0', file: 'plain.yaml', bytes: 1, sha256: '', description: 'Plain' },
  ...{ capabilities: [], parameters: [], outputs: [], resourceTypes: [], resources: [], grants: [] },
}

function grant(rest: Partial<Grant>): Grant {
  return { who: 'signed-in', by: 'R', effect: 'allow', may: 'get objects', on: 'in the bucket b', when: [], ...rest }
}

function description(picture: string): string {
  return /<desc [^>]*>([^<]*)<\/desc>/.exec(picture)?.[1] ?? ''
}

test('a picture says in words who reaches what, and on which conditions', () => {
  assert.ok(pool)
  const words = description(pictureOf(pool))
  for (const sentence of [
    'Signed-in users get the role AuthenticatedRole.',
    'Guests get the role UnauthenticatedRole (if GuestsAllowed).',
    'Signed-in users get the role of their group (if RoleIsByToken).',
    'Signed-in users may do what it allows: whatever the role of their group names (if RoleIsByToken).',
    'private/&lt;identity ID or principal tag userSub&gt;/ of the bucket {UploadsBucketName} (if HasUploads).',
    'Guests may get objects: public/ of the bucket {UploadsBucketName} (if HasPublicFolder, GuestsAllowed).',
    'Made besides: Amazon Cognito: PrincipalTag (IdentityPoolPrincipalTag) (if HasPrincipalTags).',
  ])
    assert.ok(words.includes(sentence), `${sentence} is not in ${words}`)
})

test('a picture of a template that grants nothing shows what it makes, and of what settings', () => {
  assert.ok(app)
  const words = description(pictureOf(app))
  assert.match(words, /^From \d+ settings one stack makes: /)
  assert.match(
    words,
    /Nested stack: Identity, from the template at \{IdentityPoolTemplateUrl\}, whose launch page tells/,
  )
  assert.match(words, /Nobody may take any action of Amazon S3 \(s3:\*\), without TLS: the bucket \{Uploads\}\./)
  assert.match(words, /Amazon S3: Uploads \(Bucket\)/)
})

test('a picture shows who reaches what by a policy that stands on the thing itself', () => {
  assert.ok(bucket)
  const picture = pictureOf(bucket)
  const words = description(picture)
  for (const sentence of [
    'Nobody may take any action of Amazon S3 (s3:*), without TLS: the bucket {Bucket}.',
    'Everybody may get objects and get versions of objects: {Prefix}/ of the bucket {Bucket} (if IsPublic).',
    'The organization {OrganizationId} may get objects and get versions of objects: {Prefix}/ of the bucket {Bucket} (if IsOrganization).',
    'logging.s3.amazonaws.com may put objects, only on behalf of the stack’s account, only on behalf of the bucket {Bucket}: the bucket {AccessLogBucket} (if HasOwnLogBucket).',
  ])
    assert.ok(words.includes(sentence), `${sentence} is not in ${words}`)
  assert.doesNotMatch(words, /get the role/)
  assert.match(picture, />by which policy</)
  // whom no statement names without the condition pales with it
  assert.match(picture, /<g data-when="IsOrganization"><rect [^>]*\/><text [^>]*><tspan [^>]*>The organization</)
})

test('what the form may switch off says on which conditions it is there', () => {
  assert.ok(pool)
  const found = [...pictureOf(pool).matchAll(/data-when="([^"]*)"/g)].map(([, when]) => when)
  for (const when of [
    'HasUploads',
    'HasPublicFolder',
    'GuestsAllowed',
    'GuestsAllowed GuestsDecrypt',
    'HasPrincipalTags',
  ])
    assert.ok(found.includes(when), when)
  const when = [
    { condition: 'A', is: true },
    { condition: 'B', is: false },
  ]
  assert.match(pictureOf({ ...plain, grants: [grant({ when })] }), / data-when="A !B"/)
})

test('a denial is told as one', () => {
  const picture = pictureOf({ ...plain, grants: [grant({ effect: 'deny' })] })
  assert.match(picture, /class="pf-deny"[^>]*>Signed-in users may not get objects</)
})

test('two that differ by a condition in whose they are stand as one, and by anything else do not', () => {
  const one = grant({ on: 'in <a>/ of the bucket b', when: [{ condition: 'A', is: true }] })
  const other = grant({ on: 'in <b>/ of the bucket b', when: [{ condition: 'A', is: false }] })
  assert.match(description(pictureOf({ ...plain, grants: [one, other] })), /: &lt;b or a&gt;\/ of the bucket b\.$/)
  for (const different of [
    { ...other, on: 'in <b>/ of the bucket c' },
    { ...other, may: 'put objects' },
    { ...other, when: [{ condition: 'B', is: false }] },
    { ...other, when: [] },
    { ...other, by: 'S' },
  ])
    assert.doesNotMatch(description(pictureOf({ ...plain, grants: [one, different] })), / or /)
})

test('it is one element that stands by itself, whatever is in the manifest, and the same each time', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '</style><script>',
      '"><img src=x onerror=alert(1)>',
      '\u0000\u0007\ud800]]>',
      '{A}',
      '',
      '日本語'.repeat(20),
    ),
  )
  const when = fc.array(fc.record({ condition: text, is: fc.boolean() }), { maxLength: 2 })
  const who = fc.constantFrom<Grant['who'][]>('signed-in', 'guest', 'other', 'everybody', 'organization', 'account')
  const effect = fc.constantFrom<Grant['effect'][]>('allow', 'deny')
  const artifact = fc.record({
    name: text,
    resources: fc.array(fc.record({ id: text, type: text }), { maxLength: 4 }),
    parameters: fc.array(fc.record({ name: text, type: text, label: text }), { maxLength: 20 }),
    grants: fc.array(fc.record({ who, principal: text, by: text, effect, may: text, on: text, when }), {
      maxLength: 4,
    }),
  })
  fc.assert(
    fc.property(artifact, odd => {
      const picture = pictureOf({ ...plain, ...odd })
      assert.equal(picture, pictureOf({ ...plain, ...odd }))
      assert.deepEqual(picture.match(/<(?!\/?(?:svg|title|desc|style|rect|g|text|tspan|path)[ >])/g), null)
      assert.equal(picture.match(/<svg/g)?.length, 1)
      const tags = (picture.match(/<[^>]*>/g) ?? []).join('').replace(/ data-when="[^"]*"/g, '')
      assert.doesNotMatch(tags, /\son\w+=|\sstyle=|href=|NaN|undefined/)
      assert.doesNotMatch(picture, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
      const open: string[] = []
      for (const [, end, name, rest] of picture.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
        if (end === '/') assert.equal(open.pop(), name)
        else if (rest?.endsWith('/') !== true) open.push(name ?? '')
      }
      assert.deepEqual(open, [])
    }),
  )
})

test('its IDs are of its template alone, so that several may stand in one page', () => {
  const ids = (name: string) => [...pictureOf({ ...plain, name }).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  assert.deepEqual(ids('a'), ['pf-a-title', 'pf-a-desc'])
  assert.deepEqual(ids('b.c'), ['pf-b-c-title', 'pf-b-c-desc'])
})

/** What was decided of one of our templates: the text of `access/<name>.json`. */
function decided(name: 'identity-pool' | 'identity-pool-tutorial'): string {
  const { document } = link(name === 'identity-pool' ? identityPool : tutorial, { id: name, version: '1.0.0' })
  return accessReport(document, name)?.json ?? ''
}

/** Cells of the one place of a template that is made up. */
function decidedOf(cells: string, place = 'P', template = 'made-up'): string {
  const access = { [place]: { 's3:GetObject': cells } }
  const deployment = { name: 'least', parameters: {}, roles: { 'signed-in user': 'R: allow' }, access }
  return JSON.stringify({ template, region: 'us-east-1', deployments: [deployment] })
}

test('what was decided is written into a page with the same bytes each time', () => {
  for (const name of ['identity-pool', 'identity-pool-tutorial'] as const) {
    const text = decided(name)
    assert.equal(decidedSection(text, 'd'), decidedSection(decided(name), 'd'))
    const page = () =>
      launchPage(
        {
          ...{ formatVersion: 1, generator: { name: 'poolform', version: '1.0.0' }, project: { version: '1.0.0' } },
          artifacts: [{ ...plain, name }],
        },
        { script: 'void 0', style: 'a{}' },
        new Map([
          [name, text],
          ['another', text],
        ]),
      )
    assert.equal(page(), page())
    assert.equal(page().match(/ data-case=least>/g)?.length, 1, 'of its own templates, and of no other')
  }
})

test('of a deployment only that is shown which no other one shows', () => {
  const shown = (name: Parameters<typeof decided>[0]) => goldenOf(decided(name)).deployments.map(it => it.name)
  // with all options at once it is as with the least
  assert.deepEqual(shown('identity-pool-tutorial'), ['least', 'ApiRegion'])
  assert.ok(shown('identity-pool').includes('everything') && !shown('identity-pool').includes('IdentityPoolName'))
})

test('a cell of what was decided is what it says, or it is refused', () => {
  const html = (cells: string) => decidedSection(decidedOf(cells), 'd')
  assert.match(html('user allow A, B | guest deny'), /<td><b>allow<\/b> A, B\n/)
  assert.match(html('user ALLOW! A | guest deny D'), /<td><b class=wrong>ALLOW!<\/b> A\n/)
  assert.match(html('user unknown: why | guest allow A'), /What a signed-in user reaches cannot be known here: why\./)
  assert.match(html('user deny | guest deny'), /A guest reaches nothing\./)
  for (const odd of ['', 'user perhaps | guest deny', 'user deny', 'user deny | guest deny | token allow'])
    assert.throws(() => html(odd), /not one that poolform writes/, odd)
  for (const odd of ['{}', '[]', 'null', '{"template":"a","region":"b","deployments":[{}]}'])
    assert.throws(() => goldenOf(odd), /not one that poolform writes/, odd)
})

test('what a template is called, or what it names, stays text in what was decided', () => {
  const evil = '</section><script>x</script>"\'><img src=x onerror=y>&'
  const html = decidedSection(decidedOf(`user allow ${evil} | guest deny`, evil, evil), 'd')
  assert.deepEqual(html.match(/<(?:script|img|\/section)/g), ['</section'])
  assert.ok(html.includes('aria-labelledby="d-h"') && html.includes('&lt;script&gt;'))
})

test('a picture in the data of a page has all that its markup has', () => {
  const written = (element: PictureElement | string): string => {
    if (typeof element === 'string')
      return element.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    const attributes = Object.entries(element.at).map(([name, value]) => ` ${name}="${value}"`)
    const open = `<${element.tag}${attributes.join('')}`
    return element.in === undefined ? `${open}/>` : `${open}>${element.in.map(written).join('')}</${element.tag}>`
  }
  for (const artifact of [pool, app, bucket]) {
    assert.ok(artifact)
    const picture = pictureOf(artifact)
    assert.equal(pictureStyles(picture).length, 1)
    const inline = inlinePicture(picture, false)
    assert.equal(written(pictureData(inline)), inline.trim())
    const told = inlinePicture(picture, true)
    assert.ok(!told.includes('<desc') && told.includes('<title>'))
  }
  assert.throws(() => pictureData('<svg><g></svg>'), /not a picture/)
})

test('what is packed is the same when it is unpacked, ends no script, and is shorter where it says something twice', () => {
  const strings = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[`~^<!a-c]{0,200}$/))
  const values = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      strings,
      fc.jsonValue(),
      fc.array(tie('value')),
      fc.dictionary(strings, tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(values, value => {
      const text = JSON.stringify(value)
      const short = packed(text)
      assert.deepEqual(JSON.parse(unpacked(short)), JSON.parse(text))
      assert.doesNotMatch(short, /</)
      assert.equal(Buffer.from(short).toString(), short, 'half of a surrogate pair')
      assert.ok(short.length <= text.replace(/[<`~^\ud800-\udfff]/g, '123456').length, short)
    }),
  )
  const far = Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 99_991).join()
  for (const between of ['', 'x'.repeat(200), far.slice(0, 20_000), far]) {
    const said = packed(JSON.stringify(['the same words', between, 'the same words']))
    assert.equal(said.match(/the same words/g)?.length, between === far ? 2 : 1)
    assert.equal(unpacked(said), JSON.stringify(['the same words', between, 'the same words']))
  }
})
