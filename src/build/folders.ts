import { join, resolve } from 'node:path'

/**
 * The folder for what lasts from run to run: `POOLFORM_CACHE`, or the platform's own place for such things; none where
 * there is no home. Never one that others can write to, such as /tmp: what lies there is trusted.
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  const { POOLFORM_CACHE, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = env
  if (POOLFORM_CACHE) return resolve(POOLFORM_CACHE)
  if (platform === 'win32') return LOCALAPPDATA ? join(LOCALAPPDATA, 'poolform', 'cache') : undefined
  // its specification tells to ignore a relative path
  if (XDG_CACHE_HOME?.startsWith('/')) return join(XDG_CACHE_HOME, 'poolform')
  if (!HOME?.startsWith('/')) return undefined
  return platform === 'darwin' ? join(HOME, 'Library', 'Caches', 'poolform') : join(HOME, '.cache', 'poolform')
}
