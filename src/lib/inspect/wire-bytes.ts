import { Socket } from 'node:net'
import type { MultiaddrConnection } from '@libp2p/interface'
import type { ByteCount } from './event.ts'

/** A raw connection that can say what it cost on the wire. */
export interface Metered {
  wireBytes(): ByteCount | undefined
}

/**
 * What a raw connection has sent and received on the wire, by the counters of its socket: for TCP the
 * bytes of the stream, for WebSockets with the HTTP upgrade and the framing, for QUIC UDP payloads.
 *
 * @param connection - a raw connection, open or closed
 * @returns bytes in each direction; undefined where the transport does not tell
 */
export function wireBytes(connection: MultiaddrConnection): ByteCount | undefined {
  if (isMetered(connection)) return connection.wireBytes()
  const socket = socketOf(connection)
  return socket === undefined ? undefined : { sent: socket.bytesWritten, received: socket.bytesRead }
}

/**
 * Whether a raw connection counts by itself what it sends and receives on the wire.
 *
 * @param connection - any raw connection
 * @returns true for QUIC, and for WebSockets that this side dialled
 */
export function isMetered(connection: object): connection is Metered {
  return 'wireBytes' in connection && typeof connection.wireBytes === 'function'
}

/** Held by test/cli/inspect.test.ts, `the bytes of a connection`: libp2p's TCP keeps its socket in `socket`, its WebSocket listener a `ws` in `websocket`, which has one in `_socket`. */
function socketOf(connection: object): Socket | undefined {
  const holders = [connection, Reflect.get(connection, 'websocket')]
  for (const holder of holders) {
    if (typeof holder !== 'object' || holder === null) continue
    for (const key of ['socket', '_socket']) {
      const socket: unknown = Reflect.get(holder, key)
      if (socket instanceof Socket) return socket
    }
  }
  return undefined
}
