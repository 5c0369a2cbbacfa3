import type { Capability } from './manifest.ts'

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
