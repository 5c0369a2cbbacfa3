import { type Document, isObject, type Json, type JsonObject, member } from '../../document.ts'
import { allowedValuesOf, declarationOf, textOf } from '../../parameter.ts'
import type { Environment } from '../../resolve/environment.ts'
import { failedRules } from '../../resolve/rules.ts'
import { optionalPlaceholders, otherPlaceholder, type Placeholders, requiredPlaceholders } from './placeholders.ts'

/** A way in which a template can be deployed, of those that show what its options give. */
export type Deployment = {
  /** `least`, `everything`, or the option: `UserTableName`, `UploadsFolderKeyedBy=UserSub`. */
  readonly name: string
  /** Those that are not left to their defaults. */
  readonly parameters: Placeholders
  /** An option's: the same without the option, to compare with. */
  readonly without?: Placeholders
}

/** Where, and as what, all of them are deployed. */
export type Site = Environment & { readonly region: string; readonly partition: string }

/**
 * What a template needs at least, with placeholders for what must be given; all that it offers at once; and each
 * option, with no more than the template's own rules want beside it. What the rules refuse is left out. Parameters that
 * name policies or a region, or choose among ways, are not in `everything`, and beside it where they can be: of the first
 * nothing is known, and of the others there is no most.
 */
export function deploymentsOf(document: Document, site: Site): readonly Deployment[] {
  const template = new Template(document, site)
  const least = template.mended(requiredPlaceholders(document, site))
  if (least === undefined) return []
  const everything = template.everything(least)
  const options = template.options().flatMap(({ name, parameter, value }): readonly Deployment[] => {
    if (least[parameter] !== undefined) return []
    const atMost = { ...everything, [parameter]: value }
    // what is in everything shows by itself what it gives
    if (everything[parameter] === undefined && template.failed(atMost).length === 0) {
      return [{ name, parameters: atMost, without: everything }]
    }
    const parameters = template.mended({ ...least, [parameter]: value })
    if (parameters === undefined) return []
    const { [parameter]: _, ...rest } = parameters
    return [{ name, parameters, without: template.failed(rest).length > 0 ? least : rest }]
  })
  const isMore = Object.keys(everything).length > Object.keys(least).length
  return [
    { name: 'least', parameters: least },
    ...(isMore ? [{ name: 'everything', parameters: everything }] : []),
    ...options,
  ]
}

/**
 * Placeholders beside the values that a deployer gives: for what must be given, and what the template's rules want
 * besides; where nothing is given, for all that it offers. With them it may be refused all the same.
 */
export function placeholdersFor(document: Document, site: Site, given: Placeholders): Placeholders {
  const template = new Template(document, site)
  const start = { ...requiredPlaceholders(document, site), ...given }
  const isGiven = Object.keys(given).length > 0
  const all = isGiven ? (template.mended(start) ?? start) : template.everything(start)
  return Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(given, name)))
}

type Option = { readonly name: string; readonly parameter: string; readonly value: string }

class Template {
  readonly #parameters: JsonObject
  readonly #rules: JsonObject
  readonly #mappings: JsonObject
  readonly #site: Site
  /** What `everything` is made of. */
  readonly #offered: Placeholders
  readonly #options: readonly Option[]

  constructor(document: Document, site: Site) {
    const section = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
    this.#parameters = section(document.Parameters)
    this.#rules = section(document.Rules)
    this.#mappings = section(document.Mappings)
    this.#site = site
    this.#offered = optionalPlaceholders(document, site)
    this.#options = this.#optionsOf(document)
  }

  /** Rules that refuse the values, which the parameters take. */
  failed(parameters: Placeholders): readonly string[] {
    const sections = { Parameters: this.#parameters, Mappings: this.#mappings, Rules: this.#rules }
    return failedRules(sections, { ...this.#site, parameters }).map(({ rule }) => rule)
  }

  /** With what the rules that it breaks ask for: the first of what they name that leads to something they take. */
  mended(parameters: Placeholders, more = mostMended): Placeholders | undefined {
    const failed = this.failed(parameters)
    if (failed.length === 0) return parameters
    if (more === 0) return undefined
    for (const { parameter, value } of this.#named(failed).flatMap(name => this.#ways(name))) {
      if (parameters[parameter] !== undefined) continue
      const mended = this.mended({ ...parameters, [parameter]: value }, more - 1)
      if (mended !== undefined) return mended
    }
    return undefined
  }

  /** What a parameter may be given that a rule asks for. */
  #ways(name: string): readonly Option[] {
    const value = this.#offered[name]
    return value === undefined
      ? this.#options.filter(({ parameter }) => parameter === name)
      : [{ name, parameter: name, value }]
  }

  /** The parameters that rules refer to, in the order in which they do. */
  #named(rules: readonly string[]): readonly string[] {
    return [...new Set(rules.flatMap(rule => references(this.#rules[rule] ?? null)))]
  }

  everything(least: Placeholders): Placeholders {
    const wanted = Object.entries(this.#offered).filter(
      ([name, value]) => !/:policy\//.test(value) && !/region$/i.test(name),
    )
    const trimmed = this.#trimmed({ ...least, ...Object.fromEntries(wanted) }, least)
    if (trimmed !== undefined) return trimmed
    let all = least
    // what is refused at first may be taken once the rest is there
    for (const _ of [1, 2]) {
      for (const [name, value] of wanted) {
        if (all[name] !== undefined) continue
        const more = this.mended({ ...all, [name]: value }, 1)
        if (more !== undefined) all = more
      }
    }
    return all
  }

  /** Without the first of what broken rules name whose absence mends them. */
  #trimmed(parameters: Placeholders, least: Placeholders, less = mostMended): Placeholders | undefined {
    const failed = this.failed(parameters)
    if (failed.length === 0) return parameters
    if (less === 0) return undefined
    for (const name of this.#named(failed)) {
      if (parameters[name] === undefined || least[name] !== undefined) continue
      const { [name]: _, ...rest } = parameters
      const trimmed = this.#trimmed(rest, least, less - 1)
      if (trimmed !== undefined) return trimmed
    }
    return undefined
  }

  /** Each parameter that can be given, and each value that is not the default where the template lists them. */
  options(): readonly Option[] {
    return this.#options
  }

  #optionsOf(document: Document): readonly Option[] {
    return Object.keys(this.#parameters).flatMap((parameter): readonly Option[] => {
      const declaration = declarationOf(this.#parameters, parameter)
      const preset = declaration && textOf(member(declaration, 'Default'))
      if (declaration === undefined || preset === undefined) return []
      const allowed = allowedValuesOf(declaration)
      if (allowed !== undefined) {
        const others = allowed.filter(value => value !== preset)
        return others.map(value => ({ name: `${parameter}=${value}`, parameter, value }))
      }
      const value = this.#offered[parameter] ?? otherPlaceholder(document, parameter, this.#site)
      return value === undefined ? [] : [{ name: parameter, parameter, value }]
    })
  }
}

const mostMended = 3

function references(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, operand]) =>
    key === 'Ref' && typeof operand === 'string' ? [operand] : references(operand),
  )
}
