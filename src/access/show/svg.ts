import { size, wrap } from '../../measure.ts'
import { type Group, type Section, type Sheet, type Tone, toneWords } from './sheet.ts'

const width = 760
const lineHeight = 17
const pad = 14
const placeWidth = 250
const gap = 8

// what is printed is light, whatever the screen
const css = [
  '.pa{--g:#fff;--i:#1b2422;--s:#55625f;--l:#d5dcda;--a:#0b5e4f;--d:#5f6b68;--u:#8a4300;--w:#a3192e;--at:#e3f3ec;--dt:#f1f3f2;--ut:#fbefdf;--wt:#fbe8ea;font:13px Helvetica,Arial,"Liberation Sans",sans-serif}',
  '@media screen and (prefers-color-scheme:dark){.pa{--g:#161c1b;--i:#e7ecea;--s:#a8b4b1;--l:#39433f;--a:#74d3bd;--d:#a8b4b1;--u:#f0b072;--w:#ff9aa5;--at:#17332d;--dt:#212827;--ut:#35281a;--wt:#3a2024}}',
  '.pa-g{fill:var(--g)}.pa text{fill:var(--i)}.pa-b{font-weight:700}.pa .pa-s text{fill:var(--s)}',
  '.pa path.allow{fill:var(--at)}.pa path.deny{fill:var(--dt)}.pa path.unknown{fill:var(--ut)}.pa path.wrong{fill:var(--wt)}',
  '.pa g.allow text{fill:var(--a)}.pa g.deny text{fill:var(--d)}.pa g.unknown text{fill:var(--u)}.pa g.wrong text{fill:var(--w);font-weight:700}',
].join('')

/**
 * A sheet as a picture that stands alone: without a script, a link or a style attribute. It shows who reaches which
 * place, by which statements, with actions told by their first word, and beneath them what nobody reaches; its
 * description says each action.
 */
export function svgText(sheet: Sheet): string {
  const drawing = new Drawing()
  drawing.put(pad, sheet.title, 'pa-b')
  drawing.y += lineHeight
  for (const remark of sheet.remarks) drawing.paragraph(remark, 'pa-s')
  drawing.y += gap
  const { roles, reached } = partsOf(sheet)
  if (reached !== undefined) drawReached(drawing, reached, roles)
  const nobodys = reached?.groups.filter(isNobodys) ?? []
  if (nobodys.length > 0) {
    drawing.lines(pad, ['Nobody of them reaches'], 'pa-b')
    drawing.list(
      nobodys.map(({ title = '' }) => `${marks.deny} ${title}`),
      'deny',
    )
    drawing.y += gap
  }
  for (const [text, kind] of aside(sheet, roles, reached)) drawing.paragraph(text, kind)
  const height = Math.ceil(drawing.y + pad - size)
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pa" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="pa-title pa-desc">
<title id="pa-title">${escapedXml(sheet.title)}</title>
<desc id="pa-desc">${escapedXml(description(sheet))}</desc>
<style>${css}</style>
<rect class="pa-g" width="${width}" height="${height}" rx="10"/>
${drawing.markup()}
</svg>
`
}

class Drawing {
  y = pad + size
  /** By kind, which says it once for all of them. */
  readonly #texts = new Map<string, string[]>()
  readonly #boxes = new Map<Tone, string>()

  put(x: number, text: string, kind = ''): void {
    if (text.trim() === '') return
    const line = `<text x="${x}" y="${this.y}">${escapedXml(text)}</text>`
    const those = this.#texts.get(kind)
    if (those === undefined) this.#texts.set(kind, [line])
    else those.push(line)
  }

  /** Lines from here on down, which it goes to the end of. */
  lines(x: number, texts: readonly string[], kind = ''): void {
    for (const text of texts) {
      this.put(x, text, kind)
      this.y += lineHeight
    }
  }

  paragraph(text: string, kind: string): void {
    this.lines(pad, wrap(text, width - 2 * pad, kind === 'pa-b'), kind)
  }

  /** In two columns, down the one and then the other. */
  list(texts: readonly string[], kind: string): void {
    const room = (width - 2 * pad - gap) / 2
    const all = texts.flatMap(text => wrap(text, room, false))
    const [top, half] = [this.y, Math.ceil(all.length / 2)]
    this.lines(pad + room + gap, all.slice(half), kind)
    this.y = top
    this.lines(pad, all.slice(0, half), kind)
  }

  box(tone: Tone, x: number, y: number, boxWidth: number, boxHeight: number): void {
    this.#boxes.set(tone, `${this.#boxes.get(tone) ?? ''}M${x} ${y}h${boxWidth}v${boxHeight}h-${boxWidth}z`)
  }

  markup(): string {
    const boxes = [...this.#boxes].map(([tone, path]) => `<path class="${tone}" d="${path}"/>`)
    const texts = [...this.#texts].map(
      ([kind, own]) => `<g${kind === '' ? '' : ` class="${kind}"`}>${own.join('')}</g>`,
    )
    return [...boxes, ...texts].join('\n')
  }
}

type Parts = { readonly roles: Section | undefined; readonly reached: Section | undefined }

/** Lines about who takes roles stand by themselves, those of what is reached under their places. */
function partsOf({ sections }: Sheet): Parts {
  const hasPlaces = ({ groups }: Section) => groups.some(({ title }) => title !== undefined)
  return { roles: sections.find(it => !hasPlaces(it)), reached: sections.find(hasPlaces) }
}

const marks: Readonly<Record<Tone, string>> = { allow: '✓', deny: '✗', unknown: '?', wrong: '!' }

/** From the top: who, by which roles; then each place that somebody reaches. */
function drawReached(drawing: Drawing, reached: Section, roles: Section | undefined): void {
  const { columns, groups } = reached
  const cellWidth = Math.floor((width - 2 * pad - placeWidth - columns.length * gap) / Math.max(1, columns.length))
  const xOf = (at: number) => pad + placeWidth + gap + at * (cellWidth + gap)
  const top = drawing.y
  let bottom = top
  for (const [at, column] of columns.entries()) {
    drawing.y = top
    drawing.lines(xOf(at), wrap(column, cellWidth, true), 'pa-b')
    const own = taken(roles, column, 'allow')
    if (own.length > 0) drawing.lines(xOf(at), wrap(`with ${own.join(', ')}`, cellWidth, false), 'pa-s')
    bottom = Math.max(bottom, drawing.y)
  }
  drawing.y = bottom - 4
  for (const group of groups.filter(it => !isNobodys(it))) {
    const rowTop = drawing.y
    const cells = columns.map((_, at) => cellLines(group, at, cellWidth - 2 * gap))
    const places = wrap(group.title ?? '', placeWidth - gap, false)
    const height = Math.max(places.length, ...cells.map(lines => lines.length)) * lineHeight + 10
    drawing.y = rowTop + size + 5
    drawing.lines(pad, places)
    for (const [at, lines] of cells.entries()) {
      drawing.box(lines[0]?.tone ?? 'deny', xOf(at), rowTop, cellWidth, height)
      drawing.y = rowTop + size + 5
      for (const { text, kind } of lines) drawing.lines(xOf(at) + gap, [text], kind)
    }
    drawing.y = rowTop + height + 4
  }
  drawing.y += size
}

/** What is another's is shown beside what is one's own, though nobody reaches it. */
function isNobodys({ title = '', lines }: Group): boolean {
  return !title.startsWith('another') && lines.every(({ cells }) => cells.every(({ tone }) => tone === 'deny'))
}

type CellLine = { readonly text: string; readonly kind: string; readonly tone: Tone }

/** What somebody may do at a place, the worst first, and by which statements. */
function cellLines({ lines }: Group, at: number, room: number): readonly CellLine[] {
  const tones: readonly Tone[] = ['wrong', 'allow', 'unknown']
  const said = tones.flatMap(tone => {
    const own = lines.filter(({ cells }) => cells[at]?.tone === tone)
    if (own.length === 0) return []
    const actions = own.flatMap(({ label }) => label.split(', '))
    // what should be nobody's is named in full
    const words = [...new Set(tone === 'wrong' ? actions : actions.map(verbOf))].join(', ')
    const sources = [...new Set(own.flatMap(({ cells }) => (cells[at]?.by ?? '').split(', ')))].filter(it => it !== '')
    const told = (text: string, kind: string) =>
      wrap(text, room, kind === 'wrong').map(line => ({ text: line, kind, tone }))
    const by = sources.length === 0 ? [] : told(`by ${sources.join(', ')}`, 'pa-s')
    return [...told(`${marks[tone]} ${words}`, tone), ...by]
  })
  return said.length === 0 ? [{ text: `${marks.deny} nothing`, kind: 'deny', tone: 'deny' }] : said
}

/** `s3:GetObject`: get; `BatchWriteItem`: write; `s3:*` as it is */
function verbOf(action: string): string {
  const [, verb] = /^(?:[\w-]+:)?(?:Batch)?([A-Z][a-z]+)(?:[A-Z]\w*)?$/.exec(action) ?? []
  return verb === undefined ? action : verb.toLowerCase()
}

/** The roles of which that is said for somebody. */
function taken(roles: Section | undefined, who: string, tone: Tone): readonly string[] {
  const cells = roles?.groups.flatMap(({ lines }) => lines).find(({ label }) => label === who)?.cells ?? []
  return (roles?.columns ?? []).filter((_, at) => cells[at]?.tone === tone)
}

const legend = `${marks.allow} allowed, ${marks.deny} denied, ${marks.unknown} not known here, ${marks.wrong} allowed, and should be nobody's.`

/** Beneath: who takes which role, and what else the sheet says. */
function aside(
  { notes }: Sheet,
  roles: Section | undefined,
  reached: Section | undefined,
): readonly (readonly [text: string, kind: string])[] {
  const people = roles?.groups.flatMap(({ lines }) => lines) ?? []
  const tones: readonly Tone[] = ['wrong', 'unknown', 'allow']
  const isTold = (who: string, tone: Tone) => tone === 'allow' && (reached?.columns.includes(who) ?? false)
  const takers = people.flatMap(({ label }) =>
    tones.flatMap((tone): readonly (readonly [string, string])[] => {
      const own = taken(roles, label, tone)
      const may = tone === 'unknown' ? 'may take' : 'takes'
      return own.length === 0 || isTold(label, tone)
        ? []
        : [[`${marks[tone]} ${label} ${may} the role ${own.join(', ')}`, tone]]
    }),
  )
  const without = people.filter(({ cells }) => cells.every(({ tone }) => tone === 'deny')).map(({ label }) => label)
  return [
    ...(takers.length === 0 && without.length === 0 ? [] : ([['Who takes a role', 'pa-b']] as const)),
    ...takers,
    ...(without.length === 0 ? [] : ([[`${marks.deny} none for: ${without.join('; ')}`, 'deny']] as const)),
    ...notes.map(text => [text, 'pa-s'] as const),
    [legend, 'pa-s'],
  ]
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

/** XML 1.0 takes no control characters, not even escaped. */
function escapedXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
