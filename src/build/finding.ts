import type { Diagnostic } from '../diagnostic.ts'

/** A diagnostic with the file that it is about. */
export type Finding = Diagnostic & {
  /** The file as the user knows it: its path from the working folder. */
  readonly module: string
  /** Where in the source, which may be a file that the module imports; absent where only a template's path is known. */
  readonly place?: Place
}

export type Place = {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The line itself, empty if it is not at hand. */
  readonly text: string
}

/** `templates/identity-pool.ts:3:14`, as editors and terminals link it. */
export function formatPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}

/** An error about a module, or another file, as a whole. */
export function moduleError(code: Diagnostic['code'], module: string, message: string, help: string): Finding {
  return { code, severity: 'error', module, path: [], message, help }
}
