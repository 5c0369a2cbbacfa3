import { shown, wrapped } from '../../printable.ts'
import { type Entry, type Line, type Section, type Sheet, type Tone, toneWords } from './sheet.ts'

export type Terminal = {
  /** In characters. */
  readonly width: number
  readonly isColoured: boolean
}

const codes: Readonly<Record<Tone, string>> = { allow: '32', deny: '2', unknown: '33', wrong: '1;31' }

/** A sheet as text, in columns where they fit, else one answer below the other. */
export function terminalText(sheet: Sheet, { width, isColoured }: Terminal): string {
  const styled = (text: string, code: string) => (isColoured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text)
  const bold = (text: string) => styled(text, '1')
  const lines: string[] = [...wrapped(shown(sheet.title), width, '').map(bold)]
  for (const remark of sheet.remarks) lines.push(...wrapped(shown(remark), width, '  '))
  for (const section of sheet.sections) lines.push('', ...sectionLines(section))
  if (sheet.sections.some(it => it.groups.some(group => group.lines.some(hasWrong)))) {
    const legend = `${toneWords.wrong} is allowed, and should be nobody's.`
    lines.push('', ...wrapped(legend, width, '  ').map(it => styled(it, codes.wrong)))
  }
  if (sheet.notes.length > 0) lines.push('', ...sheet.notes.flatMap(it => wrapped(shown(it), width, '  ')))
  return lines.map(line => `${line.trimEnd()}\n`).join('')

  function sectionLines({ heading, columns, groups }: Section): readonly string[] {
    const all = groups.flatMap(group => group.lines)
    const indent = groups.some(({ title }) => title !== undefined) ? '  ' : ''
    const widths = columns.map((column, at) => {
      const texts = all.map(line => entryText(line.cells[at])).map(text => text.length)
      return Math.max(shown(column).length, ...texts)
    })
    const first = width - 2 - widths.reduce((sum, it) => sum + it + 2, 0)
    const longest = Math.max(heading.length, ...all.map(({ label }) => indent.length + shown(label).length))
    // labels go on over several lines, but not over many
    const isWide = first >= Math.min(longest, 30)
    const labelWidth = Math.min(longest, first)
    const head = isWide
      ? [bold([heading.padEnd(labelWidth), ...columns.map((it, at) => shown(it).padEnd(widths[at] ?? 0))].join('  '))]
      : [bold(heading)]
    const body = groups.flatMap(({ title, lines }) => [
      ...(title === undefined ? [] : wrapped(shown(title), width, '  ')),
      ...lines.flatMap(line =>
        isWide ? wideLines(line, indent, labelWidth, widths) : narrowLines(line, columns, indent),
      ),
    ])
    return [...head, ...body]
  }

  function wideLines({ label, cells }: Line, indent: string, labelWidth: number, widths: readonly number[]) {
    const labels = wrapped(`${indent}${shown(label)}`, labelWidth, `${indent}  `)
    const entries = cells.map((cell, at) => painted(cell, widths[at] ?? 0))
    return labels.map((text, at) => (at === 0 ? [text.padEnd(labelWidth), ...entries].join('  ') : text))
  }

  /** Those of whom the same is said, on one line. */
  function narrowLines({ label, cells }: Line, columns: readonly string[], indent: string) {
    const answers = new Map<string, string[]>()
    for (const [at, cell] of cells.entries()) {
      const text = painted(cell, 0)
      answers.set(text, [...(answers.get(text) ?? []), shown(columns[at] ?? '')])
    }
    return [
      ...wrapped(`${indent}${shown(label)}`, width, `${indent}  `),
      ...[...answers].flatMap(([text, those]) => {
        const lines = wrapped(`${indent}  ${those.join('; ')}:`, width, `${indent}    `)
        return [...lines.slice(0, -1), `${lines.at(-1) ?? ''} ${text}`]
      }),
    ]
  }

  function painted(cell: Entry, cellWidth: number): string {
    const text = entryText(cell)
    return `${styled(text, codes[cell.tone])}${' '.repeat(Math.max(0, cellWidth - text.length))}`
  }
}

function hasWrong({ cells }: Line): boolean {
  return cells.some(({ tone }) => tone === 'wrong')
}

function entryText(entry: Entry | undefined): string {
  if (entry === undefined) return ''
  return [toneWords[entry.tone], shown(entry.by)].filter(text => text !== '').join(' ')
}
