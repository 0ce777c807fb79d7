import { connect, createServer } from 'node:net'
import { cleanUp } from './cleanup.ts'
import { listening } from './servers.ts'

/** A TCP proxy that knows how many bytes it passed on. */
export interface CountingProxy {
  port: number
  /** bytes from the client, and to it */
  counts: { fromClient: number; toClient: number }
}

/**
 * Starts a proxy in front of a port of loopback; it ends with the test.
 *
 * @param target - the port behind it
 * @returns where it listens, and what passed
 */
export async function countingProxy(target: number): Promise<CountingProxy> {
  const counts = { fromClient: 0, toClient: 0 }
  const server = createServer((client) => {
    const behind = connect(target, '127.0.0.1')
    for (const socket of [client, behind]) socket.on('error', () => {})
    client.on('data', (chunk: Buffer) => {
      counts.fromClient += chunk.length
    })
    behind.on('data', (chunk: Buffer) => {
      counts.toClient += chunk.length
    })
    client.pipe(behind)
    behind.pipe(client)
    cleanUp(() => {
      client.destroy()
      behind.destroy()
    })
  })
  const port = await listening(server)
  return { port, counts }
}
