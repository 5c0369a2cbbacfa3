import type { Manifest } from '../manifest.ts'
import { withVersions } from '../page/with-versions.ts'
import type { PublicationIndex, PublishedTemplate, PublishedVersion } from '../publication.ts'
import { turns } from './bounded.ts'
import type { Fetched } from './fetch-public.ts'
import { fileNameOf, parseIndex } from './index-file.ts'
import { checksumLine, contentTypeOf, type Release, sha256Of } from './release.ts'
import { type Store, StoreError } from './store.ts'
import type { Validator } from './validator.ts'

export type Publisher = {
  /** Under which everybody is to find what is published; without a slash at its end. */
  readonly baseUrl: string
  readonly fetch: (url: string) => Promise<Fetched>
  /** The bucket behind it, which is asked where the public is refused. */
  readonly store: Store
  /** Of its keys: without slashes at its ends, perhaps ''. */
  readonly prefix: string
  readonly validate: Validator
}

export type Verification = {
  /** One for each URL. */
  readonly checks: readonly Check[]
  /** Was the public refused, and the objects fetched with credentials? */
  readonly isPrivate: boolean
  /** How many templates CloudFormation has judged. */
  readonly validated: number
  /** Why it was not asked about all of them: a clause. */
  readonly notValidated?: string
  /** What is no difference, and should be known. */
  readonly notes: readonly string[]
}

export type Check = {
  readonly url: string
  /** Clauses; none where everything is as it should be. */
  readonly problems: readonly string[]
}

/**
 * Fetches what is published, as everybody would, and compares it with what the index says: content, content type, and
 * what CloudFormation makes of the templates. All versions and `latest`; or a release that has just been published,
 * to the byte.
 */
export async function verify(publisher: Publisher, release?: Release): Promise<Verification> {
  const visit = new Visit(publisher)
  const index = await visit.index(release)
  if (index !== undefined) {
    const versions = Object.entries(index.templates).flatMap(([template, published]) =>
      published.versions.map(entry => ({ template, published, entry })),
    )
    const asked = versions.filter(({ template, entry }) => isAsked(release, template, entry.version))
    const latest = asked.filter(({ published, entry }) => entry.version === published.latest)
    const files = [
      ...asked.map(({ entry }) => entry.file),
      ...latest.map(({ template }) => `${template}/latest/${fileNameOf(template)}`),
    ]
    await Promise.all([
      ...asked.map(({ template, entry }) => visit.version(template, entry, release)),
      ...latest.map(({ template, published, entry }) => visit.latest(template, published, entry)),
      visit.askCloudFormation(files),
    ])
  }
  return visit.verification()
}

function isAsked(release: Release | undefined, template: string, version: string): boolean {
  return (
    release === undefined || (release.version === version && release.templates.some(({ name }) => name === template))
  )
}

type Read =
  | { readonly kind: 'read'; readonly body: Buffer; readonly contentType: string | undefined }
  | { readonly kind: 'problem'; readonly problem: string }

class Visit {
  readonly #publisher: Publisher
  readonly #inTurn = turns(32)
  readonly #problems = new Map<string, string[]>()
  readonly #notes = new Set<string>()
  #isPrivate = false
  #validated = 0
  #notValidated: string | undefined

  constructor(publisher: Publisher) {
    this.#publisher = publisher
  }

  verification(): Verification {
    return {
      checks: [...this.#problems]
        .map(([url, problems]) => ({ url, problems }))
        .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0)),
      isPrivate: this.#isPrivate,
      validated: this.#validated,
      ...(this.#notValidated === undefined ? {} : { notValidated: this.#notValidated }),
      // of a private bucket nobody expects otherwise
      notes: this.#isPrivate ? [] : [...this.#notes].sort(),
    }
  }

  async index(release: Release | undefined): Promise<PublicationIndex | undefined> {
    const body = await this.#read('index.json')
    if (body === undefined) return undefined
    const index = parseIndex(body.toString('utf8'))
    if ('problem' in index) {
      this.#complain('index.json', `is not as poolform writes it: ${index.problem}`)
      return undefined
    }
    for (const { name, artifact } of release?.templates ?? []) {
      const published = Object.hasOwn(index.templates, name) ? index.templates[name] : undefined
      const entry = published?.versions.find(({ version }) => version === release?.version)
      if (entry === undefined) this.#complain('index.json', `does not list ${name} ${release?.version}`)
      else if (entry.sha256 !== artifact.sha256)
        this.#complain('index.json', `lists another ${name} ${release?.version}`)
    }
    return index
  }

  async version(template: string, entry: PublishedVersion, release: Release | undefined): Promise<void> {
    const folder = `${template}/${entry.version}`
    const file = fileNameOf(template)
    const [yaml, checksum, manifest, page] = await Promise.all(
      [file, `${file}.sha256`, 'manifest.json', 'index.html'].map(name => this.#read(`${folder}/${name}`)),
    )
    this.#compare(`${folder}/${file}`, yaml, entry.sha256)
    if (checksum !== undefined && checksum.toString('utf8') !== checksumLine(entry.sha256, file)) {
      this.#complain(`${folder}/${file}.sha256`, `does not give the SHA-256 ${entry.sha256} of ${file}`)
    }
    this.#compareManifest(`${folder}/manifest.json`, manifest, template, entry, file)
    this.#comparePage(`${folder}/index.html`, page, entry)
    const bodies = new Map([
      [file, yaml],
      [`${file}.sha256`, checksum],
      ['manifest.json', manifest],
      ['index.html', page],
    ])
    const built = release?.templates.find(({ name }) => name === template)
    for (const { file: name, sha256 } of built?.objects ?? []) {
      this.#compare(`${folder}/${name}`, bodies.get(name), sha256)
    }
    if (entry.versionId !== undefined) await this.#readPinned(`${folder}/${file}`, entry.versionId, entry.sha256)
  }

  async latest(template: string, published: PublishedTemplate, newest: PublishedVersion): Promise<void> {
    const folder = `${template}/latest`
    const file = fileNameOf(template)
    const [yaml, manifest, page] = await Promise.all(
      [file, 'manifest.json', 'index.html'].map(name => this.#read(`${folder}/${name}`)),
    )
    this.#compare(`${folder}/${file}`, yaml, newest.sha256)
    this.#compareManifest(`${folder}/manifest.json`, manifest, template, newest, `../${newest.version}/${file}`)
    this.#comparePage(`${folder}/index.html`, page, newest)
    if (page === undefined) return
    const text = page.toString('utf8')
    if (text !== refreshed(text, published))
      this.#complain(`${folder}/index.html`, 'does not list the versions of index.json')
  }

  #compare(path: string, body: Buffer | undefined, sha256: string): void {
    if (body === undefined) return
    const found = sha256Of(body)
    if (found !== sha256) this.#complain(path, `has the SHA-256 ${found}, not ${sha256}`)
  }

  #compareManifest(path: string, body: Buffer | undefined, template: string, entry: PublishedVersion, file: string) {
    if (body === undefined) return
    const artifact = artifactIn(body.toString('utf8'))
    const said = [artifact?.name, artifact?.version, artifact?.sha256, artifact?.bytes, artifact?.file].join()
    const { version, sha256, bytes } = entry
    if (said !== [template, version, sha256, bytes, file].join()) {
      this.#complain(path, `is not the manifest of ${template} ${version} as index.json lists it`)
    }
  }

  #comparePage(path: string, body: Buffer | undefined, { version, sha256 }: PublishedVersion): void {
    if (body !== undefined && !body.includes(sha256)) this.#complain(path, `is not the launch page of ${version}`)
  }

  /** By credentials where the public is refused; undefined, and a problem, where it can't be had. */
  async #read(path: string): Promise<Buffer | undefined> {
    const read = await this.#inTurn(() => this.#fetch(path))
    // it has been looked at
    this.#problemsOf(this.#url(path))
    if (read.kind === 'problem') {
      this.#complain(path, read.problem)
      return undefined
    }
    const expected = contentTypeOf(path)
    if (read.contentType !== expected) {
      this.#complain(path, `has the content type ${read.contentType ?? 'of nothing'}, not ${expected}`)
    }
    return read.body
  }

  async #fetch(path: string): Promise<Read> {
    const { fetch, store, prefix } = this.#publisher
    try {
      const { status, body, contentType } = await fetch(this.#url(path))
      if (status === 200) return { kind: 'read', body, contentType }
      if (status === 404) return { kind: 'problem', problem: 'is missing' }
      if (status !== 401 && status !== 403) return { kind: 'problem', problem: `answers ${status}` }
    } catch (error) {
      if (error instanceof StoreError) return { kind: 'problem', problem: said(error) }
      throw error
    }
    try {
      // S3 says nothing else of what is missing to who may not list
      const there = await store.get(prefix === '' ? path : `${prefix}/${path}`)
      if (there === undefined) return { kind: 'problem', problem: 'is missing' }
      this.#isPrivate = true
      return { kind: 'read', body: there.body, contentType: there.contentType }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return { kind: 'problem', problem: `is missing or not public; with credentials: ${said(error)}` }
    }
  }

  /** As links do that are pinned to an object's version, which the public may be refused though the object is public. */
  async #readPinned(path: string, versionId: string, sha256: string): Promise<void> {
    const pinned = `${path}?versionId=${encodeURIComponent(versionId)}`
    try {
      const { status, body } = await this.#inTurn(() => this.#publisher.fetch(this.#url(pinned)))
      if (status === 200) {
        this.#problemsOf(this.#url(pinned))
        this.#compare(pinned, body, sha256)
      } else if (status === 401 || status === 403) {
        this.#notes.add('links that are pinned by versionId work only for who is allowed s3:GetObjectVersion')
      } else this.#complain(pinned, status === 404 ? 'is missing' : `answers ${status}`)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#complain(pinned, said(error))
    }
  }

  /** The first alone: if it can't be asked, nor can the others. */
  async askCloudFormation(files: readonly string[]): Promise<void> {
    const [first, ...others] = files
    if (first === undefined || !(await this.#ask(first))) return
    const inTurn = turns(8)
    await Promise.all(others.map(path => inTurn(() => this.#ask(path))))
  }

  async #ask(path: string): Promise<boolean> {
    const answer = await this.#publisher.validate(this.#url(path))
    switch (answer.kind) {
      case 'unasked':
        this.#notValidated = answer.reason
        return false
      case 'valid':
        this.#validated++
        return true
      case 'invalid':
        this.#validated++
        this.#complain(path, `is refused by CloudFormation: ${answer.message}`)
        return true
    }
  }

  #url(path: string): string {
    return `${this.#publisher.baseUrl}/${path}`
  }

  #complain(path: string, problem: string): void {
    const problems = this.#problemsOf(this.#url(path))
    if (!problems.includes(problem)) problems.push(problem)
  }

  #problemsOf(url: string): string[] {
    const problems = this.#problems.get(url) ?? []
    this.#problems.set(url, problems)
    return problems
  }
}

function said({ message, help }: StoreError): string {
  return `${message} (${help})`
}

function artifactIn(text: string): Manifest['artifacts'][number] | undefined {
  try {
    const { artifacts }: Manifest = JSON.parse(text)
    return artifacts[0]
  } catch {
    return undefined
  }
}

/** The page with the versions that it should list; undefined where it is no launch page. */
function refreshed(page: string, published: PublishedTemplate): string | undefined {
  try {
    return withVersions(page, published)
  } catch {
    return undefined
  }
}
