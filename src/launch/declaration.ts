import type { JsonObject } from '../document.ts'
import type { Artifact, ManifestParameter } from '../manifest.ts'

const declarations = new WeakMap<ManifestParameter, JsonObject>()

/** The declaration that the manifest tells of, as the template writes it. The same parameter, the same object. */
export function asDeclared(parameter: ManifestParameter): JsonObject {
  const known = declarations.get(parameter)
  if (known !== undefined) return known
  const { name, label, group, ...attributes } = parameter
  const entries = Object.entries(attributes).map(([key, value]) => [
    `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    value,
  ])
  const made: JsonObject = Object.fromEntries(entries)
  declarations.set(parameter, made)
  return made
}

/** The part of a template by which its conditions and rules are decided. A section that it does not have is absent. */
export type DecidingSections = {
  readonly Parameters: JsonObject
  readonly Rules?: JsonObject
  readonly Conditions?: JsonObject
  readonly Mappings?: JsonObject
}

export function decidingSections({ parameters, rules, conditions, mappings }: Artifact): DecidingSections {
  return {
    Parameters: Object.fromEntries(parameters.map(parameter => [parameter.name, asDeclared(parameter)])),
    ...(rules === undefined ? {} : { Rules: rules }),
    ...(conditions === undefined ? {} : { Conditions: conditions }),
    ...(mappings === undefined ? {} : { Mappings: mappings }),
  }
}
