import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AwsAction } from '../../src/access/laws/index.ts'
import type { ServiceRecord } from '../../src/knowledge/schemas.ts'

/** Every action of `schemas/iam`. */
export function readAwsActions(folder = 'schemas/iam'): readonly AwsAction[] {
  return readdirSync(folder).flatMap(file => {
    const { actions, resources }: ServiceRecord = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const service = file.replace(/\.json$/, '')
    return Object.entries(actions).map(([name, action]) => ({
      name: `${service}:${name}`,
      level: action.level,
      arns: Object.keys(action.resources ?? {}).map(type => resources[type]?.arn ?? '*'),
    }))
  })
}
