import { isIP, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ComponentLogger, Connection, DialTransportOptions, Transport, Upgrader } from '@libp2p/interface'
import { getNetConfig } from '@libp2p/utils'
import { type WebSocketsComponents, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebSocket } from 'ws'
import { messageOf } from '../../errors/causes.ts'
import { until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { WebSocketConnection } from './connection.ts'

/** PEM texts: `ca` is trusted when dialling `wss`, `cert` and `key` serve it. */
export interface WebSocketInit {
  ca?: string
  cert?: string
  key?: string
}

/** A dial may say which name its IP address was looked up from; servers choose their site by it. */
export interface WebSocketDialOptions extends DialTransportOptions {
  hostName?: string
}

/**
 * The WebSocket transport: listening as js-libp2p does it; dialling by the `ws` package, since
 * Node's own WebSocket takes no certificate authority, no server name for an IP address, has no
 * back-pressure and hides why a connection failed.
 *
 * @param init - certificates
 * @returns a transport factory
 */
export function webSocketTransport(init: WebSocketInit) {
  return (components: WebSocketsComponents & { logger: ComponentLogger; upgrader: Upgrader }): Transport => {
    const { cert, key } = init
    const listening = webSockets(cert !== undefined && key !== undefined ? { https: { cert, key } } : {})(components)
    const log = components.logger.forComponent('libp2p:websockets:connection')
    listening.dial = async (address: Multiaddr, options: WebSocketDialOptions): Promise<Connection> => {
      const { socket, tcp } = await connect(address, init.ca, options)
      const raw = new WebSocketConnection(socket, tcp, address, log)
      try {
        return await options.upgrader.upgradeOutbound(raw, options)
      } catch (error) {
        raw.abort(error instanceof Error ? error : new Error(String(error)))
        throw error
      }
    }
    return listening
  }
}

/** A client socket, and the TCP socket below it. */
interface Connected {
  socket: WebSocket
  tcp: Socket
}

async function connect(address: Multiaddr, ca: string | undefined, options: WebSocketDialOptions): Promise<Connected> {
  const { host, port } = getNetConfig(address)
  const components = address.getComponents()
  const secure = components.some(({ name }) => name === 'tls' || name === 'wss')
  const path = components.find(({ name }) => name === 'http-path')?.value
  const serverName = components.find(({ name }) => name === 'sni')?.value ?? options.hostName
  const authority = isIP(host) === 6 ? `[${host}]` : host
  const hostHeader: Record<string, string> =
    options.hostName === undefined ? {} : { Host: `${options.hostName}:${port}` }
  const tls = { host, ...(ca !== undefined && { ca }), servername: serverName ?? (isIP(host) === 0 ? host : '') }
  // its own, since `ws` and TLS keep theirs to themselves: it counts every byte
  const tcp = new Socket()
  const socket = clientOf(`${secure ? 'wss' : 'ws'}://${authority}:${port}/`, path, hostHeader, () => {
    tcp.connect({ host, port: Number(port) })
    return secure ? connectTls({ ...tls, socket: tcp }) : tcp
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // what came with the answer to the upgrade waits until somebody listens
  socket.once('open', () => {
    socket.pause()
    resolve()
  })
  // stays: a terminated socket emits its error later, and an unheard one would end the process
  socket.on('error', reject)
  try {
    await until(promise, options.signal)
    return { socket, tcp }
  } catch (error) {
    socket.terminate()
    tcp.destroy()
    throw error
  }
}

/** `ws` refuses some paths, such as one with a fragment, before it asks for a connection. */
function clientOf(
  origin: string,
  path: string | undefined,
  headers: Record<string, string>,
  createConnection: () => Socket,
): WebSocket {
  try {
    const url = `${origin}${path === undefined ? '' : decodeURIComponent(path)}`
    return new WebSocket(url, { perMessageDeflate: false, headers, createConnection })
  } catch (error) {
    const message = `no WebSocket can be opened at this address: ${messageOf(error)}`
    throw new ToolkitError('unreachable', message, { layer: 'transport', cause: error })
  }
}
