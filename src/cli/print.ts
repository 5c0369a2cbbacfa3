import { fstatSync, writeSync } from 'node:fs'

const descriptors = { stdout: 1, stderr: 2 } as const

export type Stream = keyof typeof descriptors

/** Writes without Node's streams, which take longer to set up than a short build takes. */
export function print(stream: Stream, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptors[stream], rest))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // a reader that is slow
      if (code === 'EAGAIN') continue
      // a reader that has seen enough, as `head` does
      if (code === 'EPIPE') return
      throw error
    }
  }
}

/** Is somebody reading in a terminal? */
export async function isTerminal(stream: Stream): Promise<boolean> {
  try {
    // most often it is not, and node:tty takes its time to load
    if (!fstatSync(descriptors[stream]).isCharacterDevice()) return false
  } catch {
    return false
  }
  return (await import('node:tty')).isatty(descriptors[stream])
}
