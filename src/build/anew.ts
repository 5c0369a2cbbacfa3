import { bundle } from './bundle.ts'
import type { Module } from './modules.ts'
import type { Production } from './produce.ts'
import type { Outcome } from './request.ts'

export type Order = Omit<Production, 'bundled'> & { readonly modules: readonly Module[] }

/** Builds what can't be recalled. */
export async function buildAnew({ modules, ...order }: Order): Promise<Outcome> {
  const { request, world } = order
  const [bundled, { produce, keep }] = await Promise.all([
    bundle(modules, world.cwd, undefined, world.cacheFolder),
    // while esbuild is at work: by itself it would load Node's cryptography before that is started
    import('./kept-code.ts').then(({ loadProducer }) => loadProducer(world, request.cache)),
  ])
  const outcome = await produce({ ...order, bundled })
  keep()
  return outcome
}
