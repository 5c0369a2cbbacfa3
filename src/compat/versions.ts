import { type Document, isObject, type Json } from '../document.ts'
import { isMore, type Verdict } from './report.ts'

/** What a step from one version to another may hold at most; `back` where it leads to an older one. */
export type Step = Verdict | 'back'

/**
 * The step from one semantic version to another.
 *
 * Below 1.0.0 it is that of npm's caret, by which `^0.1.2` takes 0.1.3 and not 0.2.0: a step of the second number may
 * hold anything, one of the third what is no major change; of 0.0.x every step may hold anything. From a
 * pre-release on, and to one of the same version, anything may change. Undefined where one is no semantic version.
 * https://semver.org/#spec-item-4, https://semver.org/#spec-item-9,
 * https://docs.npmjs.com/cli/v11/using-npm/semver#caret-ranges-123-025-004
 */
export function stepBetween(from: string, to: string): Step | undefined {
  const [old, fresh] = [parse(from), parse(to)]
  if (old === undefined || fresh === undefined) return undefined
  const order = compare(old, fresh)
  if (order === 0) return 'none'
  if (order > 0) return 'back'
  // it may not have held yet what the version that it comes before was to hold
  if (old.pre.length > 0) return 'major'
  const [major, minor] = old.numbers
  if (fresh.numbers[0] > major) return 'major'
  if (fresh.numbers[1] > minor) return major === 0n ? 'major' : 'minor'
  if (fresh.numbers[2] > old.numbers[2]) return major > 0n ? 'patch' : minor > 0n ? 'minor' : 'major'
  return 'major'
}

/** May a step hold changes of that size? */
export function isEnough(step: Step, verdict: Verdict): boolean {
  return verdict === 'none' || (step !== 'back' && !isMore(verdict, step))
}

/** The smallest version, no pre-release, that may hold such changes after this one. Undefined where it is none. */
export function nextVersion(from: string, verdict: Verdict): string | undefined {
  const parsed = parse(from)
  if (parsed === undefined) return undefined
  const [major, minor, patch] = parsed.numbers
  if (parsed.pre.length > 0) return `${major}.${minor}.${patch}`
  const candidates = [from, `${major}.${minor}.${patch + 1n}`, `${major}.${minor + 1n}.0`, `${major + 1n}.0.0`]
  return candidates.find(version => isEnough(stepBetween(from, version) ?? 'back', verdict))
}

/** Which of two versions is the newer: negative if the second, positive if the first; those that are none come first. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parse(one), parse(other)]
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return compare(a, b)
}

/**
 * The version that a template says it has: the literal value of an output `TemplateVersion`, or the version in its
 * `Metadata`: `TemplateVersion`, `Version`, or that of the Serverless Application Repository.
 */
export function versionOf(document: Document): string | undefined {
  const { Outputs, Metadata } = document
  const output = isObject(Outputs) ? Outputs[versionOutput] : undefined
  const repository = isObject(Metadata) ? Metadata['AWS::ServerlessRepo::Application'] : undefined
  const said: readonly (Json | undefined)[] = [
    isObject(output) ? output['Value'] : undefined,
    ...(isObject(Metadata) ? [Metadata['TemplateVersion'], Metadata['Version']] : []),
    isObject(repository) ? repository['SemanticVersion'] : undefined,
  ]
  return said.find((it): it is string => typeof it === 'string' && parse(it) !== undefined)
}

const versionOutput = 'TemplateVersion'

type Version = { readonly numbers: readonly [bigint, bigint, bigint]; readonly pre: readonly string[] }

/** https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
function parse(text: string): Version | undefined {
  const [, major, minor, patch, pre = ''] =
    /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/.exec(
      text,
    ) ?? []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: pre === '' ? [] : pre.split('.') }
}

/** https://semver.org/#spec-item-11 */
function compare(one: Version, other: Version): number {
  for (const at of [0, 1, 2] as const) {
    const [a, b] = [one.numbers[at], other.numbers[at]]
    if (a !== b) return a < b ? -1 : 1
  }
  if (one.pre.length === 0 || other.pre.length === 0) return other.pre.length - one.pre.length
  for (let at = 0; ; at++) {
    const [a, b] = [one.pre[at], other.pre[at]]
    if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
    if (a === b) continue
    const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)]
    if (isNumber && isOther) return BigInt(a) < BigInt(b) ? -1 : 1
    if (isNumber !== isOther) return isNumber ? -1 : 1
    return a < b ? -1 : 1
  }
}
