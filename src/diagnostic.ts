import { formatPath, type Path } from './document.ts'

/** What can be wrong with a template that TypeScript has accepted. `cfn-lint/…` is a finding of cfn-lint, by its rule ID. */
export type DiagnosticCode =
  // names: link, check/names
  | 'bad-logical-id'
  | 'duplicate-role-attachment'
  | 'listed-twice'
  | 'literal-placeholder'
  | 'unlisted-reference'
  | 'undefined-reference'
  | 'invalid-value'
  | 'unused-condition'
  | 'unused-mapping'
  | 'unused-parameter'
  // functions: check/functions
  | 'invalid-function'
  | 'unused-variable'
  // references under conditions, cycles: check/references, check/cycles, check/branches
  | 'conditional-reference'
  | 'circular-reference'
  | 'constant-condition'
  | 'unreachable-branch'
  // resources: check/resources
  | 'invalid-property'
  | 'unknown-attribute'
  | 'unknown-resource-type'
  // IAM: check/iam
  | 'cognito-trust'
  | 'open-trust'
  | 'policy-size'
  | 'policy-version'
  | 'service-wildcard'
  | 'unknown-action'
  | 'unknown-condition-operator'
  | 'invalid-policy'
  // Rules: check/rules
  | 'rule-function'
  // quotas: check/quotas
  | 'quota'
  | 'template-size'
  // guests: check/guests
  | 'guest-session-policy'
  // values that a template's own Rules refuse: resolve
  | 'failed-rule'
  // acceptances: accept
  | 'unneeded-acceptance'
  // links: launch
  | 'ignored-parameter'
  | 'invalid-parameter'
  | 'invalid-region'
  | 'invalid-stack-name'
  | 'unchecked-pattern'
  | 'unknown-parameter'
  | 'unknown-template'
  | 'unknown-version'
  | 'unusable-bucket'
  // modules: cli
  | 'invalid-module'
  | 'impure-module'
  | 'duplicate-template'
  | 'unwritable-output'
  | 'stale-output'
  | 'lint-unavailable'
  | 'unreadable-file'
  // releases: publish
  | 'bad-version'
  | `cfn-lint/${string}`

export type Severity = 'error' | 'warning'

/**
 * A mistake of the user's: what it is, where it is, and the way out.
 * A mistake of ours is an exception.
 */
export type Diagnostic = {
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** Where in the template; empty where it is about the template, or its module, as a whole. */
  readonly path: Path
  /** What is wrong: a clause that says it of the place, without a full stop. */
  readonly message: string
  /** The way out: an imperative sentence without a full stop. */
  readonly help: string
}

/** A diagnostic as a person reads it: two lines, the second the way out. `module` is a file's path, as the user knows it. */
export function formatDiagnostic(module: string, { code, severity, path, message, help }: Diagnostic): string {
  const place = path.length === 0 ? module : `${module}: ${formatPath(path)}`
  return `${place}: ${severity}: ${message} [${code}]\n  ${help}`
}
