import { isRecord } from './document.ts'
import { type Capability, isCapability } from './manifest.ts'

/**
 * `index.json`, which lists every version that was ever published under a prefix. Places are relative to its own.
 *
 *     <template>/<version>/<template>.yaml    never changes, with .sha256, manifest.json and index.html beside it
 *     <template>/latest/<template>.yaml       the same bytes as the newest release's, with manifest.json and index.html
 *     index.json
 */
export type PublicationIndex = {
  readonly formatVersion: 1
  /** By name, sorted. */
  readonly templates: Readonly<Record<string, PublishedTemplate>>
}

export type PublishedTemplate = {
  /** The newest version that is not a pre-release; absent where there are only pre-releases. */
  readonly latest?: string
  /** By semantic versioning, the newest first. */
  readonly versions: readonly PublishedVersion[]
}

export type PublishedVersion = {
  readonly version: string
  /** When the template was written, by the store's clock: ISO 8601. */
  readonly date: string
  /** `identity-pool/1.2.0/identity-pool.yaml` */
  readonly file: string
  readonly bytes: number
  /** Of the template, in hexadecimal. */
  readonly sha256: string
  /** The SHA-256 of each object in the version's folder, the template's too, by file name, sorted. */
  readonly objects: Readonly<Record<string, string>>
  /** Of the template's object; absent where the bucket keeps no versions. */
  readonly versionId?: string
  readonly capabilities: readonly Capability[]
  /** What CHANGELOG.md says of the version, as Markdown. */
  readonly notes?: string
}

/**
 * Reads `index.json`, all of it: what is not understood would be lost when it is written again, so it is a problem
 * (a clause). Whether its versions stand in order, the part that writes it knows.
 */
export function parsePublication(text: string): PublicationIndex | { readonly problem: string } {
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

/**
 * Can a release bear it? A semantic version without build metadata, which tells no version from another.
 * https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string; numbers as far as they
 * can be told apart, and a length, as the library semver has them.
 */
export function isVersion(text: string): boolean {
  const number = '(?:0|[1-9][0-9]*)'
  const label = `(?:${number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
  const whole = new RegExp(`^(${number})\\.(${number})\\.(${number})(?:-${label}(?:\\.${label})*)?$`)
  const numbers = whole.exec(text)?.slice(1, 4)
  return numbers !== undefined && text.length <= 256 && numbers.every(it => Number.isSafeInteger(Number(it)))
}

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
  const names = versions.map(({ version }) => version)
  if (new Set(names).size < names.length) throw new Unreadable(`${name} has a version twice`)
  const { latest } = fields
  if (latest === undefined) return { versions }
  if (typeof latest !== 'string' || !names.includes(latest)) {
    throw new Unreadable(`the latest of ${name} is ${String(latest)}, which it does not list`)
  }
  return { latest, versions }
}

function readVersion(template: string, value: unknown, where: string): PublishedVersion {
  const fields = record(value, where)
  const all = ['version', 'date', 'file', 'bytes', 'sha256', 'objects', 'versionId', 'capabilities', 'notes']
  only(fields, all, where)
  const { bytes, capabilities } = fields
  const version = text(fields, 'version', where)
  if (!isVersion(version)) throw new Unreadable(`${where}.version is no semantic version`)
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

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Unreadable(`${where} is no object`)
  return value
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
