import semver from 'semver'
import type { Capability } from '../manifest.ts'
import type { PublicationIndex, PublishedTemplate, PublishedVersion } from '../publication.ts'

export const emptyIndex: PublicationIndex = { formatVersion: 1, templates: {} }

/**
 * Why a release can't bear a version; undefined where it can. https://semver.org/ without build metadata, which tells
 * no version from another: which of two is the newer, nobody could say.
 */
export function versionProblem(version: string): string | undefined {
  if (semver.valid(version) === version) return undefined
  const bare = semver.valid(version)
  const nearest = bare === null ? '' : `: write ${bare}`
  if (version.includes('+') && bare !== null)
    return `"${version}" has build metadata, which orders no versions${nearest}`
  return `"${version}" is no semantic version such as 1.2.0 or 1.2.0-rc.1${nearest}`
}

/** The newest version that is not a pre-release; undefined where there is none. */
export function newestRelease(versions: readonly string[]): string | undefined {
  const [newest] = versions.filter(version => semver.prerelease(version) === null).sort(semver.rcompare)
  return newest
}

/** A version of a template that the index is to list. */
export type Entry = PublishedVersion & { readonly template: string }

/** An object that the index lists with other bytes than those that are to be published. */
export type Contradiction = {
  readonly template: string
  /** `identity-pool/1.2.0/index.html` */
  readonly path: string
  /** In hexadecimal: what the index lists, and what was to be. */
  readonly listed: string
  readonly built: string
}

/** The objects of the entries' versions that an index lists already, with other bytes. */
export function contradictions(
  { templates }: PublicationIndex,
  entries: readonly Pick<Entry, 'template' | 'version' | 'objects'>[],
): readonly Contradiction[] {
  return entries.flatMap(({ template, version, objects }) => {
    const entry = Object.hasOwn(templates, template)
      ? templates[template]?.versions.find(it => it.version === version)
      : undefined
    return Object.entries(entry?.objects ?? {}).flatMap(([file, listed]) => {
      const built = objects[file] ?? 'none'
      return listed === built ? [] : [{ template, path: `${template}/${version}/${file}`, listed, built }]
    })
  })
}

/** The index with these versions in it. What it lists already stays as it is: a published version never changes. */
export function merge(index: PublicationIndex, entries: readonly Entry[]): PublicationIndex {
  const templates = new Map(Object.entries(index.templates))
  for (const { template, ...entry } of entries) {
    const versions = templates.get(template)?.versions ?? []
    if (versions.some(({ version }) => version === entry.version)) continue
    templates.set(template, templateOf([...versions, entry]))
  }
  return { formatVersion: 1, templates: Object.fromEntries([...templates].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

function templateOf(versions: readonly PublishedVersion[]): PublishedTemplate {
  const latest = newestRelease(versions.map(({ version }) => version))
  return {
    ...(latest === undefined ? {} : { latest }),
    versions: [...versions].sort((a, b) => semver.rcompare(a.version, b.version)),
  }
}

/** The text of `index.json`: the same index, the same bytes. */
export function formatIndex({ templates }: PublicationIndex): string {
  const ordered = Object.entries(templates).map(([name, { latest, versions }]) => [
    name,
    { ...(latest === undefined ? {} : { latest }), versions: versions.map(inOrder) },
  ])
  return `${JSON.stringify({ formatVersion: 1, templates: Object.fromEntries(ordered) }, undefined, 2)}\n`
}

function inOrder(entry: PublishedVersion): PublishedVersion {
  const { version, date, file, bytes, sha256, objects, versionId, capabilities, notes } = entry
  return {
    ...{ version, date, file, bytes, sha256, objects: sorted(objects) },
    ...(versionId === undefined ? {} : { versionId }),
    capabilities,
    ...(notes === undefined ? {} : { notes }),
  }
}

function sorted(objects: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objects).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Reads `index.json`, all of it: what is not understood would be lost when it is written again, so it is a problem
 * (a clause).
 */
export function parseIndex(text: string): PublicationIndex | { readonly problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'it is no JSON' }
  }
  try {
    return readIndex(value)
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message }
    throw error
  }
}

class Unreadable extends Error {}

function readIndex(value: unknown): PublicationIndex {
  const fields = record(value, 'it')
  const { formatVersion } = fields
  if (formatVersion !== 1) {
    const isNewer = typeof formatVersion === 'number' && formatVersion > 1
    throw new Unreadable(isNewer ? `its format ${formatVersion} is of a newer poolform` : 'it has no formatVersion 1')
  }
  only(fields, ['formatVersion', 'templates'], 'it')
  const templates = Object.entries(record(fields['templates'], 'templates')).map(([name, template]) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Unreadable(`${JSON.stringify(name)} names no template`)
    return [name, readTemplate(name, template)] as const
  })
  return { formatVersion: 1, templates: Object.fromEntries(templates) }
}

function readTemplate(name: string, value: unknown): PublishedTemplate {
  const fields = record(value, name)
  only(fields, ['latest', 'versions'], name)
  const listed = fields['versions']
  if (!Array.isArray(listed) || listed.length === 0) throw new Unreadable(`${name} has no versions`)
  const versions = listed.map((version: unknown, index) => readVersion(name, version, `${name}.versions[${index}]`))
  const sorted = templateOf(versions)
  const names = versions.map(({ version }) => version)
  if (new Set(names).size < names.length) throw new Unreadable(`${name} has a version twice`)
  if (names.join() !== sorted.versions.map(({ version }) => version).join()) {
    throw new Unreadable(`the versions of ${name} do not stand the newest first`)
  }
  if (fields['latest'] !== sorted.latest) {
    throw new Unreadable(`the latest of ${name} is ${String(fields['latest'])}, and not ${sorted.latest ?? 'absent'}`)
  }
  return sorted
}

function readVersion(template: string, value: unknown, where: string): PublishedVersion {
  const fields = record(value, where)
  const all = ['version', 'date', 'file', 'bytes', 'sha256', 'objects', 'versionId', 'capabilities', 'notes']
  only(fields, all, where)
  const { bytes, capabilities } = fields
  const version = text(fields, 'version', where)
  if (versionProblem(version) !== undefined) throw new Unreadable(`${where}.version is no semantic version`)
  const date = text(fields, 'date', where)
  if (Number.isNaN(Date.parse(date)) || new Date(date).toISOString() !== date) {
    throw new Unreadable(`${where}.date is no date of ISO 8601`)
  }
  const file = text(fields, 'file', where)
  if (file !== fileOf(template, version)) throw new Unreadable(`${where}.file is not ${fileOf(template, version)}`)
  const sha256 = checksum(fields, 'sha256', where)
  const objects = readObjects(template, fields['objects'], `${where}.objects`)
  if (objects[fileNameOf(template)] !== sha256) throw new Unreadable(`${where} gives its template two checksums`)
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw new Unreadable(`${where}.bytes is no count`)
  }
  if (!Array.isArray(capabilities) || !capabilities.every(isCapability)) {
    throw new Unreadable(`${where}.capabilities is no list of capabilities`)
  }
  return {
    ...{ version, date, file, bytes, sha256, objects, capabilities },
    ...(fields['versionId'] === undefined ? {} : { versionId: text(fields, 'versionId', where) }),
    ...(fields['notes'] === undefined ? {} : { notes: text(fields, 'notes', where) }),
  }
}

function readObjects(template: string, value: unknown, where: string): Readonly<Record<string, string>> {
  const fields = record(value, where)
  const files = filesOf(template)
  only(fields, files, where)
  return Object.fromEntries(files.map(file => [file, checksum(fields, file, where)]))
}

/** What a version's folder holds, sorted. */
export function filesOf(template: string): readonly string[] {
  const file = fileNameOf(template)
  return [...filesOfLatest(template), `${file}.sha256`].sort()
}

export function filesOfLatest(template: string): readonly string[] {
  return ['index.html', 'manifest.json', fileNameOf(template)]
}

/** `identity-pool/1.2.0/identity-pool.yaml`, beside the index. */
export function fileOf(template: string, version: string): string {
  return `${template}/${version}/${fileNameOf(template)}`
}

export function fileNameOf(template: string): string {
  return `${template}.yaml`
}

const capabilities: Readonly<Record<Capability, true>> = {
  CAPABILITY_IAM: true,
  CAPABILITY_NAMED_IAM: true,
  CAPABILITY_AUTO_EXPAND: true,
}

function isCapability(value: unknown): value is Capability {
  return typeof value === 'string' && Object.hasOwn(capabilities, value)
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Unreadable(`${where} is no object`)
  return value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function only(fields: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void {
  const stranger = Object.keys(fields).find(field => !known.includes(field))
  if (stranger !== undefined) throw new Unreadable(`${where} has ${JSON.stringify(stranger)}, which is not understood`)
}

/** A SHA-256. */
function checksum(fields: Readonly<Record<string, unknown>>, field: string, where: string): string {
  const value = text(fields, field, where)
  if (!/^[0-9a-f]{64}$/.test(value)) throw new Unreadable(`${where}.${field} is no SHA-256 in hexadecimal`)
  return value
}

function text(fields: Readonly<Record<string, unknown>>, field: string, where: string): string {
  const value = fields[field]
  if (typeof value !== 'string') throw new Unreadable(`${where}.${field} is no text`)
  return value
}
