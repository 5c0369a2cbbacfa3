import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Place, places, unknownPlaces } from '../src/access/scenarios.ts'
import { exchange } from '../src/access/show/elsewhere.ts'
import { optionalPlaceholders } from '../src/access/show/placeholders.ts'
import { accessReport } from '../src/access/show/report.ts'
import { type Document, isObject, type JsonObject } from '../src/document.ts'
import { read } from '../src/read.ts'

const [here, govWest, govEast, china] = places
assert.ok(here && govWest && govEast && china, 'the places are these')

const text = (name: string): string => readFileSync(join(import.meta.dirname, `../dist/${name}.yaml`), 'utf8')
const pool = text('identity-pool')

function documentOf(yaml: string): Document {
  const file = read(yaml)
  if (file.kind !== 'template') throw new Error('no template')
  return file.document
}

/** What is written of a template, by the field of the JSON. */
function written(yaml: string, place?: Place): JsonObject {
  const stackId = `arn:${place?.partition}:cloudformation:${place?.region}:123456789012:stack/example/example`
  const stack = { parameters: {}, accountId: '123456789012', stackName: 'example', stackId }
  const report = accessReport(documentOf(yaml), 'a', ...(place === undefined ? [] : [{ ...place, ...stack }]))
  assert.ok(report, 'there is a report')
  return JSON.parse(report.json)
}

function elsewhere(yaml: string): JsonObject {
  const { elsewhere } = written(yaml)
  assert.ok(isObject(elsewhere), 'it says what is elsewhere')
  return elsewhere
}

function spoiled(find: string, put: string, yaml: string = pool): string {
  assert.ok(yaml.includes(find), find)
  return yaml.replace(find, () => put)
}

const asHere = 'as in us-east-1'

const usual = {
  ...{ 'us-gov-west-1': asHere, 'us-gov-east-1': asHere, 'cn-north-1': asHere, 'eu-central-1': asHere },
  ...{ 'eusc-de-east-1': 'refused', 'us-iso-east-1': 'refused' },
}

test('our templates give the same in every region in which they can be deployed', () => {
  assert.deepEqual(elsewhere(pool), usual)
  assert.deepEqual(elsewhere(text('identity-pool-tutorial')), {
    ...{ ...usual, 'us-gov-west-1': 'refused', 'us-gov-east-1': 'refused', 'cn-north-1': 'refused' },
  })
})

test('what is said of another region by comparison is what is decided there by itself', () => {
  for (const yaml of [pool, text('identity-pool-tutorial')]) {
    const { deployments } = written(yaml)
    for (const place of places) {
      if (yaml !== pool && place !== here) continue
      const there = exchange(place, here)(JSON.stringify(written(yaml, place)['deployments']))
      assert.deepEqual(JSON.parse(there), deployments, place.region)
    }
  }
})

test('a branch that one region alone takes changes what is written of that region, and nothing else', () => {
  const west = 'cognito-identity-us-gov.amazonaws.com'
  const east = 'cognito-identity.us-gov-east-1.amazonaws.com'
  const global = 'cognito-identity.amazonaws.com'
  const beijing = 'cognito-identity.cn-north-1.amazonaws.com.cn'
  const sub = (host: string, level = 'private') => `/${level}/\${!${host}:sub}/*`
  const everybody = (regions: string) =>
    spoiled(
      'AllowClassicFlow: !If [ClassicFlowAllowed, true, false]',
      'AllowClassicFlow: !If [IsThere, true, !If [ClassicFlowAllowed, true, false]]',
      spoiled('Conditions:\n', `Conditions:\n  IsThere: ${regions}\n`),
    )
  const spoils: readonly (readonly [region: string, yaml: string])[] = [
    ['us-gov-west-1', spoiled(sub(west), '/private/*')],
    ['us-gov-west-1', spoiled(sub(west, 'protected'), '/protected/*')],
    ['us-gov-west-1', spoiled(`${west}:amr: authenticated`, `${west}:amr: unauthenticated`)],
    ['us-gov-west-1', spoiled(`Federated: ${west}`, `Federated: ${global}`)],
    ['us-gov-east-1', spoiled(sub(east), '/private/*')],
    ['us-gov-east-1', spoiled(`${east}:aud: !Ref IdentityPool`, `${east}:sub: x`)],
    ['us-gov-east-1', spoiled(sub(east), sub(global))],
    ['cn-north-1', spoiled(sub(beijing), '/private/*')],
    ['cn-north-1', spoiled(`${beijing}:amr: authenticated`, `${beijing}:amr: unauthenticated`)],
    ['cn-north-1', spoiled(sub(beijing), sub(beijing).replace('cn-north-1', 'cn-northwest-1'))],
    ['eu-west-3', everybody('!Equals [!Ref AWS::Region, eu-west-3]')],
    ['eu-central-1', everybody('!Not [!Equals [!Ref AWS::Partition, aws-cn]]')],
    ['eusc-de-east-1', spoiled('    aws-cn:\n', '    aws-eusc:\n      Scope: regional\n    aws-cn:\n')],
  ]
  const { deployments } = written(pool)
  for (const [region, yaml] of spoils) {
    const found = written(yaml)
    assert.ok(isObject(found['elsewhere']), region)
    const changed = Object.entries(found['elsewhere']).filter(([name, answer]) => {
      return name in usual ? answer !== Object.entries(usual).find(([key]) => key === name)?.[1] : answer !== asHere
    })
    if (region === 'eu-central-1') {
      // All but China: what is decided here changes with it, and China no more is as it is here.
      assert.notDeepEqual(found['deployments'], deployments)
      assert.deepEqual(
        changed.map(([name]) => name),
        ['cn-north-1'],
      )
    } else {
      assert.deepEqual(found['deployments'], deployments, region)
      assert.deepEqual(
        changed.map(([name]) => name),
        [region],
      )
    }
  }
})

test('of two regions that are alike and not as here, one is told, and the other named', () => {
  const isHere = '!Equals [!Ref AWS::Region, us-east-1]'
  const answers = elsewhere(
    spoiled(
      'AllowClassicFlow: !If [ClassicFlowAllowed, true, false]',
      'AllowClassicFlow: !If [IsHere, false, true]',
      spoiled('Conditions:\n', `Conditions:\n  IsHere: ${isHere}\n`),
    ),
  )
  const { 'us-gov-west-1': first, ...others } = answers
  assert.ok(isObject(first), 'told')
  assert.match(JSON.stringify(first), /"name":"least","changes":\{"roles":\{"signed-in user, classic flow":"[^"]*allow/)
  const asThere = 'as in us-gov-west-1'
  assert.deepEqual(others, {
    ...{ 'us-gov-east-1': asThere, 'cn-north-1': asThere, 'eu-central-1': asThere },
    ...{ 'eusc-de-east-1': 'refused', 'us-iso-east-1': 'refused' },
  })
})

test('a template that knows one host gives nobody anything where it is another, in two words', () => {
  const tutorial = spoiled(
    '!FindInMap [IdentityHosts, !Ref AWS::Partition, Host]',
    'cognito-identity.amazonaws.com',
    text('identity-pool-tutorial'),
  )
  const denied = { 'us-gov-west-1': 'all denied', 'us-gov-east-1': 'all denied', 'cn-north-1': 'all denied' }
  const unknown = { 'eusc-de-east-1': 'not known', 'us-iso-east-1': 'not known' }
  assert.deepEqual(elsewhere(tutorial), { ...usual, ...denied, ...unknown })
})

test('what names another place than the one it is in does not come to look as if it belonged there', () => {
  for (const place of [...places, ...unknownPlaces].slice(1)) {
    const toHere = exchange(place, here)
    const own = `arn:${place.partition}:s3:::b in ${place.region} at x.${place.region}.${place.urlSuffix}`
    assert.equal(toHere(own), 'arn:aws:s3:::b in us-east-1 at x.us-east-1.amazonaws.com')
    const foreign = 'arn:aws:s3:::b in us-east-1 at cognito-identity.amazonaws.com'
    assert.notEqual(toHere(foreign), foreign)
    for (const words of [own, foreign]) assert.equal(toHere(toHere(words)), words, place.region)
  }
})

test('placeholders are of the partition, also where two would be the same', () => {
  for (const place of places) {
    const arns = Object.values(optionalPlaceholders(documentOf(pool), place)).filter(it => it.startsWith('arn:'))
    assert.ok(arns.length > 4, 'some are ARNs')
    for (const arn of arns) assert.ok(arn.startsWith(`arn:${place.partition}:`), `${arn} in ${place.region}`)
  }
})
