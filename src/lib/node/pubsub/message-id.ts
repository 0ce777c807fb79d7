import { createHash } from 'node:crypto'
import type { Message } from '@libp2p/gossipsub'
import { writeVarint } from '../../protocols/protobuf.ts'

/**
 * The ID of a message: `from` and `seqno`, the default of the pubsub spec ("Message identification"), and not libp2p's,
 * which others do not share; of the topic and the payload where there are none.
 *
 * @param message - a message whose signature is right
 * @returns its ID
 */
export function messageId(message: Message): Uint8Array {
  if (message.type === 'unsigned') {
    const topic = Buffer.from(message.topic)
    return createHash('sha256').update(writeVarint(topic.length)).update(topic).update(message.data).digest()
  }
  const seqno = Buffer.alloc(8)
  seqno.writeBigUInt64BE(message.sequenceNumber)
  return signedId(message.from.toMultihash().bytes, seqno)
}

/**
 * The ID of a signed message.
 *
 * @param from - its `from`
 * @param seqno - its `seqno`
 * @returns its ID
 */
export function signedId(from: Uint8Array, seqno: Uint8Array): Uint8Array {
  return Buffer.concat([from, seqno])
}

/**
 * An ID as the key of a map.
 *
 * @param id - a message ID
 * @returns a character for each byte
 */
export function idText(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
