/** What an update of stacks from one template to another does, and how large a step of the version that is. */

/** https://semver.org/: which part of the version a change has to raise. */
export type Level = 'major' | 'minor' | 'patch'

export type Section = 'Template' | 'Parameters' | 'Rules' | 'Resources' | 'Outputs' | 'Access'

/** In the order in which a reader wants them, the worst first, as far as the level does not decide. */
export const codes = [
  'type-changed',
  'update-refused',
  'already-exists',
  'custom-name',
  'resource-renamed',
  'resource-replaced',
  'resource-deleted',
  'resource-orphaned',
  'resource-may-be-replaced',
  'not-compared',
  'rule-refuses',
  'parameter-lost',
  'parameter-renamed',
  'parameter-required',
  'parameter-type',
  'parameter-narrowed',
  'capability-added',
  'too-large',
  'template-lost',
  'output-lost',
  'output-renamed',
  'export-lost',
  'export-changed',
  'export-twice',
  'access-lost',
  'access-hazard',
  'secret-shown',
  'deletion-policy',
  'output-changed',
  'access-gained',
  'access-narrowed',
  'access-unknown',
  'trust-changed',
  'parameter-may-be-narrowed',
  'default-changed',
  'resource-created',
  'resource-updated',
  'resource-may-be-updated',
  'parameter-new',
  'parameter-widened',
  'output-new',
  'export-new',
  'template-new',
  'capability-dropped',
  'secret-hidden',
  'text',
] as const

export type Code = (typeof codes)[number]

/** One deployment in which something happens; what it leaves out is at its default. */
export type Witness = {
  /** Where it happens in a commercial region too, there is none. */
  readonly region?: string
  /** Those that must be given for it to happen. */
  readonly parameters: Readonly<Record<string, string>>
  /** Of these the names of those whose value stands for any other that is not the default, as far as that was tried. */
  readonly placeholders: readonly string[]
  /** Parameters whose default has changed, and to which no value is given with the update. */
  readonly leftOut: readonly string[]
}

export type Change = {
  readonly code: Code
  readonly level: Level
  readonly section: Section
  /** A logical ID or a parameter; empty for the template itself. */
  readonly subject: string
  /** The resource type. */
  readonly type?: string
  /** The properties that do it, dotted: `Path`, `ImageConfig.EntryPoint`. */
  readonly properties?: readonly string[]
  /** What happens: a clause with a verb, of which the subject is the subject. */
  readonly message: string
  /** The way out: an imperative sentence without a full stop. */
  readonly help: string
  /** Absent: whatever the deployment is like. */
  readonly when?: Witness
  /** Where AWS says so. */
  readonly source?: string
}

export type Verdict = Level | 'none'

export type Comparison = {
  /** The worst first. */
  readonly changes: readonly Change[]
  /** Of the worst change; `none` where the templates say the same. */
  readonly verdict: Verdict
  /** The IAM actions that CloudFormation calls in the deployer's name for what the update does, sorted. */
  readonly permissions: readonly string[]
  /** How many deployments were compared. */
  readonly deployments: number
  /** What was not looked at, or cannot be known: sentences. */
  readonly remarks: readonly string[]
}

const sizes: Readonly<Record<Verdict, number>> = { none: 0, patch: 1, minor: 2, major: 3 }

export function isMore(one: Verdict, other: Verdict): boolean {
  return sizes[one] > sizes[other]
}

export function worst(verdicts: Iterable<Verdict>): Verdict {
  let found: Verdict = 'none'
  for (const verdict of verdicts) if (isMore(verdict, found)) found = verdict
  return found
}

/** The worst first; of the same code in the order in which they were found. */
export function inOrder(changes: readonly Change[]): readonly Change[] {
  return [...changes].sort((a, b) => sizes[b.level] - sizes[a.level] || codes.indexOf(a.code) - codes.indexOf(b.code))
}
