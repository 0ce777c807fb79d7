import { describe, expect, it } from 'vitest'
import { parseMultiaddr } from '../../src/lib/operations/parse-multiaddr.ts'
import { multiaddrRecord } from '../../src/lib/records/multiaddr.ts'

const onion3Host = 'qwertyuiopasdfghjklzxcvbnm234567qwertyuiopasdfghjklzxcvb'
const garlic32Host = 'abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrsq'

// every packed form was printed by go-multiaddr 0.16.1
const rows: [given: string, string: string, packed: string][] = [
  ['/ip4/192.0.2.1/tcp/04001/ws', '/ip4/192.0.2.1/tcp/4001/ws', '0x04c0000201060fa1dd03'],
  [
    '/ip6/2001:DB8:0:0:1:0:0:1/udp/443/quic-v1',
    '/ip6/2001:db8::1:0:0:1/udp/443/quic-v1',
    '0x2920010db8000000000001000000000001910201bbcd03',
  ],
  ['/ip6/192.0.2.9', '/ip6/::ffff:192.0.2.9', '0x2900000000000000000000ffffc0000209'],
  ['/ip4/::ffff:c000:209', '/ip4/192.0.2.9', '0x04c0000209'],
  [
    '/ip6/fe80:0:0:0:0:0:0:1/ip6zone/eth0/sctp/7',
    '/ip6/fe80::1/ip6zone/eth0/sctp/7',
    '0x29fe8000000000000000000000000000012a046574683084010007',
  ],
  ['/ip4/10.0.0.0/ipcidr/200', '/ip4/10.0.0.0/ipcidr/200', '0x040a0000002bc8'],
  ['/ws//', '/ws', '0xdd03'],
  [
    '/dns4/relay.example/tcp/443/tls/sni/relay.example/wss',
    '/dns4/relay.example/tcp/443/tls/sni/relay.example/wss',
    '0x360d72656c61792e6578616d706c650601bbc003c1030d72656c61792e6578616d706c65de03',
  ],
  ['/dns/bücher.example', '/dns/bücher.example', '0x350f62c3bc636865722e6578616d706c65'],
  [
    '/ipfs/QmRt39WMuCwqs3j1FHqQXpc4dDE5hFNyDkxNiT8uX9RiHM',
    '/p2p/QmRt39WMuCwqs3j1FHqQXpc4dDE5hFNyDkxNiT8uX9RiHM',
    '0xa503221220349d6fbf9be197d17a38bd7f4dd38ef9b42eddc3d38c2600bd37a8e27a5551f8',
  ],
  ['/p2p/11', '/p2p/11', '0xa503020000'],
  ['/p2p/f01720000', '/p2p/11', '0xa503020000'],
  ['/p2p/BAFZAAAA', '/p2p/11', '0xa503020000'],
  ['/memory/18446744073709551615', '/memory/18446744073709551615', '0x8906ffffffffffffffff'],
  ['/unix//run/p2p.sock', '/unix//run/p2p.sock', '0x90030e2f2f72756e2f7032702e736f636b'],
  ['/unix/run//p2p.sock/', '/unix/run//p2p.sock', '0x90030e2f72756e2f2f7032702e736f636b'],
  ['/http-path/a%2fb+c%20d%C3%BC~*', '/http-path/a%2Fb+c+d%C3%BC~%2A', '0xe1030b612f6220632064c3bc7e2a'],
  [
    '/dccp/65535/udt/utp/p2p-circuit/webrtc-direct/plaintextv2',
    '/dccp/65535/udt/utp/p2p-circuit/webrtc-direct/plaintextv2',
    '0x21ffffad02ae02a2029802e1d8c103',
  ],
  ['/onion/ABCDEFGHIJKLMNOP:00080', '/onion/abcdefghijklmnop:80', '0xbc0300443214c74254b635cf0050'],
  ['/certhash/f1e0401020304', '/certhash/uHgQBAgME', '0xd203061e0401020304'],
]

describe('parseMultiaddr', () => {
  it.each(rows)('reads %s', (given, string, packed) => {
    const record = parseMultiaddr(given)
    expect(multiaddrRecord.parse(record)).toEqual(record)
    expect({ string: record.string, packed: record.packed }).toEqual({ string, packed })
    expect(record.stringSize).toBe(`${Buffer.byteLength(string)}`)
    expect(record.packedSize).toBe(`${(packed.length - 2) / 2}`)
    expect(parseMultiaddr(packed)).toEqual(record)
  })

  it('gives each component the fields of the go command', () => {
    expect(parseMultiaddr('/dns/é/ws')).toEqual({
      type: 'multiaddr',
      string: '/dns/é/ws',
      stringSize: '10',
      packed: '0x3502c3a9dd03',
      packedSize: '6',
      components: [
        {
          string: '/dns/é',
          stringSize: '7',
          packed: '0x3502c3a9',
          packedSize: '4',
          value: 'é',
          rawValue: '0xc3a9',
          valueSize: '2',
          protocol: 'dns',
          codec: '53',
          uvarint: '0x35',
          lengthPrefix: '0x02',
        },
        {
          string: '/ws',
          stringSize: '3',
          packed: '0xdd03',
          packedSize: '2',
          value: '',
          rawValue: '0x',
          valueSize: '0',
          protocol: 'ws',
          codec: '477',
          uvarint: '0xdd03',
          lengthPrefix: '',
        },
      ],
    })
  })

  it('counts bytes that are not UTF-8 as go does', () => {
    const record = parseMultiaddr('0x3503ff80e2')
    expect(record.string).toBe('/dns/\ufffd\ufffd\ufffd')
    expect(record.stringSize).toBe('8')
    expect(record.components[0]?.rawValue).toBe('0xff80e2')
  })

  it.each([`/onion3/${onion3Host}:65535`, `/garlic32/${garlic32Host}`, `/garlic64/${'A~-z'.repeat(130)}`])(
    'reads %s back from its bytes',
    (text) => {
      const record = parseMultiaddr(text)
      expect(record.string).toBe(text)
      expect(parseMultiaddr(record.packed)).toEqual(record)
    },
  )

  it.each([
    ['identity', '\0\x01\x72\0\0'],
    ['base2', '000000001011100100000000000000000'],
    ['base16upper', 'F01720000'],
    ['base32', 'bafzaaaa'],
    ['base32pad', 'cafzaaaa='],
    ['base32hex', 'v05p0000'],
    ['base32hexpadupper', 'T05P0000='],
    ['base36', 'kefq4g'],
    ['base58btc', 'z39HBV'],
    ['base58flickr', 'Z39hbu'],
    ['base64', 'mAXIAAA'],
    ['base64pad', 'MAXIAAA=='],
    ['base64url', 'uAXIAAA'],
    ['base64urlpad', 'UAXIAAA=='],
    ['base256emoji', '🚀🪐🥺🚀🚀'],
  ])('reads a CID in %s', (_, cid) => {
    expect(parseMultiaddr(`/p2p/${cid}`).string).toBe('/p2p/11')
  })
})
