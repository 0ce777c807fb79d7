import { connect, type Socket } from 'node:net'
import { tcpServer } from './servers.ts'

/** How long a side has to be quiet before what it said is passed on, in milliseconds. */
const quietMs = 50

/** What one side said in one go. */
export interface Flight {
  from: 'client' | 'server'
  bytes: number
}

/** A TCP proxy that keeps account. */
export interface RecordingProxy {
  /** the server's address, through the proxy */
  address: string
  flights: Flight[]
}

/**
 * Starts a slow proxy in front of a server on loopback: it gathers what a side says and passes it on in one piece, so
 * that an answer follows only where the whole was waited for. It ends with the test.
 *
 * @param address - `/ip4/127.0.0.1/tcp/PORT…` of the server
 * @returns the address through the proxy, and what passes
 */
export async function recordingProxy(address: string): Promise<RecordingProxy> {
  const port = Number(/\/tcp\/(\d+)\//.exec(address)?.[1])
  const flights: Flight[] = []
  const passOn = (from: Flight['from'], source: Socket, target: Socket) => {
    let gathered: Flight & { chunks: Buffer[] } = { from, bytes: 0, chunks: [] }
    let timer: NodeJS.Timeout | undefined
    const send = () => {
      clearTimeout(timer)
      for (const chunk of gathered.chunks) target.write(chunk)
      gathered = { from, bytes: 0, chunks: [] }
    }
    source.on('data', (chunk) => {
      if (gathered.bytes === 0) flights.push(gathered)
      gathered.bytes += chunk.length
      gathered.chunks.push(chunk)
      clearTimeout(timer)
      timer = setTimeout(send, quietMs)
    })
    source.on('end', () => {
      send()
      target.end()
    })
    source.on('close', () => target.destroySoon())
  }
  const proxy = await tcpServer((client) => {
    const server = connect(port, '127.0.0.1')
    server.on('error', () => client.destroy())
    passOn('client', client, server)
    passOn('server', server, client)
  })
  return { address: address.replace(`/tcp/${port}/`, `/tcp/${proxy.port}/`), flights }
}

/**
 * Counts how often the server answered the client, up to a point.
 *
 * @param flights - what went through a proxy
 * @param until - bytes of each side up to the point
 * @returns the number of answers
 */
export function answersUntil(flights: Flight[], until: { client: number; server: number }): number {
  const seen = { client: 0, server: 0 }
  let last: Flight['from'] = 'server'
  let answers = 0
  for (const { from, bytes } of flights) {
    // what came after the point does not count
    if (seen[from] >= until[from]) continue
    seen[from] += bytes
    if (from === 'server' && last === 'client') answers++
    last = from
  }
  return answers
}
