import { closeSync, openSync, readSync } from 'node:fs'

/** What a file holds, or standard input (0); undefined where it is more than so many bytes, as of a device without an end. */
export function readAtMost(file: string | 0, most: number): Buffer | undefined {
  const handle = file === 0 ? 0 : openSync(file, 'r')
  try {
    const chunks: Buffer[] = []
    for (let size = 0; size <= most; ) {
      const chunk = Buffer.alloc(1 << 16)
      const read = readNext(handle, chunk)
      if (read === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, read))
      size += read
    }
    return undefined
  } finally {
    if (handle !== 0) closeSync(handle)
  }
}

/** Waits where a terminal or a pipe has nothing yet; the end of a pipe is an error on Windows. */
function readNext(handle: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(handle, chunk)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      if (error.code === 'EOF') return 0
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}
