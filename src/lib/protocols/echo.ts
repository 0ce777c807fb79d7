import type { Stream } from '@libp2p/interface'

/** The echo protocol, as go-libp2p's and js-libp2p's examples speak it: what comes is sent back. */
export const echoProtocol = '/echo/1.0.0'

/** mplex cannot slow the other side down, and yamux may have announced 16 MiB: that much has to fit. */
const maxReadBuffer = 24 * 1024 * 1024
/** How long what is left may take to be sent, in milliseconds. */
const idleMs = 120_000

/**
 * Sends back what arrives, no faster than the other side takes it, until the other side half-closes.
 *
 * @param stream - an inbound stream
 */
export async function answerEcho(stream: Stream): Promise<void> {
  stream.maxReadBufferLength = maxReadBuffer
  try {
    await new Promise<void>((resolve, reject) => {
      // a listener that throws would end the process: sending fails once the other side stops reading
      const guarded = (act: () => void) => () => {
        try {
          act()
        } catch (error) {
          reject(error)
        }
      }
      stream.addEventListener('message', (event) => guarded(() => stream.send(event.data) || stream.pause())())
      stream.addEventListener(
        'drain',
        guarded(() => stream.readStatus === 'paused' && stream.resume()),
      )
      stream.addEventListener('end', () => resolve())
      stream.addEventListener('close', (event) => (event.error === undefined ? resolve() : reject(event.error)))
    })
    await stream.close({ signal: AbortSignal.timeout(idleMs) })
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
}
