import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRpc } from '../../src/lib/protocols/pubsub/rpc.ts'
import { announcing, publishing, signedMessage } from '../support/pubsub.ts'
import { bytesField, freshSigner, numberField } from '../support/signed-record.ts'

const control = (field: number, ...parts: Uint8Array[]) => bytesField(3, bytesField(field, Buffer.concat(parts)))
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('an RPC', () => {
  it('is shown part by part', () => {
    const signer = freshSigner()
    const left = bytesField(1, bytesField(2, 'old'))
    expect(decodeRpc(Buffer.concat([announcing('news', 'weather'), left]))).toEqual({
      subscribe: ['news', 'weather'],
      unsubscribe: ['old'],
    })
    expect(decodeRpc(publishing(signedMessage(signer, { seqno: 2n ** 64n - 1n })))).toEqual({
      messages: [
        {
          topic: 'news',
          from: signer.peerId,
          sequenceNumber: '18446744073709551615',
          bytes: 5,
          text: 'hello',
          signed: true,
        },
      ],
    })
    const messages = [bytesField(1, 'news'), bytesField(2, 'a'), bytesField(2, 'b')]
    expect(decodeRpc(control(1, ...messages))).toEqual({ ihave: [{ topic: 'news', messages: 2 }] })
    expect(decodeRpc(control(2, bytesField(1, 'a'), bytesField(1, 'b')))).toEqual({ iwant: [base64('a'), base64('b')] })
    expect(decodeRpc(control(3, bytesField(1, 'news')))).toEqual({ graft: ['news'] })
    const prune = [bytesField(1, 'news'), bytesField(2, bytesField(1, 'peer')), numberField(3, 60)]
    expect(decodeRpc(control(4, ...prune))).toEqual({ prune: [{ topic: 'news', peers: 1, backoffSeconds: 60 }] })
    expect(decodeRpc(control(5, bytesField(1, 'a')))).toEqual({ idontwant: [base64('a')] })
  })

  it('is bounded', () => {
    const many = decodeRpc(announcing(...Array.from({ length: 1000 }, () => 'x'.repeat(1000))))
    expect(many.subscribe).toHaveLength(32)
    expect(many.more).toBe(968)
    expect(JSON.stringify(many).length).toBeLessThan(10_000)
    const data = Buffer.alloc(1_000_000, 0xff)
    const [message] = decodeRpc(publishing(signedMessage(freshSigner(), { data }))).messages ?? []
    expect(message).toMatchObject({ bytes: 1_000_000 })
    expect(JSON.stringify(message).length).toBeLessThan(1000)
  })

  it('is shown as far as it is well-formed', () => {
    const short = Buffer.concat([bytesField(1, 'nobody'), bytesField(3, 'x'), bytesField(4, 'news')])
    const { messages, problems } = decodeRpc(Buffer.concat([publishing(short), Buffer.of(0x0a, 0x7f)]))
    expect(messages).toEqual([{ topic: 'news', bytes: 0, signed: false }])
    expect(problems).toEqual([
      expect.stringMatching(/^message\.from: /),
      'message.seqno: it has 1 bytes, not 8',
      expect.stringMatching(/^RPC: .*cut short/),
    ])
  })

  it('never throws', () => {
    const part = fc.uint8Array({ maxLength: 64 })
    const nested = fc.tuple(fc.integer({ min: 1, max: 6 }), part).map(([field, bytes]) => bytesField(field, bytes))
    const rpc = fc.array(
      fc.oneof(
        part,
        nested,
        nested.map((bytes) => bytesField(3, bytes)),
      ),
    )
    fc.assert(
      fc.property(rpc, (parts) => {
        expect(() => JSON.stringify(decodeRpc(Buffer.concat(parts)))).not.toThrow()
      }),
    )
  })
})
