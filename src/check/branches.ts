import type { Diagnostic } from '../diagnostic.ts'
import { type Document, type Json, member } from '../document.ts'
import { declarationOf, isListType, isStoredType, refusal, textOf } from '../parameter.ts'
import { type Solver, solverOf } from './conditions.ts'
import { callOf, entriesOf, sectionOf, survey } from './walk.ts'

/**
 * Choices that are none: a comparison that only one way can come out, a condition that is always the same, a branch of
 * an `Fn::If` that nothing leads to. Each is right in itself and most likely not what was meant. And Rules that no
 * parameters can satisfy. Otherwise these do not count here: a branch behind one is a second lock, not a mistake.
 */
export function checkBranches(document: Document): readonly Diagnostic[] {
  const solver = solverOf(document)
  const comparisons = checkComparisons(document)
  const settled = new Set(comparisons.map(({ path }) => String(path[1])))
  const conditions = checkConditions(document, solver, settled)
  for (const { path } of conditions) settled.add(String(path[1]))
  return [...comparisons, ...conditions, ...checkChoices(document, solver, settled), ...checkRulesTogether(solver)]
}

function checkRulesTogether(solver: Solver): readonly Diagnostic[] {
  if (solver.rulesAreSatisfiable) return []
  return [
    {
      code: 'constant-condition',
      severity: 'error',
      path: ['Rules'],
      message: 'refuse whatever the parameters are',
      help: 'Look for assertions that exclude each other, or a value that its parameter cannot have',
    },
  ]
}

/** `Fn::Equals` of a parameter and text that the parameter refuses. */
function checkComparisons(document: Document): readonly Diagnostic[] {
  const parameters = sectionOf(document, 'Parameters')
  return survey(document).calls.flatMap(({ fn, argument, path, place }) => {
    if (fn !== 'Fn::Equals' || place.section !== 'Conditions' || !Array.isArray(argument)) return []
    const [left, right]: readonly Json[] = argument
    const [ref, literal] = textOf(left) === undefined ? [left, right] : [right, left]
    const [kind, name] = callOf(ref) ?? []
    const text = textOf(literal)
    if (kind !== 'Ref' || typeof name !== 'string' || text === undefined) return []
    const declaration = declarationOf(parameters, name)
    const type = declaration === undefined ? undefined : member(declaration, 'Type')
    if (declaration === undefined || isListType(type) || isStoredType(type)) return []
    const refused = refusal(declaration, text)
    if (refused === undefined) return []
    return [
      {
        code: 'constant-condition',
        severity: 'warning',
        path,
        message: `is never true: ${name} cannot be '${text}', which ${refused}`,
        help: 'Compare it with a value that it can have, or let the parameter take this one',
      } as const,
    ]
  })
}

/** Conditions that hold always or never, but for those that compare no more than literals, which say so themselves. */
function checkConditions(document: Document, solver: Solver, settled: ReadonlySet<string>): readonly Diagnostic[] {
  const madeOf = new Map<string, string[]>()
  for (const { kind, name, place } of survey(document).references) {
    if (kind !== 'condition' || place.section !== 'Conditions') continue
    if (madeOf.get(place.id)?.push(name) === undefined) madeOf.set(place.id, [name])
  }
  const constants = new Map<string, boolean>()
  for (const [name] of entriesOf(document, 'Conditions')) {
    if (!solver.isVariable(name)) continue
    const [canHold, canFail] = [true, false].map(holds =>
      solver.isSatisfiable([{ condition: name, holds }], { ignoreRules: true }),
    )
    if (canHold !== canFail) constants.set(name, canHold === true)
  }
  return [...constants].flatMap(([name, holds]) => {
    const parts = madeOf.get(name) ?? []
    // The one that it follows from has been named.
    if (settled.has(name) || parts.some(it => settled.has(it) || constants.has(it))) return []
    return [
      {
        code: 'constant-condition',
        severity: 'warning',
        path: ['Conditions', name],
        message: `is always ${holds}, whatever the parameters are`,
        help: 'Look for the part of it that excludes, or follows from, another',
      } as const,
    ]
  })
}

function checkChoices(document: Document, solver: Solver, settled: ReadonlySet<string>): readonly Diagnostic[] {
  const conditions = sectionOf(document, 'Conditions')
  return survey(document).calls.flatMap(({ fn, argument, path, place }): readonly Diagnostic[] => {
    if (fn !== 'Fn::If' || !Array.isArray(argument) || place.isGenerated) return []
    const [condition]: readonly Json[] = argument
    if (typeof condition !== 'string' || !Object.hasOwn(conditions, condition) || settled.has(condition)) return []
    if (!solver.isVariable(condition)) return []
    if (place.guards.length === 0) return []
    const [canHold, canFail] = [true, false].map(holds =>
      solver.isSatisfiable([...place.guards, { condition, holds }], { ignoreRules: true }),
    )
    if (canHold === canFail) return []
    return [
      {
        code: 'unreachable-branch',
        severity: 'warning',
        path: [...path, canHold === true ? 2 : 1],
        message: `is never reached: ${condition} is always ${canHold} here`,
        help: 'Write the other branch in the place of the Fn::If',
      },
    ]
  })
}
