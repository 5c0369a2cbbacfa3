/** What AWS, or the way there, refuses for good: in words, with the way out. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: AwsErrorCode
  /** An imperative sentence without a full stop. */
  readonly help: string

  constructor(code: AwsErrorCode, message: string, help: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.help = help
  }
}

export type AwsErrorCode =
  | 'no-credentials'
  | 'bad-credentials'
  | 'wrong-region'
  | 'no-permission'
  | 'not-found'
  | 'invalid-request'
  | 'clock-skew'
  | 'no-network'
  | 'refused'
