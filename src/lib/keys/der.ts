/** One element of a DER encoding (ITU-T X.690). */
interface DerElement {
  /** the identifier octet */
  tag: number
  content: Uint8Array
  /** offset of the octet after this element */
  end: number
}

/** Identifier octets of X.690 section 8 that key files use. */
export const derTag = { integer: 0x02, octetString: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const

/**
 * Reads the element that starts at an offset. Lengths are definite (X.690 section 10.1) and below 4 GiB.
 *
 * @param bytes - the encoding
 * @param offset - where the identifier octet is
 * @returns the element, or undefined where there is no whole one
 */
function readDer(bytes: Uint8Array, offset = 0): DerElement | undefined {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) return undefined
  const lengthOctets = first < 0x80 ? 0 : first - 0x80
  if (first === 0x80 || lengthOctets > 4) return undefined
  const start = offset + 2 + lengthOctets
  if (start > bytes.length) return undefined
  let length = lengthOctets === 0 ? first : 0
  for (const octet of bytes.subarray(offset + 2, start)) length = length * 256 + octet
  const end = start + length
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end }
}

/**
 * Reads the elements that fill a constructed element's content.
 *
 * @param content - content octets
 * @returns the elements in order, or undefined where they do not fill it exactly
 */
export function readDerChildren(content: Uint8Array): DerElement[] | undefined {
  const children: DerElement[] = []
  for (let offset = 0; offset < content.length; ) {
    const child = readDer(content, offset)
    if (child === undefined) return undefined
    children.push(child)
    offset = child.end
  }
  return children
}

/**
 * Whether bytes are one SEQUENCE and nothing after it. OpenSSL ignores what follows a key; a
 * file with such a tail is damaged or hides something.
 *
 * @param bytes - a DER encoding
 */
export function isOneDerSequence(bytes: Uint8Array): boolean {
  const element = readDer(bytes)
  return element?.tag === derTag.sequence && element.end === bytes.length
}

/**
 * Writes one element.
 *
 * @param tag - the identifier octet
 * @param parts - content octets, joined
 * @returns the encoding, with the shortest length octets (X.690 section 10.1)
 */
export function writeDer(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const lengthOctets: number[] = []
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) lengthOctets.unshift(rest % 256)
  const length = content.length < 0x80 ? [content.length] : [0x80 + lengthOctets.length, ...lengthOctets]
  return Buffer.concat([Uint8Array.of(tag, ...length), content])
}
