/**
 * Writes what README.md says of the templates' parameters and outputs, of who reaches what, and of what commands print,
 * and the picture in it; and the table of docs/doctor.md: `npm run readme`.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

import { placeholdersFor, type Site } from '../src/access/show/deployments.ts'
import { differenceOf } from '../src/access/show/difference.ts'
import { goldenOf, goldenSheet } from '../src/access/show/golden.ts'
import { sectionTable } from '../src/access/show/markdown.ts'
import { rowSection } from '../src/access/show/sheet.ts'
import { svgText } from '../src/access/show/svg.ts'
import { peopleOf, tableOf } from '../src/access/show/table.ts'
import { type Cause, causes } from '../src/doctor/causes.ts'
import { type Document, isObject, type Json } from '../src/document.ts'
import { link } from '../src/link.ts'
import { type Resolved, resolve } from '../src/resolve/index.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import notesApp from '../templates/notes-app.ts'
import publicationBucket from '../templates/publication-bucket.ts'

const templates = {
  'identity-pool': identityPool,
  'identity-pool-tutorial': tutorial,
  'publication-bucket': publicationBucket,
  'notes-app': notesApp,
}

/** The text with what stands between `<!-- NAME … -->` and the next `<!-- end -->` made anew: tables and commands. */
export function withTables(readme: string): string {
  const tables = Object.entries(templates).reduce((text, [name, template]) => {
    const { document } = link(template, { id: name, version: '' })
    return filled(filled(text, `${name} parameters`, parameters(document)), `${name} outputs`, outputs(document))
  }, readme)
  const withAccess = filled(filled(tables, 'identity-pool access', accessTable()), 'tutorial difference', difference())
  return ['service-managed', 'self-managed'].reduce(
    (text, name) => filled(text, name, `\`\`\`sh\n${printed(commandBefore(text, name))}\`\`\`\n`),
    withAccess,
  )
}

/** The picture of README.md, which the launch page has too: of what `build` has decided. */
export const picture = {
  file: 'docs/who-reaches-what.svg',
  text: (): string => svgText(goldenSheet(goldenOf(readFileSync('dist/access/identity-pool.json', 'utf8')))),
}

/** What `poolform doctor` knows, by what is seen. */
export const symptoms = {
  file: 'docs/doctor.md',
  /** The text with the table made anew. */
  text: (page: string): string => filled(page, 'causes', causeTable()),
}

/** One table for each message, and one of what nobody is told of. */
function causeTable(): string {
  const all: readonly (readonly [string, Cause])[] = Object.entries(causes)
  const named = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())
  const messages = new Map<string, (readonly [string, Cause])[]>()
  for (const entry of all) {
    const [first] = entry[1].seen
    const message = first === undefined || first.kind === 'effect' ? '' : named(first.text)
    messages.set(message, [...(messages.get(message) ?? []), entry])
  }
  const row = ([name, { severity, title, reference }]: readonly [string, Cause], ...more: readonly string[]) => [
    ...[title, ...more, `[\`${name}\`](${reference})`, severity],
  ]
  const quoted = [...messages].filter(([message]) => message !== '')
  const silent = messages.get('') ?? []
  return [
    ...quoted.map(([message, entries]) => {
      const others = entries.flatMap(([, { seen }]) =>
        seen.slice(1).flatMap(it => (it.kind === 'effect' ? [] : [named(it.text)])),
      )
      const more = [...new Set(others)].filter(it => it !== message).map(it => `- or \`${it}\`\n`)
      const isSure = entries.some(([, { seen }]) => seen[0]?.kind === 'exact')
      const lead = `**\`${message}\`**${isSure ? '' : ' (or such)'}\n\n${more.length === 0 ? '' : `${more.join('')}\n`}`
      return `${lead}${table(
        ['What is wrong', 'Code', ''],
        entries.map(entry => row(entry)),
      )}`
    }),
    `**No message:**\n\n${table(
      ['What is wrong', 'What comes of it', 'Code', ''],
      silent.map(entry => row(entry, named(entry[1].seen.map(it => it.text).join('; ')))),
    )}`,
  ].join('\n')
}

/** The last command that stands before what it prints. */
function commandBefore(readme: string, name: string): string {
  const [before] = halves(readme, `<!-- ${name} -->\n`)
  const command = launchUrlCommands(before).at(-1)
  if (command === undefined) throw new Error(`README.md has no command that prints ${name}`)
  return command
}

/** Each `npx poolform launch-url …` of a README, as it stands there. */
export function launchUrlCommands(readme: string): readonly string[] {
  return [...readme.matchAll(/^npx poolform launch-url (?:.*\\\n)*.*$/gm)].map(([command]) => command)
}

/** What a command of the README prints, run by bash from the sources here. No bucket can have the name that stands there. */
export function printed(command: string): string {
  const [placeholder, bucket] = ['YOUR-BUCKET', 'your-bucket']
  const run = 'npx() { shift; "$NODE" --conditions=poolform-source --import tsx src/cli/index.ts "$@"; }\n'
  const script = `${run}${command.replaceAll(placeholder, bucket)}`
  const { POOLFORM_BASE_URL, ...env } = process.env
  const text = execFileSync('bash', ['-c', script], { encoding: 'utf8', env: { ...env, NODE: process.execPath } })
  return text.replaceAll(bucket, placeholder)
}

const site: Site = {
  ...{ parameters: {}, region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com', accountId: '123456789012' },
  ...{ stackName: 'example', stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/example/example' },
}

function deployed(name: keyof typeof templates, given: Readonly<Record<string, string>> = {}): Resolved {
  const { document } = link(templates[name], { id: name, version: '' })
  return resolve(document, { ...site, parameters: { ...placeholdersFor(document, site, given), ...given } })
}

/** What `poolform access dist/identity-pool.yaml` shows: with all options at once. */
function accessTable(): string {
  const resolved = deployed('identity-pool')
  const { rows } = tableOf(resolved, peopleOf(resolved, site.region), site)
  return `${sectionTable(rowSection(rows, ['user', 'guest']))}\n`
}

/** Both with what the tutorial's template asks for. */
function difference(): string {
  const { document } = link(tutorial, { id: 'identity-pool-tutorial', version: '' })
  const {
    UserPoolId = '',
    UserPoolClientId = '',
    UploadsBucketName = '',
    ApiId = '',
  } = placeholdersFor(document, site, {})
  const given = { UserPoolId, UserPoolClientId, UploadsBucketName, ApiId }
  const side = (name: keyof typeof templates) => ({ name, resolved: deployed(name, given) })
  return `${sectionTable(differenceOf(side('identity-pool-tutorial'), side('identity-pool'), site))}\n`
}

function filled(text: string, name: string, table: string): string {
  const [before, rest] = halves(text, `<!-- ${name} -->\n`)
  const [, after] = halves(rest, '<!-- end -->')
  return `${before}<!-- ${name} -->\n${table}<!-- end -->${after}`
}

function halves(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`README.md lacks ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function parameters({ Parameters = {} }: Document): string {
  return table(
    ['Parameter', 'Default', 'What it says'],
    Object.entries(Parameters).map(([name, declaration]) => {
      const { Default, Description, AllowedValues } = isObject(declaration) ? declaration : {}
      const values = Array.isArray(AllowedValues) ? ` One of ${AllowedValues.map(code).join(', ')}.` : ''
      return [code(name), Default === undefined ? 'must be given' : code(Default), `${String(Description)}${values}`]
    }),
  )
}

function outputs({ Outputs = {} }: Document): string {
  return table(
    ['Output', 'There', 'What it is'],
    Object.entries(Outputs).map(([name, declaration]) => {
      const { Condition, Description } = isObject(declaration) ? declaration : {}
      return [code(name), Condition === undefined ? 'always' : `if ${code(Condition)}`, String(Description)]
    }),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(escaped).join(' | ')} |\n`)
  return lines.join('')
}

function code(value: Json): string {
  return value === '' ? 'empty' : `\`${String(value)}\``
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

if (process.argv[1]?.endsWith('scripts/readme.ts')) {
  writeFileSync('README.md', withTables(readFileSync('README.md', 'utf8')))
  writeFileSync(picture.file, picture.text())
  writeFileSync(symptoms.file, symptoms.text(readFileSync(symptoms.file, 'utf8')))
}
