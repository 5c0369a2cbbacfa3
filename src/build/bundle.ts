import { spawn } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { BuildOptions, Message, Metafile } from 'esbuild'
import { makeFolder } from '../make-folder.ts'
import { nearest } from '../nearest.ts'
import { withDeadZones } from './dead-zones.ts'
import type { Finding, Place } from './finding.ts'
import type { Module } from './modules.ts'
import { parseSourceMap, type SourceMap } from './source-map.ts'

/** A module and all that it imports, as one CommonJS text. */
export type Bundle = {
  readonly module: Module
  readonly code: string
  readonly map: SourceMap
  /** The files that it was made of, absolute, with what esbuild read there, where it tells. */
  readonly inputs: ReadonlyMap<string, string | undefined>
  /** ES modules and JSON only, so strict mode throughout. */
  readonly isStrict: boolean
  /** Each import names its file in full, so that no other file than the inputs could change the bundle. */
  readonly isExact: boolean
}

export type Bundled = { readonly bundles: readonly Bundle[]; readonly findings: readonly Finding[] }

/**
 * Bundles modules with esbuild, of which tsx consists too. Its native program takes a third of the time of its
 * JavaScript API and a twentieth of tsx; what that program does not do well, its absence included, the API does
 * again and says what is wrong. Nothing is written into the project.
 *
 * The program is under way when this function returns its promise: time to load other things.
 */
export async function bundle(
  modules: readonly Module[],
  cwd: string,
  program = findProgram(),
  cacheFolder?: string,
): Promise<Bundled> {
  if (modules.length === 0) return { bundles: [], findings: [] }
  return (await byProgram(program, modules, cwd, cacheFolder)) ?? (await byApi(modules, cwd))
}

/** tsconfig.json has no say, or a module could mean another thing where another one lies above it. */
const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // the authoring classes must be those of the compiler
  external: ['poolform'],
  sourcemap: 'external',
  // what nothing uses is evaluated all the same, as ECMAScript has it
  treeShaking: false,
  // nor has the package.json of an imported folder a say, which is no input: its `sideEffects` leave modules out
  ignoreAnnotations: true,
  tsconfigRaw: '{}',
  charset: 'utf8',
} satisfies BuildOptions

async function byProgram(
  program: string | undefined,
  modules: readonly Module[],
  cwd: string,
  cacheFolder: string | undefined,
): Promise<Bundled | undefined> {
  const outdir = program === undefined ? undefined : temporaryFolder(cacheFolder)
  if (program === undefined || outdir === undefined) return undefined
  try {
    const metafile = join(outdir, 'meta.json')
    const messages = join(outdir, 'messages')
    const entries = modules.map(({ file }, index) => `${index}=${file}`)
    const args = [...entries, ...flags({ ...options, outdir, metafile, logLevel: 'warning' })]
    const endedWell = await run(program, args, cwd, messages)
    if (!endedWell || statSync(messages).size > 0) return undefined
    const read = (name: string): string => readFileSync(join(outdir, name), 'utf8')
    const graph = new Graph(JSON.parse(read('meta.json')), cwd)
    const bundles = modules.map((module, index) =>
      bundleOf({ module, graph, outdir, name: `${index}.js`, code: read(`${index}.js`), map: read(`${index}.js.map`) }),
    )
    return { bundles, findings: [] }
  } finally {
    removeFlat(outdir)
  }
}

/** Node's own recursive way takes a millisecond to load, and is needed where something holds a file for a while. */
function removeFlat(folder: string): void {
  try {
    for (const name of readdirSync(folder)) unlinkSync(join(folder, name))
    rmdirSync(folder)
  } catch {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** In the cache folder, or else where the system keeps such things; undefined where there is room in neither. */
function temporaryFolder(cacheFolder: string | undefined): string | undefined {
  try {
    if (cacheFolder !== undefined) {
      const parent = join(cacheFolder, 'tmp')
      makeFolder(parent)
      removeLitter(parent)
      return mkdtempSync(join(parent, 'build-'))
    }
  } catch {
    // a cache that can only be read
  }
  try {
    return mkdtempSync(join(tmpdir(), 'poolform-'))
  } catch {
    return undefined
  }
}

const litterAfterMs = 3_600_000

/** What builds have left that were killed. */
function removeLitter(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name)
    const stat = statSync(folder, { throwIfNoEntry: false })
    if (stat !== undefined && Date.now() - stat.mtimeMs > litterAfterMs)
      rmSync(folder, { recursive: true, force: true })
  }
}

function flags(values: Readonly<Record<string, string | boolean | readonly string[]>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    if (typeof value === 'object') return value.map(item => `${flag}:${item}`)
    return value === true ? [flag] : [`${flag}=${value}`]
  })
}

/** A package manager that keeps packages zipped has none that can be started. */
function findProgram(): string | undefined {
  const path = process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild'
  try {
    const { resolve } = createRequire(createRequire(import.meta.filename).resolve('esbuild/package.json'))
    return resolve(`@esbuild/${process.platform}-${process.arch}/${path}`)
  } catch {
    return undefined
  }
}

/** Did the program end well? */
function run(program: string, args: readonly string[], cwd: string, messages: string): Promise<boolean> {
  // a file, since Node takes longer to set up a pipe than the program takes in all
  const stderr = openSync(messages, 'w')
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', stderr], windowsHide: true })
  closeSync(stderr)
  return new Promise(done => {
    child.on('error', () => done(false))
    child.on('close', status => done(status === 0))
  })
}

/** One by one, so that a module with a mistake does not keep others from being checked. */
async function byApi(modules: readonly Module[], cwd: string): Promise<Bundled> {
  const esbuild = await import('esbuild')
  // nothing is written there
  const outdir = join(tmpdir(), 'poolform')
  const bundles: Bundle[] = []
  const findings = new Map<string, Finding>()
  const report = (module: Module, message: Message, severity: Finding['severity']): void => {
    const finding = findingOf(module, message, severity, cwd)
    // of a file that two modules import once
    const { place } = finding
    const key = JSON.stringify([place?.file ?? module.path, place?.line, place?.column, finding.message])
    if (!findings.has(key)) findings.set(key, finding)
  }
  const results = await Promise.all(
    modules.map(async module => {
      const settings = { ...options, entryPoints: [{ in: module.file, out: '0' }], outdir, absWorkingDir: cwd }
      try {
        const result = await esbuild.build({
          ...settings,
          metafile: true,
          write: false,
          logLevel: 'silent',
          logLimit: 0,
        })
        return { module, result, errors: [], warnings: result.warnings }
      } catch (error) {
        if (!isBuildFailure(error)) throw error
        return { module, errors: error.errors, warnings: error.warnings }
      }
    }),
  )
  await esbuild.stop()
  for (const { module, result, errors, warnings } of results) {
    for (const message of errors) report(module, message, 'error')
    for (const message of warnings) report(module, message, 'warning')
    if (result === undefined) continue
    const text = (name: string): string => result.outputFiles.find(({ path }) => basename(path) === name)?.text ?? ''
    const graph = new Graph(result.metafile, cwd)
    bundles.push(bundleOf({ module, graph, outdir, name: '0.js', code: text('0.js'), map: text('0.js.map') }))
  }
  return { bundles, findings: [...findings.values()] }
}

type Failure = { readonly errors: readonly Message[]; readonly warnings: readonly Message[] }

function isBuildFailure(error: unknown): error is Failure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) && 'warnings' in error
}

/** What esbuild tells of the files that it has read. */
class Graph {
  readonly #cwd: string
  readonly #inputs: Metafile['inputs']
  readonly #entryPoints: ReadonlyMap<string, string>

  constructor({ inputs, outputs }: Metafile, cwd: string) {
    this.#cwd = cwd
    this.#inputs = inputs
    this.#entryPoints = new Map(
      Object.entries(outputs).map(([path, { entryPoint }]) => [basename(path), entryPoint ?? '']),
    )
  }

  /** All that the entry point of an output imports, itself included; paths are absolute. */
  inputsOf(output: string): {
    readonly files: readonly string[]
    readonly isStrict: boolean
    readonly isExact: boolean
    readonly entryPoint: string
  } {
    const entryPoint = this.#entryPoints.get(output) ?? ''
    const paths = new Set([entryPoint])
    let isStrict = true
    let isExact = true
    for (const path of paths) {
      const input = this.#inputs[path]
      if (input?.format === 'cjs') isStrict = false
      for (const imported of input?.imports ?? []) {
        // Node's own modules, poolform, and what TypeScript leaves out because only types are used of it
        if (imported.external) continue
        paths.add(imported.path)
        const { original = '' } = imported
        const named = /^\.\.?\//.test(original) ? join(dirname(this.#file(path)), original) : ''
        if (named !== this.#file(imported.path)) isExact = false
      }
    }
    const files = [...paths].map(path => this.#file(path))
    return { files, isStrict, isExact: isExact && isStrict, entryPoint: this.#file(entryPoint) }
  }

  #file(path: string): string {
    return resolve(this.#cwd, path)
  }
}

type Output = {
  readonly module: Module
  readonly graph: Graph
  readonly outdir: string
  readonly name: string
  readonly code: string
  readonly map: string
}

function bundleOf({ module, graph, outdir, name, code, map: mapText }: Output): Bundle {
  const map = parseSourceMap(mapText, outdir)
  const { files, isStrict, isExact, entryPoint } = graph.inputsOf(name)
  const inputs = new Map(files.map(file => [file, map.texts.get(file)]))
  return {
    module,
    code: withDeadZones(code, map.mappings),
    map,
    inputs,
    isStrict,
    isExact: isExact && entryPoint === module.file,
  }
}

function findingOf(module: Module, message: Message, severity: Finding['severity'], cwd: string): Finding {
  const { text, location } = message
  const place: Place | undefined =
    location === null
      ? undefined
      : {
          file: location.file,
          line: location.line,
          // esbuild counts bytes
          column: Buffer.from(location.lineText).subarray(0, location.column).toString().length + 1,
          text: location.lineText,
        }
  return {
    code: 'invalid-module',
    severity,
    module: module.path,
    path: [],
    ...(place === undefined ? {} : { place }),
    ...inOurWords(text, resolve(cwd, dirname(place?.file ?? module.path))),
  }
}

/** Some of esbuild's messages speak to a person who has called esbuild. */
function inOurWords(text: string, folder: string): { readonly message: string; readonly help: string } {
  if (text.startsWith('Top-level await')) {
    return {
      message: 'awaits something at its top level, and a template is not made in steps',
      help: 'Compute the value without `await`: a template depends on nothing but its source',
    }
  }
  if (text.startsWith('"import.meta"')) {
    return { message: 'uses import.meta, which is empty here', help: 'Import what you need, JSON and .txt included' }
  }
  const [, name] = /^Could not resolve "(.+)"$/.exec(text) ?? []
  if (name === undefined) return { message: text.replace(/\.$/, ''), help: 'Mend the source at this place' }
  if (!/^\.\.?(\/|$)/.test(name)) {
    return {
      message: `imports ${name}, which is not installed`,
      help: `Install it (npm install ${name}), or mend its name`,
    }
  }
  const near = nearest(basename(name), entriesOf(resolve(folder, dirname(name))))
  return {
    message: `imports ${name}, which does not exist`,
    help: near === undefined ? 'Mend the path' : `Mend the path: perhaps ${dirname(name)}/${near}`,
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
