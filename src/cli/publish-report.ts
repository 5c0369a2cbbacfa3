import type { Finding } from '../build/finding.ts'
import type { Conflict, Publication } from '../publish/publish.ts'
import type { ObjectReport } from '../publish/site.ts'
import type { StoreError } from '../publish/store.ts'
import type { Check, Verification } from '../publish/verify.ts'
import { print } from './print.ts'
import { eraseLine } from './progress.ts'
import { counted, plainFinding } from './report.ts'

/** What came of a run of `poolform publish`. */
export type Report = {
  /** Of the release; absent where there is none, or nothing is published. */
  readonly version: string | undefined
  readonly isDryRun: boolean
  readonly findings: readonly Finding[]
  readonly regions: readonly RegionReport[]
}

export type RegionReport = {
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  readonly baseUrl: string
  readonly objects: readonly ObjectReport[]
  readonly warnings: readonly string[]
  readonly publication: Publication | undefined
  readonly verification: Verification | undefined
  /** Is it known that the bucket's policy lets nobody in who has no credentials? */
  readonly isPrivate: boolean
  readonly error: StoreError | undefined
}

export function isBad({ publication, verification, error }: RegionReport): boolean {
  const conflicts = publication?.conflicts ?? []
  return error !== undefined || conflicts.length > 0 || differences(verification).length > 0
}

function differences(verification: Verification | undefined): readonly Check[] {
  return (verification?.checks ?? []).filter(({ problems }) => problems.length > 0)
}

/** Tells of each object on standard error: in a terminal also what goes on, in a line that is written anew. */
export class Progress {
  readonly #kind: 'terminal' | 'lines' | 'none'
  readonly #written: string
  readonly #write: (text: string) => void
  readonly #underWay = new Map<string, string>()
  #count = 0

  constructor(
    kind: 'terminal' | 'lines' | 'none',
    isDryRun: boolean,
    write = (text: string): void => print('stderr', text),
  ) {
    this.#kind = kind
    this.#write = write
    this.#written = isDryRun ? 'would be written' : 'written'
  }

  object(region: string, { key, bytes, outcome }: ObjectReport): void {
    this.#count++
    this.#underWay.set(region, `${region}: publishing`)
    const said = outcome === 'written' ? this.#written : 'is there already'
    this.#say(`${region}  ${key}  ${(bytes / 1000).toFixed(1)} kB  ${said}\n`)
  }

  verifying(region: string): void {
    this.#underWay.set(region, `${region}: verifying`)
    this.#say('')
  }

  end(): void {
    if (this.#kind === 'terminal') this.#write(eraseLine)
  }

  #say(line: string): void {
    if (this.#kind === 'none') return
    if (this.#kind === 'lines') {
      this.#write(line)
      return
    }
    const status = `${counted(this.#count, 'object')}; ${[...this.#underWay.values()].join(', ')}`
    // a longer line would break, and its first part stay
    this.#write(`${eraseLine}${line}${status.slice(0, 79)}`)
  }
}

/** One JSON document. */
export function formatReport({ version, isDryRun, findings, regions }: Report): string {
  const document = {
    formatVersion: 1,
    ...(version === undefined ? {} : { version }),
    dryRun: isDryRun,
    findings: findings.map(plainFinding),
    regions: regions.map(region => {
      const { publication, verification, error, objects, warnings } = region
      return {
        ...{ region: region.region, bucket: region.bucket, prefix: region.prefix, baseUrl: region.baseUrl },
        isWhole: !isBad(region),
        ...(publication === undefined
          ? {}
          : {
              objects,
              templates: publication.templates.map(({ entry, ...template }) => ({
                ...template,
                ...(entry === undefined ? {} : { ...entry, url: `${region.baseUrl}/${entry.file}` }),
              })),
              conflicts: publication.conflicts,
            }),
        warnings,
        ...(verification === undefined ? {} : { verification }),
        ...(error === undefined ? {} : { error: { code: error.code, message: error.message, help: error.help } }),
      }
    }),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** What is as it should be, a line each. */
export function formatSummary({ version = '', isDryRun, regions }: Report): string {
  const lines = regions.flatMap(({ region, baseUrl, publication, verification, isPrivate }) => {
    const templates = (publication?.templates ?? []).flatMap(({ name, outcome, isLatest, entry }) => {
      if (entry === undefined) return []
      const said =
        outcome === 'no-op'
          ? 'was published already, with the same bytes'
          : isDryRun
            ? 'would be released'
            : 'is released'
      return [`${region}: ${name} ${version} ${said}${isLatest ? ', and is the latest' : ''}: ${baseUrl}/${entry.file}`]
    })
    return [...templates, ...(verification === undefined ? [] : [`${region}: ${verified(verification, isPrivate)}`])]
  })
  return lines.map(line => `${line}\n`).join('')
}

function verified(verification: Verification, isKnownPrivate: boolean): string {
  const { checks, isPrivate, validated } = verification
  const wrong = differences(verification).length
  const why = isKnownPrivate ? 'the bucket is private' : 'they are not readable without'
  const how = isPrivate ? `fetched with credentials, for ${why}` : 'fetched by their public URLs'
  const judged = validated === 0 ? '' : `; ${counted(validated, 'template')} judged by CloudFormation`
  if (wrong > 0) return `${wrong} of ${counted(checks.length, 'object')} not as published`
  return `${counted(checks.length, 'object')} as published, ${how}${judged}`
}

/** What is not, or should be known. */
export function formatProblems({ version, regions }: Report): string {
  return regions.map(region => problemsOf(region, version ?? '')).join('')
}

function problemsOf({ region, warnings, publication, verification, error }: RegionReport, version: string): string {
  const { notes = [], notValidated } = verification ?? {}
  const unasked = notValidated === undefined ? [] : [`CloudFormation was not asked to validate: ${notValidated}`]
  const lines = [...warnings, ...notes, ...unasked].map(text => `${region}: warning: ${text}\n`)
  const conflicts = publication?.conflicts ?? []
  if (conflicts.length > 0) {
    const objects = conflicts.flatMap(conflict => {
      const { key, published, built } = conflict
      const own = `  ${key}\n    published: sha256 ${published}\n    built:     sha256 ${built}\n`
      return isPageOfOthers(conflict, conflicts)
        ? [
            own,
            '    (the template is the same; its page holds the checksums of the whole release, of which another differs)\n',
          ]
        : [own]
    })
    const isListed = conflicts.some(it => it.isListed)
    lines.push(
      isListed
        ? `${region}: error: ${version} is published already, with other bytes, and what is published never changes\n`
        : `${region}: error: ${version} was begun with other bytes, and never finished; what is written never changes\n`,
      ...objects,
      isListed
        ? '  Give the release another version\n'
        : '  Give the release another version, or publish from the sources that it was begun with, which finishes it\n',
    )
  }
  for (const { url, problems } of differences(verification)) {
    lines.push(...problems.map(problem => `${region}: error: ${url} ${problem}\n`))
  }
  if (error !== undefined) lines.push(`${region}: error: ${error.message} [${error.code}]\n  ${error.help}\n`)
  return lines.join('')
}

/** Of a template that is as it was, in a release of which another is not. */
function isPageOfOthers({ key, template }: Conflict, conflicts: readonly Conflict[]): boolean {
  return key.endsWith('/index.html') && conflicts.every(other => other.key === key || other.template !== template)
}
