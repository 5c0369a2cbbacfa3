import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deploy, lawsOf } from '../src/access/laws/index.ts'
import { Deployments, places, type Scenario } from '../src/access/scenarios.ts'
import type { Document } from '../src/document.ts'
import { link } from '../src/link.ts'
import identityPool from '../templates/identity-pool.ts'
import { readAwsActions } from './support/aws-actions.ts'
import { mutants } from './support/mutants.ts'
import { samples } from './support/samples.ts'

const { document } = link(identityPool, { id: 'identity-pool', version: '1.2.3' })

const laws = lawsOf(readAwsActions())

/** Of every place first that in which everything is on. */
function* scenariosOf(template: Document): Generator<Scenario, undefined> {
  const each = places.map(place => new Deployments(template, place, samples).scenarios())
  for (let count = 0; count < 3; count++) for (const one of each) yield* taken(one)
  for (const one of each) yield* one
}

function* taken(scenarios: Generator<Scenario, undefined>): Generator<Scenario, undefined> {
  const { value } = scenarios.next()
  if (value !== undefined) yield value
}

const usual = [...scenariosOf(document)]

/** A template whose parameters, rules and conditions are the same is deployed in the same ways. */
function scenariosLike(mutant: Document): Iterable<Scenario> {
  const isSame = (['Parameters', 'Rules', 'Conditions', 'Mappings'] as const).every(
    section => JSON.stringify(mutant[section]) === JSON.stringify(document[section]),
  )
  return isSame ? usual : scenariosOf(mutant)
}

for (const [law, name, change] of mutants) {
  test(`law ${law} sees ${name}`, () => {
    const mutant = change(document)
    for (const scenario of scenariosLike(mutant)) {
      if (laws[law](deploy(mutant, scenario)).length > 0) return
    }
    assert.fail('nothing of it is seen in any scenario')
  })
}

test('there are mutants enough, each once', () => {
  const names = mutants.map(([, name, change]) => `${name} ${JSON.stringify(change(document))}`)
  assert.ok(names.length >= 60)
  assert.equal(new Set(names).size, names.length)
})
