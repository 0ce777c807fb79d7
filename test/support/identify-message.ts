/** The fields of an identify message, by the spec's numbers. */
export const identifyField = {
  publicKey: 1,
  listenAddresses: 2,
  protocols: 3,
  observedAddress: 4,
  protocolVersion: 5,
  agentVersion: 6,
  signedPeerRecord: 8,
} as const

/** Writes an unsigned varint. */
export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

/** Writes one length-delimited protobuf field. */
export function field(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as Uint8Array)
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

/** Puts the length before a message. */
export function framed(message: Uint8Array): Buffer {
  return Buffer.concat([varint(message.length), message])
}
