import { isUtf8 } from 'node:buffer'
import type { Message } from '@libp2p/gossipsub'
import type { MessageRecord } from '../../records/pubsub.ts'

/**
 * A message as a record.
 *
 * @param message - what the router has checked
 * @param receivedAt - when it came
 * @returns the record
 */
export function messageRecord(message: Message, receivedAt: Date): MessageRecord {
  const { topic, data } = message
  const payload = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return {
    type: 'message',
    topic,
    data: payload.toString('base64'),
    ...(isUtf8(payload) && { text: payload.toString('utf8') }),
    ...(message.type === 'signed' && {
      from: message.from.toString(),
      sequenceNumber: message.sequenceNumber.toString(),
    }),
    signed: message.type === 'signed',
    receivedAt: receivedAt.toISOString(),
  }
}
