import { dnsSuffix } from '../launch/partitions.ts'
import type { App, DescribedStack } from '../live/app.ts'
import { partitionIn, regionOfPool, regionOfStack } from '../live/around.ts'
import type { Api, Facts, Problem, Uploads } from './facts.ts'
import { type Logins, loginsOf, loginsSaid } from './logins.ts'

/** What a person says beyond what the stack does. */
export type Choices = {
  /** The app client that the app signs in with; absent: the first. */
  readonly clientId?: string
  /** Absent: the stack's. */
  readonly bucketRegion?: string
  readonly apiStage?: string
}

/** `notes` are clauses without a full stop: what was taken for granted, or is not known. */
export type FactsOrProblem =
  | { readonly facts: Facts; readonly notes: readonly string[] }
  | { readonly problem: Problem }

/** Do this stack's own parameters and outputs say all that there is to know of its identity pool? */
export function saysAll({ outputs }: DescribedStack): boolean {
  return outputs['IdentityPoolId'] !== undefined && isOurs(outputs)
}

const isOurs = (outputs: DescribedStack['outputs']): boolean =>
  ['identity-pool', 'identity-pool-tutorial'].includes(outputs['TemplateId'] ?? '')

/** From a stack of ours, or of anybody's that has the same outputs, or whose identity pool is described. */
export function factsOf(app: App, choices: Choices = {}): FactsOrProblem {
  const owners = app.stacks.filter(({ outputs }) => outputs['IdentityPoolId'] !== undefined)
  const ids = new Set(owners.map(({ outputs }) => outputs['IdentityPoolId'] ?? ''))
  if (app.pool !== undefined) ids.add(app.pool.IdentityPoolId)
  const [id, another] = ids
  if (id === undefined) return { problem: withoutPool(app.stacks) }
  if (another !== undefined) return { problem: severalPools([...ids], owners) }
  const region = regionOfPool(id)
  const own = owners.find(saysAll) ?? owners.at(-1) ?? app.stacks[0]
  if (region === undefined || own === undefined)
    return { problem: unusable('IdentityPoolId', id, expected.identityPool) }

  const around = app.stacks.filter(it => it !== own)
  const said = (name: string): string | undefined =>
    [...sayings(own, name), ...around.map(it => it.outputs[name])].find(isGiven)
  const suffix = dnsSuffix(partitionIn(region))
  const logins = app.pool === undefined || saysAll(own) ? loginsSaid(said, region, suffix) : loginsOf(app.pool, region)
  const stackRegion = regionOfStack(own.id) ?? region
  const notes: string[] = []
  const facts = {
    ...{ stackName: app.stacks[0]?.name ?? '', identityPool: { id, region }, logins },
    allowsGuests: guests(app, own, notes),
  }
  const chosen = choose(logins, said, choices, notes)
  if ('problem' in chosen) return chosen
  const api = apiOf(said, choices, stackRegion, notes)
  if ('problem' in api) return api
  const table = said('UserTableName')
  const whole: Facts = {
    ...{ ...facts, ...chosen, ...api },
    ...uploadsOf(said, own, around, choices.bucketRegion, stackRegion, notes),
    ...(table === undefined ? {} : { table: { name: table, region: stackRegion } }),
  }
  const problem = firstUnusable(whole)
  return problem === undefined ? { facts: whole, notes } : { problem }
}

/**
 * A parameter of ours says what it is called; of anybody else's it may be anything, and the outputs come first. Of one
 * that is stored elsewhere there is nothing but its path, of a secret nothing.
 */
function sayings({ parameters, outputs }: DescribedStack, name: string): readonly (string | undefined)[] {
  const parameter = parameters[name]
  const said = parameter === undefined || /^(?:\*+$|\/)/.test(parameter) ? undefined : parameter
  return isOurs(outputs) ? [said, outputs[name]] : [outputs[name], said]
}

const isGiven = (value: string | undefined): value is string => value !== undefined && value !== ''

// ---- which identity pool ---------------------------------------------------------------------------------------------

function withoutPool(stacks: readonly DescribedStack[]): Problem {
  const [stack] = stacks
  const named = stack === undefined || stack.name === '' ? 'what was given' : `the stack ${stack.name}`
  const outputs = stacks.flatMap(it => Object.keys(it.outputs))
  const has = outputs.length === 0 ? 'it has no outputs' : `its outputs are ${outputs.join(', ')}`
  const isFailed = /FAILED|ROLLBACK|DELETE/.test(stack?.status ?? '')
  return {
    code: 'no-identity-pool',
    message: `${named} has no output IdentityPoolId${isFailed ? `, and is ${stack?.status}` : ''}: ${has}`,
    help: isFailed
      ? 'Deploy it anew: `aws cloudformation describe-stack-events` says why it failed'
      : 'Name the stack that was made of the template identity-pool, or one that has its outputs IdentityPoolId and, where users sign in with a user pool, UserPoolId and UserPoolClientId',
  }
}

const severalPools = (ids: readonly string[], owners: readonly DescribedStack[]): Problem => ({
  code: 'several-identity-pools',
  message: `there are ${ids.length} identity pools: ${ids.join(', ')}`,
  help: `Name by --stack-name the stack of one of them${owners.length === 0 ? '' : `: ${owners.map(it => it.name).join(' or ')}`}`,
})

function guests({ pool }: App, own: DescribedStack, notes: string[]): boolean {
  const allowed = own.parameters['AllowGuests']
  if (allowed === 'true' || allowed === 'false') return allowed === 'true'
  if (pool !== undefined) return pool.AllowUnauthenticatedIdentities
  if (isGiven(own.outputs['UnauthenticatedRoleArn'])) return true
  if (isOurs(own.outputs)) return false
  const [, configured] = /"allowGuestAccess":(true|false)/.exec(own.outputs['ClientConfiguration'] ?? '') ?? []
  if (configured === undefined) notes.push('whether guests are allowed is not known, and taken as no')
  return configured === 'true'
}

// ---- which user pool and client --------------------------------------------------------------------------------------

function choose(
  { userPools }: Logins,
  said: (name: string) => string | undefined,
  { clientId }: Choices,
  notes: string[],
): Pick<Facts, 'userPool'> | { readonly problem: Problem } {
  const all = userPools.flatMap(({ clientIds }) => clientIds)
  if (clientId !== undefined) {
    const userPool = userPools.find(it => it.clientIds.includes(clientId))
    if (userPool !== undefined) return { userPool: { ...userPool, clientId } }
    const message = `the identity pool does not take tokens of the app client ${clientId}`
    const help = all.length === 0 ? 'Leave out --client-id: it knows no app client' : `Give one of ${all.join(', ')}`
    return { problem: { code: 'unknown-client', message, help } }
  }
  const usual = said('UserPoolClientId')
  const userPool = userPools.find(it => usual !== undefined && it.clientIds.includes(usual)) ?? userPools[0]
  if (userPool === undefined) return {}
  const first = usual !== undefined && userPool.clientIds.includes(usual) ? usual : userPool.clientIds[0]
  if (first === undefined) {
    const message = `the app client of the user pool ${userPool.id} is not known: there is no UserPoolClientId`
    return { problem: { code: 'unknown-client', message, help: 'Give the stack an output UserPoolClientId' } }
  }
  const others = all.filter(it => it !== first)
  if (others.length > 0)
    notes.push(`of ${all.length} app clients this is ${first}; --client-id takes ${others.join(' or ')}`)
  return { userPool: { ...userPool, clientId: first } }
}

// ---- what users reach ------------------------------------------------------------------------------------------------

function uploadsOf(
  said: (name: string) => string | undefined,
  own: DescribedStack,
  around: readonly DescribedStack[],
  bucketRegion: string | undefined,
  stackRegion: string,
  notes: string[],
): { readonly uploads?: Uploads } {
  const bucket = said('UploadsBucketName')
  if (bucket === undefined) return {}
  // one that a stack around it has made
  const isOfStack = around.some(({ outputs }) => outputs['TemplateId'] === 'notes-app')
  if (bucketRegion === undefined && !isOfStack) {
    notes.push(
      `the bucket ${bucket} is taken to be in ${stackRegion}, the region of the stack; --bucket-region says another`,
    )
  }
  const keyedBy = said('UploadsFolderKeyedBy') === 'UserSub' ? 'UserSub' : 'IdentityId'
  return {
    uploads: {
      ...{ bucket, region: bucketRegion ?? stackRegion },
      ...(isOurs(own.outputs) ? { keyedBy } : {}),
      hasProtected: said('AllowProtectedFolder') === 'true',
      hasPublic: said('AllowPublicFolder') === 'true',
    },
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html */
function apiOf(
  said: (name: string) => string | undefined,
  { apiStage }: Choices,
  stackRegion: string,
  notes: string[],
): { readonly api?: Api } | { readonly problem: Problem } {
  const apiUrl = said('ApiUrl')
  const [, host, urlRegion] =
    /^https:\/\/([a-z0-9]+\.execute-api\.([a-z0-9-]+)\.[a-z.]+)(?:\/|$)/.exec(apiUrl ?? '') ?? []
  if (apiUrl !== undefined && host !== undefined && urlRegion !== undefined) {
    return { api: { host, region: urlRegion, url: apiUrl.replace(/\/$/, '') } }
  }
  const id = said('ApiId')
  if (id === undefined) return {}
  const region = said('ApiRegion') ?? stackRegion
  const own = `${id}.execute-api.${region}.${dnsSuffix(partitionIn(region))}`
  const allowed = said('ApiStage') ?? '*'
  if (apiStage !== undefined && allowed !== '*' && apiStage !== allowed) {
    const message = `users may call the stage ${allowed} alone, and not ${apiStage}`
    return { problem: { code: 'wrong-stage', message, help: `Give --api-stage ${allowed}, or leave it out` } }
  }
  const stage = apiStage ?? (allowed === '*' ? undefined : allowed)
  if (stage === undefined) {
    notes.push(`users may call every stage of the API ${id}: name by --api-stage the one that the app shall call`)
    return { api: { host: own, region } }
  }
  // of an HTTP API, and in no URL of it
  return { api: { host: own, region, url: stage === '$default' ? `https://${own}` : `https://${own}/${stage}` } }
}

// ---- values that can stand in code ---------------------------------------------------------------------------------

const regionPattern = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/

/** Patterns as the API references have them, or narrower: no value can end a quote. */
const expected = {
  identityPool: [/^[\w-]{1,30}:[0-9a-zA-Z-]{1,40}$/, 'an ID such as us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE'],
  userPool: [/^[\w-]+_[0-9a-zA-Z]+$/, 'an ID such as us-east-1_a1B2c3D4e'],
  client: [/^[\w+]{1,128}$/, 'an ID such as 1example23456789'],
  key: [/^[\w.:/%@+=~-]{1,2048}$/, 'the name of a provider'],
  appId: [/^[\w.;/-]{1,128}$/, 'the ID of an app'],
  developer: [/^[\w.-]{1,128}$/, 'a name of letters, digits and any of _ . -'],
  bucket: [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'],
  region: [regionPattern, 'a region such as us-east-1'],
  host: [/^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.[a-z.]+$/, 'made of the ID of an API, such as a1b2c3d4e5'],
  url: [/^https:\/\/[\w./-]+$/, 'a URL'],
  table: [/^[\w.-]{3,255}$/, 'the name of a table'],
} as const

type Expected = (typeof expected)[keyof typeof expected]

function firstUnusable(facts: Facts): Problem | undefined {
  const { identityPool, logins, uploads, api, table } = facts
  const checks: readonly (readonly [name: string, value: string | undefined, Expected])[] = [
    ['IdentityPoolId', identityPool.id, expected.identityPool],
    ['the region of the identity pool', identityPool.region, expected.region],
    ...logins.userPools.flatMap(({ id, key, clientIds }) => [
      ['UserPoolId', id, expected.userPool] as const,
      ['LoginProviderName', key, expected.key] as const,
      ...clientIds.map(clientId => ['UserPoolClientId', clientId, expected.client] as const),
    ]),
    ...logins.others.flatMap(({ name, key, appId }) => [
      [`the provider ${name}`, key, expected.key] as const,
      [`the app's ID at ${name}`, appId, expected.appId] as const,
    ]),
    ['DeveloperProviderName', logins.developer?.name, expected.developer],
    ['UploadsBucketName', uploads?.bucket, expected.bucket],
    ['the region of the bucket', uploads?.region, expected.region],
    ['ApiId', api?.host, expected.host],
    ['the region of the API', api?.region, expected.region],
    ['the URL of the API', api?.url, expected.url],
    ['UserTableName', table?.name, expected.table],
  ]
  const wrong = checks.find(([, value, [pattern]]) => value !== undefined && !pattern.test(value))
  return wrong === undefined ? undefined : unusable(wrong[0], wrong[1] ?? '', wrong[2])
}

const unusable = (name: string, value: string, [, form]: Expected): Problem => ({
  code: 'unusable-value',
  message: `${name} is ${JSON.stringify(value)}, which is not ${form}`,
  help: 'Correct the stack, or the file of its outputs',
})
