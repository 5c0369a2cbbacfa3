import type { Template } from './authoring/model.ts'
import { check } from './check/index.ts'
import type { Knowledge } from './check/knowledge.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Document } from './document.ts'
import { emit, emitJson } from './emit.ts'
import { type Identity, link } from './link.ts'

export type CompileOptions = {
  readonly identity: Identity
  readonly format: 'yaml' | 'json'
  /** Lines at the top of the YAML. */
  readonly header: readonly string[]
  readonly knowledge: Knowledge
}

export type Compiled = {
  readonly document: Document
  /** The artifact; empty where there is nothing to write because of what `link` found. */
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The whole way from a template to its text. Pure: it reads no file and writes none.
 * What it accepts and what stops a build is for `accept` to say, when the linter has been heard too.
 */
export function compile(template: Template, { identity, format, header, knowledge }: CompileOptions): Compiled {
  const { document, comments, diagnostics } = link(template, identity)
  // A reference that leads nowhere would be found again, and less well, by its made-up name.
  if (diagnostics.length > 0) return { document, text: '', diagnostics }
  const text = format === 'json' ? emitJson(document) : emit(document, { header, comments })
  return { document, text, diagnostics: check(document, text, knowledge) }
}
