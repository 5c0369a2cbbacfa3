import { type Child, h, say } from './dom.ts'

export type Tab = { readonly name: string; readonly panel: HTMLElement }

/**
 * Tabs by the pattern that screen readers know: arrow keys, Home and End go from tab to tab, Tab into the panel.
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function tabs(label: string, all: readonly Tab[]): HTMLElement {
  const buttons = all.map(({ name }, index) =>
    h('button', { type: 'button', role: 'tab', id: `tab-${index}`, 'aria-controls': `panel-${index}` }, name),
  )
  const panels = all.map(({ panel }, index) =>
    h('div', { role: 'tabpanel', id: `panel-${index}`, 'aria-labelledby': `tab-${index}`, class: 'panel' }, panel),
  )
  const choose = (chosen: number) => {
    for (const [index, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(index === chosen))
      button.tabIndex = index === chosen ? 0 : -1
    }
    for (const [index, panel] of panels.entries()) panel.hidden = index !== chosen
  }
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => choose(index))
    button.addEventListener('keydown', event => {
      const goal = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key]
      if (goal === undefined) return
      event.preventDefault()
      const next = (goal + buttons.length) % buttons.length
      choose(next)
      buttons[next]?.focus()
    })
  }
  choose(0)
  return h('div', { class: 'tabs' }, h('div', { role: 'tablist', 'aria-label': label }, buttons), panels)
}

/** Text to take along, with a button that does. */
export type Snippet = { readonly element: HTMLElement; readonly set: (text: string | undefined) => void }

export function snippet(what: string, hint: Child, announce: (text: string) => void): Snippet {
  const code = h('code')
  const block = h('pre', { tabindex: '0', role: 'region', 'aria-label': what }, code)
  const button = copyButton(`Copy ${what}`, 'Copy', () => code.textContent ?? '', announce)
  return {
    element: h(
      'div',
      { class: 'snippet' },
      h('div', { class: 'head' }, h('p', { class: 'hint' }, hint), button),
      block,
    ),
    set: text => {
      say(code, text ?? '')
      for (const part of [block, button]) part.hidden = text === undefined
    },
  }
}

export function copyButton(
  name: string,
  label: string,
  read: () => string,
  announce: (text: string) => void,
): HTMLButtonElement {
  const shown = h('span', { 'aria-hidden': 'true' }, label)
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': name }, shown)
  button.addEventListener('click', async () => {
    const isCopied = await copy(read())
    say(shown, isCopied ? 'Copied' : 'Not copied')
    announce(isCopied ? 'Copied' : 'The browser does not let this page copy: select the text, and copy it yourself')
    setTimeout(() => say(shown, label), 2000)
  })
  return button
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // where a page is neither https nor granted the clipboard, there is the old way
    return copySelected(text)
  }
}

function copySelected(text: string): boolean {
  const before = document.activeElement
  const area = h('textarea', { class: 'away', readonly: true, 'aria-hidden': 'true', tabindex: '-1' })
  area.value = text
  document.body.append(area)
  area.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    area.remove()
    if (before instanceof HTMLElement) before.focus()
  }
}
