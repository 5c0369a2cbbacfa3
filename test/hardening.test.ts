import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { type BuildRequest, build, type Outcome, type World } from '../src/build/index.ts'
import { lintFiles } from '../src/build/lint-files.ts'
import { FolderInUse, isAtWork, replaceFiles } from '../src/build/replace.ts'
import { makeFolder } from '../src/make-folder.ts'
import { read } from '../src/read.ts'
import { folders, module, project } from './support/projects.ts'

const root = join(import.meta.dirname, '..')
const sharedCache = join(folders, 'cache')

const plain = module(`'Waits'`)

function run(cwd: string, request: Partial<BuildRequest> = {}, world: Partial<World> = {}): Promise<Outcome> {
  const defaults = { modules: [], out: 'dist', format: 'yaml', check: false, lint: false, cache: true } as const
  const engine = { version: '9.9.9', digest: 'test', root }
  return build({ ...defaults, ...request }, { cwd, cacheFolder: sharedCache, engine, ...world })
}

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** The command line from its sources; one that does not end has no status. */
function poolform(cwd: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}, shell = ''): Ended {
  const { NODE_EXTRA_CA_CERTS, ...env } = process.env
  const command = [
    process.execPath,
    '--conditions=poolform-source',
    '--import',
    import.meta.resolve('tsx'),
    join(root, 'src/cli/index.ts'),
    ...args,
  ]
  const line = `${command.map(word => `'${word}'`).join(' ')} ${shell}`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd,
    env: { ...env, NO_COLOR: '1', POOLFORM_CACHE: sharedCache, ...changes },
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  return { status, stdout, stderr }
}

function hasNoStack({ stderr }: Ended): void {
  assert.doesNotMatch(stderr, /^\s+at |has a bug/m)
}

describe('folders', () => {
  const isLinux = { skip: process.platform !== 'linux' }

  test('are made level by level, each that was missing', () => {
    const folder = mkdtempSync(join(folders, 'f-'))
    assert.equal(makeFolder(join(folder, 'a/b/c')), join(folder, 'a'))
    assert.equal(makeFolder(join(folder, 'a/b/c')), undefined)
    assert.equal(makeFolder(join(folder, 'a/b/d')), join(folder, 'a/b/d'))
  })

  test('that a file system refuses to make are told, not tried for ever', isLinux, () => {
    assert.throws(() => makeFolder('/proc/poolform/a/b'), { code: 'ENOENT' })
    const ended = poolform(project({ 'templates/a.ts': plain }), ['build', '--no-lint', '--out', '/proc/poolform'])
    assert.equal(ended.status, 1)
    assert.match(ended.stderr, /^\/proc\/poolform: error: can't be written: ENOENT.*\[unwritable-output\]$/m)
    hasNoStack(ended)
  })

  test('for the cache that can’t be had are done without', isLinux, () => {
    const folder = project({ 'templates/a.ts': plain, file: '' })
    for (const place of ['/proc', '/proc/poolform', '/dev/null', '/dev/null/x', join(folder, 'file/deeper')]) {
      const ended = poolform(folder, ['build', '--no-lint'], { POOLFORM_CACHE: place })
      assert.deepEqual([ended.status, ended.stderr], [0, ''], place)
    }
  })
})

describe('a module', () => {
  const imports = `import { defineTemplate, resource } from 'poolform'\n`
  const good = `{ Description: 'x', Resources: { A: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) } }`
  const hidden = `(() => {}).constructor`
  const mistakes: readonly (readonly [what: string, source: string, message: RegExp])[] = [
    ['ends the process unseen', module(`'x'`, `${hidden}('process.exit(0)')()`), /a\.ts:2:.*tries to end the process/],
    ['ends it in a promise', module(`'x'`, `Promise.resolve().then(${hidden}('process.exit(0)'))`), /tries to end/],
    ['aborts it unseen', module(`'x'`, `${hidden}('process.abort()')()`), /tries to end the process/],
    ['throws an error without message', 'throw new Error(undefined)', /a\.ts:1:7.*throws Error \[/],
    [
      'throws an error with a symbol for a message',
      `throw Object.assign(new Error(), { message: Symbol('s') })`,
      /throws Error: Symbol\(s\)/,
    ],
    [
      'throws an error that can’t be asked',
      `const e = new Error(); for (const k of ['stack', 'message', 'name']) Object.defineProperty(e, k, { get() { throw e } }); throw e`,
      /throws an Error \[/,
    ],
    [
      'throws a proxy that can’t be asked',
      `const no = () => { throw 1 }; throw new Proxy({}, { get: no, getPrototypeOf: no, ownKeys: no, has: no })`,
      /throws an? object, which is no Error/,
    ],
    [
      'has a getter that throws',
      `export default { get Resources() { throw new Error('r') } }`,
      /a\.ts:1.*throws Error: r/,
    ],
    ['has a getter that throws nothing', `export default { get Resources() { throw undefined } }`, /throws undefined/],
    [
      'has a getter further in that throws what is no error',
      `${imports}export default defineTemplate({ Description: 'x', Resources: { A: resource({ Type: 'AWS::S3::Bucket', Properties: { get BucketName() { throw null } } }) } })`,
      /throws null/,
    ],
    [
      'exports a proxy whose traps throw',
      `const no = () => { throw new Error('t') }; export default new Proxy({}, { get: no, ownKeys: no, has: no })`,
      /throws Error: t/,
    ],
    [
      'has properties that can’t be read any more',
      `${imports}const { proxy, revoke } = Proxy.revocable({}, {})
const template = defineTemplate({ Description: 'x', Resources: { A: resource({ Type: 'AWS::S3::Bucket', Properties: { Tags: proxy } }) } })
revoke()
export default template`,
      /throws TypeError: .*revoked/,
    ],
    ['sets a microtask', module(`'x'`, `queueMicrotask(() => { throw 1 })`), /a\.ts:2:1: .*puts something off/],
    ['sets a tick', module(`'x'`, `process.nextTick(() => { throw 1 })`), /puts something off/],
    ['sets a timeout', module(`'x'`, `setTimeout(() => { throw 1 }, 1)`), /puts something off/],
    ['sets an interval', module(`'x'`, `globalThis.setInterval(() => {}, 1)`), /puts something off/],
    [
      'imports timers',
      module(`'x'`, `import { setTimeout } from 'timers/promises'\nawaitIt(setTimeout(1))\nfunction awaitIt(_) {}`),
      /puts something off/,
    ],
    ['rejects', module(`'x'`, `Promise.reject(new Error('late'))`), /a\.ts:2.*throws Error: late/],
  ]
  for (const [what, source, message] of mistakes) {
    test(`that ${what} is told so, and nothing is written`, () => {
      const folder = project({ 'templates/a.ts': source })
      const ended = poolform(folder, ['build', '--no-lint'])
      assert.equal(ended.status, 1, ended.stderr)
      assert.match(ended.stderr, message)
      assert.match(ended.stderr, /\[invalid-module\]/)
      hasNoStack(ended)
      assert.equal(existsSync(join(folder, 'dist')), false)
    })
  }

  test('that fails later than the build takes shows no stack, and what was built is told', () => {
    const imports = `import { readFile, readFileSync } from 'node:fs'\nimport { readFile as promise } from 'node:fs/promises'`
    for (const late of [`promise('/nowhere')`, `readFile('/nowhere', () => { throw new Error('late') })`]) {
      const folder = project({ 'templates/a.ts': module(`'x'`, `${imports}\n${late}`) })
      const ended = poolform(folder, ['build', '--no-lint'])
      hasNoStack(ended)
      assert.equal(ended.status === 0, existsSync(join(folder, 'dist/a.yaml')), ended.stderr)
    }
  })

  test('that keeps something open does not keep the command', () => {
    const source = module(`'x'`, `import { createServer } from 'node:net'\ncreateServer().listen(0)`)
    const ended = poolform(project({ 'templates/a.ts': source }), ['build', '--no-lint'])
    assert.equal(ended.status, 0, ended.stderr)
    assert.match(ended.stdout, /^dist\/a\.yaml/)
  })

  test('finds nothing of poolform’s changed when it has run', async () => {
    const before = [process.exit, process.abort, Error.prepareStackTrace, process.listenerCount('uncaughtException')]
    const descriptor = Object.getOwnPropertyDescriptor(Function.prototype, 'constructor')
    await run(
      project({ 'templates/a.ts': `Error.stackTraceLimit = 0\nexport default ${good.replace('resource', '')}` }),
    )
    assert.equal(Error.stackTraceLimit > 0, true)
    assert.deepEqual(Object.getOwnPropertyDescriptor(Function.prototype, 'constructor'), descriptor)
    assert.deepEqual(
      [process.exit, process.abort, Error.prepareStackTrace, process.listenerCount('uncaughtException')],
      before,
    )
  })
})

describe('what a module gets hold of unseen', () => {
  const ways: Readonly<Record<string, string>> = {
    'the constructor of functions': `(() => {}).constructor('return process.env.FOE')()`,
    'the constructor, by a computed name': `(() => {})[['con', 'structor'].join('')]('return process.env.FOE')()`,
    'the constructor of asynchronous functions': `(async () => {})['con'.concat('structor')]('return 1') && foe()`,
    'the constructor of a watched function': `Date.constructor('return process.env.FOE')()`,
    'the descriptor of the constructor': `Object.getOwnPropertyDescriptor(Function.prototype, 'constructor')!.get!()('return process.env.FOE')()`,
    Reflect: `Reflect.get(() => {}, 'constructor')('return process.env.FOE')()`,
    'indirect eval': `(0, eval)('process.env.FOE')`,
    'the descriptor of the environment': `Object.getOwnPropertyDescriptor(process, 'env')!.value.FOE`,
    'the descriptor of a variable': `Object.getOwnPropertyDescriptor(process.env, 'FOE')!.value`,
    'the descriptors of all variables': `Object.getOwnPropertyDescriptors(process.env).FOE!.value`,
    'the descriptor of the process': `Object.getOwnPropertyDescriptor(globalThis, 'process')!.value.env.FOE`,
    'a variable with a common name': `process.env.name`,
    'the folder in a stack': `String(new Error()['sta'.concat('ck')]).match(/f-[^/]+/)?.[0]`,
    'the folder in an inspected error': `import_inspect(new Error()).match(/f-[^/]+/)?.[0]`,
    'call sites': `(() => { let at = ''; Reflect.set(Error, 'prepareStack'.concat('Trace'), (_, sites) => { at = sites[0].getFileName() }); String(new Error()['sta'.concat('ck')]); return at })()`,
    'the clock of dates': `new (Date.prototype.constructor as DateConstructor)().getTime()`,
    'the clock of dates, by reflection': `Reflect.construct(Object.getOwnPropertyDescriptor(Date, 'prototype')!.value['con'.concat('structor')], []).getTime()`,
    'the clock of events': `new Event('x').timeStamp`,
    'the user’s language': `(1234.5)['toLocale'.concat('String')]()`,
    'the user’s order': `'a'['locale'.concat('Compare')]('b')`,
    'the command line': `JSON.stringify(import_util['parse'.concat('Args')]({ strict: false }).positionals)`,
    'the working folder': `import_url['pathTo'.concat('FileURL')]('x').href`,
    'the command line, named': `import_util.parseArgs({ strict: false }).positionals.join()`,
    'memory that others have used': `Buffer.allocUnsafe(1)[0]`,
  }
  const before = `import * as import_util from 'node:util'
import import_url from 'node:url'
import { inspect as import_inspect } from 'node:util'
function foe() { return 1 }`

  for (const [way, expression] of Object.entries(ways)) {
    test(`${way}, is not recalled`, async () => {
      const folder = project({ 'templates/a.ts': module('`x ${String(x)}`', `${before}\nconst x = ${expression}`) })
      const cacheFolder = mkdtempSync(join(folders, 'c-'))
      try {
        process.env['FOE'] = process.env['name'] = 'one'
        const first = await run(folder, {}, { cacheFolder })
        assert.deepEqual(
          first.findings.filter(({ severity }) => severity === 'error'),
          [],
        )
        assert.equal(existsSync(join(cacheFolder, 'builds')), false)
        process.env['FOE'] = process.env['name'] = 'another'
        await run(folder, {}, { cacheFolder })
        const second = readFileSync(join(folder, 'dist/a.yaml'), 'utf8')
        if (/env/.test(expression)) assert.match(second, /x another/)
      } finally {
        delete process.env['FOE']
        delete process.env['name']
      }
    })
  }

  test('is nothing in what common modules do, our own templates among them', async () => {
    const source = module(
      '`x ${new B().a} ${inspect({})} ${util.format("%d", 1)} ${new URL("https://x.y/").host}`',
      `import * as util from 'node:util'
import { inspect } from 'node:util'
import url from 'node:url'
class A { a = 1; constructor() { this.a = 2 } }
class B extends A { constructor() { super(); this.a = 3 } }
String(new url.URL('https://x.y/') instanceof URL)
try { throw new Error('caught') } catch (error) { String(error) }`,
    )
    const templates = readdirSync(join(root, 'templates')).filter(name => name.endsWith('.ts'))
    for (const [cwd, modules] of [
      [project({ 'templates/a.ts': source }), []],
      [root, templates.map(name => `templates/${name}`)],
    ] as const) {
      const cacheFolder = mkdtempSync(join(folders, 'c-'))
      const out = cwd === root ? mkdtempSync(join(folders, 'o-')) : 'dist'
      const { findings } = await run(cwd, { modules, out }, { cacheFolder })
      assert.deepEqual(
        findings.filter(({ code }) => code === 'impure-module' || code === 'invalid-module'),
        [],
      )
      assert.equal(readdirSync(join(cacheFolder, 'builds')).length, 1, cwd)
    }
  })
})

describe('the bundle', () => {
  test('has all that a module imports, whatever the package.json of an imported folder leaves out', async () => {
    const folder = project({
      'templates/a.ts': module('`x ${globalThis.seen}`', `import './side/effect.ts'`),
      'templates/side/effect.ts': 'globalThis.seen = 1',
      'templates/side/package.json': '{"sideEffects": false}',
    })
    await run(folder)
    Reflect.deleteProperty(globalThis, 'seen')
    assert.match(readFileSync(join(folder, 'dist/a.yaml'), 'utf8'), /x 1/)
  })
})

describe('the cache', () => {
  test('repeats no warning that held for the output folder once', async () => {
    const folder = project({ 'templates/a.ts': plain, 'templates/b.ts': plain })
    await run(folder)
    rmSync(join(folder, 'templates/b.ts'))
    writeFileSync(join(folder, 'dist/b.yaml'), 'edited')
    const codes = async () => (await run(folder)).findings.map(({ code }) => code)
    assert.deepEqual([await codes(), await codes()], [['stale-output'], []])
  })
})

describe('a file to lint', () => {
  const bucket = 'Resources: { A: { Type: AWS::CloudFormation::WaitConditionHandle } }\n'

  function unreadable(text: string): readonly string[] {
    const file = read(text)
    return file.kind === 'template'
      ? []
      : file.problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`)
  }

  test('is one document: a second is told, even an empty one, an end is not', () => {
    const second = 'has a second document, and a template is one'
    assert.deepEqual(unreadable(`---\n${bucket}...\n# over\n`), [])
    assert.deepEqual(unreadable(`${bucket}---\nA: 1\n`), [`2:1 ${second}`])
    assert.deepEqual(unreadable(`${bucket}---\n`), [`2:1 ${second}`])
  })

  test('tells ten mistakes of its syntax, for the rest follow from them', () => {
    assert.equal(unreadable('a: b: c\n'.repeat(100)).length, 10)
  })

  test('that is a module is refused with the way out, and so is one that CloudFormation would not take', async () => {
    const folder = project({ 'templates/a.ts': plain, 'big.yaml': `# ${'x'.repeat(999_998)}\n` })
    const world = { cwd: folder, cacheFolder: undefined, engine: { version: '9.9.9', digest: 'test', root } }
    const findings = await lintFiles(['templates/a.ts', 'big.yaml'], 'dist', world)
    assert.deepEqual(
      findings.map(({ module, code, message }) => [module, code, message]),
      [
        ['templates/a.ts', 'unreadable-file', 'is a module, and no template yet'],
        ['big.yaml', 'template-size', 'has 1000001 bytes, of at most 1000000'],
      ],
    )
    assert.match(findings[0]?.help ?? '', /poolform build templates\/a\.ts$/)
  })
})

describe('the machine', () => {
  test('may have no folder for temporary things', () => {
    for (const POOLFORM_CACHE of [sharedCache, '/dev/null']) {
      const folder = project({ 'templates/a.ts': plain })
      const ended = poolform(folder, ['build', '--no-lint', '--no-cache'], { TMPDIR: '/nonexistent', POOLFORM_CACHE })
      assert.deepEqual([ended.status, ended.stderr], [0, ''])
    }
    assert.deepEqual(readdirSync(join(sharedCache, 'tmp')), [])
  })

  test('may take no output: that is told, without a stack', { skip: !existsSync('/dev/full') }, () => {
    const ended = poolform(folders, ['--help'], {}, '>/dev/full')
    assert.deepEqual([ended.status, ended.stderr], [1, 'poolform: ENOSPC: no space left on device, write\n'])
    assert.equal(poolform(folders, ['--help'], {}, '>/dev/full 2>&1').status, 1)
    assert.equal(poolform(folders, ['nonsense'], {}, '2>/dev/full').status, 1)
  })
})

describe('work in the output folder', () => {
  /** A folder in which a process is at work, or was, by its own account. */
  function withOwner(owner: string, place = '.poolform'): string {
    return project({ 'dist/a': 'old', [`dist/${place}/${owner}`]: '', [`dist/${place}/new/a`]: 'half' })
  }

  function replaced(folder: string): string {
    replaceFiles(join(folder, 'dist'), () => ({ write: new Map([['a', 'new']]), remove: [] }))
    return readFileSync(join(folder, 'dist/a'), 'utf8')
  }

  const isLinux = { skip: process.platform !== 'linux' }

  test('is taken over from a process whose number another has by now', isLinux, () => {
    // our parent lives, but has not started with the machine
    const folder = withOwner(`owner-${process.ppid}-1`)
    assert.equal(replaced(folder), 'new')
    assert.deepEqual(readdirSync(join(folder, 'dist')), ['a'])
  })

  test('is waited for if the process is alive', isLinux, () => {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const folder = withOwner(`owner-${process.ppid}-${start}`)
    assert.throws(() => replaced(folder), FolderInUse)
    assert.equal(readFileSync(join(folder, 'dist/a'), 'utf8'), 'old')
  })

  test('that was left is cleared away, and nothing that only looks like it', () => {
    const folder = withOwner('owner-4194305', '.poolform-4194305-abcdef')
    const mine = ['.poolform-99999-mine/x', '.poolform-4194305-ghijkl/x', '.poolform-notes', '.poolform-4194305-mnopqr']
    for (const name of mine) {
      mkdirSync(dirname(join(folder, 'dist', name)), { recursive: true })
      writeFileSync(join(folder, 'dist', name), '')
    }
    assert.equal(isAtWork(join(folder, 'dist')), true)
    assert.equal(replaced(folder), 'new')
    assert.deepEqual(
      readdirSync(join(folder, 'dist')).sort(),
      [...mine.map(name => name.replace('/x', '')), 'a'].sort(),
    )
    assert.equal(isAtWork(join(folder, 'dist')), false)
  })
})
