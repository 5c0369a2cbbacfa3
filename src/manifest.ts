import type { JsonObject } from './document.ts'

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
}

export type Capability = 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND'

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

/** One statement of a role's policy, or of one that stands on the thing itself, in words. */
export type Grant = {
  /**
   * Who gets it. By a role: identities that have signed in, guests, or whoever else may assume it. By a policy that
   * stands on the thing itself: everybody, those of an organization, an AWS service, an account or one of its
   * principals, or others still. `principal` says which.
   */
  readonly who: 'signed-in' | 'guest' | 'other' | 'everybody' | 'organization' | 'service' | 'account'
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
