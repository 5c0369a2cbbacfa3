import { command, word } from '../launch/quote.ts'
import { ids } from './plan.ts'

/** Where, and into which stack, as the commands say it. */
export type Target = {
  readonly identityPoolId: string
  readonly region: string
  readonly endpointUrl: string | undefined
  readonly stackName: string
}

export const fileNames = {
  import: 'import.yaml',
  update: 'identity-pool.yaml',
  resources: 'resources-to-import.json',
  parameters: 'parameters.json',
  script: 'import.sh',
} as const

/** What may leave the stack, by logical ID: with the update, and with the way back from it. Nothing else may. */
export type Leaving = { readonly update: readonly string[]; readonly undo: readonly string[] }

/**
 * The commands, one after another, as a script for `sh`. It asks before it executes a change set, and executes none
 * that would replace anything or remove what may not leave. It imports into a new stack alone, and updates only one that
 * has this pool.
 *
 * Every call that something hangs on says by itself that it stops: `set -e` is off in whatever stands before `&&` or
 * `||`, functions included (POSIX.1-2017, set -e).
 */
export function scriptOf(target: Target, leaving: Leaving): string {
  const at = [`--region ${word('posix', target.region)}`]
  if (target.endpointUrl !== undefined) at.push(`--endpoint-url ${word('posix', target.endpointUrl)}`)
  const stack = word('posix', target.stackName)
  const but = (logicalIds: readonly string[]) => `"${logicalIds.map(id => `&&LogicalResourceId!='${id}'`).join('')}"`
  return `#!/bin/sh
# Takes the identity pool ${target.identityPoolId} into the new stack ${target.stackName}, then updates that
# to ${fileNames.update}. Made by poolform import-plan; it needs the AWS CLI.
#   sh ${fileNames.script}          both steps, each shown before it is done
#   sh ${fileNames.script} import   the first alone, which changes nothing of what stands
#   sh ${fileNames.script} update   the second alone
#   sh ${fileNames.script} undo     back to what stood before the update; the pool stays in the stack
set -eu
cd "$(dirname "$0")"
stack=${stack}
pool=${word('posix', target.identityPoolId)}

cfn() {
  operation=$1
  shift
  aws cloudformation "$operation" ${at.join(' ')} "$@"
}

stop() {
  echo "stopped: $1" >&2
  exit 1
}

# an import into a stack that has other things already is none that was planned
new_stack() {
  if found=$(cfn describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>&1); then
    case $found in
      # left by a change set that was not executed: it has nothing
      *REVIEW_IN_PROGRESS) ;;
      *) stop "there is a stack $stack already ($found). Where it has the pool, go on by: sh ${fileNames.script} update. Else plan with another --stack-name, or delete it if its import was rolled back" ;;
    esac
  else
    case $found in
      *'does not exist'*) ;;
      *) stop "whether there is a stack $stack already could not be asked: $found" ;;
    esac
  fi
}

# no other stack is updated, whatever its name
own_stack() {
  found=$(cfn describe-stack-resource --stack-name "$stack" --logical-resource-id ${ids.pool} \\
    --query StackResourceDetail.PhysicalResourceId --output text) ||
    stop "whether the stack $stack has the pool could not be asked; nothing has been done"
  [ "$found" = "$pool" ] || stop "${ids.pool} of the stack $stack is $found, not $pool; nothing has been done"
}

# what of the change set a query picks
picked() {
  cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --output text \\
    --query "Changes[].ResourceChange|[?$1].LogicalResourceId"
}

# name and type of the change set, a query for what may leave, then what else it takes; waits for it, and says why where
# it fails
change_set() {
  # another run may have left one of the same name
  name=$1-$(date -u +%Y%m%d%H%M%S)
  type=$2
  but=$3
  shift 3
  cfn create-change-set --stack-name "$stack" --change-set-name "$name" --change-set-type "$type" \\
    --capabilities CAPABILITY_IAM "$@" > /dev/null ||
    stop 'the change set could not be made; nothing has been done'
  while :; do
    status=$(cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --query Status --output text) ||
      stop 'whether the change set is ready could not be asked; nothing has been done'
    case $status in
      *_PENDING | *_IN_PROGRESS) sleep 2 ;;
      CREATE_COMPLETE) break ;;
      *)
        echo "stopped: the change set is $status, and nothing has been done:" >&2
        cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --query StatusReason --output text >&2
        exit 1
        ;;
    esac
  done
  cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --output table \\
    --query 'Changes[].ResourceChange.{Action:Action,Replacement:Replacement,What:LogicalResourceId,Which:PhysicalResourceId}' ||
    stop 'the change set could not be shown; nothing has been done'
  lost=$(picked "Replacement=='True'||(Action=='Remove'$but)") ||
    stop 'what the change set would replace or remove could not be asked; nothing has been done'
  if [ -n "$lost" ] && [ "$lost" != None ]; then
    stop "it would replace or remove $lost, which the plan does not say; nothing has been done"
  fi
}

# executes it once whoever runs this has said yes; waits for the state that the stack is to come to
execute() {
  printf '%s [yes/no] ' "$1"
  answer=no
  read -r answer || true
  if [ "$answer" != yes ]; then
    cfn delete-change-set --stack-name "$stack" --change-set-name "$name" > /dev/null || true
    stop 'nothing has been done'
  fi
  cfn execute-change-set --stack-name "$stack" --change-set-name "$name" ||
    stop "the call to execute the change set failed; look at the stack $stack before you go on"
  while :; do
    status=$(cfn describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text) ||
      stop "how the stack is could not be asked, while the change set is executed; look at the stack $stack before you go on"
    case $status in
      *_IN_PROGRESS) sleep 2 ;;
      "$2") break ;;
      *)
        echo "failed: the stack is $status; what of it was done before is put back by CloudFormation:" >&2
        cfn describe-stack-events --stack-name "$stack" --output text >&2 \\
          --query "StackEvents[?ends_with(ResourceStatus,'_FAILED')].[LogicalResourceId,ResourceStatusReason]"
        exit 1
        ;;
    esac
  done
}

import() {
  echo '1. Import: the stack takes what stands as it stands, and changes nothing.'
  new_stack
  change_set poolform-import IMPORT '' \\
    --template-body file://${fileNames.import} --resources-to-import file://${fileNames.resources}
  execute 'Import these?' IMPORT_COMPLETE
  echo "imported into $stack"
}

update() {
  echo '2. Update: what differs becomes as the template says; no identity, and not the ID of the pool.'
  own_stack
  change_set poolform-update UPDATE ${but(leaving.update)} \\
    --template-body file://${fileNames.update} --parameters file://${fileNames.parameters}
  execute 'Change these?' UPDATE_COMPLETE
  echo "updated $stack"
}

undo() {
  echo 'Undo: what the update changed becomes as it stood before.'
  own_stack
  change_set poolform-undo UPDATE ${but(leaving.undo)} --template-body file://${fileNames.import}
  # what has left the stack stays in the account: an update cannot take it in again, and would make another
  added=$(picked "Action=='Add'") || stop 'what the change set would add could not be asked; nothing has been done'
  if [ -n "$added" ] && [ "$added" != None ]; then
    stop "the update has let go of $added, which an update cannot take back; nothing has been done. Import it into $stack first, by a change set of the type IMPORT"
  fi
  execute 'Change these back?' UPDATE_COMPLETE
  echo "$stack is as before the update"
}

case \${1-} in
  '')
    import
    update
    ;;
  import) import ;;
  update) update ;;
  undo) undo ;;
  *) echo "usage: sh ${fileNames.script} [import|update|undo]" >&2; exit 2 ;;
esac
`
}

/** The commands that make the change set of the import, and show it; they execute nothing. */
export function commandsOf(target: Target): readonly string[] {
  const at = [
    ['--region', target.region],
    ...(target.endpointUrl === undefined ? [] : [['--endpoint-url', target.endpointUrl]]),
    ['--stack-name', target.stackName],
  ]
  const named = ['--change-set-name', 'poolform-import']
  const step = (operation: readonly string[], ...more: readonly (readonly string[])[]) =>
    command('posix', [['aws', 'cloudformation', ...operation], at.flat(), named, ...more])
  return [
    step(
      ['create-change-set'],
      ['--change-set-type', 'IMPORT', '--template-body', `file://${fileNames.import}`],
      ['--resources-to-import', `file://${fileNames.resources}`],
      ['--capabilities', 'CAPABILITY_IAM'],
    ),
    step(['wait', 'change-set-create-complete']),
    step(['describe-change-set']),
  ]
}
