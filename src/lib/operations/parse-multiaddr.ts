import { type Component, parseBytes, parseText } from '../addresses/multiaddr/components.ts'
import { decodeHex } from '../addresses/multiaddr/multibase.ts'
import { naming } from '../addresses/multiaddr/refusal.ts'
import type { MultiaddrRecord } from '../records/multiaddr.ts'

/**
 * Takes a multiaddr apart, with the fields and values that go-multiaddr's `multiaddr` command prints.
 *
 * @param text - an address, or `0x` and the hexadecimal digits of a packed one
 * @returns the record. Sizes count bytes as go does; where a value is not UTF-8 its text holds U+FFFD, and only the
 *   hexadecimal fields are exact
 * @throws ToolkitError `usage`, layer `address`, with one line that names the component and the reason
 */
export function parseMultiaddr(text: string): MultiaddrRecord {
  const components = text.startsWith('0x') ? parseBytes(packedBytes(text)) : parseText(text)
  const records = components.map(describe)
  const packed = Buffer.concat(components.map((component) => component.packed))
  return {
    type: 'multiaddr',
    string: records.map((record) => record.string).join(''),
    stringSize: `${records.reduce((sum, record) => sum + Number(record.stringSize), 0)}`,
    packed: hex(packed),
    packedSize: `${packed.length}`,
    components: records,
  }
}

function packedBytes(text: string): Uint8Array {
  return naming(
    () => 'address in hexadecimal',
    () => decodeHex(text.slice(2)),
  )
}

function describe(component: Component): MultiaddrRecord['components'][number] {
  const { protocol, packed, raw, value, lengthPrefix } = component
  const head = value === '' || protocol.path ? `/${protocol.name}` : `/${protocol.name}/`
  return {
    string: head + value,
    stringSize: `${head.length + component.valueTextSize}`,
    packed: hex(packed),
    packedSize: `${packed.length}`,
    value,
    rawValue: hex(raw),
    valueSize: `${raw.length}`,
    protocol: protocol.name,
    codec: `${protocol.code}`,
    uvarint: hex(protocol.varint),
    lengthPrefix: lengthPrefix.length === 0 ? '' : hex(lengthPrefix),
  }
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}
