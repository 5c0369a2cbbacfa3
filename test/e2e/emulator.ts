/**
 * One AWS emulator a test file, and the real `aws` CLI pointed at it. `live` is node:test's `test` on an empty emulator;
 * when it fails it shows what the emulator logged meanwhile.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { type CliResult, cli, environment, environmentAt, type KeyPair, python, root, run } from './tools.ts'

export { type CliResult, region, run } from './tools.ts'

const start = async () => {
  const server = spawn(python, ['-X', 'utf8', path.join(root, 'test/e2e/emulator.py')], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // The server ends when its standard input closes, which the operating system sees to whatever happens to this process.
  after(() => server.stdin.end())
  const logged: string[] = []
  server.stderr.setEncoding('utf8').on('data', (text: string) => logged.push(text))
  const ended = new Promise<never>((_, reject) => {
    server.on('error', reject)
    server.on('exit', status => reject(new Error(`The emulator ended with status ${status}:\n${logged.join('')}`)))
  })
  ended.catch(() => {})
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const line = async () => String((await Promise.race([lines.next(), ended])).value)
  const endpoint = `http://127.0.0.1:${await line()}`
  const folder = await line()
  const answer = await Promise.race([fetch(`${endpoint}/_ministack/health`), ended])
  assert.equal(answer.status, 200)
  await answer.text()
  return { endpoint, folder, logged }
}

const emulator = await start()

/** The emulator's address, and its temporary folder, which it removes when it ends. */
export const { endpoint, folder } = emulator
/** MiniStack's account, whose administrator has the key pair test/test. */
export const account = '000000000000'

/** The environment in which AWS's tools and SDKs act for a caller, and know of nothing but the emulator. */
export const environmentOf = (caller: KeyPair): NodeJS.ProcessEnv => environmentAt(endpoint, caller)

/** Runs the AWS CLI as the account's administrator, or as the caller. */
export const aws = (...args: string[]): Promise<CliResult> =>
  awsAs({ accessKeyId: 'test', secretAccessKey: 'test' }, ...args)

export const awsAs = (caller: KeyPair, ...args: string[]): Promise<CliResult> => run(cli, args, environmentOf(caller))

/** The same for a call that must succeed; returns the JSON that it printed. */
export const awsJson = async (...args: string[]): Promise<unknown> => {
  const { status, stdout, stderr } = await aws(...args, '--output', 'json')
  assert.equal(status, 0, `aws ${args.join(' ')}\n${stderr}`)
  return JSON.parse(stdout)
}

/** A test on an empty emulator. */
export const live = (name: string, body: () => Promise<void>): void => {
  test(name, async t => {
    const reset = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' })
    assert.equal(reset.status, 200)
    await reset.text()
    const from = emulator.logged.length
    try {
      await body()
    } catch (error) {
      t.diagnostic(`What the emulator logged:\n${emulator.logged.slice(from).join('').slice(-8000)}`)
      throw error
    }
  })
}
