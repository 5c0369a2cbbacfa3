import { writeFileSync } from 'node:fs'
import type { Problem } from '../client-config/facts.ts'
import { type Choices, factsOf, saysAll } from '../client-config/facts-of.ts'
import type { Format } from '../client-config/format.ts'
import { asksSignIn, type ClientConfig, clientConfig } from '../client-config/index.ts'
import { signInOf } from '../client-config/sign-in.ts'
import { isRecord } from '../document.ts'
import { partitionOf } from '../launch/partitions.ts'
import { type App, type DescribedStack, type SavedApp, savedApp } from '../live/app.ts'
import { documentsIn } from '../live/parse-saved.ts'
import { told } from '../live/snapshot.ts'
import { printable } from '../printable.ts'
import { asking, formatRefusal, named, placeProblem, type Refusal, readSaved, targetProblem } from './account.ts'
import { print } from './print.ts'

/** What `poolform client-config` was called with. */
export type ClientConfigArguments = Choices & {
  readonly stackName?: string
  /** A file of what the AWS CLI prints of stacks; `-`: standard input. */
  readonly outputs?: string
  readonly region?: string
  readonly endpointUrl?: string
  readonly format: Format
  readonly prefix?: string
  /** Where to write it; absent: standard output. */
  readonly out?: string
  readonly force: boolean
  readonly json: boolean
}

/** The exit status: 1 where there is no configuration, 2 of wrong use. */
export async function runClientConfig(given: ClientConfigArguments): Promise<number> {
  const { out, ...rest } = given
  // standard output, as for other commands
  const args: ClientConfigArguments = out === undefined || out === '-' ? rest : given
  const wrong = misuse(args)
  if (wrong !== undefined) {
    print('stderr', `error: ${wrong}\n`)
    return 2
  }
  const made = await make(args)
  const outcome = 'refusal' in made || args.out === undefined ? made : written(made, args.out, args.force)
  if ('refusal' in outcome) {
    const { refusal } = outcome
    if (args.json) print('stdout', formatted({ error: refusal }))
    else print('stderr', formatRefusal(refusal))
    return 1
  }
  const { file, text, notes, facts } = outcome
  if (args.json) {
    const where = args.out === undefined ? {} : { written: args.out }
    print('stdout', formatted({ format: args.format, file, ...where, text, notes, facts }))
    return 0
  }
  if (args.out === undefined) print('stdout', text)
  for (const note of notes) print('stderr', `note: ${printable(note)}\n`)
  if (args.out !== undefined) print('stderr', `written: ${args.out}\n`)
  return 0
}

const formatted = (members: object): string => `${JSON.stringify({ formatVersion: 1, ...members }, undefined, 2)}\n`

/** What is wrong with a command line; undefined if nothing is. */
export function misuse(args: ClientConfigArguments): string | undefined {
  const { stackName, outputs, region, endpointUrl, bucketRegion, prefix, format, out, force } = args
  if (stackName === undefined && outputs === undefined) return 'say of which stack: by --stack-name or --outputs'
  if (outputs === '') return '--outputs: name a file'
  if (outputs !== undefined && region !== undefined) return '--region does not go with --outputs, which asks nobody'
  if (outputs !== undefined && endpointUrl !== undefined) {
    return '--endpoint-url does not go with --outputs, which asks nobody'
  }
  if (prefix !== undefined && format !== 'env') return '--prefix goes with --format env alone'
  if (bucketRegion !== undefined && partitionOf(bucketRegion) === undefined) {
    return `--bucket-region: "${bucketRegion}" is no region, such as eu-west-1`
  }
  if (args.apiStage !== undefined && !/^(?:\$default|[A-Za-z0-9_-]{1,128})$/.test(args.apiStage)) {
    return `--api-stage: "${args.apiStage}" is no name of a stage`
  }
  if (out === '') return '--out: name a file'
  if (force && out === undefined) return '--force goes with --out alone'
  return (stackName === undefined ? undefined : targetProblem({ stackName }, region)) ?? placeProblem(args)
}

type Made = ClientConfig & { readonly facts: object }

async function make(args: ClientConfigArguments): Promise<Made | { readonly refusal: Refusal }> {
  const { stackName, region, json } = args
  const endpointUrl = args.endpointUrl?.replace(/\/$/, '')
  const saved = args.outputs === undefined ? undefined : readOutputs(args.outputs)
  if (saved !== undefined && 'refusal' in saved) return saved
  const app =
    saved !== undefined
      ? familyIn(saved, stackName)
      : await asking(json, async ({ readApp }, onProgress) =>
          readApp({ stackName: stackName ?? '', region, endpointUrl, onProgress }, saysAll),
        )
  if ('refusal' in app) return app
  const found = factsOf(app, args)
  if ('problem' in found) return refused(found.problem)
  const { facts } = found
  const { userPool } = facts
  const known =
    userPool === undefined || !asksSignIn(args.format, facts)
      ? { notes: [] }
      : saved !== undefined
        ? signInIn(saved, userPool.id, userPool.clientId)
        : await asking(json, async ({ readUserPool }, onProgress) => {
            const { id, clientId } = userPool
            const asked = { userPoolId: id, clientId, region: userPool.region, endpointUrl, onProgress }
            const { userPool: pool, client } = await readUserPool(asked)
            const answers = [pool, client].flatMap(it => (it.kind === 'unasked' ? [it.reason] : []))
            return { pool: told(pool), client: told(client), notes: answers.map(it => `${it}; ${leftOut}`) }
          })
  if ('refusal' in known) return known
  const signIn = signInOf('pool' in known ? known.pool : undefined, 'client' in known ? known.client : undefined)
  const config = clientConfig(args.format, facts, { signIn, prefix: args.prefix ?? '' })
  if ('problem' in config) return refused(config.problem)
  return { ...config, notes: [...app.notes, ...found.notes, ...known.notes, ...config.notes], facts }
}

const leftOut = 'what that would tell of sign-in is left out'

const refused = ({ code, message, help }: Problem) => ({ refusal: { code, message, help } })

// ---- a file of outputs -----------------------------------------------------------------------------------------------

const describe = 'aws cloudformation describe-stacks --output json'

function readOutputs(file: string): SavedApp | { readonly refusal: Refusal } {
  const read = readSaved(file, `Name a file of what \`${describe}\` prints`)
  if ('refusal' in read) return read
  const { documents, problems } = documentsIn(read.text)
  const [problem] = problems
  if (problem !== undefined) {
    const message = `${named(file)}:${problem.line ?? 1}: ${problem.message}`
    return { refusal: { code: 'unreadable-file', message, help: `Save what \`${describe}\` prints` } }
  }
  const saved = savedApp(documents.map(({ value }) => value))
  if (saved.stacks.length > 0) return saved
  const message = `there is no stack in ${named(file)}`
  return { refusal: { code: 'unreadable-file', message, help: `Save what \`${describe}\` prints` } }
}

/** The stack of that name, or the only one that is nested in none, with those nested in it. */
function familyIn({ stacks, pools }: SavedApp, stackName: string | undefined): App | { readonly refusal: Refusal } {
  const ids = new Set(stacks.map(({ id }) => id))
  const roots = stacks.filter(stack =>
    stackName === undefined
      ? !isGone(stack) && !stack.nestedIn.some(id => ids.has(id))
      : (stack.name === stackName && !isGone(stack)) || stack.id === stackName,
  )
  const withPool = roots.filter(root => family(root, stacks).some(it => it.outputs['IdentityPoolId'] !== undefined))
  const [root, another] = withPool.length === 0 ? roots : withPool
  if (root === undefined) {
    const message = `the stack ${stackName ?? ''} is not among those that were given: ${stacks.map(it => it.name).join(', ')}`
    return { refusal: { code: 'not-found', message, help: 'Name one of them by --stack-name' } }
  }
  if (another !== undefined && withPool.length > 0) {
    const names = withPool.map(it => it.name)
    // of two of one name only the ARN tells which
    const known = new Set(names).size < names.length ? withPool.map(it => it.id) : names
    const message = `${withPool.length} stacks have an identity pool: ${known.join(', ')}`
    return { refusal: { code: 'several-identity-pools', message, help: 'Say by --stack-name which' } }
  }
  const members = family(root, stacks)
  const poolId = members.map(it => it.outputs['IdentityPoolId']).find(it => it !== undefined)
  const pool = pools.find(it => it.IdentityPoolId === poolId)
  return { stacks: members, notes: [], ...(pool === undefined ? {} : { pool }) }
}

/** What was deleted may have had the name of one that stands. */
const isGone = ({ status }: DescribedStack): boolean => status === 'DELETE_COMPLETE'

function family(root: DescribedStack, stacks: readonly DescribedStack[]): readonly DescribedStack[] {
  const nested = stacks.filter(it => it !== root && it.nestedIn.includes(root.id))
  return [root, ...nested]
}

function signInIn({ userPools, clients }: SavedApp, userPoolId: string, clientId: string) {
  const pool = userPools.find(it => isRecord(it) && it['Id'] === userPoolId)
  const client = clients.find(it => isRecord(it) && it['ClientId'] === clientId)
  return { pool, client, notes: [] }
}

// ---- writing -------------------------------------------------------------------------------------------------------

function written(made: Made, out: string, force: boolean): Made | { readonly refusal: Refusal } {
  try {
    writeFileSync(out, made.text, { flag: force ? 'w' : 'wx' })
    return made
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    if (error.code === 'EEXIST') {
      const message = `${out} is there already`
      return { refusal: { code: 'file-exists', message, help: 'Give --force to write over it, or another --out' } }
    }
    const why = error.code === 'ENOENT' ? 'its folder does not exist' : error.message
    return { refusal: { code: 'unwritable-file', message: `${out} cannot be written: ${why}`, help: 'Correct --out' } }
  }
}
