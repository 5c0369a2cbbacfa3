import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { thisEngine } from '../build/engine.ts'
import { type BuildArguments, defaults } from './arguments.ts'
import { print } from './print.ts'

export type LintArguments = { readonly files: readonly string[]; readonly json: boolean }

/** What carries out each command, and gives the exit status. */
export type Commands = {
  readonly build: (args: BuildArguments) => Promise<number>
  readonly lint: (args: LintArguments) => Promise<number>
}

/** Parses a command line, with help and corrections, and carries it out. */
export async function runProgram(argv: readonly string[], commands: Commands): Promise<number> {
  let status = 0
  const program = new Command('poolform')
    .description('Compiles typed modules to plain CloudFormation templates, checked and linted.')
    .version(thisEngine().version, '--version', 'print the version')
    .helpOption('--help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: text => print('stdout', text), writeErr: text => print('stderr', text) })
    .addHelpText('after', '\nExit status: 0 done, 1 something is wrong with a template, 2 wrong use.')

  program
    .command('build')
    .summary('compile modules to templates')
    .description(
      'Compiles each module to a template in the output folder, with manifest.json and SHA256SUMS beside it.\n' +
        'All of them are checked, then linted by cfn-lint; if one has an error, nothing is written.\n' +
        'Types are not checked: that is for tsc.',
    )
    .argument('[module...]', 'files that export a template (default: templates/*.ts)')
    .option('--out <folder>', 'where the templates go', notEmpty, defaults.out)
    .addOption(new Option('--format <format>', 'of the templates').choices(['yaml', 'json']).default(defaults.format))
    .addOption(new Option('--check', 'write nothing, and fail if the output folder differs').conflicts('watch'))
    .option('--no-lint', 'leave out cfn-lint, which needs Python')
    .option('--watch', 'build again whenever a file changes, until Ctrl-C')
    .option('--json', 'print what is wrong as JSON lines {code, severity, module, path, message, help}')
    .option('--no-cache', 'use nothing that earlier runs have found')
    .action(async (modules: readonly string[], options: Partial<BuildArguments>) => {
      status = await commands.build({ ...defaults, ...options, modules })
    })

  program
    .command('lint')
    .summary('check any CloudFormation templates')
    .description("Checks CloudFormation templates, YAML or JSON, by poolform's own rules and by cfn-lint.")
    .argument('[file...]', 'templates (default: those that dist/manifest.json lists)')
    .option('--json', 'print what is wrong as JSON lines {code, severity, module, path, message, help}')
    .action(async (files: readonly string[], options: Partial<LintArguments>) => {
      status = await commands.lint({ json: false, ...options, files })
    })

  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (error) {
    // it has said what is wrong by then
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

function notEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('Name a folder.')
  return value
}
