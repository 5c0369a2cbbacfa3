import type { Site } from '../access/show/probes/probe.ts'
import { type Document, isObject, type JsonObject } from '../document.ts'
import { emit } from '../emit.ts'
import { dnsSuffix } from '../launch/partitions.ts'
import type { Snapshot } from '../live/snapshot.ts'
import { type Resolved, resolve, Unknown } from '../resolve/index.ts'
import { parameterProblems } from '../resolve/parameters.ts'
import { isValueObject } from '../resolve/value.ts'
import { accessOf } from './access.ts'
import { changesOf, lostProvider } from './changes.ts'
import { type Derived, derive, isSub, tagsIn } from './derive.ts'
import { type Facts, factsOf, nameOf } from './facts.ts'
import type { Named } from './named.ts'
import { netBlockers } from './net.ts'
import {
  type Blocker,
  type BlockerCode,
  ids,
  type Left,
  type Open,
  type Plan,
  type PlanFile,
  type Refusal,
  type Registry,
  type Told,
  types,
} from './plan.ts'
import { fileNames, type Leaving, scriptOf, type Target } from './script.ts'
import { pathOf, type Standing, standingOf } from './standing.ts'

export type Request = {
  readonly snapshot: Snapshot
  /** `identity-pool`, as it is to be deployed. */
  readonly template: { readonly document: Document; readonly text: string }
  readonly registry: Registry
  /** Absent: one that the pool's name suggests. */
  readonly stackName?: string | undefined
  readonly endpointUrl?: string | undefined
  /** Values of parameters, which count more than what stands. */
  readonly given: Readonly<Record<string, string>>
  readonly accepted: readonly BlockerCode[]
}

export type Outcome =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size in a request */
const mostBytes = 51_200

/**
 * How an identity pool that stands is taken into a stack: imported as it is, and then updated to the template. Nothing is
 * asked, and nothing is done.
 */
export function planImport(request: Request): Outcome {
  const { snapshot, template, registry, given } = request
  const strange = templateProblem(template.document) ?? unknownParameter(template.document, given)
  if (strange !== undefined) return { kind: 'refused', refusals: [strange] }
  const facts = factsOf(snapshot)
  if ('refusals' in facts) return { kind: 'refused', refusals: facts.refusals }
  const derived = derive(facts, given)
  const stackName = request.stackName ?? stackNameFor(facts.pool.IdentityPoolName)
  const { told, open } = withoutRefused(template.document, derived)
  const parameters: readonly Told[] = [
    ...told.filter(({ name, value }) => value !== defaultOf(template.document, name)),
    ...open.map(({ name, placeholder, because }) => ({ name, value: placeholder, from: because })),
  ]
  const site = siteOf(facts)
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]))
  const pseudo = (name: string) => new Unknown({ kind: 'pseudo', name })
  const env = { ...site, urlSuffix: dnsSuffix(snapshot.partition), stackName, stackId: pseudo('AWS::StackId') }
  const fresh = resolve(template.document, { ...env, parameters: values })
  const standing = standingOf(facts, registry, fresh)
  const changes = changesOf(resolve(standing.document, { ...env, parameters: {} }), fresh, registry)
  const access = accessOf(snapshot, fresh, site)
  const blockers = [
    ...changes.blockers,
    ...folderBlockers(facts, { ...derived, open }, values),
    ...tagBlockers(facts, fresh),
    ...twitterBlockers(facts),
    ...sharedBlockers(facts, standing),
    ...ruleBlockers(fresh, open),
    ...netBlockers(facts, derived, { access, fresh, values }),
  ].map((it): Blocker => ({ ...it, isAccepted: it.isAcceptable && request.accepted.includes(it.code) }))
  const target: Target = {
    ...{ identityPoolId: facts.pool.IdentityPoolId, region: snapshot.region, stackName },
    endpointUrl: request.endpointUrl,
  }
  const isImported = (id: string) => standing.imported.some(({ logicalId }) => logicalId === id)
  const leaving: Leaving = {
    update: standing.imported.map(it => it.logicalId).filter(id => fresh.Resources[id] === undefined),
    undo: Object.keys(template.document.Resources).filter(id => !isImported(id)),
  }
  const files = filesOf(target, leaving, standing, template.text, parameters)
  const large = files.find(
    ({ name, text }) => name.endsWith('.yaml') && new TextEncoder().encode(text).length > mostBytes,
  )
  if (large !== undefined) {
    const message = `${large.name} has more than ${mostBytes} bytes, which CloudFormation does not take from a file`
    const help = 'Upload it to a bucket, and name it there by --template-url'
    return { kind: 'refused', refusals: [{ code: 'too-large', message, help }] }
  }
  return {
    kind: 'plan',
    plan: {
      identityPoolId: facts.pool.IdentityPoolId,
      identityPoolName: facts.pool.IdentityPoolName,
      ...{
        region: snapshot.region,
        stackName,
        parameters: parameters.filter(it => !open.some(o => o.name === it.name)),
      },
      ...{ open, imported: standing.imported, left: leftOf(facts, standing, fresh), changes: changes.changes },
      lost: derived.lost,
      access,
      blockers,
      notes: notesOf(facts, derived, values),
      files,
    },
  }
}

/** Is all said, and nothing lost that nobody has taken on themselves? */
export const isReady = ({ open, blockers }: Plan): boolean => open.length === 0 && blockers.every(it => it.isAccepted)

// ---- what is asked -------------------------------------------------------------------------------------------------------

function templateProblem({ Resources }: Document): Refusal | undefined {
  const missing = Object.entries(types).find(([id, type]) => {
    const resource = Resources[id]
    return !isObject(resource) || resource['Type'] !== type
  })
  return missing === undefined
    ? undefined
    : {
        code: 'other-template',
        message: `the template has no ${missing[0]} of the type ${missing[1]}: it is not identity-pool`,
        help: 'Name an identity-pool.yaml, or leave --template out',
      }
}

function unknownParameter({ Parameters = {} }: Document, given: Request['given']): Refusal | undefined {
  const name = Object.keys(given).find(it => !Object.hasOwn(Parameters, it))
  return name === undefined
    ? undefined
    : {
        code: 'unknown-parameter',
        message: `the template has no parameter ${name}`,
        help: `Give one of ${Object.keys(Parameters).join(', ')}`,
      }
}

function stackNameFor(poolName: string): string {
  const name = poolName.replace(/[^A-Za-z0-9]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '')
  return name === '' ? 'identity-pool' : name.slice(0, 128)
}

function siteOf({ snapshot, account }: Facts): Site {
  const accountId = account ?? new Unknown({ kind: 'pseudo', name: 'AWS::AccountId' })
  return { region: snapshot.region, partition: snapshot.partition, accountId }
}

function defaultOf({ Parameters = {} }: Document, name: string): string | undefined {
  const declaration: JsonObject | undefined = isObject(Parameters[name]) ? Parameters[name] : undefined
  return declaration?.['Default'] === undefined ? undefined : String(declaration['Default'])
}

/** What the template's own patterns refuse must be said by somebody. */
function withoutRefused({ Parameters = {} }: Document, { told, open }: Derived): Pick<Derived, 'told' | 'open'> {
  const refused = told.flatMap((it): readonly Open[] => {
    const declared = Object.hasOwn(Parameters, it.name) ? { [it.name]: Parameters[it.name] ?? {} } : {}
    const [problem] = parameterProblems(declared, { [it.name]: it.value })
    if (problem === undefined) return []
    const because = `${it.value} (${it.from}) is refused by the template: it ${problem.constraint ?? 'has no such parameter'}`
    return [{ name: it.name, placeholder: it.value, because, candidates: [] }]
  })
  return { told: told.filter(it => !refused.some(({ name }) => name === it.name)), open: [...open, ...refused] }
}

// ---- what users would lose, besides by what is imported ------------------------------------------------------------------

type Found = Omit<Blocker, 'isAccepted'>

/** Where files are that the policies of today let users reach, and those of the template do not. */
function folderBlockers(facts: Facts, { users, guests, open }: Derived, values: Request['given']): readonly Found[] {
  const bucket = values['UploadsBucketName'] ?? ''
  const isOpen = open.some(({ name }) => name === 'UploadsBucketName')
  const keyed = values['UploadsFolderKeyedBy'] ?? 'IdentityId'
  const isLost = ({ bucket: of, level, variable }: Named['folders'][number]) =>
    (!isOpen && of !== bucket) ||
    (level === 'public' && values['AllowPublicFolder'] !== 'true') ||
    (variable !== undefined && keyOf(variable, facts) !== keyed)
  const lost = [
    ...users.folders.filter(isLost),
    ...guests.folders.filter(it => it.level !== 'public' || isLost(it)),
  ].map(
    ({ bucket: of, level, variable, by }) =>
      `${of}/${level}/${variable === undefined ? '' : `\${${variable}}/`} (${by})`,
  )
  const elsewhere = [...users.elsewhere, ...guests.elsewhere].map(
    ({ bucket: of, where, by }) => `${of}: ${where} (${by})`,
  )
  const places = [...new Set([...lost, ...elsewhere])]
  if (places.length === 0) return []
  return [
    {
      code: 'other-folders',
      message: `The template has no place for what the policies allow in ${places.join('; ')}: users could not reach files there any more.`,
      help: 'Move these files into the folders of the template first; or put the statement into a managed policy, and attach that to the role, which then keeps it',
      isAcceptable: true,
    },
  ]
}

function keyOf(variable: string, { host, tags }: Facts): string | undefined {
  if (variable === `${host}:sub`) return 'IdentityId'
  return isSub(variable, tags) ? 'UserSub' : undefined
}

function tagBlockers({ tags, pool }: Facts, { Resources }: Resolved): readonly Found[] {
  const [first] = tags
  if (first === undefined) return []
  const made = Resources[ids.tags]?.Properties
  if (made === undefined) {
    const names = tags.map(({ provider }) => provider).join(' and ')
    const region = pool.IdentityPoolId.split(':')[0]
    return [
      {
        code: 'principal-tags',
        message: `Principal tags of ${names} are set, and with these parameters the template’s role does not let sessions have any: nobody who signs in by them would get credentials.`,
        help: `Give --param UsePrincipalTags=true; or remove the tags first: aws cognito-identity set-principal-tag-attribute-map --region ${region} --identity-pool-id ${pool.IdentityPoolId} --identity-provider-name ${first.provider} --no-use-defaults --principal-tags '{}'`,
        isAcceptable: false,
      },
    ]
  }
  const map = tags.find(({ provider }) => provider === made['IdentityProviderName'])?.map
  if (map === undefined) return []
  const { UseDefaults, PrincipalTags } = made
  const after = tagsIn({
    UseDefaults: String(UseDefaults) === 'true',
    PrincipalTags: isValueObject(PrincipalTags)
      ? Object.fromEntries(Object.entries(PrincipalTags).map(([tag, claim]) => [tag, String(claim)]))
      : {},
  })
  const lost = Object.entries(tagsIn(map)).flatMap(([tag, claim]) =>
    after[tag] === claim ? [] : [`${tag} (${claim})`],
  )
  if (lost.length === 0) return []
  return [
    {
      code: 'principal-tags',
      message: `Sessions would not have the principal tags ${lost.join(', ')} any more: policies that ask for them, of buckets and others too, would let nobody in.`,
      help: 'Change those policies first, to the tags that the template sets; or leave this pool as it is',
      isAcceptable: true,
    },
  ]
}

function twitterBlockers({ pool }: Facts): readonly Found[] {
  const hidden = Object.entries(pool.SupportedLoginProviders ?? {}).filter(([, id]) => id === '****')
  if (hidden.length === 0) return []
  return [
    {
      code: 'lost-provider',
      message: lostProvider(hidden.map(([name]) => name)),
      help: 'Leave this pool as it is, or move these users first',
      isAcceptable: true,
    },
  ]
}

/** Nothing says which pools a role without an audience is for, and an account is not searched for them. */
function sharedBlockers({ users, guests }: Facts, { imported }: Standing): readonly Found[] {
  const shared = [users, guests].flatMap(it =>
    it?.isForAnyPool === true && imported.some(({ identifier }) => identifier['RoleName'] === it.role?.roleName)
      ? [nameOf(it.arn)]
      : [],
  )
  if (shared.length === 0) return []
  return [
    {
      code: 'shared-role',
      message: `The trust of ${[...new Set(shared)].join(' and ')} names no identity pool, or names them by a wildcard: it may be another pool’s role too, and whoever has it there would get no credentials any more.`,
      help: 'Look at the roles of the other identity pools of the account; if one has it, give this pool a role of its own first',
      isAcceptable: true,
    },
  ]
}

/** What is left open is refused in any case, and reported by itself. */
function ruleBlockers({ diagnostics }: Resolved, open: readonly Open[]): readonly Found[] {
  return diagnostics
    .filter(({ path }) => !(path[0] === 'Parameters' && open.some(it => it.name === path[1])))
    .map(({ message, help, path }) => ({
      code: 'refused-by-template' as const,
      message: `The template refuses ${path.slice(0, 2).join('.')}: ${message}.`,
      help,
      isAcceptable: false,
    }))
}

// ---- what is told ----------------------------------------------------------------------------------------------------------

function leftOf(facts: Facts, standing: Standing, fresh: Resolved): readonly Left[] {
  const { users, guests, snapshot, tags } = facts
  const isIn = (id: string) => standing.imported.some(({ logicalId }) => logicalId === id)
  const roles = (
    [
      [ids.users, users, 'signed-in users get a new role'],
      [
        ids.guests,
        guests,
        fresh.Resources[ids.guests] === undefined ? 'no guest gets it any more' : 'guests get a new role',
      ],
    ] as const
  ).flatMap(([id, it, so]): readonly Left[] => {
    if (it === undefined || isIn(id)) return []
    const why =
      it.staysOut ??
      (it.arn === users?.arn
        ? 'signed-in users have it too, and a role is imported once'
        : `its path ${it.role?.path} is not that of the other role, ${pathOf(facts)}, and the template has one for both`)
    return [{ what: `the role ${nameOf(it.arn)}`, why, so: `it stays as it is, in no stack; with the update ${so}` }]
  })
  const others = snapshot.roles
    .filter(({ arn }) => arn !== users?.arn && arn !== guests?.arn)
    .map(
      ({ arn }): Left => ({
        ...{
          what: `the role ${nameOf(arn)}`,
          why: 'a group of a user pool or a rule names it, not the identity pool itself',
        },
        so: 'it stays as it is, with its own policies',
      }),
    )
  const maps = tags
    .filter(({ provider }) => !standing.imported.some(it => it.identifier['IdentityProviderName'] === provider))
    .map(
      ({ provider }): Left => ({
        ...{ what: `the principal tags of ${provider}`, why: 'the template has those of its user pool alone' },
        so: 'they stay as they are, in no stack',
      }),
    )
  return [...roles, ...others, ...maps]
}

function notesOf(
  { pool, guests, snapshot, users }: Facts,
  { users: named }: Derived,
  values: Request['given'],
): readonly string[] {
  return [
    ...(snapshot.owner.kind === 'unasked'
      ? [
          `Whether the pool is of a stack already is not known (${snapshot.owner.reason}): if it is, the import fails, and changes nothing.`,
        ]
      : []),
    ...(pool.AllowUnauthenticatedIdentities && guests?.role === undefined && values['AllowGuests'] === undefined
      ? [
          'Guests are let in, but there is no role for them, so that they get nothing: they stay without. Give --param AllowGuests=true to give them a role.',
        ]
      : []),
    ...named.replaced.map(
      ({ name }) =>
        `The policy ${name} is detached from the role, since the parameters say all that it names; the policy itself stays in the account.`,
    ),
    ...named.kept.map(
      ({ name, statements }) =>
        `The policy ${name} stays attached, ${statements === undefined ? 'of which nothing could be read' : 'since the template has no place for some of it'}: all that it allows stays allowed. To end that, give --param AdditionalManagedPolicyArns= without it.`,
    ),
    ...[users, guests].flatMap(it => {
      const stack = it?.role?.tags['aws:cloudformation:stack-name']
      return it === undefined || stack === undefined
        ? []
        : [
            `By its tags the role ${nameOf(it.arn)} was made by the stack ${stack}: if that has it still, the import fails, and changes nothing.`,
          ]
    }),
    ...(users === undefined
      ? [
          'The pool gives signed-in users no role today, so that they get nothing: from the update on they get the one of the stack.',
        ]
      : []),
  ]
}

// ---- files -----------------------------------------------------------------------------------------------------------------

function filesOf(
  target: Target,
  leaving: Leaving,
  { document, imported }: Standing,
  template: string,
  parameters: readonly Told[],
): readonly PlanFile[] {
  const header = [
    `The identity pool ${target.identityPoolId} and its roles as they stand, for CloudFormation to import.`,
    'Made by poolform import-plan. What is here as it is, the first update can change; what is not, it cannot.',
  ]
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`
  return [
    { name: fileNames.import, text: emit(document, { header, comments: [] }) },
    {
      name: fileNames.resources,
      text: json(
        imported.map(({ logicalId, type, identifier }) => ({
          ...{ ResourceType: type, LogicalResourceId: logicalId, ResourceIdentifier: identifier },
        })),
      ),
    },
    {
      name: fileNames.parameters,
      text: json(parameters.map(({ name, value }) => ({ ParameterKey: name, ParameterValue: value }))),
    },
    { name: fileNames.update, text: template },
    { name: fileNames.script, text: scriptOf(target, leaving), isProgram: true },
  ]
}
