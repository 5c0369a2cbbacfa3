import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Finding } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { readTemplate } from '../build/read-template.ts'
import type { Document } from '../document.ts'
import { isReady, planImport } from '../import-plan/index.ts'
import { type BlockerCode, blockerCodes, type Plan } from '../import-plan/plan.ts'
import { planText } from '../import-plan/words.ts'
import { readService, serviceOf, type TypeRecord } from '../knowledge/schemas.ts'
import type { Assignment } from '../launch/values.ts'
import { type AccountArguments, formatRefusal, look, type Refusal, sourceOf } from './account.ts'
import { isTerminal, print } from './print.ts'

/** What `poolform import-plan` was called with. */
export type ImportPlanArguments = Omit<AccountArguments, 'stackName'> & {
  /** A file; absent: the `identity-pool` of this build of poolform. */
  readonly template?: string
  /** Of the new stack. */
  readonly stackName?: string
  readonly param: readonly Assignment[]
  /** Codes of what is in the way. */
  readonly accept: readonly string[]
  /** The folder for the files; absent: none are written. */
  readonly out?: string
  readonly force: boolean
  readonly json: boolean
}

/**
 * The exit status: 0 where the plan can be carried out, 1 where something must be said or accepted first, or there is no
 * plan, 2 of wrong use.
 */
export async function runImportPlan(args: ImportPlanArguments, world: World): Promise<number> {
  const wrong = misuse(args)
  const { stackName: _, ...account } = args
  const source = wrong === undefined ? sourceOf(account) : { wrong }
  if ('wrong' in source) {
    print('stderr', `error: ${source.wrong}\n`)
    return 2
  }
  if (source.kind === 'commands') {
    print('stdout', source.script)
    return 0
  }
  const template = await templateOf(args, world)
  if ('refusal' in template) return refused([template.refusal], args)
  const looked = await look(source, args.json)
  if ('refusal' in looked) return refused([looked.refusal], args)
  const endpointUrl = source.kind === 'account' ? source.endpointUrl : undefined
  const outcome = planImport({
    ...{ snapshot: looked.snapshot, template, endpointUrl, stackName: args.stackName },
    registry: registryIn(join(world.engine.root, 'schemas')),
    given: Object.fromEntries(args.param.map(({ name, value }) => [name, value])),
    accepted: blockerCodes.filter(code => args.accept.includes(code)),
  })
  if (outcome.kind === 'refused') return refused(outcome.refusals, args)
  const plan: Plan = { ...outcome.plan, notes: [...looked.notes, ...outcome.plan.notes] }
  const isBlocked = plan.blockers.some(it => !it.isAccepted)
  const out = isBlocked ? undefined : args.out
  const written = out === undefined ? undefined : write(plan, resolve(world.cwd, out), args.force)
  if (written !== undefined) return refused([written], args)
  if (args.json) print('stdout', formatted({ ...plan, isReady: isReady(plan), ...(out === undefined ? {} : { out }) }))
  else print('stdout', await textOf(plan, endpointUrl, out))
  if (isBlocked && args.out !== undefined && !args.json) {
    print('stderr', 'nothing is written: something is in the way\n')
  }
  return isReady(plan) ? 0 : 1
}

/** What is wrong with a command line; undefined if nothing is. */
export function misuse(args: ImportPlanArguments): string | undefined {
  const { identityPoolId, from, stackName, param, accept, out, force } = args
  if (identityPoolId === undefined && from === undefined) {
    return 'say which identity pool: by --identity-pool-id or --from'
  }
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html, `StackName`
  if (stackName !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName)) {
    return `--stack-name: "${stackName}" is no name of a stack: letters, digits and hyphens, a letter first`
  }
  const names = param.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) return `--param ${twice} is given twice`
  const unknown = accept.find(code => !isCode(code))
  if (unknown !== undefined) return `--accept: there is no ${unknown}, but ${blockerCodes.join(', ')}`
  if (out === '') return '--out: name a folder'
  return force && out === undefined ? '--force goes with --out alone' : undefined
}

const isCode = (text: string): text is BlockerCode => blockerCodes.some(code => code === text)

function refused(refusals: readonly Refusal[], { json }: ImportPlanArguments): number {
  if (json) print('stdout', formatted({ errors: refusals }))
  else print('stderr', refusals.map(formatRefusal).join(''))
  return 1
}

const formatted = (members: object): string => `${JSON.stringify({ formatVersion: 1, ...members }, undefined, 2)}\n`

async function textOf(plan: Plan, endpointUrl: string | undefined, out: string | undefined): Promise<string> {
  const isShown = await isTerminal('stdout')
  const terminal = {
    width: (isShown ? process.stdout.columns : undefined) ?? 100,
    isColoured: isShown && !process.env['NO_COLOR'],
  }
  return planText(plan, { ...plan, endpointUrl }, terminal, out)
}

async function templateOf(
  { template }: ImportPlanArguments,
  world: World,
): Promise<{ readonly document: Document; readonly text: string } | { readonly refusal: Refusal }> {
  const path = template ?? join(world.engine.root, 'dist', 'identity-pool.yaml')
  const read = await readTemplate(path, world)
  if ('document' in read) return { document: read.document, text: readFileSync(resolve(world.cwd, path), 'utf8') }
  const [finding] = read.findings
  return { refusal: refusalOf(finding, path) }
}

const refusalOf = (finding: Finding | undefined, path: string): Refusal => ({
  code: finding?.code ?? 'unreadable-file',
  message: `${path} ${finding?.message ?? 'cannot be read'}`,
  help: finding?.help ?? 'Name an identity-pool.yaml',
})

/** What the package's schemas say of each type; each service is read once. */
function registryIn(schemas: string): (type: string) => TypeRecord | undefined {
  const services = new Map<string, { readonly [type: string]: TypeRecord }>()
  return type => {
    const service = serviceOf(type)
    const known = services.get(service) ?? readService(schemas, service)
    services.set(service, known)
    return known[type]
  }
}

/** All files or none; why there are none. */
function write({ files }: Plan, folder: string, force: boolean): Refusal | undefined {
  const there = files.map(({ name }) => join(folder, name)).filter(file => existsSync(file))
  if (there.length > 0 && !force) {
    const message = `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already`
    return { code: 'file-exists', message, help: 'Give --force to write over them, or another --out' }
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (const { name, text, isProgram } of files) {
      writeFileSync(join(folder, name), text, { mode: isProgram ? 0o755 : 0o644 })
    }
    return undefined
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return { code: 'unwritable-file', message: `${folder} cannot be written: ${error.message}`, help: 'Correct --out' }
  }
}
