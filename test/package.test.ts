import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
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
  for (const file of ['cli.cjs', 'page.js', 'page.css', 'types/authoring/index.d.ts']) assert.ok(files.includes(`package/lib/${file}`), file)
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
