import { isRecord, type JsonObject } from '../document.ts'
import {
  accountOf,
  groupedPools,
  ownerIn,
  partitionIn,
  providersOf,
  regionOfPool,
  roleArnsOf,
  roleIn,
  strangerOf,
  ungrouped,
} from './around.ts'
import {
  clientOf,
  type Fields,
  fields,
  groupsOf,
  list,
  policyOf,
  poolOf,
  poolRolesOf,
  resourcesOf,
  roleOf,
  stackOf,
  tagsOf,
  templateOf,
  text,
  texts,
  userPoolOf,
} from './shapes.ts'
import { type Answer, type LiveStack, type Role, type Snapshot, told, type UserPoolEntry } from './snapshot.ts'

export type Saved =
  /** `notes` are clauses about documents of which nothing was taken. */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly notes: readonly string[] }
  | { readonly kind: 'problems'; readonly problems: readonly SavedProblem[] }

export type SavedProblem = {
  /** Counted from 1; absent where it is about the file as a whole. */
  readonly line?: number
  /** A clause without a full stop. */
  readonly message: string
  /** An imperative sentence without a full stop. */
  readonly help: string
}

/**
 * What the script of `saveCommands` has printed: JSON documents, one after another in any order, as the AWS CLI prints
 * them, each known by its shape. What is not among them is `unasked`.
 */
export function parseSaved(saved: string): Saved {
  const { documents, problems } = documentsIn(saved)
  if (problems.length > 0) return { kind: 'problems', problems }
  const { shelves, notes } = sorted(documents)
  const [poolId, ...others] = shelves.pools.keys()
  const pool = poolId === undefined ? undefined : shelves.pools.get(poolId)
  if (pool === undefined || poolId === undefined) {
    const refused = [...shelves.refusals.values()].find(it => it.operation === 'DescribeIdentityPool')
    const why = refused === undefined ? '' : `: ${refusalOf(refused).reason}`
    return problem(`the answer to DescribeIdentityPool is not in it${why}`, 'Make it anew by the script that prints it')
  }
  if (others.length > 0) {
    return problem(
      `there are ${others.length + 1} identity pools in it: ${[poolId, ...others].join(', ')}`,
      'Save each to a file of its own',
    )
  }
  const region = regionOfPool(poolId)
  if (region === undefined) {
    return problem(`"${poolId}" is no ID of an identity pool`, 'Save the answers of AWS as they are')
  }
  const ask = new Asker(shelves)
  const poolRoles = ask.of('GetIdentityPoolRoles', poolId, shelves.poolRoles.get(poolId))
  const grouped = groupedPools(told(poolRoles))
  const { userPools, clients, tagged } = providersOf(pool)
  const entries = userPools.map(({ id }): UserPoolEntry => {
    const answer = ask.of('DescribeUserPool', id, shelves.userPools.get(id))
    const groups: UserPoolEntry['groups'] = grouped.has(id)
      ? ask.of('ListGroups', id, shelves.groups.get(id))
      : ungrouped
    return { id, answer, groups }
  })
  const stack = [...shelves.stacks.keys()].flatMap(id => {
    const live = stackIn(id, shelves, ask)
    return live !== undefined && ownerIn(live, poolId) !== undefined ? [live] : []
  })[0]
  const owner = stack === undefined ? undefined : ownerIn(stack, poolId)
  const around = { poolRoles, ...(stack === undefined ? {} : { stack }) }
  const snapshot: Snapshot = {
    ...{ region, partition: partitionIn(region), ...accountOf(around) },
    pool: { kind: 'is', value: pool },
    ...around,
    principalTags: tagged.map(provider => ({ provider, answer: tagsIn(provider, shelves, ask) })),
    roles: roleArnsOf(told(poolRoles), entries).map(arn => ({ arn, answer: roleFor(arn, shelves, ask) })),
    userPools: entries,
    clients: clients.map(({ userPoolId, clientId }) => ({
      ...{ userPoolId, clientId },
      answer: ask.of(
        'DescribeUserPoolClient',
        `${userPoolId} ${clientId}`,
        shelves.clients.get(`${userPoolId} ${clientId}`),
      ),
    })),
    owner: ask.of('DescribeStackResources', poolId, owner),
  }
  return { kind: 'snapshot', snapshot, notes }
}

const problem = (message: string, help: string): Saved => ({ kind: 'problems', problems: [{ message, help }] })

// ---- one document after another ------------------------------------------------------------------------------------

type At = { readonly line: number; readonly value: unknown }

/** With the lines that they begin in, counted from 1; lists are taken apart. */
export function documentsIn(saved: string): {
  readonly documents: readonly At[]
  readonly problems: readonly SavedProblem[]
} {
  const documents: At[] = []
  const all = saved.replace(/^\ufeff/, '')
  let from = skipBlanks(all, 0)
  while (from < all.length) {
    const line = all.slice(0, from).split('\n').length
    const end = endOf(all, from)
    try {
      const value: unknown = JSON.parse(all.slice(from, end))
      documents.push(...(Array.isArray(value) ? value : [value]).map(one => ({ line, value: one })))
    } catch {
      const message = all[from] === '{' ? 'the document that begins here is cut off, or no JSON' : 'here is no JSON'
      return { documents, problems: [{ line, message, help: 'Save standard output alone, with --output json' }] }
    }
    from = skipBlanks(all, end)
  }
  return { documents, problems: [] }
}

const skipBlanks = (all: string, from: number): number => from + (/^\s*/.exec(all.slice(from))?.[0].length ?? 0)

/** Behind the value that begins there. */
function endOf(all: string, from: number): number {
  let depth = 0
  let isText = false
  for (let at = from; at < all.length; at++) {
    const character = all[at]
    if (character === '\\' && isText) at++
    else if (character === '"') isText = !isText
    else if (!isText && (character === '{' || character === '[')) depth++
    else if (!isText && (character === '}' || character === ']')) depth--
    // what is no object nor list ends with its line
    if (
      !isText &&
      (depth < 0 || (depth === 0 && (at > from || character !== '"') && /[\]}\n"]/.test(character ?? '')))
    ) {
      return at + 1
    }
  }
  return all.length
}

// ---- each to its like ----------------------------------------------------------------------------------------------

type Refusal = { readonly operation: string; readonly code: string }

/** Documents by what they are of. */
function emptyShelves() {
  return {
    pools: new Map<string, NonNullable<ReturnType<typeof poolOf>>>(),
    poolRoles: new Map<string, ReturnType<typeof poolRolesOf>>(),
    /** By provider. */
    tags: new Map<string, ReturnType<typeof tagsOf>>(),
    /** By name, as the rest of IAM's. */
    roles: new Map<string, NonNullable<ReturnType<typeof roleOf>>>(),
    inlineNames: new Map<string, readonly string[]>(),
    /** By the role's name and their own. */
    inline: new Map<string, JsonObject | undefined>(),
    attached: new Map<string, readonly { readonly name: string; readonly arn: string }[]>(),
    /** By ARN. */
    policies: new Map<string, JsonObject | undefined>(),
    userPools: new Map<string, NonNullable<ReturnType<typeof userPoolOf>>>(),
    groups: new Map<string, ReturnType<typeof groupsOf>>(),
    /** By the IDs of user pool and client. */
    clients: new Map<string, Omit<NonNullable<ReturnType<typeof clientOf>>, 'UserPoolId'>>(),
    /** By their IDs. */
    stacks: new Map<string, NonNullable<ReturnType<typeof stackOf>>>(),
    resources: new Map<string, ReturnType<typeof resourcesOf>>(),
    templates: new Map<string, string>(),
    /** By operation and what it was asked of. */
    refusals: new Map<string, Refusal>(),
  }
}

type Shelves = ReturnType<typeof emptyShelves>

function sorted(documents: readonly At[]): { readonly shelves: Shelves; readonly notes: readonly string[] } {
  const shelves = emptyShelves()
  const notes: string[] = []
  for (const { line, value } of documents) {
    const said = fields(value)
    if (!isRecord(value) || !shelve(said, shelves)) {
      notes.push(`line ${line}: it is not known which answer of AWS's this is; nothing was taken of it`)
    }
  }
  return { shelves, notes }
}

/** By its shape, which no other answer has; false where that is none of those that are asked for. */
function shelve(said: Fields, shelves: Shelves): boolean {
  return (
    shelveOfPool(said, shelves) ||
    shelveOfIam(said, shelves) ||
    shelveOfUsers(said, shelves) ||
    shelveOfStack(said, shelves)
  )
}

function shelveOfPool(said: Fields, { pools, poolRoles, tags, refusals }: Shelves): boolean {
  const refused = fields(said['NotAnswered'])
  const operation = text(refused['Operation'])
  if (operation !== undefined) {
    refusals.set(`${operation} ${text(refused['Of']) ?? ''}`, { operation, code: text(refused['Code']) ?? 'none' })
    return true
  }
  const id = text(said['IdentityPoolId'])
  if (id === undefined) return false
  const pool = poolOf(said)
  const provider = text(said['IdentityProviderName'])
  if (pool !== undefined) pools.set(id, pool)
  else if (provider !== undefined) tags.set(provider, tagsOf(said))
  else poolRoles.set(id, poolRolesOf(said))
  return true
}

function shelveOfIam(said: Fields, { roles, inlineNames, inline, attached, policies }: Shelves): boolean {
  const role = roleOf(said['Role'])
  const roleName = text(said['RoleName'])
  const policyName = text(said['PolicyName'])
  const policyArn = text(said['PolicyArn'])
  if (role !== undefined) roles.set(role.roleName, role)
  else if (roleName !== undefined && policyName !== undefined) {
    inline.set(`${roleName} ${policyName}`, policyOf(said['PolicyDocument']))
  } else if (roleName !== undefined && Array.isArray(said['PolicyNames'])) {
    inlineNames.set(roleName, texts(said['PolicyNames']))
  } else if (roleName !== undefined && Array.isArray(said['AttachedPolicies'])) {
    const policiesOf = list(said['AttachedPolicies']).flatMap(one => {
      const { PolicyName, PolicyArn } = fields(one)
      return typeof PolicyName === 'string' && typeof PolicyArn === 'string'
        ? [{ name: PolicyName, arn: PolicyArn }]
        : []
    })
    attached.set(roleName, policiesOf)
  } else if (policyArn !== undefined) policies.set(policyArn, policyOf(fields(said['PolicyVersion'])['Document']))
  // which only tells which version counts
  else return isRecord(said['Policy'])
  return true
}

function shelveOfUsers(said: Fields, { userPools, clients, groups }: Shelves): boolean {
  const userPool = userPoolOf(said['UserPool'])
  const client = clientOf(said['UserPoolClient'])
  const userPoolId = text(said['UserPoolId'])
  if (userPool !== undefined) userPools.set(userPool.Id, userPool)
  else if (client !== undefined) {
    const { UserPoolId, ...own } = client
    clients.set(`${UserPoolId} ${client.ClientId}`, own)
  } else if (userPoolId !== undefined && Array.isArray(said['Groups'])) groups.set(userPoolId, groupsOf(said['Groups']))
  else return false
  return true
}

function shelveOfStack(said: Fields, { stacks, resources, templates }: Shelves): boolean {
  const described = list(said['Stacks']).flatMap(one => stackOf(one) ?? [])
  const id = text(said['StackId'])
  const template = templateOf(said['TemplateBody'])
  if (described.length > 0) for (const stack of described) stacks.set(stack.id, stack)
  else if (id !== undefined && Array.isArray(said['StackResourceSummaries'])) {
    resources.set(id, resourcesOf(said['StackResourceSummaries']))
  } else if (id !== undefined && template !== undefined) templates.set(id, template)
  // which only tells which stack to ask for
  else return Object.hasOwn(said, 'StackOfPool')
  return true
}

// ---- and together --------------------------------------------------------------------------------------------------

class Asker {
  readonly #refusals: Shelves['refusals']

  constructor({ refusals }: Shelves) {
    this.#refusals = refusals
  }

  /** What was found, or why there is nothing. */
  of<T>(operation: string, of: string, found: T | undefined): Answer<T> {
    if (found !== undefined) return { kind: 'is', value: found }
    const refused = this.#refusals.get(`${operation} ${of}`)
    if (refused === undefined) {
      return { kind: 'unasked', reason: `the answer to ${operation} of ${of} is not in what was saved` }
    }
    return missingCodes.has(refused.code) ? { kind: 'absent' } : { kind: 'unasked', ...refusalOf(refused) }
  }
}

/** CloudFormation says `ValidationError` of a stack that is not there. */
const missingCodes: ReadonlySet<string> = new Set([
  ...['ResourceNotFoundException', 'NoSuchEntity', 'NoSuchEntityException', 'ValidationError'],
])

function refusalOf({ operation, code }: Refusal): { readonly reason: string; readonly help: string } {
  const isDenied = /AccessDenied|NotAuthorized|Unauthorized/.test(code)
  return {
    reason: code === 'none' ? `${operation} had no answer` : `AWS refused ${operation}: ${code}`,
    help: isDenied
      ? `Allow ${prefixOf(operation)}:${operation}, and save it anew`
      : 'Look at what the AWS CLI has said on standard error, and save it anew',
  }
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
function prefixOf(operation: string): string {
  if (/Stack|Template/.test(operation)) return 'cloudformation'
  if (/UserPool|ListGroups/.test(operation)) return 'cognito-idp'
  return /IdentityPool|PrincipalTag/.test(operation) ? 'cognito-identity' : 'iam'
}

function tagsIn(provider: string, { tags }: Shelves, ask: Asker): Snapshot['principalTags'][number]['answer'] {
  const map = tags.get(provider)
  if (map === undefined && tags.has(provider)) return { kind: 'absent' }
  return ask.of('GetPrincipalTagAttributeMap', provider, map)
}

function roleFor(arn: string, shelves: Shelves, ask: Asker): Answer<Role> {
  const named = roleIn(arn)
  if (named === undefined) return { kind: 'unasked', reason: `${arn} is no ARN of a role` }
  const { name } = named
  const found = ask.of('GetRole', arn, shelves.roles.get(name))
  if (found.kind !== 'is') return found
  if (found.value.arn !== arn) return strangerOf(arn, named.account, found.value.arn)
  const { boundaryArn, ...role } = found.value
  const names = shelves.inlineNames.get(name)
  const inline = names === undefined ? undefined : [...names].sort()
  const attached = [...(shelves.attached.get(name) ?? [])].sort((a, b) => (a.arn < b.arn ? -1 : 1))
  return {
    kind: 'is',
    value: {
      ...role,
      ...(boundaryArn === undefined
        ? {}
        : { boundary: { arn: boundaryArn, document: policyIn(boundaryArn, shelves, ask) } }),
      inline: ask.of(
        'ListRolePolicies',
        arn,
        inline?.map(policy => ({
          name: policy,
          document: ask.of('GetRolePolicy', `${arn} ${policy}`, shelves.inline.get(`${name} ${policy}`)),
        })),
      ),
      attached: ask.of(
        'ListAttachedRolePolicies',
        arn,
        shelves.attached.has(name)
          ? attached.map(policy => ({ ...policy, document: policyIn(policy.arn, shelves, ask) }))
          : undefined,
      ),
    },
  }
}

function policyIn(arn: string, { policies }: Shelves, ask: Asker): Answer<JsonObject> {
  const version = ask.of('GetPolicyVersion', arn, policies.get(arn))
  // the one that is asked first may have been refused
  const policy = version.kind === 'is' ? version : ask.of<JsonObject>('GetPolicy', arn, undefined)
  return policy.kind === 'unasked' && policy.help === undefined ? version : policy
}

function stackIn(id: string, { stacks, resources, templates }: Shelves, ask: Asker): LiveStack | undefined {
  const stack = stacks.get(id)
  const own = resources.get(id)
  if (stack === undefined || own === undefined) return undefined
  return { ...stack, resources: own, template: ask.of('GetTemplate', id, templates.get(id)) }
}
