import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { makeFolder } from '../src/make-folder.ts'

const root = join(import.meta.dirname, '..')
const folders = mkdtempSync(join(tmpdir(), 'poolform-hardening-'))
const sharedCache = join(folders, 'cache')
after(() => rmSync(folders, { recursive: true, force: true }))

type Files = Readonly<Record<string, string>>

function project(files: Files): string {
  const folder = mkdtempSync(join(folders, 'p-'))
  for (const [name, text] of Object.entries({ 'package.json': '{"name": "p", "version": "1.2.3"}', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

function module(description: string, before = ''): string {
  return `import { defineTemplate, resource } from 'poolform'
${before}
export default defineTemplate({
  Description: ${description},
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`
}

const plain = module(`'Waits'`)

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
