import type { Document, Json, JsonObject } from '../document.ts'
import { dnsSuffix } from '../launch/partitions.ts'
import { type Environment, Unknown } from '../resolve/index.ts'
import { type Answer, type Role, type Snapshot, told } from './snapshot.ts'

export type Deployed = { readonly document: Document; readonly env: Environment }

/**
 * What stands in an account, as a template with nothing but literal values, which can be resolved and judged as any
 * other; and where it stands. Logical IDs are those of `identity-pool`: `IdentityPool`, `AuthenticatedRole`,
 * `UnauthenticatedRole`, `RoleAttachment`; other roles, and managed policies, have their names. The pool has its `Id`
 * too, which no template could give it. What could not be read is an unknown value, or, where it is a resource, not
 * there.
 */
export function documentOf(snapshot: Snapshot): Deployed {
  const { region, partition, account, stack } = snapshot
  const pseudo = (name: string) => new Unknown({ kind: 'pseudo', name })
  return {
    document: {
      Parameters: { [unread]: { Type: 'String' } },
      Resources: { ...poolIn(snapshot), ...rolesIn(snapshot), ...attachmentIn(snapshot), ...tagsIn(snapshot) },
    },
    env: {
      parameters: { [unread]: new Unknown({ kind: 'parameter', name: unread }) },
      ...{ region, partition, urlSuffix: dnsSuffix(partition), accountId: account ?? pseudo('AWS::AccountId') },
      stackName: stack?.name ?? pseudo('AWS::StackName'),
      stackId: stack?.id ?? pseudo('AWS::StackId'),
    },
  }
}

/** The parameter that stands for what could not be read. */
const unread = 'Unread'

function poolIn({ pool }: Snapshot): JsonObject {
  const described = told(pool)
  if (described === undefined) return {}
  const { IdentityPoolId, IdentityPoolTags, CognitoIdentityProviders, ...own } = described
  const properties: JsonObject = {
    ...{ Id: IdentityPoolId, AllowClassicFlow: false, ...own },
    ...(CognitoIdentityProviders === undefined
      ? {}
      : { CognitoIdentityProviders: CognitoIdentityProviders.map((it): JsonObject => ({ ...it })) }),
    ...(IdentityPoolTags === undefined ? {} : { IdentityPoolTags: tagList(IdentityPoolTags) }),
  }
  return { IdentityPool: { Type: 'AWS::Cognito::IdentityPool', Properties: properties } }
}

function attachmentIn({ pool, poolRoles }: Snapshot): JsonObject {
  const described = told(pool)
  const roles = told(poolRoles)
  if (described === undefined || roles === undefined) return {}
  const mappings = Object.entries(roles.RoleMappings).map(([provider, { RulesConfiguration, ...mapping }]) => [
    provider,
    {
      ...{ IdentityProvider: provider, ...mapping },
      ...(RulesConfiguration === undefined
        ? {}
        : { RulesConfiguration: { Rules: RulesConfiguration.Rules.map((rule): JsonObject => ({ ...rule })) } }),
    },
  ])
  return {
    RoleAttachment: {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: {
        ...{ IdentityPoolId: described.IdentityPoolId, Roles: roles.Roles },
        ...(mappings.length === 0 ? {} : { RoleMappings: Object.fromEntries(mappings) }),
      },
    },
  }
}

function tagsIn({ pool, principalTags }: Snapshot): JsonObject {
  const described = told(pool)
  if (described === undefined) return {}
  const maps = principalTags.flatMap(({ provider, answer }) => {
    const map = told(answer)
    return map === undefined ? [] : [{ IdentityProviderName: provider, ...map }]
  })
  return Object.fromEntries(
    maps.map((map, at) => [
      at === 0 ? 'PrincipalTag' : `PrincipalTag${at + 1}`,
      {
        Type: 'AWS::Cognito::IdentityPoolPrincipalTag',
        Properties: { IdentityPoolId: described.IdentityPoolId, ...map },
      },
    ]),
  )
}

function rolesIn(snapshot: Snapshot): JsonObject {
  const taken = new Set(['IdentityPool', 'RoleAttachment', 'PrincipalTag', unread])
  const own = told(snapshot.poolRoles)?.Roles ?? {}
  const resources: Record<string, Json> = {}
  const policies = new Map<string, string>()
  /** What stands for a managed policy: a reference to it, or its ARN where what it says is not known. */
  const managed = (arn: string, document: Answer<JsonObject>): Json => {
    const read = told(document)
    if (read === undefined) return arn
    const known = policies.get(arn)
    if (known !== undefined) return { Ref: known }
    const id = freeName(arn.slice(arn.lastIndexOf('/') + 1), taken)
    policies.set(arn, id)
    resources[id] = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: read } }
    return { Ref: id }
  }
  for (const { arn, answer } of snapshot.roles) {
    const role = told(answer)
    if (role === undefined) continue
    const id = freeName(kindOf(arn, own) ?? role.roleName, taken)
    resources[id] = { Type: 'AWS::IAM::Role', Properties: propertiesOf(role, managed) }
  }
  return resources
}

function kindOf(arn: string, own: Readonly<Record<string, string>>): string | undefined {
  if (own['authenticated'] === arn) return 'AuthenticatedRole'
  return own['unauthenticated'] === arn ? 'UnauthenticatedRole' : undefined
}

function propertiesOf(role: Role, managed: (arn: string, document: Answer<JsonObject>) => Json): JsonObject {
  const inline = told(role.inline)
  const attached = told(role.attached)
  const policies = (inline ?? []).map(
    ({ name, document }): JsonObject => ({
      PolicyName: name,
      PolicyDocument: told(document) ?? { Ref: unread },
    }),
  )
  const unlisted = inline === undefined || attached === undefined
  return {
    ...{ RoleName: role.roleName, Path: role.path, AssumeRolePolicyDocument: role.trust },
    Policies: [...policies, ...(unlisted ? [{ PolicyName: unread, PolicyDocument: { Ref: unread } }] : [])],
    ManagedPolicyArns: (attached ?? []).map(({ arn, document }) => managed(arn, document)),
    ...(role.boundary === undefined ? {} : { PermissionsBoundary: managed(role.boundary.arn, role.boundary.document) }),
    ...(Object.keys(role.tags).length === 0 ? {} : { Tags: tagList(role.tags) }),
  }
}

const tagList = (tags: Readonly<Record<string, string>>): readonly JsonObject[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** A logical ID that nothing else has. */
function freeName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^A-Za-z0-9]/g, '') || 'Unnamed'
  let free = plain
  for (let at = 2; taken.has(free); at++) free = `${plain}${at}`
  taken.add(free)
  return free
}
