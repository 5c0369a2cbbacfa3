import { userPoolIn } from '../live/around.ts'
import type { PrincipalTagMap, RoleMapping } from '../live/snapshot.ts'
import type { Facts } from './facts.ts'
import { type Named, namedBy, nothingNamed } from './named.ts'
import type { Lost, Open, Told } from './plan.ts'
import type { NamedParameter, Place, Reading } from './readings.ts'
import { policiesOf, type Stated } from './statements.ts'

/** What the parameters are to be, so that the template describes what stands. */
export type Derived = {
  readonly told: readonly Told[]
  readonly open: readonly Open[]
  readonly lost: readonly Lost[]
  readonly users: Named
  readonly guests: Named
}

/** What the template's patterns refuse, so that nothing is deployed that nobody has said. */
export const placeholders = {
  UploadsBucketName: 'SAY-WHICH-BUCKET',
  ApiId: 'SAY-WHICH-API',
  ApiRegion: 'SAY-WHICH-REGION',
  UploadsKmsKeyArn: 'SAY-WHICH-KEY',
  UserTableName: 'SAY WHICH TABLE',
  AmbiguousRoleResolution: 'SAY-WHICH',
} as const

type Values = Readonly<Record<string, string>>

/** `given` is what somebody has said, which counts; of the rest it decides what is meant. */
export function derive(facts: Facts, given: Values): Derived {
  const place: Place = { region: facts.snapshot.region, account: facts.account, host: facts.host }
  const named = (role: Facts['users']): Named => {
    if (role?.role === undefined) return nothingNamed
    const { own, attached } = policiesOf(role.role)
    return namedBy(own, attached, place)
  }
  const users = named(facts.users)
  const guests = named(facts.guests)
  const found = new Findings(given)
  ofPool(facts, found)
  ofRoles(facts, users, found)
  ofFiles(facts, users, guests, found)
  ofApis(facts, users, found)
  one(
    found,
    'UserTableName',
    users,
    users.tables.map(({ table, by }) => ({ value: table, by })),
  )
  const isKey = (arn: string) => found.value('UploadsKmsKeyArn') === arn || found.isOpen('UploadsKmsKeyArn')
  return {
    told: found.told,
    open: found.open,
    lost: [
      ...lostBy('signed-in users', users, it => it.kind === 'other' || (it.kind === 'key' && !isKey(it.arn))),
      ...lostBy('guests', guests, it => {
        if (it.kind === 'key') return !isKey(it.arn)
        return !(it.kind === 'unneeded' || (it.kind === 'folder' && it.level === 'public'))
      }),
      ...guests.kept.map(({ name, arn }): Lost => ({ who: 'guests', by: `the attached policy ${name}`, allows: arn })),
    ],
    ...{ users, guests },
  }
}

function lostBy(who: Lost['who'], { statements }: Named, isLost: (reading: Reading) => boolean): readonly Lost[] {
  return statements.filter(({ readings }) => readings.some(isLost)).map(({ stated }) => lostOf(who, stated))
}

function lostOf(who: Lost['who'], { by, isAllow, actions, resources }: Stated): Lost {
  const what = `${actions.join(', ') || 'all but some actions'} on ${resources.join(', ') || 'all but some resources'}`
  return { who, by, allows: isAllow ? what : `the denial of ${what}` }
}

class Findings {
  readonly told: Told[] = []
  readonly open: Open[] = []
  readonly given: Values

  constructor(given: Values) {
    this.given = given
    for (const [name, value] of Object.entries(given)) this.told.push({ name, value, from: 'as --param says' })
  }

  tell(name: string, value: string, from: string): void {
    if (this.given[name] === undefined) this.told.push({ name, value, from })
  }

  leave(name: keyof typeof placeholders, because: string, candidates: readonly string[] = []): void {
    if (this.given[name] !== undefined || this.open.some(it => it.name === name)) return
    this.open.push({ name, placeholder: placeholders[name], because, candidates: [...new Set(candidates)] })
  }

  /** What somebody has said, or else what was found. */
  value(name: string): string | undefined {
    return this.told.find(it => it.name === name)?.value
  }

  isOpen(name: string): boolean {
    return this.open.some(it => it.name === name)
  }
}

// ---- the pool --------------------------------------------------------------------------------------------------------

const logins: Readonly<Record<string, string>> = {
  'graph.facebook.com': 'FacebookAppId',
  'accounts.google.com': 'GoogleClientId',
  'www.amazon.com': 'AmazonAppId',
  'appleid.apple.com': 'AppleServicesId',
}

function ofPool(facts: Facts, found: Findings): void {
  const { pool, guests } = facts
  const ofThePool = 'of the identity pool'
  found.tell('IdentityPoolName', pool.IdentityPoolName, ofThePool)
  const clients = (pool.CognitoIdentityProviders ?? []).flatMap(({ ProviderName = '', ClientId = '' }) => {
    const userPool = userPoolIn(ProviderName)
    return userPool === undefined ? [] : [{ userPoolId: userPool.id, clientId: ClientId }]
  })
  const userPools = [...new Set(clients.map(it => it.userPoolId))]
  const [first] = userPools
  if (first !== undefined) {
    found.tell('UserPoolId', first, `the ${userPools.length > 1 ? 'first ' : ''}user pool of the identity pool`)
  }
  const chosen = found.value('UserPoolId')
  const names = ['UserPoolClientId', 'UserPoolClientId2', 'UserPoolClientId3']
  const own = clients.filter(it => it.userPoolId === chosen).map(it => it.clientId)
  for (const [at, name] of names.entries()) {
    const clientId = own[at]
    if (clientId !== undefined) found.tell(name, clientId, `an app client of ${chosen}`)
  }
  for (const [provider, id] of Object.entries(pool.SupportedLoginProviders ?? {})) {
    const name = logins[provider]
    if (name !== undefined) found.tell(name, id, `of ${provider} in the identity pool`)
  }
  const { OpenIdConnectProviderARNs = [], SamlProviderARNs = [], DeveloperProviderName } = pool
  if (OpenIdConnectProviderARNs.length > 0) {
    found.tell('OpenIdConnectProviderArns', OpenIdConnectProviderARNs.join(','), ofThePool)
  }
  if (SamlProviderARNs.length > 0) found.tell('SamlProviderArns', SamlProviderARNs.join(','), ofThePool)
  if (DeveloperProviderName !== undefined) found.tell('DeveloperProviderName', DeveloperProviderName, ofThePool)
  // without a role guests get nothing today, and shall not get more by being taken over
  if (pool.AllowUnauthenticatedIdentities && guests?.role !== undefined) {
    found.tell('AllowGuests', 'true', 'the identity pool lets guests in, and has a role for them')
  }
  ofMappings(facts, chosen, found)
  const isAlone = found.value('AllowGuests') !== 'true' && found.value('RoleSelection') !== 'Token'
  if (pool.AllowClassicFlow === true && isAlone) found.tell('AllowClassicFlow', 'true', ofThePool)
}

function ofMappings({ roles, tags }: Facts, userPoolId: string | undefined, found: Findings): void {
  const isOwn = ([provider]: readonly [string, RoleMapping]) =>
    userPoolIn(provider.replace(/:[^:/]*$/, ''))?.id === userPoolId
  const tokens = Object.entries(roles?.RoleMappings ?? {}).filter(it => it[1].Type === 'Token' && isOwn(it))
  if (tokens.length > 0) {
    found.tell('RoleSelection', 'Token', 'the role mapping of the user pool')
    const ambiguous = [...new Set(tokens.map(([, it]) => it.AmbiguousRoleResolution ?? 'Deny'))]
    const [same] = ambiguous
    if (ambiguous.length > 1) {
      found.leave(
        'AmbiguousRoleResolution',
        'the app clients differ in it, and the template has one for all',
        ambiguous,
      )
    } else if (same === 'AuthenticatedRole') {
      found.tell('AmbiguousRoleResolution', same, 'the role mapping of the user pool')
    }
  }
  const map = tags.find(({ provider }) => userPoolIn(provider)?.id === userPoolId)?.map
  const isDefault = map !== undefined && Object.entries(defaultTags).every(([tag, claim]) => tagsIn(map)[tag] === claim)
  if (isDefault) found.tell('UsePrincipalTags', 'true', 'the default principal tags of the user pool')
}

// ---- the roles -------------------------------------------------------------------------------------------------------

function ofRoles({ users, guests }: Facts, named: Named, found: Findings): void {
  const standing = [users, guests].find(it => it?.role !== undefined && it.staysOut === undefined)?.role
  if (standing !== undefined && standing.path !== '/') {
    found.tell('RolePath', standing.path, `of the role ${standing.roleName}; another one would replace it`)
  }
  const boundary = users?.role?.boundary?.arn
  if (boundary !== undefined) found.tell('PermissionsBoundaryArn', boundary, 'of the role of signed-in users')
  if (named.kept.length > 0) {
    const arns = named.kept.map(({ arn }) => arn)
    found.tell(
      'AdditionalManagedPolicyArns',
      arns.join(','),
      'attached to the role of signed-in users: all that they allow stays allowed',
    )
  }
}

type Candidate = { readonly value: string; readonly by: string }

/** One value, where the policies name one; where they name several, or allow what they do not name, it is left open. */
function one(found: Findings, parameter: NamedParameter, named: Named, candidates: readonly Candidate[]): void {
  const values = [...new Set(candidates.map(({ value }) => value))]
  const [first] = candidates
  const limited = named.conditional.filter(it => it.parameter === parameter)
  const wide = named.unnamed.find(it => it.parameter === parameter)
  const all = [...values, ...limited.map(({ value }) => value).filter(value => value !== '')]
  if (values.length > 1) {
    found.leave(parameter, `the policies name ${values.length}, and the template takes one`, all)
  } else if (first !== undefined) {
    found.tell(parameter, first.value, first.by)
  } else if (limited[0] !== undefined) {
    const { by, keys } = limited[0]
    found.leave(
      parameter,
      `${by} allows it only under conditions that the template has none of: ${keys.join(', ')}`,
      all,
    )
  } else if (wide !== undefined) {
    found.leave(parameter, `${wide.by} allows it for all there are, and names none`)
  }
}

function ofFiles({ tags }: Facts, users: Named, guests: Named, found: Findings): void {
  const candidates = [...users.folders, ...users.elsewhere, ...guests.folders, ...guests.elsewhere].map(
    ({ bucket, by }) => ({ value: bucket, by }),
  )
  one(found, 'UploadsBucketName', users, candidates)
  const bucket = found.value('UploadsBucketName')
  if (bucket === undefined && !found.isOpen('UploadsBucketName')) return
  if (bucket === '') return
  const isMeant = (it: { readonly bucket: string }) => bucket === undefined || it.bucket === bucket
  const own = users.folders.filter(isMeant)
  const keyed = own.find(it => it.variable !== undefined && isSub(it.variable, tags))
  if (keyed !== undefined) found.tell('UploadsFolderKeyedBy', 'UserSub', keyed.by)
  const kept = own.find(it => it.level === 'protected' && it.variable !== undefined)
  if (kept !== undefined) found.tell('AllowProtectedFolder', 'true', kept.by)
  const shared = own.find(it => it.level === 'public' && it.isWritten)
  if (shared !== undefined) found.tell('AllowPublicFolder', 'true', shared.by)
  one(
    found,
    'UploadsKmsKeyArn',
    users,
    users.keys.map(({ arn, by }) => ({ value: arn, by })),
  )
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/provider-mappings.html, of a user pool */
const defaultTags: Readonly<Record<string, string>> = { username: 'sub', client: 'aud' }

/** Claims by tags, as sessions of a user pool's users get them. */
export const tagsIn = ({ UseDefaults, PrincipalTags }: PrincipalTagMap): Readonly<Record<string, string>> =>
  UseDefaults ? defaultTags : PrincipalTags

/** Is it the principal tag that the user's `sub` becomes? */
export function isSub(variable: string, tags: Facts['tags']): boolean {
  const tag = /^aws:PrincipalTag\/(.+)$/.exec(variable)?.[1]
  if (tag === undefined) return false
  return tags.some(({ provider, map }) => {
    if (userPoolIn(provider) === undefined) return false
    return tagsIn(map)[tag] === 'sub'
  })
}

function ofApis({ snapshot, account }: Facts, users: Named, found: Findings): void {
  const { region } = snapshot
  const isOwn = (it: { readonly account: string }) => it.account === '*' || it.account === '' || it.account === account
  // what the template itself has written for it, in a stack that was deleted
  const isFurther = (it: { readonly by: string }) => it.by === 'InvokeAdditionalApis of the policy additional-apis'
  const whole = users.apis.filter(it => it.rest === '*' && isOwn(it) && !isFurther(it))
  const given = found.given['ApiId']
  const first = whole.find(it => given === undefined || it.id === given)
  if (first !== undefined) {
    found.tell('ApiId', first.id, first.by)
    if (/[*?]/.test(first.region)) {
      found.leave('ApiRegion', `${first.by} allows it in every region, and names none`, [region])
    } else if (first.region !== region) found.tell('ApiRegion', first.region, first.by)
    if (first.stage !== '*') found.tell('ApiStage', first.stage, first.by)
  } else if (given === undefined) one(found, 'ApiId', users, [])
  const others = users.apis.filter(it => it !== first && it.arn !== first?.arn)
  if (others.length === 0) return
  // methods, paths and other accounts only have room among the ARNs
  const arns = others.map(({ arn, account: of }) =>
    of === '*' && account !== undefined ? arn.replace(/^((?:[^:]*:){4})\*:/, `$1${account}:`) : arn,
  )
  found.tell('AdditionalApiArns', [...new Set(arns)].join(','), others[0]?.by ?? '')
}
