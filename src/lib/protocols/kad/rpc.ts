import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { messageOf } from '../../errors/causes.ts'
import { until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { readVarint, writeVarint } from '../protobuf.ts'
import { encodeKadRequest, type KadRequest } from './encode.ts'
import { decodeKadMessage, type KadMessage, longestValue } from './message.ts'

/** Bytes of an answer that are read: a value, and any number of peers that makes sense. */
const longestAnswer = 2 * longestValue
/** A length of more bytes than this is above every bound. */
const maxLengthBytes = 4
/** Bytes that are held while a message is put together. */
const maxBufferSize = 2 * longestAnswer
/** How long the other side may take to end its half of the stream, in milliseconds. */
const farewellMs = 1000

/**
 * Sends requests on one stream, and reads the one answer to the last of them: `ADD_PROVIDER` has none, so that
 * another request behind it has to show that it was read. Follows the kad-dht spec, "RPC messages".
 *
 * @param stream - a fresh outbound stream of a DHT's protocol
 * @param requests - in order
 * @param signal - ends the wait
 * @returns the answer, bounded
 * @throws ToolkitError `protocol` for an answer that is none, too long, of another type or about another key; the
 *   signal's reason
 */
export async function askKad(
  stream: Stream,
  requests: [KadRequest, ...KadRequest[]],
  signal: AbortSignal,
): Promise<KadMessage> {
  const { protocol } = stream
  try {
    const bytes = byteStream(stream, { maxBufferSize })
    await until(bytes.write(Buffer.concat(requests.map(framed)), { signal }), signal)
    const answer = decodeKadMessage(await readMessage(bytes, signal))
    const asked = requests.at(-1)?.type
    if (answer.type !== asked) throw new RangeError(`it answered ${asked} by ${answer.type ?? 'no known type'}`)
    stream.close({ signal: AbortSignal.timeout(farewellMs) }).catch((error) => stream.abort(error))
    return answer
  } catch (error) {
    stream.abort(new Error('nothing more is read'))
    if (signal.aborted) throw signal.reason
    throw new ToolkitError('protocol', `${protocol} was broken: ${messageOf(error)}`, {
      layer: 'protocol',
      cause: error,
    })
  }
}

function framed(request: KadRequest): Uint8Array {
  const message = encodeKadRequest(request)
  return Buffer.concat([writeVarint(message.length), message])
}

/** Not by lpStream, which reads on for ever in a length without an end. */
async function readMessage(bytes: ReturnType<typeof byteStream<Stream>>, signal: AbortSignal): Promise<Uint8Array> {
  const prefix: number[] = []
  do {
    const [byte = 0] = (await bytes.read({ bytes: 1, signal })).subarray()
    prefix.push(byte)
    if (prefix.length === maxLengthBytes && byte > 0x7f) throw new RangeError('the length of the answer has no end')
  } while ((prefix.at(-1) ?? 0) > 0x7f)
  const length = Number(readVarint(Uint8Array.from(prefix), 0).value)
  if (length > longestAnswer)
    throw new RangeError(`an answer of ${length} bytes was announced, ${longestAnswer} are read`)
  return length === 0 ? new Uint8Array(0) : (await bytes.read({ bytes: length, signal })).subarray()
}
