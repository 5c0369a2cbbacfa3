import { createHash } from 'node:crypto'
import type { NewObject, PutCondition, PutOutcome, Store, StoredObject } from '../../src/publish/store.ts'

export type Kept = StoredObject & { readonly body: Buffer; readonly cacheControl: string }

export type MemoryStoreOptions = {
  /** What it does not keep to. */
  readonly ignores?: readonly ('ifAbsent' | 'ifMatch')[]
  /** Does it tell checksums? */
  readonly tellsChecksums?: boolean
  /** Milliseconds that a write moves the clock on. */
  readonly tick?: number
}

/** A bucket with versions, as S3 keeps one: each request is done at once and whole. */
export class MemoryStore {
  readonly objects = new Map<string, Kept>()
  /** Each object that ever was, in the order of writing. */
  readonly history: Kept[] = []
  readonly #options: MemoryStoreOptions
  #now = Date.UTC(2026, 0, 1)

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options
  }

  head(key: string): StoredObject | undefined {
    const there = this.objects.get(key)
    return there === undefined ? undefined : this.#told(there)
  }

  get(key: string): (StoredObject & { readonly body: Buffer }) | undefined {
    const there = this.objects.get(key)
    return there === undefined ? undefined : { ...this.#told(there), body: there.body }
  }

  put({ key, body, contentType, cacheControl }: NewObject, condition: PutCondition): PutOutcome {
    const there = this.objects.get(key)
    const { ignores = [], tick = 0 } = this.#options
    if ('ifAbsent' in condition) {
      if (there !== undefined && !ignores.includes('ifAbsent')) return 'taken'
    } else if (there?.etag !== condition.ifMatch && !ignores.includes('ifMatch')) return 'taken'
    this.#now += tick
    const kept: Kept = {
      ...{ key, body, contentType, cacheControl, bytes: body.length },
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      sha256: createHash('sha256').update(body).digest('hex'),
      versionId: `${key}#${this.history.filter(it => it.key === key).length + 1}`,
      lastModified: new Date(this.#now).toISOString(),
    }
    this.objects.set(key, kept)
    this.history.push(kept)
    return 'written'
  }

  #told({ body: _, cacheControl: __, sha256 = '', ...told }: Kept): StoredObject {
    return this.#options.tellsChecksums === false ? told : { ...told, sha256 }
  }

  /** As a publisher sees it. */
  store(name = 'memory'): Store {
    return {
      name,
      head: async key => this.head(key),
      get: async key => this.get(key),
      put: async (object, condition) => this.put(object, condition),
    }
  }

  copy(): MemoryStore {
    const copy = new MemoryStore(this.#options)
    for (const [key, kept] of this.objects) copy.objects.set(key, kept)
    copy.history.push(...this.history)
    copy.#now = this.#now
    return copy
  }

  /** Everything that is there, for comparing. */
  state(): Readonly<Record<string, string>> {
    const entries = [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(
      entries.map(([key, { body, contentType, cacheControl }]) => [key, `${contentType}; ${cacheControl}\n${body}`]),
    )
  }
}

/**
 * Publishers' requests, of which a test decides when each reaches the store, and when its answer comes back: these are
 * the two events of a request.
 */
export class Scheduler {
  readonly #memory: MemoryStore
  readonly #onWritten: () => void
  #events: { readonly publisher: string; readonly kind: 'arrives' | 'answers'; readonly happen: () => void }[] = []

  constructor(memory: MemoryStore, onWritten: () => void) {
    this.#memory = memory
    this.#onWritten = onWritten
  }

  store(publisher: string): Store {
    const request = <Answer>(work: () => Answer): Promise<Answer> =>
      new Promise(resolve => {
        const arrive = (): void => {
          const before = this.#memory.history.length
          const answer = work()
          if (this.#memory.history.length > before) this.#onWritten()
          this.#events.push({ publisher, kind: 'answers', happen: () => resolve(answer) })
        }
        this.#events.push({ publisher, kind: 'arrives', happen: arrive })
      })
    return {
      name: publisher,
      head: key => request(() => this.#memory.head(key)),
      get: key => request(() => this.#memory.get(key)),
      put: (object, condition) => request(() => this.#memory.put(object, condition)),
    }
  }

  /** Lets one event happen, the oldest of a publisher's or the one that `choose` says; false where none is due. */
  async step(publisher?: string, choose: (count: number) => number = () => 0): Promise<boolean> {
    await this.settled()
    const due = publisher === undefined ? this.#events : this.#events.filter(it => it.publisher === publisher)
    const event = due[choose(due.length)]
    if (event === undefined) return false
    this.#events = this.#events.filter(it => it !== event)
    event.happen()
    return true
  }

  /** Kills a publisher: what is on its way arrives or is lost, no answer is heard. */
  kill(publisher: string, arrives: (place: number) => boolean): void {
    const due = this.#events.filter(it => it.publisher === publisher && it.kind === 'arrives')
    for (const [place, event] of due.entries()) if (arrives(place)) event.happen()
    this.#events = this.#events.filter(it => it.publisher !== publisher)
  }

  /** When nothing goes on any more but by an event. */
  settled(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }
}
