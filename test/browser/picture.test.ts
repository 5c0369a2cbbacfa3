import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'

import { artifactOf } from '../../src/build/manifest.ts'
import { link } from '../../src/link.ts'
import type { Artifact } from '../../src/manifest.ts'
import { pictureOf } from '../../src/page/picture.ts'
import identityPool from '../../templates/identity-pool.ts'
import tutorial from '../../templates/identity-pool-tutorial.ts'
import notesApp from '../../templates/notes-app.ts'
import publicationBucket from '../../templates/publication-bucket.ts'
import { launchChromium } from './chromium.ts'

/** The pictures as a real browser lays them out: what no reader of the markup can see. */
let browser: Browser

before(async () => {
  browser = await launchChromium()
})

after(() => browser?.close())

const templates = { identityPool, tutorial, notesApp, publicationBucket }
const ours = Object.entries(templates).map(([name, template]) => {
  const { document } = link(template, { id: name, version: '1.0.0' })
  return artifactOf({ name, version: '1.0.0', file: `${name}.yaml`, text: '', document })
})

const long = 'Wm'.repeat(90)
const odd: Artifact = {
  ...{ version: '1.0.0', file: 'odd.yaml', bytes: 1, sha256: '', description: '', capabilities: [], outputs: [] },
  name: `odd-${long}`,
  resourceTypes: [],
  parameters: Array.from({ length: 30 }, (_, index) => ({ name: `${long}${index}`, type: 'String' })),
  resources: [
    { id: 'Pool', type: 'AWS::Cognito::IdentityPool' },
    { id: long, type: `Custom::${long}`, condition: 'C' },
    ...Array.from({ length: 12 }, (_, index) => ({ id: `Role${index}`, type: 'AWS::IAM::Role' })),
  ],
  grants: Array.from({ length: 12 }, (_, index) => ({
    who: (['signed-in', 'guest', 'other'] as const)[index % 3] ?? 'other',
    ...{ by: index === 5 ? long : `Role${index}`, effect: index % 4 === 0 ? ('deny' as const) : ('allow' as const) },
    may: index % 2 === 0 ? `take the action ${long}` : 'get objects',
    on:
      index % 5 === 0 ? `on 日本語のバケット${'漢字'.repeat(40)}` : `in ${'folder/'.repeat(index * 4)} of the bucket b`,
    when: index % 3 === 0 ? [{ condition: 'C', is: true }] : [],
  })),
}
const artifacts = [...ours, odd, { ...odd, grants: [] }]

type Box = Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>>

function misplaced(boxes: readonly Box[], lines: readonly { readonly text: string; readonly box: Box }[]): string[] {
  const [ground] = boxes
  assert.ok(ground)
  const wrong: string[] = []
  for (const { text, box } of lines) {
    if (!isInside(box, ground)) wrong.push(`${text} leaves the picture`)
    const around = boxes.filter(other => other !== ground && !areApart(box, other))
    if (!around.every(other => isInside(box, other))) wrong.push(`${text} leaves its box`)
  }
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      if (!areApart(one, other) && !isInside(one, other) && !isInside(other, one)) wrong.push('boxes overlap')
    }
  }
  return wrong
}

function isInside(a: Box, b: Box): boolean {
  return a.left >= b.left - 0.5 && a.top >= b.top - 0.5 && a.right <= b.right + 0.5 && a.bottom <= b.bottom + 0.5
}

function areApart(a: Box, b: Box): boolean {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
}

/** Of `rgb(1, 2, 3)`. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(part => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('no text leaves its box or the picture, and no two boxes overlap', async () => {
  const page = await browser.newPage()
  for (const artifact of artifacts) {
    await page.setContent(pictureOf(artifact))
    const { boxes, lines } = await page.evaluate(() => ({
      boxes: [...document.querySelectorAll('rect')].map(it => it.getBoundingClientRect().toJSON()),
      lines: [...document.querySelectorAll('text')]
        .flatMap(it => (it.children.length > 0 ? [...it.children] : [it]))
        .map(it => ({ text: it.textContent ?? '', box: it.getBoundingClientRect().toJSON() })),
    }))
    const found = misplaced(boxes, lines)
    assert.ok(lines.length >= 6, 'there is hardly any text')
    assert.deepEqual(found, [], artifact.name)
  }
  await page.close()
})

test('text can be told from its ground in light, in dark and on paper, where all is light', async () => {
  const page = await browser.newPage()
  for (const media of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { colorScheme: 'dark', media: 'print' },
  ] as const) {
    await page.emulateMedia({ media: null, ...media })
    for (const artifact of artifacts) {
      await page.setContent(pictureOf(artifact))
      const fills = await page.evaluate(() =>
        ['.pf-ground', '.pf-ground, .pf-box', 'text'].map(selector =>
          [...document.querySelectorAll(selector)].map(it => getComputedStyle(it).fill),
        ),
      )
      const [[ground = 0] = [], grounds = [], texts = []] = fills.map(colors => colors.map(luminance))
      const least = Math.min(
        ...texts.flatMap(text => grounds.map(it => (Math.max(text, it) + 0.05) / (Math.min(text, it) + 0.05))),
      )
      // https://www.w3.org/TR/WCAG22/#contrast-minimum
      assert.ok(least >= 4.5, `${artifact.name}: ${least}`)
      assert.equal(ground > 0.5, media.colorScheme === 'light' || 'media' in media)
    }
  }
  await page.close()
})

test('it is XML, as a file of its own is read', async () => {
  const page = await browser.newPage()
  for (const artifact of artifacts) {
    const root = await page.evaluate(
      text => new DOMParser().parseFromString(text, 'image/svg+xml').documentElement.tagName,
      pictureOf(artifact),
    )
    assert.equal(root, 'svg', artifact.name)
  }
  await page.close()
})
