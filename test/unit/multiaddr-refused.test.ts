import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { parseMultiaddr } from '../../src/lib/operations/parse-multiaddr.ts'

function refusal(text: string): ToolkitError {
  try {
    parseMultiaddr(text)
  } catch (error) {
    if (error instanceof ToolkitError) return error
    throw error
  }
  throw new Error('accepted')
}

// go-multiaddr 0.16.1 refuses every one of these
const rows: [given: string, message: string][] = [
  ['', 'the address is empty'],
  ['/', 'the address is empty'],
  ['0x', 'the address is empty'],
  ['ip4/192.0.2.1', 'an address begins with "/", not with "ip4/192.0.2.1"'],
  ['0X04c0000201', 'an address begins with "/", not with "0X04c0000201"'],
  ['/ws//ws', 'component 2, "/": a protocol name is missing'],
  ['/tcp/1/constructor', 'component 2, "/constructor": unknown protocol'],
  ['/ws/x-parity-ws', 'component 2, "/x-parity-ws": unknown protocol'],
  ['/ip4', 'component 1, "/ip4": its value is missing'],
  ['/ws/unix/', 'component 2, "/unix": its value is missing'],
  ['/unix//', 'component 1, "/unix": its value is missing'],
  ['/ip4/192.0.2.01', 'component 1, "/ip4/192.0.2.01": not an IPv4 address'],
  ['/ip4/::1', 'component 1, "/ip4/::1": not an IPv4 address'],
  ['/ip6/fe80::1%eth0', 'component 1, "/ip6/fe80::1%eth0": not an IPv6 address'],
  ['/ip6/1::2:3:4:5:6:7:8', 'component 1, "/ip6/1::2:3:4:5:6:7:8": not an IPv6 address'],
  ['/ip6/::192.0.2.1:1', 'component 1, "/ip6/::192.0.2.1:1": not an IPv6 address'],
  ['/ip4/192.0.2.1/tcp/65536', 'component 2, "/tcp/65536": not a whole number from 0 to 65535'],
  ['/udp/+1', 'component 1, "/udp/+1": not a whole number from 0 to 65535'],
  ['/tcp//ws', 'component 1, "/tcp": not a whole number from 0 to 65535'],
  ['/ipcidr/256', 'component 1, "/ipcidr/256": not a whole number from 0 to 255'],
  [
    '/memory/18446744073709551616',
    'component 1, "/memory/18446744073709551616": not a whole number from 0 to 18446744073709551615',
  ],
  ['/dns//tcp/1', 'component 1, "/dns": the domain name is empty'],
  ['/http-path/%2', 'component 1, "/http-path/%2": an escape is not "%" and two hexadecimal digits'],
  ['/onion/abcdefghijklmnop:0', 'component 1, "/onion/abcdefghijklmnop:0": the port is 0'],
  ['/onion/abcdefghijklmnop', 'component 1, "/onion/abcdefghijklmnop": not of the form NAME:PORT'],
  ['/onion3/abcdefghijklmnop:1', 'component 1, "/onion3/abcdefghijklmnop:1": a Tor v3 name is 56 base32 digits'],
  ['/garlic32/aaaaaaaa', 'component 1, "/garlic32/aaaaaaaa": an I2P name has 32 bytes, or 35 and more, not 5'],
  ['/garlic64/AAAA', 'component 1, "/garlic64/AAAA": an I2P destination has 386 bytes at least, not 3'],
  ['/p2p/1l', 'component 1, "/p2p/1l": character 2 is not a base58 digit'],
  ['/p2p/Qm', 'component 1, "/p2p/Qm": the multihash announces 98 bytes of digest and has 0'],
  ['/p2p/x', 'component 1, "/p2p/x": neither a base58 peer ID nor a CID'],
  ['/p2p/f01700000', 'component 1, "/p2p/f01700000": the CID is not of a libp2p key (codec 0x72)'],
  ['/p2p/f0172110100', 'component 1, "/p2p/f0172110100": a peer ID is a sha2-256 or an identity multihash'],
  ['/p2p/f0172120100', 'component 1, "/p2p/f0172120100": a sha2-256 digest has 32 bytes, not 1'],
  ['/p2p/9924248320', 'component 1, "/p2p/9924248320": "9" is not a known multibase prefix'],
  ['/certhash/u', 'component 1, "/certhash/u": a multihash has two bytes at least'],
  ['/certhash/uHgQB', 'component 1, "/certhash/uHgQB": the multihash announces 4 bytes of digest and has 1'],
  ['0x0', 'address in hexadecimal: the number of hexadecimal digits is odd'],
  ['0xzz', 'address in hexadecimal: a character is not a hexadecimal digit'],
  ['0x05', 'component 1 at byte 0: unknown protocol code 5'],
  ['0xdd0304c000', 'component 2 at byte 2, "/ip4": its value has 4 bytes, of which 2 are there'],
  ['0x3500', 'component 1 at byte 0, "/dns": its value is empty'],
  ['0x3503612f62', 'component 1 at byte 0, "/dns": the domain name contains a slash'],
  ['0x9003022f61dd03', 'component 2 at byte 5, "/ws": nothing can follow a path'],
  ['0x9003022f2f', 'component 1 at byte 0, "/unix": the path ends in a slash'],
  ['0x90030161', 'component 1 at byte 0, "/unix": the path is empty'],
  ['0x9003026162', 'component 1 at byte 0, "/unix": the path does not begin with a slash'],
  ['0xdd8300', 'component 1 at byte 0: a varint is not in its shortest form'],
  ['0xdd', 'component 1 at byte 0: a varint is cut off'],
  ['0xffffffffffffffffff01', 'component 1 at byte 0: a varint is longer than 63 bits'],
  ['0x8080808008', 'component 1 at byte 0: a code or length is longer than 31 bits'],
]

describe('parseMultiaddr', () => {
  it.each(rows)('refuses %j', (given, message) => {
    const error = refusal(given)
    expect(error.message).toBe(message)
    expect({ code: error.code, layer: error.layer }).toEqual({ code: 'usage', layer: 'address' })
  })

  it.each([`/${'x'.repeat(1e5)}`, `/tcp/${'9'.repeat(1e5)}`, 'x'.repeat(1e5), `/p2p/k${'1'.repeat(1e5)}`])(
    'repeats only the beginning of a long input',
    (given) => {
      expect(refusal(given).message.length).toBeLessThan(300)
    },
  )

  it('keeps its message on one line, without characters that hide', () => {
    expect(refusal('/tcp/1\r\n\u202e\u2028\ud800').message).toBe(
      'component 1, "/tcp/1\ufffd\ufffd\ufffd\ufffd\ufffd": not a whole number from 0 to 65535',
    )
  })
})
