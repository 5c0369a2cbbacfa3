import { passesForGuests } from '../access/guests.ts'
import type { JsonObject } from '../document.ts'
import type { Role } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { misfits, type Need, type Services } from './fits.ts'
import { foldersOf, listStatement, objectStatement, ownFolder } from './folders.ts'
import { updateStatement } from './mend.ts'
import { withoutActions } from './permissions.ts'
import { refusalOf } from './refusal.ts'
import type { Remedy } from './remedy.ts'
import { rolesRead, type Standing } from './standing.ts'
import { nameOf, placeOf, policiesOf, type Statement, statementsOf, textsOf } from './statements.ts'

/** Of actions that are allowed on what they cannot be done on. */
export function resourceFindings(standing: Standing, services: Services): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const statements = policiesOf(role)
      .flatMap(statementsOf)
      .filter(it => it.isAllow)
    const isForGuests = uses.every(it => it.kind === 'unauthenticated')
    // what guests never have is told already
    const isHad = (action: string) =>
      !isForGuests || passesForGuests({ action, resource: '*', context: new Map() }) !== false
    return statements.flatMap(statement => {
      const { actions, resources } = statement
      const needs = misfits(services, actions.filter(isHad), resources)
      const ofBuckets = needs.filter(it => isInBuckets(it, resources))
      return [
        ...misplaced(standing, role, statements, statement, ofBuckets),
        ...unfit(
          standing,
          role,
          statement,
          needs.filter(it => !ofBuckets.includes(it)),
        ),
        ...unfilled(standing, role, statements, statement),
      ]
    })
  })
}

// ---- buckets and objects -------------------------------------------------------------------------------------------

const inBucket = /^arn:[^:]*:s3:::([^/]*)(\/.*)?$/

function isInBuckets({ action, types }: Need, resources: readonly string[]): boolean {
  const isAskedOfThem = /^s3:/i.test(action) && types.some(it => it === 'bucket' || it === 'object')
  return isAskedOfThem && resources.every(it => inBucket.test(it))
}

function misplaced(
  standing: Standing,
  role: Role,
  statements: readonly Statement[],
  statement: Statement,
  needs: readonly Need[],
): readonly Draft[] {
  const [first] = needs
  if (first === undefined) return []
  const { resources } = statement
  const wrong = needs.map(it => it.action)
  const places = resources.flatMap(it => {
    const [, name = '', key] = inBucket.exec(it) ?? []
    return [{ name, key }]
  })
  const isOnObjects = first.types.includes('object')
  const { partition } = standing.snapshot
  const arnOf = (name: string) => `arn:${partition}:s3:::${name}`
  const names = [...new Set(places.map(it => it.name))]
  const foldersIn = (name: string) =>
    foldersOf({ resources: statements.flatMap(it => it.resources) }).flatMap(it =>
      it.bucket === name ? [it.folder] : [],
    )
  const folders = (name: string, more: readonly string[] = []) => {
    const known = [...new Set([...more, ...foldersIn(name)])]
    return known.length === 0 ? [ownFolder(standing)] : known
  }
  const isListed = (name: string) =>
    statements.some(
      it =>
        it.actions.some(action => /^(?:s3:)?(?:List)?\*$|^s3:ListBucket$/i.test(action)) &&
        it.resources.includes(arnOf(name)),
    )
  const others = wrong.filter(it => !/^s3:ListBucket(?:Versions)?$/i.test(it))
  const listing = wrong.filter(it => !others.includes(it))
  const said = (name: string) =>
    places.flatMap(it => {
      const folder = (it.key ?? '').slice(1).replace(/\*+$/, '')
      const isOne = folder.endsWith('/') && !/[*?]/.test(folder.replaceAll(/\$\{[^}]*\}/g, ''))
      return it.name === name && isOne ? [folder] : []
    })
  const more = names.flatMap((name): readonly JsonObject[] =>
    isOnObjects
      ? [
          objectStatement(wrong, arnOf(name), folders(name)),
          ...(isListed(name) ? [] : [listStatement(arnOf(name), folders(name))]),
        ]
      : [
          ...(listing.length === 0
            ? []
            : [{ ...listStatement(arnOf(name), folders(name, said(name))), Action: listing }]),
          ...(others.length === 0 ? [] : [{ Effect: 'Allow', Action: others, Resource: arnOf(name) }]),
        ],
  )
  const where = isOnObjects
    ? 'on a bucket, and it is an action on objects'
    : 'on objects, and it is an action on the bucket'
  const words = isOnObjects
    ? 'Allow it on the objects of the user’s own folder'
    : `Allow it on the bucket${listing.length === 0 ? '' : ', with the prefix of the user’s own folder'}`
  return [
    finding('s3-wrong-resource', {
      what: `The role ${role.roleName} allows ${wrong.join(', ')} on ${resources.join(', ')}: ${where}.`,
      where: placeOf(role, statement),
      fill: refusalOf(
        standing,
        role,
        wrong[0] ?? '',
        isOnObjects ? `${arnOf(names[0] ?? '')}/KEY` : arnOf(names[0] ?? ''),
      ),
      mend: [updateStatement(role, statement, it => withoutActions(it, wrong), words, more)],
    }),
  ]
}

// ---- folders -------------------------------------------------------------------------------------------------------

/** Folders that are named without what is in them: only an object of that very name is meant. */
function unfilled(
  standing: Standing,
  role: Role,
  statements: readonly Statement[],
  statement: Statement,
): readonly Draft[] {
  const isOnObjects = statement.actions.some(it => /^(?:\*|s3:(?:\*|(?:Get|Put|Delete)(?:Object)?\*?))$/i.test(it))
  const named = new Set(statements.flatMap(it => it.resources))
  const bare = statement.resources.filter(it => {
    const isFolder = /^arn:[^:]*:s3:::[^/]+\/.*\$\{(?:[^{}]*:sub|aws:PrincipalTag\/[^{}]*)\}\/?$/i.test(it)
    const whole = it.replace(/\/$/, '')
    return isFolder && ![`${whole}/*`, `${whole}*`].some(one => named.has(one))
  })
  const [first] = bare
  if (!isOnObjects || first === undefined) return []
  const filled = (it: string) => (bare.includes(it) ? `${it.replace(/\/$/, '')}/*` : it)
  return [
    finding('folder-without-objects', {
      what: `${capital(nameOf(statement))} of the role ${role.roleName} names ${bare.join(', ')}: that is one object of this name, and not what is in the folder.`,
      where: placeOf(role, statement),
      fill: refusalOf(standing, role, statement.actions[0] ?? 's3:GetObject', `${first.replace(/\/$/, '')}/KEY`),
      mend: [
        updateStatement(
          role,
          statement,
          it => ({ ...it, Resource: textsOf(it['Resource']).map(filled) }),
          `Write ${bare.map(filled).join(', ')}`,
        ),
      ],
    }),
  ]
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

// ---- other services ------------------------------------------------------------------------------------------------

function unfit(standing: Standing, role: Role, statement: Statement, needs: readonly Need[]): readonly Draft[] {
  return [...grouped(needs)].map(([place, own]) => {
    const wrong = own.map(it => it.action)
    const on = place === '*' ? 'all resources (*) alone' : place
    return finding('resource-never-fits', {
      what: `The role ${role.roleName} allows ${wrong.join(', ')} on ${statement.resources.join(', ')}, and it can be done on ${on}.`,
      where: placeOf(role, statement),
      fill: refusalOf(
        standing,
        role,
        wrong[0] ?? '',
        place.replaceAll(/\$\{(\w+)\}/g, (_, it) => it.toUpperCase()),
      ),
      mend: [onWhatFits(standing, role, statement, wrong, place)],
    })
  })
}

/** By what they can be done on, of several the first. */
function grouped(needs: readonly Need[]): ReadonlyMap<string, readonly Need[]> {
  const found = new Map<string, Need[]>()
  for (const need of needs) {
    const general = need.arns.find(it => /\$\{Stage\}/.test(it)) ?? need.arns[0] ?? '*'
    found.set(general, [...(found.get(general) ?? []), need])
  }
  return found
}

function onWhatFits(
  standing: Standing,
  role: Role,
  statement: Statement,
  wrong: readonly string[],
  place: string,
): Remedy {
  const named = /^execute-api:/i.test(wrong[0] ?? '') ? ofApis(standing, role, statement.resources) : undefined
  const { region, partition } = standing.snapshot
  const account = role.arn.split(':')[4] ?? 'ACCOUNT'
  const known: Readonly<Record<string, string>> = { Partition: partition, Region: region, Account: account }
  const example = place.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => known[name] ?? name.toUpperCase())
  const Resource = named ?? [example]
  const isWhole = named !== undefined || place === '*'
  return updateStatement(
    role,
    statement,
    it => withoutActions(it, wrong),
    `Allow it on ${Resource.join(', ')}${isWhole ? '' : ': fill in the name'}`,
    [
      {
        ...withoutSid(statement.fields),
        Action: wrong,
        Resource: Resource.length === 1 ? (Resource[0] ?? '') : Resource,
      },
    ],
  )
}

function withoutSid({ Sid: _, ...fields }: JsonObject): JsonObject {
  return fields
}

/** All methods of the APIs that are meant; undefined where it cannot be told which these are. */
function ofApis({ snapshot }: Standing, role: Role, resources: readonly string[]): readonly string[] | undefined {
  const account = role.arn.split(':')[4] ?? ''
  const named = resources.map(it => {
    if (/^arn:[^:]*:execute-api:[^:]*:[^:]*:[^/:*]+(?:\/[^/]+)?\/?$/.test(it)) return `${it.replace(/\/$/, '')}/*`
    const api = /\/(?:restapis|apis)\/([a-z0-9]+)/.exec(it)?.[1]
    const region = it.split(':')[3]
    return api === undefined || !it.includes(':apigateway:')
      ? undefined
      : `arn:${snapshot.partition}:execute-api:${region || snapshot.region}:${account}:${api}/*`
  })
  const known = named.filter(it => it !== undefined)
  return known.length === named.length ? known : undefined
}
