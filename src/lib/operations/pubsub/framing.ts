import { addAbortSignal, type Readable } from 'node:stream'
import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { readVarint } from '../../protocols/protobuf.ts'

/** How the messages of an input are told apart. */
export const framings = ['lines', 'length', 'whole'] as const
export type Framing = (typeof framings)[number]

/** A message of an input; `bytes` is absent where it is longer than may be: it was passed over. */
export interface Framed {
  bytes?: Uint8Array
  length: number
}

const lineEnd = 0x0a
/** A length takes at most this many bytes: more than 2^63 bytes of a message are nobody's. */
const maxLengthBytes = 9

/**
 * Cuts an input into messages, and holds no more than one of them: `lines` end in LF, which is not part of them; `length`
 * has an unsigned varint in front of each; `whole` is one message.
 *
 * @param input - the input; read no faster than the messages are taken
 * @param framing - how it is cut
 * @param limit - most bytes of a message that is given out
 * @param signal - ends the reading
 * @returns the messages in order
 * @throws ToolkitError `usage` for a length that is none, or an input that ends within a message
 */
export async function* messagesOf(
  input: Readable,
  framing: Framing,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Framed> {
  const chunks = chunksOf(input, signal)
  const message = new MessageInProgress(limit)
  if (framing === 'length') {
    yield* lengthPrefixed(chunks, message)
    return
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(lineEnd); framing === 'lines' && at !== -1; at = chunk.indexOf(lineEnd, from)) {
      message.add(chunk.subarray(from, at))
      yield message.take()
      from = at + 1
    }
    message.add(chunk.subarray(from))
  }
  if (message.length > 0 || framing === 'whole') yield message.take()
}

async function* chunksOf(input: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* addAbortSignal(signal, input)
  } catch (error) {
    signal.throwIfAborted()
    throw new ToolkitError('local', `cannot read stdin: ${messageOf(error)}`, { cause: error })
  }
  signal.throwIfAborted()
}

async function* lengthPrefixed(chunks: AsyncIterable<Buffer>, message: MessageInProgress): AsyncGenerator<Framed> {
  let prefix: number[] = []
  let missing: number | undefined
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (missing === undefined) {
        prefix.push(chunk[at++] ?? 0)
        if ((prefix.at(-1) ?? 0) < 0x80) missing = Number(readVarint(Uint8Array.from(prefix), 0).value)
        else if (prefix.length >= maxLengthBytes) throw new ToolkitError('usage', 'stdin: a length has no end')
      }
      if (missing === undefined) continue
      const part = chunk.subarray(at, at + missing)
      message.add(part)
      at += part.length
      missing -= part.length
      if (missing > 0) continue
      yield message.take()
      missing = undefined
      prefix = []
    }
  }
  if (prefix.length > 0) throw new ToolkitError('usage', 'stdin ends within a message')
}

class MessageInProgress {
  length = 0
  readonly #limit: number
  #parts: Uint8Array[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Uint8Array): void {
    this.length += bytes.length
    if (this.length > this.#limit) this.#parts = []
    else if (bytes.length > 0) this.#parts.push(bytes)
  }

  take(): Framed {
    const { length } = this
    const parts = this.#parts
    this.length = 0
    this.#parts = []
    return length > this.#limit ? { length } : { length, bytes: Buffer.concat(parts) }
  }
}
