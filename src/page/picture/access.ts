import type { Artifact, ManifestResource } from '../../manifest.ts'
import { fitted, size, wrap } from '../../measure.ts'
import { besidesDrawing } from './parts.ts'
import {
  arrow,
  type Drawn,
  group,
  ifWords,
  label,
  left,
  lineHeight,
  middle,
  pad,
  right,
  text,
  tip,
  way,
} from './shapes.ts'
import {
  commonOf,
  reachedWords,
  type Source,
  sentence,
  sourcesOf,
  type Target,
  targetsOf,
  type Way,
  type Who,
} from './targets.ts'

/** Of whom a line is, by its colour. */
const whoClasses: Readonly<Record<Who, string>> = {
  ...{ 'signed-in': 'pf-in', guest: 'pf-guest', other: 'pf-other', everybody: 'pf-guest' },
  ...{ organization: 'pf-in', service: 'pf-other', account: 'pf-other' },
}

function isOfPool({ who }: { readonly who: Who }): boolean {
  return who === 'signed-in' || who === 'guest'
}

type Placed<Item> = Item & { readonly y: number; readonly height: number; readonly lines: readonly string[] }

/** Who reaches what, by which role or policy. */
export function accessDrawing(artifact: Artifact): Drawn {
  const targets = targetsOf(artifact.grants)
  const roles = sourcesOf(artifact)
  const top = 40
  const people = [...new Map(roles.map(it => [it.name, it])).values()]
  const inPool = roles.filter(isOfPool)
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
  const placedRoles = [...inPool, ...roles.filter(it => !isOfPool(it))].map((role, index) => {
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
  const placedPeople = people.map(({ who, name }) => {
    const lines = wrap(name, left.width - 2 * pad, true)
    const height = pad + lines.length * lineHeight + pad - 2
    const own = placedRoles.filter(role => role.name === name)
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
    label(middle.x, `by which ${kindsOf(roles)}`),
    label(right.x, isChosen ? 'reaches what (dashed: only if you ask for it)' : 'reaches what'),
    ...(hasPool ? [poolDrawing(pools, top, poolEnd)] : []),
    ...placedPeople.map((person, index) => personDrawing(person, index / placedPeople.length)),
    ...placedRoles.map((role, index) => trunkDrawing(role, index, placedRoles, reached)),
    ...placedRoles.map(role => roleDrawing(role, hasPool && isOfPool(role))),
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

/** What the boxes in the middle are. */
function kindsOf(sources: readonly Source[]): string {
  if (sources.every(it => it.isPolicy)) return 'policy'
  return sources.some(it => it.isPolicy) ? 'role or policy' : 'role'
}

function accessWords(targets: readonly Target[], sources: readonly Source[], rest: string): string {
  const given = sources.flatMap(({ id, isPolicy, name, when }) =>
    isPolicy ? [] : [`${name} get the role ${id}${ifWords(when)}.`],
  )
  return [...given, ...reachedWords(targets), ...(rest === '' ? [] : [rest])].join(' ')
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

function personDrawing(
  { who, lines, y, height, roles }: Placed<{ readonly who: Who; readonly roles: readonly Placed<Source>[] }>,
  share: number,
): string {
  const from = left.x + left.width
  const ways = roles.map(role => {
    const to = isOfPool(role) ? middle.x + pad : middle.x
    const turn = Math.round(from + 8 + 16 * share)
    return `${way(`M${from} ${y + height / 2}H${turn}V${role.y + role.height / 2}H${to}`, role.when)}${tip(to, role.y + role.height / 2)}`
  })
  const box = `<rect class="pf-box pf-own" x="${left.x}" y="${y}" width="${left.width}" height="${height}" rx="7"/>`
  const person = box + text(left.x + pad, y + pad + size - 1, lines, 'pf-b pf-may')
  const when = commonOf(roles.map(role => role.when))
  return `<g class="${whoClasses[who]}">${group(when, '', person)}${ways.join('')}</g>`
}

function roleDrawing({ kind, who, when, y, height, lines }: Placed<Source>, isInPool: boolean): string {
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
  role: Placed<Source>,
  index: number,
  roles: readonly Placed<Source>[],
  reached: readonly Reached[],
): string {
  const ends = reached.filter(it => it.index === index).map(({ at }) => at)
  if (ends.length === 0) return ''
  const from = isOfPool(role) ? middle.x + middle.width - pad : middle.x + middle.width
  const y = role.y + role.height / 2
  const x = trunkOf(index, roles.length)
  const path = `M${from} ${y}H${x}M${x} ${Math.min(y, ...ends)}V${Math.max(y, ...ends)}`
  return group(role.when, whoClasses[role.who], way(path, []))
}

/** What a role reaches, by its place in the picture. */
type Reached = { readonly index: number; readonly at: number }

function targetDrawing({ target, lines, ways, y, height }: TargetBox, roles: readonly Placed<Source>[]) {
  const reached: Reached[] = []
  let baseline = y + pad + size - 1
  const head = text(right.x + pad, baseline, lines, 'pf-b')
  baseline += lines.length * lineHeight
  const rows = ways.map(({ way: one, lines: said }) => {
    const row = text(right.x + pad, baseline, said, one.isDenied ? 'pf-deny' : 'pf-may')
    const at = baseline - 4
    baseline += said.length * lineHeight
    const index = roles.findIndex(role => role.id === one.by && role.name === one.name)
    const role = roles[index]
    if (role === undefined) return row
    reached.push({ index, at })
    return group(one.when, whoClasses[one.who], row + arrow(trunkOf(index, roles.length), right.x, at))
  })
  const box = `<rect class="pf-box" x="${right.x}" y="${y}" width="${right.width}" height="${height}" rx="7"/>`
  return { drawing: group(target.when, '', box + head + rows.join('')), reached }
}
