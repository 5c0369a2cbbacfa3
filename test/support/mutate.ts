import assert from 'node:assert/strict'
import { type Document, isObject, type Json, type JsonObject } from '../../src/document.ts'

/** Changes of a linked template, as a slip of its author would make them. Each fails where there is nothing to change. */
export type Change = (document: Document) => Document

/** What stands at a dotted path; `undefined` removes it. */
export function at(path: string, change: (value: Json) => Json | undefined): Change {
  return document => {
    const changed = within({ ...document }, path.split('.'), change)
    assert.ok(isObject(changed), `${path} leaves no template`)
    const { Resources = {} } = changed
    assert.ok(isObject(Resources), `${path} leaves no resources`)
    const mutant: Document = { ...changed, Resources }
    assert.notEqual(JSON.stringify(mutant), JSON.stringify(document), `${path} is as it was`)
    return mutant
  }
}

function within(value: Json, [key, ...rest]: readonly string[], change: (value: Json) => Json | undefined): Json {
  assert.ok(key !== undefined, 'the path is empty')
  if (Array.isArray(value)) {
    const items: readonly Json[] = value
    return items.flatMap((item, index) => {
      if (String(index) !== key) return [item]
      const changed = rest.length === 0 ? change(item) : within(item, rest, change)
      return changed === undefined ? [] : [changed]
    })
  }
  assert.ok(isObject(value), `there is no ${key}`)
  const changed = rest.length === 0 ? change(value[key] ?? null) : within(value[key] ?? null, rest, change)
  const { [key]: _, ...others } = value
  if (changed === undefined) return others
  return Object.hasOwn(value, key) ? mapEntry(value, key, changed) : { ...value, [key]: changed }
}

function mapEntry(value: JsonObject, key: string, changed: Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === key ? changed : item]))
}

export function set(path: string, value: Json): Change {
  return at(path, () => value)
}

export function remove(path: string): Change {
  return at(path, () => undefined)
}

/** Every text under a path, as JSON. */
export function rewrite(path: string, from: string | RegExp, to: string): Change {
  return at(path, value => JSON.parse(JSON.stringify(value).replaceAll(from, to)))
}

/** Every object under the path that `isOne` takes, wherever a choice has put it. */
export function each(
  path: string,
  isOne: (value: JsonObject) => boolean,
  change: (value: JsonObject) => Json | undefined,
): Change {
  const visit = (value: Json): Json | undefined => {
    if (Array.isArray(value)) {
      const items: readonly Json[] = value
      return items.flatMap(item => {
        const changed = visit(item)
        return changed === undefined ? [] : [changed]
      })
    }
    if (!isObject(value)) return value
    if (isOne(value)) return change(value)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const changed = visit(item)
        return changed === undefined ? [] : [[key, changed]]
      }),
    )
  }
  return at(path, visit)
}

export function all(...changes: readonly Change[]): Change {
  return document => changes.reduce((changed, change) => change(changed), document)
}
