import { escapeHtml, escapeText } from './html.ts'

/**
 * Release notes as HTML: headings, lists, paragraphs, fenced code, and `code`, **bold** and [links](https://…) in them.
 * Whatever else Markdown has is shown as it is written.
 */
export function notesHtml(text: string): string {
  const found: string[] = []
  const lines = text.split(/\r\n|\r|\n/)
  const levels = lines.map(line => /^ {0,3}(#{1,6})\s/.exec(line)?.[1]?.length ?? 6)
  const top = Math.min(...levels)
  let paragraph: string[] = []
  let list: { readonly tag: 'ol' | 'ul'; readonly items: string[][] } | undefined
  let hasHeading = false
  const end = () => {
    if (paragraph.length > 0) found.push(`<p>${inline(paragraph.join(' '))}</p>`)
    paragraph = []
    const items = list?.items.map(item => `<li>${inline(item.join(' '))}</li>`) ?? []
    if (list !== undefined) found.push(`<${list.tag}>${items.join('')}</${list.tag}>`)
    list = undefined
  }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const fence = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line)
    const bullet = /^ {0,3}(?:([-*+])|\d{1,9}[.)])\s+(.*)$/.exec(line)
    if (fence !== undefined) {
      end()
      const code: string[] = []
      for (at++; at < lines.length && !(lines[at] ?? '').trimStart().startsWith(fence); at++) code.push(lines[at] ?? '')
      found.push(`<pre tabindex="0"><code>${escapeText(code.join('\n'))}</code></pre>`)
    } else if (heading !== null) {
      end()
      // the page has two levels above these
      const tag = !hasHeading || (heading[1] ?? '').length <= top ? 'h3' : 'h4'
      hasHeading = true
      found.push(`<${tag}>${inline(heading[2] ?? '')}</${tag}>`)
    } else if (bullet !== null) {
      if (list === undefined) {
        end()
        list = { tag: bullet[1] === undefined ? 'ol' : 'ul', items: [] }
      }
      list.items.push([bullet[2] ?? ''])
    } else if (line.trim() === '') {
      end()
    } else if (list !== undefined) {
      list.items.at(-1)?.push(line.trim())
    } else {
      paragraph.push(line.trim())
    }
  }
  end()
  return found.join('\n')
}

const marks = /(`+)(?<code>.+?)\1|\*\*(?<bold>[^*]+)\*\*|\[(?<text>[^\]]+)\]\((?<address>[^()\s]+)\)/g

function inline(text: string): string {
  const found: string[] = []
  let from = 0
  for (const match of text.matchAll(marks)) {
    found.push(escapeText(text.slice(from, match.index)))
    from = match.index + match[0].length
    const { code, bold, text: label, address } = match.groups ?? {}
    if (code !== undefined) found.push(`<code>${escapeText(code)}</code>`)
    else if (bold !== undefined) found.push(`<strong>${inline(bold)}</strong>`)
    else if (label !== undefined && address !== undefined) found.push(link(address, inline(label)))
  }
  found.push(escapeText(text.slice(from)))
  return found.join('')
}

/** Mere text where the address is none of the web. */
function link(address: string, html: string): string {
  const isWeb = URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol)
  return isWeb ? `<a href="${escapeHtml(address)}" rel="noopener noreferrer">${html}</a>` : html
}
