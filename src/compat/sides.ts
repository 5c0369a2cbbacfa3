import type { Place } from '../access/scenarios.ts'
import type { Document } from '../document.ts'
import type { Unknown } from '../resolve/index.ts'

/** A template, as far as updates ask for it. */
export type Template = {
  readonly document: Document
  /** As it is handed to CloudFormation. */
  readonly text: string
  readonly version?: string | undefined
  /** What has to be acknowledged. */
  readonly capabilities: readonly string[]
}

/** A stack that was made from the old template. */
export type Stack = {
  readonly place: Place
  readonly accountId: string
  readonly stackId: string
  readonly stackName: string
  /** All of the old template; of secrets nothing is known. */
  readonly parameters: Readonly<Record<string, string | Unknown>>
  /** What the update gives; the rest stays as it is. */
  readonly given: Readonly<Record<string, string>>
  /** By logical ID. */
  readonly physicalIds: Readonly<Record<string, string>>
}
