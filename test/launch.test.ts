import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { capabilities } from '../src/build/manifest.ts'
import type { Document, Json } from '../src/document.ts'
import { buttonSvg, htmlButton, markdownButton } from '../src/launch/button.ts'
import {
  cdkSnippet,
  type Deployment,
  deployCommand,
  nestedYaml,
  type StackSet,
  samSnippet,
  stackSetCommands,
  terraformSnippet,
} from '../src/launch/commands.ts'
import { asDeclared, decidingSections } from '../src/launch/declaration.ts'
import { launchUrl, linkProblems, parseLaunchUrl } from '../src/launch/launch-url.ts'
import { consoleHost, dnsSuffix, partitionOf, regions } from '../src/launch/partitions.ts'
import { type LaunchRequest, prepareLaunch } from '../src/launch/prepare.ts'
import { type StackSetRequest, stackSets } from '../src/launch/stack-set.ts'
import {
  baseUrl,
  encode,
  type Place,
  readBase,
  readObjectUrl,
  readPublishedUrl,
  templateUrl,
} from '../src/launch/template-url.ts'
import { checkValue, checkValues, linkValues } from '../src/launch/values.ts'
import { type Manifest, type ManifestParameter, parseManifest } from '../src/manifest.ts'
import { read } from '../src/read.ts'

/** Every character that some shell, language or URL gives a meaning, and what has broken out of quotes before. */
const awkward: Readonly<Record<string, string>> = {
  Empty: '',
  Plain: 'us-east-1_a1B2c3D4e',
  Blanks: '  two  blanks  ',
  SingleQuote: "it's",
  SingleQuotes: "'''; touch pwned; '''",
  DoubleQuotes: '"; touch pwned; "',
  Typographic: '\u2018a\u2019; touch pwned; \u201ab\u201b \u201cc\u201d',
  Backtick: '`touch pwned`',
  Dollar: '$(touch pwned) ${HOME} $HOME $default',
  Hcl: '${file("x")} $${x} $$${x} %{if true}x%{endif} %%{x} $%{x} ${',
  Backslashes: 'a\\b\\\\c\\',
  BackslashQuote: `\\"; touch pwned; \\'`,
  Ampersand: 'a&b&&touch pwned|c||d;e',
  Url: '#&=+%20%?/:@ x=y',
  Percent: '%PATH% 100% %0a',
  Braces: '{a} } }} [x] (y) <z> {{resolve:ssm:/x}}',
  Glob: '* ? ~ ! !! ^ # @() {1..3}',
  Yaml: '- a: b # c',
  YamlWords: 'no',
  Date: '2012-10-17',
  Number: '012',
  Json: '["a",{"b":null}]',
  File: 'file:///etc/passwd',
  Option: '--endpoint-url=https://example.com',
  Markup: '</script><img src=x onerror=alert(1)><!--',
  Newlines: 'one\ntwo\r\nthree\n',
  HereDocument: "x\nEOF\ntouch pwned\n'@\n",
  Tab: 'a\tb',
  Keys: '\u0003touch pwned\n\u001b[201~\u0016\u0015\u007f\u009b',
  Bidi: 'a\u202etouch pwned\u2066\u200f',
  Invisible: '\u200b\ufeff\u00ad\u{e0041}',
  Separators: 'a\u2028b\u2029c\u0085d\u00a0e',
  Letters: 'naïve שלום 漢字 é',
  Emoji: '😀👩‍👩‍👧🏽',
  Noncharacters: 'a\ufffeb\uffffc',
}

const folder = mkdtempSync(join(tmpdir(), 'poolform-launch-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Any text that UTF-8 can write. */
const text = fc.string({ unit: 'binary', maxLength: 40 })
/** Mostly what means something to somebody. */
const hostile = fc.oneof(
  text,
  fc.string({ unit: fc.constantFrom(...'\'"`$\\{}()%!#&;|<>*?~^@=+, \n\t\u2019é'), maxLength: 30 }),
)
const parameterName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/)
const region = fc.constantFrom(...regions.map(({ id }) => id))
const bucket = fc
  .stringMatching(/^[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]$/)
  .filter(name => !/\.\.|^xn--|^sthree-|--x-s3$|--table-s3$|--ol-s3$|-s3alias$|\.mrap$|^\d+\.\d+\.\d+\.\d+$/.test(name))
const segment = text.filter(it => it !== '' && it !== '.' && it !== '..' && !it.includes('/'))
const prefix = fc.array(segment, { maxLength: 3 }).map(parts => parts.join('/'))

describe('a region', () => {
  for (const [id, partition, host, suffix] of [
    ['us-east-1', 'aws', 'us-east-1.console.aws.amazon.com', 'amazonaws.com'],
    ['mx-central-1', 'aws', 'mx-central-1.console.aws.amazon.com', 'amazonaws.com'],
    ['eu-new-9', 'aws', 'eu-new-9.console.aws.amazon.com', 'amazonaws.com'],
    ['us-gov-west-1', 'aws-us-gov', 'us-gov-west-1.console.amazonaws-us-gov.com', 'amazonaws.com'],
    ['us-gov-east-1', 'aws-us-gov', 'us-gov-east-1.console.amazonaws-us-gov.com', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'cn-north-1.console.amazonaws.cn', 'amazonaws.com.cn'],
    ['cn-northwest-1', 'aws-cn', 'cn-northwest-1.console.amazonaws.cn', 'amazonaws.com.cn'],
    ['eusc-de-east-1', 'aws-eusc', 'eusc-de-east-1.console.amazonaws-eusc.eu', 'amazonaws.eu'],
  ] as const) {
    test(`${id} is in ${partition}, with its console and its DNS suffix`, () => {
      assert.equal(partitionOf(id), partition)
      assert.equal(consoleHost(id), host)
      assert.equal(dnsSuffix(partition), suffix)
    })
  }

  for (const id of [
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
    '',
    'aws',
    'us-east',
    'US-EAST-1',
    'us-east-1.evil.example',
    'us-east-1\n',
    'xx-east-1',
  ]) {
    test(`${JSON.stringify(id)} has no console that we know`, () => {
      assert.equal(partitionOf(id), undefined)
      assert.equal(consoleHost(id), undefined)
      assert.throws(() => launchUrl({ templateUrl: 'https://x', region: id, parameters: {} }), RangeError)
      assert.deepEqual(
        linkProblems(undefined, { region: id }).map(({ severity }) => severity),
        ['error'],
      )
    })
  }

  test('is listed once, under the partition that its name says', () => {
    assert.deepEqual(
      regions.filter(({ id, partition }) => partitionOf(id) !== partition),
      [],
    )
    assert.equal(new Set(regions.map(({ id }) => id)).size, regions.length)
  })
})

describe("a template's URL", () => {
  const published = { template: 'identity-pool', version: '1.2.0' }
  const file = 'identity-pool/1.2.0/identity-pool.yaml'
  for (const [name, place, more, expected] of [
    [
      'has the bucket as its host',
      { bucket: 'b-1', prefix: '', region: 'eu-west-1' },
      {},
      `https://b-1.s3.eu-west-1.amazonaws.com/${file}`,
    ],
    [
      'has the prefix in its path',
      { bucket: 'b-1', prefix: 'a/b', region: 'eu-west-1' },
      {},
      `https://b-1.s3.eu-west-1.amazonaws.com/a/b/${file}`,
    ],
    [
      'has a bucket with dots in its path, which TLS could not tell otherwise',
      { bucket: 'b.example.com', prefix: 'a', region: 'eu-west-1' },
      {},
      `https://s3.eu-west-1.amazonaws.com/b.example.com/a/${file}`,
    ],
    [
      'ends as its partition does: GovCloud',
      { bucket: 'b-1', prefix: '', region: 'us-gov-west-1' },
      {},
      `https://b-1.s3.us-gov-west-1.amazonaws.com/${file}`,
    ],
    [
      'ends as its partition does: China',
      { bucket: 'b-1', prefix: '', region: 'cn-north-1' },
      {},
      `https://b-1.s3.cn-north-1.amazonaws.com.cn/${file}`,
    ],
    [
      'ends as its partition does: the Sovereign Cloud',
      { bucket: 'b-1', prefix: '', region: 'eusc-de-east-1' },
      {},
      `https://b-1.s3.eusc-de-east-1.amazonaws.eu/${file}`,
    ],
    [
      'stands under a base without a region',
      { baseUrl: 'https://b-1.s3.amazonaws.com/a' },
      {},
      `https://b-1.s3.amazonaws.com/a/${file}`,
    ],
    [
      'is pinned to a version of the object',
      { bucket: 'b-1', prefix: '', region: 'eu-west-1' },
      { versionId: 'aB3._/+=&' },
      `https://b-1.s3.eu-west-1.amazonaws.com/${file}?versionId=aB3._%2F%2B%3D%26`,
    ],
    [
      'encodes what S3 would read otherwise',
      { bucket: 'b-1', prefix: "a b/c+d/é'(*)!", region: 'eu-west-1' },
      { version: '1.0.0-rc.1+b.2' },
      'https://b-1.s3.eu-west-1.amazonaws.com/a%20b/c%2Bd/%C3%A9%27%28%2A%29%21/identity-pool/1.0.0-rc.1%2Bb.2/identity-pool.yaml',
    ],
    [
      'may lead to a file of another name',
      { bucket: 'b-1', prefix: '', region: 'eu-west-1' },
      { file: 'x.json' },
      'https://b-1.s3.eu-west-1.amazonaws.com/identity-pool/1.2.0/x.json',
    ],
  ] as const satisfies readonly (readonly [string, Place, object, string])[]) {
    test(name, () => assert.equal(templateUrl(place, { ...published, ...more }), expected))
  }

  test('tells its object again, whatever bucket, prefix and version', () => {
    fc.assert(
      fc.property(bucket, prefix, region, fc.option(segment, { nil: undefined }), (name, under, where, versionId) => {
        const place = { bucket: name, prefix: under, region: where }
        const url = templateUrl(place, { ...published, versionId })
        assert.equal(new URL(url).href, url)
        const key = under === '' ? file : `${under}/${file}`
        const pin = versionId === undefined ? {} : { versionId }
        assert.deepEqual(readObjectUrl(url), { bucket: name, key, region: where, ...pin })
        assert.deepEqual(readBase(baseUrl(place)), place)
        const page = `${baseUrl(place)}/identity-pool/1.2.0/index.html?x#y`
        assert.deepEqual(readPublishedUrl(page), { place, ...published })
      }),
    )
  })
})

describe('a base URL', () => {
  const place = { bucket: 'b-1', prefix: 'a/b', region: 'eu-west-1' }
  for (const [url, expected] of [
    ['https://b-1.s3.eu-west-1.amazonaws.com/a/b', place],
    ['https://b-1.s3.eu-west-1.amazonaws.com/a/b/', place],
    ['HTTPS://B-1.S3.EU-WEST-1.amazonaws.com/a/b', place],
    ['https://b-1.s3-eu-west-1.amazonaws.com/a/b', place],
    ['https://b-1.s3.dualstack.eu-west-1.amazonaws.com/a/b', place],
    ['https://s3.eu-west-1.amazonaws.com/b-1/a/b', place],
    ['https://s3-eu-west-1.amazonaws.com/b-1/a/b', place],
    ['https://s3.eu-west-1.amazonaws.com/b-1', { ...place, prefix: '' }],
    ['https://b.c.s3.eu-west-1.amazonaws.com/', { bucket: 'b.c', prefix: '', region: 'eu-west-1' }],
    ['https://b-1.s3.cn-north-1.amazonaws.com.cn/a/b', { ...place, region: 'cn-north-1' }],
    ['https://b-1.s3.amazonaws.com/a/b', { baseUrl: 'https://b-1.s3.amazonaws.com/a/b' }],
    ['https://s3.amazonaws.com/b-1/a/b', { baseUrl: 'https://b-1.s3.amazonaws.com/a/b' }],
    ['https://s3.amazonaws.com/b.c/a%20b', { baseUrl: 'https://s3.amazonaws.com/b.c/a%20b' }],
  ] as const) {
    test(`may be ${url}`, () => assert.deepEqual(readBase(url), expected))
  }

  for (const [url, said] of [
    ['https://d111111abcdef8.cloudfront.net/a', /CloudFront/],
    ['http://b-1.s3-website-us-east-1.amazonaws.com/a', /https alone/],
    ['https://b-1.s3-website-us-east-1.amazonaws.com/a', /website endpoints/],
    ['https://b-1.s3-website.eu-central-1.amazonaws.com/a', /website endpoints/],
    ['https://raw.githubusercontent.com/o/r/main/dist', /GitHub/],
    ['https://o.github.io/r', /GitHub/],
    ['https://ap-1-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/', /access points/],
    ['https://templates.example.com/a', /Amazon S3 alone/],
    ['https://s3.eu-west-1.amazonaws.com.evil.example/b-1', /Amazon S3 alone/],
    ['https://evil.example/s3.eu-west-1.amazonaws.com/b-1', /Amazon S3 alone/],
    ['https://b-1.s3.us-iso-east-1.amazonaws.com/', /no endpoint/],
    ['https://b-1.s3.cn-north-1.amazonaws.com/', /no endpoint/],
    ['https://s3.eu-west-1.amazonaws.com/', /no bucket/],
    ['https://s3.eu-west-1.amazonaws.com/B_1/', /general purpose bucket/],
    ['http://b-1.s3.eu-west-1.amazonaws.com/a', /https alone/],
    ['https://u:p@b-1.s3.eu-west-1.amazonaws.com/a', /port, user or password/],
    ['https://b-1.s3.eu-west-1.amazonaws.com:8443/a', /port, user or password/],
    ['https://b-1.s3.eu-west-1.amazonaws.com/a?versionId=x', /query/],
    ['https://b-1.s3.eu-west-1.amazonaws.com/a//b', /empty part/],
    ['https://b-1.s3.eu-west-1.amazonaws.com/%ff', /percent-encoded/],
    ['s3://b-1/a', /does not tell the region/],
    ['b-1', /no URL/],
    ['', /no URL/],
    ['javascript:alert(1)', /https alone/],
  ] as const) {
    test(`cannot be ${JSON.stringify(url)}`, () => {
      const refused = readBase(url)
      assert.ok('message' in refused, 'it was taken')
      assert.match(refused.message, said)
      assert.notEqual(refused.help, '')
    })
  }

  for (const file of [
    ...['identity-pool/1.2.0/identity-pool.yaml', 'identity-pool/latest/index.html', 'index.json'],
    ...['identity-pool/1.2.0/manifest.json', 'identity-pool/1.2.0/identity-pool.yaml.sha256'],
  ]) {
    test(`is not ${file}, but the folder of all`, () => {
      for (const base of [
        'https://b-1.s3.eu-west-1.amazonaws.com/my%20a/t',
        'https://s3.eu-west-1.amazonaws.com/b.1/t',
      ]) {
        const refused = readBase(`${base}/${file}`)
        assert.ok('message' in refused, 'it was taken')
        assert.match(refused.message, /URL of a file/)
        assert.ok(refused.help.endsWith(` as ${base}`), refused.help)
      }
    })
  }

  test('must be of the partition of the stack', () => {
    const problems = (base: string, where: string) => {
      const at = readBase(base)
      assert.ok(!('message' in at), 'it was refused')
      return linkProblems(at, { region: where }).map(({ code, severity, help }) => [code, severity, help])
    }
    const china = 'https://b-1.s3.cn-north-1.amazonaws.com.cn'
    const help = 'Publish a replica to a bucket in aws, and give that'
    assert.deepEqual(problems(china, 'us-east-1'), [['unusable-bucket', 'error', help]])
    assert.deepEqual(problems(china, 'cn-northwest-1'), [])
    assert.equal(problems('https://b-1.s3.amazonaws.com', 'us-gov-west-1').length, 1)
    assert.deepEqual(problems('https://b-1.s3.us-west-2.amazonaws.com', 'eu-west-1'), [])
  })

  test('of a place put together by hand is looked at too', () => {
    const codes = (place: Place) => linkProblems(place, { region: 'eu-west-1' }).map(({ code }) => code)
    assert.deepEqual(codes({ bucket: 'B', prefix: '', region: 'eu-west-1' }), ['unusable-bucket'])
    assert.deepEqual(codes({ bucket: 'b-1', prefix: 'a/../b', region: 'eu-west-1' }), ['unusable-bucket'])
    assert.deepEqual(codes({ bucket: 'b-1', prefix: '', region: 'x' }), ['unusable-bucket'])
    assert.deepEqual(codes({ baseUrl: 'https://example.com' }), ['unusable-bucket'])
    assert.deepEqual(codes({ bucket: 'b-1', prefix: '', region: 'eu-west-1' }), [])
  })
})

describe('a launch link', () => {
  test('is the one that AWS documents', () => {
    assert.equal(
      launchUrl({
        templateUrl: 'https://b-1.s3.eu-west-1.amazonaws.com/t/t.yaml?versionId=x%2By',
        region: 'eu-west-1',
        stackName: 'notes-pool',
        parameters: { ApiStage: '$default', Tag: 'a b&c=d+e#f%20é' },
      }),
      'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review' +
        '?templateURL=https%3A%2F%2Fb-1.s3.eu-west-1.amazonaws.com%2Ft%2Ft.yaml%3FversionId%3Dx%252By' +
        '&stackName=notes-pool&param_ApiStage=%24default&param_Tag=a%20b%26c%3Dd%2Be%23f%2520%C3%A9',
    )
  })

  for (const { id } of regions) {
    test(`opens the console of ${id}`, () => {
      const url = new URL(launchUrl({ templateUrl: 'https://x', region: id, parameters: {} }))
      assert.equal(url.host, consoleHost(id))
      assert.equal(url.searchParams.get('region'), id)
    })
  }

  for (const [name, value] of Object.entries(awkward)) {
    test(`holds ${name} so that every reader gets it`, () => holds(value))
  }

  test('gives back what went in, whatever that is', () => {
    const link = fc.record(
      {
        templateUrl: fc.oneof(fc.webUrl(), hostile),
        region,
        stackName: hostile,
        parameters: fc.dictionary(parameterName, hostile),
      },
      { requiredKeys: ['templateUrl', 'region', 'parameters'] },
    )
    fc.assert(
      fc.property(link, it => {
        assert.deepEqual(parseLaunchUrl(launchUrl(it)), { ...it, parameters: { ...it.parameters } })
      }),
      { examples: [[{ templateUrl: 'https://x', region: 'eu-west-1', parameters: awkward }]], numRuns: 500 },
    )
    fc.assert(fc.property(hostile, holds))
  })

  /** By the URL standard's reader, by one that knows no `+`, and copied into Markdown, HTML and a shell. */
  function holds(value: string): void {
    const url = launchUrl({ templateUrl: 'https://x', region: 'eu-west-1', parameters: { Name: value } })
    assert.equal(new URL(url).href, url)
    assert.match(url, /^[A-Za-z0-9\-._~:/?#=&%]+$/)
    const query = new URL(url).hash.split('?').slice(1).join('?')
    assert.equal(new URLSearchParams(query).get('param_Name'), value)
    const pairs = query.split('&').map(pair => pair.split('=').map(decodeURIComponent))
    assert.deepEqual(pairs, [
      ['templateURL', 'https://x'],
      ['param_Name', value],
    ])
  }

  test('has U+FFFD for half of a surrogate pair, as browsers do it', () => {
    assert.equal(encode('a\ud800b\udc00'), encode('a\ufffdb\ufffd'))
  })

  test('is told from other URLs', () => {
    const link = launchUrl({ templateUrl: 'https://x', region: 'eu-west-1', parameters: {} })
    assert.notEqual(parseLaunchUrl(link), undefined)
    for (const other of [
      link.replace('https:', 'http:'),
      link.replace('aws.amazon.com', 'aws.example.com'),
      link.replace('region=eu-west-1', 'region=us-east-1'),
      link.replace('templateURL', 'templateUrl'),
      link.replace('create/review', 'create/template'),
      link.replace('/cloudformation/', '/iam/'),
      'https://x',
      'x',
    ]) {
      assert.equal(parseLaunchUrl(other), undefined, other)
    }
  })

  test('has the name of a stack that CloudFormation takes', () => {
    const problems = (stackName: string) => linkProblems(undefined, { region: 'eu-west-1', stackName }).length
    assert.equal(problems('a'), 0)
    assert.equal(problems(`a${'-1'.repeat(63)}b`), 0)
    for (const name of ['', '1a', '-a', 'a_b', 'a b', 'ä', `a${'b'.repeat(128)}`, 'a\n'])
      assert.equal(problems(name), 1, name)
  })
})

describe('a value', () => {
  const parameter = (more: Readonly<Record<string, Json>>): ManifestParameter => ({
    name: 'P',
    type: 'String',
    ...more,
  })
  for (const [name, more, good, bad, said] of [
    [
      'matches the whole pattern',
      { allowedPattern: '[a-z]+' },
      ['abc'],
      ['', 'abc1', 'a\n'],
      /must match the pattern \[a-z\]\+/,
    ],
    [
      'is refused in the words of its constraint',
      { allowedPattern: '^x$', constraintDescription: 'must be x' },
      ['x'],
      ['y'],
      /^must be x$/,
    ],
    [
      'is one of those allowed',
      { allowedValues: ['true', 'false'] },
      ['true'],
      ['True', ''],
      /^must be one of true, false$/,
    ],
    ['is one of the numbers allowed', { type: 'Number', allowedValues: [1, 2] }, ['1'], ['3'], /^must be one of 1, 2$/],
    ['is long enough', { minLength: 2 }, ['ab', '😀😀'], ['a', '😀'], /MinLength 2/],
    ['is not too long', { maxLength: '2' }, ['ab', '😀😀'], ['abc'], /MaxLength 2/],
    [
      'is a number',
      { type: 'Number', minValue: -1, maxValue: 10 },
      ['-1', '2.5', '1e1'],
      ['x', '', '11', '-2', '0x1'],
      /no number|Value/,
    ],
    [
      'has no item that is refused',
      { type: 'CommaDelimitedList', allowedPattern: '[a-z]*' },
      ['', 'a,b', 'a, b'],
      ['a,B'],
      /pattern/,
    ],
    ['has numbers alone for items', { type: 'List<Number>' }, ['1,2'], ['1,b'], /no number/],
    ['has at most 4,096 bytes', {}, ['x'.repeat(4096)], ['x'.repeat(4097), 'é'.repeat(2049)], /4,096 bytes/],
  ] as const satisfies readonly (readonly [string, object, readonly string[], readonly string[], RegExp])[]) {
    test(name, () => {
      for (const value of good) assert.equal(checkValue(parameter(more), value), undefined, value)
      for (const value of bad) assert.match(checkValue(parameter(more), value) ?? 'taken', said, value)
    })
  }

  const artifact = {
    name: 'pool',
    parameters: [
      parameter({ name: 'UserPoolId', allowedPattern: '^[a-z]+$' }),
      parameter({ name: 'AllowGuests', allowedValues: ['true', 'false'], default: 'false' }),
      parameter({ name: 'Secret', noEcho: true, minLength: 8 }),
      parameter({ name: 'Java', allowedPattern: '\\p{Alpha}++' }),
      parameter({ name: 'Needed' }),
    ],
  }

  test('is reported with all the others, each with its way out', () => {
    const found = checkValues(artifact, { UserPolId: 'x', UserPoolId: 'X', AllowGuests: 'True', Zzz: '', Java: 'x' })
    assert.deepEqual(
      found.map(({ code, severity, path, help }) => [code, severity, path[1], help]),
      [
        ['unknown-parameter', 'error', 'UserPolId', 'Write UserPoolId'],
        ['invalid-parameter', 'error', 'UserPoolId', 'Give another value'],
        ['invalid-parameter', 'error', 'AllowGuests', 'Write true'],
        ['unknown-parameter', 'error', 'Zzz', 'Give one of UserPoolId, AllowGuests, Secret, Java, Needed'],
        ['unchecked-pattern', 'warning', 'Java', 'Look at the value once more: CloudFormation will judge it'],
      ],
    )
  })

  test('that is missing is no mistake: the console asks for it', () => assert.deepEqual(checkValues(artifact, {}), []))

  test('that is secret is neither put into a link nor into a message', () => {
    const found = checkValues(artifact, { Secret: 'hunter2' })
    assert.deepEqual(
      found.map(({ code }) => code),
      ['invalid-parameter', 'ignored-parameter'],
    )
    assert.doesNotMatch(JSON.stringify(found), /hunter2/)
    assert.deepEqual(linkValues(artifact, { Secret: 'hunter22', Needed: 'x' }), { Needed: 'x' })
  })

  test('of a name that every object has is unknown like any other', () => {
    assert.deepEqual(
      checkValues(artifact, { constructor: 'x' }).map(({ code }) => code),
      ['unknown-parameter'],
    )
  })
})

const manifest = readManifest()

function readManifest(): Manifest {
  const whole = parseManifest(readFileSync('dist/manifest.json', 'utf8'))
  assert(whole, 'dist/manifest.json is not whole')
  return whole
}

describe('a manifest', () => {
  test('tells the declarations and the deciding sections of a template again', () => {
    for (const one of manifest.artifacts) {
      const built = read(readFileSync(`dist/${one.file}`, 'utf8'))
      assert.equal(built.kind, 'template', one.file)
      const { Parameters, ...document } = built.document
      assert.deepEqual(
        Object.fromEntries(one.parameters.map(it => [it.name, asDeclared(it)])),
        Parameters ?? {},
        one.name,
      )
      const { Conditions, Rules } = decidingSections(one)
      assert.deepEqual({ Conditions, Rules }, { Conditions: document.Conditions, Rules: document.Rules })
    }
  })

  test('is taken whole or not at all', () => {
    const text = JSON.stringify(manifest)
    const damages: readonly (readonly [path: readonly string[], value: Json | undefined])[] = [
      ...['formatVersion', 'generator', 'project', 'artifacts'].map(name => [[name], undefined] as const),
      ...[
        ...['name', 'version', 'file', 'bytes', 'sha256', 'description', 'capabilities', 'parameters', 'outputs'],
        ...['resourceTypes', 'resources', 'grants'],
      ].map(name => [['artifacts', '0', name], undefined] as const),
      [['artifacts', '0'], null],
      [['artifacts', '0', 'name'], '../x'],
      [['artifacts', '0', 'file'], 'x.yaml'],
      [['artifacts', '0', 'bytes'], '1'],
      [['artifacts', '0', 'parameters'], [null]],
      [['artifacts', '0', 'parameters', '0', 'type'], 1],
      [['artifacts', '0', 'capabilities'], ['ALL']],
      [['artifacts', '0', 'resources', '0', 'condition'], 1],
      [['artifacts', '0', 'grants', '0', 'who'], 'me'],
      [['artifacts', '0', 'grants', '0', 'when'], [{ condition: 'A' }]],
      [['artifacts', '0', 'conditions'], []],
      [['project', 'source'], 1],
      [['generator', 'name'], 'other'],
    ]
    assert.notEqual(parseManifest(text), undefined)
    for (const [path, value] of damages) {
      const damaged = JSON.parse(text)
      const last = path.at(-1) ?? ''
      const holder = path.slice(0, -1).reduce((it, key) => it[key], damaged)
      holder[last] = value
      assert.equal(parseManifest(JSON.stringify(damaged)), undefined, path.join('.'))
    }
    assert.equal(parseManifest('{'), undefined)
  })
})

describe('what is asked for', () => {
  const place: Place = { bucket: 'b-1', prefix: 'templates', region: 'eu-west-1' }
  const prepare = (more: Partial<LaunchRequest>) =>
    prepareLaunch({ template: 'identity-pool', parameters: [], ...more }, { manifest, place })
  const said = (more: Partial<LaunchRequest>) =>
    prepare(more).problems.map(({ severity, message, help }) => `${severity}: ${message}. ${help}`)
  const stackSet = (more: Partial<StackSetRequest>): Partial<LaunchRequest> => ({
    stackSet: { organizationalUnits: [], accounts: [], regions: [], overrides: [], ...more },
  })
  const override = { account: '111122223333', name: 'ApiStage', value: 'a' }

  test('has the version of a release, as publish makes them', () => {
    for (const version of ['01.2.3', '1.2.3+b', '1.2.3-01', '1.2', 'v1.2.3', '', 'latest/..']) {
      assert.deepEqual(said({ version }), [
        `error: "${version}" is no version. Give a version such as 1.2.0, or latest`,
      ])
    }
    for (const version of ['1.2.3', '1.2.3-rc.1', 'latest']) assert.deepEqual(said({ version }), [])
  })

  test('is warned of where latest is pinned to one object', () => {
    const [warning, ...others] = said({ version: 'latest', pin: { versionId: 'x' } })
    assert.match(warning ?? '', /^warning: latest\/ has another object with each release/)
    assert.deepEqual(others, [])
    assert.deepEqual(said({ version: '1.2.3', pin: { versionId: 'x' } }), [])
    assert.match(prepare({ version: 'latest', pin: { versionId: 'x' } }).launch?.templateUrl ?? '', /\?versionId=x$/)
  })

  test('has regions of one partition for a stack set', () => {
    assert.match(said(stackSet({ regions: ['mars'] })).join(), /^error: "mars" is no region/)
    assert.deepEqual(said(stackSet({ regions: ['eu-west-1', 'cn-north-1'] })), [
      'error: cn-north-1 is in the partition aws-cn, and a stack set stays within its own, aws. Make a stack set of its own in aws-cn',
    ])
    assert.deepEqual(said(stackSet({ regions: ['eu-west-1', 'us-east-1'] })), [])
  })

  test('differs only where there are stacks', () => {
    const elsewhere = { ...override, region: 'us-east-1' }
    const refused = ['error: us-east-1 is no region of the stack set. Add --target-region us-east-1']
    assert.deepEqual(said(stackSet({ overrides: [elsewhere] })), refused)
    assert.deepEqual(said(stackSet({ overrides: [elsewhere], regions: ['eu-west-1'] })), refused)
    assert.deepEqual(said(stackSet({ overrides: [elsewhere], regions: ['us-east-1'] })), [])
    assert.deepEqual(said(stackSet({ overrides: [{ ...override, region: 'eu-west-1' }] })), [])
    assert.deepEqual(said(stackSet({ overrides: [override], accounts: ['444455556666'] })), [
      'error: 111122223333 is no account of the stack set. Add --account 111122223333',
    ])
  })

  test('is said once', () => {
    const twice = ['error: is given twice. Give it once']
    assert.deepEqual(said({ parameters: [override, override] }), twice)
    assert.deepEqual(said(stackSet({ overrides: [override, { ...override, value: 'b' }] })), twice)
    assert.deepEqual(said(stackSet({ overrides: [override, { ...override, account: '444455556666' }] })), [])
    const regions = ['us-east-1', 'us-east-1', 'eu-west-1']
    const request = stackSet({ regions, accounts: ['111122223333', '111122223333'] }).stackSet
    const { launch } = prepare({ stackSet: request })
    assert(launch !== undefined && request !== undefined, 'nothing is launched')
    const [set, ...others] = stackSets(launch, request)
    assert.deepEqual(others, [])
    assert.deepEqual(set?.regions, ['us-east-1', 'eu-west-1'])
    assert.deepEqual(set?.targets, { kind: 'self-managed', accounts: ['111122223333'] })
  })
})

const artifact = {
  name: 'identity-pool',
  file: 'identity-pool.yaml',
  bytes: 30_000,
  capabilities: ['CAPABILITY_IAM'],
} as const
const url = templateUrl(
  { bucket: 'b-1', prefix: 'a', region: 'eu-west-1' },
  { template: 'identity-pool', version: '1.0.0', versionId: 'x.y' },
)
const deployment: Deployment = { artifact, templateUrl: url, region: 'us-east-1', stackName: 'notes', parameters: {} }
const fetchWords = [
  ...['s3api', 'get-object', '--bucket', 'b-1', '--key', 'a/identity-pool/1.0.0/identity-pool.yaml'],
  ...['--version-id', 'x.y', '--region', 'eu-west-1', 'identity-pool.yaml'],
]
const deployWords = [
  ...['cloudformation', 'deploy', '--region', 'us-east-1', '--stack-name', 'notes'],
  ...['--template-file', 'identity-pool.yaml', '--capabilities', 'CAPABILITY_IAM'],
]

/** What each `aws` of a script is called with; a file that it names by file:// is read, as the AWS CLI does. */
type Call = readonly (string | { readonly json: unknown })[]

/** The words behind an option, up to the next. */
function behind(call: Call | undefined, option: string): Call {
  const rest = call?.slice(call.indexOf(option) + 1) ?? []
  const end = rest.findIndex(it => typeof it === 'string' && it.startsWith('--'))
  return end < 0 ? rest : rest.slice(0, end)
}

/** As words, or by way of a file; undefined where neither says what the parameters are. */
function overridesOf(call: Call | undefined): unknown {
  const [first, ...rest] = behind(call, '--parameter-overrides')
  const list = typeof first === 'object' && rest.length === 0 ? first.json : [first, ...rest]
  return list
}

const asWords = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).map(([name, value]) => `${name}=${value}`)

for (const shell of ['bash', 'sh']) {
  describe(`the command for a POSIX shell, in ${shell}`, () => {
    test('fetches the template and deploys it', () => {
      const calls = runPosix(shell, deployCommand({ ...deployment, parameters: { A: '1', B: 'two words' } }, 'posix'))
      assert.deepEqual(calls, [fetchWords, [...deployWords, '--parameter-overrides', 'A=1', 'B=two words']])
    })

    test('prints what becomes of the stack, and nothing of the object', () => {
      const script = `aws() { echo "$2"; }\n${deployCommand(deployment, 'posix')}`
      assert.equal(execFileSync(`/bin/${shell}`, ['-c', script], { encoding: 'utf8' }), 'deploy\n')
    })

    test('does not deploy an older file where the template cannot be fetched', () => {
      const calls = runPosix(shell, deployCommand(deployment, 'posix'), 1)
      assert.deepEqual(calls, [fetchWords])
    })

    for (const [name, value] of Object.entries(awkward)) {
      test(`hands ${name} to aws as it is, and runs nothing else`, () => {
        const parameters = { Before: 'x', Value: value, After: 'y' }
        const [, deploy] = runPosix(shell, deployCommand({ ...deployment, parameters }, 'posix'))
        assert.deepEqual(overridesOf(deploy), asWords(parameters))
      })
    }

    test('hands anything to aws as it is', () => {
      fc.assert(
        fc.property(fc.dictionary(parameterName, hostile, { minKeys: 1, maxKeys: 20 }), given => {
          const parameters = { ...given }
          const [, deploy] = runPosix(shell, deployCommand({ ...deployment, parameters }, 'posix'))
          assert.deepEqual(overridesOf(deploy), asWords(parameters))
        }),
        { numRuns: 40 },
      )
    })

    test('puts nothing before a terminal that this would take for a key', () => {
      for (const value of Object.values(awkward)) {
        const command = deployCommand({ ...deployment, parameters: { Value: value } }, 'posix')
        assert.doesNotMatch(command.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        const isHidden = /[\n\t]/.test(value)
        assert.ok(!isHidden || command.startsWith("printf '%s\\n' '[\"Value="), command)
      }
    })

    test('makes and changes a stack set with parameters that are as they were given', () => {
      const set: StackSet = {
        ...deployment,
        parameters: awkward,
        targets: { kind: 'self-managed', accounts: ['111122223333', '444455556666'] },
        regions: ['eu-west-1', 'us-east-1'],
        overrides: [{ account: '444455556666', parameters: awkward }],
      }
      const list = Object.entries(awkward).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
      const calls = stackSetCommands(set, 'posix').flatMap(({ command }) => runPosix(shell, command))
      const jsonBehind = (option: string) =>
        calls.filter(call => call.includes(option)).map(call => JSON.parse(String(behind(call, option)[0])))
      assert.deepEqual(jsonBehind('--parameters'), [list, list])
      assert.deepEqual(jsonBehind('--parameter-overrides'), [list])
    })
  })
}

/** Runs a script with an `aws` that writes its arguments down, and with no other program to be found. */
function runPosix(shell: string, script: string, status = 0): readonly Call[] {
  const bin = mkdtempSync(join(folder, 'bin-'))
  const work = mkdtempSync(join(folder, 'work-'))
  const log = join(bin, 'log')
  writeFileSync(join(bin, 'aws'), `#!/bin/sh\nprintf '%s\\0' "$#" "$@" >> '${log}'\nexit ${status}\n`)
  chmodSync(join(bin, 'aws'), 0o755)
  const program = shell === 'bash' ? '/bin/bash' : '/bin/sh'
  const options = { cwd: work, env: { PATH: bin, HOME: work, LC_ALL: 'C.UTF-8' }, stdio: 'pipe' } as const
  try {
    execFileSync(program, ['-c', script], options)
  } catch (error) {
    if (status === 0) throw error
  }
  const words = readFileSync(log, 'utf8').split('\0').slice(0, -1)
  const calls: Call[] = []
  while (words.length > 0) {
    const count = Number(words.shift())
    calls.push(
      words
        .splice(0, count)
        .map(it => (/^file:\/\/[\w.-]+$/.test(it) ? { json: readJson(join(work, it.slice(7))) } : it)),
    )
  }
  return calls
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

describe('the command for PowerShell', () => {
  test('fetches the template and deploys it', () => {
    const calls = runPowerShell(deployCommand({ ...deployment, parameters: { A: '1', B: 'two words' } }, 'powershell'))
    assert.deepEqual(calls, [fetchWords, [...deployWords, '--parameter-overrides', 'A=1', 'B=two words']])
  })

  test('prints what becomes of the stack, and nothing of the object', () => {
    const lines = deployCommand(deployment, 'powershell')
      .replace(/ `\n\s*/g, ' ')
      .split('\n')
    const isQuiet = lines.filter(line => /^\s*aws /.test(line)).map(line => line.endsWith(' > $null'))
    assert.deepEqual(isQuiet, [true, false])
  })

  for (const [name, value] of Object.entries(awkward)) {
    test(`hands ${name} to aws as it is, and runs nothing else`, () => {
      const parameters = { Before: 'x', Value: value, After: 'y' }
      const [, deploy] = runPowerShell(deployCommand({ ...deployment, parameters }, 'powershell'))
      assert.deepEqual(overridesOf(deploy), asWords(parameters))
    })
  }

  test('hands anything to aws as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(parameterName, hostile, { minKeys: 1, maxKeys: 20 }), given => {
        const parameters = { ...given }
        const [, deploy] = runPowerShell(deployCommand({ ...deployment, parameters }, 'powershell'))
        assert.deepEqual(overridesOf(deploy), asWords(parameters))
      }),
    )
  })

  test('fetches by its URL what has a name that no program can be handed safely', () => {
    const place = { bucket: 'b-1', prefix: 'a "b" & c', region: 'eu-west-1' }
    const awkwardUrl = templateUrl(place, { template: 'identity-pool', version: '1.0.0' })
    const script = deployCommand({ ...deployment, templateUrl: awkwardUrl }, 'powershell')
    assert.deepEqual(runPowerShell(script), [deployWords])
    assert.equal(
      script.split('\n', 1)[0],
      `Invoke-WebRequest -UseBasicParsing -Uri '${awkwardUrl}' -OutFile identity-pool.yaml`,
    )
  })
})

/**
 * Reads a script by what about_Parsing, about_Quoting_Rules and about_Special_Characters say, as far as commands use it:
 * words, verbatim strings, continued lines, `if ($?) { … }`, output to nowhere. Anything else is an error. Arguments of programs then go the
 * way of Windows PowerShell 5.1, which quotes those with blanks and escapes nothing, and of CommandLineToArgvW.
 */
function runPowerShell(script: string): readonly Call[] {
  const files = new Map<string, unknown>()
  const calls: Call[] = []
  const lines = script.replace(/ `\n\s*/g, ' ').split('\n')
  for (const line of lines.map(it => it.trim())) {
    if (line === 'if ($?) {' || line === '}') continue
    const [first, ...rest] = powerShellWords(line.replace(/^(aws .*) > \$null$/, '$1'))
    switch (first) {
      case 'Set-Content': {
        const [encoding, ascii, path, file = '', option, value = ''] = rest
        assert.deepEqual([encoding, ascii, path, option], ['-Encoding', 'ascii', '-LiteralPath', '-Value'])
        assert.match(value, /^[\x20-\x7e]*$/)
        files.set(file, JSON.parse(value))
        break
      }
      case 'Invoke-WebRequest':
        break
      case 'aws': {
        const passed = commandLineWords(rest.map(it => (/\s/.test(it) ? `"${it}"` : it)).join(' '))
        assert.deepEqual(passed, rest, 'an argument is another for Windows PowerShell')
        // what cmd.exe would expand or take for an end, if aws were a .cmd file
        for (const it of passed) if (!it.startsWith('https://')) assert.doesNotMatch(it, /["%&|<>^!]/)
        calls.push(passed.map(it => (it.startsWith('file://') ? { json: files.get(it.slice(7)) } : it)))
        break
      }
      default:
        assert.fail(`no command: ${line}`)
    }
  }
  return calls
}

function powerShellWords(line: string): readonly string[] {
  const word =
    /\s*(?:(?<bare>[A-Za-z0-9-][A-Za-z0-9_./:=-]*)|['\u2018-\u201b](?<quoted>(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*)['\u2018-\u201b])(?=\s|$)/y
  const words: string[] = []
  while (word.lastIndex < line.length) {
    const { bare, quoted } = word.exec(line)?.groups ?? {}
    if (bare === undefined && quoted === undefined) assert.fail(`not a word of PowerShell: ${line}`)
    words.push(bare ?? (quoted ?? '').replace(/['\u2018-\u201b]{2}/g, pair => pair.slice(1)))
  }
  return words
}

/** https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw */
function commandLineWords(line: string): readonly string[] {
  const words: string[] = []
  let current: string | undefined
  let isQuoted = false
  for (let index = 0; index < line.length; index++) {
    const [backslashes = ''] = /^\\*/.exec(line.slice(index)) ?? []
    const next = line[index + backslashes.length]
    if (backslashes !== '' && next === '"') {
      const isEscaped = backslashes.length % 2 === 1
      current = `${current ?? ''}${'\\'.repeat(Math.floor(backslashes.length / 2))}${isEscaped ? '"' : ''}`
      index += isEscaped ? backslashes.length : backslashes.length - 1
    } else if (line[index] === '"') {
      isQuoted = !isQuoted
      current ??= ''
    } else if (!isQuoted && /[ \t]/.test(line[index] ?? '')) {
      if (current !== undefined) words.push(current)
      current = undefined
    } else {
      current = `${current ?? ''}${line[index]}`
    }
  }
  return current === undefined ? words : [...words, current]
}

describe('a command', () => {
  for (const shell of ['posix', 'powershell'] as const) {
    test(`in ${shell} has placeholders for what nobody would take`, () => {
      const script = deployCommand({ ...deployment, templateUrl: undefined, stackName: '$(x)', region: '`x`' }, shell)
      assert.match(script, /--region REGION/)
      assert.match(script, /--stack-name STACK-NAME/)
      assert.doesNotMatch(script, /get-object/)
    })

    test(`in ${shell} names its files so that no manifest can make options or folders of them`, () => {
      const hostileArtifact = { ...artifact, name: '../--x"; y', file: '../--x"; y' }
      const parameters = { A: '\n' }
      const script = deployCommand({ ...deployment, artifact: hostileArtifact, parameters }, shell)
      assert.match(script, /--template-file x---y(?![\w-])/)
      assert.doesNotMatch(script, /\.\.\/|; y/)
    })
  }

  test('uploads a template that is too large for the API', () => {
    const script = (bytes: number) => deployCommand({ ...deployment, artifact: { ...artifact, bytes } }, 'posix')
    assert.doesNotMatch(script(51_200), /--s3-bucket/)
    assert.match(script(51_201), /--s3-bucket YOUR-BUCKET/)
  })
})

describe('a snippet', () => {
  const all = { ...deployment, parameters: awkward }
  // as it is in README
  const outlives = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }

  for (const version of ['1.1', '1.2'] as const) {
    test(`of YAML nests the template with every value as it is, read as YAML ${version}`, () => {
      const expected = { TemplateURL: url, Parameters: awkward }
      assert.deepEqual(parse(nestedYaml(all), { version }), {
        Resources: { IdentityPool: { Type: 'AWS::CloudFormation::Stack', ...outlives, Properties: expected } },
      })
      const { Resources, Transform } = parse(samSnippet(all), { version })
      assert.equal(Transform, 'AWS::Serverless-2016-10-31')
      assert.deepEqual(Resources.IdentityPool, {
        ...{ Type: 'AWS::Serverless::Application', ...outlives },
        Properties: { Location: url, Parameters: awkward },
      })
      fc.assert(
        fc.property(parameterName, hostile, (name, value) => {
          const { Resources } = parse(nestedYaml({ ...deployment, parameters: { [name]: value } }), { version })
          assert.deepEqual(Resources.IdentityPool.Properties.Parameters, { [name]: value })
        }),
        { examples: ['E0', 'e12', 'No', 'Y', 'Null', 'NaN', 'Infinity'].map(name => [name, '']) },
      )
    })
  }

  test('of the CDK makes a stack with every value as it is', () => {
    assert.deepEqual(runCdk(cdkSnippet(all)), { id: 'IdentityPool', templateUrl: url, parameters: awkward })
    fc.assert(
      fc.property(hostile, value => {
        assert.deepEqual(runCdk(cdkSnippet({ ...deployment, parameters: { A: value } }))['parameters'], { A: value })
      }),
    )
  })

  test('of Terraform has a name that Terraform takes', () => {
    const named = (name: string) => terraformSnippet({ ...deployment, artifact: { ...deployment.artifact, name } })
    assert.match(named('2fa'), /^resource "aws_cloudformation_stack" "_2fa" \{$/m)
    assert.match(named('my-app.v2'), /^resource "aws_cloudformation_stack" "my_app_v2" \{$/m)
  })

  test('of Terraform makes a stack with every value as it is', () => {
    const strings = hclStrings(terraformSnippet(all))
    const names = Object.keys(awkward).flatMap(name => [`    ${name} =`, awkward[name]])
    assert.deepEqual(strings.slice(strings.indexOf('    Empty =')), [...names.slice(0, -1), names.at(-1)])
    for (const said of [url, 'CAPABILITY_IAM', 'aws_cloudformation_stack']) assert.ok(strings.includes(said), said)
    fc.assert(
      fc.property(hostile, value => {
        assert.equal(hclStrings(terraformSnippet({ ...deployment, parameters: { A: value } })).at(-1), value)
      }),
    )
  })

  test('without parameters has no empty list of them', () => {
    for (const snippet of [nestedYaml, samSnippet, cdkSnippet, terraformSnippet]) {
      assert.doesNotMatch(snippet(deployment), /parameters/i)
    }
  })

  function runCdk(snippet: string): Readonly<Record<string, unknown>> {
    const made: Record<string, unknown>[] = []
    class Construct {
      constructor(_scope: unknown, id: string, properties: object) {
        made.push({ id, ...properties })
      }
    }
    const body = snippet.replace(/^import \{ CfnStack \} from '[\w/-]+'$/m, '')
    new Function('CfnStack', body)(Construct)
    assert.equal(made.length, 1)
    return made[0] ?? {}
  }

  /**
   * The texts of quoted templates, each behind what stands between the last and its own line's start if that assigns.
   * An interpolation or a directive is an error.
   * https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions
   */
  function hclStrings(source: string): readonly string[] {
    const found: string[] = []
    const token = /^( {4}\w+ =) |"((?:[^"\\\n]|\\.)*)"/gm
    for (const [, key, quoted] of source.matchAll(token)) {
      if (quoted === undefined) found.push(key ?? '')
      else found.push(hclText(quoted))
    }
    assert.doesNotMatch(source.replace(token, ''), /["\\]/)
    return found
  }

  function hclText(quoted: string): string {
    // literals are told from interpolations before backslashes are read
    const part = /\$\$\{|%%\{|[$%]\{|\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|.)|[^\\]/gsu
    return [...quoted.matchAll(part)]
      .map(([it]) => {
        if (it === '$${') return '${'
        if (it === '%%{') return '%{'
        if (it === '${' || it === '%{') assert.fail(`an expression begins in ${quoted}`)
        if (!it.startsWith('\\')) return it
        if (/^\\u/i.test(it)) return String.fromCodePoint(Number.parseInt(it.slice(2), 16))
        return (
          { '\\n': '\n', '\\t': '\t', '\\r': '\r', '\\"': '"', '\\\\': '\\' }[it] ?? assert.fail(`no escape: ${it}`)
        )
      })
      .join('')
  }
})

describe('a stack set', () => {
  const set: StackSet = {
    ...deployment,
    parameters: { ApiStage: 'prod' },
    targets: { kind: 'self-managed', accounts: ['111122223333', '444455556666', '777788889999'] },
    regions: ['eu-west-1', 'us-east-1'],
    overrides: [
      { account: '444455556666', parameters: { A: '1', B: '2' } },
      { account: '444455556666', region: 'us-east-1', parameters: { A: '3' } },
      { account: '777788889999', region: 'us-east-1', parameters: { A: '4' } },
    ],
  }
  const calls = (it: StackSet) => stackSetCommands(it, 'posix').flatMap(({ command }) => runPosix('sh', command))
  const parametersOf = (call: Call) =>
    Object.fromEntries(
      JSON.parse(String(behind(call, '--parameter-overrides')[0] ?? '[]')).map(
        (it: { ParameterKey: string; ParameterValue: string }) => [it.ParameterKey, it.ParameterValue],
      ),
    )

  test('of accounts makes each stack once, with what is its own', () => {
    const made = calls(set).filter(call => call[1] === 'create-stack-instances')
    const each = made.flatMap(call =>
      behind(call, '--accounts').flatMap(account =>
        behind(call, '--regions').map(where => [
          `${account} ${where}`,
          call.includes('--parameter-overrides') ? parametersOf(call) : {},
        ]),
      ),
    )
    assert.equal(each.length, 6)
    assert.deepEqual(Object.fromEntries(each), {
      '111122223333 eu-west-1': {},
      '111122223333 us-east-1': {},
      '444455556666 eu-west-1': { A: '1', B: '2' },
      '444455556666 us-east-1': { A: '3', B: '2' },
      '777788889999 eu-west-1': {},
      '777788889999 us-east-1': { A: '4' },
    })
    assert.deepEqual(behind(calls(set)[0], '--permission-model'), ['SELF_MANAGED'])
  })

  test('of organizational units follows their accounts, and overrides single ones', () => {
    const targets = { kind: 'service-managed', organizationalUnits: ['ou-ab12-11111111', 'ou-ab12-22222222'] } as const
    const [create, all, ...rest] = calls({ ...set, targets })
    assert.deepEqual(behind(create, '--permission-model'), ['SERVICE_MANAGED'])
    assert.deepEqual(behind(create, '--auto-deployment'), ['Enabled=true,RetainStacksOnAccountRemoval=true'])
    const units = 'OrganizationalUnitIds=ou-ab12-11111111,ou-ab12-22222222'
    assert.deepEqual(behind(all, '--deployment-targets'), [units])
    const updates = rest.filter(call => call[1] === 'update-stack-instances')
    assert.deepEqual(
      updates.map(call => [...behind(call, '--deployment-targets'), ...behind(call, '--regions'), parametersOf(call)]),
      [
        [`${units},Accounts=444455556666,AccountFilterType=INTERSECTION`, 'eu-west-1', { A: '1', B: '2' }],
        [`${units},Accounts=444455556666,AccountFilterType=INTERSECTION`, 'us-east-1', { A: '3', B: '2' }],
        [`${units},Accounts=777788889999,AccountFilterType=INTERSECTION`, 'us-east-1', { A: '4' }],
      ],
    )
  })

  test('is told its template and parameters again when it is updated, so that none falls back to its default', () => {
    const update = calls(set).find(call => call[1] === 'update-stack-set')
    assert.deepEqual(behind(update, '--template-url'), [url])
    assert.deepEqual(JSON.parse(String(behind(update, '--parameters')[0])), [
      { ParameterKey: 'ApiStage', ParameterValue: 'prod' },
    ])
    assert.deepEqual(behind(update, '--capabilities'), ['CAPABILITY_IAM'])
  })

  test('can be of identity-pool: it fixes no name, needs no macro and exports nothing', () => {
    const built = read(readFileSync('dist/identity-pool.yaml', 'utf8'))
    assert.ok(built.kind === 'template', 'dist/identity-pool.yaml cannot be read')
    assert.deepEqual(hindrances(built.document), [])
    const { Resources, Outputs = {} } = built.document
    const spoilt: readonly Document[] = [
      { ...built.document, Resources: { ...Resources, R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x' } } } },
      {
        ...built.document,
        Resources: { ...Resources, R: { Type: 'A', Properties: { 'Fn::Transform': { Name: 'x' } } } },
      },
      {
        ...built.document,
        Resources: { ...Resources, R: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'x' } } },
      },
      { ...built.document, Outputs: { ...Outputs, O: { Value: 'x', Export: { Name: 'x' } } } },
      { ...built.document, ...{ Transform: 'AWS::LanguageExtensions' } },
    ]
    for (const it of spoilt) assert.equal(hindrances(it).length, 1)
  })

  /**
   * What would make the stacks of two regions, or of two accounts, collide, or keep a service-managed set from being made.
   * IAM is global to an account: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
   */
  function hindrances(document: Document): readonly string[] {
    const needed = capabilities(document).filter(it => it !== 'CAPABILITY_IAM')
    const names = Object.entries(document.Resources).flatMap(([id, resource]) => {
      const { Type, Properties = {} } = JSON.parse(JSON.stringify(resource))
      // the names of inline policies are their roles'
      const named = Object.keys(Properties).filter(it => /Name$/.test(it) && !/^AWS::IAM::/.test(Type))
      return named.filter(it => typeof Properties[it] === 'string').map(it => `${id} has the ${it} ${Properties[it]}`)
    })
    const exported = Object.entries(document.Outputs ?? {}).filter(([, output]) =>
      JSON.stringify(output).includes('"Export"'),
    )
    const macros = 'Transform' in document ? ['has a transform'] : []
    return [...needed, ...names, ...exported.map(([id]) => `${id} is exported`), ...macros]
  }
})

describe('a button', () => {
  const link = launchUrl({
    templateUrl: 'https://x?a=b',
    region: 'eu-west-1',
    stackName: 's',
    parameters: { A: '"<>' },
  })

  test('has the picture that is shipped', () => {
    assert.equal(readFileSync('docs/launch-stack.svg', 'utf8'), buttonSvg)
    assert.match(buttonSvg, /role="img" aria-labelledby="t"/)
    assert.doesNotMatch(buttonSvg, /script|href|url\(|@import/)
  })

  test('in HTML leads to the link and says where to, whatever the template is called', () => {
    const html = htmlButton(link, `"><script>'&`)
    assert.doesNotMatch(html, /<script|onerror/)
    assert.equal(html.match(/</g)?.length, 3)
    const [, href = '', source = '', alt] =
      /^<a href="([^"]*)"><img src="([^"]*)" alt="([^"]*)" width="148" height="32"><\/a>$/.exec(html) ?? []
    const plain = (it: string) => it.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    assert.equal(plain(href), link)
    assert.equal(plain(alt ?? ''), `Launch Stack: "><script>'&`)
    assert.match(plain(source), /^data:image\/svg\+xml,/)
    assert.equal(decodeURIComponent(plain(source).split(',').slice(1).join(',')), buttonSvg.replaceAll('\n', ''))
    assert.match(htmlButton(link, 'x', 'a&b.svg'), /src="a&#38;b\.svg"/)
  })

  test('in Markdown leads to the link', () => {
    assert.equal(
      markdownButton(link, 'identity-pool', 'launch-stack.svg'),
      `[![Launch Stack: identity-pool](<launch-stack.svg>)](${link})`,
    )
    assert.match(
      markdownButton(link, '](https://evil.example)[', '><x'),
      /^\[!\[Launch Stack: \\\]\(https:\/\/evil\.example\)\\\[\]\(<%3E%3Cx>\)\]\(https:/,
    )
  })
})
