import { join } from 'node:path'
import type { Place } from './finding.ts'

/** Where the lines of a bundle come from. */
export type SourceMap = {
  /** By lines of the bundle (`;`), in each by columns (`,`). */
  readonly mappings: string
  /** What each source held, by its absolute path. */
  readonly texts: ReadonlyMap<string, string>
  /** The source of a position in the bundle; its line and column count from 1, as do those of the place. */
  readonly placeOf: (line: number, column: number) => Place | undefined
}

type RawSourceMap = {
  readonly sources: readonly string[]
  readonly sourcesContent: readonly string[]
  readonly mappings: string
}

/** Reads esbuild's source map, JSON, of an output in `folder`. https://tc39.es/ecma426/ */
export function parseSourceMap(json: string, folder: string): SourceMap {
  const { sources, sourcesContent, mappings }: RawSourceMap = JSON.parse(json)
  const files = sources.map(source => join(folder, source))
  const texts = new Map(files.map((file, index) => [file, sourcesContent[index] ?? '']))
  const placeOf = (line: number, column: number): Place | undefined => {
    const original = originalPosition(mappings, line - 1, column - 1)
    const file = files[original?.source ?? -1]
    if (original === undefined || file === undefined) return undefined
    const text = texts.get(file)?.split('\n')[original.line] ?? ''
    return { file, line: original.line + 1, column: original.column + 1, text }
  }
  return { mappings, texts, placeOf }
}

type Original = { readonly source: number; readonly line: number; readonly column: number }

/** The last mapping at or before a position of the same line; all count from 0. */
function originalPosition(mappings: string, line: number, column: number): Original | undefined {
  let source = 0
  let originalLine = 0
  let originalColumn = 0
  let found: Original | undefined
  for (const [index, segments] of mappings.split(';').entries()) {
    if (index > line) break
    let generatedColumn = 0
    for (const segment of segments === '' ? [] : segments.split(',')) {
      const [column0 = 0, source0 = 0, line0 = 0, originalColumn0 = 0] = decode(segment)
      generatedColumn += column0
      source += source0
      originalLine += line0
      originalColumn += originalColumn0
      if (index === line && generatedColumn <= column) found = { source, line: originalLine, column: originalColumn }
    }
  }
  return found
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 VLQ: five bits a digit, the lowest first, of which the first is the sign. */
function decode(segment: string): readonly number[] {
  const numbers: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = digits.indexOf(character)
    value += (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return numbers
}
