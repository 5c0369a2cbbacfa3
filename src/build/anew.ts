import { bundle } from './bundle.ts'
import type { Module } from './modules.ts'
import type { Production } from './produce.ts'
import type { BuildRequest, Outcome, World } from './request.ts'

export type Order = Omit<Production, 'bundled' | 'knowledge'> & { readonly modules: readonly Module[] }

/** Builds what can't be recalled. */
export async function buildAnew({ modules, ...order }: Order): Promise<Outcome> {
  const { request, world } = order
  // the rest is loaded while esbuild is at work
  const bundling = bundle(modules, world.cwd, undefined, world.cacheFolder)
  const [bundled, { produce, knowledge, keep }] = await Promise.all([bundling, load(request, world)])
  const outcome = await produce({ ...order, bundled, knowledge })
  keep()
  return outcome
}

async function load(request: BuildRequest, world: World) {
  // by itself it would load Node's cryptography, and that before esbuild is started
  const { loadProducer } = await import('./kept-code.ts')
  const producer = await loadProducer(world, request.cache)
  return { ...producer, knowledge: producer.prepareKnowledge(request, world) }
}
