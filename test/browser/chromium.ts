import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The browser that POOLFORM_CHROMIUM names, or else Debian's; none is a failure, with the way out. */
export async function launchChromium(): Promise<Browser> {
  const named = process.env['POOLFORM_CHROMIUM']
  const candidates = named === undefined || named === '' ? ['/usr/bin/chromium', '/usr/bin/google-chrome'] : [named]
  const executablePath = candidates.find(path => existsSync(path))
  assert.ok(
    executablePath !== undefined,
    `There is no Chromium at ${candidates.join(' or ')}: apt-get install chromium, or name one by POOLFORM_CHROMIUM`,
  )
  // as root, in a container, there is no sandbox to be had
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}
