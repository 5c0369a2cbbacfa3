import { isObject, type JsonObject } from '../../src/document.ts'

/**
 * What AWS documents of a property and the registry's schema leaves out: values that would pass every check and fail at
 * deployment. `set` replaces keywords of the schema at `at`.
 */
type Supplement = {
  readonly type: string
  readonly at: readonly string[]
  readonly set: JsonObject
  readonly source: string
}

const reference = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference'
const cognitoApi = 'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference'
const attachment = 'AWS::Cognito::IdentityPoolRoleAttachment'

const supplements: readonly Supplement[] = [
  {
    type: attachment,
    at: ['properties', 'Roles'],
    set: {
      type: 'object',
      patternProperties: {},
      additionalProperties: false,
      properties: { authenticated: { type: 'string' }, unauthenticated: { type: 'string' } },
    },
    source: `${cognitoApi}/API_SetIdentityPoolRoles.html`,
  },
  {
    type: attachment,
    at: ['properties', 'RoleMappings'],
    set: { type: 'object', maxProperties: 10 },
    source: `${cognitoApi}/API_SetIdentityPoolRoles.html`,
  },
  {
    type: attachment,
    at: ['definitions', 'RoleMapping', 'properties', 'Type'],
    set: { enum: ['Token', 'Rules'] },
    source: `${reference}/aws-properties-cognito-identitypoolroleattachment-rolemapping.html`,
  },
  {
    type: attachment,
    at: ['definitions', 'RoleMapping', 'properties', 'AmbiguousRoleResolution'],
    set: { enum: ['AuthenticatedRole', 'Deny'] },
    source: `${reference}/aws-properties-cognito-identitypoolroleattachment-rolemapping.html`,
  },
  {
    type: attachment,
    at: ['definitions', 'MappingRule', 'properties', 'MatchType'],
    set: { enum: ['Equals', 'Contains', 'StartsWith', 'NotEqual'] },
    source: `${reference}/aws-properties-cognito-identitypoolroleattachment-mappingrule.html`,
  },
  {
    type: attachment,
    at: ['definitions', 'MappingRule', 'properties', 'Claim'],
    set: { minLength: 1, maxLength: 64 },
    source: `${cognitoApi}/API_MappingRule.html`,
  },
  {
    type: attachment,
    at: ['definitions', 'MappingRule', 'properties', 'Value'],
    set: { minLength: 1, maxLength: 128 },
    source: `${cognitoApi}/API_MappingRule.html`,
  },
  {
    type: 'AWS::Cognito::IdentityPool',
    at: ['properties', 'DeveloperProviderName'],
    set: { maxLength: 100 },
    source: `${reference}/aws-resource-cognito-identitypool.html`,
  },
  {
    type: 'AWS::Lambda::Function',
    at: ['definitions', 'Environment', 'properties', 'Variables', 'patternProperties', '[a-zA-Z][a-zA-Z0-9_]+'],
    set: { type: 'string' },
    source: `${reference}/aws-properties-lambda-function-environment.html`,
  },
]

/** The schema with what AWS documents beside it. Throws where a supplement no longer finds its place. */
export function supplement(type: string, schema: JsonObject): JsonObject {
  return supplements
    .filter(supplement => supplement.type === type)
    .reduce((supplemented, { at, set }) => merge(supplemented, at, set), schema)
}

function merge(schema: JsonObject, [key, ...rest]: readonly string[], set: JsonObject): JsonObject {
  if (key === undefined) return { ...schema, ...set }
  const member = schema[key]
  if (!isObject(member)) throw new Error(`the schema has no ${key} any more that a supplement is about`)
  return { ...schema, [key]: merge(member, rest, set) }
}
