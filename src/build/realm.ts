import { Refusal } from './refusal.ts'

/** What modules share with poolform, and would otherwise reach unseen: the functions that all functions come from. */
export type WatchedIntrinsics = {
  /** Has a module come by something that may tell of the machine? */
  readonly isInDoubt: () => boolean
  /** Takes note that it has. */
  readonly doubt: () => void
  readonly restore: () => void
}

/**
 * Watches what leads around the proxies of `surroundings.ts`, by whatever name it is asked for: `Function` as the
 * constructor of any function, the stack of an error, which names folders, and what speaks the user's language.
 */
export function watchIntrinsics(): WatchedIntrinsics {
  let isInDoubt = false
  const doubt = (): void => {
    isInDoubt = true
  }
  const undo: (() => void)[] = []
  for (const sample of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    const kind = Object.getPrototypeOf(sample)
    undo.push(replace(kind, 'constructor', accessor('constructor', kind.constructor, doubt)))
  }
  const stackTraces: unknown = Reflect.get(Error, 'prepareStackTrace')
  undo.push(replace(Error, 'prepareStackTrace', accessor('prepareStackTrace', stackTraces, doubt)))
  undo.push(replace(Error, 'stackTraceLimit', { value: Error.stackTraceLimit, writable: true }))
  const localized = [
    [Number.prototype, 'toLocaleString'],
    [BigInt.prototype, 'toLocaleString'],
    [String.prototype, 'localeCompare'],
    [String.prototype, 'toLocaleLowerCase'],
    [String.prototype, 'toLocaleUpperCase'],
  ] as const
  for (const [prototype, name] of localized) {
    undo.push(replace(prototype, name, accessor(name, Reflect.get(prototype, name), doubt)))
  }
  return {
    isInDoubt: () => isInDoubt,
    doubt,
    restore: () => {
      for (const step of undo) step()
    },
  }
}

/** A value that tells when it is read, and can be given to an object of one's own as any other. */
function accessor(name: string, value: unknown, onRead: () => void): PropertyDescriptor {
  return {
    get: () => {
      onRead()
      return value
    },
    set(this: object, own: unknown) {
      onRead()
      Object.defineProperty(this, name, { value: own, writable: true, configurable: true })
    },
  }
}

export type HeldProcess = {
  /** What was thrown where nobody waits for it, since this was asked last. */
  readonly strays: () => readonly unknown[]
  readonly release: () => void
}

/** Keeps modules from ending the process, and what they throw too late from ending it without a word. */
export function holdProcess(): HeldProcess {
  const strays: unknown[] = []
  const onStray = (error: unknown): void => {
    strays.push(error)
  }
  for (const event of strayEvents) process.on(event, onStray)
  const undo = ['exit', 'reallyExit', 'abort'].map(name =>
    replace(process, name, { value: Refusal.exit, writable: true }),
  )
  return {
    strays: () => strays.splice(0),
    release: () => {
      for (const event of strayEvents) process.off(event, onStray)
      for (const step of undo) step()
    },
  }
}

const strayEvents = ['unhandledRejection', 'uncaughtException'] as const

/** Gives back what undoes it. */
function replace(object: object, name: string, descriptor: PropertyDescriptor): () => void {
  const before = Reflect.getOwnPropertyDescriptor(object, name)
  Reflect.defineProperty(object, name, { ...descriptor, enumerable: before?.enumerable ?? false, configurable: true })
  return () => {
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Reflect.defineProperty(object, name, before)
  }
}
