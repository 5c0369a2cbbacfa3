/** A pattern of IAM, of `*` and `?`, as an expression for whole texts; the `flags` say whether in any case. */
export function wildcard(pattern: string, flags: '' | 'i' = ''): RegExp {
  const literal = pattern.replace(/[.$+^()[\]{}|\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`)
}
