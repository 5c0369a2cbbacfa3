import { turns } from '../aws/turns.ts'
import { sha256Of } from '../checksums.ts'
import {
  fileNameOf,
  filesOfLatest,
  type PublicationIndex,
  type PublishedTemplate,
  type PublishedVersion,
} from '../publication.ts'
import type { Fetched } from './fetch-public.ts'
import { contradictions, parseIndex } from './index-file.ts'
import { latestOf } from './latest.ts'
import { checksumsOf, contentTypeOf, type Release } from './release.ts'
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
 * Fetches what is published, as everybody would, and compares it to the byte with what the index says: each object of a
 * version by its checksum, those of `latest/` with what the version's own and the index make them; besides the content
 * type, and what CloudFormation makes of the templates. All versions and `latest`; or a release that has just been
 * published, whose checksums the index must list.
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
    const templates = [
      ...asked.map(({ entry }) => entry.file),
      ...latest.map(({ template }) => `${template}/latest/${fileNameOf(template)}`),
    ]
    await Promise.all([
      ...asked.map(({ template, published, entry }) => visit.version(template, published, entry)),
      visit.askCloudFormation(templates),
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
  | ({ readonly kind: 'read'; readonly body: Buffer } & Served)
  | { readonly kind: 'problem'; readonly problem: string }

type Served = Pick<Fetched, 'contentType' | 'contentEncoding' | 'contentDisposition'>

/** Of a folder, by file. */
type Contents = ReadonlyMap<string, Buffer>

const nothing: Contents = new Map()

class Visit {
  readonly #publisher: Publisher
  readonly #inTurn = turns(32)
  readonly #problems = new Map<string, string[]>()
  readonly #notes = new Set<string>()
  /** Was anything there for everybody? */
  #isPublic = false
  /** What only credentials got. */
  readonly #refused = new Set<string>()
  #validated = 0
  #notValidated: string | undefined

  constructor(publisher: Publisher) {
    this.#publisher = publisher
  }

  verification(): Verification {
    const isPrivate = this.#refused.size > 0 && !this.#isPublic
    if (!isPrivate)
      for (const path of this.#refused) this.#complain(path, 'is refused to the public, though other objects are not')
    return {
      checks: [...this.#problems]
        .map(([url, problems]) => ({ url, problems }))
        .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0)),
      isPrivate,
      validated: this.#validated,
      ...(this.#notValidated === undefined ? {} : { notValidated: this.#notValidated }),
      // of a private bucket nobody expects otherwise
      notes: isPrivate ? [] : [...this.#notes].sort(),
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
    // where something was ever published, an index that lists nothing is no longer what it was
    if (Object.keys(index.templates).length === 0) this.#complain('index.json', 'lists nothing')
    const { version = '', templates = [] } = release ?? {}
    for (const template of templates) {
      const { name } = template
      const published = Object.hasOwn(index.templates, name) ? index.templates[name] : undefined
      if (published?.versions.every(it => it.version !== version) ?? true) {
        this.#complain('index.json', `does not list ${name} ${version}`)
      }
      for (const { path } of contradictions(index, [{ template: name, version, objects: checksumsOf(template) }])) {
        this.#complain('index.json', `lists another ${path}`)
      }
    }
    return index
  }

  /** A version's folder, and `latest/` if it is the newest. */
  async version(template: string, published: PublishedTemplate, entry: PublishedVersion): Promise<void> {
    const [own, latest] = await Promise.all([
      this.#own(template, entry),
      entry.version === published.latest ? this.#folder(`${template}/latest`, filesOfLatest(template)) : nothing,
    ])
    for (const [file, body] of latest) {
      const path = `${template}/latest/${file}`
      const source = own.get(file)
      const expected = source === undefined ? undefined : latestOf(file, source, entry.version, published)
      const from = `${entry.version}/${file}`
      if (expected === undefined) {
        this.#complain(path, `has nothing to be compared with: ${from} is not as it was published`)
      } else if (!body.equals(expected)) {
        this.#complain(path, `is not what ${from} and index.json make it: publish ${entry.version} again`)
      }
    }
  }

  /** The objects of a version that are as the index lists them. */
  async #own(template: string, { version, objects, versionId, sha256 }: PublishedVersion): Promise<Contents> {
    const folder = `${template}/${version}`
    const file = fileNameOf(template)
    const [contents] = await Promise.all([
      this.#folder(folder, Object.keys(objects)),
      versionId === undefined ? undefined : this.#readPinned(`${folder}/${file}`, versionId, sha256),
    ])
    return new Map(
      [...contents].filter(([name, body]) => this.#compare(`${folder}/${name}`, body, objects[name] ?? '')),
    )
  }

  /** What can be had of a folder. */
  async #folder(folder: string, files: readonly string[]): Promise<Contents> {
    const read = await Promise.all(files.map(async file => [file, await this.#read(`${folder}/${file}`)] as const))
    return new Map(read.flatMap(([file, body]) => (body === undefined ? [] : [[file, body] as const])))
  }

  #compare(path: string, body: Buffer, sha256: string): boolean {
    const found = sha256Of(body)
    if (found !== sha256) this.#complain(path, `has the SHA-256 ${found}, not ${sha256}`)
    return found === sha256
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
    // with either, who fetches the object gets something else than its bytes, or a browser does not show it
    if (![undefined, '', 'identity'].includes(read.contentEncoding)) {
      this.#complain(path, `has the Content-Encoding ${read.contentEncoding}, and is to have none`)
    }
    if (![undefined, ''].includes(read.contentDisposition)) {
      this.#complain(path, `has the Content-Disposition ${read.contentDisposition}, and is to have none`)
    }
    return read.body
  }

  async #fetch(path: string): Promise<Read> {
    const { fetch, store, prefix } = this.#publisher
    try {
      const { status, ...fetched } = await fetch(this.#url(path))
      if (status === 200) {
        this.#isPublic = true
        return { kind: 'read', ...fetched }
      }
      // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
      if (status === 404 && fetched.body.includes('<Code>NoSuchBucket</Code>')) {
        return { kind: 'problem', problem: `is missing, for there is no bucket ${store.name}` }
      }
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
      this.#refused.add(path)
      return { kind: 'read', ...there }
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
