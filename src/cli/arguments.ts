import type { BuildRequest } from '../build/index.ts'

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
