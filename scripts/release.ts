/**
 * Makes the version of package.json the last release: `npm run release`. It writes into CHANGELOG.md, under the version,
 * what an update from the last one does to stacks, builds, and puts the templates into release/, against which
 * `npm run compatible` holds every change from then on. `-- --notes` prints what it would write of updates, and writes
 * nothing; `-- --again` puts the templates into release/ anew, and is for a version that nobody has yet.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const heading = '### What an update does'

/**
 * A changelog in which what was not released yet is that version, of that day; `notes` come after it, under a heading of
 * their own. Throws where there is nothing unreleased, or the version has a section already.
 */
export function withRelease(changelog: string, version: string, day: string, notes: string): string {
  const [, before, unreleased, after] =
    /^([\s\S]*?^## \[Unreleased\]\n)([\s\S]*?)((?:^## |^\[[^\]]+\]: |$(?![\s\S]))[\s\S]*)$/m.exec(changelog) ?? []
  if (before === undefined || unreleased === undefined || after === undefined) {
    throw new Error('CHANGELOG.md has no section [Unreleased]')
  }
  if (new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\]`, 'm').test(changelog)) {
    throw new Error(`CHANGELOG.md has a section of ${version} already`)
  }
  if (unreleased.trim() === '') throw new Error('nothing stands under [Unreleased] in CHANGELOG.md')
  return [
    `${before}\n## [${version}] - ${day}\n\n${unreleased.trim()}\n\n${heading}\n\n${notes.trim()}\n`,
    ...(after === '' ? [] : [`\n${after}`]),
  ].join('')
}

type Ran = { readonly status: number; readonly stdout: string }

function run(...args: readonly string[]): Ran {
  const { status, stdout } = spawnSync(process.execPath, ['lib/cli.cjs', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { status: status ?? 1, stdout }
}

function needed({ status, stdout }: Ran): string {
  if (status === 0) return stdout
  process.stderr.write(stdout)
  throw new Error('there is no release')
}

/** The templates and their manifest, of a build. */
function record(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to)
  for (const file of readdirSync(from)) {
    if (/\.(?:yaml|json)$/.test(file)) copyFileSync(join(from, file), join(to, file))
  }
}

function release(options: readonly string[]): void {
  const { version }: { readonly version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
  // what it does, by the version that it will have
  needed(run('build'))
  if (options.includes('--again')) {
    record('dist', 'release')
    return
  }
  if (options.includes('--notes')) {
    process.stdout.write(run('compat', 'release', 'dist', '--markdown').stdout)
    return
  }
  needed(run('compat', 'release', 'dist'))
  const notes = run('compat', 'release', 'dist', '--markdown').stdout
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync('CHANGELOG.md', withRelease(readFileSync('CHANGELOG.md', 'utf8'), version, day, notes))
  // the launch page and the manifest hold the notes
  needed(run('build'))
  record('dist', 'release')
  process.stdout.write(
    `${version} is the last release now: commit CHANGELOG.md, dist and release, tag it, and publish it\n`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) release(process.argv.slice(2))
