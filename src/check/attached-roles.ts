import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type JsonObject } from '../document.ts'
import type { Case, Cases, When } from './cases.ts'
import { referencesOf } from './guests.ts'
import { keysOf } from './policy-conditions.ts'
import { casesAt, type Policies } from './policy-documents.ts'
import { allows } from './policy-structure.ts'
import { admitted } from './trust.ts'
import { entriesOf } from './walk.ts'

/**
 * Roles that an identity pool has for guests and whose trust policies want those who have signed in, or the reverse.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function checkAttachedRoles({ cases, policies }: Policies, document: Document): readonly Diagnostic[] {
  const trusts = policies.filter(it => it.kind === 'trust')
  return entriesOf(document, 'Resources').flatMap(([id, declared]) => {
    if (!isObject(declared) || declared['Type'] !== 'AWS::Cognito::IdentityPoolRoleAttachment') return []
    return ['authenticated', 'unauthenticated'].flatMap(who =>
      casesAt(cases, id, declared, `Roles.${who}`).flatMap(place =>
        referencesOf(place.value).flatMap(role => {
          const statements = trusts
            .filter(it => it.logicalId === role)
            .flatMap(it => it.statements)
            .filter(it => allows(cases, it))
          const byName = statements.map(it =>
            askedOf(cases, it, place, (one, other) => cases.both(one, other) !== undefined),
          )
          // Where each is for none but them by name already, there is nothing to ask the solver.
          if (byName.every(it => it?.size === 1 && it.has(who))) return []
          const possible = statements.filter(it => cases.canMeet(it.when, place.when))
          const asked = possible.map(it => askedOf(cases, it, place, (one, other) => cases.canMeet(one, other)))
          const isWrong = asked.length > 0 && asked.every(it => it !== undefined && !it.has(who))
          return isWrong ? [misattached(place, role, who)] : []
        }),
      ),
    )
  })
}

/** Can both come about at once, as far as it is asked? */
type Meet = (one: When, other: When) => boolean

/** Whom a statement asks for by `amr`, while the place holds the role; `undefined` if the template does not tell. */
function askedOf(cases: Cases, statement: Case<JsonObject>, place: Case, meet: Meet): ReadonlySet<string> | undefined {
  const keys = keysOf(cases, statement).filter(
    it => /^cognito-identity.*:amr$/i.test(it.name) && meet(it.when, place.when),
  )
  if (keys.length === 0 || keys.some(it => it.operator.base.includes('Not'))) return undefined
  const asked = new Set<string>()
  for (const { value, path, when } of keys) {
    for (const it of cases.ofOneOrMore(value, path, when)) {
      if (!meet(it.when, place.when)) continue
      const texts = cases.texts(it.value)
      if (texts.some(text => text.length > 1)) return undefined
      for (const [text = ''] of texts) for (const who of admitted(text)) asked.add(who)
    }
  }
  return asked.size === 0 ? undefined : asked
}

function misattached({ path }: Case, role: string, who: string): Diagnostic {
  return {
    code: 'cognito-trust',
    severity: 'error',
    path,
    message: `is ${role}, whose trust policy does not ask for ${who}, so that none of those whom it is attached for can assume it`,
    help: `Attach the role that is for ${who} identities, or write ${who} under amr in the trust policy of ${role}`,
  }
}
