/** How wide text is, and what of it goes into a line. */

export const size = 13

/** In lines that are no wider; a word that is, is broken. */
export function wrap(words: string, room: number, isBold: boolean): readonly string[] {
  const lines: string[] = []
  const blank = measure(' ', isBold)
  let line = ''
  let filled = 0
  const put = (piece: string, its: number): void => {
    if (line !== '' && filled + blank + its > room) {
      lines.push(line)
      line = ''
    }
    filled = line === '' ? its : filled + blank + its
    line = line === '' ? piece : `${line} ${piece}`
  }
  for (const word of words.split(/\s+/).filter(it => it !== '')) {
    const its = measure(word, isBold)
    if (its <= room) put(word, its)
    else for (const piece of pieces(word, room, isBold)) put(piece, measure(piece, isBold))
  }
  return [...lines, line]
}

/** A word in pieces that are no wider: after what it is joined by, where it can be, or before a capital. */
function pieces(word: string, room: number, isBold: boolean): readonly string[] {
  const found: string[] = []
  let rest = Array.from(word)
  while (rest.length > 0) {
    let count = 1
    let filled = measure(rest[0] ?? '', isBold)
    for (const next of rest.slice(1)) {
      filled += measure(next, isBold)
      if (filled > room) break
      count++
    }
    if (count < rest.length) {
      const joint = rest.slice(0, count).findLastIndex((it, index) => index > count / 2 && isJoint(it, rest[index + 1]))
      if (joint > 0) count = joint + 1
    }
    found.push(rest.slice(0, count).join(''))
    rest = rest.slice(count)
  }
  return found
}

function isJoint(character: string, next = ''): boolean {
  return /[/:.,_-]/.test(character) || (/[a-z]/.test(character) && /[A-Z]/.test(next))
}

/** In one line, cut where it is too long. */
export function fitted(words: string, room: number, isBold: boolean): string {
  if (measure(words, isBold) <= room) return words
  let line = Array.from(words)
  while (line.length > 1 && measure(`${line.join('')}…`, isBold) > room) line = line.slice(0, -1)
  return `${line.join('')}…`
}

/** Widths of the characters from blank to tilde in Helvetica and its bold, in thousandths of the size: of Adobe's font metrics. */
const regular = [
  ...[
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  ],
  ...[556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556],
  ...[
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
  ],
  ...[
    556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
  ],
  ...[334, 260, 334, 584],
]
const bold = [
  ...[
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  ],
  ...[556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611],
  ...[
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556,
  ],
  ...[
    611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500,
  ],
  ...[389, 280, 389, 584],
]

/** In pixels, with a little to spare: a browser may have another font. */
function measure(words: string, isBold: boolean): number {
  const widths = isBold ? bold : regular
  let thousandths = 0
  for (const character of words) {
    const code = character.codePointAt(0) ?? 0
    thousandths += widths[code - 32] ?? (code < 0x500 ? 760 : code < 0x2030 ? 1000 : 1500)
  }
  return (thousandths * size * 1.04) / 1000
}
