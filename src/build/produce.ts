import { readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { accept } from '../accept.ts'
import { type Compiled, compile } from '../compile.ts'
import { readKnowledge } from '../knowledge/index.ts'
import { withoutTwins } from '../lint/twins.ts'
import type { ManifestProject } from '../manifest.ts'
import type { PageAssets } from '../page/launch-page.ts'
import { accessFiles } from './access-files.ts'
import type { Bundled } from './bundle.ts'
import { type Engine, loadCompiler } from './engine.ts'
import { type Evaluated, evaluate, strayFindings } from './evaluate.ts'
import { type Finding, hasErrors, moduleError } from './finding.ts'
import { lintTexts } from './linting.ts'
import { artifactOf } from './manifest.ts'
import type { Module } from './modules.ts'
import { generatorLine, type Output, type Outputs, planOutputs } from './outputs.ts'
import type { Project } from './project.ts'
import { type HeldProcess, holdProcess, watchIntrinsics } from './realm.ts'
import { type LintDiagnostics, type Question, remember } from './recall.ts'
import { releaseOf } from './release.ts'
import { FolderInUse, isAtWork, replaceFiles } from './replace.ts'
import type { ArtifactSummary, BuildRequest, Outcome, World } from './request.ts'

export type Production = {
  readonly request: BuildRequest
  readonly world: World
  readonly project: Project
  readonly question: Question
  readonly bundled: Bundled
  /** What is wrong already. */
  readonly findings: readonly Finding[]
}

type Product = { readonly evaluated: Evaluated; readonly compiled?: Compiled; readonly findings: readonly Finding[] }

/** Evaluates, compiles, checks and lints bundles, and writes what comes of them if nothing is wrong. */
export async function produce(production: Production): Promise<Outcome> {
  const held = holdProcess()
  try {
    return await produceWith(held, production)
  } finally {
    held.release()
  }
}

async function produceWith(held: HeldProcess, production: Production): Promise<Outcome> {
  const { request, world, project, question, bundled, findings: before } = production
  const products = await compileAll(bundled, held, production)
  const linted = request.lint ? await lintAll(products, world, request.cache) : []
  const findings = [...before, ...bundled.findings]
  if ('code' in linted) findings.push(linted)
  for (const product of products) findings.push(...judged(product, request, linted))
  findings.push(
    ...strayFindings(
      held.strays(),
      products.map(({ evaluated }) => evaluated),
    ),
  )
  const inputs = [...new Set(bundled.bundles.flatMap(({ inputs }) => [...inputs.keys()]))]
  if (hasErrors(findings)) return { findings, artifacts: [], removed: [], inputs }

  // what is said of the output folder holds for this once
  const ofModules = [...findings]
  const { out, check } = request
  const { built, read } = await outputsOf(products, request, project, world)
  const planned = () => plan(built, releaseOf(project), request, world)
  const outputs = check ? planned() : write(planned, request, world)
  if ('code' in outputs) return { findings: [...findings, outputs], artifacts: [], removed: [], inputs }
  findings.push(...(check ? staleness(outputs, request, world.cwd) : outputs.findings))
  if (hasErrors(findings)) return { findings, artifacts: [], removed: [], inputs }
  const artifacts = products.flatMap(product => summary(product, outputs, request))
  if (!('code' in linted) && request.isPassing !== true) {
    const sources = sourcesOf(products, project)
    const files = new Map([...outputs.files].map(([file, text]) => [resolve(world.cwd, out, file), text]))
    const lint = request.lint ? linted : null
    const answer = { outputs: files, lint, findings: ofModules, artifacts }
    if (sources !== undefined) remember(question, { inputs: new Map([...sources, ...read]), ...answer }, world)
  }
  return { findings, artifacts, removed: outputs.plan.remove.map(file => pathOf(request, file)), inputs }
}

/** Runs what modules hold: at their evaluation, and whenever their templates are read. */
async function compileAll(
  { bundles }: Bundled,
  held: HeldProcess,
  { request, world, project }: Production,
): Promise<readonly Product[]> {
  const intrinsics = watchIntrinsics()
  try {
    return compileEach(await evaluate(bundles, world.cwd, intrinsics, held), request, world, project)
  } finally {
    intrinsics.restore()
  }
}

function compileEach(
  evaluated: readonly Evaluated[],
  request: BuildRequest,
  { cacheFolder, engine }: World,
  { version, license }: Project,
): readonly Product[] {
  const knowledge = readKnowledge({
    assets: engine.root,
    cacheFolder: request.cache ? cacheFolder : undefined,
    engine: engine.digest,
    loadCompiler,
  })
  return evaluated.map(one => {
    const { bundle, template, findings, blame } = one
    if (template === undefined) return { evaluated: one, findings }
    const { name } = bundle.module
    const header = [
      `${name} ${version}`,
      ...(license === undefined ? [] : [`SPDX-License-Identifier: ${license}`]),
      generatorLine(engine.version),
    ]
    const identity = { id: name, version }
    try {
      const compiled = compile(template, { identity, format: request.format, header, knowledge })
      return { evaluated: one, compiled, findings }
    } catch (error) {
      // a getter of the template's has thrown
      const finding = blame(error)
      if (finding === undefined) throw error
      return { evaluated: one, findings: [...findings, finding] }
    }
  })
}

/** What cfn-lint says of each artifact; a finding where it can't be asked. */
async function lintAll(products: readonly Product[], world: World, cache: boolean): Promise<LintDiagnostics | Finding> {
  const inputs = products.flatMap(({ evaluated, compiled }) =>
    compiled === undefined || compiled.text === ''
      ? []
      : [{ module: evaluated.bundle.module.path, text: compiled.text }],
  )
  const linted = await lintTexts(inputs, world, cache)
  return 'code' in linted ? { ...linted, help: `${linted.help}, or build with --no-lint` } : linted
}

/** The module's own findings and those of its template, without what the template accepts. */
function judged(product: Product, { lint }: BuildRequest, linted: LintDiagnostics | Finding): readonly Finding[] {
  const { evaluated, compiled } = product
  const module = evaluated.bundle.module.path
  const own = [...product.findings, ...evaluated.impurities()]
  if (compiled === undefined) return own
  const { document, text, diagnostics } = compiled
  const isLinted = lint && !('code' in linted)
  const foreign = isLinted ? (linted.find(([name]) => name === module)?.[1] ?? []) : []
  const all = [...diagnostics, ...withoutTwins(diagnostics, foreign)]
  // a template that could not be linked has not been checked, so nothing can be said of what it accepts
  const remaining = text === '' ? all : accept(document, all, isLinted)
  return [...own, ...remaining.map(diagnostic => ({ ...diagnostic, module }))]
}

async function outputsOf(
  products: readonly Product[],
  request: BuildRequest,
  { version }: Project,
  world: World,
): Promise<{ readonly built: readonly Output[]; readonly read: ReadonlyMap<string, string> }> {
  const built: Output[] = []
  const read = new Map<string, string>()
  const made = products.flatMap(({ evaluated, compiled }) =>
    compiled === undefined
      ? []
      : [{ ...compiled, module: evaluated.bundle.module, name: evaluated.bundle.module.name }],
  )
  const { cache, format, modules, out } = request
  const folder = modules.length === 0 ? undefined : resolve(world.cwd, out)
  const around = { siblings: made, folder, format }
  for (const one of made) {
    const { name, document, text, module } = one
    const artifact = artifactOf({ name, version, file: fileOf(module, request), text, document })
    const access = await accessFiles(one, around, world, cache)
    for (const [file, content] of access.read) read.set(file, content)
    built.push({ artifact, text, beside: access.files })
  }
  return { built, read }
}

function plan(
  built: readonly Output[],
  project: ManifestProject,
  { modules, out }: BuildRequest,
  { cwd, engine }: World,
): Outputs {
  const isWhole = modules.length === 0
  return planOutputs(built, {
    folder: resolve(cwd, out),
    out,
    isWhole,
    version: engine.version,
    project,
    assets: pageAssets(engine),
  })
}

function pageAssets({ root }: Engine): PageAssets {
  const text = (file: string): string => readFileSync(join(root, 'lib', file), 'utf8')
  return { script: text('page.js'), style: text('page.css') }
}

/** Carries the plan out; a finding where that can't be done. */
function write(planned: () => Outputs, request: BuildRequest, world: World): Outputs | Finding {
  const folder = resolve(world.cwd, request.out)
  let outputs = planned()
  const { write, remove } = outputs.plan
  try {
    if (write.size === 0 && remove.length === 0 && !isAtWork(folder)) return outputs
    if (hasErrors(outputs.findings)) return outputs
    replaceFiles(folder, () => {
      // anew, for another build may have written meanwhile
      outputs = planned()
      return hasErrors(outputs.findings) ? { write: new Map(), remove: [] } : outputs.plan
    })
    return outputs
  } catch (error) {
    if (error instanceof FolderInUse) {
      return moduleError('unwritable-output', request.out, error.message, 'Wait for it, or end it, then build again')
    }
    if (!isSystemError(error)) throw error
    return moduleError('unwritable-output', request.out, `can't be written: ${error.message}`, wayOut(error.code))
  }
}

function wayOut(code: unknown): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'Make room, then build again: what was there is still there'
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
      return 'Name a folder by --out'
    default:
      return 'Make it a folder that you can write to, or name another by --out'
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error && 'syscall' in error
}

/** An error for each file that a build would change. */
function staleness(
  { plan: { write, remove }, files }: Outputs,
  request: BuildRequest,
  cwd: string,
): readonly Finding[] {
  const help = ['Run poolform build', ...request.modules, ...(request.out === 'dist' ? [] : ['--out', request.out])]
  const stale = (file: string, message: string): Finding =>
    moduleError('stale-output', pathOf(request, file), message, `${help.join(' ')}, and commit what it writes`)
  return [
    ...[...write.keys()].map(file => stale(file, difference(files.get(file) ?? '', resolve(cwd, request.out, file)))),
    ...remove.map(file => stale(file, 'is built no more')),
  ]
}

function difference(text: string, file: string): string {
  let present: string
  try {
    present = readFileSync(file, 'utf8')
  } catch {
    return 'is missing'
  }
  const lines = present.split('\n')
  const index = text.split('\n').findIndex((line, at) => line !== lines[at])
  return `is not what its module says, from line ${(index < 0 ? lines.length : index) + 1} on`
}

function summary(
  { evaluated: { bundle }, compiled }: Product,
  { plan, files }: Outputs,
  request: BuildRequest,
): readonly ArtifactSummary[] {
  const file = fileOf(bundle.module, request)
  const text = files.get(file)
  if (compiled === undefined || text === undefined) return []
  return [
    {
      module: bundle.module.path,
      path: pathOf(request, file),
      bytes: Buffer.byteLength(text),
      resources: Object.keys(compiled.document.Resources).length,
      isChanged: plan.write.has(file),
    },
  ]
}

function fileOf({ name }: Module, { format }: BuildRequest): string {
  return `${name}.${format}`
}

function pathOf({ out }: BuildRequest, file: string): string {
  return join(out, file).replaceAll(sep, '/')
}

/** All that the products were made of; undefined where they depend on more than that. */
function sourcesOf(
  products: readonly Product[],
  { packageFile, changelogFile }: Project,
): ReadonlyMap<string, string> | undefined {
  const sources = new Map<string, string>()
  for (const one of [packageFile, changelogFile]) if (one !== undefined) sources.set(one.file, one.text)
  for (const { evaluated } of products) {
    const { bundle, isPure } = evaluated
    if (!isPure() || !bundle.isExact) return undefined
    for (const [file, text] of bundle.inputs) {
      if (text === undefined) return undefined
      sources.set(file, text)
    }
  }
  return sources
}
