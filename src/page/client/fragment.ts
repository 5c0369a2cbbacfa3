/** What the fragment of the page's own address says of the form; never where templates come from. */
export type Filled = {
  readonly template?: string
  readonly region?: string
  readonly stackName?: string
  readonly parameters: ReadonlyMap<string, string>
}

/** CloudFormation takes no longer value. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const longest = 4096

/** Reads `#template=…&region=…&stackName=…&param_Name=…`; what it cannot read it names, as people know it. */
export function readFragment(fragment: string): { readonly filled: Filled; readonly unread: readonly string[] } {
  const unread: string[] = []
  const parameters = new Map<string, string>()
  const named = new Map<string, string>()
  for (const part of fragment.replace(/^#/, '').split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = decode(at < 0 ? part : part.slice(0, at))
    const value = at < 0 ? undefined : decode(part.slice(at + 1))
    if (name === undefined || value === undefined || value.length > longest) {
      unread.push(name ?? part)
    } else if (name.startsWith('param_')) {
      parameters.set(name.slice('param_'.length), value)
    } else if (['template', 'region', 'stackName'].includes(name)) {
      named.set(name, value)
    } else {
      unread.push(name)
    }
  }
  const template = named.get('template')
  const region = named.get('region')
  const stackName = named.get('stackName')
  const filled = {
    ...(template === undefined ? {} : { template }),
    ...(region === undefined ? {} : { region }),
    ...(stackName === undefined ? {} : { stackName }),
    parameters,
  }
  return { filled, unread }
}

/** With its `#`. */
export function writeFragment({ template, region, stackName, parameters }: Filled): string {
  const parts = [
    ...Object.entries({ template, region, stackName }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`${name}=${encode(value)}`],
    ),
    ...[...parameters].map(([name, value]) => `${encode(`param_${name}`)}=${encode(value)}`),
  ]
  return `#${parts.join('&')}`
}

/** Also what mail and chat programs take for the end of an address. */
function encode(text: string): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\uFFFD')
  return encodeURIComponent(whole).replace(
    /[!'()*~._-]$|[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
