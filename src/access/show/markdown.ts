import { shown } from '../../printable.ts'
import { type Entry, type Section, type Sheet, toneWords } from './sheet.ts'

/** A sheet in Markdown: a table for each section, with what is wrong in bold. */
export function markdownText({ title, remarks, sections, notes }: Sheet, level = 1): string {
  const paragraphs = [
    `${'#'.repeat(level)} ${escaped(title)}`,
    ...remarks.map(escaped),
    ...sections.flatMap(section => [`**${section.heading}**`, sectionTable(section)]),
    ...(notes.length === 0 ? [] : [notes.map(note => `- ${escaped(note)}`).join('\n')]),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

/** The rows alone, without a blank line before or behind. */
export function sectionTable({ columns, groups }: Section): string {
  const hasTitles = groups.some(({ title }) => title !== undefined)
  const head = [...(hasTitles ? ['Where', 'What'] : ['Who']), ...columns.map(escaped)]
  const rows = groups.flatMap(({ title, lines }) =>
    lines.map(({ label, cells }, at) => [
      ...(hasTitles ? [at === 0 && title !== undefined ? escaped(title) : ''] : []),
      hasTitles ? code(label) : escaped(label),
      ...cells.map(entryText),
    ]),
  )
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

export function entryText({ tone, by }: Entry): string {
  const source = by === '' ? '' : ` ${escaped(by)}`
  return tone === 'wrong' ? `**${toneWords[tone]}**${source}` : `${toneWords[tone]}${source}`
}

/** Whatever a template says stays text. https://spec.commonmark.org/0.31.2/#backslash-escapes */
export function escaped(text: string): string {
  return shown(text).replace(/[\\`*_[\]<>|#&~]/g, '\\$&')
}

/** A pipe ends a cell also within code, and a backslash before it may stand for itself: then it is HTML. */
function code(text: string): string {
  const plain = shown(text)
  if (!/[`|]/.test(plain)) return `\`${plain}\``
  return `<code>${plain.replace(/[\\`*_[\]<>|#&~!]/g, it => `&#${it.charCodeAt(0)};`)}</code>`
}
