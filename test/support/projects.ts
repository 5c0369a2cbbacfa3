import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

/** Texts by their path in a folder. */
export type Files = Readonly<Record<string, string>>

/** For the folders of one test file; gone when it ends. */
export const folders = mkdtempSync(join(tmpdir(), 'poolform-test-'))
after(() => rmSync(folders, { recursive: true, force: true }))

/** A folder with these files, and a package.json. */
export function project(files: Files): string {
  const folder = mkdtempSync(join(folders, 'p-'))
  write(folder, { 'package.json': '{"name": "p", "version": "1.2.3", "license": "MIT"}', ...files })
  return folder
}

export function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** Each file below a folder, by its path. */
export function contents(folder: string): Files {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names
      .filter(name => statSync(join(folder, name)).isFile())
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  )
}

/** A module whose template says `description`, with `before` above it. */
export function module(description: string, before = ''): string {
  return `import { defineTemplate, resource } from 'poolform'
${before}
export default defineTemplate({
  Description: ${description},
  Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`
}
