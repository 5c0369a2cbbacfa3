import { turns } from '../aws/turns.ts'
import type { Store } from './store.ts'

/** The same store, with so many requests under way at most. */
export function bounded(store: Store, most: number): Store {
  const inTurn = turns(most)
  return {
    name: store.name,
    head: key => inTurn(() => store.head(key)),
    get: key => inTurn(() => store.get(key)),
    put: (object, condition) => inTurn(() => store.put(object, condition)),
  }
}
