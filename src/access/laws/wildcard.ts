/** A pattern of IAM, of `*` and `?`, as an expression for whole texts in any case. */
export function wildcard(pattern: string): RegExp {
  const literal = pattern.replace(/[.$+^()[\]{}|\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'is')
}
