import { type FSWatcher, readdirSync, statSync, watch as watchFolder } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from './index.ts'
import type { BuildRequest, Outcome, World } from './request.ts'

/**
 * Builds, and again whenever something changes in a folder that the build reads from, or in one below its modules,
 * until `signal` says to stop. `onOutcome` is told of each outcome in which something is new.
 */
export async function watch(
  request: BuildRequest,
  world: World,
  onOutcome: (outcome: Outcome) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const watchers = new Watchers(resolve(world.cwd, request.out), signal)
  let inputs: readonly string[] = []
  let told: string | undefined
  try {
    watchers.cover(foldersOf(request, world, inputs))
    while (!signal.aborted) {
      watchers.forget()
      const outcome = await build(request, world)
      const findings = JSON.stringify(outcome.findings)
      const isNew = findings !== told || outcome.removed.length > 0 || outcome.artifacts.some(it => it.isChanged)
      told = findings
      if (isNew) await onOutcome(outcome)
      // what a failed build would have read is not known
      if (outcome.inputs.length > 0) inputs = outcome.inputs
      // what was not watched during the build may have changed already
      if (watchers.cover(foldersOf(request, world, inputs))) continue
      await watchers.change()
    }
  } finally {
    watchers.cover(new Set())
  }
}

/** How long an editor may take to write all that it saves at once. */
const settleMs = 30

class Watchers {
  readonly #out: string
  readonly #signal: AbortSignal
  readonly #open = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>()
  #hasChanged = false
  #onChange = (): void => {}

  constructor(out: string, signal: AbortSignal) {
    this.#out = out
    this.#signal = signal
    signal.addEventListener('abort', () => this.#onChange())
  }

  /** Watches these folders and no others. Did it come to watch one that it had not? */
  cover(folders: ReadonlySet<string>): boolean {
    const missing: (readonly [string, number])[] = []
    const kept = new Set<string>()
    for (const folder of folders) {
      const inode = statSync(folder, { throwIfNoEntry: false })?.ino
      if (inode === undefined) continue
      // a folder that was deleted and made again is another one
      if (this.#open.get(folder)?.inode === inode) kept.add(folder)
      else missing.push([folder, inode])
    }
    for (const [folder, { watcher }] of this.#open) {
      if (kept.has(folder)) continue
      watcher.close()
      this.#open.delete(folder)
    }
    for (const [folder, inode] of missing) {
      const watcher = watchFolder(folder, (_, name) => this.#see(folder, name))
      // it is gone: the folder above tells of that
      watcher.on('error', () => watcher.close())
      this.#open.set(folder, { inode, watcher })
    }
    return missing.length > 0
  }

  #see(folder: string, name: string | null): void {
    // what the build itself writes
    if (
      folder === this.#out &&
      name !== null &&
      /^\.poolform|^SHA256SUMS$|^access$|\.(?:yaml|json|html|md)$/.test(name)
    )
      return
    this.#hasChanged = true
    this.#onChange()
  }

  forget(): void {
    this.#hasChanged = false
  }

  /** Something has changed since `forget`, or it is time to stop. */
  async change(): Promise<void> {
    if (!this.#hasChanged && !this.#signal.aborted) {
      await new Promise<void>(done => {
        this.#onChange = done
      })
    }
    if (!this.#signal.aborted) await sleep(settleMs)
  }
}

function foldersOf({ modules }: BuildRequest, { cwd }: World, inputs: readonly string[]): ReadonlySet<string> {
  const roots = modules.length > 0 ? modules.map(module => dirname(resolve(cwd, module))) : [join(cwd, 'templates')]
  // the working folder has package.json, and templates/ once it is made
  return new Set([cwd, ...roots.flatMap(below), ...inputs.map(input => dirname(input))])
}

/** A folder and those in it, but for the ones that are no source. */
function below(folder: string): readonly string[] {
  const inside = entriesOf(folder)
    .filter(entry => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .flatMap(entry => below(join(folder, entry.name)))
  return [folder, ...inside]
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
