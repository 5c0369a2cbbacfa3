import { command, word } from '../launch/quote.ts'

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

/**
 * The commands, one after another, as a script for `sh`. It asks before it executes a change set, and executes none
 * that would replace anything or remove the pool.
 */
export function scriptOf(target: Target): string {
  const at = [`--region ${word('posix', target.region)}`]
  if (target.endpointUrl !== undefined) at.push(`--endpoint-url ${word('posix', target.endpointUrl)}`)
  const stack = word('posix', target.stackName)
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

cfn() {
  operation=$1
  shift
  aws cloudformation "$operation" ${at.join(' ')} "$@"
}

# name and type of the change set, then what else it takes; waits for it, and says why where it fails
change_set() {
  # another run may have left one of the same name
  name=$1-$(date -u +%Y%m%d%H%M%S)
  type=$2
  shift 2
  cfn create-change-set --stack-name "$stack" --change-set-name "$name" --change-set-type "$type" \\
    --capabilities CAPABILITY_IAM "$@" > /dev/null
  while :; do
    status=$(cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --query Status --output text)
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
    --query 'Changes[].ResourceChange.{Action:Action,Replacement:Replacement,What:LogicalResourceId,Which:PhysicalResourceId}'
  lost=$(cfn describe-change-set --stack-name "$stack" --change-set-name "$name" --output text \\
    --query "Changes[].ResourceChange|[?Replacement=='True'||(Action=='Remove'&&LogicalResourceId=='IdentityPool')].LogicalResourceId")
  if [ -n "$lost" ] && [ "$lost" != None ]; then
    echo "stopped: it would replace or remove $lost; nothing has been done" >&2
    exit 1
  fi
}

# executes it once whoever runs this has said yes; waits for the state that the stack is to come to
execute() {
  printf '%s [yes/no] ' "$1"
  answer=no
  read -r answer || true
  if [ "$answer" != yes ]; then
    cfn delete-change-set --stack-name "$stack" --change-set-name "$name" > /dev/null || true
    echo 'stopped: nothing has been done' >&2
    exit 1
  fi
  cfn execute-change-set --stack-name "$stack" --change-set-name "$name"
  while :; do
    status=$(cfn describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text)
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
  change_set poolform-import IMPORT \\
    --template-body file://${fileNames.import} --resources-to-import file://${fileNames.resources}
  execute 'Import these?' IMPORT_COMPLETE
  echo "imported into $stack"
}

update() {
  echo '2. Update: what differs becomes as the template says; no identity, and not the ID of the pool.'
  change_set "$1" UPDATE --template-body "file://$2" $3
  execute 'Change these?' UPDATE_COMPLETE
  echo "updated $stack"
}

case \${1-} in
  '') import && update poolform-update ${fileNames.update} '--parameters file://${fileNames.parameters}' ;;
  import) import ;;
  update) update poolform-update ${fileNames.update} '--parameters file://${fileNames.parameters}' ;;
  undo) update poolform-undo ${fileNames.import} '' ;;
  *) echo "usage: sh ${fileNames.script} [import|update|undo]" >&2; exit 2 ;;
esac
`
}

/** The same commands for a person to read, or to type. */
export function commandsOf(target: Target): readonly string[] {
  const at = [
    ['--region', target.region],
    ...(target.endpointUrl === undefined ? [] : [['--endpoint-url', target.endpointUrl]]),
    ['--stack-name', target.stackName],
  ]
  const step = (operation: readonly string[], ...more: readonly (readonly string[])[]) =>
    command('posix', [['aws', 'cloudformation', ...operation], at.flat(), ...more])
  const changeSet = (name: string, done: string, ...more: readonly (readonly string[])[]) => {
    const named = ['--change-set-name', name]
    return [
      step(['create-change-set'], named, ...more, ['--capabilities', 'CAPABILITY_IAM']),
      step(['wait', 'change-set-create-complete'], named),
      step(['describe-change-set'], named),
      step(['execute-change-set'], named),
      step(['wait', done]),
    ]
  }
  return [
    ...changeSet(
      'poolform-import',
      'stack-import-complete',
      ['--change-set-type', 'IMPORT', '--template-body', `file://${fileNames.import}`],
      ['--resources-to-import', `file://${fileNames.resources}`],
    ),
    ...changeSet(
      'poolform-update',
      'stack-update-complete',
      ['--change-set-type', 'UPDATE', '--template-body', `file://${fileNames.update}`],
      ['--parameters', `file://${fileNames.parameters}`],
    ),
  ]
}
