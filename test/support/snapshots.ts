/** What stands in an account once a template is deployed, as AWS would tell it: made from the template alone. */
import assert from 'node:assert/strict'
import { type Document, isList, isObject, type Json, type JsonObject } from '../../src/document.ts'
import type {
  CognitoIdentityProvider,
  DescribedPool,
  PrincipalTagMap,
  Role,
  RoleMapping,
  Snapshot,
  UserPoolClient,
  UserPoolGroup,
} from '../../src/live/snapshot.ts'
import { write } from '../../src/resolve/document-of.ts'
import { resolve } from '../../src/resolve/index.ts'
import { environmentOf } from './resolve.ts'

export const account = '123456789012'

export type Deployed = {
  readonly parameters: Readonly<Record<string, string>>
  readonly region?: string
  readonly partition?: 'aws' | 'aws-us-gov' | 'aws-cn'
  readonly groups?: readonly UserPoolGroup[]
  readonly client?: Partial<UserPoolClient>
  /** Attributes that cannot be changed, and others. */
  readonly attributes?: Readonly<Record<string, boolean>>
}

const is = <T>(value: T) => ({ kind: 'is', value }) as const

/** `text` is the template's own. */
export function snapshotOf(document: Document, text: string, deployed: Deployed): Snapshot {
  const { parameters, region = 'us-east-1', partition = 'aws', groups = [], client = {}, attributes = {} } = deployed
  const env = environmentOf({ parameters, region, partition })
  const { Resources, diagnostics } = resolve(document, env)
  assert.deepEqual(diagnostics, [])
  const poolId = `${region}:1cf667a2-49a6-454b-9e45-231990000000`
  const physical = new Map(
    Object.entries(Resources).map(([id, { Type }]) => [
      id,
      Type === 'AWS::Cognito::IdentityPool' ? poolId : `stack-${id}-A1B2C3`,
    ]),
  )
  const known = (value: Json): Json => {
    if (isList(value)) return value.map(known)
    if (!isObject(value)) return value
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value
    if (typeof Ref === 'string') return physical.get(Ref) ?? Ref
    if (isList(attribute)) {
      const [id, name] = attribute
      assert.equal(name, 'Arn')
      return `arn:${partition}:iam::${account}:role${path(String(id))}${physical.get(String(id))}`
    }
    if (isList(join)) return (isList(join[1]) ? join[1] : []).map(known).join('')
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, known(it)]))
  }
  const path = (id: string) => String(Resources[id]?.Properties['Path'] ?? '/')
  const properties = (id: string): JsonObject => {
    const found = known(write(Resources[id]?.Properties ?? {}))
    assert(isObject(found), id)
    return found
  }
  const ofType = (type: string) => Object.keys(Resources).filter(id => Resources[id]?.Type === type)

  const [poolName = ''] = ofType('AWS::Cognito::IdentityPool')
  const said = properties(poolName)
  const providers: CognitoIdentityProvider[] = JSON.parse(JSON.stringify(said['CognitoIdentityProviders'] ?? []))
  const pool: DescribedPool = {
    IdentityPoolName: 'made-by-cloudformation',
    ...JSON.parse(JSON.stringify(said)),
    IdentityPoolId: poolId,
    IdentityPoolTags: { 'aws:cloudformation:stack-name': 'stack' },
  }
  const [attachment = ''] = ofType('AWS::Cognito::IdentityPoolRoleAttachment')
  const { Roles = {}, RoleMappings = {} } = properties(attachment)
  assert(isObject(Roles) && isObject(RoleMappings), attachment)
  const mappings = Object.fromEntries(
    Object.values(RoleMappings).map((it): [string, RoleMapping] => {
      const { IdentityProvider, ...mapping } = JSON.parse(JSON.stringify(it))
      return [IdentityProvider, mapping]
    }),
  )
  const roles = ofType('AWS::IAM::Role').map((id): Role => {
    const { Policies, AssumeRolePolicyDocument, ManagedPolicyArns, PermissionsBoundary } = properties(id)
    assert(isObject(AssumeRolePolicyDocument), id)
    const inline = (isList(Policies) ? Policies : []).flatMap(it => {
      assert(isObject(it) && isObject(it['PolicyDocument']), id)
      return [{ name: String(it['PolicyName']), document: is(it['PolicyDocument']) }]
    })
    const attached = (isList(ManagedPolicyArns) ? ManagedPolicyArns : []).map(String)
    return {
      ...{ arn: `arn:${partition}:iam::${account}:role${path(id)}${physical.get(id)}`, path: path(id) },
      ...{ roleName: physical.get(id) ?? '', trust: AssumeRolePolicyDocument, tags: {} },
      inline: is(inline),
      attached: is(attached.map(arn => ({ name: arn.slice(arn.lastIndexOf('/') + 1), arn, document: is(harmless) }))),
      ...(PermissionsBoundary === undefined
        ? {}
        : { boundary: { arn: String(PermissionsBoundary), document: is(harmless) } }),
    }
  })
  const ofGroups: Role[] = groups.flatMap(({ RoleArn }) =>
    RoleArn === undefined || roles.some(it => it.arn === RoleArn) ? [] : [groupRole(RoleArn, roles)],
  )
  const tags = new Map(
    ofType('AWS::Cognito::IdentityPoolPrincipalTag').map(id => {
      const { IdentityProviderName, UseDefaults, PrincipalTags } = properties(id)
      const map: PrincipalTagMap = JSON.parse(
        JSON.stringify({ UseDefaults: UseDefaults ?? false, PrincipalTags: PrincipalTags ?? {} }),
      )
      return [String(IdentityProviderName), map]
    }),
  )
  const userPoolIds = [...new Set(providers.map(it => String(it.ProviderName).split('/')[1] ?? ''))]
  const logins = [
    ...providers.map(it => String(it.ProviderName)),
    ...Object.keys(pool.SupportedLoginProviders ?? {}),
    ...(pool.OpenIdConnectProviderARNs ?? []),
    ...(pool.SamlProviderARNs ?? []),
  ]
  const stackId = String(env.stackId)
  return {
    ...{ region, partition, account },
    pool: is(pool),
    poolRoles: is({ Roles: JSON.parse(JSON.stringify(Roles)), RoleMappings: mappings }),
    principalTags: [...new Set(logins)].map(provider => {
      const map = tags.get(provider)
      return { provider, answer: map === undefined ? { kind: 'absent' } : is(map) }
    }),
    roles: [...roles, ...ofGroups].map(role => ({ arn: role.arn, answer: is(role) })),
    userPools: userPoolIds.map(id => ({
      id,
      answer: is({
        ...{ Id: id, Name: 'people', allowsSignUp: true },
        SchemaAttributes: Object.entries({ sub: false, email: true, ...attributes }).map(([Name, Mutable]) => ({
          Name,
          Mutable,
        })),
      }),
      groups:
        Object.keys(mappings).length > 0
          ? is(groups)
          : { kind: 'unasked', reason: 'no role is taken from tokens of it' },
    })),
    clients: providers.map(it => ({
      ...{ userPoolId: String(it.ProviderName).split('/')[1] ?? '', clientId: String(it.ClientId) },
      answer: is({
        ...{ ClientId: String(it.ClientId), ClientName: 'web', ExplicitAuthFlows: [], hasSecret: false },
        ...client,
      }),
    })),
    owner: is({ stackName: 'stack', stackId, logicalId: poolName }),
    stack: {
      ...{ name: 'stack', id: stackId, status: 'CREATE_COMPLETE' },
      parameters: Object.fromEntries(
        Object.entries(document.Parameters ?? {}).map(([name, declaration]) => [
          name,
          parameters[name] ?? (isObject(declaration) ? String(declaration['Default'] ?? '') : ''),
        ]),
      ),
      outputs: [],
      resources: Object.entries(Resources).map(([logicalId, { Type }]) => ({
        ...{ logicalId, type: Type, physicalId: physical.get(logicalId) ?? '', status: 'CREATE_COMPLETE' },
      })),
      template: is(text),
    },
  }
}

/** What a managed policy says that does no harm. */
const harmless: JsonObject = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'polly:SynthesizeSpeech', Resource: '*' }],
}

/** As somebody would make it for this pool: with the trust policy of the pool's own. */
function groupRole(arn: string, [first]: readonly Role[]): Role {
  assert(first !== undefined)
  return {
    ...{ arn, roleName: arn.slice(arn.lastIndexOf('/') + 1), path: '/', trust: first.trust, tags: {} },
    ...{ inline: is([]), attached: is([]) },
  }
}
