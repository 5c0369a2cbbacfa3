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
  /** An SPDX expression. */
  readonly license?: string
}

export function readProject(cwd: string): Project | Finding {
  const packageFile = nearestPackageFile(cwd)
  if (packageFile === undefined) return { version: '0.0.0' }
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
  const { version, license } = typeof content === 'object' && content !== null ? { ...noFields, ...content } : noFields
  return {
    packageFile,
    // in the header each is a line
    version: typeof version === 'string' && /^\S+$/.test(version) ? version : '0.0.0',
    ...(typeof license === 'string' && /^[^\r\n]+$/.test(license) ? { license } : {}),
  }
}

const noFields: { readonly version?: unknown; readonly license?: unknown } = {}

function nearestPackageFile(cwd: string): { readonly file: string; readonly text: string } | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    try {
      return { file, text: readFileSync(file, 'utf8') }
    } catch {
      // none here, or none that can be read
    }
    if (dirname(folder) === folder) return undefined
  }
}
