import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { decode, type Packet } from '@dnsquery/dns-packet'
import { cleanUp } from './cleanup.ts'
import { asks } from './mdns-answer.ts'
import type { NetworkNamespace } from './network-namespace.ts'

/** Sends each line of stdin to the multicast group of mDNS on loopback, and writes what is sent there; base64. */
const script = `
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'
const reuseAddr = process.argv[1] === 'shared'
const socket = createSocket({ type: 'udp4', reuseAddr, recvBufferSize: 1 << 20 })
socket.on('message', (bytes) => process.stdout.write(bytes.toString('base64') + '\\n'))
socket.bind(5353, '0.0.0.0', () => {
  socket.addMembership('224.0.0.251', '127.0.0.1')
  socket.setMulticastInterface('127.0.0.1')
  process.stdout.write('bound\\n')
  createInterface({ input: process.stdin })
    .on('line', (line) => socket.send(Buffer.from(line, 'base64'), 5353, '224.0.0.251'))
    .on('close', () => socket.close())
})
`

/** Somebody who speaks mDNS on the loopback of a namespace, and says whatever a test wants. */
export interface MdnsSpeaker {
  /** what it has heard so far, its own words among it */
  messages: Packet[]
  send: (...messages: Uint8Array[]) => void
  /** waits for a message that was sent, or will be */
  heard: (match: (message: Packet) => boolean) => Promise<Packet>
  /** sends these whenever somebody asks for all peers */
  answer: (...messages: Uint8Array[]) => void
}

/**
 * Starts a speaker; it ends with the test.
 *
 * @param namespace - where
 * @param port - whether it shares the port with others
 * @returns the speaker
 */
export async function mdnsSpeaker(
  namespace: NetworkNamespace,
  port: 'shared' | 'its own' = 'shared',
): Promise<MdnsSpeaker> {
  const [file = '', ...args] = [...namespace.through, process.execPath, '--input-type=module', '-e', script, port]
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanUp(() => child.kill('SIGKILL'))
  const messages: Packet[] = []
  const answers: Uint8Array[] = []
  const send = (...all: Uint8Array[]) => {
    for (const bytes of all) child.stdin.write(`${Buffer.from(bytes).toString('base64')}\n`)
  }
  const waiting = new Set<() => void>()
  const { promise: bound, resolve: isBound, reject } = Promise.withResolvers<void>()
  child.once('close', (code) => reject(new Error(`the speaker has ended: ${code}`)))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'bound') return isBound()
    const message = decoded(Buffer.from(line, 'base64'))
    if (message === undefined) return
    messages.push(message)
    if (asks(message)) send(...answers)
    for (const look of waiting) look()
  })
  await bound
  return {
    messages,
    send,
    answer: (...all) => void answers.push(...all),
    heard: (match) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.find(match)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

function decoded(bytes: Uint8Array): Packet | undefined {
  try {
    return decode(bytes)
  } catch {
    // what it said itself comes back, malformed or not
    return undefined
  }
}
