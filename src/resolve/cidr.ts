/**
 * The first `count` blocks with `bits` host bits each, of which an IPv4 or IPv6 block is made; undefined where it is no
 * block, or has not as many. `cidrBlocks('192.168.0.0/24', 2, 5)` is `['192.168.0.0/27', '192.168.0.32/27']`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 */
export function cidrBlocks(block: string, count: number, bits: number): readonly string[] | undefined {
  const [address = '', length = ''] = block.split('/')
  const family = address.includes(':') ? v6 : v4
  const start = family.read(address)
  const hostBits = family.bits - Number(length)
  if (start === undefined || !/^\d{1,3}$/.test(length) || hostBits < 0) return undefined
  if (count < 1 || count > 256 || bits > hostBits || count > 2 ** (hostBits - bits)) return undefined
  const first = (start >> BigInt(hostBits)) << BigInt(hostBits)
  return Array.from(
    { length: count },
    (_, at) => `${family.write(first + (BigInt(at) << BigInt(bits)))}/${family.bits - bits}`,
  )
}

/** Is an address in a block, or the same address? Undefined if one of them is none. */
export function cidrContains(block: string, address: string): boolean | undefined {
  const [start = '', length] = block.split('/')
  const family = start.includes(':') ? v6 : v4
  const [first, other] = [family.read(start), (address.includes(':') ? v6 : v4).read(address)]
  const hostBits = family.bits - Number(length ?? family.bits)
  if (first === undefined || other === undefined || !/^\d{1,3}$/.test(length ?? '0') || hostBits < 0) return undefined
  const isSameFamily = start.includes(':') === address.includes(':')
  return isSameFamily && first >> BigInt(hostBits) === other >> BigInt(hostBits)
}

type Family = {
  readonly bits: number
  readonly read: (address: string) => bigint | undefined
  readonly write: (address: bigint) => string
}

const v4: Family = {
  bits: 32,
  read: address => {
    const bytes = address.split('.')
    const isAddress = bytes.length === 4 && bytes.every(byte => /^\d{1,3}$/.test(byte) && Number(byte) < 256)
    return isAddress ? join(bytes.map(Number), 8) : undefined
  },
  write: address => split(address, 4, 8).join('.'),
}

const v6: Family = {
  bits: 128,
  read: address => {
    const [head = '', tail, ...others] = address.split('::')
    const groupsOf = (text: string) => (text === '' ? [] : text.split(':'))
    const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
    const missing = 8 - before.length - after.length
    const groups = [...before, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...after]
    const isWhole = others.length === 0 && (tail === undefined ? missing === 0 : missing > 0)
    if (!isWhole || !groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined
    return join(
      groups.map(group => Number.parseInt(group, 16)),
      16,
    )
  },
  // RFC 5952: the first of the longest runs of zeros, of at least two, is left out.
  write: address => {
    const groups = split(address, 8, 16).map(group => group.toString(16))
    const zerosFrom = (at: number) => groups.slice(at).findIndex(group => group !== '0')
    const runs = groups.map((_, at) => (zerosFrom(at) === -1 ? groups.length - at : zerosFrom(at)))
    const longest = Math.max(...runs)
    const at = runs.indexOf(longest)
    if (longest < 2) return groups.join(':')
    return `${groups.slice(0, at).join(':')}::${groups.slice(at + longest).join(':')}`
  },
}

function join(groups: readonly number[], bits: number): bigint {
  return groups.reduce((address, group) => (address << BigInt(bits)) | BigInt(group), 0n)
}

function split(address: bigint, count: number, bits: number): readonly number[] {
  return Array.from({ length: count }, (_, at) =>
    Number((address >> BigInt((count - 1 - at) * bits)) & ((1n << BigInt(bits)) - 1n)),
  )
}
