import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { readVarint } from './protobuf.ts'

/** https://github.com/multiformats/multistream-select */
const multistreamProtocol = '/multistream/1.0.0'

/** Bytes of a list that are read, and protocols of it that are kept. */
const bounds = { bytes: 128 * 1024, protocols: 1000 } as const
/** A length of more bytes than this is above every bound. */
const maxLengthBytes = 4

const newline = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Asks for the protocols that a peer negotiates, by `ls` of multistream-select, which js-libp2p and
 * rust-libp2p answer and go-libp2p does not any more. The stream is reset afterwards.
 *
 * @param stream - a fresh outbound stream on which nothing is negotiated yet
 * @param signal - ends the wait
 * @returns at most 1,000 protocol IDs, or undefined where the peer answers that it knows no `ls`
 * @throws ToolkitError `protocol` for an answer that is no list or is too long, and the signal's
 *   reason
 */
export async function readProtocolList(stream: Stream, signal: AbortSignal): Promise<string[] | undefined> {
  const lines = lpStream(stream, { maxDataLength: bounds.bytes, maxLengthLength: maxLengthBytes })
  try {
    await lines.writeV([lineOf(multistreamProtocol), lineOf('ls')], { signal })
    const greeting = (await lines.read({ signal })).subarray()
    if (!lineOf(multistreamProtocol).equals(greeting)) throw new RangeError('it does not begin with the protocol')
    const answer = (await lines.read({ signal })).subarray()
    return lineOf('na').equals(answer) ? undefined : protocolListOf(answer)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw new ToolkitError('protocol', `ls of multistream-select was broken: ${messageOf(error)}`, {
      layer: 'protocol',
      cause: error,
    })
  } finally {
    stream.abort(new Error('nothing more is read'))
  }
}

/**
 * Reads the answer to `ls`: lines, each with its length in front, and an empty line behind them.
 *
 * @param list - the payload of one length-prefixed message
 * @returns at most 1,000 protocol IDs in the order they stand in
 * @throws RangeError where it is no such list
 */
export function protocolListOf(list: Uint8Array): string[] {
  const protocols: string[] = []
  let at = 0
  while (list.length - at > 1 && protocols.length < bounds.protocols) {
    const { value, end } = readVarint(list, at)
    const next = end + Number(value)
    if (value === 0n || next > list.length || list[next - 1] !== newline) {
      throw new RangeError('a line of the list has the wrong length')
    }
    protocols.push(textOf(list.subarray(end, next - 1)))
    at = next
  }
  if (protocols.length < bounds.protocols && (at !== list.length - 1 || list[at] !== newline)) {
    throw new RangeError('the list does not end in an empty line')
  }
  return protocols
}

/** Words of multistream-select's own: they cannot be asked for as protocols. */
const words = new Set([multistreamProtocol, 'ls', 'na'])
/** A line has at most 1,024 bytes, its newline included. */
const longestProtocolId = 1023

/**
 * Whether multistream-select can ask for a protocol: peers claim names that it cannot send.
 *
 * @param protocol - any text
 * @returns false for what is empty, too long, more than a line, or a word of multistream-select; also
 *   for what ends in white space, which libp2p cuts off the answer
 */
export function isNegotiable(protocol: string): boolean {
  const bytes = Buffer.byteLength(protocol)
  const oneLine = !protocol.includes('\n') && protocol.trimEnd() === protocol && protocol.isWellFormed()
  return bytes > 0 && bytes < longestProtocolId && oneLine && !words.has(protocol)
}

function lineOf(text: string): Buffer {
  return Buffer.from(`${text}\n`)
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new RangeError('a line of the list is not UTF-8')
  }
}
