import { Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** A name of the DNS has 255 bytes with its lengths (RFC 1035, section 3.1); the peer's own label takes up to 64 of them. */
const longestService = 180

/** The service that peers are found by. */
export const serviceTagFlag = Flags.custom<string>({
  summary: 'name of the service to be found by [default: _p2p._udp.local]',
  helpValue: 'TAG',
  parse: async (text) => serviceTag(text),
})

/** The name of a service (RFC 6763, section 7), or of one in an older form, such as `ipfs.local`. */
function serviceTag(text: string): string {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  if (name.length <= longestService && /^(?:[a-z0-9_-]{1,63}\.)+local$/i.test(name)) return name
  throw new ToolkitError('usage', `not the name of an mDNS service: ${JSON.stringify(text.slice(0, 64))}`, {
    suggestions: ['write a name that ends in .local, such as _p2p._udp.local or _mynet._udp.local'],
  })
}
