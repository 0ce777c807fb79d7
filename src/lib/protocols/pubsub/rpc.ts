import { isUtf8 } from 'node:buffer'
import { messageOf } from '../../errors/causes.ts'
import { peerIdOfBytes } from '../../keys/peer-id.ts'
import { fieldsOf, type WireField } from '../protobuf.ts'

/** A message, as far as it is shown. A field that was not sent, or that is malformed, is absent. */
interface ShownMessage {
  topic: string
  from?: string
  /** 64 bits, in decimal */
  sequenceNumber?: string
  /** of the payload */
  bytes: number
  /** the beginning of the payload: text where it is UTF-8, else base64 */
  text?: string
  data?: string
  signed: boolean
}

/** What an RPC says, as far as it is shown. Lists that are empty are absent. */
export interface ShownRpc {
  subscribe?: string[]
  unsubscribe?: string[]
  messages?: ShownMessage[]
  graft?: string[]
  prune?: Array<{ topic: string; backoffSeconds?: number; peers?: number }>
  /** how many messages of which topic */
  ihave?: Array<{ topic: string; messages: number }>
  /** message IDs, in base64 */
  iwant?: string[]
  idontwant?: string[]
  /** what is wrong with it, one clause each */
  problems?: string[]
  /** entries that are not shown */
  more?: number
}

/** What is shown of one RPC. */
const bounds = { entries: 32, payload: 128, text: 256, id: 64 } as const

/**
 * Decodes an RPC field by field, so that a malformed one is shown beside the good ones. Follows
 * https://github.com/libp2p/specs/blob/master/pubsub/README.md, "The RPC", and gossipsub v1.0 to v1.2, "Control messages".
 *
 * @param bytes - one RPC, without its length
 * @returns what it says, bounded; never throws
 */
export function decodeRpc(bytes: Uint8Array): ShownRpc {
  const rpc: ShownRpc = {}
  attempt(rpc, 'RPC', () => {
    for (const field of fieldsOf(bytes)) {
      if (field.kind !== 'bytes') continue
      if (field.number === 1) attempt(rpc, 'subscription', () => readSubscription(rpc, field.value))
      else if (field.number === 2) attempt(rpc, 'message', () => list(rpc, 'messages', readMessage(rpc, field.value)))
      else if (field.number === 3) attempt(rpc, 'control', () => readControl(rpc, field.value))
    }
  })
  return rpc
}

type Lists = Required<Omit<ShownRpc, 'more'>>

/** Adds an entry to one of the lists of an RPC, within bounds. */
function list<Name extends keyof Lists>(rpc: ShownRpc, name: Name, entry: Lists[Name][number]): void {
  const entries: Array<Lists[Name][number]> = rpc[name] ?? []
  if (entries.length >= bounds.entries) rpc.more = (rpc.more ?? 0) + 1
  else Object.assign(rpc, { [name]: [...entries, entry] })
}

function readSubscription(rpc: ShownRpc, bytes: Uint8Array): void {
  let subscribe = false
  let topic = ''
  for (const { number, kind, value } of fieldsOf(bytes)) {
    if (number === 1 && kind === 'varint') subscribe = value !== 0n
    else if (number === 2 && kind === 'bytes') topic = textOf(value)
  }
  list(rpc, subscribe ? 'subscribe' : 'unsubscribe', topic)
}

function readMessage(rpc: ShownRpc, bytes: Uint8Array): ShownMessage {
  const message: ShownMessage = { topic: '', bytes: 0, signed: false }
  for (const { number, kind, value } of fieldsOf(bytes)) {
    if (kind !== 'bytes') continue
    if (number === 1) attempt(rpc, 'message.from', () => Object.assign(message, { from: peerIdOfBytes(value) }))
    else if (number === 2) Object.assign(message, { bytes: value.length, ...shownPayload(value) })
    else if (number === 3)
      attempt(rpc, 'message.seqno', () => Object.assign(message, { sequenceNumber: seqnoOf(value) }))
    else if (number === 4) message.topic = textOf(value)
    else if (number === 5) message.signed = value.length > 0
  }
  return message
}

function readControl(rpc: ShownRpc, bytes: Uint8Array): void {
  for (const { number, kind, value } of fieldsOf(bytes)) {
    if (kind !== 'bytes') continue
    const fields = [...fieldsOf(value)]
    const topic = textOf(bytesOf(fields, 1)[0] ?? new Uint8Array(0))
    if (number === 1) list(rpc, 'ihave', { topic, messages: bytesOf(fields, 2).length })
    else if (number === 2) for (const id of bytesOf(fields, 1)) list(rpc, 'iwant', idOf(id))
    else if (number === 3) list(rpc, 'graft', topic)
    else if (number === 4) list(rpc, 'prune', { topic, ...backoffOf(fields), ...peersOf(fields) })
    else if (number === 5) for (const id of bytesOf(fields, 1)) list(rpc, 'idontwant', idOf(id))
  }
}

function backoffOf(fields: WireField[]) {
  const field = fields.find(({ number, kind }) => number === 3 && kind === 'varint')
  return field?.kind === 'varint' ? { backoffSeconds: Number(field.value) } : {}
}

function peersOf(fields: WireField[]) {
  const peers = bytesOf(fields, 2).length
  return peers > 0 ? { peers } : {}
}

function bytesOf(fields: WireField[], wanted: number): Uint8Array[] {
  return fields.flatMap(({ number, kind, value }) => (number === wanted && kind === 'bytes' ? [value] : []))
}

function seqnoOf(bytes: Uint8Array): string {
  if (bytes.length !== 8) throw new RangeError(`it has ${bytes.length} bytes, not 8`)
  return Buffer.from(bytes).readBigUInt64BE().toString()
}

function shownPayload(bytes: Uint8Array): { text: string } | { data: string } {
  const start = Buffer.from(bytes.subarray(0, bounds.payload))
  const mark = bytes.length > bounds.payload ? '…' : ''
  if (isUtf8(start)) return { text: `${start.toString('utf8')}${mark}` }
  return { data: `${start.toString('base64')}${mark}` }
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, bounds.text))
  return bytes.length > bounds.text ? `${text}…` : text
}

function idOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, bounds.id)).toString('base64')
  return bytes.length > bounds.id ? `${text}…` : text
}

function attempt(rpc: ShownRpc, name: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    list(rpc, 'problems', `${name}: ${messageOf(error)}`)
  }
}
