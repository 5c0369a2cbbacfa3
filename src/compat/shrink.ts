/**
 * The fewest of these without which something happens no more: as many as can go at a time are taken out, then fewer,
 * as long as `happens` says that it happens with the rest.
 */
export function shrunk<T>(items: readonly T[], happens: (rest: readonly T[]) => boolean): readonly T[] {
  let left = items
  for (let size = Math.ceil(left.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const rest = [...left.slice(0, at), ...left.slice(at + size)]
      if (happens(rest)) left = rest
      else at += size
    }
  }
  return left
}
