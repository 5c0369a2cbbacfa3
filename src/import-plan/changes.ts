import { isObject, type Json, type JsonObject } from '../document.ts'
import { write } from '../resolve/document-of.ts'
import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { type Blocker, type Change, ids, type Registry } from './plan.ts'

type Found = { readonly changes: readonly Change[]; readonly blockers: readonly Omit<Blocker, 'isAccepted'>[] }

/**
 * What the update changes, from the template of what stands to the template itself, property by property as
 * CloudFormation compares them; and what of it would take something from users.
 */
export function changesOf(standing: Resolved, fresh: Resolved, registry: Registry): Found {
  const pool = standing.Resources[ids.pool]
  const clients = list(pool === undefined ? undefined : properties(pool)['CognitoIdentityProviders']).map(
    it => `${shown(it['ProviderName'])}:${shown(it['ClientId'])}`,
  )
  const found = Object.entries(standing.Resources).map(([id, resource]): Found => {
    const after = fresh.Resources[id]
    if (after === undefined) return { changes: [gone(id)], blockers: [] }
    const [now, then] = [properties(resource), properties(after)]
    const changes = [...new Set([...Object.keys(now), ...Object.keys(then)])].flatMap(name =>
      isSame(now[name], then[name]) ? [] : changesAt(id, name, now[name], then[name]),
    )
    return {
      changes,
      blockers: [...replacements(id, resource, now, then, registry), ...losses(id, now, then, clients)],
    }
  })
  const made = Object.keys(fresh.Resources).filter(id => standing.Resources[id] === undefined)
  return {
    changes: [...found.flatMap(it => it.changes), ...made.map(madeAnew)],
    blockers: found.flatMap(it => it.blockers),
  }
}

function properties({ Properties }: ResolvedResource): JsonObject {
  const json = write(Properties)
  if (!isObject(json)) return {}
  const { RoleMappings } = json
  if (!isObject(RoleMappings)) return json
  // under which name a mapping stands says nothing
  const mappings = Object.values(RoleMappings).filter(isObject)
  const byProvider = mappings.map(it => [shown(it['IdentityProvider']), it] as const)
  return { ...json, RoleMappings: Object.fromEntries(byProvider) }
}

const gone = (logicalId: string): Change => ({
  ...{ logicalId, property: '', before: 'imported', after: 'not in the template with these parameters' },
  means: 'it leaves the stack again, and stays in the account',
})

const madeAnew = (logicalId: string): Change => ({
  ...{ logicalId, property: '', before: 'not there, or not the stack’s', after: 'made' },
  means: madeMeans[logicalId] ?? 'it is new',
})

const madeMeans: Readonly<Record<string, string>> = {
  [ids.users]:
    'signed-in users get this new role; policies of buckets, keys and others that name the old one must name it',
  [ids.guests]: 'guests get this new role; policies of buckets, keys and others that name an old one must name it',
  [ids.attachment]: 'the identity pool has no roles today, and users get no credentials; from then on they do',
  [ids.tags]: 'sessions of signed-in users carry principal tags',
}

// ---- alike or not --------------------------------------------------------------------------------------------------------

function isSame(now: Json | undefined, then: Json | undefined): boolean {
  return text(now) === text(then)
}

/** Lists of one are what is in them, in policies; their order says nothing there, nor that of members. */
function text(value: Json | undefined): string {
  return JSON.stringify(plain(value))
}

function plain(value: Json | undefined): Json {
  if (value === undefined) return null
  if (Array.isArray(value)) {
    const items: readonly Json[] = value
    const [only, ...others] = items
    if (items.length === 0) return null
    if (only !== undefined && others.length === 0) return plain(only)
    return items.map(it => JSON.stringify(plain(it))).sort()
  }
  if (!isObject(value)) return typeof value === 'boolean' ? String(value) : value
  const members = Object.entries(value).filter(([key]) => key !== 'Sid' && key !== 'Id')
  return Object.fromEntries(
    members.map(([key, item]) => [key, plain(item)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

// ---- in words ------------------------------------------------------------------------------------------------------------

function changesAt(
  logicalId: string,
  property: string,
  now: Json | undefined,
  then: Json | undefined,
): readonly Change[] {
  const change = (was: string, is: string, means: string): Change => ({
    ...{ logicalId, property, before: was, after: is, means },
  })
  switch (property) {
    case 'IdentityPoolName':
      return [change(shown(now), shown(then), 'it is a name for people, on which nothing depends')]
    case 'AllowUnauthenticatedIdentities':
      return [
        change(
          shown(now),
          shown(then),
          String(then) === 'true'
            ? 'guests get identities and credentials'
            : 'guests get neither identities nor credentials any more',
        ),
      ]
    case 'AllowClassicFlow':
      return [
        change(
          shown(now),
          shown(then),
          String(then) === 'true'
            ? 'apps may name the role that they want'
            : 'apps that call GetOpenIdToken and AssumeRoleWithWebIdentity themselves get no credentials any more',
        ),
      ]
    case 'CognitoIdentityProviders':
      return ofProviders(change, list(now), list(then))
    case 'Policies':
      return byName(change, policies(now), policies(then), 'the policy')
    case 'ManagedPolicyArns':
      return byName(change, named(now), named(then), 'the attached policy')
    case 'AssumeRolePolicyDocument':
      return [
        change('another trust policy', 'identities of this pool alone', 'who else could take the role cannot any more'),
      ]
    case 'PermissionsBoundary':
      return [
        change(
          shown(now),
          shown(then),
          then === undefined ? 'nothing bounds what the role allows any more' : 'what the role allows is bounded by it',
        ),
      ]
    case 'Description':
      return [change('as it is', shown(then), 'it is for people alone')]
    case 'IdentityPoolTags':
    case 'Tags':
      return [
        change(
          tagText(now),
          tagText(then),
          'who is let in by them is not any more; add --tags to the commands of the update to keep them',
        ),
      ]
    case 'Roles':
      return [change(shown(now), shown(then), 'who gets a role gets the one of the stack')]
    case 'RoleMappings':
      return [change(shown(now), shown(then), 'which role a user gets is chosen as the template says')]
    default:
      return [change(shown(now), shown(then), 'it is as the template says')]
  }
}

type Made = (now: string, then: string, means: string) => Change

function ofProviders(change: Made, now: readonly JsonObject[], then: readonly JsonObject[]): readonly Change[] {
  const key = ({ ProviderName, ClientId }: JsonObject) => `${shown(ProviderName)} ${shown(ClientId)}`
  const after = new Map(then.map(it => [key(it), it]))
  const before = new Set(now.map(key))
  return [
    ...now.flatMap(it => {
      const same = after.get(key(it))
      if (same === undefined) return [change(key(it), 'not there', 'who signs in by it gets no credentials any more')]
      if (isSame(it['ServerSideTokenCheck'] ?? false, same['ServerSideTokenCheck'] ?? false)) return []
      return [
        change(
          `${key(it)} without ServerSideTokenCheck`,
          'with it',
          'whoever was signed out everywhere, disabled or deleted in the user pool gets no credentials any more, though their token has not expired',
        ),
      ]
    }),
    ...then
      .filter(it => !before.has(key(it)))
      .map(it => change('not there', key(it), 'who signs in by it gets credentials')),
  ]
}

function byName(
  change: Made,
  now: ReadonlyMap<string, Json>,
  then: ReadonlyMap<string, Json>,
  what: string,
): readonly Change[] {
  return [
    ...[...now].flatMap(([name, document]) => {
      const after = then.get(name)
      if (after === undefined)
        return [change(`${what} ${name}`, 'not there', 'the tables of access say what that takes away')]
      return isSame(document, after)
        ? []
        : [change(`${what} ${name}`, 'with other statements', 'the tables of access say what that changes')]
    }),
    ...[...then.keys()].flatMap(name =>
      now.has(name) ? [] : [change('not there', `${what} ${name}`, 'the tables of access say what it allows')],
    ),
  ]
}

const list = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const policies = (value: Json | undefined): ReadonlyMap<string, Json> =>
  new Map(list(value).map(it => [shown(it['PolicyName']), it['PolicyDocument'] ?? {}]))

const named = (value: Json | undefined): ReadonlyMap<string, Json> =>
  new Map((Array.isArray(value) ? value : []).map((it: Json) => [shown(it), it]))

const tagText = (value: Json | undefined): string =>
  list(value)
    .map(it => `${shown(it['Key'])}=${shown(it['Value'])}`)
    .join(', ') || 'none'

/** In one line. */
function shown(value: Json | undefined): string {
  if (value === undefined) return 'not set'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

// ---- what users would lose -----------------------------------------------------------------------------------------------

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html */
function replacements(
  id: string,
  { Type }: ResolvedResource,
  now: JsonObject,
  then: JsonObject,
  registry: Registry,
): Found['blockers'] {
  const record = registry(Type)
  const fixed = [...(record?.createOnly ?? []), ...(record?.conditionalCreateOnly ?? [])]
  return fixed
    .filter(name => !isSame(now[name], then[name]))
    .map(name => ({
      code: 'replacement' as const,
      message: `${id} would be replaced: its ${name} is ${shown(now[name])}, and would be ${shown(then[name])}.`,
      help:
        id === ids.users || id === ids.guests
          ? `Give --param RolePath=${shown(now[name])}, or leave it out`
          : 'Leave out the parameter that makes it so',
      isAcceptable: false,
    }))
}

function losses(id: string, now: JsonObject, then: JsonObject, clients: readonly string[]): Found['blockers'] {
  if (id === ids.pool) return ofPool(now, then)
  return id === ids.attachment ? ofAttachment(now, then, clients) : []
}

function ofPool(now: JsonObject, then: JsonObject): Found['blockers'] {
  const blockers: Omit<Blocker, 'isAccepted'>[] = []
  const lose = (code: Blocker['code'], message: string, help: string, isAcceptable = true) =>
    blockers.push({ code, message, help, isAcceptable })
  const after = list(then['CognitoIdentityProviders'])
  const kept = new Set(after.map(({ ProviderName }) => shown(ProviderName)))
  const lost = list(now['CognitoIdentityProviders']).filter(
    it => !after.some(other => it['ProviderName'] === other['ProviderName'] && it['ClientId'] === other['ClientId']),
  )
  const userPools = [...new Set(lost.map(it => shown(it['ProviderName'])))].filter(it => !kept.has(it))
  if (userPools.length > 0) {
    lose(
      'second-user-pool',
      `The template has one user pool (${[...kept].join(', ') || 'here none'}): users of ${userPools.join(' and ')} could not sign in any more.`,
      'Give the one to keep as --param UserPoolId=…, and others as OpenID Connect providers; or leave this pool as it is',
    )
  }
  const clients = lost.filter(it => kept.has(shown(it['ProviderName']))).map(it => shown(it['ClientId']))
  if (clients.length > 0) {
    lose(
      'too-many-clients',
      `The template has three app clients: who signs in by ${clients.join(', ')} would get no credentials any more.`,
      'Give those to keep as --param UserPoolClientId=…, UserPoolClientId2 and UserPoolClientId3',
    )
  }
  const logins = isObject(then['SupportedLoginProviders']) ? then['SupportedLoginProviders'] : {}
  const before = isObject(now['SupportedLoginProviders']) ? now['SupportedLoginProviders'] : {}
  const providers = [
    ...Object.entries(before).flatMap(([name, app]) => (logins[name] === app ? [] : [`${name} (${shown(app)})`])),
    ...['OpenIdConnectProviderARNs', 'SamlProviderARNs'].flatMap(property =>
      [...named(now[property]).keys()].filter(arn => !named(then[property]).has(arn)),
    ),
  ]
  if (providers.length > 0)
    lose('lost-provider', lostProvider(providers), 'Leave this pool as it is, or move these users first')
  const developer = now['DeveloperProviderName']
  if (developer !== undefined && developer !== then['DeveloperProviderName']) {
    // https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html
    lose(
      'developer-provider',
      `The developer provider name is ${shown(developer)}, and cannot be changed once it is set: the update to ${shown(then['DeveloperProviderName'])} would fail.`,
      `Give --param DeveloperProviderName=${shown(developer)}`,
      false,
    )
  }
  if (String(now['AllowClassicFlow']) === 'true' && String(then['AllowClassicFlow']) !== 'true') {
    lose(
      'classic-flow',
      'The classic flow is on today, and the template has it neither with guests nor with roles from tokens: apps that use it would get no credentials any more.',
      'Move these apps to GetCredentialsForIdentity first; or leave this pool as it is',
    )
  }
  return blockers
}

export const lostProvider = (names: readonly string[]): string =>
  `The template has no place for ${names.join(' and ')}: who signs in by it could not any more.`

/** `clients` are those of today, as mappings name them. */
function ofAttachment(now: JsonObject, then: JsonObject, clients: readonly string[]): Found['blockers'] {
  const before = isObject(now['RoleMappings']) ? Object.values(now['RoleMappings']).filter(isObject) : []
  const after = isObject(then['RoleMappings']) ? Object.values(then['RoleMappings']).filter(isObject) : []
  const lost = before.filter(
    it => !after.some(other => it['IdentityProvider'] === other['IdentityProvider'] && it['Type'] === other['Type']),
  )
  const narrowed = after.filter(it => {
    const same = before.find(other => other['IdentityProvider'] === it['IdentityProvider'])
    if (same === undefined) return clients.includes(shown(it['IdentityProvider']))
    return (
      same['AmbiguousRoleResolution'] === 'AuthenticatedRole' && it['AmbiguousRoleResolution'] !== 'AuthenticatedRole'
    )
  })
  const blockers: Omit<Blocker, 'isAccepted'>[] = []
  if (narrowed.length > 0) {
    blockers.push({
      code: 'role-rules',
      message: `Users of ${narrowed.map(it => shown(it['IdentityProvider'])).join(', ')} would get roles from their tokens, or none where a token names none or several: today they get the role of signed-in users then.`,
      help: 'Give --param AmbiguousRoleResolution=AuthenticatedRole, or look first at the groups of these users',
      isAcceptable: true,
    })
  }
  if (lost.length === 0) return blockers
  const names = lost.map(it => `${shown(it['IdentityProvider'])} (${shown(it['Type'])})`)
  return [
    ...blockers,
    {
      code: 'role-rules',
      message: `The template takes roles from tokens of its user pool, by --param RoleSelection=Token, and in no other way: users of ${names.join(', ')} would get the role of signed-in users in place of the one that their mapping chooses.`,
      help: 'Give the roles to groups of the user pool first, and map by token; or leave this pool as it is',
      isAcceptable: true,
    },
  ]
}
