import { isRecord, type JsonObject } from './document.ts'

/**
 * What `manifest.json` says: all that a program or a page needs to offer the templates of a build without reading them.
 * `schemas/manifest.schema.json`.
 */
export type Manifest = {
  readonly formatVersion: 1
  readonly generator: { readonly name: 'poolform'; readonly version: string }
  readonly project: ManifestProject
  /** By name. */
  readonly artifacts: readonly Artifact[]
}

/** What the templates come from. */
export type ManifestProject = {
  readonly version: string
  /** An http(s) URL of its sources, from `repository` or `homepage` of package.json. */
  readonly source?: string
  /** What CHANGELOG.md says of the version (or of what is not yet released), as Markdown. */
  readonly notes?: string
}

export type Artifact = {
  readonly name: string
  /** Of the project that it comes from. */
  readonly version: string
  /** Beside the manifest. */
  readonly file: string
  readonly bytes: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly description: string
  /** What `--capabilities` of `aws cloudformation` has to acknowledge. */
  readonly capabilities: readonly Capability[]
  readonly parameters: readonly ManifestParameter[]
  readonly outputs: readonly ManifestOutput[]
  /** Sorted. */
  readonly resourceTypes: readonly string[]
  /** In the template's order. */
  readonly resources: readonly ManifestResource[]
  /** The template's own `Rules`, by which CloudFormation refuses combinations of parameters; absent where it has none. */
  readonly rules?: JsonObject
  /** The template's own `Conditions`, and those of its `Mappings` that they or the rules look into. */
  readonly conditions?: JsonObject
  readonly mappings?: JsonObject
  /** What the template's own policies let people do, in words; in the template's order. */
  readonly grants: readonly Grant[]
  /** What narrows them; absent where nothing does. */
  readonly bounds?: readonly Bound[]
}

const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const

export type Capability = (typeof capabilities)[number]

/** As the template declares it, with its label and group in the console's form. */
export type ManifestParameter = { readonly name: string; readonly type: string } & JsonObject

export type ManifestOutput = { readonly name: string } & JsonObject

export type ManifestResource = {
  readonly id: string
  readonly type: string
  readonly condition?: string
  /** Of a nested stack: where its template is. A parameter stands as {its name}. */
  readonly template?: string
}

const grantees = ['signed-in', 'guest', 'other', 'everybody', 'organization', 'service', 'account'] as const

export type Grantee = (typeof grantees)[number]

/** One statement of a role's policy, or of one that stands on the thing itself, in words. */
export type Grant = {
  /**
   * Who gets it. By a role: identities that have signed in, guests, or whoever else may assume it. By a policy that
   * stands on the thing itself: everybody, those of an organization, an AWS service, an account or one of its
   * principals, or others still. `principal` says which.
   */
  readonly who: Grantee
  /** The organization, service, account or principal that the policy names; absent for roles and for everybody. */
  readonly principal?: string
  /** By what: the logical ID of the role, or of what has the policy. */
  readonly by: string
  /** Of the statement, where it has one. */
  readonly sid?: string
  readonly effect: 'allow' | 'deny'
  /** A clause with a verb: `get, put and delete objects`. */
  readonly may: string
  /** Where: `in private/<identity ID>/ of the bucket {UploadsBucketName}`. A parameter stands as {its name}. */
  readonly on: string
  /** All of these conditions must be as said for the statement to be there. */
  readonly when: readonly { readonly condition: string; readonly is: boolean }[]
}

const boundKinds = ['boundary', 'by-group', 'by-rules', 'nobody'] as const

/**
 * What narrows all that is granted: to what a permissions boundary allows; to the role of a group, or that of a rule,
 * instead of all others; or nobody is given a role at all.
 */
export type Bound = {
  readonly who: Grantee
  /** The logical ID of the role, of the attachment of roles, or of the identity pool. */
  readonly by: string
  readonly kind: (typeof boundKinds)[number]
  /**
   * The permissions boundary; of a role mapping its AmbiguousRoleResolution, `Deny` or `AuthenticatedRole`. A parameter
   * stands as {its name}.
   */
  readonly of?: string
  /** All of these conditions must be as said for it to be so. */
  readonly when: Grant['when']
}

/** Reads a `manifest.json`; undefined where it is none, or not whole: an earlier poolform's, or one that was edited. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return isManifest(content) ? content : undefined
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value['formatVersion'] !== 1) return false
  const { generator, project, artifacts } = value
  return (
    isRecord(generator) &&
    generator['name'] === 'poolform' &&
    isText(generator['version']) &&
    isRecord(project) &&
    isText(project['version']) &&
    ['source', 'notes'].every(name => isAbsentOr(isText, project[name])) &&
    isListOf(isArtifact, artifacts)
  )
}

/** A file that a build has written. */
export type ListedFile = Pick<Artifact, 'name' | 'file' | 'sha256'>

/** What all manifests have said that poolform ever wrote; and is the file's name one in the folder itself? */
export function isListedFile(value: unknown): value is ListedFile {
  if (!isRecord(value)) return false
  const { name, file, sha256 } = value
  return (
    isText(name) &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) &&
    (file === `${name}.yaml` || file === `${name}.json`) &&
    isText(sha256)
  )
}

/** Does it say all that an artifact does? What an earlier poolform wrote, or somebody has edited, may not. */
export function isArtifact(value: unknown): value is Artifact {
  if (!isRecord(value)) return false
  const { version, bytes, description, capabilities, resourceTypes, parameters, outputs, resources, grants } = value
  return (
    isText(version) &&
    typeof bytes === 'number' &&
    isText(description) &&
    isListOf(isCapability, capabilities) &&
    isListOf(isText, resourceTypes) &&
    isListOf(has('name', 'type'), parameters) &&
    isListOf(has('name'), outputs) &&
    isListOf(isResource, resources) &&
    isListOf(isGrant, grants) &&
    isAbsentOr(it => isListOf(isBound, it), value['bounds']) &&
    ['rules', 'conditions', 'mappings'].every(name => isAbsentOr(isRecord, value[name])) &&
    isListedFile(value)
  )
}

function isResource(value: unknown): boolean {
  return has('id', 'type')(value) && ['condition', 'template'].every(name => isAbsentOr(isText, value[name]))
}

function isGrant(value: unknown): boolean {
  if (!has('by', 'may', 'on')(value)) return false
  const { who, effect, when } = value
  return (
    grantees.some(it => it === who) &&
    (effect === 'allow' || effect === 'deny') &&
    ['principal', 'sid'].every(name => isAbsentOr(isText, value[name])) &&
    isConditional(when)
  )
}

function isBound(value: unknown): boolean {
  if (!has('by')(value)) return false
  const { who, kind, of, when } = value
  return (
    grantees.some(it => it === who) &&
    boundKinds.some(it => it === kind) &&
    isAbsentOr(isText, of) &&
    isConditional(when)
  )
}

function isConditional(when: unknown): boolean {
  return isListOf(it => has('condition')(it) && typeof it['is'] === 'boolean', when)
}

export function isCapability(value: unknown): value is Capability {
  return capabilities.some(it => it === value)
}

type Fields = Readonly<Record<string, unknown>>

/** An object with texts under these names. */
function has(...names: readonly string[]): (value: unknown) => value is Fields {
  return (value): value is Fields => isRecord(value) && names.every(name => isText(value[name]))
}

function isListOf(isItem: (value: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isAbsentOr(isOne: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || isOne(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
