import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Finding, hasErrors, moduleError } from '../build/finding.ts'
import { build, type World } from '../build/index.ts'
import { findModules, pathFrom } from '../build/modules.ts'
import { readProject } from '../build/project.ts'
import { hasSection, notesOf } from '../build/release.ts'
import { checksums, sha256Of } from '../checksums.ts'
import { type Artifact, type Manifest, parseManifest } from '../manifest.ts'
import { newestRelease, versionProblem } from './index-file.ts'

/** All templates of a project at one version, as they are published. */
export type Release = {
  readonly version: string
  /** By name, sorted. */
  readonly templates: readonly ReleasedTemplate[]
  /** What CHANGELOG.md says of the version. */
  readonly notes?: string
}

export type ReleasedTemplate = {
  readonly name: string
  readonly artifact: Artifact
  /**
   * What goes into `<template>/<version>/`, in the order of writing. The page is the first: it holds the manifest of
   * the whole release with its checksums, so who writes it has decided what all the others are. The template is the
   * last: once it is there, so is what belongs to it.
   */
  readonly objects: readonly [page: ReleasedObject, ...between: ReleasedObject[], template: ReleasedObject]
}

export type ReleasedObject = {
  /** `identity-pool.yaml` */
  readonly file: string
  readonly body: Buffer
  /** In hexadecimal. */
  readonly sha256: string
  readonly contentType: string
}

export type ReleaseRequest = {
  /** In place of that of package.json. */
  readonly version?: string
  readonly lint: boolean
  readonly cache: boolean
}

/** Compiles a project's templates as a release; `dist` stays as it is. No release where there is an error. */
export async function makeRelease(
  { version, lint, cache }: ReleaseRequest,
  world: World,
): Promise<{ readonly release?: Release; readonly findings: readonly Finding[] }> {
  // without templates there is no release, whatever its version
  const { modules, findings: noModules } = findModules([], world.cwd)
  if (modules.length === 0) return { findings: noModules }
  const named = version ?? versionOfProject(world.cwd)
  if (typeof named !== 'string') return { findings: [named] }
  const problem = versionProblem(named)
  if (problem !== undefined) {
    const where = version === undefined ? 'package.json' : '--version'
    return { findings: [badVersion(where, `can't name a release: ${problem}`)] }
  }
  return inTemporaryFolder(async out => {
    const request = { modules: [], out, format: 'yaml', check: false, lint, cache } as const
    const built = await build({ ...request, version: named, isPassing: true }, world)
    const findings = [...built.findings, ...withoutSection(world.cwd, named)]
    return hasErrors(findings) ? { findings } : { release: readRelease(out, named), findings }
  })
}

function versionOfProject(cwd: string): string | Finding {
  const project = readProject(cwd)
  if ('code' in project) return project
  return (
    project.givenVersion ??
    badVersion('package.json', project.packageFile === undefined ? 'is missing' : 'has no version')
  )
}

/** Of a release the notes say what was not released when it was made; they never change. */
function withoutSection(cwd: string, version: string): readonly Finding[] {
  const project = readProject(cwd)
  const { file, text } =
    'code' in project || project.changelogFile === undefined ? { file: '', text: '' } : project.changelogFile
  const isRelease = newestRelease([version]) !== undefined
  if (!isRelease || notesOf(text, version) === undefined || hasSection(text, version)) return []
  return [
    {
      ...moduleError(
        'bad-version',
        pathFrom(cwd, file),
        `has no section ${version}: as what is new in it everybody is shown what stands under Unreleased`,
        `Write the heading "## [${version}]" over it before you publish, for a release never changes`,
      ),
      severity: 'warning',
    },
  ]
}

function badVersion(where: string, message: string): Finding {
  return moduleError('bad-version', where, message, 'Give the version of the release, by package.json or by --version')
}

/** What a build has left in a folder. */
function readRelease(folder: string, version: string): Release {
  const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  if (manifest === undefined) throw new Error('the manifest is not one that poolform reads')
  const page = objectOf('index.html', readFileSync(join(folder, 'index.html')))
  const templates = manifest.artifacts.map(artifact => {
    const { name, file, sha256 } = artifact
    if (!page.body.includes(sha256)) throw new Error(`the launch page lacks the checksum of ${name}`)
    const own: Manifest = { ...manifest, artifacts: [artifact] }
    const template = objectOf(file, readFileSync(join(folder, file)))
    if (template.sha256 !== sha256) throw new Error(`${file} is not what its manifest says`)
    return {
      ...{ name, artifact },
      objects: [
        page,
        objectOf(`${file}.sha256`, Buffer.from(checksums([{ file, sha256 }]))),
        objectOf('manifest.json', Buffer.from(`${JSON.stringify(own, undefined, 2)}\n`)),
        template,
      ] as const,
    }
  })
  const { notes } = manifest.project
  return { version, templates, ...(notes === undefined ? {} : { notes }) }
}

/** Of each object, by its file. */
export function checksumsOf({ objects }: ReleasedTemplate): Readonly<Record<string, string>> {
  return Object.fromEntries(objects.map(({ file, sha256 }) => [file, sha256]))
}

export function objectOf(file: string, body: Buffer): ReleasedObject {
  return { file, body, sha256: sha256Of(body), contentType: contentTypeOf(file) }
}

/** What a published file is served as. */
export function contentTypeOf(file: string): string {
  const ending = file.slice(file.lastIndexOf('.'))
  const type = contentTypes.get(ending)
  if (type === undefined) throw new Error(`${file} is nothing that is published`)
  return type
}

const contentTypes: ReadonlyMap<string, string> = new Map([
  // https://www.rfc-editor.org/rfc/rfc9512
  ['.yaml', 'application/yaml'],
  ['.json', 'application/json'],
  ['.html', 'text/html; charset=utf-8'],
  ['.sha256', 'text/plain; charset=utf-8'],
])

/** Hands over a new folder, which is gone afterwards, also where a signal ends the process. */
async function inTemporaryFolder<Result>(body: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `poolform-release-${process.pid}-`))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const onSignal = (signal: NodeJS.Signals): void => {
    remove()
    release()
    process.kill(process.pid, signal)
  }
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  try {
    return await body(folder)
  } finally {
    release()
    remove()
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
