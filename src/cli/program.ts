import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { thisEngine } from '../build/engine.ts'
import { formats, prefixPattern } from '../client-config/format.ts'
import type { AccountAssignment } from '../launch/stack-set.ts'
import type { Assignment } from '../launch/values.ts'
import { withAccountOptions, withPlaceOptions } from './account.ts'
import { type AccessArguments, accessDefaults, assignmentOf, type BuildArguments, defaults } from './arguments.ts'
import type { ClientConfigArguments } from './client-config.ts'
import type { CompatArguments } from './compat.ts'
import type { DoctorArguments } from './doctor.ts'
import type { ImportPlanArguments } from './import-plan.ts'
import type { LaunchUrlArguments } from './launch-url.ts'
import { print } from './print.ts'
import type { PublishArguments } from './publish.ts'

export type LintArguments = { readonly files: readonly string[]; readonly json: boolean }

/** What carries out each command, and gives the exit status. */
export type Commands = {
  readonly build: (args: BuildArguments) => Promise<number>
  readonly access: (args: AccessArguments) => Promise<number>
  readonly lint: (args: LintArguments) => Promise<number>
  readonly publish: (args: PublishArguments) => Promise<number>
  readonly launchUrl: (args: LaunchUrlArguments) => Promise<number>
  readonly doctor: (args: DoctorArguments) => Promise<number>
  readonly clientConfig: (args: ClientConfigArguments) => Promise<number>
  readonly compat: (args: CompatArguments) => Promise<number>
  readonly importPlan: (args: ImportPlanArguments) => Promise<number>
}

const launchUrlDefaults = {
  manifest: `${defaults.out}/manifest.json`,
  ...{ param: [], ou: [], account: [], targetRegion: [], override: [] },
  ...{ pin: false, markdown: false, html: false, stackSet: false, json: false },
} as const

const publishDefaults = {
  ...{ prefix: '', region: [], dryRun: false, verify: false, lint: true, cache: true, json: false },
} as const

const clientConfigDefaults = { format: 'amplify', force: false, json: false } as const

/** Parses a command line, with help and corrections, and carries it out. */
export async function runProgram(argv: readonly string[], commands: Commands): Promise<number> {
  let status = 0
  const program = new Command('poolform')
    .description('Compiles typed modules to plain CloudFormation templates, checked and linted.')
    .version(thisEngine().version, '--version', 'print the version')
    .helpOption('--help', 'print help')
    .helpCommand(false)
    // a --version behind a command is the command's
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: text => print('stdout', text),
      writeErr: text => print('stderr', text),
      getOutHelpWidth: () => Number(process.env['COLUMNS']) || process.stdout.columns || 80,
    })
    // wrapped where the terminal ends, and not where the source does
    .configureHelp({ commandDescription: command => command.description().replaceAll('\n', ' ') })
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

  program
    .command('access')
    .summary('say who can reach what by a template')
    .description(
      'Shows who can reach what by a CloudFormation template, YAML or JSON, of anybody: which roles the users and guests of\n' +
        'its identity pools get, and what these allow, statement by statement. Nothing is deployed and nobody is asked.\n' +
        'Policies elsewhere, of buckets, keys and APIs, are not in it.',
    )
    .argument('<file>', 'the template; - for standard input')
    .option('--param <name=value>', 'a parameter; repeatable (default: its own, or a placeholder)', assignments)
    .option('--region <region>', 'where it is deployed', accessDefaults.region)
    .option('--account <id>', 'in which AWS account')
    .addOption(new Option('--as <who>', 'of whom (default: both; with --can: user)').choices(['user', 'guest']))
    .option('--identity <id>', 'the identity ID that the user or guest has')
    .option('--can <action resource...>', 'answer one question, by the exit status too')
    .option('--context <key=value>', 'a condition key of the request; several times, several values', assignments)
    .option('--nested <id=file>', 'the template of a nested stack; repeatable (default: one beside it)', assignments)
    .option('--fail-on-wrong', 'exit status 1 where a table has an ALLOW!: allowed, and should be nobody’s')
    .option('--json', 'print one JSON document')
    .addOption(new Option('--markdown', 'print tables in Markdown').conflicts('json'))
    .addOption(new Option('--svg', 'print a picture').conflicts(['json', 'markdown']))
    .addHelpText('after', accessExamples)
    .action(async (file: string, { can, json, markdown, svg, ...options }: AccessOptions, command: Command) => {
      const format = json ? 'json' : markdown ? 'markdown' : svg ? 'svg' : 'text'
      const [action, resource, ...others] = can ?? []
      const isWhole = action !== undefined && resource !== undefined && others.length === 0
      if (can !== undefined && !isWhole) command.error('error: --can takes an action and a resource')
      const asked = isWhole ? { can: { action, resource } } : {}
      status = await commands.access({ ...accessDefaults, ...options, ...asked, file, format })
    })

  const compatCommand = program
    .command('compat')
    .summary('say what an update from one template to another does to stacks')
    .description(
      'Compares two CloudFormation templates, of anybody, as stacks see them that are updated from one to the other: what is\n' +
        'made, changed in place, replaced or deleted, what fails, who reaches more or less; each with the deployment in which\n' +
        'it happens. And whether the version of the new one is a step that may hold it. Nothing is deployed.',
    )
    .argument('<old>', 'a template, a folder with a manifest.json, the URL of either; or stack:NAME')
    .argument('<new>', 'a template, a folder, or the URL of either')
    .option('--old-version <version>', 'of the old one (default: what its manifest, or it itself, says)')
    .option('--new-version <version>', 'of the new one')
    .option('--param <name=value>', 'with a stack: what the update gives; repeatable (default: it stays)', assignments)
    .addOption(
      new Option('--fail-on <level>', 'exit 1 where a change is as large').choices(['patch', 'minor', 'major']),
    )
    .option('--json', 'print one JSON document')
    .addOption(new Option('--markdown', 'print a list for release notes').conflicts('json'))
    .addHelpText('after', compatExamples)
    .action(async (old: string, fresh: string, { json, markdown, ...options }: CompatOptions) => {
      const format = json ? 'json' : markdown ? 'markdown' : 'text'
      status = await commands.compat({ param: [], ...options, old, fresh, format })
    })
  withPlaceOptions(compatCommand)

  program
    .command('launch-url')
    .summary('print the link that opens a published template in the CloudFormation console')
    .description(
      'Prints the quick-create link for a published template, with its parameters filled in and checked.\n' +
        'Nothing is fetched: the template is that of a manifest. There is no default bucket.',
    )
    .argument('<template>', 'name of a template in the manifest')
    .option('--manifest <file>', 'what the template is looked up in', notEmpty, launchUrlDefaults.manifest)
    .addOption(
      new Option('--bucket <name>', 'where it is published; {region} in it is the region').conflicts('baseUrl'),
    )
    .option('--prefix <prefix>', 'under which, in the bucket')
    .option('--bucket-region <region>', 'of the bucket, if it is not the one of the stack')
    .option('--base-url <url>', 'of the published templates, in Amazon S3 (default: POOLFORM_BASE_URL)')
    .option('--region <region>', "where the stack shall be (default: the base URL's)")
    .option('--version <version>', 'of the template, or latest (default: as in the manifest)')
    .option('--stack-name <name>', 'of the stack, or of the stack set')
    .option('--param <name=value>', 'a parameter; repeatable', assignments)
    .option('--version-id <id>', 'the version of the object in S3, so that the link gives these bytes and no others')
    .addOption(new Option('--pin', 'the same, by the version ID that --index tells').conflicts('versionId'))
    .option('--index <file>', 'the index.json of the published templates')
    .option('--markdown', 'print a button in Markdown')
    .addOption(new Option('--html', 'print a button in HTML').conflicts('markdown'))
    .option('--image <url>', 'where the picture of the button is (Markdown: launch-stack.svg; HTML: in the link)')
    .addOption(
      new Option('--stack-set', 'print the commands that deploy it to many accounts').conflicts(['markdown', 'html']),
    )
    .addOption(new Option('--ou <id>', 'an organizational unit; repeatable').argParser(organizationalUnits))
    .addOption(new Option('--account <id>', 'an account; repeatable').argParser(accounts).conflicts('ou'))
    .option('--target-region <region>', 'a region of the stack set; repeatable (default: --region)', each)
    .option('--override <account[/region]:name=value>', 'what differs there; repeatable', overrides)
    .addOption(new Option('--shell <shell>', 'of the commands (default: posix)').choices(['posix', 'powershell']))
    .addOption(
      new Option('--json', 'print the link, or each command, and what is wrong as JSON lines').conflicts([
        'markdown',
        'html',
      ]),
    )
    .action(async (template: string, options: Partial<LaunchUrlArguments>) => {
      status = await commands.launchUrl({ ...launchUrlDefaults, ...options, template })
    })

  program
    .command('publish')
    .summary('put templates into a bucket, for everybody to deploy')
    .description(
      'Compiles templates/*.ts and publishes them as a release: PREFIX/<template>/<version>/ with the template, its ' +
        'checksum, manifest and launch page, which never change; then PREFIX/index.json, which lists every version; ' +
        'then PREFIX/<template>/latest/, for the newest version that is no pre-release. The folder dist stays as it is. ' +
        'Then it fetches all by its public URL, compares it, and asks CloudFormation to validate the templates. ' +
        'What is published already with the same bytes is left alone; with other bytes, all of the release is refused.',
    )
    .allowExcessArguments()
    .option('--bucket <name>', 'where to publish; {region} in it is the region (required)')
    .option('--prefix <prefix>', 'under which, in the bucket (default: none)')
    .option('--region <region>', "the bucket's; repeatable (default: AWS_REGION or AWS_DEFAULT_REGION)", each)
    .option('--version <version>', 'of the release (default: as in package.json)')
    .option('--endpoint-url <url>', 'of a store like S3 (default: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL)')
    .option('--dry-run', 'say what would be written, and write nothing')
    .addOption(
      new Option('--verify', 'only fetch and compare all that index.json lists').conflicts(['version', 'dryRun']),
    )
    .option('--no-lint', 'leave out cfn-lint, which needs Python')
    .option('--no-cache', 'use nothing that earlier runs have found')
    .option('--json', 'print one JSON document, and nothing else')
    .addHelpText('after', publishExamples)
    .action(async ({ bucket, ...options }: Partial<PublishArguments>, command: Command) => {
      // commander itself would miss the bucket before it names what it does not know, and count arguments
      const [stranger] = command.args
      if (stranger !== undefined) command.error(`error: publish takes no argument, and "${stranger}" is one`)
      if (bucket === undefined) command.error("error: required option '--bucket <name>' not specified")
      else status = await commands.publish({ ...publishDefaults, ...options, bucket })
    })

  const doctorCommand = program
    .command('doctor')
    .summary('find out what is wrong with an identity pool')
    .description(
      'Looks at an identity pool, the roles that it hands out, their policies, the user pools and app clients that users\n' +
        'sign in with, and the stack that made it; and says what is wrong, what AWS answers because of it, and what mends it.\n' +
        'It reads, and changes nothing. Without credentials for it: --commands prints what somebody else can run.',
    )
    .option('--json', 'print one JSON document')
    .addOption(
      new Option('--fail-on <severity>', 'from which on the exit status is 1')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .addHelpText('after', doctorExamples)
    .action(async (options: Partial<DoctorArguments>) => {
      status = await commands.doctor({ json: false, failOn: 'error', ...options })
    })
  withAccountOptions(doctorCommand)

  const clientConfigCommand = program
    .command('client-config')
    .summary('print the configuration of an app for an identity pool')
    .description(
      'Prints what an app must know of the identity pool of a stack, in the form that a library reads: IDs and names, no\n' +
        'secret. Of a stack that nests identity-pool, as notes-app does, too. It reads, and changes nothing in the account.',
    )
    .option('--stack-name <name>', 'of the stack, or its ARN')
    .option('--outputs <file>', 'what `aws cloudformation describe-stacks` printed, instead of an account; - for stdin')
    .addOption(new Option('--format <format>', 'see below').choices(formats).default(clientConfigDefaults.format))
    .option('--client-id <id>', 'the app client that the app signs users in with (default: the first)')
    .option('--bucket-region <region>', 'of the bucket, if it is not the one of the stack')
    .option('--api-stage <stage>', 'that the app calls, where users may call all')
    .addOption(
      new Option('--prefix <prefix>', 'of the names of --format env: VITE_, NEXT_PUBLIC_, REACT_APP_').argParser(
        prefixes,
      ),
    )
    .option('--out <file>', 'write it there, unless there is a file already (default: print it)')
    .option('--force', 'write over it')
    .option('--json', 'print one JSON document: the text, the name of its file, and what it is made of')
    .addHelpText('after', clientConfigExamples)
    .action(async (options: Partial<ClientConfigArguments>) => {
      status = await commands.clientConfig({ ...clientConfigDefaults, ...options })
    })
  withPlaceOptions(clientConfigCommand)

  const importPlanCommand = program
    .command('import-plan')
    .summary('plan how a pool made by hand is taken into a stack')
    .description(
      'Reads an identity pool that no stack has, as the console makes them or a deleted stack has left one, with its roles;\n' +
        'and says with which parameters identity-pool describes it, what CloudFormation is to import, by which commands, and\n' +
        'what the first update then changes, who reaches more or less. It reads, and changes nothing in the account.',
    )
    .option('--identity-pool-id <id>', 'of the identity pool, such as us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE')
    .option('--from <file>', 'saved answers of AWS instead of an account; - for standard input')
    .option('--commands', 'print the shell script that saves them with the AWS CLI, and ask nobody')
    .option('--stack-name <name>', "of the new stack (default: like the identity pool's)")
    .option('--template <file>', 'an identity-pool.yaml (default: the one that comes with poolform)')
    .option('--param <name=value>', 'a parameter; repeatable (default: as the pool and its roles say)', assignments)
    .option('--accept <code>', 'go on in spite of what is in the way; repeatable', each)
    .option('--out <folder>', 'write the files there, and a script with the commands', notEmpty)
    .option('--force', 'write over files that are there')
    .option('--json', 'print one JSON document')
    .addHelpText('after', importPlanExamples)
    .action(async (options: Partial<ImportPlanArguments>) => {
      status = await commands.importPlan({ param: [], accept: [], force: false, json: false, ...options })
    })
  withPlaceOptions(importPlanCommand)

  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (error) {
    // it has said what is wrong by then
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

const publishExamples = `
Examples:
  poolform publish --bucket YOUR-BUCKET --region eu-west-1 --dry-run
  poolform publish --bucket YOUR-BUCKET-{region} --prefix templates --region eu-west-1 --region us-east-1
  poolform publish --bucket YOUR-BUCKET --region eu-west-1 --version 1.2.0-rc.1
  poolform publish --bucket YOUR-BUCKET --region eu-west-1 --verify     (needs neither project nor credentials)

Credentials are found as the AWS CLI finds them. Exit status 1: a template has an error, a release is refused, a region
has failed (the others are whole), or something is not as it was published.`

const doctorExamples = `
Examples:
  poolform doctor --stack-name notes-identity-pool
  poolform doctor --identity-pool-id us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE --json
  poolform doctor --stack-name notes --region eu-west-1 --commands > save.sh
  sh save.sh > saved.json                                               (by whoever has the credentials: AWS CLI v2)
  poolform doctor --from saved.json

Exit status: 0 nothing is wrong, or warnings alone are found; 1 an error is found, or with --fail-on warning a warning;
2 wrong use, or AWS has refused what it takes to say.`

const importPlanExamples = `
Examples:
  poolform import-plan --identity-pool-id us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE
  poolform import-plan --identity-pool-id us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE \\
    --stack-name notes-identity-pool --param ApiId=a1b2c3d4e5 --out import
  sh import/import.sh                                                                  (it asks before each change)
  poolform import-plan --identity-pool-id us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE --commands > save.sh
  sh save.sh > saved.json                                               (by whoever has the credentials: AWS CLI v2)
  poolform import-plan --from saved.json --json

Exit status: 0 it can be carried out, 1 something must be said or accepted first, or there is no plan, 2 wrong use.`

const clientConfigExamples = `
Formats, and where the text goes:
  amplify     amplify_outputs.json, beside src/: Amplify.configure(outputs) of Amplify JavaScript v6
  amplify-js  a module that calls Amplify.configure({ … }): for pools without a user pool, too
  sdk-js      a TypeScript module for the AWS SDK for JavaScript v3: credentials, S3, the user's own folder
  ios         Amplify Swift v2: add the file to the app's target in Xcode
  android     Amplify Android v2: app/src/main/res/raw/
              amplify_outputs.json, or amplifyconfiguration.json where that cannot say it: --json tells which
  env         lines of a .env file

Examples:
  poolform client-config --stack-name notes-identity-pool --out amplify_outputs.json
  poolform client-config --stack-name notes --region eu-west-1 --format sdk-js --out src/cognito.ts
  poolform client-config --stack-name notes --format env --prefix VITE_ >> .env
  aws cloudformation describe-stacks --output json | poolform client-config --outputs - --stack-name notes

Exit status: 0 printed or written, 1 there is no configuration, 2 wrong use.`

function prefixes(value: string): string {
  if (!prefixPattern.test(value)) throw new InvalidArgumentError('Write letters, digits and _, no digit first.')
  return value
}

type CompatOptions = Partial<Omit<CompatArguments, 'old' | 'fresh' | 'format'>> & {
  readonly json?: boolean
  readonly markdown?: boolean
}

const compatExamples = `
Examples:
  poolform compat release dist
  poolform compat old.yaml new.yaml --old-version 1.4.2 --new-version 1.5.0
  poolform compat https://YOUR-BUCKET.s3.eu-west-1.amazonaws.com/identity-pool/latest/ dist/identity-pool.yaml
  poolform compat stack:notes-identity-pool dist/identity-pool.yaml --param AllowGuests=true --fail-on major
  poolform compat release dist --markdown

Exit status: 0 the version is a step that may hold the changes, or nobody says what it is; 1 it is too small, --fail-on,
or a template cannot be read; 2 wrong use. Below 1.0.0 a step of the second number may hold anything, as npm's ^ has it.`

type AccessOptions = Partial<Omit<AccessArguments, 'can' | 'file' | 'format'>> & {
  readonly can?: readonly string[]
  readonly json?: boolean
  readonly markdown?: boolean
  readonly svg?: boolean
}

const accessExamples = `
Examples:
  poolform access dist/identity-pool.yaml
  poolform access dist/identity-pool.yaml --param UserPoolId=us-east-1_a1B2c3D4e \\
    --param UserPoolClientId=1example23456789 --param UploadsBucketName=notes-app-uploads
  poolform access stack.yaml --param Bucket=notes --identity us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE \\
    --can s3:GetObject arn:aws:s3:::notes/private/us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE/a.txt
  poolform access stack.yaml --as guest --can s3:ListBucket arn:aws:s3:::notes --context s3:prefix=private/
  poolform access stack.yaml --can s3:GetObject arn:aws:s3:::notes/private/c0ffee/a.txt \\
    --context aws:PrincipalTag/userSub=c0ffee --context aws:SourceIp=203.0.113.7
  poolform access stack.yaml --markdown > access.md

Exit status: 0 shown, 1 something is wrong with the template or its parameters, or is found by --fail-on-wrong, 2 wrong use.
With --can: 0 allow, 1 deny, 2 wrong use or no answer, 3 it cannot be known from the template.`

function notEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('Name a folder.')
  return value
}

function each(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

function assignments(value: string, previous: readonly Assignment[] = []): readonly Assignment[] {
  const assignment = assignmentOf(value)
  if (assignment === undefined) throw new InvalidArgumentError('Write NAME=VALUE.')
  return [...previous, assignment]
}

function overrides(value: string, previous: readonly AccountAssignment[] = []): readonly AccountAssignment[] {
  const [, account, region, name, text] = /^(\d{12})(?:\/([a-z0-9-]+))?:([^=]+)=([\s\S]*)$/.exec(value) ?? []
  if (account === undefined || name === undefined || text === undefined) {
    throw new InvalidArgumentError('Write ACCOUNT:NAME=VALUE or ACCOUNT/REGION:NAME=VALUE, the account in 12 digits.')
  }
  return [...previous, { account, region, name, value: text }]
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html, `Id` */
function accounts(value: string, previous: readonly string[] = []): readonly string[] {
  if (!/^\d{12}$/.test(value)) throw new InvalidArgumentError('An account ID has 12 digits.')
  return [...previous, value]
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html, `Id`, and that of a root */
function organizationalUnits(value: string, previous: readonly string[] = []): readonly string[] {
  if (!/^(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})$/.test(value)) {
    throw new InvalidArgumentError('It is like ou-ab12-11111111, or r-ab12 for the root.')
  }
  return [...previous, value]
}
