import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { check } from '../src/check/index.ts'
import type { Document } from '../src/document.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { settledQuestions } from '../src/knowledge/settled.ts'
import { compileValidator } from '../src/knowledge/validator.ts'

const scratch = mkdtempSync(join(tmpdir(), 'poolform-settled-'))
after(() => rmSync(scratch, { recursive: true, force: true }))
const newFolder = () => mkdtempSync(join(scratch, 'x-'))

const knowledge = readKnowledge({
  assets: '.',
  cacheFolder: undefined,
  engine: 'test',
  loadCompiler: () => compileValidator,
})

const pool = (AllowUnauthenticatedIdentities: boolean | string): Document => ({
  Description: 'x',
  Resources: { Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities } } },
})

test('what is settled is so for later runs of the same poolform, and for no other', () => {
  const folder = newFolder()
  settledQuestions(folder, 'one').add('question')
  assert.equal(settledQuestions(folder, 'one').has('question'), true)
  assert.equal(settledQuestions(folder, 'one').has('another'), false)
  assert.equal(settledQuestions(folder, 'two').has('question'), false)
})

test('a line that was cut short, or a folder that cannot be made, settles nothing', () => {
  const folder = newFolder()
  settledQuestions(folder, 'one').add('question')
  const [name = ''] = readdirSync(join(folder, 'settled'))
  const file = join(folder, 'settled', name)
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40))
  assert.equal(settledQuestions(folder, 'one').has('question'), false)
  const nowhere = settledQuestions(join(file, 'below'), 'one')
  nowhere.add('question')
  assert.equal(nowhere.has('question'), false)
})

test('a document that was right is not asked again with another description, and is with anything else', () => {
  const questions = new Set<string>()
  let asked = 0
  const counting = {
    ...knowledge,
    settled: questions,
    resourceType: (name: string) => {
      asked++
      return knowledge.resourceType(name)
    },
  }
  assert.deepEqual(check(pool(true), '', counting), [])
  const first = asked
  assert.ok(first > 0)
  assert.deepEqual(check({ ...pool(true), Description: 'another' }, '', counting), [])
  assert.equal(asked, first)
  assert.deepEqual(
    check(pool('maybe'), '', counting).map(({ code }) => code),
    ['invalid-property'],
  )
  assert.ok(asked > first)
})

test('a document that was wrong is asked again, and sizes are always looked at', () => {
  const settled = new Set<string>()
  const remembering = { ...knowledge, settled }
  check(pool('maybe'), '', remembering)
  assert.equal(settled.size, 0)
  check(pool(true), '', remembering)
  assert.equal(settled.size, 1)
  const long = check({ ...pool(true), Description: 'x'.repeat(1025) }, 'x'.repeat(1_000_001), remembering)
  assert.deepEqual(
    long.map(({ code }) => code),
    ['quota', 'template-size'],
  )
})
