import type { Artifact } from '../manifest.ts'
import { accessDrawing } from './picture/access.ts'
import { partsDrawing } from './picture/parts.ts'
import { css, escaped, width } from './picture/shapes.ts'
import { reachedWords, targetsOf } from './picture/targets.ts'

/**
 * What a template makes, and who reaches what by it, as an SVG that stands alone or in a page: without a script, a link
 * or a style attribute, with a title and a description that says in words what is drawn. What is there only under
 * conditions is dashed, and says so in `data-when`: names of conditions with blanks between them, each with a `!`
 * before it where it must not hold.
 */
export function pictureOf(artifact: Artifact): string {
  const { name, description, grants } = artifact
  const isReached = isOfAccess(artifact)
  const { drawing, height, words: drawn } = isReached ? accessDrawing(artifact) : partsDrawing(artifact)
  const words = isReached ? drawn : [drawn, ...reachedWords(targetsOf(grants))].join(' ')
  const id = `pf-${name.replace(/[^\w-]/g, '-')}`
  const title = isReached ? `Who reaches what by ${name}` : `What ${name} makes`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pf" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${escaped(title)}</title>
<desc id="${id}-desc">${escaped(words === '' ? description : words)}</desc>
<style>${css}</style>
<rect class="pf-ground" width="${width}" height="${height}" rx="10"/>
${drawing}
</svg>
`
}

/** Does it show who reaches what? That nobody may do something makes nobody reach anything. */
export function isOfAccess({ grants }: Artifact): boolean {
  return grants.some(({ who, effect }) => effect === 'allow' || who !== 'everybody')
}
