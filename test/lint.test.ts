import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Diagnostic } from '../src/diagnostic.ts'
import { environment } from '../src/lint/environment.ts'
import { ignoredRules } from '../src/lint/ignored.ts'
import { type Linted, type LintInput, type LintTools, lint, type Unavailable, withoutTwins } from '../src/lint/index.ts'
import { diagnostics, type Finding, parseReport } from '../src/lint/report.ts'

const root = join(import.meta.dirname, '..')
const folders = mkdtempSync(join(tmpdir(), 'poolform-lint-'))
after(() => rmSync(folders, { recursive: true, force: true }))

function newFolder(): string {
  return mkdtempSync(join(folders, 'f-'))
}

/** The project's own assets, with another driver if asked for. */
function assetsWith(driver: string, requirements = readFileSync(join(root, 'requirements-lint.txt'), 'utf8')): string {
  const assets = newFolder()
  mkdirSync(join(assets, 'src', 'lint'), { recursive: true })
  writeFileSync(join(assets, 'requirements-lint.txt'), requirements)
  writeFileSync(join(assets, 'src', 'lint', 'run_cfn_lint.py'), driver)
  return assets
}

function program(text: string, name = 'python'): string {
  const file = join(newFolder(), name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

function linted(result: Linted | Unavailable): Linted {
  assert.equal(result.kind, 'linted', JSON.stringify(result))
  if (result.kind !== 'linted') throw new Error('narrowed above')
  return result
}

function unavailable(result: Linted | Unavailable): Unavailable {
  assert.equal(result.kind, 'unavailable')
  if (result.kind !== 'unavailable') throw new Error('narrowed above')
  assert.doesNotMatch(result.reason + result.help, /\n/)
  return result
}

async function lintOne(text: string, tools: LintTools): Promise<readonly Diagnostic[]> {
  return linted(await lint([{ module: 'm.ts', text }], tools)).diagnostics.get('m.ts') ?? assert.fail('no m.ts')
}

function brief(found: readonly Diagnostic[]): readonly string[] {
  return found.map(({ code, severity, path }) => `${severity} ${code} ${path.join('.')}`)
}

const pool = `Resources:
  Pool:
    Type: AWS::Cognito::IdentityPool
    Properties:
      AllowUnauthenticatedIdentities: false
`
const misspelt = `${pool}      AllowClasicFlow: true\n`
const misspeltFound = ['error cfn-lint/E3002 Resources.Pool.Properties.AllowClasicFlow']

describe('with the real cfn-lint', () => {
  const cache = process.env['POOLFORM_CACHE'] ?? join(root, '.cache')
  const python = process.env['POOLFORM_PYTHON']
  const driver = readFileSync(join(root, 'src', 'lint', 'run_cfn_lint.py'), 'utf8')
  let shared = ''

  before(async () => {
    const made = await environment({ cacheFolder: cache, assets: root, python })
    assert.equal(made.kind, 'environment', JSON.stringify(made))
    shared = made.kind === 'environment' ? made.folder : ''
  })

  /** A cache without findings, with the environment that all tests share, and a driver that logs its starts. */
  function tools() {
    const log = join(newFolder(), 'starts')
    writeFileSync(log, '')
    const cacheFolder = newFolder()
    symlinkSync(shared, join(cacheFolder, basename(shared)), 'junction')
    const loop = '    for text in request["templates"]:'
    const logging = driver.replace(
      loop,
      `    open(${JSON.stringify(log)}, "a").write(f"{len(request['templates'])} ")\n${loop}`,
    )
    assert.notEqual(logging, driver)
    /** For each start, how many templates it was for. */
    const starts = () => readFileSync(log, 'utf8').trim()
    return { cacheFolder, assets: assetsWith(logging), python, starts }
  }

  test('a fault is found in its module, at its place, with a way out', async () => {
    const here = tools()
    const inputs: readonly LintInput[] = [
      { module: 'good.ts', text: pool },
      { module: 'bad.ts', text: misspelt },
    ]
    const result = linted(await lint(inputs, here))
    assert.deepEqual([...result.diagnostics.keys()], ['good.ts', 'bad.ts'])
    assert.deepEqual(result.diagnostics.get('good.ts'), [])
    assert.deepEqual(result.diagnostics.get('bad.ts'), [
      {
        code: 'cfn-lint/E3002',
        severity: 'error',
        path: ['Resources', 'Pool', 'Properties', 'AllowClasicFlow'],
        message:
          "Additional properties are not allowed ('AllowClasicFlow' was unexpected. Did you mean 'AllowClassicFlow'?)",
        help:
          'Read what E3002 (Resource properties are invalid) asks for at ' +
          'https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/cfn-schema-specification.md#properties',
      },
    ])
    assert.equal(result.started, true)
    assert.equal(here.starts(), '2', 'two templates, one process')
    const again = linted(await lint(inputs, { ...here, python: program('exit 1') }))
    assert.deepEqual(again, { ...result, started: false }, 'unchanged, so no Python')
  })

  test('JSON is linted as YAML is', async () => {
    const json = {
      Resources: {
        Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: 'maybe' } },
      },
    }
    assert.deepEqual(brief(await lintOne(JSON.stringify(json), tools())), [
      'error cfn-lint/E3012 Resources.Pool.Properties.AllowUnauthenticatedIdentities',
    ])
  })

  test('warnings and informational findings are warnings', async () => {
    const text = `Parameters:
  Unused: { Type: String }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Action: 'sts:AssumeRole', Principal: { Service: lambda.amazonaws.com } }]
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::b/\${AWS::Region}/*' }]
`
    assert.deepEqual(brief(await lintOne(text, tools())), [
      'warning cfn-lint/W2001 Parameters.Unused',
      'warning cfn-lint/I3042 Resources.Role.Properties.Policies.0.PolicyDocument.Statement.0.Resource.Fn::Sub',
    ])
  })

  test('what cfn-lint can not read, or stumbles over, is a diagnostic', async () => {
    const here = tools()
    const inputs = ['Resources:\n  - a\n b: c\n', 'just text', '', 'Metadata:\nResources: {}\n']
    const result = linted(
      await lint(
        inputs.map(text => ({ module: text, text })),
        here,
      ),
    )
    const codes = inputs.map(text => result.diagnostics.get(text)?.map(({ code, message }) => `${code} ${message}`))
    assert.deepEqual(codes, [
      ['cfn-lint/E0000 did not find expected key (line 3, column 2)'],
      ['cfn-lint/E0000 Template needs to be an object (line 1, column 1)'],
      ["cfn-lint/E1001 'Resources' is a required property"],
      ["cfn-lint/E0002 AttributeError: 'NoneType' object has no attribute 'get'"],
    ])
  })

  test('a template is linted for all regions where its resource types exist, and for no others', async () => {
    // m7i.large is not offered everywhere: cfn-lint names the regions in which it looked and did not find it
    const instance =
      '  Box: { Type: AWS::EC2::Instance, Properties: { InstanceType: m7i.large, ImageId: ami-1234567890abcdef0 } }\n'
    const kept = 'DeletionPolicy: Retain, UpdateReplacePolicy: Retain'
    const userPool = `  Users: { Type: AWS::Cognito::UserPool, ${kept} }\n`
    const outsideChina = `Conditions:\n  Global: !Not [!Equals [!Ref AWS::Region, cn-north-1]]\n`
    const texts = {
      identityPool: `${pool}${instance}`,
      userPool: `${pool}${userPool}${instance}`,
      conditional: `${outsideChina}${pool}${userPool.replace(' }', ', Condition: Global }')}${instance}`,
      forEach:
        'Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Users:\n    - Name\n    - [A]\n' +
        `    - Users\${Name}: { Type: AWS::Cognito::UserPool, ${kept} }\n${instance}`,
      ownRegions: `Metadata: { cfn-lint: { config: { regions: [cn-northwest-1] } } }\nResources:\n${instance}`,
      nowhere: `${pool}${instance}  Odd: { Type: AWS::Nope::Nothing }\n`,
    }
    const result = linted(
      await lint(
        Object.entries(texts).map(([module, text]) => ({ module, text })),
        tools(),
      ),
    )
    const regions = Object.keys(texts).map(module => {
      const found = result.diagnostics.get(module) ?? []
      return [module, ...found.map(({ code, message }) => `${code}${/ in [^']*$/.exec(message)?.[0] ?? ''}`)]
    })
    assert.deepEqual(regions, [
      ['identityPool', 'cfn-lint/E3628 in ca-west-1, cn-north-1'],
      ['userPool', 'cfn-lint/E3628 in ca-west-1'],
      ['conditional', 'cfn-lint/E3628 in ca-west-1, cn-north-1'],
      ['forEach', 'cfn-lint/E3628 in ca-west-1'],
      ['ownRegions', 'cfn-lint/E3628 in cn-northwest-1'],
      ['nowhere', 'cfn-lint/E3628 in ca-west-1, cn-north-1', 'cfn-lint/E3006'],
    ])
  })

  test('regions that cfn-lint knows apart, or that a template names, are not taken for each other', async () => {
    const here = tools()
    await lintOne(`${pool}Conditions: { Ireland: !Equals [!Ref AWS::Region, eu-west-1] }\n`, here)
    const [name = ''] = readdirSync(join(here.cacheFolder, 'lint'))
    const [, report] = readFileSync(join(here.cacheFolder, 'lint', name), 'utf8')
      .split('\n')
      .map(parseReport)
    const alike = report?.regions.map(regions => [regions[0], regions.includes('eu-west-2'), regions.length > 1])
    assert.deepEqual(alike, [
      ['us-east-1', true, true],
      ['cn-north-1', false, false],
      ['eu-west-1', false, false],
      ['us-gov-east-1', false, true],
    ])
  })

  test('a string of several values by region takes no longer than another', { timeout: 30_000 }, async () => {
    const text = `Parameters: { Name: { Type: String, Default: '' } }
Conditions: { HasName: !Not [!Equals [!Ref Name, '']] }
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: dynamodb:GetItem
            Resource: !If
              - HasName
              - !Sub 'arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/\${AWS::URLSuffix}\${Name}'
              - '*'
`
    assert.deepEqual(await lintOne(text, tools()), [])
  })

  test('neither the settings nor the schemas in the home of the user change what is found', async () => {
    const home = newFolder()
    const schemas = join(home, '.cache', 'aws', 'cfn-lint', 'schemas')
    mkdirSync(join(schemas, 'providers'), { recursive: true })
    mkdirSync(join(schemas, 'resources'), { recursive: true })
    writeFileSync(join(home, '.cfnlintrc'), 'merge_configs: true\nignore_checks: [E]\n')
    writeFileSync(join(schemas, 'version.json'), '{"schema_date": "2999-01-01"}')
    writeFileSync(join(schemas, 'providers', 'us-east-1.json'), '{}')
    const { HOME } = process.env
    process.env['HOME'] = home
    try {
      assert.deepEqual(brief(await lintOne(misspelt, tools())), misspeltFound)
    } finally {
      process.env['HOME'] = HOME
    }
  })

  test('what depends on the date is found anew on another day', async () => {
    const text = `Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      { Runtime: python3.8, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', Code: { ZipFile: x } }
`
    const here = tools()
    assert.ok(brief(await lintOne(text, here)).some(line => /[WE]253[13] Resources.F.Properties.Runtime$/.test(line)))
    const [name = ''] = readdirSync(join(here.cacheFolder, 'lint'))
    const file = join(here.cacheFolder, 'lint', name)
    const entry = readFileSync(file, 'utf8')
    const today = new Date().toISOString().slice(0, 10)
    assert.ok(entry.includes(`"day":"${today}"`))
    const json = entry.slice(entry.indexOf('\n') + 1).replace(today, '2020-01-01')
    const digest = createHash('sha256')
      .update(`${basename(name, '.json')}\0${json}`)
      .digest('hex')
    writeFileSync(file, `${digest}\n${json}`)
    assert.equal(linted(await lint([{ module: 'm.ts', text }], here)).started, true)
  })

  test('a cfn-lint with a lost file is replaced before it misjudges a template', async () => {
    const cacheFolder = newFolder()
    const copy = join(cacheFolder, basename(shared))
    // hard links: what is taken from the copy stays in the shared one
    execFileSync('cp', ['-al', shared, copy])
    const lost = readdirSync(copy, { recursive: true, encoding: 'utf8' }).find(name => name.endsWith('us-east-2.json'))
    assert.ok(lost)
    rmSync(join(copy, lost))
    const told: string[] = []
    const here = { ...tools(), cacheFolder, onProgress: (text: string) => told.push(text) }
    assert.deepEqual(brief(await lintOne(misspelt, here)), misspeltFound)
    assert.match(
      told.join('\n'),
      /^Replacing .* damaged: cfnlint.*us-east-2\.json is not as it was .*\nInstalling [^\n]*$/,
    )
    assert.ok(existsSync(join(copy, lost)))
    assert.deepEqual(readdirSync(cacheFolder).sort(), [basename(shared), 'lint'])
  })
})

describe('with a small package in the place of cfn-lint', () => {
  const small = /^typing-extensions==(?:.*\\\n)*.*$/m.exec(readFileSync(join(root, 'requirements-lint.txt'), 'utf8'))
  assert.ok(small)
  const [requirements] = small
  const driver = `import json, os, sys
import typing_extensions
print('{"ready": true}')
texts = json.load(sys.stdin)["templates"]
with open(os.path.join(os.path.dirname(__file__), "starts"), "a") as log:
    log.write(f"{len(texts)} ")
for text in texts:
    print(json.dumps({"regions": [], "day": None, "findings": [{"rule": "W1", "title": "T", "source": "https://x",
        "message": text, "causes": [], "path": [], "line": 1, "column": 1}]}))
`

  const made = newFolder()

  function emptyTools(text = driver) {
    const told: string[] = []
    const onProgress = (line: string) => {
      told.push(line)
    }
    const assets = assetsWith(text, requirements)
    return { cacheFolder: newFolder(), assets, python: process.env['POOLFORM_PYTHON'], onProgress, told }
  }

  /** With the environment already made. */
  function tools(text = driver) {
    const here = emptyTools(text)
    execFileSync('cp', ['-al', `${made}/.`, here.cacheFolder])
    const [folder = ''] = readdirSync(here.cacheFolder)
    const entries = join(here.cacheFolder, 'lint')
    /** For each start of the driver, how many templates it was for. */
    const starts = () => readFileSync(join(here.assets, 'src', 'lint', 'starts'), 'utf8').trim()
    return { ...here, folder, place: join(here.cacheFolder, folder), entries, starts }
  }

  async function messages(text: string, here: LintTools): Promise<readonly string[]> {
    return (await lintOne(text, here)).map(({ message }) => message)
  }

  before(async () => {
    // npm has another program called uv: ours would be used for its speed, that one must do no harm
    const impostor = program('[ "$1" = --version ] && echo uv 1.4.0', 'uv')
    const here = { ...emptyTools(), cacheFolder: made }
    const { PATH } = process.env
    process.env['PATH'] = `${join(impostor, '..')}${delimiter}${PATH}`
    try {
      const { kind } = await environment(here)
      assert.equal(kind, 'environment')
    } finally {
      process.env['PATH'] = PATH
    }
    assert.match(here.told.join('\n'), /^Installing [^\n]*$/)
    assert.match(readdirSync(made).join(), /^cfn-lint-[0-9a-f]{16}-python3\.1[0-4]$/)
  })

  test('the environment is made once', async () => {
    const here = tools()
    assert.deepEqual(await messages('one', here), ['one'])
    assert.deepEqual(await messages('two', here), ['two'])
    assert.deepEqual(here.told, [])
  })

  test('what is unchanged starts nothing; a changed template or linter does', async () => {
    const here = tools()
    assert.deepEqual(await messages('text', here), ['text'])
    const withoutPython = { ...here, python: program('exit 1') }
    const again = linted(await lint([{ module: 'renamed.ts', text: 'text' }], withoutPython))
    assert.deepEqual([again.started, again.diagnostics.get('renamed.ts')?.[0]?.message], [false, 'text'])
    unavailable(await lint([{ module: 'm.ts', text: 'Text' }], withoutPython))
    for (const file of ['requirements-lint.txt', 'src/lint/run_cfn_lint.py']) {
      const path = join(here.assets, file)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, `${text}\n`)
      unavailable(await lint([{ module: 'm.ts', text: 'text' }], withoutPython))
      writeFileSync(path, text)
    }
    linted(await lint([{ module: 'm.ts', text: 'text' }], withoutPython))
    assert.equal(here.starts(), '1')
  })

  test('only what is not known is looked at, each text once', async () => {
    const here = tools()
    await messages('a', here)
    const inputs = ['a', 'b', 'b', 'c'].map((text, index) => ({ module: `${index}.ts`, text }))
    const all = linted(await lint(inputs, here))
    assert.deepEqual(
      [...all.diagnostics].map(([module, [found]]) => [module, found?.message]),
      inputs.map(({ module, text }) => [module, text]),
    )
    assert.equal(here.starts(), '1 2')
  })

  test('a cache that is cut off, of another shape or not to be written to costs time and nothing else', async () => {
    const here = tools()
    await messages('text', here)
    const [name = ''] = readdirSync(here.entries)
    const file = join(here.entries, name)
    const entry = readFileSync(file, 'utf8')
    for (const text of [entry.slice(0, -9), '', '[]', '{"regions": [], "findings": [{}]}']) {
      writeFileSync(file, text)
      assert.deepEqual(await messages('text', here), ['text'])
      assert.equal(readFileSync(file, 'utf8'), entry)
    }
    assert.deepEqual(readdirSync(here.entries), [name])
    rmSync(here.entries, { recursive: true })
    writeFileSync(here.entries, 'no folder')
    assert.deepEqual(await messages('text', here), ['text'])
    assert.equal(here.starts(), '1 1 1 1 1 1')
  })

  test('what cfn-lint stumbled over is not kept', async () => {
    const here = tools(driver.replace('W1', 'E0002'))
    await messages('text', here)
    await messages('text', here)
    assert.equal(here.starts(), '1 1')
  })

  test('the cache is bounded', async () => {
    const here = tools()
    mkdirSync(here.entries)
    for (let index = 0; index < 4000; index++) writeFileSync(join(here.entries, `${index}.json`), '')
    utimesSync(join(here.entries, '7.json'), 0, 0)
    await messages('text', here)
    assert.equal(readdirSync(here.entries).length, 3000)
    assert.equal(existsSync(join(here.entries, '7.json')), false)
    await messages('text', here)
    assert.equal(here.starts(), '1')
  })

  test('an environment whose python is gone is made again', async () => {
    const here = tools()
    rmSync(join(here.place, 'bin', 'python'))
    assert.deepEqual(await messages('text', here), ['text'])
    assert.match(here.told.join('\n'), /^Replacing [^\n]*\nInstalling [^\n]*$/)
    assert.deepEqual(readdirSync(here.cacheFolder).sort(), [here.folder, 'lint'])
  })

  test('one that does not start even when new makes lint unavailable', async () => {
    const here = tools('import a_module_that_nobody_has\n')
    const { reason } = unavailable(await lint([{ module: 'm.ts', text: 'x' }], here))
    assert.match(reason, /does not start: ModuleNotFoundError: No module named 'a_module_that_nobody_has'$/)
    assert.match(here.told.join('\n'), /^Replacing [^\n]*\nInstalling [^\n]*$/, 'one attempt')
  })

  test('an installation that was killed, or is of long ago, is none; of two runs one installs and the other waits', async () => {
    const here = tools()
    const killed = `${here.place}.1-1.new`
    mkdirSync(killed)
    renameSync(here.place, join(killed, 'half'))
    utimesSync(killed, 0, 0)
    const outdated = join(here.cacheFolder, 'cfn-lint-0123456789abcdef-python3.10')
    mkdirSync(outdated)
    utimesSync(outdated, 0, 0)
    const there = { ...emptyTools(), cacheFolder: here.cacheFolder, assets: here.assets }
    const first = messages('one', here)
    while (here.told.length === 0) await sleep(5)
    assert.deepEqual(await Promise.all([first, messages('two', there)]), [['one'], ['two']])
    assert.match(here.told.join('\n'), /^Installing [^\n]*$/)
    assert.match(there.told.join('\n'), /^Waiting [^\n]*$/)
    assert.deepEqual(readdirSync(here.cacheFolder).sort(), [here.folder, 'lint'])
  })

  test('a package with another hash is refused, and leaves nothing behind', async () => {
    const here = emptyTools()
    const file = join(here.assets, 'requirements-lint.txt')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/sha256:./g, 'sha256:0'))
    const { reason, help } = unavailable(await lint([{ module: 'm.ts', text: 'x' }], here))
    assert.match(reason, /^cfn-lint can't be installed: THESE PACKAGES DO NOT MATCH THE HASHES/)
    assert.match(help, /package index/)
    assert.deepEqual(readdirSync(here.cacheFolder), [])
  })

  test('a driver that crashes is an exception, with what it said', async () => {
    const crashing = "print('{\"ready\": true}', flush=True)\nraise ValueError('out of luck')\n"
    await assert.rejects(
      lint([{ module: 'm.ts', text: 'x' }], tools(crashing)),
      /cfn-lint ended with 1\n[\s\S]*out of luck/,
    )
  })

  test('without a Python that fits, lint is unavailable and says what there is', async () => {
    const reasonWith = async (python: string) =>
      unavailable(await lint([{ module: 'm.ts', text: 'x' }], { ...emptyTools(), python })).reason
    assert.equal(await reasonWith('/no/python'), 'cfn-lint needs Python 3.10 to 3.14, and /no/python does not run')
    const old = program('echo 3.9 "$0"')
    assert.equal(await reasonWith(old), `cfn-lint needs Python 3.10 to 3.14, and ${old} is 3.9`)
    const { PATH } = process.env
    process.env['PATH'] = newFolder()
    try {
      const { reason, help } = unavailable(
        await lint([{ module: 'm.ts', text: 'x' }], { ...emptyTools(), python: undefined }),
      )
      assert.equal(reason, 'cfn-lint needs Python 3.10 to 3.14, and there is none on the PATH')
      assert.equal(help, 'Install Python 3, or name one in POOLFORM_PYTHON')
    } finally {
      process.env['PATH'] = PATH
    }
  })

  test('a Python without ensurepip is told how to get it', async () => {
    const debian = program(`case "$*" in
      *"-m venv"*) echo 'The virtual environment was not created successfully because ensurepip is not available.'; exit 1;;
      *) echo 3.11 "$0";;
    esac`)
    const { PATH } = process.env
    process.env['PATH'] = newFolder()
    symlinkSync('/bin/sh', join(process.env['PATH'], 'sh'))
    try {
      const { reason, help } = unavailable(
        await lint([{ module: 'm.ts', text: 'x' }], { ...emptyTools(), python: debian }),
      )
      assert.match(reason, /^Python 3\.11 \(.*\) can't make virtual environments, for it has no ensurepip$/)
      assert.match(help, /python3-venv/)
    } finally {
      process.env['PATH'] = PATH
    }
  })

  test('a cache folder that can not be one makes lint unavailable', async () => {
    const cacheFolder = join(newFolder(), 'file')
    writeFileSync(cacheFolder, '')
    const { reason, help } = unavailable(await lint([{ module: 'm.ts', text: 'x' }], { ...emptyTools(), cacheFolder }))
    assert.match(reason, /^cfn-lint can't be installed: EEXIST/)
    assert.match(help, /can be written to/)
  })
})

describe('findings', () => {
  const finding: Finding = {
    rule: 'E1',
    title: 'T',
    source: '',
    message: 'M.',
    causes: [],
    path: ['Resources', 'A'],
    line: 1,
    column: 1,
  }
  const messages = (regions: readonly (readonly string[])[], texts: readonly string[]) =>
    diagnostics({ regions, day: null, findings: texts.map(message => ({ ...finding, message })) }).map(
      ({ message }) => message,
    )

  test('that differ in the region only are one', () => {
    const texts = ["no X in 'r-1'", "no X in 'r-2'", "no Y in 'r-1'"]
    assert.deepEqual(messages([['r-1'], ['r-2'], ['r-3']], texts), ['no X in r-1, r-2', 'no Y in r-1'])
    assert.deepEqual(messages([['r-1'], ['r-2']], texts), ['no X', 'no Y in r-1'])
    assert.deepEqual(messages([['r-1']], texts.slice(0, 1)), ['no X in r-1'])
    assert.deepEqual(messages([['r-1'], ['r-2']], ["'X' is not one of ['A', 'B'] in ['r-1', 'r-2']"]), [
      "'X' is not one of ['A', 'B']",
    ])
  })

  test('of a region are of all that are like it', () => {
    const regions = [
      ['r-2', 'r-6', 'r-1'],
      ['r-3', 'r-4', 'r-5'],
      ['r-7', 'r-8'],
    ]
    assert.deepEqual(messages(regions, ["no X in 'r-2'"]), ['no X in r-1, r-2, r-6'])
    assert.deepEqual(messages(regions, ["no X in ['r-2', 'r-3']"]), ['no X in r-1, r-2, r-3, r-4 and 2 more regions'])
  })

  test('that differ in a list are several', () => {
    const texts = ["Only one of ['A', 'B'] is required", "Only one of ['C', 'D'] is required"]
    assert.deepEqual(messages([['r-1']], texts), texts)
  })

  test('are cut to what a person reads', () => {
    const types = Array.from({ length: 30 }, (_, index) => `'t${index}'`)
    assert.deepEqual(
      messages([], [`'x' is not one of [${types.join(', ')}]`, `first\n  second.\n`, 'x'.repeat(5000)]),
      [
        "'x' is not one of ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7' and 22 more]",
        'first second',
        `${'x'.repeat(400)}…`,
      ],
    )
  })

  test('carry what caused them, and the page of their rule', () => {
    const caused = { ...finding, causes: ['A is required', 'B is required'] }
    assert.deepEqual(diagnostics({ regions: [], day: null, findings: [caused] }), [
      {
        code: 'cfn-lint/E1',
        severity: 'error',
        path: ['Resources', 'A'],
        message: 'M. (A is required; B is required)',
        help: 'Read what E1 (T) asks for at https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#E1',
      },
    ])
  })

  test('of another shape are none', () => {
    const whole = JSON.stringify({ regions: [['r-1']], day: null, findings: [finding] })
    assert.deepEqual(parseReport(whole), { regions: [['r-1']], day: null, findings: [finding] })
    for (const [text, other] of [
      ['"line":1', '"line":"1"'],
      ['"rule":"E1"', '"rule":null'],
      ['["r-1"]', '[1]'],
      ['["r-1"]', '"r-1"'],
      ['"day":null', '"day":1'],
      ['["Resources","A"]', '[null]'],
    ] as const) {
      assert.notEqual(whole.replace(text, other), whole)
      assert.equal(parseReport(whole.replace(text, other)), undefined)
    }
  })
})

describe('a finding that a check of ours has made too', () => {
  const make = (code: Diagnostic['code'], ...path: readonly (string | number)[]): Diagnostic => ({
    code,
    severity: 'error',
    path,
    message: 'M',
    help: 'H',
  })
  const property = ['Resources', 'A', 'Properties', 'P'] as const

  test('is shown once, where it is of the same kind and place', () => {
    const own = [make('invalid-property', ...property), make('unused-parameter', 'Parameters', 'X')]
    assert.deepEqual(withoutTwins(own, [make('cfn-lint/E3002', ...property)]), [])
    assert.deepEqual(withoutTwins(own, [make('cfn-lint/E3012', ...property, 0, 'Q')]), [])
    assert.deepEqual(withoutTwins(own, [make('cfn-lint/E3003', ...property.slice(0, 3))]), [])
    assert.deepEqual(withoutTwins(own, [make('cfn-lint/W2001', 'Parameters', 'X')]), [])
  })

  test('is shown twice where kind or place differ', () => {
    const own = [make('invalid-property', ...property)]
    for (const other of [
      make('cfn-lint/W2001', ...property),
      make('cfn-lint/I3042', ...property),
      make('cfn-lint/E3002', 'Resources', 'A', 'Properties', 'Q'),
      make('cfn-lint/E3002', 'Resources', 'B', 'Properties', 'P'),
    ])
      assert.deepEqual(withoutTwins(own, [other]), [other])
    assert.equal(withoutTwins([], [make('cfn-lint/E3002', ...property)]).length, 1)
  })

  test('of a cycle is shown once, wherever in it', () => {
    const own = [make('circular-reference', 'Resources', 'A')]
    assert.deepEqual(withoutTwins(own, [make('cfn-lint/E3004', 'Resources', 'B')]), [])
    assert.equal(withoutTwins(own, [make('cfn-lint/E3005', 'Resources', 'B', 'DependsOn')]).length, 1)
  })
})

test('an ignored rule is named in full and has its reason in words', () => {
  for (const { rules, reason } of ignoredRules) {
    for (const rule of rules) assert.match(rule, /^[EWI]\d{4}$/)
    assert.ok(reason.split(' ').length > 8, reason)
  }
})
