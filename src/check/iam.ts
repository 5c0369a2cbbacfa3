import type { Diagnostic } from '../diagnostic.ts'
import type { Document } from '../document.ts'
import { checkActions } from './actions.ts'
import { checkAttachedRoles } from './attached-roles.ts'
import type { Knowledge } from './knowledge.ts'
import { checkPolicyConditions } from './policy-conditions.ts'
import { policiesOf } from './policy-documents.ts'
import { checkPolicySize } from './policy-size.ts'
import { checkPolicyStructure } from './policy-structure.ts'
import { checkPolicyText } from './policy-text.ts'
import { checkTrust } from './trust.ts'

/** Every policy document of the template, wherever a resource type holds one: its grammar, its words, whom it trusts. */
export function checkIam(document: Document, knowledge: Knowledge): readonly Diagnostic[] {
  const policies = policiesOf(document)
  return [
    ...checkPolicyStructure(policies),
    ...checkActions(policies, knowledge),
    ...checkPolicyConditions(policies),
    ...checkPolicyText(policies, document, knowledge),
    ...checkTrust(policies, document),
    ...checkAttachedRoles(policies, document),
    ...checkPolicySize(policies, document),
  ]
}
