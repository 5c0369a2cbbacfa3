import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** Packs the project, as `npm publish` would, and installs the tarball in `folder`; gives the tarball. */
export function installPacked(folder: string): string {
  const tarballs = join(folder, 'packed')
  mkdirSync(tarballs, { recursive: true })
  npm(root, 'pack', '--silent', '--pack-destination', tarballs)
  const [name = ''] = readdirSync(tarballs)
  const tarball = join(tarballs, name)
  npm(folder, 'install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', tarball)
  return tarball
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
}
