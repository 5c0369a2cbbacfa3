import semver from 'semver'
import {
  type PublicationIndex,
  type PublishedTemplate,
  type PublishedVersion,
  parsePublication,
} from '../publication.ts'

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

/** Reads `index.json`, whose versions must stand in order besides; what is wrong with it is a clause. */
export function parseIndex(text: string): PublicationIndex | { readonly problem: string } {
  const index = parsePublication(text)
  if ('problem' in index) return index
  for (const [name, { latest, versions }] of Object.entries(index.templates)) {
    const sorted = templateOf(versions)
    if (versions.some(({ version }, at) => version !== sorted.versions[at]?.version)) {
      return { problem: `the versions of ${name} do not stand the newest first` }
    }
    if (latest !== sorted.latest) {
      return { problem: `the latest of ${name} is ${latest ?? 'absent'}, and not ${sorted.latest ?? 'absent'}` }
    }
  }
  return index
}
