import type { Diagnostic } from '../diagnostic.ts'
import type { Artifact } from '../manifest.ts'
import type { Deployment, Override, StackSet, Targets } from './commands.ts'
import { regionProblems, stackNameProblem } from './launch-url.ts'
import { partitionOf } from './partitions.ts'
import { type Assignment, assignmentProblems, checkValues } from './values.ts'

/** Where the stacks of a stack set are to be, and what is different there. */
export type StackSetRequest = {
  /** At most one of the two says something; where none does, placeholders of both kinds stand for it. */
  readonly organizationalUnits: readonly string[]
  readonly accounts: readonly string[]
  /** None: the stack set's own. */
  readonly regions: readonly string[]
  readonly overrides: readonly AccountAssignment[]
}

/** A value in one account, or in one of its regions. */
export type AccountAssignment = Assignment & { readonly account: string; readonly region?: string | undefined }

/** What is wrong with the regions, given the one of the stack set. */
export function targetProblems({ regions }: StackSetRequest, home: string): readonly Diagnostic[] {
  const ours = partitionOf(home)
  return distinct(regions).flatMap((region): readonly Diagnostic[] => {
    const theirs = partitionOf(region)
    if (ours !== undefined && theirs !== undefined && ours !== theirs) {
      const message = `${region} is in the partition ${theirs}, and a stack set stays within its own, ${ours}`
      const help = `Make a stack set of its own in ${theirs}`
      return [{ code: 'invalid-region', severity: 'error', path: [], message, help }]
    }
    return region === home ? [] : regionProblems(region)
  })
}

/** What is wrong with what differs: the values themselves, and that they are for accounts or regions of no stack. */
export function overrideProblems(artifact: Artifact, request: StackSetRequest, home: string): readonly Diagnostic[] {
  const { overrides, accounts, organizationalUnits } = request
  const regions = regionsOf(request, home)
  const places = new Map<string, AccountAssignment[]>()
  for (const it of overrides) places.set(placeKey(it), [...(places.get(placeKey(it)) ?? []), it])
  const strangers = overrides.flatMap((it): readonly Diagnostic[] => {
    const path = ['Parameters', it.name]
    const of = (message: string, help: string): Diagnostic => ({
      ...{ code: 'invalid-parameter', severity: 'error', path, message, help },
    })
    const isStranger = organizationalUnits.length === 0 && accounts.length > 0 && !accounts.includes(it.account)
    const isElsewhere = it.region !== undefined && !regions.includes(it.region)
    return [
      ...checkValues(artifact, { [it.name]: it.value }).filter(({ code }) => code !== 'ignored-parameter'),
      ...(isStranger ? [of(`${it.account} is no account of the stack set`, `Add --account ${it.account}`)] : []),
      ...(isElsewhere ? [of(`${it.region} is no region of the stack set`, `Add --target-region ${it.region}`)] : []),
    ]
  })
  return [...strangers, ...[...places.values()].flatMap(assignmentProblems)]
}

type Unnamed = Omit<Deployment, 'stackName'> & { readonly stackName: string | undefined }

/** The stack sets that a request comes to: one, or where it does not say in which accounts, one of each kind. */
export function stackSets(launch: Unnamed, request: StackSetRequest): readonly StackSet[] {
  const { artifact } = launch
  const { organizationalUnits, accounts } = request
  const stackName = launch.stackName ?? (stackNameProblem(artifact.name) === undefined ? artifact.name : 'stack-set')
  const units: Targets = { kind: 'service-managed', organizationalUnits: distinct(organizationalUnits, 'OU-ID') }
  const single: Targets = { kind: 'self-managed', accounts: distinct(accounts, 'ACCOUNT-1', 'ACCOUNT-2') }
  const wanted = organizationalUnits.length > 0 ? [units] : accounts.length > 0 ? [single] : [units, single]
  const regions = regionsOf(request, launch.region)
  return wanted.map(targets => ({ ...launch, stackName, targets, regions, overrides: overridesOf(request) }))
}

/** One for each account and region, with all that is different there. */
function overridesOf({ overrides }: StackSetRequest): readonly Override[] {
  const places = new Map<string, Override>()
  for (const it of overrides) {
    const parameters = { ...places.get(placeKey(it))?.parameters, [it.name]: it.value }
    places.set(placeKey(it), { account: it.account, region: it.region, parameters })
  }
  return [...places.values()]
}

function placeKey({ account, region }: AccountAssignment): string {
  return `${account}/${region ?? ''}`
}

function regionsOf({ regions }: StackSetRequest, home: string): readonly string[] {
  return distinct(regions, home)
}

function distinct(given: readonly string[], ...otherwise: readonly string[]): readonly string[] {
  return given.length > 0 ? [...new Set(given)] : otherwise
}
