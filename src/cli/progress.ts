import { isTerminal, print } from './print.ts'

/** Of what goes on, on standard error: in a terminal one line that is written anew; else none. */
export type Progress = {
  /** Words such as `GetRole of the role notes-auth`. */
  readonly say: (words: string) => void
  readonly end: () => void
}

export const eraseLine = '\r\u001b[2K'

/** `isQuiet`: say nothing, whoever reads. */
export async function progressOf(isQuiet: boolean, write = (text: string) => print('stderr', text)): Promise<Progress> {
  return progressIn(!isQuiet && (await isTerminal('stderr')), write)
}

/** The same where it is known whether somebody reads in a terminal. */
export function progressIn(isShown: boolean, write: (text: string) => void): Progress {
  let count = 0
  return {
    say: words => {
      if (!isShown) return
      // a longer line would break, and its first part stay; control characters would be obeyed
      const line = `${++count}  ${words}`.replace(/\p{Cc}/gu, '?')
      write(`${eraseLine}${line.slice(0, 79)}`)
    },
    end: () => {
      if (count > 0) write(eraseLine)
    },
  }
}
