import { connect } from 'node:net'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { deadlineOf } from '../../errors/deadline.ts'
import { multistreamHeader } from './recognise.ts'

const mostBytes = 1024
/** How long a server that has hung up once may take to answer, in milliseconds. */
const withinMs = 1000

/**
 * Asks a TCP server that hung up without a word once more, with a single write: a server that
 * answers and resets at once, as HTTP servers do, loses its answer when the next write fails.
 *
 * @param address - a TCP address
 * @param signal - ends the wait
 * @returns what it says first, at most 1 KiB; nothing where it says nothing
 */
export async function probe(address: Multiaddr, signal: AbortSignal): Promise<Uint8Array> {
  const { host, port } = getNetConfig(address)
  using deadline = deadlineOf(signal, withinMs, 'it says nothing')
  const chunks: Uint8Array[] = []
  await new Promise<void>((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(multistreamHeader, 'latin1'))
    const end = () => {
      socket.destroy()
      resolve()
    }
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (chunks.reduce((sum, part) => sum + part.length, 0) >= mostBytes) end()
    })
    socket.on('error', end)
    socket.on('close', end)
    deadline.signal.addEventListener('abort', end, { once: true })
  })
  return Buffer.concat(chunks).subarray(0, mostBytes)
}
