import { readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { nearest } from '../nearest.ts'
import { type Finding, moduleError } from './finding.ts'

/** A file that exports a template. */
export type Module = {
  /** The artifact's name: the file's, without its extension. */
  readonly name: string
  /** From the working folder, with forward slashes. */
  readonly path: string
  /** Absolute. */
  readonly file: string
}

const defaultFolder = 'templates'
const extension = /\.[mc]?[jt]s$/
const declarations = /\.d\.[mc]?ts$/
// what file systems, URLs and SHA256SUMS take without quoting
const goodName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * The modules that a command line names, or each `templates/*.ts` if it names none, sorted by name.
 * What is no module is left out of them and has a finding.
 */
export function findModules(
  named: readonly string[],
  cwd: string,
): { readonly modules: readonly Module[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const byName = new Map<string, Module>()
  for (const argument of named.length > 0 ? named : inDefaultFolder(cwd, findings)) {
    const module = moduleOf(argument, cwd)
    if ('code' in module) {
      findings.push(module)
      continue
    }
    // two names that differ in case alone are one file on many machines
    const earlier = byName.get(module.name.toLowerCase())
    if (earlier === undefined) byName.set(module.name.toLowerCase(), module)
    else if (earlier.file !== module.file) {
      findings.push(
        moduleError(
          'duplicate-template',
          module.path,
          `would write the same artifact as ${earlier.path}`,
          'Give one of the two files another name: the artifact is named after it',
        ),
      )
    }
  }
  const modules = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { modules, findings }
}

function inDefaultFolder(cwd: string, findings: Finding[]): readonly string[] {
  const found = entries(resolve(cwd, defaultFolder))
    .filter(name => /\.m?ts$/.test(name) && !declarations.test(name))
    .map(name => `${defaultFolder}/${name}`)
  if (found.length === 0) {
    findings.push(
      moduleError(
        'invalid-module',
        `${defaultFolder}/*.ts`,
        'is no file',
        'Name a module, as in `poolform build path/to/module.ts`, or go to the folder that holds templates/',
      ),
    )
  }
  return found
}

function moduleOf(argument: string, cwd: string): Module | Finding {
  const file = resolve(cwd, argument)
  const path = pathFrom(cwd, file)
  const stat = statOf(file)
  if (stat === undefined) {
    const near = nearest(basename(file), entries(dirname(file)))
    const suggestion = near === undefined ? '' : `: perhaps ${pathFrom(cwd, resolve(dirname(file), near))}`
    return moduleError('invalid-module', path, 'does not exist', `Name a file that is there${suggestion}`)
  }
  if (!stat.isFile()) {
    return moduleError('invalid-module', path, 'is no file', `Name the modules in it: poolform build ${argument}/*.ts`)
  }
  if (!extension.test(file) || declarations.test(file)) {
    return moduleError(
      'invalid-module',
      path,
      'is no TypeScript or JavaScript module',
      'Name a .ts, .mts, .js, .mjs or .cjs file; for a built template there is `poolform lint`',
    )
  }
  const name = basename(file).replace(extension, '')
  return goodName.test(name) && name !== 'manifest'
    ? { name, path, file }
    : moduleError(
        'invalid-module',
        path,
        'has a name that no artifact can have',
        'Rename it: letters, digits, `.`, `_` and `-`, a letter or digit first, and not `manifest`',
      )
}

/** A file's path as the user knows it. */
export function pathFrom(cwd: string, file: string): string {
  const path = relative(cwd, file)
  return (path === '' ? '.' : path).replaceAll(sep, '/')
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file)
  } catch {
    return undefined
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
