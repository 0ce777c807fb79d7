import { createSocket } from 'node:dgram'
import { type AddressInfo, createServer } from 'node:net'
import { cleanUp } from './cleanup.ts'

/** Records of a zone by name; what is not in it is NXDOMAIN. */
export type Zone = Record<string, { a?: string[]; aaaa?: string[]; txt?: string[] }>

const types: Record<number, 'a' | 'txt' | 'aaaa' | undefined> = { 1: 'a', 16: 'txt', 28: 'aaaa' }
const udpLimit = 512

/**
 * Starts a DNS server on loopback, over UDP and TCP; it ends with the test.
 *
 * @param zone - what it knows
 * @returns the value for `--dns`
 */
export async function startNameServer(zone: Zone): Promise<string> {
  const tcp = createServer((socket) => {
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const reply = answer(received.subarray(2, end), zone, 65_535)
        received = received.subarray(end)
        socket.write(Buffer.concat([uint16(reply.length), reply]))
      }
    })
  })
  // a port that is free for both
  for (;;) {
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4')
    const bound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => resolve(false))
      udp.bind(port, '127.0.0.1', () => resolve(true))
    })
    if (!bound) {
      await new Promise((resolve) => tcp.close(resolve))
      continue
    }
    udp.on('message', (query, from) => udp.send(answer(query, zone, udpLimit), from.port, from.address))
    cleanUp(() => {
      udp.close()
      tcp.close()
    })
    return `127.0.0.1:${port}`
  }
}

function answer(query: Buffer, zone: Zone, limit: number): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const question = query.subarray(12, at + 5)
  const kind = types[query.readUInt16BE(at + 1)]
  const entry = zone[labels.join('.').toLowerCase()]
  const values = entry === undefined || kind === undefined ? [] : (entry[kind] ?? [])
  const records = values.map((value) => record(query.readUInt16BE(at + 1), data(kind, value)))
  const fits = 12 + question.length + records.reduce((sum, { length }) => sum + length, 0) <= limit
  const answers = fits ? records : []
  const flags = 0x8580 | (fits ? 0 : 0x0200) | (entry === undefined ? 3 : 0)
  return Buffer.concat([
    query.subarray(0, 2),
    uint16(flags),
    uint16(1),
    uint16(answers.length),
    uint16(0),
    uint16(0),
    question,
    ...answers,
  ])
}

function record(type: number, value: Buffer): Buffer {
  return Buffer.concat([uint16(0xc00c), uint16(type), uint16(1), uint16(0), uint16(60), uint16(value.length), value])
}

function data(kind: 'a' | 'txt' | 'aaaa' | undefined, value: string): Buffer {
  if (kind === 'a') return Buffer.from(value.split('.').map(Number))
  if (kind === 'aaaa') {
    const [head = '', tail = ''] = value.split('::')
    const groups = (text: string) => (text === '' ? [] : text.split(':'))
    const middle = Array(8 - groups(head).length - groups(tail).length).fill('0')
    return Buffer.from(
      [...groups(head), ...middle, ...groups(tail)].map((group) => group.padStart(4, '0')).join(''),
      'hex',
    )
  }
  const text = Buffer.from(value)
  const chunks: Buffer[] = []
  for (let from = 0; from < text.length; from += 255) {
    const chunk = text.subarray(from, from + 255)
    chunks.push(Buffer.from([chunk.length]), chunk)
  }
  return Buffer.concat(chunks)
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
