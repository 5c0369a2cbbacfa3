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
