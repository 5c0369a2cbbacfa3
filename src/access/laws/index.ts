import type { ResourceTypeFacts } from '../../check/knowledge.ts'
import { formatPath } from '../../document.ts'
import { write } from '../../resolve/document-of.ts'
import { onlyOwnIdentities } from './assume.ts'
import { onlyClaimsNobodyWrites } from './claims.ts'
import { decidedByWhatIsSeen } from './decisions.ts'
import { AwsActions, type Deployed } from './deployed.ts'
import { Reach } from './given.ts'
import { guestsHaveLess } from './guests.ts'
import { nothingIsSmuggled, onlyWhatIsListed } from './inventory.ts'
import { nothingForeign } from './partitions.ts'
import { onlyNamedProviders } from './providers.ts'
import { nothingOfOthers, nothingOfTheOwners, onlyTheApi } from './reached.ts'
import { noTrace } from './traces.ts'
import type { AwsAction, Law, Violation } from './violation.ts'

export { type Deployed, deploy } from './deployed.ts'
export type { AwsAction, Law, Violation } from './violation.ts'

/** What each law finds wrong with a template as it is deployed: nothing, of one that keeps it. */
export type Laws = Readonly<Record<Law, (deployed: Deployed) => readonly Violation[]>>

/** `actions`: all that AWS has. The laws remember what they have found out from one deployment to the next. */
export function lawsOf(actions: readonly AwsAction[]): Laws {
  const all = new AwsActions(actions)
  const reach = new Reach(all)
  const given = (deployed: Deployed) => reach.given(deployed)
  const said = (law: Law, find: (deployed: Deployed) => readonly Violation[]) => (deployed: Deployed) => [
    ...find(deployed),
    ...nothingIsSmuggled(law, deployed),
  ]
  return {
    1: said(1, deployed => [...onlyOwnIdentities(deployed), ...onlyNamedProviders(deployed)]),
    2: said(2, deployed => [...nothingOfOthers(deployed, given(deployed)), ...onlyClaimsNobodyWrites(deployed)]),
    3: said(3, deployed => nothingOfTheOwners(given(deployed))),
    4: said(4, deployed => onlyTheApi(given(deployed))),
    5: said(5, deployed => guestsHaveLess(deployed, given(deployed), reach, all)),
    6: said(6, deployed => [
      ...noTrace(deployed, given(deployed)),
      ...onlyWhatIsListed(deployed),
      ...decidedByWhatIsSeen(deployed),
    ]),
    7: nothingForeign,
  }
}

/** What the schemas of its resource types find wrong with a deployed template. */
export function complaintsOf(
  { resolved }: Deployed,
  resourceType: (name: string) => ResourceTypeFacts | undefined,
): readonly string[] {
  return Object.entries(resolved.Resources).flatMap(([id, { Type, Properties }]) => {
    const facts = resourceType(Type)
    if (facts === undefined) return [`${id}: there is no ${Type}`]
    return facts.complaints(write(Properties)).map(({ path, message }) => `${id}.${formatPath(path)}: ${message}`)
  })
}
