/**
 * What a user waits for, as ratios to `node -e 0`, of the packed CLI. Every round runs each command once, so that a
 * machine that is busy for a while is so for all of them; the figures are medians. Exits 1 if a target is missed.
 *
 *     npm run bench -- [ROUNDS]
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked } from '../test/support/installed.ts'
import { slowS3 } from './slow-s3.ts'

const rounds = Number(process.argv[2] ?? 25)
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'poolform-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

// With this variable Node reads a file of certificates at every start, which takes longer than all that is timed here.
const { NODE_EXTRA_CA_CERTS, ...inherited } = process.env
const env = { ...inherited, POOLFORM_CACHE: process.env['POOLFORM_CACHE'] ?? join(root, '.cache') }

installPacked(folder)
const cli = join(folder, 'node_modules/poolform/lib/cli.cjs')

/** Milliseconds from the start of a process to its end, which has this exit status. */
function time(cwd: string, args: readonly string[], expected = 0): number {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== expected) throw new Error(`node ${args.join(' ')} ended with ${status}\n${stderr}`)
  return elapsed
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

type Row = { readonly what: string; readonly figure: string; readonly target: string; readonly isMet: boolean }
const rows: Row[] = []

function report(what: string, value: number, most: number, unit: string, digits = 2): void {
  rows.push({
    what,
    figure: `${value.toFixed(digits)} ${unit}`,
    target: `≤ ${most.toFixed(digits)} ${unit}`,
    isMet: value <= most,
  })
}

// One template

const one = join(folder, 'one')
const module = 'templates/identity-pool.ts'
const file = join(one, module)
cpSync(join(root, 'templates'), join(one, 'templates'), { recursive: true })
cpSync(join(root, 'package.json'), join(one, 'package.json'))
const source = readFileSync(file, 'utf8')
let edits = 0
let identities = 0

/** Another description: what is compiled, checked and written is not what it was. */
function edit(): void {
  const edited = source.replace(/(defineTemplate\(\{\s*Description:\s*['"`])/, `$1${++edits} `)
  if (edited === source) throw new Error(`${module} has no Description to edit`)
  writeFileSync(file, edited)
}

// Who can reach what: a template that stays, with some of its options and with all
cpSync(join(root, 'dist/identity-pool.yaml'), join(one, 'template.yaml'))
const access = [cli, 'access', 'template.yaml']
const values = ['UserPoolId=us-east-1_a1B2c3D4e', 'UserPoolClientId=1example23456789', 'UploadsBucketName=notes']
const chosen = [...access, ...[...values, 'ApiId=a1b2c3d4e5'].flatMap(value => ['--param', value])]
const question = ['--can', 'cognito-identity:DeleteIdentityPool', '*']

const build = [cli, 'build', '--no-lint', module]
const lint = [cli, 'build', module]
const commands: readonly {
  readonly what: string
  readonly args: readonly string[] | (() => readonly string[])
  readonly before?: () => void
  readonly target?: number
  readonly status?: number
}[] = [
  { what: 'node -e 0', args: ['-e', '0'] },
  { what: 'build --no-lint, unchanged', args: build, before: () => time(one, build), target: 1.6 },
  { what: 'build, unchanged', args: lint, before: () => time(one, lint), target: 2 },
  { what: 'build --no-lint, module edited', args: build, before: edit, target: 2.5 },
  {
    what: 'build --no-lint, artifact deleted',
    args: build,
    before: () => rmSync(join(one, 'dist/identity-pool.yaml')),
    target: 2.5,
  },
  {
    what: 'build --no-lint, artifact edited',
    args: build,
    before: () => writeFileSync(join(one, 'dist/identity-pool.yaml'), '# Compiled by poolform 0\n'),
    target: 2.5,
  },
  { what: 'access --can', args: [...chosen, ...question], status: 1, target: 2.5 },
  { what: 'access', args: chosen, target: 2.5 },
  // twice as many questions, and values to be found for all parameters
  { what: 'access, all options at once', args: access, target: 2.5 },
  // the same of another identity each time, so that no table is there already
  {
    what: 'access, all options at once, another identity',
    args: () => [...access, '--identity', `us-east-1:11111111-1111-4111-8111-${`${++identities}`.padStart(12, '0')}`],
    target: 3,
  },
]

time(one, lint)
time(one, access)
const times = commands.map((): number[] => [])
for (let round = 0; round < rounds; round++) {
  for (const [index, { args, before, status }] of commands.entries()) {
    before?.()
    times[index]?.push(time(one, typeof args === 'function' ? args() : args, status))
  }
  // cfn-lint is not asked of a template that only this round has seen
  writeFileSync(file, source)
}
const [nothing = Number.NaN] = times.map(median)
for (const [index, { what, target }] of commands.entries()) {
  if (target !== undefined) report(what, median(times[index] ?? []) / nothing, target, '× node -e 0')
}

// Memory

const hook = join(folder, 'peak.cjs')
const peakFile = join(folder, 'peak')
writeFileSync(
  hook,
  `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(peakFile)}, String(process.resourceUsage().maxRSS)))`,
)
edit()
time(one, ['--require', hook, ...build])
report('peak memory of a build, module edited', Number(readFileSync(peakFile, 'utf8')) / 1024, 100, 'MiB', 0)

// Many: no more than AWS CDK takes for as much with its validation switched off (its work alone, as multiples of the
// same start of Node)

const cdkResources = 15
const cdkTemplates = 93

const role = (index: number): string => `  Role${index}: resource({
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: 'Role ${index}',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'read',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: Sub\`arn:\${AWS.Partition}:s3:::bucket-${index}/*\` },
            ],
          },
        },
      ],
    },
  }),
`

function template(resources: readonly number[]): string {
  return `import { AWS, defineTemplate, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/iam'
export default defineTemplate({ Description: 'Roles', Resources: {
${resources.map(role).join('')}} })
`
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** What the work takes, without the start of Node: the median of three builds, of which nothing is kept. */
function work(name: string, modules: Readonly<Record<string, string>>): number {
  const project = join(folder, name)
  mkdirSync(join(project, 'templates'), { recursive: true })
  for (const [file, text] of Object.entries(modules)) writeFileSync(join(project, 'templates', file), text)
  const runs = upTo(4).map(() => {
    rmSync(join(project, 'dist'), { recursive: true, force: true })
    return time(project, [cli, 'build', '--no-lint'])
  })
  // the first fills the cache of validators
  return median(runs.slice(1)) - nothing
}

const [few, many] = [250, 500].map(count => work(`resources-${count}`, { 'a.ts': template(upTo(count)) }))
report('500 resources in one template / 250', (many ?? 0) / (few ?? 0), 2.4, '× the work')
report('500 resources in one template', (many ?? 0) / nothing, cdkResources, '× node -e 0', 1)

const modules = (count: number) =>
  Object.fromEntries(upTo(count).map(index => [`t${index}.ts`, template([index, index + 1])]))
const [some, thousand] = [500, 1000].map(count => work(`templates-${count}`, modules(count)))
report('1,000 templates / 500', (thousand ?? 0) / (some ?? 0), 2.4, '× the work')
report('1,000 templates', (thousand ?? 0) / nothing, cdkTemplates, '× node -e 0', 1)

// Publishing: four templates to three regions, against the round trips that one region can't do without, laid end to end

const delay = 100
/** Each waits for what is said before it. */
const roundTrips = [
  ...['the index so far', 'is it there?'],
  ...['the page that decides', 'the other pages', 'checksums and manifests', 'the templates'],
  'when were they written?',
  'the index',
  ...['what is the latest?', 'what does the index say?', 'the latest'],
  ...['the index by its URL', 'is the template valid?', 'are the others?'],
]
const s3 = await slowS3(delay)

/** Milliseconds from the first request to the last answer. */
async function publish(): Promise<number> {
  const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].flatMap(region => ['--region', region])
  const place = ['--bucket', 'bench-{region}', '--endpoint-url', s3.url, ...regions]
  const credentials = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' }
  const child = spawn(process.execPath, [cli, 'publish', '--no-lint', ...place], {
    cwd: one,
    env: { ...env, ...credentials },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const status = await new Promise(resolve => child.on('close', resolve))
  if (status !== 0) throw new Error(`publish ended with ${status}\n${said.join('')}`)
  return s3.took()
}

const published: number[] = []
for (let round = 0; round < 5; round++) published.push(await publish())
s3.close()
report('publish, 4 templates to 3 regions', median(published) / (delay * roundTrips.length), 1.5, '× one region')

// What the templates must keep: every law in every scenario of all four templates, and in half of them

type Asked = { readonly milliseconds: number; readonly cpuMilliseconds: number }

function asked(share: number): Asked {
  const args = ['--conditions=poolform-source', '--import', 'tsx', 'bench/laws.ts', String(share)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`bench/laws.ts ended with ${status}\n${stderr}`)
  return JSON.parse(stdout)
}

const asking = upTo(3).map(() => [asked(0.5), asked(1)] as const)
report('all scenarios × laws', median(asking.map(([, all]) => all.milliseconds)) / 1000, 60, 's', 1)
const growth = asking.map(([half, all]) => all.cpuMilliseconds / half.cpuMilliseconds)
report('all scenarios × laws / half of them', median(growth), 2.4, '× the work')

const widths = (['what', 'figure', 'target'] as const).map(key => Math.max(...rows.map(row => row[key].length)))
console.log(`Node ${process.version}, ${rounds} rounds; node -e 0 took ${nothing.toFixed(0)} ms`)
for (const { what, figure, target, isMet } of rows) {
  const [first = 0, second = 0, third = 0] = widths
  console.log(
    `${what.padEnd(first)}  ${figure.padStart(second)}  ${target.padStart(third)}  ${isMet ? 'met' : 'MISSED'}`,
  )
}
process.exitCode = rows.every(({ isMet }) => isMet) ? 0 : 1
