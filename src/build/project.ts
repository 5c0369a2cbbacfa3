import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Finding, moduleError } from './finding.ts'
import { pathFrom } from './modules.ts'

/** What artifacts say of the project that they come from. */
export type Project = {
  /** The nearest `package.json`, upwards from the working folder, and what it holds; absent where there is none. */
  readonly packageFile?: { readonly file: string; readonly text: string }
  /** `0.0.0` where nothing says it. */
  readonly version: string
  /** What `package.json` gives as its version, whether or not it is one. */
  readonly givenVersion?: string
  /** An SPDX expression. */
  readonly license?: string
  /** What `repository` and `homepage` say, as they say it. */
  readonly homes: readonly string[]
  /** `CHANGELOG.md` beside `package.json`, and what it holds; absent where there is none. */
  readonly changelogFile?: { readonly file: string; readonly text: string }
}

export function readProject(cwd: string): Project | Finding {
  const packageFile = nearestPackageFile(cwd)
  if (packageFile === undefined) return { version: '0.0.0', homes: [] }
  let content: unknown
  try {
    content = JSON.parse(packageFile.text)
  } catch (error) {
    return moduleError(
      'unreadable-file',
      pathFrom(cwd, packageFile.file),
      `is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Mend it: the artifacts carry its version and licence',
    )
  }
  const fields = isRecord(content) ? content : {}
  const { version, license, repository, homepage } = fields
  const homes = [isRecord(repository) ? repository['url'] : repository, homepage]
  const changelogFile = readIfThere(join(dirname(packageFile.file), 'CHANGELOG.md'))
  return {
    packageFile,
    // in the header each is a line
    version: typeof version === 'string' && /^\S+$/.test(version) ? version : '0.0.0',
    ...(version === undefined ? {} : { givenVersion: String(version) }),
    ...(typeof license === 'string' && /^[^\r\n]+$/.test(license) ? { license } : {}),
    homes: homes.filter(home => typeof home === 'string'),
    ...(changelogFile === undefined ? {} : { changelogFile }),
  }
}

function isRecord(value: unknown): value is { readonly [field in Field]?: unknown } {
  return typeof value === 'object' && value !== null
}

type Field = 'version' | 'license' | 'repository' | 'homepage' | 'url'

function nearestPackageFile(cwd: string): { readonly file: string; readonly text: string } | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = readIfThere(join(folder, 'package.json'))
    if (found !== undefined || dirname(folder) === folder) return found
  }
}

/** Undefined where there is no such file, or none that can be read. */
function readIfThere(file: string): { readonly file: string; readonly text: string } | undefined {
  try {
    return { file, text: readFileSync(file, 'utf8') }
  } catch {
    return undefined
  }
}
