import { join } from 'node:path'
import { thisEngine } from '../build/engine.ts'
import type { Finding, Severity, Unseen } from '../doctor/index.ts'
import { atEndpoint, diagnose } from '../doctor/index.ts'
import { terminalText } from '../doctor/report.ts'
import type { Document } from '../document.ts'
import { readPrefix } from '../knowledge/schemas.ts'
import { type Snapshot, told } from '../live/snapshot.ts'
import { type AccountArguments, formatRefusal, look, type Refusal, sourceOf } from './account.ts'
import { isTerminal, print } from './print.ts'

/** What `poolform doctor` was called with. */
export type DoctorArguments = AccountArguments & {
  readonly json: boolean
  /** From which severity on a finding makes the exit status 1. */
  readonly failOn: Severity
}

/**
 * The exit status: 0 where nothing is wrong, or warnings alone are found; 1 where an error is, or what `failOn` says; 2 of
 * wrong use, or where AWS has refused what it takes to say.
 */
export async function runDoctor(args: DoctorArguments): Promise<number> {
  const source = sourceOf(args)
  if ('wrong' in source) {
    const error: Refusal = { code: 'wrong-use', message: source.wrong, help: 'See poolform doctor --help' }
    if (args.json) print('stdout', formatted({ error }))
    else print('stderr', `error: ${source.wrong}\n`)
    return 2
  }
  if (source.kind === 'commands') {
    print('stdout', source.script)
    return 0
  }
  const found = await look(source, args.json)
  if ('refusal' in found) {
    if (args.json) print('stdout', formatted({ error: found.refusal }))
    else print('stderr', formatRefusal(found.refusal))
    return 2
  }
  const { snapshot, notes } = found
  const template = await templateOf(snapshot)
  const schemas = join(thisEngine().root, 'schemas')
  const diagnosis = diagnose(snapshot, prefix => readPrefix(schemas, prefix), template.document)
  const findings = atEndpoint(diagnosis.findings, args.endpointUrl?.replace(/\/$/, ''))
  const unseen = [...diagnosis.unseen, ...template.unseen]
  if (args.json) print('stdout', formatted({ pool: poolOf(snapshot), findings, unseen, notes }))
  else {
    for (const note of notes) print('stderr', `note: ${note}\n`)
    await show(snapshot, findings, unseen)
  }
  const isFailed = findings.some(it => args.failOn === 'warning' || it.severity === 'error')
  return isFailed ? 1 : unseen.length > 0 ? 2 : 0
}

const formatted = (members: object): string => `${JSON.stringify({ formatVersion: 1, ...members }, undefined, 2)}\n`

/** What the stack was made from. */
async function templateOf({
  stack,
}: Snapshot): Promise<{ readonly document?: Document; readonly unseen: readonly Unseen[] }> {
  const text = stack === undefined ? undefined : told(stack.template)
  if (text === undefined || stack === undefined) return { unseen: [] }
  const { read } = await import('../read.ts')
  const found = read(text)
  if (found.kind === 'template') return { document: found.document, unseen: [] }
  const reason = found.problems[0]?.message ?? 'cannot be read'
  return { unseen: [{ what: `the template of the stack ${stack.name}`, reason: `it ${reason}` }] }
}

function poolOf({ pool, region, owner }: Snapshot) {
  const described = told(pool)
  const stack = told(owner)
  return {
    identityPoolId: described?.IdentityPoolId,
    name: described?.IdentityPoolName,
    region,
    ...(stack === undefined ? {} : { stackName: stack.stackName, logicalId: stack.logicalId }),
  }
}

async function show(snapshot: Snapshot, findings: readonly Finding[], unseen: readonly Unseen[]): Promise<void> {
  const isScreen = await isTerminal('stdout')
  const columns = Number(process.env['COLUMNS']) || (isScreen ? process.stdout.columns : 0) || 100
  const paper = { width: Math.max(30, columns), isColoured: isScreen && !process.env['NO_COLOR'] }
  const { identityPoolId, name, stackName } = poolOf(snapshot)
  const made = findings.some(
    it => it.code !== 'drift' && it.mend.some(({ command = '' }) => /^aws (?!.*\bcloudformation )/.test(command)),
  )
  const subject = [
    `Identity pool ${name} (${identityPoolId})${stackName === undefined ? '' : `, of the stack ${stackName}`}`,
    ...(stackName === undefined || !made
      ? []
      : [
          'What commands below change by themselves is not in the template of the stack: write it there too, or the next update of the stack may take it back.',
        ]),
  ]
  print('stdout', terminalText({ findings, unseen }, subject, paper))
}
