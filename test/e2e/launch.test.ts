/**
 * What stands behind a launch link's commands: that the AWS CLI itself, called by a shell with the command as it is
 * printed, fetches the published template and hands every value to CloudFormation as it was given.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { deployCommand } from '../../src/launch/commands.ts'
import { templateUrl } from '../../src/launch/template-url.ts'
import { account, aws, awsJson, folder, live, region } from './emulator.ts'

const values = {
  Plain: 'us-east-1_a1B2c3D4e',
  Quotes: `it's "so" \`so\``,
  Dollars: '$HOME ${HOME} $(id) %PATH% !!',
  Shell: 'a; b & c | d > e < f * ? ~ # \\',
  Equals: 'a=b=c,d',
  List: '[1,2]',
  Braces: '{"a":1}',
  File: 'file:///etc/passwd',
  Link: 'https://example.com/?a=b&c=%20',
  Blanks: '  two  ',
  Empty: '',
  Letters: 'naïve 漢字 😀',
}

/** Values that no terminal can be given: the command passes them in a file. */
const hidden = { Lines: 'one\ntwo\tthree', Bidi: 'a\u202eb\u200fשלום' }

const bucket = 'templates-of-a-test'

/** The arguments of each `aws` in the command, as `sh` makes them; it is run in the working folder. */
function run(command: string): readonly (readonly string[])[] {
  const bin = mkdtempSync(path.join(folder, 'bin-'))
  const log = path.join(bin, 'log')
  writeFileSync(path.join(bin, 'aws'), `#!/bin/sh\nprintf '%s\\0' "$@" '' >> '${log}'\n`)
  chmodSync(path.join(bin, 'aws'), 0o755)
  execFileSync('sh', ['-c', command], { env: { PATH: `${bin}:${process.env['PATH']}` } })
  const calls = readFileSync(log, 'utf8').split('\0\0')
  return calls.filter(call => call !== '').map(call => call.split('\0'))
}

for (const [name, parameters] of Object.entries({ 'printable values': values, 'values with keys in them': hidden })) {
  live(`the printed command hands ${name} to CloudFormation as they are`, async () => {
    process.chdir(mkdtempSync(path.join(folder, 'work-')))
    const template = {
      Parameters: Object.fromEntries(Object.keys(parameters).map(key => [key, { Type: 'String' }])),
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    }
    const place = { bucket, prefix: 'a b/c', region }
    const published = { template: 'awkward', version: '1.0.0+b', file: 'awkward.json' }
    await awsJson('s3api', 'create-bucket', '--bucket', bucket)
    writeFileSync('source.json', JSON.stringify(template))
    const key = 'a b/c/awkward/1.0.0+b/awkward.json'
    await awsJson('s3api', 'put-object', '--bucket', bucket, '--key', key, '--body', 'source.json')

    const artifact = { name: 'awkward', file: 'awkward.json', bytes: 100, capabilities: [] }
    const url = templateUrl(place, published)
    const command = deployCommand({ artifact, templateUrl: url, region, stackName: 'awkward', parameters }, 'posix')
    for (const words of run(command)) {
      const { status, stderr } = await aws(...words)
      assert.equal(status, 0, stderr)
    }
    const described: unknown = await awsJson('cloudformation', 'describe-stacks', '--stack-name', 'awkward')
    assert.deepEqual(parametersOf(described), parameters)
    assert.match(JSON.stringify(described), new RegExp(account))
  })
}

function parametersOf(described: unknown): unknown {
  assert.ok(typeof described === 'object' && described !== null && 'Stacks' in described, 'no stacks')
  const { Stacks } = described
  assert.ok(Array.isArray(Stacks), 'no stacks')
  const list: readonly { ParameterKey: string; ParameterValue: string }[] = Stacks[0].Parameters
  return Object.fromEntries(list.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]))
}
