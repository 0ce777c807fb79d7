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
/** Why a value may have been refused. */
export const refusalHint =
  'servers refuse a namespace that they have no validator for, a record that is not valid, and one older than theirs'
/** How long the other side may take to end its half of the stream, in milliseconds. */
const farewellMs = 1000

/**
 * Sends requests on one stream, and reads the answer to the last of them. The spec has none to `ADD_PROVIDER`, so that
 * another request behind it has to show that it was read; of those that some servers send all the same nothing is
 * believed. Follows the kad-dht spec, "RPC messages".
 *
 * @param stream - a fresh outbound stream of a DHT's protocol
 * @param requests - in order
 * @param signal - ends the wait
 * @returns the answer, bounded
 * @throws ToolkitError `protocol` for an answer that is none, too long or of another type, `negative` for a stream that
 *   ended instead of an answer to `PUT_VALUE`; the signal's reason
 */
export async function askKad(
  stream: Stream,
  requests: [KadRequest, ...KadRequest[]],
  signal: AbortSignal,
): Promise<KadMessage> {
  const { protocol } = stream
  const asked = requests.at(-1)?.type
  let answered = false
  try {
    const bytes = byteStream(stream, { maxBufferSize })
    await until(bytes.write(Buffer.concat(requests.map(framed)), { signal }), signal)
    const readAnswer = async () => {
      const first = await bytes.read({ bytes: 1, signal })
      answered = true
      return decodeKadMessage(await readMessage(first.subarray(), bytes, signal))
    }
    let answer = await readAnswer()
    // py-libp2p sends ADD_PROVIDER back
    for (const { type } of requests.slice(0, -1)) if (answer.type === type) answer = await readAnswer()
    if (answer.type !== asked) throw new RangeError(`it answered ${asked} by ${answer.type ?? 'no known type'}`)
    stream.close({ signal: AbortSignal.timeout(farewellMs) }).catch((error) => stream.abort(error))
    return answer
  } catch (error) {
    stream.abort(new Error('nothing more is read'))
    if (signal.aborted) throw signal.reason
    if (asked === 'PUT_VALUE' && !answered) throw refusal(error)
    throw new ToolkitError('protocol', `${protocol} was broken: ${messageOf(error)}`, {
      layer: 'protocol',
      cause: error,
    })
  }
}

/** The protocol has no answer that says no: Go's, Rust's and JavaScript's servers end the stream. */
function refusal(cause: unknown): ToolkitError {
  return new ToolkitError('negative', 'it refused the value', {
    layer: 'protocol',
    cause,
    suggestions: [refusalHint],
  })
}

function framed(request: KadRequest): Uint8Array {
  const message = encodeKadRequest(request)
  return Buffer.concat([writeVarint(message.length), message])
}

/** Not by lpStream, which reads on for ever in a length without an end. */
async function readMessage(
  first: Uint8Array,
  bytes: ReturnType<typeof byteStream<Stream>>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const prefix = [...first]
  while ((prefix.at(-1) ?? 0) > 0x7f) {
    if (prefix.length === maxLengthBytes) throw new RangeError('the length of the answer has no end')
    prefix.push(...(await bytes.read({ bytes: 1, signal })).subarray())
  }
  const length = Number(readVarint(Uint8Array.from(prefix), 0).value)
  if (length > longestAnswer)
    throw new RangeError(`an answer of ${length} bytes was announced, ${longestAnswer} are read`)
  return length === 0 ? new Uint8Array(0) : (await bytes.read({ bytes: length, signal })).subarray()
}
