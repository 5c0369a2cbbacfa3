import { identityPool, tutorial } from './identity-pool.ts'
import { notesApp } from './notes-app.ts'
import { publicationBucket } from './publication-bucket.ts'
import type { Stock } from './stock.ts'

/** By what a template says of itself in `TemplateId`. */
export const stocks: Readonly<Record<string, Stock>> = {
  'identity-pool': identityPool,
  'identity-pool-tutorial': tutorial,
  'notes-app': notesApp,
  'publication-bucket': publicationBucket,
}
