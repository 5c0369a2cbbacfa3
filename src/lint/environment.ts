import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rename, rm, utimes } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../make-folder.ts'
import { type LintFolders, requirementsFile } from './cache.ts'
import { type Ended, run, tellingLine } from './run.ts'

/** Why cfn-lint can't be had here, and the way out: a line each, without a full stop. */
export type Unavailable = { readonly kind: 'unavailable'; readonly reason: string; readonly help: string }

/** A virtual environment with cfn-lint. `inode` tells this one from a later one of the same place. */
export type Environment = {
  readonly kind: 'environment'
  readonly folder: string
  readonly python: string
  /** An empty folder. */
  readonly home: string
  readonly inode: number
  /** It was made in this call. */
  readonly fresh: boolean
}

export type EnvironmentOptions = LintFolders & {
  /** The Python to use, as a path or a name on the PATH; otherwise one that fits is looked for. */
  readonly python?: string | undefined
  /** Is told in a line what takes long. */
  readonly onProgress?: ((text: string) => void) | undefined
}

/**
 * The virtual environment for `requirements-lint.txt` and the Python that is there, made if there is none.
 *
 * It is made beside its place and then renamed, so one that is there is complete, whoever was killed on the way. (Only
 * the scripts of a virtual environment hold its path; we start its Python alone.) A folder being made is touched
 * every second: others wait for it, and take one that is not touched any more for litter. An environment is touched
 * whenever it is used.
 */
export async function environment(options: EnvironmentOptions): Promise<Environment | Unavailable> {
  const { assets, onProgress = () => {} } = options
  const cacheFolder = resolve(options.cacheFolder)
  const base = await findPython(options.python)
  if (base.kind === 'unavailable') return base
  const requirements = requirementsFile(assets)
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const folder = join(cacheFolder, `cfn-lint-${digest}-python${base.version}`)
  try {
    makeFolder(cacheFolder)
    for (let told = false; !existsSync(folder) && isBeingMade(folder); told = true) {
      if (!told) onProgress('Waiting for another run to install cfn-lint')
      await sleep(200)
    }
    if (existsSync(folder)) return await opened(folder, false)
    onProgress(`Installing cfn-lint for Python ${base.version} into ${folder}, once: this takes up to a minute`)
    await removeLitter(cacheFolder)
    const failure = await make(folder, base, requirements)
    return failure ?? (await opened(folder, true))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return {
      kind: 'unavailable',
      reason: `cfn-lint can't be installed: ${error.message}`,
      help: `Make ${cacheFolder} a folder that can be written to, with 200 MB of room`,
    }
  }
}

/** Takes away an environment that has turned out to be damaged, unless another run has replaced it already. */
export async function discard({ folder, inode }: Environment): Promise<void> {
  const litter = temporaryName(folder, 'old')
  try {
    if (statSync(folder).ino !== inode) return
    await rename(folder, litter)
  } catch {
    return
  }
  await rm(litter, { recursive: true, force: true })
}

async function opened(folder: string, fresh: boolean): Promise<Environment> {
  const now = new Date()
  // in a folder that is read only nothing is cleared away either
  await utimes(folder, now, now).catch(() => {})
  const { ino } = statSync(folder)
  return { kind: 'environment', folder, python: pythonIn(folder), home: homeIn(folder), inode: ino, fresh }
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

function homeIn(folder: string): string {
  return join(folder, 'home')
}

async function make(folder: string, base: Python, requirements: string): Promise<Unavailable | undefined> {
  const temporary = temporaryName(folder, 'new')
  await mkdir(temporary)
  const heartbeat = setInterval(() => {
    const now = new Date()
    // gone or not ours to touch: then the installation itself fails, and says so
    utimes(temporary, now, now).catch(() => {})
  }, heartbeatMs)
  try {
    const failure = await install(temporary, base, requirements)
    if (failure !== undefined) return failure
    await mkdir(homeIn(temporary))
    try {
      await rename(temporary, folder)
    } catch (error) {
      // another run was quicker
      if (!existsSync(folder)) throw error
    }
    return undefined
  } finally {
    clearInterval(heartbeat)
    await rm(temporary, { recursive: true, force: true })
  }
}

async function install(folder: string, base: Python, requirements: string): Promise<Unavailable | undefined> {
  // wheels only: a source distribution would fetch what builds it, by no hash
  const pinned = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r', requirements]
  // npm has another program of this name, which `npm run` may put on the PATH
  const version = await run('uv', ['--version'])
  if (/^uv \d/.test(output(version) ?? '')) {
    const env = { ...process.env, UV_PYTHON_DOWNLOADS: 'never' }
    const options = { cwd: folder, env }
    const made = await run('uv', ['venv', '--quiet', '--allow-existing', '--python', base.executable, folder], options)
    const python = pythonIn(folder)
    if (output(made) !== undefined) {
      const installed = await run('uv', ['pip', 'install', '--quiet', '--python', python, ...pinned], options)
      if (output(installed) !== undefined) return undefined
    }
  }
  const made = await run(base.executable, ['-I', '-m', 'venv', '--clear', folder])
  if (output(made) === undefined) {
    // Debian and Ubuntu have ensurepip in a package of its own, and say so on standard output
    const lacksPip = made.kind === 'ended' && made.stdout.includes('ensurepip')
    return {
      kind: 'unavailable',
      reason: lacksPip
        ? `Python ${base.version} (${base.executable}) can't make virtual environments, for it has no ensurepip`
        : `Python ${base.version} (${base.executable}) can't make a virtual environment: ${said(made)}`,
      help: `Install python${base.version}-venv (apt install python3-venv) or uv, or name another Python in POOLFORM_PYTHON`,
    }
  }
  const installed = await run(
    pythonIn(folder),
    ['-I', '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-compile', ...pinned],
    { env: { ...process.env, PIP_USER: '0' } },
  )
  return output(installed) !== undefined
    ? undefined
    : {
        kind: 'unavailable',
        reason: `cfn-lint can't be installed: ${said(installed)}`,
        help: 'Let pip reach its package index (pip config and PIP_INDEX_URL say which), then try again',
      }
}

/** What a program has written, if it ended well. */
function output(ended: Ended): string | undefined {
  return ended.kind === 'ended' && ended.status === 0 ? ended.stdout : undefined
}

function said(ended: Ended): string {
  return ended.kind === 'failed' ? ended.reason : tellingLine(ended.stderr === '' ? ended.stdout : ended.stderr)
}

const heartbeatMs = 1000
// long enough for a machine that is busy: then another installs too, which only costs time
const waitForMs = 10_000
// long enough for a machine that was asleep: what is taken away is lost
const litterAfterMs = 3_600_000
const unusedAfterMs = 90 * 24 * 3_600_000

function temporaryName(folder: string, kind: 'new' | 'old'): string {
  return `${folder}.${process.pid}-${Date.now()}.${kind}`
}

function isBeingMade(folder: string): boolean {
  const parent = join(folder, '..')
  return readdirSync(parent).some(
    name => name.startsWith(`${basename(folder)}.`) && name.endsWith('.new') && idleMs(join(parent, name)) < waitForMs,
  )
}

/** How long ago somebody touched a folder, by clocks that may differ; for ever if it is not there. */
function idleMs(folder: string): number {
  const stat = statSync(folder, { throwIfNoEntry: false })
  return stat === undefined ? Number.POSITIVE_INFINITY : Math.abs(Date.now() - stat.mtimeMs)
}

/** What installations that were killed have left, and environments of other versions that nobody uses any more. */
async function removeLitter(cacheFolder: string): Promise<void> {
  for (const name of readdirSync(cacheFolder)) {
    if (!name.startsWith('cfn-lint-')) continue
    const folder = join(cacheFolder, name)
    const keepForMs = /\.(?:new|old)$/.test(name) ? litterAfterMs : unusedAfterMs
    if (idleMs(folder) > keepForMs) await rm(folder, { recursive: true, force: true })
  }
}

type Python = { readonly kind: 'python'; readonly executable: string; readonly version: string }

const pythonNames = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']

/** The versions that cfn-lint 1.58.0 runs on and that the requirements are pinned for. */
const supported = /^3\.1[0-4]$/

async function findPython(asked: string | undefined): Promise<Python | Unavailable> {
  const refused: string[] = []
  for (const name of asked === undefined ? pythonNames : [asked]) {
    const ended = await run(name, ['-I', '-c', 'import sys; print("%d.%d" % sys.version_info[:2], sys.executable)'])
    const [, version, executable] = /^(\d+\.\d+) (.+)$/m.exec(output(ended) ?? '') ?? []
    if (version === undefined || executable === undefined) continue
    if (supported.test(version)) return { kind: 'python', executable, version }
    refused.push(`${name} is ${version}`)
  }
  const none = asked === undefined ? 'there is none on the PATH' : `${asked} does not run`
  return {
    kind: 'unavailable',
    reason: `cfn-lint needs Python 3.10 to 3.14, and ${refused.length > 0 ? refused.join(', ') : none}`,
    help: 'Install Python 3, or name one in POOLFORM_PYTHON',
  }
}
