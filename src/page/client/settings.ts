import type { Artifact, ManifestParameter } from '../../manifest.ts'
import type { Problem } from './assess.ts'
import { type Child, h, say } from './dom.ts'
import { defaultOf, type Field, fieldOf } from './fields.ts'

/** The settings of a template, as a form. */
export type Settings = {
  readonly content: Child
  readonly fields: ReadonlyMap<string, Field>
  /** Parameters that a person has been to: only these are told that they are wrong, until all are. */
  readonly visited: Set<string>
  readonly show: (problems: readonly Problem[], isRevealed: boolean) => void
  /** Unfolds the groups in which something is set. */
  readonly unfold: () => void
}

/** A newcomer sees the first groups, of which one is mostly a name; the others are folded. */
const open = 2

export function settingsOf(artifact: Artifact, onChange: () => void): Settings {
  const visited = new Set<string>()
  const fields = new Map(
    artifact.parameters.map((parameter, at) => [
      parameter.name,
      fieldOf(parameter, `p${at}`, isLeft => {
        if (isLeft) visited.add(parameter.name)
        onChange()
      }),
    ]),
  )
  const groups = groupsOf(artifact.parameters).map(([name, parameters], at) => {
    const own = parameters.flatMap(parameter => fields.get(parameter.name) ?? [])
    const count = h('span', { class: 'count' })
    const elements = own.map(({ element }) => element)
    if (name === undefined) return { element: h('div', { class: 'fields' }, elements), count, fields: own }
    const content = h('div', { class: 'fields', role: 'group', 'aria-label': name }, elements)
    const summary = h('summary', {}, h('h3', {}, name), count)
    return { element: h('details', { class: 'group', open: at < open }, summary, content), count, fields: own }
  })
  return {
    content: [
      artifact.parameters.length === 0 ? h('p', {}, 'There is nothing to set.') : undefined,
      groups.map(({ element }) => element),
    ],
    ...{ fields, visited },
    show: (problems, isRevealed) => {
      showProblems(fields, problems, isRevealed, name => isRevealed || visited.has(name))
      for (const { count, fields: own } of groups) {
        const set = own.filter(isChanged).length
        const bad = own.filter(({ element }) => element.classList.contains('bad')).length
        const words = [set === 0 ? '' : `${set} set`, bad === 0 ? '' : `${bad} to mend`]
        say(count, words.filter(it => it !== '').join(', '))
        count.classList.toggle('bad', bad > 0)
      }
    },
    unfold: () => {
      for (const { element, fields: own } of groups) {
        if (element instanceof HTMLDetailsElement && own.some(isChanged)) element.open = true
      }
    },
  }
}

/** In the template's order; what stands in no group comes last, and has no name where it is all there is. */
function groupsOf(
  parameters: readonly ManifestParameter[],
): readonly (readonly [string | undefined, readonly ManifestParameter[]])[] {
  const groups = new Map<string, ManifestParameter[]>()
  const rest: ManifestParameter[] = []
  for (const parameter of parameters) {
    const name = parameter['group']
    if (typeof name !== 'string') rest.push(parameter)
    else groups.set(name, [...(groups.get(name) ?? []), parameter])
  }
  return [...groups, ...(rest.length === 0 ? [] : [[groups.size === 0 ? undefined : 'Other settings', rest] as const])]
}

function showProblems(
  fields: ReadonlyMap<string, Field>,
  problems: readonly Problem[],
  isRevealed: boolean,
  shown: (name: string) => boolean,
): void {
  for (const [name, field] of fields) {
    const own = problems.filter(({ kind, parameters }) =>
      kind === 'value' ? parameters[0] === name : kind === 'rule' && parameters.find(it => shown(it)) === name,
    )
    // what must be given is asked for, not complained about, until somebody wants to launch
    const told = shown(name)
      ? own.filter(({ message }) => isRevealed || message !== 'must be given' || field.read() !== '')
      : []
    field.show(told.map(({ message }) => h('span', {}, message)))
  }
}

function isChanged({ parameter, read }: Field): boolean {
  return read() !== (defaultOf(parameter) ?? '')
}
