import type { Diagnostic } from './diagnostic.ts'
import { type Document, formatPath, isObject, type Json, type Path } from './document.ts'

/**
 * Drops the diagnostics that the template accepts: `Metadata.poolform.Accept` lists them by code and path, each with
 * the reason, so that whoever reads the artifact sees it. An acceptance that nothing needs, without a reason or of
 * another shape is an error.
 * `linted`: has cfn-lint been heard? If not, nothing can be said of the acceptances of its findings.
 */
export function accept(document: Document, diagnostics: readonly Diagnostic[], linted: boolean): readonly Diagnostic[] {
  const { accepted, wrong } = read(document)
  const found = new Set(diagnostics.map(keyOf))
  const needless = accepted
    .filter(it => !found.has(it.key) && (linted || !it.code.startsWith('cfn-lint/')))
    .map(({ code, place, path }) =>
      unneeded(path, `accepts ${code} at ${place || 'the template as a whole'}, where nothing reports it`, 'Remove it'),
    )
  const keys = new Set(accepted.map(it => it.key))
  return [...diagnostics.filter(it => !keys.has(keyOf(it))), ...wrong, ...needless]
}

type Accepted = { readonly key: string; readonly code: string; readonly place: string; readonly path: Path }

function read({ Metadata }: Document): {
  readonly accepted: readonly Accepted[]
  readonly wrong: readonly Diagnostic[]
} {
  const own = isObject(Metadata) && Object.hasOwn(Metadata, 'poolform') ? Metadata['poolform'] : undefined
  const list = isObject(own) && Object.hasOwn(own, 'Accept') ? own['Accept'] : undefined
  const path = ['Metadata', 'poolform', 'Accept']
  if (list === undefined) return { accepted: [], wrong: [] }
  if (!Array.isArray(list)) {
    return { accepted: [], wrong: [unneeded(path, 'is no list of acceptances', `Write a list of ${shape}`)] }
  }
  const accepted = new Map<string, Accepted>()
  const wrong: Diagnostic[] = []
  list.forEach((entry: Json, index) => {
    const at = [...path, index]
    const { Code: code, Path: place, Reason: reason, ...others } = isObject(entry) ? entry : {}
    if (typeof code !== 'string' || typeof place !== 'string' || Object.keys(others).length > 0) {
      wrong.push(unneeded(at, 'is no acceptance', `Write ${shape}, and nothing else`))
      return
    }
    const key = `${code}\0${place}`
    if (accepted.has(key)) {
      wrong.push(unneeded(at, `accepts ${code} at ${place} a second time`, 'Remove it'))
      return
    }
    accepted.set(key, { key, code, place, path: at })
    if (typeof reason !== 'string' || reason.split(/\s+/).filter(it => /\p{L}/u.test(it)).length < 3) {
      wrong.push(
        unneeded([...at, 'Reason'], 'is no reason that a reader could judge', 'Say in a sentence why this must be so'),
      )
    }
  })
  return { accepted: [...accepted.values()], wrong }
}

const shape = '{ Code, Path, Reason }'

function keyOf({ code, path }: Diagnostic): string {
  return `${code}\0${formatPath(path)}`
}

function unneeded(path: Path, message: string, help: string): Diagnostic {
  return { code: 'unneeded-acceptance', severity: 'error', path, message, help }
}
