import { ByteQueue } from './byte-queue.ts'
import type { MuxerFrame } from './event.ts'

/** Reads the headers of a muxer's frames out of one direction of a secured connection. */
export interface FrameReader {
  /** @returns the frames that begin in these bytes */
  read(bytes: Uint8Array): MuxerFrame[]
}

/** A header, how many bytes it takes, and how much data follows it. */
interface Header {
  frame: MuxerFrame
  bytes: number
  dataBytes: number
}

/**
 * Makes a reader of a muxer's frames.
 *
 * @param protocol - the muxer's protocol ID
 * @returns a reader for one direction; none for a muxer that is not known
 */
export function frameReader(protocol: string): FrameReader | undefined {
  if (protocol === '/yamux/1.0.0') return new HeaderReader(yamuxHeader)
  if (protocol === '/mplex/6.7.0') return new HeaderReader(mplexHeader)
  return undefined
}

/** Cuts a byte stream into headers and the data behind them, which is passed over. */
class HeaderReader implements FrameReader {
  readonly #parse: (bytes: Uint8Array) => Header | 'incomplete' | 'none'
  readonly #held = new ByteQueue()
  #dataLeft = 0
  #broken = false

  constructor(parse: (bytes: Uint8Array) => Header | 'incomplete' | 'none') {
    this.#parse = parse
  }

  read(bytes: Uint8Array): MuxerFrame[] {
    const frames: MuxerFrame[] = []
    let rest = bytes
    while (!this.#broken && (rest.length > 0 || this.#held.length > 0)) {
      const passed = Math.min(this.#dataLeft, rest.length)
      this.#dataLeft -= passed
      rest = rest.subarray(passed)
      if (this.#dataLeft > 0) break
      // of a header that came in pieces the beginning is held; no header is longer than this
      const next = rest.subarray(0, longestHeader)
      this.#held.push(next)
      const header = this.#parse(this.#held.bytes)
      if (header === 'incomplete') {
        rest = rest.subarray(next.length)
        if (rest.length === 0) break
      } else if (header === 'none') this.#broken = true
      else {
        const before = this.#held.length - next.length
        frames.push(header.frame)
        this.#held.skip(this.#held.length)
        this.#dataLeft = header.dataBytes
        rest = rest.subarray(header.bytes - before)
      }
    }
    return frames
  }
}

/** Bytes of the longest header: two varints of seven bytes in mplex, twelve bytes in yamux. */
const longestHeader = 14

const yamuxTypes = ['data', 'window-update', 'ping', 'go-away']
const yamuxFlags = ['SYN', 'ACK', 'FIN', 'RST']
const yamuxHeaderBytes = 12

/** https://github.com/hashicorp/yamux/blob/master/spec.md#framing */
function yamuxHeader(bytes: Uint8Array): Header | 'incomplete' | 'none' {
  if (bytes.length < yamuxHeaderBytes) return 'incomplete'
  const view = new DataView(bytes.buffer, bytes.byteOffset, yamuxHeaderBytes)
  const frame = yamuxTypes[view.getUint8(1)]
  if (view.getUint8(0) !== 0 || frame === undefined) return 'none'
  const bits = view.getUint16(2)
  const flags = yamuxFlags.filter((_flag, bit) => (bits & (1 << bit)) !== 0)
  const length = view.getUint32(8)
  return {
    frame: { frame, streamId: String(view.getUint32(4)), ...(flags.length > 0 && { flags }), length },
    bytes: yamuxHeaderBytes,
    dataBytes: frame === 'data' ? length : 0,
  }
}

const mplexTypes = ['new-stream', 'message', 'message', 'close', 'close', 'reset', 'reset']

/** https://github.com/libp2p/specs/blob/master/mplex/README.md#message-format */
function mplexHeader(bytes: Uint8Array): Header | 'incomplete' | 'none' {
  const first = varint(bytes, 0)
  if (typeof first === 'string') return first
  const length = varint(bytes, first.end)
  if (typeof length === 'string') return length
  const frame = mplexTypes[first.value % 8]
  if (frame === undefined) return 'none'
  return {
    frame: { frame, streamId: String(Math.floor(first.value / 8)), length: length.value },
    bytes: length.end,
    dataBytes: length.value,
  }
}

function varint(bytes: Uint8Array, from: number): { value: number; end: number } | 'incomplete' | 'none' {
  let value = 0
  for (let index = 0; index < 7; index++) {
    const byte = bytes[from + index]
    if (byte === undefined) return 'incomplete'
    value += (byte & 0x7f) * 128 ** index
    if (byte < 0x80) return { value, end: from + index + 1 }
  }
  return 'none'
}
