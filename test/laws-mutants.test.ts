import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deploy, lawsOf } from '../src/access/laws/index.ts'
import { Deployments, type Place, places, type Scenario } from '../src/access/scenarios.ts'
import type { Template } from '../src/authoring/model.ts'
import type { Document } from '../src/document.ts'
import { link } from '../src/link.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { readAwsActions } from './support/aws-actions.ts'
import { appMutants, bucketMutants, deeper, deeperBucketMutants, mutants, tutorialMutants } from './support/mutants.ts'
import { samples } from './support/samples.ts'

const laws = lawsOf(readAwsActions())

/** Of every place first that in which everything is on. */
function* scenariosOf(template: Document, where: readonly Place[]): Generator<Scenario, undefined> {
  const each = where.map(place => new Deployments(template, place, samples).scenarios())
  for (let count = 0; count < 3; count++) for (const one of each) yield* taken(one)
  for (const one of each) yield* one
}

function* taken(scenarios: Generator<Scenario, undefined>): Generator<Scenario, undefined> {
  const { value } = scenarios.next()
  if (value !== undefined) yield value
}

/** What decides in which ways a template is deployed. */
const deciding = ['Parameters', 'Rules', 'Conditions', 'Mappings'] as const

const named = (id: string, template: Template) => [id, link(template, { id, version: '1.2.3' }).document] as const

for (const [name, document, slips, least, where] of [
  [...named('identity-pool', identityPool), [...mutants, ...deeper], 60, places],
  [...named('publication-bucket', publicationBucket), [...bucketMutants, ...deeperBucketMutants], 10, places],
  // Where their hosts and services are known: elsewhere they are refused, and break what they like.
  [...named('notes-app', notesApp), appMutants, 10, places.slice(0, 3)],
  [...named('identity-pool-tutorial', tutorial), tutorialMutants, 10, places.slice(0, 1)],
] as const) {
  const usual = [...scenariosOf(document, where)]
  const scenariosLike = (mutant: Document): Iterable<Scenario> => {
    const isSame = deciding.every(section => JSON.stringify(mutant[section]) === JSON.stringify(document[section]))
    return isSame ? usual : scenariosOf(mutant, where)
  }

  test(`${name} as it is keeps the laws by which its mutants are seen`, () => {
    for (const scenario of usual.slice(0, 40)) {
      const deployed = deploy(document, scenario)
      for (const law of new Set(slips.map(([law]) => law))) assert.deepEqual(laws[law](deployed), [])
    }
  })

  for (const [law, slip, change] of slips) {
    test(`law ${law} sees in ${name}: ${slip}`, () => {
      const mutant = change(document)
      for (const scenario of scenariosLike(mutant)) {
        if (laws[law](deploy(mutant, scenario)).length > 0) return
      }
      assert.fail('nothing of it is seen in any scenario')
    })
  }

  test(`there are mutants enough of ${name}, each once`, () => {
    const made = slips.map(([, , change]) => JSON.stringify(change(document)))
    assert.ok(made.length >= least, String(made.length))
    assert.equal(new Set(made).size, made.length)
  })
}
