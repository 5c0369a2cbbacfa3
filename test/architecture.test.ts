import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'node:test'

/**
 * What each room may import, besides itself: files, folders, packages. A file is in the room with the longest name
 * that its own starts with. Arrows go one way, from what authors mean to what a person sees; what is not here is shut.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  // What should exist in AWS, in the words of the authoring API. A template has a folder of its own, if it needs one.
  'templates/': ['poolform', 'templates/shared/'],
  'templates/shared/': ['poolform'],

  // What a template may import. The model imports nothing: everybody may know it.
  'src/authoring/index.ts': ['src/authoring/'],
  'src/authoring/': ['src/authoring/model.ts', 'src/authoring/resources.ts'],
  'src/authoring/resources.ts': ['src/authoring/model.ts'],
  'src/authoring/model.ts': [],

  // The language between the stages.
  'src/document.ts': [],
  'src/diagnostic.ts': ['src/document.ts'],
  'src/manifest.ts': ['src/document.ts'],
  'src/publication.ts': ['src/document.ts', 'src/manifest.ts'],
  'src/nearest.ts': [],
  'src/printable.ts': [],
  'src/parameter.ts': ['src/document.ts'],
  'src/make-folder.ts': ['node:'],
  'src/checksums.ts': ['node:crypto'],
  'src/measure.ts': [],

  // The stages, each from one type to the next. Only `link` knows templates and documents, only `read` a YAML library.
  'src/link.ts': ['src/authoring/model.ts', 'src/diagnostic.ts', 'src/document.ts'],
  'src/check/': ['src/diagnostic.ts', 'src/document.ts', 'src/nearest.ts', 'src/parameter.ts'],
  'src/emit.ts': ['src/document.ts'],
  'src/read.ts': ['src/document.ts', 'yaml'],
  'src/accept.ts': ['src/diagnostic.ts', 'src/document.ts'],
  'src/resolve/': ['src/parameter.ts', 'src/diagnostic.ts', 'src/document.ts'],
  'src/compile.ts': [
    'src/authoring/model.ts',
    'src/check/index.ts',
    'src/check/knowledge.ts',
    'src/diagnostic.ts',
    'src/document.ts',
    'src/emit.ts',
    'src/link.ts',
  ],

  // Links and commands that deploy what is published; in the browser too.
  'src/launch/': [
    'src/diagnostic.ts',
    'src/document.ts',
    'src/manifest.ts',
    'src/nearest.ts',
    'src/parameter.ts',
    'src/publication.ts',
  ],

  // The world: what AWS has, what cfn-lint says, the files of a project, a person at a terminal.
  'src/knowledge/': ['src/check/knowledge.ts', 'src/document.ts', 'src/make-folder.ts', 'src/nearest.ts', 'node:'],
  'src/knowledge/validator.ts': ['src/knowledge/', 'src/document.ts', 'ajv'],
  'src/lint/': ['src/diagnostic.ts', 'src/document.ts', 'src/make-folder.ts', 'node:'],
  // Day-2 questions about a template, anybody's: they read documents.
  'src/access/': ['src/check/guest-session-policy.ts', 'src/document.ts', 'src/manifest.ts', 'src/resolve/'],
  'src/access/context-keys.ts': ['src/access/', 'src/check/condition-keys.ts', 'src/nearest.ts', 'src/resolve/'],
  // Whether conditions can come out together is for the solver to say.
  'src/access/possible.ts': ['src/check/conditions.ts', 'src/document.ts', 'src/parameter.ts', 'src/resolve/'],
  'src/access/scenarios.ts': [
    ...['src/access/spoken-examples.ts', 'src/access/units.ts', 'src/check/conditions.ts', 'src/document.ts'],
    ...['src/parameter.ts', 'src/resolve/'],
  ],
  // What the templates must keep, however they are deployed. The schemas come from those who ask.
  'src/access/laws/': [
    'src/access/',
    'src/check/guest-session-policy.ts',
    'src/check/knowledge.ts',
    'src/document.ts',
    'src/parameter.ts',
    'src/resolve/',
  ],
  'src/access/decide/': ['src/resolve/cidr.ts', 'src/resolve/value.ts'],
  // Tables of access, for a terminal, a document, a program; and which deployments are worth showing.
  'src/access/show/': [
    ...['src/access/', 'src/parameter.ts', 'src/document.ts', 'src/measure.ts', 'src/printable.ts', 'src/resolve/'],
  ],
  'src/build/': [
    'src/accept.ts',
    'src/access/show/',
    'src/access/bounds.ts',
    'src/access/grants.ts',
    'src/access/text.ts',
    'src/authoring/',
    'src/check/index.ts',
    'src/checksums.ts',
    'src/compile.ts',
    'src/diagnostic.ts',
    'src/document.ts',
    'src/knowledge/index.ts',
    'src/knowledge/validator.ts',
    'src/lint/',
    'src/make-folder.ts',
    'src/manifest.ts',
    'src/nearest.ts',
    'src/page/launch-page.ts',
    'src/read.ts',
    'node:',
  ],
  'src/build/bundle.ts': ['src/build/', 'src/make-folder.ts', 'src/nearest.ts', 'esbuild', 'node:'],
  // The launch page: what writes it, and what runs in a browser, where there is no Node.
  'src/page/': ['src/document.ts', 'src/manifest.ts', 'src/measure.ts', 'src/publication.ts', 'node:crypto'],
  'src/page/decided.ts': [
    ...['src/page/', 'src/access/show/golden.ts', 'src/access/show/sheet.ts', 'src/access/show/svg.ts'],
  ],
  'src/page/client/': [
    ...['src/document.ts', 'src/launch/', 'src/manifest.ts', 'src/page/data.ts', 'src/page/picture-data.ts'],
    'src/resolve/',
  ],
  // How AWS is asked: credentials, proxies, time, and in words what it refuses.
  'src/aws/': ['src/launch/partitions.ts', 'node:'],
  // A release, and what becomes of it in a bucket, which is a `Store` to all but s3.ts.
  'src/publish/': [
    'src/aws/',
    'src/checksums.ts',
    'src/document.ts',
    'src/launch/',
    'src/manifest.ts',
    'src/page/with-versions.ts',
    'src/publication.ts',
    'node:',
  ],
  'src/publish/index-file.ts': ['src/publication.ts', 'semver'],
  'src/publish/release.ts': [
    'src/publish/',
    'src/checksums.ts',
    'src/build/finding.ts',
    'src/build/index.ts',
    ...['src/build/modules.ts', 'src/build/project.ts', 'src/build/release.ts'],
    'src/manifest.ts',
    'node:',
  ],
  // The network: only these know the AWS SDK.
  'src/publish/s3.ts': ['src/aws/', 'src/publish/', '@aws-sdk/client-s3', 'node:crypto', 'node:stream'],
  'src/publish/cloudformation.ts': ['src/aws/', 'src/publish/', '@aws-sdk/client-cloudformation'],
  // What stands in an account. Pure, but for what reads it.
  'src/live/': ['src/document.ts', 'src/launch/partitions.ts'],
  'src/live/document-of.ts': ['src/live/', 'src/document.ts', 'src/launch/partitions.ts', 'src/resolve/'],
  'src/live/save-commands.ts': ['src/live/', 'src/launch/quote.ts'],
  'src/live/answers.ts': ['src/aws/aws-error.ts', 'src/live/'],
  'src/live/calls.ts': [
    ...['src/aws/', 'src/live/', '@aws-sdk/client-cloudformation', '@aws-sdk/client-cognito-identity'],
    ...['@aws-sdk/client-cognito-identity-provider', '@aws-sdk/client-iam'],
  ],
  'src/live/read-app.ts': ['src/aws/aws-error.ts', 'src/live/'],
  'src/live/index.ts': ['src/aws/aws-error.ts', 'src/live/'],
  'src/live/read-pool.ts': ['src/aws/', 'src/document.ts', 'src/live/'],
  'src/live/read-stack.ts': ['src/aws/', 'src/live/'],
  // What an update from one template to another does. It knows the schemas' records, and reads none.
  'src/compat/': [
    ...[
      'src/access/',
      'src/check/conditions.ts',
      'src/check/quotas.ts',
      'src/document.ts',
      'src/launch/partitions.ts',
      'src/nearest.ts',
    ],
    ...['src/knowledge/schemas.ts', 'src/parameter.ts', 'src/resolve/'],
  ],
  // What an app must know of a pool, as the libraries read it.
  'src/client-config/': [
    ...['src/access/identity-host.ts', 'src/document.ts', 'src/launch/partitions.ts', 'src/launch/quote.ts'],
    ...['src/live/app.ts', 'src/live/around.ts', 'src/live/snapshot.ts'],
  ],
  // How a pool that stands is taken into a stack.
  'src/import-plan/': [
    ...[
      'src/access/identity-host.ts',
      'src/access/show/',
      'src/document.ts',
      'src/emit.ts',
      'src/knowledge/schemas.ts',
    ],
    ...['src/launch/partitions.ts', 'src/launch/quote.ts', 'src/live/', 'src/printable.ts', 'src/resolve/'],
  ],
  // What is wrong with a pool that stands.
  'src/doctor/': [
    'src/printable.ts',
    ...['src/access/decide/', 'src/access/guests.ts', 'src/access/identity-host.ts', 'src/access/show/table.ts'],
    ...['src/document.ts', 'src/knowledge/schemas.ts', 'src/launch/partitions.ts', 'src/launch/quote.ts'],
    ...['src/live/around.ts', 'src/live/document-of.ts', 'src/live/snapshot.ts', 'src/nearest.ts', 'src/resolve/'],
  ],
  'src/cli/': ['src/build/', 'src/diagnostic.ts', 'src/document.ts', 'src/printable.ts', 'node:'],
  'src/cli/doubts.ts': [
    ...['src/access/meant-action.ts', 'src/cli/', 'src/launch/partitions.ts', 'src/nearest.ts', 'src/resolve/'],
  ],
  'src/cli/access.ts': [
    'src/access/',
    'src/build/',
    'src/cli/',
    'src/document.ts',
    ...['src/launch/partitions.ts', 'src/printable.ts', 'src/launch/values.ts'],
    'src/resolve/',
  ],
  'src/cli/account.ts': [
    ...['src/aws/aws-error.ts', 'src/aws/endpoint.ts', 'src/cli/', 'src/launch/partitions.ts', 'src/live/', 'node:'],
    'src/printable.ts',
  ],
  'src/cli/nested.ts': [...['src/access/show/nested.ts', 'src/build/', 'src/cli/', 'src/document.ts', 'node:path']],
  'src/cli/compat.ts': [
    ...['src/build/', 'src/cli/', 'src/compat/', 'src/knowledge/schemas.ts', 'src/launch/values.ts', 'node:'],
    'src/printable.ts',
  ],
  'src/cli/compat-report.ts': ['src/cli/', 'src/compat/', 'src/printable.ts'],
  'src/cli/compat-sources.ts': [
    ...['src/build/', 'src/checksums.ts', 'src/cli/', 'src/compat/', 'src/document.ts', 'src/launch/partitions.ts'],
    ...[
      'src/manifest.ts',
      'src/publish/fetch-public.ts',
      'src/publish/store.ts',
      'src/read.ts',
      'src/resolve/',
      'node:',
    ],
  ],
  'src/cli/client-config.ts': [
    ...['src/cli/', 'src/client-config/', 'src/document.ts', 'src/launch/partitions.ts', 'src/live/', 'node:'],
    'src/printable.ts',
  ],
  'src/cli/import-plan.ts': [
    ...['src/build/', 'src/cli/', 'src/document.ts', 'src/import-plan/', 'src/knowledge/schemas.ts'],
    ...['src/launch/values.ts', 'node:'],
  ],
  'src/cli/doctor.ts': [
    ...['src/build/', 'src/cli/', 'src/doctor/', 'src/document.ts', 'src/knowledge/schemas.ts', 'src/live/snapshot.ts'],
    ...['src/read.ts', 'node:path'],
  ],
  'src/cli/launch-url.ts': [
    ...['src/build/finding.ts', 'src/cli/', 'src/launch/', 'src/manifest.ts', 'src/publication.ts', 'node:'],
  ],
  'src/cli/arguments.ts': ['src/build/', 'src/launch/values.ts'],
  'src/cli/program.ts': [
    ...['src/build/', 'src/cli/', 'src/client-config/format.ts', 'src/launch/stack-set.ts', 'src/launch/values.ts'],
    'commander',
  ],
  'src/cli/publish.ts': ['src/build/', 'src/cli/', 'src/publish/'],
  'src/cli/publish-report.ts': ['src/build/finding.ts', 'src/cli/', 'src/publish/'],
}

/** They look at nothing but what they are given: the same template, the same text. */
const pureRooms = [
  ...['src/resolve/', 'src/launch/', 'src/manifest.ts', 'src/parameter.ts', 'src/publication.ts'],
  ...['templates/', 'src/authoring/', 'src/document.ts', 'src/diagnostic.ts', 'src/nearest.ts', 'src/link.ts'],
  ...['src/check/', 'src/emit.ts', 'src/read.ts', 'src/accept.ts', 'src/compile.ts', 'src/page/launch-page.ts'],
  ...['src/live/around.ts', 'src/live/document-of.ts', 'src/live/parse-saved.ts', 'src/live/save-commands.ts'],
  ...['src/live/app.ts', 'src/live/shapes.ts', 'src/live/snapshot.ts'],
  ...['src/access/', 'src/page/html.ts', 'src/page/picture.ts', 'src/page/picture/', 'src/page/with-versions.ts'],
  'src/client-config/',
  'src/compat/',
  'src/import-plan/',
  ...['src/page/data.ts', 'src/page/decided.ts', 'src/page/inline-picture.ts', 'src/page/picture-data.ts'],
  'src/measure.ts',
  'src/printable.ts',
]

/** Packages that one file knows, so that they load where they are needed and nowhere else. */
const keepers: Readonly<Record<string, string | readonly string[]>> = {
  '@aws-sdk/client-cloudformation': ['src/live/calls.ts', 'src/publish/cloudformation.ts'],
  '@aws-sdk/client-cognito-identity': 'src/live/calls.ts',
  '@aws-sdk/client-cognito-identity-provider': 'src/live/calls.ts',
  '@aws-sdk/client-iam': 'src/live/calls.ts',
  '@aws-sdk/client-s3': 'src/publish/s3.ts',
  ajv: 'src/knowledge/validator.ts',
  commander: 'src/cli/program.ts',
  esbuild: 'src/build/bundle.ts',
  semver: 'src/publish/index-file.ts',
  yaml: 'src/read.ts',
}

const files = ['src', 'templates'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => posix.join(folder, name.replaceAll('\\', '/'))),
)

const texts = new Map(files.map(file => [file, readFileSync(file, 'utf8')]))
const imports = new Map([...texts].map(([file, text]) => [file, importsOf(file, text)]))

test('every file is in a room, and every room has a file', () => {
  assert.deepEqual(
    files.filter(file => roomOf(file) === undefined),
    [],
  )
  const entered = new Set(files.map(roomOf))
  assert.deepEqual(
    Object.keys(rooms).filter(room => !entered.has(room)),
    [],
  )
})

test('a file imports only what its room may', () => {
  const strangers = [...imports].flatMap(([file, targets]) => {
    const room = roomOf(file) ?? file
    const open = [...(room === 'templates/' ? [] : [room]), ...(rooms[room] ?? [])]
    const strange = targets.filter(target => !isOwn(file, target) && !open.some(door => isWithin(target, door)))
    return strange.map(target => `${file} imports ${target}`)
  })
  assert.deepEqual(strangers, [])
})

test('no file imports itself by way of others', () => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
    if (done.has(file) || trail.includes(file)) return
    for (const target of imports.get(file) ?? []) if (imports.has(target)) visit(target, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  assert.deepEqual(cycles, [])
})

for (const [name, keeper] of Object.entries(keepers)) {
  const all = [keeper].flat()
  test(`only ${all.join(' and ')} ${all.length > 1 ? 'know' : 'knows'} ${name}`, () => {
    const known = [...imports].filter(([, targets]) => targets.some(target => isWithin(target, name)))
    assert.deepEqual(known.map(([file]) => file).sort(), all)
  })
}

test('what must be pure asks neither the clock, nor chance, nor the machine', () => {
  const asks =
    /\b(?:process|console(?!\.a(?:mazona)?ws)|globalThis|performance|Intl)\.\w|\b(?:fetch|randomUUID)\(|\bnew Date\b(?!\(\w+\)\.toISOString)|\bDate\.now\b|\bMath\.random\b|\.toLocale(?!String\('en'\))|\.localeCompare\b/
  const found = [...texts].flatMap(([file, text]) =>
    pureRooms.some(room => isWithin(file, room)) && asks.test(text) ? [`${file} has ${asks.exec(text)?.[0]}`] : [],
  )
  assert.deepEqual(found, [])
})

test('every import is found, however it is written', () => {
  const text = `import a from './a.ts'
import { b,
  type c } from 'b'
import type {} from 'poolform/aws/iam'
import './d.ts'
export { e } from '../e.ts'
export * from 'node:fs'
const f = await import('./f.ts')
type G = import('./g.ts').G
const h = require('h')
/** import type {} from 'poolform/aws/no' */
`
  assert.deepEqual(importsOf('src/x/y.ts', text), [
    ...['src/x/a.ts', 'b', 'poolform/aws/iam', 'src/x/d.ts', 'src/e.ts', 'node:fs', 'src/x/f.ts', 'src/x/g.ts', 'h'],
  ])
})

function roomOf(file: string): string | undefined {
  const candidates = Object.keys(rooms).filter(room => isWithin(file, room))
  return candidates.sort((a, b) => b.length - a.length)[0]
}

/** Is it the file, package or node module of that name, or in the folder? */
function isWithin(target: string, door: string): boolean {
  return target === door || target.startsWith(/[/:]$/.test(door) ? door : `${door}/`)
}

/** `templates/identity-pool.ts` and what is in `templates/identity-pool/` belong together, and to nobody else. */
function isOwn(file: string, target: string): boolean {
  const template = /^templates\/(?!shared\/)[^/]+?(?=\.ts$|\/)/
  const own = template.exec(file)?.[0]
  return own !== undefined && target.startsWith(`${own}/`)
}

function importsOf(file: string, text: string): readonly string[] {
  const statement = /^(?:import|export)\s[^']*?\bfrom '([^']+)'|^import '([^']+)'/gm
  const call = /\b(?:import|require)\('([^']+)'\)/g
  const targets = [...text.matchAll(statement), ...text.matchAll(call)].map(([, one, other]) => one ?? other ?? '')
  return targets.map(target => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target))
}
