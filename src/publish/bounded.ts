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

/** Starts what it is given at once, unless so many are under way; then in the order of asking. */
export function turns(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let underWay = 0
  return async work => {
    if (underWay >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else underWay++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // the place is handed on, so that nobody else can take it
      if (next === undefined) underWay--
      else next()
    }
  }
}
