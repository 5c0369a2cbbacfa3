import { sha256Of } from '../checksums.ts'
import { isRecord } from '../document.ts'
import { withVersions } from '../page/with-versions.ts'
import { filesOfLatest, type PublicationIndex, type PublishedTemplate, type PublishedVersion } from '../publication.ts'
import { objectOf, type Release, type ReleasedObject } from './release.ts'
import { all, mostAttempts, type ObjectReport, type Site } from './site.ts'
import { type NewObject, type StoredObject, StoreError } from './store.ts'

/** Templates of the release whose `latest/` could not be made what it is to be: why, by name. */
export type Left = ReadonlyMap<string, StoreError>

/**
 * Makes `latest/` of every template what the index says, also where an earlier run was killed before it could. What it is
 * to be depends on the index alone, which is read after the ETag of what it replaces. The versions are published by
 * then, so what goes wrong is handed back, not thrown.
 */
export async function moveLatest(site: Site, release: Release, listed: PublicationIndex): Promise<Left> {
  const left = new Map<string, StoreError>()
  try {
    await move(site, release, listed, left)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    for (const { name } of release.templates) if (!left.has(name)) left.set(name, error)
  }
  return left
}

async function move(
  site: Site,
  release: Release,
  listed: PublicationIndex,
  left: Map<string, StoreError>,
): Promise<void> {
  const sources = new Sources(site, release)
  const own = new Set(release.templates.map(({ name }) => name))
  let pending = Object.entries(listed.templates).flatMap(([template, { latest }]) =>
    latest === undefined ? [] : filesOfLatest(template).map(file => ({ template, file })),
  )
  for (let attempt = 1; attempt <= mostAttempts && pending.length > 0; attempt++) {
    if (attempt > 1) await site.pauseAfter(attempt)
    const seen = await all(
      pending.map(async it => ({ ...it, there: await site.store.head(site.key(`${it.template}/latest/${it.file}`)) })),
    )
    const { index } = await site.readIndex()
    const warned = new Set<string>()
    const followed = await all(
      seen.map(async ({ template, file, there }) => {
        try {
          return await follow(site, index, template, file, there, sources)
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
          if (own.has(template)) left.set(template, error)
          else warned.add(`${template}/latest/ of ${site.store.name} is left as it is: ${error.message}`)
          return { isDone: true }
        }
      }),
    )
    for (const { object, outcome } of followed) if (object !== undefined) site.report(object, outcome)
    for (const warning of [...warned].sort()) site.surroundings.onWarning(warning)
    pending = pending.filter((_, place) => followed[place]?.isDone !== true)
  }
  const [first] = pending
  if (first !== undefined) throw site.contended(site.key(`${first.template}/latest/${first.file}`))
}

type Followed =
  /** Also where somebody has replaced the object meanwhile, and it is to be looked at again. */
  | { readonly isDone: boolean; readonly object?: undefined; readonly outcome?: undefined }
  | {
      readonly isDone: true
      readonly object: NewObject & { readonly sha256: string }
      readonly outcome: ObjectReport['outcome']
    }

async function follow(
  site: Site,
  { templates }: PublicationIndex,
  template: string,
  file: string,
  there: StoredObject | undefined,
  sources: Sources,
): Promise<Followed> {
  const published = Object.hasOwn(templates, template) ? templates[template] : undefined
  const newest = published?.versions.find(({ version }) => version === published.latest)
  if (published === undefined || newest === undefined) return { isDone: true }
  const { body, sha256, contentType } = await sources.latest(template, published, newest, file)
  const key = site.key(`${template}/latest/${file}`)
  const object = { key, body, contentType, cacheControl: 'no-cache', sha256 }
  if (there !== undefined && (await site.checksumOf(there)) === sha256) {
    return { isDone: true, object, outcome: 'unchanged' }
  }
  const condition = there === undefined ? { ifAbsent: true as const } : { ifMatch: there.etag }
  if ((await site.store.put(object, condition)) === 'taken') return { isDone: false }
  return { isDone: true, object, outcome: 'written' }
}

/** What versions hold: of this release at hand, of others as the store has it. */
class Sources {
  readonly #site: Site
  readonly #release: Release
  readonly #bodies = new Map<string, Promise<Buffer>>()

  constructor(site: Site, release: Release) {
    this.#site = site
    this.#release = release
  }

  async latest(
    template: string,
    published: PublishedTemplate,
    newest: PublishedVersion,
    file: string,
  ): Promise<ReleasedObject> {
    const path = `${template}/${newest.version}/${file}`
    const body = await this.#body(path, template, newest.version, file)
    const found = sha256Of(body)
    const listed = newest.objects[file]
    if (found !== listed) {
      throw new StoreError(
        'refused',
        `${this.#site.key(path)} has the SHA-256 ${found}, and index.json lists ${listed}`,
        restore,
      )
    }
    const latest = latestOf(file, body, newest.version, published)
    if (latest !== undefined) return objectOf(file, latest)
    throw new StoreError('refused', `${this.#site.key(path)} is not as poolform publishes it`, restore)
  }

  #body(path: string, template: string, version: string, file: string): Promise<Buffer> {
    const body = this.#bodies.get(path) ?? this.#read(path, template, version, file)
    this.#bodies.set(path, body)
    return body
  }

  async #read(path: string, template: string, version: string, file: string): Promise<Buffer> {
    const { version: own, templates } = this.#release
    const released = version === own ? templates.find(({ name }) => name === template) : undefined
    const object = released?.objects.find(it => it.file === file)
    if (object !== undefined) return object.body
    const key = this.#site.key(path)
    const there = await this.#site.store.get(key)
    if (there !== undefined) return there.body
    throw new StoreError(
      'refused',
      `${key} of ${this.#site.store.name} is missing, though index.json lists its version`,
      restore,
    )
  }
}

const restore = 'Find out who has changed it, and restore it from an earlier version of the object'

/**
 * What becomes of a version's object in `latest/`; undefined where it is not such an object. Each holds by itself,
 * whatever its neighbours are at the moment: the manifest and the page name the template by its version.
 */
export function latestOf(
  file: string,
  body: Buffer,
  version: string,
  published: PublishedTemplate,
): Buffer | undefined {
  switch (file) {
    case 'index.html':
      return page(body.toString('utf8'), published)
    case 'manifest.json':
      return manifest(body.toString('utf8'), version)
    default:
      return body
  }
}

function page(html: string, published: PublishedTemplate): Buffer | undefined {
  try {
    return Buffer.from(withVersions(html, published))
  } catch {
    return undefined
  }
}

function manifest(text: string, version: string): Buffer | undefined {
  const read = parse(text)
  if (!isRecord(read) || !Array.isArray(read['artifacts'])) return undefined
  const artifacts: unknown[] = read['artifacts'].map((it: unknown) =>
    isRecord(it) && typeof it['file'] === 'string' ? { ...it, file: `../${version}/${it['file']}` } : undefined,
  )
  return artifacts.includes(undefined)
    ? undefined
    : Buffer.from(`${JSON.stringify({ ...read, artifacts }, undefined, 2)}\n`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
