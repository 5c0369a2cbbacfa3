/** A picture without its markup. */
export type PictureElement = {
  readonly tag: string
  readonly at: Readonly<Record<string, string>>
  readonly in?: readonly (PictureElement | string)[]
}

/** Of the text of a picture that is ours. Throws where it is none. */
export function pictureData(svg: string): PictureElement {
  const open: { readonly tag: string; readonly at: Record<string, string>; in?: (PictureElement | string)[] }[] = []
  let root: PictureElement | undefined
  for (const [, end, tag = '', attributes = '', empty, text = ''] of svg.matchAll(markup)) {
    if (end === '/') root = open.pop()
    else if (tag === '') {
      if (text.trim() !== '') open.at(-1)?.in?.push(unescaped(text))
    } else {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        unescaped(value),
      ])
      const element = { tag, at: Object.fromEntries(pairs), ...(empty === '/' ? {} : { in: [] }) }
      open.at(-1)?.in?.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  if (root === undefined || open.length > 0) throw new Error('not a picture of the page')
  return root
}

const markup = /<(\/?)([a-z]+)((?: [\w:-]+="[^"]*")*)(\/?)>|([^<]+)/gi

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, it => entities[it] ?? it)
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}
