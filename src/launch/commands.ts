import type { Artifact } from '../manifest.ts'
import { stackNameProblem } from './launch-url.ts'
import { partitionOf } from './partitions.ts'
import { canPass, command, hclText, plainJson, type Shell, scriptText, word, writeJson, yamlText } from './quote.ts'
import { readObjectUrl } from './template-url.ts'

/** A stack to be made of a template. */
export type Deployment = {
  readonly artifact: Pick<Artifact, 'name' | 'file' | 'bytes' | 'capabilities'>
  /** Where it is published; absent: the file is in the working folder. */
  readonly templateUrl?: string | undefined
  readonly region: string
  readonly stackName: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Above it `deploy` and `CreateStack` want the template in a bucket; awscli 2.36.12, `aws cloudformation deploy help`. */
const inlineLimit = 51_200

/**
 * Fetches the published template with the AWS CLI, which may read private buckets too, and deploys it: `deploy` takes
 * a file only, but makes and updates a stack alike, and leaves the parameters that are not named as they are.
 * Parameters that the shell cannot pass safely go through a file of JSON.
 */
export function deployCommand(deployment: Deployment, shell: Shell): string {
  const { artifact, region, parameters } = deployment
  const file = fileName(artifact.file)
  const overrides = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  const inFile = !overrides.every(text => canPass(shell, text))
  const listFile = parametersFile(artifact.name)
  const given = inFile
    ? [['--parameter-overrides', `file://${listFile}`]]
    : [['--parameter-overrides'], ...indented(overrides)]
  const deploy = [
    ['aws', 'cloudformation', 'deploy'],
    ['--region', regionOr(region)],
    ['--stack-name', nameOr(deployment.stackName, 'STACK-NAME')],
    ['--template-file', file],
    ...(artifact.bytes > inlineLimit ? [['--s3-bucket', 'YOUR-BUCKET']] : []),
    ...capabilities(artifact),
    ...(overrides.length === 0 ? [] : given),
  ]
  const steps = [
    ...(inFile ? [writeJson(shell, listFile, overrides)] : []),
    ...fetchSteps(deployment, shell),
    command(shell, deploy),
  ]
  return inOrder(shell, steps)
}

/** Each step only if the one before has not failed: an older file of the same name must not be deployed. */
function inOrder(shell: Shell, steps: readonly string[]): string {
  switch (shell) {
    case 'posix':
      return steps.join(' &&\n')
    case 'powershell': {
      const [first = '', ...others] = steps
      if (others.length === 0) return first
      const rest = inOrder(shell, others)
      return `${first}\nif ($?) {\n${rest.replace(/^/gm, '  ')}\n}`
    }
  }
}

function fetchSteps({ artifact, templateUrl }: Deployment, shell: Shell): readonly string[] {
  if (templateUrl === undefined) return []
  const file = fileName(artifact.file)
  const object = readObjectUrl(templateUrl)
  if (object === undefined) throw new RangeError(`${templateUrl} is no URL of an object in Amazon S3`)
  const { bucket, key, region, versionId } = object
  const words = [
    ...['aws', 's3api', 'get-object', '--bucket', bucket, '--key', key],
    ...(versionId === undefined ? [] : ['--version-id', versionId]),
    ...(region === undefined ? [] : ['--region', region]),
    file,
  ]
  if (words.every(text => canPass(shell, text))) return [quiet(shell, command(shell, [words]))]
  // percent-encoded, the name can be passed
  const url = word(shell, templateUrl)
  switch (shell) {
    case 'posix':
      return [`curl --fail --silent --show-error --output ${word(shell, file)} ${url}`]
    case 'powershell':
      return [`Invoke-WebRequest -UseBasicParsing -Uri ${url} -OutFile ${word(shell, file)}`]
  }
}

/** Without what it prints: of the object nobody has asked. No pipe, behind which `$?` would be that of another command. */
function quiet(shell: Shell, step: string): string {
  switch (shell) {
    case 'posix':
      return `${step} > /dev/null`
    case 'powershell':
      return `${step} > $null`
  }
}

/** What it keeps, a nested stack keeps as a stack of its own when the one around it is deleted. */
const kept = ['    DeletionPolicy: RetainExceptOnCreate', '    UpdateReplacePolicy: Retain']

/**
 * A resource that nests the template in another.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
 */
export function nestedYaml(deployment: Deployment): string {
  return [
    'Resources:',
    `  ${logicalId(deployment.artifact.name)}:`,
    '    Type: AWS::CloudFormation::Stack',
    ...kept,
    '    Properties:',
    `      TemplateURL: ${yamlText(urlOr(deployment))}`,
    ...yamlParameters(deployment.parameters),
    '',
  ].join('\n')
}

/**
 * The same in a template of AWS SAM, as `AWS::Serverless::Application`; `AWS::CloudFormation::Stack` works there too.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
 */
export function samSnippet(deployment: Deployment): string {
  return [
    'Transform: AWS::Serverless-2016-10-31',
    'Resources:',
    `  ${logicalId(deployment.artifact.name)}:`,
    '    Type: AWS::Serverless::Application',
    ...kept,
    '    Properties:',
    `      Location: ${yamlText(urlOr(deployment))}`,
    ...yamlParameters(deployment.parameters),
    '',
  ].join('\n')
}

function yamlParameters(parameters: Readonly<Record<string, string>>): readonly string[] {
  const lines = Object.entries(parameters).map(([name, value]) => `        ${yamlKey(name)}: ${yamlText(value)}`)
  return lines.length === 0 ? [] : ['      Parameters:', ...lines]
}

/** A `CfnStack`, which nests the template by its URL. https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.CfnStack.html */
export function cdkSnippet(deployment: Deployment): string {
  const { artifact, parameters } = deployment
  return [
    `import { CfnStack } from ${scriptText('aws-cdk-lib')}`,
    '',
    `new CfnStack(this, ${scriptText(logicalId(artifact.name))}, {`,
    `  templateUrl: ${scriptText(urlOr(deployment))},`,
    ...scriptParameters(parameters),
    '})',
    '',
  ].join('\n')
}

function scriptParameters(parameters: Readonly<Record<string, string>>): readonly string[] {
  const lines = Object.entries(parameters).map(([name, value]) => `    ${scriptKey(name)}: ${scriptText(value)},`)
  return lines.length === 0 ? [] : ['  parameters: {', ...lines, '  },']
}

/** https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack */
export function terraformSnippet(deployment: Deployment): string {
  const { artifact, parameters, stackName } = deployment
  const lines = Object.entries(parameters).map(([name, value]) => `    ${hclKey(name)} = ${hclText(value)}`)
  return [
    `resource "aws_cloudformation_stack" "${artifact.name.replace(/[^A-Za-z0-9]/g, '_').replace(/^(?=\d)/, '_')}" {`,
    `  name         = ${hclText(nameOr(stackName, 'STACK-NAME'))}`,
    `  template_url = ${hclText(urlOr(deployment))}`,
    ...(artifact.capabilities.length === 0
      ? []
      : [`  capabilities = [${artifact.capabilities.map(hclText).join(', ')}]`]),
    ...(lines.length === 0 ? [] : ['', '  parameters = {', ...lines, '  }']),
    '}',
    '',
  ].join('\n')
}

/** A stack set to be made of a template. */
export type StackSet = Deployment & {
  readonly targets: Targets
  /** Where its stacks are made; the deployment's `region` is the one of the stack set itself. */
  readonly regions: readonly string[]
  /** What is different in an account, or in one of its regions. */
  readonly overrides: readonly Override[]
}

export type Targets =
  /** By AWS Organizations, in all accounts of these organizational units, also in those that come later. */
  | { readonly kind: 'service-managed'; readonly organizationalUnits: readonly string[] }
  /** In these accounts, by roles that must be there. */
  | { readonly kind: 'self-managed'; readonly accounts: readonly string[] }

export type Override = {
  readonly account: string
  /** Absent: in all regions of the stack set. */
  readonly region?: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

export type Step = { readonly title: string; readonly command: string }

/**
 * The commands that make a stack set and its stacks, give single accounts their own parameters, and update all. Run in
 * the administrator's account, in this order; managed execution queues what would collide.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html
 */
export function stackSetCommands(set: StackSet, shell: Shell): readonly Step[] {
  const name = ['--stack-set-name', nameOr(set.stackName, 'STACK-SET-NAME')]
  const whole = [['--template-url', urlOr(set)], ...capabilities(set.artifact)]
  const json = jsonArguments(set, shell)
  const run = (title: string, verb: string, words: readonly (readonly string[])[], parameters: Parameters): Step => {
    const { before, words: last } = json(verb, parameters)
    const lines = [['aws', 'cloudformation', verb], ['--region', regionOr(set.region)], name, ...words, ...last]
    return { title, command: inOrder(shell, [...before, command(shell, lines)]) }
  }
  return [
    run('Make the stack set', 'create-stack-set', [...whole, ...modelOf(set.targets)], {
      option: '--parameters',
      values: set.parameters,
    }),
    ...instances(set).map(({ title, verb, words, values }) =>
      run(title, verb, [...words, carefully], { option: '--parameter-overrides', values }),
    ),
    run('See how far it is', 'list-stack-set-operations', [], { option: '--parameters', values: {} }),
    run(
      'Update all, to another template or other parameters; what differs by account stays',
      'update-stack-set',
      [...whole, carefully],
      {
        option: '--parameters',
        values: set.parameters,
      },
    ),
  ]
}

type Parameters = { readonly option: string; readonly values: Readonly<Record<string, string>> }

/** One account at a time, and no further where one has failed. */
const carefully = ['--operation-preferences', 'MaxConcurrentCount=1,FailureToleranceCount=0']

function modelOf(targets: Targets): readonly (readonly string[])[] {
  const execution = ['--managed-execution', 'Active=true']
  switch (targets.kind) {
    case 'service-managed':
      return [
        ['--permission-model', 'SERVICE_MANAGED'],
        // an account that leaves keeps what its users have
        ['--auto-deployment', 'Enabled=true,RetainStacksOnAccountRemoval=true'],
        execution,
      ]
    case 'self-managed':
      return [['--permission-model', 'SELF_MANAGED'], execution]
  }
}

type Instances = {
  readonly title: string
  readonly verb: string
  readonly words: readonly (readonly string[])[]
  readonly values: Readonly<Record<string, string>>
}

function instances({ targets, regions, overrides }: StackSet): readonly Instances[] {
  const own = overrides.length === 0 ? [] : groups(overrides, regions)
  switch (targets.kind) {
    case 'service-managed': {
      const units = `OrganizationalUnitIds=${targets.organizationalUnits.join(',')}`
      const all = [
        ['--deployment-targets', units],
        ['--regions', ...regions],
      ]
      return [
        { title: 'Make its stacks', verb: 'create-stack-instances', words: all, values: {} },
        ...own.map(({ account, where, parameters }) => ({
          title: `What is different in ${account}, ${where.join(', ')}`,
          verb: 'update-stack-instances',
          words: [
            ['--deployment-targets', `${units},Accounts=${account},AccountFilterType=INTERSECTION`],
            ['--regions', ...where],
          ],
          values: parameters,
        })),
      ]
    }
    case 'self-managed': {
      const rest = new Map<string, readonly string[]>()
      for (const account of targets.accounts) {
        const taken = own.filter(it => it.account === account).flatMap(({ where }) => where)
        const where = regions.filter(region => !taken.includes(region)).join(' ')
        if (where !== '') rest.set(where, [...(rest.get(where) ?? []), account])
      }
      return [
        ...[...rest].map(([where, accounts]) => ({
          title: 'Make its stacks',
          verb: 'create-stack-instances',
          words: [
            ['--accounts', ...accounts],
            ['--regions', ...where.split(' ')],
          ],
          values: {},
        })),
        ...own.map(({ account, where, parameters }) => ({
          title: `Make its stacks in ${account}, ${where.join(', ')}`,
          verb: 'create-stack-instances',
          words: [
            ['--accounts', account],
            ['--regions', ...where],
          ],
          values: parameters,
        })),
      ]
    }
  }
}

type Group = {
  readonly account: string
  readonly where: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

/** The regions of each account in which the same is different; what is said of a region goes over what is said of all. */
function groups(overrides: readonly Override[], regions: readonly string[]): readonly Group[] {
  const found = new Map<string, Group>()
  for (const account of new Set(overrides.map(it => it.account))) {
    const own = overrides.filter(it => it.account === account)
    for (const region of regions) {
      const here = [...own.filter(it => it.region === undefined), ...own.filter(it => it.region === region)]
      if (here.length === 0) continue
      const parameters = Object.fromEntries(here.flatMap(it => Object.entries(it.parameters)))
      const key = JSON.stringify([account, parameters])
      found.set(key, { account, where: [...(found.get(key)?.where ?? []), region], parameters })
    }
  }
  return [...found.values()]
}

/** Parameters as the API takes them; by way of a file where the shell cannot pass JSON. */
function jsonArguments({ artifact }: StackSet, shell: Shell) {
  let files = 0
  return (verb: string, { option, values }: Parameters) => {
    const list = Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
    if (list.length === 0) return { before: [], words: [] }
    switch (shell) {
      case 'posix':
        return { before: [], words: [[option, plainJson(list)]] }
      case 'powershell': {
        const file = parametersFile(`${artifact.name}-${verb}-${++files}`)
        return { before: [writeJson(shell, file, list)], words: [[option, `file://${file}`]] }
      }
    }
  }
}

function capabilities({ capabilities }: Deployment['artifact']): readonly (readonly string[])[] {
  return capabilities.length === 0 ? [] : [['--capabilities', ...capabilities]]
}

function indented(words: readonly string[]): readonly (readonly string[])[] {
  return words.map(text => [text])
}

function parametersFile(name: string): string {
  return fileName(`${name}.parameters.json`)
}

/** A name that is one in every file system and no option of a command, even of a manifest that somebody has tampered with. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[.-]+/, '')
}

function nameOr(name: string, placeholder: string): string {
  return stackNameProblem(name) === undefined ? name : placeholder
}

function regionOr(region: string): string {
  return partitionOf(region) === undefined ? 'REGION' : region
}

function urlOr({ artifact, templateUrl }: Deployment): string {
  return templateUrl ?? `https://YOUR-BUCKET.s3.REGION.amazonaws.com/${artifact.name}/VERSION/${artifact.file}`
}

/** `identity-pool` → `IdentityPool` */
function logicalId(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(it => it !== '')
  return words.map(it => `${it.charAt(0).toUpperCase()}${it.slice(1)}`).join('') || 'Stack'
}

/** `E0` is a number to some readers of YAML 1.1. */
function yamlKey(name: string): string {
  return /^[A-Z][A-Za-z0-9]*$/.test(name) && !/^(y|yes|n|no|on|off|true|false|null|e[0-9]+)$/i.test(name)
    ? name
    : yamlText(name)
}

function scriptKey(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : scriptText(name)
}

function hclKey(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : hclText(name)
}
