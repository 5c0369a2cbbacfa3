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
  const known = new Map(before.rows.map(row => [JSON.stringify([row.place, row.action]), row]))
  return row => {
    const was = known.get(JSON.stringify([row.place, row.action]))
    const others = was === undefined ? undefined : moreOf(before, was)
    return (after.more ?? []).flatMap(({ who, like }, at) => {
      const cell = row.more?.[at]
      const old = others?.get(who) ?? (like === undefined ? undefined : was?.cells[like])
      return cell === undefined || (old === undefined ? 'deny' : textOf(old)) === textOf(cell) ? [] : [who]
    })
  }
}
