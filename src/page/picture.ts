import type { Artifact, Grant, ManifestResource } from '../manifest.ts'
import { escapeHtml } from './html.ts'

/**
 * What a template makes, and who reaches what by it, as an SVG that stands alone or in a page: without a script, a link
 * or a style attribute, with a title and a description that says in words what is drawn. What is there only under
 * conditions is dashed, and says so in `data-when`: names of conditions with blanks between them, each with a `!`
 * before it where it must not hold.
 */
export function pictureOf(artifact: Artifact): string {
  const { name, description, grants } = artifact
  const { drawing, height, words } = grants.length === 0 ? partsDrawing(artifact) : accessDrawing(artifact)
  const id = `pf-${name.replace(/[^\w-]/g, '-')}`
  const title = grants.length === 0 ? `What ${name} makes` : `Who reaches what by ${name}`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pf" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${escaped(title)}</title>
<desc id="${id}-desc">${escaped(words === '' ? description : words)}</desc>
<style>${css}</style>
<rect class="pf-ground" width="${width}" height="${height}" rx="10"/>
${drawing}
</svg>
`
}

const width = 760
const pad = 10
const lineHeight = 17
const size = 13

/** The columns: who, by what, what. */
const left = { x: 14, width: 132 }
const middle = { x: 178, width: 196 }
const right = { x: 430, width: 316 }

// what is printed is light, whatever the screen
const css = [
  '.pf{--pf-ground:#fff;--pf-ink:#1b2422;--pf-soft:#55625f;--pf-box:#f1f5f3;--pf-line:#8a9693;--pf-in:#0b5e4f;--pf-guest:#8a4300;--pf-other:#3d4fa0;--pf-deny:#a3192e;font:13px Helvetica,Arial,"Liberation Sans",sans-serif}',
  '@media screen and (prefers-color-scheme:dark){.pf{--pf-ground:#161c1b;--pf-ink:#e7ecea;--pf-soft:#a8b4b1;--pf-box:#222b29;--pf-line:#7c8985;--pf-in:#74d3bd;--pf-guest:#f0b072;--pf-other:#aab8ff;--pf-deny:#ff9aa5}}',
  '.pf-ground{fill:var(--pf-ground)}.pf text{fill:var(--pf-ink)}.pf .pf-soft{fill:var(--pf-soft)}.pf-b{font-weight:700}',
  '.pf-box{fill:var(--pf-box);stroke:var(--pf-line)}.pf-pool{fill:none;stroke:var(--pf-line)}.pf-way{fill:none;stroke:var(--pf-c);stroke-width:1.5}.pf-tip{fill:var(--pf-c)}',
  '.pf-in{--pf-c:var(--pf-in)}.pf-guest{--pf-c:var(--pf-guest)}.pf-other{--pf-c:var(--pf-other)}.pf-own{stroke:var(--pf-c)}.pf .pf-may{fill:var(--pf-c)}.pf .pf-deny{fill:var(--pf-deny)}',
  '.pf [data-when] .pf-box,.pf [data-when] .pf-way,.pf .pf-way[data-when]{stroke-dasharray:5 4}',
].join('')

type Who = Grant['who']
type When = Grant['when']
type Drawn = { readonly drawing: string; readonly height: number; readonly words: string }

const whoNames: Readonly<Record<Who, string>> = {
  'signed-in': 'Signed-in users',
  guest: 'Guests',
  other: 'Services and others',
}

const whoClasses: Readonly<Record<Who, string>> = { 'signed-in': 'pf-in', guest: 'pf-guest', other: 'pf-other' }

/** What is reached, and what may be done there by whom. */
type Target = { readonly text: string; readonly when: When; readonly ways: readonly Way[] }

type Way = {
  readonly who: Who
  readonly role: string
  readonly isDenied: boolean
  readonly may: readonly string[]
  readonly when: When
}

/** A role, and to whom it is given. */
type Role = { readonly id: string; readonly kind: string; readonly who: Who; readonly when: When }

type Placed<Item> = Item & { readonly y: number; readonly height: number; readonly lines: readonly string[] }

function accessDrawing(artifact: Artifact): Drawn {
  const targets = targetsOf(artifact.grants)
  const roles = rolesOf(artifact)
  const top = 40
  const people = [...new Set(roles.map(({ who }) => who))]
  const inPool = roles.filter(({ who }) => who !== 'other')
  const pools = artifact.resources.filter(({ type }) => type === 'AWS::Cognito::IdentityPool')
  const hasPool = inPool.length > 0 && pools.length > 0

  let y = top
  const boxes = targets.map(target => {
    const lines = wrap(target.text, right.width - 2 * pad, true)
    const ways = target.ways.map(way => ({ way, lines: wrap(sentence(way), right.width - 2 * pad - 4, false) }))
    const height = pad + (lines.length + ways.reduce((sum, it) => sum + it.lines.length, 0)) * lineHeight + pad - 2
    const placed = { target, lines, ways, y, height }
    y += height + 8
    return placed
  })
  const shown = new Set([...roles.map(({ id }) => id), ...(hasPool ? pools.map(({ id }) => id) : [])])
  const others = artifact.resources.filter(
    ({ id, type }) => !shown.has(id) && !hidden.includes(type) && !targets.some(({ text }) => mentions(text, id)),
  )

  let roleY = hasPool ? top + 34 : top
  const placedRoles = [...inPool, ...roles.filter(({ who }) => who === 'other')].map((role, index) => {
    if (hasPool && index === inPool.length) roleY += 20
    const lines = wrap(role.id, middle.width - 2 * pad - 20, true)
    const placed = { ...role, y: roleY, height: pad + (lines.length + 1) * lineHeight + pad - 2, lines }
    roleY += placed.height + 14
    return placed
  })
  const poolEnd = hasPool
    ? (placedRoles[inPool.length - 1]?.y ?? top) + (placedRoles[inPool.length - 1]?.height ?? 0) + 12
    : 0

  let whoY = 0
  const placedPeople = people.map(who => {
    const lines = wrap(whoNames[who], left.width - 2 * pad, true)
    const height = pad + lines.length * lineHeight + pad - 2
    const own = placedRoles.filter(role => role.who === who)
    const at = (own[0]?.y ?? top) + (own[0]?.height ?? 0) / 2 - height / 2
    whoY = Math.max(whoY, at)
    const placed = { who, lines, y: whoY, height, roles: own }
    whoY += height + 10
    return placed
  })

  const below = Math.max(roleY, poolEnd + 8, whoY)
  const rest = besidesDrawing(others, below + 14)
  const drawn = boxes.map(box => targetDrawing(box, placedRoles))
  const reached = drawn.flatMap(it => it.reached)
  const isChosen = targets.some(({ when }) => when.length > 0)
  const drawing = [
    label(left.x, 'Who'),
    label(middle.x, 'by which role'),
    label(right.x, isChosen ? 'reaches what (dashed: only if you ask for it)' : 'reaches what'),
    ...(hasPool ? [poolDrawing(pools, top, poolEnd)] : []),
    ...placedPeople.map(personDrawing),
    ...placedRoles.map((role, index) => trunkDrawing(role, index, placedRoles, reached)),
    ...placedRoles.map(role => roleDrawing(role, hasPool && role.who !== 'other')),
    ...drawn.map(it => it.drawing),
    rest.drawing,
  ]
  return {
    drawing: drawing.filter(it => it !== '').join('\n'),
    height: Math.max(y + 6, rest.height, below + 6),
    words: accessWords(targets, roles, rest.words),
  }
}

/** What is on the picture without a box of its own: lines, or what belongs to a box. */
const hidden: readonly string[] = [
  ...['AWS::Cognito::IdentityPoolRoleAttachment', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'],
  ...['AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'],
]

function mentions(text: string, id: string): boolean {
  return text.includes(`{${id}}`) || text.includes(`{${id}.`)
}

/** By what is reached, and on the same conditions. */
function targetsOf(grants: readonly Grant[]): readonly Target[] {
  const byTarget = new Map<string, Way[]>()
  for (const grant of grants) {
    const { target, may } = splitGrant(grant)
    const ways = byTarget.get(target) ?? []
    byTarget.set(target, ways)
    const { who, role, effect, when } = grant
    const isDenied = effect === 'deny'
    const same = ways.findIndex(
      it =>
        it.who === who &&
        it.role === role &&
        it.isDenied === isDenied &&
        JSON.stringify(it.when) === JSON.stringify(when),
    )
    const way = ways[same]
    if (way === undefined) ways.push({ who, role, isDenied, may: [may], when })
    else ways[same] = { ...way, may: [...way.may, may] }
  }
  return merged([...byTarget].flatMap(([text, ways]) => boxesOf(text, ways)))
}

function boxesOf(text: string, ways: readonly Way[]): readonly Target[] {
  const common = (ways[0]?.when ?? []).filter(one => ways.every(({ when }) => when.some(it => isSame(it, one))))
  // a box is to fade with all that is in it
  if (common.length === 0 && ways.every(({ when }) => when.length > 0)) {
    return ways.map(way => ({ text, when: way.when, ways: [{ ...way, when: [] }] }))
  }
  const within = (when: When): When => when.filter(one => !common.some(it => isSame(it, one)))
  return [{ text, when: common, ways: ways.map(way => ({ ...way, when: within(way.when) })) }]
}

/** Two that differ by one condition in how they name whose it is are one: `private/<identity ID or principal tag x>/`. */
function merged(targets: readonly Target[]): readonly Target[] {
  const found: Target[] = []
  for (const target of targets) {
    const index = found.findIndex(it => choiceBetween(it, target) !== undefined)
    const earlier = found[index]
    const choice = earlier === undefined ? undefined : choiceBetween(earlier, target)
    if (earlier === undefined || choice === undefined) found.push(target)
    else
      found[index] = {
        ...target,
        text: either(earlier.text, target.text),
        when: target.when.filter(it => it !== choice),
      }
  }
  return found
}

/** The condition that holds for the one where it does not for the other, if that and a name is all. */
function choiceBetween(one: Target, other: Target): When[number] | undefined {
  const [choice, ...others] = other.when.filter(it => !one.when.some(its => isSame(its, it)))
  const isOpposite = choice !== undefined && one.when.some(it => it.condition === choice.condition)
  const isAlike =
    one.when.length === other.when.length &&
    nameless(one.text) === nameless(other.text) &&
    JSON.stringify(one.ways) === JSON.stringify(other.ways)
  return isOpposite && isAlike && others.length === 0 ? choice : undefined
}

const nameOf = /<([^<>]*)>/g

function nameless(text: string): string {
  return text.replace(nameOf, '<>')
}

function either(one: string, other: string): string {
  const names = [...other.matchAll(nameOf)].map(([, its = '']) => its)
  return one.replace(nameOf, (all, its: string) => {
    const second = names.shift() ?? its
    return second === its ? all : `<${second} or ${its}>`
  })
}

function isSame(one: When[number], other: When[number]): boolean {
  return one.condition === other.condition && one.is === other.is
}

/** A listing of a folder belongs to the folder, not to the bucket; limits go with what may be done. */
function splitGrant({ may, on }: Grant): { readonly target: string; readonly may: string } {
  const [place = '', ...limits] = on.split(/, (?=only )/)
  const folder = limits.length === 1 ? /^only under (\S.*\/)$/.exec(limits[0] ?? '')?.[1] : undefined
  const bucket = /^of (the bucket .+)$/.exec(place)?.[1]
  if (folder !== undefined && bucket !== undefined && !/ or /.test(folder))
    return { target: `${folder} of ${bucket}`, may }
  const managed = /^do whatever (the managed policy .+) allows$/.exec(may)?.[1]
  if (managed !== undefined) return { target: `whatever ${managed} names`, may: 'do what it allows' }
  const target = place.replace(/^(?:in|of|on|with|at) /, '')
  return { target, may: [may, ...limits].join(', ') }
}

function rolesOf({ grants, resources }: Artifact): readonly Role[] {
  const roles = new Map<string, Role>()
  for (const { who, role } of grants) {
    const { condition, type } = resources.find(({ id }) => id === role) ?? {}
    // a parameter or a name of something that another stack has made
    const kind = type === undefined ? 'not of this template' : type.split('::').slice(1).join(' ')
    const when = condition === undefined ? [] : [{ condition, is: true }]
    roles.set(`${who} ${role}`, { id: role, kind, who, when })
  }
  return [...roles.values()]
}

function sentence({ who, isDenied, may }: Way): string {
  return `${whoNames[who]} ${isDenied ? 'may not' : 'may'} ${may.join('; ').replaceAll('; and ', '; ')}`
}

function accessWords(targets: readonly Target[], roles: readonly Role[], rest: string): string {
  const given = roles.map(({ id, who, when }) => `${whoNames[who]} get the role ${id}${ifWords(when)}.`)
  const reached = targets.flatMap(({ text, when, ways }) =>
    ways.map(way => `${sentence(way)}: ${text}${ifWords([...when, ...way.when])}.`),
  )
  return [...given, ...reached, ...(rest === '' ? [] : [rest])].join(' ')
}

function ifWords(when: When): string {
  return when.length === 0
    ? ''
    : ` (if ${when.map(({ condition, is }) => `${is ? '' : 'not '}${condition}`).join(', ')})`
}

function poolDrawing(pools: readonly ManifestResource[], y: number, end: number): string {
  const [pool] = pools
  const name = fitted(`${pool?.id ?? ''} (identity pool)`, middle.width - 2 * pad, true)
  return group(
    pool?.condition === undefined ? [] : [{ condition: pool.condition, is: true }],
    '',
    `<rect class="pf-pool" x="${middle.x}" y="${y}" width="${middle.width}" height="${end - y}" rx="9"/>${text(middle.x + pad, y + 21, [name], 'pf-b')}`,
  )
}

function personDrawing({
  who,
  lines,
  y,
  height,
  roles,
}: Placed<{ readonly who: Who; readonly roles: readonly Placed<Role>[] }>): string {
  const from = left.x + left.width
  const ways = roles.map(role => {
    const to = role.who === 'other' ? middle.x : middle.x + pad
    const turn = from + 8 + 6 * Object.keys(whoNames).indexOf(who)
    return `${way(`M${from} ${y + height / 2}H${turn}V${role.y + role.height / 2}H${to}`, role.when)}${tip(to, role.y + role.height / 2)}`
  })
  return `<g class="${whoClasses[who]}"><rect class="pf-box pf-own" x="${left.x}" y="${y}" width="${left.width}" height="${height}" rx="7"/>${text(left.x + pad, y + pad + size - 1, lines, 'pf-b pf-may')}${ways.join('')}</g>`
}

function roleDrawing({ kind, who, when, y, height, lines }: Placed<Role>, isInPool: boolean): string {
  const x = isInPool ? middle.x + pad : middle.x
  const boxWidth = isInPool ? middle.width - 2 * pad : middle.width
  const box = `<rect class="pf-box pf-own" x="${x}" y="${y}" width="${boxWidth}" height="${height}" rx="7"/>`
  const name = text(x + pad, y + pad + size - 1, lines, 'pf-b')
  // one line, whatever it is called
  const said = fitted(kind, boxWidth - 2 * pad, false)
  const below = text(x + pad, y + pad + size - 1 + lines.length * lineHeight, [said], 'pf-soft')
  return group(when, whoClasses[who], box + name + below)
}

type TargetBox = {
  readonly target: Target
  readonly lines: readonly string[]
  readonly ways: readonly { readonly way: Way; readonly lines: readonly string[] }[]
  readonly y: number
  readonly height: number
}

/** Where the line that leads from a role to all that it reaches goes down. */
function trunkOf(index: number, count: number): number {
  const room = right.x - middle.x - middle.width - 18
  return Math.round(middle.x + middle.width + 6 + (room * (index + 0.5)) / count)
}

/** From a role to the first and the last that it reaches. */
function trunkDrawing(
  role: Placed<Role>,
  index: number,
  roles: readonly Placed<Role>[],
  reached: readonly Reached[],
): string {
  const ends = reached.filter(it => it.index === index).map(({ at }) => at)
  if (ends.length === 0) return ''
  const from = role.who === 'other' ? middle.x + middle.width : middle.x + middle.width - pad
  const y = role.y + role.height / 2
  const x = trunkOf(index, roles.length)
  const path = `M${from} ${y}H${x}M${x} ${Math.min(y, ...ends)}V${Math.max(y, ...ends)}`
  return group(role.when, whoClasses[role.who], way(path, []))
}

/** What a role reaches, by its place in the picture. */
type Reached = { readonly index: number; readonly at: number }

function targetDrawing({ target, lines, ways, y, height }: TargetBox, roles: readonly Placed<Role>[]) {
  const reached: Reached[] = []
  let baseline = y + pad + size - 1
  const head = text(right.x + pad, baseline, lines, 'pf-b')
  baseline += lines.length * lineHeight
  const rows = ways.map(({ way: one, lines: said }) => {
    const row = text(right.x + pad, baseline, said, one.isDenied ? 'pf-deny' : 'pf-may')
    const at = baseline - 4
    baseline += said.length * lineHeight
    const index = roles.findIndex(role => role.id === one.role && role.who === one.who)
    const role = roles[index]
    if (role === undefined) return row
    reached.push({ index, at })
    const line = way(`M${trunkOf(index, roles.length)} ${at}H${right.x}`, [])
    return group(one.when, whoClasses[one.who], row + line + tip(right.x, at))
  })
  const box = `<rect class="pf-box" x="${right.x}" y="${y}" width="${right.width}" height="${height}" rx="7"/>`
  return { drawing: group(target.when, '', box + head + rows.join('')), reached }
}

/** A template whose own policies grant nothing: what one gives, and what is made of it. */
function partsDrawing({ name, parameters, resources }: Artifact): Drawn {
  const top = 40
  const most = 12
  const inner = left.width + 34 - 2 * pad
  const given = parameters.slice(0, most).map(({ name: id, label: said }) => (typeof said === 'string' ? said : id))
  const more = parameters.length > most ? [`and ${parameters.length - most} more`] : []
  const asked = [...given, ...more].flatMap(it => wrap(`• ${it}`, inner, false))
  const settings = asked.length === 0 ? ['No settings'] : asked
  const boxHeight = 2 * pad - 2 + settings.length * lineHeight
  const stack = wrap(name, middle.width - 60 - 2 * pad, true)
  const stackHeight = 2 * pad - 2 + (stack.length + 1) * lineHeight
  const x = left.x
  const boxWidth = left.width + 34
  const stackX = x + boxWidth + 40
  const stackWidth = middle.width - 60
  const made = columnOf(groupsOf(resources), stackX + stackWidth + 40, width - (stackX + stackWidth + 40) - 14, top)
  const bottom = Math.max(top + boxHeight, made.bottom, top + stackHeight)
  const stackY = Math.round((top + Math.min(bottom, top + boxHeight) - stackHeight) / 2)
  const at = Math.max(top, stackY)
  const mid = at + stackHeight / 2
  const trunk = stackX + stackWidth + 20
  const drawing = [
    label(x, 'From your settings'),
    label(stackX, 'one stack'),
    label(stackX + stackWidth + 40, 'makes'),
    `<rect class="pf-box" x="${x}" y="${top}" width="${boxWidth}" height="${boxHeight}" rx="7"/>${text(x + pad, top + pad + size - 1, settings, '')}`,
    `<g class="pf-in">${way(`M${x + boxWidth} ${mid}H${stackX}`, [])}${tip(stackX, mid)}<rect class="pf-box pf-own" x="${stackX}" y="${at}" width="${stackWidth}" height="${stackHeight}" rx="7"/>${text(stackX + pad, at + pad + size - 1, stack, 'pf-b')}${text(stackX + pad, at + pad + size - 1 + stack.length * lineHeight, ['stack'], 'pf-soft')}</g>`,
    ...made.boxes.map(({ drawing: box, y, when }) =>
      group(
        when,
        'pf-in',
        `${box}${way(`M${stackX + stackWidth} ${mid}H${trunk}V${y}H${stackX + stackWidth + 40}`, [])}${tip(stackX + stackWidth + 40, y)}`,
      ),
    ),
  ]
  const words = `From ${parameters.length} settings one stack makes: ${made.words}.`
  return { drawing: drawing.join('\n'), height: bottom + 14, words }
}

type Group = { readonly service: string; readonly when: When; readonly members: readonly ManifestResource[] }

/** Resources by service, and on the same condition. */
function groupsOf(resources: readonly ManifestResource[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const resource of resources) {
    const { type, condition } = resource
    const service = type === 'AWS::CloudFormation::Stack' ? 'Nested stack' : serviceOf(type)
    const key = `${service} ${condition ?? ''}`
    const when = condition === undefined ? [] : [{ condition, is: true }]
    groups.set(key, { service, when, members: [...(groups.get(key)?.members ?? []), resource] })
  }
  return [...groups.values()]
}

function serviceOf(type: string): string {
  const [vendor = '', service = ''] = type.split('::')
  const names: Readonly<Record<string, string>> = {
    ApiGateway: 'Amazon API Gateway',
    Cognito: 'Amazon Cognito',
    DynamoDB: 'Amazon DynamoDB',
    IAM: 'AWS IAM',
    KMS: 'AWS KMS',
    Lambda: 'AWS Lambda',
    S3: 'Amazon S3',
  }
  if (vendor !== 'AWS') return type
  return Object.hasOwn(names, service) ? (names[service] ?? service) : service
}

/** `UserPool, UserPoolClient`: an ID, with its kind where that does not say it. */
function memberNames({ members }: Group): string {
  return members
    .map(({ id, type }) => {
      const kind = type.split('::').at(-1) ?? ''
      return id.toLowerCase().includes(kind.toLowerCase()) || type === 'AWS::CloudFormation::Stack'
        ? id
        : `${id} (${kind})`
    })
    .join(', ')
}

function columnOf(groups: readonly Group[], x: number, boxWidth: number, top: number) {
  let y = top
  const boxes = groups.map(made => {
    const head = wrap(made.service, boxWidth - 2 * pad, true)
    const body = wrap(memberNames(made), boxWidth - 2 * pad, false)
    const height = 2 * pad - 2 + (head.length + body.length) * lineHeight
    const box = `<rect class="pf-box" x="${x}" y="${y}" width="${boxWidth}" height="${height}" rx="7"/>${text(x + pad, y + pad + size - 1, head, 'pf-b')}${text(x + pad, y + pad + size - 1 + head.length * lineHeight, body, '')}`
    const placed = { drawing: box, y: y + height / 2, when: made.when }
    y += height + 8
    return placed
  })
  const words = groups.map(made => `${made.service}: ${memberNames(made)}${ifWords(made.when)}`).join('; ')
  return { boxes, bottom: y - 8, words }
}

/** What else is made, below those who reach what. */
function besidesDrawing(resources: readonly ManifestResource[], y: number): Drawn {
  if (resources.length === 0) return { drawing: '', height: 0, words: '' }
  const { boxes, bottom, words } = columnOf(groupsOf(resources), left.x, middle.x + middle.width - left.x, y + 20)
  const drawn = boxes.map(({ drawing, when }) => group(when, '', drawing))
  return {
    drawing: [label(left.x, 'Made besides', y + 10), ...drawn].join('\n'),
    height: bottom + 14,
    words: `Made besides: ${words}.`,
  }
}

function label(x: number, words: string, y = 26): string {
  return text(x, y, [words], 'pf-soft')
}

function group(when: When, className: string, drawing: string): string {
  const names = when.map(({ condition, is }) => `${is ? '' : '!'}${condition}`).join(' ')
  const attributes = [
    ...(className === '' ? [] : [` class="${className}"`]),
    ...(names === '' ? [] : [` data-when="${escaped(names)}"`]),
  ]
  return attributes.length === 0 ? drawing : `<g${attributes.join('')}>${drawing}</g>`
}

function way(path: string, when: When): string {
  const line = `<path class="pf-way" d="${path}"/>`
  return when.length === 0 ? line : group(when, '', line)
}

/** The point of an arrow that ends here. */
function tip(x: number, y: number): string {
  return `<path class="pf-tip" d="M${x} ${y}l-7-4v8z"/>`
}

function text(x: number, y: number, lines: readonly string[], className: string): string {
  const attribute = className === '' ? '' : ` class="${className}"`
  const [only = '', ...others] = lines
  if (others.length === 0) return `<text${attribute} x="${x}" y="${y}">${escaped(only)}</text>`
  const spans = lines.map(
    (line, index) => `<tspan x="${x}"${index === 0 ? '' : ` dy="${lineHeight}"`}>${escaped(line)}</tspan>`,
  )
  return `<text${attribute} y="${y}">${spans.join('')}</text>`
}

/** For XML, which has no way to write some characters. */
function escaped(words: string): string {
  return escapeHtml(words.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'))
}

/** In lines that are no wider; a word that is, is broken. */
function wrap(words: string, room: number, isBold: boolean): readonly string[] {
  const lines: string[] = []
  const blank = measure(' ', isBold)
  let line = ''
  let filled = 0
  const put = (piece: string, its: number): void => {
    if (line !== '' && filled + blank + its > room) {
      lines.push(line)
      line = ''
    }
    filled = line === '' ? its : filled + blank + its
    line = line === '' ? piece : `${line} ${piece}`
  }
  for (const word of words.split(/\s+/).filter(it => it !== '')) {
    const its = measure(word, isBold)
    if (its <= room) put(word, its)
    else for (const piece of pieces(word, room, isBold)) put(piece, measure(piece, isBold))
  }
  return [...lines, line]
}

/** A word in pieces that are no wider: after what it is joined by, where it can be. */
function pieces(word: string, room: number, isBold: boolean): readonly string[] {
  const found: string[] = []
  let rest = Array.from(word)
  while (rest.length > 0) {
    let count = 1
    let filled = measure(rest[0] ?? '', isBold)
    for (const next of rest.slice(1)) {
      filled += measure(next, isBold)
      if (filled > room) break
      count++
    }
    if (count < rest.length) {
      const joint = rest.slice(0, count).findLastIndex((it, index) => index > count / 2 && /[/:.,_-]/.test(it))
      if (joint > 0) count = joint + 1
    }
    found.push(rest.slice(0, count).join(''))
    rest = rest.slice(count)
  }
  return found
}

/** In one line, cut where it is too long. */
function fitted(words: string, room: number, isBold: boolean): string {
  if (measure(words, isBold) <= room) return words
  let line = Array.from(words)
  while (line.length > 1 && measure(`${line.join('')}…`, isBold) > room) line = line.slice(0, -1)
  return `${line.join('')}…`
}

/** Widths of the characters from blank to tilde in Helvetica and its bold, in thousandths of the size: of Adobe's font metrics. */
const regular = [
  ...[
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  ],
  ...[556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556],
  ...[
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
  ],
  ...[
    556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
  ],
  ...[334, 260, 334, 584],
]
const bold = [
  ...[
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  ],
  ...[556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611],
  ...[
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556,
  ],
  ...[
    611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500,
  ],
  ...[389, 280, 389, 584],
]

/** In pixels, with a little to spare: a browser may have another font. */
function measure(words: string, isBold: boolean): number {
  const widths = isBold ? bold : regular
  let thousandths = 0
  for (const character of words) {
    const code = character.codePointAt(0) ?? 0
    thousandths += widths[code - 32] ?? (code < 0x500 ? 760 : code < 0x2030 ? 1000 : 1500)
  }
  return (thousandths * size * 1.04) / 1000
}
