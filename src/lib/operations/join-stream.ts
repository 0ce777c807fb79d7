import type { Readable } from 'node:stream'
import type { Stream } from '@libp2p/interface'
import { send, silence } from './stream-input.ts'
import { receive } from './stream-output.ts'

/** The two ends on this side that a stream is joined to. */
export interface Ends {
  input: Readable
  /** takes a chunk, and settles when it wants the next one */
  output: (chunk: Uint8Array) => Promise<void>
  /** nobody is expected to end the input: once the other side has half-closed, silence is its end */
  endWithRemote: boolean
}

/** yamux may have announced a window of 16 MiB before it was paused: that much has to fit. */
const maxReadBuffer = 24 * 1024 * 1024

/** How a join ended, for the one who has to see that everything arrives. */
export interface Joined {
  /** the other side half-closed after this side did */
  acknowledged: boolean
}

/**
 * Joins a stream to an input and an output, binary-safe: each direction slows down with its reader,
 * small writes are sent together, the end of the input half-closes the stream. Ends when both
 * directions have ended.
 *
 * @param stream - an open stream that nobody reads from
 * @param ends - input and output
 * @param signal - ends the join; the stream is then reset
 * @returns how it ended
 * @throws ToolkitError `protocol`, layer `stream`, when the other side resets the stream, or the
 *   connection ends before the stream does
 */
export async function joinStream(stream: Stream, ends: Ends, signal: AbortSignal): Promise<Joined> {
  stream.maxReadBufferLength = maxReadBuffer
  const done = new AbortController()
  const onAbort = () => done.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  let sent = false
  let acknowledged = false
  try {
    const sending = send(stream, ends.input, done.signal).then(() => {
      sent = true
    })
    // also when sending fails first, the reason is with the receiver
    const receiving = receive(stream, ends.output, done.signal).then(() => {
      acknowledged = sent
    })
    await receiving
    await (ends.endWithRemote ? Promise.race([sending, silence(ends.input, done.signal)]) : sending)
    return { acknowledged }
  } finally {
    signal.removeEventListener('abort', onAbort)
    done.abort()
    if (signal.aborted) stream.abort(new Error('the command ended'))
    else await stream.close({ signal }).catch(() => {})
  }
}
