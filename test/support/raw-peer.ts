import type { MessageStream, Stream, StreamMuxerFactory } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'
import { framed } from './identify-message.ts'
import { type Peer, type PeerOptions, startPeer } from './peer.ts'

/** Answers a line of multistream-select: by a line, by raw bytes, or by nothing. */
export type AnswerLine = (line: string, stream: Stream) => string | Uint8Array | undefined

/** A length-prefixed line of multistream-select. */
export function multistreamLine(text: string): Buffer {
  return framed(Buffer.from(`${text}\n`))
}

/** The answer to `ls`. */
export function protocolList(protocols: string[]): Buffer {
  return framed(Buffer.concat([...protocols.map(multistreamLine), Buffer.from('\n')]))
}

/**
 * Starts a peer whose inbound streams a test answers by hand, from the first byte on: libp2p does not
 * see them. It ends with the test.
 *
 * @param answer - takes each stream
 * @returns the peer
 */
export async function rawPeer(answer: (stream: Stream) => void, options: PeerOptions = {}): Promise<Peer> {
  const rawYamux = (): StreamMuxerFactory => {
    const inner = yamux()()
    return {
      protocol: inner.protocol,
      createStreamMuxer(connection) {
        const muxer = inner.createStreamMuxer(connection)
        const dispatch = muxer.dispatchEvent.bind(muxer)
        muxer.dispatchEvent = (event) => {
          if (event.type !== 'stream' || !(event instanceof CustomEvent)) return dispatch(event)
          answer(event.detail)
          return true
        }
        return muxer
      },
    }
  }
  return await startPeer({ ...options, muxers: [rawYamux] })
}

/**
 * Starts a peer that greets by multistream-select, and whose other lines a test answers.
 *
 * @param answerLine - takes each line; the greeting is answered before
 * @returns the peer
 */
export async function linePeer(answerLine: AnswerLine, options: PeerOptions = {}): Promise<Peer> {
  return await rawPeer((stream) => answerLines(stream, (line) => answerLine(line, stream)), options)
}

/**
 * Answers the lines of multistream-select on a stream, or on a connection that has no muxer yet.
 *
 * @param stream - what they come on
 * @param answerLine - takes each line; the greeting is answered before
 */
export function answerLines(stream: MessageStream, answerLine: (line: string) => ReturnType<AnswerLine>): void {
  let rest = Buffer.alloc(0)
  stream.addEventListener('message', ({ data }) => {
    rest = Buffer.concat([rest, data.subarray()])
    // lines of a scan are shorter than 128 bytes, but for hostile names, which are not sent
    while (rest.length > 0 && rest.length > (rest[0] ?? 0)) {
      const line = rest.toString('utf8', 1, rest[0])
      rest = rest.subarray(1 + (rest[0] ?? 0))
      const answer = line === '/multistream/1.0.0' ? line : answerLine(line)
      if (answer === undefined || ('writeStatus' in stream && stream.writeStatus !== 'writable')) continue
      stream.send(typeof answer === 'string' ? multistreamLine(answer) : answer)
    }
  })
}
