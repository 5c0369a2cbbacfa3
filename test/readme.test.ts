import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import { withTables } from '../scripts/readme.ts'

const readme = readFileSync('README.md', 'utf8')

test('the tables of README.md are those of the templates', () => {
  assert.equal(readme, withTables(readme), 'run `npm run readme`')
})

test('what README.md links to in the project is there', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(([, target = '']) => target)
  assert.ok(targets.length > 3)
  assert.deepEqual(
    targets.filter(target => !existsSync(target)),
    [],
  )
})

test('the anchors that README.md links to are headings of it', () => {
  const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  assert.deepEqual(
    anchors.filter(anchor => !headings.includes(anchor)),
    [],
  )
})
