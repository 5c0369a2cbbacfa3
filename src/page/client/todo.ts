import type { Artifact } from '../../manifest.ts'
import type { Problem } from './assess.ts'
import { type Child, h, innerLink, refresh } from './dom.ts'
import { type Field, labelNamed } from './fields.ts'

type Around = {
  readonly artifact: Artifact
  readonly fields: ReadonlyMap<string, Field>
  /** Of the box for the address of the templates. */
  readonly addressId: string
}

/** What keeps the form from being launched, as a list with links to where it can be mended. */
export type Todo = {
  readonly element: HTMLElement
  readonly status: HTMLElement
  readonly show: (problems: readonly Problem[], isRevealed: boolean, around: Around) => void
}

export function todoList(id: string, statusId: string): Todo {
  const element = h('div', { id, tabindex: '-1' })
  const status = h('p', { role: 'status', class: 'status', id: statusId })
  const show = (problems: readonly Problem[], isRevealed: boolean, around: Around) => {
    const [first] = problems
    refresh(
      element,
      first === undefined
        ? undefined
        : [
            h('h3', {}, isRevealed ? 'This is missing or wrong' : 'Still to do'),
            h(
              'ul',
              { class: 'todo' },
              problems.map(problem => h('li', {}, worded(problem, around))),
            ),
          ],
    )
    element.classList.toggle('alarm', isRevealed && first !== undefined)
    refresh(
      status,
      first === undefined
        ? 'Ready. The console asks you to look through everything once more.'
        : [
            `Not ready: ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} left to do. `,
            // the list beside it shows them all, and is not read out by itself
            h('span', { class: 'away' }, `${subject(first, around.artifact)} ${first.message}`),
          ],
    )
    status.classList.toggle('ready', first === undefined)
  }
  return { element, status, show }
}

/** A problem with links to where it can be mended. */
function worded(problem: Problem, around: Around): readonly Child[] {
  const { kind, message, parameters } = problem
  const { artifact, fields, addressId } = around
  switch (kind) {
    case 'value':
      return [
        parameters.map(name => innerLink(fields.get(name)?.id ?? 'settings', labelNamed(artifact, name))),
        ' ',
        message,
      ]
    case 'rule':
      return message.split(/([A-Za-z0-9]+)/).map(word => {
        const field = parameters.includes(word) ? fields.get(word) : undefined
        return field === undefined ? word : innerLink(field.id, word)
      })
    case 'region':
    case 'partition':
      return [innerLink('region', 'Region'), kind === 'region' ? ' ' : ': ', message]
    case 'stack-name':
      return [innerLink('stack-name', 'Stack name'), ' ', message]
    case 'place':
      return [innerLink(addressId, 'Address of the published templates'), ' ', message]
  }
}

function subject({ kind, parameters }: Problem, artifact: Artifact): string {
  switch (kind) {
    case 'value':
      return parameters.map(name => labelNamed(artifact, name)).join(', ')
    case 'rule':
      return ''
    case 'region':
      return 'Region'
    case 'partition':
      return 'Region:'
    case 'stack-name':
      return 'Stack name'
    case 'place':
      return 'Address of the published templates'
  }
}
