import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import { dnsSuffix } from '../launch/partitions.ts'
import { type LiveStack, type Role, told } from '../live/snapshot.ts'
import { write } from '../resolve/document-of.ts'
import { type Resolved, type ResolvedResource, resolve, Unknown, type Value } from '../resolve/index.ts'
import { concatenate, isValueList, isValueObject } from '../resolve/value.ts'
import { type Draft, finding } from './finding.ts'
import { mendBy, previousValues } from './mend.ts'
import type { Mend } from './remedy.ts'
import { environmentOf, rolesRead, type Standing } from './standing.ts'
import { statementsIn } from './statements.ts'

/**
 * Where what stands is not what the stack's template says, with the stack's parameters: property by property of the
 * pool, its attachment, its tags and its roles. What only CloudFormation knows is taken to be right.
 */
export function driftFindings(standing: Standing, template: Document): readonly Draft[] {
  const { stack } = standing.snapshot
  if (stack === undefined) return []
  const resolved = resolve(template, environmentOf(standing.snapshot, stack))
  const compare = new Comparison(standing, stack, template, resolved)
  return Object.entries(resolved.Resources).flatMap(([id, resource]) =>
    resource.condition === undefined ? compare.resource(id, resource) : [],
  )
}

class Comparison {
  readonly #standing: Standing
  readonly #stack: LiveStack
  readonly #template: Document
  readonly #resolved: Resolved
  readonly #physical: ReadonlyMap<string, string>
  readonly #roles: ReadonlyMap<string, Role>

  constructor(standing: Standing, stack: LiveStack, template: Document, resolved: Resolved) {
    this.#standing = standing
    this.#stack = stack
    this.#template = template
    this.#resolved = resolved
    this.#physical = new Map(
      stack.resources.flatMap(it => (it.physicalId === '' ? [] : [[it.logicalId, it.physicalId] as const])),
    )
    this.#roles = new Map(rolesRead(standing).map(({ role }) => [role.roleName, role]))
  }

  resource(id: string, { Type, Properties }: ResolvedResource): readonly Draft[] {
    const own = (name: string): Value | undefined => {
      const value = Properties[name]
      return value === undefined ? undefined : this.#known(value)
    }
    switch (Type) {
      case 'AWS::Cognito::IdentityPool':
        return this.#physical.get(id) === this.#standing.pool.IdentityPoolId ? this.#pool(id, own) : []
      case 'AWS::Cognito::IdentityPoolRoleAttachment':
        return own('IdentityPoolId') === this.#standing.pool.IdentityPoolId ? this.#attachment(id, own) : []
      case 'AWS::Cognito::IdentityPoolPrincipalTag':
        return own('IdentityPoolId') === this.#standing.pool.IdentityPoolId ? this.#tags(id, own) : []
      case 'AWS::IAM::Role': {
        const role = this.#roles.get(this.#physical.get(id) ?? '')
        return role === undefined ? [] : this.#role(id, role, own)
      }
      default:
        return []
    }
  }

  #pool(id: string, own: (name: string) => Value | undefined): readonly Draft[] {
    const { pool } = this.#standing
    const live: Readonly<Record<string, Json | undefined>> = {
      AllowUnauthenticatedIdentities: pool.AllowUnauthenticatedIdentities,
      AllowClassicFlow: pool.AllowClassicFlow ?? false,
      CognitoIdentityProviders: (pool.CognitoIdentityProviders ?? []).map(it => ({
        ...it,
        ServerSideTokenCheck: it.ServerSideTokenCheck ?? false,
      })),
      SupportedLoginProviders: pool.SupportedLoginProviders ?? {},
      DeveloperProviderName: pool.DeveloperProviderName ?? '',
      OpenIdConnectProviderARNs: pool.OpenIdConnectProviderARNs ?? [],
      SamlProviderARNs: pool.SamlProviderARNs ?? [],
    }
    const defaults: Readonly<Record<string, Value>> = {
      ...{ AllowUnauthenticatedIdentities: false, AllowClassicFlow: false, CognitoIdentityProviders: [] },
      ...{
        SupportedLoginProviders: {},
        DeveloperProviderName: '',
        OpenIdConnectProviderARNs: [],
        SamlProviderARNs: [],
      },
    }
    const name = own('IdentityPoolName')
    return [
      ...(name === undefined ? [] : this.#property(id, 'IdentityPoolName', name, pool.IdentityPoolName)),
      ...Object.entries(live).flatMap(([property, value]) => {
        const said = own(property) ?? defaults[property] ?? ''
        return this.#property(id, property, property === 'CognitoIdentityProviders' ? checked(said) : said, value ?? '')
      }),
    ]
  }

  #attachment(id: string, own: (name: string) => Value | undefined): readonly Draft[] {
    const { poolRoles } = this.#standing
    if (poolRoles === undefined) return []
    const mappings = own('RoleMappings') ?? {}
    const said = isValueObject(mappings) ? keyedByProvider(mappings) : mappings
    const live = Object.fromEntries(
      Object.entries(poolRoles.RoleMappings).map(([key, { RulesConfiguration, ...mapping }]) => [
        key,
        {
          ...mapping,
          ...(RulesConfiguration === undefined
            ? {}
            : { RulesConfiguration: { Rules: RulesConfiguration.Rules.map((it): JsonObject => ({ ...it })) } }),
        },
      ]),
    )
    return [
      ...this.#property(id, 'Roles', own('Roles') ?? {}, poolRoles.Roles),
      ...this.#property(id, 'RoleMappings', said, live),
    ]
  }

  #tags(id: string, own: (name: string) => Value | undefined): readonly Draft[] {
    const provider = own('IdentityProviderName')
    const found = this.#standing.snapshot.principalTags.find(it => it.provider === provider)
    if (found === undefined || found.answer.kind === 'unasked') return []
    const map = told(found.answer) ?? { UseDefaults: false, PrincipalTags: {} }
    const usesDefaults = own('UseDefaults') ?? false
    return [
      ...this.#property(id, 'UseDefaults', usesDefaults, map.UseDefaults),
      // the defaults may be told as tags
      ...(String(usesDefaults) === 'true'
        ? []
        : this.#property(id, 'PrincipalTags', own('PrincipalTags') ?? {}, map.PrincipalTags)),
    ]
  }

  #role(id: string, role: Role, own: (name: string) => Value | undefined): readonly Draft[] {
    const boundary = own('PermissionsBoundary')
    return [
      ...this.#document(id, 'AssumeRolePolicyDocument', own('AssumeRolePolicyDocument') ?? {}, role.trust, role),
      ...this.#property(id, 'PermissionsBoundary', boundary ?? '', role.boundary?.arn ?? '', role),
      ...this.#inline(id, own('Policies') ?? [], role),
      ...this.#managed(id, own('ManagedPolicyArns') ?? [], role),
    ]
  }

  #inline(id: string, said: Value, role: Role): readonly Draft[] {
    const live = told(role.inline)
    if (live === undefined || !isValueList(said)) return []
    const others = this.#attachedTo(id, role, ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy'])
    const entries = [...said, ...others.properties].flatMap(it =>
      isValueObject(it) && typeof it['PolicyName'] === 'string'
        ? [[it['PolicyName'], it['PolicyDocument'] ?? {}] as const]
        : [],
    )
    const isKnown = others.isKnown && entries.length === said.length + others.properties.length
    const names = entries.map(([name]) => name)
    const place = (name: string) => `Policies.${name}`
    return [
      ...entries.flatMap(([name, document]) => {
        const stands = live.find(it => it.name === name)
        if (stands === undefined) {
          return [this.#found(id, place(name), `has the policy ${name} by the template, and it is gone`, role)]
        }
        const known = told(stands.document)
        return known === undefined ? [] : this.#document(id, place(name), this.#known(document), known, role)
      }),
      ...(isKnown ? live : [])
        .filter(it => !names.includes(it.name))
        .map(({ name }) =>
          this.#found(id, place(name), `has the policy ${name}, which is not in the template`, role, [
            mendBy('Or take it out', [
              ['aws', 'iam', 'delete-role-policy', '--role-name', role.roleName, '--policy-name', name],
            ]),
          ]),
        ),
    ]
  }

  #managed(id: string, said: Value, role: Role): readonly Draft[] {
    const live = told(role.attached)?.map(it => it.arn)
    const others = this.#attachedTo(id, role, ['AWS::IAM::ManagedPolicy'])
    const wanted = isValueList(said) ? [...said, ...others.ids] : undefined
    if (live === undefined || wanted === undefined || !others.isKnown) return []
    if (wanted.some(it => typeof it !== 'string')) return []
    return [
      ...wanted
        .filter(it => typeof it === 'string' && !live.includes(it))
        .map(arn =>
          this.#found(id, 'ManagedPolicyArns', `has ${String(arn)} by the template, and it is detached`, role),
        ),
      ...live
        .filter(arn => !wanted.includes(arn))
        .map(arn =>
          this.#found(id, 'ManagedPolicyArns', `has ${arn}, which is not in the template`, role, [
            mendBy('Or detach it', [
              ['aws', 'iam', 'detach-role-policy', '--role-name', role.roleName, '--policy-arn', arn],
            ]),
          ]),
        ),
    ]
  }

  /** Policies that stand by themselves in the template and name the role. */
  #attachedTo(id: string, role: Role, types: readonly string[]) {
    let isKnown = true
    const found = Object.entries(this.#resolved.Resources).filter(([, { Type, Properties, condition }]) => {
      if (!types.includes(Type)) return false
      const named = this.#known(Properties['Roles'] ?? Properties['RoleName'] ?? [])
      const roles = isValueList(named) ? named : [named]
      if (condition !== undefined || roles.some(it => it instanceof Unknown)) isKnown = false
      return roles.includes(role.roleName) || roles.includes(id)
    })
    const ids = found.map(([policy]) => this.#physical.get(policy) ?? '')
    return { isKnown, ids, properties: found.map(([, it]) => it.Properties) }
  }

  #document(id: string, property: string, said: Value, live: JsonObject, role: Role): readonly Draft[] {
    const known = this.#known(said)
    if (same(known, live) !== false) return []
    const [wanted, standing] = [statementsOf(known), statementsIn(live)]
    const unmet = wanted.filter(it => standing.every(one => same(it, one) === false))
    const foreign = standing.filter(it => wanted.every(one => same(one, it) === false))
    const pairs = pairsOf(unmet, foreign)
    const gone = unmet.filter(it => pairs.every(([one]) => one !== it)).map(it => nameOf(it, wanted))
    const more = foreign.filter(it => pairs.every(([, one]) => one !== it)).map(it => nameOf(it, standing))
    const words = [
      ...pairs.map(([said, stands]) => `${nameOf(stands, standing)} ${differencesOf(said, stands)}`),
      ...(gone.length === 0 ? [] : [`it lacks ${gone.join(' and ')} of the template`]),
      ...(more.length === 0 ? [] : [`it has ${more.join(' and ')} besides`]),
    ]
    const what =
      property === 'AssumeRolePolicyDocument' ? 'trust policy' : `policy ${property.replace('Policies.', '')}`
    const difference = words.length === 0 ? 'it is not the template’s' : words.join(', and ')
    return [this.#found(id, property, `has another ${what} than the template says: ${difference}`, role)]
  }

  #property(id: string, property: string, said: Value, live: Json, role?: Role): readonly Draft[] {
    if (same(said, live) !== false) return []
    const words = `has ${property} ${shown(live)}, and the template says ${shown(write(said))}`
    return [this.#found(id, property, words, role)]
  }

  #found(id: string, property: string, words: string, role?: Role, others: readonly Mend[] = []): Draft {
    const subject = role === undefined ? id : `${id} (the role ${role.roleName})`
    return finding('drift', {
      what: `${subject} ${words}.`,
      where: { property: `${id}.${property}`, ...(role === undefined ? {} : { role: role.roleName }) },
      mend: [this.#reverted(id, property), ...others],
    })
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html, `DeploymentMode` */
  #reverted(id: string, property: string): Mend {
    const name = decidingParameter(this.#template, id, property)
    const kept =
      name === undefined ? 'Write it into the template' : `Set the parameter ${name} of the stack, which decides it`
    const [first, ...others] = previousValues(this.#standing)
    return mendBy(
      `${kept}; or take it back by a change set: look at it with describe-change-set, then execute-change-set`,
      [
        ['aws', 'cloudformation', 'create-change-set', '--region', this.#standing.snapshot.region],
        ['--stack-name', this.#stack.name, '--change-set-name', 'revert-drift'],
        ['--use-previous-template', '--deployment-mode', 'REVERT_DRIFT'],
        ['--capabilities', 'CAPABILITY_IAM'],
        ...(first === undefined ? [] : [['--parameters', ...first], ...others]),
      ],
    )
  }

  /** With the IDs that CloudFormation has told. */
  #known(value: Value): Value {
    if (isValueList(value)) return value.map(it => this.#known(it))
    if (isValueObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, this.#known(it)]))
    }
    if (!(value instanceof Unknown)) return value
    const { origin } = value
    switch (origin.kind) {
      case 'resource':
        return this.#physical.get(origin.id) ?? value
      case 'attribute':
        return this.#attribute(origin.id, origin.attribute) ?? value
      case 'text':
        return concatenate(
          origin.parts.map(part => {
            const known = this.#known(part)
            return typeof known === 'string' || known instanceof Unknown ? known : part
          }),
        )
      default:
        return value
    }
  }

  #attribute(id: string, attribute: Value): string | undefined {
    const physical = this.#physical.get(id)
    const type = this.#resolved.Resources[id]?.Type
    if (physical === undefined) return undefined
    const { region, partition } = this.#standing.snapshot
    switch (`${type} ${String(attribute)}`) {
      case 'AWS::IAM::Role Arn':
        return this.#roles.get(physical)?.arn
      case 'AWS::Cognito::IdentityPool Id':
      case 'AWS::Cognito::UserPool UserPoolId':
      case 'AWS::Cognito::UserPoolClient ClientId':
        return physical
      case 'AWS::Cognito::UserPool ProviderName':
        return `cognito-idp.${region}.${dnsSuffix(partition)}/${physical}`
      case 'AWS::S3::Bucket Arn':
        return `arn:${partition}:s3:::${physical}`
      default:
        return undefined
    }
  }
}

/** The token check is off where nothing says otherwise. */
function checked(providers: Value): Value {
  if (!isValueList(providers)) return providers
  return providers.map(it =>
    isValueObject(it) ? { ...it, ServerSideTokenCheck: it['ServerSideTokenCheck'] ?? false } : it,
  )
}

function keyedByProvider(mappings: Readonly<Record<string, Value>>): Value {
  const entries = Object.entries(mappings).map(([key, mapping]) => {
    if (!isValueObject(mapping)) return [key, mapping] as const
    const { IdentityProvider = key, ...own } = mapping
    return [IdentityProvider, own] as const
  })
  const isKnown = entries.every(([key]) => typeof key === 'string')
  return isKnown
    ? Object.fromEntries(entries.map(([key, own]) => [String(key), own]))
    : new Unknown({ kind: 'pseudo', name: 'RoleMappings' })
}

/** One is as good as a list of it, and no order counts; what is not known is as it should be. */
function same(said: Value, live: Json): boolean | 'unknown' {
  if (said instanceof Unknown) return 'unknown'
  if (isValueList(said) || isList(live)) {
    const [wanted, given] = [isValueList(said) ? said : [said], isList(live) ? live : [live]]
    const isOpen = wanted.some(it => it instanceof Unknown)
    const isAll = wanted.every(it => given.some(one => same(it, one) !== false))
    const isNoMore = isOpen || given.every(it => wanted.some(one => same(one, it) !== false))
    return isAll && isNoMore && (isOpen ? 'unknown' : wanted.length === given.length)
  }
  if (isValueObject(said)) {
    if (!isObject(live)) return false
    const names = new Set([...Object.keys(said), ...Object.keys(live)])
    const each = [...names].map(name => {
      const [wanted, given] = [said[name], live[name]]
      return wanted !== undefined && given !== undefined && same(wanted, given)
    })
    return each.includes(false) ? false : each.includes('unknown') ? 'unknown' : true
  }
  return !isObject(live) && String(said) === String(live)
}

function statementsOf(document: Value): readonly Value[] {
  const statements = isValueObject(document) ? (document['Statement'] ?? []) : []
  return isValueList(statements) ? statements : [statements]
}

/** `statement 2 (PrivateList)`, or by what it does. */
function nameOf(statement: Value, among: readonly Value[]): string {
  const { Sid, Effect, Action } = isValueObject(statement) ? statement : {}
  const actions = [Action].flat().filter(it => typeof it === 'string')
  const words = typeof Sid === 'string' && Sid !== '' ? Sid : `${String(Effect ?? '')} ${actions.join(', ')}`.trim()
  return `statement ${among.indexOf(statement) + 1} (${words})`
}

/** Of statements that are only in one of two documents, those that are the same one, changed: by their Sid, or as the only ones. */
function pairsOf(said: readonly Value[], live: readonly JsonObject[]): readonly (readonly [Value, JsonObject])[] {
  const sidOf = (it: Value) => (isValueObject(it) && typeof it['Sid'] === 'string' ? it['Sid'] : '')
  const [one, other] = [said[0], live[0]]
  const isOnly = said.length === 1 && live.length === 1
  if (isOnly && one !== undefined && other !== undefined && sidOf(one) === sidOf(other)) return [[one, other]]
  return said.flatMap(it => {
    const found = sidOf(it) === '' ? undefined : live.find(stands => sidOf(stands) === sidOf(it))
    return found === undefined ? [] : [[it, found] as const]
  })
}

/** `has aud (StringEquals) a, and the template says b` of each part that is another. */
function differencesOf(said: Value, live: JsonObject): string {
  const [wanted, given] = [partsOf(said), partsOf(live)]
  const names = [...new Set([...wanted.keys(), ...given.keys()])]
  const none: Value = ''
  const found = names.flatMap(name => {
    const [should, is] = [wanted.get(name) ?? none, given.get(name) ?? none]
    if (same(should, write(is)) !== false) return []
    const [lists, stands] = [textsIn(should), textsIn(is)]
    const lost = lists.filter(it => !stands.includes(it))
    const more = stands.filter(it => !lists.includes(it))
    if (lists.length + stands.length < 3)
      return [`has ${name} ${shown(write(is))}, and the template says ${shown(write(should))}`]
    return [
      ...(lost.length === 0 ? [] : [`lacks ${name} ${lost.join(', ')}`]),
      ...(more.length === 0 ? [] : [`has ${name} ${more.join(', ')} besides`]),
    ]
  })
  return found.join(', and ')
}

/** What a statement says: a condition by its operator and key. */
function partsOf(statement: Value): ReadonlyMap<string, Value> {
  const { Condition, ...own } = isValueObject(statement) ? statement : {}
  const conditions = isValueObject(Condition ?? '') && isValueObject(Condition) ? Object.entries(Condition) : []
  return new Map([
    ...Object.entries(own),
    ...conditions.flatMap(([operator, keys]) =>
      isValueObject(keys) ? Object.entries(keys).map(([key, it]) => [`Condition ${operator} ${key}`, it] as const) : [],
    ),
  ])
}

const textsIn = (value: Value): readonly string[] =>
  (isValueList(value) ? value : [value]).map(it => shown(write(it))).filter(it => it !== 'none')

/** The one parameter of the template that a property hangs on, by itself or by a condition; undefined where it is none or several. */
function decidingParameter(
  { Parameters = {}, Conditions = {}, Resources }: Document,
  id: string,
  property: string,
): string | undefined {
  const resource = Resources[id]
  const properties = isObject(resource) ? resource['Properties'] : undefined
  const found = new Set<string>()
  const seen = new Set<string>()
  const look = (value: Json | undefined): void => {
    if (value === undefined || typeof value !== 'object' || value === null) return
    if (isList(value)) {
      for (const it of value) look(it)
      return
    }
    for (const [key, it] of Object.entries(value)) {
      const [name] = isList(it) ? it : [it]
      if (key === 'Ref' && typeof it === 'string' && Object.hasOwn(Parameters, it)) found.add(it)
      const isCondition = (key === 'Fn::If' || key === 'Condition') && typeof name === 'string'
      if (isCondition && Object.hasOwn(Conditions, name) && !seen.has(name)) {
        seen.add(name)
        look(Conditions[name])
      }
      look(it)
    }
  }
  const said = isObject(properties) ? properties[property] : undefined
  // of a part of more than that it would decide nothing
  if (isObject(said) && ('Ref' in said || 'Fn::If' in said)) look(said)
  const [only, another] = found
  return another === undefined ? only : undefined
}

/** As a person says it: no brackets around what is listed, and none where there is nothing. */
function shown(value: Json): string {
  const text = said(value, true)
  return text.length > 240 ? `${text.slice(0, 239)}…` : text
}

function said(value: Json, isWhole = false): string {
  if (isList(value)) return value.length === 0 ? 'none' : value.map(it => said(it)).join(', ')
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, it]) => `${key}: ${said(it)}`)
    return entries.length === 0 ? 'none' : isWhole ? entries.join(', ') : `(${entries.join(', ')})`
  }
  return value === '' ? 'none' : String(value)
}
