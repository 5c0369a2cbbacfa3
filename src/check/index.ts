import type { Diagnostic } from '../diagnostic.ts'
import type { Document } from '../document.ts'
import { checkAttachments } from './attachments.ts'
import { checkBranches } from './branches.ts'
import { checkCycles } from './cycles.ts'
import { checkFunctions } from './functions.ts'
import { checkGuests } from './guests.ts'
import { checkIam } from './iam.ts'
import type { Knowledge } from './knowledge.ts'
import { checkNames } from './names.ts'
import { checkParameters } from './parameters.ts'
import { checkQuotas, checkTemplateSize } from './quotas.ts'
import { checkReferences } from './references.ts'
import { checkResources } from './resources.ts'
import { checkRules } from './rules.ts'
import { checkSections } from './sections.ts'
import { survey } from './walk.ts'

type Rule = (document: Document, knowledge: Knowledge) => readonly Diagnostic[]

/** In the order in which a person would mend what they find. */
const rules: readonly Rule[] = [
  checkSections,
  checkNames,
  checkParameters,
  checkFunctions,
  checkReferences,
  checkCycles,
  checkBranches,
  checkRules,
  checkResources,
  checkAttachments,
  checkIam,
  checkGuests,
]

/**
 * What is wrong with a document that neither TypeScript nor `link` could see. It may be anybody's, of any shape.
 * `text` is the template as it is deployed, of which only the size is read.
 *
 * A document in which nothing was wrong is settled: one that says the same but for its description is not asked again.
 */
export function check(document: Document, text: string, knowledge: Knowledge): readonly Diagnostic[] {
  const sizes = [...checkQuotas(document), ...checkTemplateSize(text)]
  const question = questionOf(document)
  if (knowledge.settled?.has(question) === true) return sizes
  const found = rules.flatMap(rule => rule(document, knowledge))
  if (found.length === 0) knowledge.settled?.add(question)
  const diagnostics = [...found, ...sizes]
  const [macro] = survey(document).macros.unknown
  return macro === undefined ? diagnostics : diagnostics.map(it => doubtful(it, macro))
}

/** All that the rules read: of the description only whether it is text. */
function questionOf({ Description, ...rest }: Document): string {
  return JSON.stringify([typeof Description, rest])
}

/** A macro gets the whole template before CloudFormation does, and may change anything in it. */
function doubtful(diagnostic: Diagnostic, macro: string): Diagnostic {
  return { ...diagnostic, severity: 'warning', message: `${diagnostic.message}, unless the macro ${macro} changes it` }
}
