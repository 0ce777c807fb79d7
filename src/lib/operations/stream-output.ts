import type { Stream } from '@libp2p/interface'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { isHalfClosed } from '../node/upgrade/watched-muxer.ts'

/** Unwritten bytes beyond which the other side has to wait. */
const highWater = 1024 * 1024

/**
 * Writes what arrives on a stream to an output, and slows the other side down when the output is
 * slow.
 *
 * @param stream - an open stream that nobody reads from
 * @param output - takes a chunk, and settles when it wants the next one
 * @param done - ends the receiving
 * @returns settles when the other side has half-closed and all that it sent is written
 * @throws ToolkitError `protocol`, layer `stream`, when the stream ends in any other way
 */
export function receive(
  stream: Stream,
  output: (chunk: Uint8Array) => Promise<void>,
  done: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = Promise.resolve()
    let waiting = 0
    let ending: ToolkitError | 'half-closed' | undefined
    const slowDown = () => {
      if (waiting >= highWater && stream.readStatus === 'readable') stream.pause()
    }
    const write = async (chunk: Uint8Array) => {
      await output(chunk)
      waiting -= chunk.length
      if (waiting < highWater && stream.readStatus === 'paused') {
        resume(stream)
        slowDown()
      }
    }
    const finishIfEnded = () => {
      if (ending === undefined || stream.readBufferLength > 0) return
      if (ending === 'half-closed') tail.then(resolve, reject)
      else tail.then(() => reject(ending), reject)
    }
    const onClose = (error?: Error, local = false) => {
      if (ending === undefined || error !== undefined) ending = brokenOff(error, local)
      finishIfEnded()
    }

    stream.addEventListener('message', (event) => {
      const chunk = event.data.subarray()
      waiting += chunk.length
      tail = tail.then(() => write(chunk))
      // not at once: libp2p announces a new window after it has handed out what was held back
      queueMicrotask(() => {
        slowDown()
        finishIfEnded()
      })
    })
    stream.addEventListener('remoteCloseWrite', () => {
      ending ??= 'half-closed'
      finishIfEnded()
    })
    stream.addEventListener('end', finishIfEnded)
    stream.addEventListener('close', (event) => onClose(event.error, event.local))
    done.addEventListener('abort', () => tail.then(resolve, reject), { once: true })
    if (isHalfClosed(stream)) ending = 'half-closed'
    if (stream.status === 'reset' || stream.status === 'aborted') onClose(new Error(stream.status))
    else if (stream.status !== 'open') onClose()
    finishIfEnded()
  })
}

/** Hands out what was held back. Once the connection is closed, libp2p then fails to announce a new window. */
function resume(stream: Stream): void {
  try {
    stream.resume()
  } catch (error) {
    if (stream.status === 'open') throw error
  }
}

function brokenOff(cause: Error | undefined, local: boolean): ToolkitError {
  const message =
    cause === undefined
      ? 'the connection was closed before the stream ended'
      : local
        ? `the stream broke off: ${cause.message}`
        : 'the other side reset the stream'
  return new ToolkitError('protocol', message, { layer: 'stream', cause })
}
