#!/usr/bin/env node
import { plainBuildArguments } from './arguments.ts'
import { runBuild, thisWorld } from './build.ts'
import { print } from './print.ts'

/** Exit status 0: done, 1: something is wrong with what was given, 2: wrong use. */
async function main(argv: readonly string[]): Promise<number> {
  const plain = plainBuildArguments(argv)
  if (plain !== undefined) return runBuild(plain)
  const { runProgram } = await import('./program.ts')
  return runProgram(argv, {
    build: runBuild,
    lint: async args => (await import('./lint.ts')).runLint(args, thisWorld()),
  })
}

main(process.argv.slice(2)).then(
  status => {
    process.exitCode = status
  },
  (error: unknown) => {
    process.exitCode = 1
    // what the system refuses says what it is; anything else is a mistake of ours
    if (error instanceof Error && 'syscall' in error) print('stderr', `poolform: ${error.message}\n`)
    else {
      const stack = error instanceof Error ? error.stack : String(error)
      print('stderr', `poolform has a bug, please report it with what follows:\n${stack}\n`)
    }
  },
)
