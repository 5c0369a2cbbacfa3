import {
  equal,
  isScalar,
  isValueList,
  isValueObject,
  partsOf,
  Unknown,
  type Value,
  type ValueObject,
} from '../resolve/value.ts'

/** Are two values one? `open`: that cannot be known before the update. */
export type Sameness = 'same' | 'different' | 'open'

/**
 * What becomes of that which a reference names, by its logical ID in both templates: with an attribute of what
 * `Fn::GetAtt` gives, without of what `Ref` gives.
 */
export type Fate = (id: string, attribute?: string) => Sameness

/**
 * Is a resolved value of the new template that of the old one? Numbers and booleans are the texts that CloudFormation
 * takes them for.
 */
export function sameness(old: Value | undefined, fresh: Value | undefined, fate: Fate): Sameness {
  if (old === undefined || fresh === undefined) return old === fresh ? 'same' : 'different'
  if (old instanceof Unknown || fresh instanceof Unknown) return unknownSameness(old, fresh, fate)
  if (isScalar(old) && isScalar(fresh)) return String(old) === String(fresh) ? 'same' : 'different'
  if (isValueList(old) && isValueList(fresh)) {
    if (old.length !== fresh.length) return 'different'
    return together(old.map((item, at) => sameness(item, fresh[at], fate)))
  }
  if (isValueObject(old) && isValueObject(fresh)) {
    const keys = new Set([...Object.keys(old), ...Object.keys(fresh)])
    return together([...keys].map(key => sameness(own(old, key), own(fresh, key), fate)))
  }
  return old === fresh ? 'same' : 'different'
}

/** Of a whole: one part that differs makes it differ, whatever the others may be. */
export function together(parts: readonly Sameness[]): Sameness {
  if (parts.includes('different')) return 'different'
  return parts.includes('open') ? 'open' : 'same'
}

function unknownSameness(old: Value, fresh: Value, fate: Fate): Sameness {
  if (!(old instanceof Unknown) || !(fresh instanceof Unknown)) {
    if (equal(old, fresh) === false) return 'different'
    return (isText(old) && isText(fresh)) || !isStructure(old, fresh) ? 'open' : 'different'
  }
  const [a, b] = [old.origin, fresh.origin]
  if (a.kind === 'text' || b.kind === 'text') return textSameness(partsOf(old), partsOf(fresh), fate)
  const [one, other] = [referenceOf(old), referenceOf(fresh)]
  if (one !== undefined && other !== undefined) {
    if (one.attribute !== other.attribute) return 'open'
    // two things of one kind have two IDs
    if (one.id !== other.id) return one.attribute === undefined ? 'different' : 'open'
    return fate(one.id, one.attribute)
  }
  switch (a.kind) {
    case 'parameter':
    case 'pseudo':
      return b.kind === a.kind && b.name === a.name ? 'same' : 'open'
    case 'import':
      return b.kind === 'import' ? sureIfSame(a.name, b.name, fate) : 'open'
    case 'dynamic':
      return b.kind === 'dynamic' ? sureIfSame(a.reference, b.reference, fate) : 'open'
    case 'call':
      return b.kind === 'call' && b.fn === a.fn ? sureIfSame(a.argument, b.argument, fate) : 'open'
    case 'choice': {
      if (b.kind !== 'choice' || b.condition !== a.condition) return 'open'
      const branches = [sameness(a.whenTrue, b.whenTrue, fate), sameness(a.whenFalse, b.whenFalse, fate)]
      return branches.every(it => it === 'same') ? 'same' : 'open'
    }
    case 'mistake':
      return b.kind === 'mistake' ? 'same' : 'open'
    case 'attribute':
    case 'resource':
      return 'open'
  }
}

type Reference = { readonly id: string; readonly attribute: string | undefined }

function referenceOf({ origin }: Unknown): Reference | undefined {
  if (origin.kind === 'resource') return { id: origin.id, attribute: undefined }
  if (origin.kind !== 'attribute' || typeof origin.attribute !== 'string') return undefined
  return { id: origin.id, attribute: origin.attribute }
}

/** What a function makes of two arguments may still be one. */
function sureIfSame(old: Value, fresh: Value, fate: Fate): Sameness {
  return sameness(old, fresh, fate) === 'same' ? 'same' : 'open'
}

function textSameness(old: readonly (string | Unknown)[], fresh: readonly (string | Unknown)[], fate: Fate): Sameness {
  const isAligned =
    old.length === fresh.length &&
    old.every((part, at) => (typeof part === 'string') === (typeof fresh[at] === 'string'))
  if (isAligned) {
    const parts = old.map((part, at) => [part, sameness(part, fresh[at], fate)] as const)
    const differing = parts.filter(([, same]) => same !== 'same')
    if (differing.length === 0) return 'same'
    // a single difference shows; several could make up for each other
    return differing.length === 1 || parts.every(([part, same]) => typeof part === 'string' || same === 'same')
      ? together(differing.map(([, same]) => same))
      : 'open'
  }
  const unknowns = [old, fresh].map(parts => parts.filter(it => it instanceof Unknown))
  const [before = [], after = []] = unknowns
  const isSameUnknowns =
    before.length === after.length && before.every((it, at) => sameness(it, after[at], fate) === 'same')
  return isSameUnknowns ? 'different' : 'open'
}

function isText(value: Value): boolean {
  return isScalar(value) || value instanceof Unknown
}

/** Is one of them a list or an object? */
function isStructure(...values: readonly Value[]): boolean {
  return values.some(value => isValueList(value) || isValueObject(value))
}

/** Everything at a dotted path, where `*` is each item or entry; what is unknown on the way stands for what is in it. */
export function valuesAt(properties: Value | undefined, path: readonly string[]): readonly Value[] {
  const [key, ...rest] = path
  if (properties === undefined) return []
  if (key === undefined || properties instanceof Unknown) return [properties]
  if (key === '*') {
    const items = isValueList(properties) ? properties : isValueObject(properties) ? Object.values(properties) : []
    return items.flatMap(item => valuesAt(item, rest))
  }
  // the registry's paths leave out that something is a list
  if (isValueList(properties)) return properties.flatMap(item => valuesAt(item, path))
  return isValueObject(properties) && Object.hasOwn(properties, key) ? valuesAt(properties[key], rest) : []
}

/** Are the values under a dotted path those that they were? */
export function samenessAt(old: ValueObject, fresh: ValueObject, path: string, fate: Fate): Sameness {
  const steps = path.split('.')
  return sameness(valuesAt(old, steps), valuesAt(fresh, steps), fate)
}

/** What it refers to. */
export function referencesIn(value: Value | undefined): readonly Reference[] {
  if (value === undefined) return []
  if (value instanceof Unknown) {
    const reference = referenceOf(value)
    if (reference !== undefined) return [reference]
    const { origin } = value
    switch (origin.kind) {
      case 'text':
        return origin.parts.flatMap(part => (part instanceof Unknown ? referencesIn(part) : []))
      case 'call':
        return referencesIn(origin.argument)
      case 'choice':
        return [...referencesIn(origin.whenTrue), ...referencesIn(origin.whenFalse)]
      default:
        return []
    }
  }
  if (isValueList(value)) return value.flatMap(referencesIn)
  return isValueObject(value) ? Object.values(value).flatMap(referencesIn) : []
}

/** The value with each unknown in it as `change` has it; what stands in texts and calls too. */
export function mapped(value: Value, change: (unknown: Unknown) => Unknown): Value {
  if (isValueList(value)) return value.map(item => mapped(item, change))
  if (isValueObject(value)) return mappedObject(value, change)
  return value instanceof Unknown ? mappedUnknown(value, change) : value
}

export function mappedObject(object: ValueObject, change: (unknown: Unknown) => Unknown): ValueObject {
  return bare(Object.entries(object).map(([key, item]) => [key, mapped(item, change)]))
}

/** An object with these entries and nothing else: `constructor` may be a logical ID, or the name of anything. */
export function bare<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const made: Record<string, T> = Object.create(null)
  for (const [key, item] of entries) made[key] = item
  return made
}

/** What stands in it under a key, and not in what all objects have. */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function mappedUnknown(unknown: Unknown, change: (unknown: Unknown) => Unknown): Unknown {
  const { origin } = unknown
  switch (origin.kind) {
    case 'text':
      return new Unknown({
        ...origin,
        parts: origin.parts.map(part => (part instanceof Unknown ? mappedUnknown(part, change) : part)),
      })
    case 'call':
      return new Unknown({ ...origin, argument: mapped(origin.argument, change) })
    case 'choice': {
      const { whenTrue, whenFalse } = origin
      return new Unknown({
        ...origin,
        whenTrue: whenTrue === undefined ? undefined : mapped(whenTrue, change),
        whenFalse: whenFalse === undefined ? undefined : mapped(whenFalse, change),
      })
    }
    default:
      return change(unknown)
  }
}
