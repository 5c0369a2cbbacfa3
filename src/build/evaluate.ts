import { setImmediate } from 'node:timers/promises'
import { compileFunction } from 'node:vm'
import * as authoring from '../authoring/index.ts'
import type { Template } from '../authoring/model.ts'
import { nearest } from '../nearest.ts'
import type { Bundle } from './bundle.ts'
import type { Finding, Place } from './finding.ts'
import { pathFrom } from './modules.ts'
import { ExitAttempt, surroundings } from './surroundings.ts'
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
  /** The finding that an exception is, if it came from the module. */
  readonly blame: (error: unknown) => Finding | undefined
}

/** Runs bundles, each in a scope of its own, and takes the template that each exports. */
export async function evaluate(bundles: readonly Bundle[], cwd: string): Promise<readonly Evaluated[]> {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown): void => {
    rejections.push(reason)
  }
  process.on('unhandledRejection', onRejection)
  const evaluated = bundles.map(bundle => evaluateOne(bundle, cwd))
  // by then Node has told of each promise that nobody waits for
  await setImmediate()
  process.off('unhandledRejection', onRejection)
  return rejections.length === 0 ? evaluated : evaluated.map(it => withRejections(it, rejections, cwd))
}

/** A rejection belongs to the module in which it came about, or to each of them if it does not say. */
function withRejections(evaluated: Evaluated, rejections: readonly unknown[], cwd: string): Evaluated {
  const { template, ...rest } = evaluated
  const own = rejections.flatMap(
    it => (it instanceof Error ? evaluated.blame(it) : thrown(evaluated.bundle, it, cwd)) ?? [],
  )
  return own.length === 0 ? evaluated : { ...rest, findings: [...rest.findings, ...own] }
}

function evaluateOne(bundle: Bundle, cwd: string): Evaluated {
  const { module, code, isStrict } = bundle
  const touches = new Map<string, Place | undefined>()
  const { require, globals } = surroundings(name => {
    if (!touches.has(name)) touches.set(name, placeIn(bundle, new Error(), cwd))
  })
  // ICU's data and the user's locale decide what these give
  const localeMethod = /\.(localeCompare|toLocale\w+)\b/.exec(code)?.[1]
  if (localeMethod !== undefined) touches.set(localeMethod, undefined)

  const evaluated = {
    bundle,
    impurities: () =>
      [...touches]
        .filter(([name]) => !name.startsWith('console.'))
        .map(([name, place]) => impurity(bundle, name, place)),
    isPure: () => touches.size === 0,
    blame: (error: unknown) =>
      error instanceof Error && placeIn(bundle, error, cwd) !== undefined ? thrown(bundle, error, cwd) : undefined,
  }
  const loaded: { exports: unknown } = { exports: {} }
  try {
    const parameters = ['exports', 'require', 'module', ...Object.keys(globals)]
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

function thrown(bundle: Bundle, error: unknown, cwd: string): Finding {
  const { module } = bundle
  const about = { code: 'invalid-module', severity: 'error', module: module.path, path: [] } as const
  if (error instanceof ExitAttempt) {
    const place = placeIn(bundle, error, cwd)
    return {
      ...about,
      ...(place === undefined ? {} : { place }),
      message: 'tries to end the process',
      help: 'Throw an Error that says what is wrong',
    }
  }
  if (!(error instanceof Error)) {
    return {
      ...about,
      message: `throws ${shown(error)}, which is no Error`,
      help: 'Throw an Error: it tells its place',
    }
  }
  const place = placeIn(bundle, error, cwd)
  const name = told(() => error.name)
  const message = told(() => error.message)
  return {
    ...about,
    ...(place === undefined ? {} : { place }),
    // esbuild's names for what a module imports
    message: `throws ${name}: ${message.replace(/\(0 ?, (?:\w+\.)?(\w+)\)|\bimport_\w+\.(\w+)/g, '$1$2')}`,
    help: wayOut(message),
  }
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
