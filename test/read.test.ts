import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { JsonObject } from '../src/document.ts'
import { read } from '../src/read.ts'

test('y and n in either case are text, as keys too; the longer words of YAML 1.1 are booleans', () => {
  assert.deepEqual(documentOf('Resources:\n  N: { Y: n, y: [Y, N, !Ref N], a: [yes, No, on, OFF, true] }\n'), {
    Resources: { N: { Y: 'n', y: ['Y', 'N', { Ref: 'N' }], a: [true, false, true, false, true] } },
  })
})

test('account IDs and dates are text, and numbers are numbers', () => {
  assert.deepEqual(documentOf('Resources: { a: [089012345678, 2012-10-17, 12, 1.5] }\n'), {
    Resources: { a: ['089012345678', '2012-10-17', 12, 1.5] },
  })
})

function documentOf(text: string): JsonObject {
  const found = read(text)
  assert.ok(found.kind === 'template')
  return { ...found.document }
}
