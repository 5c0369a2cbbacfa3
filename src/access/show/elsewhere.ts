import { type Document, isObject, type Json, type JsonObject } from '../../document.ts'
import { identityHost } from '../identity-host.ts'
import { type Place, places, unknownPlaces } from '../scenarios.ts'

/** What a table says in one deployment: `{roles: {<who>: text}, access: {<place>: {<action>: text}}}`. */
export type Told = {
  readonly name: string
  /** Would CloudFormation refuse the template there? */
  readonly isRefused: boolean
  readonly said: JsonObject
  /** The same without the option. */
  readonly before?: JsonObject
}

/**
 * What is decided in other regions, by region: `as in REGION`, `refused`, `all denied`, `not known`, or what is said
 * there and not here, for each deployment that differs. A branch that is taken in one partition alone changes nothing
 * here.
 */
export function elsewhereOf(document: Document, here: Place, tell: (there: Place) => readonly Told[]): JsonObject {
  const usual = tell(here)
  const first = new Map<string, string>([[JSON.stringify({ deployments: [] }), here.region]])
  const others = [...places, another, ...unknownPlaces, ...placesNamed(document)]
  const found = new Map<string, Json>()
  for (const there of others) {
    if (there.region === here.region || found.has(there.region)) continue
    const answer = answerIn(there, usual, tell(there))
    const key = JSON.stringify(answer)
    const region = first.get(key)
    if (region === undefined && typeof answer !== 'string') first.set(key, there.region)
    found.set(there.region, region === undefined ? answer : `as in ${region}`)
  }
  return Object.fromEntries(found)
}

/** A region of which nothing is special. */
const another: Place = { region: 'eu-central-1', partition: 'aws', urlSuffix: 'amazonaws.com' }

function answerIn(there: Place, usual: readonly Told[], told: readonly Told[]): Json {
  const isTaken = (name: string) => usual.some(one => one.name === name && !one.isRefused)
  const refused = told.filter(({ name, isRefused }) => isRefused && isTaken(name)).map(({ name }) => name)
  if (told.length > 0 && refused.length === told.length) return 'refused'
  if (identityHost(there) === undefined) return 'not known'
  const names = [...new Set([...usual, ...told].map(({ name }) => name))]
  const deployments = names.flatMap((name): readonly JsonObject[] => {
    const [one, other] = [usual, told].map(all => all.find(it => it.name === name))
    if (other === undefined || refused.includes(name)) return [{ name, changes: 'refused' }]
    const known = differences(one?.before, other.before)
    const changes = [...differences(one?.said, other.said)].filter(([key, text]) => known.get(key) !== text)
    if (changes.length === 0) return []
    return [{ name, changes: isAllDenied(other.said) ? allDenied : unflat(changes) }]
  })
  const isSo = deployments.length > 0 && refused.length === 0 && told.every(({ said }) => isAllDenied(said))
  return isSo ? allDenied : { deployments }
}

/** As it is where a template names a host that signs no tokens there. */
const allDenied = 'all denied'

function isAllDenied(said: JsonObject): boolean {
  return [...flat(said).values()].every(text => !/(?:: |^user | guest )(?:allow|ALLOW!|unknown)/.test(text))
}

/** Regions that the template tells from others by name, as far as their partition is known. */
function placesNamed({ Conditions = {}, Rules = {}, Mappings = {} }: Document): readonly Place[] {
  const words = JSON.stringify([Conditions, Rules, Mappings]).match(/"[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}"/g) ?? []
  return [...new Set(words)].sort().flatMap((word): readonly Place[] => {
    const region = word.slice(1, -1)
    const prefix = /^(?:us-gov|us-iso\w*|eu-iso\w*|cn|eusc)-/.exec(region)?.[0]
    if (prefix === undefined) return [{ ...another, region }]
    const alike = [...places, ...unknownPlaces].find(place => place.region.startsWith(prefix))
    return alike === undefined ? [] : [{ ...alike, region }]
  })
}

/**
 * Names of one place for those of the other, both ways: what names the other one, though it is in this one, does not
 * come to look as if it belonged there.
 */
export function exchange(one: Place, other: Place): (text: string) => string {
  const [host, otherHost] = [one, other].map(identityHost)
  const hosts = host === undefined || otherHost === undefined ? [] : [[host, otherHost] as const]
  const alike = [
    ...hosts,
    [one.region, other.region] as const,
    [`arn:${one.partition}:`, `arn:${other.partition}:`] as const,
    [one.urlSuffix, other.urlSuffix] as const,
  ]
  const pairs = alike.flatMap(([ours, theirs]) =>
    ours === theirs ? [] : [[ours, theirs] as const, [theirs, ours] as const],
  )
  if (pairs.length === 0) return text => text
  const known = new Map(pairs)
  // a host holds a region and a suffix
  const longest = [...known.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  const pattern = new RegExp(longest.map(it => it.replaceAll('.', '\\.')).join('|'), 'g')
  return text => text.replace(pattern, name => known.get(name) ?? name)
}

/** What the second says and the first does not; whom neither names can do nothing. */
function differences(one: JsonObject = {}, other: JsonObject = {}): ReadonlyMap<string, string> {
  const [before, after] = [flat(one), flat(other)]
  const keys = new Set([...before.keys(), ...after.keys()])
  const changed = [...keys].flatMap(key => {
    const nobody = key.startsWith('["roles"') ? 'deny' : 'user deny | guest deny'
    const text = after.get(key) ?? nobody
    return text === (before.get(key) ?? nobody) ? [] : [[key, text] as const]
  })
  return new Map(changed)
}

function flat(json: JsonObject, path: readonly string[] = []): ReadonlyMap<string, string> {
  const lines = Object.entries(json).flatMap(([key, value]): readonly (readonly [string, string])[] => {
    if (isObject(value)) return [...flat(value, [...path, key])]
    return typeof value === 'string' ? [[JSON.stringify([...path, key]), value]] : []
  })
  return new Map(lines)
}

function unflat(lines: readonly (readonly [key: string, text: string])[]): JsonObject {
  const groups = new Map<string, (readonly [string, string])[]>()
  const roles: Record<string, string> = {}
  for (const [key, text] of lines) {
    const path: readonly string[] = JSON.parse(key)
    const [, place = '', action] = path
    if (action === undefined) roles[place] = text
    else groups.set(place, [...(groups.get(place) ?? []), [action, text]])
  }
  return {
    ...(Object.keys(roles).length === 0 ? {} : { roles }),
    access: Object.fromEntries([...groups].map(([place, actions]) => [place, Object.fromEntries(actions)])),
  }
}
