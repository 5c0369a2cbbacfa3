import type { JsonObject } from '../document.ts'
import { type Role, told } from '../live/snapshot.ts'
import { type Draft, finding } from './finding.ts'
import { json, mendBy, updateStatement } from './mend.ts'
import { refusalOf } from './refusal.ts'
import type { Remedy } from './remedy.ts'
import { rolesRead, type Standing, type Use, whoGets } from './standing.ts'
import {
  linesOf,
  nameOf,
  type Policy,
  placeOf,
  policiesOf,
  type Statement,
  statementsOf,
  textsOf,
} from './statements.ts'
import { withTagSession } from './trust.ts'

/** Of the variables in the policies of roles: whether they are any, and whether sessions have what they stand for. */
export function variableFindings(standing: Standing): readonly Draft[] {
  return rolesRead(standing).flatMap(({ role, uses }) =>
    policiesOf(role).flatMap(policy => {
      const statements = statementsOf(policy)
      const broken = statements.flatMap(it => brokenIn(standing, role, it))
      return [
        ...broken,
        ...(broken.length > 0 ? [] : off(standing, role, policy, statements)),
        ...statements.filter(it => it.isAllow).flatMap(it => untagged(standing, role, uses, it)),
      ]
    }),
  )
}

/** Texts in which variables can be. */
function textsIn({ fields }: Statement): readonly string[] {
  const conditions = linesOf(fields['Condition']).flatMap(it => it.values)
  return [...textsOf(fields['Resource']), ...textsOf(fields['NotResource']), ...conditions]
}

// ---- broken --------------------------------------------------------------------------------------------------------

/** What can only be meant as a variable, with what is left of its braces. */
const claim = /\$?\{?!?((?:[\w-]+\.)*cognito[\w.-]*:(?:sub|aud|amr)|\baws:PrincipalTag\/[\w+=.@/-]+?(?=[/}'"]|$))\}?/gi

/** What stands between the braces, without a default. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const variable = /\$\{([^}]*)\}/g

/** A text as it was meant; undefined where nothing is wrong with it, or it cannot be told. */
function mendedText(
  text: string,
  host: string,
): { readonly wrong: string; readonly right: string | undefined } | undefined {
  const replaced = (wrong: string, at: number, right: string) =>
    `${text.slice(0, at)}\${${right}}${text.slice(at + wrong.length)}`
  for (const { 0: wrong, 1: content = '', index } of text.matchAll(variable)) {
    const right = rightVariable(content, host)
    if (right !== content) return { wrong, right: right === undefined ? undefined : replaced(wrong, index, right) }
  }
  // outside of braces that are closed
  const outside = text.replaceAll(variable, it => '\0'.repeat(it.length))
  const [found] = outside.matchAll(claim)
  if (found === undefined) return undefined
  const { 0: wrong, 1: name = '', index } = found
  return { wrong, right: replaced(wrong, index, rightVariable(name, host) ?? name) }
}

/** One after another: a text may have several. */
function mendedWhole(text: string, host: string): string {
  let mended = text
  for (let count = 0; count < mostVariables; count++) {
    const right = mendedText(mended, host)?.right
    if (right === undefined || right === mended) break
    mended = right
  }
  return mended
}

const mostVariables = 20

/** Undefined where it cannot be made out what is meant. */
function rightVariable(content: string, host: string): string | undefined {
  if (/^[*?$]$/.test(content)) return content
  const [, key = content, rest = ''] = /^\s*([^,]*?)\s*((?:,.*)?)$/.exec(content) ?? []
  const plain = key.replace(/^!/, '').replace(/\/+$/, '')
  const [, ofCognito] = /^[\w.-]*cognito[\w.-]*:(sub|aud|amr)$/i.exec(plain) ?? []
  if (ofCognito !== undefined) {
    // in whichever case
    return plain.toLowerCase() === `${host}:${ofCognito.toLowerCase()}` && plain === key
      ? content
      : `${host}:${ofCognito.toLowerCase()}${rest}`
  }
  const [, tag] = /^aws:principaltag[/:](.+)$/i.exec(plain) ?? []
  if (tag !== undefined) return /^aws:principaltag\//i.test(key) ? content : `aws:PrincipalTag/${tag}${rest}`
  // of other services, and of AWS, they are many: a colon parts the prefix
  return /^[\w.-]+:[\w./=@+-]+$/.test(key) && !/^aws:principaltag$/i.test(key) ? content : undefined
}

function brokenIn(standing: Standing, role: Role, statement: Statement): readonly Draft[] {
  const { host } = standing
  if (host === undefined) return []
  const found = textsIn(statement).flatMap(text => mendedText(text, host) ?? [])
  const [first] = found
  if (first === undefined) return []
  const mended = mapTexts(statement.fields, text => mendedWhole(text, host))
  const isMended = found.every(it => it.right !== undefined)
  const words = isMended ? `Write ${variablesIn(mended).join(', ')}` : `Write \${${host}:sub}, or what is meant`
  return [
    finding('variable-broken', {
      what: `${capital(nameOf(statement))} of the role ${role.roleName} has ${[...new Set(found.map(it => it.wrong))].join(', ')}, which is no policy variable here.`,
      where: placeOf(role, statement),
      fill: refusalOf(standing, role, statement.actions[0] ?? 'ACTION', statement.resources[0] ?? '*'),
      mend: [
        isMended
          ? updateStatement(role, statement, it => mapTexts(it, text => mendedWhole(text, host)), words)
          : { words },
      ],
    }),
  ]
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

function mapTexts(fields: JsonObject, change: (text: string) => string): JsonObject {
  const own = JSON.stringify(fields, (key, value: unknown) =>
    typeof value === 'string' && key !== 'Sid' && key !== 'Action' ? change(value) : value,
  )
  const changed: JsonObject = JSON.parse(own)
  return changed
}

function variablesIn(fields: JsonObject): readonly string[] {
  return [...new Set([...JSON.stringify(fields).matchAll(variable)].map(([whole]) => whole))]
}

// ---- off -----------------------------------------------------------------------------------------------------------

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
function off(standing: Standing, role: Role, policy: Policy, statements: readonly Statement[]): readonly Draft[] {
  const { Version } = policy.document
  const used = statements.find(it => textsIn(it).some(text => /\$\{[^}*?$]+\}/.test(text)))
  if (Version === '2012-10-17' || used === undefined) return []
  const [name = ''] = variablesIn(used.fields)
  return [
    finding('variables-off', {
      what: `The policy ${policy.name} of the role ${role.roleName} is of version ${String(Version ?? '2008-10-17, as it says none')}, in which ${name} stands for itself.`,
      where: placeOf(role, used),
      fill: refusalOf(standing, role, used.actions[0] ?? 'ACTION', used.resources[0] ?? '*'),
      mend: [updateStatement(role, used, it => it, 'Write Version 2012-10-17')],
    }),
  ]
}

// ---- tags ----------------------------------------------------------------------------------------------------------

/** https://docs.aws.amazon.com/cognito/latest/developerguide/provider-mappings.html */
const defaults = ['username', 'client']

/** Tags that an allowance takes, and that no session of the role has; none where that is not known. */
function untagged(standing: Standing, role: Role, uses: readonly Use[], statement: Statement): readonly Draft[] {
  const asked = new Set([
    ...textsIn(statement).flatMap(text =>
      [...text.matchAll(/\$\{\s*aws:PrincipalTag\/([^},\s]+)\s*\}/gi)].map(it => it[1] ?? ''),
    ),
    ...linesOf(statement.fields['Condition']).flatMap(({ operator, key }) => {
      const [, tag] = /^aws:PrincipalTag\/(.+)$/i.exec(key) ?? []
      return tag !== undefined && /^(?:ForAnyValue:)?String(?:Equals|Like)(?:IgnoreCase)?$/.test(operator) ? [tag] : []
    }),
  ])
  const { snapshot } = standing
  const maps = uses.flatMap(({ providers, kind }) =>
    kind === 'unauthenticated' ? [] : snapshot.principalTags.filter(it => providers.includes(it.provider)),
  )
  const isOpen = maps.some(it => it.answer.kind === 'unasked') || hasDeveloper(standing)
  const given = [
    ...Object.keys(role.tags),
    ...maps.flatMap(({ answer }) => {
      const map = told(answer)
      return map === undefined ? [] : [...Object.keys(map.PrincipalTags), ...(map.UseDefaults ? defaults : [])]
    }),
  ].map(it => it.toLowerCase())
  const lost = [...asked].filter(it => !given.includes(it.toLowerCase()))
  if (lost.length === 0 || isOpen) return []
  const [tag = ''] = lost
  const provider = standing.providers.find(it => /^cognito-idp\./.test(it)) ?? standing.providers[0]
  return [
    finding('tag-without-map', {
      what: `${capital(nameOf(statement))} of the role ${role.roleName} asks for aws:PrincipalTag/${lost.join(', aws:PrincipalTag/')}, and sessions of ${whoGets(uses)} have no such tag.`,
      where: placeOf(role, statement),
      fill: refusalOf(standing, role, statement.actions[0] ?? 'ACTION', statement.resources[0] ?? '*'),
      mend: [
        ...(provider === undefined || uses.every(it => it.kind === 'unauthenticated')
          ? [{ words: 'Tell guests apart by their identity ID, or not at all: they have no tags' }]
          : inOrder([...taggable(standing, provider), tagMap(standing, provider, tag)])),
      ],
    }),
  ]
}

/** Its own backend gives sessions tags as it likes: `GetOpenIdTokenForDeveloperIdentity`. */
const hasDeveloper = ({ pool }: Standing): boolean => pool.DeveloperProviderName !== undefined

/** Whoever signs in by the provider has the tag then: each role must take it, before it is made. */
function taggable(standing: Standing, provider: string): readonly Remedy[] {
  return rolesRead(standing).flatMap(({ role, uses }) => {
    const own = uses.filter(it => it.kind === 'authenticated' && it.providers.includes(provider))
    return own.length === 0 ? [] : withTagSession(standing, role, uses)
  })
}

const inOrder = (remedies: readonly Remedy[]): readonly Remedy[] =>
  remedies.map((it, at) =>
    at === 0 ? it : { ...it, words: `And ${it.words.slice(0, 1).toLowerCase()}${it.words.slice(1)}` },
  )

function tagMap({ pool, snapshot }: Standing, provider: string, tag: string) {
  const known = snapshot.principalTags.find(it => it.provider === provider)
  const tags = { ...(known === undefined ? {} : told(known.answer)?.PrincipalTags), [tag]: 'sub' }
  return mendBy(`Make the tag ${tag} of a claim that users cannot write, such as sub`, [
    ['aws', 'cognito-identity', 'set-principal-tag-attribute-map', '--region', snapshot.region],
    ['--identity-pool-id', pool.IdentityPoolId],
    ['--identity-provider-name', provider],
    ['--principal-tags', json(tags)],
  ])
}
