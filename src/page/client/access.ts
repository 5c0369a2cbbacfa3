import type { Artifact, Grant } from '../../manifest.ts'
import { type Child, h, refresh } from './dom.ts'
import { labelOf } from './fields.ts'

/** Whether a condition holds for the form; undefined where only the account would tell. */
export type Conditions = ReadonlyMap<string, boolean | undefined>

/** Who may do what, for the form as it is filled. */
export function renderAccess(
  into: Element,
  { grants, resources, parameters }: Artifact,
  values: ReadonlyMap<string, string>,
  conditions: Conditions,
): void {
  const labels = new Map(parameters.map(parameter => [parameter.name, labelOf(parameter)]))
  const holds = (grant: Grant) => grant.when.every(({ condition, is }) => conditions.get(condition) !== !is)
  const roleIsThere = ({ role }: Grant) => {
    const condition = resources.find(({ id }) => id === role)?.condition
    return condition === undefined || conditions.get(condition) !== false
  }
  const place = (grant: Grant) => withValues(grant.on, values, labels)
  const sentence = (grant: Grant) =>
    h(
      'li',
      { class: grant.effect },
      grant.effect === 'deny' ? h('strong', {}, 'not: ') : undefined,
      grant.may,
      ' ',
      place(grant),
    )

  const section = (who: Grant['who'], heading: string, nobody: string): readonly Child[] => {
    const own = grants.filter(grant => grant.who === who)
    if (own.length === 0 && who === 'other') return []
    const there = own.filter(roleIsThere)
    const now = there.filter(holds)
    if (own.length > 0 && there.length === 0) return [h('h3', {}, heading), h('p', { class: 'none' }, nobody)]
    if (now.length === 0) return [h('h3', {}, heading), h('p', { class: 'none' }, 'may do nothing.')]
    return [
      h('h3', {}, heading, ' may'),
      h('ul', { class: 'may' }, now.map(sentence)),
      h('p', { class: 'none' }, 'and nothing else by this template.'),
    ]
  }
  const roles = [...new Set(grants.filter(({ who }) => who === 'other').map(({ role }) => role))]
  const isTableOpen = into.querySelector('details')?.open ?? false
  refresh(
    into,
    grants.length === 0
      ? h('p', {}, 'The template makes no role or user, and gives none of yours permissions.')
      : [
          section('signed-in', 'Somebody who has signed in', 'There is no such role: nobody can sign in.'),
          section(
            'guest',
            'A guest, who has not signed in',
            'There are no guests: who has not signed in gets no credentials.',
          ),
          section('other', `Whoever has the role ${roles.join(' or ')}`, 'There is no such role.'),
          table(
            grants.filter(grant => roleIsThere(grant) && holds(grant)),
            place,
            isTableOpen,
          ),
        ],
    elsewhere(resources).map(words => h('p', { class: 'hint' }, words)),
  )
}

/** What else decides who reaches what, and is not in the list. */
function elsewhere(resources: Artifact['resources']): readonly string[] {
  const own = [...new Set(resources.map(({ type }) => type))].filter(type =>
    /(Policy|Permission|::KMS::Key)$/.test(type),
  )
  const others = own.filter(type => !type.startsWith('AWS::IAM::'))
  return [
    ...(resources.some(({ type }) => type === 'AWS::CloudFormation::Stack')
      ? ['It nests another template, which may give permissions of its own: see the launch page of that one.']
      : []),
    ...(others.length === 0
      ? []
      : [`Who else reaches what it makes is in policies that stand on the thing itself: ${others.join(', ')}.`]),
  ]
}

/** Who × what. */
function table(grants: readonly Grant[], place: (grant: Grant) => readonly Child[], open: boolean): Child {
  const who = (['signed-in', 'guest', 'other'] as const).filter(
    one => one !== 'other' || grants.some(grant => grant.who === one),
  )
  const rows = [...new Map(grants.map(grant => [grant.on, grant])).values()]
  if (rows.length === 0) return undefined
  const cell = (row: Grant, one: Grant['who']) => {
    const may = grants.filter(grant => grant.who === one && grant.on === row.on)
    const words = may.map(({ effect, may }) => (effect === 'deny' ? `not ${may}` : may))
    return words.length === 0 ? h('td', { class: 'no' }, 'nothing') : h('td', {}, words.join('; '))
  }
  return h(
    'details',
    { class: 'table', open },
    h('summary', {}, 'The same as a table'),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Who may do what, as a table' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Where'),
            who.map(one => h('th', { scope: 'col' }, names[one])),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map(row =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, place(row)),
              who.map(one => cell(row, one)),
            ),
          ),
        ),
      ),
    ),
  )
}

const names: Readonly<Record<Grant['who'], string>> = { 'signed-in': 'Signed in', guest: 'Guest', other: 'Other' }

/** Text in which a parameter stands as {its name}, with what the form says in its place. */
function withValues(
  text: string,
  values: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, string>,
): readonly Child[] {
  return text.split(/(\{[A-Za-z0-9]+\})/).map(part => {
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    const label = name === undefined ? undefined : labels.get(name)
    if (name === undefined || label === undefined) return part
    const value = values.get(name) ?? ''
    return value === '' ? h('em', {}, label) : h('code', {}, value)
  })
}

/** Greys out in the picture what the form has switched off. */
export function dimPicture(picture: Element, conditions: Conditions): void {
  for (const element of picture.querySelectorAll('[data-when]')) {
    const words = (element.getAttribute('data-when') ?? '').split(/\s+/).filter(word => word !== '')
    const isOff = words.some(word =>
      word.startsWith('!') ? conditions.get(word.slice(1)) === true : conditions.get(word) === false,
    )
    element.classList.toggle('off', isOff)
  }
}
