import { mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The place of the folder for what lasts from run to run: `POOLFORM_CACHE`, or the platform's own place for such things; none where
 * there is no home.
 */
export function cachePlace(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  const { POOLFORM_CACHE, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = env
  if (POOLFORM_CACHE) return resolve(POOLFORM_CACHE)
  if (platform === 'win32') return LOCALAPPDATA ? join(LOCALAPPDATA, 'poolform', 'cache') : undefined
  // its specification tells to ignore a relative path
  if (XDG_CACHE_HOME?.startsWith('/')) return join(XDG_CACHE_HOME, 'poolform')
  if (!HOME?.startsWith('/')) return undefined
  return platform === 'darwin' ? join(HOME, 'Library', 'Caches', 'poolform') : join(HOME, '.cache', 'poolform')
}

/**
 * The folder itself, made if need be; undefined where it can't be had, or where others than its owner and the system
 * could put something into it.
 */
export function openCacheFolder(folder: string): string | undefined {
  try {
    makeFolder(folder, { mkdirSync, statSync })
    const { uid, mode } = statSync(folder)
    const user = process.getuid?.()
    const isTrusted = user === undefined || ((uid === user || uid === 0) && (mode & 0o002) === 0)
    return isTrusted ? folder : undefined
  } catch {
    return undefined
  }
}

export type FolderSystem = Pick<typeof import('node:fs'), 'mkdirSync' | 'statSync'>

/**
 * Makes a folder, and those above it that are missing, for this user alone if `mode` says so; gives the outermost that
 * it made. Node's own recursive way does not end where a parent is there and takes no child, as in /proc.
 */
export function makeFolder(folder: string, fs: FolderSystem, mode = 0o700): string | undefined {
  try {
    fs.mkdirSync(folder, { mode })
    return folder
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && fs.statSync(folder).isDirectory()) return undefined
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    const outermost = makeFolder(dirname(folder), fs, mode)
    if (outermost === undefined) throw error
    fs.mkdirSync(folder, { mode })
    return outermost
  }
}
