import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { AbortOptions, Logger, MultiaddrConnection } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { RawData, WebSocket } from 'ws'
import type { ByteCount } from '../../inspect/event.ts'
import type { Metered } from '../../inspect/wire-bytes.ts'

/** Bytes that the socket may hold before the sender has to wait. */
const maxBufferedBytes = 1024 * 1024

/**
 * A WebSocket as a raw connection, with back-pressure both ways, which the standard WebSocket API
 * does not have: reading pauses the socket, and writing waits for its `send` callbacks.
 */
export class WebSocketConnection extends AbstractMultiaddrConnection implements MultiaddrConnection, Metered {
  readonly #socket: WebSocket
  readonly #tcp: Socket

  /**
   * @param socket - an open client socket, paused
   * @param tcp - the socket below it, below TLS as well
   * @param remoteAddr - the address that was dialled
   * @param log - where libp2p logs
   */
  constructor(socket: WebSocket, tcp: Socket, remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, log, direction: 'outbound' })
    this.#socket = socket
    this.#tcp = tcp
    socket.on('message', (data: RawData) => this.onData(toBytes(data)))
    socket.on('close', (code: number) => {
      // 1006: the TCP connection ended without a closing handshake
      if (code === 1006) this.onRemoteReset()
      else this.onTransportClosed()
    })
    socket.on('error', (error: Error) => this.abort(error))
    socket.resume()
  }

  /** Bytes of TCP so far: TLS, the HTTP upgrade and the framing included. */
  wireBytes(): ByteCount {
    return { sent: this.#tcp.bytesWritten, received: this.#tcp.bytesRead }
  }

  override sendData(data: Uint8ArrayList): SendResult {
    for (const chunk of data) this.#socket.send(chunk, this.#onSent)
    return { sentBytes: data.byteLength, canSendMore: this.#socket.bufferedAmount < maxBufferedBytes }
  }

  override sendReset(): void {
    this.#socket.terminate()
  }

  override async sendClose(options?: AbortOptions): Promise<void> {
    const closed = once(this.#socket, 'close', { signal: options?.signal })
    this.#socket.close()
    // a process that ends before the closing handshake would reset what is still on its way
    await closed
  }

  override sendPause(): void {
    this.#socket.pause()
  }

  override sendResume(): void {
    this.#socket.resume()
  }

  readonly #onSent = () => {
    if (this.writableNeedsDrain && this.#socket.bufferedAmount < maxBufferedBytes) this.safeDispatchEvent('drain')
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
