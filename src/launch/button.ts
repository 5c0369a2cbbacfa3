/**
 * The picture of a button that leads to a launch link: a stack of three layers and two words, as wide whatever the
 * font, with a border that shows it on light pages and on dark ones. `docs/launch-stack.svg` is the same.
 */
export const buttonSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="148" height="32" viewBox="0 0 148 32" role="img" aria-labelledby="t">
<title id="t">Launch Stack</title>
<style>.b{fill:#0b57a4;stroke:#083e75}@media(prefers-color-scheme:dark){.b{stroke:#8ec5ff}}</style>
<rect class="b" x=".5" y=".5" width="147" height="31" rx="6"/>
<g fill="none" stroke="#fff" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"><path fill="#fff" d="M20 7l8 4-8 4-8-4z"/><path d="M12 16l8 4 8-4M12 21l8 4 8-4"/></g>
<text x="38" y="21" fill="#fff" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif" font-size="14" font-weight="600" textLength="98" lengthAdjust="spacingAndGlyphs">Launch Stack</text>
</svg>
`

/**
 * The button in Markdown. `image` is where the picture is, as the page that shows the Markdown reaches it: GitHub and
 * GitLab strip data: URIs, so the picture must be a file.
 * https://github.com/github/markup/issues/270, https://gitlab.com/gitlab-org/gitlab/-/issues/299136
 */
export function markdownButton(url: string, template: string, image: string): string {
  const words = alt(template).replace(/[[\]\\*_`<>!&]/g, '\\$&')
  return `[![${words}](<${image.replace(/[<>\\\r\n]/g, encodeURIComponent)}>)](${url})`
}

/** The button in HTML, with the picture in it, or at `image`. */
export function htmlButton(url: string, template: string, image?: string): string {
  const source = image ?? `data:image/svg+xml,${encodeURIComponent(buttonSvg.replaceAll('\n', ''))}`
  return `<a href="${attribute(url)}"><img src="${attribute(source)}" alt="${attribute(alt(template))}" width="148" height="32"></a>`
}

/** What the button leads to, which the words on it do not say. */
function alt(template: string): string {
  return `Launch Stack: ${template}`
}

function attribute(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
