import type { MessageDecoder } from '../inspect/inspector.ts'
import type { Direction } from '../inspect/negotiation.ts'
import { payloadBytes } from './ping.ts'

/**
 * Shows the payloads of a ping stream: each is 32 bytes, and comes back the same.
 *
 * @returns a decoder of `{"payload":"hex"}`
 */
export function pingDecoder(): MessageDecoder {
  const held: Record<Direction, Uint8Array> = { sent: new Uint8Array(0), received: new Uint8Array(0) }
  return {
    read(direction, bytes) {
      const all = Buffer.concat([held[direction], bytes])
      const whole = all.length - (all.length % payloadBytes)
      held[direction] = all.subarray(whole)
      return Array.from({ length: whole / payloadBytes }, (_, index) => ({
        payload: all.toString('hex', index * payloadBytes, (index + 1) * payloadBytes),
      }))
    },
  }
}
