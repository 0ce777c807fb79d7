import { type Protocol, protocolOfCode, protocolOfName } from './protocol-table.ts'
import { naming, quote, refuse } from './refusal.ts'
import { decodeVarint, encodeVarint } from './varint.ts'

/** One component of a multiaddr. */
export interface Component {
  protocol: Protocol
  /** code, length where there is one, and value */
  packed: Uint8Array
  /** the value's bytes; empty where there is no value */
  raw: Uint8Array
  /** the value's text in normal form; empty where there is no value */
  value: string
  /** bytes of that text, as go counts them: what is not UTF-8 counts as it is, not as the U+FFFD in its place */
  valueTextSize: number
  /** the length in front of the value; empty where there is none */
  lengthPrefix: Uint8Array
}

const nothing = new Uint8Array(0)

/** Largest code and length that go reads. */
const largestNumber = 2 ** 31 - 1

/**
 * Reads a multiaddr's text, as strictly and as leniently as go-multiaddr 0.16: slashes at its end are passed over,
 * doubled ones are not, and what follows /unix is one path.
 *
 * @param text - the address; what is not well-formed Unicode in it is read as U+FFFD
 * @returns its components, one at least
 * @throws ToolkitError `usage` with one line that names the component and the reason
 */
export function parseText(text: string): Component[] {
  const [first, ...pieces] = withoutTrailingSlashes(text).split('/')
  if (first !== '') refuse(`an address begins with "/", not with "${quote(text)}"`)
  if (pieces.length === 0) refuse('the address is empty')
  const components: Component[] = []
  for (let at = 0; at < pieces.length; ) {
    const name = pieces[at++] ?? ''
    const protocol = protocolOfName(name)
    let value = ''
    const component = naming(
      () => `component ${components.length + 1}, "/${quote(value === '' ? name : `${name}/${value}`)}"`,
      () => {
        if (protocol === undefined) return refuse(name === '' ? 'a protocol name is missing' : 'unknown protocol')
        if (protocol.value === undefined) return makeComponent(protocol, nothing)
        if (at === pieces.length) refuse('its value is missing')
        value = protocol.path ? `/${pieces.slice(at).join('/')}` : (pieces[at] ?? '')
        at = protocol.path ? pieces.length : at + 1
        return makeComponent(protocol, protocol.value.codec.parse(value))
      },
    )
    components.push(component)
  }
  return components
}

/**
 * Reads a packed multiaddr, as strictly as go-multiaddr 0.16.
 *
 * @param bytes - the whole address
 * @returns its components, one at least; they share the memory of `bytes`
 * @throws ToolkitError `usage` with one line that names the component and the reason
 */
export function parseBytes(bytes: Uint8Array): Component[] {
  if (bytes.length === 0) refuse('the address is empty')
  const components: Component[] = []
  for (let at = 0; at < bytes.length; ) {
    let protocol: Protocol | undefined
    const component = naming(
      () => `component ${components.length + 1} at byte ${at}${protocol === undefined ? '' : `, "/${protocol.name}"`}`,
      () => {
        const code = readNumber(bytes, at)
        protocol = protocolOfCode(code.value)
        if (protocol === undefined) return refuse(`unknown protocol code ${code.value}`)
        if (components.at(-1)?.protocol.path) refuse('nothing can follow a path')
        return makeComponent(protocol, readValue(bytes, code.end, protocol))
      },
    )
    components.push(component)
    at += component.packed.length
  }
  return components
}

function makeComponent(protocol: Protocol, raw: Uint8Array): Component {
  if (protocol.value === undefined) {
    return { protocol, packed: protocol.varint, raw: nothing, value: '', valueTextSize: 0, lengthPrefix: nothing }
  }
  const { codec, size } = protocol.value
  const value = codec.format(raw)
  const valueTextSize = codec.verbatim ? raw.length : value.length
  const lengthPrefix = size === 'prefixed' ? encodeVarint(raw.length) : nothing
  const packed = Buffer.concat([protocol.varint, lengthPrefix, raw])
  return { protocol, packed, raw, value, valueTextSize, lengthPrefix }
}

function readValue(bytes: Uint8Array, offset: number, protocol: Protocol): Uint8Array {
  if (protocol.value === undefined) return nothing
  const { size } = protocol.value
  const length = size === 'prefixed' ? readNumber(bytes, offset) : { value: size, end: offset }
  if (length.value === 0) refuse('its value is empty')
  const rest = bytes.length - length.end
  if (rest < length.value) refuse(`its value has ${length.value} bytes, of which ${rest} are there`)
  return bytes.subarray(length.end, length.end + length.value)
}

function readNumber(bytes: Uint8Array, offset: number): { value: number; end: number } {
  const number = decodeVarint(bytes, offset)
  if (number.value > largestNumber) refuse('a code or length is longer than 31 bits')
  return number
}

function withoutTrailingSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end--
  return text.slice(0, end)
}
