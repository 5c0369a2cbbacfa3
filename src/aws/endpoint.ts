/** Is it a URL that services can be asked at, as `--endpoint-url` gives one: http or https, no user, no query? */
export function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && search === '' && hash === ''
}
