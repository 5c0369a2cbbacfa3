import { word } from '../launch/quote.ts'
import { poolType, stackTag, type Target } from './around.ts'
import { twitter } from './shapes.ts'

/** Where the pool is, and by what it is asked for. */
export type Saving = Target & { readonly region: string; readonly endpointUrl?: string | undefined }

/**
 * A script for `sh` that asks with the AWS CLI, version 2, what `readPool` asks, and prints what `parseSaved` reads. It
 * needs nothing else, writes nothing but standard output, and no secret of an app client or of Twitter's. What AWS
 * refuses leaves a document that says so; AWS's words go to standard error, unless they are those of a healthy pool. Exit status 1: the pool itself could not be
 * read.
 */
export function saveCommands(saving: Saving): string {
  const { region, endpointUrl } = saving
  const subject = 'stackName' in saving ? `the stack ${saving.stackName}` : saving.identityPoolId
  return `#!/bin/sh
# Prints what stands around ${subject.replace(/[^\x20-\x7e]/g, '?')}, as JSON that poolform reads with --from.
# Run it with the AWS CLI, version 2: sh save.sh > saved.json
# It reads, and changes nothing. What it prints has no secrets of app clients, but the policies of the roles, and the
# template, parameters and outputs of the stack, as CloudFormation shows them: read it before you hand it on.
set -uf
export AWS_PAGER=
region=${word('posix', region)}
endpoint=${endpointUrl === undefined ? '' : word('posix', endpointUrl)}
document= seen=

call() { aws "$@" \${endpoint:+--endpoint-url "$endpoint"} --output json; }

# prints a document; in its stead, what was asked of what, and the code of the refusal
ask() {
  operation=$1 of=$2
  shift 2
  if document=$(call "$@" 2> /dev/null); then
    printf '%s\\n' "$document"
    return 0
  fi
  document=
  words=$(call "$@" 2>&1 > /dev/null)
  case $words in
    *'An error occurred ('*) code=\${words#*'An error occurred ('} code=\${code%%')'*} ;;
    *) code=none ;;
  esac
  # a pool of no stack, and a provider without tags, are nothing to be told of
  case $operation/$code in
    DescribeStackResources/ValidationError | GetPrincipalTagAttributeMap/ResourceNotFoundException) ;;
    *) [ -z "$words" ] || printf '%s\\n' "$words" >&2 ;;
  esac
  case $code in '' | *[!A-Za-z0-9.]*) code=none ;; esac
  printf '{"NotAnswered":{"Operation":"%s","Of":"%s","Code":"%s"}}\\n' "$operation" "$of" "$code"
  return 1
}

# the keys and values of the document that have no blanks
texts() {
  IFS='"'
  for text in $document; do
    case $text in '' | [,:] | *[!A-Za-z0-9_+=,.@:/-]*) ;; *) printf '%s\\n' "$text" ;; esac
  done
}

is_new() {
  case " $seen " in *" $1 "*) return 1 ;; esac
  seen="$seen $1"
}

ask_resources() {
  ask ListStackResources "$1" cloudformation list-stack-resources --region "$region" --stack-name "$1" \\
    --query "{StackId:'$1',StackResourceSummaries:StackResourceSummaries[].{LogicalResourceId:LogicalResourceId,ResourceType:ResourceType,ResourceStatus:ResourceStatus,PhysicalResourceId:PhysicalResourceId}}"
}

ask_stack() {
  ask DescribeStacks "$1" cloudformation describe-stacks --region "$region" --stack-name "$1"
  ask GetTemplate "$1" cloudformation get-template --region "$region" --stack-name "$1" --template-stage Original \\
    --query "{StackId:'$1',TemplateBody:TemplateBody}"
}

ask_policy() {
  is_new "$1" || return 0
  ask GetPolicy "$1" iam get-policy --region "$region" --policy-arn "$1" || return 0
  version= last=
  for text in $(texts); do
    [ "$last" != DefaultVersionId ] || version=$text
    last=$text
  done
  ask GetPolicyVersion "$1" iam get-policy-version --region "$region" --policy-arn "$1" --version-id "$version" \\
    --query "{PolicyArn:'$1',PolicyVersion:PolicyVersion}"
}

ask_role() {
  is_new "$1" || return 0
  name=\${1##*/} policies=
  ask GetRole "$1" iam get-role --region "$region" --role-name "$name" || return 0
  last=
  for text in $(texts); do
    [ "$last" != PermissionsBoundaryArn ] || policies=$text
    last=$text
  done
  ask ListRolePolicies "$1" iam list-role-policies --region "$region" --role-name "$name" \\
    --query "{RoleName:'$name',PolicyNames:PolicyNames}"
  is_name=
  for text in $(texts); do
    if [ -n "$is_name" ]; then
      ask GetRolePolicy "$1 $text" iam get-role-policy --region "$region" --role-name "$name" --policy-name "$text"
    fi
    [ "$text" != PolicyNames ] || is_name=yes
  done
  ask ListAttachedRolePolicies "$1" iam list-attached-role-policies --region "$region" --role-name "$name" \\
    --query "{RoleName:'$name',AttachedPolicies:AttachedPolicies}"
  for text in $(texts); do
    case $text in arn:*:policy/*) policies="$policies $text" ;; esac
  done
  for policy in $policies; do ask_policy "$policy"; done
}

ask_pool() {
  # without the secret that stands in the value of Twitter's
  ask DescribeIdentityPool "$pool" cognito-identity describe-identity-pool --region "$region" \\
    --identity-pool-id "$pool" \\
    --query 'merge(@, {SupportedLoginProviders: contains(keys(SupportedLoginProviders || \`{}\`), \`"${twitter}"\`) && merge(SupportedLoginProviders, \`{"${twitter}":"****"}\`) || SupportedLoginProviders, CognitoIdentityProviders: CognitoIdentityProviders[].{ProviderName:ProviderName,ClientId:ClientId,ServerSideTokenCheck:ServerSideTokenCheck}})' ||
    exit 1
}

${'stackName' in saving ? ofStack(saving.stackName) : ofPool(saving.identityPoolId)}
last= provider= providers= pairs=
for text in $(texts); do
  case $last in
    ProviderName) provider=$text providers="$providers $text" ;;
    ClientId) pairs="$pairs $provider:$text" ;;
  esac
  case $text in
    graph.facebook.com | accounts.google.com | appleid.apple.com | www.amazon.com | ${twitter} | www.digits.com)
      providers="$providers $text" ;;
    arn:*:oidc-provider/* | arn:*:saml-provider/*) providers="$providers $text" ;;
  esac
  last=$text
done
${'stackName' in saving ? '' : ownerOfPool}
ask GetIdentityPoolRoles "$pool" cognito-identity get-identity-pool-roles --region "$region" --identity-pool-id "$pool"
roles= grouped= key=
for text in $(texts); do
  case $text in
    arn:*:role/*) roles="$roles $text" ;;
    cognito-idp.*/*:*) key=\${text%:*} ;;
    Token) [ -z "$key" ] || grouped="$grouped \${key##*/}" ;;
  esac
done

for provider in $providers; do
  is_new "tags:$provider" || continue
  ask GetPrincipalTagAttributeMap "$provider" cognito-identity get-principal-tag-attribute-map --region "$region" \\
    --identity-pool-id "$pool" --identity-provider-name "$provider"
done

for pair in $pairs; do
  is_new "$pair" || continue
  provider=\${pair%:*} client=\${pair##*:}
  users=\${provider##*/}
  there=\${users%%_*}
  ask DescribeUserPoolClient "$users $client" cognito-idp describe-user-pool-client --region "$there" \\
    --user-pool-id "$users" --client-id "$client" \\
    --query '{UserPoolClient:UserPoolClient.{UserPoolId:UserPoolId,ClientId:ClientId,ClientName:ClientName,ReadAttributes:ReadAttributes,WriteAttributes:WriteAttributes,ExplicitAuthFlows:ExplicitAuthFlows,HasSecret:ClientSecret != \`null\`}}'
  is_new "$users" || continue
  ask DescribeUserPool "$users" cognito-idp describe-user-pool --region "$there" --user-pool-id "$users" \\
    --query '{UserPool:UserPool.{Id:Id,Name:Name,AdminCreateUserConfig:AdminCreateUserConfig.{AllowAdminCreateUserOnly:AllowAdminCreateUserOnly},SchemaAttributes:SchemaAttributes}}'
  case " $grouped " in
    *" $users "*)
      ask ListGroups "$users" cognito-idp list-groups --region "$there" --user-pool-id "$users" \\
        --query "{UserPoolId:'$users',Groups:Groups}"
      for text in $(texts); do
        case $text in arn:*:role/*) roles="$roles $text" ;; esac
      done
      ;;
  esac
done

for role in $roles; do ask_role "$role"; done
exit 0
`
}

function ofPool(identityPoolId: string): string {
  return `pool=${word('posix', identityPoolId)}
ask_pool
tagged= last=
for text in $(texts); do
  [ "$last" != ${stackTag} ] || tagged=$text
  last=$text
done
`
}

/** Behind the pool. A tag stays when a stack lets go of what it made, so the tag's stack need not have it. */
const ownerOfPool = `
owner=
if [ -n "$tagged" ] && ask_resources "$tagged"; then
  status= last=
  for text in $(texts); do
    case $last in
      ResourceStatus) status=$text ;;
      PhysicalResourceId)
        case $status/$text in
          DELETE_COMPLETE/* | DELETE_SKIPPED/*) ;;
          */"$pool") owner=$tagged ;;
        esac
        ;;
    esac
    last=$text
  done
fi
if [ -z "$owner" ]; then
  ask DescribeStackResources "$pool" cloudformation describe-stack-resources --region "$region" \\
    --physical-resource-id "$pool" --query '{StackOfPool:StackResources[0].StackId}'
  for text in $(texts); do
    case $text in arn:*:stack/*) owner=$text ;; esac
  done
  [ -z "$owner" ] || ask_resources "$owner"
fi
[ -z "$owner" ] || ask_stack "$owner"
`

function ofStack(stackName: string): string {
  return `# the stack that has the pool: this one, or one nested in it
pool= owner= name=${word('posix', stackName)}
document=$(call cloudformation describe-stacks --region "$region" --stack-name "$name" --query 'Stacks[0].StackId') || {
  printf 'the stack %s could not be read in %s: nothing is saved\\n' "$name" "$region" >&2
  exit 1
}
todo=$(texts)
while [ -n "$todo" ]; do
  next=
  for stack in $todo; do
    ask_resources "$stack" || exit 1
    type= status= last=
    for text in $(texts); do
      case $last in
        ResourceType) type=$text ;;
        ResourceStatus) status=$text ;;
        PhysicalResourceId)
          case $type/$status in
            */DELETE_COMPLETE | */DELETE_SKIPPED) ;;
            ${poolType}/*)
              if [ -n "$pool" ]; then
                printf 'there are several identity pools: %s, %s; ask for one by its ID\\n' "$pool" "$text" >&2
                exit 1
              fi
              pool=$text owner=$stack
              ;;
            AWS::CloudFormation::Stack/*) next="$next $text" ;;
          esac
          ;;
      esac
      last=$text
    done
  done
  todo=$next
done
if [ -z "$pool" ]; then
  printf 'neither the stack nor one nested in it has an identity pool\\n' >&2
  exit 1
fi
ask_stack "$owner"
ask_pool
`
}
