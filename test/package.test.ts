import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as esbuild from 'esbuild'
import { installPacked } from './support/installed.ts'

const jobs = `import { defineTemplate, GetAtt, output, parameter, Ref, resource } from 'poolform'
import type {} from 'poolform/aws/sns'

const Name = parameter({ Type: 'String', Description: 'The name of the topic', Default: 'jobs' })
const Topic = resource({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: Ref(Name) },
})
const Arn = output({ Value: GetAtt(Topic, 'TopicArn') })

export default defineTemplate({
  Description: 'A topic for jobs',
  Parameters: { Name },
  Resources: { Topic },
  Outputs: { Arn },
})
`

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'poolform-package-'))
let tarball = ''

before(() => {
  tarball = installPacked(folder)
  mkdirSync(join(folder, 'templates'))
  writeFileSync(join(folder, 'templates/jobs.ts'), jobs)
})
after(() => rmSync(folder, { recursive: true, force: true }))

function poolform(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'poolform', ...args], {
    cwd: folder,
    // npm speaks of its own configuration on standard error
    env: {
      ...process.env,
      npm_config_loglevel: 'silent',
      POOLFORM_CACHE: process.env['POOLFORM_CACHE'] ?? join(root, '.cache'),
    },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  return { status, stdout, stderr }
}

test('the tarball holds what runs and what tells of it, no source and no test', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trimEnd().split('\n')
  const tops = new Set(files.map(file => file.split('/')[1]))
  assert.deepEqual([...tops].sort(), [
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'aws', 'dist', 'docs', 'lib', 'package.json', 'requirements-lint.txt'],
    ...['schemas', 'src'],
  ])
  assert.deepEqual(
    files.filter(file => /\.(?:[mc]?ts|mjs|py)$/.test(file) && !file.endsWith('.d.ts')),
    ['package/src/lint/run_cfn_lint.py'],
  )
  for (const file of ['cli.cjs', 'page.js', 'page.css', 'types/authoring/index.d.ts'])
    assert.ok(files.includes(`package/lib/${file}`), file)
})

test('installed, it brings esbuild with it, and nothing else', () => {
  const names = readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'))
  assert.deepEqual(names.sort(), ['@esbuild', 'esbuild', 'poolform'])
})

test('`npx poolform build` compiles, checks and lints a module of the author’s in a folder without a project', () => {
  const { status, stdout, stderr } = poolform('build')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^dist\/jobs\.yaml +0\.\d kB {2}1 resource\n$/)
  assert.equal(
    readFileSync(join(folder, 'dist/jobs.yaml'), 'utf8').replace(/^(?:#.*\n)+/, ''),
    `
AWSTemplateFormatVersion: '2010-09-09'
Description: A topic for jobs

Parameters:
  Name:
    Type: String
    Description: The name of the topic
    Default: jobs

Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref Name

Outputs:
  Arn:
    Value: !GetAtt Topic.TopicArn
`,
  )
  assert.deepEqual(poolform('lint'), { status: 0, stdout: '', stderr: '' })
  assert.equal(poolform('build', '--check').status, 0)
})

test('TypeScript knows its types, and those of AWS, however it resolves modules', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const check = (module: string, moduleResolution: string): string => {
    const compilerOptions = { module, moduleResolution, target: 'es2023', strict: true, noEmit: true, types: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['templates'] }))
    return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout
  }
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    assert.equal(check(module, resolution), '')
    writeFileSync(
      join(folder, 'templates/typo.ts'),
      jobs.replace('{ TopicName', '{ TopicNam').replace(`'TopicArn')`, `'TopicArm')`),
    )
    const errors = check(module, resolution)
    rmSync(join(folder, 'templates/typo.ts'))
    assert.match(errors, /^templates\/typo\.ts\(7,.*'TopicNam' does not exist.*Did you mean to write 'TopicName'\?$/m)
    assert.match(errors, /^templates\/typo\.ts\(9,.*'"TopicArm"' is not assignable/m)
  }
})

test('import and require give one and the same API, with what the sources export', async () => {
  const script = `import * as imported from 'poolform'
import { createRequire } from 'node:module'
const required = createRequire(import.meta.url)('poolform')
console.log(JSON.stringify([imported.Parameter === undefined, imported.resource === required.resource, Object.keys(required).sort()]))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' })
  const authoring = await import('../src/authoring/index.ts')
  assert.deepEqual(JSON.parse(said), [true, true, Object.keys(authoring).sort()])
})

// ---- what is bundled -----------------------------------------------------------------------------------------------

test('the licence of each package whose code is in lib/ stands there once, with its text', async () => {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      'src/cli/index.ts',
      'src/authoring/index.ts',
      'src/knowledge/validator.ts',
      'src/page/client/index.ts',
    ],
    ...{
      bundle: true,
      write: false,
      metafile: true,
      outdir: 'out',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    },
    ...{ external: ['esbuild'], mainFields: ['module', 'main'], conditions: ['poolform-source', 'module'] },
  })
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  const folders = inputs.flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  )
  const bundled = [...new Set(folders)].sort()
  // what the sources themselves name is among them
  for (const name of ['@aws-sdk/client-s3', '@aws-sdk/credential-provider-sso', 'ajv', 'commander', 'semver', 'yaml']) {
    assert.ok(bundled.includes(`node_modules/${name}`), name)
  }

  const sections = readFileSync(join(folder, 'node_modules/poolform/lib/THIRD-PARTY-LICENSES.txt'), 'utf8')
    .split(`\n${'-'.repeat(120)}\n\n`)
    .slice(1)
    .map(section => ({ titles: section.slice(0, section.indexOf('\n\n')).split('\n'), section }))
  const listed = sections.flatMap(({ titles }) => titles)
  assert.deepEqual(
    listed.toSorted(),
    bundled
      .map(name => {
        const about: { name: string; version: string; license: string } = JSON.parse(
          readFileSync(join(root, name, 'package.json'), 'utf8'),
        )
        return `${about.name} ${about.version} (${about.license})`
      })
      .sort(),
  )
  for (const name of bundled) {
    const own = readdirSync(join(root, name)).find(file => /^licen[cs]e/i.test(file))
    const title = listed.find(one => one.startsWith(`${name.replace('node_modules/', '')} `))
    const section = sections.find(({ titles }) => title !== undefined && titles.includes(title))?.section ?? ''
    const text = own === undefined ? /Apache License|MIT License/ : readFileSync(join(root, name, own), 'utf8').trim()
    if (typeof text === 'string') assert.ok(section.includes(text.replaceAll('\r\n', '\n')), name)
    else assert.match(section, text, name)
  }
})

test('only publishing, and what reads an account, load the AWS SDK', () => {
  const lib = join(folder, 'node_modules/poolform/lib')
  const files = readdirSync(lib).filter(file => file.endsWith('.cjs'))
  const holders = files.filter(file => readFileSync(join(lib, file), 'utf8').includes('aws-sdk-js'))
  assert.deepEqual(holders, ['live.cjs', 'publish-command.cjs'])
  const preload = join(folder, 'preload.cjs')
  writeFileSync(
    preload,
    `process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache).map(file => file.split(/[\\\\/]/).at(-1)))))`,
  )
  const loaded = (...args: readonly string[]): readonly string[] => {
    const command = ['--require', preload, join(lib, 'cli.cjs'), ...args]
    const { stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
    return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
  }
  assert.ok(loaded('build', '--no-lint', '--no-cache').includes('compile.cjs'))
  for (const args of [
    ['build', '--no-lint', '--no-cache'],
    ['build', '--no-lint'],
    ['lint'],
    ['--help'],
    ['publish', '--help'],
  ]) {
    for (const holder of holders) assert.ok(!loaded(...args).includes(holder), `${args.join(' ')} loads ${holder}`)
  }
  assert.ok(loaded('publish', '--bucket', 'b', '--region', 'nowhere').includes('publish-command.cjs'))
})

// ---- publishing, without a package of AWS's beside it -----------------------------------------------------------------

const home = join(folder, 'home')
const secretKey = `{"Version": 1, "AccessKeyId": "AKIAOFAPROCESS", "SecretAccessKey": "s"}`

/** `poolform publish` to an S3 that has nothing and refuses all, with what `aws configure` has left at home. */
async function publishWith(profile: string) {
  const keys = new Set<string>()
  const store = createServer((request, response) => {
    keys.add(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody')
    const [status, code] = request.method === 'GET' ? [404, 'NoSuchKey'] : [403, 'AccessDenied']
    response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'REQUEST1' })
    response.end(request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
  })
  await new Promise<void>(resolve => store.listen(0, '127.0.0.1', resolve))
  const address = store.address()
  assert(typeof address === 'object' && address !== null)
  const command = join(folder, 'node_modules/poolform/lib/cli.cjs')
  const args = ['publish', '--bucket', 'our-templates', '--region', 'eu-west-1', '--version', '1.0.0', '--no-lint']
  const said = await new Promise<{ status: unknown; stderr: string }>(resolve =>
    execFile(
      process.execPath,
      [command, ...args, '--endpoint-url', `http://127.0.0.1:${address.port}`],
      { cwd: folder, env: { PATH: process.env['PATH'], HOME: home, USERPROFILE: home, AWS_PROFILE: profile } },
      (error, _, stderr) => resolve({ status: error?.code ?? 0, stderr }),
    ),
  )
  store.close()
  store.closeAllConnections()
  return { ...said, keys: [...keys] }
}

test('installed, it publishes with the credentials that a profile’s process gives', async () => {
  mkdirSync(join(home, '.aws/sso/cache'), { recursive: true })
  writeFileSync(join(home, 'process.mjs'), `console.log(${JSON.stringify(secretKey)})`)
  writeFileSync(
    join(home, '.aws/config'),
    [
      ...['[profile process]', `credential_process = ${process.execPath} ${join(home, 'process.mjs')}`],
      ...['[profile sso]', 'sso_session = corp', 'sso_account_id = 123456789012', 'sso_role_name = Publisher'],
      ...['[sso-session corp]', 'sso_start_url = https://corp.awsapps.com/start', 'sso_region = us-east-1', ''],
    ].join('\n'),
  )
  const { status, stderr, keys } = await publishWith('process')
  assert.deepEqual(keys, ['AKIAOFAPROCESS'])
  assert.equal(status, 1)
  assert.match(stderr, /may not do s3:PutObject on arn:aws:s3:::our-templates\/jobs\/1\.0\.0\//)
  assert.doesNotMatch(stderr, /Warning|at .*\.cjs/)
})

test('installed, it says that the session in IAM Identity Center has expired, and how to begin another', async () => {
  const token = { startUrl: 'https://corp.awsapps.com/start', accessToken: 't', expiresAt: '2020-01-01T00:00:00Z' }
  // the SHA-1 of the session’s name
  writeFileSync(join(home, '.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json'), JSON.stringify(token))
  const { status, stderr, keys } = await publishWith('sso')
  assert.deepEqual(keys, [])
  assert.equal(status, 1)
  assert.match(stderr, /IAM Identity Center session of the profile sso has expired.*\n.*`aws sso login --profile sso`/)
})

// ---- what access has shown --------------------------------------------------------------------------------------------

test('installed, it shows again the table that it has shown, as long as nothing of it changes, and keeps no secret', () => {
  const cache = join(folder, 'tables-cache')
  const file = join(folder, 'tables.yaml')
  const template = (action: string) =>
    [
      'Parameters: {Token: {Type: String, NoEcho: true, Default: none}}',
      'Resources:',
      '  Pool: {Type: "AWS::Cognito::IdentityPool", Properties: {AllowUnauthenticatedIdentities: false}}',
      '  Users:',
      '    Type: AWS::IAM::Role',
      '    Properties:',
      '      AssumeRolePolicyDocument:',
      '        Version: "2012-10-17"',
      '        Statement:',
      '          - Effect: Allow',
      '            Principal: {Federated: cognito-identity.amazonaws.com}',
      '            Action: sts:AssumeRoleWithWebIdentity',
      '            Condition: {StringEquals: {"cognito-identity.amazonaws.com:aud": !Ref Pool}}',
      '      Policies:',
      '        - PolicyName: own',
      '          PolicyDocument:',
      '            Version: "2012-10-17"',
      `            Statement: [{Effect: Allow, Action: ${action}, Resource: "*"}]`,
      '  Roles:',
      '    Type: AWS::Cognito::IdentityPoolRoleAttachment',
      '    Properties: {IdentityPoolId: !Ref Pool, Roles: {authenticated: !GetAtt Users.Arn}}',
      '',
    ].join('\n')
  const show = (...args: readonly string[]): string => {
    const command = [join(folder, 'node_modules/poolform/lib/cli.cjs'), 'access', 'tables.yaml', ...args]
    return execFileSync(process.execPath, command, { cwd: folder, encoding: 'utf8', env: { POOLFORM_CACHE: cache } })
  }
  const tables = (): readonly string[] => {
    const place = join(cache, 'tables')
    return existsSync(place) ? readdirSync(place).map(name => readFileSync(join(place, name), 'utf8')) : []
  }
  writeFileSync(file, template('sns:Publish'))
  const first = show()
  assert.match(first, /sns:Publish +.*allow/i)
  assert.equal(tables().length, 1)
  assert.equal(show(), first)
  assert.notEqual(show('--region', 'eu-west-1'), first)
  writeFileSync(file, template('sqs:SendMessage'))
  assert.match(show(), /sqs:SendMessage/)
  assert.doesNotMatch(show(), /sns:Publish/)
  assert.match(show('--param', 'Token=s3cr3t'), /Token=\*{4}/)
  assert.ok(!tables().some(text => text.includes('s3cr3t')), 'a value that is not to be seen is not kept')
})
