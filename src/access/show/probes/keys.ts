import { isForOwners, reachesOthers } from '../../concerns.ts'
import { filled, shown } from '../pieces.ts'
import { besides, type Context, type NamedAction, nothing, type Probe, withSaid } from './probe.ts'
import { isOf, type Pattern, patternsFor, type Statement, valuesOf } from './statements.ts'

const keyActions = ['kms:GenerateDataKey', 'kms:Decrypt']
const keyHazards = ['kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion']

/** Keys of AWS KMS: by way of another service, and by themselves. */
export function keyProbes(statements: readonly Statement[]): readonly Probe[] {
  const keys = new Map<string, { readonly pieces: Pattern; readonly statements: Set<Statement> }>()
  for (const statement of statements) {
    for (const pieces of patternsFor(statement, 'kms')) {
      const label = shown(pieces, key => key).replace(/^arn:.*?:key\//, '')
      const known = keys.get(label) ?? { pieces, statements: new Set() }
      keys.set(label, known)
      known.statements.add(statement)
    }
  }
  return [...keys].flatMap(([label, { pieces, statements: own }]) => ofKey(label, pieces, [...own]))
}

function ofKey(label: string, pieces: Pattern, statements: readonly Statement[]): readonly Probe[] {
  const resource = filled(pieces, nothing, () => 'example')
  const [, partition = 'aws', , region = ''] = typeof resource === 'string' ? resource.split(':') : []
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const isEvery = /^\*+$/.test(label)
  const key = isEvery ? 'every key' : `key ${label}`
  const named = statements.flatMap(({ isAllow, actions }) => (isAllow ? actions.filter(isOf('kms')) : []))
  const call = (place: string, { action, asked, saying }: NamedAction, context?: Context): Probe => ({
    ...{ kind: 'keys', place, action },
    ...(asked === undefined ? {} : { asked }),
    isHazard: isForOwners(asked ?? action) || (isEvery && reachesOthers(asked ?? action)),
    targets: asker => withSaid({ resource, ...(context === undefined ? {} : { context }) }, asker.own, saying),
  })
  const s3 = region === '' || isEvery ? [] : [{ by: 'Amazon S3', service: `s3.${region}.${suffix}` }]
  const others = valuesOf(statements, 'kms:viaservice').flatMap(it => {
    const service = filled(it, nothing, () => region)
    return typeof service !== 'string' || s3.some(known => known.service === service)
      ? []
      : [{ by: shown(it, name => name), service }]
  })
  return [
    ...[...s3, ...others].flatMap(({ by, service }) =>
      [...keyActions.map(action => ({ action })), ...besides(named, keyActions)].map(it =>
        call(`${key}, through ${by}`, it, { 'kms:ViaService': service }),
      ),
    ),
    ...[...keyActions, ...keyHazards].map(action => call(`${key}, by itself`, { action })),
    ...besides(named, [...keyActions, ...keyHazards]).map(it => call(`${key}, by itself`, it)),
  ]
}
