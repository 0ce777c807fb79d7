import { ByteQueue } from '../inspect/byte-queue.ts'
import type { MessageDecoder } from '../inspect/inspector.ts'
import type { Direction } from '../inspect/negotiation.ts'
import { payloadBytes } from './ping.ts'

/**
 * Shows the payloads of a ping stream: each is 32 bytes, and comes back the same.
 *
 * @returns a decoder of `{"payload":"base64"}`
 */
export function pingDecoder(): MessageDecoder {
  const held: Record<Direction, ByteQueue> = { sent: new ByteQueue(), received: new ByteQueue() }
  return {
    read(direction, bytes) {
      const queue = held[direction]
      queue.push(bytes)
      const whole = Math.floor(queue.length / payloadBytes)
      return Array.from({ length: whole }, () => ({
        payload: Buffer.from(queue.take(payloadBytes)).toString('base64'),
      }))
    },
  }
}
