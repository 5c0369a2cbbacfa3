import { isLike } from '../decide/glob.ts'

/** A pattern of IAM, of `*` and `?`, for whole texts; the `flags` say whether in any case. */
export function wildcard(pattern: string, flags: '' | 'i' = ''): { readonly test: (text: string) => boolean } {
  const plain = (text: string) => (flags === 'i' ? text.toLowerCase() : text)
  const own = plain(pattern)
  return { test: text => isLike(own, plain(text)) }
}
