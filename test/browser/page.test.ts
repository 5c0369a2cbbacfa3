import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { parseLaunchUrl } from '../../src/launch/launch-url.ts'
import type { Artifact, Manifest } from '../../src/manifest.ts'
import { launchPage } from '../../src/page/launch-page.ts'
import { mostVersions, withVersions } from '../../src/page/with-versions.ts'
import { launchChromium } from './chromium.ts'

const root = join(import.meta.dirname, '../..')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'poolform-page-'))

let browser: Browser
let manifest: Manifest
let assets: { readonly script: string; readonly style: string }
let html: string
let file: string
/** Of each template that has them, the text of `access/<template>.json`. */
let access: ReadonlyMap<string, string>

before(async () => {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')])
  execFileSync(process.execPath, [join(root, 'lib/cli.cjs'), 'build', '--no-lint', '--out', folder], { cwd: root })
  manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const lib = (name: string) => readFileSync(join(root, 'lib', name), 'utf8')
  assets = { script: lib('page.js'), style: lib('page.css') }
  access = new Map(
    ['identity-pool', 'identity-pool-tutorial', 'notes-app'].map(name => [
      name,
      readFileSync(join(folder, `access/${name}.json`), 'utf8'),
    ]),
  )
  html = launchPage(manifest, assets, access)
  file = save('launch.html', html)
  browser = await launchChromium()
})

after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A page, and what it does that nobody should see: requests besides its own, errors, dialogs, refusals by its policy. */
type Watched = { readonly page: Page; readonly requests: readonly string[]; readonly complaints: readonly string[] }

/** Shows an address in a browser of its own; what stands under `pages` is all that the web has. */
async function show(
  url: string,
  { pages = {}, ...options }: BrowserContextOptions & { readonly pages?: Readonly<Record<string, string>> } = {},
): Promise<Watched> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const requests: string[] = []
  const complaints: string[] = []
  context.on('request', request => requests.push(request.url()))
  context.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
  context.on('weberror', error => complaints.push(String(error.error())))
  context.on('dialog', dialog => complaints.push(`dialog: ${dialog.message()}`))
  await context.route(/^https?:\/\/(?!127\.0\.0\.1)/, route => {
    const body =
      pages[
        route
          .request()
          .url()
          .replace(/[?#].*$/, '')
      ]
    return body === undefined ? route.abort() : route.fulfill({ body, contentType: 'text/html; charset=utf-8' })
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(url)
  return { page, requests, complaints }
}

function save(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return pathToFileURL(join(folder, name)).href
}

const published = (template: string, version: string) =>
  `https://templates-of-ours.s3.eu-west-1.amazonaws.com/team/${template}/${version}/index.html`

/** The field of a parameter, by its name as the form shows it. */
function field(page: Page, name: string) {
  return page.locator('.field', { has: page.locator('code.name', { hasText: new RegExp(`^${name}$`) }) }).first()
}

async function setText(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true
  })
  for (const [name, value] of Object.entries(values)) await field(page, name).locator('input').first().fill(value)
}

/** What is marked as disabled can still be clicked by people. */
const anyway = { force: true }

const someone = { UserPoolId: 'eu-west-1_a1B2c3D4e', UserPoolClientId: '1example23456789' }

/** A manifest with one template, which is made up. */
function manifestOf(artifact: Partial<Artifact>): Manifest {
  const [first] = manifest.artifacts
  assert.ok(first !== undefined)
  const { rules: _, conditions: __, mappings: ___, ...rest } = first
  return { ...manifest, artifacts: [{ ...rest, parameters: [], grants: [], resources: [], ...artifact }] }
}

describe('the launch link', () => {
  test('says what the form says, and nothing that is so by default', async () => {
    const { page } = await show(file)
    await page.getByLabel('Address of the published templates').fill('https://ours.s3.eu-west-1.amazonaws.com/a%20b/')
    await page.locator('#region').selectOption('eu-central-1')
    await page.getByLabel('Stack name').fill('notes')
    await setText(page, { ...someone, IdentityPoolName: 'a b=c,d @+', ApiStage: '$default' })
    await field(page, 'AllowGuests').getByRole('switch').check()
    await field(page, 'UploadsBucketName').locator('input').fill('files')
    await field(page, 'UploadsFolderKeyedBy').getByLabel('UserSub').check()
    const launch = page.getByRole('link', { name: 'Open in the AWS console' })
    // ApiStage without an API is refused by a rule of the template
    assert.equal(await launch.getAttribute('href'), null)
    await setText(page, { ApiId: 'a1b2c3d4e5' })
    const link = parseLaunchUrl((await launch.getAttribute('href')) ?? '')
    const version = manifest.artifacts[0]?.version
    assert.deepEqual(link, {
      templateUrl: `https://ours.s3.eu-west-1.amazonaws.com/a%20b/identity-pool/${version}/identity-pool.yaml`,
      region: 'eu-central-1',
      stackName: 'notes',
      parameters: {
        IdentityPoolName: 'a b=c,d @+',
        ...someone,
        AllowGuests: 'true',
        UploadsBucketName: 'files',
        UploadsFolderKeyedBy: 'UserSub',
        ApiId: 'a1b2c3d4e5',
        ApiStage: '$default',
      },
    })
    assert.equal(await launch.getAttribute('target'), '_blank')
    assert.equal(await launch.getAttribute('rel'), 'noopener noreferrer')
    assert.match(await page.getByRole('status').first().innerText(), /^Ready/)
  })

  test('leads nowhere while something is wrong, and says what, in the words of the template', async () => {
    const { page } = await show(file)
    await page.getByLabel('Address of the published templates').fill('https://ours.s3.eu-west-1.amazonaws.com')
    await page.locator('#region').selectOption('eu-west-1')
    await setText(page, { ...someone, ApiId: 'https://x' })
    // straight from the box to a link in the list, which must still be there when the mouse comes up
    await page.locator('#todo').getByRole('link', { name: 'API ID' }).click()
    assert.equal(
      await page.evaluate(() => document.activeElement?.closest('.field')?.querySelector('.name')?.textContent),
      'ApiId',
    )
    await page.keyboard.press('Tab')
    const error = await field(page, 'ApiId').locator('.error').innerText()
    assert.equal(error, 'must be the ID of an API, such as a1b2c3d4e5 (no URL, no ARN, no wildcard), or be left empty')
    assert.equal(await field(page, 'ApiId').locator('input').getAttribute('aria-invalid'), 'true')
    const launch = page.locator('#launch')
    assert.equal(await launch.getAttribute('aria-disabled'), 'true')
    assert.match(
      await page.locator('#status').innerText(),
      /^Not ready: one thing is left to do\.\s+API ID must be the ID/,
    )
    await launch.click(anyway)
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'todo')
    await page.locator('#todo').getByRole('link', { name: 'API ID' }).click()
    assert.equal(
      await page.evaluate(() => document.activeElement?.closest('.field')?.querySelector('.name')?.textContent),
      'ApiId',
    )
    assert.equal(page.url().includes('#p'), false)
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('a1b2c3d4e5')
    assert.notEqual(await launch.getAttribute('href'), null)
    assert.equal(await page.locator('#todo').innerText(), '')
  })

  test('waits for the rules of the template', async () => {
    const { page } = await show(file)
    const todo = page.locator('#todo')
    assert.match(await todo.innerText(), /There is nothing to sign in with: give UserPoolId and UserPoolClientId/)
    await setText(page, { UserPoolId: someone.UserPoolId })
    assert.doesNotMatch(await todo.innerText(), /nothing to sign in with/)
    assert.match(await todo.innerText(), /UserPoolId needs UserPoolClientId: the app client with which your app signs/)
    await page.keyboard.press('Tab')
    assert.match(await field(page, 'UserPoolId').locator('.error').innerText(), /^UserPoolId needs UserPoolClientId/)
    await setText(page, { UserPoolClientId: someone.UserPoolClientId })
    assert.doesNotMatch(await todo.innerText(), /UserPoolId/)
  })

  test('is not given across partitions', async () => {
    const { page } = await show(file)
    await page.getByLabel('Address of the published templates').fill('https://ours.s3.eu-west-1.amazonaws.com')
    await setText(page, someone)
    await page.locator('#region').selectOption('cn-north-1')
    assert.equal(await page.locator('#launch').getAttribute('href'), null)
    assert.match(
      await page.locator('#todo').innerText(),
      /cn-north-1 is in the partition aws-cn, and the templates are in aws/,
    )
    await page.getByRole('tab', { name: 'Terraform' }).click()
    assert.equal(await page.getByRole('region', { name: 'the resource for Terraform' }).isVisible(), false)
    await page.locator('#region').selectOption('us-east-1')
    assert.notEqual(await page.locator('#launch').getAttribute('href'), null)
  })

  test('is not given for an address from which CloudFormation takes no template', async () => {
    const { page } = await show(file)
    await page.locator('#region').selectOption('eu-west-1')
    await setText(page, someone)
    for (const bad of [
      'https://example.com/x',
      'http://ours.s3.eu-west-1.amazonaws.com',
      'javascript:alert(1)',
      's3://x',
    ]) {
      await page.getByLabel('Address of the published templates').fill(bad)
      await page.keyboard.press('Tab')
      assert.equal(await page.locator('#launch').getAttribute('href'), null, bad)
      assert.match(await page.locator('#address-error').innerText(), /Give|Publish/)
      const todo = await page.locator('#todo').innerText()
      assert.doesNotMatch(todo, /must be given/, 'it is given')
      assert.match(todo, /Address of the published templates cannot be used: [\s\S]*(Give|Publish)/)
    }
  })
})

describe('the settings', () => {
  test('survive a reload, and reach a colleague, by the fragment of the address', async () => {
    const { page } = await show(file)
    await page.getByRole('radio', { name: /^identity-pool-tutorial/ }).check()
    await page.locator('#region').selectOption('sa-east-1')
    await page.getByLabel('Stack name').fill('mine')
    await setText(page, { UploadsBucketName: "it's & 100% <b> #x=y", ApiId: 'é 😀 )' })
    await page.waitForFunction(() => location.hash.includes('ApiId'))
    const url = page.url()
    const { page: other } = await show(url)
    for (const shown of [page, other]) {
      if (shown === page) await shown.reload()
      assert.equal(await shown.locator('h1').innerText(), 'Launch identity-pool-tutorial')
      assert.equal(await shown.locator('#region').inputValue(), 'sa-east-1')
      assert.equal(await shown.getByLabel('Stack name').inputValue(), 'mine')
      assert.equal(await field(shown, 'UploadsBucketName').locator('input').inputValue(), "it's & 100% <b> #x=y")
      assert.equal(await field(shown, 'ApiId').locator('input').inputValue(), 'é 😀 )')
      assert.equal(await shown.locator('.notice').isVisible(), false)
    }
  })

  test('that are secrets stay out of links, commands and the fragment', async () => {
    const secret = save(
      'secret.html',
      launchPage(manifestOf({ parameters: [{ name: 'Password', type: 'String', noEcho: true }] }), assets),
    )
    const { page } = await show(`${secret}#param_Password=given`)
    assert.match(await page.locator('.notice').innerText(), /Password.*a secret/)
    const box = page.locator('input[type=password]')
    assert.equal(await box.inputValue(), '')
    await page.getByLabel('Address of the published templates').fill('https://ours.s3.eu-west-1.amazonaws.com')
    await page.locator('#region').selectOption('eu-west-1')
    assert.notEqual(await page.locator('#launch').getAttribute('href'), null, 'the console asks for it')
    await box.fill('hunter2')
    await page.waitForFunction(() => location.hash.includes('eu-west-1'))
    await page.getByLabel('Stack name').fill('other')
    await page.waitForFunction(() => location.hash.includes('other'))
    assert.equal((await page.content()).includes('hunter2'), false)
    assert.equal(page.url().includes('hunter2'), false)
    assert.match(await page.locator('main').innerText(), /Secrets are left out: add Password yourself/)
  })

  test('of a template stay while another one is looked at', async () => {
    const { page } = await show(file)
    await setText(page, someone)
    await field(page, 'AllowGuests').getByRole('switch').check()
    await page.getByLabel('Stack name').fill('mine')
    await page.getByRole('radio', { name: /^notes-app/ }).check()
    assert.equal(await page.getByLabel('Stack name').inputValue(), 'notes-app')
    // of the settings, and of what was decided
    assert.equal(await page.locator('.picture svg').count(), 2)
    await page.getByRole('radio', { name: /^identity-pool A/ }).check()
    assert.equal(await page.locator('h1').innerText(), 'Launch identity-pool')
    assert.equal(await field(page, 'UserPoolId').locator('input').inputValue(), someone.UserPoolId)
    assert.equal(await field(page, 'AllowGuests').locator('input').isChecked(), true)
    assert.equal(await page.getByLabel('Stack name').inputValue(), 'mine')
    assert.equal(await page.locator('.picture [data-when="GuestsAllowed"].off').count(), 0)
  })

  test('lose the blanks with which they were pasted, if they are refused for them, and it is said', async () => {
    const { page } = await show(file)
    await setText(page, { UserPoolId: ` ${someone.UserPoolId}\t`, ApiId: ' no good ' })
    await page.keyboard.press('Tab')
    assert.equal(await field(page, 'UserPoolId').locator('input').inputValue(), someone.UserPoolId)
    const note = field(page, 'UserPoolId').locator('.note')
    assert.match(await note.innerText(), /^The blanks around it are taken away/)
    assert.equal(await field(page, 'ApiId').locator('input').inputValue(), ' no good ')
    await setText(page, { UserPoolId: 'x' })
    assert.equal(await note.innerText(), '')
    const free = manifestOf({ parameters: [{ name: 'Free', type: 'String', label: 'Free' }] })
    const { page: other } = await show(save('free.html', launchPage(free, assets)))
    await setText(other, { Free: ' x ' })
    await other.keyboard.press('Tab')
    assert.equal(await field(other, 'Free').locator('input').inputValue(), ' x ', 'CloudFormation takes it as it is')
  })

  test('of a broken link are left out, each with a word, and the rest is taken', async () => {
    const fragment = [
      ...['region=mars-1', 'param_Nope=1', 'param___proto__=2', 'param_constructor=3', 'param_AllowGuests=perhaps'],
      ...['%E0%A4%A', 'address=https%3A%2F%2Fevil.s3.eu-west-1.amazonaws.com', `param_ApiId=${'a'.repeat(5000)}`],
      ...['base=https://evil.s3.eu-west-1.amazonaws.com', 'template=none', 'param_UserPoolId=eu-west-1_a', '=', '&'],
    ]
    const { page, complaints } = await show(`${file}#${fragment.join('&')}`)
    const words = await page.locator('.notice').innerText()
    for (const part of [
      'mars-1',
      'Nope',
      '__proto__',
      'constructor',
      'AllowGuests',
      '%E0%A4%A',
      'address',
      'base',
      'ApiId',
      'none',
    ]) {
      assert.ok(words.includes(part), part)
    }
    assert.equal(await page.getByLabel('Address of the published templates').inputValue(), '')
    assert.equal((await page.locator('main').innerText()).includes('evil'), false)
    assert.equal(await field(page, 'UserPoolId').locator('input').inputValue(), 'eu-west-1_a')
    assert.equal(await field(page, 'AllowGuests').locator('input').isChecked(), false)
    assert.deepEqual(complaints, [])
  })

  test('say live who may do what', async () => {
    const { page } = await show(file)
    const access = page.locator('aside')
    assert.match(await access.innerText(), /There are no guests/)
    assert.doesNotMatch(await access.innerText(), /objects/)
    const pale = async (condition: string) => {
      const parts = page.locator(`.picture svg [data-when="${condition}"]`)
      const classes = await parts.evaluateAll(all => all.map(it => it.classList.contains('off')))
      assert.notEqual(classes.length, 0, condition)
      return new Set(classes)
    }
    assert.deepEqual(await pale('GuestsAllowed'), new Set([true]))
    assert.deepEqual(await pale('HasUploads'), new Set([true]))
    await setText(page, { ...someone, UploadsBucketName: 'my-own-files' })
    assert.match(await access.innerText(), /get, put and delete objects[^\n]*my-own-files/)
    await field(page, 'AllowGuests').getByRole('switch').check()
    assert.match(await access.innerText(), /A guest, who has not signed in\s+may do nothing/)
    assert.deepEqual(await pale('GuestsAllowed'), new Set([false]))
    assert.deepEqual(await pale('HasUploads'), new Set([false]))
    assert.deepEqual(await pale('HasApi'), new Set([true]))
    await field(page, 'AllowPublicFolder').getByRole('switch').check()
    assert.match(
      await access.innerText(),
      /A guest, who has not signed in may\s+get objects[^\n]*public\/[^\n]*\s+and nothing else/,
    )
    await field(page, 'AllowGuests').getByRole('switch').uncheck()
    assert.match(await access.innerText(), /There are no guests/)
  })

  test('say that the role of a group comes instead, and what is left to whom has none', async () => {
    const { page } = await show(file)
    const access = page.locator('aside')
    await setText(page, { ...someone, UploadsBucketName: 'my-own-files' })
    assert.match(await access.innerText(), /files[^\n]*\s+and nothing else by this template\./)
    await field(page, 'RoleSelection').getByLabel('Token').check()
    const instead = (rest: string) =>
      new RegExp(
        `may\\s+as a user of the user pool do only what the role of their group allows, instead of what else is listed here; who gets none by that may do ${rest}:`,
      )
    assert.match(await access.innerText(), instead('nothing'))
    assert.match(await access.innerText(), /and nothing else that this template itself says\./)
    await field(page, 'AmbiguousRoleResolution').getByLabel('AuthenticatedRole').check()
    assert.match(await access.innerText(), instead('what is listed here'))
    await field(page, 'RoleSelection').getByLabel('Default').check()
    assert.doesNotMatch(await access.innerText(), /instead/)
  })

  test('say what a boundary leaves, and that managed policies allow what they say, by their names', async () => {
    const { page } = await show(file)
    const access = page.locator('aside')
    await setText(page, { ...someone, UploadsBucketName: 'my-own-files' })
    const arn = 'arn:aws:iam::123456789012:policy/'
    await setText(page, { AdditionalManagedPolicyArns: `${arn}One,${arn}Two` })
    assert.match(await access.innerText(), /do whatever the managed policies arn\S*\/One,arn\S*\/Two allow/)
    assert.match(await access.innerText(), /and nothing else that this template itself says\./)
    assert.doesNotMatch(await access.innerText(), /boundary|\{/)
    await setText(page, { PermissionsBoundaryArn: `${arn}Most` })
    assert.match(
      await access.innerText(),
      /may\s+at most do what the permissions boundary arn\S*\/Most of AuthenticatedRole allows, and of that:/,
    )
  })

  test('are spoken of by their labels in quotes until they are given, and of a default by itself', async () => {
    const { page } = await show(`${file}#template=identity-pool-tutorial`)
    const access = page.locator('aside')
    assert.match(await access.innerText(), /There are no guests/)
    assert.match(await access.innerText(), /of the bucket “[A-Z][^”]*”/)
    assert.match(await access.innerText(), /in the stack’s region, in any account/)
    await setText(page, { ApiRegion: 'eu-west-1' })
    assert.match(await access.innerText(), /in eu-west-1, in any account/)
  })
})

/** What `access/<template>.json` says. */
type GoldenFile = {
  readonly deployments: readonly (GoldenTable & { readonly name: string; readonly changes?: GoldenTable })[]
}

type GoldenTable = {
  readonly roles?: Readonly<Record<string, string>>
  readonly access?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A row of a table as people read it: `ALLOW! tutorial[1]` */
type Said = { readonly place: string; readonly actions: string; readonly cells: readonly string[] }

/** What the page says of a deployment: its sentences, and its tables by their columns. */
type SaidCase = {
  readonly name: string
  readonly on: string | null
  readonly said: string
  readonly rows: readonly Said[]
  readonly roles: readonly Said[]
  readonly columns: readonly string[]
}

async function casesOf(page: Page, section: string): Promise<readonly SaidCase[]> {
  const cases = await page.locator(`${section} [data-case]`).evaluateAll(all =>
    all.map(it => ({
      ...{ name: it.getAttribute('data-case') ?? '', on: it.getAttribute('data-on') },
      said: [...it.querySelectorAll('p')].map(({ textContent }) => textContent ?? '').join(''),
      tables: [...it.querySelectorAll('table')].map(table =>
        [...table.rows].map(row => [...row.cells].map(({ textContent }) => (textContent ?? '').trim())),
      ),
    })),
  )
  return cases.map(({ tables, ...rest }) => {
    const [reached = [], roles = []] = ['What', 'Who'].map(head => tables.find(([first]) => first?.[0] === head))
    return { ...rest, rows: rowsOf(reached), roles: rowsOf(roles), columns: reached[0]?.slice(1) ?? [] }
  })
}

/** A row of one cell says of which place the rows below it are. */
function rowsOf([, ...rows]: readonly (readonly string[])[]): readonly Said[] {
  let place = ''
  return rows.flatMap(([head = '', ...cells]) => {
    if (cells.length > 0) return [{ place, actions: head, cells }]
    place = head
    return []
  })
}

/** Each action of a row by its full name: `s3:GetObject, PutObject` */
function actionsOf(text: string): readonly string[] {
  let service = ''
  return text.split(', ').map(name => {
    if (name.includes(':')) service = name.slice(0, name.indexOf(':'))
    return name.includes(':') ? name : `${service}:${name}`
  })
}

describe('what was decided', () => {
  const columns = ['signed-in user', 'guest'] as const
  const templates = ['identity-pool', 'identity-pool-tutorial', 'notes-app']

  for (const [index, name] of templates.entries()) {
    for (const javaScriptEnabled of [true, false]) {
      test(`is said of ${name} cell by cell as in dist/access, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
        const { page, complaints } = await show(`${file}#template=${name}`, { javaScriptEnabled })
        const cases = await casesOf(page, `#decided-${index}`)
        const golden: GoldenFile = JSON.parse(access.get(name) ?? '')
        const [least] = golden.deployments
        assert.ok(least?.access !== undefined)
        /** A cell as the page says it: in a table, in a sentence, or where it says what is not changed. */
        const said = (one: SaidCase | undefined, place: string, action: string, column: string): string => {
          if (one === undefined) return 'deny'
          const at = one.columns.indexOf(column)
          const rows = one.rows.filter(row => row.place === place && actionsOf(row.actions).includes(action))
          assert.ok(rows.length < 2, `${action} of ${place} is there twice`)
          const cell = rows[0]?.cells[at]
          if (cell !== undefined) return cell
          if (one.said.includes(`A ${column} reaches nothing.`)) return 'deny'
          const [, because] = new RegExp(`What a ${column} reaches cannot be known here: (.*)\\.`).exec(one.said) ?? []
          if (because !== undefined) return `unknown: ${because}`
          return said(
            cases.find(it => it.name === one.on),
            place,
            action,
            column,
          )
        }
        let count = 0
        for (const deployment of golden.deployments) {
          const { access: reached = {}, roles = {} } = deployment.changes ?? deployment
          const shown = cases.find(it => it.name === deployment.name)
          if (shown === undefined) {
            const isSilent = Object.keys(reached).length === 0 && Object.keys(roles).length === 0
            const isAgain = JSON.stringify([reached, roles]) === JSON.stringify([least.access, least.roles])
            assert.ok(isSilent || isAgain, `${deployment.name} is not there`)
            continue
          }
          for (const [place, actions] of Object.entries(reached)) {
            for (const [action, text] of Object.entries(actions)) {
              for (const [at, column] of columns.entries()) {
                const decided = text.split(' | ')[at]?.replace(/^(?:user|guest) /, '') ?? ''
                const [, because] = /^unknown: (.*)/.exec(decided) ?? []
                const cell = said(shown, place, action, column)
                // a table has no room for the reason
                assert.equal(cell, cell === 'unknown' ? decided.slice(0, 7) : decided, `${column}: ${action}, ${place}`)
                if (because !== undefined) assert.ok(shown.said.includes(because), because)
                count++
              }
            }
          }
          for (const [who, text] of Object.entries(roles)) {
            const row: Said | undefined = shown.roles.find(it => it.actions === who)
            const decisions = text.split(' | ').map(it => /: (allow|deny|unknown|ALLOW!)/.exec(it)?.[1])
            assert.deepEqual(row?.cells, decisions, `${deployment.name}: ${who}`)
            count++
          }
        }
        assert.ok(count > 50, `${count} cells are few`)
        // and nothing is said that was not decided
        for (const { name: deployment, rows } of cases) {
          const own = golden.deployments.find(it => it.name === deployment)
          const { access: reached = {} } = own?.changes ?? own ?? {}
          for (const { place, actions } of rows)
            for (const action of actionsOf(actions)) assert.ok(reached[place]?.[action], `${action} of ${place}`)
        }
        assert.deepEqual(complaints, [])
      })
    }
  }

  test('shows what comes nearest to the settings, and says what differs', async () => {
    const { page } = await show(file)
    const section = page.locator('#decided-0')
    const shown = () => section.locator('[data-case]:visible h3').allInnerTexts()
    const note = () => section.locator('select + p').innerText()
    await setText(page, someone)
    assert.deepEqual(await shown(), ['With the least that must be given'])
    assert.match(await note(), /^It has what your settings have, but for the names\.$/)
    await field(page, 'UploadsBucketName').locator('input').first().fill('files')
    await field(page, 'AllowProtectedFolder').getByRole('switch').check()
    assert.deepEqual(await shown(), [
      ...['With the least that must be given', 'UploadsBucketName', 'AllowProtectedFolder=true'],
    ])
    assert.match(await note(), /^It has what your settings have/)
    await setText(page, { ApiId: 'a1b2c3d4e5', ApiStage: 'prod' })
    await page.locator('#region').selectOption('eu-west-1')
    assert.deepEqual(await shown(), ['With all options at once', 'ApiStage'])
    assert.equal(
      await note(),
      'It also has what your settings do not: AllowGuests=true, AllowPublicFolder=true, UploadsKmsKeyArn, AdditionalApiArns, UserTableName. You have chosen eu-west-1: it is decided in us-east-1.',
    )
    await field(page, 'UploadsFolderKeyedBy').getByLabel('UserSub').check()
    await field(page, 'RoleSelection').getByLabel('Token').check()
    assert.match(
      await note(),
      /Your settings also have ApiStage, (RoleSelection=Token|UploadsFolderKeyedBy=UserSub): not decided/,
    )
    await section.getByLabel('Decided for').selectOption('ApiId')
    assert.deepEqual(await shown(), ['With the least that must be given', 'ApiId'])
    assert.match(await note(), /^Your settings also have UploadsBucketName, /)
    await page.getByRole('radio', { name: 'publication-bucket' }).check()
    assert.equal(await page.locator('.decided').count(), 0)
    await page.getByRole('radio', { name: 'identity-pool-tutorial' }).check()
    assert.match(await page.locator('#decided-1').innerText(), /ALLOW! tutorial\[0\]/)
    await page.getByRole('radio', { name: 'notes-app' }).check()
    assert.match(
      await page.locator('#decided-2').innerText(),
      /from the template’s own policies, and those of identity-pool, which it nests as Identity: those of a bucket/,
    )
  })

  test('has the picture that README.md shows', async () => {
    const { page } = await show(file)
    const texts = await page.locator('#decided-0 svg text').allTextContents()
    const shown = [...readFileSync(join(root, 'docs/who-reaches-what.svg'), 'utf8').matchAll(/<text [^>]*>([^<]*)</g)]
    assert.deepEqual(
      texts,
      shown.map(([, text]) => text),
    )
    assert.ok(texts.length > 40, 'there is hardly any text')
  })
})

describe('the list of who may do what', () => {
  const listOf = (page: Page) => page.locator('aside')

  test('tells of publication-bucket whom its policies let in, by the settings, and what they keep everybody from', async () => {
    const { page } = await show(`${file}#template=publication-bucket`)
    const list = listOf(page)
    assert.match(await list.innerText(), /Everybody, with an AWS account or without,\s+may do nothing\./)
    assert.match(
      await list.innerText(),
      /Nobody may\s+take any action of Amazon S3 \(s3:\*\) of the bucket Bucket and in it, without TLS/,
    )
    assert.match(await list.innerText(), /s3:DeleteObject and s3:DeleteObjectVersion/)
    assert.doesNotMatch(await list.innerText(), /signed in|guest|organization|logging/i)
    await field(page, 'ReadAccess').getByLabel('Public').check()
    assert.match(
      await list.innerText(),
      /Everybody, with an AWS account or without, may\s+get objects and get versions of objects in templates\/ of/,
    )
    await field(page, 'ReadAccess').getByLabel('Organization').check()
    await setText(page, { OrganizationId: 'o-a1b2c3d4e5', AccessLogRetentionDays: '90' })
    assert.match(
      await list.innerText(),
      /Every account of the organization o-a1b2c3d4e5 may\s+get objects and get versions of objects in templates\//,
    )
    assert.match(await list.innerText(), /with an AWS account or without,\s+may do nothing\./)
    assert.match(
      await list.innerText(),
      /The service logging\.s3\.amazonaws\.com may\s+put objects [^\n]*only on behalf/,
    )
    await field(page, 'ProtectReleases').getByRole('switch').uncheck()
    assert.doesNotMatch(await list.innerText(), /delete/i)
  })

  test('tells of notes-app what is nested in it, and that this has a page of its own', async () => {
    const { page } = await show(`${file}#template=notes-app`)
    const list = listOf(page)
    assert.doesNotMatch(await list.innerText(), /gives nobody permissions/)
    assert.match(await list.innerText(), /Whom it gives permissions is up to what is nested in it: see below\./)
    assert.match(await list.innerText(), /Nobody may\s+take any action of Amazon S3/)
    const nested =
      /Identity is a stack of its own within this one, made from the template at “URL of the template identity-pool”\. Who reaches what by it is told on the launch page of that template/
    assert.match(await list.innerText(), nested)
    await setText(page, { IdentityPoolTemplateUrl: 'https://x.s3.eu-west-1.amazonaws.com/t/identity-pool.yaml' })
    assert.match(await list.innerText(), /made from the template at https:\/\/x\.s3\.eu-west-1\.amazonaws\.com\/t\//)
    assert.equal(await list.locator('a').count(), 0, 'nothing that a fragment may say becomes a link')
  })

  test('says that nobody is given permissions only where it can know', async () => {
    const nobody = /gives nobody permissions/
    for (const [type, words] of [
      ['AWS::SNS::Topic', nobody],
      ['AWS::CloudFormation::Stack', /up to what is nested in it: see below/],
      ['AWS::SNS::TopicPolicy', /up to policies that are not told here: see below[\s\S]*AWS::SNS::TopicPolicy/],
      [
        'Custom::RoleMaker',
        /up to code that is not its own: see below[\s\S]*done by Custom::RoleMaker is up to the code/,
      ],
      ['AWS::Serverless::Function', /up to code that is not its own/],
    ] as const) {
      const text = launchPage(manifestOf({ resources: [{ id: 'It', type }] }), assets)
      const { page } = await show(save('nobody.html', text))
      const told = await listOf(page).innerText()
      assert.match(told, words)
      assert.equal(nobody.test(told), words === nobody, type)
      await page.context().close()
    }
  })

  test('has each role by itself', async () => {
    const grants = ['Reader', 'Writer'].map((by, index) => ({
      ...{ who: 'other' as const, by, effect: 'allow' as const, on: 'in the bucket b', when: [] },
      may: index === 0 ? 'get objects' : 'put objects',
    }))
    const resources = grants.map(({ by }) => ({ id: by, type: 'AWS::IAM::Role' }))
    const { page } = await show(save('roles.html', launchPage(manifestOf({ grants, resources }), assets)))
    const told = await listOf(page).innerText()
    assert.match(
      told,
      /Whoever has the role Reader may\s+get objects in the bucket b\s+and nothing else by this template/,
    )
    assert.match(
      told,
      /Whoever has the role Writer may\s+put objects in the bucket b\s+and nothing else by this template/,
    )
    assert.doesNotMatch(told, /signed in/)
  })

  test('holds open what depends on a setting that is still to be given, and no rule complains of it', async () => {
    const text = launchPage(
      manifestOf({
        parameters: [{ name: 'Mode', type: 'String', label: 'Mode' }],
        conditions: { IsEmpty: { 'Fn::Equals': [{ Ref: 'Mode' }, ''] } },
        rules: {
          Given: {
            Assertions: [
              { Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Mode' }, ''] }] }, AssertDescription: 'Mode, please' },
            ],
          },
        },
        grants: [true, false].map(is => ({
          ...{ who: 'everybody' as const, by: 'P', effect: 'allow' as const, may: `get ${is}`, on: 'somewhere' },
          when: [{ condition: 'IsEmpty', is }],
        })),
      }),
      assets,
    )
    const { page } = await show(save('mode.html', text))
    assert.match(await listOf(page).innerText(), /get true somewhere\s+get false somewhere/)
    assert.match(await page.locator('#todo').innerText(), /Mode must be given/)
    assert.doesNotMatch(await page.locator('#todo').innerText(), /please/)
    await setText(page, { Mode: 'x' })
    assert.match(await listOf(page).innerText(), /get false somewhere/)
    assert.doesNotMatch(await listOf(page).innerText(), /get true somewhere/)
  })
})

describe('what is said of the version', () => {
  test('is what its notes say, and where its source is', async () => {
    const project = {
      version: '1.2.3',
      source: 'https://example.com/ours/templates',
      notes: '### Added\n\n- **Folders** for `guests`, see [the guide](https://example.com/guide).\n- Another.',
    }
    const { page } = await show(save('notes.html', launchPage({ ...manifest, project }, assets)))
    const section = page.locator('section', { has: page.getByRole('heading', { name: 'What is new in 1.2.3' }) })
    assert.equal(await section.getByRole('heading', { name: 'Added' }).count(), 1)
    assert.deepEqual(await section.locator('li').allInnerTexts(), ['Folders for guests, see the guide.', 'Another.'])
    assert.equal(await section.locator('code').innerText(), 'guests')
    assert.equal(
      await section.getByRole('link', { name: 'the guide' }).getAttribute('href'),
      'https://example.com/guide',
    )
    const source = page.locator('footer').getByRole('link', { name: 'Source of the templates' })
    assert.equal(await source.getAttribute('href'), 'https://example.com/ours/templates')
    assert.equal(await source.getAttribute('rel'), 'noopener noreferrer')
    const { page: bare } = await show(
      save('bare.html', launchPage({ ...manifest, project: { version: '1.2.3' } }, assets)),
    )
    assert.equal(await bare.getByRole('heading', { name: 'What is new' }).count(), 0)
    assert.equal(await bare.locator('footer a').count(), 0)
  })
})

describe('where it is published', () => {
  test('it knows bucket, template and version, and asks for no address', async () => {
    const url = published('publication-bucket', '0.1.0')
    const { page, requests, complaints } = await show(url, { pages: { [url]: html } })
    assert.equal(await page.locator('h1').innerText(), 'Launch publication-bucket')
    assert.equal(await page.getByLabel('Address of the published templates').count(), 0)
    assert.equal(await page.locator('#region').inputValue(), 'eu-west-1')
    const version = manifest.artifacts.find(({ name }) => name === 'publication-bucket')?.version
    await page.getByRole('tab', { name: 'CDK' }).click()
    const snippet = await page.getByRole('tabpanel').innerText()
    const place = 'https://templates-of-ours.s3.eu-west-1.amazonaws.com/team'
    assert.ok(snippet.includes(`'${place}/publication-bucket/${version}/publication-bucket.yaml'`), snippet)
    await page.getByRole('radio', { name: /^notes-app/ }).check()
    const link = await page.locator('#checking a').evaluate(it => (it instanceof HTMLAnchorElement ? it.href : ''))
    assert.equal(link, `${place}/notes-app/${version}/notes-app.yaml`)
    assert.deepEqual(requests, [url])
    assert.deepEqual(complaints, [])
  })

  test('it proposes the template of the same release for what is nested, and takes none of another bucket from a link', async () => {
    const url = published('notes-app', '0.1.0')
    const place = 'https://templates-of-ours.s3.eu-west-1.amazonaws.com/team'
    const version = manifest.artifacts.find(({ name }) => name === 'identity-pool')?.version
    const proposal = `${place}/identity-pool/${version}/identity-pool.yaml`
    const foreign = [
      'https://evil.s3.eu-west-1.amazonaws.com/identity-pool/0.1.0/identity-pool.yaml',
      'https://s3.eu-west-1.amazonaws.com/evil/templates-of-ours/identity-pool.yaml',
      'https://templates-of-ours.s3.cn-north-1.amazonaws.com.cn/identity-pool.yaml',
      'https://templates-of-ours.s3.eu-west-1.amazonaws.com.evil.example/identity-pool.yaml',
      '',
    ]
    for (const value of foreign) {
      const fragment = `#param_IdentityPoolTemplateUrl=${encodeURIComponent(value)}`
      const { page } = await show(`${url}${fragment}`, { pages: { [url]: html } })
      assert.equal(await field(page, 'IdentityPoolTemplateUrl').locator('input').inputValue(), proposal)
      assert.match(
        await page.locator('.notice').innerText(),
        /“IdentityPoolTemplateUrl”, by which somebody else could decide what is made/,
      )
      assert.equal((await page.locator('main').innerText()).includes('evil'), false)
      await page.context().close()
    }
    const own = `${place}/identity-pool/0.0.9/identity-pool.yaml`
    const { page } = await show(`${url}#param_IdentityPoolTemplateUrl=${encodeURIComponent(own)}`, {
      pages: { [url]: html },
    })
    const input = field(page, 'IdentityPoolTemplateUrl').locator('input')
    assert.equal(await input.inputValue(), own)
    assert.equal(await page.locator('.notice').isVisible(), false)
    await input.fill(proposal)
    await page.getByLabel('Stack name').fill('mine')
    await page.waitForFunction(() => location.hash.includes('mine'))
    assert.equal(page.url().includes('TemplateUrl'), false, 'the page of another release proposes its own')
    const command = await page.getByRole('region', { name: 'the command for a POSIX shell' }).textContent()
    assert.ok(command?.includes(`IdentityPoolTemplateUrl=${proposal}`), command ?? '')
    // from a disk, only a bucket that somebody has put in here
    const { page: local } = await show(`${file}#template=notes-app&param_IdentityPoolTemplateUrl=${foreign[0]}`)
    assert.equal(await field(local, 'IdentityPoolTemplateUrl').locator('input').inputValue(), '')
    assert.match(await local.locator('.notice').innerText(), /IdentityPoolTemplateUrl/)
  })

  test('in the path of a bucket with dots too, where nothing is remembered that other buckets could write', async () => {
    const url = 'https://s3.us-gov-west-1.amazonaws.com/templates.example.com/identity-pool/0.1.0/index.html'
    const other = 'https://s3.us-gov-west-1.amazonaws.com/x/index.html'
    const { page } = await show(url, { pages: { [url]: html, [other]: html } })
    assert.match(await page.locator('.known').innerText(), /the bucket templates\.example\.com in us-gov-west-1/)
    await page.evaluate(() => localStorage.setItem('poolform.address', 'https://evil.s3.us-gov-west-1.amazonaws.com'))
    await page.goto(other)
    assert.equal(await page.getByLabel('Address of the published templates').inputValue(), '')
  })

  test('it offers the other versions, and takes the settings along', async () => {
    const versions = ['0.3.0-rc.1', '0.2.0', manifest.artifacts[0]?.version ?? ''].map(version => ({
      ...{ version, date: '2026-11-22T10:00:00.000Z', file: `identity-pool/${version}/identity-pool.yaml` },
      ...{ sha256: 'ab', versionId: 'a/b?c' },
    }))
    const latest = published('identity-pool', 'latest')
    const next = published('identity-pool', '0.2.0')
    const pages = { [latest]: withVersions(html, { latest: '0.2.0', versions }), [next]: html }
    const { page, complaints } = await show(`${latest}#region=eu-west-2`, { pages })
    await setText(page, someone)
    const own = manifest.artifacts[0]?.version
    const read = async () =>
      parseLaunchUrl((await page.locator('#launch').getAttribute('href')) ?? '')?.templateUrl.replace(/.*\/team/, '')
    const command = page.getByRole('region', { name: 'the command for a POSIX shell' })
    // reading a version takes a permission that readers may not have
    assert.equal(await read(), `/identity-pool/${own}/identity-pool.yaml`)
    assert.doesNotMatch((await command.textContent()) ?? '', /version-?id/i)
    const pin = page.getByRole('switch', { name: 'Name the version of the object, too' })
    await pin.check()
    assert.equal(await read(), `/identity-pool/${own}/identity-pool.yaml?versionId=a%2Fb%3Fc`)
    assert.match((await command.textContent()) ?? '', /--version-id 'a\/b\?c'/)
    await pin.uncheck()
    assert.equal(await read(), `/identity-pool/${own}/identity-pool.yaml`)
    await page.getByRole('radio', { name: /^notes-app/ }).check()
    assert.equal(await pin.isVisible(), false, 'of what is not published here no version is known')
    await page.getByRole('radio', { name: /^identity-pool A/ }).check()
    await setText(page, someone)
    assert.deepEqual(await page.locator('#version').locator('option').allInnerTexts(), [
      ...['0.3.0-rc.1 · 2026-11-22', '0.2.0 · newest · 2026-11-22', `${own} · 2026-11-22`],
    ])
    await page.waitForFunction(() => location.hash.includes('UserPoolClientId'))
    await page.locator('#version').selectOption('0.2.0')
    await page.waitForURL(`${next}#**`)
    assert.equal(await field(page, 'UserPoolId').locator('input').inputValue(), someone.UserPoolId)
    assert.deepEqual(complaints, [])
  })

  test('it offers the newest one from a release, and none from a pre-release, which may have none yet', async () => {
    for (const [version, expected] of [
      ['1.2.0', '1.2.0 (the newest one)'],
      ['1.2.0+build-1', '1.2.0+build-1 (the newest one)'],
      ['1.3.0-rc.1', '1.3.0-rc.1 (a pre-release)'],
    ] as const) {
      const url = published('made-up', version)
      const text = launchPage(manifestOf({ name: 'made-up', version }), assets)
      const { page } = await show(`${url}#stackName=mine`, { pages: { [url]: text } })
      assert.equal(await page.locator('.facts dd').first().innerText(), expected)
      const links = page.locator('.facts a')
      assert.equal(await links.count(), expected.includes('newest') ? 1 : 0)
    }
  })

  test('of many versions it offers the newest, and says where the others are listed', async () => {
    const versions = Array.from({ length: 400 }, (_, index) => ({
      ...{ version: `0.1.0-rc.${399 - index}`, date: '2026-11-22T10:00:00.000Z', sha256: 'a'.repeat(64) },
      ...{ file: `identity-pool/0.1.0-rc.${399 - index}/identity-pool.yaml`, versionId: 'v'.repeat(32) },
    }))
    const text = withVersions(html, { latest: '0.1.0-rc.5', versions })
    assert.ok(Buffer.byteLength(text) <= 150_000, `${Buffer.byteLength(text)} bytes`)
    const latest = published('identity-pool', 'latest')
    const { page } = await show(latest, { pages: { [latest]: text } })
    const offered = await page.locator('#version option').allInnerTexts()
    assert.ok(offered.includes('0.1.0-rc.5 · newest · 2026-11-22'), offered.join('\n'))
    const others = page.locator('.facts a')
    assert.match(await others.innerText(), new RegExp(`^${400 - mostVersions - 1} `))
    const href = await others.evaluate(it => (it instanceof HTMLAnchorElement ? it.href : ''))
    assert.equal(href, 'https://templates-of-ours.s3.eu-west-1.amazonaws.com/team/index.json')
  })

  test('elsewhere it asks, remembers, and forgets', async () => {
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html))
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    try {
      const url = `http://127.0.0.1:${port}/odd%20path/~x;y=1/%C3%A9/?q=1`
      const { page, requests, complaints } = await show(url)
      const box = page.getByLabel('Address of the published templates')
      assert.equal(await box.inputValue(), '')
      await box.fill('https://ours.s3.eu-west-1.amazonaws.com/t')
      await page.reload()
      assert.equal(await box.inputValue(), 'https://ours.s3.eu-west-1.amazonaws.com/t')
      assert.match(await page.locator('#launching').innerText(), /read from the bucket ours in eu-west-1/)
      await page.getByRole('button', { name: 'Forget it' }).click()
      await page.reload()
      assert.equal(await box.inputValue(), '')
      assert.deepEqual(new Set(requests.map(it => it.replace(/#.*/, ''))), new Set([url]))
      assert.deepEqual(complaints, [])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

/** Text that has meant something else somewhere: to HTML, a script, a shell, JSON, an object's prototype. */
const hostile = [
  '</script><script>window.pwned=1</script>',
  '<!--<script>window.pwned=1//-->',
  '"><img src=x onerror="window.pwned=1">',
  "'; touch pwned; echo '",
  '$(touch pwned) `touch pwned` ${IFS} \\',
  'a\u2028b\u2029c\u0000d\u202ee',
  'line one\ntouch pwned\r\n-x',
  'javascript:window.pwned=1',
  '__proto__',
  'constructor',
  '--option=x',
  '%(a)s %d ${x} #{y} {{z}} @file',
  '\u2018;touch pwned;\u2019',
]

describe('hostile text', () => {
  test('in the manifest or the fragment runs nothing, and asks for nothing', async () => {
    const text = (index: number) => hostile[index % hostile.length] ?? ''
    const made = hostile.map((value, index) => ({
      name: value,
      type: text(index + 1),
      label: text(index + 2),
      description: text(index + 3),
      group: text(index + 4),
      ...(index % 3 === 0 ? { default: text(index + 5) } : {}),
      ...(index % 4 === 0 ? { allowedValues: [text(index + 5), text(index + 6)] } : {}),
      ...(index % 2 === 0 ? { constraintDescription: text(index), allowedPattern: 'never' } : {}),
    }))
    const artifacts = hostile.map((value, index) => ({
      ...manifestOf({ parameters: made }).artifacts[0],
      ...{ name: value, file: text(index + 1), description: text(index + 2), version: text(index + 3) },
      ...{ sha256: text(index + 4), resourceTypes: hostile, bytes: 1, capabilities: [], outputs: [], resources: [] },
      ...{ conditions: { [value]: { 'Fn::Equals': [{ Ref: value }, value] } } },
      parameters: made,
      grants: (['signed-in', 'guest', 'other'] as const).map(who => ({
        ...{
          who,
          by: value,
          effect: 'allow' as const,
          may: text(index + 5),
          on: `${value} {constructor} {__proto__}`,
        },
        when: [{ condition: text(index + 1), is: false }],
      })),
    }))
    const notes = hostile.flatMap(value => [
      `# ${value}`,
      `- [${value}](${value}) \`${value}\` [x](javascript:pwned=1)`,
      value,
    ])
    const ran = new Set<string>()
    for (const source of hostile) {
      const project = { version: source, source, notes: notes.join('\n\n') }
      const page = launchPage(
        { ...manifest, generator: { name: 'poolform', version: source }, project, artifacts },
        assets,
      )
      const versions = hostile.map(value => ({
        ...{ version: value, date: value, file: value, sha256: value, versionId: value },
      }))
      const url = save('hostile.html', withVersions(page, { latest: source, versions }))
      const fragment = hostile.map(value => `param_${encodeURIComponent(value)}=${encodeURIComponent(value)}`).join('&')
      const {
        page: shown,
        requests,
        complaints,
      } = await show(`${url}#${fragment}&template=${encodeURIComponent(source)}&region=${encodeURIComponent(source)}`)
      await shown.locator('#launch').click(anyway)
      assert.equal(await shown.evaluate(() => 'pwned' in window || 'pwned' in Object.prototype), false)
      const scripts = await shown.evaluate(() => [...document.scripts].filter(({ type }) => type === '').length)
      assert.equal(scripts, 1)
      assert.equal(await shown.locator('img, iframe, object, embed, base, form').count(), 0)
      const links = await shown
        .locator('a')
        .evaluateAll(all => all.map(it => (it instanceof HTMLAnchorElement ? it.protocol : '')))
      assert.deepEqual(
        links.filter(it => !['file:', 'https:', ''].includes(it) && it !== ':'),
        [],
      )
      assert.deepEqual(
        requests.map(it => it.replace(/#.*/, '')),
        [url],
      )
      assert.deepEqual(complaints, [])
      // the commands of a manifest that somebody has tampered with
      const empty = mkdtempSync(join(folder, 'tampered-'))
      for (const name of ['the command for a POSIX shell', 'the command that compares checksums']) {
        const block = shown.locator(`pre[aria-label="${name}"]`)
        assert.equal(await block.count(), 1, name)
        const command = (await block.textContent()) ?? ''
        // what no shell can be given is not shown
        assert.equal(await block.isVisible(), command !== '', name)
        if (command !== '') ran.add(name)
        const { status, stderr } = spawnSync('bash', ['-euc', `aws() { :; }; sha256sum() { :; }\n${command}`], {
          ...{ cwd: empty, encoding: 'utf8' },
        })
        assert.equal(status, 0, `${name}: ${command}\n${stderr}`)
      }
      assert.deepEqual(
        readdirSync(empty).filter(name => !name.endsWith('.parameters.json')),
        [],
      )
      await shown.context().close()
    }
    assert.equal(ran.size, 2, 'neither command was ever shown')
  })

  test('in a setting is one word to a shell, and reaches the AWS CLI as it is', async () => {
    const parameters = hostile.map((_, index) => ({ name: `P${index}`, type: 'String', default: '' }))
    const url = save('shell.html', launchPage(manifestOf({ parameters, capabilities: ['CAPABILITY_IAM'] }), assets))
    // what a text box cannot hold is not typed, but sent
    const typed = hostile.map(value => value.replace(/[\r\n]/g, ''))
    const { page } = await show(
      `${url}#${typed.map((value, index) => `param_P${index}=${encodeURIComponent(value)}`).join('&')}`,
    )
    const command = (await page.getByRole('region', { name: 'the command for a POSIX shell' }).textContent()) ?? ''
    const empty = mkdtempSync(join(folder, 'shell-'))
    const stub = 'aws() { printf "%s\\0" "$@"; for it; do case $it in file://*) cat "${it#file://}"; esac; done; }'
    const said = execFileSync('bash', ['-c', `set -u\n${stub}\n${command}`], { cwd: empty, encoding: 'utf8' })
    const [, json = ''] = said.split(/\0(?=\[|$)/)
    const list: unknown = JSON.parse(json)
    assert.deepEqual(
      list,
      typed.map((value, index) => `P${index}=${value}`),
    )
    assert.deepEqual(readdirSync(empty), [`${manifest.artifacts[0]?.name}.parameters.json`])

    // and on the command line itself, where nothing is hidden in it
    const plain = typed.filter(value => !/[\p{C}\u2028\u2029]/u.test(value))
    const { page: other } = await show(
      `${url}#${plain.map((value, index) => `param_P${index}=${encodeURIComponent(value)}`).join('&')}`,
    )
    const words = (await other.getByRole('region', { name: 'the command for a POSIX shell' }).textContent()) ?? ''
    const heard = execFileSync('bash', ['-c', `set -u\n${stub}\n${words}`], { cwd: empty, encoding: 'utf8' }).split(
      '\0',
    )
    assert.deepEqual(
      heard.filter(it => /^P\d+=/.test(it)),
      plain.map((value, index) => `P${index}=${value}`),
    )
    assert.equal(existsSync(join(empty, 'pwned')), false)
  })

  test('in place of the script or the style sheet is refused', () => {
    for (const script of ['"</script>"', '"<!--"', '"<SCRIPT"']) {
      assert.throws(() => launchPage(manifest, { ...assets, script }), /would end early/)
    }
    assert.throws(() => launchPage(manifest, { ...assets, style: 'a{}</style >' }), /would end early/)
  })
})

describe('everybody can use it', () => {
  const states = [
    { name: 'as it opens', prepare: async () => {} },
    {
      name: 'with errors shown',
      prepare: async (page: Page) => {
        await page.getByLabel('Stack name').fill('1')
        await page.locator('#region').selectOption('cn-north-1')
        await page.getByLabel('Address of the published templates').fill('https://example.com')
        await page.locator('#launch').click(anyway)
        await page.evaluate(() => {
          for (const fold of document.querySelectorAll('details')) fold.open = true
        })
      },
    },
  ]
  for (const name of ['identity-pool', 'identity-pool-tutorial', 'notes-app', 'publication-bucket']) {
    test(`axe finds nothing in ${name}, light and dark, wide and on a phone, and nothing is cut off`, async () => {
      const { page, complaints } = await show(`${file}#template=${name}&param_Nope=1`)
      assert.equal(await page.locator('h1').innerText(), `Launch ${name}`)
      for (const state of states) {
        await state.prepare(page)
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 800 })
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          assert.ok(overflow <= 0, `${state.name} it is ${overflow} px too wide for ${width} px`)
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme })
            assert.deepEqual(await accessibility(page), [], `${state.name}, ${colorScheme}, ${width} px`)
          }
        }
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('on a phone it says where something is to be scrolled, and cuts no command off', async () => {
    const { page } = await show(`${file}#param_Nope=1`, { viewport: { width: 360, height: 740 } })
    await setText(page, { ...someone, IdentityPoolName: 'n'.repeat(120) })
    const words = page.getByText('The picture is wider than this screen')
    const isWider = async () => {
      const wider = await page.locator('.picture').evaluateAll(all => all.map(it => it.scrollWidth > it.clientWidth))
      return wider.some(it => it)
    }
    const isSaid = async () => (await words.evaluateAll(all => all.map(it => it.checkVisibility()))).every(it => it)
    assert.equal(await words.count(), 2)
    assert.deepEqual([await isWider(), await isSaid()], [true, true])
    for (const name of await page.getByRole('tab').allInnerTexts()) {
      await page.getByRole('tab', { name, exact: true }).click()
      const cut = await page.locator('.panel:visible pre').evaluate(it => it.scrollWidth - it.clientWidth)
      assert.ok(cut <= 0, `${name} is ${cut} px too wide`)
    }
    const gap = await page.evaluate(() => {
      const [above, box] = ['.lead', '.notice'].map(it => document.querySelector(it)?.getBoundingClientRect())
      return (box?.top ?? 0) - (above?.bottom ?? 0)
    })
    assert.ok(gap >= 12, `the notice is ${gap} px below what stands above it`)
    for (const width of [660, 720, 1280]) {
      await page.setViewportSize({ width, height: 740 })
      assert.ok((await isSaid()) || !(await isWider()), `${width} px`)
    }
    assert.equal(await isSaid(), false)
  })

  test('with the keyboard alone', async () => {
    const { page } = await show(file)
    const at = () => page.evaluate(() => document.activeElement?.id ?? '')
    const tabTo = async (id: string) => {
      for (let count = 0; count < 80; count++) {
        if ((await at()) === id) return
        await page.keyboard.press('Tab')
      }
      assert.fail(`Tab does not lead to ${id}`)
    }
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await at(), 'settings', 'the first stop skips to the settings')
    await page.reload()
    await tabTo('template-0')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    assert.equal(await page.locator('h1').innerText(), `Launch ${manifest.artifacts[0]?.name}`)
    await tabTo('region')
    await page.keyboard.type('Europe (Ire')
    await tabTo('address')
    await page.keyboard.type('https://ours.s3.eu-west-1.amazonaws.com')
    // the second group of settings is open too, for it is what most fill in
    await tabTo('p0')
    await tabTo('p1')
    await page.keyboard.type(someone.UserPoolId)
    await page.keyboard.press('Tab')
    await page.keyboard.type('no good')
    await tabTo('launch')
    await page.keyboard.press('Enter')
    assert.equal(await at(), 'todo')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await at(), 'p2')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(someone.UserPoolClientId)
    await tabTo('launch')
    const link = parseLaunchUrl((await page.locator('#launch').getAttribute('href')) ?? '')
    assert.deepEqual(link?.parameters, someone)
    await tabTo('tab-0')
    await page.keyboard.press('End')
    assert.equal(await page.getByRole('tab', { selected: true }).innerText(), 'Terraform')
    await page.keyboard.press('ArrowRight')
    assert.equal(await at(), 'tab-0')
    await page.keyboard.press('ArrowRight')
    assert.equal(await page.getByRole('tabpanel').getAttribute('aria-labelledby'), 'tab-1')
  })

  test('what is copied is announced, with the clipboard and without', async () => {
    const { page } = await show(file)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const name = 'Copy the command for a POSIX shell'
    const command = await page.getByRole('region', { name: 'the command for a POSIX shell' }).textContent()
    await page.getByRole('button', { name }).click()
    await page.getByText('Copied', { exact: true }).first().waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command)

    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
      document.addEventListener('copy', () => {
        document.body.dataset['copied'] = document.querySelector('textarea')?.value ?? ''
      })
    })
    await page.getByRole('button', { name: 'Copy a link to this form as it is filled' }).click()
    await page.locator('p[role=status]', { hasText: /^Copied$/ }).waitFor({ state: 'attached' })
    assert.equal(await page.evaluate(() => document.body.dataset['copied']), page.url())
    assert.equal(await page.evaluate(() => document.querySelectorAll('textarea').length), 0)

    await page.evaluate(() => {
      document.execCommand = () => false
    })
    await page.getByRole('button', { name }).click()
    await page
      .locator('p[role=status]', { hasText: 'select the text, and copy it yourself' })
      .waitFor({ state: 'attached' })
  })

  test('on paper, with every setting unfolded', async () => {
    const { page } = await show(`${file}#param_UserPoolId=eu-west-1_a`)
    const pdf = await page.pdf({ format: 'A4' })
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
    assert.equal(await page.evaluate(() => document.querySelectorAll('details:not([open])').length), 0)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    assert.equal(await page.getByRole('button', { name: 'Copy a link' }).isVisible(), false)
    // ink for white paper, whatever the screen
    const inks = await page.locator('.decided b').evaluateAll(all => all.map(it => getComputedStyle(it).color))
    assert.deepEqual([...new Set(inks)].sort(), ['rgb(166, 40, 28)', 'rgb(29, 106, 52)'])
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
    assert.notEqual(await page.evaluate(() => document.querySelectorAll('details:not([open])').length), 0)
  })

  test('without JavaScript it says what to do instead', async () => {
    const { page, complaints } = await show(file, { javaScriptEnabled: false })
    const text = await page.locator('.plain').innerText()
    assert.match(text, /Switch it on for this page, or deploy without it/)
    assert.equal(await page.locator('.plain a').count(), 0, 'a link would lead nowhere from a release, or from dist')
    for (const { name, version, file: own, sha256, capabilities } of manifest.artifacts) {
      assert.ok(text.includes(name) && text.includes(sha256), name)
      assert.ok(text.includes(`in a release ../../${name}/${version}/${own}`), name)
      assert.ok(text.includes(`--capabilities ${capabilities.join(' ')}`) || capabilities.length === 0, name)
    }
    assert.deepEqual(complaints, [])
  })
})

describe('the file', () => {
  test('opens from a disk, asks for nothing else, and obeys its own policy', async () => {
    const { page, requests, complaints } = await show(file)
    await setText(page, someone)
    assert.deepEqual(requests, [file])
    assert.equal(await page.locator('#checking a').count(), 0, 'what lies beside it nobody knows')
    assert.match(await page.locator('#checking').innerText(), /The file identity-pool\.yaml has/)
    assert.equal(complaints.length, 0)
    const answered: string[] = []
    page.on('requestfinished', request => answered.push(request.url()))
    // what the policy is for: code that is not ours does not run, nothing is fetched, nothing is sent
    await page.evaluate(() => {
      document.body.setAttribute('style', 'color: red')
      fetch('https://example.com/').catch(() => {})
      const image = document.createElement('img')
      image.src = 'https://example.com/x.png'
      document.body.append(image)
      try {
        document.body.innerHTML = '<b>x</b>'
      } catch (error) {
        console.error(String(error))
      }
    })
    await page.waitForTimeout(200)
    assert.deepEqual(answered, [])
    for (const refused of ['style-src', "default-src 'none'", 'img-src', 'TrustedHTML']) {
      assert.ok(
        complaints.some(it => it.includes(refused)),
        `${refused}: ${complaints.join('\n')}`,
      )
    }
    const injected = '<script>window.pwned = 1</script><p onclick="window.pwned = 1" id="bad">x</p><base href="//x.y">'
    const bad = await show(save('injected.html', html.replace('<div id="app">', `${injected}$&`)))
    await bad.page.locator('#bad').click()
    assert.equal(await bad.page.evaluate(() => 'pwned' in window || document.baseURI.includes('x.y')), false)
    assert.ok(bad.complaints.filter(it => it.includes('script-src')).length >= 2, bad.complaints.join('\n'))
  })

  test('has no more than 150 kB with all templates, and is the same for the same manifest', () => {
    assert.ok(manifest.artifacts.length >= 4)
    assert.equal(readFileSync(join(folder, 'index.html'), 'utf8'), html, 'it is what build writes')
    assert.ok(Buffer.byteLength(html) <= 150_000, `${Buffer.byteLength(html)} bytes`)
    assert.equal(launchPage(manifest, assets, access), html)
    assert.equal(html.match(/unsafe|http-equiv="refresh"/g), null)
  })

  test('takes its versions any number of times, and no other text does', () => {
    const one = { latest: '1.0.0', versions: [] }
    assert.equal(withVersions(withVersions(html, { versions: [] }), one), withVersions(html, one))
    assert.throws(() => withVersions('<html>', one), /not a launch page/)
  })
})

async function accessibility(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(it => id + ': ' + it.target + ' ' + it.failureSummary)))`,
  )
  assert.ok(Array.isArray(found))
  return found.map(String)
}
