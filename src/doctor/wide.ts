import { peopleOf, type Row, tableOf } from '../access/show/table.ts'
import { type Document, isObject, type Json, type JsonObject } from '../document.ts'
import { documentOf } from '../live/document-of.ts'
import type { Role } from '../live/snapshot.ts'
import { resolve } from '../resolve/index.ts'
import { withoutManaged } from './additional.ts'
import { type Draft, finding } from './finding.ts'
import { mendBy, updateStatement } from './mend.ts'
import { withoutActions } from './permissions.ts'
import type { Remedy } from './remedy.ts'
import { type Kind, rolesRead, type Standing, type Use, whoGets } from './standing.ts'
import { nameOf, policiesOf, type Statement, statementsOf } from './statements.ts'
import { rightStatement } from './trust.ts'

/** Of what the roles allow and should not, by the proof of access: what `poolform access` shows in red. */
export function wideFindings(standing: Standing): readonly Draft[] {
  const { host } = standing
  if (host === undefined) return []
  const { document, env } = documentOf(standing.snapshot)
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const kinds = [...new Set(uses.map(it => it.kind))]
    const found = kinds.flatMap(kind => {
      const own = uses.filter(it => it.kind === kind)
      const trust = {
        Version: '2012-10-17',
        Statement: [rightStatement(standing, host, { trust: {} }, own)],
      }
      const resolved = resolve(withTags(standing, role, withRole(document, role, kind, trust)), env)
      const people = peopleOf(resolved, standing.snapshot.region)
      const { rows } = tableOf(resolved, people, { ...standing.snapshot, accountId: env.accountId })
      const column = kind === 'authenticated' ? 'user' : 'guest'
      return rows.filter(it => it.cells[column].isWrong).map(row => ({ row, by: row.cells[column].by, kind }))
    })
    const statements = new Map<string, { readonly by: readonly string[]; readonly rows: Set<Row> }>()
    for (const { row, by } of found) {
      const known = statements.get(by.join()) ?? { by, rows: new Set() }
      statements.set(by.join(), known)
      known.rows.add(row)
    }
    return [...statements.values()].map(({ by, rows }) => told(standing, role, uses, by, [...rows]))
  })
}

/** The pool with this role alone, for all of one kind; whether the role trusts the pool is another matter. */
function withRole({ Resources, ...document }: Document, role: Role, kind: Kind, trust: JsonObject): Document {
  const own: Record<string, Json> = {}
  for (const [id, resource] of Object.entries(Resources)) {
    if (!isObject(resource) || id === 'RoleAttachment') continue
    const properties = resource['Properties']
    if (resource['Type'] !== 'AWS::IAM::Role') own[id] = resource
    else if (isObject(properties) && properties['RoleName'] === role.roleName) {
      own[id] = { ...resource, Properties: { ...properties, AssumeRolePolicyDocument: trust } }
    }
  }
  const pool = Resources['IdentityPool']
  const properties = isObject(pool) ? pool['Properties'] : undefined
  const id = isObject(properties) ? properties['Id'] : undefined
  return {
    ...document,
    Resources: {
      ...own,
      RoleAttachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: id ?? '', Roles: { [kind]: role.arn } },
      },
    },
  }
}

/**
 * A tag of the role itself is the same in all of its sessions, unless one of their own takes its place: what it names is
 * nobody's own. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
function withTags({ snapshot }: Standing, { tags }: Role, document: Document): Document {
  const maps = snapshot.principalTags.filter(it => it.answer.kind !== 'absent')
  const isOwn = (tag: string) =>
    maps.every(({ answer }) => {
      const map = answer.kind === 'is' ? answer.value : undefined
      return map?.UseDefaults === false && Object.keys(map.PrincipalTags).every(it => it.toLowerCase() !== tag)
    })
  const values = new Map(Object.entries(tags).map(([tag, value]) => [tag.toLowerCase(), value]))
  const filled = (text: string) =>
    text.replaceAll(/\$\{\s*aws:PrincipalTag\/([^},]+?)\s*(?:,[^}]*)?\}/gi, (whole, tag: string) => {
      const value = values.get(tag.toLowerCase())
      return value === undefined || !isOwn(tag.toLowerCase()) ? whole : value.replaceAll(/[*?$]/g, '${$&}')
    })
  if (values.size === 0) return document
  const made: Document = JSON.parse(JSON.stringify(document), (_, it: unknown) =>
    typeof it === 'string' ? filled(it) : it,
  )
  return made
}

const mostPlaces = 4

function told(
  standing: Standing,
  role: Role,
  uses: readonly Use[],
  by: readonly string[],
  rows: readonly Row[],
): Draft {
  const who = whoGets(uses)
  const isForGuests = uses.every(it => it.kind === 'unauthenticated')
  const places = new Map<string, string[]>()
  for (const { place, action } of rows) places.set(place, [...(places.get(place) ?? []), action])
  const all = [...places].map(([place, actions]) => `${shortened(actions)} on ${place}`)
  const more = all.length > mostPlaces ? `; and ${all.length - mostPlaces} more` : ''
  const own = policiesOf(role).flatMap(statementsOf)
  const statement = own.find(it => by.includes(sourceName(it)))
  const names = by.map(source => {
    const found = own.find(it => sourceName(it) === source)
    return found === undefined ? source : nameOf(found)
  })
  const [first = ''] = by
  const where =
    statement === undefined
      ? { role: role.roleName, policy: first }
      : {
          ...{ role: role.roleName, policy: statement.policy.name, statement: statement.number },
          ...(statement.sid === undefined ? {} : { sid: statement.sid }),
        }
  return finding('too-wide', {
    what: `${who.slice(0, 1).toUpperCase()}${who.slice(1)} may, by ${names.join(' and ')} of the role ${role.roleName}: ${all.slice(0, mostPlaces).join('; ')}${more}.`,
    where,
    mend: [...withoutManaged(standing, statement), ...narrower(role, statement, isForGuests)],
  })
}

function shortened(actions: readonly string[]): string {
  const shown = actions.slice(0, 6).join(', ')
  return actions.length > 7 ? `${shown} and ${actions.length - 6} other actions` : actions.join(', ')
}

/** As the table names it. */
function sourceName({ sid, policy, number }: Statement): string {
  const name = policy.kind === 'inline' ? policy.name : policy.name.slice(policy.name.lastIndexOf('/') + 1)
  return sid ?? `${name.replaceAll(policy.kind === 'inline' ? /(?!)/g : /[^A-Za-z0-9]/g, '')}[${number - 1}]`
}

/**
 * What the console gave every pool, of which no user needs anything: the calls by which identities get credentials take
 * no permission.
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
 */
const needless = /^(?:mobileanalytics|cognito-sync|cognito-identity):/i
const ofObjects = [
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
]

function narrower(role: Role, statement: Statement | undefined, isForGuests: boolean): readonly Remedy[] {
  if (statement === undefined) return [{ words: 'Take out what users do not need' }]
  const { policy, actions, resources } = statement
  const lost = actions.filter(it => needless.test(it))
  if (lost.length > 0) {
    return [updateStatement(role, statement, it => withoutActions(it, lost), 'Take out what no user needs')]
  }
  if (actions.join() === 's3:*' && resources.every(it => /^arn:[^:]*:s3:::[^/*]+\/.*\$\{/.test(it))) {
    const words = 'Name the actions on objects that users need'
    return [updateStatement(role, statement, it => ({ ...it, Action: ofObjects }), words)]
  }
  const [, , , , account = ''] = role.arn.split(':')
  const unnamed = /^(arn:[^:]*:execute-api:[^:]*):\*:/
  if (actions.every(it => /^execute-api:/i.test(it)) && resources.some(it => unnamed.test(it))) {
    const named = resources.map(it => it.replace(unnamed, `$1:${account}:`))
    return [updateStatement(role, statement, it => ({ ...it, Resource: named }), 'Name the account of the API')]
  }
  const narrow = isForGuests
    ? 'to the actions that guests need, on what is public'
    : 'to the actions that users need, on what is the user’s own, by the identity ID or a principal tag'
  if (/^arn:[\w-]+:iam::aws:/.test(policy.name)) {
    return [
      mendBy(`Detach it, as nobody changes the policies of AWS; and give the role one of your own, ${narrow}`, [
        ['aws', 'iam', 'detach-role-policy', '--role-name', role.roleName, '--policy-arn', policy.name],
      ]),
    ]
  }
  return [{ words: `Narrow ${nameOf(statement)}: ${narrow}` }]
}
