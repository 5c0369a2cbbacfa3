import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { makeFolder } from '../make-folder.ts'

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
    makeFolder(folder)
    const { uid, mode } = statSync(folder)
    const user = process.getuid?.()
    const isTrusted = user === undefined || ((uid === user || uid === 0) && (mode & 0o002) === 0)
    return isTrusted ? folder : undefined
  } catch {
    return undefined
  }
}
