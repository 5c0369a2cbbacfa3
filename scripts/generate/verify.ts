import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { Ajv } from 'ajv'
import { allowIntrinsics } from '../../src/knowledge/intrinsics.ts'
import { runtimeModules } from '../../src/knowledge/runtime.ts'
import { readService } from '../../src/knowledge/schemas.ts'
import { compileValidator, keywords } from '../../src/knowledge/validator.ts'

/** Compiles and loads the validator of every type, its schema held against the meta-schema. Gives what fails. */
export function verify(schemasFolder: string): string[] {
  const ajv = new Ajv({ keywords: [...keywords], logger: false })
  const failures: string[] = []
  for (const file of readdirSync(join(schemasFolder, 'resources'))) {
    for (const [type, { schema }] of Object.entries(readService(schemasFolder, file.replace(/\.json$/, '')))) {
      try {
        ajv.validateSchema(allowIntrinsics(schema), true)
        compileFunction(compileValidator(schema), ['module', 'require'])({}, (name: string) => runtimeModules[name])
      } catch (error) {
        failures.push(`${type}: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  return failures
}
