/**
 * The candidate that a reader most likely meant by `name`; nothing where none is close.
 * Close is an edit distance (insertion, deletion, substitution, swap of neighbours) of at most a third of the name, so
 * that to a name of one letter or two only its own in another case is near;
 * a difference in case alone counts least. Of two equally near the first in order wins.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const lower = name.toLowerCase()
  let best: string | undefined
  let bound = Math.floor(name.length / 3) + 1
  for (const candidate of candidates) {
    if (candidate === name) continue
    const distance = distanceBelow(lower, candidate.toLowerCase(), bound)
    if (distance === undefined) continue
    best = candidate
    bound = distance
    if (distance === 0) break
  }
  return best
}

/** The edit distance of two texts if it is less than `bound`. */
function distanceBelow(a: string, b: string, bound: number): number | undefined {
  if (Math.abs(a.length - b.length) >= bound) return undefined
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(cost)
      least = Math.min(least, cost)
    }
    // A swap reaches back two rows, so one bad row alone does not end the search.
    if (least > bound) return undefined
    beforeLast = last
    last = current
  }
  const distance = last[b.length] ?? 0
  return distance < bound ? distance : undefined
}
