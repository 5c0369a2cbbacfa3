/** A cell of what a template gives that one of the laws forbids, or that it takes although an option promises it. */
export type Violation = {
  readonly law: Law
  /** The role, policy and statement, or the path in the stack, that it is about. */
  readonly statement: string
  /** Who asks for what, that shows it. */
  readonly request: string
  /** A clause. */
  readonly because: string
}

export type Law = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** An action of AWS, as the service authorization reference has it. */
export type AwsAction = {
  /** `s3:GetObject` */
  readonly name: string
  /** `Read`, `Write`, `List`, `Tagging, Write`, `Permissions management, Write` */
  readonly level: string
  /** The ARNs, with `${…}` in them, of the resource types that it can be granted on; none: only `*`. */
  readonly arns: readonly string[]
}
