import { word } from '../launch/quote.ts'
import { poolType, stackTag } from './around.ts'
import { twitter } from './shapes.ts'

/** Where the pool is, and by what it is asked for. */
export type Saving = { readonly region: string; readonly endpointUrl?: string | undefined } & (
  | { readonly identityPoolId: string }
  | { readonly stackName: string }
)

/**
 * A script for `sh` that asks with the AWS CLI, version 2, what `readPool` asks, and prints what `parseSaved` reads. It
 * writes nothing but standard output, and no secret of an app client or of Twitter's. What AWS refuses leaves a word of
 * it, also on standard error. Exit status 1: the pool itself could not be read.
 */
export function saveCommands(saving: Saving): string {
  const { region, endpointUrl } = saving
  const subject = 'stackName' in saving ? `the stack ${saving.stackName}` : saving.identityPoolId
  return `#!/bin/sh
# Prints what stands around ${subject.replace(/[^\x20-\x7e]/g, '?')}, for: poolform doctor --from FILE
# Run it with the AWS CLI, version 2: sh save.sh > FILE
# It reads and changes nothing. The file has no secrets of app clients; it has the policies of the roles, and the
# template, parameters and outputs of the stack, as CloudFormation shows them. Read it before you hand it on.
set -uf
export AWS_PAGER=
region=${word('posix', region)}
endpoint=${endpointUrl === undefined ? '' : word('posix', endpointUrl)}

call() { aws "$@" \${endpoint:+--endpoint-url "$endpoint"}; }

# one document; in its stead, what was asked and the code of the refusal
ask() {
  operation=$1 of=$2
  shift 2
  if { refused=$(call "$@" --output json 2>&1 >&3); } 3>&1; then return 0; fi
  printf '%s\\n' "$refused" >&2
  case $refused in
    *'An error occurred ('*) code=\${refused#*'An error occurred ('} code=\${code%%')'*} ;;
    *) code=none ;;
  esac
  case $code in '' | *[!A-Za-z0-9.]*) code=none ;; esac
  printf '{"NotAnswered":{"Operation":"%s","Of":"%s","Code":"%s"}}\\n' "$operation" "$of" "$code"
  return 1
}

# words of an answer, or nothing
words() {
  query=$1
  shift
  found=$(call "$@" --query "$query" --output text 2> /dev/null) || found=
  for one in $found; do [ "$one" = None ] || printf '%s\\n' "$one"; done
}

is_new() {
  case " $seen " in *" $1 "*) return 1 ;; esac
  seen="$seen $1"
}

read_stack() {
  ask DescribeStacks "$1" cloudformation describe-stacks --region "$region" --stack-name "$1" || return 1
  ask ListStackResources "$1" cloudformation list-stack-resources --region "$region" --stack-name "$1" \\
    --query "{StackId:'$1',StackResourceSummaries:StackResourceSummaries}" || return 1
  ask GetTemplate "$1" cloudformation get-template --region "$region" --stack-name "$1" --template-stage Original \\
    --query "{StackId:'$1',TemplateBody:TemplateBody}"
  return 0
}

read_policy() {
  is_new "$1" || return 0
  version=$(words Policy.DefaultVersionId iam get-policy --region "$region" --policy-arn "$1")
  if [ -z "$version" ]; then
    ask GetPolicy "$1" iam get-policy --region "$region" --policy-arn "$1" --query "{GotPolicy:'$1'}"
    return 0
  fi
  ask GetPolicyVersion "$1" iam get-policy-version --region "$region" --policy-arn "$1" --version-id "$version" \\
    --query "{PolicyArn:'$1',PolicyVersion:PolicyVersion}"
}

read_role() {
  is_new "$1" || return 0
  name=\${1##*/}
  ask GetRole "$1" iam get-role --region "$region" --role-name "$name" || return 0
  ask ListRolePolicies "$1" iam list-role-policies --region "$region" --role-name "$name" \\
    --query "{RoleName:'$name',PolicyNames:PolicyNames}"
  for policy in $(words 'PolicyNames[]' iam list-role-policies --region "$region" --role-name "$name"); do
    ask GetRolePolicy "$1 $policy" iam get-role-policy --region "$region" --role-name "$name" --policy-name "$policy"
  done
  ask ListAttachedRolePolicies "$1" iam list-attached-role-policies --region "$region" --role-name "$name" \\
    --query "{RoleName:'$name',AttachedPolicies:AttachedPolicies}"
  for policy in $(words 'AttachedPolicies[].PolicyArn' iam list-attached-role-policies --region "$region" \\
    --role-name "$name") \\
    $(words Role.PermissionsBoundary.PermissionsBoundaryArn iam get-role --region "$region" --role-name "$name"); do
    read_policy "$policy"
  done
}

seen=
${'stackName' in saving ? ofStack(saving.stackName) : ofPool(saving)}
roles="$(words 'values(Roles || \`{}\`)' cognito-identity get-identity-pool-roles --region "$region" \\
  --identity-pool-id "$pool")
$(words 'values(RoleMappings || \`{}\`)[].RulesConfiguration.Rules[].RoleARN' \\
  cognito-identity get-identity-pool-roles --region "$region" --identity-pool-id "$pool")"

for provider in $(words '[CognitoIdentityProviders[].ProviderName, keys(SupportedLoginProviders || \`{}\`), OpenIdConnectProviderARNs, SamlProviderARNs][]' \\
  cognito-identity describe-identity-pool --region "$region" --identity-pool-id "$pool"); do
  is_new "tags:$provider" || continue
  ask GetPrincipalTagAttributeMap "$provider" cognito-identity get-principal-tag-attribute-map --region "$region" \\
    --identity-pool-id "$pool" --identity-provider-name "$provider"
done

for pair in $(words "CognitoIdentityProviders[].join(':', [ProviderName, ClientId])" \\
  cognito-identity describe-identity-pool --region "$region" --identity-pool-id "$pool"); do
  provider=\${pair%:*} client=\${pair##*:}
  users=\${provider##*/}
  there=\${users%%_*}
  if is_new "$users"; then
    ask DescribeUserPool "$users" cognito-idp describe-user-pool --region "$there" --user-pool-id "$users" \\
      --query '{UserPool:UserPool.{Id:Id,Name:Name,AdminCreateUserConfig:AdminCreateUserConfig,SchemaAttributes:SchemaAttributes}}'
  fi
  if is_new "$pair"; then
    ask DescribeUserPoolClient "$users $client" cognito-idp describe-user-pool-client --region "$there" \\
      --user-pool-id "$users" --client-id "$client" \\
      --query '{UserPoolClient:UserPoolClient.{UserPoolId:UserPoolId,ClientId:ClientId,ClientName:ClientName,ReadAttributes:ReadAttributes,WriteAttributes:WriteAttributes,ExplicitAuthFlows:ExplicitAuthFlows,HasSecret:ClientSecret != \`null\`}}'
  fi
  type=$(words "RoleMappings.\\"$pair\\".Type" cognito-identity get-identity-pool-roles --region "$region" \\
    --identity-pool-id "$pool")
  if [ "$type" = Token ] && is_new "groups:$users"; then
    ask ListGroups "$users" cognito-idp list-groups --region "$there" --user-pool-id "$users" \\
      --query "{UserPoolId:'$users',Groups:Groups}"
    roles="$roles
$(words 'Groups[].RoleArn' cognito-idp list-groups --region "$there" --user-pool-id "$users")"
  fi
done

for role in $roles; do read_role "$role"; done
exit 0
`
}

/** Without the secret that stands in the value of Twitter's. */
const describePool = `ask DescribeIdentityPool "$pool" cognito-identity describe-identity-pool --region "$region" \\
  --identity-pool-id "$pool" \\
  --query 'merge(@, {SupportedLoginProviders: contains(keys(SupportedLoginProviders || \`{}\`), \`"${twitter}"\`) && merge(SupportedLoginProviders, \`{"${twitter}":"****"}\`) || SupportedLoginProviders})' ||
  exit 1
ask GetIdentityPoolRoles "$pool" cognito-identity get-identity-pool-roles --region "$region" --identity-pool-id "$pool"`

function ofPool(saving: { readonly region: string; readonly identityPoolId: string }): string {
  return `pool=${word('posix', saving.identityPoolId)}
${describePool}
# by the tag that CloudFormation gives, or by asking for it: a tag stays when a stack lets go of what it made
stack=$(words 'IdentityPoolTags."${stackTag}"' cognito-identity describe-identity-pool --region "$region" \\
  --identity-pool-id "$pool")
if [ -n "$stack" ]; then
  case $(words "StackResourceSummaries[?PhysicalResourceId=='$pool'].ResourceStatus" \\
    cloudformation list-stack-resources --region "$region" --stack-name "$stack") in
    '' | DELETE_COMPLETE | DELETE_SKIPPED) stack= ;;
  esac
fi
if [ -z "$stack" ]; then
  stack=$(words 'StackResources[0].StackId' cloudformation describe-stack-resources --region "$region" \\
    --physical-resource-id "$pool")
fi
if [ -n "$stack" ]; then
  read_stack "$stack"
else
  ask DescribeStackResources "$pool" cloudformation describe-stack-resources --region "$region" \\
    --physical-resource-id "$pool" --query '{StackOfPool:StackResources[0].StackId}'
fi
`
}

function ofStack(stackName: string): string {
  return `# the stack that has the pool: this one, or one nested in it
pool=
name=${word('posix', stackName)}
todo=$(words 'Stacks[0].StackId' cloudformation describe-stacks --region "$region" --stack-name "$name")
todo=\${todo:-$name}
while [ -n "$todo" ]; do
  next=
  for stack in $todo; do
    pools=$(words "StackResourceSummaries[?ResourceType=='${poolType}' && ResourceStatus!='DELETE_COMPLETE' && ResourceStatus!='DELETE_SKIPPED'].PhysicalResourceId" \\
      cloudformation list-stack-resources --region "$region" --stack-name "$stack")
    for found in $pools; do
      if [ -n "$pool" ]; then
        printf 'there are several identity pools: %s, %s; ask for one by its ID\\n' "$pool" "$found" >&2
        exit 1
      fi
      pool=$found owner=$stack
    done
    next="$next $(words "StackResourceSummaries[?ResourceType=='AWS::CloudFormation::Stack' && ResourceStatus!='DELETE_COMPLETE' && ResourceStatus!='DELETE_SKIPPED'].PhysicalResourceId" \\
      cloudformation list-stack-resources --region "$region" --stack-name "$stack")"
  done
  todo=\${next# }
done
if [ -z "$pool" ]; then
  call cloudformation list-stack-resources --region "$region" --stack-name "$name" > /dev/null &&
    printf 'neither the stack nor one nested in it has an identity pool\\n' >&2
  exit 1
fi
read_stack "$owner"
${describePool}
`
}
