import type { Diagnostic } from '../diagnostic.ts'
import type { Json, Path } from '../document.ts'
import { isObject } from '../document.ts'

/** What cfn-lint says of one place. `line` and `column` count from 1. */
export type Finding = {
  readonly rule: string
  readonly title: string
  readonly source: string
  readonly message: string
  readonly causes: readonly string[]
  readonly path: Path
  readonly line: number
  readonly column: number
}

/**
 * What cfn-lint says of one template: for which regions, in lists of those that are alike and of which a message names
 * the first, and on which day if that matters to the findings.
 */
export type Report = {
  readonly regions: readonly (readonly string[])[]
  readonly day: string | null
  readonly findings: readonly Finding[]
}

/** A line of `run_cfn_lint.py` or an entry of the cache; undefined where it is not one. */
export function parseReport(text: string): Report | undefined {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const { regions, day = null, findings } = value
  if (
    !Array.isArray(regions) ||
    !regions.every(isStrings) ||
    !(day === null || typeof day === 'string') ||
    !Array.isArray(findings)
  )
    return undefined
  const parsed: Finding[] = []
  for (const finding of findings) {
    const one = parseFinding(finding)
    if (one === undefined) return undefined
    parsed.push(one)
  }
  return { regions, day, findings: parsed }
}

function parseFinding(value: Json): Finding | undefined {
  if (!isObject(value)) return undefined
  const { rule, title, source, message, causes, path, line, column } = value
  if (typeof rule !== 'string' || typeof title !== 'string' || typeof source !== 'string') return undefined
  if (typeof message !== 'string' || !isStrings(causes) || !isPath(path)) return undefined
  if (typeof line !== 'number' || typeof column !== 'number') return undefined
  return { rule, title, source, message, causes, path, line, column }
}

function isStrings(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function isPath(value: Json | undefined): value is Path {
  return Array.isArray(value) && value.every(item => typeof item === 'string' || typeof item === 'number')
}

/**
 * cfn-lint's findings as diagnostics, in the template's order. An informational finding is a warning: those that
 * nobody should act on are among the ignored rules. Findings that differ only in the region are one.
 */
export function diagnostics({ regions, findings }: Report): readonly Diagnostic[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.path, withoutRegion(finding.message)])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [finding])
    else group.push(finding)
  }
  const result: Diagnostic[] = []
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    result.push({
      code: `cfn-lint/${first.rule}`,
      severity: first.rule.startsWith('E') ? 'error' : 'warning',
      path: first.path,
      message: message(first, where(group, regions)),
      help: help(first),
    })
  }
  return result
}

function message({ rule, path, message, causes, line, column }: Finding, where: string): string {
  const because = causes.length === 0 ? '' : ` (${causes.join('; ')})`
  // what can't be read has no paths, only lines
  const at = rule === 'E0000' && path.length === 0 ? ` (line ${line}, column ${column})` : ''
  const text = withShortLists(withoutRegions(message) + because)
    .replaceAll(/\s+/g, ' ')
    .replace(/[.\s]+$/, '')
  return `${text.length > longest ? `${text.slice(0, longest)}…` : text}${at}${where}`
}

// some messages quote the whole value, or every EC2 instance type
const longest = 400

const regionsAtTheEnd = / in (?:'([a-z0-9-]+)'|\[('[a-z0-9-]+'(?:, '[a-z0-9-]+')*)\])$/

function withoutRegions(message: string): string {
  return message.replace(regionsAtTheEnd, '')
}

/** Where a finding holds, unless it holds wherever the template was linted. */
function where(group: readonly Finding[], regions: Report['regions']): string {
  const named = new Set<string>()
  for (const { message } of group) {
    const match = regionsAtTheEnd.exec(message)
    const names = match?.[1] ?? match?.[2]?.replaceAll("'", '')
    for (const name of names?.split(', ') ?? []) named.add(name)
  }
  const found = regions.filter(([first]) => first !== undefined && named.has(first)).flat()
  const linted = regions.flat()
  if (found.length === 0 || (linted.length > 1 && found.length === linted.length)) return ''
  const names = found.sort()
  const more = names.length - 4
  return ` in ${names.slice(0, more > 1 ? 4 : names.length).join(', ')}${more > 1 ? ` and ${more} more regions` : ''}`
}

const list = /\[('[^']*'(?:, '[^']*')*)\]/g

/** What messages have in common that are of several regions: those of instance types list what each region has. */
function withoutRegion(message: string): string {
  return regionsAtTheEnd.test(message) ? withoutRegions(message).replace(list, '[]') : message
}

function withShortLists(message: string): string {
  return message.replace(list, (whole, items: string) => {
    const all = items.split(', ')
    return all.length <= 12 ? whole : `[${all.slice(0, 8).join(', ')} and ${all.length - 8} more]`
  })
}

function help(finding: Finding): string {
  const { rule, title } = finding
  if (rule === 'E0000') return 'Make it YAML or JSON that CloudFormation can read'
  if (rule === 'E0002')
    return 'Look for a value of the wrong kind, a list for a mapping or nothing at all: cfn-lint failed on it'
  return `Read what ${rule} (${title}) asks for at ${page(finding)}`
}

function page({ rule, source }: Finding): string {
  // cfn-lint gives its own front page where it knows no better
  const known = source !== '' && source !== 'https://github.com/aws-cloudformation/cfn-lint'
  return known ? source : `https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#${rule}`
}
