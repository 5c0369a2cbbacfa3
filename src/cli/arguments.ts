import type { BuildRequest } from '../build/index.ts'
import type { Assignment } from '../launch/values.ts'

/** What `poolform build` was called with. */
export type BuildArguments = BuildRequest & { readonly json: boolean; readonly watch: boolean }

export const defaults: BuildArguments = {
  modules: [],
  out: 'dist',
  format: 'yaml',
  check: false,
  lint: true,
  cache: true,
  json: false,
  watch: false,
}

/**
 * The arguments of a command line that is plainly right, so that the common ones need not wait for a parser that knows
 * help and mistakes; undefined for any other.
 */
export function plainBuildArguments(argv: readonly string[]): BuildArguments | undefined {
  const [command, ...words] = argv
  if (command !== 'build') return undefined
  const modules: string[] = []
  let parsed = defaults
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    switch (word) {
      case '--check':
        parsed = { ...parsed, check: true }
        break
      case '--json':
        parsed = { ...parsed, json: true }
        break
      case '--no-lint':
        parsed = { ...parsed, lint: false }
        break
      case '--no-cache':
        parsed = { ...parsed, cache: false }
        break
      case '--out': {
        const out = words[++index]
        if (out === undefined || out === '' || out.startsWith('-')) return undefined
        parsed = { ...parsed, out }
        break
      }
      default:
        if (word === '' || word.startsWith('-')) return undefined
        modules.push(word)
    }
  }
  return { ...parsed, modules }
}

/** What `poolform access` was called with. */
export type AccessArguments = {
  readonly file: string
  readonly param: readonly Assignment[]
  readonly region: string
  /** The AWS account that the template is deployed in. */
  readonly account?: string
  readonly as?: 'user' | 'guest'
  readonly identity?: string
  readonly can?: Asked
  /** Condition keys of the request. */
  readonly context: readonly Assignment[]
  /** Templates of nested stacks, by the stacks' logical IDs. */
  readonly nested: readonly Assignment[]
  /** Whether a table in which something is allowed that should be nobody's is a failure. */
  readonly failOnWrong: boolean
  readonly format: 'text' | 'json' | 'markdown' | 'svg'
}

export type Asked = { readonly action: string; readonly resource: string }

export const accessDefaults = {
  param: [],
  region: 'us-east-1',
  context: [],
  nested: [],
  failOnWrong: false,
  format: 'text',
} as const

/** The same for `poolform access`, which is mostly called by scripts. */
export function plainAccessArguments(argv: readonly string[]): AccessArguments | undefined {
  const [command, ...words] = argv
  if (command !== 'access') return undefined
  const files: string[] = []
  let parsed: Omit<AccessArguments, 'file'> = accessDefaults
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const value = words[index + 1]
    const assigned = value === undefined ? undefined : assignmentOf(value)
    switch (word) {
      case '--param':
        if (assigned === undefined) return undefined
        parsed = { ...parsed, param: [...parsed.param, assigned] }
        index++
        break
      case '--context':
        if (assigned === undefined) return undefined
        parsed = { ...parsed, context: [...parsed.context, assigned] }
        index++
        break
      case '--nested':
        if (assigned === undefined) return undefined
        parsed = { ...parsed, nested: [...parsed.nested, assigned] }
        index++
        break
      case '--as':
        if (value !== 'user' && value !== 'guest') return undefined
        parsed = { ...parsed, as: value }
        index++
        break
      case '--region':
      case '--account':
      case '--identity':
        if (value === undefined || value === '' || value.startsWith('-')) return undefined
        parsed = { ...parsed, [word.slice(2)]: value }
        index++
        break
      case '--can': {
        const resource = words[index + 2]
        if (value === undefined || resource === undefined || /^-|^$/.test(value) || /^-|^$/.test(resource))
          return undefined
        parsed = { ...parsed, can: { action: value, resource } }
        index += 2
        break
      }
      case '--fail-on-wrong':
        parsed = { ...parsed, failOnWrong: true }
        break
      case '--json':
      case '--markdown':
      case '--svg': {
        const format = word === '--json' ? 'json' : word === '--markdown' ? 'markdown' : 'svg'
        if (parsed.format !== 'text' && parsed.format !== format) return undefined
        parsed = { ...parsed, format }
        break
      }
      default:
        if (word === '' || (word.startsWith('-') && word !== '-')) return undefined
        files.push(word)
    }
  }
  const [file, ...others] = files
  return file === undefined || others.length > 0 ? undefined : { ...parsed, file }
}

/** `NAME=VALUE`; undefined where it is not written so. */
export function assignmentOf(text: string): Assignment | undefined {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? []
  return name === undefined || value === undefined ? undefined : { name, value }
}

/** May its exit status be read as an answer? Then a mistake of ours must not look like one. */
export function isQuestion(argv: readonly string[]): boolean {
  return argv[0] === 'access' && argv.includes('--can')
}
