import type { Artifact } from '../../manifest.ts'
import type { Versions } from './data.ts'
import { h } from './dom.ts'

/** The link to the console. Where there is none yet, it tells whoever tries that it is not ready. */
export type Launch = { readonly element: HTMLElement; readonly show: (url: string | undefined) => void }

export function launchLink(id: string, statusId: string, onRefused: () => void): Launch {
  const element = h('a', { class: 'launch', id }, 'Open in the AWS console')
  const refuse = (event: Event) => {
    if (element.hasAttribute('href')) return
    event.preventDefault()
    onRefused()
  }
  element.addEventListener('click', refuse)
  element.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === ' ') refuse(event)
  })
  const ready = { target: '_blank', rel: 'noopener noreferrer' }
  const notReady = { role: 'link', 'aria-disabled': 'true', tabindex: '0', 'aria-describedby': statusId }
  const show = (url: string | undefined) => {
    const [now, before] = url === undefined ? [notReady, { ...ready, href: '' }] : [{ ...ready, href: url }, notReady]
    for (const name of Object.keys(before)) element.removeAttribute(name)
    for (const [name, value] of Object.entries(now)) element.setAttribute(name, value)
  }
  return { element, show }
}

/** Whether links name the very object that is published now; off, as reading it so takes a permission of its own. */
export type Pin = {
  readonly element: HTMLElement
  /** What a link is to name; undefined for nothing. */
  readonly versionId: (artifact: Artifact) => string | undefined
}

export function pinSwitch(versions: Versions, template: string | undefined, onChange: () => void): Pin {
  const input = h('input', { id: 'pin', type: 'checkbox', role: 'switch', 'aria-describedby': 'pin-hint' })
  input.addEventListener('change', onChange)
  const element = h(
    'div',
    { class: 'field switch' },
    input,
    h(
      'div',
      {},
      h('label', { for: 'pin' }, h('span', { class: 'label' }, 'Name the version of the object, too')),
      h(
        'p',
        { class: 'hint', id: 'pin-hint' },
        'The links then lead to these very bytes, though the file be overwritten. Whoever launches needs s3:GetObjectVersion on it besides s3:GetObject.',
      ),
    ),
  )
  const versionId = ({ name, version }: Artifact) => {
    const published = name === template ? versions.versions.find(it => it.version === version) : undefined
    element.hidden = published?.versionId === undefined
    return input.checked ? published?.versionId : undefined
  }
  return { element, versionId }
}
