import { isList, isObject, type Json } from '../document.ts'
import type { Manifest } from '../manifest.ts'
import type { PictureElement } from './picture-data.ts'

/** What the page knows. */
export type PageData = {
  readonly manifest: Manifest
  /** Of each template, as they are in the manifest. */
  readonly pictures: readonly PictureElement[]
}

/**
 * JSON that writes nothing twice that is longer than its number. A number stands for one of `values`; a list begins with
 * 0; an object is a list that begins with the number of its keys, from 1 on, and goes on with what is under them; any
 * other number, and what else is no text, stands as `{'': it}`.
 */
export type Packed = {
  readonly keys: readonly (readonly string[])[]
  readonly values: readonly Json[]
  readonly is: Json
}

/** Of a manifest, what the page's script reads: not the notes, the outputs, nor what tells statements apart. */
export function pageManifest(manifest: Manifest): Manifest {
  const artifacts = manifest.artifacts.map(artifact => ({
    ...artifact,
    outputs: [],
    grants: artifact.grants.map(({ sid: _, ...grant }) => grant),
  }))
  const { notes: _, ...project } = manifest.project
  return { ...manifest, project, artifacts }
}

export function packed(json: Json): Packed {
  const counts = new Map<string, number>()
  const count = (value: Json): void => {
    const text = JSON.stringify(value)
    counts.set(text, (counts.get(text) ?? 0) + 1)
    // what is in it is counted once: it is written once
    if (counts.get(text) === 1) for (const part of partsOf(value)) count(part)
  }
  count(json)
  const keys = new Map<string, number>()
  const places = new Map<string, number>()
  const values: Json[] = []
  const written = (value: Json): Json => {
    if (typeof value === 'string') return value
    if (isList(value)) return [0, ...value.map(pack)]
    if (!isObject(value)) return { '': value }
    const shape = JSON.stringify(Object.keys(value))
    const known = keys.get(shape) ?? keys.size + 1
    keys.set(shape, known)
    return [known, ...Object.values(value).map(pack)]
  }
  const pack = (value: Json): Json => {
    const text = JSON.stringify(value)
    const place = places.get(text)
    if (place !== undefined) return place
    const own = written(value)
    if ((counts.get(text) ?? 0) < 2 || JSON.stringify(own).length <= 4) return own
    places.set(text, values.length)
    values.push(own)
    return values.length - 1
  }
  const is = pack(json)
  return shortened({ keys: [...keys.keys()].map(shape => JSON.parse(shape)), values, is })
}

/** With the shortest numbers for what is written most often. */
function shortened({ keys, values, is }: Packed): Packed {
  const shapes = keys.map(() => 0)
  const places = values.map(() => 0)
  const count = (value: Json): void => {
    if (typeof value === 'number') places[value] = (places[value] ?? 0) + 1
    if (!isList(value)) return
    const [shape, ...parts] = value
    const at = Number(shape) - 1
    if (at >= 0) shapes[at] = (shapes[at] ?? 0) + 1
    for (const part of parts) count(part)
  }
  for (const value of [...values, is]) count(value)
  const [shapeOrder, order] = [byUse(shapes), byUse(places)] as const
  const [shapeNumbers, numbers] = [numbersOf(shapeOrder), numbersOf(order)] as const
  const renumbered = (value: Json): Json => {
    if (typeof value === 'number') return numbers.get(value) ?? value
    if (!isList(value)) return value
    const [shape, ...parts] = value
    return [(shapeNumbers.get(Number(shape) - 1) ?? -1) + 1, ...parts.map(renumbered)]
  }
  return {
    keys: shapeOrder.map(at => keys[at] ?? []),
    values: order.map(at => renumbered(values[at] ?? null)),
    is: renumbered(is),
  }
}

function byUse(uses: readonly number[]): readonly number[] {
  return [...uses.keys()].sort((a, b) => (uses[b] ?? 0) - (uses[a] ?? 0))
}

function numbersOf(order: readonly number[]): ReadonlyMap<number, number> {
  return new Map(order.map((number, at) => [number, at]))
}

/** The text of what was packed. */
export function unpacked({ keys, values, is }: Packed): string {
  const unpack = (value: Json | undefined): string => {
    if (typeof value === 'number') return unpack(values[value])
    if (!isList(value)) return JSON.stringify(isObject(value) ? value[''] : value)
    const [shape, ...parts] = value
    const names = keys[Number(shape) - 1]
    const texts = parts.map((part, at) => (names === undefined ? '' : `${JSON.stringify(names[at])}:`) + unpack(part))
    return names === undefined ? `[${texts.join()}]` : `{${texts.join()}}`
  }
  return unpack(is)
}

function partsOf(value: Json): readonly Json[] {
  return isList(value) ? value : isObject(value) ? Object.values(value) : []
}
