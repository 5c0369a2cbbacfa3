import type { Role } from '../live/snapshot.ts'
import type { Standing } from './standing.ts'

/** What stands for the names in the words by which AWS refuses. */
export function refusalOf({ snapshot, account }: Standing, role: Role, action: string, resource: string) {
  return {
    ...{ partition: snapshot.partition, role: role.roleName, action, resource },
    ...(account === undefined ? {} : { account }),
  }
}
