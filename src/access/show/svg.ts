import { type Entry, type Sheet, type Tone, toneWords } from './sheet.ts'

const size = 12
const lineHeight = 18
const pad = 14
/** Of a character in the fonts that are named, at most. */
const advance = 7.4
const labelMost = 64
const gap = 18

const css = [
  '.pa{--g:#fff;--i:#1b2422;--s:#55625f;--l:#d5dcda;--a:#0b5e4f;--u:#8a4300;--w:#a3192e;font:12px ui-monospace,Menlo,Consolas,"Liberation Mono",monospace}',
  '@media screen and (prefers-color-scheme:dark){.pa{--g:#161c1b;--i:#e7ecea;--s:#a8b4b1;--l:#39433f;--a:#74d3bd;--u:#f0b072;--w:#ff9aa5}}',
  '.pa-g{fill:var(--g)}.pa text{fill:var(--i)}.pa .pa-b{font-weight:700}.pa line{stroke:var(--l)}',
  '.pa .pa-allow{fill:var(--a)}.pa .pa-deny{fill:var(--s)}.pa .pa-unknown{fill:var(--u)}.pa .pa-wrong{fill:var(--w);font-weight:700}',
].join('')

/** A sheet as a picture that stands alone: without a script, a link or a style attribute; its text can be read aloud. */
export function svgText(sheet: Sheet): string {
  const widths = sheet.sections.map(({ columns, groups }) =>
    columns.map((column, at) => {
      const entries = groups.flatMap(group => group.lines.map(line => entryText(line.cells[at]).length))
      return Math.max(column.length, ...entries) * advance
    }),
  )
  const labelWidth = labelMost * advance
  const cells = Math.max(0, ...widths.map(list => list.reduce((sum, it) => sum + it + gap, 0)))
  const width = Math.ceil(2 * pad + labelWidth + cells)
  const drawn: string[] = []
  let y = pad + size
  const put = (x: number, text: string, kind = '') => {
    if (text !== '')
      drawn.push(
        `<text x="${x.toFixed(0)}" y="${y}"${kind === '' ? '' : ` class="${kind}"`}>${escapedXml(text)}</text>`,
      )
  }
  put(pad, sheet.title, 'pa-b')
  y += lineHeight
  const room = Math.floor((width - 2 * pad) / advance)
  for (const remark of sheet.remarks.flatMap(it => broken(it, room))) {
    put(pad, remark)
    y += lineHeight
  }
  for (const [index, { heading, columns, groups }] of sheet.sections.entries()) {
    y += lineHeight / 2
    put(pad, heading, 'pa-b')
    const places = positions(widths[index] ?? [], pad + labelWidth + gap)
    for (const [at, column] of columns.entries()) put(places[at] ?? 0, column, 'pa-b')
    drawn.push(`<line x1="${pad}" x2="${width - pad}" y1="${y + 6}" y2="${y + 6}"/>`)
    y += lineHeight + 2
    for (const { title, lines } of groups) {
      if (title !== undefined) {
        for (const part of broken(title, room)) {
          put(pad, part)
          y += lineHeight
        }
      }
      const indent = title === undefined ? 0 : 2 * advance
      for (const { label, cells } of lines) {
        for (const [at, cell] of cells.entries()) put(places[at] ?? 0, entryText(cell), `pa-${cell.tone}`)
        for (const part of broken(label, labelMost - (title === undefined ? 0 : 2))) {
          put(pad + indent, part)
          y += lineHeight
        }
      }
    }
  }
  if (sheet.notes.length > 0) y += lineHeight / 2
  for (const note of sheet.notes.flatMap(it => broken(it, room))) {
    put(pad, note)
    y += lineHeight
  }
  const height = y + pad - size
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pa" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="pa-title pa-desc">
<title id="pa-title">${escapedXml(sheet.title)}</title>
<desc id="pa-desc">${escapedXml(description(sheet))}</desc>
<style>${css}</style>
<rect class="pa-g" width="${width}" height="${height}" rx="10"/>
${drawn.join('\n')}
</svg>
`
}

/** What is drawn, in words: who is allowed what. */
function description({ sections }: Sheet): string {
  const sentences = sections.flatMap(({ columns, groups }) =>
    columns.map((column, at) => {
      const of = (tone: Tone) =>
        groups.flatMap(({ title, lines }) =>
          lines.flatMap(({ label, cells }) =>
            cells[at]?.tone === tone ? [title === undefined ? label : `${label} on ${title}`] : [],
          ),
        )
      const tones: readonly Tone[] = ['allow', 'wrong', 'unknown']
      const parts = tones.flatMap(tone => {
        const list = of(tone)
        return list.length === 0 ? [] : [`${toneWords[tone]}: ${list.join('; ')}`]
      })
      return `${column}: ${parts.length === 0 ? 'nothing' : parts.join('. ')}.`
    }),
  )
  return sentences.join(' ')
}

function positions(widths: readonly number[], start: number): readonly number[] {
  let x = start
  return widths.map(width => {
    const here = x
    x += width + gap
    return here
  })
}

function entryText(entry: Entry | undefined): string {
  return entry === undefined ? '' : `${toneWords[entry.tone]}${entry.by === '' ? '' : ` ${entry.by}`}`
}

function broken(text: string, most: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`
    if (line !== '' && next.length > most) {
      lines.push(line)
      line = word
    } else line = next
  }
  return [...lines, line]
}

/** XML 1.0 takes no control characters, not even escaped. */
function escapedXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
