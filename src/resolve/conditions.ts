import type { Environment } from './environment.ts'
import { early, evaluateCondition, fail, logic, type Mistake, type Scope, type Sections } from './evaluate.ts'
import type { Unknown } from './value.ts'

/**
 * What each condition of a template comes to, in the template's order: true, false, or not known before deployment.
 * One that is wrong in itself is not known either; `report` is told why.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
 */
export function evaluateConditions(
  sections: Sections,
  env: Environment,
  report: (mistake: Mistake) => void = () => {},
): ReadonlyMap<string, boolean | Unknown> {
  const scope: Scope = {
    sections,
    env,
    functions: early,
    predicates: logic,
    conditions: new Map(),
    resource: (name, path, scope) => fail(scope, { kind: 'undeclared', path, name }),
    report,
  }
  return new Map(
    Object.keys(sections.Conditions ?? {})
      // A generator, which makes conditions of which nothing is known here.
      .filter(name => !name.startsWith('Fn::'))
      .map(name => [name, evaluateCondition(name, ['Conditions', name], scope)]),
  )
}
