import type { Manifest } from '../../manifest.ts'
import { footer } from './about.ts'
import { type Child, h, innerLink } from './dom.ts'

export type Parts = Readonly<
  Record<
    | 'title'
    | 'notice'
    | 'about'
    | 'where'
    | 'address'
    | 'settings'
    | 'picture'
    | 'decided'
    | 'access'
    | 'review'
    | 'todo'
    | 'pin'
    | 'launch'
    | 'status'
    | 'share'
    | 'ways'
    | 'checks'
    | 'announcer',
    HTMLElement
  >
> & { readonly templates: Child }

/** The whole page, of its parts. */
export function layout(manifest: Manifest, parts: Parts): readonly Child[] {
  return [
    innerLinkTo('settings', 'To the settings'),
    h(
      'header',
      {},
      h('p', { class: 'eyebrow' }, 'AWS CloudFormation template'),
      parts.title,
      h(
        'p',
        { class: 'lead' },
        'Fill in the form, and open the AWS console with everything filled in, or take the command along. Nothing is made before you confirm it there, and nothing that you type here is sent anywhere before.',
      ),
      parts.notice,
    ),
    h(
      'main',
      {},
      h(
        'div',
        { class: 'steps' },
        step(1, 'template', 'What to launch', [parts.templates, parts.about]),
        step(2, 'place', 'Where', [parts.where, parts.address]),
        step(3, 'settings', 'Settings', [parts.settings]),
        drawing(parts.picture),
        parts.decided,
      ),
      h(
        'aside',
        { 'aria-labelledby': 'access-heading' },
        h('h2', { id: 'access-heading' }, 'Who may do what'),
        h('p', { class: 'hint' }, 'With the settings as they are now.'),
        parts.access,
      ),
      h(
        'div',
        { class: 'steps' },
        step(4, 'launching', 'Launch', [
          parts.review,
          parts.todo,
          parts.pin,
          h('div', { class: 'go' }, parts.launch, parts.status),
          parts.share,
          parts.ways,
        ]),
        step(5, 'checking', 'Check what you got', [parts.checks]),
        document.getElementById('notes') ?? undefined,
      ),
    ),
    footer(manifest),
    parts.announcer,
  ]
}

function innerLinkTo(id: string, text: string): HTMLElement {
  const link = innerLink(id, text)
  link.classList.add('skip')
  return link
}

function step(number: number, id: string, name: string, content: readonly Child[]): HTMLElement {
  return h(
    'section',
    { id, tabindex: '-1', 'aria-labelledby': `${id}-heading` },
    h('h2', { id: `${id}-heading` }, h('span', { class: 'number', 'aria-hidden': 'true' }, String(number)), name),
    content,
  )
}

function drawing(picture: HTMLElement): HTMLElement {
  return h(
    'section',
    { 'aria-labelledby': 'drawing-heading' },
    h('h2', { id: 'drawing-heading' }, 'What is made, and who reaches what'),
    h('p', { class: 'hint' }, 'What the settings leave out is pale.'),
    h(
      'p',
      { class: 'hint sideways' },
      'The picture is wider than this screen: push it to the left to see all of it. →',
    ),
    picture,
  )
}
