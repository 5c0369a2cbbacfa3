import { type PageData, unpacked } from '../data.ts'

/** What `withVersions` put into the page; nothing before that. */
export type Versions = {
  readonly latest?: string
  readonly versions: readonly Version[]
  /** How many older ones index.json lists besides. */
  readonly more?: number
}

type Version = {
  readonly version: string
  readonly date: string
  readonly sha256: string
  readonly versionId?: string
}

export function readData(): PageData {
  return JSON.parse(unpacked(textOf('data')))
}

export function readVersions(): Versions {
  const found: Versions | readonly [] = JSON.parse(textOf('versions'))
  return 'versions' in found ? found : { versions: [] }
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? ''
}
