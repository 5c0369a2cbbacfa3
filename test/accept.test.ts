import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accept } from '../src/accept.ts'
import type { Diagnostic, DiagnosticCode } from '../src/diagnostic.ts'
import { type Document, formatPath, type Json, type Path } from '../src/document.ts'

const place = ['Resources', 'Role', 'Properties', 'Policies', 0]
const wildcard = finding('service-wildcard', place)
const reason = 'The chapter grants s3:*, and this template shows what it grants.'
const acceptance = { Code: 'service-wildcard', Path: 'Resources.Role.Properties.Policies.0', Reason: reason }

function finding(code: DiagnosticCode, path: Path): Diagnostic {
  return { code, severity: 'error', path, message: 'is wrong', help: 'Mend it' }
}

function accepting(Accept: Json): Document {
  return { Metadata: { poolform: { Accept } }, Resources: {} }
}

function left(Accept: Json, diagnostics: readonly Diagnostic[], linted = true): readonly string[] {
  return accept(accepting(Accept), diagnostics, linted).map(({ code, path }) => `${code} ${formatPath(path)}`)
}

test('an accepted diagnostic is dropped, wherever else its code or its place is found', () => {
  const elsewhere = finding('service-wildcard', [...place, 'PolicyDocument'])
  const other = finding('unknown-action', place)
  assert.deepEqual(accept(accepting([acceptance]), [wildcard, elsewhere, other], true), [elsewhere, other])
  assert.deepEqual(left([acceptance], [wildcard, wildcard]), [])
})

test('without acceptances every diagnostic stays', () => {
  assert.deepEqual(accept({ Resources: {} }, [wildcard], true), [wildcard])
  assert.deepEqual(accept({ Metadata: { other: {} }, Resources: {} }, [wildcard], true), [wildcard])
})

test('what is found of the template as a whole is accepted at an empty path', () => {
  assert.deepEqual(left([{ ...acceptance, Code: 'template-size', Path: '' }], [finding('template-size', [])]), [])
})

test('an acceptance that nothing needs is an error at its own place', () => {
  const unneeded = 'unneeded-acceptance Metadata.poolform.Accept'
  assert.deepEqual(left([acceptance], []), [`${unneeded}.0`])
  assert.deepEqual(left([acceptance, { ...acceptance, Code: 'quota' }], [wildcard]), [`${unneeded}.1`])
  assert.deepEqual(left([acceptance, acceptance], [wildcard]), [`${unneeded}.1`])
})

test('of cfn-lint’s findings that is said only once it has been heard', () => {
  const ofLint = { ...acceptance, Code: 'cfn-lint/W3011' }
  assert.deepEqual(left([ofLint], [], false), [])
  assert.deepEqual(left([ofLint], [], true), ['unneeded-acceptance Metadata.poolform.Accept.0'])
  assert.deepEqual(left([ofLint], [finding('cfn-lint/W3011', place)], true), [])
  assert.deepEqual(left([acceptance], [], false), ['unneeded-acceptance Metadata.poolform.Accept.0'])
})

test('a reason is a few words at least', () => {
  for (const Reason of ['', '   ', 'wontfix', 'known issue', '- - - -', 7, { Ref: 'Reason' }]) {
    assert.deepEqual(
      left([{ ...acceptance, Reason }], [wildcard]),
      ['unneeded-acceptance Metadata.poolform.Accept.0.Reason'],
      JSON.stringify(Reason),
    )
  }
  const { Reason, ...without } = acceptance
  assert.deepEqual(left([without], [wildcard]), ['unneeded-acceptance Metadata.poolform.Accept.0.Reason'])
})

test('an acceptance of another shape is an error and accepts nothing', () => {
  const kept = 'service-wildcard Resources.Role.Properties.Policies.0'
  const unneeded = 'unneeded-acceptance Metadata.poolform.Accept'
  assert.deepEqual(left({ Code: 'service-wildcard' }, [wildcard]), [kept, unneeded])
  for (const entry of [null, 'service-wildcard', [], { Code: 'service-wildcard' }, { ...acceptance, Until: '2027' }]) {
    assert.deepEqual(left([entry], [wildcard]), [kept, `${unneeded}.0`])
  }
  const odd: Document = JSON.parse('{"Metadata":null,"Resources":null}')
  assert.deepEqual(accept(odd, [wildcard], true), [wildcard])
})
