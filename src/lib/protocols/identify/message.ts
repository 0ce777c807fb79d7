import { textOfPacked } from '../../addresses/multiaddr/text.ts'
import { messageOf } from '../../errors/causes.ts'
import { peerIdOf } from '../../keys/key-pair.ts'
import { decodePublicKey } from '../../keys/public-key.ts'
import { fieldsOf } from '../protobuf.ts'
import { openSignedPeerRecord, type SignedPeerRecord } from './signed-peer-record.ts'

/** What a peer says of itself. A field that it did not send, or that is malformed, is absent. */
export interface Identity {
  agentVersion?: string
  protocolVersion?: string
  /** libp2p protobuf PublicKey */
  publicKey?: Uint8Array
  listenAddresses: string[]
  observedAddress?: string
  protocols: string[]
  signedPeerRecord?: SignedPeerRecord
  /** what is wrong with the message, one clause each */
  problems: string[]
  /** more was sent than is kept */
  truncated: boolean
}

/** What is kept of one peer's answer. */
const bounds = { protocols: 1000, addresses: 100, text: 1024, problems: 100, field: 16 * 1024 } as const

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Decodes an identify answer field by field, so that a malformed one is reported beside the good
 * ones. Large answers come in several messages, which are merged: single fields by the last,
 * repeated ones one after the other.
 * Follows https://github.com/libp2p/specs/blob/master/identify/README.md.
 *
 * @param messages - the messages in order
 * @param peer - the peer ID that the connection has proved
 * @param extent - whether these are all of an answer's messages, or some: then what is not there is no problem
 * @returns what the peer says of itself, bounded
 */
export function decodeIdentity(messages: Uint8Array[], peer: string, extent: 'whole' | 'part' = 'whole'): Identity {
  const identity: Identity = { listenAddresses: [], protocols: [], problems: [], truncated: false }
  const single = new Map<number, Uint8Array>()
  const listenAddresses: Uint8Array[] = []
  const protocols: Uint8Array[] = []
  const keep = (list: Uint8Array[], most: number, value: Uint8Array) => {
    if (list.length < most) list.push(value)
    else identity.truncated = true
  }
  for (const message of messages) {
    attempt(identity, 'message', () => {
      for (const { number, kind, value } of fieldsOf(message)) {
        if (kind !== 'bytes') {
          if (number <= 8) problem(identity, `field ${number}: it is a number instead of bytes`)
        } else if (number === 2) keep(listenAddresses, bounds.addresses, value)
        else if (number === 3) keep(protocols, bounds.protocols, value)
        else if (number <= 8) single.set(number, value)
      }
    })
  }
  listenAddresses.forEach((value, index) => {
    attempt(identity, `listenAddresses[${index}]`, () => {
      if (value.length > bounds.field) throw new RangeError(`its ${value.length} bytes are more than are read`)
      identity.listenAddresses.push(textOfPacked(value))
    })
  })
  protocols.forEach((value, index) => {
    identity.protocols.push(text(identity, `protocols[${index}]`, value))
  })
  for (const [number, value] of single) {
    if (number === 5 || number === 6 || number === 8 || value.length <= bounds.field) {
      readSingle(identity, number, Uint8Array.from(value), peer)
    } else problem(identity, `field ${number}: its ${value.length} bytes are more than are read`)
  }
  if (identity.publicKey === undefined && extent === 'whole') problem(identity, 'publicKey: none was sent')
  return identity
}

function readSingle(into: Identity, number: number, value: Uint8Array, peer: string): void {
  switch (number) {
    case 1:
      into.publicKey = value
      attempt(into, 'publicKey', () => {
        decodePublicKey(value)
        if (peerIdOf({ publicKey: value }) !== peer) problem(into, 'publicKey: it is not the key of this peer ID')
      })
      break
    case 4:
      attempt(into, 'observedAddress', () => {
        into.observedAddress = textOfPacked(value)
      })
      break
    case 5:
      into.protocolVersion = text(into, 'protocolVersion', value)
      break
    case 6:
      into.agentVersion = text(into, 'agentVersion', value)
      break
    case 8:
      attempt(into, 'signedPeerRecord', () => {
        const { truncated, ...record } = openSignedPeerRecord(value, peer, into.problems)
        into.signedPeerRecord = record
        into.truncated ||= truncated
      })
      break
  }
}

function text(into: Identity, name: string, value: Uint8Array): string {
  if (value.length > bounds.text) into.truncated = true
  try {
    return utf8.decode(value).slice(0, bounds.text)
  } catch {
    problem(into, `${name}: it is not valid UTF-8`)
    return new TextDecoder().decode(value.subarray(0, bounds.text))
  }
}

function attempt(into: Identity, name: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    problem(into, `${name}: ${messageOf(error)}`)
  }
}

function problem(into: Identity, message: string): void {
  if (into.problems.length < bounds.problems) into.problems.push(message)
  else into.truncated = true
}
