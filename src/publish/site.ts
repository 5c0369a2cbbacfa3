import { sha256Of } from '../checksums.ts'
import type { PublicationIndex } from '../publication.ts'
import { emptyIndex, parseIndex } from './index-file.ts'
import { type NewObject, type Store, type StoredObject, StoreError } from './store.ts'

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

/** As it was read; no ETag where there is none yet. */
export type ReadIndex = { readonly index: PublicationIndex; readonly text?: string; readonly etag?: string }

/** Where a release goes to, and who hears of it. */
export class Site {
  readonly store: Store
  readonly surroundings: Surroundings
  readonly #prefix: string

  constructor({ store, prefix }: Target, surroundings: Surroundings) {
    this.store = store
    this.surroundings = surroundings
    this.#prefix = prefix
  }

  key(path: string): string {
    return this.#prefix === '' ? path : `${this.#prefix}/${path}`
  }

  async readIndex(): Promise<ReadIndex> {
    const key = this.key('index.json')
    const there = await this.store.get(key)
    if (there === undefined) return { index: emptyIndex }
    const text = there.body.toString('utf8')
    const index = parseIndex(text)
    if ('problem' in index) {
      throw new StoreError(
        'refused',
        `${key} of ${this.store.name} is not as poolform writes it: ${index.problem}; nothing has been written over it`,
        'Publish under another --prefix, or restore the object, from an earlier version of it where the bucket keeps versions',
      )
    }
    return { index, text, etag: there.etag }
  }

  /** Of what is there, by its content where the store does not tell. */
  async checksumOf(there: StoredObject): Promise<string> {
    if (there.sha256 !== undefined) return there.sha256
    const whole = await this.store.get(there.key)
    return whole === undefined ? 'gone' : sha256Of(whole.body)
  }

  report({ key, body, sha256 }: NewObject & { readonly sha256: string }, outcome: ObjectReport['outcome']): void {
    this.surroundings.onObject({ key, bytes: body.length, sha256, outcome })
  }

  /** Waits so long that who comes second does not meet the same others again. */
  pauseAfter(attempt: number): Promise<void> {
    return this.surroundings.pause(Math.random() * Math.min(2000, 25 * 2 ** attempt))
  }

  contended(key: string): StoreError {
    return new StoreError(
      'refused',
      `${key} of ${this.store.name} was changed by others at each of ${mostAttempts} attempts`,
      'Publish again when they are done: what is there is whole',
    )
  }
}

export const mostAttempts = 20

/** All at once; if some fail, it still waits for the others, so that none goes on unwatched. */
export async function all<const Values extends readonly unknown[]>(
  promises: Values,
): Promise<{ -readonly [Place in keyof Values]: Awaited<Values[Place]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
