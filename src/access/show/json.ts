import type { Json, JsonObject } from '../../document.ts'
import type { Verdict } from '../question.ts'
import type { Subject } from './sheet.ts'
import type { AccessTable, AskedCell, Cell } from './table.ts'

/**
 * A table as one document. Whoever asks for one column gets the other one's cells neither. A cell is `{decision, by,
 * because, notes, isWrong}`, as `Cell` says. `elsewhere`, `leftOut`, `stands`, and by name whoever reaches more, are only there where
 * something is.
 */
export function tableJson(
  { roles, rows, more = [], elsewhere = {}, leftOut, stands }: AccessTable,
  subject: Subject,
): JsonObject {
  const { file, region, parameters, placeholders, columns } = subject
  return {
    formatVersion: 1,
    file,
    region,
    parameters,
    placeholders,
    ...(Object.keys(elsewhere).length === 0 ? {} : { elsewhere: { ...elsewhere } }),
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(stands === undefined ? {} : { stands }),
    roles: roles.map(({ who, cells }) => ({
      who,
      roles: Object.fromEntries(cells.map(({ role, ...cell }) => [role, cellJson(cell)])),
    })),
    access: rows.map(({ kind, place, action, cells, more: others = [] }) => ({
      kind,
      place,
      action,
      who: Object.fromEntries([
        ...columns.map(column => [column, askedJson(cells[column])] as const),
        ...more.flatMap(({ who, of }, at) => {
          const cell = others[at]
          const isAsked = of === undefined ? columns.length > 1 : columns.includes(of)
          return cell === undefined || !isAsked ? [] : [[who, askedJson(cell)] as const]
        }),
      ]),
    })),
  }
}

function askedJson({ resource, context, ...cell }: AskedCell): JsonObject {
  return { resource, ...(context === undefined ? {} : { context }), ...cellJson(cell) }
}

function cellJson({ decision, by, because, notes, isWrong, onlyIf }: Cell): JsonObject {
  return { decision, by, because, notes, isWrong, ...(onlyIf === undefined ? {} : { onlyIf }) }
}

/** The answer to one question. */
export function verdictJson(verdict: Verdict, asked: JsonObject): JsonObject {
  const { decision, role, by, because, missing, through, notes } = verdict
  const sources: readonly Json[] = by.map(({ role: of, policy, statement, sid }) => ({
    role: of,
    policy,
    statement,
    ...(sid === undefined ? {} : { sid }),
  }))
  return {
    ...{ formatVersion: 1, ...asked, decision },
    ...(role === undefined ? {} : { role }),
    ...(through === undefined ? {} : { through }),
    ...{ by: sources, because },
    ...(missing === undefined ? {} : { missing }),
    notes,
  }
}
