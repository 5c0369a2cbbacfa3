/** What the end-to-end tests run: a Python with the emulators in it, and the real `aws` CLI; and published types. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const toolsFile = path.join(
  path.resolve(process.env['POOLFORM_E2E_TOOLS'] || path.join(root, '.cache/e2e')),
  'tools.json',
)

type Tools = { readonly python: string; readonly aws: string; readonly amplifyTypes: string }

const readTools = (): Partial<Tools> => {
  const found: unknown = existsSync(toolsFile) ? JSON.parse(readFileSync(toolsFile, 'utf8')) : {}
  const text = (name: string) => {
    const value: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined
    return typeof value === 'string' ? { [name]: value } : {}
  }
  return { ...text('python'), ...text('aws'), ...text('amplifyTypes') }
}

/** The paths that scripts/e2e-tools.mjs leaves; it runs when one is missing, and fails with its own words. */
const tools = (): Tools => {
  for (const install of [true, false]) {
    const { python, aws, amplifyTypes } = readTools()
    if (python !== undefined && aws !== undefined && amplifyTypes !== undefined) return { python, aws, amplifyTypes }
    if (!install) break
    execFileSync(process.execPath, [path.join(root, 'scripts/e2e-tools.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  throw new Error(`${toolsFile} lacks a path`)
}

// The SDK's word about Node 20 after January 2027 is no finding of these tests.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

export const { python, aws: cli, amplifyTypes } = tools()

/** Nothing of the person's own AWS set-up gets in: no profile, no endpoint, no credentials. */
export const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('MINISTACK_')),
)

export const region = 'us-east-1'

export type CliResult = { status: number; stdout: string; stderr: string }

export type KeyPair = { accessKeyId: string; secretAccessKey: string }

/** The environment in which AWS's tools and SDKs act for a caller, and know of nothing but an emulator. */
export const environmentAt = (endpoint: string, { accessKeyId, secretAccessKey }: KeyPair): NodeJS.ProcessEnv => ({
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
