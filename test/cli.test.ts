import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BuildArguments, plainBuildArguments } from '../src/cli/arguments.ts'
import { type LintArguments, runProgram } from '../src/cli/program.ts'
import { placesOf } from '../src/publish/places.ts'
import { contents, type Files, folders, module, project, write } from './support/projects.ts'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'lib/cli.cjs')
const cache = join(folders, 'cache')

before(() => {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')])
})

function environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS, NO_COLOR, AWS_REGION, AWS_DEFAULT_REGION, ...env } = process.env
  return { ...env, POOLFORM_CACHE: cache, ...changes }
}

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

function poolform(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    env: environment(env),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** A run that goes on meanwhile. */
function start(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: environment() })
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      said.text += data
    })
  }
  const ended = new Promise<number | null>(done => child.on('close', status => done(status)))
  return { child, said, ended }
}

/** Is everything in `dist` what SHA256SUMS says? */
function isWhole(dist: string): boolean {
  const lines = (contents(dist)['SHA256SUMS'] ?? '').trimEnd().split('\n')
  return lines.every(line => {
    const [sum, name = ''] = line.split('  ')
    const file = join(dist, name)
    return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sum
  })
}

describe('the command line', () => {
  test('has help and a version', () => {
    const help = poolform(folders, ['--help'])
    assert.equal(help.status, 0)
    assert.match(help.stdout, /^Usage: poolform \[options\] \[command\]$/m)
    assert.match(help.stdout, /^ {2}build .*\n {2}lint /m)
    const build = poolform(folders, ['build', '--help'])
    assert.equal(build.status, 0)
    for (const option of ['--out', '--format', '--check', '--no-lint', '--watch', '--json', '--no-cache']) {
      assert.match(build.stdout, new RegExp(`^ {2}${option} `, 'm'))
    }
    const version = poolform(folders, ['--version'])
    const { version: expected } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    assert.deepEqual(version, { status: 0, stdout: `${expected}\n`, stderr: '' })
  })

  const mistakes: readonly (readonly [args: string, said: RegExp])[] = [
    ['', /^Usage: poolform/],
    ['biuld', /unknown command 'biuld'\n\(Did you mean build\?\)/],
    ['build --no-lnt', /unknown option '--no-lnt'\n\(Did you mean --no-lint\?\)/],
    ['build --format xml', /argument 'xml' is invalid. Allowed choices are yaml, json/],
    ['build --out', /option '--out <folder>' argument missing/],
    ['build --out=', /Name a folder/],
    ['build --watch --check', /'--check' cannot be used with option '--watch'/],
    ['lint --check', /unknown option '--check'/],
    ['publish --verify', /required option '--bucket <name>' not specified/],
    ['publish --bucket bucket --region eu-west-1 --version v1.2.3', /--version: "v1\.2\.3" .*: write 1\.2\.3/],
    [
      'publish --bucket bucket --region eu-west-1 --version 1.2.3 --verify',
      /'--verify' cannot be used with option '--version <version>'/,
    ],
    ['publish --bucket bucket --region eu-west-1 --dry-run --verify', /cannot be used with option/],
    ['publish --bucket bucket', /say by --region, or AWS_REGION, in which region the bucket is/],
    ['publish --bucket bucket --region eu-west-9x', /--region: "eu-west-9x" is no region/],
    ['publish --bucket bucket --region eu-west-1 --region us-east-1', /write \{region\} in --bucket/],
    ['publish --bucket Bucket --region eu-west-1', /--bucket: "Bucket" is not the name of a general purpose bucket/],
    ['publish --bucket b-{regoin} --region eu-west-1', /--bucket: "b-\{regoin\}" is not the name/],
    ['publish --bucket bucket --region eu-west-1 --prefix a/../b', /--prefix: the prefix "a\/\.\.\/b" has .*\. Give/],
    ['publish --bucket bucket --region eu-west-1 --prefix a//b', /--prefix: the prefix "a\/\/b" has/],
    ['publish --bucket bucket --region eu-west-1 --prefix ..', /--prefix: the prefix "\.\." has/],
    ['publish --bucket bucket --region eu-west-1 --endpoint-url localhost:9000', /--endpoint-url: give the http/],
    ['publish --bucket bucket --region eu-west-1 --endpoint-url https://a:b@c', /--endpoint-url: give the http/],
    ['publish', /required option '--bucket <name>' not specified/],
    ['publish --buket b-1', /unknown option '--buket'[\s\S]*--bucket/],
    ['publish one --bucket b-1', /publish takes no argument, and "one" is one/],
  ]
  for (const [args, said] of mistakes) {
    test(`\`poolform ${args}\` is wrong use`, () => {
      const folder = project({ 'templates/a.ts': module(`'a'`) })
      const { status, stdout, stderr } = poolform(
        folder,
        args.split(' ').filter(it => it !== ''),
      )
      assert.deepEqual({ status, stdout }, { status: 2, stdout: '' })
      assert.match(stderr, said)
      assert.deepEqual(readdirSync(folder).sort(), ['package.json', 'templates'])
    })
  }

  test('means the same to the quick parser and to the one that knows all', async () => {
    const lines = [
      'build',
      'build templates/a.ts b.ts',
      'build --no-lint --check --json --no-cache a.ts',
      'build a.ts --out x --json b.ts',
      'build --out ../x/y --out z',
    ]
    for (const line of lines) {
      const argv = line.split(' ')
      let parsed: BuildArguments | LintArguments | undefined
      const take = async (args: BuildArguments | LintArguments): Promise<number> => {
        parsed = args
        return 0
      }
      const none = async () => 1
      const others = {
        publish: none,
        launchUrl: none,
        access: none,
        clientConfig: none,
        compat: none,
        doctor: none,
        importPlan: none,
      }
      await runProgram(argv, { build: take, lint: take, ...others })
      assert.deepEqual({ ...plainBuildArguments(argv) }, { ...parsed }, line)
    }
    for (const line of [
      'lint',
      'build --help',
      'build --out',
      'build --out -x',
      'build --',
      'build --out=x',
      'build -x',
    ]) {
      assert.equal(plainBuildArguments(line.split(' ')), undefined, line)
    }
  })
})

describe('poolform launch-url', () => {
  const manifest = join(root, 'dist/manifest.json')
  const from = ['launch-url', 'identity-pool', '--manifest', manifest]
  const there = [...from, '--bucket', 'b-1', '--region', 'eu-west-1', '--version', '1.2.3']
  const file = 'https%3A%2F%2Fb-1.s3.eu-west-1.amazonaws.com%2Fidentity-pool%2F1.2.3%2Fidentity-pool.yaml'
  const consoleUrl = 'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1'

  test('prints the link, and nothing but it', () => {
    const more = [
      '--stack-name',
      'pool',
      '--param',
      'ApiStage=$default',
      '--param',
      'RolePath=/a=b/',
      '--version-id',
      'x.y',
    ]
    const query = `templateURL=${file}%3FversionId%3Dx.y&stackName=pool&param_ApiStage=%24default`
    const { status, stdout, stderr } = poolform(folders, [...there, ...more])
    assert.deepEqual(
      { status, stdout },
      { status: 0, stdout: `${consoleUrl}#/stacks/create/review?${query}&param_RolePath=%2Fa%3Db%2F\n` },
    )
    assert.match(stderr, /warning: the parameters are those of .*, and the link leads to 1\.2\.3/)
    const json = JSON.parse(poolform(folders, [...there, '--json']).stdout)
    assert.equal(json.launchUrl, `${consoleUrl}#/stacks/create/review?templateURL=${file}`)
    assert.equal(decodeURIComponent(file), json.templateUrl)
  })

  test('takes its base from the environment where no option says it, and {region} in a bucket', () => {
    const base = { POOLFORM_BASE_URL: 'https://b-2.s3.us-gov-west-1.amazonaws.com/t' }
    const { stdout } = poolform(folders, [...from, '--version', 'latest'], base)
    assert.match(
      stdout,
      /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/.*b-2\.s3\.us-gov-west-1.*%2Flatest%2F/,
    )
    const replica = poolform(
      folders,
      [...from, '--bucket', 'b-{region}', '--prefix', '/t/', '--region', 'cn-north-1'],
      base,
    )
    assert.match(replica.stdout, /templateURL=https%3A%2F%2Fb-cn-north-1\.s3\.cn-north-1\.amazonaws\.com\.cn%2Ft%2F/)
    const across = [...from, '--bucket', 'b-1', '--bucket-region', 'us-east-1', '--region', 'eu-west-1']
    assert.match(poolform(folders, across).stdout, /^https:\/\/eu-west-1\..*b-1\.s3\.us-east-1\.amazonaws/)
  })

  test('says all that is wrong at once, and prints no link then', () => {
    const bad = ['--param', 'UserPolId=x', '--param', 'AllowGuests=yes', '--param', 'ApiId=A', '--stack-name', '1']
    const cloudFront = ['--base-url', 'https://d1.cloudfront.net/t', '--region', 'eu-west-1']
    const { status, stdout, stderr } = poolform(folders, [...from, ...cloudFront, ...bad])
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
    const codes = [...stderr.matchAll(/\[([a-z-]+)\]$/gm)].map(([, code]) => code)
    assert.deepEqual(codes, [
      ...['unusable-bucket', 'invalid-stack-name', 'unknown-parameter', 'invalid-parameter', 'invalid-parameter'],
    ])
    assert.match(stderr, /refuses CloudFront/)
    assert.match(stderr, / {2}Write UserPoolId\n/)
    const lines = poolform(folders, [...from, ...cloudFront, ...bad, '--json'])
      .stdout.trimEnd()
      .split('\n')
    assert.deepEqual(
      lines.map(line => JSON.parse(line).code),
      codes,
    )
  })

  const refused: readonly (readonly [args: string, status: number, said: RegExp])[] = [
    ['identiy-pool --bucket b-1 --region eu-west-1', 1, /has no template "identiy-pool".*\n {2}Write identity-pool\n/],
    ['identity-pool', 2, /--bucket, --base-url or POOLFORM_BASE_URL: there is no default/],
    ['identity-pool --bucket b-1', 2, /say by --region where the stack shall be/],
    ['identity-pool --base-url https://b-1.s3.amazonaws.com', 1, /does not tell the region/],
    [
      'identity-pool --base-url https://b-1.s3.cn-north-1.amazonaws.com.cn --region us-east-1',
      1,
      /in the partition aws-cn/,
    ],
    ['identity-pool --bucket b-1 --region us-iso-east-1', 1, /iso partitions/],
    ['identity-pool --bucket b-1 --region eu-west-1 --version v1', 1, /"v1" is no version/],
    ['identity-pool --bucket b-1 --region eu-west-1 --param A=1 --param A=2', 1, /is given twice/],
    ['identity-pool --bucket b-1 --region eu-west-1 --param A', 2, /Write NAME=VALUE/],
    ['identity-pool --bucket b-1 --region eu-west-1 --pin', 2, /--pin reads the version ID .* from --index/],
    ['identity-pool --bucket b-1 --base-url x', 2, /cannot be used with option/],
    ['identity-pool --bucket b-1 --region eu-west-1 --ou ou-ab12-11111111', 2, /go with --stack-set/],
    ['identity-pool --bucket b-1 --region eu-west-1 --stack-set --ou x', 2, /It is like ou-/],
    ['identity-pool --bucket b-1 --region eu-west-1 --stack-set --account 12', 2, /has 12 digits/],
    [
      'identity-pool --bucket b-1 --region eu-west-1 --stack-set --account 111122223333 --override 444455556666:ApiStage=a',
      1,
      /no account of the stack set/,
    ],
    ['identity-pool --bucket b-1 --region eu-west-1 --manifest nowhere.json', 1, /nowhere\.json: error: is missing/],
    ['identity-pool --bucket b-1 --region eu-west-1 --target-region us-east-1', 2, /go with --stack-set/],
    ['identity-pool --bucket b-1 --region eu-west-1 --shell posix', 2, /go with --stack-set/],
    ['identity-pool --bucket b-1 --region eu-west-1 --image b.svg', 2, /--image goes with/],
    ['identity-pool --bucket b-1 --region eu-west-1 --pin --version-id x', 2, /cannot be used with option/],
    ['identity-pool --bucket b-1 --region eu-west-1 --json --html', 2, /cannot be used with option/],
    ['identity-pool --bucket b-1 --region eu-west-1 --index nowhere.json', 1, /nowhere\.json: error: is missing/],
  ]
  for (const [args, status, said] of refused) {
    test(`prints no link for ${args}`, () => {
      const given = ['launch-url', '--manifest', manifest, ...args.split(' ')]
      const { stdout, stderr, ...rest } = poolform(folders, given)
      assert.deepEqual({ ...rest, stdout }, { status, stdout: '' })
      assert.match(stderr, said)
    })
  }

  test('pins the link to the object that the index tells, the newest release for latest', () => {
    const version = (name: string, versionId?: string) => {
      const sha256 = 'a'.repeat(64)
      const names = ['identity-pool.yaml', 'identity-pool.yaml.sha256', 'index.html', 'manifest.json']
      return {
        ...{ version: name, date: '2026-01-02T03:04:05.000Z', file: `identity-pool/${name}/identity-pool.yaml` },
        ...{ bytes: 1, sha256, objects: Object.fromEntries(names.map(it => [it, sha256])), capabilities: [] },
        ...(versionId === undefined ? {} : { versionId }),
      }
    }
    const templates = {
      'identity-pool': {
        latest: '1.2.3',
        versions: [version('2.0.0-rc.1', 'r'), version('1.2.3', 'new'), version('1.0.0')],
      },
    }
    const damaged = { formatVersion: 1, templates: { 'identity-pool': {} } }
    const folder = project({
      'index.json': JSON.stringify({ formatVersion: 1, templates }),
      'damaged.json': JSON.stringify(damaged),
    })
    const pinned = (...more: string[]) =>
      poolform(folder, [...there.slice(0, -2), '--index', 'index.json', '--pin', ...more])
    assert.match(pinned('--version', 'latest').stdout, /%2F1\.2\.3%2Fidentity-pool\.yaml%3FversionId%3Dnew\n$/)
    assert.match(pinned('--version', '2.0.0-rc.1').stdout, /%3FversionId%3Dr\n$/)
    assert.match(pinned('--version', '1.0.0').stderr, /keeps no versions/)
    assert.match(
      pinned('--version', '3.0.0').stderr,
      /3\.0\.0 is not published.*\n {2}Give one of 2\.0\.0-rc\.1, 1\.2\.3, 1\.0\.0/,
    )
    assert.match(pinned('--index', 'package.json').stderr, /is no index of poolform: it has no formatVersion/)
    assert.match(pinned('--index', 'damaged.json').stderr, /is no index of poolform: identity-pool has no versions/)
  })

  test('says of a damaged manifest that it is one', () => {
    const whole = JSON.parse(readFileSync(manifest, 'utf8'))
    const [first, ...others] = whole.artifacts
    const damages: readonly object[] = [
      { ...whole, artifacts: [{ ...first, parameters: [null] }, ...others] },
      { ...whole, artifacts: [null] },
      { formatVersion: 1 },
    ]
    for (const damaged of damages) {
      const folder = project({ 'manifest.json': JSON.stringify(damaged) })
      const { status, stdout, stderr } = poolform(folder, [...there, '--manifest', 'manifest.json'])
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
      assert.match(stderr, /manifest\.json: error: is no manifest of poolform, or not whole \[unreadable-file\]/)
    }
  })

  test('takes the prefixes that publish takes', () => {
    const taken = (prefix: string): readonly boolean[] => [
      poolform(folders, [...there, '--prefix', prefix]).status === 0,
      !('wrong' in placesOf({ bucket: 'b-1', prefix, region: ['eu-west-1'] }, {})),
    ]
    for (const prefix of ['a', '/a/b/', '', 'a b/é', '.a']) assert.deepEqual(taken(prefix), [true, true], prefix)
    for (const prefix of ['a//b', '//a', '..', 'a/./b', 'a/../b']) {
      assert.deepEqual(taken(prefix), [false, false], prefix)
    }
  })

  test('prints a button in Markdown or HTML', () => {
    assert.match(
      poolform(folders, [...there, '--markdown']).stdout,
      /^\[!\[Launch Stack: identity-pool\]\(<launch-stack\.svg>\)\]\(https:[^ )]+\)\n$/,
    )
    assert.match(
      poolform(folders, [...there, '--html']).stdout,
      /^<a href="https:[^"]+"><img src="data:image\/svg\+xml,[^"]+" alt="[^"]+" width="148" height="32"><\/a>\n$/,
    )
    assert.match(poolform(folders, [...there, '--html', '--image', 'b.svg']).stdout, /src="b\.svg"/)
  })

  test('prints the commands for many accounts', () => {
    const set = [...there.slice(0, -2), '--stack-set', '--param', 'ApiStage=prod']
    const own = ['--account', '111122223333', '--account', '444455556666', '--target-region', 'eu-west-1']
    const different = ['--override', '444455556666/eu-west-1:ApiId=abcdefgh12']
    const { status, stdout } = poolform(folders, [...set, ...own, ...different])
    assert.equal(status, 0)
    assert.deepEqual(
      [...stdout.matchAll(/^aws cloudformation (\S+)/gm)].map(([, verb]) => verb),
      [
        ...['create-stack-set', 'create-stack-instances', 'create-stack-instances', 'list-stack-set-operations'],
        'update-stack-set',
      ],
    )
    assert.match(stdout, /--accounts 444455556666 \\\n.*--regions eu-west-1(.|\n)*"ParameterValue":"abcdefgh12"/)
    const lines = poolform(folders, [...set, '--json'])
      .stdout.trimEnd()
      .split('\n')
    assert.deepEqual([...new Set(lines.map(line => JSON.parse(line).targets))], ['service-managed', 'self-managed'])
    const shell = poolform(folders, [...set, ...own, '--shell', 'powershell']).stdout
    assert.match(shell, /^Set-Content -Encoding ascii/m)
  })
})

describe('poolform build', () => {
  test('loads nothing of publishing, nor of the AWS SDK', () => {
    const folder = project({ 'templates/a.ts': module(`'a'`) })
    const hook = join(folder, 'hook.cjs')
    write(folder, {
      'hook.cjs': `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(join(folder, 'loaded'))}, Object.keys(require.cache).join('\\n')))`,
    })
    const loadedBy = (...args: readonly string[]): readonly string[] => {
      execFileSync(process.execPath, ['--require', hook, cli, ...args], { cwd: folder, env: environment() })
      const files = readFileSync(join(folder, 'loaded'), 'utf8').split('\n')
      return files.filter(file => dirname(file) === join(root, 'lib')).map(file => basename(file))
    }
    const compiling = ['anew.cjs', 'authoring.cjs', 'cli.cjs', 'compile.cjs', 'validator.cjs']
    const loaded = loadedBy('build', '--no-lint')
    assert(loaded.includes('anew.cjs'))
    assert.deepEqual(
      loaded.filter(name => !compiling.includes(name)),
      [],
    )
    assert.deepEqual(loadedBy('build', '--no-lint'), ['cli.cjs'])
    assert.deepEqual([...loadedBy('publish', '--help')].sort(), ['cli.cjs', 'program.cjs'])
    // the name of the signature that every request to AWS bears
    const signing = readdirSync(join(root, 'lib'))
      .filter(name => name.endsWith('.cjs'))
      .filter(name => readFileSync(join(root, 'lib', name), 'utf8').includes('AWS4-HMAC-SHA256'))
    assert.deepEqual(signing, ['live.cjs', 'publish-command.cjs'])
  })

  test('says what it has written, then that nothing has changed, and --check that all is up to date', () => {
    const folder = project({ 'templates/a.ts': module(`'a'`), 'templates/long-name.ts': module(`'b'`) })
    const size = String.raw` +0\.\d kB {2}1 resource`
    const first = poolform(folder, ['build', '--no-lint'])
    assert.deepEqual({ ...first, stdout: '' }, { status: 0, stdout: '', stderr: '' })
    assert.match(first.stdout, new RegExp(`^dist/a\\.yaml {8}${size}\ndist/long-name\\.yaml${size}\n$`))
    const second = poolform(folder, ['build', '--no-lint'])
    assert.equal(second.status, 0)
    assert.match(second.stdout, new RegExp(`^dist/a\\.yaml {8}${size}, unchanged\n.*, unchanged\n$`))
    const check = poolform(folder, ['build', '--no-lint', '--check'])
    assert.match(check.stdout, /1 resource, up to date\n$/)
  })

  test('with --json prints nothing but diagnostics, each a line, with paths as acceptances write them', () => {
    const folder = project({
      'templates/a.ts': module(`'a'`, `console.log('from the module')`).replace('Handle:', `'Han-dle':`),
      'templates/b.ts': 'export default (',
    })
    const { status, stdout, stderr } = poolform(folder, ['build', '--no-lint', '--json'])
    assert.equal(status, 1)
    assert.equal(stderr, 'from the module\n')
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    for (const line of lines) {
      assert.deepEqual(Object.keys(line), ['code', 'severity', 'module', 'path', 'message', 'help'])
    }
    assert.deepEqual(
      lines.map(({ code, severity, module, path }) => [code, severity, module, path]),
      [
        ['invalid-module', 'error', 'templates/b.ts', ''],
        ['bad-logical-id', 'error', 'templates/a.ts', 'Resources.Han-dle'],
      ],
    )
    assert.match(lines[0].message, /^Unexpected end of file \(templates\/b\.ts:1:17\)$/)
    write(folder, { 'templates/a.ts': module(`'a'`), 'templates/b.ts': module(`'b'`) })
    assert.deepEqual(poolform(folder, ['build', '--no-lint', '--json']), { status: 0, stdout: '', stderr: '' })
  })

  test('shows a mistake with its place, its line and the way out', () => {
    const folder = project({
      'templates/a.ts': module(`'a'`, `import './shared/x.ts'`),
      'templates/shared/x.ts': `\nexport\tdefault (() => { throw new Error('no') })()`,
    })
    const { status, stdout, stderr } = poolform(folder, ['build', '--no-lint'])
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
    assert.equal(
      stderr,
      `templates/shared/x.ts:2:31: error: throws Error: no (imported by templates/a.ts) [invalid-module]
  2 | export default (() => { throw new Error('no') })()
                                    ^
  Mend the module: it is run to get its template
1 error; dist is as it was
`,
    )
  })

  test('never shows a stack trace for a mistake of the user’s', () => {
    const sources = {
      throws: `throw new Error('x')`,
      throwsNothing: 'throw undefined',
      throwsOddity: `throw { get message() { throw 1 }, toJSON() { throw 2 } }`,
      oddError: `const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw e } }); throw e`,
      exits: 'process.exit(3)',
      aborts: `import p from 'node:process'; p.abort()`,
      rejects: `Promise.reject(new Error('late'))\nexport default 1`,
      syntax: 'let let = 1',
      await: 'await 1',
      missing: `import './nothing.ts'`,
      empty: '',
      wrongShape: 'export default { Resources: [] }',
      proxy: 'export default new Proxy({}, { get() { throw new Error("trap") } })',
      binary: '\0\u0001\ufffe',
      refOfNothing: `import { Ref } from 'poolform'\nexport default Ref(undefined)`,
    }
    for (const [name, source] of Object.entries(sources)) {
      const folder = project({ [`templates/${name}.ts`]: source })
      const { status, stdout, stderr } = poolform(folder, ['build', '--no-lint'])
      assert.equal(status, 1, name)
      assert.equal(stdout, '', name)
      assert.doesNotMatch(stderr, /\n\s+at |has a bug/, name)
      assert.match(stderr, /^templates\/\S+: (?:\S+: )?error: .* \[[a-z-]+\]$/m, name)
      assert.equal(existsSync(join(folder, 'dist')), false, name)
    }
  })

  test('writes nothing outside its output folder and its cache', () => {
    const folder = project({
      'work/package.json': '{}',
      'work/templates/a.ts': module(`'a'`),
      'home/.keep': '',
      'tmp/.keep': '',
    })
    const env = { HOME: join(folder, 'home'), POOLFORM_CACHE: join(folder, 'cache'), TMPDIR: join(folder, 'tmp') }
    assert.equal(poolform(join(folder, 'work'), ['build', '--no-lint', '--out', 'o/u/t'], env).status, 0)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(it => !it.startsWith('cache/'))
    assert.deepEqual(files.sort(), [
      ...[
        'cache',
        'home',
        'home/.keep',
        'package.json',
        'tmp',
        'tmp/.keep',
        'work',
        'work/o',
        'work/o/u',
        'work/o/u/t',
      ],
      ...['SHA256SUMS', 'a.yaml', 'index.html', 'manifest.json'].map(it => `work/o/u/t/${it}`),
      ...['work/package.json', 'work/templates', 'work/templates/a.ts'],
    ])
  })

  test('in colour only in a terminal that wants it', { skip: process.platform !== 'linux' }, () => {
    const folder = project({ 'templates/a.ts': '' })
    const inTerminal = (env: NodeJS.ProcessEnv): string =>
      spawnSync('script', ['-qec', `"${process.execPath}" "${cli}" build --no-lint`, '/dev/null'], {
        cwd: folder,
        env: environment(env),
        encoding: 'utf8',
      }).stdout
    const esc = '\u001b'
    assert.ok(inTerminal({}).includes(`: ${esc}[31m${esc}[1merror${esc}[0m: exports nothing`))
    for (const text of [inTerminal({ NO_COLOR: '1' }), poolform(folder, ['build', '--no-lint']).stderr]) {
      assert.match(text, /: error: exports nothing/)
      assert.ok(!text.includes(esc))
    }
  })

  test('a reader that goes away is no failure', () => {
    const folder = project({ 'templates/a.ts': module(`'a'`) })
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"$0" "$1" build --no-lint | true; exit 0`, process.execPath, cli],
      {
        cwd: folder,
        env: environment(),
        encoding: 'utf8',
      },
    )
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  })

  test('where no file may grow as large as the artifact, it leaves what was there', () => {
    const folder = project({ 'templates/a.ts': module(`'a'`) })
    assert.equal(poolform(folder, ['build', '--no-lint']).status, 0)
    const before = contents(join(folder, 'dist'))
    write(folder, { 'templates/a.ts': module(`'a'.repeat(1000)`) })
    const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" "$1" build --no-lint`
    const { status, stderr } = spawnSync('sh', ['-c', limited, process.execPath, cli], {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.match(stderr, /^dist: error: can't be written: EFBIG: .* \[unwritable-output\]\n {2}Make room/m)
    assert.deepEqual(contents(join(folder, 'dist')), before)
  })

  test('killed at any moment it leaves the old or, by the next run, the new', async () => {
    const folder = project({ 'templates/a.ts': module(`'0'`), 'templates/b.ts': module(`'0'`) })
    const dist = join(folder, 'dist')
    const started = Date.now()
    poolform(folder, ['build', '--no-lint'])
    const whole = Date.now() - started
    for (let round = 1; round <= 25; round++) {
      for (const name of ['a', 'b']) write(folder, { [`templates/${name}.ts`]: module(`'${round}'`) })
      const { child, ended } = start(folder, ['build', '--no-lint'])
      await sleep((whole * round) / 20)
      child.kill('SIGKILL')
      await ended
      // a build of what fails puts nothing new, but ends what was begun
      write(folder, { 'templates/c.ts': module(`'${round}'`) })
      assert.equal(poolform(folder, ['build', '--no-lint']).status, 0)
      assert.ok(isWhole(dist), `round ${round}`)
      assert.deepEqual(readdirSync(dist).sort(), [
        'SHA256SUMS',
        'a.yaml',
        'b.yaml',
        'c.yaml',
        'index.html',
        'manifest.json',
      ])
      assert.match(readFileSync(join(dist, 'a.yaml'), 'utf8'), new RegExp(`^Description: '${round}'$`, 'm'))
    }
  })

  test('many at once take turns, and none loses what another has written', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const folder = project(Object.fromEntries(names.map(name => [`templates/${name}.ts`, module(`'${name}'`)])))
    for (let round = 0; round < 2; round++) {
      for (const name of names) write(folder, { [`templates/${name}.ts`]: module(`'${name} ${round}'`) })
      const runs = names.map(name => start(folder, ['build', '--no-lint', `templates/${name}.ts`]))
      const statuses = await Promise.all(runs.map(({ ended }) => ended))
      assert.deepEqual(statuses, [0, 0, 0, 0, 0, 0], runs.map(({ said }) => said.text).join(''))
      assert.ok(isWhole(join(folder, 'dist')))
      const { artifacts } = JSON.parse(contents(join(folder, 'dist'))['manifest.json'] ?? '')
      assert.deepEqual(
        artifacts.map(({ description }: Files) => description),
        names.map(name => `${name} ${round}`),
      )
    }
  })

  test('watches until Ctrl-C, which is no failure', async () => {
    const folder = project({ 'templates/a.ts': module(`'one'`) })
    const { child, said, ended } = start(folder, ['build', '--no-lint', '--watch'])
    const until = async (pattern: RegExp): Promise<void> => {
      for (let waited = 0; !pattern.test(said.text); waited += 20) {
        assert.ok(waited < 20_000 && child.exitCode === null, said.text)
        await sleep(20)
      }
      said.text = ''
    }
    await until(/^dist\/a\.yaml .*1 resource\n$/)
    write(folder, { 'templates/a.ts': 'export default (' })
    await until(/templates\/a\.ts:1:17: error: .*1 error; dist is as it was\n$/s)
    write(folder, { 'templates/a.ts': module(`'two'`) })
    await until(/^dist\/a\.yaml .*1 resource\n$/)
    child.kill('SIGINT')
    assert.equal(await ended, 0)
    assert.equal(said.text, '')
  })
})

describe('with cfn-lint', () => {
  // the one that all tests share
  const shared = process.env['POOLFORM_CACHE'] ?? join(root, '.cache')
  test('a build lints what it has compiled, and an unchanged one needs no Python', () => {
    const folder = project({ 'templates/a.ts': module(`'a ${folders}'`) })
    const env = { POOLFORM_CACHE: shared }
    const first = poolform(folder, ['build'], env)
    assert.equal(first.status, 0, first.stderr)
    const noPython = { ...env, POOLFORM_PYTHON: '/no/python', PATH: '' }
    const second = poolform(folder, ['build'], noPython)
    assert.deepEqual([second.status, second.stderr], [0, ''])
    assert.match(second.stdout, /unchanged/)
    const fresh = poolform(folder, ['build', '--no-cache'], noPython)
    assert.equal(fresh.status, 1)
    assert.match(
      fresh.stderr,
      /^poolform: could not lint: .*\. .*POOLFORM_PYTHON.* or build with --no-lint\.\n1 error; /,
    )
    assert.equal(poolform(folder, ['build', '--no-cache', '--no-lint'], noPython).status, 0)
  })

  test('what it alone finds stops a build, is told by module and path, and can be accepted with a reason', () => {
    const table = (accept: string): string => `import { defineTemplate, resource } from 'poolform'
import type {} from 'poolform/aws/dynamodb'
const Table = resource({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'unused', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
})
export default defineTemplate({ Description: 'A table', Resources: { Table }, ${accept} })`
    const folder = project({ 'templates/a.ts': table('') })
    const env = { POOLFORM_CACHE: shared }
    const { status, stdout } = poolform(folder, ['build', '--json'], env)
    assert.equal(status, 1)
    const { code, module, path } = JSON.parse(stdout)
    assert.deepEqual([code, module, path], ['cfn-lint/E3039', 'templates/a.ts', 'Resources.Table.Properties'])
    assert.equal(existsSync(join(folder, 'dist')), false)
    write(folder, {
      'templates/a.ts': table(`Accept: [{ Code: '${code}', Path: '${path}', Reason: 'To show that it can be.' }]`),
    })
    const accepted = poolform(folder, ['build'], env)
    assert.deepEqual([accepted.status, accepted.stderr], [0, ''])
    // the linter has not been heard, so nothing is said of what is accepted of it
    assert.equal(poolform(folder, ['build', '--no-lint'], env).status, 0)
  })

  test('poolform lint looks at what was built, and at any other file', () => {
    const folder = project({
      'templates/a.ts': module(`'a'`),
      'own.yaml': 'Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: Public\n',
    })
    const env = { POOLFORM_CACHE: shared }
    assert.equal(poolform(folder, ['lint'], env).status, 1)
    poolform(folder, ['build', '--no-lint'], env)
    assert.deepEqual(poolform(folder, ['lint'], env), { status: 0, stdout: '', stderr: '' })
    const { status, stdout } = poolform(folder, ['lint', 'own.yaml', '--json'], env)
    assert.equal(status, 1)
    const found = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    const codes = found.map(({ code }) => code)
    // cfn-lint refuses the value too, as E3030: the same is said once
    assert.deepEqual([codes.includes('invalid-property'), codes.includes('cfn-lint/E3030')], [true, false])
    assert.match(found[0].message, /\(own\.yaml:5:7\)$/)
  })
})
