import { type Document, isList, isObject, type Json, type JsonObject } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { type Decided, fieldOf, fieldsOf, ifOf, isCall, isNoValue, operandOf } from './branches.ts'
import { decide, openConditions } from './choices.ts'
import { branch, choices, dropped, items, underCondition } from './each-way.ts'
import { identitiesOf, references } from './identities.ts'
import { type Named, permissionOf, policyPlace, thingOf } from './resource-policies.ts'
import { RoleReferences } from './role-references.ts'
import { allowed, asItStands, type Rule, ruleOf, whatever } from './statement-words.ts'
import { shown, textOf } from './text.ts'

/**
 * What a template's own policies let people do, statement by statement, in words: those of roles, users and groups, and
 * those that stand on the thing itself. It reads any template, also one that CloudFormation would refuse, and never says
 * less than a policy allows: what has no words is shown as it stands. Where the branches of an `If` read alike, as those that only name an identity by the host of its region, they
 * are one grant; any other difference makes two, each with its condition. What narrows all of them is in `boundsOf`.
 */
export function grantsOf(document: Document): readonly Grant[] {
  const { Resources } = document
  if (!isObject(Resources)) return []
  const walk = new Walk({ ...document, Resources })
  return Object.entries(Resources).flatMap(([id, resource]) => (isObject(resource) ? walk.grants(id, resource) : []))
}

type Who = Grant['who']

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
      return underCondition(resource, new Map(), decided =>
        choices(properties ?? null, decided, (own, now) => this.#given(id, this.#carried(own, now))),
      )
    }
    const given = this.#handed(id, type)
    if (given !== undefined) {
      return dropped(underCondition(resource, new Map(), decided => choices(properties ?? null, decided, given)))
    }
    const place = policyPlace(type)
    if (place !== undefined) {
      return underCondition(resource, new Map(), decided =>
        choices(properties ?? null, decided, (own, now) => this.#onThing(id, type, own, now)),
      )
    }
    if (!policies.includes(type)) return []
    return underCondition(resource, new Map(), decided =>
      choices(properties ?? null, decided, (own, now) => this.#standing(id, own, now)),
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
      choices(Roles ?? null, decided, (own, now) =>
        this.#role(who, isObject(own) && !isCall(own) ? own[kind] : own, now),
      )
    const byMapping = (mapping: Json, now: Decided): readonly Grant[] =>
      choices(mapping, now, (own, inner) => {
        const { Type, RulesConfiguration } = fieldsOf(own)
        const rules = choices(RulesConfiguration ?? null, inner, (configuration, deeper) =>
          items(fieldsOf(configuration)['Rules'], deeper, this.#document, (rule, deepest) =>
            this.#role('signed-in', fieldsOf(rule)['RoleARN'] ?? rule, deepest),
          ),
        )
        // what is no text may be Token, and what is no mapping may be one by token
        return Type === 'Rules' ? rules : [...rules, ofGroup]
      })
    return [
      ...ofKind('signed-in', 'authenticated'),
      ...ofKind('guest', 'unauthenticated'),
      ...choices(RoleMappings ?? null, decided, (own, now) =>
        isObject(own) && !isCall(own)
          ? Object.values(own).flatMap(mapping => byMapping(mapping, now))
          : byMapping(own, now),
      ),
    ]
  }

  /** What a role lets do that the template does not make. */
  #role(who: Who, arn: Json | undefined, decided: Decided): readonly Grant[] {
    return choices(arn ?? null, decided, own => {
      const { by, isOwn, text } = this.#roles.of(own)
      return isOwn ? [] : [{ who, by, ...whatever(`the role ${text}`) }]
    })
  }

  /** https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html */
  #ofPermissionSet(properties: Json, decided: Decided): readonly Rule[] {
    const { CustomerManagedPolicyReferences, InlinePolicy, ManagedPolicies } = fieldsOf(properties)
    return [
      ...choices(InlinePolicy ?? null, decided, (text, now) => this.#statements(text, now)),
      ...this.#allManaged(ManagedPolicies ?? null, decided),
      ...items(CustomerManagedPolicyReferences, decided, this.#document, policy => {
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
      choices(value, now, (own, inner) => {
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
      ...items(Policies, decided, this.#document, (policy, now) =>
        isObject(policy) && policy['PolicyDocument'] !== undefined
          ? choices(policy['PolicyDocument'], now, (text, inner) => this.#statements(text, inner))
          : [asItStands(policy)],
      ),
      ...this.#allManaged(ManagedPolicyArns ?? null, decided),
      ...items(Groups, decided, this.#document, group =>
        this.#targets(group).map(name => whatever(`the group ${name}`)),
      ),
    ]
  }

  /** What a parameter lists may be several. */
  #allManaged(arns: Json, decided: Decided): readonly Rule[] {
    return choices(arns, decided, (own, now) => {
      const text = textOf(own, this.#document)
      return operandOf(own, 'Fn::Split') !== undefined && /^\{\w+\}$/.test(text)
        ? [allowed(`do whatever the managed policies ${text} allow`, 'wherever they allow it')]
        : items(own, now, this.#document, policy => this.#managed(policy))
    })
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
        choices(text ?? null, now, (own, inner) => this.#statements(own, inner)),
      )
    const targets = [
      ...new Set([...attachedTo.flatMap(name => this.#targets(fields[name])), ...this.#attachedByRef(id)]),
    ]
    return (targets.length === 0 ? [id] : targets).flatMap(target => {
      const carrier = this.#resource(target)
      if (carrier === undefined) return given(target, decided)
      return underCondition(carrier, decided, now => given(target, now))
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
    return items(fieldOf(text, 'Statement'), decided, this.#document, (statement, now) =>
      this.#inWords(statement, now, thing),
    )
  }

  /** A statement in each way in which it may come about. */
  #inWords(statement: Json, decided: Decided, thing?: string): readonly Rule[] {
    const open = openConditions(statement, decided, this.#document)
    const [first] = open
    if (first === undefined || open.length > mostConditions) {
      const own = decide(statement, decided, this.#document)
      return own === undefined ? [] : [ruleOf(own, this.#document, thing)]
    }
    return branch(first, is => this.#inWords(statement, new Map(decided).set(first, is), thing))
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
}

/** Of a role by token: the preferred one of the groups of the user pool, wherever they are made. */
const ofGroup: Grant = { who: 'signed-in', by: 'of their group', ...whatever('the role of their group') }

function typeOf({ Type }: JsonObject): string {
  return typeof Type === 'string' ? Type : ''
}
