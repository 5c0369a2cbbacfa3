import type { PictureElement } from '../picture-data.ts'

export type Child = Node | string | undefined | readonly Child[]

/** `true` for an attribute without a value; what is false or undefined is left out. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>

/** An element with its attributes and children. Text stays text: nothing here is ever read as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...nodes(children))
  return element
}

/** What was drawn when the page was built. */
export function draw({ tag, at, in: parts = [] }: PictureElement): Element {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(at)) element.setAttribute(name, value)
  element.append(...parts.map(part => (typeof part === 'string' ? part : draw(part))))
  return element
}

export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...nodes(children))
}

/**
 * Fills an element anew, if with anything else than it has: what a person is about to click, or has the focus on, must
 * not be exchanged for its like.
 */
export function refresh(element: Element, ...children: readonly Child[]): void {
  const next = element.cloneNode(false)
  if (!(next instanceof Element)) return
  next.append(...nodes(children))
  if (!next.isEqualNode(element)) element.replaceChildren(...next.childNodes)
}

/** Sets what a live region says, if it says anything else, so that it is not read out again. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** A link to another page; mere text where the address is none of the web. */
export function outerLink(address: string, ...children: readonly Child[]): Node {
  if (!isWebAddress(address)) return h('span', {}, ...children)
  return h('a', { href: address, rel: 'noopener noreferrer' }, ...children)
}

export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol)
}

/** A link within the page, which leaves the fragment to the form: the place gets the focus instead. */
export function innerLink(id: string, ...children: readonly Child[]): HTMLAnchorElement {
  const link = h('a', { href: `#${id}` }, ...children)
  link.addEventListener('click', event => {
    event.preventDefault()
    goTo(id)
  })
  return link
}

/** Opens what the place is folded into, scrolls there, and gives it the focus. */
export function goTo(id: string): void {
  const target = document.getElementById(id)
  if (target === null) return
  for (let around = target.parentElement; around !== null; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true
  }
  target.focus({ preventScroll: true })
  target.scrollIntoView({ block: 'center', behavior: isCalm() ? 'auto' : 'smooth' })
}

function isCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function nodes(children: readonly Child[]): readonly (Node | string)[] {
  return children.flatMap(child => {
    if (child === undefined) return []
    return typeof child === 'string' || child instanceof Node ? [child] : nodes(child)
  })
}
