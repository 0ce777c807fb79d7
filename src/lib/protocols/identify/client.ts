import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { readVarint } from '../protobuf.ts'
import { identifyProtocol } from './protocol.ts'

/** Messages of one answer that are read; go-libp2p reads as many. */
const maxMessages = 10
/** Bytes of one message, and of a whole answer, that are read. */
const maxBytes = 4 * 1024 * 1024
/** After a message, how long the next one or the end of the stream may take, in milliseconds. */
const graceMs = 2000

/**
 * Reads an identify answer: length-prefixed messages until the other side ends the stream.
 *
 * @param stream - a fresh outbound stream of the identify protocol
 * @param signal - ends the wait
 * @returns one message or more, undecoded
 * @throws ToolkitError `protocol` for an answer that is too large or breaks off, and the signal's
 *   reason
 */
export async function readIdentifyMessages(stream: Stream, signal: AbortSignal): Promise<Uint8Array[]> {
  const bytes = byteStream(stream, { maxBufferSize: 2 * maxBytes })
  const received = new Uint8ArrayList()
  const messages: Uint8Array[] = []
  let total = 0
  let waiting = signal
  try {
    while (messages.length < maxMessages) {
      const message = takeMessage(received)
      if (message !== undefined) {
        messages.push(message)
        waiting = AbortSignal.any([signal, AbortSignal.timeout(graceMs)])
        continue
      }
      const chunk = await bytes.read({ signal: waiting })
      if (chunk === null) break
      total += chunk.byteLength
      if (total > maxBytes) throw violation(`the answer is longer than ${maxBytes} bytes`)
      received.append(chunk)
    }
  } catch (error) {
    // what has arrived is an answer, whatever becomes of the stream behind it
    if (messages.length === 0) throw broken(error, signal)
  } finally {
    if (stream.remoteWriteStatus === 'closed') stream.close({ signal }).catch(() => {})
    else stream.abort(new Error('nothing more is read'))
  }
  if (messages.length === 0) throw violation(`the stream ended ${total === 0 ? 'without' : 'within'} a message`)
  return messages
}

function takeMessage(received: Uint8ArrayList): Uint8Array | undefined {
  const prefix = received.subarray(0, Math.min(10, received.byteLength))
  if (!prefix.some((byte) => byte < 0x80)) {
    if (prefix.length === 10) throw violation('the length of a message is not a number')
    return undefined
  }
  const { value: length, end } = readVarint(prefix, 0)
  if (length > BigInt(maxBytes))
    throw violation(`a message of ${length} bytes was announced, ${maxBytes} are read at most`)
  if (received.byteLength < end + Number(length)) return undefined
  const message = received.subarray(end, end + Number(length))
  received.consume(end + Number(length))
  return message
}

function broken(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof ToolkitError) return error
  return violation(`the stream broke off: ${messageOf(error)}`, error)
}

function violation(message: string, cause?: unknown): ToolkitError {
  return new ToolkitError('protocol', `${identifyProtocol}: ${message}`, { layer: 'protocol', cause })
}
