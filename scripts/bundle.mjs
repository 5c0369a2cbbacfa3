/**
 * Bundles the sources into lib/: CommonJS, which Node starts faster with than with ES modules, in files of which a run
 * loads only those that it needs. Beside them stand the declarations of what a template imports; those of AWS's
 * resource types go into aws/.
 *
 * A file is replaced only if it changes, and in one step, so that poolform can run meanwhile.
 *
 * What is bundled of others stands under their licences, which want to go with it: lib/THIRD-PARTY-LICENSES.txt.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** The files of lib/. What one of them imports of another it requires; the rest is bundled into it. */
const bundles = {
  // the door, which alone runs when nothing has changed
  cli: 'src/cli/index.ts',
  // what Node finds by the package's name; a template that is built gets the compiler's own, with the same classes
  authoring: 'src/authoring/index.ts',
  anew: 'src/build/anew.ts',
  compile: 'src/build/produce.ts',
  'lint-cache': 'src/lint/cache.ts',
  lint: 'src/lint/index.ts',
  // ajv, which is needed when a resource type is new to the machine
  validator: 'src/knowledge/validator.ts',
  // commander, which is needed for help, mistakes and the rarer options
  program: 'src/cli/program.ts',
  'lint-command': 'src/cli/lint.ts',
  'launch-url': 'src/cli/launch-url.ts',
  watch: 'src/cli/watch.ts',
  access: 'src/cli/access.ts',
  // who can reach what by a template that has changed
  'access-report': 'src/access/show/report.ts',
  // the YAML library, which takes longer to read a template than to say who reaches what by it
  read: 'src/read.ts',
  // the AWS SDK
  'publish-command': 'src/cli/publish.ts',
  live: 'src/live/index.ts',
  'client-config': 'src/cli/client-config.ts',
  doctor: 'src/cli/doctor.ts',
  compat: 'src/cli/compat.ts',
  'import-plan': 'src/cli/import-plan.ts',
}

/** What else decides what poolform makes of its input. */
const data = ['schemas', 'requirements-lint.txt', 'src/lint/run_cfn_lint.py']

// of the digest's length, so that it can take its place
const placeholder = 'digest-of-this-build-of-poolform'

export async function bundle() {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const files = new Map()
  const folders = new Set()
  const add = (name, { text, packages }) => {
    files.set(name, text)
    for (const folder of packages) folders.add(folder)
  }
  for (const [name, entry] of Object.entries(bundles)) add(`${name}.cjs`, await bundleOne(entry, version))
  add('page.js', await bundlePage('src/page/client/index.ts'))
  add('page.css', await bundlePage('src/page/client/page.css'))
  const digest = createHash('sha256')
  for (const [name, text] of files) digest.update(`${name}\0${text}\0`)
  for (const name of data) for (const file of await filesIn(name)) digest.update(await readFile(path.join(root, file)))
  const engine = digest.digest('hex').slice(0, placeholder.length)
  const lib = new Map([...files].map(([name, text]) => [name, text.replaceAll(placeholder, engine)]))
  lib.set('THIRD-PARTY-LICENSES.txt', await licenses([...folders].sort()))
  for (const [name, text] of await inTemporaryFolder(declarations)) lib.set(`types/${name}`, text)
  await replaceAll('lib', lib)
  await replaceAll('aws', await inTemporaryFolder(resourceTypes))
}

async function bundleOne(entry, version, format = 'cjs') {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format,
    platform: 'node',
    target: 'node20.19',
    // else Node would parse each bundle once more, for its exports
    supported: { 'dynamic-import': false },
    // of the AWS SDK's modules only what is used is left, 0.46 MB instead of 0.72
    mainFields: ['module', 'main'],
    conditions: ['poolform-source', 'module'],
    minify: true,
    external: ['esbuild'],
    define: {
      POOLFORM_ENGINE: JSON.stringify({ version, digest: placeholder }),
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
    },
    plugins: [siblings(entry)],
    logLevel: 'warning',
  })
  return madeOf(result)
}

/** What the launch page holds of its own: a script or a style sheet for browsers. */
async function bundlePage(entry) {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    charset: 'utf8',
    minify: true,
    logLevel: 'warning',
  })
  return madeOf(result)
}

/** The text of a bundle, and the folders of the packages that it has code of. */
function madeOf({ metafile, outputFiles }) {
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  const packages = inputs.flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (/^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  )
  return { text: outputFiles[0].text, packages }
}

/** Each package once, under the text of its licence, which several may share. */
async function licenses(folders) {
  const holders = new Map()
  const without = []
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'))
    const own = (await readdir(path.join(root, folder))).filter(file => /^(?:licen[cs]e|copying|notice)\b/i.test(file))
    const texts = await Promise.all(own.sort().map(file => readFile(path.join(root, folder, file), 'utf8')))
    const holder = { title: `${name} ${version} (${license})`, scope: name.split('/')[0], license }
    const text = texts.map(part => part.replaceAll('\r\n', '\n').trim()).join('\n\n')
    if (text === '') without.push(holder)
    else holders.set(text, [...(holders.get(text) ?? []), holder])
  }
  // some of the AWS SDK's come without the text, which is that of their siblings
  for (const holder of without) {
    const sibling = [...holders.values()].find(
      ([{ scope, license }]) => scope === holder.scope && license === holder.license,
    )
    if (sibling === undefined) throw new Error(`${holder.title} has no text of its licence, nor has a sibling`)
    sibling.push(holder)
  }
  const parts = [...holders].map(([text, same]) => {
    const titles = same.map(({ title }) => title).sort()
    return `${titles.join('\n')}\n\n${text}\n`
  })
  const lead = 'The files beside this one hold code of these packages, each under its own licence.\n'
  return [lead, ...parts.sort()].join(`\n${'-'.repeat(120)}\n\n`)
}

/** Turns the import of another bundle's entry into a `require` of that bundle. */
function siblings(own) {
  const names = new Map(Object.entries(bundles).map(([name, entry]) => [path.join(root, entry), name]))
  for (const alone of [own, bundles.authoring]) names.delete(path.join(root, alone))
  return {
    name: 'siblings',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path: imported, resolveDir }) => {
        const name = names.get(path.join(resolveDir, imported))
        return name === undefined ? undefined : { path: `./${name}.cjs`, external: true }
      })
    },
  }
}

async function declarations(folder) {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', folder], { cwd: root })
}

async function resourceTypes(folder) {
  const generator = path.join(folder, '..', `${path.basename(folder)}.mjs`)
  await writeFile(generator, (await bundleOne('scripts/generate/types.ts', '', 'esm')).text)
  const { writeTypes } = await import(pathToFileURL(generator))
  await rm(generator)
  writeTypes(path.join(root, 'schemas'), folder)
}

/** The files that `write` puts into a folder, by their place in it. */
async function inTemporaryFolder(write) {
  const folder = await mkdtemp(path.join(root, 'node_modules', '.poolform-'))
  try {
    await write(folder)
    const name = path.relative(root, folder)
    const texts = (await filesIn(name)).map(async file => [
      path.relative(name, file).replaceAll(path.sep, '/'),
      await readFile(path.join(root, file), 'utf8'),
    ])
    return new Map(await Promise.all(texts))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** From the project's folder, sorted; a file alone, or all in a folder, or none. */
async function filesIn(name) {
  const entries = await readdir(path.join(root, name), { withFileTypes: true, recursive: true }).catch(error => {
    if (error.code === 'ENOTDIR') return undefined
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (entries === undefined) return [name]
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
}

/** Makes these the files of a folder. */
async function replaceAll(folder, files) {
  for (const [name, text] of files) await replace(path.join(root, folder, name), text)
  for (const file of await filesIn(folder)) {
    const name = path.relative(folder, file).replaceAll(path.sep, '/')
    // one that ends in a number is on its way, by another run
    if (!files.has(name) && !/\.\d+$/.test(name)) await rm(path.join(root, file), { force: true })
  }
}

async function replace(file, text) {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return
  await mkdir(path.dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, text, { mode: file.endsWith('cli.cjs') ? 0o755 : 0o644 })
  await rename(temporary, file)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle()
