import { type Terminal, terminalText } from '../access/show/terminal.ts'
import { word } from '../launch/quote.ts'
import { printable } from '../printable.ts'
import type { Plan } from './plan.ts'
import { commandsOf, fileNames, type Target } from './script.ts'

/** A plan as a person reads it. `written`: the folder that has its files, if one has. */
export function planText(plan: Plan, target: Target, terminal: Terminal, written: string | undefined): string {
  const { identityPoolId, identityPoolName, stackName, parameters, open, imported, left, changes, lost, access } = plan
  const { blockers, notes } = plan
  const width = Math.max(0, ...parameters.map(({ name }) => name.length))
  return [
    `The identity pool ${printable(identityPoolName)} (${identityPoolId}) into the new stack ${stackName} in ${plan.region}\n`,
    section('What stays', [
      'The ID of the pool, every identity and its folder, user pools, buckets, APIs and tables: nothing here touches them.',
      'The import takes things as they stand, and changes nothing. The update then changes what is listed below, in place. From then on the pool, the role of signed-in users and their attachment outlive the stack; the role of guests and principal tags go with it, and with the option that they are there for.',
      `To go back after the update: sh ${fileNames.script} undo, which updates the stack to ${fileNames.import}, all as it stood.`,
    ]),
    section('Parameters of the template', [
      ...parameters.map(({ name, value, from }) => `${name.padEnd(width)}  ${value === '' ? "''" : value}  (${from})`),
    ]),
    section(
      'Say yourself, by --param NAME=VALUE or in the file; until then the template refuses the placeholder',
      open.map(
        ({ name, because, candidates }) =>
          `${name}: ${because}${candidates.length === 0 ? '' : `; perhaps ${candidates.join(' or ')}`}`,
      ),
    ),
    section(
      'Imported',
      imported.map(
        ({ logicalId, type, identifier }) => `${logicalId} (${type}): ${Object.values(identifier).join(', ')}`,
      ),
    ),
    section(
      'Not imported',
      left.map(({ what, why, so }) => `${what}: ${why}; ${so}`),
    ),
    section(
      'What the update changes',
      changes.map(
        ({ logicalId, property, before, after, means }) =>
          `${logicalId}${property === '' ? '' : `.${property}`}: ${before} → ${after}; ${means}`,
      ),
    ),
    section(
      'What the update takes away, because the template has no place for it',
      lost.map(({ who, by, allows }) => `${who}: ${allows} (${by})`),
    ),
    ...access.map(({ section: table }) =>
      terminalText({ title: '', remarks: [], sections: [table], notes: [] }, terminal).replace(/^\n*/, '\n'),
    ),
    section('Notes', notes),
    section('Commands', [
      written === undefined
        ? `These make the change set of the import and show it, and execute nothing. What executes it comes after looking, and then the update: --out FOLDER writes all as ${fileNames.script}, which asks before each, with the files named here.`
        : `They are in ${written}, which shows each change set before it executes it: sh ${word('posix', `${written}/${fileNames.script}`)}`,
    ]),
    ...(written === undefined ? commandsOf(target).map(text => `\n  ${text.replaceAll('\n', '\n  ')}\n`) : []),
    section(
      'In the way',
      blockers.map(({ code, message, help, isAccepted, isAcceptable }) =>
        isAccepted
          ? `${message} Accepted. [${code}]`
          : `${message} ${help}${isAcceptable ? `; or --accept ${code}` : ''}. [${code}]`,
      ),
    ),
  ].join('')
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${heading}\n${lines.map(line => `  ${printable(line)}\n`).join('')}`
}
