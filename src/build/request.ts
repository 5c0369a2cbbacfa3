import type { Engine } from './engine.ts'
import type { Finding } from './finding.ts'

/** What a build is asked for. */
export type BuildRequest = {
  /** Paths from the working folder; none: each `templates/*.ts`. */
  readonly modules: readonly string[]
  /** The output folder, from the working folder. */
  readonly out: string
  readonly format: 'yaml' | 'json'
  /** Compares, and writes nothing. */
  readonly check: boolean
  readonly lint: boolean
  /** May what earlier runs have found be used? */
  readonly cache: boolean
  /** Stands in the artifacts in place of that of package.json. */
  readonly version?: string
  /** The output folder will not last: what comes of the build is not kept to be recalled. */
  readonly isPassing?: boolean
}

/** Where it is asked. */
export type World = {
  /** Absolute. */
  readonly cwd: string
  /** What lasts from run to run; none: nothing does. */
  readonly cacheFolder: string | undefined
  readonly engine: Engine
  /** The Python for cfn-lint; otherwise one is looked for. */
  readonly python?: string | undefined
  /** Is told in a line what takes long. */
  readonly onProgress?: ((text: string) => void) | undefined
}

/** What came of it. With an error among the findings nothing has been written. */
export type Outcome = {
  readonly findings: readonly Finding[]
  readonly artifacts: readonly ArtifactSummary[]
  /** Files of the output folder that are built no more, as the user knows them. */
  readonly removed: readonly string[]
  /** The files that it was made of, absolute. */
  readonly inputs: readonly string[]
}

export type ArtifactSummary = {
  readonly module: string
  /** As the user knows it. */
  readonly path: string
  readonly bytes: number
  readonly resources: number
  readonly isChanged: boolean
}
