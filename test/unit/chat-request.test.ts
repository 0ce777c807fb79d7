import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longest, longestRequest, roomOfTopic, topicOf } from '../../src/lib/protocols/chat/protocol.ts'
import { type ChatRequest, decodeRequest, encodeRequest } from '../../src/lib/protocols/chat/request.ts'
import { sendMessage, updatePeer } from '../support/chat.ts'
import { bytesField, numberField } from '../support/signed-record.ts'

const messageAt = (created: fc.Arbitrary<bigint>) =>
  fc.record({
    data: fc.uint8Array({ maxLength: 300 }),
    created: fc.oneof(created, fc.constantFrom(0n, 1n, -1n)),
    id: fc.uint8Array({ maxLength: longest.id }),
  })
// beyond what a number holds, protons-runtime 7.1.2 writes another time for some: -(2n ** 53n) as -(2n ** 53n + 2n ** 32n)
const writable = BigInt(Number.MAX_SAFE_INTEGER)
const written = messageAt(fc.bigInt({ min: -writable, max: writable }))
const received = messageAt(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const handle = fc.uint8Array({ minLength: 1, maxLength: longest.handle })

/** A request with plain arrays, for comparison: the bytes of one may be a view of a larger buffer. */
const plain = (request: ChatRequest) =>
  request.type === 'SEND_MESSAGE'
    ? { ...request, data: [...request.data], id: [...request.id] }
    : { ...request, userHandle: [...(request.userHandle ?? [])] }

describe('a request of the chat', () => {
  it('has the bytes of the core course’s proto2', () => {
    const { data, id } = { data: Buffer.from('hi'), id: Buffer.from('abc') }
    const said = encodeRequest({ type: 'SEND_MESSAGE', data, created: 300n, id })
    expect(Buffer.from(said).toString('hex')).toBe('0800120c0a02686910ac021a03616263')
    const named = encodeRequest({ type: 'UPDATE_PEER', userHandle: Buffer.from('bob') })
    expect(Buffer.from(named).toString('hex')).toBe('08011a050a03626f62')
    expect(Buffer.from(encodeRequest({ type: 'UPDATE_PEER' })).toString('hex')).toBe('08011a00')
  })

  it('has them for every message, also what is 0 or empty', () => {
    fc.assert(
      fc.property(written, (parts) => {
        expect(Buffer.from(encodeRequest({ type: 'SEND_MESSAGE', ...parts }))).toEqual(Buffer.from(sendMessage(parts)))
      }),
    )
    fc.assert(
      fc.property(handle, (userHandle) => {
        expect(Buffer.from(encodeRequest({ type: 'UPDATE_PEER', userHandle }))).toEqual(
          Buffer.from(updatePeer(userHandle)),
        )
      }),
    )
  })

  it('is decoded to what it was', () => {
    fc.assert(
      fc.property(received, (parts) => {
        expect(plain(decodeRequest(sendMessage(parts)))).toEqual(plain({ type: 'SEND_MESSAGE', ...parts }))
      }),
    )
    fc.assert(
      fc.property(handle, (userHandle) => {
        const request: ChatRequest = { type: 'UPDATE_PEER', userHandle }
        expect(plain(decodeRequest(encodeRequest(request)))).toEqual(plain(request))
      }),
    )
    expect(decodeRequest(updatePeer())).toEqual({ type: 'UPDATE_PEER' })
  })

  it('is read whatever order its fields have, and whatever others there are', () => {
    const request = Buffer.concat([
      bytesField(4, 'stats'),
      bytesField(2, sendMessage({}).subarray(4)),
      numberField(1, 0),
    ])
    expect(decodeRequest(request)).toMatchObject({ type: 'SEND_MESSAGE', created: 1_561_734_000_000n })
  })

  it.each([
    ['type', bytesField(2, 'x').subarray(0, 0)],
    ['type', sendMessage({}).subarray(2)],
    ['sendMessage', numberField(1, 0)],
    ['updatePeer', numberField(1, 1)],
    ['data', sendMessage({ data: undefined })],
    ['created', sendMessage({ created: undefined })],
    ['id', sendMessage({ id: undefined })],
  ])('is refused without its %s', (field, bytes) => {
    expect(() => decodeRequest(bytes)).toThrow(new RangeError(`a request without its ${field}`))
  })

  it('is refused where its type is none, and where it is too long', () => {
    expect(() => decodeRequest(numberField(1, 2))).toThrow(/enum/)
    expect(() => decodeRequest(sendMessage({ data: Buffer.alloc(longest.text + 1) }))).toThrow(/^a text of 16385 bytes/)
    expect(() => decodeRequest(sendMessage({ id: Buffer.alloc(longest.id + 1) }))).toThrow(/^an ID of 129 bytes/)
    expect(() => decodeRequest(updatePeer(Buffer.alloc(longest.handle + 1)))).toThrow(/^a handle of 129 bytes/)
    expect(() => decodeRequest(new Uint8Array(longestRequest + 1))).toThrow(/^a request of /)
    const most = sendMessage({ data: Buffer.alloc(longest.text), created: -1n, id: Buffer.alloc(longest.id) })
    expect(decodeRequest(most)).toMatchObject({ type: 'SEND_MESSAGE' })
  })

  it('is decoded or refused, whatever it is', () => {
    const decoded = (bytes: Uint8Array) => {
      try {
        return decodeRequest(bytes).type
      } catch (error) {
        return error
      }
    }
    const isKnown = (result: unknown) =>
      result === 'SEND_MESSAGE' || result === 'UPDATE_PEER' || (result instanceof Error && result.message !== '')
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => isKnown(decoded(bytes))))
    fc.assert(
      fc.property(received, fc.nat(), fc.nat(255), (parts, place, byte) => {
        const bytes = Uint8Array.from(sendMessage(parts))
        bytes[place % bytes.length] = byte
        return isKnown(decoded(bytes))
      }),
    )
    // groups within groups, as deep as fits
    expect(isKnown(decoded(new Uint8Array(longestRequest).fill(0x0b)))).toBe(true)
  })
})

describe('the topic of a room', () => {
  it('is that of the course for the lobby, and one below it for a room', () => {
    expect(topicOf(undefined)).toBe('/libp2p/chat/1.0.0')
    expect(topicOf('room')).toBe('/libp2p/chat/1.0.0/room')
    expect(roomOfTopic('/libp2p/chat/1.0.0')).toEqual({})
    for (const topic of ['news', '/libp2p/chat/1.0.0/', '/libp2p/chat/1.0.01', `/libp2p/chat/1.0.0/${'x'.repeat(129)}`])
      expect(roomOfTopic(topic)).toBeUndefined()
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 32 }), (room) => {
        expect(roomOfTopic(topicOf(room))).toEqual({ room })
      }),
    )
  })
})
