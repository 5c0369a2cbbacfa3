import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import { launchUrlCommands, picture, printed, symptoms, withTables } from '../scripts/readme.ts'

const readme = readFileSync('README.md', 'utf8')

test('the tables of README.md are those of the templates', () => {
  assert.equal(readme, withTables(readme), 'run `npm run readme`')
})

test('the picture of README.md is drawn from what was decided', () => {
  assert.ok(readme.includes(`](${picture.file})`), 'it shows another picture')
  assert.equal(readFileSync(picture.file, 'utf8'), picture.text(), 'run `npm run readme`')
})

test('the table of docs/doctor.md is that of the causes', () => {
  const page = readFileSync(symptoms.file, 'utf8')
  assert.equal(page, symptoms.text(page), 'run `npm run readme`')
})

test('the links of README.md are printed, and lead to where it publishes', () => {
  const commands = launchUrlCommands(readme).filter(command => !command.includes('--stack-set'))
  assert.equal(commands.length, 2)
  const folder = encodeURIComponent('https://YOUR-BUCKET.s3.eu-west-1.amazonaws.com/templates/identity-pool/')
  for (const command of commands) assert.ok(printed(command).includes(folder), command)
})

test('README.md publishes, links and nests under one prefix', () => {
  const urls = [...readme.matchAll(/https:\/\/YOUR-BUCKET\.s3\.[a-z0-9-]+\.amazonaws\.com\/([^/\s]+)/g)]
  assert.ok(urls.length > 5, 'there are none')
  assert.deepEqual([...new Set(urls.map(([, prefix]) => prefix))], ['templates'])
  const commands = [...readme.matchAll(/^npx poolform (?:publish|launch-url) (?:.*\\\n)*.*$/gm)].map(([it]) => it)
  assert.deepEqual(
    commands.filter(command => !command.includes('--prefix templates')),
    [],
  )
})

test('what README.md links to in the project is there', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(([, target = '']) => target)
  assert.ok(targets.length > 3)
  assert.deepEqual(
    targets.filter(target => !existsSync(target)),
    [],
  )
})

test('the anchors that README.md links to are headings of it', () => {
  const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  assert.deepEqual(
    anchors.filter(anchor => !headings.includes(anchor)),
    [],
  )
})

test('README.md says of each file and folder of src/ what is there', () => {
  const layout = readme.slice(readme.indexOf('## How the code is laid out'))
  const entries = readdirSync('src', { withFileTypes: true }).map(it => `src/${it.name}${it.isDirectory() ? '/' : ''}`)
  assert.deepEqual(
    entries.filter(entry => !layout.includes(`[\`${entry}\`](`)),
    [],
  )
})
