import { sha256Of } from '../checksums.ts'
import type { NewObject, Store, StoredObject } from './store.ts'

/** A store that reads as the other does, and keeps to itself what is written: nothing changes in the other. */
export function dryRun(store: Store): Store {
  const written = new Map<string, StoredObject & { readonly body: Buffer }>()
  const head: Store['head'] = async key => written.get(key) ?? store.head(key)
  return {
    name: store.name,
    head,
    get: async key => written.get(key) ?? store.get(key),
    put: async (object, condition) => {
      const there = await head(object.key)
      const holds = 'ifAbsent' in condition ? there === undefined : there?.etag === condition.ifMatch
      if (!holds) return 'taken'
      written.set(object.key, { ...storedOf(object), body: object.body })
      return 'written'
    },
  }
}

function storedOf({ key, body, contentType }: NewObject): StoredObject {
  const sha256 = sha256Of(body)
  return { key, etag: `"${sha256}"`, lastModified: new Date().toISOString(), bytes: body.length, sha256, contentType }
}
