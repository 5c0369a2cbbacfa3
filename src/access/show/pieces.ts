import { concatenate, partsOf, Unknown } from '../../resolve/value.ts'
import { atVariables } from '../decide/glob.ts'
import { variableOf } from '../decide/pattern.ts'
import { nameOf } from '../name-of.ts'

/** What a text of a policy is made of. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown'; readonly value: Unknown }
  /** `${aws:PrincipalTag/team, 'none'}` */
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined }
  /** `*` or `?` */
  | { readonly kind: 'wildcard'; readonly wildcard: string }

/** The text of a policy, with its variables and wildcards. */
export function piecesOf(text: string | Unknown): readonly Piece[] {
  return partsOf(text).flatMap((part): readonly Piece[] => {
    if (part instanceof Unknown) return [{ kind: 'unknown', value: part }]
    return atVariables(part).flatMap((piece, at): readonly Piece[] => {
      if (at % 2 === 0) return textPieces(piece)
      if (/^[*?$]$/.test(piece)) return [textPiece(piece)]
      const [key, fallback] = variableOf(piece)
      return [{ kind: 'variable', key: key === '' ? piece : key, fallback }]
    })
  })
}

/** The text of a policy that has no variables, with its wildcards. */
export function textPieces(text: string | Unknown): readonly Piece[] {
  return partsOf(text).flatMap((part): readonly Piece[] => {
    if (part instanceof Unknown) return [{ kind: 'unknown', value: part }]
    return [...part.matchAll(/[*?]|[^*?]+/g)].map(
      ([whole]): Piece => (/^[*?]$/.test(whole) ? { kind: 'wildcard', wildcard: whole } : textPiece(whole)),
    )
  })
}

/** Does the pattern match any text? */
export function isAll(pieces: readonly Piece[]): boolean {
  return (
    pieces.every(({ kind }) => kind === 'wildcard') && pieces.some(it => it.kind === 'wildcard' && it.wildcard === '*')
  )
}

export function hasVariable(pieces: readonly Piece[]): boolean {
  return pieces.some(({ kind }) => kind === 'variable')
}

function textPiece(text: string): Piece {
  return { kind: 'text', text }
}

/** A text that the pattern matches. */
export function filled(
  pieces: readonly Piece[],
  variable: (key: string) => string | Unknown | undefined,
  wildcard: (rest: readonly Piece[]) => string,
): string | Unknown {
  const fill = (piece: Piece, at: number): string | Unknown => {
    switch (piece.kind) {
      case 'text':
        return piece.text
      case 'unknown':
        return piece.value
      case 'variable':
        return variable(piece.key) ?? piece.fallback ?? `\${${piece.key}}`
      case 'wildcard':
        return piece.wildcard === '?' ? 'x' : wildcard(pieces.slice(at + 1))
    }
  }
  return concatenate(pieces.map(fill))
}

/** As a person reads it: what is not known by the name of where it comes from, a variable as `whose` says. */
export function shown(pieces: readonly Piece[], whose: (key: string) => string): string {
  const show = (piece: Piece): string => {
    switch (piece.kind) {
      case 'text':
        return piece.text
      case 'unknown':
        return nameOf(piece.value)
      case 'variable':
        return whose(piece.key)
      case 'wildcard':
        return piece.wildcard
    }
  }
  return pieces.map(show).join('')
}

/** Before and after the first slash, which is no part of either; undefined where there is none. */
export function split(pieces: readonly Piece[]): readonly [readonly Piece[], readonly Piece[]] | undefined {
  for (const [at, piece] of pieces.entries()) {
    const slash = piece.kind === 'text' ? piece.text.indexOf('/') : -1
    if (piece.kind !== 'text' || slash < 0) continue
    const [head, tail] = [piece.text.slice(0, slash), piece.text.slice(slash + 1)]
    return [
      [...pieces.slice(0, at), ...(head === '' ? [] : [textPiece(head)])],
      [...(tail === '' ? [] : [textPiece(tail)]), ...pieces.slice(at + 1)],
    ]
  }
  return undefined
}
