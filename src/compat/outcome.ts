import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { Unknown, type ValueObject } from '../resolve/value.ts'
import { type Claim, claimsOf, collision } from './claims.ts'
import { attributeFate, type Effect, effectOf, type Registry } from './registry.ts'
import { bare, type Fate, mappedObject, own, referencesIn, sameness } from './values.ts'

/** What an update does to one resource, in one deployment. */
export type Outcome = {
  readonly kind: OutcomeKind
  readonly id: string
  readonly type: string
  /** Dotted. */
  readonly properties: readonly string[]
  /** A clause. */
  readonly because?: string
  /** Whose replacement brings it about, where nothing of its own does. */
  readonly causes: readonly string[]
  /** The resource that holds what this one wants, or was under another logical ID what this one is. */
  readonly other?: string
  /** Of what may be replaced the name that the replacement would have, too. */
  readonly name?: readonly string[]
}

export type OutcomeKind =
  | 'type-changed'
  | 'refused'
  /** Two new ones want one thing. */
  | 'rivals'
  | 'collides'
  | 'custom-name'
  | 'renamed'
  | 'replaced'
  | 'may-be-replaced'
  | 'deleted'
  | 'created'
  | 'in-place'
  | 'may-be-in-place'

/** A deployment before and after an update. */
export type Update = {
  readonly old: Resolved
  readonly fresh: Resolved
  readonly outcomes: readonly Outcome[]
  /** What has become of what references name. */
  readonly fate: Fate
  /** By the logical IDs in the old template, those in the new one of what is called otherwise. */
  readonly renames: ReadonlyMap<string, string>
  /** A reference to one of these, as the new template has it. */
  readonly renamed: (unknown: Unknown) => Unknown
}

type Resources = Readonly<Record<string, ResolvedResource>>

/**
 * What CloudFormation does to each resource when a stack goes from one template to another.
 *
 * Of what is replaced the ID is another: that changes all that refers to it, which may replace these in turn, and so on
 * to the end.
 */
export function updateOf(before: Resolved, after: Resolved, registry: Registry): Update {
  const old = { ...before, Resources: canonical(before.Resources, registry) }
  const fresh = { ...after, Resources: canonical(after.Resources, registry) }
  const common = Object.keys(fresh.Resources).filter(id => old.Resources[id] !== undefined)
  const isRetyped = (id: string): boolean => old.Resources[id]?.Type !== fresh.Resources[id]?.Type
  const stays = common.filter(id => !isRetyped(id))
  const attributeOf = ({ Type }: ResolvedResource, attribute: string, changed: readonly string[]) =>
    attributeFate(attribute, Type, registry(Type), changed)
  let effects = new Map<string, Effect>()
  const fate: Fate = (id, attribute) => {
    const resource = fresh.Resources[id]
    if (resource === undefined || old.Resources[id] === undefined) return 'different'
    if (isRetyped(id)) return 'different'
    const effect = effects.get(id)
    switch (effect?.kind) {
      case 'replacement':
        return attribute === undefined || attributeOf(resource, attribute, []) === 'same' ? 'different' : 'open'
      case 'may-be-replacement':
        return 'open'
      case 'in-place':
      case 'may-be-in-place':
        return attribute === undefined ? 'same' : attributeOf(resource, attribute, effect.properties)
      case 'refused':
      case 'nothing':
      case undefined:
        return 'same'
    }
  }
  for (let isSettled = false; !isSettled; ) {
    const next = new Map(
      stays.flatMap(id => {
        const [one, other] = [old.Resources[id], fresh.Resources[id]]
        return one === undefined || other === undefined ? [] : [[id, effectOf(one, other, registry, fate)] as const]
      }),
    )
    isSettled = [...next].every(([id, effect]) => isAsKnown(effects.get(id), effect))
    effects = next
  }
  const plain = (kind: OutcomeKind, id: string, type: string): Outcome => ({
    kind,
    id,
    type,
    properties: [],
    causes: [],
  })
  const gone = Object.entries(old.Resources).filter(([id]) => fresh.Resources[id] === undefined)
  const come = Object.entries(fresh.Resources).filter(([id]) => old.Resources[id] === undefined)
  const renames = renamesOf(gone, come, fate)
  const names = new Map(renames.map(({ other = '', id }) => [other, id]))
  const renamed = renaming(names)
  const kept: readonly Outcome[] = [...effects].flatMap(([id, effect]) => {
    const resource = fresh.Resources[id]
    const kind = outcomeKinds[effect.kind]
    if (resource === undefined || kind === undefined) return []
    const { properties, because } = effect
    const causes = causesOf(old.Resources[id], resource, properties, fate, renamed)
    const name = kind === 'may-be-replaced' ? nameKept(old.Resources[id], resource, registry, fate) : undefined
    const more = { ...(because === undefined ? {} : { because }), ...(name === undefined ? {} : { name }) }
    return [{ kind, id, type: resource.Type, properties, causes, ...more }]
  })
  const isRenamed = (id: string): boolean => renames.some(it => it.id === id || it.other === id)
  const collisions = collisionsOf(old.Resources, fresh.Resources, effects, registry, fate)
  const isTold = ({ id, other }: Outcome): boolean => collisions.some(it => it.id === id && it.other === other)
  const outcomes = [
    ...common.filter(isRetyped).map(id => plain('type-changed', id, fresh.Resources[id]?.Type ?? '')),
    ...renames.filter(it => !isTold(it)),
    ...kept,
    ...gone.filter(([id]) => !isRenamed(id)).map(([id, { Type }]) => plain('deleted', id, Type)),
    ...come.filter(([id]) => !isRenamed(id)).map(([id, { Type }]) => plain('created', id, Type)),
    ...collisions.map(it => (renames.some(({ id, other }) => id === it.id && other === it.other) ? asRenamed(it) : it)),
  ]
  return { old, fresh, outcomes, fate, renames: names, renamed }
}

function asRenamed(collision: Outcome): Outcome {
  return { ...collision, because: 'it is that under another logical ID' }
}

/** Of each reference to what is renamed the one that the new template has. */
function renaming(names: ReadonlyMap<string, string>): (unknown: Unknown) => Unknown {
  return unknown => {
    const { origin } = unknown
    if (origin.kind !== 'resource' && origin.kind !== 'attribute') return unknown
    const id = names.get(origin.id)
    return id === undefined ? unknown : new Unknown({ ...origin, id })
  }
}

function isAsKnown(known: Effect | undefined, { kind, properties }: Effect): boolean {
  return known?.kind === kind && known.properties.length === properties.length
}

const outcomeKinds: Readonly<Record<Effect['kind'], OutcomeKind | undefined>> = {
  nothing: undefined,
  'in-place': 'in-place',
  'may-be-in-place': 'may-be-in-place',
  replacement: 'replaced',
  'may-be-replacement': 'may-be-replaced',
  refused: 'refused',
}

/** A fixed name that stays: a replacement would need it while the old one has it. */
function nameKept(
  old: ResolvedResource | undefined,
  fresh: ResolvedResource,
  registry: Registry,
  fate: Fate,
): readonly string[] | undefined {
  const record = registry(fresh.Type)
  return old === undefined ? undefined : collision(claimsOf(old, record), claimsOf(fresh, record), fate)
}

/** Those that it refers to in what changes, and of which the change comes; none if something else changes there too. */
function causesOf(
  old: ResolvedResource | undefined,
  fresh: ResolvedResource,
  properties: readonly string[],
  fate: Fate,
  renamed: (unknown: Unknown) => Unknown,
): readonly string[] {
  const tops = [...new Set(properties.map(path => path.split('.')[0] ?? ''))]
  const before = mappedObject(old?.Properties ?? {}, renamed)
  const isOwn = tops.some(top => sameness(before[top], fresh.Properties[top], () => 'same') !== 'same')
  if (isOwn) return []
  const references = tops.flatMap(top => referencesIn(fresh.Properties[top]))
  return [...new Set(references.filter(({ id, attribute }) => fate(id, attribute) !== 'same').map(({ id }) => id))]
}

/**
 * What CloudFormation would make before it takes away what holds the same name or place: a resource that is made new,
 * under another logical ID or in place of itself.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
function collisionsOf(
  old: Resources,
  fresh: Resources,
  effects: ReadonlyMap<string, Effect>,
  registry: Registry,
  fate: Fate,
): readonly Outcome[] {
  const claims = new Map<ResolvedResource, readonly Claim[]>()
  const claimed = (resource: ResolvedResource): readonly Claim[] => {
    const known = claims.get(resource) ?? claimsOf(resource, registry(resource.Type))
    claims.set(resource, known)
    return known
  }
  const holders = byType(Object.entries(old))
  const made = Object.entries(fresh).filter(([id]) => old[id] === undefined || effects.get(id)?.kind === 'replacement')
  const rivals = new Map<string, Named[]>()
  return made.flatMap(([id, resource]): readonly Outcome[] => {
    const wanted = claimed(resource)
    if (wanted.length === 0) return []
    const found = { id, type: resource.Type, causes: [] }
    for (const [other, holder] of holders.get(resource.Type) ?? []) {
      const properties = collision(claimed(holder), wanted, fate)
      if (properties === undefined) continue
      return [
        other === id
          ? { kind: 'custom-name', ...found, properties }
          : { kind: 'collides', ...found, properties, other },
      ]
    }
    const others = rivals.get(resource.Type) ?? []
    rivals.set(resource.Type, others)
    for (const [other, rival] of others) {
      const properties = collision(claimed(rival), wanted, fate)
      if (properties !== undefined) return [{ kind: 'rivals', ...found, properties, other }]
    }
    others.push([id, resource])
    return []
  })
}

function byType(all: readonly Named[]): ReadonlyMap<string, readonly Named[]> {
  const found = new Map<string, Named[]>()
  for (const one of all) {
    const [, { Type }] = one
    const known = found.get(Type)
    if (known === undefined) found.set(Type, [one])
    else known.push(one)
  }
  return found
}

type Named = readonly [id: string, resource: ResolvedResource]

/**
 * What goes under one logical ID and comes under another: of the same type, and more than half of its properties as
 * they were, what is renamed with it counted as the same. The likest first.
 */
function renamesOf(gone: readonly Named[], come: readonly Named[], fate: Fate): readonly Outcome[] {
  const found = new Map<string, string>()
  for (let isSettled = false; !isSettled; ) {
    isSettled = true
    const renamed = renaming(found)
    const names = new Set(found.values())
    const settled: Fate = (id, attribute) => (names.has(id) ? 'same' : fate(id, attribute))
    const open = byType(come.filter(([id]) => !names.has(id)))
    const pairs = gone.flatMap(([other, old]) => {
      const candidates = found.has(other) ? [] : (open.get(old.Type) ?? [])
      if (candidates.length === 0) return []
      const before = mappedObject(old.Properties, renamed)
      return candidates.flatMap(([id, fresh]) => {
        const likeness = likenessOf(before, fresh.Properties, settled)
        return likeness > 0.5 ? [{ id, other, likeness }] : []
      })
    })
    // one after the other would take as many rounds as there are
    const most = pairs.reduce((so, { likeness }) => Math.max(so, likeness), 0)
    const taken = new Set<string>()
    for (const { id, other } of pairs.filter(({ likeness }) => likeness === most)) {
      if (found.has(other) || taken.has(id)) continue
      found.set(other, id)
      taken.add(id)
      isSettled = false
    }
  }
  const types = new Map(come.map(([id, { Type }]) => [id, Type]))
  return [...found].map(([other, id]) => ({
    ...{ kind: 'renamed', id, other, type: types.get(id) ?? '', properties: [], causes: [] },
  }))
}

/** The share of the properties that are the same; of two without any, all. */
function likenessOf(old: ValueObject, fresh: ValueObject, fate: Fate): number {
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)])
  if (names.size === 0) return 1
  const alike = [...names].filter(name => sameness(own(old, name), own(fresh, name), fate) !== 'different')
  return alike.length / names.size
}

/**
 * With each attribute that is what `Ref` gives as that: `!GetAtt Pool.Id` is `!Ref Pool`. `Ref` gives the primary
 * identifier, where that is one property; where it is an ARN, mostly something else.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html, `primaryIdentifier`
 */
function canonical(resources: Resources, registry: Registry): Resources {
  const change = canonicalReference(resources, registry)
  return bare(
    Object.entries(resources).map(([id, resource]) => [
      id,
      { ...resource, Properties: mappedObject(resource.Properties, change) },
    ]),
  )
}

export function canonicalReference(resources: Resources, registry: Registry): (unknown: Unknown) => Unknown {
  return unknown => {
    const { origin } = unknown
    if (origin.kind !== 'attribute') return unknown
    const identifier = registry(own(resources, origin.id)?.Type ?? '')?.primaryIdentifier ?? []
    const isReference = identifier.length === 1 && identifier[0] === origin.attribute && !/Arn$/.test(identifier[0])
    return isReference ? new Unknown({ kind: 'resource', id: origin.id }) : unknown
  }
}
