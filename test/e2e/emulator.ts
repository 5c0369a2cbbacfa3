/**
 * One AWS emulator a test file, and the real `aws` CLI pointed at it. `live` is node:test's `test` on an empty emulator;
 * when it fails it shows what the emulator logged meanwhile.
 */
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const toolsFile = path.join(
  path.resolve(process.env['POOLFORM_E2E_TOOLS'] || path.join(root, '.cache/e2e')),
  'tools.json',
)

/** The paths that scripts/e2e-tools.mjs leaves; it runs when there are none, and fails with its own words. */
const tools = (): { python: string; aws: string } => {
  if (!existsSync(toolsFile)) {
    execFileSync(process.execPath, [path.join(root, 'scripts/e2e-tools.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  const found: unknown = JSON.parse(readFileSync(toolsFile, 'utf8'))
  assert(typeof found === 'object' && found !== null && 'python' in found && 'aws' in found)
  const { python, aws } = found
  assert(typeof python === 'string' && typeof aws === 'string')
  return { python, aws }
}

// The SDK's word about Node 20 after January 2027 is no finding of these tests.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

const { python, aws: cli } = tools()

/** Nothing of the person's own AWS set-up gets in: no profile, no endpoint, no credentials. */
const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('MINISTACK_')),
)

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
export const region = 'us-east-1'
/** MiniStack's account, whose administrator has the key pair test/test. */
export const account = '000000000000'

export type CliResult = { status: number; stdout: string; stderr: string }

type KeyPair = { accessKeyId: string; secretAccessKey: string }

/** The environment in which AWS's tools and SDKs act for a caller, and know of nothing but the emulator. */
export const environmentOf = ({ accessKeyId, secretAccessKey }: KeyPair): NodeJS.ProcessEnv => ({
  ...environment,
  // No configuration is read, and the CLI leaves no session database.
  HOME: devNull,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
})

/** Runs a program; resolves with its exit status, whatever that is. */
export const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<CliResult> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { env, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ status: error.code, stdout, stderr })
      else reject(error)
    })
  })

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
