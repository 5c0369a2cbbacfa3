/** The language between stages: a template as CloudFormation reads it, plain JSON in which names stand for references. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject

export type JsonObject = { readonly [key: string]: Json }

/** Entries by logical ID, in the order in which they are written. */
export type Section = { readonly [logicalId: string]: Json }

/**
 * A template by name, with its sections in the order in which `emit` writes them.
 * A section that the template does not have is absent, never empty.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export type Document = {
  readonly AWSTemplateFormatVersion?: '2010-09-09'
  readonly Description?: string
  readonly Metadata?: Section
  readonly Parameters?: Section
  readonly Rules?: Section
  readonly Mappings?: Section
  readonly Conditions?: Section
  readonly Resources: Section
  readonly Outputs?: Section
}

/** Where in a document: `['Resources', 'IdentityPool', 'Properties', 'SamlProviderARNs', 0]`. */
export type Path = readonly (string | number)[]

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Does it call a macro anywhere? */
export function hasTransform(value: Json): boolean {
  if (isList(value)) return value.some(hasTransform)
  return isObject(value) && Object.entries(value).some(([key, item]) => key === 'Fn::Transform' || hasTransform(item))
}

/** Is it an object, of JSON that nobody has looked at yet? */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member of that name; nothing for what objects inherit. */
export function member<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** `Resources.IdentityPool.Properties.SamlProviderARNs.0`, as messages, acceptances and `--json` write a path. */
export function formatPath(path: Path): string {
  return path.join('.')
}
