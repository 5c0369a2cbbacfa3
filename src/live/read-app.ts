import { AwsError } from '../aws/aws-error.ts'
import { answer } from './answers.ts'
import { type App, type DescribedStack, describedStack } from './app.ts'
import { isStanding, poolType } from './around.ts'
import { type Calls, callsIn } from './calls.ts'
import { type StackRequest, stackRegion } from './read-stack.ts'
import { poolOf, resourcesOf } from './shapes.ts'
import { type Answer, type DescribedPool, told } from './snapshot.ts'

/**
 * The stack, and what is nested in it, as far as its outputs and parameters do not say all of its identity pool. Nothing
 * is written. What AWS refuses of the stack itself is thrown as an `AwsError`; all else is a note.
 */
export async function readApp(request: StackRequest, saysAll: (stack: DescribedStack) => boolean): Promise<App> {
  const { endpointUrl, onProgress, patience } = request
  const calls = callsIn({ region: await stackRegion(request), endpointUrl }, onProgress, patience)
  const notes: string[] = []
  const stacks: DescribedStack[] = []
  const poolIds = new Set<string>()

  const noted = <T>(asked: Answer<T>): T | undefined => {
    if (asked.kind === 'unasked') notes.push(asked.reason)
    return told(asked)
  }
  const visit = async (stack: DescribedStack): Promise<void> => {
    stacks.push(stack)
    if (saysAll(stack)) return
    const resources = noted(await answer(async () => resourcesOf(await calls.resources(stack.id)))) ?? []
    const standing = resources.filter(it => it.physicalId !== '' && isStanding(it.status))
    for (const { physicalId } of standing.filter(it => it.type === poolType)) poolIds.add(physicalId)
    for (const { physicalId } of standing.filter(it => it.type === 'AWS::CloudFormation::Stack')) {
      const nested = noted(await answer(() => described(calls, physicalId)))
      if (nested !== undefined) await visit(nested)
    }
  }

  await visit(await described(calls, request.stackName))
  if (stacks.some(saysAll)) return { stacks, notes }
  for (const { outputs } of stacks) if (outputs['IdentityPoolId'] !== undefined) poolIds.add(outputs['IdentityPoolId'])
  const [poolId, ...others] = poolIds
  if (poolId === undefined) return { stacks, notes }
  if (others.length > 0) {
    throw new AwsError(
      'invalid-request',
      `the stack ${request.stackName} has ${poolIds.size} identity pools: ${[...poolIds].join(', ')}`,
      'Name by --stack-name the nested stack of one of them',
    )
  }
  const pool = noted<DescribedPool>(await answer(async () => poolOf(await calls.identityPool(poolId))))
  return { stacks, notes, ...(pool === undefined ? {} : { pool }) }
}

async function described(calls: Calls, stackName: string): Promise<DescribedStack> {
  const stack = describedStack(await calls.stack(stackName))
  if (stack !== undefined) return stack
  throw new AwsError(
    'refused',
    `what CloudFormation tells of the stack ${stackName} has no name and no ID`,
    'Find out what answers in its place, and correct --endpoint-url',
  )
}

export type UserPoolRequest = Pick<StackRequest, 'endpointUrl' | 'onProgress' | 'patience'> & {
  readonly userPoolId: string
  readonly clientId: string
  /** Of the user pool. */
  readonly region: string
}

/** `DescribeUserPool` and `DescribeUserPoolClient`, as they are. */
export async function readUserPool({ userPoolId, clientId, region, ...request }: UserPoolRequest): Promise<{
  readonly userPool: Answer<unknown>
  readonly client: Answer<unknown>
}> {
  const calls = callsIn({ region, endpointUrl: request.endpointUrl }, request.onProgress, request.patience)
  const [userPool, client] = await Promise.all([
    answer<unknown>(() => calls.userPool(userPoolId, region)),
    answer<unknown>(() => calls.client(userPoolId, clientId, region)),
  ])
  return { userPool, client }
}
