import { isSecret } from '../../launch/values.ts'
import type { Artifact } from '../../manifest.ts'
import { aboutOf, checksOf } from './about.ts'
import { dimPicture, renderAccess } from './access.ts'
import { addressOf } from './address.ts'
import { assess, type Form } from './assess.ts'
import { readData, readVersions } from './data.ts'
import { type DecidedTables, decidedTables } from './decided.ts'
import { type Child, draw, fill, goTo, h, say } from './dom.ts'
import { readFragment, writeFragment } from './fragment.ts'
import { launchLink, pinSwitch } from './launch.ts'
import { layout } from './layout.ts'
import { isFrom, nestedUrls, proposedUrl } from './nested.ts'
import { linkOf, outputs } from './outputs.ts'
import { renderReview } from './review.ts'
import { type Settings, settingsOf } from './settings.ts'
import { copyButton } from './tabs.ts'
import { todoList } from './todo.ts'
import { whereOf } from './where.ts'

const { manifest, pictures } = readData()
const versions = readVersions()

/** What the form is about, and everything in the page that changes with the template. */
type Chosen = {
  readonly artifact: Artifact
  readonly settings: Settings
  readonly picture: Element | undefined
  readonly decided: DecidedTables | undefined
  /** What the page filled in by itself, for this release: it goes into no link to another. */
  readonly proposed: ReadonlyMap<string, string>
}

const announcer = h('p', { role: 'status', class: 'away' })
const announce = (text: string) => {
  // said again, though it be the same
  say(announcer, '')
  setTimeout(() => say(announcer, text), 50)
}

const address = addressOf(location.href, 'address', () => update())
const where = whereOf(() => update())
const title = h('h1')
const about = h('div')
const pictureBox = h('div', { class: 'picture', tabindex: '0', role: 'region', 'aria-label': 'Picture' })
const settingsBox = h('div')
const decidedBox = h('div', { id: 'decided' })
const decided = new Map<Artifact, DecidedTables>()
const access = h('div')
const notice = h('div', { class: 'notice', role: 'note', hidden: true })
const review = h('div')
const todo = todoList('todo', 'status')
const pin = pinSwitch(versions, address.published?.template, () => update())
const launch = launchLink('launch', 'status', () => reveal())
const checks = h('div')
const ways = outputs(announce)

let chosen: Chosen
/** What was chosen before, as it was left. */
const left = new Map<Artifact, { readonly chosen: Chosen; readonly stackName: string }>()
/** Whether everything that is wrong is shown, because somebody wanted to launch. */
let isRevealed = false
let writing: ReturnType<typeof setTimeout> | undefined

function start(): void {
  const [first] = manifest.artifacts
  const root = document.getElementById('app')
  if (root === null || first === undefined) return
  for (const [index, artifact] of manifest.artifacts.entries()) {
    const tables = decidedTables(`decided-${index}`, () => update())
    if (tables !== undefined) decided.set(artifact, tables)
  }
  chosen = fresh(first)
  fill(
    root,
    layout(manifest, {
      ...{
        title,
        notice,
        about,
        settings: settingsBox,
        picture: pictureBox,
        decided: decidedBox,
        access,
        review,
        checks,
        announcer,
      },
      ...{ templates: templatePicker(), where: where.element, address: address.element, todo: todo.element },
      ...{ pin: pin.element, launch: launch.element, status: todo.status, share: linkToForm(), ways: ways.element },
    }),
  )
  document.getElementById('static')?.remove()
  read()
  window.addEventListener('hashchange', read)
  unfoldOnPaper()
}

function unfoldOnPaper(): void {
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

function templatePicker(): Child {
  if (manifest.artifacts.length < 2) return undefined
  const choices = manifest.artifacts.map((artifact, index) => {
    const input = h('input', { type: 'radio', name: 'template', id: `template-${index}`, value: String(index) })
    input.addEventListener('change', () => {
      left.set(chosen.artifact, { chosen, stackName: where.stackName() })
      const before = left.get(artifact)
      turnTo(before?.chosen ?? fresh(artifact), before?.stackName ?? artifact.name)
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

/** A form with nothing filled in but what is known from where the page is. */
function fresh(artifact: Artifact): Chosen {
  const settings = settingsOf(artifact, () => update())
  const picture = pictures[manifest.artifacts.indexOf(artifact)]
  const place = address.published === undefined ? undefined : address.place()
  const proposed = new Map(
    nestedUrls(artifact).flatMap(parameter => {
      const url = place === undefined ? undefined : proposedUrl(parameter, manifest, place)
      return url === undefined ? [] : [[parameter.name, url] as const]
    }),
  )
  for (const [name, url] of proposed) settings.fields.get(name)?.write(url)
  return {
    ...{ artifact, settings, proposed, decided: decided.get(artifact) },
    picture: picture === undefined ? undefined : draw(picture),
  }
}

/** Makes it the form that the page shows. */
function turnTo(next: Chosen, stackName: string): void {
  const { artifact, settings, picture, decided: tables } = next
  chosen = next
  fill(pictureBox, picture)
  fill(decidedBox, tables?.element)
  decidedBox.hidden = tables === undefined
  fill(settingsBox, settings.content)
  const radio = document.getElementById(`template-${manifest.artifacts.indexOf(artifact)}`)
  if (radio instanceof HTMLInputElement) radio.checked = true
  say(title, `Launch ${artifact.name}`)
  document.title = `Launch ${artifact.name}`
  where.setStackName(stackName)
  fill(about, aboutOf(artifact, { isAlone: manifest.artifacts.length < 2, published: address.published, versions }))
  fill(checks, checksOf(artifact, address.published, announce))
  isRevealed = false
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
  const refused: string[] = unread.map(name => `“${shorten(name)}”, which this page does not know`)
  const named = filled.template ?? address.published?.template
  const artifact = manifest.artifacts.find(({ name }) => name === named)
  if (artifact === undefined && filled.template !== undefined)
    refused.push(`the template “${shorten(filled.template)}”, which is not here`)
  const other = manifest.artifacts.find(({ name }) => name === address.published?.template) ?? chosen.artifact
  const place = address.place()
  turnTo(fresh(artifact ?? other), (artifact ?? other).name)
  const deciding = new Set(nestedUrls(chosen.artifact).map(({ name }) => name))
  for (const [name, value] of filled.parameters) {
    const field = chosen.settings.fields.get(name)
    if (field === undefined) refused.push(`the setting “${shorten(name)}”, which ${chosen.artifact.name} does not have`)
    else if (isSecret(field.parameter)) refused.push(`the setting “${shorten(name)}”, which is a secret`)
    else if (deciding.has(name) && !isFrom(place, value)) refused.push(`the setting “${shorten(name)}”, ${decides}`)
    else if (!field.write(value)) refused.push(`the value of “${shorten(name)}”, which it cannot have`)
    else chosen.settings.visited.add(name)
  }
  const own = place !== undefined && 'region' in place ? place.region : ''
  const problem = where.setRegion(filled.region ?? own)
  if (problem !== undefined) refused.push(`the region “${shorten(filled.region ?? own)}”, ${problem}`)
  if (filled.stackName !== undefined) where.setStackName(filled.stackName.slice(0, 200))
  notice.hidden = refused.length === 0
  fill(
    notice,
    h('p', {}, 'The link that led here was not taken whole. Left out:'),
    h(
      'ul',
      {},
      refused.slice(0, 20).map(words => h('li', {}, words)),
    ),
  )
  update()
  chosen.settings.unfold()
}

/** Of a URL by which another template is nested in this one. */
const decides =
  'by which somebody else could decide what is made: no link may name a bucket other than that of this page. Fill it in yourself, with what you trust'

function shorten(text: string): string {
  const shown = text.replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD')
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown
}

function formNow(): Form {
  return {
    artifact: chosen.artifact,
    values: new Map([...chosen.settings.fields].map(([name, field]) => [name, field.read()])),
    region: where.region(),
    stackName: where.stackName(),
    place: address.place(),
    refusal: address.refusal(),
  }
}

/** Brings everything that depends on the form in line with it. */
function update(): void {
  const { artifact, settings, picture, decided: tables } = chosen
  const form = formNow()
  const now = assess(form)
  const versionId = pin.versionId(artifact)
  settings.show(now.problems, isRevealed)
  where.show(now.problems, isRevealed)
  address.show(isRevealed)
  todo.show(now.problems, isRevealed, { artifact, fields: settings.fields, addressId: address.id })
  renderAccess(access, artifact, form.values, now.conditions)
  if (picture !== undefined) dimPicture(picture, now.conditions)
  tables?.show(now.changed, form.region)
  renderReview(review, form, now)
  launch.show(linkOf(form, now, versionId))
  ways.show(form, now, versionId)
  clearTimeout(writing)
  writing = setTimeout(write, 200)
}

function write(): void {
  clearTimeout(writing)
  const form = formNow()
  const { changed } = assess(form)
  const fragment = writeFragment({
    template: form.artifact.name,
    region: form.region,
    stackName: form.stackName,
    parameters: new Map(Object.entries(changed).filter(([name, value]) => chosen.proposed.get(name) !== value)),
  })
  try {
    if (location.hash !== fragment) history.replaceState(null, '', fragment)
  } catch {
    // a browser that has enough of it for the moment: the next change writes it
  }
}

/** Somebody wants to launch what is not ready: shows all that is wrong, and leads there. */
function reveal(): void {
  isRevealed = true
  update()
  goTo('todo')
}

start()
