import { AwsError } from '../aws/aws-error.ts'
import type { Patience } from '../aws/client.ts'
import { answer } from './answers.ts'
import { regionOfStack } from './around.ts'
import { type Calls, callsIn, type OnProgress, usualRegion } from './calls.ts'
import { resourcesOf, stackOf, templateOf } from './shapes.ts'
import type { LiveStack } from './snapshot.ts'

export type StackRequest = {
  /** Or its ID. */
  readonly stackName: string
  /** Absent: that of the ID, else of the environment or the profile. */
  readonly region?: string | undefined
  /** Of what stands for AWS; absent: as the environment says. */
  readonly endpointUrl?: string | undefined
  readonly onProgress?: OnProgress
  readonly patience?: Partial<Patience>
}

/**
 * A stack as CloudFormation has it: three requests, and more for further pages. What it refuses of the template is an
 * answer; all else that the user or AWS can have caused is thrown as an `AwsError`.
 */
export async function readStack(request: StackRequest): Promise<LiveStack> {
  const region = await stackRegion(request)
  return stackBy(
    callsIn({ region, endpointUrl: request.endpointUrl }, request.onProgress, request.patience),
    request.stackName,
  )
}

export async function stackRegion({ stackName, region }: Pick<StackRequest, 'stackName' | 'region'>): Promise<string> {
  return region ?? regionOfStack(stackName) ?? (await usualRegion())
}

export async function stackBy(calls: Calls, stackName: string): Promise<LiveStack> {
  const [described, resources, template] = await Promise.all([
    calls.stack(stackName),
    calls.resources(stackName),
    answer(async () => templateOf(await calls.template(stackName))),
  ])
  const stack = stackOf(described)
  if (stack === undefined) {
    throw new AwsError(
      'refused',
      `what CloudFormation tells of the stack ${stackName} has no name and no ID`,
      'Find out what answers in its place, and correct --endpoint-url',
    )
  }
  return { ...stack, resources: resourcesOf(resources), template }
}
