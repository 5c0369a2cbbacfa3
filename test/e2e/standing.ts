/** What the emulator's services answer of a resource, to lay beside what its properties say. */
import assert from 'node:assert/strict'
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetAccountAuthorizationDetailsCommand, GetRoleCommand, type RoleDetail } from '@aws-sdk/client-iam'
import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { isObject, type Json, type JsonObject } from '../../src/document.ts'
import { administrator, type clients, document, present, signed, standingPool, standingTags } from './world.ts'

export type Clients = ReturnType<typeof clients>

/** Both in the same words, as JSON. */
export type Told = { readonly said: Json; readonly stands: Json }

/** What stands in a region. */
export type Standing = {
  readonly region: string
  readonly clients: Clients
  /** By name. */
  readonly roles: ReadonlyMap<string, RoleDetail>
  /** By ID; each is asked for once. */
  readonly pool: (id: string) => ReturnType<typeof standingPool>
}

/** Reads what stands of one resource: its properties as they were resolved, its physical ID, what stands around it. */
type Read = (
  properties: JsonObject,
  id: string,
  standing: Standing,
) => Promise<{ readonly said: unknown; readonly stands: unknown }>

/** Of all roles at once: one call instead of a handful for each. */
export const standingIn = async (region: string, clients: Clients): Promise<Standing> => {
  const details = await clients.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }))
  assert(details.IsTruncated !== true, 'there are more roles than one answer holds')
  const pools = new Map<string, ReturnType<typeof standingPool>>()
  return {
    ...{ region, clients },
    roles: new Map((details.RoleDetailList ?? []).map(role => [present(role.RoleName), role])),
    pool: id => {
      const pool = pools.get(id) ?? standingPool(id, clients)
      pools.set(id, pool)
      return pool
    },
  }
}

/** What its service says of a resource, and what its properties say of the same. */
export const told = async (type: string, ...asked: Parameters<Read>): Promise<Told> => {
  const read = readers[type]
  assert(read !== undefined, `nothing reads what stands of ${type}`)
  const { said, stands } = await read(...asked)
  return { said: JSON.parse(JSON.stringify(said)), stands: JSON.parse(JSON.stringify(stands)) }
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** Those of its fields that the other one has. */
const only = (all: object | undefined, { keys }: { readonly keys: object }) =>
  Object.fromEntries(Object.entries(all ?? {}).filter(([key]) => Object.hasOwn(keys, key)))

const readers: Readonly<Record<string, Read>> = {
  'AWS::IAM::Role': async (properties, RoleName, { clients: { iam }, roles }) => {
    const { AssumeRolePolicyDocument, Policies, ManagedPolicyArns, ...rest } = properties
    const detail = present(roles.get(RoleName))
    const role = present((await iam.send(new GetRoleCommand({ RoleName }))).Role)
    const policies = list(Policies).map(object)
    return {
      said: {
        ...{ Path: '/', Description: '', MaxSessionDuration: 3600, PermissionsBoundary: null, ...rest },
        AssumeRolePolicyDocument,
        Policies: Object.fromEntries(policies.map(it => [it['PolicyName'], it['PolicyDocument']])),
        ManagedPolicyArns: list(ManagedPolicyArns).toSorted(),
      },
      stands: {
        Path: role.Path,
        Description: role.Description ?? '',
        MaxSessionDuration: role.MaxSessionDuration,
        PermissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
        AssumeRolePolicyDocument: document(detail.AssumeRolePolicyDocument),
        Policies: Object.fromEntries(
          (detail.RolePolicyList ?? []).map(it => [it.PolicyName, document(it.PolicyDocument)]),
        ),
        ManagedPolicyArns: (detail.AttachedManagedPolicies ?? []).map(it => it.PolicyArn).toSorted(),
      },
    }
  },

  'AWS::Cognito::IdentityPool': async (properties, id, standing) => {
    const { IdentityPoolId, Roles: _, RoleMappings: __, ...stands } = await standing.pool(id)
    assert.equal(IdentityPoolId, id)
    // The name that CloudFormation makes up where the template gives none.
    const name = properties['IdentityPoolName'] ?? stands.IdentityPoolName
    return { said: { ...properties, IdentityPoolName: name }, stands }
  },

  'AWS::Cognito::IdentityPoolRoleAttachment': async ({ IdentityPoolId, Roles, RoleMappings, ...rest }, _, standing) => {
    const mappings = Object.values(object(RoleMappings)).map(it => {
      const { IdentityProvider, ...mapping } = object(it)
      return [IdentityProvider, mapping]
    })
    const pool = await standing.pool(String(IdentityPoolId))
    return {
      said: { ...rest, Roles, RoleMappings: Object.fromEntries(mappings) },
      stands: { Roles: pool.Roles, RoleMappings: pool['RoleMappings'] ?? {} },
    }
  },

  'AWS::Cognito::IdentityPoolPrincipalTag': async (properties, _, { clients }) => {
    const { IdentityPoolId, IdentityProviderName, ...said } = properties
    const stands = await standingTags(String(IdentityPoolId), String(IdentityProviderName), clients)
    return { said: { PrincipalTags: {}, ...said }, stands }
  },

  /** MiniStack keeps no more of what a template says: what it loses is in `lostOfBucket`. */
  'AWS::S3::Bucket': async (properties, Bucket, { clients: { s3 } }) => {
    const { BucketName, CorsConfiguration, PublicAccessBlockConfiguration, VersioningConfiguration } = properties
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }))
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }))
    const rules = await s3
      .send(new GetBucketCorsCommand({ Bucket }))
      .then(({ CORSRules }) => CORSRules ?? [], unlessMissing([]))
    return {
      said: {
        BucketName: BucketName ?? Bucket,
        CorsRules: list(object(CorsConfiguration)['CorsRules']),
        PublicAccessBlockConfiguration,
        VersioningConfiguration,
      },
      stands: {
        BucketName: Bucket,
        CorsRules: rules.map(({ ID, ExposeHeaders, MaxAgeSeconds, ...rule }) => ({
          ...{ ...rule, Id: ID, ExposedHeaders: ExposeHeaders, MaxAge: MaxAgeSeconds },
        })),
        PublicAccessBlockConfiguration: block.PublicAccessBlockConfiguration,
        VersioningConfiguration: Status === undefined ? undefined : { Status },
      },
    }
  },

  'AWS::S3::BucketPolicy': async (said, _, { clients: { s3 } }) => {
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: String(said['Bucket']) }))
    return { said, stands: { Bucket: said['Bucket'], PolicyDocument: JSON.parse(present(Policy)) } }
  },

  'AWS::Cognito::UserPool': async (said, UserPoolId, { clients: { userPools } }) => {
    const { UserPool } = await userPools.send(new DescribeUserPoolCommand({ UserPoolId }))
    const mfa = await userPools.send(new GetUserPoolMfaConfigCommand({ UserPoolId }))
    const EnabledMfas = mfa.SoftwareTokenMfaConfiguration?.Enabled === true ? ['SOFTWARE_TOKEN_MFA'] : []
    const stands = { ...only(UserPool, { keys: said }), EnabledMfas }
    return { said, stands }
  },

  'AWS::Cognito::UserPoolClient': async (said, ClientId, { clients: { userPools } }) => {
    const UserPoolId = String(said['UserPoolId'])
    const { UserPoolClient } = await userPools.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
    const GenerateSecret = UserPoolClient?.ClientSecret !== undefined
    return { said, stands: { ...only(UserPoolClient, { keys: said }), GenerateSecret } }
  },

  'AWS::ApiGateway::RestApi': (said, id, at) => ofApi(said, `/restapis/${id}`, at),

  'AWS::ApiGateway::Resource': ({ RestApiId, ...said }, id, at) =>
    ofApi(said, `/restapis/${RestApiId}/resources/${id}`, at),

  'AWS::ApiGateway::Method': ({ RestApiId, ResourceId, Integration, MethodResponses, ...said }, _, at) => {
    const { IntegrationResponses, ...integration } = object(Integration)
    const byStatus = (responses: Json | undefined) =>
      Object.fromEntries(list(responses).map(it => [object(it)['StatusCode'], it]))
    const methodIntegration = { ...integration, IntegrationResponses: byStatus(IntegrationResponses) }
    return ofApi(
      { ...said, MethodIntegration: methodIntegration, MethodResponses: byStatus(MethodResponses) },
      `/restapis/${RestApiId}/resources/${ResourceId}/methods/${said['HttpMethod']}`,
      at,
    )
  },

  'AWS::ApiGateway::GatewayResponse': ({ RestApiId, ...said }, _, at) =>
    ofApi(said, `/restapis/${RestApiId}/gatewayresponses/${said['ResponseType']}`, at),

  'AWS::ApiGateway::Deployment': ({ RestApiId, ...said }, id, at) =>
    ofApi({ ...said, Id: id }, `/restapis/${RestApiId}/deployments/${id}`, at),

  'AWS::ApiGateway::Stage': ({ RestApiId, ...said }, id, at) => ofApi(said, `/restapis/${RestApiId}/stages/${id}`, at),

  /** The parameters that it was given. Where its template was is nowhere to be read. */
  'AWS::CloudFormation::Stack': async ({ Parameters, TemplateURL: _, ...said }, StackName, { clients }) => {
    const { Stacks } = await clients.cloudFormation.send(new DescribeStacksCommand({ StackName }))
    const given = (Stacks?.[0]?.Parameters ?? []).map(it => [it.ParameterKey, it.ParameterValue])
    const keys = object(Parameters)
    return { said: { ...said, Parameters }, stands: { Parameters: only(Object.fromEntries(given), { keys }) } }
  },
}

/** What API Gateway answers at a path, as far as the properties say something. */
const ofApi = async (said: JsonObject, path: string, { region }: { readonly region: string }) => {
  const keys = { ...administrator, sessionToken: '' }
  const { status, body } = await signed(keys, 'apigateway', 'GET', path, '', {}, region)
  assert.equal(status, 200, `${path} ${body}`)
  const [properties, stands] = [capitalized(said), capitalized(JSON.parse(body))]
  return { said: properties, stands: within(stands, properties) }
}

/** API Gateway's own names begin with small letters, those of the properties with capitals. */
const capitalized = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(capitalized)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key.replace(/^[a-z]/, letter => letter.toUpperCase()), capitalized(it)]),
  )
}

/** What stands, without what the properties leave to its default. */
const within = (stands: Json | undefined, said: Json | undefined): Json | undefined => {
  if (!isObject(stands) || !isObject(said)) return stands
  return Object.fromEntries(Object.keys(said).map(key => [key, within(stands[key], said[key]) ?? null]))
}

const unlessMissing =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return instead
    throw error
  }

/**
 * What a template says of a bucket and MiniStack's CloudFormation forgets: a bucket answers as one of which nothing was
 * said.
 */
export const lostOfBucket = async ({ s3 }: Clients, Bucket: string): Promise<JsonObject> => {
  const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }))
  const { Rules } = await s3
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
    .catch(unlessMissing<{ Rules?: undefined }>({}))
  const { OwnershipControls } = await s3
    .send(new GetBucketOwnershipControlsCommand({ Bucket }))
    .catch(unlessMissing<{ OwnershipControls?: undefined }>({}))
  const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }))
  return JSON.parse(JSON.stringify({ LoggingEnabled, Rules, OwnershipControls, ServerSideEncryptionConfiguration }))
}
