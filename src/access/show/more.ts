import type { AccessTable, AskedCell, Row } from './table.ts'

/** By whom, what a row says of those besides the user and the guest of the enhanced flow. */
export function moreOf({ more = [] }: AccessTable, row: Row): ReadonlyMap<string, AskedCell> {
  return new Map(
    more.flatMap(({ who }, at) => {
      const cell = row.more?.[at]
      return cell === undefined ? [] : [[who, cell] as const]
    }),
  )
}

/** Those whom a row says anything else of than before, where nothing said of them was that it is denied. */
export function changedMore(
  before: AccessTable,
  after: AccessTable,
  textOf: (cell: AskedCell) => string,
): (row: Row) => readonly string[] {
  const known = new Map(before.rows.map(row => [JSON.stringify([row.place, row.action]), moreOf(before, row)]))
  return row => {
    const was = known.get(JSON.stringify([row.place, row.action]))
    return [...moreOf(after, row)].flatMap(([who, cell]) => {
      const old = was?.get(who)
      return (old === undefined ? 'deny' : textOf(old)) === textOf(cell) ? [] : [who]
    })
  }
}
