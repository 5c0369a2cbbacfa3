import { createRequire, isBuiltin } from 'node:module'
import * as authoring from '../authoring/index.ts'
import { Refusal } from './refusal.ts'

/**
 * What a module finds around it when it is evaluated: the authoring API, Node's own modules and the globals through
 * which a template can depend on more than its source. These stand behind proxies, which tell what was touched.
 */
export type Surroundings = {
  readonly require: (name: string) => unknown
  /** By name: each is a variable of the module. */
  readonly globals: Readonly<Record<string, unknown>>
}

/** Is told once for each thing that was touched, as `process.env.HOME`; from within the module's own call. */
export type OnTouch = (name: string) => void

/** Modules of Node that compute, and nothing else. */
const pureModules: ReadonlySet<string> = new Set([
  ...['assert', 'assert/strict', 'events', 'punycode', 'querystring', 'string_decoder'],
])

/** What is not computed alone in modules that otherwise do nothing else. */
const impureMembers: Readonly<Record<string, readonly string[]>> = {
  buffer: ['Blob', 'File', 'SlowBuffer', 'constants', 'kMaxLength', 'resolveObjectURL'],
  url: ['fileURLToPath', 'fileURLToPathBuffer', 'pathToFileURL'],
  util: [
    ...['debug', 'debuglog', 'getCallSite', 'getCallSites', 'getSystemErrorMap', 'getSystemErrorMessage'],
    ...['getSystemErrorName', 'parseArgs', 'styleText'],
  ],
}

const pureCrypto = ['createHash', 'createHmac', 'getHashes', 'hash', 'timingSafeEqual']

/** The globals through which a clock, a place, a machine or chance can get into a template. */
const watchedGlobals: Readonly<Record<string, readonly string[]>> = {
  Date: ['UTC'],
  EventSource: [],
  Function: [],
  Intl: [],
  Math: Object.getOwnPropertyNames(Math).filter(name => name !== 'random'),
  Temporal: [],
  WebSocket: [],
  crypto: [],
  fetch: [],
  localStorage: [],
  navigator: [],
  performance: [],
  sessionStorage: [],
}

/** What ECMAScript says of `globalThis` without looking at the machine. */
const pureGlobals: readonly string[] =
  'AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean Buffer DataView Error EvalError Float32Array Float64Array Infinity Int16Array Int32Array Int8Array JSON Map NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet atob btoa decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt structuredClone undefined'.split(
    ' ',
  )

/** Globals of Node's that are neither watched nor pure, and words that may stand for a way around the watch. */
let unwatched: RegExp | undefined

/**
 * May this code come by something of the machine's that nobody watches? An identifier is always in the text; a false
 * alarm costs no more than that the module is built anew each time.
 */
export function mayEvade(code: string): boolean {
  const known = new Set([...pureGlobals, ...Object.keys(watchedGlobals), ...refusedTimers])
  for (const name of ['process', 'console', 'global', 'globalThis']) known.add(name)
  const names = Object.getOwnPropertyNames(globalThis).filter(name => /^\w+$/.test(name) && !known.has(name))
  unwatched ??= new RegExp(
    // a word behind a hyphen is text: as an operand it would stand behind a blank, in the way that esbuild prints
    `(?<![.\\w$]|\\w-)(?:${names.join('|')})(?![\\w$])|\\b(?:allocUnsafe(?:Slow)?|captureStackTrace|createObjectURL|lookupGetter|prepareStackTrace|timeStamp)\\b`,
  )
  return unwatched.test(code)
}

const refusedTimers = ['queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout']

/** `onDoubt` is told of what is no use yet, but may lead to one that nobody sees. */
export function surroundings(onTouch: OnTouch, onDoubt: () => void): Surroundings {
  const nodeRequire = createRequire(import.meta.filename)
  const watchedProcess = watched(process, 'process', {
    // what packages ask to know their runtime, and what leads to a further watched object
    pure: ['release', 'versions'],
    members: {
      env: watched(process.env, 'process.env', { onTouch, onDoubt }),
      exit: Refusal.exit,
      reallyExit: Refusal.exit,
      abort: Refusal.exit,
      nextTick: Refusal.timer,
    },
    onTouch,
    onDoubt,
  })
  const globals: Record<string, unknown> = { process: watchedProcess }
  for (const [name, pure] of Object.entries(watchedGlobals)) {
    const value: unknown = Reflect.get(globalThis, name)
    globals[name] = isObject(value) ? watched(value, name, { pure, onTouch, onDoubt }) : value
  }
  for (const name of refusedTimers) globals[name] = Refusal.timer
  globals['console'] = consoleOf(onTouch)
  const watchedGlobal = watched(globalThis, 'globalThis', { pure: pureGlobals, members: globals, onTouch, onDoubt })
  globals['globalThis'] = watchedGlobal
  globals['global'] = watchedGlobal
  return {
    globals,
    require: name => {
      if (name === 'poolform') return authoring
      // types and nothing else
      if (name === 'poolform/resources' || name.startsWith('poolform/aws/')) return {}
      if (!isBuiltin(name)) throw new Error(`there is no ${name}`)
      const short = name.replace(/^node:/, '')
      if (short === 'process') return watchedProcess
      const value: unknown = nodeRequire(name)
      if (pureModules.has(short) || !isObject(value)) return value
      if (short === 'crypto') return watched(value, name, { pure: pureCrypto, onTouch, onDoubt })
      const impure = impureMembers[short]
      if (impure !== undefined) {
        const pure = Object.keys(value).filter(key => !impure.includes(key))
        return watched(value, name, { pure, onTouch, onDoubt })
      }
      if (short === 'timers' || short === 'timers/promises') return timersOf(value)
      onTouch(name)
      return value
    },
  }
}

/** A module of Node's timers with which none can be set. */
function timersOf(value: object): object {
  const entries = Object.entries(value).map(([key, member]): readonly [string, unknown] => {
    if (isObject(member) && typeof member !== 'function') return [key, timersOf(member)]
    return [key, /^clear/.test(key) ? member : Refusal.timer]
  })
  return { ...Object.fromEntries(entries), wait: Refusal.timer, yield: Refusal.timer }
}

type Watch = {
  /** Members that may be read untold. */
  readonly pure?: readonly string[]
  /** Members that are given in the place of the object's own. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly onTouch: OnTouch
  readonly onDoubt: () => void
}

/** Stands for an object, and tells of each use of it. */
function watched(object: object, name: string, { pure = [], members = {}, onTouch, onDoubt }: Watch): object {
  // a variable of the environment may have any name
  const isPure = new Set<string | symbol>(object === process.env ? [] : [...pure, ...always])
  const touch = (key: string | symbol): void => {
    // they lead to the object itself
    if (key === 'constructor' || key === 'prototype') onDoubt()
    if (!isPure.has(key) && typeof key === 'string') onTouch(name === 'globalThis' ? key : `${name}.${key}`)
  }
  let isListed = false
  // A stand-in: of what can't be changed in its target a proxy may not give another value.
  return new Proxy(typeof object === 'function' ? nothing.bind(undefined) : {}, {
    get: (_, key) => {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key)
      touch(key)
      const value: unknown = Reflect.get(object, key)
      // Node's own objects want to be called themselves; a function may have members of its own
      return typeof value === 'function' && object !== globalThis && key !== 'prototype'
        ? Object.setPrototypeOf(value.bind(object), value)
        : value
    },
    set: (_, key, value) => {
      touch(key)
      return Reflect.set(object, key, value)
    },
    has: (_, key) => {
      if (!Object.hasOwn(members, key)) touch(key)
      return Reflect.has(object, key)
    },
    deleteProperty: (_, key) => {
      touch(key)
      return Reflect.deleteProperty(object, key)
    },
    ownKeys: () => {
      // what asks for the keys of a module asks for their values next
      if (!isBuiltin(name)) {
        onTouch(name)
        isListed = true
      }
      return Reflect.ownKeys(object)
    },
    getOwnPropertyDescriptor: (_, key) => {
      if (Object.hasOwn(members, key)) return { value: Reflect.get(members, key), configurable: true, writable: true }
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key)
      if (descriptor === undefined || !isBuiltin(name)) {
        if (!isListed) touch(key)
        return descriptor && { ...descriptor, configurable: true }
      }
      // esbuild asks for all of a module's, and uses what it is asked for
      const get = (): unknown => {
        touch(key)
        return Reflect.get(object, key)
      }
      return { get, enumerable: descriptor.enumerable === true, configurable: true }
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(object),
    apply: (_, self, args) => {
      onTouch(name)
      return typeof object === 'function' ? Reflect.apply(object, self, args) : undefined
    },
    construct: (_, args) => {
      onTouch(name)
      return typeof object === 'function' ? Reflect.construct(object, args) : {}
    },
  })
}

/** What is asked of any object, and says nothing of the machine. */
const always = ['__esModule', 'constructor', 'hasOwnProperty', 'length', 'name', 'prototype', 'toString', 'valueOf']

function nothing(): void {}

/** Writes what a module prints where it does not mix with what the build prints. */
function consoleOf(onTouch: OnTouch): object {
  let onStandardError: Console | undefined
  return new Proxy(console, {
    get: (_, key) => {
      if (typeof key === 'string') onTouch(`console.${key}`)
      onStandardError ??= new console.Console(process.stderr)
      return Reflect.get(onStandardError, key)
    },
    getOwnPropertyDescriptor: (_, key) => {
      onTouch(`console.${String(key)}`)
      return Reflect.getOwnPropertyDescriptor(console, key)
    },
  })
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
