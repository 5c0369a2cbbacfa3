import type { World } from '../build/index.ts'
import type { BuildArguments } from './arguments.ts'

export async function runWatch(_args: BuildArguments, _world: World): Promise<number> {
  return 0
}
