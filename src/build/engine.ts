import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** This build of poolform. */
export type Engine = {
  readonly version: string
  /** Of all that decides what it makes of its input: its own code and its data. */
  readonly digest: string
  /** The package's folder. */
  readonly root: string
}

// scripts/bundle.mjs writes it in; the sources, which tests run, lack it
declare const POOLFORM_ENGINE: { readonly version: string; readonly digest: string } | undefined

const isBundled = typeof POOLFORM_ENGINE !== 'undefined'

export function thisEngine(): Engine {
  if (isBundled) return { ...POOLFORM_ENGINE, root: join(import.meta.dirname, '..') }
  const root = join(import.meta.dirname, '..', '..')
  const { version }: { readonly version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { version, digest: 'source', root }
}

/** ajv, which only a resource type that is new to this machine needs. */
export function loadCompiler(): typeof import('../knowledge/validator.ts')['compileValidator'] {
  const require = createRequire(import.meta.filename)
  const { compileValidator }: typeof import('../knowledge/validator.ts') = require(
    isBundled ? './validator.cjs' : '../knowledge/validator.ts',
  )
  return compileValidator
}

/** Does this run from lib/, and not from the sources? */
export function runsBundled(): boolean {
  return isBundled
}
