import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MuxerFrame } from '../../src/lib/inspect/event.ts'
import { frameReader } from '../../src/lib/inspect/frames.ts'

const yamuxTypes = ['data', 'window-update', 'ping', 'go-away']
const yamuxFlags = ['SYN', 'ACK', 'FIN', 'RST']

const yamuxFrame = fc.record({
  frame: fc.constantFrom(...yamuxTypes),
  id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  flags: fc.subarray(yamuxFlags),
  length: fc.integer({ min: 0, max: 500 }),
})

/** https://github.com/hashicorp/yamux/blob/master/spec.md#framing */
function yamuxBytes({ frame, id, flags, length }: typeof yamuxFrame extends fc.Arbitrary<infer F> ? F : never): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt8(yamuxTypes.indexOf(frame), 1)
  header.writeUInt16BE(
    flags.reduce((bits, flag) => bits | (1 << yamuxFlags.indexOf(flag)), 0),
    2,
  )
  header.writeUInt32BE(id, 4)
  header.writeUInt32BE(length, 8)
  return Buffer.concat([header, Buffer.alloc(frame === 'data' ? length : 0, 0xff)])
}

function readIn(protocol: string, bytes: Uint8Array, sizes: number[]): MuxerFrame[] {
  const reader = frameReader(protocol)
  if (reader === undefined) throw new Error('no reader')
  const frames: MuxerFrame[] = []
  for (let at = 0, next = 0; at < bytes.length; next++) {
    const size = sizes[next % sizes.length] ?? 1
    frames.push(...reader.read(bytes.subarray(at, at + size)))
    at += size
  }
  return frames
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 })

describe('frameReader', () => {
  it('reads the headers of yamux, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(yamuxFrame, { maxLength: 12 }), sizes, (frames, pieces) => {
        const read = readIn('/yamux/1.0.0', Buffer.concat(frames.map(yamuxBytes)), pieces)
        expect(read).toEqual(
          frames.map(({ frame, id, flags, length }) => ({
            frame,
            streamId: String(id),
            ...(flags.length > 0 && { flags: yamuxFlags.filter((flag) => flags.includes(flag)) }),
            length,
          })),
        )
      }),
    )
  })

  it('reads the headers of mplex', () => {
    // new stream 0 named "0", message of 3 bytes on it, close, reset of stream 17
    const bytes = Buffer.from('00 01 30 02 03 616263 04 00 8e01 00'.replaceAll(' ', ''), 'hex')
    for (const size of [1, 2, 5, 100]) {
      expect(readIn('/mplex/6.7.0', bytes, [size])).toEqual([
        { frame: 'new-stream', streamId: '0', length: 1 },
        { frame: 'message', streamId: '0', length: 3 },
        { frame: 'close', streamId: '0', length: 0 },
        { frame: 'reset', streamId: '17', length: 0 },
      ])
    }
  })

  it.each(['/yamux/1.0.0', '/mplex/6.7.0'])('never throws on what is no %s', (protocol) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), sizes, (bytes, pieces) => void readIn(protocol, bytes, pieces)),
    )
  })

  it('knows no other muxer', () => {
    expect(frameReader('/spdy/3.1')).toBeUndefined()
  })
})
