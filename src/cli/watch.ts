import type { Outcome, World } from '../build/index.ts'
import { watch } from '../build/watch.ts'
import type { BuildArguments } from './arguments.ts'
import { print } from './print.ts'

/** Until Ctrl-C, which is the way to end it and so no failure. */
export async function runWatch(
  args: BuildArguments,
  world: World,
  report: (outcome: Outcome) => Promise<unknown>,
): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  // a build tells by itself what its modules throw; this is what they throw when it has ended
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, () => {
      if (process.listenerCount(event) === 1) print('stderr', 'poolform: a module has thrown something too late\n')
    })
  }
  await watch(
    args,
    world,
    async outcome => {
      await report(outcome)
    },
    stop.signal,
  )
  return 0
}
