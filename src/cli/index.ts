#!/usr/bin/env node
import { type AccessArguments, isQuestion, plainAccessArguments, plainBuildArguments } from './arguments.ts'
import { runBuild, thisWorld } from './build.ts'
import { print } from './print.ts'

/** Exit status 0: done, 1: something is wrong with what was given, 2: wrong use; of a question see `runAccess`. */
async function main(argv: readonly string[]): Promise<number> {
  const plain = plainBuildArguments(argv)
  if (plain !== undefined) return runBuild(plain)
  const plainAccess = plainAccessArguments(argv)
  if (plainAccess !== undefined) return access(plainAccess)
  const { runProgram } = await import('./program.ts')
  return runProgram(argv, {
    build: runBuild,
    access,
    lint: async args => (await import('./lint.ts')).runLint(args, thisWorld()),
    publish: async args => (await import('./publish.ts')).runPublish(args, thisWorld()),
    launchUrl: async args => (await import('./launch-url.ts')).runLaunchUrl(args, process.env),
    doctor: async args => (await import('./doctor.ts')).runDoctor(args),
    clientConfig: async args => (await import('./client-config.ts')).runClientConfig(args),
    compat: async args => (await import('./compat.ts')).runCompat(args, thisWorld()),
    importPlan: async args => (await import('./import-plan.ts')).runImportPlan(args, thisWorld()),
  })
}

async function access(args: AccessArguments): Promise<number> {
  const world = thisWorld()
  const { loadKept } = await import('../build/kept-code.ts')
  const kept = loadKept<typeof import('./access.ts')>('access', world)
  const status = await (kept ?? (await import('./access.ts'))).runAccess(args, world)
  kept?.keep()
  return status
}

const argv = process.argv.slice(2)
const failed = isQuestion(argv) ? 2 : 1

// until it is known: a module may have ways to end the process that nobody thought of
process.exitCode = failed
main(argv).then(
  // at once, whatever a module has left to be done: all output is written by then
  status => process.exit(status),
  (error: unknown) => {
    try {
      // what the system refuses says what it is; anything else is a mistake of ours
      if (error instanceof Error && 'syscall' in error) print('stderr', `poolform: ${error.message}\n`)
      else {
        const stack = error instanceof Error ? error.stack : String(error)
        print('stderr', `poolform has a bug, please report it with what follows:\n${stack}\n`)
      }
    } finally {
      process.exit(failed)
    }
  },
)
