import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoderOf } from '../../src/lib/protocols/decoders.ts'

const peers = { local: '12D3KooWLocal', remote: '12D3KooWRemote' }

describe('decoderOf', () => {
  it('shows each ping payload once, however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.integer({ min: 1, max: 63 }), (bytes, at) => {
        const decoder = decoderOf('/ipfs/ping/1.0.0', peers)
        const read = [bytes.subarray(0, at), bytes.subarray(at)].flatMap((piece) => decoder?.read('sent', piece))
        const base64 = (from: number) => Buffer.from(bytes.subarray(from, from + 32)).toString('base64')
        expect(read).toEqual([{ payload: base64(0) }, { payload: base64(32) }])
      }),
    )
  })

  it.each(['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0'])(
    'never throws on hostile bytes of %s',
    (protocol) => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
          const decoder = decoderOf(protocol, peers)
          for (const piece of pieces) expect(decoder?.read('received', piece)).toBeInstanceOf(Array)
        }),
      )
    },
  )

  it('shows an identify message as JSON, bad fields beside good ones', () => {
    // agentVersion "me", one protocol, an observed address that is none
    const message = Buffer.from('32026d65 1a042f612f31 2201ff'.replaceAll(' ', ''), 'hex')
    const read = decoderOf('/ipfs/id/1.0.0', peers)?.read('received', Buffer.from([message.length, ...message]))
    expect(read).toEqual([
      {
        agentVersion: 'me',
        listenAddresses: [],
        protocols: ['/a/1'],
        truncated: false,
        problems: [expect.stringContaining('observedAddress')],
      },
    ])
  })

  it('knows no decoder for other protocols', () => {
    expect(decoderOf('/echo/1.0.0', peers)).toBeUndefined()
  })
})
