import { partitionOf, regions } from '../../launch/partitions.ts'
import { isSecret } from '../../launch/values.ts'
import type { Artifact, ManifestParameter } from '../../manifest.ts'
import { aboutOf, checksOf, footer, notes } from './about.ts'
import { dimPicture, renderAccess } from './access.ts'
import { addressOf, describe } from './address.ts'
import { type Assessment, assess, type Form, type Problem } from './assess.ts'
import { readManifest, readVersions } from './data.ts'
import { type Child, fill, goTo, h, innerLink, refresh, say } from './dom.ts'
import { defaultOf, type Field, fieldOf, labelOf } from './fields.ts'
import { type Filled, readFragment, writeFragment } from './fragment.ts'
import { linkOf, outputs } from './outputs.ts'
import { copyButton } from './tabs.ts'

const manifest = readManifest()
const versions = readVersions()

/** What the form is about, and everything in the page that changes with the template. */
type Chosen = {
  readonly artifact: Artifact
  readonly fields: ReadonlyMap<string, Field>
  /** Parameters that a person has been to: only these are told that they are wrong, until all are. */
  readonly visited: Set<string>
  readonly groups: readonly {
    readonly element: HTMLElement
    readonly count: HTMLElement
    readonly fields: readonly Field[]
  }[]
  readonly picture: Element | undefined
}

const status = h('p', { role: 'status', class: 'status', id: 'status' })
const announcer = h('p', { role: 'status', class: 'away' })
const announce = (text: string) => {
  // said again, though it be the same
  say(announcer, '')
  setTimeout(() => say(announcer, text), 50)
}

const address = addressOf(location.href, 'address', () => update())
const regionPicker = h('select', {
  id: 'region',
  'aria-describedby': 'region-hint region-error',
  'aria-required': 'true',
})
const regionError = h('p', { class: 'error', id: 'region-error', hidden: true })
const stackNameBox = h('input', {
  ...{ id: 'stack-name', type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' },
  ...{ 'aria-describedby': 'stack-name-hint stack-name-error', 'aria-required': 'true' },
})
const stackNameError = h('p', { class: 'error', id: 'stack-name-error', hidden: true })
const title = h('h1')
const about = h('div')
const pictureBox = h('div', { class: 'picture', tabindex: '0', role: 'region', 'aria-label': 'Picture' })
const settings = h('div')
const access = h('div')
const notice = h('div', { class: 'notice', role: 'note', hidden: true })
const review = h('div')
const todo = h('div', { id: 'todo', tabindex: '-1' })
const launchLink = h('a', { class: 'launch', id: 'launch' }, 'Open in the AWS console')
const checks = h('div')
const ways = outputs(announce)

let chosen: Chosen
/** Whether everything that is wrong is shown, because somebody wanted to launch. */
let isRevealed = false
let writing: ReturnType<typeof setTimeout> | undefined

function start(): void {
  const [first] = manifest.artifacts
  const root = document.getElementById('app')
  if (root === null || first === undefined) return
  fillRegions()
  chosen = choose(first)
  fill(root, page())
  read()
  regionPicker.addEventListener('change', () => update())
  stackNameBox.addEventListener('input', () => update())
  launchLink.addEventListener('click', onLaunch)
  launchLink.addEventListener('keydown', event => {
    if (launchLink.hasAttribute('href') || (event.key !== 'Enter' && event.key !== ' ')) return
    onLaunch(event)
  })
  window.addEventListener('hashchange', read)
  const folds = () => [...document.querySelectorAll('details')]
  let closed: readonly HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    closed = folds().filter(({ open }) => !open)
    for (const fold of closed) fold.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const fold of closed) fold.open = false
  })
}

function page(): readonly Child[] {
  return [
    innerLinkTo('settings', 'To the settings'),
    h(
      'header',
      {},
      h('p', { class: 'eyebrow' }, 'AWS CloudFormation template'),
      title,
      h(
        'p',
        { class: 'lead' },
        'Fill in the form, and open the AWS console with everything filled in, or take the command along. Nothing is made before you confirm it there, and nothing that you type here is sent anywhere before.',
      ),
      notice,
    ),
    h(
      'main',
      {},
      h(
        'div',
        { class: 'steps' },
        step(1, 'template', 'What to launch', [templatePicker(), about]),
        step(2, 'place', 'Where', [
          h(
            'div',
            { class: 'pair' },
            h(
              'div',
              { class: 'field' },
              h(
                'label',
                { for: 'region' },
                h('span', { class: 'label' }, 'Region'),
                h('span', { class: 'required' }, 'required'),
              ),
              h(
                'p',
                { class: 'hint', id: 'region-hint' },
                'The part of the world in which AWS makes it. Take the one where the rest of your app is.',
              ),
              regionPicker,
              regionError,
            ),
            h(
              'div',
              { class: 'field' },
              h(
                'label',
                { for: 'stack-name' },
                h('span', { class: 'label' }, 'Stack name'),
                h('span', { class: 'required' }, 'required'),
              ),
              h(
                'p',
                { class: 'hint', id: 'stack-name-hint' },
                'A stack is what is made from a template, changed and deleted as one. Name it after your app.',
              ),
              stackNameBox,
              stackNameError,
            ),
          ),
          address.element,
        ]),
        step(3, 'settings', 'Settings', [settings]),
        drawing(),
      ),
      h(
        'aside',
        { 'aria-labelledby': 'access-heading' },
        h('h2', { id: 'access-heading' }, 'Who may do what'),
        h('p', { class: 'hint' }, 'With the settings as they are now.'),
        access,
      ),
      h(
        'div',
        { class: 'steps' },
        step(4, 'launching', 'Launch', [
          review,
          todo,
          h('div', { class: 'go' }, launchLink, status),
          linkToForm(),
          ways.element,
        ]),
        step(5, 'checking', 'Check what you got', [checks]),
        notes(manifest),
      ),
    ),
    footer(manifest),
    announcer,
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

function drawing(): HTMLElement {
  return h(
    'section',
    { 'aria-labelledby': 'drawing-heading' },
    h('h2', { id: 'drawing-heading' }, 'What is made, and who reaches what'),
    h('p', { class: 'hint' }, 'What the settings leave out is pale.'),
    pictureBox,
  )
}

function templatePicker(): Child {
  if (manifest.artifacts.length < 2) return undefined
  const choices = manifest.artifacts.map((artifact, index) => {
    const input = h('input', { type: 'radio', name: 'template', id: `template-${index}`, value: String(index) })
    input.addEventListener('change', () => {
      chosen = choose(artifact)
      update()
    })
    return h(
      'label',
      { class: 'card' },
      input,
      h('span', {}, h('strong', {}, artifact.name), h('span', { class: 'hint' }, artifact.description)),
    )
  })
  return h('fieldset', { class: 'cards' }, h('legend', { class: 'away' }, 'Template'), choices)
}

function fillRegions(): void {
  const groups = [...new Set(regions.map(({ partition }) => partition))].map(partition =>
    h(
      'optgroup',
      { label: partitionNames[partition] },
      regions
        .filter(region => region.partition === partition)
        .map(({ id, name }) => h('option', { value: id }, `${name} · ${id}`)),
    ),
  )
  fill(regionPicker, h('option', { value: '' }, 'Choose a region'), groups)
}

const partitionNames = {
  aws: 'AWS',
  'aws-us-gov': 'AWS GovCloud (US)',
  'aws-cn': 'AWS China',
  'aws-eusc': 'AWS European Sovereign Cloud',
} as const

/** Makes a template the one that the form is about, with nothing filled in. */
function choose(artifact: Artifact): Chosen {
  const index = manifest.artifacts.indexOf(artifact)
  const visited = new Set<string>()
  const fields = new Map(
    artifact.parameters.map((parameter, at) => [
      parameter.name,
      fieldOf(parameter, `p${at}`, isLeft => {
        if (isLeft) visited.add(parameter.name)
        update()
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
    return { element: h('details', { class: 'group', open: at === 0 }, summary, content), count, fields: own }
  })
  const template = document.getElementById(`picture-${index}`)
  const content = template instanceof HTMLTemplateElement ? template.content.cloneNode(true) : undefined
  fill(pictureBox, content)
  const picture = pictureBox.firstElementChild ?? undefined
  fill(
    settings,
    artifact.parameters.length === 0 ? h('p', {}, 'There is nothing to set.') : undefined,
    groups.map(({ element }) => element),
  )
  const radio = document.getElementById(`template-${index}`)
  if (radio instanceof HTMLInputElement) radio.checked = true
  say(title, `Launch ${artifact.name}`)
  document.title = `Launch ${artifact.name}`
  stackNameBox.value = artifact.name
  fill(about, aboutOf(artifact, { isAlone: manifest.artifacts.length < 2, published: address.published, versions }))
  fill(checks, checksOf(artifact, address.published, announce))
  isRevealed = false
  return { artifact, fields, visited, groups, picture }
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

function linkToForm(): HTMLElement {
  const button = copyButton(
    'Copy a link to this form as it is filled',
    'Copy a link to this form',
    () => {
      write()
      return location.href
    },
    announce,
  )
  const hint = location.protocol === 'file:' ? ' It leads to this file on this computer.' : ' Secrets are left out.'
  return h('p', { class: 'share' }, button, h('span', { class: 'hint' }, `For a colleague, or to come back to.${hint}`))
}

/** Fills the form from the page's fragment, and says what it left out. */
function read(): void {
  const { filled, unread } = readFragment(location.hash)
  const left: string[] = unread.map(name => `“${shorten(name)}”, which this page does not know`)
  const named = filled.template ?? address.published?.template
  const artifact = manifest.artifacts.find(({ name }) => name === named)
  if (artifact === undefined && filled.template !== undefined)
    left.push(`the template “${shorten(filled.template)}”, which is not here`)
  chosen = choose(
    artifact ?? manifest.artifacts.find(({ name }) => name === address.published?.template) ?? chosen.artifact,
  )
  for (const [name, value] of filled.parameters) {
    const field = chosen.fields.get(name)
    if (field === undefined) left.push(`the setting “${shorten(name)}”, which ${chosen.artifact.name} does not have`)
    else if (isSecret(field.parameter)) left.push(`the setting “${shorten(name)}”, which is a secret`)
    else if (!field.write(value)) left.push(`the value of “${shorten(name)}”, which it cannot have`)
    else chosen.visited.add(name)
  }
  setRegion(filled, left)
  if (filled.stackName !== undefined) stackNameBox.value = filled.stackName.slice(0, 200)
  notice.hidden = left.length === 0
  fill(
    notice,
    h('p', {}, 'The link that led here was not taken whole. Left out:'),
    h(
      'ul',
      {},
      left.slice(0, 20).map(words => h('li', {}, words)),
    ),
  )
  update()
  for (const { element, fields } of chosen.groups) {
    if (element instanceof HTMLDetailsElement && fields.some(isChanged)) element.open = true
  }
}

function setRegion({ region }: Filled, left: string[]): void {
  const place = address.place()
  const own = place !== undefined && 'region' in place ? place.region : ''
  const wanted = region ?? own
  if (region !== undefined && partitionOf(region) === undefined) {
    left.push(`the region “${shorten(region)}”, which is none`)
    return
  }
  if (wanted !== '' && !regions.some(({ id }) => id === wanted))
    regionPicker.append(h('option', { value: wanted }, wanted))
  regionPicker.value = wanted
}

function shorten(text: string): string {
  const shown = text.replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD')
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown
}

function isChanged({ parameter, read }: Field): boolean {
  return read() !== (defaultOf(parameter) ?? '')
}

function formNow(): Form {
  return {
    artifact: chosen.artifact,
    values: new Map([...chosen.fields].map(([name, field]) => [name, field.read()])),
    region: regionPicker.value,
    stackName: stackNameBox.value.trim(),
    place: address.place(),
  }
}

/** Brings everything that depends on the form in line with it. */
function update(): void {
  const form = formNow()
  const now = assess(form)
  showProblems(form, now)
  renderAccess(access, form.artifact, form.values, now.conditions)
  if (chosen.picture !== undefined) dimPicture(chosen.picture, now.conditions)
  showReview(form, now)
  for (const { count, fields } of chosen.groups) {
    const set = fields.filter(isChanged).length
    const bad = fields.filter(({ element }) => element.classList.contains('bad')).length
    say(
      count,
      [set === 0 ? '' : `${set} set`, bad === 0 ? '' : `${bad} to mend`].filter(words => words !== '').join(', '),
    )
    count.classList.toggle('bad', bad > 0)
  }
  ways.show(form, now, versionIdOf(form.artifact))
  clearTimeout(writing)
  writing = setTimeout(write, 200)
}

function versionIdOf({ name, version }: Artifact): string | undefined {
  if (address.published?.template !== name) return undefined
  return versions.versions.find(it => it.version === version)?.versionId
}

function write(): void {
  clearTimeout(writing)
  const form = formNow()
  const { changed } = assess(form)
  const fragment = writeFragment({
    template: form.artifact.name,
    region: form.region,
    stackName: form.stackName,
    parameters: new Map(Object.entries(changed)),
  })
  try {
    if (location.hash !== fragment) history.replaceState(null, '', fragment)
  } catch {
    // a browser that has enough of it for the moment: the next change writes it
  }
}

function showProblems(form: Form, { problems }: Assessment): void {
  const shown = (name: string) => isRevealed || chosen.visited.has(name)
  for (const [name, field] of chosen.fields) {
    const own = problems.filter(({ kind, parameters }) =>
      kind === 'value' ? parameters[0] === name : kind === 'rule' && parameters.find(it => shown(it)) === name,
    )
    // what must be given is asked for, not complained about, until somebody wants to launch
    const told = shown(name)
      ? own.filter(({ message }) => isRevealed || message !== 'must be given' || field.read() !== '')
      : []
    field.show(told.map(({ message }) => h('span', {}, message)))
  }
  const tell = (element: HTMLElement, control: HTMLElement, kinds: readonly Problem['kind'][], isShown: boolean) => {
    const message = isShown ? (problems.find(({ kind }) => kinds.includes(kind))?.message ?? '') : ''
    element.hidden = message === ''
    say(element, message)
    control.closest('.field')?.classList.toggle('bad', message !== '')
    if (message === '') control.removeAttribute('aria-invalid')
    else control.setAttribute('aria-invalid', 'true')
  }
  tell(regionError, regionPicker, ['region', 'partition'], isRevealed || form.region !== '')
  tell(stackNameError, stackNameBox, ['stack-name'], true)
  address.show(isRevealed)

  const isReady = problems.length === 0
  refresh(
    todo,
    isReady
      ? undefined
      : [
          h('h3', {}, isRevealed ? 'This is missing or wrong' : 'Still to do'),
          h(
            'ul',
            { class: 'todo' },
            problems.map(problem => h('li', {}, worded(problem))),
          ),
        ],
  )
  todo.classList.toggle('alarm', isRevealed && !isReady)
  const [first] = problems
  refresh(
    status,
    first === undefined
      ? 'Ready. The console asks you to look through everything once more.'
      : [
          `Not ready: ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} left to do. `,
          // the list beside it shows them all, and is not read out by itself
          h('span', { class: 'away' }, `${subject(first)} ${first.message}`),
        ],
  )
  status.classList.toggle('ready', isReady)
}

/** A problem with links to where it can be mended. */
function worded(problem: Problem): readonly Child[] {
  const { kind, message, parameters } = problem
  switch (kind) {
    case 'value':
      return [
        parameters.map(name => innerLink(chosen.fields.get(name)?.id ?? 'settings', labelNamed(name))),
        ' ',
        message,
      ]
    case 'rule':
      return message.split(/([A-Za-z0-9]+)/).map(word => {
        const field = parameters.includes(word) ? chosen.fields.get(word) : undefined
        return field === undefined ? word : innerLink(field.id, word)
      })
    case 'region':
    case 'partition':
      return [innerLink('region', 'Region'), kind === 'region' ? ' ' : ': ', message]
    case 'stack-name':
      return [innerLink('stack-name', 'Stack name'), ' ', message]
    case 'place':
      return [innerLink(address.id, 'Address of the published templates'), ' ', message]
  }
}

function subject({ kind, parameters }: Problem): string {
  switch (kind) {
    case 'value':
      return parameters.map(labelNamed).join(', ')
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

function labelNamed(name: string): string {
  const parameter = chosen.artifact.parameters.find(it => it.name === name)
  return parameter === undefined ? name : labelOf(parameter)
}

function showReview(form: Form, assessment: Assessment): void {
  const { changed, secrets } = assessment
  const set = Object.entries(changed)
  refresh(
    review,
    set.length + secrets.length === 0
      ? h('p', {}, 'Everything is as the template has it by default.')
      : [
          h(
            'p',
            {},
            'This is what you set; all else is as the template has it by default. If the form came from somebody else, look through it.',
          ),
          h(
            'dl',
            { class: 'review' },
            set.map(([name, value]) =>
              h(
                'div',
                {},
                h('dt', {}, labelNamed(name)),
                h('dd', {}, value === '' ? h('em', {}, 'empty') : h('code', {}, value)),
              ),
            ),
            secrets.map(name =>
              h(
                'div',
                {},
                h('dt', {}, labelNamed(name)),
                h('dd', {}, h('em', {}, 'a secret: the console asks for it again')),
              ),
            ),
          ),
        ],
    form.place === undefined ? undefined : h('p', {}, 'The template is read from ', describe(form.place), '.'),
  )
  const url = linkOf(form, assessment, versionIdOf(form.artifact))
  if (url === undefined) {
    launchLink.removeAttribute('href')
    launchLink.removeAttribute('target')
    for (const [name, value] of Object.entries({
      role: 'link',
      'aria-disabled': 'true',
      tabindex: '0',
      'aria-describedby': 'status',
    }))
      launchLink.setAttribute(name, value)
  } else {
    for (const name of ['role', 'aria-disabled', 'tabindex']) launchLink.removeAttribute(name)
    launchLink.setAttribute('href', url)
    launchLink.setAttribute('target', '_blank')
    launchLink.setAttribute('rel', 'noopener noreferrer')
  }
}

/** Somebody wants to launch what is not ready: shows all that is wrong, and leads there. */
function onLaunch(event: Event): void {
  if (launchLink.hasAttribute('href')) return
  event.preventDefault()
  isRevealed = true
  update()
  goTo('todo')
}

start()
