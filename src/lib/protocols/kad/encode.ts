import { multiaddr } from '@multiformats/multiaddr'
import { parsePeerId } from '../../keys/peer-id.ts'
import { writeVarint } from '../protobuf.ts'
import { type KadPeer, type KadType, kadTypes } from './message.ts'

/** What this side asks for. */
export interface KadRequest {
  type: KadType
  /** every message but `PING` has one */
  key?: Uint8Array
  /** of `PUT_VALUE`: the record of that key */
  value?: Uint8Array
  /** of `ADD_PROVIDER`: who provides, and where */
  providers?: KadPeer[]
}

/**
 * Encodes a request (kad-dht spec, "RPC messages").
 *
 * @param request - what is asked for
 * @returns the message, without its length
 */
export function encodeKadRequest({ type, key, value, providers = [] }: KadRequest): Uint8Array {
  const fields = [number(1, kadTypes.indexOf(type))]
  if (key !== undefined) fields.push(bytes(2, key))
  if (key !== undefined && value !== undefined) fields.push(bytes(3, Buffer.concat([bytes(1, key), bytes(2, value)])))
  for (const { peer, addresses } of providers) {
    const parts = [bytes(1, parsePeerId(peer).multihash), ...addresses.map((text) => bytes(2, multiaddr(text).bytes))]
    fields.push(bytes(9, Buffer.concat(parts)))
  }
  return Buffer.concat(fields)
}

function number(field: number, value: number): Uint8Array {
  return Buffer.concat([writeVarint(field * 8), writeVarint(value)])
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([writeVarint(field * 8 + 2), writeVarint(value.length), value])
}
