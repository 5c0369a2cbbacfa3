import { type Finding, formatPlace, hasErrors } from '../build/finding.ts'
import type { Outcome } from '../build/index.ts'
import { formatDiagnostic } from '../diagnostic.ts'
import { formatPath, type JsonObject } from '../document.ts'
import { printable } from '../printable.ts'
import { isTerminal, print } from './print.ts'

/** JSON lines on standard output for a program, text on standard error for a person. */
export async function reportFindings(findings: readonly Finding[], json: boolean, ifErrors = ''): Promise<void> {
  if (findings.length === 0) return
  if (json) return print('stdout', findings.map(formatJson).join(''))
  const isColoured = !process.env['NO_COLOR'] && (await isTerminal('stderr'))
  const text = findings.map(finding => formatFinding(finding, isColoured)).join('')
  print('stderr', `${text}${count(findings)}${hasErrors(findings) ? ifErrors : ''}\n`)
}

function formatJson(finding: Finding): string {
  return `${JSON.stringify(plainFinding(finding))}\n`
}

/** What a program is told of a finding. The path is written as acceptances write it. */
export function plainFinding({ code, severity, module, path, message, help, place }: Finding): JsonObject {
  const where = place === undefined ? '' : ` (${formatPlace(place)})`
  return { code, severity, module, path: formatPath(path), message: `${message}${where}`, help }
}

function formatFinding(finding: Finding, isColoured: boolean): string {
  const { code, module, place, message, help, severity } = finding
  if (code === 'lint-unavailable') return `poolform: could not lint: ${message}. ${help}.\n`
  const file = place === undefined ? module : formatPlace(place)
  const importer = place === undefined || place.file === module ? '' : ` (imported by ${module})`
  const told = { ...finding, message: printable(`${message}${importer}`), help: printable(help) }
  const [first = '', ...rest] = formatDiagnostic(printable(file), told).split('\n')
  const lines = [first, ...(place?.text ? frame(place.text, place.line, place.column) : []), ...rest]
  return `${(isColoured ? lines.map((line, index) => colour(line, index === 0, severity)) : lines).join('\n')}\n`
}

/** The source line, shortened around the column, and a caret under it. */
function frame(text: string, line: number, column: number): readonly string[] {
  const start = Math.max(0, column - 60)
  const shown = printable(text.slice(start, start + 100).replaceAll('\t', ' '))
  const gutter = `  ${line} | `
  return [`${gutter}${shown}`, `${' '.repeat(gutter.length + column - 1 - start)}^`]
}

const reset = '\u001b[0m'
const bold = '\u001b[1m'
const dim = '\u001b[2m'
const hues = { error: '\u001b[31m', warning: '\u001b[33m' } as const

function colour(line: string, isFirst: boolean, severity: Finding['severity']): string {
  if (!isFirst) return `${dim}${line}${reset}`
  return line.replace(`: ${severity}: `, `: ${hues[severity]}${bold}${severity}${reset}: `)
}

/** What a build has written, a line for each file; `isCheck`: it has only looked. */
export function formatSummary({ artifacts, removed }: Outcome, isCheck: boolean): string {
  const width = Math.max(0, ...artifacts.map(({ path }) => path.length))
  const lines = artifacts.map(({ path, bytes, resources, isChanged }) => {
    const size = `${(bytes / 1000).toFixed(1)} kB`.padStart(9)
    const count = counted(resources, 'resource')
    return `${path.padEnd(width)} ${size}  ${count}${isChanged ? '' : isCheck ? ', up to date' : ', unchanged'}`
  })
  return [...lines, ...removed.map(path => `${path.padEnd(width)}  removed`)].map(line => `${line}\n`).join('')
}

function count(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const counts: readonly (readonly [number, string])[] = [
    [errors, 'error'],
    [findings.length - errors, 'warning'],
  ]
  return counts
    .filter(([number]) => number > 0)
    .map(([number, noun]) => counted(number, noun))
    .join(' and ')
}

/** `1 object`, `2 objects` */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
