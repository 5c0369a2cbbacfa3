import { h, say } from './dom.ts'

/** What was decided when the page was built: of several deployments, the one that comes nearest to the form. */
export type DecidedTables = {
  readonly element: HTMLElement
  /** `changed` is what differs from the defaults; the region is empty until one is chosen. */
  readonly show: (changed: Readonly<Record<string, string>>, region: string) => void
}

/** A deployment: its name, and with what it is compared. */
type Case = {
  readonly element: HTMLElement
  readonly name: string
  readonly on: string | undefined
  readonly given: readonly string[]
}

/** Takes over the section of the page that says it for a template; undefined where there is none. */
export function decidedTables(id: string, onChange: () => void): DecidedTables | undefined {
  const element = document.getElementById(id)
  if (element === null) return undefined
  const cases = [...element.querySelectorAll<HTMLElement>('[data-case]')].map(
    (it): Case => ({
      element: it,
      name: it.dataset['case'] ?? '',
      on: it.dataset['on'],
      // an option is given itself, and what it is compared with says what besides
      given:
        it.dataset['on'] === undefined
          ? (it.querySelector('p')?.textContent ?? '').trim().replace('Given: ', '').split(', ')
          : [it.dataset['case'] ?? ''],
    }),
  )
  const silent = [...element.querySelectorAll('span')].flatMap(it => it.textContent.split(', '))
  const options = cases.filter(({ on }) => on !== undefined).map(({ name }) => name)
  const known = new Set([...options, ...silent, ...(cases[0]?.given ?? [])].map(parameterOf))
  const withBases = (one: Case): readonly Case[] => {
    const base = cases.find(({ name }) => name === one.on)
    return base === undefined ? [one] : [...withBases(base), one]
  }
  const optionsOf = (one: Case) => options.filter(it => withBases(one).some(({ given }) => given.includes(it)))

  const choice = h(
    'select',
    { id: `${id}-case` },
    h('option', { value: '' }, 'What comes nearest to the settings'),
    cases.map(({ element: { firstElementChild: title }, name }) =>
      h('option', { value: name }, title?.textContent ?? name),
    ),
  )
  const note = h('p', { class: 'hint' })
  cases[0]?.element.before(h('label', { class: 'label', for: choice.id }, 'Decided for'), choice, note)
  choice.addEventListener('change', onChange)
  const show: DecidedTables['show'] = (changed, region) => {
    const chosen = options.filter(option => {
      const value = changed[parameterOf(option)]
      return value !== undefined && (option.endsWith(`=${value}`) || !option.includes('='))
    })
    const distances = cases.map(one => {
      const own = optionsOf(one)
      return { one, lacks: without(chosen, own), more: without(own, chosen) }
    })
    // what nobody chose rather than what somebody chose and nobody decided
    const [nearest] = distances.sort((a, b) => a.lacks.length - b.lacks.length || a.more.length - b.more.length)
    const shown = distances.find(({ one }) => one.name === choice.value) ?? nearest
    if (shown === undefined) return
    const visible = withBases(shown.one)
    for (const { element: it } of cases) it.hidden = !visible.some(other => other.element === it)
    const beyond = Object.keys(changed).filter(name => !known.has(name))
    const decidedIn = element.dataset['region'] ?? ''
    const words = [
      ...(shown.lacks.length === 0 ? [] : [`Your settings also have ${shown.lacks.join(', ')}: not decided here.`]),
      ...(shown.more.length === 0 ? [] : [`It also has what your settings do not: ${shown.more.join(', ')}.`]),
      ...(beyond.length === 0 ? [] : [`It says nothing of ${beyond.join(', ')}.`]),
      ...(region === '' || region === decidedIn ? [] : [`You have chosen ${region}: it is decided in ${decidedIn}.`]),
    ]
    say(note, words.length === 0 ? 'It has what your settings have, but for the names.' : words.join(' '))
  }
  return { element, show }
}

function parameterOf(option: string): string {
  return option.replace(/=.*/s, '')
}

function without(all: readonly string[], these: readonly string[]): readonly string[] {
  return all.filter(it => !these.includes(it))
}
