/**
 * Does a text match a pattern of `*` and `?`, as those of actions are?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function isLike(pattern: string, text: string): boolean {
  return fits(
    [pattern.length, text.length],
    p => pattern[p] === '*',
    (p, t) => pattern[p] === '?' || pattern[p] === text[t],
  )
}

/**
 * The same of a pattern and a text of these lengths, whatever they are made of: `isAny` says what is an asterisk, `isOne`
 * what matches one of the text. In time that grows at most with the product of the lengths.
 */
export function fits(
  [patternLength, textLength]: readonly [number, number],
  isAny: (p: number) => boolean,
  isOne: (p: number, t: number) => boolean,
): boolean {
  let [p, t] = [0, 0]
  // Where the last asterisk stands, and what of the text it does not take in yet.
  let [star, rest] = [-1, 0]
  while (t < textLength) {
    if (p < patternLength && isAny(p)) {
      star = p++
      rest = t
    } else if (p < patternLength && isOne(p, t)) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++rest
    } else {
      return false
    }
  }
  while (p < patternLength && isAny(p)) p++
  return p === patternLength
}

/** Is there a text that both patterns of `*` and `?` match? */
export function haveOneInCommon(one: string, other: string): boolean {
  // Of the rest of `one`, with which ends of `other` there is a text: the last row first.
  let below: readonly boolean[] = []
  for (let i = one.length; i >= 0; i--) {
    const row: boolean[] = []
    for (let j = other.length; j >= 0; j--) {
      const [a, b] = [one[i], other[j]]
      if (a === undefined && b === undefined) row[j] = true
      else if (a === '*' || b === '*')
        row[j] = (a !== undefined && below[j] === true) || (b !== undefined && row[j + 1] === true)
      else row[j] = a !== undefined && b !== undefined && (a === b || a === '?' || b === '?') && below[j + 1] === true
    }
    below = row
  }
  return below[0] === true
}

/** A text taken apart at its policy variables: every second piece is what stands between the braces of one. */
export function atVariables(text: string): readonly string[] {
  const pieces: string[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf('${', from)
    const end = start < 0 ? -1 : text.indexOf('}', start)
    if (end < 0) return [...pieces, text.slice(from)]
    pieces.push(text.slice(from, start), text.slice(start + 2, end))
    from = end + 1
  }
}
