import { connect } from 'node:net'
import { tcpServer } from './servers.ts'

/**
 * Starts a proxy in front of a WebSocket server that sends first: the answer to the upgrade reaches the client together
 * with the first frame, in one piece, as it does now and then on any network.
 *
 * @param address - `/ip4/127.0.0.1/tcp/PORT/ws/p2p/ID` of the server
 * @returns the address through the proxy
 */
export async function coalescingProxy(address: string): Promise<string> {
  const port = Number(/\/tcp\/(\d+)\//.exec(address)?.[1])
  const proxy = await tcpServer((client) => {
    const server = connect(port, '127.0.0.1')
    let held: Buffer | undefined = Buffer.alloc(0)
    server.on('data', (chunk: Buffer) => {
      if (held === undefined) {
        client.write(chunk)
        return
      }
      held = Buffer.concat([held, chunk])
      const head = held.indexOf('\r\n\r\n')
      if (head === -1 || held.length <= head + 4) return
      client.write(held)
      held = undefined
    })
    server.on('error', () => client.destroy())
    server.on('close', () => client.destroy())
    client.on('data', (chunk) => server.write(chunk))
    client.on('close', () => server.destroy())
  })
  return address.replace(`/tcp/${port}/`, `/tcp/${proxy.port}/`)
}
