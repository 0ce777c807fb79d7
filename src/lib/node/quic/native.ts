/** One bidirectional stream of the binding. Reads wait for each other, and so do writes. */
export interface NativeStream {
  /** how many streams of this connection its opener had opened before */
  id(): string
  /** settles with what has arrived, with null at the end; rejects when the stream was reset or its connection is lost */
  read(maxBytes: number): Promise<Uint8Array | null>
  /** settles when the bytes are in the send buffer, not when they are acknowledged */
  write(bytes: Uint8Array): Promise<void>
  finishWrite(): Promise<void>
  resetWrite(): Promise<void>
  stopRead(): Promise<void>
}

/**
 * What RFC 9000, 2.1 calls a bidirectional stream: its lowest bit says who opened it.
 *
 * @param stream - the stream
 * @param byClient - the side that dialled opened it
 * @returns the ID, once on a connection and the same on both sides
 */
export function streamId(stream: NativeStream, byClient: boolean): string {
  return `${Number(stream.id()) * 4 + (byClient ? 0 : 1)}`
}

/** Counters of a connection; they wrap at 2^32, and go on after its end. */
export interface NativeStats {
  readonly udpTxBytes: number
  readonly udpRxBytes: number
  readonly frameTxStream: number
  readonly frameTxPing: number
  readonly frameRxAcks: number
  readonly frameRxMaxData: number
  readonly frameRxMaxStreamData: number
  readonly pathSentPackets: number
  readonly pathLostBytes: number
  readonly pathLostPackets: number
}

/** One connection of the binding. */
export interface NativeConnection {
  id(): string
  remoteMultiaddr(): string
  /** whole milliseconds */
  rtt(): number
  stats(): NativeStats
  inboundStream(): Promise<NativeStream>
  /** after the connection's end it rejects with why it ended */
  outboundStream(): Promise<NativeStream>
  /** settles at the connection's end, whoever ended it */
  closed(): Promise<void>
  /** closes with code 0; what is not sent yet is dropped */
  abort(): void
}

/** An endpoint to dial from. */
export interface NativeClient {
  outboundConnection(host: string, port: number): Promise<NativeConnection>
  abort(): void
}

/** A bound socket. */
export interface NativeServer {
  port(): number
  /** accepts a connection and settles after its handshake; several may wait at once */
  inboundConnection(): Promise<NativeConnection>
  abort(): Promise<void>
}

/** What the binding's configuration is made from; times are in milliseconds. */
interface NativeSettings {
  privateKeyProto: Uint8Array
  handshakeTimeout: number
  maxIdleTimeout: number
  keepAliveInterval: number
  maxConcurrentStreamLimit: number
  maxStreamData: number
  maxConnectionData: number
  receiveBufferSize: number
  sendBufferSize: number
}

/** Keys, certificate and limits, shared by clients and servers. */
export type NativeConfig = object

/** The binding: quinn, the Rust implementation of QUIC, with libp2p's TLS. */
export interface NativeQuic {
  QuinnConfig: new (settings: NativeSettings) => NativeConfig
  /** family 0 is IPv4, 1 is IPv6 */
  Client: new (
    config: NativeConfig,
    family: 0 | 1,
  ) => NativeClient
  Server: new (config: NativeConfig, host: string, port: number) => NativeServer
}

/**
 * Loads the native binding of `@chainsafe/libp2p-quic`.
 *
 * @returns the binding
 * @throws Error when there is none for this platform, or when it is not the one that is known here
 */
export async function loadNativeQuic(): Promise<NativeQuic> {
  // The package exports its JavaScript only. Its own loader, beside its entry, knows which platform
  // package fits this libc and processor; a copy of that choice would go stale.
  const loader = new URL('./napi.js', import.meta.resolve('@chainsafe/libp2p-quic'))
  const binding: unknown = await import(loader.href)
  if (!isNativeQuic(binding)) throw new Error(`${loader.pathname} is not the QUIC binding that is expected`)
  return binding
}

const methods = {
  Client: ['outboundConnection', 'abort'],
  Server: ['port', 'inboundConnection', 'abort'],
  Connection: ['id', 'remoteMultiaddr', 'rtt', 'stats', 'inboundStream', 'outboundStream', 'closed', 'abort'],
  Stream: ['id', 'read', 'write', 'finishWrite', 'resetWrite', 'stopRead'],
}

function isNativeQuic(binding: unknown): binding is NativeQuic {
  if (typeof binding !== 'object' || binding === null || !('QuinnConfig' in binding)) return false
  return Object.entries(methods).every(([name, expected]) => {
    const found: unknown = Reflect.get(binding, name)
    return typeof found === 'function' && expected.every((method) => method in found.prototype)
  })
}
