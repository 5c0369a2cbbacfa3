import type { Question, Verdict } from './question.ts'

type Note = { readonly allow: string; readonly deny: string }

/** A policy on the resource itself, of which the template's roles say nothing. */
const own = (what: string): Note => ({
  allow: `A policy of the ${what} may deny it.`,
  deny: `A policy of the ${what} may allow it.`,
})

/**
 * What others may add to a verdict, or take away.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const notes: Readonly<Record<string, Note>> = {
  s3: own('bucket'),
  dynamodb: own('table'),
  'execute-api': {
    allow: 'The method must ask for IAM authorization, and a policy of the API may deny it.',
    deny: 'A method without IAM authorization is open to everybody, and a policy of the API may allow it.',
  },
  kms: {
    allow: 'The key policy must let IAM policies of the account allow it.',
    deny: 'The key policy, or a grant of the key, may allow it.',
  },
  sqs: own('queue'),
  sns: own('topic'),
  lambda: own('function'),
  secretsmanager: own('secret'),
  kinesis: own('stream'),
}

export function notesOn({ action }: Question, { decision, by }: Pick<Verdict, 'decision' | 'by'>): readonly string[] {
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  if (action.toLowerCase() === 'sts:getcalleridentity') return ['AWS STS answers it whatever policies say.']
  // of no bucket at all
  if (action.toLowerCase() === 's3:listallmybuckets') return []
  const service = action.split(':')[0]?.toLowerCase() ?? ''
  const note = Object.hasOwn(notes, service) ? notes[service] : undefined
  // What a statement denies nobody can allow.
  const isFinal = decision === 'deny' && by.some(({ policy }) => policy !== 'AssumeRolePolicyDocument')
  if (note === undefined || isFinal) return []
  return decision === 'deny' ? [note.deny] : [note.allow]
}
