import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as nodeFs from 'node:fs'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv } from 'ajv'
import { type Bundled, bundle } from '../src/build/bundle.ts'
import { type Finding, formatPlace } from '../src/build/finding.ts'
import { cachePlace, openCacheFolder } from '../src/build/folders.ts'
import { type BuildRequest, build, type Outcome, type World } from '../src/build/index.ts'
import { lintFiles } from '../src/build/lint-files.ts'
import { artifactOf, capabilities } from '../src/build/manifest.ts'
import { findModules } from '../src/build/modules.ts'
import { notesOf, sourceUrl } from '../src/build/release.ts'
import { type FileSystem, isAtWork, type Plan, replaceFiles } from '../src/build/replace.ts'
import { watch } from '../src/build/watch.ts'
import { type Document, formatPath, type Json, type JsonObject } from '../src/document.ts'
import type { Manifest } from '../src/manifest.ts'
import { contents, type Files, folders, project, write } from './support/projects.ts'

const root = join(import.meta.dirname, '..')
const sharedCache = join(folders, 'cache')

/** A module whose template says `description`, with `before` above it. */
function module(description: string, before = ''): string {
  return `import { defineTemplate, resource } from 'poolform'
import type {} from 'poolform/aws/cloudformation'
${before}
export default defineTemplate({
  Description: ${description},
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`
}

const plain = module(`'Waits'`)

function worldOf(cwd: string, changes: Partial<World> = {}): World {
  return { cwd, cacheFolder: sharedCache, engine: { version: '9.9.9', digest: 'test', root }, ...changes }
}

function run(cwd: string, request: Partial<BuildRequest> = {}, world: Partial<World> = {}): Promise<Outcome> {
  const defaults = { modules: [], out: 'dist', format: 'yaml', check: false, lint: false, cache: true } as const
  return build({ ...defaults, ...request }, worldOf(cwd, world))
}

/** A finding as a line: its place, or module and path, its code and its message. */
function line({ module, place, path, code, message }: Finding): string {
  const where = place === undefined ? [module, formatPath(path)].filter(it => it !== '').join(': ') : formatPlace(place)
  return `${where}: ${code}: ${message}`
}

async function findingsOf(files: Files, request: Partial<BuildRequest> = {}): Promise<readonly string[]> {
  const { findings } = await run(project(files), request)
  return findings.map(line)
}

/** The findings of one module. */
function findings(source: string, others: Files = {}): Promise<readonly string[]> {
  return findingsOf({ 'templates/a.ts': source, ...others })
}

function isBuilt({ findings, artifacts }: Outcome): void {
  assert.deepEqual(findings.map(line), [])
  assert.ok(artifacts.length > 0)
}

/** Is the outcome known without poolform's data, which every other build reads? */
async function isRecalled(
  { folder, cacheFolder }: { readonly folder: string; readonly cacheFolder: string },
  request: Partial<BuildRequest> = {},
  digest = 'test',
): Promise<boolean> {
  // a check that finds everything settled reads no schemas
  rmSync(join(cacheFolder, 'settled'), { recursive: true, force: true })
  try {
    await run(folder, request, { cacheFolder, engine: { version: '9.9.9', digest, root: '/nowhere' } })
    return true
  } catch (error) {
    assert.match(String(error), /ENOENT.*\/nowhere/)
    return false
  }
}

describe('modules', () => {
  test('without names they are templates/*.ts, but for declarations and other files', async () => {
    const folder = project({
      'templates/b.ts': plain,
      'templates/a.ts': plain,
      'templates/a.d.ts': 'export {}',
      'templates/note.md': '',
      'templates/shared/c.ts': 'export {}',
      'templates/script.js': 'throw 1',
    })
    const { artifacts } = await run(folder)
    assert.deepEqual(
      artifacts.map(({ module, path }) => [module, path]),
      [
        ['templates/a.ts', 'dist/a.yaml'],
        ['templates/b.ts', 'dist/b.yaml'],
      ],
    )
  })

  test('a name that is none is told with the nearest that is one', async () => {
    const folder = project({ 'templates/identity-pool.ts': plain, 'notes.yaml': '' })
    const outcome = await run(folder, { modules: ['templates/identity-pol.ts', 'templates', 'notes.yaml'] })
    assert.deepEqual(outcome.findings.map(line), [
      'templates/identity-pol.ts: invalid-module: does not exist',
      'templates: invalid-module: is no file',
      'notes.yaml: invalid-module: is no TypeScript or JavaScript module',
    ])
    assert.match(outcome.findings[0]?.help ?? '', /perhaps templates\/identity-pool\.ts$/)
    assert.equal(existsSync(join(folder, 'dist')), false)
  })

  test('a project without templates/ says what to do', async () => {
    assert.deepEqual(await findingsOf({}), ['templates/*.ts: invalid-module: is no file'])
  })

  test('two files of one name, be it in another case, are two claims on one artifact', async () => {
    const modules = ['x/a.ts', 'y/A.ts']
    assert.deepEqual(await findingsOf({ 'x/a.ts': plain, 'y/A.ts': plain }, { modules }), [
      'y/A.ts: duplicate-template: would write the same artifact as x/a.ts',
    ])
    isBuilt(await run(project({ 'x/a.ts': plain }), { modules: ['x/a.ts', './x/../x/a.ts'] }))
  })

  test('names that a shell, a URL or SHA256SUMS would trip over are refused, and so is `manifest`', async () => {
    for (const name of ['two words.ts', 'ä.ts', '-a.ts', 'a\nb.ts', 'manifest.ts']) {
      const { findings } = await run(project({ [name]: plain }), { modules: [`./${name}`] })
      assert.deepEqual(
        findings.map(({ message }) => message),
        ['has a name that no artifact can have'],
      )
    }
  })

  test('.ts, .mts, .js, .mjs and .cjs are modules', async () => {
    const commonJs = plain
      .replace(/import \{(.*)\} from (.*)/, 'const {$1} = require($2)')
      .replace(/^import type.*/m, '')
    const javaScript = plain.replace(/^import type.*/m, '')
    const folder = project({
      'a.ts': plain,
      'b.mts': plain,
      'c.js': javaScript,
      'd.mjs': javaScript,
      'e.cjs': commonJs.replace('export default', 'module.exports ='),
      'f.cjs': commonJs.replace('export default', 'exports.default ='),
    })
    const outcome = await run(folder, { modules: ['a.ts', 'b.mts', 'c.js', 'd.mjs', 'e.cjs', 'f.cjs'] })
    isBuilt(outcome)
    assert.equal(outcome.artifacts.length, 6)
  })

  test('a package.json that is no JSON is told, as artifacts carry what it says', async () => {
    const [finding = ''] = await findingsOf({ 'package.json': '{', 'templates/a.ts': plain })
    assert.match(finding, /^package\.json: unreadable-file: is no JSON: /)
  })
})

describe('what a module imports', () => {
  test('is TypeScript and JSON beside it, packages, and Node’s own modules', async () => {
    const folder = project({
      'templates/a.ts': module(
        '`${greeting} ${data.name} ${word()} ${util.format("%d", 1)} ${text}`',
        `import { greeting } from './shared/greeting.ts'
import data from './shared/data.json' with { type: 'json' }
import word from 'word'
import * as util from 'node:util'
import text from './shared/note.txt'
import { nothing } from 'poolform/aws/iam'
import 'poolform/resources'`,
      ),
      'templates/shared/greeting.ts': `export const greeting: string = 'Hello'`,
      'templates/shared/data.json': '{"name": "world"}',
      'templates/shared/note.txt': 'bye',
      'node_modules/word/package.json': '{"name": "word", "main": "index.js"}',
      'node_modules/word/index.js': 'module.exports = () => "of"',
    })
    isBuilt(await run(folder))
    assert.match(readFileSync(join(folder, 'dist/a.yaml'), 'utf8'), /^Description: Hello world of 1 bye$/m)
  })

  test('is one authoring API, also for packages: else no class would be what it is', async () => {
    const folder = project({
      'templates/a.ts': `import { defineTemplate } from 'poolform'
import { handle } from 'handles'
export default defineTemplate({ Description: 'x', Resources: { Handle: handle() } })`,
      'node_modules/handles/package.json': '{"name": "handles", "type": "module", "exports": "./index.js"}',
      'node_modules/handles/index.js': `import { resource } from 'poolform'
export const handle = () => resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' })`,
    })
    isBuilt(await run(folder))
  })

  test('is told where it is not there, with the nearest name', async () => {
    const found = await findings(
      module(`'x'`, `import './shared/conditons.ts'\nimport nothing from 'no-such-package'\nnothing()`),
      {
        'templates/shared/conditions.ts': '',
      },
    )
    assert.deepEqual(found, [
      'templates/a.ts:3:8: invalid-module: imports ./shared/conditons.ts, which does not exist',
      'templates/a.ts:4:21: invalid-module: imports no-such-package, which is not installed',
    ])
  })

  test('must have the name that it is imported by', async () => {
    const found = await findings(module('greetings', `import { greetings } from './shared/greeting.ts'`), {
      'templates/shared/greeting.ts': `export const greeting = 1`,
    })
    assert.deepEqual(found, [
      `templates/a.ts:3:10: invalid-module: No matching export in "templates/shared/greeting.ts" for import "greetings"`,
    ])
  })

  test('asks no tsconfig.json, which could make two projects read one file differently', async () => {
    const folder = project({
      'templates/a.ts': module('x', `import x from '@/x.ts'`),
      'x.ts': `export default 'x'`,
      'tsconfig.json': '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
    })
    const { findings } = await run(folder)
    assert.deepEqual(findings.map(line), [
      'templates/a.ts:3:15: invalid-module: imports @/x.ts, which is not installed',
    ])
  })
})

describe('what can be wrong with a module', () => {
  test('every syntax error of every module is told at its place, a shared one once, and other modules are checked', async () => {
    const found = await findingsOf({
      'templates/a.ts': `const é = 1; const a = 1\nconst a = 2\nexport default await a\n`,
      'templates/b.ts': module(`'b'`, `import './shared/broken.ts'`),
      'templates/c.ts': module(`'c'`, `import './shared/broken.ts'`),
      'templates/d.ts': `export default { Description: 'd' }`,
      'templates/shared/broken.ts': 'const x = (\n',
    })
    assert.deepEqual(found, [
      'templates/a.ts:2:7: invalid-module: The symbol "a" has already been declared',
      'templates/a.ts:3:16: invalid-module: awaits something at its top level, and a template is not made in steps',
      'templates/shared/broken.ts:2:1: invalid-module: Unexpected end of file',
      'templates/d.ts: Resources: invalid-module: is missing',
    ])
  })

  test('columns count characters, not bytes', async () => {
    assert.deepEqual(await findings(`const é = '€'; const = 1`), [
      'templates/a.ts:1:22: invalid-module: Expected identifier but found "="',
    ])
  })

  test('what it throws is told at the line of the source that threw, in whatever file', async () => {
    const found = await findings(module('fail(1)', `import { fail } from './shared/fail.ts'\n`), {
      'templates/shared/fail.ts': `type Long = { a: string }\n\nexport function fail(n: number): string {\n  throw new RangeError(\`no \${n}\`)\n}`,
    })
    assert.deepEqual(found, ['templates/shared/fail.ts:4:9: invalid-module: throws RangeError: no 1'])
  })

  test('a name that poolform lacks is told with the nearest', async () => {
    const source = module(`Subb('x')`, `import { Subb } from 'poolform'`)
    const { findings } = await run(project({ 'templates/a.ts': source }))
    assert.deepEqual(findings.map(line), [
      'templates/a.ts:5:16: invalid-module: throws TypeError: Subb is not a function',
    ])
    assert.equal(findings[0]?.help, 'poolform exports no Subb: perhaps Sub is meant')
  })

  const cases: readonly (readonly [name: string, source: string, expected: string])[] = [
    [
      'throws what is no Error',
      `throw { no: 'error' }`,
      'a.ts: invalid-module: throws {"no":"error"}, which is no Error',
    ],
    ['throws nothing', 'throw undefined', 'a.ts: invalid-module: throws undefined, which is no Error'],
    ['ends the process', 'process.exit(0)', 'a.ts:1:9: invalid-module: tries to end the process'],
    [
      'imports the end',
      `import p from 'node:process'; p.exit(0)`,
      'a.ts:1:33: invalid-module: tries to end the process',
    ],
    ['is empty', '', 'a.ts: invalid-module: exports nothing'],
    ['exports types alone', 'export type A = 1', 'a.ts: invalid-module: exports nothing'],
    [
      'has no default export',
      'export const template = 1',
      'a.ts: invalid-module: exports template, but nothing as its default',
    ],
    [
      'exports a function',
      'export default () => 1',
      'a.ts: invalid-module: has a function as its default export, which is no template',
    ],
    [
      'exports a promise',
      'export default Promise.resolve(1)',
      'a.ts: invalid-module: has a promise as its default export, which is no template',
    ],
    [
      'exports null',
      'export default null',
      'a.ts: invalid-module: has null as its default export, which is no template',
    ],
    [
      'uses what it declares further down',
      `const a = b\nconst b = 1\nexport default a`,
      `a.ts:1:11: invalid-module: throws ReferenceError: Cannot access 'b' before initialization`,
    ],
    [
      'uses what a circle of imports has not declared yet',
      `import { a } from './b.ts'\nexport const b = a`,
      `b.ts:3:18: invalid-module: throws ReferenceError: Cannot access 'b' before initialization`,
    ],
    [
      'recurses without end',
      'function f(): number { return f() + 1 }\nexport default f()',
      'a.ts:1:24: invalid-module: throws RangeError: Maximum call stack size exceeded',
    ],
    [
      'assigns to what is not declared',
      'undeclared = 1',
      'a.ts:1:1: invalid-module: throws ReferenceError: undeclared is not defined',
    ],
  ]
  for (const [name, source, expected] of cases) {
    test(`a module that ${name} is told so`, async () => {
      const found = await findings(source, {
        'templates/shared/.keep': '',
        'templates/b.ts': `import { b } from './a.ts'\nexport const a = 1\nexport const c = b\nexport default 1`,
      })
      const own = found.filter(it => !it.startsWith('templates/b.ts: '))
      assert.ok(own.includes(`templates/${expected}`), own.join('\n'))
    })
  }

  test('a template that TypeScript would refuse is told by its parts, not by an exception', async () => {
    const source = `import { parameter, resource } from 'poolform'
export default {
  Parameter: {},
  Parameters: { A: 'text', B: resource({ Type: 'AWS::X::Y' }) },
  Mappings: [],
  Resources: { C: { Type: 'AWS::S3::Bucket' }, D: undefined },
  Accept: [{ Code: 'x' }],
  Metadata: 1,
}`
    assert.deepEqual(await findings(source), [
      'templates/a.ts: Parameter: invalid-module: is no section of a template',
      'templates/a.ts: Description: invalid-module: is missing',
      'templates/a.ts: Parameters.A: invalid-module: is a string, and no parameter',
      'templates/a.ts: Parameters.B: invalid-module: is a resource, and no parameter',
      'templates/a.ts: Mappings: invalid-module: is no list of declarations',
      'templates/a.ts: Resources.C: invalid-module: is an object, and no resource',
      'templates/a.ts: Resources.D: invalid-module: is undefined, and no resource',
      'templates/a.ts: Metadata: invalid-module: is a number',
      'templates/a.ts: Accept: invalid-module: is no list of acceptances',
    ])
  })

  test('link, check and the module are all heard, and one error keeps everything from being written', async () => {
    const folder = project({ 'templates/a.ts': plain })
    await run(folder)
    const before = contents(join(folder, 'dist'))
    write(folder, {
      'templates/a.ts': module(`'changed'`),
      'templates/b.ts': module(`'x'`).replace('WaitConditionHandle', 'WaitConditionHandel'),
      'templates/c.ts': module(`'${'$'}{x}'`),
    })
    const { findings } = await run(folder)
    assert.deepEqual(
      findings.map(({ module, code }) => [module, code]),
      [
        ['templates/b.ts', 'unknown-resource-type'],
        ['templates/c.ts', 'literal-placeholder'],
      ],
    )
    assert.deepEqual(contents(join(folder, 'dist')), before)
  })

  test('texts of several lines, enums and hoisted functions are what they are', async () => {
    const source = module(
      'late() + Colour.Red + Old',
      `enum Colour { Red = 'red' }
var Old = 1
const template = \`
var x = 1
\${Old}
\`
function late() { return template }`,
    )
    const folder = project({ 'templates/a.ts': source })
    isBuilt(await run(folder, { format: 'json' }))
    assert.equal(JSON.parse(readFileSync(join(folder, 'dist/a.json'), 'utf8')).Description, '\nvar x = 1\n1\nred1')
  })

  test('without esbuild’s native program its API makes the same of the same', async () => {
    const folder = project({
      'templates/a.ts': module(`'a' + x`, `import x from './x.json'`),
      'templates/b.ts': plain,
      'templates/x.json': '"x"',
    })
    const { modules } = findModules([], folder)
    const [native, api] = [await bundle(modules, folder), await bundle(modules, folder, join(folder, 'no-program'))]
    assert.equal(native.bundles.length, 2)
    assert.deepEqual(api.findings, [])
    const comparable = ({ bundles }: Bundled) => bundles.map(({ code, inputs, isExact }) => ({ code, inputs, isExact }))
    assert.deepEqual(comparable(api), comparable(native))
  })
})

describe('the same source, the same bytes', () => {
  const impure: readonly (readonly [source: string, expected: string])[] = [
    ['process.env.HOME', 'impure-module: uses process.env.HOME'],
    ['process.env["A B"] ?? 1', 'impure-module: uses process.env.A B'],
    ['Object.keys(process.env)', 'impure-module: uses process.env'],
    ['"HOME" in process.env', 'impure-module: uses process.env.HOME'],
    ['process.cwd()', 'impure-module: uses process.cwd'],
    ['process.platform', 'impure-module: uses process.platform'],
    ['Date.now()', 'impure-module: uses Date.now'],
    ['new Date().toISOString()', 'impure-module: uses Date'],
    ['Date()', 'impure-module: uses Date'],
    ['Math.random()', 'impure-module: uses Math.random'],
    ['crypto.randomUUID()', 'impure-module: uses crypto.randomUUID'],
    ['performance.now()', 'impure-module: uses performance.now'],
    ['globalThis.process.env.X', 'impure-module: uses process.env.X'],
    ['globalThis.whatever', 'impure-module: uses whatever'],
    ['global.Date.now()', 'impure-module: uses Date.now'],
    ['fetch("http://localhost:1").catch(() => 1)', 'impure-module: uses fetch'],
    ['new Intl.NumberFormat().format(1)', 'impure-module: uses Intl.NumberFormat'],
    ['new Function("return 1")()', 'impure-module: uses Function'],
    ['(1234.5).toLocaleString()', 'impure-module: uses toLocaleString'],
    ['["b", "a"].sort((a, b) => a.localeCompare(b))', 'impure-module: uses localeCompare'],
  ]
  for (const [expression, expected] of impure) {
    test(`${expression} is warned of, and never recalled`, async () => {
      const folder = project({ 'templates/a.ts': module(`'x'`, `const x = ${expression}`) })
      // a cache of its own, which the test can empty of what is settled
      const here = { folder, cacheFolder: mkdtempSync(join(folders, 'c-')) }
      const first = await run(folder, {}, here)
      assert.deepEqual(
        first.findings.map(({ severity, place, code, message }) => [severity, place?.line ?? 3, `${code}: ${message}`]),
        [['warning', 3, `${expected}: the same source may give another template on another machine or day`]],
      )
      assert.equal(await isRecalled(here), false)
      write(folder, { 'templates/a.ts': plain })
      await run(folder, {}, here)
      assert.ok(await isRecalled(here))
    })
  }

  test('modules of Node that touch the machine are told, those that compute are not', async () => {
    const source = module(
      `createHash('sha256').update(format('%s', 'x')).digest('hex') + hostname().length + randomInt(1)`,
      `import { createHash, randomInt } from 'node:crypto'
import { format } from 'util'
import { hostname } from 'node:os'`,
    )
    assert.deepEqual(
      (await findings(source)).map(it => it.replace(/: the same source.*/, '')),
      [
        'templates/a.ts:5:26: impure-module: uses node:os',
        'templates/a.ts:7:99: impure-module: uses node:crypto.randomInt',
      ],
    )
  })

  test('what gives the same everywhere is not told of', async () => {
    const source = module(
      `String(x)`,
      `const x = [Math.max(1, Math.PI), Date.UTC(2020, 1), globalThis.Object.keys({}), globalThis.parseInt('1', 10),
  typeof process, typeof window, Date.name, Math instanceof Object, new Map(), JSON.stringify({}), /a/.test('a'), [] instanceof Array]`,
    )
    assert.deepEqual(await findings(source), [])
  })

  test('an ES module is strict, a global that it sets is told of, and it does not reach the next module', async () => {
    const folder = project({
      'templates/a.ts': module(`'a'`, 'Object.assign(globalThis, {})\nglobalThis.leak = 1'),
      'templates/b.ts': module(`typeof leak`),
      'templates/c.ts': module(`'c'`, 'Object.freeze([1]).push(2)'),
    })
    const { findings } = await run(folder)
    assert.deepEqual(findings.map(line), [
      'templates/a.ts:4:12: impure-module: uses leak: the same source may give another template on another machine or day',
      'templates/c.ts:3:20: invalid-module: throws TypeError: Cannot add property 1, object is not extensible',
    ])
    Reflect.deleteProperty(globalThis, 'leak')
  })

  test('a template that looks at the machine only when it is read is found out too', async () => {
    const source = module(`'x'`).replace(`Description: 'x'`, `get Description() { return process.env.PATH ?? '' }`)
    const folder = project({ 'templates/a.ts': source })
    assert.match(
      (await run(folder)).findings.map(line).join(),
      /^templates\/a\.ts:5:42: impure-module: uses process\.env\.PATH/,
    )
    write(folder, { 'templates/a.ts': source.replace(`process.env.PATH ?? ''`, `fail()`) })
    assert.match(
      (await run(folder)).findings.map(line).join(),
      /^templates\/a\.ts:5:\d+: invalid-module: throws Reference/,
    )
  })

  test('neither folder, time zone nor locale is in the output', async () => {
    const files = {
      'templates/a.ts': module('`${x}`', `import x from './shared/x.ts'`),
      'templates/shared/x.ts': 'export default 1',
    }
    const [a, b] = [project(files), project({ ...files, 'deep/er/.keep': '' })]
    const { TZ, LANG } = process.env
    isBuilt(await run(a))
    Object.assign(process.env, { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8' })
    isBuilt(await run(b))
    for (const [name, value] of Object.entries({ TZ, LANG })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    assert.deepEqual(contents(join(a, 'dist')), contents(join(b, 'dist')))
    const texts = Object.values(contents(join(a, 'dist'))).map(text => text.replace(/<script>.*?<\/script>/s, ''))
    assert.doesNotMatch(texts.join(), new RegExp(`${folders}|20\\d\\d-(?!09-09)`))
  })
})

describe('outputs', () => {
  const twoModules = {
    'templates/a.ts': module(`'a'`),
    'templates/b.ts': module(`'b'`),
  }

  test('are the templates, a manifest that fits its schema, and SHA256SUMS that sha256sum takes', async () => {
    const folder = project({
      ...twoModules,
      'templates/c.ts': `import { AWS, condition, defineTemplate, Equals, output, parameter, parameterGroup, Ref, resource } from 'poolform'
const Group = parameterGroup('Names')
const Name = parameter({ Type: 'String', Default: '', Label: 'The name', Group, Description: 'Of it', AllowedPattern: '^[a-z]*$', ConstraintDescription: 'letters', MaxLength: 3 })
const Size = parameter({ Type: 'Number', Default: 1, AllowedValues: [1, 2], NoEcho: true })
const Named = condition(Equals(Ref(Name), ''))
const Handle = resource({ Type: 'AWS::CloudFormation::WaitConditionHandle', Metadata: { n: Ref(Size) } })
const Url = output({ Description: 'Where', Condition: Named, Value: Ref(Handle) })
export default defineTemplate({ Description: 'c', Parameters: { Name, Size }, Conditions: { Named }, Resources: { Handle }, Outputs: { Url } })`,
    })
    isBuilt(await run(folder))
    const dist = join(folder, 'dist')
    assert.deepEqual(readdirSync(dist).sort(), [
      'SHA256SUMS',
      'a.yaml',
      'b.yaml',
      'c.yaml',
      'index.html',
      'manifest.json',
    ])
    const sums = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: dist, encoding: 'utf8' })
    assert.equal(sums, 'a.yaml: OK\nb.yaml: OK\nc.yaml: OK\nindex.html: OK\nmanifest.json: OK\n')
    const manifest: Manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
    const schema: JsonObject = JSON.parse(readFileSync(join(root, 'schemas/manifest.schema.json'), 'utf8'))
    const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema)
    assert.ok(validate(manifest), JSON.stringify(validate.errors))
    assert.equal(validate({ ...manifest, artifacts: [{ ...manifest.artifacts[0], sha256: '' }] }), false)
    const { bytes, sha256, ...artifact } = manifest.artifacts[2] ?? {}
    const text = readFileSync(join(dist, 'c.yaml'))
    assert.deepEqual({ bytes, sha256 }, { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') })
    assert.deepEqual(artifact, {
      name: 'c',
      version: '1.2.3',
      file: 'c.yaml',
      description: 'c',
      capabilities: [],
      parameters: [
        {
          name: 'Name',
          type: 'String',
          default: '',
          description: 'Of it',
          allowedPattern: '^[a-z]*$',
          constraintDescription: 'letters',
          maxLength: 3,
          label: 'The name',
          group: 'Names',
        },
        { name: 'Size', type: 'Number', default: 1, allowedValues: [1, 2], noEcho: true },
      ],
      outputs: [{ name: 'Url', description: 'Where', condition: 'Named' }],
      resourceTypes: ['AWS::CloudFormation::WaitConditionHandle'],
      resources: [{ id: 'Handle', type: 'AWS::CloudFormation::WaitConditionHandle' }],
      conditions: { Named: { 'Fn::Equals': [{ Ref: 'Name' }, ''] } },
      grants: [],
    })
    assert.deepEqual(manifest.project, { version: '1.2.3' })
  })

  test('say of the mappings in the manifest those that conditions and rules look into', () => {
    const Mappings = { One: { a: { b: 'c' } }, Two: { a: { b: 'c' } }, Three: { a: { b: 'c' } } }
    const look = (name: Json) => ({ 'Fn::Equals': [{ 'Fn::FindInMap': [name, 'a', 'b'] }, 'c'] })
    const of = (rest: Partial<Document>) => {
      const document = { Mappings, Resources: { A: { Type: 'T', P: look('Three') } }, ...rest }
      return artifactOf({ name: 'a', version: '1', file: 'a.yaml', text: '', document }).mappings
    }
    assert.equal(of({}), undefined)
    assert.deepEqual(
      Object.keys(
        of({ Conditions: { C: look('One') }, Rules: { R: { Assertions: [{ Assert: look('Two') }] } } }) ?? {},
      ),
      ['One', 'Two'],
    )
    assert.deepEqual(of({ Conditions: { C: look({ Ref: 'Name' }) } }), Mappings)
    assert.equal(of({ Conditions: { C: look('Two') }, Mappings: { One: {} } }), undefined)
  })

  test('say which capabilities CloudFormation will ask for', () => {
    const of = (...resources: readonly JsonObject[]) =>
      capabilities({ Resources: Object.fromEntries(resources.entries()) })
    assert.deepEqual(of({ Type: 'AWS::S3::Bucket' }), [])
    assert.deepEqual(of({ Type: 'AWS::S3::Bucket' }, { Type: 'AWS::IAM::Role', Properties: {} }), ['CAPABILITY_IAM'])
    assert.deepEqual(
      of({ Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'Name' } } }, { Type: 'AWS::IAM::Policy' }),
      ['CAPABILITY_NAMED_IAM'],
    )
    // the policy is part of a role, the user is another's
    assert.deepEqual(of({ Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'x' } }), ['CAPABILITY_IAM'])
    assert.deepEqual(of({ Type: 'AWS::IAM::AccessKey', Properties: { UserName: 'x' } }), ['CAPABILITY_IAM'])
    // what a nested stack makes only its URL tells, and the root stack has to acknowledge it
    assert.deepEqual(of({ Type: 'AWS::CloudFormation::Stack' }), ['CAPABILITY_IAM'])
    assert.deepEqual(
      of({ Type: 'AWS::CloudFormation::Stack' }, { Type: 'AWS::IAM::User', Properties: { UserName: 'x' } }),
      ['CAPABILITY_NAMED_IAM'],
    )
    assert.deepEqual(of({ Type: 'AWS::S3::Bucket', Properties: { Tags: [{ 'Fn::Transform': {} }] } }), [
      'CAPABILITY_AUTO_EXPAND',
    ])
  })

  test('say in the manifest of what release they are, and what is new in it', async () => {
    const changelog =
      '# Changelog\n\n## [Unreleased]\n\n- Next\n\n## [1.2.3] - 2017-06-20\n\n- Now\n\n[1.2.3]: https://x.test\n'
    const folder = project({
      'templates/a.ts': plain,
      'package.json': '{"version": "1.2.3", "repository": {"url": "git+https://me:token@github.com/o/r.git"}}',
      'CHANGELOG.md': changelog,
    })
    const projectNow = async (): Promise<Manifest['project']> => {
      isBuilt(await run(folder))
      return JSON.parse(readFileSync(join(folder, 'dist/manifest.json'), 'utf8')).project
    }
    const release = { version: '1.2.3', source: 'https://github.com/o/r' }
    assert.deepEqual(await projectNow(), { ...release, notes: '- Now' })
    write(folder, { 'CHANGELOG.md': changelog.replace('1.2.3', '1.2.2') })
    assert.deepEqual(await projectNow(), { ...release, notes: '- Next' })
    rmSync(join(folder, 'CHANGELOG.md'))
    assert.deepEqual(await projectNow(), release)
  })

  test('say of the notes what stands under the version’s heading, however it is written', () => {
    const notes = (changelog: string) => notesOf(changelog, '1.2.0')
    for (const heading of [
      '[1.2.0] - 2017-06-20',
      '1.2.0',
      'v1.2.0 (2017-06-20)',
      '[1.2.0](https://x.test)',
      '[v1.2.0]',
    ])
      assert.equal(
        notes(`## 1.2.0-rc.1\nno\n## ${heading}\n\n### Added\n- yes\n\n## 1.1.0\nno\n`),
        '### Added\n- yes',
        heading,
      )
    assert.equal(notes('## 1.2.0\r\na\r\n```\r\n## 1.1.0\r\n```\r\n# The end\r\nno'), 'a\n```\n## 1.1.0\n```')
    assert.equal(notes('## UNRELEASED\nnext'), 'next')
    assert.equal(notes('## 1.2.0\n\n## Unreleased\nnext'), undefined)
    assert.equal(notes('## 1.1.0\nold'), undefined)
    assert.equal(notes(''), undefined)
  })

  test('name as the source what a browser can open, and nothing else', () => {
    const sources: Readonly<Record<string, string | undefined>> = {
      'https://example.com/o/r': 'https://example.com/o/r',
      'https://me:secret@example.com:8443/o/r.git': 'https://example.com:8443/o/r',
      'http://example.com/o?a=b#readme': 'http://example.com/o?a=b#readme',
      'git+https://github.com/o/r.git#main': 'https://github.com/o/r',
      'git://github.com/o/r.git': 'https://github.com/o/r',
      'git+ssh://git@github.com:22/o/r.git': 'https://github.com/o/r',
      'git@github.com:o/r.git': 'https://github.com/o/r',
      'github:o/r': 'https://github.com/o/r',
      'gitlab:o/group/r': 'https://gitlab.com/o/group/r',
      'bitbucket:o/r': 'https://bitbucket.org/o/r',
      'gist:11081aaa281': 'https://gist.github.com/11081aaa281',
      'o/r': 'https://github.com/o/r',
      ...Object.fromEntries(
        ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '../r', 'r', '', 'https://', 'x y'].map(
          it => [it, undefined],
        ),
      ),
    }
    for (const [text, url] of Object.entries(sources)) assert.equal(sourceUrl(text), url, text)
  })

  test('have a header of the template’s and the project’s name, version and licence, as far as there are any', async () => {
    const head = async (packageFile: string): Promise<string> => {
      const folder = project({ 'templates/a.ts': plain, 'package.json': packageFile })
      isBuilt(await run(folder))
      return readFileSync(join(folder, 'dist/a.yaml'), 'utf8').split('\n\n')[0] ?? ''
    }
    const last = '# Compiled by poolform 9.9.9. Edit the module that it comes from, not this file.'
    assert.equal(
      await head('{"version": "2.0.0-rc.1", "license": "Apache-2.0"}'),
      `# a 2.0.0-rc.1\n# SPDX-License-Identifier: Apache-2.0\n${last}`,
    )
    assert.equal(await head('{"license": {"type": "MIT"}, "version": "1\\n2"}'), `# a 0.0.0\n${last}`)
    assert.equal(await head('[]'), `# a 0.0.0\n${last}`)
  })

  test('of one module leave those of the others, and their places in the manifest', async () => {
    const folder = project(twoModules)
    await run(folder)
    const before = contents(join(folder, 'dist'))
    write(folder, { 'templates/a.ts': module(`'new'`) })
    isBuilt(await run(folder, { modules: ['templates/a.ts'] }))
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'dist/manifest.json'), 'utf8'))
    assert.deepEqual(
      artifacts.map(({ name, description }: Files) => [name, description]),
      [
        ['a', 'new'],
        ['b', 'b'],
      ],
    )
    assert.equal(contents(join(folder, 'dist'))['b.yaml'], before['b.yaml'])
    const afterwards = contents(join(folder, 'dist'))
    isBuilt(await run(folder))
    assert.deepEqual(contents(join(folder, 'dist')), afterwards)
  })

  test('whose modules are gone, or that have another format now, go too, unless somebody has edited them', async () => {
    const folder = project({ ...twoModules, 'templates/c.ts': plain, 'dist/own.txt': 'mine', 'dist/own.yaml': 'mine' })
    await run(folder)
    for (const name of ['b', 'c']) rmSync(join(folder, `templates/${name}.ts`))
    writeFileSync(join(folder, 'dist/c.yaml'), 'edited')
    const outcome = await run(folder)
    assert.deepEqual(outcome.removed, ['dist/b.yaml'])
    assert.deepEqual(outcome.findings.map(line), [
      'dist/c.yaml: stale-output: is built no more, but is not as it was built either: it stays',
    ])
    assert.deepEqual((await run(folder, { format: 'json' })).removed, ['dist/a.yaml'])
    assert.deepEqual(readdirSync(join(folder, 'dist')).sort(), [
      'SHA256SUMS',
      'a.json',
      'c.yaml',
      'index.html',
      'manifest.json',
      'own.txt',
      'own.yaml',
    ])
  })

  test('never take the place of a file that poolform did not write', async () => {
    for (const [name, text] of Object.entries({
      'a.yaml': 'Resources: {}\n',
      'manifest.json': '{"name": "web app"}',
      'index.html': '<!doctype html><title>An app of mine</title><p><meta name="generator" content="other">',
      SHA256SUMS: `${'0'.repeat(64)}  something-else\n`,
    })) {
      const folder = project({ 'templates/a.ts': plain, [`dist/${name}`]: text })
      const { findings } = await run(folder)
      assert.deepEqual(findings.map(line), [
        `dist/${name}: unwritable-output: is there already, and poolform did not write it`,
      ])
      assert.deepEqual(contents(join(folder, 'dist')), { [name]: text })
    }
  })

  test('have a launch page of all that the manifest lists, whichever of them are built', async () => {
    const folder = project(twoModules)
    isBuilt(await run(folder))
    const whole = contents(join(folder, 'dist'))
    const page = whole['index.html'] ?? ''
    const manifest: Manifest = JSON.parse(whole['manifest.json'] ?? '')
    for (const { sha256 } of manifest.artifacts) assert.ok(page.includes(sha256))
    rmSync(join(folder, 'dist/index.html'))
    isBuilt(await run(folder, { modules: ['templates/a.ts'] }))
    assert.deepEqual(contents(join(folder, 'dist')), whole)
    isBuilt(await run(folder, { format: 'json' }))
    const json: Manifest = JSON.parse(readFileSync(join(folder, 'dist/manifest.json'), 'utf8'))
    for (const { sha256 } of json.artifacts) {
      assert.ok(!page.includes(sha256))
      assert.ok(readFileSync(join(folder, 'dist/index.html'), 'utf8').includes(sha256))
    }
    // one is known by itself, though manifest and checksums are gone
    for (const name of ['SHA256SUMS', 'manifest.json']) rmSync(join(folder, 'dist', name))
    isBuilt(await run(folder, { format: 'json', cache: false }))
  })

  test('of one module want of the others what the manifest says today', async () => {
    const older: Readonly<Record<string, (artifact: { [field: string]: unknown }) => void>> = {
      'has no grants': artifact => delete artifact['grants'],
      'has resources without types': artifact => Object.assign(artifact, { resources: [{ id: 'A' }] }),
      'has no text as its description': artifact => Object.assign(artifact, { description: 1 }),
      'has conditions that are none': artifact =>
        Object.assign(artifact, { grants: [{ who: 'x', by: 'x', effect: 'x', may: 'x', on: 'x', when: [1] }] }),
    }
    for (const [name, edit] of Object.entries(older)) {
      const folder = project(twoModules)
      isBuilt(await run(folder))
      const file = join(folder, 'dist/manifest.json')
      const manifest = JSON.parse(readFileSync(file, 'utf8'))
      edit(manifest.artifacts[1])
      writeFileSync(file, JSON.stringify(manifest))
      const { findings } = await run(folder, { modules: ['templates/a.ts'] })
      assert.deepEqual(
        findings.map(line),
        [
          'dist/manifest.json: unwritable-output: can not be read, and lists artifacts besides the one that is built now',
        ],
        name,
      )
      isBuilt(await run(folder, { modules: ['templates/a.ts', 'templates/b.ts'] }))
      isBuilt(await run(folder))
    }
  })

  test('that were deleted or edited, whichever it was, are put right', async () => {
    const folder = project(twoModules)
    await run(folder)
    const right = contents(join(folder, 'dist'))
    for (const name of Object.keys(right)) {
      for (const edit of [undefined, '', `${right[name]}# edited\n`, 'quite another thing']) {
        const file = join(folder, 'dist', name)
        if (edit === undefined) rmSync(file)
        else writeFileSync(file, edit)
        isBuilt(await run(folder))
        assert.deepEqual(contents(join(folder, 'dist')), right, `${name} edited to ${edit}`)
      }
    }
  })

  test('are only compared by --check, which says what differs and from which line on', async () => {
    const folder = project(twoModules)
    const missing = await run(folder, { check: true })
    assert.equal(existsSync(join(folder, 'dist')), false)
    assert.deepEqual(missing.findings.map(line), [
      'dist/a.yaml: stale-output: is missing',
      'dist/b.yaml: stale-output: is missing',
      'dist/manifest.json: stale-output: is missing',
      'dist/index.html: stale-output: is missing',
      'dist/SHA256SUMS: stale-output: is missing',
    ])
    await run(folder)
    isBuilt(await run(folder, { check: true }))
    write(folder, { 'templates/a.ts': module(`'a new one'`) })
    rmSync(join(folder, 'templates/b.ts'))
    const before = contents(folder)
    const { findings } = await run(folder, { check: true })
    const told = findings.map(it => line(it).replace(/(html: .*, from )line \d+/, '$1its line'))
    assert.deepEqual(told, [
      'dist/a.yaml: stale-output: is not what its module says, from line 6 on',
      'dist/manifest.json: stale-output: is not what its module says, from line 15 on',
      'dist/index.html: stale-output: is not what its module says, from its line on',
      'dist/SHA256SUMS: stale-output: is not what its module says, from line 1 on',
      'dist/b.yaml: stale-output: is built no more',
    ])
    assert.equal(findings[0]?.help, 'Run poolform build, and commit what it writes')
    assert.deepEqual(contents(folder), before)
  })

  test('can’t be written where there is no folder to be, and nothing is left behind', async () => {
    const folder = project({ 'templates/a.ts': plain, file: 'a file', 'dist/a.yaml/x': 'a folder' })
    const before = contents(folder)
    for (const [out, code] of Object.entries({
      file: 'EEXIST',
      'file/deeper/dist': 'ENOTDIR',
      '/proc/poolform/dist': 'ENOENT',
      dist: 'E',
    })) {
      const { findings } = await run(folder, { out })
      assert.equal(findings.length, 1)
      assert.match(
        findings.map(line).join(),
        new RegExp(`^${out}(/a.yaml)?: unwritable-output: (can't be written: ${code}|is there already)`),
      )
      assert.deepEqual(contents(folder), before)
    }
    isBuilt(await run(folder, { out: 'not/there/yet' }))
  })
})

describe('replacing files', () => {
  const old = { a: 'old a', gone: 'old', foreign: 'foreign', 'in/b': 'old b', 'out/gone': 'old' }
  const written = { a: 'new a', c: 'new c', 'in/b': 'new b', 'new/d': 'new d' }
  const plan: Plan = { write: new Map(Object.entries(written)), remove: ['gone', 'out/gone'] }
  const replaced = { ...written, foreign: 'foreign' }

  class Crash extends Error {}
  const methods = Object.entries(nodeFs).filter(([name]) => name.endsWith('Sync'))

  /** A file system in which one call fails, and from another on all do, as if the process were killed. */
  function failing(error: number, crash: number): { readonly fs: FileSystem; readonly calls: () => number } {
    let calls = 0
    const wrapped = methods.map(([name, method]) => [
      name,
      (...args: readonly unknown[]): unknown => {
        calls++
        if (calls >= crash) throw new Crash(name)
        if (calls === error) {
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: name })
        }
        return typeof method === 'function' ? Reflect.apply(method, nodeFs, args) : method
      },
    ])
    return { fs: { ...nodeFs, ...Object.fromEntries(wrapped) }, calls: () => calls }
  }

  const never = Number.POSITIVE_INFINITY

  /** Without what a process leaves that was killed. */
  function visible(files: Files): Files {
    return Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('.poolform')))
  }

  /** What the next call finds when it is its turn. */
  function found(folder: string): Files {
    let files: Files = {}
    replaceFiles(folder, () => {
      files = visible(contents(folder))
      return { write: new Map(), remove: [] }
    })
    assert.equal(isAtWork(folder), false)
    return files
  }

  function folderWith(files: Files): string {
    const folder = mkdtempSync(join(folders, 'r-'))
    write(folder, files)
    return folder
  }

  test('replaces, adds and removes what it is told to, and nothing else', () => {
    const folder = folderWith(old)
    replaceFiles(folder, () => plan)
    assert.deepEqual(contents(folder), replaced)
    assert.deepEqual(readdirSync(folder).sort(), ['a', 'c', 'foreign', 'in', 'new'])
  })

  const counting = failing(never, never)
  replaceFiles(folderWith(old), () => plan, counting.fs)
  const calls = counting.calls()

  test('an error at any call leaves all as it was, or is too late to matter', () => {
    assert.ok(calls > 20)
    for (let error = 1; error <= calls; error++) {
      const folder = folderWith(old)
      try {
        replaceFiles(folder, () => plan, failing(error, never).fs)
        assert.deepEqual(visible(contents(folder)), replaced)
      } catch (thrown) {
        assert.match(String(thrown), /ENOSPC/)
        const now = visible(contents(folder))
        assert.deepEqual(now, 'c' in now ? replaced : old, `call ${error}`)
      }
      replaceFiles(folder, () => plan)
      assert.deepEqual(contents(folder), replaced, `after call ${error}`)
    }
  })

  test('a process that is killed at any call leaves all as it was, or the next one ends what it began', () => {
    const outcomes = new Set<boolean>()
    for (let crash = 1; crash <= calls; crash++) {
      const folder = folderWith(old)
      assert.throws(() => replaceFiles(folder, () => plan, failing(never, crash).fs), Crash)
      const files = found(folder)
      outcomes.add('c' in files)
      assert.deepEqual(files, 'c' in files ? replaced : old, `call ${crash}`)
    }
    assert.equal(outcomes.size, 2)
  })

  test('a process that is killed while it undoes an error is undone by the next', () => {
    for (let error = 1; error <= calls; error++) {
      for (let crash = error + 1; crash <= error + 12; crash++) {
        const folder = folderWith(old)
        try {
          replaceFiles(folder, () => plan, failing(error, crash).fs)
        } catch {
          // killed, or the error, unless it was one that does not matter
        }
        const files = found(folder)
        assert.deepEqual(files, 'c' in files ? replaced : old, `calls ${error} and ${crash}`)
      }
    }
  })

  test('without links it makes copies', () => {
    const folder = folderWith(old)
    const noLinks = {
      ...nodeFs,
      linkSync: () => {
        throw new Error('EPERM')
      },
    }
    replaceFiles(folder, () => plan, noLinks)
    assert.deepEqual(contents(folder), replaced)
  })

  test('a folder that it made for nothing is gone again', () => {
    const folder = folderWith({})
    assert.throws(
      () =>
        replaceFiles(join(folder, 'x/y'), () => {
          throw new Error('no plan')
        }),
      /no plan/,
    )
    assert.deepEqual(readdirSync(folder), [])
  })
})

describe('an unchanged build', () => {
  const shared = {
    'templates/a.ts': module('x + data.y', `import x from './shared/x.ts'\nimport data from './shared/data.json'`),
    'templates/b.ts': module(`'b'`, `import type { T } from './shared/types.ts'\nconst t: T = 1\nString(t)`),
    'templates/shared/x.ts': `export default 'x'`,
    'templates/shared/data.json': '{"y": "y"}',
    'templates/shared/types.ts': 'export type T = 1',
    'CHANGELOG.md': '## [1.2.3]\n- News',
  }

  /** A folder in which all has been built, and a cache of its own. */
  async function built(files: Files = shared, request: Partial<BuildRequest> = {}) {
    const folder = project(files)
    const cacheFolder = mkdtempSync(join(folders, 'c-'))
    isBuilt(await run(folder, request, { cacheFolder }))
    return { folder, cacheFolder }
  }

  test('is recalled, the check of it too, and so is one whose files were only touched', async () => {
    const here = await built()
    assert.ok(await isRecalled(here))
    assert.ok(await isRecalled(here, { check: true }))
    const later = new Date(Date.now() + 10_000)
    for (const file of ['package.json', 'templates/a.ts', 'dist/a.yaml'])
      utimesSync(join(here.folder, file), later, later)
    assert.ok(await isRecalled(here))
    const { artifacts, inputs } = await run(here.folder, {}, { cacheFolder: here.cacheFolder })
    assert.deepEqual(
      artifacts.map(({ path, isChanged, resources }) => [path, isChanged, resources]),
      [
        ['dist/a.yaml', false, 1],
        ['dist/b.yaml', false, 1],
      ],
    )
    assert.ok(inputs.includes(join(here.folder, 'templates/shared/data.json')))
  })

  const edits: Readonly<Record<string, (folder: string) => void>> = {
    'a module': folder => write(folder, { 'templates/b.ts': module(`'new'`) }),
    'what a module imports': folder => write(folder, { 'templates/shared/x.ts': `export default 'z'` }),
    'JSON that a module imports': folder => write(folder, { 'templates/shared/data.json': '{"y": "z"}' }),
    'a byte, with size and times as they were': folder => {
      const file = join(folder, 'templates/shared/x.ts')
      const { atime, mtime } = statSync(file)
      writeFileSync(file, `export default 'z'`)
      utimesSync(file, atime, mtime)
    },
    'a module more': folder => write(folder, { 'templates/c.ts': plain }),
    'a module less': folder => rmSync(join(folder, 'templates/b.ts')),
    'what a module imports being gone': folder => rmSync(join(folder, 'templates/shared/x.ts')),
    'the project’s version': folder => write(folder, { 'package.json': '{"version": "1.2.4", "license": "MIT"}' }),
    'the project’s package.json being gone': folder => rmSync(join(folder, 'package.json')),
    'the changelog': folder => write(folder, { 'CHANGELOG.md': '## [1.2.3]\n- Other' }),
    'the changelog being gone': folder => rmSync(join(folder, 'CHANGELOG.md')),
    'an artifact': folder => write(folder, { 'dist/a.yaml': 'edited' }),
    'an artifact being gone': folder => rmSync(join(folder, 'dist/b.yaml')),
    'the manifest': folder => write(folder, { 'dist/manifest.json': '{}' }),
    'SHA256SUMS being gone': folder => rmSync(join(folder, 'dist/SHA256SUMS')),
    'dist being gone': folder => rmSync(join(folder, 'dist'), { recursive: true }),
    'what a killed build has left': folder => write(folder, { 'dist/.poolform/owner-1': '' }),
  }
  for (const [name, edit] of Object.entries(edits)) {
    test(`is none after an edit of ${name}`, async () => {
      const here = await built()
      edit(here.folder)
      assert.equal(await isRecalled(here), false)
    })
  }

  test('is none for another engine, format, output folder, choice of modules, or without the cache', async () => {
    const here = await built()
    assert.equal(await isRecalled(here, {}, 'another engine'), false)
    assert.equal(await isRecalled(here, { format: 'json' }), false)
    assert.equal(await isRecalled(here, { out: 'other' }), false)
    assert.equal(await isRecalled(here, { modules: ['templates/a.ts', 'templates/b.ts'] }), false)
    assert.equal(await isRecalled(here, { cache: false }), false)
    assert.equal(await isRecalled({ ...here, cacheFolder: mkdtempSync(join(folders, 'c-')) }), false)
    assert.ok(await isRecalled(here))
  })

  test('is none where a changelog has come up', async () => {
    const here = await built({ 'templates/a.ts': plain })
    assert.ok(await isRecalled(here))
    write(here.folder, { 'CHANGELOG.md': '## [1.2.3]\n- News' })
    assert.equal(await isRecalled(here), false)
    isBuilt(await run(here.folder, {}, here))
    assert.match(readFileSync(join(here.folder, 'dist/manifest.json'), 'utf8'), /"notes": "- News"/)
  })

  test('is none where a nearer package.json has come up', async () => {
    const folder = project({ 'sub/templates/a.ts': plain })
    const here = { folder: join(folder, 'sub'), cacheFolder: mkdtempSync(join(folders, 'c-')) }
    isBuilt(await run(here.folder, {}, here))
    assert.ok(await isRecalled(here))
    write(here.folder, { 'package.json': '{"version": "7.0.0"}' })
    assert.equal(await isRecalled(here), false)
    isBuilt(await run(here.folder, {}, here))
    assert.match(readFileSync(join(here.folder, 'dist/a.yaml'), 'utf8'), /^# a 7\.0\.0$/m)
  })

  test('is none where another file could have come to be meant by an import', async () => {
    const cases: readonly Files[] = [
      { 'templates/a.ts': module('x', `import x from './shared/x'`), 'templates/shared/x.ts': `export default 'x'` },
      { 'templates/a.ts': module('x', `import x from './shared/x.js'`), 'templates/shared/x.ts': `export default 'x'` },
      { 'templates/a.ts': module('x', `import x from 'p'`), 'node_modules/p/index.js': `export default 'x'` },
      { 'templates/a.ts': module('x', `import x from './x.cjs'`), 'templates/x.cjs': `module.exports = 'x'` },
    ]
    for (const files of cases) assert.equal(await isRecalled(await built(files)), false, files['templates/a.ts'])
    const linked = project({
      'templates/a.ts': module('x', `import x from './shared/x.ts'`),
      'real/x.ts': `export default 'x'`,
    })
    symlinkSync('../real', join(linked, 'templates/shared'))
    const here = { folder: linked, cacheFolder: mkdtempSync(join(folders, 'c-')) }
    isBuilt(await run(linked, {}, here))
    assert.equal(await isRecalled(here), false)
  })

  test('repeats its warnings, and is none with an error', async () => {
    const source = `import { defineTemplate, mapping, resource } from 'poolform'
export default defineTemplate({ Description: 'x', Mappings: { Unused: mapping({ a: { b: 'c' } }) },
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) } })`
    const folder = project({ 'templates/a.ts': source })
    const here = { folder, cacheFolder: mkdtempSync(join(folders, 'c-')) }
    const first = await run(folder, {}, here)
    assert.deepEqual(
      first.findings.map(({ code, severity }) => [code, severity]),
      [['unused-mapping', 'warning']],
    )
    assert.ok(await isRecalled(here))
    assert.deepEqual((await run(folder, {}, here)).findings, first.findings)
    write(folder, { 'templates/a.ts': `throw new Error('x')` })
    const [a, b] = [await run(folder, {}, here), await run(folder, {}, here)]
    assert.equal(a.findings.length, 1)
    assert.deepEqual(a, b)
  })

  test('is built anew from an entry that is damaged in any way', async () => {
    const here = await built()
    const [entry = ''] = readdirSync(join(here.cacheFolder, 'builds'))
    const file = join(here.cacheFolder, 'builds', entry)
    const whole = readFileSync(file)
    const damaged = [Buffer.alloc(0), Buffer.concat([whole, Buffer.from('x')]), Buffer.from('null\n'.repeat(3))]
    // densely where the question and the answer are, less so in the texts of the files
    for (let at = 1; at < whole.length; at += at < 5_000 ? 89 : 1_499) {
      damaged.push(whole.subarray(0, at))
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      damaged.push(flipped)
    }
    for (const content of damaged) {
      writeFileSync(file, content)
      assert.equal(await isRecalled(here), false)
    }
    isBuilt(await run(here.folder, {}, here))
    assert.deepEqual(readFileSync(file), whole)
  })

  test('needs no cache: where none can be kept, it is built anew', async () => {
    const folder = project({ ...shared, 'a-file': '' })
    for (const cacheFolder of [undefined, join(folder, 'a-file')]) {
      isBuilt(await run(folder, {}, { cacheFolder }))
      isBuilt(await run(folder, {}, { cacheFolder }))
    }
  })

  test('is told by a cache that nobody else can read, and that does not grow without end', async () => {
    const here = await built()
    const builds = join(here.cacheFolder, 'builds')
    assert.equal(statSync(builds).mode & 0o077, 0)
    for (const name of readdirSync(builds)) assert.equal(statSync(join(builds, name)).mode & 0o077, 0)
    for (let index = 0; index < 250; index++) writeFileSync(join(builds, `old-${index}`), '')
    write(here.folder, { 'templates/c.ts': plain })
    await run(here.folder, {}, here)
    assert.ok(readdirSync(builds).length <= 101)
    assert.ok(await isRecalled(here))
  })
})

test('the cache lies where the platform keeps such things, never where others can write', () => {
  assert.equal(cachePlace({ HOME: '/home/a' }, 'linux'), '/home/a/.cache/poolform')
  assert.equal(cachePlace({ HOME: '/home/a', XDG_CACHE_HOME: '/x' }, 'linux'), '/x/poolform')
  assert.equal(cachePlace({ HOME: '/home/a', XDG_CACHE_HOME: 'x' }, 'linux'), '/home/a/.cache/poolform')
  assert.equal(cachePlace({ HOME: '/Users/a' }, 'darwin'), '/Users/a/Library/Caches/poolform')
  assert.equal(cachePlace({ HOME: '/Users/a', POOLFORM_CACHE: '/c' }, 'darwin'), '/c')
  assert.equal(cachePlace({}, 'linux'), undefined)
  assert.equal(cachePlace({}, 'win32'), undefined)
  const folder = mkdtempSync(join(folders, 'o-'))
  assert.equal(openCacheFolder(join(folder, 'new', 'er')), join(folder, 'new', 'er'))
  assert.equal(statSync(join(folder, 'new', 'er')).mode & 0o777, 0o700)
  assert.equal(openCacheFolder('/proc/poolform/x'), undefined)
  chmodSync(folder, 0o777)
  assert.equal(openCacheFolder(folder), undefined)
})

test('watching builds again after an edit, an error, a new module and a folder made anew, and ends when told', async () => {
  const folder = project({
    'templates/a.ts': module('x', `import x from '../lib/x.ts'`),
    'lib/x.ts': `export default 'one'`,
  })
  const outcomes: Outcome[] = []
  const stop = new AbortController()
  const request = { modules: [], out: 'dist', format: 'yaml', check: false, lint: false, cache: true } as const
  const watching = watch(
    request,
    worldOf(folder),
    async outcome => {
      outcomes.push(outcome)
    },
    stop.signal,
  )
  const until = async (count: number): Promise<Outcome> => {
    for (let waited = 0; outcomes.length < count; waited += 20) {
      assert.ok(waited < 20_000, `${outcomes.length} outcomes of ${count}`)
      await sleep(20)
    }
    const outcome = outcomes[count - 1]
    assert.ok(outcome !== undefined)
    return outcome
  }
  const changed = ({ artifacts }: Outcome) => artifacts.filter(it => it.isChanged).map(({ path }) => path)
  assert.deepEqual(changed(await until(1)), ['dist/a.yaml'])
  write(folder, { 'lib/x.ts': `export default 'two'` })
  assert.deepEqual(changed(await until(2)), ['dist/a.yaml'])
  write(folder, { 'lib/x.ts': `export default (` })
  assert.deepEqual(
    (await until(3)).findings.map(({ code }) => code),
    ['invalid-module'],
  )
  write(folder, { 'lib/x.ts': `export default 'three'` })
  assert.deepEqual(changed(await until(4)), ['dist/a.yaml'])
  write(folder, { 'templates/b.ts': plain })
  assert.deepEqual(changed(await until(5)), ['dist/b.yaml'])
  rmSync(join(folder, 'lib'), { recursive: true })
  assert.equal((await until(6)).findings.length, 1)
  write(folder, { 'lib/x.ts': `export default 'four'` })
  assert.deepEqual(changed(await until(7)), ['dist/a.yaml'])
  rmSync(join(folder, 'templates/b.ts'))
  assert.deepEqual((await until(8)).removed, ['dist/b.yaml'])
  write(folder, { 'package.json': '{"version": "3.0.0"}' })
  assert.deepEqual(changed(await until(9)), ['dist/a.yaml'])
  // what the build writes does not make it build again, nor does a file that is no part of it
  write(folder, { 'templates/notes.txt': 'x' })
  await sleep(300)
  assert.equal(outcomes.length, 9)
  stop.abort()
  await watching
})

describe('any template', () => {
  const noLinter = { cacheFolder: undefined }

  async function lintOf(files: Files, named: readonly string[]): Promise<readonly string[]> {
    const found = await lintFiles(named, 'dist', worldOf(project(files), noLinter))
    assert.equal(found.at(-1)?.code, 'lint-unavailable')
    return found.slice(0, -1).map(line)
  }

  const yaml = `Resources:
  Name: &name
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Sub '\${Nothing}'}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Action: 'sts:AssumeRole', Principal: {AWS: 012345678901}}
Outputs:
  Arn:
    Value: !GetAtt Role.Arn
`

  test('is checked, with the line of each finding, whether YAML or JSON', async () => {
    const json = JSON.stringify({ Resources: { Name: { Type: 'AWS::SSM::Paramter' } } }, undefined, '\t')
    assert.deepEqual(await lintOf({ 'a.yaml': yaml, 'b.json': json }, ['a.yaml', 'b.json']), [
      'a.yaml:4:32: undefined-reference: refers to Nothing, and there is no such parameter or resource',
      'b.json:4:4: unknown-resource-type: is AWS::SSM::Paramter, and there is no such type',
    ])
  })

  test('that can’t be read is told where', async () => {
    const files = {
      'a.yaml': 'Resources: [\n  b',
      'b.yaml': 'Resources:\n  A: 1\n  A: 2\n',
      'c.yaml': '- 1\n',
      'd.yaml': 'x: &a [*a]\n',
      'e.yaml': 'x: !!binary aGk=\n',
      'f.yaml': '',
    }
    const found = await lintFiles([...Object.keys(files), 'none.yaml', '.'], 'dist', worldOf(project(files), noLinter))
    assert.deepEqual(found.map(line).sort(), [
      '.: unreadable-file: is a folder',
      'a.yaml:2:4: unreadable-file: is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'b.yaml:3:3: unreadable-file: is no YAML: Map keys must be unique',
      'c.yaml:1:1: unreadable-file: is no template',
      'd.yaml:1:8: unreadable-file: contains itself',
      'e.yaml:1:13: unreadable-file: is tag:yaml.org,2002:binary that no template can hold',
      'f.yaml:1:1: unreadable-file: is no template',
      'none.yaml: unreadable-file: does not exist',
    ])
  })

  test('is by default each one that was built, and those have nothing to find but what was accepted', async () => {
    const folder = project({ 'templates/a.ts': plain })
    const nothing = await lintFiles([], 'dist', worldOf(folder, noLinter))
    assert.deepEqual(nothing.map(line), ['dist/manifest.json: unreadable-file: lists no template'])
    await run(folder)
    const found = await lintFiles([], 'dist', worldOf(folder, noLinter))
    assert.deepEqual(
      found.map(({ code }) => code),
      ['lint-unavailable'],
    )
  })
})

describe('without cfn-lint', () => {
  test('a build says so in one finding, and writes nothing', async () => {
    const folder = project({ 'templates/a.ts': plain })
    const { findings } = await run(folder, { lint: true }, { cacheFolder: undefined })
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['lint-unavailable', 'error']],
    )
    assert.equal(existsSync(join(folder, 'dist')), false)
  })
})
