import type { Manifest } from '../manifest.ts'
import type { PictureElement } from './picture-data.ts'

/** What the page knows. */
export type PageData = {
  readonly manifest: Manifest
  /** Of each template, as they are in the manifest. */
  readonly pictures: readonly PictureElement[]
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

/**
 * Text in which what stands earlier is not written again, as LZ77 has it: a mark with one, two or three digits of how
 * far back, and one of how long. It has no `<`, and stands raw in a script element. JSON can escape the marks.
 */
export function packed(json: string): string {
  const text = json.replace(/[<`~^\ud800-\udfff]/g, it => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const { first, backs, sizes } = copiesIn(text)
  // the fewest characters from each place to the end, and the copy with which that begins
  const costs = new Uint32Array(text.length + 1)
  const [chosenBack, chosenSize] = [new Uint32Array(text.length), new Uint8Array(text.length)] as const
  for (let at = text.length - 1; at >= 0; at--) {
    let least = 1 + (costs[at + 1] ?? 0)
    let part = shortest
    // what is nearer costs no more, as far as it goes
    for (let nth = first[at] ?? 0; nth < (first[at + 1] ?? 0); nth++) {
      const back = backs[nth] ?? 0
      const own = 2 + digitsOf(back)
      for (; part <= (sizes[nth] ?? 0); part++) {
        const cost = own + (costs[at + part] ?? 0)
        if (cost >= least) continue
        least = cost
        chosenBack[at] = back
        chosenSize[at] = part
      }
    }
    costs[at] = least
  }
  let written = ''
  for (let at = 0; at < text.length; ) {
    const size = chosenSize[at] ?? 0
    written += size === 0 ? text.charAt(at) : writtenCopy(chosenBack[at] ?? 0, size)
    at += size || 1
  }
  return written
}

/** The text of what was packed, but for what JSON escapes. */
export function unpacked(packed: string): string {
  const text: string[] = []
  for (let at = 0; at < packed.length; at++) {
    let digits = marks.indexOf(packed.charAt(at)) + 1
    if (digits === 0) {
      text.push(packed.charAt(at))
      continue
    }
    let back = 0
    for (; digits > 0; digits--) back = back * base + numberOf(packed.charCodeAt(++at))
    const from = text.length - back
    const size = shortest + numberOf(packed.charCodeAt(++at))
    text.push(...text.slice(from, from + size))
  }
  return text.join('')
}

/** Of the place `at` those from `first[at]` on, before `first[at + 1]`: how far back, and how long. */
type Copies = {
  readonly first: readonly number[]
  readonly backs: readonly number[]
  readonly sizes: readonly number[]
}

const marks = '`~^'

const base = 93

const shortest = 4

const longest = shortest + base - 1

/** Looking further costs more time than it saves room. */
const mostLookedAt = 12

/** What stands earlier, the nearest first, of each place those that are longer than those before it. */
function copiesIn(text: string): Copies {
  const codes = new Uint16Array(text.length + shortest)
  for (let at = 0; at < text.length; at++) codes[at] = text.charCodeAt(at)
  // of the last place that begins like that, and of each the one before
  const last = new Map<number, number>()
  const before = new Int32Array(text.length)
  const [first, backs, sizes]: [number[], number[], number[]] = [[], [], []]
  for (let at = 0; at < text.length; at++) {
    first.push(backs.length)
    let start = 0
    for (let nth = 0; nth < shortest; nth++) start = start * base + (codes[at + nth] ?? 0)
    const nearest = last.get(start) ?? -1
    let size = shortest - 1
    let place = nearest
    for (let looked = 0; place >= 0 && looked < mostLookedAt && size < longest; looked++) {
      const back = at - place
      const most = Math.min(longest, back, text.length - at)
      // only what is longer than what is found already counts: mostly, the next character tells
      let same = 0
      if (size >= most || codes[place + size] !== codes[at + size]) {
        place = before[place] ?? -1
        continue
      }
      while (same < most && codes[place + same] === codes[at + same]) same++
      if (same > size && digitsOf(back) <= marks.length) {
        size = same
        backs.push(back)
        sizes.push(size)
      }
      place = before[place] ?? -1
    }
    before[at] = nearest
    last.set(start, at)
  }
  return { first: [...first, backs.length], backs, sizes }
}

function digitsOf(back: number): number {
  return back < base ? 1 : back < base ** 2 ? 2 : back < base ** 3 ? 3 : Number.POSITIVE_INFINITY
}

function writtenCopy(back: number, size: number): string {
  const count = digitsOf(back)
  const digits = Array.from({ length: count }, (_, at) => digit(Math.floor(back / base ** (count - 1 - at)) % base))
  return `${marks.charAt(count - 1)}${digits.join('')}${digit(size - shortest)}`
}

/** From ! to ~, without <. */
function digit(value: number): string {
  return String.fromCharCode(value + (value < 27 ? 33 : 34))
}

function numberOf(code: number): number {
  return code - (code < 60 ? 33 : 34)
}
