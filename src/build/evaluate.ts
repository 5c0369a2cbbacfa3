import { setImmediate } from 'node:timers/promises'
import { types } from 'node:util'
import { compileFunction } from 'node:vm'
import * as authoring from '../authoring/index.ts'
import type { Template } from '../authoring/model.ts'
import { nearest } from '../nearest.ts'
import type { Bundle } from './bundle.ts'
import type { Finding, Place } from './finding.ts'
import { pathFrom } from './modules.ts'
import type { HeldProcess, WatchedIntrinsics } from './realm.ts'
import { Refusal } from './refusal.ts'
import { mayEvade, surroundings } from './surroundings.ts'
import { templateOf } from './template.ts'

export type Evaluated = {
  readonly bundle: Bundle
  /** Absent where there are errors among the findings. */
  readonly template?: Template
  readonly findings: readonly Finding[]
  /** How it has looked at more than its source by now: a template may have getters. */
  readonly impurities: () => readonly Finding[]
  /** Is what it gives known from its source? Not if it has printed something: that would be missing another time. */
  readonly isPure: () => boolean
  /** The finding that an exception is if it came from the module, be it that its template can't be read. */
  readonly blame: (error: unknown) => Finding | undefined
  /** The finding that an exception of the module's is. */
  readonly accuse: (error: unknown) => Finding
}

/** Runs bundles, each in a scope of its own, and takes the template that each exports. */
export async function evaluate(
  bundles: readonly Bundle[],
  cwd: string,
  intrinsics: WatchedIntrinsics,
  { strays }: HeldProcess,
): Promise<readonly Evaluated[]> {
  const evaluated = bundles.map(bundle => evaluateOne(bundle, cwd, intrinsics))
  // by then Node has told of each promise that nobody waits for
  await setImmediate()
  const late = strayFindings(strays(), evaluated)
  return evaluated.map(({ template, ...rest }) => {
    const own = late.filter(({ module }) => module === rest.bundle.module.path)
    if (own.length > 0) return { ...rest, findings: [...rest.findings, ...own] }
    return template === undefined ? rest : { ...rest, template }
  })
}

/** What was thrown too late belongs to the module in which it came about, or to each of them if it does not say. */
export function strayFindings(strays: readonly unknown[], evaluated: readonly Evaluated[]): readonly Finding[] {
  return strays.flatMap(stray => {
    const findings = evaluated.map(({ accuse }) => accuse(stray))
    const placed = findings.filter(({ place }) => place !== undefined)
    return placed.length > 0 ? placed : findings
  })
}

function evaluateOne(bundle: Bundle, cwd: string, { doubt, isInDoubt }: WatchedIntrinsics): Evaluated {
  const { module, code, isStrict } = bundle
  const touches = new Map<string, Place | undefined>()
  const { require, globals } = surroundings(name => {
    if (!touches.has(name)) touches.set(name, placeIn(bundle, new Error(), cwd))
  }, doubt)
  if (mayEvade(code)) doubt()
  // ICU's data and the user's locale decide what these give
  const localeMethod = /\.(localeCompare|toLocale\w+)\b/.exec(code)?.[1]
  if (localeMethod !== undefined) touches.set(localeMethod, undefined)

  const loaded: { exports: unknown } = { exports: {} }
  const evaluated = {
    bundle,
    impurities: () =>
      [...touches]
        .filter(([name]) => !name.startsWith('console.'))
        .map(([name, place]) => impurity(bundle, name, place)),
    isPure: () => touches.size === 0 && !isInDoubt(),
    blame: (error: unknown) => {
      // poolform throws errors only
      const isOurs = types.isNativeError(error) && placeIn(bundle, error, cwd) === undefined
      return isOurs && isReadable(loaded.exports) ? undefined : thrown(bundle, error, cwd)
    },
    accuse: (error: unknown) => thrown(bundle, error, cwd),
  }
  try {
    const parameters = ['exports', 'require', 'module', ...Object.keys(globals)]
    // what a regular expression has matched last is known to all
    ''.search(/^/)
    const run = compileFunction(`${isStrict ? "'use strict';" : ''}${code}`, parameters, { filename: module.file })
    Reflect.apply(run, undefined, [loaded.exports, require, loaded, ...Object.values(globals)])
    const exported = templateOf(loaded.exports)
    if ('template' in exported) return { ...evaluated, template: exported.template, findings: [] }
    return { ...evaluated, findings: exported.diagnostics.map(it => ({ ...it, module: module.path })) }
  } catch (error) {
    return { ...evaluated, findings: [thrown(bundle, error, cwd)] }
  }
}

function impurity({ module }: Bundle, name: string, place: Place | undefined): Finding {
  return {
    code: 'impure-module',
    severity: 'warning',
    module: module.path,
    path: [],
    ...(place === undefined ? {} : { place }),
    message: `uses ${name}: the same source may give another template on another machine or day`,
    help: 'Write the value down, or make it a parameter of the template; else this module is built anew each time',
  }
}

/** Has each object in it that can be reached, and all that they hold, without an exception? */
function isReadable(value: unknown): boolean {
  try {
    const found = new Set([value])
    for (const object of found) {
      if (typeof object !== 'object' || object === null) continue
      for (const key of Reflect.ownKeys(object)) found.add(Reflect.get(object, key))
    }
    return true
  } catch {
    return false
  }
}

function thrown(bundle: Bundle, error: unknown, cwd: string): Finding {
  const { module } = bundle
  const about = { code: 'invalid-module', severity: 'error', module: module.path, path: [] } as const
  // any other question may be answered by the module
  if (!types.isNativeError(error)) {
    return {
      ...about,
      message: `throws ${shown(error)}, which is no Error`,
      help: 'Throw an Error: it tells its place',
    }
  }
  const place = placeIn(bundle, error, cwd)
  const placed = { ...about, ...(place === undefined ? {} : { place }) }
  if (error instanceof Refusal) return { ...placed, message: error.message, help: error.help }
  const name = told(() => error.name) || 'an Error'
  const message = told(() => error.message)
  // esbuild's names for what a module imports
  const plain = message.replace(/\(0 ?, (?:\w+\.)?(\w+)\)|\bimport_\w+\.(\w+)/g, '$1$2')
  return { ...placed, message: `throws ${name}${plain === '' ? '' : `: ${plain}`}`, help: wayOut(message) }
}

function wayOut(message: string): string {
  const [, unknownName] = /\bimport_poolform\d*\.(\w+)\)? is not/.exec(message) ?? []
  if (unknownName !== undefined && !Object.hasOwn(authoring, unknownName)) {
    const near = nearest(unknownName, Object.keys(authoring))
    return `poolform exports no ${unknownName}${near === undefined ? '' : `: perhaps ${near} is meant`}`
  }
  if (/before initialization$/.test(message)) {
    return 'Declare it above its first use; if it is imported, break the circle of imports'
  }
  return 'Mend the module: it is run to get its template'
}

function shown(value: unknown): string {
  return told(() => JSON.stringify(value) ?? value) || `a ${typeof value}`
}

/** What an object of the module's says of itself, if it does. */
function told(ask: () => unknown): string {
  try {
    return String(ask())
  } catch {
    return ''
  }
}

/** The source of the innermost call in the module. */
function placeIn({ module, map }: Bundle, error: Error, cwd: string): Place | undefined {
  for (const frame of told(() => error.stack).split('\n')) {
    const start = frame.lastIndexOf(`${module.file}:`)
    if (start < 0) continue
    const [, line, column] = /^(\d+):(\d+)/.exec(frame.slice(start + module.file.length + 1)) ?? []
    const place = map.placeOf(Number(line), Number(column))
    if (place !== undefined) return { ...place, file: pathFrom(cwd, place.file) }
  }
  return undefined
}
