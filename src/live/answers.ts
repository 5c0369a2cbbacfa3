import { AwsError } from '../aws/aws-error.ts'
import type { Answer } from './snapshot.ts'

/** What a request comes to that is not essential; also where what AWS answers is not there, or cannot be read. */
export async function answer<T>(ask: () => Promise<T | undefined>): Promise<Answer<T>> {
  try {
    const value = await ask()
    return value === undefined ? { kind: 'absent' } : { kind: 'is', value }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.code === 'not-found') return { kind: 'absent' }
    return { kind: 'unasked', reason: error.message, help: error.help }
  }
}
