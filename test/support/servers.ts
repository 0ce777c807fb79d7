import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { cleanUp } from './cleanup.ts'

/** A server that is not a libp2p node. */
export interface ForeignServer {
  port: number
  /** multiaddr without a peer ID */
  address: string
  /** connections so far */
  connections: Socket[]
}

/**
 * Starts a raw TCP server on loopback; it ends with the test.
 *
 * @param onConnection - what it does with a connection; nothing is silence
 * @returns where it listens
 */
export async function tcpServer(onConnection: (socket: Socket) => void = () => {}): Promise<ForeignServer> {
  const server = createServer({ allowHalfOpen: true })
  const connections: Socket[] = []
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    connections.push(socket)
    onConnection(socket)
  })
  const port = await listening(server)
  cleanUp(() => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  return { port, address: `/ip4/127.0.0.1/tcp/${port}`, connections }
}

/**
 * Binds a server to a free port of loopback.
 *
 * @param server - a net, tls or http server
 * @returns its port
 */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

/**
 * A port of loopback that nobody listens on, nor will while the test runs: it is the near end of a
 * connection.
 */
export async function refusedPort(): Promise<number> {
  const server = createServer((socket) => {
    cleanUp(() => socket.destroy())
  })
  const socket = connect(await listening(server), '127.0.0.1')
  cleanUp(() => socket.destroy())
  await once(socket, 'connect')
  const { localPort } = socket
  if (localPort === undefined) throw new Error('a connected socket has no port')
  return localPort
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
