import type { Grant } from '../../manifest.ts'
import { escapeHtml } from '../html.ts'

/** The picture's measures, and what it is drawn of. */

export type When = Grant['when']

export type Drawn = { readonly drawing: string; readonly height: number; readonly words: string }

export const width = 760
export const pad = 10
export const lineHeight = 17

/** The columns: who, by what, what. */
export const left = { x: 14, width: 132 }
export const middle = { x: 178, width: 196 }
export const right = { x: 430, width: 316 }

// what is printed is light, whatever the screen
export const css = [
  '.pf{--pf-ground:#fff;--pf-ink:#1b2422;--pf-soft:#55625f;--pf-box:#f1f5f3;--pf-line:#8a9693;--pf-in:#0b5e4f;--pf-guest:#8a4300;--pf-other:#3d4fa0;--pf-deny:#a3192e;font:13px Helvetica,Arial,"Liberation Sans",sans-serif}',
  '@media screen and (prefers-color-scheme:dark){.pf{--pf-ground:#161c1b;--pf-ink:#e7ecea;--pf-soft:#a8b4b1;--pf-box:#222b29;--pf-line:#7c8985;--pf-in:#74d3bd;--pf-guest:#f0b072;--pf-other:#aab8ff;--pf-deny:#ff9aa5}}',
  '.pf-ground{fill:var(--pf-ground)}.pf text{fill:var(--pf-ink)}.pf .pf-soft{fill:var(--pf-soft)}.pf-b{font-weight:700}',
  '.pf-box{fill:var(--pf-box);stroke:var(--pf-line)}.pf-pool{fill:none;stroke:var(--pf-line)}.pf-way{fill:none;stroke:var(--pf-c);stroke-width:1.5}.pf .pf-tip{fill:var(--pf-c)}',
  '.pf-in{--pf-c:var(--pf-in)}.pf-guest{--pf-c:var(--pf-guest)}.pf-other{--pf-c:var(--pf-other)}.pf-own{stroke:var(--pf-c)}.pf .pf-may{fill:var(--pf-c)}.pf .pf-deny{fill:var(--pf-deny)}',
  '.pf [data-when] .pf-box,.pf [data-when] .pf-way,.pf .pf-way[data-when]{stroke-dasharray:5 4}',
].join('')

export function ifWords(when: When): string {
  return when.length === 0
    ? ''
    : ` (if ${when.map(({ condition, is }) => `${is ? '' : 'not '}${condition}`).join(', ')})`
}

export function label(x: number, words: string, y = 26): string {
  return text(x, y, [words], 'pf-soft')
}

export function group(when: When, className: string, drawing: string): string {
  const names = when.map(({ condition, is }) => `${is ? '' : '!'}${condition}`).join(' ')
  const attributes = [
    ...(className === '' ? [] : [` class="${className}"`]),
    ...(names === '' ? [] : [` data-when="${escaped(names)}"`]),
  ]
  return attributes.length === 0 ? drawing : `<g${attributes.join('')}>${drawing}</g>`
}

export function way(path: string, when: When): string {
  const line = `<path class="pf-way" d="${path}"/>`
  return when.length === 0 ? line : group(when, '', line)
}

/** An arrow that goes to the right. */
export function arrow(from: number, to: number, y: number): string {
  return `<path class="pf-way pf-tip" d="M${from} ${y}H${to}l-7-4v8l7-4"/>`
}

/** The point of an arrow that ends here. */
export function tip(x: number, y: number): string {
  return `<path class="pf-tip" d="M${x} ${y}l-7-4v8z"/>`
}

export function text(x: number, y: number, lines: readonly string[], className: string): string {
  const attribute = className === '' ? '' : ` class="${className}"`
  const [only = '', ...others] = lines
  if (others.length === 0) return `<text${attribute} x="${x}" y="${y}">${escaped(only)}</text>`
  const spans = lines.map(
    (line, index) => `<tspan x="${x}"${index === 0 ? '' : ` dy="${lineHeight}"`}>${escaped(line)}</tspan>`,
  )
  return `<text${attribute} y="${y}">${spans.join('')}</text>`
}

/** For XML, which has no way to write some characters. */
export function escaped(words: string): string {
  return escapeHtml(words.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'))
}
