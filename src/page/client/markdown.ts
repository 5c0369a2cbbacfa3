import { type Child, h, outerLink } from './dom.ts'

/**
 * Release notes as elements: headings, lists, paragraphs, fenced code, and `code`, **bold** and [links](https://…) in
 * them. Whatever else Markdown has is shown as it is written.
 */
export function renderMarkdown(text: string): readonly Node[] {
  const found: Node[] = []
  const lines = text.split(/\r\n|\r|\n/)
  const levels = lines.map(line => /^ {0,3}(#{1,6})\s/.exec(line)?.[1]?.length ?? 6)
  const top = Math.min(...levels)
  let paragraph: string[] = []
  let list: { readonly element: HTMLElement; readonly items: string[][] } | undefined
  const end = () => {
    if (paragraph.length > 0) found.push(h('p', {}, inline(paragraph.join(' '))))
    paragraph = []
    for (const item of list?.items ?? []) list?.element.append(h('li', {}, inline(item.join(' '))))
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
      found.push(h('pre', { tabindex: '0' }, h('code', {}, code.join('\n'))))
    } else if (heading !== null) {
      end()
      // the page has two levels above these
      const isTop = !found.some(({ nodeName }) => nodeName === 'H3') || (heading[1] ?? '').length <= top
      found.push(h(isTop ? 'h3' : 'h4', {}, inline(heading[2] ?? '')))
    } else if (bullet !== null) {
      if (list === undefined) {
        end()
        const element = h(bullet[1] === undefined ? 'ol' : 'ul')
        found.push(element)
        list = { element, items: [] }
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
  return found
}

const marks = /(`+)(?<code>.+?)\1|\*\*(?<bold>[^*]+)\*\*|\[(?<text>[^\]]+)\]\((?<address>[^()\s]+)\)/g

function inline(text: string): readonly Child[] {
  const found: Child[] = []
  let from = 0
  for (const match of text.matchAll(marks)) {
    found.push(text.slice(from, match.index))
    from = match.index + match[0].length
    const { code, bold, text: label, address } = match.groups ?? {}
    if (code !== undefined) found.push(h('code', {}, code))
    else if (bold !== undefined) found.push(h('strong', {}, inline(bold)))
    else if (label !== undefined && address !== undefined) found.push(outerLink(address, inline(label)))
  }
  found.push(text.slice(from))
  return found
}
