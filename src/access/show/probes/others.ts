import { isForOwners, reachesOthers } from '../../concerns.ts'
import { filled, hasVariable, isAll, shown } from '../pieces.ts'
import { isOfFiles } from './files.ts'
import { type Asker, type Probe, type Variables, withSaid } from './probe.ts'
import { isNamedByUser, type Pattern, type Statement, serviceOf } from './statements.ts'

/** Services of which other probes tell what is named. */
const told = ['s3', 'dynamodb', 'execute-api', 'kms']

/** Of all that a statement gives but what it names: what it may be. */
const samples = [
  ...[
    's3:GetObject',
    's3:DeleteBucket',
    'dynamodb:Scan',
    'kms:Decrypt',
    'lambda:InvokeFunction',
    'lambda:UpdateFunctionCode',
  ],
  ...[
    'secretsmanager:GetSecretValue',
    'ssm:GetParameter',
    'sqs:SendMessage',
    'sns:Publish',
    'ses:SendEmail',
    'iot:Publish',
  ],
]

/** Whatever else statements name; what is given everywhere comes first. */
export function otherProbes(statements: readonly Statement[]): readonly Probe[] {
  const probes = statements.filter(({ isAllow }) => isAllow).flatMap(otherOf)
  return [...probes.filter(it => it.isAll), ...probes.filter(it => !it.isAll)].map(({ isAll: _, ...it }) => it)
}

function otherOf({ actions, resources, exceptions }: Statement): readonly (Probe & { readonly isAll: boolean })[] {
  return actions.flatMap(one => {
    const { action, asked, service, saying } = one
    const places = service === undefined ? resources : ofService(service, resources)
    return places.flatMap(pieces => {
      const isEverything = isAll(pieces)
      if (!isEverything && isTold(service, pieces)) return []
      const ask = (place: string, whose: (asker: Asker) => Variables, isHazard: boolean, what = one) => ({
        ...{ kind: 'others' as const, place, action: what.action, isHazard, isAll: isEverything },
        ...(what.asked === undefined ? {} : { asked: what.asked }),
        targets: (asker: Asker) => withSaid({ resource: filled(pieces, whose(asker), () => '*') }, asker.own, saying),
      })
      const excepted = (exceptions ?? []).map(it => shown(it, key => `{${key}}`))
      const everything = excepted.length === 0 ? 'any resource' : `any resource but ${excepted.join(', ')}`
      const label = (whose: string) => (isEverything ? everything : shown(pieces, () => whose))
      const isHazard = (what: string) => isForOwners(what) || (isEverything && reachesOthers(what))
      const own = ask(label('{own}'), asker => asker.own, isHazard(asked ?? action))
      const sampled =
        isEverything && asked !== undefined
          ? samples.map(it => ask(everything, asker => asker.own, isHazard(it), { ...one, action: it, asked: it }))
          : []
      const another = hasVariable(pieces) ? [ask(label("{another's}"), asker => asker.another, true)] : []
      return [own, ...another, ...sampled]
    })
  })
}

/** Is what a statement names told where the places of its service are? */
function isTold(service: string | undefined, pieces: Pattern): boolean {
  const own = serviceOf(pieces) ?? service
  if (own === undefined || !told.includes(own)) return false
  if ((own === 's3' && !isOfFiles(pieces)) || isNamedByUser(pieces, own)) return false
  return service === undefined || service === own || /[*?]/.test(service)
}

/** Where a statement names resources of several services, those of the action's own, if there are such. */
function ofService(service: string, resources: readonly Pattern[]): readonly Pattern[] {
  const isOwn = (pieces: Pattern) => serviceOf(pieces) === service
  return resources.some(isOwn) ? resources.filter(it => isOwn(it) || serviceOf(it) === undefined) : resources
}
