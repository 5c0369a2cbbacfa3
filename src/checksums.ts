import { createHash } from 'node:crypto'

/** In hexadecimal, of the bytes, or of the text as UTF-8. */
export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** As `sha256sum` writes it and `sha256sum -c` reads it. */
export function checksums(files: readonly { readonly file: string; readonly sha256: string }[]): string {
  return [...files]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, sha256 }) => `${sha256}  ${file}\n`)
    .join('')
}
