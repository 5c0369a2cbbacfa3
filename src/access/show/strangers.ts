import type { Resolved } from '../../resolve/index.ts'
import { isValueObject, Unknown } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { hasAction } from '../decide/statement.ts'
import { documentOf, statementsIn } from '../policies.ts'
import type { Identity, Who } from '../question.ts'
import { rolesIn } from '../ways.ts'
import type { People } from './people.ts'
import type { Site } from './probes/probe.ts'

/** Somebody who should have none of the roles for identities. */
export type Stranger = { readonly who: string; readonly caller: Who }

/**
 * People of another identity pool, whoever has credentials of AWS, and those of them whom trust policies name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function strangersOf(resolved: Resolved, { user, guest }: People, site: Site): readonly Stranger[] {
  const ofAnother = (who: Identity): Identity => ({ ...who, pool: 'other', flow: 'classic' })
  const somebody = `arn:${site.partition}:iam::999999999999:user/somebody`
  return [
    { who: "another pool's user", caller: ofAnother(user) },
    { who: "another pool's guest", caller: ofAnother(guest) },
    { who: 'somebody with credentials of AWS', caller: { kind: 'principal', arn: somebody } },
    ...namedPrincipals(resolved, site),
  ]
}

function namedPrincipals(resolved: Resolved, site: Site): readonly Stranger[] {
  const names = rolesIn(resolved).flatMap(id => {
    const trust = documentOf(resolved.Resources[id]?.Properties['AssumeRolePolicyDocument'])
    return statementsIn(trust).flatMap(statement => {
      if (!isValueObject(statement) || statement['Effect'] !== 'Allow') return []
      const asked = { action: 'sts:AssumeRole', resource: '*', context: new Map() }
      if (hasAction(statement, asked) === false) return []
      const { Principal } = statement
      return isValueObject(Principal) ? textsOf(Principal['AWS']) : []
    })
  })
  const found = names.flatMap((name): readonly (readonly [who: string, arn: string])[] => {
    if (name instanceof Unknown) return []
    const [, account] = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/.exec(name) ?? []
    if (account === undefined) return name.startsWith('arn:') ? [[name, name]] : []
    const whose = account === site.accountId ? "the template's own account" : `the account ${account}`
    return [[`somebody with credentials of ${whose}`, `arn:${site.partition}:iam::${account}:user/somebody`]]
  })
  return [...new Map(found)].map(([who, arn]) => ({ who, caller: { kind: 'principal', arn } }))
}
