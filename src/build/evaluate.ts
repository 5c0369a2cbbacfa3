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
  /** Did it look at nothing but its source, so that the same source gives the same template? */
  readonly isPure: boolean
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
  const { bundle, findings, isPure } = evaluated
  const own = rejections.filter(it => !(it instanceof Error) || placeIn(bundle, it, cwd) !== undefined)
  if (own.length === 0) return evaluated
  return { bundle, isPure, findings: [...findings, ...own.map(it => thrown(bundle, it, cwd))] }
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

  const findings: Finding[] = []
  const loaded: { exports: unknown } = { exports: {} }
  try {
    const parameters = ['exports', 'require', 'module', ...Object.keys(globals)]
    const run = compileFunction(`${isStrict ? "'use strict';" : ''}${code}`, parameters, { filename: module.file })
    Reflect.apply(run, undefined, [loaded.exports, require, loaded, ...Object.values(globals)])
  } catch (error) {
    findings.push(thrown(bundle, error, cwd))
  }
  for (const [name, place] of touches) if (!name.startsWith('console.')) findings.push(impurity(bundle, name, place))
  const isPure = touches.size === 0
  if (findings.some(({ severity }) => severity === 'error')) return { bundle, findings, isPure }
  const exported = templateOf(loaded.exports)
  if ('template' in exported) return { bundle, template: exported.template, findings, isPure }
  for (const diagnostic of exported.diagnostics) findings.push({ ...diagnostic, module: module.path })
  return { bundle, findings, isPure }
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
  const { name, message } = error
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
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return `a ${typeof value}`
  }
}

/** The source of the innermost call in the module. */
function placeIn({ module, map }: Bundle, error: Error, cwd: string): Place | undefined {
  for (const frame of String(error.stack).split('\n')) {
    const start = frame.lastIndexOf(`${module.file}:`)
    if (start < 0) continue
    const [, line, column] = /^(\d+):(\d+)/.exec(frame.slice(start + module.file.length + 1)) ?? []
    const place = map.placeOf(Number(line), Number(column))
    if (place !== undefined) return { ...place, file: pathFrom(cwd, place.file) }
  }
  return undefined
}
