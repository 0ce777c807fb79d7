import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { cleanUp } from './cleanup.ts'

/** Records of a zone by `TYPE name`; what is not in it does not exist. */
export type Zone = Record<string, string[]>

const types: Record<number, string> = { 1: 'A', 16: 'TXT', 28: 'AAAA' }

/** A DNS server on loopback that is running. */
export interface DnsServer {
  /** `IP:PORT` */
  address: string
  /** what was asked, as `TYPE name` */
  asked: string[]
}

/**
 * Starts a DNS server (RFC 1035) that knows A, AAAA and TXT; it ends with the test.
 *
 * @param zone - its records; a missing name is NXDOMAIN, `SILENT name` is never answered
 * @returns where it listens
 */
export async function dnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const names = new Set(Object.keys(zone).map((key) => key.split(' ')[1]))
  socket.on('message', (query, remote) => {
    const { name, type, end } = questionOf(query)
    asked.push(`${type} ${name}`)
    if (zone[`SILENT ${name}`] !== undefined) return
    const records = zone[`${type} ${name}`] ?? []
    const answers = records.map((record) => answerOf(type, record))
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8580 | (names.has(name) ? 0 : 3), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(answers.length, 6)
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), remote.port, remote.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  cleanUp(() => socket.close())
  return { address: `127.0.0.1:${socket.address().port}`, asked }
}

function questionOf(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = types[query.readUInt16BE(at + 1)] ?? 'OTHER'
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 }
}

function answerOf(type: string, record: string): Buffer {
  const data = dataOf(type, record)
  const number = Number(Object.keys(types).find((key) => types[Number(key)] === type))
  const head = Buffer.alloc(12)
  // the name is that of the question, at offset 12
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(number, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function dataOf(type: string, record: string): Buffer {
  if (type === 'A') return Buffer.from(record.split('.').map(Number))
  if (type === 'AAAA') {
    const [left = '', right = ''] = record.split('::')
    const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
    const zeros = Array<number>(8 - groups(left).length - groups(right).length).fill(0)
    return Buffer.from([...groups(left), ...zeros, ...groups(right)].flatMap((group) => [group >> 8, group & 0xff]))
  }
  const strings = record.match(/.{1,255}/gs) ?? ['']
  return Buffer.concat(strings.map((text) => Buffer.concat([Uint8Array.of(text.length), Buffer.from(text)])))
}
