import { type Decided, type Golden, goldenOf, goldenSheet, sentencesOf, titleOf } from '../access/show/golden.ts'
import { type Entry, type Section, toneWords } from '../access/show/sheet.ts'
import { svgText } from '../access/show/svg.ts'
import { escapeHtml, escapeText } from './html.ts'

/**
 * Who can reach what, as the text of `access/<template>.json` says: a section of HTML that needs no script, with the
 * picture, and of each deployment its tables. By what stands in `data-case` (its name), `data-on` (with which it is
 * compared) and after `Given: ` the form finds the nearest; in a `span` are options that change nothing.
 */
export function decidedSection(access: string, id: string): string {
  const golden = goldenOf(access)
  const { template, region, nested, deployments, silent, opening, notKnown } = golden
  const whose = ['the template’s own policies', ...nested.map(it => `those of ${it}`)].join(', and ')
  return `<section id="${id}" class="decided" aria-labelledby="${id}-h" data-region="${escapeHtml(region)}">
<h2 id="${id}-h">Who can reach what by ${escapeText(template)}</h2>
<p class="hint">Decided in ${escapeText(region)} when this was built, from ${escapeText(whose)}: those of a bucket, table, key or API may add to it, or take away. Names are placeholders. <b class="wrong">${toneWords.wrong}</b> is allowed, and should be nobody’s.</p>
<p class="hint sideways">${sideways}</p>
<div class="picture" tabindex="0" role="region" aria-label="Picture of who reaches what">
${svgText(goldenSheet(golden))}</div>
${deployments.map(one => caseHtml(one, golden)).join('')}\
${besides('Lets more people sign in, who reach the same', opening)}${besides('Without any difference', silent)}${besides('Of which it is not known what they change', notKnown)}\
</section>
`
}

function besides(words: string, options: readonly string[]): string {
  return options.length === 0 ? '' : `<p class="hint">${words}: <span>${escapeText(options.join(', '))}</span></p>\n`
}

const sideways = 'The picture is wider than this screen: push it to the left to see all of it. →'

function caseHtml(decided: Decided, { deployments }: Golden): string {
  const { name, given, beside, on, roles, reached } = decided
  const base = deployments.find(it => it.name === on)
  const lead =
    beside === undefined
      ? `Given: ${given.join(', ')}`
      : `What ${name === given.join() ? 'it' : given.join(', ')} changes ${base === undefined ? `beside ${beside.join(', ')}` : withText(base)}:`
  return `<div data-case="${escapeHtml(name)}"${on === undefined ? '' : ` data-on="${escapeHtml(on)}"`}>
<h3>${escapeText(titleOf(decided))}</h3>
<p>${escapeText(lead)}
${sentencesOf(decided)
  .map(it => `<p>${escapeText(it)}\n`)
  .join('')}\
${[roles, reached].map(section => (section === undefined ? '' : tableHtml(section))).join('')}</div>
`
}

function withText(base: Decided): string {
  return base.beside === undefined ? titleOf(base).toLowerCase() : `with ${base.name}`
}

/** Without the end tags that HTML need not have: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags */
function tableHtml({ columns, groups }: Section): string {
  const hasPlaces = groups.some(({ title }) => title !== undefined)
  const head = [hasPlaces ? 'What' : 'Who', ...columns].map(it => `<th>${escapeText(it)}`).join('')
  const bodies = groups.map(({ title, lines }) => {
    const place =
      title === undefined ? '' : `<th colspan=${columns.length + 1} scope=rowgroup>${escapeText(title)}\n<tr>`
    const rows = lines.map(({ label, cells }) => `<th>${escapeText(label)}${cells.map(cellHtml).join('')}\n`)
    return `<tbody><tr>${place}${rows.join('<tr>')}`
  })
  return `<table><thead><tr>${head}\n${bodies.join('')}</table>\n`
}

function cellHtml({ tone, by }: Entry): string {
  const source = by === '' ? '' : ` ${escapeText(by)}`
  switch (tone) {
    case 'allow':
      return `<td><b>${toneWords.allow}</b>${source}`
    case 'deny':
      return `<td>${toneWords.deny}${source}`
    case 'unknown':
      return `<td><i>${toneWords.unknown}</i>`
    case 'wrong':
      return `<td><b class=wrong>${toneWords.wrong}</b>${source}`
  }
}
