/**
 * Asks CloudFormation's `ValidateTemplate` for the template at a URL; one request, retried while the service throttles
 * or fails for the moment. Never throws for what the user can have caused: what keeps it from asking is an answer.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
 */
export type Validator = (templateUrl: string) => Promise<Validation>

export type Validation =
  | { readonly kind: 'valid' }
  /** CloudFormation says what is wrong with the template, or with its URL. */
  | { readonly kind: 'invalid'; readonly message: string }
  /** Not asked: no credentials, or none that may, or no way there. A clause: `no credentials were found`. */
  | { readonly kind: 'unasked'; readonly reason: string }
