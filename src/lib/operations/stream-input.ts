import type { Readable } from 'node:stream'
import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

/** Unsent bytes beyond which the input has to wait. */
const highWater = 1024 * 1024
/** An input at a terminal, or whose other end nobody closes, never ends by itself. */
const silentMs = 500

/**
 * Settles when an input has given nothing for half a second.
 *
 * @param input - the input, which somebody reads
 * @param done - ends the wait without an answer
 */
export function silence(input: Readable, done: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, silentMs)
    input.on('data', () => timer.refresh())
    done.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
}

/**
 * Sends an input on a stream and half-closes it at the input's end. Small chunks are sent together,
 * and the input waits for a slow stream.
 *
 * @param stream - an open stream
 * @param input - the input
 * @param done - ends the sending
 * @returns settles when the input has ended and all of it is in the hands of the muxer, or cannot be
 *   sent any more
 */
export function send(stream: Stream, input: Readable, done: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const pending = new Uint8ArrayList()
    let scheduled = false
    let inputEnded = false
    const stop = () => {
      input.pause()
      resolve()
    }
    const flush = () => {
      scheduled = false
      try {
        sendPending()
      } catch {
        // the receiver knows how the stream ended
        stop()
      }
    }
    const sendPending = () => {
      if (stream.writeStatus !== 'writable') return stop()
      const canSendMore = pending.byteLength === 0 || stream.send(pending.sublist())
      pending.consume(pending.byteLength)
      if (inputEnded) stream.close({ signal: done }).then(resolve, resolve)
      else if (canSendMore) input.resume()
      else input.pause()
    }
    const schedule = () => {
      if (!scheduled) setImmediate(flush)
      scheduled = true
    }
    input.on('data', (chunk: Uint8Array) => {
      pending.append(chunk)
      if (pending.byteLength >= highWater) input.pause()
      schedule()
    })
    input.once('end', () => {
      inputEnded = true
      schedule()
    })
    input.once('error', stop)
    stream.addEventListener('drain', () => input.resume())
    stream.addEventListener('close', stop)
    done.addEventListener('abort', stop, { once: true })
  })
}
