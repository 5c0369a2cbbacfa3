import { type Assumption, type Solver, solverOf } from '../check/conditions.ts'
import { type Document, isObject, type Json, type JsonObject } from '../document.ts'
import { textOf } from '../parameter.ts'
import { write } from '../resolve/document-of.ts'
import type { Resolved } from '../resolve/index.ts'
import { Unknown } from '../resolve/value.ts'

export type { Assumption } from '../check/conditions.ts'

/**
 * Can conditions that only deployment knows come out so, together? By what the template's parameters can be, as far as
 * their constraints and the template's rules let them, beside those that have values already.
 */
export function isPossible(resolved: Resolved, assumptions: readonly Assumption[]): boolean {
  return solverFor(resolved).isSatisfiable(assumptions)
}

const solvers = new WeakMap<Resolved['conditions'], Solver>()

/** What stays the same in whatever is decided of a template. */
function solverFor({ document, env, conditions }: Resolved): Solver {
  const known = solvers.get(conditions)
  if (known !== undefined) return known
  const { Parameters = {}, Mappings = {}, Rules = {} } = document
  const open = [...conditions].flatMap(([name, truth]) =>
    truth instanceof Unknown ? [[name, write(truth)] as const] : [],
  )
  const declared = Object.entries(isObject(Parameters) ? Parameters : {})
  const left: Document = {
    Parameters: Object.fromEntries(declared.map(([name, it]) => [name, settled(it, env.parameters[name])])),
    ...{ Mappings, Rules, Resources: {} },
    Conditions: Object.fromEntries(open),
  }
  const solver = solverOf(left)
  solvers.set(conditions, solver)
  return solver
}

/** A parameter that has a value can be nothing else. */
function settled(declaration: Json, given: string | Unknown | undefined): Json {
  if (!isObject(declaration)) return declaration
  const value = given ?? textOf(declaration['Default'])
  if (typeof value !== 'string') return declaration
  const only: JsonObject = { Type: 'String', AllowedValues: [value] }
  return /^(?:CommaDelimitedList|List<|AWS::SSM::)/.test(String(declaration['Type'])) ? declaration : only
}
