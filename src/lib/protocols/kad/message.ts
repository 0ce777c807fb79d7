import { textOfPacked } from '../../addresses/multiaddr/text.ts'
import { messageOf } from '../../errors/causes.ts'
import { peerIdOfBytes } from '../../keys/peer-id.ts'
import { fieldsOf, type WireField } from '../protobuf.ts'

/** Types of messages, by their numbers (kad-dht spec, "RPC messages"). */
export const kadTypes = ['PUT_VALUE', 'GET_VALUE', 'ADD_PROVIDER', 'GET_PROVIDERS', 'FIND_NODE', 'PING'] as const
export type KadType = (typeof kadTypes)[number]

/** What the sender knows of its connection to a peer, by its number. */
const connectionTypes = ['not-connected', 'connected', 'can-connect', 'cannot-connect'] as const

/** A peer that a message speaks of. */
export interface KadPeer {
  peer: string
  addresses: string[]
  connection?: (typeof connectionTypes)[number]
}

/** A record, as `PUT_VALUE` and `GET_VALUE` carry it. */
interface KadRecord {
  key?: Uint8Array
  value?: Uint8Array
  /** of old implementations */
  author?: Uint8Array
  signature?: Uint8Array
  /** RFC 3339, set by who stored it */
  timeReceived?: string
}

/** A message of the DHT. A field that was not sent, or that is malformed, is absent. */
export interface KadMessage {
  type?: KadType
  key?: Uint8Array
  /** not used any more */
  clusterLevel?: number
  record?: KadRecord
  closer: KadPeer[]
  providers: KadPeer[]
  /** what is wrong with the message, one clause each */
  problems: string[]
  /** peers, addresses and problems beyond the bounds */
  dropped: number
}

/** Bytes of a value that are read; Go's and JavaScript's servers keep far less. */
export const longestValue = 1024 * 1024

/** What is kept of one message: honest servers send 20 peers. */
const bounds = { peers: 40, addresses: 16, problems: 20, field: 16 * 1024, text: 64 } as const

/**
 * Decodes a message field by field, so that a malformed one is reported beside the good ones.
 * Follows https://github.com/libp2p/specs/blob/master/kad-dht/README.md, "RPC messages".
 *
 * @param bytes - one message, without its length
 * @returns what it says, bounded; never throws
 */
export function decodeKadMessage(bytes: Uint8Array): KadMessage {
  // proto3 leaves out a zero: a message without a type is one of the first
  const message: KadMessage = { type: 'PUT_VALUE', closer: [], providers: [], problems: [], dropped: 0 }
  attempt(message, 'message', () => {
    for (const field of fieldsOf(bytes)) readField(message, field)
  })
  return message
}

function readField(into: KadMessage, { number, kind, value }: WireField): void {
  if (number === 1 && kind === 'varint') {
    const type = kadTypes[Number(value)]
    if (type !== undefined) into.type = type
    else {
      delete into.type
      report(into, `type: there is none of the number ${value}`)
    }
  } else if (number === 10 && kind === 'varint') into.clusterLevel = Number(BigInt.asIntN(32, value))
  else if (number === 2 && kind === 'bytes')
    keep(into, 'key', value, bounds.field, (kept) => Object.assign(into, { key: kept }))
  else if (number === 3 && kind === 'bytes')
    attempt(into, 'record', () => {
      into.record = readRecord(into, value)
    })
  else if (number === 8 && kind === 'bytes') readPeer(into, into.closer, `closer[${into.closer.length}]`, value)
  else if (number === 9 && kind === 'bytes')
    readPeer(into, into.providers, `providers[${into.providers.length}]`, value)
  else if ([1, 2, 3, 8, 9, 10].includes(number)) report(into, `field ${number}: it has the wrong wire type`)
}

function readRecord(into: KadMessage, bytes: Uint8Array): KadRecord {
  const record: KadRecord = {}
  const names = { 1: 'key', 2: 'value', 3: 'author', 4: 'signature' } as const
  for (const { number, kind, value } of fieldsOf(bytes)) {
    if (kind !== 'bytes') continue
    if (number === 1 || number === 2 || number === 3 || number === 4) {
      const name = names[number]
      const most = name === 'value' ? longestValue : bounds.field
      keep(into, `record.${name}`, value, most, (kept) => Object.assign(record, { [name]: kept }))
    } else if (number === 5) record.timeReceived = new TextDecoder().decode(value.subarray(0, bounds.text))
  }
  return record
}

function readPeer(into: KadMessage, list: KadPeer[], name: string, bytes: Uint8Array): void {
  if (list.length >= bounds.peers) {
    into.dropped++
    return
  }
  attempt(into, name, () => {
    const read: KadPeer = { peer: '', addresses: [] }
    for (const { number, kind, value } of fieldsOf(bytes)) {
      if (number === 1 && kind === 'bytes') read.peer = peerIdOfBytes(value)
      else if (number === 2 && kind === 'bytes') readAddress(into, read, name, value)
      else if (number === 3 && kind === 'varint') {
        const connection = connectionTypes[Number(value)]
        if (connection !== undefined) read.connection = connection
      }
    }
    if (read.peer === '') throw new RangeError('it has no peer ID')
    list.push(read)
  })
}

function readAddress(into: KadMessage, peer: KadPeer, name: string, value: Uint8Array): void {
  if (peer.addresses.length >= bounds.addresses) into.dropped++
  else
    attempt(into, `${name}.addresses[${peer.addresses.length}]`, () => {
      if (value.length > bounds.field) throw new RangeError(`its ${value.length} bytes are more than are read`)
      peer.addresses.push(textOfPacked(value))
    })
}

function keep(into: KadMessage, name: string, value: Uint8Array, most: number, put: (kept: Uint8Array) => void): void {
  if (value.length > most) report(into, `${name}: its ${value.length} bytes are more than are read`)
  else put(Uint8Array.from(value))
}

function attempt(into: KadMessage, name: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    report(into, `${name}: ${messageOf(error)}`)
  }
}

function report(into: KadMessage, problem: string): void {
  if (into.problems.length < bounds.problems) into.problems.push(problem)
  else into.dropped++
}
