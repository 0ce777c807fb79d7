import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Framing, messagesOf } from '../../src/lib/operations/pubsub/framing.ts'
import { varint } from '../support/signed-record.ts'

const limit = 64

/** Reads an input that comes in chunks of these sizes, again and again. */
async function framed(input: Uint8Array, framing: Framing, sizes: number[]) {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < input.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(Buffer.from(input.subarray(at, at + size)))
    at += size
  }
  const read = messagesOf(Readable.from(chunks), framing, limit, new AbortController().signal)
  const found = []
  for await (const { bytes, length } of read)
    found.push(bytes === undefined ? length : Buffer.from(bytes).toString('hex'))
  return found
}

const hex = (bytes: Uint8Array) => (bytes.length > limit ? bytes.length : Buffer.from(bytes).toString('hex'))
const message = fc.uint8Array({ maxLength: 2 * limit })
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })

describe('messages of an input', () => {
  it('with their length in front, however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message), sizes, async (messages, cut) => {
        const input = Buffer.concat(messages.flatMap((bytes) => [Uint8Array.from(varint(bytes.length)), bytes]))
        expect(await framed(input, 'length', cut)).toEqual(messages.map(hex))
      }),
    )
  })

  it('a line each', async () => {
    const line = message.map((bytes) => bytes.filter((byte) => byte !== 0x0a))
    await fc.assert(
      fc.asyncProperty(fc.array(line), line, sizes, async (lines, rest, cut) => {
        const input = Buffer.concat([...lines.flatMap((bytes) => [bytes, Buffer.from('\n')]), rest])
        expect(await framed(input, 'lines', cut)).toEqual([...lines, ...(rest.length > 0 ? [rest] : [])].map(hex))
      }),
    )
  })

  it('as one', async () => {
    await fc.assert(
      fc.asyncProperty(message, sizes, async (bytes, cut) => {
        expect(await framed(bytes, 'whole', cut)).toEqual([hex(bytes)])
      }),
    )
  })

  it('that break off are refused', async () => {
    await expect(framed(Buffer.of(5, 1, 2), 'length', [1])).rejects.toThrow(/ends within a message/)
    await expect(framed(Buffer.of(0x80), 'length', [1])).rejects.toThrow(/ends within a message/)
    await expect(framed(Buffer.alloc(20, 0xff), 'length', [7])).rejects.toThrow(/has no end/)
  })
})
