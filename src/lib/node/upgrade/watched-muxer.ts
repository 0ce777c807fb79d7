import type { Stream, StreamMuxerFactory } from '@libp2p/interface'
import { securedUpgrade, type Upgrade } from './upgrade.ts'

/**
 * Decorates a stream muxer so that what arrives together with the end of a negotiation is kept.
 *
 * multistream-select reads ahead and pushes the rest back. When the other side's half-close or reset
 * came in the same packet, libp2p has closed the stream for reading by then, and refuses it.
 *
 * @param inner - a muxer's factory
 * @param ofUpgrade - the upgrade that it is for, where the connection does not tell
 * @returns the decorated factory
 */
export function watchMuxer(inner: StreamMuxerFactory, ofUpgrade?: Upgrade): StreamMuxerFactory {
  return {
    protocol: inner.protocol,
    createStreamMuxer(connection) {
      const muxer = inner.createStreamMuxer(connection)
      const upgrade = ofUpgrade ?? securedUpgrade(connection)
      const createStream = muxer.createStream.bind(muxer)
      const take = (stream: Stream): Stream => {
        upgrade?.tap?.stream(stream)
        return takeBack(stream)
      }
      muxer.createStream = async (options) => take(await createStream(options))
      if (upgrade !== undefined) upgrade.openBareStream = () => muxer.createStream()
      // not a listener: a muxer holds early streams until it has its first one
      const dispatch = muxer.dispatchEvent.bind(muxer)
      muxer.dispatchEvent = (event) => {
        if (event.type === 'stream' && event instanceof CustomEvent) {
          take(event.detail)
          upgrade?.onInboundStream?.(event.detail)
        }
        return dispatch(event)
      }
      return muxer
    },
  }
}

/** Streams whose other side has half-closed them in order, as opposed to one that was lost. */
const halfClosed = new WeakSet<Stream>()

/**
 * Whether the other side has half-closed a stream in order: libp2p closes a stream for reading also
 * when its connection is lost.
 *
 * @param stream - a stream of a watched muxer
 * @returns true once the other side's end of the stream has arrived
 */
export function isHalfClosed(stream: Stream): boolean {
  return halfClosed.has(stream)
}

function takeBack(stream: Stream): Stream {
  stream.addEventListener('remoteCloseWrite', () => halfClosed.add(stream), { once: true })
  const unshift = stream.unshift.bind(stream)
  stream.unshift = (data) => {
    // also before a reset: what had arrived by then was said
    if (stream.status !== 'aborted' && stream.readStatus === 'closed') stream.readStatus = 'readable'
    unshift(data)
  }
  return stream
}
