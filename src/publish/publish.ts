import { sha256Of } from '../checksums.ts'
import { fileOf, type PublicationIndex, type PublishedVersion } from '../publication.ts'
import { contradictions, type Entry, formatIndex, merge } from './index-file.ts'
import { type Left, moveLatest } from './latest.ts'
import { checksumsOf, contentTypeOf, type Release, type ReleasedObject, type ReleasedTemplate } from './release.ts'
import { all, mostAttempts, type ObjectReport, type ReadIndex, Site, type Surroundings, type Target } from './site.ts'
import { type NewObject, type PutCondition, StoreError } from './store.ts'

/** What came of it: all of the release is published, or it is refused. */
export type Publication = {
  readonly templates: readonly TemplateReport[]
  /** The release is published, and `latest/` is not what it should be: why. */
  readonly trouble?: StoreError
  /** Empty unless the release is refused. */
  readonly conflicts: readonly Conflict[]
}

export type TemplateReport = {
  readonly name: string
  /** `no-op`: it was published already, with the same bytes. `withheld`: another template of the release conflicts. */
  readonly outcome: 'released' | 'no-op' | 'conflict' | 'withheld'
  /** As the index lists it; absent where the release is refused. */
  readonly entry?: PublishedVersion
  /** Is it what `latest` now leads to? */
  readonly isLatest: boolean
}

/** An object of a version that is there already, with other bytes. */
export type Conflict = {
  readonly template: string
  readonly key: string
  /** Does the index list the version? Else it was begun, and never finished. */
  readonly isListed: boolean
  /** In hexadecimal: what is published, and what was to be. */
  readonly published: string
  readonly built: string
}

/**
 * Publishes a release into a store: first the objects of the version, then the index that lists it, then `latest/`,
 * which follows the index. Whoever reads meanwhile sees each whole. Killed at any moment and run again it comes to the
 * same end, and of two that publish at once neither undoes what the other has done:
 *
 * - An object of a version is written if there is none. The first that is written is the page of the first template:
 *   it decides whose release this version is, and who comes second with another one stops there.
 * - The index is changed only from what was read, else it is read again.
 * - An object of `latest/` is replaced only if it still is what it was before the index was read that tells what it is
 *   to be: so nobody who is late moves it back.
 *
 * @throws StoreError
 */
export async function publish(release: Release, target: Target, surroundings: Surroundings): Promise<Publication> {
  const site = new Site(target, surroundings)
  const run = new Run(site)
  // nothing is written before all has been looked at; the index first, whose answer tells a missing object from a bucket
  const index = await site.readIndex()
  const looks = await all(release.templates.map(template => run.look(release, template)))
  // in their order, not in that of the answers
  for (const object of looks.flatMap(({ unchanged }) => unchanged)) site.report(object, 'unchanged')
  const conflicts = looks.flatMap(look => look.conflicts)
  const known = new Set(conflicts.map(({ key }) => key))
  conflicts.push(...listedOtherwise(index.index, release, site).filter(({ key }) => !known.has(key)))
  if (conflicts.length > 0) return refused(release, conflicts, index.index)

  const missing = looks.flatMap(look => look.missing)
  for (const wave of waves(release, missing)) {
    const written = await all(wave.map(object => run.write(object)))
    for (const [place, object] of wave.entries()) {
      const outcome = written[place]
      if (typeof outcome === 'string') site.report(object, outcome)
    }
    const lost = written.flatMap(outcome => (typeof outcome === 'string' ? [] : [outcome]))
    if (lost.length > 0) return refused(release, lost, (await site.readIndex()).index)
  }
  const [found] = await all([
    all(release.templates.map(template => run.entry(release, template))),
    surroundings.probe ? run.probe(release) : undefined,
  ])
  const overwritten = found.flatMap(it => ('published' in it ? [it] : []))
  if (overwritten.length > 0) return refused(release, overwritten, index.index)
  const entries = found.flatMap(it => ('published' in it ? [] : [it]))

  const listed = await run.list(index, entries)
  const contradicted = listedOtherwise(listed, release, site)
  if (contradicted.length > 0) return refused(release, contradicted, listed)
  const left = await moveLatest(site, release, listed)
  return {
    conflicts: [],
    ...troubleOf(release, left),
    templates: release.templates.map(({ name }) => {
      const wasListed = versionIn(index.index, name, release.version) !== undefined
      const isWhole = missing.every(({ template }) => template !== name)
      const entry = versionIn(listed, name, release.version)
      return {
        ...{
          name,
          outcome: wasListed && isWhole ? 'no-op' : 'released',
          isLatest: !left.has(name) && isLatest(listed, name, release.version),
        },
        ...(entry === undefined ? {} : { entry }),
      }
    }),
  }
}

function troubleOf({ version }: Release, left: Left): Pick<Publication, 'trouble'> {
  const [first] = left
  if (first === undefined) return {}
  const [template, error] = first
  const folders = [...left.keys()].map(name => `${name}/latest/`).join(', ')
  const message = `${version} is published, but ${folders} ${left.size === 1 ? 'is' : 'are'} left as ${left.size === 1 ? 'it is' : 'they are'}: ${error.message}`
  return { trouble: new StoreError(error.code, message, error.help, { cause: left.get(template) }) }
}

function refused(release: Release, found: readonly UnlistedConflict[], index: PublicationIndex): Publication {
  const conflicts = found.map(conflict => ({
    ...conflict,
    isListed: versionIn(index, conflict.template, release.version) !== undefined,
  }))
  return {
    conflicts,
    templates: release.templates.map(({ name }) => ({
      name,
      outcome: conflicts.some(({ template }) => template === name) ? 'conflict' : 'withheld',
      isLatest: false,
    })),
  }
}

function versionIn({ templates }: PublicationIndex, name: string, version: string): PublishedVersion | undefined {
  return Object.hasOwn(templates, name) ? templates[name]?.versions.find(it => it.version === version) : undefined
}

function isLatest({ templates }: PublicationIndex, name: string, version: string): boolean {
  return Object.hasOwn(templates, name) && templates[name]?.latest === version
}

type UnlistedConflict = Omit<Conflict, 'isListed'>

function listedOtherwise(
  index: PublicationIndex,
  { version, templates }: Release,
  site: Site,
): readonly UnlistedConflict[] {
  const built = templates.map(template => ({ template: template.name, version, objects: checksumsOf(template) }))
  return contradictions(index, built).map(({ template, path, listed, built }) => ({
    ...{ template, key: site.key(path), published: listed, built },
  }))
}

/** A new object, and what it belongs to. */
type OwnObject = NewObject & { readonly template: string; readonly sha256: string; readonly rank: Rank }

type Rank = 'first' | 'between' | 'last'

/** What may be written at the same time, in order. */
function waves({ templates }: Release, missing: readonly OwnObject[]): readonly (readonly OwnObject[])[] {
  const [first] = templates
  const decides = (object: OwnObject): boolean => object.rank === 'first' && object.template === first?.name
  return [
    missing.filter(decides),
    missing.filter(object => object.rank === 'first' && !decides(object)),
    missing.filter(({ rank }) => rank === 'between'),
    missing.filter(({ rank }) => rank === 'last'),
  ].filter(wave => wave.length > 0)
}

type Look = {
  readonly missing: readonly OwnObject[]
  readonly unchanged: readonly OwnObject[]
  readonly conflicts: readonly UnlistedConflict[]
}

/** One release into one store. */
class Run {
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
  }

  /** What of a template's version is not there yet, and what is there with other bytes. */
  async look({ version }: Release, { name, objects }: ReleasedTemplate): Promise<Look> {
    const own = objects.map((object, place) => {
      const rank: Rank = place === 0 ? 'first' : place === objects.length - 1 ? 'last' : 'between'
      return { ...this.#versioned(name, version, object), template: name, sha256: object.sha256, rank }
    })
    const found = await all(own.map(object => this.#standing(object)))
    const conflicts = found.flatMap((standing, place) => {
      const object = own[place]
      return object === undefined || typeof standing === 'string' ? [] : [conflict(object, standing.sha256)]
    })
    return {
      missing: own.filter((_, place) => found[place] === 'absent'),
      unchanged: own.filter((_, place) => found[place] === 'same'),
      conflicts,
    }
  }

  #versioned(template: string, version: string, { file, body, contentType }: ReleasedObject): NewObject {
    return {
      key: this.#site.key(`${template}/${version}/${file}`),
      ...{ body, contentType, cacheControl: 'public, max-age=31536000, immutable' },
    }
  }

  async #standing(object: { readonly key: string; readonly sha256: string }) {
    const there = await this.#site.store.head(object.key)
    if (there === undefined) return 'absent'
    const sha256 = await this.#site.checksumOf(there)
    return sha256 === object.sha256 ? 'same' : { sha256 }
  }

  /** Writes an object that is not there; a conflict where another publisher has meanwhile, and differently. */
  async write(object: OwnObject): Promise<ObjectReport['outcome'] | UnlistedConflict> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      if ((await this.#site.store.put(object, { ifAbsent: true })) !== 'taken') return 'written'
      const standing = await this.#standing(object)
      if (standing === 'same') return 'unchanged'
      if (standing !== 'absent') return conflict(object, standing.sha256)
      await this.#site.pauseAfter(attempt)
    }
    throw this.#site.contended(object.key)
  }

  /**
   * What the index is to list, with the date and the version ID that the store gave the template: so who comes to list
   * it, after whatever interruption, lists the same.
   */
  async entry({ version, notes }: Release, template: ReleasedTemplate): Promise<Entry | UnlistedConflict> {
    const { name, artifact } = template
    const objects = checksumsOf(template)
    const file = fileOf(name, version)
    const key = this.#site.key(file)
    const there = await this.#site.store.head(key)
    const { bytes, sha256, capabilities } = artifact
    if (there === undefined) throw this.#vanished(key)
    const published = await this.#site.checksumOf(there)
    // where a store does not keep to If-None-Match
    if (published !== sha256) return { template: name, key, published, built: sha256 }
    return {
      ...{ template: name, version, date: there.lastModified, file, bytes, sha256, objects, capabilities },
      ...(there.versionId === undefined ? {} : { versionId: there.versionId }),
      ...(notes === undefined ? {} : { notes }),
    }
  }

  #vanished(key: string): StoreError {
    return new StoreError(
      'refused',
      `${key} of ${this.#site.store.name} has been deleted`,
      'Publish the version again; see that nobody else, and no lifecycle rule, deletes what is published',
    )
  }

  /** Puts entries into the index; gives the index that then stands. */
  async list(first: ReadIndex, entries: readonly Entry[]): Promise<PublicationIndex> {
    const key = this.#site.key('index.json')
    for (let attempt = 1, read = first; attempt <= mostAttempts; attempt++, read = await this.#site.readIndex()) {
      if (contradictions(read.index, entries).length > 0) return read.index
      const index = merge(read.index, entries)
      const body = Buffer.from(formatIndex(index))
      const object = { key, body, contentType: contentTypeOf(key), cacheControl: 'no-cache', sha256: sha256Of(body) }
      if (read.text !== undefined && body.equals(Buffer.from(read.text))) {
        this.#site.report(object, 'unchanged')
        return index
      }
      const condition = read.etag === undefined ? { ifAbsent: true as const } : { ifMatch: read.etag }
      if ((await this.#site.store.put(object, condition)) !== 'taken') {
        this.#site.report(object, 'written')
        return index
      }
      await this.#site.pauseAfter(attempt)
    }
    throw this.#site.contended(key)
  }

  /** Writes an object once more, as no store may that keeps to conditions; the bytes are those that it has. */
  async probe({ version, templates: [template] }: Release): Promise<void> {
    if (template === undefined) return
    const object = this.#versioned(template.name, version, template.objects[1])
    const [absent, match] = await all([
      this.#isKept(object, { ifAbsent: true }),
      this.#isKept(object, { ifMatch: '"00000000000000000000000000000000"' }),
    ])
    const ignored = [...(absent ? [] : ['If-None-Match']), ...(match ? [] : ['If-Match'])]
    if (ignored.length === 0) return
    this.#site.surroundings.onWarning(
      `${this.#site.store.name} ignores ${ignored.join(' and ')}: what is there was compared before anything was written, ` +
        'but two who publish at once could overwrite each other there',
    )
  }

  /** The condition does not hold, so the object must not be written; a bucket may also refuse it by its policy. */
  async #isKept(object: NewObject, condition: PutCondition): Promise<boolean> {
    try {
      return (await this.#site.store.put(object, condition)) !== 'written'
    } catch (error) {
      if (error instanceof StoreError && error.code === 'no-permission') return true
      throw error
    }
  }
}

function conflict({ template, key, sha256 }: OwnObject, published: string): UnlistedConflict {
  return { template, key, published, built: sha256 }
}
