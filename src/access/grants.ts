import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { actionNames, actionWords, listed } from './actions.ts'
import { type Decided, ifOf, isCall, isNoValue, operandOf } from './branches.ts'
import { decide, openConditions } from './choices.ts'
import { limitWords } from './limits.ts'
import { deniedPlaceWords, placeWords } from './places.ts'
import { type Named, namedBy, narrowed, permissionOf, policyPlace, thingOf } from './resource-policies.ts'
import { RoleReferences } from './role-references.ts'
import { piecesOf, shown, textOf } from './text.ts'

/**
 * What a template's own policies let people do, statement by statement, in words: those of roles, users and groups, and
 * those that stand on the thing itself. It reads any template,
 * also one that CloudFormation would refuse, and never says less than a policy allows: what has no words is shown as it
 * stands. Where the branches of an `If` read alike, as those that only name an identity by the host of its region, they
 * are one grant; any other difference makes two, each with its condition. Permissions boundaries and session policies are
 * not looked at: they only narrow.
 */
export function grantsOf(document: Document): readonly Grant[] {
  const { Resources } = document
  if (!isObject(Resources)) return []
  const walk = new Walk({ ...document, Resources })
  return Object.entries(Resources).flatMap(([id, resource]) => (isObject(resource) ? walk.grants(id, resource) : []))
}

type Who = Grant['who']

/** A grant without whose it is; a policy on the thing itself says whom it means. */
type Rule = Omit<Grant, 'who' | 'principal' | 'by'> & { readonly named?: readonly Named[] }

type Conditional = Pick<Grant, 'when'>

/** Whom a policy means that names nobody, which AWS refuses. */
const unsaid: Named = { who: 'other', principal: 'whoever the policy means' }

/** Resources that carry policies of their own. https://docs.aws.amazon.com/IAM/latest/UserGuide/id.html */
const carriers = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group']

/** Resources that are policies. */
const policies = [
  ...['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'],
  ...['AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'],
]

/** The properties by which a policy names those that it is attached to. */
const attachedTo = ['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName']

/** More choices than these in one statement are shown as they stand. */
const mostConditions = 8

class Walk {
  readonly #document: Document
  readonly #roles: RoleReferences
  readonly #who: ReadonlyMap<string, ReadonlySet<Who>>
  /** IDs of roles, users and groups by the names that the template gives them. */
  readonly #names: ReadonlyMap<string, string>

  constructor(document: Document) {
    this.#document = document
    const resources = Object.entries(document.Resources)
    this.#roles = new RoleReferences(document)
    this.#who = identitiesOf(document, this.#roles)
    this.#names = new Map(
      resources.flatMap(([id, resource]) => {
        if (!isObject(resource) || !carriers.includes(typeOf(resource))) return []
        const { RoleName, UserName, GroupName } = fieldsOf(resource['Properties'])
        const name = RoleName ?? UserName ?? GroupName
        return name === undefined ? [] : [[textOf(name, document), id] as const]
      }),
    )
  }

  grants(id: string, resource: JsonObject): readonly Grant[] {
    const type = typeOf(resource)
    const properties = resource['Properties']
    if (carriers.includes(type)) {
      return this.#underCondition(resource, new Map(), decided =>
        this.#choices(properties ?? null, decided, (own, now) => this.#given(id, this.#carried(own, now))),
      )
    }
    const given = this.#handed(id, type)
    if (given !== undefined) {
      return dropped(
        this.#underCondition(resource, new Map(), decided => this.#choices(properties ?? null, decided, given)),
      )
    }
    const place = policyPlace(type)
    if (place !== undefined) {
      return this.#underCondition(resource, new Map(), decided =>
        this.#choices(properties ?? null, decided, (own, now) => this.#onThing(id, type, own, now)),
      )
    }
    if (!policies.includes(type)) return []
    return this.#underCondition(resource, new Map(), decided =>
      this.#choices(properties ?? null, decided, (own, now) => this.#standing(id, own, now)),
    )
  }

  /** By types that give a role, or what a group or permission set allows. */
  #handed(id: string, type: string): ((properties: Json, decided: Decided) => readonly Grant[]) | undefined {
    switch (type) {
      case 'AWS::Cognito::IdentityPoolRoleAttachment':
        return (own, now) => this.#attached(own, now)
      case 'AWS::Cognito::UserPoolGroup':
        return (own, now) => this.#role('signed-in', fieldsOf(own)['RoleArn'], now)
      case 'AWS::IAM::UserToGroupAddition':
        return own => {
          const { GroupName, Users } = fieldsOf(own)
          const [group = 'that is not said'] = this.#targets(GroupName)
          return this.#targets(Users).flatMap(user => this.#given(user, [whatever(`the group ${group}`)]))
        }
      case 'AWS::SSO::PermissionSet':
        return (own, now) => this.#given(id, this.#ofPermissionSet(own, now))
      case 'AWS::SSO::Assignment':
        return own => {
          const { PermissionSetArn, PrincipalId, PrincipalType, TargetId } = fieldsOf(own)
          const [set, whose, kind, account] = [PermissionSetArn, PrincipalId, PrincipalType, TargetId].map(value =>
            shown(textOf(value ?? 'that is not said', this.#document)),
          )
          const principal = `the ${kind === 'USER' || kind === 'GROUP' ? kind.toLowerCase() : 'user or group'} ${whose} of IAM Identity Center`
          return [
            {
              ...{ who: 'other', principal, by: id },
              ...allowed(`do whatever the permission set ${set} allows`, `in the account ${account}`),
            },
          ]
        }
      default:
        return undefined
    }
  }

  /**
   * The roles that an identity pool hands out and the template does not make; of its own each statement is told.
   * https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
   */
  #attached(properties: Json, decided: Decided): readonly Grant[] {
    const { Roles, RoleMappings } = fieldsOf(properties)
    const ofKind = (who: Who, kind: string): readonly Grant[] =>
      this.#choices(Roles ?? null, decided, (own, now) =>
        this.#role(who, isObject(own) && !isCall(own) ? own[kind] : own, now),
      )
    const byMapping = (mapping: Json, now: Decided): readonly Grant[] =>
      this.#choices(mapping, now, (own, inner) => {
        const { Type, RulesConfiguration } = fieldsOf(own)
        const rules = this.#choices(RulesConfiguration ?? null, inner, (configuration, deeper) =>
          this.#items(fieldsOf(configuration)['Rules'], deeper, (rule, deepest) =>
            this.#role('signed-in', fieldsOf(rule)['RoleARN'] ?? rule, deepest),
          ),
        )
        // what is no text may be Token, and what is no mapping may be one by token
        return Type === 'Rules' ? rules : [...rules, ofGroup]
      })
    return [
      ...ofKind('signed-in', 'authenticated'),
      ...ofKind('guest', 'unauthenticated'),
      ...this.#choices(RoleMappings ?? null, decided, (own, now) =>
        isObject(own) && !isCall(own)
          ? Object.values(own).flatMap(mapping => byMapping(mapping, now))
          : byMapping(own, now),
      ),
    ]
  }

  /** What a role lets do that the template does not make. */
  #role(who: Who, arn: Json | undefined, decided: Decided): readonly Grant[] {
    return this.#choices(arn ?? null, decided, own => {
      const { by, isOwn, text } = this.#roles.of(own)
      return isOwn ? [] : [{ who, by, ...whatever(`the role ${text}`) }]
    })
  }

  /** https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html */
  #ofPermissionSet(properties: Json, decided: Decided): readonly Rule[] {
    const { CustomerManagedPolicyReferences, InlinePolicy, ManagedPolicies } = fieldsOf(properties)
    return [
      ...this.#choices(InlinePolicy ?? null, decided, (text, now) => this.#statements(text, now)),
      ...this.#items(ManagedPolicies, decided, policy => this.#managed(policy)),
      ...this.#items(CustomerManagedPolicyReferences, decided, policy => {
        const name = fieldsOf(policy)['Name'] ?? policy
        return [whatever(`the managed policy ${shown(textOf(name, this.#document))} of the account`)]
      }),
    ]
  }

  /** What the policy on a thing says, to whom it names. */
  #onThing(id: string, type: string, properties: Json, decided: Decided): readonly Grant[] {
    const fields = fieldsOf(properties)
    const thing = thingOf(id, type, fields, this.#document)
    const within = (value: Json, path: readonly string[], now: Decided): readonly Rule[] =>
      this.#choices(value, now, (own, inner) => {
        const [name, ...rest] = path
        if (name === undefined) return this.#statements(own, inner, thing)
        return within(fieldsOf(own)[name] ?? null, rest, inner)
      })
    const path = policyPlace(type) ?? []
    const rules =
      path.length === 0 ? this.#inWords(permissionOf(fields), decided, thing) : within(fields, path, decided)
    return rules.flatMap(rule => this.#named(id, rule))
  }

  #named(id: string, { named = [], ...rule }: Rule): readonly Grant[] {
    return (named.length === 0 ? [unsaid] : named).flatMap(one => {
      if ('role' in one) return this.#given(one.role, [rule])
      return [{ ...one, by: id, ...rule }]
    })
  }

  /** What is inline, and the managed policies that are attached. */
  #carried(properties: Json, decided: Decided): readonly Rule[] {
    // only a user has groups
    const { Groups, Policies, ManagedPolicyArns } = fieldsOf(properties)
    return [
      ...this.#items(Policies, decided, (policy, now) =>
        isObject(policy) && policy['PolicyDocument'] !== undefined
          ? this.#choices(policy['PolicyDocument'], now, (text, inner) => this.#statements(text, inner))
          : [asItStands(policy)],
      ),
      ...this.#items(ManagedPolicyArns, decided, policy => this.#managed(policy)),
      ...this.#items(Groups, decided, group => this.#targets(group).map(name => whatever(`the group ${name}`))),
    ]
  }

  /** One of the template's own is told where it stands. */
  #managed(arn: Json): readonly Rule[] {
    const own = operandOf(arn, 'Ref')
    const resource = typeof own === 'string' ? this.#resource(own) : undefined
    if (resource?.['Type'] === 'AWS::IAM::ManagedPolicy') return []
    const text = textOf(arn, this.#document)
    const [, ofAws] = /^arn:[^:]*:iam::aws:policy\/(?:.*\/)?([\w+=,.@-]+)$/.exec(text) ?? []
    const name = ofAws === undefined ? shown(text) : `${ofAws} of AWS`
    return [whatever(`the managed policy ${name}`)]
  }

  /** A policy by itself gives to each that it is attached to; to whom it is attached elsewhere, nobody here knows. */
  #standing(id: string, properties: Json, decided: Decided): readonly Grant[] {
    const fields = fieldsOf(properties)
    const text = fields['PolicyDocument']
    const given = (target: string, now: Decided): readonly Grant[] =>
      this.#given(
        target,
        this.#choices(text ?? null, now, (own, inner) => this.#statements(own, inner)),
      )
    const targets = [
      ...new Set([...attachedTo.flatMap(name => this.#targets(fields[name])), ...this.#attachedByRef(id)]),
    ]
    return (targets.length === 0 ? [id] : targets).flatMap(target => {
      const carrier = this.#resource(target)
      if (carrier === undefined) return given(target, decided)
      return this.#underCondition(carrier, decided, now => given(target, now))
    })
  }

  #targets(value: Json | undefined): readonly string[] {
    if (value === undefined || isNoValue(value)) return []
    if (isList(value)) return value.flatMap(item => this.#targets(item))
    const choice = ifOf(value)
    if (choice !== undefined) return [choice.yes, choice.no].flatMap(branch => this.#targets(branch))
    const text = textOf(value, this.#document)
    const id = /^\{([^{}.]+)(?:\.Arn)?\}$/.exec(text)?.[1]
    const target = this.#names.get(text) ?? id ?? shown(text)
    return target === '' ? [] : [target]
  }

  /** Those of the template's own roles, users and groups that list the managed policy among theirs. */
  #attachedByRef(policy: string): readonly string[] {
    return Object.entries(this.#document.Resources).flatMap(([id, resource]) => {
      if (!isObject(resource) || !carriers.includes(typeOf(resource))) return []
      const { ManagedPolicyArns } = fieldsOf(resource['Properties'])
      return references(ManagedPolicyArns ?? null).includes(policy) ? [id] : []
    })
  }

  #statements(text: Json, decided: Decided, thing?: string): readonly Rule[] {
    if (!isObject(text) || fieldOf(text, 'Statement') === undefined) return [asItStands(text)]
    return this.#items(fieldOf(text, 'Statement'), decided, (statement, now) => this.#inWords(statement, now, thing))
  }

  /** A statement in each way in which it may come about. */
  #inWords(statement: Json, decided: Decided, thing?: string): readonly Rule[] {
    const open = openConditions(statement, decided, this.#document)
    const [first] = open
    if (first === undefined || open.length > mostConditions) {
      const own = decide(statement, decided, this.#document)
      return own === undefined ? [] : [this.#rule(own, thing)]
    }
    return branch(first, is => this.#inWords(statement, new Map(decided).set(first, is), thing))
  }

  #rule(statement: Json, thing: string | undefined): Rule {
    if (!isObject(statement) || isCall(statement)) return asItStands(statement)
    const text = (value: Json): string => textOf(value, this.#document)
    const texts = (value: Json): readonly string[] =>
      (isList(value) ? value : [value]).flatMap(item => piecesOf(item, this.#document) ?? [text(item)])
    const known = new Map(Object.entries(statement).map(([key, value]) => [key.toLowerCase(), value]))
    const take = (name: string): Json | undefined => {
      const value = known.get(name)
      known.delete(name)
      return value
    }
    const effect = take('effect')
    const isDenied = effect === 'Deny'
    const sid = take('sid')
    const [action, notAction, resource, notResource] = ['action', 'notaction', 'resource', 'notresource'].map(take)
    const { named, condition, limits: others } = this.#whom(take, isDenied, thing)
    const actions = action === undefined ? [] : texts(action).map(shown)
    const may = [
      ...(action === undefined ? [] : [isDenied ? actionNames(actions) : actionWords(actions)]),
      ...(notAction === undefined ? [] : [`take every action but ${listed(texts(notAction).map(shown))}`]),
    ]
    const services = actions.map(it => it.split(':')[0]?.toLowerCase() ?? '')
    // in a policy that stands on a thing, every resource is that thing
    const words = (places: readonly string[]): string =>
      isDenied ? deniedPlaceWords(places, actions) : placeWords(places, services)
    const own = thing === undefined ? undefined : words([thing])
    const placed = (value: Json): string => words(texts(value).map(it => (it === '*' ? (thing ?? it) : it)))
    const on = [
      ...(resource === undefined ? [] : [placed(resource)]),
      ...(notResource === undefined || own !== undefined ? [] : [`anywhere but ${placed(notResource)}`]),
      ...(own === undefined || resource !== undefined ? [] : [own]),
    ]
    const limits = [
      ...(notResource === undefined || own === undefined ? [] : [`but not ${placed(notResource)}`]),
      ...others,
      ...(condition === undefined ? [] : limitWords(condition, isDenied, text)),
      ...(effect === 'Allow' || isDenied ? [] : [`only if ${shown(text(effect ?? 'no Effect'))} is Allow`]),
      ...[...known].map(([key, value]) => `with ${key} ${shown(text(value))}`),
    ]
    const verbs = may.join(' and ') || 'take no action that is said'
    return {
      ...(sid === undefined || sid === '' ? {} : { sid: shown(text(sid)) }),
      effect: isDenied ? 'deny' : 'allow',
      may: isDenied ? verbs.replaceAll('take every action', 'take any action') : verbs,
      on: [on.join(' and ') || 'on no resource that is said', ...limits].join(', '),
      when: [],
      ...(named.length === 0 ? {} : { named }),
    }
  }

  /** Whom a statement of a policy on a thing means, and what of its condition is not said by that. */
  #whom(take: (name: string) => Json | undefined, isDenied: boolean, thing: string | undefined) {
    const condition = take('condition')
    if (thing === undefined) return { named: [], condition, limits: [] }
    const [principal, others] = [take('principal'), take('notprincipal')]
    const everybody: Named = { who: 'everybody' }
    if (principal === undefined && others !== undefined) {
      return { named: [everybody], condition, limits: [`all but ${shown(textOf(others, this.#document))}`] }
    }
    const named = principal === undefined ? [] : namedBy(principal, this.#document)
    const [first] = named
    const isForAll = first !== undefined && 'who' in first && first.who === 'everybody' && named.length === 1
    const fewer = isForAll && !isDenied ? narrowed(condition, this.#document) : undefined
    if (fewer === undefined) return { named, condition, limits: [] }
    return { named: [fewer.named], condition: fewer.rest, limits: [] }
  }

  /** To each of those who get the role. */
  #given(role: string, rules: readonly Rule[]): readonly Grant[] {
    const who = this.#who.get(role) ?? new Set<Who>(['other'])
    return [...who].flatMap(one => rules.map(({ named: _, ...rule }) => ({ who: one, by: role, ...rule })))
  }

  #resource(id: string): JsonObject | undefined {
    const { Resources } = this.#document
    const resource = Object.hasOwn(Resources, id) ? Resources[id] : undefined
    return isObject(resource) ? resource : undefined
  }

  #underCondition<Own extends Conditional>(
    resource: JsonObject,
    decided: Decided,
    then: (decided: Decided) => readonly Own[],
  ): readonly Own[] {
    const condition = resource['Condition']
    if (typeof condition !== 'string' || decided.get(condition) === true) return then(decided)
    // if it must not hold, there is no such resource
    if (decided.get(condition) === false) return []
    return under(condition, true, then(new Map(decided).set(condition, true)))
  }

  /** The value itself in each way in which it may be chosen. */
  #choices<Own extends Conditional>(
    value: Json,
    decided: Decided,
    then: (value: Json, decided: Decided) => readonly Own[],
  ): readonly Own[] {
    if (isNoValue(value) || value === null) return []
    const choice = ifOf(value)
    if (choice === undefined) return then(value, decided)
    const { condition, yes, no } = choice
    const is = decided.get(condition)
    if (is !== undefined) return this.#choices(is ? yes : no, decided, then)
    return branch(condition, holds => this.#choices(holds ? yes : no, new Map(decided).set(condition, holds), then))
  }

  /** Each of one or more values. */
  #items<Own extends Conditional>(
    value: Json | undefined,
    decided: Decided,
    then: (item: Json, decided: Decided) => readonly Own[],
  ): readonly Own[] {
    return this.#choices(value ?? null, decided, (own, now) => {
      const items = isList(own) ? own : piecesOf(own, this.#document)
      return items === undefined ? then(own, now) : items.flatMap(item => this.#items(item, now, then))
    })
  }
}

/** What comes of either, with the condition where it makes a difference. */
function branch<Own extends Conditional>(condition: string, of: (is: boolean) => readonly Own[]): readonly Own[] {
  const [yes, no] = [of(true), of(false)]
  const others = no.map(rule => JSON.stringify(rule))
  const isCommon = yes.map(rule => {
    const at = others.indexOf(JSON.stringify(rule))
    if (at >= 0) others[at] = ''
    return at >= 0
  })
  return [
    ...yes.flatMap((rule, index) => (isCommon[index] === true ? [rule] : under(condition, true, [rule]))),
    ...under(
      condition,
      false,
      no.filter((_, index) => others[index] !== ''),
    ),
  ]
}

function under<Own extends Conditional>(condition: string, is: boolean, rules: readonly Own[]): readonly Own[] {
  return rules.map(rule => ({ ...rule, when: [{ condition, is }, ...rule.when] }))
}

function allowed(may: string, on: string): Rule {
  return { effect: 'allow', may, on, when: [] }
}

function whatever(by: string): Rule {
  return allowed(`do whatever ${by} allows`, 'wherever it allows it')
}

/** Of a role by token: the preferred one of the groups of the user pool, wherever they are made. */
const ofGroup: Grant = { who: 'signed-in', by: 'of their group', ...whatever('the role of their group') }

/** Without those that another says already, on fewer conditions. */
function dropped(grants: readonly Grant[]): readonly Grant[] {
  const said = ({ when: _, ...rest }: Grant): string => JSON.stringify(rest)
  const isWithin = (one: Grant, other: Grant): boolean =>
    said(one) === said(other) &&
    other.when.every(it => one.when.some(({ condition, is }) => condition === it.condition && is === it.is))
  return grants.filter(
    (one, index) =>
      !grants.some((other, at) => at !== index && isWithin(one, other) && (at < index || !isWithin(other, one))),
  )
}

function asItStands(policy: Json): Rule {
  return allowed('do whatever this policy allows', `wherever it allows it: ${JSON.stringify(policy)}`)
}

/** Who may get which role: by the attachments to identity pools, by user pool groups, and by whom the roles trust. */
function identitiesOf(document: Document, roles: RoleReferences): ReadonlyMap<string, ReadonlySet<Who>> {
  const who = new Map<string, Set<Who>>()
  const add = (role: string, one: Who): void => {
    who.set(role, (who.get(role) ?? new Set()).add(one))
  }
  const addAll = (value: Json, name: string, one: Who): void => {
    for (const leaf of within(value, name)) add(roles.of(leaf).by, one)
  }
  for (const [id, resource] of Object.entries(document.Resources)) {
    if (!isObject(resource)) continue
    const properties = resource['Properties'] ?? null
    if (resource['Type'] === 'AWS::Cognito::IdentityPoolRoleAttachment') {
      addAll(properties, 'authenticated', 'signed-in')
      addAll(properties, 'unauthenticated', 'guest')
      addAll(properties, 'RoleARN', 'signed-in')
    }
    if (resource['Type'] === 'AWS::Cognito::UserPoolGroup') addAll(properties, 'RoleArn', 'signed-in')
    if (resource['Type'] === 'AWS::IAM::Role')
      for (const one of trusted(fieldOf(properties, 'AssumeRolePolicyDocument') ?? null)) add(id, one)
  }
  return who
}

/** What may be chosen for a field of this name. */
function within(value: Json, name: string): readonly Json[] {
  if (isList(value)) return value.flatMap(item => within(item, name))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => (key === name ? branchesOf(item) : within(item, name)))
}

function branchesOf(value: Json): readonly Json[] {
  const choice = ifOf(value)
  if (choice !== undefined) return [choice.yes, choice.no].flatMap(branchesOf)
  return isNoValue(value) ? [] : [value]
}

function references(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(references)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, operand]) => {
    if (key === 'Ref') return typeof operand === 'string' ? [operand] : []
    if (key === 'Fn::GetAtt') {
      const name = isList(operand) ? operand[0] : operand
      return typeof name === 'string' ? [name.split('.')[0] ?? ''] : []
    }
    const text = isList(operand) ? operand[0] : operand
    const names = key === 'Fn::Sub' && typeof text === 'string' ? [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)] : []
    return [...names.map(([, name = '']) => name), ...references(operand)]
  })
}

/** By the `amr` for which a trust policy asks. https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html */
function trusted(value: Json, isNegated = false): readonly Who[] {
  if (isList(value)) return value.flatMap(item => trusted(item, isNegated))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    if (!/^cognito-identity.*:amr$/i.test(key)) return trusted(item, isNegated || /Not/.test(key))
    if (isNegated) return []
    const asked = JSON.stringify(item)
    return [
      ...(asked.includes('"authenticated') ? ['signed-in' as const] : []),
      ...(asked.includes('"unauthenticated') ? ['guest' as const] : []),
    ]
  })
}

function typeOf({ Type }: JsonObject): string {
  return typeof Type === 'string' ? Type : ''
}

function fieldOf(value: Json, name: string): Json | undefined {
  if (!isObject(value)) return undefined
  const key = Object.keys(value).find(it => it.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : value[key]
}

function fieldsOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
