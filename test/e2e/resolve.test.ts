/**
 * What `resolve` says of a template, before anything is deployed, is what a deployment then makes: of each of our
 * templates, in every scenario that the laws of access are held against, in every region of interest.
 *
 * Each stack is read twice: what CloudFormation says that it made of the template (all properties of all resources, and
 * the outputs), and what the services then answer, as far as the emulator keeps it.
 */
import assert from 'node:assert/strict'
import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { Deployments, type Place, places, type Scenario, unknownPlaces } from '../../src/access/scenarios.ts'
import { type Document, isObject, type Json, type JsonObject } from '../../src/document.ts'
import { read } from '../../src/read.ts'
import { type Resolved, resolve, Unknown, type Value } from '../../src/resolve/index.ts'
import { isValueList, isValueObject } from '../../src/resolve/value.ts'
import { samples } from '../support/samples.ts'
import { account, live } from './emulator.ts'
import { type Clients, lostOfBucket, type Standing, standingIn, told } from './standing.ts'
import { readTemplate, templateText } from './template.ts'
import { adminIn, deploy, overTls, present, signed, stackEvents } from './world.ts'

const templates = ['identity-pool', 'identity-pool-tutorial', 'publication-bucket', 'notes-app'] as const

type Template = (typeof templates)[number]

/** The bytes that are published, and the same as JSON, which the emulator reads ten times as fast. */
const forms = Object.fromEntries(
  templates.map(name => [name, [templateText(name), JSON.stringify(readTemplate(name))] as const]),
)

const documentOf = (template: string): Document => {
  const file = read(templateText(template))
  assert(file.kind === 'template')
  return file.document
}

const documents = Object.fromEntries(templates.map(name => [name, documentOf(name)]))

/** Regions in which CloudFormation makes nothing of a template, for want of a value in its Mappings. */
const refusedIn: Readonly<Record<Template, readonly string[]>> = {
  'identity-pool': ['eusc-de-east-1', 'us-iso-east-1'],
  'identity-pool-tutorial': ['us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'eusc-de-east-1', 'us-iso-east-1'],
  'publication-bucket': [],
  'notes-app': ['cn-north-1', 'eusc-de-east-1', 'us-iso-east-1'],
}

const resolved = (
  template: string,
  { region, partition, urlSuffix }: Place,
  stackName: string,
  parameters: Readonly<Record<string, string>>,
): Resolved =>
  resolve(present(documents[template]), {
    ...{ region, partition, urlSuffix, accountId: account, parameters, stackName },
    stackId: new Unknown({ kind: 'pseudo', name: 'AWS::StackId' }),
  })

/** Does something with each of them, a few at a time. */
const each = async <T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> => {
  const rest = items.values()
  const work = async () => {
    for (const item of rest) await act(item)
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(work))
}

type Stack = {
  readonly name: string
  readonly template: string
  readonly place: Place
  readonly parameters: Readonly<Record<string, string>>
}

const create = async (client: CloudFormationClient, { name, parameters }: Stack, body: string): Promise<void> => {
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: body,
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  )
}

/** How a stack ended, and its outputs. */
type End = { readonly status: string; readonly outputs: Readonly<Record<string, string>> }

/** Of all stacks of a region, by name, once all have ended. */
const endsIn = async (client: CloudFormationClient): Promise<ReadonlyMap<string, End>> => {
  const ends = new Map<string, End>()
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName, StackStatus, Outputs = [] } of Stacks) {
      const outputs = Outputs.map(it => [present(it.OutputKey), present(it.OutputValue)] as const)
      ends.set(present(StackName), { status: present(StackStatus), outputs: Object.fromEntries(outputs) })
    }
  }
  if (![...ends.values()].some(({ status }) => status.endsWith('_IN_PROGRESS'))) return ends
  await new Promise(resolve => setTimeout(resolve, 20))
  return endsIn(client)
}

/** One resource as CloudFormation made it. */
type Made = { readonly id: string; readonly type: string; readonly properties: JsonObject }

/** What CloudFormation says that it made of the template: its resources by their logical IDs. */
const madeIn = async (client: CloudFormationClient, StackName: string): Promise<Readonly<Record<string, Made>>> => {
  await client.send(new DetectStackDriftCommand({ StackName }))
  const { StackResourceDrifts } = await client.send(new DescribeStackResourceDriftsCommand({ StackName }))
  return Object.fromEntries(
    present(StackResourceDrifts).map(drift => [
      present(drift.LogicalResourceId),
      {
        id: present(drift.PhysicalResourceId),
        type: present(drift.ResourceType),
        properties: JSON.parse(present(drift.ExpectedProperties)),
      },
    ]),
  )
}

type Known = {
  readonly made: Readonly<Record<string, Made>>
  readonly attribute: (made: Made, name: string) => string
}

/** A value with what a deployment made known: the IDs of resources, and their attributes. */
const withIds = (value: Value, known: Known): Json => {
  const inner = (it: Value) => withIds(it, known)
  if (isValueList(value)) return value.map(inner)
  if (isValueObject(value)) return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, inner(it)]))
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  switch (origin.kind) {
    case 'resource':
      return referredTo(present(known.made[origin.id]))
    case 'text':
      return origin.parts.map(inner).join('')
    case 'attribute':
      return known.attribute(present(known.made[origin.id]), String(origin.attribute))
    default:
      throw new Error(`${origin.kind} is not in these templates`)
  }
}

const referredTo = ({ id }: Made): string => id

/** The name of the stack that an ARN is of. */
const nameOf = (arn: string): string => present(arn.split('/')[1])

/**
 * What `Fn::GetAtt` gives. MiniStack's services take every region to be in the partition aws, and so are their ARNs
 * everywhere: once they say better, this is not what a deployment makes, and `arn:aws:` has to be the place's.
 */
const attributes = async (made: Readonly<Record<string, Made>>, region: string, ends: ReadonlyMap<string, End>) => {
  const attributesOf = async ({ type, id, properties }: Made): Promise<Readonly<Record<string, string>>> => {
    switch (type) {
      case 'AWS::IAM::Role':
        return { Arn: `arn:aws:iam::${account}:role${properties['Path'] ?? '/'}${id}` }
      case 'AWS::S3::Bucket':
        return { Arn: `arn:aws:s3:::${id}` }
      case 'AWS::ApiGateway::RestApi':
        return { RootResourceId: await rootOf(id, region) }
      case 'AWS::CloudFormation::Stack': {
        const { outputs } = present(ends.get(nameOf(id)))
        return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`Outputs.${name}`, value]))
      }
      default:
        return {}
    }
  }
  const found = new Map<string, Readonly<Record<string, string>>>()
  for (const one of Object.values(made)) found.set(one.id, await attributesOf(one))
  return ({ id, type }: Made, name: string): string => {
    const value = found.get(id)?.[name]
    assert(value !== undefined, `${name} of ${type} is not in these templates`)
    return value
  }
}

const rootOf = async (api: string, region: string): Promise<string> => {
  const keys = { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: '' }
  const { body } = await signed(keys, 'apigateway', 'GET', `/restapis/${api}/resources`, '', {}, region)
  const answer: { readonly item: readonly { readonly id: string; readonly path: string }[] } = JSON.parse(body)
  return present(answer.item.find(({ path }) => path === '/')).id
}

/** What stands, and how the stacks ended that made it. */
type Site = Standing & { readonly ends: ReadonlyMap<string, End> }

const siteIn = async (region: string, clients: Clients): Promise<Site> => {
  const ends = await endsIn(clients.cloudFormation)
  return { ends, ...(await standingIn(region, clients)) }
}

/** The stack is there, whole, and everything in it is as it was resolved; so are the stacks in it. */
const agrees = async (stack: Stack, site: Site): Promise<void> => {
  const { name, template, place, parameters } = stack
  const where = `${name} ${JSON.stringify(parameters)}`
  const { status, outputs } = present(site.ends.get(name))
  assert.equal(status, 'CREATE_COMPLETE', where)
  const answer = resolved(template, place, name, parameters)
  assert.deepEqual(answer.diagnostics, [], where)

  const made = await madeIn(site.clients.cloudFormation, name)
  const known = { made, attribute: await attributes(made, place.region, site.ends) }
  const said = Object.entries(answer.Resources).map(([id, { Type, Properties }]) => {
    const properties = withIds(Properties, known)
    assert(isObject(properties))
    return [id, { type: Type, properties }] as const
  })
  assert.deepEqual(
    Object.fromEntries(Object.entries(made).map(([id, { type, properties }]) => [id, { type, properties }])),
    Object.fromEntries(said),
    where,
  )
  assert.deepEqual(
    outputs,
    Object.fromEntries(Object.entries(answer.Outputs).map(([key, { Value }]) => [key, withIds(Value, known)])),
    where,
  )

  for (const [id, { type, properties }] of said) {
    const physicalId = present(made[id]).id
    const of = await told(type, properties, physicalId, site)
    assert.deepEqual(of.stands, of.said, `${id} of ${where}`)
    if (type === 'AWS::CloudFormation::Stack') {
      const given = properties['Parameters']
      assert(isObject(given))
      const inside = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]))
      await agrees({ name: nameOf(physicalId), template: 'identity-pool', place, parameters: inside }, site)
    }
  }
}

/** Every scenario of a template in a place, as a stack each. */
const stacksOf = (template: Template, place: Place): readonly Stack[] => {
  const deployments = new Deployments(present(documents[template]), place, samples)
  const scenarios = [...deployments.scenarios()]
  assert.deepEqual(deployments.dropped, [])
  return scenarios.map(({ parameters }, at) => ({
    ...{ name: `${template}-${place.region}-${at}`, template, place },
    parameters: ownBucket(parameters, at),
  }))
}

/** Two stacks cannot have a bucket of the same name. */
const ownBucket = (parameters: Scenario['parameters'], at: number): Scenario['parameters'] =>
  (parameters['BucketName'] ?? '') === '' ? parameters : { ...parameters, BucketName: `example-${at}` }

/** The template that notes-app nests, where the scenarios say that it is. */
const publish = async ({ s3 }: Clients): Promise<void> => {
  await s3.send(new CreateBucketCommand({ Bucket: 'example' }))
  await s3.send(new PutObjectCommand({ Bucket: 'example', Key: 'template.yaml', Body: templateText('identity-pool') }))
}

for (const template of templates) {
  for (const place of [...places, ...unknownPlaces]) {
    const isRefused = refusedIn[template].includes(place.region)
    const [text, json] = present(forms[template])
    const what = isRefused ? 'refused, as resolving it is' : 'deployed as it was resolved'
    live(`${template} in ${place.region} is ${what}, in each of its scenarios`, async () => {
      const stacks = stacksOf(template, place)
      assert(stacks.length > 2, 'there are scenarios')
      const clients = adminIn(place.region)
      overTls(clients.s3)
      await publish(clients)
      if (isRefused) return each(stacks, stack => refuses(stack, clients, json))
      // The first has everything on: it is made of the bytes that are published.
      await each(stacks, stack => create(clients.cloudFormation, stack, stack === stacks[0] ? text : json))
      const site = await siteIn(place.region, clients)
      await each(stacks, stack => agrees(stack, site))
    })
  }
}

/** Both name what the Mappings lack. */
const refuses = async (stack: Stack, clients: Clients, body: string): Promise<void> => {
  const { name, template, place, parameters } = stack
  const { diagnostics } = resolved(template, place, name, parameters)
  const words = diagnostics.map(({ message }) => message).join('\n')
  const { cloudFormation } = clients
  const why = await create(cloudFormation, stack, body).then(async () => {
    assert.equal((await endsIn(cloudFormation)).get(name)?.status, 'ROLLBACK_COMPLETE', name)
    return (await stackEvents(name, clients)).map(event => event.ResourceStatusReason ?? '').join('\n')
  }, String)
  assert.match(why, new RegExp(`Unable to get mapping for \\w+::${place.partition}::`), name)
  assert.match(words, new RegExp(`${place.partition}\\b`), name)
}

live('values that no scenario has are resolved as they are deployed, too', async () => {
  const [place] = places
  assert(place !== undefined)
  const parameters = {
    ...{ IdentityPoolName: 'Notes, all users', GoogleClientId: '1-a.apps.googleusercontent.com', ApiId: 'a1b2c3d4e5' },
    OpenIdConnectProviderArns: ['a', 'b'].map(it => `arn:aws:iam::${account}:oidc-provider/${it}.example.com`).join(),
    SamlProviderArns: ['A', 'B'].map(it => `arn:aws:iam::${account}:saml-provider/${it}`).join(),
    AdditionalApiArns: ['eu-west-1', 'us-west-2']
      .map(it => `arn:aws:execute-api:${it}:${account}:f6e5d4c3b2/prod/GET/*`)
      .join(),
    AdditionalManagedPolicyArns: `arn:aws:iam::${account}:policy/Own,arn:aws:iam::aws:policy/ReadOnlyAccess`,
  }
  const stack = { name: 'lists', template: 'identity-pool', place, parameters }
  const clients = adminIn(place.region)
  await create(clients.cloudFormation, stack, templateText('identity-pool'))
  await agrees(stack, await siteIn(place.region, clients))
})

live('what resolving refuses, a deployment refuses in the same words', async () => {
  const [place] = places
  assert(place !== undefined)
  for (const parameters of [
    { AllowGuests: 'true', AllowClassicFlow: 'true', RoleSelection: 'Token' },
    { UserPoolId: 'us-east-1_a1B2c3D4e' },
    { AllowGuests: 'true', ApiStage: 'prod' },
  ]) {
    const { diagnostics } = resolved('identity-pool', place, 'no', parameters)
    const rules = diagnostics.map(({ path, message }) => [path[1], message.replace(/^.*?: /, '')])
    assert(rules.length > 0)
    await assert.rejects(deploy('no', templateText('identity-pool'), parameters), (error: Error) => {
      return rules.some(([rule, message]) => error.message.includes(`rule ${rule} failed: ${message}`))
    })
  }
})

/**
 * These are compared as CloudFormation resolved them, and not with what the bucket answers. As soon as it answers what
 * the template says, this fails, and `standing.ts` can compare it.
 */
live('the emulator forgets what a template says of encryption, ownership, lifecycle and logs of a bucket', async () => {
  const [place] = places
  assert(place !== undefined)
  const clients = adminIn(place.region)
  overTls(clients.s3)
  const parameters = { AccessLogBucketName: 'logs' }
  const { BucketName = '' } = await deploy('bucket', templateText('publication-bucket'), parameters)
  const said = present(resolved('publication-bucket', place, 'bucket', parameters).Resources['Bucket']).Properties
  assert.deepEqual(Object.keys(said).sort(), [
    ...['BucketEncryption', 'LifecycleConfiguration', 'LoggingConfiguration', 'OwnershipControls'],
    ...['PublicAccessBlockConfiguration', 'VersioningConfiguration'],
  ])
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'bare' }))
  assert.deepEqual(await lostOfBucket(clients, BucketName), await lostOfBucket(clients, 'bare'))
})
