import * as nodeFs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/** What is to become of a folder's files, by name, which may be that of one in a folder in it; others are not touched. */
export type Plan = {
  /** In the order in which they are put in their places. */
  readonly write: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** What of Node's file system this needs; tests hand in one that fails. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'copyFileSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'mkdtempSync'
  | 'openSync'
  | 'readFileSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
  | 'rmdirSync'
  | 'statSync'
  | 'writeFileSync'
>

/** Another process is replacing files in the folder, and does not come to an end. */
export class FolderInUse extends Error {}

/** Begins the names of what is put beside the files while they are replaced. */
const workPrefix = '.poolform'

/** Is a process replacing files in the folder, or has one been killed over it? */
export function isAtWork(folder: string, fs: FileSystem = nodeFs): boolean {
  return list(folder, fs).some(name => name === workPrefix || isLitter(folder, name, fs))
}

const patienceMs = 10_000

/**
 * Replaces some files of a folder: all of them, or none. A system error leaves the folder as it was. A process that
 * is killed, or a machine that goes down, leaves it as it was, or so that the next call puts the rest in place before
 * it does its own work. Two processes take turns: `plan` is called when it is this one's turn.
 *
 * New files are written beside the old ones first, all the way to the disk, and with them what is to be done. From
 * then on each step can be done again by whoever finds it undone.
 *
 * @throws FolderInUse, or the system's error
 */
export function replaceFiles(folder: string, plan: () => Plan, fs: FileSystem = nodeFs): void {
  const created = makeFolder(folder, fs, 0o777)
  const work = join(folder, workPrefix)
  try {
    seize(folder, work, fs)
    try {
      const { write, remove } = plan()
      if (write.size > 0 || remove.length > 0) finish(folder, work, stage(folder, work, { write, remove }, fs), fs)
    } finally {
      // unless an error could not be undone: that is for the next to do
      if (!list(work, fs).includes(stepsFile)) discard(work, fs)
    }
  } catch (error) {
    if (created !== undefined) removeEmptyFolders(folder, created, fs)
    throw error
  }
}

/**
 * Takes the turn by renaming a folder that names this process: the file system lets only one of two have the name.
 * What a dead process has left is brought to an end first.
 */
function seize(folder: string, work: string, fs: FileSystem): void {
  removeLitter(folder, fs)
  const own = fs.mkdtempSync(`${work}-${process.pid}-`)
  const until = Date.now() + patienceMs
  try {
    fs.writeFileSync(join(own, ownerFile(thisProcess(fs))), '')
    for (;;) {
      try {
        fs.renameSync(own, work)
        return
      } catch (error) {
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES')) throw error
        const owner = ownerOf(work, fs)
        // there is none: another reason, or it has just ended
        if (owner === undefined && !hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
        if (owner !== undefined && !isAlive(owner, fs) && inherit(work, owner, fs)) {
          const steps = readSteps(work, fs)
          if (steps !== undefined) finish(folder, work, steps, fs)
          removeWork(own, fs)
          return
        }
        if (Date.now() > until)
          throw new FolderInUse(`process ${owner?.pid ?? 'unknown'} has been at work in ${work} for too long`)
        sleep(10)
      }
    }
  } catch (error) {
    removeWork(own, fs)
    throw error
  }
}

/** `start` tells a process from an earlier one of the same number; empty where the system does not say. */
type Owner = { readonly pid: number; readonly start: string }

function thisProcess(fs: FileSystem): Owner {
  return { pid: process.pid, start: startOf(process.pid, fs) }
}

/** In ticks since the machine has started, as Linux has it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number, fs: FileSystem): string {
  if (process.platform !== 'linux') return ''
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the second field is a name, and may hold anything; the 22nd is the start
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch (error) {
    if (hasCode(error)) return ''
    throw error
  }
}

function ownerFile({ pid, start }: Owner): string {
  return start === '' ? `owner-${pid}` : `owner-${pid}-${start}`
}

function ownerOf(work: string, fs: FileSystem): Owner | undefined {
  for (const name of list(work, fs)) {
    const [, pid, start = ''] = ownerPattern.exec(name) ?? []
    if (pid !== undefined) return { pid: Number(pid), start }
  }
  return undefined
}

const ownerPattern = /^owner-(\d+)(?:-(\d+))?$/

/** Of two processes that find a dead one's work one wins. */
function inherit(work: string, owner: Owner, fs: FileSystem): boolean {
  try {
    fs.renameSync(join(work, ownerFile(owner)), join(work, ownerFile(thisProcess(fs))))
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

/** This process does one thing at a time: work under its number is that of an earlier process, or of a failed call. */
function isAlive({ pid, start }: Owner, fs: FileSystem): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    const now = startOf(pid, fs)
    return start === '' || now === '' || now === start
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** Folders that have not yet become the one that is at work, or have ceased to be, of processes that are gone. */
function removeLitter(folder: string, fs: FileSystem): void {
  for (const name of list(folder, fs)) if (isLitter(folder, name, fs)) removeWork(join(folder, name), fs)
}

/** Only what has the name that we give, and an owner that is gone, or nothing in it. */
function isLitter(folder: string, name: string, fs: FileSystem): boolean {
  const [, pid] = litterPattern.exec(name) ?? []
  if (pid === undefined || !isFolder(join(folder, name), fs)) return false
  const inside = list(join(folder, name), fs)
  const owner = inside.length === 0 ? { pid: Number(pid), start: '' } : ownerOf(join(folder, name), fs)
  return owner !== undefined && !isAlive(owner, fs)
}

const litterPattern = /^\.poolform-(\d+)-(?:\w{6}|done)$/

function isFolder(path: string, fs: FileSystem): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The owner last: without it the rest would be nobody's. */
function removeWork(work: string, fs: FileSystem): void {
  const names = list(work, fs)
  const others = names.filter(name => !ownerPattern.test(name))
  for (const name of [...others, ...names.filter(name => ownerPattern.test(name))]) {
    fs.rmSync(join(work, name), { recursive: true, force: true })
  }
  fs.rmSync(work, { recursive: true, force: true })
}

/** What is done with the staged files. As a file it is there once they all are. */
type Steps = {
  readonly direction: 'place' | 'undo'
  readonly write: readonly string[]
  readonly remove: readonly string[]
  /** What of them was there before. */
  readonly existing: readonly string[]
}

function stage(folder: string, work: string, { write, remove }: Plan, fs: FileSystem): Steps {
  for (const name of ['new', 'old']) {
    fs.rmSync(join(work, name), { recursive: true, force: true })
    fs.mkdirSync(join(work, name))
  }
  for (const [name, text] of write) fs.writeFileSync(staged(work, 'new', name), text)
  // when all are written: the first call then does most of the work for all
  for (const name of write.keys()) flush(staged(work, 'new', name), fs)
  const existing = [...write.keys(), ...remove].filter(name => isThere(folder, name, fs))
  for (const name of existing) keep(join(folder, name), staged(work, 'old', name), fs)
  const steps: Steps = { direction: 'place', write: [...write.keys()], remove, existing }
  writeSteps(work, steps, fs)
  return steps
}

/** Does what is staged, by this process or by one that died over it. */
function finish(folder: string, work: string, steps: Steps, fs: FileSystem): void {
  switch (steps.direction) {
    case 'place':
      try {
        putInPlace(folder, work, steps, fs)
      } catch (error) {
        writeSteps(work, { ...steps, direction: 'undo' }, fs)
        undo(folder, work, steps, fs)
        dropSteps(work, fs)
        throw error
      }
      break
    case 'undo':
      undo(folder, work, steps, fs)
      break
  }
  dropSteps(work, fs)
}

function putInPlace(folder: string, work: string, { write, remove }: Steps, fs: FileSystem): void {
  const ready = new Set(list(join(work, 'new'), fs))
  for (const name of write) {
    if (!ready.has(flat(name))) continue
    makeFolder(dirname(join(folder, name)), fs, 0o777)
    fs.renameSync(staged(work, 'new', name), join(folder, name))
  }
  for (const name of remove) fs.rmSync(join(folder, name), { force: true })
  removeEmptied(folder, remove, fs)
}

function undo(folder: string, work: string, { write, existing }: Steps, fs: FileSystem): void {
  const kept = new Set(list(join(work, 'old'), fs))
  for (const name of existing) {
    if (!kept.has(flat(name))) continue
    makeFolder(dirname(join(folder, name)), fs, 0o777)
    fs.renameSync(staged(work, 'old', name), join(folder, name))
  }
  const added = write.filter(name => !existing.includes(name))
  for (const name of added) fs.rmSync(join(folder, name), { force: true })
  removeEmptied(folder, added, fs)
}

/** Where a file is while it waits: all of them are in one folder. */
function staged(work: string, state: 'new' | 'old', name: string): string {
  return join(work, state, flat(name))
}

/** A template's name has no `%`. */
function flat(name: string): string {
  return name.replaceAll('/', '%')
}

function isThere(folder: string, name: string, fs: FileSystem): boolean {
  const path = join(folder, name)
  return list(dirname(path), fs).includes(basename(path))
}

/** The folders in the folder that files have been taken from, where nothing is left in them. */
function removeEmptied(folder: string, names: readonly string[], fs: FileSystem): void {
  for (const inner of new Set(names.map(name => dirname(join(folder, name))))) {
    if (inner === join(folder) || list(inner, fs).length > 0) continue
    try {
      fs.rmdirSync(inner)
    } catch {
      // somebody has put something there, or it is gone
    }
  }
}

/** A second name for the same file, so that the first can be given to another. */
function keep(file: string, copy: string, fs: FileSystem): void {
  try {
    fs.linkSync(file, copy)
  } catch {
    // not every file system has links
    fs.copyFileSync(file, copy)
  }
}

const stepsFile = 'steps.json'

function writeSteps(work: string, steps: Steps, fs: FileSystem): void {
  const file = join(work, stepsFile)
  fs.writeFileSync(`${file}.new`, JSON.stringify(steps))
  flush(`${file}.new`, fs)
  fs.renameSync(`${file}.new`, file)
}

function readSteps(work: string, fs: FileSystem): Steps | undefined {
  if (!list(work, fs).includes(stepsFile)) return undefined
  const steps: Steps = JSON.parse(fs.readFileSync(join(work, stepsFile), 'utf8'))
  return steps
}

function dropSteps(work: string, fs: FileSystem): void {
  fs.rmSync(join(work, stepsFile))
}

function discard(work: string, fs: FileSystem): void {
  const litter = `${work}-${process.pid}-done`
  fs.renameSync(work, litter)
  removeWork(litter, fs)
}

/** Waits until the disk has what was written to a file. */
function flush(file: string, fs: FileSystem): void {
  // Windows flushes only what it could write
  const descriptor = fs.openSync(file, 'r+')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function removeEmptyFolders(innermost: string, outermost: string, fs: FileSystem): void {
  try {
    for (let folder = innermost; ; folder = dirname(folder)) {
      fs.rmdirSync(folder)
      if (folder === outermost) return
    }
  } catch {
    // somebody has put something there
  }
}

function list(folder: string, fs: FileSystem): readonly string[] {
  try {
    return fs.readdirSync(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && (codes.length === 0 || codes.some(code => code === error.code))
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
