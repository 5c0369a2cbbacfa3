import type { Manifest } from '../manifest.ts'
import { withVersions } from '../page/with-versions.ts'
import type { PublicationIndex, PublishedTemplate, PublishedVersion } from '../publication.ts'
import {
  contradictions,
  type Entry,
  emptyIndex,
  fileNameOf,
  fileOf,
  formatIndex,
  merge,
  parseIndex,
} from './index-file.ts'
import {
  contentTypeOf,
  objectOf,
  type Release,
  type ReleasedObject,
  type ReleasedTemplate,
  sha256Of,
} from './release.ts'
import { type NewObject, type PutCondition, type Store, type StoredObject, StoreError } from './store.ts'

export type Target = {
  readonly store: Store
  /** Without slashes at its ends; perhaps ''. */
  readonly prefix: string
}

export type Surroundings = {
  /** Is told of each object that is written, or found to be there as it should. */
  readonly onObject: (object: ObjectReport) => void
  /** Is told in a sentence what the user should know. */
  readonly onWarning: (text: string) => void
  readonly pause: (ms: number) => Promise<void>
  /** Finds out whether the store keeps to conditions; of AWS's own that is known. */
  readonly probe: boolean
}

export type ObjectReport = {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  readonly outcome: 'written' | 'unchanged'
}

/** What came of it: all of the release is published, or nothing has been changed. */
export type Publication = {
  readonly templates: readonly TemplateReport[]
  /** Empty unless the release is refused. */
  readonly conflicts: readonly Conflict[]
}

export type TemplateReport = {
  readonly name: string
  /** `no-op`: it was published already, with the same bytes. */
  readonly outcome: 'released' | 'no-op' | 'conflict'
  /** As the index lists it; absent where the release is refused. */
  readonly entry?: PublishedVersion
  /** Is it what `latest` now leads to? */
  readonly isLatest: boolean
}

/** A version that is published already, with other bytes. */
export type Conflict = {
  readonly template: string
  readonly key: string
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
  const run = new Run(target, surroundings)
  // nothing is written before all has been looked at; the index first, whose answer tells a missing object from a bucket
  const index = await run.readIndex()
  const looks = await all(release.templates.map(template => run.look(release, template)))
  const conflicts = looks.flatMap(look => look.conflicts)
  const known = new Set(conflicts.map(({ key }) => key))
  conflicts.push(...listedOtherwise(index.index, release, run).filter(({ key }) => !known.has(key)))
  if (conflicts.length > 0) return refused(release, conflicts)

  const missing = looks.flatMap(look => look.missing)
  for (const wave of waves(release, missing)) {
    const lost = (await all(wave.map(object => run.write(object)))).flatMap(conflict => conflict ?? [])
    if (lost.length > 0) return refused(release, lost)
  }
  const [found] = await all([
    all(release.templates.map(template => run.entry(release, template))),
    run.surroundings.probe ? run.probe(release) : undefined,
  ])
  const overwritten = found.flatMap(it => ('published' in it ? [it] : []))
  if (overwritten.length > 0) return refused(release, overwritten)
  const entries = found.flatMap(it => ('published' in it ? [] : [it]))

  const listed = await run.list(index, entries)
  const contradicted = listedOtherwise(listed, release, run)
  if (contradicted.length > 0) return refused(release, contradicted)
  await run.moveLatest(release, listed)
  return {
    conflicts: [],
    templates: release.templates.map(({ name }) => {
      const wasListed = versionIn(index.index, name, release.version) !== undefined
      const isWhole = missing.every(({ template }) => template !== name)
      const entry = versionIn(listed, name, release.version)
      return {
        ...{
          name,
          outcome: wasListed && isWhole ? 'no-op' : 'released',
          isLatest: isLatest(listed, name, release.version),
        },
        ...(entry === undefined ? {} : { entry }),
      }
    }),
  }
}

function refused(release: Release, conflicts: readonly Conflict[]): Publication {
  return {
    conflicts,
    templates: release.templates.map(({ name }) => ({ name, outcome: 'conflict', isLatest: false })),
  }
}

function versionIn({ templates }: PublicationIndex, name: string, version: string): PublishedVersion | undefined {
  return Object.hasOwn(templates, name) ? templates[name]?.versions.find(it => it.version === version) : undefined
}

function isLatest({ templates }: PublicationIndex, name: string, version: string): boolean {
  return Object.hasOwn(templates, name) && templates[name]?.latest === version
}

function listedOtherwise(index: PublicationIndex, release: Release, run: Run): readonly Conflict[] {
  const built = release.templates.map(({ name, artifact }) => ({
    ...{ template: name, version: release.version, sha256: artifact.sha256 },
  }))
  return contradictions(index, built).map(({ template, version, sha256 }) => ({
    template,
    key: run.key(fileOf(template, version)),
    published: sha256,
    built: built.find(it => it.template === template)?.sha256 ?? '',
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

type Look = { readonly missing: readonly OwnObject[]; readonly conflicts: readonly Conflict[] }

/** As it was read; no ETag where there is none yet. */
type ReadIndex = { readonly index: PublicationIndex; readonly text?: string; readonly etag?: string }

/** One release into one store. */
class Run {
  readonly surroundings: Surroundings
  readonly #store: Store
  readonly #prefix: string

  constructor({ store, prefix }: Target, surroundings: Surroundings) {
    this.surroundings = surroundings
    this.#store = store
    this.#prefix = prefix
  }

  key(path: string): string {
    return this.#prefix === '' ? path : `${this.#prefix}/${path}`
  }

  async readIndex(): Promise<ReadIndex> {
    const key = this.key('index.json')
    const there = await this.#store.get(key)
    if (there === undefined) return { index: emptyIndex }
    const text = there.body.toString('utf8')
    const index = parseIndex(text)
    if ('problem' in index) {
      throw new StoreError(
        'refused',
        `${key} of ${this.#store.name} is not as poolform writes it: ${index.problem}; nothing has been written over it`,
        'Publish under another --prefix, or restore the object, from an earlier version of it where the bucket keeps versions',
      )
    }
    return { index, text, etag: there.etag }
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
    for (const [place, standing] of found.entries()) {
      const object = own[place]
      if (object !== undefined && standing === 'same') this.#report(object, 'unchanged')
    }
    return { missing: own.filter((_, place) => found[place] === 'absent'), conflicts }
  }

  #versioned(template: string, version: string, { file, body, contentType }: ReleasedObject): NewObject {
    return {
      key: this.key(`${template}/${version}/${file}`),
      ...{ body, contentType, cacheControl: 'public, max-age=31536000, immutable' },
    }
  }

  async #standing(object: { readonly key: string; readonly sha256: string }) {
    const there = await this.#store.head(object.key)
    if (there === undefined) return 'absent'
    const sha256 = await this.#sha256(there)
    return sha256 === object.sha256 ? 'same' : { sha256 }
  }

  async #sha256(there: StoredObject): Promise<string> {
    if (there.sha256 !== undefined) return there.sha256
    const whole = await this.#store.get(there.key)
    return whole === undefined ? 'gone' : sha256Of(whole.body)
  }

  /** Writes an object that is not there; a conflict where another publisher has meanwhile, and differently. */
  async write(object: OwnObject): Promise<Conflict | undefined> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      if ((await this.#store.put(object, { ifAbsent: true })) !== 'taken') {
        this.#report(object, 'written')
        return undefined
      }
      const standing = await this.#standing(object)
      if (standing === 'same') {
        this.#report(object, 'unchanged')
        return undefined
      }
      if (standing !== 'absent') return conflict(object, standing.sha256)
      await this.surroundings.pause(backOff(attempt))
    }
    throw this.#contended(object.key)
  }

  #report({ key, body, sha256 }: NewObject & { readonly sha256: string }, outcome: ObjectReport['outcome']): void {
    this.surroundings.onObject({ key, bytes: body.length, sha256, outcome })
  }

  #contended(key: string): StoreError {
    return new StoreError(
      'refused',
      `${key} of ${this.#store.name} was changed by others at each of ${mostAttempts} attempts`,
      'Publish again when they are done: what is there is whole',
    )
  }

  /**
   * What the index is to list, with the date and the version ID that the store gave the template: so who comes to list
   * it, after whatever interruption, lists the same.
   */
  async entry({ version, notes }: Release, { name, artifact }: ReleasedTemplate): Promise<Entry | Conflict> {
    const file = fileOf(name, version)
    const key = this.key(file)
    const there = await this.#store.head(key)
    const { bytes, sha256, capabilities } = artifact
    if (there === undefined) throw this.#vanished(key)
    const published = await this.#sha256(there)
    // where a store does not keep to If-None-Match
    if (published !== sha256) return { template: name, key, published, built: sha256 }
    return {
      ...{ template: name, version, date: there.lastModified, file, bytes, sha256, capabilities },
      ...(there.versionId === undefined ? {} : { versionId: there.versionId }),
      ...(notes === undefined ? {} : { notes }),
    }
  }

  #vanished(key: string): StoreError {
    return new StoreError(
      'refused',
      `${key} of ${this.#store.name} has been deleted`,
      'Publish the version again; see that nobody else, and no lifecycle rule, deletes what is published',
    )
  }

  /** Puts entries into the index; gives the index that then stands. */
  async list(first: ReadIndex, entries: readonly Entry[]): Promise<PublicationIndex> {
    const key = this.key('index.json')
    for (let attempt = 1, read = first; attempt <= mostAttempts; attempt++, read = await this.readIndex()) {
      if (contradictions(read.index, entries).length > 0) return read.index
      const index = merge(read.index, entries)
      const body = Buffer.from(formatIndex(index))
      const object = { key, body, contentType: contentTypeOf(key), cacheControl: 'no-cache', sha256: sha256Of(body) }
      if (read.text !== undefined && body.equals(Buffer.from(read.text))) {
        this.#report(object, 'unchanged')
        return index
      }
      const condition = read.etag === undefined ? { ifAbsent: true as const } : { ifMatch: read.etag }
      if ((await this.#store.put(object, condition)) !== 'taken') {
        this.#report(object, 'written')
        return index
      }
      await this.surroundings.pause(backOff(attempt))
    }
    throw this.#contended(key)
  }

  /**
   * Makes `latest/` of every template what the index says, also where an earlier run was killed before it could. What
   * it is to be depends on the index alone, which is read after the ETag of what it replaces.
   */
  async moveLatest(release: Release, listed: PublicationIndex): Promise<void> {
    const sources = new Sources(this.#store, release, path => this.key(path))
    const own = new Set(release.templates.map(({ name }) => name))
    let pending = Object.entries(listed.templates).flatMap(([template, { latest }]) =>
      latest === undefined ? [] : filesOfLatest(template).map(file => ({ template, file })),
    )
    for (let attempt = 1; attempt <= mostAttempts && pending.length > 0; attempt++) {
      if (attempt > 1) await this.surroundings.pause(backOff(attempt))
      const seen = await all(
        pending.map(async it => ({
          ...it,
          there: await this.#store.head(this.key(`${it.template}/latest/${it.file}`)),
        })),
      )
      const { index } = await this.readIndex()
      const isDone = await all(
        seen.map(async ({ template, file, there }) => {
          try {
            return await this.#follow(index, template, file, there, sources)
          } catch (error) {
            if (own.has(template) || !(error instanceof StoreError)) throw error
            this.surroundings.onWarning(`${template}/latest/ of ${this.#store.name} is left as it is: ${error.message}`)
            return true
          }
        }),
      )
      pending = pending.filter((_, place) => isDone[place] !== true)
    }
    const [first] = pending
    if (first !== undefined) throw this.#contended(this.key(`${first.template}/latest/${first.file}`))
  }

  /** False where somebody has replaced the object meanwhile. */
  async #follow(
    { templates }: PublicationIndex,
    template: string,
    file: string,
    there: StoredObject | undefined,
    sources: Sources,
  ): Promise<boolean> {
    const published = Object.hasOwn(templates, template) ? templates[template] : undefined
    const newest = published?.versions.find(({ version }) => version === published.latest)
    if (published === undefined || newest === undefined) return true
    const { body, sha256, contentType } = await sources.latest(template, published, newest, file)
    const key = this.key(`${template}/latest/${file}`)
    const object = { key, body, contentType, cacheControl: 'no-cache', sha256 }
    if (there !== undefined && (await this.#sha256(there)) === sha256) {
      this.#report(object, 'unchanged')
      return true
    }
    const condition = there === undefined ? { ifAbsent: true as const } : { ifMatch: there.etag }
    if ((await this.#store.put(object, condition)) === 'taken') return false
    this.#report(object, 'written')
    return true
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
    this.surroundings.onWarning(
      `${this.#store.name} ignores ${ignored.join(' and ')}: what is there was compared before anything was written, ` +
        'but two who publish at once could overwrite each other there',
    )
  }

  /** The condition does not hold, so the object must not be written; a bucket may also refuse it by its policy. */
  async #isKept(object: NewObject, condition: PutCondition): Promise<boolean> {
    try {
      return (await this.#store.put(object, condition)) === 'taken'
    } catch (error) {
      if (error instanceof StoreError && error.code === 'no-permission') return true
      throw error
    }
  }
}

function conflict({ template, key, sha256 }: OwnObject, published: string): Conflict {
  return { template, key, published, built: sha256 }
}

function filesOfLatest(template: string): readonly string[] {
  return [fileNameOf(template), 'manifest.json', 'index.html']
}

/** What versions hold: of this release at hand, of others as the store has it. */
class Sources {
  readonly #store: Store
  readonly #release: Release
  readonly #key: (path: string) => string
  readonly #bodies = new Map<string, Promise<Buffer>>()

  constructor(store: Store, release: Release, key: (path: string) => string) {
    this.#store = store
    this.#release = release
    this.#key = key
  }

  /**
   * A file of `latest/`. Each holds by itself, whatever its neighbours are at the moment: the manifest and the page name
   * the template by its version.
   */
  async latest(
    template: string,
    published: PublishedTemplate,
    { version, sha256 }: PublishedVersion,
    file: string,
  ): Promise<ReleasedObject> {
    const body = await this.#body(template, version, file)
    if (file !== fileNameOf(template)) {
      const text = derived(file, body.toString('utf8'), version, published)
      if (text !== undefined) return objectOf(file, Buffer.from(text))
      throw new StoreError(
        'refused',
        `${this.#key(`${template}/${version}/${file}`)} is not as poolform publishes it`,
        restore,
      )
    }
    const object = objectOf(file, body)
    if (object.sha256 === sha256) return object
    throw new StoreError(
      'refused',
      `${this.#key(fileOf(template, version))} has the SHA-256 ${object.sha256}, and index.json lists ${sha256}`,
      restore,
    )
  }

  #body(template: string, version: string, file: string): Promise<Buffer> {
    const key = this.#key(`${template}/${version}/${file}`)
    const body = this.#bodies.get(key) ?? this.#read(key, template, version, file)
    this.#bodies.set(key, body)
    return body
  }

  async #read(key: string, template: string, version: string, file: string): Promise<Buffer> {
    const { version: own, templates } = this.#release
    const released = version === own ? templates.find(({ name }) => name === template) : undefined
    const object = released?.objects.find(it => it.file === file)
    if (object !== undefined) return object.body
    const there = await this.#store.get(key)
    if (there !== undefined) return there.body
    throw new StoreError(
      'refused',
      `${key} of ${this.#store.name} is missing, though index.json lists its version`,
      restore,
    )
  }
}

const restore = 'Find out who has changed it, and restore it from an earlier version of the object'

/** What becomes of a version's manifest or page in `latest/`; undefined where it is neither. */
function derived(file: string, text: string, version: string, published: PublishedTemplate): string | undefined {
  try {
    if (file === 'index.html') return withVersions(text, published)
    const manifest: Manifest = JSON.parse(text)
    const artifacts = manifest.artifacts.map(it => ({ ...it, file: `../${version}/${it.file}` }))
    return `${JSON.stringify({ ...manifest, artifacts }, undefined, 2)}\n`
  } catch {
    return undefined
  }
}

const mostAttempts = 20

/** Milliseconds, so that who comes second does not meet the same others again. */
function backOff(attempt: number): number {
  return Math.random() * Math.min(2000, 25 * 2 ** attempt)
}

/** All at once; if some fail, it still waits for the others, so that none goes on unwatched. */
async function all<const Values extends readonly unknown[]>(
  promises: Values,
): Promise<{ -readonly [Place in keyof Values]: Awaited<Values[Place]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
