import { bundle } from './bundle.ts'
import { loadProducer } from './kept-code.ts'
import type { Module } from './modules.ts'
import type { Production } from './produce.ts'
import type { Outcome } from './request.ts'

export type Order = Omit<Production, 'bundled' | 'knowledge'> & { readonly modules: readonly Module[] }

/** Builds what can't be recalled. esbuild is at work while the compiler is loaded. */
export async function buildAnew({ modules, ...order }: Order): Promise<Outcome> {
  const { request, world } = order
  const [bundled, { produce, knowledge, keep }] = await Promise.all([
    bundle(modules, world.cwd, undefined, world.cacheFolder),
    loadProducer(world, request.cache).then(producer => ({
      ...producer,
      knowledge: producer.prepareKnowledge(request, world),
    })),
  ])
  const outcome = await produce({ ...order, bundled, knowledge })
  keep()
  return outcome
}
