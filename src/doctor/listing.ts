import type { ContextValue, Request } from '../access/decide/request.ts'
import { decide } from '../access/decide/statement.ts'
import type { Role } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { type Folder, foldersOf, listStatement } from './folders.ts'
import { addPolicy } from './mend.ts'
import { denialsOf } from './nothing.ts'
import { refusalOf } from './refusal.ts'
import { rolesRead, type Standing, whoGets } from './standing.ts'
import { nameOf, placeOf, policiesOf, type Statement, statementsOf } from './statements.ts'

const somebody = '11111111-2222-4333-8444-555555555555'

/**
 * Folders that are named by whose they are, in which users reach objects and which they may not list: listing is an
 * action on the bucket, `s3:prefix` says of which folder.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function listingFindings(standing: Standing): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    // that all is denied is told already
    if (denialsOf(role) !== undefined) return []
    const statements = policiesOf(role)
      .flatMap(statementsOf)
      .filter(it => it.isAllow)
    const who = whoGets(uses)
    const folders = new Map(
      statements
        .filter(isOnObjects)
        .flatMap(statement => foldersOf(statement).map(it => [`${it.bucket} ${it.folder}`, { ...it, statement }])),
    )
    return [...folders.values()].flatMap(it => unlisted(standing, role, who, statements, it))
  })
}

const isOnObjects = ({ actions }: Statement): boolean =>
  actions.some(it => /^(?:s3:\*|\*|s3:(?:Get|Put)(?:Object)?\*?|s3:(?:Get|Put)Object)$/i.test(it))

function unlisted(
  standing: Standing,
  role: Role,
  who: string,
  statements: readonly Statement[],
  { bucket, folder, statement }: Folder & { readonly statement: Statement },
): readonly Draft[] {
  const { host, snapshot } = standing
  const arn = `arn:${snapshot.partition}:s3:::${bucket}`
  const id = `${snapshot.region}:${somebody}`
  const context = new Map<string, ContextValue>([[`${host ?? ''}:sub`, id]])
  for (const [, tag = ''] of folder.matchAll(/\$\{aws:PrincipalTag\/([^},]+)\}/gi)) {
    context.set(`aws:principaltag/${tag.toLowerCase()}`, 'somebody')
  }
  const own = folder.replaceAll(/\$\{([^},]+)[^}]*\}/g, (whole, key: string) => {
    const value = context.get(key.toLowerCase())
    return typeof value === 'string' ? value : whole
  })
  // of a variable that is none, or not known, nothing can be said
  if (own.includes('${')) return []
  // that of an older one variables are none is told already
  const documents = policiesOf(role).map(it => ({ ...it.document, Version: '2012-10-17' }))
  const lists = (prefix: string) => {
    const request: Request = {
      ...{ action: 's3:ListBucket', resource: arn },
      context: new Map([...context, ['s3:prefix', prefix]]),
      open: { has: key => key !== 's3:prefix' && !key.includes('.') },
    }
    return decide(documents, request).decision
  }
  if (lists(own) !== 'deny') return []
  const meant = statements.find(
    it => it.actions.some(name => /^s3:(?:List\*|ListBucket\*?)$/i.test(name)) && it.resources.includes(arn),
  )
  // what is allowed on the wrong thing is told already
  const isMisplaced = statements.some(it => it.actions.some(name => /^s3:ListBucket$|^s3:ListObjects/i.test(name)))
  if (meant === undefined && isMisplaced) return []
  const fill = refusalOf(standing, role, 's3:ListBucket', arn)
  const mend = [addPolicy(role, 'list-own-folder', [listStatement(arn, [folder])], 'Allow listing of the own folder')]
  if (meant !== undefined) {
    return [
      finding('listing-wrong-prefix', {
        what: `${who.slice(0, 1).toUpperCase()}${who.slice(1)} may not list ${folder} of ${bucket}: ${nameOf(meant)} of the role ${role.roleName} allows listing with other prefixes.`,
        where: placeOf(role, meant),
        fill,
        mend,
      }),
    ]
  }
  return [
    finding('no-listing', {
      what: `${who.slice(0, 1).toUpperCase()}${who.slice(1)} reach objects in ${folder} of ${bucket} by the role ${role.roleName}, and may not list them.`,
      where: placeOf(role, statement),
      fill,
      mend,
    }),
  ]
}
