/** The options by which several commands say what of an account they look at, and how what AWS refuses is told. */
import type { AwsError } from '../aws/aws-error.ts'
import { isEndpoint } from '../aws/endpoint.ts'
import { partitionOf } from '../launch/partitions.ts'
import { regionOfPool, regionOfStack, type Target } from '../live/around.ts'
import { parseSaved } from '../live/parse-saved.ts'
import { saveCommands } from '../live/save-commands.ts'
import type { LiveStack, Snapshot } from '../live/snapshot.ts'
import { printable } from '../printable.ts'
import { progressOf } from './progress.ts'
import { readAtMost } from './read-at-most.ts'

/** As a command line has them. */
export type AccountArguments = {
  readonly stackName?: string
  readonly identityPoolId?: string
  /** A file of saved answers; `-`: standard input. */
  readonly from?: string
  /** Print the script that saves them, and ask nobody. */
  readonly commands?: boolean
  readonly region?: string
  readonly endpointUrl?: string
}

/** What a command line asks to look at. */
export type Source =
  | ({ readonly kind: 'account' } & Target & Whereabouts)
  | { readonly kind: 'file'; readonly file: string }
  /** A script for `sh`, which the command prints. */
  | { readonly kind: 'commands'; readonly script: string }

type Whereabouts = { readonly region: string | undefined; readonly endpointUrl: string | undefined }

/** What keeps a command from its answer: for a person two lines of standard error, for a program a member of its document. */
export type Refusal = { readonly code: string; readonly message: string; readonly help: string }

type Optional<Made> = { option(flags: string, description: string): Made }

/** Gives a command, of commander's, the options of `AccountArguments`. */
export function withAccountOptions<Made extends Optional<Made>>(command: Made): Made {
  return withPlaceOptions(
    command
      .option(
        '--stack-name <name>',
        'of the stack that has the identity pool, or in which the stack is nested that has it',
      )
      .option('--identity-pool-id <id>', 'of the identity pool, such as us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE')
      .option('--from <file>', 'saved answers of AWS instead of an account; - for standard input')
      .option('--commands', 'print the shell script that saves them with the AWS CLI, and ask nobody'),
  )
}

/** The options that every command has which asks AWS. */
export function withPlaceOptions<Made extends Optional<Made>>(command: Made): Made {
  return command
    .option('--region <region>', "in which (default: the ID's; or else AWS_REGION, AWS_DEFAULT_REGION, the profile's)")
    .option('--endpoint-url <url>', 'of an emulator (default: AWS_ENDPOINT_URL, or else AWS)')
}

/** What a command line asks to look at; or, as a clause with the way out, what is wrong with it. */
export function sourceOf(
  args: AccountArguments,
  environment: NodeJS.ProcessEnv = process.env,
): Source | { readonly wrong: string } {
  const { stackName, identityPoolId, from } = args
  const named = [
    ...(stackName === undefined ? [] : ['--stack-name']),
    ...(identityPoolId === undefined ? [] : ['--identity-pool-id']),
    ...(from === undefined ? [] : ['--from']),
  ]
  const [one, other] = named
  if (one === undefined) return { wrong: 'say what to look at: by --stack-name, --identity-pool-id or --from' }
  if (other !== undefined) return { wrong: `${one} and ${other} each say what to look at: give one of them` }
  if (from !== undefined) {
    const alone = (['region', 'endpointUrl', 'commands'] as const).find(
      name => args[name] !== undefined && args[name] !== false,
    )
    if (alone !== undefined) return { wrong: `${flags[alone]} does not go with --from, which asks nobody` }
    return from === '' ? { wrong: '--from: name a file' } : { kind: 'file', file: from }
  }
  const target: Target = stackName !== undefined ? { stackName } : { identityPoolId: identityPoolId ?? '' }
  const wrong = targetProblem(target, args.region) ?? placeProblem(args)
  if (wrong !== undefined) return { wrong }
  const endpointUrl = args.endpointUrl?.replace(/\/$/, '')
  if (!args.commands) return { kind: 'account', ...target, region: args.region, endpointUrl }
  const own = 'stackName' in target ? regionOfStack(target.stackName) : regionOfPool(target.identityPoolId)
  const region = args.region ?? own ?? (environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'])
  if (!region) return { wrong: 'say by --region, or AWS_REGION, in which region the stack is' }
  return { kind: 'commands', script: saveCommands({ ...target, region, endpointUrl }) }
}

const flags = { region: '--region', endpointUrl: '--endpoint-url', commands: '--commands' } as const

/** What is wrong with where AWS is to be asked; undefined if nothing is. */
export function placeProblem({
  region,
  endpointUrl,
}: Pick<AccountArguments, 'region' | 'endpointUrl'>): string | undefined {
  if (endpointUrl !== undefined && !isEndpoint(endpointUrl)) {
    return '--endpoint-url: give the http or https URL of an emulator, without a query'
  }
  if (region === undefined || partitionOf(region) !== undefined) return undefined
  // of the iso partitions too, and of emulators'
  if (/^[a-z]{2}-[a-z0-9-]+-\d+$/.test(region) || endpointUrl !== undefined) return undefined
  return `--region: "${region}" is no region, such as eu-west-1`
}

/** What is wrong with the name of a stack, or the ID of a pool; undefined if nothing is. */
export function targetProblem(target: Target, region: string | undefined): string | undefined {
  const isStack = 'stackName' in target
  const name = isStack ? target.stackName : target.identityPoolId
  const own = isStack ? regionOfStack(name) : regionOfPool(name)
  if (isStack && own === undefined && !/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) {
    return `--stack-name: "${name}" is no name of a stack, nor the ARN of one`
  }
  if (!isStack && own === undefined) {
    return `--identity-pool-id: "${name}" is no ID of an identity pool: it is like us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE, as \`aws cognito-identity list-identity-pools --max-results 60\` shows it`
  }
  if (own === undefined || region === undefined || region === own) return undefined
  return `--region: the ${isStack ? 'stack' : 'identity pool'} is in ${own}, as its ${isStack ? 'ARN' : 'ID'} says, and not in ${region}`
}

export type Look = { readonly snapshot: Snapshot; readonly notes: readonly string[] } | { readonly refusal: Refusal }

/**
 * What a command looks at. Progress goes to standard error, unless `isQuiet`. What the user or AWS can have caused is a
 * refusal.
 */
export async function look(source: Exclude<Source, { kind: 'commands' }>, isQuiet: boolean): Promise<Look> {
  switch (source.kind) {
    case 'file':
      return lookInto(source.file)
    case 'account':
      return asking(isQuiet, async ({ readPool }, onProgress) => ({
        snapshot: await readPool({ ...source, onProgress }),
        notes: [],
      }))
  }
}

/** The same for a stack alone. */
export async function lookAtStack(
  stack: Whereabouts & { readonly stackName: string },
  isQuiet: boolean,
): Promise<{ readonly stack: LiveStack } | { readonly refusal: Refusal }> {
  return asking(isQuiet, async ({ readStack }, onProgress) => ({ stack: await readStack({ ...stack, onProgress }) }))
}

/** What AWS is asked, with its words of refusal; it loads the AWS SDK. */
export async function asking<Found>(
  isQuiet: boolean,
  ask: (live: typeof import('../live/index.ts'), onProgress: (words: string) => void) => Promise<Found>,
): Promise<Found | { readonly refusal: Refusal }> {
  const progress = await progressOf(isQuiet)
  // the AWS SDK, which takes its time to load
  const live = await import('../live/index.ts')
  try {
    return await ask(live, progress.say)
  } catch (error) {
    if (!(error instanceof live.AwsError)) throw error
    return { refusal: refusalOf(error) }
  } finally {
    progress.end()
  }
}

const refusalOf = ({ code, message, help }: AwsError): Refusal => ({ code, message, help })

/** As a person reads it, on standard error. */
export const formatRefusal = ({ code, message, help }: Refusal): string =>
  `error: ${printable(message)} [${code}]\n  ${printable(help)}\n`

// a thousand times what there is of any pool
const mostBytes = 64 << 20

function lookInto(file: string): Look {
  const read = readSaved(file)
  if ('refusal' in read) return read
  const saved = parseSaved(read.text)
  switch (saved.kind) {
    case 'snapshot':
      return saved
    case 'problems': {
      const [first] = saved.problems
      const line = first?.line === undefined ? '' : `:${first.line}`
      const message = `${named(file)}${line}: ${first?.message ?? 'cannot be read'}`
      return { refusal: { code: 'unreadable-file', message, help: first?.help ?? 'Make it anew' } }
    }
  }
}

/** As messages name it. */
export const named = (file: string): string => (file === '-' ? 'standard input' : file)

const makeIt = 'Name a file of what the script has printed that --commands prints'

/** A file, or standard input; `help` says which file is meant. */
export function readSaved(file: string, help = makeIt): { readonly text: string } | { readonly refusal: Refusal } {
  try {
    const bytes = readAtMost(file === '-' ? 0 : file, mostBytes)
    if (bytes === undefined) {
      const message = `${file} has more than ${mostBytes} bytes`
      return { refusal: { code: 'unreadable-file', message, help } }
    }
    // PowerShell up to 5.1 writes UTF-16
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
    return { text: bytes.toString(isWide ? 'utf16le' : 'utf8') }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    const what = error.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${error.message}`
    return { refusal: { code: 'unreadable-file', message: `${named(file)} ${what}`, help } }
  }
}
