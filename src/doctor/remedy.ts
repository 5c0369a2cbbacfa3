import type { JsonObject } from '../document.ts'
import type { DescribedPool, PoolRoles, Role } from '../live/snapshot.ts'
import type { Policy } from './statements.ts'

export type Mend = {
  /** What to do: an imperative sentence without a full stop. */
  readonly words: string
  /** For `sh`, with the real names. All that is written over at once is mended at once: several may have the same. */
  readonly command?: string
}

/** Before a command is made of what is to be changed. */
export type Remedy = Mend | { readonly words: string; readonly change: Change }

/** What is to be another: of something that AWS writes over as a whole. */
export type Change =
  | { readonly target: 'trust'; readonly role: Role; readonly at: readonly number[]; readonly edit: Edit }
  | {
      readonly target: 'policy'
      readonly role: Role
      readonly policy: Policy
      readonly at: readonly number[]
      readonly edit: Edit
      /** Statements that the policy gets besides. */
      readonly more?: readonly JsonObject[]
    }
  | { readonly target: 'pool'; readonly edit: (pool: DescribedPool) => DescribedPool }
  | { readonly target: 'roles'; readonly edit: (roles: PoolRoles) => PoolRoles }

/** Of the statements at these positions, counted from 0, or of one more where there is none; undefined: it goes. */
export type Edit = (statement: JsonObject) => JsonObject | undefined
