import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation'
import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  GetPrincipalTagAttributeMapCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  paginateListGroups,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam'
import { AwsError } from '../aws/aws-error.ts'
import { clientSettings, inTime, type Patience, withoutVersionWarning } from '../aws/client.ts'
import { awsError } from '../aws/errors.ts'
import type { Asked, Service } from '../aws/failure.ts'
import { turns } from '../aws/turns.ts'
import { partitionIn } from './around.ts'

export type Place = { readonly region: string; readonly endpointUrl?: string | undefined }

/** What is told of each request, before it is sent: `GetRole of the role notes-auth`. */
export type OnProgress = (words: string) => void

/**
 * The requests that the commands which look at an account send: they read, and nothing else. Each resolves with AWS's
 * own answer, whatever its pages, and throws an `AwsError` for what the user or AWS can have caused.
 */
export type Calls = ReturnType<typeof callsIn>

// AWS slows down who asks much of IAM
const atOnce = 8

/** Clients are made when they are needed first; credentials are found as the AWS CLI finds them. */
export function callsIn(place: Place, onProgress: OnProgress = () => {}, patience: Partial<Patience> = {}) {
  const { region, endpointUrl } = place
  const partition = partitionIn(region)
  const inTurn = turns(atOnce)
  const make = <Client>(maker: (settings: ReturnType<typeof clientSettings>) => Client, where = region) =>
    once(() => withoutVersionWarning(() => maker(clientSettings({ region: where, endpointUrl }, patience))))
  const identity = make(settings => new CognitoIdentityClient(settings))
  const iam = make(settings => new IAMClient(settings))
  const cloudFormation = make(settings => new CloudFormationClient(settings))
  const userPoolsBy = new Map<string, () => CognitoIdentityProviderClient>()
  const userPools = (where: string) => {
    const made = userPoolsBy.get(where) ?? make(settings => new CognitoIdentityProviderClient(settings), where)
    userPoolsBy.set(where, made)
    return made()
  }

  async function ask<Answer>(
    service: Service,
    operation: string,
    [object, resource]: readonly [object: string, resource: string],
    send: (limit: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
    where = region,
  ): Promise<Answer> {
    const asked: Asked = {
      ...{ service, operation, action: `${prefixes[service]}:${operation}`, object, resource },
      ...{ region: where, endpointUrl: endpointUrl ?? process.env['AWS_ENDPOINT_URL'] },
    }
    return inTurn(async () => {
      onProgress(`${operation} of ${object}`)
      try {
        return await inTime(patience, send)
      } catch (error) {
        throw awsError(error, asked)
      }
    })
  }

  const pool = (id: string) =>
    [`the identity pool ${id}`, `arn:${partition}:cognito-identity:${region}:*:identitypool/${id}`] as const
  const role = (arn: string) => [`the role ${arn}`, arn] as const
  const stack = (nameOrId: string) =>
    [
      `the stack ${nameOrId}`,
      nameOrId.startsWith('arn:') ? nameOrId : `arn:${partition}:cloudformation:${region}:*:stack/${nameOrId}/*`,
    ] as const
  const userPool = (id: string, where: string) =>
    [`the user pool ${id}`, `arn:${partition}:cognito-idp:${where}:*:userpool/${id}`] as const

  return {
    identityPool: (IdentityPoolId: string) =>
      ask('Amazon Cognito identity pools', 'DescribeIdentityPool', pool(IdentityPoolId), limit =>
        identity().send(new DescribeIdentityPoolCommand({ IdentityPoolId }), limit),
      ),
    poolRoles: (IdentityPoolId: string) =>
      ask('Amazon Cognito identity pools', 'GetIdentityPoolRoles', pool(IdentityPoolId), limit =>
        identity().send(new GetIdentityPoolRolesCommand({ IdentityPoolId }), limit),
      ),
    principalTags: (IdentityPoolId: string, IdentityProviderName: string) =>
      ask('Amazon Cognito identity pools', 'GetPrincipalTagAttributeMap', pool(IdentityPoolId), limit =>
        identity().send(new GetPrincipalTagAttributeMapCommand({ IdentityPoolId, IdentityProviderName }), limit),
      ),
    role: (arn: string, RoleName: string) =>
      ask('IAM', 'GetRole', role(arn), async limit => (await iam().send(new GetRoleCommand({ RoleName }), limit)).Role),
    inlineNames: (arn: string, RoleName: string) =>
      ask('IAM', 'ListRolePolicies', role(arn), async limit => {
        const names: string[] = []
        for await (const page of paginateListRolePolicies({ client: iam() }, { RoleName }, limit)) {
          names.push(...(page.PolicyNames ?? []))
        }
        return names
      }),
    inline: (arn: string, RoleName: string, PolicyName: string) =>
      ask(
        'IAM',
        'GetRolePolicy',
        role(arn),
        async limit => (await iam().send(new GetRolePolicyCommand({ RoleName, PolicyName }), limit)).PolicyDocument,
      ),
    attached: (arn: string, RoleName: string) =>
      ask('IAM', 'ListAttachedRolePolicies', role(arn), async limit => {
        const policies: { readonly name: string; readonly arn: string }[] = []
        for await (const page of paginateListAttachedRolePolicies({ client: iam() }, { RoleName }, limit)) {
          for (const { PolicyName, PolicyArn } of page.AttachedPolicies ?? []) {
            if (PolicyName !== undefined && PolicyArn !== undefined) policies.push({ name: PolicyName, arn: PolicyArn })
          }
        }
        return policies
      }),
    /** The document of the version that counts. */
    policy: async (PolicyArn: string) => {
      const object = [`the policy ${PolicyArn}`, PolicyArn] as const
      const policy = await ask('IAM', 'GetPolicy', object, limit =>
        iam().send(new GetPolicyCommand({ PolicyArn }), limit),
      )
      const VersionId = policy.Policy?.DefaultVersionId
      const version = await ask('IAM', 'GetPolicyVersion', object, limit =>
        iam().send(new GetPolicyVersionCommand({ PolicyArn, VersionId }), limit),
      )
      return version.PolicyVersion?.Document
    },
    userPool: (UserPoolId: string, where: string) =>
      ask(
        'Amazon Cognito user pools',
        'DescribeUserPool',
        userPool(UserPoolId, where),
        async limit => (await userPools(where).send(new DescribeUserPoolCommand({ UserPoolId }), limit)).UserPool,
        where,
      ),
    client: (UserPoolId: string, ClientId: string, where: string) => {
      const [name, arn] = userPool(UserPoolId, where)
      return ask(
        'Amazon Cognito user pools',
        'DescribeUserPoolClient',
        [`the app client ${ClientId} of ${name}`, arn],
        async limit => {
          const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId })
          return (await userPools(where).send(command, limit)).UserPoolClient
        },
        where,
      )
    },
    groups: (UserPoolId: string, where: string) =>
      ask(
        'Amazon Cognito user pools',
        'ListGroups',
        userPool(UserPoolId, where),
        async limit => {
          const groups: unknown[] = []
          for await (const page of paginateListGroups({ client: userPools(where) }, { UserPoolId }, limit)) {
            groups.push(...(page.Groups ?? []))
          }
          return groups
        },
        where,
      ),
    stack: (StackName: string) =>
      ask(
        'CloudFormation',
        'DescribeStacks',
        stack(StackName),
        async limit => (await cloudFormation().send(new DescribeStacksCommand({ StackName }), limit)).Stacks?.[0],
      ),
    resources: (StackName: string) =>
      ask('CloudFormation', 'ListStackResources', stack(StackName), async limit => {
        const resources: unknown[] = []
        for await (const page of paginateListStackResources({ client: cloudFormation() }, { StackName }, limit)) {
          resources.push(...(page.StackResourceSummaries ?? []))
        }
        return resources
      }),
    template: (StackName: string) =>
      ask('CloudFormation', 'GetTemplate', stack(StackName), async limit => {
        const command = new GetTemplateCommand({ StackName, TemplateStage: 'Original' })
        return (await cloudFormation().send(command, limit)).TemplateBody
      }),
    /** The ID of the stack that has a resource of this physical ID; an `AwsError` of `not-found` where none has. */
    stackOf: (PhysicalResourceId: string) =>
      ask('CloudFormation', 'DescribeStackResources', [`a stack with ${PhysicalResourceId}`, '*'], async limit => {
        const command = new DescribeStackResourcesCommand({ PhysicalResourceId })
        return (await cloudFormation().send(command, limit)).StackResources?.[0]?.StackId
      }),
  }
}

/** The actions' prefixes: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const prefixes: Readonly<Record<Service, string>> = {
  S3: 's3',
  CloudFormation: 'cloudformation',
  'Amazon Cognito identity pools': 'cognito-identity',
  'Amazon Cognito user pools': 'cognito-idp',
  IAM: 'iam',
}

/**
 * The region that the environment or the profile names. https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
 */
export async function usualRegion(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION']
  if (named) return named
  try {
    return await withoutVersionWarning(() => new IAMClient({})).config.region()
  } catch (error) {
    throw new AwsError(
      'wrong-region',
      'no region is named: not by --region, not by AWS_REGION or AWS_DEFAULT_REGION, not by the profile',
      'Give --region, such as eu-west-1',
      { cause: error },
    )
  }
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | undefined
  return () => {
    made ??= { it: make() }
    return made.it
  }
}
