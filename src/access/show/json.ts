import type { Json, JsonObject } from '../../document.ts'
import type { Verdict } from '../question.ts'
import type { Subject } from './sheet.ts'
import type { AccessTable, Cell } from './table.ts'

/**
 * A table as one document. Whoever asks for one column gets the other one's cells neither. A cell is `{decision, by,
 * because, notes, isWrong}`, as `Cell` says. `elsewhere` and `leftOut` are only there
 * where something is.
 */
export function tableJson({ roles, rows, elsewhere = {}, leftOut }: AccessTable, subject: Subject): JsonObject {
  const { file, region, parameters, placeholders, columns } = subject
  return {
    formatVersion: 1,
    file,
    region,
    parameters,
    placeholders,
    ...(Object.keys(elsewhere).length === 0 ? {} : { elsewhere: { ...elsewhere } }),
    ...(leftOut === undefined ? {} : { leftOut }),
    roles: roles.map(({ who, cells }) => ({
      who,
      roles: Object.fromEntries(cells.map(({ role, ...cell }) => [role, cellJson(cell)])),
    })),
    access: rows.map(({ kind, place, action, cells }) => ({
      kind,
      place,
      action,
      who: Object.fromEntries(
        columns.map(column => {
          const { resource, context, ...cell } = cells[column]
          const asked = { resource, ...(context === undefined ? {} : { context }) }
          return [column, { ...asked, ...cellJson(cell) }]
        }),
      ),
    })),
  }
}

function cellJson({ decision, by, because, notes, isWrong }: Cell): JsonObject {
  return { decision, by, because, notes, isWrong }
}

/** The answer to one question. */
export function verdictJson(verdict: Verdict, asked: JsonObject): JsonObject {
  const { decision, role, by, because, notes } = verdict
  const sources: readonly Json[] = by.map(({ role: of, policy, statement, sid }) => ({
    role: of,
    policy,
    statement,
    ...(sid === undefined ? {} : { sid }),
  }))
  return { formatVersion: 1, ...asked, decision, ...(role === undefined ? {} : { role }), by: sources, because, notes }
}
