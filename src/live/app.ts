import { fields, list, poolOf, stackOf, text } from './shapes.ts'
import type { DescribedPool, LiveStack } from './snapshot.ts'

/** A stack and those nested in it, as far as it takes to say what an app must know of their identity pool. */
export type App = {
  /** The one that was asked for, then those nested in it. */
  readonly stacks: readonly DescribedStack[]
  /** Absent where the stacks say enough, or it was not asked. */
  readonly pool?: DescribedPool
  /** What AWS has refused that was not essential: clauses, without a full stop. */
  readonly notes: readonly string[]
}

export type DescribedStack = Pick<LiveStack, 'name' | 'id' | 'status' | 'parameters'> & {
  readonly outputs: Readonly<Record<string, string>>
  /** The IDs of the stacks that it is nested in. */
  readonly nestedIn: readonly string[]
}

/** One of `DescribeStacks`; undefined where it has no name and no ID. */
export function describedStack(value: unknown): DescribedStack | undefined {
  const stack = stackOf(value)
  if (stack === undefined) return undefined
  const { name, id, status, parameters, outputs } = stack
  const { ParentId, RootId } = fields(value)
  const nestedIn = [text(ParentId), text(RootId)].filter(it => it !== undefined)
  return {
    ...{ name, id, status, parameters, nestedIn },
    outputs: Object.fromEntries(outputs.map(({ key, value: said }) => [key, said])),
  }
}

/** Answers of AWS's that have been saved, by what they are of. */
export type SavedApp = {
  readonly stacks: readonly DescribedStack[]
  readonly pools: readonly DescribedPool[]
  /** `DescribeUserPool`'s `UserPool` and `DescribeUserPoolClient`'s `UserPoolClient`, as they are. */
  readonly userPools: readonly unknown[]
  readonly clients: readonly unknown[]
}

/**
 * From JSON documents as the AWS CLI prints them: of `describe-stacks`, and, for those who have them,
 * `describe-identity-pool`, `describe-user-pool` and `describe-user-pool-client`. Outputs alone, as
 * `--query 'Stacks[0].Outputs'` leaves them, are a stack without a name.
 */
export function savedApp(documents: readonly unknown[]): SavedApp {
  const alone = documents.filter(it => text(fields(it)['OutputKey']) !== undefined)
  const outputs = describedStack({ StackName: 'outputs', StackId: 'outputs', Outputs: alone })
  const described = documents.flatMap(it => list(fields(it)['Stacks'])).flatMap(it => describedStack(it) ?? [])
  return {
    stacks: alone.length > 0 && outputs !== undefined ? [...described, { ...outputs, name: '', id: '' }] : described,
    pools: documents.flatMap(it => poolOf(it) ?? []),
    userPools: documents.flatMap(it => fields(it)['UserPool'] ?? []),
    clients: documents.flatMap(it => fields(it)['UserPoolClient'] ?? []),
  }
}
