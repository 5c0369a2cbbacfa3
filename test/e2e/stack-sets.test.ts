/**
 * Stack sets of identity-pool in two accounts and three regions, by the AWS SDK and by the printed commands, against moto
 * (the emulator of the other tests has no stack sets).
 *
 * What it shows: the requests are such as botocore's and the SDK's models take; the commands say what they shall; the
 * stacks of several regions get by in one account, whose IAM roles they share the names of.
 * What it does not: moto ends every operation at once and asks for no permission, so neither the roles and the trust
 * that stack sets need, nor preferences, managed execution and failures are tried; an update of the set does not reach
 * its stacks there; Organizations deploys nothing by itself; Rules are not looked at; and of Cognito, which moto's
 * CloudFormation lacks, there are only stand-ins with an ID. Nobody has run this on AWS.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  ListStackSetOperationsCommand,
  type Parameter,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { type StackSet, stackSetCommands } from '../../src/launch/commands.ts'
import { templateUrl } from '../../src/launch/template-url.ts'
import { templateText } from './template.ts'
import { cli, environment, environmentAt, python, region, root, run } from './tools.ts'

const server = spawn(python, ['-X', 'utf8', path.join(root, 'test/e2e/stack_sets.py')], {
  env: environment,
  stdio: ['pipe', 'pipe', 'pipe'],
})
const logged: string[] = []
server.stderr.setEncoding('utf8').on('data', (text: string) => logged.push(text))
const folder = mkdtempSync(path.join(tmpdir(), 'poolform-stack-sets-'))
after(() => {
  server.stdin.end()
  rmSync(folder, { recursive: true, force: true })
})
const { value: port, done } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
assert.ok(!done, logged.join(''))
const endpoint = `http://127.0.0.1:${port}`

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
const admin: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const at = (where: string, credentials = admin) => ({ endpoint, region: where, credentials })
const cloudFormation = new CloudFormationClient(at(region))

const accounts = ['111122223333', '444455556666'] as const
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const
const place = { bucket: 'templates-of-a-test', prefix: 'a', region }
const urlOf = (version: string) => templateUrl(place, { template: 'identity-pool', version })

const s3 = new S3Client({ ...at(region), forcePathStyle: true })
await s3.send(new CreateBucketCommand({ Bucket: place.bucket }))
for (const version of ['1.0.0', '1.1.0']) {
  const Body = templateText('identity-pool').replace(/^Description: .*$/m, `Description: version ${version}`)
  const Key = `a/identity-pool/${version}/identity-pool.yaml`
  await s3.send(new PutObjectCommand({ Bucket: place.bucket, Key, Body }))
}

const parameters = { ApiStage: 'prod', IdentityPoolName: "it's $HOME" }
const overrides = [
  { account: accounts[0], parameters: { UserPoolId: 'us-east-1_aaaaaaaaa', UserPoolClientId: '1aaa' } },
  {
    account: accounts[1],
    region: regions[1],
    parameters: { UserPoolId: 'eu-west-1_bbbbbbbbb', UserPoolClientId: '2bbb' },
  },
]

const listOf = (values: Readonly<Record<string, string>>): Parameter[] =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))

const recordOf = (list: readonly Parameter[] = []) =>
  Object.fromEntries(list.map(({ ParameterKey = '', ParameterValue }) => [ParameterKey, ParameterValue]))

/** What an account's own administrator sees of a set's stack there. */
const stackIn = async (name: string, account: string, where: string) => {
  const role = { RoleArn: `arn:aws:iam::${account}:role/Administrator`, RoleSessionName: 'test' }
  const { Credentials } = await new STSClient(at(region)).send(new AssumeRoleCommand(role))
  assert.ok(Credentials?.AccessKeyId && Credentials.SecretAccessKey && Credentials.SessionToken, 'no credentials')
  const own = new CloudFormationClient(
    at(where, {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    }),
  )
  const { Stacks = [] } = await own.send(new DescribeStacksCommand({ StackName: `StackSet:${name}` }))
  assert.equal(Stacks.length, 1)
  const [stack] = Stacks
  return { status: stack?.StackStatus, parameters: recordOf(stack?.Parameters), outputs: stack?.Outputs ?? [] }
}

const instancesOf = async (StackSetName: string) => {
  const { Summaries = [] } = await cloudFormation.send(new ListStackInstancesCommand({ StackSetName }))
  return Summaries.map(({ Account, Region, Status }) => `${Account} ${Region} ${Status}`).sort()
}

const overrideIn = async (StackSetName: string, StackInstanceAccount: string, StackInstanceRegion: string) => {
  const named = { StackSetName, StackInstanceAccount, StackInstanceRegion }
  const { StackInstance } = await cloudFormation.send(new DescribeStackInstanceCommand(named))
  return recordOf(StackInstance?.ParameterOverrides)
}

/** Are there six stacks of that set, made of 1.0.0, each with its own parameters? */
const assertMade = async (name: string) => {
  assert.deepEqual(
    await instancesOf(name),
    accounts.flatMap(account => regions.map(where => `${account} ${where} CURRENT`)).sort(),
  )
  const { StackSet } = await cloudFormation.send(new DescribeStackSetCommand({ StackSetName: name }))
  assert.match(StackSet?.TemplateBody ?? '', /^Description: version 1\.0\.0$/m)
  assert.deepEqual(recordOf(StackSet?.Parameters), parameters)
  for (const account of accounts) {
    for (const where of regions) {
      const own = overrides.find(it => it.account === account && (it.region ?? where) === where)
      if (own !== undefined) assert.deepEqual(await overrideIn(name, account, where), own.parameters)
      const stack = await stackIn(name, account, where)
      assert.equal(stack.status, 'CREATE_COMPLETE')
      assert.equal(stack.parameters['UserPoolId'], own?.parameters.UserPoolId ?? '')
      const pool = stack.outputs.find(({ OutputKey }) => OutputKey === 'IdentityPoolId')?.OutputValue
      assert.ok(pool?.startsWith(`${where}:`), pool)
    }
  }
}

const assertUpdated = async (name: string) => {
  const { StackSet } = await cloudFormation.send(new DescribeStackSetCommand({ StackSetName: name }))
  assert.match(StackSet?.TemplateBody ?? '', /^Description: version 1\.1\.0$/m)
  assert.deepEqual(recordOf(StackSet?.Parameters), { ...parameters, ApiStage: 'next' })
  assert.deepEqual(await overrideIn(name, accounts[0], regions[0]), overrides[0]?.parameters)
  const { Summaries = [] } = await cloudFormation.send(new ListStackSetOperationsCommand({ StackSetName: name }))
  assert.ok(
    Summaries.some(({ Action, Status }) => Action === 'UPDATE' && Status === 'SUCCEEDED'),
    'no update',
  )
}

test('the AWS SDK makes identity-pool in two accounts and three regions, each with its own parameters, and updates it', async () => {
  const StackSetName = 'by-sdk'
  const common = { StackSetName, Capabilities: ['CAPABILITY_IAM' as const] }
  await cloudFormation.send(
    new CreateStackSetCommand({ ...common, TemplateURL: urlOf('1.0.0'), Parameters: listOf(parameters) }),
  )
  for (const { account, region: where, parameters: own } of overrides) {
    const Regions = where === undefined ? [...regions] : [where]
    const ParameterOverrides = listOf(own)
    await cloudFormation.send(
      new CreateStackInstancesCommand({ StackSetName, Accounts: [account], Regions, ParameterOverrides }),
    )
  }
  const Regions = regions.filter(it => it !== regions[1])
  await cloudFormation.send(new CreateStackInstancesCommand({ StackSetName, Accounts: [accounts[1]], Regions }))
  await assertMade(StackSetName)

  const Parameters = listOf({ ...parameters, ApiStage: 'next' })
  await cloudFormation.send(new UpdateStackSetCommand({ ...common, TemplateURL: urlOf('1.1.0'), Parameters }))
  await assertUpdated(StackSetName)

  const ParameterOverrides = listOf({ UserPoolId: 'us-east-1_ccccccccc' })
  await cloudFormation.send(
    new UpdateStackInstancesCommand({
      ...{ StackSetName, Accounts: [accounts[1]], Regions: [regions[0]], ParameterOverrides },
    }),
  )
  assert.deepEqual(await overrideIn(StackSetName, accounts[1], regions[0]), { UserPoolId: 'us-east-1_ccccccccc' })
})

test('the printed commands make and update the same', async () => {
  const set: StackSet = {
    artifact: { name: 'identity-pool', file: 'identity-pool.yaml', bytes: 1, capabilities: ['CAPABILITY_IAM'] },
    ...{ templateUrl: urlOf('1.0.0'), region, stackName: 'by-command', parameters, regions, overrides },
    targets: { kind: 'self-managed', accounts },
  }
  const made = stackSetCommands(set, 'posix').filter(({ command }) => / create-/.test(command))
  assert.equal(made.length, 4)
  for (const { command } of made) await runCommand(command)
  await assertMade('by-command')

  const changed = { ...set, templateUrl: urlOf('1.1.0'), parameters: { ...parameters, ApiStage: 'next' } }
  const later = stackSetCommands(changed, 'posix').filter(({ command }) => !/ create-/.test(command))
  assert.equal(later.length, 2)
  for (const { command } of later) await runCommand(command)
  await assertUpdated('by-command')
})

test('a template that names its role is refused where an account has it in another region: moto would have told', async () => {
  const Role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'fixed', AssumeRolePolicyDocument: {} } }
  const TemplateBody = JSON.stringify({ Resources: { Role } })
  const StackSetName = 'with-a-name'
  await cloudFormation.send(
    new CreateStackSetCommand({ StackSetName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  )
  await assert.rejects(
    cloudFormation.send(
      new CreateStackInstancesCommand({ StackSetName, Accounts: [accounts[0]], Regions: [...regions] }),
    ),
    /already exists/,
  )
})

/** Runs a printed command by `sh`, and what it calls by the AWS CLI. */
const runCommand = async (command: string) => {
  const bin = mkdtempSync(path.join(folder, 'bin-'))
  const log = path.join(bin, 'log')
  writeFileSync(path.join(bin, 'aws'), `#!/bin/sh\nprintf '%s\\0' "$@" > '${log}'\n`)
  chmodSync(path.join(bin, 'aws'), 0o755)
  execFileSync('/bin/sh', ['-c', command], { env: { PATH: bin } })
  const words = readFileSync(log, 'utf8').split('\0').slice(0, -1)
  const { status, stderr } = await run(cli, words, environmentAt(endpoint, admin))
  assert.equal(status, 0, `${command}\n${stderr}\n${logged.join('').slice(-4000)}`)
}
