/**
 * A picture as it stands within a page, which says the style sheet once for all of a kind. Where the page says itself what
 * is drawn, `isTold`, the picture goes without its description.
 */
export function inlinePicture(svg: string, isTold: boolean): string {
  const bare = svg
    .replaceAll(pictureStyle, '')
    .replace(/ xmlns="[^"]*"/, '')
    .replaceAll('>\n<', '><')
  if (!isTold) return bare
  return bare
    .replace(/<desc[^>]*>[^<]*<\/desc>/, '')
    .replace(/ aria-labelledby="[^"]*"/, '')
    .replace(/<title [^>]*>/, '<title>')
}

/** Without the quotes that HTML does not need. */
export function unquoted(markup: string): string {
  return markup.replace(/<[^<>]*>/g, tag => tag.replace(/="([\w.#-]+)"(?=[ >])/g, '=$1'))
}

const pictureStyle = /<style>([^<]*)<\/style>\n/g

/** The style sheets of the pictures in some markup. */
export function pictureStyles(markup: string): readonly string[] {
  return [...markup.matchAll(pictureStyle)].flatMap(([, text]) => text ?? [])
}
