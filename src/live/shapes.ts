/** What AWS answers, as the AWS SDK gives it or the AWS CLI prints it, in the words of a snapshot. Nobody has looked at it yet. */
import { isObject, isRecord, type Json, type JsonObject } from '../document.ts'
import type {
  CognitoIdentityProvider,
  DescribedPool,
  LiveStack,
  MappingRule,
  PoolRoles,
  PrincipalTagMap,
  Role,
  RoleMapping,
  StackResource,
  UserPool,
  UserPoolClient,
  UserPoolGroup,
} from './snapshot.ts'

export type Fields = Readonly<Record<string, unknown>>

export const fields = (value: unknown): Fields => (isRecord(value) ? value : {})

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const texts = (value: unknown): readonly string[] => list(value).flatMap(one => text(one) ?? [])

/** Emulators keep the words that a template has for them. */
const flag = (value: unknown): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined

const textMap = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields(value)).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  )

/** Of AWS's `[{ Key, Value }]`. */
const tagMap = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    list(value).flatMap(one => {
      const { Key, Value } = fields(one)
      return typeof Key === 'string' && typeof Value === 'string' ? [[Key, Value]] : []
    }),
  )

/** The members that are there. */
function given<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const kept: { [Name in keyof T]?: Exclude<T[Name], undefined> } = {}
  for (const name in members) {
    const value = members[name]
    if (isGiven(value)) kept[name] = value
  }
  return kept
}

const isGiven = <T>(value: T): value is Exclude<T, undefined> => value !== undefined

const unlessEmpty = <T extends object>(value: T): T | undefined => (Object.keys(value).length === 0 ? undefined : value)

/** In AWS's example `us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE`. */
export function poolOf(value: unknown): DescribedPool | undefined {
  const said = fields(value)
  const id = text(said['IdentityPoolId'])
  const name = text(said['IdentityPoolName'])
  if (id === undefined || name === undefined) return undefined
  const logins = textMap(said['SupportedLoginProviders'])
  // https://docs.aws.amazon.com/cognito/latest/developerguide/twitter.html: key;secret
  const masked = Object.hasOwn(logins, twitter) ? { ...logins, [twitter]: '****' } : logins
  return {
    IdentityPoolId: id,
    IdentityPoolName: name,
    AllowUnauthenticatedIdentities: flag(said['AllowUnauthenticatedIdentities']) ?? false,
    ...given({
      AllowClassicFlow: flag(said['AllowClassicFlow']),
      SupportedLoginProviders: unlessEmpty(masked),
      DeveloperProviderName: text(said['DeveloperProviderName']),
      OpenIdConnectProviderARNs: unlessEmpty(texts(said['OpenIdConnectProviderARNs'])),
      CognitoIdentityProviders: unlessEmpty(list(said['CognitoIdentityProviders']).map(providerOf)),
      SamlProviderARNs: unlessEmpty(texts(said['SamlProviderARNs'])),
      IdentityPoolTags: unlessEmpty(textMap(said['IdentityPoolTags'])),
    }),
  }
}

export const twitter = 'api.twitter.com'

function providerOf(value: unknown): CognitoIdentityProvider {
  const { ProviderName, ClientId, ServerSideTokenCheck } = fields(value)
  return given({
    ProviderName: text(ProviderName),
    ClientId: text(ClientId),
    ServerSideTokenCheck: flag(ServerSideTokenCheck),
  })
}

export function poolRolesOf(value: unknown): PoolRoles {
  const { Roles, RoleMappings } = fields(value)
  return {
    Roles: textMap(Roles),
    RoleMappings: Object.fromEntries(Object.entries(fields(RoleMappings)).map(([name, one]) => [name, mappingOf(one)])),
  }
}

function mappingOf(value: unknown): RoleMapping {
  const { Type, AmbiguousRoleResolution, RulesConfiguration } = fields(value)
  const rules = list(fields(RulesConfiguration)['Rules']).flatMap(ruleOf)
  return {
    Type: Type === 'Rules' ? Type : 'Token',
    ...(AmbiguousRoleResolution === 'AuthenticatedRole' || AmbiguousRoleResolution === 'Deny'
      ? { AmbiguousRoleResolution }
      : {}),
    ...(rules.length === 0 ? {} : { RulesConfiguration: { Rules: rules } }),
  }
}

const matchTypes = ['Equals', 'Contains', 'StartsWith', 'NotEqual'] as const

function ruleOf(value: unknown): readonly MappingRule[] {
  const said = fields(value)
  const { Claim, Value, RoleARN } = said
  const MatchType = matchTypes.find(type => type === said['MatchType'])
  if (typeof Claim !== 'string' || typeof Value !== 'string' || typeof RoleARN !== 'string') return []
  return MatchType === undefined ? [] : [{ Claim, MatchType, Value, RoleARN }]
}

/** Undefined where a provider has none: AWS answers without defaults and without tags. */
export function tagsOf(value: unknown): PrincipalTagMap | undefined {
  const { UseDefaults, PrincipalTags } = fields(value)
  const map = { UseDefaults: flag(UseDefaults) ?? false, PrincipalTags: textMap(PrincipalTags) }
  return map.UseDefaults || Object.keys(map.PrincipalTags).length > 0 ? map : undefined
}

/** `GetRole`'s `Role`, without what its policies say; the boundary's ARN apart. */
export function roleOf(
  value: unknown,
): (Omit<Role, 'inline' | 'attached' | 'boundary'> & { boundaryArn?: string }) | undefined {
  const said = fields(value)
  const arn = text(said['Arn'])
  const roleName = text(said['RoleName'])
  const trust = policyOf(said['AssumeRolePolicyDocument'])
  if (arn === undefined || roleName === undefined || trust === undefined) return undefined
  const boundaryArn = text(fields(said['PermissionsBoundary'])['PermissionsBoundaryArn'])
  return {
    ...{ arn, roleName, trust, path: text(said['Path']) ?? '/', tags: tagMap(said['Tags']) },
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
  }
}

/**
 * A policy document: IAM's API gives its text percent-encoded, the AWS CLI prints it as JSON.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function policyOf(value: unknown): JsonObject | undefined {
  const json = typeof value === 'string' ? (parsed(value) ?? parsed(decoded(value))) : asJson(value)
  return isObject(json) ? json : undefined
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}

function parsed(value: string): Json | undefined {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

const asJson = (value: unknown): Json | undefined => (isRecord(value) ? parsed(JSON.stringify(value)) : undefined)

export function userPoolOf(value: unknown): UserPool | undefined {
  const said = fields(value)
  const id = text(said['Id'])
  if (id === undefined) return undefined
  const { AllowAdminCreateUserOnly } = fields(said['AdminCreateUserConfig'])
  return {
    Id: id,
    Name: text(said['Name']) ?? '',
    allowsSignUp: flag(AllowAdminCreateUserOnly) !== true,
    SchemaAttributes: list(said['SchemaAttributes']).flatMap(one => {
      const { Name, Mutable } = fields(one)
      return typeof Name === 'string' ? [{ Name, Mutable: flag(Mutable) ?? false }] : []
    }),
  }
}

/** `HasSecret` stands for the secret where that was left out. */
export function clientOf(value: unknown): (UserPoolClient & { readonly UserPoolId: string }) | undefined {
  const said = fields(value)
  const UserPoolId = text(said['UserPoolId'])
  const ClientId = text(said['ClientId'])
  if (UserPoolId === undefined || ClientId === undefined) return undefined
  return {
    ...{ UserPoolId, ClientId, ClientName: text(said['ClientName']) ?? '' },
    ...given({
      ReadAttributes: Array.isArray(said['ReadAttributes']) ? texts(said['ReadAttributes']) : undefined,
      WriteAttributes: Array.isArray(said['WriteAttributes']) ? texts(said['WriteAttributes']) : undefined,
    }),
    ExplicitAuthFlows: texts(said['ExplicitAuthFlows']),
    hasSecret: said['HasSecret'] === true || text(said['ClientSecret']) !== undefined,
  }
}

export function groupsOf(value: unknown): readonly UserPoolGroup[] {
  return list(value).flatMap(one => {
    const { GroupName, RoleArn, Precedence } = fields(one)
    if (typeof GroupName !== 'string') return []
    const precedence = typeof Precedence === 'number' ? Precedence : undefined
    return [{ GroupName, ...given({ RoleArn: text(RoleArn), Precedence: precedence }) }]
  })
}

/** One of `DescribeStacks`, without its resources and its template. */
export function stackOf(value: unknown): Omit<LiveStack, 'resources' | 'template'> | undefined {
  const said = fields(value)
  const name = text(said['StackName'])
  const id = text(said['StackId'])
  if (name === undefined || id === undefined) return undefined
  const parameters = list(said['Parameters']).flatMap(one => {
    const { ParameterKey, ParameterValue } = fields(one)
    return typeof ParameterKey === 'string' && typeof ParameterValue === 'string'
      ? [[ParameterKey, ParameterValue]]
      : []
  })
  const outputs = list(said['Outputs']).flatMap(one => {
    const { OutputKey, OutputValue, ExportName } = fields(one)
    if (typeof OutputKey !== 'string' || typeof OutputValue !== 'string') return []
    return [{ key: OutputKey, value: OutputValue, ...given({ exportName: text(ExportName) }) }]
  })
  const { StackDriftStatus, LastCheckTimestamp } = fields(said['DriftInformation'])
  const drift = text(StackDriftStatus)
  return {
    ...{ name, id, status: text(said['StackStatus']) ?? '' },
    parameters: Object.fromEntries(parameters),
    outputs,
    ...(drift === undefined || drift === 'NOT_CHECKED'
      ? {}
      : { drift: { status: drift, ...given({ checked: instant(LastCheckTimestamp) }) } }),
  }
}

function instant(value: unknown): string | undefined {
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** Of `ListStackResources`, in its order. */
export function resourcesOf(value: unknown): readonly StackResource[] {
  return list(value).flatMap(one => {
    const { LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus } = fields(one)
    if (typeof LogicalResourceId !== 'string' || typeof ResourceType !== 'string') return []
    return [
      {
        logicalId: LogicalResourceId,
        type: ResourceType,
        physicalId: text(PhysicalResourceId) ?? '',
        status: text(ResourceStatus) ?? '',
      },
    ]
  })
}

/** A template: the AWS CLI prints one of JSON as JSON. */
export function templateOf(value: unknown): string | undefined {
  return text(value) ?? (isRecord(value) ? JSON.stringify(value, undefined, 2) : undefined)
}
