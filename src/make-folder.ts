import * as nodeFs from 'node:fs'
import { dirname } from 'node:path'

export type FolderSystem = Pick<typeof nodeFs, 'mkdirSync' | 'statSync'>

/**
 * Makes a folder, and those above it that are missing, for this user alone unless `mode` says otherwise; gives the
 * outermost that it made. Node's own recursive way does not end where a parent is there and takes no child, as in /proc.
 */
export function makeFolder(folder: string, fs: FolderSystem = nodeFs, mode = 0o700): string | undefined {
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
