/** Three answers: what cannot be known here is neither true nor false. */
export type Truth = boolean | 'unknown'

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? truth : !truth
}

/** True of none. */
export function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false
  return truths.includes('unknown') ? 'unknown' : true
}

/** False of none. */
export function any(truths: readonly Truth[]): Truth {
  return not(all(truths.map(not)))
}

/** What two cases come to of which it is not known which one is: what both say, or nothing. */
export function either(one: Truth, other: Truth): Truth {
  return one === other ? one : 'unknown'
}
