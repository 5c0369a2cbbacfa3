import { concatenate, type Unknown } from '../../../resolve/value.ts'
import { isForOwners } from '../../concerns.ts'
import { filled, isAll, type Piece, shown, split } from '../pieces.ts'
import { besides, nothing, type Probe, type Site, withSaid } from './probe.ts'
import { isOf, type Pattern, patternsFor, type Statement } from './statements.ts'

const invoke = 'execute-api:Invoke'

/** APIs of Amazon API Gateway: those that are named, by stage, and others that are like them. */
export function apiProbes(statements: readonly Statement[], site: Site): readonly Probe[] {
  return statements.flatMap(statement =>
    patternsFor(statement, 'execute-api').flatMap(pattern => ofApi(pattern, statement, site)),
  )
}

function ofApi(pieces: Pattern, { isAllow, actions }: Statement, site: Site): readonly Probe[] {
  const parts = split(pieces)
  const [arn, path] = parts ?? [pieces, []]
  const stage = split(path)?.[0] ?? path
  const rest = split(path)?.[1] ?? []
  const isAnyStage = stage.some(({ kind }) => kind === 'wildcard')
  const stageName = filled(stage, nothing, () => 'prod')
  const account = site.accountId
  const api = (change: (fields: readonly Pattern[]) => readonly (string | Unknown)[]): string | Unknown =>
    concatenate(change(fieldsOf(arn)).flatMap((field, at) => (at === 0 ? [field] : [':', field])))
  const plain = (field: Pattern, at: number): string | Unknown => filled(field, nothing, () => (at === 4 ? '' : 'any'))
  const own = (fields: readonly Pattern[]) =>
    fields.map((field, at) =>
      at === 4 && isAll(field) ? account : at === 3 && isAll(field) ? site.region : plain(field, at),
    )
  const changed = (position: number, value: string) =>
    api(fields => own(fields).map((field, at) => (at === position ? value : field)))
  const apiField = fieldsOf(arn)[5] ?? []
  const isEvery = apiField.length > 0 && isAll(apiField)
  const region =
    fieldsOf(arn)[3]
      ?.map(it => (it.kind === 'text' ? it.text : ''))
      .join('') ?? ''
  const isElsewhere = region !== '' && region !== site.region
  const label = `${isEvery ? 'every API' : `API ${shown(apiField, key => key)}`}${isElsewhere ? ` in ${region}` : ''}`
  // What is fixed behind the stage is asked for as it stands.
  const route = filled(rest, nothing, following => (following.length > 0 ? 'GET' : 'GET/items'))
  const call = (place: string, action: string, isHazard: boolean, resource: string | Unknown): Probe => ({
    ...{ kind: 'api', place, action, isHazard, targets: () => [{ resource }] },
  })
  const here = api(own)
  const place = isAnyStage || path.length === 0 ? `${label}, any stage` : `${label}, stage ${shown(stage, key => key)}`
  const resource = concatenate([
    here,
    '/',
    stageName === '' ? 'prod' : stageName,
    '/',
    route === '' ? 'GET/items' : route,
  ])
  const named = isAllow ? besides(actions.filter(isOf('execute-api')), [invoke]) : []
  return [
    call(place, invoke, isEvery, resource),
    ...named.map(
      ({ action, asked, saying }): Probe => ({
        ...{ kind: 'api', place, action, isHazard: isEvery || isForOwners(asked ?? action) || /Manage/i.test(action) },
        ...(asked === undefined ? {} : { asked }),
        targets: asker => withSaid({ resource }, asker.own, saying),
      }),
    ),
    ...(isAnyStage
      ? []
      : [call(`${label}, another stage`, invoke, true, concatenate([here, '/another-stage/', route]))]),
    call(`${label}, if it is a WebSocket API`, invoke, isEvery, concatenate([here, '/', stageName, '/$connect'])),
    call(
      `${label}, in another account`,
      invoke,
      true,
      concatenate([changed(4, '999999999999'), '/', stageName, '/', route]),
    ),
    call(
      `${label}, in another region`,
      invoke,
      true,
      concatenate([changed(3, isElsewhere ? site.region : otherRegion(site)), '/', stageName, '/', route]),
    ),
    call('another API', invoke, true, concatenate([changed(5, 'z9y8x7w6v5'), '/', stageName, '/', route])),
    call(
      `${label}, connections of others`,
      'execute-api:ManageConnections',
      true,
      concatenate([here, '/', stageName, '/POST/@connections/example']),
    ),
  ]
}

function otherRegion({ region, partition }: Site): string {
  const [first, second] =
    partition === 'aws-us-gov'
      ? ['us-gov-west-1', 'us-gov-east-1']
      : partition === 'aws-cn'
        ? ['cn-north-1', 'cn-northwest-1']
        : ['eu-west-3', 'sa-east-1']
  return (region === first ? second : first) ?? region
}

/** The parts of an ARN between its colons; of what is unknown nothing is told apart. */
function fieldsOf(pieces: readonly Piece[]): readonly Pattern[] {
  const fields: Piece[][] = [[]]
  for (const piece of pieces) {
    if (piece.kind !== 'text') {
      fields.at(-1)?.push(piece)
      continue
    }
    for (const [at, text] of piece.text.split(':').entries()) {
      if (at > 0) fields.push([])
      if (text !== '') fields.at(-1)?.push({ kind: 'text', text })
    }
  }
  return fields
}
