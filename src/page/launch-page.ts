import { createHash } from 'node:crypto'
import type { Artifact, Manifest } from '../manifest.ts'
import { type PageData, packed, pageManifest } from './data.ts'
import { decidedSection } from './decided.ts'
import { dataScript, escapeHtml, escapeText } from './html.ts'
import { inlinePicture, pictureStyles, unquoted } from './inline-picture.ts'
import { notesHtml } from './notes.ts'
import { isOfAccess, pictureOf } from './picture.ts'
import { pictureData } from './picture-data.ts'

/** What runs in the browser: the text of one classic script, and of one style sheet. */
export type PageAssets = { readonly script: string; readonly style: string }

/**
 * The launch page: one HTML file that offers the templates of a manifest, needs nothing beside it and asks nobody for
 * anything. What it may do stands in its own Content-Security-Policy, which knows its script and styles by their
 * hashes: nothing in the manifest can become code. Throws where the assets could not stand in a page.
 *
 * `access` has by their names the texts of `access/<template>.json`: who can reach what by those that have one.
 */
export function launchPage(
  manifest: Manifest,
  assets: PageAssets,
  access: ReadonlyMap<string, string> = new Map(),
): string {
  const script = assets.script.trim()
  const style = assets.style.trim()
  // within these no parser of HTML finds an end, nor a beginning, that is not ours
  if (/<\/script|<script|<!--|\r/i.test(script)) throw new Error('the script of the launch page would end early')
  if (/<\/style|<!--|\r/i.test(style)) throw new Error('the style sheet of the launch page would end early')
  const pictures = manifest.artifacts.map(pictureOf)
  const decided = manifest.artifacts.map(({ name }, index) => {
    const text = access.get(name)
    return text === undefined ? '' : decidedSection(text, `decided-${index}`)
  })
  // pictures of a kind have the same, which stands in the page once
  const styles = [...new Set([style, ...[...pictures, ...decided].flatMap(pictureStyles)])]
  const data: PageData = {
    manifest: pageManifest(manifest),
    pictures: manifest.artifacts.map((artifact, index) =>
      pictureData(inlinePicture(pictures[index] ?? '', isOfAccess(artifact))),
    ),
  }
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${styles.map(hash).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="poolform ${escapeHtml(manifest.generator.version)}">
<title>${escapeHtml(titleOf(manifest))}</title>
<link rel="icon" href="${icon}">
${styles.map(it => `<style>${it}</style>\n`).join('')}\
</head>
<body>
<noscript>
${withoutScript(manifest)}</noscript>
<div id="app"></div>
<div id="static">
${decided.map(section => unquoted(section.replace(/<svg[\s\S]*?<\/svg>/, svg => inlinePicture(svg, true)))).join('')}${notesOf(manifest)}</div>
<script type="text/plain" id="data">${packed(JSON.stringify(data))}</script>
${dataScript('versions', [])}
<script>${script}</script>
</body>
</html>
`
}

// a cloud's outline, so that no browser asks a server for an icon
const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath fill=%22%230b6b63%22 d=%22M2 3h12v3H2zm0 4.5h8v3H2zM2 12h5v2H2z%22/%3E%3C/svg%3E'

function titleOf({ artifacts }: Manifest): string {
  const [only, ...others] = artifacts
  return only !== undefined && others.length === 0 ? `Launch ${only.name}` : 'Launch a CloudFormation template'
}

/** What a Content-Security-Policy knows an inline script or style sheet by. */
function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** What is new in the version. */
function notesOf({ project: { version, notes = '' } }: Manifest): string {
  if (notes.trim() === '') return ''
  return `<section id="notes" class="notes" aria-labelledby="notes-h">
<h2 id="notes-h">What is new in ${escapeText(version)}</h2>
${notesHtml(notes)}
</section>
`
}

/** What a person without JavaScript is told: the same templates, by hand. */
function withoutScript({ artifacts }: Manifest): string {
  return `<div class="plain">
<h1>Launch a CloudFormation template</h1>
<p>This page checks your settings and writes the commands for you, by JavaScript, which is switched off or blocked here. \
Nothing is sent anywhere. Switch it on for this page, or deploy without it: the file of a template lies beside this \
page, or in a release at the path that is given with it, and needs the AWS CLI, or the AWS console (CloudFormation, \
Create stack, Upload a template file).</p>
${artifacts.map(byHand).join('')}</div>
`
}

/** Without a link: beside a release lies its own template alone, and the same page lies beside all of a build. */
function byHand(artifact: Artifact): string {
  const { name, version, file, description, capabilities, sha256, parameters } = artifact
  const given = parameters.filter(parameter => parameter['default'] === undefined).map(parameter => parameter.name)
  return `<h2>${escapeHtml(name)}</h2>
<p>${escapeHtml(description)}</p>
<p>${escapeHtml(file)}, in a release <code>../../${escapeHtml([name, version, file].join('/'))}</code>, SHA-256 <code>${escapeHtml(sha256)}</code></p>
<pre><code>${escapeHtml(
    [
      `aws cloudformation deploy --template-file FILE --stack-name NAME`,
      ...(capabilities.length === 0 ? [] : [`--capabilities ${capabilities.join(' ')}`]),
      ...(given.length === 0 ? [] : [`--parameter-overrides ${given.map(it => `${it}=VALUE`).join(' ')}`]),
    ].join(' \\\n  '),
  )}</code></pre>
`
}
