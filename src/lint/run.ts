import { spawn } from 'node:child_process'

/** How a program ended; `failed` where it could not be started at all. */
export type Ended =
  | { readonly kind: 'ended'; readonly status: number | string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'failed'; readonly reason: string }

export type RunOptions = {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** For its standard input; nothing otherwise. */
  readonly input?: string
}

/** Runs a program to its end. `status` is its exit status, or the name of the signal that ended it. */
export function run(program: string, args: readonly string[], { cwd, env, input }: RunOptions = {}): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // a program that ends before it has read its input says why by its status and its standard error
    child.stdin.on('error', () => {})
    child.on('error', error => resolve({ kind: 'failed', reason: error.message }))
    child.on('close', (code, signal) =>
      resolve({
        kind: 'ended',
        status: code ?? signal ?? 'unknown',
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    )
    child.stdin.end(input)
  })
}

/** The line that says most: the first that speaks of an error, else the last. */
export function tellingLine(text: string): string {
  const lines = text.split('\n').flatMap(line => (line.trim() === '' ? [] : [line.trim()]))
  return lines.find(line => /^error\b/i.test(line))?.replace(/^error:\s*/i, '') ?? lines.at(-1) ?? 'it said nothing'
}
