import type { Artifact, Grant } from '../../manifest.ts'
import { ifWords, type When } from './shapes.ts'

export type Who = Grant['who']

/** As a sentence about them begins. */
function nameOf({ who, principal = '' }: Grant): string {
  switch (who) {
    case 'signed-in':
      return 'Signed-in users'
    case 'guest':
      return 'Guests'
    case 'other':
      return principal === '' ? 'Services and others' : begun(principal)
    case 'everybody':
      return 'Everybody'
    case 'organization':
      return `The organization ${principal}`
    case 'service':
    case 'account':
      return begun(principal)
  }
}

/** A name of a service stays as it is. */
function begun(words: string): string {
  return /^[a-z]+ /.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words
}

/** What is reached, and what may be done there by whom. */
export type Target = { readonly text: string; readonly when: When; readonly ways: readonly Way[] }

export type Way = {
  readonly who: Who
  readonly name: string
  readonly by: string
  readonly isDenied: boolean
  readonly may: readonly string[]
  readonly when: When
}

/** A role, and to whom it is given; or a policy that stands on the thing itself, and whom it names. */
export type Source = {
  readonly id: string
  readonly kind: string
  readonly isPolicy: boolean
  readonly who: Who
  readonly name: string
  readonly when: When
}

/** By what is reached, and on the same conditions. */
export function targetsOf(grants: readonly Grant[]): readonly Target[] {
  const byTarget = new Map<string, Way[]>()
  for (const grant of grants) {
    const { target, may } = splitGrant(grant)
    const ways = byTarget.get(target) ?? []
    byTarget.set(target, ways)
    const { who, by, effect, when } = grant
    const name = nameOf(grant)
    const isDenied = effect === 'deny'
    const same = ways.findIndex(
      it =>
        it.name === name &&
        it.by === by &&
        it.isDenied === isDenied &&
        JSON.stringify(it.when) === JSON.stringify(when),
    )
    const way = ways[same]
    if (way === undefined) ways.push({ who, name, by, isDenied, may: [may], when })
    else ways[same] = { ...way, may: [...way.may, may] }
  }
  return merged([...byTarget].flatMap(([text, ways]) => boxesOf(text, ways)))
}

function boxesOf(text: string, ways: readonly Way[]): readonly Target[] {
  const common = commonOf(ways.map(({ when }) => when))
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

const named = /<([^<>]*)>/g

function nameless(text: string): string {
  return text.replace(named, '<>')
}

function either(one: string, other: string): string {
  const names = [...other.matchAll(named)].map(([, its = '']) => its)
  return one.replace(named, (all, its: string) => {
    const second = names.shift() ?? its
    return second === its ? all : `<${second} or ${its}>`
  })
}

function isSame(one: When[number], other: When[number]): boolean {
  return one.condition === other.condition && one.is === other.is
}

/** Where a place ends, and what narrows what may be done there begins. */
const beforeLimit = /, (?=(?:only|without|where|outside|all but|but not|with TLS below) )/

/** A listing of a folder belongs to the folder, not to the bucket; limits go with what may be done. */
function splitGrant({ may, on }: Grant): { readonly target: string; readonly may: string } {
  const [place = '', ...limits] = on.split(beforeLimit)
  const folder = limits.length === 1 ? /^only under (\S.*\/)$/.exec(limits[0] ?? '')?.[1] : undefined
  const bucket = /^of (the bucket .+)$/.exec(place)?.[1]
  if (folder !== undefined && bucket !== undefined && !/ or /.test(folder))
    return { target: `${folder} of ${bucket}`, may }
  const elsewhere = /^do whatever (the (managed polic(?:y|ies)|role|group) .+) allows?$/.exec(may)
  if (elsewhere !== null) {
    const [, whose, kind] = elsewhere
    const [names, allows] = kind === 'managed policies' ? ['name', 'they allow'] : ['names', 'it allows']
    return { target: `whatever ${whose} ${names}`, may: `do what ${allows}` }
  }
  const target = place.replace(/^(?:in|of|on|with|at) /, '').replace(/^(the bucket .*) and in it$/, '$1')
  return { target, may: [may, ...limits].join(', ') }
}

export function sourcesOf({ grants, resources }: Artifact): readonly Source[] {
  const sources = new Map<string, Source>()
  for (const grant of grants) {
    const { who, principal, by, when } = grant
    const name = nameOf(grant)
    const { condition, type } = resources.find(({ id }) => id === by) ?? {}
    // a parameter or a name of something that another stack has made
    const kind = type === undefined ? 'not of this template' : type.split('::').slice(1).join(' ')
    const exists = condition === undefined ? [] : [{ condition, is: true }]
    const isPolicy = principal !== undefined || who === 'everybody'
    const earlier = sources.get(`${name} ${by}`)?.when
    // a role is there whatever it allows; a policy names somebody, and gives another's role, only where a statement does
    const own = isPolicy || type === undefined ? (earlier === undefined ? when : commonOf([earlier, when])) : exists
    sources.set(`${name} ${by}`, { id: by, kind, isPolicy, who, name, when: own })
  }
  return [...sources.values()]
}

/** What all have in common. */
export function commonOf([first = [], ...others]: readonly When[]): When {
  return first.filter(one => others.every(when => when.some(it => isSame(it, one))))
}

export function sentence({ who, name, isDenied, may }: Way): string {
  const subject = isDenied && who === 'everybody' ? 'Nobody may' : `${name} ${isDenied ? 'may not' : 'may'}`
  return `${subject} ${may.join('; ').replaceAll('; and ', '; ')}`
}

/** Each way to each target, as a sentence. */
export function reachedWords(targets: readonly Target[]): readonly string[] {
  return targets.flatMap(({ text, when, ways }) =>
    ways.map(way => `${sentence(way)}: ${text}${ifWords([...when, ...way.when])}.`),
  )
}
