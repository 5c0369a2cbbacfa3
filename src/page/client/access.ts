import type { Artifact, Bound, Grant } from '../../manifest.ts'
import { type Child, h, refresh } from './dom.ts'
import { labelOf } from './fields.ts'

/** Whether a condition holds for the form; undefined where only the account would tell. */
export type Conditions = ReadonlyMap<string, boolean | undefined>

type Place = (text: string) => readonly Child[]

/** Those who get the same, and how it is said where they get nothing as the form is filled. */
type Audience = {
  readonly name: readonly Child[]
  readonly grants: readonly Grant[]
  /** What narrows all of them. */
  readonly bounds?: readonly Child[]
  /** Undefined where they are then not spoken of. */
  readonly nothing: string | undefined
  /** Are these things that nobody may do? */
  readonly isDenial: boolean
}

/** Who may do what, for the form as it is filled. */
export function renderAccess(
  into: Element,
  artifact: Artifact,
  values: ReadonlyMap<string, string>,
  conditions: Conditions,
): void {
  const { grants, resources, parameters, bounds = [] } = artifact
  const labels = new Map(parameters.map(parameter => [parameter.name, labelOf(parameter)]))
  const holds = ({ when }: Grant | Bound) => when.every(({ condition, is }) => conditions.get(condition) !== !is)
  const isSure = ({ when }: Bound) => when.every(({ condition, is }) => conditions.get(condition) === is)
  const isThere = ({ by }: Grant | Bound) => {
    const condition = resources.find(({ id }) => id === by)?.condition
    return condition === undefined || conditions.get(condition) !== false
  }
  const own = new Set(resources.map(({ id }) => id))
  const place: Place = text => withValues(text, values, labels, own)
  const narrowing = bounds.filter(it => isThere(it) && holds(it))
  const hasGuests = !narrowing.some(it => it.kind === 'nobody' && isSure(it))
  const audiences = audiencesOf(artifact, place, isThere, hasGuests)
  const now = audiences.map(audience => ({
    ...audience,
    grants: audience.grants.filter(grant => isThere(grant) && holds(grant)),
    bounds: narrowing
      .filter(({ who, by, kind }) =>
        audience.grants.some(
          it => it.who === who && it.principal === undefined && (it.by === by || kind.startsWith('by-')),
        ),
      )
      // another role comes before what bounds this one
      .sort((a, b) => Number(b.kind.startsWith('by-')) - Number(a.kind.startsWith('by-')))
      .map(bound => boundWords(bound, place, values)),
  }))
  const allowsNothing = grants.every(({ effect }) => effect === 'deny') && !hasPool(artifact)
  refresh(
    into,
    allowsNothing ? h('p', {}, allowedByOthers(artifact)) : undefined,
    now.map(audience => section(audience, place)),
    elsewhere(artifact, place).map(words => h('p', { class: 'hint' }, words)),
  )
}

/** Of a template that allows nothing by itself: who may do so. */
function allowedByOthers(artifact: Artifact): string {
  const others = [
    ...(artifact.resources.some(({ type }) => type === nestedStack) ? ['what is nested in it'] : []),
    ...(untoldTypes(artifact).length === 0 ? [] : ['policies that are not told here']),
    ...(foreignTypes(artifact).length === 0 ? [] : ['code that is not its own']),
  ]
  return others.length === 0
    ? 'The template itself makes no role or user, and gives nobody permissions.'
    : `Whom it gives permissions is up to ${others.join(', and to ')}: see below.`
}

function hasPool({ grants, resources }: Artifact): boolean {
  return (
    resources.some(({ type }) => type === 'AWS::Cognito::IdentityPool') ||
    grants.some(({ who }) => who === 'signed-in' || who === 'guest')
  )
}

/** Those of an identity pool, then each role by itself, then whom policies name that stand on the thing itself. */
function audiencesOf(
  artifact: Artifact,
  place: Place,
  isThere: (grant: Grant) => boolean,
  hasGuests: boolean,
): readonly Audience[] {
  const { grants } = artifact
  const noGuests = 'There are no guests: who has not signed in gets no credentials.'
  const byRole = (own: readonly Grant[], noRole: string) =>
    own.length > 0 && !own.some(isThere) ? noRole : 'may do nothing.'
  const ofPool = (who: Grant['who'], name: string, noRole: string): Audience => {
    const own = grants.filter(grant => grant.who === who)
    return { name: [name], grants: own, nothing: byRole(own, noRole), isDenial: false }
  }
  const roles = grants.filter(({ who, principal }) => who === 'other' && principal === undefined)
  const isForAll = (grant: Grant, effect: Grant['effect']) => grant.who === 'everybody' && grant.effect === effect
  const everybody = grants.filter(grant => isForAll(grant, 'allow'))
  const nobody = grants.filter(grant => isForAll(grant, 'deny'))
  const named = new Map<string, readonly Grant[]>()
  for (const grant of grants) {
    if (grant.principal === undefined) continue
    const key = `${grant.who} ${grant.principal}`
    named.set(key, [...(named.get(key) ?? []), grant])
  }
  return [
    ...(hasPool(artifact)
      ? [
          ofPool('signed-in', 'Somebody who has signed in', 'There is no such role: nobody can sign in.'),
          hasGuests
            ? ofPool('guest', 'A guest, who has not signed in', noGuests)
            : { name: ['A guest, who has not signed in'], grants: [], nothing: noGuests, isDenial: false },
        ]
      : []),
    ...[...new Set(roles.map(({ by }) => by))].map((role): Audience => {
      const own = roles.filter(({ by }) => by === role)
      const nothing = byRole(own, 'There is no such role.')
      return { name: [`Whoever has the role ${role}`], grants: own, nothing, isDenial: false }
    }),
    ...(everybody.length === 0
      ? []
      : [
          {
            ...{ name: ['Everybody, with an AWS account or without,'], grants: everybody },
            ...{ nothing: 'may do nothing.', isDenial: false },
          },
        ]),
    ...[...named.values()].map((own): Audience => {
      return { name: principalName(own[0], place), grants: own, nothing: undefined, isDenial: false }
    }),
    ...(nobody.length === 0 ? [] : [{ name: ['Nobody'], grants: nobody, nothing: undefined, isDenial: true }]),
  ]
}

function principalName(grant: Grant | undefined, place: Place): readonly Child[] {
  const { who, principal = '' } = grant ?? {}
  if (who === 'organization') return ['Every account of the organization ', place(principal)]
  if (who === 'service') return ['The service ', place(principal)]
  return place(/^[a-z]+ /.test(principal) ? principal.charAt(0).toUpperCase() + principal.slice(1) : principal)
}

function section({ name, grants, bounds = [], nothing, isDenial }: Audience, place: Place): Child {
  if (grants.length === 0) {
    return nothing === undefined ? undefined : [h('h3', {}, name), h('p', { class: 'none' }, nothing)]
  }
  const denied = (effect: Grant['effect']) => effect === 'deny' && !isDenial
  // what others decide is not told here
  const isOpen = grants.some(({ may }) => may.startsWith('do whatever '))
  return [
    h('h3', {}, name, ' may'),
    bounds.map(words => h('p', {}, words)),
    h(
      'ul',
      { class: 'may' },
      grants.map(({ effect, may, on }) =>
        h('li', { class: effect }, denied(effect) ? h('strong', {}, 'not: ') : undefined, place(may), ' ', place(on)),
      ),
    ),
    h(
      'p',
      { class: 'none' },
      isDenial
        ? 'whatever else allows it.'
        : `and nothing else ${isOpen ? 'that this template itself says' : 'by this template'}.`,
    ),
  ]
}

/** As it goes on after `Somebody may`. */
function boundWords({ by, kind, of = '' }: Bound, place: Place, values: ReadonlyMap<string, string>): Child {
  const instead = (whose: string, which: string): Child => [
    `as a user of the ${whose} do only what the role of ${which} allows, `,
    h('strong', {}, 'instead'),
    ` of what else is listed here; who gets none by that may do ${withoutRole(values.get(of.slice(1, -1)) ?? of)}:`,
  ]
  switch (kind) {
    case 'boundary':
      return [
        h('strong', {}, 'at most'),
        ' do what the permissions boundary ',
        place(of),
        ` of ${by} allows, and of that:`,
      ]
    case 'by-group':
      return instead('user pool', 'their group')
    case 'by-rules':
      return instead('provider', 'the first rule that fits')
    case 'nobody':
      return undefined
  }
}

/** By AmbiguousRoleResolution. */
function withoutRole(resolution: string): string {
  switch (resolution) {
    case 'Deny':
      return 'nothing'
    case 'AuthenticatedRole':
      return 'what is listed here'
    default:
      return 'what AmbiguousRoleResolution says'
  }
}

/** What else decides who reaches what, and is not in the list. */
function elsewhere(artifact: Artifact, place: Place): readonly Child[] {
  const { grants, resources } = artifact
  const types = untoldTypes(artifact)
  const foreign = foreignTypes(artifact)
  return [
    ...resources.flatMap(({ id, type, template }): readonly Child[] =>
      type === nestedStack
        ? [
            [
              `${id} is a stack of its own within this one`,
              template === undefined ? '' : [', made from the template at ', place(template)],
              '. Who reaches what by it is told on the launch page of that template, which is published beside it.',
            ],
          ]
        : [],
    ),
    ...(grants.some(({ who, principal }) => who === 'everybody' || principal !== undefined)
      ? ['Besides, whoever is let in by IAM policies of your account may do what is not denied here.']
      : []),
    ...(types.length === 0
      ? []
      : [`Who else reaches what it makes is in policies that stand on the thing itself: ${types.join(', ')}.`]),
    ...(foreign.length === 0 ? [] : [`What is done by ${foreign.join(', ')} is up to the code behind it.`]),
  ]
}

const nestedStack = 'AWS::CloudFormation::Stack'

/** Of what has policies that no grant tells of. */
function untoldTypes({ grants, resources }: Artifact): readonly string[] {
  const told = new Set(grants.map(({ by }) => by))
  const untold = resources.filter(
    ({ id, type }) => /(Policy|Permission|::KMS::Key)$/.test(type) && !type.startsWith('AWS::IAM::') && !told.has(id),
  )
  return [...new Set(untold.map(({ type }) => type))]
}

/** Of what is no resource of AWS, or becomes others by a macro: it may make roles that nobody sees here. */
function foreignTypes({ resources }: Artifact): readonly string[] {
  const all = resources.map(({ type }) => type)
  return [
    ...new Set(all.filter(it => !it.startsWith('AWS::') || /^AWS::(Serverless::|CloudFormation::CustomRes)/.test(it))),
  ]
}

/** Text in which a parameter stands as {its name}, with what the form says in its place; a resource by its own name. */
function withValues(
  text: string,
  values: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, string>,
  own: ReadonlySet<string>,
): readonly Child[] {
  // what is left empty is the stack's own
  return text.split(/(\{[A-Za-z0-9]+\}(?: or else the stack’s \w+)?)/).map(part => {
    const [, name, otherwise] = /^\{(.+)\}(?: or else (.+))?$/.exec(part) ?? []
    const label = name === undefined ? undefined : labels.get(name)
    if (name !== undefined && own.has(name)) return h('code', {}, name)
    if (name === undefined || label === undefined) return part
    const value = values.get(name) ?? ''
    if (value !== '') return h('code', {}, value)
    return otherwise ?? ['“', h('em', {}, label), '”']
  })
}

/** Greys out in the picture what the form has switched off. */
export function dimPicture(picture: Element, conditions: Conditions): void {
  for (const element of picture.querySelectorAll('[data-when]')) {
    const words = (element.getAttribute('data-when') ?? '').split(/\s+/).filter(word => word !== '')
    const isOff = words.some(word =>
      word.startsWith('!') ? conditions.get(word.slice(1)) === true : conditions.get(word) === false,
    )
    element.classList.toggle('off', isOff)
  }
}
