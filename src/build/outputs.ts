import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checksums, sha256Of } from '../checksums.ts'
import { isRecord } from '../document.ts'
import {
  type Artifact,
  isArtifact,
  isListedFile,
  type ListedFile,
  type Manifest,
  type ManifestProject,
} from '../manifest.ts'
import { launchPage, type PageAssets } from '../page/launch-page.ts'
import { accessFileNames, accessFolder } from './access-files.ts'
import { type Finding, moduleError } from './finding.ts'
import type { Plan } from './replace.ts'

export type OutputOptions = {
  /** Absolute. */
  readonly folder: string
  /** As the user knows it. */
  readonly out: string
  /** All that the manifest is to list; otherwise what it lists besides stays. */
  readonly isWhole: boolean
  /** Of poolform. */
  readonly version: string
  readonly project: ManifestProject
  /** What the launch page holds besides the manifest. */
  readonly assets: PageAssets
}

/** A template, and what the manifest says of it. */
export type Output = {
  readonly artifact: Artifact
  readonly text: string
  /** Other files about it, by their place in the output folder. */
  readonly beside: ReadonlyMap<string, string>
}

export type Outputs = {
  /** Each file that the build answers for, by its name, in the order of writing. */
  readonly files: ReadonlyMap<string, string>
  /** What is to be done so that the folder holds them. */
  readonly plan: Plan
  readonly findings: readonly Finding[]
}

const manifestFile = 'manifest.json'
const pageFile = 'index.html'
const checksumsFile = 'SHA256SUMS'

/** The line of a YAML artifact by which it is known to be ours. */
export function generatorLine(version: string): string {
  return `${generator} ${version}. Edit the module that it comes from, not this file.`
}

const generator = 'Compiled by poolform'

/**
 * What the output folder is to hold, given what it holds now. A file that poolform did not write is neither replaced
 * nor removed.
 */
export function planOutputs(
  built: readonly Output[],
  { folder, out, isWhole, version, project, assets }: OutputOptions,
): Outputs {
  const there = new Folder(folder)
  const findings: Finding[] = []
  const own = new Map(built.map(({ artifact }) => [artifact.name, artifact]))
  const before = there.artifacts ?? []
  const besides = isWhole ? [] : before.filter(({ name }) => !own.has(name))
  const others = besides.filter(isArtifact)
  const isUnreadable = there.artifacts === undefined && there.text(manifestFile) !== undefined
  if (!isWhole && (isUnreadable || others.length < besides.length)) {
    findings.push(
      moduleError(
        'unwritable-output',
        `${out}/${manifestFile}`,
        'can not be read, and lists artifacts besides the one that is built now',
        'Build all of them: poolform build',
      ),
    )
  }
  const artifacts = [...others, ...own.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const manifest: Manifest = { formatVersion: 1, generator: { name: 'poolform', version }, project, artifacts }
  const manifestText = `${JSON.stringify(manifest, undefined, 2)}\n`
  const files = new Map(built.flatMap(({ artifact, text, beside }) => [[artifact.file, text] as const, ...beside]))
  files.set(manifestFile, manifestText)
  const access = artifacts.flatMap(({ name }): readonly (readonly [string, string])[] => {
    const [file] = accessFileNames(name)
    const text = own.has(name) ? files.get(file) : there.listedText(file)
    return text === undefined ? [] : [[name, text]]
  })
  files.set(pageFile, launchPage(manifest, assets, new Map(access)))
  const ofOthers = others.flatMap(({ name }) => accessFileNames(name))
  const stays = there.listed.filter(({ file }) => ofOthers.includes(file))
  const made = [...files].filter(([file]) => !own.has(file) && !artifacts.some(artifact => artifact.file === file))
  const beside = made.map(([file, text]) => ({ file, sha256: sha256Of(text) }))
  files.set(checksumsFile, checksums([...artifacts, ...stays, ...beside]))

  const write = new Map<string, string>()
  for (const [file, text] of files) {
    const present = there.text(file)
    if (present === text) continue
    write.set(file, text)
    if (there.has(file) && !there.isOurs(file)) findings.push(foreign(`${out}/${file}`))
  }
  const remove: string[] = []
  const accessBefore = there.listed.filter(({ file }) => file.startsWith(`${accessFolder}/`))
  for (const { file, sha256: digest } of [...before, ...accessBefore]) {
    const present = there.text(file)
    const isToStay = files.has(file) || [...artifacts, ...stays].some(it => it.file === file)
    if (present === undefined || isToStay) continue
    if (sha256Of(present) === digest) remove.push(file)
    else findings.push(edited(`${out}/${file}`))
  }
  return { files, plan: { write, remove }, findings }
}

function foreign(path: string): Finding {
  return moduleError(
    'unwritable-output',
    path,
    'is there already, and poolform did not write it',
    'Move it away, or name another folder by --out',
  )
}

function edited(path: string): Finding {
  return {
    ...moduleError(
      'stale-output',
      path,
      'is built no more, but is not as it was built either: it stays',
      'Move it away, or delete it',
    ),
    severity: 'warning',
  }
}

/** The templates in an output folder, by its manifest; undefined where it has none that can be read. */
export function builtFiles(folder: string): readonly string[] | undefined {
  return new Folder(folder).artifacts?.map(({ file }) => file)
}

/** The output folder as it is. */
class Folder {
  /** What its manifest lists; undefined where it has none that is whole. */
  readonly artifacts: readonly ListedFile[] | undefined
  readonly #folder: string
  readonly #names: ReadonlySet<string>
  readonly #ours: ReadonlySet<string>
  /** The files that SHA256SUMS lists. */
  readonly listed: readonly { readonly file: string; readonly sha256: string }[]

  constructor(folder: string) {
    this.#folder = folder
    const below = namesIn(join(folder, accessFolder)).map(name => `${accessFolder}/${name}`)
    this.#names = new Set([...namesIn(folder), ...below])
    this.artifacts = listedFiles(this.text(manifestFile))
    this.listed = (this.text(checksumsFile) ?? '').split('\n').flatMap(line => {
      const [, digest, file] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
      return digest === undefined || file === undefined ? [] : [{ file, sha256: digest }]
    })
    const listed = this.listed.map(({ file }) => file)
    // either of the two tells whose the other is, should it have been damaged
    const isOurs = this.artifacts !== undefined || listed.includes(manifestFile)
    const artifactFiles = (this.artifacts ?? []).map(({ file }) => file)
    this.#ours = new Set(isOurs ? [...listed, ...artifactFiles, manifestFile, checksumsFile] : [])
  }

  has(file: string): boolean {
    return this.#names.has(file)
  }

  /** Undefined where there is no such file, or none that can be read. */
  text(file: string): string | undefined {
    if (!this.#names.has(file)) return undefined
    try {
      return readFileSync(join(this.#folder, file), 'utf8')
    } catch {
      return undefined
    }
  }

  /** The text of a file that is as SHA256SUMS says. */
  listedText(file: string): string | undefined {
    const text = this.text(file)
    const digest = this.listed.find(it => it.file === file)?.sha256
    return text !== undefined && sha256Of(text) === digest ? text : undefined
  }

  isOurs(file: string): boolean {
    if (this.#ours.has(file)) return true
    const text = this.text(file) ?? ''
    if (file === pageFile) return /^<meta name="generator" content="poolform [^"]*">$/m.test(text)
    if (file.startsWith(`${accessFolder}/`))
      return /^(?:<!-- Made by poolform build\.|\{\n.*\n {2}"generator": "poolform",\n)/.test(text)
    return text.split('\n', 5).some(line => line.startsWith(`# ${generator} `))
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What the manifest of any poolform lists; undefined where it can not be read. */
function listedFiles(manifest: string | undefined): readonly ListedFile[] | undefined {
  try {
    const content: unknown = JSON.parse(manifest ?? '')
    if (!isRecord(content) || content['formatVersion'] !== 1) return undefined
    const { generator, artifacts } = content
    if (!isRecord(generator) || generator['name'] !== 'poolform') return undefined
    return Array.isArray(artifacts) && artifacts.every(isListedFile) ? artifacts : undefined
  } catch {
    return undefined
  }
}
